//! Forecasts as they are told.

use balsts_domain::{
    forecast::{self, FigureDifference, compare},
    funding::FundingShares,
    text::Language,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Scenario;
use crate::{
    funding_shares::PayerShares,
    i18n::render,
    names::{ForecastFigure, FundingVariant},
    types::{Date, Euros, Number},
};

/// What one population group costs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupForecastResponse {
    /// Label of the group.
    group: String,
    /// People that get a budget, rounded half up.
    people: u64,
    /// Average amount of a year for one of them, EUR.
    yearly_amount: Option<Euros>,
    /// Their services in a year, EUR; null where the scenario gives the total of all services.
    services: Option<Euros>,
}

/// What one additional need costs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NeedForecastResponse {
    /// Label of the need.
    need: String,
    /// People that have it.
    people: u64,
    /// Its cost in a year, EUR.
    services: Euros,
}

/// Costs by kind and by payer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForecastCostsResponse {
    /// Services, EUR.
    services: Euros,
    /// Operations: the workers' pay, EUR.
    operations: Euros,
    /// Administration, EUR.
    administration: Euros,
    /// All three, EUR.
    total: Euros,
    /// The total by payer.
    shares: PayerShares,
}

/// The forecast of one scenario.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForecastScenarioResponse {
    /// Name of the scenario.
    name: String,
    /// The day whose parameters hold.
    date: Date,
    /// Population groups.
    groups: Vec<GroupForecastResponse>,
    /// Additional needs.
    additional_needs: Vec<NeedForecastResponse>,
    /// All people that get a budget; rounded once over all groups.
    people: u64,
    /// Full-time workers, two decimals.
    workers: Number,
    /// People for each worker.
    caseload: u32,
    /// Yearly cost of a full-time worker, EUR.
    worker_yearly_cost: Euros,
    /// Administration in percent of services and operations.
    admin_percent: Number,
    /// Who pays.
    variant: FundingVariant,
    /// Costs of a year.
    yearly: ForecastCostsResponse,
    /// Costs of a month: exact twelfths of the year, rounded to cents.
    monthly: ForecastCostsResponse,
    /// How operations and administration come about.
    explanations: Vec<String>,
}

/// One figure of two scenarios.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FigureDifferenceResponse {
    /// The figure.
    figure: ForecastFigure,
    /// In the first scenario.
    first: Number,
    /// In the second scenario.
    second: Number,
    /// Second minus first.
    difference: Number,
    /// The difference in percent of the first, two decimals; null where the first is zero.
    difference_percent: Option<Number>,
}

/// The forecasts of one scenario or two.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForecastResponse {
    /// The scenarios, in the order of the request.
    scenarios: Vec<ForecastScenarioResponse>,
    /// Two scenarios figure by figure; null for one.
    comparison: Option<Vec<FigureDifferenceResponse>>,
}

impl ForecastResponse {
    pub(crate) fn new(scenarios: &[Scenario], language: Language) -> Self {
        let comparison = match scenarios {
            [first, second] => Some(compare(&first.forecast, &second.forecast).into_iter().map(difference).collect()),
            _ => None,
        };
        Self { scenarios: scenarios.iter().map(|scenario| response(scenario, language)).collect(), comparison }
    }
}

fn response(scenario: &Scenario, language: Language) -> ForecastScenarioResponse {
    let Scenario { name, input, forecast } = scenario;
    let groups = forecast.groups.iter().zip(&input.groups).map(|(group, asked)| GroupForecastResponse {
        group: group.group.clone(),
        people: group.people,
        yearly_amount: asked.yearly_amount.map(Euros),
        services: group.services.map(Euros),
    });
    let needs = forecast.additional_needs.iter().map(|need| NeedForecastResponse {
        need: need.need.clone(),
        people: need.people,
        services: Euros(need.services),
    });
    ForecastScenarioResponse {
        name: name.clone(),
        date: Date(input.date),
        groups: groups.collect(),
        additional_needs: needs.collect(),
        people: forecast.people,
        workers: Number(forecast.workers),
        caseload: forecast.caseload,
        worker_yearly_cost: Euros(forecast.worker_yearly_cost),
        admin_percent: Number(forecast.admin_percent),
        variant: FundingVariant(input.variant),
        yearly: costs(forecast.yearly, &forecast.yearly_shares),
        monthly: costs(forecast.monthly, &forecast.monthly_shares),
        explanations: forecast.explanations().iter().map(|message| render(message, language)).collect(),
    }
}

fn costs(costs: forecast::ForecastCosts, shares: &FundingShares) -> ForecastCostsResponse {
    ForecastCostsResponse {
        services: Euros(costs.services),
        operations: Euros(costs.operations),
        administration: Euros(costs.administration),
        total: Euros(costs.total),
        shares: PayerShares::from(shares),
    }
}

fn difference(figure: FigureDifference) -> FigureDifferenceResponse {
    FigureDifferenceResponse {
        figure: ForecastFigure(figure.figure),
        first: Number(figure.first),
        second: Number(figure.second),
        difference: Number(figure.difference),
        difference_percent: figure.difference_percent.map(Number),
    }
}

//! The national forecast: what the model costs a year, by kind of cost and by payer [S2 "IBM nodrošināšanai kopējais
//! nepieciešamais finansējums"].
//!
//! services = people x average amount (or a given total) and additional needs; operations = workers x their yearly cost,
//! with one worker for so many people; administration = a percentage of both; months are exact twelfths.

mod comparison;
mod input;
mod parameters;

use rust_decimal::{Decimal, RoundingStrategy};

pub use self::{
    comparison::{FigureDifference, ForecastFigure, compare},
    input::{AdditionalNeed, ForecastInput, ForecastRefusal, PopulationGroup},
    parameters::{ForecastParameters, ForecastTable, Sourced},
};
use crate::{
    bounds,
    funding::{FundingInput, FundingRefusal, FundingShares, FundingTable, split},
    money::{LARGEST_AMOUNT, Money, round_to_cents},
    parameters::catalogue::names,
    text::Message,
};

names! {
    /// What yearly figures are rounded to, half up.
    ForecastRounding {
        /// Cents, as the source does for children.
        Cents = "cents",
        /// Whole euros, as the source does for adults.
        Euros = "euros",
    }
}

impl ForecastRounding {
    fn round(self, exact: Decimal) -> Money {
        Money::exact(match self {
            Self::Cents => round_to_cents(exact),
            Self::Euros => exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero),
        })
    }
}

/// The kinds of cost of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForecastCosts {
    /// Services, EUR.
    pub services: Money,
    /// Operations: the workers' pay, EUR.
    pub operations: Money,
    /// Administration, EUR.
    pub administration: Money,
    /// All three, EUR.
    pub total: Money,
}

/// What one population group costs a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupForecast {
    /// Label of the group.
    pub group: String,
    /// People of the group that get a budget, rounded half up.
    pub people: u64,
    /// Their services, EUR; `None` where the input gives the total of all services instead.
    pub services: Option<Money>,
}

/// What one additional need costs a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedForecast {
    /// Label of the need.
    pub need: String,
    /// People that have it.
    pub people: u64,
    /// Its cost, EUR.
    pub services: Money,
}

/// A national forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Each population group.
    pub groups: Vec<GroupForecast>,
    /// Each additional need.
    pub additional_needs: Vec<NeedForecast>,
    /// All people that get a budget. Rounded once over all groups, so it may differ from the sum of the groups by some.
    pub people: u64,
    /// Full-time workers, rounded half up to two decimals.
    pub workers: Decimal,
    /// People for each worker.
    pub caseload: u32,
    /// Yearly cost of a full-time worker, EUR.
    pub worker_yearly_cost: Money,
    /// Administration in percent.
    pub admin_percent: Decimal,
    /// Costs of a year, each rounded as asked for.
    pub yearly: ForecastCosts,
    /// Costs of a month: exact twelfths of the year.
    pub monthly: ForecastCosts,
    /// The year by payer.
    pub yearly_shares: FundingShares,
    /// The month, rounded to cents, by payer.
    pub monthly_shares: FundingShares,
}

impl Forecast {
    /// The sentences that explain operations and administration.
    #[must_use]
    pub fn explanations(&self) -> [Message; 2] {
        [
            Message::new("forecast-operations")
                .with("people", self.people)
                .with("caseload", self.caseload)
                .with("workers", self.workers)
                .with("cost", self.worker_yearly_cost)
                .with("operations", self.yearly.operations),
            Message::new("forecast-administration")
                .with("percent", self.admin_percent)
                .with("administration", self.yearly.administration),
        ]
    }
}

/// The national forecast of an input `[S2]`. What the input leaves open comes from the parameters of its date.
///
/// # Errors
/// Every fault of the input, of its funding variant, and a date without parameters.
pub fn forecast(
    input: &ForecastInput,
    parameters: &ForecastTable,
    funding: &FundingTable,
) -> Result<Forecast, Vec<ForecastRefusal>> {
    let Some(defaults) = parameters.at(input.date) else {
        return Err(vec![ForecastRefusal::NoVersionForDate { date: input.date }]);
    };
    input::check(input, defaults)?;
    let caseload = input.caseload.unwrap_or(defaults.caseload.value);
    let worker_yearly_cost = input.worker_yearly_cost.unwrap_or(defaults.worker_yearly_cost.value);
    let admin_percent = input.admin_percent.unwrap_or_else(|| Decimal::from(defaults.admin_percent.value));

    let groups: Vec<GroupForecast> = input.groups.iter().map(|group| group_forecast(group, input)).collect();
    let additional_needs: Vec<NeedForecast> =
        input.additional_needs.iter().map(|need| need_forecast(need, input)).collect();
    let counted: Money = groups.iter().filter_map(|group| group.services).sum();
    let needs: Money = additional_needs.iter().map(|need| need.services).sum();
    let services = input.rounding.round((input.services_total.unwrap_or(counted) + needs).value());

    let people = input.groups.iter().map(exact_people).fold(Decimal::ZERO, Decimal::saturating_add);
    let people = whole(people);
    let workers = Decimal::from(people)
        .checked_div(Decimal::from(caseload))
        .unwrap_or_default()
        .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    let operations = input.rounding.round(workers.saturating_mul(worker_yearly_cost.value()));
    let percent = admin_percent.saturating_mul(Decimal::new(1, 2));
    let administration = input.rounding.round((services + operations).value().saturating_mul(percent));
    let yearly = ForecastCosts { services, operations, administration, total: services + operations + administration };
    if yearly.total.value() > LARGEST_AMOUNT {
        return Err(vec![ForecastRefusal::TotalTooLarge]);
    }
    let monthly = ForecastCosts {
        services: yearly.services.divided_by(12),
        operations: yearly.operations.divided_by(12),
        administration: yearly.administration.divided_by(12),
        total: yearly.total.divided_by(12),
    };

    let shares = |amount| {
        let split_input = FundingInput { amount, variant: input.variant, date: input.date, group: input.funded_group };
        split(&split_input, funding)
            .map_err(|faults| faults.into_iter().map(ForecastRefusal::Funding).collect::<Vec<_>>())
    };
    Ok(Forecast {
        groups,
        additional_needs,
        people,
        workers: two_decimals(workers),
        caseload,
        worker_yearly_cost,
        admin_percent,
        yearly,
        monthly,
        yearly_shares: shares(yearly.total)?,
        monthly_shares: shares(monthly.total)?,
    })
}

/// People of a group that get a budget, exact.
fn exact_people(group: &PopulationGroup) -> Decimal {
    let uptake = group.uptake_percent.unwrap_or(Decimal::ONE_HUNDRED).saturating_mul(Decimal::new(1, 2));
    Decimal::from(group.people).saturating_mul(uptake)
}

fn whole(people: Decimal) -> u64 {
    u64::try_from(people.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)).unwrap_or(u64::MAX)
}

fn two_decimals(mut workers: Decimal) -> Decimal {
    workers.rescale(2);
    workers
}

fn group_forecast(group: &PopulationGroup, input: &ForecastInput) -> GroupForecast {
    let people = whole(exact_people(group));
    let services = group
        .yearly_amount
        .filter(|_| input.services_total.is_none())
        .map(|amount| input.rounding.round(amount.value().saturating_mul(Decimal::from(people))));
    GroupForecast { group: group.group.clone(), people, services }
}

fn need_forecast(need: &AdditionalNeed, input: &ForecastInput) -> NeedForecast {
    let services = input.rounding.round(need.yearly_amount.value().saturating_mul(Decimal::from(need.people)));
    NeedForecast { need: need.need.clone(), people: need.people.into(), services }
}

#[cfg(test)]
mod tests;

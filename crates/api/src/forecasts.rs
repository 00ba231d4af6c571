//! `/v1/forecasts`: what the model costs the country, one scenario or two side by side. Stateless.

use actix_web::{post, web::Data};
use balsts_domain::{
    forecast::{
        self, FigureDifference, Forecast, ForecastInput, ForecastTable, PopulationGroup, compare, forecast as run,
    },
    funding::{FundingShares, FundingTable},
    money::Money,
    parameters::Parameters,
    text::{Language, Message},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::Json,
    bounds::{Count, Label, List},
    calculations::{self, BudgetCalculationRequest},
    examples,
    funding_shares::PayerShares,
    i18n::{Accepted, Localised, render},
    names::{ForecastFigure, ForecastRounding, FundedGroup, FundingVariant},
    problem::{ApiError, BodyFailures, Failures, Fault},
    types::{Amount, Date, Euros, Number, Percent},
};

type PopulationGroups = List<PopulationGroupRequest, 1, 200>;
type ForecastNeeds = List<ForecastNeedRequest, 0, 200>;
type ForecastScenarios = List<ForecastScenarioRequest, 1, 2>;

/// People of one kind.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PopulationGroupRequest {
    /// Label of the group, unique in the scenario.
    group: Label,
    /// People of the group.
    people: Count,
    /// Percent of them that get a budget; all where left out.
    uptake_percent: Option<Percent>,
    /// Average amount of a year for one of them, EUR. Give this or `calculation`, unless `services_total` is given.
    yearly_amount: Option<Amount>,
    /// A calculation whose total is the yearly amount, in place of it.
    #[schema(value_type = Option<BudgetCalculationRequest>)]
    calculation: Option<Box<RawValue>>,
}

/// A need that some people have beside the average of their group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForecastNeedRequest {
    /// Label of the need, unique in the scenario.
    need: Label,
    /// People that have it.
    people: Count,
    /// Amount of a year for one of them, EUR.
    yearly_amount: Amount,
}

/// One scenario.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForecastScenarioRequest {
    /// Name of the scenario.
    name: Label,
    /// The day whose parameters and funding percentages hold.
    date: Date,
    /// Population groups.
    #[schema(inline)]
    groups: PopulationGroups,
    /// Additional needs; they come on top of the groups or of `services_total`.
    #[schema(inline)]
    additional_needs: Option<ForecastNeeds>,
    /// Services of all groups in a year, EUR, in place of people x average amount.
    services_total: Option<Amount>,
    /// People for each worker; the parameter of the day (30) where left out.
    caseload: Option<Count>,
    /// Yearly cost of a full-time worker, EUR; the parameter of the day (18,458.38) where left out.
    worker_yearly_cost: Option<Amount>,
    /// Administration in percent of services and operations, at most 10; the parameter of the day (10) where left out.
    admin_percent: Option<Percent>,
    /// Who pays.
    variant: FundingVariant,
    /// Whose budgets are paid: `shared_45_45_10` is for children only.
    funded_group: Option<FundedGroup>,
    /// What yearly figures are rounded to; cents where left out.
    rounding: Option<ForecastRounding>,
}

/// One scenario, or two to be compared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForecastRequest {
    /// The scenarios.
    #[schema(inline)]
    scenarios: ForecastScenarios,
}

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

/// Forecast what the model costs
///
/// Services, operations (one worker for so many people) and administration of a year and a month, in total and by payer.
/// A group's average amount is given, or comes from a calculation; with two scenarios every figure is compared.
#[utoipa::path(
    tag = "statistics",
    request_body(content = ForecastRequest, examples(
        ("children" = (summary = "The country's children", value = json!(example()))),
        ("compared" = (summary = "The country's adults, 2 801 or 8 574 people", value = json!(example_compared()))),
    )),
    responses(
        (status = 200, description = "The forecasts", body = ForecastResponse, examples(
            ("children" = (value = json!(example_answer(example())))),
            ("compared" = (value = json!(example_answer(example_compared())))),
        )),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/forecasts")]
pub(crate) async fn forecast_costs(
    state: Data<ApiState>,
    language: Accepted,
    request: Json<ForecastRequest>,
) -> Result<Localised<ForecastResponse>, ApiError> {
    let rules = Rules { parameters: &state.parameters, forecasts: &state.forecasts, funding: &state.funding };
    Ok(Localised(answer(request.0, rules, language.0)?, language.0))
}

/// What forecasts count with.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) parameters: &'a Parameters,
    pub(crate) forecasts: &'a ForecastTable,
    pub(crate) funding: &'a FundingTable,
}

pub(crate) fn answer(
    request: ForecastRequest,
    rules: Rules<'_>,
    language: Language,
) -> Result<ForecastResponse, ApiError> {
    let mut scenarios = Vec::new();
    let mut faults = Vec::new();
    for (index, scenario) in request.scenarios.into_iter().enumerate() {
        match run_scenario(scenario, rules) {
            Ok(scenario) => scenarios.push(scenario),
            Err(error) => faults.push(error.under(&format!("/scenarios/{index}"))),
        }
    }
    if let Some(error) = faults.into_iter().reduce(ApiError::and) {
        return Err(error);
    }
    let comparison = match scenarios.as_slice() {
        [first, second] => Some(compare(&first.forecast, &second.forecast).into_iter().map(difference).collect()),
        _ => None,
    };
    let scenarios = scenarios.into_iter().map(|scenario| response(scenario, language)).collect();
    Ok(ForecastResponse { scenarios, comparison })
}

struct Scenario {
    name: String,
    input: ForecastInput,
    forecast: Forecast,
}

fn run_scenario(request: ForecastScenarioRequest, rules: Rules<'_>) -> Result<Scenario, ApiError> {
    let mut groups = Vec::new();
    let mut faults = Vec::new();
    for (index, group) in request.groups.into_iter().enumerate() {
        match yearly_amount(&group, rules.parameters) {
            Ok(yearly_amount) => groups.push(PopulationGroup {
                group: group.group.0,
                people: group.people.0,
                uptake_percent: group.uptake_percent.map(|percent| percent.0),
                yearly_amount,
            }),
            Err(error) => faults.push(error.under(&format!("/groups/{index}/calculation"))),
        }
    }
    if let Some(error) = faults.into_iter().reduce(ApiError::and) {
        return Err(error);
    }
    let need = |need: ForecastNeedRequest| forecast::AdditionalNeed {
        need: need.need.0,
        people: need.people.0,
        yearly_amount: need.yearly_amount.0,
    };
    let input = ForecastInput {
        date: request.date.0,
        groups,
        additional_needs: request.additional_needs.into_iter().flatten().map(need).collect(),
        services_total: request.services_total.map(|total| total.0),
        caseload: request.caseload.map(|caseload| caseload.0),
        worker_yearly_cost: request.worker_yearly_cost.map(|cost| cost.0),
        admin_percent: request.admin_percent.map(|percent| percent.0),
        variant: request.variant.0,
        funded_group: request.funded_group.map(|group| group.0),
        rounding: request.rounding.map_or(forecast::ForecastRounding::Cents, |rounding| rounding.0),
    };
    let forecast = run(&input, rules.forecasts, rules.funding).map_err(|refusals| ApiError::refused(&refusals))?;
    Ok(Scenario { name: request.name.0, input, forecast })
}

/// The average yearly amount of a group: as given, or the total of its calculation. Faults are those of the calculation.
fn yearly_amount(group: &PopulationGroupRequest, parameters: &Parameters) -> Result<Option<Money>, ApiError> {
    match (&group.yearly_amount, &group.calculation) {
        (Some(_), Some(_)) => Err(ApiError::Refused(vec![Fault {
            pointer: String::new(),
            code: "conflicting_fields",
            message: Message::new("forecast-amount-twice"),
        }])),
        (Some(amount), None) => Ok(Some(amount.0)),
        (None, Some(calculation)) => calculations::total(parameters, calculation.get().as_bytes()).map(Some),
        (None, None) => Ok(None),
    }
}

fn response(scenario: Scenario, language: Language) -> ForecastScenarioResponse {
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
        name,
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

/// The golden forecast of children.
fn example() -> Value {
    let services = examples::at(examples::TABLES, "/forecast/children/services");
    json!({"scenarios": [{
        "name": "2023", "date": "2023-03-01", "groups": [{"group": "children", "people": 2497}],
        "services_total": services, "variant": "shared_50_50", "funded_group": "children",
    }]})
}

/// The two golden forecasts of adults.
fn example_compared() -> Value {
    let scenario = |name: &str| {
        let golden = examples::at(examples::TABLES, &format!("/forecast/{name}"));
        let need = |need: &str| {
            let counted = golden.get(need);
            let amount = counted.and_then(|counted| counted.get(1)).map(|amount| format!("{amount}.00"));
            json!({"need": need, "people": counted.and_then(|counted| counted.get(0)), "yearly_amount": amount})
        };
        let needs = ["natural_support", "minor_child_care", "mobility"].map(need);
        json!({
            "name": name, "date": "2023-05-02", "groups": [{"group": "adults", "people": golden.get("people")}],
            "services_total": golden.get("base"),
            "additional_needs": needs,
            "variant": "shared_50_50", "funded_group": "adults", "rounding": "euros",
        })
    };
    let scenarios = ["adults_1", "adults_2"].map(scenario);
    json!({ "scenarios": scenarios })
}

fn example_answer(request: Value) -> Value {
    let (Ok(parameters), Ok(forecasts), Ok(funding)) =
        (Parameters::embedded(), ForecastTable::embedded(), FundingTable::embedded())
    else {
        return Value::Null;
    };
    let rules = Rules { parameters: &parameters, forecasts: &forecasts, funding: &funding };
    examples::answered(request, |request, language| answer(request, rules, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(groups: Value) -> Value {
        json!({"name": "a", "date": "2023-03-01", "groups": groups, "variant": "state_100"})
    }

    fn forecast(request: Value) -> Result<Value, ApiError> {
        let (parameters, forecasts, funding) =
            (Parameters::embedded().unwrap(), ForecastTable::embedded().unwrap(), FundingTable::embedded().unwrap());
        let rules = Rules { parameters: &parameters, forecasts: &forecasts, funding: &funding };
        let request = serde_json::from_str(&request.to_string()).unwrap();
        answer(request, rules, Language::En).map(|answer| serde_json::to_value(answer).unwrap())
    }

    fn faults(request: Value) -> (bool, Vec<String>) {
        let (refused, faults) = match forecast(request).unwrap_err() {
            ApiError::Refused(faults) => (true, faults),
            ApiError::Unfit(faults) => (false, faults),
            other => panic!("{other:?}"),
        };
        (refused, faults.iter().map(|fault| format!("{} {}", fault.code, fault.pointer)).collect())
    }

    #[test]
    fn a_calculation_gives_the_average_of_its_group() {
        let request = json!({"scenarios": [scenario(json!([
            {"group": "a", "people": 10, "calculation": examples::child_request()},
            {"group": "b", "people": 1, "yearly_amount": "0.25"},
        ]))]});
        let answer = forecast(request).unwrap();
        let total = examples::answer(&examples::child_request())["total"].clone();
        let scenario = &answer["scenarios"][0];
        assert_eq!(scenario["groups"][0]["yearly_amount"], total);
        let ten_times = total.as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap() * rust_decimal::Decimal::TEN;
        assert_eq!(scenario["groups"][0]["services"], ten_times.to_string());
        assert_eq!(answer["comparison"], Value::Null);
    }

    #[test]
    fn faults_point_into_scenario_group_and_calculation() {
        let sound = scenario(json!([{"group": "a", "people": 1, "yearly_amount": "1.00"}]));
        let refused = scenario(json!([
            {"group": "a", "people": 1, "yearly_amount": "1.00", "calculation": {}},
            {"group": "b", "people": 1, "calculation":
                {"methodology": "adults-2023", "date": "2023-05-02", "living_arrangement": "lives_with_family"}},
        ]));
        assert_eq!(
            faults(json!({"scenarios": [sound, refused]})),
            (
                true,
                vec![
                    "conflicting_fields /scenarios/1/groups/0/calculation".to_owned(),
                    "missing_field /scenarios/1/groups/1/calculation/care_level".to_owned(),
                ]
            )
        );
        let unfit = scenario(json!([
            {"group": "a", "people": 1, "calculation": {"methodology": "adults-2023", "date": "May"}},
        ]));
        assert_eq!(
            faults(json!({"scenarios": [unfit, scenario(json!([{"group": "a", "people": 1}]))]})),
            (false, vec!["invalid_format /scenarios/0/groups/0/calculation/date".to_owned()])
        );
    }
}

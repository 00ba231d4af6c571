//! `/v1/forecasts`: what the model costs the country, one scenario or two side by side, as JSON, as a page with charts or as a
//! workbook. Stateless.

mod examples;
mod request;
mod response;

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_LANGUAGE, VARY},
    post,
    web::Data,
};
use balsts_documents::{
    Document,
    forecast::{self as document, ForecastSheet},
    workbook::{self, WorkbookError},
};
use balsts_domain::{
    forecast::{self, Forecast, ForecastInput, ForecastTable, PopulationGroup, forecast as forecast_of},
    funding::FundingTable,
    money::Money,
    parameters::Parameters,
    text::{Language, Message},
};
use serde::Serialize;

use self::request::{ForecastNeedRequest, ForecastScenarioRequest, PopulationGroupRequest};
pub(crate) use self::{request::ForecastRequest, response::ForecastResponse};
use crate::{
    ApiState,
    body::{Json, off_thread},
    calculations,
    documents::{self, Format},
    forms::{self, Asked, Forms, XLSX, Xlsx},
    i18n::{Accepted, render},
    problem::{ApiError, BodyFailures, Failures, Fault, NotAcceptable, language_tag},
};

/// In what form a forecast is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForecastForm {
    Json,
    Html,
    Xlsx,
}

impl Forms for ForecastForm {
    const FORMS: &'static [(Self, &'static str)] =
        &[(Self::Json, "application/json"), (Self::Html, "text/html"), (Self::Xlsx, XLSX)];
}

/// Forecast what the model costs
///
/// Services, operations (one worker for so many people) and administration of a year and a month, in total and by payer.
/// A group's average amount is given, or comes from a calculation; with two scenarios every figure is compared. As `Accept` asks:
/// JSON, a page with charts and tables, or a workbook (XLSX) whose figures are numbers; page and workbook in the language that
/// `Accept-Language` prefers.
#[utoipa::path(
    tag = "statistics",
    request_body(content = ForecastRequest, examples(
        ("children" = (summary = "The country's children", value = json!(examples::children()))),
        ("compared" = (summary = "The country's adults, 2 801 or 8 574 people", value = json!(examples::compared()))),
    )),
    responses(
        (status = 200, description = "The forecasts", content(
            (ForecastResponse = "application/json", examples(
                ("children" = (value = json!(examples::answered(examples::children())))),
                ("compared" = (value = json!(examples::answered(examples::compared())))),
            )),
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("PK...")),
        )),
        Failures, BodyFailures, NotAcceptable,
    ),
)]
#[post("/v1/forecasts")]
pub(crate) async fn forecast_costs(
    state: Data<ApiState>,
    language: Accepted,
    form: Asked<ForecastForm>,
    request: Json<ForecastRequest>,
) -> Result<HttpResponse, ApiError> {
    let scenarios = run(request.0, state.forecast_rules())?;
    let answer = ForecastResponse::new(&scenarios, language.0);
    shown(scenarios, &answer, form.0, language.0).await
}

/// What forecasts count with.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) parameters: &'a Parameters,
    pub(crate) forecasts: &'a ForecastTable,
    pub(crate) funding: &'a FundingTable,
}

impl ApiState {
    pub(crate) fn forecast_rules(&self) -> Rules<'_> {
        Rules { parameters: &self.parameters, forecasts: &self.forecasts, funding: &self.funding }
    }
}

pub(crate) fn answer(
    request: ForecastRequest,
    rules: Rules<'_>,
    language: Language,
) -> Result<ForecastResponse, ApiError> {
    run(request, rules).map(|scenarios| ForecastResponse::new(&scenarios, language))
}

/// Scenarios in the form that is asked for; as JSON they are the answer that is given.
pub(crate) async fn shown(
    scenarios: Vec<Scenario>,
    json: &impl Serialize,
    form: ForecastForm,
    language: Language,
) -> Result<HttpResponse, ApiError> {
    match form {
        ForecastForm::Json => {
            let mut response = HttpResponse::Ok();
            response.insert_header((CONTENT_LANGUAGE, language_tag(language))).insert_header((VARY, "Accept"));
            Ok(response.json(json))
        }
        ForecastForm::Html => {
            let made = off_thread(move || documents::made(&page(&scenarios, language), Format::Html)).await?;
            Ok(documents::sent(language, Format::Html, made))
        }
        ForecastForm::Xlsx => {
            let written = off_thread(move || Ok(book(&scenarios, language))).await?;
            forms::workbook("ibm-prognoze.xlsx", language, written)
        }
    }
}

/// Scenarios as a page.
pub(crate) fn page(scenarios: &[Scenario], language: Language) -> Document {
    with_sheet(scenarios, language, document::forecast)
}

/// Scenarios as a workbook.
pub(crate) fn book(scenarios: &[Scenario], language: Language) -> Result<Vec<u8>, WorkbookError> {
    with_sheet(scenarios, language, workbook::forecast)
}

fn with_sheet<T>(scenarios: &[Scenario], language: Language, show: impl FnOnce(&ForecastSheet<'_>) -> T) -> T {
    let scenarios: Vec<_> = scenarios.iter().map(Scenario::shown).collect();
    let render = |message: &Message| render(message, language);
    show(&ForecastSheet { scenarios: &scenarios, language, render: &render })
}

/// Runs every scenario.
///
/// # Errors
/// Every fault of each.
pub(crate) fn run(request: ForecastRequest, rules: Rules<'_>) -> Result<Vec<Scenario>, ApiError> {
    let mut scenarios = Vec::new();
    let mut faults = Vec::new();
    for (index, scenario) in request.scenarios.into_iter().enumerate() {
        match run_scenario(scenario, rules) {
            Ok(scenario) => scenarios.push(scenario),
            Err(error) => faults.push(error.under(&format!("/scenarios/{index}"))),
        }
    }
    faults.into_iter().reduce(ApiError::and).map_or(Ok(scenarios), Err)
}

/// A scenario with what came out of it.
#[derive(Debug)]
pub(crate) struct Scenario {
    name: String,
    input: ForecastInput,
    forecast: Forecast,
}

impl Scenario {
    fn shown(&self) -> document::ForecastScenario<'_> {
        document::ForecastScenario { name: &self.name, input: &self.input, forecast: &self.forecast }
    }
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
    let forecast =
        forecast_of(&input, rules.forecasts, rules.funding).map_err(|refusals| ApiError::refused(&refusals))?;
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::examples;

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

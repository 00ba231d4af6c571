//! `/v1/stored-forecasts`: the stateless forecast of a population that is counted from the stored budgets of the country.

mod examples;
mod request;
mod response;

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post, web::Data};
use balsts_domain::{
    access::{NationalPermission, Role},
    population,
};
use serde_json::Value;

use self::{request::CreateStoredForecast, response::StoredForecastResponse};
use crate::{
    ApiState,
    body::Json,
    forecasts::{self, ForecastForm, ForecastRequest},
    forms::{Asked, Xlsx},
    i18n::Accepted,
    identity::Identified,
    preconditions::RequestId,
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, NotAcceptable},
};

const FORECAST: NationalPermission = NationalPermission(&[Role::MinistryAdmin, Role::MinistryReviewer]);

/// Forecast from the stored budgets
///
/// Counts every budget of the country that is not closed, with its indicative, agreed or paid amount of a year, by methodology and
/// group, or of a region or municipality by municipality; a draft, or parameters that are not stored, are a second scenario over the
/// same people. No group is of fewer than five: smaller ones are put together, and where that does not do are left out. The answer
/// is the forecast of `request`, which `POST /v1/forecasts` answers with the same figures, in the same forms. Nothing is stored; that
/// it was asked is audited. Budgets that change meanwhile may count before or after their change.
#[utoipa::path(
    tag = "statistics",
    request_body(content = CreateStoredForecast, examples(
        ("draft" = (summary = "A draft over the people of today", value = json!(examples::drafted()))),
        ("paid" = (summary = "What was paid in a region, with more people", value = json!(examples::paid()))),
    )),
    responses(
        (status = 200, description = "The forecast, and what it is made of", content(
            (StoredForecastResponse = "application/json", example = json!(examples::answer())),
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("PK...")),
        )),
        AccessFailures, BodyFailures, Conflict, Failures, Missing, NotAcceptable,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin", "ministry_reviewer"]))),
)]
#[post("/v1/stored-forecasts")]
pub(crate) async fn forecast_stored_budgets(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    form: Asked<ForecastForm>,
    body: Json<CreateStoredForecast>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(FORECAST)?, request_id);
    let (asked, wanted) = body.0.parsed(&state.parameters.municipalities, call.scope.today)?;
    // What is wrong beside the population is told before that is counted.
    run(&asked.forecast(&[], language.0), &state)?;
    let paid = asked.paid_months(&wanted, call.scope.today);
    let tally = state.app.population(&call, wanted).await?;
    let groups = population::groups(&tally, asked.of, &state.parameters.municipalities, &asked.adjustments);
    let groups = groups.map_err(|refusals| ApiError::refused(&refusals))?;
    let request = asked.forecast(&groups, language.0);
    let scenarios = run(&request, &state)?;
    let answer = StoredForecastResponse::new(&asked, (&tally, &groups, paid), request, &scenarios, language.0);
    forecasts::shown(scenarios, &answer, form.0, language.0).await
}

/// Runs a request that was made here as if it had been sent. Its faults are those of the options that it was made from.
fn run(request: &Value, state: &ApiState) -> Result<Vec<forecasts::Scenario>, ApiError> {
    let parsed: ForecastRequest = serde_json::from_str(&request.to_string()).map_err(|error| {
        tracing::error!(%error, "a forecast of stored budgets does not fit");
        ApiError::Internal
    })?;
    forecasts::run(parsed, state.forecast_rules()).map_err(of_options)
}

fn of_options(mut error: ApiError) -> ApiError {
    if let ApiError::Refused(faults) = &mut error {
        for fault in faults.iter_mut() {
            let member = fault
                .pointer
                .strip_prefix("/scenarios/")
                .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
            if let Some(member) = member {
                fault.pointer = member.to_owned();
            }
        }
        // Both scenarios have the same options.
        let mut told = BTreeSet::new();
        faults.retain(|fault| told.insert((fault.pointer.clone(), fault.code)));
    }
    error
}

//! `/v1/budget-calculations`: the indicative budget of a child or an adult, single and in bulk. Stateless.

use actix_web::{HttpResponse, post, web::Data};
use balsts_domain::{
    calculation::{Calculation, CalculationFacts},
    money::Money,
    parameters::Parameters,
    text::Language,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiState,
    body::RawJson,
    i18n::Accepted,
    problem::{ApiError, BodyFailures, Failures, language_tag},
};

mod bulk;
mod request;
mod response;

pub(crate) use bulk::*;
pub use request::BudgetCalculationRequest;
pub(crate) use request::{AdultCalculationRequest, ChildCalculationRequest, Place, parse};
use response::BudgetCalculationResponse;
pub(crate) use response::{LineResponse, Renderings, WarningResponse, warnings};

/// How much of a calculation a bulk line shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Sums and every line.
    #[default]
    Lines,
    /// Sums only.
    Totals,
}

/// Calculate an indicative budget
///
/// The sum that the published methodology gives a child or an adult, with every line, its price, volume, legal source and
/// the reason for it. Nothing is stored and no login is needed. A named criterion attests that the social worker has
/// identified it.
#[utoipa::path(
    tag = "calculations",
    request_body(content = BudgetCalculationRequest, examples(
        ("child" = (summary = "A child of ten: employment, respite in an institution, mobility",
            value = json!(crate::examples::child_request()))),
        ("adult" = (summary = "An adult with a lower amount", value = json!(crate::examples::adult_request()))),
    )),
    responses(
        (status = 200, description = "The indicative budget", body = BudgetCalculationResponse, examples(
            ("child" = (value = json!(crate::examples::answer(&crate::examples::child_request())))),
            ("adult" = (value = json!(crate::examples::answer(&crate::examples::adult_request())))),
        )),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/budget-calculations")]
pub(crate) async fn calculate_budget(
    state: Data<ApiState>,
    language: Accepted,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let rules = state.parameters.latest();
    let answer = single(&rules.parameters, &rules.renderings, &body.0, Detail::Lines, language.0)?;
    Ok(HttpResponse::Ok()
        .insert_header(("content-language", language_tag(language.0)))
        .content_type("application/json")
        .body(answer))
}

/// Answers one request.
pub(crate) fn single(
    parameters: &Parameters,
    renderings: &Renderings,
    body: &[u8],
    detail: Detail,
    language: Language,
) -> Result<Vec<u8>, ApiError> {
    let (_, facts) = parse(body, Place::Single);
    let mut answer = Vec::with_capacity(8 * 1024);
    write(parameters, renderings, &facts?, detail, language, &mut answer)?;
    Ok(answer)
}

/// The total of one request, rounded as it is published.
pub(crate) fn total(parameters: &Parameters, body: &[u8]) -> Result<Money, ApiError> {
    let (_, facts) = parse(body, Place::Single);
    let calculated = facts?.calculate(parameters).map_err(|refusals| ApiError::refused(&refusals))?;
    Ok(calculated.total().rounded())
}

/// Calculates and writes the answer's JSON.
fn write(
    parameters: &Parameters,
    renderings: &Renderings,
    facts: &CalculationFacts,
    detail: Detail,
    language: Language,
    out: &mut Vec<u8>,
) -> Result<(), ApiError> {
    let (date, calculated) = (facts.date(), facts.calculate(parameters));
    let written = match (calculated.map_err(|refusals| ApiError::refused(&refusals))?, detail) {
        (Calculation::Child(budget), Detail::Lines) => json(out, &response::child(&budget, date, renderings, language)),
        (Calculation::Child(budget), Detail::Totals) => json(out, &response::child_totals(&budget, date)),
        (Calculation::Adult(budget), Detail::Lines) => json(out, &response::adult(&budget, date, renderings, language)),
        (Calculation::Adult(budget), Detail::Totals) => json(out, &response::adult_totals(&budget, date)),
        (Calculation::Pilot(_), _) => return Err(request::no_indicative_budget()),
    };
    written.map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        ApiError::Internal
    })
}

fn json(out: &mut Vec<u8>, value: &impl Serialize) -> serde_json::Result<()> {
    serde_json::to_writer(out, value)
}

/// How a bulk run answers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BulkQuery {
    /// `lines` (the default) gives every line, `totals` the sums only.
    #[param(inline)]
    pub detail: Option<Detail>,
}

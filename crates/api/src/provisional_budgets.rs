//! `/v1/provisional-budgets`: the provisional budget of one child in the pilot. Stateless.

use actix_web::post;
use balsts_domain::{
    pilot::provisional::{ProvisionalInput, ProvisionalParameters, provisional_budget},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    body::Json,
    examples,
    i18n::{Accepted, Localised, render},
    names::ProvisionalReason,
    problem::{ApiError, BodyFailures, Failures},
    types::{Amount, Date, Euros},
};

/// A child and a period of the pilot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProvisionalBudgetRequest {
    /// Birth date of the child.
    birth_date: Date,
    /// Any day of the period's first month; age and opinion count on the 1st of it.
    period_month: Date,
    /// Whether an opinion on special care need is in force on that day.
    special_care: bool,
    /// Funding of the whole period for one child, EUR; the pilot sets it for each period.
    per_child_funding: Amount,
}

/// The provisional budget of a child.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProvisionalBudgetResponse {
    /// The day on which age and opinion count.
    assessed_on: Date,
    /// Completed years on that day.
    age: u32,
    /// Why that part of the funding.
    reason: ProvisionalReason,
    /// The part of the funding per child, percent.
    #[schema(example = 70)]
    percent: u32,
    /// Provisional budget of the period, EUR.
    amount: Euros,
    /// The reason in words.
    explanation: String,
}

/// Calculate a provisional budget
///
/// The provisional budget of a child for a period of the pilot (`children-pilot-2018`): the whole funding per child to the
/// age of 8 inclusive and with an opinion on special care need, a smaller part for other children.
#[utoipa::path(
    tag = "rules",
    request_body(content = ProvisionalBudgetRequest, example = json!(example())),
    responses(
        (status = 200, description = "The provisional budget", body = ProvisionalBudgetResponse,
            example = json!(examples::answered(example(), answer))),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/provisional-budgets")]
pub(crate) async fn calculate_provisional_budget(
    language: Accepted,
    request: Json<ProvisionalBudgetRequest>,
) -> Result<Localised<ProvisionalBudgetResponse>, ApiError> {
    Ok(Localised(answer(request.0, language.0)?, language.0))
}

fn answer(request: ProvisionalBudgetRequest, language: Language) -> Result<ProvisionalBudgetResponse, ApiError> {
    let input = ProvisionalInput {
        birth_date: request.birth_date.0,
        period_month: request.period_month.0,
        special_care: request.special_care,
        per_child_funding: request.per_child_funding.0,
    };
    let budget = provisional_budget(&input, &ProvisionalParameters::children_pilot_2018())
        .map_err(|refusals| ApiError::refused(&refusals))?;
    Ok(ProvisionalBudgetResponse {
        assessed_on: Date(budget.assessed_on),
        age: budget.age_years,
        reason: ProvisionalReason(budget.reason),
        percent: budget.percent,
        amount: Euros(budget.amount),
        explanation: render(&budget.explanation(), language),
    })
}

fn example() -> Value {
    json!({"birth_date": "2009-03-14", "period_month": "2019-02-01", "special_care": false, "per_child_funding": "4800.00"})
}

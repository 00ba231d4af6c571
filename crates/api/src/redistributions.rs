//! `/v1/redistributions`: the money that some children of the pilot don't need, shared among those whose plans cost more.
//! Stateless.

use actix_web::post;
use balsts_domain::{
    pilot::redistribution::{FinalBudget, Redistribution, RedistributionChild, RedistributionInput, redistribute},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    body::{self, Json},
    bounds::{Label, List},
    examples,
    i18n::{Accepted, Localised, render},
    problem::{ApiError, BodyFailures, Failures},
    types::{Amount, Euros},
};

type RedistributionChildren = List<RedistributionChildRequest, 0, 100_000>;

/// One child of the period.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedistributionChildRequest {
    /// Pseudonymous code of the child, unique in the request.
    id: Label,
    /// Provisional budget of the period, EUR.
    provisional: Amount,
    /// Needed budget of the period, EUR.
    needed: Amount,
}

/// All children of a period, when all plans are in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedistributionRequest {
    /// The children. Their order decides who gets the last cent between equal remainders.
    #[schema(inline)]
    children: RedistributionChildren,
    /// What the previous period left unspent, EUR; zero for the first period.
    unspent: Amount,
}

/// What redistribution gives one child.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FinalBudgetResponse {
    /// Code of the child.
    id: String,
    /// Provisional budget, EUR.
    provisional: Euros,
    /// Needed budget, EUR.
    needed: Euros,
    /// Share of the surplus, EUR.
    share: Euros,
    /// Final budget, EUR: never above needed.
    #[serde(rename = "final")]
    final_budget: Euros,
    /// What is needed beyond the final budget, EUR.
    unmet: Euros,
    /// How the final budget comes about.
    explanation: String,
}

/// The final budgets of a period; `surplus` is `distributed` and `left_over`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RedistributionResponse {
    /// The children, in the order of the request.
    children: Vec<FinalBudgetResponse>,
    /// All provisional budgets and what the previous period left, EUR.
    available: Euros,
    /// Provisional money that is not needed, and what the previous period left, EUR.
    surplus: Euros,
    /// What was shared, EUR.
    distributed: Euros,
    /// What nobody needs, EUR.
    left_over: Euros,
}

/// Redistribute the surplus of a period
///
/// The pilot's final budgets: whoever needs no more than the provisional budget gets what is needed; the surplus is shared
/// among the others in proportion to their needed budgets, none above its own need, to the cent. At most 100,000 children,
/// and no more than fit the server's limit on bodies (1 MiB, if not configured otherwise).
#[utoipa::path(
    tag = "rules",
    request_body(content = RedistributionRequest, example = json!(example())),
    responses(
        (status = 200, description = "The final budgets", body = RedistributionResponse,
            example = json!(examples::answered(example(), answer))),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/redistributions")]
pub(crate) async fn redistribute_surplus(
    language: Accepted,
    request: Json<RedistributionRequest>,
) -> Result<Localised<RedistributionResponse>, ApiError> {
    let language = language.0;
    Ok(Localised(body::off_thread(move || answer(request.0, language)).await?, language))
}

fn answer(request: RedistributionRequest, language: Language) -> Result<RedistributionResponse, ApiError> {
    let children = request.children.into_iter().map(|child| RedistributionChild {
        id: child.id.0,
        provisional: child.provisional.0,
        needed: child.needed.0,
    });
    let input = RedistributionInput { children: children.collect(), unspent: request.unspent.0 };
    Ok(shown(redistribute(&input).map_err(|refusals| ApiError::refused(&refusals))?, language))
}

/// A redistribution in words.
pub(crate) fn shown(redistribution: Redistribution, language: Language) -> RedistributionResponse {
    let child = |child: FinalBudget| FinalBudgetResponse {
        explanation: render(&child.explanation(), language),
        id: child.id,
        provisional: Euros(child.provisional),
        needed: Euros(child.needed),
        share: Euros(child.share),
        final_budget: Euros(child.final_budget),
        unmet: Euros(child.unmet),
    };
    RedistributionResponse {
        children: redistribution.children.into_iter().map(child).collect(),
        available: Euros(redistribution.available),
        surplus: Euros(redistribution.surplus),
        distributed: Euros(redistribution.distributed),
        left_over: Euros(redistribution.left_over),
    }
}

/// The second golden case: one child is covered, one is not.
fn example() -> Value {
    let case = examples::at(examples::PILOT_RULES, "/redistributions/1");
    let amounts = case.get("provisional_needed").and_then(Value::as_array).into_iter().flatten();
    let child = |(number, amounts): (usize, &Value)| json!({"id": format!("B{number}"), "provisional": amounts.get(0), "needed": amounts.get(1)});
    json!({"children": (1..).zip(amounts).map(child).collect::<Vec<_>>(), "unspent": case.get("unspent")})
}

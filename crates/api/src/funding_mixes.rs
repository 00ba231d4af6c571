//! `/v1/funding-mixes`: which source pays how much of a child's needed budget in the pilot. Stateless.

use actix_web::post;
use balsts_domain::{
    money::Money,
    pilot::funding_mix::{FundingMixInput, MixVariant, funding_mix},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    body::Json,
    bounds::MixVariantNumber,
    examples,
    i18n::{Accepted, Localised, render},
    problem::{ApiError, BodyFailures, Failures},
    types::{Amount, Euros},
};

/// What each source could pay in one period.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FundingMixRequest {
    /// Funding variant: 1 the project, then existing benefits; 2 (the pilot's) the project, then existing services and
    /// benefits; 3 existing services and benefits, then the project.
    variant: MixVariantNumber,
    /// Final budget of the project, EUR.
    #[serde(rename = "final")]
    final_budget: Amount,
    /// Needed budget, EUR.
    needed: Amount,
    /// State and municipal services that the child gets already and that are in the plan, EUR; none where left out.
    existing_services: Option<Amount>,
    /// State and municipal benefits that the child gets already and that are in the plan, EUR; none where left out.
    existing_benefits: Option<Amount>,
    /// What parents and others can add, EUR; nothing where left out.
    other: Option<Amount>,
}

/// What each source pays.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FundingMixResponse {
    /// Funding variant.
    #[schema(value_type = u8, minimum = 1, maximum = 3)]
    variant: MixVariant,
    /// Paid by the project, EUR.
    project: Euros,
    /// Paid as existing services, EUR.
    existing_services: Euros,
    /// Paid from existing benefits, EUR.
    existing_benefits: Euros,
    /// Existing services and benefits together, EUR.
    existing: Euros,
    /// Paid by parents and others, EUR.
    other: Euros,
    /// Total budget, EUR: the sum of the sources, never above needed.
    total: Euros,
    /// What is needed and nobody pays, EUR.
    unmet: Euros,
    /// The order of the sources in words.
    explanation: String,
}

/// Mix the sources of funding
///
/// The pilot's total budget of a child by source: each source pays, in the order of the variant, what the earlier ones
/// leave; parents and others may add last.
#[utoipa::path(
    tag = "rules",
    request_body(content = FundingMixRequest, examples(
        ("variant_2" = (summary = "The pilot's variant: the project first", value = json!(example(1)))),
        ("variant_3" = (summary = "Existing services first", value = json!(example(2)))),
    )),
    responses(
        (status = 200, description = "What each source pays", body = FundingMixResponse, examples(
            ("variant_2" = (value = json!(examples::answered(example(1), answer)))),
            ("variant_3" = (value = json!(examples::answered(example(2), answer)))),
        )),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/funding-mixes")]
pub(crate) async fn calculate_funding_mix(
    language: Accepted,
    request: Json<FundingMixRequest>,
) -> Result<Localised<FundingMixResponse>, ApiError> {
    Ok(Localised(answer(request.0, language.0)?, language.0))
}

fn answer(request: FundingMixRequest, language: Language) -> Result<FundingMixResponse, ApiError> {
    let amount = |amount: Option<Amount>| amount.map_or(Money::ZERO, |amount| amount.0);
    // The bound of the number is that of the variants.
    let variant = u8::try_from(request.variant.0).ok().and_then(|number| MixVariant::try_from(number).ok());
    let variant = variant.ok_or(ApiError::Internal)?;
    let input = FundingMixInput {
        variant,
        final_budget: request.final_budget.0,
        needed: request.needed.0,
        existing_services: amount(request.existing_services),
        existing_benefits: amount(request.existing_benefits),
        other: amount(request.other),
    };
    let mix = funding_mix(&input).map_err(|refusals| ApiError::refused(&refusals))?;
    Ok(FundingMixResponse {
        variant: mix.variant,
        project: Euros(mix.project),
        existing_services: Euros(mix.existing_services),
        existing_benefits: Euros(mix.existing_benefits),
        existing: Euros(mix.existing),
        other: Euros(mix.other),
        total: Euros(mix.total),
        unmet: Euros(mix.unmet),
        explanation: render(&mix.explanation(), language),
    })
}

/// A golden case without what is expected of it.
fn example(case: usize) -> Value {
    let mut request = examples::at(examples::PILOT_FUNDING, &format!("/{case}"));
    if let Some(members) = request.as_object_mut() {
        members.remove("expect");
    }
    request
}

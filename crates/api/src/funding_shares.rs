//! `/v1/funding-shares`: an amount split between state, municipality and parents. Stateless.

use actix_web::{post, web::Data};
use balsts_domain::{
    funding::{self, FundingInput, FundingTable, Payer},
    text::Language,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::Json,
    examples,
    i18n::{Accepted, Localised, render},
    names::{FundedGroup, FundingVariant},
    problem::{ApiError, BodyFailures, Failures},
    types::{Amount, Date, Euros},
};

/// An amount to be split.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FundingSharesRequest {
    /// The amount, EUR.
    amount: Amount,
    /// The funding variant.
    variant: FundingVariant,
    /// The day whose percentages hold; today (UTC) where left out.
    date: Option<Date>,
    /// Whose budgets are paid: `shared_45_45_10` is for children only.
    group: Option<FundedGroup>,
}

/// What each payer of a variant pays; a payer that the variant does not name is left out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PayerShares {
    /// The state: the rest that rounding leaves is its own, EUR.
    state: Euros,
    /// The municipality, EUR, rounded down to cents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    municipality: Option<Euros>,
    /// The parents, EUR, rounded down to cents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parents: Option<Euros>,
}

impl From<&funding::FundingShares> for PayerShares {
    fn from(split: &funding::FundingShares) -> Self {
        let share = |payer| split.shares.iter().find(|share| share.payer == payer).map(|share| Euros(share.amount));
        Self {
            state: Euros(split.of(Payer::State)),
            municipality: share(Payer::Municipality),
            parents: share(Payer::Parents),
        }
    }
}

/// A split amount.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FundingSharesResponse {
    /// The amount, EUR.
    amount: Euros,
    /// The funding variant.
    variant: FundingVariant,
    /// The day whose percentages hold.
    date: Date,
    /// First day of these percentages.
    valid_from: Date,
    /// What each payer pays; the shares add up to the amount.
    shares: PayerShares,
    /// How the cents are rounded.
    explanation: String,
}

/// Split an amount between the payers
///
/// The shares of state, municipality and parents in a funding variant, to the cent: each share but the state's is rounded
/// down, the state takes the rest.
#[utoipa::path(
    tag = "rules",
    request_body(content = FundingSharesRequest, example = json!(example())),
    responses(
        (status = 200, description = "What each payer pays", body = FundingSharesResponse,
            example = json!(example_answer())),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/funding-shares")]
pub(crate) async fn calculate_funding_shares(
    state: Data<ApiState>,
    language: Accepted,
    request: Json<FundingSharesRequest>,
) -> Result<Localised<FundingSharesResponse>, ApiError> {
    let today = state.today();
    Ok(Localised(answer(request.0, today, &state.funding, language.0)?, language.0))
}

fn answer(
    request: FundingSharesRequest,
    today: NaiveDate,
    table: &FundingTable,
    language: Language,
) -> Result<FundingSharesResponse, ApiError> {
    let input = FundingInput {
        amount: request.amount.0,
        variant: request.variant.0,
        date: request.date.map_or(today, |date| date.0),
        group: request.group.map(|group| group.0),
    };
    let split = funding::split(&input, table).map_err(|refusals| ApiError::refused(&refusals))?;
    Ok(FundingSharesResponse {
        amount: Euros(split.amount),
        variant: FundingVariant(split.variant),
        date: Date(input.date),
        valid_from: Date(split.valid_from),
        shares: PayerShares::from(&split),
        explanation: render(&split.explanation(), language),
    })
}

/// The country's yearly cost for children in the chosen variant, a golden case.
fn example() -> Value {
    let case = examples::at(examples::PILOT_RULES, "/shares/1");
    json!({"amount": case.get("amount"), "variant": case.get("variant"), "date": "2023-03-01", "group": "children"})
}

fn example_answer() -> Value {
    let Ok(table) = FundingTable::embedded() else { return Value::Null };
    examples::answered(example(), |request, language| answer(request, NaiveDate::MIN, &table, language))
}

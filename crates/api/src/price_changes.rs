//! `/v1/price-changes`: signed plans whose prices changed since, by a published tariff or another price of the provider.

use actix_web::{get, web::Data};
use balsts_app::ChangedPlan;
use balsts_domain::{
    access::{Permission, Role},
    price_changes::PriceChange,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::Query,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{PriceChangeCause, RevisionReason},
    pages::page_size,
    preconditions::RequestId,
    problem::{AccessFailures, ApiError, Failures},
    types::{Date, Euros, Quantity},
};

const READ: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: "plans:read" };

/// Which plans to look at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PriceChangesQuery {
    /// How many plans to look at: a page may hold fewer, even none, while `next` tells where to go on.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// A line of a signed plan whose price changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceChange)]
pub(crate) struct PriceChangeResponse {
    /// Number of the line.
    line: u32,
    /// Code of the service.
    service: String,
    /// What changed the price.
    cause: PriceChangeCause,
    /// The price in the plan, EUR a unit.
    old_price: Euros,
    /// The price that holds instead, EUR a unit.
    new_price: Euros,
    /// From this day on.
    from: Date,
    /// Identifier of the offer at the new price; null where a tariff changed it.
    offer: Option<Uuid>,
    /// The volume that is not delivered yet.
    remaining: Quantity,
    /// What that costs more, EUR; below zero where it costs less.
    effect: Euros,
    /// Whether the indicative budget counts the line.
    counted: bool,
}

/// A signed plan whose prices changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangedPlanResponse {
    /// Identifier of the plan.
    plan_id: Uuid,
    /// Identifier of the case: that of its application.
    case_id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// Number of the version in force.
    version: u32,
    /// The reason for a revision.
    reason: RevisionReason,
    /// Whether a revision is open.
    revision_open: bool,
    /// The lines whose prices changed.
    changes: Vec<PriceChangeResponse>,
    /// Indicative budget, EUR.
    indicative: Euros,
    /// Agreed budget, EUR.
    agreed: Euros,
    /// Agreed budget with the new prices, EUR.
    agreed_after: Euros,
    /// What it would leave of the indicative budget, EUR; below zero where it would be above.
    free_after: Euros,
}

/// Signed plans whose prices changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PriceChangeList {
    /// The plans, in the order in which they were drafted.
    items: Vec<ChangedPlanResponse>,
    /// Where to go on; null where every plan was looked at.
    next: Option<String>,
}

impl From<&PriceChange> for PriceChangeResponse {
    fn from(change: &PriceChange) -> Self {
        Self {
            line: change.line,
            service: change.service.clone(),
            cause: PriceChangeCause(change.cause),
            old_price: Euros(change.old),
            new_price: Euros(change.new),
            from: Date(change.from),
            offer: change.offer,
            remaining: Quantity(change.remaining),
            effect: Euros(change.effect),
            counted: change.counted,
        }
    }
}

impl From<&ChangedPlan> for ChangedPlanResponse {
    fn from(changed: &ChangedPlan) -> Self {
        let ChangedPlan { plan, number, changes, indicative, effect } = changed;
        Self {
            plan_id: plan.id,
            case_id: plan.application_id,
            person_id: plan.person_id,
            version: *number,
            reason: RevisionReason(balsts_domain::plans::status::RevisionReason::PriceChanged),
            revision_open: plan.has_draft,
            changes: changes.iter().map(PriceChangeResponse::from).collect(),
            indicative: Euros(*indicative),
            agreed: Euros(plan.agreed),
            agreed_after: Euros(effect.agreed),
            free_after: Euros(effect.free),
        }
    }
}

fn example() -> Value {
    json!({
        "plan_id": "018bcfe5-6800-7000-8000-000000000004", "case_id": "018bcfe5-6800-7000-8000-000000000002",
        "person_id": "018bcfe5-6800-7000-8000-000000000001", "version": 1, "reason": "price_changed", "revision_open": false,
        "changes": [{"line": 1, "service": "home_care", "cause": "tariff", "old_price": "6.63", "new_price": "7.63",
            "from": "2024-01-01", "offer": null, "remaining": "120", "effect": "120.00", "counted": true}],
        "indicative": "21838.32", "agreed": "18420.00", "agreed_after": "18540.00", "free_after": "3298.32",
    })
}

/// List changed prices
///
/// The plans in force with lines whose price is not the one that holds any more: the ministry published another tariff, or the provider
/// offers the service at another price. Neither alters the plan; the worker revises it for the reason `price_changed`. Each line tells
/// both prices, and what the volume that is not delivered yet costs more; the plan tells what that does to the agreed budget.
#[utoipa::path(
    tag = "plans",
    params(PriceChangesQuery),
    responses(
        (status = 200, description = "Plans whose prices changed", body = PriceChangeList,
            example = json!({"items": [example()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["plans:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "integrator"]))),
)]
#[get("/v1/price-changes")]
pub(crate) async fn list_price_changes(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<PriceChangesQuery>,
) -> Result<Localised<PriceChangeList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let PriceChangesQuery { limit, cursor } = query.0;
    let limit = page_size(limit)?;
    state.refresh_parameters().await?;
    let found = state.app.list_price_changes(&call, &state.parameters, cursor, limit).await?;
    let items = found.plans.iter().map(ChangedPlanResponse::from).collect();
    Ok(Localised(PriceChangeList { items, next: found.next.map(|id| id.to_string()) }, language.0))
}

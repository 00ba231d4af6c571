//! `/v1/budgets/{id}/ledger`: where the money of a budget is. Stored data: every operation needs a caller.

use actix_web::{
    get,
    web::{Data, Path},
};
use balsts_app::{LedgerOnDay, OfPilot, RecordedEntry};
use balsts_domain::{
    access::{Permission, Role},
    ledger::LineBalance,
    money::{Money, Volume},
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
    names::EntryKind,
    pages::{cut, number_cursor, page_size},
    plans::TEAM,
    preconditions::{self, RequestId},
    problem::{AccessFailures, ApiError, Failures, Missing},
    types::{Date, Euros, Number, Quantity},
};

/// Sums, no health data.
pub(crate) const READ: Permission = Permission {
    municipal: &[
        Role::SocialWorker,
        Role::OfficeHead,
        Role::BudgetManager,
        Role::Accountant,
        Role::Auditor,
        Role::Recipient,
    ],
    scope: "budgets:read",
};

/// The sums of the lines that the indicative budget counts, EUR.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerTotal {
    /// Indicative budget: the ceiling.
    indicative: Euros,
    /// Agreed in the signed plan.
    agreed: Euros,
    /// Ordered, less what was released.
    committed: Euros,
    /// Delivered.
    delivered: Euros,
    /// Invoiced.
    invoiced: Euros,
    /// Paid.
    paid: Euros,
    /// Agreed and not ordered.
    free: Euros,
    /// What the plan leaves of the indicative budget, for a later revision.
    available: Euros,
}

/// Where the money of a line is, EUR.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerLine {
    /// Number of the plan's line.
    line: u32,
    /// Whether the indicative budget counts it; the others stand beside, outside of the ceiling.
    counted: bool,
    /// In the signed plan.
    planned: Euros,
    /// Ordered, less what was released.
    committed: Euros,
    /// Delivered.
    delivered: Euros,
    /// Invoiced.
    invoiced: Euros,
    /// Paid.
    paid: Euros,
    /// Planned and not ordered.
    free: Euros,
    /// Volume in the signed plan, in the service's unit.
    planned_volume: Quantity,
    /// Volume ordered.
    committed_volume: Quantity,
    /// Volume delivered.
    delivered_volume: Quantity,
}

/// Where the money of a budget is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ledger)]
pub(crate) struct LedgerResponse {
    /// The budget.
    budget_id: Uuid,
    /// The end of this day; null for the present.
    on: Option<Date>,
    /// The lines that the indicative budget counts, together.
    total: LedgerTotal,
    /// Each line; empty before the first plan is signed.
    lines: Vec<LedgerLine>,
}

/// An entry of a ledger.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerEntry)]
pub(crate) struct LedgerEntryResponse {
    /// Its number in the budget, from 1.
    number: u32,
    /// Number of the plan's line.
    line: u32,
    /// Where it moves money to.
    kind: EntryKind,
    /// EUR; negative where it takes back.
    amount: Euros,
    /// Volume, in the service's unit; negative where it takes back.
    volume: Number,
    /// The day that it counts for.
    on: Date,
    /// The order that it belongs to.
    order_id: Option<Uuid>,
    /// Number of the entry that it reverses.
    reverses: Option<u32>,
    /// Subject of who recorded it.
    recorded_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: chrono::DateTime<chrono::Utc>,
}

/// A page of entries.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerEntryList {
    /// The entries in order.
    items: Vec<LedgerEntryResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

fn euros(cents: i64) -> Euros {
    Euros(Money::from_cents(cents))
}

fn quantity(thousandths: i64) -> Quantity {
    Quantity(Volume::from_thousandths(thousandths))
}

impl From<&LedgerOnDay> for LedgerResponse {
    fn from(ledger: &LedgerOnDay) -> Self {
        let (total, ceiling) = (ledger.balance.total(), ledger.balance.ceiling);
        let line = |(number, line): (&u32, &LineBalance)| LedgerLine {
            line: *number,
            counted: line.counted,
            planned: euros(line.planned),
            committed: euros(line.committed),
            delivered: euros(line.delivered),
            invoiced: euros(line.invoiced),
            paid: euros(line.paid),
            free: euros(line.planned.saturating_sub(line.committed)),
            planned_volume: quantity(line.planned_volume),
            committed_volume: quantity(line.committed_volume),
            delivered_volume: quantity(line.delivered_volume),
        };
        Self {
            budget_id: ledger.budget_id,
            on: ledger.on.map(Date),
            total: LedgerTotal {
                indicative: euros(ceiling),
                agreed: euros(total.planned),
                committed: euros(total.committed),
                delivered: euros(total.delivered),
                invoiced: euros(total.invoiced),
                paid: euros(total.paid),
                free: euros(total.planned.saturating_sub(total.committed)),
                available: euros(ceiling.saturating_sub(total.planned)),
            },
            lines: ledger.balance.lines.iter().map(line).collect(),
        }
    }
}

impl From<&RecordedEntry> for LedgerEntryResponse {
    fn from(recorded: &RecordedEntry) -> Self {
        let new = recorded.entry.new;
        Self {
            number: recorded.entry.number,
            line: new.line,
            kind: EntryKind(new.kind),
            amount: euros(new.cents),
            volume: Number(Volume::from_thousandths(new.thousandths).value().normalize()),
            on: Date(new.on),
            order_id: new.order,
            reverses: new.reverses,
            recorded_by: recorded.recorded_by.clone(),
            at: recorded.at,
        }
    }
}

fn example() -> Value {
    json!({
        "budget_id": "018bcfe5-6800-7000-8000-000000000003", "on": null,
        "total": {"indicative": "21838.32", "agreed": "3782.40", "committed": "1591.20", "delivered": "0.00",
            "invoiced": "0.00", "paid": "0.00", "free": "2191.20", "available": "18055.92"},
        "lines": [{"line": 1, "counted": true, "planned": "3182.40", "committed": "1591.20", "delivered": "0.00",
            "invoiced": "0.00", "paid": "0.00", "free": "1591.20", "planned_volume": "480", "committed_volume": "240",
            "delivered_volume": "0"}],
    })
}

/// As of when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LedgerQuery {
    /// The end of this day; the present where left out.
    on: Option<Date>,
}

/// Get the ledger of a budget
///
/// Where every euro of the budget is: indicative, agreed, committed, delivered, invoiced, paid, free, in all and by line of the
/// plan, now or at the end of any day. The read is recorded in the access log.
#[utoipa::path(
    tag = "ledgers",
    params(("id" = Uuid, Path, description = "Identifier of the budget"), LedgerQuery),
    responses(
        (status = 200, description = "The ledger", body = LedgerResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["budgets:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "programme_team", "accountant",
        "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/budgets/{id}/ledger")]
pub(crate) async fn get_ledger(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<LedgerQuery>,
) -> Result<Localised<LedgerResponse>, ApiError> {
    let call = state.call(caller.municipal_or_national(READ, TEAM)?, request_id);
    let on = query.0.on.map(|day| day.0);
    let id = preconditions::id(&id)?;
    let call = state.app.within_pilot(call, OfPilot::Budget(id)).await?;
    let ledger = state.app.get_ledger(&call, id, on).await?;
    Ok(Localised(LedgerResponse::from(&ledger), language.0))
}

/// Which entries to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LedgerEntriesQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    #[param(minimum = 1)]
    cursor: Option<u32>,
}

/// List the entries of a ledger
///
/// In the order in which they were added; none was ever changed. The read is recorded in the access log.
#[utoipa::path(
    tag = "ledgers",
    params(("id" = Uuid, Path, description = "Identifier of the budget"), LedgerEntriesQuery),
    responses(
        (status = 200, description = "A page of entries", body = LedgerEntryList, example = json!({
            "items": [{"number": 1, "line": 1, "kind": "planned", "amount": "3182.40", "volume": "480", "on": "2023-03-20",
                "order_id": null, "reverses": null, "recorded_by": "demo-social-worker", "at": "2023-03-20T09:00:00Z"}],
            "next": null,
        })),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["budgets:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "programme_team", "accountant",
        "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/budgets/{id}/ledger-entries")]
pub(crate) async fn list_ledger_entries(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<LedgerEntriesQuery>,
) -> Result<Localised<LedgerEntryList>, ApiError> {
    let call = state.call(caller.municipal_or_national(READ, TEAM)?, request_id);
    let LedgerEntriesQuery { limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let id = preconditions::id(&id)?;
    let call = state.app.within_pilot(call, OfPilot::Budget(id)).await?;
    let found = state.app.list_ledger_entries(&call, id, number_cursor(cursor)?, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |recorded| recorded.entry.number);
    Ok(Localised(LedgerEntryList { items: found.iter().map(LedgerEntryResponse::from).collect(), next }, language.0))
}

//! `/v1/orders`: how the services of a plan are ordered, each a commitment on the budget. Stored data: every operation needs a
//! caller.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path},
};
use balsts_app::{Call, Order, OrderFilter, OrderPrice, OrderSummary};
use balsts_domain::{
    access::{Permission, Role},
    orders::{NewOrder, OrderTerms},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::{Label, LineNumber, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{Engagement, OrderForm, OrderStatus},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    seat::{Office, OfficeFailures, Seat, seat},
    types::{Atvk, Date, Euros, Quantity, UnitPrice, Units},
};

/// As [`READ`], and the provider that was ordered from.
const READ_OWN: Permission = Permission {
    municipal: &[
        Role::SocialWorker,
        Role::OfficeHead,
        Role::BudgetManager,
        Role::Accountant,
        Role::Provider,
        Role::Auditor,
    ],
    scope: "orders:read",
};
/// The office, and the budget manager engaged for the case.
const WRITE: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::BudgetManager], scope: "orders:write" };
/// Money and providers, no health data.
pub(crate) const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::BudgetManager, Role::Accountant, Role::Auditor],
    scope: "orders:read",
};

/// What an order says beside services and prices.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderTermsRequest {
    /// How the provider was engaged; required of a contract and a guarantee letter.
    engagement: Option<Engagement>,
    /// Number of the contract or letter.
    reference: Option<Label>,
    /// How and when the office pays.
    payment: Option<Sentences>,
    /// Everything else: rights, duties, liability, monitoring, disputes.
    other: Option<Sentences>,
}

/// An order of a service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateOrder {
    /// Number of the plan's line.
    line: LineNumber,
    /// How it is ordered: a line that the person prepays as `self_prepaid`, every other in one of the other ways.
    form: OrderForm,
    /// Volume, in the service's unit.
    volume: Units,
    /// First day.
    valid_from: Date,
    /// Last day.
    valid_to: Date,
    /// Its terms.
    terms: OrderTermsRequest,
}

/// Another price of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateOrderPrice {
    /// First day.
    valid_from: Date,
    /// EUR a unit.
    unit_price: UnitPrice,
}

/// What an order says beside services and prices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderTerms)]
pub(crate) struct OrderTermsResponse {
    /// How the provider was engaged.
    engagement: Option<Engagement>,
    /// Number of the contract or letter.
    reference: Option<String>,
    /// How and when the office pays.
    payment: Option<String>,
    /// Everything else.
    other: Option<String>,
}

/// A price of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderPrice)]
pub(crate) struct OrderPriceResponse {
    /// First day.
    valid_from: Date,
    /// EUR a unit.
    unit_price: Euros,
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderSummaryResponse {
    /// Identifier.
    id: Uuid,
    /// The plan.
    plan_id: Uuid,
    /// The budget.
    budget_id: Uuid,
    /// Number of the plan's line.
    line: u32,
    /// Code of the service.
    service: String,
    /// How it is ordered.
    form: OrderForm,
    /// The offer that was chosen.
    offer_id: Option<Uuid>,
    /// The provider.
    provider_id: Option<Uuid>,
    /// Volume, in the service's unit.
    volume: Quantity,
    /// Committed when it was ordered, EUR.
    amount: Euros,
    /// First day.
    valid_from: Date,
    /// Last day.
    valid_to: Date,
    /// Where it stands.
    status: OrderStatus,
    /// The last day of which deliveries and claims may still be told once it is closed; null while it is open.
    closed_on: Option<Date>,
}

/// A page of orders.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderList {
    /// The orders, in the order in which they were made.
    items: Vec<OrderSummaryResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(crate) struct OrderResponse {
    /// Identifier.
    id: Uuid,
    /// The plan.
    plan_id: Uuid,
    /// The budget.
    budget_id: Uuid,
    /// Number of the plan's line.
    line: u32,
    /// Code of the service.
    service: String,
    /// How it is ordered.
    form: OrderForm,
    /// The offer that was chosen.
    offer_id: Option<Uuid>,
    /// The provider.
    provider_id: Option<Uuid>,
    /// Volume, in the service's unit.
    volume: Quantity,
    /// Committed when it was ordered, EUR.
    amount: Euros,
    /// First day.
    valid_from: Date,
    /// Last day.
    valid_to: Date,
    /// Where it stands.
    status: OrderStatus,
    /// The last day of which deliveries and claims may still be told once it is closed; null while it is open.
    closed_on: Option<Date>,
    /// Its terms.
    terms: OrderTermsResponse,
    /// Its prices, the first first. What is delivered on a day is paid at the price that holds on it.
    prices: Vec<OrderPriceResponse>,
}

impl From<CreateOrder> for NewOrder {
    fn from(request: CreateOrder) -> Self {
        let CreateOrder { line, form, volume, valid_from, valid_to, terms } = request;
        let OrderTermsRequest { engagement, reference, payment, other } = terms;
        Self {
            line: line.0,
            form: form.0,
            volume: volume.0,
            valid_from: valid_from.0,
            valid_to: valid_to.0,
            terms: OrderTerms {
                engagement: engagement.map(|engagement| engagement.0),
                reference: reference.map(|text| text.0),
                payment: payment.map(|text| text.0),
                other: other.map(|text| text.0),
            },
        }
    }
}

impl From<&OrderSummary> for OrderSummaryResponse {
    fn from(order: &OrderSummary) -> Self {
        Self {
            id: order.id,
            plan_id: order.plan_id,
            budget_id: order.budget_id,
            line: order.line,
            service: order.service.clone(),
            form: OrderForm(order.form),
            offer_id: order.offer_id,
            provider_id: order.provider_id,
            volume: Quantity(order.volume),
            amount: Euros(order.amount),
            valid_from: Date(order.valid_from),
            valid_to: Date(order.valid_to),
            status: OrderStatus(order.status),
            closed_on: order.closed_on.map(Date),
        }
    }
}

impl From<&Order> for OrderResponse {
    fn from(order: &Order) -> Self {
        let OrderSummaryResponse {
            id,
            plan_id,
            budget_id,
            line,
            service,
            form,
            offer_id,
            provider_id,
            volume,
            amount,
            valid_from,
            valid_to,
            status,
            closed_on,
        } = OrderSummaryResponse::from(&order.summary);
        let terms = order.terms.clone();
        Self {
            id,
            plan_id,
            budget_id,
            line,
            service,
            form,
            offer_id,
            provider_id,
            volume,
            amount,
            valid_from,
            valid_to,
            status,
            closed_on,
            terms: OrderTermsResponse {
                engagement: terms.engagement.map(Engagement),
                reference: terms.reference,
                payment: terms.payment,
                other: terms.other,
            },
            prices: order
                .prices
                .iter()
                .map(|price| OrderPriceResponse {
                    valid_from: Date(price.valid_from),
                    unit_price: Euros(price.unit_price),
                })
                .collect(),
        }
    }
}

fn request() -> Value {
    json!({
        "line": 1, "form": "guarantee_letter", "volume": "240", "valid_from": "2023-04-01", "valid_to": "2024-03-31",
        "terms": {"engagement": "parent_application", "reference": "GV-2023/17",
            "payment": "15 dienu laikā pēc rēķina saņemšanas."},
    })
}

fn summary() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000005", "plan_id": "018bcfe5-6800-7000-8000-000000000004",
        "budget_id": "018bcfe5-6800-7000-8000-000000000003", "line": 1, "service": "home_care", "form": "guarantee_letter",
        "offer_id": "018bcfe5-6800-7000-8000-000000000007", "provider_id": "018bcfe5-6800-7000-8000-000000000006",
        "volume": "240", "amount": "1591.20", "valid_from": "2023-04-01", "valid_to": "2024-03-31", "status": "open", "closed_on": null,
    })
}

fn example() -> Value {
    let mut order = summary();
    if let Some(order) = order.as_object_mut() {
        let terms = json!({"engagement": "parent_application", "reference": "GV-2023/17",
            "payment": "15 dienu laikā pēc rēķina saņemšanas.", "other": null});
        order.insert("terms".to_owned(), terms);
        order.insert("prices".to_owned(), json!([{"valid_from": "2023-04-01", "unit_price": "6.63"}]));
    }
    order
}

fn shown(order: &Order, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(order.summary.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(OrderResponse::from(order))
}

/// Order a service
///
/// Orders a service of the plan in force: by contract, by guarantee letter, or prepaid by the person. Its volume is committed at
/// the price of the plan's line. The contract with the person is signed before. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "orders",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IdempotencyKey),
    request_body(content = CreateOrder, example = json!(request())),
    responses(
        (status = 201, description = "The order", body = OrderResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["orders:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "integrator"]))),
)]
#[post("/v1/plans/{id}/orders")]
pub(crate) async fn create_order(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let id = preconditions::id(&id)?;
    let new: CreateOrder = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/plans/{id}/orders"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |order: &Order| recorded(&OrderResponse::from(order));
    let answer = state.app.create_order(&call, &state.parameters, id, new.into(), answer).await?;
    created(answer, Some("/v1/orders"), Some(1), language.0)
}

/// Which orders to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrdersQuery {
    /// The municipality whose office ordered: for a provider, who has none.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    municipality: Option<Atvk>,
    /// Only those of this plan.
    plan: Option<Uuid>,
    /// Only those of this provider.
    provider: Option<Uuid>,
    /// Only those with this status.
    #[param(inline)]
    status: Option<OrderStatus>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List orders
///
/// The municipality's orders in the order in which they were made: for a provider its own, for a budget manager those of the cases for
/// which it is engaged. The read of those of a plan is recorded in the access log.
#[utoipa::path(
    tag = "orders",
    params(OrdersQuery),
    responses(
        (status = 200, description = "A page of orders", body = OrderList,
            example = json!({"items": [summary()], "next": null})),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["orders:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "provider", "auditor",
        "integrator"]))),
)]
#[get("/v1/orders")]
pub(crate) async fn list_orders(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<OrdersQuery>,
) -> Result<Localised<OrderList>, ApiError> {
    let OrdersQuery { municipality, plan, provider, status, limit, cursor } = query.0;
    let call = state.call(seat(&caller, &state, READ_OWN, &Office { municipality })?, request_id);
    let limit = page_size(limit)?;
    let filter = OrderFilter { plan, provider, status: status.map(|status| status.0), after: cursor };
    let found = state.app.list_orders(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |summary| summary.id);
    Ok(Localised(OrderList { items: found.iter().map(OrderSummaryResponse::from).collect(), next }, language.0))
}

/// Get an order
///
/// The order with its terms and prices. The read is recorded in the access log.
#[utoipa::path(
    tag = "orders",
    params(("id" = Uuid, Path, description = "Identifier of the order"), Office),
    responses(
        (status = 200, description = "The order", body = OrderResponse, example = json!(example())),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["orders:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "provider", "auditor",
        "integrator"]))),
)]
#[get("/v1/orders/{id}")]
pub(crate) async fn get_order(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(seat.scope(&state, READ_OWN)?, request_id);
    let order = state.app.get_order(&call, preconditions::id(&id)?).await?;
    Ok(shown(&order, language.0, HttpResponse::Ok()))
}

/// Change the price of an order
///
/// From a day on; what was delivered before keeps its price. The undelivered volume is committed at the new price, which may
/// not be above that of the plan's line: a dearer service needs a revision of the plan first.
#[utoipa::path(
    tag = "orders",
    params(("id" = Uuid, Path, description = "Identifier of the order"), IfMatch),
    request_body(content = CreateOrderPrice, example = json!({"valid_from": "2023-06-01", "unit_price": "6.50"})),
    responses(
        (status = 201, description = "The order", body = OrderResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["orders:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "integrator"]))),
)]
#[post("/v1/orders/{id}/prices")]
pub(crate) async fn reprice_order(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateOrderPrice>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let price = OrderPrice { valid_from: body.0.valid_from.0, unit_price: body.0.unit_price.0 };
    let order = state.app.reprice_order(&call, &state.parameters, of, price).await?;
    Ok(shown(&order, language.0, HttpResponse::Created()))
}

/// Close an order
///
/// Nothing more is delivered: what is committed and neither delivered nor claimed is released. What was delivered until today may still be
/// told, and is then committed again.
#[utoipa::path(
    tag = "orders",
    params(("id" = Uuid, Path, description = "Identifier of the order"), IfMatch),
    responses(
        (status = 201, description = "The order", body = OrderResponse, example = json!(example())),
        AccessFailures, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["orders:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "integrator"]))),
)]
#[post("/v1/orders/{id}/closure")]
pub(crate) async fn close_order(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let order = state.app.close_order(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(shown(&order, language.0, HttpResponse::Created()))
}

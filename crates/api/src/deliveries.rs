//! Deliveries of ordered services, one by one or many at once, with who confirms them.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Bytes, Data, Path, Payload},
};
use balsts_app::{Call, Delivery, DeliveryFilter, DeliverySummary, IdempotencyKey as Key, RecordedAnswer};
use balsts_domain::{
    access::{Permission, Role, Scope},
    deliveries::{DeliveryDetails, Hours, NewDelivery},
    text::{Fault, Language, Message},
};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::{Label, Sentences},
    contract,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{Confirmer, DeliveryStatus, NonDelivery},
    ndjson::{Batch, NDJSON, batches, expect_lines, push_json},
    pages::{after_day, cut, day_cursor, page_size},
    preconditions::{self, Created, IdempotencyKey, IfMatch, RequestId, created, etag},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, Problem,
        language_tag,
    },
    seat::{Office, OfficeFailures, Seat, seat},
    types::{Date, Euros, Quantity, TimeOfDay, Units},
};

const READ: Permission = Permission {
    municipal: &[
        Role::SocialWorker,
        Role::OfficeHead,
        Role::BudgetManager,
        Role::Accountant,
        Role::Provider,
        Role::Recipient,
        Role::Auditor,
        Role::Integrator,
    ],
    scope: "deliveries:read",
};
const WRITE: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Provider, Role::Integrator],
    scope: "deliveries:write",
};
const CONFIRM: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Provider, Role::Recipient, Role::Integrator],
    scope: "deliveries:write",
};

/// When in a day.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DayHours {
    /// Beginning.
    from: TimeOfDay,
    /// End, later on the same day.
    to: TimeOfDay,
}

/// What was delivered on one occasion, or why nothing was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryContent {
    /// The day.
    on: Date,
    /// When in the day. Two services that do not go together, or one twice, are not delivered at the same time.
    hours: Option<DayHours>,
    /// How much, in the service's unit. May be left out where the unit is an hour and the hours are told, and is where nothing
    /// was delivered.
    volume: Option<Units>,
    /// Why nothing was delivered.
    not_delivered: Option<NonDelivery>,
    /// Where.
    place: Option<Label>,
    /// Who received it, where that is not the person of the budget.
    received_by: Option<Label>,
    /// What else is to be said.
    note: Option<Sentences>,
}

/// Who confirms a delivery.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmDelivery {
    /// What they are.
    confirmer: Confirmer,
    /// Their name.
    name: Option<Label>,
}

/// What a delivery says of people and places.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryDetails)]
pub(crate) struct DeliveryDetailsResponse {
    /// Where.
    place: Option<String>,
    /// Who received it, where that is not the person of the budget.
    received_by: Option<String>,
    /// What else is to be said.
    note: Option<String>,
    /// Name of who confirmed it.
    confirmed_by: Option<String>,
}

/// A delivery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceDelivery)]
pub(crate) struct DeliveryResponse {
    /// Identifier.
    id: Uuid,
    /// The order.
    order_id: Uuid,
    /// The provider; null where the person chose one and prepaid.
    provider_id: Option<Uuid>,
    /// Number of the plan's line.
    line: u32,
    /// Code of the service.
    service: String,
    /// The day.
    on: Date,
    /// When in the day.
    hours: Option<DayHours>,
    /// Volume, in the service's unit.
    volume: Quantity,
    /// The order's price on the day, EUR a unit.
    unit_price: Euros,
    /// Its value, EUR. The deliveries of an order at one price are together worth their volume at it, rounded once.
    amount: Euros,
    /// Where it stands.
    status: DeliveryStatus,
    /// Why nothing was delivered.
    not_delivered: Option<NonDelivery>,
    /// Who confirmed it.
    confirmer: Option<Confirmer>,
    /// The invoice that it is part of; it is not corrected any more.
    invoice_id: Option<Uuid>,
    /// People and places; null in a list.
    details: Option<DeliveryDetailsResponse>,
}

/// A page of deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryList {
    /// The deliveries, in the order in which they were recorded.
    items: Vec<DeliveryResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

impl From<DeliveryContent> for NewDelivery {
    fn from(content: DeliveryContent) -> Self {
        let DeliveryContent { on, hours, volume, not_delivered, place, received_by, note } = content;
        Self {
            on: on.0,
            hours: hours.map(|hours| Hours { from: hours.from.0, to: hours.to.0 }),
            volume: volume.map(|volume| volume.0),
            not_delivered: not_delivered.map(|reason| reason.0),
            details: DeliveryDetails {
                place: place.map(|text| text.0),
                received_by: received_by.map(|text| text.0),
                note: note.map(|text| text.0),
                confirmed_by: None,
            },
        }
    }
}

impl From<&DeliverySummary> for DeliveryResponse {
    fn from(delivery: &DeliverySummary) -> Self {
        Self {
            id: delivery.id,
            order_id: delivery.order_id,
            provider_id: delivery.provider_id,
            line: delivery.line,
            service: delivery.service.clone(),
            on: Date(delivery.on),
            hours: delivery.hours.map(|hours| DayHours { from: TimeOfDay(hours.from), to: TimeOfDay(hours.to) }),
            volume: Quantity(delivery.volume),
            unit_price: Euros(delivery.unit_price),
            amount: Euros(delivery.amount),
            status: DeliveryStatus(delivery.status),
            not_delivered: delivery.not_delivered.map(NonDelivery),
            confirmer: delivery.confirmer.map(Confirmer),
            invoice_id: delivery.invoice_id,
            details: None,
        }
    }
}

impl From<&Delivery> for DeliveryResponse {
    fn from(delivery: &Delivery) -> Self {
        let DeliveryDetails { place, received_by, note, confirmed_by } = delivery.details.clone();
        let details = DeliveryDetailsResponse { place, received_by, note, confirmed_by };
        Self { details: Some(details), ..Self::from(&delivery.summary) }
    }
}

fn content() -> Value {
    json!({"on": "2023-06-01", "hours": {"from": "09:00", "to": "12:00"}, "place": "Demo iela 1, Demo pilsēta"})
}

fn bulk_line() -> String {
    let mut line = content();
    if let Some(line) = line.as_object_mut() {
        line.insert("order".to_owned(), json!("018bcfe5-6800-7000-8000-000000000008"));
    }
    format!("{line}\n")
}

fn summary() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000009", "order_id": "018bcfe5-6800-7000-8000-000000000008",
        "provider_id": "018bcfe5-6800-7000-8000-000000000006", "line": 1, "service": "home_care", "on": "2023-06-01",
        "hours": {"from": "09:00", "to": "12:00"}, "volume": "3", "unit_price": "6.63", "amount": "19.89",
        "status": "recorded", "not_delivered": null, "confirmer": null, "invoice_id": null, "details": null,
    })
}

fn example() -> Value {
    let mut delivery = summary();
    let details =
        json!({"place": "Demo iela 1, Demo pilsēta", "received_by": null, "note": null, "confirmed_by": null});
    if let Some(delivery) = delivery.as_object_mut() {
        delivery.insert("details".to_owned(), details);
    }
    delivery
}

fn shown(delivery: &Delivery, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(delivery.summary.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(DeliveryResponse::from(delivery))
}

fn answer(delivery: &Delivery) -> RecordedAnswer {
    let body = serde_json::to_vec(&DeliveryResponse::from(delivery)).unwrap_or_default();
    RecordedAnswer { status: 201, body }
}

/// Record a delivery
///
/// By the provider that was ordered, or by the worker. Its value enters the ledger at the order's price on the day. With an
/// `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = Uuid, Path, description = "Identifier of the order"), Office, IdempotencyKey),
    request_body(content = DeliveryContent, example = json!(content())),
    responses(
        (status = 201, description = "The delivery", body = DeliveryResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["deliveries:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "provider", "integrator"]))),
)]
#[post("/v1/orders/{id}/deliveries")]
pub(crate) async fn create_delivery(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = seat.scope(&state, WRITE)?;
    let order = preconditions::id(&id)?;
    let new = body::parse::<DeliveryContent>(&body.0)?.into();
    let hash = key.request_hash(&format!("POST /v1/orders/{order}/deliveries"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = state.app.create_delivery(&call, &state.parameters.latest().parameters, order, new, answer).await?;
    created(answer, Some("/v1/deliveries"), Some(1), language.0)
}

/// Record many deliveries
///
/// NDJSON: one delivery a line, as `POST /v1/orders/{id}/deliveries` takes it, with its `order`, and an `id` of the caller's own
/// if it may be repeated; one answer a line in the same order, `{"id", "delivery_id"}` or `{"id", "problem"}`. Each line is stored by itself: an error
/// is a line, never the whole file, and a repeated line with the same `id` gets the first answer.
#[utoipa::path(
    tag = "deliveries",
    params(Office),
    request_body(content = String, content_type = "application/x-ndjson", description = "One delivery a line",
        example = json!(bulk_line())),
    responses(
        (status = 200, description = "One answer a line", body = String, content_type = "application/x-ndjson",
            example = json!("{\"id\":null,\"delivery_id\":\"018bcfe5-6800-7000-8000-000000000009\"}\n")),
        (status = 415, description = "The body is not declared as NDJSON", body = Problem, content_type = "application/problem+json"),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["deliveries:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "provider", "integrator"]))),
)]
#[post("/v1/delivery-batches")]
pub(crate) async fn create_deliveries(
    seat: Seat,
    state: Data<ApiState>,
    request: HttpRequest,
    language: Accepted,
    request_id: RequestId,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let scope = seat.scope(&state, WRITE)?;
    expect_lines(&request)?;
    let limit = state.config.bulk_line_limit;
    let run = Bulk { state, scope, request_id, language: language.0 };
    let answers = batches(payload, limit).then(move |batch| {
        let run = run.clone();
        async move { Ok::<Bytes, actix_web::Error>(run.answers(batch?).await) }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .content_type(NDJSON)
        .streaming(answers.boxed_local()))
}

/// The answer to a line.
#[derive(Serialize)]
struct BulkAnswer<'a> {
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Box<Problem>>,
}

#[derive(Clone)]
struct Bulk {
    state: Data<ApiState>,
    scope: Scope,
    request_id: RequestId,
    language: Language,
}

impl Bulk {
    async fn answers(&self, batch: Batch) -> Bytes {
        let mut out = Vec::new();
        for (number, line) in batch.numbered() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let (id, stored) = self.line(line).await;
            let id = id.as_deref();
            let answer = match stored {
                Ok(delivery_id) => BulkAnswer { id, delivery_id: Some(delivery_id), problem: None },
                Err(error) => {
                    let mut problem = error.problem(self.language, Uuid::nil());
                    problem.instance = format!("#line-{number}");
                    BulkAnswer { id, delivery_id: None, problem: Some(Box::new(problem)) }
                }
            };
            push_json(&mut out, &answer);
            out.push(b'\n');
        }
        out.into()
    }

    async fn line(&self, line: &[u8]) -> (Option<String>, Result<Uuid, ApiError>) {
        let limit = self.state.config.bulk_line_limit;
        if line.len() > limit {
            return (None, Err(ApiError::TooLarge { limit }));
        }
        let mut delivery: Value = match serde_json::from_slice(line) {
            Ok(delivery) => delivery,
            Err(error) => return (None, Err(body::malformed(&error))),
        };
        let mut take = |name: &str| delivery.as_object_mut().and_then(|members| members.remove(name));
        let (id, order) = (take("id"), take("order"));
        let told = id.as_ref().and_then(|id| serde_json::from_value::<Label>(id.clone()).ok()).map(|id| id.0);
        let order = order.and_then(|order| serde_json::from_value::<Uuid>(order).ok());
        let mut faults = contract::faults(&delivery, "DeliveryContent");
        let wrong =
            |name: &str, key| Fault { pointer: format!("/{name}"), code: "invalid_value", message: Message::new(key) };
        if id.is_some_and(|id| !id.is_null()) && told.is_none() {
            faults.push(wrong("id", "fault-invalid-value"));
        }
        match order {
            Some(order) if faults.is_empty() => {
                let stored = self.store(told.as_deref(), line, order, delivery).await;
                (told, stored)
            }
            Some(_) => (told, Err(ApiError::Unfit(faults))),
            None => {
                faults.push(wrong("order", "fault-invalid-value"));
                (told, Err(ApiError::Unfit(faults)))
            }
        }
    }

    async fn store(&self, id: Option<&str>, line: &[u8], order: Uuid, delivery: Value) -> Result<Uuid, ApiError> {
        let new = serde_json::from_value::<DeliveryContent>(delivery).map_err(|_| ApiError::Internal)?.into();
        // Of its own kind: a key of another request is not the id of a line.
        let key = id.map(|id| format!("delivery:{id}"));
        let hash = Sha256::new().chain_update("POST /v1/delivery-batches\0").chain_update(line).finalize().to_vec();
        let key = key.as_deref().map(|key| Key { key, request_hash: &hash });
        let call = Call { key, ..self.state.call(self.scope.clone(), self.request_id) };
        let rules = self.state.parameters.latest();
        let answer = self.state.app.create_delivery(&call, &rules.parameters, order, new, answer).await?;
        Ok(serde_json::from_slice::<Created>(&answer.body).map_err(|_| ApiError::Internal)?.id)
    }
}

/// Which deliveries to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveriesQuery {
    /// The municipality whose office ordered: for a provider, who has none.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    municipality: Option<crate::types::Atvk>,
    /// Only those of this order.
    order: Option<Uuid>,
    /// Only those of this provider.
    provider: Option<Uuid>,
    /// Only those of this invoice.
    invoice: Option<Uuid>,
    /// Only those with this status.
    #[param(inline)]
    status: Option<DeliveryStatus>,
    /// Only those that are part of an invoice, or only those that are not.
    invoiced: Option<bool>,
    /// Only those of this day and later.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// Only those of this day and earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    #[param(pattern = r"^[0-9]{1,6}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// List deliveries
///
/// The deliveries of the municipality's orders in the order in which they were recorded, or by day where `from` or `to` is given: for
/// a provider its own, for a recipient those of the persons for whom the caller speaks. The read of those of an order is recorded in the access log.
#[utoipa::path(
    tag = "deliveries",
    params(DeliveriesQuery),
    responses(
        (status = 200, description = "A page of deliveries", body = DeliveryList,
            example = json!({"items": [summary()], "next": null})),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["deliveries:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "provider", "recipient", "auditor",
        "integrator"]))),
)]
#[get("/v1/deliveries")]
pub(crate) async fn list_deliveries(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<DeliveriesQuery>,
) -> Result<Localised<DeliveryList>, ApiError> {
    let DeliveriesQuery { municipality, order, provider, invoice, status, invoiced, from, to, limit, cursor } = query.0;
    let call = state.call(seat(&caller, &state, READ, &Office { municipality })?, request_id);
    let limit = page_size(limit)?;
    let filter = DeliveryFilter {
        order,
        provider,
        invoice,
        status: status.map(|status| status.0),
        invoiced,
        from: from.map(|day| day.0),
        to: to.map(|day| day.0),
        after: after_day(cursor.as_deref())?,
    };
    let found = state.app.list_deliveries(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |summary| day_cursor(summary.on, summary.id));
    Ok(Localised(DeliveryList { items: found.iter().map(DeliveryResponse::from).collect(), next }, language.0))
}

/// Get a delivery
///
/// The delivery with its place and people. The read is recorded in the access log.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = Uuid, Path, description = "Identifier of the delivery"), Office),
    responses(
        (status = 200, description = "The delivery", body = DeliveryResponse, example = json!(example())),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["deliveries:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "provider", "recipient", "auditor",
        "integrator"]))),
)]
#[get("/v1/deliveries/{id}")]
pub(crate) async fn get_delivery(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(seat.scope(&state, READ)?, request_id);
    let delivery = state.app.get_delivery(&call, preconditions::id(&id)?).await?;
    Ok(shown(&delivery, language.0, HttpResponse::Ok()))
}

/// Correct a delivery
///
/// Until it is part of an invoice. The ledger's entry is reversed and another one made; a confirmation has to be given again.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = Uuid, Path, description = "Identifier of the delivery"), Office, IfMatch),
    request_body(content = DeliveryContent, example = json!(content())),
    responses(
        (status = 200, description = "The delivery", body = DeliveryResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["deliveries:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "provider", "integrator"]))),
)]
#[put("/v1/deliveries/{id}")]
pub(crate) async fn correct_delivery(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<DeliveryContent>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(seat.scope(&state, WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let rules = state.parameters.latest();
    let delivery = state.app.correct_delivery(&call, &rules.parameters, of, body.0.into()).await?;
    Ok(shown(&delivery, language.0, HttpResponse::Ok()))
}

/// Withdraw a delivery
///
/// One that was recorded by mistake, until it is part of an invoice. The ledger's entry is reversed.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = Uuid, Path, description = "Identifier of the delivery"), Office, IfMatch),
    responses(
        (status = 201, description = "The delivery", body = DeliveryResponse, example = json!(example())),
        OfficeFailures, AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["deliveries:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "provider", "integrator"]))),
)]
#[post("/v1/deliveries/{id}/withdrawal")]
pub(crate) async fn withdraw_delivery(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(seat.scope(&state, WRITE)?, request_id);
    let delivery = state.app.withdraw_delivery(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(shown(&delivery, language.0, HttpResponse::Created()))
}

/// Confirm a delivery
///
/// By the parent, the accompanying person or the child or adult, each occasion [domain 7.3]; the provider or the office may
/// record it for them.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = Uuid, Path, description = "Identifier of the delivery"), Office, IfMatch),
    request_body(content = ConfirmDelivery, example = json!({"confirmer": "parent", "name": "Demo Vecāks"})),
    responses(
        (status = 201, description = "The delivery", body = DeliveryResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["deliveries:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "provider", "recipient", "integrator"]))),
)]
#[post("/v1/deliveries/{id}/confirmation")]
pub(crate) async fn confirm_delivery(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<ConfirmDelivery>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(seat.scope(&state, CONFIRM)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let ConfirmDelivery { confirmer, name } = body.0;
    let delivery = state.app.confirm_delivery(&call, of, confirmer.0, name.map(|name| name.0)).await?;
    Ok(shown(&delivery, language.0, HttpResponse::Created()))
}

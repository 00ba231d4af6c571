//! `/v1/webhooks`: where the municipality's events are delivered to, signed, in order, at least once. Stored data: every
//! operation needs a caller.

mod examples;
mod request;
mod response;

use actix_web::{
    HttpResponse, HttpResponseBuilder, delete, get,
    http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, ETAG, LOCATION},
    post, put,
    web::{Data, Path},
};
use balsts_app::{Call, RecordedAnswer, Targets, Webhook, WebhookSecret};
use balsts_domain::{
    access::{Permission, Role},
    text::Language,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use request::{CreateReplay, CreateWebhook, UpdateWebhook};
use response::{WebhookDeliveryList, WebhookDeliveryResponse, WebhookList, WebhookResponse};

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    i18n::{Accepted, Localised},
    identity::Identified,
    pages::{cut, page_size},
    preconditions::{self, Created, IdempotencyKey, IfMatch, RequestId, etag},
    problem::{AccessFailures, ApiError, BodyFailures, Failures, Missing, PreconditionFailures, language_tag},
};

const WRITE: Permission = Permission { municipal: &[Role::OfficeHead], scope: "webhooks:write" };
const READ: Permission = Permission { municipal: &[Role::OfficeHead, Role::Auditor], scope: "webhooks:read" };

/// What webhooks need of the server that delivers to them.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// Which addresses may be called.
    pub targets: Targets,
    /// Draws a secret; none where there are no random numbers.
    pub draw_secret: fn() -> Option<[u8; 32]>,
}

impl ApiState {
    /// 503: this server delivers nothing.
    fn targets(&self) -> Result<&Targets, ApiError> {
        self.webhooks.as_ref().map(|options| &options.targets).ok_or(ApiError::Unavailable)
    }

    fn new_secret(&self) -> Result<WebhookSecret, ApiError> {
        let options = self.webhooks.as_ref().ok_or(ApiError::Unavailable)?;
        (options.draw_secret)().map(WebhookSecret).ok_or(ApiError::Internal)
    }
}

/// Set up a webhook
///
/// From now on every event of the municipality, or those of the given types, is sent to the address as a POST request with a
/// CloudEvents body (`application/cloudevents+json`), the same as `GET /v1/events` lists, in order and at least once. Any 2xx
/// answer within 10 seconds takes it; otherwise it is tried again, after 5 seconds at first and 4 hours at most. After 5 days
/// of failures the webhook is `failing` and must be set `active` again; the answer 410 pauses it. Redirects are not followed.
/// Requests are signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`, `webhook-signature`) with the secret, which only this
/// answer tells. The receiver must be on the public internet and speak HTTPS. With an `Idempotency-Key` a repeated request
/// gets the first answer.
#[utoipa::path(
    tag = "webhooks",
    params(IdempotencyKey),
    request_body(content = CreateWebhook, example = json!({
        "url": "https://hooks.example/balsts", "types": ["application.registered", "application.granted"],
    })),
    responses(
        (status = 201, description = "The webhook, with its secret", body = WebhookResponse, example = json!(examples::made())),
        AccessFailures, Failures, BodyFailures,
    ),
    security(("bearer" = ["webhooks:write"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/webhooks")]
pub(crate) async fn create_webhook(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let new: CreateWebhook = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/webhooks", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let (targets, secret) = (state.targets()?, state.new_secret()?);
    let answer = |webhook: &Webhook| RecordedAnswer {
        status: 201,
        body: serde_json::to_vec(&WebhookResponse::with_secret(webhook, &secret)).unwrap_or_default(),
    };
    let answer = state.app.create_webhook(&call, targets, new.into(), &secret, answer).await?;
    let id = serde_json::from_slice::<Created>(&answer.body).map_err(|_| ApiError::Internal)?.id;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/v1/webhooks/{id}")))
        .insert_header((ETAG, etag(1)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("application/json")
        .body(answer.body))
}

/// Which part of a list to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WebhooksQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List webhooks
///
/// The municipality's webhooks in the order in which they were set up.
#[utoipa::path(
    tag = "webhooks",
    params(WebhooksQuery),
    responses(
        (status = 200, description = "A page of webhooks", body = WebhookList,
            example = json!({"items": [examples::shown()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["webhooks:read"])),
    extensions(("x-roles" = json!(["office_head", "auditor", "integrator"]))),
)]
#[get("/v1/webhooks")]
pub(crate) async fn list_webhooks(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<WebhooksQuery>,
) -> Result<Localised<WebhookList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let limit = page_size(query.0.limit)?;
    let found = state.app.list_webhooks(&call, query.0.cursor, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |webhook| webhook.id);
    Ok(Localised(WebhookList { items: found.iter().map(WebhookResponse::from).collect(), next }, language.0))
}

fn shown(webhook: &Webhook, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(webhook.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(WebhookResponse::from(webhook))
}

/// Get a webhook
///
/// The webhook and how far its deliveries are. Deliveries alone do not change its `ETag`.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Identifier of the webhook")),
    responses(
        (status = 200, description = "The webhook", body = WebhookResponse, example = json!(examples::shown())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["webhooks:read"])),
    extensions(("x-roles" = json!(["office_head", "auditor", "integrator"]))),
)]
#[get("/v1/webhooks/{id}")]
pub(crate) async fn get_webhook(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let webhook = state.app.get_webhook(&call, preconditions::id(&id)?).await?;
    Ok(shown(&webhook, language.0, HttpResponse::Ok()))
}

/// Change a webhook
///
/// Replaces the address and the types, pauses the webhook or sets it active. What waited meanwhile is delivered then; what
/// failed is tried again at once.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Identifier of the webhook"), IfMatch),
    request_body(content = UpdateWebhook, example = json!({
        "url": "https://hooks.example/balsts", "types": null, "status": "paused",
    })),
    responses(
        (status = 200, description = "The webhook", body = WebhookResponse, example = json!(examples::shown())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["webhooks:write"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[put("/v1/webhooks/{id}")]
pub(crate) async fn update_webhook(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<UpdateWebhook>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let webhook = state.app.update_webhook(&call, state.targets()?, of, body.0.into()).await?;
    Ok(shown(&webhook, language.0, HttpResponse::Ok()))
}

/// Delete a webhook
///
/// Nothing is delivered any more, and the log of its deliveries is deleted as well.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Identifier of the webhook"), IfMatch),
    responses(
        (status = 204, description = "It is deleted"),
        AccessFailures, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["webhooks:write"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[delete("/v1/webhooks/{id}")]
pub(crate) async fn delete_webhook(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    state.app.delete_webhook(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Replace the secret of a webhook
///
/// Deliveries are signed with the new secret, which only this answer tells, and for another 24 hours with the one before as
/// well: the receiver can change over meanwhile.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Identifier of the webhook"), IfMatch),
    responses(
        (status = 201, description = "The webhook, with its new secret", body = WebhookResponse,
            example = json!(examples::made())),
        AccessFailures, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["webhooks:write"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/webhooks/{id}/secret")]
pub(crate) async fn replace_webhook_secret(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let secret = state.new_secret()?;
    let webhook = state.app.replace_webhook_secret(&call, (preconditions::id(&id)?, version.0), &secret).await?;
    Ok(HttpResponse::Created()
        .insert_header((ETAG, etag(webhook.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(WebhookResponse::with_secret(&webhook, &secret)))
}

/// Replay a webhook
///
/// Sets the place from which events are delivered back to behind an event, or to the beginning: what came after is delivered
/// again, in order.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Identifier of the webhook"), IfMatch),
    request_body(content = CreateReplay, example = json!({"after": null})),
    responses(
        (status = 201, description = "The webhook", body = WebhookResponse, example = json!(examples::shown())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["webhooks:write"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/webhooks/{id}/replays")]
pub(crate) async fn replay_webhook(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateReplay>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let webhook = state.app.replay_webhook(&call, (preconditions::id(&id)?, version.0), body.0.after).await?;
    Ok(shown(&webhook, language.0, HttpResponse::Created()))
}

/// List the deliveries of a webhook
///
/// The attempts of the last 30 days, the latest first: when, of which event, and how they ended. What was sent is the event, as
/// `GET /v1/events` tells it; what was answered is not kept.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Identifier of the webhook"), WebhooksQuery),
    responses(
        (status = 200, description = "A page of attempts", body = WebhookDeliveryList, example = json!({
            "items": [{"id": "018bcfe5-6800-7000-8000-000000000006", "event_id": "018bcfe5-6800-7000-8000-000000000003",
                "attempt": 1, "at": "2023-03-01T07:30:05Z", "status": 204, "failure": null}],
            "next": null,
        })),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["webhooks:read"])),
    extensions(("x-roles" = json!(["office_head", "auditor", "integrator"]))),
)]
#[get("/v1/webhooks/{id}/deliveries")]
pub(crate) async fn list_webhook_deliveries(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<WebhooksQuery>,
) -> Result<Localised<WebhookDeliveryList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let limit = page_size(query.0.limit)?;
    let id = preconditions::id(&id)?;
    let found = state.app.list_webhook_deliveries(&call, id, query.0.cursor, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |delivery| delivery.id);
    let items = found.into_iter().map(WebhookDeliveryResponse::from).collect();
    Ok(Localised(WebhookDeliveryList { items, next }, language.0))
}

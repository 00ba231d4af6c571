//! `/v1/expiries` and `/v1/persons/{id}/erasure`: whose retention has ended, and the erasure of what tells of a person.

use actix_web::{
    HttpResponse, get,
    http::header::{CONTENT_LANGUAGE, LOCATION},
    post,
    web::{Data, Path},
};
use balsts_app::{Call, Erasure, Expiry, ExpiryPlace, RecordedAnswer};
use balsts_domain::{
    access::{NO_MACHINE, Permission, Role},
    text::Message,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Query, RawJson},
    bounds::Sentences,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::RecordKind,
    pages::page_size,
    preconditions::{self, Created, IdempotencyKey, RequestId},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, language_tag},
    types::Date,
};

const READ: Permission = Permission { municipal: &[Role::OfficeHead, Role::Auditor], scope: "persons:read" };
const ERASE: Permission = Permission { municipal: &[Role::OfficeHead], scope: NO_MACHINE };

/// Which persons to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExpiriesQuery {
    /// Those whose last day of keeping lies before this day; today where left out.
    #[param(inline)]
    day: Option<Date>,
    /// Persons that are looked at for a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    // The days that a month has, so that the pattern and the parser take the same.
    #[param(
        max_length = 47,
        pattern = r"^([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
    )]
    cursor: Option<String>,
}

/// A person whose retention has ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpiryResponse {
    /// Identifier of the person.
    person_id: Uuid,
    /// The record that was kept longest, and whose rule holds.
    rule: RecordKind,
    /// The day of the event that its period counts from.
    counted_from: Date,
    /// The last day on which it was kept.
    kept_until: Date,
}

/// A page of persons whose retention has ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpiryList {
    /// In the order of the days on which their last record ended. There may be fewer than the limit, and more on the next page.
    items: Vec<ExpiryResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

impl From<Expiry> for ExpiryResponse {
    fn from(Expiry { person_id, retention }: Expiry) -> Self {
        Self {
            person_id,
            rule: RecordKind(retention.ended.record),
            counted_from: Date(retention.ended.on),
            kept_until: Date(retention.until),
        }
    }
}

fn place(cursor: &str) -> Option<ExpiryPlace> {
    let (day, person) = cursor.split_once('_')?;
    Some((Date::parse(day)?, person.parse().ok()?))
}

/// List persons whose retention has ended
///
/// The persons of the municipality who have no open application and no grant, and whose records were all kept as long as
/// `GET /v1/retention-rules` says: they may be erased. Without personal data.
#[utoipa::path(
    tag = "persons",
    params(ExpiriesQuery),
    responses(
        (status = 200, description = "A page of persons", body = ExpiryList, example = json!({
            "items": [{"person_id": "018bcfe5-6800-7000-8000-000000000001", "rule": "application_refused",
                "counted_from": "2018-04-16", "kept_until": "2023-04-16"}],
            "next": null,
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["persons:read"])),
    extensions(("x-roles" = json!(["office_head", "auditor", "integrator"]))),
)]
#[get("/v1/expiries")]
pub(crate) async fn list_expiries(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<ExpiriesQuery>,
) -> Result<Localised<ExpiryList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let ExpiriesQuery { day, limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let unfit = || ApiError::unfit("/cursor", "invalid_format", Message::new("fault-pattern"));
    let after = cursor.map(|cursor| place(&cursor).ok_or_else(unfit)).transpose()?;
    let day = day.map_or_else(|| state.today(), |day| day.0);
    let (found, next) = state.app.list_expiries(&call, &state.parameters.retention, day, after, limit).await?;
    let items = found.into_iter().map(ExpiryResponse::from).collect();
    let next = next.map(|(day, person)| format!("{day}_{person}"));
    Ok(Localised(ExpiryList { items, next }, language.0))
}

/// Why a person is erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateErasure {
    /// In words, without the person's data: it is what is kept.
    reason: Sentences,
}

/// The erasure of a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErasureResponse {
    /// Identifier of the person.
    id: Uuid,
    /// The day.
    erased_on: Date,
    /// Who erased.
    erased_by: String,
    /// Why.
    #[schema(example = "Glabāšanas termiņš beidzies.")]
    reason: String,
}

impl ErasureResponse {
    fn new(id: Uuid, Erasure { on, by, reason }: Erasure) -> Self {
        Self { id, erased_on: Date(on), erased_by: by, reason }
    }
}

/// Erase a person
///
/// Overwrites everything that tells of a person whose retention has ended: names, personal code, contact, applicants, evidence,
/// facts and grounds of acts, calculations with their forms and lines, who signed and who spoke for the person, recorded answers.
/// No key opens it any more, and the person is not found any more. Identifiers, amounts, dates, statuses, hashes and the access log stay:
/// what is read afterwards is `erased`. Copies outside, such as backups of the database, are the operator's to let expire. With an
/// `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the person"), IdempotencyKey),
    request_body(content = CreateErasure, example = json!({"reason": "Glabāšanas termiņš beidzies."})),
    responses(
        (status = 201, description = "The erasure", body = ErasureResponse, example = json!({
            "id": "018bcfe5-6800-7000-8000-000000000001", "erased_on": "2029-01-08", "erased_by": "demo-office-head",
            "reason": "Glabāšanas termiņš beidzies.",
        })),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head"]))),
)]
#[post("/v1/persons/{id}/erasure")]
pub(crate) async fn erase_person(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(ERASE)?;
    let id = preconditions::id(&id)?;
    let new: CreateErasure = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/persons/{id}/erasure"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |erasure: &Erasure| RecordedAnswer {
        status: 201,
        body: serde_json::to_vec(&ErasureResponse::new(id, erasure.clone())).unwrap_or_default(),
    };
    let answer = state.app.erase_person(&call, &state.parameters.retention, id, new.reason.0, answer).await?;
    let id = serde_json::from_slice::<Created>(&answer.body).map_err(|_| ApiError::Internal)?.id;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/v1/persons/{id}/erasure")))
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .content_type("application/json")
        .body(answer.body))
}

/// Get the erasure of a person
///
/// When, by whom and why a person was erased. The read is recorded in the access log.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the person")),
    responses(
        (status = 200, description = "The erasure", body = ErasureResponse, example = json!({
            "id": "018bcfe5-6800-7000-8000-000000000001", "erased_on": "2029-01-08", "erased_by": "demo-office-head",
            "reason": "Glabāšanas termiņš beidzies.",
        })),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["persons:read"])),
    extensions(("x-roles" = json!(["office_head", "auditor", "integrator"]))),
)]
#[get("/v1/persons/{id}/erasure")]
pub(crate) async fn get_erasure(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<ErasureResponse>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let id = preconditions::id(&id)?;
    Ok(Localised(ErasureResponse::new(id, state.app.get_erasure(&call, id).await?), language.0))
}

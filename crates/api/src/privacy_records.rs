//! `/v1/privacy-records`: what was told of the use of a person's data, and what the parent or the person agreed to.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path},
};
use balsts_app::{Call, NewPrivacyRecord, PrivacyRecord};
use balsts_domain::{
    access::{NO_MACHINE, Permission, Role},
    privacy_records::PrivacyRecordContent,
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, RawJson},
    bounds::{Label, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::PrivacyRecordKind,
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::Date,
};

const WRITE: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: NO_MACHINE };
const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor, Role::Recipient],
    scope: NO_MACHINE,
};

/// What was told or agreed to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatePrivacyRecord {
    /// What it is.
    kind: PrivacyRecordKind,
    /// The day.
    on: Date,
    /// Name of who was told or agreed.
    party: Label,
    /// Of a notice: what is kept, why, and how long. Of an agreement: which institutions cooperate, and about what.
    text: Sentences,
}

/// The end of an agreement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawAgreement {
    /// The day from which it holds no more.
    on: Date,
}

/// What was told of the use of a person's data, or agreed to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PrivacyRecordResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// What it is.
    kind: PrivacyRecordKind,
    /// The day.
    on: Date,
    /// Name of who was told or agreed; null where the person is erased.
    party: Option<String>,
    /// What was told, or agreed to; null where the person is erased.
    text: Option<String>,
    /// The day from which an agreement holds no more.
    withdrawn_on: Option<Date>,
    /// Who recorded it.
    recorded_by: String,
}

/// What was told and agreed to about a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PrivacyRecordList {
    /// In the order in which it was recorded.
    items: Vec<PrivacyRecordResponse>,
}

impl From<CreatePrivacyRecord> for NewPrivacyRecord {
    fn from(request: CreatePrivacyRecord) -> Self {
        let content = PrivacyRecordContent { party: request.party.0, text: request.text.0 };
        Self { kind: request.kind.0, on: request.on.0, content }
    }
}

impl From<&PrivacyRecord> for PrivacyRecordResponse {
    fn from(record: &PrivacyRecord) -> Self {
        let (party, text) = record.content.clone().map(|content| (content.party, content.text)).unzip();
        Self {
            id: record.id,
            person_id: record.person_id,
            kind: PrivacyRecordKind(record.kind),
            on: Date(record.on),
            party,
            text,
            withdrawn_on: record.withdrawn_on.map(Date),
            recorded_by: record.recorded_by.clone(),
        }
    }
}

fn request_example() -> Value {
    json!({"kind": "cooperation_agreement", "on": "2023-03-02", "party": "Demo Vecāks",
        "text": "Skola un dienas centrs drīkst apmainīties ar ziņām par nodarbību laikiem."})
}

/// An invented agreement.
pub(crate) fn example() -> Value {
    json!({"id": "018bcfe5-6800-7000-8000-000000000036", "person_id": "018bcfe5-6800-7000-8000-000000000001",
        "kind": "cooperation_agreement", "on": "2023-03-02", "party": "Demo Vecāks",
        "text": "Skola un dienas centrs drīkst apmainīties ar ziņām par nodarbību laikiem.", "withdrawn_on": null,
        "recorded_by": "demo-social_worker"})
}

fn shown(record: &PrivacyRecord, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(record.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(PrivacyRecordResponse::from(record))
}

/// Record a notice or an agreement
///
/// That the privacy notice was given (what is kept of the person, why, how long), or that institutions may cooperate about the
/// person. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the person"), IdempotencyKey),
    request_body(content = CreatePrivacyRecord, example = json!(request_example())),
    responses(
        (status = 201, description = "The record", body = PrivacyRecordResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head"]))),
)]
#[post("/v1/persons/{id}/privacy-records")]
pub(crate) async fn create_privacy_record(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let person = preconditions::id(&id)?;
    let new: CreatePrivacyRecord = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/persons/{person}/privacy-records"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |record: &PrivacyRecord| recorded(&PrivacyRecordResponse::from(record));
    let answer = state.app.create_privacy_record(&call, person, new.into(), answer).await?;
    created(answer, Some("/v1/privacy-records"), Some(1), language.0)
}

/// List notices and agreements
///
/// What was told of the use of a person's data, and what was agreed to. The read is recorded in the access log.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the person")),
    responses(
        (status = 200, description = "The records", body = PrivacyRecordList, example = json!({"items": [example()]})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient"]))),
)]
#[get("/v1/persons/{id}/privacy-records")]
pub(crate) async fn list_privacy_records(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<PrivacyRecordList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_privacy_records(&call, preconditions::id(&id)?).await?;
    Ok(Localised(PrivacyRecordList { items: found.iter().map(PrivacyRecordResponse::from).collect() }, language.0))
}

/// Get a notice or an agreement
///
/// One record, with the `ETag` that a withdrawal needs. The read is recorded in the access log.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the record")),
    responses(
        (status = 200, description = "The record", body = PrivacyRecordResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient"]))),
)]
#[get("/v1/privacy-records/{id}")]
pub(crate) async fn get_privacy_record(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let record = state.app.get_privacy_record(&call, preconditions::id(&id)?).await?;
    Ok(shown(&record, language.0, HttpResponse::Ok()))
}

/// Withdraw an agreement
///
/// Institutions may not cooperate on it any more from that day on. A notice cannot be taken back.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the record"), IfMatch),
    request_body(content = WithdrawAgreement, example = json!({"on": "2023-09-01"})),
    responses(
        (status = 201, description = "The record", body = PrivacyRecordResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head"]))),
)]
#[post("/v1/privacy-records/{id}/withdrawal")]
pub(crate) async fn withdraw_agreement(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<WithdrawAgreement>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let record = state.app.withdraw_agreement(&call, of, body.0.on.0).await?;
    Ok(shown(&record, language.0, HttpResponse::Created()))
}

//! Qualification documents of providers, by service, and the checks of offices. Both are added and never changed.

use actix_web::{
    HttpResponse, get,
    http::header::CONTENT_LANGUAGE,
    post,
    web::{Data, Path},
};
use balsts_app::{
    Call, NewQualification, OfProvider, Qualification, QualificationCheck, QualificationDetails, RecordedAnswer,
};
use balsts_domain::{
    access::{Permission, Role},
    offers::Validity,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, RawJson},
    bounds::Label,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::QualificationKind,
    preconditions::{self, IdempotencyKey, RequestId},
    problem::{AccessFailures, ApiError, BodyFailures, Failures, Missing, language_tag},
    providers::OFFER,
    types::{Atvk, Date},
};

const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::MinistryAdmin, Role::Provider, Role::Auditor],
    scope: "providers:read",
};
const CHECK: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "providers:write" };

/// A qualification document as it is added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddQualification {
    /// Code of the service that it is for.
    service: Label,
    /// What the document is.
    kind: QualificationKind,
    /// Its number.
    number: Option<Label>,
    /// Who issued it.
    issuer: Label,
    /// First day.
    valid_from: Date,
    /// Last day, inclusive; left out while there is no end.
    valid_to: Option<Date>,
}

/// What an office found when it checked a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckQualification {
    /// The day.
    checked_on: Date,
    /// Whether the office accepts the document.
    accepted: bool,
}

/// The check of an office.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QualificationCheckResponse {
    /// Identifier.
    id: Uuid,
    /// The municipality of the office.
    municipality: Atvk,
    /// Subject of who checked.
    checked_by: String,
    /// The day.
    checked_on: Date,
    /// Whether the office accepts the document.
    accepted: bool,
}

/// A qualification document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QualificationResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the provider.
    provider_id: Uuid,
    /// Code of the service that it is for.
    service: String,
    /// What the document is.
    kind: QualificationKind,
    /// Its number.
    number: Option<String>,
    /// Who issued it.
    issuer: String,
    /// First day.
    valid_from: Date,
    /// Last day, inclusive; null while there is no end.
    valid_to: Option<Date>,
    /// The checks of offices, the latest last.
    checks: Vec<QualificationCheckResponse>,
}

/// The qualification documents of a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QualificationList {
    /// The documents in the order in which they were added.
    items: Vec<QualificationResponse>,
}

impl From<AddQualification> for NewQualification {
    fn from(request: AddQualification) -> Self {
        Self {
            service: request.service.0,
            kind: request.kind.0,
            details: QualificationDetails { number: request.number.map(|number| number.0), issuer: request.issuer.0 },
            validity: Validity { from: request.valid_from.0, to: request.valid_to.map(|day| day.0) },
        }
    }
}

impl From<&QualificationCheck> for QualificationCheckResponse {
    fn from(check: &QualificationCheck) -> Self {
        Self {
            id: check.id,
            municipality: Atvk(check.municipality),
            checked_by: check.checked_by.clone(),
            checked_on: Date(check.checked_on),
            accepted: check.accepted,
        }
    }
}

impl From<&Qualification> for QualificationResponse {
    fn from(document: &Qualification) -> Self {
        Self {
            id: document.id,
            provider_id: document.provider_id,
            service: document.service.clone(),
            kind: QualificationKind(document.kind),
            number: document.details.number.clone(),
            issuer: document.details.issuer.clone(),
            valid_from: Date(document.validity.from),
            valid_to: document.validity.to.map(Date),
            checks: document.checks.iter().map(QualificationCheckResponse::from).collect(),
        }
    }
}

fn check_example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000014", "municipality": "0001000", "checked_by": "demo-social-worker",
        "checked_on": "2023-03-02", "accepted": true,
    })
}

/// An invented document.
fn example(checks: &[Value]) -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000013", "provider_id": "018bcfe5-6800-7000-8000-000000000011",
        "service": "home_care", "kind": "certificate", "number": "A-1", "issuer": "Demo augstskola",
        "valid_from": "2023-01-01", "valid_to": "2023-12-31", "checks": checks,
    })
}

/// Add a qualification document
///
/// Adds a document that shows that the provider may give a service. With an `Idempotency-Key` a repeated request gets the first
/// answer.
#[utoipa::path(
    tag = "providers",
    params(("id" = Uuid, Path, description = "Identifier of the provider"), IdempotencyKey),
    request_body(content = AddQualification, example = json!({
        "service": "home_care", "kind": "certificate", "number": "A-1", "issuer": "Demo augstskola",
        "valid_from": "2023-01-01", "valid_to": "2023-12-31",
    })),
    responses(
        (status = 201, description = "The document", body = QualificationResponse, example = json!(example(&[]))),
        AccessFailures, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["providers:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "ministry_admin", "provider", "integrator"]))),
)]
#[post("/v1/providers/{id}/qualifications")]
pub(crate) async fn add_qualification(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let (actor, provider) = (caller.actor(OFFER)?, preconditions::id(&id)?);
    let new: AddQualification = body::parse(&body.0)?;
    let scope = state.app.scope_of_provider(&actor, OfProvider::Provider(provider)).await?;
    let hash = key.request_hash(&format!("POST /v1/providers/{provider}/qualifications"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |document: &Qualification| RecordedAnswer {
        status: 201,
        body: serde_json::to_vec(&QualificationResponse::from(document)).unwrap_or_default(),
    };
    let answer = state.app.add_qualification(&call, &state.parameters.catalogue, provider, new.into(), answer).await?;
    Ok(HttpResponse::Created()
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .content_type("application/json")
        .body(answer.body))
}

/// List qualification documents
///
/// The qualification documents of a provider, with the checks of every office. The read is recorded in the access log.
#[utoipa::path(
    tag = "providers",
    params(("id" = Uuid, Path, description = "Identifier of the provider")),
    responses(
        (status = 200, description = "The documents", body = QualificationList,
            example = json!({"items": [example(&[check_example()])]})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["providers:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "ministry_admin", "provider", "auditor", "integrator"]))),
)]
#[get("/v1/providers/{id}/qualifications")]
pub(crate) async fn list_qualifications(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<QualificationList>, ApiError> {
    let (actor, provider) = (caller.actor(READ)?, preconditions::id(&id)?);
    let scope = state.app.scope_of_provider(&actor, OfProvider::Provider(provider)).await?;
    let found = state.app.list_qualifications(&state.call(scope, request_id), provider).await?;
    Ok(Localised(QualificationList { items: found.iter().map(QualificationResponse::from).collect() }, language.0))
}

/// Check a qualification document
///
/// Records what the office of the caller found when it checked a document. Each office checks for itself; the latest check of an
/// office counts. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "providers",
    params(("id" = Uuid, Path, description = "Identifier of the document"), IdempotencyKey),
    request_body(content = CheckQualification, example = json!({"checked_on": "2023-03-02", "accepted": true})),
    responses(
        (status = 201, description = "The check", body = QualificationCheckResponse, example = json!(check_example())),
        AccessFailures, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["providers:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/qualifications/{id}/checks")]
pub(crate) async fn check_qualification(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(CHECK)?;
    let document = preconditions::id(&id)?;
    let CheckQualification { checked_on, accepted } = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/qualifications/{document}/checks"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |check: &QualificationCheck| RecordedAnswer {
        status: 201,
        body: serde_json::to_vec(&QualificationCheckResponse::from(check)).unwrap_or_default(),
    };
    let answer = state.app.check_qualification(&call, document, checked_on.0, accepted, answer).await?;
    Ok(HttpResponse::Created()
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .content_type("application/json")
        .body(answer.body))
}

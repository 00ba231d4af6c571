//! `/v1/cases/{id}/contacts` and `/v1/case-contacts`: the contact sheet of a case. Of the office alone.

use actix_web::{
    HttpResponse, HttpResponseBuilder, delete, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Data, Path},
};
use balsts_app::{Call, KeptContact};
use balsts_domain::{
    access::{NO_MACHINE, Permission, Role},
    case_contacts::CaseContact,
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, RawJson},
    bounds::Label,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::ContactKind,
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
};

const WRITE: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: NO_MACHINE };
const READ: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: NO_MACHINE };

/// Somebody on the contact sheet, with at least one way to reach them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteCaseContact {
    /// What they are to the case.
    kind: ContactKind,
    /// Given and family name.
    name: Label,
    /// Institution.
    institution: Option<Label>,
    /// Post; of a parent what they do for a living.
    post: Option<Label>,
    /// Address.
    address: Option<Label>,
    /// Telephone number.
    phone: Option<Label>,
    /// E-mail address.
    email: Option<Label>,
}

/// Somebody on the contact sheet of a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseContact)]
pub(crate) struct CaseContactResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the case: that of its application.
    case_id: Uuid,
    /// What they are to the case.
    kind: ContactKind,
    /// Given and family name.
    name: String,
    /// Institution.
    institution: Option<String>,
    /// Post; of a parent what they do for a living.
    post: Option<String>,
    /// Address.
    address: Option<String>,
    /// Telephone number.
    phone: Option<String>,
    /// E-mail address.
    email: Option<String>,
}

/// The contact sheet of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseContactList {
    /// In the order in which it was written.
    items: Vec<CaseContactResponse>,
}

impl From<WriteCaseContact> for CaseContact {
    fn from(request: WriteCaseContact) -> Self {
        let text = |text: Option<Label>| text.map(|text| text.0);
        Self {
            kind: request.kind.0,
            name: request.name.0,
            institution: text(request.institution),
            post: text(request.post),
            address: text(request.address),
            phone: text(request.phone),
            email: text(request.email),
        }
    }
}

impl From<&KeptContact> for CaseContactResponse {
    fn from(kept: &KeptContact) -> Self {
        let contact = kept.contact.clone();
        Self {
            id: kept.id,
            case_id: kept.application_id,
            kind: ContactKind(contact.kind),
            name: contact.name,
            institution: contact.institution,
            post: contact.post,
            address: contact.address,
            phone: contact.phone,
            email: contact.email,
        }
    }
}

fn request_example() -> Value {
    json!({"kind": "specialist", "name": "Demo Logopēds", "institution": "Demo klīnika", "post": "audiologopēds",
        "phone": "+371 20000000", "email": "logopeds@example.lv"})
}

/// An invented line.
pub(crate) fn example() -> Value {
    json!({"id": "018bcfe5-6800-7000-8000-000000000027", "case_id": "018bcfe5-6800-7000-8000-000000000002",
        "kind": "specialist", "name": "Demo Logopēds", "institution": "Demo klīnika", "post": "audiologopēds", "address": null,
        "phone": "+371 20000000", "email": "logopeds@example.lv"})
}

fn shown(kept: &KeptContact, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(kept.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(CaseContactResponse::from(kept))
}

/// Add to the contact sheet
///
/// Somebody whom the worker keeps in touch with for the case: a parent, or a specialist with institution and post. With an
/// `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "cases",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), IdempotencyKey),
    request_body(content = WriteCaseContact, example = json!(request_example())),
    responses(
        (status = 201, description = "The line", body = CaseContactResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head"]))),
)]
#[post("/v1/cases/{id}/contacts")]
pub(crate) async fn add_case_contact(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let case = preconditions::id(&id)?;
    let new: WriteCaseContact = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/cases/{case}/contacts"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |kept: &KeptContact| recorded(&CaseContactResponse::from(kept));
    let answer = state.app.add_case_contact(&call, case, new.into(), answer).await?;
    created(answer, Some("/v1/case-contacts"), Some(1), language.0)
}

/// List the contact sheet
///
/// Whom the worker keeps in touch with for the case. The read is recorded in the access log.
#[utoipa::path(
    tag = "cases",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application")),
    responses(
        (status = 200, description = "The contact sheet", body = CaseContactList, example = json!({"items": [example()]})),
        AccessFailures, Conflict, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor"]))),
)]
#[get("/v1/cases/{id}/contacts")]
pub(crate) async fn list_case_contacts(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<CaseContactList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_case_contacts(&call, preconditions::id(&id)?).await?;
    Ok(Localised(CaseContactList { items: found.iter().map(CaseContactResponse::from).collect() }, language.0))
}

/// Get a line of a contact sheet
///
/// One line, with the `ETag` that a change needs. The read is recorded in the access log.
#[utoipa::path(
    tag = "cases",
    params(("id" = Uuid, Path, description = "Identifier of the line")),
    responses(
        (status = 200, description = "The line", body = CaseContactResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor"]))),
)]
#[get("/v1/case-contacts/{id}")]
pub(crate) async fn get_case_contact(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let kept = state.app.get_case_contact(&call, preconditions::id(&id)?).await?;
    Ok(shown(&kept, language.0, HttpResponse::Ok()))
}

/// Change a line of a contact sheet
///
/// Replaces the whole line.
#[utoipa::path(
    tag = "cases",
    params(("id" = Uuid, Path, description = "Identifier of the line"), IfMatch),
    request_body(content = WriteCaseContact, example = json!(request_example())),
    responses(
        (status = 200, description = "The line", body = CaseContactResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head"]))),
)]
#[put("/v1/case-contacts/{id}")]
pub(crate) async fn change_case_contact(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<WriteCaseContact>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let kept = state.app.change_case_contact(&call, of, body.0.into()).await?;
    Ok(shown(&kept, language.0, HttpResponse::Ok()))
}

/// Remove a line of a contact sheet
///
/// Who stood there is stored no more.
#[utoipa::path(
    tag = "cases",
    params(("id" = Uuid, Path, description = "Identifier of the line"), IfMatch),
    responses(
        (status = 204, description = "It is removed"),
        AccessFailures, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head"]))),
)]
#[delete("/v1/case-contacts/{id}")]
pub(crate) async fn remove_case_contact(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    state.app.remove_case_contact(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

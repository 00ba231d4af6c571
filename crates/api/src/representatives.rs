//! `/v1/representatives`: who speaks for a person. Who signs in with the subject of a representative sees, as a recipient, what the
//! municipality has of that person, on the days of validity.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Data, Path},
};
use balsts_app::{Call, NewRepresentative, Representative};
use balsts_domain::{
    access::{Permission, Role},
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
    names::Relation,
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::Date,
};

const WRITE: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "persons:write" };
const READ: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: "persons:read" };

/// A representative as it is stored first.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRepresentative {
    /// The issuer's identifier of who signs in, where it is known; never a personal code.
    subject: Option<Label>,
    /// What the representative is to the person; `self` for an adult who signs in.
    relation: Relation,
    /// Name of the representative.
    name: Label,
    /// First day.
    valid_from: Date,
    /// Last day, inclusive; left out while there is no end.
    valid_to: Option<Date>,
}

/// The end of a representation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndRepresentative {
    /// Last day, inclusive.
    valid_to: Date,
}

/// Who speaks for a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RepresentativeResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// The issuer's identifier of who signs in.
    subject: Option<String>,
    /// What the representative is to the person.
    relation: Relation,
    /// Name of the representative; null where the person is erased, like the identifier of who signs in.
    name: Option<String>,
    /// First day.
    valid_from: Date,
    /// Last day, inclusive; null while there is no end.
    valid_to: Option<Date>,
}

/// The representatives of a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RepresentativeList {
    /// Those of old as well, in the order in which they were stored.
    items: Vec<RepresentativeResponse>,
}

impl From<CreateRepresentative> for NewRepresentative {
    fn from(request: CreateRepresentative) -> Self {
        Self {
            subject: request.subject.map(|subject| subject.0),
            relation: request.relation.0,
            name: request.name.0,
            valid_from: request.valid_from.0,
            valid_to: request.valid_to.map(|day| day.0),
        }
    }
}

impl From<&Representative> for RepresentativeResponse {
    fn from(representative: &Representative) -> Self {
        Self {
            id: representative.id,
            person_id: representative.person_id,
            subject: representative.subject.clone(),
            relation: Relation(representative.relation),
            name: representative.name.clone(),
            valid_from: Date(representative.valid_from),
            valid_to: representative.valid_to.map(Date),
        }
    }
}

/// An invented representative.
pub(crate) fn example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000004", "person_id": "018bcfe5-6800-7000-8000-000000000001",
        "subject": "demo-recipient", "relation": "parent", "name": "Demo Vecāks", "valid_from": "2023-03-01", "valid_to": null,
    })
}

fn shown(representative: &Representative, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(representative.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(RepresentativeResponse::from(representative))
}

/// Add a representative
///
/// Stores who speaks for a person, and for how long. Who signs in with the subject given sees, in the role `recipient`, the
/// person's applications and budgets on the days of validity. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the person"), IdempotencyKey),
    request_body(content = CreateRepresentative, example = json!({
        "subject": "demo-recipient", "relation": "parent", "name": "Demo Vecāks", "valid_from": "2023-03-01",
    })),
    responses(
        (status = 201, description = "The representative", body = RepresentativeResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["persons:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/persons/{id}/representatives")]
pub(crate) async fn create_representative(
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
    let new: CreateRepresentative = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/persons/{person}/representatives"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |stored: &Representative| recorded(&RepresentativeResponse::from(stored));
    let answer = state.app.create_representative(&call, person, new.into(), answer).await?;
    created(answer, Some("/v1/representatives"), Some(1), language.0)
}

/// List representatives
///
/// Who speaks or spoke for a person. The read is recorded in the access log.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the person")),
    responses(
        (status = 200, description = "The representatives", body = RepresentativeList,
            example = json!({"items": [example()]})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["persons:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "integrator"]))),
)]
#[get("/v1/persons/{id}/representatives")]
pub(crate) async fn list_representatives(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<RepresentativeList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_representatives(&call, preconditions::id(&id)?).await?;
    Ok(Localised(RepresentativeList { items: found.iter().map(RepresentativeResponse::from).collect() }, language.0))
}

/// Get a representative
///
/// One representative, with the `ETag` that a change needs. The read is recorded in the access log.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the representative")),
    responses(
        (status = 200, description = "The representative", body = RepresentativeResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["persons:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "integrator"]))),
)]
#[get("/v1/representatives/{id}")]
pub(crate) async fn get_representative(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let representative = state.app.get_representative(&call, preconditions::id(&id)?).await?;
    Ok(shown(&representative, language.0, HttpResponse::Ok()))
}

/// End a representation
///
/// Sets the last day on which the representative speaks for the person, and sees what is stored.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the representative"), IfMatch),
    request_body(content = EndRepresentative, example = json!({"valid_to": "2023-12-31"})),
    responses(
        (status = 200, description = "The representative", body = RepresentativeResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["persons:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[put("/v1/representatives/{id}/end")]
pub(crate) async fn end_representative(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<EndRepresentative>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let representative = state.app.end_representative(&call, of, body.0.valid_to.0).await?;
    Ok(shown(&representative, language.0, HttpResponse::Ok()))
}

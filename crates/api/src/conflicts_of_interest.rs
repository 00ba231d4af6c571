//! `/v1/conflicts-of-interest`: who does not work on the cases of a person. Nothing of the person is there for who has declared one.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path},
};
use balsts_app::{Call, ConflictOfInterest};
use balsts_domain::{
    access::{NO_MACHINE, Permission, Role},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, RawJson},
    bounds::{Label, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::Date,
};

const DECLARE: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::AssessmentSpecialist],
    scope: NO_MACHINE,
};
const READ: Permission = Permission { municipal: &[Role::OfficeHead, Role::Auditor], scope: NO_MACHINE };
const END: Permission = Permission { municipal: &[Role::OfficeHead], scope: NO_MACHINE };

/// A conflict of interest as it is declared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclareConflictOfInterest {
    /// The issuer's identifier of who has it; the caller where left out. Only the head of the office names another.
    subject: Option<Label>,
    /// Why.
    reason: Sentences,
}

/// A conflict of interest.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictOfInterestResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the person on whose cases the subject does not work.
    person_id: Uuid,
    /// The issuer's identifier of who has it.
    subject: String,
    /// Why; null where the person is erased.
    reason: Option<String>,
    /// Who declared it.
    declared_by: String,
    /// The day.
    declared_on: Date,
    /// The day from which it blocks no more; null while it does.
    ended_on: Option<Date>,
    /// Who ended it.
    ended_by: Option<String>,
}

/// The conflicts of interest about a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictOfInterestList {
    /// Those that have ended as well, in the order in which they were declared.
    items: Vec<ConflictOfInterestResponse>,
}

impl From<&ConflictOfInterest> for ConflictOfInterestResponse {
    fn from(conflict: &ConflictOfInterest) -> Self {
        let ended = conflict.ended.clone();
        Self {
            id: conflict.id,
            person_id: conflict.person_id,
            subject: conflict.subject.clone(),
            reason: conflict.reason.clone(),
            declared_by: conflict.declared_by.clone(),
            declared_on: Date(conflict.declared_on),
            ended_on: ended.as_ref().map(|(day, _)| Date(*day)),
            ended_by: ended.map(|(_, by)| by),
        }
    }
}

/// An invented conflict.
pub(crate) fn example() -> Value {
    json!({"id": "018bcfe5-6800-7000-8000-000000000035", "person_id": "018bcfe5-6800-7000-8000-000000000001",
        "subject": "demo-social_worker", "reason": "Bērna tēvs ir darbinieces brālis.", "declared_by": "demo-social_worker",
        "declared_on": "2023-03-02", "ended_on": null, "ended_by": null})
}

fn shown(conflict: &ConflictOfInterest, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(conflict.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(ConflictOfInterestResponse::from(conflict))
}

/// Declare a conflict of interest
///
/// From now on nothing of the person is there for who has it: cases, plans, orders, claims and documents answer 404 and stand in no
/// list, and a case that they lead has no worker. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the person"), IdempotencyKey),
    request_body(content = DeclareConflictOfInterest, example = json!({"reason": "Bērna tēvs ir mans brālis."})),
    responses(
        (status = 201, description = "The conflict", body = ConflictOfInterestResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "assessment_specialist"]))),
)]
#[post("/v1/persons/{id}/conflicts-of-interest")]
pub(crate) async fn declare_conflict_of_interest(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(DECLARE)?;
    let person = preconditions::id(&id)?;
    let DeclareConflictOfInterest { subject, reason } = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/persons/{person}/conflicts-of-interest"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |declared: &ConflictOfInterest| recorded(&ConflictOfInterestResponse::from(declared));
    let new = (subject.map(|subject| subject.0), reason.0);
    let answer = state.app.declare_conflict_of_interest(&call, person, new, answer).await?;
    created(answer, Some("/v1/conflicts-of-interest"), Some(1), language.0)
}

/// List conflicts of interest
///
/// Who does not or did not work on the cases of a person. The read is recorded in the access log.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the person")),
    responses(
        (status = 200, description = "The conflicts", body = ConflictOfInterestList,
            example = json!({"items": [example()]})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head", "auditor"]))),
)]
#[get("/v1/persons/{id}/conflicts-of-interest")]
pub(crate) async fn list_conflicts_of_interest(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<ConflictOfInterestList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_conflicts_of_interest(&call, preconditions::id(&id)?).await?;
    let items = found.iter().map(ConflictOfInterestResponse::from).collect();
    Ok(Localised(ConflictOfInterestList { items }, language.0))
}

/// Get a conflict of interest
///
/// One conflict, with the `ETag` that its end needs. The read is recorded in the access log.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the conflict")),
    responses(
        (status = 200, description = "The conflict", body = ConflictOfInterestResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head", "auditor"]))),
)]
#[get("/v1/conflicts-of-interest/{id}")]
pub(crate) async fn get_conflict_of_interest(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let conflict = state.app.get_conflict_of_interest(&call, preconditions::id(&id)?).await?;
    Ok(shown(&conflict, language.0, HttpResponse::Ok()))
}

/// End a conflict of interest
///
/// Who had it works on the cases of the person again. Nobody ends the own one.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the conflict"), IfMatch),
    responses(
        (status = 201, description = "The conflict", body = ConflictOfInterestResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head"]))),
)]
#[post("/v1/conflicts-of-interest/{id}/end")]
pub(crate) async fn end_conflict_of_interest(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(END)?, request_id);
    let conflict = state.app.end_conflict_of_interest(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(shown(&conflict, language.0, HttpResponse::Created()))
}

//! `/v1/cases/{id}/assessments` and `/v1/assessments`: needs assessments, from the draft to the protocol that all have agreed.

mod parts;
mod request;
mod response;

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Data, Path},
};
use balsts_app::{Assessment, Call};
use balsts_domain::{
    access::{Permission, Role},
    text::Language,
};

use request::{AgreeAssessment, AssessmentRequest, RecordRightsReport, WriteOpinion};
use response::{AssessmentList, opinion_example, request_example};
pub(crate) use response::{AssessmentResponse, example};

use crate::{
    ApiState,
    body::{self, Json, RawJson},
    i18n::{Accepted, Localised},
    identity::Identified,
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, Refused,
        language_tag,
    },
};

pub(crate) const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::AssessmentSpecialist, Role::Auditor, Role::Recipient],
    scope: "assessments:read",
};
const WRITE: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "assessments:write" };
/// What a member of the team does for itself.
const TAKE_PART: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::AssessmentSpecialist],
    scope: "assessments:write",
};

fn shown(assessment: &Assessment, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(assessment.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(AssessmentResponse::from(assessment))
}

/// Begin an assessment
///
/// Begins the draft of an assessment of a case. The members of the team who sign in are assigned hereby. A case has one initial
/// assessment. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), IdempotencyKey),
    request_body(content = AssessmentRequest, example = json!(request_example())),
    responses(
        (status = 201, description = "The assessment", body = AssessmentResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["assessments:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/cases/{id}/assessments")]
pub(crate) async fn create_assessment(
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
    let new: AssessmentRequest = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/cases/{case}/assessments"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |assessment: &Assessment| recorded(&AssessmentResponse::from(assessment));
    let answer = state.app.create_assessment(&call, case, new.into(), answer).await?;
    created(answer, Some("/v1/assessments"), Some(1), language.0)
}

/// List assessments
///
/// The assessments of a case: for a specialist those that are assigned, for a recipient the completed ones. The read is recorded in
/// the access log.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application")),
    responses(
        (status = 200, description = "The assessments", body = AssessmentList, example = json!({"items": [example()]})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["assessments:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "assessment_specialist", "auditor", "recipient",
        "integrator"]))),
)]
#[get("/v1/cases/{id}/assessments")]
pub(crate) async fn list_assessments(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<AssessmentList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_assessments(&call, preconditions::id(&id)?).await?;
    Ok(Localised(AssessmentList { items: found.iter().map(AssessmentResponse::from).collect() }, language.0))
}

/// Get an assessment
///
/// One assessment, with the `ETag` that a change needs. A specialist gets what is assigned, a recipient what is completed. The read
/// is recorded in the access log.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the assessment")),
    responses(
        (status = 200, description = "The assessment", body = AssessmentResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["assessments:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "assessment_specialist", "auditor", "recipient",
        "integrator"]))),
)]
#[get("/v1/assessments/{id}")]
pub(crate) async fn get_assessment(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let assessment = state.app.get_assessment(&call, preconditions::id(&id)?).await?;
    Ok(shown(&assessment, language.0, HttpResponse::Ok()))
}

/// Change an assessment
///
/// Replaces what the worker records in a draft. Who agreed before agrees anew, and the opinion of who is not of the team any more
/// goes.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the assessment"), IfMatch),
    request_body(content = AssessmentRequest, example = json!(request_example())),
    responses(
        (status = 200, description = "The assessment", body = AssessmentResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["assessments:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[put("/v1/assessments/{id}")]
pub(crate) async fn update_assessment(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<AssessmentRequest>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let assessment = state.app.update_assessment(&call, of, body.0.into()).await?;
    Ok(shown(&assessment, language.0, HttpResponse::Ok()))
}

/// Write an opinion
///
/// Writes the opinion of a member of the team, in place of an earlier one. A specialist writes the own one; the office also one that
/// it has received. Who agreed before agrees anew.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the assessment"), IfMatch),
    request_body(content = WriteOpinion, example = json!(opinion_example())),
    responses(
        (status = 201, description = "The assessment", body = AssessmentResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["assessments:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "assessment_specialist", "integrator"]))),
)]
#[post("/v1/assessments/{id}/opinions")]
pub(crate) async fn write_opinion(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<WriteOpinion>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(TAKE_PART)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let (author, opinion) = body.0.parsed();
    let assessment = state.app.write_opinion(&call, &state.parameters.catalogue, of, author, opinion).await?;
    Ok(shown(&assessment, language.0, HttpResponse::Created()))
}

/// Agree with the protocol
///
/// Records that a member of the team agrees with the protocol as it stands. A specialist agrees for itself; the office also records
/// what members have sent by e-mail.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the assessment"), IfMatch),
    request_body(content = AgreeAssessment, example = json!({
        "member": "demo-specialist", "form": "email", "agreed_on": "2023-03-22",
    })),
    responses(
        (status = 201, description = "The assessment", body = AssessmentResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["assessments:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "assessment_specialist", "integrator"]))),
)]
#[post("/v1/assessments/{id}/agreements")]
pub(crate) async fn agree_assessment(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<AgreeAssessment>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(TAKE_PART)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let AgreeAssessment { member, form, agreed_on } = body.0;
    let member = member.map(|member| member.0);
    let assessment = state.app.agree_assessment(&call, of, member, (form.0, agreed_on.0)).await?;
    Ok(shown(&assessment, language.0, HttpResponse::Created()))
}

/// Complete an assessment
///
/// Completes a draft with a goal whose protocol every member of the team has agreed with. It never changes afterwards.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the assessment"), IfMatch),
    responses(
        (status = 201, description = "The assessment", body = AssessmentResponse, example = json!(example())),
        AccessFailures, Failures, Missing, PreconditionFailures, Refused,
    ),
    security(("bearer" = ["assessments:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/assessments/{id}/completion")]
pub(crate) async fn complete_assessment(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let assessment = state.app.complete_assessment(&call, of).await?;
    Ok(shown(&assessment, language.0, HttpResponse::Created()))
}

/// Record a report of breached rights
///
/// Records that a suspicion of violence, lack of care or another breach of a child's rights was reported to the police or the orphans'
/// court, which is due by the next working day. The office alone sees it; a completed assessment takes it as well.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the assessment"), IfMatch),
    request_body(content = RecordRightsReport, example = json!({
        "to": "orphans_court", "noticed_on": "2023-03-20", "reported_on": "2023-03-21", "suspicion": "Aprūpes trūkums.",
    })),
    responses(
        (status = 201, description = "The assessment", body = AssessmentResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head"]))),
)]
#[post("/v1/assessments/{id}/rights-reports")]
pub(crate) async fn record_rights_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<RecordRightsReport>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let calendar = &state.parameters.calendar;
    let assessment = state.app.record_rights_report(&call, calendar, of, body.0.into()).await?;
    Ok(shown(&assessment, language.0, HttpResponse::Created()))
}

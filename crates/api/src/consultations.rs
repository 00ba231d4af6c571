//! `/v1/cases/{id}/consultations` and `/v1/consultations`: consultations of specialists between the rounds of assessment.

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use balsts_app::{Call, Consultation, NewConsultation};
use balsts_domain::{
    access::{Permission, Role},
    consultations,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    assessments::READ,
    body::{self, RawJson},
    bounds::{ConsultationMinutes, Label, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    preconditions::{self, IdempotencyKey, RequestId, created, recorded},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing},
    types::Date,
};

const WRITE: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::AssessmentSpecialist],
    scope: "assessments:write",
};

/// What is recorded of a consultation.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsultationDetails {
    /// Name of the specialist: the rehabilitation physician, or another.
    specialist: Label,
    /// Post of the specialist.
    post: Label,
    /// How long it took.
    minutes: ConsultationMinutes,
    /// What it was for.
    purpose: Sentences,
    /// What was spoken about.
    content: Sentences,
    /// What was decided.
    decision: Sentences,
    /// How, and with whom, the decision was agreed.
    agreed: Sentences,
}

/// A consultation as it is recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordConsultation {
    /// The day; not a later one than today.
    held_on: Date,
    /// Identifier of the entry of the same case that this one corrects.
    corrects: Option<Uuid>,
    /// What is recorded of it.
    details: ConsultationDetails,
}

/// A consultation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsultationResponse {
    /// Identifier.
    id: Uuid,
    /// The case: the identifier of its application.
    case_id: Uuid,
    /// The day.
    held_on: Date,
    /// The entry that this one corrects.
    corrects: Option<Uuid>,
    /// The entry that corrects this one: that one counts.
    corrected_by: Option<Uuid>,
    /// What is recorded of it; null where the person is erased.
    details: Option<ConsultationDetails>,
    /// Subject of who recorded it.
    recorded_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: DateTime<Utc>,
}

/// The consultations of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsultationList {
    /// In the order in which they were recorded, with those that are corrected.
    items: Vec<ConsultationResponse>,
}

impl From<ConsultationDetails> for consultations::ConsultationDetails {
    fn from(told: ConsultationDetails) -> Self {
        Self {
            specialist: told.specialist.0,
            post: told.post.0,
            minutes: told.minutes.0,
            purpose: told.purpose.0,
            content: told.content.0,
            decision: told.decision.0,
            agreed: told.agreed.0,
        }
    }
}

impl From<consultations::ConsultationDetails> for ConsultationDetails {
    fn from(known: consultations::ConsultationDetails) -> Self {
        Self {
            specialist: Label(known.specialist),
            post: Label(known.post),
            minutes: ConsultationMinutes(known.minutes),
            purpose: Sentences(known.purpose),
            content: Sentences(known.content),
            decision: Sentences(known.decision),
            agreed: Sentences(known.agreed),
        }
    }
}

impl From<RecordConsultation> for NewConsultation {
    fn from(request: RecordConsultation) -> Self {
        Self { held_on: request.held_on.0, corrects: request.corrects, details: request.details.into() }
    }
}

impl From<&Consultation> for ConsultationResponse {
    fn from(known: &Consultation) -> Self {
        Self {
            id: known.id,
            case_id: known.application_id,
            held_on: Date(known.held_on),
            corrects: known.corrects,
            corrected_by: known.corrected_by,
            details: known.details.clone().map(ConsultationDetails::from),
            recorded_by: known.recorded_by.clone(),
            recorded_at: known.recorded_at,
        }
    }
}

fn details() -> Value {
    json!({"specialist": "Demo Ārste", "post": "rehabilitologs", "minutes": 45,
        "purpose": "Pārskatīt nodarbību biežumu.", "content": "Bērns nogurst pēc skolas.",
        "decision": "Nodarbības divas reizes nedēļā.", "agreed": "Pa tālruni ar vecāku un sociālo darbinieku."})
}

/// An invented consultation.
fn example() -> Value {
    json!({"id": "018bcfe5-6800-7000-8000-000000000043", "case_id": "018bcfe5-6800-7000-8000-000000000002",
        "held_on": "2023-04-12", "corrects": null, "corrected_by": null, "details": details(),
        "recorded_by": "demo-social_worker", "recorded_at": "2023-04-12T09:30:00Z"})
}

/// Record a consultation
///
/// Records that a specialist was consulted between the rounds of assessment: how long, what for, about what, what was decided and how
/// it was agreed. An entry is not changed; a wrong one is corrected by another that names it. A specialist records those of cases
/// whose assessments are assigned. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), IdempotencyKey),
    request_body(content = RecordConsultation, example = json!({"held_on": "2023-04-12", "details": details()})),
    responses(
        (status = 201, description = "The consultation", body = ConsultationResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["assessments:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "assessment_specialist", "integrator"]))),
)]
#[post("/v1/cases/{id}/consultations")]
pub(crate) async fn record_consultation(
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
    let new: RecordConsultation = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/cases/{case}/consultations"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |consultation: &Consultation| recorded(&ConsultationResponse::from(consultation));
    let answer = state.app.record_consultation(&call, case, new.into(), answer).await?;
    created(answer, Some("/v1/consultations"), None, language.0)
}

/// List consultations
///
/// The consultations of a case, for a specialist where one of its assessments is assigned. The read is recorded in the access log.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application")),
    responses(
        (status = 200, description = "The consultations", body = ConsultationList,
            example = json!({"items": [example()]})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["assessments:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "assessment_specialist", "auditor", "recipient",
        "integrator"]))),
)]
#[get("/v1/cases/{id}/consultations")]
pub(crate) async fn list_consultations(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<ConsultationList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_consultations(&call, preconditions::id(&id)?).await?;
    Ok(Localised(ConsultationList { items: found.iter().map(ConsultationResponse::from).collect() }, language.0))
}

/// Get a consultation
///
/// One entry. The read is recorded in the access log.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Uuid, Path, description = "Identifier of the consultation")),
    responses(
        (status = 200, description = "The consultation", body = ConsultationResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["assessments:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "assessment_specialist", "auditor", "recipient",
        "integrator"]))),
)]
#[get("/v1/consultations/{id}")]
pub(crate) async fn get_consultation(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<ConsultationResponse>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let consultation = state.app.get_consultation(&call, preconditions::id(&id)?).await?;
    Ok(Localised(ConsultationResponse::from(&consultation), language.0))
}

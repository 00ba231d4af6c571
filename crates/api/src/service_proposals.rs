//! `/v1/service-proposals`: services that the catalogue lacks. An office proposes, the ministry decides, every office is told.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path},
};
use balsts_app::{Call, NewProposal, NewProposalDecision, ServiceProposal};
use balsts_domain::{
    access::{NationalPermission, Permission, Role},
    parameters::catalogue::Description,
    text::{Language, Message},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::{Label, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    methodology_versions::{NewDescription, READ as READ_ALL, ServiceCode},
    names::{Methodology, ServiceProposalOutcome, ServiceProposalStatus},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{AccessFailures, ApiError, BodyFailures, Failures, Missing, PreconditionFailures, language_tag},
};

const PROPOSE: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "service-proposals:write" };
const READ: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: "service-proposals:read" };
const DECIDE: NationalPermission = NationalPermission(&[Role::MinistryAdmin]);

/// A service that the catalogue lacks. What is written here is read by every office: it tells of no person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateServiceProposal {
    /// Name of the service.
    name: Label,
    /// The methodology that lacks it.
    methodology: Methodology,
    /// What is known of it.
    #[schema(value_type = NewDescription)]
    description: Box<RawValue>,
    /// Why it is needed.
    reason: Sentences,
}

impl CreateServiceProposal {
    /// # Errors
    /// The description does not fit.
    fn parsed(self) -> Result<NewProposal, ApiError> {
        let unfit = |_| ApiError::unfit("/description", "invalid_value", Message::new("fault-invalid-value"));
        let description: Description = serde_json::from_str(self.description.get()).map_err(unfit)?;
        let (name, methodology, reason) = (self.name.0, self.methodology.0, self.reason.0);
        Ok(NewProposal { name, methodology, description, reason })
    }
}

/// What the ministry decides on a proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateProposalDecision {
    /// The outcome.
    outcome: ServiceProposalOutcome,
    /// Code of the listed service that is equal, or of the one that the version adds.
    service: Option<ServiceCode>,
    /// The draft or published version that adds an accepted service.
    methodology_version: Option<Uuid>,
    /// Why; required of a rejection.
    reason: Option<Sentences>,
}

impl From<CreateProposalDecision> for NewProposalDecision {
    fn from(request: CreateProposalDecision) -> Self {
        Self {
            outcome: request.outcome.0,
            service: request.service.map(|service| service.0),
            methodology_version: request.methodology_version,
            reason: request.reason.map(|reason| reason.0),
        }
    }
}

/// What the ministry decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProposalDecisionResponse {
    /// Code of the listed service that is equal, or of the one that is added.
    service: Option<String>,
    /// The version that adds it.
    methodology_version: Option<Uuid>,
    /// Why.
    reason: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: DateTime<Utc>,
}

/// A service that the catalogue lacks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceProposalResponse {
    /// Identifier.
    id: Uuid,
    /// ATVK code of the municipality that proposes.
    #[schema(example = "0001000")]
    municipality: String,
    /// Where it stands.
    status: ServiceProposalStatus,
    /// Name of the service.
    name: String,
    /// The methodology that lacks it.
    methodology: Methodology,
    /// What is known of it.
    #[schema(value_type = NewDescription)]
    description: Description,
    /// Why it is needed.
    reason: String,
    /// When it was proposed.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// The decision; null while it is open.
    decision: Option<ProposalDecisionResponse>,
}

impl From<&ServiceProposal> for ServiceProposalResponse {
    fn from(proposal: &ServiceProposal) -> Self {
        Self {
            id: proposal.id,
            municipality: proposal.municipality.to_string(),
            status: ServiceProposalStatus(proposal.status),
            name: proposal.name.clone(),
            methodology: Methodology(proposal.methodology),
            description: proposal.description.clone(),
            reason: proposal.reason.clone(),
            created_at: proposal.created_at,
            decision: proposal.decision.as_ref().map(|decision| ProposalDecisionResponse {
                service: decision.service.clone(),
                methodology_version: decision.methodology_version,
                reason: decision.reason.clone(),
                at: decision.at,
            }),
        }
    }
}

/// A page of proposals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceProposalList {
    /// The proposals.
    items: Vec<ServiceProposalResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

fn request() -> Value {
    json!({
        "name": "Sensorā istaba", "methodology": "children-2023",
        "description": {"definition": {"lv": "Nodarbības sensorajā istabā.", "en": "Sessions in a sensory room."}},
        "reason": "Ģimenēm novadā nav līdzvērtīga pakalpojuma.",
    })
}

fn example(decided: bool) -> Value {
    let mut shown = request();
    if let Some(members) = shown.as_object_mut() {
        let decision = json!({"service": "sensory_room", "methodology_version": "018bcfe5-6800-7000-8000-000000000007",
            "reason": null, "at": "2023-03-20T08:00:00Z"});
        for (name, value) in [
            ("id", json!("018bcfe5-6800-7000-8000-000000000008")),
            ("municipality", json!("0001000")),
            ("status", json!(if decided { "accepted" } else { "open" })),
            ("created_at", json!("2023-03-01T07:30:00Z")),
            ("decision", if decided { decision } else { Value::Null }),
        ] {
            members.insert(name.to_owned(), value);
        }
    }
    shown
}

/// Propose a service
///
/// For what no listed service meets. The ministry decides, and every office is told. With an `Idempotency-Key` a repeated
/// request gets the first answer.
#[utoipa::path(
    tag = "service-proposals",
    params(IdempotencyKey),
    request_body(content = CreateServiceProposal, example = json!(request())),
    responses(
        (status = 201, description = "The proposal", body = ServiceProposalResponse, example = json!(example(false))),
        AccessFailures, Failures, BodyFailures,
    ),
    security(("bearer" = ["service-proposals:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/service-proposals")]
pub(crate) async fn create_service_proposal(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(PROPOSE)?;
    let new = body::parse::<CreateServiceProposal>(&body.0)?.parsed()?;
    let hash = key.request_hash("POST /v1/service-proposals", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |proposal: &ServiceProposal| recorded(&ServiceProposalResponse::from(proposal));
    let answer = state.app.create_service_proposal(&call, new, answer).await?;
    created(answer, Some("/v1/service-proposals"), Some(1), language.0)
}

/// Which proposals to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ServiceProposalsQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
    /// With this status.
    #[param(inline)]
    status: Option<ServiceProposalStatus>,
}

/// List proposals
///
/// In the order in which they were made: to an office its own, and the decided ones of all; to the ministry all.
#[utoipa::path(
    tag = "service-proposals",
    params(ServiceProposalsQuery),
    responses(
        (status = 200, description = "A page of proposals", body = ServiceProposalList,
            example = json!({"items": [example(true)], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["service-proposals:read"])),
    extensions(("x-roles" = json!(["ministry_admin", "ministry_reviewer", "programme_team", "social_worker", "office_head",
        "auditor", "integrator"]))),
)]
#[get("/v1/service-proposals")]
pub(crate) async fn list_service_proposals(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<ServiceProposalsQuery>,
) -> Result<Localised<ServiceProposalList>, ApiError> {
    let call = state.call(caller.national_or_municipal(READ_ALL, READ)?, request_id);
    let limit = page_size(query.0.limit)?;
    let status = query.0.status.map(|status| status.0);
    let found = state.app.list_service_proposals(&call, status, query.0.cursor, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |proposal| proposal.id);
    let items = found.iter().map(ServiceProposalResponse::from).collect();
    Ok(Localised(ServiceProposalList { items, next }, language.0))
}

fn shown(proposal: &ServiceProposal, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(proposal.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(ServiceProposalResponse::from(proposal))
}

/// Get a proposal
///
/// An office's own, or a decided one of any.
#[utoipa::path(
    tag = "service-proposals",
    params(("id" = Uuid, Path, description = "Identifier of the proposal")),
    responses(
        (status = 200, description = "The proposal", body = ServiceProposalResponse, example = json!(example(true))),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["service-proposals:read"])),
    extensions(("x-roles" = json!(["ministry_admin", "ministry_reviewer", "programme_team", "social_worker", "office_head",
        "auditor", "integrator"]))),
)]
#[get("/v1/service-proposals/{id}")]
pub(crate) async fn get_service_proposal(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national_or_municipal(READ_ALL, READ)?, request_id);
    let proposal = state.app.get_service_proposal(&call, preconditions::id(&id)?).await?;
    Ok(shown(&proposal, language.0, HttpResponse::Ok()))
}

/// Decide on a proposal
///
/// It is equal to a listed service, accepted with the version that adds it, or rejected with the reason. Every office gets the
/// event `service_proposal.decided`, and sees the proposal.
#[utoipa::path(
    tag = "service-proposals",
    params(("id" = Uuid, Path, description = "Identifier of the proposal"), IfMatch),
    request_body(content = CreateProposalDecision, examples(
        ("equal" = (value = json!({"outcome": "equal", "service": "individual_support_programme"}))),
        ("rejected" = (value = json!({"outcome": "rejected", "reason": "Pakalpojums netiek sniegts Latvijā."}))),
    )),
    responses(
        (status = 201, description = "The decided proposal", body = ServiceProposalResponse, example = json!(example(true))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin"]))),
)]
#[post("/v1/service-proposals/{id}/decision")]
pub(crate) async fn decide_service_proposal(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateProposalDecision>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(DECIDE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let proposal = state.app.decide_service_proposal(&call, &state.parameters, of, body.0.into()).await?;
    Ok(shown(&proposal, language.0, HttpResponse::Created()))
}

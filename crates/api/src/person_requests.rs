//! `/v1/cases/{id}/requests` and `/v1/person-requests`: what recipients ask of the office, and what it answers.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path},
};
use balsts_app::{Call, PersonRequest, PersonRequestFilter, PersonRequestSummary};
use balsts_domain::{
    access::{Permission, Role},
    person_requests::NewRequest,
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::{LineNumber, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{ChangeSubject, RequestKind, RequestOutcome, RequestStatus},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::Date,
};

/// The person asks, or the office records it for the person.
const ASK: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Recipient], scope: "requests:write" };
const ANSWER: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "requests:answer" };
const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor, Role::Recipient],
    scope: "requests:read",
};

/// What a recipient asks of the office.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MakePersonRequest {
    /// What is asked.
    kind: RequestKind,
    /// What has changed; of `report_change` only, and required there.
    change: Option<ChangeSubject>,
    /// Number of the plan's line; of `change_provider` and `refuse_service` only, and required there.
    line: Option<LineNumber>,
    /// Identifier of the offer that is wanted instead; of `change_provider` only.
    offer: Option<Uuid>,
    /// In words.
    text: Sentences,
}

/// What the office answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerPersonRequest {
    /// `revised` or `refused` where another provider or no more of a service is asked for, `revised` or `noted` where a change is
    /// told, `noted` where the person gives up. `revised` needs a revision of the plan that is open, or was signed since.
    outcome: RequestOutcome,
    /// The reason, or what follows.
    text: Sentences,
}

/// What a recipient asks of the office.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonRequestResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the case: that of its application.
    case_id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// The plan of the case; null where it had none.
    plan_id: Option<Uuid>,
    /// Version of the plan that was in force when it came in; 0 before the first.
    plan_version: u32,
    /// What is asked.
    kind: RequestKind,
    /// What has changed.
    change: Option<ChangeSubject>,
    /// Number of the plan's line.
    line: Option<u32>,
    /// Identifier of the offer that is wanted instead.
    offer: Option<Uuid>,
    /// Where it stands.
    status: RequestStatus,
    /// What the office answered; null before.
    outcome: Option<RequestOutcome>,
    /// The day on which it came in.
    received_on: Date,
    /// The day of the answer, or on which it was taken back.
    answered_on: Option<Date>,
    /// Subject of who answered or took it back.
    answered_by: Option<String>,
    /// Subject of who asked, or recorded it for the person.
    recorded_by: String,
    /// In words; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The answer in words; left out in lists and before it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

/// A page of requests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonRequestList {
    /// The requests, in the order in which they came in.
    items: Vec<PersonRequestResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

/// Which requests to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PersonRequestsQuery {
    /// Only those of this case.
    case: Option<Uuid>,
    /// Only those of this kind.
    #[param(inline)]
    kind: Option<RequestKind>,
    /// Only those with this status: `open` is what waits for the office.
    #[param(inline)]
    status: Option<RequestStatus>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

impl From<MakePersonRequest> for NewRequest {
    fn from(request: MakePersonRequest) -> Self {
        Self {
            kind: request.kind.0,
            change: request.change.map(|change| change.0),
            line: request.line.map(|line| line.0),
            offer: request.offer,
            text: request.text.0,
        }
    }
}

impl From<&PersonRequestSummary> for PersonRequestResponse {
    fn from(request: &PersonRequestSummary) -> Self {
        Self {
            id: request.id,
            case_id: request.application_id,
            person_id: request.person_id,
            plan_id: request.plan_id,
            plan_version: request.plan_version,
            kind: RequestKind(request.kind),
            change: request.change.map(ChangeSubject),
            line: request.line,
            offer: request.offer_id,
            status: RequestStatus(request.status),
            outcome: request.outcome.map(RequestOutcome),
            received_on: Date(request.received_on),
            answered_on: request.answered_on.map(Date),
            answered_by: request.answered_by.clone(),
            recorded_by: request.recorded_by.clone(),
            text: None,
            answer: None,
        }
    }
}

impl From<&PersonRequest> for PersonRequestResponse {
    fn from(request: &PersonRequest) -> Self {
        let (text, answer) = (Some(request.words.text.clone()), request.words.answer.clone());
        Self { text, answer, ..Self::from(&request.summary) }
    }
}

fn request() -> Value {
    json!({"kind": "change_provider", "line": 1, "offer": "018bcfe5-6800-7000-8000-000000000013",
        "text": "Cits aprūpētājs dzīvo tuvāk."})
}

fn listed() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000022", "case_id": "018bcfe5-6800-7000-8000-000000000002",
        "person_id": "018bcfe5-6800-7000-8000-000000000001", "plan_id": "018bcfe5-6800-7000-8000-000000000004",
        "plan_version": 1, "kind": "change_provider", "change": null, "line": 1,
        "offer": "018bcfe5-6800-7000-8000-000000000013", "status": "open", "outcome": null, "received_on": "2023-05-02",
        "answered_on": null, "answered_by": null, "recorded_by": "demo-recipient",
    })
}

fn example() -> Value {
    let mut example = listed();
    if let Some(members) = example.as_object_mut() {
        members.insert("text".to_owned(), json!("Cits aprūpētājs dzīvo tuvāk."));
    }
    example
}

fn shown(request: &PersonRequest, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(request.summary.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(PersonRequestResponse::from(request))
}

/// Ask something of the office
///
/// The recipient, or who speaks for the recipient, asks for another provider or refuses a service of the plan, reports that
/// residence, family or health has changed, or gives support up. The office may record it for the person. It answers each. With an
/// `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "requests",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), IdempotencyKey),
    request_body(content = MakePersonRequest, example = json!(request())),
    responses(
        (status = 201, description = "The request", body = PersonRequestResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["requests:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient", "integrator"]))),
)]
#[post("/v1/cases/{id}/requests")]
pub(crate) async fn make_person_request(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(ASK)?;
    let case = preconditions::id(&id)?;
    let new: MakePersonRequest = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/cases/{case}/requests"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |request: &PersonRequest| recorded(&PersonRequestResponse::from(request));
    let answer = state.app.make_person_request(&call, case, new.into(), answer).await?;
    created(answer, Some("/v1/person-requests"), Some(1), language.0)
}

/// List requests of recipients
///
/// The municipality's requests in the order in which they came in, without what is written in them. A recipient sees those of the
/// persons for whom the caller speaks today. The read of those of a case is recorded in the access log.
#[utoipa::path(
    tag = "requests",
    params(PersonRequestsQuery),
    responses(
        (status = 200, description = "A page of requests", body = PersonRequestList,
            example = json!({"items": [listed()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["requests:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/person-requests")]
pub(crate) async fn list_person_requests(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<PersonRequestsQuery>,
) -> Result<Localised<PersonRequestList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let PersonRequestsQuery { case, kind, status, limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let (kind, status) = (kind.map(|kind| kind.0), status.map(|status| status.0));
    let filter = PersonRequestFilter { application: case, kind, status, after: cursor };
    let found = state.app.list_person_requests(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |request| request.id);
    let items = found.iter().map(PersonRequestResponse::from).collect();
    Ok(Localised(PersonRequestList { items, next }, language.0))
}

/// Get a request of a recipient
///
/// One request with its words, and the `ETag` that an answer needs. The read is recorded in the access log.
#[utoipa::path(
    tag = "requests",
    params(("id" = Uuid, Path, description = "Identifier of the request")),
    responses(
        (status = 200, description = "The request", body = PersonRequestResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["requests:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/person-requests/{id}")]
pub(crate) async fn get_person_request(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let request = state.app.get_person_request(&call, preconditions::id(&id)?).await?;
    Ok(shown(&request, language.0, HttpResponse::Ok()))
}

/// Answer a request of a recipient
///
/// The office answers an open request: with a revision of the plan, a refusal and its reason, or what follows. It never changes
/// afterwards.
#[utoipa::path(
    tag = "requests",
    params(("id" = Uuid, Path, description = "Identifier of the request"), IfMatch),
    request_body(content = AnswerPersonRequest, example = json!({
        "outcome": "refused", "text": "Šim sniedzējam nav vajadzīgās kvalifikācijas.",
    })),
    responses(
        (status = 201, description = "The request", body = PersonRequestResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["requests:answer"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/person-requests/{id}/answer")]
pub(crate) async fn answer_person_request(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<AnswerPersonRequest>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(ANSWER)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let AnswerPersonRequest { outcome, text } = body.0;
    let request = state.app.answer_person_request(&call, of, (outcome.0, text.0)).await?;
    Ok(shown(&request, language.0, HttpResponse::Created()))
}

/// Take a request back
///
/// Whoever asked takes an open request back; the office may record it for the person.
#[utoipa::path(
    tag = "requests",
    params(("id" = Uuid, Path, description = "Identifier of the request"), IfMatch),
    responses(
        (status = 201, description = "The request", body = PersonRequestResponse, example = json!(example())),
        AccessFailures, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["requests:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient", "integrator"]))),
)]
#[post("/v1/person-requests/{id}/withdrawal")]
pub(crate) async fn withdraw_person_request(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(ASK)?, request_id);
    let request = state.app.withdraw_person_request(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(shown(&request, language.0, HttpResponse::Created()))
}

//! `/v1/applications`: from receipt to the act that grants or refuses. Stored data: every operation needs a caller.

mod circumstances;
pub(crate) mod examples;
mod request;
mod response;

use actix_web::{
    HttpResponse, HttpResponseBuilder, get, post, put,
    web::{Data, Path},
};
use balsts_app::{Application, ApplicationFilter, Call, Kept};
use balsts_domain::{
    access::{Permission, Role},
    text::Language,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

pub(crate) use circumstances::CircumstancesRequest;
pub(crate) use request::{
    ApplicantRequest, CreateApplication, EvidenceRequest, IdentificationNumberText, PersonRequest, PersonalCodeText,
    identifier,
};
use request::{AssignWorker, CreateDecision, CreateRevocation, CreateWithdrawal};
use response::{ApplicationList, ApplicationSummaryResponse};
pub(crate) use response::{ApplicationResponse, PersonResponse};

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::Label,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::ApplicationStatus,
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, recorded, tagged},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures},
};

/// The request that examples show.
pub(crate) use examples::request as example;

const WRITE: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "applications:write" };
pub(crate) const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor, Role::Recipient],
    scope: "applications:read",
};
const DECIDE: Permission = Permission { municipal: &[Role::OfficeHead], scope: "applications:decide" };

/// Register an application
///
/// Registers the application, to the minute, with the person where the municipality does not know the personal code yet, or the
/// identification number of who has no code: one of both is given.
/// A person has at most one open application, nationally. With an `Idempotency-Key` a repeated request gets the first
/// answer. The last day to decide is ten working days after receipt.
#[utoipa::path(
    tag = "applications",
    params(IdempotencyKey),
    request_body(content = CreateApplication, example = json!(examples::request())),
    responses(
        (status = 201, description = "The application", body = ApplicationResponse, example = json!(examples::answer(false))),
        AccessFailures, Conflict, Failures, BodyFailures,
    ),
    security(("bearer" = ["applications:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/applications")]
pub(crate) async fn register_application(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let new: CreateApplication = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/applications", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let today = state.today();
    let answer = |application: &Application| recorded(&ApplicationResponse::new(application, today, language.0));
    let answer = state.app.register_application(&call, &state.parameters.calendar, new.parsed()?, answer).await?;
    created(answer, Some("/v1/applications"), Some(1), language.0)
}

/// Which applications to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ApplicationsQuery {
    /// Only those with this status.
    #[param(inline)]
    status: Option<ApplicationStatus>,
    /// Only open ones whose last day to decide is past.
    overdue: Option<bool>,
    /// Only those of the cases that this worker leads: the issuer's identifier.
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, example = "demo-social-worker")]
    worker: Option<Label>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List applications
///
/// The municipality's applications in the order of their registration, without personal data. A recipient sees those of the
/// persons for whom the caller speaks today.
#[utoipa::path(
    tag = "applications",
    params(ApplicationsQuery),
    responses(
        (status = 200, description = "A page of applications", body = ApplicationList, example = json!({
            "items": [{"id": "018bcfe5-6800-7000-8000-000000000002", "person_id": "018bcfe5-6800-7000-8000-000000000001",
                "methodology": "children-2023", "status": "registered", "received_at": "2023-03-01T09:30",
                "due_on": "2023-03-15", "overdue": false, "worker": "demo-social-worker"}],
            "next": null,
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["applications:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/applications")]
pub(crate) async fn list_applications(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<ApplicationsQuery>,
) -> Result<Localised<ApplicationList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let ApplicationsQuery { status, overdue, worker, limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let today = state.today();
    let filter = ApplicationFilter {
        status: status.map(|status| status.0),
        overdue_on: overdue.unwrap_or_default().then_some(today),
        worker: worker.map(|worker| worker.0),
        after: cursor,
    };
    let found = state.app.list_applications(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |summary| summary.id);
    let items = found.iter().map(|summary| ApplicationSummaryResponse::new(summary, today)).collect();
    Ok(Localised(ApplicationList { items, next }, language.0))
}

fn shown(
    state: &ApiState,
    application: &Application,
    language: Language,
    response: HttpResponseBuilder,
) -> HttpResponse {
    let shown = ApplicationResponse::new(application, state.today(), language);
    tagged(application.summary.version, language, response).json(shown)
}

/// Get an application
///
/// The application with the person, the applicant, what is known for the criteria, their outcome and the act. Of an `erased`
/// person the dates, the status and the acts are left. The read is recorded in the access log.
#[utoipa::path(
    tag = "applications",
    params(("id" = Uuid, Path, description = "Identifier of the application")),
    responses(
        (status = 200, description = "The application", body = ApplicationResponse, example = json!(examples::answer(false))),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["applications:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/applications/{id}")]
pub(crate) async fn get_application(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let application = state.app.get_application(&call, preconditions::id(&id)?).await?;
    let version = match &application {
        Kept::Whole(application) => application.summary.version,
        Kept::Erased(application) => application.summary.version,
    };
    let response = ApplicationResponse::kept(&application, state.today(), language.0);
    Ok(tagged(version, language.0, HttpResponse::Ok()).json(response))
}

/// Assign a case
///
/// Says which worker leads the case, or that none does. A list of applications can ask for those of one worker. The case must not be
/// closed; another office that it is handed over to says it anew.
#[utoipa::path(
    tag = "applications",
    params(("id" = Uuid, Path, description = "Identifier of the application"), IfMatch),
    request_body(content = AssignWorker, example = json!({"worker": "demo-social-worker"})),
    responses(
        (status = 200, description = "The application", body = ApplicationResponse, example = json!(examples::answer(false))),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["applications:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[put("/v1/applications/{id}/worker")]
pub(crate) async fn assign_worker(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<AssignWorker>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let worker = body.0.worker.map(|worker| worker.0);
    let application = state.app.assign_worker(&call, (preconditions::id(&id)?, version.0), worker).await?;
    Ok(shown(&state, &application, language.0, HttpResponse::Ok()))
}

/// Complete an application
///
/// Replaces what is known for the criteria of an open application, as the registers tell it.
#[utoipa::path(
    tag = "applications",
    params(("id" = Uuid, Path, description = "Identifier of the application"), IfMatch),
    request_body(content = EvidenceRequest, example = json!(examples::request().get("evidence"))),
    responses(
        (status = 200, description = "The application", body = ApplicationResponse, example = json!(examples::answer(false))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["applications:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[put("/v1/applications/{id}/evidence")]
pub(crate) async fn complete_application(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<EvidenceRequest>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let id = preconditions::id(&id)?;
    let application = state.app.complete_application(&call, id, version.0, body.0.into()).await?;
    Ok(shown(&state, &application, language.0, HttpResponse::Ok()))
}

/// Record the circumstances of an application
///
/// Replaces what an open application tells beside the criteria: of the child or adult, the parent, and technical aids.
#[utoipa::path(
    tag = "applications",
    params(("id" = Uuid, Path, description = "Identifier of the application"), IfMatch),
    request_body(content = CircumstancesRequest, example = json!(examples::circumstances())),
    responses(
        (status = 200, description = "The application", body = ApplicationResponse, example = json!(examples::answer(false))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["applications:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[put("/v1/applications/{id}/circumstances")]
pub(crate) async fn record_circumstances(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CircumstancesRequest>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let id = preconditions::id(&id)?;
    let application = state.app.record_circumstances(&call, id, version.0, body.0.into()).await?;
    Ok(shown(&state, &application, language.0, HttpResponse::Ok()))
}

/// Decide an application
///
/// Signs the administrative act that grants or refuses. It must agree with the criteria on its day: missing data is neither a
/// grant nor a refusal. The answer tells when the applicant counts as notified and until when the act can be appealed.
#[utoipa::path(
    tag = "applications",
    params(("id" = Uuid, Path, description = "Identifier of the application"), IfMatch),
    request_body(content = CreateDecision, example = json!({
        "outcome": "grant", "number": "IB-1/2023", "decided_on": "2023-03-10", "delivery": "e_address",
        "prepared_by": "demo-social-worker",
    })),
    responses(
        (status = 201, description = "The application with the act", body = ApplicationResponse,
            example = json!(examples::answer(true))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["applications:decide"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/applications/{id}/decision")]
pub(crate) async fn decide_application(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateDecision>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(DECIDE)?, request_id);
    let id = preconditions::id(&id)?;
    let calendar = &state.parameters.calendar;
    let application = state.app.decide_application(&call, calendar, id, version.0, body.0.into()).await?;
    Ok(shown(&state, &application, language.0, HttpResponse::Created()))
}

/// Withdraw an application
///
/// The applicant takes an open application back.
#[utoipa::path(
    tag = "applications",
    params(("id" = Uuid, Path, description = "Identifier of the application"), IfMatch),
    request_body(content = CreateWithdrawal, example = json!({"withdrawn_on": "2023-03-08"})),
    responses(
        (status = 201, description = "The application", body = ApplicationResponse, example = json!(examples::answer(false))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["applications:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/applications/{id}/withdrawal")]
pub(crate) async fn withdraw_application(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateWithdrawal>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let application = state.app.withdraw_application(&call, state.today(), of, body.0.withdrawn_on.0).await?;
    Ok(shown(&state, &application, language.0, HttpResponse::Created()))
}

/// Revoke a grant
///
/// Signs the administrative act that ends a grant, and closes the budget: the person moves away, dies, turns 18, or refuses it.
/// The answer tells when the addressee counts as notified and until when the act can be appealed.
#[utoipa::path(
    tag = "applications",
    params(("id" = Uuid, Path, description = "Identifier of the application"), IfMatch),
    request_body(content = CreateRevocation, example = json!({
        "number": "IB-2/2023", "decided_on": "2023-09-01", "effective_from": "2023-10-01", "delivery": "e_address",
        "reason": "Persona ir atteikusies no individuālā budžeta.",
        "legal_basis": ["Administratīvā procesa likuma 85. pants"], "prepared_by": "demo-social-worker",
    })),
    responses(
        (status = 201, description = "The application with the act", body = ApplicationResponse,
            example = json!(examples::answer(true))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["applications:decide"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/applications/{id}/revocation")]
pub(crate) async fn revoke_application(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateRevocation>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(DECIDE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let calendar = &state.parameters.calendar;
    let application = state.app.revoke_application(&call, calendar, state.today(), of, body.0.into()).await?;
    Ok(shown(&state, &application, language.0, HttpResponse::Created()))
}

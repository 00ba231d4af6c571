//! `/v1/plans`: support plans, drafted, checked, corrected, signed, revised. Stored data: every operation needs a caller.

pub(crate) mod choices;
pub(crate) mod examples;
mod request;
pub(crate) mod response;

use actix_web::{
    HttpResponse, HttpResponseBuilder, delete, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Data, Path},
};
use balsts_app::{Call, CheckedPlan, OfPilot, PlanFilter};
use balsts_domain::{
    access::{NationalPermission, Permission, Role},
    text::Language,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

pub(crate) use request::PlanDraft;
use request::{CreatePlanRevision, CreatePlanSignature, CreateResumption, CreateSuspension, CreateTermination};
pub(crate) use response::PlanResponse;
use response::{PlanCorrectionResponse, PlanList, PlanSummaryResponse, PlanVersionResponse, Shown};

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson, off_thread},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::PlanStatus,
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
};

const WRITE: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "plans:write" };
/// What ends a person's support is signed by the head of the office [domain 6.6].
const DECIDE: Permission = Permission { municipal: &[Role::OfficeHead], scope: "plans:decide" };
pub(crate) const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor, Role::Recipient],
    scope: "plans:read",
};
/// As [`READ`], and the budget manager engaged for the case, which gets no documents with names.
const READ_MANAGED: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::BudgetManager, Role::Auditor, Role::Recipient],
    scope: "plans:read",
};

/// The programme team reads what is of the pilot, in every municipality [domain 10, Roles].
pub(crate) const TEAM: NationalPermission = NationalPermission(&[Role::ProgrammeTeam]);

/// Draft a support plan
///
/// The plan of a budget: goals, and priced lines for the period. A draft may hold anything that can be written down; the answer
/// tells everything that is wrong with it at once, and the sums against the indicative budget. A budget has one plan, whose
/// versions follow each other. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the budget"), IdempotencyKey),
    request_body(content = PlanDraft, example = json!(examples::request())),
    responses(
        (status = 201, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["plans:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/budgets/{id}/plan")]
pub(crate) async fn create_plan(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let id = preconditions::id(&id)?;
    let new: PlanDraft = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/budgets/{id}/plan"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |checked: &CheckedPlan| recorded(&PlanResponse::new(checked, &state.parameters, language.0));
    let answer = state.app.create_plan(&call, &state.parameters, id, new.into(), answer).await?;
    created(answer, Some("/v1/plans"), Some(1), language.0)
}

/// Which plans to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlansQuery {
    /// Only those with this status.
    #[param(inline)]
    status: Option<PlanStatus>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List plans
///
/// The municipality's plans in the order in which they were drafted, without personal data. A recipient sees those of the
/// persons for whom the caller speaks today, a budget manager those of the cases for which it is engaged. The programme team sees
/// those of the pilot, of every municipality.
#[utoipa::path(
    tag = "plans",
    params(PlansQuery),
    responses(
        (status = 200, description = "A page of plans", body = PlanList, example = json!({
            "items": [{"id": "018bcfe5-6800-7000-8000-000000000004", "budget_id": "018bcfe5-6800-7000-8000-000000000003",
                "application_id": "018bcfe5-6800-7000-8000-000000000002",
                "person_id": "018bcfe5-6800-7000-8000-000000000001", "status": "in_force", "current": 1,
                "has_draft": false, "agreed": "18420.00"}],
            "next": null,
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["plans:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "programme_team", "auditor",
        "recipient", "integrator"]))),
)]
#[get("/v1/plans")]
pub(crate) async fn list_plans(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<PlansQuery>,
) -> Result<Localised<PlanList>, ApiError> {
    let call = state.call(caller.municipal_or_national(READ_MANAGED, TEAM)?, request_id);
    let PlansQuery { status, limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let filter = PlanFilter { status: status.map(|status| status.0), after: cursor };
    let found = state.app.list_plans(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |summary| summary.id);
    Ok(Localised(PlanList { items: found.iter().map(PlanSummaryResponse::from).collect(), next }, language.0))
}

fn shown(state: &ApiState, plan: &CheckedPlan, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(plan.plan.summary.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(PlanResponse::new(plan, &state.parameters, language))
}

/// Get a plan
///
/// The plan with its draft, everything that is found in it, the sums, the version in force, signatures, and what happened. The
/// programme team is told no names. The read is recorded in the access log.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the plan")),
    responses(
        (status = 200, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["plans:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "programme_team", "auditor",
        "recipient", "integrator"]))),
)]
#[get("/v1/plans/{id}")]
pub(crate) async fn get_plan(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.municipal_or_national(READ_MANAGED, TEAM)?, request_id);
    let id = preconditions::id(&id)?;
    let call = state.app.within_pilot(call, OfPilot::Plan(id)).await?;
    let plan = state.app.get_plan(&call, &state.parameters, id).await?;
    Ok(shown(&state, &plan, language.0, HttpResponse::Ok()))
}

/// Get a version of a plan
///
/// A signed version never changes. The read is recorded in the access log.
#[utoipa::path(
    tag = "plans",
    params(
        ("id" = Uuid, Path, description = "Identifier of the plan"),
        ("number" = u32, Path, description = "Number of the version", minimum = 1),
    ),
    responses(
        (status = 200, description = "The version", body = PlanVersionResponse, example = json!(examples::version())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["plans:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "programme_team", "auditor",
        "recipient", "integrator"]))),
)]
#[get("/v1/plans/{id}/versions/{number}")]
pub(crate) async fn get_plan_version(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    path: Path<(String, String)>,
) -> Result<Localised<PlanVersionResponse>, ApiError> {
    let call = state.call(caller.municipal_or_national(READ_MANAGED, TEAM)?, request_id);
    let (id, number) = path.into_inner();
    let (id, number) = (preconditions::id(&id)?, number.parse().map_err(|_| ApiError::NotFound)?);
    let call = state.app.within_pilot(call, OfPilot::Plan(id)).await?;
    let (_, version) = state.app.get_plan_version(&call, id, number).await?;
    let shown = Shown { parameters: &state.parameters, ceiling: None, language: language.0 };
    Ok(Localised(shown.version(&version), language.0))
}

/// Replace the draft of a plan
///
/// The first plan's, or that of an open revision. Signatures under the draft before are gone: they were under other words.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IfMatch),
    request_body(content = PlanDraft, example = json!(examples::request())),
    responses(
        (status = 200, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["plans:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[put("/v1/plans/{id}")]
pub(crate) async fn update_plan(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<PlanDraft>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let plan = state.app.update_plan(&call, &state.parameters, of, body.0.into()).await?;
    Ok(shown(&state, &plan, language.0, HttpResponse::Ok()))
}

/// Propose a correction of a plan
///
/// A plan that fits, with the least weighted priority lost: the highest priorities are kept, lines are reduced to whole units or
/// dropped, never below their minimum useful volume or what is committed; yearly maxima, the transport ceiling and the rules
/// on services that do not go together hold. For each line it tells what changes and why. Nothing is stored: send the `draft`
/// back with `PUT /v1/plans/{id}` to accept it. The read is recorded in the access log.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the plan")),
    responses(
        (status = 200, description = "The correction", body = PlanCorrectionResponse,
            example = json!(examples::correction())),
        AccessFailures, Conflict, Failures, Missing,
    ),
    security(("bearer" = ["plans:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/plans/{id}/proposals")]
pub(crate) async fn propose_plan_correction(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<PlanCorrectionResponse>, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let id = preconditions::id(&id)?;
    let plan = state.app.plan_to_correct(&call, &state.parameters, id).await?;
    let language = language.0;
    let proposed = off_thread(move || {
        let correction = plan.correct(&state.parameters)?;
        Ok(PlanCorrectionResponse::new(correction, language))
    });
    Ok(Localised(proposed.await?, language))
}

/// Sign a plan or its contract
///
/// Records a signature. A draft is signed by the worker, who is the caller, and by the recipient, and only where nothing is
/// wrong with it: otherwise the answer tells every error, the excess above the indicative budget among them. With the second
/// signature it is the version in force, the budget is agreed, and its lines stand in the ledger. The contract of the version
/// in force, which the plan is the annex of, is signed by the head of the office and the recipient.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IfMatch),
    request_body(content = CreatePlanSignature, example = json!({
        "document": "plan", "party": "recipient", "signed_on": "2023-03-20", "method": "paper", "signer": "Demo Vecāks",
    })),
    responses(
        (status = 201, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["plans:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/plans/{id}/signatures")]
pub(crate) async fn sign_plan(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreatePlanSignature>,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let call = state.call(if body.0.is_of_office_head() { caller.scope(DECIDE)? } else { scope }, request_id);
    let of = (preconditions::id(&id)?, version.0);
    state.refresh_parameters().await?;
    let plan = state.app.sign_plan(&call, &state.parameters, state.today(), of, body.0.into()).await?;
    Ok(shown(&state, &plan, language.0, HttpResponse::Created()))
}

/// Revise a plan
///
/// Opens a draft that begins with the version in force. Changed health or goals, and a service without an equal substitute,
/// need a new assessment. The version in force stays until the next is signed.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IfMatch),
    request_body(content = CreatePlanRevision, example = json!({
        "reason": "price_changed", "outcome": "adjust", "text": "Pakalpojuma sniedzējs no 1. jūnija maina cenu.",
    })),
    responses(
        (status = 201, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["plans:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/plans/{id}/revision")]
pub(crate) async fn revise_plan(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreatePlanRevision>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let plan = state.app.revise_plan(&call, &state.parameters, state.today(), of, body.0.into()).await?;
    Ok(shown(&state, &plan, language.0, HttpResponse::Created()))
}

/// Give a revision up
///
/// The draft is gone; the version in force stays as it is.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IfMatch),
    responses(
        (status = 200, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["plans:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[delete("/v1/plans/{id}/revision")]
pub(crate) async fn discard_plan_revision(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let plan = state.app.discard_plan_revision(&call, &state.parameters, of).await?;
    Ok(shown(&state, &plan, language.0, HttpResponse::Ok()))
}

/// Suspend a plan
///
/// From the day on nothing new is ordered or delivered; commitments stay, and the period is not longer for it.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IfMatch),
    request_body(content = CreateSuspension, example = json!({
        "cause": "hospital", "from": "2023-06-01", "until": "2023-07-15", "text": "Bērns ārstējas slimnīcā.",
    })),
    responses(
        (status = 201, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["plans:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/plans/{id}/suspension")]
pub(crate) async fn suspend_plan(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateSuspension>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let plan = state.app.suspend_plan(&call, &state.parameters, of, body.0.into()).await?;
    Ok(shown(&state, &plan, language.0, HttpResponse::Created()))
}

/// Resume a plan
///
/// A suspended plan goes on.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IfMatch),
    request_body(content = CreateResumption, example = json!({"on": "2023-07-10", "text": "Bērns ir mājās."})),
    responses(
        (status = 201, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["plans:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/plans/{id}/resumption")]
pub(crate) async fn resume_plan(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateResumption>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let CreateResumption { on, text } = body.0;
    let plan = state.app.resume_plan(&call, &state.parameters, of, on.0, text.0).await?;
    Ok(shown(&state, &plan, language.0, HttpResponse::Created()))
}

/// Terminate a plan
///
/// The head of the office signs the decision that the worker prepared. Orders are closed: what was delivered is paid, the
/// rest is released. The budget is closed, so that the person may get another. A plan whose last day is past ends by its period
/// (`period_ended`) on that day, which one person alone records; the next budget of the same case ends it too.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IfMatch),
    request_body(content = CreateTermination, example = json!({
        "reason": "moved_away", "on": "2023-08-31", "text": "Ģimene pārceļas uz citu pašvaldību.",
        "prepared_by": "demo-social-worker",
    })),
    responses(
        (status = 201, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["plans:decide"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/plans/{id}/termination")]
pub(crate) async fn terminate_plan(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateTermination>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(DECIDE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let plan = state.app.terminate_plan(&call, &state.parameters, state.today(), of, body.0.into()).await?;
    Ok(shown(&state, &plan, language.0, HttpResponse::Created()))
}

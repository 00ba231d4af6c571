//! `/v1/budgets`: the indicative budget of a granted application, frozen, signed, and replayed. Stored data: every operation
//! needs a caller.

pub(crate) mod examples;
mod request;
mod response;

use actix_web::{
    HttpResponse, HttpResponseBuilder, get, post,
    web::{Data, Path},
};
use balsts_app::{Budget, BudgetFilter, Call, Kept};
use balsts_domain::{
    access::{Permission, Role},
    text::Language,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use request::{CreateBudget, CreateSignature};
use response::{BudgetList, BudgetSummaryResponse, ReplayResponse};
pub(crate) use response::{BudgetResponse, TotalBudget, hex};

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::BudgetStatus,
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, recorded, tagged},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures},
};

const WRITE: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "budgets:write" };
pub(crate) const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor, Role::Recipient],
    scope: "budgets:read",
};
const REPLAY: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: "budgets:read" };
/// Sums without the reasons for them.
const LIST: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor, Role::Recipient],
    scope: "budgets:read",
};

/// Calculate the budget of an application
///
/// Freezes the indicative budget of a granted application: the input, the version of the methodology, every line and the hash
/// of the result, with the form that both sides sign. A person has at most one active budget, nationally. When the last day of its
/// plan is past, the same application gets the next one, which closes it and ends the plan. Every identified
/// criterion needs its source of information, and each fact from a register that register. In the pilot it is the provisional budget
/// in an open period: until the final one is set, the most that a plan may cost. The next one of the same application is
/// calculated when the period before is redistributed and over, and ends the budget and plan of that one. With an
/// `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "budgets",
    params(("id" = Uuid, Path, description = "Identifier of the application"), IdempotencyKey),
    request_body(content = CreateBudget, examples(
        ("children_2023" = (value = json!(examples::request()))),
        ("pilot" = (value = json!(examples::provisional()))),
    )),
    responses(
        (status = 201, description = "The budget", body = BudgetResponse, example = json!(examples::answer())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["budgets:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/applications/{id}/budget")]
pub(crate) async fn create_budget(
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
    let new: CreateBudget = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/applications/{id}/budget"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |budget: &Budget| recorded(&BudgetResponse::new(budget, &state.parameters, language.0));
    let new = new.parsed()?;
    state.refresh_parameters().await?;
    let answer = state.app.create_budget(&call, &state.parameters, state.today(), id, new, answer).await?;
    created(answer, Some("/v1/budgets"), Some(1), language.0)
}

/// Which budgets to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BudgetsQuery {
    /// Only those with this status.
    #[param(inline)]
    status: Option<BudgetStatus>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List budgets
///
/// The municipality's budgets in the order of their first calculation, without personal data. A recipient sees those of the
/// persons for whom the caller speaks today.
#[utoipa::path(
    tag = "budgets",
    params(BudgetsQuery),
    responses(
        (status = 200, description = "A page of budgets", body = BudgetList, example = json!({
            "items": [{"id": "018bcfe5-6800-7000-8000-000000000003", "application_id": "018bcfe5-6800-7000-8000-000000000002",
                "person_id": "018bcfe5-6800-7000-8000-000000000001", "methodology": "children-2023", "status": "indicative",
                "total": "21838.32"}],
            "next": null,
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["budgets:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/budgets")]
pub(crate) async fn list_budgets(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<BudgetsQuery>,
) -> Result<Localised<BudgetList>, ApiError> {
    let call = state.call(caller.scope(LIST)?, request_id);
    let BudgetsQuery { status, limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let filter = BudgetFilter { status: status.map(|status| status.0), after: cursor };
    let found = state.app.list_budgets(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |summary| summary.id);
    Ok(Localised(BudgetList { items: found.iter().map(BudgetSummaryResponse::from).collect(), next }, language.0))
}

fn shown(state: &ApiState, budget: &Budget, language: Language, response: HttpResponseBuilder) -> HttpResponse {
    let shown = BudgetResponse::new(budget, &state.parameters, language);
    tagged(budget.summary.version, language, response).json(shown)
}

/// Get a budget
///
/// The budget with the calculation that holds: its input, form, lines and explanations, signatures, and the history. Of an
/// `erased` person the sums, dates and hashes are left. The read is recorded in the access log.
#[utoipa::path(
    tag = "budgets",
    params(("id" = Uuid, Path, description = "Identifier of the budget")),
    responses(
        (status = 200, description = "The budget", body = BudgetResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["budgets:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/budgets/{id}")]
pub(crate) async fn get_budget(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let budget = state.app.get_budget(&call, preconditions::id(&id)?).await?;
    let version = match &budget {
        Kept::Whole(budget) => budget.summary.version,
        Kept::Erased(budget) => budget.summary.version,
    };
    let response = BudgetResponse::kept(&budget, &state.parameters, language.0);
    Ok(tagged(version, language.0, HttpResponse::Ok()).json(response))
}

/// Calculate a budget again
///
/// Until the plan is signed. The new calculation holds from now on and has no signatures; the earlier ones stay in the history.
#[utoipa::path(
    tag = "budgets",
    params(("id" = Uuid, Path, description = "Identifier of the budget"), IfMatch),
    request_body(content = CreateBudget, example = json!(examples::request())),
    responses(
        (status = 201, description = "The budget", body = BudgetResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["budgets:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/budgets/{id}/calculations")]
pub(crate) async fn recalculate_budget(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateBudget>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let new = body.0.parsed()?;
    state.refresh_parameters().await?;
    let budget = state.app.recalculate_budget(&call, &state.parameters, state.today(), of, new).await?;
    Ok(shown(&state, &budget, language.0, HttpResponse::Created()))
}

/// Sign a calculation
///
/// Records the signature of the worker, who is the caller, or of the recipient under the calculation that holds.
#[utoipa::path(
    tag = "budgets",
    params(("id" = Uuid, Path, description = "Identifier of the budget"), IfMatch),
    request_body(content = CreateSignature, example = json!({
        "party": "recipient", "signed_on": "2023-03-15", "signer": "Demo Vecāks",
    })),
    responses(
        (status = 201, description = "The budget", body = BudgetResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["budgets:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/budgets/{id}/signatures")]
pub(crate) async fn sign_budget(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateSignature>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let budget = state.app.sign_budget(&call, state.today(), of, body.0.into()).await?;
    Ok(shown(&state, &budget, language.0, HttpResponse::Created()))
}

/// Which calculation to replay.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReplayQuery {
    /// Its number; the one that holds where left out.
    #[param(minimum = 1)]
    calculation: Option<u32>,
}

/// Replay a calculation
///
/// Calculates again from the stored input with the stored day, changes nothing, and tells whether the result is the same to the
/// byte, or what differs. Of an erased person there is nothing to calculate from: 409. The read is recorded in the access log.
#[utoipa::path(
    tag = "budgets",
    params(("id" = Uuid, Path, description = "Identifier of the budget"), ReplayQuery),
    responses(
        (status = 200, description = "Whether it is identical", body = ReplayResponse, example = json!({
            "calculation": 1, "identical": true, "intact": true,
            "stored_hash": "0000000000000000000000000000000000000000000000000000000000000000",
            "replayed_hash": "0000000000000000000000000000000000000000000000000000000000000000",
            "differences": [], "refusals": [],
        })),
        AccessFailures, Conflict, Failures, Missing,
    ),
    security(("bearer" = ["budgets:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "integrator"]))),
)]
#[post("/v1/budgets/{id}/replay")]
pub(crate) async fn replay_budget(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<ReplayQuery>,
) -> Result<Localised<ReplayResponse>, ApiError> {
    let call = state.call(caller.scope(REPLAY)?, request_id);
    let id = preconditions::id(&id)?;
    let replay = state.app.replay_budget(&call, &state.parameters, id, query.0.calculation).await?;
    Ok(Localised(ReplayResponse::new(replay, language.0), language.0))
}

//! `/v1/cases`: an application and what follows from it, as a screen needs it.

use actix_web::{
    HttpResponse, get,
    http::header::CONTENT_LANGUAGE,
    web::{Data, Path},
};
use balsts_app::CaseParts;
use balsts_domain::text::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    applications::{self, ApplicationResponse},
    body::Query,
    budgets::{self, BudgetResponse},
    i18n::Accepted,
    identity::Identified,
    ledgers::{self, LedgerResponse},
    plans::{self, PlanResponse},
    preconditions::{self, RequestId},
    problem::{AccessFailures, ApiError, Failures, Missing, language_tag},
};

/// What to show of a case beside the application.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CaseQuery {
    /// Any of `budget` (with the calculation that holds), `plan` (with its draft and version in force) and `ledger`, with
    /// commas between.
    #[param(pattern = "^(budget|plan|ledger)(,(budget|plan|ledger)){0,2}$", example = "budget,plan,ledger")]
    include: Option<String>,
}

/// A case.
#[derive(Serialize, ToSchema)]
#[schema(as = Case)]
pub(crate) struct CaseResponse {
    /// Identifier: that of the application.
    id: Uuid,
    /// The application with its acts.
    application: ApplicationResponse,
    /// The budget; null where it was not asked for or not calculated yet.
    budget: Option<BudgetResponse>,
    /// The plan; null where it was not asked for or not drafted yet.
    plan: Option<PlanResponse>,
    /// Where the money of the budget is; null where it was not asked for or there is no budget yet.
    ledger: Option<LedgerResponse>,
}

impl CaseQuery {
    /// What is asked for, each only once, and only what the caller may see.
    fn parts(&self, caller: &Identified) -> Result<CaseParts, ApiError> {
        let mut parts = CaseParts::default();
        for part in self.include.iter().flat_map(|include| include.split(',')) {
            let (wanted, permission) = match part {
                "budget" => (&mut parts.budget, budgets::READ),
                "plan" => (&mut parts.plan, plans::READ),
                "ledger" => (&mut parts.ledger, ledgers::READ),
                _ => return Err(ApiError::unfit("/include", "not_in_list", Message::new("query-invalid"))),
            };
            caller.scope(permission)?;
            *wanted = true;
        }
        Ok(parts)
    }
}

fn example() -> Value {
    let application = applications::examples::answer(true);
    json!({"id": application.get("id"), "application": application, "budget": budgets::examples::answer(),
        "plan": plans::examples::answer(), "ledger": null})
}

/// Get a case
///
/// The application with its acts and, where `include` asks for them, budget, plan and ledger, in one call. The identifier is that of the
/// application. The read is recorded in the access log.
#[utoipa::path(
    tag = "cases",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), CaseQuery),
    responses(
        (status = 200, description = "The case", body = CaseResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["applications:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/cases/{id}")]
pub(crate) async fn get_case(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<CaseQuery>,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(applications::READ)?;
    let parts = query.0.parts(&caller)?;
    let call = state.call(scope, request_id);
    let id = preconditions::id(&id)?;
    let case = state.app.get_case(&call, &state.parameters, id, parts).await?;
    let budget = case.budget.as_ref().map(|budget| BudgetResponse::kept(budget, &state.parameters, language.0));
    Ok(HttpResponse::Ok().insert_header((CONTENT_LANGUAGE, language_tag(language.0))).json(CaseResponse {
        id,
        application: ApplicationResponse::kept(&case.application, state.today(), language.0),
        budget,
        plan: case.plan.as_ref().map(|plan| PlanResponse::new(plan, &state.parameters, language.0)),
        ledger: case.ledger.as_ref().map(LedgerResponse::from),
    }))
}

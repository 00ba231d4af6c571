//! `/v1/cases`: an application and what follows from it, as a screen needs it.

use actix_web::{
    HttpResponse, get,
    http::header::CONTENT_LANGUAGE,
    web::{Data, Path},
};
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
    preconditions::{self, RequestId},
    problem::{AccessFailures, ApiError, Failures, Missing, language_tag},
};

/// What to show of a case beside the application.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CaseQuery {
    /// `budget`: the budget with the calculation that holds.
    #[param(pattern = "^budget$")]
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
}

fn example() -> Value {
    let application = applications::examples::answer(true);
    json!({"id": application.get("id"), "application": application, "budget": budgets::examples::answer()})
}

/// Get a case
///
/// The application with its acts and, where `include` asks for it, the budget, in one call. The identifier is that of the
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
    let with_budget = match query.0.include.as_deref() {
        None => false,
        Some("budget") => {
            caller.scope(budgets::READ)?;
            true
        }
        Some(_) => return Err(ApiError::unfit("/include", "not_in_list", Message::new("query-invalid"))),
    };
    let call = state.call(scope, request_id);
    let id = preconditions::id(&id)?;
    let case = state.app.get_case(&call, id, with_budget).await?;
    let budget = case.budget.as_ref().map(|budget| BudgetResponse::kept(budget, &state.parameters, language.0));
    Ok(HttpResponse::Ok().insert_header((CONTENT_LANGUAGE, language_tag(language.0))).json(CaseResponse {
        id,
        application: ApplicationResponse::kept(&case.application, state.today(), language.0),
        budget,
    }))
}

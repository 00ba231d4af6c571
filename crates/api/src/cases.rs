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
    assessments::{self, AssessmentResponse},
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
    /// With commas between: `budget`, the budget with the calculation that holds; `assessments`, those that the caller may see.
    #[param(pattern = "^(budget|assessments)(,(budget|assessments))*$", example = "budget,assessments")]
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
    /// The assessments; null where they were not asked for.
    assessments: Option<Vec<AssessmentResponse>>,
}

fn example() -> Value {
    let application = applications::examples::answer(true);
    json!({"id": application.get("id"), "application": application, "budget": budgets::examples::answer(),
        "assessments": [assessments::example()]})
}

/// Get a case
///
/// The application with its acts and, where `include` asks for them, the budget and the assessments, in one call. The identifier is that of the
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
    let mut parts = CaseParts::default();
    for part in query.0.include.iter().flat_map(|include| include.split(',')) {
        let (asked, permission) = match part {
            "budget" => (&mut parts.budget, budgets::READ),
            "assessments" => (&mut parts.assessments, assessments::READ),
            _ => return Err(ApiError::unfit("/include", "not_in_list", Message::new("query-invalid"))),
        };
        caller.scope(permission)?;
        *asked = true;
    }
    let call = state.call(scope, request_id);
    let case = state.app.get_case(&call, preconditions::id(&id)?, parts).await?;
    let budget = case.budget.as_ref().map(|budget| BudgetResponse::new(budget, &state.parameters, language.0));
    Ok(HttpResponse::Ok().insert_header((CONTENT_LANGUAGE, language_tag(language.0))).json(CaseResponse {
        id: case.application.summary.id,
        application: ApplicationResponse::new(&case.application, state.today(), language.0),
        budget,
        assessments: case.assessments.map(|found| found.iter().map(AssessmentResponse::from).collect()),
    }))
}

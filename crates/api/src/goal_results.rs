//! `/v1/plans/{id}/goal-results`, `/v1/goal-results` and `/v1/goal-statistics`: what came of the goals of signed plans.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Data, Path},
};
use balsts_app::{Call, GoalResult, NewGoalResult, PlanResults};
use balsts_domain::{
    access::{Permission, Role},
    goal_results::{GoalStatistics, ResultDimension as By, ToldAttainment, attainment_of_plan},
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
    goal_attainments::AttainmentResponse,
    i18n::{Accepted, Localised},
    identity::Identified,
    measures::{OF_COUNTRY, OF_OFFICE},
    names::{GoalAchievement, Methodology, ResultDimension},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::Date,
};

const WRITE: Permission = Permission { municipal: &[Role::SocialWorker], scope: "results:write" };
const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor, Role::Recipient],
    scope: "results:read",
};

/// What came of a goal of a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordGoalResult {
    /// Number of the goal in the version of the plan that is in force, or was last.
    goal: LineNumber,
    /// What came of it.
    achievement: GoalAchievement,
    /// The day on which that was seen, from the first of the plan's.
    on: Date,
    /// In words.
    note: Option<Sentences>,
}

/// What came of a goal, corrected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectGoalResult {
    /// What came of it.
    achievement: GoalAchievement,
    /// The day on which that was seen, from the first of the plan's.
    on: Date,
    /// In words.
    note: Option<Sentences>,
}

/// What came of a goal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoalResultResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the plan.
    plan_id: Uuid,
    /// Number of the goal in the plan.
    goal: u32,
    /// Its support area.
    area: u32,
    /// What came of it.
    achievement: GoalAchievement,
    /// The day on which that was seen.
    on: Date,
    /// In words; null where the person is erased, too.
    note: Option<String>,
    /// Subject of who recorded it.
    recorded_by: String,
}

/// What came of the goals of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoalResultList {
    /// The results in the order of the goals.
    items: Vec<GoalResultResponse>,
    /// Numbers of the goals of the version in force that have none.
    without_result: Vec<u32>,
    /// Attainment by support area.
    areas: Vec<AttainmentResponse>,
    /// Attainment of all goals with a result.
    together: AttainmentResponse,
}

/// What to count, and by what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GoalStatisticsQuery {
    /// The methodology of the plans.
    #[param(inline, example = "children-2023")]
    methodology: Methodology,
    /// What the groups are; the support area where left out.
    #[param(inline)]
    by: Option<ResultDimension>,
}

/// Attainment of a group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttainmentGroup {
    /// The group; null for all, and for several small groups that are told together.
    of: Option<String>,
    /// How many people's goals they are.
    people: u64,
    /// Their attainment.
    attainment: AttainmentResponse,
}

/// Attainment of many plans.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoalStatisticsResponse {
    /// What the groups are.
    by: ResultDimension,
    /// All together; null where they are of too few people.
    together: Option<AttainmentGroup>,
    /// Each group that may be told.
    groups: Vec<AttainmentGroup>,
}

impl From<CorrectGoalResult> for NewGoalResult {
    fn from(request: CorrectGoalResult) -> Self {
        Self { achievement: request.achievement.0, on: request.on.0, note: request.note.map(|note| note.0) }
    }
}

impl RecordGoalResult {
    fn parsed(self) -> (u32, NewGoalResult) {
        let note = self.note.map(|note| note.0);
        (self.goal.0, NewGoalResult { achievement: self.achievement.0, on: self.on.0, note })
    }
}

impl From<&GoalResult> for GoalResultResponse {
    fn from(result: &GoalResult) -> Self {
        Self {
            id: result.id,
            plan_id: result.plan_id,
            goal: result.goal,
            area: result.area,
            achievement: GoalAchievement(result.achievement),
            on: Date(result.on),
            note: result.note.clone(),
            recorded_by: result.recorded_by.clone(),
        }
    }
}

impl GoalResultList {
    fn new(found: &PlanResults, language: Language) -> Self {
        let counted: Vec<_> = found.results.iter().map(|result| (result.area, result.achievement)).collect();
        let attained = attainment_of_plan(&counted);
        let area = |(area, attainment)| AttainmentResponse::new(Some(area), &attainment, language);
        Self {
            items: found.results.iter().map(GoalResultResponse::from).collect(),
            without_result: found.without_result.clone(),
            areas: attained.areas.into_iter().map(area).collect(),
            together: AttainmentResponse::new(None, &attained.together, language),
        }
    }
}

impl AttainmentGroup {
    fn new(told: ToldAttainment, by: By, language: Language) -> Self {
        let area = told.of.clone().filter(|_| by == By::Area);
        let attainment = AttainmentResponse::new(area, &told.attainment, language);
        Self { of: told.of, people: told.people, attainment }
    }
}

impl GoalStatisticsResponse {
    fn new(found: GoalStatistics, by: By, language: Language) -> Self {
        let group = |told| AttainmentGroup::new(told, by, language);
        Self {
            by: ResultDimension(by),
            together: found.together.map(group),
            groups: found.groups.into_iter().map(group).collect(),
        }
    }
}

fn request() -> Value {
    json!({"goal": 1, "achievement": "partly", "on": "2023-09-29", "note": "Ēd ar karoti, ja atgādina."})
}

fn example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000021", "plan_id": "018bcfe5-6800-7000-8000-000000000011", "goal": 1, "area": 2,
        "achievement": "partly", "on": "2023-09-29", "note": "Ēd ar karoti, ja atgādina.", "recorded_by": "demo-worker",
    })
}

fn attainment_example(area: Option<&str>) -> Value {
    json!({
        "area": area, "goals": 341, "achieved": 141, "partly": 188, "not_achieved": 12, "attainment": "235", "percent": 69,
        "achieved_percent": 41, "partly_percent": 55, "not_achieved_percent": 4,
        "explanation": "141 + 188 × 0,5 = 235 no 341",
    })
}

fn shown(result: &GoalResult, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(result.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(GoalResultResponse::from(result))
}

/// Record a result of a goal
///
/// Records what came of a goal of a signed plan: one result a goal, which is corrected until the plan has ended and the next
/// assessment of the case is completed. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "results",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IdempotencyKey),
    request_body(content = RecordGoalResult, example = json!(request())),
    responses(
        (status = 201, description = "The result", body = GoalResultResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["results:write"])),
    extensions(("x-roles" = json!(["social_worker", "integrator"]))),
)]
#[post("/v1/plans/{id}/goal-results")]
pub(crate) async fn record_goal_result(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let plan = preconditions::id(&id)?;
    let new: RecordGoalResult = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/plans/{plan}/goal-results"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |result: &GoalResult| recorded(&GoalResultResponse::from(result));
    let answer = state.app.record_goal_result(&call, plan, new.parsed(), answer).await?;
    created(answer, Some("/v1/goal-results"), Some(1), language.0)
}

/// List results of goals
///
/// What came of the goals of a plan, with the attainment by support area and together. The read is recorded in the access log.
#[utoipa::path(
    tag = "results",
    params(("id" = Uuid, Path, description = "Identifier of the plan")),
    responses(
        (status = 200, description = "The results", body = GoalResultList, example = json!({
            "items": [example()], "without_result": [2], "areas": [attainment_example(Some("2"))],
            "together": attainment_example(None),
        })),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["results:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/plans/{id}/goal-results")]
pub(crate) async fn list_goal_results(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<GoalResultList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_goal_results(&call, preconditions::id(&id)?).await?;
    Ok(Localised(GoalResultList::new(&found, language.0), language.0))
}

/// Get a result of a goal
///
/// One result, with the `ETag` that a correction needs. The read is recorded in the access log.
#[utoipa::path(
    tag = "results",
    params(("id" = Uuid, Path, description = "Identifier of the result")),
    responses(
        (status = 200, description = "The result", body = GoalResultResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["results:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/goal-results/{id}")]
pub(crate) async fn get_goal_result(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let result = state.app.get_goal_result(&call, preconditions::id(&id)?).await?;
    Ok(shown(&result, language.0, HttpResponse::Ok()))
}

/// Correct a result of a goal
///
/// Replaces what was recorded, until the plan has ended and the next assessment of the case is completed.
#[utoipa::path(
    tag = "results",
    params(("id" = Uuid, Path, description = "Identifier of the result"), IfMatch),
    request_body(content = CorrectGoalResult, example = json!({"achievement": "achieved", "on": "2023-10-31"})),
    responses(
        (status = 200, description = "The result", body = GoalResultResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["results:write"])),
    extensions(("x-roles" = json!(["social_worker", "integrator"]))),
)]
#[put("/v1/goal-results/{id}")]
pub(crate) async fn correct_goal_result(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CorrectGoalResult>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let result = state.app.correct_goal_result(&call, of, body.0.into()).await?;
    Ok(shown(&result, language.0, HttpResponse::Ok()))
}

/// Get goal statistics
///
/// Attainment of the goals of all plans of a methodology, by support area or place: of the whole country for the ministry, where a
/// group of fewer than five people is told with others only; of its municipality, whole, for an office.
#[utoipa::path(
    tag = "results",
    params(GoalStatisticsQuery),
    responses(
        (status = 200, description = "The statistics", body = GoalStatisticsResponse, example = json!({
            "by": "area", "together": {"of": null, "people": 102, "attainment": attainment_example(None)},
            "groups": [{"of": "2", "people": 102, "attainment": attainment_example(Some("2"))}],
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["results:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "programme_team", "social_worker", "office_head", "auditor",
        "integrator"]))),
)]
#[get("/v1/goal-statistics")]
pub(crate) async fn get_goal_statistics(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Result<Query<GoalStatisticsQuery>, ApiError>,
) -> Result<Localised<GoalStatisticsResponse>, ApiError> {
    // Before the query, so that who may not ask is told no more.
    let call = state.call(caller.national_or_municipal(OF_COUNTRY, OF_OFFICE)?, request_id);
    let GoalStatisticsQuery { methodology, by } = query?.0;
    let by = by.map_or(By::Area, |by| by.0);
    let found = state.app.goal_statistics(&call, &state.parameters.municipalities, (methodology.0, by)).await?;
    Ok(Localised(GoalStatisticsResponse::new(found, by, language.0), language.0))
}

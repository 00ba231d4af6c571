//! `/v1/goal-attainments`: what came of the goals of support plans. Stateless.

use actix_web::post;
use balsts_domain::{
    results::{Attainment, GoalCounts, goal_attainment},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    body::Json,
    bounds::{Count, Label, List},
    examples,
    i18n::{Accepted, Localised, render},
    problem::{ApiError, BodyFailures, Failures},
    types::Number,
};

type GoalAreas = List<GoalCountsRequest, 1, 200>;

/// How the goals of one area turned out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoalCountsRequest {
    /// The area, unique in the request.
    area: Label,
    /// Goals achieved.
    achieved: Count,
    /// Goals partly achieved.
    partly: Count,
    /// Goals not achieved.
    not_achieved: Count,
}

/// How the goals turned out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoalAttainmentRequest {
    /// The areas.
    #[schema(inline)]
    areas: GoalAreas,
}

/// Attainment of one area or of all; percentages are of the goals, rounded half up to whole, null where there are none.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttainmentResponse {
    /// The area; null for all together.
    area: Option<String>,
    /// Goals set.
    goals: u64,
    /// Goals achieved; each counts 1.
    achieved: u64,
    /// Goals partly achieved; each counts 0.5.
    partly: u64,
    /// Goals not achieved; they count 0.
    not_achieved: u64,
    /// Achieved and half of the partly achieved goals.
    attainment: Number,
    /// Attainment in percent.
    #[schema(example = 86)]
    percent: Option<u32>,
    /// Achieved goals in percent.
    achieved_percent: Option<u32>,
    /// Partly achieved goals in percent.
    partly_percent: Option<u32>,
    /// Goals not achieved in percent.
    not_achieved_percent: Option<u32>,
    /// How the attainment comes about.
    explanation: String,
}

impl AttainmentResponse {
    pub(crate) fn new(area: Option<String>, attainment: &Attainment, language: Language) -> Self {
        Self {
            area,
            goals: attainment.goals,
            achieved: attainment.achieved,
            partly: attainment.partly,
            not_achieved: attainment.not_achieved,
            attainment: Number(attainment.attainment),
            percent: attainment.percent,
            achieved_percent: attainment.achieved_percent,
            partly_percent: attainment.partly_percent,
            not_achieved_percent: attainment.not_achieved_percent,
            explanation: render(&attainment.explanation(), language),
        }
    }
}

/// Goal attainment by area and together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoalAttainmentResponse {
    /// The areas, in the order of the request.
    areas: Vec<AttainmentResponse>,
    /// All areas together.
    together: AttainmentResponse,
}

/// Measure goal attainment
///
/// Achieved goals count 1, partly achieved ones 0.5, others 0; by area and together, with counts and whole percentages.
#[utoipa::path(
    tag = "statistics",
    request_body(content = GoalAttainmentRequest, example = json!(example())),
    responses(
        (status = 200, description = "The attainment", body = GoalAttainmentResponse,
            example = json!(examples::answered(example(), answer))),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/goal-attainments")]
pub(crate) async fn measure_goal_attainment(
    language: Accepted,
    request: Json<GoalAttainmentRequest>,
) -> Result<Localised<GoalAttainmentResponse>, ApiError> {
    Ok(Localised(answer(request.0, language.0)?, language.0))
}

fn answer(request: GoalAttainmentRequest, language: Language) -> Result<GoalAttainmentResponse, ApiError> {
    let counts = request.areas.into_iter().map(|area| GoalCounts {
        area: area.area.0,
        achieved: area.achieved.0,
        partly: area.partly.0,
        not_achieved: area.not_achieved.0,
    });
    let result = goal_attainment(&counts.collect::<Vec<_>>()).map_err(|refusals| ApiError::refused(&refusals))?;
    let area = |(area, attainment)| AttainmentResponse::new(Some(area), &attainment, language);
    Ok(GoalAttainmentResponse {
        areas: result.areas.into_iter().map(area).collect(),
        together: AttainmentResponse::new(None, &result.together, language),
    })
}

/// The children's areas of the golden table.
fn example() -> Value {
    let areas = examples::at(examples::TABLES, "/goal_attainment");
    let area = |area: &Value| {
        let count = |name: &str| area.get(name).cloned();
        json!({"area": count("area"), "achieved": count("achieved"), "partly": count("partly"), "not_achieved": count("not")})
    };
    json!({"areas": areas.as_array().into_iter().flatten().take(2).map(area).collect::<Vec<_>>()})
}

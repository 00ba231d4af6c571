//! `/v1/cases/{id}/satisfaction-ratings` and `/v1/satisfaction-statistics`: how those who take part rate the stages of the process.

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use balsts_app::{Call, NewSatisfactionRating, SatisfactionRating};
use balsts_domain::{
    access::{Permission, Role},
    dimensions::PlaceDimension as By,
    satisfaction::{self, RatedStage},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Query, RawJson},
    bounds::{Label, List, Rating, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    measures::{MeasuredTableResponse, OF_COUNTRY, OF_OFFICE, PlaceStatisticsQuery},
    names::{PlaceDimension, SatisfactionRespondent, SatisfactionStage},
    preconditions::{self, IdempotencyKey, RequestId, created, recorded},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing},
    types::Date,
};

const RATE: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::AssessmentSpecialist, Role::Recipient],
    scope: "results:write",
};
const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor, Role::Recipient],
    scope: "results:read",
};

type StageRatings = List<StageRating, 1, 6>;

/// A stage with its rating.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StageRating {
    /// The stage.
    stage: SatisfactionStage,
    /// 1 very dissatisfied to 5 very satisfied.
    rating: Rating,
}

/// How somebody rates the stages of a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateSatisfaction {
    /// Who rates: a recipient or specialist for itself; the office also what it has received from others.
    respondent: SatisfactionRespondent,
    /// Which of them: the subject, or the office's own identifier of a specialist or provider; never a name.
    respondent_key: Option<Label>,
    /// The day.
    rated_on: Date,
    /// The stages that are rated, each once.
    #[schema(inline)]
    ratings: StageRatings,
    /// In words.
    comment: Option<Sentences>,
}

/// How somebody rates the stages of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SatisfactionRatingResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the case: that of its application.
    case_id: Uuid,
    /// Who rates.
    respondent: SatisfactionRespondent,
    /// Which of them; null where the person is erased, like the words.
    respondent_key: Option<String>,
    /// The day.
    rated_on: Date,
    /// The stages that are rated.
    ratings: Vec<StageRating>,
    /// In words.
    comment: Option<String>,
    /// Subject of who recorded it.
    recorded_by: String,
}

/// How a case is rated.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SatisfactionRatingList {
    /// In the order in which they were recorded.
    items: Vec<SatisfactionRatingResponse>,
}

/// How these respondents rate a stage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RatedStageResponse {
    /// Who rates.
    respondent: SatisfactionRespondent,
    /// The stage.
    stage: SatisfactionStage,
    /// Their ratings.
    ratings: MeasuredTableResponse,
}

/// How the stages are rated.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SatisfactionStatisticsResponse {
    /// What the groups are.
    by: PlaceDimension,
    /// Each stage that each kind of respondent rates.
    stages: Vec<RatedStageResponse>,
}

impl From<RateSatisfaction> for NewSatisfactionRating {
    fn from(request: RateSatisfaction) -> Self {
        let rating = |of: StageRating| satisfaction::StageRating { stage: of.stage.0, rating: of.rating.0 };
        Self {
            respondent: request.respondent.0,
            respondent_key: request.respondent_key.map(|key| key.0),
            rated_on: request.rated_on.0,
            ratings: request.ratings.into_iter().map(rating).collect(),
            comment: request.comment.map(|comment| comment.0),
        }
    }
}

impl From<&SatisfactionRating> for SatisfactionRatingResponse {
    fn from(rating: &SatisfactionRating) -> Self {
        let stage = |of: &satisfaction::StageRating| StageRating {
            stage: SatisfactionStage(of.stage),
            rating: Rating(of.rating),
        };
        Self {
            id: rating.id,
            case_id: rating.application_id,
            respondent: SatisfactionRespondent(rating.respondent),
            respondent_key: rating.respondent_key.clone(),
            rated_on: Date(rating.rated_on),
            ratings: rating.ratings.iter().map(stage).collect(),
            comment: rating.comment.clone(),
            recorded_by: rating.recorded_by.clone(),
        }
    }
}

impl From<RatedStage> for RatedStageResponse {
    fn from(rated: RatedStage) -> Self {
        Self {
            respondent: SatisfactionRespondent(rated.respondent),
            stage: SatisfactionStage(rated.stage),
            ratings: rated.told.into(),
        }
    }
}

fn request() -> Value {
    json!({
        "respondent": "provider", "respondent_key": "40000000001", "rated_on": "2023-11-01",
        "ratings": [{"stage": "receipt", "rating": 4}, {"stage": "whole", "rating": 5}], "comment": "Skaidri nosacījumi.",
    })
}

fn example() -> Value {
    let mut shown = request();
    if let Some(members) = shown.as_object_mut() {
        for (name, value) in [
            ("id", "018bcfe5-6800-7000-8000-000000000022"),
            ("case_id", "018bcfe5-6800-7000-8000-000000000002"),
            ("recorded_by", "demo-worker"),
        ] {
            members.insert(name.to_owned(), value.into());
        }
    }
    shown
}

/// Rate the stages of a case
///
/// Worker and person or parent rate all stages, a specialist all but the receipt of services, a provider the receipt and the whole;
/// each once a year. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "results",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), IdempotencyKey),
    request_body(content = RateSatisfaction, example = json!(request())),
    responses(
        (status = 201, description = "The ratings", body = SatisfactionRatingResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["results:write"])),
    extensions(("x-roles" = json!(["social_worker", "assessment_specialist", "recipient", "integrator"]))),
)]
#[post("/v1/cases/{id}/satisfaction-ratings")]
pub(crate) async fn rate_satisfaction(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(RATE)?;
    let case = preconditions::id(&id)?;
    let new: RateSatisfaction = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/cases/{case}/satisfaction-ratings"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |rating: &SatisfactionRating| recorded(&SatisfactionRatingResponse::from(rating));
    let answer = state.app.rate_satisfaction(&call, case, new.into(), answer).await?;
    created(answer, None, None, language.0)
}

/// List satisfaction ratings
///
/// How a case is rated; a recipient sees those of recipients. The read is recorded in the access log.
#[utoipa::path(
    tag = "results",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application")),
    responses(
        (status = 200, description = "The ratings", body = SatisfactionRatingList, example = json!({"items": [example()]})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["results:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/cases/{id}/satisfaction-ratings")]
pub(crate) async fn list_satisfaction_ratings(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<SatisfactionRatingList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_satisfaction_ratings(&call, preconditions::id(&id)?).await?;
    let items = found.iter().map(SatisfactionRatingResponse::from).collect();
    Ok(Localised(SatisfactionRatingList { items }, language.0))
}

/// Get satisfaction statistics
///
/// How each kind of respondent rates each stage in the cases of a methodology: of the whole country for the ministry, where a group
/// of fewer than five people is told with others only; of its municipality, whole, for an office.
#[utoipa::path(
    tag = "results",
    params(PlaceStatisticsQuery),
    responses(
        (status = 200, description = "The statistics", body = SatisfactionStatisticsResponse, example = json!({
            "by": "region",
            "stages": [{"respondent": "provider", "stage": "receipt", "ratings": {
                "together": {"of": null, "people": 8, "measures": {"n": 8, "sum": "32", "mean": "4", "median": "4", "mode": "4",
                    "standard_deviation": "0.76", "coefficient_of_variation": "18.9"}},
                "groups": []}}],
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["results:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "programme_team", "social_worker", "office_head", "auditor",
        "integrator"]))),
)]
#[get("/v1/satisfaction-statistics")]
pub(crate) async fn get_satisfaction_statistics(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Result<Query<PlaceStatisticsQuery>, ApiError>,
) -> Result<Localised<SatisfactionStatisticsResponse>, ApiError> {
    // Before the query, so that who may not ask is told no more.
    let call = state.call(caller.national_or_municipal(OF_COUNTRY, OF_OFFICE)?, request_id);
    let PlaceStatisticsQuery { methodology, by } = query?.0;
    let by = by.map_or(By::Municipality, |by| by.0);
    let of = (methodology.0, by);
    let found = state.app.satisfaction_statistics(&call, &state.parameters.municipalities, of).await?;
    let stages = found.into_iter().map(RatedStageResponse::from).collect();
    Ok(Localised(SatisfactionStatisticsResponse { by: PlaceDimension(by), stages }, language.0))
}

//! `/v1/cases/{id}/surveys`, `/v1/surveys` and `/v1/survey-statistics`: quality of life, employment and what participants think.
//!
//! **Decision**: a recipient does not see surveys, because who signs in for a child is a parent, and the child's answers are its own.

mod request;
mod response;

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use balsts_app::{Call, KnownSurvey, SurveyFilter};
use balsts_domain::{
    access::{NationalPermission, Permission, Role},
    surveys::SurveyDimension as By,
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Query, RawJson},
    i18n::{Accepted, Localised},
    identity::Identified,
    measures::{OF_COUNTRY, OF_OFFICE},
    names::{Methodology, SurveyDimension, SurveyInstrument, SurveyMoment},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, RequestId, created, recorded},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing},
};
use request::RecordSurvey;
use response::{
    CaseSurveyList, DimensionStatisticsResponse, SurveyList, SurveyResponse, SurveyStatisticsResponse, example,
    request_example,
};

const WRITE: Permission = Permission { municipal: &[Role::SocialWorker], scope: "surveys:write" };
const READ: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: "surveys:read" };
const READ_BY_CODE: NationalPermission = NationalPermission(&[Role::MinistryReviewer]);

/// Record a survey
///
/// Records the answers that a recipient, a parent or somebody of the network gave, under the recipient's pseudonymous code. Any item
/// may be skipped and any survey stopped. What is out of order, such as a start after the assessment, is kept with a warning. With an
/// `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "results",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), IdempotencyKey),
    request_body(content = RecordSurvey, example = json!(request_example())),
    responses(
        (status = 201, description = "The survey", body = SurveyResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["surveys:write"])),
    extensions(("x-roles" = json!(["social_worker", "integrator"]))),
)]
#[post("/v1/cases/{id}/surveys")]
pub(crate) async fn record_survey(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let case = preconditions::id(&id)?;
    let new: RecordSurvey = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/cases/{case}/surveys"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |survey: &KnownSurvey| recorded(&SurveyResponse::from(survey));
    let answer = state.app.record_survey(&call, case, new.into(), answer).await?;
    created(answer, Some("/v1/surveys"), None, language.0)
}

/// List the surveys of a case
///
/// With what is unusual about each. The read is recorded in the access log.
#[utoipa::path(
    tag = "results",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application")),
    responses(
        (status = 200, description = "The surveys", body = CaseSurveyList, example = json!({"items": [example()]})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["surveys:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "integrator"]))),
)]
#[get("/v1/cases/{id}/surveys")]
pub(crate) async fn list_case_surveys(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<CaseSurveyList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_case_surveys(&call, preconditions::id(&id)?).await?;
    Ok(Localised(CaseSurveyList { items: found.iter().map(SurveyResponse::from).collect() }, language.0))
}

/// Which surveys to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SurveysQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
    /// Of the recipient with this code.
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, example = "MZXW6YTBOJ2WC3TE")]
    code: Option<crate::bounds::Label>,
    /// With this questionnaire.
    #[param(inline)]
    instrument: Option<SurveyInstrument>,
    /// Of this moment.
    #[param(inline)]
    moment: Option<SurveyMoment>,
    /// Of cases of this methodology.
    #[param(inline)]
    methodology: Option<Methodology>,
}

/// The survey as the ministry sees it.
fn example_by_code() -> Value {
    let mut shown = example();
    if let Some(members) = shown.as_object_mut() {
        members.insert("case_id".to_owned(), Value::Null);
        members.insert("contract_on".to_owned(), Value::Null);
    }
    shown
}

/// List surveys by code
///
/// The surveys of the country under the recipients' codes; which person a code is of, the offices know. The read is recorded in the
/// country's access log.
#[utoipa::path(
    tag = "results",
    params(SurveysQuery),
    responses(
        (status = 200, description = "A page of surveys", body = SurveyList,
            example = json!({"items": [example_by_code()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_reviewer"]))),
)]
#[get("/v1/surveys")]
pub(crate) async fn list_surveys(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<SurveysQuery>,
) -> Result<Localised<SurveyList>, ApiError> {
    let call = state.call(caller.national(READ_BY_CODE)?, request_id);
    let SurveysQuery { limit, cursor, code, instrument, moment, methodology } = query.0;
    let limit = page_size(limit)?;
    let filter = SurveyFilter {
        code: code.map(|code| code.0),
        instrument: instrument.map(|instrument| instrument.0),
        moment: moment.map(|moment| moment.0),
        methodology: methodology.map(|methodology| methodology.0),
        after: cursor,
    };
    let found = state.app.list_surveys(&call, &filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |survey| survey.id);
    let items = found.iter().map(SurveyResponse::by_code).collect();
    Ok(Localised(SurveyList { items, next }, language.0))
}

/// Get a survey
///
/// One survey: for the office with its case, for the ministry under the recipient's code. The read is recorded in the access log.
#[utoipa::path(
    tag = "results",
    params(("id" = Uuid, Path, description = "Identifier of the survey")),
    responses(
        (status = 200, description = "The survey", body = SurveyResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["surveys:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "social_worker", "office_head", "auditor", "integrator"]))),
)]
#[get("/v1/surveys/{id}")]
pub(crate) async fn get_survey(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<SurveyResponse>, ApiError> {
    let call = state.call(caller.national_or_municipal(READ_BY_CODE, READ)?, request_id);
    let found = state.app.get_survey(&call, preconditions::id(&id)?).await?;
    let is_of_country = call.scope.is_national();
    let shown = if is_of_country { SurveyResponse::by_code(&found.survey) } else { SurveyResponse::from(&found) };
    Ok(Localised(shown, language.0))
}

/// What to count, and by what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SurveyStatisticsQuery {
    /// The methodology of the cases.
    #[param(inline, example = "children-2023")]
    methodology: Methodology,
    /// The questionnaire.
    #[param(inline, example = "beach_center_family")]
    instrument: SurveyInstrument,
    /// What the groups are; the municipality where left out.
    #[param(inline)]
    by: Option<SurveyDimension>,
}

/// Get survey statistics
///
/// The scores of each dimension of a questionnaire at the start, at the end, and how they changed: of the whole country for the
/// ministry, where a group of fewer than five people is told with others only; of its municipality, whole, for an office.
#[utoipa::path(
    tag = "results",
    params(SurveyStatisticsQuery),
    responses(
        (status = 200, description = "The statistics", body = SurveyStatisticsResponse, example = json!({
            "instrument": "beach_center_family", "by": "sex",
            "dimensions": [{"dimension": "parenting", "measure": "change", "scores": {
                "together": {"of": null, "people": 60, "measures": {"n": 60, "sum": "15.5", "mean": "0.26", "median": "0.25",
                    "mode": "0", "standard_deviation": "0.31", "coefficient_of_variation": "120"}},
                "groups": []}}],
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["results:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "programme_team", "social_worker", "office_head", "auditor",
        "integrator"]))),
)]
#[get("/v1/survey-statistics")]
pub(crate) async fn get_survey_statistics(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Result<Query<SurveyStatisticsQuery>, ApiError>,
) -> Result<Localised<SurveyStatisticsResponse>, ApiError> {
    // Before the query, so that who may not ask is told no more.
    let call = state.call(caller.national_or_municipal(OF_COUNTRY, OF_OFFICE)?, request_id);
    let SurveyStatisticsQuery { methodology, instrument, by } = query?.0;
    let by = by.map_or(By::Municipality, |by| by.0);
    let of = (methodology.0, instrument.0);
    let found = state.app.survey_statistics(&call, &state.parameters.municipalities, of, by).await?;
    let dimensions = found.into_iter().map(DimensionStatisticsResponse::from).collect();
    Ok(Localised(SurveyStatisticsResponse { instrument, by: SurveyDimension(by), dimensions }, language.0))
}

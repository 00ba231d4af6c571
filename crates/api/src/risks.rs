//! `/v1/risks` and `/v1/risk-statistics`: the risk register of an office. The ministry sees what is reported to it.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Data, Path},
};
use balsts_app::{Call, NewRisk, NewRiskAnalysis, NewRiskReview, Risk, RiskFilter};
use balsts_domain::{
    access::{NationalPermission, Permission, Role},
    dimensions::PlaceDimension as By,
    risks::{RiskCounts, RiskStatistics, RiskStep},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::{Label, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{PlaceDimension, RiskGrade, RiskKind, RiskStage, RiskStepKind},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{AccessFailures, ApiError, BodyFailures, Failures, Missing, PreconditionFailures, language_tag},
    types::Date,
};

const WRITE: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "risks:write" };
const REPORT: Permission = Permission { municipal: &[Role::OfficeHead], scope: "risks:write" };
const READ: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: "risks:read" };
const READ_REPORTED: NationalPermission = NationalPermission(&[Role::MinistryReviewer]);

/// A risk as the office writes it. It tells of no recipient.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RiskRequest {
    /// What kind it is.
    kind: RiskKind,
    /// The day on which it was identified.
    identified_on: Date,
    /// What may happen.
    description: Sentences,
    /// How probable it is; left out while that is not assessed.
    probability: Option<RiskGrade>,
    /// How large its impact is; left out while that is not assessed.
    impact: Option<RiskGrade>,
}

/// What is done against a risk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnalyseRisk {
    /// The day.
    analysed_on: Date,
    /// What is done.
    measures: Sentences,
    /// Who is responsible.
    responsible: Label,
    /// The next day to look at it.
    review_on: Date,
}

/// How a risk is now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewRisk {
    /// The day.
    reviewed_on: Date,
    /// How probable it is.
    probability: RiskGrade,
    /// How large its impact is.
    impact: RiskGrade,
    /// What was found.
    finding: Sentences,
    /// The next day to look at it.
    review_on: Date,
}

/// A problem that the office reports.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportRisk {
    /// What the ministry is to know. It tells of no recipient.
    problem: Sentences,
}

/// Why a risk is none any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloseRisk {
    /// The day.
    closed_on: Date,
    /// Why.
    reason: Sentences,
}

/// Something that was done about a risk.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskStepResponse {
    /// What.
    kind: RiskStepKind,
    /// The day.
    on: Date,
    /// The level then; null while it was not assessed.
    level: Option<RiskGrade>,
    /// In words.
    text: String,
    /// Subject of who recorded it.
    recorded_by: String,
}

/// A risk of an office.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskResponse {
    /// Identifier.
    id: Uuid,
    /// ATVK code of the municipality.
    #[schema(example = "0001000")]
    municipality: String,
    /// What kind it is.
    kind: RiskKind,
    /// How far the office has come with it.
    stage: RiskStage,
    /// The day on which it was identified.
    identified_on: Date,
    /// What may happen.
    description: String,
    /// How probable it is; null while that is not assessed.
    probability: Option<RiskGrade>,
    /// How large its impact is; null while that is not assessed.
    impact: Option<RiskGrade>,
    /// Its level, which follows from both: up to 2 of 9 low, up to 4 medium, above high, where each counts 1 to 3.
    level: Option<RiskGrade>,
    /// It is new, or its level has changed since it was analysed: it asks for an analysis.
    needs_analysis: bool,
    /// What is done against it; null before the first analysis.
    measures: Option<String>,
    /// Who is responsible.
    responsible: Option<String>,
    /// The next day to look at it.
    review_on: Option<Date>,
    /// The day of the last report to the ministry.
    reported_on: Option<Date>,
    /// The day on which it was closed.
    closed_on: Option<Date>,
    /// What was done, oldest first.
    steps: Vec<RiskStepResponse>,
}

/// A page of risks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskList {
    /// The risks.
    items: Vec<RiskResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

impl From<RiskRequest> for NewRisk {
    fn from(request: RiskRequest) -> Self {
        Self {
            kind: request.kind.0,
            identified_on: request.identified_on.0,
            description: request.description.0,
            probability: request.probability.map(|grade| grade.0),
            impact: request.impact.map(|grade| grade.0),
        }
    }
}

impl From<AnalyseRisk> for NewRiskAnalysis {
    fn from(request: AnalyseRisk) -> Self {
        Self {
            analysed_on: request.analysed_on.0,
            measures: request.measures.0,
            responsible: request.responsible.0,
            review_on: request.review_on.0,
        }
    }
}

impl From<ReviewRisk> for NewRiskReview {
    fn from(request: ReviewRisk) -> Self {
        Self {
            reviewed_on: request.reviewed_on.0,
            probability: request.probability.0,
            impact: request.impact.0,
            finding: request.finding.0,
            review_on: request.review_on.0,
        }
    }
}

impl From<&RiskStep> for RiskStepResponse {
    fn from(step: &RiskStep) -> Self {
        Self {
            kind: RiskStepKind(step.kind),
            on: Date(step.on),
            level: step.level.map(RiskGrade),
            text: step.text.clone(),
            recorded_by: step.recorded_by.clone(),
        }
    }
}

impl From<&Risk> for RiskResponse {
    fn from(risk: &Risk) -> Self {
        let (state, content) = (&risk.state, &risk.content);
        Self {
            id: risk.id,
            municipality: risk.municipality.to_string(),
            kind: RiskKind(state.kind),
            stage: RiskStage(state.stage(&content.steps)),
            identified_on: Date(state.identified_on),
            description: content.description.clone(),
            probability: state.probability.map(RiskGrade),
            impact: state.impact.map(RiskGrade),
            level: state.level().map(RiskGrade),
            needs_analysis: state.needs_analysis(),
            measures: content.measures.clone(),
            responsible: content.responsible.clone(),
            review_on: state.review_on.map(Date),
            reported_on: state.reported_on.map(Date),
            closed_on: state.closed_on.map(Date),
            steps: content.steps.iter().map(RiskStepResponse::from).collect(),
        }
    }
}

fn request() -> Value {
    json!({
        "kind": "staff", "identified_on": "2023-03-01", "description": "Nepietiek darbinieku, kas veic izvērtēšanu.",
        "probability": "medium", "impact": "high",
    })
}

fn example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000024", "municipality": "0001000", "kind": "staff", "stage": "managed",
        "identified_on": "2023-03-01", "description": "Nepietiek darbinieku, kas veic izvērtēšanu.", "probability": "medium",
        "impact": "high", "level": "high", "needs_analysis": false, "measures": "Slēgt līgumu ar blakus novadu.",
        "responsible": "Demo Vadītāja", "review_on": "2023-06-01", "reported_on": null, "closed_on": null,
        "steps": [{"kind": "analysis", "on": "2023-03-15", "level": "high", "text": "Slēgt līgumu ar blakus novadu.",
            "recorded_by": "demo-head"}],
    })
}

fn shown(risk: &Risk, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(risk.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(RiskResponse::from(risk))
}

/// Register a risk
///
/// A new risk asks for an analysis. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "risks",
    params(IdempotencyKey),
    request_body(content = RiskRequest, example = json!(request())),
    responses(
        (status = 201, description = "The risk", body = RiskResponse, example = json!(example())),
        AccessFailures, Failures, BodyFailures,
    ),
    security(("bearer" = ["risks:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/risks")]
pub(crate) async fn register_risk(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let new: RiskRequest = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/risks", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |risk: &Risk| recorded(&RiskResponse::from(risk));
    let answer = state.app.register_risk(&call, new.into(), answer).await?;
    created(answer, Some("/v1/risks"), Some(1), language.0)
}

/// Which risks to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RisksQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
    /// Of this kind.
    #[param(inline)]
    kind: Option<RiskKind>,
    /// At this level.
    #[param(inline)]
    level: Option<RiskGrade>,
    /// That ask for an analysis, or do not.
    needs_analysis: Option<bool>,
    /// That are closed, or not.
    closed: Option<bool>,
    /// Open, and to be looked at on this day or before.
    #[param(value_type = Option<String>, format = Date, example = "2023-06-01")]
    due_on: Option<Date>,
}

/// List risks
///
/// In the order in which they were registered: to an office its own, to the ministry those that were reported to it.
#[utoipa::path(
    tag = "risks",
    params(RisksQuery),
    responses(
        (status = 200, description = "A page of risks", body = RiskList, example = json!({"items": [example()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["risks:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "social_worker", "office_head", "auditor", "integrator"]))),
)]
#[get("/v1/risks")]
pub(crate) async fn list_risks(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<RisksQuery>,
) -> Result<Localised<RiskList>, ApiError> {
    let call = state.call(caller.national_or_municipal(READ_REPORTED, READ)?, request_id);
    let RisksQuery { limit, cursor, kind, level, needs_analysis, closed, due_on } = query.0;
    let limit = page_size(limit)?;
    let filter = RiskFilter {
        kind: kind.map(|kind| kind.0),
        level: level.map(|level| level.0),
        needs_analysis,
        closed,
        due_on: due_on.map(|day| day.0),
        after: cursor,
    };
    let found = state.app.list_risks(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |risk| risk.id);
    let items = found.iter().map(RiskResponse::from).collect();
    Ok(Localised(RiskList { items, next }, language.0))
}

/// Get a risk
///
/// One of the office's own, with the `ETag` that a change needs; for the ministry one that was reported to it.
#[utoipa::path(
    tag = "risks",
    params(("id" = Uuid, Path, description = "Identifier of the risk")),
    responses(
        (status = 200, description = "The risk", body = RiskResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["risks:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "social_worker", "office_head", "auditor", "integrator"]))),
)]
#[get("/v1/risks/{id}")]
pub(crate) async fn get_risk(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national_or_municipal(READ_REPORTED, READ)?, request_id);
    let risk = state.app.get_risk(&call, preconditions::id(&id)?).await?;
    Ok(shown(&risk, language.0, HttpResponse::Ok()))
}

/// Change a risk
///
/// Replaces what is known of an open risk. A changed level asks for another analysis.
#[utoipa::path(
    tag = "risks",
    params(("id" = Uuid, Path, description = "Identifier of the risk"), IfMatch),
    request_body(content = RiskRequest, example = json!(request())),
    responses(
        (status = 200, description = "The risk", body = RiskResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["risks:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[put("/v1/risks/{id}")]
pub(crate) async fn update_risk(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<RiskRequest>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let risk = state.app.update_risk(&call, of, body.0.into()).await?;
    Ok(shown(&risk, language.0, HttpResponse::Ok()))
}

/// Analyse a risk
///
/// Records what is done against a risk whose probability and impact are known, who is responsible, and when it is looked at again.
#[utoipa::path(
    tag = "risks",
    params(("id" = Uuid, Path, description = "Identifier of the risk"), IfMatch),
    request_body(content = AnalyseRisk, example = json!({
        "analysed_on": "2023-03-15", "measures": "Slēgt līgumu ar blakus novadu.", "responsible": "Demo Vadītāja",
        "review_on": "2023-06-01",
    })),
    responses(
        (status = 201, description = "The risk", body = RiskResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["risks:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/risks/{id}/analyses")]
pub(crate) async fn analyse_risk(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<AnalyseRisk>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let risk = state.app.analyse_risk(&call, of, body.0.into()).await?;
    Ok(shown(&risk, language.0, HttpResponse::Created()))
}

/// Review a risk
///
/// Records how a risk is now. A changed level asks for another analysis.
#[utoipa::path(
    tag = "risks",
    params(("id" = Uuid, Path, description = "Identifier of the risk"), IfMatch),
    request_body(content = ReviewRisk, example = json!({
        "reviewed_on": "2023-06-01", "probability": "low", "impact": "high", "finding": "Līgums ir noslēgts.",
        "review_on": "2023-09-01",
    })),
    responses(
        (status = 201, description = "The risk", body = RiskResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["risks:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/risks/{id}/reviews")]
pub(crate) async fn review_risk(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<ReviewRisk>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let risk = state.app.review_risk(&call, of, body.0.into()).await?;
    Ok(shown(&risk, language.0, HttpResponse::Created()))
}

/// Report a risk to the ministry
///
/// Reports a risk as a problem: from now on the ministry sees it.
#[utoipa::path(
    tag = "risks",
    params(("id" = Uuid, Path, description = "Identifier of the risk"), IfMatch),
    request_body(content = ReportRisk, example = json!({"problem": "Izvērtēšana kavējas visā novadā."})),
    responses(
        (status = 201, description = "The risk", body = RiskResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["risks:write"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/risks/{id}/reports")]
pub(crate) async fn report_risk(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<ReportRisk>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(REPORT)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let risk = state.app.report_risk(&call, of, body.0.problem.0).await?;
    Ok(shown(&risk, language.0, HttpResponse::Created()))
}

/// Close a risk
///
/// Records that a risk is none any more. It never changes afterwards.
#[utoipa::path(
    tag = "risks",
    params(("id" = Uuid, Path, description = "Identifier of the risk"), IfMatch),
    request_body(content = CloseRisk, example = json!({"closed_on": "2023-10-02", "reason": "Darbinieki ir pieņemti."})),
    responses(
        (status = 201, description = "The risk", body = RiskResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["risks:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/risks/{id}/closure")]
pub(crate) async fn close_risk(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CloseRisk>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let CloseRisk { closed_on, reason } = body.0;
    let risk = state.app.close_risk(&call, of, (closed_on.0, reason.0)).await?;
    Ok(shown(&risk, language.0, HttpResponse::Created()))
}

/// What a count of the register is told by.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RiskStatisticsQuery {
    /// What the places are; the municipality where left out.
    #[param(inline)]
    by: Option<PlaceDimension>,
}

/// How many risks there are, and how they stand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskCountsResponse {
    /// All: open, managed and closed.
    risks: u64,
    /// Neither closed nor analysed yet.
    open: u64,
    /// Analysed, with measures, and not closed.
    managed: u64,
    /// Closed.
    closed: u64,
    /// Not closed, and the day to look at it again is past.
    overdue: u64,
    /// Managed, and the level has changed since the analysis.
    level_changed: u64,
    /// That ask for an analysis: open, or with a changed level.
    needs_analysis: u64,
    /// Reported to the ministry.
    reported: u64,
}

/// The risks of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RisksOfKind {
    /// The kind.
    kind: RiskKind,
    /// How many.
    counts: RiskCountsResponse,
}

/// The risks at a level.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RisksAtLevel {
    /// The level; null where probability and impact are not assessed.
    level: Option<RiskGrade>,
    /// How many.
    counts: RiskCountsResponse,
}

/// The risks of a place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RisksOfPlace {
    /// The municipality, by its ATVK code, or the planning region.
    #[schema(example = "0001000")]
    of: String,
    /// How many.
    counts: RiskCountsResponse,
}

/// What a register tells as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskStatisticsResponse {
    /// The day: reviews of earlier days are overdue.
    on: Date,
    /// What the places are.
    by: PlaceDimension,
    /// All risks.
    together: RiskCountsResponse,
    /// Every kind.
    kinds: Vec<RisksOfKind>,
    /// Every level, those that are not assessed first.
    levels: Vec<RisksAtLevel>,
    /// Places that have a risk.
    places: Vec<RisksOfPlace>,
}

impl From<RiskCounts> for RiskCountsResponse {
    fn from(counts: RiskCounts) -> Self {
        let RiskCounts { risks, open, managed, closed, overdue, level_changed, reported } = counts;
        let needs_analysis = counts.needs_analysis();
        Self { risks, open, managed, closed, overdue, level_changed, needs_analysis, reported }
    }
}

fn statistics_example() -> Value {
    let none = json!({"risks": 0, "open": 0, "managed": 0, "closed": 0, "overdue": 0, "level_changed": 0, "needs_analysis": 0,
        "reported": 0});
    let one = json!({"risks": 1, "open": 0, "managed": 1, "closed": 0, "overdue": 1, "level_changed": 0, "needs_analysis": 0,
        "reported": 0});
    let of = |is: bool| if is { one.clone() } else { none.clone() };
    let kind = |kind: &str| json!({"kind": kind, "counts": of(kind == "staff")});
    let level = |level: Option<&str>| json!({"level": level, "counts": of(level == Some("high"))});
    let kinds = ["management", "staff", "finance", "legal", "implementation"].map(kind);
    let levels = [None, Some("low"), Some("medium"), Some("high")].map(level);
    json!({
        "on": "2023-11-15", "by": "municipality", "together": one, "kinds": kinds, "levels": levels,
        "places": [{"of": "0001000", "counts": one}],
    })
}

/// Get risk statistics
///
/// How many risks there are by kind, level and place, how many are managed, and how many are overdue: of an office its own, of the
/// country those that were reported to the ministry. A risk tells of no recipient, so that nothing is hidden.
#[utoipa::path(
    tag = "risks",
    params(RiskStatisticsQuery),
    responses(
        (status = 200, description = "The statistics", body = RiskStatisticsResponse, example = json!(statistics_example())),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["risks:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "social_worker", "office_head", "auditor", "integrator"]))),
)]
#[get("/v1/risk-statistics")]
pub(crate) async fn get_risk_statistics(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Result<Query<RiskStatisticsQuery>, ApiError>,
) -> Result<Localised<RiskStatisticsResponse>, ApiError> {
    // Before the query, so that who may not ask is told no more.
    let call = state.call(caller.national_or_municipal(READ_REPORTED, READ)?, request_id);
    let by = query?.0.by.map_or(By::Municipality, |by| by.0);
    let RiskStatistics { together, kinds, levels, places } =
        state.app.risk_statistics(&call, &state.parameters.municipalities, by).await?;
    let kind = |(kind, counts): (_, RiskCounts)| RisksOfKind { kind: RiskKind(kind), counts: counts.into() };
    let level =
        |(level, counts): (Option<_>, RiskCounts)| RisksAtLevel { level: level.map(RiskGrade), counts: counts.into() };
    let told = RiskStatisticsResponse {
        on: Date(call.scope.today),
        by: PlaceDimension(by),
        together: together.into(),
        kinds: kinds.into_iter().map(kind).collect(),
        levels: levels.into_iter().map(level).collect(),
        places: places.into_iter().map(|(of, counts)| RisksOfPlace { of, counts: counts.into() }).collect(),
    };
    Ok(Localised(told, language.0))
}

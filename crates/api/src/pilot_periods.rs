//! `/v1/pilot-periods`: periods of the pilot, kept by the ministry's team, and their redistribution over the stored budgets. The
//! ministry sees the children's codes only.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get, post, put,
    web::{Data, Path},
};
use balsts_app::{Call, PilotPeriod, Redistributed};
use balsts_domain::{
    access::{NationalPermission, Permission, Role},
    pilot::periods::{FrozenRedistribution, PeriodTerms, Unspent},
    text::Language,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::{PeriodMonths, Sentences},
    budgets::hex,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::PilotPeriodStatus,
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, recorded, tagged},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures},
    redistributions::{self, RedistributionResponse},
    types::{Amount, Euros, YearMonth},
};

const WRITE: NationalPermission = NationalPermission(&[Role::ProgrammeTeam]);
const READ_ALL: NationalPermission =
    NationalPermission(&[Role::ProgrammeTeam, Role::MinistryAdmin, Role::MinistryReviewer]);
const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor],
    scope: "pilot-periods:read",
};

/// The terms of a period.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PilotPeriodRequest {
    /// First month; after the last one of the period before.
    first_month: YearMonth,
    /// Months: as many as the methodology says, six; only the first period may have fewer.
    months: PeriodMonths,
    /// Why it is shorter; required where it is.
    short_reason: Option<Sentences>,
    /// Funding of the whole period for one child, EUR.
    per_child_funding: Amount,
    /// What the previous period left unspent, EUR, where that is said in place of what its ledgers tell; zero for the first.
    unspent: Option<Amount>,
    /// Why it is said; required where it is, after the first period.
    unspent_reason: Option<Sentences>,
}

impl From<PilotPeriodRequest> for PeriodTerms {
    fn from(request: PilotPeriodRequest) -> Self {
        Self {
            first_month: request.first_month.0,
            months: request.months.0,
            short_reason: request.short_reason.map(|reason| reason.0),
            per_child_funding: request.per_child_funding.0,
            unspent: request.unspent.map(|amount| amount.0),
            unspent_reason: request.unspent_reason.map(|reason| reason.0),
        }
    }
}

/// A period of the pilot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PilotPeriod)]
pub(crate) struct PilotPeriodResponse {
    /// Identifier.
    id: Uuid,
    /// Its number among all, from 1; provisional budgets name it.
    #[schema(minimum = 1)]
    number: u32,
    /// Where it stands.
    status: PilotPeriodStatus,
    /// First month.
    first_month: YearMonth,
    /// Last month.
    last_month: YearMonth,
    /// Months.
    #[schema(example = 6)]
    months: u32,
    /// Why it is shorter than the methodology says.
    short_reason: Option<String>,
    /// Funding of the whole period for one child, EUR.
    per_child_funding: Euros,
    /// What the previous period left unspent, EUR, where that is said; null where its ledgers tell.
    unspent: Option<Euros>,
    /// Why it is said.
    unspent_reason: Option<String>,
}

impl From<&PilotPeriod> for PilotPeriodResponse {
    fn from(period: &PilotPeriod) -> Self {
        let terms = &period.terms;
        Self {
            id: period.id,
            number: period.number,
            status: PilotPeriodStatus(period.status),
            first_month: YearMonth(terms.first_month),
            last_month: YearMonth(terms.last_month()),
            months: terms.months,
            short_reason: terms.short_reason.clone(),
            per_child_funding: Euros(terms.per_child_funding),
            unspent: terms.unspent.map(Euros),
            unspent_reason: terms.unspent_reason.clone(),
        }
    }
}

/// A page of periods.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PilotPeriodList {
    /// The periods, in the order of their numbers.
    items: Vec<PilotPeriodResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

/// What a period left unspent, EUR.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unspent)]
pub(crate) struct UnspentResponse {
    /// All the money of the period: the provisional budgets and what the period before left.
    available: Euros,
    /// Paid, from the ledgers of all its budgets, also of those that ended early.
    paid: Euros,
    /// Neither paid nor free: ordered and not paid yet, or of a budget that has not ended.
    held: Euros,
    /// What is left.
    unspent: Euros,
    /// Budgets that have not ended.
    open_budgets: u32,
    /// Whether all is settled: nothing is held any more.
    settled: bool,
}

impl From<&Unspent> for UnspentResponse {
    fn from(left: &Unspent) -> Self {
        Self {
            available: Euros(left.available),
            paid: Euros(left.paid),
            held: Euros(left.held),
            unspent: Euros(left.unspent),
            open_budgets: left.open_budgets,
            settled: left.is_settled(),
        }
    }
}

/// What a redistribution would give now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RedistributionPreview {
    /// What the previous period left unspent, EUR.
    unspent: Euros,
    /// How that was counted; null where it was said, or there was no period before.
    counted: Option<UnspentResponse>,
    /// The final budgets, each child by its code.
    redistribution: RedistributionResponse,
}

/// A redistribution as it was run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodRedistribution)]
pub(crate) struct PeriodRedistributionResponse {
    /// The period, closed.
    period: PilotPeriodResponse,
    /// What the previous period left unspent, EUR.
    unspent: Euros,
    /// How that was counted; null where it was said, or there was no period before.
    counted: Option<UnspentResponse>,
    /// The final budgets, each child by its code.
    redistribution: RedistributionResponse,
    /// SHA-256 of what was frozen, hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    content_hash: String,
    /// Who ran it.
    run_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    run_at: DateTime<Utc>,
}

impl PeriodRedistributionResponse {
    fn new(redistributed: Redistributed, language: Language) -> Self {
        let Redistributed { period, frozen: FrozenRedistribution { unspent, counted, result }, stored } = redistributed;
        Self {
            period: PilotPeriodResponse::from(&period),
            unspent: Euros(unspent),
            counted: counted.as_ref().map(UnspentResponse::from),
            redistribution: redistributions::shown(result, language),
            content_hash: hex(&stored.content_hash),
            run_by: stored.run_by,
            run_at: stored.at,
        }
    }
}

fn request() -> Value {
    json!({"first_month": "2018-09", "months": 6, "short_reason": null, "per_child_funding": "4800.00", "unspent": null,
        "unspent_reason": null})
}

fn example(status: &str) -> Value {
    let mut shown = request();
    if let Some(members) = shown.as_object_mut() {
        for (name, value) in [
            ("id", json!("018bcfe5-6800-7000-8000-000000000009")),
            ("number", json!(1)),
            ("status", json!(status)),
            ("last_month", json!("2019-02")),
        ] {
            members.insert(name.to_owned(), value);
        }
    }
    shown
}

/// Two children: what one does not need goes to the other.
fn finals() -> Value {
    json!({
        "children": [
            {"id": "3f0a9c51d2e47b86", "provisional": "4800.00", "needed": "4000.00", "share": "0.00", "final": "4000.00",
                "unmet": "0.00", "explanation": "..."},
            {"id": "a41b7725c9e08f13", "provisional": "3360.00", "needed": "4500.00", "share": "800.00", "final": "4160.00",
                "unmet": "340.00", "explanation": "..."},
        ],
        "available": "8160.00", "surplus": "800.00", "distributed": "800.00", "left_over": "0.00",
    })
}

fn redistributed() -> Value {
    json!({
        "period": example("closed"), "unspent": "0.00", "counted": null, "redistribution": finals(),
        "content_hash": "0000000000000000000000000000000000000000000000000000000000000000",
        "run_by": "demo-programme-team", "run_at": "2018-11-20T08:00:00Z",
    })
}

fn shown(period: &PilotPeriod, language: Language, response: HttpResponseBuilder) -> HttpResponse {
    tagged(period.version, language, response).json(PilotPeriodResponse::from(period))
}

/// Draft a period of the pilot
///
/// The next one: its months and the funding for one child. What the period before left unspent is counted from its ledgers when
/// the period is redistributed, unless another amount is said, with a reason. With an `Idempotency-Key` a
/// repeated request gets the first answer.
#[utoipa::path(
    tag = "pilot-periods",
    params(IdempotencyKey),
    request_body(content = PilotPeriodRequest, example = json!(request())),
    responses(
        (status = 201, description = "The draft", body = PilotPeriodResponse, example = json!(example("draft"))),
        AccessFailures, Failures, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["programme_team"]))),
)]
#[post("/v1/pilot-periods")]
pub(crate) async fn create_pilot_period(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.national(WRITE)?;
    let new: PilotPeriodRequest = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/pilot-periods", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |period: &PilotPeriod| recorded(&PilotPeriodResponse::from(period));
    let answer = state.app.create_pilot_period(&call, &state.parameters, new.into(), answer).await?;
    created(answer, Some("/v1/pilot-periods"), Some(1), language.0)
}

/// Which periods to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PilotPeriodsQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List periods of the pilot
///
/// In the order of their numbers; an office sees no drafts.
#[utoipa::path(
    tag = "pilot-periods",
    params(PilotPeriodsQuery),
    responses(
        (status = 200, description = "A page of periods", body = PilotPeriodList,
            example = json!({"items": [example("open")], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["pilot-periods:read"])),
    extensions(("x-roles" = json!(["programme_team", "ministry_admin", "ministry_reviewer", "social_worker", "office_head",
        "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/pilot-periods")]
pub(crate) async fn list_pilot_periods(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<PilotPeriodsQuery>,
) -> Result<Localised<PilotPeriodList>, ApiError> {
    let call = state.call(caller.national_or_municipal(READ_ALL, READ)?, request_id);
    let limit = page_size(query.0.limit)?;
    let found = state.app.list_pilot_periods(&call, query.0.cursor, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |period| period.id);
    Ok(Localised(PilotPeriodList { items: found.iter().map(PilotPeriodResponse::from).collect(), next }, language.0))
}

/// Get a period of the pilot
///
/// An office sees no draft.
#[utoipa::path(
    tag = "pilot-periods",
    params(("id" = Uuid, Path, description = "Identifier of the period")),
    responses(
        (status = 200, description = "The period", body = PilotPeriodResponse, example = json!(example("open"))),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["pilot-periods:read"])),
    extensions(("x-roles" = json!(["programme_team", "ministry_admin", "ministry_reviewer", "social_worker", "office_head",
        "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/pilot-periods/{id}")]
pub(crate) async fn get_pilot_period(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national_or_municipal(READ_ALL, READ)?, request_id);
    let period = state.app.get_pilot_period(&call, preconditions::id(&id)?).await?;
    Ok(shown(&period, language.0, HttpResponse::Ok()))
}

/// Change a period of the pilot
///
/// A draft in everything; an open period in `unspent` and its reason only, which the redistribution takes.
#[utoipa::path(
    tag = "pilot-periods",
    params(("id" = Uuid, Path, description = "Identifier of the period"), IfMatch),
    request_body(content = PilotPeriodRequest, example = json!(request())),
    responses(
        (status = 200, description = "The period", body = PilotPeriodResponse, example = json!(example("draft"))),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["programme_team"]))),
)]
#[put("/v1/pilot-periods/{id}")]
pub(crate) async fn update_pilot_period(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<PilotPeriodRequest>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let period = state.app.update_pilot_period(&call, &state.parameters, of, body.0.into()).await?;
    Ok(shown(&period, language.0, HttpResponse::Ok()))
}

/// Open a period of the pilot
///
/// Offices see it, and calculate provisional budgets in it, from now on.
#[utoipa::path(
    tag = "pilot-periods",
    params(("id" = Uuid, Path, description = "Identifier of the period"), IfMatch),
    responses(
        (status = 201, description = "The open period", body = PilotPeriodResponse, example = json!(example("open"))),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["programme_team"]))),
)]
#[post("/v1/pilot-periods/{id}/opening")]
pub(crate) async fn open_pilot_period(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(WRITE)?, request_id);
    let period = state.app.open_pilot_period(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(shown(&period, language.0, HttpResponse::Created()))
}

/// Get what a period left unspent
///
/// From the day after its last, once it is redistributed: all the money of the period, less what is paid from the ledgers of its
/// budgets and what they still hold. A budget that has ended holds what is ordered and not paid yet, one that has not its whole
/// final budget; so the amount only grows until all is settled. The redistribution of the next period takes it as it is then,
/// unless the team says another, with a reason.
#[utoipa::path(
    tag = "pilot-periods",
    params(("id" = Uuid, Path, description = "Identifier of the period")),
    responses(
        (status = 200, description = "What is left", body = UnspentResponse, example = json!({
            "available": "8160.00", "paid": "7100.00", "held": "160.00", "unspent": "900.00", "open_budgets": 0,
            "settled": false,
        })),
        AccessFailures, Conflict, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["programme_team", "ministry_admin", "ministry_reviewer"]))),
)]
#[get("/v1/pilot-periods/{id}/unspent")]
pub(crate) async fn get_unspent(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<UnspentResponse>, ApiError> {
    let call = state.call(caller.national(READ_ALL)?, request_id);
    let left = state.app.get_unspent(&call, preconditions::id(&id)?).await?;
    Ok(Localised(UnspentResponse::from(&left), language.0))
}

/// Preview a redistribution
///
/// What the redistribution of an open period would give now, when all its plans are signed. Nothing is stored.
#[utoipa::path(
    tag = "pilot-periods",
    params(("id" = Uuid, Path, description = "Identifier of the period")),
    responses(
        (status = 200, description = "The final budgets", body = RedistributionPreview,
            example = json!({"unspent": "0.00", "counted": null, "redistribution": finals()})),
        AccessFailures, Conflict, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["programme_team"]))),
)]
#[get("/v1/pilot-periods/{id}/redistribution-preview")]
pub(crate) async fn preview_redistribution(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<RedistributionPreview>, ApiError> {
    let call = state.call(caller.national(WRITE)?, request_id);
    let frozen = state.app.preview_redistribution(&call, preconditions::id(&id)?).await?;
    let redistribution = redistributions::shown(frozen.result, language.0);
    let (unspent, counted) = (Euros(frozen.unspent), frozen.counted.as_ref().map(UnspentResponse::from));
    Ok(Localised(RedistributionPreview { unspent, counted, redistribution }, language.0))
}

/// Redistribute a period
///
/// When all its plans are signed: sets the final budget of every child and closes the period. Whoever needs no more than the
/// provisional budget gets what is needed; the surplus, with what the previous period left, is shared among the others. The final
/// budget is the ceiling of the ledger from now on, and every office gets the event `budget.final_set` for each of its budgets.
#[utoipa::path(
    tag = "pilot-periods",
    params(("id" = Uuid, Path, description = "Identifier of the period"), IfMatch),
    responses(
        (status = 201, description = "The redistribution", body = PeriodRedistributionResponse,
            example = json!(redistributed())),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["programme_team"]))),
)]
#[post("/v1/pilot-periods/{id}/redistribution")]
pub(crate) async fn redistribute_pilot_period(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(WRITE)?, request_id);
    let run = state.app.redistribute_pilot_period(&call, (preconditions::id(&id)?, version.0)).await?;
    let (version, shown) = (run.period.version, PeriodRedistributionResponse::new(run, language.0));
    Ok(tagged(version, language.0, HttpResponse::Created()).json(shown))
}

/// Get a redistribution
///
/// As it was run: it is frozen, whatever became of the budgets since. The children are known by their codes only.
#[utoipa::path(
    tag = "pilot-periods",
    params(("id" = Uuid, Path, description = "Identifier of the period")),
    responses(
        (status = 200, description = "The redistribution", body = PeriodRedistributionResponse,
            example = json!(redistributed())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["programme_team", "ministry_admin", "ministry_reviewer"]))),
)]
#[get("/v1/pilot-periods/{id}/redistribution")]
pub(crate) async fn get_redistribution(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<PeriodRedistributionResponse>, ApiError> {
    let call = state.call(caller.national(READ_ALL)?, request_id);
    let run = state.app.get_redistribution(&call, preconditions::id(&id)?).await?;
    Ok(Localised(PeriodRedistributionResponse::new(run, language.0), language.0))
}

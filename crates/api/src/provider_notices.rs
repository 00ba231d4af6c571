//! `/v1/provider-notices`: what providers tell the office beside their deliveries, and what the office does about it.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path},
};
use balsts_app::{AwaitedReport, Call, EndingPlan, ProviderNotice, ProviderNoticeFilter, ProviderNoticeSummary};
use balsts_domain::{
    access::{Permission, Role},
    provider_notices::NoticeContent,
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
    bounds::Sentences,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::ProviderNoticeKind,
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    seat::{Office, OfficeFailures, Seat, seat},
    types::Date,
};

const WRITE: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Provider], scope: "deliveries:write" };
const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Provider, Role::Auditor],
    scope: "deliveries:read",
};
const AWAITED: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: "deliveries:read" };
const ACKNOWLEDGE: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "deliveries:write" };

/// What a provider tells the office.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateProviderNotice {
    /// What it is about.
    kind: ProviderNoticeKind,
    /// What happened; in a report, how the service went.
    text: Sentences,
    /// What was achieved: of a report, and required there.
    results: Option<Sentences>,
    /// What is recommended for the next plan: of a report, and required there.
    recommendations: Option<Sentences>,
}

/// What the office does about a notice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcknowledgeProviderNotice {
    /// In words.
    outcome: Sentences,
}

/// What a notice says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderNoticeContent {
    /// What happened; in a report, how the service went.
    text: String,
    /// What was achieved: of a report.
    results: Option<String>,
    /// What is recommended for the next plan: of a report.
    recommendations: Option<String>,
    /// What the office does about it; null until it has acknowledged the notice.
    outcome: Option<String>,
}

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderNoticeResponse {
    /// Identifier.
    id: Uuid,
    /// The order that it is about.
    order_id: Uuid,
    /// The plan of the order.
    plan_id: Uuid,
    /// The person of the plan.
    person_id: Uuid,
    /// The provider.
    provider_id: Uuid,
    /// What it is about.
    kind: ProviderNoticeKind,
    /// Who recorded it.
    recorded_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: DateTime<Utc>,
    /// Who acknowledged it; null while it waits.
    acknowledged_by: Option<String>,
    /// When; null while it waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<DateTime<Utc>>,
    /// What it says; null in lists, and where the person is erased.
    content: Option<ProviderNoticeContent>,
}

/// A page of notices.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderNoticeList {
    /// The notices, in the order in which they were recorded.
    items: Vec<ProviderNoticeResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

impl From<CreateProviderNotice> for NoticeContent {
    fn from(new: CreateProviderNotice) -> Self {
        let words = |sentences: Option<Sentences>| sentences.map(|sentences| sentences.0);
        Self {
            text: new.text.0,
            results: words(new.results),
            recommendations: words(new.recommendations),
            outcome: None,
        }
    }
}

impl From<&ProviderNoticeSummary> for ProviderNoticeResponse {
    fn from(summary: &ProviderNoticeSummary) -> Self {
        let (acknowledged_by, acknowledged_at) = summary.acknowledged.clone().unzip();
        Self {
            id: summary.id,
            order_id: summary.order_id,
            plan_id: summary.plan_id,
            person_id: summary.person_id,
            provider_id: summary.provider_id,
            kind: ProviderNoticeKind(summary.kind),
            recorded_by: summary.recorded_by.clone(),
            recorded_at: summary.recorded_at,
            acknowledged_by,
            acknowledged_at,
            content: None,
        }
    }
}

impl From<&ProviderNotice> for ProviderNoticeResponse {
    fn from(notice: &ProviderNotice) -> Self {
        let content = notice.content.clone().map(|content| ProviderNoticeContent {
            text: content.text,
            results: content.results,
            recommendations: content.recommendations,
            outcome: content.outcome,
        });
        Self { content, ..Self::from(&notice.summary) }
    }
}

fn summary() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-00000000000a", "order_id": "018bcfe5-6800-7000-8000-000000000008",
        "plan_id": "018bcfe5-6800-7000-8000-000000000007", "person_id": "018bcfe5-6800-7000-8000-000000000001",
        "provider_id": "018bcfe5-6800-7000-8000-000000000006", "kind": "recipient_unreachable",
        "recorded_by": "demo-provider", "recorded_at": "2023-06-01T09:30:00Z", "acknowledged_by": null,
        "acknowledged_at": null, "content": null,
    })
}

fn example() -> Value {
    let mut notice = summary();
    let content = json!({"text": "Ģimene divas nedēļas neatbild uz zvaniem.", "results": null, "recommendations": null,
        "outcome": null});
    if let Some(notice) = notice.as_object_mut() {
        notice.insert("content".to_owned(), content);
    }
    notice
}

fn shown(notice: &ProviderNotice, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(notice.summary.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(ProviderNoticeResponse::from(notice))
}

/// Tell the office
///
/// By the provider that was ordered, or by the worker whom it told: at once a conflict of interest, a service that became
/// impossible, a recipient who cannot be reached; near the plan's end the results and recommendations. With an `Idempotency-Key`
/// a repeated request gets the first answer.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = Uuid, Path, description = "Identifier of the order"), Office, IdempotencyKey),
    request_body(content = CreateProviderNotice, example = json!({
        "kind": "recipient_unreachable", "text": "Ģimene divas nedēļas neatbild uz zvaniem.",
    })),
    responses(
        (status = 201, description = "The notice", body = ProviderNoticeResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["deliveries:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "provider", "integrator"]))),
)]
#[post("/v1/orders/{id}/notices")]
pub(crate) async fn create_provider_notice(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = seat.scope(&state, WRITE)?;
    let order = preconditions::id(&id)?;
    let new: CreateProviderNotice = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/orders/{order}/notices"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |notice: &ProviderNotice| recorded(&ProviderNoticeResponse::from(notice));
    let answer = state.app.create_provider_notice(&call, order, (new.kind.0, new.into()), answer).await?;
    created(answer, Some("/v1/provider-notices"), Some(1), language.0)
}

/// Which notices to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProviderNoticesQuery {
    /// The municipality whose office ordered: for a provider, who has none.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    municipality: Option<crate::types::Atvk>,
    /// Only those of this order.
    order: Option<Uuid>,
    /// Only those of this plan's orders.
    plan: Option<Uuid>,
    /// Only those of this kind.
    #[param(inline)]
    kind: Option<ProviderNoticeKind>,
    /// Only those that are acknowledged, or only those that wait.
    acknowledged: Option<bool>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List notices of providers
///
/// Those of the municipality's orders without what they say, in the order in which they were recorded; for a provider its own.
/// The read of those of an order or plan is recorded in the access log.
#[utoipa::path(
    tag = "deliveries",
    params(ProviderNoticesQuery),
    responses(
        (status = 200, description = "A page of notices", body = ProviderNoticeList,
            example = json!({"items": [summary()], "next": null})),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["deliveries:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "provider", "auditor", "integrator"]))),
)]
#[get("/v1/provider-notices")]
pub(crate) async fn list_provider_notices(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<ProviderNoticesQuery>,
) -> Result<Localised<ProviderNoticeList>, ApiError> {
    let ProviderNoticesQuery { municipality, order, plan, kind, acknowledged, limit, cursor } = query.0;
    let call = state.call(seat(&caller, &state, READ, &Office { municipality })?, request_id);
    let limit = page_size(limit)?;
    let kind = kind.map(|kind| kind.0);
    let filter = ProviderNoticeFilter { order, plan, provider: None, kind, acknowledged, after: cursor };
    let found = state.app.list_provider_notices(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |notice| notice.id);
    Ok(Localised(
        ProviderNoticeList { items: found.iter().map(ProviderNoticeResponse::from).collect(), next },
        language.0,
    ))
}

/// Get a notice of a provider
///
/// The notice with what it says. The read is recorded in the access log.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = Uuid, Path, description = "Identifier of the notice"), Office),
    responses(
        (status = 200, description = "The notice", body = ProviderNoticeResponse, example = json!(example())),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["deliveries:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "provider", "auditor", "integrator"]))),
)]
#[get("/v1/provider-notices/{id}")]
pub(crate) async fn get_provider_notice(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(seat.scope(&state, READ)?, request_id);
    let notice = state.app.get_provider_notice(&call, preconditions::id(&id)?).await?;
    Ok(shown(&notice, language.0, HttpResponse::Ok()))
}

/// Acknowledge a notice of a provider
///
/// Records that the office knows of it, and what it does about it: once.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = Uuid, Path, description = "Identifier of the notice"), IfMatch),
    request_body(content = AcknowledgeProviderNotice, example = json!({"outcome": "Darbiniece apmeklēja ģimeni."})),
    responses(
        (status = 201, description = "The notice", body = ProviderNoticeResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["deliveries:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/provider-notices/{id}/acknowledgement")]
pub(crate) async fn acknowledge_provider_notice(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<AcknowledgeProviderNotice>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(ACKNOWLEDGE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let notice = state.app.acknowledge_provider_notice(&call, of, body.0.outcome.0).await?;
    Ok(shown(&notice, language.0, HttpResponse::Created()))
}

/// A provider that has not reported what came of its services.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AwaitedReportResponse {
    /// Identifier of the provider.
    provider_id: Uuid,
    /// Its orders of the plan: about any of them it reports.
    orders: Vec<Uuid>,
}

/// A plan near its end of which providers have not reported.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EndingPlanResponse {
    /// Identifier of the plan.
    plan_id: Uuid,
    /// Identifier of the case: that of its application.
    case_id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// The day from which reports are asked for: the first of the last two months of the plan.
    reports_from: Date,
    /// Last day of the plan.
    to: Date,
    /// The providers that have not reported.
    providers: Vec<AwaitedReportResponse>,
}

/// Plans near their end of which providers have not reported.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EndingPlanList {
    /// The plans, in the order in which they were drafted.
    items: Vec<EndingPlanResponse>,
    /// Where to go on; null where every plan was looked at.
    next: Option<String>,
}

impl From<&EndingPlan> for EndingPlanResponse {
    fn from(ending: &EndingPlan) -> Self {
        // The orders come by provider.
        let providers = ending.awaited.chunk_by(|one, other| one.provider_id == other.provider_id);
        let of_provider = |orders: &[AwaitedReport]| {
            let provider_id = orders.first()?.provider_id;
            Some(AwaitedReportResponse { provider_id, orders: orders.iter().map(|order| order.order_id).collect() })
        };
        Self {
            plan_id: ending.plan.id,
            case_id: ending.plan.application_id,
            person_id: ending.plan.person_id,
            reports_from: Date(ending.reports_from),
            to: Date(ending.to),
            providers: providers.filter_map(of_provider).collect(),
        }
    }
}

/// Which plans to look at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AwaitedReportsQuery {
    /// How many plans to look at: a page may hold fewer, even none, while `next` tells where to go on.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List awaited reports of providers
///
/// The plans in force whose last two months have begun, with the providers that have told neither results nor recommendations
/// (`plan_end_report`): whom the worker asks before the next assessment. A plan stays here until all have reported or it is ended.
#[utoipa::path(
    tag = "deliveries",
    params(AwaitedReportsQuery),
    responses(
        (status = 200, description = "Plans of which reports are missing", body = EndingPlanList, example = json!({
            "items": [{"plan_id": "018bcfe5-6800-7000-8000-000000000004", "case_id": "018bcfe5-6800-7000-8000-000000000002",
                "person_id": "018bcfe5-6800-7000-8000-000000000001", "reports_from": "2024-02-01", "to": "2024-03-31",
                "providers": [{"provider_id": "018bcfe5-6800-7000-8000-000000000011",
                    "orders": ["018bcfe5-6800-7000-8000-000000000012"]}]}],
            "next": null,
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["deliveries:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "integrator"]))),
)]
#[get("/v1/awaited-reports")]
pub(crate) async fn list_awaited_reports(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<AwaitedReportsQuery>,
) -> Result<Localised<EndingPlanList>, ApiError> {
    let call = state.call(caller.scope(AWAITED)?, request_id);
    let AwaitedReportsQuery { limit, cursor } = query.0;
    let found = state.app.list_awaited_reports(&call, cursor, page_size(limit)?).await?;
    let items = found.plans.iter().map(EndingPlanResponse::from).collect();
    Ok(Localised(EndingPlanList { items, next: found.next.map(|id| id.to_string()) }, language.0))
}

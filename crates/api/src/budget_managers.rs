//! `/v1/cases/{id}/budget-managers` and `/v1/cases/{id}/manager-reports`: organisations that the office engages to order and pay for
//! cases, and what they report. Who signs in with the subject of an engagement, in the role `budget_manager`, sees plans, ledgers,
//! orders and deliveries of these cases and of no others.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Data, Path},
};
use balsts_app::{BudgetManager, Call, ManagerReport, NewBudgetManager};
use balsts_domain::{
    access::{NO_MACHINE, Permission, Role},
    budget_managers::{ManagerPayment, ManagerReportContent},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, RawJson},
    bounds::{Label, List, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::{Amount, Date, Euros, YearMonth},
};

const ENGAGE: Permission = Permission { municipal: &[Role::OfficeHead], scope: NO_MACHINE };
const READ: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: NO_MACHINE };
const REPORT: Permission = Permission { municipal: &[Role::BudgetManager], scope: NO_MACHINE };
const READ_REPORTS: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor, Role::BudgetManager],
    scope: NO_MACHINE,
};

/// An organisation that the office engages for a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EngageBudgetManager {
    /// The issuer's identifier of who signs in for the organisation; never a personal code.
    subject: Label,
    /// Name of the organisation.
    organisation: Label,
    /// First day.
    valid_from: Date,
    /// Last day, inclusive; left out while there is no end.
    valid_to: Option<Date>,
}

/// The end of an engagement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndBudgetManager {
    /// Last day, inclusive.
    valid_to: Date,
}

/// An organisation that the office engaged for a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BudgetManager)]
pub(crate) struct BudgetManagerResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the case: that of its application.
    case_id: Uuid,
    /// The issuer's identifier of who signs in for the organisation.
    subject: String,
    /// Name of the organisation.
    organisation: String,
    /// First day.
    valid_from: Date,
    /// Last day, inclusive; null while there is no end.
    valid_to: Option<Date>,
    /// Subject of who engaged it.
    engaged_by: String,
}

/// The organisations engaged for a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BudgetManagerList {
    /// Those of old as well, in the order in which they were stored.
    items: Vec<BudgetManagerResponse>,
}

/// A payment that a budget manager made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ManagerPaymentRequest {
    /// Identifier of the order that it is for.
    order: Uuid,
    /// The day, in the month.
    paid_on: Date,
    /// EUR.
    amount: Amount,
    /// Number of the invoice or receipt.
    reference: Label,
}

type ManagerPayments = List<ManagerPaymentRequest, 0, 500>;

/// What a budget manager reports of a month.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportAsManager {
    /// The month.
    month: YearMonth,
    /// What was paid.
    #[schema(inline)]
    payments: ManagerPayments,
    /// In words.
    text: Sentences,
}

/// A payment that a budget manager made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ManagerPayment)]
pub(crate) struct ManagerPaymentResponse {
    /// Identifier of the order that it is for.
    order: Uuid,
    /// The day.
    paid_on: Date,
    /// EUR.
    amount: Euros,
    /// Number of the invoice or receipt.
    reference: String,
}

/// What a budget manager reports of a month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ManagerReport)]
pub(crate) struct ManagerReportResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the case: that of its application.
    case_id: Uuid,
    /// The month.
    month: YearMonth,
    /// What was paid.
    payments: Vec<ManagerPaymentResponse>,
    /// The sum of it, EUR.
    total: Euros,
    /// In words.
    text: String,
    /// The day on which it came in.
    reported_on: Date,
    /// Subject of who reports.
    reported_by: String,
}

/// The reports on a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManagerReportList {
    /// In the order in which they came in.
    items: Vec<ManagerReportResponse>,
}

impl From<EngageBudgetManager> for NewBudgetManager {
    fn from(request: EngageBudgetManager) -> Self {
        Self {
            subject: request.subject.0,
            organisation: request.organisation.0,
            valid_from: request.valid_from.0,
            valid_to: request.valid_to.map(|day| day.0),
        }
    }
}

impl From<&BudgetManager> for BudgetManagerResponse {
    fn from(engaged: &BudgetManager) -> Self {
        Self {
            id: engaged.id,
            case_id: engaged.application_id,
            subject: engaged.subject.clone(),
            organisation: engaged.organisation.clone(),
            valid_from: Date(engaged.valid_from),
            valid_to: engaged.valid_to.map(Date),
            engaged_by: engaged.created_by.clone(),
        }
    }
}

impl From<ReportAsManager> for ManagerReportContent {
    fn from(request: ReportAsManager) -> Self {
        let payment = |payment: ManagerPaymentRequest| ManagerPayment {
            order: payment.order,
            paid_on: payment.paid_on.0,
            amount: payment.amount.0,
            reference: payment.reference.0,
        };
        Self { payments: request.payments.into_iter().map(payment).collect(), text: request.text.0 }
    }
}

impl From<&ManagerReport> for ManagerReportResponse {
    fn from(report: &ManagerReport) -> Self {
        let payment = |payment: &ManagerPayment| ManagerPaymentResponse {
            order: payment.order,
            paid_on: Date(payment.paid_on),
            amount: Euros(payment.amount),
            reference: payment.reference.clone(),
        };
        Self {
            id: report.id,
            case_id: report.application_id,
            month: YearMonth(report.month),
            payments: report.content.payments.iter().map(payment).collect(),
            total: Euros(report.content.total()),
            text: report.content.text.clone(),
            reported_on: Date(report.reported_on),
            reported_by: report.reported_by.clone(),
        }
    }
}

fn example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000024", "case_id": "018bcfe5-6800-7000-8000-000000000002",
        "subject": "demo-budget-manager", "organisation": "Biedrība Atbalsts", "valid_from": "2023-04-01", "valid_to": null,
        "engaged_by": "demo-office-head",
    })
}

fn report_example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000025", "case_id": "018bcfe5-6800-7000-8000-000000000002", "month": "2023-05",
        "payments": [{"order": "018bcfe5-6800-7000-8000-000000000014", "paid_on": "2023-05-22", "amount": "265.20",
            "reference": "R-17"}],
        "total": "265.20", "text": "Maijā apmaksāts aprūpes mājās pakalpojums.", "reported_on": "2023-06-02",
        "reported_by": "demo-budget-manager",
    })
}

fn shown(engaged: &BudgetManager, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(engaged.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(BudgetManagerResponse::from(engaged))
}

/// Engage a budget manager
///
/// The head of the office engages an organisation for a case. Who signs in with the subject given, in the role `budget_manager`, sees
/// the plans, ledgers, orders and deliveries of its person on the days of the engagement, orders, and reports to the office. The
/// engagement ends with its case. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "budget-managers",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), IdempotencyKey),
    request_body(content = EngageBudgetManager, example = json!({
        "subject": "demo-budget-manager", "organisation": "Biedrība Atbalsts", "valid_from": "2023-04-01",
    })),
    responses(
        (status = 201, description = "The engagement", body = BudgetManagerResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head"]))),
)]
#[post("/v1/cases/{id}/budget-managers")]
pub(crate) async fn engage_budget_manager(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(ENGAGE)?;
    let case = preconditions::id(&id)?;
    let new: EngageBudgetManager = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/cases/{case}/budget-managers"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |engaged: &BudgetManager| recorded(&BudgetManagerResponse::from(engaged));
    let answer = state.app.engage_budget_manager(&call, case, new.into(), answer).await?;
    created(answer, Some("/v1/budget-managers"), Some(1), language.0)
}

/// List budget managers
///
/// The organisations that the office engaged for a case.
#[utoipa::path(
    tag = "budget-managers",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application")),
    responses(
        (status = 200, description = "The engagements", body = BudgetManagerList, example = json!({"items": [example()]})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor"]))),
)]
#[get("/v1/cases/{id}/budget-managers")]
pub(crate) async fn list_budget_managers(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<BudgetManagerList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_budget_managers(&call, preconditions::id(&id)?).await?;
    Ok(Localised(BudgetManagerList { items: found.iter().map(BudgetManagerResponse::from).collect() }, language.0))
}

/// Get the engagement of a budget manager
///
/// One engagement, with the `ETag` that a change needs.
#[utoipa::path(
    tag = "budget-managers",
    params(("id" = Uuid, Path, description = "Identifier of the engagement")),
    responses(
        (status = 200, description = "The engagement", body = BudgetManagerResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor"]))),
)]
#[get("/v1/budget-managers/{id}")]
pub(crate) async fn get_budget_manager(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let engaged = state.app.get_budget_manager(&call, preconditions::id(&id)?).await?;
    Ok(shown(&engaged, language.0, HttpResponse::Ok()))
}

/// End the engagement of a budget manager
///
/// Sets the last day on which the organisation sees the case.
#[utoipa::path(
    tag = "budget-managers",
    params(("id" = Uuid, Path, description = "Identifier of the engagement"), IfMatch),
    request_body(content = EndBudgetManager, example = json!({"valid_to": "2023-12-31"})),
    responses(
        (status = 200, description = "The engagement", body = BudgetManagerResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head"]))),
)]
#[put("/v1/budget-managers/{id}/end")]
pub(crate) async fn end_budget_manager(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<EndBudgetManager>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(ENGAGE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let engaged = state.app.end_budget_manager(&call, of, body.0.valid_to.0).await?;
    Ok(shown(&engaged, language.0, HttpResponse::Ok()))
}

/// Report as a budget manager
///
/// What the organisation paid in a month for the orders of a case, and what the office is to know. A report never changes; another one
/// follows. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "budget-managers",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), IdempotencyKey),
    request_body(content = ReportAsManager, example = json!({
        "month": "2023-05", "payments": [{"order": "018bcfe5-6800-7000-8000-000000000014", "paid_on": "2023-05-22",
            "amount": "265.20", "reference": "R-17"}],
        "text": "Maijā apmaksāts aprūpes mājās pakalpojums.",
    })),
    responses(
        (status = 201, description = "The report", body = ManagerReportResponse, example = json!(report_example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["budget_manager"]))),
)]
#[post("/v1/cases/{id}/manager-reports")]
pub(crate) async fn report_as_manager(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(REPORT)?;
    let case = preconditions::id(&id)?;
    let new: ReportAsManager = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/cases/{case}/manager-reports"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |report: &ManagerReport| recorded(&ManagerReportResponse::from(report));
    let answer = state.app.report_as_manager(&call, case, (new.month.0, new.into()), answer).await?;
    created(answer, None, None, language.0)
}

/// List reports of budget managers
///
/// The reports on a case: for a budget manager those on its own. The read is recorded in the access log.
#[utoipa::path(
    tag = "budget-managers",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application")),
    responses(
        (status = 200, description = "The reports", body = ManagerReportList,
            example = json!({"items": [report_example()]})),
        AccessFailures, Conflict, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "auditor"]))),
)]
#[get("/v1/cases/{id}/manager-reports")]
pub(crate) async fn list_manager_reports(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<ManagerReportList>, ApiError> {
    let call = state.call(caller.scope(READ_REPORTS)?, request_id);
    let found = state.app.list_manager_reports(&call, preconditions::id(&id)?).await?;
    Ok(Localised(ManagerReportList { items: found.iter().map(ManagerReportResponse::from).collect() }, language.0))
}

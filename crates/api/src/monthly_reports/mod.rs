//! `/v1/monthly-reports`: what an office claims of the ministry for a month: generated, submitted, returned, approved, funded; and
//! `/v1/late-reports`.

mod response;

use actix_web::{
    HttpResponse, HttpResponseBuilder, delete, get, post, put,
    web::{Data, Path},
};
use balsts_app::{Call, MonthlyReportDocument, MonthlyReportFile, MonthlyReportFilter, ReportRules};
use balsts_documents::{
    monthly_report::{self, MonthlyReport},
    workbook,
};
use balsts_domain::{
    access::{NO_MACHINE, NationalPermission, Permission, Role},
    monthly_reports::ReportStepKind,
    text::Language,
};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(crate) use response::{LateReportList, LateReportResponse, MonthlyReportLine, MonthlyReportLines, lines_example};
use response::{MonthlyReportList, MonthlyReportResponse};

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson, off_thread},
    bounds::Sentences,
    forms::{Asked, Xlsx},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::MonthlyReportStatus,
    pages::{cut, number_cursor, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, NotAcceptable, PreconditionFailures,
    },
    reports::{self, MadeReport, ReportFormat, ReportForms},
    types::{Atvk, YearMonth},
};

const PREPARE: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant], scope: "monthly-reports:write" };
const SUBMIT: Permission = Permission { municipal: &[Role::OfficeHead], scope: NO_MACHINE };
const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor],
    scope: "monthly-reports:read",
};
pub(crate) const REVIEW: NationalPermission = NationalPermission(&[Role::MinistryReviewer]);

impl ApiState {
    fn report_rules<'a>(&'a self, parameters: &'a balsts_domain::parameters::Parameters) -> ReportRules<'a> {
        ReportRules { parameters, funding: &self.funding }
    }
}

/// The month of a report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateMonthlyReport {
    /// The month; it is over.
    month: YearMonth,
}

/// Words about a report; they tell of no person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MonthlyReportNotes {
    /// The notes; null for none.
    notes: Option<Sentences>,
}

/// Why a report is returned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MonthlyReportReasons {
    /// The reasons, in words.
    reasons: Sentences,
}

fn shown(file: &MonthlyReportFile, language: Language, response: HttpResponseBuilder) -> HttpResponse {
    reports::shown(&MonthlyReportResponse::from(file), file.report.version, language, response)
}

/// Generate a report
///
/// Of a month that is over: everything that was approved, and everything that was paid, to its end and is in no report yet. Nothing
/// is typed. What was paid, and what is approved and waits for the funding, are two lists, and both are claimed; what an earlier
/// report claimed and is paid by now is shown, and not claimed again. What came late for an earlier month is a correction of it:
/// services of the month before that of the report are told in due time, earlier ones late. With
/// an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "monthly-reports",
    params(IdempotencyKey),
    request_body(content = CreateMonthlyReport, example = json!({"month": "2023-10"})),
    responses(
        (status = 201, description = "The draft", body = MonthlyReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, BodyFailures,
    ),
    security(("bearer" = ["monthly-reports:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "integrator"]))),
)]
#[post("/v1/monthly-reports")]
pub(crate) async fn create_monthly_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(PREPARE)?;
    let month = body::parse::<CreateMonthlyReport>(&body.0)?.month.0;
    let hash = key.request_hash("POST /v1/monthly-reports", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |file: &MonthlyReportFile| recorded(&MonthlyReportResponse::from(file));
    let answer = state.app.create_monthly_report(&call, state.report_rules(&state.parameters), month, answer).await?;
    created(answer, Some("/v1/monthly-reports"), Some(1), language.0)
}

/// Which reports to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MonthlyReportsQuery {
    /// Only those of this municipality, by its ATVK code.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    municipality: Option<Atvk>,
    /// Only those of this month.
    #[param(value_type = Option<String>, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2023-10")]
    month: Option<YearMonth>,
    /// Only those with this status.
    #[param(inline)]
    status: Option<MonthlyReportStatus>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List reports
///
/// In the order in which they were made: an office's own; for the ministry those of all municipalities, without drafts.
#[utoipa::path(
    tag = "monthly-reports",
    params(MonthlyReportsQuery),
    responses(
        (status = 200, description = "A page of reports", body = MonthlyReportList,
            example = json!({"items": [response::summary_example()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["monthly-reports:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "social_worker", "office_head", "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/monthly-reports")]
pub(crate) async fn list_monthly_reports(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<MonthlyReportsQuery>,
) -> Result<Localised<MonthlyReportList>, ApiError> {
    let MonthlyReportsQuery { municipality, month, status, limit, cursor } = query.0;
    let call = state.call(caller.national_or_municipal(REVIEW, READ)?, request_id);
    let limit = page_size(limit)?;
    let filter = MonthlyReportFilter {
        municipality: municipality.map(|code| code.0),
        month: month.map(|month| month.0),
        status: status.map(|status| status.0),
        after: cursor,
    };
    let found = state.app.list_monthly_reports(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |report| report.id);
    let items = found.iter().map(MonthlyReportResponse::from).collect();
    Ok(Localised(MonthlyReportList { items, next }, language.0))
}

/// Get a report
///
/// Its sums, and what was done with it.
#[utoipa::path(
    tag = "monthly-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report")),
    responses(
        (status = 200, description = "The report", body = MonthlyReportResponse, example = json!(response::example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["monthly-reports:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "social_worker", "office_head", "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/monthly-reports/{id}")]
pub(crate) async fn get_monthly_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national_or_municipal(REVIEW, READ)?, request_id);
    let file = state.app.get_monthly_report(&call, preconditions::id(&id)?).await?;
    Ok(shown(&file, language.0, HttpResponse::Ok()))
}

/// Discard a draft
///
/// What it took waits for another report. A report that was submitted, or that a later month's follows, stays.
#[utoipa::path(
    tag = "monthly-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    responses(
        (status = 204, description = "It is discarded"),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["monthly-reports:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "integrator"]))),
)]
#[delete("/v1/monthly-reports/{id}")]
pub(crate) async fn discard_monthly_report(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(PREPARE)?, request_id);
    state.app.discard_monthly_report(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Generate a report again
///
/// A draft, or one that the ministry returned: what it took is free, and taken anew with what came meanwhile.
#[utoipa::path(
    tag = "monthly-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    responses(
        (status = 201, description = "The report", body = MonthlyReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["monthly-reports:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "integrator"]))),
)]
#[post("/v1/monthly-reports/{id}/regeneration")]
pub(crate) async fn regenerate_monthly_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(PREPARE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let file = state.app.regenerate_monthly_report(&call, state.report_rules(&state.parameters), of).await?;
    Ok(shown(&file, language.0, HttpResponse::Created()))
}

/// Write notes on a report
///
/// Of a draft, or of one that the ministry returned. No sum changes.
#[utoipa::path(
    tag = "monthly-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    request_body(content = MonthlyReportNotes, example = json!({"notes": "Oktobrī sāka darbu jauns sniedzējs."})),
    responses(
        (status = 200, description = "The report", body = MonthlyReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["monthly-reports:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "integrator"]))),
)]
#[put("/v1/monthly-reports/{id}/notes")]
pub(crate) async fn annotate_monthly_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<MonthlyReportNotes>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(PREPARE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let notes = body.0.notes.map(|notes| notes.0);
    let file = state.app.annotate_monthly_report(&call, of, notes).await?;
    Ok(shown(&file, language.0, HttpResponse::Ok()))
}

/// Submit a report
///
/// To the ministry: a draft, or one that was returned, as it is or generated again. Due by the 15th of the next month.
#[utoipa::path(
    tag = "monthly-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    responses(
        (status = 201, description = "The report", body = MonthlyReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head"]))),
)]
#[post("/v1/monthly-reports/{id}/submission")]
pub(crate) async fn submit_monthly_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(SUBMIT)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let file = state.app.advance_monthly_report(&call, of, ReportStepKind::Submitted, None).await?;
    Ok(shown(&file, language.0, HttpResponse::Created()))
}

/// Return a report
///
/// For correction, with reasons. The office may generate it again, and submits it again.
#[utoipa::path(
    tag = "monthly-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    request_body(content = MonthlyReportReasons, example = json!({"reasons": "2. rindas cena neatbilst pasūtījumam."})),
    responses(
        (status = 201, description = "The report", body = MonthlyReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_reviewer"]))),
)]
#[post("/v1/monthly-reports/{id}/return")]
pub(crate) async fn return_monthly_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<MonthlyReportReasons>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(REVIEW)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let file = state.app.advance_monthly_report(&call, of, ReportStepKind::Returned, Some(body.0.reasons.0)).await?;
    Ok(shown(&file, language.0, HttpResponse::Created()))
}

/// Approve a report
///
/// The ministry has checked it, and finds it right.
#[utoipa::path(
    tag = "monthly-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    responses(
        (status = 201, description = "The report", body = MonthlyReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_reviewer"]))),
)]
#[post("/v1/monthly-reports/{id}/approval")]
pub(crate) async fn approve_monthly_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(REVIEW)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let file = state.app.advance_monthly_report(&call, of, ReportStepKind::Approved, None).await?;
    Ok(shown(&file, language.0, HttpResponse::Created()))
}

/// Fund a report
///
/// The ministry has transferred the state's share; the office pays what waited.
#[utoipa::path(
    tag = "monthly-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    responses(
        (status = 201, description = "The report", body = MonthlyReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_reviewer"]))),
)]
#[post("/v1/monthly-reports/{id}/funding")]
pub(crate) async fn fund_monthly_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(REVIEW)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let file = state.app.advance_monthly_report(&call, of, ReportStepKind::Funded, None).await?;
    Ok(shown(&file, language.0, HttpResponse::Created()))
}

/// Where a page of lines begins.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MonthlyReportLinesQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    #[param(minimum = 1)]
    cursor: Option<u32>,
}

/// List the lines of a report
///
/// In their order: what is equal of a recipient's approved invoices and claims, with its funding shares, which add up to those of
/// the whole. People are known by pseudonyms only. The read is recorded in the access log.
#[utoipa::path(
    tag = "monthly-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), MonthlyReportLinesQuery),
    responses(
        (status = 200, description = "A page of lines", body = MonthlyReportLines, example = json!(lines_example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["monthly-reports:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "social_worker", "office_head", "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/monthly-reports/{id}/lines")]
pub(crate) async fn list_monthly_report_lines(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<MonthlyReportLinesQuery>,
) -> Result<Localised<MonthlyReportLines>, ApiError> {
    let call = state.call(caller.national_or_municipal(REVIEW, READ)?, request_id);
    let limit = page_size(query.0.limit)?;
    let after = number_cursor(query.0.cursor)?.unwrap_or_default();
    let id = preconditions::id(&id)?;
    let found = state.app.list_monthly_report_lines(&call, id, after, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |line| line.number);
    Ok(Localised(MonthlyReportLines { items: found.iter().map(MonthlyReportLine::from).collect(), next }, language.0))
}

/// Get a report as a document
///
/// As `Accept` asks: a page in Latvian with a chart, the frozen JSON byte for byte as its hash is of, its lines as CSV, or a workbook
/// (XLSX). No cell begins like a formula. The read is recorded in the access log.
#[utoipa::path(
    tag = "monthly-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report")),
    responses(
        (status = 200, description = "The report", content(
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (FrozenReport = "application/json", example = json!({"municipality": "0001000", "month": "2023-10",
                "variant": "shared_50_50", "totals": response::summary_example().get("totals"),
                "lines": lines_example().get("items")})),
            (String = "text/csv", example = json!("number,kind,recipient,...\r\n")),
            (Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("PK...")),
        )),
        AccessFailures, Failures, Missing, NotAcceptable,
    ),
    security(("bearer" = ["monthly-reports:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "social_worker", "office_head", "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/monthly-reports/{id}/document")]
pub(crate) async fn get_monthly_report_document(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    format: Asked<ReportFormat>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national_or_municipal(REVIEW, READ)?, request_id);
    let found = state.app.get_monthly_report_document(&call, preconditions::id(&id)?).await?;
    let made = off_thread(move || made(&state, found, format.0)).await?;
    Ok(made.sent())
}

fn made(state: &ApiState, found: MonthlyReportDocument, format: ReportFormat) -> Result<MadeReport, ApiError> {
    let MonthlyReportDocument { report, content, lines } = found;
    let municipality = state.parameters.municipalities.find(report.municipality);
    let shown = MonthlyReport {
        municipality: municipality.map_or(report.municipality.as_str(), |known| &known.name.lv),
        month: report.month,
        status: report.status,
        due_on: report.due_on,
        submitted_on: report.submitted_on,
        notes: report.notes.as_deref(),
        totals: report.totals,
        lines: &lines,
        content_hash: &HEXLOWER.encode(&report.content_hash),
        catalogue: &state.parameters.catalogue,
    };
    let forms = ReportForms {
        name: format!("parskats-{}-{}", report.municipality, report.month),
        page: &|| monthly_report::monthly_report(&shown),
        csv: &|| monthly_report::csv(&lines),
        workbook: &|| workbook::monthly_report(&shown),
    };
    forms.made(format, content)
}

/// The frozen JSON of a report.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only the schema is needed")]
pub(crate) struct FrozenReport {
    /// ATVK code of the municipality.
    municipality: Atvk,
    /// The month.
    month: YearMonth,
    /// How state, municipality and parents share.
    variant: crate::names::FundingVariant,
    /// What it adds up to.
    totals: response::MonthlyReportTotals,
    /// Its lines.
    lines: Vec<MonthlyReportLine>,
}

/// Which month's late reports to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LateReportsQuery {
    /// The month.
    #[param(value_type = String, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2023-09")]
    month: YearMonth,
}

/// List late reports
///
/// The municipalities that had made a budget by the end of a month, and had not submitted its report when the deadline ended: the
/// 15th of the next month, or the next working day. Before that there are none.
#[utoipa::path(
    tag = "monthly-reports",
    params(LateReportsQuery),
    responses(
        (status = 200, description = "The municipalities", body = LateReportList, example = json!({"items": [
            {"municipality": "0001000", "due_on": "2023-10-16", "report": null, "submitted_on": null}]})),
        AccessFailures, Failures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_reviewer"]))),
)]
#[get("/v1/late-reports")]
pub(crate) async fn list_late_reports(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Result<Query<LateReportsQuery>, ApiError>,
) -> Result<Localised<LateReportList>, ApiError> {
    // Before the query, so that who may not ask is told no more.
    let call = state.call(caller.national(REVIEW)?, request_id);
    let month = query?.0.month.0;
    let late = state.app.list_late_reports(&call, &state.parameters, month).await?;
    Ok(Localised(LateReportList { items: late.iter().map(LateReportResponse::from).collect() }, language.0))
}

//! `/v1/pilot-reports`: cash flow, quarter and activity of the pilot: generated, agreed, submitted, returned, approved; and what they
//! tell together.

mod response;

use actix_web::{
    HttpResponse, HttpResponseBuilder, delete, get, post, put,
    web::{Data, Path},
};
use balsts_app::{Call, NewPilotContent, PilotReportDocument, PilotReportFile, PilotReportFilter, SummaryFigure};
use balsts_documents::{
    pilot_report::{self, OfficeFigures, PilotReport, PilotSummary},
    workbook,
};
use balsts_domain::{
    access::{NO_MACHINE, NationalPermission, Permission, Role},
    month::Month,
    parameters::municipalities::Municipalities,
    pilot_reports::{Figure, PilotReportStepKind, SupportingDocument, together},
    text::Language,
};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use response::{FrozenPilotReport, PilotReportList, PilotReportResponse, PilotReportSummary};

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson, off_thread},
    bounds::{Label, List, Sentences},
    forms::{Asked, Xlsx},
    i18n::{Accepted, Localised},
    identity::Identified,
    monthly_reports::{LateReportList, LateReportResponse},
    names::{CostItem, PilotReportKind, PilotReportStatus, SupportingDocumentKind},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, NotAcceptable, PreconditionFailures,
        Refused,
    },
    reports::{self, MadeReport, ReportFormat, ReportForms, SummaryFormat, summary},
    types::{Amount, Atvk, Date, YearMonth},
};

const PREPARE: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant], scope: "pilot-reports:write" };
const SUBMIT: Permission = Permission { municipal: &[Role::OfficeHead], scope: NO_MACHINE };
const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor],
    scope: "pilot-reports:read",
};
const AGREE: NationalPermission = NationalPermission(&[Role::ProgrammeTeam]);
const REVIEW: NationalPermission = NationalPermission(&[Role::MinistryReviewer]);
const READ_ALL: NationalPermission = NationalPermission(&[Role::ProgrammeTeam, Role::MinistryReviewer]);

/// The kind and period of a report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatePilotReport {
    /// The kind.
    kind: PilotReportKind,
    /// The month, of a quarter the last one; it is over.
    month: YearMonth,
}

/// A supporting document of a cash flow.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SupportingDocumentRequest {
    /// What it is.
    kind: SupportingDocumentKind,
    /// Its day.
    on: Date,
    /// Its number; required where it is no document of a case.
    number: Option<Label>,
    /// The document of a case that it is.
    case_document: Option<Uuid>,
    /// Number of the project; required where there is none of a contract.
    project_number: Option<Label>,
    /// Number of the contract; required where there is none of a project.
    contract_number: Option<Label>,
    /// What it is for; required but of an account statement. What services cost is generated.
    cost_item: Option<CostItem>,
    /// EUR; required but of an account statement.
    amount: Option<Amount>,
}

type SupportingDocuments = List<SupportingDocumentRequest, 0, 500>;

/// What the office adds to a report; nothing of it tells of a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdatePilotReport {
    /// Its words; null for none.
    notes: Option<Sentences>,
    /// The supporting documents; none of other kinds than a cash flow.
    #[schema(inline)]
    documents: SupportingDocuments,
}

/// Why a report is returned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PilotReportReasons {
    /// The reasons, in words.
    reasons: Sentences,
}

impl From<SupportingDocumentRequest> for SupportingDocument {
    fn from(request: SupportingDocumentRequest) -> Self {
        let text = |label: Option<Label>| label.map(|label| label.0);
        Self {
            kind: request.kind.0,
            on: request.on.0,
            number: text(request.number),
            case_document: request.case_document,
            project_number: text(request.project_number),
            contract_number: text(request.contract_number),
            cost_item: request.cost_item.map(|item| item.0),
            amount: request.amount.map(|amount| amount.0),
        }
    }
}

impl From<UpdatePilotReport> for NewPilotContent {
    fn from(request: UpdatePilotReport) -> Self {
        Self {
            notes: request.notes.map(|notes| notes.0),
            documents: request.documents.into_iter().map(SupportingDocument::from).collect(),
        }
    }
}

fn shown(file: &PilotReportFile, language: Language, response: HttpResponseBuilder) -> HttpResponse {
    reports::shown(&PilotReportResponse::from(file), file.report.version, language, response)
}

/// Generate a report of the pilot
///
/// Of a period that is over. A cash flow tells what was paid in a month, by cost item; a quarterly report what a quarter used, by service
/// group and methodology, and its result indicators; an activity report what the caller changed in a month, counted from the audit
/// log. No money that was paid is typed. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "pilot-reports",
    params(IdempotencyKey),
    request_body(content = CreatePilotReport, example = json!({"kind": "cash_flow", "month": "2023-10"})),
    responses(
        (status = 201, description = "The draft", body = PilotReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, BodyFailures,
    ),
    security(("bearer" = ["pilot-reports:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "integrator"]))),
)]
#[post("/v1/pilot-reports")]
pub(crate) async fn create_pilot_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(PREPARE)?;
    let CreatePilotReport { kind, month } = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/pilot-reports", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |file: &PilotReportFile| recorded(&PilotReportResponse::from(file));
    let answer = state.app.create_pilot_report(&call, &state.parameters, (kind.0, month.0), answer).await?;
    created(answer, Some("/v1/pilot-reports"), Some(1), language.0)
}

/// Which reports to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PilotReportsQuery {
    /// Only those of this kind.
    #[param(inline)]
    kind: Option<PilotReportKind>,
    /// Only those of this municipality, by its ATVK code.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    municipality: Option<Atvk>,
    /// Only those of the period that ends with this month.
    #[param(value_type = Option<String>, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2023-10")]
    month: Option<YearMonth>,
    /// Only those with this status.
    #[param(inline)]
    status: Option<PilotReportStatus>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List reports of the pilot
///
/// In the order in which they were made: an office's own; for the ministry those of all municipalities, drafts only for its team,
/// which agrees to them.
#[utoipa::path(
    tag = "pilot-reports",
    params(PilotReportsQuery),
    responses(
        (status = 200, description = "A page of reports", body = PilotReportList,
            example = json!({"items": [response::listed_example()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["pilot-reports:read"])),
    extensions(("x-roles" = json!(["programme_team", "ministry_reviewer", "social_worker", "office_head", "accountant", "auditor",
        "integrator"]))),
)]
#[get("/v1/pilot-reports")]
pub(crate) async fn list_pilot_reports(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<PilotReportsQuery>,
) -> Result<Localised<PilotReportList>, ApiError> {
    let PilotReportsQuery { kind, municipality, month, status, limit, cursor } = query.0;
    let call = state.call(caller.national_or_municipal(READ_ALL, READ)?, request_id);
    let limit = page_size(limit)?;
    let filter = PilotReportFilter {
        kind: kind.map(|kind| kind.0),
        municipality: municipality.map(|code| code.0),
        month: month.map(|month| month.0),
        status: status.map(|status| status.0),
        after: cursor,
    };
    let found = state.app.list_pilot_reports(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |report| report.id);
    let items = found.iter().map(PilotReportResponse::from).collect();
    Ok(Localised(PilotReportList { items, next }, language.0))
}

/// Get a report of the pilot
///
/// Its figures and documents, what is unusual about it, and what was done with it.
#[utoipa::path(
    tag = "pilot-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report")),
    responses(
        (status = 200, description = "The report", body = PilotReportResponse, example = json!(response::example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["pilot-reports:read"])),
    extensions(("x-roles" = json!(["programme_team", "ministry_reviewer", "social_worker", "office_head", "accountant", "auditor",
        "integrator"]))),
)]
#[get("/v1/pilot-reports/{id}")]
pub(crate) async fn get_pilot_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national_or_municipal(READ_ALL, READ)?, request_id);
    let file = state.app.get_pilot_report(&call, &state.parameters, preconditions::id(&id)?).await?;
    Ok(shown(&file, language.0, HttpResponse::Ok()))
}

/// Change a report of the pilot
///
/// Replaces the office's words and the supporting documents, and generates everything else again, with what came meanwhile. A
/// report that was agreed is a draft again. An activity is told by its worker alone.
#[utoipa::path(
    tag = "pilot-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    request_body(content = UpdatePilotReport, example = json!({"notes": null, "documents": response::documents_example()})),
    responses(
        (status = 200, description = "The report", body = PilotReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["pilot-reports:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "integrator"]))),
)]
#[put("/v1/pilot-reports/{id}")]
pub(crate) async fn update_pilot_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<UpdatePilotReport>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(PREPARE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let file = state.app.update_pilot_report(&call, &state.parameters, of, body.0.into()).await?;
    Ok(shown(&file, language.0, HttpResponse::Ok()))
}

/// Discard a report of the pilot
///
/// A draft that was never submitted.
#[utoipa::path(
    tag = "pilot-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    responses(
        (status = 204, description = "It is discarded"),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["pilot-reports:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "integrator"]))),
)]
#[delete("/v1/pilot-reports/{id}")]
pub(crate) async fn discard_pilot_report(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(PREPARE)?, request_id);
    state.app.discard_pilot_report(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Agree to a report of the pilot
///
/// The ministry's team has gone through a draft, or one that was returned and corrected: it may be submitted. A cash flow has its
/// account statement by then.
#[utoipa::path(
    tag = "pilot-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    responses(
        (status = 201, description = "The report", body = PilotReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["programme_team"]))),
)]
#[post("/v1/pilot-reports/{id}/agreement")]
pub(crate) async fn agree_pilot_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(AGREE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let step = (PilotReportStepKind::PreAgreed, None);
    let file = state.app.advance_pilot_report(&call, &state.parameters, of, step).await?;
    Ok(shown(&file, language.0, HttpResponse::Created()))
}

/// Submit a report of the pilot
///
/// To the ministry, once its team has agreed. Due by the 10th of the next month, a quarterly report by the 28th, or the next working
/// day.
#[utoipa::path(
    tag = "pilot-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    responses(
        (status = 201, description = "The report", body = PilotReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head"]))),
)]
#[post("/v1/pilot-reports/{id}/submission")]
pub(crate) async fn submit_pilot_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(SUBMIT)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let step = (PilotReportStepKind::Submitted, None);
    let file = state.app.advance_pilot_report(&call, &state.parameters, of, step).await?;
    Ok(shown(&file, language.0, HttpResponse::Created()))
}

/// Return a report of the pilot
///
/// For correction, with reasons. The office changes it, the team agrees again, and it is submitted again.
#[utoipa::path(
    tag = "pilot-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    request_body(content = PilotReportReasons, example = json!({"reasons": "Trūkst oktobra algu saraksta."})),
    responses(
        (status = 201, description = "The report", body = PilotReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_reviewer"]))),
)]
#[post("/v1/pilot-reports/{id}/return")]
pub(crate) async fn return_pilot_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<PilotReportReasons>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(REVIEW)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let step = (PilotReportStepKind::Returned, Some(body.0.reasons.0));
    let file = state.app.advance_pilot_report(&call, &state.parameters, of, step).await?;
    Ok(shown(&file, language.0, HttpResponse::Created()))
}

/// Approve a report of the pilot
///
/// The ministry has checked it, and finds it right.
#[utoipa::path(
    tag = "pilot-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report"), IfMatch),
    responses(
        (status = 201, description = "The report", body = PilotReportResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_reviewer"]))),
)]
#[post("/v1/pilot-reports/{id}/approval")]
pub(crate) async fn approve_pilot_report(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(REVIEW)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let step = (PilotReportStepKind::Approved, None);
    let file = state.app.advance_pilot_report(&call, &state.parameters, of, step).await?;
    Ok(shown(&file, language.0, HttpResponse::Created()))
}

/// Get a report of the pilot as a document
///
/// As `Accept` asks: a page in Latvian with a chart, the frozen JSON byte for byte as its hash is of, comma-separated values, or a
/// workbook (XLSX); with each payment and document of a cash flow. People are known by pseudonyms only, and no cell begins like a
/// formula. The read is recorded in the access log.
#[utoipa::path(
    tag = "pilot-reports",
    params(("id" = Uuid, Path, description = "Identifier of the report")),
    responses(
        (status = 200, description = "The report", content(
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (FrozenPilotReport = "application/json", example = json!({
                "municipality": "0001000", "kind": "cash_flow", "from": "2023-10", "to": "2023-10", "worker": null,
                "notes": null, "figures": response::figures_example(), "payments": response::payments_example(),
                "documents": response::documents_example()})),
            (String = "text/csv", example = json!("part,topic,of,...\r\n")),
            (Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("PK...")),
        )),
        AccessFailures, Failures, Missing, NotAcceptable,
    ),
    security(("bearer" = ["pilot-reports:read"])),
    extensions(("x-roles" = json!(["programme_team", "ministry_reviewer", "social_worker", "office_head", "accountant", "auditor",
        "integrator"]))),
)]
#[get("/v1/pilot-reports/{id}/document")]
pub(crate) async fn get_pilot_report_document(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    format: Asked<ReportFormat>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national_or_municipal(READ_ALL, READ)?, request_id);
    let found = state.app.get_pilot_report_document(&call, preconditions::id(&id)?).await?;
    let made = off_thread(move || made(&state, found, format.0)).await?;
    Ok(made.sent())
}

fn made(state: &ApiState, found: PilotReportDocument, format: ReportFormat) -> Result<MadeReport, ApiError> {
    let PilotReportDocument { report, content, frozen } = found;
    let municipality = state.parameters.municipalities.find(report.municipality);
    let shown = PilotReport {
        municipality: municipality.map_or(report.municipality.as_str(), |known| &known.name.lv),
        status: report.status,
        due_on: report.due_on,
        submitted_on: report.submitted_on,
        total: report.total,
        content: &content,
        content_hash: &HEXLOWER.encode(&report.content_hash),
    };
    let forms = ReportForms {
        name: format!("parskats-{}-{}-{}", report.municipality, report.kind, report.month),
        page: &|| pilot_report::pilot_report(&shown),
        csv: &|| pilot_report::csv(&content),
        workbook: &|| workbook::pilot_report(&shown),
    };
    forms.made(format, frozen)
}

/// A kind and period of reports.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PilotPeriodQuery {
    /// The kind.
    #[param(inline)]
    kind: PilotReportKind,
    /// The month, of a quarter the last one.
    #[param(value_type = String, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2023-09")]
    month: YearMonth,
}

/// Get a summary of the pilot's reports
///
/// What the reports of a kind and period tell that are submitted or approved: cash flow by month, use and indicators by quarter, by
/// municipality and together. Who received services in two municipalities counts in each. As `Accept` asks: JSON, a page in Latvian with
/// a chart, comma-separated values, or a workbook (XLSX).
#[utoipa::path(
    tag = "pilot-reports",
    params(PilotPeriodQuery),
    responses(
        (status = 200, description = "The summary", content(
            (PilotReportSummary = "application/json", example = json!({
                "kind": "cash_flow", "from": "2023-10", "to": "2023-10",
                "municipalities": [{"municipality": "0001000", "figures": response::figures_example()}],
                "figures": response::figures_example()})),
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (String = "text/csv", example = json!("municipality,name,topic,...\r\n")),
            (Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("PK...")),
        )),
        AccessFailures, Failures, Refused, NotAcceptable,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["programme_team", "ministry_reviewer"]))),
)]
#[get("/v1/pilot-report-summaries")]
pub(crate) async fn get_pilot_report_summary(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    query: Result<Query<PilotPeriodQuery>, ApiError>,
    format: Result<Asked<SummaryFormat>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    // Before the query, so that who may not ask is told no more.
    caller.national(READ_ALL)?;
    let PilotPeriodQuery { kind, month } = query?.0;
    let SummaryFormat(format) = format?.0;
    let found = state.app.pilot_summary(kind.0, month.0).await?;
    let figures = together(found.iter().map(|found| &found.figure));
    if format == ReportFormat::Json {
        return Ok(summary(&PilotReportSummary::new(kind, month, &found, &figures), language.0));
    }
    let of = (kind.0, month.0);
    let made = off_thread(move || made_summary(&state.parameters.municipalities, of, &found, &figures, format)).await?;
    Ok(made.sent())
}

fn made_summary(
    municipalities: &Municipalities,
    (kind, month): (balsts_domain::pilot_reports::PilotReportKind, Month),
    found: &[SummaryFigure],
    figures: &[Figure],
    format: ReportFormat,
) -> Result<MadeReport, ApiError> {
    let offices = found.chunk_by(|one, next| one.municipality == next.municipality);
    let offices: Vec<OfficeFigures<'_>> = offices.filter_map(|rows| office_figures(municipalities, rows)).collect();
    let summary = PilotSummary { kind, from: kind.first_month(month), to: month, offices: &offices, figures };
    let forms = ReportForms {
        name: format!("kopsavilkums-{kind}-{month}"),
        page: &|| pilot_report::pilot_summary(&summary),
        csv: &|| pilot_report::summary_csv(&summary),
        workbook: &|| workbook::pilot_summary(&summary),
    };
    forms.made(format, String::new())
}

/// The figures of one municipality.
fn office_figures<'a>(municipalities: &'a Municipalities, rows: &'a [SummaryFigure]) -> Option<OfficeFigures<'a>> {
    let first = rows.first()?;
    let known = municipalities.find(first.municipality);
    Some(OfficeFigures {
        code: first.municipality.to_string(),
        name: known.map_or(first.municipality.as_str(), |known| &known.name.lv),
        figures: rows.iter().map(|row| &row.figure).collect(),
    })
}

/// List late reports of the pilot
///
/// The municipalities in the pilot that had not submitted their report of a kind and period when its deadline ended; of a
/// worker's activity, those where no worker's was submitted. Before that there are none.
#[utoipa::path(
    tag = "pilot-reports",
    params(PilotPeriodQuery),
    responses(
        (status = 200, description = "The municipalities", body = LateReportList, example = json!({"items": [
            {"municipality": "0001000", "due_on": "2023-10-10", "report": null, "submitted_on": null}]})),
        AccessFailures, Failures, Refused,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["programme_team", "ministry_reviewer"]))),
)]
#[get("/v1/late-pilot-reports")]
pub(crate) async fn list_late_pilot_reports(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Result<Query<PilotPeriodQuery>, ApiError>,
) -> Result<Localised<LateReportList>, ApiError> {
    // Before the query, so that who may not ask is told no more.
    let call = state.call(caller.national(READ_ALL)?, request_id);
    let PilotPeriodQuery { kind, month } = query?.0;
    let late = state.app.list_late_pilot_reports(&call, &state.parameters, (kind.0, month.0)).await?;
    Ok(Localised(LateReportList { items: late.iter().map(LateReportResponse::from).collect() }, language.0))
}

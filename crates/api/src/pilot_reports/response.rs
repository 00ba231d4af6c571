//! Reports of the pilot as they are shown.

use balsts_app::{PilotReport, PilotReportFile, PilotReportStep, SummaryFigure};
use balsts_domain::pilot_reports::{self, Figure};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    names::{
        CostItem, FigureTopic, InvoiceKind, PilotReportKind, PilotReportStatus, PilotReportStepKind,
        PilotReportWarning, SupportingDocumentKind,
    },
    types::{Atvk, Date, Euros, YearMonth},
};

/// A figure of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PilotReportFigure {
    /// What it is about.
    topic: FigureTopic,
    /// The cost item, service group, methodology, indicator or operation.
    #[schema(example = "services")]
    of: String,
    /// EUR; null where it is no money.
    amount: Option<Euros>,
    /// A number; null where it is money.
    #[schema(minimum = 0)]
    count: Option<u64>,
}

impl From<&Figure> for PilotReportFigure {
    fn from(figure: &Figure) -> Self {
        Self {
            topic: FigureTopic(figure.topic),
            of: figure.of.clone(),
            amount: figure.amount.map(Euros),
            count: figure.count,
        }
    }
}

/// A supporting document of a cash flow. The original stays with the municipality.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SupportingDocumentResponse {
    /// What it is.
    kind: SupportingDocumentKind,
    /// Its day.
    on: Date,
    /// Its number.
    number: Option<String>,
    /// The document of a case that it is.
    case_document: Option<Uuid>,
    /// Number of the project.
    project_number: Option<String>,
    /// Number of the contract.
    contract_number: Option<String>,
    /// What it is for; null of an account statement.
    cost_item: Option<CostItem>,
    /// EUR; null of an account statement.
    amount: Option<Euros>,
}

impl From<&pilot_reports::SupportingDocument> for SupportingDocumentResponse {
    fn from(document: &pilot_reports::SupportingDocument) -> Self {
        Self {
            kind: SupportingDocumentKind(document.kind),
            on: Date(document.on),
            number: document.number.clone(),
            case_document: document.case_document,
            project_number: document.project_number.clone(),
            contract_number: document.contract_number.clone(),
            cost_item: document.cost_item.map(CostItem),
            amount: document.amount.map(Euros),
        }
    }
}

/// What was done with a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PilotReportStepResponse {
    /// What.
    kind: PilotReportStepKind,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: DateTime<Utc>,
    /// Subject of who did it.
    recorded_by: String,
    /// Reasons in words.
    reasons: Option<String>,
    /// SHA-256 of the content at the time.
    content_hash: String,
}

impl From<&PilotReportStep> for PilotReportStepResponse {
    fn from(step: &PilotReportStep) -> Self {
        Self {
            kind: PilotReportStepKind(step.kind),
            at: step.at,
            recorded_by: step.recorded_by.clone(),
            reasons: step.words.clone(),
            content_hash: HEXLOWER.encode(&step.content_hash),
        }
    }
}

/// A report of the pilot. The whole of it, with each payment, is at `/document`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PilotReportResponse {
    /// Identifier.
    id: Uuid,
    /// ATVK code of the municipality.
    municipality: Atvk,
    /// The kind.
    kind: PilotReportKind,
    /// The first month.
    from: YearMonth,
    /// The last month.
    to: YearMonth,
    /// Subject of the worker whose activity it is; null of other kinds.
    worker: Option<String>,
    /// Where it stands.
    status: PilotReportStatus,
    /// What its costs, or what was used, add up to.
    total: Euros,
    /// SHA-256 of the frozen JSON, hexadecimal.
    content_hash: String,
    /// The office's words.
    notes: Option<String>,
    /// The supporting documents; none of other kinds than a cash flow.
    documents: Vec<SupportingDocumentResponse>,
    /// The last day to submit it.
    due_on: Date,
    /// The day on which it was submitted first.
    submitted_on: Option<Date>,
    /// Subject of who had it generated.
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// Its figures; null in lists.
    figures: Option<Vec<PilotReportFigure>>,
    /// What is unusual; null in lists.
    warnings: Option<Vec<PilotReportWarning>>,
    /// What was done with it, the first first; null in lists.
    steps: Option<Vec<PilotReportStepResponse>>,
}

impl From<&PilotReport> for PilotReportResponse {
    fn from(report: &PilotReport) -> Self {
        Self {
            id: report.id,
            municipality: Atvk(report.municipality),
            kind: PilotReportKind(report.kind),
            from: YearMonth(report.kind.first_month(report.month)),
            to: YearMonth(report.month),
            worker: report.worker.clone(),
            status: PilotReportStatus(report.status),
            total: Euros(report.total),
            content_hash: HEXLOWER.encode(&report.content_hash),
            notes: report.notes.clone(),
            documents: report.documents.iter().map(SupportingDocumentResponse::from).collect(),
            due_on: Date(report.due_on),
            submitted_on: report.submitted_on.map(Date),
            created_by: report.created_by.clone(),
            created_at: report.created_at,
            figures: None,
            warnings: None,
            steps: None,
        }
    }
}

impl From<&PilotReportFile> for PilotReportResponse {
    fn from(file: &PilotReportFile) -> Self {
        Self {
            figures: Some(file.figures.iter().map(PilotReportFigure::from).collect()),
            warnings: Some(file.warnings.iter().copied().map(PilotReportWarning).collect()),
            steps: Some(file.steps.iter().map(PilotReportStepResponse::from).collect()),
            ..Self::from(&file.report)
        }
    }
}

/// A page of reports.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PilotReportList {
    /// The reports.
    pub(super) items: Vec<PilotReportResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// A payment of a cash flow.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only the schema is needed")]
pub(crate) struct PilotReportPayment {
    /// The day.
    paid_on: Date,
    /// What asked for the money.
    document: InvoiceKind,
    /// Number of a provider's invoice.
    number: Option<String>,
    /// The provider; null where a person claims.
    provider: Option<Uuid>,
    /// Name of a provider that is no natural person.
    provider_name: Option<String>,
    /// Pseudonymous code of the person who claims, for reports always the same.
    recipient: Option<String>,
    /// EUR; negative where a credit note takes back.
    amount: Euros,
    /// Whether it was made in an earlier month, and recorded after the cash flow of that one was submitted.
    correction: bool,
}

/// The frozen JSON of a report.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only the schema is needed")]
pub(crate) struct FrozenPilotReport {
    /// ATVK code of the municipality.
    municipality: Atvk,
    /// The kind.
    kind: PilotReportKind,
    /// The first month.
    from: YearMonth,
    /// The last month.
    to: YearMonth,
    /// Subject of the worker whose activity it is; null of other kinds.
    worker: Option<String>,
    /// The office's words.
    notes: Option<String>,
    /// Its figures.
    figures: Vec<PilotReportFigure>,
    /// Each payment of a cash flow.
    payments: Vec<PilotReportPayment>,
    /// The documents of a cash flow.
    documents: Vec<SupportingDocumentResponse>,
}

/// What the reports of a municipality tell together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PilotReportSummaryRow {
    /// ATVK code of the municipality.
    municipality: Atvk,
    /// Its figures.
    figures: Vec<PilotReportFigure>,
}

/// What the reports of a kind and period tell that are submitted or approved.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PilotReportSummary {
    /// The kind.
    kind: PilotReportKind,
    /// The first month.
    from: YearMonth,
    /// The last month.
    to: YearMonth,
    /// Each municipality.
    municipalities: Vec<PilotReportSummaryRow>,
    /// The figures of all municipalities together.
    figures: Vec<PilotReportFigure>,
}

impl PilotReportSummary {
    pub(super) fn new(kind: PilotReportKind, to: YearMonth, found: &[SummaryFigure], together: &[Figure]) -> Self {
        let of_office = |rows: &[SummaryFigure]| {
            let municipality = Atvk(rows.first()?.municipality);
            let figures = rows.iter().map(|row| PilotReportFigure::from(&row.figure)).collect();
            Some(PilotReportSummaryRow { municipality, figures })
        };
        let offices = found.chunk_by(|one, next| one.municipality == next.municipality);
        Self {
            kind,
            from: YearMonth(kind.0.first_month(to.0)),
            to,
            municipalities: offices.filter_map(of_office).collect(),
            figures: together.iter().map(PilotReportFigure::from).collect(),
        }
    }
}

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

pub(super) fn documents_example() -> Value {
    json!([
        {"kind": "account_statement", "on": "2023-10-31", "number": "K-10", "case_document": null,
            "project_number": "9.2.2.2/16/I/001", "contract_number": null, "cost_item": null, "amount": null},
        {"kind": "payroll", "on": "2023-10-31", "number": "A-10", "case_document": null,
            "project_number": "9.2.2.2/16/I/001", "contract_number": null, "cost_item": "worker_pay", "amount": "1200.00"},
    ])
}

pub(super) fn figures_example() -> Value {
    let cost = |of: &str, amount: &str| json!({"topic": "cost_item", "of": of, "amount": amount, "count": null});
    json!([
        cost("services", "36.00"),
        cost("worker_pay", "1200.00"),
        cost("worker_transport", "0.00"),
        cost("indirect_costs", "0.00"),
    ])
}

pub(super) fn payments_example() -> Value {
    json!([{"paid_on": "2023-10-20", "document": "invoice", "number": "R-1",
        "provider": "018bcfe5-6800-7000-8000-000000000006", "provider_name": "Demo sniedzējs SIA", "recipient": null,
        "amount": "36.00", "correction": false}])
}

pub(super) fn listed_example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-00000000000d", "municipality": "0001000", "kind": "cash_flow", "from": "2023-10",
        "to": "2023-10", "worker": null, "status": "pre_agreed", "total": "1236.00", "content_hash": HASH, "notes": null,
        "documents": documents_example(), "due_on": "2023-11-10", "submitted_on": null, "created_by": "demo-accountant",
        "created_at": "2023-11-09T08:00:00Z", "figures": null, "warnings": null, "steps": null,
    })
}

pub(super) fn example() -> Value {
    let mut report = listed_example();
    let steps = json!([
        {"kind": "generated", "at": "2023-11-09T08:00:00Z", "recorded_by": "demo-accountant", "reasons": null,
            "content_hash": HASH},
        {"kind": "pre_agreed", "at": "2023-11-09T12:00:00Z", "recorded_by": "demo-team", "reasons": null,
            "content_hash": HASH},
    ]);
    if let Some(members) = report.as_object_mut() {
        members.insert("figures".to_owned(), figures_example());
        members.insert("warnings".to_owned(), json!([]));
        members.insert("steps".to_owned(), steps);
    }
    report
}

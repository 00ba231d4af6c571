//! Monthly reports as they are shown.

use balsts_app::{LateReport, MonthlyReport, MonthlyReportFile, MonthlyReportStep};
use balsts_domain::monthly_reports::{ReportLine, ReportTotals};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    names::{
        FundingVariant, InvoiceKind, Methodology, MonthlyReportLineKind, MonthlyReportStatus, MonthlyReportStepKind,
        ServiceGroup, Unit,
    },
    types::{Atvk, Date, Euros, Number, YearMonth},
};

/// What a report adds up to, EUR.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonthlyReportTotals {
    /// Different recipients.
    recipients: u32,
    /// Paid, and claimed.
    paid: Euros,
    /// Approved, waiting for the funding, and claimed.
    awaiting_funding: Euros,
    /// Both lists together.
    claimed: Euros,
    /// Of these, what corrects earlier reports.
    corrections: Euros,
    /// Paid by now of what earlier reports claimed; not claimed again.
    paid_of_earlier_claims: Euros,
    /// What the state pays of the claim.
    state: Euros,
    /// What the municipality pays of the claim.
    municipality: Euros,
    /// What the parents pay of the claim.
    parents: Euros,
}

impl From<ReportTotals> for MonthlyReportTotals {
    fn from(totals: ReportTotals) -> Self {
        Self {
            recipients: totals.recipients,
            paid: Euros(totals.paid),
            awaiting_funding: Euros(totals.awaiting_funding),
            claimed: Euros(totals.claimed),
            corrections: Euros(totals.corrections),
            paid_of_earlier_claims: Euros(totals.paid_of_earlier_claims),
            state: Euros(totals.state),
            municipality: Euros(totals.municipality),
            parents: Euros(totals.parents),
        }
    }
}

/// What was done with a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonthlyReportStepResponse {
    /// What.
    kind: MonthlyReportStepKind,
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

/// A monthly report. Its lines are at `/lines`, the whole of it at `/document`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonthlyReportResponse {
    /// Identifier.
    id: Uuid,
    /// ATVK code of the municipality.
    municipality: Atvk,
    /// The month.
    month: YearMonth,
    /// Where it stands.
    status: MonthlyReportStatus,
    /// How state, municipality and parents share.
    variant: FundingVariant,
    /// What it adds up to.
    totals: MonthlyReportTotals,
    /// How many lines it has.
    lines: u32,
    /// SHA-256 of the frozen JSON, hexadecimal.
    content_hash: String,
    /// The worker's words.
    notes: Option<String>,
    /// The last day to submit it.
    due_on: Date,
    /// The day on which it was submitted first.
    submitted_on: Option<Date>,
    /// Subject of who had it generated.
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// What was done with it, the first first; null in lists.
    steps: Option<Vec<MonthlyReportStepResponse>>,
}

impl From<&MonthlyReport> for MonthlyReportResponse {
    fn from(report: &MonthlyReport) -> Self {
        Self {
            id: report.id,
            municipality: Atvk(report.municipality),
            month: YearMonth(report.month),
            status: MonthlyReportStatus(report.status),
            variant: FundingVariant(report.variant),
            totals: report.totals.into(),
            lines: report.lines,
            content_hash: HEXLOWER.encode(&report.content_hash),
            notes: report.notes.clone(),
            due_on: Date(report.due_on),
            submitted_on: report.submitted_on.map(Date),
            created_by: report.created_by.clone(),
            created_at: report.created_at,
            steps: None,
        }
    }
}

impl From<&MonthlyReportFile> for MonthlyReportResponse {
    fn from(file: &MonthlyReportFile) -> Self {
        let step = |step: &MonthlyReportStep| MonthlyReportStepResponse {
            kind: MonthlyReportStepKind(step.kind),
            at: step.at,
            recorded_by: step.recorded_by.clone(),
            reasons: step.words.clone(),
            content_hash: HEXLOWER.encode(&step.content_hash),
        };
        Self { steps: Some(file.steps.iter().map(step).collect()), ..Self::from(&file.report) }
    }
}

/// A page of reports.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonthlyReportList {
    /// The reports.
    pub(super) items: Vec<MonthlyReportResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// A line of a report: what is equal of approved invoices and claims of a recipient.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonthlyReportLine {
    /// Its number, from 1.
    number: u32,
    /// The list that it stands in.
    kind: MonthlyReportLineKind,
    /// Pseudonymous code of the recipient, for reports always the same.
    recipient: String,
    /// Methodology of the budget.
    methodology: Methodology,
    /// Code of the service.
    service: String,
    /// Its group.
    service_group: ServiceGroup,
    /// What the volume counts; null of a service that the catalogue does not know any more.
    unit: Option<Unit>,
    /// What asked for the money.
    document: InvoiceKind,
    /// The provider; null where a person claims.
    provider: Option<Uuid>,
    /// Name of a provider that is no natural person.
    provider_name: Option<String>,
    /// Whether an earlier report should have told of it, or has claimed what it takes back: services before the month before that of
    /// the report, an approval before that month, or a credit note to what an earlier report claimed.
    correction: bool,
    /// The month of its services, where it is a correction; null also in reports that were generated when it was not told.
    correction_of: Option<YearMonth>,
    /// Volume; negative where a credit note takes back.
    units: Number,
    /// EUR a unit.
    unit_price: Euros,
    /// EUR; negative where a credit note takes back.
    amount: Euros,
    /// What the state pays of it; nothing where an earlier report claimed it.
    state: Euros,
    /// What the municipality pays of it.
    municipality: Euros,
    /// What the parents pay of it.
    parents: Euros,
}

impl From<&ReportLine> for MonthlyReportLine {
    fn from(line: &ReportLine) -> Self {
        Self {
            number: line.number,
            kind: MonthlyReportLineKind(line.kind),
            recipient: line.recipient.clone(),
            methodology: Methodology(line.methodology),
            service: line.service.clone(),
            service_group: ServiceGroup(line.service_group),
            unit: line.unit.map(Unit),
            document: InvoiceKind(line.document),
            provider: line.provider,
            provider_name: line.provider_name.clone(),
            correction: line.correction,
            correction_of: line.correction_of.map(YearMonth),
            units: Number(line.units.value().normalize()),
            unit_price: Euros(line.unit_price),
            amount: Euros(line.amount),
            state: Euros(line.state),
            municipality: Euros(line.municipality),
            parents: Euros(line.parents),
        }
    }
}

/// A page of lines.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonthlyReportLines {
    /// The lines.
    pub(crate) items: Vec<MonthlyReportLine>,
    /// Cursor of the next page; null on the last.
    pub(crate) next: Option<String>,
}

/// A municipality whose report is late.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LateReportResponse {
    /// ATVK code of the municipality.
    municipality: Atvk,
    /// The last day to submit.
    due_on: Date,
    /// The report that was submitted late; null where none was.
    report: Option<Uuid>,
    /// The day on which it was submitted.
    submitted_on: Option<Date>,
}

impl From<&LateReport> for LateReportResponse {
    fn from(late: &LateReport) -> Self {
        Self {
            municipality: Atvk(late.municipality),
            due_on: Date(late.due_on),
            report: late.report.map(|(id, _)| id),
            submitted_on: late.report.map(|(_, submitted_on)| Date(submitted_on)),
        }
    }
}

/// The municipalities whose report of a month is late.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LateReportList {
    /// In order of their codes.
    pub(crate) items: Vec<LateReportResponse>,
}

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

pub(crate) fn summary_example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-00000000000c", "municipality": "0001000", "month": "2023-10", "status": "submitted",
        "variant": "shared_50_50", "totals": {"recipients": 1, "paid": "19.89", "awaiting_funding": "6.64",
            "claimed": "26.53", "corrections": "0.00", "paid_of_earlier_claims": "0.00", "state": "13.27",
            "municipality": "13.26", "parents": "0.00"},
        "lines": 2, "content_hash": HASH, "notes": null, "due_on": "2023-11-15", "submitted_on": "2023-11-15",
        "created_by": "demo-worker", "created_at": "2023-11-15T08:00:00Z", "steps": null,
    })
}

pub(crate) fn example() -> Value {
    let mut report = summary_example();
    let steps = json!([
        {"kind": "generated", "at": "2023-11-15T08:00:00Z", "recorded_by": "demo-worker", "reasons": null, "content_hash": HASH},
        {"kind": "submitted", "at": "2023-11-15T09:00:00Z", "recorded_by": "demo-head", "reasons": null, "content_hash": HASH},
    ]);
    if let Some(members) = report.as_object_mut() {
        members.insert("steps".to_owned(), steps);
    }
    report
}

pub(crate) fn lines_example() -> Value {
    json!({"items": [{"number": 1, "kind": "paid", "recipient": "MZXW6YTBOJ2WC3TE", "methodology": "children-2023",
        "service": "home_care", "service_group": "social", "unit": "hour", "document": "invoice",
        "provider": "018bcfe5-6800-7000-8000-000000000006", "provider_name": "Demo sniedzējs SIA", "correction": false,
        "correction_of": null, "units": "3", "unit_price": "6.63", "amount": "19.89", "state": "9.95", "municipality": "9.94", "parents": "0.00"}],
        "next": null})
}

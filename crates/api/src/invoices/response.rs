//! Invoices as the API shows them.

use balsts_app::{CheckedInvoice, Invoice, InvoiceSummary, StoredFinding};
use balsts_domain::{
    claims::ClaimLine,
    invoices::InvoiceKind as Kind,
    money::{Money, Volume},
    text::{Fault, Language},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    claims::ClaimDetails,
    i18n,
    names::{InvoiceKind, InvoiceStatus, InvoiceStepKind},
    types::{Date, Euros, Quantity},
};

/// What sent an invoice back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceFinding {
    /// JSON Pointer into the invoice as it was sent.
    pointer: String,
    /// Published code.
    code: String,
    /// In words.
    detail: String,
}

/// A line as it was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceLineResponse {
    /// The order.
    order: Uuid,
    /// First day.
    from: Date,
    /// Last day.
    to: Date,
    /// Volume, in the service's unit.
    volume: Quantity,
    /// EUR a unit.
    unit_price: Euros,
    /// EUR.
    amount: Euros,
}

/// What was done with an invoice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceStepResponse {
    /// What.
    kind: InvoiceStepKind,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: DateTime<Utc>,
    /// Subject of who did it.
    recorded_by: String,
    /// Reasons in words.
    reasons: Option<String>,
}

/// What only the invoice itself shows, not a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceDetails {
    /// Name of whom to pay; empty where the person of a claim is erased.
    payee: String,
    /// Account of whom to pay.
    bank_account: Option<String>,
    /// In words.
    note: Option<String>,
    /// Whether it came as an e-invoice.
    e_invoice: bool,
    /// Its lines as they were sent.
    lines: Vec<InvoiceLineResponse>,
    /// Receipts and trips of a claim.
    claim: Option<ClaimDetails>,
    /// What was done with it, the first first.
    steps: Vec<InvoiceStepResponse>,
}

/// An invoice, credit note or claim.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invoice)]
pub(crate) struct InvoiceResponse {
    /// Identifier.
    id: Uuid,
    /// What it is.
    kind: InvoiceKind,
    /// Where it stands.
    status: InvoiceStatus,
    /// Whose invoice it is; null for a claim of a person.
    provider_id: Option<Uuid>,
    /// Whose claim it is.
    person_id: Option<Uuid>,
    /// The sender's number.
    number: String,
    /// The day on which it was issued.
    issued_on: Date,
    /// First day of the period.
    period_from: Date,
    /// Its last day.
    period_to: Date,
    /// What it asks for, EUR; below zero where a credit note gives back.
    amount: Euros,
    /// The invoice that a credit note corrects.
    corrects: Option<Uuid>,
    /// What sent it back at once, with a pointer into what was sent.
    findings: Vec<InvoiceFinding>,
    /// Subject of who entered it.
    entered_by: String,
    /// Subject of who endorsed it.
    checked_by: Option<String>,
    /// Subject of who approved it.
    approved_by: Option<String>,
    /// The day on which it was approved.
    approved_on: Option<Date>,
    /// The payment that it is part of.
    payment_id: Option<Uuid>,
    /// The day on which it was paid.
    paid_on: Option<Date>,
    /// Lines, payee and steps; null in a list.
    details: Option<InvoiceDetails>,
}

/// A page of invoices.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceList {
    /// The invoices, in the order in which they came in.
    pub(super) items: Vec<InvoiceResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// What a line of an invoice would be for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceMatch {
    /// The deliveries.
    deliveries: Vec<Uuid>,
    /// What they are worth in the ledger, EUR.
    delivered: Euros,
}

/// What would become of an invoice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvoiceCheck)]
pub(crate) struct InvoiceCheckResponse {
    /// Whether it would be received.
    accepted: bool,
    /// What would send it back.
    findings: Vec<InvoiceFinding>,
    /// What each line would be for; empty where something would send it back.
    lines: Vec<InvoiceMatch>,
}

impl InvoiceFinding {
    fn stored(finding: &StoredFinding, language: Language) -> Self {
        let detail = finding.detail.in_language(language).to_owned();
        Self { pointer: finding.pointer.clone(), code: finding.code.clone(), detail }
    }

    pub(crate) fn found(fault: &Fault, language: Language) -> Self {
        let detail = i18n::render(&fault.message, language);
        Self { pointer: fault.pointer.clone(), code: fault.code.to_owned(), detail }
    }
}

impl From<&ClaimLine> for InvoiceLineResponse {
    fn from(line: &ClaimLine) -> Self {
        Self {
            order: line.order,
            from: Date(line.days.0),
            to: Date(line.days.1),
            volume: Quantity(line.volume),
            unit_price: Euros(line.unit_price),
            amount: Euros(line.amount),
        }
    }
}

impl InvoiceCheckResponse {
    pub(super) fn of(checked: &CheckedInvoice, language: Language) -> Self {
        let lines = checked.matched.iter().map(|matched| InvoiceMatch {
            deliveries: matched.deliveries.clone(),
            delivered: Euros(Money::from_cents(matched.delivered)),
        });
        Self {
            accepted: checked.findings.is_empty(),
            findings: checked.findings.iter().map(|fault| InvoiceFinding::found(fault, language)).collect(),
            lines: lines.collect(),
        }
    }
}

impl InvoiceResponse {
    pub(crate) fn of_summary(summary: &InvoiceSummary, language: Language) -> Self {
        Self {
            id: summary.id,
            kind: InvoiceKind(summary.kind),
            status: InvoiceStatus(summary.status),
            provider_id: summary.provider_id,
            person_id: summary.person_id,
            number: summary.number.clone(),
            issued_on: Date(summary.issued_on),
            period_from: Date(summary.period.0),
            period_to: Date(summary.period.1),
            amount: Euros(summary.amount),
            corrects: summary.corrects,
            findings: summary.findings.iter().map(|finding| InvoiceFinding::stored(finding, language)).collect(),
            entered_by: summary.entered_by.clone(),
            checked_by: summary.checked_by.clone(),
            approved_by: summary.approved_by.clone(),
            approved_on: summary.approved_on.map(Date),
            payment_id: summary.payment_id,
            paid_on: summary.paid_on.map(Date),
            details: None,
        }
    }

    pub(crate) fn of(invoice: &Invoice, language: Language) -> Self {
        let content = &invoice.content;
        let lines = content.submitted.iter().map(|line| InvoiceLineResponse {
            order: line.order,
            from: Date(line.from),
            to: Date(line.to),
            volume: Quantity(Volume::from_thousandths(line.thousandths)),
            unit_price: Euros(Money::from_cents(line.unit_price)),
            amount: Euros(Money::from_cents(line.cents)),
        });
        let steps = invoice.steps.iter().map(|step| InvoiceStepResponse {
            kind: InvoiceStepKind(step.kind),
            at: step.at,
            recorded_by: step.recorded_by.clone(),
            reasons: step.words.clone(),
        });
        let details = InvoiceDetails {
            payee: content.payee.clone(),
            bank_account: content.account.clone(),
            note: content.note.clone(),
            e_invoice: content.xml.is_some(),
            lines: lines.collect(),
            claim: claim(invoice),
            steps: steps.collect(),
        };
        Self { details: Some(details), ..Self::of_summary(&invoice.summary, language) }
    }
}

/// What is sealed of a claim beside its lines.
fn claim(invoice: &Invoice) -> Option<ClaimDetails> {
    let parts = invoice.content.claim.clone()?;
    match invoice.summary.kind {
        Kind::Reimbursement => serde_json::from_value(parts).ok().map(ClaimDetails::of_reimbursement),
        Kind::TransportClaim => {
            let (allowance, items) = serde_json::from_value(parts).ok()?;
            Some(ClaimDetails::of_transport(allowance, items))
        }
        Kind::Invoice | Kind::CreditNote => None,
    }
}

pub(crate) fn summary_example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-00000000000a", "kind": "invoice", "status": "received",
        "provider_id": "018bcfe5-6800-7000-8000-000000000006", "person_id": null, "number": "R-2023/117", "issued_on": "2023-07-03",
        "period_from": "2023-06-01", "period_to": "2023-06-30", "amount": "19.89", "corrects": null, "findings": [],
        "entered_by": "demo-provider", "checked_by": null, "approved_by": null, "approved_on": null, "payment_id": null,
        "paid_on": null, "details": null,
    })
}

pub(crate) fn example() -> Value {
    let mut invoice = summary_example();
    let details = json!({
        "payee": "Demo sniedzējs SIA", "bank_account": "LV80BANK0000435195001", "note": null, "e_invoice": false, "claim": null,
        "lines": [{"order": "018bcfe5-6800-7000-8000-000000000008", "from": "2023-06-01", "to": "2023-06-30", "volume": "3",
            "unit_price": "6.63", "amount": "19.89"}],
        "steps": [{"kind": "received", "at": "2023-07-03T08:00:00Z", "recorded_by": "demo-provider", "reasons": null}],
    });
    if let Some(invoice) = invoice.as_object_mut() {
        invoice.insert("details".to_owned(), details);
    }
    invoice
}

pub(crate) fn claim_example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-00000000000b", "kind": "reimbursement", "status": "received", "provider_id": null,
        "person_id": "018bcfe5-6800-7000-8000-000000000005", "number": "2023-10/00000000000b", "issued_on": "2023-11-15",
        "period_from": "2023-10-01", "period_to": "2023-10-31", "amount": "250.00", "corrects": null, "findings": [],
        "entered_by": "demo-recipient", "checked_by": null, "approved_by": null, "approved_on": null, "payment_id": null,
        "paid_on": null,
        "details": {
            "payee": "Izdomāts Paraugvecāks", "bank_account": "LV80BANK0000435195001", "note": null, "e_invoice": false,
            "lines": [{"order": "018bcfe5-6800-7000-8000-000000000008", "from": "2023-10-02", "to": "2023-10-06",
                "volume": "5", "unit_price": "50.00", "amount": "250.00"}],
            "claim": {
                "receipts": [{"order": "018bcfe5-6800-7000-8000-000000000008", "from": "2023-10-02", "to": "2023-10-06",
                    "volume": "5", "unit_price": "50.00", "amount": "250.00",
                    "receipt": {"kind": "till_receipt", "provider": "Izdomāts centrs SIA",
                        "registration_number": "40000000001", "number": "117", "paid_on": "2023-10-06",
                        "names_recipient": true}}],
                "allowance": null, "items": [],
            },
            "steps": [{"kind": "received", "at": "2023-11-15T08:00:00Z", "recorded_by": "demo-recipient", "reasons": null}],
        },
    })
}

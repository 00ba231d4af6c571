//! From an [`EInvoice`] to a file.

use chrono::NaiveDate;
use en16931::invoice::{self as model, PaymentMeans};
use en16931::profiles::{EN16931, PEPPOL_BIS_3};
use en16931::{Date, DocumentKind, DocumentReference, InvoiceAmount, Percentage, Quantity, UnitPriceAmount};
use en16931_formats::Syntax;
use en16931_formats::report::{Entry, Kind as EntryKind};

use super::read::date_of;
use super::{
    Adjustment, CURRENCY, EInvoice, Identifier, Kind, Line, Party, Payment, Period, Preceding, Profile, Totals, Vat,
    VatSum,
};
use crate::{Fault, xml};

/// Writes the UBL document. The same invoice gives the same bytes, and [`read_invoice`](super::read_invoice) reads the same
/// invoice from them, if it keeps the rules: those are not checked here, so that a test can write what breaks them.
///
/// # Errors
/// What UBL has no place for: no line, a day outside its calendar, a control character in a text, a credit note with a day to pay
/// and no payment means.
pub fn write_invoice(invoice: &EInvoice) -> Result<Vec<u8>, Vec<Fault>> {
    let model = model_of(invoice).ok_or_else(|| vec![Fault::xml("a day has no place in the calendar of UBL")])?;
    let written = en16931_formats::write_unchecked(&model, Syntax::Ubl).map_err(|error| faults_of(&error.entries))?;
    let lost: Vec<Entry> = written.entries.into_iter().filter(|entry| entry.kind != EntryKind::Derived).collect();
    if !lost.is_empty() {
        return Err(faults_of(&lost));
    }
    let text = with_payment_due_date(written.xml, invoice)?;
    if !text.chars().all(xml::carries) {
        return Err(vec![Fault::xml("a text has a character that XML cannot carry")]);
    }
    Ok(text.into_bytes())
}

fn faults_of(entries: &[Entry]) -> Vec<Fault> {
    entries.iter().map(|entry| Fault::xml(format!("{}: {}", entry.path, entry.message))).collect()
}

/// A credit note has no `DueDate` in UBL; its place is behind the code of the payment means, where the library does not write it.
fn with_payment_due_date(text: String, invoice: &EInvoice) -> Result<String, Vec<Fault>> {
    let (Kind::CreditNote, Some(day)) = (invoice.kind, invoice.due_date) else {
        return Ok(text);
    };
    let behind = "</cbc:PaymentMeansCode>";
    match text.split_once(behind) {
        Some((head, tail)) => Ok(format!("{head}{behind}<cbc:PaymentDueDate>{day}</cbc:PaymentDueDate>{tail}")),
        None => Err(vec![Fault::xml("a credit note without payment means cannot tell a day to pay")]),
    }
}

fn model_of(invoice: &EInvoice) -> Option<model::Invoice> {
    let specification = match invoice.profile {
        Profile::En16931 => EN16931.specification_id,
        Profile::PeppolBis3 => PEPPOL_BIS_3.specification_id,
    };
    let number = invoice.number.as_str();
    let issue_date = date_of(invoice.issue_date)?;
    let mut model =
        model::Invoice::builder(specification, number, issue_date, invoice.type_code.as_str(), CURRENCY).build();
    model.kind = match invoice.kind {
        Kind::Invoice => DocumentKind::Invoice,
        Kind::CreditNote => DocumentKind::CreditNote,
    };
    model.business_process.clone_from(&invoice.process);
    if invoice.kind == Kind::Invoice {
        model.due_date = optional_date(invoice.due_date)?;
    }
    model.notes = invoice.notes.iter().map(|note| model::InvoiceNote::new(note.as_str())).collect();
    model.buyer_reference.clone_from(&invoice.buyer_reference);
    model.contract_reference = invoice.contract_reference.as_deref().map(DocumentReference::new);
    model.purchase_order_reference = invoice.order_reference.as_deref().map(DocumentReference::new);
    model.preceding_invoices = invoice.preceding.iter().map(preceding_of).collect::<Option<_>>()?;
    model.invoicing_period = optional_period(invoice.period)?;
    model.seller = party_of(&invoice.seller);
    model.buyer = party_of(&invoice.buyer);
    model.payee = invoice.payee_name.clone().map(|name| model::Payee { name: Some(name), ..Default::default() });
    model.payment = invoice.payment.as_ref().map(payment_of);
    model.payment_terms.clone_from(&invoice.payment_terms);
    model.allowances = invoice.adjustments.iter().filter(|item| !item.is_charge).map(adjustment_of).collect();
    model.charges = invoice.adjustments.iter().filter(|item| item.is_charge).map(adjustment_of).collect();
    model.vat_breakdown = invoice.vat.iter().map(vat_sum_of).collect();
    model.totals = totals_of(&invoice.totals);
    model.lines = invoice.lines.iter().map(line_of).collect::<Option<_>>()?;
    Some(model)
}

/// `None` where there is a day and UBL cannot tell it.
fn optional_date(day: Option<NaiveDate>) -> Option<Option<Date>> {
    day.map_or(Some(None), |day| date_of(day).map(Some))
}

fn optional_period(period: Option<Period>) -> Option<Option<model::Period>> {
    let Some(period) = period else {
        return Some(None);
    };
    Some(Some(model::Period { start: optional_date(period.from)?, end: optional_date(period.to)? }))
}

fn preceding_of(preceding: &Preceding) -> Option<model::PrecedingInvoice> {
    Some(model::PrecedingInvoice {
        reference: DocumentReference::new(preceding.number.as_str()),
        issue_date: optional_date(preceding.issue_date)?,
    })
}

fn cents(cents: i64) -> InvoiceAmount {
    InvoiceAmount::from_minor_units(cents)
}

fn code(code: Option<&String>) -> Option<model::Code> {
    code.map(model::Code::new)
}

fn identifier_of(identifier: &Identifier) -> en16931::Identifier {
    match &identifier.scheme {
        Some(scheme) => en16931::Identifier::schemed(&identifier.value, scheme),
        None => en16931::Identifier::new(&identifier.value),
    }
}

fn party_of(party: &Party) -> model::Party {
    model::Party {
        name: Some(party.name.clone()),
        identifiers: party.identifiers.iter().map(identifier_of).collect(),
        legal_registration: party.registration.as_ref().map(identifier_of),
        vat_identifier: party.vat_number.clone(),
        tax_registration: party.tax_registration.clone(),
        electronic_address: party.endpoint.as_ref().map(identifier_of),
        address: model::PostalAddress {
            line1: party.street.clone(),
            city: party.city.clone(),
            post_code: party.post_code.clone(),
            country: Some(model::Code::new(&party.country)),
            ..Default::default()
        },
        ..Default::default()
    }
}

fn payment_of(payment: &Payment) -> model::PaymentInstructions {
    let accounts = payment.accounts.iter().map(|account| model::CreditTransfer {
        account_identifier: Some(account.iban.clone()),
        account_name: account.name.clone(),
        provider_identifier: account.bic.clone(),
    });
    let accounts: Vec<model::CreditTransfer> = accounts.collect();
    model::PaymentInstructions {
        means_code: Some(model::Code::new(&payment.means_code)),
        means_text: None,
        remittance_information: payment.remittance.clone(),
        means: (!accounts.is_empty()).then_some(PaymentMeans::CreditTransfer(accounts)),
    }
}

fn vat_of(vat: &Vat) -> model::LineVat {
    model::LineVat { category: model::Code::new(&vat.category), rate: vat.rate.map(Percentage::new) }
}

fn vat_sum_of(sum: &VatSum) -> model::VatBreakdown {
    model::VatBreakdown {
        taxable_amount: cents(sum.taxable_cents),
        tax_amount: cents(sum.tax_cents),
        category: model::Code::new(&sum.vat.category),
        rate: sum.vat.rate.map(Percentage::new),
        exemption_reason: sum.exemption_reason.clone(),
        exemption_reason_code: code(sum.exemption_code.as_ref()),
    }
}

fn adjustment_of(item: &Adjustment) -> model::DocumentAllowanceCharge {
    model::DocumentAllowanceCharge {
        amount: cents(item.amount_cents),
        base_amount: item.base_cents.map(cents),
        percentage: item.percentage.map(Percentage::new),
        vat: item.vat.as_ref().map(vat_of).unwrap_or_default(),
        reason: item.reason.clone(),
        reason_code: code(item.reason_code.as_ref()),
    }
}

fn line_adjustment_of(item: &Adjustment) -> model::LineAllowanceCharge {
    model::LineAllowanceCharge {
        amount: cents(item.amount_cents),
        base_amount: item.base_cents.map(cents),
        percentage: item.percentage.map(Percentage::new),
        reason: item.reason.clone(),
        reason_code: code(item.reason_code.as_ref()),
    }
}

fn totals_of(totals: &Totals) -> model::DocumentTotals {
    model::DocumentTotals {
        line_total: cents(totals.lines_cents),
        allowance_total: totals.allowances_cents.map(cents),
        charge_total: totals.charges_cents.map(cents),
        taxable_total: cents(totals.without_vat_cents),
        vat_total: totals.vat_cents.map(cents),
        vat_total_accounting: None,
        gross_total: cents(totals.with_vat_cents),
        paid: totals.prepaid_cents.map(cents),
        rounding: totals.rounding_cents.map(cents),
        due: cents(totals.payable_cents),
    }
}

fn line_of(line: &Line) -> Option<model::InvoiceLine> {
    let unit = model::Code::new(&line.unit_code);
    Some(model::InvoiceLine {
        id: line.id.clone(),
        note: line.note.clone(),
        order_line_reference: line.order_line_reference.as_deref().map(DocumentReference::new),
        accounting_reference: None,
        object_identifier: None,
        quantity: Quantity::new(line.quantity),
        unit_code: unit.clone(),
        net_amount: cents(line.net_cents),
        period: optional_period(line.period)?,
        allowances: line.adjustments.iter().filter(|item| !item.is_charge).map(line_adjustment_of).collect(),
        charges: line.adjustments.iter().filter(|item| item.is_charge).map(line_adjustment_of).collect(),
        price: model::PriceDetails {
            net_price: UnitPriceAmount::new(line.net_price),
            base_quantity: line.base_quantity.map(Quantity::new),
            base_quantity_code: line.base_quantity.map(|_| unit),
            ..Default::default()
        },
        vat: vat_of(&line.vat),
        item: model::Item {
            name: Some(line.item_name.clone()),
            description: line.item_description.clone(),
            seller_identifier: line.item_id.clone(),
            ..Default::default()
        },
    })
}

//! From a file to an [`EInvoice`].

use chrono::{Datelike, NaiveDate};
use en16931::bt::Group;
use en16931::invoice::{self as model, PaymentMeans};
use en16931::profiles::{EN16931, PEPPOL_BIS_3};
use en16931::{Check, Date, DocumentKind, DocumentReference, InvoiceAmount};
use en16931_formats::report::{Entry, Kind as EntryKind};
use rust_decimal::Decimal;

use super::{
    Account, Adjustment, CURRENCY, EInvoice, Identifier, Kind, Line, Party, Payment, Period, Preceding, Profile,
    Totals, Vat, VatSum, checks,
};
use crate::fault::MOST_FAULTS;
use crate::{Fault, Severity, xml};

/// Reads an invoice or credit note and judges it by the rules of the specification that it names.
///
/// # Errors
/// Every fault that was found, the fatal ones first: at least one of them is fatal. A file of more than `max_bytes`, or that is not
/// the XML of such a document, has one; so has one that is not in euro, whatever else is wrong with it.
pub fn read_invoice(xml: &[u8], max_bytes: usize) -> Result<EInvoice, Vec<Fault>> {
    let text = xml::text(xml, max_bytes).map_err(|fault| vec![fault])?;
    let document = roxmltree::Document::parse(text).map_err(|error| vec![Fault::xml(error.to_string())])?;
    checks::bounded(document.root_element()).map_err(|fault| vec![fault])?;
    // Refuses what is nested too deeply, which `checks::check` may rely on.
    let read = en16931_formats::read(text.as_bytes()).map_err(|error| vec![Fault::xml(error.to_string())])?;
    let model = read.invoice;
    let profile = profile_of(&model).map_err(|fault| vec![fault])?;
    refuse_other_currencies(&model).map_err(|fault| vec![fault])?;

    let mut faults: Vec<Fault> = read.entries.iter().filter_map(|entry| fault_of_entry(entry, &model)).collect();
    faults.extend(findings(&model, profile));
    faults.extend(checks::check(document.root_element(), profile));
    if faults.iter().any(|fault| fault.severity == Severity::Fatal) {
        return Err(in_order(faults));
    }
    let payment_due = checks::payment_due_date(document.root_element());
    invoice_of(model, profile, payment_due).ok_or_else(|| vec![Fault::xml("a mandatory element is missing")])
}

fn profile_of(model: &model::Invoice) -> Result<Profile, Fault> {
    match model.specification_id.as_deref().map(str::trim) {
        None | Some("") => Err(Fault::fatal("BR-01", "An Invoice shall have a Specification identifier (BT-24).")),
        Some(id) if id == PEPPOL_BIS_3.specification_id => Ok(Profile::PeppolBis3),
        Some(id) if id == EN16931.specification_id => Ok(Profile::En16931),
        Some(id) => Err(Fault::fatal(
            "PEPPOL-EN16931-R004",
            format!(
                "Specification identifier (BT-24) {id:?} is not accepted; {} and {} are",
                PEPPOL_BIS_3.specification_id, EN16931.specification_id
            ),
        )),
    }
}

/// A currency that is none is a fault like others; another one than the euro is the only fault that matters.
fn refuse_other_currencies(model: &model::Invoice) -> Result<(), Fault> {
    match model.currency.as_ref().map(model::Code::as_str) {
        Some(code) if code != CURRENCY && checks::is_currency(code) => Err(Fault::fatal(
            "currency",
            format!("the invoice currency (BT-5) is {code}; only invoices in {CURRENCY} are accepted"),
        )),
        _ => Ok(()),
    }
}

/// What the rules found in the model.
fn findings(model: &model::Invoice, profile: Profile) -> Vec<Fault> {
    let rules = match profile {
        Profile::En16931 => &EN16931,
        Profile::PeppolBis3 => &PEPPOL_BIS_3,
    };
    let report = Check::new(rules).run(model);
    let faults = report.findings().iter().map(|finding| {
        let detail = finding.detail.as_ref();
        let detail = detail.map(|detail| format!(" (expected {}, found {})", detail.expected, detail.actual));
        Fault {
            rule: finding.rule.clone(),
            severity: severity_of(finding.severity),
            line: (finding.path.group == Group::Line).then(|| line_id(model, finding.path.index)).flatten(),
            message: format!("{}{}", finding.message, detail.unwrap_or_default()),
        }
    });
    faults.collect()
}

fn severity_of(severity: en16931::Severity) -> Severity {
    match severity {
        en16931::Severity::Fatal => Severity::Fatal,
        en16931::Severity::Warning => Severity::Warning,
        en16931::Severity::Info => Severity::Information,
    }
}

fn line_id(model: &model::Invoice, index: Option<usize>) -> Option<String> {
    let line = model.lines.get(index?)?;
    (!line.id.is_empty()).then(|| line.id.clone())
}

/// What the reader could not hold. What EN 16931 has no place for is no fault: a file may say more than the standard.
fn fault_of_entry(entry: &Entry, model: &model::Invoice) -> Option<Fault> {
    if entry.kind == EntryKind::Unmapped {
        return None;
    }
    // "BG-25[2]/BT-147"
    let index = entry.term.as_deref().and_then(|term| term.strip_prefix("BG-25["));
    let index = index.and_then(|rest| rest.split_once(']')).and_then(|(index, _)| index.parse().ok());
    Some(Fault {
        rule: entry.rule.clone().unwrap_or_else(|| "xml".to_owned()),
        severity: severity_of(entry.level()),
        line: line_id(model, index),
        message: format!("{}: {}", entry.path, entry.message),
    })
}

/// The fatal ones first, each once, not without end.
fn in_order(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by_key(|fault| fault.severity);
    let mut told: Vec<Fault> = Vec::new();
    for fault in faults {
        if told.len() == MOST_FAULTS {
            break;
        }
        if !told.iter().any(|other| other.rule == fault.rule && other.line == fault.line && fault.rule != "xml") {
            told.push(fault);
        }
    }
    told
}

fn invoice_of(model: model::Invoice, profile: Profile, payment_due: Option<NaiveDate>) -> Option<EInvoice> {
    let kind = match model.kind {
        DocumentKind::Invoice => Kind::Invoice,
        DocumentKind::CreditNote => Kind::CreditNote,
    };
    let allowances = model.allowances.into_iter().map(|item| adjustment_of(item, false));
    let charges = model.charges.into_iter().map(|item| adjustment_of(item, true));
    Some(EInvoice {
        profile,
        process: filled(model.business_process),
        kind,
        number: model.number?,
        type_code: model.type_code?.into(),
        issue_date: day(model.issue_date?)?,
        due_date: model.due_date.and_then(day).or(payment_due),
        notes: model.notes.into_iter().filter_map(|note| filled(note.note)).collect(),
        buyer_reference: filled(model.buyer_reference),
        contract_reference: reference(model.contract_reference),
        order_reference: reference(model.purchase_order_reference),
        preceding: model.preceding_invoices.into_iter().map(preceding_of).collect(),
        period: model.invoicing_period.and_then(period_of),
        seller: party_of(model.seller)?,
        buyer: party_of(model.buyer)?,
        payee_name: model.payee.and_then(|payee| filled(payee.name)),
        payment: model.payment.and_then(payment_of),
        payment_terms: filled(model.payment_terms),
        adjustments: allowances.chain(charges).collect(),
        vat: model.vat_breakdown.into_iter().map(vat_sum_of).collect(),
        totals: totals_of(&model.totals),
        lines: model.lines.into_iter().map(line_of).collect::<Option<_>>()?,
    })
}

/// The text without the spaces around it, if there is any.
fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn reference(reference: Option<DocumentReference>) -> Option<String> {
    filled(reference.map(|reference| reference.as_str().to_owned()))
}

fn day(date: Date) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(date.year(), date.month().into(), date.day().into())
}

pub(super) fn date_of(day: NaiveDate) -> Option<Date> {
    Date::new(day.year(), u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?).ok()
}

fn cents(amount: Option<InvoiceAmount>) -> Option<i64> {
    amount.map(InvoiceAmount::to_minor_units)
}

fn code(code: Option<model::Code>) -> Option<String> {
    filled(code.map(String::from))
}

fn preceding_of(preceding: model::PrecedingInvoice) -> Preceding {
    Preceding { number: preceding.reference.as_str().to_owned(), issue_date: preceding.issue_date.and_then(day) }
}

fn period_of(period: model::Period) -> Option<Period> {
    let period = Period { from: period.start.and_then(day), to: period.end.and_then(day) };
    (period.from.is_some() || period.to.is_some()).then_some(period)
}

fn identifier_of(identifier: &en16931::Identifier) -> Option<Identifier> {
    let value = filled(Some(identifier.content().to_owned()))?;
    Some(Identifier { value, scheme: filled(identifier.scheme().map(str::to_owned)) })
}

fn party_of(party: model::Party) -> Option<Party> {
    Some(Party {
        name: party.name?,
        identifiers: party.identifiers.iter().filter_map(identifier_of).collect(),
        registration: party.legal_registration.as_ref().and_then(identifier_of),
        vat_number: filled(party.vat_identifier),
        tax_registration: filled(party.tax_registration),
        endpoint: party.electronic_address.as_ref().and_then(identifier_of),
        street: filled(party.address.line1),
        city: filled(party.address.city),
        post_code: filled(party.address.post_code),
        country: code(party.address.country)?,
    })
}

fn payment_of(payment: model::PaymentInstructions) -> Option<Payment> {
    let accounts = match payment.means {
        Some(PaymentMeans::CreditTransfer(accounts)) => accounts.into_iter().filter_map(account_of).collect(),
        _ => Vec::new(),
    };
    Some(Payment {
        means_code: code(payment.means_code)?,
        remittance: filled(payment.remittance_information),
        accounts,
    })
}

fn account_of(account: model::CreditTransfer) -> Option<Account> {
    Some(Account {
        iban: filled(account.account_identifier)?,
        name: filled(account.account_name),
        bic: filled(account.provider_identifier),
    })
}

fn vat_of(vat: model::LineVat) -> Vat {
    Vat { category: vat.category.into(), rate: vat.rate.map(en16931::Percentage::into_decimal) }
}

fn vat_sum_of(sum: model::VatBreakdown) -> VatSum {
    VatSum {
        vat: Vat { category: sum.category.into(), rate: sum.rate.map(en16931::Percentage::into_decimal) },
        taxable_cents: sum.taxable_amount.to_minor_units(),
        tax_cents: sum.tax_amount.to_minor_units(),
        exemption_reason: filled(sum.exemption_reason),
        exemption_code: code(sum.exemption_reason_code),
    }
}

fn adjustment_of(item: model::DocumentAllowanceCharge, is_charge: bool) -> Adjustment {
    Adjustment {
        is_charge,
        amount_cents: item.amount.to_minor_units(),
        base_cents: cents(item.base_amount),
        percentage: item.percentage.map(en16931::Percentage::into_decimal),
        reason: filled(item.reason),
        reason_code: code(item.reason_code),
        vat: Some(vat_of(item.vat)),
    }
}

fn line_adjustment_of(item: model::LineAllowanceCharge, is_charge: bool) -> Adjustment {
    Adjustment {
        is_charge,
        amount_cents: item.amount.to_minor_units(),
        base_cents: cents(item.base_amount),
        percentage: item.percentage.map(en16931::Percentage::into_decimal),
        reason: filled(item.reason),
        reason_code: code(item.reason_code),
        vat: None,
    }
}

fn totals_of(totals: &model::DocumentTotals) -> Totals {
    Totals {
        lines_cents: totals.line_total.to_minor_units(),
        allowances_cents: cents(totals.allowance_total),
        charges_cents: cents(totals.charge_total),
        without_vat_cents: totals.taxable_total.to_minor_units(),
        vat_cents: cents(totals.vat_total),
        with_vat_cents: totals.gross_total.to_minor_units(),
        prepaid_cents: cents(totals.paid),
        rounding_cents: cents(totals.rounding),
        payable_cents: totals.due.to_minor_units(),
    }
}

fn line_of(line: model::InvoiceLine) -> Option<Line> {
    let allowances = line.allowances.into_iter().map(|item| line_adjustment_of(item, false));
    let charges = line.charges.into_iter().map(|item| line_adjustment_of(item, true));
    Some(Line {
        id: line.id,
        note: filled(line.note),
        order_line_reference: reference(line.order_line_reference),
        period: line.period.and_then(period_of),
        item_name: line.item.name?,
        item_description: filled(line.item.description),
        item_id: filled(line.item.seller_identifier),
        quantity: line.quantity.into_decimal(),
        unit_code: line.unit_code.into(),
        net_price: line.price.net_price.into_decimal(),
        base_quantity: line.price.base_quantity.map(|quantity| -> Decimal { quantity.into_decimal() }),
        adjustments: allowances.chain(charges).collect(),
        net_cents: line.net_amount.to_minor_units(),
        vat: vat_of(line.vat),
    })
}

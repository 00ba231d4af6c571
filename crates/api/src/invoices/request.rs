//! What an invoice says, as JSON and as an e-invoice.

use balsts_app::NewFile;
use balsts_domain::{
    account::{AccountRefusal, Iban},
    attachments::MOST_ATTACHMENTS,
    files::FileType,
    invoices::{EInvoiceTerms, NewInvoice, NewInvoiceLine},
    money::{Money, Volume},
    text::{Fault, Message},
};
use balsts_exchange::invoice::{EInvoice, EmbeddedFile, Kind, Line, Period, VatSum};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    bounds::{Label, List, Sentences},
    files,
    problem::ApiError,
    types::{Amount, Date, UnitPrice, Units},
};

/// Lines of an invoice.
type Lines = List<InvoiceLineRequest, 1, 5000>;

/// A line: for all that was delivered of an order on its days, and is not invoiced yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvoiceLineRequest {
    /// The order.
    order: Uuid,
    /// First day.
    from: Date,
    /// Last day.
    to: Date,
    /// Volume, in the service's unit: what was delivered.
    volume: Units,
    /// EUR a unit, at most the order's price on every day of the line.
    unit_price: UnitPrice,
    /// EUR: volume times price, rounded half up, or the value of the deliveries where that is a rounding lower.
    amount: Amount,
}

/// An invoice or credit note of a provider.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateInvoice {
    /// Whether it is a credit note: its amounts are what it gives back.
    #[serde(default)]
    credit_note: bool,
    /// The provider's number, once among its invoices to the office.
    number: Label,
    /// The day on which it was issued: not before the period's end.
    issued_on: Date,
    /// First day of the period.
    period_from: Date,
    /// Its last day.
    period_to: Date,
    /// Number of the invoice that a credit note corrects, which is paid.
    corrects: Option<Label>,
    /// IBAN that it names: the one by which the provider is registered.
    #[schema(value_type = Option<String>, max_length = 42)]
    bank_account: Option<BankAccount>,
    /// Its lines.
    #[schema(inline)]
    lines: Lines,
    /// Sum of the lines, EUR.
    total: Amount,
    /// In words.
    note: Option<Sentences>,
}

/// What is told as an IBAN, with or without spaces.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct BankAccount(String);

impl BankAccount {
    /// The IBAN.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn parsed(&self, pointer: &str) -> Result<Iban, ApiError> {
        let none = |_| ApiError::refuse(pointer, "invalid_iban", Message::new("provider-not-an-iban"));
        self.0.parse().map_err(none)
    }

    /// The IBAN of an account to which payments are made.
    ///
    /// # Errors
    /// It is none, or in no country of SEPA.
    pub(crate) fn to_pay(&self, pointer: &str) -> Result<Iban, ApiError> {
        let refused = |refusal: AccountRefusal| ApiError::refuse(pointer, refusal.code(), refusal.message());
        Iban::to_pay(&self.0).map_err(refused)
    }
}

impl TryFrom<CreateInvoice> for NewInvoice {
    type Error = ApiError;

    fn try_from(request: CreateInvoice) -> Result<Self, ApiError> {
        let line = |line: InvoiceLineRequest| NewInvoiceLine {
            order: line.order,
            from: line.from.0,
            to: line.to.0,
            volume: line.volume.0,
            unit_price: line.unit_price.0,
            amount: line.amount.0,
        };
        Ok(Self {
            credit_note: request.credit_note,
            number: request.number.0,
            issued_on: request.issued_on.0,
            period: (request.period_from.0, request.period_to.0),
            corrects: request.corrects.map(|number| number.0),
            account: request.bank_account.map(|account| account.parsed("/bank_account")).transpose()?,
            lines: request.lines.into_iter().map(line).collect(),
            total: request.total.0,
            note: request.note.map(|note| note.0),
        })
    }
}

/// The faults of an e-invoice by its own rules.
pub(crate) fn refused(faults: Vec<balsts_exchange::Fault>) -> ApiError {
    let fault = |fault: balsts_exchange::Fault| Fault {
        pointer: fault
            .line
            .map(|line| format!("/lines/{}", line.replace('~', "~0").replace('/', "~1")))
            .unwrap_or_default(),
        code: "e_invoice_rule",
        message: Message::new("e-invoice-rule").with("rule", fault.rule).with("message", fault.message),
    };
    ApiError::Refused(faults.into_iter().map(fault).collect())
}

fn wrong(pointer: impl Into<String>, key: &'static str) -> Fault {
    Fault { pointer: pointer.into(), code: "e_invoice_unfit", message: Message::new(key) }
}

/// The files that an e-invoice carries, each of a type that Peppol permits.
pub(crate) fn carried_files(carried: Vec<EmbeddedFile>) -> Result<Vec<NewFile>, ApiError> {
    use FileType::{Csv, Jpeg, Ods, Pdf, Png, Xlsx};
    let permitted = [Pdf, Png, Jpeg, Csv, Xlsx, Ods];
    let unfit = |position: usize| wrong(format!("/attachments/{position}"), "e-invoice-attachment");
    if carried.len() > MOST_ATTACHMENTS {
        return Err(ApiError::Refused(vec![unfit(MOST_ATTACHMENTS)]));
    }
    let mut faults = Vec::new();
    let mut files = Vec::with_capacity(carried.len());
    for (position, EmbeddedFile { media_type, content }) in carried.into_iter().enumerate() {
        match permitted.into_iter().find(|kind| kind.as_str() == media_type && kind.fits(&content)) {
            Some(kind) => files.push(files::new(kind, content)),
            None => faults.push(unfit(position)),
        }
    }
    if faults.is_empty() { Ok(files) } else { Err(ApiError::Refused(faults)) }
}

/// What an e-invoice tells beyond what it says of our orders.
pub(crate) fn terms_of(invoice: &EInvoice) -> EInvoiceTerms {
    let with_vat = |line: &Line| invoice.vat.iter().any(|sum| sum.vat == line.vat && sum.tax_cents != 0);
    EInvoiceTerms {
        seller_registration: invoice.seller.registration.as_ref().map(|number| number.value.clone()),
        seller_vat_number: invoice.seller.vat_number.clone(),
        with_vat: invoice
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| with_vat(line))
            .map(|(position, _)| position)
            .collect(),
    }
}

/// What an e-invoice says of our orders. Prices of orders include VAT, so that of a line is added to its price and amount.
pub(crate) fn of_e_invoice(invoice: &EInvoice) -> Result<NewInvoice, ApiError> {
    let mut faults = Vec::new();
    if !invoice.adjustments.is_empty() {
        faults.push(wrong("/adjustments", "e-invoice-adjustments"));
    }
    let rounding =
        invoice.totals.prepaid_cents.unwrap_or_default() != 0 || invoice.totals.rounding_cents.unwrap_or_default() != 0;
    if rounding {
        faults.push(wrong("/totals", "e-invoice-prepaid"));
    }
    let whole = days(invoice.period);
    let lines = invoice.lines.iter().zip(with_vat(invoice));
    let lines: Vec<_> = lines.filter_map(|(line, amount)| of_line((line, amount), whole, &mut faults)).collect();
    let first = lines.iter().map(|line| line.from).min();
    let last = lines.iter().map(|line| line.to).max();
    let period = whole.or(first.zip(last)).unwrap_or((invoice.issue_date, invoice.issue_date));
    let accounts: &[_] = invoice.payment.as_ref().map(|payment| payment.accounts.as_slice()).unwrap_or_default();
    if let Some(account) = accounts.first().filter(|account| account.valid_iban().is_none()) {
        faults.push(wrong(
            format!("/payment/accounts/{}", accounts.iter().position(|one| one == account).unwrap_or_default()),
            "provider-not-an-iban",
        ));
    }
    if !faults.is_empty() {
        return Err(ApiError::Refused(faults));
    }
    Ok(NewInvoice {
        credit_note: invoice.kind == Kind::CreditNote,
        number: invoice.number.clone(),
        issued_on: invoice.issue_date,
        period,
        corrects: invoice.preceding.first().map(|preceding| preceding.number.clone()),
        account: accounts.first().and_then(balsts_exchange::invoice::Account::valid_iban),
        lines,
        total: Money::from_cents(invoice.totals.payable_cents),
        note: invoice.notes.first().cloned(),
    })
}

fn days(period: Option<Period>) -> Option<(NaiveDate, NaiveDate)> {
    period.and_then(|period| period.from.zip(period.to))
}

/// What one is with VAT of a rate in per cent.
fn factor(rate: Option<Decimal>) -> Decimal {
    Decimal::ONE.saturating_add(rate.unwrap_or_default() / Decimal::ONE_HUNDRED)
}

/// Lines with VAT of one category and rate.
struct Group<'a> {
    of: &'a VatSum,
    /// How many lines are still to come.
    left: usize,
    /// Cents without VAT of the lines so far.
    net: i64,
    /// Cents with VAT of the lines so far.
    gross: i64,
}

impl Group<'_> {
    /// The amount of the next line with VAT: what the rounded sum of the lines grows by with it, the last one what is left of that
    /// of the group.
    fn next(&mut self, net: i64) -> Option<Money> {
        self.left = self.left.saturating_sub(1);
        self.net = self.net.checked_add(net)?;
        let gross = if self.left == 0 {
            self.of.taxable_cents.checked_add(self.of.tax_cents)?
        } else {
            Money::exact(Decimal::new(self.net, 2).checked_mul(factor(self.of.vat.rate))?).cents()?
        };
        let amount = gross.checked_sub(self.gross)?;
        self.gross = gross;
        Some(Money::from_cents(amount))
    }
}

/// The amount of each line with VAT. EN 16931 rounds VAT once for all lines of a category and rate: their amounts add up to what is to
/// be paid for them, to the cent.
fn with_vat(invoice: &EInvoice) -> Vec<Option<Money>> {
    let group =
        |of| Group { of, left: invoice.lines.iter().filter(|line| line.vat == of.vat).count(), net: 0, gross: 0 };
    let mut groups: Vec<Group<'_>> = invoice.vat.iter().map(group).collect();
    let amount = |line: &Line| groups.iter_mut().find(|group| group.of.vat == line.vat)?.next(line.net_cents);
    invoice.lines.iter().map(amount).collect()
}

fn of_line(
    (line, amount): (&Line, Option<Money>),
    whole: Option<(NaiveDate, NaiveDate)>,
    faults: &mut Vec<Fault>,
) -> Option<NewInvoiceLine> {
    let at = |member: &str| format!("/lines/{}/{member}", line.id.replace('~', "~0").replace('/', "~1"));
    let order = line.order_line_reference.as_deref().and_then(|reference| reference.parse().ok());
    if order.is_none() {
        faults.push(wrong(at("order_line_reference"), "e-invoice-order"));
    }
    let days = days(line.period).or(whole);
    if days.is_none() {
        faults.push(wrong(at("period"), "e-invoice-period"));
    }
    if !line.adjustments.is_empty() {
        faults.push(wrong(at("adjustments"), "e-invoice-adjustments"));
    }
    if line.quantity <= Decimal::ZERO || line.quantity.normalize().scale() > 3 {
        faults.push(wrong(at("quantity"), "e-invoice-quantity"));
    }
    let per = line.base_quantity.filter(|base| !base.is_zero()).unwrap_or(Decimal::ONE);
    let (order, (from, to)) = (order?, days?);
    Some(NewInvoiceLine {
        order,
        from,
        to,
        volume: Volume::exact(line.quantity.normalize()),
        unit_price: Money::exact(line.net_price.checked_div(per)?.checked_mul(factor(line.vat.rate))?).rounded(),
        amount: amount?,
    })
}

pub(crate) fn example() -> Value {
    json!({
        "number": "R-2023/117", "issued_on": "2023-07-03", "period_from": "2023-06-01", "period_to": "2023-06-30",
        "bank_account": "LV80 BANK 0000 4351 9500 1",
        "lines": [{"order": "018bcfe5-6800-7000-8000-000000000008", "from": "2023-06-01", "to": "2023-06-30", "volume": "3",
            "unit_price": "6.63", "amount": "19.89"}],
        "total": "19.89",
    })
}

/// The same invoice as an e-invoice.
pub(crate) const XML_EXAMPLE: &str = include_str!("example.xml");

#[cfg(test)]
mod tests {
    use balsts_exchange::invoice::Vat;

    use super::*;

    #[test]
    fn the_e_invoice_of_the_document_says_what_its_json_says() {
        let invoice = balsts_exchange::invoice::read_invoice(XML_EXAMPLE.as_bytes(), XML_EXAMPLE.len()).unwrap();
        let read = of_e_invoice(&invoice).unwrap();
        let told: NewInvoice = serde_json::from_value::<CreateInvoice>(example()).unwrap().try_into().unwrap();
        assert_eq!(read, told);
    }

    /// The e-invoice of the document with lines of so many cents at a rate of VAT, and the cents of tax by rate.
    fn amounts(lines: &[(i64, i64)], taxes: &[(i64, i64)]) -> (Vec<String>, String) {
        let mut invoice = balsts_exchange::invoice::read_invoice(XML_EXAMPLE.as_bytes(), XML_EXAMPLE.len()).unwrap();
        let (line, sum) = (invoice.lines.remove(0), invoice.vat.remove(0));
        let vat = |rate: i64| Vat { category: "S".to_owned(), rate: Some(Decimal::from(rate)) };
        let of_line = |(net_cents, rate): &(i64, i64)| Line {
            quantity: Decimal::ONE,
            net_price: Decimal::new(*net_cents, 2),
            net_cents: *net_cents,
            vat: vat(*rate),
            ..line.clone()
        };
        let taxable = |rate: i64| lines.iter().filter(|(_, of)| *of == rate).map(|(cents, _)| cents).sum::<i64>();
        let of_rate = |(rate, tax_cents): &(i64, i64)| VatSum {
            vat: vat(*rate),
            taxable_cents: taxable(*rate),
            tax_cents: *tax_cents,
            ..sum.clone()
        };
        invoice.lines = lines.iter().map(of_line).collect();
        invoice.vat = taxes.iter().map(of_rate).collect();
        invoice.totals.payable_cents = invoice.vat.iter().map(|sum| sum.taxable_cents + sum.tax_cents).sum();
        let read = of_e_invoice(&invoice).unwrap();
        assert_eq!(read.lines.iter().map(|line| line.amount).sum::<Money>(), read.total);
        let with_vat = lines.iter().enumerate().filter(|(_, (_, rate))| *rate != 0).map(|(position, _)| position);
        assert_eq!(terms_of(&invoice).with_vat, with_vat.collect());
        (read.lines.iter().map(|line| line.amount.to_string()).collect(), read.total.to_string())
    }

    #[test]
    fn the_lines_of_an_e_invoice_add_up_to_what_is_to_be_paid_with_vat() {
        for (lines, taxes, expected, payable) in [
            (vec![(1002, 21), (1002, 21)], vec![(21, 421)], vec!["12.12", "12.13"], "24.25"),
            (vec![(1002, 21)], vec![(21, 210)], vec!["12.12"], "12.12"),
            (vec![(1002, 21); 3], vec![(21, 631)], vec!["12.12", "12.13", "12.12"], "36.37"),
            (
                vec![(1002, 21), (333, 12), (1002, 21), (333, 12)],
                vec![(12, 80), (21, 421)],
                vec!["12.12", "3.73", "12.13", "3.73"],
                "31.71",
            ),
            (vec![(1, 21), (1, 21), (1, 21)], vec![(21, 1)], vec!["0.01", "0.01", "0.02"], "0.04"),
        ] {
            let expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(amounts(&lines, &taxes), (expected, payable.to_owned()), "{lines:?}");
        }
    }
}

//! Invoices and claims: each line against what was delivered, who checks and who approves, and what the ledger says of it
//! [domain 7.4 to 7.6].
//!
//! **Decision**: whatever was wrong is corrected by an entry of its own, which names the day that it is of, and nothing is asked for
//! twice. Before it is invoiced a delivery is corrected itself. Afterwards a price or volume that was too high is taken back by a credit
//! note, and a volume that was too small is another delivery, which is invoiced. There is no invoice that raises the price of what was
//! delivered: a line asks for at most the price of the order that held on the day of delivery, the price of an order never rises for a
//! day that has a delivery (`orders::OrderRefusal::AlreadyDelivered`), and a tariff that changes alters no signed plan.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    account::Iban,
    day::{self, DayRefusal},
    ledger::{Balance, EntryKind, LedgerRefusal, NewEntry},
    money::{Money, Volume},
    orders::{self, OrderSums},
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// What asks for money.
    InvoiceKind {
        /// A provider's invoice.
        Invoice = "invoice",
        /// A provider's credit note: it takes back a part of an invoice that was paid.
        CreditNote = "credit_note",
        /// A claim of a person who paid a service first.
        Reimbursement = "reimbursement",
        /// A claim for the cost of transport.
        TransportClaim = "transport_claim",
    }
}

names! {
    /// Where an invoice or claim stands [domain 7.4].
    InvoiceStatus {
        /// It agrees with what was delivered, and waits for the worker.
        Received = "received",
        /// The worker has endorsed it.
        Checked = "checked",
        /// A second person has approved it: it is paid with the next payment run.
        Approved = "approved",
        /// It is paid.
        Paid = "paid",
        /// It went back to the sender with reasons: another one may have its number.
        Returned = "returned",
        /// It is not paid, and not expected again.
        Rejected = "rejected",
    }
}

names! {
    /// What was done with an invoice.
    InvoiceStepKind {
        /// It came in.
        Received = "received",
        /// It was endorsed.
        Checked = "checked",
        /// It was approved.
        Approved = "approved",
        /// It was sent back.
        Returned = "returned",
        /// It was refused for good.
        Rejected = "rejected",
        /// It was paid.
        Paid = "paid",
        /// The bank refused the payment: it waits for the next run.
        PaymentFailed = "payment_failed",
        /// The account of a claim was corrected after that.
        AccountCorrected = "account_corrected",
    }
}

/// A line of an invoice as it is sent. It is for all that was delivered of an order on the days, and is not invoiced yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvoiceLine {
    /// The order.
    pub order: Uuid,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Volume, in the service's unit.
    pub volume: Volume,
    /// EUR a unit.
    pub unit_price: Money,
    /// EUR.
    pub amount: Money,
}

/// An invoice or credit note as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvoice {
    /// Whether it is a credit note.
    pub credit_note: bool,
    /// The sender's number.
    pub number: String,
    /// The day on which it was issued.
    pub issued_on: NaiveDate,
    /// First and last day of what it is for.
    pub period: (NaiveDate, NaiveDate),
    /// Number of the invoice that a credit note corrects.
    pub corrects: Option<String>,
    /// The account that it names.
    pub account: Option<Iban>,
    /// Its lines.
    pub lines: Vec<NewInvoiceLine>,
    /// What it asks for together, EUR; a credit note what it gives back.
    pub total: Money,
    /// In words.
    pub note: Option<String>,
}

/// What an e-invoice tells of an invoice beyond the invoice itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EInvoiceTerms {
    /// Registration number of its seller (BT-30).
    pub seller_registration: Option<String>,
    /// VAT number of its seller (BT-31).
    pub seller_vat_number: Option<String>,
    /// Positions of the lines to whose prices and amounts VAT was added.
    pub with_vat: BTreeSet<usize>,
}

impl EInvoiceTerms {
    /// Checks that the seller is the provider whose invoice it is, by the provider's registration number or personal code. The
    /// registration number decides where the e-invoice tells one, else the VAT number: in Latvia that is the same number behind
    /// `LV`. EN 16931 demands one of them, or another identifier, by which nobody is known here.
    ///
    /// # Errors
    /// [`InvoiceRefusal::SellerDiffers`].
    pub fn check_seller(&self, provider: &str) -> Result<(), InvoiceRefusal> {
        let told =
            [("/seller/registration", &self.seller_registration), ("/seller/vat_number", &self.seller_vat_number)];
        let known = told.into_iter().find_map(|(pointer, number)| Some((pointer, number.as_deref()?)));
        match known {
            Some((pointer, number)) if bare(number) != bare(provider) => Err(InvoiceRefusal::SellerDiffers { pointer }),
            _ => Ok(()),
        }
    }
}

/// A number without what divides it, and without the country in front.
fn bare(number: &str) -> String {
    let letters: String = number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    letters.strip_prefix("LV").map_or_else(|| letters.clone(), str::to_owned)
}

/// A delivery that is part of no invoice yet. Cents and thousandths of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The delivery.
    pub id: Uuid,
    /// The order.
    pub order: Uuid,
    /// The day.
    pub on: NaiveDate,
    /// Volume.
    pub thousandths: i64,
    /// Price of a unit.
    pub unit_price: i64,
    /// Value.
    pub cents: i64,
}

/// What a line of an invoice turned out to be for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The deliveries.
    pub deliveries: Vec<Uuid>,
    /// What they are worth in the ledger, cents.
    pub delivered: i64,
}

/// Why an invoice goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvoiceFinding {
    /// A day does not fit.
    Day(DayRefusal),
    /// The invoice names another account than the provider's.
    AccountDiffers,
    /// The provider has no account that could be paid to.
    NoAccount,
    /// The lines do not add up to the total.
    TotalDiffers {
        /// What they add up to.
        expected: Money,
    },
    /// A credit note names the invoice that it corrects, an invoice none.
    CorrectsUnclear,
    /// There is no such invoice, or it is not paid.
    NothingToCorrect,
    /// There is no such order, or it is another provider's.
    UnknownOrder {
        /// Position of the line.
        line: usize,
    },
    /// The days are not in the period, or end before they begin.
    OutsidePeriod {
        /// Position of the line.
        line: usize,
    },
    /// An earlier line is for days of the same order.
    SameDays {
        /// Position of the line.
        line: usize,
    },
    /// Nothing was delivered on the days that is not invoiced.
    NothingDelivered {
        /// Position of the line.
        line: usize,
    },
    /// Another volume was delivered.
    VolumeDiffers {
        /// Position of the line.
        line: usize,
        /// What was delivered.
        delivered: Volume,
    },
    /// The price is above that of the order on a day of the line.
    PriceAboveOrder {
        /// Position of the line.
        line: usize,
        /// That price.
        price: Money,
    },
    /// Volume and price give another amount.
    AmountDiffers {
        /// Position of the line.
        line: usize,
        /// What they give.
        expected: Money,
    },
    /// More would be taken back than was paid.
    AbovePaid {
        /// Position of the line.
        line: usize,
        /// What is left.
        left: Money,
    },
    /// A larger volume would be taken back than was paid.
    VolumeAbovePaid {
        /// Position of the line.
        line: usize,
        /// What is left.
        left: Volume,
    },
    /// The ledger will not take the line when it is approved.
    Ledger {
        /// Position of the line.
        line: usize,
        /// Why.
        refusal: LedgerRefusal,
    },
}

impl Refusal for InvoiceFinding {
    fn code(&self) -> &'static str {
        match self {
            Self::Day(refusal) => refusal.code(),
            Self::AccountDiffers => "account_differs",
            Self::NoAccount => "no_account",
            Self::TotalDiffers { .. } => "total_differs",
            Self::CorrectsUnclear => "corrects_unclear",
            Self::NothingToCorrect => "nothing_to_correct",
            Self::UnknownOrder { .. } => "unknown_order",
            Self::OutsidePeriod { .. } => "outside_period",
            Self::SameDays { .. } => "same_days",
            Self::NothingDelivered { .. } => "nothing_delivered",
            Self::VolumeDiffers { .. } => "volume_differs",
            Self::PriceAboveOrder { .. } => "price_above_order",
            Self::AmountDiffers { .. } => "amount_differs",
            Self::AbovePaid { .. } => "above_paid",
            Self::VolumeAbovePaid { .. } => "volume_above_paid",
            Self::Ledger { refusal, .. } => refusal.code(),
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Day(refusal) => refusal.pointer(),
            Self::AccountDiffers | Self::NoAccount => "/bank_account".to_owned(),
            Self::TotalDiffers { .. } => "/total".to_owned(),
            Self::CorrectsUnclear | Self::NothingToCorrect => "/corrects".to_owned(),
            Self::UnknownOrder { line } | Self::NothingDelivered { line } => format!("/lines/{line}/order"),
            Self::OutsidePeriod { line } | Self::SameDays { line } => format!("/lines/{line}/from"),
            Self::VolumeDiffers { line, .. } | Self::VolumeAbovePaid { line, .. } => format!("/lines/{line}/volume"),
            Self::PriceAboveOrder { line, .. } => format!("/lines/{line}/unit_price"),
            Self::AmountDiffers { line, .. } | Self::AbovePaid { line, .. } | Self::Ledger { line, .. } => {
                format!("/lines/{line}/amount")
            }
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Day(refusal) => refusal.message(),
            Self::AccountDiffers => Message::new("invoice-account-differs"),
            Self::NoAccount => Message::new("invoice-no-account"),
            Self::TotalDiffers { expected } => Message::new("invoice-total-differs").with("expected", expected),
            Self::CorrectsUnclear => Message::new("invoice-corrects-unclear"),
            Self::NothingToCorrect => Message::new("invoice-nothing-to-correct"),
            Self::UnknownOrder { .. } => Message::new("invoice-unknown-order"),
            Self::OutsidePeriod { .. } => Message::new("invoice-outside-period"),
            Self::SameDays { .. } => Message::new("invoice-same-days"),
            Self::NothingDelivered { .. } => Message::new("invoice-nothing-delivered"),
            Self::VolumeDiffers { delivered, .. } => {
                Message::new("invoice-volume-differs").with("delivered", delivered)
            }
            Self::PriceAboveOrder { price, .. } => Message::new("invoice-price-above-order").with("price", price),
            Self::AmountDiffers { expected, .. } => Message::new("invoice-amount-differs").with("expected", expected),
            Self::AbovePaid { left, .. } => Message::new("invoice-above-paid").with("left", left),
            Self::VolumeAbovePaid { left, .. } => Message::new("invoice-volume-above-paid").with("left", left),
            Self::Ledger { refusal, .. } => refusal.message(),
        }
    }
}

/// What an invoice must agree with.
#[derive(Debug, Clone, Copy)]
pub struct InvoiceFacts<'a> {
    /// The day on which it comes in.
    pub today: NaiveDate,
    /// The provider's account.
    pub account: Option<&'a Iban>,
    /// The provider's orders among those that the lines name.
    pub orders: &'a BTreeSet<Uuid>,
    /// What was delivered of them and is not invoiced.
    pub delivered: &'a [Delivered],
    /// What a credit note may take back by order; none where there is no such invoice.
    pub paid: Option<&'a BTreeMap<Uuid, PaidBefore>>,
    /// Positions of the lines to whose prices and amounts VAT was added; none where it has no such lines.
    pub with_vat: Option<&'a BTreeSet<usize>>,
}

/// What was paid for an order with an invoice, less what earlier credit notes took back. Cents and thousandths of the unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PaidBefore {
    /// Value.
    pub cents: i64,
    /// Volume.
    pub thousandths: i64,
    /// The lowest price of a unit.
    pub lowest_price: i64,
}

impl PaidBefore {
    /// The volume that a line of a credit note takes back. **Decision**: one below the lowest price of the invoice corrects the price,
    /// and what was delivered stays delivered.
    #[must_use]
    pub const fn taken(&self, unit_price: i64, thousandths: i64) -> i64 {
        if unit_price < self.lowest_price { 0 } else { thousandths }
    }
}

/// How far the amount of a line with VAT may be from volume times price, EUR.
const VAT_ROUNDING: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

/// Everything that is wrong with an invoice at once, or what each line is for.
///
/// # Errors
/// Every finding, none of whose lines is accepted by itself.
pub fn check(invoice: &NewInvoice, facts: &InvoiceFacts<'_>) -> Result<Vec<Matched>, Vec<InvoiceFinding>> {
    let mut found = Vec::new();
    let (from, to) = invoice.period;
    let days = [
        day::check("/issued_on", to, facts.today, invoice.issued_on),
        day::check_between("/period_to", from, facts.today, to),
    ];
    found.extend(days.into_iter().flatten().map(InvoiceFinding::Day));
    match (&invoice.account, facts.account) {
        (_, None) => found.push(InvoiceFinding::NoAccount),
        (Some(told), Some(known)) if told != known => found.push(InvoiceFinding::AccountDiffers),
        _ => {}
    }
    let together: Money = invoice.lines.iter().map(|line| line.amount).sum();
    if together != invoice.total {
        found.push(InvoiceFinding::TotalDiffers { expected: together });
    }
    if invoice.credit_note != invoice.corrects.is_some() {
        found.push(InvoiceFinding::CorrectsUnclear);
    } else if invoice.credit_note && facts.paid.is_none() {
        found.push(InvoiceFinding::NothingToCorrect);
    }
    let mut by_order: BTreeMap<Uuid, Vec<&Delivered>> = BTreeMap::new();
    for delivered in facts.delivered {
        by_order.entry(delivered.order).or_default().push(delivered);
    }
    let mut left = facts.paid.cloned().unwrap_or_default();
    let mut taken: BTreeMap<Uuid, Vec<(NaiveDate, NaiveDate)>> = BTreeMap::new();
    let mut matched = Vec::with_capacity(invoice.lines.len());
    for (position, line) in invoice.lines.iter().enumerate() {
        let before = found.len();
        if line.to < line.from || line.from < from || line.to > to {
            found.push(InvoiceFinding::OutsidePeriod { line: position });
        }
        let earlier = taken.entry(line.order).or_default();
        if earlier.iter().any(|(first, last)| line.from <= *last && *first <= line.to) {
            found.push(InvoiceFinding::SameDays { line: position });
        }
        earlier.push((line.from, line.to));
        let mut worth = None;
        if !facts.orders.contains(&line.order) {
            found.push(InvoiceFinding::UnknownOrder { line: position });
        } else if invoice.credit_note {
            found.extend(taken_back(position, line, &mut left));
            matched.push(Matched { deliveries: Vec::new(), delivered: 0 });
        } else if found.len() == before {
            let of_order = by_order.get(&line.order).map(Vec::as_slice).unwrap_or_default();
            let of_line = against_deliveries(position, line, of_order, &mut found);
            worth = Some(Money::from_cents(of_line.delivered));
            matched.push(of_line);
        }
        let with_vat = facts.with_vat.is_some_and(|lines| lines.contains(&position));
        found.extend(amount(position, line, worth, with_vat));
    }
    if found.is_empty() { Ok(matched) } else { Err(found) }
}

/// The amount is volume times price. **Decision**: it may also be what the ledger says of the deliveries where that is less: cents
/// that were rounded up in several invoices add up to more than the plan has for the whole volume. **Decision**: where VAT was
/// added to a line it may be two cents off. EN 16931 rounds the net amount of each line, and VAT once for all lines of a rate: no invoice by it can
/// have every line to the cent.
fn amount(position: usize, line: &NewInvoiceLine, worth: Option<Money>, with_vat: bool) -> Option<InvoiceFinding> {
    let expected = line.volume.at(line.unit_price).rounded();
    let off = line.amount.value().saturating_sub(expected.value()).abs();
    let rounding = if with_vat { VAT_ROUNDING } else { Decimal::ZERO };
    let fits = off <= rounding || (line.amount < expected && worth == Some(line.amount));
    (!fits).then_some(InvoiceFinding::AmountDiffers { line: position, expected })
}

/// What the ledgers will not take of an invoice that agrees with its deliveries, when it is approved: each line is tried after those
/// before it. `lines` are of the budgets in `ledgers`, `closed` the sums of those of their orders that are closed.
///
/// # Errors
/// A finding for each line that breaks a rule of its ledger, or is of none.
pub fn check_ledgers(
    lines: &[(Uuid, ApprovedLine)],
    mut ledgers: BTreeMap<Uuid, Balance>,
    mut closed: BTreeMap<Uuid, OrderSums>,
    on: NaiveDate,
) -> Result<(), Vec<InvoiceFinding>> {
    let mut found = Vec::new();
    for (position, (budget, line)) in lines.iter().enumerate() {
        let balance = ledgers.entry(*budget).or_default();
        let entries = orders::recommitted(balance, &entries_of(InvoiceKind::Invoice, line, on), &mut closed, on);
        let refused = balance.append(&entries).err();
        found.extend(refused.map(|refusal| InvoiceFinding::Ledger { line: position, refusal }));
    }
    if found.is_empty() { Ok(()) } else { Err(found) }
}

fn against_deliveries(
    position: usize,
    line: &NewInvoiceLine,
    of_order: &[&Delivered],
    found: &mut Vec<InvoiceFinding>,
) -> Matched {
    let on_days: Vec<_> = of_order.iter().filter(|delivered| (line.from..=line.to).contains(&delivered.on)).collect();
    let Some(lowest) = on_days.iter().map(|delivered| delivered.unit_price).min() else {
        found.push(InvoiceFinding::NothingDelivered { line: position });
        return Matched { deliveries: Vec::new(), delivered: 0 };
    };
    let volume = on_days.iter().fold(0_i64, |sum, delivered| sum.saturating_add(delivered.thousandths));
    let delivered = Volume::from_thousandths(volume);
    if delivered != line.volume {
        found.push(InvoiceFinding::VolumeDiffers { line: position, delivered });
    }
    let price = Money::from_cents(lowest);
    if line.unit_price > price {
        found.push(InvoiceFinding::PriceAboveOrder { line: position, price });
    }
    Matched {
        deliveries: on_days.iter().map(|delivered| delivered.id).collect(),
        delivered: on_days.iter().fold(0, |sum, delivered| sum.saturating_add(delivered.cents)),
    }
}

/// Takes a line of a credit note from what was paid for its order.
fn taken_back(position: usize, line: &NewInvoiceLine, left: &mut BTreeMap<Uuid, PaidBefore>) -> Option<InvoiceFinding> {
    let of_order = left.entry(line.order).or_default();
    let cents = line.amount.cents().unwrap_or(i64::MAX);
    if cents > of_order.cents {
        return Some(InvoiceFinding::AbovePaid { line: position, left: Money::from_cents(of_order.cents) });
    }
    let thousandths = line.volume.thousandths().unwrap_or(i64::MAX);
    if thousandths > of_order.thousandths {
        let left = Volume::from_thousandths(of_order.thousandths);
        return Some(InvoiceFinding::VolumeAbovePaid { line: position, left });
    }
    of_order.cents = of_order.cents.saturating_sub(cents);
    let taken = of_order.taken(line.unit_price.cents().unwrap_or_default(), thousandths);
    of_order.thousandths = of_order.thousandths.saturating_sub(taken);
    None
}

/// Why something cannot be done with an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvoiceRefusal {
    /// Not where it stands.
    Status,
    /// Who approves has neither entered nor checked it.
    SamePerson,
    /// Who endorsed or approved a claim does not correct its account.
    ApproverCorrects,
    /// The seller of an e-invoice is not the provider whose invoice it is.
    SellerDiffers {
        /// Where the e-invoice names it.
        pointer: &'static str,
    },
    /// The ledger refuses.
    Ledger(LedgerRefusal),
}

impl InvoiceRefusal {
    /// Whether the state of the invoice is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Status)
    }
}

impl Refusal for InvoiceRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Status => "invoice_status",
            Self::SamePerson => "approved_by_same_person",
            Self::ApproverCorrects => "corrected_by_approver",
            Self::SellerDiffers { .. } => "seller_differs",
            Self::Ledger(refusal) => refusal.code(),
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::SellerDiffers { pointer } => (*pointer).to_owned(),
            Self::Status | Self::SamePerson | Self::ApproverCorrects | Self::Ledger(_) => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Status => Message::new("problem-invoice-status-detail"),
            Self::SamePerson => Message::new("invoice-same-person"),
            Self::ApproverCorrects => Message::new("invoice-approver-corrects"),
            Self::SellerDiffers { .. } => Message::new("e-invoice-seller"),
            Self::Ledger(refusal) => refusal.message(),
        }
    }
}

impl InvoiceStatus {
    /// Where it stands after a step.
    ///
    /// # Errors
    /// [`InvoiceRefusal::Status`] where the step does not follow.
    pub const fn after(self, step: InvoiceStepKind) -> Result<Self, InvoiceRefusal> {
        use InvoiceStepKind as Step;
        match (self, step) {
            (Self::Received, Step::Checked) => Ok(Self::Checked),
            (Self::Checked, Step::Approved) => Ok(Self::Approved),
            (Self::Received | Self::Checked, Step::Returned) => Ok(Self::Returned),
            (Self::Received | Self::Checked, Step::Rejected) => Ok(Self::Rejected),
            (Self::Approved, Step::Paid) => Ok(Self::Paid),
            (Self::Approved, Step::PaymentFailed | Step::AccountCorrected) => Ok(Self::Approved),
            _ => Err(InvoiceRefusal::Status),
        }
    }
}

/// Checks that somebody may approve: not who entered or checked it [domain 7.4].
///
/// # Errors
/// [`InvoiceRefusal::SamePerson`].
pub fn check_approver(approver: &str, entered_by: &str, checked_by: Option<&str>) -> Result<(), InvoiceRefusal> {
    let same = approver == entered_by || checked_by == Some(approver);
    if same { Err(InvoiceRefusal::SamePerson) } else { Ok(()) }
}

/// Checks that the account of a claim may be corrected: the bank refused its payment, no other payment has it, and who corrects it
/// is none of those who decided that it is paid, having neither endorsed nor approved it. A provider is paid to the account by which
/// it is registered.
///
/// # Errors
/// [`InvoiceRefusal::Status`], [`InvoiceRefusal::ApproverCorrects`].
pub fn check_account_correction(
    kind: InvoiceKind,
    last: Option<InvoiceStepKind>,
    in_payment: bool,
    corrector: &str,
    decided: [Option<&str>; 2],
) -> Result<(), InvoiceRefusal> {
    let claim = matches!(kind, InvoiceKind::Reimbursement | InvoiceKind::TransportClaim);
    let refused = matches!(last, Some(InvoiceStepKind::PaymentFailed | InvoiceStepKind::AccountCorrected));
    if !claim || !refused || in_payment {
        return Err(InvoiceRefusal::Status);
    }
    if decided.contains(&Some(corrector)) { Err(InvoiceRefusal::ApproverCorrects) } else { Ok(()) }
}

/// A line of an approved invoice, as the ledger needs it. Cents and thousandths of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovedLine {
    /// Number of the plan's line.
    pub line: u32,
    /// The order.
    pub order: Uuid,
    /// What it asks for, or gives back.
    pub cents: i64,
    /// Volume.
    pub thousandths: i64,
    /// What its deliveries are worth in the ledger.
    pub delivered: i64,
}

/// The ledger's entries of an approved line on a day. An invoice brings its deliveries to its own value first (a lower price,
/// or the rounding of the whole instead of the parts). A credit note takes back what was paid, invoiced and delivered. A claim
/// is its own delivery.
#[must_use]
pub fn entries_of(kind: InvoiceKind, line: &ApprovedLine, on: NaiveDate) -> Vec<NewEntry> {
    let entry = |kind, cents, thousandths| NewEntry {
        line: line.line,
        kind,
        cents,
        thousandths,
        on,
        order: Some(line.order),
        reverses: None,
    };
    let (cents, back) = (line.cents, line.cents.saturating_neg());
    match kind {
        InvoiceKind::Invoice => {
            let difference = cents.saturating_sub(line.delivered);
            let brought = (difference != 0).then(|| entry(EntryKind::Delivered, difference, 0));
            brought.into_iter().chain([entry(EntryKind::Invoiced, cents, 0)]).collect()
        }
        InvoiceKind::CreditNote => vec![
            entry(EntryKind::Paid, back, 0),
            entry(EntryKind::Invoiced, back, 0),
            entry(EntryKind::Delivered, back, line.thousandths.saturating_neg()),
        ],
        InvoiceKind::Reimbursement | InvoiceKind::TransportClaim => {
            vec![entry(EntryKind::Delivered, cents, line.thousandths), entry(EntryKind::Invoiced, cents, 0)]
        }
    }
}

/// The ledger's entry of a line that was paid.
#[must_use]
pub fn paid(line: u32, order: Uuid, cents: i64, on: NaiveDate) -> NewEntry {
    NewEntry { line, kind: EntryKind::Paid, cents, thousandths: 0, on, order: Some(order), reverses: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::LineBalance;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn order(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn volume(text: &str) -> Volume {
        Volume::parse(text).unwrap()
    }

    fn line(number: u128, units: &str, price: &str, amount: &str) -> NewInvoiceLine {
        NewInvoiceLine {
            order: order(number),
            from: day("2023-06-01"),
            to: day("2023-06-30"),
            volume: volume(units),
            unit_price: money(price),
            amount: money(amount),
        }
    }

    fn invoice(lines: Vec<NewInvoiceLine>) -> NewInvoice {
        NewInvoice {
            credit_note: false,
            number: "R-1".to_owned(),
            issued_on: day("2023-07-03"),
            period: (day("2023-06-01"), day("2023-06-30")),
            corrects: None,
            account: None,
            total: lines.iter().map(|line| line.amount).sum(),
            lines,
            note: None,
        }
    }

    fn delivered(id: u128, number: u128, on: &str, thousandths: i64, unit_price: i64) -> Delivered {
        let cents = thousandths * unit_price / 1000;
        Delivered { id: Uuid::from_u128(id), order: order(number), on: day(on), thousandths, unit_price, cents }
    }

    fn codes(
        invoice: &NewInvoice,
        paid: Option<&BTreeMap<Uuid, PaidBefore>>,
        has_account: bool,
    ) -> Vec<(&'static str, String)> {
        let (iban, orders) = ("LV80BANK0000435195001".parse::<Iban>().unwrap(), BTreeSet::from([order(1), order(2)]));
        let delivered = [
            delivered(11, 1, "2023-06-05", 3_000, 663),
            delivered(12, 1, "2023-06-12", 2_000, 663),
            delivered(13, 1, "2023-07-03", 4_000, 663),
            delivered(21, 2, "2023-06-20", 1_000, 2_000),
            delivered(22, 2, "2023-06-21", 1_000, 1_900),
        ];
        let facts = InvoiceFacts {
            today: day("2023-07-05"),
            account: has_account.then_some(&iban),
            orders: &orders,
            delivered: &delivered,
            paid,
            with_vat: None,
        };
        match check(invoice, &facts) {
            Ok(_) => Vec::new(),
            Err(found) => found.iter().map(|finding| (finding.code(), finding.pointer())).collect(),
        }
    }

    #[test]
    fn a_line_is_for_all_that_was_delivered_on_its_days() {
        let iban = "LV80BANK0000435195001".parse::<Iban>().unwrap();
        let delivered = [delivered(11, 1, "2023-06-05", 3_000, 663), delivered(12, 1, "2023-06-12", 2_000, 663)];
        let facts = InvoiceFacts {
            today: day("2023-07-05"),
            account: Some(&iban),
            orders: &BTreeSet::from([order(1)]),
            delivered: &delivered,
            paid: None,
            with_vat: None,
        };
        let matched = check(&invoice(vec![line(1, "5", "6.63", "33.15")]), &facts).unwrap();
        let expected = Matched { deliveries: vec![Uuid::from_u128(11), Uuid::from_u128(12)], delivered: 3_315 };
        assert_eq!(matched, [expected]);
    }

    #[test]
    fn every_finding_has_its_code_and_place() {
        let one = || line(1, "5", "6.63", "33.15");
        for (sent, expected) in [
            (invoice(vec![one()]), vec![]),
            (invoice(vec![line(1, "5", "6.00", "30.00")]), vec![]),
            (invoice(vec![line(1, "6", "6.63", "39.78")]), vec![("volume_differs", "/lines/0/volume")]),
            (invoice(vec![line(1, "5", "6.64", "33.20")]), vec![("price_above_order", "/lines/0/unit_price")]),
            (invoice(vec![one(), line(2, "2", "20", "40")]), vec![("price_above_order", "/lines/1/unit_price")]),
            (invoice(vec![line(1, "5", "6.63", "33.16")]), vec![("amount_differs", "/lines/0/amount")]),
            (invoice(vec![line(3, "5", "6.63", "33.15")]), vec![("unknown_order", "/lines/0/order")]),
            (invoice(vec![one(), one()]), vec![("same_days", "/lines/1/from")]),
            (
                invoice(vec![NewInvoiceLine { from: day("2023-06-13"), ..one() }]),
                vec![("nothing_delivered", "/lines/0/order")],
            ),
            (
                invoice(vec![NewInvoiceLine { to: day("2023-07-01"), ..one() }]),
                vec![("outside_period", "/lines/0/from")],
            ),
            (NewInvoice { total: money("33.14"), ..invoice(vec![one()]) }, vec![("total_differs", "/total")]),
            (
                NewInvoice { issued_on: day("2023-06-29"), ..invoice(vec![one()]) },
                vec![("date_out_of_range", "/issued_on")],
            ),
            (
                NewInvoice { issued_on: day("2023-07-06"), ..invoice(vec![one()]) },
                vec![("date_out_of_range", "/issued_on")],
            ),
            (
                NewInvoice { account: Some("LV97HABA0012345678910".parse().unwrap()), ..invoice(vec![one()]) },
                vec![("account_differs", "/bank_account")],
            ),
            (
                NewInvoice { corrects: Some("R-0".to_owned()), ..invoice(vec![one()]) },
                vec![("corrects_unclear", "/corrects")],
            ),
            (
                invoice(vec![line(1, "6", "6.63", "39.78"), line(2, "1", "1", "2")]),
                vec![
                    ("volume_differs", "/lines/0/volume"),
                    ("volume_differs", "/lines/1/volume"),
                    ("amount_differs", "/lines/1/amount"),
                ],
            ),
        ] {
            let found = codes(&sent, None, true);
            let found: Vec<_> = found.iter().map(|(code, pointer)| (*code, pointer.as_str())).collect();
            assert_eq!(found, expected, "{sent:?}");
        }
        assert_eq!(codes(&invoice(vec![one()]), None, false)[0].0, "no_account");
    }

    #[test]
    fn the_amount_may_be_the_lower_one_of_the_ledger() {
        let iban = "LV80BANK0000435195001".parse::<Iban>().unwrap();
        // A third quarter of an hour at 6.63: 4.97 by itself, and 4.98 beside the two before it, of which one was rounded down.
        let third = |cents| Delivered { cents, ..delivered(11, 1, "2023-06-05", 750, 663) };
        for (cents, amount, refused) in
            [(497, "4.97", false), (496, "4.97", false), (496, "4.96", false), (496, "4.95", true), (498, "4.98", true)]
        {
            let facts = InvoiceFacts {
                today: day("2023-07-05"),
                account: Some(&iban),
                orders: &BTreeSet::from([order(1)]),
                delivered: &[third(cents)],
                paid: None,
                with_vat: None,
            };
            let found = check(&invoice(vec![line(1, "0.75", "6.63", amount)]), &facts);
            assert_eq!(found.is_err(), refused, "{cents} {amount}: {found:?}");
        }
    }

    #[test]
    fn what_the_ledger_will_not_take_is_found_before_it_is_asked() {
        let planned = |cents, thousandths| LineBalance {
            planned: cents,
            committed: cents,
            delivered: cents - 100,
            invoiced: cents - 600,
            planned_volume: thousandths,
            committed_volume: thousandths,
            delivered_volume: thousandths,
            ..LineBalance::default()
        };
        let balance = Balance { ceiling: 0, lines: BTreeMap::from([(1, planned(1_000, 10_000))]) };
        let ledgers = || BTreeMap::from([(order(7), balance.clone())]);
        let line = |budget, cents| {
            (order(budget), ApprovedLine { line: 1, order: order(1), cents, thousandths: 0, delivered: 200 })
        };
        let fits = |lines: &[_]| check_ledgers(lines, ledgers(), BTreeMap::new(), NaiveDate::MIN);
        assert_eq!(fits(&[line(7, 300)]), Ok(()));
        assert_eq!(fits(&[line(7, 250), line(7, 250)]), Ok(()));
        let found = fits(&[line(7, 250), line(7, 251), line(8, 200)]).unwrap_err();
        let found: Vec<_> = found.iter().map(|finding| (finding.code(), finding.pointer())).collect();
        assert_eq!(
            found,
            [("above_planned", "/lines/1/amount".to_owned()), ("unknown_line", "/lines/2/amount".to_owned())]
        );
    }

    #[test]
    fn a_credit_note_takes_back_at_most_what_was_paid() {
        let note = |amount: &str| NewInvoice {
            credit_note: true,
            corrects: Some("R-0".to_owned()),
            ..invoice(vec![line(1, "1", amount, amount)])
        };
        let before = PaidBefore { cents: 3_315, thousandths: 5_000, lowest_price: 663 };
        let paid = BTreeMap::from([(order(1), before)]);
        assert_eq!(codes(&note("33.15"), Some(&paid), true), []);
        assert_eq!(codes(&note("33.16"), Some(&paid), true)[0].0, "above_paid");
        let lines = |lines: Vec<NewInvoiceLine>| NewInvoice {
            credit_note: true,
            corrects: Some("R-0".to_owned()),
            ..invoice(lines)
        };
        // A lower price of all of it, and then the half of it: what was delivered stays, and is taken back once.
        let (price, half) = (line(1, "5", "1", "5"), line(1, "2.5", "6.63", "16.58"));
        let half = NewInvoiceLine { from: day("2023-06-02"), ..half };
        let price = NewInvoiceLine { to: day("2023-06-01"), ..price };
        assert_eq!(codes(&lines(vec![price, half]), Some(&paid), true), []);
        let found = codes(&lines(vec![line(1, "5.001", "1", "5")]), Some(&paid), true);
        assert_eq!(found, [("volume_above_paid", "/lines/0/volume".to_owned())]);
        assert_eq!((before.taken(662, 5_000), before.taken(663, 5_000)), (0, 5_000));
        assert_eq!(codes(&note("1"), None, true)[0].0, "nothing_to_correct");
        let none = NewInvoice { corrects: None, ..note("1") };
        assert_eq!(codes(&none, Some(&paid), true)[0].0, "corrects_unclear");
    }

    #[test]
    fn steps_follow_each_other_and_nobody_approves_alone() {
        use InvoiceStatus::{Approved, Checked, Paid, Received, Rejected, Returned};
        use InvoiceStepKind as Step;
        let allowed = [
            (Received, Step::Checked, Checked),
            (Received, Step::Returned, Returned),
            (Received, Step::Rejected, Rejected),
            (Checked, Step::Approved, Approved),
            (Checked, Step::Returned, Returned),
            (Checked, Step::Rejected, Rejected),
            (Approved, Step::Paid, Paid),
            (Approved, Step::PaymentFailed, Approved),
            (Approved, Step::AccountCorrected, Approved),
        ];
        for &status in InvoiceStatus::ALL {
            for &step in InvoiceStepKind::ALL {
                let expected =
                    allowed.iter().find(|(from, by, _)| (*from, *by) == (status, step)).map(|(_, _, to)| *to);
                assert_eq!(status.after(step).ok(), expected, "{status} {step}");
            }
        }
        assert!(check_approver("c", "a", Some("b")).is_ok());
        for (approver, entered, checked) in [("a", "a", Some("b")), ("b", "a", Some("b")), ("a", "a", None)] {
            assert_eq!(check_approver(approver, entered, checked), Err(InvoiceRefusal::SamePerson));
        }
    }

    #[test]
    fn the_account_of_a_claim_is_corrected_only_after_its_payment_was_refused() {
        use InvoiceKind::{Invoice, Reimbursement, TransportClaim};
        use InvoiceStepKind::{AccountCorrected, Approved, PaymentFailed};
        let decided = [Some("worker"), Some("head")];
        for (kind, last, in_payment, by, refusal) in [
            (Reimbursement, Some(PaymentFailed), false, "parent", None),
            (TransportClaim, Some(AccountCorrected), false, "another worker", None),
            (Reimbursement, Some(Approved), false, "parent", Some(InvoiceRefusal::Status)),
            (Reimbursement, Some(PaymentFailed), true, "parent", Some(InvoiceRefusal::Status)),
            (Invoice, Some(PaymentFailed), false, "parent", Some(InvoiceRefusal::Status)),
            (Reimbursement, Some(PaymentFailed), false, "head", Some(InvoiceRefusal::ApproverCorrects)),
            (Reimbursement, Some(PaymentFailed), false, "worker", Some(InvoiceRefusal::ApproverCorrects)),
            (TransportClaim, Some(AccountCorrected), false, "worker", Some(InvoiceRefusal::ApproverCorrects)),
        ] {
            let found = check_account_correction(kind, last, in_payment, by, decided).err();
            assert_eq!(found, refusal, "{kind} {last:?} {by}");
        }
    }

    #[test]
    fn the_seller_of_an_e_invoice_is_the_provider() {
        let at = |pointer| Err(InvoiceRefusal::SellerDiffers { pointer });
        let (registration, vat) = ("/seller/registration", "/seller/vat_number");
        for (told, vat_number, provider, expected) in [
            (Some("40000000001"), None, "40000000001", Ok(())),
            (Some("LV 4000 0000 001"), None, "40000000001", Ok(())),
            (Some("40000000002"), None, "40000000001", at(registration)),
            (Some("40000000002"), Some("LV40000000001"), "40000000001", at(registration)),
            (None, Some("lv40000000001"), "40000000001", Ok(())),
            (None, Some("LV40000000002"), "40000000001", at(vat)),
            (None, Some("EE40000000001"), "40000000001", at(vat)),
            (Some("32000000001"), None, "320000-00001", Ok(())),
            (None, None, "40000000001", Ok(())),
        ] {
            let terms = EInvoiceTerms {
                seller_registration: told.map(str::to_owned),
                seller_vat_number: vat_number.map(str::to_owned),
                with_vat: BTreeSet::new(),
            };
            assert_eq!(terms.check_seller(provider), expected, "{terms:?}");
        }
    }

    #[test]
    fn an_amount_with_vat_may_be_two_cents_off() {
        let iban = "LV80BANK0000435195001".parse::<Iban>().unwrap();
        // Two lines are a cent off: the one with VAT may be, the other one not.
        let lines = vec![line(1, "5", "6.63", "33.16"), line(2, "1", "19", "19.01")];
        let facts = InvoiceFacts {
            today: day("2023-07-05"),
            account: Some(&iban),
            orders: &BTreeSet::from([order(1), order(2)]),
            delivered: &[delivered(11, 1, "2023-06-05", 5_000, 663), delivered(22, 2, "2023-06-21", 1_000, 1_900)],
            paid: None,
            with_vat: Some(&BTreeSet::from([0])),
        };
        let found = check(&invoice(lines), &facts).unwrap_err();
        let found: Vec<_> = found.iter().map(|finding| (finding.code(), finding.pointer())).collect();
        assert_eq!(found, [("amount_differs", "/lines/1/amount".to_owned())]);
        for (amount, with_vat, refused) in [
            ("33.15", false, false),
            ("33.16", false, true),
            ("33.17", true, false),
            ("33.13", true, false),
            ("33.18", true, true),
            ("33.12", true, true),
        ] {
            let found = super::amount(0, &line(1, "5", "6.63", amount), None, with_vat);
            assert_eq!(found.is_some(), refused, "{amount} {with_vat}: {found:?}");
        }
    }

    #[test]
    fn the_ledger_takes_every_kind() {
        let entry = |kind, cents, thousandths| NewEntry {
            line: 1,
            kind,
            cents,
            thousandths,
            on: NaiveDate::MIN,
            order: None,
            reverses: None,
        };
        let mut balance = Balance::below(100_000);
        balance.lines.insert(1, LineBalance { counted: true, ..LineBalance::default() });
        let planned = [entry(EntryKind::Planned, 10_000, 10_000), entry(EntryKind::Committed, 10_000, 10_000)];
        balance.append(&planned).unwrap();
        balance.append(&[entry(EntryKind::Delivered, 5_000, 5_000)]).unwrap();
        let line = ApprovedLine { line: 1, order: order(1), cents: 4_500, thousandths: 5_000, delivered: 5_000 };
        balance.append(&entries_of(InvoiceKind::Invoice, &line, day("2023-07-05"))).unwrap();
        balance.append(&[paid(1, order(1), 4_500, day("2023-07-06"))]).unwrap();
        let back = ApprovedLine { cents: 900, thousandths: 1_000, ..line };
        balance.append(&entries_of(InvoiceKind::CreditNote, &back, day("2023-08-05"))).unwrap();
        balance.append(&entries_of(InvoiceKind::Reimbursement, &back, day("2023-08-05"))).unwrap();
        let end = balance.lines[&1];
        assert_eq!((end.paid, end.invoiced, end.delivered, end.delivered_volume), (3_600, 4_500, 4_500, 5_000));
    }
}

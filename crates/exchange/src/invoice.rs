//! E-invoices of EN 16931 in the syntax UBL 2.1, `Invoice` and `CreditNote`, above all those of Peppol BIS Billing 3.0.
//!
//! [`read_invoice`] judges a file by the rules of the specification that it names (BT-24) and gives what a payer works with; what
//! else a file holds (delivery, gross prices, a second currency) is judged, and not kept; [`embedded_files`] takes out the files that
//! it carries. [`write_invoice`] writes the same types. `BT-` and `BG-` numbers are those of EN 16931-1.
//!
//! The rules are those of the crate `en16931`, and on top of them those that it cannot see because they are about the XML
//! (`checks`). That is a pre-check: the official Schematron of CEN and Peppol has the last word. The order of the elements, which
//! the schema of UBL prescribes, is not looked at, and what the standard does not know is passed over.
//!
//! An implementation of the EN 16931-1 semantic data model; © CEN, used under the 2018 CEN-EC licence agreement.

mod attachments;
mod checks;
mod read;
mod write;

pub use attachments::{EmbeddedFile, embedded_files};
use balsts_domain::account::Iban;
use chrono::NaiveDate;
pub use read::read_invoice;
use rust_decimal::Decimal;
pub use write::write_invoice;

/// BT-5: the currency of every amount, the only one that is accepted.
pub const CURRENCY: &str = "EUR";

/// The specification that a file follows (BT-24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The European standard without anything on top.
    En16931,
    /// Peppol BIS Billing 3.0.
    PeppolBis3,
}

/// What the document element says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `Invoice`: the buyer owes.
    Invoice,
    /// `CreditNote`: the seller owes. Its amounts are positive where they lower what was invoiced.
    CreditNote,
}

/// An invoice or credit note. Every amount is in euro cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EInvoice {
    /// BT-24: the specification that it follows.
    pub profile: Profile,
    /// BT-23: the business process; Peppol demands one.
    pub process: Option<String>,
    /// Invoice or credit note.
    pub kind: Kind,
    /// BT-1: the number, unique for the seller.
    pub number: String,
    /// BT-3: the type, a code of UNTDID 1001 (`380` invoice, `381` credit note, `384` corrected invoice).
    pub type_code: String,
    /// BT-2: the day of issue.
    pub issue_date: NaiveDate,
    /// BT-9: the day until which to pay. In a credit note `PaymentDueDate` of the payment means.
    pub due_date: Option<NaiveDate>,
    /// BT-22: notes.
    pub notes: Vec<String>,
    /// BT-10: what the buyer asked to be told.
    pub buyer_reference: Option<String>,
    /// BT-12: the contract.
    pub contract_reference: Option<String>,
    /// BT-13: the order of the buyer.
    pub order_reference: Option<String>,
    /// BG-3: the invoices that this one corrects or credits.
    pub preceding: Vec<Preceding>,
    /// BG-14: the period that is invoiced.
    pub period: Option<Period>,
    /// BG-4: who sells.
    pub seller: Party,
    /// BG-7: who buys.
    pub buyer: Party,
    /// BT-59: who is paid, where that is not the seller.
    pub payee_name: Option<String>,
    /// BG-16: how to pay.
    pub payment: Option<Payment>,
    /// BT-20: the terms of payment in words.
    pub payment_terms: Option<String>,
    /// BG-20 and BG-21: allowances and charges on the whole.
    pub adjustments: Vec<Adjustment>,
    /// BG-23: VAT by category and rate.
    pub vat: Vec<VatSum>,
    /// BG-22: the totals.
    pub totals: Totals,
    /// BG-25: the lines, in the order of the file.
    pub lines: Vec<Line>,
}

/// BG-3: an invoice before this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preceding {
    /// BT-25: its number.
    pub number: String,
    /// BT-26: its day of issue.
    pub issue_date: Option<NaiveDate>,
}

/// BG-14 or BG-26: a period, its days included. One end may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// BT-73 or BT-134: its first day.
    pub from: Option<NaiveDate>,
    /// BT-74 or BT-135: its last day.
    pub to: Option<NaiveDate>,
}

/// A number, and the register that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// The number.
    pub value: String,
    /// The register: a code of ISO 6523 (`0218` the Latvian register of enterprises), for an endpoint of the list EAS.
    pub scheme: Option<String>,
}

/// BG-4 or BG-7: a seller or buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// BT-27 or BT-44: its registered name.
    pub name: String,
    /// BT-29 or BT-46: other numbers of it.
    pub identifiers: Vec<Identifier>,
    /// BT-30 or BT-47: its registration number.
    pub registration: Option<Identifier>,
    /// BT-31 or BT-48: its VAT number, with the country in front.
    pub vat_number: Option<String>,
    /// BT-32: the seller's number for other taxes.
    pub tax_registration: Option<String>,
    /// BT-34 or BT-49: where it receives electronic documents.
    pub endpoint: Option<Identifier>,
    /// BT-35 or BT-50: street and house.
    pub street: Option<String>,
    /// BT-37 or BT-52: town.
    pub city: Option<String>,
    /// BT-38 or BT-53: postal code.
    pub post_code: Option<String>,
    /// BT-40 or BT-55: country, a code of ISO 3166-1 with two letters.
    pub country: String,
}

/// BG-16: how to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// BT-81: the means, a code of UNTDID 4461 (`30` credit transfer, `58` SEPA credit transfer).
    pub means_code: String,
    /// BT-83: what the payment must say.
    pub remittance: Option<String>,
    /// BG-17: the accounts to choose from; none where it is not paid by transfer.
    pub accounts: Vec<Account>,
}

/// BG-17: an account to pay to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// BT-84: the IBAN, or whatever the seller wrote: the standard does not check it. See [`Account::valid_iban`].
    pub iban: String,
    /// BT-85: the name of the account.
    pub name: Option<String>,
    /// BT-86: the BIC of the bank.
    pub bic: Option<String>,
}

impl Account {
    /// The IBAN, if it is one.
    #[must_use]
    pub fn valid_iban(&self) -> Option<Iban> {
        self.iban.parse().ok()
    }
}

/// BG-20, BG-21, BG-27 or BG-28: an allowance or a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// A charge adds to the sum, an allowance lowers it.
    pub is_charge: bool,
    /// BT-92, BT-99, BT-136 or BT-141: how much.
    pub amount_cents: i64,
    /// BT-93, BT-100, BT-137 or BT-142: of what sum.
    pub base_cents: Option<i64>,
    /// BT-94, BT-101, BT-138 or BT-143: how many per cent of it.
    pub percentage: Option<Decimal>,
    /// BT-97, BT-104, BT-139 or BT-144: why.
    pub reason: Option<String>,
    /// BT-98, BT-105, BT-140 or BT-145: why, as a code of UNTDID 5189 or 7161.
    pub reason_code: Option<String>,
    /// BT-95 and BT-96, or BT-102 and BT-103: its VAT. On a line none: the line's holds.
    pub vat: Option<Vat>,
}

/// A VAT category and rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vat {
    /// The category, a code of UNTDID 5305 (`S` standard rate, `E` exempt, `O` outside the scope).
    pub category: String,
    /// The rate in per cent; none outside the scope of VAT.
    pub rate: Option<Decimal>,
}

/// BG-23: VAT of one category and rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatSum {
    /// BT-118 and BT-119: category and rate.
    pub vat: Vat,
    /// BT-116: the sum that is taxed.
    pub taxable_cents: i64,
    /// BT-117: the tax.
    pub tax_cents: i64,
    /// BT-120: why it is exempt.
    pub exemption_reason: Option<String>,
    /// BT-121: why it is exempt, as a code of the list VATEX.
    pub exemption_code: Option<String>,
}

/// BG-22: the totals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// BT-106: the sum of the lines.
    pub lines_cents: i64,
    /// BT-107: the sum of the allowances on the whole.
    pub allowances_cents: Option<i64>,
    /// BT-108: the sum of the charges on the whole.
    pub charges_cents: Option<i64>,
    /// BT-109: the total without VAT.
    pub without_vat_cents: i64,
    /// BT-110: the VAT.
    pub vat_cents: Option<i64>,
    /// BT-112: the total with VAT.
    pub with_vat_cents: i64,
    /// BT-113: what is paid already.
    pub prepaid_cents: Option<i64>,
    /// BT-114: what rounding adds.
    pub rounding_cents: Option<i64>,
    /// BT-115: what is due.
    pub payable_cents: i64,
}

/// BG-25: a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// BT-126: its name in this file. The standard does not promise that it is unique.
    pub id: String,
    /// BT-127: a note.
    pub note: Option<String>,
    /// BT-132: the line of the buyer's order. Whoever invoices an order of ours puts its identifier here.
    pub order_line_reference: Option<String>,
    /// BG-26: the period that the line is about.
    pub period: Option<Period>,
    /// BT-153: what is sold.
    pub item_name: String,
    /// BT-154: what is sold, in more words.
    pub item_description: Option<String>,
    /// BT-155: the seller's number of it.
    pub item_id: Option<String>,
    /// BT-129: how much; negative where something is taken back.
    pub quantity: Decimal,
    /// BT-130: of what unit, a code of UN/ECE Recommendation 20 or 21 (`HUR` hour, `C62` piece).
    pub unit_code: String,
    /// BT-146: the price without VAT, of any precision.
    pub net_price: Decimal,
    /// BT-149: for how many units that price is; one if absent.
    pub base_quantity: Option<Decimal>,
    /// BG-27 and BG-28: allowances and charges; in the sum already.
    pub adjustments: Vec<Adjustment>,
    /// BT-131: the sum without VAT.
    pub net_cents: i64,
    /// BT-151 and BT-152: its VAT.
    pub vat: Vat,
}

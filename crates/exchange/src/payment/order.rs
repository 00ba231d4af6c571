//! pain.001: the order to pay.

use std::collections::BTreeSet;

use balsts_domain::account::Iban;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sepa::charset::{Transliteration, transliterate};
use sepa::pain001::CreditTransferSchema;
use sepa::{CharsetPolicy, CreditTransferEntry, CreditTransferGroup, IsoDate, IsoDateTime, Pain001Builder};

use crate::Fault;

/// Characters of a name, and of what a creditor is told, at most.
const LONGEST_NAME: usize = 70;
const LONGEST_TEXT: usize = 140;

/// The version of the message. Which one it is to be, the receiver says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `pain.001.001.03`: the State Treasury takes it.
    V03,
    /// `pain.001.001.09`: that of the SEPA rulebooks since November 2023.
    V09,
}

/// One order (`CstmrCdtTrfInitn` with one `PmtInf`): one account pays on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditTransfer {
    /// `MsgId`, and `PmtInfId` as well: at most 35 characters, of which neither the first nor the last is a slash. A receiver takes
    /// a second order of the same name for a repetition.
    pub message_id: String,
    /// `CreDtTm`: when the order was made, told to the second.
    pub created: DateTime<Utc>,
    /// `Dbtr`: who pays.
    pub debtor: Debtor,
    /// `ReqdExctnDt`: on which day.
    pub execution_date: NaiveDate,
    /// `CdtTrfTxInf`: the payments, at least one.
    pub payments: Vec<Payment>,
}

/// `Dbtr`, `DbtrAcct`, `DbtrAgt`: who pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debtor {
    /// `Nm`: the name, at most 70 characters.
    pub name: String,
    /// `IBAN`: the account.
    pub iban: Iban,
    /// `BIC` or `BICFI`: the bank; by its account if absent.
    pub bic: Option<String>,
}

/// `CdtTrfTxInf`: one payment, in euro.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// `EndToEndId`: its name, at most 35 characters (a UUID fits without its hyphens); the answer tells of the payment by it. No
    /// other in the order has it.
    pub end_to_end_id: String,
    /// `Cdtr/Nm`: whom, at most 70 characters.
    pub creditor_name: String,
    /// `CdtrAcct/Id/IBAN`: to which account, in a country of SEPA.
    pub creditor_iban: Iban,
    /// `InstdAmt`: how much, in cents; more than nothing.
    pub amount_cents: i64,
    /// `RmtInf/Ustrd`: what the creditor is told, at most 140 characters and not nothing.
    pub remittance: String,
}

/// A text as a payment carries it. The scheme knows 73 characters (EPC217-08: Latin letters without marks, digits, space and
/// `/-?:().,'+`); the table of the EPC gives the nearest for others, so that "Ķekavas šķūnis" is paid as "Kekavas skunis", and a
/// full stop where it has none. Dashes and quotation marks, of which it has few, become a hyphen and an apostrophe.
#[must_use]
pub fn as_paid(text: &str) -> String {
    let plain: String = text.chars().map(plain_punctuation).collect();
    transliterate(&plain, Transliteration::Epc).into_owned()
}

const fn plain_punctuation(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '"' | '\u{2018}'..='\u{201F}' | '«' | '»' | '‹' | '›' => '\'',
        other => other,
    }
}

/// A text [`as_paid`], of which no more is left than fits where the nearest letters are more than those that it has (Щ becomes SHT).
/// One that was too long before stays so, and is refused.
fn fitting(text: &str, most: usize) -> String {
    let paid = as_paid(text);
    if text.chars().count() > most { paid } else { paid.chars().take(most).collect() }
}

/// Writes the order. The same order gives the same bytes; names and remittance texts are written [`as_paid`], the number of
/// payments and the control sums (`NbOfTxs`, `CtrlSum`) are counted.
///
/// # Errors
/// What SEPA does not allow, as a fault of the rule `pain.001`; where it concerns one payment, `line` is its end-to-end identifier.
pub fn credit_transfer(order: &CreditTransfer, version: Version) -> Result<Vec<u8>, Fault> {
    let mut seen = BTreeSet::new();
    for payment in &order.payments {
        if !seen.insert(payment.end_to_end_id.as_str()) {
            return Err(fault("the end-to-end identifier stands twice").on_line(Some(&payment.end_to_end_id)));
        }
    }
    let debtor = account(&order.debtor.iban).map_err(fault)?;
    let mut group =
        CreditTransferGroup::new(fitting(&order.debtor.name, LONGEST_NAME), &debtor, date(order.execution_date)?);
    if let Some(bic) = &order.debtor.bic {
        group = group.debtor_bic(sepa::validate_bic(bic).map_err(|error| fault(format!("DbtrAgt: {error}")))?);
    }
    for payment in &order.payments {
        group = group.add_entry(entry(payment).map_err(|fault| fault.on_line(Some(&payment.end_to_end_id)))?);
    }
    let message = Pain001Builder::new(fitting(&order.debtor.name, LONGEST_NAME), &order.message_id)
        .created_at(instant(order.created)?)
        .schema(match version {
            Version::V03 => CreditTransferSchema::IsoV3,
            Version::V09 => CreditTransferSchema::IsoV9,
        })
        .charset(CharsetPolicy::Strict)
        .add_group(group);
    message.build().map(String::into_bytes).map_err(|error| {
        let payment = error.location.transaction.and_then(|index| order.payments.get(index));
        fault(error.kind.to_string()).on_line(payment.map(|payment| payment.end_to_end_id.as_str()))
    })
}

fn fault(message: impl Into<String>) -> Fault {
    Fault::fatal("pain.001", message)
}

fn account(iban: &Iban) -> Result<sepa::Iban, String> {
    let account = sepa::validate_iban(iban.reveal()).map_err(|_| "the account is not a valid IBAN".to_owned())?;
    if account.is_sepa() { Ok(account) } else { Err("the account is not in a country of SEPA".to_owned()) }
}

fn entry(payment: &Payment) -> Result<CreditTransferEntry, Fault> {
    let creditor = account(&payment.creditor_iban).map_err(fault)?;
    let entry = CreditTransferEntry::new(
        fitting(&payment.creditor_name, LONGEST_NAME),
        creditor,
        payment.amount_cents,
        &payment.end_to_end_id,
    );
    Ok(entry.with_description(fitting(&payment.remittance, LONGEST_TEXT)))
}

fn date(day: NaiveDate) -> Result<IsoDate, Fault> {
    let of = |year: i32, month: u32, day: u32| {
        IsoDate::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?).ok()
    };
    of(day.year(), day.month(), day.day()).ok_or_else(|| fault("a day outside the calendar of the message"))
}

fn instant(created: DateTime<Utc>) -> Result<IsoDateTime, Fault> {
    let text = created.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    IsoDateTime::parse(&text).map_err(|error| fault(format!("CreDtTm: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latvian_letters_lose_their_marks() {
        assert_eq!(as_paid("āčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ"), "acegiklnsuz ACEGIKLNSUZ");
        assert_eq!(as_paid("SIA „Šķūnis & Co” – 5 €"), "SIA 'Skunis + Co' - 5 E");
    }
}

//! Claims of people who paid first: for a service, and for the cost of transport [domain 7.5, 7.6]. A claim is its own delivery
//! and invoice: it is checked when it comes in, and enters the ledger when it is approved.
//!
//! **Decision**: a claim is for a calendar month that is over, the one before or one of the two before that: a document may come
//! late, an account of last year may not.
//! **Decision**: a receipt may pay for two services, which then stand in one claim; another live claim with it is refused, for
//! services and for transport alike. It is known by its number, its day and who gave it: by the registration number, and by the name,
//! so that one told without a registration number is known too.

mod faults;
pub mod reimbursement;
pub mod transport;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use uuid::Uuid;

pub use faults::{ClaimFault, ClaimFinding};

use crate::{
    account::Iban,
    deliveries::{Rest, rest_on},
    money::{Money, Volume},
    month::Month,
};

/// How many months before the present one may be claimed.
const MONTHS: u32 = 3;

/// Whom a claim is paid to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPayee {
    /// Name.
    pub name: String,
    /// Account.
    pub account: Iban,
}

/// An order that a claim may be for. Cents and thousandths of the unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedOrder {
    /// Number of the plan's line.
    pub line: u32,
    /// Whether the person pays first.
    pub self_prepaid: bool,
    /// Whether it compensates transport, whose volume is an amount.
    pub compensation: bool,
    /// First and last day.
    pub days: (NaiveDate, NaiveDate),
    /// Its prices with the day from which each holds, the first first.
    pub prices: Vec<(NaiveDate, Money)>,
    /// Committed and neither delivered nor part of a claim that waits.
    pub left: i64,
    /// The same volume.
    pub left_volume: i64,
}

/// What a claim must agree with.
#[derive(Debug, Clone, Copy)]
pub struct ClaimFacts<'a> {
    /// The day on which it comes in.
    pub today: NaiveDate,
    /// When the plan rests.
    pub rests: &'a [Rest],
    /// The orders of the plan that the lines name.
    pub orders: &'a BTreeMap<Uuid, ClaimedOrder>,
    /// Which documents are part of another live claim of the municipality.
    pub claimed: &'a BTreeSet<String>,
}

/// A line of a claim that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimLine {
    /// The order.
    pub order: Uuid,
    /// First and last day.
    pub days: (NaiveDate, NaiveDate),
    /// Volume, in the service's unit.
    pub volume: Volume,
    /// EUR a unit.
    pub unit_price: Money,
    /// EUR.
    pub amount: Money,
}

/// The name by which a document is known to be the same: its parts without blanks and case.
pub(crate) fn same(parts: &[&str]) -> String {
    let plain =
        |part: &&str| part.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect::<String>();
    // No part holds a blank any more, so that none is taken for two.
    parts.iter().map(plain).collect::<Vec<_>>().join(" ")
}

/// The names by which a proof of payment is known to be the same, whatever it pays for: by the registration number of who gave it,
/// and by that one's name.
fn proof(registration: Option<&str>, issuer: &str, number: &str, on: NaiveDate) -> BTreeSet<String> {
    let on = on.to_string();
    let by_number = registration.map(|registration| same(&["receipt", &plain_registration(registration), number, &on]));
    by_number.into_iter().chain([same(&["document", &plain_name(issuer), number, &on])]).collect()
}

/// A registration number without what else may be written with it: the country of a number for VAT, blanks, hyphens.
fn plain_registration(text: &str) -> String {
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    match plain.strip_prefix("lv") {
        Some(digits) if digits.len() == 11 && digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.to_owned(),
        _ => plain,
    }
}

/// Legal forms as names of providers have them, in full and in short.
const LEGAL_FORMS: &[&str] = &["sabiedrība ar ierobežotu atbildību", "akciju sabiedrība", "individuālais komersants"];
const SHORT_FORMS: &[&str] = &["sia", "as", "ik", "ps", "ks", "zs"];

/// A name without legal form, punctuation and marks above and below letters: "SIA „Šķūnis”" and "Skunis, SIA" are one.
fn plain_name(name: &str) -> String {
    let lower = name.to_lowercase();
    let lower = LEGAL_FORMS.iter().fold(lower, |name, form| name.replace(form, " "));
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let plain: String = words.clone().filter(|word| !SHORT_FORMS.contains(word)).collect();
    let plain = if plain.is_empty() { words.collect() } else { plain };
    plain.chars().map(without_mark).collect()
}

const fn without_mark(c: char) -> char {
    match c {
        'ā' => 'a',
        'č' => 'c',
        'ē' => 'e',
        'ģ' => 'g',
        'ī' => 'i',
        'ķ' => 'k',
        'ļ' => 'l',
        'ņ' => 'n',
        'š' => 's',
        'ū' => 'u',
        'ž' => 'z',
        other => other,
    }
}

fn at(pointer: impl Into<String>, fault: ClaimFault) -> ClaimFinding {
    ClaimFinding { pointer: pointer.into(), fault }
}

/// Whether a month may be claimed on a day.
fn window(month: Month, today: NaiveDate) -> Option<ClaimFinding> {
    let earliest = Month::of(Month::of(today).first_day().checked_sub_months(Months::new(MONTHS))?);
    if month.last_day() >= today {
        return Some(at("/month", ClaimFault::MonthNotOver));
    }
    (month < earliest).then(|| at("/month", ClaimFault::MonthTooEarly { earliest }))
}

/// What is wrong with the day of a payment. The month is that of the service [domain 7.5]; **Decision**: it is paid in the month before
/// it or later, and was paid when it is claimed.
fn paid_day(pointer: &str, month: Month, today: NaiveDate, on: NaiveDate) -> Option<ClaimFinding> {
    let earliest = month.first_day().checked_sub_months(Months::new(1)).unwrap_or(NaiveDate::MIN);
    (on < earliest || on > today).then(|| at(pointer, ClaimFault::PaidOutside { from: earliest, to: today }))
}

/// What is wrong with a day of a line: it lies in the month, in the order's days, and before the plan rests.
fn day(
    pointer: &str,
    month: Month,
    order: &ClaimedOrder,
    facts: &ClaimFacts<'_>,
    on: NaiveDate,
) -> Option<ClaimFinding> {
    let (from, to) = order.days;
    let fault = if Month::of(on) != month {
        ClaimFault::OutsideMonth
    } else if on < from || on > to {
        ClaimFault::OutsideOrder { from, to }
    } else {
        ClaimFault::PlanRests { since: rest_on(facts.rests, on)? }
    };
    Some(at(pointer, fault))
}

/// What is left of orders while the lines of one claim take from it.
struct Left(BTreeMap<Uuid, (i64, i64)>);

impl Left {
    fn of(orders: &BTreeMap<Uuid, ClaimedOrder>) -> Self {
        Self(orders.iter().map(|(id, order)| (*id, (order.left_volume, order.left))).collect())
    }

    /// Takes a volume and an amount, where so much is left.
    fn take(&mut self, order: Uuid, volume: Volume, amount: Money) -> Result<(), ClaimFault> {
        let (left_volume, left) = self.0.entry(order).or_default();
        let (thousandths, cents) = (volume.thousandths().unwrap_or(i64::MAX), amount.cents().unwrap_or(i64::MAX));
        if thousandths > *left_volume {
            return Err(ClaimFault::VolumeAboveLeft { left: Volume::from_thousandths((*left_volume).max(0)) });
        }
        if cents > *left {
            return Err(ClaimFault::AmountAboveLeft { left: Money::from_cents((*left).max(0)) });
        }
        *left_volume = left_volume.saturating_sub(thousandths);
        *left = left.saturating_sub(cents);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Refusal;

    #[test]
    fn the_month_is_over_and_one_of_the_last_three() {
        let today = "2023-11-15".parse().unwrap();
        for (first, code) in [
            ("2023-12-01", Some("month_not_over")),
            ("2023-11-01", Some("month_not_over")),
            ("2023-10-01", None),
            ("2023-08-01", None),
            ("2023-07-01", Some("month_too_early")),
        ] {
            let found = window(Month::of(first.parse().unwrap()), today);
            assert_eq!(found.as_ref().map(Refusal::code), code, "{first}");
        }
        assert!(window(Month::of("2023-10-31".parse().unwrap()), "2023-11-01".parse().unwrap()).is_none());
    }

    #[test]
    fn a_proof_of_payment_is_the_same_however_its_giver_is_written() {
        let on = "2023-10-06".parse().unwrap();
        let receipt = proof(Some("40000000001"), "SIA „Izdomāts centrs”", "117", on);
        for (registration, issuer) in [
            (None, "Izdomats Centrs, SIA"),
            (None, "Izdomāts centrs, sabiedrība ar ierobežotu atbildību"),
            (Some("LV 4000-0000001"), "Cits nosaukums"),
        ] {
            assert!(!receipt.is_disjoint(&proof(registration, issuer, " 117", on)), "{issuer}");
        }
        for other in [
            proof(Some("40000000002"), "Cits centrs", "117", on),
            proof(None, "SIA", "117", on),
            proof(Some("40000000001"), "Izdomāts centrs", "118", on),
        ] {
            assert!(receipt.is_disjoint(&other), "{other:?}");
        }
    }

    #[test]
    fn blanks_and_case_make_no_other_document() {
        assert_eq!(same(&["LV 40003", "a-1", "2023-10-01"]), same(&["lv40003", "A -1", "2023-10-01"]));
        assert_ne!(same(&["1", "23"]), same(&["12", "3"]));
    }
}

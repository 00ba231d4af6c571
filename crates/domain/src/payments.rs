//! Payment runs: every approved invoice and claim once, one payment to each payee, less what credit notes took back
//! [domain 7.4].

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    account::AccountRefusal,
    day::DayRefusal,
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// The file that a bank or the State Treasury takes.
    PaymentFormat {
        /// ISO 20022 pain.001.001.03: the State Treasury takes it.
        Pain001V03 = "pain.001.001.03",
        /// ISO 20022 pain.001.001.09.
        Pain001V09 = "pain.001.001.09",
    }
}

names! {
    /// Where a payment run stands.
    PaymentRunStatus {
        /// The outcome of some payments is not known.
        Open = "open",
        /// All payments were made or refused.
        Closed = "closed",
    }
}

names! {
    /// What became of a payment.
    PaymentStatus {
        /// Not known yet.
        Pending = "pending",
        /// It was made.
        Paid = "paid",
        /// The bank refused it: its invoices wait for the next run.
        Failed = "failed",
    }
}

/// The payments in one run at most.
pub const MOST_INVOICES: u64 = 5_000;

/// Characters that a payment may tell its payee.
const LONGEST_TEXT: usize = 140;

/// What waits to be paid, or to be set against a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payable {
    /// The invoice, claim or credit note.
    pub invoice: Uuid,
    /// The provider; none where a person claims, who is paid for each claim.
    pub provider: Option<Uuid>,
    /// The sender's number.
    pub number: String,
    /// Cents; below zero for a credit note.
    pub cents: i64,
}

/// A payment to one payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouped {
    /// Its invoices and credit notes: positions among what waits.
    pub positions: Vec<usize>,
    /// Cents, above zero.
    pub cents: i64,
    /// What the payee is told: the numbers, as many as there is room for.
    pub text: String,
}

/// The payments that are made of what waits: one to each payee, whatever its account was when each came in. Whose credit notes
/// take back as much as the invoices ask for, or more, is paid nothing now, and waits.
#[must_use]
pub fn group(waiting: &[Payable]) -> Vec<Grouped> {
    let mut payees: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    for (position, payable) in waiting.iter().enumerate() {
        payees.entry(payable.provider.unwrap_or(payable.invoice)).or_default().push(position);
    }
    let payment = |positions: Vec<usize>| {
        let of = || positions.iter().filter_map(|position| waiting.get(*position));
        let cents = of().fold(0_i64, |sum, payable| sum.saturating_add(payable.cents));
        let text = text(of().map(|payable| payable.number.as_str()));
        (cents > 0).then_some(Grouped { cents, text, positions })
    };
    payees.into_values().filter_map(payment).collect()
}

fn text<'a>(numbers: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for number in numbers {
        let comma = if text.is_empty() { "" } else { ", " };
        let length = text.chars().count() + comma.len() + number.chars().count();
        // Room for the sign that there are more.
        if length > LONGEST_TEXT - 4 {
            text.push_str("...");
            break;
        }
        text.push_str(comma);
        text.push_str(number);
    }
    text.chars().take(LONGEST_TEXT).collect()
}

/// What a bank says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentResult {
    /// The payment.
    pub payment: Uuid,
    /// Whether it was made.
    pub paid: bool,
    /// Why it was not, a code of ISO 20022 or words.
    pub reason: Option<String>,
}

/// Why a payment run or a result is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentRefusal {
    /// Nothing waits to be paid.
    NothingToPay,
    /// A day does not fit.
    Day(DayRefusal),
    /// Nothing can be paid from the account.
    Account(AccountRefusal),
    /// The run has no such payment.
    UnknownPayment {
        /// Its place in the list.
        index: usize,
    },
    /// Another outcome of the payment is known.
    OutcomeKnown {
        /// Its place in the list.
        index: usize,
    },
    /// The bank tells of another run.
    OtherRun,
}

impl PaymentRefusal {
    /// Whether the state of what is stored is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::NothingToPay)
    }
}

impl Refusal for PaymentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NothingToPay => "nothing_to_pay",
            Self::Day(refusal) => refusal.code(),
            Self::Account(refusal) => refusal.code(),
            Self::UnknownPayment { .. } => "unknown_payment",
            Self::OutcomeKnown { .. } => "outcome_known",
            Self::OtherRun => "other_payment_run",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::NothingToPay | Self::OtherRun => String::new(),
            Self::Day(refusal) => refusal.pointer(),
            Self::Account(_) => "/debtor/bank_account".to_owned(),
            Self::UnknownPayment { index } | Self::OutcomeKnown { index } => format!("/payments/{index}/payment"),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NothingToPay => Message::new("problem-nothing-to-pay-detail"),
            Self::Day(refusal) => refusal.message(),
            Self::Account(refusal) => refusal.message(),
            Self::UnknownPayment { .. } => Message::new("payment-unknown"),
            Self::OutcomeKnown { .. } => Message::new("payment-outcome-known"),
            Self::OtherRun => Message::new("payment-other-run"),
        }
    }
}

/// Which results change something: those of payments whose outcome is not known. A repeated result changes nothing.
///
/// # Errors
/// Every payment that the run does not have, or of which another outcome is known.
pub fn new_results<'r>(
    results: &'r [PaymentResult],
    known: &BTreeMap<Uuid, PaymentStatus>,
) -> Result<BTreeMap<Uuid, &'r PaymentResult>, Vec<PaymentRefusal>> {
    let (mut new, mut refusals) = (BTreeMap::new(), Vec::new());
    for (index, result) in results.iter().enumerate() {
        let told = if result.paid { PaymentStatus::Paid } else { PaymentStatus::Failed };
        match known.get(&result.payment) {
            None => refusals.push(PaymentRefusal::UnknownPayment { index }),
            Some(PaymentStatus::Pending) => match new.insert(result.payment, result) {
                Some(earlier) if earlier.paid != result.paid => refusals.push(PaymentRefusal::OutcomeKnown { index }),
                _ => {}
            },
            Some(known) if *known != told => refusals.push(PaymentRefusal::OutcomeKnown { index }),
            Some(_) => {}
        }
    }
    if refusals.is_empty() { Ok(new) } else { Err(refusals) }
}

/// Checks the day on which a run is to be executed: today or later.
#[must_use]
pub fn check_execution(today: NaiveDate, day: NaiveDate) -> Option<PaymentRefusal> {
    let pointer = "/execution_date";
    (day < today).then_some(PaymentRefusal::Day(DayRefusal::TooEarly { pointer, earliest: today }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn payable(invoice: u128, provider: Option<u128>, cents: i64) -> Payable {
        Payable {
            invoice: Uuid::from_u128(invoice),
            provider: provider.map(Uuid::from_u128),
            number: format!("R-{invoice}"),
            cents,
        }
    }

    #[test]
    fn each_payee_gets_one_payment_less_what_credit_notes_take_back() {
        let waiting = [
            payable(1, Some(1), 1_000),
            payable(2, Some(2), 500),
            payable(3, Some(1), -300),
            payable(4, None, 70),
            payable(5, None, 30),
            payable(6, Some(2), -500),
        ];
        let payments = group(&waiting);
        let of = |position: usize| payments.iter().find(|payment| payment.positions.contains(&position));
        assert_eq!(of(0).map(|payment| (payment.cents, payment.text.as_str())), Some((700, "R-1, R-3")));
        assert_eq!((of(3).map(|payment| payment.cents), of(4).map(|payment| payment.cents)), (Some(70), Some(30)));
        assert_eq!((of(1), of(5)), (None, None), "nothing is left to pay");
    }

    #[test]
    fn a_text_is_never_longer_than_a_payment_may_tell() {
        let numbers: Vec<String> = (0..60).map(|number| format!("R-2023/{number}")).collect();
        let told = text(numbers.iter().map(String::as_str));
        assert!(told.chars().count() <= LONGEST_TEXT && told.ends_with("..."), "{told}");
        assert!(text([&*"x".repeat(300)].into_iter()).chars().count() <= LONGEST_TEXT);
    }

    #[test]
    fn a_repeated_result_changes_nothing_and_another_is_refused() {
        let [pending, paid] = [1, 2].map(Uuid::from_u128);
        let known = BTreeMap::from([(pending, PaymentStatus::Pending), (paid, PaymentStatus::Paid)]);
        let result = |payment, paid| PaymentResult { payment, paid, reason: None };
        let both = [result(pending, true), result(paid, true)];
        assert_eq!(new_results(&both, &known).unwrap().keys().collect::<Vec<_>>(), [&pending]);
        let codes = |results: &[PaymentResult]| -> Vec<(&'static str, String)> {
            let refusals = new_results(results, &known).unwrap_err();
            refusals.iter().map(|refusal| (refusal.code(), refusal.pointer())).collect()
        };
        assert_eq!(codes(&[result(paid, false)]), [("outcome_known", "/payments/0/payment".to_owned())]);
        assert_eq!(codes(&[result(pending, true), result(pending, false)])[0].0, "outcome_known");
        assert_eq!(codes(&[result(Uuid::from_u128(9), true)])[0].0, "unknown_payment");
    }

    proptest! {
        #[test]
        fn nothing_is_paid_twice_and_no_payment_is_negative(
            sums in prop::collection::vec((0_u128..5, -500_i64..2_000), 0..40),
        ) {
            let waiting: Vec<Payable> = sums
                .iter()
                .enumerate()
                .map(|(n, (provider, cents))| payable(u128::try_from(n).unwrap() + 100, Some(*provider), *cents))
                .collect();
            let payments = group(&waiting);
            let mut seen = std::collections::BTreeSet::new();
            for payment in &payments {
                prop_assert!(payment.cents > 0);
                prop_assert_eq!(payment.cents, payment.positions.iter().map(|p| waiting[*p].cents).sum::<i64>());
                for position in &payment.positions {
                    prop_assert!(seen.insert(*position));
                }
            }
        }
    }
}

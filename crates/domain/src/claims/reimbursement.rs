//! What a person who prepaid a service claims back for a month, receipt by receipt [domain 7.5].

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ClaimFacts, ClaimFault, ClaimFinding, ClaimLine, ClaimPayee, ClaimedOrder, Left, at, day, paid_day, proof, window,
};
use crate::{
    deliveries::rest_between,
    money::{Money, Volume},
    month::Month,
    parameters::catalogue::names,
};

names! {
    /// What proves that a service was paid.
    ReceiptKind {
        /// A till receipt (kases čeks).
        TillReceipt = "till_receipt",
        /// A strict-accounting receipt (stingrās uzskaites kvīts), which stands for a till receipt.
        StrictAccountingReceipt = "strict_accounting_receipt",
        /// An invoice with the payment order.
        InvoiceAndPaymentOrder = "invoice_and_payment_order",
    }
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What it is.
    pub kind: ReceiptKind,
    /// Name of the provider.
    pub provider: String,
    /// Registration number of the provider.
    pub registration_number: String,
    /// Number of the receipt.
    pub number: String,
    /// The day of the payment.
    pub paid_on: NaiveDate,
    /// Whether it tells the recipient's name and personal code.
    pub names_recipient: bool,
}

impl Receipt {
    /// What no other live claim may have.
    #[must_use]
    pub fn identities(&self) -> BTreeSet<String> {
        proof(Some(&self.registration_number), &self.provider, &self.number, self.paid_on)
    }
}

/// A service on days of the month, and its receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReimbursementLine {
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
    /// The receipt.
    pub receipt: Receipt,
}

/// A claim as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReimbursement {
    /// The month.
    pub month: Month,
    /// Whom to pay.
    pub payee: ClaimPayee,
    /// Its lines.
    pub lines: Vec<ReimbursementLine>,
    /// Their sum, EUR.
    pub total: Money,
    /// In words.
    pub note: Option<String>,
}

/// Every name under which a receipt of a claim must not be part of another one.
#[must_use]
pub fn identities(new: &NewReimbursement) -> BTreeSet<String> {
    new.lines.iter().flat_map(|line| line.receipt.identities()).collect()
}

/// Everything that is wrong with a claim at once, or its lines.
///
/// # Errors
/// Every finding.
pub fn check(new: &NewReimbursement, facts: &ClaimFacts<'_>) -> Result<Vec<ClaimLine>, Vec<ClaimFinding>> {
    let mut found: Vec<ClaimFinding> = window(new.month, facts.today).into_iter().collect();
    let mut left = Left::of(facts.orders);
    let mut receipts: BTreeSet<(Uuid, String)> = BTreeSet::new();
    for (position, line) in new.lines.iter().enumerate() {
        let here = format!("/lines/{position}");
        match facts.orders.get(&line.order) {
            None => found.push(at(format!("{here}/order"), ClaimFault::UnknownOrder)),
            Some(order) if !order.self_prepaid => found.push(at(format!("{here}/order"), ClaimFault::NotSelfPrepaid)),
            Some(order) if order.compensation => {
                found.push(at(format!("{here}/order"), ClaimFault::TransportClaimNeeded));
            }
            Some(order) => against_order(&here, new.month, line, order, facts, &mut left, &mut found),
        }
        let expected = line.volume.at(line.unit_price).rounded();
        if line.amount != expected {
            found.push(at(format!("{here}/amount"), ClaimFault::AmountDiffers { expected }));
        } else if line.amount.is_zero() {
            found.push(at(format!("{here}/amount"), ClaimFault::NothingClaimed));
        }
        if !line.receipt.names_recipient {
            found.push(at(format!("{here}/receipt/names_recipient"), ClaimFault::RecipientNotNamed));
        }
        let identities = line.receipt.identities();
        if !facts.claimed.is_disjoint(&identities) {
            found.push(at(format!("{here}/receipt/number"), ClaimFault::Claimed));
        }
        if identities.iter().any(|identity| receipts.contains(&(line.order, identity.clone()))) {
            found.push(at(format!("{here}/receipt/number"), ClaimFault::Twice));
        }
        receipts.extend(identities.into_iter().map(|identity| (line.order, identity)));
    }
    let expected: Money = new.lines.iter().map(|line| line.amount).sum();
    if new.total != expected {
        found.push(at("/total", ClaimFault::TotalDiffers { expected }));
    }
    if found.is_empty() { Ok(new.lines.iter().map(claimed).collect()) } else { Err(found) }
}

fn against_order(
    here: &str,
    month: Month,
    line: &ReimbursementLine,
    order: &ClaimedOrder,
    facts: &ClaimFacts<'_>,
    left: &mut Left,
    found: &mut Vec<ClaimFinding>,
) {
    let before = found.len();
    if line.to < line.from {
        found.push(at(format!("{here}/to"), ClaimFault::DaysInverted));
    }
    for (member, on) in [("from", line.from), ("to", line.to)] {
        found.extend(day(&format!("{here}/{member}"), month, order, facts, on));
    }
    // A line that begins and ends beside a rest is divided: what was received of it is to be told.
    if found.len() == before
        && let Some(since) = rest_between(facts.rests, line.from, line.to)
    {
        found.push(at(format!("{here}/to"), ClaimFault::PlanRests { since }));
    }
    found.extend(paid_day(&format!("{here}/receipt/paid_on"), month, facts.today, line.receipt.paid_on));
    let held = order.prices.iter().rposition(|(from, _)| *from <= line.from).unwrap_or_default();
    let prices =
        order.prices.iter().enumerate().filter(|(at, (from, _))| *at >= held && (*at == held || *from <= line.to));
    if let Some(price) = prices.map(|(_, (_, price))| *price).min().filter(|price| line.unit_price > *price) {
        found.push(at(format!("{here}/unit_price"), ClaimFault::PriceAboveOrder { price }));
    }
    if let Err(fault) = left.take(line.order, line.volume, line.amount) {
        let member = if matches!(fault, ClaimFault::VolumeAboveLeft { .. }) { "volume" } else { "amount" };
        found.push(at(format!("{here}/{member}"), fault));
    }
}

fn claimed(line: &ReimbursementLine) -> ClaimLine {
    ClaimLine {
        order: line.order,
        days: (line.from, line.to),
        volume: line.volume,
        unit_price: line.unit_price,
        amount: line.amount,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{claims::same, deliveries::Rest, text::Refusal};

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn order(self_prepaid: bool, compensation: bool) -> ClaimedOrder {
        ClaimedOrder {
            line: 3,
            self_prepaid,
            compensation,
            days: (date("2023-04-01"), date("2023-10-25")),
            prices: vec![(date("2023-04-01"), money("50")), (date("2023-10-20"), money("45"))],
            left: 40_000,
            left_volume: 8_000,
        }
    }

    fn line(volume: &str, price: &str, amount: &str) -> ReimbursementLine {
        let receipt = Receipt {
            kind: ReceiptKind::TillReceipt,
            provider: "Izdomāts centrs SIA".to_owned(),
            registration_number: "40000000001".to_owned(),
            number: "117".to_owned(),
            paid_on: date("2023-10-10"),
            names_recipient: true,
        };
        ReimbursementLine {
            order: Uuid::from_u128(1),
            from: date("2023-10-02"),
            to: date("2023-10-10"),
            volume: Volume::parse(volume).unwrap(),
            unit_price: money(price),
            amount: money(amount),
            receipt,
        }
    }

    fn claim(lines: Vec<ReimbursementLine>) -> NewReimbursement {
        let payee = ClaimPayee { name: "P".to_owned(), account: "LV80BANK0000435195001".parse().unwrap() };
        let total = lines.iter().map(|line| line.amount).sum();
        NewReimbursement { month: Month::of(date("2023-10-01")), payee, lines, total, note: None }
    }

    fn judged(new: &NewReimbursement, rests: &[Rest]) -> Vec<String> {
        let orders = BTreeMap::from([
            (Uuid::from_u128(1), order(true, false)),
            (Uuid::from_u128(2), order(false, false)),
            (Uuid::from_u128(3), order(true, true)),
        ]);
        let claimed = BTreeSet::from([same(&["receipt", "40000000001", "A-9", "2023-10-10"])]);
        let facts = ClaimFacts { today: date("2023-11-15"), rests, orders: &orders, claimed: &claimed };
        let found = check(new, &facts).err().unwrap_or_default();
        found.iter().map(|finding| format!("{} {}", finding.code(), finding.pointer())).collect()
    }

    #[test]
    fn every_finding_has_its_code_and_place() {
        let one = || line("2", "50", "100");
        let with = |change: &dyn Fn(&mut ReimbursementLine)| {
            let mut changed = one();
            change(&mut changed);
            claim(vec![changed])
        };
        for (sent, expected) in [
            (claim(vec![one()]), vec![]),
            (with(&|line| line.order = Uuid::from_u128(9)), vec!["unknown_order /lines/0/order"]),
            (with(&|line| line.order = Uuid::from_u128(2)), vec!["not_self_prepaid /lines/0/order"]),
            (with(&|line| line.order = Uuid::from_u128(3)), vec!["transport_claim_needed /lines/0/order"]),
            (with(&|line| line.from = date("2023-09-30")), vec!["outside_month /lines/0/from"]),
            (with(&|line| line.to = date("2023-10-01")), vec!["days_inverted /lines/0/to"]),
            // Paid before the month, and after the last day of the order.
            (with(&|line| line.receipt.paid_on = date("2023-09-01")), vec![]),
            (with(&|line| line.receipt.paid_on = date("2023-11-15")), vec![]),
            (
                with(&|line| line.receipt.paid_on = date("2023-08-31")),
                vec!["date_out_of_range /lines/0/receipt/paid_on"],
            ),
            (
                with(&|line| line.receipt.paid_on = date("2023-11-16")),
                vec!["date_out_of_range /lines/0/receipt/paid_on"],
            ),
            (with(&|line| line.to = date("2023-10-20")), vec!["price_above_order /lines/0/unit_price"]),
            (claim(vec![line("2", "50.01", "100.02")]), vec!["price_above_order /lines/0/unit_price"]),
            (claim(vec![line("8.001", "50", "400.05")]), vec!["volume_above_left /lines/0/volume"]),
            (claim(vec![line("2", "50", "99.99")]), vec!["amount_differs /lines/0/amount"]),
            (claim(vec![line("0", "50", "0")]), vec!["nothing_claimed /lines/0/amount"]),
            (
                with(&|line| line.receipt.names_recipient = false),
                vec!["recipient_not_named /lines/0/receipt/names_recipient"],
            ),
            (with(&|line| line.receipt.number = "a - 9".to_owned()), vec!["already_claimed /lines/0/receipt/number"]),
            (claim(vec![one(), one()]), vec!["claimed_twice /lines/1/receipt/number"]),
            (NewReimbursement { total: money("99"), ..claim(vec![one()]) }, vec!["total_differs /total"]),
            (
                claim(vec![line("2", "60", "100")]),
                vec!["price_above_order /lines/0/unit_price", "amount_differs /lines/0/amount"],
            ),
        ] {
            assert_eq!(judged(&sent, &[]), expected, "{sent:?}");
        }
        for (since, until, rests) in [
            ("2023-10-10", None, true),
            ("2023-10-04", Some("2023-10-06"), true),
            ("2023-09-20", Some("2023-10-02"), false),
        ] {
            let found = judged(&claim(vec![one()]), &[(date(since), until.map(date))]);
            assert_eq!(found, if rests { vec!["plan_rests /lines/0/to"] } else { vec![] }, "{since}");
        }
    }

    proptest! {
        #[test]
        fn no_lines_together_take_more_than_is_left(volumes in prop::collection::vec(1_i64..5_000, 1..6)) {
            let lines: Vec<_> = volumes.iter().enumerate().map(|(at, thousandths)| {
                let volume = Volume::from_thousandths(*thousandths);
                let amount = volume.at(money("45")).rounded();
                let mut line = ReimbursementLine { volume, amount, ..line("1", "45", "45") };
                line.receipt.number = at.to_string();
                line
            }).collect();
            let fits = judged(&claim(lines), &[]).is_empty();
            prop_assert_eq!(fits, volumes.iter().sum::<i64>() <= 8_000 && volumes.iter().all(|one| *one > 0));
        }
    }
}

//! Budget managers: organisations that the office engages to order and pay for cases of their own, and to report to it [domain 10,
//! Roles].
//!
//! **Decision**: a manager is engaged for a person's case and sees what the office has of that person's plans, orders, deliveries and
//! ledger on the days of the engagement. What it pays stands in its reports; the ledger has what the office itself pays.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    day::{self, DayRefusal},
    money::Money,
    month::Month,
    text::{Message, Refusal},
};

/// A payment that a budget manager made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagerPayment {
    /// The order that it is for.
    pub order: Uuid,
    /// The day.
    pub paid_on: NaiveDate,
    /// EUR.
    pub amount: Money,
    /// Number of the invoice or receipt.
    pub reference: String,
}

/// What a budget manager reports of a month: sealed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagerReportContent {
    /// What was paid.
    pub payments: Vec<ManagerPayment>,
    /// In words.
    pub text: String,
}

/// Why a report is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManagerReportRefusal {
    /// The month is not over, and has not begun.
    NotBegun,
    /// The case has no such order.
    UnknownOrder {
        /// Position of the payment.
        position: usize,
    },
    /// The day of a payment does not fit.
    Day {
        /// Position of the payment.
        position: usize,
        /// Why.
        refusal: DayRefusal,
    },
}

impl Refusal for ManagerReportRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotBegun => "month_not_begun",
            Self::UnknownOrder { .. } => "unknown_order",
            Self::Day { refusal, .. } => refusal.code(),
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::NotBegun => "/month".to_owned(),
            Self::UnknownOrder { position } => format!("/payments/{position}/order"),
            Self::Day { position, .. } => format!("/payments/{position}/paid_on"),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NotBegun => Message::new("manager-report-not-begun"),
            Self::UnknownOrder { .. } => Message::new("claim-unknown-order"),
            Self::Day { refusal, .. } => refusal.message(),
        }
    }
}

impl ManagerReportContent {
    /// The sum of what was paid, EUR.
    #[must_use]
    pub fn total(&self) -> Money {
        self.payments.iter().map(|payment| payment.amount).sum()
    }

    /// Checks a report of a month. `orders` are those of the case.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(
        &self,
        month: Month,
        orders: &BTreeSet<Uuid>,
        today: NaiveDate,
    ) -> Result<(), Vec<ManagerReportRefusal>> {
        let mut refusals = Vec::new();
        if month.first_day() > today {
            refusals.push(ManagerReportRefusal::NotBegun);
        }
        for (position, payment) in self.payments.iter().enumerate() {
            if !orders.contains(&payment.order) {
                refusals.push(ManagerReportRefusal::UnknownOrder { position });
            }
            let day = day::check("/paid_on", month.first_day(), today, payment.paid_on)
                .or_else(|| day::check_between("/paid_on", month.first_day(), month.last_day(), payment.paid_on));
            refusals.extend(day.map(|refusal| ManagerReportRefusal::Day { position, refusal }));
        }
        if refusals.is_empty() { Ok(()) } else { Err(refusals) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_tells_payments_of_its_month_for_orders_of_the_case() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let payment = |order: u128, paid_on: &str| ManagerPayment {
            order: Uuid::from_u128(order),
            paid_on: day(paid_on),
            amount: Money::from_cents(1250),
            reference: "R-1".to_owned(),
        };
        let orders = BTreeSet::from([Uuid::from_u128(1)]);
        let check = |month: &str, payments: Vec<ManagerPayment>| -> Vec<String> {
            let content = ManagerReportContent { payments, text: String::new() };
            let refused = content.check(month.parse().unwrap(), &orders, day("2023-06-15")).err().unwrap_or_default();
            refused.iter().map(|refusal| format!("{} {}", refusal.code(), refusal.pointer())).collect()
        };
        assert_eq!(check("2023-06", vec![]), [""; 0]);
        assert_eq!(check("2023-05", vec![payment(1, "2023-05-31"), payment(1, "2023-05-01")]), [""; 0]);
        assert_eq!(check("2023-07", vec![]), ["month_not_begun /month"]);
        let expected = [
            "unknown_order /payments/0/order",
            "date_out_of_range /payments/1/paid_on",
            "date_out_of_range /payments/2/paid_on",
        ];
        let wrong = vec![payment(2, "2023-05-02"), payment(1, "2023-06-01"), payment(1, "2023-06-16")];
        assert_eq!(check("2023-05", wrong), expected);
        let content = ManagerReportContent { payments: vec![payment(1, "2023-05-02"); 3], text: String::new() };
        assert_eq!(content.total(), Money::from_cents(3750));
    }
}

//! Periods of the pilot: which months, how much for a child, and what may be done when [S0 §3.2; domain 4.2, 4.4].
//!
//! A period is drafted, opened for budgets, and closed by its redistribution, which sets the final budgets. **Decision**: a budget
//! that has ended takes no part in it: its place goes to another child, whose provisional budget is counted in its stead.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::redistribution::{Redistribution, RedistributionChild, RedistributionInput};
use crate::{
    bounds,
    money::Money,
    month::Month,
    parameters::catalogue::names,
    plans::{
        PlanContent,
        findings::{Finding, What},
    },
    text::{Message, Refusal},
};

names! {
    /// Where a period of the pilot stands.
    PilotPeriodStatus {
        /// It is being prepared.
        Draft = "draft",
        /// Provisional budgets are made, and their plans.
        Open = "open",
        /// Redistributed: the final budgets are set.
        Closed = "closed",
    }
}

/// What a period says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodTerms {
    /// First month.
    pub first_month: Month,
    /// How many months.
    pub months: u32,
    /// Why the first period is shorter than the methodology says.
    pub short_reason: Option<String>,
    /// Funding of the whole period for one child, EUR.
    pub per_child_funding: Money,
    /// What the previous period left unspent, EUR.
    pub unspent: Money,
}

impl PeriodTerms {
    /// Its last month.
    #[must_use]
    pub fn last_month(&self) -> Month {
        last_month(self.first_month, self.months)
    }
}

/// The last of so many months.
fn last_month(first: Month, months: u32) -> Month {
    let months = usize::try_from(months).unwrap_or(1);
    first.to(Month::of(NaiveDate::MAX)).take(months.max(1)).last().unwrap_or(first)
}

/// What of a plan lies outside the months of its period.
#[must_use]
pub fn outside(content: &PlanContent, first_month: Month, months: u32) -> Vec<Finding> {
    let (from, to) = (first_month.first_day(), last_month(first_month, months).last_day());
    let ends = [("/from", content.from), ("/to", content.to)];
    let beyond = ends.into_iter().filter(|(_, day)| *day < from || *day > to);
    beyond.map(|(pointer, _)| Finding::error(pointer, What::OutsidePeriod)).collect()
}

/// A redistribution as it is frozen: what was run, and what came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenRedistribution {
    /// What the previous period left unspent, EUR.
    pub unspent: Money,
    /// The children with what they had, needed and got, and the sums.
    pub result: Redistribution,
}

/// Why a period is not stored, opened or redistributed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodRefusal {
    /// It does not stand where that may be done.
    Status,
    /// Other terms than what is left unspent are changed after it was opened.
    TermsStand,
    /// It does not come after the period before, or goes into the one after.
    Overlaps,
    /// More or fewer months than the methodology says; only the first may have fewer.
    Months {
        /// Months of the methodology.
        most: u32,
    },
    /// A shorter period needs its reason.
    ReasonRequired,
    /// No rules of the methodology are in force on its first day.
    NoVersion,
    /// An amount is negative or too large.
    Amount {
        /// The member.
        field: &'static str,
    },
    /// The first period has no earlier one to leave anything.
    NothingBefore,
    /// A budget of the period has no signed plan.
    PlansMissing {
        /// How many.
        budgets: usize,
    },
    /// The period has no budgets.
    NoBudgets,
}

impl PeriodRefusal {
    /// Whether the state of the period is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Status | Self::TermsStand | Self::PlansMissing { .. } | Self::NoBudgets)
    }
}

impl Refusal for PeriodRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Status => "pilot_period_status",
            Self::TermsStand => "pilot_period_terms_stand",
            Self::Overlaps => "period_overlaps",
            Self::Months { .. } => "months_out_of_range",
            Self::ReasonRequired => "missing_field",
            Self::NoVersion => "no_version_for_date",
            Self::Amount { .. } => "invalid_amount",
            Self::NothingBefore => "no_earlier_period",
            Self::PlansMissing { .. } => "pilot_plans_missing",
            Self::NoBudgets => "pilot_period_empty",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Overlaps | Self::NoVersion => "/first_month".to_owned(),
            Self::Months { .. } => "/months".to_owned(),
            Self::ReasonRequired => "/short_reason".to_owned(),
            Self::Amount { field } => format!("/{field}"),
            Self::NothingBefore => "/unspent".to_owned(),
            _ => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Status => Message::new("problem-pilot-period-status-detail"),
            Self::TermsStand => Message::new("problem-pilot-period-terms-stand-detail"),
            Self::Overlaps => Message::new("pilot-period-overlaps"),
            Self::Months { most } => Message::new("pilot-period-months").with_number("most", *most),
            Self::ReasonRequired => Message::new("pilot-period-reason-required"),
            Self::NoVersion => Message::new("pilot-period-no-version"),
            Self::Amount { .. } => Message::new("redistribution-amount-invalid"),
            Self::NothingBefore => Message::new("pilot-period-nothing-before"),
            Self::PlansMissing { .. } => Message::new("problem-pilot-plans-missing-detail"),
            Self::NoBudgets => Message::new("problem-pilot-period-empty-detail"),
        }
    }
}

/// Checks the terms of a period, its number among all, against those of the others by their numbers and against the months that
/// the methodology says on its first day.
///
/// # Errors
/// Everything that is wrong with them.
pub fn check(
    number: u32,
    terms: &PeriodTerms,
    others: &[(u32, PeriodTerms)],
    months: Option<u32>,
) -> Result<(), Vec<PeriodRefusal>> {
    let mut refusals = Vec::new();
    let (from, to) = (terms.first_month, terms.last_month());
    let fits = |(other, of): &(u32, PeriodTerms)| match other.cmp(&number) {
        std::cmp::Ordering::Less => of.last_month() < from,
        std::cmp::Ordering::Equal => true,
        std::cmp::Ordering::Greater => of.first_month > to,
    };
    if !others.iter().all(fits) {
        refusals.push(PeriodRefusal::Overlaps);
    }
    let is_first = others.iter().all(|(other, _)| *other >= number);
    match months {
        None => refusals.push(PeriodRefusal::NoVersion),
        Some(most) if terms.months == most => {}
        Some(most) if terms.months == 0 || terms.months > most || !is_first => {
            refusals.push(PeriodRefusal::Months { most });
        }
        Some(_) => {
            if terms.short_reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
                refusals.push(PeriodRefusal::ReasonRequired);
            }
        }
    }
    for (field, amount) in [("per_child_funding", terms.per_child_funding), ("unspent", terms.unspent)] {
        if !bounds::accepted(amount) {
            refusals.push(PeriodRefusal::Amount { field });
        }
    }
    if is_first && terms.unspent > Money::ZERO {
        refusals.push(PeriodRefusal::NothingBefore);
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

impl PilotPeriodStatus {
    /// Checks that the period stands where something may be done.
    ///
    /// # Errors
    /// [`PeriodRefusal::Status`].
    pub fn expect(self, allowed: Self) -> Result<(), PeriodRefusal> {
        if self == allowed { Ok(()) } else { Err(PeriodRefusal::Status) }
    }

    /// Checks that terms may take the place of others: all of them in a draft, what is left unspent until the redistribution.
    ///
    /// # Errors
    /// [`PeriodRefusal::Status`], [`PeriodRefusal::TermsStand`].
    pub fn expect_change(self, from: &PeriodTerms, to: &PeriodTerms) -> Result<(), PeriodRefusal> {
        match self {
            Self::Draft => Ok(()),
            Self::Open if PeriodTerms { unspent: to.unspent, ..from.clone() } == *to => Ok(()),
            Self::Open => Err(PeriodRefusal::TermsStand),
            Self::Closed => Err(PeriodRefusal::Status),
        }
    }
}

/// A budget of a period, by its pseudonymous code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodBudget {
    /// The code.
    pub code: String,
    /// Provisional budget, EUR.
    pub provisional: Money,
    /// What its signed plan needs, EUR; none before one is signed.
    pub needed: Option<Money>,
}

/// What is redistributed, when all plans are in.
///
/// # Errors
/// [`PeriodRefusal::NoBudgets`], [`PeriodRefusal::PlansMissing`].
pub fn redistribution_of(unspent: Money, budgets: &[PeriodBudget]) -> Result<RedistributionInput, PeriodRefusal> {
    if budgets.is_empty() {
        return Err(PeriodRefusal::NoBudgets);
    }
    let child = |budget: &PeriodBudget| {
        let (id, provisional) = (budget.code.clone(), budget.provisional);
        budget.needed.map(|needed| RedistributionChild { id, provisional, needed })
    };
    let children: Vec<_> = budgets.iter().filter_map(child).collect();
    match budgets.len().saturating_sub(children.len()) {
        0 => Ok(RedistributionInput { children, unspent }),
        budgets => Err(PeriodRefusal::PlansMissing { budgets }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(first_month: &str, months: u32) -> PeriodTerms {
        PeriodTerms {
            first_month: first_month.parse().unwrap(),
            months,
            short_reason: None,
            per_child_funding: Money::from_cents(480_000),
            unspent: Money::ZERO,
        }
    }

    fn codes(number: u32, terms: &PeriodTerms, others: &[(u32, PeriodTerms)]) -> Vec<&'static str> {
        check(number, terms, others, Some(6)).err().unwrap_or_default().iter().map(Refusal::code).collect()
    }

    #[test]
    fn periods_follow_each_other_and_only_the_first_may_be_shorter() {
        assert_eq!(terms("2018-09", 6).last_month(), "2019-02".parse().unwrap());
        assert_eq!(codes(1, &terms("2018-09", 6), &[]), [""; 0]);
        assert_eq!(codes(1, &terms("2018-09", 5), &[]), ["missing_field"]);
        let reasoned = PeriodTerms { short_reason: Some("selection took longer".to_owned()), ..terms("2018-10", 5) };
        assert_eq!(codes(1, &reasoned, &[]), [""; 0]);
        let first = [(1, reasoned.clone())];
        assert_eq!(codes(1, &reasoned, &first), [""; 0]);
        assert_eq!(codes(2, &terms("2019-03", 6), &first), [""; 0]);
        assert_eq!(codes(2, &terms("2019-02", 6), &first), ["period_overlaps"]);
        assert_eq!(
            codes(2, &PeriodTerms { first_month: "2019-03".parse().unwrap(), ..reasoned }, &first),
            ["months_out_of_range"]
        );
        assert_eq!(codes(1, &terms("2018-10", 6), &[(2, terms("2019-03", 6))]), ["period_overlaps"]);
        for months in [0, 7] {
            assert_eq!(codes(1, &terms("2018-09", months), &[]), ["months_out_of_range"]);
        }
        let rich = PeriodTerms { unspent: Money::from_cents(1), ..terms("2018-09", 6) };
        assert_eq!(codes(1, &rich, &[]), ["no_earlier_period"]);
        let negative = PeriodTerms { per_child_funding: Money::from_cents(-1), ..terms("2018-09", 6) };
        assert_eq!(codes(1, &negative, &[]), ["invalid_amount"]);
        assert_eq!(check(1, &terms("2017-09", 6), &[], None), Err(vec![PeriodRefusal::NoVersion]));
    }

    #[test]
    fn what_is_left_unspent_is_told_until_the_redistribution() {
        let (before, more) =
            (terms("2018-09", 6), PeriodTerms { unspent: Money::from_cents(1), ..terms("2018-09", 6) });
        let other = PeriodTerms { per_child_funding: Money::ZERO, ..more.clone() };
        for (status, to, expected) in [
            (PilotPeriodStatus::Draft, &other, Ok(())),
            (PilotPeriodStatus::Open, &more, Ok(())),
            (PilotPeriodStatus::Open, &other, Err(PeriodRefusal::TermsStand)),
            (PilotPeriodStatus::Closed, &more, Err(PeriodRefusal::Status)),
        ] {
            assert_eq!(status.expect_change(&before, to), expected);
        }
    }

    #[test]
    fn a_period_is_redistributed_when_all_plans_are_in() {
        let budget = |code: &str, needed: Option<i64>| PeriodBudget {
            code: code.to_owned(),
            provisional: Money::from_cents(100),
            needed: needed.map(Money::from_cents),
        };
        let unspent = Money::from_cents(5);
        assert_eq!(redistribution_of(unspent, &[]), Err(PeriodRefusal::NoBudgets));
        let waiting = [budget("a", Some(1)), budget("b", None)];
        assert_eq!(redistribution_of(unspent, &waiting), Err(PeriodRefusal::PlansMissing { budgets: 1 }));
        let input = redistribution_of(unspent, &[budget("a", Some(1)), budget("b", Some(200))]).unwrap();
        assert_eq!((input.children.len(), input.unspent), (2, unspent));
    }
}

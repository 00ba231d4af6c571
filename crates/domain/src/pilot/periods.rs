//! Periods of the pilot: which months, how much for a child, and what may be done when [S0 §3.2; domain 4.2, 4.4].
//!
//! A period is drafted, opened for budgets, and closed by its redistribution, which sets the final budgets. **Decision**: a budget
//! that has ended takes no part in it: its place goes to another child, whose provisional budget is counted in its stead.
//! **Decision**: what a period leaves unspent is counted from the day after its last, once it is redistributed: all the money that
//! it had, less what is paid from the ledgers of all its budgets and what they still hold. A budget that has ended holds what is
//! ordered and not paid yet; one that has not, its whole final budget. So the figure only grows while the rest is settled.

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
    /// What the previous period left unspent, EUR, where that is said in place of what the ledgers tell.
    pub unspent: Option<Money>,
    /// Why it is said.
    pub unspent_reason: Option<String>,
}

impl PeriodTerms {
    /// Its last month.
    #[must_use]
    pub fn last_month(&self) -> Month {
        last_month(self.first_month, self.months)
    }

    /// Whether other terms differ in nothing but what is left unspent.
    fn fits(&self, other: &Self) -> bool {
        let same = Self { unspent: other.unspent, unspent_reason: other.unspent_reason.clone(), ..self.clone() };
        same == *other
    }
}

/// The last of so many months.
pub(super) fn last_month(first: Month, months: u32) -> Month {
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

/// What the budgets of a period have used, as their ledgers tell, EUR.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PeriodLedgers {
    /// Paid, from all of them.
    pub paid: Money,
    /// What they may still pay, with that: ordered from those that have ended, and the final budgets of the others.
    pub claimed: Money,
    /// How many have not ended.
    pub open_budgets: u32,
}

/// What a period leaves unspent, EUR: `available = paid + held + unspent`, unless more is ordered than there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unspent {
    /// All the money of the period: the provisional budgets and what the one before left.
    pub available: Money,
    /// Paid.
    pub paid: Money,
    /// Not paid yet, and not free: ordered, or of a budget that has not ended.
    pub held: Money,
    /// What is left.
    pub unspent: Money,
    /// Budgets that have not ended.
    pub open_budgets: u32,
}

impl Unspent {
    /// What is left of the money of a period.
    #[must_use]
    pub fn of(available: Money, ledgers: PeriodLedgers) -> Self {
        let PeriodLedgers { paid, claimed, open_budgets } = ledgers;
        let unspent = (available - claimed).max(Money::ZERO);
        Self { available, paid, held: claimed - paid, unspent, open_budgets }
    }

    /// Whether nothing can change it any more but a delivery that is told late.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.open_budgets == 0 && self.held.is_zero()
    }
}

/// A redistribution as it is frozen: what was run, and what came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenRedistribution {
    /// What the previous period left unspent, EUR.
    pub unspent: Money,
    /// How that was counted; none where it was said, or there was no period before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Unspent>,
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
    /// Why the ledgers don't count is not said, or nothing is said in their place.
    Unreasoned {
        /// The member that is missing.
        field: &'static str,
    },
    /// What a period leaves is not known before it is over and redistributed.
    NotOver,
}

impl PeriodRefusal {
    /// Whether the state of the period is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Status | Self::TermsStand | Self::PlansMissing { .. } | Self::NoBudgets | Self::NotOver)
    }
}

impl Refusal for PeriodRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Status => "pilot_period_status",
            Self::TermsStand => "pilot_period_terms_stand",
            Self::Overlaps => "period_overlaps",
            Self::Months { .. } => "months_out_of_range",
            Self::ReasonRequired | Self::Unreasoned { .. } => "missing_field",
            Self::NoVersion => "no_version_for_date",
            Self::Amount { .. } => "invalid_amount",
            Self::NothingBefore => "no_earlier_period",
            Self::PlansMissing { .. } => "pilot_plans_missing",
            Self::NoBudgets => "pilot_period_empty",
            Self::NotOver => "pilot_period_not_over",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Overlaps | Self::NoVersion => "/first_month".to_owned(),
            Self::Months { .. } => "/months".to_owned(),
            Self::ReasonRequired => "/short_reason".to_owned(),
            Self::Amount { field } | Self::Unreasoned { field } => format!("/{field}"),
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
            Self::Unreasoned { .. } => Message::new("pilot-period-unreasoned"),
            Self::NotOver => Message::new("problem-pilot-period-not-over-detail"),
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
    let said = terms.unspent.unwrap_or_default();
    for (field, amount) in [("per_child_funding", terms.per_child_funding), ("unspent", said)] {
        if !bounds::accepted(amount) {
            refusals.push(PeriodRefusal::Amount { field });
        }
    }
    let has_reason = terms.unspent_reason.as_ref().is_some_and(|reason| !reason.trim().is_empty());
    match terms.unspent {
        Some(said) if is_first && said > Money::ZERO => refusals.push(PeriodRefusal::NothingBefore),
        Some(_) if !is_first && !has_reason => refusals.push(PeriodRefusal::Unreasoned { field: "unspent_reason" }),
        None if terms.unspent_reason.is_some() => refusals.push(PeriodRefusal::Unreasoned { field: "unspent" }),
        _ => {}
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

    /// Checks that what a period leaves unspent is known on a day: its last one is past, and it is redistributed.
    ///
    /// # Errors
    /// [`PeriodRefusal::NotOver`].
    pub fn expect_over(self, terms: &PeriodTerms, today: NaiveDate) -> Result<(), PeriodRefusal> {
        let is_over = self == Self::Closed && today > terms.last_month().last_day();
        if is_over { Ok(()) } else { Err(PeriodRefusal::NotOver) }
    }

    /// Checks that terms may take the place of others: all of them in a draft, what is left unspent until the redistribution.
    ///
    /// # Errors
    /// [`PeriodRefusal::Status`], [`PeriodRefusal::TermsStand`].
    pub fn expect_change(self, from: &PeriodTerms, to: &PeriodTerms) -> Result<(), PeriodRefusal> {
        match self {
            Self::Draft => Ok(()),
            Self::Open if from.fits(to) => Ok(()),
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
            unspent: None,
            unspent_reason: None,
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
        for (number, said, reason, expected) in [
            (1, Some(1), Some("r"), &["no_earlier_period"][..]),
            (1, Some(0), None, &[]),
            (2, None, None, &[]),
            (2, Some(1), Some("r"), &[]),
            (2, Some(0), None, &["missing_field"]),
            (2, Some(1), Some(" "), &["missing_field"]),
            (2, None, Some("r"), &["missing_field"]),
            (2, Some(-1), Some("r"), &["invalid_amount"]),
        ] {
            let first = (number > 1).then(|| (1, terms("2018-03", 6)));
            let unspent_reason = reason.map(str::to_owned);
            let said = PeriodTerms { unspent: said.map(Money::from_cents), unspent_reason, ..terms("2018-09", 6) };
            assert_eq!(codes(number, &said, first.as_slice()), expected, "{said:?}");
        }
        let negative = PeriodTerms { per_child_funding: Money::from_cents(-1), ..terms("2018-09", 6) };
        assert_eq!(codes(1, &negative, &[]), ["invalid_amount"]);
        assert_eq!(check(1, &terms("2017-09", 6), &[], None), Err(vec![PeriodRefusal::NoVersion]));
    }

    #[test]
    fn what_is_left_unspent_is_told_until_the_redistribution() {
        let (before, more) =
            (terms("2018-09", 6), PeriodTerms { unspent: Some(Money::from_cents(1)), ..terms("2018-09", 6) });
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
    fn what_is_left_is_counted_when_the_period_is_over_and_grows_while_it_is_settled() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (status, on, known) in [
            (PilotPeriodStatus::Open, "2019-03-01", false),
            (PilotPeriodStatus::Closed, "2019-02-28", false),
            (PilotPeriodStatus::Closed, "2019-03-01", true),
        ] {
            assert_eq!(status.expect_over(&terms("2018-09", 6), day(on)).is_ok(), known, "{status} {on}");
        }
        let cents = Money::from_cents;
        for (paid, claimed, open_budgets, held, unspent, settled) in [
            (0, 1_000, 1, 1_000, 0, false),
            (300, 700, 1, 400, 300, false),
            (300, 400, 0, 100, 600, false),
            (400, 400, 0, 0, 600, true),
            (1_100, 1_100, 0, 0, 0, true),
        ] {
            let ledgers = PeriodLedgers { paid: cents(paid), claimed: cents(claimed), open_budgets };
            let left = Unspent::of(cents(1_000), ledgers);
            assert_eq!((left.held, left.unspent, left.is_settled()), (cents(held), cents(unspent), settled));
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

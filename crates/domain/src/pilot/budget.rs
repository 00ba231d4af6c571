//! The stored budget of a child in a period of the pilot: provisional first, then what its plan needs, then final and total
//! [S0 §3.2, §3.3; domain 4.2, 4.4, 4.5, 7.2].
//!
//! **Decision**: the needed amount counts every line of the plan, whoever pays it. State and municipality pay services that the
//! child has already, a benefit pays from the child's benefits, parents and others are other money.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    funding_mix::{FundingMix, FundingMixInput, MixVariant, funding_mix},
    methodology::{PilotMethodology, PilotRules},
    periods::last_month,
    provisional::{Provisional, ProvisionalInput, ProvisionalReason, ProvisionalRefusal, provisional_budget},
};
use crate::{
    money::Money,
    month::Month,
    parameters::{NoVersionForDate, catalogue::MethodologyId},
    plans::{FundingSource, PlanContent},
    text::{Message, Refusal},
};

/// What a provisional budget is made from: the child, and the period as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PilotFacts {
    /// The day of the calculation.
    pub date: NaiveDate,
    /// Birth date of the child.
    pub birth_date: NaiveDate,
    /// Whether an opinion on special care need is in force on the 1st of the period's first month.
    pub special_care: bool,
    /// Number of the period.
    pub period: u32,
    /// First month of the period.
    pub first_month: Month,
    /// Months of the period.
    pub months: u32,
    /// Funding of the whole period for one child, EUR.
    pub per_child_funding: Money,
}

impl PilotFacts {
    /// The last day of the period.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        last_month(self.first_month, self.months).last_day()
    }
}

/// A provisional budget as it is calculated.
#[derive(Debug, Clone)]
pub struct ProvisionalBudget<'r> {
    /// The rules of the period's first day.
    pub rules: &'r PilotRules,
    /// Number of the period.
    pub period: u32,
    /// Months of the period.
    pub months: u32,
    /// The amount, and why.
    pub provisional: Provisional,
}

/// Why it is so much: what a stored result keeps beside the amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionalResult {
    /// Number of the period.
    pub period: u32,
    /// The day on which age and opinion count.
    pub assessed_on: NaiveDate,
    /// Completed years on that day.
    pub age: u32,
    /// The part of the funding per child, percent.
    pub percent: u32,
    /// Why that part.
    pub reason: ProvisionalReason,
}

/// Why no provisional budget is calculated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PilotRefusal {
    /// No parameters for the period.
    NoVersion(NoVersionForDate),
    /// The rule refuses the child or the period.
    Provisional(ProvisionalRefusal),
}

impl Refusal for PilotRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoVersion(_) => "no_version_for_date",
            Self::Provisional(refusal) => refusal.code(),
        }
    }

    fn pointer(&self) -> String {
        match self {
            // What a period gives stands in the period.
            Self::NoVersion(_) | Self::Provisional(ProvisionalRefusal::FundingInvalid) => "/period".to_owned(),
            Self::Provisional(refusal) => refusal.pointer(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NoVersion(missing) => missing.message(),
            Self::Provisional(refusal) => refusal.message(),
        }
    }
}

impl PilotMethodology {
    /// Calculates the provisional budget of a child for a period.
    ///
    /// # Errors
    /// Every reason why the rules refuse it.
    pub fn calculate(&self, facts: &PilotFacts) -> Result<ProvisionalBudget<'_>, Vec<PilotRefusal>> {
        let first_day = facts.first_month.first_day();
        let Some(rules) = self.rules_on(first_day) else {
            let missing = NoVersionForDate { methodology: MethodologyId::ChildrenPilot2018, date: first_day };
            return Err(vec![PilotRefusal::NoVersion(missing)]);
        };
        let input = ProvisionalInput {
            birth_date: facts.birth_date,
            period_month: first_day,
            special_care: facts.special_care,
            per_child_funding: facts.per_child_funding,
        };
        match provisional_budget(&input, &rules.provisional) {
            Ok(provisional) => Ok(ProvisionalBudget { rules, period: facts.period, months: facts.months, provisional }),
            Err(refusals) => Err(refusals.into_iter().map(PilotRefusal::Provisional).collect()),
        }
    }
}

impl ProvisionalBudget<'_> {
    /// The amount a month, EUR.
    #[must_use]
    pub fn monthly(&self) -> Money {
        self.provisional.amount.divided_by(self.months)
    }

    /// What a stored result keeps of it.
    #[must_use]
    pub fn result(&self) -> ProvisionalResult {
        ProvisionalResult {
            period: self.period,
            assessed_on: self.provisional.assessed_on,
            age: self.provisional.age_years,
            percent: self.provisional.percent,
            reason: self.provisional.reason,
        }
    }
}

/// What a plan needs, and which money beside the project there is for it, EUR.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PilotNeed {
    /// Every service of the plan at its price.
    pub needed: Money,
    /// Services that state and municipality pay already.
    pub existing_services: Money,
    /// Benefits that the child gets already.
    pub existing_benefits: Money,
    /// Money of parents and others.
    pub other: Money,
}

impl PilotNeed {
    /// What a plan needs.
    #[must_use]
    pub fn of(content: &PlanContent) -> Self {
        let mut need = Self::default();
        for line in &content.lines {
            let amount = line.needed();
            need.needed += amount;
            match line.funding {
                FundingSource::IndividualBudget => {}
                FundingSource::State | FundingSource::Municipality => need.existing_services += amount,
                FundingSource::Benefit => need.existing_benefits += amount,
                FundingSource::Parent | FundingSource::Other => need.other += amount,
            }
        }
        need
    }
}

/// The amounts of a stored budget of the pilot, EUR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PilotAmounts {
    /// Provisional budget.
    pub provisional: Money,
    /// What the signed plan needs; none before one is signed.
    pub need: Option<PilotNeed>,
    /// Final budget; none until the period is redistributed.
    pub final_budget: Option<Money>,
}

impl PilotAmounts {
    /// What a plan has to fit: the final budget, or the provisional one until that is set [domain 7.2].
    #[must_use]
    pub fn ceiling(&self) -> Money {
        self.final_budget.unwrap_or(self.provisional)
    }

    /// The total budget by source, by the variant that the pilot chose; none before a plan is signed [S0 §3.3].
    #[must_use]
    pub fn total(&self) -> Option<FundingMix> {
        self.total_for(self.need?)
    }

    /// The total budget of a plan that needs so much.
    #[must_use]
    pub fn total_for(&self, need: PilotNeed) -> Option<FundingMix> {
        let input = FundingMixInput {
            variant: MixVariant::ProjectThenExisting,
            final_budget: self.ceiling(),
            needed: need.needed,
            existing_services: need.existing_services,
            existing_benefits: need.existing_benefits,
            other: need.other,
        };
        funding_mix(&input).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parameters::Parameters, text::Refusal};

    fn facts() -> PilotFacts {
        PilotFacts {
            date: "2018-08-20".parse().unwrap(),
            birth_date: "2009-09-01".parse().unwrap(),
            special_care: false,
            period: 1,
            first_month: "2018-09".parse().unwrap(),
            months: 6,
            per_child_funding: Money::from_cents(480_001),
        }
    }

    #[test]
    fn a_provisional_budget_is_calculated_for_the_first_of_its_period() {
        let parameters = Parameters::embedded().unwrap();
        let budget = parameters.pilot.calculate(&facts()).unwrap();
        assert_eq!(budget.provisional.amount, Money::from_cents(336_001));
        assert_eq!((budget.result().age, budget.result().percent), (9, 70));
        let younger = PilotFacts { birth_date: "2009-09-02".parse().unwrap(), ..facts() };
        assert_eq!(parameters.pilot.calculate(&younger).unwrap().provisional.amount, Money::from_cents(480_001));
        let codes = |facts: &PilotFacts| -> Vec<(&str, String)> {
            let refused = parameters.pilot.calculate(facts).unwrap_err();
            refused.iter().map(|refusal| (refusal.code(), refusal.pointer())).collect()
        };
        let early = PilotFacts { first_month: "2017-12".parse().unwrap(), ..facts() };
        assert_eq!(codes(&early), [("no_version_for_date", "/period".to_owned())]);
        let adult = PilotFacts { birth_date: "2000-09-01".parse().unwrap(), ..facts() };
        assert_eq!(codes(&adult), [("age_out_of_range", "/birth_date".to_owned())]);
    }

    #[test]
    fn the_ceiling_is_final_or_provisional_until_then_and_other_money_fills_up_to_what_is_needed() {
        let euros = |euros: i64| Money::from_cents(euros * 100);
        let mut amounts = PilotAmounts { provisional: euros(800), need: None, final_budget: None };
        assert_eq!((amounts.ceiling(), amounts.total()), (euros(800), None));
        // Variant 2 of the golden table: 800 + 570 = 1370.
        amounts.need = Some(PilotNeed { needed: euros(1370), existing_services: euros(900), ..PilotNeed::default() });
        let total = amounts.total().unwrap();
        assert_eq!((total.project, total.existing, total.total), (euros(800), euros(570), euros(1370)));
        amounts.final_budget = Some(euros(1000));
        let total = amounts.total().unwrap();
        assert_eq!((amounts.ceiling(), total.project, total.existing), (euros(1000), euros(1000), euros(370)));
    }
}

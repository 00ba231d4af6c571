//! What a plan costs, and how that fits the budget [domain 6.3].
//!
//! `agreed` is the sum of the lines of services that the indicative budget counts, whoever pays, the budget or the state:
//! like is compared with like. `payable` is its part that the individual budget pays.
//!
//! **Decision**: a line that the individual budget pays is counted whatever its service, because it spends the budget; a line
//! that the state pays is counted where the calculation has its service among those that the state pays.
//! **Decision** [domain 6.3]: the part that the state pays can't be spent on other services, so `payable` is also held to the
//! indicative budget without that part.

use std::collections::{BTreeMap, BTreeSet};

use super::{FundingSource, PlanContent, PlanLine};
use crate::{
    calculation::CalculationResult,
    lines::Funding,
    money::{Money, Volume},
};

/// What a plan has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ceiling {
    /// Indicative budget of the period, EUR. In the pilot the final one, or the provisional until that is set.
    pub indicative: Money,
    /// The part of it that the state pays, EUR.
    pub of_which_state: Money,
    /// Services that the calculation counts as paid by the state.
    pub state_services: BTreeSet<String>,
    /// Hours of home care that the calculation counts; not checked where that is not known.
    pub home_care: Option<Volume>,
}

/// The service whose yearly average is what the calculation counts.
pub(super) const HOME_CARE: &str = "home_care";

impl From<&CalculationResult> for Ceiling {
    fn from(result: &CalculationResult) -> Self {
        let home_care = result.lines.iter().filter(|line| line.service.as_deref() == Some(HOME_CARE));
        let by_state = result.lines.iter().filter(|line| line.funding == Funding::State);
        Self {
            indicative: result.total,
            of_which_state: result.of_which_state,
            state_services: by_state.filter_map(|line| line.service.clone()).collect(),
            home_care: Some(home_care.map(|line| line.volume).sum()),
        }
    }
}

impl Ceiling {
    /// What the individual budget may pay at most, EUR.
    #[must_use]
    pub fn payable(&self) -> Money {
        self.indicative - self.of_which_state
    }

    /// Whether a line is compared with the indicative budget.
    #[must_use]
    pub fn counts(&self, line: &PlanLine) -> bool {
        match line.funding {
            FundingSource::IndividualBudget => true,
            FundingSource::State => self.state_services.contains(&line.service),
            _ => false,
        }
    }
}

/// The sums of a plan, EUR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amounts {
    /// The lines that the indicative budget counts.
    pub agreed: Money,
    /// Their part that the individual budget pays.
    pub payable: Money,
    /// Every line, by who pays.
    pub by_source: BTreeMap<FundingSource, Money>,
    /// What the plan leaves of the indicative budget, for a later revision; zero where it is above.
    pub available: Money,
    /// By how much `agreed` is above the indicative budget.
    pub excess: Option<Money>,
    /// By how much `payable` is above the indicative budget without the part that the state pays.
    pub payable_excess: Option<Money>,
}

impl Amounts {
    /// The sums of a plan against its ceiling.
    #[must_use]
    pub fn of(content: &PlanContent, ceiling: &Ceiling) -> Self {
        let mut by_source: BTreeMap<FundingSource, Money> = BTreeMap::new();
        let (mut agreed, mut payable) = (Money::ZERO, Money::ZERO);
        for line in &content.lines {
            let amount = line.amount();
            *by_source.entry(line.funding).or_default() += amount;
            if ceiling.counts(line) {
                agreed += amount;
                if line.funding == FundingSource::IndividualBudget {
                    payable += amount;
                }
            }
        }
        let above = |sum: Money, most: Money| (sum > most).then(|| sum - most);
        Self {
            agreed,
            payable,
            by_source,
            available: above(ceiling.indicative, agreed).unwrap_or_default(),
            excess: above(agreed, ceiling.indicative),
            payable_excess: above(payable, ceiling.payable()),
        }
    }
}

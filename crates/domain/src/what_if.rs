//! What the budgets of today would cost on a day under other parameters: the same rules over the stored facts, in sums only.
//!
//! Budgets count with the tariffs of the country alone: a draft that adds tariffs of a municipality or a provider changes no indicative
//! budget, and no difference here.
//!
//! The sums are over the budgets that both parameters accept, so that a difference is one of price; how many either refuses is
//! told beside. **Decision**: a group of fewer than five people is not told alone, nor can it be found by subtraction: groups
//! are put together until there are five people of two groups.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{
    access::MunicipalityCode,
    adults::LivingArrangement,
    calculation::{Calculation, CalculationFacts, CalculationRefusal},
    money::Money,
    parameters::{Parameters, catalogue::MethodologyId},
    suppression::{self, FEWEST},
    text::Refusal,
};

/// People whose budgets are alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecipientGroup {
    /// Children.
    Children {
        /// Age group.
        group: String,
        /// Heavy limitation.
        heavy: bool,
    },
    /// Adults.
    Adults {
        /// Care level.
        care_level: u8,
        /// Type of residence.
        living_arrangement: LivingArrangement,
    },
}

impl RecipientGroup {
    /// The methodology of their budgets.
    #[must_use]
    pub const fn methodology(&self) -> MethodologyId {
        match self {
            Self::Children { .. } => MethodologyId::Children2023,
            Self::Adults { .. } => MethodologyId::Adults2023,
        }
    }
}

impl RecipientGroup {
    /// The group of a calculation; none of the pilot's, which no price makes.
    fn of(calculation: &Calculation<'_>) -> Option<Self> {
        match calculation {
            Calculation::Child(budget) => Some(Self::Children { group: budget.group.id.clone(), heavy: budget.heavy }),
            Calculation::Adult(budget) => {
                Some(Self::Adults { care_level: budget.care_level, living_arrangement: budget.living_arrangement })
            }
            Calculation::Pilot(_) => None,
        }
    }
}

/// The cost of some budgets, EUR for their periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// How many.
    pub budgets: u64,
    /// Under the parameters in force.
    pub current: Money,
    /// Under the others.
    pub draft: Money,
}

impl Sums {
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            budgets: self.budgets.saturating_add(other.budgets),
            current: self.current + other.current,
            draft: self.draft + other.draft,
        }
    }

    /// What the others cost more, EUR; negative where they cost less.
    #[must_use]
    pub fn difference(&self) -> Money {
        self.draft - self.current
    }
}

/// Both sets of parameters, and the day that is calculated.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// The parameters in force.
    pub current: &'a Parameters,
    /// The others.
    pub draft: &'a Parameters,
    /// The day.
    pub date: NaiveDate,
}

/// How many budgets are refused for a reason; one budget may be refused for several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RefusedBudgets {
    /// By the parameters in force.
    pub current: u64,
    /// By the others.
    pub draft: u64,
}

/// The sums so far. The pilot's budgets are not among them: its funding makes them, and no price.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// All budgets, the refused ones too.
    pub budgets: u64,
    /// Budgets that one or both refuse.
    pub refused: RefusedBudgets,
    /// Why, by the published code.
    pub reasons: BTreeMap<&'static str, RefusedBudgets>,
    /// Budgets without the stored amount that is asked for.
    pub without_amount: u64,
    total: Sums,
    municipalities: BTreeMap<MunicipalityCode, ByMethodology>,
    groups: BTreeMap<RecipientGroup, Sums>,
}

/// The sums of each methodology in a municipality.
pub(crate) type ByMethodology = BTreeMap<MethodologyId, Sums>;

/// The sums of all methodologies.
pub(crate) fn together(of: &ByMethodology) -> Sums {
    of.values().fold(Sums::default(), |all, sums| all.and(*sums))
}

/// A group's sums; of several groups that are put together, where none is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<K> {
    /// The group.
    pub of: Option<K>,
    /// Its sums.
    pub sums: Sums,
}

impl Tally {
    /// Counts a budget in.
    pub fn add(&mut self, municipality: MunicipalityCode, facts: CalculationFacts, compared: Compared<'_>) {
        if facts.methodology() == MethodologyId::ChildrenPilot2018 {
            return;
        }
        let facts = facts.on(compared.date);
        self.budgets += 1;
        let (current, draft) = (facts.calculate(compared.current), facts.calculate(compared.draft));
        if let Err(refusals) = &current {
            self.refuse(refusals, |refused| &mut refused.current);
        }
        if let Err(refusals) = &draft {
            self.refuse(refusals, |refused| &mut refused.draft);
        }
        let (Ok(current), Ok(draft)) = (current, draft) else { return };
        let sums = Sums { budgets: 1, current: current.total().rounded(), draft: draft.total().rounded() };
        self.count(municipality, RecipientGroup::of(&current), sums);
    }

    /// Counts a budget in under the parameters in force alone, with the total of its calculation or with an amount that is stored.
    pub fn add_in_force(
        &mut self,
        municipality: MunicipalityCode,
        facts: CalculationFacts,
        (parameters, date): (&Parameters, NaiveDate),
        stored: Option<Money>,
    ) {
        if facts.methodology() == MethodologyId::ChildrenPilot2018 {
            return;
        }
        self.budgets += 1;
        match facts.on(date).calculate(parameters) {
            Ok(calculation) => {
                let amount = stored.unwrap_or_else(|| calculation.total().rounded());
                let sums = Sums { budgets: 1, current: amount, draft: amount };
                self.count(municipality, RecipientGroup::of(&calculation), sums);
            }
            Err(refusals) => self.refuse(&refusals, |refused| &mut refused.current),
        }
    }

    fn count(&mut self, municipality: MunicipalityCode, group: Option<RecipientGroup>, sums: Sums) {
        let Some(group) = group else { return };
        self.total = self.total.and(sums);
        add(self.municipalities.entry(municipality).or_default(), group.methodology(), sums);
        add(&mut self.groups, group, sums);
    }

    fn refuse(&mut self, refusals: &[CalculationRefusal], count: fn(&mut RefusedBudgets) -> &mut u64) {
        *count(&mut self.refused) += 1;
        for (index, refusal) in refusals.iter().enumerate() {
            let code = refusal.code();
            if !refusals.iter().take(index).any(|earlier| earlier.code() == code) {
                *count(self.reasons.entry(code).or_default()) += 1;
            }
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.budgets += other.budgets;
        self.refused.current += other.refused.current;
        self.refused.draft += other.refused.draft;
        for (code, refused) in other.reasons {
            let known = self.reasons.entry(code).or_default();
            known.current += refused.current;
            known.draft += refused.draft;
        }
        self.without_amount += other.without_amount;
        self.total = self.total.and(other.total);
        for (code, of) in other.municipalities {
            let known = self.municipalities.entry(code).or_default();
            of.into_iter().for_each(|(methodology, sums)| add(known, methodology, sums));
        }
        other.groups.into_iter().for_each(|(group, sums)| add(&mut self.groups, group, sums));
        self
    }

    /// The sums of all budgets that both accept; none where they are of too few people.
    #[must_use]
    pub fn total(&self) -> Option<Sums> {
        Some(self.total).filter(|total| total.budgets == 0 || total.budgets >= FEWEST)
    }

    /// The sums of each municipality.
    #[must_use]
    pub fn municipalities(&self) -> Vec<Told<MunicipalityCode>> {
        told(&self.municipalities.iter().map(|(code, of)| (*code, together(of))).collect())
    }

    /// The sums of each methodology in each municipality, none of which may be told as they are.
    pub(crate) const fn by_methodology(&self) -> &BTreeMap<MunicipalityCode, ByMethodology> {
        &self.municipalities
    }

    /// The sums of each group, which is that of the parameters in force.
    #[must_use]
    pub fn groups(&self) -> Vec<Told<RecipientGroup>> {
        told(&self.groups)
    }
}

fn add<K: Ord>(sums: &mut BTreeMap<K, Sums>, key: K, more: Sums) {
    let known = sums.entry(key).or_default();
    *known = known.and(more);
}

/// Every group that may be told, in order, and last the others together.
fn told<K: Ord + Clone>(groups: &BTreeMap<K, Sums>) -> Vec<Told<K>> {
    let people = |groups: &[&(&K, &Sums)]| groups.iter().map(|(_, sums)| sums.budgets).sum::<u64>();
    // All of them together are too few.
    let Some((shown, small)) = suppression::split(groups.iter().collect(), people) else { return Vec::new() };
    let mut told: Vec<Told<K>> =
        shown.into_iter().map(|(group, sums)| Told { of: Some(group.clone()), sums: *sums }).collect();
    if !small.is_empty() {
        let sums = small.into_iter().fold(Sums::default(), |all, (_, sums)| all.and(*sums));
        told.push(Told { of: None, sums });
    }
    told
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::parameters::overlay::Overlay;

    fn sums(budgets: u64) -> Sums {
        Sums { budgets, current: Money::from_cents(1), draft: Money::from_cents(2) }
    }

    fn shown(people: &[u64]) -> Vec<(Option<usize>, u64)> {
        let groups = people.iter().copied().map(sums).enumerate().collect();
        told(&groups).into_iter().map(|told| (told.of, told.sums.budgets)).collect()
    }

    #[test]
    fn small_groups_are_put_together_so_that_none_can_be_found() {
        assert_eq!(shown(&[5, 9]), [(Some(0), 5), (Some(1), 9)]);
        assert_eq!(shown(&[3, 2, 9]), [(Some(2), 9), (None, 5)]);
        // One alone takes the smallest other with it.
        assert_eq!(shown(&[4, 9, 6]), [(Some(1), 9), (None, 10)]);
        assert_eq!(shown(&[1, 1, 7]), [(None, 9)]);
        assert_eq!(shown(&[4]), []);
        assert_eq!(shown(&[]), []);
    }

    proptest! {
        #[test]
        fn whatever_is_told_is_of_five_people_and_no_less_is_left(people in prop::collection::vec(1_u64..20, 0..12)) {
            let told = shown(&people);
            let all: u64 = people.iter().sum();
            prop_assert!(told.iter().all(|(_, people)| *people >= FEWEST));
            prop_assert!(told.is_empty() || told.iter().map(|(_, people)| people).sum::<u64>() == all);
            // Of a sum without a name, nothing is told that makes one group of it.
            let named = told.iter().filter(|(of, _)| of.is_some()).count();
            prop_assert!(told.len() == named || people.len() - named >= 2);
        }
    }

    #[test]
    fn budgets_are_compared_where_both_accept_them() {
        let current = Parameters::embedded().unwrap();
        let draft: Overlay = serde_json::from_value(json!({"tariffs": [{
            "service": "home_care", "amount": "7.63", "unit": "hour", "price_kind": "market", "valid_from": "2024-01-01",
            "source": {"document": "S3", "section": "x"}}]}))
        .unwrap();
        let draft = Parameters::with(&[&draft]).unwrap();
        let child = |birth_date: &str| -> CalculationFacts {
            serde_json::from_value(json!({
                "methodology": "children-2023", "date": "2023-03-01", "birth_date": birth_date, "special_care": true,
                "severity": null, "autism_spectrum": false, "transport_allowance": false,
                "special_care_benefit": "excluded", "criteria": [],
            }))
            .unwrap()
        };
        let tally = |date: &str| {
            let compared = Compared { current: &current, draft: &draft, date: date.parse().unwrap() };
            let mut parts = [Tally::default(), Tally::default()];
            for number in 0..12 {
                // One is grown up by then.
                let facts = child(if number == 7 { "2005-01-01" } else { "2018-01-15" });
                parts[number % 2].add("0001000".parse().unwrap(), facts, compared);
            }
            let [first, second] = parts;
            first.and(second)
        };
        let after = tally("2024-02-01");
        assert_eq!((after.budgets, after.total.budgets), (12, 11));
        assert_eq!(after.refused, RefusedBudgets { current: 1, draft: 1 });
        assert_eq!(
            after.reasons.into_iter().collect::<Vec<_>>(),
            [("age_out_of_range", RefusedBudgets { current: 1, draft: 1 })]
        );
        let hours = after.total.difference().cents().unwrap() / 11 / 100;
        assert!(hours > 0 && after.total.difference() == Money::from_cents(hours * 11 * 100), "1 EUR for each hour");
        assert!(tally("2023-12-31").total.difference().is_zero());
        assert_eq!(after.groups.len(), 1);
    }
}

//! The population of a forecast from stored budgets: groups of people with the average amount of a year [domain 8.4].
//!
//! **Decision**: a forecast of the country tells the groups that a what-if tells, and one of a place the municipalities that a
//! what-if tells; a region is made of those of its municipalities, so that nothing can be found by subtracting one from another.
//! A municipality is told by methodology where none of its methodologies has fewer than five people, nor can those of another
//! municipality be found so; otherwise whole.

use std::collections::BTreeSet;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::{
    access::MunicipalityCode,
    money::Money,
    parameters::{
        catalogue::{MethodologyId, names},
        municipalities::{Municipalities, PlanningRegion},
    },
    suppression::FEWEST,
    text::{Message, Refusal},
    what_if::{ByMethodology, RecipientGroup, Sums, Tally, together},
};

names! {
    /// Which amount of a stored budget is its yearly amount.
    PopulationAmounts {
        /// The indicative budget under the parameters of the day.
        Indicative = "indicative",
        /// What its plan agrees.
        Agreed = "agreed",
        /// What was paid of it in twelve months.
        Paid = "paid",
    }
}

/// Whose budgets are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PopulationPlace {
    /// All of them.
    #[default]
    Country,
    /// Those of a planning region.
    Region(PlanningRegion),
    /// Those of a municipality.
    Municipality(MunicipalityCode),
}

/// Stored people whose budgets are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGroup {
    /// Its label: methodology and group, a municipality, a municipality and methodology, or `other`.
    pub label: String,
    /// The methodology; none of those put together.
    pub methodology: Option<MethodologyId>,
    /// How many people, and the amounts of a year.
    pub sums: Sums,
}

/// How a group will change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// The label of a group, or the methodology of several.
    pub group: String,
    /// By how many percent its people become more; negative where they become fewer.
    pub growth_percent: Option<Decimal>,
    /// Percent of them that get a budget.
    pub uptake_percent: Option<Decimal>,
}

/// Why there is no population.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PopulationRefusal {
    /// There are too few people to tell anything of.
    TooFew,
    /// An adjustment is of no group.
    UnknownGroup {
        /// Its position.
        adjustment: usize,
    },
    /// A group is adjusted again.
    Duplicate {
        /// Position of the later adjustment.
        adjustment: usize,
    },
    /// An uptake is above 100 percent.
    UptakeOutOfRange {
        /// Position of the adjustment.
        adjustment: usize,
    },
}

impl Refusal for PopulationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::TooFew => "too_few_people",
            Self::UnknownGroup { .. } => "unknown_code",
            Self::Duplicate { .. } => "duplicate_code",
            Self::UptakeOutOfRange { .. } => "percent_out_of_range",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::TooFew => String::new(),
            Self::UnknownGroup { adjustment } | Self::Duplicate { adjustment } => {
                format!("/adjustments/{adjustment}/group")
            }
            Self::UptakeOutOfRange { adjustment } => format!("/adjustments/{adjustment}/uptake_percent"),
        }
    }

    fn message(&self) -> Message {
        Message::new(match self {
            Self::TooFew => "population-too-few",
            Self::UnknownGroup { .. } => "population-unknown-group",
            Self::Duplicate { .. } => "population-adjusted-twice",
            Self::UptakeOutOfRange { .. } => "forecast-uptake-out-of-range",
        })
    }
}

impl Adjustment {
    fn is_of(&self, group: &StoredGroup) -> bool {
        self.group == group.label || group.methodology.is_some_and(|methodology| self.group == methodology.as_str())
    }
}

/// What is wrong with adjustments, of whatever groups.
///
/// # Errors
/// A group is adjusted twice, or an uptake is above 100 percent.
pub fn check(adjustments: &[Adjustment]) -> Result<(), Vec<PopulationRefusal>> {
    let mut seen = BTreeSet::new();
    let mut refusals = Vec::new();
    for (position, adjustment) in adjustments.iter().enumerate() {
        if !seen.insert(&adjustment.group) {
            refusals.push(PopulationRefusal::Duplicate { adjustment: position });
        }
        if adjustment.uptake_percent.is_some_and(|uptake| uptake > Decimal::ONE_HUNDRED) {
            refusals.push(PopulationRefusal::UptakeOutOfRange { adjustment: position });
        }
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// How a group will change: as said of itself, or else of its methodology.
#[must_use]
pub fn adjustment<'a>(group: &StoredGroup, adjustments: &'a [Adjustment]) -> Option<&'a Adjustment> {
    let exact = adjustments.iter().find(|adjustment| adjustment.group == group.label);
    exact.or_else(|| adjustments.iter().find(|adjustment| adjustment.is_of(group)))
}

impl StoredGroup {
    /// Its people with growth, rounded half up.
    #[must_use]
    pub fn grown(&self, growth_percent: Option<Decimal>) -> u64 {
        let factor = (Decimal::ONE_HUNDRED + growth_percent.unwrap_or_default()).max(Decimal::ZERO);
        let people = Decimal::from(self.sums.budgets).saturating_mul(factor).saturating_mul(Decimal::new(1, 2));
        let people = people.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        u64::try_from(people).unwrap_or(u64::MAX)
    }

    /// The average of an amount over its people, rounded to cents.
    #[must_use]
    pub fn average(&self, amount: Money) -> Money {
        u32::try_from(self.sums.budgets).map_or(Money::ZERO, |people| amount.divided_by(people.max(1)).rounded())
    }
}

/// The groups of a place, of one methodology or of all, that may be told.
///
/// # Errors
/// There are none, or an adjustment is of none.
pub fn groups(
    tally: &Tally,
    (place, methodology): (PopulationPlace, Option<MethodologyId>),
    municipalities: &Municipalities,
    adjustments: &[Adjustment],
) -> Result<Vec<StoredGroup>, Vec<PopulationRefusal>> {
    let mut groups = match place {
        PopulationPlace::Country => of_country(tally),
        PopulationPlace::Municipality(code) => of_places(tally, |known| known == code),
        PopulationPlace::Region(region) => of_places(tally, |known| {
            municipalities.find(known).is_some_and(|municipality| municipality.planning_region == region)
        }),
    };
    groups.retain(|group| methodology.is_none() || group.methodology == methodology);
    if groups.is_empty() {
        return Err(vec![PopulationRefusal::TooFew]);
    }
    let is_unknown = |adjustment: &Adjustment| !groups.iter().any(|group| adjustment.is_of(group));
    let unknown = adjustments.iter().enumerate().filter(|(_, adjustment)| is_unknown(adjustment));
    let unknown: Vec<_> = unknown.map(|(adjustment, _)| PopulationRefusal::UnknownGroup { adjustment }).collect();
    if unknown.is_empty() { Ok(groups) } else { Err(unknown) }
}

/// The groups that a what-if tells.
fn of_country(tally: &Tally) -> Vec<StoredGroup> {
    let group = |told: crate::what_if::Told<RecipientGroup>| StoredGroup {
        label: told.of.as_ref().map_or_else(|| "other".to_owned(), label),
        methodology: told.of.as_ref().map(RecipientGroup::methodology),
        sums: told.sums,
    };
    tally.groups().into_iter().map(group).collect()
}

/// The municipalities that a what-if tells and that are wanted, by methodology where that may be told.
fn of_places(tally: &Tally, is_wanted: impl Fn(MunicipalityCode) -> bool) -> Vec<StoredGroup> {
    let shown: BTreeSet<MunicipalityCode> = tally.municipalities().into_iter().filter_map(|told| told.of).collect();
    let apart = told_apart(tally, &shown);
    let wanted = tally.by_methodology().iter().filter(|(code, _)| shown.contains(code) && is_wanted(**code));
    let groups = wanted.flat_map(|(code, of)| {
        if !apart.contains(code) {
            return vec![StoredGroup { label: code.to_string(), methodology: None, sums: together(of) }];
        }
        let group = |(methodology, sums): (&MethodologyId, &Sums)| StoredGroup {
            label: format!("{code}/{methodology}"),
            methodology: Some(*methodology),
            sums: *sums,
        };
        of.iter().map(group).collect()
    });
    groups.collect()
}

/// The municipalities, of those whose people are told, that are told by methodology. Of the others together there are, in each
/// methodology, nobody, or five people and more in two municipalities and more.
fn told_apart(tally: &Tally, shown: &BTreeSet<MunicipalityCode>) -> BTreeSet<MunicipalityCode> {
    let places = tally.by_methodology();
    let is_small = |of: &ByMethodology| of.values().any(|sums| (1..FEWEST).contains(&sums.budgets));
    let mut apart: BTreeSet<MunicipalityCode> =
        places.iter().filter(|(code, of)| shown.contains(code) && !is_small(of)).map(|(code, _)| *code).collect();
    let rest_is_safe = |apart: &BTreeSet<MunicipalityCode>, methodology: MethodologyId| {
        let rest = places.iter().filter(|(code, _)| !apart.contains(code)).filter_map(|(_, of)| of.get(&methodology));
        let (people, places) = rest.filter(|sums| sums.budgets > 0).fold((0_u64, 0_u32), |(people, places), sums| {
            (people.saturating_add(sums.budgets), places.saturating_add(1))
        });
        people == 0 || people >= FEWEST && places >= 2
    };
    while let Some(unsafe_one) = MethodologyId::ALL.iter().find(|methodology| !rest_is_safe(&apart, **methodology)) {
        let people =
            |code: &MunicipalityCode| places.get(code).and_then(|of| of.get(unsafe_one)).map_or(0, |sums| sums.budgets);
        let smallest = apart.iter().filter(|code| people(code) > 0).min_by_key(|code| people(code)).copied();
        let Some(smallest) = smallest else { return BTreeSet::new() };
        apart.remove(&smallest);
    }
    apart
}

fn label(group: &RecipientGroup) -> String {
    let methodology = group.methodology();
    match group {
        RecipientGroup::Children { group, heavy: false } => format!("{methodology}/{group}"),
        RecipientGroup::Children { group, heavy: true } => format!("{methodology}/{group}/heavy"),
        RecipientGroup::Adults { care_level, living_arrangement } => {
            format!("{methodology}/{care_level}/{living_arrangement}")
        }
    }
}

#[cfg(test)]
mod tests;

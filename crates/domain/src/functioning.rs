//! Functioning before and after: what completed assessments measured first and last, domain by domain `[S2]`.

use crate::{assessments::Functioning, parameters::catalogue::names, suppression::Told};

names! {
    /// How a domain has changed.
    FunctioningChange {
        /// Less difficulty.
        Improved = "improved",
        /// The same.
        Same = "same",
        /// More difficulty.
        Worse = "worse",
    }
}

/// A domain as it was measured first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DomainChange {
    /// Number of the domain, 1 for d1 to 9 for d9.
    pub domain: u32,
    /// The qualifier at first, 0 to 4.
    pub before: u32,
    /// The qualifier at last.
    pub after: u32,
}

impl DomainChange {
    /// How it has changed: a lower qualifier is less difficulty.
    #[must_use]
    pub fn change(self) -> FunctioningChange {
        match self.after.cmp(&self.before) {
            std::cmp::Ordering::Less => FunctioningChange::Improved,
            std::cmp::Ordering::Equal => FunctioningChange::Same,
            std::cmp::Ordering::Greater => FunctioningChange::Worse,
        }
    }
}

/// Domains d1 to d9.
pub const DOMAINS: std::ops::RangeInclusive<u32> = 1..=9;

/// The largest qualifier that compares: 8 (not specified) and 9 (not applicable) are no levels.
const COMPLETE: u32 = 4;

/// The domains that two assessments or more measured, of a case's completed assessments in their order.
#[must_use]
pub fn before_and_after(assessments: &[Vec<Functioning>]) -> Vec<DomainChange> {
    let change = |domain: u32| {
        let level = |measured: &Vec<Functioning>| {
            let found = measured.iter().find(|measured| measured.domain == domain)?;
            (found.level <= COMPLETE).then_some(found.level)
        };
        let mut levels = assessments.iter().filter_map(level);
        let (before, after) = (levels.next()?, levels.next_back()?);
        Some(DomainChange { domain, before, after })
    };
    DOMAINS.filter_map(change).collect()
}

/// How many people a domain changed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeCounts {
    /// The group; none for all, and for several small ones that are put together.
    pub of: Option<String>,
    /// How many were measured twice.
    pub people: u64,
    /// With less difficulty.
    pub improved: u64,
    /// With as much.
    pub same: u64,
    /// With more.
    pub worse: u64,
}

impl From<Told<FunctioningChange>> for ChangeCounts {
    fn from(told: Told<FunctioningChange>) -> Self {
        let count =
            |change| told.values.iter().filter(|found| **found == change).count().try_into().unwrap_or(u64::MAX);
        Self {
            people: told.people,
            improved: count(FunctioningChange::Improved),
            same: count(FunctioningChange::Same),
            worse: count(FunctioningChange::Worse),
            of: told.of,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn measured(levels: &[(u32, u32)]) -> Vec<Functioning> {
        levels.iter().map(|&(domain, level)| Functioning { domain, level }).collect()
    }

    #[test]
    fn the_first_and_the_last_level_of_each_domain_are_compared() {
        let found = before_and_after(&[
            measured(&[(1, 3), (2, 8), (4, 2), (5, 1)]),
            measured(&[(1, 4), (2, 2), (3, 2), (4, 3)]),
            measured(&[(1, 1), (2, 2), (4, 9)]),
        ]);
        let told: Vec<_> = found.iter().map(|of| (of.domain, of.before, of.after, of.change())).collect();
        use FunctioningChange::{Improved, Same, Worse};
        // d2 counts from where it was specified, d4 to where it was; d3 and d5 were measured once.
        assert_eq!(told, [(1, 3, 1, Improved), (2, 2, 2, Same), (4, 2, 3, Worse)]);
        assert_eq!(before_and_after(&[measured(&[(1, 1)])]), []);
        assert_eq!(before_and_after(&[]), []);
    }

    proptest! {
        #[test]
        fn counts_add_up_to_the_people(changes in prop::collection::vec(0_usize..3, 0..40)) {
            let values: Vec<_> = changes.iter().map(|of| FunctioningChange::ALL[*of]).collect();
            let people = u64::try_from(values.len()).unwrap();
            let counts = ChangeCounts::from(Told { of: None, people, values });
            prop_assert_eq!(counts.improved + counts.same + counts.worse, counts.people);
        }
    }
}

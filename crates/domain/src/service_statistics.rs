//! Statistics of the services that were delivered, told by a dimension, where groups of few people are not told [domain 8.3].

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    money::Money,
    parameters::catalogue::{ServiceGroup, names},
    statistics::{CostAverages, ServiceGroupUse, StatisticsInput, service_statistics},
};

names! {
    /// What statistics are told apart by.
    StatisticsDimension {
        /// The municipality that pays.
        Municipality = "municipality",
        /// Its planning region.
        Region = "region",
        /// The methodology of the budget.
        Methodology = "methodology",
        /// The service.
        Service = "service",
    }
}

/// The fewest people of whom anything is told.
pub const FEWEST: u32 = 5;

/// What was delivered to some people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Use {
    /// Cents.
    pub cents: i64,
    /// Times that a service was given.
    pub times: u32,
    /// Different people.
    pub recipients: u32,
}

/// A place in the table: a value of the dimension and a service group; none stands for all.
pub type Place = (Option<String>, Option<ServiceGroup>);

/// A line of the statistics: a value of the dimension, or all, and its service groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsRow {
    /// The value; none for all.
    pub of: Option<String>,
    /// Each group; no averages where they are of few people, or would tell of few by subtraction.
    pub groups: Vec<(ServiceGroup, Option<CostAverages>)>,
    /// All groups together.
    pub together: Option<CostAverages>,
}

/// The places that are not told: those of fewer than five people, and others with them until in every row and column, whose cells
/// add up to its sum, none is missing alone.
#[must_use]
pub fn suppressed(table: &BTreeMap<Place, Use>) -> BTreeSet<Place> {
    let mut hidden: BTreeSet<Place> =
        table.iter().filter(|(_, told)| told.recipients < FEWEST).map(|(place, _)| place.clone()).collect();
    let mut lines: BTreeMap<(bool, String), Vec<&Place>> = BTreeMap::new();
    for place in table.keys() {
        lines.entry((false, format!("{:?}", place.0))).or_default().push(place);
        lines.entry((true, format!("{:?}", place.1))).or_default().push(place);
    }
    loop {
        let before = hidden.len();
        for line in lines.values() {
            let missing: Vec<_> = line.iter().filter(|place| hidden.contains(**place)).collect();
            let people: u32 = missing.iter().filter_map(|place| table.get(**place)).map(|told| told.recipients).sum();
            if missing.is_empty() || (missing.len() > 1 && people >= FEWEST) {
                continue;
            }
            let left = line.iter().filter(|place| !hidden.contains(**place));
            let smallest = left.min_by_key(|place| table.get(**place).map(|told| told.recipients));
            if let Some(place) = smallest {
                hidden.insert((**place).clone());
            }
        }
        if hidden.len() == before {
            return hidden;
        }
    }
}

/// The statistics of a table over so many months, the sum of all last.
#[must_use]
pub fn statistics(table: &BTreeMap<Place, Use>, months: u32) -> Vec<StatisticsRow> {
    let hidden = suppressed(table);
    let values: BTreeSet<&Option<String>> = table.keys().map(|(of, _)| of).collect();
    let (all, named): (Vec<_>, Vec<_>) = values.into_iter().partition(|of| of.is_none());
    named.into_iter().chain(all).filter_map(|of| row(table, &hidden, of, months)).collect()
}

fn row(
    table: &BTreeMap<Place, Use>,
    hidden: &BTreeSet<Place>,
    of: &Option<String>,
    months: u32,
) -> Option<StatisticsRow> {
    let groups =
        || ServiceGroup::ALL.iter().filter_map(|group| Some((*group, table.get(&(of.clone(), Some(*group)))?)));
    let together = table.get(&(of.clone(), None))?;
    let of_group = |(group, told): (ServiceGroup, &Use)| ServiceGroupUse {
        group: group.to_string(),
        cost: Money::from_cents(told.cents),
        times: Some(told.times),
        recipients: told.recipients,
    };
    let input = StatisticsInput {
        groups: groups().map(of_group).collect(),
        recipients: together.recipients,
        other_costs: None,
        months,
    };
    let found = service_statistics(&input).ok()?;
    let is_told = |group: Option<ServiceGroup>| !hidden.contains(&(of.clone(), group));
    // A percentage of the whole tells the whole.
    let told = |averages: CostAverages| CostAverages {
        cost_percent: averages.cost_percent.filter(|_| is_told(None)),
        ..averages
    };
    let averages = groups()
        .zip(found.groups)
        .map(|((group, _), (_, averages))| (group, Some(averages).filter(|_| is_told(Some(group))).map(told)));
    Some(StatisticsRow {
        of: of.clone(),
        groups: averages.collect(),
        together: Some(found.together).filter(|_| is_told(None)),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A table of people in rows and columns, nobody of whom is in two; its sums stand with it.
    fn table(people: &[Vec<u32>]) -> BTreeMap<Place, Use> {
        let mut table: BTreeMap<Place, Use> = BTreeMap::new();
        for (row, groups) in people.iter().enumerate() {
            for (group, people) in ServiceGroup::ALL.iter().zip(groups).filter(|(_, people)| **people > 0) {
                for of in [Some(row.to_string()), None] {
                    for group in [Some(*group), None] {
                        let told = table.entry((of.clone(), group)).or_default();
                        told.recipients += people;
                        told.times += people;
                        told.cents += i64::from(*people) * 100;
                    }
                }
            }
        }
        table
    }

    #[test]
    fn few_people_take_others_with_them() {
        let told = statistics(&table(&[vec![3, 8, 9], vec![10, 7, 20]]), 12);
        let shown = |row: usize| told[row].groups.iter().map(|(_, told)| told.is_some()).collect::<Vec<_>>();
        // The three are not told, nor what would tell of them in their row and in their column.
        assert_eq!((shown(0), shown(1)), (vec![false, false, true], vec![false, false, true]));
        assert_eq!(shown(2), [true, true, true]);
        assert!(told.iter().all(|row| row.together.is_some()));
        let nobody = statistics(&table(&[vec![4]]), 12);
        assert!(nobody.iter().all(|row| row.together.is_none() && row.groups.iter().all(|(_, told)| told.is_none())));
        assert!(statistics(&BTreeMap::new(), 12).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_is_told_of_fewer_than_five(
            people in prop::collection::vec(prop::collection::vec(0_u32..15, 4), 0..8),
        ) {
            let table = table(&people);
            let hidden = suppressed(&table);
            for (place, told) in &table {
                prop_assert!(hidden.contains(place) || told.recipients >= FEWEST);
            }
            let lines: BTreeSet<_> = table.keys().map(|(of, _)| of.clone()).collect();
            for of in lines {
                let line: Vec<_> = table.keys().filter(|place| place.0 == of).collect();
                let missing = line.iter().filter(|place| hidden.contains(**place)).count();
                prop_assert!(missing != 1 || line.len() == 1, "{of:?}");
            }
            for group in ServiceGroup::ALL.iter().copied().map(Some).chain([None]) {
                let line: Vec<_> = table.keys().filter(|place| place.1 == group).collect();
                let missing = line.iter().filter(|place| hidden.contains(**place)).count();
                prop_assert!(missing != 1 || line.len() == 1, "{group:?}");
            }
        }
    }
}

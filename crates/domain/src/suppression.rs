//! What a table may tell of groups of people: none of fewer than five, and none that can be found by subtraction [domain 8.3].
//!
//! Small groups are put together until there are five people of two groups. **Decision**: tables have no filters beside the
//! methodology, because two tables that overlap can be subtracted from one another. What an office counts of its own is not
//! published, and is told whole.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

/// The fewest people of whom anything is told.
pub const FEWEST: u64 = 5;

/// Splits groups into those that are told by themselves and those that are told together, if any; `None` where all of them
/// together are too few. `people` counts the people of several groups.
pub(crate) fn split<G>(groups: Vec<G>, people: impl Fn(&[&G]) -> u64) -> Option<(Vec<G>, Vec<G>)> {
    let (mut small, mut shown): (Vec<G>, Vec<G>) = groups.into_iter().partition(|group| people(&[group]) < FEWEST);
    while !small.is_empty() && (people(&small.iter().collect::<Vec<_>>()) < FEWEST || small.len() < 2) {
        let smallest = shown.iter().enumerate().min_by_key(|(_, group)| people(&[group])).map(|(index, _)| index);
        small.push(shown.remove(smallest?));
    }
    Some((shown, small))
}

/// Values of people, by group.
#[derive(Debug, Clone)]
pub struct Table<K, V> {
    groups: BTreeMap<K, Vec<(Uuid, V)>>,
    is_published: bool,
}

/// What may be told of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<K, V> {
    /// The group; none where several small ones are put together.
    pub of: Option<K>,
    /// How many people it has.
    pub people: u64,
    /// The values, one person may have several.
    pub values: Vec<V>,
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    /// An empty table; one that is published hides small groups.
    #[must_use]
    pub const fn new(is_published: bool) -> Self {
        Self { groups: BTreeMap::new(), is_published }
    }

    /// Adds a value of a person to a group.
    pub fn add(&mut self, group: K, person: Uuid, value: V) {
        self.groups.entry(group).or_default().push((person, value));
    }

    /// All groups together; none where they may not be told.
    #[must_use]
    pub fn together(&self) -> Option<Told<K, V>> {
        let all = told(None, self.groups.values().flatten());
        (!self.is_published || all.people == 0 || all.people >= FEWEST).then_some(all)
    }

    /// Every group that may be told, in order, and last the others together.
    #[must_use]
    pub fn groups(&self) -> Vec<Told<K, V>> {
        let all: Vec<(&K, &Vec<(Uuid, V)>)> = self.groups.iter().collect();
        let (shown, small) = if self.is_published {
            let people = |groups: &[&(&K, &Vec<(Uuid, V)>)]| count(groups.iter().flat_map(|(_, values)| *values));
            // All of them together are too few.
            let Some(split) = split(all, people) else { return Vec::new() };
            split
        } else {
            (all, Vec::new())
        };
        let mut groups: Vec<_> =
            shown.into_iter().map(|(key, values)| told(Some(key.clone()), values.iter())).collect();
        if !small.is_empty() {
            groups.push(told(None, small.into_iter().flat_map(|(_, values)| values)));
        }
        groups
    }
}

fn count<'a, V: 'a>(values: impl Iterator<Item = &'a (Uuid, V)>) -> u64 {
    let people: BTreeSet<Uuid> = values.map(|(person, _)| *person).collect();
    u64::try_from(people.len()).unwrap_or(u64::MAX)
}

fn told<'a, K, V: Clone + 'a>(of: Option<K>, values: impl Iterator<Item = &'a (Uuid, V)> + Clone) -> Told<K, V> {
    Told { of, people: count(values.clone()), values: values.map(|(_, value)| value.clone()).collect() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A table of groups with so many people each.
    fn table(people: &[u128], is_published: bool) -> Table<usize, ()> {
        let mut table = Table::new(is_published);
        for (group, people) in people.iter().enumerate() {
            (0..*people).for_each(|person| {
                table.add(group, Uuid::from_u128(u128::try_from(group).unwrap() * 1_000 + person), ())
            });
        }
        table
    }

    fn shown(people: &[u128]) -> Vec<(Option<usize>, u64)> {
        table(people, true).groups().into_iter().map(|told| (told.of, told.people)).collect()
    }

    #[test]
    fn small_groups_are_put_together_so_that_none_can_be_found() {
        assert_eq!(shown(&[5, 9]), [(Some(0), 5), (Some(1), 9)]);
        assert_eq!(shown(&[3, 2, 9]), [(Some(2), 9), (None, 5)]);
        assert_eq!(shown(&[4, 9, 6]), [(Some(1), 9), (None, 10)]);
        assert_eq!(shown(&[4]), []);
        assert!(table(&[4], true).together().is_none());
        assert_eq!(table(&[3, 2], true).together().unwrap().people, 5);
        assert_eq!(table(&[4], false).groups()[0].people, 4);
    }

    #[test]
    fn a_person_with_several_values_counts_once() {
        let mut table = Table::new(true);
        (0..9).for_each(|value| table.add((), Uuid::from_u128(1), value));
        assert!(table.together().is_none() && table.groups().is_empty());
    }

    proptest! {
        #[test]
        fn whatever_is_told_is_of_five_people_and_of_two_groups_where_it_has_no_name(
            people in prop::collection::vec(1_u128..20, 0..12),
        ) {
            let told = shown(&people);
            let all = u64::try_from(people.iter().sum::<u128>()).unwrap();
            prop_assert!(told.iter().all(|(_, people)| *people >= FEWEST));
            prop_assert!(told.is_empty() || told.iter().map(|(_, people)| people).sum::<u64>() == all);
            let named = told.iter().filter(|(of, _)| of.is_some()).count();
            prop_assert!(told.len() == named || people.len() - named >= 2);
        }
    }
}

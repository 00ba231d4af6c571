//! What a table may tell of groups of people: none of fewer than five, and none that can be found by subtraction [domain 8.3].
//!
//! Small groups are put together until there are five people of two groups; where the cells of a table are told one by one, others
//! are hidden with the small ones. **Decision**: tables have no filters beside the
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

/// How the places of a line have people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum People {
    /// Each person is in one of them.
    Divided,
    /// The same people may be in several.
    Shared,
}

/// Places of a table one of which is the sum of the others.
#[derive(Debug, Clone)]
pub(crate) struct Line<P> {
    pub(crate) places: Vec<P>,
    pub(crate) people: People,
}

impl<P> Line<P> {
    /// How many people all missing places tell of together at least.
    fn missing(&self, counts: impl Iterator<Item = u64>) -> u64 {
        match self.people {
            People::Divided => counts.sum(),
            People::Shared => counts.max().unwrap_or_default(),
        }
    }
}

/// The places of a table that are not told, where its cells are told one by one: those of fewer than five people, and others with
/// them, until in no line, whose places add up to one of them, one is missing alone or all that are missing are too few.
pub(crate) fn hidden<P: Ord + Clone>(people: &BTreeMap<P, u64>, lines: &[Line<P>]) -> BTreeSet<P> {
    let count = |place: &P| people.get(place).copied().unwrap_or_default();
    let mut hidden: BTreeSet<P> = people.keys().filter(|place| count(place) < FEWEST).cloned().collect();
    loop {
        let before = hidden.len();
        for line in lines {
            let missing: Vec<&P> = line.places.iter().filter(|place| hidden.contains(*place)).collect();
            let told_of = line.missing(missing.iter().map(|place| count(place)));
            if missing.is_empty() || (missing.len() > 1 && told_of >= FEWEST) {
                continue;
            }
            let left = line.places.iter().filter(|place| !hidden.contains(*place));
            hidden.extend(left.min_by_key(|place| count(place)).cloned());
        }
        if hidden.len() == before {
            return hidden;
        }
    }
}

/// A group that people are counted in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// What it is a part of, where that is counted too: a municipality is a part of its region.
    pub within: Option<String>,
    /// Its published name.
    pub name: String,
}

impl Group {
    /// A group that is a part of none that is counted.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { within: None, name: name.into() }
    }
}

type Values<V> = Vec<(Uuid, V)>;

/// Values of people, by group.
#[derive(Debug, Clone)]
pub struct Table<V> {
    groups: BTreeMap<Group, Values<V>>,
    is_published: bool,
}

/// What may be told of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<V> {
    /// Name of the group; none where several small ones are put together.
    pub of: Option<String>,
    /// How many people it has.
    pub people: u64,
    /// The values, one person may have several.
    pub values: Vec<V>,
}

impl<V: Clone> Table<V> {
    /// An empty table; one that is published hides small groups.
    #[must_use]
    pub const fn new(is_published: bool) -> Self {
        Self { groups: BTreeMap::new(), is_published }
    }

    /// Adds a value of a person to a group.
    pub fn add(&mut self, group: Group, person: Uuid, value: V) {
        self.groups.entry(group).or_default().push((person, value));
    }

    /// All groups together; none where they may not be told.
    #[must_use]
    pub fn together(&self) -> Option<Told<V>> {
        let all = told(None, self.groups.values().flatten());
        (!self.is_published || all.people == 0 || all.people >= FEWEST).then_some(all)
    }

    /// Every group that may be told, and the small ones together.
    #[must_use]
    pub fn groups(&self) -> Vec<Told<V>> {
        let all: Vec<(&Group, &Values<V>)> = self.groups.iter().collect();
        if !self.is_published {
            return all.into_iter().map(named).collect();
        }
        self.pools(all).into_iter().flat_map(published).collect()
    }

    /// The groups of each whole that may be told, and those of the wholes that are told together: small groups are put together
    /// with others of the same whole, so that no whole less the groups that are told of it tells of a small one.
    fn pools<'a>(&self, all: Vec<(&'a Group, &'a Values<V>)>) -> Vec<Vec<(&'a Group, &'a Values<V>)>> {
        let mut wholes: BTreeMap<&Option<String>, Vec<(&Group, &Values<V>)>> = BTreeMap::new();
        for (group, values) in all {
            wholes.entry(&group.within).or_default().push((group, values));
        }
        let people = |wholes: &[&Vec<(&Group, &Values<V>)>]| {
            count(wholes.iter().flat_map(|whole| whole.iter()).flat_map(|(_, of)| *of))
        };
        // All of them together are too few.
        let Some((mut pools, small)) = split(wholes.into_values().collect(), people) else { return Vec::new() };
        pools.push(small.into_iter().flatten().collect());
        pools
    }
}

fn published<V: Clone>(pool: Vec<(&Group, &Values<V>)>) -> Vec<Told<V>> {
    let people = |groups: &[&(&Group, &Values<V>)]| count(groups.iter().flat_map(|(_, values)| *values));
    let Some((shown, small)) = split(pool, people) else { return Vec::new() };
    let mut groups: Vec<_> = shown.into_iter().map(named).collect();
    if !small.is_empty() {
        groups.push(told(None, small.into_iter().flat_map(|(_, values)| values)));
    }
    groups
}

fn count<'a, V: 'a>(values: impl Iterator<Item = &'a (Uuid, V)>) -> u64 {
    let people: BTreeSet<Uuid> = values.map(|(person, _)| *person).collect();
    u64::try_from(people.len()).unwrap_or(u64::MAX)
}

fn named<V: Clone>((group, values): (&Group, &Values<V>)) -> Told<V> {
    told(Some(group.name.clone()), values.iter())
}

fn told<'a, V: Clone + 'a>(of: Option<String>, values: impl Iterator<Item = &'a (Uuid, V)> + Clone) -> Told<V> {
    Told { of, people: count(values.clone()), values: values.map(|(_, value)| value.clone()).collect() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A table of groups with so many people each, of wholes.
    fn table_of(groups: &[(Option<&str>, u128)], is_published: bool) -> Table<()> {
        let mut table = Table::new(is_published);
        for (number, (within, people)) in groups.iter().enumerate() {
            let group = Group { within: within.map(str::to_owned), name: number.to_string() };
            for person in 0..*people {
                let person = Uuid::from_u128(u128::try_from(number).unwrap() * 1_000 + person);
                table.add(group.clone(), person, ());
            }
        }
        table
    }

    fn table(people: &[u128], is_published: bool) -> Table<()> {
        table_of(&people.iter().map(|people| (None, *people)).collect::<Vec<_>>(), is_published)
    }

    fn names(table: &Table<()>) -> Vec<(String, u64)> {
        table.groups().into_iter().map(|told| (told.of.unwrap_or_default(), told.people)).collect()
    }

    fn shown(people: &[u128]) -> Vec<(String, u64)> {
        names(&table(people, true))
    }

    /// Whether a whole is told with another that is too small: then it is not told by itself.
    fn merged_beyond(groups: &[(Option<&str>, u128)], whole: Option<&str>) -> bool {
        let mut wholes: BTreeMap<Option<&str>, u64> = BTreeMap::new();
        groups.iter().for_each(|(of, people)| *wholes.entry(*of).or_default() += u64::try_from(*people).unwrap());
        let (_, small) = split(wholes.into_iter().collect(), |of| of.iter().map(|(_, people)| people).sum()).unwrap();
        small.iter().any(|(of, _)| *of == whole)
    }

    fn pairs(told: &[(&str, u64)]) -> Vec<(String, u64)> {
        told.iter().map(|(name, people)| ((*name).to_owned(), *people)).collect()
    }

    #[test]
    fn small_groups_are_put_together_so_that_none_can_be_found() {
        assert_eq!(shown(&[5, 9]), pairs(&[("0", 5), ("1", 9)]));
        assert_eq!(shown(&[3, 2, 9]), pairs(&[("2", 9), ("", 5)]));
        assert_eq!(shown(&[4, 9, 6]), pairs(&[("1", 9), ("", 10)]));
        assert_eq!(shown(&[4]), []);
        assert!(table(&[4], true).together().is_none());
        assert_eq!(table(&[3, 2], true).together().unwrap().people, 5);
        assert_eq!(table(&[4], false).groups()[0].people, 4);
    }

    #[test]
    fn a_small_group_is_not_found_as_the_rest_of_its_whole() {
        let of = |groups: &[(Option<&str>, u128)]| names(&table_of(groups, true));
        // Region x is told with 13 people, and y: neither less its large municipality leaves one of three.
        let (x, y) = (Some("x"), Some("y"));
        assert_eq!(of(&[(x, 10), (x, 3), (y, 10), (y, 3)]), pairs(&[("", 13), ("", 13)]));
        assert_eq!(of(&[(x, 10), (x, 3), (x, 3), (y, 6)]), pairs(&[("0", 10), ("", 6), ("3", 6)]));
        // Region x is too small to be told, and so takes y with it.
        assert_eq!(of(&[(x, 3), (y, 6), (y, 7)]), pairs(&[("2", 7), ("", 9)]));
        assert_eq!(of(&[(x, 2), (y, 2)]), []);
    }

    #[test]
    fn a_person_with_several_values_counts_once() {
        let mut table = Table::new(true);
        (0..9).for_each(|value| table.add(Group::named("a"), Uuid::from_u128(1), value));
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
            let named = told.iter().filter(|(of, _)| !of.is_empty()).count();
            prop_assert!(told.len() == named || people.len() - named >= 2);
        }

        /// Whatever is told of a whole, its rest is nobody, or five people and more of two groups and more.
        #[test]
        fn the_rest_of_a_whole_tells_of_no_small_group(groups in prop::collection::vec((0_usize..4, 1_u128..20), 0..14)) {
            let groups: Vec<_> = groups.into_iter().map(|(whole, people)| (["a", "b", "c", "d"].get(whole).copied(), people)).collect();
            let told = names(&table_of(&groups, true));
            prop_assert!(told.iter().all(|(_, people)| *people >= FEWEST));
            let wholes: BTreeSet<_> = groups.iter().map(|(whole, _)| *whole).collect();
            for whole in wholes {
                let of = || groups.iter().enumerate().filter(move |(_, (within, _))| *within == whole);
                let all: u64 = of().map(|(_, (_, people))| u64::try_from(*people).unwrap()).sum();
                let hidden: Vec<_> = of().filter(|(number, _)| told.iter().all(|(name, _)| *name != number.to_string())).collect();
                let rest: u64 = hidden.iter().map(|(_, (_, people))| u64::try_from(*people).unwrap()).sum();
                let is_told = all >= FEWEST && hidden.len() < of().count();
                prop_assert!(!is_told || rest == 0 || told.is_empty() || rest >= FEWEST && hidden.len() >= 2 || merged_beyond(&groups, whole));
            }
        }
    }
}

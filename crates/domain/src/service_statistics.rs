//! Statistics of the services that were received, delivered or claimed back, told by a dimension, where groups of few people are not told [domain 8.3].
//!
//! A dimension that another divides further is counted with it, and what is hidden is found for both at once: no region tells of
//! the one municipality that is hidden in it. **Decisions**: areas of support are those that the methodology lists the service in,
//! the first where it lists two; the place is the kind of place of the ordered offer; the age is that on the last day of the period;
//! sex, type of family and employment are what the latest survey of the case tells. What credit notes took back is no cost of the
//! days that they are for, and no time where all of it was taken back. Not by the size of a municipality: see
//! [`crate::dimensions`].

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::{
    age,
    eligibility::EligibilityFacts,
    money::Money,
    parameters::{
        Parameters,
        catalogue::{MethodologyId, ServiceGroup, names},
    },
    statistics::{CostAverages, ServiceGroupUse, StatisticsInput, service_statistics},
    suppression::{Line, People, hidden},
    surveys::{Characteristics, SurveyAgeGroup, SurveyDimension},
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
        /// The area of support, of a methodology.
        Area = "area",
        /// The service.
        Service = "service",
        /// Where it is given.
        Place = "place",
        /// Sex.
        Sex = "sex",
        /// Age group.
        AgeGroup = "age_group",
        /// Functional impairment.
        Impairment = "impairment",
        /// Type of family.
        FamilyType = "family_type",
        /// Employment.
        Employment = "employment",
    }
}

/// What a value is where nothing is recorded.
pub const UNKNOWN: &str = "unknown";

/// Where what tells of a dimension is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldBy {
    /// Beside the delivery, open.
    Delivery,
    /// In what is known for the criteria of the case, sealed.
    Evidence,
    /// In the surveys of the case, sealed.
    Surveys,
}

impl StatisticsDimension {
    /// Where what tells of it is stored.
    #[must_use]
    pub const fn told_by(self) -> ToldBy {
        match self {
            Self::Municipality | Self::Region | Self::Methodology | Self::Area | Self::Service | Self::Place => {
                ToldBy::Delivery
            }
            Self::AgeGroup | Self::Impairment => ToldBy::Evidence,
            Self::Sex | Self::FamilyType | Self::Employment => ToldBy::Surveys,
        }
    }

    /// Whether its values are parts of the wholes that are counted with them.
    #[must_use]
    pub const fn is_of_parts(self) -> bool {
        matches!(self, Self::Municipality | Self::Area | Self::Service | Self::AgeGroup)
    }

    /// The slice that a case is counted in, where the case tells.
    #[must_use]
    pub fn slice(self, known: &Characteristics) -> Slice {
        let of = match self {
            Self::Sex => SurveyDimension::Sex,
            Self::AgeGroup => SurveyDimension::AgeGroup,
            Self::Impairment => SurveyDimension::Impairment,
            Self::FamilyType => SurveyDimension::FamilyType,
            Self::Employment => SurveyDimension::Employment,
            _ => return Slice::Whole(UNKNOWN.to_owned()),
        };
        let name = of.recorded(known).unwrap_or(UNKNOWN).to_owned();
        if self != Self::AgeGroup {
            return Slice::Whole(name);
        }
        // Methodologies divide ages at 18.
        let is_child = |age| SurveyAgeGroup::of(age) < SurveyAgeGroup::From18;
        let whole = known.age.map_or(UNKNOWN, |age| if is_child(age) { "children" } else { "adults" });
        Slice::Part { whole: whole.to_owned(), name }
    }
}

/// What is known of a person from the evidence of the case and its surveys, the latest first, on a day.
#[must_use]
pub fn characteristics(evidence: &EligibilityFacts, surveys: &[Characteristics], on: NaiveDate) -> Characteristics {
    Characteristics {
        sex: surveys.iter().find_map(|known| known.sex),
        family_type: surveys.iter().find_map(|known| known.family_type),
        employed: surveys.iter().find_map(|known| known.employed),
        age: evidence.birth_date.and_then(|birth| age::completed_years(birth, on)),
        impairments: evidence.impairment_types.clone().unwrap_or_default(),
    }
}

/// The areas of support of a methodology's services, by their published names, each with its services.
#[must_use]
pub fn areas(parameters: &Parameters, methodology: MethodologyId) -> BTreeMap<String, Vec<String>> {
    let mut areas: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for service in parameters.catalogue.services() {
        let listed = service.listings.iter().filter(|listing| listing.methodology == methodology);
        if let Some(area) = listed.filter_map(|listing| listing.area).min() {
            areas.entry(format!("{methodology}/{area}")).or_default().push(service.code.clone());
        }
    }
    areas
}

/// Services that are listed in the same areas of the same methodologies: no area tells one of them from the others.
#[must_use]
pub fn listed_alike(parameters: &Parameters) -> Vec<Vec<String>> {
    let mut alike: BTreeMap<BTreeSet<(MethodologyId, Option<u8>)>, Vec<String>> = BTreeMap::new();
    for service in parameters.catalogue.services() {
        let listings = service.listings.iter().map(|listing| (listing.methodology, listing.area));
        alike.entry(listings.collect()).or_default().push(service.code.clone());
    }
    alike.into_values().collect()
}

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

/// A slice of what is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slice {
    /// A whole: a value that is a part of no other.
    Whole(String),
    /// A value that is a part of a whole.
    Part {
        /// The whole.
        whole: String,
        /// The value.
        name: String,
    },
    /// Everything.
    All,
}

impl Slice {
    /// The whole that it is a part of.
    fn whole(&self) -> Option<Self> {
        let Self::Part { whole, .. } = self else { return None };
        Some(Self::Whole(whole.clone()))
    }

    /// Its name; none of everything.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Whole(name) | Self::Part { name, .. } => Some(name),
            Self::All => None,
        }
    }
}

/// A place in the table: a slice and a service group; none stands for all groups.
pub type Place = (Slice, Option<ServiceGroup>);

/// What adds up, places by a key: a slice with its groups, or in a group a whole with its parts, or everything with the wholes.
type Lines = BTreeMap<(Option<Slice>, Option<Option<ServiceGroup>>), Vec<Place>>;

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

/// Counts what cases received, where the cases tell the slice. A person in two cases is one.
#[derive(Debug, Clone, Default)]
pub struct Counter {
    table: BTreeMap<Place, (Use, BTreeSet<usize>)>,
    people: BTreeMap<Vec<u8>, usize>,
}

impl Counter {
    /// Adds what a person received of a service group.
    pub fn add(&mut self, slice: &Slice, person: &[u8], group: ServiceGroup, (cents, times): (i64, u32)) {
        let next = self.people.len();
        let person = *self.people.entry(person.to_vec()).or_insert(next);
        for slice in [Some(slice.clone()), slice.whole(), Some(Slice::All)].into_iter().flatten() {
            for group in [Some(group), None] {
                let (told, people) = self.table.entry((slice.clone(), group)).or_default();
                told.cents = told.cents.saturating_add(cents);
                told.times = told.times.saturating_add(times);
                people.insert(person);
            }
        }
    }

    /// The table of what was added.
    #[must_use]
    pub fn table(self) -> BTreeMap<Place, Use> {
        let count = |people: BTreeSet<usize>| u32::try_from(people.len()).unwrap_or(u32::MAX);
        let counted = self.table.into_iter();
        counted.map(|(place, (told, people))| (place, Use { recipients: count(people), ..told })).collect()
    }
}

/// The places that are not told. The cells of a slice add up to it, the wholes to everything, and the parts to their whole, in
/// every group and in all. The same people may be in several groups of a slice.
#[must_use]
pub fn suppressed(table: &BTreeMap<Place, Use>) -> BTreeSet<Place> {
    let people = table.iter().map(|(place, told)| (place.clone(), u64::from(told.recipients))).collect();
    let mut lines = Lines::new();
    for place in table.keys() {
        let (slice, group) = place;
        let mut add = |line| lines.entry(line).or_default().push(place.clone());
        add((Some(slice.clone()), None));
        match slice {
            Slice::All => add((None, Some(*group))),
            // Both a part of everything, and the sum of its parts.
            Slice::Whole(_) => {
                add((None, Some(*group)));
                add((Some(slice.clone()), Some(*group)));
            }
            Slice::Part { .. } => add((slice.whole(), Some(*group))),
        }
    }
    let line = |((_, group), places): ((_, Option<Option<ServiceGroup>>), Vec<Place>)| Line {
        places,
        people: if group.is_some() { People::Divided } else { People::Shared },
    };
    hidden(&people, &lines.into_iter().map(line).collect::<Vec<_>>())
}

/// The statistics of a table over so many months, the sum of all last: of the values of a dimension, without the wholes or parts
/// that are counted with them.
#[must_use]
pub fn statistics(table: &BTreeMap<Place, Use>, by: StatisticsDimension, months: u32) -> Vec<StatisticsRow> {
    let hidden = suppressed(table);
    let is_told = |slice: &&Slice| match slice {
        Slice::Whole(_) => !by.is_of_parts(),
        Slice::Part { .. } => by.is_of_parts(),
        Slice::All => true,
    };
    let slices: BTreeSet<&Slice> = table.keys().map(|(slice, _)| slice).filter(is_told).collect();
    let mut slices: Vec<&Slice> = slices.into_iter().collect();
    slices.sort_by_key(|slice| (**slice == Slice::All, slice.name()));
    slices.into_iter().filter_map(|slice| row(table, &hidden, slice, months)).collect()
}

fn row(table: &BTreeMap<Place, Use>, hidden: &BTreeSet<Place>, slice: &Slice, months: u32) -> Option<StatisticsRow> {
    let groups =
        || ServiceGroup::ALL.iter().filter_map(|group| Some((*group, table.get(&(slice.clone(), Some(*group)))?)));
    let together = table.get(&(slice.clone(), None))?;
    let of_group = |(group, told): (ServiceGroup, &Use)| ServiceGroupUse {
        group: group.to_string(),
        // What is taken back of a month may be more than what was received in it, where an invoice is of several.
        cost: Money::from_cents(told.cents.max(0)),
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
    let is_told = |group: Option<ServiceGroup>| !hidden.contains(&(slice.clone(), group));
    // A percentage of the whole tells the whole.
    let told = |averages: CostAverages| CostAverages {
        cost_percent: averages.cost_percent.filter(|_| is_told(None)),
        ..averages
    };
    let averages = groups()
        .zip(found.groups)
        .map(|((group, _), (_, averages))| (group, Some(averages).filter(|_| is_told(Some(group))).map(told)));
    Some(StatisticsRow {
        of: slice.name().map(str::to_owned),
        groups: averages.collect(),
        together: Some(found.together).filter(|_| is_told(None)),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{suppression::FEWEST, surveys::Sex};

    /// A table of people in rows and columns, nobody of whom is in two; its sums stand with it. Rows are parts of as many wholes, in
    /// turns, or wholes themselves where there are none.
    fn table(people: &[Vec<u32>], wholes: usize) -> BTreeMap<Place, Use> {
        let mut counter = Counter::default();
        for (row, groups) in people.iter().enumerate() {
            let slice = match row.checked_rem(wholes) {
                Some(whole) => Slice::Part { whole: format!("whole {whole}"), name: row.to_string() },
                None => Slice::Whole(row.to_string()),
            };
            for (group, people) in ServiceGroup::ALL.iter().zip(groups) {
                for person in 0..*people {
                    counter.add(&slice, format!("{row} {group} {person}").as_bytes(), *group, (100, 1));
                }
            }
        }
        counter.table()
    }

    fn told(people: &[Vec<u32>]) -> Vec<StatisticsRow> {
        statistics(&table(people, 0), StatisticsDimension::Region, 12)
    }

    #[test]
    fn few_people_take_others_with_them() {
        let rows = told(&[vec![3, 8, 9], vec![10, 7, 20]]);
        let shown = |row: usize| rows[row].groups.iter().map(|(_, told)| told.is_some()).collect::<Vec<_>>();
        // The three are not told, nor what would tell of them in their row and in their column.
        assert_eq!((shown(0), shown(1)), (vec![false, false, true], vec![false, false, true]));
        assert_eq!(shown(2), [true, true, true]);
        assert!(rows.iter().all(|row| row.together.is_some()));
        assert_eq!(rows.iter().map(|row| row.of.as_deref()).collect::<Vec<_>>(), [Some("0"), Some("1"), None]);
        let nobody = told(&[vec![4]]);
        assert!(nobody.iter().all(|row| row.together.is_none() && row.groups.iter().all(|(_, told)| told.is_none())));
        assert!(statistics(&BTreeMap::new(), StatisticsDimension::Sex, 12).is_empty());
    }

    /// Three children receive all that is hidden: the sum of all less what is told must not be theirs alone.
    #[test]
    fn the_same_few_people_in_two_groups_are_few() {
        let mut counter = Counter::default();
        for child in 0..10 {
            let groups = [ServiceGroup::Education, ServiceGroup::Social, ServiceGroup::Health];
            let received = if child < 3 { &groups[..] } else { &groups[..1] };
            for group in received {
                counter.add(&Slice::Whole("x".to_owned()), format!("{child}").as_bytes(), *group, (100, 1));
            }
        }
        for row in statistics(&counter.table(), StatisticsDimension::Sex, 12) {
            let told: Vec<_> = row.groups.iter().filter(|(_, told)| told.is_some()).map(|(group, _)| *group).collect();
            assert!(told.is_empty() || row.together.is_none(), "{:?} {told:?}", row.of);
            assert!(!told.is_empty() || row.together.is_some(), "not more is hidden than that takes");
        }
    }

    /// Two small municipalities of two regions would be found as the rest of each region.
    #[test]
    fn no_region_tells_of_the_one_municipality_that_is_hidden_in_it() {
        let table = table(&[vec![4], vec![3], vec![20], vec![30], vec![40], vec![50]], 2);
        let of = |by| -> Vec<_> {
            let rows = statistics(&table, by, 12).into_iter();
            rows.map(|row| (row.of.unwrap_or_default(), row.together.is_some())).collect()
        };
        let municipalities = of(StatisticsDimension::Municipality);
        let hidden = municipalities.iter().filter(|(_, is_told)| !is_told).map(|(of, _)| of.as_str());
        assert_eq!(hidden.collect::<Vec<_>>(), ["0", "1", "2", "3"]);
        let regions = of(StatisticsDimension::Region);
        assert_eq!(regions, [("whole 0".to_owned(), true), ("whole 1".to_owned(), true), (String::new(), true)]);
    }

    #[test]
    fn a_person_in_two_cases_is_one() {
        let mut counter = Counter::default();
        for (slice, person) in [("a", "p"), ("b", "p"), ("b", "q")] {
            counter.add(&Slice::Whole(slice.to_owned()), person.as_bytes(), ServiceGroup::Social, (50, 2));
        }
        let table = counter.table();
        let of = |slice: Slice| table[&(slice, None)];
        assert_eq!(of(Slice::Whole("b".to_owned())), Use { cents: 100, times: 4, recipients: 2 });
        assert_eq!(of(Slice::All), Use { cents: 150, times: 6, recipients: 2 });
    }

    #[test]
    fn a_case_is_counted_where_it_tells() {
        let evidence = EligibilityFacts { birth_date: "2008-01-01".parse().ok(), ..EligibilityFacts::default() };
        let first = Characteristics { employed: Some(true), ..Characteristics::default() };
        let last = Characteristics { sex: Some(Sex::Male), employed: Some(false), ..Characteristics::default() };
        let known = characteristics(&evidence, &[last, first], "2023-12-31".parse().unwrap());
        let whole = |name: &str| Slice::Whole(name.to_owned());
        assert_eq!(StatisticsDimension::Sex.slice(&known), whole("male"));
        assert_eq!(StatisticsDimension::Employment.slice(&known), whole("not_employed"));
        assert_eq!(StatisticsDimension::FamilyType.slice(&known), whole(UNKNOWN));
        assert_eq!(StatisticsDimension::Impairment.slice(&known), whole(UNKNOWN));
        let part = |whole: &str, name: &str| Slice::Part { whole: whole.to_owned(), name: name.to_owned() };
        assert_eq!(StatisticsDimension::AgeGroup.slice(&known), part("children", "15-17"));
        assert_eq!(StatisticsDimension::AgeGroup.slice(&Characteristics::default()), part(UNKNOWN, UNKNOWN));
    }

    #[test]
    fn services_are_in_the_areas_of_their_methodology() {
        let parameters = Parameters::embedded().unwrap();
        let of = |methodology| areas(&parameters, methodology).into_keys().collect::<Vec<_>>();
        assert_eq!(of(MethodologyId::Children2023), ["children-2023/1", "children-2023/2"]);
        assert!(of(MethodologyId::Adults2023).is_empty());
        let alike = listed_alike(&parameters);
        assert!(alike.iter().any(|of| of.iter().any(|code| code == "sign_language_training") && of.len() > 5));
        assert_eq!(alike.iter().map(Vec::len).sum::<usize>(), parameters.catalogue.services().count());
    }

    proptest! {
        #[test]
        fn nothing_is_told_of_fewer_than_five(
            people in prop::collection::vec(prop::collection::vec(0_u32..15, 4), 0..8),
            wholes in 0_usize..4,
        ) {
            let table = table(&people, wholes);
            let hidden = suppressed(&table);
            for (place, told) in &table {
                prop_assert!(hidden.contains(place) || u64::from(told.recipients) >= FEWEST);
            }
            let is_alone = |line: &dyn Fn(&Place) -> bool| {
                let line: Vec<_> = table.keys().filter(|place| line(place)).collect();
                line.len() > 1 && line.iter().filter(|place| hidden.contains(**place)).count() == 1
            };
            let slices: BTreeSet<&Slice> = table.keys().map(|(slice, _)| slice).collect();
            for group in ServiceGroup::ALL.iter().copied().map(Some).chain([None]) {
                prop_assert!(!is_alone(&|(slice, of)| *of == group && slice.whole().is_none()), "{group:?}");
                for whole in &slices {
                    let parts = |slice: &Slice| slice == *whole || slice.whole().as_ref() == Some(*whole);
                    prop_assert!(**whole == Slice::All || !is_alone(&|(slice, of)| *of == group && parts(slice)));
                }
            }
            for slice in slices {
                prop_assert!(!is_alone(&|(of, _)| of == slice), "{slice:?}");
                // Those who are missing may be the same in every group: one has five people, or nothing is told.
                let places: Vec<_> = table.iter().filter(|((of, _), _)| of == slice).collect();
                let missing: Vec<_> = places.iter().filter(|(place, _)| hidden.contains(*place)).collect();
                let most = missing.iter().map(|(_, told)| u64::from(told.recipients)).max().unwrap_or(FEWEST);
                prop_assert!(most >= FEWEST || missing.len() == places.len(), "{slice:?}");
            }
        }
    }
}

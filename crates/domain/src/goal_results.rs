//! What came of each goal of a signed plan, and how many goals were attained `[S2]`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{
    access::MunicipalityCode,
    dimensions::PlaceDimension,
    parameters::{catalogue::names, municipalities::Municipalities},
    results::{Attainment, GoalAttainment, GoalCounts, goal_attainment},
    suppression::{Group, Table, Told},
    text::{Message, Refusal},
};

names! {
    /// What came of a goal.
    GoalAchievement {
        /// It was achieved; counts 1.
        Achieved = "achieved",
        /// It was achieved in part; counts 0.5.
        Partly = "partly",
        /// It was not achieved; counts 0.
        NotAchieved = "not_achieved",
    }
}

names! {
    /// What results are counted by: what is stored of all of them.
    ResultDimension {
        /// Support area.
        Area = "area",
        /// Municipality.
        Municipality = "municipality",
        /// Planning region.
        Region = "region",
    }
}

impl ResultDimension {
    /// The group that a result is of.
    #[must_use]
    pub fn group(self, area: u32, code: MunicipalityCode, municipalities: &Municipalities) -> Group {
        match self {
            Self::Area => Group::named(area.to_string()),
            Self::Municipality => PlaceDimension::Municipality.group(code, municipalities),
            Self::Region => PlaceDimension::Region.group(code, municipalities),
        }
    }
}

/// Why a result is not recorded or corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoalResultRefusal {
    /// The signed plan has no such goal.
    UnknownGoal,
    /// The goal has its result, which is corrected.
    Exists,
    /// The plan has ended and the next assessment is completed.
    Final,
}

impl GoalResultRefusal {
    /// Whether what is stored refuses, not the request.
    #[must_use]
    pub const fn is_conflict(self) -> bool {
        !matches!(self, Self::UnknownGoal)
    }
}

impl Refusal for GoalResultRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownGoal => "unknown_goal",
            Self::Exists => "goal_result_exists",
            Self::Final => "goal_result_final",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::UnknownGoal => "/goal".to_owned(),
            Self::Exists | Self::Final => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::UnknownGoal => Message::new("goal-result-unknown-goal"),
            Self::Exists => Message::new("problem-goal-result-exists-detail"),
            Self::Final => Message::new("problem-goal-result-final-detail"),
        }
    }
}

/// Checks that results may still be recorded and corrected: until the plan has ended and the next assessment of the case is
/// completed. **Decision**: the next one took place on the last day of the plan or later.
///
/// # Errors
/// [`GoalResultRefusal::Final`].
pub fn expect_open(
    last_day: NaiveDate,
    today: NaiveDate,
    mut assessed: impl Iterator<Item = NaiveDate>,
) -> Result<(), GoalResultRefusal> {
    let is_final = last_day < today && assessed.any(|assessed_on| assessed_on >= last_day);
    if is_final { Err(GoalResultRefusal::Final) } else { Ok(()) }
}

/// How many results of each kind.
#[must_use]
pub fn counted<'a>(area: String, achievements: impl Iterator<Item = &'a GoalAchievement>) -> GoalCounts {
    let mut counts = GoalCounts { area, achieved: 0, partly: 0, not_achieved: 0 };
    for achievement in achievements {
        let count = match achievement {
            GoalAchievement::Achieved => &mut counts.achieved,
            GoalAchievement::Partly => &mut counts.partly,
            GoalAchievement::NotAchieved => &mut counts.not_achieved,
        };
        *count = count.saturating_add(1);
    }
    counts
}

/// Attainment of one plan by area and together.
#[must_use]
pub fn attainment_of_plan(results: &[(u32, GoalAchievement)]) -> GoalAttainment {
    let mut areas: BTreeMap<u32, Vec<GoalAchievement>> = BTreeMap::new();
    results.iter().for_each(|(area, achievement)| areas.entry(*area).or_default().push(*achievement));
    let counts: Vec<_> = areas.iter().map(|(area, found)| counted(area.to_string(), found.iter())).collect();
    // Each area is there once.
    goal_attainment(&counts).unwrap_or_else(|_| GoalAttainment { areas: Vec::new(), together: attainment(&[]) })
}

/// Attainment of results.
#[must_use]
pub fn attainment(achievements: &[GoalAchievement]) -> Attainment {
    let counts = counted(String::new(), achievements.iter());
    Attainment::of(counts.achieved.into(), counts.partly.into(), counts.not_achieved.into())
}

/// Attainment of a group that may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldAttainment {
    /// The group; none for all, and for several small ones that are put together.
    pub of: Option<String>,
    /// How many people's goals they are.
    pub people: u64,
    /// Their attainment.
    pub attainment: Attainment,
}

impl From<Told<GoalAchievement>> for ToldAttainment {
    fn from(told: Told<GoalAchievement>) -> Self {
        Self { of: told.of, people: told.people, attainment: attainment(&told.values) }
    }
}

/// Attainment of many plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalStatistics {
    /// By group.
    pub groups: Vec<ToldAttainment>,
    /// Together; none where too few people are counted.
    pub together: Option<ToldAttainment>,
}

impl From<&Table<GoalAchievement>> for GoalStatistics {
    fn from(table: &Table<GoalAchievement>) -> Self {
        Self {
            groups: table.groups().into_iter().map(ToldAttainment::from).collect(),
            together: table.together().map(ToldAttainment::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;

    const GOLDEN: &str = include_str!("../../../tests/golden/tables.json");

    /// The results of a golden row, of so many people.
    fn results(row: &Value) -> Vec<GoalAchievement> {
        let times = |name: &str, achievement| {
            std::iter::repeat_n(achievement, usize::try_from(row[name].as_u64().unwrap_or_default()).unwrap())
        };
        times("achieved", GoalAchievement::Achieved)
            .chain(times("partly", GoalAchievement::Partly))
            .chain(times("not", GoalAchievement::NotAchieved))
            .collect()
    }

    #[test]
    fn stored_results_count_up_to_the_golden_tables() {
        let golden: Value = serde_json::from_str(GOLDEN).unwrap();
        let rows = golden["goal_attainment"].as_array().unwrap();
        for (areas, together) in [(&rows[0..2], &rows[2]), (&rows[3..6], &rows[6])] {
            let mut table = Table::new(true);
            for (index, row) in areas.iter().enumerate() {
                for (number, achievement) in results(row).into_iter().enumerate() {
                    let person = Uuid::from_u128(u128::try_from(number % 100).unwrap());
                    table.add(Group::named((index + 1).to_string()), person, achievement);
                }
            }
            let told = GoalStatistics::from(&table);
            for (told, row) in told.groups.iter().chain(&told.together).zip(areas.iter().chain([together])) {
                assert_eq!(told.attainment.goals, row["goals"].as_u64().unwrap(), "{row}");
                assert_eq!(told.attainment.attainment.to_string(), row["attainment"], "{row}");
                assert_eq!(told.attainment.percent.map(u64::from), row["percent"].as_u64(), "{row}");
            }
            assert_eq!(told.groups.len(), areas.len());
        }
    }

    #[test]
    fn results_are_final_after_the_plan_and_the_next_assessment() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let last = day("2023-06-30");
        for (today, assessed, open) in [
            ("2023-06-30", Some("2023-06-30"), true),
            ("2023-07-01", None, true),
            ("2023-07-01", Some("2023-06-29"), true),
            ("2023-07-01", Some("2023-06-30"), false),
            ("2023-09-01", Some("2023-08-01"), false),
        ] {
            let found = expect_open(last, day(today), assessed.map(day).into_iter());
            assert_eq!(found.is_ok(), open, "{today} {assessed:?}");
        }
    }

    #[test]
    fn refusals_name_what_refuses() {
        use GoalResultRefusal::{Exists, Final, UnknownGoal};
        for (refusal, code, is_conflict) in [
            (UnknownGoal, "unknown_goal", false),
            (Exists, "goal_result_exists", true),
            (Final, "goal_result_final", true),
        ] {
            assert_eq!((refusal.code(), refusal.is_conflict()), (code, is_conflict));
            assert!(!refusal.message().key.is_empty() && refusal.pointer().is_empty() == is_conflict);
        }
    }

    proptest! {
        #[test]
        fn areas_of_a_plan_add_up_to_all_of_it(results in prop::collection::vec((1_u32..5, 0_usize..3), 0..40)) {
            let results: Vec<_> = results.into_iter().map(|(area, of)| (area, GoalAchievement::ALL[of])).collect();
            let found = attainment_of_plan(&results);
            let all: Vec<_> = results.iter().map(|(_, achievement)| *achievement).collect();
            prop_assert_eq!(&found.together, &attainment(&all));
            prop_assert_eq!(found.areas.iter().map(|(_, area)| area.goals).sum::<u64>(), found.together.goals);
        }
    }
}

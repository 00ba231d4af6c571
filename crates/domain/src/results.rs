//! Goal attainment: what came of the goals of a support plan `[S2]`.

use std::collections::HashSet;

use rust_decimal::Decimal;

use crate::text::{Message, Refusal};

/// How the goals of one area turned out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalCounts {
    /// The area, unique in the input.
    pub area: String,
    /// Goals achieved; each counts 1.
    pub achieved: u32,
    /// Goals partly achieved; each counts 0.5.
    pub partly: u32,
    /// Goals not achieved; they count 0.
    pub not_achieved: u32,
}

/// Counts, attainment and percentages of one area or of all. Percentages are of the goals, rounded half up to whole, and
/// `None` where there are no goals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attainment {
    /// Goals set.
    pub goals: u64,
    /// Goals achieved.
    pub achieved: u64,
    /// Goals partly achieved.
    pub partly: u64,
    /// Goals not achieved.
    pub not_achieved: u64,
    /// Achieved and half of the partly achieved goals, exact.
    pub attainment: Decimal,
    /// Attainment in percent of the goals.
    pub percent: Option<u32>,
    /// Achieved in percent.
    pub achieved_percent: Option<u32>,
    /// Partly achieved in percent.
    pub partly_percent: Option<u32>,
    /// Not achieved in percent.
    pub not_achieved_percent: Option<u32>,
}

impl Attainment {
    pub(crate) fn of(achieved: u64, partly: u64, not_achieved: u64) -> Self {
        let goals = achieved.saturating_add(partly).saturating_add(not_achieved);
        let halves = achieved.saturating_mul(2).saturating_add(partly);
        let percent = |halves: u64| whole_percent(halves, goals.saturating_mul(2));
        Self {
            goals,
            achieved,
            partly,
            not_achieved,
            attainment: Decimal::from(achieved)
                .saturating_add(Decimal::new(5, 1).saturating_mul(Decimal::from(partly)))
                .normalize(),
            percent: percent(halves),
            achieved_percent: whole_percent(achieved, goals),
            partly_percent: whole_percent(partly, goals),
            not_achieved_percent: whole_percent(not_achieved, goals),
        }
    }

    /// The sentence that explains the attainment.
    #[must_use]
    pub fn explanation(&self) -> Message {
        Message::new("results-attainment")
            .with("goals", self.goals)
            .with("achieved", self.achieved)
            .with("partly", self.partly)
            .with("attainment", self.attainment)
    }
}

/// Percent of a whole, rounded half up; `None` of nothing.
pub(crate) fn whole_percent(part: u64, whole: u64) -> Option<u32> {
    let (part, whole) = (u128::from(part), u128::from(whole));
    u32::try_from((part * 200 + whole).checked_div(whole * 2)?).ok()
}

/// Goal attainment by area and together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalAttainment {
    /// Each area with its attainment, in the order of the input.
    pub areas: Vec<(String, Attainment)>,
    /// All areas together.
    pub together: Attainment,
}

/// Why attainment can't be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResultsRefusal {
    /// An area is there twice.
    DuplicateArea {
        /// Position of the later entry.
        index: usize,
        /// The area.
        area: String,
    },
}

impl Refusal for ResultsRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::DuplicateArea { .. } => "duplicate_code",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::DuplicateArea { index, .. } => format!("/areas/{index}/area"),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::DuplicateArea { area, .. } => Message::new("results-duplicate-area").with("area", area),
        }
    }
}

/// Goal attainment: achieved counts 1, partly achieved 0.5, not achieved 0; percentages round half up to whole `[S2]`.
///
/// # Errors
/// Every area that is there twice.
pub fn goal_attainment(areas: &[GoalCounts]) -> Result<GoalAttainment, Vec<ResultsRefusal>> {
    let mut seen = HashSet::new();
    let faults: Vec<_> = areas
        .iter()
        .enumerate()
        .filter(|(_, counts)| !seen.insert(counts.area.as_str()))
        .map(|(index, counts)| ResultsRefusal::DuplicateArea { index, area: counts.area.clone() })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let sum = |count: fn(&GoalCounts) -> u32| areas.iter().map(|counts| u64::from(count(counts))).sum();
    let of = |c: &GoalCounts| Attainment::of(c.achieved.into(), c.partly.into(), c.not_achieved.into());
    Ok(GoalAttainment {
        areas: areas.iter().map(|counts| (counts.area.clone(), of(counts))).collect(),
        together: Attainment::of(sum(|c| c.achieved), sum(|c| c.partly), sum(|c| c.not_achieved)),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const GOLDEN: &str = include_str!("../../../tests/golden/tables.json");

    fn counts(area: &str, achieved: u32, partly: u32, not_achieved: u32) -> GoalCounts {
        GoalCounts { area: area.to_owned(), achieved, partly, not_achieved }
    }

    #[test]
    fn attainment_is_that_of_the_golden_table() {
        let golden: Value = serde_json::from_str(GOLDEN).unwrap();
        let rows = golden["goal_attainment"].as_array().unwrap();
        let number = |row: &Value, name: &str| u32::try_from(row[name].as_u64().unwrap()).unwrap();
        let mut areas = Vec::new();
        for row in rows {
            let together = row.get("achieved").is_none();
            if !together {
                let name = row["area"].as_str().unwrap();
                areas.push(counts(name, number(row, "achieved"), number(row, "partly"), number(row, "not")));
            }
            let result = goal_attainment(&areas).unwrap();
            let row_result = if together { &result.together } else { &result.areas.last().unwrap().1 };
            assert_eq!(row_result.goals, row["goals"].as_u64().unwrap(), "{row}");
            assert_eq!(row_result.attainment.to_string(), row["attainment"], "{row}");
            assert_eq!(row_result.percent, Some(number(row, "percent")), "{row}");
            if together {
                areas.clear();
            }
        }
    }

    #[test]
    fn percentages_round_half_up_and_nothing_has_none() {
        for (part, whole, percent) in
            [(7, 137, Some(5)), (1, 200, Some(1)), (1, 201, Some(0)), (0, 0, None), (3, 3, Some(100))]
        {
            assert_eq!(whole_percent(part, whole), percent);
        }
        let result = goal_attainment(&[counts("a", 0, 0, 0)]).unwrap();
        assert_eq!((result.together.percent, result.together.goals), (None, 0));
        assert_eq!(result.together.explanation().key, "results-attainment");
    }

    #[test]
    fn an_area_counts_once() {
        let faults = goal_attainment(&[counts("a", 1, 0, 0), counts("a", 0, 1, 0)]).unwrap_err();
        assert_eq!((faults[0].code(), faults[0].pointer().as_str()), ("duplicate_code", "/areas/1/area"));
        assert_eq!(faults[0].message().key, "results-duplicate-area");
    }

    proptest! {
        #[test]
        fn attainment_lies_between_achieved_and_all(
            rows in prop::collection::vec((any::<u32>(), any::<u32>(), any::<u32>()), 0..8),
        ) {
            let areas: Vec<_> =
                rows.iter().enumerate().map(|(i, &(a, p, n))| counts(&i.to_string(), a, p, n)).collect();
            let together = goal_attainment(&areas).unwrap().together;
            prop_assert!(together.attainment >= Decimal::from(together.achieved));
            prop_assert!(together.attainment <= Decimal::from(together.goals));
            prop_assert!(together.percent.is_none_or(|p| p <= 100));
            prop_assert_eq!(together.goals, together.achieved + together.partly + together.not_achieved);
        }
    }
}

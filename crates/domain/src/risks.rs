//! The risk register of an office: identify, assess, manage, monitor `[S0 III §7]`.

use std::{collections::BTreeMap, ops::AddAssign};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    access::MunicipalityCode,
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// What kind of risk it is.
    RiskKind {
        /// Of management.
        Management = "management",
        /// Of staff.
        Staff = "staff",
        /// Of finance.
        Finance = "finance",
        /// Legal.
        Legal = "legal",
        /// Of implementation.
        Implementation = "implementation",
    }
}

names! {
    /// How probable a risk is, how large its impact, and what both make together.
    RiskGrade {
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
    }
}

names! {
    /// How far the office has come with a risk.
    RiskStage {
        /// It is known; probability or impact are not.
        Identified = "identified",
        /// Its level is known, and no measures yet.
        Assessed = "assessed",
        /// It has measures and somebody responsible.
        Managed = "managed",
        /// It was reviewed since.
        Monitored = "monitored",
        /// It is none any more.
        Closed = "closed",
    }
}

names! {
    /// What was done about a risk.
    RiskStepKind {
        /// Measures were decided.
        Analysis = "analysis",
        /// It was looked at again.
        Review = "review",
        /// It was reported to the ministry as a problem.
        Report = "report",
        /// It is none any more.
        Closure = "closure",
    }
}

impl RiskGrade {
    const fn score(self) -> u8 {
        match self {
            Self::Low => 1,
            Self::Medium => 2,
            Self::High => 3,
        }
    }

    /// The level of a risk. **Decision**: probability times impact, each 1 to 3: up to 2 low, up to 4 medium, above high; the
    /// source names the three and no table.
    #[must_use]
    pub const fn level(probability: Self, impact: Self) -> Self {
        match probability.score() * impact.score() {
            ..=2 => Self::Low,
            3..=4 => Self::Medium,
            _ => Self::High,
        }
    }
}

/// Something that was done about a risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskStep {
    /// What.
    pub kind: RiskStepKind,
    /// The day.
    pub on: NaiveDate,
    /// The level then, where it was known.
    pub level: Option<RiskGrade>,
    /// In words.
    pub text: String,
    /// Subject of who recorded it.
    pub recorded_by: String,
}

/// What the office writes of a risk: what is sealed of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskContent {
    /// What may happen.
    pub description: String,
    /// What is done against it.
    pub measures: Option<String>,
    /// Who is responsible.
    pub responsible: Option<String>,
    /// What was done, in order.
    pub steps: Vec<RiskStep>,
}

/// How a risk stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskState {
    /// What kind it is.
    pub kind: RiskKind,
    /// The day on which it was identified.
    pub identified_on: NaiveDate,
    /// How probable it is.
    pub probability: Option<RiskGrade>,
    /// How large its impact is.
    pub impact: Option<RiskGrade>,
    /// The level that it was analysed at.
    pub analysed_level: Option<RiskGrade>,
    /// The next day to look at it.
    pub review_on: Option<NaiveDate>,
    /// The day of the last report to the ministry.
    pub reported_on: Option<NaiveDate>,
    /// The day on which it was closed.
    pub closed_on: Option<NaiveDate>,
}

/// Why nothing is done about a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskRefusal {
    /// It is closed.
    Closed,
    /// Its probability or impact is not known.
    NotAssessed,
}

impl Refusal for RiskRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Closed => "risk_closed",
            Self::NotAssessed => "risk_not_assessed",
        }
    }

    fn pointer(&self) -> String {
        String::new()
    }

    fn message(&self) -> Message {
        match self {
            Self::Closed => Message::new("problem-risk-closed-detail"),
            Self::NotAssessed => Message::new("problem-risk-not-assessed-detail"),
        }
    }
}

impl RiskState {
    /// Its level, once probability and impact are known.
    #[must_use]
    pub fn level(&self) -> Option<RiskGrade> {
        Some(RiskGrade::level(self.probability?, self.impact?))
    }

    /// Whether it asks for an analysis: it is new, or its level has changed since.
    #[must_use]
    pub fn needs_analysis(&self) -> bool {
        self.closed_on.is_none() && (self.analysed_level.is_none() || self.analysed_level != self.level())
    }

    /// How far the office has come with it.
    #[must_use]
    pub fn stage(&self, steps: &[RiskStep]) -> RiskStage {
        let reviewed = || {
            let last =
                steps.iter().rev().find(|step| matches!(step.kind, RiskStepKind::Analysis | RiskStepKind::Review));
            last.is_some_and(|step| step.kind == RiskStepKind::Review)
        };
        if self.closed_on.is_some() {
            RiskStage::Closed
        } else if self.level().is_none() {
            RiskStage::Identified
        } else if self.analysed_level.is_none() {
            RiskStage::Assessed
        } else if reviewed() {
            RiskStage::Monitored
        } else {
            RiskStage::Managed
        }
    }

    /// Checks that something may be done about it.
    ///
    /// # Errors
    /// [`RiskRefusal::Closed`].
    pub fn expect_open(&self) -> Result<(), RiskRefusal> {
        if self.closed_on.is_none() { Ok(()) } else { Err(RiskRefusal::Closed) }
    }

    /// Notes that it was analysed at its level.
    ///
    /// # Errors
    /// [`RiskRefusal::NotAssessed`].
    pub fn analyse(&mut self, review_on: NaiveDate) -> Result<(), RiskRefusal> {
        self.analysed_level = Some(self.level().ok_or(RiskRefusal::NotAssessed)?);
        self.review_on = Some(review_on);
        Ok(())
    }
}

/// How many risks there are, and how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RiskCounts {
    /// All.
    pub risks: u64,
    /// Not closed, and not analysed yet.
    pub open: u64,
    /// Not closed, and analysed: there are measures.
    pub managed: u64,
    /// Closed.
    pub closed: u64,
    /// Not closed, and the day to look at it again is past.
    pub overdue: u64,
    /// Managed, and the level has changed since the analysis: it asks for another.
    pub level_changed: u64,
    /// Reported to the ministry.
    pub reported: u64,
}

impl RiskCounts {
    /// How many ask for an analysis: they are new, or their level has changed.
    #[must_use]
    pub const fn needs_analysis(&self) -> u64 {
        self.open.saturating_add(self.level_changed)
    }
}

impl AddAssign for RiskCounts {
    fn add_assign(&mut self, other: Self) {
        for (sum, more) in [
            (&mut self.risks, other.risks),
            (&mut self.open, other.open),
            (&mut self.managed, other.managed),
            (&mut self.closed, other.closed),
            (&mut self.overdue, other.overdue),
            (&mut self.level_changed, other.level_changed),
            (&mut self.reported, other.reported),
        ] {
            *sum = sum.saturating_add(more);
        }
    }
}

/// The risks of a municipality that have kind and level in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskCell {
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The kind.
    pub kind: RiskKind,
    /// The level; `None` where it is not assessed.
    pub level: Option<RiskGrade>,
    /// How many.
    pub counts: RiskCounts,
}

/// What a register tells as a whole. Every kind and every level stands in it, also where there is no risk of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskStatistics {
    /// All risks.
    pub together: RiskCounts,
    /// By kind.
    pub kinds: Vec<(RiskKind, RiskCounts)>,
    /// By level, those that are not assessed first.
    pub levels: Vec<(Option<RiskGrade>, RiskCounts)>,
    /// By place, in the order of their names.
    pub places: Vec<(String, RiskCounts)>,
}

impl RiskStatistics {
    /// Adds the cells of a register up. Nothing is hidden: a risk tells of no recipient, and who counts sees each of them.
    #[must_use]
    pub fn of(cells: &[RiskCell], place: impl Fn(MunicipalityCode) -> String) -> Self {
        let sum = |is: &dyn Fn(&RiskCell) -> bool| {
            let mut sum = RiskCounts::default();
            cells.iter().filter(|cell| is(cell)).for_each(|cell| sum += cell.counts);
            sum
        };
        let mut places: BTreeMap<String, RiskCounts> = BTreeMap::new();
        for cell in cells {
            *places.entry(place(cell.municipality)).or_default() += cell.counts;
        }
        let levels = std::iter::once(None).chain(RiskGrade::ALL.iter().copied().map(Some));
        Self {
            together: sum(&|_| true),
            kinds: RiskKind::ALL.iter().map(|kind| (*kind, sum(&|cell| cell.kind == *kind))).collect(),
            levels: levels.map(|level| (level, sum(&|cell| cell.level == level))).collect(),
            places: places.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_add_up_by_kind_level_and_place() {
        let cell = |municipality: &str, kind, level, open, managed| RiskCell {
            municipality: municipality.parse().unwrap(),
            kind,
            level,
            counts: RiskCounts { risks: open + managed, open, managed, level_changed: 1, ..RiskCounts::default() },
        };
        let cells = [
            cell("0001000", RiskKind::Staff, None, 2, 0),
            cell("0001000", RiskKind::Staff, Some(RiskGrade::High), 1, 3),
            cell("0002000", RiskKind::Legal, Some(RiskGrade::High), 0, 4),
        ];
        let told = RiskStatistics::of(&cells, |code| code.to_string());
        assert_eq!((told.together.risks, told.together.open, told.together.managed), (10, 3, 7));
        assert_eq!((told.together.level_changed, told.together.needs_analysis()), (3, 6));
        let kinds: Vec<_> = told.kinds.iter().map(|(kind, counts)| (kind.as_str(), counts.risks)).collect();
        assert_eq!(kinds, [("management", 0), ("staff", 6), ("finance", 0), ("legal", 4), ("implementation", 0)]);
        let levels: Vec<_> = told.levels.iter().map(|(level, counts)| (*level, counts.risks)).collect();
        let expected = [(None, 2), (Some(RiskGrade::Low), 0), (Some(RiskGrade::Medium), 0), (Some(RiskGrade::High), 8)];
        assert_eq!(levels, expected);
        let places: Vec<_> = told.places.iter().map(|(place, counts)| (place.as_str(), counts.risks)).collect();
        assert_eq!(places, [("0001000", 6), ("0002000", 4)]);
        assert_eq!(RiskStatistics::of(&cells, |_| "riga".to_owned()).places.len(), 1);
        assert_eq!(RiskStatistics::of(&[], |code| code.to_string()).together, RiskCounts::default());
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn state() -> RiskState {
        RiskState {
            kind: RiskKind::Staff,
            identified_on: day("2023-03-01"),
            probability: None,
            impact: None,
            analysed_level: None,
            review_on: None,
            reported_on: None,
            closed_on: None,
        }
    }

    fn step(kind: RiskStepKind) -> RiskStep {
        RiskStep { kind, on: day("2023-04-01"), level: None, text: String::new(), recorded_by: String::new() }
    }

    #[test]
    fn the_level_is_that_of_the_table() {
        use RiskGrade::{High, Low, Medium};
        for (probability, levels) in
            [(Low, [Low, Low, Medium]), (Medium, [Low, Medium, High]), (High, [Medium, High, High])]
        {
            let found = [Low, Medium, High].map(|impact| RiskGrade::level(probability, impact));
            assert_eq!(found, levels, "{probability}");
        }
    }

    #[test]
    fn a_risk_is_identified_assessed_managed_monitored_and_closed() {
        let mut risk = state();
        assert_eq!((risk.stage(&[]), risk.needs_analysis()), (RiskStage::Identified, true));
        assert_eq!(risk.analyse(day("2023-06-01")), Err(RiskRefusal::NotAssessed));
        (risk.probability, risk.impact) = (Some(RiskGrade::Low), Some(RiskGrade::High));
        assert_eq!((risk.stage(&[]), risk.level()), (RiskStage::Assessed, Some(RiskGrade::Medium)));
        risk.analyse(day("2023-06-01")).unwrap();
        let mut steps = vec![step(RiskStepKind::Analysis)];
        assert_eq!((risk.stage(&steps), risk.needs_analysis()), (RiskStage::Managed, false));
        steps.extend([step(RiskStepKind::Review), step(RiskStepKind::Report)]);
        assert_eq!(risk.stage(&steps), RiskStage::Monitored);
        // A changed level asks for another analysis, whichever way it changes; other grades of the same level do not.
        (risk.probability, risk.impact) = (Some(RiskGrade::Medium), Some(RiskGrade::Medium));
        assert!(!risk.needs_analysis());
        risk.probability = Some(RiskGrade::Low);
        assert!(risk.needs_analysis());
        assert_eq!(risk.expect_open(), Ok(()));
        risk.closed_on = Some(day("2023-07-01"));
        assert_eq!((risk.stage(&steps), risk.needs_analysis()), (RiskStage::Closed, false));
        let refusal = risk.expect_open().unwrap_err();
        assert_eq!((refusal.code(), refusal.pointer().as_str()), ("risk_closed", ""));
        assert!(refusal.message().key.contains("risk-closed"));
        assert!(RiskRefusal::NotAssessed.message().key.contains("risk-not-assessed"));
    }
}

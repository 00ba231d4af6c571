//! The risk register of an office: identify, assess, manage, monitor `[S0 III §7]`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
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

#[cfg(test)]
mod tests {
    use super::*;

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

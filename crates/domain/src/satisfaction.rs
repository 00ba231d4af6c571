//! Satisfaction with the stages of the process, once a year `[S0 III §8]`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// A stage of the process.
    SatisfactionStage {
        /// Application and decision.
        Granting = "granting",
        /// Needs assessment.
        Assessment = "assessment",
        /// Support plan.
        Plan = "plan",
        /// Receipt of services.
        Receipt = "receipt",
        /// Revision of the plan.
        Revision = "revision",
        /// The process as a whole.
        Whole = "whole",
    }
}

names! {
    /// Who rates.
    SatisfactionRespondent {
        /// The social worker.
        Worker = "worker",
        /// The parent, or the person.
        Recipient = "recipient",
        /// A specialist of the assessment.
        AssessmentSpecialist = "assessment_specialist",
        /// A provider of services.
        Provider = "provider",
    }
}

impl SatisfactionRespondent {
    /// The stages that these rate: worker and parent or person all, the specialist all but receipt, the provider receipt and the
    /// whole.
    #[must_use]
    pub const fn stages(self) -> &'static [SatisfactionStage] {
        use SatisfactionStage::{Assessment, Granting, Plan, Receipt, Revision, Whole};
        match self {
            Self::Worker | Self::Recipient => SatisfactionStage::ALL,
            Self::AssessmentSpecialist => &[Granting, Assessment, Plan, Revision, Whole],
            Self::Provider => &[Receipt, Whole],
        }
    }
}

/// A stage with its rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRating {
    /// The stage.
    pub stage: SatisfactionStage,
    /// 1 very dissatisfied to 5 very satisfied.
    pub rating: u32,
}

/// Why ratings are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SatisfactionRefusal {
    /// These respondents do not rate this stage.
    OtherStage {
        /// Its place.
        index: usize,
    },
    /// The stage is rated already.
    DuplicateStage {
        /// Place of the later one.
        index: usize,
    },
    /// This respondent has rated this case in this year.
    RatedThisYear,
    /// The caller does not rate for these respondents.
    OtherRespondent,
}

impl Refusal for SatisfactionRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OtherStage { .. } => "stage_not_rated",
            Self::DuplicateStage { .. } => "duplicate_code",
            Self::RatedThisYear => "rated_this_year",
            Self::OtherRespondent => "other_respondent",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::OtherStage { index } | Self::DuplicateStage { index } => format!("/ratings/{index}/stage"),
            Self::RatedThisYear => String::new(),
            Self::OtherRespondent => "/respondent".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::OtherStage { .. } => Message::new("satisfaction-other-stage"),
            Self::DuplicateStage { .. } => Message::new("satisfaction-duplicate-stage"),
            Self::RatedThisYear => Message::new("problem-rated-this-year-detail"),
            Self::OtherRespondent => Message::new("satisfaction-other-respondent"),
        }
    }
}

/// Everything that is wrong with ratings: each stage once, and only those that the respondent rates.
#[must_use]
pub fn check(respondent: SatisfactionRespondent, ratings: &[StageRating]) -> Vec<SatisfactionRefusal> {
    let mut seen = BTreeSet::new();
    let fault = |(index, rating): (usize, &StageRating)| {
        if !respondent.stages().contains(&rating.stage) {
            Some(SatisfactionRefusal::OtherStage { index })
        } else {
            (!seen.insert(rating.stage)).then_some(SatisfactionRefusal::DuplicateStage { index })
        }
    };
    ratings.iter().enumerate().filter_map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_rates_which_stage_is_that_of_the_table() {
        use SatisfactionRespondent::{AssessmentSpecialist, Provider, Recipient, Worker};
        // Granting, assessment, plan, receipt, revision, whole.
        for (respondent, may) in [
            (Worker, [true; 6]),
            (Recipient, [true; 6]),
            (AssessmentSpecialist, [true, true, true, false, true, true]),
            (Provider, [false, false, false, true, false, true]),
        ] {
            for (stage, may) in SatisfactionStage::ALL.iter().zip(may) {
                let found = check(respondent, &[StageRating { stage: *stage, rating: 3 }]);
                assert_eq!(found.is_empty(), may, "{respondent} {stage}");
            }
        }
    }

    #[test]
    fn a_stage_is_rated_once() {
        let rated = |stage| StageRating { stage, rating: 5 };
        let found = check(
            SatisfactionRespondent::Provider,
            &[rated(SatisfactionStage::Whole), rated(SatisfactionStage::Plan), rated(SatisfactionStage::Whole)],
        );
        let told: Vec<_> = found.iter().map(|refusal| format!("{} {}", refusal.code(), refusal.pointer())).collect();
        assert_eq!(told, ["stage_not_rated /ratings/1/stage", "duplicate_code /ratings/2/stage"]);
        for refusal in [SatisfactionRefusal::RatedThisYear, SatisfactionRefusal::OtherRespondent, found[0], found[1]] {
            assert!(!refusal.message().key.is_empty() && !refusal.code().is_empty());
        }
    }
}

//! Satisfaction with the stages of the process, once a year `[S0 III §8]`.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    access::{Role, Scope},
    measures::MeasuredTable,
    parameters::catalogue::names,
    suppression::{Group, Table},
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
    /// Which specialist or provider rates is missing.
    KeyRequired,
}

impl Refusal for SatisfactionRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OtherStage { .. } => "stage_not_rated",
            Self::DuplicateStage { .. } => "duplicate_code",
            Self::RatedThisYear => "rated_this_year",
            Self::OtherRespondent => "other_respondent",
            Self::KeyRequired => "missing_field",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::OtherStage { index } | Self::DuplicateStage { index } => format!("/ratings/{index}/stage"),
            Self::RatedThisYear => String::new(),
            Self::OtherRespondent => "/respondent".to_owned(),
            Self::KeyRequired => "/respondent_key".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::OtherStage { .. } => Message::new("satisfaction-other-stage"),
            Self::DuplicateStage { .. } => Message::new("satisfaction-duplicate-stage"),
            Self::RatedThisYear => Message::new("problem-rated-this-year-detail"),
            Self::OtherRespondent => Message::new("satisfaction-other-respondent"),
            Self::KeyRequired => Message::new("satisfaction-key-required"),
        }
    }
}

/// Which of the respondents rates. Who rates for itself is known by its subject; the office records what it has received: its own
/// worker's, the one of the person or parent, or that of a specialist or provider whom it names.
///
/// # Errors
/// [`SatisfactionRefusal::OtherRespondent`], [`SatisfactionRefusal::KeyRequired`].
pub fn respondent_key(
    caller: &Scope,
    respondent: SatisfactionRespondent,
    named: Option<String>,
) -> Result<String, SatisfactionRefusal> {
    let own = match caller.role {
        Role::Recipient => Some(SatisfactionRespondent::Recipient),
        Role::AssessmentSpecialist => Some(SatisfactionRespondent::AssessmentSpecialist),
        _ => None,
    };
    match (own, respondent, named) {
        (Some(own), respondent, named) => {
            let is_own = own == respondent && named.is_none_or(|named| named == caller.subject);
            if is_own { Ok(caller.subject.clone()) } else { Err(SatisfactionRefusal::OtherRespondent) }
        }
        (None, _, Some(named)) => Ok(named),
        (None, SatisfactionRespondent::Worker, None) => Ok(caller.subject.clone()),
        // One of each case, whom the office need not name.
        (None, SatisfactionRespondent::Recipient, None) => Ok(respondent.to_string()),
        (None, _, None) => Err(SatisfactionRefusal::KeyRequired),
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

/// Ratings as they are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// The person of the case.
    pub person: Uuid,
    /// The group that they are counted in.
    pub group: Group,
    /// Who rates.
    pub respondent: SatisfactionRespondent,
    /// The ratings.
    pub ratings: Vec<StageRating>,
}

/// How these respondents rate a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatedStage {
    /// Who rates.
    pub respondent: SatisfactionRespondent,
    /// The stage.
    pub stage: SatisfactionStage,
    /// The measures of their ratings.
    pub told: MeasuredTable,
}

/// The measures of each stage that each kind of respondent rates. Who is counted, so that small groups are hidden, are the people
/// of the cases.
#[must_use]
pub fn statistics(rated: &[Rated], is_published: bool) -> Vec<RatedStage> {
    let row = |respondent: SatisfactionRespondent, stage: SatisfactionStage| {
        let mut table = Table::new(is_published);
        for rated in rated.iter().filter(|rated| rated.respondent == respondent) {
            if let Some(rating) = rated.ratings.iter().find(|rating| rating.stage == stage) {
                table.add(rated.group.clone(), rated.person, Decimal::from(rating.rating));
            }
        }
        RatedStage { respondent, stage, told: MeasuredTable::from(&table) }
    };
    let respondents = SatisfactionRespondent::ALL.iter();
    respondents.flat_map(|of| of.stages().iter().map(|stage| row(*of, *stage))).collect()
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
    fn who_rates_is_known_by_its_subject_or_named_by_the_office() {
        use SatisfactionRefusal::{KeyRequired, OtherRespondent};
        use SatisfactionRespondent::{AssessmentSpecialist, Provider, Recipient, Worker};
        for (role, respondent, named, expected) in [
            (Role::Recipient, Recipient, None, Ok("me")),
            (Role::Recipient, Recipient, Some("me"), Ok("me")),
            (Role::Recipient, Recipient, Some("other"), Err(OtherRespondent)),
            (Role::Recipient, Worker, None, Err(OtherRespondent)),
            (Role::AssessmentSpecialist, AssessmentSpecialist, None, Ok("me")),
            (Role::AssessmentSpecialist, Provider, None, Err(OtherRespondent)),
            (Role::SocialWorker, Worker, None, Ok("me")),
            (Role::SocialWorker, Recipient, None, Ok("recipient")),
            (Role::SocialWorker, Provider, None, Err(KeyRequired)),
            (Role::Integrator, Provider, Some("p-1"), Ok("p-1")),
        ] {
            let municipality = "0001000".parse().unwrap();
            let scope = Scope { municipality, subject: "me".to_owned(), role, today: chrono::NaiveDate::MIN };
            let found = respondent_key(&scope, respondent, named.map(str::to_owned));
            assert_eq!(found, expected.map(str::to_owned), "{role} {respondent}");
        }
        assert_eq!(KeyRequired.pointer(), "/respondent_key");
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

    #[test]
    fn each_kind_of_respondent_is_counted_by_stage() {
        let rated = |person: u128, rating| Rated {
            person: Uuid::from_u128(person),
            group: Group::named("riga"),
            respondent: SatisfactionRespondent::Provider,
            ratings: vec![StageRating { stage: SatisfactionStage::Receipt, rating }],
        };
        let ratings: Vec<_> =
            [5, 4, 4, 3, 5].into_iter().zip(0..).map(|(rating, person)| rated(person, rating)).collect();
        let found = statistics(&ratings, true);
        assert_eq!(found.len(), 6 + 6 + 5 + 2);
        let of = |found: &[RatedStage], stage| {
            let of_provider =
                |row: &&RatedStage| (row.respondent, row.stage) == (SatisfactionRespondent::Provider, stage);
            found.iter().find(of_provider).unwrap().told.clone()
        };
        let measures = of(&found, SatisfactionStage::Receipt).together.unwrap().measures.unwrap();
        assert_eq!((measures.n, measures.mean.to_string().as_str(), measures.mode), (5, "4.2", Decimal::from(4)));
        assert_eq!(of(&found, SatisfactionStage::Whole).together.unwrap().measures, None);
        assert_eq!(of(&statistics(&ratings[1..], true), SatisfactionStage::Receipt).together, None, "four are too few");
    }
}

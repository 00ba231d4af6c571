//! Support plans (atbalsta plāns): goals, priced lines, and what their sum must fit [domain 6].
//!
//! A draft may hold anything that can be written down; [`check::findings`] tells everything that is wrong with it at once, and
//! only a draft without errors is signed. A signed version is never changed: a revision makes the next one.

pub mod amounts;
pub mod check;
pub mod corrections;
pub mod findings;
pub mod order;
pub mod ranking;
pub mod status;
pub mod times;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use crate::assessments::{GoalAuthor, GoalTerm};
use crate::{
    age,
    money::{Money, Volume},
    month::Month,
    parameters::{
        catalogue::{Target, names},
        tariffs::PriceKind,
    },
};
use times::WeeklyTime;

names! {
    /// Who pays a line of a plan [domain 6.2].
    FundingSource {
        /// The individual budget.
        IndividualBudget = "individual_budget",
        /// The state.
        State = "state",
        /// The municipality, beside the budget.
        Municipality = "municipality",
        /// A benefit that the person receives.
        Benefit = "benefit",
        /// The parent or the person.
        Parent = "parent",
        /// Anybody else.
        Other = "other",
    }
}

names! {
    /// What an intensity counts in.
    IntensityPeriod {
        /// A week.
        Week = "week",
        /// A month.
        Month = "month",
    }
}

/// A goal of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// Its number in the plan, from 1; lines name it.
    pub number: u32,
    /// How soon.
    pub term: GoalTerm,
    /// Support area.
    pub area: u8,
    /// Whose it is.
    pub author: GoalAuthor,
    /// In words, the person's own where they are the author.
    pub text: String,
    /// By what it is seen to be reached.
    pub measure: Option<String>,
}

/// How often a service is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intensity {
    /// So much, in the service's unit.
    pub volume: Volume,
    /// In so long.
    pub per: IntensityPeriod,
}

/// The volume of a line in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthVolume {
    /// The month.
    pub month: Month,
    /// So much, in the service's unit.
    pub volume: Volume,
}

/// A service for the period: how much, at which price, from whom, and who pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLine {
    /// Its number in the plan, from 1: the same line keeps it from version to version.
    pub number: u32,
    /// Code of the service.
    pub service: String,
    /// Who receives it.
    pub recipient: Target,
    /// Number of the goal that it serves.
    pub goal: Option<u32>,
    /// Volume for the period, in the service's unit.
    pub volume: Volume,
    /// Pilot: the volume that the assessment asks for, where the plan has less of it for want of money. The needed budget counts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_volume: Option<Volume>,
    /// Least volume that is of use to the person; a correction drops the line rather than go below.
    pub minimum_volume: Option<Volume>,
    /// How often.
    pub intensity: Option<Intensity>,
    /// Volume by month; empty where it is not spread yet.
    pub schedule: Vec<MonthVolume>,
    /// When in a week, where that is agreed.
    pub times: Vec<WeeklyTime>,
    /// The provider's offer that was chosen.
    pub offer: Option<Uuid>,
    /// EUR a unit.
    pub unit_price: Money,
    /// How the price comes about.
    pub price_kind: Option<PriceKind>,
    /// Who pays.
    pub funding: FundingSource,
    /// Place in the order that worker and person agreed on, 1 first.
    pub priority: Option<u32>,
    /// Pilot: the experts' rank, over the whole plan or inside the support area.
    pub expert_rank: Option<u32>,
    /// Pilot: the parent's rank over the whole plan.
    pub parent_rank: Option<u32>,
    /// The person pays first and is repaid.
    pub self_prepaid: bool,
    /// Support of family or community, at no cost.
    pub free_support: bool,
    /// The provider is a relative of the person.
    pub provider_is_relative: bool,
    /// Services that the provider of this line gives within it, so that they are not paid elsewhere.
    pub includes: Vec<String>,
    /// The worker's reason, where a rule asks for one.
    pub reason: Option<String>,
}

impl PlanLine {
    /// What the line costs, EUR, rounded.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.volume.at(self.unit_price).rounded()
    }

    /// What the line costs with all that the assessment asks for, EUR, rounded.
    #[must_use]
    pub fn needed(&self) -> Money {
        self.needed_volume.unwrap_or(self.volume).at(self.unit_price).rounded()
    }

    /// Whether the service is ordered: a public payer pays for it.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        let public = [FundingSource::IndividualBudget, FundingSource::State, FundingSource::Municipality];
        !self.free_support && public.contains(&self.funding)
    }
}

/// Pilot: the experts ranked the lines inside the support areas of their goals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaRanks {
    /// The areas in the experts' own order; empty where they gave none.
    pub order: Vec<u8>,
}

/// What a plan says: the content of a draft or of a signed version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanContent {
    /// First day of the period.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// Goals.
    pub goals: Vec<Goal>,
    /// Lines, in any order.
    pub lines: Vec<PlanLine>,
    /// What else was agreed, in words.
    pub notes: Option<String>,
    /// Pilot: that the experts' ranks are those inside support areas; none where they are over the whole plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_ranks: Option<AreaRanks>,
}

/// The day before the 18th birthday.
#[must_use]
pub fn last_day_of_childhood(born: NaiveDate) -> Option<NaiveDate> {
    age::birthday(born, 18)?.pred_opt()
}

impl PlanContent {
    /// SHA-256 of the canonical JSON: what a signature is under.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        // Numbers, texts and lists: nothing here fails to be written.
        Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).into()
    }

    /// The last day on which services may be received: a child keeps the plan to the day before the 18th birthday [domain 1].
    #[must_use]
    pub fn last_day(&self, child_born: Option<NaiveDate>) -> NaiveDate {
        child_born.and_then(last_day_of_childhood).map_or(self.to, |last| last.min(self.to))
    }

    /// The line with a number.
    #[must_use]
    pub fn line(&self, number: u32) -> Option<&PlanLine> {
        self.lines.iter().find(|line| line.number == number)
    }
}

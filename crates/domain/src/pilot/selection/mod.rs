//! Selection of the participants of the pilot [S0 §2.2], on codes, not names.
//!
//! The source selects in three stages. Stage 1: who may take part at all. Stage 2: 10 children from each municipality,
//! 20 in each age group, and shares by impairment; where a group has too few children, the others grow in proportion.
//! Stage 3, between children that stage 2 does not tell apart: home-schooled first, then earliest received.
//!
//! **Decision**: where the quotas of stage 2 can't all be met, they are satisfied in the order municipality, age,
//! impairment; a shortfall uses largest-remainder rounding; what is not met is reported. The procedure:
//!
//! 1. Each municipality has as many places as its target, at most as many as it has fit applicants. (If asked for, the
//!    places that are left go to other municipalities: first to regions below their minimum, then to all, in proportion
//!    to the children still waiting there.)
//! 2. The places are divided among the age groups in proportion to their targets, and among the impairments in
//!    proportion to their quotas; no group gets more than it has applicants, and what it lacks is spread over the others.
//! 3. The children are gone through in tie order (home-schooled, received, code) three times: the first time a child gets
//!    a place where municipality, age group and impairment have one; then where municipality and age group have one; then
//!    where the municipality has one. After that every place is filled.
//! 4. Age groups above their number hand places to groups below it, by exchanges of two children of one municipality,
//!    in a chain over several municipalities if needed. No chain left means that no other choice meets the ages better.
//! 5. The same between impairments, by exchanges that change no age group's number.
//! 6. A child that waits takes the place of a later one of the same municipality where no quota is worse for it.
//!
//! Steps 4 and 5 search graphs of age groups, impairments and pairs of them, not of children, so ten thousand
//! applications take milliseconds. Between the children of one municipality, age group and impairment the tie order alone
//! decides. Applications are sorted first, so their order in the input does not matter.

mod board;
mod outcome;
mod places;
mod refusal;
mod waiting;

use chrono::{NaiveDate, NaiveDateTime, Timelike};

use self::{board::Board, outcome::outcome};
pub use self::{
    outcome::{
        Criterion, Excluded, ExclusionReason, GroupResult, Placement, Selection, SelectionGroup, SelectionStage,
    },
    refusal::SelectionRefusal,
    waiting::{Offer, next_from_waiting_list},
};
use crate::{age::completed_years, parameters::catalogue::Impairment};

/// An age group: completed years, both ends inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgeGroup {
    /// Youngest age, completed years.
    pub from: u32,
    /// Oldest age, completed years.
    pub to: u32,
}

impl AgeGroup {
    /// Whether an age is in the group.
    #[must_use]
    pub const fn contains(self, age: u32) -> bool {
        self.from <= age && age <= self.to
    }
}

impl std::fmt::Display for AgeGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.from, self.to)
    }
}

/// How many children an age group should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeGroupTarget {
    /// The group.
    pub group: AgeGroup,
    /// Children.
    pub target: u32,
}

/// What part of the children should have an impairment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImpairmentQuota {
    /// The impairment.
    pub impairment: Impairment,
    /// Percent of all children selected.
    pub percent: u32,
}

/// The figures of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionParameters {
    /// Children from each municipality.
    pub per_municipality: u32,
    /// Age groups and their targets, youngest first.
    pub age_groups: Vec<AgeGroupTarget>,
    /// Quotas by impairment. Children with another impairment are taken only where no child with one of these is left.
    pub impairments: Vec<ImpairmentQuota>,
    /// The least number of children from each planning region.
    pub minimum_per_region: u32,
    /// The day on which ages count.
    pub reference_date: NaiveDate,
    /// The age from which a person is no child any more.
    pub adult_age: u32,
    /// The last day of the pilot, where a child that becomes an adult by then must not take part.
    pub pilot_end: Option<NaiveDate>,
    /// The last minute in which an application is in time, where there is one.
    pub closing: Option<NaiveDateTime>,
    /// Whether places that a municipality can't fill go to others at once. The ministry may do so [S0 III].
    pub move_unfilled_places: bool,
}

impl SelectionParameters {
    /// The pilot's own: 10 children from each municipality; ages 0-2, 3-7, 8-10, 11-14, 15-17 with 20 each; vision and
    /// hearing 5 %, movement, mental and multiple 30 % each [S0 §2.2]; at least 20 children from each planning region
    /// [S0 III]. No closing time, unfilled places stay.
    #[must_use]
    pub fn children_pilot_2018(reference_date: NaiveDate) -> Self {
        let age_group = |(from, to)| AgeGroupTarget { group: AgeGroup { from, to }, target: 20 };
        let quota = |(impairment, percent)| ImpairmentQuota { impairment, percent };
        Self {
            per_municipality: 10,
            age_groups: [(0, 2), (3, 7), (8, 10), (11, 14), (15, 17)].map(age_group).to_vec(),
            impairments: [
                (Impairment::Vision, 5),
                (Impairment::Hearing, 5),
                (Impairment::Movement, 30),
                (Impairment::Mental, 30),
                (Impairment::Multiple, 30),
            ]
            .map(quota)
            .to_vec(),
            minimum_per_region: 20,
            reference_date,
            adult_age: 18,
            pilot_end: None,
            closing: None,
            move_unfilled_places: false,
        }
    }
}

/// An application for the pilot, anonymised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PilotApplication {
    /// Pseudonymous code of the child, unique in the input.
    pub code: String,
    /// The municipality.
    pub municipality: String,
    /// The planning region of the municipality, where known.
    pub region: Option<String>,
    /// The child's date of birth.
    pub birth_date: NaiveDate,
    /// The type of functional impairment.
    pub impairment: Impairment,
    /// Whether the child is home-schooled (mājmācība).
    pub home_schooled: bool,
    /// When the office received the application; seconds don't count.
    pub received_at: NaiveDateTime,
}

/// What the selection knows of a child that may take part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Pseudonymous code of the child.
    pub code: String,
    /// The municipality.
    pub municipality: String,
    /// The planning region, where known.
    pub region: Option<String>,
    /// The age group on the reference date.
    pub age_group: AgeGroup,
    /// The type of functional impairment.
    pub impairment: Impairment,
    /// Whether the child is home-schooled.
    pub home_schooled: bool,
    /// When the office received the application, to the minute.
    pub received_at: NaiveDateTime,
}

impl Candidate {
    /// The order between children that the quotas don't tell apart: home-schooled first, then earliest received
    /// [S0 §2.2], then by code.
    fn tie_order(&self) -> (bool, NaiveDateTime, &str) {
        (!self.home_schooled, self.received_at, &self.code)
    }
}

/// Selects the participants of the pilot; see the module for the procedure.
///
/// # Errors
/// Every fault of the input: a code that is there twice, a municipality in two regions, age groups that overlap or are
/// out of order, an impairment with two quotas, quotas above 100 percent.
pub fn select_participants(
    applications: &[PilotApplication],
    parameters: &SelectionParameters,
) -> Result<Selection, Vec<SelectionRefusal>> {
    refusal::check(applications, parameters)?;

    let (mut candidates, mut excluded) = (Vec::new(), Vec::new());
    for application in applications {
        match candidate(application, parameters) {
            Ok(candidate) => candidates.push(candidate),
            Err(reason) => excluded.push(Excluded { code: application.code.clone(), reason }),
        }
    }
    candidates.sort_by(|a, b| a.tie_order().cmp(&b.tie_order()));
    excluded.sort_by(|a, b| a.code.cmp(&b.code));

    let places = places::places(&candidates, parameters);
    let mut board = Board::new(&candidates, &places, parameters);
    board.fill(&candidates);
    board.exchange_ages();
    board.exchange_impairments();
    board.prefer_earlier();
    let chosen = board.chosen();
    Ok(outcome(candidates, &chosen, excluded, parameters))
}

/// Stage 1: whether the child may take part [S0 §2.2].
fn candidate(application: &PilotApplication, parameters: &SelectionParameters) -> Result<Candidate, ExclusionReason> {
    let received_at = to_the_minute(application.received_at);
    if parameters.closing.is_some_and(|closing| received_at > to_the_minute(closing)) {
        return Err(ExclusionReason::ReceivedAfterClosing);
    }
    let age = completed_years(application.birth_date, parameters.reference_date).ok_or(ExclusionReason::NotBorn)?;
    if age >= parameters.adult_age {
        return Err(ExclusionReason::Adult);
    }
    let adult_by = |day| completed_years(application.birth_date, day).is_some_and(|age| age >= parameters.adult_age);
    if parameters.pilot_end.is_some_and(adult_by) {
        return Err(ExclusionReason::AdultDuringPilot);
    }
    let groups = parameters.age_groups.iter().map(|target| target.group);
    let age_group = groups.into_iter().find(|group| group.contains(age)).ok_or(ExclusionReason::NoAgeGroup)?;
    Ok(Candidate {
        code: application.code.clone(),
        municipality: application.municipality.clone(),
        region: application.region.clone(),
        age_group,
        impairment: application.impairment,
        home_schooled: application.home_schooled,
        received_at,
    })
}

fn to_the_minute(time: NaiveDateTime) -> NaiveDateTime {
    time.with_second(0).and_then(|time| time.with_nanosecond(0)).unwrap_or(time)
}

#[cfg(test)]
mod tests;

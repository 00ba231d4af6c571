//! What comes out of a selection, and why.

use std::collections::{BTreeMap, BTreeSet};

use super::{AgeGroup, Candidate, SelectionParameters, board::Kind, places::wanted_by_quota};
use crate::{
    bounds,
    parameters::catalogue::{Impairment, names},
    text::Message,
};

names! {
    /// The stage of the methodology that decided [S0 §2.2].
    SelectionStage {
        /// Stage 1: who may take part.
        Eligibility = "eligibility",
        /// Stage 2: municipality, age group, impairment.
        Quotas = "quotas",
        /// Stage 3: between children that stage 2 does not tell apart.
        TieOrder = "tie_order",
    }
}

names! {
    /// What set a child apart: a chosen one from the nearest child that waits, a waiting one from the nearest chosen.
    /// Nearest is the same municipality, age group and impairment, else the same municipality and age group, else the same
    /// municipality.
    Criterion {
        /// Every child of the municipality has a place, or none has.
        Municipality = "municipality",
        /// The places went by age group.
        AgeGroup = "age_group",
        /// The places of the age group went by impairment.
        Impairment = "impairment",
        /// Home-schooled children come first.
        HomeSchooled = "home_schooled",
        /// The earlier application comes first.
        ReceivedAt = "received_at",
        /// Received in the same minute: by code.
        Code = "code",
    }
}

impl Criterion {
    /// The stage that the criterion belongs to.
    #[must_use]
    pub const fn stage(self) -> SelectionStage {
        match self {
            Self::Municipality | Self::AgeGroup | Self::Impairment => SelectionStage::Quotas,
            Self::HomeSchooled | Self::ReceivedAt | Self::Code => SelectionStage::TieOrder,
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::Municipality => "municipality",
            Self::AgeGroup => "age-group",
            Self::Impairment => "impairment",
            Self::HomeSchooled => "home-schooled",
            Self::ReceivedAt => "received-at",
            Self::Code => "code",
        }
    }
}

/// A child that has a place, or one on the waiting list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The child.
    pub child: Candidate,
    /// Whether it has a place.
    pub chosen: bool,
    /// The criterion that decided.
    pub criterion: Criterion,
}

impl Placement {
    /// The stage that decided.
    #[must_use]
    pub const fn stage(&self) -> SelectionStage {
        self.criterion.stage()
    }

    /// The sentence that explains the decision.
    #[must_use]
    pub fn explanation(&self) -> Message {
        let outcome = if self.chosen { "chosen" } else { "waiting" };
        Message::new(format!("selection-{outcome}-{}", self.criterion.suffix()))
            .with("municipality", &self.child.municipality)
            .with("agegroup", self.child.age_group)
            .with("received", self.child.received_at.format("%Y-%m-%d %H:%M"))
    }
}

names! {
    /// Why a child may not take part.
    ExclusionReason {
        /// The application came after closing.
        ReceivedAfterClosing = "received_after_closing",
        /// Not born on the reference date.
        NotBorn = "not_born",
        /// An adult on the reference date.
        Adult = "adult",
        /// An adult before the pilot ends [S0 §2.2, stage 1].
        AdultDuringPilot = "adult_during_pilot",
        /// No age group of the parameters has the child's age.
        NoAgeGroup = "no_age_group",
    }
}

impl ExclusionReason {
    /// The sentence that explains the reason.
    #[must_use]
    pub fn explanation(self) -> Message {
        Message::new(match self {
            Self::ReceivedAfterClosing => "selection-excluded-received-after-closing",
            Self::NotBorn => "selection-excluded-not-born",
            Self::Adult => "selection-excluded-adult",
            Self::AdultDuringPilot => "selection-excluded-adult-during-pilot",
            Self::NoAgeGroup => "selection-excluded-no-age-group",
        })
    }
}

/// A child that may not take part (decided in [`SelectionStage::Eligibility`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// The child's code.
    pub code: String,
    /// Why.
    pub reason: ExclusionReason,
}

/// A group that has a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectionGroup {
    /// A municipality: the number of children from each.
    Municipality(String),
    /// A planning region: the least number of children from each.
    Region(String),
    /// An age group: its target.
    AgeGroup(AgeGroup),
    /// An impairment: its percentage of the children chosen.
    Impairment(Impairment),
}

/// A target and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupResult {
    /// The group.
    pub group: SelectionGroup,
    /// Children that the parameters ask for, before shortfalls are spread.
    pub wanted: u32,
    /// Children that have places.
    pub got: u32,
}

impl GroupResult {
    /// Whether the group has fewer children than wanted.
    #[must_use]
    pub const fn missed(&self) -> bool {
        self.got < self.wanted
    }

    /// The sentence that reports the target.
    #[must_use]
    pub fn explanation(&self) -> Message {
        let message = match &self.group {
            SelectionGroup::Municipality(name) => Message::new("selection-target-municipality").with("group", name),
            SelectionGroup::Region(name) => Message::new("selection-target-region").with("group", name),
            SelectionGroup::AgeGroup(group) => Message::new("selection-target-age-group").with("group", group),
            SelectionGroup::Impairment(impairment) => {
                Message::new("selection-target-impairment").with("group", impairment.as_str())
            }
        };
        message.with_number("wanted", self.wanted).with_number("got", self.got)
    }
}

/// The outcome of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The children that have places, by municipality, then in tie order.
    pub chosen: Vec<Placement>,
    /// The waiting list, in tie order.
    pub waiting: Vec<Placement>,
    /// The children that may not take part, by code.
    pub excluded: Vec<Excluded>,
    /// Every target: municipalities, regions, age groups, impairments.
    pub targets: Vec<GroupResult>,
}

impl Selection {
    /// The targets that are not met.
    pub fn not_met(&self) -> impl Iterator<Item = &GroupResult> {
        self.targets.iter().filter(|target| target.missed())
    }

    /// The children of the waiting list, as [`super::next_from_waiting_list`] takes them.
    #[must_use]
    pub fn waiting_children(&self) -> Vec<Candidate> {
        self.waiting.iter().map(|placement| placement.child.clone()).collect()
    }
}

/// The children nearest to a decision: the last one chosen and the first one waiting of a group.
#[derive(Debug, Clone, Copy, Default)]
struct Border<'a> {
    last_chosen: Option<&'a Candidate>,
    first_waiting: Option<&'a Candidate>,
}

impl<'a> Border<'a> {
    /// Takes note of the next child in tie order.
    fn pass(&mut self, candidate: &'a Candidate, chosen: bool) {
        if chosen {
            self.last_chosen = Some(candidate);
        } else {
            self.first_waiting.get_or_insert(candidate);
        }
    }

    fn opposite(&self, chosen: bool) -> Option<&'a Candidate> {
        if chosen { self.first_waiting } else { self.last_chosen }
    }
}

pub(super) fn outcome(
    candidates: Vec<Candidate>,
    chosen: &BTreeSet<usize>,
    excluded: Vec<Excluded>,
    parameters: &SelectionParameters,
) -> Selection {
    let targets = targets(&candidates, chosen, parameters);
    let criteria = criteria(&candidates, chosen);

    let (mut with_place, mut waiting) = (Vec::new(), Vec::new());
    for ((position, child), criterion) in candidates.into_iter().enumerate().zip(criteria) {
        let chosen = chosen.contains(&position);
        let list = if chosen { &mut with_place } else { &mut waiting };
        list.push(Placement { child, chosen, criterion });
    }
    with_place.sort_by(|a, b| a.child.municipality.cmp(&b.child.municipality));
    Selection { chosen: with_place, waiting, excluded, targets }
}

/// The criterion that decided for each candidate.
fn criteria(candidates: &[Candidate], chosen: &BTreeSet<usize>) -> Vec<Criterion> {
    let mut by_kind: BTreeMap<(&str, Kind), Border> = BTreeMap::new();
    let mut by_age: BTreeMap<(&str, AgeGroup), Border> = BTreeMap::new();
    let mut by_municipality: BTreeMap<&str, Border> = BTreeMap::new();
    for (position, candidate) in candidates.iter().enumerate() {
        let (municipality, chosen) = (candidate.municipality.as_str(), chosen.contains(&position));
        by_kind.entry((municipality, Kind::of(candidate))).or_default().pass(candidate, chosen);
        by_age.entry((municipality, candidate.age_group)).or_default().pass(candidate, chosen);
        by_municipality.entry(municipality).or_default().pass(candidate, chosen);
    }
    let criterion = |(position, candidate): (usize, &Candidate)| {
        let (municipality, chosen) = (candidate.municipality.as_str(), chosen.contains(&position));
        let opposite = |border: Option<&Border>| border.and_then(|border| border.opposite(chosen)).cloned();
        if let Some(other) = opposite(by_kind.get(&(municipality, Kind::of(candidate)))) {
            tie_criterion(candidate, &other)
        } else if opposite(by_age.get(&(municipality, candidate.age_group))).is_some() {
            Criterion::Impairment
        } else if opposite(by_municipality.get(municipality)).is_some() {
            Criterion::AgeGroup
        } else {
            Criterion::Municipality
        }
    };
    candidates.iter().enumerate().map(criterion).collect()
}

fn tie_criterion(candidate: &Candidate, other: &Candidate) -> Criterion {
    if candidate.home_schooled != other.home_schooled {
        Criterion::HomeSchooled
    } else if candidate.received_at != other.received_at {
        Criterion::ReceivedAt
    } else {
        Criterion::Code
    }
}

/// Every target of the parameters and what came of it.
fn targets(candidates: &[Candidate], chosen: &BTreeSet<usize>, parameters: &SelectionParameters) -> Vec<GroupResult> {
    let with_place: Vec<&Candidate> = candidates
        .iter()
        .enumerate()
        .filter(|(position, _)| chosen.contains(position))
        .map(|(_, candidate)| candidate)
        .collect();
    let mut targets = named(
        candidates.iter().map(|candidate| candidate.municipality.as_str()),
        with_place.iter().map(|candidate| candidate.municipality.as_str()),
        parameters.per_municipality,
        SelectionGroup::Municipality,
    );
    targets.extend(named(
        candidates.iter().filter_map(|candidate| candidate.region.as_deref()),
        with_place.iter().filter_map(|candidate| candidate.region.as_deref()),
        parameters.minimum_per_region,
        SelectionGroup::Region,
    ));
    let got = |belongs: &dyn Fn(&Candidate) -> bool| bounds::count(with_place.iter().filter(|c| belongs(c)).count());
    targets.extend(parameters.age_groups.iter().map(|target| GroupResult {
        group: SelectionGroup::AgeGroup(target.group),
        wanted: target.target,
        got: got(&|candidate| candidate.age_group == target.group),
    }));
    let places = u128::try_from(with_place.len()).unwrap_or_default();
    targets.extend(wanted_by_quota(places, parameters).into_iter().map(|(impairment, wanted)| GroupResult {
        group: SelectionGroup::Impairment(impairment),
        wanted: u32::try_from(wanted).unwrap_or(u32::MAX),
        got: got(&|candidate| candidate.impairment == impairment),
    }));
    targets
}

/// The targets of groups that the applications name: of each that has a candidate.
fn named<'a>(
    names: impl Iterator<Item = &'a str>,
    with_place: impl Iterator<Item = &'a str>,
    wanted: u32,
    group: impl Fn(String) -> SelectionGroup,
) -> Vec<GroupResult> {
    let mut got: BTreeMap<&str, u32> = names.map(|name| (name, 0)).collect();
    for name in with_place {
        *got.entry(name).or_default() += 1;
    }
    got.into_iter().map(|(name, got)| GroupResult { group: group(name.to_owned()), wanted, got }).collect()
}

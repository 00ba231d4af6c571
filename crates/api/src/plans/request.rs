//! The requests of plans.

use balsts_app::{NewPlanRevision, NewPlanSignature, NewSuspension, NewTermination};
use balsts_domain::plans::{self, AreaRanks, Intensity, MonthVolume, PlanContent, PlanLine, times::WeeklyTime};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    bounds::{Area, Label, LineNumber, List, Rank, Sentences, Weekday},
    names::{
        FundingSource, GoalAuthor, GoalTerm, IntensityPeriod, PlanDocument, PlanParty, PriceKind, RevisionOutcome,
        RevisionReason, ServiceTarget, SigningMethod, SuspensionCause, TerminationReason,
    },
    types::{Date, Sha256Hex, TimeOfDay, UnitPrice, Units, YearMonth},
};

/// A goal of a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoalRequest {
    /// Its number in the plan, from 1; lines name it.
    number: LineNumber,
    /// How soon it is to be reached.
    term: GoalTerm,
    /// Support area.
    area: Area,
    /// Whose goal it is.
    author: GoalAuthor,
    /// The goal in words.
    text: Sentences,
    /// By what it is seen to be reached.
    measure: Option<Sentences>,
}

/// How often a service is received.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntensityRequest {
    /// So much, in the service's unit.
    volume: Units,
    /// In so long.
    per: IntensityPeriod,
}

/// The volume of a line in one month.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MonthVolumeRequest {
    /// The month.
    month: YearMonth,
    /// So much, in the service's unit.
    volume: Units,
}

/// A time that comes every week.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeeklyTimeRequest {
    /// 1 is Monday, 7 Sunday.
    weekday: Weekday,
    /// Its beginning.
    from: TimeOfDay,
    /// Its end.
    to: TimeOfDay,
}

type Schedule = List<MonthVolumeRequest, 0, 24>;
type Times = List<WeeklyTimeRequest, 0, 50>;
type Includes = List<Label, 0, 20>;

/// A line of a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanLineRequest {
    /// Its number in the plan, from 1: the same line keeps it from version to version.
    number: LineNumber,
    /// Code of the service.
    #[schema(example = "home_care")]
    service: Label,
    /// Who receives it.
    recipient: ServiceTarget,
    /// Number of the goal that it serves.
    goal: Option<LineNumber>,
    /// Volume for the period, in the service's unit.
    volume: Units,
    /// Pilot: the volume that the assessment asks for, where `volume` is less for want of money. The needed budget counts it.
    needed_volume: Option<Units>,
    /// Least volume that is of use; a correction drops the line rather than go below.
    minimum_volume: Option<Units>,
    /// How often.
    intensity: Option<IntensityRequest>,
    /// Volume by month; left out where it is not spread yet.
    #[serde(default = "nothing")]
    #[schema(inline)]
    schedule: Schedule,
    /// When in a week, where that is agreed.
    #[serde(default = "nothing")]
    #[schema(inline)]
    times: Times,
    /// Identifier of the provider's offer that was chosen.
    offer: Option<Uuid>,
    /// EUR a unit.
    unit_price: UnitPrice,
    /// How the price comes about.
    price_kind: Option<PriceKind>,
    /// Who pays.
    funding: FundingSource,
    /// Place in the order that worker and person agreed on, 1 first.
    priority: Option<Rank>,
    /// Pilot: the experts' rank, over the whole plan or, with `area_ranks`, inside the support area of the goal.
    expert_rank: Option<Rank>,
    /// Pilot: the parent's rank over the whole plan.
    parent_rank: Option<Rank>,
    /// The person pays first and is repaid.
    #[serde(default)]
    self_prepaid: bool,
    /// Support of family or community, at no cost.
    #[serde(default)]
    free_support: bool,
    /// The provider is a relative of the person.
    #[serde(default)]
    provider_is_relative: bool,
    /// Codes of services that the provider gives within this one, so that they are not paid elsewhere.
    #[serde(default = "nothing")]
    #[schema(inline)]
    includes: Includes,
    /// The worker's reason, where a rule asks for one.
    reason: Option<Sentences>,
}

fn nothing<T, const MOST: usize>() -> List<T, 0, MOST> {
    List(Vec::new())
}

type Goals = List<GoalRequest, 0, 100>;
type PlanLines = List<PlanLineRequest, 0, 100>;

type AreaOrder = List<Area, 0, 20>;

/// How the experts ordered the support areas inside which they ranked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AreaRanksRequest {
    /// The areas in their order; empty where they gave none, then the areas are interleaved by rank.
    #[schema(inline)]
    order: AreaOrder,
}

/// A draft of a support plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanDraft {
    /// First day of the period.
    from: Date,
    /// Its last day.
    to: Date,
    /// Goals.
    #[schema(inline)]
    goals: Goals,
    /// Lines, in any order.
    #[schema(inline)]
    lines: PlanLines,
    /// What else was agreed.
    notes: Option<Sentences>,
    /// Pilot: the experts ranked inside support areas; left out where they ranked the whole plan.
    area_ranks: Option<AreaRanksRequest>,
}

/// A signature under a draft, or under the contract of the version in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatePlanSignature {
    /// What is signed.
    document: PlanDocument,
    /// Who signs: worker and recipient the plan, office_head and recipient the contract. Officials sign as the caller.
    party: PlanParty,
    /// The day of the signature.
    signed_on: Date,
    /// How it was signed.
    method: SigningMethod,
    /// Name of the recipient or representative who signs; required of the recipient.
    signer: Option<Label>,
    /// SHA-256 of the file that was signed, hexadecimal; that of the content where left out.
    document_hash: Option<Sha256Hex>,
}

/// A revision of the version in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatePlanRevision {
    /// Reason.
    reason: RevisionReason,
    /// What it does: a new assessment first, or a change with the same one.
    outcome: RevisionOutcome,
    /// Whether an equal service can take the place of one that is left out.
    #[serde(default)]
    equal_substitute: bool,
    /// In words.
    text: Sentences,
}

/// A suspension.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateSuspension {
    /// Cause.
    cause: SuspensionCause,
    /// First day.
    from: Date,
    /// The day until which it is expected to last.
    until: Option<Date>,
    /// In words.
    text: Sentences,
}

/// A resumption.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateResumption {
    /// First day on which the plan goes on.
    pub(super) on: Date,
    /// In words.
    pub(super) text: Sentences,
}

/// A termination.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateTermination {
    /// Reason.
    reason: TerminationReason,
    /// The last day.
    on: Date,
    /// In words.
    text: Sentences,
    /// Who prepared the decision.
    prepared_by: Label,
    /// The talk that the person was invited to, with its day and outcome; required where the contract was not kept.
    talk: Option<Sentences>,
}

impl From<PlanDraft> for PlanContent {
    fn from(request: PlanDraft) -> Self {
        let PlanDraft { from, to, goals, lines, notes, area_ranks } = request;
        let area = |area: Area| u8::try_from(area.0).unwrap_or(u8::MAX);
        Self {
            from: from.0,
            to: to.0,
            goals: goals.0.into_iter().map(plans::Goal::from).collect(),
            lines: lines.0.into_iter().map(PlanLine::from).collect(),
            notes: notes.map(|text| text.0),
            area_ranks: area_ranks.map(|ranks| AreaRanks { order: ranks.order.0.into_iter().map(area).collect() }),
        }
    }
}

impl From<GoalRequest> for plans::Goal {
    fn from(request: GoalRequest) -> Self {
        let GoalRequest { number, term, area, author, text, measure } = request;
        Self {
            number: number.0,
            term: term.0,
            area: u8::try_from(area.0).unwrap_or(u8::MAX),
            author: author.0,
            text: text.0,
            measure: measure.map(|text| text.0),
        }
    }
}

impl From<PlanLineRequest> for PlanLine {
    fn from(request: PlanLineRequest) -> Self {
        let month = |planned: MonthVolumeRequest| MonthVolume { month: planned.month.0, volume: planned.volume.0 };
        let time = |time: WeeklyTimeRequest| WeeklyTime {
            weekday: u8::try_from(time.weekday.0).unwrap_or(u8::MAX),
            from: time.from.0,
            to: time.to.0,
        };
        let rank = |rank: Option<Rank>| rank.map(|rank| rank.0);
        Self {
            number: request.number.0,
            service: request.service.0,
            recipient: request.recipient.0,
            goal: request.goal.map(|goal| goal.0),
            volume: request.volume.0,
            needed_volume: request.needed_volume.map(|volume| volume.0),
            minimum_volume: request.minimum_volume.map(|volume| volume.0),
            intensity: request
                .intensity
                .map(|intensity| Intensity { volume: intensity.volume.0, per: intensity.per.0 }),
            schedule: request.schedule.0.into_iter().map(month).collect(),
            times: request.times.0.into_iter().map(time).collect(),
            offer: request.offer,
            unit_price: request.unit_price.0,
            price_kind: request.price_kind.map(|kind| kind.0),
            funding: request.funding.0,
            priority: rank(request.priority),
            expert_rank: rank(request.expert_rank),
            parent_rank: rank(request.parent_rank),
            self_prepaid: request.self_prepaid,
            free_support: request.free_support,
            provider_is_relative: request.provider_is_relative,
            includes: request.includes.0.into_iter().map(|code| code.0).collect(),
            reason: request.reason.map(|text| text.0),
        }
    }
}

impl CreatePlanSignature {
    /// Whether the head of the office signs, which is the caller then.
    pub(super) fn is_of_office_head(&self) -> bool {
        self.party.0 == plans::status::PlanParty::OfficeHead
    }
}

impl From<CreatePlanSignature> for NewPlanSignature {
    fn from(request: CreatePlanSignature) -> Self {
        let CreatePlanSignature { document, party, signed_on, method, signer, document_hash } = request;
        Self {
            document: document.0,
            party: party.0,
            signed_on: signed_on.0,
            method: method.0,
            signer: signer.map(|name| name.0),
            document_hash: document_hash.map(|hash| hash.0.to_vec()),
        }
    }
}

impl From<CreatePlanRevision> for NewPlanRevision {
    fn from(request: CreatePlanRevision) -> Self {
        let CreatePlanRevision { reason, outcome, equal_substitute, text } = request;
        Self { reason: reason.0, outcome: outcome.0, equal_substitute, words: text.0 }
    }
}

impl From<CreateSuspension> for NewSuspension {
    fn from(request: CreateSuspension) -> Self {
        let CreateSuspension { cause, from, until, text } = request;
        Self { cause: cause.0, from: from.0, until: until.map(|day| day.0), words: text.0 }
    }
}

impl From<CreateTermination> for NewTermination {
    fn from(request: CreateTermination) -> Self {
        let CreateTermination { reason, on, text, prepared_by, talk } = request;
        Self { reason: reason.0, on: on.0, words: text.0, prepared_by: prepared_by.0, talk: talk.map(|text| text.0) }
    }
}

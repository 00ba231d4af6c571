//! The parts of an assessment, the same in requests and answers.

use balsts_domain::assessments;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    bounds::{IcfDomain, IcfLevel, Label, List, Sentences},
    names::{AssessmentPlace, GoalAuthor, GoalTerm},
    types::RequestedVolume,
};

/// Somebody who took part.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssessmentParticipant {
    /// Name.
    name: Label,
    /// In what capacity.
    capacity: Label,
}

/// A member of the team, who agrees with the protocol.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssessmentMember {
    /// The issuer's identifier of who signs in and is assigned hereby; for who does not sign in a name of the office's own.
    subject: Label,
    /// Name.
    name: Label,
    /// Profession.
    profession: Label,
}

/// A goal.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssessmentGoal {
    /// How far it lies.
    term: GoalTerm,
    /// Of what area of life.
    area: Label,
    /// Who sets it.
    author: GoalAuthor,
    /// What is to be reached; for adults in the person's own words.
    text: Sentences,
    /// How it is measured.
    measure: Option<Sentences>,
}

/// A domain of activities and participation of the International Classification of Functioning (SFK), as measured.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FunctioningLevel {
    /// Number of the domain: 1 for d1, to 9 for d9.
    domain: IcfDomain,
    /// The qualifier: 0 no difficulty to 4 complete, 8 not specified, 9 not applicable.
    level: IcfLevel,
}

/// A service that the person receives when the assessment begins.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceivedService {
    /// What it is; also one that the catalogue does not know.
    service: Label,
    /// Who gives it.
    provider: Option<Label>,
    /// How much, and how often.
    frequency: Label,
    /// Who pays it.
    payer: Option<Label>,
}

/// A service that a specialist recommends.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecommendedService {
    /// Code of the service.
    service: Label,
    /// How much, in the unit of the service.
    volume: RequestedVolume,
    /// How often.
    frequency: Label,
    /// For how long.
    term: Label,
}

type Participants = List<AssessmentParticipant, 0, 50>;
type Members = List<AssessmentMember, 0, 50>;
pub(super) type Goals = List<AssessmentGoal, 0, 100>;
pub(super) type Texts = List<Sentences, 0, 100>;
pub(super) type Recommended = List<RecommendedService, 0, 100>;
type ReceivedServices = List<ReceivedService, 0, 100>;
type Levels = List<FunctioningLevel, 0, 9>;

/// What the worker records.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssessmentFindings {
    /// Where it takes place.
    place: AssessmentPlace,
    /// Who takes part.
    #[schema(inline)]
    participants: Participants,
    /// The team, whose members agree with the protocol.
    #[schema(inline)]
    members: Members,
    /// Problem areas.
    #[schema(inline)]
    problem_areas: Texts,
    /// Methods used.
    #[schema(inline)]
    methods: Texts,
    /// Goals.
    #[schema(inline)]
    goals: Goals,
    /// What was measured, each domain once.
    #[schema(inline)]
    functioning: Levels,
    /// The child's existing load in education.
    education_load: Option<Sentences>,
    /// What alternative communication is needed.
    alternative_communication: Option<Sentences>,
    /// The services that the person receives now, from whomever: a load of its own, beside that in education.
    #[serde(default = "none_received")]
    #[schema(inline)]
    services_received: ReceivedServices,
    /// Services received earlier, earlier assessments and plans.
    background: Option<Sentences>,
}

const fn none_received() -> ReceivedServices {
    List(Vec::new())
}

fn texts(list: Texts) -> Vec<String> {
    list.into_iter().map(|text| text.0).collect()
}

fn sentences(list: Vec<String>) -> Texts {
    List(list.into_iter().map(Sentences).collect())
}

fn all<T, U: From<T>>(list: impl IntoIterator<Item = T>) -> Vec<U> {
    list.into_iter().map(U::from).collect()
}

impl From<AssessmentParticipant> for assessments::Participant {
    fn from(told: AssessmentParticipant) -> Self {
        Self { name: told.name.0, capacity: told.capacity.0 }
    }
}

impl From<assessments::Participant> for AssessmentParticipant {
    fn from(known: assessments::Participant) -> Self {
        Self { name: Label(known.name), capacity: Label(known.capacity) }
    }
}

impl From<AssessmentMember> for assessments::Member {
    fn from(told: AssessmentMember) -> Self {
        Self { subject: told.subject.0, name: told.name.0, profession: told.profession.0 }
    }
}

impl From<assessments::Member> for AssessmentMember {
    fn from(known: assessments::Member) -> Self {
        Self { subject: Label(known.subject), name: Label(known.name), profession: Label(known.profession) }
    }
}

impl From<AssessmentGoal> for assessments::Goal {
    fn from(told: AssessmentGoal) -> Self {
        Self {
            term: told.term.0,
            area: told.area.0,
            author: told.author.0,
            text: told.text.0,
            measure: told.measure.map(|measure| measure.0),
        }
    }
}

impl From<assessments::Goal> for AssessmentGoal {
    fn from(known: assessments::Goal) -> Self {
        Self {
            term: GoalTerm(known.term),
            area: Label(known.area),
            author: GoalAuthor(known.author),
            text: Sentences(known.text),
            measure: known.measure.map(Sentences),
        }
    }
}

impl From<FunctioningLevel> for assessments::Functioning {
    fn from(told: FunctioningLevel) -> Self {
        Self { domain: told.domain.0, level: told.level.0 }
    }
}

impl From<assessments::Functioning> for FunctioningLevel {
    fn from(known: assessments::Functioning) -> Self {
        Self { domain: IcfDomain(known.domain), level: IcfLevel(known.level) }
    }
}

impl From<ReceivedService> for assessments::ReceivedService {
    fn from(told: ReceivedService) -> Self {
        Self {
            service: told.service.0,
            provider: told.provider.map(|provider| provider.0),
            frequency: told.frequency.0,
            payer: told.payer.map(|payer| payer.0),
        }
    }
}

impl From<assessments::ReceivedService> for ReceivedService {
    fn from(known: assessments::ReceivedService) -> Self {
        Self {
            service: Label(known.service),
            provider: known.provider.map(Label),
            frequency: Label(known.frequency),
            payer: known.payer.map(Label),
        }
    }
}

impl From<RecommendedService> for assessments::RecommendedService {
    fn from(told: RecommendedService) -> Self {
        Self { service: told.service.0, volume: told.volume.0, frequency: told.frequency.0, term: told.term.0 }
    }
}

impl From<assessments::RecommendedService> for RecommendedService {
    fn from(known: assessments::RecommendedService) -> Self {
        Self {
            service: Label(known.service),
            volume: RequestedVolume(known.volume),
            frequency: Label(known.frequency),
            term: Label(known.term),
        }
    }
}

impl From<AssessmentFindings> for assessments::Findings {
    fn from(told: AssessmentFindings) -> Self {
        Self {
            place: told.place.0,
            participants: all(told.participants),
            members: all(told.members),
            problem_areas: texts(told.problem_areas),
            methods: texts(told.methods),
            goals: all(told.goals),
            functioning: all(told.functioning),
            education_load: told.education_load.map(|text| text.0),
            alternative_communication: told.alternative_communication.map(|text| text.0),
            services_received: all(told.services_received),
            background: told.background.map(|text| text.0),
        }
    }
}

impl From<assessments::Findings> for AssessmentFindings {
    fn from(known: assessments::Findings) -> Self {
        Self {
            place: AssessmentPlace(known.place),
            participants: List(all(known.participants)),
            members: List(all(known.members)),
            problem_areas: sentences(known.problem_areas),
            methods: sentences(known.methods),
            goals: List(all(known.goals)),
            functioning: List(all(known.functioning)),
            education_load: known.education_load.map(Sentences),
            alternative_communication: known.alternative_communication.map(Sentences),
            services_received: List(all(known.services_received)),
            background: known.background.map(Sentences),
        }
    }
}

/// An opinion's parts for the domain: methods, goals, services.
pub(super) fn opinion_parts(
    methods: Texts,
    goals: Goals,
    services: Recommended,
) -> (Vec<String>, Vec<assessments::Goal>, Vec<assessments::RecommendedService>) {
    (texts(methods), all(goals), all(services))
}

/// The same for an answer.
pub(super) fn shown_parts(
    methods: Vec<String>,
    goals: Vec<assessments::Goal>,
    services: Vec<assessments::RecommendedService>,
) -> (Texts, Goals, Recommended) {
    (sentences(methods), List(all(goals)), List(all(services)))
}

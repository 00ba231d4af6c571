//! Surveys of quality of life and their rules: which instrument is for whom, who answers and who helps `[S0 §15, S2]`.
//!
//! The instruments are licensed: answers are kept by the number of the item, and dimension scores as the instrument's own scoring
//! gave them; no item and no key of scoring is here.
//!
//! **Decisions**: the rule of who answers by age holds for KIDSCREEN; the family scale is of the family, and a parent answers it at
//! any age. KIDSCREEN begins at 8 in 2023 too, as its versions do. A survey is refused before the grant and before the contract of
//! participation, at which the recipient gets the code; one that follows an assessment of the case is kept, with a warning,
//! because answers that were given late are answers. So is one at the end without a participant survey, which may follow it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    access::MunicipalityCode,
    age,
    dimensions::PlaceDimension,
    eligibility::EligibilityFacts,
    parameters::{
        catalogue::{Impairment, MethodologyId, names},
        municipalities::Municipalities,
    },
    suppression::Group,
    text::{Message, Refusal},
};

names! {
    /// A questionnaire.
    SurveyInstrument {
        /// KIDSCREEN-52, the child's version.
        Kidscreen52Child = "kidscreen_52_child",
        /// KIDSCREEN-52, the parent's version.
        Kidscreen52Parent = "kidscreen_52_parent",
        /// Beach Center Family Quality of Life Scale.
        BeachCenterFamily = "beach_center_family",
        /// Subjective quality of life of adults, by Gigantesco and Giuliani.
        GigantescoGiuliani = "gigantesco_giuliani",
        /// Whether an adult is employed.
        Employment = "employment",
        /// What participants think of the project.
        Participant = "participant",
    }
}

names! {
    /// When.
    SurveyMoment {
        /// After the contract and before the assessment.
        Start = "start",
        /// At the end.
        End = "end",
    }
}

names! {
    /// Who answers.
    SurveyRespondent {
        /// The child.
        Child = "child",
        /// The parent or another representative of a child.
        Parent = "parent",
        /// The adult.
        Adult = "adult",
        /// Somebody of an adult's natural support network.
        NetworkMember = "network_member",
    }
}

names! {
    /// Who helps to answer.
    SurveyHelp {
        /// Nobody.
        Nobody = "nobody",
        /// A parent.
        Parent = "parent",
        /// The social worker.
        Worker = "worker",
    }
}

names! {
    /// Sex.
    Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
    }
}

names! {
    /// What family the person lives in; the identifiers are not confirmed by a source.
    FamilyType {
        /// Two parents.
        TwoParents = "two_parents",
        /// One parent.
        OneParent = "one_parent",
        /// A foster family or guardian.
        FosterFamily = "foster_family",
        /// Any other, or none.
        Other = "other",
    }
}

names! {
    /// An age group of surveys: as the rules of who answers divide children.
    SurveyAgeGroup {
        /// Up to 7 years.
        UpTo7 = "0-7",
        /// 8 to 14 years.
        From8 = "8-14",
        /// 15 to 17 years.
        From15 = "15-17",
        /// 18 to 64 years.
        From18 = "18-64",
        /// 65 years and more.
        From65 = "65-",
    }
}

names! {
    /// What surveys are counted by.
    SurveyDimension {
        /// Municipality, by its ATVK code.
        Municipality = "municipality",
        /// Planning region.
        Region = "region",
        /// Sex.
        Sex = "sex",
        /// Age group.
        AgeGroup = "age_group",
        /// Functional impairment.
        Impairment = "impairment",
        /// Type of family.
        FamilyType = "family_type",
        /// Employment.
        Employment = "employment",
    }
}

names! {
    /// What is unusual about a survey.
    SurveyWarning {
        /// An assessment of the case came before.
        AfterAssessment = "after_assessment",
        /// There is none of the start that it can be compared with.
        WithoutStart = "without_start",
        /// The case has no participant survey yet.
        WithoutParticipantSurvey = "without_participant_survey",
    }
}

names! {
    /// What is measured of a dimension of an instrument.
    SurveyMeasure {
        /// Scores at the start.
        Start = "start",
        /// Scores at the end.
        End = "end",
        /// Score at the end less that at the start, of those who have both.
        Change = "change",
    }
}

impl SurveyInstrument {
    /// How many items it has, where that is known.
    #[must_use]
    pub const fn items(self) -> Option<u32> {
        match self {
            Self::Kidscreen52Child | Self::Kidscreen52Parent => Some(52),
            Self::BeachCenterFamily => Some(25),
            Self::Employment => Some(0),
            Self::GigantescoGiuliani | Self::Participant => None,
        }
    }

    /// The least and the largest value of an answer. **Decision**: 0 to 10 where the source tells no scale.
    const fn scale(self) -> (u32, u32) {
        match self {
            Self::Kidscreen52Child | Self::Kidscreen52Parent | Self::BeachCenterFamily => (1, 5),
            Self::GigantescoGiuliani | Self::Participant | Self::Employment => (0, 10),
        }
    }

    /// Its dimensions by their published names. **Decision**: one of all where the source names none.
    #[must_use]
    pub const fn dimensions(self) -> &'static [&'static str] {
        match self {
            Self::Kidscreen52Child | Self::Kidscreen52Parent => &[
                "physical_well_being",
                "psychological_well_being",
                "moods_and_emotions",
                "self_perception",
                "autonomy",
                "parent_relations_and_home_life",
                "financial_resources",
                "social_support_and_peers",
                "school_environment",
                "social_acceptance",
            ],
            Self::BeachCenterFamily => &[
                "family_interaction",
                "parenting",
                "emotional_well_being",
                "physical_material_well_being",
                "disability_related_support",
            ],
            Self::Employment => &["employed"],
            Self::GigantescoGiuliani | Self::Participant => &["overall"],
        }
    }

    const fn is_kidscreen(self) -> bool {
        matches!(self, Self::Kidscreen52Child | Self::Kidscreen52Parent)
    }
}

/// An answer to an item. An item without one was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyAnswer {
    /// Number of the item, from 1.
    pub item: u32,
    /// The value.
    pub value: u32,
}

/// The score of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyScore {
    /// Published name of the dimension.
    pub dimension: String,
    /// The score in thousandths.
    pub thousandths: i64,
}

impl SurveyScore {
    /// The score.
    #[must_use]
    pub fn score(&self) -> Decimal {
        Decimal::new(self.thousandths, 3)
    }
}

/// What is known of the person beside the answers, for statistics.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Characteristics {
    /// Sex.
    pub sex: Option<Sex>,
    /// Type of family.
    pub family_type: Option<FamilyType>,
    /// Whether the adult, or a parent of the child, is employed.
    pub employed: Option<bool>,
    /// Completed years on the day of the survey.
    pub age: Option<u32>,
    /// Functional impairments.
    pub impairments: Vec<Impairment>,
}

/// What a survey says: what is sealed of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyContent {
    /// The worker asked the questions.
    pub interviewed: bool,
    /// A parent was there.
    pub parent_present: bool,
    /// Who helped.
    pub help: SurveyHelp,
    /// The child cannot express a view.
    pub cannot_express_view: bool,
    /// Purpose and the right to skip and stop were explained.
    pub explained: bool,
    /// It was stopped before its end.
    pub stopped: bool,
    /// The day of the contract of participation.
    pub contract_on: Option<NaiveDate>,
    /// Answers.
    pub answers: Vec<SurveyAnswer>,
    /// Scores of dimensions.
    pub scores: Vec<SurveyScore>,
    /// What else was said; the office alone sees it.
    pub remarks: Option<String>,
    /// What is known of the person.
    pub characteristics: Characteristics,
}

/// A survey as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSurvey {
    /// The questionnaire.
    pub instrument: SurveyInstrument,
    /// When.
    pub moment: SurveyMoment,
    /// The day.
    pub taken_on: NaiveDate,
    /// Who answered.
    pub respondent: SurveyRespondent,
    /// What it says.
    pub content: SurveyContent,
}

/// Of whom a survey is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surveyed {
    /// Methodology of the case.
    pub methodology: MethodologyId,
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Whether there is a disorder of mental nature.
    pub mental_disorder: bool,
}

/// Why a survey is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurveyRefusal {
    /// Purpose and rights were not explained.
    NotExplained,
    /// The age is not known.
    AgeUnknown,
    /// The questionnaire is not for this person.
    OtherInstrument,
    /// It is for the end only.
    EndOnly,
    /// Somebody else answers.
    OtherRespondent,
    /// At 8 to 14 the worker asks, and a parent is there.
    InterviewRequired,
    /// Nobody like that helps at this age.
    OtherHelp,
    /// The day of the contract is missing.
    ContractRequired,
    /// There is no such item.
    NoSuchItem {
        /// Its place.
        index: usize,
    },
    /// The item is answered already.
    DuplicateItem {
        /// Place of the later answer.
        index: usize,
    },
    /// There is no such answer.
    NoSuchAnswer {
        /// Its place.
        index: usize,
    },
    /// There is no such dimension, or it has its score already.
    NoSuchDimension {
        /// Its place.
        index: usize,
    },
    /// Of an adult it is told whether or not: 0 or 1.
    NoSuchScore {
        /// Its place.
        index: usize,
    },
    /// The case has this survey of this moment and respondent.
    Exists,
}

impl Refusal for SurveyRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotExplained => "explanation_required",
            Self::AgeUnknown | Self::ContractRequired => "missing_field",
            Self::OtherInstrument => "instrument_not_applicable",
            Self::EndOnly => "moment_not_applicable",
            Self::OtherRespondent => "other_respondent",
            Self::InterviewRequired => "interview_required",
            Self::OtherHelp => "help_not_applicable",
            Self::NoSuchItem { .. } => "unknown_item",
            Self::DuplicateItem { .. } => "duplicate_code",
            Self::NoSuchAnswer { .. } | Self::NoSuchScore { .. } => "unknown_level",
            Self::NoSuchDimension { .. } => "unknown_code",
            Self::Exists => "survey_exists",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::NotExplained => "/explained".to_owned(),
            Self::OtherInstrument => "/instrument".to_owned(),
            Self::EndOnly => "/moment".to_owned(),
            Self::OtherRespondent => "/respondent".to_owned(),
            Self::InterviewRequired => "/interviewed".to_owned(),
            Self::OtherHelp => "/help".to_owned(),
            Self::ContractRequired => "/contract_on".to_owned(),
            Self::NoSuchItem { index } | Self::DuplicateItem { index } => format!("/answers/{index}/item"),
            Self::NoSuchAnswer { index } => format!("/answers/{index}/value"),
            Self::NoSuchDimension { index } => format!("/scores/{index}/dimension"),
            Self::NoSuchScore { index } => format!("/scores/{index}/score"),
            Self::AgeUnknown | Self::Exists => String::new(),
        }
    }

    fn message(&self) -> Message {
        Message::new(match self {
            Self::NotExplained => "survey-not-explained",
            Self::AgeUnknown => "survey-age-unknown",
            Self::OtherInstrument => "survey-other-instrument",
            Self::EndOnly => "survey-end-only",
            Self::OtherRespondent => "survey-other-respondent",
            Self::InterviewRequired => "survey-interview-required",
            Self::OtherHelp => "survey-other-help",
            Self::ContractRequired => "survey-contract-required",
            Self::NoSuchItem { .. } => "survey-no-such-item",
            Self::DuplicateItem { .. } => "survey-duplicate-item",
            Self::NoSuchAnswer { .. } => "survey-no-such-answer",
            Self::NoSuchDimension { .. } => "survey-no-such-dimension",
            Self::NoSuchScore { .. } => "survey-no-such-score",
            Self::Exists => "problem-survey-exists-detail",
        })
    }
}

impl NewSurvey {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn check(&self, of: Surveyed) -> Vec<SurveyRefusal> {
        let mut refusals = Vec::new();
        if !self.content.explained {
            refusals.push(SurveyRefusal::NotExplained);
        }
        if self.instrument == SurveyInstrument::Participant && self.moment == SurveyMoment::Start {
            refusals.push(SurveyRefusal::EndOnly);
        }
        if self.moment == SurveyMoment::Start && self.content.contract_on.is_none() {
            refusals.push(SurveyRefusal::ContractRequired);
        }
        match (of.methodology, of.birth_date.and_then(|birth| age::completed_years(birth, self.taken_on))) {
            (MethodologyId::Adults2023, _) => refusals.extend(self.check_adult()),
            (_, Some(age)) => refusals.extend(self.check_child(of, age)),
            (_, None) => refusals.push(SurveyRefusal::AgeUnknown),
        }
        refusals.extend(self.check_answers());
        refusals.extend(self.check_scores());
        refusals
    }

    /// Adds what the case knows of the person: age on the day, and impairments.
    pub fn complete(&mut self, known: &EligibilityFacts) {
        let characteristics = &mut self.content.characteristics;
        characteristics.age = known.birth_date.and_then(|birth| age::completed_years(birth, self.taken_on));
        characteristics.impairments = known.impairment_types.clone().unwrap_or_default();
    }

    fn check_adult(&self) -> Vec<SurveyRefusal> {
        use SurveyInstrument::{Employment, GigantescoGiuliani, Participant};
        let mut refusals = Vec::new();
        if !matches!(self.instrument, GigantescoGiuliani | Employment | Participant) {
            refusals.push(SurveyRefusal::OtherInstrument);
        }
        if !matches!(self.respondent, SurveyRespondent::Adult | SurveyRespondent::NetworkMember) {
            refusals.push(SurveyRefusal::OtherRespondent);
        }
        refusals
    }

    fn check_child(&self, of: Surveyed, age: u32) -> Vec<SurveyRefusal> {
        use SurveyInstrument::{
            BeachCenterFamily, Employment, GigantescoGiuliani, Kidscreen52Child, Kidscreen52Parent,
        };
        use SurveyRespondent::{Child, Parent};
        let is_pilot = of.methodology == MethodologyId::ChildrenPilot2018;
        let is_for = match self.instrument {
            Kidscreen52Child | Kidscreen52Parent => age >= 8,
            BeachCenterFamily => !is_pilot || age < 8,
            GigantescoGiuliani | Employment => false,
            SurveyInstrument::Participant => true,
        };
        if !is_for {
            return vec![SurveyRefusal::OtherInstrument];
        }
        let mut refusals = Vec::new();
        let parent_answers = age < 8 || of.mental_disorder || self.content.cannot_express_view;
        let answers = match self.instrument {
            _ if !matches!(self.respondent, Child | Parent) => false,
            BeachCenterFamily => self.respondent == Parent,
            SurveyInstrument::Participant => self.respondent == Parent || !parent_answers,
            _ => (self.respondent == Parent) == parent_answers,
        };
        if !answers {
            refusals.push(SurveyRefusal::OtherRespondent);
        } else if self.instrument.is_kidscreen() && (self.instrument == Kidscreen52Parent) != parent_answers {
            refusals.push(SurveyRefusal::OtherInstrument);
        }
        let asked = self.content.interviewed && self.content.parent_present;
        if self.respondent == Child && age < 15 && !asked {
            refusals.push(SurveyRefusal::InterviewRequired);
        }
        let parent_helps = self.content.help == SurveyHelp::Parent;
        let helped_child = self.content.help != SurveyHelp::Nobody && self.respondent == Child && age < 15;
        if (parent_helps && self.respondent == Parent) || helped_child {
            refusals.push(SurveyRefusal::OtherHelp);
        }
        refusals
    }

    /// Any item may be skipped; what is answered is an item, once, on the scale.
    fn check_answers(&self) -> Vec<SurveyRefusal> {
        let (least, most) = self.instrument.scale();
        let mut seen = BTreeSet::new();
        let fault = |(index, answer): (usize, &SurveyAnswer)| {
            if answer.item == 0 || self.instrument.items().is_some_and(|items| answer.item > items) {
                Some(SurveyRefusal::NoSuchItem { index })
            } else if !seen.insert(answer.item) {
                Some(SurveyRefusal::DuplicateItem { index })
            } else {
                (!(least..=most).contains(&answer.value)).then_some(SurveyRefusal::NoSuchAnswer { index })
            }
        };
        self.content.answers.iter().enumerate().filter_map(fault).collect()
    }

    fn check_scores(&self) -> Vec<SurveyRefusal> {
        let mut seen = BTreeSet::new();
        let fault = |(index, score): (usize, &SurveyScore)| {
            let place = self.instrument.dimensions().iter().position(|name| *name == score.dimension);
            if place.is_none() || !seen.insert(place) {
                Some(SurveyRefusal::NoSuchDimension { index })
            } else {
                let is_yes_or_no = [0, 1_000].contains(&score.thousandths);
                let refused = self.instrument == SurveyInstrument::Employment && !is_yes_or_no;
                refused.then_some(SurveyRefusal::NoSuchScore { index })
            }
        };
        self.content.scores.iter().enumerate().filter_map(fault).collect()
    }
}

/// A survey of a case, for what is unusual about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The questionnaire.
    pub instrument: SurveyInstrument,
    /// When.
    pub moment: SurveyMoment,
    /// The day.
    pub taken_on: NaiveDate,
    /// Who answered.
    pub respondent: SurveyRespondent,
}

/// What is unusual about a survey, beside the others of its case and the days of its completed assessments.
#[must_use]
pub fn warnings(survey: Taken, others: &[Taken], assessed_on: &[NaiveDate]) -> Vec<SurveyWarning> {
    let has = |found: &dyn Fn(&Taken) -> bool| others.iter().any(found);
    let mut warnings = Vec::new();
    match survey.moment {
        SurveyMoment::Start => {
            if assessed_on.iter().any(|day| *day < survey.taken_on) {
                warnings.push(SurveyWarning::AfterAssessment);
            }
        }
        SurveyMoment::End if survey.instrument != SurveyInstrument::Participant => {
            let is_start = |other: &Taken| {
                other.moment == SurveyMoment::Start
                    && (other.instrument, other.respondent) == (survey.instrument, survey.respondent)
            };
            if !has(&is_start) {
                warnings.push(SurveyWarning::WithoutStart);
            }
            if !has(&|other| other.instrument == SurveyInstrument::Participant) {
                warnings.push(SurveyWarning::WithoutParticipantSurvey);
            }
        }
        SurveyMoment::End => {}
    }
    warnings
}

impl SurveyAgeGroup {
    /// The group of an age in completed years.
    #[must_use]
    pub const fn of(age: u32) -> Self {
        match age {
            ..=7 => Self::UpTo7,
            8..=14 => Self::From8,
            15..=17 => Self::From15,
            18..=64 => Self::From18,
            65.. => Self::From65,
        }
    }
}

impl SurveyDimension {
    /// The published name of what is recorded of a person, where it is; none of a place.
    #[must_use]
    pub fn recorded(self, known: &Characteristics) -> Option<&'static str> {
        match self {
            Self::Municipality | Self::Region => None,
            Self::Sex => known.sex.map(Sex::as_str),
            Self::AgeGroup => known.age.map(|age| SurveyAgeGroup::of(age).as_str()),
            Self::Impairment => match known.impairments.as_slice() {
                [] => None,
                [one] => Some(one.as_str()),
                _ => Some(Impairment::Multiple.as_str()),
            },
            Self::FamilyType => known.family_type.map(FamilyType::as_str),
            Self::Employment => known.employed.map(|employed| if employed { "employed" } else { "not_employed" }),
        }
    }

    /// The group that a survey is of; `unknown` where that was not recorded.
    #[must_use]
    pub fn group(self, known: &Characteristics, code: MunicipalityCode, municipalities: &Municipalities) -> Group {
        match self {
            Self::Municipality => PlaceDimension::Municipality.group(code, municipalities),
            Self::Region => PlaceDimension::Region.group(code, municipalities),
            _ => Group::named(self.recorded(known).unwrap_or("unknown")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn survey(instrument: SurveyInstrument, respondent: SurveyRespondent) -> NewSurvey {
        NewSurvey {
            instrument,
            moment: SurveyMoment::Start,
            taken_on: day("2023-06-15"),
            respondent,
            content: SurveyContent {
                interviewed: true,
                parent_present: true,
                help: SurveyHelp::Nobody,
                cannot_express_view: false,
                explained: true,
                stopped: false,
                contract_on: Some(day("2023-06-01")),
                answers: Vec::new(),
                scores: Vec::new(),
                remarks: None,
                characteristics: Characteristics::default(),
            },
        }
    }

    fn of(methodology: MethodologyId, age: i32) -> Surveyed {
        Surveyed { methodology, birth_date: NaiveDate::from_ymd_opt(2023 - age, 6, 15), mental_disorder: false }
    }

    fn codes(survey: &NewSurvey, of: Surveyed) -> Vec<String> {
        survey.check(of).iter().map(|refusal| format!("{} {}", refusal.code(), refusal.pointer())).collect()
    }

    #[test]
    fn who_answers_what_at_which_age_is_that_of_the_table() {
        use MethodologyId::{Adults2023, Children2023, ChildrenPilot2018};
        use SurveyInstrument::{
            BeachCenterFamily, Employment, GigantescoGiuliani, Kidscreen52Child, Kidscreen52Parent,
        };
        use SurveyRespondent::{Adult, Child, NetworkMember, Parent};
        let (instrument, respondent) = ("instrument_not_applicable /instrument", "other_respondent /respondent");
        for (methodology, age, questionnaire, who, expected) in [
            (ChildrenPilot2018, 7, BeachCenterFamily, Parent, None),
            (ChildrenPilot2018, 7, BeachCenterFamily, Child, Some(respondent)),
            (ChildrenPilot2018, 7, Kidscreen52Parent, Parent, Some(instrument)),
            (ChildrenPilot2018, 8, BeachCenterFamily, Parent, Some(instrument)),
            (ChildrenPilot2018, 8, Kidscreen52Child, Child, None),
            (ChildrenPilot2018, 8, Kidscreen52Parent, Parent, Some(respondent)),
            (Children2023, 7, BeachCenterFamily, Parent, None),
            (Children2023, 17, BeachCenterFamily, Parent, None),
            (Children2023, 7, Kidscreen52Child, Child, Some(instrument)),
            (Children2023, 14, Kidscreen52Child, Child, None),
            (Children2023, 15, Kidscreen52Child, Child, None),
            (Children2023, 15, Kidscreen52Parent, Child, Some(instrument)),
            (Children2023, 15, Kidscreen52Child, Adult, Some(respondent)),
            (Children2023, 15, Employment, Parent, Some(instrument)),
            (Adults2023, 40, GigantescoGiuliani, Adult, None),
            (Adults2023, 40, GigantescoGiuliani, NetworkMember, None),
            (Adults2023, 40, Employment, Adult, None),
            (Adults2023, 40, GigantescoGiuliani, Parent, Some(respondent)),
            (Adults2023, 40, Kidscreen52Child, Adult, Some(instrument)),
        ] {
            let found = codes(&survey(questionnaire, who), of(methodology, age));
            assert_eq!(found, Vec::from_iter(expected), "{methodology} {age} {questionnaire} {who}");
        }
    }

    #[test]
    fn a_parent_answers_for_who_has_a_mental_disorder_or_cannot_express_a_view() {
        let mut survey = survey(SurveyInstrument::Kidscreen52Parent, SurveyRespondent::Parent);
        let mut of = of(MethodologyId::Children2023, 16);
        assert_eq!(codes(&survey, of), ["other_respondent /respondent"]);
        survey.content.cannot_express_view = true;
        assert_eq!(codes(&survey, of), [""; 0]);
        (survey.content.cannot_express_view, of.mental_disorder) = (false, true);
        assert_eq!(codes(&survey, of), [""; 0]);
        survey.respondent = SurveyRespondent::Child;
        assert_eq!(codes(&survey, of), ["other_respondent /respondent"]);
        of.birth_date = None;
        assert_eq!(codes(&survey, of), ["missing_field "]);
    }

    #[test]
    fn a_child_of_8_is_asked_beside_a_parent_and_one_of_15_may_be_helped() {
        let mut survey = survey(SurveyInstrument::Kidscreen52Child, SurveyRespondent::Child);
        let of = |age| of(MethodologyId::Children2023, age);
        survey.content.parent_present = false;
        assert_eq!(codes(&survey, of(14)), ["interview_required /interviewed"]);
        assert_eq!(codes(&survey, of(15)), [""; 0]);
        for help in [SurveyHelp::Parent, SurveyHelp::Worker] {
            survey.content.help = help;
            assert_eq!(codes(&survey, of(15)), [""; 0]);
            survey.content.parent_present = true;
            assert_eq!(codes(&survey, of(14)), ["help_not_applicable /help"]);
        }
        let mut family = super::tests::survey(SurveyInstrument::BeachCenterFamily, SurveyRespondent::Parent);
        family.content.help = SurveyHelp::Parent;
        assert_eq!(codes(&family, of(14)), ["help_not_applicable /help"]);
    }

    #[test]
    fn purpose_and_rights_are_explained_and_the_contract_comes_first() {
        let mut survey = survey(SurveyInstrument::Participant, SurveyRespondent::Parent);
        (survey.content.explained, survey.content.contract_on) = (false, None);
        let found = codes(&survey, of(MethodologyId::Children2023, 10));
        assert_eq!(
            found,
            ["explanation_required /explained", "moment_not_applicable /moment", "missing_field /contract_on"]
        );
        (survey.content.explained, survey.moment) = (true, SurveyMoment::End);
        assert_eq!(codes(&survey, of(MethodologyId::Children2023, 10)), [""; 0]);
    }

    #[test]
    fn any_item_may_be_skipped_and_what_is_answered_is_on_the_scale() {
        let mut survey = survey(SurveyInstrument::Kidscreen52Child, SurveyRespondent::Child);
        let answer = |item, value| SurveyAnswer { item, value };
        survey.content.answers =
            vec![answer(52, 5), answer(53, 5), answer(1, 0), answer(52, 1), answer(0, 1), answer(7, 1)];
        let score = |dimension: &str| SurveyScore { dimension: dimension.to_owned(), thousandths: 48_125 };
        survey.content.scores = vec![score("autonomy"), score("autonomy"), score("parenting")];
        let expected = [
            "unknown_item /answers/1/item",
            "unknown_level /answers/2/value",
            "duplicate_code /answers/3/item",
            "unknown_item /answers/4/item",
            "unknown_code /scores/1/dimension",
            "unknown_code /scores/2/dimension",
        ];
        assert_eq!(codes(&survey, of(MethodologyId::Children2023, 14)), expected);
        assert_eq!(survey.content.scores[0].score().to_string(), "48.125");
        let mut employment = super::tests::survey(SurveyInstrument::Employment, SurveyRespondent::Adult);
        let told = |thousandths| SurveyScore { dimension: "employed".to_owned(), thousandths };
        for (thousandths, count) in [(0, 0), (1_000, 0), (500, 1)] {
            employment.content.scores = vec![told(thousandths)];
            assert_eq!(codes(&employment, of(MethodologyId::Adults2023, 40)).len(), count);
        }
    }

    #[test]
    fn instruments_have_the_items_and_dimensions_of_the_source() {
        for (instrument, items, dimensions) in [
            (SurveyInstrument::Kidscreen52Child, Some(52), 10),
            (SurveyInstrument::Kidscreen52Parent, Some(52), 10),
            (SurveyInstrument::BeachCenterFamily, Some(25), 5),
            (SurveyInstrument::Participant, None, 1),
        ] {
            assert_eq!((instrument.items(), instrument.dimensions().len()), (items, dimensions));
        }
    }

    #[test]
    fn age_and_impairments_are_those_of_the_case() {
        let mut survey = survey(SurveyInstrument::BeachCenterFamily, SurveyRespondent::Parent);
        survey.complete(&EligibilityFacts {
            birth_date: Some(day("2015-06-16")),
            impairment_types: Some(vec![Impairment::Movement]),
            ..EligibilityFacts::default()
        });
        let known = survey.content.characteristics;
        assert_eq!((known.age, known.impairments), (Some(7), vec![Impairment::Movement]));
    }

    #[test]
    fn what_is_out_of_order_is_warned_of() {
        let taken = |instrument, moment, taken_on: &str| Taken {
            instrument,
            moment,
            taken_on: day(taken_on),
            respondent: SurveyRespondent::Parent,
        };
        let family = |moment, on: &str| taken(SurveyInstrument::BeachCenterFamily, moment, on);
        let (start, end) = (family(SurveyMoment::Start, "2023-03-15"), family(SurveyMoment::End, "2023-11-01"));
        let participant = taken(SurveyInstrument::Participant, SurveyMoment::End, "2023-11-01");
        assert_eq!(warnings(start, &[], &[day("2023-03-15")]), []);
        assert_eq!(warnings(start, &[], &[day("2023-03-14")]), [SurveyWarning::AfterAssessment]);
        assert_eq!(warnings(end, &[], &[]), [SurveyWarning::WithoutStart, SurveyWarning::WithoutParticipantSurvey]);
        assert_eq!(warnings(end, &[start, participant], &[day("2023-03-14")]), []);
        assert_eq!(warnings(participant, &[], &[]), []);
    }

    #[test]
    fn a_survey_is_of_a_group_of_every_dimension() {
        let municipalities = Municipalities::embedded().unwrap();
        let mut known = Characteristics::default();
        let groups = |known: &Characteristics| {
            let group = |of: &SurveyDimension| of.group(known, "0001000".parse().unwrap(), &municipalities).name;
            SurveyDimension::ALL.iter().map(group).collect::<Vec<_>>()
        };
        assert_eq!(groups(&known)[..3], ["0001000", "riga", "unknown"]);
        known.sex = Some(Sex::Female);
        known.family_type = Some(FamilyType::OneParent);
        (known.age, known.employed) = (Some(14), Some(false));
        known.impairments = vec![Impairment::Vision, Impairment::Hearing];
        assert_eq!(groups(&known)[2..], ["female", "8-14", "multiple", "one_parent", "not_employed"]);
        known.impairments.pop();
        assert_eq!(groups(&known)[4], "vision");
        for (age, group) in [(7, "0-7"), (8, "8-14"), (15, "15-17"), (18, "18-64"), (65, "65-")] {
            assert_eq!(SurveyAgeGroup::of(age).as_str(), group);
        }
    }
}

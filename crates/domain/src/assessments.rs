//! Needs assessment (vajadzību izvērtēšana): what is recorded, who agrees, and when it is complete [domain 6.1].

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    access::Role,
    calendar::OfficeCalendar,
    money::Volume,
    parameters::catalogue::{Catalogue, names},
    text::{Message, Refusal},
};

names! {
    /// Why an assessment is made.
    AssessmentKind {
        /// When the budget starts.
        Initial = "initial",
        /// After 12 months; in the pilot after 6.
        Repeat = "repeat",
        /// When health or goals have changed.
        AdHoc = "ad_hoc",
        /// When the budget ends.
        Closing = "closing",
    }
}

names! {
    /// Where an assessment stands.
    AssessmentStatus {
        /// It may change.
        Draft = "draft",
        /// It is agreed, and never changes.
        Completed = "completed",
    }
}

names! {
    /// Where an assessment takes place.
    AssessmentPlace {
        /// At home.
        Home = "home",
        /// At school or in kindergarten.
        School = "school",
        /// In an institution.
        Institution = "institution",
        /// By telephone or over the internet.
        Remote = "remote",
    }
}

names! {
    /// How far a goal lies.
    GoalTerm {
        /// Of the whole period or longer.
        Long = "long",
        /// Of some months.
        Short = "short",
    }
}

names! {
    /// Who sets a goal.
    GoalAuthor {
        /// The person.
        Person = "person",
        /// The parent or another representative.
        Parent = "parent",
        /// The team.
        Team = "team",
    }
}

names! {
    /// How a member agrees with the protocol.
    AgreementForm {
        /// By e-mail; the worker then signs.
        Email = "email",
        /// By signature.
        Signature = "signature",
    }
}

names! {
    /// To whom a suspicion that a child's rights are breached is reported.
    ReportedTo {
        /// The police.
        Police = "police",
        /// The orphans' court (bāriņtiesa).
        OrphansCourt = "orphans_court",
    }
}

/// Somebody who took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Name.
    pub name: String,
    /// In what capacity.
    pub capacity: String,
}

/// A member of the team, who agrees with the protocol. A specialist signs in with the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The issuer's identifier of who signs in, or for who does not a name of the office's own.
    pub subject: String,
    /// Name.
    pub name: String,
    /// Profession.
    pub profession: String,
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// How far it lies.
    pub term: GoalTerm,
    /// Of what area of life.
    pub area: String,
    /// Who sets it.
    pub author: GoalAuthor,
    /// What is to be reached; for adults in the person's own words.
    pub text: String,
    /// How it is measured.
    pub measure: Option<String>,
}

/// A domain of activities and participation, d1 to d9, of the International Classification of Functioning (SFK), as measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Functioning {
    /// Number of the domain, 1 to 9.
    pub domain: u32,
    /// The qualifier: 0 no difficulty to 4 complete, 8 not specified, 9 not applicable.
    pub level: u32,
}

/// A service that the person receives when the assessment begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedService {
    /// What it is; also one that the catalogue does not know.
    pub service: String,
    /// Who gives it.
    pub provider: Option<String>,
    /// How much, and how often.
    pub frequency: String,
    /// Who pays it.
    pub payer: Option<String>,
}

/// A service that a specialist recommends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecommendedService {
    /// Code of the service.
    pub service: String,
    /// How much, in its unit.
    pub volume: Volume,
    /// How often.
    pub frequency: String,
    /// For how long.
    pub term: String,
}

/// What a specialist writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Subject of the member whose opinion it is.
    pub author: String,
    /// Profession.
    pub profession: String,
    /// Methods used.
    pub methods: Vec<String>,
    /// What the specialist found.
    pub conclusions: String,
    /// Goals.
    pub goals: Vec<Goal>,
    /// Recommended services.
    pub services: Vec<RecommendedService>,
    /// The day.
    pub written_on: NaiveDate,
}

/// That a member agrees with the protocol as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Subject of the member.
    pub member: String,
    /// How.
    pub form: AgreementForm,
    /// The day.
    pub agreed_on: NaiveDate,
    /// Subject of who recorded it.
    pub recorded_by: String,
}

/// What the worker records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Where it took place.
    pub place: AssessmentPlace,
    /// Who took part.
    pub participants: Vec<Participant>,
    /// The team, whose members agree with the protocol.
    pub members: Vec<Member>,
    /// Problem areas.
    pub problem_areas: Vec<String>,
    /// Methods used.
    pub methods: Vec<String>,
    /// Goals.
    pub goals: Vec<Goal>,
    /// What was measured.
    pub functioning: Vec<Functioning>,
    /// The child's existing load in education.
    pub education_load: Option<String>,
    /// What alternative communication is needed.
    pub alternative_communication: Option<String>,
    /// The services that the person receives now, from whomever.
    #[serde(default)]
    pub services_received: Vec<ReceivedService>,
    /// Services received earlier, earlier assessments and plans.
    pub background: Option<String>,
}

/// All that an assessment says: what is sealed of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What the worker records.
    pub findings: Findings,
    /// What the specialists write, one opinion a member.
    pub opinions: Vec<Opinion>,
    /// Who agrees with the protocol as it stands.
    pub agreements: Vec<Agreement>,
}

/// That a suspicion that a child's rights are breached was reported. The office alone sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsReport {
    /// To whom.
    pub to: ReportedTo,
    /// The day on which the suspicion arose.
    pub noticed_on: NaiveDate,
    /// The day of the report.
    pub reported_on: NaiveDate,
    /// The last day to report: the next working day.
    pub due_on: NaiveDate,
    /// What is suspected.
    pub suspicion: String,
    /// Subject of who recorded it.
    pub recorded_by: String,
}

/// Why an assessment is not what a request wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssessmentRefusal {
    /// It is completed.
    Completed,
    /// The case has its initial assessment.
    InitialExists,
    /// A member is there twice.
    DuplicateMember {
        /// Place of the later one.
        index: usize,
    },
    /// A domain was measured twice.
    DuplicateDomain {
        /// Place of the later one.
        index: usize,
    },
    /// There is no such level.
    NoSuchLevel {
        /// Its place.
        index: usize,
    },
    /// There is no such service.
    UnknownService {
        /// Its place.
        index: usize,
    },
    /// Who is named is not of the team.
    NotAMember {
        /// JSON Pointer.
        pointer: &'static str,
    },
    /// There is no goal.
    NoGoal,
    /// There is no team.
    NoMember,
    /// Members have not agreed with the protocol.
    NotAgreed {
        /// How many.
        missing: usize,
    },
    /// No deadline can be calculated.
    BeyondCalendar,
}

impl Refusal for AssessmentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Completed => "assessment_completed",
            Self::InitialExists => "initial_assessment_exists",
            Self::DuplicateMember { .. } | Self::DuplicateDomain { .. } => "duplicate_code",
            Self::NoSuchLevel { .. } => "unknown_level",
            Self::UnknownService { .. } => "unknown_service",
            Self::NotAMember { .. } => "not_a_member",
            Self::NoGoal => "goal_required",
            Self::NoMember => "member_required",
            Self::NotAgreed { .. } => "protocol_not_agreed",
            Self::BeyondCalendar => "beyond_calendar",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Completed | Self::InitialExists => String::new(),
            Self::DuplicateMember { index } => format!("/findings/members/{index}/subject"),
            Self::DuplicateDomain { index } => format!("/findings/functioning/{index}/domain"),
            Self::NoSuchLevel { index } => format!("/findings/functioning/{index}/level"),
            Self::UnknownService { index } => format!("/services/{index}/service"),
            Self::NotAMember { pointer } => (*pointer).to_owned(),
            Self::NoGoal => "/findings/goals".to_owned(),
            Self::NoMember => "/findings/members".to_owned(),
            Self::NotAgreed { .. } => "/agreements".to_owned(),
            Self::BeyondCalendar => "/noticed_on".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NotAgreed { missing } => {
                let missing = i64::try_from(*missing).unwrap_or(i64::MAX);
                Message::new("assessment-not-agreed").with_number("missing", missing)
            }
            other => Message::new(match other {
                Self::Completed => "problem-assessment-completed-detail",
                Self::InitialExists => "problem-initial-assessment-exists-detail",
                Self::DuplicateMember { .. } => "assessment-duplicate-member",
                Self::DuplicateDomain { .. } => "assessment-duplicate-domain",
                Self::NoSuchLevel { .. } => "assessment-no-such-level",
                Self::UnknownService { .. } => "provider-unknown-service",
                Self::NotAMember { .. } => "assessment-not-a-member",
                Self::NoGoal => "assessment-no-goal",
                Self::NoMember => "assessment-no-member",
                Self::NotAgreed { .. } | Self::BeyondCalendar => "application-beyond-calendar",
            }),
        }
    }
}

impl AssessmentStatus {
    /// Expects that the assessment may change.
    ///
    /// # Errors
    /// [`AssessmentRefusal::Completed`].
    pub const fn expect_draft(self) -> Result<(), AssessmentRefusal> {
        match self {
            Self::Draft => Ok(()),
            Self::Completed => Err(AssessmentRefusal::Completed),
        }
    }
}

/// Whether a role sees reports of breached rights: the office alone.
#[must_use]
pub const fn sees_reports(role: Role) -> bool {
    matches!(role, Role::SocialWorker | Role::OfficeHead)
}

impl Findings {
    /// Everything that does not fit.
    #[must_use]
    pub fn check(&self) -> Vec<AssessmentRefusal> {
        let mut refusals = Vec::new();
        for (index, member) in self.members.iter().enumerate() {
            if self.members.iter().take(index).any(|other| other.subject == member.subject) {
                refusals.push(AssessmentRefusal::DuplicateMember { index });
            }
        }
        for (index, measured) in self.functioning.iter().enumerate() {
            if self.functioning.iter().take(index).any(|other| other.domain == measured.domain) {
                refusals.push(AssessmentRefusal::DuplicateDomain { index });
            }
            if !matches!(measured.level, 0..=4 | 8 | 9) {
                refusals.push(AssessmentRefusal::NoSuchLevel { index });
            }
        }
        refusals
    }

    fn has_member(&self, subject: &str) -> bool {
        self.members.iter().any(|member| member.subject == subject)
    }
}

impl Content {
    /// The content of a new assessment.
    #[must_use]
    pub const fn new(findings: Findings) -> Self {
        Self { findings, opinions: Vec::new(), agreements: Vec::new() }
    }

    /// Replaces what the worker records. Nobody has agreed with that yet; opinions of who is not of the team any more go.
    pub fn replace_findings(&mut self, findings: Findings) {
        self.opinions.retain(|opinion| findings.has_member(&opinion.author));
        self.findings = findings;
        self.agreements.clear();
    }

    /// Puts in the opinion of a member, in place of an earlier one. Nobody has agreed with that yet.
    ///
    /// # Errors
    /// The author is not of the team, or there is no such service.
    pub fn put_opinion(&mut self, opinion: Opinion, catalogue: &Catalogue) -> Result<(), Vec<AssessmentRefusal>> {
        let services = opinion.services.iter().enumerate();
        let unknown = services.filter(|(_, recommended)| catalogue.find(&recommended.service).is_none());
        let mut refusals: Vec<_> = unknown.map(|(index, _)| AssessmentRefusal::UnknownService { index }).collect();
        if !self.findings.has_member(&opinion.author) {
            refusals.push(AssessmentRefusal::NotAMember { pointer: "/author" });
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        self.opinions.retain(|other| other.author != opinion.author);
        self.opinions.push(opinion);
        self.agreements.clear();
        Ok(())
    }

    /// Codes of the services that the specialists recommend.
    pub fn recommended(&self) -> impl Iterator<Item = &str> {
        let services = self.opinions.iter().flat_map(|opinion| &opinion.services);
        services.map(|recommended| recommended.service.as_str())
    }

    /// Records that a member agrees, in place of an earlier record.
    ///
    /// # Errors
    /// [`AssessmentRefusal::NotAMember`].
    pub fn put_agreement(&mut self, agreement: Agreement) -> Result<(), AssessmentRefusal> {
        if !self.findings.has_member(&agreement.member) {
            return Err(AssessmentRefusal::NotAMember { pointer: "/member" });
        }
        self.agreements.retain(|other| other.member != agreement.member);
        self.agreements.push(agreement);
        Ok(())
    }

    /// Everything that keeps the assessment from being complete: it needs a goal, a team, and the agreement of every member.
    #[must_use]
    pub fn missing(&self) -> Vec<AssessmentRefusal> {
        let agreed = |member: &&Member| self.agreements.iter().any(|agreement| agreement.member == member.subject);
        let missing = self.findings.members.iter().filter(|member| !agreed(member)).count();
        let goals = self.findings.goals.len() + self.opinions.iter().map(|opinion| opinion.goals.len()).sum::<usize>();
        let refusals = [
            (goals == 0).then_some(AssessmentRefusal::NoGoal),
            self.findings.members.is_empty().then_some(AssessmentRefusal::NoMember),
            (missing > 0).then_some(AssessmentRefusal::NotAgreed { missing }),
        ];
        refusals.into_iter().flatten().collect()
    }
}

/// The last day to report a suspicion that arose on a day: the next working day of the office.
///
/// # Errors
/// [`AssessmentRefusal::BeyondCalendar`].
pub fn report_due(calendar: &OfficeCalendar<'_>, noticed_on: NaiveDate) -> Result<NaiveDate, AssessmentRefusal> {
    calendar.next_working_day(noticed_on).ok_or(AssessmentRefusal::BeyondCalendar)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;

    fn member(subject: &str) -> Member {
        Member { subject: subject.to_owned(), name: "N".to_owned(), profession: "p".to_owned() }
    }

    fn goal() -> Goal {
        let (term, author) = (GoalTerm::Long, GoalAuthor::Person);
        Goal { term, area: "a".to_owned(), author, text: "t".to_owned(), measure: None }
    }

    fn findings(members: &[&str], goals: Vec<Goal>) -> Findings {
        Findings {
            place: AssessmentPlace::Home,
            participants: Vec::new(),
            members: members.iter().map(|subject| member(subject)).collect(),
            problem_areas: Vec::new(),
            methods: Vec::new(),
            goals,
            functioning: Vec::new(),
            education_load: None,
            alternative_communication: None,
            services_received: Vec::new(),
            background: None,
        }
    }

    fn opinion(author: &str, service: &str) -> Opinion {
        let volume = Volume::parse("12").unwrap();
        let recommended = RecommendedService {
            service: service.to_owned(),
            volume,
            frequency: "weekly".to_owned(),
            term: "a year".to_owned(),
        };
        Opinion {
            author: author.to_owned(),
            profession: "p".to_owned(),
            methods: Vec::new(),
            conclusions: "c".to_owned(),
            goals: vec![goal()],
            services: vec![recommended],
            written_on: NaiveDate::MIN,
        }
    }

    fn agreement(member: &str) -> Agreement {
        let form = AgreementForm::Email;
        Agreement { member: member.to_owned(), form, agreed_on: NaiveDate::MIN, recorded_by: "w".to_owned() }
    }

    #[test]
    fn it_is_complete_with_a_goal_and_the_agreement_of_every_member() {
        let mut content = Content::new(findings(&[], vec![]));
        assert_eq!(content.missing(), [AssessmentRefusal::NoGoal, AssessmentRefusal::NoMember]);
        content.replace_findings(findings(&["a", "b"], vec![goal()]));
        assert_eq!(content.missing(), [AssessmentRefusal::NotAgreed { missing: 2 }]);
        for member in ["a", "a", "b"] {
            content.put_agreement(agreement(member)).unwrap();
        }
        assert_eq!((content.agreements.len(), content.missing()), (2, vec![]));
        let stranger = AssessmentRefusal::NotAMember { pointer: "/member" };
        assert_eq!(content.put_agreement(agreement("c")), Err(stranger));
    }

    #[test]
    fn who_agreed_agreed_with_what_stood_there() {
        let catalogue = Parameters::embedded().unwrap().catalogue;
        let mut content = Content::new(findings(&["a", "b"], vec![]));
        content.put_agreement(agreement("a")).unwrap();
        content.put_opinion(opinion("b", "home_care"), &catalogue).unwrap();
        assert_eq!(content.agreements, []);
        // One opinion of a member; the goal of a specialist is a goal.
        content.put_opinion(opinion("b", "assistant"), &catalogue).unwrap();
        assert_eq!(content.opinions, [opinion("b", "assistant")]);
        assert_eq!(content.missing(), [AssessmentRefusal::NotAgreed { missing: 2 }]);
        content.put_agreement(agreement("a")).unwrap();
        content.replace_findings(findings(&["a"], vec![]));
        assert_eq!((content.opinions.len(), content.agreements.len()), (0, 0));
        let refusals =
            [AssessmentRefusal::UnknownService { index: 0 }, AssessmentRefusal::NotAMember { pointer: "/author" }];
        assert_eq!(content.put_opinion(opinion("b", "no_such"), &catalogue), Err(refusals.to_vec()));
    }

    #[test]
    fn what_was_measured_fits_the_classification() {
        let mut measured = findings(&["a", "a"], vec![]);
        measured.functioning =
            [(1, 0), (2, 4), (2, 8), (3, 5), (9, 9)].map(|(domain, level)| Functioning { domain, level }).to_vec();
        let expected = [
            AssessmentRefusal::DuplicateMember { index: 1 },
            AssessmentRefusal::DuplicateDomain { index: 2 },
            AssessmentRefusal::NoSuchLevel { index: 3 },
        ];
        assert_eq!(measured.check(), expected);
    }

    #[test]
    fn a_suspicion_is_reported_by_the_next_working_day() {
        let calendar = Parameters::embedded().unwrap().calendar;
        let office = calendar.of_office([]);
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (noticed, due) in [("2023-03-01", "2023-03-02"), ("2023-03-03", "2023-03-06"), ("2023-11-17", "2023-11-21")]
        {
            assert_eq!(report_due(&office, day(noticed)), Ok(day(due)), "{noticed}");
        }
        assert!(sees_reports(Role::OfficeHead) && !sees_reports(Role::Integrator) && !sees_reports(Role::Recipient));
    }
}

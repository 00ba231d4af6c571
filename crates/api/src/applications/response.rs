//! The answers of `/v1/applications`.

use balsts_app::{Application, ApplicationSummary, Decision, ErasedApplication, Kept, Person, Revocation};
use balsts_domain::{
    eligibility::{self, Disability, EligibilityFacts},
    personal_code::PersonalCode,
    text::Language,
};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::circumstances::CircumstancesResponse;
use crate::{
    eligibility_checks::EligibilityCheckResponse,
    names::{ApplicationStatus, Delivery, DisabilityGroup, Impairment, Methodology, Outcome},
    types::{Date, Minute},
};

/// An application in a list, without personal data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplicationSummaryResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// The methodology.
    methodology: Methodology,
    /// Where it stands.
    status: ApplicationStatus,
    /// When it was received, local time.
    received_at: Minute,
    /// Last day to decide; null in the pilot.
    due_on: Option<Date>,
    /// It is open and its last day to decide is past.
    #[schema(example = false)]
    overdue: bool,
    /// The issuer's identifier of the worker who leads the case; null where that is not said.
    worker: Option<String>,
}

/// A page of applications.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplicationList {
    /// The applications, in the order of their registration.
    pub(super) items: Vec<ApplicationSummaryResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// The child or adult that the application is about.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonResponse {
    /// Identifier.
    id: Uuid,
    /// Personal code; null where there is none.
    #[schema(example = "320000-00001")]
    personal_code: Option<String>,
    /// Identification number of who has no personal code, in capital letters and digits.
    identification_number: Option<String>,
    /// Given name.
    given_name: String,
    /// Family name.
    family_name: String,
    /// Declared address.
    address: Option<String>,
    /// Telephone number.
    phone: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// Language of communication.
    language: Option<String>,
}

/// Who applies.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApplicantResponse {
    /// Given name.
    given_name: String,
    /// Family name.
    family_name: String,
    /// Personal code, where it is known.
    personal_code: Option<String>,
    /// In what capacity.
    relation: String,
}

/// A disability as the commission determined it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisabilityResponse {
    /// Its group.
    group: DisabilityGroup,
    /// Last day in force; null for life.
    valid_until: Option<Date>,
}

/// What is known for the criteria.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceResponse {
    /// Birth date.
    birth_date: Option<Date>,
    /// Disability.
    disability: Option<DisabilityResponse>,
    /// Functional impairments.
    impairment_types: Option<Vec<Impairment>>,
    /// Disorder of mental nature.
    mental_disorder: Option<bool>,
    /// Lives in the community.
    lives_in_community: Option<bool>,
    /// Assessed in the deinstitutionalisation project.
    assessed_in_di_project: Option<bool>,
    /// First day of the pilot.
    pilot_start: Option<Date>,
    /// Last day of the pilot.
    pilot_end: Option<Date>,
}

/// The act on an application.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActResponse {
    /// What it decides.
    outcome: Outcome,
    /// Its number in the register of the office.
    #[schema(example = "IB-1/2023")]
    number: Option<String>,
    /// Its day.
    decided_on: Date,
    /// How it is sent.
    delivery: Delivery,
    /// The day on which the applicant counts as notified.
    notified_on: Date,
    /// The last day to appeal.
    appeal_until: Date,
    /// Who prepared it.
    prepared_by: String,
    /// Who signed it.
    signed_by: String,
}

/// The act that ended a grant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevocationResponse {
    /// Its number in the register of the office.
    #[schema(example = "IB-2/2023")]
    number: Option<String>,
    /// Its day.
    decided_on: Date,
    /// The first day without a budget.
    effective_from: Date,
    /// How it is sent.
    delivery: Delivery,
    /// The day on which its addressee counts as notified.
    notified_on: Date,
    /// The last day to appeal.
    appeal_until: Date,
    /// Why; null where the person is erased.
    reason: Option<String>,
    /// The norms that it rests on; none where the person is erased.
    legal_basis: Vec<String>,
    /// Who prepared it.
    prepared_by: String,
    /// Who signed it.
    signed_by: String,
}

/// An application.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApplicationResponse {
    /// Identifier.
    id: Uuid,
    /// The methodology.
    methodology: Methodology,
    /// Where it stands.
    status: ApplicationStatus,
    /// When it was received, local time.
    received_at: Minute,
    /// Last day to decide; null in the pilot.
    due_on: Option<Date>,
    /// The issuer's identifier of the worker who leads the case; null where that is not said.
    worker: Option<String>,
    /// The person is erased: what told of the person is null, and the rest stays.
    #[schema(example = false)]
    erased: bool,
    /// The child or adult; null where erased.
    person: Option<PersonResponse>,
    /// Who applies; null where erased.
    applicant: Option<ApplicantResponse>,
    /// What is known for the criteria; null where erased.
    evidence: Option<EvidenceResponse>,
    /// What it tells beside the criteria; null where it tells nothing, and where erased.
    circumstances: Option<CircumstancesResponse>,
    /// The criteria: on the day of the act, or today while there is none; null where erased.
    eligibility: Option<EligibilityCheckResponse>,
    /// The day on which the applicant took it back.
    withdrawn_on: Option<Date>,
    /// The act; null while there is none.
    decision: Option<ActResponse>,
    /// The act that ended the grant; null while there is none.
    revocation: Option<RevocationResponse>,
}

impl ApplicationSummaryResponse {
    pub(super) fn new(summary: &ApplicationSummary, today: NaiveDate) -> Self {
        Self {
            id: summary.id,
            person_id: summary.person_id,
            methodology: Methodology(summary.methodology),
            status: ApplicationStatus(summary.status),
            received_at: Minute(summary.received_at),
            due_on: summary.due_on.map(Date),
            overdue: summary.status.is_open() && summary.due_on.is_some_and(|due| due < today),
            worker: summary.worker.clone(),
        }
    }
}

impl ApplicationResponse {
    pub(crate) fn new(application: &Application, today: NaiveDate, language: Language) -> Self {
        let application = application.clone();
        let Application { summary, person, applicant, evidence, circumstances, withdrawn_on, decision, revocation } =
            application;
        let day = decision.as_ref().map_or(today, |decision| decision.decided_on);
        let eligibility = eligibility::check(summary.methodology, day, &evidence);
        Self {
            id: summary.id,
            methodology: Methodology(summary.methodology),
            status: ApplicationStatus(summary.status),
            received_at: Minute(summary.received_at),
            due_on: summary.due_on.map(Date),
            worker: summary.worker.clone(),
            erased: false,
            person: Some(person.into()),
            applicant: Some(ApplicantResponse {
                given_name: applicant.given_name,
                family_name: applicant.family_name,
                personal_code: applicant.personal_code,
                relation: applicant.relation,
            }),
            evidence: Some(EvidenceResponse::from(evidence)),
            circumstances: circumstances.map(CircumstancesResponse::from),
            eligibility: Some(EligibilityCheckResponse::new(eligibility, language)),
            withdrawn_on: withdrawn_on.map(Date),
            decision: decision.map(ActResponse::from),
            revocation: revocation.map(RevocationResponse::from),
        }
    }

    /// All of it, or what the erasure of the person has left.
    pub(crate) fn kept(
        application: &Kept<Application, ErasedApplication>,
        today: NaiveDate,
        language: Language,
    ) -> Self {
        match application {
            Kept::Whole(application) => Self::new(application, today, language),
            Kept::Erased(application) => application.clone().into(),
        }
    }
}

impl From<ErasedApplication> for ApplicationResponse {
    fn from(ErasedApplication { summary, withdrawn_on, decision, revocation }: ErasedApplication) -> Self {
        Self {
            id: summary.id,
            methodology: Methodology(summary.methodology),
            status: ApplicationStatus(summary.status),
            received_at: Minute(summary.received_at),
            due_on: summary.due_on.map(Date),
            worker: summary.worker.clone(),
            erased: true,
            person: None,
            applicant: None,
            evidence: None,
            circumstances: None,
            eligibility: None,
            withdrawn_on: withdrawn_on.map(Date),
            decision: decision.map(ActResponse::from),
            revocation: revocation.map(|act| RevocationResponse { reason: None, ..act.into() }),
        }
    }
}

impl From<Person> for PersonResponse {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            personal_code: person.identifier.code().map(PersonalCode::reveal),
            identification_number: person.identifier.number().map(|number| number.reveal().to_owned()),
            given_name: person.given_name,
            family_name: person.family_name,
            address: person.contact.address,
            phone: person.contact.phone,
            email: person.contact.email,
            language: person.contact.language,
        }
    }
}

impl From<EligibilityFacts> for EvidenceResponse {
    fn from(facts: EligibilityFacts) -> Self {
        let disability = |disability: Disability| DisabilityResponse {
            group: DisabilityGroup(disability.group),
            valid_until: disability.valid_until.map(Date),
        };
        Self {
            birth_date: facts.birth_date.map(Date),
            disability: facts.disability.map(disability),
            impairment_types: facts.impairment_types.map(|types| types.into_iter().map(Impairment).collect()),
            mental_disorder: facts.mental_disorder,
            lives_in_community: facts.lives_in_community,
            assessed_in_di_project: facts.assessed_in_di_project,
            pilot_start: facts.pilot_start.map(Date),
            pilot_end: facts.pilot_end.map(Date),
        }
    }
}

impl From<Decision> for ActResponse {
    fn from(decision: Decision) -> Self {
        Self {
            outcome: Outcome(decision.outcome),
            number: decision.number,
            decided_on: Date(decision.decided_on),
            delivery: Delivery(decision.delivery),
            notified_on: Date(decision.notified_on),
            appeal_until: Date(decision.appeal_until),
            prepared_by: decision.prepared_by,
            signed_by: decision.signed_by,
        }
    }
}

impl From<Revocation> for RevocationResponse {
    fn from(revocation: Revocation) -> Self {
        Self {
            number: revocation.number,
            decided_on: Date(revocation.decided_on),
            effective_from: Date(revocation.effective_from),
            delivery: Delivery(revocation.delivery),
            notified_on: Date(revocation.notified_on),
            appeal_until: Date(revocation.appeal_until),
            reason: Some(revocation.grounds.reason),
            legal_basis: revocation.grounds.legal_basis,
            prepared_by: revocation.prepared_by,
            signed_by: revocation.signed_by,
        }
    }
}

//! Applications: register, complete from registers, read, list, decide.

use balsts_domain::{
    applications::{self, ApplicationRefusal, ApplicationStatus, Outcome},
    calendar::{Calendar, Delivery},
    eligibility::EligibilityFacts,
    parameters::catalogue::MethodologyId,
    personal_code::PersonalCode,
};
use balsts_store::{
    Applicant, Application, ApplicationFilter, ApplicationSummary, Contact, Decision, InsertError, Person,
    RecordedAnswer, WriteTransaction,
};
use chrono::{NaiveDate, NaiveDateTime};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// An application as it is received.
#[derive(Debug)]
pub struct NewApplication {
    /// Methodology.
    pub methodology: MethodologyId,
    /// When it was received, to the minute, local time.
    pub received_at: NaiveDateTime,
    /// Personal code of the child or adult.
    pub personal_code: PersonalCode,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Contact.
    pub contact: Contact,
    /// Who applies.
    pub applicant: Applicant,
    /// What is known for the criteria.
    pub evidence: EligibilityFacts,
}

/// An act as it is signed.
#[derive(Debug)]
pub struct NewDecision {
    /// What it decides.
    pub outcome: Outcome,
    /// Its day; it is sent on that day.
    pub decided_on: NaiveDate,
    /// How it is sent.
    pub delivery: Delivery,
    /// Subject of who prepared it.
    pub prepared_by: String,
}

fn told(action: &'static str, event: Option<&'static str>, id: Uuid) -> Told {
    Told { action, resource: "application", id, event }
}

impl App {
    /// Registers an application. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where there is an open application, [`AppError::KeyReused`], a deadline beyond the calendar, or the database.
    pub async fn register_application(
        &self,
        call: &Call<'_>,
        calendar: &Calendar,
        new: NewApplication,
        answer: impl FnOnce(&Application) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let application = new.registered(call, calendar, &transaction).await?;
        let told = told("register_application", Some("application.registered"), application.summary.id);
        Ok(call.commit_once(transaction, told, answer(&application)).await?)
    }

    /// Gets an application; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_application(&self, call: &Call<'_>, id: Uuid) -> Result<Application, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let application = transaction.find_application(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_application", None, id)).await?;
        Ok(application)
    }

    /// Lists applications without personal data.
    ///
    /// # Errors
    /// The database.
    pub async fn list_applications(
        &self,
        call: &Call<'_>,
        filter: ApplicationFilter,
        limit: u64,
    ) -> Result<Vec<ApplicationSummary>, AppError> {
        Ok(self.store.list_applications(&call.scope, filter, limit).await?)
    }

    /// Replaces what is known for the criteria of an open application.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is closed, or the database.
    pub async fn complete_application(
        &self,
        call: &Call<'_>,
        id: Uuid,
        version: i64,
        evidence: EligibilityFacts,
    ) -> Result<Application, AppError> {
        let (transaction, mut application) = self.open_for_change(call, id, version).await?;
        let summary = &mut application.summary;
        summary.version = transaction.update_evidence(&call.scope, summary, &evidence, call.at).await?;
        application.evidence = evidence;
        call.commit(transaction, told("complete_application", Some("application.completed"), id)).await?;
        Ok(application)
    }

    /// Signs the act that grants or refuses.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is closed, [`AppError::Refused`] where
    /// the act does not agree with the criteria, or the database.
    pub async fn decide_application(
        &self,
        call: &Call<'_>,
        calendar: &Calendar,
        id: Uuid,
        version: i64,
        act: NewDecision,
    ) -> Result<Application, AppError> {
        let (transaction, mut application) = self.open_for_change(call, id, version).await?;
        let NewDecision { outcome, decided_on, delivery, prepared_by } = act;
        let summary = &mut application.summary;
        let status = summary.status.decided(outcome).map_err(|refusal| AppError::conflict(&refusal))?;
        let received = summary.received_at.date();
        applications::decide(summary.methodology, received, decided_on, &application.evidence, outcome)
            .map_err(|refusals| AppError::refused(&refusals))?;
        let beyond = || AppError::refused(&[ApplicationRefusal::BeyondCalendar]);
        let notified_on = calendar.notified_on(decided_on, delivery).ok_or_else(beyond)?;
        let decision = Decision {
            outcome,
            decided_on,
            notified_on,
            appeal_until: calendar.appeal_until(notified_on).ok_or_else(beyond)?,
            facts: application.evidence.clone(),
            prepared_by,
            signed_by: call.scope.subject.clone(),
        };
        summary.version = transaction.insert_decision(&call.scope, summary, status, &decision, call.at).await?;
        summary.status = status;
        application.decision = Some(decision);
        let event = match outcome {
            Outcome::Grant => "application.granted",
            Outcome::Refuse => "application.refused",
        };
        call.commit(transaction, told("decide_application", Some(event), id)).await?;
        Ok(application)
    }

    async fn open_for_change(
        &self,
        call: &Call<'_>,
        id: Uuid,
        version: i64,
    ) -> Result<(WriteTransaction, Application), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let application = transaction.find_application(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if application.summary.version != version {
            return Err(AppError::Stale);
        }
        application.summary.status.expect_open().map_err(|refusal| AppError::conflict(&refusal))?;
        Ok((transaction, application))
    }
}

impl NewApplication {
    /// Stores the application, and the person where the municipality does not know it.
    async fn registered(
        self,
        call: &Call<'_>,
        calendar: &Calendar,
        transaction: &WriteTransaction,
    ) -> Result<Application, AppError> {
        let due_on = match self.methodology {
            // Waits for the ministry's selection, and is never overdue.
            MethodologyId::ChildrenPilot2018 => None,
            _ => {
                let due = calendar.decision_due(self.received_at.date());
                Some(due.ok_or_else(|| AppError::refused(&[ApplicationRefusal::BeyondCalendar]))?)
            }
        };
        let mut person = Person {
            id: (call.new_id)(),
            personal_code: self.personal_code,
            given_name: self.given_name,
            family_name: self.family_name,
            contact: self.contact,
        };
        person.id = transaction.save_person(&call.scope, &person, call.at).await?;
        let application = Application {
            summary: ApplicationSummary {
                id: (call.new_id)(),
                person_id: person.id,
                methodology: self.methodology,
                status: ApplicationStatus::Registered,
                received_at: self.received_at,
                due_on,
                version: 1,
            },
            person,
            applicant: self.applicant,
            evidence: self.evidence,
            decision: None,
        };
        match transaction.insert_application(&call.scope, &application, call.at).await {
            Ok(()) => Ok(application),
            Err(InsertError::Exists) => Err(AppError::Conflict { code: "open_application_exists" }),
            Err(InsertError::Store(error)) => Err(error.into()),
        }
    }
}

//! Applications: register, complete from registers, read, list, decide.

use balsts_domain::{
    access::Scope,
    applications::{self, ApplicationRefusal, ApplicationStatus, Outcome},
    budgets::BudgetStatus,
    calendar::{Calendar, Delivery, OfficeCalendar},
    circumstances::Circumstances,
    conflicts_of_interest::ConflictRefusal,
    day,
    eligibility::EligibilityFacts,
    events::EventType,
    identifier::Identifier,
    parameters::catalogue::MethodologyId,
    plans::status::{PlanStepKind, TerminationReason},
};
use balsts_store::{
    Applicant, Application, ApplicationFilter, ApplicationSummary, Claim, Contact, Decision, ErasedApplication,
    Grounds, InsertError, Kept, Person, Reach, RecordedAnswer, Revocation, StepWords, WriteTransaction,
};
use chrono::{NaiveDate, NaiveDateTime};
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, Told,
    hand_overs::lapse_offer,
    plans::{NewStep, end_plan},
};

/// An application as it is received.
#[derive(Debug)]
pub struct NewApplication {
    /// Methodology.
    pub methodology: MethodologyId,
    /// When it was received, to the minute, local time.
    pub received_at: NaiveDateTime,
    /// Personal code of the child or adult, or identification number where there is none.
    pub identifier: Identifier,
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
    /// What it tells beside the criteria, where it does.
    pub circumstances: Option<Circumstances>,
}

/// An act as it is signed.
#[derive(Debug)]
pub struct NewDecision {
    /// What it decides.
    pub outcome: Outcome,
    /// Its number in the register of the office.
    pub number: Option<String>,
    /// Its day; it is sent on that day.
    pub decided_on: NaiveDate,
    /// How it is sent.
    pub delivery: Delivery,
    /// Subject of who prepared it.
    pub prepared_by: String,
}

/// An act that ends a grant, as it is signed.
#[derive(Debug)]
pub struct NewRevocation {
    /// Its number in the register of the office.
    pub number: Option<String>,
    /// Its day; it is sent on that day.
    pub decided_on: NaiveDate,
    /// The first day without a budget.
    pub effective_from: NaiveDate,
    /// How it is sent.
    pub delivery: Delivery,
    /// Why.
    pub grounds: Grounds,
    /// Subject of who prepared it.
    pub prepared_by: String,
}

pub(crate) const fn decided_event(outcome: Outcome) -> EventType {
    match outcome {
        Outcome::Grant => EventType::ApplicationGranted,
        Outcome::Refuse => EventType::ApplicationRefused,
    }
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
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
        let told = told("register_application", Some(EventType::ApplicationRegistered), application.summary.id);
        let about = Some(application.summary.person_id);
        Ok(call.commit_once(transaction, told, answer(&application), about).await?)
    }

    /// Checks whether an application could be registered, and stores nothing. Tells whether the request is a repetition.
    ///
    /// # Errors
    /// Those of [`register_application`](Self::register_application).
    pub async fn check_registration(
        &self,
        call: &Call<'_>,
        calendar: &Calendar,
        new: NewApplication,
    ) -> Result<bool, AppError> {
        // Dropped, the transaction is rolled back.
        let (transaction, claim) = self.claim(call, Reach::from(&call.scope)).await?;
        match claim {
            Claim::New => new.registered(call, calendar, &transaction).await.map(|_| false),
            Claim::Answered(..) => Ok(true),
            Claim::OtherRequest => Err(AppError::KeyReused),
        }
    }

    /// Gets an application, or what the erasure of its person has left of it; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_application(
        &self,
        call: &Call<'_>,
        id: Uuid,
    ) -> Result<Kept<Application, ErasedApplication>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let application = transaction.find_kept_application(&call.scope, id).await?.ok_or(AppError::NotFound)?;
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
        call.commit(transaction, told("complete_application", Some(EventType::ApplicationCompleted), id)).await?;
        Ok(application)
    }

    /// Replaces what an open application tells beside the criteria.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is closed, [`AppError::Refused`] where they
    /// are not those of the application, or the database.
    pub async fn record_circumstances(
        &self,
        call: &Call<'_>,
        id: Uuid,
        version: i64,
        circumstances: Circumstances,
    ) -> Result<Application, AppError> {
        let (transaction, mut application) = self.open_for_change(call, id, version).await?;
        let summary = &mut application.summary;
        let checked = circumstances.check(summary.methodology, call.scope.today);
        checked.map_err(|refusals| AppError::refused(&refusals))?;
        summary.version = transaction.update_circumstances(&call.scope, summary, &circumstances, call.at).await?;
        application.circumstances = Some(circumstances);
        call.commit(transaction, told("record_circumstances", Some(EventType::ApplicationCompleted), id)).await?;
        Ok(application)
    }

    /// Says which worker leads a case, or that none does any more.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where the case is closed, or the database.
    pub async fn assign_worker(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        worker: Option<String>,
    ) -> Result<Application, AppError> {
        let (transaction, mut application) = self.for_change(call, id, version).await?;
        let summary = &mut application.summary;
        summary.status.expect_live().map_err(|refusal| AppError::conflict(&refusal))?;
        if let Some(worker) = &worker
            && transaction.has_conflict_of_interest(&call.scope, summary.person_id, worker).await?
        {
            return Err(AppError::refused(&[ConflictRefusal::Worker]));
        }
        summary.version = transaction.assign_worker(&call.scope, summary, worker.clone(), call.at).await?;
        summary.worker = worker;
        call.commit(transaction, told("assign_worker", Some(EventType::ApplicationAssigned), id)).await?;
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
        let outcome = act.outcome;
        let calendar = transaction.office_calendar(&call.scope, calendar, act.decided_on).await?;
        let (status, decision) = act.signed(&call.scope, &calendar, &application)?;
        let summary = &mut application.summary;
        summary.version = transaction.insert_decision(&call.scope, summary, status, &decision, call.at).await?;
        summary.status = status;
        application.decision = Some(decision);
        if outcome == Outcome::Refuse {
            lapse_offer(&transaction, call, id, "decide_application").await?;
        }
        call.commit(transaction, told("decide_application", Some(decided_event(outcome)), id)).await?;
        Ok(application)
    }

    /// Takes an open application back, for the applicant.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is closed, [`AppError::Refused`] where the
    /// day does not fit, or the database.
    pub async fn withdraw_application(
        &self,
        call: &Call<'_>,
        today: NaiveDate,
        (id, version): (Uuid, i64),
        on: NaiveDate,
    ) -> Result<Application, AppError> {
        let (transaction, mut application) = self.open_for_change(call, id, version).await?;
        let summary = &mut application.summary;
        let status = summary.status.withdrawn().map_err(|refusal| AppError::conflict(&refusal))?;
        expect_day("/withdrawn_on", summary.received_at.date(), today, on)?;
        summary.version = transaction.withdraw_application(&call.scope, summary, (status, on), call.at).await?;
        summary.status = status;
        application.withdrawn_on = Some(on);
        lapse_offer(&transaction, call, id, "withdraw_application").await?;
        call.commit(transaction, told("withdraw_application", Some(EventType::ApplicationWithdrawn), id)).await?;
        Ok(application)
    }

    /// Signs the act that ends a grant, and closes the budget.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where there is no grant to end,
    /// [`AppError::Refused`] where a day does not fit, or the database.
    pub async fn revoke_application(
        &self,
        call: &Call<'_>,
        calendar: &Calendar,
        today: NaiveDate,
        (id, version): (Uuid, i64),
        act: NewRevocation,
    ) -> Result<Application, AppError> {
        let (transaction, mut application) = self.for_change(call, id, version).await?;
        let summary = &mut application.summary;
        let status = summary.status.revoked().map_err(|refusal| AppError::conflict(&refusal))?;
        let Some(decision) = &application.decision else {
            return Err(AppError::conflict(&ApplicationRefusal::NotGranted));
        };
        let NewRevocation { number, decided_on, effective_from, delivery, grounds, prepared_by } = act;
        applications::expect_two(&prepared_by, &call.scope.subject).map_err(|refusal| AppError::refused(&[refusal]))?;
        expect_day("/decided_on", decision.decided_on, today, decided_on)?;
        // It may end later than it is decided, not before the grant.
        expect_day("/effective_from", decision.decided_on, NaiveDate::MAX, effective_from)?;
        let beyond = || AppError::refused(&[ApplicationRefusal::BeyondCalendar]);
        let calendar = transaction.office_calendar(&call.scope, calendar, decided_on).await?;
        let notified_on = calendar.notified_on(decided_on, delivery).ok_or_else(beyond)?;
        let revocation = Revocation {
            number,
            decided_on,
            effective_from,
            delivery,
            notified_on,
            appeal_until: calendar.appeal_until(notified_on).ok_or_else(beyond)?,
            grounds,
            prepared_by,
            signed_by: call.scope.subject.clone(),
        };
        summary.version = transaction.insert_revocation(&call.scope, summary, status, &revocation, call.at).await?;
        transaction.end_engagements(&call.scope, id, before(effective_from), call.at).await?;
        summary.status = status;
        application.revocation = Some(revocation);
        let plan = transaction.find_plan_of(&call.scope, id).await?;
        let budget = transaction.find_budget_of(&call.scope, id).await?;
        let mut events = Vec::new();
        if let Some(mut plan) = plan.filter(|plan| plan.summary.status.is_signed()) {
            let words = StepWords { text: number_of(&application), ..StepWords::default() };
            let (kind, code) = (PlanStepKind::Termination, TerminationReason::EligibilityLost.as_str());
            let step = NewStep { kind, code, on: effective_from, until: None, words };
            // The support goes on until the day before.
            let last = effective_from.pred_opt().unwrap_or(effective_from);
            end_plan(&transaction, call, &mut plan, step, last).await?;
            events.push((EventType::PlanTerminated, plan.summary.id));
        }
        if let Some(Kept::Whole(budget)) = budget {
            transaction.update_budget_status(&call.scope, &budget.summary, BudgetStatus::Closed, call.at).await?;
            events.push((EventType::BudgetClosed, budget.summary.id));
        }
        lapse_offer(&transaction, call, id, "revoke_application").await?;
        for (event, of) in events {
            call.tell(&transaction, &call.scope, event, of).await?;
        }
        call.commit(transaction, told("revoke_application", Some(EventType::ApplicationRevoked), id)).await?;
        Ok(application)
    }

    async fn open_for_change(
        &self,
        call: &Call<'_>,
        id: Uuid,
        version: i64,
    ) -> Result<(WriteTransaction, Application), AppError> {
        let (transaction, application) = self.for_change(call, id, version).await?;
        application.summary.status.expect_open().map_err(|refusal| AppError::conflict(&refusal))?;
        Ok((transaction, application))
    }

    async fn for_change(
        &self,
        call: &Call<'_>,
        id: Uuid,
        version: i64,
    ) -> Result<(WriteTransaction, Application), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let application = transaction.find_application(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if application.summary.version == version { Ok((transaction, application)) } else { Err(AppError::Stale) }
    }
}

/// The last day of what is over on a day.
pub(crate) fn before(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap_or(day)
}

fn expect_day(pointer: &'static str, earliest: NaiveDate, today: NaiveDate, day: NaiveDate) -> Result<(), AppError> {
    day::check(pointer, earliest, today, day).map_or(Ok(()), |refusal| Err(AppError::refused(&[refusal])))
}

impl NewApplication {
    /// Stores the application, and the person where the municipality does not know it.
    async fn registered(
        self,
        call: &Call<'_>,
        calendar: &Calendar,
        transaction: &WriteTransaction,
    ) -> Result<Application, AppError> {
        let received = self.received_at.date();
        expect_day("/received_at", NaiveDate::MIN, call.scope.today, received)?;
        if let Some(circumstances) = &self.circumstances {
            let checked = circumstances.check(self.methodology, call.scope.today);
            checked.map_err(|refusals| AppError::refused(&refusals).under("/circumstances"))?;
        }
        let calendar = transaction.office_calendar(&call.scope, calendar, received).await?;
        let mut application = self.into_application(call, &calendar)?;
        let new_person = application.person.id;
        let known = transaction.save_person(&call.scope, &application.person, call.at).await?;
        (application.person.id, application.summary.person_id) = (known, known);
        // Dropped, the transaction is rolled back: nothing of the person changes.
        if transaction.has_conflict_of_interest(&call.scope, known, &call.scope.subject).await? {
            return Err(AppError::refused(&[ConflictRefusal::Person]));
        }
        if known != new_person {
            // With what was known before of the contact.
            application.person = transaction.find_person(&call.scope, known).await?.ok_or(AppError::Broken)?;
        }
        match transaction.insert_application(&call.scope, &application, call.at).await {
            Ok(()) => Ok(application),
            Err(InsertError::Exists) => Err(AppError::Conflict { code: "open_application_exists" }),
            Err(InsertError::Store(error)) => Err(error.into()),
        }
    }

    /// The application of a new person, with its deadline.
    pub(crate) fn into_application(
        self,
        call: &Call<'_>,
        calendar: &OfficeCalendar<'_>,
    ) -> Result<Application, AppError> {
        let due_on = match self.methodology {
            // Waits for the ministry's selection, and is never overdue.
            MethodologyId::ChildrenPilot2018 => None,
            _ => {
                let due = calendar.decision_due(self.received_at.date());
                Some(due.ok_or_else(|| AppError::refused(&[ApplicationRefusal::BeyondCalendar]))?)
            }
        };
        let person = Person {
            id: (call.new_id)(),
            identifier: self.identifier,
            given_name: self.given_name,
            family_name: self.family_name,
            contact: self.contact,
        };
        Ok(Application {
            summary: ApplicationSummary {
                id: (call.new_id)(),
                person_id: person.id,
                methodology: self.methodology,
                status: ApplicationStatus::Registered,
                received_at: self.received_at,
                due_on,
                worker: None,
                version: 1,
            },
            person,
            applicant: self.applicant,
            evidence: self.evidence,
            circumstances: self.circumstances,
            withdrawn_on: None,
            decision: None,
            revocation: None,
        })
    }
}

impl NewDecision {
    /// The act, signed by who calls, and the status that it leads to.
    pub(crate) fn signed(
        self,
        signer: &Scope,
        calendar: &OfficeCalendar<'_>,
        application: &Application,
    ) -> Result<(ApplicationStatus, Decision), AppError> {
        let Self { outcome, number, decided_on, delivery, prepared_by } = self;
        let summary = &application.summary;
        let status = summary.status.decided(outcome).map_err(|refusal| AppError::conflict(&refusal))?;
        applications::expect_two(&prepared_by, &signer.subject).map_err(|refusal| AppError::refused(&[refusal]))?;
        expect_day("/decided_on", NaiveDate::MIN, signer.today, decided_on)?;
        let received = summary.received_at.date();
        applications::decide(summary.methodology, received, decided_on, &application.evidence, outcome)
            .map_err(|refusals| AppError::refused(&refusals))?;
        let beyond = || AppError::refused(&[ApplicationRefusal::BeyondCalendar]);
        let notified_on = calendar.notified_on(decided_on, delivery).ok_or_else(beyond)?;
        let decision = Decision {
            outcome,
            number,
            decided_on,
            delivery,
            notified_on,
            appeal_until: calendar.appeal_until(notified_on).ok_or_else(beyond)?,
            facts: application.evidence.clone(),
            prepared_by,
            signed_by: signer.subject.clone(),
        };
        Ok((status, decision))
    }
}

/// The number of the act that revokes, for the plan that ends with it.
fn number_of(application: &Application) -> String {
    application.revocation.as_ref().and_then(|revocation| revocation.number.clone()).unwrap_or_default()
}

//! Loading of whole cases into an empty database: many at a time, by the same rules and with the same traces as one by one.

use balsts_domain::{
    access::Scope,
    applications::Outcome,
    budgets,
    events::EventType,
    parameters::Parameters,
    retention::{Ended, RecordKind},
};
use balsts_store::{Act, Application, Budget, Event, InsertError};
use chrono::NaiveDate;

use crate::{
    App, AppError, Call, NewApplication, NewCalculation, NewDecision, NewSignature,
    applications::decided_event,
    budgets::{calculate, in_history, new_summary},
};

/// A case with everything that was done about it.
#[derive(Debug)]
pub struct NewCase {
    /// The application of a person whom the municipality does not know.
    pub application: NewApplication,
    /// The act on it.
    pub decision: Option<NewDecision>,
    /// The budget of a granted one.
    pub budget: Option<NewBudget>,
}

/// A budget with the signatures under its calculation.
#[derive(Debug)]
pub struct NewBudget {
    /// The calculation.
    pub calculation: NewCalculation,
    /// The signatures.
    pub signatures: Vec<NewSignature>,
}

/// What a load counts with.
#[derive(Debug)]
pub struct Loading<'a> {
    /// Who signs the acts; all else is done by who calls.
    pub head: &'a Scope,
    /// The rules.
    pub parameters: &'a Parameters,
    /// The present date.
    pub today: NaiveDate,
}

/// What is told of a load, in the order of the acts of each kind.
#[derive(Default)]
struct Trace {
    events: Vec<Event>,
    acts: Vec<Act>,
}

impl Trace {
    fn tell(
        &mut self,
        call: &Call<'_>,
        action: &'static str,
        resource: &'static str,
        event: EventType,
        id: uuid::Uuid,
    ) {
        self.events.push(Event { id: (call.new_id)(), kind: event.as_str().to_owned(), resource_id: id, at: call.at });
        let request_id = call.request_id;
        self.acts.push(Act { action, resource, resource_id: id, request_id, at: call.at });
    }
}

impl App {
    /// Whether there is no case yet, in any municipality.
    ///
    /// # Errors
    /// The database.
    pub async fn is_empty(&self) -> Result<bool, AppError> {
        Ok(self.store.is_empty().await?)
    }

    /// Loads cases of one municipality in one transaction, all or none. Returns the number of rows.
    ///
    /// # Errors
    /// [`AppError::Refused`] and [`AppError::Conflict`] as the single acts give them, or the database.
    pub async fn load_cases(
        &self,
        call: &Call<'_>,
        loading: &Loading<'_>,
        cases: Vec<NewCase>,
    ) -> Result<usize, AppError> {
        let Some(from) = cases.iter().map(|case| case.application.received_at.date()).min() else { return Ok(0) };
        let scope = &call.scope;
        let transaction = self.store.begin_write(scope).await?;
        let calendar = &transaction.office_calendar(scope, &loading.parameters.calendar, from).await?;
        let (mut applications, mut in_budgets) = (Vec::with_capacity(cases.len()), Vec::new());
        let (mut registered, mut decided, mut calculated) = (Trace::default(), Trace::default(), Trace::default());
        for case in cases {
            let mut application = case.application.into_application(call, calendar)?;
            let id = application.summary.id;
            registered.tell(call, "register_application", "application", EventType::ApplicationRegistered, id);
            if let Some(act) = case.decision {
                let event = decided_event(act.outcome);
                let (status, decision) = act.signed(loading.head, calendar, &application)?;
                (application.summary.status, application.decision) = (status, Some(decision));
                application.summary.version = 2;
                decided.tell(call, "decide_application", "application", event, id);
            }
            if let Some(new) = case.budget {
                in_budgets.push(budget(call, loading, &application, new, &mut calculated)?);
            }
            applications.push(application);
        }

        let persons = applications.iter().map(|new| (&new.person, refused(new)));
        transaction.insert_persons(scope, persons, call.at).await.map_err(exists)?;
        transaction.insert_applications(scope, &applications, call.at).await.map_err(exists)?;
        transaction.insert_budgets(scope, &in_budgets).await.map_err(exists)?;
        let signatures: usize = in_budgets.iter().map(|budget| budget.signatures.len()).sum();
        let mut rows = 2 * applications.len() + decided.acts.len() + 2 * in_budgets.len() + signatures;
        for (scope, Trace { events, acts }) in [(scope, registered), (loading.head, decided), (scope, calculated)] {
            rows += events.len() + acts.len();
            transaction.insert_events(scope, events).await.map_err(exists)?;
            transaction.audit_all(scope, &acts).await.map_err(exists)?;
        }
        transaction.commit().await?;
        Ok(rows)
    }
}

/// What the retention of the person counts from, where that has begun.
fn refused(application: &Application) -> Option<Ended> {
    let decision = application.decision.as_ref().filter(|decision| decision.outcome == Outcome::Refuse)?;
    Some(Ended { record: RecordKind::ApplicationRefused, on: decision.appeal_until })
}

fn exists(error: InsertError) -> AppError {
    match error {
        InsertError::Exists => AppError::Conflict { code: "open_application_exists" },
        InsertError::Store(error) => error.into(),
    }
}

fn budget(
    call: &Call<'_>,
    loading: &Loading<'_>,
    application: &Application,
    new: NewBudget,
    trace: &mut Trace,
) -> Result<Budget, AppError> {
    let Loading { parameters, today, .. } = *loading;
    budgets::expect_granted(application.summary.status).map_err(|refusal| AppError::conflict(&refusal))?;
    let calculated = calculate(call, parameters, today, application, new.calculation, 1)?;
    let mut budget = Budget {
        summary: new_summary(call, application, &calculated),
        person: application.person.clone(),
        history: vec![in_history(&calculated)],
        calculated,
        signatures: Vec::new(),
        pilot: None,
    };
    let id = budget.summary.id;
    trace.tell(call, "create_budget", "budget", EventType::BudgetCalculated, id);
    for signature in new.signatures {
        let signature = signature.signed(&call.scope, today, &budget)?;
        budget.signatures.push(signature);
        budget.summary.version = budget.summary.version.saturating_add(1);
        trace.tell(call, "sign_budget", "budget", EventType::BudgetSigned, id);
    }
    Ok(budget)
}

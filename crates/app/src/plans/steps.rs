//! What happens to a signed plan: it rests, goes on, ends [domain 6.6].

use balsts_domain::{
    applications::expect_two,
    budgets::BudgetStatus,
    day,
    events::EventType,
    parameters::Parameters,
    plans::status::{PlanRefusal, PlanStatus, PlanStepKind, SuspensionCause, TerminationReason},
};
use balsts_store::{Plan, PlanStep, StepWords, WriteTransaction};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{CheckedPlan, refused, told};
use crate::{App, AppError, Call, orders::release_rest};

/// A suspension as it is recorded.
#[derive(Debug)]
pub struct NewSuspension {
    /// Why.
    pub cause: SuspensionCause,
    /// First day.
    pub from: NaiveDate,
    /// The day until which it is expected to last.
    pub until: Option<NaiveDate>,
    /// In words.
    pub words: String,
}

/// A termination as it is signed.
#[derive(Debug)]
pub struct NewTermination {
    /// Why.
    pub reason: TerminationReason,
    /// The last day.
    pub on: NaiveDate,
    /// In words.
    pub words: String,
    /// Who prepared the decision.
    pub prepared_by: String,
    /// The talk that came before, with its day and outcome, where the contract was not kept.
    pub talk: Option<String>,
}

impl App {
    /// Lets a plan rest: nothing new is ordered; commitments stay.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is not in force, [`AppError::Refused`] where
    /// a day does not fit, or the database.
    pub async fn suspend_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, i64),
        new: NewSuspension,
    ) -> Result<CheckedPlan, AppError> {
        let NewSuspension { cause, from, until, words } = new;
        let step = NewStep {
            kind: PlanStepKind::Suspension,
            code: cause.as_str(),
            on: from,
            until,
            words: StepWords { text: words, ..StepWords::default() },
        };
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        plan.summary.status.expect(&[PlanStatus::InForce]).map_err(refused)?;
        if let Some((first, last)) = period(&plan) {
            expect_within("/from", first, last, from)?;
            if let Some(until) = until {
                expect_within("/until", from, last, until)?;
            }
        }
        take_step(&transaction, call, &mut plan, step, PlanStatus::Suspended).await?;
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        call.commit(transaction, told("suspend_plan", Some(EventType::PlanSuspended), id)).await?;
        Ok(checked)
    }

    /// Lets a plan go on. Its period is not longer for the rest [domain 6.6].
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it does not rest, [`AppError::Refused`] where
    /// the day does not fit, or the database.
    pub async fn resume_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, i64),
        on: NaiveDate,
        words: String,
    ) -> Result<CheckedPlan, AppError> {
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        plan.summary.status.expect(&[PlanStatus::Suspended]).map_err(refused)?;
        let since = plan.steps.last().map_or(NaiveDate::MIN, |step| step.on);
        if let Some((_, last)) = period(&plan) {
            expect_within("/on", since, last, on)?;
        }
        let words = StepWords { text: words, ..StepWords::default() };
        let step = NewStep { kind: PlanStepKind::Resumption, code: "resumed", on, until: None, words };
        take_step(&transaction, call, &mut plan, step, PlanStatus::InForce).await?;
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        call.commit(transaction, told("resume_plan", Some(EventType::PlanResumed), id)).await?;
        Ok(checked)
    }

    /// Signs the decision that ends a plan before its period does, or ends one whose period is over, and closes the budget: orders
    /// are closed, what was not delivered is released.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is not signed or has ended,
    /// [`AppError::Refused`] where the day does not fit or the talk is missing, or the database.
    pub async fn terminate_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        today: NaiveDate,
        (id, version): (Uuid, i64),
        new: NewTermination,
    ) -> Result<CheckedPlan, AppError> {
        let NewTermination { reason, on, words, prepared_by, talk } = new;
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        plan.summary.status.expect(&[PlanStatus::InForce, PlanStatus::Suspended]).map_err(refused)?;
        let is_over = reason == TerminationReason::PeriodEnded;
        if !is_over {
            expect_two(&prepared_by, &call.scope.subject).map_err(|refusal| AppError::refused(&[refusal]))?;
        }
        let budget = transaction.find_budget(&call.scope, plan.summary.budget_id).await?.ok_or(AppError::NotFound)?;
        if let Some(current) = &plan.current {
            let child_born = transaction.find_child_born(&call.scope, plan.summary.budget_id).await?;
            let methodology = budget.summary.methodology;
            reason.expect_applicable(methodology, child_born, current.content.to).map_err(refused)?;
            let of = (current.content.from, current.content.last_day(child_born));
            let (first, last) = reason.days(of, today).map_err(refused)?;
            expect_within("/on", first, last, on)?;
        }
        if reason == TerminationReason::ContractNotKept && talk.as_ref().is_none_or(|talk| talk.trim().is_empty()) {
            return Err(refused(PlanRefusal::TalkRequired));
        }
        let words = StepWords { text: words, prepared_by: Some(prepared_by), talk };
        let step = NewStep { kind: PlanStepKind::Termination, code: reason.as_str(), on, until: None, words };
        end_plan(&transaction, call, &mut plan, step, on).await?;
        // The case goes on when a period is over.
        if !is_over {
            transaction.end_engagements(&call.scope, plan.summary.application_id, on, call.at).await?;
        }
        if budget.summary.status != BudgetStatus::Closed {
            transaction.update_budget_status(&call.scope, &budget.summary, BudgetStatus::Closed, call.at).await?;
            call.tell(&transaction, &call.scope, EventType::BudgetClosed, budget.summary.id).await?;
        }
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        call.commit(transaction, told("terminate_plan", Some(EventType::PlanTerminated), id)).await?;
        Ok(checked)
    }
}

/// A step as it is to be stored.
pub(crate) struct NewStep {
    pub(crate) kind: PlanStepKind,
    pub(crate) code: &'static str,
    pub(crate) on: NaiveDate,
    pub(crate) until: Option<NaiveDate>,
    pub(crate) words: StepWords,
}

async fn take_step(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    plan: &mut Plan,
    new: NewStep,
    status: PlanStatus,
) -> Result<(), AppError> {
    let NewStep { kind, code, on, until, words } = new;
    let number = u32::try_from(plan.steps.len()).unwrap_or(u32::MAX).saturating_add(1);
    let recorded_by = call.scope.subject.clone();
    let step = PlanStep { number, kind, code: code.to_owned(), on, until, words, recorded_by };
    plan.summary.version = transaction.insert_plan_step(&call.scope, &plan.summary, &step, status, call.at).await?;
    plan.summary.status = status;
    plan.steps.push(step);
    Ok(())
}

/// Ends a plan: its orders are closed, and what was neither delivered of them nor claimed is released. What is delivered until the
/// last day may still be told. The transaction has taken the budget, which comes before orders and ledger.
pub(crate) async fn end_plan(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    plan: &mut Plan,
    step: NewStep,
    last: NaiveDate,
) -> Result<(), AppError> {
    take_step(transaction, call, plan, step, PlanStatus::Terminated).await?;
    if plan.draft.is_some() {
        plan.summary.version = transaction.replace_draft(&call.scope, &plan.summary, None, None, call.at).await?;
        (plan.draft, plan.revision) = (None, None);
        plan.signatures.retain(|signature| signature.number <= plan.summary.current);
    }
    transaction.close_orders_of(&call.scope, plan.summary.id, last, call.at).await?;
    let Some(mut ledger) = transaction.find_ledger(&call.scope, plan.summary.budget_id).await? else { return Ok(()) };
    let sums = transaction.order_sums(&call.scope, plan.summary.budget_id).await?;
    release_rest(transaction, call, &mut ledger, sums).await?;
    Ok(())
}

fn period(plan: &Plan) -> Option<(NaiveDate, NaiveDate)> {
    plan.current.as_ref().map(|current| (current.content.from, current.content.to))
}

fn expect_within(pointer: &'static str, first: NaiveDate, last: NaiveDate, day: NaiveDate) -> Result<(), AppError> {
    match day::check_between(pointer, first, last, day) {
        Some(refusal) => Err(refused(PlanRefusal::Day(refusal))),
        None => Ok(()),
    }
}

//! What came of the goals of a signed plan: recorded by the worker, corrected until it is final, counted.

use std::sync::Arc;

use balsts_domain::{
    day,
    events::EventType,
    goal_results::{self, GoalAchievement, GoalResultRefusal, GoalStatistics, ResultDimension},
    parameters::{catalogue::MethodologyId, municipalities::Municipalities},
    plans::status::{PlanStatus, PlanStepKind},
    suppression::Table,
};
use balsts_store::{GoalResult, InsertError, Plan, PlanVersion, RecordedAnswer, WriteTransaction};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told, off_thread};

/// Results read at a time.
const PAGE: u64 = 1_000;

/// What the worker records of a goal.
#[derive(Debug)]
pub struct NewGoalResult {
    /// What came of it.
    pub achievement: GoalAchievement,
    /// The day on which that was seen.
    pub on: NaiveDate,
    /// In words.
    pub note: Option<String>,
}

/// The results of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanResults {
    /// In the order of the goals.
    pub results: Vec<GoalResult>,
    /// Numbers of the goals of the version in force that have none.
    pub without_result: Vec<u32>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "goal_result", id, event }
}

fn refused(refusal: GoalResultRefusal) -> AppError {
    if refusal.is_conflict() { AppError::conflict(&refusal) } else { AppError::refused(&[refusal]) }
}

/// The version in force, or the last one that was.
fn signed(plan: &Plan) -> Result<&PlanVersion, AppError> {
    let signed = [PlanStatus::InForce, PlanStatus::Suspended, PlanStatus::Terminated];
    plan.summary.status.expect(&signed).map_err(|refusal| AppError::conflict(&refusal))?;
    plan.current.as_ref().ok_or(AppError::NotFound)
}

/// The last day of a plan: that of its termination, or of its period.
fn last_day(plan: &Plan, version: &PlanVersion) -> NaiveDate {
    let ended = plan.steps.iter().find(|step| step.kind == PlanStepKind::Termination);
    ended.map_or(version.content.to, |step| step.on)
}

impl App {
    /// Records what came of a goal of a signed plan. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the plan is not signed, the goal has its result or results are final,
    /// [`AppError::Refused`], [`AppError::KeyReused`], or the database.
    pub async fn record_goal_result(
        &self,
        call: &Call<'_>,
        plan: Uuid,
        (goal, new): (u32, NewGoalResult),
        answer: impl FnOnce(&GoalResult) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let application = transaction.find_application_of_plan(&call.scope, plan).await?.ok_or(AppError::NotFound)?;
        let application = transaction.find_application(&call.scope, application).await?.ok_or(AppError::NotFound)?;
        let plan = open_plan(call, &transaction, plan, new.on).await?;
        let goals = &signed(&plan)?.content.goals;
        let found = goals.iter().find(|known| known.number == goal);
        let area = found.ok_or(GoalResultRefusal::UnknownGoal).map_err(refused)?.area;
        let NewGoalResult { achievement, on, note } = new;
        let result = GoalResult {
            id: (call.new_id)(),
            plan_id: plan.summary.id,
            application_id: plan.summary.application_id,
            person_id: plan.summary.person_id,
            methodology: application.summary.methodology,
            goal,
            area: area.into(),
            achievement,
            on,
            note,
            recorded_by: call.scope.subject.clone(),
            version: 1,
        };
        match transaction.insert_goal_result(&call.scope, &result, call.at).await {
            Ok(()) => {}
            Err(InsertError::Exists) => return Err(refused(GoalResultRefusal::Exists)),
            Err(InsertError::Store(error)) => return Err(error.into()),
        }
        let told = told("record_goal_result", Some(EventType::GoalResultRecorded), result.id);
        Ok(call.commit_once(transaction, told, answer(&result), Some(result.person_id)).await?)
    }

    /// Corrects a result.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where results are final, [`AppError::Refused`], or the
    /// database.
    pub async fn correct_goal_result(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        new: NewGoalResult,
    ) -> Result<GoalResult, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut result = transaction.find_goal_result(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if result.version != version {
            return Err(AppError::Stale);
        }
        open_plan(call, &transaction, result.plan_id, new.on).await?;
        (result.achievement, result.on, result.note) = (new.achievement, new.on, new.note);
        result.recorded_by.clone_from(&call.scope.subject);
        transaction.update_goal_result(&call.scope, &mut result, call.at).await?;
        call.commit(transaction, told("correct_goal_result", Some(EventType::GoalResultCorrected), id)).await?;
        Ok(result)
    }

    /// Gets a result; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_goal_result(&self, call: &Call<'_>, id: Uuid) -> Result<GoalResult, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let result = transaction.find_goal_result(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_goal_result", None, id)).await?;
        Ok(result)
    }

    /// Lists the results of a plan; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_goal_results(&self, call: &Call<'_>, plan: Uuid) -> Result<PlanResults, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let known = transaction.find_plan(&call.scope, plan).await?.ok_or(AppError::NotFound)?;
        let results = transaction.list_goal_results(&call.scope, plan).await?;
        let goals = known.current.iter().flat_map(|version| &version.content.goals).map(|goal| goal.number);
        let without_result = goals.filter(|goal| results.iter().all(|result| result.goal != *goal)).collect();
        call.commit(transaction, Told { action: "list_goal_results", resource: "plan", id: plan, event: None }).await?;
        Ok(PlanResults { results, without_result })
    }

    /// Counts the results of a methodology in the caller's municipality, or in the country.
    ///
    /// # Errors
    /// The database.
    pub async fn goal_statistics(
        &self,
        call: &Call<'_>,
        municipalities: &Municipalities,
        (methodology, by): (MethodologyId, ResultDimension),
    ) -> Result<GoalStatistics, AppError> {
        let municipalities = Arc::new(municipalities.clone());
        let mut table = Table::new(call.scope.is_national());
        let mut after = None;
        loop {
            let page = self.store.list_counted_goals(&call.scope, methodology, after, PAGE).await?;
            let Some(last) = page.last().map(|goal| goal.id) else { break };
            after = Some(last);
            let municipalities = Arc::clone(&municipalities);
            table = off_thread(move || {
                for goal in page {
                    table.add(by.group(goal.area, goal.municipality, &municipalities), goal.person, goal.achievement);
                }
                table
            })
            .await?;
        }
        off_thread(move || GoalStatistics::from(&table)).await
    }
}

/// The plan, whose results are not final, on a day within its time.
async fn open_plan(
    call: &Call<'_>,
    transaction: &WriteTransaction,
    plan: Uuid,
    on: NaiveDate,
) -> Result<Plan, AppError> {
    let plan = transaction.find_plan(&call.scope, plan).await?.ok_or(AppError::NotFound)?;
    let version = signed(&plan)?;
    let assessments = transaction.list_assessments(&call.scope, plan.summary.application_id).await?;
    let completed = assessments.iter().filter(|assessment| assessment.completed_on.is_some());
    let assessed = completed.map(|assessment| assessment.assessed_on);
    goal_results::expect_open(last_day(&plan, version), call.scope.today, assessed).map_err(refused)?;
    let refusal = day::check("/on", version.content.from, call.scope.today, on);
    refusal.map_or(Ok(()), |refusal| Err(AppError::refused(&[refusal])))?;
    Ok(plan)
}

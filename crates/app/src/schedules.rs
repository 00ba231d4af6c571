//! Monthly schedules of plans in force: handed in by the recipient or recorded by the worker, and shown beside what was delivered
//! [domain 6.2].

use balsts_domain::{
    events::EventType,
    ledger::EntryKind,
    month::Month,
    plans::status::{PlanRefusal, PlanStatus, SigningMethod},
    schedules::{self, DeliveredOn, MonthOfLine, ScheduleContent, ScheduleFacts},
};
use balsts_store::{InsertError, Plan, PlanSchedule, PlanVersion, RecordedAnswer, WriteTransaction};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A schedule as it is handed in.
#[derive(Debug)]
pub struct NewSchedule {
    /// The day of the signature.
    pub signed_on: NaiveDate,
    /// How it was signed.
    pub method: SigningMethod,
    /// What it says.
    pub content: ScheduleContent,
}

/// A schedule beside what is planned and delivered in its month.
#[derive(Debug)]
pub struct ComparedSchedule {
    /// The schedule.
    pub schedule: PlanSchedule,
    /// Each line of the month.
    pub lines: Vec<MonthOfLine>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "plan_schedule", id, event }
}

/// A plan with its deliveries by day.
struct Standing {
    plan: Plan,
    delivered: Vec<DeliveredOn>,
}

impl Standing {
    async fn of(transaction: &WriteTransaction, call: &Call<'_>, plan: Uuid) -> Result<Self, AppError> {
        let plan = transaction.find_plan(&call.scope, plan).await?.ok_or(AppError::NotFound)?;
        let days = transaction.ledger_days(&call.scope, plan.summary.budget_id).await?;
        let delivered = days.into_iter().filter(|day| day.kind == EntryKind::Delivered);
        let delivered =
            delivered.map(|day| DeliveredOn { line: day.line, on: day.on, thousandths: day.thousandths }).collect();
        Ok(Self { plan, delivered })
    }

    fn current(&self) -> Result<&PlanVersion, AppError> {
        self.plan.current.as_ref().ok_or_else(|| AppError::conflict(&PlanRefusal::NoDraft))
    }

    /// Checks a schedule against the version in force.
    fn check(&self, call: &Call<'_>, month: Month, new: &NewSchedule) -> Result<u32, AppError> {
        let allowed = [PlanStatus::InForce, PlanStatus::Suspended];
        self.plan.summary.status.expect(&allowed).map_err(|refusal| AppError::conflict(&refusal))?;
        let current = self.current()?;
        let facts = ScheduleFacts { plan: &current.content, delivered: &self.delivered, today: call.scope.today };
        schedules::check((month, new.signed_on), &new.content.lines, &facts)
            .map_err(|refusals| AppError::refused(&refusals))?;
        Ok(current.number)
    }

    fn compared(&self, call: &Call<'_>, schedule: PlanSchedule) -> Result<ComparedSchedule, AppError> {
        let plan = &self.current()?.content;
        let facts = ScheduleFacts { plan, delivered: &self.delivered, today: call.scope.today };
        let lines = schedules::month_of(schedule.month, &schedule.content.lines, &facts);
        Ok(ComparedSchedule { schedule, lines })
    }
}

impl App {
    /// Takes the schedule of a month. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the plan is not in force or the month has a schedule,
    /// [`AppError::Refused`], [`AppError::KeyReused`], or the database.
    pub async fn hand_in_schedule(
        &self,
        call: &Call<'_>,
        plan: Uuid,
        (month, new): (Month, NewSchedule),
        answer: impl FnOnce(&ComparedSchedule) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let standing = Standing::of(&transaction, call, plan).await?;
        let plan_version = standing.check(call, month, &new)?;
        let NewSchedule { signed_on, method, content } = new;
        let schedule = PlanSchedule {
            id: (call.new_id)(),
            plan_id: plan,
            person_id: standing.plan.summary.person_id,
            month,
            plan_version,
            signed_on,
            method,
            handed_in_on: call.scope.today,
            content,
            recorded_by: call.scope.subject.clone(),
            version: 1,
        };
        match transaction.insert_schedule(&call.scope, &schedule, call.at).await {
            Ok(()) => {}
            Err(InsertError::Exists) => return Err(AppError::Conflict { code: "schedule_exists" }),
            Err(InsertError::Store(error)) => return Err(error.into()),
        }
        let told = told("hand_in_schedule", Some(EventType::ScheduleHandedIn), schedule.id);
        let compared = standing.compared(call, schedule)?;
        let person = Some(compared.schedule.person_id);
        Ok(call.commit_once(transaction, told, answer(&compared), person).await?)
    }

    /// Replaces the schedule of a month until the month is over.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where the plan is not in force, [`AppError::Refused`], or
    /// the database.
    pub async fn replace_schedule(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        new: NewSchedule,
    ) -> Result<ComparedSchedule, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = transaction.find_plan_of_schedule(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let standing = Standing::of(&transaction, call, plan).await?;
        let mut schedule = transaction.find_schedule(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if schedule.version != version {
            return Err(AppError::Stale);
        }
        schedule.plan_version = standing.check(call, schedule.month, &new)?;
        (schedule.signed_on, schedule.method, schedule.content) = (new.signed_on, new.method, new.content);
        schedule.handed_in_on = call.scope.today;
        schedule.recorded_by.clone_from(&call.scope.subject);
        transaction.update_schedule(&call.scope, &mut schedule, call.at).await?;
        let compared = standing.compared(call, schedule)?;
        call.commit(transaction, told("replace_schedule", Some(EventType::ScheduleHandedIn), id)).await?;
        Ok(compared)
    }

    /// Gets a schedule beside what was delivered; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_schedule(&self, call: &Call<'_>, id: Uuid) -> Result<ComparedSchedule, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = transaction.find_plan_of_schedule(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let standing = Standing::of(&transaction, call, plan).await?;
        let schedule = transaction.find_schedule(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let compared = standing.compared(call, schedule)?;
        call.commit(transaction, told("get_schedule", None, id)).await?;
        Ok(compared)
    }

    /// Lists the schedules of a plan beside what was delivered; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_schedules(&self, call: &Call<'_>, plan: Uuid) -> Result<Vec<ComparedSchedule>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let standing = Standing::of(&transaction, call, plan).await?;
        let schedules = transaction.list_schedules(&call.scope, plan).await?;
        let compared = schedules.into_iter().map(|schedule| standing.compared(call, schedule)).collect();
        call.commit(transaction, Told { action: "list_schedules", resource: "plan", id: plan, event: None }).await?;
        compared
    }
}

//! Budgets: calculate, calculate again, sign, read, list, replay.

use balsts_domain::{
    access::Scope,
    budgets::{
        self, BudgetRefusal, BudgetStatus, CalculationForm, Decided, Earlier, EarlierPeriod, EarlierPlan, Party,
    },
    calculation::{CalculationFacts, CalculationRefusal, CalculationResult},
    day,
    events::EventType,
    parameters::Parameters,
    pilot::{
        budget::PilotFacts,
        periods::{PeriodRefusal, PilotPeriodStatus},
    },
    plans::status::{PERIOD_ENDED, PlanStepKind, RevisionOutcome},
    text::{Fault, Refusal},
};
use balsts_store::{
    Application, Budget, BudgetFilter, BudgetSummary, Calculated, CalculationSummary, ErasedBudget, InsertError, Kept,
    PilotPeriod, Plan, RecordedAnswer, Signature, StepWords, WriteTransaction,
};
use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, Told,
    plans::{NewStep, end_plan},
};

/// A calculation as it is asked for.
#[derive(Debug)]
pub struct NewCalculation<Facts = CalculationFacts> {
    /// What it is made from.
    pub facts: Facts,
    /// What the form says beside it.
    pub form: CalculationForm,
}

/// The facts that a caller gives.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one at a time, on the stack")]
pub enum GivenFacts {
    /// All of them.
    All(CalculationFacts),
    /// Those of a child in the pilot; the period gives the rest.
    InPeriod {
        /// Number of the period.
        period: u32,
        /// The day of the calculation.
        date: NaiveDate,
        /// Birth date of the child.
        birth_date: NaiveDate,
        /// Whether an opinion on special care need is in force on the 1st of the period's first month.
        special_care: bool,
    },
}

/// A signature as it is recorded.
#[derive(Debug)]
pub struct NewSignature {
    /// Who signs.
    pub party: Party,
    /// Its day.
    pub signed_on: NaiveDate,
    /// Name of the recipient who signs; the worker signs as the caller.
    pub signer: Option<String>,
}

/// What a calculation gives today from what is stored of it.
#[derive(Debug)]
pub struct Replay {
    /// Number of the calculation.
    pub number: u32,
    /// Hash of the result as it was stored.
    pub stored_hash: Vec<u8>,
    /// Hash of the stored result, computed now.
    pub intact_hash: Vec<u8>,
    /// The result of today; why the rules refuse the facts today.
    pub outcome: Result<CalculationResult, Vec<CalculationRefusal>>,
    /// What differs; empty where both are identical.
    pub differences: Vec<Difference>,
}

/// A member of a result that is not what it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// JSON Pointer.
    pub pointer: String,
    /// As it was stored; none where there was none.
    pub stored: Option<Value>,
    /// As it is now; none where there is none.
    pub replayed: Option<Value>,
}

impl Replay {
    /// Whether the stored result is unharmed and comes out to the same bytes.
    #[must_use]
    pub fn is_identical(&self) -> bool {
        self.stored_hash == self.intact_hash
            && self.outcome.as_ref().is_ok_and(|result| result.hash().as_slice() == self.stored_hash)
    }
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "budget", id, event }
}

fn refused(refusals: Vec<BudgetRefusal>) -> AppError {
    match refusals.iter().find(|refusal| refusal.is_conflict()) {
        Some(conflict) => AppError::conflict(conflict),
        None => AppError::refused(&refusals),
    }
}

impl App {
    /// Calculates the budget of a granted application; when the period of its plan, or of the pilot, is over the next one,
    /// which ends that plan. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the application is not granted, the person has an active budget, or its
    /// support was ended, [`AppError::Refused`] where the rules refuse the facts or the form, [`AppError::KeyReused`], or the database.
    pub async fn create_budget(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        today: NaiveDate,
        application: Uuid,
        new: NewCalculation<GivenFacts>,
        answer: impl FnOnce(&Budget) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let application = transaction.find_application(&call.scope, application).await?.ok_or(AppError::NotFound)?;
        budgets::expect_granted(application.summary.status).map_err(|refusal| AppError::conflict(&refusal))?;
        // Rows are taken in one order everywhere: application, plan, period, budget.
        let plan = transaction.find_plan_of(&call.scope, application.summary.id).await?;
        let period = open_period(&transaction, &new.facts).await?;
        let earlier = transaction.find_budget_of(&call.scope, application.summary.id).await?;
        let ended = match earlier.map(Kept::whole).transpose()? {
            Some(earlier) => end_before(&transaction, call, &application, &earlier, plan, period.as_ref()).await?,
            None => Vec::new(),
        };
        let new = new.in_period(period.as_ref())?;
        let calculated = calculate(call, parameters, today, &application, new, 1)?;
        let summary = new_summary(call, &application, &calculated);
        match transaction.insert_budget(&call.scope, &summary, &application.person, &calculated).await {
            Ok(()) => {}
            Err(InsertError::Exists) => return Err(AppError::Conflict { code: "active_budget_exists" }),
            Err(InsertError::Store(error)) => return Err(error.into()),
        }
        let (history, signatures) = (vec![in_history(&calculated)], Vec::new());
        let mut budget = Budget { summary, person: application.person, calculated, signatures, history, pilot: None };
        if let Some(period) = &period {
            let (id, provisional) = (budget.summary.id, budget.summary.total);
            budget.pilot = Some(transaction.enter_period(&call.scope, id, period, provisional).await?);
        }
        // The chain is taken after all rows.
        for (event, id) in ended {
            call.tell(&transaction, &call.scope, event, id).await?;
        }
        let told = told("create_budget", Some(EventType::BudgetCalculated), budget.summary.id);
        Ok(call.commit_once(transaction, told, answer(&budget), Some(budget.summary.person_id)).await?)
    }

    /// Calculates a budget again, until its plan is signed. The new calculation has no signatures yet.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where the plan is signed or the budget closed,
    /// [`AppError::Refused`] where the rules refuse the facts or the form, or the database.
    pub async fn recalculate_budget(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        today: NaiveDate,
        (id, version): (Uuid, i64),
        new: NewCalculation<GivenFacts>,
    ) -> Result<Budget, AppError> {
        let change = self.budget_for_change(call, (id, version), Some(&new.facts)).await?;
        let BudgetChange { transaction, application, period, mut budget } = change;
        let new = new.in_period(period.as_ref())?;
        let number = budget.summary.calculation.saturating_add(1);
        let calculated = calculate(call, parameters, today, &application, new, number)?;
        budget.summary.version = transaction.replace_calculation(&call.scope, &budget.summary, &calculated).await?;
        budget.summary.calculation = number;
        budget.summary.total = calculated.result.total;
        if let Some(period) = &period {
            budget.pilot = Some(transaction.enter_period(&call.scope, id, period, budget.summary.total).await?);
        }
        budget.signatures.clear();
        budget.history.push(in_history(&calculated));
        budget.calculated = calculated;
        call.commit(transaction, told("recalculate_budget", Some(EventType::BudgetRecalculated), id)).await?;
        Ok(budget)
    }

    /// Records a signature under the calculation that holds.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where the party has signed or the budget is not
    /// indicative any more, [`AppError::Refused`] where the day does not fit or the signer is missing, or the database.
    pub async fn sign_budget(
        &self,
        call: &Call<'_>,
        today: NaiveDate,
        (id, version): (Uuid, i64),
        new: NewSignature,
    ) -> Result<Budget, AppError> {
        let change = self.budget_for_change(call, (id, version), None).await?;
        let BudgetChange { transaction, mut budget, .. } = change;
        let signature = new.signed(&call.scope, today, &budget)?;
        budget.summary.version =
            transaction.insert_signature(&call.scope, &budget.summary, &signature, call.at).await?;
        budget.signatures.push(signature);
        call.commit(transaction, told("sign_budget", Some(EventType::BudgetSigned), id)).await?;
        Ok(budget)
    }

    /// Gets a budget, or what the erasure of its person has left of it; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_budget(&self, call: &Call<'_>, id: Uuid) -> Result<Kept<Budget, ErasedBudget>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let budget = transaction.find_kept_budget(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_budget", None, id)).await?;
        Ok(budget)
    }

    /// Lists budgets without personal data.
    ///
    /// # Errors
    /// The database.
    pub async fn list_budgets(
        &self,
        call: &Call<'_>,
        filter: BudgetFilter,
        limit: u64,
    ) -> Result<Vec<BudgetSummary>, AppError> {
        Ok(self.store.list_budgets(&call.scope, filter, limit).await?)
    }

    /// Calculates again from what is stored, changes nothing, and tells what differs.
    ///
    /// # Errors
    /// [`AppError::NotFound`], the person is erased and nothing is there to calculate from, or the database.
    pub async fn replay_budget(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        id: Uuid,
        number: Option<u32>,
    ) -> Result<Replay, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let budget = transaction.find_budget(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let stored = match number {
            Some(number) if number != budget.summary.calculation => {
                transaction.find_calculation(&call.scope, id, number).await?.ok_or(AppError::NotFound)?
            }
            _ => budget.calculated,
        };
        call.commit(transaction, told("replay_budget", None, id)).await?;
        Ok(replay(parameters, stored))
    }

    async fn budget_for_change(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        given: Option<&GivenFacts>,
    ) -> Result<BudgetChange, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        // Rows are taken in one order everywhere: application, plan, period, budget.
        let application = transaction.find_application_of_budget(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let application = transaction.find_application(&call.scope, application).await?.ok_or(AppError::NotFound)?;
        let plan = transaction.find_plan_of_budget(&call.scope, id).await?;
        let period = match given {
            Some(given) => open_period(&transaction, given).await?,
            None => None,
        };
        let budget = transaction.find_budget(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if budget.summary.version != version {
            return Err(AppError::Stale);
        }
        let revision = plan.and_then(|plan| plan.revision);
        let reassessed = revision.is_some_and(|revision| revision.outcome == RevisionOutcome::Reassess);
        let status = budget.summary.status;
        status.expect_calculable(reassessed).map_err(|refusal| AppError::conflict(&refusal))?;
        Ok(BudgetChange { transaction, application, period, budget })
    }
}

/// The period that a budget of the pilot is in.
fn period_of(budget: &Budget) -> Option<EarlierPeriod> {
    let (Some(of), CalculationFacts::Pilot(facts)) = (&budget.pilot, &budget.calculated.facts) else { return None };
    let is_final = of.amounts.final_budget.is_some();
    Some(EarlierPeriod { number: of.period, last_day: facts.last_day(), is_final })
}

/// Ends the budget of the year or period before with its plan, where another may follow it; and what is to be told of that.
async fn end_before(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    application: &Application,
    earlier: &Budget,
    plan: Option<Plan>,
    period: Option<&PilotPeriod>,
) -> Result<Vec<(EventType, Uuid)>, AppError> {
    let mut ended = Vec::new();
    let plan = plan.filter(|plan| plan.summary.budget_id == earlier.summary.id);
    let before = plan.as_ref().and_then(|plan| before(plan, earlier.calculated.facts.child_born()));
    let status = earlier.summary.status;
    let known = Earlier { status, plan: before, pilot: period_of(earlier) };
    let period = period.map(|period| period.number);
    let next = budgets::expect_next(known, period, &decided(application)?, call.scope.today);
    next.map_err(|refusal| AppError::conflict(&refusal))?;
    if let Some((mut plan, EarlierPlan { last_day, .. })) =
        plan.filter(|plan| plan.summary.status.is_signed()).zip(before)
    {
        let (kind, words) = (PlanStepKind::Termination, StepWords::default());
        let step = NewStep { kind, code: PERIOD_ENDED, on: last_day, until: None, words };
        end_plan(transaction, call, &mut plan, step, last_day).await?;
        ended.push((EventType::PlanTerminated, plan.summary.id));
    }
    if status != BudgetStatus::Closed {
        transaction.update_budget_status(&call.scope, &earlier.summary, BudgetStatus::Closed, call.at).await?;
        ended.push((EventType::BudgetClosed, earlier.summary.id));
    }
    Ok(ended)
}

/// What the next budget must know of a plan, once it is signed.
fn before(plan: &Plan, child_born: Option<NaiveDate>) -> Option<EarlierPlan> {
    let last_day = plan.current.as_ref()?.content.last_day(child_born);
    let is_over = plan.steps.last().is_some_and(|step| step.code == PERIOD_ENDED);
    Some(EarlierPlan { last_day, is_over })
}

/// What was decided of an application.
fn decided(application: &Application) -> Result<Decided<'_>, AppError> {
    let Some(decision) = &application.decision else { return Err(AppError::conflict(&BudgetRefusal::NotGranted)) };
    Ok(Decided { methodology: application.summary.methodology, on: decision.decided_on, facts: &decision.facts })
}

/// A budget that is being changed.
struct BudgetChange {
    transaction: WriteTransaction,
    application: Application,
    /// The period that its calculation asks for.
    period: Option<PilotPeriod>,
    budget: Budget,
}

/// The period that facts name: it is open, and stays so to the end of the transaction.
async fn open_period(transaction: &WriteTransaction, given: &GivenFacts) -> Result<Option<PilotPeriod>, AppError> {
    let GivenFacts::InPeriod { period, .. } = given else { return Ok(None) };
    let period = transaction.find_pilot_period_numbered(*period).await?;
    // A draft is not there for the offices.
    let period = period.filter(|period| period.status != PilotPeriodStatus::Draft);
    let period = period.ok_or_else(|| AppError::refused(&[BudgetRefusal::UnknownPeriod]))?;
    let is_open = period.status.expect(PilotPeriodStatus::Open);
    is_open.map_err(|refusal: PeriodRefusal| AppError::conflict(&refusal))?;
    Ok(Some(period))
}

impl From<NewCalculation> for NewCalculation<GivenFacts> {
    fn from(NewCalculation { facts, form }: NewCalculation) -> Self {
        Self { facts: GivenFacts::All(facts), form }
    }
}

impl NewCalculation<GivenFacts> {
    /// With what the period gives.
    fn in_period(self, of: Option<&PilotPeriod>) -> Result<NewCalculation, AppError> {
        let facts = match (self.facts, of) {
            (GivenFacts::All(facts), _) => facts,
            (GivenFacts::InPeriod { period, date, birth_date, special_care }, Some(of)) => {
                let terms = &of.terms;
                CalculationFacts::Pilot(PilotFacts {
                    date,
                    birth_date,
                    special_care,
                    period,
                    first_month: terms.first_month,
                    months: terms.months,
                    per_child_funding: terms.per_child_funding,
                })
            }
            (GivenFacts::InPeriod { .. }, None) => return Err(AppError::refused(&[BudgetRefusal::UnknownPeriod])),
        };
        Ok(NewCalculation { facts, form: self.form })
    }
}

impl NewSignature {
    /// The signature, recorded by who calls.
    pub(crate) fn signed(self, recorder: &Scope, today: NaiveDate, budget: &Budget) -> Result<Signature, AppError> {
        if budget.signatures.iter().any(|known| known.party == self.party) {
            return Err(AppError::conflict(&BudgetRefusal::Signed));
        }
        let earliest = budget.calculated.result.date;
        let mut refusals: Vec<_> =
            day::check("/signed_on", earliest, today, self.signed_on).map(BudgetRefusal::Day).into_iter().collect();
        let signer = match self.party {
            Party::Worker => Some(recorder.subject.clone()),
            Party::Recipient => self.signer,
        };
        let Some(signer) = signer.filter(|_| refusals.is_empty()) else {
            if refusals.is_empty() {
                refusals.push(BudgetRefusal::SignerRequired);
            }
            return Err(refused(refusals));
        };
        let recorded_by = recorder.subject.clone();
        Ok(Signature { party: self.party, signed_on: self.signed_on, signer, recorded_by })
    }
}

/// A new budget with its first calculation.
pub(crate) fn new_summary(call: &Call<'_>, application: &Application, calculated: &Calculated) -> BudgetSummary {
    BudgetSummary {
        id: (call.new_id)(),
        application_id: application.summary.id,
        person_id: application.summary.person_id,
        methodology: application.summary.methodology,
        status: BudgetStatus::Indicative,
        calculation: calculated.number,
        total: calculated.result.total,
        version: 1,
    }
}

pub(crate) fn calculate(
    call: &Call<'_>,
    parameters: &Parameters,
    today: NaiveDate,
    application: &Application,
    NewCalculation { facts, form }: NewCalculation,
    number: u32,
) -> Result<Calculated, AppError> {
    let of_form = budgets::check_form(decided(application)?, today, &facts, &form);
    let mut faults: Vec<_> = of_form.iter().map(Into::into).collect();
    let calculated = match facts.calculate(parameters) {
        Ok(calculated) => Some(calculated),
        Err(refusals) => {
            let under = |refusal: &CalculationRefusal| {
                let mut fault = Fault::from(refusal);
                fault.pointer = format!("/calculation{}", refusal.pointer());
                fault
            };
            faults.extend(refusals.iter().map(under));
            None
        }
    };
    let Some(calculated) = calculated.filter(|_| faults.is_empty()) else { return Err(AppError::Refused(faults)) };
    let result = calculated.result(facts.date());
    let result_hash = result.hash().to_vec();
    Ok(Calculated { number, facts, form, result, result_hash, calculated_by: call.scope.subject.clone(), at: call.at })
}

pub(crate) fn in_history(calculated: &Calculated) -> CalculationSummary {
    CalculationSummary {
        number: calculated.number,
        calculated_on: calculated.result.date,
        methodology_version: calculated.result.version.clone(),
        total: calculated.result.total,
        result_hash: calculated.result_hash.clone(),
    }
}

fn replay(parameters: &Parameters, stored: Calculated) -> Replay {
    let outcome = stored.facts.calculate(parameters).map(|calculated| calculated.result(stored.facts.date()));
    let differences = match &outcome {
        Ok(replayed) => differences(&stored.result, replayed),
        Err(_) => Vec::new(),
    };
    Replay {
        number: stored.number,
        intact_hash: stored.result.hash().to_vec(),
        stored_hash: stored.result_hash,
        outcome,
        differences,
    }
}

/// What a JSON patch from one result to the other would change.
fn differences(stored: &CalculationResult, replayed: &CalculationResult) -> Vec<Difference> {
    let json = |result: &CalculationResult| serde_json::to_value(result).unwrap_or_default();
    let (stored, replayed) = (json(stored), json(replayed));
    let patch = json_patch::diff(&stored, &replayed);
    let pointers = patch.0.iter().map(|operation| operation.path().to_string());
    pointers
        .map(|pointer| Difference {
            stored: stored.pointer(&pointer).cloned(),
            replayed: replayed.pointer(&pointer).cloned(),
            pointer,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stored(parameters: &Parameters) -> Calculated {
        let facts: CalculationFacts = serde_json::from_value(json!({
            "methodology": "adults-2023", "date": "2023-05-02", "care_level": 2, "living_arrangement": "lives_alone",
            "additional_needs": [{"need": "mobility"}],
        }))
        .unwrap();
        let result = facts.calculate(parameters).unwrap().result(facts.date());
        let result_hash = result.hash().to_vec();
        let form = CalculationForm::default();
        Calculated {
            number: 1,
            facts,
            form,
            result,
            result_hash,
            calculated_by: "w".to_owned(),
            at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_untouched_calculation_comes_out_the_same() {
        let parameters = Parameters::embedded().unwrap();
        let replay = replay(&parameters, stored(&parameters));
        assert!(replay.is_identical() && replay.differences.is_empty(), "{replay:?}");
    }

    #[test]
    fn what_differs_is_named() {
        let parameters = Parameters::embedded().unwrap();
        let mut other = stored(&parameters);
        other.result.months = 11;
        other.result.lines.truncate(1);
        other.result_hash = other.result.hash().to_vec();
        let told = replay(&parameters, other);
        assert!(!told.is_identical());
        let pointers: Vec<&str> = told.differences.iter().map(|difference| difference.pointer.as_str()).collect();
        assert_eq!(pointers, ["/lines/1", "/months"]);
        assert_eq!(told.differences[1].stored, Some(json!(11)));
        assert_eq!(told.differences[0].stored, None);
        // A result that is not the one that was hashed.
        let mut harmed = stored(&parameters);
        harmed.result.months = 11;
        assert!(!replay(&parameters, harmed).is_identical());
    }

    #[test]
    fn facts_that_the_rules_refuse_now_are_told() {
        let parameters = Parameters::embedded().unwrap();
        let mut other = stored(&parameters);
        if let CalculationFacts::Adult(facts) = &mut other.facts {
            facts.care_level = Some(9);
        }
        let told = replay(&parameters, other);
        assert_eq!(told.outcome.as_ref().unwrap_err().iter().map(Refusal::code).collect::<Vec<_>>(), ["not_in_table"]);
        assert!(!told.is_identical());
    }
}

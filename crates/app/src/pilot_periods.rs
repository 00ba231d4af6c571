//! Periods of the pilot: drafted, opened, and closed by their redistribution, which sets the final budget of every child.

use balsts_domain::{
    events::EventType,
    money::Money,
    parameters::Parameters,
    pilot::{
        periods::{self, FrozenRedistribution, PeriodBudget, PeriodRefusal, PeriodTerms, PilotPeriodStatus, Unspent},
        redistribution::redistribute,
    },
};
use balsts_store::{
    Act, BudgetOfPeriod, Event, InsertError, OfPilot, PilotPeriod, Reach, RecordedAnswer, StoreError,
    StoredRedistribution, WriteTransaction,
};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A redistribution that was run, and the period that it closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redistributed {
    /// The period.
    pub period: PilotPeriod,
    /// What was run, and what came out.
    pub frozen: FrozenRedistribution,
    /// As it is stored.
    pub stored: StoredRedistribution,
}

fn told(action: &'static str, id: Uuid) -> Told {
    Told { action, resource: "pilot_period", id, event: None }
}

fn refused(refusals: &[PeriodRefusal]) -> AppError {
    match refusals.iter().find(|refusal| refusal.is_conflict()) {
        Some(conflict) => AppError::conflict(conflict),
        None => AppError::refused(refusals),
    }
}

/// Months that the methodology says on the first day of a period.
fn months_of(parameters: &Parameters, terms: &PeriodTerms) -> Option<u32> {
    parameters.pilot.rules_on(terms.first_month.first_day()).map(|rules| rules.months)
}

/// What comes out for the budgets of a period, when all plans are in.
async fn run(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    period: &PilotPeriod,
    budgets: &[BudgetOfPeriod],
) -> Result<FrozenRedistribution, AppError> {
    let (unspent, counted) = match (period.terms.unspent, period.number.saturating_sub(1)) {
        (Some(said), _) => (said, None),
        (None, 0) => (Money::ZERO, None),
        (None, before) => {
            let before = transaction.find_pilot_period_numbered(before).await?.ok_or(AppError::NotFound)?;
            let counted = left_by(transaction, call, &before).await?;
            (counted.unspent, Some(counted))
        }
    };
    let budgets: Vec<PeriodBudget> = budgets.iter().map(|of| of.budget.clone()).collect();
    let input = periods::redistribution_of(unspent, &budgets).map_err(|refusal| refused(&[refusal]))?;
    let result = redistribute(&input).map_err(|refusals| AppError::refused(&refusals))?;
    Ok(FrozenRedistribution { unspent, counted, result })
}

/// What a period left unspent, as the ledgers of its budgets tell now.
async fn left_by(transaction: &WriteTransaction, call: &Call<'_>, period: &PilotPeriod) -> Result<Unspent, AppError> {
    period.status.expect_over(&period.terms, call.scope.today).map_err(|refusal| refused(&[refusal]))?;
    let stored = transaction.find_redistribution(period.id).await?.ok_or(AppError::NotFound)?;
    let ledgers = transaction.ledgers_of_period(period.id).await?;
    Ok(Unspent::of(opened(&stored)?.result.available, ledgers))
}

fn opened(stored: &StoredRedistribution) -> Result<FrozenRedistribution, AppError> {
    let broken = || StoreError::Inconsistent { table: "pilot_redistribution", id: stored.period_id };
    Ok(serde_json::from_str(&stored.content).map_err(|_| broken())?)
}

impl App {
    /// The call where it reaches a case: that of the programme team, who acts for the country, in the municipality that has the case,
    /// which the audit tells of it; any other as it is.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the team asks for what is not of the pilot, or the database.
    pub async fn within_pilot<'a>(&self, mut call: Call<'a>, of: OfPilot) -> Result<Call<'a>, AppError> {
        if call.scope.is_national() {
            call.scope.municipality = self.store.find_office_of_pilot(of).await?.ok_or(AppError::NotFound)?;
        }
        Ok(call)
    }

    /// Drafts the next period. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::Refused`] with everything that is wrong with it, [`AppError::KeyReused`], or the database.
    pub async fn create_pilot_period(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        terms: PeriodTerms,
        answer: impl FnOnce(&PilotPeriod) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let others = transaction.pilot_terms(&call.scope).await?;
        let number = others.last().map_or(0, |(number, _)| *number).saturating_add(1);
        let months = months_of(parameters, &terms);
        periods::check(number, &terms, &others, months).map_err(|refusals| refused(&refusals))?;
        let by = &call.scope.subject;
        let period = PilotPeriod {
            id: (call.new_id)(),
            number,
            terms,
            status: PilotPeriodStatus::Draft,
            version: 1,
            created_by: by.clone(),
            created_at: call.at,
            updated_by: by.clone(),
            updated_at: call.at,
        };
        match transaction.insert_pilot_period(&period).await {
            Ok(()) => {}
            Err(InsertError::Exists) => return Err(AppError::Stale),
            Err(InsertError::Store(error)) => return Err(error.into()),
        }
        let told = told("create_pilot_period", period.id);
        Ok(call.commit_once(transaction, told, answer(&period), None).await?)
    }

    /// Replaces the terms of a draft; of an open period what is left unspent.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where other terms stand, [`AppError::Refused`] with
    /// everything that is wrong with them, or the database.
    pub async fn update_pilot_period(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        of: (Uuid, i64),
        terms: PeriodTerms,
    ) -> Result<PilotPeriod, AppError> {
        let (transaction, mut period) = self.period_for_change(call, of).await?;
        period.status.expect_change(&period.terms, &terms).map_err(|refusal| refused(&[refusal]))?;
        let others = transaction.pilot_terms(&call.scope).await?;
        let months = months_of(parameters, &terms);
        periods::check(period.number, &terms, &others, months).map_err(|refusals| refused(&refusals))?;
        period.terms = terms;
        change(call, &transaction, &mut period).await?;
        call.commit(transaction, told("update_pilot_period", period.id)).await?;
        Ok(period)
    }

    /// Opens a draft: offices calculate provisional budgets in it from now on.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is no draft, or the database.
    pub async fn open_pilot_period(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<PilotPeriod, AppError> {
        let (transaction, mut period) = self.period_for_change(call, of).await?;
        period.status.expect(PilotPeriodStatus::Draft).map_err(|refusal| refused(&[refusal]))?;
        period.status = PilotPeriodStatus::Open;
        change(call, &transaction, &mut period).await?;
        call.commit(transaction, told("open_pilot_period", period.id)).await?;
        Ok(period)
    }

    /// Gets a period; an office sees no draft.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_pilot_period(&self, call: &Call<'_>, id: Uuid) -> Result<PilotPeriod, AppError> {
        let found = self.store.get_pilot_period(id).await?;
        let is_visible = |period: &PilotPeriod| call.scope.is_national() || period.status != PilotPeriodStatus::Draft;
        found.filter(is_visible).ok_or(AppError::NotFound)
    }

    /// Lists periods in the order of their numbers; an office sees no draft.
    ///
    /// # Errors
    /// The database.
    pub async fn list_pilot_periods(
        &self,
        call: &Call<'_>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<PilotPeriod>, AppError> {
        Ok(self.store.list_pilot_periods(!call.scope.is_national(), after, limit).await?)
    }

    /// Gets what a period left unspent, as the ledgers of its budgets tell now.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the period is not over or not redistributed, or the database.
    pub async fn get_unspent(&self, call: &Call<'_>, id: Uuid) -> Result<Unspent, AppError> {
        let period = self.store.get_pilot_period(id).await?.ok_or(AppError::NotFound)?;
        let transaction = self.store.begin_write(Reach::Country).await?;
        let left = left_by(&transaction, call, &period).await?;
        call.commit(transaction, told("get_unspent", id)).await?;
        Ok(left)
    }

    /// What a redistribution would give, of the plans that are signed now. Nothing is stored; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the period is not open, plans are missing, or what the period before
    /// left is not known yet, or the database.
    pub async fn preview_redistribution(&self, call: &Call<'_>, id: Uuid) -> Result<FrozenRedistribution, AppError> {
        let period = self.store.get_pilot_period(id).await?.ok_or(AppError::NotFound)?;
        period.status.expect(PilotPeriodStatus::Open).map_err(|refusal| refused(&[refusal]))?;
        let budgets = self.store.list_budgets_of_period(id).await?;
        let transaction = self.store.begin_write(Reach::Country).await?;
        let frozen = run(&transaction, call, &period, &budgets).await?;
        call.commit(transaction, told("preview_redistribution", id)).await?;
        Ok(frozen)
    }

    /// Redistributes a period: sets the final budget of every child, which is the ceiling of its ledger from now on, and closes
    /// the period. What was run is frozen. The office of each child is told.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where the period is not open, plans are missing, or what
    /// the period before left is not known yet, or the database.
    pub async fn redistribute_pilot_period(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<Redistributed, AppError> {
        let (transaction, mut period) = self.period_for_change(call, of).await?;
        period.status.expect(PilotPeriodStatus::Open).map_err(|refusal| refused(&[refusal]))?;
        let budgets = transaction.take_budgets_of_period(period.id).await?;
        let frozen = run(&transaction, call, &period, &budgets).await?;
        let finals: Vec<(BudgetOfPeriod, Money)> =
            budgets.into_iter().zip(frozen.result.children.iter().map(|child| child.final_budget)).collect();
        transaction.set_finals(period.id, &finals, call.at).await?;
        let broken = || StoreError::Inconsistent { table: "pilot_redistribution", id: period.id };
        let content = serde_json::to_string(&frozen).map_err(|_| broken())?;
        let stored = transaction.insert_redistribution(period.id, content, &call.scope.subject, call.at).await;
        let stored = stored.map_err(written_once)?;
        period.status = PilotPeriodStatus::Closed;
        change(call, &transaction, &mut period).await?;
        tell_offices(call, &transaction, &finals).await?;
        call.commit(transaction, told("redistribute_pilot_period", period.id)).await?;
        Ok(Redistributed { period, frozen, stored })
    }

    /// Gets the redistribution of a period as it was run.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it was not run, or the database.
    pub async fn get_redistribution(&self, call: &Call<'_>, id: Uuid) -> Result<Redistributed, AppError> {
        let period = self.store.get_pilot_period(id).await?.ok_or(AppError::NotFound)?;
        let stored = self.store.get_redistribution(id).await?.ok_or(AppError::NotFound)?;
        let frozen = opened(&stored)?;
        let transaction = self.store.begin_write(&call.scope).await?;
        call.commit(transaction, told("get_redistribution", id)).await?;
        Ok(Redistributed { period, frozen, stored })
    }

    /// Begins a change of a period, for the whole country: a redistribution reaches the budgets of every municipality.
    async fn period_for_change(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
    ) -> Result<(WriteTransaction, PilotPeriod), AppError> {
        debug_assert!(call.scope.is_national(), "only the country changes periods");
        let transaction = self.store.begin_write(Reach::Country).await?;
        let period = transaction.find_pilot_period(id).await?.ok_or(AppError::NotFound)?;
        if period.version == version { Ok((transaction, period)) } else { Err(AppError::Stale) }
    }
}

async fn change(call: &Call<'_>, transaction: &WriteTransaction, period: &mut PilotPeriod) -> Result<(), AppError> {
    (period.updated_by, period.updated_at) = (call.scope.subject.clone(), call.at);
    Ok(transaction.update_pilot_period(period).await?)
}

/// Its key is written by this transaction alone, which has taken the period.
fn written_once(error: InsertError) -> AppError {
    match error {
        InsertError::Exists => AppError::Stale,
        InsertError::Store(error) => error.into(),
    }
}

/// An event and an entry of the audit for each budget, in its municipality.
async fn tell_offices(
    call: &Call<'_>,
    transaction: &WriteTransaction,
    finals: &[(BudgetOfPeriod, Money)],
) -> Result<(), AppError> {
    let event = |(of, _): &(BudgetOfPeriod, Money)| {
        let kind = EventType::BudgetFinalSet.to_string();
        (of.municipality, Event { id: Uuid::nil(), kind, resource_id: of.id, at: call.at })
    };
    let act = |(of, _): &(BudgetOfPeriod, Money)| {
        let action = "redistribute_pilot_period";
        (
            of.municipality,
            Act { action, resource: "budget", resource_id: of.id, request_id: call.request_id, at: call.at },
        )
    };
    let events: Vec<_> = finals.iter().map(event).collect();
    transaction.insert_events_in(&call.scope, &events, call.new_id).await?;
    let acts: Vec<_> = finals.iter().map(act).collect();
    transaction.audit_in(&call.scope, &acts).await.map_err(written_once)
}

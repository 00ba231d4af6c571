//! Budget managers: engaged for cases by the head of the office, and what they report to it.

use balsts_domain::{budget_managers::ManagerReportContent, events::EventType, month::Month, representatives};
use balsts_store::{ApplicationSummary, BudgetManager, ManagerReport, RecordedAnswer, WriteTransaction};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// An engagement as it is stored first.
#[derive(Debug)]
pub struct NewBudgetManager {
    /// The issuer's identifier of who signs in for the organisation.
    pub subject: String,
    /// Name of the organisation.
    pub organisation: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none while there is no end.
    pub valid_to: Option<NaiveDate>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "budget_manager", id, event }
}

async fn case(transaction: &WriteTransaction, call: &Call<'_>, id: Uuid) -> Result<ApplicationSummary, AppError> {
    Ok(transaction.find_application(&call.scope, id).await?.ok_or(AppError::NotFound)?.summary)
}

impl App {
    /// Engages a budget manager for a case. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the case is no more, [`AppError::Refused`] where the last day lies before
    /// the first, [`AppError::KeyReused`], or the database.
    pub async fn engage_budget_manager(
        &self,
        call: &Call<'_>,
        id: Uuid,
        new: NewBudgetManager,
        answer: impl FnOnce(&BudgetManager) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let case = case(&transaction, call, id).await?;
        case.status.expect_live().map_err(|refusal| AppError::conflict(&refusal))?;
        let NewBudgetManager { subject, organisation, valid_from, valid_to } = new;
        representatives::check_validity(valid_from, valid_to).map_err(|refusal| AppError::refused(&[refusal]))?;
        let engaged = BudgetManager {
            id: (call.new_id)(),
            application_id: case.id,
            person_id: case.person_id,
            subject,
            organisation,
            valid_from,
            valid_to,
            created_by: call.scope.subject.clone(),
            version: 1,
        };
        transaction.insert_budget_manager(&call.scope, &engaged, call.at).await?;
        let told = told("engage_budget_manager", Some(EventType::BudgetManagerEngaged), engaged.id);
        Ok(call.commit_once(transaction, told, answer(&engaged), Some(engaged.person_id)).await?)
    }

    /// Lists the engagements for a case, those of old as well.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_budget_managers(&self, call: &Call<'_>, id: Uuid) -> Result<Vec<BudgetManager>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        case(&transaction, call, id).await?;
        let engaged = transaction.list_budget_managers(&call.scope, id).await?;
        let told = Told { action: "list_budget_managers", resource: "application", id, event: None };
        call.commit(transaction, told).await?;
        Ok(engaged)
    }

    /// Gets an engagement.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_budget_manager(&self, call: &Call<'_>, id: Uuid) -> Result<BudgetManager, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let engaged = transaction.find_budget_manager(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_budget_manager", None, id)).await?;
        Ok(engaged)
    }

    /// Sets the last day of an engagement.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Refused`] where the last day lies before the first, or the database.
    pub async fn end_budget_manager(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        valid_to: NaiveDate,
    ) -> Result<BudgetManager, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut engaged = transaction.find_budget_manager(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if engaged.version != version {
            return Err(AppError::Stale);
        }
        representatives::check_validity(engaged.valid_from, Some(valid_to))
            .map_err(|refusal| AppError::refused(&[refusal]))?;
        transaction.end_budget_manager(&call.scope, &mut engaged, valid_to, call.at).await?;
        call.commit(transaction, told("end_budget_manager", Some(EventType::BudgetManagerEnded), id)).await?;
        Ok(engaged)
    }

    /// Takes the report of a budget manager on a case of its own. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::KeyReused`], or the database.
    pub async fn report_as_manager(
        &self,
        call: &Call<'_>,
        id: Uuid,
        (month, content): (Month, ManagerReportContent),
        answer: impl FnOnce(&ManagerReport) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let case = case(&transaction, call, id).await?;
        let orders = transaction.order_ids_of(&call.scope, case.person_id).await?;
        content.check(month, &orders, call.scope.today).map_err(|refusals| AppError::refused(&refusals))?;
        let report = ManagerReport {
            id: (call.new_id)(),
            application_id: id,
            person_id: case.person_id,
            month,
            reported_on: call.scope.today,
            content,
            reported_by: call.scope.subject.clone(),
        };
        transaction.insert_manager_report(&call.scope, &report, call.at).await?;
        let event = Some(EventType::ManagerReported);
        let told = Told { action: "report_as_manager", resource: "application", id, event };
        Ok(call.commit_once(transaction, told, answer(&report), Some(report.person_id)).await?)
    }

    /// Lists the reports of budget managers on a case; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_manager_reports(&self, call: &Call<'_>, id: Uuid) -> Result<Vec<ManagerReport>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        case(&transaction, call, id).await?;
        let reports = transaction.list_manager_reports(&call.scope, id).await?;
        let told = Told { action: "list_manager_reports", resource: "application", id, event: None };
        call.commit(transaction, told).await?;
        Ok(reports)
    }
}

//! What the office of a municipality says of itself.

use balsts_domain::events::EventType;
use balsts_store::{Application, Budget, Office, WriteTransaction};
use uuid::Uuid;

use crate::{App, AppError, Call, Told};

fn told(action: &'static str, event: Option<EventType>) -> Told {
    Told { action, resource: "office", id: Uuid::nil(), event }
}

/// What a document of a case is made of.
#[derive(Debug)]
pub struct Issued {
    /// The application with its acts.
    pub application: Application,
    /// The budget, once it is calculated.
    pub budget: Option<Budget>,
    /// The office that issues it.
    pub office: Office,
}

impl App {
    /// Gets what a document of an application is made of; the read is audited under the name of the operation.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the office is not described, or the database.
    pub async fn issue_of_application(
        &self,
        call: &Call<'_>,
        id: Uuid,
        action: &'static str,
    ) -> Result<Issued, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let application = transaction.find_application(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let told = Told { action, resource: "application", id, event: None };
        issue(call, transaction, application, told).await
    }

    /// The same of a budget.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the office is not described, or the database.
    pub async fn issue_of_budget(&self, call: &Call<'_>, id: Uuid, action: &'static str) -> Result<Issued, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let issued = issued(&transaction, call, id).await?;
        call.commit(transaction, Told { action, resource: "budget", id, event: None }).await?;
        Ok(issued)
    }

    /// Gets what the office says of itself, and its version; version 0 where that is nothing yet. The read is audited: it
    /// names officials.
    ///
    /// # Errors
    /// The database.
    pub async fn get_office(&self, call: &Call<'_>) -> Result<(Option<Office>, i64), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let found = transaction.find_office(&call.scope).await?;
        call.commit(transaction, told("get_office", None)).await?;
        Ok(found)
    }

    /// Replaces what the office says of itself.
    ///
    /// # Errors
    /// [`AppError::Stale`], or the database.
    pub async fn describe_office(
        &self,
        call: &Call<'_>,
        version: i64,
        office: Office,
    ) -> Result<(Office, i64), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let (_, known) = transaction.find_office(&call.scope).await?;
        if known != version {
            return Err(AppError::Stale);
        }
        let version = transaction.save_office(&call.scope, &office, version, call.at).await?;
        call.commit(transaction, told("describe_office", Some(EventType::OfficeDescribed))).await?;
        Ok((office, version))
    }
}

/// What a document of a budget is made of.
pub(crate) async fn issued(transaction: &WriteTransaction, call: &Call<'_>, id: Uuid) -> Result<Issued, AppError> {
    let application = transaction.find_application_of_budget(&call.scope, id).await?.ok_or(AppError::NotFound)?;
    let application = transaction.find_application(&call.scope, application).await?.ok_or(AppError::NotFound)?;
    let budget = transaction.find_budget(&call.scope, id).await?.ok_or(AppError::NotFound)?;
    let office = office(transaction, call).await?;
    Ok(Issued { application, budget: Some(budget), office })
}

async fn office(transaction: &WriteTransaction, call: &Call<'_>) -> Result<Office, AppError> {
    let (office, _) = transaction.find_office(&call.scope).await?;
    office.ok_or(AppError::Conflict { code: "office_not_described" })
}

async fn issue(
    call: &Call<'_>,
    transaction: WriteTransaction,
    application: Application,
    told: Told,
) -> Result<Issued, AppError> {
    let office = office(&transaction, call).await?;
    call.commit(transaction, told).await?;
    Ok(Issued { application, budget: None, office })
}

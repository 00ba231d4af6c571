//! Persons: found by their personal code or identification number, with their cases.

use balsts_domain::{events::EventType, identifier::Identifier};
use balsts_store::{Access, ApplicationSummary, BudgetSummary, Person, Purpose, WriteTransaction};
use uuid::Uuid;

use crate::{App, AppError, Call, Told};

/// A person with the cases in the caller's municipality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFile {
    /// The person.
    pub person: Person,
    /// The applications, oldest first; each is a case.
    pub applications: Vec<ApplicationSummary>,
    /// The budgets, oldest first; each is of one of the applications.
    pub budgets: Vec<BudgetSummary>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "person", id, event }
}

impl App {
    /// Finds the person with an identifier. A find is audited as a read of the person; where there is nobody, nothing was
    /// read.
    ///
    /// # Errors
    /// The database.
    pub async fn search_person(
        &self,
        call: &Call<'_>,
        identifier: &Identifier,
    ) -> Result<Option<PersonFile>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let Some(person) = transaction.find_person_known_by(&call.scope, identifier).await? else { return Ok(None) };
        let applications = transaction.list_applications_of(&call.scope, person.id).await?;
        let budgets = transaction.list_budgets_of(&call.scope, person.id).await?;
        call.commit(transaction, told("search_persons", None, person.id)).await?;
        Ok(Some(PersonFile { person, applications, budgets }))
    }

    /// Lists who read or changed what the municipality has of a person, newest first; this is a read as well, which the next
    /// list shows.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_accesses(
        &self,
        call: &Call<'_>,
        id: Uuid,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Access>, AppError> {
        let transaction = self.with_person(call, id).await?;
        let accesses = transaction.list_accesses(&call.scope, id, before, limit).await?;
        call.commit(transaction, told("list_accesses", None, id)).await?;
        Ok(accesses)
    }

    /// The pseudonym of a person for a purpose. Whoever asks learns whose it is: the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], the person is erased, or the database.
    pub async fn get_pseudonym(&self, call: &Call<'_>, id: Uuid, purpose: &Purpose) -> Result<String, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let person = transaction.find_person(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let pseudonym = transaction.pseudonym(&person, purpose)?;
        call.commit(transaction, told("get_pseudonym", None, person.id)).await?;
        Ok(pseudonym)
    }

    /// Begins a transaction about a person who is known, erased or not.
    pub(crate) async fn with_person(&self, call: &Call<'_>, id: Uuid) -> Result<WriteTransaction, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        transaction.person_state(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        Ok(transaction)
    }
}

//! Persons: found by their personal code, with their cases.

use balsts_domain::personal_code::PersonalCode;
use balsts_store::{ApplicationSummary, BudgetSummary, Person};
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

fn told(action: &'static str, event: Option<&'static str>, id: Uuid) -> Told {
    Told { action, resource: "person", id, event }
}

impl App {
    /// Finds the person with a personal code. A find is audited as a read of the person; where there is nobody, nothing was
    /// read.
    ///
    /// # Errors
    /// The database.
    pub async fn search_person(&self, call: &Call<'_>, code: PersonalCode) -> Result<Option<PersonFile>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let Some(person) = transaction.find_person_by_code(&call.scope, code).await? else { return Ok(None) };
        let applications = transaction.list_applications_of(&call.scope, person.id).await?;
        let budgets = transaction.list_budgets_of(&call.scope, person.id).await?;
        call.commit(transaction, told("search_persons", None, person.id)).await?;
        Ok(Some(PersonFile { person, applications, budgets }))
    }
}

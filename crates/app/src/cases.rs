//! Cases: an application and what follows from it, in one call. The identifier of a case is that of its application.

use balsts_store::{Application, Budget, ErasedApplication, ErasedBudget, Kept};
use uuid::Uuid;

use crate::{App, AppError, Call, Told};

/// A case, or what the erasure of its person has left of it.
#[derive(Debug)]
pub struct Case {
    /// The application with its acts.
    pub application: Kept<Application, ErasedApplication>,
    /// The budget, once it is calculated.
    pub budget: Option<Kept<Budget, ErasedBudget>>,
}

impl App {
    /// Gets a case; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_case(&self, call: &Call<'_>, id: Uuid, with_budget: bool) -> Result<Case, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let application = transaction.find_kept_application(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let budget = if with_budget { transaction.find_budget_of(&call.scope, id).await? } else { None };
        let told = Told { action: "get_case", resource: "application", id, event: None };
        call.commit(transaction, told).await?;
        Ok(Case { application, budget })
    }
}

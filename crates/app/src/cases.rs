//! Cases: an application and what follows from it, in one call. The identifier of a case is that of its application.

use balsts_store::{Application, Assessment, Budget};
use uuid::Uuid;

use crate::{App, AppError, Call, Told, assessments::assessments_of};

/// A case.
#[derive(Debug)]
pub struct Case {
    /// The application with its acts.
    pub application: Application,
    /// The budget, once it is calculated.
    pub budget: Option<Budget>,
    /// The assessments, where they are asked for.
    pub assessments: Option<Vec<Assessment>>,
}

/// What to get of a case beside the application.
#[derive(Debug, Clone, Copy, Default)]
pub struct CaseParts {
    /// The budget.
    pub budget: bool,
    /// The assessments.
    pub assessments: bool,
}

impl App {
    /// Gets a case; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_case(&self, call: &Call<'_>, id: Uuid, parts: CaseParts) -> Result<Case, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let application = transaction.find_application(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let budget = if parts.budget { transaction.find_budget_of(&call.scope, id).await? } else { None };
        let assessments = if parts.assessments { Some(assessments_of(call, &transaction, id).await?) } else { None };
        let told = Told { action: "get_case", resource: "application", id, event: None };
        call.commit(transaction, told).await?;
        Ok(Case { application, budget, assessments })
    }
}

//! Cases: an application and what follows from it, in one call. The identifier of a case is that of its application.

use balsts_domain::parameters::Parameters;
use balsts_store::{Application, Budget, ErasedApplication, ErasedBudget, Kept, StoreError};
use uuid::Uuid;

use crate::{App, AppError, Call, CheckedPlan, LedgerOnDay, Told, orders::ledger_of};

/// A case, or what the erasure of its person has left of it.
#[derive(Debug)]
pub struct Case {
    /// The application with its acts.
    pub application: Kept<Application, ErasedApplication>,
    /// The budget, once it is calculated.
    pub budget: Option<Kept<Budget, ErasedBudget>>,
    /// The plan, once it is drafted.
    pub plan: Option<CheckedPlan>,
    /// Where the money of the budget is, once it is calculated.
    pub ledger: Option<LedgerOnDay>,
}

/// What of a case is asked for beside the application.
#[derive(Debug, Clone, Copy, Default)]
pub struct CaseParts {
    /// The budget.
    pub budget: bool,
    /// The plan.
    pub plan: bool,
    /// The ledger.
    pub ledger: bool,
}

impl App {
    /// Gets a case; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_case(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        id: Uuid,
        parts: CaseParts,
    ) -> Result<Case, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let application = transaction.find_kept_application(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        // Rows are taken in one order everywhere: the plan before the budget.
        let plan = match transaction.find_plan_of(&call.scope, id).await {
            Ok(plan) => plan.filter(|_| parts.plan),
            Err(StoreError::Erased) => None,
            Err(error) => return Err(error.into()),
        };
        let plan = match plan {
            Some(plan) => Some(self.checked_now(&transaction, call, parameters, plan).await?),
            None => None,
        };
        let wanted = parts.budget || parts.ledger;
        let budget = if wanted { transaction.find_budget_of(&call.scope, id).await? } else { None };
        let ledger = match budget.as_ref().filter(|_| parts.ledger) {
            Some(Kept::Whole(budget)) => Some(ledger_of(&transaction, call, &budget.summary, None).await?),
            Some(Kept::Erased(budget)) => Some(ledger_of(&transaction, call, &budget.summary, None).await?),
            None => None,
        };
        let budget = budget.filter(|_| parts.budget);
        let told = Told { action: "get_case", resource: "application", id, event: None };
        call.commit(transaction, told).await?;
        Ok(Case { application, budget, plan, ledger })
    }
}

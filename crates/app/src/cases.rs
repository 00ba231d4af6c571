//! Cases: an application and what follows from it, in one call. The identifier of a case is that of its application.

use balsts_domain::{
    applications::ApplicationStatus,
    case_documents::{CaseSection, FiledDocuments},
    parameters::Parameters,
    plans::status::{PERIOD_ENDED, PlanStepKind},
};
use balsts_store::{
    Application, Assessment, Budget, ErasedApplication, ErasedBudget, Kept, KeptContact, Office, Plan, PlanStep,
    Representative, StoreError,
};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Call, CheckedPlan, LedgerOnDay, Told, assessments::assessments_of, orders::ledger_of};

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
    /// The assessments, where they are asked for.
    pub assessments: Option<Vec<Assessment>>,
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
    /// The assessments.
    pub assessments: bool,
}

/// The cover of the file of a case, with its contact sheet [domain 7.7].
#[derive(Debug)]
pub struct CaseCover {
    /// The application with its acts: who the case is about, when it was opened and who leads it.
    pub application: Application,
    /// The day on which the case was closed; none while it is open.
    pub closed_on: Option<NaiveDate>,
    /// Who speaks for the person, or did.
    pub representatives: Vec<Representative>,
    /// The contact sheet.
    pub contacts: Vec<KeptContact>,
    /// How many documents lie in each section that has some.
    pub documents: Vec<(CaseSection, FiledDocuments)>,
    /// The office, once it is described.
    pub office: Option<Office>,
}

/// The day on which a case was closed: that of its last act, or on which its plan was terminated.
fn closed_on(application: &Application, plan: Option<&Plan>) -> Option<NaiveDate> {
    match application.summary.status {
        ApplicationStatus::Registered => None,
        ApplicationStatus::Withdrawn => application.withdrawn_on,
        ApplicationStatus::Refused => application.decision.as_ref().map(|act| act.decided_on),
        ApplicationStatus::Revoked => application.revocation.as_ref().map(|act| act.effective_from),
        ApplicationStatus::Granted => {
            let steps = plan.into_iter().flat_map(|plan| &plan.steps);
            let ends = |step: &&PlanStep| step.kind == PlanStepKind::Termination && step.code != PERIOD_ENDED;
            steps.filter(ends).map(|step| step.on).next_back()
        }
    }
}

impl App {
    /// Gets the cover of the file of a case, with its contact sheet; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_case_cover(&self, call: &Call<'_>, id: Uuid) -> Result<CaseCover, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let application = transaction.find_application(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let plan = transaction.find_plan_of(&call.scope, id).await?;
        let cover = CaseCover {
            closed_on: closed_on(&application, plan.as_ref()),
            representatives: transaction.list_representatives(&call.scope, application.person.id).await?,
            contacts: transaction.list_case_contacts(&call.scope, id).await?,
            documents: transaction.count_case_documents(&call.scope, id).await?,
            office: transaction.find_office(&call.scope).await?.0,
            application,
        };
        let told = Told { action: "get_case_cover", resource: "application", id, event: None };
        call.commit(transaction, told).await?;
        Ok(cover)
    }

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
        let assessments = match &application {
            Kept::Whole(_) if parts.assessments => Some(assessments_of(call, &transaction, id).await?),
            _ => None,
        };
        let told = Told { action: "get_case", resource: "application", id, event: None };
        call.commit(transaction, told).await?;
        Ok(Case { application, budget, plan, ledger, assessments })
    }
}

//! The answers of `/v1/persons`.

use std::collections::BTreeMap;

use balsts_app::PersonFile;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    applications::PersonResponse,
    names::{ApplicationStatus, BudgetStatus, Methodology},
    types::Minute,
};

/// The budget of a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseBudgetResponse {
    /// Identifier.
    id: Uuid,
    /// Where it stands.
    status: BudgetStatus,
}

/// A case: an application and what came of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseResponse {
    /// Identifier of the application.
    id: Uuid,
    /// The methodology.
    methodology: Methodology,
    /// Where the application stands.
    status: ApplicationStatus,
    /// When it was received, local time.
    received_at: Minute,
    /// Its budget; null while there is none.
    budget: Option<CaseBudgetResponse>,
}

/// A person with the cases.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonFileResponse {
    /// The person.
    person: PersonResponse,
    /// The cases in the municipality, oldest first.
    cases: Vec<CaseResponse>,
}

/// The persons found.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonList {
    /// At most one.
    items: Vec<PersonFileResponse>,
}

impl From<PersonFile> for PersonFileResponse {
    fn from(file: PersonFile) -> Self {
        let budget = |id, status| CaseBudgetResponse { id, status: BudgetStatus(status) };
        let budgets = file.budgets.iter().map(|found| (found.application_id, budget(found.id, found.status)));
        let mut budgets: BTreeMap<Uuid, CaseBudgetResponse> = budgets.collect();
        let cases = file.applications.iter().map(|application| CaseResponse {
            id: application.id,
            methodology: Methodology(application.methodology),
            status: ApplicationStatus(application.status),
            received_at: Minute(application.received_at),
            budget: budgets.remove(&application.id),
        });
        Self { cases: cases.collect(), person: file.person.into() }
    }
}

impl From<Option<PersonFile>> for PersonList {
    fn from(found: Option<PersonFile>) -> Self {
        Self { items: found.into_iter().map(PersonFileResponse::from).collect() }
    }
}

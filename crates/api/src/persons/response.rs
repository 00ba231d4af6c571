//! The answers of `/v1/persons`.

use std::collections::BTreeMap;

use balsts_app::{Access, PersonFile};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    applications::PersonResponse,
    names::{ApplicationStatus, BudgetStatus, Methodology, Role},
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

/// A read or a change of what the municipality has of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessResponse {
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2023-03-01T07:30:00Z")]
    at: DateTime<Utc>,
    /// The issuer's identifier of who did it.
    subject: String,
    /// In what role.
    role: Role,
    /// What was done, by its `operationId` in this document.
    #[schema(example = "get_application")]
    action: String,
    /// What kind of thing it was done to.
    #[schema(example = "application")]
    resource: String,
    /// Which one.
    resource_id: Uuid,
    /// The request that did it, as `X-Request-Id` told it.
    request_id: Uuid,
}

/// A page of the access log of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessList {
    /// Newest first.
    pub(super) items: Vec<AccessResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

impl From<Access> for AccessResponse {
    fn from(access: Access) -> Self {
        let Access { at, subject, role, action, resource, resource_id, request_id, sequence: _ } = access;
        Self { at, subject, role: Role(role), action, resource, resource_id, request_id }
    }
}

/// The code by which a person is known for a purpose.
#[derive(Serialize, ToSchema)]
pub(crate) struct PseudonymResponse {
    /// The purpose.
    #[schema(example = "reports")]
    pub(super) purpose: String,
    /// 16 capital letters and digits, for a purpose always the same.
    #[schema(example = "MZXW6YTBOJ2WC3TE")]
    pub(super) pseudonym: String,
}

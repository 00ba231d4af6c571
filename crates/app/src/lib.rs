//! One function per use case: authorise, load, ask the domain, save. It owns the transactions, and knows neither HTTP
//! nor SQL.

mod applications;
mod events;
mod readiness;

use balsts_domain::{access::Scope, applications::ApplicationRefusal};
use balsts_store::{Act, Store, WriteTransaction};
use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

pub use applications::{NewApplication, NewDecision};
/// What use cases take and give, as the store has it.
pub use balsts_store::{
    Applicant, Application, ApplicationFilter, ApplicationSummary, Contact, Decision, Event, IdempotencyKey, Person,
    RecordedAnswer, StoreError,
};
pub use readiness::Readiness;

/// What the use cases work with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    store: Store,
}

impl App {
    /// The use cases over an open store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

/// Why a use case did not succeed.
#[derive(Debug, Error)]
pub enum AppError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such thing, or it is out of the caller's scope.
    #[error("not found")]
    NotFound,
    /// The rules refuse the change.
    #[error("refused")]
    Refused(Vec<ApplicationRefusal>),
    /// The person has an open application, here or in another municipality.
    #[error("the person has an open application")]
    OpenApplicationExists,
    /// The caller's copy is older than the stored one.
    #[error("stale")]
    Stale,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
}

/// Who calls, when, and with what request: what every use case of stored data takes.
#[derive(Debug)]
pub struct Call<'a> {
    /// The caller in the municipality whose data it may touch.
    pub scope: Scope,
    /// The request.
    pub request_id: Uuid,
    /// The present, to the microsecond.
    pub at: DateTime<Utc>,
    /// Makes identifiers that count up with time.
    pub new_id: fn() -> Uuid,
    /// The key of a repeatable request.
    pub key: Option<IdempotencyKey<'a>>,
}

impl Call<'_> {
    /// Writes what every change writes with itself, and commits: the event, and last the audit entry, because the chain of
    /// a municipality is what its transactions wait for.
    async fn commit(
        &self,
        transaction: WriteTransaction,
        action: &'static str,
        event: Option<&str>,
        resource_id: Uuid,
    ) -> Result<(), StoreError> {
        if let Some(kind) = event {
            let event = Event { id: (self.new_id)(), kind: kind.to_owned(), resource_id, at: self.at };
            transaction.insert_event(&self.scope, event).await?;
        }
        let act = Act { action, resource: "application", resource_id, request_id: self.request_id, at: self.at };
        transaction.audit(&self.scope, act).await?;
        transaction.commit().await
    }
}

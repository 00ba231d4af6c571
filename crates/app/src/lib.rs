//! One function per use case: authorise, load, ask the domain, save. It owns the transactions, and knows neither HTTP
//! nor SQL.

mod readiness;

use balsts_store::{Store, StoreError};
use thiserror::Error;

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
}

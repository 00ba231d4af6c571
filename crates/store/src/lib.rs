//! Persistence on SQLite and PostgreSQL: opening the database, migrating it, transactions, and (per table) entities and
//! queries. Rows become domain types here; no rule of the model and no access decision lives here.
//!
//! On SQLite there is exactly one writing connection per process, and every writing transaction begins with BEGIN
//! IMMEDIATE: a deferred one that reads first fails with "database is locked" under load, whatever the busy timeout.
//! All other connections are read-only.

mod connect;
mod error;
mod migrate;
mod store;
mod url;

pub use error::{DatabaseFailure, StoreError};
pub use store::{DatabaseConfig, Store, WriteTransaction};
pub use url::{DatabaseUrl, InvalidDatabaseUrl};

#[cfg(test)]
mod tests;

//! What can go wrong between the application and its database.

use std::{error::Error, fmt, io, path::PathBuf, time::Duration};

use balsts_domain::parameters::Faults;
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};
use thiserror::Error;

use crate::{objects::ObjectFailure, vault::CannotOpen};

/// A failure of the store. The messages hold no SQL and no values; the driver's own message is the
/// [`source`](Error::source), which is for the log only.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The directory of the SQLite file is missing. Only the file itself is created.
    #[error("the directory `{0}` of the SQLite database does not exist")]
    MissingDirectory(PathBuf),
    /// The SQLite file does not exist and cannot be created.
    #[error("cannot create the SQLite database `{}`", path.display())]
    CreateFile {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The database could not be opened.
    #[error("cannot open the database {database}")]
    Open {
        /// Its address, without user and password.
        database: String,
        /// What the driver says.
        source: DatabaseFailure,
    },
    /// The schema is older than this program.
    #[error("the database schema is not up to date, {} migration(s) pending", .0.len())]
    Outdated(Vec<String>),
    /// The parameters of the model, which are compiled in, are broken.
    #[error(transparent)]
    Parameters(#[from] Faults),
    /// The database did not answer in time.
    #[error("the database did not answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// There is no connection, none is free, or another process holds the lock: trying again may help.
    #[error("the database is not available")]
    Unavailable(#[source] DatabaseFailure),
    /// The row was changed by another request meanwhile.
    #[error("the row was changed meanwhile")]
    Stale,
    /// A row does not hold what the program wrote.
    #[error("a row of `{table}` is inconsistent: {id}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The row.
        id: uuid::Uuid,
    },
    /// A sealed value cannot be opened.
    #[error(transparent)]
    Sealed(#[from] CannotOpen),
    /// What tells of the person was erased.
    #[error("the person is erased")]
    Erased,
    /// There is no place for the contents of documents.
    #[error("no place for documents is configured")]
    NoObjects,
    /// The object store failed.
    #[error(transparent)]
    Objects(#[from] ObjectFailure),
    /// There are no keys to seal personal data with.
    #[error("no keys are configured")]
    NoKeys,
    /// The database refused or failed an operation.
    #[error("a database operation failed")]
    Failed(#[source] DatabaseFailure),
}

impl StoreError {
    pub(crate) fn failed(error: DbErr) -> Self {
        let failure = DatabaseFailure(error);
        if failure.is_transient() { Self::Unavailable(failure) } else { Self::Failed(failure) }
    }
}

/// A new row could not be stored. Afterwards only a rollback is possible.
#[derive(Debug, Error)]
pub enum InsertError {
    /// There is one already that excludes it.
    #[error("there is one already")]
    Exists,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InsertError {
    pub(crate) fn failed(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Exists,
            _ => Self::Store(StoreError::failed(error)),
        }
    }
}

/// The driver's message. It may name tables and columns, so it belongs in the log and never in an answer. `Debug` shows
/// no more than `Display`, because the driver's structures hold rejected values and connection settings.
pub struct DatabaseFailure(pub(crate) DbErr);

impl DatabaseFailure {
    fn is_transient(&self) -> bool {
        match &self.0 {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
            DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => match &**error {
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
                sqlx::Error::Database(error) => error.code().is_some_and(|code| is_transient_code(&code)),
                _ => false,
            },
            _ => false,
        }
    }
}

/// SQLITE_BUSY and SQLITE_LOCKED with their extended codes; on PostgreSQL connection failures (08), serialisation
/// failures and deadlocks, too few resources (53), shutdown by the operator (57P), and what took too long: a lock, a statement, a
/// transaction that did nothing.
fn is_transient_code(code: &str) -> bool {
    matches!(code, "5" | "6" | "261" | "262" | "517" | "518" | "773" | "40001" | "40P01" | "55P03" | "57014" | "25P03")
        || (code.len() == 5 && ["08", "53", "57P"].iter().any(|class| code.starts_with(class)))
}

impl fmt::Display for DatabaseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for DatabaseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseFailure({})", self.0)
    }
}

/// Without a source: the driver repeats its inner messages in its own, so a chain would print them twice.
impl Error for DatabaseFailure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_passing_conditions_count_as_transient() {
        for code in ["5", "517", "40001", "08006", "53300", "57P01", "55P03", "57014", "25P03"] {
            assert!(is_transient_code(code), "{code}");
        }
        for code in ["1", "53", "1555", "2067", "23505", "42P01", "57000"] {
            assert!(!is_transient_code(code), "{code}");
        }
    }
}

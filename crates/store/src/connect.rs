//! Pools of connections, tuned per database.

use std::{path::Path, time::Duration};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr,
    sqlx::{self, ConnectOptions as _, postgres::PgConnectOptions},
};

/// How long a request waits for a free connection: short, so that an overloaded node says so while its client listens.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long SQLite waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A ping before every use costs a quarter of the throughput; one after a pause finds what a firewall dropped.
const PING_AFTER_IDLE: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Write,
    ReadOnly,
}

pub(crate) async fn sqlite(path: &Path, max_connections: u32, access: Access) -> Result<DatabaseConnection, DbErr> {
    let path = path.to_owned();
    let mut options = pool_options("sqlite:balsts", max_connections);
    options.test_before_acquire(false).map_sqlx_sqlite_opts(move |options| {
        // The address above is a placeholder: given here, the path needs no escaping.
        let options = options
            .filename(&path)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "NORMAL")
            // What is replaced or deleted is overwritten in the file: it holds what was sealed of persons who are erased.
            .pragma("secure_delete", "ON")
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        if access == Access::ReadOnly { options.pragma("query_only", "ON") } else { options }
    });
    Database::connect(options).await
}

pub(crate) async fn postgres(server: &PgConnectOptions, max_connections: u32) -> Result<DatabaseConnection, DbErr> {
    let server = server.clone().application_name("balsts").disable_statement_logging();
    // The real address goes in by the closure, because sea-orm traces the one it is given with its password.
    let mut options = pool_options("postgres://localhost", max_connections);
    let real = server.clone();
    options.test_before_acquire_if_idle_for(PING_AFTER_IDLE).map_sqlx_postgres_opts(move |_| real.clone());
    match Database::connect(options).await {
        Err(timeout) if is_timeout(&timeout) => Err(cause_of_timeout(&server).await.unwrap_or(timeout)),
        connected => connected,
    }
}

fn is_timeout(error: &DbErr) -> bool {
    matches!(error, DbErr::Conn(RuntimeErr::SqlxError(error)) if matches!(**error, sqlx::Error::PoolTimedOut))
}

/// The pool retries a refused connection, because the server may be starting, and in the end only says that it timed
/// out. One attempt without a pool tells the operator why.
async fn cause_of_timeout(server: &PgConnectOptions) -> Option<DbErr> {
    let attempt = tokio::time::timeout(ACQUIRE_TIMEOUT, server.connect()).await.ok()?;
    attempt.err().map(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}

fn pool_options(url: &str, max_connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}

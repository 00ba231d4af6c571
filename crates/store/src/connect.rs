//! Pools of connections, tuned per database.

use std::{path::Path, time::Duration};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr,
    sqlx::{self, ConnectOptions as _, postgres::PgConnectOptions},
};

/// How long a request waits for a free connection: short, so that an overloaded node says so while its client listens.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long SQLite waits for a lock that another process holds.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long PostgreSQL waits for a lock that another transaction holds, at most.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// How much longer than its request a statement may run: whoever waited for it is gone.
const MARGIN: Duration = Duration::from_secs(2);
/// A ping before every use costs a quarter of the throughput; one after a pause finds what a firewall dropped.
const PING_AFTER_IDLE: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Write,
    ReadOnly,
}

/// How many connections.
#[derive(Clone, Copy)]
pub(crate) enum Pool {
    /// So many at most.
    Of(u32),
    /// One, made when it is needed first: for who asks how the database is, whatever others do with it.
    Probe,
}

pub(crate) async fn sqlite(path: &Path, pool: Pool, access: Access) -> Result<DatabaseConnection, DbErr> {
    let path = path.to_owned();
    let mut options = pool_options("sqlite:balsts", pool);
    options.test_before_acquire(false).map_sqlx_sqlite_opts(move |options| {
        // The address above is a placeholder: given here, the path needs no escaping.
        let options = options
            .filename(&path)
            .pragma("journal_mode", "WAL")
            // What was acknowledged outlives the power of the machine, not the process alone.
            .pragma("synchronous", "FULL")
            // What is replaced or deleted is overwritten in the file: it holds what was sealed of persons who are erased.
            .pragma("secure_delete", "ON")
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        if access == Access::ReadOnly { options.pragma("query_only", "ON") } else { options }
    });
    Database::connect(options).await
}

/// A node that is cut off, and whoever waits in vain, let go of their locks: the server finds out, whatever the node does.
pub(crate) async fn postgres(
    server: &PgConnectOptions,
    pool: Pool,
    request_timeout: Option<Duration>,
) -> Result<DatabaseConnection, DbErr> {
    let server = server.clone().application_name("balsts").disable_statement_logging();
    let server = server.options(ABANDONED).options(request_timeout.into_iter().flat_map(patience));
    // The real address goes in by the closure, because sea-orm traces the one it is given with its password.
    let mut options = pool_options("postgres://localhost", pool);
    let real = server.clone();
    options.test_before_acquire_if_idle_for(PING_AFTER_IDLE).map_sqlx_postgres_opts(move |_| real.clone());
    match Database::connect(options).await {
        Err(timeout) if is_timeout(&timeout) => Err(cause_of_timeout(&server).await.unwrap_or(timeout)),
        connected => connected,
    }
}

/// When the server ends the transaction of a node that says nothing any more, and looks for one that is cut off.
const ABANDONED: [(&str, &str); 4] = [
    ("idle_in_transaction_session_timeout", "60s"),
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];

/// How long the server waits and works for a request: for a lock half its time at most, so that it can tell.
fn patience(request_timeout: Duration) -> [(&'static str, String); 2] {
    let milliseconds = |duration: Duration| duration.as_millis().max(1).to_string();
    [
        ("lock_timeout", milliseconds(LOCK_TIMEOUT.min(request_timeout / 2))),
        ("statement_timeout", milliseconds(request_timeout + MARGIN)),
    ]
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

fn pool_options(url: &str, pool: Pool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(match pool {
            Pool::Of(connections) => connections,
            Pool::Probe => 1,
        })
        .connect_lazy(matches!(pool, Pool::Probe))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}

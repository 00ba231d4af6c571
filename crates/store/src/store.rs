//! The handle on the database that the rest of the program holds.

use std::{fmt, fs::OpenOptions, io, num::NonZeroU32, path::Path, sync::Arc, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, sqlx::postgres::PgConnectOptions,
};

use crate::{
    DatabaseFailure, DatabaseUrl, Objects, Reach, StoreError, Vault,
    connect::{self, Access, Pool},
    migrate,
    reach::Reader,
    url::Target,
};

/// A probe that takes longer than this is as good as a failed one.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// Which database to use.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// Where it is.
    pub url: DatabaseUrl,
    /// Size of the pool; on SQLite, of the pool of readers.
    pub max_connections: NonZeroU32,
    /// How long a request may take, where requests are served: PostgreSQL gives up its statements a little later, and what waits for a
    /// lock earlier. Statements of commands take as long as they take.
    pub request_timeout: Option<Duration>,
}

/// The database. Clones share the same connections.
#[derive(Clone)]
pub struct Store {
    reader: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
    probe: DatabaseConnection,
    vault: Option<Arc<Vault>>,
    objects: Option<Objects>,
}

/// A transaction that may write. Dropped without [`commit`](Self::commit), it is rolled back.
pub struct WriteTransaction(pub(crate) DatabaseTransaction, Option<Arc<Vault>>);

impl Store {
    /// Connects, and on SQLite creates the file if it is missing.
    ///
    /// # Errors
    /// [`StoreError::MissingDirectory`], [`StoreError::CreateFile`] or [`StoreError::Open`].
    pub async fn open(config: &DatabaseConfig) -> Result<Self, StoreError> {
        let opened = match config.url.target() {
            Target::Sqlite(path) => {
                create_file(path)?;
                Self::open_sqlite(path, config.max_connections.get()).await
            }
            Target::Postgres(server) => Self::open_postgres(server, config).await,
        };
        opened.map_err(|error| StoreError::Open { database: config.url.to_string(), source: DatabaseFailure(error) })
    }

    async fn open_sqlite(path: &Path, readers: u32) -> Result<Self, sea_orm::DbErr> {
        // The writer first: it switches the file to write-ahead logging.
        let writer = connect::sqlite(path, Pool::Of(1), Access::Write).await?;
        let reader = connect::sqlite(path, Pool::Of(readers), Access::ReadOnly).await?;
        let probe = connect::sqlite(path, Pool::Probe, Access::ReadOnly).await?;
        Ok(Self { reader, writer, probe, vault: None, objects: None })
    }

    async fn open_postgres(server: &PgConnectOptions, config: &DatabaseConfig) -> Result<Self, sea_orm::DbErr> {
        let pool = Pool::Of(config.max_connections.get());
        let writer = connect::postgres(server, pool, config.request_timeout).await?;
        let probe = connect::postgres(server, Pool::Probe, config.request_timeout).await?;
        Ok(Self { reader: writer.clone(), writer, probe, vault: None, objects: None })
    }

    /// The same database with the keys that personal data is sealed with.
    #[must_use]
    pub fn with_vault(self, vault: Arc<Vault>) -> Self {
        Self { vault: Some(vault), ..self }
    }

    /// Whether there are keys, without which nothing personal is stored.
    #[must_use]
    pub const fn has_keys(&self) -> bool {
        self.vault.is_some()
    }

    /// The same database with a place for the contents of documents.
    #[must_use]
    pub fn with_objects(self, objects: Objects) -> Self {
        Self { objects: Some(objects), ..self }
    }

    /// Whether there is a place for the contents of documents.
    #[must_use]
    pub const fn has_objects(&self) -> bool {
        self.objects.is_some()
    }

    /// Begins a transaction that may write, within a reach. On SQLite it waits for its turn: there is one writer at a time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if there is no connection or lock to be had in time.
    pub async fn begin_write(&self, reach: impl Into<Reach>) -> Result<WriteTransaction, StoreError> {
        let sqlite_transaction_mode = (self.backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        let transaction = self.writer.begin_with_options(options).await.map_err(StoreError::failed)?;
        reach.into().limit(&transaction).await.map_err(StoreError::failed)?;
        Ok(WriteTransaction(transaction, self.vault.clone()))
    }

    /// Whether the database answers and its schema is the one this program needs. It is asked by a connection of its own: a node that
    /// has much to do is ready all the same.
    ///
    /// # Errors
    /// [`StoreError::Outdated`], [`StoreError::Timeout`], or what the database says.
    pub async fn ready(&self) -> Result<(), StoreError> {
        let pending = tokio::time::timeout(READY_TIMEOUT, migrate::pending(&self.probe))
            .await
            .map_err(|_| StoreError::Timeout(READY_TIMEOUT))??;
        if pending.is_empty() { Ok(()) } else { Err(StoreError::Outdated(pending)) }
    }

    /// Waits for running operations and closes all connections, of all clones.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(self) -> Result<(), StoreError> {
        self.probe.close().await.map_err(StoreError::failed)?;
        self.reader.close().await.map_err(StoreError::failed)?;
        self.writer.close().await.map_err(StoreError::failed)
    }

    /// Whether row-level security binds the role that this store is logged in with; `None` where the database has none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_bound_by_row_security(&self) -> Result<Option<bool>, StoreError> {
        if self.backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let sql = "SELECT NOT (rolsuper OR rolbypassrls) AS bound FROM pg_roles WHERE rolname = current_user";
        let row = self.reader.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
        let bound = row.and_then(|row| row.map(|row| row.try_get("", "bound")).transpose());
        bound.map_err(StoreError::failed)
    }

    pub(crate) fn vault(&self) -> Result<&Vault, StoreError> {
        self.vault.as_deref().ok_or(StoreError::NoKeys)
    }

    pub(crate) fn objects(&self) -> Result<&Objects, StoreError> {
        self.objects.as_ref().ok_or(StoreError::NoObjects)
    }

    /// Reads within a reach.
    pub(crate) fn read(&self, reach: impl Into<Reach>) -> Reader<'_> {
        Reader { connection: &self.reader, reach: reach.into() }
    }

    /// Reads what no municipality owns.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }
}

impl WriteTransaction {
    pub(crate) fn vault(&self) -> Result<&Vault, StoreError> {
        self.1.as_deref().ok_or(StoreError::NoKeys)
    }

    /// Makes the changes durable.
    ///
    /// # Errors
    /// What the database says; nothing is changed then.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.0.commit().await.map_err(StoreError::failed)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("backend", &self.backend()).finish_non_exhaustive()
    }
}

impl fmt::Debug for WriteTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteTransaction").finish_non_exhaustive()
    }
}

/// Creates the file if it is missing, readable by its owner only: it will hold personal data. SQLite gives the files
/// that it puts next to it the same permissions.
fn create_file(path: &Path) -> Result<(), StoreError> {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() && !directory.is_dir() => {
            return Err(StoreError::MissingDirectory(directory.to_owned()));
        }
        _ => {}
    }
    let mut options = OpenOptions::new();
    // Never opened here if it exists: closing it would release the locks that this process holds on it.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(StoreError::CreateFile { path: path.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}

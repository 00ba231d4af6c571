//! Bringing the schema up to date, safely when several nodes start at once.

use std::collections::HashSet;

use balsts_domain::parameters::municipalities::Municipalities;
use balsts_migrations::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, Statement};
use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait, SchemaManager, seaql_migrations};

use crate::{Reach, Store, StoreError, municipalities};

/// Key of the advisory lock that one migrating node holds; a constant of ours, "balsts" in ASCII.
const LOCK: i64 = 0x6261_6c73_7473;

impl Store {
    /// Applies all pending migrations, or none, and returns their names; brings the municipalities up to date as well.
    /// Other nodes that start meanwhile wait, and then find nothing to do.
    ///
    /// A schema newer than this program is let be: an old node may restart while new ones are rolled out, and a
    /// roll-back must start.
    ///
    /// # Errors
    /// [`StoreError::Parameters`], or what the database says.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        // On SQLite the write lock, taken here, keeps other processes out.
        let transaction = self.begin_write(Reach::Country).await?;
        if self.backend() == DbBackend::Postgres {
            // Released with the transaction, also by a pooler between us and the database.
            let lock =
                Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_advisory_xact_lock($1)", [LOCK.into()]);
            // A migration takes as long as it takes, and so does the node that waits for it.
            let unlimited = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0";
            transaction.0.execute_unprepared(unlimited).await.map_err(StoreError::failed)?;
            transaction.0.execute_raw(lock).await.map_err(StoreError::failed)?;
        }
        let status = Status::read(&transaction.0).await.map_err(StoreError::failed)?;
        if !status.unknown.is_empty() {
            tracing::warn!(migrations = ?status.unknown, "the database schema is newer than this program");
        }
        // Asked first, because applying nothing would still need the right to create tables.
        if !status.pending.is_empty() {
            Migrator::up(&transaction.0, None).await.map_err(StoreError::failed)?;
            balsts_migrations::grant(&transaction.0).await.map_err(StoreError::failed)?;
        }
        municipalities::save(&transaction.0, &Municipalities::embedded()?).await?;
        transaction.commit().await?;
        Ok(status.pending)
    }

    /// Names of the migrations that [`migrate`](Self::migrate) would apply, oldest first. Changes nothing.
    ///
    /// # Errors
    /// What the database says.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        pending(self.reader()).await
    }
}

pub(crate) async fn pending(connection: &DatabaseConnection) -> Result<Vec<String>, StoreError> {
    Ok(Status::read(connection).await.map_err(StoreError::failed)?.pending)
}

struct Status {
    /// In this program, not in the database.
    pending: Vec<String>,
    /// In the database, not in this program.
    unknown: Vec<String>,
}

impl Status {
    async fn read<'c, C>(connection: &'c C) -> Result<Self, DbErr>
    where
        C: ConnectionTrait,
        &'c C: IntoSchemaManagerConnection<'c>,
    {
        let table = Migrator::migration_table_name().to_string();
        let applied: HashSet<String> = if SchemaManager::new(connection).has_table(table).await? {
            let rows = seaql_migrations::Entity::find().all(connection).await?;
            rows.into_iter().map(|row| row.version).collect()
        } else {
            HashSet::new()
        };
        let ours: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        let unknown = applied.iter().filter(|name| !ours.contains(name)).cloned().collect();
        let pending = ours.into_iter().filter(|name| !applied.contains(name)).collect();
        Ok(Self { pending, unknown })
    }
}

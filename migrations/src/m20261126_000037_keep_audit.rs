//! On SQLite too, entries of the audit chain are only added to. On PostgreSQL the server's role has no right to more (see
//! [`crate::tenant::grant`]).

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        for change in ["UPDATE", "DELETE"] {
            let sql = format!(
                "CREATE TRIGGER audit_entry_no_{change} BEFORE {change} ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is only added to'); END"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        for change in ["UPDATE", "DELETE"] {
            let sql = format!("DROP TRIGGER audit_entry_no_{change}");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

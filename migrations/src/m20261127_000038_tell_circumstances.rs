//! Adds what an application tells beside the criteria.

use sea_orm_migration::{prelude::*, schema::blob_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Application {
    Table,
    /// Sealed; null where nothing was told.
    Circumstances,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let circumstances = blob_null(Application::Circumstances);
        manager.alter_table(Table::alter().table(Application::Table).add_column(circumstances).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = Table::alter().table(Application::Table).drop_column(Application::Circumstances).to_owned();
        manager.alter_table(column).await
    }
}

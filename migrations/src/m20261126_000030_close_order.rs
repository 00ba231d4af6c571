//! Adds the last day for which something may be told of a closed order.

use sea_orm_migration::{prelude::*, schema::date_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum ServiceOrder {
    Table,
    ClosedOn,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let closed = date_null(ServiceOrder::ClosedOn);
        manager.alter_table(Table::alter().table(ServiceOrder::Table).add_column(closed).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = Table::alter().table(ServiceOrder::Table).drop_column(ServiceOrder::ClosedOn).to_owned();
        manager.alter_table(column).await
    }
}

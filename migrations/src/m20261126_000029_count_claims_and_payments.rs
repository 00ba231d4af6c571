//! Lets the lines of claims be counted by budget.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum InvoiceLine {
    Table,
    BudgetId,
}

const OF_BUDGET: &str = "line_of_budget";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_budget = Index::create().name(OF_BUDGET).table(InvoiceLine::Table).col(InvoiceLine::BudgetId).to_owned();
        manager.create_index(of_budget).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(OF_BUDGET).table(InvoiceLine::Table).to_owned()).await
    }
}

//! Adds the month that a line of a monthly report corrects.

use sea_orm_migration::{prelude::*, schema::date_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum MonthlyReportLine {
    Table,
    CorrectionOf,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of = date_null(MonthlyReportLine::CorrectionOf);
        manager.alter_table(Table::alter().table(MonthlyReportLine::Table).add_column(of).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column =
            Table::alter().table(MonthlyReportLine::Table).drop_column(MonthlyReportLine::CorrectionOf).to_owned();
        manager.alter_table(column).await
    }
}

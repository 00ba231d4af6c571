//! Lets the lines of claims be counted by budget, and marks each payment with the reports of the pilot that tell of it.

use sea_orm_migration::{
    prelude::*,
    schema::uuid_null,
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum InvoiceLine {
    Table,
    BudgetId,
}

#[derive(Clone, Copy, DeriveIden)]
enum Invoice {
    Table,
    /// The cash flow, and the report of a quarter, that tell of its payment.
    CashFlowIn,
    QuarterIn,
}

const OF_BUDGET: &str = "line_of_budget";

/// The reports that there are told of what was paid in their periods.
const TOLD: [&str; 2] = [
    "UPDATE invoice SET cash_flow_in = (SELECT report.id FROM pilot_report report
        WHERE report.kind = 'cash_flow' AND report.municipality_code = invoice.municipality_code
            AND substr(CAST(report.month AS TEXT), 1, 7) = substr(CAST(invoice.paid_on AS TEXT), 1, 7))
    WHERE invoice.status = 'paid'",
    "UPDATE invoice SET quarter_in = (SELECT report.id FROM pilot_report report
        WHERE report.kind = 'quarterly' AND report.municipality_code = invoice.municipality_code
            AND substr(CAST(report.month AS TEXT), 1, 4) = substr(CAST(invoice.paid_on AS TEXT), 1, 4)
            AND (CAST(substr(CAST(report.month AS TEXT), 6, 2) AS INTEGER) + 2) / 3
                = (CAST(substr(CAST(invoice.paid_on AS TEXT), 6, 2) AS INTEGER) + 2) / 3)
    WHERE invoice.status = 'paid'",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_budget = Index::create().name(OF_BUDGET).table(InvoiceLine::Table).col(InvoiceLine::BudgetId).to_owned();
        manager.create_index(of_budget).await?;
        for column in [Invoice::CashFlowIn, Invoice::QuarterIn] {
            let add = Table::alter().table(Invoice::Table).add_column(uuid_null(column)).to_owned();
            manager.alter_table(add).await?;
        }
        let connection = manager.get_connection();
        for told in TOLD {
            // An owner that is no superuser is bound by row-level security too.
            let sql = match manager.get_database_backend() {
                DbBackend::Postgres => format!("SELECT set_config('app.municipality', '*', true); {told}"),
                _ => told.to_owned(),
            };
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [Invoice::CashFlowIn, Invoice::QuarterIn] {
            let remove = Table::alter().table(Invoice::Table).drop_column(column).to_owned();
            manager.alter_table(remove).await?;
        }
        manager.drop_index(Index::drop().name(OF_BUDGET).table(InvoiceLine::Table).to_owned()).await
    }
}

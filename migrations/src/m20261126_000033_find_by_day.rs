//! Indexes for what is asked by day, by report or by municipality, so that a municipality's question does not read the country's rows.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The name of each index, its table and its columns.
const INDEXES: [(&str, &str, &[&str]); 14] = [
    // Lists and statistics by day.
    ("delivery_list_by_day", "delivery", &["municipality_code", "on_day", "id"]),
    ("invoice_list_by_period", "invoice", &["municipality_code", "period_to", "id"]),
    ("line_received_by_day", "invoice_line", &["municipality_code", "to_day"]),
    // What the pilot's reports took, and what they take.
    ("invoice_of_cash_flow", "invoice", &["municipality_code", "cash_flow_in"]),
    ("invoice_of_quarter", "invoice", &["municipality_code", "quarter_in"]),
    ("invoice_paid_on", "invoice", &["municipality_code", "paid_on"]),
    // The indicators of a quarter.
    ("decision_by_day", "decision", &["municipality_code", "decided_on"]),
    ("assessment_by_day", "assessment", &["municipality_code", "completed_on"]),
    ("plan_version_by_day", "plan_version", &["municipality_code", "signed_on"]),
    ("goal_result_by_day", "goal_result", &["municipality_code", "on_day"]),
    // Who takes part in the pilot, and the cases of a municipality page by page.
    ("application_by_methodology", "application", &["methodology", "municipality_code", "status"]),
    ("budget_by_case", "budget", &["municipality_code", "application_id"]),
    // What is counted page by page.
    ("goal_result_pages", "goal_result", &["methodology", "municipality_code", "id"]),
    ("satisfaction_rating_pages", "satisfaction_rating", &["methodology", "municipality_code", "id"]),
];

/// What the pages above begin with.
const REPLACED: [(&str, &str); 2] =
    [("goal_result_list", "goal_result"), ("satisfaction_rating_list", "satisfaction_rating")];

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, columns) in INDEXES {
            manager.create_index(index(name, table, columns)).await?;
        }
        for (name, table) in REPLACED {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in REPLACED {
            manager.create_index(index(name, table, &["methodology", "municipality_code"])).await?;
        }
        for (name, table, _) in INDEXES {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        Ok(())
    }
}

//! Creates the engagements of budget managers for cases, and what they report.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, date, date_null, text, timestamp_with_time_zone, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Municipality {
    Table,
    Code,
}

#[derive(DeriveIden)]
enum Application {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Person {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum BudgetManager {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    /// The issuer's identifier of who signs in for the organisation.
    Subject,
    Organisation,
    ValidFrom,
    /// The last day, inclusive; null while there is no end.
    ValidTo,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum ManagerReport {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    /// The first day of the month.
    Month,
    ReportedOn,
    /// Sealed.
    Content,
    ReportedBy,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(budget_manager()).await?;
        manager.create_table(manager_report()).await?;
        for (name, columns) in [
            ("budget_manager_subject", vec![BudgetManager::MunicipalityCode, BudgetManager::Subject]),
            ("budget_manager_by_person", vec![BudgetManager::PersonId]),
            ("budget_manager_by_application", vec![BudgetManager::ApplicationId]),
        ] {
            let mut index = Index::create().name(name).table(BudgetManager::Table).to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        for (name, column) in [
            ("manager_report_by_person", ManagerReport::PersonId),
            ("manager_report_by_application", ManagerReport::ApplicationId),
        ] {
            let index = Index::create().name(name).table(ManagerReport::Table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        protect(manager, &["budget_manager", "manager_report"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ManagerReport::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(BudgetManager::Table).to_owned()).await
    }
}

fn budget_manager() -> TableCreateStatement {
    let reference = |name: &str, column: BudgetManager| {
        ForeignKey::create().name(name).from(BudgetManager::Table, column).to_owned()
    };
    let valid_to = Expr::col(BudgetManager::ValidTo);
    Table::create()
        .table(BudgetManager::Table)
        .col(uuid(BudgetManager::Id).primary_key())
        .col(text(BudgetManager::MunicipalityCode))
        .col(uuid(BudgetManager::ApplicationId))
        .col(uuid(BudgetManager::PersonId))
        .col(text(BudgetManager::Subject))
        .col(text(BudgetManager::Organisation))
        .col(date(BudgetManager::ValidFrom))
        .col(date_null(BudgetManager::ValidTo))
        .col(big_integer(BudgetManager::Version))
        .col(text(BudgetManager::CreatedBy))
        .col(timestamp_with_time_zone(BudgetManager::CreatedAt))
        .col(timestamp_with_time_zone(BudgetManager::UpdatedAt))
        .foreign_key(
            reference("budget_manager_municipality", BudgetManager::MunicipalityCode)
                .to(Municipality::Table, Municipality::Code),
        )
        .foreign_key(
            reference("budget_manager_application", BudgetManager::ApplicationId)
                .to(Application::Table, Application::Id),
        )
        .foreign_key(reference("budget_manager_person", BudgetManager::PersonId).to(Person::Table, Person::Id))
        .check((
            "budget_manager_validity",
            valid_to.clone().is_null().or(valid_to.gte(Expr::col(BudgetManager::ValidFrom))),
        ))
        .to_owned()
}

fn manager_report() -> TableCreateStatement {
    let reference = |name: &str, column: ManagerReport| {
        ForeignKey::create().name(name).from(ManagerReport::Table, column).to_owned()
    };
    Table::create()
        .table(ManagerReport::Table)
        .col(uuid(ManagerReport::Id).primary_key())
        .col(text(ManagerReport::MunicipalityCode))
        .col(uuid(ManagerReport::ApplicationId))
        .col(uuid(ManagerReport::PersonId))
        .col(date(ManagerReport::Month))
        .col(date(ManagerReport::ReportedOn))
        .col(blob(ManagerReport::Content))
        .col(text(ManagerReport::ReportedBy))
        .col(timestamp_with_time_zone(ManagerReport::CreatedAt))
        .foreign_key(
            reference("manager_report_municipality", ManagerReport::MunicipalityCode)
                .to(Municipality::Table, Municipality::Code),
        )
        .foreign_key(
            reference("manager_report_application", ManagerReport::ApplicationId)
                .to(Application::Table, Application::Id),
        )
        .foreign_key(reference("manager_report_person", ManagerReport::PersonId).to(Person::Table, Person::Id))
        .to_owned()
}

//! Creates budgets, their frozen calculations and the signatures under these.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, date, integer, text, timestamp_with_time_zone, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Budget {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    /// Keyed hash of the personal code: one active budget nationally.
    SubjectIndex,
    Methodology,
    Status,
    /// Number of the calculation that holds.
    Calculation,
    TotalCents,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Calculation {
    Table,
    BudgetId,
    Number,
    MunicipalityCode,
    CalculatedOn,
    MethodologyVersion,
    TotalCents,
    Facts,
    Form,
    Result,
    ResultHash,
    CalculatedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum CalculationSignature {
    Table,
    BudgetId,
    Number,
    Party,
    MunicipalityCode,
    SignedOn,
    /// Name of who signed, sealed.
    Signer,
    RecordedBy,
    CreatedAt,
}

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

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let budget = Table::create()
            .table(Budget::Table)
            .col(uuid(Budget::Id).primary_key())
            .col(text(Budget::MunicipalityCode))
            .col(uuid(Budget::ApplicationId).unique_key())
            .col(uuid(Budget::PersonId))
            .col(blob(Budget::SubjectIndex))
            .col(text(Budget::Methodology))
            .col(text(Budget::Status))
            .col(integer(Budget::Calculation))
            .col(big_integer(Budget::TotalCents))
            .col(big_integer(Budget::Version))
            .col(timestamp_with_time_zone(Budget::CreatedAt))
            .col(timestamp_with_time_zone(Budget::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("budget_municipality")
                    .from(Budget::Table, Budget::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("budget_application")
                    .from(Budget::Table, Budget::ApplicationId)
                    .to(Application::Table, Application::Id),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("budget_person")
                    .from(Budget::Table, Budget::PersonId)
                    .to(Person::Table, Person::Id),
            )
            .check(("budget_status", Expr::col(Budget::Status).is_in(["indicative", "agreed", "closed"])))
            .check(("budget_total", Expr::col(Budget::TotalCents).gte(0)))
            .to_owned();
        manager.create_table(budget).await?;
        let active = Index::create()
            .name("budget_active_subject")
            .table(Budget::Table)
            .col(Budget::SubjectIndex)
            .unique()
            .and_where(Expr::col(Budget::Status).ne("closed"))
            .to_owned();
        manager.create_index(active).await?;
        for (name, columns) in [
            ("budget_list", vec![Budget::MunicipalityCode, Budget::Id]),
            ("budget_status_list", vec![Budget::MunicipalityCode, Budget::Status, Budget::Id]),
            ("budget_by_person", vec![Budget::PersonId]),
        ] {
            let mut index = Index::create().name(name).table(Budget::Table).to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }

        let calculation = Table::create()
            .table(Calculation::Table)
            .col(uuid(Calculation::BudgetId))
            .col(integer(Calculation::Number))
            .col(text(Calculation::MunicipalityCode))
            .col(date(Calculation::CalculatedOn))
            .col(text(Calculation::MethodologyVersion))
            .col(big_integer(Calculation::TotalCents))
            // What it was calculated from, where that is known from, and what came out: each sealed as one field.
            .col(blob(Calculation::Facts))
            .col(blob(Calculation::Form))
            .col(blob(Calculation::Result))
            .col(blob(Calculation::ResultHash))
            .col(text(Calculation::CalculatedBy))
            .col(timestamp_with_time_zone(Calculation::CreatedAt))
            .primary_key(Index::create().col(Calculation::BudgetId).col(Calculation::Number))
            .foreign_key(
                ForeignKey::create()
                    .name("calculation_budget")
                    .from(Calculation::Table, Calculation::BudgetId)
                    .to(Budget::Table, Budget::Id),
            )
            .to_owned();
        manager.create_table(calculation).await?;

        let signature = Table::create()
            .table(CalculationSignature::Table)
            .col(uuid(CalculationSignature::BudgetId))
            .col(integer(CalculationSignature::Number))
            .col(text(CalculationSignature::Party))
            .col(text(CalculationSignature::MunicipalityCode))
            .col(date(CalculationSignature::SignedOn))
            .col(blob(CalculationSignature::Signer))
            .col(text(CalculationSignature::RecordedBy))
            .col(timestamp_with_time_zone(CalculationSignature::CreatedAt))
            .primary_key(
                Index::create()
                    .col(CalculationSignature::BudgetId)
                    .col(CalculationSignature::Number)
                    .col(CalculationSignature::Party),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("signature_calculation")
                    .from(CalculationSignature::Table, (CalculationSignature::BudgetId, CalculationSignature::Number))
                    .to(Calculation::Table, (Calculation::BudgetId, Calculation::Number)),
            )
            .check(("signature_party", Expr::col(CalculationSignature::Party).is_in(["worker", "recipient"])))
            .to_owned();
        manager.create_table(signature).await?;
        protect(manager, &["budget", "calculation", "calculation_signature"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(CalculationSignature::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Calculation::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Budget::Table).to_owned()).await
    }
}

//! Creates payment runs and their payments.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, date, date_null, integer, text, text_null, timestamp_with_time_zone, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum PaymentRun {
    Table,
    Id,
    MunicipalityCode,
    Status,
    Format,
    ExecutionDate,
    /// Who pays, from which account: sealed.
    Debtor,
    Payments,
    Cents,
    CreatedBy,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Payment {
    Table,
    Id,
    MunicipalityCode,
    RunId,
    /// Whom, to which account, what they are told: sealed.
    Payee,
    /// The person whom a claim's payment goes to.
    PersonId,
    Cents,
    Status,
    PaidOn,
    Reason,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let run = Table::create()
            .table(PaymentRun::Table)
            .col(uuid(PaymentRun::Id).primary_key())
            .col(text(PaymentRun::MunicipalityCode))
            .col(text(PaymentRun::Status))
            .col(text(PaymentRun::Format))
            .col(date(PaymentRun::ExecutionDate))
            .col(blob(PaymentRun::Debtor))
            .col(integer(PaymentRun::Payments))
            .col(big_integer(PaymentRun::Cents))
            .col(text(PaymentRun::CreatedBy))
            .col(big_integer(PaymentRun::Version))
            .col(timestamp_with_time_zone(PaymentRun::CreatedAt))
            .col(timestamp_with_time_zone(PaymentRun::UpdatedAt))
            .check(("run_status", Expr::col(PaymentRun::Status).is_in(["open", "closed"])))
            .to_owned();
        manager.create_table(run).await?;
        let paid = Expr::col(Payment::Status).eq("paid").and(Expr::col(Payment::PaidOn).is_not_null());
        let other = Expr::col(Payment::Status).is_in(["pending", "failed"]).and(Expr::col(Payment::PaidOn).is_null());
        let payment = Table::create()
            .table(Payment::Table)
            .col(uuid(Payment::Id).primary_key())
            .col(text(Payment::MunicipalityCode))
            .col(uuid(Payment::RunId))
            .col(blob(Payment::Payee))
            .col(ColumnDef::new(Payment::PersonId).uuid().null())
            .col(big_integer(Payment::Cents))
            .col(text(Payment::Status))
            .col(date_null(Payment::PaidOn))
            .col(text_null(Payment::Reason))
            .foreign_key(
                ForeignKey::create()
                    .name("payment_of_run")
                    .from(Payment::Table, Payment::RunId)
                    .to(PaymentRun::Table, PaymentRun::Id),
            )
            .check(("payment_status", paid.or(other)))
            .check(("payment_above_zero", Expr::col(Payment::Cents).gt(0)))
            .to_owned();
        manager.create_table(payment).await?;
        for index in [
            Index::create()
                .name("payment_run_list")
                .table(PaymentRun::Table)
                .col(PaymentRun::MunicipalityCode)
                .col(PaymentRun::Id)
                .to_owned(),
            Index::create()
                .name("payment_by_run")
                .table(Payment::Table)
                .col(Payment::RunId)
                .col(Payment::Id)
                .to_owned(),
            Index::create().name("payment_by_person").table(Payment::Table).col(Payment::PersonId).to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        protect(manager, &["payment_run", "payment"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Payment::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(PaymentRun::Table).to_owned()).await
    }
}

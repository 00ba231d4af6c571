//! Creates the monthly schedules of plans, as recipients hand them in.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, date, integer, text, timestamp_with_time_zone, uuid},
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
enum Person {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Plan {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum PlanSchedule {
    Table,
    Id,
    MunicipalityCode,
    PlanId,
    PersonId,
    /// The first day of the month.
    Month,
    PlanVersion,
    SignedOn,
    Method,
    HandedInOn,
    /// Lines, and who signed: sealed.
    Content,
    RecordedBy,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let reference = |name: &str, column: PlanSchedule| {
            ForeignKey::create().name(name).from(PlanSchedule::Table, column).to_owned()
        };
        let schedule = Table::create()
            .table(PlanSchedule::Table)
            .col(uuid(PlanSchedule::Id).primary_key())
            .col(text(PlanSchedule::MunicipalityCode))
            .col(uuid(PlanSchedule::PlanId))
            .col(uuid(PlanSchedule::PersonId))
            .col(date(PlanSchedule::Month))
            .col(integer(PlanSchedule::PlanVersion))
            .col(date(PlanSchedule::SignedOn))
            .col(text(PlanSchedule::Method))
            .col(date(PlanSchedule::HandedInOn))
            .col(blob(PlanSchedule::Content))
            .col(text(PlanSchedule::RecordedBy))
            .col(big_integer(PlanSchedule::Version))
            .col(timestamp_with_time_zone(PlanSchedule::CreatedAt))
            .col(timestamp_with_time_zone(PlanSchedule::UpdatedAt))
            .foreign_key(
                reference("plan_schedule_municipality", PlanSchedule::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .foreign_key(reference("plan_schedule_plan", PlanSchedule::PlanId).to(Plan::Table, Plan::Id))
            .foreign_key(reference("plan_schedule_person", PlanSchedule::PersonId).to(Person::Table, Person::Id))
            .check(("plan_schedule_method", Expr::col(PlanSchedule::Method).is_in(["paper", "eparaksts"])))
            .to_owned();
        manager.create_table(schedule).await?;
        let of_month = Index::create()
            .name("plan_schedule_month")
            .table(PlanSchedule::Table)
            .col(PlanSchedule::PlanId)
            .col(PlanSchedule::Month)
            .unique()
            .to_owned();
        manager.create_index(of_month).await?;
        let by_person = Index::create()
            .name("plan_schedule_by_person")
            .table(PlanSchedule::Table)
            .col(PlanSchedule::PersonId)
            .to_owned();
        manager.create_index(by_person).await?;
        protect(manager, &["plan_schedule"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(PlanSchedule::Table).to_owned()).await
    }
}

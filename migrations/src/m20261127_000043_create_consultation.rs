//! Creates the consultations of specialists between the rounds of assessment.

use sea_orm_migration::{
    prelude::*,
    schema::{blob, date, text, timestamp_with_time_zone, uuid, uuid_null},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(Clone, Copy, DeriveIden)]
enum Consultation {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    HeldOn,
    /// The entry that this one corrects: each is corrected once.
    Corrects,
    /// Who consulted, how long, what for, about what, and what was decided: sealed.
    Details,
    RecordedBy,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Application {
    Table,
    Id,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let consultation = Table::create()
            .table(Consultation::Table)
            .col(uuid(Consultation::Id).primary_key())
            .col(text(Consultation::MunicipalityCode))
            .col(uuid(Consultation::ApplicationId))
            .col(uuid(Consultation::PersonId))
            .col(date(Consultation::HeldOn))
            .col(uuid_null(Consultation::Corrects).unique_key())
            .col(blob(Consultation::Details))
            .col(text(Consultation::RecordedBy))
            .col(timestamp_with_time_zone(Consultation::CreatedAt))
            .col(timestamp_with_time_zone(Consultation::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("consultation_application")
                    .from(Consultation::Table, Consultation::ApplicationId)
                    .to(Application::Table, Application::Id),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("consultation_corrects")
                    .from(Consultation::Table, Consultation::Corrects)
                    .to(Consultation::Table, Consultation::Id),
            )
            .to_owned();
        manager.create_table(consultation).await?;
        for (name, column) in
            [("consultation_of_case", Consultation::ApplicationId), ("consultation_of_person", Consultation::PersonId)]
        {
            let index = Index::create().name(name).table(Consultation::Table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        protect(manager, &["consultation"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Consultation::Table).to_owned()).await
    }
}

//! Creates the contact sheets of cases, and who works on a case.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, text, text_null, timestamp_with_time_zone, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(Clone, Copy, DeriveIden)]
enum CaseContact {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    /// Who it is and how they are reached: sealed.
    Content,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Application {
    Table,
    Id,
    MunicipalityCode,
    /// The issuer's identifier of the worker who leads the case.
    Worker,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let contact = Table::create()
            .table(CaseContact::Table)
            .col(uuid(CaseContact::Id).primary_key())
            .col(text(CaseContact::MunicipalityCode))
            .col(uuid(CaseContact::ApplicationId))
            .col(uuid(CaseContact::PersonId))
            .col(blob(CaseContact::Content))
            .col(big_integer(CaseContact::Version))
            .col(text(CaseContact::CreatedBy))
            .col(timestamp_with_time_zone(CaseContact::CreatedAt))
            .col(timestamp_with_time_zone(CaseContact::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("case_contact_application")
                    .from(CaseContact::Table, CaseContact::ApplicationId)
                    .to(Application::Table, Application::Id),
            )
            .to_owned();
        manager.create_table(contact).await?;
        for (name, column) in
            [("case_contact_of_case", CaseContact::ApplicationId), ("case_contact_of_person", CaseContact::PersonId)]
        {
            let index = Index::create().name(name).table(CaseContact::Table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        protect(manager, &["case_contact"]).await?;

        let worker = text_null(Application::Worker);
        manager.alter_table(Table::alter().table(Application::Table).add_column(worker).to_owned()).await?;
        let by_worker = Index::create()
            .name("application_by_worker")
            .table(Application::Table)
            .col(Application::MunicipalityCode)
            .col(Application::Worker)
            .col(Application::Id)
            .to_owned();
        manager.create_index(by_worker).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("application_by_worker").table(Application::Table).to_owned()).await?;
        let worker = Table::alter().table(Application::Table).drop_column(Application::Worker).to_owned();
        manager.alter_table(worker).await?;
        manager.drop_table(Table::drop().table(CaseContact::Table).to_owned()).await
    }
}

//! Creates the documents of cases; their contents are in the object store.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, blob_null, boolean, date, date_null, text, timestamp_with_time_zone, uuid},
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
enum CaseDocument {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    Section,
    Kind,
    /// In what form the document exists.
    Medium,
    Dated,
    OfficeOnly,
    MediaType,
    Size,
    /// SHA-256 of the content.
    ContentHash,
    /// The key of the content, sealed; empty once the content is deleted.
    ContentKey,
    AddedBy,
    CreatedAt,
    /// The day on which a deletion was asked for that was not done yet.
    DeletionRequestedOn,
    /// Who asks for the deletion, when and why; sealed.
    DeletionRequest,
    /// Who deleted the content, when and why; sealed.
    Deletion,
    Version,
    UpdatedAt,
}

const SECTIONS: [&str; 6] = ["cover", "delivery", "plan", "assessment", "surveys", "participation"];
const KINDS: [&str; 12] = [
    "application",
    "opinion",
    "protocol",
    "minutes",
    "plan",
    "schedule",
    "contract",
    "invoice",
    "receipt",
    "survey",
    "selection",
    "other",
];
const MEDIA: [&str; 3] = ["paper", "electronic", "both"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let document = Table::create()
            .table(CaseDocument::Table)
            .col(uuid(CaseDocument::Id).primary_key())
            .col(text(CaseDocument::MunicipalityCode))
            .col(uuid(CaseDocument::ApplicationId))
            .col(uuid(CaseDocument::PersonId))
            .col(text(CaseDocument::Section))
            .col(text(CaseDocument::Kind))
            .col(text(CaseDocument::Medium))
            .col(date(CaseDocument::Dated))
            .col(boolean(CaseDocument::OfficeOnly))
            .col(text(CaseDocument::MediaType))
            .col(big_integer(CaseDocument::Size))
            .col(blob(CaseDocument::ContentHash))
            .col(blob(CaseDocument::ContentKey))
            .col(text(CaseDocument::AddedBy))
            .col(timestamp_with_time_zone(CaseDocument::CreatedAt))
            .col(date_null(CaseDocument::DeletionRequestedOn))
            .col(blob_null(CaseDocument::DeletionRequest))
            .col(blob_null(CaseDocument::Deletion))
            .col(big_integer(CaseDocument::Version))
            .col(timestamp_with_time_zone(CaseDocument::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("case_document_municipality")
                    .from(CaseDocument::Table, CaseDocument::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("case_document_application")
                    .from(CaseDocument::Table, CaseDocument::ApplicationId)
                    .to(Application::Table, Application::Id),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("case_document_person")
                    .from(CaseDocument::Table, CaseDocument::PersonId)
                    .to(Person::Table, Person::Id),
            )
            .check(("case_document_section", Expr::col(CaseDocument::Section).is_in(SECTIONS)))
            .check(("case_document_kind", Expr::col(CaseDocument::Kind).is_in(KINDS)))
            .check(("case_document_medium", Expr::col(CaseDocument::Medium).is_in(MEDIA)))
            .check(("case_document_size", Expr::col(CaseDocument::Size).gte(0)))
            .to_owned();
        manager.create_table(document).await?;
        let index = |name: &str| Index::create().name(name).table(CaseDocument::Table).to_owned();
        for index in [
            index("case_document_list").col(CaseDocument::ApplicationId).col(CaseDocument::Id).to_owned(),
            index("case_document_by_person").col(CaseDocument::PersonId).to_owned(),
            index("case_document_to_delete").col(CaseDocument::DeletionRequestedOn).to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        protect(manager, &["case_document"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(CaseDocument::Table).to_owned()).await
    }
}

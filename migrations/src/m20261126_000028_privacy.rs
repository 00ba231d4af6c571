//! Lets what is kept of persons be found and erased: the reason of a payment that failed is sealed, who hands a case over keeps
//! the identifiers of what moved for its log of accesses, and indices find answers by their age and acts by who did them.

use sea_orm_migration::{
    prelude::*,
    schema::{blob_null, boolean, text, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Payment {
    Table,
    /// In clear; not written any more.
    Reason,
    /// Why it failed, sealed.
    Failure,
}

#[derive(DeriveIden)]
enum HandedOverResource {
    Table,
    /// The one that handed over.
    MunicipalityCode,
    /// The person there.
    PersonId,
    ResourceId,
    /// Whether it is a document that only the office sees.
    OfficeOnly,
}

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
enum IdempotencyRecord {
    Table,
    CreatedAt,
}

#[derive(DeriveIden)]
enum AuditEntry {
    Table,
    MunicipalityCode,
    Subject,
    At,
}

fn indices() -> [IndexCreateStatement; 2] {
    [
        Index::create()
            .name("idempotency_record_age")
            .table(IdempotencyRecord::Table)
            .col(IdempotencyRecord::CreatedAt)
            .to_owned(),
        Index::create()
            .name("audit_entry_subject")
            .table(AuditEntry::Table)
            .col(AuditEntry::MunicipalityCode)
            .col(AuditEntry::Subject)
            .col(AuditEntry::At)
            .to_owned(),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let failure = Table::alter().table(Payment::Table).add_column(blob_null(Payment::Failure)).to_owned();
        manager.alter_table(failure).await?;
        // A migration has no keys to seal with. The answer that told the reason is the bank's, which sends it again.
        let clear = Query::update().table(Payment::Table).value(Payment::Reason, None::<String>).to_owned();
        manager.execute(clear).await?;
        let handed_over = Table::create()
            .table(HandedOverResource::Table)
            .col(text(HandedOverResource::MunicipalityCode))
            .col(uuid(HandedOverResource::PersonId))
            .col(uuid(HandedOverResource::ResourceId))
            .col(boolean(HandedOverResource::OfficeOnly))
            .primary_key(Index::create().col(HandedOverResource::PersonId).col(HandedOverResource::ResourceId))
            .foreign_key(
                ForeignKey::create()
                    .name("handed_over_resource_municipality")
                    .from(HandedOverResource::Table, HandedOverResource::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("handed_over_resource_person")
                    .from(HandedOverResource::Table, HandedOverResource::PersonId)
                    .to(Person::Table, Person::Id),
            )
            .to_owned();
        manager.create_table(handed_over).await?;
        for index in indices() {
            manager.create_index(index).await?;
        }
        protect(manager, &["handed_over_resource"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["idempotency_record_age", "audit_entry_subject"] {
            manager.drop_index(Index::drop().name(name).to_owned()).await?;
        }
        manager.drop_table(Table::drop().table(HandedOverResource::Table).to_owned()).await?;
        let failure = Table::alter().table(Payment::Table).drop_column(Payment::Failure).to_owned();
        manager.alter_table(failure).await
    }
}

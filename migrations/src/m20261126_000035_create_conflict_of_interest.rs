//! Creates the declared conflicts of interest: who does not work on the cases of a person.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, date, date_null, text, text_null, timestamp_with_time_zone, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(Clone, Copy, DeriveIden)]
enum ConflictOfInterest {
    Table,
    Id,
    MunicipalityCode,
    PersonId,
    /// The issuer's identifier of who has the conflict.
    Subject,
    /// Sealed.
    Reason,
    DeclaredBy,
    DeclaredOn,
    /// The day from which it blocks nobody any more; null while it does.
    EndedOn,
    EndedBy,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Person {
    Table,
    Id,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let conflict = Table::create()
            .table(ConflictOfInterest::Table)
            .col(uuid(ConflictOfInterest::Id).primary_key())
            .col(text(ConflictOfInterest::MunicipalityCode))
            .col(uuid(ConflictOfInterest::PersonId))
            .col(text(ConflictOfInterest::Subject))
            .col(blob(ConflictOfInterest::Reason))
            .col(text(ConflictOfInterest::DeclaredBy))
            .col(date(ConflictOfInterest::DeclaredOn))
            .col(date_null(ConflictOfInterest::EndedOn))
            .col(text_null(ConflictOfInterest::EndedBy))
            .col(big_integer(ConflictOfInterest::Version))
            .col(timestamp_with_time_zone(ConflictOfInterest::CreatedAt))
            .col(timestamp_with_time_zone(ConflictOfInterest::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("conflict_of_interest_person")
                    .from(ConflictOfInterest::Table, ConflictOfInterest::PersonId)
                    .to(Person::Table, Person::Id),
            )
            .to_owned();
        manager.create_table(conflict).await?;
        let once = Index::create()
            .name("conflict_of_interest_once")
            .table(ConflictOfInterest::Table)
            .col(ConflictOfInterest::MunicipalityCode)
            .col(ConflictOfInterest::Subject)
            .col(ConflictOfInterest::PersonId)
            .unique()
            .and_where(Expr::col(ConflictOfInterest::EndedOn).is_null())
            .to_owned();
        manager.create_index(once).await?;
        let by_person = Index::create()
            .name("conflict_of_interest_by_person")
            .table(ConflictOfInterest::Table)
            .col(ConflictOfInterest::PersonId)
            .to_owned();
        manager.create_index(by_person).await?;
        protect(manager, &["conflict_of_interest"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ConflictOfInterest::Table).to_owned()).await
    }
}

//! Creates what was told of the use of a person's data, and what was agreed to.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, date, date_null, text, timestamp_with_time_zone, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(Clone, Copy, DeriveIden)]
enum PrivacyRecord {
    Table,
    Id,
    MunicipalityCode,
    PersonId,
    Kind,
    OnDay,
    /// Whom, and what: sealed.
    Content,
    /// The day from which an agreement holds no more; null while it does.
    WithdrawnOn,
    RecordedBy,
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
        let kinds = ["privacy_notice", "cooperation_agreement"];
        let withdrawn = Expr::col(PrivacyRecord::WithdrawnOn);
        let record = Table::create()
            .table(PrivacyRecord::Table)
            .col(uuid(PrivacyRecord::Id).primary_key())
            .col(text(PrivacyRecord::MunicipalityCode))
            .col(uuid(PrivacyRecord::PersonId))
            .col(text(PrivacyRecord::Kind))
            .col(date(PrivacyRecord::OnDay))
            .col(blob(PrivacyRecord::Content))
            .col(date_null(PrivacyRecord::WithdrawnOn))
            .col(text(PrivacyRecord::RecordedBy))
            .col(big_integer(PrivacyRecord::Version))
            .col(timestamp_with_time_zone(PrivacyRecord::CreatedAt))
            .col(timestamp_with_time_zone(PrivacyRecord::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("privacy_record_person")
                    .from(PrivacyRecord::Table, PrivacyRecord::PersonId)
                    .to(Person::Table, Person::Id),
            )
            .check(("privacy_record_kind", Expr::col(PrivacyRecord::Kind).is_in(kinds)))
            .check((
                "privacy_record_withdrawal",
                withdrawn.clone().is_null().or(withdrawn.gte(Expr::col(PrivacyRecord::OnDay))),
            ))
            .to_owned();
        manager.create_table(record).await?;
        let by_person = Index::create()
            .name("privacy_record_by_person")
            .table(PrivacyRecord::Table)
            .col(PrivacyRecord::PersonId)
            .to_owned();
        manager.create_index(by_person).await?;
        protect(manager, &["privacy_record"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(PrivacyRecord::Table).to_owned()).await
    }
}

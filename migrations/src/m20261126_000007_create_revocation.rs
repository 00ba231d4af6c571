//! Creates acts that revoke a grant, hand-overs to another municipality, and what offices say of themselves.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, date, text, text_null, timestamp_with_time_zone, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Revocation {
    Table,
    ApplicationId,
    MunicipalityCode,
    ActNumber,
    DecidedOn,
    EffectiveFrom,
    Delivery,
    NotifiedOn,
    AppealUntil,
    /// Why and on what legal basis, sealed.
    Grounds,
    PreparedBy,
    SignedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum HandOver {
    Table,
    Id,
    /// The one that handed over.
    MunicipalityCode,
    ReceivingCode,
    ApplicationId,
    HandedOverOn,
    Reason,
    SignedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Office {
    Table,
    MunicipalityCode,
    /// Names, addresses and officials, sealed.
    Settings,
    Version,
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
        let revocation = Table::create()
            .table(Revocation::Table)
            .col(uuid(Revocation::ApplicationId).primary_key())
            .col(text(Revocation::MunicipalityCode))
            .col(text_null(Revocation::ActNumber))
            .col(date(Revocation::DecidedOn))
            .col(date(Revocation::EffectiveFrom))
            .col(text(Revocation::Delivery))
            .col(date(Revocation::NotifiedOn))
            .col(date(Revocation::AppealUntil))
            .col(blob(Revocation::Grounds))
            .col(text(Revocation::PreparedBy))
            .col(text(Revocation::SignedBy))
            .col(timestamp_with_time_zone(Revocation::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("revocation_application")
                    .from(Revocation::Table, Revocation::ApplicationId)
                    .to(Application::Table, Application::Id),
            )
            .to_owned();
        manager.create_table(revocation).await?;

        // Without a reference to the application: its rows are the receiving municipality's.
        let hand_over = Table::create()
            .table(HandOver::Table)
            .col(uuid(HandOver::Id).primary_key())
            .col(text(HandOver::MunicipalityCode))
            .col(text(HandOver::ReceivingCode))
            .col(uuid(HandOver::ApplicationId))
            .col(date(HandOver::HandedOverOn))
            .col(blob(HandOver::Reason))
            .col(text(HandOver::SignedBy))
            .col(timestamp_with_time_zone(HandOver::CreatedAt))
            .to_owned();
        manager.create_table(hand_over).await?;
        let list = Index::create()
            .name("hand_over_list")
            .table(HandOver::Table)
            .col(HandOver::MunicipalityCode)
            .col(HandOver::Id)
            .to_owned();
        manager.create_index(list).await?;

        let office = Table::create()
            .table(Office::Table)
            .col(text(Office::MunicipalityCode).primary_key())
            .col(blob(Office::Settings))
            .col(big_integer(Office::Version))
            .col(timestamp_with_time_zone(Office::UpdatedAt))
            .to_owned();
        manager.create_table(office).await?;
        protect(manager, &["revocation", "hand_over", "office"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Office::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(HandOver::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Revocation::Table).to_owned()).await
    }
}

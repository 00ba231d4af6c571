//! Creates the notices of providers.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(Clone, Copy, DeriveIden)]
enum ProviderNotice {
    Table,
    Id,
    MunicipalityCode,
    OrderId,
    PlanId,
    PersonId,
    ProviderId,
    Kind,
    /// What it says, and what the office does about it: sealed.
    Content,
    RecordedBy,
    AcknowledgedBy,
    AcknowledgedAt,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum ServiceOrder {
    Table,
    Id,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kinds = ["conflict_of_interest", "delivery_impossible", "recipient_unreachable", "plan_end_report"];
        let by = || Expr::col(ProviderNotice::AcknowledgedBy);
        let at = || Expr::col(ProviderNotice::AcknowledgedAt);
        let waits = by().is_null().and(at().is_null());
        let notice = Table::create()
            .table(ProviderNotice::Table)
            .col(uuid(ProviderNotice::Id).primary_key())
            .col(text(ProviderNotice::MunicipalityCode))
            .col(uuid(ProviderNotice::OrderId))
            .col(uuid(ProviderNotice::PlanId))
            .col(uuid(ProviderNotice::PersonId))
            .col(uuid(ProviderNotice::ProviderId))
            .col(text(ProviderNotice::Kind))
            .col(blob(ProviderNotice::Content))
            .col(text(ProviderNotice::RecordedBy))
            .col(text_null(ProviderNotice::AcknowledgedBy))
            .col(timestamp_with_time_zone_null(ProviderNotice::AcknowledgedAt))
            .col(big_integer(ProviderNotice::Version))
            .col(timestamp_with_time_zone(ProviderNotice::CreatedAt))
            .col(timestamp_with_time_zone(ProviderNotice::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("notice_order")
                    .from(ProviderNotice::Table, ProviderNotice::OrderId)
                    .to(ServiceOrder::Table, ServiceOrder::Id),
            )
            .check(("notice_kind", Expr::col(ProviderNotice::Kind).is_in(kinds)))
            .check(("notice_acknowledged", waits.or(by().is_not_null().and(at().is_not_null()))))
            .to_owned();
        manager.create_table(notice).await?;
        for (name, columns) in [
            ("notice_in_order", &[ProviderNotice::MunicipalityCode, ProviderNotice::Id][..]),
            ("notice_of_order", &[ProviderNotice::OrderId]),
            ("notice_of_person", &[ProviderNotice::PersonId]),
        ] {
            let mut index = Index::create().name(name).table(ProviderNotice::Table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        protect(manager, &["provider_notice"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ProviderNotice::Table).to_owned()).await
    }
}

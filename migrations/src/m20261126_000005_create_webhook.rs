//! Creates webhooks, each with the place up to which events are delivered to it, and the log of their deliveries.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, blob_null, integer, integer_null, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Webhook {
    Table,
    Id,
    MunicipalityCode,
    Url,
    /// JSON list of the types that are delivered; null for all.
    EventTypes,
    /// The key of the signatures, sealed.
    Secret,
    /// The one before, which still signs until its end.
    PreviousSecret,
    PreviousSecretUntil,
    Status,
    /// The last event that was delivered or passed over; the nil id before the first.
    DeliveredUpTo,
    /// Failures in a row, and since when.
    Failures,
    FailingSince,
    NextAttemptAt,
    /// Which node's task is at it, and until when it may be.
    Lease,
    LeasedUntil,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum WebhookDelivery {
    Table,
    Id,
    WebhookId,
    MunicipalityCode,
    EventId,
    Attempt,
    At,
    /// HTTP status of the answer, or why there was none.
    Status,
    Failure,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let webhook = Table::create()
            .table(Webhook::Table)
            .col(uuid(Webhook::Id).primary_key())
            .col(text(Webhook::MunicipalityCode))
            .col(text(Webhook::Url))
            .col(text_null(Webhook::EventTypes))
            .col(blob(Webhook::Secret))
            .col(blob_null(Webhook::PreviousSecret))
            .col(timestamp_with_time_zone_null(Webhook::PreviousSecretUntil))
            .col(text(Webhook::Status))
            .col(uuid(Webhook::DeliveredUpTo))
            .col(integer(Webhook::Failures))
            .col(timestamp_with_time_zone_null(Webhook::FailingSince))
            .col(timestamp_with_time_zone(Webhook::NextAttemptAt))
            .col(uuid_null(Webhook::Lease))
            .col(timestamp_with_time_zone_null(Webhook::LeasedUntil))
            .col(big_integer(Webhook::Version))
            .col(timestamp_with_time_zone(Webhook::CreatedAt))
            .col(timestamp_with_time_zone(Webhook::UpdatedAt))
            .check(("webhook_status", Expr::col(Webhook::Status).is_in(["active", "paused", "failing"])))
            .to_owned();
        manager.create_table(webhook).await?;

        let delivery = Table::create()
            .table(WebhookDelivery::Table)
            .col(uuid(WebhookDelivery::Id).primary_key())
            .col(uuid(WebhookDelivery::WebhookId))
            .col(text(WebhookDelivery::MunicipalityCode))
            .col(uuid(WebhookDelivery::EventId))
            .col(integer(WebhookDelivery::Attempt))
            .col(timestamp_with_time_zone(WebhookDelivery::At))
            .col(integer_null(WebhookDelivery::Status))
            .col(text_null(WebhookDelivery::Failure))
            .foreign_key(
                ForeignKey::create()
                    .name("delivery_webhook")
                    .from(WebhookDelivery::Table, WebhookDelivery::WebhookId)
                    .to(Webhook::Table, Webhook::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(delivery).await?;

        for index in [
            Index::create()
                .name("webhook_list")
                .table(Webhook::Table)
                .col(Webhook::MunicipalityCode)
                .col(Webhook::Id)
                .to_owned(),
            Index::create()
                .name("webhook_due")
                .table(Webhook::Table)
                .col(Webhook::Status)
                .col(Webhook::NextAttemptAt)
                .to_owned(),
            Index::create()
                .name("webhook_delivery_list")
                .table(WebhookDelivery::Table)
                .col(WebhookDelivery::WebhookId)
                .col(WebhookDelivery::Id)
                .to_owned(),
            Index::create()
                .name("webhook_delivery_age")
                .table(WebhookDelivery::Table)
                .col(WebhookDelivery::WebhookId)
                .col(WebhookDelivery::At)
                .to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        protect(manager, &["webhook", "webhook_delivery"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(WebhookDelivery::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Webhook::Table).to_owned()).await
    }
}

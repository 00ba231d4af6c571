//! Creates the files that are attached to invoices and claims; their contents are in the object store.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, blob_null, boolean, text, timestamp_with_time_zone, uuid, uuid_null},
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
enum Invoice {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Person {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum InvoiceAttachment {
    Table,
    Id,
    MunicipalityCode,
    InvoiceId,
    /// Whose claim it is attached to; none of a provider's invoice.
    PersonId,
    Kind,
    /// Whether it came inside an e-invoice.
    Embedded,
    MediaType,
    Size,
    /// SHA-256 of the content.
    ContentHash,
    /// The key of the content, sealed; empty once the content is deleted.
    ContentKey,
    AddedBy,
    CreatedAt,
    /// Who deleted the content, when and why; sealed.
    Deletion,
}

#[derive(DeriveIden)]
enum InvoiceLine {
    Table,
    PersonId,
}

const KINDS: [&str; 19] = [
    "acceptance_act",
    "service_report",
    "recipients_register",
    "receipt",
    "payment",
    "contract",
    "price_list",
    "loan_agreement",
    "service_memo",
    "route_sheet",
    "fuel_receipt",
    "monthly_report",
    "ticket",
    "purchase_receipt",
    "trip_list",
    "printout",
    "rules_and_prices",
    "worker_confirmation",
    "other",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let attachment = Table::create()
            .table(InvoiceAttachment::Table)
            .col(uuid(InvoiceAttachment::Id).primary_key())
            .col(text(InvoiceAttachment::MunicipalityCode))
            .col(uuid(InvoiceAttachment::InvoiceId))
            .col(uuid_null(InvoiceAttachment::PersonId))
            .col(text(InvoiceAttachment::Kind))
            .col(boolean(InvoiceAttachment::Embedded))
            .col(text(InvoiceAttachment::MediaType))
            .col(big_integer(InvoiceAttachment::Size))
            .col(blob(InvoiceAttachment::ContentHash))
            .col(blob(InvoiceAttachment::ContentKey))
            .col(text(InvoiceAttachment::AddedBy))
            .col(timestamp_with_time_zone(InvoiceAttachment::CreatedAt))
            .col(blob_null(InvoiceAttachment::Deletion))
            .foreign_key(
                ForeignKey::create()
                    .name("invoice_attachment_municipality")
                    .from(InvoiceAttachment::Table, InvoiceAttachment::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("invoice_attachment_invoice")
                    .from(InvoiceAttachment::Table, InvoiceAttachment::InvoiceId)
                    .to(Invoice::Table, Invoice::Id),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("invoice_attachment_person")
                    .from(InvoiceAttachment::Table, InvoiceAttachment::PersonId)
                    .to(Person::Table, Person::Id),
            )
            .check(("invoice_attachment_kind", Expr::col(InvoiceAttachment::Kind).is_in(KINDS)))
            .check(("invoice_attachment_size", Expr::col(InvoiceAttachment::Size).gte(0)))
            .to_owned();
        manager.create_table(attachment).await?;
        let index = |name: &str| Index::create().name(name).table(InvoiceAttachment::Table).to_owned();
        for index in [
            index("invoice_attachment_list").col(InvoiceAttachment::InvoiceId).col(InvoiceAttachment::Id).to_owned(),
            index("invoice_attachment_by_person").col(InvoiceAttachment::PersonId).to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        // Whom an invoice is for: the last of them to be erased takes its files along.
        let of_person =
            Index::create().name("line_of_person").table(InvoiceLine::Table).col(InvoiceLine::PersonId).to_owned();
        manager.create_index(of_person).await?;
        protect(manager, &["invoice_attachment"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_person = Index::drop().name("line_of_person").table(InvoiceLine::Table).to_owned();
        manager.drop_index(of_person).await?;
        manager.drop_table(Table::drop().table(InvoiceAttachment::Table).to_owned()).await
    }
}

//! Creates the documents and trips of live claims: none stands in two.

use sea_orm_migration::{
    prelude::*,
    schema::{blob, text, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum ClaimReceipt {
    Table,
    MunicipalityCode,
    /// Keyed hash of what makes a receipt, document or trip the same.
    ReceiptIndex,
    InvoiceId,
}

#[derive(DeriveIden)]
enum Invoice {
    Table,
    Id,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let receipt = Table::create()
            .table(ClaimReceipt::Table)
            .col(text(ClaimReceipt::MunicipalityCode))
            .col(blob(ClaimReceipt::ReceiptIndex))
            .col(uuid(ClaimReceipt::InvoiceId))
            .primary_key(Index::create().col(ClaimReceipt::MunicipalityCode).col(ClaimReceipt::ReceiptIndex))
            .foreign_key(
                ForeignKey::create()
                    .name("receipt_invoice")
                    .from(ClaimReceipt::Table, ClaimReceipt::InvoiceId)
                    .to(Invoice::Table, Invoice::Id),
            )
            .to_owned();
        manager.create_table(receipt).await?;
        let of_claim =
            Index::create().name("receipt_of_claim").table(ClaimReceipt::Table).col(ClaimReceipt::InvoiceId).to_owned();
        manager.create_index(of_claim).await?;
        protect(manager, &["claim_receipt"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ClaimReceipt::Table).to_owned()).await
    }
}

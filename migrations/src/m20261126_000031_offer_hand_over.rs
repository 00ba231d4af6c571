//! Hand-overs are offered first: what became of an offer, what the office that is asked is told of the person, why it refused, and
//! who the person is there. A hand-over of before was in force at once. And an office asks for the deletion of what is attached to an
//! invoice, as of a document of a case.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, blob_null, date, date_null, text, text_null, timestamp_with_time_zone, uuid, uuid_null,
    },
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum HandOver {
    Table,
    Id,
    /// The one that offers, or handed over.
    MunicipalityCode,
    ReceivingCode,
    ApplicationId,
    /// The person in the municipality that offers.
    PersonId,
    Status,
    OfferedOn,
    /// The day on which it was in force; null where it is not.
    HandedOverOn,
    /// Sealed.
    Reason,
    SignedBy,
    /// What the office that is asked is told of the person and the case, sealed; null once there is an answer.
    Offered,
    /// The day of the answer, or on which the offer ended without one.
    AnsweredOn,
    /// Who answered or withdrew; null where nobody did.
    AnsweredBy,
    /// Why it was refused, sealed.
    Refusal,
    /// The person in the municipality that accepted.
    ReceivedPersonId,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum InvoiceAttachment {
    Table,
    /// The day on which its deletion was asked for; null while nobody does, or it is done.
    DeletionRequestedOn,
    /// Who asks, when and why; sealed.
    DeletionRequest,
    Version,
}

/// The table as it was, while its rows are copied.
#[derive(DeriveIden)]
enum HandOverBefore {
    Table,
}

#[derive(DeriveIden)]
enum Municipality {
    Table,
    Code,
}

const COLUMNS: &str =
    "id, municipality_code, receiving_code, application_id, person_id, handed_over_on, reason, signed_by, created_at";

/// The columns and rules of a hand-over. The defaults are for what the release before stores.
fn with_offers() -> TableCreateStatement {
    let (status, handed_over_on) = (Expr::col(HandOver::Status), Expr::col(HandOver::HandedOverOn));
    let of = |name: &'static str, column: HandOver| {
        ForeignKey::create()
            .name(name)
            .from(HandOver::Table, column)
            .to(Municipality::Table, Municipality::Code)
            .to_owned()
    };
    Table::create()
        .table(HandOver::Table)
        .col(uuid(HandOver::Id).primary_key())
        .col(text(HandOver::MunicipalityCode))
        .col(text(HandOver::ReceivingCode))
        .col(uuid(HandOver::ApplicationId))
        .col(uuid_null(HandOver::PersonId))
        .col(text(HandOver::Status).default("accepted"))
        .col(date_null(HandOver::OfferedOn))
        .col(date_null(HandOver::HandedOverOn))
        .col(blob(HandOver::Reason))
        .col(text(HandOver::SignedBy))
        .col(blob_null(HandOver::Offered))
        .col(date_null(HandOver::AnsweredOn))
        .col(text_null(HandOver::AnsweredBy))
        .col(blob_null(HandOver::Refusal))
        .col(uuid_null(HandOver::ReceivedPersonId))
        .col(big_integer(HandOver::Version).default(1))
        .col(timestamp_with_time_zone(HandOver::CreatedAt))
        .col(ColumnDef::new(HandOver::UpdatedAt).timestamp_with_time_zone())
        .foreign_key(&mut of("hand_over_municipality", HandOver::MunicipalityCode))
        .foreign_key(&mut of("hand_over_receiving", HandOver::ReceivingCode))
        .check(("hand_over_status", status.clone().is_in(["offered", "accepted", "refused", "withdrawn", "lapsed"])))
        .check(("hand_over_elsewhere", Expr::col(HandOver::MunicipalityCode).ne(Expr::col(HandOver::ReceivingCode))))
        .check((
            "hand_over_day",
            status
                .clone()
                .eq("accepted")
                .and(handed_over_on.clone().is_not_null())
                .or(status.ne("accepted").and(handed_over_on.is_null())),
        ))
        .to_owned()
}

fn as_before() -> TableCreateStatement {
    Table::create()
        .table(HandOver::Table)
        .col(uuid(HandOver::Id).primary_key())
        .col(text(HandOver::MunicipalityCode))
        .col(text(HandOver::ReceivingCode))
        .col(uuid(HandOver::ApplicationId))
        .col(date(HandOver::HandedOverOn))
        .col(blob(HandOver::Reason))
        .col(text(HandOver::SignedBy))
        .col(timestamp_with_time_zone(HandOver::CreatedAt))
        .col(uuid_null(HandOver::PersonId))
        .to_owned()
}

fn indices_of_before() -> [IndexCreateStatement; 2] {
    let index = |name: &'static str| Index::create().name(name).table(HandOver::Table).to_owned();
    [
        index("hand_over_list").col(HandOver::MunicipalityCode).col(HandOver::Id).to_owned(),
        index("hand_over_by_person").col(HandOver::PersonId).to_owned(),
    ]
}

/// A case is offered to one municipality at a time.
fn indices_of_offers() -> [IndexCreateStatement; 4] {
    let index = |name: &'static str| Index::create().name(name).table(HandOver::Table).to_owned();
    [
        index("hand_over_offered")
            .col(HandOver::ApplicationId)
            .unique()
            .and_where(Expr::col(HandOver::Status).eq("offered"))
            .to_owned(),
        index("hand_over_of_case").col(HandOver::ApplicationId).col(HandOver::Id).to_owned(),
        index("hand_over_received").col(HandOver::ReceivingCode).col(HandOver::Id).to_owned(),
        index("hand_over_by_received").col(HandOver::ReceivedPersonId).to_owned(),
    ]
}

/// Puts a table with the same rows in the place of another: neither database changes all of this in a table that is there.
async fn replace(manager: &SchemaManager<'_>, table: TableCreateStatement, only: &str) -> Result<(), DbErr> {
    manager.rename_table(Table::rename().table(HandOver::Table, HandOverBefore::Table).to_owned()).await?;
    manager.create_table(table).await?;
    let copy = format!("INSERT INTO hand_over ({COLUMNS}) SELECT {COLUMNS} FROM hand_over_before {only}");
    manager.get_connection().execute_unprepared(&copy).await?;
    manager.drop_table(Table::drop().table(HandOverBefore::Table).to_owned()).await
}

/// The municipality that is asked reads the offer, and changes it only where it reaches the one that offers as well.
async fn show_to_the_asked(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = "CREATE POLICY asked ON hand_over FOR SELECT
        USING (receiving_code = current_setting('app.municipality', true))";
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["hand_over_list", "hand_over_by_person"] {
            manager.drop_index(Index::drop().name(name).to_owned()).await?;
        }
        replace(manager, with_offers(), "").await?;
        for index in indices_of_before().into_iter().chain(indices_of_offers()) {
            manager.create_index(index).await?;
        }
        protect(manager, &["hand_over"]).await?;
        show_to_the_asked(manager).await?;
        for column in [
            date_null(InvoiceAttachment::DeletionRequestedOn),
            blob_null(InvoiceAttachment::DeletionRequest),
            big_integer(InvoiceAttachment::Version).default(1).to_owned(),
        ] {
            manager.alter_table(Table::alter().table(InvoiceAttachment::Table).add_column(column).to_owned()).await?;
        }
        let asked = Index::create()
            .name("invoice_attachment_deletion_requested")
            .table(InvoiceAttachment::Table)
            .col(InvoiceAttachment::DeletionRequestedOn)
            .to_owned();
        manager.create_index(asked).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("invoice_attachment_deletion_requested").to_owned()).await?;
        for column in
            [InvoiceAttachment::Version, InvoiceAttachment::DeletionRequest, InvoiceAttachment::DeletionRequestedOn]
        {
            let column = Table::alter().table(InvoiceAttachment::Table).drop_column(column).to_owned();
            manager.alter_table(column).await?;
        }
        for index in [
            "hand_over_list",
            "hand_over_by_person",
            "hand_over_offered",
            "hand_over_of_case",
            "hand_over_received",
            "hand_over_by_received",
        ] {
            manager.drop_index(Index::drop().name(index).to_owned()).await?;
        }
        replace(manager, as_before(), "WHERE handed_over_on IS NOT NULL").await?;
        for index in indices_of_before() {
            manager.create_index(index).await?;
        }
        protect(manager, &["hand_over"]).await
    }
}

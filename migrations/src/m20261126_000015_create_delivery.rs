//! Creates deliveries, and the invoices and claims that they are settled by.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, blob_null, date, date_null, integer, integer_null, text, text_null,
        timestamp_with_time_zone, uuid, uuid_null,
    },
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(Clone, Copy, DeriveIden)]
enum Delivery {
    Table,
    Id,
    MunicipalityCode,
    OrderId,
    PlanId,
    BudgetId,
    PersonId,
    ProviderId,
    Line,
    Service,
    OnDay,
    /// Minutes of the day.
    FromMinute,
    ToMinute,
    Thousandths,
    UnitPriceCents,
    Cents,
    Status,
    /// Why nothing was delivered.
    Reason,
    Confirmer,
    /// Number of the ledger's entry.
    Entry,
    /// People and places, sealed.
    Details,
    /// The invoice that it is part of, and its line.
    InvoiceId,
    InvoiceLine,
    RecordedBy,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(Clone, Copy, DeriveIden)]
enum Invoice {
    Table,
    Id,
    MunicipalityCode,
    Kind,
    Status,
    ProviderId,
    /// Whose claim it is.
    PersonId,
    Number,
    IssuedOn,
    PeriodFrom,
    PeriodTo,
    Cents,
    /// Payee, what was told beside the lines, as sent: sealed.
    Content,
    /// Findings of the checks that sent it back.
    Findings,
    /// The invoice that a credit note corrects.
    Corrects,
    EnteredBy,
    CheckedBy,
    ApprovedBy,
    ApprovedOn,
    /// The payment that it is part of.
    PaymentId,
    PaidOn,
    /// The monthly reports that tell of its approval and of its payment.
    ReportedIn,
    PaidReportedIn,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(Clone, Copy, DeriveIden)]
enum InvoiceLine {
    Table,
    InvoiceId,
    Number,
    MunicipalityCode,
    OrderId,
    BudgetId,
    PersonId,
    Line,
    Service,
    FromDay,
    ToDay,
    Thousandths,
    UnitPriceCents,
    Cents,
    /// What the ledger's deliveries are worth that the line is for.
    DeliveredCents,
}

#[derive(DeriveIden)]
enum InvoiceStep {
    Table,
    InvoiceId,
    Number,
    MunicipalityCode,
    Kind,
    /// Reasons in words, sealed.
    Words,
    RecordedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum ServiceOrder {
    Table,
    Id,
}

fn index<T: IntoIden + Copy + 'static>(name: &str, table: impl IntoTableRef, columns: &[T]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        invoices(manager).await?;
        deliveries(manager).await?;
        protect(manager, &["delivery", "invoice", "invoice_line", "invoice_step"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            Delivery::Table.into_iden(),
            InvoiceStep::Table.into_iden(),
            InvoiceLine::Table.into_iden(),
            Invoice::Table.into_iden(),
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let delivered = || Expr::col(Delivery::Status).is_in(["recorded", "confirmed"]);
    let worth = Expr::col(Delivery::Thousandths).gt(0).and(Expr::col(Delivery::Entry).is_not_null());
    let nothing = Expr::col(Delivery::Status).eq("not_delivered").and(Expr::col(Delivery::Reason).is_not_null());
    let withdrawn = Expr::col(Delivery::Status).eq("withdrawn").and(Expr::col(Delivery::InvoiceId).is_null());
    let delivery = Table::create()
        .table(Delivery::Table)
        .col(uuid(Delivery::Id).primary_key())
        .col(text(Delivery::MunicipalityCode))
        .col(uuid(Delivery::OrderId))
        .col(uuid(Delivery::PlanId))
        .col(uuid(Delivery::BudgetId))
        .col(uuid(Delivery::PersonId))
        .col(uuid_null(Delivery::ProviderId))
        .col(integer(Delivery::Line))
        .col(text(Delivery::Service))
        .col(date(Delivery::OnDay))
        .col(integer_null(Delivery::FromMinute))
        .col(integer_null(Delivery::ToMinute))
        .col(big_integer(Delivery::Thousandths))
        .col(big_integer(Delivery::UnitPriceCents))
        .col(big_integer(Delivery::Cents))
        .col(text(Delivery::Status))
        .col(text_null(Delivery::Reason))
        .col(text_null(Delivery::Confirmer))
        .col(integer_null(Delivery::Entry))
        .col(blob(Delivery::Details))
        .col(uuid_null(Delivery::InvoiceId))
        .col(integer_null(Delivery::InvoiceLine))
        .col(text(Delivery::RecordedBy))
        .col(big_integer(Delivery::Version))
        .col(timestamp_with_time_zone(Delivery::CreatedAt))
        .col(timestamp_with_time_zone(Delivery::UpdatedAt))
        .foreign_key(
            ForeignKey::create()
                .name("delivery_order")
                .from(Delivery::Table, Delivery::OrderId)
                .to(ServiceOrder::Table, ServiceOrder::Id),
        )
        .foreign_key(
            ForeignKey::create()
                .name("delivery_invoice")
                .from(Delivery::Table, Delivery::InvoiceId)
                .to(Invoice::Table, Invoice::Id),
        )
        .check(("delivery_status", delivered().and(worth).or(nothing).or(withdrawn)))
        .check(("delivery_not_negative", Expr::col(Delivery::Cents).gte(0)))
        .to_owned();
    manager.create_table(delivery).await?;
    for (name, columns) in [
        ("delivery_list", &[Delivery::MunicipalityCode, Delivery::Id][..]),
        ("delivery_of_order", &[Delivery::OrderId, Delivery::Id]),
        ("delivery_of_day", &[Delivery::BudgetId, Delivery::OnDay]),
        ("delivery_of_provider", &[Delivery::MunicipalityCode, Delivery::ProviderId, Delivery::Id]),
        ("delivery_of_invoice", &[Delivery::InvoiceId]),
        ("delivery_of_person", &[Delivery::PersonId]),
    ] {
        manager.create_index(index(name, Delivery::Table, columns)).await?;
    }
    Ok(())
}

async fn invoices(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let status = |names: &[&str]| Expr::col(Invoice::Status).is_in(names.iter().copied());
    let approved = Expr::col(Invoice::ApprovedBy).is_not_null().and(Expr::col(Invoice::ApprovedOn).is_not_null());
    let open = status(&["received", "checked", "returned", "rejected"]);
    // Two people at least: who approves has neither entered nor checked it.
    let entered = Expr::col(Invoice::ApprovedBy).ne(Expr::col(Invoice::EnteredBy));
    let checked = Expr::col(Invoice::ApprovedBy).ne(Expr::col(Invoice::CheckedBy));
    let table = Table::create()
        .table(Invoice::Table)
        .col(uuid(Invoice::Id).primary_key())
        .col(text(Invoice::MunicipalityCode))
        .col(text(Invoice::Kind))
        .col(text(Invoice::Status))
        .col(uuid_null(Invoice::ProviderId))
        .col(uuid_null(Invoice::PersonId))
        .col(text(Invoice::Number))
        .col(date(Invoice::IssuedOn))
        .col(date(Invoice::PeriodFrom))
        .col(date(Invoice::PeriodTo))
        .col(big_integer(Invoice::Cents))
        .col(blob(Invoice::Content))
        .col(text_null(Invoice::Findings))
        .col(uuid_null(Invoice::Corrects))
        .col(text(Invoice::EnteredBy))
        .col(text_null(Invoice::CheckedBy))
        .col(text_null(Invoice::ApprovedBy))
        .col(date_null(Invoice::ApprovedOn))
        .col(uuid_null(Invoice::PaymentId))
        .col(date_null(Invoice::PaidOn))
        .col(uuid_null(Invoice::ReportedIn))
        .col(uuid_null(Invoice::PaidReportedIn))
        .col(big_integer(Invoice::Version))
        .col(timestamp_with_time_zone(Invoice::CreatedAt))
        .col(timestamp_with_time_zone(Invoice::UpdatedAt))
        .check((
            "invoice_kind",
            Expr::col(Invoice::Kind).is_in(["invoice", "credit_note", "reimbursement", "transport_claim"]),
        ))
        .check(("invoice_status", open.or(status(&["approved", "paid"]).and(approved).and(entered).and(checked))))
        .check(("invoice_paid", status(&["paid"]).eq(Expr::col(Invoice::PaidOn).is_not_null())))
        .to_owned();
    manager.create_table(table).await?;
    let line = Table::create()
        .table(InvoiceLine::Table)
        .col(uuid(InvoiceLine::InvoiceId))
        .col(integer(InvoiceLine::Number))
        .col(text(InvoiceLine::MunicipalityCode))
        .col(uuid(InvoiceLine::OrderId))
        .col(uuid(InvoiceLine::BudgetId))
        .col(uuid(InvoiceLine::PersonId))
        .col(integer(InvoiceLine::Line))
        .col(text(InvoiceLine::Service))
        .col(date(InvoiceLine::FromDay))
        .col(date(InvoiceLine::ToDay))
        .col(big_integer(InvoiceLine::Thousandths))
        .col(big_integer(InvoiceLine::UnitPriceCents))
        .col(big_integer(InvoiceLine::Cents))
        .col(big_integer(InvoiceLine::DeliveredCents))
        .primary_key(Index::create().col(InvoiceLine::InvoiceId).col(InvoiceLine::Number))
        .foreign_key(
            ForeignKey::create()
                .name("line_invoice")
                .from(InvoiceLine::Table, InvoiceLine::InvoiceId)
                .to(Invoice::Table, Invoice::Id),
        )
        .to_owned();
    manager.create_table(line).await?;
    let step = Table::create()
        .table(InvoiceStep::Table)
        .col(uuid(InvoiceStep::InvoiceId))
        .col(integer(InvoiceStep::Number))
        .col(text(InvoiceStep::MunicipalityCode))
        .col(text(InvoiceStep::Kind))
        .col(blob_null(InvoiceStep::Words))
        .col(text(InvoiceStep::RecordedBy))
        .col(timestamp_with_time_zone(InvoiceStep::CreatedAt))
        .primary_key(Index::create().col(InvoiceStep::InvoiceId).col(InvoiceStep::Number))
        .foreign_key(
            ForeignKey::create()
                .name("step_invoice")
                .from(InvoiceStep::Table, InvoiceStep::InvoiceId)
                .to(Invoice::Table, Invoice::Id),
        )
        .to_owned();
    manager.create_table(step).await?;
    // A number of a provider stands for one invoice; what was sent back may be sent again.
    let live = ["received", "checked", "approved", "paid"];
    let mut once = index(
        "invoice_number_once",
        Invoice::Table,
        &[Invoice::MunicipalityCode, Invoice::ProviderId, Invoice::Kind, Invoice::Number],
    );
    once.unique().and_where(Expr::col(Invoice::Status).is_in(live));
    manager.create_index(once).await?;
    for (name, columns) in [
        ("invoice_list", &[Invoice::MunicipalityCode, Invoice::Id][..]),
        ("invoice_status_list", &[Invoice::MunicipalityCode, Invoice::Status, Invoice::Id]),
        ("invoice_of_provider", &[Invoice::MunicipalityCode, Invoice::ProviderId, Invoice::Id]),
        ("invoice_of_person", &[Invoice::PersonId]),
        ("invoice_of_payment", &[Invoice::PaymentId]),
        ("invoice_of_report", &[Invoice::ReportedIn]),
    ] {
        manager.create_index(index(name, Invoice::Table, columns)).await?;
    }
    let of_order = index("line_of_order", InvoiceLine::Table, &[InvoiceLine::OrderId]);
    manager.create_index(of_order).await
}

//! Creates support plans with their versions and signatures, orders, and the ledger of each budget.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, blob_null, boolean, date, date_null, integer, integer_null, text, timestamp_with_time_zone,
        uuid, uuid_null,
    },
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Plan {
    Table,
    Id,
    MunicipalityCode,
    BudgetId,
    ApplicationId,
    PersonId,
    Status,
    /// Number of the version in force; 0 before the first.
    Current,
    /// What is being changed, and why: sealed.
    Draft,
    Revision,
    AgreedCents,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum PlanVersion {
    Table,
    PlanId,
    Number,
    MunicipalityCode,
    Content,
    ContentHash,
    Revision,
    CeilingCents,
    AgreedCents,
    PayableCents,
    SignedOn,
    CreatedAt,
}

#[derive(DeriveIden)]
enum PlanSignature {
    Table,
    PlanId,
    Number,
    Document,
    Party,
    MunicipalityCode,
    SignedOn,
    Method,
    DocumentHash,
    /// Name of who signed, sealed.
    Signer,
    RecordedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum PlanStep {
    Table,
    PlanId,
    Number,
    MunicipalityCode,
    Kind,
    Code,
    OnDay,
    UntilDay,
    /// The reason in words, sealed.
    Words,
    RecordedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum ServiceOrder {
    Table,
    Id,
    MunicipalityCode,
    PlanId,
    BudgetId,
    PersonId,
    Line,
    Service,
    Form,
    OfferId,
    ProviderId,
    Thousandths,
    Cents,
    ValidFrom,
    ValidTo,
    Status,
    /// Terms of payment and how the provider was engaged, sealed.
    Terms,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum OrderPrice {
    Table,
    OrderId,
    ValidFrom,
    MunicipalityCode,
    UnitPriceCents,
    RecordedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum BudgetBalance {
    Table,
    BudgetId,
    MunicipalityCode,
    CeilingCents,
    AgreedCents,
    /// Number of the last entry.
    Entries,
}

#[derive(Clone, Copy, DeriveIden)]
enum LineBalance {
    Table,
    BudgetId,
    Line,
    MunicipalityCode,
    Counted,
    Planned,
    Committed,
    Delivered,
    Invoiced,
    Paid,
    PlannedVolume,
    CommittedVolume,
    DeliveredVolume,
}

#[derive(DeriveIden)]
enum LedgerEntry {
    Table,
    BudgetId,
    Number,
    MunicipalityCode,
    Line,
    Kind,
    Cents,
    Thousandths,
    OnDay,
    OrderId,
    Reverses,
    RecordedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Budget {
    Table,
    Id,
}

fn to_plan(name: &str, table: impl IntoTableRef, column: impl IntoIden) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(table, column).to(Plan::Table, Plan::Id).to_owned()
}

fn to_budget(name: &str, table: impl IntoTableRef, column: impl IntoIden) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(table, column).to(Budget::Table, Budget::Id).to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        plans(manager).await?;
        orders(manager).await?;
        ledger(manager).await?;
        append_only(manager).await?;
        let tables = [
            "plan",
            "plan_version",
            "plan_signature",
            "plan_step",
            "service_order",
            "order_price",
            "budget_balance",
            "line_balance",
            "ledger_entry",
        ];
        protect(manager, &tables).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            LedgerEntry::Table.into_iden(),
            LineBalance::Table.into_iden(),
            BudgetBalance::Table.into_iden(),
            OrderPrice::Table.into_iden(),
            ServiceOrder::Table.into_iden(),
            PlanStep::Table.into_iden(),
            PlanSignature::Table.into_iden(),
            PlanVersion::Table.into_iden(),
            Plan::Table.into_iden(),
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn plans(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let plan = Table::create()
        .table(Plan::Table)
        .col(uuid(Plan::Id).primary_key())
        .col(text(Plan::MunicipalityCode))
        .col(uuid(Plan::BudgetId).unique_key())
        .col(uuid(Plan::ApplicationId))
        .col(uuid(Plan::PersonId))
        .col(text(Plan::Status))
        .col(integer(Plan::Current))
        .col(blob_null(Plan::Draft))
        .col(blob_null(Plan::Revision))
        .col(big_integer(Plan::AgreedCents))
        .col(big_integer(Plan::Version))
        .col(timestamp_with_time_zone(Plan::CreatedAt))
        .col(timestamp_with_time_zone(Plan::UpdatedAt))
        .foreign_key(&mut to_budget("plan_budget", Plan::Table, Plan::BudgetId))
        .check(("plan_status", Expr::col(Plan::Status).is_in(["draft", "in_force", "suspended", "terminated"])))
        .to_owned();
    manager.create_table(plan).await?;
    for (name, columns) in [
        ("plan_list", vec![Plan::MunicipalityCode, Plan::Id]),
        ("plan_status_list", vec![Plan::MunicipalityCode, Plan::Status, Plan::Id]),
        ("plan_by_person", vec![Plan::PersonId]),
        ("plan_by_application", vec![Plan::ApplicationId]),
    ] {
        let mut index = Index::create().name(name).table(Plan::Table).to_owned();
        for column in columns {
            index.col(column);
        }
        manager.create_index(index).await?;
    }

    let version = Table::create()
        .table(PlanVersion::Table)
        .col(uuid(PlanVersion::PlanId))
        .col(integer(PlanVersion::Number))
        .col(text(PlanVersion::MunicipalityCode))
        .col(blob(PlanVersion::Content))
        .col(blob(PlanVersion::ContentHash))
        .col(blob_null(PlanVersion::Revision))
        .col(big_integer(PlanVersion::CeilingCents))
        .col(big_integer(PlanVersion::AgreedCents))
        .col(big_integer(PlanVersion::PayableCents))
        .col(date(PlanVersion::SignedOn))
        .col(timestamp_with_time_zone(PlanVersion::CreatedAt))
        .primary_key(Index::create().col(PlanVersion::PlanId).col(PlanVersion::Number))
        .foreign_key(&mut to_plan("version_plan", PlanVersion::Table, PlanVersion::PlanId))
        .check(("version_agreed", Expr::col(PlanVersion::AgreedCents).lte(Expr::col(PlanVersion::CeilingCents))))
        .to_owned();
    manager.create_table(version).await?;

    let signature = Table::create()
        .table(PlanSignature::Table)
        .col(uuid(PlanSignature::PlanId))
        .col(integer(PlanSignature::Number))
        .col(text(PlanSignature::Document))
        .col(text(PlanSignature::Party))
        .col(text(PlanSignature::MunicipalityCode))
        .col(date(PlanSignature::SignedOn))
        .col(text(PlanSignature::Method))
        .col(blob(PlanSignature::DocumentHash))
        .col(blob(PlanSignature::Signer))
        .col(text(PlanSignature::RecordedBy))
        .col(timestamp_with_time_zone(PlanSignature::CreatedAt))
        .primary_key(
            Index::create()
                .col(PlanSignature::PlanId)
                .col(PlanSignature::Number)
                .col(PlanSignature::Document)
                .col(PlanSignature::Party),
        )
        .foreign_key(&mut to_plan("signature_plan", PlanSignature::Table, PlanSignature::PlanId))
        .to_owned();
    manager.create_table(signature).await?;

    let step = Table::create()
        .table(PlanStep::Table)
        .col(uuid(PlanStep::PlanId))
        .col(integer(PlanStep::Number))
        .col(text(PlanStep::MunicipalityCode))
        .col(text(PlanStep::Kind))
        .col(text(PlanStep::Code))
        .col(date(PlanStep::OnDay))
        .col(date_null(PlanStep::UntilDay))
        .col(blob(PlanStep::Words))
        .col(text(PlanStep::RecordedBy))
        .col(timestamp_with_time_zone(PlanStep::CreatedAt))
        .primary_key(Index::create().col(PlanStep::PlanId).col(PlanStep::Number))
        .foreign_key(&mut to_plan("step_plan", PlanStep::Table, PlanStep::PlanId))
        .to_owned();
    manager.create_table(step).await
}

async fn orders(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let order = Table::create()
        .table(ServiceOrder::Table)
        .col(uuid(ServiceOrder::Id).primary_key())
        .col(text(ServiceOrder::MunicipalityCode))
        .col(uuid(ServiceOrder::PlanId))
        .col(uuid(ServiceOrder::BudgetId))
        .col(uuid(ServiceOrder::PersonId))
        .col(integer(ServiceOrder::Line))
        .col(text(ServiceOrder::Service))
        .col(text(ServiceOrder::Form))
        .col(uuid_null(ServiceOrder::OfferId))
        .col(uuid_null(ServiceOrder::ProviderId))
        .col(big_integer(ServiceOrder::Thousandths))
        .col(big_integer(ServiceOrder::Cents))
        .col(date(ServiceOrder::ValidFrom))
        .col(date(ServiceOrder::ValidTo))
        .col(text(ServiceOrder::Status))
        .col(blob(ServiceOrder::Terms))
        .col(big_integer(ServiceOrder::Version))
        .col(text(ServiceOrder::CreatedBy))
        .col(timestamp_with_time_zone(ServiceOrder::CreatedAt))
        .col(timestamp_with_time_zone(ServiceOrder::UpdatedAt))
        .foreign_key(&mut to_plan("order_plan", ServiceOrder::Table, ServiceOrder::PlanId))
        .check(("order_form", Expr::col(ServiceOrder::Form).is_in(["contract", "guarantee_letter", "self_prepaid"])))
        .check(("order_status", Expr::col(ServiceOrder::Status).is_in(["open", "closed"])))
        .check(("order_amount", Expr::col(ServiceOrder::Cents).gte(0).and(Expr::col(ServiceOrder::Thousandths).gt(0))))
        .to_owned();
    manager.create_table(order).await?;
    for (name, columns) in [
        ("order_list", vec![ServiceOrder::MunicipalityCode, ServiceOrder::Id]),
        ("order_by_plan", vec![ServiceOrder::PlanId]),
        ("order_by_person", vec![ServiceOrder::PersonId]),
        ("order_by_provider", vec![ServiceOrder::ProviderId, ServiceOrder::Id]),
    ] {
        let mut index = Index::create().name(name).table(ServiceOrder::Table).to_owned();
        for column in columns {
            index.col(column);
        }
        manager.create_index(index).await?;
    }

    let price = Table::create()
        .table(OrderPrice::Table)
        .col(uuid(OrderPrice::OrderId))
        .col(date(OrderPrice::ValidFrom))
        .col(text(OrderPrice::MunicipalityCode))
        .col(big_integer(OrderPrice::UnitPriceCents))
        .col(text(OrderPrice::RecordedBy))
        .col(timestamp_with_time_zone(OrderPrice::CreatedAt))
        .primary_key(Index::create().col(OrderPrice::OrderId).col(OrderPrice::ValidFrom))
        .foreign_key(
            ForeignKey::create()
                .name("price_order")
                .from(OrderPrice::Table, OrderPrice::OrderId)
                .to(ServiceOrder::Table, ServiceOrder::Id),
        )
        .check(("price_not_negative", Expr::col(OrderPrice::UnitPriceCents).gte(0)))
        .to_owned();
    manager.create_table(price).await
}

/// The rules of the ledger stand in the schema as well: no code can write what they forbid.
async fn ledger(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let budget = Table::create()
        .table(BudgetBalance::Table)
        .col(uuid(BudgetBalance::BudgetId).primary_key())
        .col(text(BudgetBalance::MunicipalityCode))
        .col(big_integer(BudgetBalance::CeilingCents))
        .col(big_integer(BudgetBalance::AgreedCents))
        .col(integer(BudgetBalance::Entries))
        .foreign_key(&mut to_budget("balance_budget", BudgetBalance::Table, BudgetBalance::BudgetId))
        .check((
            "agreed_below_ceiling",
            Expr::col(BudgetBalance::AgreedCents)
                .gte(0)
                .and(Expr::col(BudgetBalance::AgreedCents).lte(Expr::col(BudgetBalance::CeilingCents))),
        ))
        .to_owned();
    manager.create_table(budget).await?;

    let chain = [
        LineBalance::Paid,
        LineBalance::Invoiced,
        LineBalance::Delivered,
        LineBalance::Committed,
        LineBalance::Planned,
    ];
    let volumes = [LineBalance::DeliveredVolume, LineBalance::CommittedVolume, LineBalance::PlannedVolume];
    let mut line = Table::create()
        .table(LineBalance::Table)
        .col(uuid(LineBalance::BudgetId))
        .col(integer(LineBalance::Line))
        .col(text(LineBalance::MunicipalityCode))
        .col(boolean(LineBalance::Counted))
        .to_owned();
    for column in [
        LineBalance::Planned,
        LineBalance::Committed,
        LineBalance::Delivered,
        LineBalance::Invoiced,
        LineBalance::Paid,
        LineBalance::PlannedVolume,
        LineBalance::CommittedVolume,
        LineBalance::DeliveredVolume,
    ] {
        line.col(big_integer(column));
    }
    line.primary_key(Index::create().col(LineBalance::BudgetId).col(LineBalance::Line))
        .foreign_key(&mut to_budget("line_budget", LineBalance::Table, LineBalance::BudgetId))
        .check(("line_amounts", ordered(&chain)))
        .check(("line_volumes", ordered(&volumes)));
    manager.create_table(line).await?;

    let entry = Table::create()
        .table(LedgerEntry::Table)
        .col(uuid(LedgerEntry::BudgetId))
        .col(integer(LedgerEntry::Number))
        .col(text(LedgerEntry::MunicipalityCode))
        .col(integer(LedgerEntry::Line))
        .col(text(LedgerEntry::Kind))
        .col(big_integer(LedgerEntry::Cents))
        .col(big_integer(LedgerEntry::Thousandths))
        .col(date(LedgerEntry::OnDay))
        .col(uuid_null(LedgerEntry::OrderId))
        .col(integer_null(LedgerEntry::Reverses))
        .col(text(LedgerEntry::RecordedBy))
        .col(timestamp_with_time_zone(LedgerEntry::CreatedAt))
        .primary_key(Index::create().col(LedgerEntry::BudgetId).col(LedgerEntry::Number))
        .foreign_key(
            ForeignKey::create()
                .name("entry_line")
                .from(LedgerEntry::Table, (LedgerEntry::BudgetId, LedgerEntry::Line))
                .to(LineBalance::Table, (LineBalance::BudgetId, LineBalance::Line)),
        )
        .to_owned();
    manager.create_table(entry).await?;
    // What is reversed is reversed once.
    let reversed = Index::create()
        .name("entry_reversed")
        .table(LedgerEntry::Table)
        .col(LedgerEntry::BudgetId)
        .col(LedgerEntry::Reverses)
        .unique()
        .to_owned();
    manager.create_index(reversed).await?;
    let by_month = Index::create()
        .name("entry_by_day")
        .table(LedgerEntry::Table)
        .col(LedgerEntry::MunicipalityCode)
        .col(LedgerEntry::OnDay)
        .to_owned();
    manager.create_index(by_month).await
}

/// `0 <= first <= second <= ...`.
fn ordered(columns: &[LineBalance]) -> Expr {
    let mut rule = Expr::value(true);
    let mut below: Option<LineBalance> = None;
    for column in columns {
        let at_least = match below {
            None => Expr::col(*column).gte(0),
            Some(below) => Expr::col(*column).gte(Expr::col(below)),
        };
        rule = if below.is_none() { at_least } else { rule.and(at_least) };
        below = Some(*column);
    }
    rule
}

/// Entries and signed versions cannot be changed by any statement. On PostgreSQL the server's role has no right to (see
/// [`crate::tenant::grant`]).
async fn append_only(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    for (table, change) in [("ledger_entry", "UPDATE"), ("ledger_entry", "DELETE"), ("plan_version", "DELETE")] {
        // The names are constants of this migration.
        let sql = format!(
            "CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
        );
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

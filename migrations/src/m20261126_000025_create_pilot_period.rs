//! Creates the periods of the pilot, what each budget of a period gets, and the redistributions.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, blob, date, integer, text, text_null, timestamp_with_time_zone, uuid},
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Of the whole country: no municipality owns it.
#[derive(DeriveIden)]
enum PilotPeriod {
    Table,
    Id,
    /// Counts up from 1 in the order of time.
    Number,
    FirstMonth,
    Months,
    ShortReason,
    PerChildCents,
    UnspentCents,
    Status,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedBy,
    UpdatedAt,
}

/// Of the whole country: it tells of codes only.
#[derive(DeriveIden)]
enum PilotRedistribution {
    Table,
    PeriodId,
    /// JSON of what was run and what came out, and its SHA-256.
    Content,
    ContentHash,
    RunBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum PilotBudget {
    Table,
    BudgetId,
    MunicipalityCode,
    PeriodId,
    /// What the ministry knows the child by.
    Code,
    ProvisionalCents,
    /// What the signed plan needs, and other money there is for it; null before one is signed.
    NeededCents,
    ServicesCents,
    BenefitsCents,
    OtherCents,
    /// Null until the period is redistributed.
    FinalCents,
}

#[derive(DeriveIden)]
enum Budget {
    Table,
    Id,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(period()).await?;
        manager.create_table(redistribution()).await?;
        manager.create_table(budget()).await?;
        let of_period = Index::create()
            .name("pilot_budget_of_period")
            .table(PilotBudget::Table)
            .col(PilotBudget::PeriodId)
            .col(PilotBudget::BudgetId)
            .to_owned();
        manager.create_index(of_period).await?;
        protect(manager, &["pilot_budget"]).await?;
        country_writes(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(PilotBudget::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(PilotRedistribution::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(PilotPeriod::Table).to_owned()).await
    }
}

fn period() -> TableCreateStatement {
    let amounts = Expr::col(PilotPeriod::PerChildCents).gte(0).and(Expr::col(PilotPeriod::UnspentCents).gte(0));
    Table::create()
        .table(PilotPeriod::Table)
        .col(uuid(PilotPeriod::Id).primary_key())
        .col(integer(PilotPeriod::Number).unique_key())
        .col(date(PilotPeriod::FirstMonth))
        .col(integer(PilotPeriod::Months))
        .col(text_null(PilotPeriod::ShortReason))
        .col(big_integer(PilotPeriod::PerChildCents))
        .col(big_integer(PilotPeriod::UnspentCents))
        .col(text(PilotPeriod::Status))
        .col(big_integer(PilotPeriod::Version))
        .col(text(PilotPeriod::CreatedBy))
        .col(timestamp_with_time_zone(PilotPeriod::CreatedAt))
        .col(text(PilotPeriod::UpdatedBy))
        .col(timestamp_with_time_zone(PilotPeriod::UpdatedAt))
        .check(("pilot_period_status", Expr::col(PilotPeriod::Status).is_in(["draft", "open", "closed"])))
        .check(("pilot_period_amounts", amounts))
        .to_owned()
}

fn redistribution() -> TableCreateStatement {
    Table::create()
        .table(PilotRedistribution::Table)
        .col(uuid(PilotRedistribution::PeriodId).primary_key())
        .col(text(PilotRedistribution::Content))
        .col(blob(PilotRedistribution::ContentHash))
        .col(text(PilotRedistribution::RunBy))
        .col(timestamp_with_time_zone(PilotRedistribution::CreatedAt))
        .foreign_key(
            ForeignKey::create()
                .name("redistribution_period")
                .from(PilotRedistribution::Table, PilotRedistribution::PeriodId)
                .to(PilotPeriod::Table, PilotPeriod::Id),
        )
        .to_owned()
}

fn budget() -> TableCreateStatement {
    let absent = |column: PilotBudget| Expr::col(column).is_null();
    let at_least_nothing = |column: PilotBudget| Expr::col(column).gte(0);
    let unknown = absent(PilotBudget::NeededCents)
        .and(absent(PilotBudget::ServicesCents))
        .and(absent(PilotBudget::BenefitsCents))
        .and(absent(PilotBudget::OtherCents));
    let known = at_least_nothing(PilotBudget::NeededCents)
        .and(at_least_nothing(PilotBudget::ServicesCents))
        .and(at_least_nothing(PilotBudget::BenefitsCents))
        .and(at_least_nothing(PilotBudget::OtherCents));
    Table::create()
        .table(PilotBudget::Table)
        .col(uuid(PilotBudget::BudgetId).primary_key())
        .col(text(PilotBudget::MunicipalityCode))
        .col(uuid(PilotBudget::PeriodId))
        .col(text(PilotBudget::Code).unique_key())
        .col(big_integer(PilotBudget::ProvisionalCents))
        .col(big_integer_null(PilotBudget::NeededCents))
        .col(big_integer_null(PilotBudget::ServicesCents))
        .col(big_integer_null(PilotBudget::BenefitsCents))
        .col(big_integer_null(PilotBudget::OtherCents))
        .col(big_integer_null(PilotBudget::FinalCents))
        .foreign_key(
            ForeignKey::create()
                .name("pilot_budget_budget")
                .from(PilotBudget::Table, PilotBudget::BudgetId)
                .to(Budget::Table, Budget::Id),
        )
        .foreign_key(
            ForeignKey::create()
                .name("pilot_budget_period")
                .from(PilotBudget::Table, PilotBudget::PeriodId)
                .to(PilotPeriod::Table, PilotPeriod::Id),
        )
        .check(("pilot_budget_provisional", Expr::col(PilotBudget::ProvisionalCents).gte(0)))
        .check(("pilot_budget_need", unknown.or(known)))
        .check(("pilot_budget_final", absent(PilotBudget::FinalCents).or(at_least_nothing(PilotBudget::FinalCents))))
        .to_owned()
}

/// Everybody reads the periods; the country alone writes them, and changes none that is closed. The setting `0000000` is the
/// country's, `*` the program's own. A municipality takes the row of a period that its budget enters, to hold up the
/// redistribution until it is stored: PostgreSQL asks for the right to change it, and the check lets it change nothing. What was
/// redistributed is read by the country alone, and never changed.
async fn country_writes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = "
        ALTER TABLE pilot_period ENABLE ROW LEVEL SECURITY;
        ALTER TABLE pilot_period FORCE ROW LEVEL SECURITY;
        CREATE POLICY read ON pilot_period FOR SELECT USING (true);
        CREATE POLICY add ON pilot_period FOR INSERT
            WITH CHECK (current_setting('app.municipality', true) IN ('0000000', '*'));
        CREATE POLICY change ON pilot_period FOR UPDATE
            USING (status <> 'closed') WITH CHECK (current_setting('app.municipality', true) IN ('0000000', '*'));
        ALTER TABLE pilot_redistribution ENABLE ROW LEVEL SECURITY;
        ALTER TABLE pilot_redistribution FORCE ROW LEVEL SECURITY;
        CREATE POLICY read ON pilot_redistribution FOR SELECT
            USING (current_setting('app.municipality', true) IN ('0000000', '*'));
        CREATE POLICY add ON pilot_redistribution FOR INSERT
            WITH CHECK (current_setting('app.municipality', true) IN ('0000000', '*'));
    ";
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}

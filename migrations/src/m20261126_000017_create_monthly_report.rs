//! Creates the monthly reports to the ministry, their lines and what was done with them. They know people by pseudonyms only.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, boolean, date, date_null, integer, text, text_null, timestamp_with_time_zone, uuid,
        uuid_null,
    },
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum MonthlyReport {
    Table,
    Id,
    MunicipalityCode,
    /// First day of the month.
    Month,
    Status,
    Variant,
    /// The worker's words; they tell of no person.
    Notes,
    /// The frozen JSON, and its SHA-256.
    Content,
    ContentHash,
    Lines,
    Recipients,
    PaidCents,
    AwaitingCents,
    EarlierCents,
    CorrectionCents,
    StateCents,
    MunicipalityCents,
    ParentsCents,
    DueOn,
    /// The day of the first submission.
    SubmittedOn,
    CreatedBy,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum MonthlyReportLine {
    Table,
    ReportId,
    Number,
    MunicipalityCode,
    Kind,
    Recipient,
    Methodology,
    Service,
    ServiceGroup,
    Unit,
    Document,
    ProviderId,
    ProviderName,
    Correction,
    Thousandths,
    UnitPriceCents,
    Cents,
    StateCents,
    MunicipalityCents,
    ParentsCents,
}

#[derive(DeriveIden)]
enum MonthlyReportStep {
    Table,
    ReportId,
    Number,
    MunicipalityCode,
    Kind,
    Words,
    /// What the content was at the time.
    ContentHash,
    RecordedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Invoice {
    Table,
    PaidReportedIn,
}

fn to_report(name: &str, table: impl IntoTableRef, column: impl IntoIden) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(table, column).to(MonthlyReport::Table, MonthlyReport::Id).to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        reports(manager).await?;
        lines(manager).await?;
        steps(manager).await?;
        let of_payment = Index::create()
            .name("invoice_of_paid_report")
            .table(Invoice::Table)
            .col(Invoice::PaidReportedIn)
            .to_owned();
        manager.create_index(of_payment).await?;
        protect(manager, &["monthly_report", "monthly_report_line", "monthly_report_step"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("invoice_of_paid_report").table(Invoice::Table).to_owned()).await?;
        for table in [
            MonthlyReportStep::Table.into_iden(),
            MonthlyReportLine::Table.into_iden(),
            MonthlyReport::Table.into_iden(),
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn reports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let claimed = || Expr::col(MonthlyReport::PaidCents).add(Expr::col(MonthlyReport::AwaitingCents));
    let shared = Expr::col(MonthlyReport::StateCents)
        .add(Expr::col(MonthlyReport::MunicipalityCents))
        .add(Expr::col(MonthlyReport::ParentsCents));
    let draft = Expr::col(MonthlyReport::Status).eq("draft").and(Expr::col(MonthlyReport::SubmittedOn).is_null());
    let sent = Expr::col(MonthlyReport::Status)
        .is_in(["submitted", "returned", "approved", "funded"])
        .and(Expr::col(MonthlyReport::SubmittedOn).is_not_null());
    let report = Table::create()
        .table(MonthlyReport::Table)
        .col(uuid(MonthlyReport::Id).primary_key())
        .col(text(MonthlyReport::MunicipalityCode))
        .col(date(MonthlyReport::Month))
        .col(text(MonthlyReport::Status))
        .col(text(MonthlyReport::Variant))
        .col(text_null(MonthlyReport::Notes))
        .col(text(MonthlyReport::Content))
        .col(blob(MonthlyReport::ContentHash))
        .col(integer(MonthlyReport::Lines))
        .col(integer(MonthlyReport::Recipients))
        .col(big_integer(MonthlyReport::PaidCents))
        .col(big_integer(MonthlyReport::AwaitingCents))
        .col(big_integer(MonthlyReport::EarlierCents))
        .col(big_integer(MonthlyReport::CorrectionCents))
        .col(big_integer(MonthlyReport::StateCents))
        .col(big_integer(MonthlyReport::MunicipalityCents))
        .col(big_integer(MonthlyReport::ParentsCents))
        .col(date(MonthlyReport::DueOn))
        .col(date_null(MonthlyReport::SubmittedOn))
        .col(text(MonthlyReport::CreatedBy))
        .col(big_integer(MonthlyReport::Version))
        .col(timestamp_with_time_zone(MonthlyReport::CreatedAt))
        .col(timestamp_with_time_zone(MonthlyReport::UpdatedAt))
        .check(("report_status", draft.or(sent)))
        .check(("report_shares", shared.eq(claimed())))
        .to_owned();
    manager.create_table(report).await?;
    let once = Index::create()
        .name("monthly_report_once")
        .table(MonthlyReport::Table)
        .col(MonthlyReport::MunicipalityCode)
        .col(MonthlyReport::Month)
        .unique()
        .to_owned();
    let list = Index::create()
        .name("monthly_report_list")
        .table(MonthlyReport::Table)
        .col(MonthlyReport::MunicipalityCode)
        .col(MonthlyReport::Id)
        .to_owned();
    let month = Index::create()
        .name("monthly_report_of_month")
        .table(MonthlyReport::Table)
        .col(MonthlyReport::Month)
        .to_owned();
    for index in [once, list, month] {
        manager.create_index(index).await?;
    }
    Ok(())
}

async fn lines(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let line = Table::create()
        .table(MonthlyReportLine::Table)
        .col(uuid(MonthlyReportLine::ReportId))
        .col(integer(MonthlyReportLine::Number))
        .col(text(MonthlyReportLine::MunicipalityCode))
        .col(text(MonthlyReportLine::Kind))
        .col(text(MonthlyReportLine::Recipient))
        .col(text(MonthlyReportLine::Methodology))
        .col(text(MonthlyReportLine::Service))
        .col(text(MonthlyReportLine::ServiceGroup))
        .col(text_null(MonthlyReportLine::Unit))
        .col(text(MonthlyReportLine::Document))
        .col(uuid_null(MonthlyReportLine::ProviderId))
        .col(text_null(MonthlyReportLine::ProviderName))
        .col(boolean(MonthlyReportLine::Correction))
        .col(big_integer(MonthlyReportLine::Thousandths))
        .col(big_integer(MonthlyReportLine::UnitPriceCents))
        .col(big_integer(MonthlyReportLine::Cents))
        .col(big_integer(MonthlyReportLine::StateCents))
        .col(big_integer(MonthlyReportLine::MunicipalityCents))
        .col(big_integer(MonthlyReportLine::ParentsCents))
        .primary_key(Index::create().col(MonthlyReportLine::ReportId).col(MonthlyReportLine::Number))
        .foreign_key(&mut to_report("line_report", MonthlyReportLine::Table, MonthlyReportLine::ReportId))
        .to_owned();
    manager.create_table(line).await
}

async fn steps(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let step = Table::create()
        .table(MonthlyReportStep::Table)
        .col(uuid(MonthlyReportStep::ReportId))
        .col(integer(MonthlyReportStep::Number))
        .col(text(MonthlyReportStep::MunicipalityCode))
        .col(text(MonthlyReportStep::Kind))
        .col(text_null(MonthlyReportStep::Words))
        .col(blob(MonthlyReportStep::ContentHash))
        .col(text(MonthlyReportStep::RecordedBy))
        .col(timestamp_with_time_zone(MonthlyReportStep::CreatedAt))
        .primary_key(Index::create().col(MonthlyReportStep::ReportId).col(MonthlyReportStep::Number))
        .foreign_key(&mut to_report("step_report", MonthlyReportStep::Table, MonthlyReportStep::ReportId))
        .to_owned();
    manager.create_table(step).await
}

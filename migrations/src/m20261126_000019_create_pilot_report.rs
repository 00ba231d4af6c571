//! Creates the reports of the pilot, their figures and what was done with them. They know people by pseudonyms only.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, blob, date, date_null, integer, text, text_null, timestamp_with_time_zone, uuid,
    },
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum PilotReport {
    Table,
    Id,
    MunicipalityCode,
    Kind,
    /// First day of the last month of the period.
    Month,
    /// Subject of the worker whose activity it is; empty of other kinds.
    Worker,
    Status,
    /// The office's words; they tell of no person.
    Notes,
    /// The supporting documents as JSON; they tell of no person.
    Documents,
    /// The frozen JSON, and its SHA-256.
    Content,
    ContentHash,
    Cents,
    DueOn,
    /// The day of the first submission.
    SubmittedOn,
    CreatedBy,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum PilotReportFigure {
    Table,
    ReportId,
    Number,
    MunicipalityCode,
    Topic,
    Name,
    Cents,
    Counted,
}

#[derive(DeriveIden)]
enum PilotReportStep {
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

fn to_report(name: &str, table: impl IntoTableRef, column: impl IntoIden) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(table, column).to(PilotReport::Table, PilotReport::Id).to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        reports(manager).await?;
        figures(manager).await?;
        steps(manager).await?;
        protect(manager, &["pilot_report", "pilot_report_figure", "pilot_report_step"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in
            [PilotReportStep::Table.into_iden(), PilotReportFigure::Table.into_iden(), PilotReport::Table.into_iden()]
        {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn reports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sent = Expr::col(PilotReport::Status)
        .is_in(["submitted", "returned", "approved"])
        .and(Expr::col(PilotReport::SubmittedOn).is_not_null());
    let not_sent = Expr::col(PilotReport::Status).is_in(["draft", "pre_agreed"]);
    let of_worker = Expr::col(PilotReport::Kind).eq("activity").and(Expr::col(PilotReport::Worker).ne(""));
    let of_office =
        Expr::col(PilotReport::Kind).is_in(["cash_flow", "quarterly"]).and(Expr::col(PilotReport::Worker).eq(""));
    let report = Table::create()
        .table(PilotReport::Table)
        .col(uuid(PilotReport::Id).primary_key())
        .col(text(PilotReport::MunicipalityCode))
        .col(text(PilotReport::Kind))
        .col(date(PilotReport::Month))
        .col(text(PilotReport::Worker))
        .col(text(PilotReport::Status))
        .col(text_null(PilotReport::Notes))
        .col(text(PilotReport::Documents))
        .col(text(PilotReport::Content))
        .col(blob(PilotReport::ContentHash))
        .col(big_integer(PilotReport::Cents))
        .col(date(PilotReport::DueOn))
        .col(date_null(PilotReport::SubmittedOn))
        .col(text(PilotReport::CreatedBy))
        .col(big_integer(PilotReport::Version))
        .col(timestamp_with_time_zone(PilotReport::CreatedAt))
        .col(timestamp_with_time_zone(PilotReport::UpdatedAt))
        .check(("pilot_report_status", sent.or(not_sent)))
        .check(("pilot_report_kind", of_worker.or(of_office)))
        .to_owned();
    manager.create_table(report).await?;
    let once = Index::create()
        .name("pilot_report_once")
        .table(PilotReport::Table)
        .col(PilotReport::MunicipalityCode)
        .col(PilotReport::Kind)
        .col(PilotReport::Month)
        .col(PilotReport::Worker)
        .unique()
        .to_owned();
    let list = Index::create()
        .name("pilot_report_list")
        .table(PilotReport::Table)
        .col(PilotReport::MunicipalityCode)
        .col(PilotReport::Id)
        .to_owned();
    let month = Index::create()
        .name("pilot_report_of_month")
        .table(PilotReport::Table)
        .col(PilotReport::Kind)
        .col(PilotReport::Month)
        .to_owned();
    for index in [once, list, month] {
        manager.create_index(index).await?;
    }
    Ok(())
}

async fn figures(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let is_one = Expr::col(PilotReportFigure::Cents).is_null().eq(Expr::col(PilotReportFigure::Counted).is_not_null());
    let figure = Table::create()
        .table(PilotReportFigure::Table)
        .col(uuid(PilotReportFigure::ReportId))
        .col(integer(PilotReportFigure::Number))
        .col(text(PilotReportFigure::MunicipalityCode))
        .col(text(PilotReportFigure::Topic))
        .col(text(PilotReportFigure::Name))
        .col(big_integer_null(PilotReportFigure::Cents))
        .col(big_integer_null(PilotReportFigure::Counted))
        .primary_key(Index::create().col(PilotReportFigure::ReportId).col(PilotReportFigure::Number))
        .foreign_key(&mut to_report("figure_report", PilotReportFigure::Table, PilotReportFigure::ReportId))
        .check(("pilot_report_figure", is_one))
        .to_owned();
    manager.create_table(figure).await
}

async fn steps(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let step = Table::create()
        .table(PilotReportStep::Table)
        .col(uuid(PilotReportStep::ReportId))
        .col(integer(PilotReportStep::Number))
        .col(text(PilotReportStep::MunicipalityCode))
        .col(text(PilotReportStep::Kind))
        .col(text_null(PilotReportStep::Words))
        .col(blob(PilotReportStep::ContentHash))
        .col(text(PilotReportStep::RecordedBy))
        .col(timestamp_with_time_zone(PilotReportStep::CreatedAt))
        .primary_key(Index::create().col(PilotReportStep::ReportId).col(PilotReportStep::Number))
        .foreign_key(&mut to_report("pilot_step_report", PilotReportStep::Table, PilotReportStep::ReportId))
        .to_owned();
    manager.create_table(step).await
}

//! Creates `office_calendar`: the days on which an office departs from the calendar of the country.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, date, text, uuid},
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
enum OfficeCalendar {
    Table,
    MunicipalityCode,
    Date,
    /// What events and the audit name it by.
    Id,
    Working,
    Reason,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let calendar = Table::create()
            .table(OfficeCalendar::Table)
            .col(text(OfficeCalendar::MunicipalityCode))
            .col(date(OfficeCalendar::Date))
            .col(uuid(OfficeCalendar::Id))
            .col(boolean(OfficeCalendar::Working))
            .col(text(OfficeCalendar::Reason))
            .primary_key(Index::create().col(OfficeCalendar::MunicipalityCode).col(OfficeCalendar::Date))
            .foreign_key(
                ForeignKey::create()
                    .name("office_calendar_municipality")
                    .from(OfficeCalendar::Table, OfficeCalendar::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .to_owned();
        manager.create_table(calendar).await?;
        protect(manager, &["office_calendar"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(OfficeCalendar::Table).to_owned()).await
    }
}

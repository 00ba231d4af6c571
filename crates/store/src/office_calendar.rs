//! The days on which offices depart from the calendar of the country. Every query names the municipality of its scope.

use balsts_domain::{
    access::Scope,
    calendar::{Calendar, CalendarException, OfficeCalendar},
};
use chrono::NaiveDate;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryFilter, QueryOrder, entity::prelude::*, sea_query::OnConflict};

use crate::{Store, StoreError, WriteTransaction};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "office_calendar")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub municipality_code: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub date: Date,
        pub id: Uuid,
        pub working: bool,
        pub reason: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An exception of an office's calendar as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeDay {
    /// What events and the audit name it by.
    pub id: Uuid,
    /// The exception.
    pub exception: CalendarException,
}

impl From<row::Model> for OfficeDay {
    fn from(row: row::Model) -> Self {
        let row::Model { id, date, working, reason, .. } = row;
        Self { id, exception: CalendarException { date, working, reason } }
    }
}

impl WriteTransaction {
    /// Stores a day, or what is new about the one with the same date. Tells its identifier, which is the given one only if
    /// the date had no exception.
    ///
    /// # Errors
    /// What the database says.
    pub async fn save_office_day(&self, scope: &Scope, day: &OfficeDay) -> Result<Uuid, StoreError> {
        let row = row::ActiveModel {
            municipality_code: Set(scope.municipality.to_string()),
            date: Set(day.exception.date),
            id: Set(day.id),
            working: Set(day.exception.working),
            reason: Set(day.exception.reason.clone()),
        };
        let change = OnConflict::columns([row::Column::MunicipalityCode, row::Column::Date])
            .update_columns([row::Column::Working, row::Column::Reason])
            .to_owned();
        let stored = row::Entity::insert(row).on_conflict(change).exec_with_returning(&self.0).await;
        Ok(stored.map_err(StoreError::failed)?.id)
    }

    /// Deletes the exception of a date, and tells its identifier; `None` where there is none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_office_day(&self, scope: &Scope, date: NaiveDate) -> Result<Option<Uuid>, StoreError> {
        let key = (scope.municipality.to_string(), date);
        let stored = row::Entity::find_by_id(key.clone()).one(&self.0).await.map_err(StoreError::failed)?;
        let deleted = row::Entity::delete_by_id(key).exec(&self.0).await.map_err(StoreError::failed)?;
        Ok(stored.filter(|_| deleted.rows_affected == 1).map(|day| day.id))
    }

    /// The calendar of the office, with its exceptions from a day on.
    ///
    /// # Errors
    /// What the database says.
    pub async fn office_calendar<'a>(
        &self,
        scope: &Scope,
        calendar: &'a Calendar,
        from: NaiveDate,
    ) -> Result<OfficeCalendar<'a>, StoreError> {
        let exceptions = row::Entity::find()
            .filter(row::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(row::Column::Date.gte(from))
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(calendar.of_office(exceptions.into_iter().map(|row| OfficeDay::from(row).exception)))
    }
}

impl Store {
    /// Lists the municipality's exceptions from one day to another, both included, in order of time.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_office_days(
        &self,
        scope: &Scope,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<OfficeDay>, StoreError> {
        let rows = row::Entity::find()
            .filter(row::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(row::Column::Date.between(from, to))
            .order_by_asc(row::Column::Date)
            .all(&self.read(scope))
            .await
            .map_err(StoreError::failed)?;
        Ok(rows.into_iter().map(OfficeDay::from).collect())
    }
}

//! Calendar exceptions: the days on which an office departs from the calendar of the country. A deadline counts with those
//! that stand when it is set; one that is set already does not move.

use balsts_domain::{calendar::CalendarException, events::EventType};
use balsts_store::OfficeDay;
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Call, Told};

fn told(action: &'static str, event: EventType, id: Uuid) -> Told {
    Told { action, resource: "calendar_exception", id, event: Some(event) }
}

impl App {
    /// Lists the office's exceptions from one day to another, both included, in order of time.
    ///
    /// # Errors
    /// The database.
    pub async fn list_calendar_exceptions(
        &self,
        call: &Call<'_>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<OfficeDay>, AppError> {
        Ok(self.store.list_office_days(&call.scope, from, to).await?)
    }

    /// Declares whether the office works on a day, and tells whether the day had no exception before.
    ///
    /// # Errors
    /// The database.
    pub async fn declare_calendar_exception(
        &self,
        call: &Call<'_>,
        exception: CalendarException,
    ) -> Result<(OfficeDay, bool), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut day = OfficeDay { id: (call.new_id)(), exception };
        let id = transaction.save_office_day(&call.scope, &day).await?;
        let is_new = id == day.id;
        day.id = id;
        let told = told("declare_calendar_exception", EventType::CalendarExceptionDeclared, id);
        call.commit(transaction, told).await?;
        Ok((day, is_new))
    }

    /// Withdraws the exception of a day, which is again as in the calendar of the country.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn withdraw_calendar_exception(&self, call: &Call<'_>, date: NaiveDate) -> Result<(), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let id = transaction.delete_office_day(&call.scope, date).await?.ok_or(AppError::NotFound)?;
        let told = told("withdraw_calendar_exception", EventType::CalendarExceptionWithdrawn, id);
        Ok(call.commit(transaction, told).await?)
    }
}

//! Statistics of what was delivered [domain 8.3].

use balsts_domain::{
    month::Month,
    monthly_reports::{ReportRefusal, check_period},
    parameters::Parameters,
    service_statistics::{StatisticsDimension, StatisticsRow, statistics},
};

use crate::{App, AppError, Call};

impl App {
    /// Cost, times, recipients and averages of each service group, by a dimension, from a month to another: a municipality's own,
    /// or the country's.
    ///
    /// # Errors
    /// [`AppError::Refused`] where the period does not fit, or the database.
    pub async fn service_statistics(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        dimension: StatisticsDimension,
        (from, to): (Month, Month),
    ) -> Result<Vec<StatisticsRow>, AppError> {
        check_period(from, to).map_err(|refusal: ReportRefusal| AppError::refused(&[refusal]))?;
        let days = (from.first_day(), to.last_day());
        let table = self.store.service_statistics(&call.scope, parameters, dimension, days).await?;
        let months = u32::try_from(from.to(to).count()).unwrap_or(u32::MAX);
        Ok(statistics(&table, months))
    }
}

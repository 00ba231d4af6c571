//! Statistics of what was delivered [domain 8.3].

use std::collections::BTreeMap;

use balsts_domain::{
    month::Month,
    monthly_reports::{check_period, check_quarter},
    parameters::Parameters,
    service_statistics::{
        Counter, Place, StatisticsDimension, StatisticsRow, ToldBy, Use, characteristics, statistics,
    },
};
use balsts_store::{SealedCharacteristics, ServedCase, Store, StoreError};
use chrono::NaiveDate;

use crate::{App, AppError, Call, off_thread};

/// Cases opened at a time.
const PAGE: u32 = 1_000;

impl App {
    /// Cost, times, recipients and averages of each service group, by a dimension, from a month to another: a municipality's own,
    /// or the country's of a quarter.
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
        let checked = if call.scope.is_national() { check_quarter(from, to) } else { check_period(from, to) };
        checked.map_err(|refusal| AppError::refused(&[refusal]))?;
        let days = (from.first_day(), to.last_day());
        let table = match dimension.told_by() {
            ToldBy::Delivery => self.store.service_statistics(&call.scope, parameters, dimension, days).await?,
            ToldBy::Evidence | ToldBy::Surveys => self.count_cases(call, parameters, dimension, days).await?,
        };
        let months = u32::try_from(from.to(to).count()).unwrap_or(u32::MAX);
        Ok(statistics(&table, dimension, months))
    }

    /// Counts what cases received by what they tell of their persons, page by page: of those alone who received something is what
    /// is sealed opened.
    async fn count_cases(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        dimension: StatisticsDimension,
        days: (NaiveDate, NaiveDate),
    ) -> Result<BTreeMap<Place, Use>, AppError> {
        let mut counter = Counter::default();
        let mut after = None;
        loop {
            let mut page = self.store.list_served_cases(&call.scope, parameters, days, after, PAGE).await?;
            let Some(last) = page.last().map(|served| served.case) else { break };
            after = Some(last);
            page.retain(|served| !served.received.is_empty());
            let cases: Vec<_> = page.iter().map(|served| served.case).collect();
            let sealed = match dimension.told_by() {
                ToldBy::Surveys => self.store.find_surveys_of(&call.scope, &cases).await?,
                ToldBy::Evidence | ToldBy::Delivery => self.store.find_evidence_of(&call.scope, &cases).await?,
            };
            let store = self.store.clone();
            counter = off_thread(move || count(&store, counter, &page, &sealed, (dimension, days.1))).await??;
        }
        Ok(counter.table())
    }
}

fn count(
    store: &Store,
    mut counter: Counter,
    page: &[ServedCase],
    sealed: &SealedCharacteristics,
    (dimension, on): (StatisticsDimension, NaiveDate),
) -> Result<Counter, StoreError> {
    let mut opened = store.open_characteristics(sealed)?;
    for served in page {
        let (evidence, surveys) = opened.remove(&served.case).unwrap_or_default();
        let slice = dimension.slice(&characteristics(&evidence, &surveys, on));
        for (group, cents, times) in &served.received {
            counter.add(&slice, &served.person, *group, (*cents, *times));
        }
    }
    Ok(counter)
}

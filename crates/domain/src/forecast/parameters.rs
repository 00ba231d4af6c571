//! What a forecast counts with where it is not told otherwise: `parameters/forecast.yaml`.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    bounds,
    money::Money,
    parameters::{Faults, documents::SourceEntry},
};

/// A figure and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sourced<T> {
    /// The figure.
    pub value: T,
    /// Where it comes from.
    pub source: SourceEntry,
}

/// The figures of one stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastParameters {
    /// First day; the period ends where the next one begins.
    pub valid_from: NaiveDate,
    /// People for each full-time worker.
    pub caseload: Sourced<u32>,
    /// Yearly cost of a full-time worker, EUR.
    pub worker_yearly_cost: Sourced<Money>,
    /// Administration in percent of services and operations.
    pub admin_percent: Sourced<u32>,
    /// The largest percentage that the law allows.
    pub admin_percent_max: Sourced<u32>,
}

/// All figures, in order of time, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastTable(Vec<ForecastParameters>);

impl ForecastTable {
    /// The table that is compiled in.
    ///
    /// # Errors
    /// [`Faults`] lists everything that is wrong with it; the tests see to it that nothing is.
    pub fn embedded() -> Result<Self, Faults> {
        Self::parse(include_str!("../../parameters/forecast.yaml"))
    }

    /// Parses and checks a table.
    ///
    /// # Errors
    /// [`Faults`] lists everything that is wrong with it.
    pub fn parse(yaml: &str) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let periods: Vec<ForecastParameters> = serde_saphyr::from_str(yaml)
            .inspect_err(|error| faults.add("forecast.yaml", &error.to_string()))
            .unwrap_or_default();
        if !periods.is_sorted_by(|a, b| a.valid_from < b.valid_from) {
            faults.add("forecast.yaml", "the periods are not in order of time");
        }
        for period in &periods {
            let at = format!("forecast.yaml, {}", period.valid_from);
            if period.caseload.value == 0 {
                faults.add(&at, "a worker has no people");
            }
            if !bounds::accepted(period.worker_yearly_cost.value) {
                faults.add(&at, "the cost of a worker is out of bounds");
            }
            if period.admin_percent.value > period.admin_percent_max.value || period.admin_percent_max.value > 100 {
                faults.add(&at, "administration is above what is allowed");
            }
        }
        if faults.list().is_empty() { Ok(Self(periods)) } else { Err(faults) }
    }

    /// The figures that hold on a day; `None` before the first.
    #[must_use]
    pub fn at(&self, date: NaiveDate) -> Option<&ForecastParameters> {
        self.0.iter().rev().find(|period| period.valid_from <= date)
    }
}

//! A forecast as a workbook: the tables of its page, every figure a number.

use chrono::NaiveTime;

use super::{
    Cell, Head, Part, Sheet, WorkbookError,
    file::{self, Properties},
};
use crate::forecast::ForecastSheet;

/// Writes a forecast as an XLSX file. The same forecast gives the same bytes.
///
/// # Errors
/// [`WorkbookError`] where a text is longer than a cell may be.
pub fn forecast(forecast: &ForecastSheet<'_>) -> Result<Vec<u8>, WorkbookError> {
    let words = forecast.words();
    let explained = forecast.explanations();
    let explained = explained.into_iter().map(|(name, text)| vec![Cell::text(name), Cell::text(text)]);
    let explanations = Part::Table {
        caption: words.explanations_sheet,
        heads: vec![Head::text(words.scenario), Head::text(words.explanation)],
        rows: explained.collect(),
        sum: None,
    };
    // The years stand beside the months of each scenario.
    let years: Vec<u16> = (1..).step_by(2).take(forecast.scenarios.len()).collect();
    let [costs, payers] = [(words.costs_chart, 0..4), (words.payers_chart, 4..7)].map(|(title, rows)| Part::Chart {
        title,
        rows,
        columns: years.clone(),
    });
    let sheet = |name, parts| Sheet { name, title: words.title, indent: 0, parts };
    let sheets = [
        sheet(words.sheet, vec![forecast.costs().into(), forecast.assumptions().into(), costs, payers]),
        sheet(words.groups_sheet, vec![forecast.groups().into()]),
        sheet(words.explanations_sheet, vec![explanations]),
    ];
    let date = forecast.scenarios.first().map(|scenario| scenario.input.date).unwrap_or_default();
    let properties = Properties {
        title: format!("{}: {}", words.title, forecast.names()),
        company: words.model,
        created: date.and_time(NaiveTime::MIN),
    };
    file::write(&sheets, &properties)
}

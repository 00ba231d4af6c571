//! A monthly report as a workbook: its sums, and its lines.

use balsts_domain::monthly_reports::ReportLine;
use chrono::NaiveTime;

use super::{
    Cell, Head, Part, Sheet, WorkbookError,
    file::{self, Properties},
};
use crate::monthly_report::{HEADS, MonthlyReport, facts, texts};

/// Writes a report as an XLSX file. The same report gives the same bytes.
///
/// # Errors
/// [`WorkbookError`] where a text is longer than a cell may be, or there are more lines than a sheet has.
pub fn monthly_report(report: &MonthlyReport<'_>) -> Result<Vec<u8>, WorkbookError> {
    let sums = facts(report).into_iter().map(|fact| (fact.label, Cell::text(fact.value))).collect();
    let lines = Part::Table {
        caption: "Rindas",
        heads: HEADS.iter().map(|head| Head::text(*head)).collect(),
        rows: report.lines.iter().map(|line| row(report, line)).collect(),
        sum: None,
    };
    let sheets = [
        Sheet { name: "Kopsavilkums", title: "IBM finansējuma pārskats", indent: 0, parts: vec![Part::Facts(sums)] },
        Sheet { name: "Rindas", title: "IBM finansējuma pārskata rindas", indent: 0, parts: vec![lines] },
    ];
    let properties = Properties {
        title: format!("IBM finansējuma pārskats {}", report.month),
        company: report.municipality,
        created: report.month.first_day().and_time(NaiveTime::MIN),
    };
    file::write(&sheets, &properties)
}

fn row(report: &MonthlyReport<'_>, line: &ReportLine) -> Vec<Cell> {
    let mut cells: Vec<Cell> = texts(report, line).into_iter().map(Cell::text).collect();
    cells.extend([Cell::Volume(line.units)]);
    let amounts = [line.unit_price, line.amount, line.state, line.municipality, line.parents];
    cells.extend(amounts.into_iter().map(Cell::Money));
    cells
}

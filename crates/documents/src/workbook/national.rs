//! The national summary as a workbook: the tables of its page, every figure a number.

use chrono::NaiveTime;

use super::{
    Part, Sheet, WorkbookError,
    file::{self, Properties},
    pilot::facts,
};
use crate::national_summary::NationalSummary;

/// Writes the summary as an XLSX file. The same summary gives the same bytes.
///
/// # Errors
/// [`WorkbookError`] where there are more rows than a sheet has.
pub fn national_summary(summary: &NationalSummary<'_>) -> Result<Vec<u8>, WorkbookError> {
    let title = NationalSummary::TITLE;
    let sheet = |name, parts| Sheet { name, title, indent: 0, parts };
    let groups = summary.groups().into_iter().map(Part::from);
    let sheets = [
        sheet("Kopsavilkums", std::iter::once(facts(summary.facts())).chain(groups).collect()),
        sheet("Pašvaldības", vec![summary.by_municipality().into()]),
        sheet("Pārskati", vec![summary.lines().into()]),
    ];
    let properties = Properties {
        title: format!("{title} {}", summary.period()),
        company: "Latvija",
        created: summary.from.first_day().and_time(NaiveTime::MIN),
    };
    file::write(&sheets, &properties)
}

//! Reports of the pilot and their summary as workbooks: the tables of their pages, every figure a number.

use chrono::NaiveTime;

use super::{
    Cell, Part, Sheet, WorkbookError,
    file::{self, Properties},
};
use crate::{
    document::Fact,
    pilot_report::{PilotReport, PilotSummary},
};

/// Writes a report as an XLSX file. The same report gives the same bytes.
///
/// # Errors
/// [`WorkbookError`] where a text is longer than a cell may be.
pub fn pilot_report(report: &PilotReport<'_>) -> Result<Vec<u8>, WorkbookError> {
    let title = report.title();
    let sheet = |name, parts| Sheet { name, title, indent: 0, parts };
    let mut sheets = vec![sheet("Kopsavilkums", vec![facts(report.facts()), report.figures().into()])];
    if report.has_payments() {
        sheets.push(sheet("Maksājumi", vec![report.payments().into()]));
        sheets.push(sheet("Dokumenti", vec![report.documents().into()]));
    }
    let properties = Properties {
        title: format!("{title} {}", report.period()),
        company: report.municipality,
        created: report.content.from.first_day().and_time(NaiveTime::MIN),
    };
    file::write(&sheets, &properties)
}

/// Writes a summary as an XLSX file. The same summary gives the same bytes.
///
/// # Errors
/// [`WorkbookError`] where a text is longer than a cell may be.
pub fn pilot_summary(summary: &PilotSummary<'_>) -> Result<Vec<u8>, WorkbookError> {
    let title = summary.title();
    let sheet = |name, parts| Sheet { name, title, indent: 0, parts };
    let sheets = [
        sheet("Kopsavilkums", vec![facts(summary.facts()), summary.together().into()]),
        sheet("Pašvaldības", vec![summary.by_municipality().into()]),
    ];
    let properties = Properties {
        title: format!("{title} {}", summary.period()),
        company: "Latvija",
        created: summary.from.first_day().and_time(NaiveTime::MIN),
    };
    file::write(&sheets, &properties)
}

pub(super) fn facts(facts: Vec<Fact>) -> Part {
    Part::Facts(facts.into_iter().map(|fact| (fact.label, Cell::text(fact.value))).collect())
}

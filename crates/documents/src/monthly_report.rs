//! A monthly report to the ministry as a page with a chart, and as CSV.

use balsts_domain::{
    money::Money,
    month::Month,
    monthly_reports::{ReportLine, ReportLineKind, ReportStatus, ReportTotals, by_group},
    parameters::catalogue::{Catalogue, ServiceGroup},
    text::Language,
};
use chrono::NaiveDate;

use crate::{
    csv::{Cell, push},
    document::{BarGroup, Block, Chart, Column, Document, Fact, Table},
    latvian::short_date,
    words,
};

/// What a report shows.
#[derive(Debug, Clone)]
pub struct MonthlyReport<'a> {
    /// Name of the municipality.
    pub municipality: &'a str,
    /// The month.
    pub month: Month,
    /// Where it stands.
    pub status: ReportStatus,
    /// The last day to submit it.
    pub due_on: NaiveDate,
    /// The day on which it was submitted.
    pub submitted_on: Option<NaiveDate>,
    /// The worker's words.
    pub notes: Option<&'a str>,
    /// What it adds up to.
    pub totals: ReportTotals,
    /// Its lines.
    pub lines: &'a [ReportLine],
    /// SHA-256 of its content, hexadecimal.
    pub content_hash: &'a str,
    /// Names of the services.
    pub catalogue: &'a Catalogue,
}

/// The columns of a table of lines.
pub(crate) const HEADS: [&str; 15] = [
    "Nr.",
    "Saraksts",
    "Saņēmēja kods",
    "Metodika",
    "Pakalpojums",
    "Grupa",
    "Vienība",
    "Sniedzējs",
    "Labojums",
    "Apjoms",
    "Cena, EUR",
    "Summa, EUR",
    "Valsts, EUR",
    "Pašvaldība, EUR",
    "Vecāki, EUR",
];

const fn list(kind: ReportLineKind) -> &'static str {
    match kind {
        ReportLineKind::Paid => "Samaksāts",
        ReportLineKind::Awaiting => "Apstiprināts, gaida finansējumu",
        ReportLineKind::PaidEarlier => "Samaksāts, pieprasīts iepriekš",
    }
}

pub(crate) const fn group(group: ServiceGroup) -> &'static str {
    match group {
        ServiceGroup::Social => "Sociālie pakalpojumi",
        ServiceGroup::Health => "Veselības pakalpojumi",
        ServiceGroup::Education => "Izglītības pakalpojumi",
        ServiceGroup::Other => "Citi pakalpojumi",
    }
}

const fn status(status: ReportStatus) -> &'static str {
    match status {
        ReportStatus::Draft => "Projekts",
        ReportStatus::Submitted => "Iesniegts",
        ReportStatus::Returned => "Atdots labošanai",
        ReportStatus::Approved => "Apstiprināts",
        ReportStatus::Funded => "Finansēts",
    }
}

/// The texts of a line, in the order of the columns.
pub(crate) fn texts(report: &MonthlyReport<'_>, line: &ReportLine) -> Vec<String> {
    let service = report.catalogue.find(&line.service);
    let provider = line.provider_name.clone().or_else(|| line.provider.map(|id| id.to_string()));
    vec![
        line.number.to_string(),
        list(line.kind).to_owned(),
        line.recipient.clone(),
        line.methodology.to_string(),
        service.map_or_else(|| line.service.clone(), |service| service.name.lv.clone()),
        group(line.service_group).to_owned(),
        line.unit.map(words::unit).unwrap_or_default().to_owned(),
        provider.unwrap_or_default(),
        match line.correction_of {
            Some(month) => month.to_string(),
            None if line.correction => "jā".to_owned(),
            None => String::new(),
        },
    ]
}

/// The sums of a report.
pub(crate) fn facts(report: &MonthlyReport<'_>) -> Vec<Fact> {
    let totals = report.totals;
    let euros = |label: &str, amount: Money| Fact::new(label, format!("{amount} EUR"));
    vec![
        Fact::new("Pašvaldība", report.municipality),
        Fact::new("Mēnesis", report.month.to_string()),
        Fact::new("Stāvoklis", status(report.status)),
        Fact::new("Iesniedzams līdz", short_date(report.due_on)),
        Fact::new("Iesniegts", report.submitted_on.map(short_date).unwrap_or_default()),
        Fact::new("Saņēmēji", totals.recipients.to_string()),
        euros("Samaksāts", totals.paid),
        euros("Apstiprināts, gaida finansējumu", totals.awaiting_funding),
        euros("Pieprasīts kopā", totals.claimed),
        euros("Tajā skaitā labojumi par iepriekšējiem mēnešiem", totals.corrections),
        euros("Samaksāts no iepriekš pieprasītā", totals.paid_of_earlier_claims),
        euros("Valsts daļa", totals.state),
        euros("Pašvaldības daļa", totals.municipality),
        euros("Vecāku daļa", totals.parents),
        Fact::new("Satura SHA-256", report.content_hash),
        Fact::new("Piezīmes", report.notes.unwrap_or_default()),
    ]
}

/// The report as a document.
#[must_use]
pub fn monthly_report(report: &MonthlyReport<'_>) -> Document {
    let cents = |amount: Money| amount.cents().unwrap_or_default();
    let bars = by_group(report.lines).into_iter().map(|sums| BarGroup {
        label: group(sums.group).to_owned(),
        cents: vec![cents(sums.paid), cents(sums.awaiting)],
    });
    let chart = Chart {
        title: "Pieprasītais pa pakalpojumu grupām".to_owned(),
        series: vec!["Samaksāts".to_owned(), "Apstiprināts, gaida finansējumu".to_owned()],
        groups: bars.collect(),
    };
    let mut blocks = vec![Block::Facts(facts(report)), Block::Heading(chart.title.clone()), Block::Chart(chart)];
    blocks.extend(ReportLineKind::ALL.iter().map(|kind| Block::Table(table(report, *kind))));
    Document {
        language: Language::Lv,
        municipality: report.municipality.to_owned(),
        office: Vec::new(),
        title: "IBM finansējuma pārskats".to_owned(),
        subject: report.month.to_string(),
        dateline: status(report.status).to_owned(),
        date: report.submitted_on.unwrap_or(report.due_on),
        blocks,
    }
}

fn table(report: &MonthlyReport<'_>, kind: ReportLineKind) -> Table {
    let of_kind = || report.lines.iter().filter(move |line| line.kind == kind);
    let columns = HEADS.iter().enumerate();
    let columns = columns
        .filter(|(position, _)| *position != 1)
        .map(|(position, head)| if position < FIRST_NUMBER { Column::text(head, 1) } else { Column::number(head) });
    let row = |line: &ReportLine| {
        let mut cells = texts(report, line);
        cells.extend(numbers(line));
        cells.into_iter().enumerate().filter(|(position, _)| *position != 1).map(|(_, cell)| cell).collect()
    };
    let sum: Money = of_kind().map(|line| line.amount).sum();
    Table {
        caption: list(kind).to_owned(),
        columns: columns.collect(),
        rows: of_kind().map(row).collect(),
        totals: vec![Fact::new("Kopā, EUR", sum.to_string())],
    }
}

/// The first column of numbers.
const FIRST_NUMBER: usize = 9;

fn numbers(line: &ReportLine) -> Vec<String> {
    let amounts = [line.unit_price, line.amount, line.state, line.municipality, line.parents];
    std::iter::once(line.units.to_string()).chain(amounts.iter().map(ToString::to_string)).collect()
}

/// The lines as CSV [RFC 4180], under the names that the JSON has. No text begins like a formula.
#[must_use]
pub fn csv(lines: &[ReportLine]) -> String {
    let mut csv = String::from(
        "number,kind,recipient,methodology,service,service_group,unit,document,provider,provider_name,correction,\
         correction_of,units,unit_price,amount,state,municipality,parents\r\n",
    );
    for line in lines {
        let texts = [
            line.number.to_string(),
            line.kind.to_string(),
            line.recipient.clone(),
            line.methodology.to_string(),
            line.service.clone(),
            line.service_group.to_string(),
            line.unit.map(|unit| unit.to_string()).unwrap_or_default(),
            line.document.to_string(),
            line.provider.map(|id| id.to_string()).unwrap_or_default(),
            line.provider_name.clone().unwrap_or_default(),
            line.correction.to_string(),
            line.correction_of.map(|month| month.to_string()).unwrap_or_default(),
        ];
        push(&mut csv, texts.into_iter().map(Cell::Text).chain(numbers(line).into_iter().map(Cell::Number)));
    }
    csv
}

#[cfg(test)]
mod tests {
    use balsts_domain::{
        invoices::InvoiceKind,
        money::Volume,
        parameters::{
            Parameters,
            catalogue::{MethodologyId, Unit},
        },
    };

    use super::*;

    fn line(provider_name: &str) -> ReportLine {
        ReportLine {
            number: 1,
            kind: ReportLineKind::Paid,
            recipient: "MZXW6YTBOJ2WC3TE".to_owned(),
            methodology: MethodologyId::Children2023,
            service: "home_care".to_owned(),
            service_group: ServiceGroup::Social,
            unit: Some(Unit::Hour),
            document: InvoiceKind::CreditNote,
            provider: None,
            provider_name: Some(provider_name.to_owned()),
            correction: true,
            correction_of: "2023-08".parse().ok(),
            units: Volume::from_thousandths(-1_500),
            unit_price: Money::from_cents(663),
            amount: Money::from_cents(-995),
            state: Money::from_cents(-498),
            municipality: Money::from_cents(-497),
            parents: Money::ZERO,
        }
    }

    #[test]
    fn no_cell_is_a_formula_and_every_row_has_its_columns() {
        let csv = csv(&[line("=HYPERLINK(\"http://x\",\"y\")")]);
        let (head, row) = csv.split_once("\r\n").unwrap();
        assert_eq!(head.split(',').count(), 18);
        assert!(row.contains(",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\","), "{row}");
        assert!(row.ends_with("true,2023-08,-1.5,6.63,-9.95,-4.98,-4.97,0.00\r\n"), "{row}");
    }

    #[test]
    fn a_page_has_a_chart_and_a_workbook_every_line() {
        let parameters = Parameters::embedded().unwrap();
        let lines = [line("<b>SIA</b>")];
        let report = MonthlyReport {
            municipality: "Rīga",
            month: "2023-10".parse().unwrap(),
            status: ReportStatus::Submitted,
            due_on: "2023-11-15".parse().unwrap(),
            submitted_on: None,
            notes: Some("=1+1"),
            totals: ReportTotals::default(),
            lines: &lines,
            content_hash: "00",
            catalogue: &parameters.catalogue,
        };
        let page = crate::html(&monthly_report(&report));
        assert!(page.contains("<svg ") && page.contains("&lt;b&gt;SIA") && !page.contains("<b>SIA"), "{page}");
        let written = crate::workbook::monthly_report(&report).unwrap();
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&written)).unwrap();
        let sheet = calamine::Reader::worksheet_range(&mut book, "Rindas").unwrap();
        assert!(sheet.rows().any(|row| {
            row.iter().any(|cell| calamine::DataType::get_float(cell).is_some_and(|value| (value + 9.95).abs() < 1e-9))
        }));
        assert_eq!(crate::workbook::monthly_report(&report).unwrap(), written);
    }
}

//! A report of the pilot, and what reports tell together, as a page with a chart, and as CSV.

use balsts_domain::{
    invoices::InvoiceKind,
    money::Money,
    month::Month,
    parameters::catalogue::{MethodologyId, ServiceGroup},
    pilot_reports::{
        CostItem, Figure, FigureTopic, Indicator, PilotReportContent, PilotReportKind, PilotReportStatus,
        SupportingDocumentKind,
    },
    text::Language,
};
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{
    csv::{Cell, push},
    document::{BarGroup, Block, Chart, Document, Fact},
    grid::{Grid, Value},
    latvian::short_date,
    monthly_report::group,
    words,
};

/// What a report shows.
#[derive(Debug, Clone)]
pub struct PilotReport<'a> {
    /// Name of the municipality.
    pub municipality: &'a str,
    /// Where it stands.
    pub status: PilotReportStatus,
    /// The last day to submit it.
    pub due_on: NaiveDate,
    /// The day on which it was submitted.
    pub submitted_on: Option<NaiveDate>,
    /// What it adds up to.
    pub total: Money,
    /// What is frozen of it.
    pub content: &'a PilotReportContent,
    /// SHA-256 of its content, hexadecimal.
    pub content_hash: &'a str,
}

/// The figures of a municipality.
#[derive(Debug, Clone)]
pub struct OfficeFigures<'a> {
    /// ATVK code.
    pub code: String,
    /// Name.
    pub name: &'a str,
    /// Its figures.
    pub figures: Vec<&'a Figure>,
}

/// What the reports of a kind and period tell together.
#[derive(Debug, Clone)]
pub struct PilotSummary<'a> {
    /// The kind.
    pub kind: PilotReportKind,
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
    /// Each municipality.
    pub offices: &'a [OfficeFigures<'a>],
    /// All municipalities together.
    pub figures: &'a [Figure],
}

const fn title(kind: PilotReportKind) -> &'static str {
    match kind {
        PilotReportKind::CashFlow => "Izmēģinājumprojekta naudas plūsmas pārskats",
        PilotReportKind::Quarterly => "Izmēģinājumprojekta ceturkšņa pārskats",
        PilotReportKind::Activity => "Izmēģinājumprojekta darbības pārskats",
    }
}

const fn summary_title(kind: PilotReportKind) -> &'static str {
    match kind {
        PilotReportKind::CashFlow => "Izmēģinājumprojekta naudas plūsmas kopsavilkums",
        PilotReportKind::Quarterly => "Izmēģinājumprojekta ceturkšņa kopsavilkums",
        PilotReportKind::Activity => "Izmēģinājumprojekta darbības kopsavilkums",
    }
}

const fn status(status: PilotReportStatus) -> &'static str {
    match status {
        PilotReportStatus::Draft => "Projekts",
        PilotReportStatus::PreAgreed => "Saskaņots",
        PilotReportStatus::Submitted => "Iesniegts",
        PilotReportStatus::Returned => "Atdots labošanai",
        PilotReportStatus::Approved => "Apstiprināts",
    }
}

const fn topic(topic: FigureTopic) -> &'static str {
    match topic {
        FigureTopic::CostItem => "Izmaksu pozīcija",
        FigureTopic::ServiceGroup => "Pakalpojumu grupa",
        FigureTopic::Methodology => "Metodika",
        FigureTopic::Indicator => "Rezultāta rādītājs",
        FigureTopic::Act => "Darbība",
        FigureTopic::Correction => "Agrāka perioda labojums",
    }
}

const fn cost_item(item: CostItem) -> &'static str {
    match item {
        CostItem::Services => "Pakalpojumi",
        CostItem::WorkerPay => "Darbinieka atlīdzība",
        CostItem::WorkerTransport => "Darbinieka transports",
        CostItem::IndirectCosts => "Netiešās izmaksas",
    }
}

const fn indicator(indicator: Indicator) -> &'static str {
    match indicator {
        Indicator::Granted => "Apmierinātie iesniegumi",
        Indicator::Assessed => "Pabeigtie novērtējumi",
        Indicator::Planned => "Parakstītie plāni",
        Indicator::Recipients => "Pakalpojumu saņēmēji",
        Indicator::Deliveries => "Pakalpojumu sniegšanas reizes",
        Indicator::Achieved => "Sasniegtie mērķi",
        Indicator::PartlyAchieved => "Daļēji sasniegtie mērķi",
        Indicator::NotAchieved => "Nesasniegtie mērķi",
    }
}

const fn supporting(kind: SupportingDocumentKind) -> &'static str {
    match kind {
        SupportingDocumentKind::AccountStatement => "Konta izraksts",
        SupportingDocumentKind::Invoice => "Rēķins",
        SupportingDocumentKind::Receipt => "Čeks vai kvīts",
        SupportingDocumentKind::Payroll => "Algu saraksts",
        SupportingDocumentKind::Other => "Cits dokuments",
    }
}

const fn paid_for(kind: InvoiceKind) -> &'static str {
    match kind {
        InvoiceKind::Invoice => "Rēķins",
        InvoiceKind::CreditNote => "Kredītrēķins",
        InvoiceKind::Reimbursement => "Izdevumu atmaksas pieprasījums",
        InvoiceKind::TransportClaim => "Transporta izdevumu pieprasījums",
    }
}

/// The name of what a figure is of; of an act the name of its operation.
fn name(figure: &Figure) -> String {
    fn named<T: Copy>(all: &[T], known: fn(T) -> &'static str, shown: fn(T) -> &'static str, of: &str) -> String {
        all.iter().find(|one| known(**one) == of).map_or_else(|| of.to_owned(), |one| shown(*one).to_owned())
    }
    let of = figure.of.as_str();
    match figure.topic {
        FigureTopic::CostItem | FigureTopic::Correction => named(CostItem::ALL, CostItem::as_str, cost_item, of),
        FigureTopic::ServiceGroup => named(ServiceGroup::ALL, ServiceGroup::as_str, group, of),
        FigureTopic::Methodology => named(MethodologyId::ALL, MethodologyId::as_str, words::methodology, of),
        FigureTopic::Indicator => named(Indicator::ALL, Indicator::as_str, indicator, of),
        FigureTopic::Act => of.to_owned(),
    }
}

fn period(from: Month, to: Month) -> String {
    if from == to { to.to_string() } else { format!("{from} \u{2013} {to}") }
}

/// What of a figure is shown: topic, name, amount, number.
fn row(figure: &Figure) -> Vec<Value> {
    vec![
        Value::text(topic(figure.topic)),
        Value::Text(name(figure)),
        figure.amount.map_or(Value::Empty, Value::Euros),
        figure.count.map_or(Value::Empty, |count| Value::Number(Decimal::from(count))),
    ]
}

const FIGURES: [&str; 4] = ["Veids", "Nosaukums", "Summa, EUR", "Skaits"];

fn heads(heads: &[&str]) -> Vec<String> {
    heads.iter().map(|head| (*head).to_owned()).collect()
}

/// The chart of what was spent: by cost item, or by service group; none where no money is told of.
fn chart<'f>(figures: impl Iterator<Item = &'f Figure>) -> Option<Chart> {
    let is_shown = |figure: &&Figure| matches!(figure.topic, FigureTopic::CostItem | FigureTopic::ServiceGroup);
    let bar = |figure: &Figure| {
        let cents = figure.amount?.cents()?;
        Some(BarGroup { label: name(figure), cents: vec![cents] })
    };
    let groups: Vec<BarGroup> = figures.filter(is_shown).filter_map(bar).collect();
    let chart = Chart { title: "Izmaksas".to_owned(), series: vec!["Izmaksas, EUR".to_owned()], groups };
    (!chart.groups.is_empty()).then_some(chart)
}

fn charted(chart: Option<Chart>) -> impl Iterator<Item = Block> {
    chart.into_iter().flat_map(|chart| [Block::Heading(chart.title.clone()), Block::Chart(chart)])
}

impl PilotReport<'_> {
    pub(crate) const fn title(&self) -> &'static str {
        title(self.content.kind)
    }

    pub(crate) fn period(&self) -> String {
        period(self.content.from, self.content.to)
    }

    /// Whether it tells of payments and their documents.
    pub(crate) fn has_payments(&self) -> bool {
        self.content.kind == PilotReportKind::CashFlow
    }

    pub(crate) fn facts(&self) -> Vec<Fact> {
        let worker = self.content.worker.as_ref().map(|worker| Fact::new("Darbinieks", worker.as_str()));
        let mut facts = vec![Fact::new("Pašvaldība", self.municipality), Fact::new("Periods", self.period())];
        facts.extend(worker);
        facts.extend([
            Fact::new("Stāvoklis", status(self.status)),
            Fact::new("Iesniedzams līdz", short_date(self.due_on)),
            Fact::new("Iesniegts", self.submitted_on.map(short_date).unwrap_or_default()),
            Fact::new("Kopā", format!("{} EUR", self.total)),
            Fact::new("Satura SHA-256", self.content_hash),
            Fact::new("Piezīmes", self.content.notes.as_deref().unwrap_or_default()),
        ]);
        facts
    }

    pub(crate) fn figures(&self) -> Grid {
        Grid { caption: "Rādītāji", heads: heads(&FIGURES), rows: self.content.figures.iter().map(row).collect() }
    }

    pub(crate) fn payments(&self) -> Grid {
        let payments = self.content.payments.iter().map(|payment| {
            let provider = payment.provider_name.clone().or_else(|| payment.provider.map(|id| id.to_string()));
            vec![
                Value::Day(payment.paid_on),
                Value::text(paid_for(payment.document)),
                Value::told(payment.number.as_ref()),
                Value::told(provider),
                Value::told(payment.recipient.as_ref()),
                Value::Euros(payment.amount),
            ]
        });
        Grid {
            caption: "Maksājumi",
            heads: heads(&["Diena", "Pamats", "Numurs", "Sniedzējs", "Saņēmēja kods", "Summa, EUR"]),
            rows: payments.collect(),
        }
    }

    pub(crate) fn documents(&self) -> Grid {
        let documents = self.content.documents.iter().map(|document| {
            let number = document.number.clone().or_else(|| document.case_document.map(|id| id.to_string()));
            vec![
                Value::Day(document.on),
                Value::text(supporting(document.kind)),
                Value::told(number),
                Value::told(document.project_number.as_ref()),
                Value::told(document.contract_number.as_ref()),
                Value::told(document.cost_item.map(cost_item)),
                document.amount.map_or(Value::Empty, Value::Euros),
            ]
        });
        Grid {
            caption: "Attaisnojuma dokumenti",
            heads: heads(&["Diena", "Veids", "Numurs", "Projekts", "Līgums", "Izmaksu pozīcija", "Summa, EUR"]),
            rows: documents.collect(),
        }
    }
}

/// The report as a document.
#[must_use]
pub fn pilot_report(report: &PilotReport<'_>) -> Document {
    let mut blocks = vec![Block::Facts(report.facts())];
    blocks.extend(charted(chart(report.content.figures.iter())));
    blocks.push(Block::Table(report.figures().table(Language::Lv)));
    if report.has_payments() {
        blocks.extend([report.payments(), report.documents()].map(|grid| Block::Table(grid.table(Language::Lv))));
    }
    Document {
        language: Language::Lv,
        municipality: report.municipality.to_owned(),
        office: Vec::new(),
        title: report.title().to_owned(),
        subject: report.period(),
        dateline: status(report.status).to_owned(),
        date: report.submitted_on.unwrap_or(report.due_on),
        blocks,
    }
}

/// The report as CSV [RFC 4180], under the names that the JSON has: its figures, payments and documents, told apart by `part`.
/// No text begins like a formula.
#[must_use]
pub fn csv(content: &PilotReportContent) -> String {
    let mut csv = String::from(
        "part,topic,of,on,document,number,provider,provider_name,recipient,case_document,project_number,contract_number,\
         amount,count\r\n",
    );
    let text = |text: &dyn ToString| Cell::Text(text.to_string());
    let none = || Cell::Text(String::new());
    for figure in &content.figures {
        let [topic, of] = [text(&figure.topic), text(&figure.of)];
        let gap = std::iter::repeat_with(none).take(9);
        let values = [Cell::number(figure.amount), Cell::number(figure.count)];
        push(&mut csv, [text(&"figure"), topic, of].into_iter().chain(gap).chain(values));
    }
    for payment in &content.payments {
        let cells = [
            text(&"payment"),
            none(),
            none(),
            text(&payment.paid_on),
            text(&payment.document),
            Cell::told(payment.number.as_ref()),
            Cell::told(payment.provider),
            Cell::told(payment.provider_name.as_ref()),
            Cell::told(payment.recipient.as_ref()),
            none(),
            none(),
            none(),
            Cell::number(Some(payment.amount)),
            none(),
        ];
        push(&mut csv, cells);
    }
    for document in &content.documents {
        let cells = [
            text(&"document"),
            text(&FigureTopic::CostItem),
            Cell::told(document.cost_item),
            text(&document.on),
            text(&document.kind),
            Cell::told(document.number.as_ref()),
            none(),
            none(),
            none(),
            Cell::told(document.case_document),
            Cell::told(document.project_number.as_ref()),
            Cell::told(document.contract_number.as_ref()),
            Cell::number(document.amount),
            none(),
        ];
        push(&mut csv, cells);
    }
    csv
}

impl PilotSummary<'_> {
    pub(crate) const fn title(&self) -> &'static str {
        summary_title(self.kind)
    }

    pub(crate) fn period(&self) -> String {
        period(self.from, self.to)
    }

    pub(crate) fn facts(&self) -> Vec<Fact> {
        vec![Fact::new("Periods", self.period()), Fact::new("Pašvaldības", self.offices.len().to_string())]
    }

    pub(crate) fn together(&self) -> Grid {
        Grid { caption: "Kopā", heads: heads(&FIGURES), rows: self.figures.iter().map(row).collect() }
    }

    pub(crate) fn by_municipality(&self) -> Grid {
        let of_office = |office: &OfficeFigures<'_>| {
            let named = |figure: &&Figure| [vec![Value::text(office.name)], row(figure)].concat();
            office.figures.iter().map(named).collect::<Vec<_>>()
        };
        let [kind, name, amount, count] = FIGURES;
        Grid {
            caption: "Pašvaldības",
            heads: heads(&["Pašvaldība", kind, name, amount, count]),
            rows: self.offices.iter().flat_map(of_office).collect(),
        }
    }
}

/// The summary as a document.
#[must_use]
pub fn pilot_summary(summary: &PilotSummary<'_>) -> Document {
    let mut blocks = vec![Block::Facts(summary.facts())];
    blocks.extend(charted(chart(summary.figures.iter())));
    blocks.extend([summary.together(), summary.by_municipality()].map(|grid| Block::Table(grid.table(Language::Lv))));
    Document {
        language: Language::Lv,
        municipality: "Latvija".to_owned(),
        office: Vec::new(),
        title: summary.title().to_owned(),
        subject: summary.period(),
        dateline: "Iesniegtie un apstiprinātie pārskati".to_owned(),
        date: summary.to.last_day(),
        blocks,
    }
}

/// The summary as CSV [RFC 4180]: the figures of each municipality, and those of all together without one. No text begins like a
/// formula.
#[must_use]
pub fn summary_csv(summary: &PilotSummary<'_>) -> String {
    let mut csv = String::from("municipality,name,topic,of,amount,count\r\n");
    let offices = summary
        .offices
        .iter()
        .flat_map(|office| office.figures.iter().map(|figure| (office.code.as_str(), office.name, *figure)));
    for (code, name, figure) in offices.chain(summary.figures.iter().map(|figure| ("", "", figure))) {
        let texts = [code.to_owned(), name.to_owned(), figure.topic.to_string(), figure.of.clone()];
        let values = [Cell::number(figure.amount), Cell::number(figure.count)];
        push(&mut csv, texts.into_iter().map(Cell::Text).chain(values));
    }
    csv
}

#[cfg(test)]
mod tests {
    use balsts_domain::pilot_reports::{PaymentLine, SupportingDocument, together};
    use calamine::{DataType, Reader};

    use super::*;

    fn content(kind: PilotReportKind) -> PilotReportContent {
        let money = |topic, of: &str, cents| Figure {
            topic,
            of: of.to_owned(),
            amount: Some(Money::from_cents(cents)),
            count: None,
        };
        let recipients =
            Figure { topic: FigureTopic::Indicator, of: "recipients".to_owned(), amount: None, count: Some(3) };
        PilotReportContent {
            municipality: "0001000".to_owned(),
            kind,
            from: "2023-10".parse().unwrap(),
            to: "2023-12".parse().unwrap(),
            worker: None,
            notes: Some("=1+1".to_owned()),
            figures: vec![
                money(FigureTopic::CostItem, "services", 123_456),
                money(FigureTopic::CostItem, "worker_pay", -995),
                recipients,
            ],
            payments: vec![PaymentLine {
                paid_on: "2023-10-20".parse().unwrap(),
                document: InvoiceKind::CreditNote,
                number: Some("=HYPERLINK(\"http://x\",\"y\")".to_owned()),
                provider: None,
                provider_name: Some("<b>SIA</b>".to_owned()),
                recipient: None,
                amount: Money::from_cents(-995),
                correction: false,
            }],
            documents: vec![SupportingDocument {
                kind: SupportingDocumentKind::Payroll,
                on: "2023-10-31".parse().unwrap(),
                number: Some("A-10".to_owned()),
                case_document: None,
                project_number: None,
                contract_number: Some("L-1".to_owned()),
                cost_item: Some(CostItem::WorkerPay),
                amount: Some(Money::from_cents(120_000)),
            }],
        }
    }

    fn report(content: &PilotReportContent) -> PilotReport<'_> {
        PilotReport {
            municipality: "Rīga",
            status: PilotReportStatus::Submitted,
            due_on: "2024-01-29".parse().unwrap(),
            submitted_on: None,
            total: Money::from_cents(122_461),
            content,
            content_hash: "00",
        }
    }

    /// Every cell of a sheet as text.
    fn cells(written: &[u8], sheet: &str) -> Vec<String> {
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(written)).unwrap();
        let range = book.worksheet_range(sheet).unwrap();
        range.rows().flatten().filter(|cell| !cell.is_empty()).map(ToString::to_string).collect()
    }

    #[test]
    fn no_cell_is_a_formula_and_every_row_has_its_columns() {
        let csv = csv(&content(PilotReportKind::CashFlow));
        let rows: Vec<&str> = csv.lines().collect();
        assert_eq!(rows.len(), 6);
        assert_eq!(rows[0].split(',').count(), 14);
        for row in [rows[1], rows[3], rows[5]] {
            assert_eq!(row.split(',').count(), 14, "{row}");
        }
        assert_eq!(rows[2], "figure,cost_item,worker_pay,,,,,,,,,,-9.95,");
        assert!(
            rows[4].contains(",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",") && rows[4].ends_with(",-9.95,"),
            "{}",
            rows[4]
        );
        assert_eq!(rows[5], "document,cost_item,worker_pay,2023-10-31,payroll,A-10,,,,,,L-1,1200.00,");
    }

    #[test]
    fn a_page_has_a_chart_and_a_workbook_every_figure() {
        let content = content(PilotReportKind::CashFlow);
        let report = report(&content);
        let page = crate::html(&pilot_report(&report));
        for told in ["<svg ", "&lt;b&gt;SIA", "Darbinieka atlīdzība", "Pakalpojumu saņēmēji", "Algu saraksts"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(!page.contains("<b>SIA"), "{page}");
        let written = crate::workbook::pilot_report(&report).unwrap();
        let summary = cells(&written, "Kopsavilkums");
        for told in ["Darbinieka atlīdzība", "-9.95", "1234.56", "3", "'=1+1"] {
            assert!(summary.iter().any(|cell| cell == told), "{told}: {summary:?}");
        }
        assert!(cells(&written, "Maksājumi").iter().any(|cell| cell.starts_with("'=HYPERLINK")));
        assert!(cells(&written, "Dokumenti").iter().any(|cell| cell == "1200"));
        assert_eq!(crate::workbook::pilot_report(&report).unwrap(), written);
    }

    #[test]
    fn a_report_without_money_has_no_chart_and_one_of_no_payments_no_sheet_of_them() {
        let mut content = content(PilotReportKind::Activity);
        content.figures =
            vec![Figure { topic: FigureTopic::Act, of: "sign_plan".to_owned(), amount: None, count: Some(2) }];
        (content.payments, content.documents) = (Vec::new(), Vec::new());
        let report = report(&content);
        assert!(!crate::html(&pilot_report(&report)).contains("<svg "));
        let written = crate::workbook::pilot_report(&report).unwrap();
        let book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&written)).unwrap();
        assert_eq!(book.sheet_names(), ["Kopsavilkums"]);
    }

    #[test]
    fn a_summary_tells_each_municipality_and_all_together() {
        let content = content(PilotReportKind::Quarterly);
        let twice: Vec<&Figure> = content.figures.iter().chain(&content.figures).collect();
        let figures = together(twice);
        let office = |code: &str, name: &'static str| OfficeFigures {
            code: code.to_owned(),
            name,
            figures: content.figures.iter().collect(),
        };
        let offices = [office("0001000", "Rīga"), office("0002000", "=Daugavpils")];
        let summary = PilotSummary {
            kind: content.kind,
            from: content.from,
            to: content.to,
            offices: &offices,
            figures: &figures,
        };
        let csv = summary_csv(&summary);
        let rows: Vec<&str> = csv.lines().collect();
        assert_eq!(rows.len(), 10);
        assert!(rows.contains(&"0002000,'=Daugavpils,indicator,recipients,,3"), "{csv}");
        assert!(
            rows.contains(&",,cost_item,services,2469.12,") && rows.contains(&",,indicator,recipients,,6"),
            "{csv}"
        );
        let page = crate::html(&pilot_summary(&summary));
        assert!(page.contains("<svg ") && page.contains("Rīga") && page.contains("2023-10 \u{2013} 2023-12"), "{page}");
        let written = crate::workbook::pilot_summary(&summary).unwrap();
        assert!(cells(&written, "Kopsavilkums").iter().any(|cell| cell == "2469.12"));
        assert_eq!(cells(&written, "Pašvaldības").iter().filter(|cell| *cell == "1234.56").count(), 2);
    }
}

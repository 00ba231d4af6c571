//! What the offices of the country claim, as a page with a chart, and as CSV.

use balsts_domain::{
    access::MunicipalityCode,
    money::Money,
    month::Month,
    parameters::{
        catalogue::MethodologyId,
        municipalities::{Municipalities, PlanningRegion},
    },
    text::Language,
};
use rust_decimal::Decimal;

use crate::{
    csv::{Cell, push},
    document::{BarGroup, Block, Chart, Document, Fact},
    grid::{Grid, Value},
    words,
};

/// Paid, awaiting the funding, both together; what state, municipality and parents pay. EUR.
pub type ClaimedAmounts = [Money; 6];

const AMOUNTS: [&str; 6] = [
    "Samaksāts, EUR",
    "Apstiprināts, gaida finansējumu, EUR",
    "Pieprasīts kopā, EUR",
    "Valsts, EUR",
    "Pašvaldība, EUR",
    "Vecāki, EUR",
];

/// What the report of a municipality and month claims for a methodology.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedCell {
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The month.
    pub month: Month,
    /// The methodology.
    pub methodology: MethodologyId,
    /// Different recipients.
    pub recipients: u32,
    /// What is claimed.
    pub amounts: ClaimedAmounts,
}

/// What the offices of the country claim in some months.
#[derive(Debug, Clone)]
pub struct NationalSummary<'a> {
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
    /// By municipality, month and methodology.
    pub cells: &'a [ClaimedCell],
    /// By municipality, by its ATVK code.
    pub municipalities: Vec<(String, ClaimedAmounts)>,
    /// By planning region, by its published name.
    pub regions: Vec<(String, ClaimedAmounts)>,
    /// By methodology, by its identifier.
    pub methodologies: Vec<(String, ClaimedAmounts)>,
    /// By month.
    pub months: Vec<(String, ClaimedAmounts)>,
    /// All together.
    pub total: ClaimedAmounts,
    /// Names and regions of the municipalities.
    pub known: &'a Municipalities,
}

const fn region(region: PlanningRegion) -> &'static str {
    match region {
        PlanningRegion::Kurzeme => "Kurzemes plānošanas reģions",
        PlanningRegion::Latgale => "Latgales plānošanas reģions",
        PlanningRegion::Riga => "Rīgas plānošanas reģions",
        PlanningRegion::Vidzeme => "Vidzemes plānošanas reģions",
        PlanningRegion::Zemgale => "Zemgales plānošanas reģions",
    }
}

fn region_of(name: &str) -> String {
    let known = PlanningRegion::ALL.iter().find(|known| known.as_str() == name);
    known.map_or(name, |known| region(*known)).to_owned()
}

fn methodology_of(id: &str) -> String {
    let known = MethodologyId::ALL.iter().find(|known| known.as_str() == id);
    known.map_or(id, |known| words::methodology(*known)).to_owned()
}

fn heads(first: &[&str]) -> Vec<String> {
    first.iter().chain(&AMOUNTS).map(|head| (*head).to_owned()).collect()
}

fn row(first: Vec<Value>, amounts: ClaimedAmounts) -> Vec<Value> {
    first.into_iter().chain(amounts.map(Value::Euros)).collect()
}

impl NationalSummary<'_> {
    pub(crate) const TITLE: &'static str = "IBM finansējuma kopsavilkums";

    pub(crate) fn period(&self) -> String {
        if self.from == self.to { self.from.to_string() } else { format!("{} \u{2013} {}", self.from, self.to) }
    }

    pub(crate) fn facts(&self) -> Vec<Fact> {
        vec![
            Fact::new("Periods", self.period()),
            Fact::new("Pašvaldības", self.municipalities.len().to_string()),
            Fact::new("Pieprasīts kopā", format!("{} EUR", self.total[2])),
        ]
    }

    fn name(&self, code: &str) -> String {
        let known = code.parse().ok().and_then(|code: MunicipalityCode| self.known.find(code));
        known.map_or(code, |known| &known.name.lv).to_owned()
    }

    /// Sums of what has something in common, and of all.
    fn grouped(
        &self,
        caption: &'static str,
        groups: &[(String, ClaimedAmounts)],
        name: impl Fn(&str) -> String,
    ) -> Grid {
        let groups = groups.iter().map(|(of, amounts)| row(vec![Value::Text(name(of))], *amounts));
        let together = row(vec![Value::text("Kopā")], self.total);
        Grid { caption, heads: heads(&["Kas"]), rows: groups.chain([together]).collect() }
    }

    /// By region, methodology and month.
    pub(crate) fn groups(&self) -> [Grid; 3] {
        [
            self.grouped("Pa plānošanas reģioniem", &self.regions, region_of),
            self.grouped("Pa metodikām", &self.methodologies, methodology_of),
            self.grouped("Pa mēnešiem", &self.months, str::to_owned),
        ]
    }

    pub(crate) fn by_municipality(&self) -> Grid {
        self.grouped("Pa pašvaldībām", &self.municipalities, |code| self.name(code))
    }

    pub(crate) fn lines(&self) -> Grid {
        let line = |cell: &ClaimedCell| {
            let first = vec![
                Value::Text(self.name(cell.municipality.as_str())),
                Value::Text(cell.month.to_string()),
                Value::text(words::methodology(cell.methodology)),
                Value::Number(Decimal::from(cell.recipients)),
            ];
            row(first, cell.amounts)
        };
        Grid {
            caption: "Pārskati",
            heads: heads(&["Pašvaldība", "Mēnesis", "Metodika", "Saņēmēji"]),
            rows: self.cells.iter().map(line).collect(),
        }
    }
}

/// The summary as a document.
#[must_use]
pub fn national_summary(summary: &NationalSummary<'_>) -> Document {
    let cents = |amount: Money| amount.cents().unwrap_or_default();
    let bars = summary.regions.iter().map(|(name, [paid, awaiting, ..])| BarGroup {
        label: region_of(name),
        cents: vec![cents(*paid), cents(*awaiting)],
    });
    let chart = Chart {
        title: "Pieprasītais pa plānošanas reģioniem".to_owned(),
        series: vec!["Samaksāts".to_owned(), "Apstiprināts, gaida finansējumu".to_owned()],
        groups: bars.collect(),
    };
    let mut blocks = vec![Block::Facts(summary.facts())];
    if !chart.groups.is_empty() {
        blocks.extend([Block::Heading(chart.title.clone()), Block::Chart(chart)]);
    }
    let grids = summary.groups().into_iter().chain([summary.by_municipality(), summary.lines()]);
    blocks.extend(grids.map(|grid| Block::Table(grid.table(Language::Lv))));
    Document {
        language: Language::Lv,
        municipality: "Latvija".to_owned(),
        office: Vec::new(),
        title: NationalSummary::TITLE.to_owned(),
        subject: summary.period(),
        dateline: "Iesniegtie, apstiprinātie un finansētie pārskati".to_owned(),
        date: summary.to.last_day(),
        blocks,
    }
}

/// The cells of the summary as CSV [RFC 4180]: their sums are those of the country. No text begins like a formula.
#[must_use]
pub fn csv(summary: &NationalSummary<'_>) -> String {
    let mut csv = String::from(
        "municipality,name,region,month,methodology,recipients,paid,awaiting_funding,claimed,state_share,\
         municipality_share,parents_share\r\n",
    );
    for cell in summary.cells {
        let known = summary.known.find(cell.municipality);
        let texts = [
            Cell::Text(cell.municipality.to_string()),
            Cell::told(known.map(|known| &known.name.lv)),
            Cell::told(known.map(|known| known.planning_region)),
            Cell::Text(cell.month.to_string()),
            Cell::Text(cell.methodology.to_string()),
            Cell::number(Some(cell.recipients)),
        ];
        push(&mut csv, texts.into_iter().chain(cell.amounts.map(|amount| Cell::number(Some(amount)))));
    }
    csv
}

#[cfg(test)]
mod tests {
    use calamine::{DataType, Reader};

    use super::*;

    #[test]
    fn page_workbook_and_values_tell_the_same_sums() {
        let known = Municipalities::embedded().unwrap();
        let amounts = |cents: [i64; 6]| cents.map(Money::from_cents);
        let cell = |municipality: &str, cents| ClaimedCell {
            municipality: municipality.parse().unwrap(),
            month: "2023-10".parse().unwrap(),
            methodology: MethodologyId::Children2023,
            recipients: 2,
            amounts: amounts(cents),
        };
        let one = [123_456, 100, 123_556, 61_778, 61_778, 0];
        let two = [-995, 0, -995, -498, -497, 0];
        let cells = [cell("0001000", one), cell("0002000", two)];
        let both = amounts([122_461, 100, 122_561, 61_280, 61_281, 0]);
        let summary = NationalSummary {
            from: "2023-10".parse().unwrap(),
            to: "2023-11".parse().unwrap(),
            cells: &cells,
            municipalities: vec![("0001000".to_owned(), amounts(one)), ("0002000".to_owned(), amounts(two))],
            regions: vec![("latgale".to_owned(), amounts(two)), ("riga".to_owned(), amounts(one))],
            methodologies: vec![("children-2023".to_owned(), both)],
            months: vec![("2023-10".to_owned(), both)],
            total: both,
            known: &known,
        };
        let page = crate::html(&national_summary(&summary));
        for told in
            ["<svg ", "Rīga", "Latgales plānošanas reģions", "metodika bērniem, 2023", "2023-10 \u{2013} 2023-11"]
        {
            assert!(page.contains(told), "{told}: {page}");
        }
        let csv = csv(&summary);
        assert!(csv.contains(",riga,2023-10,children-2023,2,1234.56,1.00,1235.56,617.78,617.78,0.00\r\n"), "{csv}");
        assert!(csv.contains(",children-2023,2,-9.95,0.00,-9.95,-4.98,-4.97,0.00\r\n"), "{csv}");
        assert_eq!(csv.lines().count(), 3);
        let written = crate::workbook::national_summary(&summary).unwrap();
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&written)).unwrap();
        for (sheet, times) in [("Kopsavilkums", 5), ("Pašvaldības", 1), ("Pārskati", 0)] {
            let cells = book.worksheet_range(sheet).unwrap();
            let claimed = cells.cells().filter_map(|(_, _, cell)| cell.get_float());
            let claimed = claimed.filter(|value| (value - 1_225.61).abs() < 1e-9).count();
            assert_eq!(claimed, times, "{sheet}");
        }
        assert_eq!(crate::workbook::national_summary(&summary).unwrap(), written);
    }
}

//! The support plan (atbalsta plāns) that the worker and the recipient sign: the annex of the contract [domain 6.2, 6.3, 6.5].
//!
//! A draft and the version that it becomes give the same document: it tells neither a day nor a signature, so whoever has
//! signed it finds the hash of the file again.
//!
//! No source prints the form: its tables are those that S0 §3.1 describes (6.3 to 6.6), its headings and column names are ours.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    money::{Money, Volume},
    month::Month,
    parameters::{
        Parameters,
        catalogue::{MethodologyId, Service, Unit},
    },
    plans::{FundingSource, Goal, Intensity, PlanContent, PlanLine},
    text::Language,
};
use uuid::Uuid;

use crate::{
    Render,
    document::{Block, Column, Document, Fact, Signature, Table},
    latvian::{self, lv},
    parties::{Issuer, Official, Person, Provider, Representative},
    words::{self, NONE},
};

/// Months that stand beside each other on paper.
const MONTHS_ABREAST: usize = 6;

/// A plan as it is shown: what a draft or version says, and the names that it only refers to.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// Who issues it.
    pub issuer: &'a Issuer,
    /// Whom it is for.
    pub person: &'a Person,
    /// Who signs for the person.
    pub representative: Option<&'a Representative>,
    /// Methodology of the budget.
    pub methodology: MethodologyId,
    /// Number of the version, or that the draft would have.
    pub version: u32,
    /// What it says.
    pub content: &'a PlanContent,
    /// Its sums.
    pub sums: PlanSums,
    /// Providers by the identifiers of the chosen offers.
    pub providers: &'a BTreeMap<Uuid, Provider>,
    /// Whether it can be signed: a draft with errors is shown as such.
    pub can_be_signed: bool,
    /// The worker.
    pub worker: &'a Official,
}

/// The sums of a plan, EUR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanSums {
    /// What the plan must fit.
    pub indicative: Money,
    /// The lines that the indicative budget counts.
    pub agreed: Money,
    /// Their part that the individual budget pays.
    pub payable: Money,
}

impl PlanSums {
    /// What the plan leaves for a later revision.
    #[must_use]
    pub fn available(&self) -> Money {
        if self.indicative > self.agreed { self.indicative - self.agreed } else { Money::ZERO }
    }
}

/// A line with what the catalogue says of its service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) line: &'a PlanLine,
    service: Option<&'a Service>,
    pub(crate) provider: Option<&'a Provider>,
    pub(crate) area: Option<u8>,
}

impl<'a> Row<'a> {
    /// The name of the service; its code where the catalogue does not know it.
    pub(crate) fn name(&self) -> &'a str {
        self.service.map_or(&self.line.service, |service| lv(&service.name))
    }

    pub(crate) fn unit(&self) -> Option<Unit> {
        self.service.map(|service| service.unit)
    }

    pub(crate) fn unit_name(&self) -> &'static str {
        self.unit().map_or(NONE, words::unit)
    }

    fn title(&self) -> String {
        format!("{}. {} ({})", self.line.number, self.name(), words::target(self.line.recipient))
    }

    fn volume(&self, volume: Volume, render: Render<'_>) -> String {
        let plain = || latvian::number(&volume.to_string());
        self.unit().map_or_else(plain, |unit| latvian::volume(volume, unit, render))
    }

    fn intensity(&self, intensity: Intensity, render: Render<'_>) -> String {
        format!("{} {}", self.volume(intensity.volume, render), words::per(intensity.per))
    }

    pub(crate) fn provider_name(&self) -> &'a str {
        self.provider.map_or(NONE, |provider| &provider.name)
    }

    /// What else is agreed of the line.
    pub(crate) fn remarks(&self, parameters: &Parameters) -> String {
        let line = self.line;
        let named = |code: &String| {
            parameters.catalogue.find(code).map_or_else(|| code.clone(), |service| lv(&service.name).to_owned())
        };
        let included: Vec<_> = line.includes.iter().map(named).collect();
        let cut = line.needed_volume.filter(|needed| *needed > line.volume);
        let needed = |needed: Volume| {
            format!("nepieciešamais apjoms, ja pietiks līdzekļu: {}", latvian::number(&needed.to_string()))
        };
        let remarks = [
            cut.map(needed),
            line.self_prepaid.then(|| "persona apmaksā pati un saņem atmaksu".to_owned()),
            line.free_support.then(|| "ģimenes vai kopienas atbalsts bez maksas".to_owned()),
            line.provider_is_relative.then(|| "sniedz radinieks".to_owned()),
            (!included.is_empty()).then(|| format!("ietver: {}", included.join(", "))),
            line.reason.as_ref().map(|reason| format!("pamatojums: {reason}")),
        ];
        remarks.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

impl<'a> Plan<'a> {
    /// The lines in the order of their priority; those without one last, by number.
    pub(crate) fn rows(&self, parameters: &'a Parameters) -> Vec<Row<'a>> {
        let place = |line: &&PlanLine| (line.priority.or(line.expert_rank).unwrap_or(u32::MAX), line.number);
        let mut lines: Vec<&PlanLine> = self.content.lines.iter().collect();
        lines.sort_by_key(place);
        lines.into_iter().map(|line| self.row(line, parameters)).collect()
    }

    fn row(&self, line: &'a PlanLine, parameters: &'a Parameters) -> Row<'a> {
        let service = parameters.catalogue.find(&line.service).map(AsRef::as_ref);
        let listing =
            service.and_then(|service| service.listings.iter().find(|listing| listing.methodology == self.methodology));
        let provider = line.offer.and_then(|offer| self.providers.get(&offer));
        Row { line, service, provider, area: listing.and_then(|listing| listing.area) }
    }

    /// The months of the period, and those beside it that a schedule names.
    pub(crate) fn months(&self) -> BTreeSet<Month> {
        let period = Month::of(self.content.from).to(Month::of(self.content.to));
        let scheduled = self.content.lines.iter().flat_map(|line| &line.schedule).map(|planned| planned.month);
        period.chain(scheduled).collect()
    }

    /// What each source pays.
    pub(crate) fn by_source(&self) -> BTreeMap<FundingSource, Money> {
        let mut sums = BTreeMap::new();
        for line in &self.content.lines {
            *sums.entry(line.funding).or_insert(Money::ZERO) += line.amount();
        }
        sums
    }

    /// Who signs for the recipient, and in what capacity.
    pub(crate) fn recipient(&self) -> (&'a str, String) {
        match self.representative {
            Some(one) => (one.relation(), one.name()),
            None => ("persona", self.person.name()),
        }
    }
}

/// The volume of a line in a month; none where nothing is planned in it.
pub(crate) fn scheduled(line: &PlanLine, month: Month) -> Option<Volume> {
    let of_month = line.schedule.iter().filter(|planned| planned.month == month);
    let volume: Volume = of_month.map(|planned| planned.volume).sum();
    (volume > Volume::default()).then_some(volume)
}

/// Writes the plan.
#[must_use]
pub fn plan(plan: &Plan<'_>, parameters: &Parameters, render: Render<'_>) -> Document {
    let rows = plan.rows(parameters);
    let mut blocks: Vec<Block> = not_yet(plan).into_iter().collect();
    blocks.push(Block::Facts(parties(plan)));
    blocks.push(Block::Heading("Mērķi".to_owned()));
    blocks.push(match goals(&plan.content.goals) {
        Some(table) => Block::Table(table),
        None => Block::Paragraph("Mērķi nav noteikti.".to_owned()),
    });
    blocks.push(Block::Heading("Pakalpojumi".to_owned()));
    blocks.push(Block::Table(services(plan, &rows, render)));
    blocks.extend(arrangements(&rows, parameters, render).map(Block::Table));
    let schedules = schedules(plan, &rows);
    if !schedules.is_empty() {
        blocks.push(Block::Heading("Grafiks pa mēnešiem".to_owned()));
        blocks.extend(schedules.into_iter().map(Block::Table));
    }
    blocks.push(Block::Heading("Apmērs un finansējums".to_owned()));
    blocks.push(Block::Facts(sums(plan)));
    blocks.push(Block::Table(sources(plan)));
    if let Some(notes) = &plan.content.notes {
        blocks.push(Block::Heading("Citas vienošanās".to_owned()));
        let lines = notes.lines().filter(|line| !line.trim().is_empty());
        blocks.extend(lines.map(|line| Block::Paragraph(line.to_owned())));
    }
    // The annex [S0 §3.1], and that the rest is not paid out [domain 6.3].
    blocks.push(Block::Note(
        "Atbalsta plāns ir pielikums līgumam par individuālā budžeta saņemšanu. Atlikumu neizmaksā; tas ir pieejams, pārskatot \
         plānu."
            .to_owned(),
    ));
    let (role, name) = plan.recipient();
    let agreed = Signature { role: format!("Plānam piekrītu: {role}"), name };
    blocks.push(Block::Signatures(vec![plan.worker.signature("Plānu sastādīja"), agreed]));
    Document {
        language: Language::Lv,
        municipality: plan.issuer.municipality.clone(),
        office: plan.issuer.lines(),
        title: "Atbalsta plāns".to_owned(),
        subject: "individuālā budžeta izmantošanai".to_owned(),
        dateline: format!("{}, plāna versija Nr.\u{a0}{}", plan.issuer.place, plan.version),
        date: plan.content.from,
        blocks,
    }
}

/// What stands above a plan that has errors, and above its contract: ours.
pub(crate) fn not_yet(plan: &Plan<'_>) -> Option<Block> {
    (!plan.can_be_signed).then(|| Block::Note("Projekts: plānā ir kļūdas, tāpēc to vēl nevar parakstīt.".to_owned()))
}

fn parties(plan: &Plan<'_>) -> Vec<Fact> {
    let mut facts = plan.person.facts();
    facts.extend(plan.representative.map(|one| Fact::new("Personas pārstāvis", one.identified())));
    facts.push(Fact::new("Sociālais dienests", &plan.issuer.office));
    facts.push(Fact::new("Plāna periods", latvian::period(plan.content.from, plan.content.to)));
    facts.push(Fact::new("Metodika", words::methodology(plan.methodology)));
    facts
}

fn goals(goals: &[Goal]) -> Option<Table> {
    let row = |goal: &Goal| {
        vec![
            format!("{}.", goal.number),
            goal.text.clone(),
            words::term(goal.term).to_owned(),
            format!("{}.", goal.area),
            words::author(goal.author).to_owned(),
            goal.measure.clone().unwrap_or_else(|| NONE.to_owned()),
        ]
    };
    (!goals.is_empty()).then(|| Table {
        caption: "Sasniedzamie mērķi".to_owned(),
        columns: vec![
            Column::text("Nr.", 0),
            Column::text("Mērķis", 5),
            Column::text("Termiņš", 0),
            Column::text("Joma", 0),
            Column::text("Izvirzīja", 0),
            Column::text("Kā redzēs, ka sasniegts", 4),
        ],
        rows: goals.iter().map(row).collect(),
        totals: Vec::new(),
    })
}

fn services(plan: &Plan<'_>, rows: &[Row<'_>], render: Render<'_>) -> Table {
    let cells = |row: &Row<'_>| {
        vec![
            row.title(),
            row.provider_name().to_owned(),
            words::funding(row.line.funding).to_owned(),
            row.volume(row.line.volume, render),
            latvian::number(&row.line.unit_price.to_string()),
            latvian::number(&row.line.amount().to_string()),
        ]
    };
    let all: Money = plan.by_source().values().copied().sum();
    let needed: Money = rows.iter().map(|row| row.line.needed()).sum();
    Table {
        caption: "Pakalpojumi prioritārā secībā".to_owned(),
        columns: vec![
            Column::text("Pakalpojums un tā saņēmējs", 5),
            Column::text("Sniedzējs", 4),
            Column::text("Finansē", 3),
            Column::number("Apjoms"),
            Column::number("Cena, EUR"),
            Column::number("Summa, EUR"),
        ],
        rows: rows.iter().map(cells).collect(),
        totals: [
            Some(Fact::new("Visi pakalpojumi kopā", latvian::money(all))),
            (needed > all).then(|| Fact::new("Nepieciešamais apmērs", latvian::money(needed))),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

/// How often and when each service is received, and what else is agreed of it; none where nothing is.
fn arrangements(rows: &[Row<'_>], parameters: &Parameters, render: Render<'_>) -> Option<Table> {
    let cells = |row: &Row<'_>| {
        let or_dash = |text: String| if text.is_empty() { NONE.to_owned() } else { text };
        let times: Vec<_> = row.line.times.iter().map(words::weekly).collect();
        vec![
            row.title(),
            row.line.goal.map_or(NONE.to_owned(), |goal| format!("{goal}.")),
            row.line.intensity.map_or(NONE.to_owned(), |intensity| row.intensity(intensity, render)),
            or_dash(times.join("; ")),
            or_dash(row.remarks(parameters)),
        ]
    };
    (!rows.is_empty()).then(|| Table {
        caption: "Saņemšanas kārtība".to_owned(),
        columns: vec![
            Column::text("Pakalpojums un tā saņēmējs", 5),
            Column::text("Mērķis", 0),
            Column::text("Intensitāte", 3),
            Column::text("Laiki", 3),
            Column::text("Piezīmes", 5),
        ],
        rows: rows.iter().map(cells).collect(),
        totals: Vec::new(),
    })
}

/// Volumes by month, half a year in a table, of the lines that are spread over months.
fn schedules(plan: &Plan<'_>, rows: &[Row<'_>]) -> Vec<Table> {
    let spread: Vec<_> = rows.iter().filter(|row| !row.line.schedule.is_empty()).collect();
    if spread.is_empty() {
        return Vec::new();
    }
    let months: Vec<Month> = plan.months().into_iter().collect();
    let half = |months: &[Month]| {
        let cell = |row: &Row<'_>, month: &Month| {
            let volume = scheduled(row.line, *month);
            volume.map_or(NONE.to_owned(), |volume| latvian::number(&volume.to_string()))
        };
        let cells = |row: &&Row<'_>| {
            let name = format!("{}. {}, {}", row.line.number, row.name(), row.unit_name());
            [name].into_iter().chain(months.iter().map(|month| cell(row, month))).collect()
        };
        let heads = months.iter().map(|month| Column::number(&latvian::short_month(*month)));
        let ends = [months.first(), months.last()].into_iter().flatten().map(|month| latvian::short_month(*month));
        Table {
            caption: format!("Apjoms pa mēnešiem: {}", ends.collect::<Vec<_>>().join("\u{2013}")),
            columns: [Column::text("Pakalpojums, vienība", 1)].into_iter().chain(heads).collect(),
            rows: spread.iter().map(cells).collect(),
            totals: Vec::new(),
        }
    };
    months.chunks(MONTHS_ABREAST).map(half).collect()
}

fn sums(plan: &Plan<'_>) -> Vec<Fact> {
    let sums = plan.sums;
    let mut facts = vec![
        Fact::new(words::ceiling(plan.methodology), latvian::money(sums.indicative)),
        Fact::new("Saskaņotais apmērs", latvian::money(sums.agreed)),
        Fact::new("Tai skaitā no individuālā budžeta maksājamā daļa", latvian::money(sums.payable)),
        Fact::new("Atlikums", latvian::money(sums.available())),
    ];
    if sums.agreed > sums.indicative {
        facts.push(Fact::new("Pārsniegums", latvian::money(sums.agreed - sums.indicative)));
    }
    facts
}

fn sources(plan: &Plan<'_>) -> Table {
    let by_source = plan.by_source();
    let row = |(source, sum): (&FundingSource, &Money)| {
        vec![words::funding(*source).to_owned(), latvian::number(&sum.to_string())]
    };
    Table {
        caption: "Visi pakalpojumi pa finansējuma avotiem".to_owned(),
        columns: vec![Column::text("Avots", 1), Column::number("Summa, EUR")],
        rows: by_source.iter().map(row).collect(),
        totals: vec![Fact::new("Kopā", latvian::money(by_source.values().copied().sum()))],
    }
}

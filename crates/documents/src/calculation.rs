//! The calculation of the indicative budget on the form that the worker and the recipient sign [S3 form; S2 stage 2].

use balsts_domain::{
    adults::{AdultBudget, AdultFacts},
    age,
    budgets::{self, CriterionEvidence, DocumentKind, Register, SeenDocument},
    children::{ChildBudget, ChildFacts, Severity, SplitBy},
    lines::{Decision, Funding, Line, Warning},
    money::Money,
    parameters::{Parameters, catalogue::Impairment, documents::Source},
    text::Language,
};
use chrono::NaiveDate;

use crate::{
    Render,
    decision::impairments,
    document::{Block, Column, Document, Fact, Signature, Table},
    latvian::{self, Case, lv},
    parties::{Issuer, Official, Person, Representative},
};

/// A calculation of either methodology.
#[derive(Debug, Clone, Copy)]
pub enum Calculation<'a> {
    /// Of a child.
    Child {
        /// What was known.
        facts: &'a ChildFacts,
        /// What came of it.
        budget: &'a ChildBudget<'a>,
        /// Functional impairments.
        impairments: &'a [Impairment],
    },
    /// Of an adult.
    Adult {
        /// What was known.
        facts: &'a AdultFacts,
        /// What came of it.
        budget: &'a AdultBudget<'a>,
    },
}

/// The form.
#[derive(Debug, Clone)]
pub struct CalculationForm<'a> {
    /// Who issues it.
    pub issuer: &'a Issuer,
    /// Its number in the office's register, where it has one.
    pub number: Option<&'a str>,
    /// Whom it is about.
    pub person: &'a Person,
    /// Who signs for the person.
    pub representative: Option<&'a Representative>,
    /// The calculation.
    pub calculation: Calculation<'a>,
    /// Registers, documents and the sources of the criteria; a criterion without one has the source that the form of S3 names.
    pub form: &'a budgets::CalculationForm,
    /// The worker.
    pub prepared_by: &'a Official,
}

/// Writes the form.
#[must_use]
pub fn calculation(form: &CalculationForm<'_>, parameters: &Parameters, render: Render<'_>) -> Document {
    let result = form.calculation.result(parameters);
    let mut blocks = vec![Block::Facts(person(form, &result))];

    blocks.push(Block::Heading("Informācijas avoti".to_owned()));
    blocks.push(match registers(form) {
        Some(table) => Block::Table(table),
        None => Block::Paragraph("Informācijas sistēmas nav izmantotas.".to_owned()),
    });
    blocks.push(match documents(&form.form.documents) {
        Some(table) => Block::Table(table),
        None => Block::Paragraph("Dokumenti nav iesniegti.".to_owned()),
    });

    blocks.push(Block::Heading("Pamatkritēriji".to_owned()));
    blocks.push(Block::Facts(form.calculation.base()));
    blocks.push(Block::Heading(result.variable.to_owned()));
    blocks.push(match criteria(&result, &form.form.evidence) {
        Some(table) => Block::Table(table),
        None => Block::Paragraph("Nav identificēti.".to_owned()),
    });

    blocks.push(Block::Heading("Indikatīvā apmēra aprēķins".to_owned()));
    blocks.push(Block::Table(lines(&result, render)));
    section(
        &mut blocks,
        "Brīdinājumi",
        result.warnings.iter().map(|warning| latvian::sentence(&warning.message, render)),
    );
    let decisions = result.decisions.iter().map(|decision| lv(&decision.text).to_owned());
    section(&mut blocks, "Metodikas piemērošana, kur avoti ir nepilnīgi", decisions);
    section(&mut blocks, "Cenu un apjomu avoti", used_sources(&result.lines));

    blocks.push(Block::Note(
        "Indikatīvais apmērs ir lielākā naudas summa, par kuru persona var saņemt sabiedrībā balstītus sociālos \
         pakalpojumus; to paziņo pirms atbalsta plāna sastādīšanas."
            .to_owned(),
    ));
    blocks.push(Block::Signatures(vec![
        form.prepared_by.signature("Aprēķinu sagatavoja"),
        recipient(form.representative, form.person),
    ]));
    Document {
        language: Language::Lv,
        municipality: form.issuer.municipality.clone(),
        office: form.issuer.lines(),
        title: "Individuālā budžeta indikatīvā apmēra aprēķins".to_owned(),
        subject: match form.calculation {
            Calculation::Child { .. } => "bērnam ar funkcionāliem traucējumiem",
            Calculation::Adult { .. } => "pilngadīgai personai ar garīga rakstura traucējumiem",
        }
        .to_owned(),
        dateline: form.issuer.dateline(form.calculation.date(), form.number),
        date: form.calculation.date(),
        blocks,
    }
}

/// What both methodologies give.
struct Calculated<'a> {
    methodology: String,
    months: u32,
    lines: Vec<Line<'a>>,
    /// The criterion of the lines that everybody has.
    base: &'static str,
    /// What the other criteria are called.
    variable: &'static str,
    /// Where the worker learns of one of them, unless told otherwise.
    source_of: fn(&str) -> &'static str,
    total: Money,
    monthly: Money,
    of_which_state: Money,
    warnings: Vec<Warning>,
    decisions: Vec<&'a Decision>,
}

impl<'a> Calculation<'a> {
    const fn date(&self) -> NaiveDate {
        match self {
            Self::Child { facts, .. } => facts.date,
            Self::Adult { facts, .. } => facts.date,
        }
    }

    fn result(&self, parameters: &Parameters) -> Calculated<'a> {
        match self {
            Self::Child { budget, .. } => Calculated {
                methodology: format!("{}, {}. versija", lv(&parameters.children.title), budget.rules.version),
                months: budget.rules.months,
                lines: budget.lines().collect(),
                base: "base_basket",
                variable: "Mainīgie kritēriji",
                source_of: child_source,
                total: budget.total,
                monthly: budget.monthly(),
                of_which_state: budget.of_which_state,
                warnings: budget.warnings(),
                decisions: budget.decisions(),
            },
            Self::Adult { budget, .. } => {
                let lines: Vec<_> = budget.lines().collect();
                let state = lines.iter().filter(|line| line.priced.funding == Funding::State);
                Calculated {
                    methodology: format!("{}, {}. versija", lv(&parameters.adults.title), budget.rules.version),
                    months: budget.rules.months,
                    base: "base_needs",
                    variable: "Papildu vajadzības",
                    source_of: |_| "Vajadzību izvērtēšana",
                    total: budget.total,
                    monthly: budget.monthly(),
                    of_which_state: state.map(|line| line.amount).sum(),
                    warnings: budget.warnings(),
                    decisions: budget.decisions(),
                    lines,
                }
            }
        }
    }

    /// The criteria that the base amount hangs on.
    fn base(&self) -> Vec<Fact> {
        match self {
            Self::Child { facts, budget, impairments: types } => child(facts, budget, types),
            Self::Adult { budget, .. } => {
                let arrangement =
                    budget.rules.arrangements.iter().find(|listed| listed.id == budget.living_arrangement);
                let mut facts = vec![Fact::new("Aprūpes līmenis", budget.care_level.to_string())];
                facts.extend(arrangement.map(|listed| Fact::new("Dzīvesvietas veids", lv(&listed.title))));
                facts
            }
        }
    }
}

fn child(facts: &ChildFacts, budget: &ChildBudget<'_>, types: &[Impairment]) -> Vec<Fact> {
    let group = budget.group.id.replace('.', ",").replace('-', "\u{2013}");
    let mut told = vec![
        Fact::new("Vecuma grupa", format!("{group} gadi (ieskaitot)")),
        Fact::new("Funkcionālo traucējumu veids", impairments(types)),
    ];
    let special_care = facts.special_care.map(|is| Fact::new("Noteikta īpaša kopšana", latvian::yes(is)));
    let severity = facts.severity.filter(|_| budget.group.split_by == SplitBy::Severity);
    let severity = severity.map(|severity| Fact::new("Funkcionēšanas ierobežojuma smagums", self::severity(severity)));
    told.extend(special_care.into_iter().chain(severity));
    for (label, holds) in [
        ("Autiskā spektra traucējumi", facts.autism_spectrum),
        ("Piešķirts pabalsts transporta izdevumu kompensēšanai", facts.transport_allowance),
        ("Īpašas kopšanas pabalsts ieskaitīts", facts.special_care_benefit),
    ] {
        told.push(Fact::new(label, latvian::yes(holds)));
    }
    told
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Moderate => "mēreni ierobežojumi",
        Severity::Severe => "smagi ierobežojumi",
        Severity::VerySevere => "ļoti smagi ierobežojumi",
    }
}

fn person(form: &CalculationForm<'_>, result: &Calculated<'_>) -> Vec<Fact> {
    let mut facts = form.person.facts();
    if let Calculation::Child { facts: child, .. } = form.calculation {
        facts.push(Fact::new("Dzimšanas datums", latvian::date(child.birth_date, Case::Nominative)));
        let years = age::completed_years(child.birth_date, child.date);
        facts.extend(years.map(|years| Fact::new("Pilni gadi aprēķina dienā", years.to_string())));
    }
    facts.extend(form.representative.map(|one| {
        let label = match form.calculation {
            Calculation::Child { .. } => "Bērna vecāks vai likumiskais pārstāvis",
            Calculation::Adult { .. } => "Personas pārstāvis",
        };
        Fact::new(label, one.identified())
    }));
    facts.push(Fact::new("Metodika", &result.methodology));
    facts.push(Fact::new("Aprēķina diena", latvian::date(form.calculation.date(), Case::Nominative)));
    facts
}

fn registers(form: &CalculationForm<'_>) -> Option<Table> {
    let row = |register: &Register| vec![self::register(*register).to_owned(), finding(*register, form.calculation)];
    let registers = &form.form.registers;
    (!registers.is_empty()).then(|| Table {
        caption: "No informācijas sistēmām iegūtā informācija".to_owned(),
        columns: vec![Column::text("Informācija", 4), Column::text("Iegūts", 4)],
        rows: registers.iter().map(row).collect(),
        totals: Vec::new(),
    })
}

pub(crate) const fn register(register: Register) -> &'static str {
    match register {
        Register::SpecialCareOpinion => "atzinums par īpašas kopšanas nepieciešamību",
        Register::TransportAllowanceOpinion => {
            "atzinums par vieglā automobiļa pielāgošanu un pabalstu transporta izdevumu kompensēšanai"
        }
        Register::EscortOpinion => "atzinums par pavadoņa nepieciešamību",
        Register::SeverityDecision => "lēmums par funkcionēšanas ierobežojuma smaguma pakāpi",
    }
}

/// What the calculation takes from a register.
fn finding(register: Register, calculation: Calculation<'_>) -> String {
    let Calculation::Child { facts, .. } = calculation else { return "pārbaudīts".to_owned() };
    let issued = |is: bool| if is { "ir" } else { "nav" }.to_owned();
    match register {
        Register::SpecialCareOpinion => facts.special_care.map_or_else(|| "pārbaudīts".to_owned(), issued),
        Register::TransportAllowanceOpinion => issued(facts.transport_allowance),
        Register::SeverityDecision => {
            facts.severity.map_or_else(|| "pārbaudīts".to_owned(), |severity| self::severity(severity).to_owned())
        }
        Register::EscortOpinion => "pārbaudīts".to_owned(),
    }
}

pub(crate) fn documents(seen: &[SeenDocument]) -> Option<Table> {
    let row = |document: &SeenDocument| {
        let or_dash = |value: Option<String>| value.unwrap_or_else(|| "\u{2013}".to_owned());
        let kind = match document.kind {
            DocumentKind::GpExtract => "ģimenes ārsta izraksts",
            DocumentKind::SpecialistReferral => "speciālista nosūtījums",
            DocumentKind::Other => "cits dokuments",
        };
        vec![kind.to_owned(), or_dash(document.title.clone()), or_dash(document.date.map(latvian::short_date))]
    };
    (!seen.is_empty()).then(|| Table {
        caption: "Saņemtie dokumenti".to_owned(),
        columns: vec![Column::text("Dokuments", 3), Column::text("Nosaukums vai numurs", 4), Column::text("Datums", 0)],
        rows: seen.iter().map(row).collect(),
        totals: Vec::new(),
    })
}

/// The identified criteria, each once, with the source that the worker or the form names.
fn criteria(result: &Calculated<'_>, evidence: &[CriterionEvidence]) -> Option<Table> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut last = result.base;
    // The lines of a criterion follow each other.
    for line in result.lines.iter().map(|line| line.priced).filter(|priced| priced.criterion != result.base) {
        if line.criterion != last {
            let given = evidence.iter().find(|known| known.criterion == line.criterion);
            let source = given.map_or_else(|| (result.source_of)(line.criterion), |known| &known.source);
            rows.push(vec![lv(&line.title).to_owned(), source.to_owned()]);
            last = line.criterion;
        }
    }
    (!rows.is_empty()).then(|| Table {
        caption: "Identificētie kritēriji".to_owned(),
        columns: vec![Column::text("Kritērijs", 1), Column::text("Informācijas avots", 1)],
        rows,
        totals: Vec::new(),
    })
}

/// Where the worker learns of a child's criterion, as the asterisks of the form say [S3 form].
fn child_source(criterion: &str) -> &'static str {
    match criterion {
        "parental_employment" | "vision_support" | "hearing_support" | "mobility" => {
            "Bērna un vecāku vajadzību izvērtēšana, SOPA"
        }
        "upbringing_support" | "respite" => "Bērna un vecāku vajadzību izvērtēšana",
        "palliative_care" | "parent_psychology" | "child_psychology" | "specialist_support" => {
            "Bērna un vecāku vajadzību izvērtēšana, vecāku iesniegtie dokumenti"
        }
        _ => "SOPA",
    }
}

fn lines(result: &Calculated<'_>, render: Render<'_>) -> Table {
    let row = |line: &Line<'_>| {
        let priced = line.priced;
        vec![
            lv(&priced.name).to_owned(),
            priced.area.map_or("\u{2013}".to_owned(), |area| format!("{area}.")),
            latvian::sentence(&line.explanation(), render),
            match priced.funding {
                Funding::IndividualBudget => "Individuālais budžets",
                Funding::State => "Valsts",
            }
            .to_owned(),
            latvian::number(&line.unit_price.to_string()),
            latvian::volume(line.volume, priced.unit, render),
            latvian::number(&line.amount.to_string()),
        ]
    };
    Table {
        caption: format!("Pakalpojumi {} mēnešiem", result.months),
        columns: vec![
            Column::text("Pakalpojums", 5),
            Column::text("Joma", 0),
            Column::text("Pamatojums", 6),
            Column::text("Finansē", 3),
            Column::number("Cena, EUR"),
            Column::number("Apjoms"),
            Column::number("Summa, EUR"),
        ],
        rows: result.lines.iter().map(row).collect(),
        totals: vec![
            Fact::new(format!("Indikatīvais apmērs {} mēnešos kopā", result.months), latvian::money(result.total)),
            Fact::new("Mēnesī vidēji", latvian::money(result.monthly)),
            Fact::new("Tai skaitā finansē valsts", latvian::money(result.of_which_state)),
        ],
    }
}

/// Where prices and volumes of the lines stand: each document once, with every place in it.
fn used_sources<'l>(lines: &'l [Line<'_>]) -> Vec<String> {
    let mut used: Vec<(&'l str, Vec<&'l str>)> = Vec::new();
    let of_line = |line: &'l Line<'_>| [Some(&line.priced.source), line.priced.basis.as_ref()];
    for Source { document, section } in lines.iter().flat_map(of_line).flatten() {
        let (title, section) = (lv(&document.title), lv(section));
        match used.iter_mut().find(|(known, _)| *known == title) {
            Some((_, sections)) if sections.contains(&section) => {}
            Some((_, sections)) => sections.push(section),
            None => used.push((title, vec![section])),
        }
    }
    used.into_iter().map(|(title, sections)| format!("{title}: {}", sections.join("; "))).collect()
}

fn section(blocks: &mut Vec<Block>, heading: &str, items: impl IntoIterator<Item = String>) {
    let items: Vec<_> = items.into_iter().collect();
    if !items.is_empty() {
        blocks.extend([Block::Heading(heading.to_owned()), Block::List(items)]);
    }
}

pub(crate) fn recipient(representative: Option<&Representative>, person: &Person) -> Signature {
    let (role, name) = match representative {
        Some(one) => (one.relation(), one.name()),
        None => ("persona", person.name()),
    };
    Signature { role: format!("Ar aprēķinu iepazinos: {role}"), name }
}

//! The calculation of the provisional budget of the pilot on the form that the worker and the parent sign [S0 §3.2].

use balsts_domain::{
    budgets,
    pilot::{
        budget::{PilotFacts, ProvisionalBudget},
        provisional::ProvisionalReason,
    },
    text::{Language, Text},
};

use crate::{
    calculation::{documents, recipient, register},
    document::{Block, Column, Document, Fact, Table},
    latvian::{self, Case, lv},
    parties::{Issuer, Official, Person, Representative},
};

/// The form.
#[derive(Debug, Clone)]
pub struct ProvisionalForm<'a> {
    /// Who issues it.
    pub issuer: &'a Issuer,
    /// Whom it is about.
    pub person: &'a Person,
    /// Who signs for the person.
    pub representative: Option<&'a Representative>,
    /// What was known.
    pub facts: &'a PilotFacts,
    /// What came of it.
    pub budget: &'a ProvisionalBudget<'a>,
    /// Title of the methodology.
    pub methodology: &'a Text,
    /// Registers and documents.
    pub form: &'a budgets::CalculationForm,
    /// The worker.
    pub prepared_by: &'a Official,
}

/// Writes the form.
#[must_use]
pub fn provisional(form: &ProvisionalForm<'_>) -> Document {
    let mut blocks = vec![Block::Facts(person(form)), Block::Heading("Informācijas avoti".to_owned())];
    blocks.push(match registers(form) {
        Some(table) => Block::Table(table),
        None => Block::Paragraph("Informācijas sistēmas nav izmantotas.".to_owned()),
    });
    blocks.push(match documents(&form.form.documents) {
        Some(table) => Block::Table(table),
        None => Block::Paragraph("Dokumenti nav iesniegti.".to_owned()),
    });
    blocks.push(Block::Heading("Provizoriskā apmēra aprēķins".to_owned()));
    blocks.push(Block::Facts(amount(form)));
    blocks.push(Block::Note(
        "Provizoriskais apmērs ir lielākā naudas summa, par kuru līdz galīgā apmēra noteikšanai var sastādīt atbalsta \
         plānu. Galīgo apmēru nosaka, kad ir visu bērnu atbalsta plāni."
            .to_owned(),
    ));
    let signatures =
        vec![form.prepared_by.signature("Aprēķinu sagatavoja"), recipient(form.representative, form.person)];
    blocks.push(Block::Signatures(signatures));
    Document {
        language: Language::Lv,
        municipality: form.issuer.municipality.clone(),
        office: form.issuer.lines(),
        title: "Individuālā budžeta provizoriskā apmēra aprēķins".to_owned(),
        subject: "bērnam ar funkcionāliem traucējumiem".to_owned(),
        dateline: form.issuer.dateline(form.facts.date, None),
        date: form.facts.date,
        blocks,
    }
}

fn person(form: &ProvisionalForm<'_>) -> Vec<Fact> {
    let mut facts = form.person.facts();
    facts.push(Fact::new("Dzimšanas datums", latvian::date(form.facts.birth_date, Case::Nominative)));
    let speaks = form.representative.map(|one| Fact::new("Bērna vecāks vai likumiskais pārstāvis", one.identified()));
    facts.extend(speaks);
    let version = &form.budget.rules.version;
    facts.push(Fact::new("Metodika", format!("{}, {version}. versija", lv(form.methodology))));
    facts.push(Fact::new("Aprēķina diena", latvian::date(form.facts.date, Case::Nominative)));
    facts
}

fn registers(form: &ProvisionalForm<'_>) -> Option<Table> {
    let found = |of: &budgets::Register| match of {
        budgets::Register::SpecialCareOpinion if form.facts.special_care => "ir",
        budgets::Register::SpecialCareOpinion => "nav",
        _ => "pārbaudīts",
    };
    let row = |of: &budgets::Register| vec![register(*of).to_owned(), found(of).to_owned()];
    let registers = &form.form.registers;
    (!registers.is_empty()).then(|| Table {
        caption: "No informācijas sistēmām iegūtā informācija".to_owned(),
        columns: vec![Column::text("Informācija", 4), Column::text("Iegūts", 4)],
        rows: registers.iter().map(row).collect(),
        totals: Vec::new(),
    })
}

fn amount(form: &ProvisionalForm<'_>) -> Vec<Fact> {
    let (facts, budget) = (form.facts, form.budget);
    let provisional = &budget.provisional;
    let reason = match provisional.reason {
        ProvisionalReason::YoungAge => format!("līdz {} gadu vecumam (ieskaitot)", provisional.full_until_age),
        ProvisionalReason::SpecialCare => "ir atzinums par īpašas kopšanas nepieciešamību".to_owned(),
        ProvisionalReason::OlderWithoutSpecialCare => {
            format!("vecāks par {} gadiem, bez atzinuma par īpašas kopšanas nepieciešamību", provisional.full_until_age)
        }
    };
    vec![
        Fact::new("Budžeta periods", format!("{}., {} mēneši", facts.period, facts.months)),
        Fact::new("Perioda pirmā diena", latvian::date(provisional.assessed_on, Case::Nominative)),
        Fact::new("Pilni gadi perioda pirmajā dienā", provisional.age_years.to_string()),
        Fact::new("Finansējums vienam bērnam periodā", latvian::money(facts.per_child_funding)),
        Fact::new("Daļa no finansējuma", format!("{} %: {reason}", provisional.percent)),
        Fact::new("Provizoriskais apmērs", latvian::money(provisional.amount)),
    ]
}

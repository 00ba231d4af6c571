//! The cover of the file of a case and its contact sheet [S0, "IB saņēmēja lieta"; domain 7.7]: whom the case is about, when it was
//! opened and closed, who leads it, who is to be reached, and what lies in its sections.

use balsts_domain::{
    case_contacts::{CaseContact, ContactKind},
    case_documents::{CaseSection, FiledDocuments},
    parameters::catalogue::MethodologyId,
    text::Language,
};
use chrono::NaiveDate;

use crate::{
    document::{Block, Column, Document, Fact, Table},
    latvian,
    parties::{Issuer, Official, Person, Representative},
    words,
};

/// The cover.
#[derive(Debug, Clone)]
pub struct CaseCover<'a> {
    /// The office that keeps the case.
    pub issuer: &'a Issuer,
    /// The day on which the cover is written.
    pub date: NaiveDate,
    /// The child or adult.
    pub person: &'a Person,
    /// Telephone number and e-mail address of the person.
    pub reached_by: [Option<&'a str>; 2],
    /// Who applied for the person.
    pub representative: Option<&'a Representative>,
    /// Methodology.
    pub methodology: MethodologyId,
    /// The day on which the case was opened.
    pub opened_on: NaiveDate,
    /// The day on which it was closed.
    pub closed_on: Option<NaiveDate>,
    /// Who leads it.
    pub worker: Option<&'a Official>,
    /// The contact sheet.
    pub contacts: &'a [&'a CaseContact],
    /// How many documents lie in each section that has some.
    pub documents: &'a [(CaseSection, FiledDocuments)],
}

/// Writes the cover.
#[must_use]
pub fn case_cover(cover: &CaseCover<'_>) -> Document {
    let mut blocks = vec![Block::Facts(identity(cover)), Block::Facts(course(cover))];
    blocks.push(Block::Heading("Kontaktinformācijas lapa".to_owned()));
    if cover.contacts.is_empty() {
        blocks.push(Block::Paragraph("Kontaktinformācija nav ierakstīta.".to_owned()));
    } else {
        blocks.push(Block::Table(sheet(cover.contacts)));
    }
    blocks.push(Block::Heading("Lietas sadaļas".to_owned()));
    blocks.push(Block::Table(sections(cover.documents)));
    Document {
        language: Language::Lv,
        municipality: cover.issuer.municipality.clone(),
        office: cover.issuer.lines(),
        title: "Individuālā budžeta saņēmēja lieta".to_owned(),
        subject: "lietas vāks un kontaktinformācijas lapa".to_owned(),
        dateline: cover.issuer.dateline(cover.date, None),
        date: cover.date,
        blocks,
    }
}

fn identity(cover: &CaseCover<'_>) -> Vec<Fact> {
    let mut facts = cover.person.facts();
    let [phone, email] = cover.reached_by;
    facts.extend(phone.map(|phone| Fact::new("Tālrunis", phone)));
    facts.extend(email.map(|email| Fact::new("E-pasts", email)));
    facts.extend(cover.representative.map(|one| Fact::new("Pārstāvis", one.identified())));
    facts
}

fn course(cover: &CaseCover<'_>) -> Vec<Fact> {
    let worker =
        cover.worker.map_or_else(|| words::NONE.to_owned(), |worker| format!("{}, {}", worker.name, worker.position));
    vec![
        Fact::new("Metodika", words::methodology(cover.methodology)),
        Fact::new("Lieta atvērta", latvian::short_date(cover.opened_on)),
        Fact::new("Lieta slēgta", cover.closed_on.map_or_else(|| words::NONE.to_owned(), latvian::short_date)),
        Fact::new("Atbildīgais darbinieks", worker),
    ]
}

fn sheet(contacts: &[&CaseContact]) -> Table {
    let row = |contact: &&CaseContact| {
        let told = |text: &Option<String>| text.clone().unwrap_or_else(|| words::NONE.to_owned());
        let ways = [&contact.phone, &contact.email, &contact.address];
        let ways: Vec<&str> = ways.into_iter().filter_map(|way| way.as_deref()).collect();
        vec![
            contact.name.clone(),
            kind(contact.kind).to_owned(),
            told(&contact.institution),
            told(&contact.post),
            ways.join(", "),
        ]
    };
    Table {
        caption: "Kontaktpersonas".to_owned(),
        columns: vec![
            Column::text("Vārds, uzvārds", 2),
            Column::text("Statuss", 1),
            Column::text("Iestāde", 2),
            Column::text("Amats", 2),
            Column::text("Saziņa", 3),
        ],
        rows: contacts.iter().map(row).collect(),
        totals: Vec::new(),
    }
}

const fn kind(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Parent => "vecāks vai pārstāvis",
        ContactKind::Specialist => "speciālists",
        ContactKind::Other => "cita persona",
    }
}

/// The sections as the source numbers them.
fn sections(documents: &[(CaseSection, FiledDocuments)]) -> Table {
    let row = |section: &CaseSection| {
        let filed = documents.iter().find(|(known, _)| known == section);
        let filed = filed.map(|(_, filed)| *filed).unwrap_or_default();
        vec![title(*section).to_owned(), filed.on_paper.to_string(), filed.electronic.to_string()]
    };
    Table {
        caption: "Dokumenti lietā".to_owned(),
        columns: vec![Column::text("Sadaļa", 1), Column::number("Papīra formā"), Column::number("Elektroniski")],
        rows: CaseSection::ALL.iter().map(row).collect(),
        totals: Vec::new(),
    }
}

const fn title(section: CaseSection) -> &'static str {
    match section {
        CaseSection::Cover => "Lietas vāks un kontaktinformācijas lapa",
        CaseSection::Delivery => "1. Pakalpojumu saņemšana: grafiki un izpilde pa mēnešiem",
        CaseSection::Plan => "2. Atbalsta plāns un sarunu protokoli",
        CaseSection::Assessment => "3. Izvērtēšanas protokoli un atzinumi",
        CaseSection::Surveys => "4. Aptaujas anketas",
        CaseSection::Participation => "5. Iesniegums, līgums un atlases dokumenti",
    }
}

//! Administrative acts of the office: the one that grants or refuses an individual budget, and the one that revokes a grant
//! [domain 1; Administrative Procedure Law, sections 67, 70, 76, 79].

use balsts_domain::{
    applications::{self, ApplicationRefusal, Outcome},
    calendar::Delivery,
    eligibility::{Criterion, CriterionOutcome, Disability, DisabilityGroup, Eligibility, EligibilityFacts},
    parameters::{
        Parameters,
        catalogue::{Impairment, MethodologyId},
    },
    text::Language,
};
use chrono::{NaiveDate, NaiveDateTime};

use crate::{
    Render,
    document::{Block, Column, Document, Fact, Table},
    latvian::{self, Case, lv},
    parties::{Issuer, Official, Person, Representative},
    sources,
};

/// When an act counts as notified, and how it can be appealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How it is sent.
    pub delivery: Delivery,
    /// The day on which its addressee counts as notified.
    pub notified_on: NaiveDate,
    /// The last day to appeal.
    pub appeal_until: NaiveDate,
    /// The authority that decides on an appeal, such as "Ogres novada dome".
    pub appeal_authority: String,
    /// Where an appeal is handed in: name and address.
    pub appeal_address: String,
}

/// The decision on an application.
#[derive(Debug, Clone)]
pub struct DecisionAct<'a> {
    /// Who issues it.
    pub issuer: &'a Issuer,
    /// Its number in the office's register.
    pub number: &'a str,
    /// Its day.
    pub decided_on: NaiveDate,
    /// Whom it is about.
    pub person: &'a Person,
    /// Who applied for the person; the person's own application has none.
    pub representative: Option<&'a Representative>,
    /// When the application was received, local time.
    pub received_at: NaiveDateTime,
    /// The methodology that the criteria are taken from.
    pub methodology: MethodologyId,
    /// The facts that it rests on.
    pub facts: &'a EligibilityFacts,
    /// What it decides.
    pub outcome: Outcome,
    /// Notification and appeal.
    pub notice: &'a Notice,
    /// Who prepared it.
    pub prepared_by: &'a Official,
    /// Who signs it.
    pub signed_by: &'a Official,
}

/// Writes the administrative act that grants or refuses an individual budget.
///
/// # Errors
/// Every reason why the facts do not allow such an act: none is written that contradicts the rules.
pub fn decision(
    act: &DecisionAct<'_>,
    parameters: &Parameters,
    render: Render<'_>,
) -> Result<Document, Vec<ApplicationRefusal>> {
    let received = act.received_at.date();
    let eligibility = applications::decide(act.methodology, received, act.decided_on, act.facts, act.outcome)?;
    let methodology = methodology(act.methodology, act.decided_on, parameters);

    let mut blocks = parties(act.person, act.representative);
    blocks.push(Block::Heading("Konstatētie fakti".to_owned()));
    let applicant = act.representative.map_or_else(|| act.person.name(), Representative::name);
    blocks.push(Block::Paragraph(format!(
        "{} {} saņemts iesniegums par individuālā budžeta piešķiršanu (iesniedzējs: {applicant}).",
        latvian::capitalised(&latvian::date(received, Case::Locative)),
        latvian::time(act.received_at.time()),
    )));
    blocks.push(Block::Facts(facts(act.facts)));

    blocks.push(Block::Heading("Atbilstība kritērijiem".to_owned()));
    blocks.push(Block::Table(criteria(&eligibility, render)));
    let references = eligibility.criteria.iter().map(|outcome| lv(&outcome.legal_basis));
    blocks.extend(sources::explained(references, &parameters.documents));
    blocks.push(Block::Paragraph(match act.outcome {
        Outcome::Grant => "Persona atbilst visiem individuālā budžeta piešķiršanas kritērijiem.".to_owned(),
        Outcome::Refuse => format!(
            "Persona neatbilst šādiem individuālā budžeta piešķiršanas kritērijiem: {}.",
            names(failed(&eligibility))
        ),
    }));

    blocks.push(Block::Heading("Piemērotās tiesību normas".to_owned()));
    let mut norms = vec![
        "Administratīvā procesa likuma 55., 65. un 67. pants".to_owned(),
        format!("{}, 5. punkts", title("MK288", parameters)),
    ];
    norms.extend(methodology.clone());
    blocks.push(Block::List(norms));

    blocks.push(Block::Heading("Lēmuma rezolutīvā daļa".to_owned()));
    blocks.push(Block::Paragraph(format!("Pamatojoties uz minēto, {} nolemj:", act.issuer.office)));
    let person = act.person.identified();
    blocks.push(Block::Numbered(match act.outcome {
        Outcome::Grant => vec![
            format!("Piešķirt individuālo budžetu. Saņēmējs: {person}."),
            format!(
                "Noteikt {} saskaņā ar metodiku un paziņot to personai vai tās pārstāvim pirms atbalsta plāna sastādīšanas.",
                amount(act.methodology)
            ),
        ],
        Outcome::Refuse => vec![format!(
            "Atteikt piešķirt individuālo budžetu, jo nav izpildīti kritēriji: {}. Persona: {person}.",
            names(failed(&eligibility))
        )],
    }));
    blocks.extend(notice(act.notice));
    blocks.push(signatures(act.prepared_by, act.signed_by));
    Ok(Document {
        language: Language::Lv,
        municipality: act.issuer.municipality.clone(),
        office: act.issuer.lines(),
        title: "Lēmums".to_owned(),
        subject: match act.outcome {
            Outcome::Grant => "par individuālā budžeta piešķiršanu",
            Outcome::Refuse => "par atteikumu piešķirt individuālo budžetu",
        }
        .to_owned(),
        dateline: act.issuer.dateline(act.decided_on, Some(act.number)),
        date: act.decided_on,
        blocks,
    })
}

/// The decision that a granted budget ends.
#[derive(Debug, Clone)]
pub struct RevocationAct<'a> {
    /// Who issues it.
    pub issuer: &'a Issuer,
    /// Its number in the office's register.
    pub number: &'a str,
    /// Its day.
    pub decided_on: NaiveDate,
    /// Whom it is about.
    pub person: &'a Person,
    /// Who acts for the person.
    pub representative: Option<&'a Representative>,
    /// Number of the act that granted.
    pub grant_number: &'a str,
    /// Day of the act that granted.
    pub granted_on: NaiveDate,
    /// Why; a line for each paragraph.
    pub reason: &'a str,
    /// The norms that it rests on.
    pub legal_basis: &'a [String],
    /// The first day without a budget.
    pub effective_from: NaiveDate,
    /// Notification and appeal.
    pub notice: &'a Notice,
    /// Who prepared it.
    pub prepared_by: &'a Official,
    /// Who signs it.
    pub signed_by: &'a Official,
}

/// Writes the administrative act that revokes a grant.
#[must_use]
pub fn revocation(act: &RevocationAct<'_>) -> Document {
    let granted_on = latvian::date(act.granted_on, Case::Genitive);
    let mut blocks = parties(act.person, act.representative);
    blocks.push(Block::Heading("Konstatētie fakti".to_owned()));
    blocks.push(Block::Paragraph(format!(
        "Individuālais budžets piešķirts ar {granted_on} lēmumu Nr.\u{a0}{}.",
        act.grant_number
    )));
    blocks.push(Block::Heading("Pamatojums".to_owned()));
    let reason = act.reason.lines().filter(|line| !line.trim().is_empty());
    blocks.extend(reason.map(|line| Block::Paragraph(line.to_owned())));
    blocks.push(Block::Heading("Piemērotās tiesību normas".to_owned()));
    blocks.push(Block::List(act.legal_basis.to_vec()));
    blocks.push(Block::Heading("Lēmuma rezolutīvā daļa".to_owned()));
    blocks.push(Block::Paragraph(format!("Pamatojoties uz minēto, {} nolemj:", act.issuer.office)));
    blocks.push(Block::Numbered(vec![format!(
        "Atcelt {granted_on} lēmumu Nr.\u{a0}{} par individuālā budžeta piešķiršanu no {}. Persona: {}.",
        act.grant_number,
        latvian::date(act.effective_from, Case::Genitive),
        act.person.identified(),
    )]));
    blocks.extend(notice(act.notice));
    blocks.push(signatures(act.prepared_by, act.signed_by));
    Document {
        language: Language::Lv,
        municipality: act.issuer.municipality.clone(),
        office: act.issuer.lines(),
        title: "Lēmums".to_owned(),
        subject: "par individuālā budžeta piešķiršanas atcelšanu".to_owned(),
        dateline: act.issuer.dateline(act.decided_on, Some(act.number)),
        date: act.decided_on,
        blocks,
    }
}

/// Whom an act is addressed to, and whom it is about.
fn parties(person: &Person, representative: Option<&Representative>) -> Vec<Block> {
    let addressee = representative.map_or_else(|| person.identified(), Representative::identified);
    let mut facts = vec![Fact::new("Adresāts", addressee)];
    facts.extend(person.facts().into_iter().map(|fact| match fact.label.as_str() {
        "Vārds, uzvārds" => Fact::new("Persona, par kuru lemj", fact.value),
        _ => fact,
    }));
    vec![Block::Facts(facts)]
}

fn facts(facts: &EligibilityFacts) -> Vec<Fact> {
    let day = |label, day: Option<NaiveDate>| day.map(|day| Fact::new(label, latvian::date(day, Case::Nominative)));
    let whether = |label, is: Option<bool>| is.map(|is| Fact::new(label, latvian::yes(is)));
    let impairments =
        facts.impairment_types.as_ref().map(|types| Fact::new("Funkcionālie traucējumi", impairments(types)));
    [
        day("Dzimšanas datums", facts.birth_date),
        facts.disability.as_ref().map(|disability| Fact::new("Invaliditāte (VDEĀVK)", self::disability(disability))),
        impairments,
        whether("Garīga rakstura traucējumi", facts.mental_disorder),
        whether("Dzīvo sabiedrībā", facts.lives_in_community),
        whether("Izvērtēts deinstitucionalizācijas projektā", facts.assessed_in_di_project),
        day("Izmēģinājumprojekta pirmā diena", facts.pilot_start),
        day("Izmēģinājumprojekta pēdējā diena", facts.pilot_end),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn disability(disability: &Disability) -> String {
    let group = match disability.group {
        DisabilityGroup::I => "I grupa (ļoti smaga invaliditāte)",
        DisabilityGroup::II => "II grupa (smaga invaliditāte)",
        DisabilityGroup::III => "III grupa (mērena invaliditāte)",
        DisabilityGroup::Child => "bērns ar invaliditāti",
        DisabilityGroup::None => return "nav noteikta".to_owned(),
    };
    match disability.valid_until {
        Some(until) => format!("{group}, spēkā līdz {}", latvian::date(until, Case::Dative)),
        None => format!("{group}, bez termiņa"),
    }
}

/// Types of functional impairment as the form of the methodology names them [S3 form].
pub(crate) fn impairments(types: &[Impairment]) -> String {
    let names = types.iter().map(|impairment| match impairment {
        Impairment::Vision => "redzes traucējumi",
        Impairment::Hearing => "dzirdes traucējumi",
        Impairment::Movement => "kustību traucējumi",
        Impairment::Mental => "garīga rakstura traucējumi",
        Impairment::Multiple => "multifunkcionāli attīstības traucējumi",
        Impairment::Other => "pārējie traucējumi",
    });
    let names: Vec<_> = names.collect();
    if names.is_empty() { "nav konstatēti".to_owned() } else { names.join(", ") }
}

fn criteria(eligibility: &Eligibility, render: Render<'_>) -> Table {
    let row = |outcome: &CriterionOutcome| {
        let met = if outcome.met == Some(true) { "izpildīts" } else { "nav izpildīts" };
        vec![
            latvian::capitalised(criterion(outcome.criterion)),
            met.to_owned(),
            latvian::sentence(&outcome.explanation, render),
            lv(&outcome.legal_basis).to_owned(),
        ]
    };
    Table {
        caption: "Individuālā budžeta piešķiršanas kritēriji".to_owned(),
        columns: vec![
            Column::text("Kritērijs", 3),
            Column::text("Vērtējums", 2),
            Column::text("Pamatojums", 4),
            Column::text("Tiesiskais pamats", 3),
        ],
        rows: eligibility.criteria.iter().map(row).collect(),
        totals: Vec::new(),
    }
}

const fn criterion(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::FunctionalImpairment => "funkcionālie traucējumi",
        Criterion::Disability => "spēkā esoša invaliditāte",
        Criterion::SevereDisability => "smaga vai ļoti smaga invaliditāte",
        Criterion::MentalDisorder => "garīga rakstura traucējumi",
        Criterion::LivesInCommunity => "dzīve sabiedrībā",
        Criterion::AssessedInDiProject => "izvērtējums deinstitucionalizācijas projektā",
        Criterion::Age => "vecums",
    }
}

fn failed(eligibility: &Eligibility) -> impl Iterator<Item = Criterion> {
    eligibility.criteria.iter().filter(|outcome| outcome.met == Some(false)).map(|outcome| outcome.criterion)
}

fn names(criteria: impl Iterator<Item = Criterion>) -> String {
    criteria.map(criterion).collect::<Vec<_>>().join(", ")
}

/// What the sum is called in a methodology, after "noteikt".
const fn amount(methodology: MethodologyId) -> &'static str {
    match methodology {
        MethodologyId::ChildrenPilot2018 => "individuālā budžeta provizorisko apmēru",
        MethodologyId::Children2023 | MethodologyId::Adults2023 => "individuālā budžeta indikatīvo apmēru",
    }
}

/// Title and version of the methodology on a day, where it has one.
fn methodology(id: MethodologyId, on: NaiveDate, parameters: &Parameters) -> Option<String> {
    let (title, version) = match id {
        MethodologyId::Children2023 => {
            (&parameters.children.title, parameters.children.rules_on(on).map(|rules| &rules.version))
        }
        MethodologyId::Adults2023 => {
            (&parameters.adults.title, parameters.adults.rules_on(on).map(|rules| &rules.version))
        }
        MethodologyId::ChildrenPilot2018 => {
            (&parameters.pilot.title, parameters.pilot.rules_on(on).map(|rules| &rules.version))
        }
    };
    version.map(|version| format!("{}, {version}. versija", lv(title)))
}

fn title<'p>(id: &'p str, parameters: &'p Parameters) -> &'p str {
    parameters.documents.all().find(|document| document.id == id).map_or(id, |document| lv(&document.title))
}

/// When an act takes effect and how it is appealed.
fn notice(notice: &Notice) -> Vec<Block> {
    let delivery = match notice.delivery {
        Delivery::EAddress => "nosūtot uz oficiālo elektronisko adresi",
        Delivery::RegisteredLetter => "nosūtot ierakstītā pasta sūtījumā",
    };
    let last_day = format!("{} (ieskaitot)", latvian::date(notice.appeal_until, Case::Nominative));
    vec![
        Block::Heading("Spēkā stāšanās un apstrīdēšana".to_owned()),
        Block::Paragraph(
            "Lēmums stājas spēkā ar brīdi, kad tas paziņots adresātam (Administratīvā procesa likuma 70. panta pirmā \
             daļa). To var apstrīdēt Administratīvā procesa likuma 76. un 79. pantā noteiktajā kārtībā."
                .to_owned(),
        ),
        Block::Facts(vec![
            Fact::new("Paziņošana", delivery),
            Fact::new("Uzskatāms par paziņotu", latvian::date(notice.notified_on, Case::Locative)),
            Fact::new("Pēdējā apstrīdēšanas diena", last_day),
            Fact::new("Apstrīdēšanas iestāde", &notice.appeal_authority),
            Fact::new("Iesniegumu iesniedz", &notice.appeal_address),
        ]),
    ]
}

fn signatures(prepared_by: &Official, signed_by: &Official) -> Block {
    Block::Signatures(vec![prepared_by.signature("Sagatavoja"), signed_by.signature("Lēmumu pieņēma")])
}

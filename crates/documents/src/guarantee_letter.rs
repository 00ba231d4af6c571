//! The office's promise to pay a provider (garantijas vēstule) [S0 III §4: services, volume, intensity, period, payment, how and when
//! the office pays, the programme; domain 7.1].
//!
//! The provider learns what it needs to provide and to invoice: no diagnosis, no budget, no other service. Nor is the
//! methodology named, because the adults' title tells of the person's health.

use balsts_domain::{
    money::{Money, Volume},
    parameters::{
        Parameters,
        catalogue::{MethodologyId, Target},
    },
    plans::Intensity,
    text::Language,
};
use chrono::NaiveDate;

use crate::{
    Render,
    document::{Block, Column, Document, Fact, Table},
    latvian::{self, lv},
    parties::{Issuer, Official, Person, Provider, Representative},
    words,
};

/// The letter.
#[derive(Debug, Clone)]
pub struct GuaranteeLetter<'a> {
    /// Who issues it.
    pub issuer: &'a Issuer,
    /// Its number in the office's register, where it has one.
    pub number: Option<&'a str>,
    /// Its day.
    pub date: NaiveDate,
    /// Whom it is addressed to.
    pub provider: &'a Provider,
    /// The child or adult.
    pub person: &'a Person,
    /// Who acts for the person.
    pub representative: Option<&'a Representative>,
    /// Methodology of the budget: the pilot is another programme.
    pub methodology: MethodologyId,
    /// Code of the service.
    pub service: &'a str,
    /// Who receives it.
    pub recipient: Target,
    /// Volume, in the service's unit.
    pub volume: Volume,
    /// How often.
    pub intensity: Option<Intensity>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Prices with their first days, in order.
    pub prices: &'a [(NaiveDate, Money)],
    /// The most that is paid, EUR.
    pub total: Money,
    /// How and when the office pays, as agreed; a line for each paragraph.
    pub payment: Option<&'a str>,
    /// What else is agreed.
    pub other: Option<&'a str>,
    /// Who signs it.
    pub signed_by: &'a Official,
}

/// What holds of every letter [S0 III §5 "Pakalpojumu sniedzēju izdevumus pamatojošie dokumenti", S2 stage 4; domain 7.4].
const SETTLEMENT: [&str; 3] = [
    "Dienests maksā par faktiski sniegtu pakalpojumu, ne vairāk kā par šajā vēstulē norādīto apjomu un cenu.",
    "Pakalpojuma sniedzējs reizi mēnesī iesniedz dienestam rēķinu un pieņemšanas un nodošanas aktu vai atskaiti par iepriekšējā \
     mēnesī sniegto pakalpojumu.",
    "Saņēmējs, viņa pārstāvis vai pavadošā persona apstiprina katru pakalpojuma saņemšanas reizi.",
];

/// Ours, where the order says nothing of payment.
const PAYMENT: &str =
    "Dienests maksā ar pārskaitījumu uz pakalpojuma sniedzēja kontu pēc rēķina pārbaudes un apstiprināšanas.";

/// Writes the letter.
#[must_use]
pub fn guarantee_letter(letter: &GuaranteeLetter<'_>, parameters: &Parameters, render: Render<'_>) -> Document {
    let office = &letter.issuer.office;
    let mut blocks = vec![Block::Facts(addressee(letter.provider))];
    // Of the source: the office assures that it pays for the service that the recipient of the budget receives.
    blocks.push(Block::Paragraph(format!(
        "{office} apliecina, ka samaksās par turpmāk norādīto pakalpojumu, ko sniegsiet individuālā budžeta saņēmējam."
    )));
    blocks.push(Block::Heading("Pakalpojums".to_owned()));
    blocks.push(Block::Facts(service(letter, parameters, render)));
    if letter.prices.len() > 1 {
        blocks.push(Block::Table(prices(letter.prices)));
    }
    blocks.push(Block::Heading("Samaksas noteikumi".to_owned()));
    blocks.push(Block::Numbered(SETTLEMENT.iter().map(|item| (*item).to_owned()).collect()));
    blocks.push(Block::Heading("Norēķinu kārtība".to_owned()));
    blocks.extend(paragraphs(letter.payment.unwrap_or(PAYMENT)));
    if let Some(other) = letter.other {
        blocks.push(Block::Heading("Citi noteikumi".to_owned()));
        blocks.extend(paragraphs(other));
    }
    blocks.push(Block::Heading("Informācija par programmu".to_owned()));
    blocks.push(Block::Paragraph(programme(letter.methodology).to_owned()));
    blocks.push(Block::Signatures(vec![letter.signed_by.signature("Dienests")]));
    Document {
        language: Language::Lv,
        municipality: letter.issuer.municipality.clone(),
        office: letter.issuer.lines(),
        title: "Garantijas vēstule".to_owned(),
        subject: "par sociālā pakalpojuma apmaksu".to_owned(),
        dateline: letter.issuer.dateline(letter.date, letter.number),
        date: letter.date,
        blocks,
    }
}

fn paragraphs(text: &str) -> impl Iterator<Item = Block> {
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| Block::Paragraph(line.to_owned()))
}

fn addressee(provider: &Provider) -> Vec<Fact> {
    let mut facts = vec![Fact::new("Adresāts", &provider.name)];
    facts.extend(provider.registration_number.as_ref().map(|number| Fact::new("Reģistrācijas numurs", number)));
    facts.extend(
        provider
            .register_number
            .as_ref()
            .map(|number| Fact::new("Numurs Sociālo pakalpojumu sniedzēju reģistrā", number)),
    );
    facts
}

fn service(letter: &GuaranteeLetter<'_>, parameters: &Parameters, render: Render<'_>) -> Vec<Fact> {
    let known = parameters.catalogue.find(letter.service);
    let name = known.map_or(letter.service, |service| lv(&service.name));
    let volume = |volume: Volume| match known {
        Some(service) => latvian::volume(volume, service.unit, render),
        None => latvian::number(&volume.to_string()),
    };
    let mut facts = vec![
        Fact::new("Pakalpojums", name),
        Fact::new("Individuālā budžeta saņēmējs", letter.person.name()),
        Fact::new("Pakalpojumu saņem", words::target(letter.recipient)),
    ];
    if letter.recipient == Target::Parent {
        facts.extend(letter.representative.map(|one| Fact::new("Pakalpojuma saņēmējs", one.name())));
    }
    facts.push(Fact::new("Apjoms", volume(letter.volume)));
    facts.extend(letter.intensity.map(|intensity| {
        Fact::new("Intensitāte", format!("{} {}", volume(intensity.volume), words::per(intensity.per)))
    }));
    facts.push(Fact::new("Saņemšanas periods", latvian::period(letter.from, letter.to)));
    if let [(_, price)] = letter.prices {
        facts.push(Fact::new("Cena par vienību", latvian::money(*price)));
    }
    facts.push(Fact::new("Kopā ne vairāk kā", latvian::money(letter.total)));
    facts
}

fn prices(prices: &[(NaiveDate, Money)]) -> Table {
    Table {
        caption: "Cena par vienību".to_owned(),
        columns: vec![Column::text("Spēkā no", 1), Column::number("Cena, EUR")],
        rows: prices
            .iter()
            .map(|(from, price)| vec![latvian::short_date(*from), latvian::number(&price.to_string())])
            .collect(),
        totals: Vec::new(),
    }
}

/// The programme that pays, by the name that the sources give it.
const fn programme(methodology: MethodologyId) -> &'static str {
    match methodology {
        MethodologyId::ChildrenPilot2018 => {
            "Pakalpojumu apmaksā individuālā budžeta modeļa izmēģinājumprojektā, kurā saņēmējs pats izvēlas sabiedrībā balstītus \
             sociālos pakalpojumus un to sniedzējus atbilstoši savam atbalsta plānam."
        }
        MethodologyId::Children2023 | MethodologyId::Adults2023 => {
            "Pakalpojumu apmaksā individuālā budžeta modelī sabiedrībā balstītu sociālo pakalpojumu nodrošināšanai: saņēmējs \
             izvēlas pakalpojumus un to sniedzējus atbilstoši savam atbalsta plānam."
        }
    }
}

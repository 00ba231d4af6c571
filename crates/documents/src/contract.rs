//! The contract of the office with the person (līgums par individuālā budžeta saņemšanu); the plan is its annex [domain 6.5].
//!
//! No source prints the contract; domain 6.5 names its parts. Duties are those that the sources give each side, in our words
//! [S0 §12, III §4; S2 stages 4 and 6]. What no source gives stands in `OURS`, worded as neutrally as can be: an office that has a
//! contract of its own signs that.

use balsts_domain::{parameters::catalogue::MethodologyId, plans::PlanContent, text::Language};

use crate::{
    document::{Block, Document, Fact, Signature},
    latvian::{self, Case},
    parties::Official,
    plan::{self, Plan},
};

/// The contract.
#[derive(Debug, Clone)]
pub struct Contract<'a> {
    /// The plan that is its annex.
    pub plan: &'a Plan<'a>,
    /// SHA-256 of the plan's content.
    pub content_hash: &'a [u8],
    /// Who signs for the office.
    pub head: &'a Official,
}

/// What both sides agree on where no source says it.
struct Ours {
    liability: [&'static str; 3],
    amendments: [&'static str; 2],
    disputes: [&'static str; 2],
    closing: [&'static str; 2],
}

const OURS: Ours = Ours {
    liability: [
        "Katra puse atbild par šajā līgumā noteikto pienākumu izpildi normatīvajos aktos noteiktajā kārtībā.",
        "Dienests neatbild par pakalpojumu, ko saņēmējs izvēlējies un saņēmis ārpus atbalsta plāna.",
        "Saņēmējs atbild par dienestam sniegto ziņu patiesumu.",
    ],
    amendments: [
        "Līguma grozījumus noformē rakstveidā, un tie stājas spēkā, kad tos parakstījušas abas puses.",
        "Jaunai atbalsta plāna versijai, ko parakstījušas abas puses, līguma grozījumi nav vajadzīgi.",
    ],
    disputes: [
        "Strīdus puses risina sarunās.",
        "Ja vienoties neizdodas, strīdu izskata normatīvajos aktos noteiktajā kārtībā.",
    ],
    closing: [
        "Līgums stājas spēkā, kad to parakstījušas abas puses.",
        "Dienests apstrādā saņēmēja personas datus, ciktāl tas vajadzīgs līguma izpildei.",
    ],
};

/// What the office may and must do [S0 §12; S2 stages 4-6].
const OFFICE: [&str; 6] = [
    "Dienests piesaista pakalpojumu sniedzējus un noformē ar tiem līgumus vai izsniedz tiem garantijas vēstules.",
    "Dienests pārrauga, kā atbalsta plāns tiek izpildīts un kā individuālais budžets tiek izlietots.",
    "Sociālais darbinieks izskaidro saņēmējam atbalsta plānu un palīdz risināt neskaidrības un problēmsituācijas.",
    "Dienests pārskata atbalsta plānu ne retāk kā reizi gadā vai pēc pamatota iesnieguma.",
    "Dienests pirms atbalsta plāna beigām pieprasa pakalpojumu sniedzējiem informāciju par rezultātiem un rekomendācijas.",
    "Ja līgums netiek pildīts, dienests vispirms aicina saņēmēju uz sarunu.",
];

/// What the recipient may and must do [S0 §12; domain 10].
const RECIPIENT: [&str; 9] = [
    "Saņēmējs izvēlas pakalpojumu sniedzējus un kopā ar sociālo darbinieku vienojas par atbalsta plānu.",
    "Saņēmējs katra mēneša sākumā iesniedz sociālajam darbiniekam pakalpojumu saņemšanas grafiku, ko sastāda pats vai kopā ar \
     sociālo darbinieku.",
    "Saņēmējs ar parakstu apstiprina katru pakalpojuma saņemšanas reizi.",
    "Saņēmējs sniedz speciālistiem un pakalpojuma sniedzējam ziņas, kas vajadzīgas pakalpojuma saņemšanai, un brīdina par \
     iespējamiem riskiem.",
    "Saņēmējs informē pakalpojuma sniedzēju, ja nevarēs ierasties, un arī sociālo darbinieku, ja veselības stāvokļa dēļ \
     pakalpojumu nevar turpināt.",
    "Saņēmējs informē sociālo darbinieku par dzīvesvietas maiņu un citām pārmaiņām, kas ietekmē pakalpojumu saņemšanu.",
    "Saņēmējs nekavējoties informē sociālo darbinieku, ja ar pakalpojuma sniedzēju rodas konflikts.",
    "Saņēmējs izturas pret pakalpojumu sniedzējiem ar cieņu un neizpauž ziņas par citu saņēmēju privāto dzīvi.",
    "Saņēmējs var atteikties no pakalpojuma vai no individuālā budžeta, par to paziņojot sociālajam darbiniekam.",
];

/// What suspends and ends the contract early [domain 6.6; S0 §5].
const ENDS: [&str; 3] = [
    "Atbalsta plānu var apturēt, ja saņēmējs ilgstoši atrodas slimnīcā vai ir prombūtnē vai ja tiek risināts strīds vai veikta \
     pārbaude; apturēšana plāna periodu nepagarina.",
    "Līgumu izbeidz pirms termiņa, ja saņēmējs no tā atsakās, to nepilda, pārceļas uz citu pašvaldību, vairs neatbilst individuālā \
     budžeta saņemšanas nosacījumiem vai nomirst.",
    "Izbeidzot līgumu, dienests samaksā par pakalpojumiem, kas līdz tam saņemti atbilstoši atbalsta plānam.",
];

/// What ends the contract of a child beside that.
const CHILD_ENDS: &str = "Līgumu izbeidz arī tad, ja bērns sasniedz 18 gadu vecumu vai atstāj audžuģimeni.";

/// Writes the contract.
#[must_use]
pub fn contract(contract: &Contract<'_>) -> Document {
    let plan = contract.plan;
    let mut blocks = plan::not_yet(plan).into_iter().collect::<Vec<_>>();
    blocks.extend([Block::Heading("Līguma puses".to_owned()), Block::Facts(parties(contract))]);
    let parts = [
        ("Līguma priekšmets", subject(contract)),
        ("Termiņš", term(plan.content)),
        ("Norēķini", settlement(plan)),
        ("Dienesta tiesības un pienākumi", owned(&OFFICE)),
        ("Saņēmēja tiesības un pienākumi", owned(&RECIPIENT)),
        ("Atbildība", owned(&OURS.liability)),
        ("Grozījumi, apturēšana un izbeigšana", changes(plan.methodology)),
        ("Strīdi", owned(&OURS.disputes)),
        ("Noslēguma noteikumi", [owned(&OURS.closing), annexes(contract)].concat()),
    ];
    for (heading, items) in parts {
        blocks.extend([Block::Heading(heading.to_owned()), Block::Numbered(items)]);
    }
    let (role, name) = plan.recipient();
    let recipient = Signature { role: format!("Saņēmējs: {role}"), name };
    blocks.push(Block::Signatures(vec![contract.head.signature("Dienests"), recipient]));
    Document {
        language: Language::Lv,
        municipality: plan.issuer.municipality.clone(),
        office: plan.issuer.lines(),
        title: "Līgums".to_owned(),
        subject: "par individuālā budžeta saņemšanu".to_owned(),
        dateline: plan.issuer.place.clone(),
        date: plan.content.from,
        blocks,
    }
}

fn changes(methodology: MethodologyId) -> Vec<String> {
    let mut items = [owned(&OURS.amendments), owned(&ENDS)].concat();
    if methodology != MethodologyId::Adults2023 {
        items.push(CHILD_ENDS.to_owned());
    }
    items
}

fn owned(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn parties(contract: &Contract<'_>) -> Vec<Fact> {
    let plan = contract.plan;
    let head = format!("{} {}", contract.head.position, contract.head.name);
    let mut facts = vec![
        Fact::new("Dienests", format!("{}, {}", plan.issuer.municipality, plan.issuer.lines().join(", "))),
        Fact::new("Dienesta vārdā paraksta", head),
        Fact::new("Saņēmējs", plan.person.identified()),
    ];
    facts.extend(plan.person.address.as_ref().map(|address| Fact::new("Saņēmēja dzīvesvieta", address)));
    facts.extend(plan.representative.map(|one| Fact::new("Saņēmēja vārdā paraksta", one.identified())));
    facts
}

fn subject(contract: &Contract<'_>) -> Vec<String> {
    let plan = contract.plan;
    vec![
        "Dienests nodrošina saņēmējam individuālo budžetu sabiedrībā balstītiem sociālajiem pakalpojumiem, un saņēmējs tos saņem \
         atbilstoši atbalsta plānam."
            .to_owned(),
        format!(
            "Pakalpojumus, to apjomu, cenu, sniedzējus un finansējuma avotus nosaka atbalsta plāns. Saskaņotais apmērs ir {}, no \
             individuālā budžeta maksājamā daļa ir {}.",
            latvian::money(plan.sums.agreed),
            latvian::money(plan.sums.payable),
        ),
    ]
}

fn term(content: &PlanContent) -> Vec<String> {
    vec![format!(
        "Līgums ir spēkā no {} līdz {}, un ar to pašu termiņu ir spēkā atbalsta plāns.",
        latvian::date(content.from, Case::Genitive),
        latvian::date(content.to, Case::Dative),
    )]
}

/// How it is settled [S0 §5 of part III; S2 stage 4; domain 7.1, 7.4, 7.5].
fn settlement(plan: &Plan<'_>) -> Vec<String> {
    let mut items = vec![
        "Dienests maksā pakalpojuma sniedzējam par faktiski saņemtiem pakalpojumiem, ne vairāk kā par atbalsta plānā noteikto \
         apjomu un cenu."
            .to_owned(),
        "Individuālo budžetu saņēmējam neizmaksā naudā; atlikums ir pieejams, pārskatot atbalsta plānu.".to_owned(),
    ];
    if plan.content.lines.iter().any(|line| line.self_prepaid) {
        items.push(
            "Pakalpojumus, kuriem tas atbalsta plānā norādīts, saņēmējs apmaksā pats un reizi mēnesī par iepriekšējo kalendāro \
             mēnesi iesniedz atskaiti ar izdevumus pamatojošiem dokumentiem; dienests izdevumus atmaksā atbalsta plānā noteiktajā \
             apjomā un cenā."
                .to_owned(),
        );
    }
    items
}

fn annexes(contract: &Contract<'_>) -> Vec<String> {
    let hash: String = contract.content_hash.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        format!(
            "Līguma pielikums ir atbalsta plāns, versija Nr.\u{a0}{} (satura SHA-256: {hash}).",
            contract.plan.version
        ),
        "Līgums sagatavots divos eksemplāros: viens glabājas dienestā, otru saņem saņēmējs. Elektroniski parakstīts līgums ir viens."
            .to_owned(),
    ]
}

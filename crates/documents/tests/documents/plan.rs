use balsts_documents::html;
use balsts_domain::{
    money::{Money, Volume},
    parameters::catalogue::{MethodologyId, Target},
};

use crate::{
    cases::{PlanCase, day},
    page::Page,
};

#[test]
fn a_plan_tells_parties_goals_services_schedule_and_sums() {
    let page = Page::of(&PlanCase::default().plan());
    assert_eq!(page.texts("h1"), ["Atbalsta plāns"]);
    for (label, value) in [
        ("Vārds, uzvārds", "Demo Ķēniņš-Žagariņš"),
        ("Personas pārstāvis", "Demo Ģirtāne-Ņukša, personas kods 320000-00001 (vecāks)"),
        ("Plāna periods", "no 01.04.2023. līdz 31.03.2024."),
        ("Indikatīvais apmērs", "21\u{a0}838,32\u{a0}EUR"),
        // 5,358.00 + 135.00 + 600.00 from the budget, 2,409.60 from the state.
        ("Saskaņotais apmērs", "8\u{a0}502,60\u{a0}EUR"),
        ("Tai skaitā no individuālā budžeta maksājamā daļa", "6\u{a0}093,00\u{a0}EUR"),
        ("Atlikums", "13\u{a0}335,72\u{a0}EUR"),
    ] {
        assert_eq!(page.fact(label).as_deref(), Some(value), "{label}");
    }
    assert_eq!(page.fact("Pārsniegums"), None);
    let text = page.text();
    for part in [
        "Paraugciemā, plāna versija Nr.\u{a0}2",
        "Bērns pats ēd ar karoti.Īstermiņa2.vecāksĒd ar karoti katru dienu.",
        "2. Aprūpes mājās pakalpojums (bērns)SIA “Izdomāta aprūpe”Individuālais budžets446,5\u{a0}h12,005\u{a0}358,00",
        "3. ",
        "Valsts480\u{a0}h5,022\u{a0}409,60",
        "10\u{a0}h nedēļāP.\u{a0}09:00\u{2013}12:00",
        "persona apmaksā pati un saņem atmaksu; pamatojums: =HYPERLINK",
        "ģimenes vai kopienas atbalsts bez maksas; sniedz radinieks",
        "Apjoms pa mēnešiem: 04.2023.\u{2013}09.2023.",
        "Apjoms pa mēnešiem: 10.2023.\u{2013}03.2024.",
        "stunda4442,540\u{2013}4040",
        "Vasarā aprūpe notiek pie vecmāmiņas.",
        "Plānu sastādīja: sociālā darbiniece (paraksts) Demo Darbiniece",
        "Plānam piekrītu: vecāks (paraksts) Demo Ģirtāne-Ņukša",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let first = text.find("1. Psiholog").unwrap();
    assert!(first < text.find("2. Aprūpes").unwrap() && text.contains("5. "), "the order of priorities");
}

#[test]
fn a_plan_that_cannot_be_signed_says_so_and_by_how_much_it_is_above() {
    let mut case = PlanCase { can_be_signed: false, ..PlanCase::default() };
    case.content.lines[0].volume = Volume::parse("2000").unwrap();
    let page = Page::of(&case.plan());
    assert!(page.text().contains("Projekts: plānā ir kļūdas"));
    // 24,000.00 + 135.00 + 600.00 + 2,409.60 against 21,838.32.
    assert_eq!(page.fact("Pārsniegums").as_deref(), Some("5\u{a0}306,28\u{a0}EUR"));
    assert_eq!(page.fact("Atlikums").as_deref(), Some("0,00\u{a0}EUR"));
    assert!(Page::of(&case.contract()).text().contains("Projekts: plānā ir kļūdas"));
    case.can_be_signed = true;
    assert!(!Page::of(&case.plan()).text().contains("Projekts"));
}

#[test]
fn a_plan_of_one_line_without_goals_or_schedule_is_a_document_too() {
    let mut case = PlanCase { representative: None, ..PlanCase::default() };
    case.content.goals.clear();
    case.content.lines.retain(|line| line.number == 3);
    case.content.notes = None;
    let page = Page::of(&case.plan());
    let text = page.text();
    assert!(text.contains("Mērķi nav noteikti.") && !text.contains("Grafiks"), "{text}");
    assert!(text.contains("Plānam piekrītu: persona (paraksts) Demo Ķēniņš-Žagariņš"), "{text}");
    case.content.lines.clear();
    Page::of(&case.plan());
}

#[test]
fn a_contract_has_every_part_that_the_rules_ask_for() {
    let case = PlanCase::default();
    let page = Page::of(&case.contract());
    assert_eq!(
        page.texts("h2"),
        [
            "Līguma puses",
            "Līguma priekšmets",
            "Termiņš",
            "Norēķini",
            "Dienesta tiesības un pienākumi",
            "Saņēmēja tiesības un pienākumi",
            "Atbildība",
            "Grozījumi, apturēšana un izbeigšana",
            "Strīdi",
            "Noslēguma noteikumi"
        ]
    );
    let text = page.text();
    let hash: String = case.content.hash().iter().map(|byte| format!("{byte:02x}")).collect();
    for part in [
        "par individuālā budžeta saņemšanu",
        "Demo Ķēniņš-Žagariņš, personas kods 320000-00000",
        "Demo Ģirtāne-Ņukša, personas kods 320000-00001 (vecāks)",
        "no 2023. gada 1.\u{a0}aprīļa līdz 2024. gada 31.\u{a0}martam",
        "Saskaņotais apmērs ir 8\u{a0}502,60\u{a0}EUR",
        "reizi mēnesī par iepriekšējo kalendāro mēnesi",
        "bērns sasniedz 18 gadu vecumu",
        &hash,
        "Dienests: Sociālā dienesta vadītājs (paraksts) Demo Vadītājs",
        "Saņēmējs: vecāks (paraksts) Demo Ģirtāne-Ņukša",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let mut adult = PlanCase { methodology: MethodologyId::Adults2023, representative: None, ..PlanCase::default() };
    adult.content.lines.retain(|line| !line.self_prepaid);
    let text = Page::of(&adult.contract()).text();
    assert!(!text.contains("bērns sasniedz") && !text.contains("iesniedz atskaiti"), "{text}");
    assert!(text.contains("Saņēmējs: persona"), "{text}");
}

#[test]
fn a_guarantee_letter_tells_the_provider_what_it_needs_and_no_more() {
    let page = Page::of(&PlanCase::default().one_price());
    assert_eq!(page.texts("h1"), ["Garantijas vēstule"]);
    for (label, value) in [
        ("Adresāts", "SIA “Izdomāta aprūpe”"),
        ("Reģistrācijas numurs", "40000000001"),
        ("Pakalpojums", "Aprūpes mājās pakalpojums"),
        ("Individuālā budžeta saņēmējs", "Demo Ķēniņš-Žagariņš"),
        ("Apjoms", "440\u{a0}h"),
        ("Intensitāte", "10\u{a0}h nedēļā"),
        ("Saņemšanas periods", "no 01.04.2023. līdz 31.03.2024."),
        ("Cena par vienību", "12,00\u{a0}EUR"),
        ("Kopā ne vairāk kā", "5\u{a0}280,00\u{a0}EUR"),
    ] {
        assert_eq!(page.fact(label).as_deref(), Some(value), "{label}");
    }
    let text = page.text();
    for part in [
        "Paraugciemā, 2023. gada 24.\u{a0}martā, Nr.\u{a0}G-7",
        "Sociālais dienests apliecina, ka samaksās",
        "15 dienu laikā pēc rēķina saņemšanas.",
        "individuālā budžeta modelī",
        "Demo Vadītājs",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // No personal code, no diagnosis, no sum but that of the order, no other service.
    for methodology in MethodologyId::ALL {
        let case = PlanCase { methodology: *methodology, ..PlanCase::default() };
        let told = html(&case.one_price());
        for secret in ["320000", "raucēj", "nvalid", "21\u{a0}838", "8\u{a0}502", "6\u{a0}093", "Psiholog", "karoti"] {
            assert!(!told.contains(secret), "{methodology} {secret}\n{told}");
        }
    }
    let pilot = PlanCase { methodology: MethodologyId::ChildrenPilot2018, ..PlanCase::default() };
    assert!(Page::of(&pilot.one_price()).text().contains("izmēģinājumprojektā"));
}

#[test]
fn a_letter_after_a_change_of_price_lists_the_prices_and_has_a_settlement_of_its_own() {
    let prices = [(day("2023-04-01"), Money::from_cents(1_200)), (day("2023-06-01"), Money::from_cents(1_300))];
    let mut case = PlanCase::default();
    case.content.lines[0].recipient = Target::Parent;
    let page = Page::of(&case.letter(&prices, None));
    assert_eq!(page.fact("Cena par vienību"), None);
    assert_eq!(page.fact("Pakalpojuma saņēmējs").as_deref(), Some("Demo Ģirtāne-Ņukša"));
    let text = page.text();
    for part in ["01.04.2023.12,00", "01.06.2023.13,00", "Dienests maksā ar pārskaitījumu"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn what_the_pilot_cuts_for_want_of_money_is_told_as_needed() {
    let mut case = PlanCase { methodology: MethodologyId::ChildrenPilot2018, ..PlanCase::default() };
    assert!(!Page::of(&case.plan()).text().contains("Nepieciešamais apmērs"));
    let line = &mut case.content.lines[0];
    line.needed_volume = Some(line.volume + line.volume);
    let page = Page::of(&case.plan());
    assert!(page.text().contains("nepieciešamais apjoms, ja pietiks līdzekļu"), "{}", page.text());
    assert!(page.text().contains("Nepieciešamais apmērs"), "{}", page.text());
}

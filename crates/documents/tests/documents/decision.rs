use balsts_domain::{
    applications::{ApplicationRefusal, Outcome},
    eligibility::{Criterion, Disability, DisabilityGroup, EligibilityFacts},
    parameters::catalogue::MethodologyId::{Adults2023, Children2023, ChildrenPilot2018},
};

use crate::{
    cases::{self, adult_eligibility, child_eligibility, day, decide, parent, person, pilot_eligibility},
    page::Page,
};

#[test]
fn every_act_says_what_is_decided_for_whom_and_why() {
    let parent = parent();
    let too_old = EligibilityFacts { birth_date: Some(day("2004-01-01")), ..child_eligibility() };
    let third = Disability { group: DisabilityGroup::III, valid_until: None };
    let unfit = EligibilityFacts { disability: Some(third), lives_in_community: Some(false), ..adult_eligibility() };
    let grant = "Piešķirt individuālo budžetu. Saņēmējs: Demo Ķēniņš-Žagariņš, personas kods 320000-00000.";
    for (methodology, facts, outcome, representative, subject, decided, met) in [
        (
            Children2023,
            child_eligibility(),
            Outcome::Grant,
            Some(&parent),
            "par individuālā budžeta piešķiršanu",
            grant,
            "Persona atbilst visiem individuālā budžeta piešķiršanas kritērijiem.",
        ),
        (
            Children2023,
            too_old,
            Outcome::Refuse,
            Some(&parent),
            "par atteikumu piešķirt individuālo budžetu",
            "Atteikt piešķirt individuālo budžetu, jo nav izpildīti kritēriji: vecums.",
            "Persona neatbilst šādiem individuālā budžeta piešķiršanas kritērijiem: vecums.",
        ),
        (
            Adults2023,
            adult_eligibility(),
            Outcome::Grant,
            None,
            "par individuālā budžeta piešķiršanu",
            grant,
            "Persona atbilst visiem individuālā budžeta piešķiršanas kritērijiem.",
        ),
        (
            Adults2023,
            unfit,
            Outcome::Refuse,
            None,
            "par atteikumu piešķirt individuālo budžetu",
            "Atteikt piešķirt individuālo budžetu, jo nav izpildīti kritēriji: smaga vai ļoti smaga invaliditāte, dzīve \
             sabiedrībā.",
            "kritērijiem: smaga vai ļoti smaga invaliditāte, dzīve sabiedrībā.",
        ),
        (
            ChildrenPilot2018,
            pilot_eligibility(),
            Outcome::Grant,
            Some(&parent),
            "par individuālā budžeta piešķiršanu",
            "Noteikt individuālā budžeta provizorisko apmēru",
            "Persona atbilst visiem individuālā budžeta piešķiršanas kritērijiem.",
        ),
    ] {
        let page = Page::of(&decide(methodology, &facts, outcome, representative, &person()).unwrap());
        assert_eq!(page.texts("h1"), ["Lēmums"]);
        let text = page.text();
        for expected in [subject, decided, met] {
            assert!(text.contains(expected), "{methodology} {outcome}: {expected}\n{text}");
        }
        let addressee = page.fact("Adresāts").unwrap();
        match representative {
            Some(_) => assert_eq!(addressee, "Demo Ģirtāne-Ņukša, personas kods 320000-00001 (vecāks)"),
            None => assert_eq!(addressee, "Demo Ķēniņš-Žagariņš, personas kods 320000-00000"),
        }
    }
}

#[test]
fn an_act_has_all_that_the_law_asks_for() {
    let page =
        Page::of(&decide(Children2023, &child_eligibility(), Outcome::Grant, Some(&parent()), &person()).unwrap());
    let text = page.text();
    for part in [
        "Paraugnovada pašvaldība",
        "Reģ. Nr. 90000000000, Ābeļu iela 1",
        "Paraugciemā, 2023. gada 10.\u{a0}martā, Nr.\u{a0}4-12/37",
        "2023. gada 1.\u{a0}martā plkst.\u{a0}9.15 saņemts iesniegums",
        "Administratīvā procesa likuma 55., 65. un 67. pants",
        "Ministru kabineta noteikumi Nr. 288, 5. punkts",
        "Bērnu individuālā budžeta metodika, 2023, 1. versija",
        "Saīsinājumi: S2 \u{2013} Labklājības ministrijas prezentācija",
        "; S3 \u{2013} Individuālā budžeta modeļa metodikas bērniem pielikumi (2023)",
        "Sociālais dienests nolemj:",
        "Sagatavoja: sociālā darbiniece",
        "Demo Vadītājs",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for (label, value) in [
        ("Dzimšanas datums", "2013. gada 1.\u{a0}janvāris"),
        ("Invaliditāte (VDEĀVK)", "bērns ar invaliditāti, spēkā līdz 2028. gada 31.\u{a0}janvārim"),
        ("Funkcionālie traucējumi", "kustību traucējumi, garīga rakstura traucējumi"),
        ("Paziņošana", "nosūtot uz oficiālo elektronisko adresi"),
        ("Uzskatāms par paziņotu", "2023. gada 14.\u{a0}martā"),
        ("Pēdējā apstrīdēšanas diena", "2023. gada 14.\u{a0}aprīlis (ieskaitot)"),
        ("Apstrīdēšanas iestāde", "Paraugnovada dome"),
    ] {
        assert_eq!(page.fact(label).as_deref(), Some(value), "{label}");
    }
}

#[test]
fn every_criterion_stands_with_its_outcome_reason_and_basis() {
    let facts = EligibilityFacts { birth_date: Some(day("2004-01-01")), ..child_eligibility() };
    let page = Page::of(&decide(Children2023, &facts, Outcome::Refuse, None, &person()).unwrap());
    assert_eq!(
        page.texts("th"),
        [
            "Kritērijs",
            "Vērtējums",
            "Pamatojums",
            "Tiesiskais pamats",
            "Funkcionālie traucējumi",
            "Spēkā esoša invaliditāte",
            "Vecums"
        ]
    );
    let cells = page.texts("td");
    let basis = "S2, 1. posms; S3, veidlapa, 4. zemsvītras piezīme";
    assert_eq!(cells[..3], ["izpildīts", "Konstatēti funkcionālie traucējumi.", basis]);
    assert_eq!(cells[6..], ["nav izpildīts", "10.03.2023. personas vecums ir 19 gadi: nav mazāk par 18.", basis]);
}

#[test]
fn no_act_contradicts_the_rules() {
    let child = child_eligibility();
    let adult = EligibilityFacts { birth_date: Some(day("2004-01-01")), ..child.clone() };
    let unknown = EligibilityFacts { disability: None, ..child.clone() };
    for (facts, outcome, refusal) in [
        (&child, Outcome::Refuse, ApplicationRefusal::EveryCriterionIsMet),
        (&adult, Outcome::Grant, ApplicationRefusal::CriterionFails { criterion: Criterion::Age }),
        (&unknown, Outcome::Grant, ApplicationRefusal::CannotBeDecided { missing: vec!["disability"] }),
    ] {
        assert_eq!(decide(Children2023, facts, outcome, None, &person()), Err(vec![refusal]));
    }
}

#[test]
fn a_grant_is_revoked_with_its_reason_basis_and_appeal() {
    for (representative, addressee) in [
        (None, "Demo Ķēniņš-Žagariņš, personas kods 320000-00000"),
        (Some(parent()), "Demo Ģirtāne-Ņukša, personas kods 320000-00001 (vecāks)"),
    ] {
        let reason = "Persona pārcēlusies uz citu novadu.\n\nPakalpojumus tur nodrošina cita pašvaldība.";
        let page = Page::of(&cases::revoke(reason, representative.as_ref()));
        assert_eq!(page.fact("Adresāts").as_deref(), Some(addressee));
        let text = page.text();
        for part in [
            "par individuālā budžeta piešķiršanas atcelšanu",
            "Individuālais budžets piešķirts ar 2023. gada 10.\u{a0}marta lēmumu Nr.\u{a0}4-12/37.",
            "85. panta otrās daļas 3. punkts",
            "Atcelt 2023. gada 10.\u{a0}marta lēmumu Nr.\u{a0}4-12/37 par individuālā budžeta piešķiršanu no 2023. gada \
             1.\u{a0}jūlija.",
            "Paraugnovada dome",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let paragraphs = page.texts("p");
        for paragraph in ["Persona pārcēlusies uz citu novadu.", "Pakalpojumus tur nodrošina cita pašvaldība."] {
            assert!(paragraphs.iter().any(|text| text == paragraph), "{paragraphs:?}");
        }
    }
}

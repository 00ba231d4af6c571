use balsts_domain::children::{ChildFacts, Criteria, NamedCriterion, Severity};
use serde_json::Value;

use crate::{
    cases::{adult_facts, adult_form, child_facts, child_form, child_with_criteria, heavy_child, parent, person},
    page::Page,
};

/// Total, monthly and state-paid sums below the lines.
fn sums(page: &Page) -> Vec<String> {
    let cells = page.texts("td");
    cells[cells.len() - 3..].to_vec()
}

#[test]
fn the_sums_are_those_of_the_rules() {
    let parent = parent();
    let severe = ChildFacts { severity: Some(Severity::Moderate), ..child_facts("2008-01-01", true) };
    for (page, expected) in [
        (child_form(&heavy_child(), Some(&parent), &person()), ["21\u{a0}838,32", "1\u{a0}819,86", "4\u{a0}819,20"]),
        (child_form(&heavy_child(), None, &person()), ["21\u{a0}838,32", "1\u{a0}819,86", "4\u{a0}819,20"]),
        (
            child_form(&child_facts("2018-01-01", false), Some(&parent), &person()),
            ["14\u{a0}268,72", "1\u{a0}189,06", "3\u{a0}614,40"],
        ),
        (child_form(&severe, Some(&parent), &person()), ["14\u{a0}268,72", "1\u{a0}189,06", "3\u{a0}614,40"]),
        (
            child_form(&child_with_criteria(), Some(&parent), &person()),
            ["30\u{a0}203,76", "2\u{a0}516,98", "4\u{a0}819,20"],
        ),
        (adult_form(&adult_facts(), None), ["20\u{a0}550,00", "1\u{a0}712,50", "0,00"]),
        (adult_form(&adult_facts(), Some(&parent)), ["20\u{a0}550,00", "1\u{a0}712,50", "0,00"]),
    ]
    .map(|(document, expected)| (Page::of(&document), expected))
    {
        assert_eq!(sums(&page), expected.map(|sum| format!("{sum}\u{a0}EUR")));
    }
}

#[test]
fn the_heavy_child_of_five_is_the_one_of_the_golden_file() {
    let golden: Vec<Value> = serde_json::from_str(include_str!("../../../../tests/golden/children-2023.json")).unwrap();
    let case = golden.iter().find(|case| case["expect"]["total"] == "21838.32").unwrap();
    let facts = ChildFacts {
        date: case["request"]["date"].as_str().unwrap().parse().unwrap(),
        ..child_facts(case["request"]["birth_date"].as_str().unwrap(), true)
    };
    let page = Page::of(&child_form(&facts, None, &person()));
    assert_eq!(sums(&page)[0], "21\u{a0}838,32\u{a0}EUR", "{}", case["name"]);
}

#[test]
fn every_line_stands_with_its_price_volume_amount_reason_and_payer() {
    let page = Page::of(&child_form(&heavy_child(), Some(&parent()), &person()));
    let cells = page.texts("td");
    let assistant = cells.iter().position(|cell| cell.contains("80 h mēnesī x 12 mēneši x 5,02\u{a0}EUR")).unwrap();
    assert_eq!(
        cells[assistant - 1..assistant + 5],
        [
            "1.",
            "Pamata grozs: 80 h mēnesī x 12 mēneši x 5,02\u{a0}EUR",
            "Valsts",
            "5,02",
            "960\u{a0}h",
            "4\u{a0}819,20"
        ]
    );
    assert_eq!(cells.iter().filter(|cell| *cell == "Individuālais budžets").count(), 6);
}

#[test]
fn the_form_tells_the_person_the_evidence_and_the_criteria() {
    let page = Page::of(&child_form(&child_with_criteria(), Some(&parent()), &person()));
    assert_eq!(page.texts("h1"), ["Individuālā budžeta indikatīvā apmēra aprēķins"]);
    for (label, value) in [
        ("Vārds, uzvārds", "Demo Ķēniņš-Žagariņš"),
        ("Personas kods", "320000-00000"),
        ("Pilni gadi aprēķina dienā", "10"),
        ("Bērna vecāks vai likumiskais pārstāvis", "Demo Ģirtāne-Ņukša, personas kods 320000-00001 (vecāks)"),
        ("Metodika", "Bērnu individuālā budžeta metodika, 2023, 1. versija"),
        ("Vecuma grupa", "7\u{2013}13 gadi (ieskaitot)"),
        ("Noteikta īpaša kopšana", "Jā"),
        ("Piešķirts pabalsts transporta izdevumu kompensēšanai", "Jā"),
    ] {
        assert_eq!(page.fact(label).as_deref(), Some(value), "{label}");
    }
    assert_eq!(page.fact("Funkcionēšanas ierobežojuma smagums"), None);
    let cells = page.texts("td");
    let needs = "Bērna un vecāku vajadzību izvērtēšana, SOPA";
    assert_eq!(cells[..6], ["ir", "Nr. A-123", "27.02.2023.", needs, "Mājas vizīte 28.02.2023.", needs]);
    let text = page.text();
    for part in ["Ministru kabineta noteikumi Nr. 316: ", "rēķina 11 mēnešus", "Demo Darbiniece"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("Brīdinājumi"));
}

#[test]
fn warnings_are_told() {
    let facts = ChildFacts { severity: Some(Severity::Severe), ..heavy_child() };
    let page = Page::of(&child_form(&facts, None, &person()));
    assert!(page.texts("li").iter().any(|item| item.starts_with("Funkcionēšanas ierobežojuma smagumu nosaka no 14")));
    let turns_18 = ChildFacts { severity: Some(Severity::Moderate), ..child_facts("2005-06-01", false) };
    let page = Page::of(&child_form(&turns_18, None, &person()));
    assert!(page.text().contains("plāns turpinās līdz 31.05.2023., summa nemainās."));
}

#[test]
fn an_adult_signs_alone_and_a_need_with_a_lower_amount_says_so() {
    let page = Page::of(&adult_form(&adult_facts(), None));
    assert_eq!(page.fact("Aprūpes līmenis").as_deref(), Some("4"));
    assert_eq!(page.fact("Dzīvesvietas veids").as_deref(), Some("Dzīvo grupu mājā (dzīvoklī)"));
    assert_eq!(page.fact("Pilni gadi aprēķina dienā"), None);
    let text = page.text();
    for part in [
        "Mobilitātes nodrošināšana: 37,50\u{a0}EUR mēnesī, noteikts zem griestiem",
        "Mobilitātes nodrošināšanaVajadzību izvērtēšana",
        "neviens avots neapstiprina",
        "Ar aprēķinu iepazinos: persona (paraksts) Demo Ķēniņš-Žagariņš",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn volumes_with_a_fraction_have_a_comma() {
    let criteria = [NamedCriterion::HearingSupport { services: balsts_domain::children::HearingServices::all() }];
    let facts = ChildFacts { criteria: Criteria::from_iter(criteria), ..child_facts("2015-01-01", false) };
    let page = Page::of(&child_form(&facts, None, &person()));
    assert!(page.texts("td").iter().any(|cell| cell == "37,5\u{a0}h"));
    assert_eq!(sums(&page)[0], "23\u{a0}134,77\u{a0}EUR");
}

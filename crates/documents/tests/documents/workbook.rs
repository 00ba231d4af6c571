//! The workbook as a spreadsheet program reads it.

use std::{fs, io::Cursor, path::Path};

use balsts_domain::{parameters::catalogue::MethodologyId, plans::FundingSource};
use calamine::{Data, Range, Reader, Xlsx};

use crate::cases::{PlanCase, day};

struct Book(Vec<(String, Range<Data>)>);

impl Book {
    fn of(bytes: Vec<u8>) -> Self {
        let mut read: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        Self(read.worksheets())
    }

    fn sheet(&self, beginning: &str) -> &Range<Data> {
        &self.0.iter().find(|(name, _)| name.starts_with(beginning)).expect(beginning).1
    }

    /// The cells right of a label, or of a cell in a table.
    fn beside(&self, sheet: &str, label: &str) -> Vec<Data> {
        let is = |cell: &Data| matches!(cell, Data::String(text) if text == label);
        let rows = self.sheet(sheet).rows();
        let found = rows.into_iter().find_map(|row| Some(row[row.iter().position(is)? + 1..].to_vec()));
        found.expect(label)
    }
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

#[test]
fn the_sheets_follow_the_matrix() {
    let bytes = PlanCase::default().workbook();
    // To look at.
    fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("plan.xlsx"), &bytes).unwrap();
    let book = Book::of(bytes);
    let names: Vec<_> = book.0.iter().map(|(name, _)| name.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.8", "6.9", "6.10", "6.11"]);
    assert_eq!(book.beside("6.1 ", "Personas kods")[0], text("320000-00000"));
    assert_eq!(book.beside("6.2", "Demo Ergoterapeite")[0], text("ergoterapeite"));
    assert_eq!(book.beside("6.9", "Aprūpes mājās pakalpojums")[1], text("SIA “Izdomāta aprūpe”"));
    assert_eq!(book.beside("6.8", "SIA “Izdomāta aprūpe”")[..2], [text("40000000001"), text("1234")]);
    assert_eq!(book.beside("6.11", "Plāna versija")[0], Data::Float(2.0));
    assert_eq!(book.beside("6.11", "Satura SHA-256")[0], text(&hex(&PlanCase::default().content.hash())));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn numbers_are_numbers_and_days_are_days() {
    let book = Book::of(PlanCase::default().workbook());
    let day_of = |cell: &Data| match cell {
        Data::DateTime(time) => time.as_datetime().unwrap().date(),
        other => panic!("{other:?}"),
    };
    assert_eq!(day_of(&book.beside("6.1 ", "Dzimšanas datums")[0]), day("2013-01-01"));
    assert_eq!(day_of(&book.beside("6.11", "Pēdējā diena")[0]), day("2024-03-31"));
    assert_eq!(day_of(&book.beside("6.6", "Vienība")[0]), day("2023-04-01"));
    let care = "Aprūpes mājās pakalpojums";
    let of_care = book.beside("6.4", care);
    assert_eq!(of_care[..4], [text("stunda"), Data::Float(446.5), Data::Float(12.0), Data::Float(5358.0)]);
    let sums = book.beside("6.4", "Kopā");
    assert_eq!(sums[3], Data::Float(8502.6));
    let by_source: Vec<_> = sums[4..4 + FundingSource::ALL.len()].to_vec();
    assert_eq!(by_source, [6093.0, 2409.6, 0.0, 0.0, 0.0, 0.0].map(Data::Float));
    for (label, euros) in [
        ("Nepieciešamais apmērs", 8502.6),
        ("Indikatīvais apmērs", 21838.32),
        ("Tai skaitā no individuālā budžeta maksājamā daļa", 6093.0),
        ("Atlikums", 13335.72),
    ] {
        assert_eq!(book.beside("6.4", label)[0], Data::Float(euros), "{label}");
        assert_eq!(book.beside("6.5", label)[0], Data::Float(euros), "{label}");
    }
    let planned = book.beside("6.6", care);
    assert_eq!(planned[1..5], [Data::Float(44.0), Data::Float(42.5), Data::Float(40.0), Data::Empty]);
    let actual = book.beside("6.10", care);
    assert_eq!(actual[2..], [446.5, 440.0, 50.0, 396.5, 5358.0, 5280.0, 600.0, 600.0, 300.0, 4758.0].map(Data::Float));
    assert_eq!(book.beside("6.10", "Rindas, ko ietver indikatīvais apmērs")[6..8], [5358.0, 5280.0].map(Data::Float));
}

#[test]
fn services_stand_by_area_in_the_experts_order_and_the_parent_has_one_ranking() {
    let mut case = PlanCase { methodology: MethodologyId::ChildrenPilot2018, ..PlanCase::default() };
    for (line, (expert, parent)) in case.content.lines.iter_mut().zip([(2, 1), (1, 3), (3, 2), (4, 4), (5, 5)]) {
        (line.expert_rank, line.parent_rank, line.priority) = (Some(expert), Some(parent), None);
    }
    let book = Book::of(case.workbook());
    let rows: Vec<_> = book.sheet("6.3").rows().collect();
    let start = |caption: &str| rows.iter().position(|row| row[0] == text(caption)).unwrap() + 2;
    let ranking = start("Vecāka vai personas kopējā prioritārā secība");
    let numbers: Vec<_> = rows[ranking..ranking + 5].iter().map(|row| row[1].clone()).collect();
    assert_eq!(numbers, [2.0, 3.0, 1.0, 4.0, 5.0].map(Data::Float));
    let services = start("Pakalpojumi katrā atbalsta jomā ekspertu prioritārā secībā");
    let places: Vec<_> =
        rows[services..services + 5].iter().map(|row| (row[0].to_string(), row[1].to_string())).collect();
    let mut sorted = places.clone();
    sorted.sort_by_key(|(area, rank)| (area.is_empty(), area.clone(), rank.clone()));
    assert_eq!(places, sorted);
}

#[test]
fn no_text_is_a_formula() {
    let mut case = PlanCase::default();
    case.person.family_name = "=1+1".to_owned();
    case.provider.name = "@SUM(A1:A9)".to_owned();
    case.content.goals[0].text = "-2+3".to_owned();
    let book = Book::of(case.workbook());
    assert_eq!(book.beside("6.1 ", "Uzvārds")[0], text("'=1+1"));
    assert_eq!(book.beside("6.1 ", "Saziņai")[0], text("'+371 20000000"));
    assert_eq!(book.beside("6.9", "Aprūpes mājās pakalpojums")[1], text("'@SUM(A1:A9)"));
    for (name, sheet) in &book.0 {
        for cell in sheet.rows().flatten() {
            let Data::String(text) = cell else { continue };
            assert!(!text.starts_with(['=', '+', '-', '@']), "{name} {text}");
        }
    }
}

#[test]
fn the_same_plan_gives_the_same_bytes_with_the_date_of_the_plan() {
    let bytes = PlanCase::default().workbook();
    assert!(bytes == PlanCase::default().workbook());
    let mut later = PlanCase::default();
    later.content.from = day("2023-05-01");
    assert!(bytes != later.workbook());
}

use std::{fs, path::Path};

use balsts_documents::{Document, PdfError, pdf};
use balsts_domain::{applications::Outcome, parameters::catalogue::MethodologyId};
use lopdf::Object;

use crate::{
    cases::{
        self, PlanCase, adult_facts, adult_form, child_eligibility, child_form, child_with_criteria, decide,
        heavy_child,
    },
    hostile::{self, HOSTILE},
};

fn read(bytes: &[u8]) -> lopdf::Document {
    assert!(bytes.starts_with(b"%PDF-1.7"));
    lopdf::Document::load_mem(bytes).unwrap()
}

/// All text without the spaces, whose places a reader only guesses, and without hyphens that end a line.
fn text(bytes: &[u8]) -> String {
    let document = read(bytes);
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let text = document.extract_text(&pages).unwrap();
    text.chars().filter(|character| !character.is_whitespace() && *character != '\u{ad}').collect()
}

fn documents() -> Vec<Document> {
    let (person, parent) = (cases::person(), cases::parent());
    vec![
        decide(MethodologyId::Children2023, &child_eligibility(), Outcome::Grant, Some(&parent), &person).unwrap(),
        cases::revoke("Persona pārcēlusies.", None),
        child_form(&heavy_child(), Some(&parent), &person),
        child_form(&child_with_criteria(), Some(&parent), &person),
        adult_form(&adult_facts(), None),
        hostile::documents(&"Ļotigarš".repeat(40))[1].clone(),
        PlanCase::default().plan(),
        PlanCase::default().contract(),
        PlanCase::default().one_price(),
        hostile::documents(&"Ļotigarš".repeat(40))[2].clone(),
    ]
}

#[test]
fn latvian_text_reads_back() {
    let mut document = cases::revoke("āčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ — “pēdiņas”", Some(&cases::parent()));
    document.subject = "par ļoti garu tēmu".to_owned();
    let text = text(&pdf(&document).unwrap());
    for part in ["āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ—“pēdiņas”", "DemoĶēniņš-Žagariņš,personaskods320000-00000", "parļotigarutēmu"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let text = self::text(&pdf(&documents()[2]).unwrap());
    for part in ["21838,32EUR", "Pamatagrozs:", "4819,20", "2no"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn every_document_is_tagged_in_latvian_and_for_the_archive() {
    for (number, document) in documents().iter().enumerate() {
        let bytes = pdf(document).unwrap();
        // To look at: target/tmp/document-0.pdf and so on.
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("document-{number}.pdf"));
        fs::write(place, &bytes).unwrap();
        let pdf = read(&bytes);
        let catalog = pdf.catalog().unwrap();
        assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"lv");
        assert!(catalog.has(b"StructTreeRoot"));
        let marked = catalog.get(b"MarkInfo").and_then(|info| pdf.dereference(info)).unwrap().1.as_dict().unwrap();
        assert!(marked.get(b"Marked").unwrap().as_bool().unwrap());
        let metadata = catalog.get(b"Metadata").and_then(|data| pdf.dereference(data)).unwrap().1;
        let Object::Stream(metadata) = metadata else { panic!("{metadata:?}") };
        let metadata = String::from_utf8(metadata.content.clone()).unwrap();
        for part in [
            "<pdfaid:part>2</pdfaid:part>",
            "<pdfaid:conformance>A</pdfaid:conformance>",
            "<pdfuaid:part>1</pdfuaid:part>",
        ] {
            assert!(metadata.contains(part), "{part}\n{metadata}");
        }
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for document in documents() {
        assert!(pdf(&document).unwrap() == pdf(&document.clone()).unwrap());
    }
}

#[test]
fn no_name_becomes_markup() {
    for (name, shown) in HOSTILE {
        let shown: String = shown.split_whitespace().collect();
        for document in hostile::documents(name) {
            let text = text(&pdf(&document).unwrap());
            assert!(text.contains(&shown), "{name}\n{text}");
        }
    }
}

#[test]
fn a_script_that_the_fonts_lack_is_refused_by_its_character() {
    for (name, character) in [("Анна 安", '安'), ("😀", '😀')] {
        for document in hostile::documents(name) {
            let refused = pdf(&document);
            assert!(matches!(refused, Err(PdfError::NoGlyph(missing)) if missing == character), "{refused:?}");
        }
    }
}

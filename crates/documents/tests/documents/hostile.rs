//! Whatever a name contains is shown as text.

use balsts_documents::{Document, STYLE, html, parties::Provider};
use balsts_domain::{applications::Outcome, parameters::catalogue::MethodologyId};

use crate::{
    cases::{self, PlanCase, child_eligibility, child_form, decide, heavy_child, parent, person},
    page::Page,
};

/// Names as written, and as shown.
pub const HOSTILE: [(&str, &str); 8] = [
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("\"><img src=x onerror=alert(1)>", "\"><img src=x onerror=alert(1)>"),
    ("</style></title><b>'&amp;", "</style></title><b>'&amp;"),
    ("#emph[x] $x^2$ *y* _z_ @ref <label> // \\ `raw`", "#emph[x] $x^2$ *y* _z_ @ref <label> // \\ `raw`"),
    ("#read(\"/etc/passwd\")\n= Lēmums\n- x", "#read(\"/etc/passwd\") = Lēmums - x"),
    ("Anna\u{202e}sāleB\u{200f}\u{200b}", "Anna\u{fffd}sāleB\u{fffd}\u{fffd}"),
    ("{{ x }} ${y} %s \u{0}\u{1b}[31m", "{{ x }} ${y} %s   [31m"),
    ("Оксана Ґалаґан, Ζωή", "Оксана Ґалаґан, Ζωή"),
];

pub fn documents(name: &str) -> [Document; 5] {
    let mut person = person();
    person.family_name = name.to_owned();
    let mut parent = parent();
    parent.relation = name.to_owned();
    let decision =
        decide(MethodologyId::Children2023, &child_eligibility(), Outcome::Grant, Some(&parent), &person).unwrap();
    let form = child_form(&heavy_child(), Some(&parent), &person);
    let provider = Provider { name: name.to_owned(), ..cases::provider() };
    let case = PlanCase { person, representative: Some(parent), provider, ..PlanCase::default() };
    [decision, form, case.plan(), case.contract(), case.one_price()]
}

#[test]
fn no_name_becomes_markup() {
    let plain = documents("Paraugs").map(|document| Page::of(&document).elements().len());
    for (name, shown) in HOSTILE {
        for (document, plain) in documents(name).iter().zip(plain) {
            let page = Page::of(document);
            assert_eq!(page.elements().len(), plain, "{name}");
            assert!(page.text().contains(shown), "{name}\n{}", page.text());
        }
    }
}

#[test]
fn a_page_needs_nothing_but_its_one_style() {
    for document in documents("Paraugs") {
        let page = Page::of(&document);
        for element in page.elements() {
            for (attribute, value) in &element.attributes {
                let known = matches!(
                    (element.name.as_str(), attribute.as_str()),
                    ("html", "lang")
                        | ("meta", "charset" | "name" | "content")
                        | ("th", "scope" | "colspan")
                        | (_, "class")
                );
                assert!(known, "{} {attribute}={value}", element.name);
            }
        }
        assert_eq!(page.texts("style"), [STYLE]);
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}

#[test]
fn a_page_can_be_read_without_seeing_it() {
    for document in documents("Paraugs") {
        let page = Page::of(&document);
        assert!(html(&document).starts_with("<!DOCTYPE html>\n<html lang=\"lv\">"));
        assert_eq!(page.texts("h1").len(), 1);
        assert!(page.texts("h2").len() >= 4);
        assert_eq!(page.texts("caption").len(), page.texts("table").len());
        let headings = page.elements().into_iter().filter(|element| element.name == "th");
        assert!(headings.into_iter().all(|th| th.attributes.iter().any(|(name, _)| name == "scope")));
        assert!(page.elements().iter().any(|element| element.name == "main"));
    }
}

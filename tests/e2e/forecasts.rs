//! `/v1/forecasts` in each of its forms: the golden forecasts on the page, in its charts and in the workbook.

use std::io::Cursor;

use balsts_tests::{TestApp, app::Answer};
use calamine::{Data, Range, Reader, Xlsx};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde_json::{Value, json};

use crate::rules::golden;

pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn table(name: &str) -> Value {
    golden("tables.json")["forecast"][name].clone()
}

fn children() -> Value {
    json!({
        "name": "Bērni", "date": "2023-03-01", "funded_group": "children", "variant": "shared_50_50",
        "groups": [{"group": "children", "people": 2497}], "services_total": table("children")["services"],
    })
}

fn adults(name: &str) -> Value {
    let expected = table(name);
    let need = |need: &str| json!({"need": need, "people": expected[need][0], "yearly_amount": format!("{}.00", expected[need][1])});
    json!({
        "name": name, "date": "2023-05-02", "funded_group": "adults", "variant": "shared_50_50", "rounding": "euros",
        "groups": [{"group": "adults", "people": expected["people"]}], "services_total": expected["base"],
        "additional_needs": [need("natural_support"), need("minor_child_care"), need("mobility")],
    })
}

async fn ask(app: &TestApp, scenarios: &[Value], accept: &str, language: &str) -> Answer {
    let call = app.post("/v1/forecasts").header("accept", accept).header("accept-language", language);
    call.json(&json!({ "scenarios": scenarios })).send().await
}

/// What stands right of a label in a sheet.
pub(crate) fn beside(sheet: &Range<Data>, label: &str) -> Vec<Data> {
    let is = |cell: &Data| matches!(cell, Data::String(text) if text == label);
    let beside = |row: &[Data]| row.iter().position(is).map(|position| row[position + 1..].to_vec());
    sheet.rows().find_map(beside).unwrap_or_else(|| panic!("{label}"))
}

pub(crate) fn sheets(answer: &Answer) -> Vec<(String, Range<Data>)> {
    assert_eq!(answer.header("content-type"), Some(XLSX));
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(answer.body.clone())).unwrap();
    book.worksheets()
}

pub(crate) fn number(cell: &Data) -> f64 {
    match cell {
        Data::Float(number) => *number,
        other => panic!("{other:?} is no number"),
    }
}

fn decimal(value: &Value) -> f64 {
    value.as_str().unwrap().parse::<Decimal>().unwrap().to_f64().unwrap()
}

/// `1 234,56` or `1,234.56`.
pub(crate) fn written(value: &Value, language: &str) -> String {
    let text = format!("{:.2}", value.as_str().unwrap().parse::<Decimal>().unwrap());
    let (whole, cents) = text.split_once('.').unwrap();
    let (thousands, point) = if language == "lv" { ("\u{a0}", ",") } else { (",", ".") };
    let digits: Vec<char> = whole.chars().collect();
    let groups: Vec<String> = digits.rchunks(3).rev().map(|group| group.iter().collect()).collect();
    format!("{}{point}{cents}", groups.join(thousands))
}

/// Each chart of a page is an image with a name and its values in words.
pub(crate) fn charts(page: &str) -> Vec<String> {
    let charts = page.split("<svg ").skip(1).map(|rest| format!("<svg {}</svg>", rest.split("</svg>").next().unwrap()));
    let told = charts.map(|chart| {
        let svg = roxmltree::Document::parse(&chart).unwrap_or_else(|error| panic!("{error}: {chart}"));
        let root = svg.root_element();
        let text = |attribute: &str| {
            let id = root.attribute(attribute).unwrap();
            let found = root.children().find(|node| node.attribute("id") == Some(id)).unwrap();
            found.text().unwrap().to_owned()
        };
        assert_eq!(root.attribute("role"), Some("img"));
        assert!(root.children().any(|node| node.tag_name().name() == "rect"));
        format!("{}. {}", text("aria-labelledby"), text("aria-describedby"))
    });
    told.collect()
}

#[tokio::test]
async fn the_golden_forecasts_are_the_same_in_every_form() {
    let app = TestApp::start().await;
    for (scenarios, names) in [
        (vec![children()], vec!["children"]),
        (vec![adults("adults_1"), adults("adults_2")], vec!["adults_1", "adults_2"]),
    ] {
        let json = ask(&app, &scenarios, "application/json", "lv").await.expect(200);
        assert!(json.header("vary").is_some_and(|vary| vary.starts_with("Accept,")));
        for (language, sheet, labels) in [
            ("lv", "Prognoze", ["Pakalpojumi", "Darbības nodrošināšana", "Administrēšana", "Kopā"]),
            ("en", "Forecast", ["Services", "Operations", "Administration", "Total"]),
        ] {
            let page = ask(&app, &scenarios, "text/html", language).await.expect(200);
            assert_eq!(page.header("content-language"), Some(language));
            assert!(
                page.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'"))
            );
            let charts = charts(page.text());
            assert_eq!(charts.len(), 2);
            let book = ask(&app, &scenarios, XLSX, language).await.expect(200);
            let book = sheets(&book);
            let costs = &book.iter().find(|(name, _)| name == sheet).unwrap().1;
            for (position, name) in names.iter().enumerate() {
                let expected = table(name);
                let told = &json.json()["scenarios"][position];
                for (label, figure) in labels.iter().zip(["services", "operations", "administration", "total"]) {
                    let row = beside(costs, label);
                    assert_eq!(number(&row[position * 2]), decimal(&expected[figure]), "{name} {figure}");
                    assert_eq!(number(&row[position * 2 + 1]), decimal(&told["monthly"][figure]), "{name} {figure}");
                    let amount = written(&expected[figure], language);
                    assert!(page.text().contains(&amount) && charts[0].contains(&amount), "{amount} in {charts:?}");
                }
                for (payer, label) in [("state", "Valsts"), ("municipality", "Pašvaldības")] {
                    assert!(charts[1].contains(&written(&expected[payer], language)));
                    if language == "lv" {
                        assert_eq!(number(&beside(costs, label)[position * 2]), decimal(&expected[payer]));
                    }
                }
            }
            if names.len() == 2 {
                let compared = json.json()["comparison"].clone();
                let total = compared.as_array().unwrap().iter().find(|figure| figure["figure"] == "total").unwrap();
                let row = beside(costs, labels[3]);
                assert_eq!(number(&row[4]), decimal(&total["difference"]));
                assert_eq!(number(&row[5]), decimal(&total["difference_percent"]));
            }
        }
    }
}

#[tokio::test]
async fn what_is_asked_for_is_answered_or_refused() {
    let app = TestApp::start().await;
    let both = [children()];
    for (accept, content_type) in [
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        (XLSX, XLSX),
    ] {
        let answer = ask(&app, &both, accept, "lv").await.expect(200);
        assert_eq!(answer.header("content-type"), Some(content_type), "{accept}");
    }
    ask(&app, &both, "application/pdf", "lv").await.expect(406);
    // A fault is a problem, whatever form is asked for; a name is text in every form.
    let mut hostile = children();
    hostile["name"] = json!("=<script>\u{202e}&\"'");
    let page = ask(&app, &[hostile.clone(), children()], "text/html", "en").await.expect(200);
    assert!(!page.text().contains("<script"));
    assert_eq!(charts(page.text()).len(), 2);
    let book = ask(&app, &[hostile, children()], XLSX, "en").await.expect(200);
    let texts: Vec<String> =
        sheets(&book).iter().flat_map(|(_, sheet)| sheet.rows().flatten()).map(ToString::to_string).collect();
    assert!(texts.iter().any(|text| text.starts_with("'=<script>")) && !texts.iter().any(|text| text.starts_with('=')));
    let mut early = children();
    early["date"] = json!("1990-01-01");
    ask(&app, &[early], XLSX, "lv").await.expect_faults(422, &["no_version_for_date /scenarios/0/date"]);
}

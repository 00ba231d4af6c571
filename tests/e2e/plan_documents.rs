//! The documents of a plan on both databases: the plan, its contract, a guarantee letter, and the workbook as a program reads it.

use std::io::Cursor;

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use calamine::{Data, Reader, Xlsx};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    plans::{Calls, accepted_offer, draft, signed_budget},
    providers::registered,
};

fn office() -> Value {
    json!({
        "municipality": "Parauga novada pašvaldība", "name": "Sociālais dienests", "address": "Parauga iela 1",
        "place": "Paraugā", "appeal_authority": "Parauga dome", "appeal_address": "Parauga iela 2",
        "officials": [{"subject": "worker-1", "name": "Demo Darbinieks", "position": "sociālais darbinieks"}],
    })
}

pub(crate) async fn describe(app: &TestApp) {
    let call = app.request(Method::PUT, "/v1/office").as_role(Role::OfficeHead, OWN);
    call.header("if-match", "\"0\"").json(&office()).send().await.expect(200);
}

/// A plan with a line of a provider and one that the person prepays: its path and what it says.
async fn drafted(app: &TestApp) -> (String, Value) {
    let budget = signed_budget(app, "320000-00001").await;
    let provider = registered(app, OWN, "40000000001", &[OWN]).await;
    let care = accepted_offer(app, &provider, "home_care", "12.00").await;
    let month = |month: u32| {
        let (year, of_year) = (2023 + (month + 3) / 12, (month + 3) % 12 + 1);
        let volume = [(1, "72.5"), (11, "7.5")].into_iter().find(|(known, _)| *known == month);
        json!({"month": format!("{year}-{of_year:02}"), "volume": volume.map_or("80", |(_, volume)| volume)})
    };
    let schedule: Vec<Value> = (0..12).map(month).collect();
    let lines = [
        json!({"number": 1, "service": "home_care", "recipient": "child", "goal": 1, "volume": "880", "offer": care,
            "intensity": {"volume": "80", "per": "month"}, "unit_price": "12.00", "funding": "individual_budget",
            "priority": 1, "schedule": schedule}),
        json!({"number": 2, "service": "specialist", "recipient": "child", "goal": 1, "volume": "48",
            "unit_price": "60.00", "funding": "individual_budget", "priority": 2, "self_prepaid": true}),
    ];
    let (content, call) = (draft(&lines), app.post(&format!("{budget}/plan")).as_role(Role::SocialWorker, OWN));
    (location(&call.json(&content).send().await.expect(201)), content)
}

async fn sign(app: &TestApp, plan: &str) {
    Calls { app, path: plan.to_owned() }.in_force().await;
}

async fn order(app: &TestApp, plan: &str, line: u32, form: &str) -> String {
    let engagement = (form != "self_prepaid").then_some("parent_application");
    let body = json!({"line": line, "form": form, "volume": "40", "valid_from": "2023-04-01", "valid_to": "2024-03-31",
        "terms": {"engagement": engagement, "reference": "G-7", "payment": "15 dienu laikā."}});
    let call = app.post(&format!("{plan}/orders")).as_role(Role::SocialWorker, OWN);
    location(&call.json(&body).send().await.expect(201))
}

async fn get(app: &TestApp, role: Role, path: &str) -> Answer {
    app.get(path).as_role(role, OWN).send().await
}

fn tells(page: &Answer, parts: &[&str]) {
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    for part in parts {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_contract_and_letter_are_documents() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (plan, mut content) = drafted(&app).await;
        let (document, contract) = (format!("{plan}/document"), format!("{plan}/contract/document"));
        for path in [&document, &contract, &format!("{plan}/workbook")] {
            let refused = get(&app, Role::SocialWorker, path).await.expect(409).json();
            assert_eq!(refused["code"], "office_not_described");
        }
        describe(&app).await;

        // The draft, to be signed: the version that it becomes gives the same document.
        let draft = get(&app, Role::SocialWorker, &document).await.expect(200);
        let parts = [
            "Atbalsta plāns",
            "plāna versija Nr.\u{a0}1",
            "320000-00001",
            "Aprūpes mājās pakalpojums",
            "880\u{a0}h",
            "10\u{a0}560,00",
            "13\u{a0}440,00\u{a0}EUR",
            "8\u{a0}398,32\u{a0}EUR",
            "persona apmaksā pati",
            "72,5",
        ];
        tells(&draft, &parts);
        get(&app, Role::SocialWorker, &format!("{document}?version=2")).await.expect(404);
        get(&app, Role::SocialWorker, &format!("{document}?version=0")).await.expect(400);
        get(&app, Role::SocialWorker, &format!("{document}?draft=1")).await.expect(400);
        sign(&app, &plan).await;
        for version in ["", "?version=1"] {
            let signed = get(&app, Role::Auditor, &format!("{document}{version}")).await.expect(200);
            assert_eq!(signed.text(), draft.text());
        }
        get(&app, Role::SocialWorker, &format!("{document}?version=2")).await.expect(404);

        let parts =
            ["par individuālā budžeta saņemšanu", "13\u{a0}440,00\u{a0}EUR", "satura SHA-256: ", "320000-00001"];
        tells(&get(&app, Role::OfficeHead, &contract).await.expect(200), &parts);

        let letter = order(&app, &plan, 1, "guarantee_letter").await;
        let prepaid = order(&app, &plan, 2, "self_prepaid").await;
        let page = get(&app, Role::Accountant, &format!("{letter}/document")).await.expect(200);
        let parts = [
            "Garantijas vēstule",
            "40000000001",
            "Nr.\u{a0}G-7",
            "15 dienu laikā.",
            "480,00\u{a0}EUR",
            "80\u{a0}h mēnesī",
        ];
        tells(&page, &parts);
        for secret in ["320000", "traucējum", "21\u{a0}838", "13\u{a0}440"] {
            assert!(!page.text().contains(secret), "{secret}: {}", page.text());
        }
        get(&app, Role::Accountant, &format!("{prepaid}/document")).await.expect(404);
        for path in [&document, &contract, &format!("{plan}/workbook")] {
            get(&app, Role::Accountant, path).await.expect(403);
            app.get(path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        }
        app.get(&format!("{letter}/document")).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        let wanted = app.get(&document).as_role(Role::SocialWorker, OWN).header("accept", "image/png");
        wanted.send().await.expect(406);

        // A draft above the budget says that it cannot be signed.
        let revision = json!({"reason": "price_changed", "outcome": "adjust", "text": "Sniedzējs maina cenu."});
        let tag = |answer: &Answer| answer.header("etag").unwrap().to_owned();
        let before = tag(&get(&app, Role::SocialWorker, &plan).await.expect(200));
        let call = app.post(&format!("{plan}/revision")).as_role(Role::SocialWorker, OWN);
        let revised = call.header("if-match", &before).json(&revision).send().await.expect(201);
        content["lines"][1]["volume"] = json!("480");
        let call = app.put(&plan).as_role(Role::SocialWorker, OWN).header("if-match", &tag(&revised));
        call.json(&content).send().await.expect(200);
        let next = get(&app, Role::SocialWorker, &format!("{document}?version=2")).await.expect(200);
        tells(&next, &["plāna versija Nr.\u{a0}2", "Projekts: plānā ir kļūdas", "Pārsniegums"]);
        assert_eq!(get(&app, Role::SocialWorker, &document).await.expect(200).text(), draft.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_read_by_a_spreadsheet_program() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        describe(&app).await;
        let (plan, _) = drafted(&app).await;
        sign(&app, &plan).await;
        order(&app, &plan, 1, "guarantee_letter").await;
        let call = app.get(&format!("{plan}/workbook")).as_role(Role::SocialWorker, OWN);
        let answer = call.send().await.expect(200);
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        assert_eq!(answer.header("content-type"), Some(kind));
        assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"atbalsta-plans-1.xlsx\""));
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(answer.body.clone())).unwrap();
        let sheets = book.worksheets();
        assert_eq!(sheets.len(), 10);
        let beside = |sheet: &str, label: &str| {
            let found = sheets.iter().find(|(name, _)| name.starts_with(sheet)).unwrap();
            let is = |cell: &Data| matches!(cell, Data::String(text) if text == label);
            let beside = |row: &[Data]| row.iter().position(is).map(|position| row[position + 1..].to_vec());
            found.1.rows().find_map(beside).unwrap_or_else(|| panic!("{sheet} {label}"))
        };
        assert_eq!(beside("6.1 ", "Personas kods")[0], Data::String("320000-00001".to_owned()));
        assert_eq!(beside("6.4", "Saskaņotais (kopējais) apmērs")[0], Data::Float(13440.0));
        let actual = beside("6.10", "Aprūpes mājās pakalpojums");
        assert_eq!(actual[2..6], [880.0, 40.0, 0.0, 880.0].map(Data::Float));
        assert_eq!(actual[6..9], [10560.0, 480.0, 0.0].map(Data::Float));
        assert_eq!(beside("6.11", "saņēmējs vai tā pārstāvis")[0], Data::String("Izdomāts Paraugvecāks".to_owned()));
        let again = app.get(&format!("{plan}/workbook")).as_role(Role::Auditor, OWN).send().await.expect(200);
        assert!(answer.body == again.body, "the same bytes");
        let report = app.store.verify_audit().await.unwrap();
        assert!(report.faults.is_empty(), "{report:?}");
    }
}

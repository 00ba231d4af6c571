//! `/v1/methodologies`, `/v1/services`, `/v1/plan-suggestions`, `/v1/working-days`, `/v1/municipalities`,
//! `/v1/retention-rules`: what the rules count with.

use balsts_tests::TestApp;
use serde_json::{Value, json};

async fn get(app: &TestApp, path: &str) -> Value {
    app.get(path).header("accept-language", "en").send().await.expect(200).json()
}

fn items(answer: &Value) -> &[Value] {
    answer["items"].as_array().unwrap()
}

#[tokio::test]
async fn every_methodology_is_listed_and_shown_with_its_decisions() {
    let app = TestApp::start().await;
    let list = get(&app, "/v1/methodologies").await;
    let ids: Vec<_> = items(&list).iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["children-pilot-2018", "children-2023", "adults-2023"]);
    for id in ids {
        let methodology = get(&app, &format!("/v1/methodologies/{id}")).await;
        let periods = methodology["periods"].as_array().unwrap();
        assert!(!periods.is_empty());
        assert!(
            periods.iter().all(|period| period["decisions"].as_array().is_some_and(|list| !list.is_empty())),
            "{id}"
        );
    }
    app.get("/v1/methodologies/children-2099").send().await.expect(404);
}

#[tokio::test]
async fn parameters_have_their_value_source_and_history_on_a_day() {
    let app = TestApp::start().await;
    let list = get(&app, "/v1/methodologies/children-2023/parameters?date=2023-03-01").await;
    let home_care = items(&list).iter().find(|item| item["key"] == "tariffs/home_care").unwrap();
    assert_eq!((&home_care["value"], &home_care["unit"]), (&json!("6.63"), &json!("EUR/hour")));
    assert!(!home_care["source"]["section"].as_str().unwrap().is_empty());
    assert_eq!(home_care["history"][0]["value"], "6.63");
    assert!(list["changes"].is_null());

    let same = get(&app, "/v1/methodologies/children-2023/parameters?date=2023-03-01&compare_to=2023-04-01").await;
    assert_eq!(same["changes"], json!([]));

    let path = "/v1/methodologies/children-2023/parameters?";
    for (query, pointer) in [("date=1990-01-01", "/date"), ("date=2023-03-01&compare_to=1990-01-01", "/compare_to")] {
        let expected = format!("no_version_for_date {pointer}");
        app.get(&format!("{path}{query}")).send().await.expect_faults(422, &[&expected]);
    }
    for query in ["date=2023-02-30", "day=2023-03-01", "date=2023-03-01&date=2023-03-02"] {
        app.get(&format!("{path}{query}")).send().await.expect(400);
    }
    app.get("/v1/methodologies/none/parameters").send().await.expect(404);
}

#[tokio::test]
async fn services_are_paged_through_without_loss_and_filtered() {
    let app = TestApp::start().await;
    let all = get(&app, "/v1/services?limit=200").await;
    assert!(all["next"].is_null());
    let mut paged = Vec::new();
    let mut path = "/v1/services?limit=7".to_owned();
    loop {
        let page = get(&app, &path).await;
        assert!((1..=7).contains(&items(&page).len()));
        paged.extend_from_slice(items(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/services?limit=7&cursor={next}");
    }
    assert_eq!(paged, items(&all));

    let social = get(&app, "/v1/services?limit=200&group=social&methodology=children-2023").await;
    assert!(!items(&social).is_empty() && items(&social).len() < paged.len());
    for item in items(&social) {
        assert_eq!(item["group"], "social");
        assert!(item["methodologies"].as_array().unwrap().contains(&json!("children-2023")), "{item}");
    }
    for query in ["limit=0", "limit=201", "limit=x", "group=none", "payable=perhaps"] {
        app.get(&format!("/v1/services?{query}")).send().await.expect(400);
    }
    let long = format!("/v1/services?cursor={}", "x".repeat(201));
    app.get(&long).send().await.expect_faults(400, &["too_long /cursor"]);
}

#[tokio::test]
async fn a_service_has_the_tariff_of_the_day_and_names_in_both_languages() {
    let app = TestApp::start().await;
    let path = "/v1/services/home_care?date=2023-03-01";
    let service = get(&app, path).await;
    assert_eq!(service["tariff"]["amount"], "6.63", "{service}");
    let latvian = app.get(path).send().await.expect(200);
    assert_eq!(latvian.header("content-language"), Some("lv"));
    assert_eq!(latvian.json()["name"], "Aprūpes mājās pakalpojums");
    assert_ne!(latvian.json()["name"], service["name"]);
    assert!(get(&app, "/v1/services/home_care?date=1990-01-01").await["tariff"].is_null());
    app.get("/v1/services/none").send().await.expect(404);
    app.get("/v1/services/home_care?date=1.3.2023").send().await.expect(400);
}

#[tokio::test]
async fn plan_suggestions_are_filtered_by_impairment() {
    let app = TestApp::start().await;
    let all = get(&app, "/v1/plan-suggestions").await;
    let vision = get(&app, "/v1/plan-suggestions?impairment=vision").await;
    assert!(!items(&vision).is_empty() && items(&vision).len() < items(&all).len());
    assert!(items(&vision).iter().all(|item| item["impairment"] == "vision"));
    app.get("/v1/plan-suggestions?impairment=none").send().await.expect(400);
}

#[tokio::test]
async fn working_days_leave_out_weekends_and_holidays() {
    let app = TestApp::start().await;
    // 18 November 2023 is a Saturday: the Monday after is free.
    let stretch = get(&app, "/v1/working-days?from=2023-11-16&to=2023-11-21").await;
    assert_eq!(stretch["working_days"], json!(["2023-11-16", "2023-11-17", "2023-11-21"]));
    let deadline = get(&app, "/v1/working-days?from=2023-11-16&days=2").await;
    assert_eq!((&deadline["to"], &deadline["count"]), (&json!("2023-11-21"), &json!(2)));
    for (query, pointer) in [
        ("from=2023-11-16", "missing_field /days"),
        ("from=2023-11-16&to=2023-11-20&days=3", "missing_field /days"),
        ("from=2023-11-16&to=2023-11-15", "date_out_of_range /to"),
        ("from=2023-11-16&to=9999-12-31", "date_out_of_range /to"),
        ("from=9999-12-31&days=5", "date_out_of_range /from"),
    ] {
        app.get(&format!("/v1/working-days?{query}")).send().await.expect_faults(422, &[pointer]);
    }
    app.get("/v1/working-days?from=2023-11-16&days=1001").send().await.expect_faults(400, &["too_large /days"]);
}

#[tokio::test]
async fn municipalities_are_those_of_the_day() {
    let app = TestApp::start().await;
    let today = get(&app, "/v1/municipalities").await;
    assert_eq!(items(&today).len(), 43);
    let riga = json!({"code": "0001000", "name": "Riga", "kind": "state_city", "planning_region": "riga",
        "valid_from": "2021-07-01", "valid_to": null});
    assert_eq!(items(&today)[0], riga);
    assert!(today["source"]["document"].as_str().unwrap().contains("379"));
    let codes = |list: &Value| -> Vec<String> {
        items(list).iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
    };
    assert!(codes(&today).contains(&"0055000".to_owned()));
    let merged = codes(&get(&app, "/v1/municipalities?date=2025-07-01").await);
    assert!(merged.contains(&"0038001".to_owned()) && !merged.contains(&"0055000".to_owned()), "{merged:?}");
    assert_eq!(get(&app, "/v1/municipalities?date=2021-06-30").await["items"], json!([]));
    for query in ["date=2025-06-31", "day=2025-07-01"] {
        app.get(&format!("/v1/municipalities?{query}")).send().await.expect(400);
    }
}

#[tokio::test]
async fn every_kind_of_record_has_a_rule_of_retention() {
    let app = TestApp::start().await;
    let rules = get(&app, "/v1/retention-rules").await;
    let shown = |record: &str| items(&rules).iter().find(|item| item["record"] == record).unwrap();
    let ledger = shown("ledger_entry");
    assert_eq!((&ledger["period"], &ledger["counts_from"]), (&json!("P10Y"), &json!("end_of_year")));
    assert_eq!(ledger["source"], json!({"document": "Accounting Law", "section": "section 28"}));
    let repeated = shown("idempotency_record");
    assert_eq!((&repeated["period"], &repeated["source"]), (&json!("P7D"), &Value::Null));
    assert!(repeated["decision"].is_string() && shown("case")["kept_after"].is_string());
    let latvian = app.get("/v1/retention-rules").send().await.expect(200).json();
    assert_ne!(latvian["items"][0]["decision"], rules["items"][0]["decision"]);
}

//! `/v1/calendar-exceptions` on both databases: an office's own days, and the deadlines that count with them.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/v1/calendar-exceptions";
const OWN: &str = "0001000";
const FOREIGN: &str = "0002000";

async fn declare(app: &TestApp, date: &str, working: bool, reason: &str) -> Answer {
    let call = app.request(Method::PUT, &format!("{PATH}/{date}")).as_role(Role::OfficeHead, OWN);
    call.json(&json!({"working": working, "reason": reason})).send().await
}

async fn withdraw(app: &TestApp, date: &str, municipality: &str) -> Answer {
    app.request(Method::DELETE, &format!("{PATH}/{date}")).as_role(Role::OfficeHead, municipality).send().await
}

async fn list(app: &TestApp, query: &str, municipality: &str) -> Value {
    let call = app.get(&format!("{PATH}{query}")).as_role(Role::Accountant, municipality);
    call.send().await.expect(200).json()["items"].clone()
}

/// Registers the application of an invented child.
async fn register(app: &TestApp, municipality: &str, code: &str) -> Answer {
    let application = json!({
        "methodology": "children-2023", "received_at": "2023-03-01T09:30",
        "person": {"personal_code": code, "given_name": "Izdomāta", "family_name": "Paraudziņa"},
        "applicant": {"given_name": "Izdomāts", "family_name": "Paraugvecāks", "relation": "parent"},
        "evidence": {"birth_date": "2013-01-01", "disability": {"group": "child"}, "impairment_types": ["movement"]},
    });
    app.post("/v1/applications").as_role(Role::SocialWorker, municipality).json(&application).send().await.expect(201)
}

async fn due(app: &TestApp, municipality: &str, code: &str) -> Value {
    register(app, municipality, code).await.json()["due_on"].clone()
}

#[tokio::test]
async fn a_day_off_moves_the_next_deadline_of_that_office_only() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        assert_eq!(due(&app, OWN, "320000-00001").await, "2023-03-15");
        declare(&app, "2023-03-08", false, "Mācību diena").await.expect(201);
        assert_eq!(due(&app, OWN, "320000-00002").await, "2023-03-16");
        assert_eq!(due(&app, FOREIGN, "320000-00003").await, "2023-03-15");
        declare(&app, "2023-03-11", true, "Atstrādā sestdienā").await.expect(201);
        assert_eq!(due(&app, OWN, "320000-00004").await, "2023-03-15");

        // Those that were set do not move.
        let stored = app.get("/v1/applications").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let stored: Vec<_> = stored["items"].as_array().unwrap().iter().map(|item| item["due_on"].clone()).collect();
        assert_eq!(stored, ["2023-03-15", "2023-03-16", "2023-03-15"]);

        withdraw(&app, "2023-03-08", OWN).await.expect(204);
        assert_eq!(due(&app, OWN, "320000-00005").await, "2023-03-14");
    }
}

#[tokio::test]
async fn notification_and_appeal_count_in_the_calendar_of_the_office() {
    let app = TestApp::start().await;
    for date in ["2023-03-13", "2023-04-17"] {
        declare(&app, date, false, "Slēgts").await.expect(201);
    }
    let path = register(&app, OWN, "320000-00001").await.header("location").unwrap().to_owned();
    let act =
        json!({"outcome": "grant", "decided_on": "2023-03-10", "delivery": "e_address", "prepared_by": "worker-1"});
    let call = app.post(&format!("{path}/decision")).as_role(Role::OfficeHead, OWN).header("if-match", "\"1\"");
    let decision = call.json(&act).send().await.expect(201).json()["decision"].clone();
    // Friday the 10th by e-address, Monday off: the second working day is Wednesday. A month later is a Saturday, and the
    // Monday after it is off.
    assert_eq!(decision["notified_on"], "2023-03-15");
    assert_eq!(decision["appeal_until"], "2023-04-18");
}

#[tokio::test(flavor = "multi_thread")]
async fn exceptions_are_replaced_listed_by_year_withdrawn_and_told() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let first = declare(&app, "2023-12-29", false, "Atvaļinājums").await.expect(201).json();
        let again = declare(&app, "2023-12-29", false, "Slēgts").await.expect(200).json();
        let expected = json!({"id": first["id"], "date": "2023-12-29", "working": false, "reason": "Slēgts"});
        assert_eq!(again, expected);
        let earlier = declare(&app, "2023-01-03", false, "Slēgts").await.expect(201).json();
        let next_year = declare(&app, "2024-01-03", false, "Slēgts").await.expect(201).json();

        assert_eq!(list(&app, "?year=2023", OWN).await, json!([earlier, again]));
        assert_eq!(list(&app, "", OWN).await, json!([earlier, again]), "the tests' present is in 2023");
        assert_eq!(list(&app, "?year=2024", OWN).await, json!([next_year]));
        assert_eq!(list(&app, "?year=2023", FOREIGN).await, json!([]));

        withdraw(&app, "2023-12-29", FOREIGN).await.expect(404);
        withdraw(&app, "2023-12-29", OWN).await.expect(204);
        withdraw(&app, "2023-12-29", OWN).await.expect(404);
        assert_eq!(list(&app, "?year=2023", OWN).await, json!([earlier]));

        let events = app.get("/v1/events").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let events = events["items"].as_array().unwrap();
        let told: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
        let (declared, withdrawn) = ("calendar_exception.declared", "calendar_exception.withdrawn");
        assert_eq!(told, [declared, declared, declared, declared, withdrawn]);
        assert_eq!(events[4]["source"], PATH);
        assert_eq!(events[4]["subject"], first["id"]);
        let report = app.store.verify_audit().await.unwrap();
        assert!(report.faults.is_empty() && report.entries == 5, "{report:?}");
    }
}

#[tokio::test]
async fn what_is_no_day_year_or_reason_is_refused() {
    let app = TestApp::start().await;
    for date in ["2023-02-29", "2023-3-8", "08.03.2023", "x"] {
        declare(&app, date, false, "Slēgts").await.expect(404);
        withdraw(&app, date, OWN).await.expect(404);
    }
    declare(&app, "2023-03-08", false, "").await.expect_faults(400, &["too_short /reason"]);
    declare(&app, "2023-03-08", false, &"x".repeat(201)).await.expect_faults(400, &["too_long /reason"]);
    // A Wednesday, a Sunday, a holiday.
    for (date, working) in [("2023-03-08", true), ("2023-03-12", false), ("2023-05-04", false)] {
        declare(&app, date, working, "Tāpat").await.expect_faults(422, &["same_as_calendar /working"]);
    }
    let get = |query: &str| app.get(&format!("{PATH}?{query}")).as_role(Role::Auditor, OWN);
    get("year=0").send().await.expect_faults(400, &["too_small /year"]);
    get("year=10000").send().await.expect_faults(400, &["too_large /year"]);
    for query in ["year=-1", "year=x", "year=99999", "month=3"] {
        get(query).send().await.expect(400);
    }
    // What is no filter is not taken for one.
    let call = app.request(Method::DELETE, &format!("{PATH}/2023-03-08?year=2023")).as_role(Role::OfficeHead, OWN);
    call.send().await.expect(400);
    assert_eq!(list(&app, "?year=9999", OWN).await, json!([]));
}

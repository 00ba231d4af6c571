//! Notices of providers on both databases: told at once or at the plan's end, acknowledged once by the office.

use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, now},
};
use chrono::{DateTime, Days, Utc};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    settlement::{Ordered, by_provider, id_of, ordered, ordered_from, with_offer},
};

const PATH: &str = "/v1/provider-notices";

pub(crate) async fn tell(app: &TestApp, order: &str, notice: &Value) -> Answer {
    by_provider(app, "POST", &format!("/v1/orders/{order}/notices")).json(notice).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_tells_and_the_office_acknowledges() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, budget, .. } = ordered(&app, "320000-00001").await;
        let unreachable = json!({"kind": "recipient_unreachable", "text": "Izdomāti: neatbild divas nedēļas."});
        let send = || {
            let call = by_provider(&app, "POST", &format!("/v1/orders/{order}/notices"));
            call.header("idempotency-key", "n-1").json(&unreachable).send()
        };
        let told = send().await.expect(201);
        assert_eq!(send().await.json(), told.json(), "a repeated notice is stored once");
        assert_eq!(told.json()["content"]["text"], unreachable["text"]);

        // A report has all its parts, and only a report has them.
        let mut report = json!({"kind": "plan_end_report", "text": "Notika 40 reizes.", "results": "Ēd pats."});
        tell(&app, &order, &report).await.expect_faults(422, &["missing_field /recommendations"]);
        report["recommendations"] = json!("Turpināt.");
        let report = tell(&app, &order, &report).await.expect(201).json();
        let mut wrong = unreachable.clone();
        wrong["results"] = json!("Nav.");
        tell(&app, &order, &wrong).await.expect_faults(422, &["unexpected_field /results"]);
        let nowhere = "018bcfe5-6800-7000-8000-0000000000ff";
        tell(&app, nowhere, &unreachable).await.expect(404);

        // The office lists what waits, reads it, and says what it does about it, once.
        let list = async |query: &str| {
            let call = app.get(&format!("{PATH}{query}")).as_role(Role::SocialWorker, OWN);
            call.send().await.expect(200).json()["items"].as_array().unwrap().clone()
        };
        assert_eq!(list("?acknowledged=false").await.len(), 2);
        assert!(list("").await[0]["content"].is_null());
        assert_eq!(list("?kind=plan_end_report").await[0]["id"], report["id"]);
        let path = location(&told);
        let shown = app.get(&path).as_role(Role::SocialWorker, OWN).send().await.expect(200);
        let outcome = json!({"outcome": "Darbiniece apmeklēja ģimeni."});
        let acknowledge = |tag: &str| {
            let call = app.post(&format!("{path}/acknowledgement")).as_role(Role::SocialWorker, OWN);
            call.header("if-match", tag).json(&outcome).send()
        };
        acknowledge("\"7\"").await.expect(412);
        let done = acknowledge(shown.header("etag").unwrap()).await.expect(201).json();
        assert_eq!(done["content"]["outcome"], outcome["outcome"]);
        assert_eq!(acknowledge("\"2\"").await.expect(409).json()["code"], "notice_acknowledged");
        assert_eq!(list("?acknowledged=false").await.len(), 1);

        // The provider sees its own, nobody else any.
        let own = by_provider(&app, "GET", PATH).send().await.expect(200).json();
        assert_eq!(own["items"].as_array().unwrap().len(), 2);
        assert_eq!(by_provider(&app, "GET", &path).send().await.expect(200).json(), done);
        app.get(&path).as_role(Role::OfficeHead, FOREIGN).send().await.expect(404);
        app.get(&path).as_role(Role::Accountant, OWN).send().await.expect(403);
        let foreign = app.get(PATH).as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json();
        assert_eq!(foreign["items"], json!([]));
        let case = app.get(&budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        let log = format!("/v1/persons/{}/accesses", case["person_id"].as_str().unwrap());
        let log = app.get(&log).as_role(Role::Auditor, OWN).send().await.expect(200);
        assert!(log.text().contains("get_provider_notice"), "{}", log.shown());
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// The day before the last two months of a plan of 2023-04-01 to 2024-03-31.
fn before_the_end() -> DateTime<Utc> {
    now() + Days::new(77)
}

/// The first day of them.
fn near_the_end() -> DateTime<Utc> {
    now() + Days::new(78)
}

#[tokio::test(flavor = "multi_thread")]
async fn near_the_end_of_a_plan_the_office_is_told_which_providers_have_not_reported() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (provider, care) = with_offer(&app).await;
        let (_, order) = ordered_from(&app, "320000-00001", &care).await;
        let (_, other) = ordered_from(&app, "320000-00002", &care).await;
        let awaited = async |app: &TestApp, municipality: &str, query: &str| {
            let call = app.get(&format!("/v1/awaited-reports{query}")).as_role(Role::SocialWorker, municipality);
            call.send().await.expect(200).json()
        };
        let early = app.another_node_at(before_the_end).await;
        assert_eq!(awaited(&early, OWN, "").await, json!({"items": [], "next": null}));
        let app = app.another_node_at(near_the_end).await;
        let list = awaited(&app, OWN, "").await;
        let items = list["items"].as_array().unwrap();
        let told = |item: &Value| {
            let providers = item["providers"].as_array().unwrap();
            (item["reports_from"].clone(), item["to"].clone(), providers.clone())
        };
        let of = |order: &str| {
            let providers = vec![json!({"provider_id": id_of(&provider), "orders": [order]})];
            (json!("2024-02-01"), json!("2024-03-31"), providers)
        };
        assert_eq!(items.iter().map(told).collect::<Vec<_>>(), [of(&order), of(&other)]);
        assert_eq!(awaited(&app, FOREIGN, "").await["items"], json!([]));
        app.get("/v1/awaited-reports").as_role(Role::Accountant, OWN).send().await.expect(403);

        // Another notice is no report; with one the plan is off the list, and a page that has looked at it may be empty.
        tell(&app, &order, &json!({"kind": "recipient_unreachable", "text": "Izdomāti."})).await.expect(201);
        assert_eq!(awaited(&app, OWN, "").await["items"].as_array().unwrap().len(), 2);
        let report = json!({"kind": "plan_end_report", "text": "Notika.", "results": "Ēd pats.", "recommendations": "Turpināt."});
        tell(&app, &order, &report).await.expect(201);
        let first = awaited(&app, OWN, "?limit=1").await;
        assert_eq!(first["items"], json!([]));
        let second = awaited(&app, OWN, &format!("?limit=1&cursor={}", first["next"].as_str().unwrap())).await;
        assert_eq!(second["items"].as_array().unwrap().iter().map(told).collect::<Vec<_>>(), [of(&other)]);
        assert_eq!(second["next"], Value::Null);
    }
}

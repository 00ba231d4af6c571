//! Representatives on both databases, and what a recipient sees: the cases of those for whom the caller speaks, and nothing else.

use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Request},
    tokens,
};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    budgets::granted_budget,
};

fn request() -> Value {
    json!({
        "subject": tokens::subject(Role::Recipient), "relation": "parent", "name": "Izdomāts Paraugvecāks",
        "valid_from": "2023-03-01",
    })
}

async fn add(app: &TestApp, municipality: &str, person: &str, request: &Value) -> Answer {
    let call = app.post(&format!("/v1/persons/{person}/representatives"));
    call.as_role(Role::SocialWorker, municipality).json(request).send().await
}

/// The person of an application.
pub(crate) async fn person_of(app: &TestApp, municipality: &str, application: &str) -> String {
    let shown = app.get(application).as_role(Role::SocialWorker, municipality).send().await.expect(200).json();
    shown["person"]["id"].as_str().unwrap().to_owned()
}

/// Makes the caller in the role of a recipient a parent.
pub(crate) async fn link(app: &TestApp, municipality: &str, person: &str) -> Answer {
    add(app, municipality, person, &request()).await.expect(201)
}

fn as_recipient<'a>(app: &'a TestApp, municipality: &str, path: &str) -> Request<'a> {
    app.get(path).as_role(Role::Recipient, municipality)
}

async fn listed(app: &TestApp, municipality: &str, path: &str) -> Vec<Value> {
    let list = as_recipient(app, municipality, path).send().await.expect(200).json();
    list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_representative_is_added_listed_and_ended() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        let person = person_of(&app, OWN, &application).await;
        let path = format!("/v1/persons/{person}/representatives");
        let added = link(&app, OWN, &person).await;
        assert_eq!((&added.json()["name"], &added.json()["valid_to"]), (&json!("Izdomāts Paraugvecāks"), &Value::Null));
        let list = app.get(&path).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        assert_eq!(list["items"], json!([added.json()]));
        let own = app.get(&location(&added)).as_role(Role::OfficeHead, OWN).send().await.expect(200);
        assert_eq!((own.json(), own.version()), (added.json(), Some("1")));
        for path in [&path, &location(&added)] {
            app.get(path).as_role(Role::Auditor, OWN).send().await.expect(200);
            app.get(path).as_role(Role::Auditor, FOREIGN).send().await.expect(404);
        }
        let call = app.post(&path).as_role(Role::Auditor, OWN).json(&request());
        call.send().await.expect(403);

        let end = async |municipality: &str, tag: &str, day: &str| {
            let call = app.request(reqwest::Method::PUT, &format!("{}/end", location(&added)));
            let call = call.as_role(Role::SocialWorker, municipality).header("if-match", tag);
            call.json(&json!({"valid_to": day})).send().await
        };
        end(OWN, "\"1\"", "2023-02-28").await.expect_faults(422, &["date_out_of_range /valid_to"]);
        end(FOREIGN, "\"1\"", "2023-12-31").await.expect(404);
        let ended = end(OWN, "\"1\"", "2023-12-31").await.expect(200);
        assert_eq!((&ended.json()["valid_to"], ended.version()), (&json!("2023-12-31"), Some("2")));
        end(OWN, "\"1\"", "2023-12-31").await.expect(412);
        let call =
            app.request(reqwest::Method::PUT, &format!("{}/end", location(&added))).as_role(Role::OfficeHead, OWN);
        call.json(&json!({"valid_to": "2023-12-31"})).send().await.expect(428);

        let mut bad = request();
        bad["valid_to"] = json!("2023-02-28");
        add(&app, OWN, &person, &bad).await.expect_faults(422, &["date_out_of_range /valid_to"]);
        bad["relation"] = json!("neighbour");
        add(&app, OWN, &person, &bad).await.expect_faults(400, &["not_in_list /relation"]);
        add(&app, FOREIGN, &person, &request()).await.expect(404);
        app.get(&path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        app.get(&location(&added)).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);

        let send = async || {
            let call = app.post(&path).as_role(Role::SocialWorker, OWN).header("idempotency-key", "r-1");
            call.json(&request()).send().await.expect(201)
        };
        assert_eq!(location(&send().await), location(&send().await));
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn a_recipient_sees_the_cases_of_those_for_whom_the_caller_speaks_and_nothing_else() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (application, budget) = granted_budget(&app, OWN, "320000-00001").await;
        let (other, other_budget) = granted_budget(&app, OWN, "320000-00002").await;
        let (foreign, foreign_budget) = granted_budget(&app, FOREIGN, "320000-00003").await;
        let id = |path: &str| Value::from(path.rsplit('/').next().unwrap());
        assert_eq!(listed(&app, OWN, "/v1/applications").await, [] as [Value; 0]);
        as_recipient(&app, OWN, &application).send().await.expect(404);

        link(&app, OWN, &person_of(&app, OWN, &application).await).await;
        // Somebody else speaks for the other child; and the same parent in another municipality sees what that has.
        let mut stranger = request();
        stranger["subject"] = json!("somebody-else");
        add(&app, OWN, &person_of(&app, OWN, &other).await, &stranger).await.expect(201);
        stranger.as_object_mut().unwrap().remove("subject");
        add(&app, OWN, &person_of(&app, OWN, &other).await, &stranger).await.expect(201);

        assert_eq!(listed(&app, OWN, "/v1/applications").await, [id(&application)]);
        assert_eq!(listed(&app, OWN, "/v1/applications?status=granted&limit=1").await, [id(&application)]);
        assert_eq!(listed(&app, OWN, "/v1/budgets").await, [id(&budget)]);
        let shown = as_recipient(&app, OWN, &application).send().await.expect(200).json();
        assert_eq!(shown["person"]["personal_code"], "320000-00001");
        as_recipient(&app, OWN, &budget).send().await.expect(200);
        // What is made of an application is seen like the application.
        let case = |application: &str| application.replace("/applications/", "/cases/");
        let own =
            as_recipient(&app, OWN, &format!("{}?include=budget", case(&application))).send().await.expect(200).json();
        assert_eq!(own["budget"]["id"], id(&budget));
        as_recipient(&app, OWN, &format!("{other}/decision/document")).send().await.expect(404);
        as_recipient(&app, OWN, &format!("{other_budget}/document")).send().await.expect(404);
        for path in [&other, &case(&other), &other_budget, &foreign, &foreign_budget] {
            as_recipient(&app, OWN, path).send().await.expect(404);
        }
        for path in [&application, &budget] {
            as_recipient(&app, FOREIGN, path).send().await.expect(404);
        }
        assert_eq!(listed(&app, FOREIGN, "/v1/applications").await, [] as [Value; 0]);
        app.post(&format!("{budget}/replay")).as_role(Role::Recipient, OWN).send().await.expect(403);
        // Reads are the auditor's as well.
        app.get(&other).as_role(Role::Auditor, OWN).send().await.expect(200);
    }
}

#[tokio::test]
async fn a_recipient_sees_on_the_days_of_validity_only() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        let person = person_of(&app, OWN, &application).await;
        // Today is 15 November 2023 in Latvia.
        for (from, to, status) in [
            ("2023-11-16", None, 404),
            ("2023-03-01", Some("2023-11-14"), 404),
            ("2023-11-15", Some("2023-11-15"), 200),
        ] {
            let mut dated = request();
            dated["valid_from"] = json!(from);
            if let Some(to) = to {
                dated["valid_to"] = json!(to);
            }
            let added = location(&add(&app, OWN, &person, &dated).await.expect(201));
            as_recipient(&app, OWN, &application).send().await.expect(status);
            assert_eq!(listed(&app, OWN, "/v1/applications").await.len(), usize::from(status == 200));
            let call = app.request(reqwest::Method::PUT, &format!("{added}/end")).as_role(Role::OfficeHead, OWN);
            let call = call.header("if-match", "\"1\"").json(&json!({"valid_to": from}));
            call.send().await.expect(200);
        }
    }
}

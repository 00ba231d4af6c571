//! The cover and the contact sheet of a case on both databases, and who leads it.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    cases::{office, post},
    erasures::{ended_case, erase},
    hand_overs::moved,
    representatives::{link, person_of},
};

pub(crate) fn specialist() -> Value {
    json!({"kind": "specialist", "name": "Izdomāta Logopēde", "institution": "Izdomātā klīnika", "post": "logopēde",
        "phone": "+371 20000000"})
}

async fn get(app: &TestApp, municipality: &str, path: &str) -> Answer {
    app.get(path).as_role(Role::SocialWorker, municipality).send().await
}

async fn put(app: &TestApp, municipality: &str, path: &str, tag: &str, body: &Value) -> Answer {
    app.put(path).as_role(Role::SocialWorker, municipality).header("if-match", tag).json(body).send().await
}

pub(crate) async fn add(app: &TestApp, municipality: &str, case: &str, body: &Value) -> Answer {
    app.post(&format!("{case}/contacts")).as_role(Role::SocialWorker, municipality).json(body).send().await
}

fn case_of(application: &str) -> String {
    application.replace("/applications/", "/cases/")
}

async fn new_case(app: &TestApp, code: &str) -> String {
    location(&register_child(app, OWN, code, "2018-01-15").await.expect(201))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_sheet_is_written_changed_and_read_by_the_office_alone() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = new_case(&app, "320000-00001").await;
        let case = case_of(&application);
        add(&app, FOREIGN, &case, &specialist()).await.expect(404);
        let mut unreachable = specialist();
        unreachable["phone"] = Value::Null;
        add(&app, OWN, &case, &unreachable).await.expect_faults(422, &["contact_required /phone"]);
        let call = app.post(&format!("{case}/contacts")).as_role(Role::SocialWorker, OWN);
        let added = call.header("idempotency-key", "contact-1").json(&specialist()).send().await.expect(201);
        let call = app.post(&format!("{case}/contacts")).as_role(Role::SocialWorker, OWN);
        let again = call.header("idempotency-key", "contact-1").json(&specialist()).send().await.expect(201);
        assert_eq!(again.json(), added.json());
        let line = location(&added);
        assert_eq!(get(&app, OWN, &line).await.expect(200).json(), added.json());

        let mut moved = specialist();
        moved["institution"] = json!("Cita klīnika");
        put(&app, FOREIGN, &line, "\"1\"", &moved).await.expect(404);
        put(&app, OWN, &line, "\"2\"", &moved).await.expect(412);
        put(&app, OWN, &line, "\"1\"", &unreachable).await.expect_faults(422, &["contact_required /phone"]);
        let changed = put(&app, OWN, &line, "\"1\"", &moved).await.expect(200).json();
        assert_eq!(changed["institution"], "Cita klīnika");
        let listed = get(&app, OWN, &format!("{case}/contacts")).await.expect(200).json();
        assert_eq!(listed, json!({"items": [changed]}));
        get(&app, FOREIGN, &format!("{case}/contacts")).await.expect(404);

        let remove = async |municipality: &str, tag: &str| {
            app.delete(&line).as_role(Role::SocialWorker, municipality).header("if-match", tag).send().await
        };
        remove(FOREIGN, "\"2\"").await.expect(404);
        remove(OWN, "\"1\"").await.expect(412);
        remove(OWN, "\"2\"").await.expect(204);
        get(&app, OWN, &line).await.expect(404);
        assert_eq!(get(&app, OWN, &format!("{case}/contacts")).await.expect(200).json(), json!({"items": []}));

        // What was done stands in the log of the person, whose line is gone.
        let person = person_of(&app, OWN, &application).await;
        let log = app.get(&format!("/v1/persons/{person}/accesses?limit=200")).as_role(Role::OfficeHead, OWN);
        let log = log.send().await.expect(200);
        for action in ["add_case_contact", "change_case_contact", "remove_case_contact", "list_case_contacts"] {
            assert!(log.text().contains(action), "{action}: {}", log.text());
        }
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_led_by_a_worker_whose_cases_are_listed() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let led = new_case(&app, "320000-00001").await;
        new_case(&app, "320000-00002").await;
        let worker = format!("{led}/worker");
        put(&app, OWN, &worker, "\"1\"", &json!({})).await.expect(400);
        put(&app, FOREIGN, &worker, "\"1\"", &json!({"worker": "worker-1"})).await.expect(404);
        let assigned = put(&app, OWN, &worker, "\"1\"", &json!({"worker": "worker-1"})).await.expect(200);
        assert_eq!((assigned.version(), &assigned.json()["worker"]), (Some("2"), &json!("worker-1")));
        put(&app, OWN, &worker, "\"1\"", &json!({"worker": "worker-2"})).await.expect(412);
        let of = async |worker: &str| {
            let listed = get(&app, OWN, &format!("/v1/applications?worker={worker}")).await.expect(200).json();
            listed["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(of("worker-1").await, [assigned.json()["id"].clone()]);
        assert_eq!(of("worker-2").await, [Value::Null; 0]);

        // Another office says anew who leads it.
        let contact = location(&add(&app, OWN, &case_of(&led), &specialist()).await.expect(201));
        moved(&app, OWN, &led, FOREIGN).await;
        assert_eq!(get(&app, FOREIGN, &led).await.expect(200).json()["worker"], Value::Null);
        assert_eq!(get(&app, FOREIGN, &contact).await.expect(200).json()["name"], "Izdomāta Logopēde");
        get(&app, OWN, &contact).await.expect(404);
        put(&app, FOREIGN, &worker, "\"3\"", &json!({"worker": "worker-3"})).await.expect(200);
        put(&app, FOREIGN, &worker, "\"4\"", &json!({"worker": null})).await.expect(200);
        let withdrawn = json!({"withdrawn_on": "2023-09-02"});
        post(&app, Role::SocialWorker, FOREIGN, &format!("{led}/withdrawal"), "\"5\"", &withdrawn).await.expect(201);
        let closed = put(&app, FOREIGN, &worker, "\"6\"", &json!({"worker": "worker-3"})).await.expect(409);
        assert_eq!(closed.json()["code"], "application_closed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cover_of_a_case_tells_whom_it_is_about_and_what_it_holds() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = new_case(&app, "320000-00001").await;
        let case = case_of(&application);
        let person = person_of(&app, OWN, &application).await;
        link(&app, OWN, &person).await;
        put(&app, OWN, &format!("{application}/worker"), "\"1\"", &json!({"worker": "worker-1"})).await.expect(200);
        let contact = add(&app, OWN, &case, &specialist()).await.expect(201).json();
        for medium in ["paper", "both"] {
            let query =
                format!("section=assessment&type=opinion&medium={medium}&date=2023-03-01&media_type=application/pdf");
            let call = app.post(&format!("{case}/documents?{query}")).as_role(Role::SocialWorker, OWN);
            call.body("application/octet-stream", b"%PDF-1.7 Izdomats".to_vec()).send().await.expect(201);
        }
        let cover = format!("{case}/cover");
        get(&app, FOREIGN, &cover).await.expect(404);
        let told = get(&app, OWN, &cover).await.expect(200).json();
        for (member, value) in [
            ("opened_on", json!("2023-03-01")),
            ("closed_on", Value::Null),
            ("worker", json!("worker-1")),
            ("contacts", json!([contact])),
            ("documents", json!([{"section": "assessment", "on_paper": 2, "electronic": 1}])),
        ] {
            assert_eq!(told[member], value, "{member}");
        }
        assert_eq!(told["person"]["id"], json!(person));
        assert_eq!(told["representatives"][0]["relation"], "parent");

        let page = async || app.get(&cover).as_role(Role::SocialWorker, OWN).header("accept", "text/html").send().await;
        assert_eq!(page().await.expect(409).json()["code"], "office_not_described");
        put(&app, OWN, "/v1/office", "\"0\"", &office()).await.expect(403);
        let described = app.put("/v1/office").as_role(Role::OfficeHead, OWN).header("if-match", "\"0\"");
        described.json(&office()).send().await.expect(200);
        let shown = page().await.expect(200);
        for text in
            ["320000-00001", "Demo Darbinieks", "Izdomāta Logopēde", "Izdomātā klīnika", "3. Izvērtēšanas protokoli"]
        {
            assert!(shown.text().contains(text), "{text}");
        }

        let withdrawn = json!({"withdrawn_on": "2023-03-02"});
        post(&app, Role::SocialWorker, OWN, &format!("{application}/withdrawal"), "\"2\"", &withdrawn)
            .await
            .expect(201);
        assert_eq!(get(&app, OWN, &cover).await.expect(200).json()["closed_on"], "2023-03-02");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contact_sheet_goes_with_an_erased_person() {
    for database in Database::available() {
        let app = TestApp::start_later(database).await;
        let (application, _, person) = ended_case(&app).await;
        let contact = location(&add(&app, OWN, &case_of(&application), &specialist()).await.expect(201));
        erase(&app, Role::OfficeHead, OWN, &person, None).await.expect(201);
        get(&app, OWN, &contact).await.expect(404);
        let cover = get(&app, OWN, &format!("{}/cover", case_of(&application))).await.expect(409);
        assert_eq!(cover.json()["code"], "person_erased");
    }
}

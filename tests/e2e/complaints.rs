//! The complaint register on both databases: who sees what, who answers, and that nothing tells who made an anonymous complaint.

use std::collections::BTreeSet;

use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, now},
    tokens,
};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    erasures::erase,
    hand_overs::moved,
    representatives::{link, person_of},
};

pub(crate) fn complaint(about: &str, informant: Option<&str>) -> Value {
    json!({"about": about, "anonymous": informant.is_none(), "informant": informant, "subject": "Slēpts temats",
        "text": "Slēpts saturs."})
}

pub(crate) async fn complain(app: &TestApp, role: Role, body: &Value) -> Answer {
    app.post("/v1/complaints").as_role(role, OWN).json(body).send().await
}

/// A complaint stays where it was made; when the case has gone elsewhere, it is erased here with the person.
#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_about_a_case_that_was_handed_over_is_erased_with_the_person() {
    for database in Database::available() {
        let app = TestApp::start_later(database).await;
        let application = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        let person = person_of(&app, OWN, &application).await;
        link(&app, OWN, &person).await;
        let others = complain(&app, Role::Recipient, &complaint("service", Some("Cits Sūdzētājs"))).await.expect(201);
        let before = app.database.sealed();
        let mut of_case = complaint("service", Some("Izdomāts Sūdzētājs, +371 20000000"));
        of_case["case"] = json!(application.rsplit('/').next().unwrap());
        let made = location(&complain(&app, Role::Recipient, &of_case).await.expect(201));
        let words: BTreeSet<_> = app.database.sealed().difference(&before).cloned().collect();
        assert_eq!(words.len(), 1);
        moved(&app.another_node_at(now).await, OWN, &application, FOREIGN).await;
        app.get(&made).as_role(Role::OfficeHead, OWN).send().await.expect(200);
        erase(&app, Role::OfficeHead, OWN, &person, None).await.expect(201);
        assert_eq!(words.intersection(&app.database.sealed()).count(), 0, "{database:?}: the words are there");
        let listed = app.get("/v1/complaints").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 2, "the trace stays");
        app.get(&location(&others)).as_role(Role::OfficeHead, OWN).send().await.expect(200);
    }
}

async fn count(app: &TestApp, role: Role, municipality: &str, query: &str) -> usize {
    let list = app.get(&format!("/v1/complaints{query}")).as_role(role, municipality).send().await.expect(200).json();
    list["items"].as_array().unwrap().len()
}

async fn answer(app: &TestApp, role: Role, path: &str, tag: &str) -> Answer {
    let call = app.post(&format!("{path}/answer")).as_role(role, OWN).header("if-match", tag);
    call.json(&json!({"text": "Slēpta atbilde."})).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_sees_all_a_worker_services_and_the_ministry_ethics() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        link(&app, OWN, &person_of(&app, OWN, &application).await).await;
        let case = application.rsplit('/').next().unwrap();
        let name = "Izdomāts Sūdzētājs, +371 20000000";
        let mut of_case = complaint("service", Some(name));
        of_case["case"] = json!(case);
        let service = location(&complain(&app, Role::Recipient, &of_case).await.expect(201));
        let ethics = location(&complain(&app, Role::Recipient, &complaint("ethics", Some(name))).await.expect(201));
        for (body, fault) in [
            (json!({"about": "service", "subject": "T", "text": "T"}), "missing_field /informant"),
            (
                json!({"about": "service", "anonymous": true, "informant": name, "subject": "T", "text": "T"}),
                "informant_of_anonymous /informant",
            ),
        ] {
            complain(&app, Role::Recipient, &body).await.expect_faults(422, &[fault]);
        }
        of_case["case"] = json!("018bcfe5-6800-7000-8000-000000000099");
        complain(&app, Role::Recipient, &of_case).await.expect(404);

        for (role, sees_ethics, sees_name) in [
            (Role::OfficeHead, true, true),
            (Role::SocialWorker, false, false),
            (Role::Auditor, true, false),
            (Role::Recipient, true, true),
            (Role::MinistryReviewer, true, false),
        ] {
            let read = app.get(&ethics).as_role(role, OWN).send().await.expect(if sees_ethics { 200 } else { 404 });
            let told = read.json().get("informant").is_some_and(|informant| informant == name);
            assert_eq!(told, sees_name && sees_ethics, "{role}");
            let sees_service = role != Role::MinistryReviewer;
            let read = app.get(&service).as_role(role, OWN).send().await.expect(if sees_service { 200 } else { 404 });
            let told = read.json().get("informant").is_some_and(|informant| informant == name);
            assert_eq!(told, sees_name, "{role}");
            let all = usize::from(sees_ethics) + usize::from(sees_service);
            assert_eq!(count(&app, role, OWN, "").await, all, "{role}");
        }
        assert_eq!(count(&app, Role::OfficeHead, OWN, "?about=ethics&status=open").await, 1);
        assert_eq!(count(&app, Role::OfficeHead, FOREIGN, "").await, 0);
        app.get(&service).as_role(Role::OfficeHead, FOREIGN).send().await.expect(404);
        app.get(&service).as_role(Role::Accountant, OWN).send().await.expect(403);

        answer(&app, Role::SocialWorker, &ethics, "\"1\"").await.expect(404);
        answer(&app, Role::OfficeHead, &ethics, "\"2\"").await.expect(412);
        answer(&app, Role::OfficeHead, &ethics, "\"1\"").await.expect(201);
        let again = answer(&app, Role::OfficeHead, &ethics, "\"2\"").await.expect(409);
        assert_eq!(again.json()["code"], "complaint_answered");
        let answered = answer(&app, Role::SocialWorker, &service, "\"1\"").await.expect(201).json();
        assert_eq!((&answered["status"], answered.get("informant")), (&json!("answered"), None));
        let own = app.get(&service).as_role(Role::Recipient, OWN).send().await.expect(200).json();
        assert_eq!((&own["answer"], &own["case_id"]), (&json!("Slēpta atbilde."), &json!(case)));
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
        let dump = app.database.dump();
        for text in ["pts temats", "pts saturs", "Sūdzētājs"] {
            assert!(!dump.windows(text.len()).any(|bytes| bytes == text.as_bytes()), "{text} is sealed");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stored_tells_who_made_an_anonymous_complaint() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let send = async || {
            let call = app.post("/v1/complaints").as_role(Role::Recipient, OWN).header("idempotency-key", "c-1");
            call.json(&complaint("service", None)).send().await.expect(201)
        };
        let made = send().await;
        assert_eq!(send().await.json(), made.json());
        let subject = tokens::subject(Role::Recipient);
        let dump = app.database.dump();
        assert!(!dump.windows(subject.len()).any(|bytes| bytes == subject.as_bytes()), "{database:?}");
        // Another who happens to send the same key is another.
        let mut claims = tokens::claims(Role::Recipient, OWN);
        claims["sub"] = json!("another-parent");
        let call = app.post("/v1/complaints").token(&tokens::sign(&claims)).header("idempotency-key", "c-1");
        let other = call.json(&complaint("ethics", None)).send().await.expect(201).json();
        assert_ne!(other["id"], made.json()["id"]);
        let call = app.post("/v1/complaints").as_role(Role::Recipient, OWN).header("idempotency-key", "c-1");
        let reused = call.json(&complaint("ethics", None)).send().await.expect(422);
        assert_eq!(reused.json()["code"], "idempotency_key_reused");
        // Who made it cannot read it either; the office can, and answers.
        app.get(&location(&made)).as_role(Role::Recipient, OWN).send().await.expect(404);
        assert_eq!(count(&app, Role::Recipient, OWN, "").await, 0);
        let page = format!("?limit=1&cursor={}", made.json()["id"].as_str().unwrap());
        assert_eq!(count(&app, Role::SocialWorker, OWN, &page).await, 0);
        let answered = answer(&app, Role::SocialWorker, &location(&made), "\"1\"").await.expect(201).json();
        assert_eq!((&answered["anonymous"], answered.get("informant")), (&json!(true), None));
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

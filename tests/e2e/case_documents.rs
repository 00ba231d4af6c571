//! Documents of cases on both databases: added, read, asked to be deleted, deleted; encrypted where they are kept.

use balsts_app::App;
use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Request, later, now},
    tokens,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    erasures::{ended_case, erase},
    hand_overs,
    representatives::{link, person_of},
};

const PDF: &[u8] = b"%PDF-1.7 Izdomats atzinums par Paraudzinu";
const OPINION: &str = "section=assessment&type=opinion&medium=paper&date=2023-03-01&media_type=application/pdf";
const BYTES: &str = "application/octet-stream";

fn case(application: &str) -> String {
    application.replace("/applications/", "/cases/")
}

fn reason() -> Value {
    json!({"reason": "Pievienots citai lietai."})
}

async fn new_case(app: &TestApp) -> String {
    location(&register_child(app, OWN, "320000-00001", "2018-01-15").await.expect(201))
}

fn adding<'a>(app: &'a TestApp, application: &str, query: &str) -> Request<'a> {
    app.post(&format!("{}/documents?{query}", case(application)))
}

pub(crate) async fn add(app: &TestApp, application: &str, query: &str, content: &[u8]) -> Answer {
    let call = adding(app, application, query).as_role(Role::SocialWorker, OWN);
    call.body(BYTES, content.to_vec()).send().await
}

async fn get(app: &TestApp, role: Role, path: &str) -> Answer {
    app.get(path).as_role(role, OWN).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_added_read_and_deleted_by_the_ministry_alone() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = new_case(&app).await;
        let added = add(&app, &application, OPINION, PDF).await.expect(201);
        let told = added.json();
        for (member, value) in [
            ("section", json!("assessment")),
            ("type", json!("opinion")),
            ("medium", json!("paper")),
            ("date", json!("2023-03-01")),
            ("office_only", json!(false)),
            ("media_type", json!("application/pdf")),
            ("size", json!(PDF.len())),
            ("sha256", json!("af7ddfabf18185e3c8dd5ce928c145faae7cbfd16d5bbad8546775f07e69314f")),
            ("stored", json!(true)),
            ("added_by", json!(tokens::subject(Role::SocialWorker))),
            ("deletion", Value::Null),
        ] {
            assert_eq!(told[member], value, "{member}");
        }
        let path = location(&added);
        let content = format!("{path}/content");
        let listed = get(&app, Role::SocialWorker, &format!("{}/documents", case(&application))).await.expect(200);
        assert_eq!(listed.json(), json!({"items": [told], "next": null}));
        let read = get(&app, Role::SocialWorker, &path).await.expect(200);
        assert_eq!((read.json(), read.version()), (told.clone(), Some("1")));
        let file = get(&app, Role::SocialWorker, &content).await.expect(200);
        assert_eq!((file.body.as_slice(), file.header("content-type")), (PDF, Some(BYTES)));
        let name = format!("attachment; filename=\"{}.pdf\"", told["id"].as_str().unwrap());
        assert_eq!(file.header("content-disposition"), Some(name.as_str()));
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));

        let ask = |tag: &str| app.post(&format!("{path}/deletion-request")).header("if-match", tag).json(&reason());
        let delete = |tag: &str| app.post(&format!("{path}/deletion")).header("if-match", tag).json(&reason());
        for role in [Role::SocialWorker, Role::OfficeHead, Role::ProgrammeTeam] {
            delete("\"1\"").as_role(role, OWN).send().await.expect(403);
        }
        ask("\"1\"").as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        ask("\"2\"").as_role(Role::SocialWorker, OWN).send().await.expect(412);
        let asked = ask("\"1\"").as_role(Role::SocialWorker, OWN).send().await.expect(201);
        assert_eq!(asked.json()["deletion_request"]["by"], tokens::subject(Role::SocialWorker));
        let requests = async || get(&app, Role::MinistryAdmin, "/v1/deletion-requests").await.expect(200).json();
        let request = requests().await["items"][0].clone();
        assert_eq!((&request["id"], &request["municipality"]), (&told["id"], &json!(OWN)));
        assert_eq!(request["deletion_request"]["reason"], reason()["reason"]);
        // The ministry deletes, and sees no case.
        get(&app, Role::MinistryAdmin, &content).await.expect(403);
        app.post(&format!("{path}/deletion"))
            .json(&reason())
            .as_role(Role::MinistryAdmin, OWN)
            .send()
            .await
            .expect(428);
        delete("\"1\"").as_role(Role::MinistryAdmin, FOREIGN).send().await.expect(412);
        let tag = request["etag"].as_str().unwrap();
        let deleted = delete(tag).as_role(Role::MinistryAdmin, FOREIGN).send().await.expect(201).json();
        assert_eq!(deleted["deletion"]["by"], tokens::subject(Role::MinistryAdmin));
        assert_eq!((&deleted["stored"], &deleted["sha256"]), (&json!(false), &told["sha256"]));
        assert_eq!((requests().await["items"].clone(), app.object_files().len()), (json!([]), 0));
        for call in [
            delete("\"3\"").as_role(Role::MinistryAdmin, OWN),
            ask("\"3\"").as_role(Role::OfficeHead, OWN),
            app.get(&content).as_role(Role::SocialWorker, OWN),
        ] {
            assert_eq!(call.send().await.expect(409).json()["code"], "document_deleted");
        }
        // The trace stays.
        assert_eq!(get(&app, Role::SocialWorker, &path).await.expect(200).json(), deleted);
        let unknown = "/v1/documents/018bcfe5-6800-7000-8000-0000000000ff/deletion";
        app.post(unknown)
            .header("if-match", "\"1\"")
            .json(&reason())
            .as_role(Role::MinistryAdmin, OWN)
            .send()
            .await
            .expect(404);
        let events = get(&app, Role::OfficeHead, "/v1/events").await.expect(200).json();
        let types: Vec<&str> =
            events["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(types[1..], ["document.added", "document.deletion_requested", "document.deleted"]);
        let person = person_of(&app, OWN, &application).await;
        let log =
            get(&app, Role::Auditor, &format!("/v1/persons/{person}/accesses?limit=200")).await.expect(200).json();
        let log: Vec<_> =
            log["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect();
        for action in ["add_case_document", "list_case_documents", "get_case_document_content", "delete_case_document"]
        {
            assert!(log.contains(&action), "{action}: {log:?}");
        }
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn a_file_is_what_it_is_said_to_be_and_not_too_large() {
    let app = TestApp::configured(|config| config.document_limit = 100).await;
    let application = new_case(&app).await;
    for bad in [b"MZ\x90\x00".as_slice(), b"", b"<html></html>"] {
        add(&app, &application, OPINION, bad).await.expect_faults(422, &["other_content /media_type"]);
    }
    let text = OPINION.replace("application/pdf", "text/plain");
    add(&app, &application, &text, b"text\0").await.expect_faults(422, &["other_content /media_type"]);
    add(&app, &application, &text, "Izdomāts teksts".as_bytes()).await.expect(201);
    add(&app, &application, OPINION, &[b"%PDF-".as_slice(), &[0; 96]].concat()).await.expect(413);
    add(&app, &application, OPINION, &[b"%PDF-".as_slice(), &[0; 95]].concat()).await.expect(201);
    for (query, faults) in [
        (OPINION.replace("type=opinion&", ""), ["required /type"]),
        (OPINION.replace("opinion", "nonsense"), ["invalid_value "]),
        (OPINION.replace("application/pdf", "text/html"), ["invalid_value "]),
        (format!("{OPINION}&name=x"), ["unknown_field /name"]),
    ] {
        add(&app, &application, &query, PDF).await.expect_faults(400, &faults);
    }
    let tomorrow = OPINION.replace("2023-03-01", "2023-11-16");
    add(&app, &application, &tomorrow, PDF).await.expect_faults(422, &["date_out_of_range /date"]);
    let both = ["date_out_of_range /date", "other_content /media_type"];
    add(&app, &application, &tomorrow, b"x").await.expect_faults(422, &both);
    let call = adding(&app, &application, OPINION).as_role(Role::OfficeHead, OWN).body("text/plain", PDF);
    call.send().await.expect(415);
    let call = adding(&app, &application, OPINION).as_role(Role::OfficeHead, FOREIGN).body(BYTES, PDF);
    call.send().await.expect(404);
    assert_eq!(app.object_files().len(), 2, "what is refused is not stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_which_documents() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = new_case(&app).await;
        let mut paths = Vec::new();
        for query in ["type=opinion", "type=invoice", "type=protocol&office_only=true", "type=invoice&office_only=true"]
        {
            let query = OPINION.replace("type=opinion", query);
            paths.push(location(&add(&app, &application, &query, PDF).await.expect(201)));
        }
        let list = format!("{}/documents", case(&application));
        get(&app, Role::Recipient, &list).await.expect(404);
        get(&app, Role::Recipient, &paths[0]).await.expect(404);
        let person = person_of(&app, OWN, &application).await;
        link(&app, OWN, &person).await;
        for (role, seen) in [
            (Role::SocialWorker, [true, true, true, true]),
            (Role::Auditor, [true, true, true, true]),
            (Role::Accountant, [false, true, false, false]),
            (Role::Recipient, [true, true, false, false]),
        ] {
            let listed = get(&app, role, &list).await.expect(200).json();
            assert_eq!(listed["items"].as_array().unwrap().len(), seen.iter().filter(|seen| **seen).count(), "{role}");
            for (path, seen) in paths.iter().zip(seen) {
                let status = if seen { 200 } else { 404 };
                get(&app, role, path).await.expect(status);
                get(&app, role, &format!("{path}/content")).await.expect(status);
            }
        }
        // Nor does the log of accesses tell a recipient of those of the office alone.
        for (role, seen) in [(Role::Auditor, [true; 4]), (Role::Recipient, [true, true, false, false])] {
            let log = get(&app, role, &format!("/v1/persons/{person}/accesses?limit=200")).await.expect(200);
            let told = paths.iter().map(|path| log.text().contains(path.rsplit('/').next().unwrap()));
            assert_eq!(told.collect::<Vec<_>>(), seen, "{role}");
        }
        let machine = tokens::integrator(OWN, "documents:read");
        let listed = app.get(&list).token(&machine).send().await.expect(200).json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        let page = get(&app, Role::OfficeHead, &format!("{list}?limit=3")).await.expect(200).json();
        assert_eq!(page["next"], page["items"][2]["id"]);
        let rest = get(&app, Role::OfficeHead, &format!("{list}?cursor={}", page["next"].as_str().unwrap())).await;
        assert_eq!((&rest.json()["items"][0]["office_only"], &rest.json()["next"]), (&json!(true), &Value::Null));
        app.get(&list).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);

        // They move with the case.
        hand_overs::moved(&app, OWN, &application, FOREIGN).await;
        get(&app, Role::OfficeHead, &paths[0]).await.expect(404);
        let moved = app.get(&format!("{}/content", paths[0])).as_role(Role::OfficeHead, FOREIGN).send().await;
        assert_eq!(moved.expect(200).body, PDF);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contents_are_encrypted_and_those_without_a_document_are_swept() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = new_case(&app).await;
        let send = async |key: &str, content: &[u8]| {
            let call = adding(&app, &application, OPINION).as_role(Role::SocialWorker, OWN);
            call.header("idempotency-key", key).body(BYTES, content.to_vec()).send().await
        };
        let first = send("d-1", PDF).await.expect(201);
        assert_eq!(location(&send("d-1", PDF).await.expect(201)), location(&first));
        assert_eq!(send("d-1", b"%PDF-1.7 other").await.expect(422).json()["code"], "idempotency_key_reused");
        // A repetition leaves nothing behind.
        let [kept] = &app.object_files()[..] else { panic!("not one file: {:?}", app.object_files()) };
        let bytes = std::fs::read(kept).unwrap();
        let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(!holds(b"Paraudzinu") && !holds(b"%PDF") && bytes.len() == PDF.len() + 16);

        // As after a crash: a content without a row, and a part of one.
        app.store.put_content(Uuid::from_u128(7), PDF.to_vec()).await.unwrap();
        let part = kept.with_file_name(format!("{}#1", Uuid::from_u128(8)));
        std::fs::write(&part, "half").unwrap();
        let use_cases = App::new(app.store.clone());
        let swept = async |now| use_cases.sweep_contents(now).await.unwrap();
        assert_eq!((swept(now()).await, app.object_files().len()), (0, 3), "none is so old");
        let long_after = now() + TimeDelta::days(365_000);
        assert_eq!((swept(long_after).await, app.object_files()), (1, vec![kept.clone()]));
        let content = format!("{}/content", location(&first));
        assert_eq!(get(&app, Role::SocialWorker, &content).await.expect(200).body, PDF);

        // A content that was exchanged does not open.
        let other = send("d-2", b"%PDF-1.7 other").await.expect(201);
        let file = |answer: &Answer| kept.with_file_name(answer.json()["id"].as_str().unwrap());
        std::fs::copy(file(&other), kept).unwrap();
        get(&app, Role::SocialWorker, &content).await.expect(500);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_erasure_of_a_person_is_the_end_of_the_contents() {
    for database in Database::available() {
        let app = TestApp::start_later(database).await;
        let (application, _, person) = ended_case(&app).await;
        let path = location(&add(&app, &application, OPINION, PDF).await.expect(201));
        let ask = app.post(&format!("{path}/deletion-request")).header("if-match", "\"1\"").json(&reason());
        ask.as_role(Role::SocialWorker, OWN).send().await.expect(201);
        let kept = app.object_files().pop().unwrap();
        let bytes = std::fs::read(&kept).unwrap();
        erase(&app, Role::OfficeHead, OWN, &person, None).await.expect(201);
        assert_eq!(app.object_files().len(), 0);
        // Nor does a copy of the content open.
        std::fs::write(&kept, bytes).unwrap();
        let content = get(&app, Role::OfficeHead, &format!("{path}/content")).await.expect(409);
        assert_eq!(content.json()["code"], "document_deleted");
        let listed = get(&app, Role::OfficeHead, &format!("{}/documents", case(&application))).await.expect(200).json();
        let trace = &listed["items"][0];
        assert_eq!((&trace["stored"], &trace["deletion_request"]), (&json!(false), &Value::Null));
        let requests = get(&app, Role::MinistryAdmin, "/v1/deletion-requests").await.expect(200).json();
        assert_eq!(requests["items"], json!([]));
        let more = add(&app, &application, OPINION, PDF).await.expect(409);
        assert_eq!(more.json()["code"], "person_erased");
        assert_eq!(App::new(app.store.clone()).sweep_contents(later() + TimeDelta::days(365_000)).await.unwrap(), 1);
    }
}

//! Consultations of specialists between the rounds of assessment, on both databases: recorded, corrected by another entry, and who
//! sees them.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer, tokens};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    assessments, hand_overs,
    representatives::{link, person_of},
    settlement::id_of,
};

pub(crate) fn request(held_on: &str) -> Value {
    json!({"held_on": held_on, "details": {"specialist": "Izdomāta Ārste", "post": "rehabilitologs", "minutes": 45,
        "purpose": "Slēpts nolūks", "content": "Slēpts saturs", "decision": "Slēpts lēmums", "agreed": "Pa tālruni"}})
}

/// A worker of a municipality records a consultation of a case.
pub(crate) async fn record(app: &TestApp, municipality: &str, case: &str, body: &Value) -> Answer {
    let call = app.post(&format!("{case}/consultations"));
    call.as_role(Role::SocialWorker, municipality).json(body).send().await
}

fn correcting(of: &str, held_on: &str) -> Value {
    let mut body = request(held_on);
    body["corrects"] = json!(id_of(of));
    body["details"]["minutes"] = json!(60);
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consultation_is_recorded_once_and_corrected_by_another_entry() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        let case = application.replace("applications", "cases");
        let another = location(&register_child(&app, OWN, "320000-00002", "2018-01-15").await.expect(201));
        let another = another.replace("applications", "cases");

        record(&app, OWN, &case, &request("2023-11-16")).await.expect_faults(422, &["date_out_of_range /held_on"]);
        let mut faulty = request("2023-11-14");
        faulty["details"]["minutes"] = json!(0);
        faulty["details"]["decision"] = json!("");
        let faults = ["too_short /details/decision", "too_small /details/minutes"];
        record(&app, OWN, &case, &faulty).await.expect_faults(400, &faults);

        let send = async |body: &Value| {
            let call = app.post(&format!("{case}/consultations")).as_role(Role::SocialWorker, OWN);
            call.header("idempotency-key", "consulted-1").json(body).send().await
        };
        let first = send(&request("2023-11-14")).await.expect(201);
        let path = location(&first);
        assert_eq!(first.json()["details"], request("2023-11-14")["details"]);
        assert_eq!(send(&request("2023-11-14")).await.expect(201).json(), first.json());
        send(&request("2023-11-13")).await.expect(422);

        // The entry stays; another one tells what was right, and is of the same case.
        let unknown = ["unknown_consultation /corrects"];
        record(&app, OWN, &another, &correcting(&path, "2023-11-13")).await.expect_faults(422, &unknown);
        record(&app, OWN, &case, &correcting(&application, "2023-11-13")).await.expect_faults(422, &unknown);
        let second = record(&app, OWN, &case, &correcting(&path, "2023-11-13")).await.expect(201);
        let corrected = ["consultation_corrected /corrects"];
        record(&app, OWN, &case, &correcting(&path, "2023-11-12")).await.expect_faults(422, &corrected);
        let third = record(&app, OWN, &case, &correcting(&location(&second), "2023-11-12")).await.expect(201);
        let shown = app.get(&path).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        assert_eq!((&shown["details"], &shown["corrected_by"]), (&first.json()["details"], &second.json()["id"]));
        let list =
            app.get(&format!("{case}/consultations")).as_role(Role::Auditor, OWN).send().await.expect(200).json();
        let told = |item: &Value| [item["id"].clone(), item["corrects"].clone(), item["corrected_by"].clone()];
        let ids = [&first, &second, &third].map(|answer| answer.json()["id"].clone());
        let expected = [
            [ids[0].clone(), Value::Null, ids[1].clone()],
            [ids[1].clone(), ids[0].clone(), ids[2].clone()],
            [ids[2].clone(), ids[1].clone(), Value::Null],
        ];
        assert_eq!(list["items"].as_array().unwrap().iter().map(told).collect::<Vec<_>>(), expected);

        let events = app.get("/v1/events").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let events = events["items"].as_array().unwrap().clone();
        let recorded: Vec<_> = events.iter().filter(|event| event["type"] == "consultation.recorded").collect();
        assert_eq!((recorded.len(), &recorded[0]["source"]), (3, &json!("/v1/consultations")));
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_a_consultation_and_that_it_goes_with_the_case() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        let case = application.replace("applications", "cases");
        let list = format!("{case}/consultations");
        let path = location(&record(&app, OWN, &case, &request("2023-11-14")).await.expect(201));
        record(&app, FOREIGN, &case, &request("2023-11-14")).await.expect(404);

        // To a specialist the case is there once an assessment of it is assigned.
        let as_specialist = |subject: &str| {
            let mut claims = tokens::claims(Role::AssessmentSpecialist, OWN);
            claims["sub"] = json!(subject);
            tokens::sign(&claims)
        };
        let specialist = as_specialist(&tokens::subject(Role::AssessmentSpecialist));
        let by_specialist = async |token: &str| app.post(&list).token(token).json(&request("2023-11-15")).send().await;
        by_specialist(&specialist).await.expect(404);
        app.get(&list).token(&specialist).send().await.expect(404);
        app.get(&path).token(&specialist).send().await.expect(404);
        assessments::begun(&app, &application).await;
        by_specialist(&specialist).await.expect(201);
        by_specialist(&as_specialist("stranger")).await.expect(404);

        let person = person_of(&app, OWN, &application).await;
        app.get(&path).as_role(Role::Recipient, OWN).send().await.expect(404);
        link(&app, OWN, &person).await.expect(201);
        for (request, status) in [
            (app.get(&path).as_role(Role::OfficeHead, OWN), 200),
            (app.get(&path).as_role(Role::Auditor, OWN), 200),
            (app.get(&path).as_role(Role::Recipient, OWN), 200),
            (app.get(&path).token(&tokens::integrator(OWN, "assessments:read")), 200),
            (app.get(&path).token(&specialist), 200),
            (app.get(&path).token(&as_specialist("stranger")), 404),
            (app.get(&path).as_role(Role::SocialWorker, FOREIGN), 404),
            (app.get(&list).as_role(Role::SocialWorker, FOREIGN), 404),
            (app.get(&path).as_role(Role::Accountant, OWN), 403),
            (app.get(&list).as_role(Role::Accountant, OWN), 403),
        ] {
            request.send().await.expect(status);
        }
        let log = app.get(&format!("/v1/persons/{person}/accesses")).as_role(Role::Recipient, OWN);
        let log = log.send().await.expect(200);
        for action in ["record_consultation", "get_consultation"] {
            assert!(log.text().contains(action), "{}", log.shown());
        }

        hand_overs::moved(&app, OWN, &application, FOREIGN).await;
        app.get(&path).as_role(Role::OfficeHead, OWN).send().await.expect(404);
        let moved = app.get(&list).as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json();
        assert_eq!(moved["items"].as_array().unwrap().len(), 2);
        app.get(&path).as_role(Role::OfficeHead, FOREIGN).send().await.expect(200);
    }
}

#[tokio::test]
async fn nothing_that_a_consultation_tells_stands_in_clear() {
    let app = TestApp::start().await;
    let application = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
    let case = application.replace("applications", "cases");
    record(&app, OWN, &case, &request("2023-11-14")).await.expect(201);
    let files: Vec<Vec<u8>> = app.database_files().into_iter().map(|path| std::fs::read(path).unwrap()).collect();
    let holds = |text: &str| files.iter().any(|file| file.windows(text.len()).any(|window| window == text.as_bytes()));
    assert!(holds("consultation.recorded"), "the files are those of the consultation");
    for secret in ["Izdomāta Ārste", "rehabilitologs", "Slēpts nolūks", "Slēpts saturs", "Slēpts lēmums", "Pa tālruni"]
    {
        assert!(!holds(secret), "{secret} stands in the database in clear");
    }
}

//! What happens to a case after the act, on both databases: it is withdrawn, revoked, handed over, seen as a whole, and printed.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, decide, location, register_child},
    assessments::begun,
    budgets::{create, granted, request},
    hand_overs::{moved, offer},
    representatives::{link, person_of},
};

pub(crate) async fn post(app: &TestApp, role: Role, municipality: &str, path: &str, tag: &str, body: &Value) -> Answer {
    app.post(path).as_role(role, municipality).header("if-match", tag).json(body).send().await
}

async fn get(app: &TestApp, municipality: &str, path: &str) -> Answer {
    app.get(path).as_role(Role::SocialWorker, municipality).send().await
}

pub(crate) fn revocation() -> Value {
    json!({
        "number": "IB-2", "decided_on": "2023-09-01", "effective_from": "2023-10-01", "delivery": "registered_letter",
        "reason": "Persona ir atteikusies.\nIesniegums saņemts.", "legal_basis": ["Administratīvā procesa likuma 85. pants"],
        "prepared_by": "social_worker-1",
    })
}

pub(crate) fn office() -> Value {
    json!({
        "municipality": "Parauga novada pašvaldība", "name": "Sociālais dienests", "address": "Parauga iela 1", "place": "Paraugā", "appeal_authority": "Parauga dome",
        "appeal_address": "Parauga iela 2",
        "officials": [{"subject": "worker-1", "name": "Demo Darbinieks", "position": "sociālais darbinieks"}],
    })
}

#[tokio::test]
async fn an_open_application_is_withdrawn_and_makes_room_for_another() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        let withdraw = async |tag: &str, day: &str| {
            let body = json!({"withdrawn_on": day});
            post(&app, Role::SocialWorker, OWN, &format!("{path}/withdrawal"), tag, &body).await
        };
        withdraw("\"1\"", "2023-02-28").await.expect_faults(422, &["date_out_of_range /withdrawn_on"]);
        withdraw("\"1\"", "2023-11-16").await.expect_faults(422, &["date_out_of_range /withdrawn_on"]);
        let withdrawn = withdraw("\"1\"", "2023-03-02").await.expect(201).json();
        assert_eq!((&withdrawn["status"], &withdrawn["withdrawn_on"]), (&json!("withdrawn"), &json!("2023-03-02")));
        assert_eq!(withdraw("\"2\"", "2023-03-02").await.expect(409).json()["code"], "application_closed");
        decide(&app, OWN, &path, "\"2\"", "grant").await.expect(409);
        register_child(&app, FOREIGN, "320000-00001", "2018-01-15").await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_grant_closes_the_budget_and_makes_room_for_another() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = granted(&app, OWN, "320000-00001").await;
        let budget = location(&create(&app, OWN, &path, &request()).await.expect(201));
        let revoke = async |role: Role, tag: &str, body: &Value| {
            post(&app, role, OWN, &format!("{path}/revocation"), tag, body).await
        };
        revoke(Role::SocialWorker, "\"2\"", &revocation()).await.expect(403);
        revoke(Role::OfficeHead, "\"1\"", &revocation()).await.expect(412);
        for (member, day) in
            [("decided_on", "2023-03-09"), ("decided_on", "2023-11-16"), ("effective_from", "2023-03-09")]
        {
            let mut bad = revocation();
            bad[member] = json!(day);
            let expected = format!("date_out_of_range /{member}");
            revoke(Role::OfficeHead, "\"2\"", &bad).await.expect_faults(422, &[&expected]);
        }
        let revoked = revoke(Role::OfficeHead, "\"2\"", &revocation()).await.expect(201).json();
        assert_eq!(revoked["status"], "revoked");
        // Friday the 1st by registered letter: the seventh day after posting, and a month.
        assert_eq!(revoked["revocation"]["notified_on"], "2023-09-08");
        assert_eq!(revoked["revocation"]["appeal_until"], "2023-10-09");
        assert_eq!(get(&app, OWN, &path).await.expect(200).json(), revoked);
        assert_eq!(get(&app, OWN, &budget).await.expect(200).json()["status"], "closed");
        let again = revoke(Role::OfficeHead, "\"3\"", &revocation()).await.expect(409);
        assert_eq!(again.json()["code"], "application_not_granted");
        let signature = json!({"party": "worker", "signed_on": "2023-10-02"});
        let signed = post(&app, Role::SocialWorker, OWN, &format!("{budget}/signatures"), "\"2\"", &signature).await;
        assert_eq!(signed.expect(409).json()["code"], "budget_not_indicative");

        let next = granted(&app, FOREIGN, "320000-00001").await;
        create(&app, FOREIGN, &next, &request()).await.expect(201);
        let events = app.get("/v1/events").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let told: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
        assert_eq!(told[3..], [json!("budget.closed"), json!("application.revoked")]);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_moves_whole_to_another_municipality() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = granted(&app, OWN, "320000-00001").await;
        let budget = location(&create(&app, OWN, &path, &request()).await.expect(201));
        let whole = get(&app, OWN, &format!("{}?include=budget", path.replace("applications", "cases"))).await;
        let before = whole.expect(200).json();
        offer(&app, FOREIGN, &path, OWN).await.expect(404);
        for nowhere in [OWN, "9999999"] {
            offer(&app, OWN, &path, nowhere).await.expect_faults(422, &["unknown_municipality /to"]);
        }
        // It still existed in the tests' present.
        let there = "0055000";
        moved(&app, OWN, &path, there).await;
        // There it is the same but for the person's row; here it is no more.
        get(&app, OWN, &path).await.expect(404);
        get(&app, OWN, &budget).await.expect(404);
        let case = format!("{}?include=budget", path.replace("applications", "cases"));
        let mut after = get(&app, there, &case).await.expect(200).json();
        assert_ne!(after["application"]["person"]["id"], before["application"]["person"]["id"]);
        after["application"]["person"]["id"] = before["application"]["person"]["id"].clone();
        after["budget"]["person_id"] = before["budget"]["person_id"].clone();
        assert_eq!(after, before);
        let replayed = app.post(&format!("{budget}/replay")).as_role(Role::OfficeHead, there).send().await.expect(200);
        assert_eq!(replayed.json()["identical"], true);
        for (municipality, last) in [(OWN, "application.handed_over"), (there, "application.received")] {
            let events = app.get("/v1/events").as_role(Role::OfficeHead, municipality).send().await.expect(200).json();
            assert_eq!(events["items"].as_array().unwrap().last().unwrap()["type"], last);
        }
        // Back again, where the person is known already.
        moved(&app, there, &path, OWN).await;
        let returned = get(&app, OWN, &case).await.expect(200).json();
        assert_eq!(returned, before);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// What the receiving municipality knows of the person is its own: who hands over does not change it.
#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_leaves_the_person_as_the_receiving_municipality_knows_them() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let code = "320000-00001";
        let there = location(&register_child(&app, FOREIGN, code, "2018-01-15").await.expect(201));
        let known = get(&app, FOREIGN, &there).await.json()["person"].clone();
        let body = json!({"withdrawn_on": "2023-03-02"});
        post(&app, Role::SocialWorker, FOREIGN, &format!("{there}/withdrawal"), "\"1\"", &body).await.expect(201);
        let other = json!({
            "methodology": "children-2023", "received_at": "2023-03-01T09:30",
            "person": {"personal_code": code, "given_name": "Cita", "family_name": "Citāda", "phone": "+371 29999999"},
            "applicant": {"given_name": "Cits", "family_name": "Citāds", "relation": "parent"},
            "evidence": {"birth_date": "2018-01-15"},
        });
        let call = app.post("/v1/applications").as_role(Role::SocialWorker, OWN).json(&other);
        let path = location(&call.send().await.expect(201));
        moved(&app, OWN, &path, FOREIGN).await;
        let call = app.post("/v1/persons/search").as_role(Role::SocialWorker, FOREIGN);
        let found = call.json(&json!({"personal_code": code})).send().await.expect(200).json();
        assert_eq!(found["items"][0]["person"], known);
        assert_eq!(found["items"][0]["cases"].as_array().unwrap().len(), 2);
        assert_eq!(get(&app, FOREIGN, &path).await.expect(200).json()["person"], known);
    }
}

/// Who read a case before it was handed over is told afterwards, where it was read.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_case_outlives_its_hand_over() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = granted(&app, OWN, "320000-00001").await;
        begun(&app, &path).await;
        let person = person_of(&app, OWN, &path).await;
        link(&app, OWN, &person).await;
        let case = path.replace("applications", "cases");
        let listed = get(&app, OWN, &format!("{case}/assessments")).await.expect(200).json();
        get(&app, OWN, &format!("/v1/assessments/{}", listed["items"][0]["id"].as_str().unwrap())).await.expect(200);
        let query =
            "section=assessment&type=opinion&medium=paper&date=2023-03-01&media_type=text/plain&office_only=true";
        let call = app.post(&format!("{case}/documents?{query}")).as_role(Role::SocialWorker, OWN);
        call.body("application/octet-stream", "Slepens").send().await.expect(201);
        let accesses = async |role: Role| {
            let log = app.get(&format!("/v1/persons/{person}/accesses?limit=200")).as_role(role, OWN).send().await;
            let log = log.expect(200).json();
            let actions =
                log["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap().to_owned());
            actions.filter(|action| action != "list_accesses").collect::<Vec<_>>()
        };
        let before = (accesses(Role::Auditor).await, accesses(Role::Recipient).await);
        for action in ["get_application", "get_assessment", "list_assessments", "add_case_document"] {
            assert!(before.0.iter().any(|known| known == action), "{action}: {before:?}");
        }
        assert!(!before.1.iter().any(|known| known == "add_case_document"));
        // There and back and there again: nothing is told twice.
        for (from, to) in [(OWN, FOREIGN), (FOREIGN, OWN), (OWN, FOREIGN)] {
            moved(&app, from, &path, to).await;
        }
        let mut after = (accesses(Role::Auditor).await, accesses(Role::Recipient).await);
        for log in [&mut after.0, &mut after.1] {
            log.retain(|action| !["offer_hand_over", "accept_hand_over"].contains(&action.as_str()));
        }
        assert_eq!(after, before, "{database:?}");
    }
}

#[tokio::test]
async fn a_closed_case_is_not_handed_over() {
    let app = TestApp::start().await;
    let path = location(&register_child(&app, OWN, "320000-00001", "2004-01-01").await.expect(201));
    decide(&app, OWN, &path, "\"1\"", "refuse").await.expect(201);
    let answer = offer(&app, OWN, &path, FOREIGN).await;
    assert_eq!(answer.expect(409).json()["code"], "application_closed");
}

#[tokio::test]
async fn a_case_is_seen_in_one_call() {
    let app = TestApp::start().await;
    let path = granted(&app, OWN, "320000-00001").await;
    let case = path.replace("applications", "cases");
    let alone = get(&app, OWN, &case).await.expect(200).json();
    assert_eq!((&alone["application"]["status"], &alone["budget"]), (&json!("granted"), &Value::Null));
    create(&app, OWN, &path, &request()).await.expect(201);
    let whole = get(&app, OWN, &format!("{case}?include=budget")).await.expect(200).json();
    assert_eq!(whole["budget"]["total"], "21838.32");
    get(&app, OWN, &format!("{case}?include=diary")).await.expect_faults(400, &["not_in_list /include"]);
    get(&app, FOREIGN, &case).await.expect(404);
    get(&app, FOREIGN, &format!("{case}?include=budget")).await.expect(404);
}

#[tokio::test]
async fn an_office_describes_itself() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        get(&app, OWN, "/v1/office").await.expect(404);
        let put = async |tag: &str, municipality: &str| {
            let call = app.request(reqwest::Method::PUT, "/v1/office").as_role(Role::OfficeHead, municipality);
            call.header("if-match", tag).json(&office()).send().await
        };
        put("\"1\"", OWN).await.expect(412);
        assert_eq!(put("\"0\"", OWN).await.expect(200).version(), Some("1"));
        put("\"0\"", OWN).await.expect(412);
        put("\"1\"", OWN).await.expect(200);
        let shown = get(&app, OWN, "/v1/office").await.expect(200);
        assert_eq!((shown.json()["officials"].clone(), shown.version()), (office()["officials"].clone(), Some("2")));
        get(&app, FOREIGN, "/v1/office").await.expect(404);
    }
}

#[tokio::test]
async fn acts_and_forms_are_documents() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = granted(&app, OWN, "320000-00001").await;
        let budget = location(&create(&app, OWN, &path, &request()).await.expect(201));
        let act = format!("{path}/decision/document");
        assert_eq!(get(&app, OWN, &act).await.expect(409).json()["code"], "office_not_described");
        let call = app.request(reqwest::Method::PUT, "/v1/office").as_role(Role::OfficeHead, OWN);
        call.header("if-match", "\"0\"").json(&office()).send().await.expect(200);

        let page = get(&app, OWN, &act).await.expect(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        for told in [
            "par individuālā budžeta piešķiršanu",
            "Izdomāta Paraudziņa",
            "320000-00001",
            "Demo Darbinieks",
            "Parauga dome",
            "aprīlis (ieskaitot)",
            "izpildīts",
        ] {
            assert!(page.text().contains(told), "{told}: {}", page.text());
        }
        let form = get(&app, OWN, &format!("{budget}/document")).await.expect(200);
        assert!(form.text().contains("21\u{a0}838,32") && form.text().contains("īpašas kopšanas"), "{}", form.text());
        get(&app, OWN, &format!("{path}/revocation/document")).await.expect(404);
        post(&app, Role::OfficeHead, OWN, &format!("{path}/revocation"), "\"2\"", &revocation()).await.expect(201);
        let ended = get(&app, OWN, &format!("{path}/revocation/document")).await.expect(200);
        assert!(ended.text().contains("Persona ir atteikusies.") && ended.text().contains("IB-2"), "{}", ended.text());
        // The act stays as it was.
        assert_eq!(get(&app, OWN, &act).await.expect(200).text(), page.text());

        let wanted =
            async |accept: &str| app.get(&act).as_role(Role::SocialWorker, OWN).header("accept", accept).send().await;
        wanted("text/html").await.expect(200);
        wanted("application/pdf;q=0.5, */*;q=0.1").await.expect(200);
        wanted("image/png").await.expect(406);
        for document in [&act, &format!("{budget}/document"), &format!("{path}/revocation/document")] {
            get(&app, FOREIGN, document).await.expect(404);
        }
    }
}

//! A declared conflict of interest on both databases: nothing of the person is there for who has it.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer, tokens};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, request},
    budgets::granted,
    hand_overs::offer,
    representatives::person_of,
    settlement::{deliver, invoiced, ordered},
    surveys::{family, record},
};

/// A second worker of the office.
fn colleague() -> String {
    let mut claims = tokens::claims(Role::SocialWorker, OWN);
    claims["sub"] = json!("another-worker");
    tokens::sign(&claims)
}

pub(crate) async fn declare(app: &TestApp, (role, municipality): (Role, &str), person: &str, body: &Value) -> Answer {
    let call = app.post(&format!("/v1/persons/{person}/conflicts-of-interest")).as_role(role, municipality);
    call.json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_is_not_there_for_who_has_a_conflict() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = granted(&app, OWN, "320000-00001").await;
        let offered = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
        let person = person_of(&app, OWN, &application).await;
        let worker = (Role::SocialWorker, OWN);
        declare(&app, worker, &person, &json!({"reason": "Izdomāta māsa"})).await.expect(201);
        let blocked = tokens::good(Role::SocialWorker, OWN);
        for (token, status, offers) in [(blocked, 404, 0), (colleague(), 200, 1)] {
            app.get(&offered).token(&token).send().await.expect(status);
            let listed = app.get("/v1/hand-overs?direction=out").token(&token).send().await.expect(200).json();
            assert_eq!(listed["items"].as_array().unwrap().len(), offers);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_conflict_sees_nothing_of_the_person() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = ordered(&app, "320000-00001").await;
        deliver(&app, &own.order, "2023-10-02", "2").await.expect(201);
        let invoice = location(&invoiced(&app, "R-1", &own.order, ("2023-10-02", "2", "24.00")).await.expect(201));
        let budget = app.get(&own.budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        let id = budget["application_id"].as_str().unwrap();
        let (application, case) = (format!("/v1/applications/{id}"), format!("/v1/cases/{id}"));
        let person = person_of(&app, OWN, &application).await;
        let worker = tokens::subject(Role::SocialWorker);
        let lead = async |tag: &str, subject: &str| {
            let call = app.put(&format!("{application}/worker")).token(&colleague()).header("if-match", tag);
            call.json(&json!({"worker": subject})).send().await
        };
        let tag = app.get(&application).token(&colleague()).send().await.expect(200).header("etag").unwrap().to_owned();
        lead(&tag, &worker).await.expect(200);

        let survey = record(&app, OWN, &application, &family("start", "3")).await.expect(201);
        let survey = format!("/v1/surveys/{}", survey.json()["id"].as_str().unwrap());
        let reason = json!({"reason": "Izdomāta māsa"});
        declare(&app, (Role::SocialWorker, FOREIGN), &person, &reason).await.expect(404);
        let of_another = json!({"subject": "another-worker", "reason": "Izdomāta māsa"});
        let refused = declare(&app, (Role::SocialWorker, OWN), &person, &of_another).await;
        refused.expect_faults(422, &["conflict_of_another /subject"]);
        let declared = declare(&app, (Role::SocialWorker, OWN), &person, &reason).await.expect(201);
        assert_eq!(declared.json()["subject"], json!(worker));

        let paths = [
            application.clone(),
            case.clone(),
            format!("{case}/contacts"),
            format!("{case}/documents"),
            format!("{case}/assessments"),
            format!("{case}/surveys"),
            survey,
            format!("/v1/persons/{person}/representatives"),
            own.budget.clone(),
            format!("{}/ledger", own.budget),
            format!("/v1/orders/{}", own.order),
        ];
        for path in &paths {
            app.get(path).as_role(Role::SocialWorker, OWN).send().await.expect(404);
            app.get(path).token(&colleague()).send().await.expect(200);
        }
        for list in ["/v1/applications", "/v1/budgets", "/v1/plans", "/v1/orders", "/v1/deliveries"] {
            let listed = async |token: &str| {
                app.get(list).token(token).send().await.expect(200).json()["items"].as_array().unwrap().len()
            };
            let blocked = listed(&tokens::good(Role::SocialWorker, OWN)).await;
            assert_eq!((blocked, listed(&colleague()).await), (0, 1), "{list}");
        }
        let found = app.post("/v1/persons/search").as_role(Role::SocialWorker, OWN);
        let found = found.json(&json!({"personal_code": "320000-00001"})).send().await;
        assert_eq!(found.expect(200).json()["items"], json!([]));
        // The provider's invoice is about nobody, but another decides on it.
        app.get(&invoice).as_role(Role::SocialWorker, OWN).send().await.expect(200);
        let decide = async |step: &str, token: &str, body: Option<Value>| {
            let call = app.post(&format!("{invoice}/{step}")).token(token).header("if-match", "\"1\"");
            match body {
                Some(body) => call.json(&body).send().await,
                None => call.send().await,
            }
        };
        let blocked = tokens::good(Role::SocialWorker, OWN);
        let refused = ["conflict_of_interest /lines/0"];
        decide("endorsement", &blocked, None).await.expect_faults(422, &refused);
        decide("return", &blocked, Some(json!({"reasons": "Vēlreiz."}))).await.expect_faults(422, &refused);
        decide("rejection", &blocked, Some(json!({"reasons": "Nē."}))).await.expect_faults(422, &refused);
        decide("endorsement", &colleague(), None).await.expect(201);
        let order = json!({"line": 1, "form": "guarantee_letter", "volume": "1", "valid_from": "2023-04-01",
            "valid_to": "2024-03-31", "terms": {"engagement": "parent_application"}});
        let plan =
            app.get(paths.last().unwrap()).token(&colleague()).send().await.expect(200).json()["plan_id"].clone();
        let call = app.post(&format!("/v1/plans/{}/orders", plan.as_str().unwrap()));
        call.as_role(Role::SocialWorker, OWN).json(&order).send().await.expect(404);

        // Nobody leads the case any more, and not who has the conflict.
        let shown = app.get(&application).token(&colleague()).send().await.expect(200);
        assert_eq!(shown.json()["worker"], Value::Null);
        let tag = shown.header("etag").unwrap().to_owned();
        lead(&tag, &worker).await.expect_faults(422, &["conflict_of_interest /worker"]);

        let head = (Role::OfficeHead, OWN);
        let again = declare(&app, head, &person, &json!({"subject": worker, "reason": "Vēlreiz"})).await.expect(409);
        assert_eq!(again.json()["code"], "conflict_declared");
        let path = location(&declared);
        let listed = app.get(&format!("/v1/persons/{person}/conflicts-of-interest"));
        let listed = listed.as_role(Role::Auditor, OWN).send().await.expect(200).json();
        assert_eq!(listed["items"], json!([declared.json()]));
        app.get(&path).as_role(Role::OfficeHead, FOREIGN).send().await.expect(404);
        let end = async |role: Role, municipality: &str, tag: &str| {
            app.post(&format!("{path}/end")).as_role(role, municipality).header("if-match", tag).send().await
        };
        end(Role::OfficeHead, FOREIGN, "\"1\"").await.expect(404);
        end(Role::OfficeHead, OWN, "\"2\"").await.expect(412);
        let ended = end(Role::OfficeHead, OWN, "\"1\"").await.expect(201).json();
        assert_eq!((&ended["ended_on"], &ended["ended_by"]), (&json!("2023-11-15"), &json!("test-office-head")));
        assert_eq!(end(Role::OfficeHead, OWN, "\"2\"").await.expect(409).json()["code"], "conflict_ended");
        for path in &paths {
            app.get(path).as_role(Role::SocialWorker, OWN).send().await.expect(200);
        }

        // The head has one too: another head ends it.
        declare(&app, head, &person, &reason).await.expect(201);
        app.get(&path).as_role(Role::OfficeHead, OWN).send().await.expect(404);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// A repeated request is answered as a read is, and who has a conflict registers nothing about the person.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_conflict_registers_nothing_and_gets_no_first_answer_again() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let send = async |key: &str| {
            let call = app.post("/v1/applications").as_role(Role::SocialWorker, OWN).header("idempotency-key", key);
            call.json(&request("320000-00001")).send().await
        };
        let registered = send("k-1").await.expect(201);
        assert_eq!(send("k-1").await.expect(201).json(), registered.json());
        let person = person_of(&app, OWN, &location(&registered)).await;
        let accesses = app.get(&format!("/v1/persons/{person}/accesses")).as_role(Role::Auditor, OWN).send().await;
        let accesses = accesses.expect(200).json();
        let repeated = |access: &Value| access["action"] == "repeat_answer";
        assert_eq!(accesses["items"].as_array().unwrap().iter().filter(|access| repeated(access)).count(), 1);

        declare(&app, (Role::SocialWorker, OWN), &person, &json!({"reason": "Izdomāta māsa"})).await.expect(201);
        send("k-1").await.expect(403);
        let refused = send("k-2").await;
        refused.expect_faults(422, &["conflict_of_interest /person"]);
    }
}

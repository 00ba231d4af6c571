//! `/v1/budgets` on both databases: the way from the granted application to the signed calculation and its replay.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use reqwest::Method;
use serde_json::{Value, json};

use crate::applications::{FOREIGN, OWN, decide, location, register_child, request as application_request};

/// A child of five with special care need, no criteria.
pub(crate) fn request() -> Value {
    json!({
        "calculation": {
            "methodology": "children-2023", "date": "2023-03-15", "birth_date": "2018-01-15", "special_care": true,
        },
        "form": {"registers": ["special_care_opinion"], "documents": [], "evidence": []},
    })
}

/// An application of the child, granted on 10 March 2023.
pub(crate) async fn granted(app: &TestApp, municipality: &str, code: &str) -> String {
    let path = location(&register_child(app, municipality, code, "2018-01-15").await.expect(201));
    decide(app, municipality, &path, "\"1\"", "grant").await.expect(201);
    path
}

/// A granted application of the child with its budget: their paths.
pub(crate) async fn granted_budget(app: &TestApp, municipality: &str, code: &str) -> (String, String) {
    let application = granted(app, municipality, code).await;
    let budget = location(&create(app, municipality, &application, &request()).await.expect(201));
    (application, budget)
}

pub(crate) async fn create(app: &TestApp, municipality: &str, path: &str, request: &Value) -> Answer {
    app.post(&format!("{path}/budget")).as_role(Role::SocialWorker, municipality).json(request).send().await
}

async fn replay(app: &TestApp, path: &str) -> Value {
    app.post(&format!("{path}/replay")).as_role(Role::Auditor, OWN).send().await.expect(200).json()
}

/// The whole way: application, completion, decision, budget, the refusal of another, appeal, replay.
#[tokio::test(flavor = "multi_thread")]
async fn from_the_application_to_the_budget() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let received = application_request("320000-00001");
        let registered = app.post("/v1/applications").as_role(Role::SocialWorker, OWN).json(&received).send().await;
        let application = location(&registered.expect(201));
        decide(&app, OWN, &application, "\"1\"", "grant").await.expect_faults(422, &["cannot_be_decided /outcome"]);
        let known =
            json!({"birth_date": "2018-01-15", "disability": {"group": "child"}, "impairment_types": ["movement"]});
        let completion = app.request(Method::PUT, &format!("{application}/evidence"));
        let completion = completion.as_role(Role::SocialWorker, OWN).header("if-match", "\"1\"").json(&known);
        assert_eq!(completion.send().await.expect(200).json()["eligibility"]["eligible"], true);
        let early = create(&app, OWN, &application, &request()).await.expect(409);
        assert_eq!(early.json()["code"], "application_not_granted");

        let granted = decide(&app, OWN, &application, "\"2\"", "grant").await.expect(201).json();
        assert_eq!(granted["decision"]["appeal_until"], "2023-04-14");

        let created = create(&app, OWN, &application, &request()).await.expect(201);
        let (path, budget) = (location(&created), created.json());
        assert_eq!(budget["total"], "21838.32");
        assert_eq!(budget["status"], "indicative");
        assert_eq!(budget["calculation"]["result"]["total"], "21838.32");
        assert!(budget["calculation"]["result"]["lines"][0]["explanation"].as_str().is_some_and(|why| !why.is_empty()));
        assert_eq!(budget["calculation"]["input"]["special_care_benefit"], "excluded");
        let again = create(&app, OWN, &application, &request()).await.expect(409);
        assert_eq!(again.json()["code"], "active_budget_exists");

        // Another child, of 19 years, is refused, and gets no budget.
        let other = location(&register_child(&app, OWN, "320000-00002", "2004-01-01").await.expect(201));
        let refused = decide(&app, OWN, &other, "\"1\"", "refuse").await.expect(201).json();
        assert_eq!((&refused["status"], &refused["eligibility"]["eligible"]), (&json!("refused"), &json!(false)));
        // By e-address on Friday: notified on the second working day; one month to appeal.
        let told = ["decided_on", "notified_on", "appeal_until"].map(|day| &refused["decision"][day]);
        assert_eq!(told, ["2023-03-10", "2023-03-14", "2023-04-14"]);
        assert_eq!(create(&app, OWN, &other, &request()).await.expect(409).json()["code"], "application_not_granted");

        let replayed = replay(&app, &path).await;
        assert_eq!((&replayed["identical"], &replayed["intact"]), (&json!(true), &json!(true)));
        assert_eq!(replayed["stored_hash"], budget["calculation"]["result_hash"]);
        assert_eq!(replayed["replayed_hash"], budget["calculation"]["result_hash"]);

        let shown = app.get(&path).as_role(Role::SocialWorker, OWN).send().await.expect(200);
        assert_eq!((shown.json(), shown.version()), (budget, Some("1")));
        let report = app.store.verify_audit().await.unwrap();
        assert!(report.faults.is_empty() && report.entries == 8, "{report:?}");
    }
}

#[tokio::test]
async fn a_budget_is_calculated_again_and_signed() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = granted(&app, OWN, "320000-00001").await;
        let path = location(&create(&app, OWN, &application, &request()).await.expect(201));
        let sign = async |tag: &str, body: Value| {
            let call = app.post(&format!("{path}/signatures")).as_role(Role::SocialWorker, OWN);
            call.header("if-match", tag).json(&body).send().await
        };
        let recalculate = async |tag: &str, request: &Value| {
            let call = app.post(&format!("{path}/calculations")).as_role(Role::SocialWorker, OWN);
            call.header("if-match", tag).json(request).send().await
        };
        let signed = sign("\"1\"", json!({"party": "worker", "signed_on": "2023-03-15"})).await.expect(201);
        assert_eq!(signed.version(), Some("2"));
        let twice = sign("\"2\"", json!({"party": "worker", "signed_on": "2023-03-15"})).await.expect(409);
        assert_eq!(twice.json()["code"], "already_signed");
        sign("\"2\"", json!({"party": "recipient", "signed_on": "2023-03-16"}))
            .await
            .expect_faults(422, &["missing_field /signer"]);
        for day in ["2023-03-14", "2023-11-16"] {
            sign("\"2\"", json!({"party": "recipient", "signed_on": day, "signer": "Izdomāts Paraugvecāks"}))
                .await
                .expect_faults(422, &["date_out_of_range /signed_on"]);
        }
        let both = json!({"party": "recipient", "signed_on": "2023-03-16", "signer": "Izdomāts Paraugvecāks"});
        let both = sign("\"2\"", both).await.expect(201).json();
        assert_eq!(both["signatures"].as_array().unwrap().len(), 2);

        let mut more = request();
        more["calculation"]["criteria"] = json!([{"criterion": "child_psychology"}]);
        recalculate("\"3\"", &more).await.expect_faults(422, &["evidence_required /form/evidence"]);
        more["form"]["evidence"] = json!([{"criterion": "child_psychology", "source": "psihologa atzinums"}]);
        more["form"]["reason"] = json!("jauns atzinums");
        recalculate("\"1\"", &more).await.expect(412);
        let second = recalculate("\"3\"", &more).await.expect(201).json();
        assert_eq!((&second["calculation"]["number"], &second["signatures"]), (&json!(2), &json!([])));
        assert_ne!(second["total"], both["total"]);
        assert_eq!(second["calculations"].as_array().unwrap().len(), 2);
        for query in ["", "?calculation=1", "?calculation=2"] {
            let call = app.post(&format!("{path}/replay{query}")).as_role(Role::OfficeHead, OWN);
            assert_eq!(call.send().await.expect(200).json()["identical"], true, "{query}");
        }
        app.post(&format!("{path}/replay?calculation=3")).as_role(Role::OfficeHead, OWN).send().await.expect(404);
    }
}

#[tokio::test]
async fn a_form_that_does_not_agree_is_refused_with_every_fault() {
    let app = TestApp::start().await;
    let application = granted(&app, OWN, "320000-00001").await;
    let mut bad = request();
    bad["calculation"]["birth_date"] = json!("2018-01-16");
    bad["calculation"]["transport_allowance"] = json!(true);
    bad["calculation"]["criteria"] = json!([{"criterion": "mobility", "amount": "9999.00"}]);
    bad["form"]["evidence"] = json!([{"criterion": "respite", "source": "x"}]);
    create(&app, OWN, &application, &bad).await.expect_faults(
        422,
        &[
            "above_ceiling /calculation/criteria/0/amount",
            "evidence_required /form/evidence",
            "evidence_required /form/registers",
            "not_identified /form/evidence/0",
            "other_birth_date /calculation/birth_date",
        ],
    );
    let adult = json!({"methodology": "adults-2023", "date": "2023-05-02", "care_level": 2, "living_arrangement": "lives_alone"});
    bad["calculation"] = adult;
    create(&app, OWN, &application, &bad).await.expect_faults(422, &["other_methodology /calculation/methodology"]);
    bad["calculation"]["care_level"] = json!("2");
    bad["form"]["registers"] = json!(["phone_book"]);
    create(&app, OWN, &application, &bad)
        .await
        .expect_faults(400, &["not_in_list /form/registers/0", "wrong_type /calculation/care_level"]);
    let list = app.get("/v1/budgets").as_role(Role::Accountant, OWN).send().await.expect(200).json();
    assert_eq!(list["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_one_active_budget_in_the_country() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let mut paths = Vec::new();
        for municipality in [OWN, FOREIGN] {
            paths.push((municipality, granted(&app, municipality, "320000-00001").await));
        }
        let body = request();
        let racing = (0..16).map(|number| {
            let (municipality, path) = &paths[number % 2];
            create(&app, municipality, path, &body)
        });
        let answers = futures_util::future::join_all(racing).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{database:?}: {statuses:?}");
        assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{database:?}: {statuses:?}");
        let mut stored = 0;
        for municipality in [OWN, FOREIGN] {
            let call = app.get("/v1/budgets?status=indicative").as_role(Role::SocialWorker, municipality);
            stored += call.send().await.expect(200).json()["items"].as_array().unwrap().len();
        }
        assert_eq!(stored, 1);
    }
}

#[tokio::test]
async fn another_municipality_s_budget_is_not_there() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = granted(&app, OWN, "320000-00001").await;
        create(&app, FOREIGN, &application, &request()).await.expect(404);
        let path = location(&create(&app, OWN, &application, &request()).await.expect(201));
        app.get(&path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        app.post(&format!("{path}/replay")).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        let call = app.post(&format!("{path}/calculations")).as_role(Role::SocialWorker, FOREIGN);
        call.header("if-match", "\"1\"").json(&request()).send().await.expect(404);
        let call = app.post(&format!("{path}/signatures")).as_role(Role::SocialWorker, FOREIGN);
        let signature = json!({"party": "worker", "signed_on": "2023-03-15"});
        call.header("if-match", "\"1\"").json(&signature).send().await.expect(404);
        let list = app.get("/v1/budgets").as_role(Role::SocialWorker, FOREIGN).send().await.expect(200).json();
        assert_eq!(list["items"], json!([]));
    }
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_budget() {
    let app = TestApp::start().await;
    let application = granted(&app, OWN, "320000-00001").await;
    let send = async || {
        let call = app.post(&format!("{application}/budget")).as_role(Role::SocialWorker, OWN);
        call.header("idempotency-key", "b-1").json(&request()).send().await
    };
    let first = send().await.expect(201);
    let second = send().await.expect(201);
    assert_eq!((first.json(), location(&first)), (second.json(), location(&second)));
}

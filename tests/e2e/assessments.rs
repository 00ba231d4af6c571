//! Needs assessments on both databases: from the draft to the protocol that all have agreed, and who sees what of it.

use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Request},
    tokens,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    budgets::granted_budget,
    hand_overs,
    representatives::{link, person_of},
};

const OTHER: &str = "another-specialist";

fn goal() -> Value {
    json!({"term": "long", "area": "Mobilitāte", "author": "person", "text": "Staigāt bez atbalsta.", "measure": null})
}

fn request() -> Value {
    json!({
        "kind": "initial", "assessed_on": "2023-03-20",
        "findings": {
            "place": "home", "participants": [{"name": "Izdomāts Vecāks", "capacity": "vecāks"}],
            "members": [
                {"subject": tokens::subject(Role::AssessmentSpecialist), "name": "Izdomāta Speciāliste", "profession": "ergoterapeite"},
                {"subject": OTHER, "name": "Cits Speciālists", "profession": "logopēds"},
            ],
            "problem_areas": ["Slēptā joma"], "methods": [], "goals": [], "functioning": [{"domain": 4, "level": 8}],
            "education_load": "20 stundas", "alternative_communication": null, "background": null,
            "services_received": [{"service": "Slēpta nodarbība", "provider": null, "frequency": "reizi nedēļā", "payer": "vecāks"}],
        },
    })
}

fn opinion(service: &str) -> Value {
    json!({
        "profession": "ergoterapeite", "methods": ["COPM"], "conclusions": "Ieteicams.", "goals": [goal()],
        "services": [{"service": service, "volume": "20.5", "frequency": "reizi nedēļā", "term": "5 mēneši"}],
        "written_on": "2023-03-21",
    })
}

fn case(application: &str) -> String {
    application.replace("/applications/", "/cases/")
}

async fn begin(app: &TestApp, municipality: &str, application: &str, request: &Value) -> Answer {
    let call = app.post(&format!("{}/assessments", case(application)));
    call.as_role(Role::SocialWorker, municipality).json(request).send().await
}

/// An assessment of a case that is complete: its only member has agreed by e-mail.
pub(crate) async fn completed(app: &TestApp, application: &str, kind: &str, assessed_on: &str) {
    completed_with(app, application, (kind, assessed_on), &request()["findings"]["functioning"]).await;
}

/// An assessment that is begun, and to which the specialist is assigned.
pub(crate) async fn begun(app: &TestApp, application: &str) {
    begin(app, OWN, application, &request()).await.expect(201);
}

/// A complete assessment that measured these domains.
pub(crate) async fn completed_with(
    app: &TestApp,
    application: &str,
    (kind, assessed_on): (&str, &str),
    functioning: &Value,
) {
    completed_in(app, OWN, application, (kind, assessed_on), functioning).await;
}

/// A complete assessment of a case in a municipality, which may be assessed before.
pub(crate) async fn assessed_in(app: &TestApp, municipality: &str, application: &str, assessed_on: &str) {
    completed_in(app, municipality, application, ("ad_hoc", assessed_on), &json!([])).await;
}

async fn completed_in(
    app: &TestApp,
    municipality: &str,
    application: &str,
    (kind, assessed_on): (&str, &str),
    functioning: &Value,
) {
    let mut request = request();
    request["findings"]["functioning"] = functioning.clone();
    request["kind"] = json!(kind);
    request["assessed_on"] = json!(assessed_on);
    request["findings"]["goals"] = json!([goal()]);
    request["findings"]["members"] = json!([{"subject": OTHER, "name": "Cits Speciālists", "profession": "logopēds"}]);
    let path = location(&begin(app, municipality, application, &request).await.expect(201));
    agreed_and_complete(&Draft { app, path }, municipality, 1, assessed_on).await;
}

/// A complete assessment whose only member recommends a service.
pub(crate) async fn recommending(app: &TestApp, application: &str, (kind, on): (&str, &str), service: &str) {
    let mut request = request();
    (request["kind"], request["assessed_on"]) = (json!(kind), json!(on));
    request["findings"]["members"] = json!([{"subject": OTHER, "name": "Cits Speciālists", "profession": "logopēds"}]);
    let path = location(&begin(app, OWN, application, &request).await.expect(201));
    let draft = Draft { app, path };
    let mut opinion = opinion(service);
    (opinion["author"], opinion["written_on"]) = (json!(OTHER), json!(on));
    draft.post("opinions", 1).json(&opinion).as_role(Role::SocialWorker, OWN).send().await.expect(201);
    agreed_and_complete(&draft, OWN, 2, on).await;
}

/// The only member agrees by e-mail.
async fn agreed_and_complete(draft: &Draft<'_>, municipality: &str, tag: u32, on: &str) {
    let agreed = json!({"member": OTHER, "form": "email", "agreed_on": on});
    draft.post("agreements", tag).json(&agreed).as_role(Role::SocialWorker, municipality).send().await.expect(201);
    draft.post("completion", tag + 1).as_role(Role::OfficeHead, municipality).send().await.expect(201);
}

/// Two drafts of one case, each with what would make it the initial assessment.
pub(crate) async fn two_drafts(app: &TestApp, code: &str) -> [(String, Value); 2] {
    let application = new_case(app, code).await;
    let mut repeated = request();
    repeated["kind"] = json!("repeat");
    let first = begin(app, OWN, &application, &repeated).await.expect(201);
    let second = begin(app, OWN, &application, &repeated).await.expect(201);
    [first, second].map(|draft| (location(&draft), request()))
}

async fn new_case(app: &TestApp, code: &str) -> String {
    location(&register_child(app, OWN, code, "2018-01-15").await.expect(201))
}

/// As a specialist with a subject of its own.
fn as_specialist<'a>(request: Request<'a>, subject: &str) -> Request<'a> {
    let mut claims = tokens::claims(Role::AssessmentSpecialist, OWN);
    claims["sub"] = json!(subject);
    request.token(&tokens::sign(&claims))
}

struct Draft<'a> {
    app: &'a TestApp,
    path: String,
}

impl Draft<'_> {
    fn post(&self, part: &str, tag: u32) -> Request<'_> {
        self.app.post(&format!("{}/{part}", self.path)).header("if-match", &format!("\"{tag}\""))
    }

    fn put(&self, tag: u32) -> Request<'_> {
        let call = self.app.request(Method::PUT, &self.path).as_role(Role::SocialWorker, OWN);
        call.header("if-match", &format!("\"{tag}\""))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_goes_from_the_draft_to_the_agreed_protocol() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = new_case(&app, "320000-00001").await;
        let begun = begin(&app, OWN, &application, &request()).await.expect(201);
        assert_eq!((&begun.json()["status"], &begun.json()["completed_on"]), (&json!("draft"), &Value::Null));
        let again = begin(&app, OWN, &application, &request()).await.expect(409);
        assert_eq!(again.json()["code"], "initial_assessment_exists");
        let draft = Draft { app: &app, path: location(&begun) };
        let faults = ["goal_required /findings/goals", "protocol_not_agreed /agreements"];
        let complete = async |tag: u32| draft.post("completion", tag).as_role(Role::OfficeHead, OWN).send().await;
        complete(1).await.expect_faults(422, &faults);

        // A specialist writes the own opinion, and no other's.
        let own = tokens::subject(Role::AssessmentSpecialist);
        let write = |tag: u32, body: &Value| {
            as_specialist(draft.post("opinions", tag), &tokens::subject(Role::AssessmentSpecialist)).json(body)
        };
        let mut for_another = opinion("specialist");
        for_another["author"] = json!(OTHER);
        write(1, &for_another).send().await.expect(403);
        write(1, &opinion("no_such")).send().await.expect_faults(422, &["unknown_service /services/0/service"]);
        let mut early = opinion("specialist");
        early["written_on"] = json!("2023-11-16");
        write(1, &early).send().await.expect_faults(422, &["date_out_of_range /written_on"]);
        let written = write(1, &opinion("home_care")).send().await.expect(201);
        assert_eq!((&written.json()["opinions"][0]["author"], written.version()), (&json!(own), Some("2")));
        write(1, &opinion("specialist")).send().await.expect(412);
        let written = write(2, &opinion("specialist")).send().await.expect(201).json();
        assert_eq!(written["opinions"].as_array().unwrap().len(), 1);
        assert_eq!(written["opinions"][0]["services"][0]["volume"], "20.5");
        // The office puts in what it has received.
        let call = draft.post("opinions", 3).as_role(Role::SocialWorker, OWN).json(&for_another);
        assert_eq!(call.send().await.expect(201).json()["opinions"].as_array().unwrap().len(), 2);
        let call = draft.post("opinions", 4).as_role(Role::SocialWorker, OWN).json(&opinion("specialist"));
        call.send().await.expect_faults(422, &["not_a_member /author"]);

        let agree = |tag: u32, body: Value| draft.post("agreements", tag).json(&body);
        let signed = json!({"form": "signature", "agreed_on": "2023-03-22"});
        as_specialist(agree(4, signed.clone()), &own).send().await.expect(201);
        complete(5).await.expect_faults(422, &["protocol_not_agreed /agreements"]);
        let by_email = json!({"member": OTHER, "form": "email", "agreed_on": "2023-03-22"});
        as_specialist(agree(5, by_email.clone()), &own).send().await.expect(403);
        agree(5, by_email.clone()).as_role(Role::SocialWorker, OWN).send().await.expect(201);
        // What is changed is agreed anew.
        let changed = draft.put(6).json(&request()).send().await.expect(200).json();
        assert_eq!((&changed["agreements"], changed["opinions"].as_array().unwrap().len()), (&json!([]), 2));
        as_specialist(agree(7, signed), &own).send().await.expect(201);
        agree(8, by_email).as_role(Role::OfficeHead, OWN).send().await.expect(201);
        let completed = complete(9).await.expect(201);
        assert_eq!(
            (&completed.json()["status"], &completed.json()["completed_on"]),
            (&json!("completed"), &json!("2023-11-15"))
        );
        for answer in [
            complete(10).await,
            draft.put(10).json(&request()).send().await,
            write(10, &opinion("specialist")).send().await,
        ] {
            assert_eq!(answer.expect(409).json()["code"], "assessment_completed");
        }
        let shown = app.get(&draft.path).as_role(Role::Auditor, OWN).send().await.expect(200);
        assert_eq!((shown.json(), shown.version()), (completed.json(), Some("10")));
        let whole = format!("{}?include=budget,assessments", case(&application));
        let whole = app.get(&whole).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        assert_eq!((&whole["assessments"], &whole["budget"]), (&json!([completed.json()]), &Value::Null));
        let bad = format!("{}?include=budget,nonsense", case(&application));
        app.get(&bad).as_role(Role::SocialWorker, OWN).send().await.expect_faults(400, &["not_in_list /include"]);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn who_sees_what_of_an_assessment() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = new_case(&app, "320000-00001").await;
        let draft = Draft { app: &app, path: location(&begin(&app, OWN, &application, &request()).await.expect(201)) };
        let list = format!("{}/assessments", case(&application));
        let report =
            json!({"to": "police", "noticed_on": "2023-11-10", "reported_on": "2023-11-14", "suspicion": "Aizdomas"});
        let record = |tag: u32| draft.post("rights-reports", tag).json(&report);
        let recorded = record(1).as_role(Role::SocialWorker, OWN).send().await.expect(201).json();
        // The 10th was a Friday.
        let told = &recorded["rights_reports"][0];
        assert_eq!((&told["due_on"], &told["late"]), (&json!("2023-11-13"), &json!(true)));
        let mut early = report.clone();
        early["reported_on"] = json!("2023-11-09");
        let call = draft.post("rights-reports", 2).as_role(Role::OfficeHead, OWN).json(&early);
        call.send().await.expect_faults(422, &["date_out_of_range /reported_on"]);
        record(2).token(&tokens::integrator(OWN, "assessments:write")).send().await.expect(403);

        let person = person_of(&app, OWN, &application).await;
        link(&app, OWN, &person).await;
        let own = tokens::subject(Role::AssessmentSpecialist);
        let get = |path: &str| app.get(path);
        for (who, request, status, reports) in [
            ("worker", get(&draft.path).as_role(Role::SocialWorker, OWN), 200, 1),
            ("head", get(&draft.path).as_role(Role::OfficeHead, OWN), 200, 1),
            ("auditor", get(&draft.path).as_role(Role::Auditor, OWN), 200, 0),
            ("machine", get(&draft.path).token(&tokens::integrator(OWN, "assessments:read")), 200, 0),
            ("assigned", as_specialist(get(&draft.path), &own), 200, 0),
            ("not assigned", as_specialist(get(&draft.path), "stranger"), 404, 0),
            ("not assigned, list", as_specialist(get(&list), "stranger"), 404, 0),
            ("another office", get(&draft.path).as_role(Role::SocialWorker, FOREIGN), 404, 0),
            ("another office, list", get(&list).as_role(Role::SocialWorker, FOREIGN), 404, 0),
            ("parent of a draft", get(&draft.path).as_role(Role::Recipient, OWN), 404, 0),
            ("accountant", get(&draft.path).as_role(Role::Accountant, OWN), 403, 0),
        ] {
            let answer = request.send().await.expect(status);
            if status == 200 {
                assert_eq!(answer.json()["rights_reports"].as_array().unwrap().len(), reports, "{who}");
            }
        }
        let listed = as_specialist(get(&list), &own).send().await.expect(200).json();
        assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["rights_reports"]), (1, &json!([])));
        let parent = get(&list).as_role(Role::Recipient, OWN).send().await.expect(200).json();
        assert_eq!(parent["items"], json!([]));

        // Completed, it is the parent's to see, without the report.
        let mut alone = request();
        alone["findings"]["members"] =
            json!([{"subject": tokens::subject(Role::SocialWorker), "name": "N", "profession": "p"}]);
        alone["findings"]["goals"] = json!([goal()]);
        draft.put(2).json(&alone).send().await.expect(200);
        as_specialist(get(&draft.path), &own).send().await.expect(404);
        let agreed = json!({"form": "signature", "agreed_on": "2023-11-15"});
        draft.post("agreements", 3).as_role(Role::SocialWorker, OWN).json(&agreed).send().await.expect(201);
        draft.post("completion", 4).as_role(Role::SocialWorker, OWN).send().await.expect(201);
        let parent = get(&list).as_role(Role::Recipient, OWN).send().await.expect(200).json();
        assert_eq!(
            (&parent["items"][0]["status"], &parent["items"][0]["rights_reports"]),
            (&json!("completed"), &json!([]))
        );
        // A report is recorded of a completed one too, and the parent's log tells who read.
        record(5).as_role(Role::OfficeHead, OWN).send().await.expect(201);
        let log =
            app.get(&format!("/v1/persons/{person}/accesses")).as_role(Role::Recipient, OWN).send().await.expect(200);
        assert!(log.text().contains("complete_assessment"), "{}", log.shown());
        // That somebody suspects the family is the office's to know alone.
        assert!(!log.text().contains("record_rights_report"), "{}", log.shown());
        let log = get(&format!("/v1/persons/{person}/accesses")).as_role(Role::Auditor, OWN).send().await.expect(200);
        assert!(log.text().contains("record_rights_report"), "{}", log.shown());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn assessments_fit_and_are_repeatable_and_go_with_the_case() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (application, _) = granted_budget(&app, OWN, "320000-00001").await;
        let mut bad = request();
        bad["findings"]["members"][1]["subject"] = json!(tokens::subject(Role::AssessmentSpecialist));
        bad["findings"]["functioning"] = json!([{"domain": 1, "level": 5}, {"domain": 1, "level": 4}]);
        let faults = [
            "duplicate_code /findings/members/1/subject",
            "unknown_level /findings/functioning/0/level",
            "duplicate_code /findings/functioning/1/domain",
        ];
        begin(&app, OWN, &application, &bad).await.expect_faults(422, &faults);
        bad["findings"]["functioning"] = json!([{"domain": 10, "level": 10}]);
        let faults = ["too_large /findings/functioning/0/domain", "too_large /findings/functioning/0/level"];
        begin(&app, OWN, &application, &bad).await.expect_faults(400, &faults);
        begin(&app, FOREIGN, &application, &request()).await.expect(404);
        let send = async || {
            let call = app.post(&format!("{}/assessments", case(&application))).as_role(Role::OfficeHead, OWN);
            call.header("idempotency-key", "a-1").json(&request()).send().await.expect(201)
        };
        let path = location(&send().await);
        assert_eq!(location(&send().await), path);
        let mut repeat = request();
        repeat["kind"] = json!("repeat");
        // Who received nothing leaves the list out.
        repeat["findings"].as_object_mut().unwrap().remove("services_received");
        let second = Draft { app: &app, path: location(&begin(&app, OWN, &application, &repeat).await.expect(201)) };
        assert_eq!(second.put(1).json(&request()).send().await.expect(409).json()["code"], "initial_assessment_exists");

        hand_overs::moved(&app, OWN, &application, FOREIGN).await;
        app.get(&path).as_role(Role::OfficeHead, OWN).send().await.expect(404);
        let moved = app.get(&path).as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json();
        assert_eq!(moved["findings"], request()["findings"]);
        let list = app.get(&format!("{}/assessments", case(&application))).as_role(Role::OfficeHead, FOREIGN);
        assert_eq!(list.send().await.expect(200).json()["items"].as_array().unwrap().len(), 2);
        let mut claims = tokens::claims(Role::AssessmentSpecialist, FOREIGN);
        claims["sub"] = json!(OTHER);
        app.get(&path).token(&tokens::sign(&claims)).send().await.expect(200);
    }
}

#[tokio::test]
async fn nothing_that_an_assessment_says_stands_in_clear() {
    let app = TestApp::start().await;
    let application = new_case(&app, "320000-00001").await;
    begin(&app, OWN, &application, &request()).await.expect(201);
    let files: Vec<Vec<u8>> = app.database_files().into_iter().map(|path| std::fs::read(path).unwrap()).collect();
    let holds = |text: &str| files.iter().any(|file| file.windows(text.len()).any(|window| window == text.as_bytes()));
    assert!(holds("initial"), "the files are those of the assessment");
    for secret in ["Slēptā joma", "Slēpta nodarbība", "20 stundas", "ergoterapeite", "Izdomāta Speciāliste"] {
        assert!(!holds(secret), "{secret} stands in the database in clear");
    }
}

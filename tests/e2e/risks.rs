//! The risk register on both databases: identified, assessed, managed, monitored, reported, closed; and who sees what.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::applications::{FOREIGN, OWN, location};

const PATH: &str = "/v1/risks";

pub(crate) fn request(probability: Option<&str>) -> Value {
    let mut request = json!({"kind": "staff", "identified_on": "2023-03-01", "description": "Slēptais risks."});
    if let Some(probability) = probability {
        request["probability"] = json!(probability);
        request["impact"] = json!("high");
    }
    request
}

pub(crate) async fn register(app: &TestApp, municipality: &str, request: &Value) -> Answer {
    app.post(PATH).as_role(Role::SocialWorker, municipality).json(request).send().await
}

async fn step(app: &TestApp, path: &str, what: &str, tag: u32, body: &Value) -> Answer {
    let call = app.post(&format!("{path}/{what}")).as_role(Role::OfficeHead, OWN);
    call.header("if-match", &format!("\"{tag}\"")).json(body).send().await
}

async fn listed(app: &TestApp, role: Role, municipality: &str, query: &str) -> Vec<Value> {
    let list = app.get(&format!("{PATH}{query}")).as_role(role, municipality).send().await.expect(200).json();
    list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

fn standing(answer: &Answer) -> (Value, Value, Value) {
    let risk = answer.json();
    (risk["stage"].clone(), risk["level"].clone(), risk["needs_analysis"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_risk_goes_from_its_identification_to_its_closure() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let new = register(&app, OWN, &request(None)).await.expect(201);
        let path = location(&new);
        assert_eq!(standing(&new), (json!("identified"), Value::Null, json!(true)));
        let analysis = json!({"analysed_on": "2023-03-15", "measures": "Slēgt līgumu.", "responsible": "Demo Vadītāja",
            "review_on": "2023-06-01"});
        let early = step(&app, &path, "analyses", 1, &analysis).await.expect(409);
        assert_eq!(early.json()["code"], "risk_not_assessed");

        let update = async |tag: &str, probability: &str| {
            let call = app.put(&path).as_role(Role::SocialWorker, OWN).header("if-match", tag);
            call.json(&request(Some(probability))).send().await
        };
        let assessed = update("\"1\"", "medium").await.expect(200);
        assert_eq!(standing(&assessed), (json!("assessed"), json!("high"), json!(true)));
        update("\"1\"", "medium").await.expect(412);
        app.put(&path).as_role(Role::SocialWorker, OWN).json(&request(None)).send().await.expect(428);
        let mut late = analysis.clone();
        late["review_on"] = json!("2023-03-14");
        step(&app, &path, "analyses", 2, &late).await.expect_faults(422, &["date_out_of_range /review_on"]);
        let managed = step(&app, &path, "analyses", 2, &analysis).await.expect(201);
        assert_eq!(standing(&managed), (json!("managed"), json!("high"), json!(false)));
        assert_eq!(managed.json()["responsible"], "Demo Vadītāja");

        // A changed level asks for another analysis.
        let review = json!({"reviewed_on": "2023-06-01", "probability": "low", "impact": "high", "finding": "Ir līgums.",
            "review_on": "2023-09-01"});
        let reviewed = step(&app, &path, "reviews", 3, &review).await.expect(201);
        assert_eq!(standing(&reviewed), (json!("monitored"), json!("medium"), json!(true)));
        assert_eq!(listed(&app, Role::OfficeHead, OWN, "?needs_analysis=true&due_on=2023-09-01").await.len(), 1);
        assert_eq!(listed(&app, Role::OfficeHead, OWN, "?due_on=2023-08-31").await.len(), 0);
        assert_eq!(listed(&app, Role::Auditor, OWN, "?level=medium&kind=staff&closed=false").await.len(), 1);
        assert_eq!(listed(&app, Role::Auditor, OWN, "?level=high").await.len(), 0);

        let closure = json!({"closed_on": "2023-10-02", "reason": "Pieņemti darbinieki."});
        let closed = step(&app, &path, "closure", 4, &closure).await.expect(201);
        assert_eq!(standing(&closed), (json!("closed"), json!("medium"), json!(false)));
        let kinds: Vec<_> =
            closed.json()["steps"].as_array().unwrap().iter().map(|step| step["kind"].clone()).collect();
        assert_eq!(kinds, ["analysis", "review", "closure"]);
        for (what, body) in [("closure", &closure), ("reviews", &review), ("analyses", &analysis)] {
            let again = step(&app, &path, what, 5, body).await.expect(409);
            assert_eq!(again.json()["code"], "risk_closed");
        }
        assert_eq!(update("\"5\"", "low").await.expect(409).json()["code"], "risk_closed");
        let shown = app.get(&path).as_role(Role::Auditor, OWN).send().await.expect(200);
        assert_eq!((shown.json(), shown.header("etag")), (closed.json(), Some("\"5\"")));
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
        let dump = app.database.dump();
        assert!(!dump.windows(8).any(|bytes| bytes == "ptais ri".as_bytes()), "what the office writes is sealed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ministry_sees_what_is_reported_and_offices_their_own() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = register(&app, OWN, &request(Some("low"))).await.expect(201);
        let other = register(&app, OWN, &request(Some("high"))).await.expect(201);
        let foreign = register(&app, FOREIGN, &request(None)).await.expect(201);
        let id = |answer: &Answer| answer.json()["id"].clone();
        assert_eq!(listed(&app, Role::MinistryReviewer, OWN, "").await, [] as [Value; 0]);
        app.get(&location(&other)).as_role(Role::MinistryReviewer, OWN).send().await.expect(404);
        let problem = json!({"problem": "Izvērtēšana kavējas."});
        let worker = app.post(&format!("{}/reports", location(&other))).as_role(Role::SocialWorker, OWN);
        worker.header("if-match", "\"1\"").json(&problem).send().await.expect(403);
        let reported = step(&app, &location(&other), "reports", 1, &problem).await.expect(201).json();
        assert_eq!((&reported["reported_on"], &reported["steps"][0]["level"]), (&json!("2023-11-15"), &json!("high")));
        assert_eq!(listed(&app, Role::MinistryReviewer, FOREIGN, "").await, [id(&other)]);
        let shown = app.get(&location(&other)).as_role(Role::MinistryReviewer, OWN).send().await.expect(200);
        assert_eq!(shown.json(), reported);
        assert_eq!(listed(&app, Role::SocialWorker, OWN, "").await, [id(&own), id(&other)]);
        let page = format!("?limit=1&cursor={}", id(&own).as_str().unwrap());
        assert_eq!(listed(&app, Role::SocialWorker, OWN, &page).await, [id(&other)]);
        assert_eq!(listed(&app, Role::SocialWorker, FOREIGN, "").await, [id(&foreign)]);
        app.get(&location(&other)).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        let call = app.post(&format!("{}/closure", location(&other))).as_role(Role::OfficeHead, FOREIGN);
        let closure = json!({"closed_on": "2023-10-02", "reason": "x"});
        call.header("if-match", "\"2\"").json(&closure).send().await.expect(404);

        let send = async |request: &Value| {
            let call = app.post(PATH).as_role(Role::SocialWorker, OWN).header("idempotency-key", "r-1");
            call.json(request).send().await
        };
        let first = send(&request(None)).await.expect(201);
        assert_eq!(location(&send(&request(None)).await.expect(201)), location(&first));
        send(&request(Some("low"))).await.expect(422);
        let mut future = request(None);
        future["identified_on"] = json!("2023-11-16");
        register(&app, OWN, &future).await.expect_faults(422, &["date_out_of_range /identified_on"]);
        app.get("/v1/risks?limit=0").as_role(Role::OfficeHead, OWN).send().await.expect(400);
        let events = app.get("/v1/events").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        assert!(events["items"].as_array().unwrap().iter().any(|event| event["type"] == "risk.reported"));
    }
}

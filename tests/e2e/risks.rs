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
        assert_eq!((shown.json(), shown.version()), (closed.json(), Some("5")));
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

/// Risks, open, managed, closed, overdue, with a changed level, that ask for an analysis, reported.
fn counts(told: &Value) -> [u64; 8] {
    ["risks", "open", "managed", "closed", "overdue", "level_changed", "needs_analysis", "reported"]
        .map(|count| told[count].as_u64().unwrap())
}

/// The counts of what a list tells of something.
fn counts_of(list: &Value, member: &str, of: &Value) -> [u64; 8] {
    let row = list.as_array().unwrap().iter().find(|row| row[member] == *of);
    counts(&row.unwrap_or_else(|| panic!("{of} in {list}"))["counts"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_is_counted_by_kind_level_place_and_state() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let new = async |kind: &str, grades: Option<(&str, &str)>| {
            let mut risk = request(None);
            risk["kind"] = json!(kind);
            if let Some((probability, impact)) = grades {
                (risk["probability"], risk["impact"]) = (json!(probability), json!(impact));
            }
            location(&register(&app, OWN, &risk).await.expect(201))
        };
        let analysis = |review_on: &str| {
            json!({"analysed_on": "2023-03-15", "measures": "Slēgt līgumu.", "responsible": "Demo",
            "review_on": review_on})
        };
        // Not assessed, assessed, overdue since yesterday, due today with a changed level, closed.
        new("staff", None).await;
        new("management", Some(("low", "low"))).await;
        let late = new("staff", Some(("medium", "high"))).await;
        step(&app, &late, "analyses", 1, &analysis("2023-11-14")).await.expect(201);
        let changed = new("finance", Some(("low", "low"))).await;
        step(&app, &changed, "analyses", 1, &analysis("2023-06-01")).await.expect(201);
        let review = json!({"reviewed_on": "2023-06-01", "probability": "medium", "impact": "medium", "finding": "Pieaug.",
            "review_on": "2023-11-15"});
        step(&app, &changed, "reviews", 2, &review).await.expect(201);
        step(&app, &changed, "reports", 3, &json!({"problem": "Pieaug."})).await.expect(201);
        let closed = new("legal", Some(("high", "high"))).await;
        step(&app, &closed, "analyses", 1, &analysis("2023-06-01")).await.expect(201);
        let closure = json!({"closed_on": "2023-10-02", "reason": "Beidzies."});
        step(&app, &closed, "closure", 2, &closure).await.expect(201);
        let foreign = location(&register(&app, FOREIGN, &request(Some("high"))).await.expect(201));
        let call = app.post(&format!("{foreign}/reports")).as_role(Role::OfficeHead, FOREIGN);
        call.header("if-match", "\"1\"").json(&json!({"problem": "Kavējas."})).send().await.expect(201);

        let ask = async |role: Role, municipality: &str, query: &str| {
            let call = app.get(&format!("/v1/risk-statistics{query}")).as_role(role, municipality);
            call.send().await.expect(200).json()
        };
        for role in [Role::SocialWorker, Role::OfficeHead, Role::Auditor] {
            let own = ask(role, OWN, "").await;
            assert_eq!((&own["on"], &own["by"]), (&json!("2023-11-15"), &json!("municipality")));
            assert_eq!(counts(&own["together"]), [5, 2, 2, 1, 1, 1, 3, 1], "{role}");
            assert_eq!((own["kinds"].as_array().unwrap().len(), own["levels"].as_array().unwrap().len()), (5, 4));
            for (kind, expected) in [
                ("management", [1, 1, 0, 0, 0, 0, 1, 0]),
                ("staff", [2, 1, 1, 0, 1, 0, 1, 0]),
                ("finance", [1, 0, 1, 0, 0, 1, 1, 1]),
                ("legal", [1, 0, 0, 1, 0, 0, 0, 0]),
                ("implementation", [0; 8]),
            ] {
                assert_eq!(counts_of(&own["kinds"], "kind", &json!(kind)), expected, "{kind}");
            }
            for (level, expected) in [
                (Value::Null, [1, 1, 0, 0, 0, 0, 1, 0]),
                (json!("low"), [1, 1, 0, 0, 0, 0, 1, 0]),
                (json!("medium"), [1, 0, 1, 0, 0, 1, 1, 1]),
                (json!("high"), [2, 0, 1, 1, 1, 0, 0, 0]),
            ] {
                assert_eq!(counts_of(&own["levels"], "level", &level), expected, "{level}");
            }
            assert_eq!(own["places"].as_array().unwrap().len(), 1);
            assert_eq!(counts_of(&own["places"], "of", &json!(OWN)), counts(&own["together"]));
        }
        // What the statistics count is what the list shows.
        let asking = listed(&app, Role::OfficeHead, OWN, "?needs_analysis=true").await.len();
        let due = listed(&app, Role::OfficeHead, OWN, "?due_on=2023-11-14").await.len();
        assert_eq!((asking, due), (3, 1));
        let other = ask(Role::OfficeHead, FOREIGN, "").await;
        assert_eq!(counts(&other["together"]), [1, 1, 0, 0, 0, 0, 1, 1]);
        assert_eq!(other["places"].as_array().unwrap().len(), 1);

        // The ministry counts what was reported, by place.
        let country = ask(Role::MinistryReviewer, OWN, "").await;
        assert_eq!(counts(&country["together"]), [2, 1, 1, 0, 0, 1, 2, 2]);
        assert_eq!(counts_of(&country["places"], "of", &json!(OWN)), [1, 0, 1, 0, 0, 1, 1, 1]);
        assert_eq!(counts_of(&country["places"], "of", &json!(FOREIGN)), [1, 1, 0, 0, 0, 0, 1, 1]);
        let regions = ask(Role::MinistryReviewer, OWN, "?by=region").await["places"].clone();
        let all: u64 = regions.as_array().unwrap().iter().map(|place| counts(&place["counts"])[0]).sum();
        assert_eq!((all, counts_of(&regions, "of", &json!("riga"))[3]), (2, 0));
        app.get("/v1/risk-statistics?by=sex").as_role(Role::OfficeHead, OWN).send().await.expect(400);
        app.get("/v1/risk-statistics").as_role(Role::Accountant, OWN).send().await.expect(403);
    }
}

//! `/v1/service-proposals` on both databases: an office proposes, the ministry decides, every office is told.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer, tokens};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    methodology_versions::{self, draft},
};

const PATH: &str = "/v1/service-proposals";

fn request(name: &str) -> Value {
    json!({"name": name, "methodology": "children-2023", "reason": "Nav līdzvērtīga.",
        "description": {"definition": {"lv": "Apraksts.", "en": "Description."}}})
}

async fn propose(app: &TestApp, municipality: &str, name: &str) -> Answer {
    app.post(PATH).as_role(Role::SocialWorker, municipality).json(&request(name)).send().await
}

async fn decide(app: &TestApp, path: &str, tag: &str, decision: &Value) -> Answer {
    let call = app.post(&format!("{path}/decision")).as_role(Role::MinistryAdmin, OWN);
    call.header("if-match", tag).json(decision).send().await
}

async fn listed(app: &TestApp, role: Role, municipality: &str, query: &str) -> Vec<Value> {
    let list = app.get(&format!("{PATH}{query}")).as_role(role, municipality).send().await.expect(200).json();
    list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_decided_and_every_office_is_told() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let equal = propose(&app, OWN, "Aprūpe mājās bērnam").await.expect(201);
        let accepted = propose(&app, FOREIGN, "Sensorā istaba").await.expect(201);
        let rejected = propose(&app, OWN, "Cits").await.expect(201);
        let id = |answer: &Answer| answer.json()["id"].clone();
        assert_eq!(listed(&app, Role::SocialWorker, OWN, "").await, [id(&equal), id(&rejected)]);
        assert_eq!(listed(&app, Role::MinistryReviewer, OWN, "").await, [id(&equal), id(&accepted), id(&rejected)]);
        app.get(&location(&accepted)).as_role(Role::SocialWorker, OWN).send().await.expect(404);

        let (path, missing) = (location(&equal), json!({"outcome": "equal"}));
        decide(&app, &path, "\"1\"", &missing).await.expect_faults(422, &["missing_field /service"]);
        let unknown = json!({"outcome": "equal", "service": "nothing"});
        decide(&app, &path, "\"1\"", &unknown).await.expect_faults(422, &["unknown_code /service"]);
        let listed_one = json!({"outcome": "equal", "service": "home_care"});
        decide(&app, &path, "\"2\"", &listed_one).await.expect(412);
        let decided = decide(&app, &path, "\"1\"", &listed_one).await.expect(201);
        assert_eq!((&decided.json()["status"], decided.version()), (&json!("equal"), Some("2")));
        let again = decide(&app, &path, "\"2\"", &listed_one).await.expect(409);
        assert_eq!(again.json()["code"], "proposal_decided");

        let adding =
            draft(json!({"services": [{"code": "sensory_room", "name": {"lv": "Sensorā istaba", "en": "Sensory room"},
            "unit": "consultation", "form": "individual", "targets": ["child"], "group": "education", "payable": true,
            "description": {}}]}));
        let version = methodology_versions::create(&app, &adding).await.expect(201);
        let accept = |service: &str, version: &Value| json!({"outcome": "accepted", "service": service, "methodology_version": version});
        let path = location(&accepted);
        let none = json!("018bcfe5-6800-7000-8000-0000000000ff");
        decide(&app, &path, "\"1\"", &accept("sensory_room", &none))
            .await
            .expect_faults(422, &["unknown_code /methodology_version"]);
        decide(&app, &path, "\"1\"", &accept("other", &id(&version)))
            .await
            .expect_faults(422, &["unknown_code /service"]);
        decide(&app, &path, "\"1\"", &accept("sensory_room", &id(&version))).await.expect(201);
        methodology_versions::publish(&app, &location(&version), "\"1\"").await.expect(201);
        let service = app.get("/v1/services/sensory_room").send().await.expect(200).json();
        assert_eq!((&service["unit"], &service["tariff"]), (&json!("consultation"), &Value::Null));

        let path = location(&rejected);
        let reject = json!({"outcome": "rejected"});
        decide(&app, &path, "\"1\"", &reject).await.expect_faults(422, &["missing_field /reason"]);
        decide(&app, &path, "\"1\"", &json!({"outcome": "rejected", "reason": "Netiek sniegts."})).await.expect(201);

        // Decided, all are seen by all, and by machines with the scope.
        for municipality in [OWN, FOREIGN, "0054000"] {
            let all = [id(&equal), id(&accepted), id(&rejected)];
            assert_eq!(listed(&app, Role::OfficeHead, municipality, "").await, all);
            assert_eq!(listed(&app, Role::OfficeHead, municipality, "?status=rejected").await, [id(&rejected)]);
            let machine = tokens::integrator(municipality, "service-proposals:read");
            app.get(&path).token(&machine).send().await.expect(200);
            let events = app.get("/v1/events").as_role(Role::OfficeHead, municipality).send().await.expect(200).json();
            let events = events["items"].as_array().unwrap().clone();
            let told: Vec<_> = events.iter().filter(|event| event["type"] == "service_proposal.decided").collect();
            assert_eq!(told.iter().map(|event| event["subject"].clone()).collect::<Vec<_>>(), all);
            assert!(events.is_sorted_by_key(|event| event["id"].as_str().unwrap().to_owned()));
        }
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn a_repeated_proposal_gets_the_first_answer() {
    let app = TestApp::start().await;
    let send = async |name: &str| {
        let call = app.post(PATH).as_role(Role::OfficeHead, OWN).header("idempotency-key", "p-1");
        call.json(&request(name)).send().await
    };
    let first = send("A").await.expect(201);
    assert_eq!(send("A").await.expect(201).json(), first.json());
    send("B").await.expect(422);
    let page = format!("?limit=1&cursor={}", first.json()["id"].as_str().unwrap());
    assert_eq!(listed(&app, Role::OfficeHead, OWN, &page).await, [] as [Value; 0]);
}

//! What applications tell beside the criteria, on both databases: given, changed, sealed, erased, and who sees it.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, decide, location, request},
    cases::{post, revocation},
    erasures::erase,
    representatives::person_of,
};

const PATH: &str = "/v1/applications";

fn circumstances() -> Value {
    json!({
        "sex": "female", "home_schooled": true,
        "parent": {"birth_date": "1985-05-17", "sex": "male", "family_type": "guardian", "disability": true,
            "complete_family": false, "children": 3, "disabled_children": 2, "employed": false},
        "technical_aids": [
            {"name": "ratiņkrēsls", "status": "received", "from_where": "Vaivaru centrs"},
            {"name": "staigulis", "status": "needed", "from_where": null},
        ],
    })
}

fn of_child() -> Value {
    let mut new = request("320000-00001");
    new["evidence"] =
        json!({"birth_date": "2018-01-15", "disability": {"group": "child"}, "impairment_types": ["movement"]});
    new["circumstances"] = circumstances();
    new
}

async fn register(app: &TestApp, new: &Value) -> Answer {
    app.post(PATH).as_role(Role::SocialWorker, OWN).json(new).send().await
}

async fn record(app: &TestApp, role: Role, municipality: &str, path: &str, tag: &str, told: &Value) -> Answer {
    let call = app.put(&format!("{path}/circumstances")).as_role(role, municipality).header("if-match", tag);
    call.json(told).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn circumstances_are_told_changed_and_erased_and_stand_nowhere_in_clear() {
    for database in Database::available() {
        let app = TestApp::start_later(database).await;
        let registered = register(&app, &of_child()).await.expect(201);
        assert_eq!(registered.json()["circumstances"], circumstances());
        let path = location(&registered);
        let read = async |role| app.get(&path).as_role(role, OWN).send().await;
        for role in [Role::SocialWorker, Role::OfficeHead, Role::Auditor] {
            assert_eq!(read(role).await.expect(200).json()["circumstances"], circumstances());
        }
        read(Role::Accountant).await.expect(403);

        // What is left out is not known any more.
        let told = json!({"sex": "male", "technical_aids": [{"name": "ratiņkrēsls", "status": "needed"}]});
        record(&app, Role::Auditor, OWN, &path, "\"1\"", &told).await.expect(403);
        record(&app, Role::SocialWorker, FOREIGN, &path, "\"1\"", &told).await.expect(404);
        let changed = record(&app, Role::SocialWorker, OWN, &path, "\"1\"", &told).await.expect(200);
        assert_eq!(changed.header("etag"), Some("\"2\""));
        let expected = json!({"sex": "male", "home_schooled": null, "parent": null,
            "technical_aids": [{"name": "ratiņkrēsls", "status": "needed", "from_where": null}]});
        assert_eq!(changed.json()["circumstances"], expected);
        assert_eq!(changed.json()["evidence"], registered.json()["evidence"]);
        record(&app, Role::SocialWorker, OWN, &path, "\"1\"", &told).await.expect(412);
        record(&app, Role::SocialWorker, OWN, &path, "\"2\"", &circumstances()).await.expect(200);
        let events = app.get("/v1/events").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let kinds: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
        assert_eq!(kinds, ["application.registered", "application.completed", "application.completed"]);

        let dump = app.database.dump();
        let holds = |text: &str| dump.windows(text.len()).any(|window| window == text.as_bytes());
        for secret in ["1985-05-17", "ratiņkrēsls", "Vaivaru", "home_schooled", "disabled_children"] {
            assert!(!holds(secret), "{secret} is told");
        }

        decide(&app, OWN, &path, "\"3\"", "grant").await.expect(201);
        let late = record(&app, Role::SocialWorker, OWN, &path, "\"4\"", &told).await.expect(409);
        assert_eq!(late.json()["code"], "application_closed");
        post(&app, Role::OfficeHead, OWN, &format!("{path}/revocation"), "\"4\"", &revocation()).await.expect(201);
        let person = person_of(&app, OWN, &path).await;
        let before = app.database.sealed();
        erase(&app, Role::OfficeHead, OWN, &person, None).await.expect(201);
        assert_eq!(read(Role::SocialWorker).await.expect(200).json()["circumstances"], Value::Null);
        assert_eq!(before.intersection(&app.database.sealed()).count(), 0, "{database:?}: nothing sealed is left");
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_pointer() {
    let app = TestApp::start().await;
    let mut bad = of_child();
    bad["circumstances"]["parent"]["birth_date"] = json!("2024-01-01");
    bad["circumstances"]["parent"]["disabled_children"] = json!(4);
    let expected = [
        "date_out_of_range /circumstances/parent/birth_date",
        "more_disabled_than_children /circumstances/parent/disabled_children",
    ];
    register(&app, &bad).await.expect_faults(422, &expected);
    let mut adult = of_child();
    adult["methodology"] = json!("adults-2023");
    let expected = ["not_for_adults /circumstances/home_schooled", "not_for_adults /circumstances/parent"];
    register(&app, &adult).await.expect_faults(422, &expected);
    let mut unfit = of_child();
    unfit["circumstances"]["parent"]["family_type"] = json!("two_parents");
    unfit["circumstances"]["technical_aids"][0]["status"] = json!("lost");
    let expected =
        ["not_in_list /circumstances/parent/family_type", "not_in_list /circumstances/technical_aids/0/status"];
    register(&app, &unfit).await.expect_faults(400, &expected);

    let path = location(&register(&app, &of_child()).await.expect(201));
    let told = json!({"parent": {"children": 1, "disabled_children": 2}});
    let refused = record(&app, Role::SocialWorker, OWN, &path, "\"1\"", &told).await;
    refused.expect_faults(422, &["more_disabled_than_children /parent/disabled_children"]);
}

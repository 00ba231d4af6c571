//! `/v1/persons` on both databases.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    budgets::granted_budget,
};

async fn search(app: &TestApp, municipality: &str, code: &str) -> Answer {
    let call = app.post("/v1/persons/search").as_role(Role::SocialWorker, municipality);
    call.json(&json!({"personal_code": code})).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_found_by_the_code_with_the_cases() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (application, budget) = granted_budget(&app, OWN, "320000-00001").await;
        let second = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        let before = app.store.audit_length(OWN.parse().unwrap()).await.unwrap();

        for code in ["320000-00001", "32000000001"] {
            let found = search(&app, OWN, code).await.expect(200).json();
            let [file] = found["items"].as_array().unwrap().as_slice() else { panic!("{found}") };
            assert_eq!(file["person"]["personal_code"], "320000-00001");
            assert_eq!(file["person"]["family_name"], "Paraudziņa");
            let id = |path: &str| Value::from(path.rsplit('/').next().unwrap());
            let cases: Vec<_> = file["cases"].as_array().unwrap().iter().collect();
            assert_eq!(cases.len(), 2);
            assert_eq!((&cases[0]["id"], &cases[0]["status"]), (&id(&application), &json!("granted")));
            assert_eq!(cases[0]["budget"], json!({"id": id(&budget), "status": "indicative"}));
            assert_eq!((&cases[1]["id"], &cases[1]["budget"]), (&id(&second), &Value::Null));
        }
        assert_eq!(app.store.audit_length(OWN.parse().unwrap()).await.unwrap(), before + 2, "each find is recorded");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_municipality_does_not_know_is_not_found() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201);
        for (municipality, code) in [(FOREIGN, "320000-00001"), (OWN, "320000-00002")] {
            let before = app.store.audit_length(municipality.parse().unwrap()).await.unwrap();
            assert_eq!(search(&app, municipality, code).await.expect(200).json()["items"], json!([]));
            assert_eq!(app.store.audit_length(municipality.parse().unwrap()).await.unwrap(), before);
        }
        let refused = search(&app, OWN, "310299-10001").await;
        let refused = refused.expect_faults(422, &["invalid_personal_code /personal_code"]);
        assert!(!refused.text().contains("10001"), "{}", refused.shown());
    }
}

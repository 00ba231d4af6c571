//! `/v1/persons` on both databases.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, decide, location, register_child, request},
    budgets::granted_budget,
    representatives::{link, person_of},
    settlement::{deliver, ordered},
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

/// What a new application leaves out of the contact stays known.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_application_renews_what_it_tells_of_a_person() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let first = location(&register_child(&app, OWN, "320000-00001", "2004-01-01").await.expect(201));
        decide(&app, OWN, &first, "\"1\"", "refuse").await.expect(201);
        let mut new = request("320000-00001");
        let person = new["person"].as_object_mut().unwrap();
        person.remove("phone");
        person.insert("email".to_owned(), json!("demo@example.org"));
        let call = app.post("/v1/applications").as_role(Role::SocialWorker, OWN).json(&new);
        let second = call.send().await.expect(201);
        let stored = app.get(&location(&second)).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        for told in [second.json(), stored] {
            let person = &told["person"];
            assert_eq!((&person["phone"], &person["email"]), (&json!("+371 20000000"), &json!("demo@example.org")));
        }
    }
}

async fn accesses(app: &TestApp, role: Role, municipality: &str, person: &str, query: &str) -> Answer {
    app.get(&format!("/v1/persons/{person}/accesses{query}")).as_role(role, municipality).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_read_and_changed_a_person_s_data_is_told_newest_first() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (application, budget) = granted_budget(&app, OWN, "320000-00001").await;
        // Another person's data, and the same municipality's chain.
        let (other, _) = granted_budget(&app, OWN, "320000-00002").await;
        let person = person_of(&app, OWN, &application).await;
        app.get(&budget).as_role(Role::Auditor, OWN).send().await.expect(200);
        accesses(&app, Role::Recipient, OWN, &person, "").await.expect(404);
        link(&app, OWN, &person).await;
        let read = app.get(&application).as_role(Role::Recipient, OWN).send().await.expect(200);

        let log = accesses(&app, Role::Recipient, OWN, &person, "").await.expect(200).json();
        let items = log["items"].as_array().unwrap();
        let told: Vec<_> =
            items.iter().map(|item| (item["action"].as_str().unwrap(), item["role"].as_str().unwrap())).collect();
        let expected = [
            ("get_application", "recipient"),
            ("create_representative", "social_worker"),
            ("get_budget", "auditor"),
            ("get_application", "social_worker"),
            ("create_budget", "social_worker"),
            ("decide_application", "office_head"),
            ("register_application", "social_worker"),
        ];
        assert_eq!(told, expected);
        assert_eq!(items[0]["request_id"].as_str(), read.header("x-request-id"));
        assert_eq!(items[0]["resource_id"].as_str(), application.rsplit('/').next());
        assert_eq!((&items[0]["resource"], &log["next"]), (&json!("application"), &Value::Null));

        // Page by page; asking is recorded too.
        let mut paged = Vec::new();
        let mut query = "?limit=3".to_owned();
        loop {
            let page = accesses(&app, Role::OfficeHead, OWN, &person, &query).await.expect(200).json();
            paged.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?limit=3&cursor={next}");
        }
        assert_eq!(paged[0]["action"], "list_accesses");
        assert_eq!(&paged[1..], items.as_slice());

        accesses(&app, Role::Auditor, OWN, &person, "").await.expect(200);
        accesses(&app, Role::OfficeHead, FOREIGN, &person, "").await.expect(404);
        accesses(&app, Role::Recipient, OWN, &person_of(&app, OWN, &other).await, "").await.expect(404);
        for query in ["?limit=0", "?cursor=x", "?since=1"] {
            accesses(&app, Role::Auditor, OWN, &person, query).await.expect(400);
        }
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// A list of what belongs to one order, plan or case tells of one person.
#[tokio::test(flavor = "multi_thread")]
async fn lists_of_what_is_one_person_s_are_reads_of_the_person() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let order = ordered(&app, "320000-00001").await.order;
        deliver(&app, &order, "2023-10-05", "3").await.expect(201);
        let read = async |path: &str| app.get(path).as_role(Role::Auditor, OWN).send().await.expect(200).json();
        let shown = read(&format!("/v1/orders/{order}")).await;
        let plan = shown["plan_id"].as_str().unwrap();
        let shown = read(&format!("/v1/plans/{plan}")).await;
        let (case, person) = (shown["application_id"].as_str().unwrap(), shown["person_id"].as_str().unwrap());
        let body = json!({"kind": "report_change", "change": "health", "text": "Slēpts teksts."});
        let call = app.post(&format!("/v1/cases/{case}/requests")).as_role(Role::SocialWorker, OWN).json(&body);
        call.send().await.expect(201);
        let before = app.store.audit_length(OWN.parse().unwrap()).await.unwrap();
        // Many people's, and nobody's.
        for path in ["/v1/deliveries", "/v1/orders", "/v1/person-requests", "/v1/provider-notices"] {
            read(path).await;
        }
        read(&format!("/v1/deliveries?order={case}")).await;
        read(&format!("/v1/provider-notices?order={order}")).await;
        assert_eq!(app.store.audit_length(OWN.parse().unwrap()).await.unwrap(), before);
        for (path, action, resource) in [
            (format!("/v1/deliveries?order={order}"), "list_deliveries", "order"),
            (format!("/v1/orders?plan={plan}"), "list_orders", "plan"),
            (format!("/v1/person-requests?case={case}"), "list_person_requests", "application"),
        ] {
            assert_eq!(read(&path).await["items"].as_array().unwrap().len(), 1, "{path}");
            let log = accesses(&app, Role::Auditor, OWN, person, "?limit=2").await.expect(200).json();
            let told = log["items"].as_array().unwrap().iter().find(|item| item["action"] == action);
            assert_eq!(told.unwrap_or_else(|| panic!("{log}"))["resource"], resource);
        }
    }
}

#[tokio::test]
async fn a_pseudonym_is_the_same_in_the_country_and_another_for_another_purpose() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (application, _) = granted_budget(&app, OWN, "320000-00001").await;
        let elsewhere = location(&register_child(&app, FOREIGN, "320000-00001", "2018-01-15").await.expect(201));
        let own = person_of(&app, OWN, &application).await;
        let foreign = person_of(&app, FOREIGN, &elsewhere).await;
        let ask = async |municipality: &str, person: &str, query: &str| {
            let call = app.get(&format!("/v1/persons/{person}/pseudonyms{query}"));
            call.as_role(Role::OfficeHead, municipality).send().await
        };
        let told = ask(OWN, &own, "?purpose=reports").await.expect(200).json();
        assert_eq!((&told["purpose"], told["pseudonym"].as_str().unwrap().len()), (&json!("reports"), 16));
        assert_eq!(ask(FOREIGN, &foreign, "?purpose=reports").await.expect(200).json(), told);
        let surveys = ask(OWN, &own, "?purpose=surveys").await.expect(200).json();
        assert_ne!(surveys["pseudonym"], told["pseudonym"]);
        ask(FOREIGN, &own, "?purpose=reports").await.expect(404);
        ask(OWN, &own, "").await.expect_faults(400, &["required /purpose"]);
        ask(OWN, &own, "?purpose=R%20D").await.expect_faults(400, &["invalid_format /purpose"]);
    }
}

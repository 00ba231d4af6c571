//! Keys are changed beside a running API, on both databases.

use std::collections::BTreeSet;

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::ring};
use serde_json::json;

use crate::{
    applications::{OWN, location, register_child},
    budgets::granted_budget,
    representatives::{link, person_of},
};

/// Something in every table with sealed columns.
async fn filled(app: &TestApp) -> Vec<String> {
    let (application, budget) = granted_budget(app, OWN, "320000-00001").await;
    let call = app.post(&format!("{budget}/signatures")).as_role(Role::SocialWorker, OWN).header("if-match", "\"1\"");
    call.json(&json!({"party": "worker", "signed_on": "2023-03-15"})).send().await.expect(201);
    link(app, OWN, &person_of(app, OWN, &application).await).await;
    vec![application, budget]
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_sealed_with_the_new_key_while_the_api_runs() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let mut paths = filled(&app).await;
        for number in 0..250 {
            // More than one page.
            let child = register_child(&app, OWN, &format!("330000-00{number:03}"), "2018-01-15").await.expect(201);
            paths.push(location(&child));
        }
        let read = async |path: &str| app.get(path).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        let before = [read(&paths[0]).await, read(&paths[1]).await];
        let store = app.database.open_with(&ring(&[1, 2], 2)).await;
        assert_eq!(
            app.store.begin_write(balsts_store::Reach::Country).await.unwrap().keys_in_use().await.unwrap(),
            BTreeSet::from([1])
        );

        *app.keys.lock().unwrap() = Some(ring(&[1, 2], 2));
        // The API writes meanwhile.
        let (path, evidence) = (&paths[2], json!({"birth_date": "2018-01-15"}));
        let writing = async {
            for version in 1..40 {
                let call =
                    app.request(reqwest::Method::PUT, &format!("{path}/evidence")).as_role(Role::SocialWorker, OWN);
                call.header("if-match", &format!("\"{version}\"")).json(&evidence).send().await.expect(200);
            }
        };
        let (resealed, ()) = tokio::join!(store.reseal(), writing);
        let resealed = resealed.unwrap();
        let rows =
            |table: &str| resealed.iter().find(|told| told.table == table).map(|told| (told.rows, told.unreadable));
        assert_eq!(rows("person"), Some((251, 0)));
        assert_eq!((rows("calculation"), rows("calculation_signature")), (Some((1, 0)), Some((1, 0))));
        assert_eq!((rows("decision"), rows("application").unwrap().1), (Some((1, 0)), 0));

        let again = store.reseal().await.unwrap();
        assert!(again.iter().all(|told| (told.rows, told.unreadable) == (0, 0)), "{again:?}");
        let transaction = store.begin_write(balsts_store::Reach::Country).await.unwrap();
        assert_eq!(transaction.keys_in_use().await.unwrap(), BTreeSet::from([2]));
        drop(transaction);
        // Without the old key everything is there.
        *app.keys.lock().unwrap() = Some(ring(&[2], 2));
        register_child(&app, OWN, "320000-00002", "2018-01-15").await.expect(201);
        assert_eq!([read(&paths[0]).await, read(&paths[1]).await], before);
        for path in &paths[2..5] {
            assert_eq!(read(path).await["person"]["family_name"], "Paraudziņa");
        }
        store.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_answer_survives_and_what_no_key_opens_is_told() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201);
        let request = json!({
            "methodology": "children-2023", "received_at": "2023-03-01T09:30",
            "person": {"personal_code": "320000-00009", "given_name": "Izdomāta", "family_name": "Paraudziņa"},
            "applicant": {"given_name": "Izdomāts", "family_name": "Paraugvecāks", "relation": "parent"}, "evidence": {},
        });
        let send = async || {
            let call = app.post("/v1/applications").as_role(Role::SocialWorker, OWN).header("idempotency-key", "k-1");
            call.json(&request).send().await.expect(201).json()
        };
        let first = send().await;
        // A store with the new key alone opens nothing, and changes nothing.
        let without = app.database.open_with(&ring(&[2], 2)).await;
        let told = without.reseal().await.unwrap();
        assert!(told.iter().all(|told| told.rows == 0), "{told:?}");
        assert_eq!(told.iter().map(|told| told.unreadable).sum::<u64>(), 5, "two persons, two applications, an answer");
        without.close().await.unwrap();

        let store = app.database.open_with(&ring(&[1, 2], 2)).await;
        let told = store.reseal().await.unwrap();
        assert_eq!(told.iter().map(|told| told.rows).sum::<u64>(), 5, "{told:?}");
        store.close().await.unwrap();
        *app.keys.lock().unwrap() = Some(ring(&[2], 2));
        assert_eq!(send().await, first);
    }
}

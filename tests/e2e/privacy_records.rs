//! The privacy notice and agreements that institutions cooperate, on both databases.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    representatives::{link, person_of},
};

pub(crate) fn record(kind: &str, on: &str) -> Value {
    json!({"kind": kind, "on": on, "party": "Izdomāts Vecāks", "text": "Glabā piecus gadus, lai piešķirtu budžetu."})
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_and_agreed_to_is_recorded_and_an_agreement_withdrawn() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        let person = person_of(&app, OWN, &application).await;
        let records = format!("/v1/persons/{person}/privacy-records");
        let write = async |municipality: &str, body: &Value| {
            app.post(&records).as_role(Role::SocialWorker, municipality).json(body).send().await
        };
        write(FOREIGN, &record("privacy_notice", "2023-11-15")).await.expect(404);
        let early = write(OWN, &record("privacy_notice", "2023-11-16")).await;
        early.expect_faults(422, &["date_out_of_range /on"]);
        let notice = write(OWN, &record("privacy_notice", "2023-11-15")).await.expect(201);
        let agreement = write(OWN, &record("cooperation_agreement", "2023-11-01")).await.expect(201);

        let withdraw = async |path: &str, municipality: &str, tag: &str, on: &str| {
            let call = app.post(&format!("{path}/withdrawal")).as_role(Role::OfficeHead, municipality);
            call.header("if-match", tag).json(&json!({"on": on})).send().await
        };
        let (told, agreed) = (location(&notice), location(&agreement));
        assert_eq!(withdraw(&told, OWN, "\"1\"", "2023-11-15").await.expect(409).json()["code"], "not_an_agreement");
        withdraw(&agreed, FOREIGN, "\"1\"", "2023-11-15").await.expect(404);
        withdraw(&agreed, OWN, "\"2\"", "2023-11-15").await.expect(412);
        withdraw(&agreed, OWN, "\"1\"", "2023-10-31").await.expect_faults(422, &["date_out_of_range /on"]);
        let withdrawn = withdraw(&agreed, OWN, "\"1\"", "2023-11-14").await.expect(201).json();
        assert_eq!(withdrawn["withdrawn_on"], "2023-11-14");
        let again = withdraw(&agreed, OWN, "\"2\"", "2023-11-14").await.expect(409);
        assert_eq!(again.json()["code"], "agreement_withdrawn");

        // Whoever speaks for the person reads it, and nobody of another office.
        app.get(&records).as_role(Role::Recipient, OWN).send().await.expect(404);
        link(&app, OWN, &person).await.expect(201);
        let listed = app.get(&records).as_role(Role::Recipient, OWN).send().await.expect(200).json();
        assert_eq!(listed["items"], json!([notice.json(), withdrawn]));
        app.get(&agreed).as_role(Role::Recipient, OWN).send().await.expect(200);
        app.get(&agreed).as_role(Role::Auditor, FOREIGN).send().await.expect(404);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

//! Persons without a personal code, on both databases: an identification number takes the place of the code everywhere.

use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, ring},
};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, decide, location, request as child},
    budgets::{create, request},
    cases::{office, post, revocation},
    erasures::erase,
    hand_overs::{accept, offer},
    representatives::person_of,
};

const PATH: &str = "/v1/applications";
const NUMBER: &str = "LT-385010-11234";
const SHOWN: &str = "LT38501011234";

/// An invented child with an identification number.
fn numbered(number: &str) -> Value {
    let mut new = child("320000-00001");
    let person = new["person"].as_object_mut().unwrap();
    person.remove("personal_code");
    person.insert("identification_number".to_owned(), json!(number));
    new["evidence"] =
        json!({"birth_date": "2018-01-15", "disability": {"group": "child"}, "impairment_types": ["movement"]});
    new
}

async fn register(app: &TestApp, municipality: &str, new: &Value) -> Answer {
    app.post(PATH).as_role(Role::SocialWorker, municipality).json(new).send().await
}

async fn found(app: &TestApp, municipality: &str, whom: &Value) -> Vec<Value> {
    let call = app.post("/v1/persons/search").as_role(Role::SocialWorker, municipality).json(whom);
    call.send().await.expect(200).json()["items"].as_array().unwrap().clone()
}

/// The one person who is found.
async fn one(app: &TestApp, municipality: &str, whom: &Value) -> Value {
    let found = found(app, municipality, whom).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

async fn page(app: &TestApp, municipality: &str, path: &str) -> String {
    let call = app.get(path).as_role(Role::SocialWorker, municipality).header("accept", "text/html");
    call.send().await.expect(200).text().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_without_a_code_goes_from_the_application_to_the_erasure() {
    for database in Database::available() {
        let app = TestApp::start_later(database).await;
        for municipality in [OWN, FOREIGN] {
            let call = app.put("/v1/office").as_role(Role::OfficeHead, municipality).header("if-match", "\"0\"");
            call.json(&office()).send().await.expect(200);
        }
        let registered = register(&app, OWN, &numbered(NUMBER)).await.expect(201);
        let person = &registered.json()["person"];
        assert_eq!((&person["personal_code"], &person["identification_number"]), (&Value::Null, &json!(SHOWN)));
        let application = location(&registered);

        // One open application in the country, however the number is written.
        for municipality in [OWN, FOREIGN] {
            let again = register(&app, municipality, &numbered("lt38501011234")).await.expect(409);
            assert_eq!(again.json()["code"], "open_application_exists");
        }
        // A code with the same digits is another person's.
        register(&app, OWN, &numbered("38501011234")).await.expect(201);
        let coded = register(&app, OWN, &child("385010-11234")).await.expect(201).json();
        assert_ne!(coded["person"]["id"], person["id"]);
        let file = one(&app, OWN, &json!({"identification_number": "lt 385010 11234"})).await;
        assert_eq!((&file["person"]["id"], &file["person"]["identification_number"]), (&person["id"], &json!(SHOWN)));
        let file = one(&app, OWN, &json!({"personal_code": "385010-11234"})).await;
        assert_eq!(file["person"]["id"], coded["person"]["id"]);
        assert!(found(&app, FOREIGN, &json!({"identification_number": NUMBER})).await.is_empty());

        decide(&app, OWN, &application, "\"1\"", "grant").await.expect(201);
        let budget = location(&create(&app, OWN, &application, &request()).await.expect(201));
        let case = application.rsplit('/').next().unwrap();
        for path in [
            format!("{application}/decision/document"),
            format!("{budget}/document"),
            format!("/v1/cases/{case}/cover"),
        ] {
            let page = page(&app, OWN, &path).await;
            assert!(page.contains(SHOWN), "{path}: {page}");
            let words = page.to_lowercase();
            assert!(words.contains("identifikācijas numurs") && !words.contains("personas kods"), "{path}: {page}");
        }

        // One active budget in the country.
        let second = location(&register(&app, FOREIGN, &numbered(NUMBER)).await.expect(201));
        decide(&app, FOREIGN, &second, "\"1\"", "grant").await.expect(201);
        let refused = create(&app, FOREIGN, &second, &request()).await.expect(409);
        assert_eq!(refused.json()["code"], "active_budget_exists");

        // It is found where the case goes, and nowhere in clear.
        let offered = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
        let asked = app.get(&offered).as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json();
        let told = &asked["offered"];
        assert_eq!((&told["personal_code"], &told["identification_number"]), (&Value::Null, &json!(SHOWN)));
        accept(&app, FOREIGN, &offered, "\"1\"").await.expect(201);
        assert_eq!(person_of(&app, FOREIGN, &application).await, person_of(&app, FOREIGN, &second).await);
        let file = one(&app, FOREIGN, &json!({"identification_number": NUMBER})).await;
        assert_eq!(file["cases"].as_array().unwrap().len(), 2);
        let pseudonym = async |municipality: &str, person: &str| {
            let call = app.get(&format!("/v1/persons/{person}/pseudonyms?purpose=reports"));
            call.as_role(Role::OfficeHead, municipality).send().await.expect(200).json()["pseudonym"].clone()
        };
        let there = person_of(&app, FOREIGN, &application).await;
        assert_eq!(
            pseudonym(OWN, person["id"].as_str().unwrap()).await,
            pseudonym(FOREIGN, &there).await,
            "the same in every municipality"
        );

        // Sealed anew it is read and found as before.
        let store = app.database.open_with(&ring(&[1, 2], 2)).await;
        assert!(store.reseal().await.unwrap().iter().all(|told| told.unreadable == 0));
        store.close().await.unwrap();
        *app.keys.lock().unwrap() = Some(ring(&[2], 2));
        let file = one(&app, FOREIGN, &json!({"identification_number": NUMBER})).await;
        assert_eq!(file["person"]["identification_number"], SHOWN);
        let dump = app.database.dump();
        for secret in ["38501011234", "385010-11234"] {
            assert!(!dump.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} is told");
        }
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_found_by_no_number_and_registered_anew_as_another() {
    for database in Database::available() {
        let app = TestApp::start_later(database).await;
        let application = location(&register(&app, OWN, &numbered(NUMBER)).await.expect(201));
        let person = person_of(&app, OWN, &application).await;
        decide(&app, OWN, &application, "\"1\"", "grant").await.expect(201);
        post(&app, Role::OfficeHead, OWN, &format!("{application}/revocation"), "\"2\"", &revocation())
            .await
            .expect(201);
        erase(&app, Role::OfficeHead, OWN, &person, None).await.expect(201);
        assert!(found(&app, OWN, &json!({"identification_number": NUMBER})).await.is_empty());
        let anew = location(&register(&app, OWN, &numbered(NUMBER)).await.expect(201));
        assert_ne!(person_of(&app, OWN, &anew).await, person);
    }
}

#[tokio::test]
async fn a_person_is_known_by_one_identifier() {
    let app = TestApp::start().await;
    let mut both = numbered(NUMBER);
    both["person"]["personal_code"] = json!("320000-00001");
    let mut neither = numbered(NUMBER);
    neither["person"].as_object_mut().unwrap().remove("identification_number");
    for (new, fault) in
        [(&both, "two_identifiers /person/identification_number"), (&neither, "missing_field /person/personal_code")]
    {
        register(&app, OWN, new).await.expect_faults(422, &[fault]);
    }
    for unfit in ["123", "12--34", "LT_1234", "Ā12345"] {
        let refused = register(&app, OWN, &numbered(unfit)).await;
        let refused = refused.expect_faults(400, &["invalid_format /person/identification_number"]);
        assert!(!refused.text().contains(unfit), "{}", refused.shown());
    }
    for (whom, fault) in [
        (json!({}), "missing_field /personal_code"),
        (
            json!({"personal_code": "320000-00001", "identification_number": NUMBER}),
            "two_identifiers /identification_number",
        ),
    ] {
        let call = app.post("/v1/persons/search").as_role(Role::SocialWorker, OWN).json(&whom);
        call.send().await.expect_faults(422, &[fault]);
    }
}

//! Providers on both databases: who registers, changes and sees them, what they offer for what price, and what qualifies them.

use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Request},
    tokens,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::applications::{FOREIGN, OWN, location};

const PATH: &str = "/v1/providers";

pub(crate) fn legal(number: &str, municipalities: &[&str]) -> Value {
    json!({
        "legal": {"name": "SIA Izdomāts", "registration_number": number}, "register_number": "77",
        "municipalities": municipalities, "bank_account": "LV80 BANK 0000 4351 9500 1",
        "subjects": [tokens::subject(Role::Provider)],
    })
}

fn natural(code: &str) -> Value {
    json!({
        "natural": {"given_name": "Izdomāta", "family_name": "Sniedzēja", "personal_code": code},
        "municipalities": [OWN], "bank_account": "LV80BANK0000435195001", "subjects": [],
    })
}

async fn register(app: &TestApp, municipality: &str, request: &Value) -> Answer {
    app.post(PATH).as_role(Role::SocialWorker, municipality).json(request).send().await
}

/// Registers a legal person without anybody who signs in for it.
pub(crate) async fn registered(app: &TestApp, municipality: &str, number: &str, served: &[&str]) -> String {
    let mut request = legal(number, served);
    request["subjects"] = json!([]);
    location(&register(app, municipality, &request).await.expect(201))
}

/// A token of a provider that names no municipality.
pub(crate) fn as_provider(request: Request<'_>) -> Request<'_> {
    let mut claims = tokens::claims(Role::Provider, OWN);
    claims.as_object_mut().unwrap().remove("balsts_municipality");
    request.token(&tokens::sign(&claims))
}

fn as_ministry(request: Request<'_>) -> Request<'_> {
    let mut claims = tokens::claims(Role::MinistryAdmin, OWN);
    claims.as_object_mut().unwrap().remove("balsts_municipality");
    request.token(&tokens::sign(&claims))
}

fn offer(service: &str, price: &str, from: &str) -> Value {
    json!({"service": service, "price": price, "price_kind": "market", "place": {"kind": "home"}, "valid_from": from})
}

/// Adds an offer as the office of a municipality.
pub(crate) async fn add_offer(app: &TestApp, municipality: &str, provider: &str, offer: &Value) -> Answer {
    app.post(&format!("{provider}/offers")).as_role(Role::SocialWorker, municipality).json(offer).send().await
}

fn document(service: &str) -> Value {
    json!({
        "service": service, "kind": "certificate", "number": "A-17", "issuer": "Izdomāta augstskola",
        "valid_from": "2023-01-01", "valid_to": "2023-12-31",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_registers_a_provider_once_in_the_country() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let added = register(&app, OWN, &legal("40000000001", &["0002000", "0001000"])).await.expect(201);
        assert_eq!(added.json()["municipalities"], json!(["0001000", "0002000"]));
        assert_eq!(added.json()["bank_account"], "LV80BANK0000435195001");
        for municipality in [OWN, FOREIGN] {
            let mut again = legal("40000000001", &[]);
            again["subjects"] = json!([]);
            assert_eq!(register(&app, municipality, &again).await.expect(409).json()["code"], "provider_exists");
        }
        let taken = register(&app, FOREIGN, &legal("40000000002", &[])).await.expect(409);
        assert_eq!(taken.json()["code"], "subject_taken");
        register(&app, OWN, &natural("320000-00009")).await.expect(201);
        // However the code is written.
        let again = register(&app, FOREIGN, &natural("32000000009")).await.expect(409);
        assert_eq!(again.json()["code"], "provider_exists");

        let mut bad = legal("40000000003", &[OWN, "9999999", OWN]);
        bad["bank_account"] = json!("LV81BANK0000435195001");
        bad["natural"] = natural("320000-00009")["natural"].clone();
        let faults = [
            "provider_kind_unclear /legal",
            "invalid_iban /bank_account",
            "unknown_municipality /municipalities/1",
            "duplicate_code /municipalities/2",
        ];
        let refused = register(&app, OWN, &bad).await.expect_faults(422, &faults);
        assert!(!refused.text().contains("LV81"), "{}", refused.shown());
        bad["legal"]["registration_number"] = json!("4000000000");
        register(&app, OWN, &bad).await.expect_faults(400, &["invalid_format /legal/registration_number"]);

        let send = async || {
            let call = app.post(PATH).as_role(Role::OfficeHead, OWN).header("idempotency-key", "p-1");
            call.json(&natural("320000-00010")).send().await.expect(201)
        };
        assert_eq!(location(&send().await), location(&send().await));
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn what_is_personal_of_a_provider_is_shown_to_those_who_need_it() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = location(&register(&app, OWN, &legal("40000000001", &[OWN])).await.expect(201));
        let person = location(&register(&app, OWN, &natural("320000-00009")).await.expect(201));
        let seen = async |request: Request<'_>| request.send().await.expect(200).json();
        for (role, municipality, sees) in [
            (Role::SocialWorker, OWN, true),
            (Role::OfficeHead, OWN, true),
            (Role::Accountant, FOREIGN, true),
            (Role::SocialWorker, FOREIGN, false),
            (Role::Recipient, OWN, false),
            (Role::ProgrammeTeam, OWN, false),
            (Role::MinistryAdmin, FOREIGN, true),
        ] {
            let shown = seen(app.get(&person).as_role(role, municipality)).await;
            for member in ["name", "given_name", "family_name", "personal_code", "bank_account", "subjects"] {
                assert_eq!(!shown[member].is_null(), sees, "{member} as {role} of {municipality}: {shown}");
            }
            let shown = seen(app.get(&own).as_role(role, municipality)).await;
            assert_eq!(shown["name"], "SIA Izdomāts");
            assert_eq!(!shown["bank_account"].is_null(), sees, "{role} of {municipality}");
        }
        // A provider sees itself, whole, and no other.
        let shown = seen(as_provider(app.get(&own))).await;
        assert_eq!(shown["subjects"], json!([tokens::subject(Role::Provider)]));
        as_provider(app.get(&person)).send().await.expect(404);
        as_provider(app.get(&format!("{person}/offers"))).send().await.expect(404);
        as_provider(app.get(&format!("{person}/qualifications"))).send().await.expect(404);
        as_provider(app.get("/v1/offers?service=home_care")).send().await.expect(403);
        let listed = seen(as_provider(app.get(PATH))).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);

        let list = app.get(PATH).as_role(Role::Recipient, FOREIGN).send().await.expect(200);
        assert_eq!(list.json()["items"].as_array().unwrap().len(), 2);
        for secret in ["Sniedzēja", "320000", "LV80", "test-provider"] {
            assert!(!list.text().contains(secret), "{secret}");
        }
        for (query, count) in [
            ("municipality=0001000", 2),
            ("municipality=0002000", 0),
            ("registration_number=40000000001", 1),
            ("registration_number=40000000002", 0),
            ("limit=1", 1),
        ] {
            let list = seen(app.get(&format!("{PATH}?{query}")).as_role(Role::SocialWorker, FOREIGN)).await;
            assert_eq!(list["items"].as_array().unwrap().len(), count, "{query}");
        }
    }
}

#[tokio::test]
async fn the_database_holds_no_natural_person_or_account_in_clear() {
    let app = TestApp::start().await;
    let person = location(&register(&app, OWN, &natural("320000-00009")).await.expect(201));
    let call = app.post(&format!("{person}/qualifications")).as_role(Role::SocialWorker, OWN);
    call.json(&document("home_care")).send().await.expect(201);
    let files: Vec<Vec<u8>> = app.database_files().into_iter().map(|path| std::fs::read(path).unwrap()).collect();
    let holds = |text: &str| files.iter().any(|file| file.windows(text.len()).any(|window| window == text.as_bytes()));
    assert!(holds("home_care"), "the files are those of the documents");
    for secret in ["320000-00009", "32000000009", "Sniedzēja", "LV80BANK", "A-17", "augstskola"] {
        assert!(!holds(secret), "{secret} stands in the database in clear");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_registered_a_provider_changes_it_and_the_ministry() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = location(&register(&app, OWN, &legal("40000000001", &[OWN])).await.expect(201));
        let mut changed = legal("40000000001", &[FOREIGN]);
        changed["subjects"] = json!([]);
        let put = |tag: &str| app.request(Method::PUT, &path).header("if-match", tag).json(&changed);
        put("\"1\"").as_role(Role::OfficeHead, FOREIGN).send().await.expect(403);
        as_provider(put("\"1\"")).send().await.expect(403);
        let answer = put("\"1\"").as_role(Role::OfficeHead, OWN).send().await.expect(200);
        assert_eq!((&answer.json()["municipalities"], answer.version()), (&json!([FOREIGN]), Some("2")));
        put("\"1\"").as_role(Role::OfficeHead, OWN).send().await.expect(412);
        app.request(Method::PUT, &path).as_role(Role::OfficeHead, OWN).json(&changed).send().await.expect(428);
        let answer = as_ministry(put("\"2\"")).send().await.expect(200);
        assert_eq!(answer.json()["registered_by"], OWN, "who keeps it does not change");
        // Nobody signs in for it any more.
        as_provider(app.get(&path)).send().await.expect(404);
        // What others do with it is told to the office that registered it.
        let events = app.get("/v1/events").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let told: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
        assert_eq!(told, ["provider.registered", "provider.changed", "provider.changed"]);
        register(&app, OWN, &legal("40000000002", &[])).await.expect(201);
        let mut other = changed.clone();
        other["legal"]["registration_number"] = json!("40000000002");
        let call = app.request(Method::PUT, &path).header("if-match", "\"3\"").as_role(Role::OfficeHead, OWN);
        assert_eq!(call.json(&other).send().await.expect(409).json()["code"], "provider_exists");
        other = changed.clone();
        other["subjects"] = json!([tokens::subject(Role::Provider)]);
        let call = app.request(Method::PUT, &path).header("if-match", "\"3\"").as_role(Role::OfficeHead, OWN);
        assert_eq!(call.json(&other).send().await.expect(409).json()["code"], "subject_taken");
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_changes_is_another_offer_that_follows() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let provider = location(&register(&app, OWN, &legal("40000000001", &[OWN])).await.expect(201));
        let first = add_offer(&app, OWN, &provider, &offer("home_care", "6.50", "2023-03-01")).await.expect(201);
        assert_eq!((&first.json()["price"], &first.json()["unit"]), (&json!("6.50"), &json!("hour")));
        let path = format!("{provider}/offers");
        let call = as_provider(app.post(&path)).header("idempotency-key", "o-1");
        let second = call.json(&offer("home_care", "7.00", "2023-06-01")).send().await.expect(201);
        let call = as_provider(app.post(&path)).header("idempotency-key", "o-1");
        let again = call.json(&offer("home_care", "7.00", "2023-06-01")).send().await.expect(201);
        assert_eq!(again.json(), second.json());
        add_offer(&app, OWN, &provider, &offer("home_care", "8.00", "2023-05-01"))
            .await
            .expect_faults(422, &["offer_overlaps /valid_from"]);
        add_offer(&app, FOREIGN, &provider, &offer("home_care", "8.00", "2024-05-01")).await.expect(403);
        let mut elsewhere = offer("home_care", "9.00", "2023-03-01");
        elsewhere["place"] = json!({"kind": "institution"});
        add_offer(&app, OWN, &provider, &elsewhere).await.expect_faults(422, &["address_required /place/address"]);
        elsewhere["place"] = json!({"kind": "institution", "address": "Parauga iela 1", "municipality": "9999999"});
        add_offer(&app, OWN, &provider, &elsewhere)
            .await
            .expect_faults(422, &["unknown_municipality /place/municipality"]);
        elsewhere["place"]["municipality"] = json!(OWN);
        add_offer(&app, OWN, &provider, &elsewhere).await.expect(201);

        let list = app.get(&path).as_role(Role::Recipient, FOREIGN).send().await.expect(200).json();
        let shown: Vec<_> =
            list["items"].as_array().unwrap().iter().map(|item| (&item["price"], &item["valid_to"])).collect();
        let (none, last) = (Value::Null, json!("2023-05-31"));
        assert_eq!(shown, [(&json!("6.50"), &last), (&json!("7.00"), &none), (&json!("9.00"), &none)]);
        let page = app.get(&format!("{path}?limit=2")).as_role(Role::Auditor, OWN).send().await.expect(200).json();
        assert_eq!(page["next"], second.json()["id"]);

        let own = app.get(&location(&first)).as_role(Role::SocialWorker, FOREIGN).send().await.expect(200);
        assert_eq!((&own.json()["valid_to"], own.version()), (&last, Some("2")));
        let end = |tag: &str, day: &str| {
            let call = app.request(Method::PUT, &format!("{}/end", location(&second))).header("if-match", tag);
            call.json(&json!({"valid_to": day}))
        };
        as_provider(end("\"1\"", "2023-05-31")).send().await.expect_faults(422, &["date_out_of_range /valid_to"]);
        end("\"1\"", "2023-12-31").as_role(Role::OfficeHead, FOREIGN).send().await.expect(403);
        let ended = as_provider(end("\"1\"", "2023-12-31")).send().await.expect(200);
        assert_eq!((&ended.json()["valid_to"], ended.version()), (&json!("2023-12-31"), Some("2")));
        as_provider(end("\"1\"", "2023-12-30")).send().await.expect(412);
        as_provider(end("\"2\"", "2024-12-30")).send().await.expect_faults(422, &["date_out_of_range /valid_to"]);
        as_ministry(end("\"2\"", "2023-12-30")).send().await.expect(200);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn a_price_keeps_every_bound() {
    let app = TestApp::start().await;
    let provider = registered(&app, OWN, "40000000001", &[OWN]).await;
    for (service, members, faults) in [
        ("assistant", json!({"price": "5.03"}), vec!["above_regulated_price /price"]),
        ("assistant", json!({"price": "5.02", "free_market_price": "5.01"}), vec!["above_free_market_price /price"]),
        ("vision_skills", json!({"price": "16.15"}), vec!["above_delegated_price /price"]),
        ("home_care", json!({"price": "7.00", "delegation_price": "6.99"}), vec!["above_delegated_price /price"]),
        (
            "assistant",
            json!({"price": "6.00", "free_market_price": "5.00", "delegation_price": "5.50", "valid_to": "2023-02-28"}),
            vec![
                "above_regulated_price /price",
                "above_delegated_price /price",
                "above_free_market_price /price",
                "date_out_of_range /valid_to",
            ],
        ),
        ("no_such_service", json!({}), vec!["unknown_service /service"]),
    ] {
        let mut bad = offer(service, "1.00", "2023-03-01");
        bad.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let answer = add_offer(&app, OWN, &provider, &bad).await.expect_faults(422, &faults);
        assert!(!answer.text().contains("price-above"), "{}", answer.shown());
    }
    add_offer(&app, OWN, &provider, &offer("assistant", "5.02", "2023-03-01")).await.expect(201);
}

#[tokio::test]
async fn offers_are_found_from_the_cheapest_page_by_page() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let here = registered(&app, OWN, "40000000001", &[OWN]).await;
        let there = registered(&app, FOREIGN, "40000000002", &[FOREIGN]).await;
        let both = registered(&app, OWN, "40000000003", &[OWN, FOREIGN]).await;
        for (municipality, provider, price) in [(OWN, &here, "7.00"), (FOREIGN, &there, "6.00"), (OWN, &both, "7.00")] {
            add_offer(&app, municipality, provider, &offer("home_care", price, "2023-03-01")).await.expect(201);
        }
        let mut remote = offer("home_care", "10.00", "2023-03-01");
        remote["place"] = json!({"kind": "remote"});
        add_offer(&app, OWN, &here, &remote).await.expect(201);
        add_offer(&app, OWN, &here, &offer("home_care", "5.00", "2024-01-01")).await.expect(201);
        add_offer(&app, OWN, &here, &offer("assistant", "5.00", "2023-03-01")).await.expect(201);

        let search = async |query: &str| {
            let call = app.get(&format!("/v1/offers?service=home_care&{query}")).as_role(Role::Recipient, OWN);
            call.send().await.expect(200).json()
        };
        let prices = async |query: &str| -> Vec<String> {
            let found = search(query).await;
            found["items"].as_array().unwrap().iter().map(|item| item["price"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(prices("").await, ["6.00", "7.00", "7.00", "10.00"]);
        assert_eq!(prices("municipality=0001000").await, ["7.00", "7.00", "10.00"]);
        assert_eq!(prices("municipality=0002000&price_to=6.50").await, ["6.00"]);
        assert_eq!(prices("place=remote").await, ["10.00"]);
        assert_eq!(prices("on=2023-02-28").await, [] as [&str; 0]);
        assert_eq!(prices("on=2024-01-01&price_to=6").await, ["5.00", "6.00"]);
        let mut paged = Vec::new();
        let mut query = "limit=1".to_owned();
        loop {
            let page = search(&query).await;
            paged.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            query = format!("limit=1&cursor={next}");
        }
        let all: Vec<_> = search("").await["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert_eq!(paged, all);
        for query in [
            "cursor=x",
            "cursor=1.x",
            "cursor=-1.018bcfe5-6800-7000-8000-000000000001",
            "place=x",
            "price_to=-1",
            "municipality=1",
        ] {
            let call = app.get(&format!("/v1/offers?service=home_care&{query}")).as_role(Role::Recipient, OWN);
            call.send().await.expect(400);
        }
        app.get("/v1/offers").as_role(Role::Recipient, OWN).send().await.expect_faults(400, &["required /service"]);
    }
}

#[tokio::test]
async fn statistics_tell_what_the_market_asks() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        // Rīga and Daugavpils, of two planning regions.
        let served: [&[&str]; 4] = [&[OWN], &[OWN], &[FOREIGN], &[OWN, FOREIGN]];
        for (number, (served, price)) in served.into_iter().zip(["6.00", "7.01", "8.00", "10.00"]).enumerate() {
            let provider = registered(&app, OWN, &format!("4000000000{number}"), served).await;
            add_offer(&app, OWN, &provider, &offer("home_care", price, "2023-03-01")).await.expect(201);
            // Of what is not set by the market, what others pay counts.
            let mut regulated = offer("assistant", "5.00", "2023-03-01");
            regulated["price_kind"] = json!("regulated");
            if number == 0 {
                regulated["free_market_price"] = json!("5.50");
            }
            add_offer(&app, OWN, &provider, &regulated).await.expect(201);
        }
        let get = async |query: &str| {
            let call = app.get(&format!("/v1/price-statistics?{query}")).as_role(Role::MinistryReviewer, OWN);
            call.send().await
        };
        let told = get("service=home_care&on=2023-03-01").await.expect(200).json();
        let country =
            json!({"region": null, "n": 4, "minimum": "6.00", "median": "7.51", "maximum": "10.00", "mean": "7.75"});
        assert_eq!(told["country"], country);
        let regions = told["regions"].as_array().unwrap();
        let region = |name: &str| regions.iter().find(|region| region["region"] == name).unwrap().clone();
        let riga =
            json!({"region": "riga", "n": 3, "minimum": "6.00", "median": "7.01", "maximum": "10.00", "mean": "7.67"});
        assert_eq!((regions.len(), region("riga")), (2, riga));
        let latgale = json!({"region": "latgale", "n": 2, "minimum": "8.00", "median": "9.00", "maximum": "10.00", "mean": "9.00"});
        assert_eq!(region("latgale"), latgale);
        let assistant = get("service=assistant").await.expect(200).json();
        assert_eq!((&assistant["country"]["n"], &assistant["country"]["mean"]), (&json!(1), &json!("5.50")));
        let none = get("service=home_care&on=2023-02-28").await.expect(200).json();
        assert_eq!((&none["country"], &none["regions"]), (&Value::Null, &json!([])));
        get("service=no_such").await.expect_faults(422, &["unknown_service /service"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_qualifies_for_a_service_as_each_office_finds() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let provider = location(&register(&app, OWN, &legal("40000000001", &[OWN])).await.expect(201));
        let added = add_offer(&app, OWN, &provider, &offer("home_care", "6.50", "2023-03-01")).await.expect(201);
        let qualified = async |municipality: &str, on: &str| {
            let call =
                app.get(&format!("/v1/offers?service=home_care&on={on}")).as_role(Role::SocialWorker, municipality);
            call.send().await.expect(200).json()["items"][0]["qualified"].clone()
        };
        assert_eq!(qualified(OWN, "2023-11-15").await, false);
        let path = format!("{provider}/qualifications");
        as_provider(app.post(&path)).json(&document("assistant")).send().await.expect(201);
        assert_eq!(qualified(OWN, "2023-11-15").await, false);
        let call = as_provider(app.post(&path)).header("idempotency-key", "q-1");
        let given = call.json(&document("home_care")).send().await.expect(201).json();
        assert_eq!(
            (qualified(OWN, "2023-11-15").await, qualified(OWN, "2024-01-01").await),
            (json!(true), json!(false))
        );

        let check = |role: Role, municipality: &str, day: &str, accepted: bool| {
            let call = app.post(&format!("/v1/qualifications/{}/checks", given["id"].as_str().unwrap()));
            call.as_role(role, municipality).json(&json!({"checked_on": day, "accepted": accepted}))
        };
        check(Role::SocialWorker, FOREIGN, "2023-11-16", true)
            .send()
            .await
            .expect_faults(422, &["date_out_of_range /checked_on"]);
        check(Role::SocialWorker, FOREIGN, "2023-11-14", false).send().await.expect(201);
        check(Role::Provider, OWN, "2023-11-14", true).send().await.expect(403);
        assert_eq!(
            (qualified(OWN, "2023-11-15").await, qualified(FOREIGN, "2023-11-15").await),
            (json!(true), json!(false))
        );
        check(Role::OfficeHead, FOREIGN, "2023-11-15", true).send().await.expect(201);
        assert_eq!(qualified(FOREIGN, "2023-11-15").await, true);
        let list = app.get(&path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(200).json();
        let found = &list["items"][1]["checks"];
        assert_eq!(
            (&found[0]["accepted"], &found[0]["municipality"], &found[1]["accepted"]),
            (&json!(false), &json!(FOREIGN), &json!(true))
        );

        let mut bad = document("home_care");
        bad["valid_to"] = json!("2022-12-31");
        as_provider(app.post(&path)).json(&bad).send().await.expect_faults(422, &["date_out_of_range /valid_to"]);
        as_provider(app.post(&path))
            .json(&document("none"))
            .send()
            .await
            .expect_faults(422, &["unknown_service /service"]);
        let call = app.post(&path).as_role(Role::SocialWorker, FOREIGN).json(&document("home_care"));
        call.send().await.expect(403);

        // As plans ask: any number of offers in one query.
        let transaction = app.store.begin_write(balsts_store::Reach::Country).await.unwrap();
        let id: Uuid = added.json()["id"].as_str().unwrap().parse().unwrap();
        let offers = transaction.find_offers(&[id, Uuid::nil()]).await.unwrap();
        assert_eq!(offers.len(), 1);
        let day = |text: &str| text.parse().unwrap();
        assert!(offers[0].offered.is_accepted_on(day("2023-11-15"), FOREIGN.parse().unwrap()));
        assert!(!offers[0].offered.is_accepted_on(day("2023-11-15"), OWN.parse().unwrap()));
        assert!(transaction.find_offers(&[]).await.unwrap().is_empty());
        drop(transaction);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

//! Persons whose retention has ended, and their erasure, on both databases.

use std::collections::BTreeSet;

use balsts_app::App;
use balsts_domain::{access::Role, parameters::Parameters};
use balsts_tests::{
    Database, TestApp,
    app::{Answer, later, now, ring},
    contract::by_lot,
};
use chrono::TimeDelta;
use futures_util::future::join;
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, decide, location, register_child},
    budgets::{create, granted, request},
    cases::{office, post, revocation},
    claims::prepaid,
    hand_overs,
    representatives::{link, person_of},
    settlement::{Ordered, approve, by_provider, deliver, e_invoice, ordered, send, step},
};

const CODE: &str = "320000-00001";

pub(crate) async fn erase(app: &TestApp, role: Role, municipality: &str, person: &str, key: Option<&str>) -> Answer {
    let call = app.post(&format!("/v1/persons/{person}/erasure")).as_role(role, municipality);
    let call = if let Some(key) = key { call.header("idempotency-key", key) } else { call };
    call.json(&json!({"reason": "Glabāšanas termiņš beidzies."})).send().await
}

async fn get(app: &TestApp, role: Role, path: &str) -> Answer {
    app.get(path).as_role(role, OWN).send().await
}

/// A case that has ended, with everything that belongs to one: the paths of application and budget, and the person.
pub(crate) async fn ended_case(app: &TestApp) -> (String, String, String) {
    let first = json!({
        "methodology": "children-2023", "received_at": "2023-03-01T09:30",
        "person": {"personal_code": CODE, "given_name": "Izdomāta", "family_name": "Paraudziņa", "phone": "+371 20000000"},
        "applicant": {"given_name": "Izdomāts", "family_name": "Paraugvecāks", "relation": "parent"},
        "evidence": {"birth_date": "2018-01-15"},
    });
    let call = app.post("/v1/applications").as_role(Role::SocialWorker, OWN).header("idempotency-key", "a-1");
    let application = location(&call.json(&first).send().await.expect(201));
    let known = json!({"birth_date": "2018-01-15", "disability": {"group": "child"}, "impairment_types": ["movement"]});
    let call = app.put(&format!("{application}/evidence")).as_role(Role::SocialWorker, OWN).header("if-match", "\"1\"");
    call.json(&known).send().await.expect(200);
    decide(app, OWN, &application, "\"2\"", "grant").await.expect(201);
    let call = app.post(&format!("{application}/budget")).as_role(Role::SocialWorker, OWN);
    let budget = location(&call.header("idempotency-key", "b-1").json(&request()).send().await.expect(201));
    for (tag, body) in [
        ("\"1\"", json!({"party": "worker", "signed_on": "2023-03-15"})),
        ("\"2\"", json!({"party": "recipient", "signed_on": "2023-03-16", "signer": "Izdomāts Paraugvecāks"})),
    ] {
        post(app, Role::SocialWorker, OWN, &format!("{budget}/signatures"), tag, &body).await.expect(201);
    }
    post(app, Role::SocialWorker, OWN, &format!("{budget}/calculations"), "\"3\"", &request()).await.expect(201);
    let body = json!({"party": "worker", "signed_on": "2023-03-17"});
    post(app, Role::SocialWorker, OWN, &format!("{budget}/signatures"), "\"4\"", &body).await.expect(201);
    let person = person_of(app, OWN, &application).await;
    link(app, OWN, &person).await;
    post(app, Role::OfficeHead, OWN, &format!("{application}/revocation"), "\"3\"", &revocation()).await.expect(201);
    (application, budget, person)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_identity_is_erased_and_the_accounting_record_stays() {
    for database in Database::available() {
        let app = TestApp::start_later(database).await;
        let call = app.put("/v1/office").as_role(Role::OfficeHead, OWN).header("if-match", "\"0\"");
        call.json(&office()).send().await.expect(200);
        let other = granted(&app, OWN, "320000-00002").await;
        create(&app, OWN, &other, &request()).await.expect(201);
        let of_others = app.database.sealed();
        let (application, budget, person) = ended_case(&app).await;
        let of_person: BTreeSet<_> = app.database.sealed().difference(&of_others).cloned().collect();
        assert!(of_person.len() >= 20, "{database:?}: {}", of_person.len());
        let before =
            (get(&app, Role::OfficeHead, &application).await.json(), get(&app, Role::OfficeHead, &budget).await.json());

        let erased = erase(&app, Role::OfficeHead, OWN, &person, Some("e-1")).await.expect(201);
        assert_eq!((&erased.json()["id"], &erased.json()["erased_on"]), (&json!(person), &json!("2029-01-08")));
        let left = app.database.sealed();
        assert_eq!(of_person.intersection(&left).count(), 0, "{database:?}: what was sealed is there no more");
        assert!(of_others.is_subset(&left), "{database:?}: what is sealed of others is there");

        // What is read afterwards says so, and keeps dates, statuses, sums and hashes.
        let read = get(&app, Role::OfficeHead, &application).await.expect(200);
        assert_eq!(read.version(), Some("5"));
        let read = read.json();
        for gone in ["person", "applicant", "evidence", "circumstances", "eligibility"] {
            assert_eq!(read[gone], Value::Null, "{gone}");
        }
        assert_eq!((&read["erased"], &read["status"]), (&json!(true), &json!("revoked")));
        for kept in ["id", "received_at", "due_on", "decision"] {
            assert_eq!(read[kept], before.0[kept], "{kept}");
        }
        let ended = (&read["revocation"]["reason"], &read["revocation"]["legal_basis"]);
        assert_eq!(ended, (&Value::Null, &json!([])));
        assert_eq!(read["revocation"]["effective_from"], before.0["revocation"]["effective_from"]);
        let sums = get(&app, Role::Auditor, &budget).await.expect(200).json();
        assert_eq!((&sums["erased"], &sums["calculation"]), (&json!(true), &Value::Null));
        for kept in ["total", "status", "calculations", "person_id"] {
            assert_eq!(sums[kept], before.1[kept], "{kept}");
        }
        assert_eq!((sums["total"].as_str(), &sums["signatures"][0]["signer"]), (Some("21838.32"), &Value::Null));
        let case = format!("{}?include=budget", application.replace("applications", "cases"));
        let case = get(&app, Role::OfficeHead, &case).await.expect(200).json();
        assert_eq!((&case["application"], &case["budget"]), (&read, &sums));
        let list = get(&app, Role::Accountant, "/v1/budgets?status=closed").await.expect(200).json();
        assert_eq!(list["items"][0]["total"], "21838.32");

        for document in [
            format!("{application}/decision/document"),
            format!("{application}/revocation/document"),
            format!("{budget}/document"),
        ] {
            assert_eq!(get(&app, Role::OfficeHead, &document).await.expect(409).json()["code"], "person_erased");
        }
        for query in ["", "?calculation=1"] {
            let replayed = app.post(&format!("{budget}/replay{query}")).as_role(Role::Auditor, OWN).send().await;
            assert_eq!(replayed.expect(409).json()["code"], "person_erased");
        }
        let pseudonym = format!("/v1/persons/{person}/pseudonyms?purpose=reports");
        assert_eq!(get(&app, Role::OfficeHead, &pseudonym).await.expect(409).json()["code"], "person_erased");
        let speakers = format!("/v1/persons/{person}/representatives");
        let shown = get(&app, Role::OfficeHead, &speakers).await.expect(200).json();
        assert_eq!((&shown["items"][0]["name"], &shown["items"][0]["subject"]), (&Value::Null, &Value::Null));
        let new = json!({"relation": "parent", "name": "x", "valid_from": "2023-03-01"});
        let call = app.post(&speakers).as_role(Role::SocialWorker, OWN).json(&new).send().await;
        assert_eq!(call.expect(409).json()["code"], "person_erased");
        get(&app, Role::Recipient, &application).await.expect(404);

        // A second time there is nothing to erase; the same request gets its answer.
        assert_eq!(erase(&app, Role::OfficeHead, OWN, &person, None).await.expect(409).json()["code"], "person_erased");
        let again = erase(&app, Role::OfficeHead, OWN, &person, Some("e-1")).await.expect(201);
        assert_eq!(again.json(), erased.json());
        let told = get(&app, Role::Auditor, &format!("/v1/persons/{person}/erasure")).await.expect(200);
        assert_eq!(told.json(), erased.json());
        let log =
            get(&app, Role::Auditor, &format!("/v1/persons/{person}/accesses?limit=200")).await.expect(200).json();
        let log: Vec<_> =
            log["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect();
        assert!(log.contains(&"erase_person") && log.contains(&"register_application"), "{log:?}");
        let events = get(&app, Role::OfficeHead, "/v1/events").await.expect(200).json();
        let last = events["items"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["type"], &last["subject"]), (&json!("person.erased"), &json!(person)));
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());

        // Nobody is found by the code, and the same person is registered anew as another one.
        let search = async || {
            let call = app.post("/v1/persons/search").as_role(Role::OfficeHead, OWN);
            call.json(&json!({"personal_code": CODE})).send().await.expect(200).json()["items"].clone()
        };
        assert_eq!(search().await, json!([]));
        let anew = location(&register_child(&app, OWN, CODE, "2018-01-15").await.expect(201));
        assert_ne!(person_of(&app, OWN, &anew).await, person);
        assert_eq!(search().await[0]["cases"].as_array().unwrap().len(), 1);

        // What is erased is sealed with no key.
        let store = app.database.open_with(&ring(&[1, 2], 2)).await;
        let resealed = store.reseal().await.unwrap();
        assert!(resealed.iter().all(|told| told.unreadable == 0), "{resealed:?}");
        let transaction = store.begin_write(balsts_store::Reach::Country).await.unwrap();
        assert_eq!(transaction.keys_in_use().await.unwrap(), BTreeSet::from([2]));
        drop(transaction);
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn nobody_is_erased_before_the_retention_ends() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = location(&register_child(&app, OWN, CODE, "2018-01-15").await.expect(201));
        let person = person_of(&app, OWN, &path).await;
        let refused = async || erase(&app, Role::OfficeHead, OWN, &person, None).await;
        assert_eq!(refused().await.expect(409).json()["code"], "person_has_live_case");
        decide(&app, OWN, &path, "\"1\"", "grant").await.expect(201);
        assert_eq!(refused().await.expect(409).json()["code"], "person_has_live_case");
        create(&app, OWN, &path, &request()).await.expect(201);
        assert_eq!(refused().await.expect(409).json()["code"], "person_has_live_case");
        post(&app, Role::OfficeHead, OWN, &format!("{path}/revocation"), "\"2\"", &revocation()).await.expect(201);
        let kept = refused().await.expect_faults(422, &["retention_not_ended "]);
        assert!(kept.text().contains("2028-12-31"), "{}", kept.shown());

        erase(&app, Role::SocialWorker, OWN, &person, None).await.expect(403);
        erase(&app, Role::OfficeHead, FOREIGN, &person, None).await.expect(404);
        get(&app, Role::OfficeHead, &format!("/v1/persons/{person}/erasure")).await.expect(404);
        let shown = get(&app, Role::OfficeHead, &path).await.expect(200).json();
        assert_eq!((&shown["erased"], &shown["person"]["personal_code"]), (&json!(false), &json!(CODE)));
    }
}

/// The persons that are listed, page by page, each with the rule that holds.
async fn listed(app: &TestApp, municipality: &str, day: &str, limit: u8) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let call = app.get(&format!("/v1/expiries?limit={limit}{day}{cursor}")).as_role(Role::OfficeHead, municipality);
        let page = call.send().await.expect(200).json();
        let text = |item: &Value, member: &str| item[member].as_str().unwrap().to_owned();
        found.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| (text(item, "person_id"), text(item, "rule"), text(item, "kept_until"))),
        );
        let Some(next) = page["next"].as_str() else { return found };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn those_whose_retention_has_ended_are_listed_in_order() {
    for database in Database::available() {
        let app = TestApp::start_later(database).await;
        let register = async |code: &str, birth_date: &str| {
            let path = location(&register_child(&app, OWN, code, birth_date).await.expect(201));
            (path.clone(), person_of(&app, OWN, &path).await)
        };
        let withdraw = async |path: &str, on: &str| {
            let body = json!({"withdrawn_on": on});
            post(&app, Role::SocialWorker, OWN, &format!("{path}/withdrawal"), "\"1\"", &body).await.expect(201);
        };
        // One is open, one granted.
        register("320000-00001", "2018-01-15").await;
        granted(&app, OWN, "320000-00002").await;
        let (withdrawn, first) = register("320000-00003", "2018-01-15").await;
        withdraw(&withdrawn, "2023-03-02").await;
        // Refused, to be appealed until 14 April 2023, kept for five years.
        let (refused, second) = register("320000-00004", "2004-01-01").await;
        decide(&app, OWN, &refused, "\"1\"", "refuse").await.expect(201);
        // Refused and withdrawn later: the refusal is kept longer.
        let (refused, third) = register("320000-00005", "2004-01-01").await;
        decide(&app, OWN, &refused, "\"1\"", "refuse").await.expect(201);
        let (withdrawn, again) = register("320000-00005", "2004-01-01").await;
        assert_eq!(third, again);
        withdraw(&withdrawn, "2023-09-01").await;
        let (_, _, fourth) = ended_case_of(&app, "320000-00006").await;
        let (moved, fifth) = register("320000-00007", "2018-01-15").await;
        hand_overs::moved(&app.another_node_at(now).await, OWN, &moved, FOREIGN).await;

        let item = |person: &String, rule: &str, until: &str| (person.clone(), rule.to_owned(), until.to_owned());
        let all = [
            item(&first, "application_withdrawn", "2024-03-02"),
            item(&second, "application_refused", "2028-04-14"),
            item(&third, "application_refused", "2028-04-14"),
            item(&fourth, "case", "2028-12-31"),
            item(&fifth, "case_handed_over", "2024-11-15"),
        ];
        for limit in [1, 2, 200] {
            assert_eq!(listed(&app, OWN, "", limit).await, all, "{database:?} {limit}");
        }
        assert_eq!(listed(&app, OWN, "&day=2024-03-02", 50).await, []);
        assert_eq!(listed(&app, OWN, "&day=2024-03-03", 50).await, all[..1]);
        // By the withdrawal alone the third would be among them.
        assert_eq!(listed(&app, OWN, "&day=2028-04-14", 50).await, [all[0].clone(), all[4].clone()]);
        assert_eq!(listed(&app, FOREIGN, "", 50).await, []);

        // Who applies again is kept again; who is erased is listed no more.
        register("320000-00003", "2018-01-15").await;
        erase(&app, Role::OfficeHead, OWN, &fifth, None).await.expect(201);
        assert_eq!(listed(&app, OWN, "", 50).await, all[1..4]);
        // The receiving municipality has the case as it was.
        let shown = app.get(&moved).as_role(Role::SocialWorker, FOREIGN).send().await.expect(200).json();
        assert_eq!(shown["person"]["personal_code"], "320000-00007");

        for query in
            ["?day=2023-02-30", "?cursor=x", "?cursor=2023-02-30_018bcfe5-6800-7000-8000-000000000001", "?limit=0"]
        {
            get(&app, Role::OfficeHead, &format!("/v1/expiries{query}")).await.expect(400);
        }
        get(&app, Role::Auditor, "/v1/expiries").await.expect(200);
        get(&app, Role::SocialWorker, "/v1/expiries").await.expect(403);
    }
}

/// A granted child whose grant was revoked.
async fn ended_case_of(app: &TestApp, code: &str) -> (String, String, String) {
    let path = granted(app, OWN, code).await;
    let budget = location(&create(app, OWN, &path, &request()).await.expect(201));
    post(app, Role::OfficeHead, OWN, &format!("{path}/revocation"), "\"2\"", &revocation()).await.expect(201);
    let person = person_of(app, OWN, &path).await;
    (path, budget, person)
}

/// Whoever registers an application while the person is erased registers a new one.
#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_races_with_the_erasure_is_not_erased() {
    for database in Database::available() {
        let app = TestApp::start_later(database).await;
        for number in 0..8 {
            let code = format!("330000-00{number:03}");
            let path = location(&register_child(&app, OWN, &code, "2004-01-01").await.expect(201));
            decide(&app, OWN, &path, "\"1\"", "refuse").await.expect(201);
            let person = person_of(&app, OWN, &path).await;
            let (erased, anew) = by_lot(join(
                erase(&app, Role::OfficeHead, OWN, &person, None),
                register_child(&app, OWN, &code, "2018-01-15"),
            ))
            .await;
            let anew = location(&anew.expect(201));
            assert!([201, 409].contains(&erased.status), "{}", erased.shown());
            let is_erased = erased.status == 201;
            assert_eq!(person_of(&app, OWN, &anew).await != person, is_erased, "{database:?}");
            let old = get(&app, Role::OfficeHead, &path).await.expect(200).json();
            assert_eq!(old["erased"], is_erased);
        }
    }
}

/// Whether a text stands in the database in clear.
fn holds(app: &TestApp, text: &str) -> bool {
    app.database.dump().windows(text.len()).any(|window| window == text.as_bytes())
}

/// Revokes a grant, and erases its person years later.
async fn revoked_and_erased(app: &TestApp, application: &str) {
    let person = person_of(app, OWN, application).await;
    let shown = get(app, Role::OfficeHead, application).await.expect(200);
    let tag = shown.header("etag").unwrap();
    post(app, Role::OfficeHead, OWN, &format!("{application}/revocation"), tag, &revocation()).await.expect(201);
    let years_on = app.another_node_at(later).await;
    erase(&years_on, Role::OfficeHead, OWN, &person, None).await.expect(201);
}

async fn application_of(app: &TestApp, budget: &str) -> String {
    let shown = get(app, Role::SocialWorker, budget).await.expect(200).json();
    format!("/v1/applications/{}", shown["application_id"].as_str().unwrap())
}

/// What is recorded of payments of a claim, and who spoke for the person, goes with the person; the sums stay.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_erased_with_its_person_wherever_it_left_something() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = prepaid(&app, CODE, true).await;
        let application = application_of(&app, &own.budget).await;
        let person = person_of(&app, OWN, &application).await;
        let claim = own.send(Role::Recipient, OWN, "reimbursement", &own.reimbursement(5, "117")).await.expect(201);
        let claim = location(&claim);
        own.step(Role::SocialWorker, &claim, "endorsement", 1).await.expect(201);
        own.step(Role::OfficeHead, &claim, "approval", 2).await.expect(201);
        let case = application.replace("applications", "cases");
        let asked = json!({"kind": "report_change", "change": "health", "text": "Slēpts teksts."});
        let call = app.post(&format!("{case}/requests")).as_role(Role::Recipient, OWN).json(&asked);
        let asked = location(&call.send().await.expect(201));

        // The answer to a run tells of every payee, and goes after a week.
        let pay = async |key: &str, on: &str| {
            let run = json!({"format": "pain.001.001.03", "execution_date": on,
                "debtor": {"name": "Demo novada Sociālais dienests", "bank_account": "LV80BANK0000435195001"}});
            let call = app.post("/v1/payment-runs").as_role(Role::Accountant, OWN).header("idempotency-key", key);
            call.json(&run).send().await
        };
        let before = app.database.sealed();
        let run = pay("r-1", "2023-12-15").await.expect(201);
        assert_eq!(pay("r-1", "2023-12-15").await.expect(201).json(), run.json());
        assert_eq!(pay("r-1", "2023-12-16").await.expect(422).json()["code"], "idempotency_key_reused");
        let of_run: BTreeSet<_> = app.database.sealed().difference(&before).cloned().collect();
        let (use_cases, rules) = (App::new(app.store.clone()), Parameters::embedded().unwrap().retention);
        let swept = async |days: i64| use_cases.sweep_answers(&rules, now() + TimeDelta::days(days)).await.unwrap();
        assert_eq!((swept(0).await, swept(7).await, swept(8).await, swept(8).await), (0, 0, 1, 0));
        // Debtor and payee are left of it; the key is new.
        assert_eq!(of_run.intersection(&app.database.sealed()).count(), of_run.len() - 1, "{database:?}");
        assert_eq!(pay("r-1", "2023-12-16").await.expect(409).json()["code"], "nothing_to_pay");

        // Why the bank did not pay is sealed, and reads of the run are reads of the person.
        let run = location(&run);
        let reason = "Konts pieder Paraugvecakam";
        let read = get(&app, Role::Auditor, &run).await.expect(200).json();
        let results = json!({"paid_on": "2023-11-15",
            "payments": [{"payment": read["payments"][0]["id"], "paid": false, "reason": reason}]});
        let call = app.post(&format!("{run}/results")).as_role(Role::Accountant, OWN).json(&results);
        let told = call.send().await.expect(201).json();
        assert_eq!(told["payments"][0]["reason"], reason);
        assert_eq!(get(&app, Role::Auditor, &run).await.expect(200).json()["payments"][0]["reason"], reason);
        assert!(!holds(&app, reason), "{database:?}: the reason stands in clear");
        let log = get(&app, Role::Auditor, &format!("/v1/persons/{person}/accesses?limit=200")).await.expect(200);
        for action in ["create_payment_run", "get_payment_run", "record_payment_results"] {
            assert!(log.text().contains(action), "{action}: {}", log.shown());
        }

        revoked_and_erased(&app, &application).await;
        let read = get(&app, Role::Auditor, &run).await.expect(200).json();
        let payment = &read["payments"][0];
        assert_eq!(
            (&payment["reason"], &payment["payee"], &payment["bank_account"]),
            (&Value::Null, &json!(""), &json!(""))
        );
        assert_eq!((&payment["amount"], &payment["status"]), (&json!("250.00"), &json!("failed")));
        let left = get(&app, Role::Auditor, &claim).await.expect(200).json();
        assert_eq!((&left["details"]["payee"], &left["details"]["claim"]), (&json!(""), &Value::Null));
        assert_eq!((&left["amount"], &left["status"]), (&json!("250.00"), &json!("approved")));
        // Who claimed and asked was the parent.
        let claims = get(&app, Role::Auditor, "/v1/invoices?kind=reimbursement").await.expect(200).json();
        assert_eq!(
            (&claims["items"][0]["entered_by"], &claims["items"][0]["amount"]),
            (&json!("erased"), &json!("250.00"))
        );
        let requests = get(&app, Role::Auditor, "/v1/person-requests").await.expect(200).json();
        assert_eq!(requests["items"][0]["recorded_by"], "erased", "{asked}");
    }
}

/// A provider's invoice is the provider's; what was written in it about a person goes with the person.
#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_provider_s_invoice_go_with_its_persons() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { budget, order, .. } = ordered(&app, CODE).await;
        let application = application_of(&app, &budget).await;
        let person = person_of(&app, OWN, &application).await;
        deliver(&app, &order, "2023-10-05", "3").await.expect(201);
        let invoice = json!({
            "number": "R-1", "issued_on": "2023-11-02", "period_from": "2023-10-01", "period_to": "2023-10-31",
            "lines": [{"order": order, "from": "2023-10-01", "to": "2023-10-31", "volume": "3", "unit_price": "12.00",
                "amount": "36.00"}],
            "total": "36.00", "note": "Slēpta piezīme par Izdomātu.",
        });
        let call = by_provider(&app, "POST", "/v1/invoices").json(&invoice);
        let returned = call.send().await.expect(201).json();
        assert_eq!(returned["status"], "received");
        step(&app, &returned, "return", Role::SocialWorker).await.expect(201);
        let before = app.database.sealed();
        let sent = send(&app, e_invoice("R-2", &order, 3, None)).await.expect(201).json();
        let of_sent: BTreeSet<_> = app.database.sealed().difference(&before).cloned().collect();
        approve(&app, &sent).await;
        let path = |invoice: &Value| format!("/v1/invoices/{}", invoice["id"].as_str().unwrap());
        let shown = get(&app, Role::Auditor, &path(&returned)).await.expect(200).json();
        assert_eq!(shown["details"]["note"], invoice["note"]);
        assert!(shown["details"]["steps"].to_string().contains("5. oktobr"), "{shown}");
        // Who reads the invoice reads of the person.
        let log = get(&app, Role::Auditor, &format!("/v1/persons/{person}/accesses?limit=200")).await.expect(200);
        for action in ["create_invoice", "approve_invoice", "get_invoice"] {
            assert!(log.text().contains(action), "{action}: {}", log.shown());
        }

        revoked_and_erased(&app, &application).await;
        let blank = get(&app, Role::Auditor, &path(&returned)).await.expect(200).json();
        assert_eq!(blank["details"]["note"], Value::Null);
        assert!(!blank["details"]["steps"].to_string().contains("5. oktobr"), "{blank}");
        for kept in ["number", "amount", "status", "period_from"] {
            assert_eq!(blank[kept], shown[kept], "{kept}");
        }
        assert_eq!(blank["details"]["payee"], shown["details"]["payee"]);
        assert_eq!(of_sent.intersection(&app.database.sealed()).count(), 0, "{database:?}: the e-invoice is as it was");
        assert_eq!(get(&app, Role::Auditor, &path(&sent)).await.expect(200).json()["amount"], "36.00");
    }
}

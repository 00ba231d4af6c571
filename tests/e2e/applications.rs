//! `/v1/applications` on both databases: the way from receipt to the act, who may see what, and what happens when requests
//! are repeated, race, or come too late.

use std::collections::BTreeSet;

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer, cluster, tokens};
use serde_json::{Value, json};

const PATH: &str = "/v1/applications";
pub(crate) const OWN: &str = "0001000";
pub(crate) const FOREIGN: &str = "0002000";

/// An invented child.
pub(crate) fn request(code: &str) -> Value {
    json!({
        "methodology": "children-2023", "received_at": "2023-03-01T09:30",
        "person": {"personal_code": code, "given_name": "Izdomāta", "family_name": "Paraudziņa", "phone": "+371 20000000"},
        "applicant": {"given_name": "Izdomāts", "family_name": "Paraugvecāks", "relation": "parent"},
        "evidence": {"birth_date": "2013-01-01", "impairment_types": ["movement"]},
    })
}

fn evidence() -> Value {
    json!({"birth_date": "2013-01-01", "disability": {"group": "child"}, "impairment_types": ["movement"]})
}

fn act(outcome: &str) -> Value {
    json!({"outcome": outcome, "decided_on": "2023-03-10", "delivery": "e_address", "prepared_by": "worker-1"})
}

async fn register(app: &TestApp, municipality: &str, code: &str) -> Answer {
    app.post(PATH).as_role(Role::SocialWorker, municipality).json(&request(code)).send().await
}

/// Registers an invented child of whom everything is known.
pub(crate) async fn register_child(app: &TestApp, municipality: &str, code: &str, birth_date: &str) -> Answer {
    let mut known = request(code);
    known["evidence"] = evidence();
    known["evidence"]["birth_date"] = json!(birth_date);
    app.post(PATH).as_role(Role::SocialWorker, municipality).json(&known).send().await
}

pub(crate) fn location(answer: &Answer) -> String {
    answer.header("location").unwrap().to_owned()
}

async fn complete(app: &TestApp, path: &str, tag: &str) -> Answer {
    let call = app.request(reqwest::Method::PUT, &format!("{path}/evidence"));
    call.as_role(Role::SocialWorker, OWN).header("if-match", tag).json(&evidence()).send().await
}

pub(crate) async fn decide(app: &TestApp, municipality: &str, path: &str, tag: &str, outcome: &str) -> Answer {
    let call = app.post(&format!("{path}/decision")).as_role(Role::OfficeHead, municipality);
    call.header("if-match", tag).json(&act(outcome)).send().await
}

// Of several threads where a test asks the store itself: its connections go back to the pool on the test's runtime.
#[tokio::test(flavor = "multi_thread")]
async fn an_application_goes_from_receipt_to_the_act() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let registered = register(&app, OWN, "320000-00001").await.expect(201);
        let path = location(&registered);
        assert_eq!(registered.json()["status"], "registered");
        assert_eq!(registered.json()["due_on"], "2023-03-15", "ten working days");
        assert_eq!(registered.json()["eligibility"]["missing"], json!(["disability"]));

        // Missing data is neither a grant nor a refusal.
        for outcome in ["grant", "refuse"] {
            decide(&app, OWN, &path, "\"1\"", outcome).await.expect_faults(422, &["cannot_be_decided /outcome"]);
        }
        let completed = complete(&app, &path, "\"1\"").await.expect(200);
        assert_eq!(completed.version(), Some("2"));
        assert_eq!(completed.json()["eligibility"]["eligible"], true);

        decide(&app, OWN, &path, "\"1\"", "grant").await.expect(412);
        decide(&app, OWN, &path, "\"2\"", "refuse").await.expect_faults(422, &["every_criterion_is_met /outcome"]);
        let granted = decide(&app, OWN, &path, "\"2\"", "grant").await.expect(201).json();
        assert_eq!(granted["status"], "granted");
        // Friday the 10th by e-address: notified on the second working day; one month to appeal.
        assert_eq!(granted["decision"]["notified_on"], "2023-03-14");
        assert_eq!(granted["decision"]["appeal_until"], "2023-04-14");
        assert_eq!(granted["decision"]["signed_by"], tokens::subject(Role::OfficeHead));

        let answer = decide(&app, OWN, &path, "\"3\"", "grant").await.expect(409);
        assert_eq!(answer.json()["code"], "application_closed");
        complete(&app, &path, "\"3\"").await.expect(409);
        let shown = app.get(&path).as_role(Role::SocialWorker, OWN).send().await.expect(200);
        assert_eq!((shown.json(), shown.version()), (granted, Some("3")));

        let events = app.get("/v1/events").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let told: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
        assert_eq!(told, ["application.registered", "application.completed", "application.granted"]);
        let cursor = events["items"][1]["id"].as_str().unwrap();
        let later = app.get(&format!("/v1/events?cursor={cursor}")).as_role(Role::OfficeHead, OWN).send().await;
        assert_eq!(later.expect(200).json()["items"], json!([events["items"][2]]));
        let foreign = app.get("/v1/events").as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json();
        assert_eq!(foreign["items"], json!([]));

        let report = app.store.verify_audit().await.unwrap();
        assert!(report.faults.is_empty() && report.entries == 4, "{report:?}");
    }
}

#[tokio::test]
async fn a_person_has_one_open_application_in_the_country() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = location(&register(&app, OWN, "320000-00001").await.expect(201));
        for municipality in [OWN, FOREIGN] {
            // However the code is written.
            let answer = register(&app, municipality, "32000000001").await.expect(409);
            assert_eq!(answer.json()["code"], "open_application_exists");
            assert!(!answer.text().contains(OWN), "another municipality's case is not told");
        }
        complete(&app, &path, "\"1\"").await.expect(200);
        decide(&app, OWN, &path, "\"2\"", "grant").await.expect(201);
        register(&app, FOREIGN, "320000-00001").await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_that_race_for_one_person_one_wins() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let racing = (0..16).map(|number| register(&app, if number % 2 == 0 { OWN } else { FOREIGN }, "320000-00002"));
        let answers = futures_util::future::join_all(racing).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{database:?}: {statuses:?}");
        assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{database:?}: {statuses:?}");
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_first_answer() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let send = async |key: &str, code: &str| {
            let call = app.post(PATH).as_role(Role::SocialWorker, OWN).header("idempotency-key", key);
            call.json(&request(code)).send().await
        };
        let first = send("a-1", "320000-00003").await.expect(201);
        let again = futures_util::future::join_all((0..4).map(|_| send("a-1", "320000-00003"))).await;
        for answer in again {
            assert_eq!((answer.expect(201).json(), 1), (first.json(), 1));
        }
        let other = send("a-1", "320000-00004").await.expect(422);
        assert_eq!(other.json()["code"], "idempotency_key_reused");
        send("a-2", "320000-00003").await.expect(409);
        send("", "320000-00005").await.expect_faults(400, &["invalid_format /Idempotency-Key"]);
        let list = app.get(PATH).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        // A failed request leaves its key free.
        send("a-2", "320000-00006").await.expect(201);
    }
}

#[tokio::test]
async fn lists_hold_what_is_the_municipality_s_own_page_by_page() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let mut own = Vec::new();
        for number in 0..7 {
            own.push(register(&app, OWN, &format!("320000-1000{number}")).await.expect(201).json()["id"].clone());
        }
        register(&app, FOREIGN, "320000-20000").await.expect(201);
        let list = async |query: &str| {
            let call = app.get(&format!("{PATH}?{query}")).as_role(Role::SocialWorker, OWN);
            call.send().await.expect(200).json()
        };
        let mut paged = Vec::new();
        let mut query = "limit=3".to_owned();
        loop {
            let page = list(&query).await;
            paged.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            query = format!("limit=3&cursor={next}");
        }
        assert_eq!(paged, own);
        // The tests' present is the 15th of November 2023: what is due that day is not overdue, nor is what was decided.
        let overdue = async || {
            let list = list("overdue=true").await;
            list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
        };
        let received = async |code: &str, at: &str| {
            let mut body = request(code);
            body["received_at"] = json!(at);
            let call = app.post(PATH).as_role(Role::SocialWorker, OWN).json(&body);
            call.send().await.expect(201).json()
        };
        assert_eq!(overdue().await, own);
        let today = received("320000-10010", "2023-11-01T09:30").await;
        let yesterday = received("320000-10011", "2023-10-31T09:30").await;
        assert_eq!((&today["due_on"], &yesterday["due_on"]), (&json!("2023-11-15"), &json!("2023-11-14")));
        let first = format!("{PATH}/{}", own[0].as_str().unwrap());
        complete(&app, &first, "\"1\"").await.expect(200);
        decide(&app, OWN, &first, "\"2\"", "grant").await.expect(201);
        let expected: Vec<_> = own.iter().skip(1).chain([&yesterday["id"]]).cloned().collect();
        assert_eq!(overdue().await, expected);
        let granted = list("status=granted").await;
        assert_eq!(granted["items"].as_array().unwrap().len(), 1);
        for query in ["limit=0", "limit=201", "cursor=x", "status=none", "overdue=perhaps"] {
            app.get(&format!("{PATH}?{query}")).as_role(Role::SocialWorker, OWN).send().await.expect(400);
        }
    }
}

#[tokio::test]
async fn another_municipality_s_application_is_not_there() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = location(&register(&app, OWN, "320000-00001").await.expect(201));
        app.get(&path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        let call = app.request(reqwest::Method::PUT, &format!("{path}/evidence")).as_role(Role::SocialWorker, FOREIGN);
        call.header("if-match", "\"1\"").json(&evidence()).send().await.expect(404);
        let call = app.post(&format!("{path}/decision")).as_role(Role::OfficeHead, FOREIGN);
        call.header("if-match", "\"1\"").json(&act("grant")).send().await.expect(404);
        let list = app.get(PATH).as_role(Role::SocialWorker, FOREIGN).send().await.expect(200).json();
        assert_eq!(list["items"], json!([]));
    }
}

/// Behind the queries stands the database itself: the API's role sees what the statement's setting lets it see.
#[tokio::test(flavor = "multi_thread")]
async fn row_level_security_stands_behind_the_queries() {
    if !Database::available().contains(&Database::Postgres) {
        return;
    }
    let app = TestApp::start_on(Database::Postgres).await;
    register(&app, OWN, "320000-00001").await.expect(201);
    register(&app, FOREIGN, "320000-00002").await.expect(201);
    let server = |sql: &str| app.database.psql(cluster::SERVER, sql);
    let reach = |to: &str, sql: &str| server(&format!("SET app.municipality = '{to}'; {sql}"));
    let tables = app.database.psql(cluster::OWNER, "SELECT table_name FROM information_schema.columns WHERE column_name = 'municipality_code' AND table_schema = 'public' AND table_name NOT LIKE 'municipality%' ORDER BY 1").unwrap();
    assert!(tables.lines().count() >= 10, "{tables}");
    for table in tables.lines() {
        let count = format!("SELECT count(*) FROM {table}");
        assert_eq!(server(&count), Ok("0".to_owned()), "{table} without a setting");
        assert_eq!(reach("", &count), Ok("0".to_owned()), "{table} with an empty one");
        let foreign = format!("SELECT count(*) FROM {table} WHERE municipality_code <> '{OWN}'");
        assert_eq!(reach(OWN, &foreign), Ok("0".to_owned()), "{table}");
    }
    // Every table that has a municipality's rows, empty ones as well; the others are named here.
    let of_catalogue = |condition: &str| {
        let sql = format!(
            "SELECT relname FROM pg_class t WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
            AND {condition} ORDER BY relname COLLATE \"C\""
        );
        let told = app.database.psql(cluster::OWNER, &sql).unwrap();
        told.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let open = of_catalogue(
        "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND attname = 'municipality_code' AND NOT attisdropped)
         AND NOT (relrowsecurity AND relforcerowsecurity
             AND EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = t.relname))",
    );
    assert_eq!(open, Vec::<String>::new(), "a table of municipalities is not protected");
    let without = [
        "municipality",
        "offer",
        "provider",
        "provider_account",
        "provider_municipality",
        "qualification",
        "qualification_check",
        "seaql_migrations",
    ];
    assert_eq!(of_catalogue("NOT relrowsecurity"), without, "what belongs to no municipality");
    assert_eq!(reach(OWN, "SELECT count(*) FROM person"), Ok("1".to_owned()));
    assert_eq!(reach("*", "SELECT count(*) FROM person"), Ok("2".to_owned()));
    let moved = format!("UPDATE person SET municipality_code = '{FOREIGN}'");
    assert!(reach(OWN, &moved).unwrap_err().contains("row-level security"));
    for forbidden in [
        "UPDATE audit_entry SET subject = 'x'",
        "DELETE FROM audit_entry",
        "DROP TABLE person",
        "DELETE FROM seaql_migrations",
    ] {
        let error = reach("*", forbidden).unwrap_err();
        assert!(error.contains("permission denied") || error.contains("must be owner"), "{forbidden}: {error}");
    }
    assert_eq!(app.store.is_bound_by_row_security().await.unwrap(), Some(true));
}

#[tokio::test]
async fn a_change_says_which_version_it_is_of() {
    let app = TestApp::start().await;
    let path = location(&register(&app, OWN, "320000-00001").await.expect(201));
    let call = || app.request(reqwest::Method::PUT, &format!("{path}/evidence")).as_role(Role::SocialWorker, OWN);
    call().json(&evidence()).send().await.expect(428);
    for stale in ["\"0\"", "\"2\"", "1", "W/\"1\"", "*"] {
        call().header("if-match", stale).json(&evidence()).send().await.expect(412);
    }
    call().header("if-match", "\"1\"").json(&evidence()).send().await.expect(200);
    call().header("if-match", "\"1\"").json(&evidence()).send().await.expect(412);
    app.get(&format!("{PATH}/nonsense")).as_role(Role::SocialWorker, OWN).send().await.expect(404);
}

#[tokio::test]
async fn nothing_is_received_or_decided_in_the_future() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let mut later = request("320000-00001");
        later["received_at"] = json!("2023-11-16T00:00");
        let call = app.post(PATH).as_role(Role::SocialWorker, OWN);
        call.json(&later).send().await.expect_faults(422, &["date_out_of_range /received_at"]);
        let path = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        for (day, status) in [("2023-11-16", 422), ("2023-11-15", 201)] {
            let mut act = act("grant");
            act["decided_on"] = json!(day);
            let call = app.post(&format!("{path}/decision")).as_role(Role::OfficeHead, OWN);
            let answer = call.header("if-match", "\"1\"").json(&act).send().await.expect(status);
            assert_eq!(answer.faults(), if status == 422 { vec!["date_out_of_range /decided_on"] } else { vec![] });
        }
    }
}

#[tokio::test]
async fn a_code_that_cannot_be_is_refused_and_not_repeated() {
    let app = TestApp::start().await;
    let mut bad = request("310299-10001");
    bad["applicant"]["personal_code"] = json!("999999-99999");
    let call = app.post(PATH).as_role(Role::SocialWorker, OWN).json(&bad);
    let expected = ["invalid_personal_code /applicant/personal_code", "invalid_personal_code /person/personal_code"];
    let answer = call.send().await.expect_faults(422, &expected);
    assert!(!answer.text().contains("10001") && !answer.text().contains("99999"), "{}", answer.shown());
}

/// What tells of a person is sealed: neither the file nor a dump of the database shows it.
#[tokio::test]
async fn the_database_holds_no_name_code_or_diagnosis_in_clear() {
    let app = TestApp::start().await;
    let call = app.post(PATH).as_role(Role::SocialWorker, OWN).header("idempotency-key", "k");
    call.json(&request("320000-00001")).send().await.expect(201);
    let files: BTreeSet<Vec<u8>> = app.database_files().into_iter().map(|path| std::fs::read(path).unwrap()).collect();
    let holds = |text: &str| files.iter().any(|file| file.windows(text.len()).any(|window| window == text.as_bytes()));
    assert!(holds("children-2023"), "the files are those of the application");
    for secret in
        ["320000-00001", "32000000001", "Izdomāta", "Paraudziņa", "Paraugvecāks", "20000000", "movement", "2013-01-01"]
    {
        assert!(!holds(secret), "{secret} stands in the database in clear");
    }
}

//! `/v1/methodology-versions` and `/v1/what-ifs` on both databases: from the draft to the publication that every node counts with.

use std::time::Duration;

use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Request},
    cluster, tokens,
};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    budgets::{self, granted, granted_budget},
};

const PATH: &str = "/v1/methodology-versions";

/// A tariff of home care from a day.
pub(crate) fn tariff(amount: &str, from: &str) -> Value {
    json!({"service": "home_care", "amount": amount, "unit": "hour", "price_kind": "calculated_average", "valid_from": from,
        "source": {"document": "S3", "section": {"lv": "paraugs", "en": "example"}}})
}

/// A draft; the tests' present is 15 November 2023.
pub(crate) fn draft(content: Value) -> Value {
    json!({"title": "Tarifi", "valid_from": "2023-12-01", "content": content})
}

pub(crate) fn tariffs(tariffs: Value) -> Value {
    draft(json!({"tariffs": tariffs}))
}

fn as_ministry(request: Request<'_>) -> Request<'_> {
    request.as_role(Role::MinistryAdmin, OWN)
}

pub(crate) async fn create(app: &TestApp, body: &Value) -> Answer {
    as_ministry(app.post(PATH)).json(body).send().await
}

pub(crate) async fn publish(app: &TestApp, path: &str, tag: &str) -> Answer {
    as_ministry(app.post(&format!("{path}/publication"))).header("if-match", tag).send().await
}

pub(crate) async fn what_if(app: &TestApp, path: &str, date: &str) -> Value {
    let call = app.post(&format!("{path}/what-if")).as_role(Role::MinistryReviewer, OWN);
    call.json(&json!({"date": date})).send().await.expect(200).json()
}

/// The unit price of home care in the calculation of a child of five on a day.
pub(crate) async fn price(app: &TestApp, date: &str) -> Value {
    let mut request = budgets::request()["calculation"].clone();
    request["date"] = json!(date);
    let answer = app.post("/v1/budget-calculations").json(&request).send().await.expect(200).json();
    let line = answer["lines"].as_array().unwrap().iter().find(|line| line["service"] == "home_care");
    line.unwrap()["unit_price"].clone()
}

async fn event_types(app: &TestApp, municipality: &str) -> Vec<Value> {
    let events = app.get("/v1/events").as_role(Role::OfficeHead, municipality).send().await.expect(200).json();
    events["items"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_draft_over_the_trial_to_the_publication() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let mut stored = Vec::new();
        for number in 0..6 {
            stored.push(granted_budget(&app, OWN, &format!("320000-0000{number}")).await.1);
        }
        for number in 10..15 {
            granted_budget(&app, FOREIGN, &format!("320000-000{number}")).await;
        }
        let created = create(&app, &tariffs(json!([tariff("7.63", "2024-01-01")]))).await.expect(201);
        let (path, id) = (location(&created), created.json()["id"].clone());
        assert_eq!((&created.json()["status"], created.version()), (&json!("draft"), Some("1")));
        assert_eq!(created.json()["created_by"], tokens::subject(Role::MinistryAdmin));
        assert_eq!(price(&app, "2024-01-01").await, "6.63", "a draft counts nowhere");

        // Six children of five and five elsewhere, each with 960 hours of home care, one euro dearer.
        let tried = what_if(&app, &path, "2024-02-01").await;
        assert_eq!((&tried["budgets"], &tried["total"]["budgets"]), (&json!(11), &json!(11)));
        assert_eq!(tried["refused"], json!([{"code": null, "current": 0, "draft": 0}]));
        let cost = |children: i64| {
            let euros = |cents: i64| format!("{}.{:02}", children * cents / 100, children * cents % 100);
            json!({"budgets": children, "current": euros(2_183_832), "draft": euros(2_279_832), "difference": euros(96_000)})
        };
        assert_eq!(tried["total"], cost(11));
        let places = tried["municipalities"].as_array().unwrap();
        let places: Vec<_> = places.iter().map(|place| (&place["municipality"], &place["cost"])).collect();
        assert_eq!(places, [(&json!(OWN), &cost(6)), (&json!(FOREIGN), &cost(5))]);
        assert_eq!(tried["groups"].as_array().unwrap().len(), 1);
        assert_eq!((&tried["groups"][0]["group"], &tried["groups"][0]["heavy"]), (&json!("1.6-6"), &json!(true)));
        assert_eq!(tried["groups"][0]["cost"], tried["total"]);
        assert_eq!(what_if(&app, &path, "2023-12-31").await["total"]["difference"], "0.00");
        // The same without a draft; grown up, all are refused by both.
        let unstored = json!({"date": "2024-02-01", "content": created.json()["content"]});
        let call =
            async |body: &Value| as_ministry(app.post("/v1/what-ifs")).json(body).send().await.expect(200).json();
        assert_eq!(call(&unstored).await, tried);
        let mut late = unstored.clone();
        late["date"] = json!("2040-01-01");
        let late = call(&late).await;
        assert_eq!(late["refused"][0], json!({"code": null, "current": 11, "draft": 11}));
        assert_eq!(late["refused"][1], json!({"code": "age_out_of_range", "current": 11, "draft": 11}));
        assert_eq!((&late["total"]["budgets"], &late["municipalities"]), (&json!(0), &json!([])));

        let before = app.post(&format!("{}/replay", stored[0])).as_role(Role::Auditor, OWN).send().await.expect(200);
        publish(&app, &path, "\"2\"").await.expect(412);
        let published = publish(&app, &path, "\"1\"").await.expect(201);
        assert_eq!(published.json()["publication"]["number"], 1);
        assert_eq!(price(&app, "2023-12-31").await, "6.63");
        assert_eq!(price(&app, "2024-01-01").await, "7.63");
        let after = app.post(&format!("{}/replay", stored[0])).as_role(Role::Auditor, OWN).send().await.expect(200);
        assert_eq!((after.json(), &after.json()["identical"]), (before.json(), &json!(true)));
        let service = app.get("/v1/services/home_care?date=2024-01-01").send().await.expect(200).json();
        assert_eq!(service["tariff"]["amount"], "7.63");
        assert_eq!(service["tariffs"][0]["valid_to"], "2023-12-31");
        let methodology = app.get("/v1/methodologies/children-2023").send().await.expect(200).json();
        assert_eq!(methodology["periods"].as_array().unwrap().len(), 2);

        // What is published stays.
        let twice = publish(&app, &path, "\"2\"").await.expect(409);
        assert_eq!(twice.json()["code"], "version_not_draft");
        let change = as_ministry(app.put(&path))
            .header("if-match", "\"2\"")
            .json(&tariffs(json!([tariff("8.00", "2024-01-01")])));
        change.send().await.expect(409);
        as_ministry(app.delete(&path)).header("if-match", "\"2\"").send().await.expect(409);
        as_ministry(app.post(&format!("{path}/what-if"))).json(&json!({"date": "2024-01-01"})).send().await.expect(409);

        // Every office is told, and may read it.
        for municipality in [OWN, FOREIGN, "0054000"] {
            let told = event_types(&app, municipality).await;
            assert_eq!(told.last().unwrap(), "methodology_version.published", "{municipality}");
            let shown = app.get(&path).as_role(Role::SocialWorker, municipality).send().await.expect(200);
            assert_eq!(shown.json(), published.json());
        }
        let list = app.get(PATH).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        assert_eq!(list["items"][0]["id"], id);
        let report = app.store.verify_audit().await.unwrap();
        assert!(report.faults.is_empty(), "{report:?}");
    }
}

#[tokio::test]
async fn a_draft_is_changed_withdrawn_and_seen_by_the_ministry_only() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let send = async || {
            let call = as_ministry(app.post(PATH)).header("idempotency-key", "v-1");
            call.json(&tariffs(json!([tariff("7.00", "2024-01-01")]))).send().await.expect(201)
        };
        let created = send().await;
        assert_eq!(send().await.json(), created.json());
        let path = location(&created);
        let change = as_ministry(app.put(&path)).header("if-match", "\"1\"");
        let changed = change.json(&tariffs(json!([tariff("7.50", "2024-02-01")]))).send().await.expect(200).json();
        assert_eq!(changed["content"]["tariffs"][0]["amount"], "7.50");
        assert_ne!(changed["content_hash"], created.json()["content_hash"]);
        for role in [Role::MinistryReviewer, Role::ProgrammeTeam] {
            assert_eq!(app.get(&path).as_role(role, OWN).send().await.expect(200).json(), changed);
        }
        app.get(&path).as_role(Role::OfficeHead, OWN).send().await.expect(404);
        for query in ["", "?status=draft"] {
            let list =
                app.get(&format!("{PATH}{query}")).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
            assert_eq!(list["items"], json!([]));
        }
        // A machine client of a municipality reads with its scope, and never writes.
        app.get(PATH).token(&tokens::integrator(OWN, "catalogue:read")).send().await.expect(200);
        let machine = tokens::integrator(OWN, "catalogue:write catalogue:read");
        app.post(PATH).token(&machine).json(&tariffs(json!([]))).send().await.expect(403);
        as_ministry(app.delete(&path)).header("if-match", "\"2\"").send().await.expect(204);
        let list = app.get(&format!("{PATH}?status=withdrawn")).as_role(Role::MinistryAdmin, OWN).send().await;
        assert_eq!(list.expect(200).json()["items"][0]["id"], created.json()["id"]);
        publish(&app, &path, "\"3\"").await.expect(409);
        let page = as_ministry(app.get(&format!("{PATH}?limit=1&cursor={}", created.json()["id"].as_str().unwrap())));
        assert_eq!(page.send().await.expect(200).json()["items"], json!([]));
    }
}

#[tokio::test]
async fn what_cannot_count_is_refused_with_every_fault() {
    let app = TestApp::start().await;
    let mut early = tariff("7.00", "2023-11-30");
    early["unit"] = json!("day");
    let mut unknown = tariff("7.00", "2024-01-01");
    unknown["service"] = json!("nothing");
    unknown["source"]["document"] = json!("NONE");
    create(&app, &tariffs(json!([early, unknown]))).await.expect_faults(
        422,
        &[
            "date_out_of_range /content/tariffs/0/valid_from",
            "other_unit /content/tariffs/0/unit",
            "unknown_code /content/tariffs/1/service",
            "unknown_code /content/tariffs/1/source/document",
        ],
    );
    create(&app, &draft(json!({}))).await.expect_faults(422, &["required /content"]);
    let service = |area: Value| {
        let source = json!({"document": "S3", "section": {"lv": "paraugs", "en": "example"}});
        json!({"services": [{"code": "sensory_room", "name": {"lv": "Sensorā istaba", "en": "Sensory room"},
            "unit": "consultation", "form": "individual", "targets": ["child"], "group": "education", "payable": true,
            "price_kind": "market", "description": {},
            "methodologies": [{"methodology": "children-2023", "area": area, "source": source}]}]})
    };
    create(&app, &draft(service(json!(2.5)))).await.expect(400);
    let whole = create(&app, &draft(service(json!(2.0)))).await.expect(201).json();
    assert_eq!(whole["content"]["services"][0]["methodologies"][0]["area"], 2);
    create(&app, &tariffs(json!([{"service": "home_care"}]))).await.expect(400);
    let period = json!({"methodologies": [{"methodology": "adults-2023", "period": {"version": "2"}}]});
    let answer = create(&app, &draft(period)).await.expect(422);
    assert_eq!(answer.faults().len(), 1, "{}", answer.shown());

    // A version that begins today may have been calculated with already.
    let mut today = tariffs(json!([tariff("7.00", "2023-11-15")]));
    today["valid_from"] = json!("2023-11-15");
    let path = location(&create(&app, &today).await.expect(201));
    publish(&app, &path, "\"1\"").await.expect_faults(422, &["date_out_of_range /valid_from"]);

    // Two drafts of the same price: the second that is published clashes.
    let same = tariffs(json!([tariff("7.00", "2024-01-01")]));
    let (first, second) = (create(&app, &same).await.expect(201), create(&app, &same).await.expect(201));
    publish(&app, &location(&first), "\"1\"").await.expect(201);
    let clash = ["duplicate_code /content/tariffs/0/valid_from"];
    publish(&app, &location(&second), "\"1\"").await.expect_faults(422, &clash);
    create(&app, &same).await.expect_faults(422, &clash);
    let call = as_ministry(app.post(&format!("{}/what-if", location(&second)))).json(&json!({"date": "2024-01-01"}));
    call.send().await.expect_faults(422, &clash);
}

#[tokio::test]
async fn a_whole_period_of_a_methodology_is_published() {
    let app = TestApp::start().await;
    let level = |level: u8| json!({"level": level, "lives_alone": "2000.00", "lives_with_family": "1500.00", "group_home": "2500.00"});
    let text = json!({"lv": "paraugs", "en": "example"});
    let need = |ceiling: &str| json!({"title": text, "ceiling": ceiling, "condition": text});
    let arrangement = |id: &str| json!({"id": id, "column": "A", "unconfirmed": false, "title": text});
    let period = json!({
        "version": "2", "valid_from": "2024-01-01", "months": 12, "source": {"document": "S2", "section": text}, "decisions": [],
        "living_arrangements": [arrangement("lives_alone"), arrangement("lives_with_family"), arrangement("group_home")],
        "base_needs": {"title": text, "care_levels": [level(1), level(2)]},
        "additional_needs": {"natural_support": need("70.00"), "minor_child_care": need("260.00"), "mobility": need("110.00")},
    });
    let new = draft(json!({"methodologies": [{"methodology": "adults-2023", "period": period}]}));
    let path = location(&create(&app, &new).await.expect(201));
    publish(&app, &path, "\"1\"").await.expect(201);
    let calculate = async |date: &str, level: u8| {
        app.post("/v1/budget-calculations")
            .json(&json!({"methodology": "adults-2023", "date": date, "care_level": level, "living_arrangement": "lives_alone"}))
            .send()
            .await
    };
    let after = calculate("2024-01-01", 2).await.expect(200).json();
    assert_eq!((&after["version"], &after["monthly"]), (&json!("2"), &json!("2000.00")));
    assert_eq!(calculate("2023-12-31", 2).await.expect(200).json()["monthly"], "1378.00");
    calculate("2024-01-01", 3).await.expect_faults(422, &["not_in_table /care_level"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_takes_a_publication_over() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let other = app.another_node().await;
        let path = location(&create(&app, &tariffs(json!([tariff("7.00", "2024-01-01")]))).await.expect(201));
        publish(&app, &path, "\"1\"").await.expect(201);
        let mut looked = 0;
        while price(&other, "2024-01-01").await != "7.00" {
            looked += 1;
            assert!(looked < 100, "{database:?}: the other node still counts with the old price");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // And so does one that starts later.
        let third = app.another_node().await;
        assert_eq!(price(&third, "2024-01-01").await, "7.00");
        // Publications of both go one after the other.
        let path = location(&create(&other, &tariffs(json!([tariff("8.00", "2024-06-01")]))).await.expect(201));
        assert_eq!(publish(&other, &path, "\"1\"").await.expect(201).json()["publication"]["number"], 2);
        granted(&other, OWN, "320000-00001").await;
    }
}

/// The database itself keeps what is published, and keeps municipalities from writing.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_keeps_what_is_published() {
    if !Database::available().contains(&Database::Postgres) {
        return;
    }
    let app = TestApp::start_on(Database::Postgres).await;
    let path = location(&create(&app, &tariffs(json!([tariff("7.00", "2024-01-01")]))).await.expect(201));
    let reach =
        |to: &str, sql: &str| app.database.psql(cluster::SERVER, &format!("SET app.municipality = '{to}'; {sql}"));
    let changed =
        "WITH changed AS (UPDATE methodology_version SET title = 'x' RETURNING 1) SELECT count(*) FROM changed";
    assert_eq!(reach(OWN, changed), Ok("0".to_owned()));
    assert_eq!(reach("0000000", changed), Ok("1".to_owned()));
    publish(&app, &path, "\"1\"").await.expect(201);
    for to in [OWN, "0000000", "*"] {
        assert_eq!(reach(to, changed), Ok("0".to_owned()), "{to}");
    }
    let removed = "WITH removed AS (DELETE FROM methodology_version RETURNING 1) SELECT count(*) FROM removed";
    assert_eq!(reach("*", removed), Ok("0".to_owned()));
}

//! Results of goals on both databases: recorded, corrected, final, and counted for office and ministry.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    assessments::completed,
    plans::signed_budget,
    representatives::{link, person_of},
};

/// A plan in force with two goals for the family and one for the child: its path, and that of its application.
pub(crate) async fn signed_plan(app: &TestApp, code: &str) -> (String, String) {
    let goal = |number: u32, area: u8| json!({"number": number, "term": "short", "area": area, "author": "parent", "text": "Mērķis."});
    let draft = json!({
        "from": "2023-04-01", "to": "2024-03-31", "goals": [goal(1, 1), goal(2, 1), goal(3, 2)],
        "lines": [{"number": 1, "service": "specialist", "recipient": "child", "goal": 3, "volume": "48", "unit_price": "60.00",
            "funding": "individual_budget", "priority": 1, "self_prepaid": true}],
    });
    let budget = signed_budget(app, code).await;
    let call = app.post(&format!("{budget}/plan")).as_role(Role::SocialWorker, OWN);
    let plan = call.json(&draft).send().await.expect(201);
    let application = format!("/v1/applications/{}", plan.json()["application_id"].as_str().unwrap());
    let path = location(&plan);
    for (tag, party, signer) in [("\"1\"", "worker", None), ("\"2\"", "recipient", Some("Izdomāts Paraugvecāks"))] {
        let body =
            json!({"document": "plan", "party": party, "signed_on": "2023-03-20", "method": "paper", "signer": signer});
        let call = app.post(&format!("{path}/signatures")).as_role(Role::SocialWorker, OWN).header("if-match", tag);
        call.json(&body).send().await.expect(201);
    }
    (path, application)
}

pub(crate) async fn record(app: &TestApp, municipality: &str, plan: &str, goal: u32, achievement: &str) -> Answer {
    let body = json!({"goal": goal, "achievement": achievement, "on": "2023-10-01", "note": "Slēptā piezīme"});
    app.post(&format!("{plan}/goal-results")).as_role(Role::SocialWorker, municipality).json(&body).send().await
}

async fn get(app: &TestApp, role: Role, path: &str) -> Answer {
    app.get(path).as_role(role, OWN).send().await
}

/// Goals, attainment and percent of a group.
fn told(group: &Value) -> (Value, Value, Value, Value) {
    let of = &group["attainment"];
    (group["of"].clone(), of["goals"].clone(), of["attainment"].clone(), of["percent"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_goals_is_recorded_corrected_and_final() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (plan, application) = signed_plan(&app, "320000-00001").await;
        let first = record(&app, OWN, &plan, 1, "achieved").await.expect(201);
        record(&app, OWN, &plan, 2, "partly").await.expect(201);
        assert_eq!(record(&app, OWN, &plan, 2, "partly").await.expect(409).json()["code"], "goal_result_exists");
        record(&app, OWN, &plan, 4, "partly").await.expect_faults(422, &["unknown_goal /goal"]);
        record(&app, FOREIGN, &plan, 3, "partly").await.expect(404);
        let path = location(&first);
        assert_eq!((&first.json()["area"], first.version()), (&json!(1), Some("1")));

        let correct = async |tag: &str, achievement: &str, on: &str| {
            let call = app.put(&path).as_role(Role::SocialWorker, OWN).header("if-match", tag);
            call.json(&json!({"achievement": achievement, "on": on})).send().await
        };
        correct("\"1\"", "not_achieved", "2023-03-31").await.expect_faults(422, &["date_out_of_range /on"]);
        correct("\"1\"", "not_achieved", "2023-11-16").await.expect_faults(422, &["date_out_of_range /on"]);
        let corrected = correct("\"1\"", "not_achieved", "2023-11-01").await.expect(200);
        assert_eq!((corrected.version(), &corrected.json()["note"]), (Some("2"), &Value::Null));
        correct("\"1\"", "achieved", "2023-11-01").await.expect(412);
        app.put(&path)
            .as_role(Role::SocialWorker, OWN)
            .json(&json!({"achievement": "achieved", "on": "2023-11-01"}))
            .send()
            .await
            .expect(428);
        assert_eq!(get(&app, Role::Auditor, &path).await.expect(200).json(), corrected.json());
        app.get(&path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);

        let listed = get(&app, Role::OfficeHead, &format!("{plan}/goal-results")).await.expect(200).json();
        assert_eq!((&listed["without_result"], listed["items"].as_array().unwrap().len()), (&json!([3]), 2));
        assert_eq!((&listed["areas"][0]["area"], &listed["together"]["attainment"]), (&json!("1"), &json!("0.5")));
        assert_eq!((&listed["together"]["goals"], &listed["together"]["percent"]), (&json!(2), &json!(25)));
        get(&app, Role::Recipient, &path).await.expect(404);
        link(&app, OWN, &person_of(&app, OWN, &application).await).await;
        get(&app, Role::Recipient, &path).await.expect(200);

        // The plan ends, and results are open until the next assessment is completed.
        let end = json!({"reason": "moved_away", "on": "2023-11-10", "text": "Pārceļas.", "prepared_by": "demo"});
        let tag = get(&app, Role::SocialWorker, &plan).await.header("etag").unwrap().to_owned();
        let call = app.post(&format!("{plan}/termination")).as_role(Role::OfficeHead, OWN).header("if-match", &tag);
        call.json(&end).send().await.expect(201);
        correct("\"2\"", "partly", "2023-11-01").await.expect(200);
        completed(&app, &application, "closing", "2023-11-13").await;
        assert_eq!(correct("\"3\"", "achieved", "2023-11-01").await.expect(409).json()["code"], "goal_result_final");
        assert_eq!(record(&app, OWN, &plan, 3, "partly").await.expect(409).json()["code"], "goal_result_final");

        let events = get(&app, Role::OfficeHead, "/v1/events").await.expect(200).json();
        let of = |kind: &str| events["items"].as_array().unwrap().iter().filter(|event| event["type"] == kind).count();
        assert_eq!((of("goal_result.recorded"), of("goal_result.corrected")), (2, 2));
        let accesses = format!("/v1/persons/{}/accesses", person_of(&app, OWN, &application).await);
        let log = get(&app, Role::OfficeHead, &accesses).await.expect(200).json();
        assert!(log["items"].as_array().unwrap().iter().any(|entry| entry["action"] == "correct_goal_result"));
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_has_no_results_and_a_repeated_request_gets_the_first_answer() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00002").await;
        let call = app.post(&format!("{budget}/plan")).as_role(Role::SocialWorker, OWN);
        let draft = location(&call.json(&crate::plans::draft(&[])).send().await.expect(201));
        assert_eq!(record(&app, OWN, &draft, 1, "achieved").await.expect(409).json()["code"], "plan_status");
        let (plan, _) = signed_plan(&app, "320000-00001").await;
        let send = async || {
            let body = json!({"goal": 1, "achievement": "achieved", "on": "2023-10-01"});
            let call = app.post(&format!("{plan}/goal-results")).as_role(Role::SocialWorker, OWN);
            call.header("idempotency-key", "g-1").json(&body).send().await.expect(201)
        };
        assert_eq!(location(&send().await), location(&send().await));
    }
}

/// The shape of the golden table of children with a small number: 15 goals of five children, 10 of the family and 5 of the child.
#[tokio::test(flavor = "multi_thread")]
async fn attainment_is_counted_whole_for_the_office_and_of_five_people_for_the_ministry() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = "/v1/goal-statistics?methodology=children-2023";
        for (number, achievements) in [
            ["achieved", "achieved", "partly"],
            ["achieved", "achieved", "partly"],
            ["achieved", "partly", "not_achieved"],
            ["achieved", "not_achieved", "achieved"],
            ["achieved", "achieved", "achieved"],
        ]
        .iter()
        .enumerate()
        {
            // Of four children the ministry learns nothing.
            let few = get(&app, Role::MinistryReviewer, path).await.expect(200).json();
            assert_eq!((few["together"].is_null(), &few["groups"]), (number > 0, &json!([])), "{number}");
            let (plan, _) = signed_plan(&app, &format!("320000-0000{}", number + 1)).await;
            for (goal, achievement) in (1..).zip(achievements) {
                record(&app, OWN, &plan, goal, achievement).await.expect(201);
            }
        }
        for role in [Role::OfficeHead, Role::MinistryReviewer, Role::ProgrammeTeam] {
            let found = get(&app, role, path).await.expect(200).json();
            let groups: Vec<_> = found["groups"].as_array().unwrap().iter().map(told).collect();
            assert_eq!(told(&found["together"]), (Value::Null, json!(15), json!("11.5"), json!(77)), "{role}");
            let expected =
                [(json!("1"), json!(10), json!("8.5"), json!(85)), (json!("2"), json!(5), json!("3"), json!(60))];
            assert_eq!(groups, expected, "{role}");
            let by = get(&app, role, &format!("{path}&by=region")).await.expect(200).json();
            assert_eq!(told(&by["groups"][0]), (json!("riga"), json!(15), json!("11.5"), json!(77)));
        }
        let foreign = app.get(path).as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json();
        assert_eq!((&foreign["groups"], &foreign["together"]["people"]), (&json!([]), &json!(0)));
        get(&app, Role::SocialWorker, "/v1/goal-statistics").await.expect(400);
        get(&app, Role::Accountant, "/v1/goal-statistics").await.expect(403);
        let other =
            get(&app, Role::OfficeHead, "/v1/goal-statistics?methodology=adults-2023&by=area").await.expect(200);
        assert_eq!(other.json()["groups"], json!([]));
    }
}

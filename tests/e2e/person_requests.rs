//! What recipients do themselves, on both databases: rank a draft, choose a provider, ask, refuse, report changes.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    hand_overs,
    plans::{Calls, accepted_offer, draft, line, plan, signed_budget},
    providers::registered,
    representatives::{link, person_of},
};

/// A case of whose person the recipient is a parent: its application, its budget, and two offers of home care.
async fn case(app: &TestApp, code: &str) -> (String, String, [String; 2]) {
    let budget = signed_budget(app, code).await;
    let shown = app.get(&budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
    let application = format!("/v1/applications/{}", shown["application_id"].as_str().unwrap());
    link(app, OWN, &person_of(app, OWN, &application).await).await;
    let mut offers = Vec::new();
    for (number, price) in [("40000000001", "12.00"), ("40000000002", "11.00")] {
        let provider = registered(app, OWN, number, &[OWN]).await;
        offers.push(accepted_offer(app, &provider, "home_care", price).await);
    }
    (application, budget, offers.try_into().unwrap())
}

async fn rank(plan: &Calls<'_>, app: &TestApp, role: Role, lines: &Value) -> Answer {
    let call = app.put(&format!("{}/ranking", plan.path)).as_role(role, OWN).header("if-match", &plan.tag().await);
    call.json(&json!({"lines": lines})).send().await
}

async fn choose(plan: &Calls<'_>, app: &TestApp, line: &str, body: &Value) -> Answer {
    let call = app.put(&format!("{}/lines/{line}/offer", plan.path)).as_role(Role::Recipient, OWN);
    call.header("if-match", &plan.tag().await).json(body).send().await
}

pub(crate) async fn ask(app: &TestApp, role: Role, municipality: &str, application: &str, body: &Value) -> Answer {
    let path = format!("{}/requests", application.replace("applications", "cases"));
    app.post(&path).as_role(role, municipality).json(body).send().await
}

async fn answer(app: &TestApp, request: &str, tag: &str, outcome: &str) -> Answer {
    let call = app.post(&format!("{request}/answer")).as_role(Role::SocialWorker, OWN).header("if-match", tag);
    call.json(&json!({"outcome": outcome, "text": "Atbildes teksts."})).send().await
}

async fn listed(app: &TestApp, role: Role, municipality: &str, query: &str) -> Vec<Value> {
    let list =
        app.get(&format!("/v1/person-requests{query}")).as_role(role, municipality).send().await.expect(200).json();
    list["items"].as_array().unwrap().clone()
}

fn warnings(plan: &Value) -> Vec<(Value, Value)> {
    let findings = plan["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["code"] == "ranked_otherwise")
        .map(|finding| (finding["pointer"].clone(), finding["severity"].clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_ranks_a_draft_and_chooses_the_provider_of_a_line() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, budget, [dear, cheap]) = case(&app, "320000-00001").await;
        let lines = [line(1, "home_care", Some(&dear), "480", "12.00"), line(2, "specialist", None, "20", "60.00")];
        let plan = plan(&app, &budget, &draft(&lines)).await;
        assert_eq!(plan.get().await["ranking"], Value::Null);

        let refused =
            rank(&plan, &app, Role::Recipient, &json!([{"line": 3, "rank": 1}, {"line": 1, "rank": 1}])).await;
        refused.expect_faults(422, &["unknown_line /lines/0/line", "rank_twice /lines/1/rank"]);
        plan.sign("worker").await.expect(201);
        let otherwise = json!([{"line": 1, "rank": 2}, {"line": 2, "rank": 1}]);
        let ranked = rank(&plan, &app, Role::Recipient, &otherwise).await.expect(200).json();
        assert_eq!(ranked["ranking"]["lines"], json!([{"line": 2, "rank": 1}, {"line": 1, "rank": 2}]));
        let warning = |position| (json!(format!("/lines/{position}/priority")), json!("warning"));
        assert_eq!(warnings(&ranked), [warning(0), warning(1)]);
        assert_eq!((&ranked["can_be_signed"], ranked["signatures"].as_array().unwrap().len()), (&json!(true), 1));
        // The worker sees it, and records another for the recipient.
        assert_eq!(plan.get().await["ranking"], ranked["ranking"]);
        let agreed = json!([{"line": 1, "rank": 1}, {"line": 2, "rank": 2}]);
        let agreed = rank(&plan, &app, Role::SocialWorker, &agreed).await.expect(200).json();
        assert_eq!((warnings(&agreed).len(), &agreed["ranking"]["recorded_by"]), (0, &json!("test-social-worker")));
        rank(&plan, &app, Role::Auditor, &otherwise).await.expect(403);

        // The price follows the offer; the signature was under other words.
        let chosen = choose(&plan, &app, "1", &json!({"offer": cheap, "provider_is_relative": true})).await;
        let chosen = chosen.expect(200).json();
        let first = &chosen["draft"]["lines"][0];
        assert_eq!((&first["offer"], &first["unit_price"]), (&json!(cheap), &json!("11.00")));
        assert_eq!((&first["price_kind"], &chosen["signatures"]), (&json!("market"), &json!([])));
        assert!(chosen["findings"].to_string().contains("provider_is_relative"));
        choose(&plan, &app, "2", &json!({"offer": cheap})).await.expect_faults(422, &["offer_of_other_service /offer"]);
        let unknown = json!({"offer": "018bcfe5-6800-7000-8000-000000000099"});
        choose(&plan, &app, "1", &unknown).await.expect_faults(422, &["unknown_offer /offer"]);
        choose(&plan, &app, "7", &unknown).await.expect(404);
        choose(&plan, &app, "first", &unknown).await.expect(404);
        let call = app.put(&format!("{}/lines/1/offer", plan.path)).as_role(Role::Recipient, OWN);
        call.header("if-match", "\"1\"").json(&unknown).send().await.expect(412);

        plan.in_force().await;
        assert_eq!(rank(&plan, &app, Role::Recipient, &otherwise).await.expect(409).json()["code"], "no_plan_draft");
        let late = choose(&plan, &app, "1", &json!({"offer": dear})).await;
        assert_eq!(late.expect(409).json()["code"], "no_plan_draft");

        // Nobody else's plan.
        let other = signed_budget(&app, "320000-00002").await;
        let other = crate::plans::plan(&app, &other, &draft(&[line(1, "specialist", None, "20", "60.00")])).await;
        rank(&other, &app, Role::Recipient, &json!([{"line": 1, "rank": 1}])).await.expect(404);
        choose(&other, &app, "1", &json!({"offer": cheap})).await.expect(404);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_with_a_revision_or_a_reasoned_refusal() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (application, budget, [dear, cheap]) = case(&app, "320000-00001").await;
        let change = json!({"kind": "change_provider", "line": 1, "offer": cheap, "text": "Slēpts teksts."});
        let early = ask(&app, Role::Recipient, OWN, &application, &change).await;
        assert_eq!(early.expect(409).json()["code"], "no_plan");
        let plan = plan(&app, &budget, &draft(&[line(1, "home_care", Some(&dear), "480", "12.00")])).await;
        plan.in_force().await;

        let asked = ask(&app, Role::Recipient, OWN, &application, &change).await.expect(201);
        let request = location(&asked);
        assert_eq!((asked.version(), &asked.json()["status"]), (Some("1"), &json!("open")));
        assert_eq!((&asked.json()["plan_version"], &asked.json()["offer"]), (&json!(1), &json!(cheap)));
        for (body, faults) in [
            (json!({"kind": "change_provider", "text": "T."}), ["missing_field /line"].as_slice()),
            (json!({"kind": "refuse_service", "line": 9, "text": "T."}), &["unknown_line /line"]),
            (json!({"kind": "change_provider", "line": 1, "offer": dear, "text": "T."}), &["same_offer /offer"]),
            (
                json!({"kind": "report_change", "line": 1, "text": "T."}),
                &["missing_field /change", "not_applicable /line"],
            ),
        ] {
            ask(&app, Role::Recipient, OWN, &application, &body).await.expect_faults(422, faults);
        }

        // The worker finds it, and cannot say that the plan is revised before it is.
        let open = listed(&app, Role::SocialWorker, OWN, "?status=open&kind=change_provider").await;
        assert_eq!((open.len(), open[0].get("text")), (1, None));
        let shown = app.get(&request).as_role(Role::SocialWorker, OWN).send().await.expect(200);
        assert_eq!(shown.json()["text"], "Slēpts teksts.");
        answer(&app, &request, "\"1\"", "noted").await.expect_faults(422, &["other_outcome /outcome"]);
        let early = answer(&app, &request, "\"1\"", "revised").await.expect(409);
        assert_eq!(early.json()["code"], "revision_required");
        let revision = json!({"reason": "other", "outcome": "adjust", "text": "Cits sniedzējs."});
        plan.step("revision", &revision).await.expect(201);
        answer(&app, &request, "\"2\"", "revised").await.expect(412);
        let answered = answer(&app, &request, "\"1\"", "revised").await.expect(201);
        let told = answered.json();
        assert_eq!((&told["status"], &told["outcome"]), (&json!("answered"), &json!("revised")));
        assert_eq!((&told["answer"], &told["answered_on"]), (&json!("Atbildes teksts."), &json!("2023-11-15")));
        assert_eq!(answer(&app, &request, "\"2\"", "refused").await.expect(409).json()["code"], "request_not_open");
        let own = app.get(&request).as_role(Role::Recipient, OWN).send().await.expect(200);
        assert_eq!((own.json(), own.version()), (told, Some("2")));

        // A refused service, refused; and what is taken back.
        let refuse = json!({"kind": "refuse_service", "line": 1, "text": "Vairs nevajag."});
        let second = location(&ask(&app, Role::SocialWorker, OWN, &application, &refuse).await.expect(201));
        answer(&app, &second, "\"1\"", "refused").await.expect(201);
        let third = location(&ask(&app, Role::Recipient, OWN, &application, &refuse).await.expect(201));
        let withdraw = async |tag: &str| {
            let call = app.post(&format!("{third}/withdrawal")).as_role(Role::Recipient, OWN);
            call.header("if-match", tag).send().await
        };
        withdraw("\"9\"").await.expect(412);
        assert_eq!(withdraw("\"1\"").await.expect(201).json()["status"], "withdrawn");
        assert_eq!(withdraw("\"2\"").await.expect(409).json()["code"], "request_not_open");
        assert_eq!(listed(&app, Role::OfficeHead, OWN, "?status=open").await.len(), 0);
        let case = application.rsplit('/').next().unwrap();
        assert_eq!(listed(&app, Role::Auditor, OWN, &format!("?case={case}")).await.len(), 3);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
        let dump = app.database.dump();
        for text in ["Slēpts teksts", "Atbildes teksts"] {
            assert!(!dump.windows(text.len()).any(|bytes| bytes == text.as_bytes()), "{text} is sealed");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reported_change_is_closed_with_what_follows_and_nobody_else_sees_it() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (application, ..) = case(&app, "320000-00001").await;
        let other = signed_budget(&app, "320000-00002").await;
        let other = app.get(&other).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        let other = format!("/v1/applications/{}", other["application_id"].as_str().unwrap());
        let moved = json!({"kind": "report_change", "change": "residence", "text": "Ģimene pārcēlās."});
        ask(&app, Role::Recipient, OWN, &other, &moved).await.expect(404);
        ask(&app, Role::SocialWorker, FOREIGN, &application, &moved).await.expect(404);
        ask(&app, Role::Accountant, OWN, &application, &moved).await.expect(403);
        let send = async || {
            let path = format!("{}/requests", application.replace("applications", "cases"));
            let call = app.post(&path).as_role(Role::Recipient, OWN).header("idempotency-key", "q-1");
            call.json(&moved).send().await.expect(201)
        };
        let request = location(&send().await);
        assert_eq!(location(&send().await), request);
        let of_other = location(&ask(&app, Role::SocialWorker, OWN, &other, &moved).await.expect(201));
        app.get(&of_other).as_role(Role::Recipient, OWN).send().await.expect(404);
        app.get(&request).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        let call = app.post(&format!("{of_other}/withdrawal")).as_role(Role::Recipient, OWN);
        call.header("if-match", "\"1\"").send().await.expect(404);
        let id = |request: &Value| request["id"].as_str().unwrap().to_owned();
        let own = listed(&app, Role::Recipient, OWN, "").await;
        assert_eq!((own.len(), request.ends_with(&id(&own[0]))), (1, true));
        assert_eq!(listed(&app, Role::SocialWorker, OWN, "?kind=report_change&status=open").await.len(), 2);
        assert_eq!(listed(&app, Role::SocialWorker, FOREIGN, "").await.len(), 0);
        let page = listed(&app, Role::SocialWorker, OWN, &format!("?limit=1&cursor={}", id(&own[0]))).await;
        assert!(of_other.ends_with(&id(&page[0])));

        answer(&app, &request, "\"1\"", "refused").await.expect_faults(422, &["other_outcome /outcome"]);
        let noted = answer(&app, &request, "\"1\"", "noted").await.expect(201).json();
        assert_eq!((&noted["change"], &noted["outcome"]), (&json!("residence"), &json!("noted")));
        let give_up = json!({"kind": "give_up", "text": "Atsakāmies."});
        let given_up = location(&ask(&app, Role::Recipient, OWN, &application, &give_up).await.expect(201));
        answer(&app, &given_up, "\"1\"", "noted").await.expect(201);
        let events = app.get("/v1/events?limit=200").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let of_requests =
            events["items"].as_array().unwrap().iter().filter(|event| event["source"] == "/v1/person-requests");
        assert_eq!(of_requests.count(), 5);
        // Who read it is in the person's access log.
        let person = person_of(&app, OWN, &application).await;
        let log = app.get(&format!("/v1/persons/{person}/accesses?limit=200")).as_role(Role::Recipient, OWN);
        let log = log.send().await.expect(200).json();
        assert!(log["items"].as_array().unwrap().iter().any(|entry| entry["action"] == "answer_person_request"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_ranking_move_with_a_case_that_is_handed_over() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (application, budget, _) = case(&app, "320000-00001").await;
        let plan = plan(&app, &budget, &draft(&[line(1, "specialist", None, "20", "60.00")])).await;
        rank(&plan, &app, Role::Recipient, &json!([{"line": 1, "rank": 1}])).await.expect(200);
        let moved = json!({"kind": "report_change", "change": "residence", "text": "Ģimene pārcēlās."});
        let request = location(&ask(&app, Role::Recipient, OWN, &application, &moved).await.expect(201));
        hand_overs::moved(&app, OWN, &application, FOREIGN).await;
        for path in [&request, &plan.path] {
            app.get(path).as_role(Role::SocialWorker, OWN).send().await.expect(404);
        }
        let there = app.get(&request).as_role(Role::SocialWorker, FOREIGN).send().await.expect(200).json();
        assert_eq!((&there["status"], &there["text"]), (&json!("open"), &json!("Ģimene pārcēlās.")));
        let plan = app.get(&plan.path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(200).json();
        assert_eq!(plan["ranking"]["lines"], json!([{"line": 1, "rank": 1}]));
    }
}

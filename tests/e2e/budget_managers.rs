//! Budget managers on both databases: engaged by the head of the office, they order for their own cases, report, and see no others.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer, tokens};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    budgets::granted,
    cases::{post, revocation},
    hand_overs::moved,
    plans::{Calls, draft, line, plan, signed_budget},
};

/// A plan in force of its own budget.
async fn in_force<'a>(app: &'a TestApp, code: &str) -> (String, Calls<'a>, String) {
    in_force_from(app, code, "2023-04-01").await
}

async fn in_force_from<'a>(app: &'a TestApp, code: &str, from: &str) -> (String, Calls<'a>, String) {
    let budget = signed_budget(app, code).await;
    let mut content = draft(&[line(1, "specialist", None, "48", "60.00")]);
    content["from"] = json!(from);
    let plan = plan(app, &budget, &content).await;
    plan.in_force().await;
    let case = plan.get().await["application_id"].as_str().unwrap().to_owned();
    (budget, plan, format!("/v1/cases/{case}"))
}

pub(crate) async fn engage(app: &TestApp, role: Role, municipality: &str, case: &str, body: &Value) -> Answer {
    app.post(&format!("{case}/budget-managers")).as_role(role, municipality).json(body).send().await
}

async fn get(app: &TestApp, path: &str) -> Answer {
    app.get(path).as_role(Role::BudgetManager, OWN).send().await
}

async fn order(app: &TestApp, role: Role, plan: &str, volume: &str) -> Answer {
    let body = json!({"line": 1, "form": "self_prepaid", "volume": volume, "valid_from": "2023-04-01",
        "valid_to": "2024-03-31", "terms": {}});
    app.post(&format!("{plan}/orders")).as_role(role, OWN).json(&body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_manager_reaches_its_own_cases_on_the_days_of_its_engagement() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (budget, own, case) = in_force(&app, "320000-00001").await;
        let (other_budget, other, other_case) = in_force(&app, "320000-00002").await;
        let other_order = location(&order(&app, Role::SocialWorker, &other.path, "8").await.expect(201));
        let request = json!({"subject": tokens::subject(Role::BudgetManager), "organisation": "Biedrība Atbalsts",
            "valid_from": "2023-04-01"});
        get(&app, &own.path).await.expect(404);
        assert_eq!(get(&app, "/v1/plans").await.expect(200).json()["items"], json!([]));
        engage(&app, Role::SocialWorker, OWN, &case, &request).await.expect(403);
        engage(&app, Role::OfficeHead, FOREIGN, &case, &request).await.expect(404);
        let mut inverted = request.clone();
        inverted["valid_to"] = json!("2023-03-31");
        engage(&app, Role::OfficeHead, OWN, &case, &inverted)
            .await
            .expect_faults(422, &["date_out_of_range /valid_to"]);
        let engaged = engage(&app, Role::OfficeHead, OWN, &case, &request).await.expect(201);
        let list =
            app.get(&format!("{case}/budget-managers")).as_role(Role::SocialWorker, OWN).send().await.expect(200);
        assert_eq!(list.json()["items"], json!([engaged.json()]));

        // Plan, ledger, orders and deliveries of the case, and nothing of the other.
        let listed = get(&app, "/v1/plans").await.expect(200).json();
        assert_eq!(
            (listed["items"].as_array().unwrap().len(), &listed["items"][0]["person_id"]),
            (1, &own.get().await["person_id"])
        );
        assert_eq!(get(&app, &own.path).await.expect(200).json(), own.get().await);
        get(&app, &format!("{}/versions/1", own.path)).await.expect(200);
        assert_eq!(get(&app, &format!("{budget}/ledger")).await.expect(200).json()["total"]["agreed"], "2880.00");
        get(&app, &format!("{budget}/ledger-entries")).await.expect(200);
        for path in
            [&other.path, &format!("{other_budget}/ledger"), &format!("{other_budget}/ledger-entries"), &other_order]
        {
            get(&app, path).await.expect(404);
        }
        for path in [&budget, &case, &format!("{}/document", own.path), &format!("{case}/budget-managers")] {
            get(&app, path).await.expect(403);
        }
        assert_eq!(get(&app, "/v1/orders").await.expect(200).json()["items"], json!([]));
        assert_eq!(get(&app, "/v1/deliveries").await.expect(200).json()["items"], json!([]));

        // It orders, changes a price, closes.
        order(&app, Role::BudgetManager, &other.path, "8").await.expect(404);
        let ordered = order(&app, Role::BudgetManager, &own.path, "8").await.expect(201);
        let path = location(&ordered);
        assert_eq!(get(&app, &path).await.expect(200).json(), ordered.json());
        assert_eq!(get(&app, "/v1/orders").await.expect(200).json()["items"].as_array().unwrap().len(), 1);
        let cheaper = json!({"valid_from": "2023-06-01", "unit_price": "55.00"});
        let reprice = async |order: &str| {
            let call = app.post(&format!("{order}/prices")).as_role(Role::BudgetManager, OWN);
            call.header("if-match", "\"1\"").json(&cheaper).send().await
        };
        reprice(&other_order).await.expect(404);
        reprice(&path).await.expect(201);
        let close = async |order: &str, tag: &str| {
            let call = app.post(&format!("{order}/closure")).as_role(Role::BudgetManager, OWN);
            call.header("if-match", tag).send().await
        };
        close(&other_order, "\"1\"").await.expect(404);

        // It reports what it paid; the office reads it.
        let id = path.rsplit('/').next().unwrap();
        let report = |order: &str, paid_on: &str| {
            json!({"month": "2023-10", "text": "Slēptais pārskats.",
                "payments": [{"order": order, "paid_on": paid_on, "amount": "265.20", "reference": "R-17"}]})
        };
        let send = async |case: &str, body: &Value| {
            app.post(&format!("{case}/manager-reports")).as_role(Role::BudgetManager, OWN).json(body).send().await
        };
        send(&other_case, &report(id, "2023-10-02")).await.expect(404);
        let of_other = report(other_order.rsplit('/').next().unwrap(), "2023-11-01");
        send(&case, &of_other)
            .await
            .expect_faults(422, &["unknown_order /payments/0/order", "date_out_of_range /payments/0/paid_on"]);
        let reported = send(&case, &report(id, "2023-10-02")).await.expect(201).json();
        assert_eq!((&reported["total"], &reported["reported_on"]), (&json!("265.20"), &json!("2023-11-15")));
        for role in [Role::OfficeHead, Role::BudgetManager] {
            let read = app.get(&format!("{case}/manager-reports")).as_role(role, OWN).send().await.expect(200);
            assert_eq!(read.json()["items"], json!([reported]));
        }
        get(&app, &format!("{other_case}/manager-reports")).await.expect(404);
        let dump = app.database.dump();
        assert!(!dump.windows(10).any(|bytes| bytes == "ptais pārs".as_bytes()), "a report is sealed");

        // The end is the end.
        close(&path, "\"2\"").await.expect(201);
        let end = async |tag: &str, day: &str| {
            let call = app.put(&format!("{}/end", location(&engaged))).as_role(Role::OfficeHead, OWN);
            call.header("if-match", tag).json(&json!({"valid_to": day})).send().await
        };
        end("\"1\"", "2023-03-31").await.expect_faults(422, &["date_out_of_range /valid_to"]);
        let ended = end("\"1\"", "2023-11-14").await.expect(200);
        end("\"1\"", "2023-11-14").await.expect(412);
        let shown = app.get(&location(&engaged)).as_role(Role::Auditor, OWN).send().await.expect(200);
        assert_eq!((shown.json(), shown.version()), (ended.json(), Some("2")));
        app.get(&location(&engaged)).as_role(Role::Auditor, FOREIGN).send().await.expect(404);
        get(&app, &own.path).await.expect(404);
        get(&app, &path).await.expect(404);
        order(&app, Role::BudgetManager, &own.path, "1").await.expect(404);
        send(&case, &report(id, "2023-10-02")).await.expect(404);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// Whom a manager is engaged for is a case: it ends with it, and the person's next one is none of the manager's.
#[tokio::test(flavor = "multi_thread")]
async fn an_engagement_ends_with_its_case() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, own, case) = in_force(&app, "320000-00001").await;
        let request = |from: &str| json!({"subject": tokens::subject(Role::BudgetManager), "organisation": "Biedrība Atbalsts", "valid_from": from});
        for from in ["2023-04-01", "2023-12-01"] {
            engage(&app, Role::OfficeHead, OWN, &case, &request(from)).await.expect(201);
        }
        get(&app, &own.path).await.expect(200);
        let body = json!({"reason": "moved_away", "on": "2023-11-10", "text": "Iesniegums.",
            "prepared_by": "social_worker-1"});
        own.step("termination", &body).await.expect(201);
        get(&app, &own.path).await.expect(404);
        let (_, next, _) = in_force_from(&app, "320000-00001", "2023-11-11").await;
        get(&app, &next.path).await.expect(404);
        let list =
            app.get(&format!("{case}/budget-managers")).as_role(Role::Auditor, OWN).send().await.expect(200).json();
        for engaged in list["items"].as_array().unwrap() {
            assert_eq!(engaged["valid_to"], "2023-11-10", "{engaged}");
        }
        let december = app.another_node_at(crate::monthly_reports::december).await;
        get(&december, &next.path).await.expect(404);

        // So it does with a revocation and a hand-over.
        for (code, ends, last) in
            [("320000-00002", "revocation", "2023-09-30"), ("320000-00003", "hand-over", "2023-11-14")]
        {
            let application = granted(&app, OWN, code).await;
            let case = application.replace("applications", "cases");
            let engaged =
                location(&engage(&app, Role::OfficeHead, OWN, &case, &request("2023-04-01")).await.expect(201));
            if ends == "revocation" {
                let path = format!("{application}/revocation");
                post(&app, Role::OfficeHead, OWN, &path, "\"2\"", &revocation()).await.expect(201);
            } else {
                moved(&app, OWN, &application, FOREIGN).await;
            }
            let shown = app.get(&engaged).as_role(Role::Auditor, OWN).send().await.expect(200);
            assert_eq!((&shown.json()["valid_to"], shown.version()), (&json!(last), Some("2")), "{ends}");
        }
    }
}

//! The year after: a plan ends with its period, what is told of it late is settled, and the same case gets a new budget, plan and
//! order, on both databases.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    applications::{OWN, location},
    assessments::completed,
    budgets::{create, request},
    plans::{Calls, draft, ledger, line, plan, signed_budget},
    settlement::{approve, by_provider, deliver, id_of, with_offer},
};

fn noon(day: &str) -> DateTime<Utc> {
    format!("{day}T10:00:00Z").parse().unwrap()
}

/// The last day of the plans of these tests.
fn last_day() -> DateTime<Utc> {
    noon("2024-03-31")
}

/// Two days later.
fn year_after() -> DateTime<Utc> {
    noon("2024-04-02")
}

/// What is calculated for the second year.
fn second() -> Value {
    let mut request = request();
    request["calculation"]["date"] = json!("2024-04-02");
    request
}

/// Delivered, invoiced and committed of the budget.
async fn sums(app: &TestApp, budget: &str) -> [String; 3] {
    let total = ledger(app, budget, "").await["total"].clone();
    ["delivered", "invoiced", "committed"].map(|sum| total[sum].as_str().unwrap().to_owned())
}

async fn get(app: &TestApp, path: &str) -> Value {
    app.get(path).as_role(Role::SocialWorker, OWN).send().await.expect(200).json()
}

/// Signs plan or contract of the second year.
async fn sign(plan: &Calls<'_>, document: &str, party: &str) -> Answer {
    let role = if party == "office_head" { Role::OfficeHead } else { Role::SocialWorker };
    let signer = (party == "recipient").then_some("Izdomāts Paraugvecāks");
    let body =
        json!({"document": document, "party": party, "signed_on": "2024-04-02", "method": "paper", "signer": signer});
    plan.step_as(role, "signatures", &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_followed_by_another() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, care) = with_offer(&app).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let application = format!("/v1/applications/{}", get(&app, &budget).await["application_id"].as_str().unwrap());
        let lines = [line(1, "home_care", Some(&care), "400", "12.00"), line(2, "specialist", None, "48", "60.00")];
        let first = plan(&app, &budget, &draft(&lines)).await;
        first.in_force().await;
        let order = location(&first.order(1, "guarantee_letter", "100").await.expect(201));
        let prepaid = location(&first.order(2, "self_prepaid", "10").await.expect(201));
        deliver(&app, id_of(&order), "2023-10-05", "10").await.expect(201);

        // One active budget at a time: not before the last day is past.
        let end =
            json!({"reason": "period_ended", "on": "2024-03-31", "text": "Beidzies periods.", "prepared_by": "demo"});
        let march = app.another_node_at(last_day).await;
        let early = create(&march, OWN, &application, &request()).await.expect(409);
        assert_eq!(early.json()["code"], "active_budget_exists");
        let of_march = Calls { app: &march, path: first.path.clone() };
        of_march.step("termination", &end).await.expect_faults(422, &["period_not_over /reason"]);

        // The next budget of the case ends the plan on its last day.
        let app = app.another_node_at(year_after).await;
        let next = create(&app, OWN, &application, &second()).await.expect(201);
        let next = location(&next);
        assert_ne!(next, budget);
        let ended = get(&app, &first.path).await;
        let step = &ended["steps"][0];
        assert_eq!(
            (&ended["status"], &step["code"], &step["on"]),
            (&json!("terminated"), &json!("period_ended"), &json!("2024-03-31"))
        );
        assert_eq!(get(&app, &budget).await["status"], "closed");
        assert_eq!(sums(&app, &budget).await, ["120.00", "0.00", "120.00"]);
        let case = application.replace("/applications/", "/cases/");
        let shown = get(&app, &format!("{case}?include=budget,plan")).await;
        assert_eq!((&shown["budget"]["id"], &shown["budget"]["status"]), (&json!(id_of(&next)), &json!("indicative")));
        assert_eq!(get(&app, &format!("{case}/cover")).await["closed_on"], Value::Null);
        let again = create(&app, OWN, &application, &second()).await.expect(409);
        assert_eq!(again.json()["code"], "active_budget_exists");

        // What was received until the last day is told, invoiced and claimed after it.
        deliver(&app, id_of(&order), "2024-04-01", "1").await.expect(409);
        deliver(&app, id_of(&order), "2024-03-28", "5").await.expect(201);
        let invoice = json!({
            "number": "R-1", "issued_on": "2024-04-02", "period_from": "2024-03-01", "period_to": "2024-03-31",
            "lines": [{"order": id_of(&order), "from": "2024-03-28", "to": "2024-03-28", "volume": "5",
                "unit_price": "12.00", "amount": "60.00"}],
            "total": "60.00",
        });
        let sent = by_provider(&app, "POST", "/v1/invoices").json(&invoice).send().await.expect(201).json();
        approve(&app, &sent).await;
        assert_eq!(sums(&app, &budget).await, ["180.00", "60.00", "180.00"]);
        let claim = json!({
            "plan": id_of(&first.path), "month": "2024-03",
            "payee": {"name": "Izdomāts Paraugvecāks", "bank_account": "LV80 BANK 0000 4351 9500 1"},
            "lines": [{"order": id_of(&prepaid), "from": "2024-03-29", "to": "2024-03-29", "volume": "2",
                "unit_price": "60.00", "amount": "120.00",
                "receipt": {"kind": "strict_accounting_receipt", "provider": "Izdomāts centrs SIA",
                    "registration_number": "40000000001", "number": "7", "paid_on": "2024-03-29",
                    "names_recipient": true}}],
            "total": "120.00",
        });
        let call = app.post("/v1/reimbursement-claims").as_role(Role::SocialWorker, OWN);
        let claimed = call.json(&claim).send().await.expect(201).json();
        let path = format!("/v1/invoices/{}", claimed["id"].as_str().unwrap());
        let step = async |what: &str, role: Role, tag: &str| {
            app.post(&format!("{path}/{what}")).as_role(role, OWN).header("if-match", tag).send().await.expect(201);
        };
        step("endorsement", Role::SocialWorker, "\"1\"").await;
        step("approval", Role::OfficeHead, "\"2\"").await;

        // The second year: calculation, assessment, plan, contract, order, delivery.
        for (tag, body) in [
            ("\"1\"", json!({"party": "worker", "signed_on": "2024-04-02"})),
            ("\"2\"", json!({"party": "recipient", "signed_on": "2024-04-02", "signer": "Izdomāts Paraugvecāks"})),
        ] {
            let call = app.post(&format!("{next}/signatures")).as_role(Role::SocialWorker, OWN);
            call.header("if-match", tag).json(&body).send().await.expect(201);
        }
        let mut year = draft(&lines);
        (year["from"], year["to"]) = (json!("2024-03-31"), json!("2025-03-30"));
        let plan = plan(&app, &next, &year).await;
        let found = plan.get().await["findings"][0].clone();
        assert_eq!((&found["code"], &found["pointer"]), (&json!("within_plan_before"), &json!("/from")));
        (year["from"], year["to"]) = (json!("2024-04-01"), json!("2025-03-31"));
        plan.put(&year).await.expect(200);
        assert_eq!(sign(&plan, "plan", "worker").await.expect(409).json()["code"], "assessment_required");
        completed(&app, &application, "repeat", "2024-04-02").await;
        for (document, party) in
            [("plan", "worker"), ("plan", "recipient"), ("contract", "office_head"), ("contract", "recipient")]
        {
            sign(&plan, document, party).await.expect(201);
        }
        let body = json!({"line": 1, "form": "guarantee_letter", "volume": "50", "valid_from": "2024-04-01",
            "valid_to": "2025-03-31", "terms": {"engagement": "existing_contract"}});
        let call = app.post(&format!("{}/orders", plan.path)).as_role(Role::SocialWorker, OWN);
        let order = location(&call.json(&body).send().await.expect(201));
        deliver(&app, id_of(&order), "2024-04-02", "4").await.expect(201);
        assert_eq!(sums(&app, &next).await, ["48.00", "0.00", "600.00"]);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_whose_period_is_over_is_ended_by_one_person_and_one_that_ended_otherwise_is_followed_by_none() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let mut cases = Vec::new();
        for code in ["320000-00001", "320000-00002"] {
            let budget = signed_budget(&app, code).await;
            let plan = plan(&app, &budget, &draft(&[line(1, "specialist", None, "48", "60.00")])).await;
            plan.in_force().await;
            let application = get(&app, &budget).await["application_id"].as_str().unwrap().to_owned();
            cases.push((format!("/v1/applications/{application}"), plan.path));
        }
        let moved = json!({"reason": "moved_away", "on": "2023-11-15", "text": "Pārceļas.", "prepared_by": "demo"});
        Calls { app: &app, path: cases[1].1.clone() }.step("termination", &moved).await.expect(201);

        let app = app.another_node_at(year_after).await;
        let head = balsts_tests::tokens::subject(Role::OfficeHead);
        let end = |on: &str| json!({"reason": "period_ended", "on": on, "text": "Beidzies.", "prepared_by": head});
        let over = Calls { app: &app, path: cases[0].1.clone() };
        over.step("termination", &end("2024-03-30")).await.expect_faults(422, &["date_out_of_range /on"]);
        let ended = over.step("termination", &end("2024-03-31")).await.expect(201).json();
        assert_eq!(ended["status"], "terminated");
        create(&app, OWN, &cases[0].0, &second()).await.expect(201);
        let applies_anew = create(&app, OWN, &cases[1].0, &second()).await.expect(409);
        assert_eq!(applies_anew.json()["code"], "budget_closed");
    }
}

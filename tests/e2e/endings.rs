//! What is owed when an order or a plan ends, rests or changes its price, on both databases: it is told afterwards, and paid.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer, tokens};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    applications::{OWN, decide, location, register_child},
    assessments::completed,
    budgets::create,
    cases::{post, revocation},
    claims::prepaid,
    plans::{Calls, accepted_offer, draft, ledger, line, plan, sign_calculation, signed_budget},
    settlement::{by_provider, deliver, id_of, ordered, ordered_from, with_offer},
};

/// 16 November 2023, the day after the present of these tests.
fn the_day_after() -> DateTime<Utc> {
    "2023-11-16T10:00:00Z".parse().unwrap()
}

fn back_home() -> DateTime<Utc> {
    "2023-11-20T10:00:00Z".parse().unwrap()
}

/// Committed and delivered of the first line.
async fn sums(app: &TestApp, budget: &str) -> (String, String) {
    let line = ledger(app, budget, "").await["lines"][0].clone();
    (line["committed"].as_str().unwrap().to_owned(), line["delivered"].as_str().unwrap().to_owned())
}

fn both(committed: &str, delivered: &str) -> (String, String) {
    (committed.to_owned(), delivered.to_owned())
}

async fn order_step(app: &TestApp, order: &str, what: &str, body: &Value) -> Answer {
    let path = format!("/v1/orders/{order}");
    let shown = app.get(&path).as_role(Role::SocialWorker, OWN).send().await.expect(200);
    let call = app.post(&format!("{path}/{what}")).as_role(Role::SocialWorker, OWN);
    let call = call.header("if-match", shown.header("etag").unwrap());
    if body.is_null() { call.send().await } else { call.json(body).send().await }
}

async fn close(app: &TestApp, order: &str) -> Answer {
    order_step(app, order, "closure", &Value::Null).await
}

pub(crate) async fn reprice(app: &TestApp, order: &str, from: &str, price: &str) -> Answer {
    order_step(app, order, "prices", &json!({"valid_from": from, "unit_price": price})).await
}

fn termination(on: &str) -> Value {
    json!({"reason": "moved_away", "on": on, "text": "Pārceļas.", "prepared_by": "demo"})
}

async fn plan_of<'a>(app: &'a TestApp, order: &str) -> Calls<'a> {
    let order = app.get(&format!("/v1/orders/{order}")).as_role(Role::SocialWorker, OWN).send().await.expect(200);
    Calls { app, path: format!("/v1/plans/{}", order.json()["plan_id"].as_str().unwrap()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_delivered_until_the_last_day_is_told_afterwards() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = ordered(&app, "320000-00001").await;
        deliver(&app, &own.order, "2023-10-02", "10").await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("1200.00", "120.00"));
        let closed = close(&app, &own.order).await.expect(201).json();
        assert_eq!((&closed["status"], &closed["closed_on"]), (&json!("closed"), &json!("2023-11-15")));
        assert_eq!(sums(&app, &own.budget).await, both("120.00", "120.00"));
        let late = deliver(&app, &own.order, "2023-11-14", "5").await.expect(201).json();
        assert_eq!(sums(&app, &own.budget).await, both("180.00", "180.00"));
        // What is corrected or withdrawn afterwards is given back.
        let path = format!("/v1/deliveries/{}", late["id"].as_str().unwrap());
        let corrected = json!({"on": "2023-11-14", "volume": "2", "place": "Izdomāta iela 1"});
        let call = by_provider(&app, "PUT", &path).header("if-match", "\"1\"");
        call.json(&corrected).send().await.expect(200);
        assert_eq!(sums(&app, &own.budget).await, both("144.00", "144.00"));
        // Never more than the plan has.
        deliver(&app, &own.order, "2023-11-13", "389").await.expect_faults(422, &["above_planned "]);

        // A plan that ends: its last day bounds what may be told.
        let plan = plan_of(&app, &own.order).await;
        let again = json!({"line": 1, "form": "guarantee_letter", "volume": "50", "valid_from": "2023-04-01",
            "valid_to": "2024-03-31", "terms": {"engagement": "parent_application"}});
        let call = app.post(&format!("{}/orders", plan.path)).as_role(Role::SocialWorker, OWN);
        let second = call.json(&again).send().await.expect(201).json()["id"].as_str().unwrap().to_owned();
        plan.step("termination", &termination("2023-10-31")).await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("144.00", "144.00"));
        deliver(&app, &second, "2023-10-31", "4").await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("192.00", "192.00"));
        let after = deliver(&app, &second, "2023-11-01", "4").await.expect(409);
        assert_eq!(after.json()["code"], "plan_not_in_force");
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_waits_keeps_its_money_when_the_order_ends() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = prepaid(&app, "320000-00001", true).await;
        let claim = async |days: u32, number: &str, from: &str, to: &str| {
            let mut claim = own.reimbursement(days, number);
            (claim["lines"][0]["from"], claim["lines"][0]["to"]) = (json!(from), json!(to));
            claim["lines"][0]["receipt"]["paid_on"] = json!("2023-10-31");
            own.send(Role::Recipient, OWN, "reimbursement", &claim).await
        };
        let path = |answer: &Answer| format!("/v1/invoices/{}", answer.json()["id"].as_str().unwrap());
        let (kept, refused) = (
            path(&claim(5, "117", "2023-10-02", "2023-10-06").await.expect(201)),
            path(&claim(2, "118", "2023-10-09", "2023-10-10").await.expect(201)),
        );
        own.plan.step("termination", &termination("2023-10-20")).await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("350.00", "0.00"));
        own.step(Role::OfficeHead, &refused, "rejection", 1).await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("250.00", "0.00"));
        own.step(Role::SocialWorker, &kept, "endorsement", 1).await.expect(201);
        own.step(Role::OfficeHead, &kept, "approval", 2).await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("250.00", "250.00"));
        // What was received until the last day is claimed after it; what follows is not.
        let late = path(&claim(3, "119", "2023-10-18", "2023-10-20").await.expect(201));
        claim(3, "120", "2023-10-19", "2023-10-23").await.expect_faults(422, &["outside_order /lines/0/to"]);
        own.step(Role::SocialWorker, &late, "endorsement", 1).await.expect(201);
        own.step(Role::OfficeHead, &late, "approval", 2).await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("400.00", "400.00"));
        claim(13, "121", "2023-10-11", "2023-10-17").await.expect_faults(422, &["volume_above_left /lines/0/volume"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_order_delivers_is_not_released_with_another() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = ordered(&app, "320000-00001").await;
        let plan = plan_of(&app, &own.order).await;
        let order = plan.order(1, "guarantee_letter", "10").await.expect(201).json();
        let second = order["id"].as_str().unwrap();
        // What another order has is not delivered of this one.
        deliver(&app, second, "2023-10-10", "11").await.expect_faults(422, &["volume_above_planned /volume"]);
        reprice(&app, second, "2023-10-15", "10.00").await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("1300.00", "0.00"));
        // At the price before they add up to more than the order commits.
        deliver(&app, second, "2023-10-10", "10").await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("1300.00", "120.00"));
        close(&app, &own.order).await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("120.00", "120.00"));
        plan.step("termination", &termination("2023-10-31")).await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("120.00", "120.00"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_price_takes_nothing_from_what_was_delivered_before() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = ordered(&app, "320000-00001").await;
        let plan = plan_of(&app, &own.order).await;
        let order = plan.order(1, "guarantee_letter", "10").await.expect(201).json()["id"].as_str().unwrap().to_owned();
        close(&app, &own.order).await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("120.00", "0.00"));
        reprice(&app, &order, "2023-10-15", "10.00").await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("100.00", "0.00"));
        // Told late, of days on which the first price held.
        deliver(&app, &order, "2023-10-10", "8").await.expect(201);
        deliver(&app, &order, "2023-10-11", "2").await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("120.00", "120.00"));

        let second =
            plan.order(1, "guarantee_letter", "10").await.expect(201).json()["id"].as_str().unwrap().to_owned();
        deliver(&app, &second, "2023-10-05", "3").await.expect(201);
        reprice(&app, &second, "2023-10-01", "10.00").await.expect_faults(422, &["already_delivered /valid_from"]);
        // A price that begins later saves nothing yet.
        reprice(&app, &second, "2024-01-01", "10.00").await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("240.00", "156.00"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_delivered_while_a_plan_rests_or_after_it_was_shortened() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, care) = with_offer(&app).await;
        let (_, order) = ordered_from(&app, "320000-00001", &care).await;
        let plan = plan_of(&app, &order).await;
        let rest = json!({"cause": "hospital", "from": "2023-06-01", "until": "2023-07-15", "text": "Slimnīca."});
        plan.step("suspension", &rest).await.expect(201);
        plan.step("resumption", &json!({"on": "2023-07-10", "text": "Mājās."})).await.expect(201);
        deliver(&app, &order, "2023-06-15", "1").await.expect_faults(422, &["plan_rests /on"]);
        deliver(&app, &order, "2023-07-10", "1").await.expect(201);
        let revision = json!({"reason": "other", "outcome": "adjust", "text": "Plāns beidzas agrāk."});
        plan.step("revision", &revision).await.expect(201);
        let mut shorter = draft(&[line(1, "home_care", Some(&care), "400", "12.00")]);
        shorter["to"] = json!("2023-10-31");
        plan.put(&shorter).await.expect(200);
        plan.sign("worker").await.expect(201);
        plan.sign("recipient").await.expect(201);
        deliver(&app, &order, "2023-11-01", "1").await.expect_faults(422, &["date_out_of_range /on"]);
        deliver(&app, &order, "2023-10-31", "1").await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rest_that_is_told_ahead_begins_and_ends_on_its_day() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, care) = with_offer(&app).await;
        let (_, order) = ordered_from(&app, "320000-00001", &care).await;
        let plan = plan_of(&app, &order).await;
        let rest = json!({"cause": "hospital", "from": "2023-11-16", "until": "2023-12-15", "text": "Slimnīca."});
        assert_eq!(plan.step("suspension", &rest).await.expect(201).json()["status"], "suspended");
        // Until its day everything goes on, and a version that is signed does not end it.
        plan.order(1, "guarantee_letter", "10").await.expect(201);
        deliver(&app, &order, "2023-11-15", "1").await.expect(201);
        let revision = json!({"reason": "other", "outcome": "adjust", "text": "Mazāk."});
        plan.step("revision", &revision).await.expect(201);
        plan.put(&draft(&[line(1, "home_care", Some(&care), "390", "12.00")])).await.expect(200);
        plan.sign("worker").await.expect(201);
        let signed = plan.sign("recipient").await.expect(201).json();
        assert_eq!((&signed["status"], &signed["current"]["number"]), (&json!("suspended"), &json!(2)));

        let app = app.another_node_at(the_day_after).await;
        let plan = Calls { app: &app, path: plan.path.clone() };
        for _ in 0..2 {
            let refused = plan.order(1, "guarantee_letter", "1").await.expect(409).json();
            assert_eq!(refused["code"], "plan_not_in_force");
            assert_eq!(plan.step("revision", &revision).await.expect(409).json()["code"], "plan_status");
            deliver(&app, &order, "2023-11-16", "1").await.expect_faults(422, &["plan_rests /on"]);
            if plan.get().await["status"] == "suspended" {
                // That it goes on is told ahead too: it rests until then.
                let back = json!({"on": "2023-11-20", "text": "Mājās."});
                assert_eq!(plan.step("resumption", &back).await.expect(201).json()["status"], "in_force");
            }
        }
        let app = app.another_node_at(back_home).await;
        let plan = Calls { app: &app, path: plan.path.clone() };
        plan.order(1, "guarantee_letter", "1").await.expect(201);
        plan.step("revision", &revision).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn support_goes_on_until_a_revocation_takes_effect() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = ordered(&app, "320000-00001").await;
        let case = app.get(&own.budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        let application = format!("/v1/applications/{}", case["application_id"].as_str().unwrap());
        let tag = app.get(&application).as_role(Role::OfficeHead, OWN).send().await.expect(200);
        let mut act = revocation();
        (act["decided_on"], act["effective_from"]) = (json!("2023-11-10"), json!("2023-12-01"));
        let path = format!("{application}/revocation");
        post(&app, Role::OfficeHead, OWN, &path, tag.header("etag").unwrap(), &act).await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("0.00", "0.00"));
        deliver(&app, &own.order, "2023-11-15", "2").await.expect(201);
        assert_eq!(sums(&app, &own.budget).await, both("24.00", "24.00"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_termination_needs_two_and_ends_also_what_has_not_begun() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let mut coming = draft(&[line(1, "specialist", None, "10", "60.00")]);
        (coming["from"], coming["to"]) = (json!("2023-12-01"), json!("2024-05-31"));
        let plan = plan(&app, &budget, &coming).await;
        plan.in_force().await;
        let mut alone = termination("2023-11-15");
        alone["prepared_by"] = json!(tokens::subject(Role::OfficeHead));
        plan.step("termination", &alone).await.expect_faults(422, &["signed_by_preparer /prepared_by"]);
        let ended = plan.step("termination", &termination("2023-11-15")).await.expect(201).json();
        assert_eq!(ended["status"], "terminated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pays_an_ordered_line_does_not_change_and_another_line_counts_as_it_is_signed() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, care) = with_offer(&app).await;
        let budget = signed_budget(&app, "320000-00001").await;
        // 21,838.32 are there, of which the budget pays 17,019.12.
        let lines = [line(1, "home_care", Some(&care), "900", "12.00"), line(2, "specialist", None, "48", "120.00")];
        let plan = plan(&app, &budget, &draft(&lines)).await;
        plan.in_force().await;
        let order = plan.order(1, "guarantee_letter", "100").await.expect(201);
        let revision = json!({"reason": "other", "outcome": "adjust", "text": "Maksā cits."});
        plan.step("revision", &revision).await.expect(201);
        let mut other = lines.clone();
        other[0]["funding"] = json!("parent");
        plan.put(&draft(&other)).await.expect(200);
        plan.sign("worker").await.expect_faults(422, &["line_ordered /lines/0/funding"]);
        // The parent pays the second line; the first takes its money.
        let mut moved = lines.clone();
        (moved[0]["volume"], moved[1]["funding"]) = (json!("1400"), json!("parent"));
        moved[0]["reason"] = json!("Vecāki strādā arī vakaros.");
        plan.put(&draft(&moved)).await.expect(200);
        plan.sign("worker").await.expect(201);
        plan.sign("recipient").await.expect(201);
        let total = ledger(&app, &budget, "").await["total"].clone();
        assert_eq!(total["agreed"], "16800.00");
        plan.order(1, "guarantee_letter", "1300").await.expect(201);
        deliver(&app, id_of(&location(&order)), "2023-10-02", "3").await.expect(201);
    }
}

/// A budget of a child of seventeen that both have signed, of a case that is assessed: its path.
async fn budget_of_seventeen(app: &TestApp, code: &str, birth_date: &str) -> String {
    let application = location(&register_child(app, OWN, code, birth_date).await.expect(201));
    decide(app, OWN, &application, "\"1\"", "grant").await.expect(201);
    let request = json!({
        "calculation": {"methodology": "children-2023", "date": "2023-03-15", "birth_date": birth_date,
            "severity": "severe"},
        "form": {"registers": ["severity_decision"], "documents": [], "evidence": []},
    });
    let budget = location(&create(app, OWN, &application, &request).await.expect(201));
    sign_calculation(app, &budget).await;
    completed(app, &application, "initial", "2023-03-17").await;
    budget
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_keeps_a_plan_to_the_day_before_the_18th_birthday() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, care) = with_offer(&app).await;
        let budget = budget_of_seventeen(&app, "320000-00001", "2005-09-15").await;
        let lines = [line(1, "home_care", Some(&care), "100", "12.00"), line(2, "specialist", None, "10", "60.00")];
        let plan = plan(&app, &budget, &draft(&lines)).await;
        let warned = plan.get().await["findings"][0].clone();
        assert_eq!((&warned["code"], &warned["pointer"]), (&json!("turns_18"), &json!("/to")));
        plan.in_force().await;
        plan.order(1, "contract", "50").await.expect_faults(422, &["turns_18 /valid_to"]);
        let order = async |line: u32, form: &str, engagement: Value| {
            let body = json!({"line": line, "form": form, "volume": "10", "valid_from": "2023-04-01",
                "valid_to": "2023-09-14", "terms": {"engagement": engagement}});
            let call = app.post(&format!("{}/orders", plan.path)).as_role(Role::SocialWorker, OWN);
            call.json(&body).send().await.expect(201).json()["id"].as_str().unwrap().to_owned()
        };
        let (cared, prepaid) =
            (order(1, "contract", json!("parent_application")).await, order(2, "self_prepaid", Value::Null).await);
        deliver(&app, &cared, "2023-09-14", "1").await.expect(201);
        deliver(&app, &cared, "2023-09-15", "1").await.expect_faults(422, &["date_out_of_range /on"]);
        let claim = json!({
            "plan": id_of(&plan.path), "month": "2023-09",
            "payee": {"name": "Izdomāts Paraugvecāks", "bank_account": "LV80 BANK 0000 4351 9500 1"},
            "lines": [{"order": prepaid, "from": "2023-09-14", "to": "2023-09-15", "volume": "2",
                "unit_price": "60.00", "amount": "120.00",
                "receipt": {"kind": "strict_accounting_receipt", "provider": "Izdomāts centrs SIA",
                    "registration_number": "40000000001", "number": "7", "paid_on": "2023-09-15",
                    "names_recipient": true}}],
            "total": "120.00",
        });
        let call = app.post("/v1/reimbursement-claims").as_role(Role::SocialWorker, OWN);
        call.json(&claim).send().await.expect_faults(422, &["outside_order /lines/0/to"]);

        // An end that is known ahead is decided ahead.
        let coming = budget_of_seventeen(&app, "320000-00002", "2006-01-10").await;
        let coming = crate::plans::plan(&app, &coming, &draft(&lines)).await;
        coming.in_force().await;
        let end = |reason: &str, on: &str| json!({"reason": reason, "on": on, "text": "Paliek 18 gadi.", "prepared_by": "demo"});
        for (reason, on) in [("moved_away", "2024-01-09"), ("turned_18", "2024-01-10")] {
            coming.step("termination", &end(reason, on)).await.expect_faults(422, &["date_out_of_range /on"]);
        }
        coming.step("termination", &end("turned_18", "2024-01-09")).await.expect(201);

        // Who is 18 already has no plan of a child.
        let late = budget_of_seventeen(&app, "320000-00003", "2005-04-01").await;
        let late = crate::plans::plan(&app, &late, &draft(&lines)).await;
        late.sign("worker").await.expect_faults(422, &["turned_18 /from"]);
    }
}

/// Who gave up and comes again within the year has had a part of its maxima.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_plan_of_the_year_gave_counts() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (provider, _) = with_offer(&app).await;
        let respite = accepted_offer(&app, &provider, "respite_institution", "90.00").await;
        let days = |volume: &str| draft(&[line(1, "respite_institution", Some(&respite), volume, "90.00")]);
        let budget = signed_budget(&app, "320000-00001").await;
        let first = plan(&app, &budget, &days("30")).await;
        first.in_force().await;
        let order = location(&first.order(1, "guarantee_letter", "30").await.expect(201));
        deliver(&app, id_of(&order), "2023-10-02", "20").await.expect(201);
        let given_up = json!({"reason": "given_up", "on": "2023-10-31", "text": "Atsakās.", "prepared_by": "demo"});
        first.step("termination", &given_up).await.expect(201);

        let again = signed_budget(&app, "320000-00001").await;
        let of = |volume: &str, to: &str| {
            let mut content = days(volume);
            (content["from"], content["to"]) = (json!("2023-11-01"), json!(to));
            content
        };
        let second = plan(&app, &again, &of("11", "2024-03-31")).await;
        let found = second.get().await["findings"].clone();
        assert_eq!(
            (&found[0]["code"], &found[0]["pointer"]),
            (&json!("above_maximum_respite"), &json!("/lines/0/volume")),
            "{found}"
        );
        second.sign("worker").await.expect_faults(422, &["above_maximum_respite /lines/0/volume"]);
        for fits in [of("10", "2024-03-31"), of("30", "2024-10-31")] {
            assert_eq!(second.put(&fits).await.expect(200).json()["findings"], json!([]));
        }
    }
}

//! `/v1/reimbursement-claims` and `/v1/transport-claims` on both databases: from a prepaid order to a claim in the ledger.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    monthly_reports::january,
    pilot_reports::{figure, generate},
    plans::{Calls, draft, ledger, line, plan, signed_budget},
    representatives::{link, person_of},
};

pub(crate) struct Prepaid<'a> {
    app: &'a TestApp,
    pub(crate) budget: String,
    pub(crate) plan: Calls<'a>,
    care: String,
    transport: String,
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// A plan in force with day care and transport that the person prepays; the caller in the role of a recipient is a parent.
pub(crate) async fn prepaid<'a>(app: &'a TestApp, code: &str, linked: bool) -> Prepaid<'a> {
    let budget = signed_budget(app, code).await;
    let case = app.get(&budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
    let application = format!("/v1/applications/{}", case["application_id"].as_str().unwrap());
    if linked {
        link(app, OWN, &person_of(app, OWN, &application).await).await;
    }
    let lines =
        [line(1, "day_care_centre", None, "20", "50.00"), line(2, "transport_compensation", None, "600", "1.00")];
    let plan = plan(app, &budget, &draft(&lines)).await;
    plan.in_force().await;
    let order = async |line: u32, volume: &str| {
        let order = plan.order(line, "self_prepaid", volume).await.expect(201);
        id_of(&location(&order)).to_owned()
    };
    let (care, transport) = (order(1, "20").await, order(2, "600").await);
    Prepaid { app, budget, plan, care, transport }
}

impl Prepaid<'_> {
    pub(crate) fn reimbursement(&self, days: u32, number: &str) -> Value {
        let amount = format!("{}.00", days * 50);
        json!({
            "plan": id_of(&self.plan.path), "month": "2023-10",
            "payee": {"name": "Izdomāts Paraugvecāks", "bank_account": "LV80 BANK 0000 4351 9500 1"},
            "lines": [{"order": self.care, "from": "2023-10-02", "to": "2023-10-06", "volume": days.to_string(),
                "unit_price": "50.00", "amount": amount,
                "receipt": {"kind": "strict_accounting_receipt", "provider": "Izdomāts centrs SIA",
                    "registration_number": "40000000001", "number": number, "paid_on": "2023-10-06",
                    "names_recipient": true}}],
            "total": amount,
        })
    }

    pub(crate) fn transport(&self, documents: &[&str]) -> Value {
        let trip = |route: &str, empty: bool| {
            json!({"on": "2023-10-02", "purpose": 1, "route": route, "passenger": "person", "empty": empty, "km": "25",
                "litres": "1.63", "fuel": "petrol"})
        };
        let document = |kind: &&str| json!({"kind": kind, "number": "1", "on": "2023-10-02", "shows_route": true});
        let documents: Vec<Value> = documents.iter().map(document).collect();
        json!({
            "plan": id_of(&self.plan.path), "month": "2023-10",
            "payee": {"name": "Izdomāts Paraugvecāks", "bank_account": "LV80 BANK 0000 4351 9500 1"},
            "items": [{
                "order": self.transport, "mode": "private_car", "documents": documents,
                "vehicle": {"make": "Izdomāta", "registration_number": "AA-1", "user": "Izdomāts Paraugvecāks",
                    "fuel": "petrol", "norm": "6.5", "norm_source": "manufacturer", "fuel_price": "1.654",
                    "from": "2023-01-01", "to": "2023-12-31"},
                "trips": [trip("Mājas - centrs", false), trip("Centrs - mājas", true)], "cost": "5.38",
            }],
            "total": "5.38",
        })
    }

    pub(crate) async fn send(&self, role: Role, municipality: &str, what: &str, body: &Value) -> Answer {
        let call = self.app.post(&format!("/v1/{what}-claims")).as_role(role, municipality);
        call.header("accept-language", "en").json(body).send().await
    }

    pub(crate) async fn step(&self, role: Role, claim: &str, what: &str, version: u32) -> Answer {
        let call = self.app.post(&format!("{claim}/{what}")).as_role(role, OWN);
        let call = call.header("if-match", &format!("\"{version}\""));
        if ["return", "rejection"].contains(&what) {
            return call.json(&json!({"reasons": "Čeks nav salasāms."})).send().await;
        }
        call.send().await
    }

    async fn sums(&self) -> (String, String) {
        let total = ledger(self.app, &self.budget, "").await["total"].clone();
        (total["delivered"].as_str().unwrap().to_owned(), total["invoiced"].as_str().unwrap().to_owned())
    }
}

fn sums(delivered: &str, invoiced: &str) -> (String, String) {
    (delivered.to_owned(), invoiced.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prepaid_service_is_claimed_back_by_the_parent_receipt_by_receipt() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = prepaid(&app, "320000-00001", true).await;
        let what = "reimbursement";
        let sent = own.send(Role::Recipient, OWN, what, &own.reimbursement(5, "117")).await.expect(201);
        let claim = location(&sent);
        let told = sent.json();
        assert_eq!(
            (&told["kind"], &told["status"], &told["amount"]),
            (&json!("reimbursement"), &json!("received"), &json!("250.00"))
        );
        assert_eq!(told["details"]["claim"]["receipts"][0]["receipt"]["number"], "117");
        assert_eq!(told["details"]["bank_account"], "LV80BANK0000435195001");
        assert_eq!(own.sums().await, sums("0.00", "0.00"), "nothing before it is approved");

        // The same receipt, and more than the order has left while the first claim waits.
        let twice = own.send(Role::Recipient, OWN, what, &own.reimbursement(1, " 11 7")).await;
        twice.expect_faults(422, &["already_claimed /lines/0/receipt/number"]);
        let above = own.send(Role::Recipient, OWN, what, &own.reimbursement(16, "118")).await;
        above.expect_faults(422, &["volume_above_left /lines/0/volume"]);
        let mut wrong = own.reimbursement(1, "119");
        wrong["month"] = json!("2023-11");
        wrong["total"] = json!("49.00");
        wrong["lines"][0]["unit_price"] = json!("50.01");
        wrong["lines"][0]["receipt"]["names_recipient"] = json!(false);
        own.send(Role::Recipient, OWN, what, &wrong).await.expect_faults(
            422,
            &[
                "month_not_over /month",
                "outside_month /lines/0/from",
                "outside_month /lines/0/to",
                "price_above_order /lines/0/unit_price",
                "amount_differs /lines/0/amount",
                "recipient_not_named /lines/0/receipt/names_recipient",
                "total_differs /total",
            ],
        );
        let mut other = own.reimbursement(1, "120");
        other["lines"][0]["order"] = json!(own.transport);
        own.send(Role::Recipient, OWN, what, &other)
            .await
            .expect_faults(422, &["transport_claim_needed /lines/0/order"]);

        // Another person's claim, and others' eyes.
        let second = prepaid(&app, "320000-00002", false).await;
        own.send(Role::Recipient, OWN, what, &second.reimbursement(1, "121")).await.expect(404);
        own.send(Role::SocialWorker, FOREIGN, what, &own.reimbursement(1, "121")).await.expect(404);
        own.send(Role::Provider, OWN, what, &own.reimbursement(1, "121")).await.expect(403);
        let mut mixed = own.reimbursement(1, "121");
        mixed["lines"][0]["order"] = json!(second.care);
        own.send(Role::Recipient, OWN, what, &mixed).await.expect_faults(422, &["unknown_order /lines/0/order"]);
        let theirs = own.send(Role::SocialWorker, OWN, what, &second.reimbursement(1, "121")).await.expect(201);
        app.get(&location(&theirs)).as_role(Role::Recipient, OWN).send().await.expect(404);
        app.get(&claim).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        let list = app.get("/v1/invoices").as_role(Role::Recipient, OWN).send().await.expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect::<Vec<_>>(), [&told["id"]]);

        // A claim that goes back frees its receipt; one that is approved enters the ledger.
        own.step(Role::SocialWorker, &claim, "return", 1).await.expect(201);
        let again = own.send(Role::Recipient, OWN, what, &own.reimbursement(5, "117")).await.expect(201);
        let claim = location(&again);
        own.step(Role::Recipient, &claim, "endorsement", 1).await.expect(403);
        own.step(Role::SocialWorker, &claim, "endorsement", 1).await.expect(201);
        let approved = own.step(Role::OfficeHead, &claim, "approval", 2).await.expect(201).json();
        assert_eq!(approved["status"], "approved");
        assert_eq!(own.sums().await, sums("250.00", "250.00"));
        let lines = ledger(&app, &own.budget, "").await;
        assert_eq!(lines["lines"][0]["delivered"], "250.00", "{lines}");
        own.send(Role::Recipient, OWN, what, &own.reimbursement(1, "117"))
            .await
            .expect_faults(422, &["already_claimed /lines/0/receipt/number"]);
        own.send(Role::Recipient, OWN, what, &own.reimbursement(15, "122")).await.expect(201);

        let keyed = async || {
            let call = app.post("/v1/reimbursement-claims").as_role(Role::SocialWorker, OWN);
            let call = call.header("idempotency-key", "c-1").json(&second.reimbursement(1, "130"));
            location(&call.send().await.expect(201))
        };
        assert_eq!(keyed().await, keyed().await);
        let report = app.store.verify_audit().await.unwrap();
        assert!(report.faults.is_empty(), "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transport_is_claimed_with_its_documents_and_trips() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = prepaid(&app, "320000-00001", true).await;
        let (what, all) = ("transport", ["service_memo", "route_sheet", "fuel_receipt"]);
        let bare = own.send(Role::Recipient, OWN, what, &own.transport(&[])).await;
        for missing in ["a loan-for-use agreement or a service memo", "a route sheet", "a receipt for fuel"] {
            assert!(bare.text().contains(missing), "{}", bare.shown());
        }
        bare.expect_faults(422, &["missing_document /items/0/documents"; 3]);
        let mut wrong = own.transport(&all);
        wrong["items"][0]["cost"] = json!("5.40");
        wrong["total"] = json!("5.40");
        wrong["items"][0]["trips"][0]["purpose"] = json!(2);
        wrong["items"][0]["trips"][1]["passenger"] = json!("worker");
        own.send(Role::Recipient, OWN, what, &wrong).await.expect_faults(
            422,
            &[
                "unknown_purpose /items/0/trips/0/purpose",
                "worker_travel /items/0/trips/1/passenger",
                "amount_differs /items/0/cost",
            ],
        );
        let mut ride = own.transport(&["monthly_report", "ticket"]);
        ride["items"][0]["mode"] = json!("public_transport");
        ride["items"][0]["ticketing"] = json!("paper");
        ride["items"][0]["vehicle"] = Value::Null;
        ride["items"][0]["documents"][1]["issuer"] = json!("Izdomāts autobuss");
        ride["items"][0]["trips"] = json!([{"on": "2023-10-03", "purpose": 1, "route": "Mājas - centrs",
            "passenger": "person", "escorted": true, "fare": "1.50"}]);
        ride["items"][0]["cost"] = json!("1.50");
        ride["total"] = json!("1.50");
        own.send(Role::Recipient, OWN, what, &ride)
            .await
            .expect_faults(422, &["child_travels_free /items/0/trips/0/fare"]);

        let sent = own.send(Role::Recipient, OWN, what, &own.transport(&all)).await.expect(201);
        let claim = location(&sent);
        assert_eq!(sent.json()["details"]["claim"]["items"][0]["trips"][1]["empty"], true);
        own.send(Role::Recipient, OWN, what, &own.transport(&all))
            .await
            .expect_faults(422, &["already_claimed /items/0/trips/0/route", "already_claimed /items/0/trips/1/route"]);
        own.step(Role::SocialWorker, &claim, "endorsement", 1).await.expect(201);
        own.step(Role::OfficeHead, &claim, "approval", 2).await.expect(201);
        assert_eq!(own.sums().await, sums("5.38", "5.38"));
        let lines = ledger(&app, &own.budget, "").await;
        assert_eq!(lines["lines"][1]["invoiced"], "5.38", "{lines}");
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// What is wrong, by code and pointer, as a refusal tells it.
fn findings(checked: &Value) -> Vec<String> {
    let found = checked["findings"].as_array().unwrap().iter();
    let one = |one: &Value| format!("{} {}", one["code"].as_str().unwrap(), one["pointer"].as_str().unwrap());
    let mut found: Vec<String> = found.map(one).collect();
    found.sort_unstable();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tells_what_sending_would_and_stores_nothing() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = prepaid(&app, "320000-00001", true).await;
        let second = prepaid(&app, "320000-00002", false).await;
        let check = async |role: Role, municipality: &str, what: &str, body: &Value| {
            let call = app.post(&format!("/v1/{what}-claim-checks")).as_role(role, municipality);
            call.header("accept-language", "en").json(body).send().await
        };
        let claims = || app.get("/v1/invoices").as_role(Role::SocialWorker, OWN).send();

        // The same findings as sending gives, and nothing is stored.
        let mut wrong = own.reimbursement(21, "119");
        wrong["total"] = json!("49.00");
        wrong["lines"][0]["receipt"]["names_recipient"] = json!(false);
        let told = check(Role::Recipient, OWN, "reimbursement", &wrong).await.expect(200).json();
        assert_eq!((&told["accepted"], &told["lines"], &told["amount"]), (&json!(false), &json!([]), &json!("0.00")));
        let sent = own.send(Role::Recipient, OWN, "reimbursement", &wrong).await.expect(422);
        assert_eq!(findings(&told), sent.faults());
        let details =
            |items: &Value| items.as_array().unwrap().iter().map(|item| item["detail"].clone()).collect::<Vec<_>>();
        assert_eq!(details(&sent.json()["errors"]), details(&told["findings"]));
        let right = own.reimbursement(5, "117");
        for _ in 0..2 {
            let told = check(Role::Recipient, OWN, "reimbursement", &right).await.expect(200).json();
            assert_eq!((&told["accepted"], &told["findings"]), (&json!(true), &json!([])));
            let line = json!({"order": own.care, "from": "2023-10-02", "to": "2023-10-06", "volume": "5",
                "unit_price": "50.00", "amount": "250.00"});
            assert_eq!((&told["lines"], &told["amount"]), (&json!([line]), &json!("250.00")));
        }
        assert_eq!(claims().await.expect(200).json()["items"], json!([]));

        // What each way of travelling lacks.
        let bare = own.transport(&[]);
        let told = check(Role::Recipient, OWN, "transport", &bare).await.expect(200).json();
        assert_eq!(findings(&told), ["missing_document /items/0/documents"; 3]);
        let lacks = |any_of: &[&str]| json!({"item": 0, "mode": "private_car", "ticketing": null, "any_of": any_of});
        assert_eq!(
            told["missing_documents"],
            json!([lacks(&["loan_agreement", "service_memo"]), lacks(&["route_sheet"]), lacks(&["fuel_receipt"])])
        );
        let all = own.transport(&["service_memo", "route_sheet", "fuel_receipt"]);
        let told = check(Role::SocialWorker, OWN, "transport", &all).await.expect(200).json();
        assert_eq!(
            (&told["accepted"], &told["missing_documents"], &told["amount"]),
            (&json!(true), &json!([]), &json!("5.38"))
        );
        for (mode, ticketing, missing) in [
            ("hired_car", Value::Null, json!([["contract"], ["receipt"]])),
            ("bought", Value::Null, json!([["contract", "price_list"], ["receipt"]])),
            ("public_transport", json!("paper"), json!([["monthly_report"], ["ticket"]])),
            ("public_transport", json!("e_ticket"), json!([["monthly_report"], ["purchase_receipt"], ["trip_list"]])),
            ("public_transport", json!("online"), json!([["monthly_report"], ["printout"], ["payment"]])),
            ("municipal", Value::Null, json!([["rules_and_prices"], ["receipt"]])),
            ("parking", Value::Null, json!([["worker_confirmation"], ["receipt"], ["monthly_report"]])),
        ] {
            let mut claim = all.clone();
            (claim["items"][0]["mode"], claim["items"][0]["ticketing"]) = (json!(mode), ticketing.clone());
            let told = check(Role::Recipient, OWN, "transport", &claim).await.expect(200).json();
            let lacking = told["missing_documents"].as_array().unwrap().iter();
            assert_eq!(
                json!(lacking.map(|one| one["any_of"].clone()).collect::<Vec<_>>()),
                missing,
                "{mode} {ticketing}"
            );
        }

        // A receipt of a live claim, and others' plans.
        own.send(Role::Recipient, OWN, "reimbursement", &right).await.expect(201);
        let told = check(Role::Recipient, OWN, "reimbursement", &right).await.expect(200).json();
        assert_eq!(findings(&told), ["already_claimed /lines/0/receipt/number"]);
        for what in ["reimbursement", "transport"] {
            let (theirs, mine) = match what {
                "transport" => (second.transport(&[]), &all),
                _ => (second.reimbursement(1, "121"), &right),
            };
            check(Role::Recipient, OWN, what, &theirs).await.expect(404);
            check(Role::SocialWorker, OWN, what, &theirs).await.expect(200);
            check(Role::SocialWorker, FOREIGN, what, mine).await.expect(404);
            check(Role::Provider, OWN, what, mine).await.expect(403);
            let mut unpayable = mine.clone();
            unpayable["payee"]["bank_account"] = json!("LV81 BANK 0000 4351 9500 1");
            let told = check(Role::Recipient, OWN, what, &unpayable).await;
            told.expect_faults(422, &["invalid_iban /payee/bank_account"]);
        }
        assert_eq!(claims().await.expect(200).json()["items"].as_array().unwrap().len(), 1);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn the_cost_of_a_car_is_told_without_login() {
    let app = TestApp::start().await;
    for (request, litres, amount) in [
        (json!({"km": ["25", "25"], "norm": "6.5", "fuel_price": "1.654"}), "3.25", "5.38"),
        (
            json!({"km": ["100"], "norm": "6.5", "fuel_price": "1.654", "hire": {"days": 2, "day_price": "30"}}),
            "6.5",
            "70.75",
        ),
        (json!({"km": ["1"], "norm": "5", "fuel_price": "0.1"}), "0.05", "0.01"),
    ] {
        let told = app.post("/v1/transport-costs").json(&request).send().await.expect(200).json();
        assert_eq!((told["litres"].as_str(), told["amount"].as_str()), (Some(litres), Some(amount)), "{request}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_paid_once_as_a_service_or_as_transport() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = prepaid(&app, "320000-00001", true).await;
        own.send(Role::Recipient, OWN, "reimbursement", &own.reimbursement(1, "117")).await.expect(201);
        let ride = |issuer: &str, issuer_number: Option<&str>, number: &str, route: &str| {
            let mut claim = own.transport(&["price_list", "route_sheet", "receipt"]);
            let item = &mut claim["items"][0];
            (item["mode"], item["vehicle"], item["paid"]) = (json!("bought"), Value::Null, json!("5.38"));
            item["trips"] = json!([{"on": "2023-10-06", "purpose": 1, "route": route, "passenger": "person"}]);
            (item["documents"][2]["number"], item["documents"][2]["on"]) = (json!(number), json!("2023-10-06"));
            item["documents"][2]["issuer"] = json!(issuer);
            item["documents"][2]["issuer_number"] = json!(issuer_number);
            claim
        };
        for same in [
            ride("Izdomats Centrs, SIA", None, "117", "Mājas - centrs"),
            ride("Cits", Some("LV40000000001"), "117", "Mājas - centrs"),
        ] {
            let twice = own.send(Role::Recipient, OWN, "transport", &same).await;
            twice.expect_faults(422, &["already_claimed /items/0/documents/2/number"]);
        }
        let other = ride("Izdomāts centrs SIA", Some("40000000001"), "118", "Mājas - centrs");
        let sent = own.send(Role::Recipient, OWN, "transport", &other).await.expect(201).json();
        assert_eq!(sent["details"]["claim"]["items"][0]["documents"][2]["issuer_number"], "40000000001");
        own.send(Role::Recipient, OWN, "reimbursement", &own.reimbursement(1, "118"))
            .await
            .expect_faults(422, &["already_claimed /lines/0/receipt/number"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_earlier_claims_used_of_the_allowance_is_not_used_again() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = prepaid(&app, "320000-00001", true).await;
        let with = |used_before: &str, used: &str, total: &str, day: &str| {
            let mut claim = own.transport(&["service_memo", "route_sheet", "fuel_receipt"]);
            claim["month"] = json!(day[..7]);
            claim["items"][0]["trips"][0]["on"] = json!(day);
            claim["items"][0]["trips"][1]["on"] = json!(day);
            claim["allowance"] = json!({"granted": "3.00", "used_before": used_before, "used": used});
            claim["total"] = json!(total);
            claim
        };
        let send = async |claim: Value| own.send(Role::Recipient, OWN, "transport", &claim).await;
        let first = send(with("0.00", "3.00", "2.38", "2023-10-02")).await.expect(201);
        send(with("0.00", "3.00", "2.38", "2023-10-03"))
            .await
            .expect_faults(422, &["allowance_used_before /allowance/used_before"]);
        send(with("3.00", "0.00", "5.38", "2023-09-04")).await.expect(201);
        // A claim that goes back used nothing.
        own.step(Role::SocialWorker, &location(&first), "return", 1).await.expect(201);
        send(with("3.00", "0.00", "5.38", "2023-10-02"))
            .await
            .expect_faults(422, &["allowance_used_before /allowance/used_before"]);
        send(with("0.00", "3.00", "2.38", "2023-10-02")).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_claimed_back_counts_as_received() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let statistics = async |by: &str, role: Role| {
            let path = format!("/v1/service-statistics?from=2023-10&to=2023-12&by={by}");
            app.get(&path).as_role(role, OWN).send().await.expect(200).json()["rows"].clone()
        };
        for number in 1..=5 {
            let own = prepaid(&app, &format!("320000-0000{number}"), false).await;
            let claim = own.reimbursement(5, &number.to_string());
            let claim = location(&own.send(Role::SocialWorker, OWN, "reimbursement", &claim).await.expect(201));
            own.step(Role::SocialWorker, &claim, "endorsement", 1).await.expect(201);
            if number == 1 {
                assert_eq!(statistics("service", Role::OfficeHead).await, json!([]), "nothing before it is approved");
            }
            own.step(Role::OfficeHead, &claim, "approval", 2).await.expect(201);
        }
        for (by, of) in [("service", "day_care_centre"), ("age_group", "0-7")] {
            for role in [Role::OfficeHead, Role::MinistryReviewer] {
                let rows = statistics(by, role).await;
                let told = &rows[0]["together"];
                assert_eq!(
                    (&rows[0]["of"], &told["cost"], &told["times"], &told["recipients"]),
                    (&json!(of), &json!("1250.00"), &json!(5), &json!(5)),
                    "{by}"
                );
            }
        }
        let app = app.another_node_at(january).await;
        let quarter = generate(&app, Role::SocialWorker, "quarterly", "2023-12").await.expect(201).json();
        for of in ["recipients", "deliveries"] {
            assert_eq!(figure(&quarter["figures"], of), &json!(5), "{of}");
        }
    }
}

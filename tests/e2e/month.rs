//! A municipality's month on both databases, from what was delivered to what the ministry funds, the ledger and the report equal
//! to the cent at every step.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{
    applications::{OWN, location},
    endings::reprice,
    monthly_reports::{december, generate, january, paid, seen, step as report_step},
    plans::ledger,
    settlement::{
        Ordered, approve, by_provider, deliver, e_invoice, invoice, invoiced, ordered, ordered_from, pay, result, send,
        status, step as invoice_step, with_offer,
    },
};

/// Delivered, invoiced and paid of the budget.
async fn expect_ledger(app: &TestApp, budget: &str, expected: [&str; 3]) {
    let total = ledger(app, budget, "").await["total"].clone();
    assert_eq!(["delivered", "invoiced", "paid"].map(|sum| total[sum].as_str().unwrap()), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_what_was_delivered_to_what_is_funded() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { budget, order, .. } = ordered(&app, "320000-00001").await;

        // Deliveries: one by one, and one of a batch.
        for (on, hours) in [("2023-10-05", "3"), ("2023-10-12", "2")] {
            deliver(&app, &order, on, hours).await.expect(201);
        }
        let line = json!({"id": "b-1", "order": order, "on": "2023-10-19", "volume": "1"}).to_string();
        let batch = by_provider(&app, "POST", "/v1/delivery-batches").body("application/x-ndjson", line).send().await;
        assert!(batch.expect(200).lines()[0]["delivery_id"].is_string());
        expect_ledger(&app, &budget, ["72.00", "0.00", "0.00"]).await;

        // The e-invoice has a wrong line and comes back with it; the corrected one is approved by a second person.
        let returned = send(&app, e_invoice("R-1", &order, 8, None)).await.expect(201).json();
        assert_eq!(
            (&returned["status"], &returned["findings"][0]["pointer"]),
            (&json!("returned"), &json!("/lines/0/volume"))
        );
        expect_ledger(&app, &budget, ["72.00", "0.00", "0.00"]).await;
        let received = send(&app, e_invoice("R-1", &order, 6, None)).await.expect(201).json();
        assert_eq!(received["status"], "received");
        invoice_step(&app, &received, "endorsement", Role::OfficeHead).await.expect(201);
        invoice_step(&app, &received, "approval", Role::OfficeHead)
            .await
            .expect_faults(422, &["approved_by_same_person "]);
        invoice_step(&app, &received, "return", Role::SocialWorker).await.expect(201);
        let received = send(&app, e_invoice("R-1", &order, 6, None)).await.expect(201).json();
        approve(&app, &received).await;
        expect_ledger(&app, &budget, ["72.00", "72.00", "0.00"]).await;

        // Paid once, as the bank's answer says.
        let run = pay(&app).await.expect(201).json();
        let file = app.get(&format!("/v1/payment-runs/{}/file", run["id"].as_str().unwrap()));
        assert!(file.as_role(Role::Accountant, OWN).send().await.expect(200).text().contains("72.00"));
        let answer = || {
            let path = format!("/v1/payment-runs/{}/results", run["id"].as_str().unwrap());
            app.post(&path).as_role(Role::Accountant, OWN).body("application/xml", status(&run, "ACSC")).send()
        };
        for _ in 0..2 {
            assert_eq!(answer().await.expect(201).json()["status"], "closed");
            expect_ledger(&app, &budget, ["72.00", "72.00", "72.00"]).await;
        }

        // A second invoice waits for the funding.
        deliver(&app, &order, "2023-10-26", "2.021").await.expect(201);
        let mut waiting = invoiced(&app, "R-2", &order, ("2023-10-26", "2.021", "24.25")).await.expect(201).json();
        assert_eq!(waiting["status"], "received", "{waiting}");
        waiting = approve(&app, &waiting).await;
        expect_ledger(&app, &budget, ["96.25", "96.25", "72.00"]).await;

        // Reported, sent back, reported again, approved, funded.
        let later = app.another_node_at(december).await;
        let made = generate(&later, "2023-11").await.expect(201);
        let (report, made) = (location(&made), made.json());
        let claims = |report: &Value| {
            ["paid", "awaiting_funding", "claimed"].map(|sum| report["totals"][sum].as_str().unwrap().to_owned())
        };
        assert_eq!(claims(&made), ["72.00", "24.25", "96.25"]);
        let step = async |what: &str, role, body| {
            report_step(&later, &report, what, role, body).await.expect(201).json()["status"].clone()
        };
        assert_eq!(step("submission", Role::OfficeHead, None).await, "submitted");
        let reasons = json!({"reasons": "Pārbaudiet 2. rindu."});
        assert_eq!(step("return", Role::MinistryReviewer, Some(reasons)).await, "returned");
        step("regeneration", Role::Accountant, None).await;
        assert_eq!(step("submission", Role::OfficeHead, None).await, "submitted");
        assert_eq!(step("approval", Role::MinistryReviewer, None).await, "approved");
        assert_eq!(step("funding", Role::MinistryReviewer, None).await, "funded");
        let funded = seen(&later, &report, Role::MinistryReviewer).await;
        assert_eq!((claims(&funded), &funded["totals"]["state"]), (claims(&made), &json!("48.13")));

        // What waited is paid now; the next claim is nothing, and everything stands in one place.
        let run = pay(&later).await;
        let run = if run.status == 201 { run } else { panic!("{}", run.shown()) };
        assert_eq!(run.json()["amount"], waiting["amount"]);
        paid(&later, &run.json(), "2023-12-04").await;
        expect_ledger(&later, &budget, ["96.25", "96.25", "96.25"]).await;
        let total = ledger(&later, &budget, "").await["total"].clone();
        assert_eq!(total["paid"], funded["totals"]["claimed"], "what was claimed is what was paid");
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// Delivered and invoiced of all budgets together.
async fn of_all(app: &TestApp, budgets: &[String]) -> [String; 2] {
    let mut sums = [Decimal::ZERO; 2];
    for budget in budgets {
        let total = ledger(app, budget, "").await["total"].clone();
        for (sum, name) in sums.iter_mut().zip(["delivered", "invoiced"]) {
            *sum += total[name].as_str().unwrap().parse::<Decimal>().unwrap();
        }
    }
    sums.map(|sum| sum.to_string())
}

/// What the statistics tell of everything: cost, times and recipients, in the same words by what stands beside the deliveries and by
/// what the cases tell.
async fn counted(app: &TestApp) -> (String, u64, u64) {
    let mut told = Vec::new();
    for by in ["service", "municipality", "age_group"] {
        for role in [Role::OfficeHead, Role::MinistryReviewer] {
            let path = format!("/v1/service-statistics?from=2023-10&to=2023-12&by={by}");
            let rows = seen(app, &path, role).await["rows"].clone();
            let all = rows.as_array().unwrap().last().unwrap()["together"].clone();
            told.push((
                all["cost"].as_str().unwrap_or_else(|| panic!("{rows}")).to_owned(),
                all["times"].as_u64().unwrap(),
                all["recipients"].as_u64().unwrap(),
            ));
        }
    }
    let first = told[0].clone();
    assert!(told.iter().all(|other| *other == first), "{told:?}");
    first
}

/// What a credit note to an invoice takes back, at its own price.
async fn credited(
    app: &TestApp,
    number: &str,
    order: &str,
    corrects: &str,
    (hours, price, amount): (&str, &str, &str),
) {
    let mut note = invoice(number, order, hours, amount);
    (note["credit_note"], note["corrects"]) = (json!(true), json!(corrects));
    note["lines"][0]["unit_price"] = json!(price);
    let note = by_provider(app, "POST", "/v1/invoices").json(&note).send().await.expect(201).json();
    assert_eq!(note["status"], "received", "{note}");
    assert_eq!(approve(app, &note).await["status"], "paid");
}

/// Every mistake has one way to be corrected, and the ledgers, the report and the statistics tell the same afterwards, to the cent.
#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_is_corrected_in_its_own_way_and_all_sums_agree() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, care) = with_offer(&app).await;
        let (mut budgets, mut orders) = (Vec::new(), Vec::new());
        for number in 1..=6 {
            let (budget, order) = ordered_from(&app, &format!("320000-0000{number}"), &care).await;
            deliver(&app, &order, "2023-10-05", "3").await.expect(201);
            budgets.push(budget);
            orders.push(order);
        }
        // Before it is invoiced a delivery is corrected itself.
        let wrong = deliver(&app, &orders[0], "2023-10-12", "5").await.expect(201).json();
        let wrong = by_provider(&app, "PUT", &format!("/v1/deliveries/{}", wrong["id"].as_str().unwrap()));
        let right = json!({"on": "2023-10-12", "volume": "2"});
        wrong.header("if-match", "\"1\"").json(&right).send().await.expect(200);
        deliver(&app, &orders[1], "2023-10-12", "1").await.expect(201);
        let hours = [("5", "60.00"), ("4", "48.00"), ("3", "36.00"), ("3", "36.00"), ("3", "36.00"), ("3", "36.00")];
        for (number, (order, (hours, amount))) in orders.iter().zip(hours).enumerate() {
            let sent = invoice(&format!("R-{}", number + 1), order, hours, amount);
            let sent = by_provider(&app, "POST", "/v1/invoices").json(&sent).send().await.expect(201).json();
            approve(&app, &sent).await;
        }
        let run = pay(&app).await.expect(201).json();
        result(&app, &run, true).await.expect(201);
        assert_eq!(of_all(&app, &budgets).await, ["252.00", "252.00"]);
        assert_eq!(counted(&app).await, ("252.00".to_owned(), 8, 6));

        // The price was too low: it does not rise for a day that has a delivery, and no invoice asks for more.
        reprice(&app, &orders[2], "2023-10-01", "13.00").await.expect_faults(422, &["already_delivered /valid_from"]);
        // The volume was too small: it is another delivery, and another invoice.
        deliver(&app, &orders[1], "2023-10-12", "0.5").await.expect(201);
        let mut dear = invoice("R-7", &orders[1], "0.5", "6.50");
        dear["lines"][0]["unit_price"] = json!("13.00");
        let dear = by_provider(&app, "POST", "/v1/invoices").json(&dear).send().await.expect(201).json();
        assert_eq!(
            (&dear["status"], &dear["findings"][0]["code"], &dear["findings"][0]["pointer"]),
            (&json!("returned"), &json!("price_above_order"), &json!("/lines/0/unit_price"))
        );
        let more = invoice("R-7", &orders[1], "0.5", "6.00");
        let more = by_provider(&app, "POST", "/v1/invoices").json(&more).send().await.expect(201).json();
        approve(&app, &more).await;
        assert_eq!(of_all(&app, &budgets).await, ["258.00", "258.00"]);
        assert_eq!(counted(&app).await, ("258.00".to_owned(), 9, 6));
        // The price was too high: what was delivered stays, for less.
        credited(&app, "K-1", &orders[2], "R-3", ("3", "2.00", "6.00")).await;
        assert_eq!(of_all(&app, &budgets).await, ["252.00", "252.00"]);
        assert_eq!(counted(&app).await, ("252.00".to_owned(), 9, 6));
        // The volume was too large: a part of an occasion, and an occasion that never was.
        credited(&app, "K-2", &orders[4], "R-5", ("1", "12.00", "12.00")).await;
        assert_eq!(counted(&app).await, ("240.00".to_owned(), 9, 6));
        credited(&app, "K-3", &orders[3], "R-4", ("3", "12.00", "36.00")).await;
        assert_eq!(of_all(&app, &budgets).await, ["204.00", "204.00"]);
        assert_eq!(counted(&app).await, ("204.00".to_owned(), 8, 5));

        // The report claims the same; what it claims with its corrections is of one month.
        let later = app.another_node_at(december).await;
        let report = generate(&later, "2023-11").await.expect(201);
        let totals =
            |report: &Value| ["claimed", "corrections"].map(|of| report["totals"][of].as_str().unwrap().to_owned());
        assert_eq!(totals(&report.json()), ["204.00", "0.00"]);
        report_step(&later, &location(&report), "submission", Role::OfficeHead, None).await.expect(201);
        // A credit note to what it claimed corrects it, in the next report.
        credited(&later, "K-4", &orders[5], "R-6", ("1", "12.00", "12.00")).await;
        let later = app.another_node_at(january).await;
        let next = generate(&later, "2023-12").await.expect(201);
        assert_eq!(totals(&next.json()), ["-12.00", "-12.00"]);
        let lines = seen(&later, &format!("{}/lines", location(&next)), Role::SocialWorker).await;
        let claimed = lines["items"].as_array().unwrap().iter().find(|line| line["document"] == "credit_note").unwrap();
        assert_eq!((&claimed["correction_of"], &claimed["units"]), (&json!("2023-10"), &json!("-1")));
        assert_eq!(of_all(&later, &budgets).await, ["192.00", "192.00"]);
        assert_eq!(counted(&later).await, ("192.00".to_owned(), 8, 5));
    }
}

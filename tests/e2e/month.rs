//! A municipality's month on both databases, from what was delivered to what the ministry funds, the ledger and the report equal
//! to the cent at every step.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp};
use serde_json::{Value, json};

use crate::{
    applications::{OWN, location},
    monthly_reports::{december, generate, paid, seen, step as report_step},
    plans::ledger,
    settlement::{
        Ordered, approve, by_provider, deliver, e_invoice, invoiced, ordered, pay, send, status, step as invoice_step,
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

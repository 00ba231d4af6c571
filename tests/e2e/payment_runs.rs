//! `/v1/payment-runs` on both databases: what the bank tells of a whole file, and to which account is paid.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    claims::prepaid,
    providers::legal,
    settlement::{Ordered, approve, by_provider, deliver, invoice, invoiced, ordered, pay, result},
};

const FIRST: &str = "LV80BANK0000435195001";
/// A valid IBAN of a country outside SEPA.
const OUTSIDE: &str = "UA213223130000026007233566001";
const SECOND: &str = "LV53BANK0000435195002";

/// A bank's answer to the whole of a run, and to its block, without a word of any payment.
fn of_the_whole(run: &Value, of_group: &str, of_block: &str) -> String {
    let id = run["id"].as_str().unwrap().replace('-', "");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>S-2</MsgId><CreDtTm>2023-11-15T10:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>{of_group}</OrgnlGrpInfAndSts>{of_block}</CstmrPmtStsRpt></Document>"#,
    )
}

fn of_block(run: &Value, status: &str) -> String {
    let id = run["id"].as_str().unwrap().replace('-', "");
    format!("<OrgnlPmtInfAndSts><OrgnlPmtInfId>{id}</OrgnlPmtInfId>{status}</OrgnlPmtInfAndSts>")
}

async fn answered(app: &TestApp, run: &Value, xml: String) -> Answer {
    let path = format!("/v1/payment-runs/{}/results", run["id"].as_str().unwrap());
    app.post(&path).as_role(Role::Accountant, OWN).body("application/xml", xml).send().await
}

/// Delivers, invoices and approves an hour of a day.
async fn approved(app: &TestApp, order: &str, number: &str, day: &str) {
    deliver(app, order, day, "1").await.expect(201);
    let sent = invoiced(app, number, order, (day, "1", "12.00")).await.expect(201).json();
    assert_eq!(approve(app, &sent).await["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_tells_of_the_whole_file_holds_for_each_payment() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&app, "320000-00001").await;
        approved(&app, &order, "R-1", "2023-10-05").await;
        let shown = |run: &Value| {
            (run["status"].clone(), run["payments"][0]["status"].clone(), run["payments"][0]["reason"].clone())
        };
        let told = |status: &str, payment: &str, reason: Option<&str>| (json!(status), json!(payment), json!(reason));
        let reason = |code: &str| format!("<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>");

        // Nothing is known while some are refused and it is not told which, or while the bank still looks at it.
        let run = pay(&app).await.expect(201).json();
        for code in ["PART", "ACCP", "ACSP"] {
            let answer = of_the_whole(&run, &format!("<GrpSts>{code}</GrpSts>"), "");
            let after = answered(&app, &run, answer).await.expect(201).json();
            assert_eq!(shown(&after), told("open", "pending", None), "{code}");
        }
        let refused = of_the_whole(&run, &format!("<GrpSts>RJCT</GrpSts>{}", reason("FF01")), "");
        for _ in 0..2 {
            let after = answered(&app, &run, refused.clone()).await.expect(201).json();
            assert_eq!(shown(&after), told("closed", "failed", Some("FF01")));
        }
        let settled = of_the_whole(&run, "<GrpSts>ACSC</GrpSts>", "");
        answered(&app, &run, settled).await.expect_faults(422, &["outcome_known /payments/0/payment"]);

        let run = pay(&app).await.expect(201).json();
        let block = of_block(&run, &format!("<PmtInfSts>RJCT</PmtInfSts>{}", reason("AM04")));
        let after = answered(&app, &run, of_the_whole(&run, "<GrpSts>PART</GrpSts>", &block)).await.expect(201).json();
        assert_eq!(shown(&after), told("closed", "failed", Some("AM04")));

        let run = pay(&app).await.expect(201).json();
        let after = answered(&app, &run, of_the_whole(&run, "<GrpSts>ACSC</GrpSts>", "")).await.expect(201).json();
        assert_eq!(shown(&after), told("closed", "paid", None));
        assert_eq!(pay(&app).await.expect(409).json()["code"], "nothing_to_pay");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_that_are_sent_again_with_their_key_get_the_first_answer() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&app, "320000-00001").await;
        approved(&app, &order, "R-1", "2023-10-05").await;
        let run = pay(&app).await.expect(201).json();
        let path = format!("/v1/payment-runs/{}/results", run["id"].as_str().unwrap());
        let by_accountant = |key: &str| app.post(&path).as_role(Role::Accountant, OWN).header("idempotency-key", key);
        let told = async |key: &str, xml: &str| by_accountant(key).body("application/xml", xml.to_owned()).send().await;
        let shown = async || {
            let path = format!("/v1/payment-runs/{}", run["id"].as_str().unwrap());
            app.get(&path).as_role(Role::Accountant, OWN).send().await.expect(200)
        };
        let settled = async || {
            let events = app.get("/v1/events?limit=200").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
            let types = events["items"].as_array().unwrap().iter().map(|event| event["type"].clone());
            types.filter(|told| told == "payment_run.results_recorded").count()
        };

        // The bank still looks at it: nothing changes, and that is what the key answers also when more is known.
        let pending = of_the_whole(&run, "<GrpSts>ACCP</GrpSts>", "");
        let open = told("r-1", &pending).await.expect(201);
        assert_eq!((&open.json()["status"], open.version()), (&json!("open"), Some("1")));
        let refused = of_the_whole(&run, "<GrpSts>RJCT</GrpSts>", "");
        assert_eq!(told("r-1", &refused).await.expect(422).json()["code"], "idempotency_key_reused");
        assert_eq!((&shown().await.json()["status"], settled().await), (&json!("open"), 0), "{database:?}");

        let first = told("r-2", &refused).await.expect(201);
        assert_eq!((&first.json()["status"], first.version()), (&json!("closed"), Some("2")));
        for (key, xml, before) in [("r-2", &refused, &first), ("r-1", &pending, &open)] {
            let again = told(key, xml).await.expect(201);
            assert_eq!((again.body.clone(), again.header("etag")), (before.body.clone(), before.header("etag")));
        }
        assert_eq!((shown().await.version(), settled().await), (Some("2"), 1), "{database:?}");

        // What somebody has seen, likewise; another run is another request.
        let next = pay(&app).await.expect(201).json();
        let seen = json!({"paid_on": "2023-11-15",
            "payments": [{"payment": next["payments"][0]["id"], "paid": true}]});
        let reused = by_accountant("r-2").json(&seen).send().await.expect(422);
        assert_eq!(reused.json()["code"], "idempotency_key_reused");
        let path = format!("/v1/payment-runs/{}/results", next["id"].as_str().unwrap());
        let record = async |key: &str| {
            let call = app.post(&path).as_role(Role::Accountant, OWN).header("idempotency-key", key);
            call.json(&seen).send().await
        };
        let paid = record("r-3").await.expect(201);
        assert_eq!(paid.json()["payments"][0]["status"], "paid");
        assert_eq!(record("r-3").await.expect(201).body, paid.body);
        let elsewhere = by_accountant("r-3").json(&seen).send().await.expect(422);
        assert_eq!(elsewhere.json()["code"], "idempotency_key_reused");
        assert_eq!(settled().await, 2);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// The office registers the provider by another account, or by none.
async fn account_becomes(app: &TestApp, provider: &str, account: Option<&str>) {
    let path = format!("/v1/providers/{provider}");
    let shown = app.get(&path).as_role(Role::SocialWorker, OWN).send().await.expect(200);
    let mut changed = legal("40000000001", &[OWN]);
    changed["bank_account"] = json!(account);
    let call = app.put(&path).as_role(Role::SocialWorker, OWN).header("if-match", shown.header("etag").unwrap());
    call.json(&changed).send().await.expect(200);
}

/// Account and amount of each payment.
fn payments(run: &Value) -> Vec<(&str, &str)> {
    let payments = run["payments"].as_array().unwrap();
    payments.iter().map(|one| (one["bank_account"].as_str().unwrap(), one["amount"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_paid_once_to_the_account_that_it_has_when_it_is_paid() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, provider, .. } = ordered(&app, "320000-00001").await;
        approved(&app, &order, "R-1", "2023-10-05").await;
        approved(&app, &order, "R-2", "2023-10-06").await;

        // The bank refuses the account; the next run names the corrected one.
        let run = pay(&app).await.expect(201).json();
        assert_eq!(payments(&run), [(FIRST, "24.00")]);
        result(&app, &run, false).await.expect(201);
        account_becomes(&app, &provider, None).await;
        assert_eq!(pay(&app).await.expect(409).json()["code"], "nothing_to_pay", "no account to pay to");
        account_becomes(&app, &provider, Some(SECOND)).await;
        let run = pay(&app).await.expect(201).json();
        assert_eq!(payments(&run), [(SECOND, "24.00")]);
        result(&app, &run, true).await.expect(201);

        // A credit note that was approved before the account changed is set against what is paid afterwards.
        let mut note = invoice("K-1", &order, "0.5", "6.00");
        (note["credit_note"], note["corrects"]) = (json!(true), json!("R-1"));
        (note["lines"][0]["from"], note["lines"][0]["to"]) = (json!("2023-10-05"), json!("2023-10-05"));
        let note = by_provider(&app, "POST", "/v1/invoices").json(&note).send().await.expect(201);
        assert_eq!(approve(&app, &note.json()).await["status"], "paid");
        account_becomes(&app, &provider, Some(FIRST)).await;
        approved(&app, &order, "R-3", "2023-10-07").await;
        let run = pay(&app).await.expect(201).json();
        assert_eq!(payments(&run), [(FIRST, "6.00")]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_of_a_claim_is_corrected_after_the_bank_refused_it() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = prepaid(&app, "320000-00001", true).await;
        let sent = own.send(Role::Recipient, OWN, "reimbursement", &own.reimbursement(5, "117")).await.expect(201);
        let claim = location(&sent);
        let correct = async |role: Role, municipality: &str, account: &str| {
            let shown = app.get(&claim).as_role(Role::Accountant, OWN).send().await.expect(200);
            let call = app.put(&format!("{claim}/bank-account")).as_role(role, municipality);
            let call = call.header("if-match", shown.header("etag").unwrap());
            call.json(&json!({"bank_account": account})).send().await
        };
        own.step(Role::SocialWorker, &claim, "endorsement", 1).await.expect(201);
        own.step(Role::OfficeHead, &claim, "approval", 2).await.expect(201);
        assert_eq!(correct(Role::Recipient, OWN, SECOND).await.expect(409).json()["code"], "invoice_status");
        let run = pay(&app).await.expect(201).json();
        assert_eq!(payments(&run), [(FIRST, "250.00")]);
        assert_eq!(correct(Role::Recipient, OWN, SECOND).await.expect(409).json()["code"], "invoice_status");
        result(&app, &run, false).await.expect(201);

        // By the parent or another worker, not by who endorsed or approved it, pays it, or stands outside.
        for role in [Role::SocialWorker, Role::OfficeHead] {
            correct(role, OWN, SECOND).await.expect_faults(422, &["corrected_by_approver "]);
        }
        correct(Role::Accountant, OWN, SECOND).await.expect(403);
        correct(Role::SocialWorker, FOREIGN, SECOND).await.expect(404);
        correct(Role::Recipient, OWN, "LV81BANK0000435195001")
            .await
            .expect_faults(422, &["invalid_iban /bank_account"]);
        let stale = app.put(&format!("{claim}/bank-account")).as_role(Role::Recipient, OWN).header("if-match", "\"1\"");
        stale.json(&json!({"bank_account": SECOND})).send().await.expect(412);
        let corrected = correct(Role::Recipient, OWN, SECOND).await.expect(200).json();
        let steps = corrected["details"]["steps"].as_array().unwrap();
        assert_eq!(
            (&corrected["details"]["bank_account"], &steps.last().unwrap()["kind"]),
            (&json!(SECOND), &json!("account_corrected"))
        );
        let run = pay(&app).await.expect(201).json();
        assert_eq!(payments(&run), [(SECOND, "250.00")]);
        assert_eq!(correct(Role::SocialWorker, OWN, FIRST).await.expect(409).json()["code"], "invoice_status");
        result(&app, &run, true).await.expect(201);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_may_be_of_the_newer_version_of_the_file() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&app, "320000-00001").await;
        approved(&app, &order, "R-1", "2023-10-05").await;
        let run = json!({"format": "pain.001.001.09", "execution_date": "2023-12-15",
            "debtor": {"name": "Demo novada Sociālais dienests", "bank_account": FIRST}});
        let run =
            app.post("/v1/payment-runs").as_role(Role::Accountant, OWN).json(&run).send().await.expect(201).json();
        assert_eq!(run["format"], "pain.001.001.09");
        let path = format!("/v1/payment-runs/{}/file", run["id"].as_str().unwrap());
        let file = app.get(&path).as_role(Role::Accountant, OWN).send().await.expect(200);
        let document = roxmltree::Document::parse(file.text()).unwrap();
        let namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
        assert!(document.root_element().has_tag_name((namespace, "Document")), "{}", file.text());
        // Only this version has the day in an element of its own.
        let day = document.descendants().find(|node| node.has_tag_name((namespace, "ReqdExctnDt"))).unwrap();
        let day = day.children().find(|node| node.has_tag_name((namespace, "Dt"))).unwrap();
        assert_eq!(day.text(), Some("2023-12-15"));
        let amount = document.descendants().find(|node| node.has_tag_name((namespace, "InstdAmt"))).unwrap();
        assert_eq!(amount.text(), Some("12.00"));
        assert_eq!(result(&app, &run, true).await.expect(201).json()["status"], "closed");
    }
}

#[tokio::test]
async fn an_account_that_no_payment_file_reaches_is_refused_where_it_comes_in() {
    let app = TestApp::start().await;
    let own = prepaid(&app, "320000-00001", true).await;
    for (what, mut claim) in [("reimbursement", own.reimbursement(5, "117")), ("transport", own.transport(&[]))] {
        claim["payee"]["bank_account"] = json!(OUTSIDE);
        let refused = own.send(Role::Recipient, OWN, what, &claim).await;
        refused.expect_faults(422, &["account_outside_sepa /payee/bank_account"]);
    }
    let mut provider = legal("40000000001", &[OWN]);
    provider["bank_account"] = json!(OUTSIDE);
    let refused = app.post("/v1/providers").as_role(Role::SocialWorker, OWN).json(&provider).send().await;
    refused.expect_faults(422, &["account_outside_sepa /bank_account"]);
    let run = json!({"format": "pain.001.001.03", "execution_date": "2023-12-15",
        "debtor": {"name": "Demo novada Sociālais dienests", "bank_account": OUTSIDE}});
    let refused = app.post("/v1/payment-runs").as_role(Role::Accountant, OWN).json(&run).send().await;
    refused.expect_faults(422, &["account_outside_sepa /debtor/bank_account"]);
}

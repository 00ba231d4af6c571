//! Deliveries, invoices and payment runs on both databases: what was delivered is invoiced once, approved by a second person,
//! paid once, and stands in the ledger to the cent.

use balsts_domain::access::Role;
use balsts_exchange::invoice::{
    Account, EInvoice, Identifier, Kind, Line, Party, Payment, Period, Preceding, Profile, Totals, Vat, VatSum,
    write_invoice,
};
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Request},
    cluster,
    contract::by_lot,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    monthly_reports::{december, generate},
    plans::{accepted_offer, draft, ledger, line, plan, signed_budget},
    providers::{as_provider, legal},
    representatives::link,
};

/// A plan in force with an open order of 100 hours of home care at 12.00.
pub(crate) struct Ordered {
    pub(crate) budget: String,
    pub(crate) provider: String,
    pub(crate) order: String,
}

pub(crate) fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

pub(crate) async fn ordered(app: &TestApp, code: &str) -> Ordered {
    let (provider, care) = with_offer(app).await;
    let (budget, order) = ordered_from(app, code, &care).await;
    Ordered { provider: id_of(&provider).to_owned(), order, budget }
}

/// A provider with an offer of home care at 12.00 that the office accepts.
pub(crate) async fn with_offer(app: &TestApp) -> (String, String) {
    let call = app.post("/v1/providers").as_role(Role::SocialWorker, OWN);
    let provider = location(&call.json(&legal("40000000001", &[OWN])).send().await.expect(201));
    let care = accepted_offer(app, &provider, "home_care", "12.00").await;
    (provider, care)
}

/// The budget of a person, and the order of 100 hours from an offer.
pub(crate) async fn ordered_from(app: &TestApp, code: &str, care: &str) -> (String, String) {
    let budget = signed_budget(app, code).await;
    let plan = plan(app, &budget, &draft(&[line(1, "home_care", Some(care), "400", "12.00")])).await;
    plan.in_force().await;
    let order = plan.order(1, "guarantee_letter", "100").await.expect(201);
    (budget, id_of(&location(&order)).to_owned())
}

/// As the provider, in the office of [`OWN`].
pub(crate) fn by_provider<'a>(app: &'a TestApp, method: &str, path: &str) -> Request<'a> {
    let separator = if path.contains('?') { '&' } else { '?' };
    as_provider(app.request(method.parse().unwrap(), &format!("{path}{separator}municipality={OWN}")))
}

pub(crate) async fn deliver(app: &TestApp, order: &str, on: &str, volume: &str) -> Answer {
    let delivery = json!({"on": on, "volume": volume, "place": "Izdomāta iela 1"});
    by_provider(app, "POST", &format!("/v1/orders/{order}/deliveries")).json(&delivery).send().await
}

pub(crate) fn invoice(number: &str, order: &str, volume: &str, amount: &str) -> Value {
    json!({
        "number": number, "issued_on": "2023-11-02", "period_from": "2023-10-01", "period_to": "2023-10-31",
        "lines": [{"order": order, "from": "2023-10-01", "to": "2023-10-31", "volume": volume, "unit_price": "12.00",
            "amount": amount}],
        "total": amount,
    })
}

/// Sends the invoice of a day, of an order at 12.00.
pub(crate) async fn invoiced(
    app: &TestApp,
    number: &str,
    order: &str,
    (day, volume, amount): (&str, &str, &str),
) -> Answer {
    let mut invoice = invoice(number, order, volume, amount);
    (invoice["lines"][0]["from"], invoice["lines"][0]["to"]) = (json!(day), json!(day));
    by_provider(app, "POST", "/v1/invoices").json(&invoice).send().await
}

/// The same as an e-invoice: a service outside of VAT.
pub(crate) fn e_invoice(number: &str, order: &str, hours: i64, corrects: Option<&str>) -> Vec<u8> {
    write_invoice(&e_invoice_of(number, &[(order, hours)], corrects)).unwrap()
}

/// An e-invoice for October with a line for the hours of each order.
fn e_invoice_of(number: &str, hours: &[(&str, i64)], corrects: Option<&str>) -> EInvoice {
    let cents: i64 = hours.iter().map(|(_, hours)| hours * 1200).sum();
    let outside = || Vat { category: "O".to_owned(), rate: None };
    let party = |name: &str, number: &str| Party {
        name: name.to_owned(),
        identifiers: Vec::new(),
        registration: Some(Identifier { value: number.to_owned(), scheme: None }),
        vat_number: None,
        tax_registration: None,
        endpoint: Some(Identifier { value: number.to_owned(), scheme: Some("0218".to_owned()) }),
        street: None,
        city: Some("Demo".to_owned()),
        post_code: None,
        country: "LV".to_owned(),
    };
    let day = |text: &str| text.parse().unwrap();
    let period = Some(Period { from: Some(day("2023-10-01")), to: Some(day("2023-10-31")) });
    let line = |number: u32, order: &str, hours: i64| Line {
        id: number.to_string(),
        note: None,
        order_line_reference: Some(order.to_owned()),
        period,
        item_name: "Aprūpe mājās".to_owned(),
        item_description: None,
        item_id: None,
        quantity: Decimal::from(hours),
        unit_code: "HUR".to_owned(),
        net_price: Decimal::from(12),
        base_quantity: None,
        adjustments: Vec::new(),
        net_cents: hours * 1200,
        vat: outside(),
    };
    EInvoice {
        profile: Profile::PeppolBis3,
        process: Some("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0".to_owned()),
        kind: if corrects.is_some() { Kind::CreditNote } else { Kind::Invoice },
        number: number.to_owned(),
        type_code: if corrects.is_some() { "381" } else { "380" }.to_owned(),
        issue_date: day("2023-11-02"),
        due_date: Some(day("2023-11-30")),
        notes: Vec::new(),
        buyer_reference: Some("Demo".to_owned()),
        contract_reference: None,
        order_reference: None,
        preceding: corrects
            .map(|number| Preceding { number: number.to_owned(), issue_date: None })
            .into_iter()
            .collect(),
        period,
        seller: party("SIA Izdomāts", "40000000001"),
        buyer: party("Demo novada Sociālais dienests", "90000000001"),
        payee_name: None,
        payment: Some(Payment {
            means_code: "58".to_owned(),
            remittance: Some(number.to_owned()),
            accounts: vec![Account { iban: "LV80BANK0000435195001".to_owned(), name: None, bic: None }],
        }),
        payment_terms: None,
        adjustments: Vec::new(),
        vat: vec![VatSum {
            vat: outside(),
            taxable_cents: cents,
            tax_cents: 0,
            exemption_reason: Some("Sociālais pakalpojums".to_owned()),
            exemption_code: None,
        }],
        totals: Totals {
            lines_cents: cents,
            without_vat_cents: cents,
            with_vat_cents: cents,
            payable_cents: cents,
            ..Totals::default()
        },
        lines: (1..).zip(hours).map(|(number, (order, hours))| line(number, order, *hours)).collect(),
    }
}

pub(crate) async fn send(app: &TestApp, xml: Vec<u8>) -> Answer {
    by_provider(app, "POST", "/v1/invoices").body("application/xml", xml).send().await
}

pub(crate) async fn step(app: &TestApp, invoice: &Value, what: &str, role: Role) -> Answer {
    let path = format!("/v1/invoices/{}", invoice["id"].as_str().unwrap());
    let shown = app.get(&path).as_role(role, OWN).send().await.expect(200);
    let call = app.post(&format!("{path}/{what}")).as_role(role, OWN).header("if-match", shown.header("etag").unwrap());
    if ["return", "rejection"].contains(&what) {
        call.json(&json!({"reasons": "5. oktobrī pakalpojums nav saņemts."})).send().await
    } else {
        call.send().await
    }
}

/// Endorses and approves.
pub(crate) async fn approve(app: &TestApp, invoice: &Value) -> Value {
    step(app, invoice, "endorsement", Role::SocialWorker).await.expect(201);
    step(app, invoice, "approval", Role::OfficeHead).await.expect(201).json()
}

pub(crate) async fn pay(app: &TestApp) -> Answer {
    let run = json!({"format": "pain.001.001.03", "execution_date": "2023-12-15",
        "debtor": {"name": "Demo novada Sociālais dienests", "bank_account": "LV80BANK0000435195001"}});
    app.post("/v1/payment-runs").as_role(Role::Accountant, OWN).json(&run).send().await
}

pub(crate) async fn result(app: &TestApp, run: &Value, paid: bool) -> Answer {
    let path = format!("/v1/payment-runs/{}/results", run["id"].as_str().unwrap());
    let payments: Vec<Value> = run["payments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payment| json!({"payment": payment["id"], "paid": paid}))
        .collect();
    let body = json!({"paid_on": "2023-11-15", "payments": payments});
    app.post(&path).as_role(Role::Accountant, OWN).json(&body).send().await
}

/// Delivered, invoiced and paid of the budget.
async fn sums(app: &TestApp, budget: &str) -> [String; 3] {
    let total = ledger(app, budget, "").await["total"].clone();
    ["delivered", "invoiced", "paid"].map(|sum| total[sum].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one journey, step after step")]
async fn from_a_delivery_to_the_payment() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { budget, order, provider } = ordered(&app, "320000-00001").await;

        // The provider sees its own order, and no more.
        let own = by_provider(&app, "GET", "/v1/orders").send().await.expect(200).json();
        assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["id"]), (1, &json!(order)));
        by_provider(&app, "GET", &format!("/v1/orders/{order}")).send().await.expect(200);
        let other = as_provider(app.get(&format!("/v1/orders/{order}?municipality={FOREIGN}")));
        other.send().await.expect(404);
        as_provider(app.get("/v1/orders?municipality=9999999")).send().await.expect(404);
        for path in ["/v1/orders".to_owned(), format!("/v1/orders/{order}")] {
            as_provider(app.get(&path)).send().await.expect_faults(422, &["missing_field /municipality"]);
        }

        // The provider names the office; an office needs not.
        let path = format!("/v1/orders/{order}/deliveries");
        let new = json!({"on": "2023-10-05", "hours": {"from": "09:00", "to": "12:00"}});
        as_provider(app.post(&path)).json(&new).send().await.expect_faults(422, &["missing_field /municipality"]);
        let first =
            by_provider(&app, "POST", &path).header("idempotency-key", "d-1").json(&new).send().await.expect(201);
        let again =
            by_provider(&app, "POST", &path).header("idempotency-key", "d-1").json(&new).send().await.expect(201);
        assert_eq!(first.json(), again.json());
        let first = first.json();
        assert_eq!(
            (&first["volume"], &first["amount"], &first["status"]),
            (&json!("3"), &json!("36.00"), &json!("recorded"))
        );
        let meets = json!({"on": "2023-10-05", "hours": {"from": "11:00", "to": "13:00"}});
        by_provider(&app, "POST", &path).json(&meets).send().await.expect_faults(422, &["delivery_overlaps /hours"]);
        deliver(&app, &order, "2023-11-16", "1").await.expect_faults(422, &["date_out_of_range /on"]);
        deliver(&app, &order, "2023-10-06", "98").await.expect_faults(422, &["volume_above_planned /volume"]);
        let ill = json!({"on": "2023-10-06", "not_delivered": "illness"});
        let ill = by_provider(&app, "POST", &path).json(&ill).send().await.expect(201).json();
        assert_eq!((&ill["status"], &ill["amount"]), (&json!("not_delivered"), &json!("0.00")));
        let two = deliver(&app, &order, "2023-10-12", "5").await.expect(201).json();
        assert_eq!(sums(&app, &budget).await, ["96.00", "0.00", "0.00"]);

        // Corrected and confirmed: the ledger has the entry reversed.
        let two = format!("/v1/deliveries/{}", two["id"].as_str().unwrap());
        let right = json!({"on": "2023-10-12", "volume": "2", "place": "Izdomāta iela 2"});
        by_provider(&app, "PUT", &two).header("if-match", "\"1\"").json(&right).send().await.expect(200);
        by_provider(&app, "PUT", &two).header("if-match", "\"1\"").json(&right).send().await.expect(412);
        let confirmed =
            app.post(&format!("{two}/confirmation")).as_role(Role::SocialWorker, OWN).header("if-match", "\"2\"");
        confirmed.json(&json!({"confirmer": "parent", "name": "Izdomāts Paraugvecāks"})).send().await.expect(201);
        assert_eq!(sums(&app, &budget).await, ["60.00", "0.00", "0.00"]);
        let lines = format!(
            "{}\n{}\nnonsense\n",
            json!({"id": "b-1", "order": order, "on": "2023-10-19", "volume": "1.5"}),
            json!({"id": "b-2", "order": order, "on": "2022-10-19", "volume": "1.5"})
        );
        let bulk =
            || by_provider(&app, "POST", "/v1/delivery-batches").body("application/x-ndjson", lines.clone()).send();
        let told = bulk().await.expect(200).lines();
        assert!(told[0]["delivery_id"].is_string(), "{told:?}");
        assert_eq!(told[1]["problem"]["errors"][0]["code"], "date_out_of_range");
        assert_eq!(told[2]["problem"]["code"], "malformed_json");
        assert_eq!(bulk().await.expect(200).lines()[0], told[0], "a repeated line is stored once");
        let mistake = deliver(&app, &order, "2023-10-20", "4").await.expect(201).json();
        let mistake = format!("/v1/deliveries/{}", mistake["id"].as_str().unwrap());
        by_provider(&app, "POST", &format!("{mistake}/withdrawal"))
            .header("if-match", "\"1\"")
            .send()
            .await
            .expect(201);
        assert_eq!(sums(&app, &budget).await, ["78.00", "0.00", "0.00"]);
        app.get(&two).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        let listed = by_provider(&app, "GET", "/v1/deliveries?invoiced=false").send().await.expect(200).json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 5);

        // An e-invoice with a wrong line goes back with what is wrong; 6.5 hours were delivered.
        let returned = send(&app, e_invoice("R-1", &order, 8, None)).await.expect(201).json();
        assert_eq!(
            (&returned["status"], &returned["findings"][0]["pointer"], &returned["findings"][0]["code"]),
            (&json!("returned"), &json!("/lines/0/volume"), &json!("volume_differs"))
        );
        assert_eq!(sums(&app, &budget).await, ["78.00", "0.00", "0.00"]);
        for (element, rule) in [("TaxInclusiveAmount", "BR-CO-15"), ("PayableAmount", "BR-CO-16")] {
            let right = format!("<cbc:{element} currencyID=\"EUR\">96.00<");
            let xml = String::from_utf8(e_invoice("R-1", &order, 8, None)).unwrap();
            let broken = xml.replacen(&right, &right.replace("96.00", "97.00"), 1);
            assert_ne!(xml, broken);
            let refused = send(&app, broken.into_bytes()).await.expect(422);
            let problem = refused.json();
            let mut details =
                problem["errors"].as_array().unwrap().iter().map(|error| error["detail"].as_str().unwrap());
            assert!(details.any(|detail| detail.starts_with(&format!("{rule}: "))), "{}", refused.shown());
        }
        let check = by_provider(&app, "POST", "/v1/invoice-checks").json(&invoice("R-1", &order, "6.5", "78.00"));
        let check = check.send().await.expect(200).json();
        assert_eq!((&check["accepted"], check["lines"][0]["deliveries"].as_array().unwrap().len()), (&json!(true), 3));
        let sent = |number: &str| {
            by_provider(&app, "POST", "/v1/invoices").json(&invoice(number, &order, "6.5", "78.00")).send()
        };
        let received = sent("R-1").await.expect(201).json();
        assert_eq!((&received["status"], &received["amount"]), (&json!("received"), &json!("78.00")));
        assert_eq!(sent("R-1").await.expect(201).json()["findings"][0]["code"], "nothing_delivered");
        by_provider(&app, "PUT", &two).header("if-match", "\"4\"").json(&right).send().await.expect(409);

        // Nobody decides on what has changed meanwhile.
        for (what, role) in [
            ("endorsement", Role::SocialWorker),
            ("approval", Role::OfficeHead),
            ("return", Role::SocialWorker),
            ("rejection", Role::SocialWorker),
        ] {
            let path = format!("/v1/invoices/{}/{what}", received["id"].as_str().unwrap());
            let call = app.post(&path).as_role(role, OWN).header("if-match", "\"9\"");
            let call =
                if ["return", "rejection"].contains(&what) { call.json(&json!({"reasons": "Nē."})) } else { call };
            call.send().await.expect(412);
        }
        // A person sends it back, and it comes again; nobody approves alone.
        step(&app, &received, "approval", Role::OfficeHead).await.expect(409);
        step(&app, &received, "return", Role::SocialWorker).await.expect(201);
        let received = sent("R-1").await.expect(201).json();
        assert_eq!(received["status"], "received");
        step(&app, &received, "approval", Role::SocialWorker).await.expect(403);
        step(&app, &received, "endorsement", Role::OfficeHead).await.expect(201);
        step(&app, &received, "approval", Role::OfficeHead).await.expect_faults(422, &["approved_by_same_person "]);
        step(&app, &received, "return", Role::SocialWorker).await.expect(201);
        let received = sent("R-1").await.expect(201).json();
        let approved = approve(&app, &received).await;
        assert_eq!((&approved["status"], &approved["approved_on"]), (&json!("approved"), &json!("2023-11-15")));
        assert_eq!(sums(&app, &budget).await, ["78.00", "78.00", "0.00"]);
        step(&app, &received, "return", Role::SocialWorker).await.expect(409);

        // Paid once: the bank refuses first.
        let run = pay(&app).await.expect(201).json();
        assert_eq!((&run["count"], &run["amount"]), (&json!(1), &json!("78.00")));
        assert_eq!(pay(&app).await.expect(409).json()["code"], "nothing_to_pay");
        let file = || {
            app.get(&format!("/v1/payment-runs/{}/file", run["id"].as_str().unwrap()))
                .as_role(Role::Accountant, OWN)
                .send()
        };
        let (file, again) = (file().await.expect(200), file().await.expect(200));
        assert_eq!(file.text(), again.text());
        assert!(
            file.text().contains("pain.001.001.03")
                && file.text().contains("78.00")
                && file.text().contains("SIA Izdomats")
        );
        let refusal = status(&run, "RJCT");
        let path = format!("/v1/payment-runs/{}/results", run["id"].as_str().unwrap());
        let failed = app
            .post(&path)
            .as_role(Role::Accountant, OWN)
            .body("application/xml", refusal)
            .send()
            .await
            .expect(201)
            .json();
        assert_eq!(
            (&failed["status"], &failed["payments"][0]["status"], &failed["payments"][0]["reason"]),
            (&json!("closed"), &json!("failed"), &json!("AC04"))
        );
        result(&app, &run, true).await.expect_faults(422, &["outcome_known /payments/0/payment"]);
        let run = pay(&app).await.expect(201).json();
        for _ in 0..2 {
            let paid = result(&app, &run, true).await.expect(201).json();
            assert_eq!((&paid["status"], &paid["payments"][0]["paid_on"]), (&json!("closed"), &json!("2023-11-15")));
            assert_eq!(sums(&app, &budget).await, ["78.00", "78.00", "78.00"]);
        }

        // A credit note takes back an hour, and the next payment is lower by it.
        let note = send(&app, e_invoice("K-1", &order, 7, Some("R-1"))).await.expect(201).json();
        assert_eq!(note["findings"][0]["code"], "above_paid");
        let note = send(&app, e_invoice("K-1", &order, 1, Some("R-1"))).await.expect(201).json();
        assert_eq!((&note["status"], &note["amount"]), (&json!("received"), &json!("-12.00")));
        assert_eq!(approve(&app, &note).await["status"], "paid");
        assert_eq!(sums(&app, &budget).await, ["66.00", "66.00", "66.00"]);
        assert_eq!(pay(&app).await.expect(409).json()["code"], "nothing_to_pay");
        deliver(&app, &order, "2023-10-26", "10").await.expect(201);
        let second = by_provider(&app, "POST", "/v1/invoices").json(&invoice("R-2", &order, "10", "120.00"));
        approve(&app, &second.send().await.expect(201).json()).await;
        let run = pay(&app).await.expect(201).json();
        assert_eq!(run["amount"], "108.00");
        result(&app, &run, true).await.expect(201);
        assert_eq!(sums(&app, &budget).await, ["186.00", "186.00", "186.00"]);
        assert_eq!(pay(&app).await.expect(409).json()["code"], "nothing_to_pay");

        // Nobody else sees any of it.
        let path = format!("/v1/invoices/{}", received["id"].as_str().unwrap());
        app.get(&path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        app.get(&path).as_role(Role::Recipient, OWN).send().await.expect(404);
        let office = app
            .get(&format!("/v1/invoices?provider={provider}"))
            .as_role(Role::Accountant, OWN)
            .send()
            .await
            .expect(200);
        assert_eq!(office.json()["items"].as_array().unwrap().len(), 8);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_e_invoice_with_a_wrong_line_is_accepted_in_no_line() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, care) = with_offer(&app).await;
        let (budget, order) = ordered_from(&app, "320000-00001", &care).await;
        let (other_budget, other) = ordered_from(&app, "320000-00002", &care).await;
        deliver(&app, &order, "2023-10-05", "3").await.expect(201);
        deliver(&app, &other, "2023-10-05", "2").await.expect(201);
        let two = |hours| write_invoice(&e_invoice_of("R-1", &[(&order, 3), (&other, hours)], None)).unwrap();
        let returned = send(&app, two(5)).await.expect(201).json();
        let found = |invoice: &Value| {
            let findings = invoice["findings"].as_array().unwrap().iter();
            findings.map(|found| (found["code"].clone(), found["pointer"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(
            (&returned["status"], found(&returned)),
            (&json!("returned"), vec![(json!("volume_differs"), json!("/lines/1/volume"))])
        );
        let waiting = by_provider(&app, "GET", "/v1/deliveries?invoiced=false").send().await.expect(200).json();
        assert_eq!(waiting["items"].as_array().unwrap().len(), 2, "the right line is not accepted by itself");
        let received = send(&app, two(2)).await.expect(201).json();
        assert_eq!((&received["status"], &received["amount"]), (&json!("received"), &json!("60.00")));
        approve(&app, &received).await;
        assert_eq!(sums(&app, &budget).await, ["36.00", "36.00", "0.00"]);
        assert_eq!(sums(&app, &other_budget).await, ["24.00", "24.00", "0.00"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_an_invoice_is_not_another_one_s() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&app, "320000-00001").await;
        for day in ["2023-10-05", "2023-10-12"] {
            deliver(&app, &order, day, "1").await.expect(201);
        }
        let of_day = async |number: &str, day: &str| invoiced(&app, number, &order, (day, "1", "12.00")).await;
        let received = of_day("R-1", "2023-10-05").await.expect(201).json();
        assert_eq!(received["status"], "received");
        assert_eq!(of_day("R-1", "2023-10-12").await.expect(409).json()["code"], "invoice_exists");
        let waiting = by_provider(&app, "GET", "/v1/deliveries?invoiced=false").send().await.expect(200).json();
        assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
        assert_eq!(of_day("R-2", "2023-10-12").await.expect(201).json()["status"], "received");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_e_invoice_of_another_seller_is_refused() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, provider, .. } = ordered(&app, "320000-00001").await;
        deliver(&app, &order, "2023-10-05", "3").await.expect(201);
        let of_seller = |registration: &str| {
            let mut invoice = e_invoice_of("R-1", &[(&order, 3)], None);
            invoice.seller.registration = Some(Identifier { value: registration.to_owned(), scheme: None });
            write_invoice(&invoice).unwrap()
        };
        let other = of_seller("40000000002");
        send(&app, other.clone()).await.expect_faults(422, &["seller_differs /seller/registration"]);
        let check = by_provider(&app, "POST", "/v1/invoice-checks").body("application/xml", other.clone());
        check.send().await.expect_faults(422, &["seller_differs /seller/registration"]);
        let path = format!("/v1/invoices?provider={provider}");
        let entered = app.post(&path).as_role(Role::Accountant, OWN).body("application/xml", other).send().await;
        entered.expect_faults(422, &["seller_differs /seller/registration"]);
        let none = by_provider(&app, "GET", "/v1/invoices").send().await.expect(200).json();
        assert_eq!(none["items"], json!([]));
        let own = send(&app, of_seller("LV 40000000001")).await.expect(201).json();
        assert_eq!(own["status"], "received");
    }
}

/// 12.00 with VAT is 9.92 without it: two lines come to 24.01, as VAT is rounded for both together.
#[tokio::test(flavor = "multi_thread")]
async fn an_e_invoice_with_vat_is_paid_as_it_adds_up() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { budget, order, .. } = ordered(&app, "320000-00001").await;
        let days = ["2023-10-05", "2023-10-12"];
        for day in days {
            deliver(&app, &order, day, "1").await.expect(201);
        }
        let mut invoice = e_invoice_of("R-1", &[(&order, 1), (&order, 1)], None);
        let standard = Vat { category: "S".to_owned(), rate: Some(Decimal::from(21)) };
        invoice.seller.vat_number = Some("LV40000000001".to_owned());
        for (line, day) in invoice.lines.iter_mut().zip(days) {
            let day = Some(day.parse().unwrap());
            line.period = Some(Period { from: day, to: day });
            line.net_price = "9.917355".parse().unwrap();
            line.net_cents = 992;
            line.vat = standard.clone();
        }
        invoice.vat = vec![VatSum {
            vat: standard,
            taxable_cents: 1984,
            tax_cents: 417,
            exemption_reason: None,
            exemption_code: None,
        }];
        invoice.totals = Totals {
            lines_cents: 1984,
            without_vat_cents: 1984,
            vat_cents: Some(417),
            with_vat_cents: 2401,
            payable_cents: 2401,
            ..Totals::default()
        };
        let received = send(&app, write_invoice(&invoice).unwrap()).await.expect(201).json();
        let amounts: Vec<_> =
            received["details"]["lines"].as_array().unwrap().iter().map(|line| &line["amount"]).collect();
        assert_eq!(
            (&received["status"], &received["amount"], amounts),
            (&json!("received"), &json!("24.01"), vec![&json!("12.00"), &json!("12.01")]),
            "{received}"
        );
        approve(&app, &received).await;
        assert_eq!(sums(&app, &budget).await, ["24.01", "24.01", "0.00"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_confirms_a_delivery() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { budget, order, .. } = ordered(&app, "320000-00001").await;
        let delivery = deliver(&app, &order, "2023-10-05", "3").await.expect(201).json();
        let path = format!("/v1/deliveries/{}", delivery["id"].as_str().unwrap());
        let confirm = async || {
            let call = app.post(&format!("{path}/confirmation")).as_role(Role::Recipient, OWN);
            call.header("if-match", "\"1\"").json(&json!({"confirmer": "parent"})).send().await
        };
        confirm().await.expect(404);
        let shown = app.get(&budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        link(&app, OWN, shown["person_id"].as_str().unwrap()).await;
        let confirmed = confirm().await.expect(201).json();
        assert_eq!((&confirmed["status"], &confirmed["confirmer"]), (&json!("confirmed"), &json!("parent")));
        let shown = app.get(&path).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        assert_eq!(shown["status"], "confirmed");
    }
}

/// Lists that are asked for days are in their order, page by page, whatever was recorded first.
#[tokio::test(flavor = "multi_thread")]
async fn lists_by_day_are_told_in_the_order_of_days() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&app, "320000-00001").await;
        let days = ["2023-10-12", "2023-10-05", "2023-10-19", "2023-10-05", "2023-10-01"];
        for day in days {
            deliver(&app, &order, day, "1").await.expect(201);
        }
        for (number, day) in ["2023-10-19", "2023-10-12"].into_iter().enumerate() {
            let mut sent = invoice(&format!("R-{number}"), &order, "1", "12.00");
            for (place, of) in [("period_from", "from"), ("period_to", "to")] {
                sent[place] = json!(day);
                sent["lines"][0][of] = json!(day);
            }
            by_provider(&app, "POST", "/v1/invoices").json(&sent).send().await.expect(201);
        }
        let pages = async |path: &str, of: &str| {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let path = format!("{path}limit=1{cursor}");
                let page = app.get(&path).as_role(Role::Accountant, OWN).send().await.expect(200).json();
                found.extend(page["items"].as_array().unwrap().iter().map(|item| item[of].clone()));
                let Some(next) = page["next"].as_str() else { return found };
                cursor = format!("&cursor={next}");
            }
        };
        assert_eq!(pages("/v1/deliveries?", "on").await, days);
        let sorted = ["2023-10-05", "2023-10-05", "2023-10-12", "2023-10-19"];
        assert_eq!(pages("/v1/deliveries?from=2023-10-05&", "on").await, sorted);
        assert_eq!(pages("/v1/deliveries?to=2023-10-05&", "on").await, ["2023-10-01", "2023-10-05", "2023-10-05"]);
        assert_eq!(pages("/v1/invoices?", "period_to").await, ["2023-10-19", "2023-10-12"]);
        assert_eq!(pages("/v1/invoices?from=2023-10-01&", "period_to").await, ["2023-10-12", "2023-10-19"]);
        for path in ["/v1/deliveries", "/v1/invoices"] {
            let call = app.get(&format!("{path}?cursor=1")).as_role(Role::Accountant, OWN);
            call.send().await.expect_faults(400, &["invalid_format /cursor"]);
        }
    }
}

/// While an invoice waits for the row of a delivery that is being corrected, it is for what the delivery becomes.
#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_is_corrected_meanwhile_is_invoiced_as_it_becomes() {
    if !Database::available().contains(&Database::Postgres) {
        return;
    }
    let app = TestApp::start_on(Database::Postgres).await;
    let Ordered { order, .. } = ordered(&app, "320000-00001").await;
    deliver(&app, &order, "2023-10-05", "3").await.expect(201);
    // Another connection has corrected it to two hours, and commits a second later.
    let correction = format!(
        "SET app.municipality = '{OWN}'; BEGIN; UPDATE delivery SET thousandths = 2000, cents = 2400; SELECT pg_sleep(1); COMMIT"
    );
    let (corrected, invoiced) = std::thread::scope(|scope| {
        let corrected = scope.spawn(|| app.database.psql(cluster::SERVER, &correction));
        std::thread::sleep(std::time::Duration::from_millis(300));
        let invoiced = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(invoiced(&app, "R-1", &order, ("2023-10-05", "3", "36.00")))
        });
        (corrected.join().unwrap(), invoiced)
    });
    corrected.unwrap();
    let invoiced = invoiced.expect(201).json();
    assert_eq!((&invoiced["status"], &invoiced["findings"][0]["code"]), (&json!("returned"), &json!("volume_differs")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_of_a_day_has_what_was_delivered_invoiced_and_paid_by_then() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { budget, order, .. } = ordered(&app, "320000-00001").await;
        deliver(&app, &order, "2023-10-05", "3").await.expect(201);
        let sent = by_provider(&app, "POST", "/v1/invoices").json(&invoice("R-1", &order, "3", "36.00"));
        approve(&app, &sent.send().await.expect(201).json()).await;
        let run = pay(&app).await.expect(201).json();
        let later = app.another_node_at(december).await;
        let path = format!("/v1/payment-runs/{}/results", run["id"].as_str().unwrap());
        let paid = json!({"paid_on": "2023-12-01", "payments": [{"payment": run["payments"][0]["id"], "paid": true}]});
        later.post(&path).as_role(Role::Accountant, OWN).json(&paid).send().await.expect(201);
        for (on, expected) in [
            ("2023-10-04", ["0.00", "0.00", "0.00"]),
            ("2023-10-05", ["36.00", "0.00", "0.00"]),
            ("2023-11-14", ["36.00", "0.00", "0.00"]),
            ("2023-11-15", ["36.00", "36.00", "0.00"]),
            ("2023-11-30", ["36.00", "36.00", "0.00"]),
            ("2023-12-01", ["36.00", "36.00", "36.00"]),
        ] {
            let total = ledger(&later, &budget, &format!("?on={on}")).await["total"].clone();
            assert_eq!(["delivered", "invoiced", "paid"].map(|sum| total[sum].as_str().unwrap()), expected, "{on}");
        }
        assert_eq!(sums(&later, &budget).await, ["36.00", "36.00", "36.00"]);
    }
}

/// A bank's answer to a run: one status for all its payments.
pub(crate) fn status(run: &Value, code: &str) -> String {
    let simple = |id: &Value| id.as_str().unwrap().replace('-', "");
    let payments: String = run["payments"].as_array().unwrap().iter().map(|payment| format!(
        "<TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId><TxSts>{code}</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>",
        simple(&payment["id"])
    )).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>S-1</MsgId><CreDtTm>2023-11-15T10:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{run}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{run}</OrgnlPmtInfId>{payments}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"#,
        run = simple(&run["id"])
    )
}

#[tokio::test]
async fn cents_rounded_up_beyond_the_plan_are_told_when_the_invoice_comes_in() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let call = app.post("/v1/providers").as_role(Role::SocialWorker, OWN);
        let provider = location(&call.json(&legal("40000000001", &[OWN])).send().await.expect(201));
        let care = accepted_offer(&app, &provider, "home_care", "11.11").await;
        let budget = signed_budget(&app, "320000-00001").await;
        let plan = plan(&app, &budget, &draft(&[line(1, "home_care", Some(&care), "1.5", "11.11")])).await;
        plan.in_force().await;
        let order = id_of(&location(&plan.order(1, "guarantee_letter", "1.5").await.expect(201))).to_owned();
        for (day, amount) in [("2023-10-02", "5.56"), ("2023-10-03", "5.55"), ("2023-10-04", "5.56")] {
            let delivery = deliver(&app, &order, day, "0.5").await.expect(201).json();
            assert_eq!(delivery["amount"], amount, "of all together 5.56, 11.11 and 16.67");
        }
        let sent = async |path: &str, number: &str, day: &str, amount: &str| {
            let mut invoice = invoice(number, &order, "0.5", amount);
            (invoice["lines"][0]["from"], invoice["lines"][0]["to"]) = (json!(day), json!(day));
            invoice["lines"][0]["unit_price"] = json!("11.11");
            by_provider(&app, "POST", path).json(&invoice).send().await
        };
        let first = sent("/v1/invoices", "R-1", "2023-10-02", "5.56").await.expect(201).json();
        approve(&app, &first).await;
        // Half an hour is 5.56 by itself, and the plan has 16.67 for three of them.
        let refused = sent("/v1/invoice-checks", "R-2", "2023-10-03", "5.56").await.expect(200).json();
        assert_eq!(refused["findings"][0]["code"], "above_planned");
        assert_eq!(refused["findings"][0]["pointer"], "/lines/0/amount");
        let returned = sent("/v1/invoices", "R-2", "2023-10-03", "5.56").await.expect(201).json();
        assert_eq!(
            (&returned["status"], &returned["findings"][0]["code"]),
            (&json!("returned"), &json!("above_planned"))
        );
        for (number, day, amount) in [("R-2", "2023-10-03", "5.55"), ("R-3", "2023-10-04", "5.56")] {
            let received = sent("/v1/invoices", number, day, amount).await.expect(201).json();
            assert_eq!(received["status"], "received", "{received}");
            approve(&app, &received).await;
        }
        assert_eq!(sums(&app, &budget).await, ["16.67", "16.67", "0.00"]);
    }
}

/// Every item of a list, page by page.
async fn all(app: &TestApp, path: &str, role: Role) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{path}?limit=200{cursor}")).as_role(role, OWN).send().await.expect(200).json();
        found.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { return found };
        cursor = format!("&cursor={next}");
    }
}

fn cents(value: &Value) -> i64 {
    value.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// What eight at once do to one order, drawn by lot, some of them going away before the answer: deliver, correct, withdraw,
/// invoice, send back, approve, credit, pay, refuse. At the end the ledger, the invoices, the payments and the report are equal to the cent,
/// and nothing was paid twice. `BALSTS_OPERATIONS` takes another number than 400.
#[tokio::test(flavor = "multi_thread")]
async fn ledger_invoices_and_payments_agree_whatever_comes_first() {
    let operations = std::env::var("BALSTS_OPERATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(400_u32);
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { budget, order, .. } = ordered(&app, "320000-00001").await;
        let clients = (0..8_u64).map(|seed| operate(&app, &order, seed, operations / 8));
        let paid: u32 = by_lot(futures_util::future::join_all(clients)).await.into_iter().sum();
        assert!(paid > 0, "something was paid");

        // What was asked by those who went away may still be under way: until nothing changes any more.
        let state = async || {
            let deliveries = all(&app, "/v1/deliveries", Role::Accountant).await;
            let invoices = all(&app, "/v1/invoices", Role::Accountant).await;
            (sums(&app, &budget).await, deliveries, invoices)
        };
        let mut last = state().await;
        let (_, deliveries, invoices) = loop {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let now = state().await;
            if now == last {
                break now;
            }
            last = now;
        };
        let mut payments = std::collections::BTreeMap::new();
        for run in all(&app, "/v1/payment-runs", Role::Accountant).await {
            let path = format!("/v1/payment-runs/{}", run["id"].as_str().unwrap());
            let run = app.get(&path).as_role(Role::Accountant, OWN).send().await.expect(200).json();
            for payment in run["payments"].as_array().unwrap() {
                payments.insert(payment["id"].clone().to_string(), payment.clone());
            }
        }
        let sum = |of: &[&str]| -> i64 {
            invoices
                .iter()
                .filter(|one| of.contains(&one["status"].as_str().unwrap()))
                .map(|one| cents(&one["amount"]))
                .sum()
        };
        let credited: i64 = invoices
            .iter()
            .filter(|one| one["kind"] == "credit_note" && one["status"] == "paid")
            .map(|one| cents(&one["amount"]))
            .sum();
        // An approved invoice is worth what it asks for: its volume at the price, rounded once.
        let settled = |id: &Value| {
            let mut found = invoices.iter().filter(|one| one["id"] == *id);
            found.next().is_some_and(|one| ["approved", "paid"].contains(&one["status"].as_str().unwrap()))
        };
        let live = deliveries.iter().filter(|one| ["recorded", "confirmed"].contains(&one["status"].as_str().unwrap()));
        let waiting: i64 = live.filter(|one| !settled(&one["invoice_id"])).map(|one| cents(&one["amount"])).sum();
        let delivered = waiting + sum(&["approved", "paid"]) - credited;
        let told = sums(&app, &budget).await.map(|sum| sum.replace('.', "").parse::<i64>().unwrap());
        assert_eq!(told, [delivered + credited, sum(&["approved", "paid"]), sum(&["paid"])]);
        let on_day = ledger(&app, &budget, "?on=2023-12-31").await["total"].clone();
        assert_eq!(["delivered", "invoiced", "paid"].map(|name| cents(&on_day[name])), told, "the entries add up");
        // The report of the month claims the same: what was paid by its end, and what waits.
        let later = app.another_node_at(december).await;
        let report = generate(&later, "2023-11").await.expect(201).json();
        assert_eq!(["claimed", "paid"].map(|name| cents(&report["totals"][name])), [told[1], told[2]], "{report}");
        for payment in payments.values() {
            let of_payment = invoices.iter().filter(|one| one["payment_id"] == payment["id"]);
            let amount: i64 = of_payment.map(|one| cents(&one["amount"])).sum();
            let expected = if payment["status"] == "failed" { 0 } else { cents(&payment["amount"]) };
            assert_eq!(amount, expected, "{payment}");
        }
    }
}

/// The operations of one client; how many payment runs it saw paid.
async fn operate(app: &TestApp, order: &str, seed: u64, operations: u32) -> u32 {
    let mut lot = fastrand::Rng::with_seed(seed);
    let mut paid = 0;
    for _ in 0..operations {
        let patience = std::time::Duration::from_millis(if lot.u32(0..10) == 0 { lot.u64(1..20) } else { 60_000 });
        let operation = one_operation(app, order, &mut lot);
        if let Ok(settled) = tokio::time::timeout(patience, operation).await {
            paid += u32::from(settled);
        }
    }
    paid
}

fn pick(lot: &mut fastrand::Rng, items: &Value, fits: impl Fn(&Value) -> bool) -> Option<Value> {
    let fitting: Vec<&Value> = items["items"].as_array().unwrap().iter().filter(|item| fits(item)).collect();
    lot.choice(fitting).cloned()
}

/// One operation; whether it settled a payment run. Every refusal is one that the contract tells.
async fn one_operation(app: &TestApp, order: &str, lot: &mut fastrand::Rng) -> bool {
    let day = format!("2023-10-{:02}", lot.u32(1..32));
    let answer = match lot.u32(0..12) {
        0..4 => deliver(app, order, &day, &format!("0.{}", lot.u32(1..999))).await,
        4 => {
            let free = by_provider(app, "GET", "/v1/deliveries?invoiced=false").send().await.expect(200).json();
            let Some(delivery) = pick(lot, &free, |item| item["status"] == "recorded") else { return false };
            let path = format!("/v1/deliveries/{}", delivery["id"].as_str().unwrap());
            if lot.bool() {
                let right = json!({"on": day, "volume": "0.25"});
                by_provider(app, "PUT", &path).header("if-match", "\"1\"").json(&right).send().await
            } else {
                by_provider(app, "POST", &format!("{path}/withdrawal")).header("if-match", "\"1\"").send().await
            }
        }
        5..7 => {
            let query = format!("/v1/deliveries?invoiced=false&from={day}&to={day}");
            let free = by_provider(app, "GET", &query).send().await.expect(200).json();
            let thousandths: i64 = free["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|item| ["recorded", "confirmed"].contains(&item["status"].as_str().unwrap()))
                .map(|item| thousandths(&item["volume"]))
                .sum();
            if thousandths == 0 {
                return false;
            }
            let amount = format!("{:.2}", Decimal::new((thousandths * 1200 + 500) / 1000, 2));
            let mut sent = invoice(
                &format!("R-{}", lot.u32(0..100_000)),
                order,
                &Decimal::new(thousandths, 3).to_string(),
                &amount,
            );
            sent["lines"][0]["from"] = json!(day);
            sent["lines"][0]["to"] = json!(day);
            by_provider(app, "POST", "/v1/invoices").json(&sent).send().await
        }
        7..10 => {
            let listed =
                app.get("/v1/invoices?limit=200").as_role(Role::Accountant, OWN).send().await.expect(200).json();
            let waits = |item: &Value| ["received", "checked"].contains(&item["status"].as_str().unwrap());
            let Some(one) = pick(lot, &listed, waits) else { return false };
            match (one["status"].as_str().unwrap(), lot.u32(0..8)) {
                (_, 0) => step(app, &one, "return", Role::SocialWorker).await,
                ("received", _) => step(app, &one, "endorsement", Role::SocialWorker).await,
                _ => step(app, &one, "approval", Role::OfficeHead).await,
            }
        }
        10 => {
            let settled = app.get("/v1/invoices?status=paid&kind=invoice").as_role(Role::Accountant, OWN).send().await;
            let Some(one) = pick(lot, &settled.expect(200).json(), |_| true) else { return false };
            let mut note = invoice(&format!("K-{}", lot.u32(0..100_000)), order, "0.1", "1.20");
            (note["credit_note"], note["corrects"]) = (json!(true), one["number"].clone());
            by_provider(app, "POST", "/v1/invoices").json(&note).send().await
        }
        _ => {
            let run = pay(app).await;
            if run.status != 201 {
                assert!([409, 412].contains(&run.status), "{}", run.shown());
                return false;
            }
            let succeeds = lot.u32(0..3) > 0;
            result(app, &run.json(), succeeds).await.expect(201);
            return succeeds;
        }
    };
    assert!([200, 201, 409, 412, 422].contains(&answer.status), "{}", answer.shown());
    false
}

fn thousandths(volume: &Value) -> i64 {
    let volume: Decimal = volume.as_str().unwrap().parse().unwrap();
    (volume * Decimal::from(1000)).normalize().to_string().parse().unwrap()
}

/// Five days a week of day care and workshop together: also when they are told one by one, late, or corrected.
#[tokio::test(flavor = "multi_thread")]
async fn day_care_is_delivered_on_five_days_a_week() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (provider, _) = with_offer(&app).await;
        let centre = accepted_offer(&app, &provider, "day_care_centre", "35.80").await;
        let budget = signed_budget(&app, "320000-00001").await;
        let plan = plan(&app, &budget, &draft(&[line(1, "day_care_centre", Some(&centre), "100", "35.80")])).await;
        plan.in_force().await;
        let order = id_of(&location(&plan.order(1, "guarantee_letter", "100").await.expect(201))).to_owned();
        let refused = ["above_days_of_week /volume"];
        deliver(&app, &order, "2023-10-02", "6").await.expect_faults(422, &refused);
        let monday = deliver(&app, &order, "2023-10-02", "1").await.expect(201).json();
        for on in ["2023-10-04", "2023-10-05", "2023-10-06", "2023-10-08"] {
            deliver(&app, &order, on, "1").await.expect(201);
        }
        deliver(&app, &order, "2023-10-03", "0.5").await.expect_faults(422, &refused);
        deliver(&app, &order, "2023-10-09", "1").await.expect(201);
        let path = format!("/v1/deliveries/{}", monday["id"].as_str().unwrap());
        let correct = |tag: &'static str, volume: &str| {
            let body = json!({"on": "2023-10-02", "volume": volume, "place": "Izdomāta iela 1"});
            by_provider(&app, "PUT", &path).header("if-match", tag).json(&body).send()
        };
        correct("\"1\"", "1.5").await.expect_faults(422, &refused);
        correct("\"1\"", "0.5").await.expect(200);
        deliver(&app, &order, "2023-10-03", "0.5").await.expect(201);
    }
}

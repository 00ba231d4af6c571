//! Reports of the pilot on both databases: generated from what was paid and done, agreed, submitted, returned, approved, consolidated.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer, tokens};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    applications::{FOREIGN, OWN, location},
    monthly_reports::{approved, december, january, paid, seen},
    settlement::{Ordered, ordered, pay},
};

pub(crate) async fn generate(app: &TestApp, role: Role, kind: &str, month: &str) -> Answer {
    let call = app.post("/v1/pilot-reports").as_role(role, OWN);
    call.header("idempotency-key", &format!("{kind}-{month}")).json(&json!({"kind": kind, "month": month})).send().await
}

/// Takes a step as it is written, with the tag of the report as its team sees it.
async fn step(app: &TestApp, report: &str, what: &str, role: Role, body: Option<Value>) -> Answer {
    let tag = app.get(report).as_role(Role::ProgrammeTeam, OWN).send().await.expect(200);
    let (method, path) = match what {
        "" => ("DELETE", report.to_owned()),
        "put" => ("PUT", report.to_owned()),
        _ => ("POST", format!("{report}/{what}")),
    };
    let call = app.request(method.parse().unwrap(), &path).as_role(role, OWN);
    let call = call.header("if-match", tag.header("etag").unwrap());
    match body {
        Some(body) => call.json(&body).send().await,
        None => call.send().await,
    }
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What the ministry gets in a form.
async fn form(app: &TestApp, path: &str, media_type: &str) -> Answer {
    let call = app.get(path).as_role(Role::MinistryReviewer, OWN).header("accept", media_type);
    let answer = call.send().await.expect(200);
    assert!(answer.header("content-type").unwrap().starts_with(media_type), "{media_type}");
    answer
}

/// Every cell of a sheet as text.
fn sheet(book: &Answer, name: &str) -> Vec<String> {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&book.body)).unwrap();
    let range = calamine::Reader::worksheet_range(&mut book, name).unwrap();
    range.rows().flatten().map(ToString::to_string).collect()
}

fn statement() -> Value {
    json!({"kind": "account_statement", "on": "2023-11-30", "number": "K-11", "project_number": "9.2.2.2/16/I/001"})
}

fn cost(kind: &str, item: &str, amount: &str) -> Value {
    json!({"kind": kind, "on": "2023-11-30", "number": "A-11", "contract_number": "L-1", "cost_item": item,
        "amount": amount})
}

fn documents(documents: &[Value]) -> Value {
    json!({"notes": "Novembrī sāka darbu jauns darbinieks.", "documents": documents})
}

pub(crate) fn figure<'a>(figures: &'a Value, of: &str) -> &'a Value {
    let found = figures.as_array().unwrap().iter().find(|figure| figure["of"] == of);
    let found = found.unwrap_or_else(|| panic!("{of} in {figures}"));
    if found["amount"].is_null() { &found["count"] } else { &found["amount"] }
}

fn steps(report: &Value) -> Vec<&str> {
    report["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect()
}

/// The document of a case, by which a cost is shown.
async fn case_document(app: &TestApp, budget: &str) -> String {
    let case = seen(app, budget, Role::SocialWorker).await["application_id"].as_str().unwrap().to_owned();
    let query = "section=delivery&type=receipt&medium=paper&date=2023-11-10&media_type=application/pdf";
    let call = app.post(&format!("/v1/cases/{case}/documents?{query}")).as_role(Role::SocialWorker, OWN);
    let added = call.body("application/octet-stream", b"%PDF-1.7 Izdomats".to_vec()).send().await.expect(201).json();
    added["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one journey, step after step")]
async fn a_cash_flow_goes_from_the_payments_to_the_consolidation() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { budget, order, .. } = ordered(&app, "320000-00001").await;
        approved(&app, &order, "R-1", ("2023-10-05", "3", "36.00")).await;
        paid(&app, &pay(&app).await.expect(201).json(), "2023-11-15").await;
        approved(&app, &order, "R-2", ("2023-10-12", "2", "24.00")).await;
        let receipt = case_document(&app, &budget).await;
        let worker = Role::Accountant;
        generate(&app, worker, "cash_flow", "2023-11").await.expect_faults(422, &["date_out_of_range /month"]);

        // What was paid is there at once; what waits for the funding was not paid.
        let app = app.another_node_at(december).await;
        let made = generate(&app, worker, "cash_flow", "2023-11").await.expect(201);
        assert_eq!(generate(&app, worker, "cash_flow", "2023-11").await.expect(201).json(), made.json());
        let report = location(&made);
        let made = made.json();
        assert_eq!(
            (&made["status"], &made["due_on"], &made["total"], &made["worker"]),
            (&json!("draft"), &json!("2023-12-11"), &json!("36.00"), &Value::Null)
        );
        assert_eq!(figure(&made["figures"], "services"), &json!("36.00"));
        assert_eq!(made["warnings"], json!(["without_account_statement"]));
        let again = app.post("/v1/pilot-reports").as_role(Role::SocialWorker, OWN);
        let again = again.json(&json!({"kind": "cash_flow", "month": "2023-11"})).send().await.expect(409);
        assert_eq!(again.json()["code"], "pilot_report_exists");

        // A draft is the office's own, and the team's who agrees to it.
        app.get(&report).as_role(Role::MinistryReviewer, OWN).send().await.expect(404);
        for path in [report.clone(), format!("{report}/document")] {
            app.get(&path).as_role(Role::OfficeHead, FOREIGN).send().await.expect(404);
        }
        assert_eq!(
            step(&app, &report, "agreement", Role::ProgrammeTeam, None).await.expect(409).json()["code"],
            "account_statement_required"
        );
        step(&app, &report, "agreement", Role::OfficeHead, None).await.expect(403);
        step(&app, &report, "submission", Role::OfficeHead, None).await.expect(409);
        let mut unknown = cost("receipt", "services", "1.00");
        (unknown["case_document"], unknown["contract_number"]) = (json!(uuid::Uuid::from_u128(7)), Value::Null);
        let bad = documents(&[unknown, json!({"kind": "payroll", "on": "2023-12-31"})]);
        step(&app, &report, "put", worker, Some(bad)).await.expect_faults(
            422,
            &[
                "unknown_document /documents/0/case_document",
                "missing_field /documents/0/contract_number",
                "generated_cost_item /documents/0/cost_item",
                "date_out_of_range /documents/1/on",
                "missing_field /documents/1/number",
                "missing_field /documents/1/contract_number",
                "missing_field /documents/1/cost_item",
                "missing_field /documents/1/amount",
            ],
        );
        let mut travel = cost("receipt", "worker_transport", "12.50");
        (travel["number"], travel["case_document"]) = (Value::Null, json!(receipt));
        let all = documents(&[
            statement(),
            cost("payroll", "worker_pay", "1000.00"),
            cost("other", "indirect_costs", "150.01"),
            travel,
        ]);
        let filled = step(&app, &report, "put", worker, Some(all.clone())).await.expect(200).json();
        assert_eq!(
            (&filled["total"], &filled["warnings"], filled["documents"].as_array().unwrap().len()),
            (&json!("1198.51"), &json!(["indirect_costs_above_share"]), 4)
        );
        assert_eq!(figure(&filled["figures"], "worker_transport"), &json!("12.50"));
        step(&app, &report, "agreement", Role::ProgrammeTeam, None).await.expect(201);
        app.get(&report).as_role(Role::MinistryReviewer, OWN).send().await.expect(200);

        // What was agreed and is changed is agreed again.
        let changed = step(&app, &report, "put", worker, Some(all)).await.expect(200).json();
        assert_eq!((&changed["status"], &changed["content_hash"]), (&json!("draft"), &filled["content_hash"]));
        step(&app, &report, "agreement", Role::ProgrammeTeam, None).await.expect(201);
        step(&app, &report, "submission", Role::SocialWorker, None).await.expect(403);
        step(&app, &report, "submission", Role::OfficeHead, None).await.expect(201);
        step(&app, &report, "", worker, None).await.expect(409);
        step(&app, &report, "put", worker, Some(documents(&[]))).await.expect(409);
        step(&app, &report, "return", Role::ProgrammeTeam, Some(json!({"reasons": "Nē."}))).await.expect(403);
        let reasons = json!({"reasons": "Netiešās izmaksas pārsniedz 15 %."});
        let back =
            step(&app, &report, "return", Role::MinistryReviewer, Some(reasons.clone())).await.expect(201).json();
        assert_eq!((&back["status"], &back["steps"][6]["reasons"]), (&json!("returned"), &reasons["reasons"]));
        let right = documents(&[statement(), cost("payroll", "worker_pay", "1000.00")]);
        step(&app, &report, "put", worker, Some(right)).await.expect(200);
        step(&app, &report, "submission", Role::OfficeHead, None).await.expect(409);
        step(&app, &report, "", worker, None).await.expect(409);
        step(&app, &report, "agreement", Role::ProgrammeTeam, None).await.expect(201);
        step(&app, &report, "submission", Role::OfficeHead, None).await.expect(201);
        let path = "/v1/pilot-report-summaries?kind=cash_flow&month=2023-11";
        let summary = seen(&app, path, Role::ProgrammeTeam).await;
        let done = step(&app, &report, "approval", Role::MinistryReviewer, None).await.expect(201).json();
        assert_eq!(
            steps(&done),
            [
                "generated",
                "generated",
                "pre_agreed",
                "generated",
                "pre_agreed",
                "submitted",
                "returned",
                "generated",
                "pre_agreed",
                "submitted",
                "approved"
            ]
        );

        // What is frozen is what the hash is of, and knows nobody's name or code.
        let document = format!("{report}/document");
        let frozen = form(&app, &document, "application/json").await;
        let hash: String = Sha256::digest(frozen.text()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((json!(hash), &frozen.json()["figures"]), (done["content_hash"].clone(), &done["figures"]));
        let payment = frozen.json()["payments"][0].clone();
        assert_eq!(
            (&payment["number"], &payment["amount"], &payment["paid_on"], &payment["recipient"]),
            (&json!("R-1"), &json!("36.00"), &json!("2023-11-15"), &Value::Null)
        );
        for hidden in ["320000-00001", "Paraudziņa", "Paraugvecāks"] {
            assert!(!frozen.text().contains(hidden), "{hidden}");
        }

        // The same as a page, as comma-separated values and as a workbook.
        let page = form(&app, &document, "text/html").await;
        for told in [
            "<svg ",
            "Darbinieka atlīdzība",
            "Konta izraksts",
            "R-1",
            "Apstiprināts",
            done["content_hash"].as_str().unwrap(),
        ] {
            assert!(page.text().contains(told), "{told}: {}", page.text());
        }
        let csv = form(&app, &document, "text/csv").await;
        let rows: Vec<&str> = csv.text().lines().collect();
        assert_eq!(rows.len(), 1 + 4 + 1 + 2, "{rows:?}");
        assert!(
            rows.iter().any(|row| row.starts_with("payment,,,2023-11-15,invoice,R-1,") && row.ends_with(",36.00,"))
        );
        assert!(rows.contains(&"figure,cost_item,worker_pay,,,,,,,,,,1000.00,"), "{rows:?}");
        let book = form(&app, &document, XLSX).await;
        let name = format!("attachment; filename=\"parskats-{OWN}-cash_flow-2023-11.xlsx\"");
        assert_eq!(book.header("content-disposition"), Some(name.as_str()));
        assert!(sheet(&book, "Kopsavilkums").contains(&"1000".to_owned()));
        assert!(sheet(&book, "Maksājumi").contains(&"36".to_owned()));
        assert!(sheet(&book, "Dokumenti").contains(&"Algu saraksts".to_owned()));
        for hidden in ["320000-00001", "Paraudziņa", "Paraugvecāks"] {
            assert!(!page.text().contains(hidden) && !csv.text().contains(hidden), "{hidden}");
        }
        let other = app.get(&document).as_role(Role::Accountant, OWN).header("accept", "application/pdf");
        other.send().await.expect(406);
        for media_type in ["text/html", "text/csv", XLSX] {
            let foreign = app.get(&document).as_role(Role::OfficeHead, FOREIGN).header("accept", media_type);
            foreign.send().await.expect(404);
        }

        // The ministry consolidates, and sees who is late.
        assert_eq!(summary, seen(&app, path, Role::MinistryReviewer).await);
        assert_eq!(figure(&summary["figures"], "worker_pay"), &json!("1000.00"));
        assert_eq!(
            (&summary["municipalities"][0]["municipality"], &summary["municipalities"][0]["figures"]),
            (&json!(OWN), &done["figures"])
        );
        let page = form(&app, path, "text/html").await;
        assert!(page.text().contains("<svg ") && page.text().contains("Darbinieka atlīdzība"), "{}", page.text());
        let csv = form(&app, path, "text/csv").await;
        let rows: Vec<&str> = csv.text().lines().collect();
        assert_eq!((rows.len(), rows.contains(&",,cost_item,worker_pay,1000.00,")), (1 + 4 + 4, true), "{rows:?}");
        let book = form(&app, path, XLSX).await;
        assert!(sheet(&book, "Kopsavilkums").contains(&"1000".to_owned()));
        assert!(sheet(&book, "Pašvaldības").contains(&"Darbinieka atlīdzība".to_owned()));
        assert_eq!(form(&app, path, "application/json").await.json(), summary);
        app.get(path).as_role(Role::ProgrammeTeam, OWN).header("accept", "application/pdf").send().await.expect(406);
        for accept in ["application/json", "text/html"] {
            app.get(path).as_role(Role::OfficeHead, OWN).header("accept", accept).send().await.expect(403);
        }
        let listed = "/v1/pilot-reports?kind=cash_flow&month=2023-11&status=approved&limit=1";
        assert_eq!(seen(&app, listed, Role::MinistryReviewer).await["items"].as_array().unwrap().len(), 1);
        let app = app.another_node_at(january).await;
        let late = async |kind: &str, month: &str| {
            let path = format!("/v1/late-pilot-reports?kind={kind}&month={month}");
            seen(&app, &path, Role::MinistryReviewer).await["items"].clone()
        };
        assert_eq!(late("cash_flow", "2023-11").await, json!([]));
        assert_eq!(late("quarterly", "2023-12").await, json!([]), "not due yet");
        assert_eq!(
            late("cash_flow", "2023-12").await,
            json!([{"municipality": OWN, "due_on": "2024-01-10", "report": null, "submitted_on": null}])
        );
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// 16 February 2024.
fn february() -> chrono::DateTime<chrono::Utc> {
    january() + chrono::Days::new(31)
}

/// Agreed and submitted.
async fn submitted(app: &TestApp, kind: &str, month: &str) -> Value {
    let made = generate(app, Role::Accountant, kind, month).await.expect(201);
    let report = location(&made);
    if kind == "cash_flow" {
        step(app, &report, "put", Role::Accountant, Some(documents(&[statement()]))).await.expect(200);
    }
    step(app, &report, "agreement", Role::ProgrammeTeam, None).await.expect(201);
    step(app, &report, "submission", Role::OfficeHead, None).await.expect(201);
    document(app, &report).await
}

/// What a report says, as JSON.
async fn document(app: &TestApp, report: &str) -> Value {
    let call = app.get(&format!("{report}/document")).as_role(Role::OfficeHead, OWN);
    call.header("accept", "application/json").send().await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_after_a_report_was_submitted_is_a_correction_of_the_next() {
    for database in Database::available() {
        let first = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&first, "320000-00001").await;
        approved(&first, &order, "R-1", ("2023-10-05", "3", "36.00")).await;
        let run = pay(&first).await.expect(201).json();
        let app = first.another_node_at(december).await;
        assert_eq!(submitted(&app, "cash_flow", "2023-11").await["payments"], json!([]));

        // Before the run was made nothing of it was paid.
        let path = format!("/v1/payment-runs/{}/results", run["id"].as_str().unwrap());
        let early = json!({"paid_on": "2023-11-14", "payments": [{"payment": run["payments"][0]["id"], "paid": true}]});
        let early = app.post(&path).as_role(Role::Accountant, OWN).json(&early).send().await;
        early.expect_faults(422, &["date_out_of_range /paid_on"]);
        paid(&app, &run, "2023-11-30").await;

        let app = first.another_node_at(january).await;
        let draft = generate(&app, Role::Accountant, "cash_flow", "2023-12").await.expect(201);
        step(&app, &location(&draft), "", Role::Accountant, None).await.expect(204);
        let call = app.post("/v1/pilot-reports").as_role(Role::Accountant, OWN);
        let next = call.json(&json!({"kind": "cash_flow", "month": "2023-12"})).send().await.expect(201);
        let told = next.json();
        assert_eq!((figure(&told["figures"], "services"), &told["total"]), (&json!("36.00"), &json!("36.00")));
        let corrections = told["figures"].as_array().unwrap().iter().find(|figure| figure["topic"] == "correction");
        assert_eq!(corrections.unwrap()["amount"], "36.00");
        let payment = document(&app, &location(&next)).await["payments"][0].clone();
        assert_eq!((&payment["paid_on"], &payment["correction"]), (&json!("2023-11-30"), &json!(true)));

        // It stands in one cash flow only. The quarter was not reported yet: there it is no correction.
        let quarter = generate(&app, Role::Accountant, "quarterly", "2023-12").await.expect(201).json();
        assert_eq!(quarter["total"], "36.00");
        assert!(quarter["figures"].as_array().unwrap().iter().all(|figure| figure["topic"] != "correction"));
        let app = first.another_node_at(february).await;
        assert_eq!(submitted(&app, "cash_flow", "2024-01").await["payments"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_tells_what_it_used_and_an_activity_what_its_worker_did() {
    for database in Database::available() {
        let first = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&first, "320000-00001").await;
        approved(&first, &order, "R-1", ("2023-10-05", "3", "36.00")).await;
        paid(&first, &pay(&first).await.expect(201).json(), "2023-11-15").await;
        let app = first.another_node_at(january).await;
        let worker = Role::SocialWorker;
        generate(&app, worker, "quarterly", "2023-11").await.expect_faults(422, &["not_a_quarter /month"]);
        let quarter = generate(&app, worker, "quarterly", "2023-12").await.expect(201);
        let (report, quarter) = (location(&quarter), quarter.json());
        assert_eq!(
            (&quarter["from"], &quarter["to"], &quarter["due_on"], &quarter["total"]),
            (&json!("2023-10"), &json!("2023-12"), &json!("2024-01-29"), &json!("36.00"))
        );
        for (of, value) in [
            ("social", json!("36.00")),
            ("children-2023", json!("36.00")),
            ("recipients", json!(1)),
            ("deliveries", json!(1)),
            ("goals_achieved", json!(0)),
            ("plans_signed", json!(0)),
        ] {
            assert_eq!(figure(&quarter["figures"], of), &value, "{of}");
        }
        step(&app, &report, "put", worker, Some(documents(&[statement()])))
            .await
            .expect_faults(422, &["documents_not_applicable /documents"]);
        step(&app, &report, "put", worker, Some(documents(&[]))).await.expect(200);
        step(&app, &report, "agreement", Role::ProgrammeTeam, None).await.expect(201);
        step(&app, &report, "submission", Role::OfficeHead, None).await.expect(201);
        let path = "/v1/pilot-report-summaries?kind=quarterly&month=2023-12";
        assert_eq!(figure(&seen(&app, path, Role::MinistryReviewer).await["figures"], "recipients"), &json!(1));
        for path in ["pilot-report-summaries", "late-pilot-reports"] {
            let call = app.get(&format!("/v1/{path}?kind=quarterly&month=2023-11"));
            call.as_role(Role::ProgrammeTeam, OWN).send().await.expect_faults(422, &["not_a_quarter /month"]);
        }

        // Each worker tells of what that worker changed, and of nothing that was only read.
        let activity = generate(&app, worker, "activity", "2023-11").await.expect(201);
        let (report, activity) = (location(&activity), activity.json());
        assert_eq!(activity["worker"], json!(tokens::subject(worker)));
        assert_eq!((figure(&activity["figures"], "create_plan"), &activity["total"]), (&json!(1), &json!("0.00")));
        let acts = activity["figures"].as_array().unwrap();
        assert!(acts.iter().all(|act| !act["of"].as_str().unwrap().starts_with("get_")), "{activity}");
        step(&app, &report, "put", Role::OfficeHead, Some(documents(&[]))).await.expect(403);
        let noted = step(&app, &report, "put", worker, Some(documents(&[]))).await.expect(200).json();
        assert_ne!(noted["content_hash"], activity["content_hash"], "its words are frozen with it");
        let head = app.post("/v1/pilot-reports").as_role(Role::OfficeHead, OWN);
        let head = head.json(&json!({"kind": "activity", "month": "2023-11"})).send().await.expect(201);
        step(&app, &location(&head), "", worker, None).await.expect(403);
        step(&app, &location(&head), "", Role::OfficeHead, None).await.expect(204);
    }
}

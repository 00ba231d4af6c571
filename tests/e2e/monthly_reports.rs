//! Monthly reports on both databases: what is approved and paid is claimed once, frozen, and agrees with the ledger to the cent.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{access::Role, service_statistics::StatisticsDimension};
use balsts_tests::{
    Database, TestApp,
    app::{Answer, now},
};
use calamine::{Data, Range};
use chrono::{DateTime, Days, Utc};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    applications::{FOREIGN, OWN, location},
    budgets::granted_budget,
    forecasts::{XLSX, beside, charts, number, sheets, written},
    plans::ledger,
    settlement::{Ordered, approve, by_provider, deliver, invoice, invoiced, ordered, ordered_from, pay, with_offer},
};

/// 4 December 2023.
pub(crate) fn december() -> DateTime<Utc> {
    now() + Days::new(19)
}

/// 16 January 2024: the report of December is late.
pub(crate) fn january() -> DateTime<Utc> {
    now() + Days::new(62)
}

pub(crate) async fn generate(app: &TestApp, month: &str) -> Answer {
    app.post("/v1/monthly-reports").as_role(Role::Accountant, OWN).json(&json!({"month": month})).send().await
}

pub(crate) async fn step(app: &TestApp, report: &str, what: &str, role: Role, body: Option<Value>) -> Answer {
    let seen = app.get(report).as_role(Role::OfficeHead, OWN).send().await.expect(200);
    let path = if what.is_empty() { report.to_owned() } else { format!("{report}/{what}") };
    let method = match what {
        "" => "DELETE",
        "notes" => "PUT",
        _ => "POST",
    };
    let call = app.request(method.parse().unwrap(), &path).as_role(role, OWN);
    let call = call.header("if-match", seen.header("etag").unwrap());
    match body {
        Some(body) => call.json(&body).send().await,
        None => call.send().await,
    }
}

pub(crate) async fn seen(app: &TestApp, path: &str, role: Role) -> Value {
    app.get(path).as_role(role, OWN).send().await.expect(200).json()
}

async fn document(app: &TestApp, report: &str, media_type: &str) -> Answer {
    let call = app.get(&format!("{report}/document")).as_role(Role::MinistryReviewer, OWN);
    call.header("accept", media_type).send().await.expect(200)
}

/// An approved invoice for what is delivered on a day.
pub(crate) async fn approved(app: &TestApp, order: &str, number: &str, (day, volume, amount): (&str, &str, &str)) {
    deliver(app, order, day, volume).await.expect(201);
    let sent = invoiced(app, number, order, (day, volume, amount)).await.expect(201).json();
    assert_eq!(sent["status"], "received", "{sent}");
    approve(app, &sent).await;
}

pub(crate) async fn paid(app: &TestApp, run: &Value, on: &str) {
    let payments: Vec<Value> = run["payments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payment| json!({"payment": payment["id"], "paid": true}))
        .collect();
    let path = format!("/v1/payment-runs/{}/results", run["id"].as_str().unwrap());
    let body = json!({"paid_on": on, "payments": payments});
    let told = app.post(&path).as_role(Role::Accountant, OWN).json(&body).send().await;
    assert!(told.status < 300, "{}", told.text());
    let told = seen(app, &format!("/v1/payment-runs/{}", run["id"].as_str().unwrap()), Role::Accountant).await;
    assert_eq!(told["status"], "closed", "{told}");
}

fn sums(report: &Value) -> [&str; 4] {
    ["paid", "awaiting_funding", "paid_of_earlier_claims", "corrections"]
        .map(|sum| report["totals"][sum].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one journey, step after step")]
async fn from_a_draft_to_the_funding_and_nothing_is_claimed_twice() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { budget, order, .. } = ordered(&app, "320000-00001").await;
        approved(&app, &order, "R-1", ("2023-10-05", "3", "36.00")).await;
        paid(&app, &pay(&app).await.expect(201).json(), "2023-11-15").await;
        approved(&app, &order, "R-2", ("2023-10-12", "2.021", "24.25")).await;
        let run = pay(&app).await.expect(201).json();
        generate(&app, "2023-11").await.expect_faults(422, &["date_out_of_range /month"]);
        generate(&app, "2022-11").await.expect_faults(422, &["no_version_for_date /month"]);
        // Nothing was approved in October; the draft is discarded.
        let empty = generate(&app, "2023-10").await.expect(201);
        assert_eq!(
            (&empty.json()["lines"], &empty.json()["due_on"], sums(&empty.json())[0]),
            (&json!(0), &json!("2023-11-15"), "0.00")
        );
        step(&app, &location(&empty), "", Role::SocialWorker, None).await.expect(204);

        let app = app.another_node_at(december).await;
        let made = generate(&app, "2023-11").await.expect(201);
        let (report, made) = (location(&made), made.json());
        assert_eq!(sums(&made), ["36.00", "24.25", "0.00", "0.00"]);
        let total = ledger(&app, &budget, "").await["total"].clone();
        assert_eq!((&total["paid"], &total["invoiced"]), (&json!("36.00"), &made["totals"]["claimed"]));
        assert_eq!(
            (&made["totals"]["municipality"], &made["totals"]["state"]),
            (&json!("30.12"), &json!("30.13")),
            "each share but the state's is rounded down"
        );
        assert_eq!(generate(&app, "2023-11").await.expect(409).json()["code"], "monthly_report_exists");
        assert_eq!(generate(&app, "2023-10").await.expect(409).json()["code"], "later_report_exists");
        let recorded = async || app.store.audit_length(OWN.parse().unwrap()).await.unwrap();
        let before = recorded().await;
        let lines = seen(&app, &format!("{report}/lines"), Role::SocialWorker).await;
        assert_eq!(recorded().await, before + 1, "the read of the lines is recorded");
        let shown = |line: &Value| ["kind", "units", "amount", "state"].map(|of| line[of].as_str().unwrap().to_owned());
        assert_eq!(shown(&lines["items"][0]), ["paid", "3", "36.00", "18.00"]);
        assert_eq!(shown(&lines["items"][1]), ["awaiting_funding", "2.021", "24.25", "12.13"]);
        let person = seen(&app, &budget, Role::SocialWorker).await["person_id"].as_str().unwrap().to_owned();
        let known = seen(&app, &format!("/v1/persons/{person}/pseudonyms?purpose=reports"), Role::OfficeHead).await;
        assert_eq!(lines["items"][0]["recipient"], known["pseudonym"]);
        let page = seen(&app, &format!("{report}/lines?limit=1"), Role::SocialWorker).await;
        let next = format!("{report}/lines?limit=1&cursor={}", page["next"].as_str().unwrap());
        assert_eq!(seen(&app, &next, Role::SocialWorker).await["items"][0], lines["items"][1]);

        // Drafts are the office's own, and others' reports are not there.
        app.get(&report).as_role(Role::MinistryReviewer, OWN).send().await.expect(404);
        for path in [report.clone(), format!("{report}/lines"), format!("{report}/document")] {
            app.get(&path).as_role(Role::OfficeHead, FOREIGN).send().await.expect(404);
        }
        let foreign = app.post(&format!("{report}/submission")).as_role(Role::OfficeHead, FOREIGN);
        foreign.header("if-match", "\"1\"").send().await.expect(404);
        let notes = json!({"notes": "Oktobrī sāka darbu jauns sniedzējs."});
        let noted = step(&app, &report, "notes", Role::SocialWorker, Some(notes)).await.expect(200).json();
        assert_eq!((&noted["totals"], &noted["content_hash"]), (&made["totals"], &made["content_hash"]));
        step(&app, &report, "submission", Role::SocialWorker, None).await.expect(403);
        step(&app, &report, "submission", Role::OfficeHead, None).await.expect(201);
        step(&app, &report, "regeneration", Role::SocialWorker, None).await.expect(409);
        step(&app, &report, "", Role::SocialWorker, None).await.expect(409);
        step(&app, &report, "funding", Role::MinistryReviewer, None).await.expect(409);
        let reasons = json!({"reasons": "2. rindas apjoms."});
        let back = step(&app, &report, "return", Role::MinistryReviewer, Some(reasons)).await.expect(201).json();
        assert_eq!((&back["status"], &back["steps"][2]["reasons"]), (&json!("returned"), &json!("2. rindas apjoms.")));
        let again = step(&app, &report, "regeneration", Role::Accountant, None).await.expect(201).json();
        assert_eq!(again["content_hash"], made["content_hash"], "the same is claimed again");
        step(&app, &report, "submission", Role::OfficeHead, None).await.expect(201);
        step(&app, &report, "approval", Role::MinistryReviewer, None).await.expect(201);
        let funded = step(&app, &report, "funding", Role::MinistryReviewer, None).await.expect(201).json();
        let steps: Vec<_> =
            funded["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
        assert_eq!(steps, ["generated", "submitted", "returned", "generated", "submitted", "approved", "funded"]);

        // What is frozen is what the hash is of; every form tells it.
        let frozen = document(&app, &report, "application/json").await;
        let hash: String = Sha256::digest(frozen.text()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((json!(hash), &frozen.json()["totals"]), (made["content_hash"].clone(), &made["totals"]));
        assert_eq!(frozen.json()["lines"].as_array().unwrap().len(), 2);
        assert!(document(&app, &report, "text/html").await.text().contains("<svg "));
        assert_eq!(document(&app, &report, "text/csv").await.text().lines().count(), 3);
        let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        document(&app, &report, xlsx).await;
        let other = app.get(&format!("{report}/document")).as_role(Role::Accountant, OWN);
        other.header("accept", "image/png").send().await.expect(406);

        // The next month: what is paid by now is not claimed again, what came late is a correction.
        paid(&app, &run, "2023-12-01").await;
        approved(&app, &order, "R-3", ("2023-10-19", "1", "12.00")).await;
        let app = app.another_node_at(january).await;
        let next = generate(&app, "2023-12").await.expect(201).json();
        assert_eq!(sums(&next), ["0.00", "12.00", "24.25", "12.00"]);
        let total = ledger(&app, &budget, "").await["total"].clone();
        assert_eq!((&total["invoiced"], &total["paid"]), (&json!("72.25"), &json!("60.25")));

        // The ministry: what is submitted, from the country's sum to the line; who is late.
        let reviewer = Role::MinistryReviewer;
        let summary = seen(&app, "/v1/national-summary?from=2023-11&to=2023-12", Role::MinistryAdmin).await;
        assert_eq!(
            (&summary["total"]["claimed"], &summary["regions"][0]["of"], &summary["cells"][0]["recipients"]),
            (&json!("60.25"), &json!("riga"), &json!(1))
        );
        assert_eq!(summary["cells"].as_array().unwrap().len(), 1, "a draft does not count");
        let behind = format!("/v1/national-summary/lines?municipality={OWN}&month=2023-11&methodology=children-2023");
        assert_eq!(seen(&app, &behind, reviewer).await["items"], lines["items"]);
        let draft = format!("/v1/national-summary/lines?municipality={OWN}&month=2023-12");
        app.get(&draft).as_role(reviewer, OWN).send().await.expect(404);
        let period = app.get("/v1/national-summary?from=2023-11&to=2021-12").as_role(reviewer, OWN);
        period.send().await.expect_faults(422, &["date_out_of_range /to"]);
        let listed = seen(&app, "/v1/monthly-reports?status=funded&month=2023-11", reviewer).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        assert_eq!(seen(&app, "/v1/monthly-reports", Role::SocialWorker).await["items"].as_array().unwrap().len(), 2);
        let late = |month: &'static str| seen(&app, month, reviewer);
        assert_eq!(late("/v1/late-reports?month=2023-11").await["items"], json!([]));
        assert_eq!(late("/v1/late-reports?month=2024-01").await["items"], json!([]));
        let december = late("/v1/late-reports?month=2023-12").await;
        assert_eq!(
            december["items"],
            json!([{"municipality": OWN, "due_on": "2024-01-15", "report": null, "submitted_on": null}])
        );
        app.get("/v1/late-reports?month=2023-12").as_role(Role::OfficeHead, OWN).send().await.expect(403);
    }
}

/// What came in after the report of its month is a correction of the next, also of services whose report was submitted long ago; what
/// was received in the month before that of the report is told in due time.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_late_is_a_correction() {
    for database in Database::available() {
        let first = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&first, "320000-00001").await;
        let app = first.another_node_at(december).await;
        assert_eq!(generate(&app, "2023-11").await.expect(201).json()["lines"], 0);
        approved(&first, &order, "R-1", ("2023-10-05", "3", "36.00")).await;
        let app = first.another_node_at(december).await;
        approved(&app, &order, "R-2", ("2023-10-19", "2", "24.00")).await;
        deliver(&app, &order, "2023-11-10", "1").await.expect(201);
        let mut timely = invoice("R-3", &order, "1", "12.00");
        (timely["period_from"], timely["period_to"]) = (json!("2023-11-01"), json!("2023-11-30"));
        (timely["lines"][0]["from"], timely["lines"][0]["to"]) = (json!("2023-11-01"), json!("2023-11-30"));
        timely["issued_on"] = json!("2023-12-01");
        let timely = by_provider(&app, "POST", "/v1/invoices").json(&timely).send().await.expect(201).json();
        assert_eq!(timely["status"], "received", "{timely}");
        approve(&app, &timely).await;
        let app = first.another_node_at(january).await;
        let next = generate(&app, "2023-12").await.expect(201);
        assert_eq!(sums(&next.json()), ["0.00", "72.00", "0.00", "60.00"]);
        let lines = seen(&app, &format!("{}/lines", location(&next)), Role::SocialWorker).await;
        let told = |line: &Value| ["correction", "correction_of", "amount"].map(|of| line[of].clone());
        let told: Vec<_> = lines["items"].as_array().unwrap().iter().map(told).collect();
        assert_eq!(
            told,
            [[json!(false), json!(null), json!("12.00")], [json!(true), json!("2023-10"), json!("60.00")]],
            "{lines}"
        );
    }
}

/// 30 November 2023, 23:59 in Riga.
fn end_of_november() -> DateTime<Utc> {
    DateTime::from_timestamp(1_701_381_540, 0).unwrap()
}

/// The next minute, which is of December in Riga and of November in Greenwich.
fn begin_of_december() -> DateTime<Utc> {
    DateTime::from_timestamp(1_701_381_600, 0).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_late_with_a_month_before_the_first_budget() {
    for database in Database::available() {
        let first = TestApp::start_on(database).await;
        let app = first.another_node_at(end_of_november).await;
        granted_budget(&app, OWN, "320000-00001").await;
        let app = first.another_node_at(begin_of_december).await;
        granted_budget(&app, FOREIGN, "320000-00002").await;
        let app = first.another_node_at(january).await;
        for (month, expected) in [("2023-10", vec![]), ("2023-11", vec![OWN]), ("2023-12", vec![OWN, FOREIGN])] {
            let late = seen(&app, &format!("/v1/late-reports?month={month}"), Role::MinistryReviewer).await;
            let late: BTreeSet<_> =
                late["items"].as_array().unwrap().iter().map(|late| late["municipality"].as_str().unwrap()).collect();
            assert_eq!(late, BTreeSet::from_iter(expected), "{month}");
        }
    }
}

/// The cells of a row of comma-separated values.
fn cells(row: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    for letter in row.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(letter),
        }
    }
    cells
}

/// The rows of comma-separated values, each by the names of its columns.
fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = csv.split_terminator("\r\n");
    let names = cells(lines.next().unwrap());
    let row = |line: &str| {
        let cells = cells(line);
        assert_eq!(cells.len(), names.len(), "{line}");
        names.iter().cloned().zip(cells).collect()
    };
    lines.map(row).collect()
}

/// The rows below the heads of a sheet's table, each by its heads.
fn table(sheet: &Range<Data>, first: &str) -> Vec<BTreeMap<String, Data>> {
    let is_head = |row: &&[Data]| row.iter().any(|cell| *cell == Data::String(first.to_owned()));
    let at = sheet.rows().position(|row| is_head(&row)).unwrap_or_else(|| panic!("{first}"));
    let heads: Vec<String> = sheet.rows().nth(at).unwrap().iter().map(ToString::to_string).collect();
    let below = sheet.rows().skip(at + 1).take_while(|row| row.iter().any(|cell| *cell != Data::Empty));
    below.map(|row| heads.iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

fn amount(value: &Value) -> Decimal {
    decimal(value.as_str().unwrap())
}

/// The sum of a column of a sheet, to the cent.
fn column<'t>(rows: impl Iterator<Item = &'t BTreeMap<String, Data>>, head: &str) -> Decimal {
    rows.map(|row| Decimal::try_from(number(&row[head])).unwrap().round_dp(2)).sum()
}

const LISTS: [(&str, &str); 3] = [
    ("paid", "Samaksāts"),
    ("awaiting_funding", "Apstiprināts, gaida finansējumu"),
    ("paid_of_earlier_claim", "Samaksāts, pieprasīts iepriekš"),
];

/// Checks that values, workbook and page of a report add up to the totals of its JSON, which are these.
async fn every_form_adds_up(app: &TestApp, report: &str, expected: [&str; 3]) {
    let json = document(app, report, "application/json").await.json();
    let totals = &json["totals"];
    let sums = ["paid", "awaiting_funding", "paid_of_earlier_claims"].map(|sum| totals[sum].as_str().unwrap());
    assert_eq!(sums, expected);
    let lines = json["lines"].as_array().unwrap();

    let csv = document(app, report, "text/csv").await;
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let csv = rows(csv.text());
    assert_eq!(csv.len(), lines.len());
    for (row, line) in csv.iter().zip(lines) {
        for member in [
            "kind",
            "recipient",
            "methodology",
            "service",
            "service_group",
            "units",
            "unit_price",
            "amount",
            "state",
            "municipality",
            "parents",
        ] {
            assert_eq!(row[member], line[member].as_str().unwrap(), "{member}");
        }
    }
    let book = sheets(&document(app, report, XLSX).await);
    let sheet = |name: &str| &book.iter().find(|(of, _)| of == name).unwrap_or_else(|| panic!("{name}")).1;
    let told = table(sheet("Rindas"), "Nr.");
    assert_eq!(told.len(), lines.len());
    for ((kind, list), expected) in LISTS.iter().zip(expected) {
        let of_kind = csv.iter().filter(|row| row["kind"] == *kind);
        assert_eq!(of_kind.map(|row| decimal(&row["amount"])).sum::<Decimal>(), decimal(expected), "{kind}");
        let of_list = || told.iter().filter(|row| row["Saraksts"] == Data::String((*list).to_owned()));
        assert_eq!(column(of_list(), "Summa, EUR"), decimal(expected), "{kind}");
    }
    // What is claimed is shared: paid and waiting, not what an earlier report claimed.
    for (share, head) in [("state", "Valsts, EUR"), ("municipality", "Pašvaldība, EUR"), ("parents", "Vecāki, EUR")]
    {
        let claimed = csv.iter().filter(|row| row["kind"] != LISTS[2].0);
        assert_eq!(claimed.map(|row| decimal(&row[share])).sum::<Decimal>(), amount(&totals[share]), "{share}");
        let claimed = told.iter().filter(|row| row["Saraksts"] != Data::String(LISTS[2].1.to_owned()));
        assert_eq!(column(claimed, head), amount(&totals[share]), "{share}");
    }
    for (label, sum) in [
        ("Samaksāts", "paid"),
        ("Apstiprināts, gaida finansējumu", "awaiting_funding"),
        ("Pieprasīts kopā", "claimed"),
        ("Tajā skaitā labojumi par iepriekšējiem mēnešiem", "corrections"),
        ("Samaksāts no iepriekš pieprasītā", "paid_of_earlier_claims"),
        ("Valsts daļa", "state"),
        ("Pašvaldības daļa", "municipality"),
        ("Vecāku daļa", "parents"),
    ] {
        let fact = format!("{} EUR", totals[sum].as_str().unwrap());
        assert_eq!(beside(sheet("Kopsavilkums"), label)[0], Data::String(fact), "{label}");
    }
    let page = document(app, report, "text/html").await;
    let charts = charts(page.text());
    let [paid, waiting] = ["paid", "awaiting_funding"].map(|sum| written(&totals[sum], "lv"));
    let groups = "Pieprasītais pa pakalpojumu grupām. Sociālie pakalpojumi: ";
    assert_eq!(charts.len(), 1);
    let bars = format!("Samaksāts {paid}\u{a0}EUR, Apstiprināts, gaida finansējumu {waiting}\u{a0}EUR");
    assert_eq!(charts[0], format!("{groups}{bars}"));
}

/// As a page with bars, as values and as a workbook, of an office and of the country.
#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_a_report_and_of_the_summary_adds_up_to_its_json() {
    for database in Database::available() {
        let first = TestApp::start_on(database).await;
        let (_, care) = with_offer(&first).await;
        let (_, one) = ordered_from(&first, "320000-00001", &care).await;
        let (_, other) = ordered_from(&first, "320000-00002", &care).await;
        approved(&first, &one, "R-1", ("2023-10-05", "3", "36.00")).await;
        paid(&first, &pay(&first).await.expect(201).json(), "2023-11-15").await;
        approved(&first, &other, "R-2", ("2023-10-12", "2.021", "24.25")).await;
        let run = pay(&first).await.expect(201).json();
        let app = first.another_node_at(december).await;
        let november = location(&generate(&app, "2023-11").await.expect(201));
        step(&app, &november, "submission", Role::OfficeHead, None).await.expect(201);
        every_form_adds_up(&app, &november, ["36.00", "24.25", "0.00"]).await;
        paid(&app, &run, "2023-12-01").await;
        approved(&app, &one, "R-3", ("2023-10-19", "1", "12.00")).await;
        let app = first.another_node_at(january).await;
        let december = location(&generate(&app, "2023-12").await.expect(201));
        step(&app, &december, "submission", Role::OfficeHead, None).await.expect(201);
        every_form_adds_up(&app, &december, ["0.00", "12.00", "24.25"]).await;

        let path = "/v1/national-summary?from=2023-11&to=2023-12";
        let ask = async |accept: &str| {
            app.get(path).as_role(Role::MinistryReviewer, OWN).header("accept", accept).send().await
        };
        let json = ask("application/json").await.expect(200);
        assert!(json.header("vary").is_some_and(|vary| vary.contains("Accept")));
        let json = json.json();
        let total = json["total"].clone();
        assert_eq!((&total["claimed"], &total["paid"]), (&json!("72.25"), &json!("36.00")));
        assert_eq!(ask("*/*").await.expect(200).json(), json);
        let sums = [
            ("paid", "paid", "Samaksāts, EUR"),
            ("awaiting_funding", "awaiting_funding", "Apstiprināts, gaida finansējumu, EUR"),
            ("claimed", "claimed", "Pieprasīts kopā, EUR"),
            ("state", "state_share", "Valsts, EUR"),
            ("municipality", "municipality_share", "Pašvaldība, EUR"),
            ("parents", "parents_share", "Vecāki, EUR"),
        ];
        let csv = ask("text/csv").await.expect(200);
        let name = "attachment; filename=\"kopsavilkums-2023-11-2023-12.csv\"";
        assert_eq!(csv.header("content-disposition"), Some(name));
        let csv = rows(csv.text());
        let book = sheets(&ask(XLSX).await.expect(200));
        let sheet = |name: &str| &book.iter().find(|(of, _)| of == name).unwrap_or_else(|| panic!("{name}")).1;
        let reports = table(sheet("Pārskati"), "Mēnesis");
        let cells = json["cells"].as_array().unwrap();
        assert_eq!((csv.len(), reports.len(), cells.len()), (2, 2, 2));
        for ((row, report), cell) in csv.iter().zip(&reports).zip(cells) {
            for member in ["municipality", "region", "month", "methodology"] {
                assert_eq!(row[member], cell[member].as_str().unwrap());
            }
            assert_eq!(
                (json!(row["recipients"].parse::<u32>().unwrap()), &row["name"]),
                (cell["recipients"].clone(), &"Rīga".to_owned())
            );
            assert_eq!(report["Pašvaldība"], Data::String("Rīga".to_owned()));
            for (sum, column, head) in sums {
                assert_eq!(row[column], cell["sums"][sum].as_str().unwrap());
                assert_eq!(number(&report[head]), amount(&cell["sums"][sum]).to_f64().unwrap());
            }
        }
        for (sum, column_of, head) in sums {
            assert_eq!(csv.iter().map(|row| decimal(&row[column_of])).sum::<Decimal>(), amount(&total[sum]), "{sum}");
            assert_eq!(column(reports.iter(), head), amount(&total[sum]), "{sum}");
            let places = table(sheet("Pašvaldības"), "Kas");
            assert_eq!(places.len(), 2, "Riga, and the sum");
            assert_eq!(places[1]["Kas"], Data::String("Kopā".to_owned()));
            assert_eq!(number(&places[1][head]), amount(&total[sum]).to_f64().unwrap(), "{sum}");
        }
        let page = ask("text/html").await.expect(200);
        let charts = charts(page.text());
        assert_eq!(charts.len(), 1);
        let region = &json["regions"][0]["sums"];
        for sum in ["paid", "awaiting_funding"] {
            assert!(charts[0].contains(&written(&region[sum], "lv")), "{sum}: {charts:?}");
        }
        for told in ["Rīgas plānošanas reģions", "metodika bērniem, 2023", "2023-11", &written(&total["claimed"], "lv")]
        {
            assert!(page.text().contains(told), "{told}");
        }
        ask("application/pdf").await.expect(406);
        let office = app.get(path).as_role(Role::OfficeHead, OWN).header("accept", "text/csv");
        office.send().await.expect(403);
        let none = app.get("/v1/national-summary?from=2023-01&to=2023-02").as_role(Role::MinistryAdmin, OWN);
        let none = none.header("accept", "text/html").send().await.expect(200);
        assert!(!none.text().contains("<svg "), "nothing is claimed, and no bar shown");
    }
}

/// Who is only paid now what was claimed before is no recipient of the next claim, and stands in the report alone.
#[tokio::test(flavor = "multi_thread")]
async fn the_summary_counts_and_lists_the_lines_whose_money_is_in_it() {
    for database in Database::available() {
        let first = TestApp::start_on(database).await;
        let (_, care) = with_offer(&first).await;
        let (_, one) = ordered_from(&first, "320000-00001", &care).await;
        let (_, other) = ordered_from(&first, "320000-00002", &care).await;
        approved(&first, &one, "R-1", ("2023-10-05", "3", "36.00")).await;
        approved(&first, &other, "R-2", ("2023-10-05", "2", "24.00")).await;
        let run = pay(&first).await.expect(201).json();
        let app = first.another_node_at(december).await;
        let report = location(&generate(&app, "2023-11").await.expect(201));
        step(&app, &report, "submission", Role::OfficeHead, None).await.expect(201);
        paid(&app, &run, "2023-12-01").await;
        approved(&app, &one, "R-3", ("2023-10-12", "1", "12.00")).await;

        let app = first.another_node_at(january).await;
        let report = generate(&app, "2023-12").await.expect(201);
        assert_eq!((sums(&report.json())[1], sums(&report.json())[2]), ("12.00", "60.00"));
        assert_eq!((&report.json()["lines"], &report.json()["totals"]["recipients"]), (&json!(3), &json!(2)));
        step(&app, &location(&report), "submission", Role::OfficeHead, None).await.expect(201);
        let reviewer = Role::MinistryReviewer;
        let cells = seen(&app, "/v1/national-summary?from=2023-11&to=2023-12", reviewer).await["cells"].clone();
        let told = |cell: &Value| (cell["recipients"].clone(), cell["sums"]["claimed"].clone());
        assert_eq!(
            cells.as_array().unwrap().iter().map(told).collect::<Vec<_>>(),
            [(json!(2), json!("60.00")), (json!(1), json!("12.00"))]
        );
        for (month, claimed) in [("2023-11", vec!["36.00", "24.00"]), ("2023-12", vec!["12.00"])] {
            let behind = format!("/v1/national-summary/lines?municipality={OWN}&month={month}");
            let lines = seen(&app, &behind, reviewer).await["items"].clone();
            let amounts: BTreeSet<_> =
                lines.as_array().unwrap().iter().map(|line| line["amount"].as_str().unwrap()).collect();
            assert_eq!(amounts, BTreeSet::from_iter(claimed), "{month}");
            assert!(lines.as_array().unwrap().iter().all(|line| line["kind"] == "awaiting_funding"), "{lines}");
        }
        let all = seen(&app, &format!("{}/lines", location(&report)), reviewer).await;
        assert_eq!(all["items"].as_array().unwrap().len(), 3, "the report lists what was paid as well");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_tell_nothing_of_few() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&app, "320000-00001").await;
        deliver(&app, &order, "2023-10-05", "3").await.expect(201);
        for by in StatisticsDimension::ALL {
            let path = format!("/v1/service-statistics?from=2023-10&to=2023-12&by={by}");
            for role in [Role::OfficeHead, Role::MinistryReviewer] {
                let told = seen(&app, &path, role).await;
                let rows = told["rows"].as_array().unwrap();
                assert_eq!(rows.len(), 2, "{told}");
                assert!(rows.iter().all(|row| row["together"].is_null() && row["groups"][0]["averages"].is_null()));
            }
            let foreign = app.get(&path).as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json();
            assert_eq!(foreign["rows"], json!([]));
        }
    }
}

/// A month inside another period could be subtracted from it. An office, which sees its own whole in any case, asks for any months.
#[tokio::test]
async fn statistics_of_the_country_are_of_one_quarter() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let ask = async |role: Role, from: &str, to: &str| {
            let path = format!("/v1/service-statistics?from={from}&to={to}&by=service");
            app.get(&path).as_role(role, OWN).send().await
        };
        for (from, to) in [("2023-10", "2023-10"), ("2023-10", "2024-03"), ("2023-09", "2023-11")] {
            for role in [Role::MinistryReviewer, Role::MinistryAdmin] {
                ask(role, from, to).await.expect_faults(422, &["not_a_quarter /to"]);
            }
            ask(Role::OfficeHead, from, to).await.expect(200);
        }
        ask(Role::MinistryReviewer, "2023-07", "2023-09").await.expect(200);
        ask(Role::OfficeHead, "2022-01", "2024-01").await.expect_faults(422, &["date_out_of_range /to"]);
    }
}

/// Five children who received home care: of each dimension is told what is recorded of them, and the sum is the same.
#[tokio::test(flavor = "multi_thread")]
async fn statistics_tell_five_people_by_every_dimension() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, care) = with_offer(&app).await;
        for number in 1..=5 {
            let (budget, order) = ordered_from(&app, &format!("320000-0000{number}"), &care).await;
            deliver(&app, &order, "2023-10-05", "3").await.expect(201);
            let case = seen(&app, &budget, Role::SocialWorker).await["application_id"].as_str().unwrap().to_owned();
            let survey = json!({"instrument": "participant", "moment": "end", "taken_on": "2023-11-01", "respondent": "parent",
                "help": "worker", "explained": true, "answers": [], "scores": [], "sex": "female", "employed": true});
            let record = app.post(&format!("/v1/cases/{case}/surveys")).as_role(Role::SocialWorker, OWN);
            record.json(&survey).send().await.expect(201);
        }
        let expected = [
            ("municipality", OWN),
            ("region", "riga"),
            ("methodology", "children-2023"),
            ("area", "children-2023/1"),
            ("service", "home_care"),
            ("place", "home"),
            ("sex", "female"),
            ("impairment", "movement"),
            ("family_type", "unknown"),
            ("employment", "employed"),
            ("age_group", "0-7"),
        ];
        assert_eq!(expected.len(), StatisticsDimension::ALL.len());
        for (by, of) in expected {
            let path = format!("/v1/service-statistics?from=2023-10&to=2023-12&by={by}");
            for role in [Role::SocialWorker, Role::MinistryReviewer] {
                let rows = seen(&app, &path, role).await["rows"].clone();
                let told = &rows[0]["together"];
                assert_eq!(
                    (&rows[0]["of"], &told["cost"], &told["times"], &told["recipients"]),
                    (&json!(of), &json!("180.00"), &json!(5), &json!(5)),
                    "{by}"
                );
                assert_eq!((&rows[1]["of"], &rows[1]["together"]), (&Value::Null, told), "{by}");
                assert_eq!(
                    (rows[0]["groups"][0]["group"].as_str(), rows.as_array().unwrap().len()),
                    (Some("social"), 2)
                );
            }
        }
    }
}

//! Servers that are killed amid their work: what they acknowledged is there, once.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use balsts_domain::{access::Role, calendar::local_date};
use balsts_store::DatabaseUrl;
use balsts_tests::{
    TestApp,
    app::{Options, TestDatabase},
};
use chrono::{DateTime, Days, Utc};
use serde_json::{Value, json};

use crate::running::{GRANT, MUNICIPALITY, Running, application, ask, balsts, databases, key_file, stderr, stdout};

#[test]
#[cfg(unix)]
fn a_kill_amid_two_thousand_decisions_loses_and_doubles_none() {
    const DECISIONS: usize = 2000;
    const WRITERS: usize = 4;
    let directory = tempfile::tempdir().unwrap();
    for url in databases(directory.path()) {
        let url = url.as_deref();
        let server = Running::start(directory.path(), url);
        let ids: Vec<String> = thread::scope(|scope| {
            let register = |writer: usize| {
                let server = &server;
                let one = move |number: usize| {
                    let body = application(&format!("32{writer:04}-{number:05}"));
                    let (status, answer) = server.ask("social_worker", "POST /v1/applications", &body).unwrap();
                    assert_eq!(status, "201", "{answer}");
                    answer["id"].as_str().unwrap().to_owned()
                };
                scope.spawn(move || (0..DECISIONS / WRITERS).map(one).collect::<Vec<_>>())
            };
            let writers: Vec<_> = (0..WRITERS).map(register).collect();
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        });
        let decide = |server: &Running, id: &str| {
            let head = format!("POST /v1/applications/{id}/decision HTTP/1.1\r\nIf-Match: \"1\"\r\nX-Ignored: ");
            server.ask("office_head", &head, GRANT)
        };

        let acknowledged = Mutex::new(BTreeSet::new());
        thread::scope(|scope| {
            for share in ids.chunks(DECISIONS / WRITERS) {
                let (acknowledged, server) = (&acknowledged, &server);
                scope.spawn(move || {
                    for id in share {
                        // Nothing comes from a server that is gone.
                        let Some((status, answer)) = decide(server, id) else { return };
                        assert_eq!(status, "201", "{answer}");
                        acknowledged.lock().unwrap().insert(id.clone());
                    }
                });
            }
            let started = Instant::now();
            while acknowledged.lock().unwrap().len() < DECISIONS / 2 && started.elapsed() < Duration::from_secs(120) {
                thread::sleep(Duration::from_millis(2));
            }
            // In the middle of the writing.
            let pid = server.process.id().to_string();
            assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
        });
        server.kill();
        let acknowledged = acknowledged.into_inner().unwrap();
        assert!((DECISIONS / 2..DECISIONS).contains(&acknowledged.len()), "{} before the kill", acknowledged.len());

        let server = Running::start(directory.path(), url);
        let list = server.all("social_worker", "/v1/applications");
        let status: BTreeMap<&str, &str> =
            list.iter().map(|item| (item["id"].as_str().unwrap(), item["status"].as_str().unwrap())).collect();
        assert_eq!((list.len(), status.len()), (DECISIONS, DECISIONS), "none twice");
        let granted = |id: &str| status[id] == "granted";
        assert!(acknowledged.iter().all(|id| granted(id)), "every acknowledged decision is there");
        let before = ids.iter().filter(|id| granted(id)).count();
        // Who had no answer asks again: what was decided is not decided twice.
        for id in ids.iter().filter(|id| !acknowledged.contains(*id)) {
            let expected = if granted(id) { "412" } else { "201" };
            assert_eq!(decide(&server, id).unwrap().0, expected);
        }
        let events = server.all("office_head", "/v1/events");
        let of_kind = |kind: &str| -> Vec<&str> {
            let of_kind = events.iter().filter(|event| event["type"] == kind);
            of_kind.map(|event| event["subject"].as_str().unwrap()).collect()
        };
        for kind in ["application.registered", "application.granted"] {
            let told = of_kind(kind);
            assert_eq!(told.len(), DECISIONS, "{kind}");
            assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), ids.iter().map(String::as_str).collect(), "{kind}");
        }
        server.kill();
        let mut verify = balsts(directory.path(), &["audit", "verify"]);
        if let Some(url) = url {
            verify.env("BALSTS__DATABASE__URL", url);
        }
        let verified = verify.output().unwrap();
        assert!(verified.status.success(), "{}", stdout(&verified));
        assert!(stdout(&verified).contains(&format!("{} entries read", 2 * DECISIONS)), "{}", stdout(&verified));
        eprintln!("{} acknowledged, {before} stored when killed", acknowledged.len());
    }
}

/// Every document that is listed has its file, whatever the moment of the kill; what has a file and no row was on its way.
#[test]
#[cfg(unix)]
fn a_kill_amid_uploads_leaves_no_document_without_its_file() {
    const WRITERS: usize = 4;
    const UPLOADS: usize = 60;
    let directory = tempfile::tempdir().unwrap();
    for url in databases(directory.path()) {
        let url = url.as_deref();
        let files = directory.path().join(if url.is_some() { "documents" } else { "balsts.db.documents" });
        let server = Running::start(directory.path(), url);
        let case = server.ask("social_worker", "POST /v1/applications", &application("320000-55501")).unwrap().1;
        let path = format!("/v1/cases/{}/documents", case["id"].as_str().unwrap());
        let content = "Izdomāts teksts.\n".repeat(500);
        let head = format!(
            "POST {path}?section=plan&type=minutes&medium=electronic&date=2023-03-01&media_type=text/plain HTTP/1.1\r\n\
             Content-Type: application/octet-stream\r\nX-Ignored: "
        );
        let acknowledged = Mutex::new(BTreeSet::new());
        thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    // Nothing comes from a server that is gone.
                    while let Some((status, answer)) = server.ask("social_worker", &head, &content) {
                        assert_eq!(status, "201", "{answer}");
                        acknowledged.lock().unwrap().insert(answer["id"].as_str().unwrap().to_owned());
                    }
                });
            }
            while acknowledged.lock().unwrap().len() < UPLOADS {
                thread::sleep(Duration::from_millis(2));
            }
            let pid = server.process.id().to_string();
            assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
        });
        server.kill();

        let server = Running::start(directory.path(), url);
        let listed = server.all("social_worker", &path);
        let listed: BTreeSet<String> = listed.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        assert!(acknowledged.into_inner().unwrap().is_subset(&listed), "every acknowledged document is there");
        for id in &listed {
            let head = format!("GET /v1/documents/{id}/content");
            let (status, file) = ask(&server.address, server.token("auditor"), &head, "").unwrap();
            assert!(status == "200" && file == content, "{id}: {status}");
        }
        let kept = std::fs::read_dir(&files).unwrap().count();
        assert!((listed.len()..=listed.len() + WRITERS).contains(&kept), "{kept} files of {} documents", listed.len());
        server.kill();
    }
}

/// What a worker has had acknowledged.
#[derive(Default)]
struct Done {
    /// Requests that changed something.
    changes: u32,
    /// Invoices that were approved.
    approved: Vec<String>,
}

/// A worker of the office, who has a day of an order for itself.
struct Worker<'a> {
    server: &'a Running,
    order: &'a str,
    day: String,
    lot: fastrand::Rng,
    done: Done,
}

impl Worker<'_> {
    /// Asks; a refusal that the contract tells is one of the expected statuses. None where the server is gone.
    fn ask(&mut self, role: &str, head: &str, body: &Value, expected: &[&str]) -> Option<(bool, Value)> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, answer) = self.server.ask_until_ready(role, head, &body)?;
        assert!(expected.contains(&status.as_str()), "{head}: {status} {answer}");
        let made = status.starts_with('2');
        self.done.changes += u32::from(made);
        Some((made, answer))
    }

    /// Asks for a change of a version.
    fn change(&mut self, role: &str, head: &str, version: u8, body: &Value, expected: &[&str]) -> Option<bool> {
        let head = format!("{head} HTTP/1.1\r\nIf-Match: \"{version}\"\r\nX-Ignored: ");
        Some(self.ask(role, &head, body, expected)?.0)
    }

    fn items(&self, role: &str, path: &str) -> Option<Vec<Value>> {
        let (status, page) = self.server.ask_until_ready(role, &format!("GET {path}"), "")?;
        assert_eq!(status, "200", "{page}");
        page["items"].as_array().cloned()
    }

    /// One round: a part of a consultation is delivered, now and then corrected or withdrawn; what is free is invoiced, sent back,
    /// rejected, or endorsed by one and approved by another; now and then a part of what was paid is given back; whatever waits is paid or
    /// refused by the bank.
    fn round(&mut self) -> Option<()> {
        let (order, day) = (self.order, self.day.clone());
        let path = format!("POST /v1/orders/{order}/deliveries");
        self.ask("social_worker", &path, &json!({"on": day, "volume": "0.02"}), &["201", "422"])?;
        let free = format!("/v1/deliveries?order={order}&invoiced=false&from={day}&to={day}&limit=200");
        let live = |free: Vec<Value>| free.into_iter().filter(|one| one["status"] == "recorded").collect::<Vec<_>>();
        let deliveries = live(self.items("accountant", &free)?);
        if let Some(delivery) = self.lot.choice(&deliveries) {
            let path = format!("/v1/deliveries/{}", delivery["id"].as_str()?);
            match self.lot.u8(0..8) {
                // One that was corrected is of another version.
                0 => {
                    let right = json!({"on": day, "volume": "0.04"});
                    self.change("social_worker", &format!("PUT {path}"), 1, &right, &["200", "412", "422"])?;
                }
                1 => {
                    let withdrawal = format!("POST {path}/withdrawal");
                    self.change("social_worker", &withdrawal, 1, &Value::Null, &["201", "412"])?;
                }
                _ => {}
            }
        }
        // What an interrupted round has left is invoiced with it.
        let deliveries = live(self.items("accountant", &free)?);
        let hundredths: i64 = deliveries.iter().map(|delivery| in_hundredths(&delivery["volume"])).sum();
        if let Some(provider) = deliveries.first().map(|delivery| delivery["provider_id"].clone()) {
            let sent = self.send(provider.as_str()?, hundredths, None)?;
            assert_eq!(sent["status"], "received", "{sent}");
            self.decide(&sent)?;
        }
        if self.lot.u8(0..8) == 0 {
            let paid = self.items("accountant", "/v1/invoices?status=paid&kind=invoice&limit=200")?;
            let own: Vec<_> = paid.iter().filter(|one| one["number"].as_str().unwrap().starts_with("N-")).collect();
            if let Some(paid) = self.lot.choice(own) {
                // The same may have been given back already, or belong to the other order.
                let sent = self.send(paid["provider_id"].as_str()?, 1, paid["number"].as_str())?;
                if sent["status"] == "received" {
                    self.decide(&sent)?;
                }
            }
        }
        self.pay()
    }

    /// Sends an invoice of hundredths of a consultation at 60.00, or what it gives back.
    fn send(&mut self, provider: &str, hundredths: i64, corrects: Option<&str>) -> Option<Value> {
        let (order, day) = (self.order, &self.day);
        let amount = format!("{}.{:02}", hundredths * 60 / 100, hundredths * 60 % 100);
        let invoice = json!({
            "number": format!("{}-{}", if corrects.is_some() { "K" } else { "N" }, self.lot.u64(..)),
            "credit_note": corrects.is_some(), "corrects": corrects,
            "issued_on": day, "period_from": day, "period_to": day,
            "lines": [{"order": order, "from": day, "to": day, "unit_price": "60.00", "amount": amount,
                "volume": format!("{}.{:02}", hundredths / 100, hundredths % 100)}],
            "total": amount,
        });
        let path = format!("POST /v1/invoices?provider={provider}");
        Some(self.ask("accountant", &path, &invoice, &["201"])?.1)
    }

    fn decide(&mut self, sent: &Value) -> Option<()> {
        let path = format!("POST /v1/invoices/{}", sent["id"].as_str()?);
        let reasons = json!({"reasons": "Izlozēts."});
        let (none, made) = (Value::Null, ["201"]);
        match self.lot.u8(0..10) {
            0 => self.change("social_worker", &format!("{path}/return"), 1, &reasons, &made).map(drop),
            1 => self.change("social_worker", &format!("{path}/rejection"), 1, &reasons, &made).map(drop),
            _ => {
                self.change("social_worker", &format!("{path}/endorsement"), 1, &none, &made)?;
                // The ledger may refuse to give back what another has given back meanwhile.
                let expected = if sent["kind"] == "credit_note" { &["201", "422"][..] } else { &made };
                if self.change("office_head", &format!("{path}/approval"), 2, &none, expected)? {
                    self.done.approved.push(sent["id"].as_str()?.to_owned());
                }
                Some(())
            }
        }
    }

    fn pay(&mut self) -> Option<()> {
        let run = json!({"format": "pain.001.001.03", "execution_date": "2099-12-31",
            "debtor": {"name": "Demo novada Sociālais dienests", "bank_account": "LV80BANK0000435195001"}});
        self.ask("accountant", "POST /v1/payment-runs", &run, &["201", "409", "412"])?;
        for run in self.items("accountant", "/v1/payment-runs?status=open&limit=200")? {
            let path = format!("/v1/payment-runs/{}", run["id"].as_str()?);
            let (_, shown) = self.server.ask_until_ready("accountant", &format!("GET {path}"), "")?;
            let paid = self.lot.u8(0..4) > 0;
            let result = |payment: &Value| json!({"payment": payment["id"], "paid": paid});
            let results: Vec<_> = shown["payments"].as_array()?.iter().map(result).collect();
            let paid_on = local_date(run["created_at"].as_str()?.parse().ok()?);
            let results = json!({"paid_on": paid_on, "payments": results});
            self.ask("accountant", &format!("POST {path}/results"), &results, &["201", "409", "412", "422"])?;
        }
        Some(())
    }
}

fn in_cents(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// A volume in hundredths.
fn in_hundredths(volume: &Value) -> i64 {
    let (whole, part) = volume.as_str().unwrap().split_once('.').unwrap_or((volume.as_str().unwrap(), ""));
    format!("{whole}{part:0<2}").parse().unwrap()
}

/// The time by which the program goes.
#[expect(clippy::disallowed_methods, reason = "the program reads the clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The month after this one, when this one is reported.
fn next_month() -> DateTime<Utc> {
    now() + Days::new(31)
}

/// What the monthly reports claim as paid, with that of this month, which is generated.
fn reported(directory: &Path, postgres: Option<&str>) -> i64 {
    let url = match postgres {
        Some(url) => url.parse().unwrap(),
        None => DatabaseUrl::sqlite(directory.join("balsts.db")),
    };
    let body = async {
        let beside = Some(TestDatabase::at(url));
        let app = TestApp::start_with(Options { beside, clock: next_month, ..Options::default() }).await;
        let month = local_date(now()).format("%Y-%m").to_string();
        let call = app.post("/v1/monthly-reports").as_role(Role::Accountant, MUNICIPALITY);
        call.json(&json!({"month": month})).unchecked().send().await.expect(201);
        let read = async |path: &str| {
            let call = app.get(path).as_role(Role::Accountant, MUNICIPALITY).unchecked();
            call.send().await.expect(200).json()
        };
        let reports = read("/v1/monthly-reports?limit=200").await;
        let mut paid = 0;
        for report in reports["items"].as_array().unwrap() {
            let path = format!("/v1/monthly-reports/{}", report["id"].as_str().unwrap());
            paid += in_cents(&read(&path).await["totals"]["paid"]);
        }
        paid
    };
    tokio::runtime::Runtime::new().unwrap().block_on(body)
}

/// Killed again and again amid random operations, between approval and payment too: what was approved stays so, each invoice is paid
/// by one payment, and ledgers, invoices, payments and monthly reports are equal to the cent. `BALSTS_OPERATIONS` takes another
/// number than 400.
#[test]
#[cfg(unix)]
fn kills_amid_payments_pay_each_euro_once() {
    const WORKERS: usize = 4;
    const KILLS: u32 = 6;
    let operations = std::env::var("BALSTS_OPERATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(400_u32);
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("balsts.db.keys"), key_file()).unwrap();
    for url in databases(directory.path()) {
        let url = url.as_deref();
        let mut demo = balsts(directory.path(), &["demo"]);
        if let Some(url) = url {
            demo.env("BALSTS__DATABASE__URL", url);
            demo.env("BALSTS__DATABASE__KEY_FILE", directory.path().join("keys.json"));
        }
        let filled = demo.output().unwrap();
        assert!(filled.status.success(), "{}", stderr(&filled));

        let mut server = Running::start(directory.path(), url);
        let orders = server.all("social_worker", "/v1/orders");
        assert_eq!(orders.len(), 2);
        let begin = orders[0]["valid_from"].as_str().unwrap().to_owned();
        let (mut acknowledged, mut changes) = (Vec::new(), 0);
        for kill in 0..KILLS {
            let count = AtomicU32::new(0);
            thread::scope(|scope| {
                let work = |number: usize| {
                    let (server, count, orders, begin) = (&server, &count, &orders, &begin);
                    scope.spawn(move || {
                        let lot = fastrand::Rng::with_seed(u64::from(kill) * 10 + u64::try_from(number).unwrap());
                        let order = orders[number % 2]["id"].as_str().unwrap();
                        let day = format!("{}{:02}", &begin[..8], number + 1);
                        let mut worker = Worker { server, order, day, lot, done: Done::default() };
                        let mut counted = 0;
                        while worker.round().is_some() {
                            count.fetch_add(worker.done.changes - counted, Ordering::Relaxed);
                            counted = worker.done.changes;
                        }
                        worker.done
                    })
                };
                let workers: Vec<_> = (0..WORKERS).map(work).collect();
                let ready = || workers.iter().any(thread::ScopedJoinHandle::is_finished);
                while count.load(Ordering::Relaxed) < operations / KILLS && !ready() {
                    thread::sleep(Duration::from_millis(1));
                }
                // At another moment each time.
                thread::sleep(Duration::from_millis(u64::from(kill) * 7));
                let pid = server.process.id().to_string();
                assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
                for done in workers.into_iter().map(|worker| worker.join().unwrap()) {
                    acknowledged.extend(done.approved);
                    changes += done.changes;
                }
            });
            server.kill();
            server = Running::start(directory.path(), url);
        }
        assert!(changes >= operations / KILLS * KILLS, "{changes} changes were made");

        let invoices = server.all("accountant", "/v1/invoices");
        let by_id: BTreeMap<&str, &Value> =
            invoices.iter().map(|invoice| (invoice["id"].as_str().unwrap(), invoice)).collect();
        let settled = |invoice: &Value| ["approved", "paid"].contains(&invoice["status"].as_str().unwrap());
        for id in &acknowledged {
            assert!(settled(by_id[id.as_str()]), "{}", by_id[id.as_str()]);
        }
        let (mut paid_by_payments, mut payments_made) = (0, BTreeSet::new());
        for run in server.all("accountant", "/v1/payment-runs") {
            let path = format!("GET /v1/payment-runs/{}", run["id"].as_str().unwrap());
            for payment in server.ask("accountant", &path, "").unwrap().1["payments"].as_array().unwrap() {
                let of_payment = invoices.iter().filter(|invoice| invoice["payment_id"] == payment["id"]);
                let amount: i64 = of_payment.map(|invoice| in_cents(&invoice["amount"])).sum();
                let expected = if payment["status"] == "failed" { 0 } else { in_cents(&payment["amount"]) };
                assert_eq!(amount, expected, "{payment}");
                if payment["status"] == "paid" {
                    paid_by_payments += in_cents(&payment["amount"]);
                    payments_made.insert(payment["id"].as_str().unwrap().to_owned());
                }
            }
        }
        let sum = |counts: &dyn Fn(&Value) -> bool| -> i64 {
            invoices.iter().filter(|invoice| counts(invoice)).map(|invoice| in_cents(&invoice["amount"])).sum()
        };
        let (approved, paid) = (sum(&settled), sum(&|invoice| invoice["status"] == "paid"));
        // What a credit note takes back and no payment has had yet.
        let owed = sum(&|invoice| {
            let by = invoice["payment_id"].as_str();
            invoice["kind"] == "credit_note" && settled(invoice) && !by.is_some_and(|by| payments_made.contains(by))
        });
        let deliveries = server.all("accountant", "/v1/deliveries");
        let waits = |delivery: &Value| {
            let of_none = !delivery["invoice_id"].as_str().is_some_and(|id| settled(by_id[id]));
            of_none && ["recorded", "confirmed"].contains(&delivery["status"].as_str().unwrap())
        };
        let waiting: i64 = deliveries.iter().filter(|one| waits(one)).map(|one| in_cents(&one["amount"])).sum();
        let mut ledgers = [0; 3];
        for order in &orders {
            let path = format!("GET /v1/budgets/{}/ledger", order["budget_id"].as_str().unwrap());
            let total = server.ask("accountant", &path, "").unwrap().1["total"].clone();
            for (sum, name) in ledgers.iter_mut().zip(["delivered", "invoiced", "paid"]) {
                *sum += in_cents(&total[name]);
            }
        }
        assert_eq!(ledgers, [waiting + approved, approved, paid]);
        assert_eq!(paid_by_payments + owed, paid);
        assert!(paid_by_payments > 48_000, "more was paid than the demonstration begins with");
        server.kill();
        assert_eq!(reported(directory.path(), url), paid, "the reports claim what was paid");
        let mut verify = balsts(directory.path(), &["audit", "verify"]);
        if let Some(url) = url {
            verify.env("BALSTS__DATABASE__URL", url);
        }
        let verified = verify.output().unwrap();
        assert!(verified.status.success(), "{}", stdout(&verified));
        eprintln!("{changes} changes, {} approved, {paid} cents paid, {KILLS} kills", acknowledged.len());
    }
}

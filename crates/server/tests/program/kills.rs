//! Servers that are killed amid their work: what they acknowledged is there, once.

use std::process::Command;

use crate::running::{GRANT, Running, application, ask, balsts, databases, stderr, stdout};

#[test]
#[cfg(unix)]
fn a_kill_amid_two_thousand_decisions_loses_and_doubles_none() {
    use std::{
        collections::{BTreeMap, BTreeSet},
        sync::Mutex,
        thread,
        time::{Duration, Instant},
    };

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
    use std::{collections::BTreeSet, sync::Mutex, thread};

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
                thread::sleep(std::time::Duration::from_millis(2));
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

/// One round of a worker's: a consultation is delivered, invoiced, endorsed by one and approved by another, and whatever waits is
/// paid or refused by the bank. Each worker has a day of its own. None where the server is gone.
fn settle(server: &Running, order: &str, day: &str, lot: &mut fastrand::Rng, approved: &mut Vec<String>) -> Option<()> {
    let on_tag = |path: &str, tag: u32| format!("POST {path} HTTP/1.1\r\nIf-Match: \"{tag}\"\r\nX-Ignored: ");
    let delivery = serde_json::json!({"on": day, "volume": "0.02"}).to_string();
    let (status, answer) =
        server.ask_until_ready("social_worker", &format!("POST /v1/orders/{order}/deliveries"), &delivery)?;
    assert!(["201", "422"].contains(&status.as_str()), "{answer}");
    // What an interrupted round has left is invoiced with it.
    let path = format!("GET /v1/deliveries?order={order}&invoiced=false&from={day}&to={day}&limit=200");
    let (_, free) = server.ask_until_ready("accountant", &path, "")?;
    let hundredths: u32 = 2 * u32::try_from(free["items"].as_array()?.len()).unwrap();
    if hundredths > 0 {
        let amount = format!("{}.{:02}", hundredths * 60 / 100, hundredths * 60 % 100);
        let invoice = serde_json::json!({
            "number": format!("N-{}", lot.u64(..)), "issued_on": day, "period_from": day, "period_to": day,
            "lines": [{"order": order, "from": day, "to": day, "volume": format!("0.{hundredths:02}"),
                "unit_price": "60.00", "amount": amount}],
            "total": amount,
        });
        let path = format!("POST /v1/invoices?provider={}", free["items"][0]["provider_id"].as_str()?);
        let (status, sent) = server.ask_until_ready("accountant", &path, &invoice.to_string())?;
        assert_eq!((status.as_str(), &sent["status"]), ("201", &serde_json::json!("received")), "{sent}");
        let path = format!("/v1/invoices/{}", sent["id"].as_str()?);
        let (status, answer) =
            server.ask_until_ready("social_worker", &on_tag(&format!("{path}/endorsement"), 1), "")?;
        assert_eq!(status, "201", "{answer}");
        let (status, answer) = server.ask_until_ready("office_head", &on_tag(&format!("{path}/approval"), 2), "")?;
        assert_eq!(status, "201", "{answer}");
        approved.push(sent["id"].as_str()?.to_owned());
    }
    let run = serde_json::json!({"format": "pain.001.001.03", "execution_date": "2099-12-31",
        "debtor": {"name": "Demo novada Sociālais dienests", "bank_account": "LV80BANK0000435195001"}});
    let (status, answer) = server.ask_until_ready("accountant", "POST /v1/payment-runs", &run.to_string())?;
    assert!(["201", "409", "412"].contains(&status.as_str()), "{answer}");
    let (_, open) = server.ask_until_ready("accountant", "GET /v1/payment-runs?status=open&limit=200", "")?;
    for run in open["items"].as_array()? {
        let path = format!("/v1/payment-runs/{}", run["id"].as_str()?);
        let (_, shown) = server.ask_until_ready("accountant", &format!("GET {path}"), "")?;
        let paid = lot.u8(0..4) > 0;
        let result = |payment: &serde_json::Value| serde_json::json!({"payment": payment["id"], "paid": paid});
        let results: Vec<_> = shown["payments"].as_array()?.iter().map(result).collect();
        let paid_on = balsts_domain::calendar::local_date(run["created_at"].as_str()?.parse().ok()?);
        let results = serde_json::json!({"paid_on": paid_on, "payments": results}).to_string();
        let (status, answer) = server.ask_until_ready("accountant", &format!("POST {path}/results"), &results)?;
        assert!(["201", "409", "412", "422"].contains(&status.as_str()), "{answer}");
    }
    Some(())
}

fn in_cents(amount: &serde_json::Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// Killed again and again between approval and payment: what was approved stays so, each invoice is paid by one payment, and
/// ledger, invoices and payments are equal to the cent.
#[test]
#[cfg(unix)]
fn kills_amid_payments_pay_each_euro_once() {
    use std::{
        collections::BTreeMap,
        sync::atomic::{AtomicUsize, Ordering},
        thread,
        time::Duration,
    };

    const WORKERS: usize = 4;
    const KILLS: u64 = 6;
    let directory = tempfile::tempdir().unwrap();
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
        let mut acknowledged: Vec<String> = Vec::new();
        for kill in 0..KILLS {
            let rounds = AtomicUsize::new(0);
            thread::scope(|scope| {
                let work = |worker: usize| {
                    let (server, rounds, orders, begin) = (&server, &rounds, &orders, &begin);
                    scope.spawn(move || {
                        let mut lot = fastrand::Rng::with_seed(kill * 10 + u64::try_from(worker).unwrap());
                        let order = orders[worker % 2]["id"].as_str().unwrap();
                        let day = format!("{}{:02}", &begin[..8], worker + 1);
                        let mut approved = Vec::new();
                        while settle(server, order, &day, &mut lot, &mut approved).is_some() {
                            rounds.fetch_add(1, Ordering::Relaxed);
                        }
                        approved
                    })
                };
                let workers: Vec<_> = (0..WORKERS).map(work).collect();
                let ready = || workers.iter().any(thread::ScopedJoinHandle::is_finished);
                while rounds.load(Ordering::Relaxed) < 10 && !ready() {
                    thread::sleep(Duration::from_millis(1));
                }
                // At another moment each time.
                thread::sleep(Duration::from_millis(kill * 7));
                let pid = server.process.id().to_string();
                assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
                acknowledged.extend(workers.into_iter().flat_map(|worker| worker.join().unwrap()));
            });
            server.kill();
            server = Running::start(directory.path(), url);
        }

        let invoices = server.all("accountant", "/v1/invoices");
        let by_id: BTreeMap<&str, &serde_json::Value> =
            invoices.iter().map(|invoice| (invoice["id"].as_str().unwrap(), invoice)).collect();
        let settled = |status: &str| ["approved", "paid"].contains(&status);
        assert!(acknowledged.len() >= 10 * usize::try_from(KILLS).unwrap(), "{} approved", acknowledged.len());
        for id in &acknowledged {
            assert!(settled(by_id[id.as_str()]["status"].as_str().unwrap()), "{}", by_id[id.as_str()]);
        }
        let mut paid_by_payments = 0;
        for run in server.all("accountant", "/v1/payment-runs") {
            let path = format!("GET /v1/payment-runs/{}", run["id"].as_str().unwrap());
            for payment in server.ask("accountant", &path, "").unwrap().1["payments"].as_array().unwrap() {
                let of_payment = invoices.iter().filter(|invoice| invoice["payment_id"] == payment["id"]);
                let amount: i64 = of_payment.map(|invoice| in_cents(&invoice["amount"])).sum();
                let expected = if payment["status"] == "failed" { 0 } else { in_cents(&payment["amount"]) };
                assert_eq!(amount, expected, "{payment}");
                paid_by_payments += if payment["status"] == "paid" { in_cents(&payment["amount"]) } else { 0 };
            }
        }
        let sum = |statuses: &[&str]| -> i64 {
            let counted = invoices.iter().filter(|invoice| statuses.contains(&invoice["status"].as_str().unwrap()));
            counted.map(|invoice| in_cents(&invoice["amount"])).sum()
        };
        let deliveries = server.all("accountant", "/v1/deliveries");
        let delivered: i64 = deliveries.iter().map(|delivery| in_cents(&delivery["amount"])).sum();
        let mut ledgers = [0; 3];
        for order in &orders {
            let path = format!("GET /v1/budgets/{}/ledger", order["budget_id"].as_str().unwrap());
            let total = server.ask("accountant", &path, "").unwrap().1["total"].clone();
            for (sum, name) in ledgers.iter_mut().zip(["delivered", "invoiced", "paid"]) {
                *sum += in_cents(&total[name]);
            }
        }
        assert_eq!(ledgers, [delivered, sum(&["approved", "paid"]), sum(&["paid"])]);
        assert_eq!(paid_by_payments, sum(&["paid"]));
        assert!(paid_by_payments > 48_000, "more was paid than the demonstration begins with");
        server.kill();
        let mut verify = balsts(directory.path(), &["audit", "verify"]);
        if let Some(url) = url {
            verify.env("BALSTS__DATABASE__URL", url);
        }
        let verified = verify.output().unwrap();
        assert!(verified.status.success(), "{}", stdout(&verified));
        eprintln!("{} approved and acknowledged, {} cents paid, {KILLS} kills", acknowledged.len(), paid_by_payments);
    }
}

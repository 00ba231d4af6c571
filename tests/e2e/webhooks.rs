//! `/v1/webhooks` on both databases, with a receiver on this machine: what is delivered, in which order, how often, signed by
//! what, and to whom never.

use balsts_app::{App, AppError, StoreError};
use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Options, new_id, now},
    receiver::{Received, Receiver},
    tokens,
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::applications::{FOREIGN, OWN, decide, location, register_child};

const PATH: &str = "/v1/webhooks";

async fn create(app: &TestApp, municipality: &str, body: &Value) -> Answer {
    app.post(PATH).as_role(Role::OfficeHead, municipality).json(body).send().await
}

/// Sets up a webhook of everything, and tells its path and secret.
async fn webhook(app: &TestApp, receiver: &Receiver) -> (String, String) {
    let created = create(app, OWN, &json!({"url": receiver.url})).await.expect(201);
    (location(&created), created.json()["secret"].as_str().unwrap().to_owned())
}

async fn show(app: &TestApp, path: &str) -> Answer {
    app.get(path).as_role(Role::OfficeHead, OWN).send().await.expect(200)
}

async fn update(app: &TestApp, path: &str, tag: &str, body: &Value) -> Answer {
    app.put(path).as_role(Role::OfficeHead, OWN).header("if-match", tag).json(body).send().await
}

async fn post(app: &TestApp, path: &str, tag: &str, body: &Value) -> Answer {
    app.post(path).as_role(Role::OfficeHead, OWN).header("if-match", tag).json(body).send().await
}

async fn deliveries(app: &TestApp, path: &str) -> Vec<Value> {
    let list = app.get(&format!("{path}/deliveries")).as_role(Role::OfficeHead, OWN).send().await.expect(200);
    list.json()["items"].as_array().unwrap().clone()
}

/// Two events: an application is registered and granted.
async fn happen(app: &TestApp, municipality: &str, code: &str) {
    let path = location(&register_child(app, municipality, code, "2018-01-15").await.expect(201));
    decide(app, municipality, &path, "\"1\"", "grant").await.expect(201);
}

async fn events(app: &TestApp) -> Vec<Value> {
    let list = app.get("/v1/events").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
    list["items"].as_array().unwrap().clone()
}

fn told(received: &[Received]) -> Vec<Value> {
    received.iter().map(Received::event).collect()
}

fn later(seconds: i64) -> chrono::DateTime<chrono::Utc> {
    now() + TimeDelta::seconds(seconds)
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_delivered_once_signed_and_in_order() {
    for database in Database::available() {
        let (app, receiver) = (TestApp::start_on(database).await, Receiver::start().await);
        happen(&app, OWN, "320000-00001").await;
        let (path, secret) = webhook(&app, &receiver).await;
        app.deliver_webhooks(now()).await;
        assert!(receiver.take().is_empty(), "what was before is not delivered");

        happen(&app, OWN, "320000-00002").await;
        happen(&app, FOREIGN, "320000-00003").await;
        app.deliver_webhooks(now()).await;
        let received = receiver.take();
        let events = events(&app).await;
        assert_eq!(told(&received), events[2..], "{database:?}: its own, as they are listed");
        for (request, event) in received.iter().zip(&events[2..]) {
            assert_eq!(request.headers["content-type"], "application/cloudevents+json");
            assert_eq!(request.headers["webhook-id"], event["id"].as_str().unwrap());
            assert_eq!(request.headers["webhook-timestamp"], now().timestamp().to_string());
            assert_eq!(request.verified(&secret), (1, 1));
            assert_eq!(request.verified("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), (0, 1));
        }
        let shown = show(&app, &path).await;
        assert_eq!(shown.version(), Some("1"));
        let shown = shown.json();
        assert_eq!(
            (&shown["delivered_up_to"], &shown["failures"], &shown["status"]),
            (&events[3]["id"], &json!(0), &json!("active"))
        );
        let log = deliveries(&app, &path).await;
        let logged: Vec<_> =
            log.iter().map(|entry| (&entry["event_id"], &entry["attempt"], &entry["status"])).collect();
        let (one, ok) = (json!(1), json!(204));
        assert_eq!(logged, [(&events[3]["id"], &one, &ok), (&events[2]["id"], &one, &ok)]);

        app.deliver_webhooks(later(60)).await;
        assert!(receiver.take().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_types_that_were_asked_for_are_delivered() {
    for database in Database::available() {
        let (app, receiver) = (TestApp::start_on(database).await, Receiver::start().await);
        let body = json!({"url": receiver.url, "types": ["application.registered"]});
        let path = location(&create(&app, OWN, &body).await.expect(201));
        happen(&app, OWN, "320000-00001").await;
        happen(&app, OWN, "320000-00002").await;
        app.deliver_webhooks(now()).await;
        let events = events(&app).await;
        assert_eq!(told(&receiver.take()), [events[0].clone(), events[2].clone()], "{database:?}");
        assert_eq!(show(&app, &path).await.json()["delivered_up_to"], events[3]["id"], "the last one is passed over");
        for bad in [json!([]), json!(["application.gone"]), json!("application.registered")] {
            create(&app, OWN, &json!({"url": receiver.url, "types": bad})).await.expect(400);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_before_what_follows() {
    for database in Database::available() {
        let (app, receiver) = (TestApp::start_on(database).await, Receiver::start().await);
        let (path, _) = webhook(&app, &receiver).await;
        happen(&app, OWN, "320000-00001").await;
        let events = events(&app).await;
        // A redirect is not followed.
        receiver.answer(&[500, 302]);
        app.deliver_webhooks(now()).await;
        app.deliver_webhooks(later(4)).await;
        assert_eq!(told(&receiver.take()), events[..1], "{database:?}");
        let shown = show(&app, &path).await.json();
        assert_eq!((&shown["failures"], &shown["next_attempt_at"]), (&json!(1), &json!("2023-11-14T22:13:25Z")));
        assert_eq!(shown["delivered_up_to"], Value::Null);

        app.deliver_webhooks(later(5)).await;
        app.deliver_webhooks(later(14)).await;
        assert_eq!(told(&receiver.take()), events[..1]);
        app.deliver_webhooks(later(15)).await;
        assert_eq!(told(&receiver.take()), events);
        let shown = show(&app, &path).await.json();
        assert_eq!((&shown["failures"], &shown["failing_since"]), (&json!(0), &Value::Null));
        let log = deliveries(&app, &path).await;
        let logged: Vec<_> = log.iter().map(|entry| (entry["attempt"].clone(), entry["status"].clone())).collect();
        let expected =
            [(1, 204), (3, 204), (2, 302), (1, 500)].map(|(attempt, status)| (json!(attempt), json!(status)));
        assert_eq!(logged, expected);
        let page =
            app.get(&format!("{path}/deliveries?limit=3")).as_role(Role::OfficeHead, OWN).send().await.expect(200);
        let next = format!("{path}/deliveries?limit=3&cursor={}", page.json()["next"].as_str().unwrap());
        let rest = app.get(&next).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        assert_eq!((rest["items"].as_array().unwrap(), &rest["next"]), (&vec![log[3].clone()], &Value::Null));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_stays_away_is_given_up_after_days_and_can_come_back() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let (path, _) = webhook(&app, &receiver).await;
    let url = receiver.url.clone();
    drop(receiver);
    happen(&app, OWN, "320000-00001").await;
    app.deliver_webhooks(now()).await;
    assert_eq!(deliveries(&app, &path).await[0]["failure"], "no_connection");
    app.deliver_webhooks(now() + TimeDelta::days(5) - TimeDelta::seconds(1)).await;
    assert_eq!(show(&app, &path).await.json()["status"], "active");
    app.deliver_webhooks(now() + TimeDelta::days(6)).await;
    let shown = show(&app, &path).await;
    assert_eq!((shown.json()["status"].as_str(), shown.version()), (Some("failing"), Some("2")));
    app.deliver_webhooks(now() + TimeDelta::days(7)).await;
    assert_eq!(deliveries(&app, &path).await.len(), 3, "nothing is sent any more");

    let other = Receiver::start().await;
    update(&app, &path, "\"1\"", &json!({"url": url, "status": "active"})).await.expect(412);
    let back = update(&app, &path, "\"2\"", &json!({"url": other.url, "status": "active"})).await.expect(200).json();
    assert_eq!((&back["status"], &back["failures"]), (&json!("active"), &json!(0)));
    app.deliver_webhooks(now()).await;
    assert_eq!(told(&other.take()), events(&app).await);
    let report = app.store.verify_audit().await.unwrap();
    // Set up, registered, granted, given up, set active.
    assert!(report.faults.is_empty() && report.entries == 5, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_says_it_is_gone_is_left_alone() {
    for database in Database::available() {
        let (app, receiver) = (TestApp::start_on(database).await, Receiver::start().await);
        let (path, _) = webhook(&app, &receiver).await;
        happen(&app, OWN, "320000-00001").await;
        receiver.answer(&[410]);
        app.deliver_webhooks(now()).await;
        app.deliver_webhooks(now() + TimeDelta::days(1)).await;
        assert_eq!(receiver.take().len(), 1, "{database:?}");
        assert_eq!(show(&app, &path).await.json()["status"], "paused");
        let wanted = json!({"url": receiver.url, "types": null, "status": "active"});
        update(&app, &path, "\"2\"", &wanted).await.expect(200);
        app.deliver_webhooks(now()).await;
        assert_eq!(told(&receiver.take()), events(&app).await, "what waited meanwhile");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_replayed_from_any_place() {
    for database in Database::available() {
        let (app, receiver) = (TestApp::start_on(database).await, Receiver::start().await);
        happen(&app, OWN, "320000-00001").await;
        happen(&app, FOREIGN, "320000-00002").await;
        let (path, _) = webhook(&app, &receiver).await;
        let replays = format!("{path}/replays");
        let events = events(&app).await;
        post(&app, &replays, "\"1\"", &json!({"after": null})).await.expect(201);
        app.deliver_webhooks(now()).await;
        assert_eq!(told(&receiver.take()), events, "{database:?}");
        post(&app, &replays, "\"2\"", &json!({"after": events[0]["id"]})).await.expect(201);
        app.deliver_webhooks(now()).await;
        assert_eq!(told(&receiver.take()), events[1..]);

        let foreign = app.get("/v1/events").as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json();
        for unknown in [&json!("018bcfe5-6800-7000-8000-0000000000ff"), &foreign["items"][0]["id"]] {
            let answer = post(&app, &replays, "\"3\"", &json!({"after": unknown})).await;
            answer.expect_faults(422, &["unknown_event /after"]);
        }
        post(&app, &replays, "\"3\"", &json!({})).await.expect_faults(400, &["required /after"]);
        post(&app, &replays, "\"1\"", &json!({"after": null})).await.expect(412);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_signs_beside_the_one_before_for_a_day() {
    for database in Database::available() {
        let (app, receiver) = (TestApp::start_on(database).await, Receiver::start().await);
        let (path, old) = webhook(&app, &receiver).await;
        let call = app.post(&format!("{path}/secret")).as_role(Role::OfficeHead, OWN).header("if-match", "\"1\"");
        let replaced = call.send().await.expect(201);
        assert_eq!((replaced.version(), replaced.header("cache-control")), (Some("2"), Some("no-store")));
        let new = replaced.json()["secret"].as_str().unwrap().to_owned();
        assert_ne!(old, new);
        happen(&app, OWN, "320000-00001").await;
        app.deliver_webhooks(now() + TimeDelta::hours(24) - TimeDelta::seconds(1)).await;
        for request in receiver.take() {
            assert_eq!((request.verified(&old), request.verified(&new)), ((1, 2), (1, 2)), "{database:?}");
        }
        post(&app, &format!("{path}/replays"), "\"2\"", &json!({"after": null})).await.expect(201);
        app.deliver_webhooks(now() + TimeDelta::hours(24)).await;
        let received = receiver.take();
        assert_eq!(received.len(), 2);
        for request in received {
            assert_eq!((request.verified(&old), request.verified(&new)), ((0, 1), (1, 1)));
        }
    }
}

/// Several nodes share the work: each event comes once, whoever sends it, and in order.
#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_deliver_together_send_each_event_once() {
    for database in Database::available() {
        let (app, receiver) = (TestApp::start_on(database).await, Receiver::start().await);
        let others = [Receiver::start().await, Receiver::start().await];
        webhook(&app, &receiver).await;
        for other in &others {
            webhook(&app, other).await;
        }
        for number in 0..4 {
            happen(&app, OWN, &format!("320000-1000{number}")).await;
        }
        futures_util::future::join_all((0..6).map(|_| app.deliver_webhooks(now()))).await;
        let events = events(&app).await;
        for receiver in others.iter().chain([&receiver]) {
            assert_eq!(told(&receiver.take()), events, "{database:?}");
        }
    }
}

/// A receiver that takes long for each event does not keep the others waiting: they have their turn before its next event.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_receiver_gets_its_events_in_turns() {
    for database in Database::available() {
        let (app, slow, other) = (TestApp::start_on(database).await, Receiver::start().await, Receiver::start().await);
        webhook(&app, &slow).await;
        webhook(&app, &other).await;
        happen(&app, OWN, "320000-00001").await;
        happen(&app, OWN, "320000-00002").await;
        // Every look at the clock is seven seconds later.
        let seconds = std::sync::atomic::AtomicI64::new(0);
        let clock = move || later(seconds.fetch_add(7, std::sync::atomic::Ordering::Relaxed));
        let deliverer = app.deliverer(clock);
        let mut told_slow = Vec::new();
        let mut told_other = Vec::new();
        let mut turns = Vec::new();
        while deliverer.deliver_next().await.unwrap() {
            let (first, second) = (slow.take(), other.take());
            turns.push((first.len(), second.len()));
            told_slow.extend(told(&first));
            told_other.extend(told(&second));
        }
        assert!(
            turns.len() > 2 && turns.windows(2).all(|turns| turns[0].0 * turns[1].0 + turns[0].1 * turns[1].1 == 0),
            "{turns:?}"
        );
        let events = events(&app).await;
        assert_eq!((&told_slow, &told_other), (&events, &events), "{database:?}: {turns:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_or_an_expired_lease_ends_a_claim() {
    for database in Database::available() {
        let (app, receiver) = (TestApp::start_on(database).await, Receiver::start().await);
        let (path, _) = webhook(&app, &receiver).await;
        happen(&app, OWN, "320000-00001").await;
        let worker = App::new(app.store.clone());
        let claim = async |at| worker.claim_webhook(at, new_id()).await.unwrap();
        let is_stale = |result: Result<bool, AppError>| matches!(result, Err(AppError::Store(StoreError::Stale)));

        let (mut first, events) = claim(now()).await.unwrap();
        assert!(claim(later(59)).await.is_none(), "{database:?}");
        let (mut second, _) = claim(later(60)).await.unwrap();
        let event = events[0].id;
        assert!(is_stale(worker.record_delivery(&mut first, event, Ok(204), (later(61), new_id(), 0)).await));
        assert_eq!(show(&app, &path).await.json()["delivered_up_to"], Value::Null);

        // A replay that comes while an event is on its way is not lost.
        post(&app, &format!("{path}/replays"), "\"1\"", &json!({"after": null})).await.expect(201);
        assert!(is_stale(worker.record_delivery(&mut second, event, Ok(204), (later(61), new_id(), 0)).await));
        assert_eq!(deliveries(&app, &path).await, Vec::<Value>::new());
        app.deliver_webhooks(later(61)).await;
        assert_eq!(receiver.take().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_or_deleted_webhook_gets_nothing() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let (path, _) = webhook(&app, &receiver).await;
    update(&app, &path, "\"1\"", &json!({"url": receiver.url, "status": "paused"})).await.expect(200);
    happen(&app, OWN, "320000-00001").await;
    app.deliver_webhooks(now()).await;
    update(&app, &path, "\"2\"", &json!({"url": receiver.url, "status": "failing"}))
        .await
        .expect_faults(400, &["not_in_list /status"]);
    let delete =
        async |tag: &str| app.delete(&path).as_role(Role::OfficeHead, OWN).header("if-match", tag).send().await;
    delete("\"1\"").await.expect(412);
    delete("\"2\"").await.expect(204);
    delete("\"2\"").await.expect(404);
    app.get(&path).as_role(Role::OfficeHead, OWN).send().await.expect(404);
    app.deliver_webhooks(now()).await;
    assert!(receiver.take().is_empty());
}

#[tokio::test]
async fn addresses_that_only_the_server_can_reach_are_refused() {
    let app = TestApp::start().await;
    for (url, fault) in [
        ("hooks.example", "not_a_url /url"),
        ("http://hooks.example/", "not_https /url"),
        ("https://user:password@hooks.example/", "credentials_in_url /url"),
        ("https://hooks.example:5432/", "port_not_allowed /url"),
        ("https://10.0.0.1/", "address_not_public /url"),
        ("https://169.254.169.254/latest/meta-data/", "address_not_public /url"),
        ("https://[::ffff:127.0.0.1]/", "address_not_public /url"),
        ("https://[fd00::1]/", "address_not_public /url"),
    ] {
        let answer = create(&app, OWN, &json!({"url": url})).await.expect_faults(422, &[fault]);
        assert!(!answer.text().contains("password"), "{}", answer.shown());
    }
    let path = location(&create(&app, OWN, &json!({"url": "https://hooks.example/"})).await.expect(201));
    update(&app, &path, "\"1\"", &json!({"url": "https://10.0.0.1/", "status": "active"}))
        .await
        .expect_faults(422, &["address_not_public /url"]);
    create(&app, OWN, &json!({"url": ""})).await.expect_faults(400, &["too_short /url"]);
    create(&app, OWN, &json!({"url": format!("https://hooks.example/{}", "x".repeat(2000))}))
        .await
        .expect_faults(400, &["too_long /url"]);
}

#[tokio::test]
async fn another_municipality_s_webhook_is_not_there() {
    for database in Database::available() {
        let (app, receiver) = (TestApp::start_on(database).await, Receiver::start().await);
        let (path, _) = webhook(&app, &receiver).await;
        let deliveries = format!("{path}/deliveries");
        for path in [&path, &deliveries] {
            for role in [Role::OfficeHead, Role::Auditor] {
                app.get(path).as_role(role, FOREIGN).send().await.expect(404);
                app.get(path).as_role(role, OWN).send().await.expect(200);
            }
        }
        let call = app.delete(&path).as_role(Role::Auditor, OWN).header("if-match", "\"1\"");
        call.send().await.expect(403);
        let (replays, secret) = (format!("{path}/replays"), format!("{path}/secret"));
        for call in [
            app.put(&path).json(&json!({"url": receiver.url, "status": "paused"})),
            app.post(&replays).json(&json!({"after": null})),
            app.post(&secret),
            app.delete(&path),
        ] {
            call.as_role(Role::OfficeHead, FOREIGN).header("if-match", "\"1\"").send().await.expect(404);
        }
        let list = async |municipality| {
            let list = app.get(PATH).as_role(Role::OfficeHead, municipality).send().await.expect(200).json();
            list["items"].as_array().unwrap().clone()
        };
        assert_eq!(list(FOREIGN).await, Vec::<Value>::new());
        assert_eq!(list(OWN).await, [show(&app, &path).await.json()]);
        webhook(&app, &receiver).await;
        let page = app.get(&format!("{PATH}?limit=1")).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let next = format!("{PATH}?limit=1&cursor={}", page["next"].as_str().unwrap());
        let next = app.get(&next).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        assert_eq!((next["items"].as_array().unwrap().len(), &next["next"]), (1, &Value::Null));
    }
}

#[tokio::test]
async fn the_secret_is_told_once_and_stored_sealed() {
    let app = TestApp::start().await;
    let body = json!({"url": "https://hooks.example/"});
    let send = async || {
        let token = tokens::integrator(OWN, "webhooks:write webhooks:read");
        app.post(PATH).token(&token).header("idempotency-key", "w-1").json(&body).send().await
    };
    let created = send().await.expect(201);
    assert_eq!(created.header("cache-control"), Some("no-store"));
    assert_eq!(send().await.expect(201).json(), created.json());
    let secret = created.json()["secret"].as_str().unwrap().to_owned();
    let (path, key) = (location(&created), secret.strip_prefix("whsec_").unwrap());
    assert_eq!(show(&app, &path).await.json().get("secret"), None);
    for path in [PATH, &path, &format!("{path}/deliveries"), "/v1/events"] {
        for role in [Role::OfficeHead, Role::Auditor] {
            assert!(!app.get(path).as_role(role, OWN).send().await.expect(200).text().contains(key), "{path}");
        }
    }
    let raw = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, key).unwrap();
    for file in app.database_files() {
        let file = std::fs::read(file).unwrap();
        for clear in [key.as_bytes(), &raw] {
            assert!(!file.windows(clear.len()).any(|window| window == clear), "the secret stands in clear");
        }
    }
    let without = tokens::integrator(OWN, "webhooks:read");
    app.post(PATH).token(&without).json(&body).send().await.expect(403);
    app.get(PATH).token(&without).send().await.expect(200);
}

#[tokio::test]
async fn a_change_of_a_webhook_says_which_version_it_is_of() {
    let app = TestApp::start().await;
    let path = location(&create(&app, OWN, &json!({"url": "https://hooks.example/"})).await.expect(201));
    let (replays, secret) = (format!("{path}/replays"), format!("{path}/secret"));
    let calls = || {
        [
            app.put(&path).json(&json!({"url": "https://hooks.example/", "status": "paused"})),
            app.post(&replays).json(&json!({"after": null})),
            app.post(&secret),
            app.delete(&path),
        ]
    };
    for call in calls() {
        call.as_role(Role::OfficeHead, OWN).send().await.expect(428);
    }
    for call in calls() {
        call.as_role(Role::OfficeHead, OWN).header("if-match", "\"2\"").send().await.expect(412);
    }
}

#[tokio::test]
async fn where_nothing_is_delivered_no_webhook_is_set_up() {
    let app = TestApp::start_with(Options { webhooks: false, ..Options::default() }).await;
    create(&app, OWN, &json!({"url": "https://hooks.example/"})).await.expect(503);
}

//! Hand-overs on both databases: a case is offered to another municipality and goes there with its acceptance, or stays. What the office
//! that is asked is told, who may do what, what comes between, and what races.

use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, later},
    cluster,
    contract::by_lot,
};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, decide, location, register_child},
    budgets::{create, granted, request},
    cases::{post, revocation},
    erasures::erase,
    plans::{draft, line, plan, signed_budget},
    representatives::{link, person_of},
};

const THIRD: &str = "0003000";
const LIST: &str = "/v1/hand-overs";

/// Offers a case.
pub(crate) async fn offer(app: &TestApp, from: &str, application: &str, to: &str) -> Answer {
    let call = app.post(&format!("{application}/hand-over")).as_role(Role::OfficeHead, from);
    call.json(&json!({"to": to, "reason": "Mainīta dzīvesvieta."})).send().await
}

/// Hands a case over: it is offered and accepted.
pub(crate) async fn moved(app: &TestApp, from: &str, application: &str, to: &str) -> Answer {
    let offered = location(&offer(app, from, application, to).await.expect(201));
    accept(app, to, &offered, "\"1\"").await.expect(201)
}

pub(crate) async fn accept(app: &TestApp, municipality: &str, path: &str, tag: &str) -> Answer {
    let call = app.post(&format!("{path}/acceptance")).as_role(Role::OfficeHead, municipality);
    call.header("if-match", tag).send().await
}

async fn withdraw(app: &TestApp, municipality: &str, path: &str, tag: &str) -> Answer {
    let call = app.post(&format!("{path}/withdrawal")).as_role(Role::OfficeHead, municipality);
    call.header("if-match", tag).send().await
}

async fn refuse(app: &TestApp, municipality: &str, path: &str, tag: &str) -> Answer {
    let body = json!({"reason": "Šeit nav deklarēta."});
    post(app, Role::OfficeHead, municipality, &format!("{path}/refusal"), tag, &body).await
}

async fn get(app: &TestApp, role: Role, municipality: &str, path: &str) -> Answer {
    app.get(path).as_role(role, municipality).send().await
}

/// What a list shows.
async fn listed(app: &TestApp, role: Role, municipality: &str, query: &str) -> Vec<Value> {
    let list = get(app, role, municipality, &format!("{LIST}{query}")).await.expect(200).json();
    list["items"].as_array().unwrap().clone()
}

/// The types of a municipality's events about hand-overs.
async fn told(app: &TestApp, municipality: &str) -> Vec<String> {
    let events = get(app, Role::OfficeHead, municipality, "/v1/events").await.expect(200).json();
    let kinds = events["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned());
    let of_hand_over = |kind: &String| {
        kind.starts_with("hand_over") || ["application.handed_over", "application.received"].contains(&kind.as_str())
    };
    kinds.filter(of_hand_over).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_to_another_municipality_only_with_its_acceptance() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = granted(&app, OWN, "320000-00001").await;
        let case = application.rsplit('/').next().unwrap().to_owned();
        let ask = format!("{application}/hand-over");
        let body = json!({"to": FOREIGN, "reason": "Mainīta dzīvesvieta."});
        app.post(&ask).as_role(Role::SocialWorker, OWN).json(&body).send().await.expect(403);
        let keyed = async || {
            let call = app.post(&ask).as_role(Role::OfficeHead, OWN).header("idempotency-key", "h-1");
            call.json(&body).send().await
        };
        let offered = keyed().await.expect(201);
        let (path, shown) = (location(&offered), offered.json());
        assert_eq!(offered.version(), Some("1"));
        assert_eq!((&shown["status"], &shown["direction"]), (&json!("offered"), &json!("out")));
        assert_eq!((&shown["from"], &shown["to"], &shown["case_id"]), (&json!(OWN), &json!(FOREIGN), &json!(case)));
        assert_eq!((&shown["offered_on"], &shown["answered_on"]), (&json!("2023-11-15"), &Value::Null));
        assert_eq!(keyed().await.expect(201).json(), shown);
        for to in [FOREIGN, THIRD] {
            let again = offer(&app, OWN, &application, to).await.expect(409);
            assert_eq!(again.json()["code"], "hand_over_offered");
        }

        // Until it is accepted, the case is where it was; the other office sees an offer, and no more of it than it needs.
        get(&app, Role::OfficeHead, OWN, &application).await.expect(200);
        for hidden in [&application, &format!("/v1/cases/{case}"), &format!("{application}/decision/document")] {
            get(&app, Role::OfficeHead, FOREIGN, hidden).await.expect(404);
        }
        let waiting = listed(&app, Role::SocialWorker, FOREIGN, "?direction=in&status=offered").await;
        assert_eq!(waiting.len(), 1);
        assert_eq!((&waiting[0]["id"], &waiting[0]["person_id"]), (&shown["id"], &Value::Null));
        for word in ["reason", "offered", "refusal"] {
            assert_eq!(waiting[0].get(word), None, "{word}");
        }
        for (municipality, query) in
            [(FOREIGN, "?direction=out"), (FOREIGN, "?status=accepted"), (OWN, "?direction=in"), (THIRD, "")]
        {
            assert_eq!(listed(&app, Role::OfficeHead, municipality, query).await, Vec::<Value>::new(), "{query}");
        }
        let of_case = listed(&app, Role::Auditor, OWN, &format!("?case={case}")).await;
        assert_eq!((of_case.len(), &of_case[0]["direction"]), (1, &json!("out")));
        let asked = get(&app, Role::SocialWorker, FOREIGN, &path).await.expect(200);
        assert_eq!(asked.version(), Some("1"));
        assert_eq!(
            asked.json()["offered"],
            json!({"personal_code": "320000-00001", "identification_number": null, "given_name": "Izdomāta", "family_name": "Paraudziņa",
                "methodology": "children-2023", "application_status": "granted"})
        );
        assert_eq!((&asked.json()["reason"], &asked.json()["person_id"]), (&body["reason"], &Value::Null));
        let own = get(&app, Role::SocialWorker, OWN, &path).await.expect(200).json();
        assert_eq!((own.get("offered"), &own["reason"]), (None, &body["reason"]));
        for (role, municipality) in [(Role::OfficeHead, THIRD), (Role::Recipient, OWN), (Role::Recipient, FOREIGN)] {
            get(&app, role, municipality, &path).await.expect(404);
        }

        // Each side does its own.
        accept(&app, THIRD, &path, "\"1\"").await.expect(404);
        accept(&app, OWN, &path, "\"1\"").await.expect(403);
        refuse(&app, OWN, &path, "\"1\"").await.expect(403);
        withdraw(&app, FOREIGN, &path, "\"1\"").await.expect(403);
        accept(&app, FOREIGN, &path, "\"2\"").await.expect(412);
        let acceptance = format!("{path}/acceptance");
        app.post(&acceptance).as_role(Role::OfficeHead, FOREIGN).send().await.expect(428);
        app.post(&acceptance).as_role(Role::SocialWorker, FOREIGN).header("if-match", "\"1\"").send().await.expect(403);

        let accepted = accept(&app, FOREIGN, &path, "\"1\"").await.expect(201);
        let shown = accepted.json();
        assert_eq!((&shown["status"], &shown["direction"]), (&json!("accepted"), &json!("in")));
        assert_eq!((&shown["answered_on"], shown.get("offered")), (&json!("2023-11-15"), None));
        assert_eq!(shown["person_id"], json!(person_of(&app, FOREIGN, &application).await));
        assert_eq!(get(&app, Role::Auditor, FOREIGN, &path).await.expect(200).json(), shown);
        get(&app, Role::OfficeHead, OWN, &application).await.expect(404);
        for answer in [
            accept(&app, FOREIGN, &path, "\"2\"").await,
            refuse(&app, FOREIGN, &path, "\"2\"").await,
            withdraw(&app, OWN, &path, "\"2\"").await,
        ] {
            assert_eq!(answer.expect(409).json()["code"], "hand_over_not_offered");
        }
        let whole = get(&app, Role::OfficeHead, FOREIGN, &format!("/v1/cases/{case}?include=hand_overs")).await;
        assert_eq!(whole.expect(200).json()["hand_overs"][0]["status"], "accepted");
        assert_eq!(told(&app, OWN).await, ["hand_over.offered", "application.handed_over"]);
        assert_eq!(told(&app, FOREIGN).await, ["hand_over.offered", "application.received"]);

        // On it goes, and the first office is told nothing more of it.
        moved(&app, FOREIGN, &application, THIRD).await;
        assert_eq!(listed(&app, Role::OfficeHead, OWN, "").await.len(), 1);
        assert_eq!(listed(&app, Role::OfficeHead, FOREIGN, "").await.len(), 2);
        assert_eq!(listed(&app, Role::OfficeHead, FOREIGN, "?limit=1").await[0]["direction"], "in");
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_refusal_or_withdrawal_the_other_office_is_told_nothing_of_the_person() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = granted(&app, OWN, "320000-00001").await;
        let first = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
        refuse(&app, FOREIGN, &first, "\"9\"").await.expect(412);
        let refused = refuse(&app, FOREIGN, &first, "\"1\"").await.expect(201);
        assert_eq!((&refused.json()["status"], refused.version()), (&json!("refused"), Some("2")));
        let own = get(&app, Role::OfficeHead, OWN, &first).await.expect(200).json();
        assert_eq!((&own["refusal"], &own["reason"]), (&json!("Šeit nav deklarēta."), &json!("Mainīta dzīvesvieta.")));
        // It may be offered anew.
        let second = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
        let withdrawn = withdraw(&app, OWN, &second, "\"1\"").await.expect(201).json();
        assert_eq!((&withdrawn["status"], &withdrawn["answered_on"]), (&json!("withdrawn"), &json!("2023-11-15")));
        accept(&app, FOREIGN, &second, "\"1\"").await.expect(412);
        for (path, status) in [(&first, "refused"), (&second, "withdrawn")] {
            let there = get(&app, Role::OfficeHead, FOREIGN, path).await.expect(200).json();
            assert_eq!((&there["status"], &there["person_id"]), (&json!(status), &Value::Null));
            for word in ["reason", "offered", "refusal"] {
                assert_eq!(there.get(word), None, "{status} {word}");
            }
        }
        let steps = ["hand_over.offered", "hand_over.refused", "hand_over.offered", "hand_over.withdrawn"];
        assert_eq!(
            (told(&app, OWN).await, told(&app, FOREIGN).await),
            (steps.map(str::to_owned).to_vec(), steps.map(str::to_owned).to_vec())
        );
        get(&app, Role::OfficeHead, OWN, &application).await.expect(200);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// What cannot be handed over any more is not offered any more.
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_lapses_with_the_case() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let revoked = granted(&app, OWN, "320000-00001").await;
        let withdrawn = location(&register_child(&app, OWN, "320000-00002", "2018-01-15").await.expect(201));
        let refused = location(&register_child(&app, OWN, "320000-00003", "2004-01-01").await.expect(201));
        let budget = signed_budget(&app, "320000-00004").await;
        let drafted = plan(&app, &budget, &draft(&[line(1, "specialist", None, "48", "60.00")])).await;
        let case = drafted.get().await["application_id"].as_str().unwrap().to_owned();
        let signed = format!("/v1/applications/{case}");
        let decided = location(&register_child(&app, OWN, "320000-00005", "2018-01-15").await.expect(201));

        let mut offers = Vec::new();
        for application in [&revoked, &withdrawn, &refused, &signed, &decided] {
            offers.push(location(&offer(&app, OWN, application, FOREIGN).await.expect(201)));
        }
        post(&app, Role::OfficeHead, OWN, &format!("{revoked}/revocation"), "\"2\"", &revocation()).await.expect(201);
        let body = json!({"withdrawn_on": "2023-03-02"});
        post(&app, Role::SocialWorker, OWN, &format!("{withdrawn}/withdrawal"), "\"1\"", &body).await.expect(201);
        decide(&app, OWN, &refused, "\"1\"", "refuse").await.expect(201);
        drafted.sign("worker").await.expect(201);
        assert_eq!(get(&app, Role::OfficeHead, OWN, &offers[3]).await.expect(200).json()["status"], "offered");
        drafted.sign("recipient").await.expect(201);
        // A grant leaves the case as it is: it goes over granted.
        decide(&app, OWN, &decided, "\"1\"", "grant").await.expect(201);

        let (last, lapsed) = offers.split_last().unwrap();
        for path in lapsed {
            for municipality in [OWN, FOREIGN] {
                let shown = get(&app, Role::OfficeHead, municipality, path).await.expect(200).json();
                assert_eq!((&shown["status"], &shown["answered_by"]), (&json!("lapsed"), &Value::Null));
                assert_eq!(shown.get("offered"), None);
            }
            let answer = accept(&app, FOREIGN, path, "\"2\"").await.expect(409);
            assert_eq!(answer.json()["code"], "hand_over_not_offered");
        }
        assert_eq!(told(&app, FOREIGN).await.iter().filter(|kind| *kind == "hand_over.lapsed").count(), 4);
        assert_eq!(told(&app, OWN).await.iter().filter(|kind| *kind == "hand_over.lapsed").count(), 4);
        for closed in [&revoked, &withdrawn, &refused] {
            let answer = offer(&app, OWN, closed, FOREIGN).await.expect(409);
            assert_eq!(answer.json()["code"], "application_closed");
        }
        assert_eq!(offer(&app, OWN, &signed, FOREIGN).await.expect(409).json()["code"], "plan_signed");
        accept(&app, FOREIGN, last, "\"1\"").await.expect(201);
        assert_eq!(get(&app, Role::OfficeHead, FOREIGN, &decided).await.expect(200).json()["status"], "granted");
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// The person is told, where the case is, that the other office read who the person is; and sees the history of the case.
#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_sees_hand_overs_and_who_read_them() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = granted(&app, OWN, "320000-00001").await;
        let person = person_of(&app, OWN, &application).await;
        link(&app, OWN, &person).await;
        let other = granted(&app, OWN, "320000-00002").await;
        let of_other = location(&offer(&app, OWN, &other, FOREIGN).await.expect(201));
        let path = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
        get(&app, Role::SocialWorker, FOREIGN, &path).await.expect(200);
        let actions = async |municipality: &str, person: &str| -> Vec<String> {
            let log = format!("/v1/persons/{person}/accesses?limit=200");
            let log = get(&app, Role::Recipient, municipality, &log).await.expect(200).json();
            log["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap().to_owned()).collect()
        };
        let seen = actions(OWN, &person).await;
        assert!(seen.iter().any(|action| action == "offer_hand_over"), "{seen:?}");
        assert_eq!(seen.iter().filter(|action| *action == "get_hand_over").count(), 1, "{seen:?}");
        let own = listed(&app, Role::Recipient, OWN, "").await;
        assert_eq!((own.len(), format!("{LIST}/{}", own[0]["id"].as_str().unwrap())), (1, path.clone()));
        get(&app, Role::Recipient, OWN, &of_other).await.expect(404);
        assert_eq!(get(&app, Role::Recipient, OWN, &path).await.expect(200).json()["reason"], "Mainīta dzīvesvieta.");
        let case = application.replace("applications", "cases");
        let whole = get(&app, Role::Recipient, OWN, &format!("{case}?include=hand_overs")).await.expect(200).json();
        assert_eq!(whole["hand_overs"], json!(own));

        accept(&app, FOREIGN, &path, "\"1\"").await.expect(201);
        // Both offices have told it: here that it went, there all of the offer.
        assert!(actions(OWN, &person).await.iter().any(|action| action == "accept_hand_over"));
        let there = person_of(&app, FOREIGN, &application).await;
        link(&app, FOREIGN, &there).await;
        let seen = actions(FOREIGN, &there).await;
        for action in ["offer_hand_over", "get_hand_over", "accept_hand_over"] {
            assert!(seen.iter().any(|known| known == action), "{database:?} {action}: {seen:?}");
        }
        assert_eq!(listed(&app, Role::Recipient, FOREIGN, "").await.len(), 1);
        get(&app, Role::Recipient, FOREIGN, &of_other).await.expect(404);
    }
}

/// Each office erases for itself: what the receiving one erases, the other still has.
#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_hand_over_are_erased_with_the_person() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = granted(&app, OWN, "320000-00001").await;
        create(&app, OWN, &application, &request()).await.expect(201);
        let here = person_of(&app, OWN, &application).await;
        let before = app.database.sealed();
        let refused = location(&offer(&app, OWN, &application, THIRD).await.expect(201));
        refuse(&app, THIRD, &refused, "\"1\"").await.expect(201);
        let path = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
        accept(&app, FOREIGN, &path, "\"1\"").await.expect(201);
        let there = person_of(&app, FOREIGN, &application).await;
        let tag = get(&app, Role::OfficeHead, FOREIGN, &application).await.header("etag").unwrap().to_owned();
        let end = format!("{application}/revocation");
        post(&app, Role::OfficeHead, FOREIGN, &end, &tag, &revocation()).await.expect(201);

        let years_on = app.another_node_at(later).await;
        erase(&years_on, Role::OfficeHead, FOREIGN, &there, None).await.expect(201);
        let shown = get(&years_on, Role::OfficeHead, FOREIGN, &path).await.expect(200).json();
        assert_eq!((&shown["status"], shown.get("reason")), (&json!("accepted"), None));
        let shown = get(&years_on, Role::OfficeHead, OWN, &path).await.expect(200).json();
        assert_eq!(shown["reason"], "Mainīta dzīvesvieta.");
        erase(&years_on, Role::OfficeHead, OWN, &here, None).await.expect(201);
        for path in [&path, &refused] {
            let shown = get(&years_on, Role::OfficeHead, OWN, path).await.expect(200).json();
            assert_eq!((shown.get("reason"), shown.get("refusal")), (None, None));
        }
        // Nothing but the reasons of both erasures is left of what was sealed here.
        let left = app.database.sealed();
        let words: Vec<_> = left.difference(&before).collect();
        assert_eq!(words.len(), 2, "{database:?}");
        assert_eq!(years_on.store.verify_audit().await.unwrap().faults, []);
    }
}

/// Of all that would answer an offer at once, exactly one does; and what is answered is what the case shows.
#[tokio::test(flavor = "multi_thread")]
async fn of_racing_answers_exactly_one_is_given() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let statuses = |answers: &[&Answer]| answers.iter().map(|answer| answer.status).collect::<Vec<_>>();
        let is_there = async |application: &str| {
            let found = [OWN, FOREIGN].map(|municipality| get(&app, Role::OfficeHead, municipality, application));
            let found = futures_util::future::join_all(found).await;
            assert_eq!(found.iter().filter(|answer| answer.status == 200).count(), 1);
            found[1].status == 200
        };
        for round in 0..6 {
            let code = |kind: u32| format!("320000-{kind}{round:04}");
            // Two accept.
            let application = granted(&app, OWN, &code(1)).await;
            let path = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
            let (one, other) =
                tokio::join!(accept(&app, FOREIGN, &path, "\"1\""), accept(&app, FOREIGN, &path, "\"1\""));
            let mut both = statuses(&[&one, &other]);
            both.sort_unstable();
            assert_eq!(both, [201, 412], "{database:?}");
            assert!(is_there(&application).await);

            // One accepts, the other takes it back.
            let application = granted(&app, OWN, &code(2)).await;
            let path = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
            let (accepted, withdrawn) =
                by_lot(join(accept(&app, FOREIGN, &path, "\"1\""), withdraw(&app, OWN, &path, "\"1\""))).await;
            let mut both = statuses(&[&accepted, &withdrawn]);
            both.sort_unstable();
            assert_eq!(both, [201, 412], "{database:?}");
            assert_eq!(is_there(&application).await, accepted.status == 201);

            // One accepts, the case is revoked.
            let application = granted(&app, OWN, &code(3)).await;
            let path = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
            let revocation = revocation();
            let end = format!("{application}/revocation");
            let (accepted, revoked) = by_lot(join(
                accept(&app, FOREIGN, &path, "\"1\""),
                post(&app, Role::OfficeHead, OWN, &end, "\"2\"", &revocation),
            ))
            .await;
            assert!(
                [[201, 404], [412, 201]].contains(&[accepted.status, revoked.status]),
                "{database:?}: {} {}",
                accepted.shown(),
                revoked.shown()
            );
            assert_eq!(is_there(&application).await, accepted.status == 201);

            // It is offered to two, and to one only it is.
            let application = granted(&app, OWN, &code(4)).await;
            let (one, other) =
                tokio::join!(offer(&app, OWN, &application, FOREIGN), offer(&app, OWN, &application, THIRD));
            let mut both = statuses(&[&one, &other]);
            both.sort_unstable();
            assert_eq!(both, [201, 409], "{database:?}");

            // Two municipalities offer each other a case and accept at once: nobody waits for ever.
            let (here, there) = (granted(&app, OWN, &code(5)).await, granted(&app, FOREIGN, &code(6)).await);
            let (out, back) = tokio::join!(offer(&app, OWN, &here, FOREIGN), offer(&app, FOREIGN, &there, OWN));
            let (out, back) = (location(&out.expect(201)), location(&back.expect(201)));
            let (out, back) = tokio::join!(accept(&app, FOREIGN, &out, "\"1\""), accept(&app, OWN, &back, "\"1\""));
            assert_eq!(statuses(&[&out, &back]), [201, 201], "{database:?}");
        }
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// On PostgreSQL the municipality that is asked reads the offer alone: it neither makes nor changes one.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_shows_an_offer_to_the_two_whom_it_is_about() {
    if !Database::available().contains(&Database::Postgres) {
        return;
    }
    let app = TestApp::start_on(Database::Postgres).await;
    let application = granted(&app, OWN, "320000-00001").await;
    offer(&app, OWN, &application, FOREIGN).await.expect(201);
    let reach =
        |to: &str, sql: &str| app.database.psql(cluster::SERVER, &format!("SET app.municipality = '{to}'; {sql}"));
    for (to, seen) in [(OWN, "1"), (FOREIGN, "1"), (THIRD, "0"), ("0000000", "0")] {
        assert_eq!(reach(to, "SELECT count(*) FROM hand_over"), Ok(seen.to_owned()), "{to}");
    }
    assert_eq!(reach(FOREIGN, "SELECT count(*) FROM application"), Ok("0".to_owned()));
    assert_eq!(reach(FOREIGN, "SELECT count(*) FROM person"), Ok("0".to_owned()));
    let change = "WITH changed AS (UPDATE hand_over SET status = 'withdrawn' RETURNING 1) SELECT count(*) FROM changed";
    for to in [FOREIGN, THIRD] {
        assert_eq!(reach(to, change), Ok("0".to_owned()), "{to}");
    }
    // An office does not offer itself the case of another.
    let forged = format!(
        "INSERT INTO hand_over (id, municipality_code, receiving_code, application_id, status, reason, signed_by, created_at)
         VALUES (gen_random_uuid(), '{OWN}', '{FOREIGN}', gen_random_uuid(), 'offered', '', 'x', now())"
    );
    assert!(reach(FOREIGN, &forged).unwrap_err().contains("row-level security"));
}

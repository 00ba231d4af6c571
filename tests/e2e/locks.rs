//! What happens to those who wait for rows that somebody else has taken, on PostgreSQL: they take rows in one order, so that no two wait
//! for each other, and nobody waits for ever.

use std::time::{Duration, Instant};

use balsts_domain::access::Role;
use balsts_store::Reach;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Options},
    contract::by_lot,
};
use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    assessments::two_drafts,
    budgets::granted_budget,
    cases::{post, revocation},
    hand_overs::{accept, offer},
    monthly_reports::{december, generate, paid, step},
    plans::{draft, line},
    settlement::{Ordered, approve, deliver, id_of, invoiced, ordered, pay},
};

/// None where this machine has no PostgreSQL.
async fn on_postgres() -> Option<TestApp> {
    if !Database::available().contains(&Database::Postgres) {
        return None;
    }
    Some(TestApp::start_on(Database::Postgres).await)
}

async fn tag(app: &TestApp, path: &str) -> String {
    let shown = app.get(path).as_role(Role::OfficeHead, OWN).send().await.expect(200);
    shown.header("etag").unwrap().to_owned()
}

/// The rows behind a budget, in the order in which everybody takes them.
fn behind(budget: &str) -> String {
    let id = id_of(budget);
    format!(
        "SELECT 1 FROM service_order WHERE budget_id = '{id}' FOR UPDATE; \
         SELECT 1 FROM budget_balance WHERE budget_id = '{id}' FOR UPDATE; \
         SELECT 1 FROM audit_head WHERE municipality_code = '{OWN}' FOR UPDATE"
    )
}

fn taken(budget: &str) -> String {
    format!("SELECT 1 FROM budget WHERE id = '{}' FOR UPDATE", id_of(budget))
}

/// A node that was cut off, and holds what it took until the server finds out.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_is_not_let_go_is_told_in_time_and_takes_no_connection_with_it() {
    if !Database::available().contains(&Database::Postgres) {
        return;
    }
    let mut options = Options { database: Database::Postgres, ..Options::default() };
    options.config.request_timeout = Duration::from_secs(3);
    let app = TestApp::start_with(options).await;
    register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201);
    let register =
        async |number: u32| -> Answer { register_child(&app, OWN, &format!("320000-{number:05}"), "2018-01-15").await };

    let held = app.database.take_in_turn("SELECT 1 FROM audit_head FOR UPDATE", 12.0, "SELECT 1");
    let began = Instant::now();
    // More than there are connections.
    for answer in join_all((2..8).map(register)).await {
        answer.expect(503);
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let lists = (0..8).map(|_| app.get("/v1/applications").as_role(Role::SocialWorker, OWN).send());
    for answer in join_all(lists).await {
        answer.expect(200);
    }
    assert!(!held.is_finished(), "the lock is held all the time");
    held.join().unwrap().unwrap();
    register(8).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_has_much_to_do_is_ready() {
    let Some(app) = on_postgres().await else { return };
    let mut busy = Vec::new();
    for _ in 0..4 {
        busy.push(app.store.begin_write(Reach::Country).await.unwrap());
    }
    app.get("/health/ready").send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_ends_after_whoever_has_its_budget() {
    let Some(app) = on_postgres().await else { return };
    let Ordered { budget, order, .. } = ordered(&app, "320000-00001").await;
    let order =
        app.get(&format!("/v1/orders/{order}")).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
    let plan = format!("/v1/plans/{}", order["plan_id"].as_str().unwrap());
    let tag = tag(&app, &plan).await;
    let end = json!({"reason": "moved_away", "on": "2023-11-14", "text": "Pārceļas.", "prepared_by": "demo"});
    let other = app.database.take_in_turn(&taken(&budget), 0.5, &behind(&budget));
    post(&app, Role::OfficeHead, OWN, &format!("{plan}/termination"), &tag, &end).await.expect(201);
    other.join().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_ends_after_whoever_has_its_budget() {
    let Some(app) = on_postgres().await else { return };
    let Ordered { budget, .. } = ordered(&app, "320000-00001").await;
    let case = app.get(&budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
    let application = format!("/v1/applications/{}", case["application_id"].as_str().unwrap());
    let tag = tag(&app, &application).await;
    let other = app.database.take_in_turn(&taken(&budget), 0.5, &behind(&budget));
    let path = format!("{application}/revocation");
    post(&app, Role::OfficeHead, OWN, &path, &tag, &revocation()).await.expect(201);
    other.join().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_not_drafted_while_its_case_is_handed_over() {
    let Some(app) = on_postgres().await else { return };
    let (application, budget) = granted_budget(&app, OWN, "320000-00001").await;
    let first = format!("SELECT 1 FROM application WHERE id = '{}' FOR UPDATE", id_of(&application));
    // It fails where there is a plan already.
    let none = "SELECT 1 / (CASE WHEN EXISTS (SELECT 1 FROM plan) THEN 0 ELSE 1 END)";
    let case = app.database.take_in_turn(&first, 0.5, none);
    let content = draft(&[line(1, "day_care_centre", None, "1", "50.00")]);
    let call = app.post(&format!("{budget}/plan")).as_role(Role::SocialWorker, OWN);
    call.json(&content).send().await.expect(201);
    case.join().unwrap().unwrap();

    // And a case that went elsewhere has no plan left behind.
    let (application, budget) = granted_budget(&app, OWN, "320000-00002").await;
    let offered = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
    let handed_over = accept(&app, FOREIGN, &offered, "\"1\"");
    let call = app.post(&format!("{budget}/plan")).as_role(Role::SocialWorker, OWN);
    let (handed_over, drafted) = by_lot(join(handed_over, call.json(&content).send())).await;
    handed_over.expect(201);
    assert!([201, 404].contains(&drafted.status), "{}", drafted.shown());
    let apart = "SELECT count(*) FROM plan JOIN budget ON budget.id = plan.budget_id \
                 WHERE plan.municipality_code <> budget.municipality_code";
    assert_eq!(app.database.psql("postgres", apart).unwrap(), "0");
}

/// Who tells all municipalities takes the country's turn first.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_ministry_decides_of_a_report_waits_for_what_it_tells_everybody() {
    let Some(app) = on_postgres().await else { return };
    let app = app.another_node_at(december).await;
    let report = location(&generate(&app, "2023-11").await.expect(201));
    let (reviewer, head) = (Role::MinistryReviewer, Role::OfficeHead);
    step(&app, &report, "submission", head, None).await.expect(201);
    let reasons = json!({"reasons": "Pārbaudiet."});
    step(&app, &report, "return", reviewer, Some(reasons)).await.expect(201);
    step(&app, &report, "submission", head, None).await.expect(201);
    let tag = tag(&app, &report).await;
    let turn = |code: &str| format!("SELECT 1 FROM audit_head WHERE municipality_code = '{code}' FOR UPDATE");
    let other = app.database.take_in_turn(&turn("0000000"), 0.5, &turn(OWN));
    let call = app.post(&format!("{report}/approval")).as_role(reviewer, OWN).header("if-match", &tag);
    call.send().await.expect(201);
    other.join().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_and_payments_take_invoices_in_one_order() {
    let Some(app) = on_postgres().await else { return };
    let Ordered { order, .. } = ordered(&app, "320000-00001").await;
    let mut sent: Vec<Value> = Vec::new();
    for (number, day) in [("R-1", "2023-10-05"), ("R-2", "2023-10-12")] {
        deliver(&app, &order, day, "3").await.expect(201);
        sent.push(invoiced(&app, number, &order, (day, "3", "36.00")).await.expect(201).json());
    }
    // The first lies behind the second in the table.
    for invoice in sent.iter().rev() {
        approve(&app, invoice).await;
    }
    let row = |number: usize| {
        format!("SELECT 1 FROM invoice WHERE id = '{}' FOR UPDATE", sent[number]["id"].as_str().unwrap())
    };
    let later = app.another_node_at(december).await;
    let other = app.database.take_in_turn(&row(0), 0.5, &row(1));
    let report = location(&generate(&later, "2023-11").await.expect(201));
    other.join().unwrap().unwrap();
    let other = app.database.take_in_turn(&row(0), 0.5, &row(1));
    step(&later, &report, "", Role::OfficeHead, None).await.expect(204);
    other.join().unwrap().unwrap();

    let run = pay(&app).await.expect(201).json();
    let other = app.database.take_in_turn(&row(0), 0.5, &row(1));
    paid(&app, &run, "2023-11-15").await;
    other.join().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_assessment_of_a_case_becomes_the_initial_one() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        for number in 1..5 {
            let drafts = two_drafts(&app, &format!("320000-{number:05}")).await;
            let answers = join_all(drafts.iter().map(|(path, initial)| {
                let call = app.put(path).as_role(Role::SocialWorker, OWN).header("if-match", "\"1\"");
                call.json(initial).send()
            }));
            let mut statuses: Vec<u16> = answers.await.iter().map(|answer| answer.status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{database:?}");
        }
    }
}

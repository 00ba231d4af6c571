//! Monthly schedules on both databases: handed in by the recipient or recorded by the worker, checked against the plan, shown beside
//! what was delivered.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    plans::{accepted_offer, draft, line, plan, signed_budget},
    providers::registered,
    representatives::{link, person_of},
};

/// A schedule of 24 and more of line 1, of 4 days.
pub(crate) fn schedule(month: &str, volume: &str, carried: Option<&str>) -> Value {
    let occasions: Vec<_> =
        ["03", "08", "10", "13"].iter().map(|day| json!({"on": format!("{month}-{day}"), "volume": volume})).collect();
    let carried = carried.map(|volume| json!({"volume": volume, "reason": "Slēpts iemesls."}));
    json!({"month": month, "signed_on": "2023-11-02", "method": "eparaksts", "signer": "Izdomāts Paraugvecāks",
        "lines": [{"line": 1, "occasions": occasions, "carried_over": carried}]})
}

pub(crate) async fn hand_in(app: &TestApp, role: Role, plan: &str, body: &Value) -> Answer {
    app.post(&format!("{plan}/schedules")).as_role(role, OWN).json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_handed_in_checked_and_shown_beside_deliveries() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let provider = registered(&app, OWN, "40000000001", &[OWN]).await;
        let care = accepted_offer(&app, &provider, "home_care", "12.00").await;
        let mut first = line(1, "home_care", Some(&care), "480", "12.00");
        first["intensity"] = json!({"volume": "40", "per": "month"});
        let plan = plan(&app, &budget, &draft(&[first, line(2, "specialist", None, "20", "60.00")])).await;
        let shown = plan.get().await;
        let application = format!("/v1/applications/{}", shown["application_id"].as_str().unwrap());
        let early = hand_in(&app, Role::SocialWorker, &plan.path, &schedule("2023-11", "10", None)).await;
        assert_eq!(early.expect(409).json()["code"], "plan_status");
        plan.in_force().await;
        hand_in(&app, Role::Recipient, &plan.path, &schedule("2023-11", "10", None)).await.expect(404);
        link(&app, OWN, &person_of(&app, OWN, &application).await).await;

        let november = hand_in(&app, Role::Recipient, &plan.path, &schedule("2023-11", "10", None)).await.expect(201);
        let path = location(&november);
        let told = november.json();
        assert_eq!((&told["handed_in_on"], &told["recorded_by"]), (&json!("2023-11-15"), &json!("test-recipient")));
        assert_eq!((&told["lines"][0]["volume"], &told["plan_version"]), (&json!("40"), &json!(1)));
        let again = hand_in(&app, Role::Recipient, &plan.path, &schedule("2023-11", "10", None)).await;
        assert_eq!(again.expect(409).json()["code"], "schedule_exists");

        // Seven months were not received; 40 a month are planned.
        let replace = async |tag: &str, body: &Value| {
            let mut body = body.clone();
            body.as_object_mut().unwrap().remove("month");
            let call = app.put(&path).as_role(Role::SocialWorker, OWN).header("if-match", tag);
            call.json(&body).send().await
        };
        let above = replace("\"1\"", &schedule("2023-11", "11", None)).await;
        above.expect_faults(422, &["above_month_volume /lines/0/volume"]);
        let above = replace("\"1\"", &schedule("2023-11", "81", Some("284"))).await;
        above.expect_faults(422, &["above_not_received /lines/0/carried_over/volume"]);
        let more = replace("\"1\"", &schedule("2023-11", "11", Some("4"))).await.expect(200);
        assert_eq!((more.version(), &more.json()["lines"][0]["volume"]), (Some("2"), &json!("44")));
        replace("\"1\"", &schedule("2023-11", "10", None)).await.expect(412);
        let mut faulty = schedule("2023-10", "10", None);
        faulty["lines"][0]["occasions"][0]["on"] = json!("2023-11-01");
        faulty["lines"].as_array_mut().unwrap().extend([json!({"line": 9, "volume": "1"}), json!({"line": 2})]);
        hand_in(&app, Role::SocialWorker, &plan.path, &faulty).await.expect_faults(
            422,
            &[
                "date_out_of_range /signed_on",
                "outside_month /lines/0/occasions/0/on",
                "unknown_line /lines/1/line",
                "missing_field /lines/2/volume",
            ],
        );
        hand_in(&app, Role::SocialWorker, &plan.path, &schedule("2023-03", "1", None)).await.expect_faults(
            422,
            &[
                "outside_period /month",
                "date_out_of_range /signed_on",
                "outside_month /lines/0/occasions/0/on",
                "outside_month /lines/0/occasions/1/on",
                "outside_month /lines/0/occasions/2/on",
                "outside_month /lines/0/occasions/3/on",
            ],
        );

        // Beside what was delivered.
        let order = location(&plan.order(1, "guarantee_letter", "480").await.expect(201));
        for (on, volume) in [("2023-11-03", "4"), ("2023-11-08", "3.5"), ("2023-10-03", "2")] {
            let call = app.post(&format!("{order}/deliveries")).as_role(Role::SocialWorker, OWN);
            call.json(&json!({"on": on, "volume": volume})).send().await.expect(201);
        }
        let told = app.get(&path).as_role(Role::Recipient, OWN).send().await.expect(200);
        assert_eq!(
            told.json()["month_lines"],
            json!([{"line": 1, "service": "home_care", "planned": "40", "carried_over": "4", "scheduled": "44",
                "delivered": "7.5"}])
        );
        assert_eq!(told.version(), Some("2"));
        let send = async || {
            let call = app.post(&format!("{}/schedules", plan.path)).as_role(Role::SocialWorker, OWN);
            let call = call.header("idempotency-key", "s-1");
            call.json(&schedule("2023-12", "10", None)).send().await.expect(201)
        };
        let december = send().await;
        assert_eq!(send().await.json(), december.json());
        let list = app.get(&format!("{}/schedules", plan.path)).as_role(Role::Auditor, OWN).send().await.expect(200);
        assert_eq!(list.json()["items"], json!([told.json(), december.json()]));

        app.get(&path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        app.get(&path).as_role(Role::Accountant, OWN).send().await.expect(403);
        app.get(&format!("{}/schedules", plan.path)).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        let call = app.put(&path).as_role(Role::OfficeHead, FOREIGN).header("if-match", "\"2\"");
        let mut body = schedule("2023-11", "10", None);
        body.as_object_mut().unwrap().remove("month");
        call.json(&body).send().await.expect(404);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
        let dump = app.database.dump();
        assert!(!dump.windows(12).any(|bytes| bytes == "pts iemesls.".as_bytes()), "the reason is sealed");
    }
}

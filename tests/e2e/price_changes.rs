//! Prices that changed after a plan was signed, on both databases: by a published tariff, and by another price of the provider.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    methodology_versions::{create, publish, tariff, tariffs},
    plans::{accepted_offer, draft, ledger, line, plan, signed_budget},
    providers::{add_offer, registered},
    settlement::{deliver, ordered},
};

async fn listed(app: &TestApp, municipality: &str, query: &str) -> Value {
    let call = app.get(&format!("/v1/price-changes{query}")).as_role(Role::SocialWorker, municipality);
    call.send().await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_price_asks_for_a_revision_until_the_plan_has_it() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let provider = registered(&app, OWN, "40000000001", &[OWN]).await;
        let specialist = accepted_offer(&app, &provider, "specialist", "60.00").await;
        let budget = signed_budget(&app, "320000-00001").await;
        let mut free = line(3, "home_care", None, "10", "0.00");
        (free["free_support"], free["self_prepaid"]) = (json!(true), json!(false));
        let lines =
            [line(1, "home_care", None, "100", "6.63"), line(2, "specialist", Some(&specialist), "40", "60.00"), free];
        let first = plan(&app, &budget, &draft(&lines)).await;
        first.in_force().await;
        // Another plan of prices that nothing changes, and one that is not signed.
        let other = signed_budget(&app, "320000-00002").await;
        let other = plan(&app, &other, &draft(&[line(1, "home_care", None, "100", "7.00")])).await;
        other.in_force().await;
        let unsigned = signed_budget(&app, "320000-00003").await;
        plan(&app, &unsigned, &draft(&[line(1, "home_care", None, "100", "6.63")])).await;
        assert_eq!(listed(&app, OWN, "").await, json!({"items": [], "next": null}));

        let order = location(&first.order(2, "guarantee_letter", "40").await.expect(201));
        let call = app.post(&format!("{order}/deliveries")).as_role(Role::SocialWorker, OWN);
        call.json(&json!({"on": "2023-11-03", "volume": "10"})).send().await.expect(201);
        let dearer = json!({"service": "specialist", "price": "62.00", "price_kind": "market", "place": {"kind": "home"},
            "valid_from": "2023-12-01"});
        let dearer = add_offer(&app, OWN, &provider, &dearer).await.expect(201).json();
        let version = create(&app, &tariffs(json!([tariff("7.63", "2024-01-01")]))).await.expect(201);
        publish(&app, &location(&version), "\"1\"").await.expect(201);

        let found = listed(&app, OWN, "").await;
        assert_eq!((found["items"].as_array().unwrap().len(), &found["next"]), (1, &Value::Null));
        let changed = &found["items"][0];
        assert_eq!((&changed["reason"], &changed["revision_open"]), (&json!("price_changed"), &json!(false)));
        assert_eq!(
            changed["changes"],
            json!([
                {"line": 1, "service": "home_care", "cause": "tariff", "old_price": "6.63", "new_price": "7.63",
                    "from": "2024-01-01", "offer": null, "remaining": "100", "effect": "100.00", "counted": true},
                {"line": 2, "service": "specialist", "cause": "offer", "old_price": "60.00", "new_price": "62.00",
                    "from": "2023-12-01", "offer": dearer["id"], "remaining": "30", "effect": "60.00", "counted": true},
            ])
        );
        // 663.00 and 2,400.00 of 21,838.32.
        let sums = ["agreed", "agreed_after", "free_after"].map(|sum| changed[sum].as_str().unwrap().to_owned());
        assert_eq!(sums, ["3063.00", "3223.00", "18615.32"]);
        assert_eq!(listed(&app, FOREIGN, "").await["items"], json!([]));
        let page = listed(&app, OWN, "?limit=1").await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        let rest = listed(&app, OWN, &format!("?limit=1&cursor={}", page["next"].as_str().unwrap())).await;
        assert_eq!(rest, json!({"items": [], "next": null}));
        app.get("/v1/price-changes").as_role(Role::Recipient, OWN).send().await.expect(403);

        // The revision has the new prices: nothing is listed any more.
        let revision = json!({"reason": "price_changed", "outcome": "adjust", "text": "Mainās cenas."});
        first.step("revision", &revision).await.expect(201);
        assert_eq!(listed(&app, OWN, "").await["items"][0]["revision_open"], true);
        let mut revised = lines.clone();
        revised[0]["unit_price"] = json!("7.63");
        // What is ordered for 2,400.00 costs no less.
        revised[1]["unit_price"] = json!("59.99");
        let below = first.put(&draft(&revised)).await.expect(200).json();
        assert_eq!(below["can_be_signed"], false);
        first.sign("worker").await.expect_faults(422, &["below_committed_amount /lines/1/unit_price"]);
        (revised[1]["unit_price"], revised[1]["offer"]) = (json!("62.01"), dearer["id"].clone());
        first.put(&draft(&revised)).await.expect(200);
        first.sign("worker").await.expect_faults(422, &["above_offered_price /lines/1/unit_price"]);
        revised[1]["unit_price"] = json!("62.00");
        first.put(&draft(&revised)).await.expect(200);
        first.sign("worker").await.expect(201);
        assert_eq!(first.sign("recipient").await.expect(201).json()["current"]["number"], 2);
        assert_eq!(listed(&app, OWN, "").await["items"], json!([]));

        // The order has the new price from the day on which it is offered, and none is made at it before.
        let reprice = async |from: &str| {
            let call =
                app.post(&format!("{order}/prices")).as_role(Role::SocialWorker, OWN).header("if-match", "\"1\"");
            call.json(&json!({"valid_from": from, "unit_price": "62.00"})).send().await
        };
        reprice("2023-11-30").await.expect_faults(422, &["date_out_of_range /valid_from"]);
        assert_eq!(reprice("2023-12-01").await.expect(201).json()["prices"][1]["unit_price"], "62.00");
        // 10 at 60.00 and 30 at 62.00.
        assert_eq!(ledger(&app, &budget, "").await["lines"][1]["committed"], "2460.00");
        first.order(2, "guarantee_letter", "1").await.expect_faults(422, &["date_out_of_range /valid_from"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regulated_price_that_rises_enters_the_revision() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let assistant = |price: &str| draft(&[line(1, "assistant", None, "100", price)]);
        let plan = plan(&app, &budget, &assistant("5.02")).await;
        plan.in_force().await;
        let mut raised = tariff("5.50", "2024-01-01");
        (raised["service"], raised["price_kind"]) = (json!("assistant"), json!("regulated"));
        let version = create(&app, &tariffs(json!([raised]))).await.expect(201);
        publish(&app, &location(&version), "\"1\"").await.expect(201);
        let revision = json!({"reason": "price_changed", "outcome": "adjust", "text": "Mainās cena."});
        plan.step("revision", &revision).await.expect(201);
        plan.put(&assistant("5.51")).await.expect(200);
        plan.sign("worker").await.expect_faults(422, &["above_regulated_price /lines/0/unit_price"]);
        plan.put(&assistant("5.50")).await.expect(200);
        plan.sign("worker").await.expect(201);
        plan.sign("recipient").await.expect(201);
        // What is ordered before has the price of before.
        for (from, amount) in [("2023-12-31", "50.20"), ("2024-01-01", "55.00")] {
            let body = json!({"line": 1, "form": "self_prepaid", "volume": "10", "valid_from": from,
                "valid_to": "2024-03-31", "terms": {}});
            let call = app.post(&format!("{}/orders", plan.path)).as_role(Role::SocialWorker, OWN);
            assert_eq!(call.json(&body).send().await.expect(201).json()["amount"], amount);
        }
    }
}

fn february() -> DateTime<Utc> {
    "2024-02-05T10:00:00Z".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tariff_that_falls_during_an_order_caps_what_is_delivered() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = ordered(&app, "320000-00001").await;
        let mut lower = tariff("10.00", "2024-01-01");
        lower["price_kind"] = json!("regulated");
        let version = create(&app, &tariffs(json!([lower]))).await.expect(201);
        publish(&app, &location(&version), "\"1\"").await.expect(201);
        let app = app.another_node_at(february).await;
        for (on, unit_price, amount) in [("2023-12-29", "12.00", "36.00"), ("2024-01-02", "10.00", "30.00")] {
            let told = deliver(&app, &own.order, on, "3").await.expect(201).json();
            assert_eq!((&told["unit_price"], &told["amount"]), (&json!(unit_price), &json!(amount)), "{on}");
        }
        assert_eq!(ledger(&app, &own.budget, "").await["total"]["delivered"], "66.00");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ordered_is_never_above_the_regulated_tariff_of_its_first_day() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let plan = plan(&app, &budget, &draft(&[line(1, "home_care", None, "100", "6.63")])).await;
        plan.in_force().await;
        let mut lower = tariff("6.00", "2024-01-01");
        lower["price_kind"] = json!("regulated");
        let version = create(&app, &tariffs(json!([lower]))).await.expect(201);
        publish(&app, &location(&version), "\"1\"").await.expect(201);
        let order = async |from: &str| {
            let body = json!({"line": 1, "form": "self_prepaid", "volume": "10", "valid_from": from,
                "valid_to": "2024-03-31", "terms": {}});
            let call = app.post(&format!("{}/orders", plan.path)).as_role(Role::SocialWorker, OWN);
            let order = call.json(&body).send().await.expect(201).json();
            (order["amount"].clone(), order["prices"][0]["unit_price"].clone())
        };
        assert_eq!(order("2023-12-31").await, (json!("66.30"), json!("6.63")));
        assert_eq!(order("2024-01-01").await, (json!("60.00"), json!("6.00")));
    }
}

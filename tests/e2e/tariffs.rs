//! Tariffs of one municipality and of one provider, on both databases: published beside those of the country, they bind there alone.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    methodology_versions::{create, price, publish, tariff, tariffs, what_if},
    plans::{accepted_offer, draft, line, plan, signed_budget},
    providers::{add_offer, registered},
    settlement::{deliver, id_of, ordered},
};

/// A price of home care by contract from a day on, at a place.
fn delegated(amount: &str, from: &str, place: (&str, &str)) -> Value {
    let mut delegated = tariff(amount, from);
    (delegated["price_kind"], delegated[place.0]) = (json!("delegated"), json!(place.1));
    delegated
}

async fn published(app: &TestApp, new: Value) {
    let version = create(app, &tariffs(new)).await.expect(201);
    publish(app, &location(&version), "\"1\"").await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegated_tariff_of_a_municipality_binds_there_alone() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let other = registered(&app, OWN, "40000000001", &[OWN, FOREIGN]).await;
        let own = registered(&app, OWN, "40000000002", &[OWN, FOREIGN]).await;
        let (of_other, of_own) = (
            accepted_offer(&app, &other, "home_care", "12.00").await,
            accepted_offer(&app, &own, "home_care", "12.00").await,
        );
        let budget = signed_budget(&app, "320000-00001").await;
        let (here, at_own) = (("municipality", OWN), ("provider", id_of(&own)));
        let new = json!([delegated("10.00", "2023-12-01", here), delegated("11.00", "2023-12-01", at_own)]);
        let version = location(&create(&app, &tariffs(new)).await.expect(201));
        assert_eq!(what_if(&app, &version, "2024-02-01").await["refused"][0]["draft"], 0);
        publish(&app, &version, "\"1\"").await.expect(201);

        // Whoever looks sees whose it is; the calculation counts with the country's.
        let service = app.get("/v1/services/home_care?date=2023-12-01").send().await.expect(200).json();
        assert_eq!((&service["tariff"]["scope"], &service["tariff"]["amount"]), (&json!("national"), &json!("6.63")));
        let shown = service["tariffs"].as_array().unwrap().iter();
        let shown: Vec<_> = shown
            .map(|tariff| json!([tariff["scope"], tariff["municipality"], tariff["provider"], tariff["amount"]]))
            .collect();
        let expected = [
            json!(["national", null, null, "6.63"]),
            json!(["municipality", OWN, null, "10.00"]),
            json!(["provider", null, id_of(&own), "11.00"]),
        ];
        assert_eq!(shown, expected);
        assert_eq!(price(&app, "2023-12-01").await, "6.63");

        // An offer whose place lies there.
        let offer = |price: &str, municipality: &str| {
            json!({"service": "home_care", "price": price, "price_kind": "delegated", "valid_from": "2023-12-01",
                "place": {"kind": "institution", "address": "Izdomāta iela 1", "municipality": municipality}})
        };
        let above = ["above_delegated_price /price"];
        add_offer(&app, OWN, &other, &offer("10.01", OWN)).await.expect_faults(422, &above);
        add_offer(&app, OWN, &other, &offer("10.00", OWN)).await.expect(201);
        add_offer(&app, OWN, &other, &offer("10.01", FOREIGN)).await.expect(201);
        add_offer(&app, OWN, &own, &offer("11.01", FOREIGN)).await.expect_faults(422, &above);
        add_offer(&app, OWN, &own, &offer("11.00", OWN)).await.expect(201);

        // A plan of the office, with an offer that is given anywhere, or with none: the nearest contract counts.
        let of_winter = |offer: Option<&str>, price: &str| {
            let mut draft = draft(&[line(1, "home_care", offer, "100", price)]);
            (draft["from"], draft["to"]) = (json!("2023-12-01"), json!("2024-11-30"));
            draft
        };
        let plan = plan(&app, &budget, &of_winter(None, "10.00")).await;
        assert_eq!(plan.get().await["can_be_signed"], true);
        for (offer, price, bound) in
            [(None, "10.01", "10.00"), (Some(&of_other), "10.01", "10.00"), (Some(&of_own), "11.01", "11.00")]
        {
            let offer = offer.map(String::as_str);
            plan.put(&of_winter(offer, price)).await.expect(200);
            plan.sign("worker").await.expect_faults(422, &["above_delegated_price /lines/0/unit_price"]);
            plan.put(&of_winter(offer, bound)).await.expect(200);
            assert_eq!(plan.get().await["can_be_signed"], true, "{price}");
        }
        // Who tells neither a place nor a provider is bound by the country's alone.
        let request = json!({"methodology": "children-2023", "indicative": "21838.32", "person": {}, "plan": of_winter(None, "12.00")});
        let checked = app.post("/v1/plan-checks").json(&request).send().await.expect(200).json();
        assert_eq!(checked["can_be_signed"], true);
        let mut beyond = request;
        (beyond["home_care"], beyond["plan"]["lines"][0]["reason"]) = (json!("99"), json!("Slimība."));
        let checked = app.post("/v1/plan-checks").json(&beyond).send().await.expect(200).json();
        let found = &checked["findings"][0];
        assert_eq!(
            (&found["severity"], &found["pointer"], &found["code"]),
            (&json!("warning"), &json!("/lines/0/volume"), &json!("above_average_home_care"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tariffs_of_one_place_do_not_overlap_and_are_of_one_that_is_known() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let mut ending = delegated("10.00", "2024-01-01", ("municipality", OWN));
        ending["valid_to"] = json!("2024-06-30");
        let next = delegated("10.50", "2024-06-30", ("municipality", OWN));
        create(&app, &tariffs(json!([ending, next])))
            .await
            .expect_faults(422, &["tariff_overlaps /content/tariffs/1/valid_from"]);
        let stranger = ("provider", "018bcfe5-6800-7000-8000-000000000099");
        let mut both = delegated("10.00", "2024-01-01", ("municipality", OWN));
        both["provider"] = json!(stranger.1);
        create(&app, &tariffs(json!([delegated("10.00", "2024-01-01", ("municipality", "9999999")), both])))
            .await
            .expect_faults(
                422,
                &[
                    "unknown_code /content/tariffs/0/municipality",
                    "invalid_value /content/tariffs/1/provider",
                    "unknown_code /content/tariffs/1/provider",
                ],
            );
        create(&app, &tariffs(json!([delegated("10.00", "2024-01-01", stranger)])))
            .await
            .expect_faults(422, &["unknown_code /content/tariffs/0/provider"]);

        published(&app, json!([ending])).await;
        create(&app, &tariffs(json!([next])))
            .await
            .expect_faults(422, &["tariff_overlaps /content/tariffs/0/valid_from"]);
        // Another place, another kind, and the day after.
        let mut market = next.clone();
        market["price_kind"] = json!("market");
        let after = delegated("10.50", "2024-07-01", ("municipality", OWN));
        published(&app, json!([delegated("10.50", "2024-06-30", ("municipality", FOREIGN)), market, after])).await;
    }
}

fn february() -> DateTime<Utc> {
    "2024-02-05T10:00:00Z".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_of_one_municipality_changes_and_caps_its_own_prices_only() {
    for database in Database::available() {
        for (municipality, unit_price) in [(OWN, "10.00"), (FOREIGN, "12.00")] {
            let app = TestApp::start_on(database).await;
            let order = ordered(&app, "320000-00001").await.order;
            published(&app, json!([delegated("10.00", "2024-01-01", ("municipality", municipality))])).await;
            let changes = app.get("/v1/price-changes").as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
            let changed =
                changes["items"].as_array().unwrap().iter().map(|plan| plan["changes"][0]["new_price"].clone());
            let expected: Vec<Value> = (municipality == OWN).then(|| json!("10.00")).into_iter().collect();
            assert_eq!(changed.collect::<Vec<_>>(), expected);
            let app = app.another_node_at(february).await;
            for (on, unit_price) in [("2023-12-29", "12.00"), ("2024-01-02", unit_price)] {
                let told = deliver(&app, &order, on, "3").await.expect(201).json();
                assert_eq!(told["unit_price"], unit_price, "{municipality} {on}");
            }
        }
    }
}

//! `/v1/stored-forecasts` on both databases: the people of the stored budgets, forecast as the stateless operation does.

use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Request},
};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    budgets::{create as create_budget, granted, granted_budget, request as child},
    forecasts::{XLSX, beside, sheets},
    methodology_versions::{create as create_draft, draft},
    plans::{accepted_offer, draft as plan_of, line, plan, signed_budget},
    providers::legal,
    settlement::{approve, deliver, invoiced, pay, result},
};

const PATH: &str = "/v1/stored-forecasts";
const CHILDREN: &str = "children-2023/1.6-6/heavy";

fn as_reviewer(request: Request<'_>) -> Request<'_> {
    request.as_role(Role::MinistryReviewer, OWN)
}

fn body(members: Value) -> Value {
    let mut body = json!({"date": "2023-11-01", "variant": "shared_50_50"});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn ask(app: &TestApp, members: Value) -> Answer {
    as_reviewer(app.post(PATH)).json(&body(members)).send().await
}

async fn forecast(app: &TestApp, members: Value) -> Value {
    ask(app, members).await.expect(200).json()
}

/// Asserts that the stateless operation answers the request with the same figures.
async fn assert_replayed(app: &TestApp, answer: &Value) {
    let again = app.post("/v1/forecasts").json(&answer["request"]).send().await.expect(200).json();
    assert_eq!((&again["scenarios"], &again["comparison"]), (&answer["scenarios"], &answer["comparison"]));
}

fn tariff(amount: &str) -> Value {
    json!({"tariffs": [{"service": "home_care", "amount": amount, "unit": "hour", "price_kind": "calculated_average",
        "valid_from": "2024-01-01", "source": {"document": "S3", "section": {"lv": "paraugs", "en": "example"}}}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_the_country_are_forecast_with_and_without_a_draft() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        for number in 0..4 {
            granted_budget(&app, OWN, &format!("320000-0000{number}")).await;
        }
        let few = ask(&app, json!({})).await.expect_faults(422, &["too_few_people "]);
        assert_eq!(few.json()["code"], "refused");
        granted_budget(&app, OWN, "320000-00004").await;
        granted_budget(&app, FOREIGN, "320000-00005").await;

        // Six children of five with 21 838.32 each.
        let answer = forecast(&app, json!({})).await;
        let group = json!({"group": CHILDREN, "methodology": "children-2023", "people": 6, "yearly_amounts": "131029.92",
            "yearly_amounts_with_draft": null});
        assert_eq!(answer["population"]["groups"], json!([group]));
        let scenario = &answer["scenarios"][0];
        assert_eq!((&scenario["people"], &scenario["yearly"]["services"]), (&json!(6), &json!("131029.92")));
        assert_eq!((&answer["comparison"], &answer["population"]["refused"]), (&Value::Null, &json!(0)));
        assert_replayed(&app, &answer).await;

        // One more of six, and five of six of them take part.
        let adjustments = json!([{"group": "children-2023", "growth_percent": "16.667", "uptake_percent": "85"}]);
        let grown =
            forecast(&app, json!({ "adjustments": adjustments, "caseload": 10, "admin_percent": "5.50" })).await;
        assert_eq!(grown["request"]["scenarios"][0]["groups"][0]["people"], 7);
        assert_eq!(grown["scenarios"][0]["people"], 6, "5.95 is rounded half up");
        assert_eq!(
            (&grown["scenarios"][0]["caseload"], &grown["scenarios"][0]["admin_percent"]),
            (&json!(10), &json!("5.5"))
        );
        assert_replayed(&app, &grown).await;

        // A draft is the second scenario, as the what-if adds it up.
        let created = create_draft(&app, &draft(tariff("7.63"))).await.expect(201);
        let path = location(&created);
        let compared = forecast(&app, json!({"date": "2024-02-01", "methodology_version": created.json()["id"]})).await;
        let tried = as_reviewer(app.post(&format!("{path}/what-if"))).json(&json!({"date": "2024-02-01"})).send().await;
        let tried = tried.expect(200).json();
        let group = &compared["population"]["groups"][0];
        assert_eq!(group["yearly_amounts"], tried["total"]["current"]);
        assert_eq!(group["yearly_amounts_with_draft"], tried["total"]["draft"]);
        assert_eq!(compared["scenarios"][1]["yearly"]["services"], tried["total"]["draft"]);
        let services = compared["comparison"].as_array().unwrap().iter().find(|figure| figure["figure"] == "services");
        assert_eq!(services.unwrap()["difference"], tried["total"]["difference"]);
        assert_replayed(&app, &compared).await;
        let unstored = forecast(&app, json!({"date": "2024-02-01", "content": tariff("7.63")})).await;
        assert_eq!(unstored, compared);

        // The same in the other forms.
        let form = async |accept: &str| {
            let call = as_reviewer(app.post(PATH)).header("accept", accept).header("accept-language", "en");
            call.json(&body(json!({"date": "2024-02-01", "content": tariff("7.63")}))).send().await
        };
        let book = form(XLSX).await.expect(200);
        let costs = sheets(&book).into_iter().find(|(name, _)| name == "Forecast").unwrap().1;
        let told: f64 = tried["total"]["draft"].as_str().unwrap().parse().unwrap();
        assert_eq!(beside(&costs, "Services")[2], calamine::Data::Float(told));
        let page = form("text/html").await.expect(200);
        assert!(
            page.text().contains("<svg ") && page.text().contains("With the draft") && page.text().contains(CHILDREN)
        );
        form("image/png").await.expect(406);

        // What is no draft any more is none to compare with.
        let withdraw = app.delete(&path).as_role(Role::MinistryAdmin, OWN).header("if-match", "\"1\"");
        withdraw.send().await.expect(204);
        ask(&app, json!({"methodology_version": created.json()["id"]})).await.expect(409);

        // Grown up, all are refused.
        ask(&app, json!({"date": "2040-01-01"})).await.expect_faults(422, &["too_few_people "]);
        let report = app.store.verify_audit().await.unwrap();
        assert!(report.faults.is_empty(), "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_told_by_municipality_and_small_ones_are_hidden() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        for number in 0..6 {
            granted_budget(&app, OWN, &format!("320000-0000{number}")).await;
        }
        let own = forecast(&app, json!({ "municipality": OWN })).await;
        let label = format!("{OWN}/children-2023");
        assert_eq!(
            (&own["population"]["groups"][0]["group"], &own["scenarios"][0]["people"]),
            (&json!(label), &json!(6))
        );
        assert_replayed(&app, &own).await;
        let region = own_region(&app).await;
        assert_eq!(forecast(&app, json!({ "region": region })).await["scenarios"], own["scenarios"]);
        let children = forecast(&app, json!({"municipality": OWN, "methodology": "children-2023"})).await;
        assert_eq!(children["request"]["scenarios"][0]["funded_group"], "children");
        ask(&app, json!({"methodology": "adults-2023"})).await.expect_faults(422, &["too_few_people "]);

        // Another municipality has three: neither is told, or the three could be found.
        for number in 6..9 {
            granted_budget(&app, FOREIGN, &format!("320000-0000{number}")).await;
        }
        for place in [json!({ "municipality": OWN }), json!({ "municipality": FOREIGN }), json!({ "region": region })] {
            ask(&app, place).await.expect_faults(422, &["too_few_people "]);
        }
        assert_eq!(forecast(&app, json!({})).await["scenarios"][0]["people"], 9);

        // Of another group there are two: both groups together are told without a name.
        for number in 10..12 {
            let path = granted(&app, OWN, &format!("320000-000{number}")).await;
            let mut other = child();
            other["calculation"]["special_care"] = json!(false);
            create_budget(&app, OWN, &path, &other).await.expect(201);
        }
        let pooled = forecast(&app, json!({})).await;
        assert_eq!(pooled["population"]["groups"].as_array().unwrap().len(), 1);
        assert_eq!(pooled["population"]["groups"][0]["group"], "other");
        assert_eq!(pooled["population"]["groups"][0]["people"], 11);
        let month = forecast(&app, json!({"month": "2023-03"})).await;
        assert_eq!(month["scenarios"], pooled["scenarios"], "all were calculated in March");
        ask(&app, json!({"month": "2023-02"})).await.expect_faults(422, &["too_few_people "]);
    }
}

async fn own_region(app: &TestApp) -> Value {
    let all = app.get("/v1/municipalities").send().await.expect(200).json();
    let own = all["items"].as_array().unwrap().iter().find(|known| known["code"] == OWN).cloned();
    own.unwrap()["planning_region"].clone()
}

/// Budgets with signed plans count with what is agreed, or with what was paid.
#[tokio::test(flavor = "multi_thread")]
async fn agreed_and_paid_amounts_are_those_of_the_ledgers() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let call = app.post("/v1/providers").as_role(Role::SocialWorker, OWN);
        let provider = location(&call.json(&legal("40000000001", &[OWN])).send().await.expect(201));
        let care = accepted_offer(&app, &provider, "home_care", "12.00").await;
        for number in 0..5 {
            let budget = signed_budget(&app, &format!("320000-0000{number}")).await;
            let plan = plan(&app, &budget, &plan_of(&[line(1, "home_care", Some(&care), "400", "12.00")])).await;
            plan.in_force().await;
            if number == 0 {
                let order = plan.order(1, "guarantee_letter", "100").await.expect(201).json();
                let order = order["id"].as_str().unwrap();
                deliver(&app, order, "2023-10-05", "10").await.expect(201);
                let invoice = invoiced(&app, "R-1", order, ("2023-10-05", "10", "120.00")).await.expect(201).json();
                approve(&app, &invoice).await;
                let run = pay(&app).await.expect(201).json();
                result(&app, &run, true).await.expect(201);
            }
        }
        granted_budget(&app, OWN, "320000-00009").await;

        let planned = forecast(&app, json!({"amounts": "agreed"})).await;
        let group = &planned["population"]["groups"][0];
        assert_eq!((&group["people"], &group["yearly_amounts"]), (&json!(5), &json!("24000.00")));
        assert_eq!(planned["population"]["without_plan"], Value::Null, "one, which is not told");
        assert_replayed(&app, &planned).await;

        // 10 hours at 12.00, paid on 15 November: not in a month that is over.
        let none = forecast(&app, json!({"amounts": "paid"})).await;
        assert_eq!(
            (&none["population"]["paid_from"], &none["population"]["paid_to"]),
            (&json!("2022-11"), &json!("2023-10"))
        );
        assert_eq!(none["population"]["groups"][0]["yearly_amounts"], "0.00");
        let paid = forecast(&app, json!({"amounts": "paid", "month": "2023-11"})).await;
        assert_eq!(paid["population"]["groups"][0]["yearly_amounts"], "120.00");
        assert_eq!(paid["scenarios"][0]["groups"][0]["yearly_amount"], "24.00");
        assert_eq!(paid["scenarios"][0]["yearly"]["services"], "120.00");
        assert_replayed(&app, &paid).await;
    }
}

#[tokio::test]
async fn what_does_not_go_together_is_refused_and_offices_ask_in_vain() {
    let app = TestApp::start().await;
    for (members, faults) in [
        (json!({"region": "riga", "municipality": OWN}), &["conflicting_fields /region"][..]),
        (
            json!({"municipality": "9999999", "month": "2023-12"}),
            &["unknown_code /municipality", "date_out_of_range /month"],
        ),
        (
            json!({"methodology_version": "018bcfe5-6800-7000-8000-000000000001", "content": {}}),
            &["conflicting_fields /content"],
        ),
        (json!({"amounts": "paid", "content": {}}), &["conflicting_fields /content"]),
        (
            json!({"adjustments": [{"group": "a"}, {"group": "a", "uptake_percent": "101"}]}),
            &["duplicate_code /adjustments/1/group", "percent_out_of_range /adjustments/1/uptake_percent"],
        ),
        (
            json!({"caseload": 0, "admin_percent": "11", "content": tariff("7.63")}),
            &["count_out_of_range /caseload", "percent_out_of_range /admin_percent"],
        ),
        (json!({"date": "1990-01-01"}), &["no_version_for_date /date"]),
        (json!({"variant": "shared_45_45_10", "methodology": "adults-2023"}), &["variant_not_applicable /variant"]),
        (json!({}), &["too_few_people "]),
    ] {
        ask(&app, members).await.expect_faults(422, faults);
    }
    ask(&app, json!({"methodology_version": "018bcfe5-6800-7000-8000-000000000001"})).await.expect(404);
    for growth in ["-101", "-100.5", "1000"] {
        let answer = ask(&app, json!({"adjustments": [{"group": "a", "growth_percent": growth}]})).await;
        answer.expect_faults(400, &["invalid_format /adjustments/0/growth_percent"]);
    }
    for role in Role::ALL {
        let answer = app.post(PATH).as_role(*role, OWN).json(&body(json!({}))).send().await;
        let may = [Role::MinistryAdmin, Role::MinistryReviewer].contains(role);
        assert_eq!(answer.status, if may { 422 } else { 403 }, "{role}: {}", answer.shown());
    }
    app.post(PATH).json(&body(json!({}))).send().await.expect(401);
}

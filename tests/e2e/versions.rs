//! A change names the version that it is of: nothing is done to another one, nor twice.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    budgets::granted,
    hand_overs::offer,
    plans::draft,
    settlement::{deliver, invoiced, ordered, step},
};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_to_another_version() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = ordered(&app, "320000-00001").await;
        let order = format!("/v1/orders/{}", own.order);
        let delivery = location(&deliver(&app, &own.order, "2023-10-02", "2").await.expect(201));
        let plan = app.get(&order).as_role(Role::SocialWorker, OWN).send().await.expect(200).json()["plan_id"].clone();
        let plan = format!("/v1/plans/{}", plan.as_str().unwrap());
        let application = granted(&app, OWN, "320000-00002").await;
        let offered = location(&offer(&app, OWN, &application, FOREIGN).await.expect(201));
        let price = json!({"valid_from": "2023-06-01", "unit_price": "11.00"});
        let revision = json!({"reason": "other", "outcome": "adjust", "text": "Demonstrācija."});
        let signature = json!({"document": "plan", "party": "worker", "signed_on": "2023-03-20", "method": "paper"});
        let none = Value::Null;
        let (worker, head) = (Role::SocialWorker, Role::OfficeHead);
        let change = async |path: &str, role: Role, body: &Value, tag: &str| {
            let call = app.post(path).as_role(role, OWN).header("if-match", tag);
            if body.is_null() { call.send().await } else { call.json(body).send().await }
        };
        for (path, role, body) in [
            (format!("{delivery}/withdrawal"), worker, &none),
            (format!("{offered}/withdrawal"), head, &none),
            (format!("{order}/closure"), worker, &none),
            (format!("{order}/prices"), worker, &price),
            (format!("{plan}/revision"), worker, &revision),
            (format!("{plan}/signatures"), worker, &signature),
        ] {
            change(&path, role, body, "\"99\"").await.expect(412);
        }

        // A revision that is given up leaves the plan as it was.
        let tag =
            async || app.get(&plan).as_role(worker, OWN).send().await.expect(200).header("etag").unwrap().to_owned();
        let revised = change(&format!("{plan}/revision"), worker, &revision, &tag().await).await.expect(201).json();
        assert!(revised["draft"].is_object(), "{revised}");
        let given_up = app.request("DELETE".parse().unwrap(), &format!("{plan}/revision")).as_role(worker, OWN);
        given_up.header("if-match", &tag().await).send().await.expect(200);
        let shown = app.get(&plan).as_role(worker, OWN).send().await.expect(200).json();
        assert_eq!((&shown["draft"], &shown["status"]), (&Value::Null, &json!("in_force")));

        // There is no draft of the signed plan to change, and what was endorsed is not endorsed again.
        let call = app.put(&plan).as_role(worker, OWN).header("if-match", &tag().await);
        call.json(&draft(&[])).send().await.expect(409);
        let invoice = invoiced(&app, "R-1", &own.order, ("2023-10-02", "2", "24.00")).await.expect(201).json();
        step(&app, &invoice, "endorsement", worker).await.expect(201);
        step(&app, &invoice, "endorsement", head).await.expect(409);
    }
}

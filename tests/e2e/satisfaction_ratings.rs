//! Satisfaction on both databases: who rates which stage, once a year, and what is told of it.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    assessments,
    representatives::{link, person_of},
};

fn case(application: &str) -> String {
    application.replace("/applications/", "/cases/")
}

fn ratings(respondent: &str, stages: &[(&str, u32)]) -> Value {
    let ratings: Vec<_> = stages.iter().map(|(stage, rating)| json!({"stage": stage, "rating": rating})).collect();
    json!({"respondent": respondent, "rated_on": "2023-11-01", "ratings": ratings, "comment": "Slēptais vārds"})
}

async fn rate(app: &TestApp, role: Role, municipality: &str, application: &str, body: &Value) -> Answer {
    let call = app.post(&format!("{}/satisfaction-ratings", case(application)));
    call.as_role(role, municipality).json(body).send().await
}

async fn child(app: &TestApp, municipality: &str, number: u32) -> String {
    let code = format!("320000-{number:05}");
    location(&register_child(app, municipality, &code, "2018-01-15").await.expect(201))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_part_rates_the_own_stages_once_a_year() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let application = child(&app, OWN, 1).await;
        let all = ["granting", "assessment", "plan", "receipt", "revision", "whole"].map(|stage| (stage, 4));
        let worker = rate(&app, Role::SocialWorker, OWN, &application, &ratings("worker", &all)).await.expect(201);
        assert_eq!(worker.json()["ratings"].as_array().unwrap().len(), 6);
        let again = rate(&app, Role::SocialWorker, OWN, &application, &ratings("worker", &all)).await.expect(409);
        assert_eq!(again.json()["code"], "rated_this_year");
        // Another year is another rating; but nobody rates what is to come, or was before the application.
        let mut other = ratings("worker", &all[..1]);
        for (day, status) in [("2023-11-16", 422), ("2023-02-28", 422)] {
            other["rated_on"] = json!(day);
            rate(&app, Role::SocialWorker, OWN, &application, &other).await.expect(status);
        }

        let mut provider = ratings("provider", &[("receipt", 5), ("plan", 5), ("receipt", 4)]);
        rate(&app, Role::SocialWorker, OWN, &application, &provider)
            .await
            .expect_faults(422, &["missing_field /respondent_key"]);
        provider["respondent_key"] = json!("40000000001");
        rate(&app, Role::SocialWorker, OWN, &application, &provider)
            .await
            .expect_faults(422, &["stage_not_rated /ratings/1/stage", "duplicate_code /ratings/2/stage"]);
        provider["ratings"] = json!([{"stage": "receipt", "rating": 5}]);
        rate(&app, Role::SocialWorker, OWN, &application, &provider).await.expect(201);
        provider["respondent_key"] = json!("40000000002");
        rate(&app, Role::SocialWorker, OWN, &application, &provider).await.expect(201);
        provider["ratings"] = json!([{"stage": "receipt", "rating": 6}]);
        rate(&app, Role::SocialWorker, OWN, &application, &provider).await.expect(400);

        // A specialist of the case, and no other.
        let own = ratings("assessment_specialist", &[("assessment", 2)]);
        rate(&app, Role::AssessmentSpecialist, OWN, &application, &own).await.expect(404);
        assessments::begun(&app, &application).await;
        rate(&app, Role::AssessmentSpecialist, OWN, &application, &own).await.expect(201);
        let of_receipt = ratings("assessment_specialist", &[("receipt", 2)]);
        rate(&app, Role::AssessmentSpecialist, OWN, &application, &of_receipt)
            .await
            .expect_faults(422, &["stage_not_rated /ratings/0/stage"]);

        // The parent, for itself.
        let parent = ratings("recipient", &[("whole", 3)]);
        rate(&app, Role::Recipient, OWN, &application, &parent).await.expect(404);
        link(&app, OWN, &person_of(&app, OWN, &application).await).await;
        rate(&app, Role::Recipient, OWN, &application, &parent).await.expect(201);
        rate(&app, Role::Recipient, OWN, &application, &ratings("worker", &[("whole", 3)]))
            .await
            .expect_faults(422, &["other_respondent /respondent"]);

        let path = format!("{}/satisfaction-ratings", case(&application));
        let list =
            async |role: Role| app.get(&path).as_role(role, OWN).send().await.expect(200).json()["items"].clone();
        assert_eq!(list(Role::OfficeHead).await.as_array().unwrap().len(), 5);
        let seen = list(Role::Recipient).await;
        assert_eq!((seen.as_array().unwrap().len(), &seen[0]["comment"]), (1, &json!("Slēptais vārds")));
        app.get(&path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        rate(&app, Role::SocialWorker, FOREIGN, &application, &parent).await.expect(404);

        let send = async || {
            let call = app.post(&path).as_role(Role::SocialWorker, OWN).header("idempotency-key", "s-1");
            call.json(&ratings("recipient", &[("plan", 1)])).send().await.expect(201)
        };
        assert_eq!(send().await.json(), send().await.json());
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

fn told(statistics: &Value, respondent: &str, stage: &str) -> Value {
    let rows = statistics["stages"].as_array().unwrap();
    rows.iter().find(|row| row["respondent"] == respondent && row["stage"] == stage).unwrap()["ratings"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn ratings_are_counted_and_small_groups_hidden_from_the_ministry() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = "/v1/satisfaction-statistics?methodology=children-2023";
        for (number, rating) in [5, 4, 4, 3, 5].into_iter().enumerate() {
            let application = child(&app, OWN, u32::try_from(number).unwrap()).await;
            let body = ratings("recipient", &[("whole", rating)]);
            rate(&app, Role::SocialWorker, OWN, &application, &body).await.expect(201);
        }
        let foreign = child(&app, FOREIGN, 9).await;
        let body = ratings("recipient", &[("whole", 1), ("plan", 1)]);
        rate(&app, Role::SocialWorker, FOREIGN, &foreign, &body).await.expect(201);

        let own = app.get(path).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let whole = told(&own, "recipient", "whole");
        let measures = json!({"n": 5, "sum": "21", "mean": "4.2", "median": "4", "mode": "4", "standard_deviation": "0.84",
            "coefficient_of_variation": "19.9"});
        assert_eq!(whole["together"], json!({"of": null, "people": 5, "measures": measures}));
        assert_eq!((&whole["groups"][0]["of"], &whole["groups"][0]["measures"]), (&json!(OWN), &measures));
        assert_eq!(told(&own, "provider", "receipt")["together"]["measures"], Value::Null);

        // One of Daugavpils is told with the five of Rīga only, and one rating of the plan not at all.
        for by in ["municipality", "region"] {
            let path = format!("{path}&by={by}");
            let all = app.get(&path).as_role(Role::MinistryReviewer, OWN).send().await.expect(200).json();
            let whole = told(&all, "recipient", "whole");
            assert_eq!((&whole["together"]["people"], &whole["groups"][0]["of"]), (&json!(6), &Value::Null), "{by}");
            assert_eq!(whole["groups"].as_array().unwrap().len(), 1);
            assert_eq!(told(&all, "recipient", "plan"), json!({"together": null, "groups": []}));
        }
        app.get("/v1/satisfaction-statistics").as_role(Role::OfficeHead, OWN).send().await.expect(400);
    }
}

//! Surveys and functioning on both databases: who answers what, under which code, and what is told of it.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::{self, FOREIGN, OWN, location, register_child},
    assessments,
    budgets::granted,
    cases::post,
    hand_overs,
    representatives::{link, person_of},
};

fn case(application: &str) -> String {
    application.replace("/applications/", "/cases/")
}

/// The family scale at the start, answered by a parent.
pub(crate) fn family(moment: &str, score: &str) -> Value {
    json!({
        "instrument": "beach_center_family", "moment": moment, "taken_on": "2023-03-16", "respondent": "parent",
        "help": "nobody", "explained": true, "contract_on": "2023-03-15", "answers": [{"item": 25, "value": 4}],
        "scores": [{"dimension": "parenting", "score": score}], "sex": "female", "remarks": "Slēptais vārds",
    })
}

pub(crate) async fn record(app: &TestApp, municipality: &str, application: &str, body: &Value) -> Answer {
    let call = app.post(&format!("{}/surveys", case(application)));
    call.as_role(Role::SocialWorker, municipality).json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_survey_is_recorded_under_the_code_of_the_recipient() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let open = location(&register_child(&app, OWN, "320000-00009", "2018-01-15").await.expect(201));
        let early = record(&app, OWN, &open, &family("start", "3")).await.expect(409);
        assert_eq!(early.json()["code"], "application_not_granted");

        // A child of five: a parent answers, after the contract, when purpose and rights were explained.
        let application = granted(&app, OWN, "320000-00001").await;
        let mut bad = family("start", "3");
        bad["explained"] = json!(false);
        bad["respondent"] = json!("child");
        bad["interviewed"] = json!(true);
        bad["parent_present"] = json!(true);
        bad["answers"] = json!([{"item": 26, "value": 4}, {"item": 1, "value": 6}]);
        let expected = [
            "explanation_required /explained",
            "other_respondent /respondent",
            "unknown_item /answers/0/item",
            "unknown_level /answers/1/value",
        ];
        record(&app, OWN, &application, &bad).await.expect_faults(422, &expected);
        let mut early = family("start", "3");
        early["contract_on"] = json!("2023-03-09");
        record(&app, OWN, &application, &early).await.expect_faults(422, &["date_out_of_range /contract_on"]);
        early["contract_on"] = json!("2023-03-17");
        record(&app, OWN, &application, &early).await.expect_faults(422, &["date_out_of_range /taken_on"]);
        let mut stopped = family("start", "3.667");
        stopped["stopped"] = json!(true);
        let start = record(&app, OWN, &application, &stopped).await.expect(201).json();
        assert_eq!((&start["skipped"], &start["stopped"], &start["warnings"]), (&json!(24), &json!(true), &json!([])));
        assert_eq!((&start["age_group"], &start["impairments"]), (&json!("0-7"), &json!(["movement"])));
        let again = record(&app, OWN, &application, &family("start", "3")).await.expect(409);
        assert_eq!(again.json()["code"], "survey_exists");

        let person = person_of(&app, OWN, &application).await;
        let pseudonym = format!("/v1/persons/{person}/pseudonyms?purpose=surveys");
        let code = app.get(&pseudonym).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        assert_eq!(start["code"], code["pseudonym"]);

        // At the end without a participant survey there is a warning, until it is there.
        let end = record(&app, OWN, &application, &family("end", "4")).await.expect(201).json();
        assert_eq!(end["warnings"], json!(["without_participant_survey"]));
        let participant = json!({"instrument": "participant", "moment": "end", "taken_on": "2023-11-01",
            "respondent": "parent", "help": "worker", "explained": true, "answers": [], "scores": []});
        let participant = record(&app, OWN, &application, &participant).await.expect(201);
        let path = format!("/v1/surveys/{}", end["id"].as_str().unwrap());
        assert_eq!(location(&participant).len(), path.len());
        let own = app.get(&path).as_role(Role::Auditor, OWN).send().await.expect(200).json();
        assert_eq!((&own["warnings"], &own["remarks"]), (&json!([]), &json!("Slēptais vārds")));
        let listed = app.get(&format!("{}/surveys", case(&application))).as_role(Role::OfficeHead, OWN).send().await;
        assert_eq!(listed.expect(200).json()["items"].as_array().unwrap().len(), 3);
        app.get(&path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        app.get(&format!("{}/surveys", case(&application))).as_role(Role::OfficeHead, FOREIGN).send().await.expect(404);
        record(&app, FOREIGN, &application, &family("start", "3")).await.expect(404);

        // The ministry reads by code, and learns nothing of the case.
        let query = format!(
            "/v1/surveys?code={}&instrument=beach_center_family&moment=end&methodology=children-2023",
            code["pseudonym"].as_str().unwrap()
        );
        let by_code = app.get(&query).as_role(Role::MinistryReviewer, FOREIGN).send().await.expect(200);
        assert_eq!(by_code.json()["items"].as_array().unwrap().len(), 1);
        let long = format!("/v1/surveys?code={}", "A".repeat(201));
        app.get(&long).as_role(Role::MinistryReviewer, FOREIGN).send().await.expect(400);
        let shown = app.get(&path).as_role(Role::MinistryReviewer, FOREIGN).send().await.expect(200);
        assert_eq!(by_code.json()["items"][0], shown.json());
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        for hidden in [id(&application), person.clone(), "Slēptais".to_owned(), "320000-00001".to_owned()] {
            assert!(!by_code.text().contains(&hidden) && !shown.text().contains(&hidden), "{hidden}");
        }
        let page = app.get("/v1/surveys?limit=2").as_role(Role::MinistryReviewer, OWN).send().await.expect(200).json();
        let rest = format!("/v1/surveys?cursor={}", page["next"].as_str().unwrap());
        let rest = app.get(&rest).as_role(Role::MinistryReviewer, OWN).send().await.expect(200).json();
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
        app.get(&pseudonym).as_role(Role::MinistryReviewer, OWN).send().await.expect(403);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_child_is_asked_and_a_late_start_is_kept_with_a_warning() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let registered = register_child(&app, OWN, "320000-00001", "2010-03-16").await.expect(201);
        let application = location(&registered);
        applications::decide(&app, OWN, &application, "\"1\"", "grant").await.expect(201);
        assessments::completed(&app, &application, "initial", "2023-03-15").await;
        let mut child = family("start", "3");
        child["instrument"] = json!("kidscreen_52_child");
        child["respondent"] = json!("child");
        child["scores"] = json!([{"dimension": "autonomy", "score": "48.125"}]);
        record(&app, OWN, &application, &child).await.expect_faults(422, &["interview_required /interviewed"]);
        (child["interviewed"], child["parent_present"]) = (json!(true), json!(true));
        let send = async || {
            let call = app.post(&format!("{}/surveys", case(&application))).as_role(Role::SocialWorker, OWN);
            call.header("idempotency-key", "k-1").json(&child).send().await.expect(201)
        };
        let recorded = send().await;
        assert_eq!(send().await.json(), recorded.json());
        let recorded = recorded.json();
        assert_eq!((&recorded["warnings"], &recorded["skipped"]), (&json!(["after_assessment"]), &json!(51)));
        assert_eq!(recorded["scores"], json!([{"dimension": "autonomy", "score": "48.125"}]));
        child["scores"] = json!([{"dimension": "autonomy", "score": "48.1255"}]);
        record(&app, OWN, &application, &child).await.expect(400);
    }
}

#[tokio::test]
async fn a_parent_answers_for_a_child_with_a_mental_disorder() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        for (code, impairment, status) in [("320000-00001", "mental", 201), ("320000-00002", "vision", 422)] {
            let mut new = applications::request(code);
            new["evidence"] = json!({"birth_date": "2011-03-16", "disability": {"group": "child"},
                "impairment_types": [impairment]});
            let call = app.post("/v1/applications").as_role(Role::SocialWorker, OWN);
            let application = location(&call.json(&new).send().await.expect(201));
            applications::decide(&app, OWN, &application, "\"1\"", "grant").await.expect(201);
            let mut survey = family("start", "3");
            (survey["instrument"], survey["scores"]) = (json!("kidscreen_52_parent"), json!([]));
            let answer = record(&app, OWN, &application, &survey).await.expect(status);
            assert_eq!(answer.faults(), if status == 422 { vec!["other_respondent /respondent"] } else { vec![] });
        }
    }
}

fn scores(statistics: &Value, dimension: &str, measure: &str) -> Value {
    let rows = statistics["dimensions"].as_array().unwrap();
    rows.iter().find(|row| row["dimension"] == dimension && row["measure"] == measure).unwrap()["scores"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn scores_are_counted_at_both_ends_and_small_groups_hidden_from_the_ministry() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        for number in 0..6 {
            let municipality = if number == 5 { FOREIGN } else { OWN };
            let application = granted(&app, municipality, &format!("320000-0000{number}")).await;
            record(&app, municipality, &application, &family("start", "3")).await.expect(201);
            if number != 0 {
                record(&app, municipality, &application, &family("end", &format!("{}.5", 2 + number % 2)))
                    .await
                    .expect(201);
            }
        }
        let path = "/v1/survey-statistics?methodology=children-2023&instrument=beach_center_family";
        let get = async |role: Role, by: &str| {
            app.get(&format!("{path}&by={by}")).as_role(role, OWN).send().await.expect(200).json()
        };
        let own = get(Role::SocialWorker, "sex").await;
        assert_eq!(scores(&own, "parenting", "start")["together"]["measures"]["n"], 5);
        let change = scores(&own, "parenting", "change");
        // Of four: +0.5, -0.5, +0.5, -0.5.
        assert_eq!((&change["together"]["measures"]["n"], &change["groups"][0]["of"]), (&json!(4), &json!("female")));
        assert_eq!(change["together"]["measures"]["sum"], "0");
        assert_eq!(change["together"]["measures"]["coefficient_of_variation"], Value::Null);
        let all = get(Role::MinistryReviewer, "sex").await;
        let change = scores(&all, "parenting", "change");
        assert_eq!(
            (&change["together"]["measures"]["n"], &change["together"]["measures"]["sum"]),
            (&json!(5), &json!("0.5"))
        );
        let by_place = get(Role::MinistryReviewer, "municipality").await;
        let groups = scores(&by_place, "parenting", "start")["groups"].clone();
        assert_eq!(
            (groups.as_array().unwrap().len(), &groups[0]["of"], &groups[0]["people"]),
            (1, &Value::Null, &json!(6))
        );
        for by in ["region", "age_group", "impairment", "family_type", "employment"] {
            let found = get(Role::OfficeHead, by).await;
            assert_eq!(scores(&found, "parenting", "end")["groups"][0]["people"], 4, "{by}");
        }
        app.get("/v1/survey-statistics").as_role(Role::OfficeHead, OWN).send().await.expect(400);
    }
}

/// An invented adult, as a granted application.
async fn granted_adult(app: &TestApp, code: &str) -> String {
    let mut adult = applications::request(code);
    adult["methodology"] = json!("adults-2023");
    adult["evidence"] = json!({"birth_date": "1980-01-01", "disability": {"group": "II"}, "mental_disorder": true,
        "lives_in_community": true});
    let call = app.post("/v1/applications").as_role(Role::SocialWorker, OWN);
    let application = location(&call.json(&adult).send().await.expect(201));
    applications::decide(app, OWN, &application, "\"1\"", "grant").await.expect(201);
    application
}

/// The pilot's 97 adults: 16 were employed before it, 29 after.
#[tokio::test(flavor = "multi_thread")]
async fn employment_before_and_after_is_that_of_the_pilot() {
    let app = TestApp::start().await;
    for number in 0..97 {
        let application = granted_adult(&app, &format!("320000-{number:05}")).await;
        for (moment, taken_on, employed) in [("start", "2023-03-16", 16), ("end", "2023-11-01", 29)] {
            let survey = json!({
                "instrument": "employment", "moment": moment, "taken_on": taken_on, "respondent": "adult", "help": "nobody",
                "explained": true, "contract_on": "2023-03-15", "answers": [],
                "scores": [{"dimension": "employed", "score": if number < employed { "1" } else { "0" }}],
            });
            record(&app, OWN, &application, &survey).await.expect(201);
        }
    }
    let path = "/v1/survey-statistics?methodology=adults-2023&instrument=employment&by=region";
    for role in [Role::OfficeHead, Role::MinistryReviewer] {
        let told = app.get(path).as_role(role, OWN).send().await.expect(200).json();
        for (measure, sum, mean) in [("start", "16", "0.165"), ("end", "29", "0.299"), ("change", "13", "0.134")] {
            let measures = scores(&told, "employed", measure)["together"]["measures"].clone();
            assert_eq!((&measures["n"], &measures["sum"]), (&json!(97), &json!(sum)), "{role} {measure}");
            let told: f64 = measures["mean"].as_str().unwrap().parse().unwrap();
            assert!((told - mean.parse::<f64>().unwrap()).abs() < 0.01, "{role} {measure}: {told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn functioning_is_compared_between_the_first_and_the_last_assessment() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = "/v1/functioning-statistics?methodology=children-2023&by=region";
        for number in 1..=5 {
            let application = granted(&app, OWN, &format!("320000-0000{number}")).await;
            for (kind, on, level) in
                [("initial", "2023-03-17", 3), ("repeat", "2023-10-02", if number == 1 { 4 } else { 1 })]
            {
                assessments::completed_with(
                    &app,
                    &application,
                    (kind, on),
                    &json!([{"domain": 4, "level": level}, {"domain": 5, "level": 8}]),
                )
                .await;
            }
            let before_and_after = format!("{}/functioning", case(&application));
            let found = app.get(&before_and_after).as_role(Role::Auditor, OWN).send().await.expect(200).json();
            let change = if number == 1 {
                json!({"domain": 4, "before": 3, "after": 4, "change": "worse"})
            } else {
                json!({"domain": 4, "before": 3, "after": 1, "change": "improved"})
            };
            assert_eq!(found, json!({"domains": [change]}));
            app.get(&before_and_after).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
            let told = app.get(path).as_role(Role::MinistryReviewer, OWN).send().await.expect(200).json();
            assert_eq!(told["domains"][3]["together"].is_null(), number < 5, "{number}");
        }
        for role in [Role::OfficeHead, Role::MinistryReviewer] {
            let told = app.get(path).as_role(role, OWN).send().await.expect(200).json();
            let counts = |of: Value| json!({"of": of, "people": 5, "improved": 4, "same": 0, "worse": 1});
            let expected = json!({"domain": 4, "together": counts(Value::Null), "groups": [counts(json!("riga"))]});
            assert_eq!((&told["domains"][3], told["domains"].as_array().unwrap().len()), (&expected, 9));
            assert_eq!(told["domains"][4]["groups"], json!([]), "8 is no level");
        }
        app.get("/v1/functioning-statistics").as_role(Role::OfficeHead, OWN).send().await.expect(400);
    }
}

/// What was answered and rated moves with the case; what tells of an erased person goes, and what is counted stays.
#[tokio::test(flavor = "multi_thread")]
async fn results_move_with_the_case_and_are_erased_with_the_person() {
    for database in Database::available() {
        let app = TestApp::start_later(database).await;
        let application = granted(&app, OWN, "320000-00001").await;
        let survey = record(&app, OWN, &application, &family("start", "3")).await.expect(201);
        let rating = json!({"respondent": "recipient", "rated_on": "2023-11-01", "ratings": [{"stage": "whole", "rating": 2}],
            "comment": "Slēptais"});
        let rate = format!("{}/satisfaction-ratings", case(&application));
        app.post(&rate).as_role(Role::SocialWorker, OWN).json(&rating).send().await.expect(201);
        hand_overs::moved(&app, OWN, &application, FOREIGN).await;
        app.get(&location(&survey)).as_role(Role::SocialWorker, OWN).send().await.expect(404);
        let moved = app.get(&location(&survey)).as_role(Role::SocialWorker, FOREIGN).send().await.expect(200).json();
        assert_eq!((&moved["code"], &moved["municipality"]), (&survey.json()["code"], &json!(FOREIGN)));
        let list = app.get(&rate).as_role(Role::SocialWorker, FOREIGN).send().await.expect(200).json();
        assert_eq!(list["items"][0]["comment"], "Slēptais");

        let end = crate::cases::revocation();
        post(&app, Role::OfficeHead, FOREIGN, &format!("{application}/revocation"), "\"3\"", &end).await.expect(201);
        let person = person_of(&app, FOREIGN, &application).await;
        link(&app, FOREIGN, &person).await;
        let call = app.post(&format!("/v1/persons/{person}/erasure")).as_role(Role::OfficeHead, FOREIGN);
        call.json(&json!({"reason": "Glabāšanas termiņš beidzies."})).send().await.expect(201);
        app.get(&location(&survey)).as_role(Role::OfficeHead, FOREIGN).send().await.expect(404);
        app.get(&location(&survey)).as_role(Role::MinistryReviewer, OWN).send().await.expect(404);
        let left = app.get(&rate).as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json();
        assert_eq!((&left["items"][0]["comment"], &left["items"][0]["respondent_key"]), (&Value::Null, &Value::Null));
        let path = "/v1/satisfaction-statistics?methodology=children-2023";
        let counted = app.get(path).as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json();
        let whole = counted["stages"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["respondent"] == "recipient" && row["stage"] == "whole");
        assert_eq!(whole.unwrap()["ratings"]["together"]["measures"]["sum"], "2");
        let surveys = format!("{}/surveys", case(&application));
        assert_eq!(
            app.get(&surveys).as_role(Role::OfficeHead, FOREIGN).send().await.expect(200).json()["items"],
            json!([])
        );
    }
}

//! Roles that the system keeps, on both databases.

use balsts_domain::access::Role;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Request},
    tokens,
};
use serde_json::{Value, json};

use crate::applications::{FOREIGN, OWN, location};

const PATH: &str = "/v1/role-grants";

fn grant(subject: &str, role: &str) -> Value {
    json!({"subject": subject, "role": role, "valid_from": "2023-03-01"})
}

/// A token of an issuer that tells no roles, and no municipality or this one.
fn without_roles(subject: &str, municipality: Option<&str>) -> String {
    let mut claims = tokens::claims(Role::SocialWorker, OWN);
    let claims = claims.as_object_mut().unwrap();
    claims.remove("balsts_roles");
    claims.insert("balsts_municipality".to_owned(), json!(municipality));
    claims.insert("sub".to_owned(), json!(subject));
    tokens::sign(&Value::Object(claims.clone()))
}

/// A token of the ministry's administrator, who is of no municipality.
fn ministry() -> String {
    let mut claims = tokens::claims(Role::MinistryAdmin, OWN);
    claims.as_object_mut().unwrap().remove("balsts_municipality");
    tokens::sign(&claims)
}

async fn send(call: Request<'_>, body: &Value) -> Answer {
    call.json(body).send().await
}

pub(crate) async fn granted(app: &TestApp, subject: &str, role: &str) -> String {
    location(&send(app.post(PATH).as_role(Role::OfficeHead, OWN), &grant(subject, role)).await.expect(201))
}

async fn lists(app: &TestApp, token: &str) -> u16 {
    app.get("/v1/applications").token(token).send().await.status
}

#[tokio::test]
async fn a_granted_role_holds_from_the_next_request_to_its_end() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (here, nowhere, there) =
            (without_roles("w-1", Some(OWN)), without_roles("w-1", None), without_roles("w-1", Some(FOREIGN)));
        for token in [&here, &nowhere, &there] {
            assert_eq!(lists(&app, token).await, 403);
        }
        let path = granted(&app, "w-1", "social_worker").await;
        assert_eq!([lists(&app, &here).await, lists(&app, &nowhere).await, lists(&app, &there).await], [200, 200, 403]);
        // It is that role and no other.
        app.get("/v1/events").token(&here).send().await.expect(403);
        assert_eq!(lists(&app, &without_roles("w-2", Some(OWN))).await, 403);

        let again = send(app.post(PATH).as_role(Role::OfficeHead, OWN), &grant("w-1", "social_worker")).await;
        assert_eq!(again.expect(409).json()["code"], "role_granted_already");
        let shown = app.get(&path).as_role(Role::OfficeHead, OWN).send().await.expect(200);
        assert_eq!((shown.version(), &shown.json()["granted_by"]), (Some("1"), &json!("test-office-head")));
        let end = async |municipality: &str, tag: &str| {
            let call = app.delete(&path).as_role(Role::OfficeHead, municipality).header("if-match", tag);
            call.send().await
        };
        app.delete(&path).as_role(Role::OfficeHead, OWN).send().await.expect(428);
        end(OWN, "\"2\"").await.expect(412);
        end(FOREIGN, "\"1\"").await.expect(404);
        end(OWN, "\"1\"").await.expect(204);
        assert_eq!([lists(&app, &here).await, lists(&app, &nowhere).await], [403, 403]);
        assert_eq!(end(OWN, "\"2\"").await.expect(409).json()["code"], "role_grant_ended");
        let list = app.get(PATH).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        assert_eq!(list["items"][0]["ended_by"], "test-office-head");
        // It may be granted anew.
        granted(&app, "w-1", "social_worker").await;
        let list = app.get(&format!("{PATH}?limit=1")).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let next = list["next"].as_str().unwrap();
        let rest = app.get(&format!("{PATH}?cursor={next}")).as_role(Role::OfficeHead, OWN).send().await.expect(200);
        assert_eq!(rest.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(lists(&app, &here).await, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_audited_and_told() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let before = app.store.audit_length(OWN.parse().unwrap()).await.unwrap();
        let path = granted(&app, "w-1", "accountant").await;
        app.delete(&path).as_role(Role::OfficeHead, OWN).header("if-match", "\"1\"").send().await.expect(204);
        assert_eq!(app.store.audit_length(OWN.parse().unwrap()).await.unwrap(), before + 2);
        let events = app.get("/v1/events").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        let told: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
        assert_eq!(told, [json!("role_grant.created"), json!("role_grant.ended")]);
        assert_eq!(events["items"][0]["source"], PATH);
        let call = || app.post(PATH).as_role(Role::OfficeHead, OWN).header("idempotency-key", "g-1");
        let first = send(call(), &grant("w-2", "accountant")).await.expect(201);
        assert_eq!(send(call(), &grant("w-2", "accountant")).await.expect(201).json(), first.json());
        send(call(), &grant("w-3", "accountant")).await.expect(422);
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn an_office_grants_its_own_roles_only_and_nobody_to_themselves() {
    let app = TestApp::start().await;
    let refused = async |body: Value, fault: &str| {
        send(app.post(PATH).as_role(Role::OfficeHead, OWN), &body).await.expect_faults(422, &[fault]);
    };
    for role in ["programme_team", "ministry_reviewer", "ministry_admin", "recipient"] {
        refused(grant("w-1", role), "role_not_grantable /role").await;
    }
    refused(grant("test-office-head", "accountant"), "granted_to_oneself /subject").await;
    let mut dated = grant("w-1", "accountant");
    dated["valid_to"] = json!("2023-02-28");
    refused(dated, "date_out_of_range /valid_to").await;
    send(
        app.post(&format!("{PATH}?municipality={FOREIGN}")).as_role(Role::OfficeHead, OWN),
        &grant("w-1", "accountant"),
    )
    .await
    .expect(404);
    send(app.post(&format!("{PATH}?municipality=Rīga")).as_role(Role::OfficeHead, OWN), &grant("w-1", "accountant"))
        .await
        .expect(400);
    send(app.post(PATH).as_role(Role::SocialWorker, OWN), &grant("w-1", "accountant")).await.expect(403);
    send(app.post(PATH).token(&tokens::integrator(OWN, "role-grants:write")), &grant("w-1", "accountant"))
        .await
        .expect(403);
    // A granted head is a head.
    granted(&app, "h-2", "office_head").await;
    let second = without_roles("h-2", None);
    send(app.post(PATH).token(&second), &grant("w-1", "accountant")).await.expect(201);
    send(app.post(PATH).token(&second), &grant("h-2", "accountant"))
        .await
        .expect_faults(422, &["granted_to_oneself /subject"]);
}

#[tokio::test]
async fn the_ministry_grants_heads_of_offices_anywhere() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let there = format!("{PATH}?municipality={FOREIGN}");
        let call = || app.post(&there).token(&ministry());
        send(app.post(PATH).token(&ministry()), &grant("h-1", "office_head"))
            .await
            .expect_faults(422, &["missing_field /municipality"]);
        send(app.post(&format!("{PATH}?municipality=9999999")).token(&ministry()), &grant("h-1", "office_head"))
            .await
            .expect(404);
        send(call(), &grant("h-1", "social_worker")).await.expect_faults(422, &["role_not_grantable /role"]);
        let made = send(call(), &grant("h-1", "office_head")).await.expect(201);
        let nowhere = ["missing_field /municipality"];
        app.get(PATH).token(&ministry()).send().await.expect_faults(422, &nowhere);
        app.get(&location(&made)).token(&ministry()).send().await.expect_faults(422, &nowhere);
        let end = app.delete(&location(&made)).token(&ministry()).header("if-match", "\"1\"");
        end.send().await.expect_faults(422, &nowhere);
        let head = without_roles("h-1", Some(FOREIGN));
        send(app.post(PATH).token(&head), &grant("w-1", "social_worker")).await.expect(201);
        app.get(PATH).token(&without_roles("h-1", Some(OWN))).send().await.expect(403);
        // An auditor reads what its municipality granted, and grants nothing.
        let audited = app.get(PATH).as_role(Role::Auditor, FOREIGN).send().await.expect(200).json();
        assert_eq!(audited["items"].as_array().unwrap().len(), 2);
        app.get(&location(&made)).as_role(Role::Auditor, FOREIGN).send().await.expect(200);
        app.get(&location(&made)).as_role(Role::Auditor, OWN).send().await.expect(404);
        app.get(&there).as_role(Role::Auditor, OWN).send().await.expect(404);
        let own = app.get(PATH).as_role(Role::Auditor, OWN).send().await.expect(200).json();
        assert_eq!(own["items"], json!([]));
        send(app.post(PATH).as_role(Role::Auditor, FOREIGN), &grant("w-2", "social_worker")).await.expect(403);
        // It sees the heads, and ends one.
        let list = app.get(&there).token(&ministry()).send().await.expect(200).json();
        assert_eq!(list["items"], json!([made.json()]));
        let all = app.get(PATH).token(&head).send().await.expect(200).json();
        assert_eq!(all["items"].as_array().unwrap().len(), 2);
        let of_worker = format!("{PATH}/{}?municipality={FOREIGN}", all["items"][1]["id"].as_str().unwrap());
        app.get(&of_worker).token(&ministry()).send().await.expect(404);
        let path = format!("{}?municipality={FOREIGN}", location(&made));
        app.get(&path).token(&ministry()).send().await.expect(200);
        app.delete(&path).token(&ministry()).header("if-match", "\"1\"").send().await.expect(204);
        app.get(PATH).token(&head).send().await.expect(403);
    }
}

#[tokio::test]
async fn a_role_holds_on_its_days_and_two_municipalities_are_told_apart() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        // Today is 15 November 2023 in Latvia.
        for (subject, from, to, status) in [
            ("d-1", "2023-11-16", None, 403),
            ("d-2", "2023-03-01", Some("2023-11-14"), 403),
            ("d-3", "2023-11-15", Some("2023-11-15"), 200),
        ] {
            let mut dated = grant(subject, "social_worker");
            (dated["valid_from"], dated["valid_to"]) = (json!(from), json!(to));
            if to.is_none() {
                dated.as_object_mut().unwrap().remove("valid_to");
            }
            send(app.post(PATH).as_role(Role::OfficeHead, OWN), &dated).await.expect(201);
            assert_eq!(lists(&app, &without_roles(subject, None)).await, status, "{subject}");
        }
        for municipality in [OWN, FOREIGN] {
            send(app.post(PATH).as_role(Role::OfficeHead, municipality), &grant("w-1", "social_worker"))
                .await
                .expect(201);
        }
        let named = [Some(OWN), Some(FOREIGN), None].map(|municipality| without_roles("w-1", municipality));
        assert_eq!(
            [lists(&app, &named[0]).await, lists(&app, &named[1]).await, lists(&app, &named[2]).await],
            [200, 200, 403]
        );
    }
}

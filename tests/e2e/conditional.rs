//! What the headers of reads tell, whatever is read: entity tags and 304, the link to the next page, and that nothing is kept.

use std::collections::BTreeMap;

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer, contract};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location, register_child},
    plan_documents::describe,
    providers::legal,
    representatives::person_of,
    roles::world,
    settlement::{deliver, id_of},
};

/// The roles of an operation but the machine's and the provider's, which say more of themselves.
fn roles(operation: &Value) -> impl Iterator<Item = Role> {
    let named = operation["x-roles"].as_array().cloned().unwrap_or_default();
    let all = Role::ALL.iter().copied().filter(|role| ![Role::Integrator, Role::Provider].contains(role));
    all.filter(move |role| named.contains(&json!(role.as_str())))
}

/// Makes one of what belongs to the whole country or to a system, by the example of the document.
async fn by_example(app: &TestApp, kind: &str) -> String {
    let template = format!("/v1/{kind}");
    let (_, _, operation) =
        contract().operations().find(|(method, at, _)| method == "POST" && *at == template).unwrap();
    let role = roles(operation).find(|role| *role == Role::OfficeHead).or(roles(operation).next()).unwrap();
    let (media_type, body) = contract().request_examples("POST", &template).remove(0);
    let made = app.post(&template).as_role(role, OWN).body(&media_type, body).send().await.expect(201);
    id_of(&location(&made)).to_owned()
}

async fn read(app: &TestApp, path: &str, role: Role, known: Option<&str>, language: &str) -> Answer {
    let call = app.get(path).as_role(role, OWN).header("accept-language", language);
    match known {
        Some(tag) => call.header("if-none-match", tag).send().await,
        None => call.send().await,
    }
}

/// Made from the document: whoever has what is shown is told so, and nothing else. A new kind of resource fails until the world has one.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_caller_has_is_not_sent_again() {
    let app = TestApp::start().await;
    let mut world: BTreeMap<&str, String> = world(&app).await;
    describe(&app).await;
    for kind in ["methodology-versions", "pilot-periods", "role-grants", "service-proposals", "webhooks"] {
        world.insert(kind, by_example(&app, kind).await);
    }
    let offers = format!("/v1/providers/{}/offers", world["providers"]);
    let offers = read(&app, &offers, Role::SocialWorker, None, "lv").await.expect(200).json();
    world.insert("offers", offers["items"][0]["id"].as_str().unwrap().to_owned());

    let mut asked = 0;
    for (method, template, operation) in contract().operations() {
        if operation["responses"].get("304").is_none() {
            continue;
        }
        let kind = template.split('/').nth(2).unwrap();
        let path = match template.contains('{') {
            true => template.replace("{id}", world.get(kind).unwrap_or_else(|| panic!("the world has none of {kind}"))),
            false => template.to_owned(),
        };
        let mut shown = None;
        for role in roles(operation) {
            let answer = read(&app, &path, role, None, "lv").await;
            if answer.status == 200 {
                shown = Some((role, answer));
                break;
            }
        }
        let (role, shown) = shown.unwrap_or_else(|| panic!("nobody may read {method} {path}"));
        let tag = shown.header("etag").unwrap();
        let known = read(&app, &path, role, Some(tag), "lv").await.expect(304);
        assert_eq!((known.header("etag"), known.sent, known.header("content-type")), (Some(tag), 0, None), "{path}");
        // The same in another language is something else.
        let english = read(&app, &path, role, Some(tag), "en").await.expect(200);
        assert_eq!(english.version(), shown.version(), "{path}");
        assert_ne!(english.header("etag"), Some(tag), "{path}");
        asked += 1;
    }
    assert!(asked > 30, "{asked}");

    // A schedule is shown beside what was delivered of it: that changes what is shown, and not the schedule.
    let schedule = format!("/v1/plan-schedules/{}", world["plan-schedules"]);
    let before = read(&app, &schedule, Role::SocialWorker, None, "lv").await.expect(200);
    deliver(&app, &world["orders"], "2023-11-02", "1").await.expect(201);
    let tag = before.header("etag");
    let after = read(&app, &schedule, Role::SocialWorker, tag, "lv").await.expect(200);
    assert_eq!(after.version(), before.version());
    assert_ne!(after.json(), before.json());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_read_is_told_that_nothing_changed_and_it_is_a_read() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = location(&register_child(&app, OWN, "320000-00001", "2018-01-15").await.expect(201));
        let person = person_of(&app, OWN, &path).await;
        let reads = async || {
            let log = format!("/v1/persons/{person}/accesses?limit=200");
            let log = app.get(&log).as_role(Role::Auditor, OWN).send().await.expect(200).json();
            log["items"].as_array().unwrap().iter().filter(|access| access["action"] == "get_application").count()
        };
        let first = read(&app, &path, Role::SocialWorker, None, "lv").await.expect(200);
        let tag = first.header("etag").unwrap();
        assert_eq!(first.version(), Some("1"));
        let before = reads().await;
        let listed = format!("\"0\", W/{tag} , \"a,b\"");
        for known in [tag, "*", &format!("W/{tag}"), &listed] {
            read(&app, &path, Role::SocialWorker, Some(known), "lv").await.expect(304);
        }
        for unknown in ["\"1\"", "1", "\"", "", "W/", "*, *", "\u{1F600}", "\"1-0000000000000000\""] {
            let answer = read(&app, &path, Role::SocialWorker, Some(unknown), "lv").await.expect(200);
            assert_eq!((answer.header("etag"), &answer.body), (Some(tag), &first.body), "{unknown:?}");
        }
        assert_eq!(reads().await, before + 12, "{database:?}");

        app.get(&path).header("if-none-match", "*").send().await.expect(401);
        app.get(&path).as_role(Role::SocialWorker, FOREIGN).header("if-none-match", "*").send().await.expect(404);
        app.get(&path).as_role(Role::Provider, OWN).header("if-none-match", tag).send().await.expect(403);

        // The tag is the version of a change, which makes another.
        let assign = async |tag: &str| {
            let call = app.put(&format!("{path}/worker")).as_role(Role::OfficeHead, OWN).header("if-match", tag);
            call.json(&json!({"worker": "worker-1"})).send().await
        };
        assert_eq!(assign(tag).await.expect(200).version(), Some("2"));
        assign(tag).await.expect(412);
        assign("\"-2\"").await.expect(412);
        let changed = read(&app, &path, Role::SocialWorker, Some(tag), "lv").await.expect(200);
        assert_eq!(changed.version(), Some("2"));
    }
}

#[tokio::test]
async fn a_list_is_followed_by_its_links_to_its_end() {
    let app = TestApp::start().await;
    for number in ["40000000001", "40000000002", "40000000003"] {
        let mut provider = legal(number, &[OWN]);
        provider["subjects"] = json!([format!("seller-{number}")]);
        app.post("/v1/providers").as_role(Role::SocialWorker, OWN).json(&provider).send().await.expect(201);
    }
    let all = format!("/v1/providers?municipality={OWN}");
    let whole = read(&app, &all, Role::SocialWorker, None, "lv").await.expect(200);
    assert_eq!(whole.header("link"), None);
    let (mut found, mut next) = (Vec::new(), Some(format!("{all}&limit=1")));
    while let Some(path) = next {
        let page = read(&app, &path, Role::SocialWorker, None, "lv").await.expect(200);
        found.extend(page.json()["items"].as_array().unwrap().clone());
        let target = |link: &str| link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"").map(str::to_owned);
        next = page.header("link").map(|link| target(link).unwrap());
        let kept =
            |path: &String| path.starts_with(&format!("{all}&limit=1&cursor=")) && path.matches("cursor=").count() == 1;
        assert!(next.iter().all(kept), "{next:?}");
    }
    assert_eq!((found.len(), json!(found)), (3, whole.json()["items"].clone()));
}

#[tokio::test]
async fn what_is_told_to_somebody_is_kept_by_no_cache() {
    let app = TestApp::start().await;
    let nowhere = "/v1/applications/018bcfe5-6800-7000-8000-0000000000ff";
    for (path, status) in [("/v1/applications", 200), (nowhere, 404)] {
        let answer = app.get(path).as_role(Role::SocialWorker, OWN).send().await.expect(status);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    let public = app.get("/v1/municipalities").send().await.expect(200);
    assert_eq!(public.header("cache-control"), None);
}

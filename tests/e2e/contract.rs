//! The published OpenAPI document: complete, true to its own schemas, and kept by the service for every operation alike.

use std::{collections::BTreeSet, fs, path::Path};

use balsts_domain::access::Role;
use balsts_tests::{TestApp, app::Request, contract};
use reqwest::Method;
use serde_json::Value;

#[test]
fn every_example_fits_its_schema() {
    let examples = contract().examples();
    assert!(!examples.is_empty());
    let faults: Vec<String> = examples
        .iter()
        .filter_map(|example| {
            contract().check_example(example).err().map(|fault| format!("{}: {fault}", example.pointer))
        })
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_operation_is_documented_in_full() {
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    for (method, template, operation) in contract().operations() {
        let mut fault = |what: &str| faults.push(format!("{method} {template}: {what}"));
        for member in ["summary", "description", "operationId"] {
            if operation[member].as_str().is_none_or(|text| text.trim().is_empty()) {
                fault(&format!("no {member}"));
            }
        }
        if operation["tags"].as_array().is_none_or(|tags| tags.len() != 1) {
            fault("not exactly one tag");
        }
        if !ids.insert(operation["operationId"].to_string()) {
            fault("its operationId is taken");
        }
        let responses = operation["responses"].as_object().unwrap();
        if !responses.keys().any(|status| status.starts_with('2')) {
            fault("no success is declared");
        }
        for (status, response) in responses {
            // 304 tells nothing.
            let is_error = !status.starts_with('2') && status != "304";
            let media_types: Vec<&String> =
                response["content"].as_object().into_iter().flatten().map(|(name, _)| name).collect();
            if is_error && media_types != ["application/problem+json"] {
                fault(&format!("{status} is not a problem: {media_types:?}"));
            }
            if response["description"].as_str().is_none_or(str::is_empty) {
                fault(&format!("{status} has no description"));
            }
            if !is_error && media_types.iter().any(|name| !has_example(&response["content"][*name])) {
                fault(&format!("{status} has no example"));
            }
        }
        for (media_type, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            if !has_example(content) {
                fault(&format!("the request body {media_type} has no example"));
            }
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["description"].as_str().is_none_or(str::is_empty) {
                fault(&format!("the parameter {} has no description", parameter["name"]));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Beside the schema or, for objects, in it.
fn has_example(content: &Value) -> bool {
    let schema = &content["schema"];
    let component = schema["$ref"].as_str().and_then(|reference| contract().document().pointer(&reference[1..]));
    let within = |schema: &Value| {
        let in_members = schema["properties"].as_object().is_some_and(|members| {
            members.values().any(|member| member.get("example").is_some() || member.get("examples").is_some())
        });
        schema.get("example").is_some() || schema.get("examples").is_some() || in_members
    };
    content.get("example").is_some()
        || content.get("examples").is_some()
        || within(schema)
        || component.is_some_and(within)
}

#[test]
fn objects_of_requests_refuse_unknown_members() {
    let mut open = Vec::new();
    for (method, template, operation) in contract().operations() {
        for (_, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            find_open(&content["schema"], &mut BTreeSet::new(), &mut |place| {
                open.push(format!("{method} {template}: {place}"))
            });
        }
    }
    assert!(open.is_empty(), "\n{}", open.join("\n"));
}

/// Tells of each object schema that allows members it does not declare.
fn find_open(schema: &Value, visited: &mut BTreeSet<String>, tell: &mut impl FnMut(String)) {
    if let Some(reference) = schema["$ref"].as_str() {
        if visited.insert(reference.to_owned()) {
            find_open(contract().document().pointer(&reference[1..]).unwrap(), visited, tell);
        }
        return;
    }
    let closed = ["additionalProperties", "unevaluatedProperties"].iter().any(|keyword| schema.get(keyword).is_some());
    if schema.get("properties").is_some() && !closed {
        tell(schema.to_string().chars().take(200).collect());
    }
    for keyword in ["oneOf", "anyOf", "allOf"] {
        schema[keyword].as_array().into_iter().flatten().for_each(|part| find_open(part, visited, tell));
    }
    schema["properties"].as_object().into_iter().flatten().for_each(|(_, part)| find_open(part, visited, tell));
    if schema["items"].is_object() {
        find_open(&schema["items"], visited, tell);
    }
}

#[tokio::test]
async fn the_committed_document_is_the_served_one() {
    let app = TestApp::start().await;
    let served = app.get("/openapi.json").unchecked().send().await.expect(200);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/v1.json");
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == served.text(), "{} differs: `cargo run -- openapi --write` writes it", path.display());
    assert_eq!(committed, balsts_api::openapi_json());
}

/// A request as whoever may send it, of the first version of the resource.
fn authorised<'a>(app: &'a TestApp, method: &str, path: &str, operation: &Value) -> Request<'a> {
    let call = app.request(
        method.parse().unwrap(),
        &path.replace("{id}", "018bcfe5-6800-7000-8000-000000000001").replace("{date}", "2023-03-08"),
    );
    let is_public = operation["security"].as_array().is_none_or(Vec::is_empty);
    // What a municipality has one of is not there yet.
    let tag = if path.contains('{') { "\"1\"" } else { "\"0\"" };
    if is_public { call } else { call.as_role(caller(operation), "0001000").header("if-match", tag) }
}

/// The office head where one may call, or else the first role that the operation names.
fn caller(operation: &Value) -> Role {
    let named = || operation["x-roles"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let known = |name: &str| Role::ALL.iter().copied().find(|role| role.as_str() == name);
    if named().any(|name| name == Role::OfficeHead.as_str()) {
        return Role::OfficeHead;
    }
    named().find_map(known).expect("an operation that needs a caller names who may call")
}

/// The query parameters that an operation requires, as in their examples.
fn required_query(operation: &Value) -> String {
    let is_required = |parameter: &&Value| parameter["in"] == "query" && parameter["required"] == true;
    let required = operation["parameters"].as_array().into_iter().flatten().filter(is_required);
    let pairs = required.map(|parameter| format!("{}={}", parameter["name"].as_str().unwrap(), parameter["example"]));
    let pairs: Vec<String> = pairs.map(|pair| pair.replace('"', "")).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// Requests that need what must be there first: orders, what waits to be paid, and people.
const OF_WHAT_IS_THERE: [&str; 8] = [
    "/v1/invoices",
    "/v1/invoice-checks",
    "/v1/payment-runs",
    "/v1/reimbursement-claims",
    "/v1/transport-claims",
    "/v1/reimbursement-claim-checks",
    "/v1/transport-claim-checks",
    "/v1/stored-forecasts",
];

/// Sends every request example and expects the success that the document promises.
#[tokio::test]
async fn every_request_example_succeeds() {
    let app = TestApp::start().await;
    for (method, template, operation) in contract().operations() {
        for (media_type, body) in contract().request_examples(&method, template) {
            if template.contains('{') || OF_WHAT_IS_THERE.contains(&template) {
                continue; // a change of something that must be there first
            }
            let path = format!("{template}{}", required_query(operation));
            let call = authorised(&app, &method, &path, operation).body(&media_type, body);
            let answer = call.send().await;
            assert!((200..300).contains(&answer.status), "{}", answer.shown());
        }
    }
}

/// What holds for every operation with a body is tried on every operation with a body; a new one is tried as well.
#[tokio::test]
async fn every_operation_refuses_bad_bodies_alike() {
    let app = TestApp::configured(|config| config.body_limit = 20_000).await;
    for (method, template, operation) in contract().operations() {
        if operation["requestBody"]["content"].get("application/json").is_none() {
            continue;
        }
        let call = || authorised(&app, &method, template, operation);
        let example = contract().request_examples(&method, template).remove(0).1;
        let example: Value = serde_json::from_slice(&example).unwrap();

        for (content_type, body, status, code) in [
            ("application/json", "{", 400, "malformed_json"),
            ("application/json", "", 400, "malformed_json"),
            ("application/json", "\u{1}", 400, "malformed_json"),
            ("application/json", "null", 400, "unfit"),
            ("application/json", "[]", 400, "unfit"),
            ("application/json", "\"text\"", 400, "unfit"),
            ("application/json", "{\"\":{}}", 400, "unfit"),
            ("text/plain", "{}", 415, "unsupported_media_type"),
        ] {
            let answer = call().body(content_type, body).send().await;
            let told = answer.json()["code"].as_str().unwrap_or_default().to_owned();
            assert_eq!((answer.status, told.as_str()), (status, code), "{body:?}: {}", answer.shown());
        }
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(30_000));
        call().body("application/json", large).send().await.expect(413);

        // Each member of the example once with a value of no sense, and one member too many.
        let Value::Object(members) = &example else { continue };
        let mut unknown = members.clone();
        unknown.insert("unknown_member".to_owned(), true.into());
        let answer =
            call().json(&Value::Object(unknown)).send().await.expect_faults(400, &["unknown_field /unknown_member"]);
        assert_eq!(answer.json()["code"], "unfit");
        for (pointer, body) in with_lists_for_objects(&example) {
            let answer = call().json(&body).send().await;
            assert_eq!(answer.status, 400, "a list in place of the object {pointer:?}: {body}\n{}", answer.shown());
        }
        for name in members.keys() {
            let mut changed = members.clone();
            changed.insert(name.clone(), serde_json::json!({"no": ["sense"]}));
            let answer = call().json(&Value::Object(changed)).send().await.expect(400);
            let at_member = |fault: &String| {
                fault.split(' ').nth(1).is_some_and(|pointer| pointer.starts_with(&format!("/{name}")))
            };
            assert!(answer.faults().iter().any(at_member), "{name}: {}", answer.shown());
        }
    }
}

/// The value with each of its objects in turn replaced by the list of the object's values: a parser that takes them in
/// their order would accept what the document does not.
fn with_lists_for_objects(value: &Value) -> Vec<(String, Value)> {
    fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, member)| pointers(member, format!("{at}/{name}"), found));
                found.push(at);
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| pointers(item, format!("{at}/{index}"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    pointers(value, String::new(), &mut found);
    let replaced = |pointer: String| {
        let mut changed = value.clone();
        let object = changed.pointer_mut(&pointer).unwrap();
        *object = Value::Array(object.as_object().unwrap().values().cloned().collect());
        (pointer, changed)
    };
    found.into_iter().map(replaced).collect()
}

#[tokio::test]
async fn every_operation_refuses_unknown_query_parameters() {
    let app = TestApp::start().await;
    let mut accepting = Vec::new();
    for (method, template, operation) in contract().operations() {
        if template.contains('{') || template.starts_with("/health") || template == "/metrics" {
            continue;
        }
        let required =
            operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["required"] == true);
        let known: String = required.map(|parameter| format!("{}=1&", parameter["name"].as_str().unwrap())).collect();
        let path = format!("{template}?{known}unknown_parameter=1");
        let mut call = authorised(&app, &method, &path, operation);
        if let Some((media_type, body)) = contract().request_examples(&method, template).into_iter().next() {
            call = call.body(&media_type, body);
        }
        if call.send().await.status != 400 {
            accepting.push(format!("{method} {template}"));
        }
    }
    assert!(accepting.is_empty(), "unknown query parameters are ignored by:\n{}", accepting.join("\n"));
}

#[tokio::test]
async fn other_methods_than_the_documented_are_refused_by_name() {
    let app = TestApp::start().await;
    let templates: BTreeSet<&str> = contract().operations().map(|(_, template, _)| template).collect();
    for template in templates {
        let path = template.replace("{", "").replace("}", "");
        let allowed: BTreeSet<String> =
            contract().operations().filter(|(_, other, _)| *other == template).map(|(method, ..)| method).collect();
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if allowed.contains(method.as_str()) {
                continue;
            }
            let answer = app.request(method, &path).send().await.expect(405);
            assert_eq!(answer.json()["code"], "method_not_allowed");
            let allow = answer.header("allow").unwrap_or_default();
            let told: BTreeSet<String> = allow.split(',').map(|method| method.trim().to_owned()).collect();
            assert!(told.is_superset(&allowed), "Allow: {allow:?}, expected {allowed:?} for {template}");
        }
    }
}

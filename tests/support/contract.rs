//! Checks answers against the published OpenAPI document, because nothing else proves that a handler returns what it
//! declares.
//!
//! Schemas are stricter here than in the document: an object may carry declared members only, or a leak would pass. Each
//! schema is compiled once. Every pair of operation and status that an answer was seen for, outside of [`by_lot`], is recorded; when the whole
//! suite has run, the pairs that no test has seen are compared with `tests/e2e/never_seen.txt`, see [`Contract::never_seen`].

use std::{
    collections::{BTreeSet, HashMap},
    env, fs,
    path::PathBuf,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use jsonschema::{Draft, Registry, Validator};
use reqwest::header::HeaderMap;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::end;

/// Under this address the document is known to the schema compiler.
const DOCUMENT: &str = "mem:///openapi.json";
/// What OpenAPI adds to the formats of JSON Schema and says nothing about the text.
const HINTS: [&str; 7] = ["int32", "int64", "float", "double", "binary", "byte", "password"];
/// The headers that the document tells of wherever an answer has them; others stand on every answer, or tell of the connection.
const DECLARED: [&str; 2] = ["ETag", "Link"];
tokio::task_local! {
    static BY_LOT: ();
}

/// Runs what ends one way or the other by lot or by who comes first: its answers are checked like others, but are no sight of
/// a status, or the list of those that were never seen would change from run to run.
pub async fn by_lot<F: Future>(racing: F) -> F::Output {
    BY_LOT.scope((), racing).await
}

/// In an answer of very many lines, about this many are checked.
const LINES_CHECKED: usize = 1000;

/// The OpenAPI document as a judge of answers.
pub struct Contract {
    document: Value,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
    seen: Mutex<BTreeSet<String>>,
}

/// An example in the document.
#[derive(Debug)]
pub struct Example {
    /// JSON Pointer to it.
    pub pointer: String,
    /// JSON Pointer to the schema that it must fit.
    pub schema: String,
    /// The media type that it is an example of.
    pub media_type: String,
    /// The example itself.
    pub value: Value,
}

/// The document of the API under test.
///
/// # Panics
/// If the document is not valid.
pub fn contract() -> &'static Contract {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
        end::at_end(|| if whole_suite_passed() { contract().compare_never_seen() } else { Ok(()) });
        Contract::new(serde_json::from_str(&balsts_api::openapi_json()).expect("the OpenAPI document is JSON"))
    });
    &CONTRACT
}

impl Contract {
    /// Makes a judge of a document.
    ///
    /// # Panics
    /// If a reference in the document leads nowhere.
    #[must_use]
    pub fn new(document: Value) -> Self {
        let strict = strict(document.clone());
        let registry = Registry::new().draft(Draft::Draft202012).add(DOCUMENT, strict).unwrap().prepare().unwrap();
        Self { document, registry, validators: Mutex::default(), seen: Mutex::default() }
    }

    /// The document as it is published.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// All operations: method in capitals, path template, and what the document says.
    pub fn operations(&self) -> impl Iterator<Item = (String, &str, &Value)> {
        const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
        members(&self.document["paths"]).flat_map(|(template, item)| {
            let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
            methods.map(|method| (method.to_uppercase(), template.as_str(), &item[*method]))
        })
    }

    /// The template of a path without its query: a literal segment goes before a parameter.
    #[must_use]
    pub fn template(&self, path: &str) -> Option<&str> {
        let fits = |template: &str| {
            let (mut asked, mut declared) = (path.split('/'), template.split('/'));
            loop {
                match (asked.next(), declared.next()) {
                    (None, None) => return true,
                    (Some(asked), Some(declared)) if asked == declared => {}
                    (Some(asked), Some(declared)) if declared.starts_with('{') && !asked.is_empty() => {}
                    _ => return false,
                }
            }
        };
        let templates = members(&self.document["paths"]).map(|(template, _)| template.as_str());
        templates.filter(|template| fits(template)).min_by_key(|template| template.matches('{').count())
    }

    /// Judges an answer. The path is the one that was asked for; answers outside the document (an unknown path, a method
    /// that a path does not have) must be problems.
    ///
    /// # Errors
    /// Everything that the document does not allow.
    pub fn check(&self, method: &str, path: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> Result<(), String> {
        let media_type = header(headers, "content-type").map(essence).unwrap_or_default();
        let template = self.template(path).filter(|template| !self.operation(method, template).is_null());
        let Some(template) = template else { return self.check_outside(method, path, status, &media_type, body) };

        let responses = &self.operation(method, template)["responses"];
        let keys = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()];
        let key = keys.iter().find(|key| responses.get(key.as_str()).is_some());
        let key = key.ok_or_else(|| format!("{method} {template} does not declare the status {status}"))?;
        if BY_LOT.try_with(|()| ()).is_err() {
            self.seen.lock().unwrap().insert(pair(method, template, key));
        }

        let about = |fault: String| format!("{method} {template} {key}: {fault}");
        check_headers(&responses[key]["headers"], headers).map_err(about)?;
        if responses[key]["headers"].get("Link").is_some() {
            check_link(headers, body).map_err(about)?;
        }
        let content = &responses[key]["content"];
        if members(content).next().is_none() {
            let bytes = body.len();
            return if bytes == 0 {
                Ok(())
            } else {
                Err(about(format!("no body is declared, there are {bytes} bytes")))
            };
        }
        let Some(declared) = content.get(&media_type) else {
            let declared: Vec<_> = members(content).map(|(media_type, _)| media_type).collect();
            return Err(about(format!("the content type is {media_type:?}, declared are {declared:?}")));
        };
        if declared.get("schema").is_none() {
            return Ok(());
        }
        let schema = ["paths", template, &method.to_lowercase(), "responses", key, "content", &media_type, "schema"];
        self.check_body(&pointer(&schema), &media_type, body).map_err(about)
    }

    fn operation(&self, method: &str, template: &str) -> &Value {
        &self.document["paths"][template][method.to_lowercase()]
    }

    fn check_outside(
        &self,
        method: &str,
        path: &str,
        status: u16,
        media_type: &str,
        body: &[u8],
    ) -> Result<(), String> {
        let about = |fault: String| format!("{method} {path}, which is not in the document: {fault}");
        if !(400..500).contains(&status) {
            return Err(about(format!("the status is {status}")));
        }
        if media_type != "application/problem+json" {
            return Err(about(format!("the content type is {media_type:?}")));
        }
        self.check_body("/components/schemas/Problem", media_type, body).map_err(about)
    }

    /// Whether a schema says no more than that there is text.
    fn is_text(&self, schema: &str) -> bool {
        self.document.pointer(schema).is_some_and(|schema| schema["type"] == "string")
    }

    /// Judges a body by the schema at a place in the document. Bodies that are not JSON pass. The schema of
    /// newline-delimited JSON is that of a line.
    fn check_body(&self, schema: &str, media_type: &str, body: &[u8]) -> Result<(), String> {
        if self.is_text(schema) {
            return std::str::from_utf8(body).map(|_| ()).map_err(|error| error.to_string());
        }
        if is_lines(media_type) {
            let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
            let lines: Vec<&str> = text.lines().collect();
            let step = (lines.len() / LINES_CHECKED).max(1);
            for (number, line) in (1..).zip(&lines).step_by(step) {
                self.check_json(schema, line.as_bytes()).map_err(|fault| format!("line {number}: {fault}"))?;
            }
            return Ok(());
        }
        if media_type == "application/json" || media_type.ends_with("+json") {
            return self.check_json(schema, body);
        }
        Ok(())
    }

    fn check_json(&self, schema: &str, body: &[u8]) -> Result<(), String> {
        let value = serde_json::from_slice(body).map_err(|error| format!("not JSON: {error}"))?;
        self.check_value(schema, &value)
    }

    /// Judges a value by the schema at a place in the document.
    ///
    /// # Errors
    /// Everything that the schema does not allow.
    ///
    /// # Panics
    /// If the schema does not compile.
    pub fn check_value(&self, schema: &str, value: &Value) -> Result<(), String> {
        let validator = self.validator(schema);
        let faults: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{error} (at {:?})", error.instance_path().to_string()))
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
    }

    fn validator(&self, schema: &str) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap();
        if let Some(known) = validators.get(schema) {
            return Arc::clone(known);
        }
        let options =
            HINTS.into_iter().fold(jsonschema::options(), |options, hint| options.with_format(hint, |_: &str| true));
        let compiled = options
            .with_format("decimal", |text: &str| Decimal::from_str_exact(text).is_ok())
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .offline()
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            .build(&json!({ "$ref": format!("{DOCUMENT}#{}", schema.replace('{', "%7B").replace('}', "%7D")) }))
            .unwrap_or_else(|error| panic!("the schema {schema} does not compile: {error}"));
        let compiled = Arc::new(compiled);
        validators.insert(schema.to_owned(), Arc::clone(&compiled));
        compiled
    }

    /// Judges an example by its schema. An example of lines is a text of lines.
    ///
    /// # Errors
    /// Everything that the schema does not allow.
    pub fn check_example(&self, example: &Example) -> Result<(), String> {
        match &example.value {
            Value::String(text) if is_lines(&example.media_type) && !self.is_text(&example.schema) => {
                self.check_body(&example.schema, &example.media_type, text.as_bytes())
            }
            value => self.check_value(&example.schema, value),
        }
    }

    /// All examples: of request bodies, answers and parameters, and those within component schemas.
    #[must_use]
    pub fn examples(&self) -> Vec<Example> {
        let mut examples = Vec::new();
        for (method, template, operation) in self.operations() {
            let place = pointer(&["paths", template, &method.to_lowercase()]);
            collect_content(&operation["requestBody"], &format!("{place}/requestBody"), &mut examples);
            for (status, response) in members(&operation["responses"]) {
                collect_content(response, &format!("{place}/responses/{status}"), &mut examples);
            }
            for (index, parameter) in operation["parameters"].as_array().into_iter().flatten().enumerate() {
                let place = format!("{place}/parameters/{index}");
                collect(parameter, &place, &format!("{place}/schema"), "", &mut examples);
                collect_within(&parameter["schema"], &format!("{place}/schema"), &mut examples);
            }
        }
        for (name, schema) in members(&self.document["components"]["schemas"]) {
            collect_within(schema, &pointer(&["components", "schemas", name]), &mut examples);
        }
        examples
    }

    /// The examples of an operation's request body, as bytes to send.
    #[must_use]
    pub fn request_examples(&self, method: &str, template: &str) -> Vec<(String, Vec<u8>)> {
        let mut examples = Vec::new();
        collect_content(&self.operation(method, template)["requestBody"], "", &mut examples);
        let bytes = |example: Example| match example.value {
            Value::String(text) if is_lines(&example.media_type) || example.media_type.starts_with("text/") => {
                (example.media_type, text.into_bytes())
            }
            value => (example.media_type, value.to_string().into_bytes()),
        };
        examples.into_iter().map(bytes).collect()
    }

    /// Declared pairs of operation and status that no answer was seen for, one a line.
    ///
    /// # Panics
    /// If a thread panicked while recording.
    #[must_use]
    pub fn never_seen(&self) -> BTreeSet<String> {
        let declared = self.operations().flat_map(|(method, template, operation)| {
            members(&operation["responses"]).map(move |(status, _)| pair(&method, template, status))
        });
        let seen = self.seen.lock().unwrap();
        declared.filter(|pair| !seen.contains(pair)).collect()
    }

    /// Compares what was never seen with the list that is checked in. It may only shrink: a new pair needs a test, and a
    /// pair that is seen by now must leave the list.
    fn compare_never_seen(&self) -> Result<(), String> {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("e2e/never_seen.txt");
        let never_seen = self.never_seen();
        if env::var_os("BALSTS_WRITE_NEVER_SEEN").is_some() {
            let text: String = never_seen.iter().flat_map(|pair| [pair, "\n"]).collect();
            return fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()));
        }
        let listed = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let listed: BTreeSet<String> = listed.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let lines = |pairs: Vec<&String>| pairs.into_iter().fold(String::new(), |text, pair| text + "\n  " + pair);
        let new: Vec<_> = never_seen.difference(&listed).collect();
        let old: Vec<_> = listed.difference(&never_seen).collect();
        let mut faults = String::new();
        if !new.is_empty() {
            faults += &format!("No test has seen these answers, which the document declares:{}\n", lines(new));
        }
        if !old.is_empty() {
            faults += &format!("These answers are listed as never seen, and were seen or are gone:{}\n", lines(old));
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(format!("{faults}The list is {}; BALSTS_WRITE_NEVER_SEEN=1 writes it.", path.display()))
    }
}

static A_TEST_FAILED: AtomicBool = AtomicBool::new(false);

/// Remembers that a test failed: it may have left out answers that it would have seen.
pub(crate) fn remember_failure() {
    A_TEST_FAILED.store(true, Ordering::Relaxed);
}

/// Whether this process has run every test. Some were left out if there is a filter among the arguments, and cargo-nextest
/// runs each in a process of its own.
fn whole_suite_passed() -> bool {
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--nocapture" | "--no-capture" | "--show-output" | "--quiet" | "-q" | "--include-ignored" => {}
            "--test-threads" | "--color" | "--format" | "--logfile" | "-Z" => {
                arguments.next();
            }
            other if other.starts_with("--test-threads=") || other.starts_with("--color=") => {}
            _ => return false,
        }
    }
    env::var_os("NEXTEST").is_none() && !A_TEST_FAILED.load(Ordering::Relaxed)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

/// Judges headers by those that are declared: none that ought to be is not, and none that is required is missing.
fn check_headers(declared: &Value, headers: &HeaderMap) -> Result<(), String> {
    for name in DECLARED {
        if headers.contains_key(name) && declared.get(name).is_none() {
            return Err(format!("no header {name} is declared, it is {:?}", header(headers, name)));
        }
    }
    let missing =
        members(declared).find(|(name, told)| told["required"] == true && !headers.contains_key(name.as_str()));
    missing.map_or(Ok(()), |(name, _)| Err(format!("the header {name} is required, and missing")))
}

/// Judges the link of a page by its cursor: it stands where there is a next page, and leads there.
fn check_link(headers: &HeaderMap, body: &[u8]) -> Result<(), String> {
    let page: Value = serde_json::from_slice(body).map_err(|error| format!("not JSON: {error}"))?;
    let link = header(headers, "link");
    let target = link.and_then(|link| link.strip_prefix('<')?.strip_suffix(">; rel=\"next\""));
    let cursor = target.and_then(|target| {
        let query = target.split_once('?')?.1.as_bytes();
        url::form_urlencoded::parse(query).find(|(name, _)| name == "cursor").map(|(_, cursor)| cursor.into_owned())
    });
    if (link.is_some(), cursor.as_deref()) == (page["next"].is_string(), page["next"].as_str()) {
        return Ok(());
    }
    Err(format!("the next page is at {}, the link is {link:?}", page["next"]))
}

/// A media type without its parameters.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Newline-delimited JSON: the schema is that of one line.
fn is_lines(media_type: &str) -> bool {
    matches!(media_type, "application/x-ndjson" | "application/jsonl")
}

fn pair(method: &str, template: &str, status: &str) -> String {
    format!("{method} {template} {status}")
}

fn pointer(segments: &[&str]) -> String {
    segments.iter().map(|segment| format!("/{}", segment.replace('~', "~0").replace('/', "~1"))).collect()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn collect_content(holder: &Value, place: &str, examples: &mut Vec<Example>) {
    for (media_type, content) in members(&holder["content"]) {
        let place = format!("{place}{}", pointer(&["content", media_type]));
        collect(content, &place, &format!("{place}/schema"), media_type, examples);
        collect_within(&content["schema"], &format!("{place}/schema"), examples);
    }
}

/// Examples beside a schema, as media types and parameters have them.
fn collect(holder: &Value, place: &str, schema: &str, media_type: &str, examples: &mut Vec<Example>) {
    let mut add = |pointer: String, value: &Value| {
        let (schema, media_type) = (schema.to_owned(), media_type.to_owned());
        examples.push(Example { pointer, schema, media_type, value: value.clone() });
    };
    if let Some(example) = holder.get("example") {
        add(format!("{place}/example"), example);
    }
    for (name, example) in members(&holder["examples"]) {
        add(format!("{place}{}/value", pointer(&["examples", name])), &example["value"]);
    }
}

/// Examples inside a schema, at any depth.
fn collect_within(schema: &Value, place: &str, examples: &mut Vec<Example>) {
    let mut add = |pointer: String, value: &Value| {
        let media_type = "application/json".to_owned();
        examples.push(Example { pointer, schema: place.to_owned(), media_type, value: value.clone() });
    };
    if let Some(example) = schema.get("example") {
        add(format!("{place}/example"), example);
    }
    for (index, example) in schema["examples"].as_array().into_iter().flatten().enumerate() {
        add(format!("{place}/examples/{index}"), example);
    }
    for_each_part(schema, place, &mut |part, place| collect_within(part, place, examples));
}

/// Calls a function with each schema right below a schema.
fn for_each_part(schema: &Value, place: &str, call: &mut impl FnMut(&Value, &str)) {
    for key in ["properties", "$defs"] {
        for (name, part) in members(&schema[key]) {
            call(part, &format!("{place}{}", pointer(&[key, name])));
        }
    }
    for key in ["items", "additionalProperties"] {
        if schema[key].is_object() {
            call(&schema[key], &format!("{place}/{key}"));
        }
    }
    for key in ["oneOf", "anyOf", "allOf", "prefixItems"] {
        for (index, part) in schema[key].as_array().into_iter().flatten().enumerate() {
            call(part, &format!("{place}/{key}/{index}"));
        }
    }
}

/// The suffix of a component that others extend, and which therefore cannot be closed.
const EXTENDED: &str = ".extended";

/// The document with every object schema closed: members that are not declared are refused.
fn strict(mut document: Value) -> Value {
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        let mut extended: Map<String, Value> = schemas
            .clone()
            .into_iter()
            .map(|(name, mut schema)| {
                close(&mut schema, Closing::PartsOnly);
                (name + EXTENDED, schema)
            })
            .collect();
        for schema in schemas.values_mut() {
            close(schema, Closing::Whole);
        }
        schemas.append(&mut extended);
    }
    for item in document["paths"].as_object_mut().into_iter().flatten().map(|(_, item)| item) {
        for operation in item.as_object_mut().into_iter().flatten().map(|(_, operation)| operation) {
            let Some(operation) = operation.as_object_mut() else { continue };
            let mut holders: Vec<&mut Value> = Vec::new();
            for (key, value) in operation {
                match key.as_str() {
                    "requestBody" => holders.push(value),
                    "responses" => holders.extend(value.as_object_mut().into_iter().flatten().map(|(_, value)| value)),
                    _ => {}
                }
            }
            for holder in holders {
                for (_, content) in holder.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
                    if let Some(schema) = content.get_mut("schema") {
                        close(schema, Closing::Whole);
                    }
                }
            }
        }
    }
    document
}

#[derive(Clone, Copy, PartialEq)]
enum Closing {
    /// The schema and all of its parts.
    Whole,
    /// The parts only: the schema itself is extended by another one, which closes the whole.
    PartsOnly,
}

fn close(schema: &mut Value, closing: Closing) {
    let Some(object) = schema.as_object_mut() else { return };
    let is_object = object.contains_key("properties") && !object.contains_key("additionalProperties");
    let has_parts = is_object || object.contains_key("allOf");
    if closing == Closing::Whole && has_parts {
        object.insert("unevaluatedProperties".to_owned(), false.into());
    }
    let of_choices = if has_parts { Closing::PartsOnly } else { closing };
    for key in ["properties", "$defs"] {
        for (_, part) in object.get_mut(key).and_then(Value::as_object_mut).into_iter().flatten() {
            close(part, Closing::Whole);
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(part) = object.get_mut(key) {
            close(part, Closing::Whole);
        }
    }
    for key in ["oneOf", "anyOf"] {
        for part in object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            close(part, of_choices);
        }
    }
    for part in object.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        close(part, Closing::PartsOnly);
    }
    if closing == Closing::PartsOnly {
        refer_to_extended(schema);
    }
}

fn refer_to_extended(part: &mut Value) {
    if let Some(Value::String(reference)) = part.get_mut("$ref")
        && !reference.ends_with(EXTENDED)
    {
        reference.push_str(EXTENDED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract() -> Contract {
        Contract::new(json!({
            "openapi": "3.1.0",
            "paths": {
                "/v1/plans/{id}": {"get": {"responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Plan"}}}},
                    "4XX": {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
                    "204": {}
                }}},
                "/v1/plans/newest": {"get": {"responses": {
                    "200": {"content": {"application/x-ndjson": {"schema": {"$ref": "#/components/schemas/Base"}}}}
                }}}
            },
            "components": {"schemas": {
                "Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "format": "int64"}}},
                "Plan": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {
                    "total": {"type": "string", "format": "decimal"},
                    "day": {"type": "string", "format": "date"},
                    "payee": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Base"}]},
                }}]},
                "Problem": {"type": "object", "properties": {"title": {"type": "string"}}}
            }}
        }))
    }

    fn with(content_type: Option<&str>, others: &[(&'static str, &str)]) -> HeaderMap {
        let all = content_type.map(|value| ("content-type", value)).into_iter().chain(others.iter().copied());
        all.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn json_of_plan(body: &Value) -> Result<(), String> {
        let headers = with(Some("application/json; charset=utf-8"), &[]);
        contract().check("GET", "/v1/plans/7", 200, &headers, body.to_string().as_bytes())
    }

    #[test]
    fn only_what_is_declared_passes() {
        json_of_plan(&json!({"id": 1, "total": "1.50", "day": "2023-03-01", "payee": {"id": 2}})).unwrap();
        for (fault, body) in [
            ("undeclared member", json!({"id": 1, "secret": 1})),
            ("undeclared member below", json!({"id": 1, "payee": {"id": 1, "secret": 1}})),
            ("missing member", json!({"total": "1.50"})),
            ("wrong type", json!({"id": "1"})),
            ("no decimal", json!({"id": 1, "total": "1.5x"})),
            ("no date", json!({"id": 1, "day": "2023-02-30"})),
        ] {
            assert!(json_of_plan(&body).is_err(), "{fault}");
        }
    }

    #[test]
    fn statuses_media_types_and_empty_bodies_are_checked() {
        let contract = contract();
        let check = |status, content_type, body: &str| {
            contract.check("GET", "/v1/plans/7", status, &with(content_type, &[]), body.as_bytes())
        };
        check(404, Some("application/problem+json"), "{}").unwrap();
        check(204, None, "").unwrap();
        assert!(check(204, None, "x").unwrap_err().contains("no body"));
        assert!(check(500, None, "").unwrap_err().contains("does not declare"));
        assert!(check(404, Some("text/plain"), "").unwrap_err().contains("content type"));
        assert!(check(200, Some("application/json"), "{").unwrap_err().contains("not JSON"));
    }

    #[test]
    fn headers_are_declared_and_the_required_ones_are_there() {
        let contract = Contract::new(json!({"openapi": "3.1.0", "paths": {"/v1/plans": {
            "get": {"responses": {"200": {
                "headers": {"Link": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"type": "object", "properties": {"next": {}}}}}
            }}},
            "put": {"responses": {"204": {"headers": {"ETag": {"required": true, "schema": {"type": "string"}}}}}}
        }}, "components": {"schemas": {}}}));
        let put = |others: &[(&'static str, &str)]| contract.check("PUT", "/v1/plans", 204, &with(None, others), b"");
        put(&[("etag", "\"1\"")]).unwrap();
        assert!(put(&[]).unwrap_err().contains("ETag is required"));
        assert!(put(&[("etag", "\"1\""), ("link", "<x>")]).unwrap_err().contains("no header Link"));
        let get = |others: &[(&'static str, &str)], page: &Value| {
            contract.check(
                "GET",
                "/v1/plans",
                200,
                &with(Some("application/json"), others),
                page.to_string().as_bytes(),
            )
        };
        let link = ("link", "</v1/plans?limit=1&cursor=a%26b>; rel=\"next\"");
        get(&[], &json!({"next": null})).unwrap();
        get(&[link], &json!({"next": "a&b"})).unwrap();
        for (headers, next) in [(vec![link], Value::Null), (vec![link], json!("a")), (vec![], json!("a"))] {
            assert!(get(&headers, &json!({"next": &next})).unwrap_err().contains("the link is"), "{next}");
        }
        assert!(get(&[("etag", "\"1\"")], &json!({"next": null})).unwrap_err().contains("no header ETag"));
    }

    #[test]
    fn each_line_is_checked() {
        let check = |body: &str| {
            let headers = with(Some("application/x-ndjson"), &[]);
            contract().check("GET", "/v1/plans/newest", 200, &headers, body.as_bytes())
        };
        check("{\"id\":1}\n{\"id\":2}\n").unwrap();
        assert!(check("{\"id\":1}\n{\"id\":null}\n").unwrap_err().contains("line 2"));
    }

    #[test]
    fn a_literal_segment_goes_before_a_parameter() {
        let contract = contract();
        assert_eq!(contract.template("/v1/plans/newest"), Some("/v1/plans/newest"));
        assert_eq!(contract.template("/v1/plans/7"), Some("/v1/plans/{id}"));
        assert_eq!(contract.template("/v1/plans/"), None);
        assert_eq!(contract.template("/v1/plans/7/x"), None);
    }

    #[test]
    fn outside_the_document_only_problems_pass() {
        let check =
            |status, content_type| contract().check("GET", "/elsewhere", status, &with(Some(content_type), &[]), b"{}");
        check(404, "application/problem+json").unwrap();
        assert!(check(404, "text/plain").is_err());
        assert!(check(500, "application/problem+json").is_err());
    }

    #[test]
    fn what_was_never_seen_is_told() {
        let contract = contract();
        contract.check("GET", "/v1/plans/7", 404, &with(Some("application/problem+json"), &[]), b"{}").unwrap();
        let never_seen: Vec<String> = contract.never_seen().into_iter().collect();
        assert_eq!(never_seen, ["GET /v1/plans/newest 200", "GET /v1/plans/{id} 200", "GET /v1/plans/{id} 204"]);
    }
}

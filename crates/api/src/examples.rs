//! The examples of the OpenAPI document: requests of the golden files, and what the rules answer to them.

use std::sync::LazyLock;

use balsts_domain::{parameters::Parameters, text::Language};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    calculations::{self, Renderings},
    problem::ApiError,
};

const CHILDREN: &str = include_str!("../../../tests/golden/children-2023.json");
const ADULTS: &str = include_str!("../../../tests/golden/adults-2023.json");

pub(crate) const PILOT_RULES: &str = include_str!("../../../tests/golden/pilot-rules.json");
pub(crate) const PILOT_FUNDING: &str = include_str!("../../../tests/golden/pilot-funding.json");
pub(crate) const TABLES: &str = include_str!("../../../tests/golden/tables.json");

/// A part of a golden file, by its JSON Pointer.
pub(crate) fn at(file: &str, pointer: &str) -> Value {
    let golden: Value = serde_json::from_str(file).unwrap_or_default();
    golden.pointer(pointer).cloned().unwrap_or_default()
}

/// What a rule answers to a request, in Latvian.
pub(crate) fn answered<R: DeserializeOwned, A: Serialize>(
    request: Value,
    rule: impl FnOnce(R, Language) -> Result<A, ApiError>,
) -> Value {
    // Read from text as the service does: parts that are kept as text can't be read from a value.
    let Ok(request) = serde_json::from_str(&request.to_string()) else { return Value::Null };
    rule(request, Language::Lv).ok().and_then(|answer| serde_json::to_value(answer).ok()).unwrap_or_default()
}

/// A golden case's request.
fn golden(file: &str, name: &str) -> Value {
    let cases: Vec<Value> = serde_json::from_str(file).unwrap_or_default();
    let case = cases.into_iter().find(|case| case.get("name").is_some_and(|known| known == name));
    case.and_then(|case| case.get("request").cloned()).unwrap_or_default()
}

pub(crate) fn child_request() -> Value {
    golden(CHILDREN, "ten, employment, institution respite, mobility with allowance")
}

pub(crate) fn adult_request() -> Value {
    golden(ADULTS, "a lower amount")
}

static PARAMETERS: LazyLock<Option<(Parameters, Renderings)>> = LazyLock::new(|| {
    let parameters = Parameters::embedded().ok()?;
    let renderings = Renderings::new(&parameters);
    Some((parameters, renderings))
});

/// What the service shows of its parameters, in Latvian; of each long list the first two items.
pub(crate) fn shown<A: Serialize>(answer: impl FnOnce(&Parameters, Language) -> Result<A, ApiError>) -> Value {
    fn shorten(value: &mut Value) {
        match value {
            Value::Array(items) => {
                items.truncate(2);
                items.iter_mut().for_each(shorten);
            }
            Value::Object(members) => members.values_mut().for_each(shorten),
            _ => {}
        }
    }
    let Some((parameters, _)) = PARAMETERS.as_ref() else { return Value::Null };
    let answer = answer(parameters, Language::Lv).ok();
    let mut shown = answer.and_then(|answer| serde_json::to_value(answer).ok()).unwrap_or_default();
    shorten(&mut shown);
    shown
}

/// What the service answers to a calculation request, in Latvian.
pub(crate) fn answer(request: &Value) -> Value {
    let Some((parameters, renderings)) = PARAMETERS.as_ref() else { return Value::Null };
    let body = serde_json::to_vec(request).unwrap_or_default();
    let answer = calculations::single(parameters, renderings, &body, calculations::Detail::Lines, Language::Lv);
    answer.ok().and_then(|answer| serde_json::from_slice(&answer).ok()).unwrap_or_default()
}

/// Two lines, the second of which is refused.
pub(crate) fn bulk_request() -> Value {
    let mut first = child_request();
    if let Some(members) = first.as_object_mut() {
        members.insert("id".to_owned(), "a-1".into());
    }
    Value::String(format!("{first}\n{{\"id\":\"a-2\",\"methodology\":\"adults-2023\",\"date\":\"2023-05-02\"}}\n"))
}

pub(crate) fn bulk_answer() -> Value {
    let result = answer(&child_request());
    Value::String(format!("{{\"id\":\"a-1\",\"result\":{result}}}\n"))
}

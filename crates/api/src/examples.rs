//! The examples of the OpenAPI document: requests of the golden files, and what the rules answer to them.

use std::sync::LazyLock;

use balsts_domain::{parameters::Parameters, text::Language};
use serde_json::Value;

use crate::calculations::{self, Renderings};

const CHILDREN: &str = include_str!("../../../tests/golden/children-2023.json");
const ADULTS: &str = include_str!("../../../tests/golden/adults-2023.json");

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

/// What the service answers to a calculation request, in Latvian.
pub(crate) fn answer(request: &Value) -> Value {
    static PARAMETERS: LazyLock<Option<(Parameters, Renderings)>> = LazyLock::new(|| {
        let parameters = Parameters::embedded().ok()?;
        let renderings = Renderings::new(&parameters);
        Some((parameters, renderings))
    });
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

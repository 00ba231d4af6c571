//! Checks a value against the published OpenAPI document: the contract itself says what is wrong with a request.
//!
//! Only requests that failed to parse come here, so the schemas are compiled on first use.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use balsts_domain::text::Message;
use jsonschema::{Draft, Registry, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Value, json};

use crate::problem::Fault;

const DOCUMENT: &str = "mem:///openapi.json";

static REGISTRY: LazyLock<Option<Registry<'static>>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(crate::openapi_text()).ok()?;
    Registry::new().draft(Draft::Draft202012).add(DOCUMENT, document).ok()?.prepare().ok()
});

/// The members that tell the variants of a choice apart.
static TAGS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(crate::openapi_text()).unwrap_or_default();
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
    let tag = |schema: &Value| Some(schema.pointer("/discriminator/propertyName")?.as_str()?.to_owned());
    schemas.filter_map(|(_, schema)| tag(schema)).collect()
});

/// Reads the document, which takes a while: before the first request that does not fit it waits for that.
pub fn prepare() {
    LazyLock::force(&REGISTRY);
    LazyLock::force(&TAGS);
}

static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

fn validator(schema: &str) -> Option<Arc<Validator>> {
    let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = validators.get(schema) {
        return Some(Arc::clone(known));
    }
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    let reference = json!({ "$ref": format!("{DOCUMENT}#/components/schemas/{schema}") });
    let compiled = options.with_registry(REGISTRY.as_ref()?).offline().build(&reference);
    let compiled = compiled.inspect_err(|error| tracing::error!(%schema, %error, "a schema does not compile")).ok()?;
    let compiled = Arc::new(compiled);
    validators.insert(schema.to_owned(), Arc::clone(&compiled));
    Some(compiled)
}

/// The most faults that one answer lists.
pub(crate) const MOST_FAULTS: usize = 100;

/// Every fault of a value against a component schema; none where the schema knows none.
pub(crate) fn faults(value: &Value, schema: &str) -> Vec<Fault> {
    let Some(validator) = validator(schema) else { return Vec::new() };
    validator.iter_errors(value).flat_map(|error| told(&error)).take(MOST_FAULTS).collect()
}

/// A schema error as faults; a failed choice is told by the branch that the value's own tag chose.
fn told(error: &ValidationError<'_>) -> Vec<Fault> {
    let pointer = error.instance_path().to_string();
    let fault = |pointer: String, code, message| vec![Fault { pointer, code, message }];
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            fault(format!("{pointer}/{name}"), "required", Message::new("fault-required").with("name", name))
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let unknown = |name: &String| {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                Fault {
                    pointer: format!("{pointer}/{}", shortened(&escaped)),
                    code: "unknown_field",
                    message: Message::new("fault-unknown-field"),
                }
            };
            unexpected.iter().map(unknown).collect()
        }
        ValidationErrorKind::Type { .. } => fault(pointer, "wrong_type", Message::new("fault-wrong-type")),
        ValidationErrorKind::Enum { options } => {
            fault(pointer, "not_in_list", Message::new("fault-not-in-list").with("options", listed(options)))
        }
        ValidationErrorKind::Constant { expected_value } => {
            fault(pointer, "not_in_list", Message::new("fault-not-in-list").with("options", listed(expected_value)))
        }
        ValidationErrorKind::Format { format } => {
            fault(pointer, "invalid_format", Message::new("fault-format").with("format", format))
        }
        ValidationErrorKind::Pattern { .. } => fault(pointer, "invalid_format", Message::new("fault-pattern")),
        ValidationErrorKind::Minimum { limit } | ValidationErrorKind::ExclusiveMinimum { limit } => {
            fault(pointer, "too_small", Message::new("fault-minimum").with("limit", limit))
        }
        ValidationErrorKind::Maximum { limit } | ValidationErrorKind::ExclusiveMaximum { limit } => {
            fault(pointer, "too_large", Message::new("fault-maximum").with("limit", limit))
        }
        ValidationErrorKind::MinItems { limit } => {
            fault(pointer, "too_few", Message::new("fault-min-items").with("limit", limit))
        }
        ValidationErrorKind::MaxItems { limit } => {
            fault(pointer, "too_many", Message::new("fault-max-items").with("limit", limit))
        }
        ValidationErrorKind::MinLength { limit } => {
            fault(pointer, "too_short", Message::new("fault-min-length").with("limit", limit))
        }
        ValidationErrorKind::MaxLength { limit } => {
            fault(pointer, "too_long", Message::new("fault-max-length").with("limit", limit))
        }
        ValidationErrorKind::UniqueItems => fault(pointer, "duplicate", Message::new("fault-unique")),
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            chosen(context, &pointer)
        }
        _ => fault(pointer, "invalid_value", Message::new("fault-invalid-value")),
    }
}

/// The faults of the branch that the value's tag chose: the one without a fault about the tag. Where no branch is chosen,
/// the tag itself is at fault, and every value it may have is listed.
fn chosen(branches: &[Vec<ValidationError<'static>>], pointer: &str) -> Vec<Fault> {
    let about_tag = |error: &ValidationError<'_>| {
        let below = error.instance_path().to_string();
        match error.kind() {
            ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => below
                .strip_prefix(pointer)
                .and_then(|rest| rest.strip_prefix('/'))
                .is_some_and(|tag| TAGS.contains(tag)),
            ValidationErrorKind::Type { .. } => below == pointer,
            _ => false,
        }
    };
    let branch = branches.iter().find(|errors| !errors.iter().any(about_tag));
    if let Some(errors) = branch {
        return errors.iter().flat_map(told).collect();
    }
    let mut options: Vec<String> = Vec::new();
    let mut place = pointer.to_owned();
    for error in branches.iter().flatten() {
        if let ValidationErrorKind::Enum { options: listed_options } = error.kind() {
            options.push(listed(listed_options));
            place = error.instance_path().to_string();
        }
    }
    if options.is_empty() {
        return vec![Fault { pointer: place, code: "wrong_type", message: Message::new("fault-wrong-type") }];
    }
    let message = Message::new("fault-not-in-list").with("options", options.join(", "));
    vec![Fault { pointer: place, code: "not_in_list", message }]
}

fn listed(options: &Value) -> String {
    match options {
        Value::Array(options) => {
            options.iter().filter(|option| !option.is_null()).map(listed).collect::<Vec<_>>().join(", ")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A member's name as it may be repeated to its sender: not longer than a name needs.
pub(crate) fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

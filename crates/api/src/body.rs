//! Request bodies and queries: parsed once, and on failure checked against the published schema for every fault.

use std::{fmt, future::Future, marker::PhantomData, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    http::header,
    web::{Bytes, Data},
};
use balsts_domain::text::Message;
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, value::MapAccessDeserializer},
};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    ApiState, contract, openapi,
    problem::{ApiError, Fault},
};

/// The raw bytes of a JSON body, within the limit.
#[derive(Debug)]
pub struct RawJson(pub Bytes);

/// A JSON body of a published schema.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// A query string of a published set of parameters; unknown ones are refused.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl FromRequest for RawJson {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if let Err(error) = expect_media_type(request, "application/json", |essence| {
            essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
        }) {
            return Box::pin(std::future::ready(Err(error)));
        }
        let limit = request.app_data::<Data<ApiState>>().map_or(0, |state| state.config.body_limit);
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            bytes.await.map(RawJson).map_err(|error| match error.as_error::<PayloadError>() {
                Some(PayloadError::Overflow) => ApiError::TooLarge { limit },
                _ => ApiError::MalformedJson { position: (0, 0) },
            })
        })
    }
}

/// Refuses a declared media type that is not the expected one; none at all is let pass.
pub(crate) fn expect_media_type(
    request: &HttpRequest,
    expected: &'static str,
    fits: impl Fn(&str) -> bool,
) -> Result<(), ApiError> {
    let Some(declared) = request.headers().get(header::CONTENT_TYPE) else { return Ok(()) };
    let essence =
        declared.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if fits(&essence) { Ok(()) } else { Err(ApiError::UnsupportedMediaType { expected }) }
}

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = RawJson::from_request(request, payload);
        Box::pin(async move { parse(&bytes.await?.0).map(Json) })
    }
}

/// Parses a body of a published schema.
///
/// # Errors
/// Malformed JSON with its position, or every fault against the schema.
pub(crate) fn parse<T: DeserializeOwned + ToSchema>(bytes: &[u8]) -> Result<T, ApiError> {
    let request = serde_json::from_slice(bytes).map_err(|_| explain::<T>(bytes, &T::name(), no_other_faults))?;
    // The parser takes more than the schema: a list of its members for an object, a text of any length.
    let value: Value = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
    let faults = contract::faults(&value, &T::name());
    if faults.is_empty() { Ok(request) } else { Err(ApiError::Unfit(faults)) }
}

/// For [`explain`]: the schema knows all members.
pub(crate) fn no_other_faults(_: &mut Value) -> Vec<Fault> {
    Vec::new()
}

/// Why a body does not parse. The schema tells every fault; what only the parser knows (a repeated member) is told from its
/// own error. `other_faults` takes members out that the schema does not know, and tells what is wrong with them.
pub(crate) fn explain<'de, T: Deserialize<'de>>(
    bytes: &'de [u8],
    schema: &str,
    other_faults: impl FnOnce(&mut Value) -> Vec<Fault>,
) -> ApiError {
    let mut value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return malformed(&error),
    };
    let mut faults = other_faults(&mut value);
    faults.extend(contract::faults(&value, schema));
    if !faults.is_empty() {
        return ApiError::Unfit(faults);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let (parent, told) = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => (String::new(), String::new()),
        Err(error) => (pointer(error.path()), error.inner().to_string()),
    };
    // The path ends above a repeated member; its name is one of ours, and stands in the parser's sentence only.
    match told.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next()) {
        Some(name) => {
            ApiError::unfit(format!("{parent}/{name}"), "duplicate", Message::new("fault-duplicate").with("name", name))
        }
        None => ApiError::unfit(parent, "invalid_value", Message::new("fault-invalid-value")),
    }
}

pub(crate) fn malformed(error: &serde_json::Error) -> ApiError {
    ApiError::MalformedJson { position: (error.line(), error.column()) }
}

/// A JSON object, and nothing else: a derived parser also takes a list of the members' values.
#[derive(Debug)]
pub struct Members<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = Members<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, members: A) -> Result<Members<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Members)
            }
        }
        deserializer.deserialize_map(Visitor(PhantomData))
    }
}

/// Answers a request that may take tens of milliseconds where it does not hold up the requests of others.
pub(crate) async fn off_thread<A: Send + 'static>(
    answer: impl FnOnce() -> Result<A, ApiError> + Send + 'static,
) -> Result<A, ApiError> {
    actix_web::web::block(answer).await.unwrap_or(Err(ApiError::Internal))
}

pub(crate) fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(segment).collect()
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = serde_urlencoded_from(request.query_string());
        std::future::ready(parsed.map(Query))
    }
}

/// A query string where the operation takes none. One that takes some refuses the others itself, by [`Query`].
pub(crate) fn unexpected_query(request: &ServiceRequest) -> Option<ApiError> {
    let query = request.query_string();
    if query.is_empty() || openapi::takes_query(&request.match_pattern()?, request.method().as_str()) != Some(false) {
        return None;
    }
    let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(query);
    let faults = pairs.map(|pairs| pairs.into_inner()).unwrap_or_default().into_iter().map(|(name, _)| Fault {
        pointer: format!("/{}", contract::shortened(&name)),
        code: "unknown_field",
        message: Message::new("query-unknown").with("name", contract::shortened(&name)),
    });
    Some(ApiError::Unfit(faults.take(contract::MOST_FAULTS).collect()))
}

fn serde_urlencoded_from<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    actix_web::web::Query::<T>::from_query(query).map(actix_web::web::Query::into_inner).map_err(|error| {
        // The parser's sentence names the parameter or the value; which, only the sentence tells.
        let text = error.to_string();
        let name = text.split('`').nth(1).unwrap_or_default();
        let known = query.split('&').filter_map(|pair| pair.split('=').next()).any(|key| key == name);
        let (code, key) = if text.contains("missing field") {
            ("required", "query-required")
        } else if known && text.contains("unknown field") {
            ("unknown_field", "query-unknown")
        } else if text.contains("duplicate field") {
            ("duplicate", "query-duplicate")
        } else {
            ("invalid_value", "query-invalid")
        };
        let pointer = if key == "query-invalid" { String::new() } else { format!("/{name}") };
        ApiError::Unfit(vec![Fault { pointer, code, message: Message::new(key).with("name", name) }])
    })
}

//! Request bodies and queries: parsed once, and on failure checked against the published schema for every fault.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::header,
    web::{Bytes, Data},
};
use balsts_domain::text::Message;
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::{ApiState, contract, problem::{ApiError, Fault}};

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
    let essence = declared.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
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
    serde_json::from_slice(bytes).map_err(|error| explain::<T>(bytes, &error, &T::name()))
}

/// Why a body does not parse. The schema tells every fault; what only the parser knows (a repeated member, a number too
/// large for its type) is told from its own error.
pub(crate) fn explain<'de, T: Deserialize<'de>>(bytes: &'de [u8], error: &serde_json::Error, schema: &str) -> ApiError {
    if !error.is_data() {
        return ApiError::MalformedJson { position: (error.line(), error.column()) };
    }
    let value: serde_json::Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return ApiError::MalformedJson { position: (error.line(), error.column()) },
    };
    let faults = contract::faults(&value, schema);
    if !faults.is_empty() {
        return ApiError::Unfit(faults);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let pointer = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => String::new(),
        Err(error) => pointer(error.path()),
    };
    ApiError::unfit(pointer, "invalid_value", Message::new("fault-invalid-value"))
}

fn pointer(path: &serde_path_to_error::Path) -> String {
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

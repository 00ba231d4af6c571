//! Errors as RFC 9457 problem details: one type, one mapping, one place that renders.
//!
//! A handler or extractor returns an [`ApiError`]. It travels to `finish` in the response's extensions, because only there
//! the language and the id of the request are known; `finish` also dresses the plain errors of actix itself (unknown path,
//! wrong method) in the same envelope. Nothing internal and nothing personal is in a problem.

use std::fmt;

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    body::BoxBody,
    dev::ServiceResponse,
    http::{StatusCode, header, header::HeaderValue},
};
use balsts_app::{AppError, StoreError};
pub use balsts_domain::text::Fault;
use balsts_domain::text::{Language, Message, Refusal};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};
use uuid::Uuid;

use crate::{i18n, openapi};

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Identifier of the kind of problem.
    #[schema(example = "urn:balsts:problem:refused")]
    pub r#type: String,
    /// The kind of problem in words.
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong with this request.
    pub detail: String,
    /// Identifier of this occurrence: the request id.
    #[schema(example = "urn:uuid:0193b3a0-0000-7000-8000-000000000000")]
    pub instance: String,
    /// The kind of problem for programs.
    #[schema(example = "refused")]
    pub code: String,
    /// Every fault of the request.
    pub errors: Vec<ProblemItem>,
}

/// One fault of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemItem {
    /// JSON Pointer to the fault in the body; for a query parameter its name after a slash.
    #[schema(example = "/criteria/0")]
    pub pointer: String,
    /// The fault for programs.
    #[schema(example = "criterion_not_applicable")]
    pub code: String,
    /// The fault in words.
    pub detail: String,
}

impl ProblemItem {
    pub(crate) fn new(fault: &Fault, language: Language) -> Self {
        Self {
            pointer: fault.pointer.clone(),
            code: fault.code.to_owned(),
            detail: i18n::render(&fault.message, language),
        }
    }
}

/// Everything that a request can fail with.
#[derive(Debug, Clone)]
pub enum ApiError {
    /// The body is not JSON.
    MalformedJson {
        /// Line and column, from 1.
        position: (usize, usize),
    },
    /// The body or the query does not fit the schema.
    Unfit(Vec<Fault>),
    /// The rules refuse the request.
    Refused(Vec<Fault>),
    /// The caller is not known.
    Unauthenticated {
        /// A token was sent, and is not to be believed.
        token_given: bool,
    },
    /// The caller is known and may not do this.
    Forbidden,
    /// No such path or resource.
    NotFound,
    /// The path exists, not for this method.
    MethodNotAllowed,
    /// The document cannot be had in a form that `Accept` asks for.
    NotAcceptable,
    /// The body is not declared as JSON.
    UnsupportedMediaType {
        /// What is expected.
        expected: &'static str,
    },
    /// The body is larger than the limit.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Too many requests.
    RateLimited {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The request took too long or the client sent it too slowly.
    Timeout,
    /// The state of a resource does not allow the request.
    Conflict {
        /// Published code.
        code: &'static str,
    },
    /// The resource was changed since the caller read it.
    Stale,
    /// A change that does not say which version it is of.
    PreconditionRequired,
    /// The idempotency key was used for another request.
    KeyReused,
    /// Something of ours failed; it is logged, the answer is opaque.
    Internal,
    /// A part that is needed is not ready.
    Unavailable,
    /// Any other status that actix answers with.
    Other(StatusCode),
}

impl ApiError {
    /// A 422 with every refusal of the rules.
    pub fn refused<'a, R: Refusal + 'a>(refusals: impl IntoIterator<Item = &'a R>) -> Self {
        Self::Refused(refusals.into_iter().map(Fault::from).collect())
    }

    /// A 422 about one member.
    pub fn refuse(pointer: impl Into<String>, code: &'static str, message: Message) -> Self {
        Self::Refused(vec![Fault { pointer: pointer.into(), code, message }])
    }

    /// A 400 about one member.
    pub fn unfit(pointer: impl Into<String>, code: &'static str, message: Message) -> Self {
        Self::Unfit(vec![Fault { pointer: pointer.into(), code, message }])
    }

    /// The same faults of a part of the body, with pointers from the whole.
    #[must_use]
    pub(crate) fn under(mut self, part: &str) -> Self {
        if let Self::Unfit(faults) | Self::Refused(faults) = &mut self {
            for fault in faults {
                fault.pointer.insert_str(0, part);
            }
        }
        self
    }

    /// The faults of two parts of a body together; what does not fit the schema comes before what the rules refuse.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unfit(faults), Self::Unfit(more)) => Self::Unfit(faults.into_iter().chain(more).collect()),
            (Self::Refused(faults), Self::Refused(more)) => Self::Refused(faults.into_iter().chain(more).collect()),
            (Self::Refused(_), other) => other,
            (error, _) => error,
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::MalformedJson { .. } | Self::Unfit(_) => StatusCode::BAD_REQUEST,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unauthenticated { .. } => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Timeout | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Other(status) => *status,
        }
    }

    const fn code(&self) -> &'static str {
        match self {
            Self::MalformedJson { .. } => "malformed_json",
            Self::Unfit(_) => "unfit",
            Self::Refused(_) => "refused",
            Self::Unauthenticated { .. } => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::NotAcceptable => "not_acceptable",
            Self::Conflict { code } => code,
            Self::Stale => "stale",
            Self::PreconditionRequired => "precondition_required",
            Self::KeyReused => "idempotency_key_reused",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::UnsupportedMediaType { .. } => "unsupported_media_type",
            Self::TooLarge { .. } => "too_large",
            Self::RateLimited { .. } => "rate_limited",
            Self::Timeout => "timeout",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::Other(_) => "http_error",
        }
    }

    fn faults(&self) -> &[Fault] {
        match self {
            Self::Unfit(faults) | Self::Refused(faults) => faults,
            _ => &[],
        }
    }

    const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after } => Some(*retry_after),
            Self::Timeout | Self::Unavailable => Some(5),
            _ => None,
        }
    }

    /// What RFC 6750 has a server say about tokens.
    const fn challenge(&self) -> Option<&'static str> {
        match self {
            Self::Unauthenticated { token_given: false } => Some("Bearer"),
            Self::Unauthenticated { token_given: true } => Some("Bearer error=\"invalid_token\""),
            Self::Forbidden => Some("Bearer error=\"insufficient_scope\""),
            _ => None,
        }
    }

    /// The problem in a language.
    #[must_use]
    pub fn problem(&self, language: Language, request_id: Uuid) -> Problem {
        let code = self.code();
        let say = |part: &str| {
            let message = Message::new(format!("problem-{}-{part}", code.replace('_', "-")));
            match self {
                Self::MalformedJson { position: (line, column) } => message.with("line", line).with("column", column),
                Self::UnsupportedMediaType { expected } => message.with("expected", expected),
                Self::TooLarge { limit } => message.with("limit", limit),
                Self::Other(status) => message.with("status", status),
                Self::Unfit(faults) | Self::Refused(faults) => {
                    message.with_number("count", i64::try_from(faults.len()).unwrap_or(i64::MAX))
                }
                _ => message,
            }
        };
        Problem {
            r#type: format!("urn:balsts:problem:{}", code.replace('_', "-")),
            title: i18n::render(&say("title"), language),
            status: self.status().as_u16(),
            detail: i18n::render(&say("detail"), language),
            instance: request_id.urn().to_string(),
            code: code.to_owned(),
            errors: self.faults().iter().map(|fault| ProblemItem::new(fault, language)).collect(),
        }
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound => Self::NotFound,
            AppError::Denied(_) => Self::Forbidden,
            AppError::Conflict { code } => Self::Conflict { code },
            AppError::Stale | AppError::Store(StoreError::Stale) => Self::Stale,
            AppError::KeyReused => Self::KeyReused,
            AppError::Refused(faults) => Self::Refused(faults),
            AppError::Store(StoreError::Erased) => Self::Conflict { code: "person_erased" },
            AppError::Broken => Self::Internal,
            AppError::Store(StoreError::Unavailable(reason)) => {
                tracing::warn!(%reason, "the database is not available");
                Self::Unavailable
            }
            AppError::Store(StoreError::NoObjects) => Self::Unavailable,
            AppError::Store(error) => {
                let reason = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, reason, "the database failed");
                Self::Internal
            }
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.status());
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// Puts the problem into a failed response; leaves every other response as it is.
pub(crate) fn finish(response: ServiceResponse, language: Language, request_id: Uuid) -> ServiceResponse {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let carried = response.response().extensions().get::<ApiError>().cloned();
    let (request, failed) = response.into_parts();
    let error = carried.unwrap_or_else(|| match status {
        // A path that is known, but not with this method, ends nowhere in actix.
        StatusCode::NOT_FOUND if request.match_pattern().is_some() => ApiError::MethodNotAllowed,
        StatusCode::NOT_FOUND => ApiError::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ApiError::MethodNotAllowed,
        StatusCode::INTERNAL_SERVER_ERROR => ApiError::Internal,
        other => ApiError::Other(other),
    });
    let mut finished = respond(&error, language, request_id);
    if let (ApiError::MethodNotAllowed, Some(pattern)) = (&error, request.match_pattern())
        && let Ok(allowed) = HeaderValue::from_str(&openapi::methods(&pattern))
    {
        finished.headers_mut().insert(header::ALLOW, allowed);
    }
    for (name, value) in failed.headers() {
        if !finished.headers().contains_key(name) && name != header::CONTENT_LENGTH {
            finished.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, finished)
}

/// The response that tells an error.
pub(crate) fn respond(error: &ApiError, language: Language, request_id: Uuid) -> HttpResponse {
    let mut builder = HttpResponseBuilder::new(error.status());
    if let Some(seconds) = error.retry_after() {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    if let Some(challenge) = error.challenge() {
        builder.insert_header((header::WWW_AUTHENTICATE, challenge));
    }
    builder.insert_header((header::CONTENT_LANGUAGE, language_tag(language)));
    builder.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    builder.body(serde_json::to_vec(&error.problem(language, request_id)).unwrap_or_default())
}

pub(crate) const fn language_tag(language: Language) -> &'static str {
    match language {
        Language::Lv => "lv",
        Language::En => "en",
    }
}

/// What every operation can answer beside its result.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the variants only declare responses to the OpenAPI document")]
pub enum Failures {
    /// The request does not fit the schema.
    #[response(status = 400, content_type = "application/problem+json")]
    Unfit(Problem),
    /// Too many requests; wait as `Retry-After` says.
    #[response(status = 429, content_type = "application/problem+json")]
    RateLimited(Problem),
    /// Something failed on the server.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// The server is busy or not ready; try again as `Retry-After` says.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// What an operation that needs a caller can answer besides.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the variants only declare responses to the OpenAPI document")]
pub enum AccessFailures {
    /// The caller is not known: a valid bearer token is needed.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(Problem),
    /// The caller may not do this.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
}

/// The state of stored data does not allow a request.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the variant only declares a response to the OpenAPI document")]
pub enum Conflict {
    /// The state of the stored data does not allow the request.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
}

/// What a change of a resource can answer besides.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the variants only declare responses to the OpenAPI document")]
pub enum PreconditionFailures {
    /// The state of the resource does not allow the change.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// The resource was changed since it was read.
    #[response(status = 412, content_type = "application/problem+json")]
    Stale(Problem),
    /// The change does not say by `If-Match` which version it is of.
    #[response(status = 428, content_type = "application/problem+json")]
    PreconditionRequired(Problem),
}

/// What an operation with a JSON body can answer besides.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the variants only declare responses to the OpenAPI document")]
pub enum BodyFailures {
    /// The body is larger than the limit.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is not declared as JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(Problem),
    /// The rules refuse the request.
    #[response(status = 422, content_type = "application/problem+json")]
    Refused(Problem),
}

/// The resource does not exist.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the variant only declares a response to the OpenAPI document")]
pub enum Missing {
    /// There is no such resource.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
}

/// The document cannot be had in the form that is asked for.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the variant only declares a response to the OpenAPI document")]
pub enum NotAcceptable {
    /// `Accept` names no form that there is.
    #[response(status = 406, content_type = "application/problem+json")]
    NotAcceptable(Problem),
}

/// The rules refuse a request that has no body.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the variant only declares a response to the OpenAPI document")]
pub enum Refused {
    /// The rules refuse the request.
    #[response(status = 422, content_type = "application/problem+json")]
    Refused(Problem),
}

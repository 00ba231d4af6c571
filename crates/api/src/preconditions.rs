//! What a change brings in its headers: which version it is of, whether it may be repeated, and the request's own id.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    http::header::{CONTENT_LANGUAGE, ETAG, IF_MATCH, LOCATION},
};
use balsts_app::{Call, RecordedAnswer};
use balsts_domain::{
    access::Scope,
    text::{Language, Message},
};
use chrono::SubsecRound;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiState,
    problem::{ApiError, language_tag},
};

/// The strong entity tag of a version; a read adds how it is shown (`answers`).
pub(crate) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version that a change is of.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Header, names("If-Match"))]
pub(crate) struct IfMatch(
    /// The `ETag` of the resource as it was read.
    #[param(value_type = String, example = "\"1\"", max_length = 100)]
    pub(crate) i64,
);

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(match request.headers().get(IF_MATCH) {
            None => Err(ApiError::PreconditionRequired),
            Some(tag) => {
                let tag = tag.to_str().ok().and_then(|tag| tag.strip_prefix('"')?.strip_suffix('"'));
                // A tag that was never given matches no version. What stands behind the version tells how it was shown.
                let version = tag.and_then(|tag| tag.split('-').next()?.parse().ok());
                version.map(Self).ok_or(ApiError::Stale)
            }
        })
    }
}

/// The key that makes a request repeatable.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Header, names("Idempotency-Key"))]
pub(crate) struct IdempotencyKey(
    /// 1 to 200 visible characters of the caller's own, new for each request that is not a repetition.
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    Option<String>,
);

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(header) = request.headers().get("idempotency-key") else {
            return std::future::ready(Ok(Self(None)));
        };
        let visible = |key: &&str| (1..=200).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        let key = header.to_str().ok().filter(visible).map(|key| Self(Some(key.to_owned())));
        let fault = || ApiError::unfit("/Idempotency-Key", "invalid_format", Message::new("fault-pattern"));
        std::future::ready(key.ok_or_else(fault))
    }
}

impl IdempotencyKey {
    /// What makes two requests the same: operation and body.
    pub(crate) fn request_hash(&self, operation: &str, body: &[u8]) -> Vec<u8> {
        Sha256::new().chain_update(operation).chain_update([0]).chain_update(body).finalize().to_vec()
    }

    pub(crate) fn with<'a>(&'a self, request_hash: &'a [u8]) -> Option<balsts_app::IdempotencyKey<'a>> {
        self.0.as_deref().map(|key| balsts_app::IdempotencyKey { key, request_hash })
    }
}

/// The part of a recorded answer that its headers need.
#[derive(Debug, Deserialize)]
pub(crate) struct Created {
    pub(crate) id: Uuid,
}

/// The answer of a request that may be repeated, with the place of what it created, and its version where that counts up.
pub(crate) fn created(
    answer: RecordedAnswer,
    place: Option<&str>,
    version: Option<i64>,
    language: Language,
) -> Result<HttpResponse, ApiError> {
    let id = serde_json::from_slice::<Created>(&answer.body).map_err(|_| ApiError::Internal)?.id;
    let mut response = HttpResponse::Created();
    if let Some(place) = place {
        response.insert_header((LOCATION, format!("{place}/{id}")));
    }
    if let Some(version) = version {
        response.insert_header((ETAG, etag(version)));
    }
    response.insert_header((CONTENT_LANGUAGE, language_tag(language)));
    Ok(response.content_type("application/json").body(answer.body))
}

/// An answer that shows a version of what it is about.
pub(crate) fn tagged(version: i64, language: Language, mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response.insert_header((ETAG, etag(version))).insert_header((CONTENT_LANGUAGE, language_tag(language)));
    response
}

/// What is recorded of an answer.
pub(crate) fn recorded(body: &impl Serialize) -> RecordedAnswer {
    RecordedAnswer { status: 201, body: serde_json::to_vec(body).unwrap_or_default() }
}

/// The identifier of the request, as `X-Request-Id` tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestId(pub(crate) Uuid);

impl FromRequest for RequestId {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(request.extensions().get::<Self>().copied().ok_or(ApiError::Internal))
    }
}

/// An identifier in a path. What is none is not found.
pub(crate) fn id(text: &str) -> Result<Uuid, ApiError> {
    text.parse().map_err(|_| ApiError::NotFound)
}

impl ApiState {
    /// The call of a use case in a scope, now.
    pub(crate) fn call(&self, scope: Scope, request_id: RequestId) -> Call<'static> {
        // The database keeps microseconds.
        let at = (self.clock)().trunc_subsecs(6);
        Call { scope, request_id: request_id.0, at, new_id: self.new_id, key: None }
    }
}

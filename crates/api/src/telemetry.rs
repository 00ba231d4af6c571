//! What happens around every request: its id, rate limit, timeout, problem details, headers, metrics and log.
//!
//! One function instead of a stack of middleware crates: each of those parts needs the same few facts, and a rules service
//! that answers in microseconds feels every layer.

use std::{net::IpAddr, sync::Arc, time::Instant};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::{Clock, DefaultClock}};

use crate::{ApiState, RateLimit, i18n::Accepted, problem::{self, ApiError}};

/// Version of the API, sent with every answer.
pub(crate) const API_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Keeps count of each client address; none where no limit is configured.
pub(crate) struct Limiter(Option<DefaultKeyedRateLimiter<IpAddr>>);

pub(crate) fn limiter(limit: Option<RateLimit>) -> Arc<Limiter> {
    Arc::new(Limiter(limit.map(|limit| {
        RateLimiter::keyed(Quota::per_second(limit.requests_per_second).allow_burst(limit.burst))
    })))
}

impl Limiter {
    /// Seconds to wait where the address has used up its share.
    fn wait(&self, request: &ServiceRequest) -> Option<u64> {
        let limiter = self.0.as_ref()?;
        let address = request.peer_addr()?.ip();
        let refused = limiter.check_key(&address).err()?;
        // Addresses that are idle again are forgotten, so that the table stays small.
        if limiter.len() > 10_000 {
            limiter.retain_recent();
        }
        Some(refused.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }
}

/// Paths that are not limited, timed out or counted like the others.
fn is_probe(path: &str) -> bool {
    path.starts_with("/health/") || path == "/metrics"
}

pub(crate) async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    let started = Instant::now();
    let Some(state) = request.app_data::<Data<ApiState>>().cloned() else {
        return Err(ApiError::Internal.into());
    };
    let id = (state.new_id)();
    let language = Accepted::of(request.headers());
    let probe = is_probe(request.path());
    let wait = if probe { None } else { request.app_data::<Data<Limiter>>().and_then(|limiter| limiter.wait(&request)) };
    let trace = request.headers().get("traceparent").and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    let response = match wait {
        Some(retry_after) => request.error_response(ApiError::RateLimited { retry_after }),
        None => {
            let kept = request.request().clone();
            match actix_web::rt::time::timeout(state.config.request_timeout, next.call(request)).await {
                Ok(Ok(response)) => response.map_into_boxed_body(),
                Ok(Err(error)) => ServiceResponse::from_err(error, kept),
                Err(_) => ServiceResponse::from_err(ApiError::Timeout, kept),
            }
        }
    };
    let mut response = problem::finish(response, language, id);
    let headers = response.headers_mut();
    let mut hyphenated = uuid::Uuid::encode_buffer();
    if let Ok(value) = HeaderValue::from_str(id.hyphenated().encode_lower(&mut hyphenated)) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    headers.insert(HeaderName::from_static("api-version"), HeaderValue::from_static(API_VERSION));
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    record(&state, &response, started, &Identity { id, trace }, probe);
    Ok(response)
}

struct Identity {
    id: uuid::Uuid,
    trace: Option<String>,
}

/// Counts and logs an answered request, by the pattern of its route: a raw path could carry anything.
fn record(state: &ApiState, response: &ServiceResponse, started: Instant, identity: &Identity, probe: bool) {
    let elapsed = started.elapsed();
    let request = response.request();
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let method = request.method();
    let status = response.status();
    if state.metrics.is_some() {
        let labels = [
            ("method", method.as_str().to_owned()),
            ("route", route.clone()),
            ("status", status.as_str().to_owned()),
        ];
        metrics::counter!("http_requests_total", &labels).increment(1);
        metrics::histogram!("http_request_duration_seconds", &labels).record(elapsed.as_secs_f64());
    }
    let (id, trace) = (identity.id, identity.trace.as_deref());
    let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    if status.is_server_error() {
        tracing::error!(request_id = %id, trace, %method, route, status = status.as_u16(), micros, "request failed");
    } else if state.config.access_log && !probe {
        tracing::info!(request_id = %id, trace, %method, route, status = status.as_u16(), micros, "request");
    }
}

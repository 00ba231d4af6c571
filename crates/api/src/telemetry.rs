//! What happens around every request: its id, rate limit, timeout, problem details, headers, metrics and log.
//!
//! One function instead of a stack of middleware crates: each of those parts needs the same few facts, and a rules service
//! that answers in microseconds feels every layer.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::{
    ApiState, RateLimit, answers, body,
    i18n::Accepted,
    preconditions::RequestId,
    problem::{self, ApiError},
};

/// Version of the API, sent with every answer.
pub(crate) const API_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Keeps count of each client address; none where no limit is configured.
pub(crate) struct Limiter {
    addresses: Option<DefaultKeyedRateLimiter<IpAddr>>,
    requests: AtomicU32,
}

/// Requests after which addresses that are idle again are forgotten, so that the table stays small.
const FORGET_AFTER: u32 = 10_000;

pub(crate) fn limiter(limit: Option<RateLimit>) -> Arc<Limiter> {
    let limited =
        |limit: RateLimit| RateLimiter::keyed(Quota::per_second(limit.requests_per_second).allow_burst(limit.burst));
    Arc::new(Limiter { addresses: limit.map(limited), requests: AtomicU32::new(0) })
}

impl Limiter {
    /// Seconds to wait where the address has used up its share.
    fn wait(&self, request: &ServiceRequest) -> Option<u64> {
        self.wait_of(request.peer_addr()?.ip())
    }

    fn wait_of(&self, address: IpAddr) -> Option<u64> {
        let limiter = self.addresses.as_ref()?;
        if self.requests.fetch_add(1, Ordering::Relaxed) % FORGET_AFTER == FORGET_AFTER - 1 {
            limiter.retain_recent();
        }
        let refused = limiter.check_key(&address).err()?;
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
    let language = Accepted::of(request.headers());
    let observed = Observed {
        id: (state.new_id)(),
        started,
        method: known_method(request.method()),
        // By the pattern of its route: a raw path could carry anything.
        route: request.match_pattern().unwrap_or_else(|| "unmatched".to_owned()),
        trace: request.headers().get("traceparent").and_then(|value| value.to_str().ok()).and_then(trace_context),
        probe: is_probe(request.path()),
        identified: request.headers().contains_key(header::AUTHORIZATION),
    };
    request.extensions_mut().insert(RequestId(observed.id));
    let limiter = request.app_data::<Data<Limiter>>().filter(|_| !observed.probe);
    let refused = limiter
        .and_then(|limiter| limiter.wait(&request))
        .map(|retry_after| ApiError::RateLimited { retry_after })
        .or_else(|| body::unexpected_query(&request));
    let response = match refused {
        Some(error) => request.error_response(error),
        None => match actix_web::rt::time::timeout(state.config.request_timeout, next.call(request)).await {
            Ok(response) => response?.map_into_boxed_body(),
            Err(_) => {
                // The request went with the handler that was given up, so the answer travels as an error.
                let mut response = problem::respond(&ApiError::Timeout, language, observed.id);
                observed.sign(&mut response);
                observed.record(&state, &response);
                return Err(InternalError::from_response(ApiError::Timeout, response).into());
            }
        },
    };
    let mut response = answers::complete(problem::finish(response, language, observed.id), &observed.route);
    observed.sign(response.response_mut());
    observed.record(&state, response.response());
    Ok(response)
}

/// The header of W3C Trace Context where it is one, in its four hexadecimal parts; no other text of a caller reaches the log.
fn trace_context(traceparent: &str) -> Option<String> {
    let mut parts = traceparent.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hexadecimal = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let sound = hexadecimal(version, 2) && hexadecimal(trace, 32) && hexadecimal(parent, 16) && hexadecimal(flags, 2);
    (sound && parts.next().is_none()).then(|| traceparent.to_owned())
}

/// A method by name; a caller's own invention is not repeated.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// What is told of a request: in headers, metrics and log.
struct Observed {
    id: uuid::Uuid,
    started: Instant,
    method: &'static str,
    route: String,
    trace: Option<String>,
    probe: bool,
    identified: bool,
}

impl Observed {
    /// Adds the headers that every answer has.
    fn sign(&self, response: &mut HttpResponse) {
        let headers = response.headers_mut();
        let mut hyphenated = uuid::Uuid::encode_buffer();
        if let Ok(value) = HeaderValue::from_str(self.id.hyphenated().encode_lower(&mut hyphenated)) {
            headers.insert(HeaderName::from_static("x-request-id"), value);
        }
        headers.insert(HeaderName::from_static("api-version"), HeaderValue::from_static(API_VERSION));
        headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
        // What is answered to somebody is mostly about people's health, and browsers stand in offices: nothing of it is to lie
        // in a cache. Systems that keep a copy of their own ask with `If-None-Match`, for which they need none.
        if self.identified && !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        headers.append(header::VARY, HeaderValue::from_static("Accept-Language"));
    }

    /// Counts and logs the answered request.
    fn record(&self, state: &ApiState, response: &HttpResponse) {
        let elapsed = self.started.elapsed();
        let status = response.status();
        if state.metrics.is_some() {
            let labels = [
                ("method", self.method.to_owned()),
                ("route", self.route.clone()),
                ("status", status.as_str().to_owned()),
            ];
            metrics::counter!("http_requests_total", &labels).increment(1);
            metrics::histogram!("http_request_duration_seconds", &labels).record(elapsed.as_secs_f64());
        }
        let Self { id, method, route, trace, .. } = self;
        let (trace, status_code) = (trace.as_deref(), status.as_u16());
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        if status.is_server_error() {
            tracing::error!(request_id = %id, trace, method, route, status = status_code, micros, "request failed");
        } else if state.config.access_log && !self.probe {
            tracing::info!(request_id = %id, trace, method, route, status = status_code, micros, "request");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn addresses_that_are_idle_again_are_forgotten_though_none_is_refused() {
        let most = NonZeroU32::new(1_000_000).unwrap();
        let limiter = limiter(Some(RateLimit { requests_per_second: most, burst: most }));
        for number in 0..3 * FORGET_AFTER {
            assert_eq!(limiter.wait_of(IpAddr::from(number.to_be_bytes())), None);
        }
        let known = limiter.addresses.as_ref().unwrap().len();
        assert!(known < usize::try_from(2 * FORGET_AFTER).unwrap(), "{known}");
    }
}

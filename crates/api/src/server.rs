//! The HTTP server: middleware in their order, limits and timeouts.

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_cors::Cors;
use actix_web::{
    App, HttpServer,
    dev::Server,
    http::{
        KeepAlive,
        header::{self, HeaderName},
    },
    middleware::{Compress, from_fn},
    web::{Data, PayloadConfig},
};
use utoipa_actix_web::AppExt;

use crate::{ApiConfig, ApiState, published, routes, telemetry};

/// How the server runs.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Worker threads.
    pub workers: usize,
    /// How long a client may take to send its headers.
    pub client_header_timeout: Duration,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How long running requests may finish after a stop.
    pub shutdown_timeout: Duration,
}

/// Serves the API on a listener. Signals are left to the caller.
///
/// # Errors
/// The listener cannot be used.
pub fn serve(listener: TcpListener, state: ApiState, options: ServerOptions) -> std::io::Result<Server> {
    let state = Data::from(Arc::new(state));
    published::follow(&state);
    let limiter = telemetry::limiter(state.config.rate_limit);
    let factory = move || {
        App::new()
            .into_utoipa_app()
            .map(|app| {
                app.app_data(state.clone())
                    .app_data(PayloadConfig::new(state.config.body_limit))
                    .wrap(from_fn(telemetry::observe))
                    // Around the former, so that a browser can read "too many requests" as well.
                    .wrap(cors(&state.config))
                    .wrap(Compress::default())
                    .app_data(Data::from(Arc::clone(&limiter)))
            })
            .configure(routes::configure)
            .map(|app| app.configure(routes::undocumented))
            .into_app()
    };
    let server = HttpServer::new(factory)
        .workers(options.workers)
        .client_request_timeout(options.client_header_timeout)
        .keep_alive(KeepAlive::Timeout(options.keep_alive))
        .shutdown_timeout(options.shutdown_timeout.as_secs())
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// Browsers may call from the configured origins; from none by default.
fn cors(config: &ApiConfig) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "DELETE"])
        .allowed_headers([
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers(["x-request-id", "api-version", "retry-after", "www-authenticate", "etag", "link", "location"])
        .block_on_origin_mismatch(false)
        .max_age(3600);
    config
        .cors_allowed_origins
        .iter()
        .fold(cors, |cors, origin| if origin == "*" { cors.allow_any_origin() } else { cors.allowed_origin(origin) })
}

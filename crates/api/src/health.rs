//! Liveness, readiness and metrics.

use actix_web::{
    HttpResponse, get,
    web::{Data, Json},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    problem::{ApiError, Failures, Missing},
};

/// Whether the service is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthResponse {
    /// Always `ok`; a service that is not answers otherwise or not at all.
    #[schema(example = "ok")]
    pub status: String,
    /// Version of the service.
    #[schema(example = "0.1.0")]
    pub version: String,
}

fn healthy() -> Json<HealthResponse> {
    Json(HealthResponse { status: "ok".to_owned(), version: crate::telemetry::API_VERSION.to_owned() })
}

/// Is the process alive?
///
/// Answers as long as the process can answer at all.
#[utoipa::path(tag = "service", responses((status = 200, description = "Alive", body = HealthResponse,
    example = json!({"status": "ok", "version": "0.1.0"})), Failures))]
#[get("/health/live")]
pub(crate) async fn get_liveness() -> Json<HealthResponse> {
    healthy()
}

/// Is the service ready?
///
/// Ready when the database answers and its schema is up to date.
#[utoipa::path(tag = "service", responses((status = 200, description = "Ready", body = HealthResponse,
    example = json!({"status": "ok", "version": "0.1.0"})), Failures))]
#[get("/health/ready")]
pub(crate) async fn get_readiness(state: Data<ApiState>) -> Result<Json<HealthResponse>, ApiError> {
    if state.app.readiness().await.is_ready() { Ok(healthy()) } else { Err(ApiError::Unavailable) }
}

/// Metrics for Prometheus
///
/// In the text format; 404 where metrics are switched off.
#[utoipa::path(tag = "service", responses(
    (status = 200, description = "Metrics", body = String, content_type = "text/plain", example = "http_requests_total 1"),
    Failures, Missing,
))]
#[get("/metrics")]
pub(crate) async fn get_metrics(state: Data<ApiState>) -> Result<HttpResponse, ApiError> {
    let render = state.metrics.as_ref().ok_or(ApiError::NotFound)?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(render()))
}

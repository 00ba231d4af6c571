//! Every route in one list.

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{calculations, docs, health};

/// The documented operations. What is registered here is in the OpenAPI document, and only that.
pub(crate) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(calculations::calculate_budget)
        .service(calculations::calculate_budgets)
        .service(health::get_liveness)
        .service(health::get_readiness)
        .service(health::get_metrics);
}

/// The documentation itself.
pub(crate) fn undocumented(config: &mut web::ServiceConfig) {
    config.service(docs::openapi).service(docs::page).service(docs::asset);
}

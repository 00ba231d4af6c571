//! The documentation page at `/`, everything embedded: it works with no internet.

use std::sync::{Arc, LazyLock};

use actix_web::{HttpResponse, get, web::Path};
use utoipa_swagger_ui::Config;

use crate::problem::ApiError;

static PAGE: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("/openapi.json")
        .validator_url("none")
        .display_request_duration(true)
        .try_it_out_enabled(true)
        .default_models_expand_depth(0)
        .use_base_layout();
    Arc::new(config)
});

/// The OpenAPI document as it is committed.
#[get("/openapi.json")]
pub(crate) async fn openapi() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(crate::openapi_text())
}

/// The page.
#[get("/")]
pub(crate) async fn page() -> Result<HttpResponse, ApiError> {
    file("index.html")
}

/// The page's scripts and styles, which it asks for beside itself.
#[get("/{file:[a-z0-9-]+\\.(?:css|js|png|html)}")]
pub(crate) async fn asset(name: Path<String>) -> Result<HttpResponse, ApiError> {
    file(&name)
}

fn file(name: &str) -> Result<HttpResponse, ApiError> {
    match utoipa_swagger_ui::serve(name, Arc::clone(&PAGE)) {
        Ok(Some(file)) => Ok(HttpResponse::Ok().content_type(file.content_type).body(file.bytes.into_owned())),
        Ok(None) => Err(ApiError::NotFound),
        Err(error) => {
            tracing::error!(%error, "the documentation page is broken");
            Err(ApiError::Internal)
        }
    }
}

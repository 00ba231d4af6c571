//! The OpenAPI document, made from the registered handlers.

use actix_web::App;
use utoipa::{
    OpenApi as _,
    openapi::OpenApi,
};
use utoipa_actix_web::AppExt;

use crate::routes;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Balsts",
        description = "Latvia's Individual Budget Model: what budget the published methodologies give a child or adult with a \
            disability, explained to the cent; the rules around it; the catalogue, tariffs and calendar they use.\n\n\
            Money and volumes are decimal strings, dates `YYYY-MM-DD`. Titles, names and explanations are Latvian, or \
            English with `Accept-Language: en`. Errors are RFC 9457 problem details that list every fault of a request.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "calculations", description = "Indicative budgets, stateless"),
        (name = "rules", description = "Eligibility, funding and the pilot's rules, stateless"),
        (name = "statistics", description = "Forecasts and the arithmetic of reports, stateless"),
        (name = "catalogue", description = "Methodologies, parameters, services and the calendar"),
        (name = "service", description = "Health and metrics"),
    ),
)]
struct Document;

/// The document of everything that is registered.
pub(crate) fn document() -> OpenApi {
    App::new().into_utoipa_app().openapi(Document::openapi()).configure(routes::configure).split_for_parts().1
}

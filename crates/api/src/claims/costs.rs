//! `/v1/transport-costs`: what a car costs on the way to services. Stateless.

use actix_web::post;
use balsts_domain::{claims::transport, money::Volume};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    body::Json,
    bounds::{List, MonthDays},
    examples,
    i18n::{Accepted, Localised},
    problem::{ApiError, BodyFailures, Failures},
    types::{Euros, Quantity, UnitPrice, Units},
};

/// The hire of a car.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HireCost {
    /// Days with trips.
    days: MonthDays,
    /// EUR a day.
    day_price: UnitPrice,
}

type Kilometres = List<Units, 1, 500>;

/// The trips of a car in a month.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransportCostRequest {
    /// Kilometres of each trip.
    #[schema(inline)]
    km: Kilometres,
    /// Litres in 100 km.
    norm: Units,
    /// EUR a litre, as it was paid.
    fuel_price: Units,
    /// The hire, where the car is hired.
    hire: Option<HireCost>,
}

/// What the car cost.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TransportCostResponse {
    /// Kilometres together.
    km: Quantity,
    /// Litres by the norm, exact.
    litres: Quantity,
    /// Fuel and hire, EUR, rounded once.
    amount: Euros,
}

/// Calculate the cost of a car
///
/// Kilometres / 100 x consumption norm x fuel price paid, and the days of hire, rounded once: what a transport claim is checked
/// with. Nothing is stored and no login is needed.
#[utoipa::path(
    tag = "rules",
    request_body(content = TransportCostRequest, example = json!(example())),
    responses(
        (status = 200, description = "What the car cost", body = TransportCostResponse,
            example = json!(examples::answered(example(), answer))),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/transport-costs")]
pub(crate) async fn calculate_transport_cost(
    language: Accepted,
    request: Json<TransportCostRequest>,
) -> Result<Localised<TransportCostResponse>, ApiError> {
    Ok(Localised(calculated(&request.0), language.0))
}

fn calculated(request: &TransportCostRequest) -> TransportCostResponse {
    let km: Volume = request.km.0.iter().map(|km| km.0).sum();
    let hire = request.hire.as_ref().map(|hire| (hire.days.0, hire.day_price.0));
    let litres = transport::consumption(km, request.norm.0);
    TransportCostResponse {
        km: Quantity(km),
        litres: Quantity(litres),
        amount: Euros(transport::car_cost(km, request.norm.0, request.fuel_price.0, hire)),
    }
}

fn answer(request: TransportCostRequest, _: balsts_domain::text::Language) -> Result<TransportCostResponse, ApiError> {
    Ok(calculated(&request))
}

fn example() -> Value {
    json!({"km": ["25", "25"], "norm": "6.5", "fuel_price": "1.654"})
}

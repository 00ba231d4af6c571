//! `/v1/price-statistics`: what the market asks for a service, in the country and in each planning region.

use actix_web::{get, web::Data};
use balsts_domain::{parameters::municipalities::PlanningRegion as Region, prices::PriceStatistics};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiState,
    body::Query,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{PlanningRegion, Unit},
    offers::SEARCH,
    problem::{AccessFailures, ApiError, Failures, Refused},
    types::{Date, Euros},
};

/// Of what, and when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PriceStatisticsQuery {
    /// Code of the service.
    #[param(example = "home_care", max_length = 100)]
    service: String,
    /// The day on which the offers are valid; today where left out.
    #[param(value_type = Option<String>, format = Date, example = "2023-03-01")]
    on: Option<Date>,
}

/// Prices of a unit of a service in the market.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarketPrices {
    /// The planning region; null for the whole country.
    region: Option<PlanningRegion>,
    /// How many offers there are.
    n: u32,
    /// The lowest price, EUR.
    minimum: Euros,
    /// The price in the middle, EUR; between two, halfway.
    median: Euros,
    /// The highest price, EUR.
    maximum: Euros,
    /// The average price, EUR.
    mean: Euros,
}

/// What the market asks for a service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PriceStatisticsResponse {
    /// Code of the service.
    service: String,
    /// What the prices are for: the unit of the service.
    unit: Unit,
    /// The day.
    on: Date,
    /// The whole country; null where there is no offer.
    country: Option<MarketPrices>,
    /// Each planning region with an offer. An offer counts once in each region with a municipality that its provider serves.
    regions: Vec<MarketPrices>,
}

impl MarketPrices {
    fn new((region, prices): (Option<Region>, PriceStatistics)) -> Self {
        Self {
            region: region.map(PlanningRegion),
            n: prices.count,
            minimum: Euros(prices.minimum),
            median: Euros(prices.median),
            maximum: Euros(prices.maximum),
            mean: Euros(prices.mean),
        }
    }
}

/// Get price statistics
///
/// What the market asks for a unit of a service on a day: number, minimum, median, maximum and mean, in the whole country and in
/// each planning region. The price of an offer in the market is the one that its provider declares for others, or else the offered
/// one where the market sets it.
#[utoipa::path(
    tag = "providers",
    params(PriceStatisticsQuery),
    responses(
        (status = 200, description = "The prices", body = PriceStatisticsResponse, example = json!({
            "service": "home_care", "unit": "hour", "on": "2023-03-01",
            "country": {"region": null, "n": 3, "minimum": "6.50", "median": "7.00", "maximum": "9.00", "mean": "7.50"},
            "regions": [{"region": "riga", "n": 1, "minimum": "9.00", "median": "9.00", "maximum": "9.00", "mean": "9.00"}],
        })),
        AccessFailures, Failures, Refused,
    ),
    security(("bearer" = ["providers:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "assessment_specialist",
        "programme_team", "ministry_reviewer", "ministry_admin", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/price-statistics")]
pub(crate) async fn get_price_statistics(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    query: Query<PriceStatisticsQuery>,
) -> Result<Localised<PriceStatisticsResponse>, ApiError> {
    let actor = caller.actor(SEARCH)?;
    let PriceStatisticsQuery { service, on } = query.0;
    let unknown = || ApiError::refused(&[balsts_domain::providers::ProviderRefusal::UnknownService]);
    let unit = Unit(state.parameters.catalogue.find(&service).ok_or_else(unknown)?.unit);
    let on = on.map_or(actor.today, |day| day.0);
    let counted = state.app.price_statistics(&service, on).await?;
    let (country, regions): (Vec<_>, Vec<_>) = counted.into_iter().partition(|(region, _)| region.is_none());
    Ok(Localised(
        PriceStatisticsResponse {
            service,
            unit,
            on: Date(on),
            country: country.into_iter().next().map(MarketPrices::new),
            regions: regions.into_iter().map(MarketPrices::new).collect(),
        },
        language.0,
    ))
}

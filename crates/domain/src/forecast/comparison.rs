//! Two forecasts side by side.

use rust_decimal::Decimal;

use super::{Forecast, RoundingStrategy};
use crate::{funding::Payer, parameters::catalogue::names};

names! {
    /// A figure of a forecast.
    ForecastFigure {
        /// People that get a budget.
        People = "people",
        /// Full-time workers.
        Workers = "workers",
        /// Services of a year, EUR.
        Services = "services",
        /// Operations of a year, EUR.
        Operations = "operations",
        /// Administration of a year, EUR.
        Administration = "administration",
        /// All costs of a year, EUR.
        Total = "total",
        /// All costs of a month, EUR, rounded to cents.
        MonthlyTotal = "monthly_total",
        /// The state's share of a year, EUR.
        State = "state",
        /// The municipalities' share of a year, EUR.
        Municipality = "municipality",
        /// The parents' share of a year, EUR.
        Parents = "parents",
    }
}

/// One figure of two forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FigureDifference {
    /// The figure.
    pub figure: ForecastFigure,
    /// In the first forecast.
    pub first: Decimal,
    /// In the second forecast.
    pub second: Decimal,
    /// Second minus first; may be negative.
    pub difference: Decimal,
    /// The difference in percent of the first, rounded half up to two decimals; `None` where the first is zero.
    pub difference_percent: Option<Decimal>,
}

/// Every figure of two forecasts side by side: two scenarios or two versions of a methodology.
#[must_use]
pub fn compare(first: &Forecast, second: &Forecast) -> Vec<FigureDifference> {
    figures(first)
        .into_iter()
        .zip(figures(second))
        .map(|((figure, first), (_, second))| {
            let difference = second.saturating_sub(first);
            let percent = difference.saturating_mul(Decimal::ONE_HUNDRED).checked_div(first);
            FigureDifference {
                figure,
                first,
                second,
                difference,
                difference_percent: percent
                    .map(|percent| percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)),
            }
        })
        .collect()
}

fn figures(forecast: &Forecast) -> [(ForecastFigure, Decimal); 10] {
    let year = &forecast.yearly;
    let shares = &forecast.yearly_shares;
    [
        (ForecastFigure::People, Decimal::from(forecast.people)),
        (ForecastFigure::Workers, forecast.workers),
        (ForecastFigure::Services, year.services.value()),
        (ForecastFigure::Operations, year.operations.value()),
        (ForecastFigure::Administration, year.administration.value()),
        (ForecastFigure::Total, year.total.value()),
        (ForecastFigure::MonthlyTotal, forecast.monthly.total.rounded().value()),
        (ForecastFigure::State, shares.of(Payer::State).value()),
        (ForecastFigure::Municipality, shares.of(Payer::Municipality).value()),
        (ForecastFigure::Parents, shares.of(Payer::Parents).value()),
    ]
}

//! What a provider may charge, and what the market asks `[S0 §7, S2]`.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{
    money::Money,
    parameters::tariffs::{Parties, PriceKind, Tariffs},
    text::Message,
};

/// What bounds the price of one unit on a day, EUR; none where there is no such bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PriceBounds {
    /// The price that the law sets.
    pub regulated: Option<Money>,
    /// The price of a delegation contract.
    pub delegated: Option<Money>,
    /// What the provider asks in the free market, or in its contracts with others.
    pub free_market: Option<Money>,
    /// What the provider offers.
    pub offered: Option<Money>,
}

/// A bound that a price breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceRefusal {
    /// Above the price that the law sets.
    AboveRegulated {
        /// That price.
        bound: Money,
    },
    /// Above the price of the delegation contract.
    AboveDelegated {
        /// That price.
        bound: Money,
    },
    /// Above what the provider asks from others.
    AboveFreeMarket {
        /// That price.
        bound: Money,
    },
    /// Above what the provider offers.
    AboveOffer {
        /// That price.
        bound: Money,
    },
}

impl PriceRefusal {
    /// The published error code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AboveRegulated { .. } => "above_regulated_price",
            Self::AboveDelegated { .. } => "above_delegated_price",
            Self::AboveFreeMarket { .. } => "above_free_market_price",
            Self::AboveOffer { .. } => "above_offered_price",
        }
    }

    /// The sentence that says what is wrong.
    #[must_use]
    pub fn message(self) -> Message {
        let (key, bound) = match self {
            Self::AboveRegulated { bound } => ("price-above-regulated", bound),
            Self::AboveDelegated { bound } => ("price-above-delegated", bound),
            Self::AboveFreeMarket { bound } => ("price-above-free-market", bound),
            Self::AboveOffer { bound } => ("price-above-offered", bound),
        };
        Message::new(key).with("bound", bound)
    }
}

/// Every bound that a price breaks.
#[must_use]
pub fn check(price: Money, bounds: PriceBounds) -> Vec<PriceRefusal> {
    let broken =
        |bound: Option<Money>, refusal: fn(Money) -> PriceRefusal| bound.filter(|bound| price > *bound).map(refusal);
    let refusals = [
        broken(bounds.regulated, |bound| PriceRefusal::AboveRegulated { bound }),
        broken(bounds.delegated, |bound| PriceRefusal::AboveDelegated { bound }),
        broken(bounds.free_market, |bound| PriceRefusal::AboveFreeMarket { bound }),
        broken(bounds.offered, |bound| PriceRefusal::AboveOffer { bound }),
    ];
    refusals.into_iter().flatten().collect()
}

impl PriceBounds {
    /// What the tariffs of a service bound on a day between somebody.
    ///
    /// **Decision** (scopes): a regulated price is a maximum wherever it is set, so of those of the country, the municipality and the
    /// provider the lowest binds. A delegated one is that of a contract, and the nearest contract counts: the provider's own, else
    /// the municipality's, else the country's, also where that one is lower. A tariff of another municipality or provider binds
    /// nobody here, and one of the market or a calculated average bounds nothing.
    #[must_use]
    pub fn of_tariffs(tariffs: &Tariffs, service: &str, day: NaiveDate, parties: Parties) -> Self {
        let mut bounds = Self::default();
        for tariff in tariffs.concerning(service, parties).filter(|tariff| tariff.is_in_force(day)) {
            let (amount, kind) = (tariff.amount, tariff.price_kind);
            match kind {
                PriceKind::Regulated => bounds.regulated = bounds.regulated.into_iter().chain([amount]).min(),
                // The nearest comes first.
                PriceKind::Delegated => bounds.delegated = bounds.delegated.or(Some(amount)),
                PriceKind::Market | PriceKind::CalculatedAverage => {}
            }
        }
        bounds
    }

    /// A price, or the lowest bound where that is below it.
    #[must_use]
    pub fn cap(self, price: Money) -> Money {
        let bounds = [self.regulated, self.delegated, self.free_market, self.offered];
        bounds.into_iter().flatten().fold(price, Money::min)
    }
}

/// The prices of a service in the market, EUR a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceStatistics {
    /// How many there are, at least one.
    pub count: u32,
    /// The lowest.
    pub minimum: Money,
    /// The one in the middle; between two, halfway, exact.
    pub median: Money,
    /// The highest.
    pub maximum: Money,
    /// The average, exact.
    pub mean: Money,
}

impl PriceStatistics {
    /// From what a database counts in one pass: the one or two prices in the middle and the sum of all. None of no prices.
    #[must_use]
    pub fn new(
        count: u32,
        (minimum, maximum): (Money, Money),
        (below, above): (Money, Money),
        sum: Money,
    ) -> Option<Self> {
        let mean = sum.value().checked_div(Decimal::from(count)).map(Money::exact)?;
        Some(Self { count, minimum, median: (below + above).divided_by(2), maximum, mean })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;

    fn euros(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    #[test]
    fn each_bound_that_a_price_breaks_is_told() {
        let all = PriceBounds {
            regulated: Some(euros("5.02")),
            delegated: Some(euros("6.00")),
            free_market: Some(euros("7.00")),
            offered: Some(euros("8.00")),
        };
        let (regulated, delegated) = ("above_regulated_price", "above_delegated_price");
        let (free_market, offered) = ("above_free_market_price", "above_offered_price");
        for (price, bounds, codes) in [
            ("9999.99", PriceBounds::default(), vec![]),
            ("5.02", all, vec![]),
            ("5.03", all, vec![regulated]),
            ("6.01", all, vec![regulated, delegated]),
            ("7.01", all, vec![regulated, delegated, free_market]),
            ("8.01", all, vec![regulated, delegated, free_market, offered]),
            ("8.00", PriceBounds { offered: Some(euros("8.00")), ..PriceBounds::default() }, vec![]),
            ("8.01", PriceBounds { offered: Some(euros("8.00")), ..PriceBounds::default() }, vec![offered]),
            ("0.01", PriceBounds { free_market: Some(Money::ZERO), ..PriceBounds::default() }, vec![free_market]),
        ] {
            let refusals = check(euros(price), bounds);
            assert_eq!(refusals.iter().map(|refusal| refusal.code()).collect::<Vec<_>>(), codes, "{price}");
        }
    }

    #[test]
    fn a_tariff_bounds_as_its_kind_says_while_it_is_in_force() {
        let tariffs = Parameters::embedded().unwrap().tariffs;
        let bounds =
            |service, day: &str| PriceBounds::of_tariffs(&tariffs, service, day.parse().unwrap(), Parties::UNKNOWN);
        let regulated = PriceBounds { regulated: Some(euros("5.02")), ..PriceBounds::default() };
        assert_eq!(bounds("assistant", "2023-03-01"), regulated);
        let delegated = PriceBounds { delegated: Some(euros("16.14")), ..PriceBounds::default() };
        assert_eq!(bounds("vision_skills", "2023-03-01"), delegated);
        for (service, day) in [("home_care", "2023-03-01"), ("assistant", "2022-12-31"), ("no_such", "2023-03-01")] {
            assert_eq!(bounds(service, day), PriceBounds::default(), "{service}");
        }
    }

    #[test]
    fn of_several_regulated_prices_the_lowest_binds_and_of_delegated_ones_the_nearest() {
        let (here, there) = ("0001000", "0002000");
        let (own, other) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
        let tariff = |kind: &str, amount: &str, place: serde_json::Value| {
            let mut tariff = serde_json::json!({"service": "home_care", "amount": amount, "unit": "hour",
                "price_kind": kind, "valid_from": "2024-01-01", "source": {"document": "S3", "section": "x"}});
            for (member, value) in place.as_object().unwrap() {
                tariff[member] = value.clone();
            }
            tariff
        };
        let (country, in_here) = (serde_json::json!({}), serde_json::json!({"municipality": here}));
        let at_own = serde_json::json!({"provider": own});
        let both = |regulated: Option<&str>, delegated: Option<&str>| PriceBounds {
            regulated: regulated.map(euros),
            delegated: delegated.map(euros),
            ..PriceBounds::default()
        };
        let (regulated, delegated) = ("regulated", "delegated");
        // What is published, and what it bounds: nobody known; here; here at the provider; there at the provider; there.
        for (tariffs, nobody, local, near, abroad) in [
            (
                vec![tariff(regulated, "9.00", country.clone()), tariff(regulated, "8.00", in_here.clone())],
                both(Some("9.00"), None),
                both(Some("8.00"), None),
                both(Some("8.00"), None),
                both(Some("9.00"), None),
            ),
            (
                vec![tariff(regulated, "7.00", country.clone()), tariff(regulated, "8.00", in_here.clone())],
                both(Some("7.00"), None),
                both(Some("7.00"), None),
                both(Some("7.00"), None),
                both(Some("7.00"), None),
            ),
            (
                vec![
                    tariff(delegated, "7.00", country.clone()),
                    tariff(delegated, "8.00", in_here.clone()),
                    tariff(delegated, "9.00", at_own.clone()),
                ],
                both(None, Some("7.00")),
                both(None, Some("8.00")),
                both(None, Some("9.00")),
                both(None, Some("9.00")),
            ),
            (
                vec![
                    tariff(regulated, "9.00", country.clone()),
                    tariff(delegated, "8.00", in_here.clone()),
                    tariff(regulated, "8.50", in_here.clone()),
                    tariff(delegated, "7.00", at_own.clone()),
                    tariff("market", "1.00", in_here.clone()),
                    tariff("calculated_average", "1.00", at_own.clone()),
                ],
                both(Some("9.00"), None),
                both(Some("8.50"), Some("8.00")),
                both(Some("8.50"), Some("7.00")),
                both(Some("9.00"), Some("7.00")),
            ),
        ] {
            let overlay = serde_json::from_value(serde_json::json!({"tariffs": tariffs})).unwrap();
            let tariffs = Parameters::with(&[&overlay]).unwrap().tariffs;
            let of = |day: &str, municipality: Option<&str>, provider| {
                let municipality = municipality.map(|code| code.parse().unwrap());
                PriceBounds::of_tariffs(&tariffs, "home_care", day.parse().unwrap(), Parties { municipality, provider })
            };
            let on = "2024-01-01";
            assert_eq!(of(on, None, None), nobody);
            assert_eq!(of(on, Some(here), None), local);
            assert_eq!(of(on, Some(here), Some(other)), local);
            assert_eq!(of(on, Some(here), Some(own)), near);
            assert_eq!(of(on, Some(there), Some(own)), abroad);
            assert_eq!(of(on, Some(there), Some(other)), nobody);
            assert_eq!(of("2023-12-31", Some(here), Some(own)), PriceBounds::default());
        }
    }

    #[test]
    fn the_median_of_an_even_number_lies_halfway() {
        let (ten, eleven) = (euros("10.00"), euros("10.01"));
        let told = PriceStatistics::new(2, (ten, eleven), (ten, eleven), euros("20.01")).unwrap();
        assert_eq!((told.median.value(), told.median.to_string()), (Decimal::new(10_005, 3), "10.01".into()));
        assert_eq!(told.mean, told.median);
        assert_eq!(PriceStatistics::new(0, (ten, ten), (ten, ten), Money::ZERO), None);
    }
}

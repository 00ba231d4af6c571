//! What a provider may charge, and what the market asks `[S0 §7, S2]`.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{
    money::Money,
    parameters::tariffs::{PriceKind, Tariffs},
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
    /// What the tariffs of a service bound on a day.
    #[must_use]
    pub fn of_tariffs(tariffs: &Tariffs, service: &str, day: NaiveDate) -> Self {
        let of_kind = |kind| tariffs.on(service, day).filter(|tariff| tariff.price_kind == kind);
        Self {
            regulated: of_kind(PriceKind::Regulated).map(|tariff| tariff.amount),
            delegated: of_kind(PriceKind::Delegated).map(|tariff| tariff.amount),
            ..Self::default()
        }
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
        let bounds = |service, day: &str| PriceBounds::of_tariffs(&tariffs, service, day.parse().unwrap());
        let regulated = PriceBounds { regulated: Some(euros("5.02")), ..PriceBounds::default() };
        assert_eq!(bounds("assistant", "2023-03-01"), regulated);
        let delegated = PriceBounds { delegated: Some(euros("16.14")), ..PriceBounds::default() };
        assert_eq!(bounds("vision_skills", "2023-03-01"), delegated);
        for (service, day) in [("home_care", "2023-03-01"), ("assistant", "2022-12-31"), ("no_such", "2023-03-01")] {
            assert_eq!(bounds(service, day), PriceBounds::default(), "{service}");
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

//! What statistics say of answers: how many, mean, median, mode, standard deviation and coefficient of variation [domain 9].
//!
//! Everything is counted in whole thousandths, so that sums and squares are exact; only what is told is rounded, half away from
//! zero. **Decision**: the standard deviation is that of a sample (divided by n - 1), as answers are a part of all that could be
//! given; the mode is the least of the most frequent values; the coefficient of variation is of the mean, in percent.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{
    money::round_to_cents,
    suppression::{Table, Told},
};

/// What is told of values. What nothing is divided by is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measures {
    /// How many values, at least one.
    pub n: u64,
    /// Their sum, exact.
    pub sum: Decimal,
    /// Arithmetic mean, two decimals.
    pub mean: Decimal,
    /// The value in the middle; between two, halfway; two decimals.
    pub median: Decimal,
    /// The most frequent value, the least of several.
    pub mode: Decimal,
    /// Standard deviation of the sample, two decimals; of two values and more.
    pub standard_deviation: Option<Decimal>,
    /// Standard deviation in percent of the mean, one decimal; where the mean is not zero.
    pub coefficient_of_variation: Option<Decimal>,
}

/// The measures of a group that may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldMeasures {
    /// The group; none for all, and for several small ones that are put together.
    pub of: Option<String>,
    /// How many people's values they are.
    pub people: u64,
    /// Their measures; none of no values.
    pub measures: Option<Measures>,
}

impl From<Told<Decimal>> for ToldMeasures {
    fn from(told: Told<Decimal>) -> Self {
        Self { of: told.of, people: told.people, measures: Measures::of(&told.values) }
    }
}

/// The measures of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasuredTable {
    /// Of all; none where too few people are counted.
    pub together: Option<ToldMeasures>,
    /// By group.
    pub groups: Vec<ToldMeasures>,
}

impl From<&Table<Decimal>> for MeasuredTable {
    fn from(table: &Table<Decimal>) -> Self {
        Self {
            together: table.together().map(ToldMeasures::from),
            groups: table.groups().into_iter().map(ToldMeasures::from).collect(),
        }
    }
}

/// Thousandths of a value; `None` of more decimals or beyond what is counted.
fn thousandths(value: Decimal) -> Option<i128> {
    let thousandths = value.checked_mul(Decimal::ONE_THOUSAND)?;
    let whole = thousandths.fract().is_zero().then(|| thousandths.to_i128()).flatten()?;
    (whole.abs() <= 1_000_000_000).then_some(whole)
}

/// The square root of a fraction, rounded half up to a whole number.
fn rounded_root(numerator: u128, denominator: u128) -> Option<u128> {
    // Twice the root, cut off, tells on which side of the half it lies.
    let twice = numerator.checked_mul(4)?.checked_div(denominator)?.isqrt();
    Some(twice.div_ceil(2))
}

fn decimal(units: u128, decimals: u32) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(i128::try_from(units).ok()?, decimals).ok().map(|value| value.normalize())
}

impl Measures {
    /// The measures of values with three decimals at most; `None` of no values.
    #[must_use]
    pub fn of(values: &[Decimal]) -> Option<Self> {
        let mut sorted: Vec<i128> = values.iter().map(|value| thousandths(*value)).collect::<Option<_>>()?;
        sorted.sort_unstable();
        let n = i128::try_from(sorted.len()).ok()?;
        let sum: i128 = sorted.iter().sum();
        let told = |thousandths: i128| Decimal::try_from_i128_with_scale(thousandths, 3).ok();
        let mean = told(sum)?.checked_div(Decimal::from(n))?;
        let middle = |index: usize| sorted.get(index).copied();
        let (below, above) = (middle(sorted.len().checked_sub(1)? / 2)?, middle(sorted.len() / 2)?);
        let squares: i128 = sorted.iter().map(|value| value * value).sum();
        // n times the sum of squared deviations.
        let spread = u128::try_from(n * squares - sum * sum).ok()?;
        let (n, whole) = (n.unsigned_abs(), sum.unsigned_abs());
        Some(Self {
            n: u64::try_from(n).ok()?,
            sum: told(sum)?.normalize(),
            mean: round_to_cents(mean).normalize(),
            median: round_to_cents(told(below + above)?.checked_div(Decimal::TWO)?).normalize(),
            mode: mode(&sorted).and_then(told)?.normalize(),
            standard_deviation: rounded_root(spread, n * (n - 1) * 100).and_then(|root| decimal(root, 2)),
            coefficient_of_variation: n
                .checked_mul(spread)
                .and_then(|spread| spread.checked_mul(1_000_000))
                .and_then(|spread| rounded_root(spread, (n - 1).checked_mul(whole)?.checked_mul(whole)?))
                .and_then(|root| decimal(root, 1)),
        })
    }
}

/// The most frequent of sorted values, the least of several.
fn mode(sorted: &[i128]) -> Option<i128> {
    let mut counts: BTreeMap<i128, u32> = BTreeMap::new();
    sorted.iter().for_each(|value| *counts.entry(*value).or_default() += 1);
    let most = counts.values().max()?;
    counts.iter().find(|(_, count)| *count == most).map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[&str]) -> Measures {
        Measures::of(&values.iter().map(|value| value.parse().unwrap()).collect::<Vec<_>>()).unwrap()
    }

    fn text(value: Option<Decimal>) -> Option<String> {
        value.map(|value| value.to_string())
    }

    #[test]
    fn measures_are_those_of_the_table() {
        // Values; sum, mean, median, mode, standard deviation, coefficient of variation.
        for (values, expected) in [
            (&["2", "4", "4", "4", "5", "5", "7", "9"][..], ["40", "5", "4.5", "4", "2.14", "42.8"]),
            (&["1", "2"], ["3", "1.5", "1.5", "1", "0.71", "47.1"]),
            (&["5", "5", "5"], ["15", "5", "5", "5", "0", "0"]),
            (&["1", "1", "2"], ["4", "1.33", "1", "1", "0.58", "43.3"]),
            (&["48.125", "51.5", "49.75"], ["149.375", "49.79", "49.75", "48.125", "1.69", "3.4"]),
            (&["-1", "-3"], ["-4", "-2", "-2", "-3", "1.41", "70.7"]),
        ] {
            let found = of(values);
            let told = [found.sum, found.mean, found.median, found.mode].map(|value| value.normalize().to_string());
            let spread = [found.standard_deviation, found.coefficient_of_variation]
                .map(|value| value.unwrap().normalize().to_string());
            assert_eq!(told.into_iter().chain(spread).collect::<Vec<_>>(), expected, "{values:?}");
        }
    }

    #[test]
    fn one_value_has_no_deviation_a_mean_of_zero_no_coefficient_and_nothing_no_measures() {
        let one = of(&["3"]);
        assert_eq!((one.standard_deviation, one.coefficient_of_variation), (None, None));
        let zero = of(&["-1", "1"]);
        assert_eq!((text(zero.standard_deviation).as_deref(), zero.coefficient_of_variation), (Some("1.41"), None));
        assert_eq!(Measures::of(&[]), None);
        assert_eq!(Measures::of(&[Decimal::new(1, 4)]), None, "more decimals than are counted");
    }

    proptest! {
        #[test]
        fn measures_are_those_of_floating_point(values in prop::collection::vec(-1_000_000_i64..1_000_000, 2..60)) {
            let found = Measures::of(&values.iter().map(|value| Decimal::new(*value, 3)).collect::<Vec<_>>()).unwrap();
            let floats: Vec<f64> = values.iter().map(|value| f64::from(i32::try_from(*value).unwrap()) / 1_000.0).collect();
            let n = f64::from(u32::try_from(floats.len()).unwrap());
            let mean = floats.iter().sum::<f64>() / n;
            let deviation = (floats.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
            let near = |found: Decimal, expected: f64, half: f64| (found.to_f64().unwrap() - expected).abs() <= half + 1e-6;
            prop_assert!(near(found.mean, mean, 0.005));
            prop_assert!(near(found.standard_deviation.unwrap(), deviation, 0.005));
            if let Some(coefficient) = found.coefficient_of_variation && mean.abs() > 0.001 {
                prop_assert!(near(coefficient, deviation / mean.abs() * 100.0, 0.05 + deviation / mean.abs() * 1e-6));
            }
            let (least, most) = (values.iter().min().unwrap(), values.iter().max().unwrap());
            for value in [found.mean, found.median, found.mode] {
                prop_assert!(round_to_cents(Decimal::new(*least, 3)) <= value.max(round_to_cents(value)));
                prop_assert!(round_to_cents(value) <= round_to_cents(Decimal::new(*most, 3)));
            }
        }

        #[test]
        fn the_order_of_values_does_not_matter(mut values in prop::collection::vec(0_i64..10_000, 1..30)) {
            let measures = |values: &[i64]| Measures::of(&values.iter().map(|value| Decimal::new(*value, 3)).collect::<Vec<_>>());
            let forwards = measures(&values);
            values.reverse();
            prop_assert_eq!(forwards, measures(&values));
        }
    }
}

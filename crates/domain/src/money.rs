//! Euro amounts and service volumes: exact decimals, rounded in one place only, for display.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Sub},
};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The largest amount that is accepted from outside, in EUR. It keeps every product and sum of the rules far inside
/// the 28 digits of a [`Decimal`], so that no input can overflow one.
pub const LARGEST_AMOUNT: Decimal = Decimal::from_parts(276_447_231, 23_283, 0, false, 2);

/// Rounds half up (away from zero) to cents: the one rounding rule of the model, applied to the exact value.
#[must_use]
pub fn round_to_cents(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Why a text is not an amount or a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotADecimal {
    /// Not plain digits with an optional fraction.
    #[error("must be a decimal string of digits with an optional fraction, such as \"900.00\"")]
    Malformed,
    /// More decimals than the kind of value has.
    #[error("has too many decimals")]
    TooPrecise,
    /// More than [`LARGEST_AMOUNT`].
    #[error("is too large")]
    TooLarge,
}

/// Digits, and a fraction of at most `decimals` digits; no sign, no exponent, no spaces.
fn parse_plain(text: &str, decimals: usize) -> Result<Decimal, NotADecimal> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !fraction.is_none_or(digits) {
        return Err(NotADecimal::Malformed);
    }
    if fraction.is_some_and(|f| f.len() > decimals) {
        return Err(NotADecimal::TooPrecise);
    }
    if whole.len() > 12 {
        return Err(NotADecimal::TooLarge);
    }
    let value = Decimal::from_str_exact(text).map_err(|_| NotADecimal::Malformed)?;
    if value > LARGEST_AMOUNT { Err(NotADecimal::TooLarge) } else { Ok(value) }
}

/// An amount of euros, exact. Displayed and serialised rounded half up to cents, as a plain decimal string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(Decimal);

impl Money {
    /// No money.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// An exact amount in EUR, of any precision.
    #[must_use]
    pub const fn exact(value: Decimal) -> Self {
        Self(value)
    }

    /// A whole number of cents.
    #[must_use]
    pub fn from_cents(cents: i64) -> Self {
        Self(Decimal::new(cents, 2))
    }

    /// Parses an amount from outside: not negative, two decimals at most.
    ///
    /// # Errors
    /// [`NotADecimal`] says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, NotADecimal> {
        parse_plain(text, 2).map(Self)
    }

    /// The exact value in EUR.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// The amount rounded half up to cents.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self(round_to_cents(self.0))
    }

    /// The amount in whole cents, rounded half up. `None` beyond 92 quadrillion euros.
    #[must_use]
    pub fn cents(self) -> Option<i64> {
        let mut rounded = round_to_cents(self.0);
        rounded.rescale(2);
        i64::try_from(rounded.mantissa()).ok()
    }

    /// The exact twelfth, third, ... of the amount (28 digits); zero parts give zero.
    #[must_use]
    pub fn divided_by(self, parts: u32) -> Self {
        Self(self.0.checked_div(Decimal::from(parts)).unwrap_or_default())
    }

    /// Whether nothing is left of it.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rounded = round_to_cents(self.0);
        rounded.rescale(2);
        rounded.fmt(f)
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(PlainDecimal { decimals: 2 }).map(Self)
    }
}

/// A volume of a service in its unit (hours, consultations, days, ...): not negative, exact, three decimals at most.
/// Displayed and serialised plainly: `960`, `37.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Volume(Decimal);

impl Volume {
    /// An exact volume, of any precision.
    #[must_use]
    pub const fn exact(value: Decimal) -> Self {
        Self(value)
    }

    /// Parses a volume from outside: not negative, three decimals at most.
    ///
    /// # Errors
    /// [`NotADecimal`] says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, NotADecimal> {
        parse_plain(text, 3).map(Self)
    }

    /// The exact value in its unit.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// A volume of so many thousandths of the unit, as databases keep it.
    #[must_use]
    pub fn from_thousandths(thousandths: i64) -> Self {
        Self(Decimal::new(thousandths, 3))
    }

    /// The volume in thousandths of its unit; `None` where it is finer than that or too large.
    #[must_use]
    pub fn thousandths(self) -> Option<i64> {
        let thousandths = self.0.checked_mul(Decimal::ONE_THOUSAND)?;
        if thousandths.fract().is_zero() { i64::try_from(thousandths).ok() } else { None }
    }

    /// The same volume in each of so many months.
    #[must_use]
    pub fn in_months(self, months: u32) -> Self {
        Self(self.0.saturating_mul(Decimal::from(months)))
    }

    /// What is left of the volume without another, at least nothing.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(Decimal::ZERO))
    }

    /// What the volume costs at a unit price, exact.
    #[must_use]
    pub fn at(self, unit_price: Money) -> Money {
        Money(self.0.saturating_mul(unit_price.0))
    }
}

impl Add for Volume {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Volume {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Volume {
    fn sum<I: Iterator<Item = Self>>(volumes: I) -> Self {
        volumes.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

impl Serialize for Volume {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Volume {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(PlainDecimal { decimals: 3 }).map(Self)
    }
}

struct PlainDecimal {
    decimals: usize,
}

impl de::Visitor<'_> for PlainDecimal {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a decimal string with at most {} decimals", self.decimals)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        parse_plain(text, self.decimals).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_amount_is_what_its_name_says() {
        assert_eq!(LARGEST_AMOUNT.to_string(), "999999999999.99");
    }

    #[test]
    fn half_a_cent_rounds_up() {
        for (exact, shown) in [("1468.125", "1468.13"), ("641.625", "641.63"), ("0.004", "0.00"), ("0.005", "0.01")] {
            assert_eq!(Money::exact(exact.parse().unwrap()).to_string(), shown);
        }
    }

    #[test]
    fn amounts_are_plain_decimals_of_two_digits() {
        for good in ["0", "0.5", "900.00", "00012.10", "999999999999.99"] {
            assert!(Money::parse(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1_000", "1,5", " 1", "1.005", "1000000000000", "NaN", "١"]
        {
            assert!(Money::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn volumes_are_shown_plainly() {
        assert_eq!(Volume::exact(Decimal::new(9600, 1)).to_string(), "960");
        assert_eq!(Volume::exact(Decimal::new(37500, 3)).to_string(), "37.5");
        assert_eq!(Volume::exact(Decimal::ZERO).to_string(), "0");
    }

    proptest! {
        #[test]
        fn cents_survive_text(cents in 0_i64..99_999_999_999_999) {
            let money = Money::from_cents(cents);
            prop_assert_eq!(money.cents(), Some(cents));
            prop_assert_eq!(Money::parse(&money.to_string()), Ok(money));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = (Money::parse(&text), Volume::parse(&text));
        }
    }
}

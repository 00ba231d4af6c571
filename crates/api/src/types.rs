//! Scalar types of the contract: dates and amounts as strict strings.

use std::fmt;

use balsts_domain::{
    access::MunicipalityCode,
    money::{Money, Volume},
    month::Month,
    plans::times,
};
use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

/// A calendar date, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = Date, example = "2023-03-01")]
pub struct Date(pub NaiveDate);

impl Date {
    /// Parses exactly `YYYY-MM-DD`: chrono's own parser also takes signs, spaces and single digits.
    pub(crate) fn parse(text: &str) -> Option<NaiveDate> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return None };
        NaiveDate::from_ymd_opt(i32::try_from(digits(&[y1, y2, y3, y4])?).ok()?, digits(&[m1, m2])?, digits(&[d1, d2])?)
    }
}

/// The number that ASCII digits stand for.
fn digits(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
}

/// Deserialises a string that a strict parser takes.
fn parsed<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    parse: fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    struct Visitor<T>(&'static str, fn(&str) -> Option<T>);
    impl<T> de::Visitor<'_> for Visitor<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            (self.1)(text).ok_or_else(|| E::invalid_value(de::Unexpected::Other("text"), &self))
        }
    }
    deserializer.deserialize_str(Visitor(expected, parse))
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "a date as YYYY-MM-DD", Self::parse).map(Self)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// A minute of local time, `YYYY-MM-DDTHH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(
    value_type = String,
    // The days that a month has, so that the pattern and the parser take the same.
    pattern = r"^([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)T([01][0-9]|2[0-3]):[0-5][0-9]$",
    example = "2018-11-05T09:30",
)]
pub struct Minute(pub NaiveDateTime);

impl Minute {
    fn parse(text: &str) -> Option<NaiveDateTime> {
        let (date, time) = text.split_once('T')?;
        let [h1, h2, b':', m1, m2] = *time.as_bytes() else { return None };
        Date::parse(date)?.and_hms_opt(digits(&[h1, h2])?, digits(&[m1, m2])?, 0)
    }
}

impl<'de> Deserialize<'de> for Minute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "a minute as YYYY-MM-DDTHH:MM", Self::parse).map(Self)
    }
}

impl Serialize for Minute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.format("%Y-%m-%dT%H:%M"))
    }
}

/// A municipality by its ATVK code of seven digits; whether there is one, the rules know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9]{7}$", example = "0001000")]
pub struct Atvk(pub MunicipalityCode);

impl<'de> Deserialize<'de> for Atvk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "a code of seven digits", |text| text.parse().ok()).map(Self)
    }
}

impl Serialize for Atvk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_str().serialize(serializer)
    }
}

/// A percentage: a decimal string, three decimals at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = "decimal", pattern = r"^[0-9]{1,3}(\.[0-9]{1,3})?$", example = "60")]
pub struct Percent(pub Decimal);

impl Percent {
    fn parse(text: &str) -> Option<Decimal> {
        let whole = text.split('.').next().unwrap_or_default();
        (whole.len() <= 3).then(|| Volume::parse(text).ok()).flatten().map(Volume::value)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "a percentage as a decimal string", Self::parse).map(Self)
    }
}

/// By how many percent something grows: a decimal string, three decimals at most; negative where it shrinks, to nothing at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(
    value_type = String,
    format = "decimal",
    pattern = r"^(-100|-[0-9]{1,2}(\.[0-9]{1,3})?|[0-9]{1,3}(\.[0-9]{1,3})?)$",
    example = "5"
)]
pub struct Growth(pub Decimal);

impl Growth {
    fn parse(text: &str) -> Option<Decimal> {
        match text.strip_prefix('-') {
            None => Percent::parse(text),
            Some("100") => Some(-Decimal::ONE_HUNDRED),
            Some(shrinks) if is_short(shrinks, 2) => Percent::parse(shrinks).map(|percent| -percent),
            Some(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Growth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "a percentage as a decimal string", Self::parse).map(Self)
    }
}

/// An amount of EUR in a request: a decimal string, two decimals at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, ToSchema)]
#[schema(value_type = String, format = "decimal", pattern = r"^[0-9]{1,12}(\.[0-9]{1,2})?$", example = "900.00")]
pub struct Amount(pub Money);

/// The price of one unit in a request, EUR: a decimal string, two decimals at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(value_type = String, format = "decimal", pattern = r"^[0-9]{1,7}(\.[0-9]{1,2})?$", example = "6.63")]
pub struct UnitPrice(pub Money);

/// A volume in a request, in the service's unit: a decimal string, three decimals at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(value_type = String, format = "decimal", pattern = r"^[0-9]{1,6}(\.[0-9]{1,3})?$", example = "480")]
pub struct Units(pub Volume);

/// Whether a decimal string has so many digits before the point at most.
fn is_short(text: &str, most: usize) -> bool {
    text.split('.').next().is_some_and(|whole| whole.len() <= most)
}

impl<'de> Deserialize<'de> for UnitPrice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| is_short(text, 7).then(|| Money::parse(text).ok()).flatten();
        parsed(deserializer, "a price of seven digits and two decimals at most", parse).map(Self)
    }
}

impl<'de> Deserialize<'de> for Units {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| is_short(text, 6).then(|| Volume::parse(text).ok()).flatten();
        parsed(deserializer, "a volume of six digits and three decimals at most", parse).map(Self)
    }
}

/// A month, `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, ToSchema)]
#[schema(value_type = String, pattern = r"^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2023-04")]
pub struct YearMonth(pub Month);

/// A time of day, `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, ToSchema)]
#[schema(value_type = String, pattern = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", example = "09:30")]
pub struct TimeOfDay(pub times::TimeOfDay);

/// A SHA-256, hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(
    value_type = String,
    pattern = r"^[0-9a-f]{64}$",
    example = "0000000000000000000000000000000000000000000000000000000000000000",
)]
pub struct Sha256Hex(pub [u8; 32]);

impl<'de> Deserialize<'de> for Sha256Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| {
            let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?;
            <[u8; 32]>::try_from(bytes).ok()
        };
        parsed(deserializer, "64 hexadecimal digits", parse).map(Self)
    }
}

/// An amount of EUR in an answer: a decimal string with two decimals, rounded half up from the exact value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(value_type = String, format = "decimal", pattern = r"^-?[0-9]+\.[0-9]{2}$", example = "30203.76")]
pub struct Euros(pub Money);

/// A volume in its unit: a plain decimal string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(value_type = String, format = "decimal", pattern = r"^[0-9]+(\.[0-9]+)?$", example = "37.5")]
pub struct Quantity(pub Volume);

/// A volume in its unit: a decimal string, three decimals at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[schema(value_type = String, format = "decimal", pattern = r"^[0-9]{1,12}(\.[0-9]{1,3})?$", example = "37.5")]
pub struct RequestedVolume(pub Volume);

/// The score of a dimension of a survey: a decimal string of four digits and three decimals at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = "decimal", pattern = r"^[0-9]{1,4}(\.[0-9]{1,3})?$", example = "48.125")]
pub struct Score(pub Decimal);

impl Score {
    /// The score in thousandths.
    pub(crate) fn thousandths(self) -> i64 {
        // Four digits and three decimals: nothing is cut off.
        self.0.saturating_mul(Decimal::ONE_THOUSAND).trunc().to_i64().unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| is_short(text, 4).then(|| Volume::parse(text).ok()).flatten().map(Volume::value);
        parsed(deserializer, "a score of four digits and three decimals at most", parse).map(Self)
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.normalize())
    }
}

/// A number with decimals that is neither an amount nor a volume: a plain decimal string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = "decimal", pattern = r"^-?[0-9]+(\.[0-9]+)?$", example = "83.23")]
pub struct Number(pub Decimal);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_strict() {
        assert_eq!(Date::parse("2024-02-29"), NaiveDate::from_ymd_opt(2024, 2, 29));
        for bad in ["2023-02-29", "2023-2-9", "+2023-02-01", "2023-02-01 ", "20230201", "2023-13-01", "२०२३-०२-०१", ""]
        {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }
    #[test]
    fn minutes_are_strict() {
        let noon = NaiveDate::from_ymd_opt(2018, 11, 5).and_then(|day| day.and_hms_opt(12, 0, 0));
        assert_eq!(Minute::parse("2018-11-05T12:00"), noon);
        for bad in [
            "2018-11-05",
            "2018-11-05T12:00:00",
            "2018-11-05T12:00Z",
            "2018-11-05 12:00",
            "2018-11-05t12:00",
            "2018-11-05T24:00",
            "2018-11-05T12:60",
            "2018-11-05T1:00",
            "2018-02-29T12:00",
            "T12:00",
        ] {
            assert_eq!(Minute::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn percentages_are_plain_decimals() {
        assert_eq!(Percent::parse("33.125"), Some(Decimal::new(33_125, 3)));
        assert_eq!(Percent::parse("100"), Some(Decimal::ONE_HUNDRED));
        for bad in ["", "1000", "0100", "-1", "1.", ".5", "1.2345", "1e1", "10 "] {
            assert_eq!(Percent::parse(bad), None, "{bad}");
        }
    }
}

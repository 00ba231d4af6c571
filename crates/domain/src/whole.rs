//! Whole numbers as JSON Schema has them: `3.0` is one too.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// Reads a whole number.
///
/// # Errors
/// What is read is none, is negative or does not fit.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    struct Visitor;
    impl de::Visitor<'_> for Visitor {
        type Value = u32;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<u32, E> {
            u32::try_from(number).map_err(|_| E::custom("too large"))
        }

        fn visit_f64<E: de::Error>(self, number: f64) -> Result<u32, E> {
            // Written out and read: a conversion would silently cut off what does not fit.
            let digits = (number.fract() == 0.0).then(|| format!("{number:.0}"));
            digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| E::custom("not a whole number"))
        }
    }
    deserializer.deserialize_u32(Visitor)
}

/// Reads a whole number, or null.
pub(crate) fn whole_or_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u32>,
{
    #[derive(Deserialize)]
    struct Whole(#[serde(deserialize_with = "whole")] u32);
    let number = Option::<Whole>::deserialize(deserializer)?;
    number.map(|Whole(number)| T::try_from(number).map_err(|_| de::Error::custom("too large"))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Numbers {
        #[serde(default, deserialize_with = "whole_or_none")]
        small: Option<u8>,
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        let small = |text: &str| serde_json::from_str::<Numbers>(text).map(|numbers| numbers.small).ok();
        assert_eq!(small("{}"), Some(None));
        assert_eq!(small(r#"{"small": null}"#), Some(None));
        assert_eq!(small(r#"{"small": 48}"#), Some(Some(48)));
        assert_eq!(small(r#"{"small": 48.0}"#), Some(Some(48)));
        for refused in ["48.5", "256", "-1", "-1.0", "1e30", "\"3\""] {
            assert_eq!(small(&format!(r#"{{"small": {refused}}}"#)), None, "{refused}");
        }
    }
}

//! A calendar month: what schedules and reports count in.

use std::{fmt, str::FromStr};

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A month of a year, written `2023-04`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(NaiveDate);

/// The text is not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written YYYY-MM")]
pub struct NotAMonth;

impl Month {
    /// The month that a day lies in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// Its first day.
    #[must_use]
    pub const fn first_day(self) -> NaiveDate {
        self.0
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.0.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(self.0)
    }

    /// The months from this one to another, both included; none where the other is earlier.
    pub fn to(self, last: Self) -> impl Iterator<Item = Self> {
        let next = |month: &Self| month.0.checked_add_months(Months::new(1)).map(Self);
        std::iter::successors(Some(self), next).take_while(move |month| *month <= last)
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let (year, month) = text.split_once('-').ok_or(NotAMonth)?;
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(NotAMonth);
        }
        let (year, month) = (year.parse().map_err(|_| NotAMonth)?, month.parse().map_err(|_| NotAMonth)?);
        NaiveDate::from_ymd_opt(year, month, 1).map(Self).ok_or(NotAMonth)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_written_with_four_and_two_digits() {
        let month: Month = "2024-02".parse().unwrap();
        assert_eq!((month.to_string(), month.last_day().to_string()), ("2024-02".to_owned(), "2024-02-29".to_owned()));
        for bad in ["2024-2", "2024-13", "24-02", "2024-02-01", "2024", "", "+024-02"] {
            assert_eq!(bad.parse::<Month>(), Err(NotAMonth), "{bad}");
        }
        let year: Vec<_> = "2023-11".parse::<Month>().unwrap().to("2024-02".parse().unwrap()).collect();
        assert_eq!(year.len(), 4);
        assert_eq!(month.to("2024-01".parse().unwrap()).count(), 0);
    }
}

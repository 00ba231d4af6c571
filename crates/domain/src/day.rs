//! The day of an act: not before what it follows, and not in the future.

use chrono::NaiveDate;

use crate::text::{Message, Refusal};

/// Why a day does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayRefusal {
    /// It is before another that it must follow.
    TooEarly {
        /// JSON Pointer of the day.
        pointer: &'static str,
        /// The first day that fits.
        earliest: NaiveDate,
    },
    /// It is after another that it must not follow.
    TooLate {
        /// JSON Pointer of the day.
        pointer: &'static str,
        /// The last day that fits.
        latest: NaiveDate,
    },
    /// It has not come yet.
    InFuture {
        /// JSON Pointer of the day.
        pointer: &'static str,
    },
}

impl Refusal for DayRefusal {
    fn code(&self) -> &'static str {
        "date_out_of_range"
    }

    fn pointer(&self) -> String {
        match self {
            Self::TooEarly { pointer, .. } | Self::TooLate { pointer, .. } | Self::InFuture { pointer } => {
                (*pointer).to_owned()
            }
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::TooEarly { earliest, .. } => Message::new("day-too-early").with("date", earliest),
            Self::TooLate { latest, .. } => Message::new("day-too-late").with("date", latest),
            Self::InFuture { .. } => Message::new("day-in-future"),
        }
    }
}

/// Checks that a day lies between two others, both included.
#[must_use]
pub fn check_between(
    pointer: &'static str,
    earliest: NaiveDate,
    latest: NaiveDate,
    day: NaiveDate,
) -> Option<DayRefusal> {
    if day < earliest {
        Some(DayRefusal::TooEarly { pointer, earliest })
    } else {
        (day > latest).then_some(DayRefusal::TooLate { pointer, latest })
    }
}

/// Checks that a day lies between another and today.
#[must_use]
pub fn check(pointer: &'static str, earliest: NaiveDate, today: NaiveDate, day: NaiveDate) -> Option<DayRefusal> {
    if day < earliest {
        Some(DayRefusal::TooEarly { pointer, earliest })
    } else {
        (day > today).then_some(DayRefusal::InFuture { pointer })
    }
}

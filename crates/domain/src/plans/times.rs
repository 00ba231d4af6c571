//! Times of a week, and whether two services meet in them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A minute of a day, written `09:30`; `24:00` is its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

/// The text is not a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is written HH:MM")]
pub struct NotATime;

impl TimeOfDay {
    /// The time so many minutes after midnight, at most 1440.
    #[must_use]
    pub const fn of_minutes(minutes: u16) -> Option<Self> {
        if minutes <= 24 * 60 { Some(Self(minutes)) } else { None }
    }

    /// Minutes since midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let (hours, minutes) = text.split_once(':').ok_or(NotATime)?;
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            if digits { part.parse::<u16>().map_err(|_| NotATime) } else { Err(NotATime) }
        };
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        let within = minutes < 60 && (hours < 24 || (hours, minutes) == (24, 0));
        if within { Ok(Self(hours * 60 + minutes)) } else { Err(NotATime) }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A time that comes every week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyTime {
    /// 1 is Monday, 7 Sunday.
    pub weekday: u8,
    /// Its beginning.
    pub from: TimeOfDay,
    /// Its end, later on the same day.
    pub to: TimeOfDay,
}

impl WeeklyTime {
    /// Whether it is a time at all: a day of the week, an end after the beginning.
    #[must_use]
    pub fn is_valid(self) -> bool {
        (1..=7).contains(&self.weekday) && self.from < self.to
    }

    /// Whether two times share a minute.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.weekday == other.weekday && self.from < other.to && other.from < self.to
    }
}

/// Whether two services meet in the times of a week; `None` where one has no times.
#[must_use]
pub fn meet(one: &[WeeklyTime], other: &[WeeklyTime]) -> Option<bool> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    Some(one.iter().any(|time| other.iter().any(|with| time.overlaps(*with))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(weekday: u8, from: &str, to: &str) -> WeeklyTime {
        WeeklyTime { weekday, from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn times_meet_when_they_share_a_minute() {
        let morning = [time(1, "09:00", "12:00"), time(3, "09:00", "12:00")];
        for (other, met) in [
            (time(1, "11:59", "13:00"), true),
            (time(1, "12:00", "13:00"), false),
            (time(2, "09:00", "12:00"), false),
            (time(3, "00:00", "24:00"), true),
        ] {
            assert_eq!(meet(&morning, &[other]), Some(met), "{other:?}");
        }
        assert_eq!(meet(&morning, &[]), None);
    }

    #[test]
    fn a_time_is_a_minute_of_a_day() {
        for bad in ["9:00", "24:01", "12:60", "12", "", "ab:cd", "+1:00"] {
            assert_eq!(bad.parse::<TimeOfDay>(), Err(NotATime), "{bad}");
        }
        assert_eq!("24:00".parse::<TimeOfDay>().unwrap().to_string(), "24:00");
        assert!(!time(0, "09:00", "10:00").is_valid() && !time(1, "10:00", "10:00").is_valid());
    }
}

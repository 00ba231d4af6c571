//! The Latvian calendar: public holidays by rule, exceptions as data, working days; and the calendar of an office with its
//! legal deadlines.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use serde::Deserialize;

use crate::{parameters::catalogue::names, text::Text};

/// The calendar's exceptions as the data file writes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalendarFile {
    one_off_holidays: Vec<OneOffHoliday>,
    festival_closing_days: Vec<NaiveDate>,
    moved_working_days: Vec<MovedWorkingDay>,
    deadlines: Deadlines,
}

/// The legal periods, each a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// Working days that the office has to decide on an application.
    pub decision_working_days: u32,
    /// Working days after the closing date in which the office forwards fit pilot applications.
    pub pilot_forwarding_working_days: u32,
    /// Working days after which a document sent to the official e-address counts as notified.
    pub e_address_working_days: u32,
    /// Days after which a registered letter counts as notified.
    pub registered_letter_days: u32,
    /// Months in which a decision can be appealed, from notification.
    pub appeal_months: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct OneOffHoliday {
    date: NaiveDate,
    name: Text,
}

/// A working day exchanged for another: binding for state institutions, advice to municipalities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedWorkingDay {
    /// The working day that is free.
    pub off: NaiveDate,
    /// The free day that is worked instead.
    pub worked: NaiveDate,
}

/// A public holiday (svētku diena).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The free day.
    pub date: NaiveDate,
    /// Name.
    pub name: Text,
    /// It stands for a holiday that fell on a weekend.
    pub observed: bool,
}

/// Which exceptions of the calendar an office follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CalendarOptions {
    /// Follow the moved working days of state institutions.
    pub moved_working_days: bool,
}

names! {
    /// How a document is sent; it decides when it counts as notified [Law on Notification].
    Delivery {
        /// Official e-address: the second working day after sending.
        EAddress = "e_address",
        /// Registered letter: the seventh day after posting.
        RegisteredLetter = "registered_letter",
    }
}

/// The Latvian calendar.
#[derive(Debug, Clone)]
pub struct Calendar(CalendarFile);

impl Calendar {
    pub(crate) const fn new(file: CalendarFile) -> Self {
        Self(file)
    }

    /// The legal periods.
    #[must_use]
    pub const fn deadlines(&self) -> &Deadlines {
        &self.0.deadlines
    }

    /// Exchanged working days, in order of the data.
    #[must_use]
    pub fn moved_working_days(&self) -> &[MovedWorkingDay] {
        &self.0.moved_working_days
    }

    /// The public holidays of a year, in order of time.
    #[must_use]
    pub fn holidays(&self, year: i32) -> Vec<Holiday> {
        let holiday = |date: NaiveDate, (lv, en): (&str, &str)| Holiday {
            date,
            name: Text { lv: lv.to_owned(), en: en.to_owned() },
            observed: false,
        };
        let fixed = FIXED.iter().filter_map(|(month, day, name)| {
            NaiveDate::from_ymd_opt(year, *month, *day).map(|date| holiday(date, *name))
        });
        let easter = easter_sunday(year);
        let around_easter = EASTER.iter().filter_map(|(days, name)| {
            easter?.checked_add_signed(chrono::Duration::days(*days)).map(|date| holiday(date, *name))
        });
        let mothers_day = NaiveDate::from_weekday_of_month_opt(year, 5, Weekday::Sun, 2)
            .map(|date| holiday(date, ("Mātes diena", "Mother's Day")));
        let one_off = self.0.one_off_holidays.iter().filter(|known| known.date.year() == year);
        let one_off = one_off.map(|known| Holiday { date: known.date, name: known.name.clone(), observed: false });
        let festival = self.0.festival_closing_days.iter().filter(|date| date.year() == year).map(|date| {
            holiday(
                *date,
                (
                    "Vispārējo latviešu Dziesmu un deju svētku noslēguma diena",
                    "Closing day of the Song and Dance Festival",
                ),
            )
        });
        let mut holidays: Vec<_> =
            fixed.chain(around_easter).chain(mothers_day).chain(one_off).chain(festival).collect();
        holidays.sort_by_key(|holiday| holiday.date);
        let observed = self.observed(&holidays, year);
        holidays.extend(observed);
        holidays.sort_by_key(|holiday| holiday.date);
        holidays
    }

    /// 4 May, 18 November and the festival day move to the next working day when they fall on a weekend.
    fn observed(&self, holidays: &[Holiday], year: i32) -> Vec<Holiday> {
        let moves = |date: NaiveDate| {
            matches!((date.month(), date.day()), (5, 4) | (11, 18)) || self.0.festival_closing_days.contains(&date)
        };
        let mut observed: Vec<Holiday> = Vec::new();
        for holiday in holidays.iter().filter(|holiday| is_weekend(holiday.date) && moves(holiday.date)) {
            let mut next = holiday.date.succ_opt();
            while let Some(date) = next {
                let taken = is_weekend(date) || holidays.iter().chain(&observed).any(|known| known.date == date);
                if !taken {
                    break;
                }
                next = date.succ_opt();
            }
            observed.extend(next.filter(|date| date.year() == year).map(|date| Holiday {
                date,
                name: holiday.name.clone(),
                observed: true,
            }));
        }
        observed
    }

    /// Whether offices work on a day.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate, options: CalendarOptions) -> bool {
        self.year(date.year(), options).is_working_day(date)
    }

    /// Whether an exception says anything else than the calendar of the country.
    #[must_use]
    pub fn is_departed_from_by(&self, exception: &CalendarException) -> bool {
        self.is_working_day(exception.date, CalendarOptions::default()) != exception.working
    }

    /// The calendar of one year, its holidays worked out once.
    fn year(&self, year: i32, options: CalendarOptions) -> Year<'_> {
        let moved = if options.moved_working_days { self.moved_working_days() } else { &[] };
        Year { year, holidays: self.holidays(year).into_iter().map(|holiday| holiday.date).collect(), moved }
    }

    /// The working day that ends a period of so many working days: the day of the event does not count, the first day is
    /// the next one. No days at all end on the day itself. `None` beyond the calendar.
    #[must_use]
    pub fn add_working_days(&self, date: NaiveDate, days: u32, options: CalendarOptions) -> Option<NaiveDate> {
        period_end(date, days, self.days_from(date.succ_opt()?, options))
    }

    /// The working days of a stretch, both ends included.
    #[must_use]
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate, options: CalendarOptions) -> Vec<NaiveDate> {
        let days = self.days_from(from, options).take_while(|(date, _)| *date <= to);
        days.filter(|(_, working)| *working).map(|(date, _)| date).collect()
    }

    /// Every day from one on, with whether offices work on it.
    fn days_from(&self, date: NaiveDate, options: CalendarOptions) -> impl Iterator<Item = (NaiveDate, bool)> {
        let mut year = self.year(date.year(), options);
        date.iter_days().map(move |date| {
            if date.year() != year.year {
                year = self.year(date.year(), options);
            }
            (date, year.is_working_day(date))
        })
    }

    /// The calendar of an office, which departs from the country's on the days it has declared.
    #[must_use]
    pub fn of_office(&self, exceptions: impl IntoIterator<Item = CalendarException>) -> OfficeCalendar<'_> {
        let exceptions = exceptions.into_iter().map(|exception| (exception.date, exception.working)).collect();
        OfficeCalendar { calendar: self, exceptions }
    }
}

/// A day on which an office departs from the calendar of the country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarException {
    /// The day.
    pub date: NaiveDate,
    /// Whether the office works on it.
    pub working: bool,
    /// Why.
    pub reason: String,
}

/// The calendar of an office, and the deadlines that are counted in it [domain 11].
#[derive(Debug, Clone)]
pub struct OfficeCalendar<'a> {
    calendar: &'a Calendar,
    exceptions: BTreeMap<NaiveDate, bool>,
}

impl OfficeCalendar<'_> {
    /// Every day from one on, with whether the office works on it.
    fn days_from(&self, date: NaiveDate) -> impl Iterator<Item = (NaiveDate, bool)> {
        let days = self.calendar.days_from(date, CalendarOptions::default());
        days.map(|(date, working)| (date, self.exceptions.get(&date).copied().unwrap_or(working)))
    }

    /// [`Calendar::add_working_days`] in the calendar of the office.
    fn add_working_days(&self, date: NaiveDate, days: u32) -> Option<NaiveDate> {
        period_end(date, days, self.days_from(date.succ_opt()?))
    }

    /// The working day after a day.
    #[must_use]
    pub fn next_working_day(&self, date: NaiveDate) -> Option<NaiveDate> {
        self.add_working_days(date, 1)
    }

    /// The last day to decide on an application received on a day [Cabinet Regulation 288 §5].
    #[must_use]
    pub fn decision_due(&self, received: NaiveDate) -> Option<NaiveDate> {
        self.add_working_days(received, self.calendar.deadlines().decision_working_days)
    }

    /// The day on which a document counts as notified.
    #[must_use]
    pub fn notified_on(&self, sent: NaiveDate, delivery: Delivery) -> Option<NaiveDate> {
        let deadlines = self.calendar.deadlines();
        match delivery {
            Delivery::EAddress => self.add_working_days(sent, deadlines.e_address_working_days),
            Delivery::RegisteredLetter => sent.checked_add_days(Days::new(deadlines.registered_letter_days.into())),
        }
    }

    /// The last day to appeal a decision that was notified on a day.
    #[must_use]
    pub fn appeal_until(&self, notified: NaiveDate) -> Option<NaiveDate> {
        self.months_after(notified, self.calendar.deadlines().appeal_months)
    }

    /// The last day of a period of months that an event starts: the same day number (or the month's last day), moved to
    /// the next working day where it is none.
    #[must_use]
    pub fn months_after(&self, event: NaiveDate, months: u32) -> Option<NaiveDate> {
        let mut working =
            self.days_from(event.checked_add_months(Months::new(months))?).filter(|(_, working)| *working);
        working.next().map(|(date, _)| date)
    }
}

/// The last of so many working days among the days that follow an event; its own day where there are none.
fn period_end(event: NaiveDate, days: u32, following: impl Iterator<Item = (NaiveDate, bool)>) -> Option<NaiveDate> {
    let Some(others) = days.checked_sub(1) else { return Some(event) };
    let mut working = following.filter(|(_, working)| *working);
    working.nth(usize::try_from(others).ok()?).map(|(date, _)| date)
}

/// The date in Latvia at an instant: between midnight and two or three o'clock it is a day ahead of the date in UTC.
#[must_use]
pub fn local_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&chrono_tz::Europe::Riga).date_naive()
}

/// The instant at which a day begins in Latvia.
#[must_use]
pub fn beginning_of(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let local = chrono_tz::Europe::Riga.from_local_datetime(&midnight).earliest();
    local.map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}

struct Year<'a> {
    year: i32,
    holidays: Vec<NaiveDate>,
    moved: &'a [MovedWorkingDay],
}

impl Year<'_> {
    fn is_working_day(&self, date: NaiveDate) -> bool {
        if self.moved.iter().any(|moved| moved.worked == date) {
            return true;
        }
        !is_weekend(date) && !self.holidays.contains(&date) && !self.moved.iter().any(|moved| moved.off == date)
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Month, day, name.
const FIXED: [(u32, u32, (&str, &str)); 10] = [
    (1, 1, ("Jaungada diena", "New Year's Day")),
    (
        5,
        1,
        ("Darba svētki, Satversmes sapulces sasaukšanas diena", "Labour Day, Convocation of the Constituent Assembly"),
    ),
    (5, 4, ("Neatkarības atjaunošanas diena", "Restoration of Independence Day")),
    (6, 23, ("Līgo diena", "Midsummer Eve")),
    (6, 24, ("Jāņu diena", "Midsummer Day")),
    (11, 18, ("Latvijas Republikas proklamēšanas diena", "Proclamation Day of the Republic")),
    (12, 24, ("Ziemassvētku vakars", "Christmas Eve")),
    (12, 25, ("Pirmie Ziemassvētki", "Christmas Day")),
    (12, 26, ("Otrie Ziemassvētki", "Second Day of Christmas")),
    (12, 31, ("Vecgada diena", "New Year's Eve")),
];

/// Days from Easter Sunday, name.
const EASTER: [(i64, (&str, &str)); 4] = [
    (-2, ("Lielā Piektdiena", "Good Friday")),
    (0, ("Pirmās Lieldienas", "Easter Sunday")),
    (1, ("Otrās Lieldienas", "Easter Monday")),
    (49, ("Vasarsvētki", "Whit Sunday")),
];

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of Meeus, Jones and Butcher).
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let a = year.rem_euclid(19);
    let (b, c) = (year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let days = h + l - 7 * m + 114;
    let (month, day) = (days / 31, days % 31 + 1);
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parameters::Parameters;

    fn calendar() -> Calendar {
        Parameters::embedded().unwrap().calendar
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_begins_at_midnight_in_latvia_in_winter_and_in_summer() {
        for (instant, date) in [
            ("2026-01-14T21:59:59Z", "2026-01-14"),
            ("2026-01-14T22:00:00Z", "2026-01-15"),
            ("2026-07-14T20:59:59Z", "2026-07-14"),
            ("2026-07-14T21:00:00Z", "2026-07-15"),
            // The nights around the changes of the clocks, 2026-03-29 and 2026-10-25.
            ("2026-03-28T22:00:00Z", "2026-03-29"),
            ("2026-03-29T20:59:59Z", "2026-03-29"),
            ("2026-03-29T21:00:00Z", "2026-03-30"),
            ("2026-10-24T21:00:00Z", "2026-10-25"),
            ("2026-10-25T21:59:59Z", "2026-10-25"),
            ("2026-10-25T22:00:00Z", "2026-10-26"),
            ("2026-12-31T22:00:00Z", "2027-01-01"),
        ] {
            assert_eq!(local_date(instant.parse().unwrap()), day(date), "{instant}");
        }
    }

    #[test]
    fn easter_is_on_the_known_days() {
        for easter in ["2018-04-01", "2019-04-21", "2023-04-09", "2024-03-31", "2025-04-20", "2026-04-05", "2038-04-25"]
        {
            assert_eq!(easter_sunday(day(easter).year()), Some(day(easter)));
        }
    }

    #[test]
    fn holidays_of_2023_are_those_of_the_law() {
        let dates: Vec<_> = calendar().holidays(2023).iter().map(|holiday| holiday.date.to_string()).collect();
        assert_eq!(
            dates,
            [
                "2023-01-01",
                "2023-04-07",
                "2023-04-09",
                "2023-04-10",
                "2023-05-01",
                "2023-05-04",
                "2023-05-14",
                "2023-05-28",
                "2023-05-29",
                "2023-06-23",
                "2023-06-24",
                "2023-07-09",
                "2023-07-10",
                "2023-11-18",
                "2023-11-20",
                "2023-12-24",
                "2023-12-25",
                "2023-12-26",
                "2023-12-31",
            ]
        );
    }

    #[test]
    fn weekend_holidays_move_only_where_the_law_says_so() {
        let calendar = calendar();
        let working = |date| calendar.is_working_day(day(date), CalendarOptions::default());
        assert!(!working("2024-05-06"), "4 May 2024 is a Saturday");
        assert!(!working("2023-11-20"), "18 November 2023 is a Saturday");
        assert!(working("2022-01-03"), "1 January 2022 is a Saturday and does not move");
        assert!(!working("2018-09-24"));
    }

    #[test]
    fn moved_working_days_are_followed_only_on_request() {
        let calendar = calendar();
        let state = CalendarOptions { moved_working_days: true };
        for (off, worked) in [("2026-01-02", "2026-01-17"), ("2026-06-22", "2026-06-27")] {
            assert!(calendar.is_working_day(day(off), CalendarOptions::default()));
            assert!(!calendar.is_working_day(day(off), state));
            assert!(!calendar.is_working_day(day(worked), CalendarOptions::default()));
            assert!(calendar.is_working_day(day(worked), state));
        }
    }

    #[test]
    fn deadlines_count_from_the_next_day_and_end_on_a_working_day() {
        let country = calendar();
        assert_eq!(country.add_working_days(day("2023-04-29"), 0, CalendarOptions::default()), Some(day("2023-04-29")));
        let calendar = country.of_office([]);
        // Received on Friday 2023-04-28: 1 and 4 May are holidays.
        assert_eq!(calendar.decision_due(day("2023-04-28")), Some(day("2023-05-16")));
        assert_eq!(calendar.notified_on(day("2023-04-06"), Delivery::EAddress), Some(day("2023-04-12")));
        assert_eq!(calendar.notified_on(day("2023-04-06"), Delivery::RegisteredLetter), Some(day("2023-04-13")));
        assert_eq!(calendar.months_after(day("2023-01-31"), 1), Some(day("2023-02-28")));
        assert_eq!(
            calendar.months_after(day("2023-05-24"), 1),
            Some(day("2023-06-26")),
            "24 June is a holiday and a Saturday"
        );
    }

    #[test]
    fn an_office_counts_its_deadlines_in_its_own_calendar() {
        let exception = |date, working| CalendarException { date: day(date), working, reason: "office".to_owned() };
        let country = calendar();
        let office = |exceptions: &[CalendarException]| country.of_office(exceptions.iter().cloned());
        let (off, worked) = (exception("2023-05-15", false), exception("2023-05-06", true));
        // Without exceptions due on Tuesday 2023-05-16; a Monday off moves it on, a worked Saturday back.
        for (exceptions, due) in [
            (vec![off.clone()], "2023-05-17"),
            (vec![worked.clone()], "2023-05-15"),
            (vec![off, worked], "2023-05-16"),
            (vec![exception("2023-05-16", false), exception("2023-05-17", false)], "2023-05-18"),
            // What the country says anyway.
            (vec![exception("2023-05-07", false), exception("2023-05-08", true)], "2023-05-16"),
            // The day of receipt does not count.
            (vec![exception("2023-04-28", false)], "2023-05-16"),
            (vec![exception("2023-05-01", true)], "2023-05-15"),
        ] {
            assert_eq!(office(&exceptions).decision_due(day("2023-04-28")), Some(day(due)), "{exceptions:?}");
        }
        let closed = office(&[exception("2023-04-11", false), exception("2023-05-12", false)]);
        assert_eq!(closed.notified_on(day("2023-04-06"), Delivery::EAddress), Some(day("2023-04-13")));
        assert_eq!(closed.notified_on(day("2023-04-06"), Delivery::RegisteredLetter), Some(day("2023-04-13")));
        assert_eq!(closed.appeal_until(day("2023-04-12")), Some(day("2023-05-15")));
    }

    #[test]
    fn an_exception_says_what_the_country_does_not() {
        let country = calendar();
        // A Sunday, a holiday, a Monday.
        for (date, working) in [("2023-05-07", true), ("2023-05-04", true), ("2023-05-08", false)] {
            let mut exception = CalendarException { date: day(date), working, reason: "office".to_owned() };
            assert!(country.is_departed_from_by(&exception), "{date}");
            exception.working = !working;
            assert!(!country.is_departed_from_by(&exception), "{date}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_deadline_has_as_many_working_days_as_asked(offset in 0_u64..20_000, days in 1_u32..120, moved: bool) {
            let calendar = calendar();
            let options = CalendarOptions { moved_working_days: moved };
            let from = day("2000-01-01") + Days::new(offset);
            let due = calendar.add_working_days(from, days, options).unwrap();
            let counted = calendar.working_days_between(from.succ_opt().unwrap(), due, options);
            prop_assert_eq!(counted.len(), usize::try_from(days).unwrap());
            prop_assert_eq!(counted.last(), Some(&due));
        }
    }
}

//! Ages in completed months and years, counted as legal periods are.

use chrono::{Datelike, NaiveDate};

/// Days of the month that `date` lies in.
fn days_in_month(date: NaiveDate) -> u32 {
    u32::from(date.num_days_in_month())
}

/// Completed months on a day; `None` when the birth lies after it.
///
/// **Decision**: a month is complete on the same day number, or on the month's last day where that day is missing, as
/// legal periods are counted: born 2021-07-31, 19 months are complete on 2023-02-28.
#[must_use]
pub fn completed_months(birth: NaiveDate, on: NaiveDate) -> Option<u32> {
    if on < birth {
        return None;
    }
    let months =
        (on.year() - birth.year()) * 12 + i32::try_from(on.month0()).ok()? - i32::try_from(birth.month0()).ok()?;
    let complete = on.day() >= birth.day() || on.day() == days_in_month(on);
    u32::try_from(if complete { months } else { months - 1 }).ok()
}

/// Completed years on a day; `None` when the birth lies after it.
#[must_use]
pub fn completed_years(birth: NaiveDate, on: NaiveDate) -> Option<u32> {
    completed_months(birth, on).map(|months| months / 12)
}

/// The day on which so many years are complete; `None` beyond the calendar.
#[must_use]
pub fn birthday(birth: NaiveDate, years: u32) -> Option<NaiveDate> {
    birth.checked_add_months(chrono::Months::new(years.checked_mul(12)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_complete_on_the_same_day_or_the_last_one() {
        for (birth, on, months) in [
            ("2021-08-02", "2023-03-01", 18),
            ("2021-08-01", "2023-03-01", 19),
            ("2021-07-31", "2023-02-27", 18),
            ("2021-07-31", "2023-02-28", 19),
            ("2008-02-29", "2026-02-27", 215),
            ("2008-02-29", "2026-02-28", 216),
            ("2008-02-29", "2024-02-28", 191),
            ("2008-02-29", "2024-02-29", 192),
            ("2023-03-01", "2023-03-01", 0),
            ("2023-01-31", "2023-04-30", 3),
            ("2022-12-31", "2023-01-30", 0),
        ] {
            assert_eq!(completed_months(day(birth), day(on)), Some(months), "{birth} on {on}");
        }
        assert_eq!(completed_months(day("2023-03-02"), day("2023-03-01")), None);
    }

    #[test]
    fn eighteen_years_are_complete_on_the_birthday() {
        assert_eq!(completed_years(day("2005-03-01"), day("2023-02-28")), Some(17));
        assert_eq!(completed_years(day("2005-03-01"), day("2023-03-01")), Some(18));
        assert_eq!(birthday(day("2008-02-29"), 18), Some(day("2026-02-28")));
    }

    proptest! {
        #[test]
        fn age_never_falls_and_a_birthday_completes_its_year(days in 0_u64..40_000, age in 0_u64..9_000, years in 0_u32..30) {
            let birth = day("1900-01-01") + chrono::Days::new(days);
            let on = birth + chrono::Days::new(age);
            let months = completed_months(birth, on).unwrap();
            let next = completed_months(birth, on + chrono::Days::new(1)).unwrap();
            prop_assert!(next == months || next == months + 1);
            let complete = birthday(birth, years).unwrap();
            prop_assert_eq!(completed_years(birth, complete), Some(years));
            if years > 0 {
                prop_assert_eq!(completed_years(birth, complete.pred_opt().unwrap()), Some(years - 1));
            }
        }
    }
}

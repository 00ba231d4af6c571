//! When a plan begins and ends, and the days of a child who grows up.

use super::*;

#[test]
fn a_plan_begins_with_the_grant_or_later_and_after_the_plan_before() {
    for (granted_on, last_day, expected) in [
        (Some("2023-04-01"), Some("2023-03-31"), &[][..]),
        (Some("2023-04-02"), None, &["error /from before_grant"]),
        (None, Some("2023-04-01"), &["error /from within_plan_before"]),
    ] {
        let before = Before { granted_on: granted_on.map(day), last_day: last_day.map(day), ..Before::default() };
        let checked = Checked { before, ..Checked::default() };
        assert_eq!(checked.found(&plan(&[line(1, "specialist", &[])])), expected, "{granted_on:?} {last_day:?}");
    }
}

#[test]
fn the_year_of_a_plan_ends_with_it() {
    for (from, to, first) in [
        ("2024-04-01", "2025-03-31", "2024-04-01"),
        ("2023-10-01", "2024-03-31", "2023-04-01"),
        ("2023-10-15", "2024-02-29", "2023-03-01"),
    ] {
        let content = PlanContent { from: day(from), to: day(to), ..plan(&[]) };
        assert_eq!(year_of(&content), day(first), "{from} {to}");
    }
}

#[test]
fn a_child_keeps_a_plan_to_the_day_before_the_18th_birthday() {
    let plan = plan(&[]);
    for (born, last) in [
        (None, "2024-03-31"),
        (Some("2006-06-15"), "2024-03-31"),
        (Some("2005-06-15"), "2023-06-14"),
        (Some("2006-02-28"), "2024-02-27"),
    ] {
        assert_eq!(plan.last_day(born.map(day)), day(last), "{born:?}");
    }
}

//! Which services go together.

use super::*;

#[test]
fn each_combination_rule_has_its_own_code() {
    let at = |number, service: &str, time: Value| line(number, service, &[("times", time)]);
    let morning = || times(1, "09:00", "12:00");
    // Rule 1.
    for other in ["assistant", "babysitter"] {
        let reasoned = |time| line(2, other, &[("times", time), ("reason", json!("r"))]);
        let home = |time| at(1, "home_care", time);
        let of_other: &[&str] =
            if other == "babysitter" { &["warning /lines/1/service service_not_listed"] } else { &[] };
        let with = |expected: &str| {
            of_other
                .iter()
                .copied()
                .chain([expected])
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let meet = found(&[home(morning()), reasoned(times(1, "11:00", "13:00"))]);
        assert_eq!(meet, with("error /lines/0/times home_care_at_same_time"), "{other}");
        assert_eq!(found(&[home(morning()), reasoned(times(1, "12:00", "13:00"))]), with(""), "{other}");
        assert_eq!(
            found(&[home(morning()), reasoned(json!([]))]),
            with("warning /lines/0/times home_care_times_unknown")
        );
    }
    // Rule 2.
    let both = |one, other| found(&[at(1, "assistant", one), at(2, "escort", other)]);
    assert_eq!(both(morning(), times(1, "10:00", "11:00")), ["error /lines/0/times assistant_at_same_time"]);
    assert_eq!(both(morning(), times(2, "10:00", "11:00")), [""; 0]);
    assert_eq!(both(morning(), json!([])), ["error /lines/0/times assistant_times_required"]);
    // A babysitter beside an assistant is no escort: times that are not told are a warning.
    for assistant in ["assistant", "universal_assistant"] {
        let with = |other: &str, one: Value, other_time: Value| {
            let other = line(2, other, &[("times", other_time), ("reason", json!("r"))]);
            let mut found = found(&[line(1, assistant, &[("times", one), ("reason", json!("r"))]), other]);
            found.retain(|finding| finding.contains("assistant_"));
            found
        };
        for (other, unknown) in [("babysitter", "warning"), ("escort", "error")] {
            let required = format!("{unknown} /lines/0/times assistant_times_required");
            assert_eq!(with(other, morning(), json!([])), [required.as_str()], "{assistant} {other}");
            assert_eq!(with(other, json!([]), morning()), [required], "{assistant} {other}");
            assert_eq!(with(other, morning(), times(1, "12:00", "13:00")), [""; 0], "{assistant} {other}");
            let met = ["error /lines/0/times assistant_at_same_time"];
            assert_eq!(with(other, morning(), times(1, "11:59", "13:00")), met, "{assistant} {other}");
        }
    }
    // Rule 3.
    let mut adults = Checked { methodology: MethodologyId::Adults2023, ..Checked::default() };
    adults.person.birth_date = None;
    let adult = |number, service: &str, volume: &str| {
        line(number, service, &[("volume", json!(volume)), ("recipient", json!("adult"))])
    };
    let days = |centre, workshop| {
        adults.found(&plan(&[adult(1, "day_care_centre", centre), adult(2, "specialised_workshop", workshop)]))
    };
    assert_eq!(days("147", "100"), [""; 0]);
    assert_eq!(days("200", "100"), ["error /lines/0/volume day_care_and_workshop"]);
    let alone = |volume| adults.found(&plan(&[adult(1, "specialised_workshop", volume)]));
    assert_eq!(alone("248"), [""; 0]);
    assert_eq!(alone("249"), ["error /lines/0/volume day_care_and_workshop"]);
    // Rule 4.
    let centre = line(1, "day_care_centre", &[("includes", json!(["specialist"]))]);
    assert_eq!(found(&[centre, line(2, "specialist", &[])]), ["error /lines/1/service paid_twice_with_day_care"]);
    // Rule 5.
    let months = |count: usize| -> Value {
        let first: crate::month::Month = "2023-04".parse().unwrap();
        let months = first.to("2024-03".parse().unwrap()).take(count);
        json!(months.map(|month| json!({"month": month.to_string(), "volume": "10"})).collect::<Vec<_>>())
    };
    let respite = |days: &str, used: usize| {
        let volume = (used * 10).to_string();
        let home = line(2, "home_care", &[("volume", json!(volume)), ("schedule", months(used))]);
        found(&[line(1, "respite_institution", &[("volume", json!(days))]), home])
    };
    assert_eq!(respite("30", 12), ["error /lines/1/schedule respite_takes_month_off"]);
    assert_eq!(respite("30", 11), [""; 0]);
    assert_eq!(respite("20", 12), [""; 0]);
    let unspread = |service: &str, days: &str| {
        found(&[line(1, "respite_institution", &[("volume", json!(days))]), line(2, service, &[])])
    };
    for service in ["home_care", "day_care_centre"] {
        assert_eq!(unspread(service, "30"), ["error /lines/1/schedule respite_takes_month_off"], "{service}");
        assert_eq!(unspread(service, "29"), [""; 0], "{service}");
    }
    assert_eq!(unspread("specialist", "30"), [""; 0]);
    // Rule 6.
    let transport =
        |euros: &str| line(1, "transport_compensation", &[("volume", json!(euros)), ("unit_price", json!("1.00"))]);
    assert_eq!(found(&[transport("1200")]), [""; 0]);
    assert_eq!(found(&[transport("1200.01")]), ["error /lines/0/unit_price above_transport_ceiling"]);
    let mut allowance = Checked::default();
    allowance.person.transport_allowance = true;
    assert_eq!(allowance.found(&plan(&[transport("1040.64")])), [""; 0]);
    // Months that begin within a calendar month are not counted twice.
    let year = |from: &str, to: &str, euros: &str| {
        let transport = adult(1, "transport", euros);
        adults.found(&PlanContent { from: day(from), to: day(to), ..plan(&[transport]) })
    };
    let above = ["error /lines/0/unit_price above_transport_ceiling"];
    assert_eq!(year("2023-04-15", "2024-04-14", "1200"), [""; 0]);
    assert_eq!(year("2023-04-15", "2024-04-14", "1200.01"), above);
    assert_eq!(year("2023-04-01", "2024-03-31", "1200"), [""; 0]);
    assert_eq!(year("2023-04-01", "2023-09-15", "600.01"), above);
    assert_eq!(allowance.found(&plan(&[transport("1040.65")])), ["error /lines/0/unit_price above_transport_ceiling"]);
    // Rule 7: five working days a week.
    let month = |days: &str| {
        line(
            1,
            "day_care_centre",
            &[("volume", json!(days)), ("schedule", json!([{"month": "2023-05", "volume": days}]))],
        )
    };
    assert_eq!(found(&[month("20")]), [""; 0]);
    assert_eq!(found(&[month("23")]), ["error /lines/0/schedule day_care_above_working_days"]);
    assert_eq!(
        found(&[of("day_care_centre", "260")]),
        ["error /lines/0/volume above_average_day_care_centre", "error /lines/0/volume day_care_above_working_days"]
    );
}

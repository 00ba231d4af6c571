//! Lines and their sums: what is complete, fits the budget, and keeps what is committed.

use super::*;

#[test]
fn a_line_is_complete_and_its_service_may_be_paid() {
    let empty = PlanContent { goals: vec![], lines: vec![], ..plan(&[]) };
    assert_eq!(Checked::default().found(&empty), ["error /lines no_lines", "error /goals no_goals"]);
    for (changes, expected) in [
        (vec![("service", json!("no_such"))], "error /lines/0/service unknown_service"),
        (vec![("service", json!("technical_aids"))], "error /lines/0/service service_not_payable"),
        (vec![("service", json!("hippotherapy"))], "error /lines/0/service service_not_listed"),
        (
            vec![("service", json!("hippotherapy")), ("reason", json!("r"))],
            "warning /lines/0/service service_not_listed",
        ),
        (vec![("recipient", json!("adult"))], "error /lines/0/recipient recipient_not_served"),
        (vec![("goal", Value::Null)], "error /lines/0/goal goal_required"),
        (vec![("goal", json!(2))], "error /lines/0/goal unknown_goal"),
        (vec![("priority", Value::Null)], "error /lines/0/priority priority_required"),
        (vec![("schedule", json!([{"month": "2023-04", "volume": "9"}]))], "error /lines/0/schedule schedule_mismatch"),
        (
            vec![("schedule", json!([{"month": "2024-04", "volume": "10"}]))],
            "error /lines/0/schedule/0/month outside_period",
        ),
        (vec![("times", times(8, "09:00", "10:00"))], "error /lines/0/times/0 not_a_time"),
        (vec![("provider_is_relative", json!(true))], "warning /lines/0/provider_is_relative provider_is_relative"),
    ] {
        assert_eq!(found(&[line(1, "specialist", &changes)]), [expected], "{changes:?}");
    }
    let twice = json!([{"month": "2023-04", "volume": "5"}, {"month": "2023-04", "volume": "5"}]);
    assert_eq!(
        found(&[line(1, "specialist", &[("schedule", twice)])]),
        ["error /lines/0/schedule/1/month month_twice"]
    );
    let same = line(1, "psychologist_child", &[]);
    assert_eq!(
        found(&[line(1, "specialist", &[]), same]),
        ["error /lines/1/number number_twice", "error /lines/1/priority priority_twice"]
    );
    let mut impaired = Checked::default();
    impaired.person.impairments = vec![Impairment::Hearing];
    assert_eq!(impaired.found(&plan(&[of("vision_skills", "10")])), ["error /lines/0/service impairment_required"]);
    let mut long = plan(&[line(1, "specialist", &[])]);
    long.to = day("2024-04-01");
    assert_eq!(Checked::default().found(&long), ["error /to period_too_long"]);
}

#[test]
fn the_sum_must_fit_and_the_states_part_is_the_states() {
    let euros = |number, euros: &str, funding: &str, service: &str| {
        line(number, service, &[("unit_price", json!(euros)), ("volume", json!("10")), ("funding", json!(funding))])
    };
    let own = |price| euros(1, price, "individual_budget", "specialist");
    assert_eq!(found(&[own("9000.00")]), [""; 0]);
    assert_eq!(found(&[own("9000.01")]), ["error /lines state_part_not_spendable"]);
    assert_eq!(found(&[own("10000.01")]), ["error /lines above_indicative", "error /lines state_part_not_spendable"]);
    let fits = [own("9000.00"), euros(2, "1000.01", "parent", "psychologist_child")];
    assert_eq!(found(&fits), [""; 0], "what others pay stands beside");
    let excess = Checked::default().all(&plan(&[own("10000.01")]));
    assert!(
        matches!(excess.first().unwrap().what, What::AboveIndicative { excess } if excess == Money::from_cents(10))
    );
}

#[test]
fn a_revision_keeps_what_is_committed() {
    let signed = plan(&[line(1, "specialist", &[]), line(2, "psychologist_child", &[])]);
    let committed = [(1, Committed { volume: Volume::from_thousandths(8_000), amount: Money::from_cents(800) })].into();
    let checked = Checked { signed: Some(signed), committed, ..Checked::default() };
    assert_eq!(checked.found(&plan(&[line(1, "specialist", &[("volume", json!("8"))])])), [""; 0]);
    assert_eq!(
        checked.found(&plan(&[line(1, "specialist", &[("volume", json!("7.5"))])])),
        ["error /lines/0/volume below_committed"]
    );
    let otherwise = |members: &[(&str, serde_json::Value)]| checked.found(&plan(&[line(1, "specialist", members)]));
    assert_eq!(otherwise(&[("funding", json!("parent"))]), ["error /lines/0/funding line_ordered"]);
    let billed = otherwise(&[("self_prepaid", json!(false))]);
    assert_eq!(billed, ["error /lines/0/offer provider_required", "error /lines/0/self_prepaid line_ordered"]);
    assert_eq!(checked.found(&plan(&[line(1, "home_care", &[])])), ["error /lines/0/service other_service"]);
    assert_eq!(checked.found(&plan(&[line(2, "psychologist_child", &[])])), ["error /lines committed_line_removed"]);
}

#[test]
fn a_revision_costs_no_less_than_what_is_committed() {
    let of = |volume: &str, price: &str| {
        plan(&[line(1, "specialist", &[("volume", json!(volume)), ("unit_price", json!(price))])])
    };
    let committed = Committed { volume: Volume::from_thousandths(8_000), amount: Money::from_cents(48_000) };
    let checked = Checked { signed: Some(of("10", "60.00")), committed: [(1, committed)].into(), ..Checked::default() };
    assert_eq!(checked.found(&of("8", "60.00")), [""; 0]);
    assert_eq!(checked.found(&of("10", "48.00")), [""; 0]);
    assert_eq!(checked.found(&of("10", "47.99")), ["error /lines/0/unit_price below_committed_amount"]);
    assert_eq!(checked.found(&of("7", "60.00")), ["error /lines/0/volume below_committed"]);
    // Nor does what is proposed.
    let mut short = checked;
    short.ceiling = Ceiling { indicative: Money::from_cents(50_000), ..Ceiling::default() };
    let proposed = corrections::correct(&of("12", "48.00"), &short.context()).unwrap();
    assert_eq!((short.found(&proposed.content), proposed.lines[0].proposed), (vec![], Volume::exact(10.into())));
}

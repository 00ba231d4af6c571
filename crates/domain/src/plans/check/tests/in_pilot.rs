//! The limits of the pilot, and what it cuts.

use super::*;

#[test]
fn the_pilot_has_its_own_limits() {
    let mut pilot = Checked { methodology: MethodologyId::ChildrenPilot2018, ..Checked::default() };
    pilot.ceiling = Ceiling { indicative: Money::from_cents(100_000), ..Ceiling::default() };
    pilot.person.birth_date = Some(day("2010-01-01"));
    let content = |lines: &[Value]| PlanContent { from: day("2018-11-01"), to: day("2019-04-30"), ..plan(lines) };
    let group = |price: &str| line(1, "group_sessions_child", &[("unit_price", json!(price))]);
    assert_eq!(pilot.found(&content(&[group("25.93")])), [""; 0]);
    assert_eq!(pilot.found(&content(&[group("25.94")])), ["error /lines/0/unit_price above_group_session_limit"]);
    let trips = |price: &str, reason: Value| line(1, "transport", &[("unit_price", json!(price)), ("reason", reason)]);
    assert_eq!(pilot.found(&content(&[trips("10.00", Value::Null)])), [""; 0]);
    let above = "above_transport_ceiling";
    assert_eq!(pilot.found(&content(&[trips("10.01", Value::Null)])), [format!("error /lines/0/unit_price {above}")]);
    assert_eq!(pilot.found(&content(&[trips("10.01", json!("r"))])), [format!("warning /lines/0/unit_price {above}")]);
    // What was signed for a reason is what claims may come to.
    let claimable = |lines: &[Value]| claimable_transport(&content(lines), &pilot.context());
    let tenth = Some(Money::from_cents(10_000));
    assert_eq!(claimable(&[trips("15.00", json!("r"))]), Some(Money::from_cents(15_000)));
    assert_eq!(claimable(&[trips("15.00", json!(" "))]), tenth);
    assert_eq!(claimable(&[trips("9.00", json!("r"))]), tenth);
    let unranked = line(1, "transport", &[("expert_rank", Value::Null)]);
    assert_eq!(pilot.found(&content(&[unranked])), ["error /lines/0/expert_rank priority_required"]);
    // Above the budget there is one fault: the state pays no part of it.
    let dear = line(1, "group_sessions_child", &[("unit_price", json!("25.00")), ("volume", json!("41"))]);
    assert_eq!(pilot.found(&content(&[dear])), ["error /lines above_indicative"]);
}

#[test]
fn what_the_pilot_cuts_stays_needed() {
    let mut pilot = Checked { methodology: MethodologyId::ChildrenPilot2018, ..Checked::default() };
    pilot.ceiling = Ceiling { indicative: Money::from_cents(10_000), ..Ceiling::default() };
    pilot.person.birth_date = Some(day("2010-01-01"));
    let content = |lines: &[Value]| PlanContent { from: day("2018-11-01"), to: day("2019-04-30"), ..plan(lines) };
    let sessions = |volume: &str, needed: Value| {
        let members = [("unit_price", json!("25.00")), ("volume", json!(volume)), ("needed_volume", needed)];
        line(1, "group_sessions_child", &members)
    };
    assert_eq!(pilot.found(&content(&[sessions("4", json!("10"))])), [""; 0]);
    let unfit = ["error /lines/0/needed_volume needed_volume_unfit"];
    assert_eq!(pilot.found(&content(&[sessions("4", json!("3"))])), unfit);
    assert_eq!(PilotNeed::of(&content(&[sessions("4", json!("10"))])).needed, Money::from_cents(25_000));
    // A line that is cut to nothing stays, and what was needed before is needed still.
    let other = line(
        2,
        "specialist",
        &[
            ("unit_price", json!("100.00")),
            ("volume", json!("1")),
            ("expert_rank", json!(2)),
            ("parent_rank", json!(2)),
        ],
    );
    let corrected = corrections::correct(&content(&[sessions("4", json!("10")), other]), &pilot.context());
    let corrected = corrected.unwrap().content;
    assert_eq!(corrected.lines.len(), 2);
    assert_eq!(PilotNeed::of(&corrected).needed, Money::from_cents(35_000));
    assert_eq!(pilot.found(&corrected), [""; 0]);
    let of_2023 = Checked::default();
    let told = line(1, "specialist", &[("needed_volume", json!("99"))]);
    assert_eq!(of_2023.found(&plan(&[told])), unfit);
}

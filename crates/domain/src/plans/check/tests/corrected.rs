//! What a correction keeps, by tables and drawn plans.

use super::*;

#[test]
fn a_correction_of_any_plan_fits_and_its_schedule_follows() {
    let schedule = json!([{"month": "2023-04", "volume": "60"}, {"month": "2023-05", "volume": "60"}]);
    let draft = plan(&[
        line(1, "home_care", &[("volume", json!("120")), ("unit_price", json!("100.00")), ("schedule", schedule)]),
        line(2, "specialist", &[("volume", json!("60")), ("unit_price", json!("10.00"))]),
        line(3, "transport_compensation", &[("volume", json!("1300")), ("unit_price", json!("1.00"))]),
        line(4, "psychologist_child", &[("funding", json!("parent")), ("unit_price", json!("9000.00"))]),
        line(5, "assistant", &[("funding", json!("state")), ("volume", json!("970")), ("unit_price", json!("5.00"))]),
    ]);
    let mut checked = Checked::default();
    checked.ceiling.indicative = Money::from_cents(1_500_000);
    checked.ceiling.of_which_state = Money::from_cents(500_000);
    let context = checked.context();
    let correction = crate::plans::corrections::correct(&draft, &context).unwrap();
    assert!(correction.optimal && correction.amounts.excess.is_none() && correction.amounts.payable_excess.is_none());
    let errors = |content: &PlanContent| {
        findings(content, &context).into_iter().filter(|finding| finding.severity == Severity::Error).count()
    };
    assert!(errors(&draft) > 0);
    assert_eq!(errors(&correction.content), 0, "{:?}", checked.found(&correction.content));
    assert_eq!(correction.content.lines.len(), 5, "the parent's line stays as it is");
    let home_care = correction.content.line(1).unwrap();
    let scheduled: Volume = home_care.schedule.iter().map(|month| month.volume).sum();
    assert!(home_care.volume < Volume::from_thousandths(120_000) && scheduled == home_care.volume);
    let changed = |number| !correction.lines.iter().find(|line| line.number == number).unwrap().reasons.is_empty();
    assert!(changed(1) && changed(2) && changed(3) && changed(5));
}

/// Drafts that are wrong in one way that a smaller volume mends, with what is proposed of each line.
#[test]
fn a_correction_keeps_the_rules_of_volumes_and_times() {
    let volume = |volume: &str| ("volume", json!(volume));
    let paid = |funding: &str| ("funding", json!(funding));
    let morning = || ("times", times(1, "09:00", "12:00"));
    let free = || [("free_support", json!(true)), ("unit_price", json!("0.00"))];
    let schedule = |months: &[(&str, &str)]| {
        let month = |(month, volume): &(&str, &str)| json!({"month": month, "volume": volume});
        ("schedule", json!(months.iter().map(month).collect::<Vec<_>>()))
    };
    let home_care = |number| line(number, "home_care", &[morning()]);
    let mut free_sitter = line(2, "babysitter", &[morning(), ("reason", json!("r"))]);
    (free_sitter["free_support"], free_sitter["unit_price"]) = (json!(true), json!("0.00"));
    let mut free_care = line(2, "day_care_centre", &[volume("100")]);
    for (member, value) in free() {
        free_care[member] = value;
    }
    let adult = |mut line: Value| {
        line["recipient"] = json!("adult");
        line
    };
    let children = MethodologyId::Children2023;
    for (name, methodology, lines, proposed) in [
        (
            "beside a babysitter of the parent",
            children,
            vec![home_care(1), line(2, "babysitter", &[morning(), paid("parent")])],
            vec!["0"],
        ),
        ("beside free support", children, vec![home_care(1), free_sitter], vec!["0"]),
        (
            "an escort of the municipality",
            children,
            vec![line(1, "assistant", &[morning()]), line(2, "escort", &[morning(), paid("municipality")])],
            vec!["0"],
        ),
        (
            "respite of a month",
            children,
            vec![line(1, "home_care", &[]), line(2, "respite_institution", &[volume("30")])],
            vec!["10", "29"],
        ),
        (
            "respite of a month in two lines",
            children,
            vec![
                line(1, "home_care", &[paid("parent")]),
                line(2, "respite_institution", &[volume("20")]),
                line(3, "respite_institution", &[volume("10")]),
            ],
            vec!["20", "9"],
        ),
        (
            "an average without a reason",
            children,
            vec![{
                let mut line = line(1, "family_assistant", &[volume("600")]);
                line["recipient"] = json!("parent");
                line
            }],
            vec!["576"],
        ),
        ("days that nobody pays", children, vec![line(1, "day_care_centre", &[volume("200")]), free_care], vec!["148"]),
        (
            "days of a month",
            children,
            vec![line(1, "day_care_centre", &[volume("50"), schedule(&[("2023-05", "30"), ("2023-06", "20")])])],
            vec!["40"],
        ),
        (
            "a workshop alone",
            MethodologyId::Adults2023,
            vec![adult(line(1, "specialised_workshop", &[volume("300")]))],
            vec!["248"],
        ),
        (
            "days of a month in two lines",
            MethodologyId::Adults2023,
            vec![
                adult(line(1, "day_care_centre", &[volume("15"), schedule(&[("2023-06", "15")])])),
                adult(line(2, "specialised_workshop", &[volume("15"), schedule(&[("2023-06", "15")])])),
            ],
            vec!["15", "6"],
        ),
    ] {
        let mut checked = Checked { methodology, ..Checked::default() };
        checked.person.birth_date = Some(day("2013-01-01")).filter(|_| methodology == children);
        let content = plan(&lines);
        assert!(!can_be_signed(&checked.all(&content)), "{name}: nothing is wrong");
        let correction = corrections::correct(&content, &checked.context()).unwrap();
        let volumes: Vec<String> = correction.lines.iter().map(|line| line.proposed.to_string()).collect();
        assert_eq!(volumes, proposed, "{name}");
        // Where nothing is left, that is all that is wrong.
        let mut found = checked.found(&correction.content);
        found.retain(|finding| finding.starts_with("error"));
        assert_eq!(found, [""; 0], "{name}");
        let reasoned = |line: &&corrections::CorrectedLine| line.proposed == line.drafted || !line.reasons.is_empty();
        assert!(correction.lines.iter().all(|line| reasoned(&line)), "{name}");
    }
    // What is committed of a lower priority is left to it.
    let respite = |number, days: &str| line(number, "respite_institution", &[volume(days)]);
    let committed = Committed { volume: Volume::exact(15.into()), amount: Money::ZERO };
    let checked = Checked { committed: [(3, committed)].into(), ..Checked::default() };
    let content = plan(&[line(1, "home_care", &[]), respite(2, "20"), respite(3, "15")]);
    let correction = corrections::correct(&content, &checked.context()).unwrap();
    let volumes: Vec<String> = correction.lines.iter().map(|line| line.proposed.to_string()).collect();
    assert_eq!((volumes, correction.optimal), (["10", "14", "15"].map(str::to_owned).to_vec(), false));
    assert_eq!(checked.found(&correction.content), [""; 0]);
    // A reason lets the average be, and a day care centre's average binds beside what other plans gave.
    let reasoned = line(1, "day_care_centre", &[volume("100"), ("reason", json!("r"))]);
    for (line, proposed) in [(line(1, "day_care_centre", &[volume("100")]), 52), (reasoned, 100)] {
        let given = Received { volume: Volume::exact(200.into()), amount: Money::ZERO };
        let before = Before { received: [("day_care_centre".to_owned(), given)].into(), ..Before::default() };
        let checked = Checked { before, ..Checked::default() };
        let correction = corrections::correct(&plan(&[line]), &checked.context()).unwrap();
        assert_eq!(correction.lines[0].proposed, Volume::exact(proposed.into()));
    }
}

#[test]
fn the_reasons_of_a_correction_name_lines_by_their_numbers() {
    let at = |number, service: &str| line(number, service, &[("times", times(1, "09:00", "12:00"))]);
    let others = line(1, "specialist", &[("funding", json!("parent"))]);
    let content = plan(&[others, at(7, "home_care"), at(9, "assistant")]);
    let checked = Checked::default();
    let correction = corrections::correct(&content, &checked.context()).unwrap();
    let dropped = correction.lines.iter().find(|line| line.number == 9).unwrap();
    let arguments = format!("{:?}", dropped.reasons[0].arguments);
    assert_eq!(arguments, r#"[("line", Number(7)), ("priority", Number(7))]"#);
}

/// A drawn line: service, volume, who pays or nobody, times, months of its schedule, whether a reason is told.
type Drawn = (usize, u32, usize, usize, usize, bool);

fn drawn_plan(drawn: &[Drawn]) -> PlanContent {
    const SERVICES: [&str; 8] = [
        "home_care",
        "day_care_centre",
        "respite_institution",
        "family_assistant",
        "specialised_workshop",
        "assistant",
        "escort",
        "babysitter",
    ];
    const PAYERS: [&str; 4] = ["individual_budget", "individual_budget", "parent", "free"];
    let line = |(number, (service, volume, payer, time, months, reasoned)): (u32, &Drawn)| {
        let (payer, is_free) = (PAYERS[*payer], PAYERS[*payer] == "free");
        let year = "2023-04".parse::<Month>().unwrap().to("2024-03".parse().unwrap()).take(*months);
        let share = volume.checked_div(u32::try_from(*months).unwrap()).unwrap_or_default();
        let mut left = *volume;
        let mut schedule: Vec<(Month, u32)> = year.map(|month| (month, share)).collect();
        schedule.iter().for_each(|(_, share)| left -= share);
        schedule.first_mut().into_iter().for_each(|(_, share)| *share += left);
        let in_month =
            |(month, volume): &(Month, u32)| json!({"month": month.to_string(), "volume": volume.to_string()});
        let schedule: Vec<Value> = schedule.iter().map(in_month).collect();
        line(
            number,
            SERVICES[*service],
            &[
                ("volume", json!(volume.to_string())),
                ("funding", json!(if is_free { "parent" } else { payer })),
                ("free_support", json!(is_free)),
                ("unit_price", json!(if is_free { "0.00" } else { "2.00" })),
                ("times", [json!([]), times(1, "09:00", "12:00"), times(1, "11:00", "14:00")][*time].clone()),
                ("schedule", json!(schedule)),
                ("reason", if *reasoned { json!("r") } else { Value::Null }),
            ],
        )
    };
    plan(&(1..).zip(drawn).map(line).collect::<Vec<_>>())
}

proptest! {
    /// Whatever a draft plans, a correction of it keeps the rules that a smaller volume keeps, but for what is broken by
    /// lines that it does not touch.
    #[test]
    fn no_correction_breaks_a_rule_of_volumes_or_times(
        drawn in prop::collection::vec(
            (0_usize..8, 1_u32..300, 0_usize..4, 0_usize..3, 0_usize..13, any::<bool>()),
            1..6,
        ),
    ) {
        let content = drawn_plan(&drawn);
        let checked = Checked::default();
        let correction = corrections::correct(&content, &checked.context()).unwrap();
        let untouched = |line: &&PlanLine| !correction.lines.iter().any(|open| open.number == line.number);
        let lines = content.lines.iter().filter(untouched).cloned().collect();
        let others = PlanContent { lines, ..content.clone() };
        let code = |finding: &Finding| match finding.code() {
            "day_care_and_workshop" => "day_care_above_working_days",
            code => code,
        };
        let unmended: BTreeSet<&str> = checked.all(&others).iter().map(code).collect();
        let respite = others.lines.iter().filter(|line| line.service == "respite_institution");
        let by_others: Volume = respite.map(|line| line.volume).sum();
        let others_take_month = by_others > Volume::exact(29.into());
        for finding in checked.all(&correction.content).iter().filter(|finding| finding.severity == Severity::Error) {
            let code = code(finding);
            let of_rule = code.starts_with("above_") || code.starts_with("day_care_") || code.ends_with("_at_same_time")
                || code == "schedule_mismatch" || (code == "respite_takes_month_off" && !others_take_month);
            prop_assert!(!of_rule || unmended.contains(code), "{:?}", checked.found(&correction.content));
        }
    }
}

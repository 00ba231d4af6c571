//! Yearly maxima and averages, and what fits into weeks and months.

use super::*;

#[test]
fn each_yearly_maximum_and_average_has_its_own_code() {
    for (service, most, above, code) in [
        ("psychologist_parent", "24", "24.5", "above_maximum_psychologist_parent"),
        ("psychologist_child", "48", "49", "above_maximum_psychologist_child"),
        ("specialist", "48", "49", "above_maximum_specialist"),
        ("respite_institution", "30", "31", "above_maximum_respite"),
        ("respite_home_medical", "30", "31", "above_maximum_respite"),
        ("respite_home_non_medical", "30", "31", "above_maximum_respite"),
        ("respite_home_familiarisation", "72", "73", "above_maximum_respite_familiarisation"),
        ("assistant", "960", "961", "above_maximum_assistant"),
        ("escort", "720", "720.001", "above_maximum_escort"),
        ("vision_skills", "60", "61", "above_maximum_vision_skills"),
        ("vision_skills_overnight", "63", "64", "above_maximum_vision_skills_overnight"),
        ("sign_language_training", "150", "151", "above_maximum_hearing"),
        ("communication_skills", "150", "151", "above_maximum_hearing"),
        ("adaptation_training", "150", "151", "above_maximum_hearing"),
        ("social_problem_help", "150", "151", "above_maximum_hearing"),
        ("sign_interpreter_communication", "120", "121", "above_maximum_sign_interpreter_communication"),
        ("sign_interpreter_education", "480", "481", "above_maximum_sign_interpreter_education"),
        ("support_group_parent", "12", "13", "above_average_support_group"),
        ("family_assistant", "576", "577", "above_average_family_assistant"),
    ] {
        assert_eq!(found(&[of(service, most)]), [""; 0], "{service} {most}");
        assert_eq!(found(&[of(service, above)]), [format!("error /lines/0/volume {code}")], "{service} {above}");
    }
    let working_days = "247";
    assert_eq!(found(&[of("day_care_centre", working_days)]), [""; 0]);
}

#[test]
fn what_other_plans_gave_in_the_year_counts() {
    let received = |service: &str, volume: i64| {
        let of = Received { volume: Volume::exact(volume.into()), amount: Money::from_cents(volume * 100) };
        let before = Before { received: [(service.to_owned(), of)].into(), ..Before::default() };
        Checked { before, ..Checked::default() }
    };
    let above = |code: &str| vec![format!("error /lines/0/volume {code}")];
    for (other, given, service, volume, expected) in [
        ("respite_institution", 20, "respite_institution", "10", vec![]),
        ("respite_institution", 20, "respite_institution", "11", above("above_maximum_respite")),
        ("respite_home_medical", 20, "respite_institution", "11", above("above_maximum_respite")),
        ("respite_home_familiarisation", 72, "respite_institution", "30", vec![]),
        ("specialist", 40, "respite_institution", "30", vec![]),
        ("family_assistant", 570, "family_assistant", "10", above("above_average_family_assistant")),
        ("transport_compensation", 1_000, "transport_compensation", "200", vec![]),
        (
            "specialised_transport_compensation",
            1_000,
            "transport_compensation",
            "201",
            vec!["error /lines/0/unit_price above_transport_ceiling".to_owned()],
        ),
    ] {
        let checked = received(other, given);
        assert_eq!(checked.found(&plan(&[of(service, volume)])), expected, "{other} {given} {service} {volume}");
    }
    // What is proposed leaves it out too.
    let draft = plan(&[of("respite_institution", "20")]);
    let checked = received("respite_institution", 20);
    let corrected = corrections::correct(&draft, &checked.context()).unwrap();
    assert_eq!(corrected.content.line(1).unwrap().volume, Volume::exact(10.into()));
}

#[test]
fn an_average_needs_the_workers_reason_and_a_maximum_has_none() {
    let reasoned = |service: &str, volume: &str| {
        let mut line = of(service, volume);
        line["reason"] = json!("r");
        found(&[line])
    };
    assert_eq!(reasoned("family_assistant", "577"), ["warning /lines/0/volume above_average_family_assistant"]);
    assert_eq!(reasoned("escort", "721"), ["error /lines/0/volume above_maximum_escort"]);
}

#[test]
fn services_of_one_rule_share_its_volume_and_autism_has_its_own() {
    let hearing = ["sign_language_training", "communication_skills", "adaptation_training", "social_problem_help"];
    let lines: Vec<Value> =
        (1..).zip(hearing).map(|(number, service)| line(number, service, &[("volume", json!("37.5"))])).collect();
    assert_eq!(found(&lines), [""; 0]);
    let mut more = lines;
    more[2]["volume"] = json!("38");
    assert_eq!(found(&more), ["error /lines/3/volume above_maximum_hearing"]);
    let mut autism = Checked::default();
    autism.person.autism_spectrum = true;
    assert_eq!(autism.found(&plan(&[of("specialist", "156")])), [""; 0]);
    assert_eq!(
        autism.found(&plan(&[of("specialist", "157")])),
        ["error /lines/0/volume above_maximum_specialist_autism"]
    );
}

#[test]
fn the_working_days_of_a_week_are_shared() {
    let mut adults = Checked { methodology: MethodologyId::Adults2023, ..Checked::default() };
    adults.person.birth_date = None;
    let on = |number, service: &str, changes: &[(&str, Value)]| {
        let mut line = line(number, service, changes);
        line["recipient"] = json!("adult");
        line
    };
    let weekly = |volume: &str| ("intensity", json!({"volume": volume, "per": "week"}));
    let monthly = |volume: &str| ("intensity", json!({"volume": volume, "per": "month"}));
    let days = |weekdays: &[u8]| {
        let day = |weekday: &u8| json!({"weekday": weekday, "from": "09:00", "to": "12:00"});
        ("times", json!(weekdays.iter().map(day).collect::<Vec<_>>()))
    };
    let both = |centre: &[(&str, Value)], workshop: &[(&str, Value)]| {
        adults.found(&plan(&[on(1, "day_care_centre", centre), on(2, "specialised_workshop", workshop)]))
    };
    let above = |member: &str| vec![format!("error /lines/0/{member} day_care_and_workshop")];
    assert_eq!(both(&[weekly("3")], &[weekly("2")]), [""; 0]);
    assert_eq!(both(&[weekly("3")], &[weekly("2.5")]), above("intensity"));
    assert_eq!(both(&[weekly("5")], &[days(&[1])]), above("intensity"));
    assert_eq!(both(&[days(&[1, 2, 3])], &[days(&[3, 4, 5])]), above("times"));
    assert_eq!(both(&[days(&[1, 2])], &[days(&[3, 4, 5, 5])]), [""; 0], "a day counts once for a line");
    assert_eq!(both(&[monthly("20")], &[weekly("5")]), [""; 0], "months are not weeks");
    let in_month = |month: &str| ("schedule", json!([{"month": month, "volume": "10"}]));
    let turns = |first: &str, then: &str| both(&[weekly("5"), in_month(first)], &[weekly("5"), in_month(then)]);
    assert_eq!(turns("2023-04", "2023-05"), [""; 0], "one after the other");
    assert_eq!(turns("2023-05", "2023-05"), above("intensity"));
    let workshop = |changes: &[(&str, Value)]| adults.found(&plan(&[on(1, "specialised_workshop", changes)]));
    assert_eq!(workshop(&[weekly("6")]), above("intensity"));
    assert_eq!(
        Checked::default().found(&plan(&[line(1, "day_care_centre", &[weekly("6")])])),
        ["error /lines/0/intensity day_care_above_working_days"]
    );
}

#[test]
fn a_month_of_respite_leaves_a_month_free_in_2023_only() {
    let respite = |number| line(number, "respite_institution", &[("volume", json!("30"))]);
    let mut pilot = Checked { methodology: MethodologyId::ChildrenPilot2018, ..Checked::default() };
    pilot.person.birth_date = Some(day("2010-01-01"));
    let of_2018 = |lines: &[Value]| PlanContent { from: day("2018-11-01"), to: day("2019-04-30"), ..plan(lines) };
    assert_eq!(pilot.found(&of_2018(&[respite(1), line(2, "home_care", &[])])), [""; 0]);

    // From the middle of a month to the middle of the same are twelve months.
    let first: Month = "2023-04".parse().unwrap();
    let months: Vec<Month> = first.to("2024-04".parse().unwrap()).collect();
    for (free, allowed) in [(vec![], false), (vec![0], false), (vec![12], false), (vec![0, 12], true), (vec![3], true)]
    {
        let used = months.iter().enumerate().filter(|(position, _)| !free.contains(position));
        let schedule: Vec<Value> = used.map(|(_, month)| json!({"month": month.to_string(), "volume": "1"})).collect();
        let volume = schedule.len().to_string();
        let home_care = line(2, "home_care", &[("volume", json!(volume)), ("schedule", json!(schedule))]);
        let content = PlanContent { from: day("2023-04-15"), to: day("2024-04-14"), ..plan(&[respite(1), home_care]) };
        let found = Checked::default().found(&content);
        assert_eq!(found.is_empty(), allowed, "{free:?} {found:?}");
    }
    let content = PlanContent {
        from: day("2023-04-15"),
        to: day("2024-04-14"),
        ..plan(&[respite(1), line(2, "home_care", &[])])
    };
    let found = Checked::default().all(&content);
    assert!(matches!(found.first().unwrap().what, What::RespiteTakesMonthOff { most: 11 }), "{found:?}");
}

#[test]
fn home_care_beyond_what_the_calculation_counts_needs_a_reason() {
    let care = |hours: &str, reason: Value| line(1, "home_care", &[("volume", json!(hours)), ("reason", reason)]);
    let told = |severity: &str| vec![format!("{severity} /lines/0/volume above_average_home_care")];
    for (counted, hours, reason, expected) in [
        (Some(960), "960", json!(null), vec![]),
        (Some(960), "960.001", json!(null), told("error")),
        (Some(960), "961", json!("r"), told("warning")),
        (Some(0), "1", json!(null), told("error")),
        (None, "5000", json!(null), vec![]),
    ] {
        let mut checked = Checked::default();
        checked.ceiling.home_care = counted.map(|hours: i64| Volume::exact(hours.into()));
        assert_eq!(checked.found(&plan(&[care(hours, reason.clone())])), expected, "{counted:?} {hours} {reason}");
    }
    // A correction takes it as a maximum where no reason is told.
    let mut checked = Checked::default();
    checked.ceiling.home_care = Some(Volume::exact(960.into()));
    let corrected = corrections::correct(&plan(&[care("1000", json!(null))]), &checked.context()).unwrap();
    assert_eq!(corrected.content.line(1).unwrap().volume, Volume::exact(960.into()));
}

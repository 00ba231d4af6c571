//! Whom a service fits: ages, and what a specialist or commission confirms.

use super::*;

#[test]
fn a_service_that_a_specialist_confirms_needs_an_opinion_that_recommends_it() {
    static PUBLISHED: LazyLock<Parameters> = LazyLock::new(|| {
        let said = json!({"specialist_confirmations": [{"service": "specialist", "required": true,
            "valid_from": "2023-06-01", "source": {"document": "S3", "section": "x"}}]});
        Parameters::with(&[&serde_json::from_value(said).unwrap()]).unwrap()
    });
    let required = &["error /lines/1/service specialist_confirmation_required"][..];
    let on = |month: &str| json!([{"month": month, "volume": "10"}]);
    for (from, schedule, funding, recommended, expected) in [
        ("2023-05-31", json!([]), "individual_budget", "", &[][..]),
        ("2023-06-01", json!([]), "individual_budget", "", required),
        ("2023-06-01", json!([]), "individual_budget", "home_care", required),
        ("2023-06-01", json!([]), "individual_budget", "specialist", &[]),
        ("2023-06-01", json!([]), "parent", "", required),
        ("2023-04-01", on("2023-05"), "individual_budget", "", &[]),
        ("2023-04-01", on("2023-06"), "individual_budget", "", required),
    ] {
        let shown = format!("{from} {schedule} {funding} {recommended}");
        let mut plan = plan(&[
            line(1, "home_care", &[]),
            line(2, "specialist", &[("schedule", schedule), ("funding", json!(funding))]),
        ]);
        plan.from = day(from);
        let checked =
            Checked { parameters: &PUBLISHED, recommended: [recommended.to_owned()].into(), ..Checked::default() };
        assert_eq!(checked.found(&plan), expected, "{shown}");
        assert_eq!(needs_specialist(&plan, &PUBLISHED), !expected.is_empty() || recommended == "specialist", "{shown}");
        assert!(!needs_specialist(&plan, &PARAMETERS));
    }
}

#[test]
fn ages_are_checked_on_the_first_day_of_use() {
    let born = |birth: &str, service: &str| {
        let mut checked = Checked::default();
        checked.person.birth_date = Some(day(birth));
        checked.found(&plan(&[line(1, service, &[])]))
    };
    assert_eq!(born("2020-04-02", "psychologist_child"), ["error /lines/0/service age_out_of_range"]);
    assert_eq!(born("2020-04-01", "psychologist_child"), [""; 0]);
    assert_eq!(born("2018-04-02", "home_care"), ["warning /lines/0/service age_unusual"]);
    assert_eq!(born("2018-04-02", "assistant"), ["warning /lines/0/service age_unusual"]);
    assert_eq!(born("2018-04-01", "home_care"), [""; 0]);
    assert_eq!(born("2006-01-01", "guide_dog"), ["warning /to turns_18"]);
    assert_eq!(born("2006-04-01", "specialist"), [""; 0]);
    assert_eq!(born("2006-03-31", "specialist"), ["warning /to turns_18"]);
    assert_eq!(born("2005-04-02", "specialist"), ["warning /to turns_18"]);
    assert_eq!(born("2005-04-01", "specialist"), ["error /from turned_18"]);
    assert_eq!(born("2008-01-01", "guide_dog"), ["error /lines/0/service age_out_of_range"]);
}

#[test]
fn an_escort_needs_the_opinion_of_the_commission() {
    let required = &["error /lines/0/service escort_opinion_required"][..];
    for (methodology, opinion, funding, expected) in [
        (MethodologyId::Children2023, Some(false), "state", required),
        (MethodologyId::Children2023, Some(false), "individual_budget", required),
        (MethodologyId::Children2023, Some(false), "parent", &[]),
        (MethodologyId::Children2023, Some(true), "state", &[]),
        (MethodologyId::Children2023, None, "state", &[]),
        (MethodologyId::ChildrenPilot2018, Some(false), "individual_budget", &[]),
    ] {
        let mut checked = Checked { methodology, ..Checked::default() };
        checked.person.escort_opinion = opinion;
        let escort = line(1, "escort", &[("funding", json!(funding))]);
        let pilot = methodology == MethodologyId::ChildrenPilot2018;
        let content = match pilot {
            true => PlanContent { from: day("2018-11-01"), to: day("2019-04-30"), ..plan(&[escort]) },
            false => plan(&[escort]),
        };
        assert_eq!(checked.found(&content), expected, "{methodology} {opinion:?} {funding}");
    }
}

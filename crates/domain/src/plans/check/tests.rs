//! Each rule of plans by a table: what is found, and where.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    access::MunicipalityCode, money::Money, month::Month, pilot::budget::PilotNeed, plans::corrections, text::Refusal,
};

static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| Parameters::embedded().unwrap());

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn line(number: u32, service: &str, changes: &[(&str, Value)]) -> Value {
    let mut line = json!({
        "number": number, "service": service, "recipient": "child", "goal": 1, "volume": "10", "minimum_volume": null,
        "intensity": null, "schedule": [], "times": [], "offer": null, "unit_price": "1.00", "price_kind": null,
        "funding": "individual_budget", "priority": number, "expert_rank": number, "parent_rank": number,
        "self_prepaid": true, "free_support": false, "provider_is_relative": false, "includes": [], "reason": null,
    });
    for (member, value) in changes {
        line[*member] = value.clone();
    }
    line
}

fn plan(lines: &[Value]) -> PlanContent {
    serde_json::from_value(json!({
        "from": "2023-04-01", "to": "2024-03-31",
        "goals": [{"number": 1, "term": "short", "area": 2, "author": "parent", "text": "t", "measure": null}],
        "lines": lines, "notes": null,
    }))
    .unwrap()
}

struct Checked {
    parameters: &'static Parameters,
    methodology: MethodologyId,
    person: PersonFacts,
    ceiling: Ceiling,
    municipality: Option<MunicipalityCode>,
    before: Before,
    recommended: BTreeSet<String>,
    offers: BTreeMap<Uuid, OfferFacts>,
    committed: BTreeMap<u32, Committed>,
    signed: Option<PlanContent>,
}

impl Default for Checked {
    fn default() -> Self {
        Self {
            parameters: &PARAMETERS,
            methodology: MethodologyId::Children2023,
            person: PersonFacts { birth_date: Some(day("2013-01-01")), ..PersonFacts::default() },
            ceiling: Ceiling {
                indicative: Money::from_cents(10_000_000),
                of_which_state: Money::from_cents(1_000_000),
                state_services: ["assistant".to_owned()].into(),
                home_care: None,
            },
            municipality: None,
            before: Before::default(),
            recommended: BTreeSet::new(),
            offers: BTreeMap::new(),
            committed: BTreeMap::new(),
            signed: None,
        }
    }
}

impl Checked {
    fn context(&self) -> PlanContext<'_> {
        PlanContext {
            parameters: self.parameters,
            methodology: self.methodology,
            person: &self.person,
            ceiling: &self.ceiling,
            municipality: self.municipality,
            before: &self.before,
            recommended: &self.recommended,
            offers: &self.offers,
            committed: &self.committed,
            signed: self.signed.as_ref(),
        }
    }

    fn all(&self, content: &PlanContent) -> Vec<Finding> {
        findings(content, &self.context())
    }

    fn found(&self, content: &PlanContent) -> Vec<String> {
        let shown = |finding: &Finding| format!("{} {} {}", finding.severity, finding.pointer, finding.code());
        self.all(content).iter().map(shown).collect()
    }
}

fn found(lines: &[Value]) -> Vec<String> {
    Checked::default().found(&plan(lines))
}

fn times(weekday: u8, from: &str, to: &str) -> Value {
    json!([{"weekday": weekday, "from": from, "to": to}])
}

fn of(service: &str, volume: &str) -> Value {
    let recipient = match service {
        "psychologist_parent" | "support_group_parent" | "family_assistant" => "parent",
        _ => "child",
    };
    line(1, service, &[("volume", json!(volume)), ("recipient", json!(recipient))])
}

#[test]
fn a_plan_that_fits_has_no_findings() {
    assert_eq!(found(&[line(1, "specialist", &[])]), [""; 0]);
}

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

#[test]
fn a_line_without_an_offer_is_bound_by_the_tariffs_of_its_own_municipality() {
    static PUBLISHED: LazyLock<Parameters> = LazyLock::new(|| {
        let said = json!({"tariffs": [{"service": "home_care", "amount": "6.00", "unit": "hour", "price_kind": "delegated",
            "municipality": "0001000", "valid_from": "2023-04-01", "valid_to": "2023-09-30",
            "source": {"document": "S3", "section": "x"}}]});
        Parameters::with(&[&serde_json::from_value(said).unwrap()]).unwrap()
    });
    for (municipality, price, expected) in [
        (Some("0001000"), "6.00", &[][..]),
        (Some("0001000"), "6.01", &["error /lines/0/unit_price above_delegated_price"]),
        (Some("0002000"), "6.01", &[]),
        (None, "6.01", &[]),
    ] {
        let municipality = municipality.map(|code| code.parse().unwrap());
        let checked = Checked { parameters: &PUBLISHED, municipality, ..Checked::default() };
        let found = checked.found(&plan(&[line(1, "home_care", &[("unit_price", json!(price))])]));
        assert_eq!(found, expected, "{municipality:?} {price}");
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

type Change = fn(&mut OfferFacts);

fn offer(changes: Change) -> Checked {
    let mut facts = OfferFacts {
        provider: Some(Uuid::nil()),
        service: "specialist".to_owned(),
        price_kind: PriceKind::Market,
        bounds: PriceBounds::default(),
        valid_from: day("2023-01-01"),
        valid_to: None,
        qualified: true,
    };
    changes(&mut facts);
    Checked { offers: [(Uuid::nil(), facts)].into(), ..Checked::default() }
}

#[test]
fn each_price_rule_has_its_own_code() {
    let chosen = line(1, "specialist", &[("offer", json!(Uuid::nil())), ("unit_price", json!("40.00"))]);
    let content = plan(std::slice::from_ref(&chosen));
    fn below() -> Option<Money> {
        Some(Money::from_cents(3_999))
    }
    assert_eq!(offer(|facts| facts.bounds.offered = Some(Money::from_cents(4_000))).found(&content), [""; 0]);
    let bounds: [(Change, &str); 4] = [
        (|facts| facts.bounds.regulated = below(), "above_regulated_price"),
        (|facts| facts.bounds.delegated = below(), "above_delegated_price"),
        (|facts| facts.bounds.free_market = below(), "above_free_market_price"),
        (|facts| facts.bounds.offered = below(), "above_offered_price"),
    ];
    for (changes, code) in bounds {
        assert_eq!(offer(changes).found(&content), [format!("error /lines/0/unit_price {code}")]);
    }
    let unfit: [(Change, &str); 5] = [
        (|facts| facts.service = "home_care".to_owned(), "error /lines/0/offer offer_of_other_service"),
        (|facts| facts.qualified = false, "error /lines/0/offer provider_not_qualified"),
        (|facts| facts.valid_from = day("2023-04-02"), "error /lines/0/offer offer_not_valid"),
        (|facts| facts.valid_to = Some(day("2023-03-31")), "error /lines/0/offer offer_not_valid"),
        (|facts| facts.valid_to = Some(day("2023-12-31")), "warning /lines/0/offer offer_not_valid"),
    ];
    for (changes, found) in unfit {
        assert_eq!(offer(changes).found(&content), [found]);
    }
    assert_eq!(Checked::default().found(&content), ["error /lines/0/offer unknown_offer"]);
    // A price that the law sets binds without an offer too.
    let regulated = line(1, "assistant", &[("unit_price", json!("5.03")), ("funding", json!("state"))]);
    assert_eq!(found(&[regulated]), ["error /lines/0/unit_price above_regulated_price"]);
    let no_offer = line(1, "specialist", &[("self_prepaid", json!(false))]);
    assert_eq!(found(&[no_offer]), ["error /lines/0/offer provider_required"]);
    let free = line(1, "specialist", &[("free_support", json!(true))]);
    assert_eq!(found(&[free]), ["error /lines/0/unit_price free_support_has_price"]);
}

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
fn a_revision_may_have_the_price_that_begins_within_it() {
    let (chosen, later, foreign) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
    let facts = |provider: u128, from: &str, price: i64| OfferFacts {
        provider: Some(Uuid::from_u128(provider)),
        service: "specialist".to_owned(),
        price_kind: PriceKind::Market,
        bounds: PriceBounds { offered: Some(Money::from_cents(price)), ..PriceBounds::default() },
        valid_from: day(from),
        valid_to: None,
        qualified: true,
    };
    let offers = [
        (chosen, facts(10, "2023-01-01", 6_000)),
        (later, facts(10, "2023-12-01", 6_200)),
        (foreign, facts(11, "2023-12-01", 6_200)),
    ];
    let of = |offer: Uuid, price: &str, changes: &[(&str, Value)]| {
        let mut line = line(1, "specialist", &[("offer", json!(offer)), ("unit_price", json!(price))]);
        for (member, value) in changes {
            line[*member] = value.clone();
        }
        plan(&[line])
    };
    let first = Checked { offers: offers.into(), ..Checked::default() };
    let not_valid = ["error /lines/0/offer offer_not_valid"];
    assert_eq!(first.found(&of(later, "62.00", &[])), not_valid, "the first version begins with its offer");
    let revision = Checked { signed: Some(of(chosen, "60.00", &[])), ..first };
    assert_eq!(revision.found(&of(later, "62.00", &[])), [""; 0]);
    assert_eq!(revision.found(&of(later, "62.01", &[])), ["error /lines/0/unit_price above_offered_price"]);
    assert_eq!(revision.found(&of(foreign, "62.00", &[])), not_valid, "of another provider");
    assert_eq!(revision.found(&of(later, "62.00", &[("number", json!(2))])), not_valid, "another line");
    let before = ("schedule", json!([{"month": "2023-11", "volume": "10"}]));
    assert_eq!(revision.found(&of(later, "62.00", &[before])), not_valid, "begins after the last use");
    let from_then = ("schedule", json!([{"month": "2023-11", "volume": "5"}, {"month": "2023-12", "volume": "5"}]));
    assert_eq!(revision.found(&of(later, "62.00", &[from_then])), [""; 0]);

    // A price that the law sets, of a line without an offer.
    static RAISED: LazyLock<Parameters> = LazyLock::new(|| {
        let raised = json!({"tariffs": [{"service": "assistant", "amount": "5.50", "unit": "hour",
            "price_kind": "regulated", "valid_from": "2024-01-01", "source": {"document": "S3", "section": "x"}}]});
        Parameters::with(&[&serde_json::from_value(raised).unwrap()]).unwrap()
    });
    let assistant = |price: &str, schedule: Value| {
        plan(&[line(1, "assistant", &[("unit_price", json!(price)), ("schedule", schedule)])])
    };
    let above = ["error /lines/0/unit_price above_regulated_price"];
    let drafted = Checked { parameters: &RAISED, ..Checked::default() };
    assert_eq!(drafted.found(&assistant("5.50", json!([]))), above);
    let revision = Checked { signed: Some(assistant("5.02", json!([]))), ..drafted };
    assert_eq!(revision.found(&assistant("5.50", json!([]))), [""; 0]);
    assert_eq!(revision.found(&assistant("5.51", json!([]))), above);
    assert_eq!(revision.found(&assistant("5.50", json!([{"month": "2023-12", "volume": "10"}]))), above);
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

#[test]
fn any_transport_line_may_tell_the_reason() {
    let mut pilot = Checked { methodology: MethodologyId::ChildrenPilot2018, ..Checked::default() };
    pilot.ceiling = Ceiling { indicative: Money::from_cents(100_000), ..Ceiling::default() };
    pilot.person.birth_date = Some(day("2010-01-01"));
    for reasoned in [1, 2] {
        let of = |number, service| {
            let reason = if number == reasoned { json!("r") } else { Value::Null };
            line(number, service, &[("unit_price", json!("6.00")), ("reason", reason)])
        };
        let lines = [of(1, "transport"), of(2, "specialised_transport")];
        let content = PlanContent { from: day("2018-11-01"), to: day("2019-04-30"), ..plan(&lines) };
        assert_eq!(pilot.found(&content), ["warning /lines/1/unit_price above_transport_ceiling"], "{reasoned}");
        assert_eq!(claimable_transport(&content, &pilot.context()), Some(Money::from_cents(12_000)), "{reasoned}");
    }
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

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    lines::Funding,
    parameters::{ParameterFiles, Parameters},
    text::Refusal,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn named(criterion: &Value) -> NamedCriterion {
    match criterion["criterion"].as_str().unwrap() {
        "parental_employment" => NamedCriterion::ParentalEmployment,
        "upbringing_support" => NamedCriterion::UpbringingSupport,
        "palliative_care" => NamedCriterion::PalliativeCare,
        "parent_psychology" => NamedCriterion::ParentPsychology,
        "respite" => NamedCriterion::Respite { form: serde_json::from_value(criterion["form"].clone()).unwrap() },
        "child_psychology" => NamedCriterion::ChildPsychology,
        "specialist_support" => NamedCriterion::SpecialistSupport,
        "vision_support" => NamedCriterion::VisionSupport { guide_dog: criterion["guide_dog"] == true },
        "hearing_support" => NamedCriterion::HearingSupport {
            services: match criterion.get("services") {
                Some(services) => {
                    serde_json::from_value::<Vec<HearingService>>(services.clone()).unwrap().into_iter().collect()
                }
                None => HearingServices::all(),
            },
        },
        "mobility" => NamedCriterion::Mobility {
            amount: criterion.get("amount").map(|amount| Money::parse(amount.as_str().unwrap()).unwrap()),
        },
        other => panic!("{other}"),
    }
}

fn facts(request: &Value) -> ChildFacts {
    ChildFacts {
        date: day(request["date"].as_str().unwrap()),
        birth_date: day(request["birth_date"].as_str().unwrap()),
        special_care: request["special_care"].as_bool(),
        severity: request.get("severity").map(|severity| serde_json::from_value(severity.clone()).unwrap()),
        autism_spectrum: request["autism_spectrum"] == true,
        transport_allowance: request["transport_allowance"] == true,
        special_care_benefit: request["special_care_benefit"] == "included",
        criteria: request["criteria"].as_array().into_iter().flatten().map(named).collect(),
    }
}

#[test]
fn every_golden_calculation_is_met_to_the_cent_and_line_by_line() {
    let parameters = Parameters::embedded().unwrap();
    let golden: Vec<Value> = serde_json::from_str(include_str!("../../../../tests/golden/children-2023.json")).unwrap();
    assert_eq!(golden.len(), 48);
    for case in golden {
        let (name, expect) = (&case["name"], &case["expect"]);
        match (parameters.children.calculate(&facts(&case["request"])), expect["status"].as_u64()) {
            (Ok(budget), Some(200)) => {
                assert_eq!(budget.total.to_string(), expect["total"], "{name}");
                assert_eq!(budget.monthly().to_string(), expect["monthly"], "{name}");
                assert_eq!(budget.group.id, expect["group"], "{name}");
                assert_eq!(budget.of_which_state.to_string(), expect["of_which_state"], "{name}");
                let lines: Vec<Value> = budget
                    .lines()
                    .map(|line| {
                        serde_json::json!({
                            "criterion": line.priced.criterion,
                            "service": line.priced.service.as_ref().unwrap().code,
                            "volume": line.volume,
                            "amount": line.amount,
                        })
                    })
                    .collect();
                assert_eq!(Value::from(lines), expect["lines"], "{name}");
            }
            (Err(refusals), Some(422)) => {
                let about = expect["about"].as_str().unwrap().replace(' ', "_");
                assert!(
                    refusals.iter().any(|r| format!("{} {} {:?}", r.code(), r.pointer(), r.message()).contains(&about)),
                    "{name}: {refusals:?}"
                );
            }
            (result, status) => panic!("{name}: {result:?}, expected {status:?}"),
        }
    }
}

#[test]
fn a_tariff_of_a_new_year_is_an_edit_of_data_only() {
    let entry = "\n- {service: assistant, amount: \"6.00\", unit: hour, price_kind: regulated, scope: national, \
                 valid_from: 2024-01-01, source: {document: MK316, section: \"35\"}}\n";
    let tariffs = format!("{}{entry}", ParameterFiles::EMBEDDED.tariffs);
    let parameters = Parameters::parse(&ParameterFiles { tariffs: &tariffs, ..ParameterFiles::EMBEDDED }).unwrap();
    let child = |date| facts(&serde_json::json!({"date": date, "birth_date": "2018-01-15", "special_care": true}));
    let total = |date| parameters.children.calculate(&child(date)).unwrap().total.to_string();
    assert_eq!(total("2023-12-31"), "21838.32");
    // 960 hours at 0.98 more.
    assert_eq!(total("2024-01-01"), "22779.12");
}

#[test]
fn broken_data_is_refused_with_its_place() {
    let broken = |from: &str, to: &str| {
        let children_2023 = ParameterFiles::EMBEDDED.children_2023.replacen(from, to, 1);
        assert_ne!(children_2023, ParameterFiles::EMBEDDED.children_2023, "{from}");
        let files = ParameterFiles { children_2023: &children_2023, ..ParameterFiles::EMBEDDED };
        Parameters::parse(&files).unwrap_err().to_string()
    };
    assert!(broken("service: home_care", "service: home_car").contains("home_car"));
    assert!(broken("decision: guide_dog_age", "decision: no_such").contains("no_such"));
    assert!(broken("document: MK316", "document: MK0").contains("MK0"));
    assert!(broken("a_month: \"1\"", "a_month: \"1\", a_year: \"2\"").contains("either a_month or a_year"));
    assert!(broken("to_months: 83", "to_months: 8").contains("in order of age"));
    assert!(broken("ceiling: \"1200.00\"", "ceiling: \"1e3\"").contains("children-2023.yaml"));
    assert!(broken("months: 12", "mouths: 12").contains("children-2023.yaml"));
}

#[test]
fn printed_totals_of_the_baskets_by_area_hold() {
    let parameters = Parameters::embedded().unwrap();
    let area = |special_care: bool, birth_date: &str, area: u8| -> String {
        let facts =
            facts(&serde_json::json!({"date": "2023-03-01", "birth_date": birth_date, "special_care": special_care}));
        let budget = parameters.children.calculate(&facts).unwrap();
        budget.lines().filter(|line| line.priced.area == Some(area)).map(|line| line.amount).sum::<Money>().to_string()
    };
    for (special_care, birth_date, one, two) in [
        (true, "2022-10-01", "772.08", "430.32"),
        (true, "2018-01-15", "11956.08", "9882.24"),
        (false, "2018-01-15", "4386.48", "9882.24"),
    ] {
        assert_eq!(area(special_care, birth_date, 1), one);
        assert_eq!(area(special_care, birth_date, 2), two);
    }
}

#[test]
fn the_user_is_warned_of_the_last_day_before_eighteen() {
    let parameters = Parameters::embedded().unwrap();
    let warnings = |birth_date: &str| {
        let facts = facts(&serde_json::json!({"date": "2023-03-01", "birth_date": birth_date, "severity": "severe"}));
        parameters.children.calculate(&facts).unwrap().warnings()
    };
    assert!(format!("{:?}", warnings("2006-02-28")).contains("2024-02-27"));
    assert!(warnings("2006-03-01").is_empty(), "18 on the day after the period");
}

#[test]
fn all_faults_are_told_at_once() {
    let parameters = Parameters::embedded().unwrap();
    let facts = facts(&serde_json::json!({
        "date": "2023-03-01", "birth_date": "2021-01-01", "special_care": false, "special_care_benefit": "included",
        "criteria": [
            {"criterion": "palliative_care"}, {"criterion": "child_psychology"}, {"criterion": "palliative_care"},
            {"criterion": "vision_support", "guide_dog": true}, {"criterion": "mobility", "amount": "1200.01"},
        ],
    }));
    let refusals = parameters.children.calculate(&facts).unwrap_err();
    let pointers: Vec<_> = refusals.iter().map(Refusal::pointer).collect();
    assert_eq!(
        pointers,
        [
            "/criteria/0",
            "/criteria/1",
            "/criteria/2",
            "/criteria/3/guide_dog",
            "/criteria/4/amount",
            "/special_care_benefit"
        ]
    );
}

fn any_named() -> impl Strategy<Value = NamedCriterion> {
    prop_oneof![
        Just(NamedCriterion::ParentalEmployment),
        Just(NamedCriterion::UpbringingSupport),
        Just(NamedCriterion::PalliativeCare),
        Just(NamedCriterion::ParentPsychology),
        proptest::sample::select(RespiteForm::ALL).prop_map(|form| NamedCriterion::Respite { form }),
        Just(NamedCriterion::ChildPsychology),
        Just(NamedCriterion::SpecialistSupport),
        any::<bool>().prop_map(|guide_dog| NamedCriterion::VisionSupport { guide_dog }),
        proptest::sample::subsequence(HearingService::ALL, 1..=6)
            .prop_map(|services| NamedCriterion::HearingSupport { services: services.into_iter().collect() }),
        proptest::option::of(0_i64..130_000)
            .prop_map(|cents| NamedCriterion::Mobility { amount: cents.map(Money::from_cents) }),
    ]
}

prop_compose! {
    fn any_facts()(
        date in 0_u64..4_000,
        age in 0_u64..7_000,
        special_care: Option<bool>,
        severity in proptest::option::of(proptest::sample::select(Severity::ALL)),
        autism_spectrum: bool,
        transport_allowance: bool,
        special_care_benefit: bool,
        criteria in proptest::collection::vec(any_named(), 0..=MOST_CRITERIA),
    ) -> ChildFacts {
        let date = day("2022-12-01") + chrono::Days::new(date);
        ChildFacts {
            date,
            birth_date: date - chrono::Days::new(age),
            special_care,
            severity,
            autism_spectrum,
            transport_allowance,
            special_care_benefit,
            criteria: criteria.into_iter().collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn the_total_is_the_exact_sum_of_the_lines(facts in any_facts()) {
        static PARAMETERS: std::sync::LazyLock<Parameters> = std::sync::LazyLock::new(|| Parameters::embedded().unwrap());
        let result = PARAMETERS.children.calculate(&facts);
        prop_assert_eq!(result.clone().err(), PARAMETERS.children.calculate(&facts).err());
        match result {
            Ok(budget) => {
                let sum = |state: bool| -> Money {
                    budget.lines().filter(|l| !state || l.priced.funding == Funding::State).map(|l| l.amount).sum()
                };
                prop_assert_eq!(budget.total, sum(false));
                prop_assert_eq!(budget.of_which_state, sum(true));
                for line in budget.lines() {
                    prop_assert_eq!(line.volume.at(line.unit_price), line.amount);
                    prop_assert!(line.priced.index < budget.rules.line_count);
                }
                let mut criteria: Vec<_> = budget.lines().map(|l| l.priced.criterion).collect();
                criteria.dedup();
                let named = facts.criteria.iter().map(|named| named.criterion().as_str());
                let benefit = facts.special_care_benefit.then_some("special_care_benefit");
                prop_assert_eq!(criteria, ["base_basket"].into_iter().chain(named).chain(benefit).collect::<Vec<_>>());
            }
            Err(refusals) => prop_assert!(!refusals.is_empty()),
        }
    }
}

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{calculation::CalculationFacts, parameters::Parameters};

static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| Parameters::embedded().unwrap());

fn facts(methodology: MethodologyId) -> CalculationFacts {
    let facts = match methodology {
        MethodologyId::Adults2023 => json!({"methodology": "adults-2023", "date": "2023-05-02", "care_level": 2,
            "living_arrangement": "lives_with_family", "additional_needs": []}),
        _ => {
            json!({"methodology": "children-2023", "date": "2023-05-02", "birth_date": "2018-01-15", "special_care": true,
            "severity": null, "autism_spectrum": false, "transport_allowance": false, "special_care_benefit": "excluded",
            "criteria": []})
        }
    };
    serde_json::from_value(facts).unwrap()
}

/// Children and adults in each municipality, each with a budget of a hundred euros.
fn tally(parameters: &Parameters, places: &[(u32, u32)]) -> Tally {
    let codes = parameters.municipalities.on("2023-05-02".parse().unwrap()).map(|known| known.code);
    let mut tally = Tally::default();
    for (code, (children, adults)) in codes.zip(places) {
        for (methodology, people) in [(MethodologyId::Children2023, children), (MethodologyId::Adults2023, adults)] {
            for _ in 0..*people {
                let stored = Some(Money::from_cents(10_000));
                tally.add_in_force(code, facts(methodology), (parameters, "2023-05-02".parse().unwrap()), stored);
            }
        }
    }
    tally
}

fn told(parameters: &Parameters, places: &[(u32, u32)], place: PopulationPlace) -> Vec<(String, u64)> {
    let groups = groups(&tally(parameters, places), (place, None), &parameters.municipalities, &[]).unwrap_or_default();
    groups.into_iter().map(|group| (group.label, group.sums.budgets)).collect()
}

fn pairs(told: &[(&str, u64)]) -> Vec<(String, u64)> {
    told.iter().map(|(label, people)| ((*label).to_owned(), *people)).collect()
}

#[test]
fn the_country_is_told_by_group_and_a_place_by_municipality() {
    let parameters = &*PARAMETERS;
    let codes: Vec<MunicipalityCode> =
        parameters.municipalities.on("2023-05-02".parse().unwrap()).map(|known| known.code).collect();
    let of = |places: &[(u32, u32)], place| told(parameters, places, place);
    let first = PopulationPlace::Municipality(codes[0]);
    let (child, adult) = ("children-2023/1.6-6/heavy", "adults-2023/2/lives_with_family");
    assert_eq!(of(&[(6, 5)], PopulationPlace::Country), pairs(&[(child, 6), (adult, 5)]));
    assert_eq!(of(&[(6, 3)], PopulationPlace::Country), pairs(&[("other", 9)]));
    assert_eq!(of(&[(3, 1)], PopulationPlace::Country), []);

    let apart = [format!("{}/children-2023", codes[0]), format!("{}/adults-2023", codes[0])];
    assert_eq!(of(&[(6, 5)], first), pairs(&[(&apart[0], 6), (&apart[1], 5)]));
    // Few adults: the municipality is told whole, and with it one that would give them away.
    let whole = codes[0].to_string();
    for places in [&[(6, 3), (9, 9), (8, 7)][..], &[(7, 9), (6, 3), (8, 12)]] {
        assert_eq!(of(places, first), pairs(&[(&whole, u64::from(places[0].0 + places[0].1))]), "{places:?}");
    }
    assert_eq!(of(&[(20, 20), (6, 3), (8, 7)], first), pairs(&[(&apart[0], 20), (&apart[1], 20)]));
    // Few people: not told at all, nor is the smallest of the others.
    assert_eq!(of(&[(2, 2), (9, 9), (30, 30)], first), []);
    assert_eq!(of(&[(9, 9), (2, 2), (30, 30)], first), []);
    // A region is those of its municipalities that are told.
    let region = parameters.municipalities.find(codes[0]).unwrap().planning_region;
    assert_eq!(of(&[(6, 5)], PopulationPlace::Region(region)), of(&[(6, 5)], first));
    let other = PlanningRegion::ALL.iter().find(|known| **known != region).unwrap();
    assert_eq!(of(&[(6, 5)], PopulationPlace::Region(*other)), []);
}

#[test]
fn groups_grow_and_are_adjusted_by_label_before_methodology() {
    let parameters = &*PARAMETERS;
    let tally = tally(parameters, &[(6, 5)]);
    let adjusted = |group: &str, growth: i64| Adjustment {
        group: group.to_owned(),
        growth_percent: Some(Decimal::from(growth)),
        uptake_percent: None,
    };
    let adjustments =
        [adjusted("children-2023", 10), adjusted("children-2023/1.6-6/heavy", 25), adjusted("adults-2023", -100)];
    let country = (PopulationPlace::Country, None);
    let found = groups(&tally, country, &parameters.municipalities, &adjustments).unwrap();
    let grown: Vec<u64> =
        found.iter().map(|group| group.grown(adjustment(group, &adjustments).unwrap().growth_percent)).collect();
    assert_eq!(grown, [8, 0], "7.5 is rounded half up");
    assert_eq!(found[0].average(found[0].sums.current), Money::from_cents(10_000));

    let unknown = [adjusted("nobody", 1), adjusted("adults-2023", 1)];
    let refused = groups(
        &tally,
        (PopulationPlace::Country, Some(MethodologyId::Children2023)),
        &parameters.municipalities,
        &unknown,
    );
    let refused = refused.unwrap_err();
    let pointers: Vec<String> = refused.iter().map(Refusal::pointer).collect();
    assert_eq!(pointers, ["/adjustments/0/group", "/adjustments/1/group"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is told of a municipality is of five people; of whoever is not told by methodology there are in each methodology
    /// nobody, or five people of two municipalities.
    #[test]
    fn no_methodology_of_a_municipality_can_be_found(places in prop::collection::vec((0_u32..12, 0_u32..12), 0..8)) {
        let parameters = &*PARAMETERS;
        let tally = tally(parameters, &places);
        let told = of_places(&tally, |_| true);
        prop_assert!(told.iter().all(|group| group.sums.budgets >= FEWEST));
        for methodology in [MethodologyId::Children2023, MethodologyId::Adults2023] {
            let is_told = |code: &MunicipalityCode| {
                told.iter().any(|group| group.methodology.is_some() && group.label.starts_with(code.as_str()))
            };
            let hidden = tally.by_methodology().iter().filter(|(code, _)| !is_told(code));
            let hidden: Vec<u64> = hidden.filter_map(|(_, of)| of.get(&methodology)).map(|sums| sums.budgets).collect();
            let anything = told.iter().any(|group| group.methodology.is_some());
            prop_assert!(!anything || hidden.is_empty() || hidden.iter().sum::<u64>() >= FEWEST && hidden.len() >= 2);
        }
    }
}

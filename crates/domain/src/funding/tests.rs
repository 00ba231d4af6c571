use proptest::prelude::*;
use serde_json::Value;

use super::*;

const GOLDEN: &str = include_str!("../../../../tests/golden/pilot-rules.json");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn input(amount: Money, variant: FundingVariant) -> FundingInput {
    FundingInput { amount, variant, date: day("2023-05-02"), group: None }
}

#[test]
fn shares_are_those_of_the_golden_table() {
    let table = FundingTable::embedded().unwrap();
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    for case in golden["shares"].as_array().unwrap() {
        let amount = Money::parse(case["amount"].as_str().unwrap()).unwrap();
        let variant = serde_json::from_value(case["variant"].clone()).unwrap();
        let result = split(&input(amount, variant), &table).unwrap();
        let shares: serde_json::Map<String, Value> =
            result.shares.iter().map(|s| (s.payer.as_str().to_owned(), s.amount.to_string().into())).collect();
        assert_eq!(Value::from(shares), case["shares"], "{case}");
    }
}

#[test]
fn the_embedded_table_has_every_variant_and_one_is_chosen() {
    let table = FundingTable::embedded().unwrap();
    let period = table.at(day("2023-01-01")).unwrap();
    let variants: Vec<_> = period.variants.iter().map(|v| v.variant).collect();
    assert_eq!(variants, FundingVariant::ALL);
    assert_eq!(period.variants.iter().filter(|v| v.chosen).count(), 1);
    for (methodology, variant) in [
        (MethodologyId::Children2023, FundingVariant::Shared5050),
        (MethodologyId::Adults2023, FundingVariant::Shared5050),
        (MethodologyId::ChildrenPilot2018, FundingVariant::State100),
    ] {
        assert_eq!(period.shares_for(methodology).map(|shares| shares.variant), Some(variant), "{methodology}");
    }
    assert_eq!(table.at(day("2022-12-31")), None);
}

#[test]
fn a_broken_table_is_refused_with_all_its_faults() {
    let source = "source: {document: S2, section: x}";
    let variant = "variant: shared_50_50, chosen: true, children_only: false";
    for (yaml, faults) in [
        (
            format!(
                "- {{valid_from: 2023-01-01, {source}, variants: [{{{variant}, shares: [{{payer: parents, percent: 50}}, {{payer: parents, percent: 40}}]}}]}}"
            ),
            3,
        ),
        (
            format!(
                "[{{valid_from: 2023-01-01, {source}, variants: []}}, {{valid_from: 2023-01-01, {source}, variants: []}}]"
            ),
            1,
        ),
        (format!("- {{valid_from: 2023-01-01, {source}, variants: [], more: 1}}"), 1),
        (
            format!(
                "- {{valid_from: 2023-01-01, {source}, variants: [], methodologies: [{{methodology: adults-2023, variant: state_100, {source}}}]}}"
            ),
            1,
        ),
    ] {
        assert_eq!(FundingTable::parse(&yaml).unwrap_err().list().len(), faults, "{yaml}");
    }
}

#[test]
fn what_does_not_apply_is_refused() {
    let table = FundingTable::embedded().unwrap();
    let mut wrong = input(Money::from_cents(-1), FundingVariant::Shared454510);
    wrong.group = Some(FundedGroup::Adults);
    let found = |input: &FundingInput| {
        let faults = split(input, &table).unwrap_err();
        assert!(faults.iter().all(|f| f.message().key.starts_with("funding-")));
        faults.iter().map(|f| format!("{} {}", f.code(), f.pointer())).collect::<Vec<_>>()
    };
    assert_eq!(found(&wrong), ["invalid_amount /amount", "variant_not_applicable /variant"]);
    wrong.date = day("2018-01-01");
    assert_eq!(found(&wrong), ["invalid_amount /amount", "no_version_for_date /date"]);
    wrong.group = Some(FundedGroup::Children);
    wrong.amount = Money::ZERO;
    wrong.date = day("2030-01-01");
    assert_eq!(split(&wrong, &table).unwrap().of(Payer::Parents), Money::ZERO);
}

proptest! {
    #[test]
    fn shares_add_up_and_only_the_state_gets_more_than_its_percent(
        cents in 0_i64..99_999_999_999_999, variant in prop::sample::select(FundingVariant::ALL.to_vec()),
    ) {
        let result = split(&input(Money::from_cents(cents), variant), &FundingTable::embedded().unwrap()).unwrap();
        prop_assert_eq!(result.shares.iter().map(|s| s.amount).sum::<Money>(), Money::from_cents(cents));
        for share in &result.shares {
            let exact = i128::from(cents) * i128::from(share.percent);
            let got = i128::from(share.amount.cents().unwrap()) * 100;
            if share.payer == Payer::State {
                prop_assert!(got >= exact && got < exact + 200);
            } else {
                prop_assert!(got <= exact && got > exact - 100);
            }
        }
    }
}

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    funding::{FundedGroup, FundingVariant, Payer},
    text::Refusal,
};

const GOLDEN: &str = include_str!("../../../../tests/golden/tables.json");

fn golden(case: &str) -> Value {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    golden["forecast"][case].clone()
}

fn money(value: &Value) -> Money {
    Money::parse(value.as_str().unwrap()).unwrap()
}

fn number(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap()).unwrap()
}

fn group(group: &str, people: u32, uptake: Option<&str>, amount: Option<Money>) -> PopulationGroup {
    let uptake_percent = uptake.map(|percent| percent.parse().unwrap());
    PopulationGroup { group: group.to_owned(), people, uptake_percent, yearly_amount: amount }
}

fn input(groups: Vec<PopulationGroup>, services_total: Option<Money>, rounding: ForecastRounding) -> ForecastInput {
    ForecastInput {
        date: "2023-05-02".parse().unwrap(),
        groups,
        additional_needs: vec![],
        services_total,
        caseload: None,
        worker_yearly_cost: None,
        admin_percent: None,
        variant: FundingVariant::Shared5050,
        funded_group: None,
        rounding,
    }
}

fn run(input: &ForecastInput) -> Result<Forecast, Vec<ForecastRefusal>> {
    forecast(input, &ForecastTable::embedded().unwrap(), &FundingTable::embedded().unwrap())
}

#[test]
fn the_children_of_the_country_cost_what_the_source_prints() {
    let expected = golden("children");
    let everyone = group("children", 2497, None, None);
    let result = run(&input(vec![everyone], Some(money(&expected["services"])), ForecastRounding::Cents)).unwrap();
    let tables: Value = serde_json::from_str(GOLDEN).unwrap();
    assert_eq!(tables["workers_children"], result.workers.to_string());
    assert_eq!(tables["worker_year"], result.worker_yearly_cost.to_string());
    for (costs, expected) in [(result.yearly, &expected), (result.monthly, &expected["monthly"])] {
        assert_eq!(expected["services"], costs.services.to_string());
        assert_eq!(expected["operations"], costs.operations.to_string());
        assert_eq!(expected["administration"], costs.administration.to_string());
        assert_eq!(expected["total"], costs.total.to_string());
    }
    assert_eq!(expected["municipality"], result.yearly_shares.of(Payer::Municipality).to_string());
    assert_eq!(expected["state"], result.yearly_shares.of(Payer::State).to_string());
    assert_eq!(result.monthly_shares.of(Payer::Municipality).to_string(), "567881.71");
    assert_eq!(result.explanations().map(|m| m.key), ["forecast-operations", "forecast-administration"]);
}

#[test]
fn the_adults_cost_whole_euros() {
    for case in ["adults_1", "adults_2"] {
        let expected = golden(case);
        let mut input = input(
            vec![group("adults", number(&expected["people"]), None, None)],
            Some(money(&expected["base"])),
            ForecastRounding::Euros,
        );
        input.additional_needs = ["natural_support", "minor_child_care", "mobility"]
            .map(|need| AdditionalNeed {
                need: need.to_owned(),
                people: number(&expected[need][0]),
                yearly_amount: Money::from_cents(expected[need][1].as_i64().unwrap() * 100),
            })
            .to_vec();
        let result = run(&input).unwrap();
        assert_eq!(expected["workers"], result.workers.to_string());
        for (name, amount) in [
            ("services", result.yearly.services),
            ("operations", result.yearly.operations),
            ("administration", result.yearly.administration),
            ("total", result.yearly.total),
        ] {
            assert_eq!(amount, money(&expected[name]), "{case} {name}");
        }
        assert_eq!(expected["monthly_total"], result.monthly.total.to_string());
        assert_eq!(expected["municipality"], result.yearly_shares.of(Payer::Municipality).to_string());
        assert_eq!(expected["state"], result.yearly_shares.of(Payer::State).to_string());
    }
}

#[test]
fn people_are_rounded_once_over_all_groups() {
    let cents = Money::from_cents;
    let groups = vec![
        group("special care", 2593, Some("60"), Some(cents(100))),
        group("others", 2354, Some("40"), Some(cents(200))),
    ];
    let result = run(&input(groups, None, ForecastRounding::Cents)).unwrap();
    assert_eq!(result.groups.iter().map(|g| g.people).collect::<Vec<_>>(), [1556, 942]);
    assert_eq!(result.people, 2497);
    assert_eq!(result.yearly.services, cents(155_600 + 188_400));
}

#[test]
fn scenarios_are_compared_figure_by_figure() {
    let one = run(&input(vec![group("a", 300, None, Some(Money::from_cents(100_000)))], None, ForecastRounding::Cents))
        .unwrap();
    let mut other = input(vec![group("a", 330, None, Some(Money::from_cents(100_000)))], None, ForecastRounding::Cents);
    other.variant = FundingVariant::Shared454510;
    other.admin_percent = Some(Decimal::ZERO);
    let other = run(&other).unwrap();
    let differences = compare(&one, &other);
    let find = |figure| differences.iter().find(|d| d.figure == figure).copied().unwrap();
    assert_eq!(find(ForecastFigure::People).difference, Decimal::from(30));
    assert_eq!(find(ForecastFigure::Services).difference.to_string(), "30000.00");
    assert_eq!(find(ForecastFigure::Services).difference_percent, Some(Decimal::from(10)));
    assert_eq!(find(ForecastFigure::Administration).difference_percent, Some(Decimal::from(-100)));
    assert_eq!(find(ForecastFigure::Parents).difference_percent, None);
    assert!(compare(&one, &one).iter().all(|d| d.difference.is_zero()));
}

#[test]
fn all_faults_come_at_once() {
    let minus = Money::from_cents(-1);
    let mut wrong =
        input(vec![group("a", 1, Some("101"), None), group("a", 1, None, Some(minus))], None, ForecastRounding::Cents);
    let need = AdditionalNeed { need: "n".to_owned(), people: 1, yearly_amount: minus };
    wrong.additional_needs = vec![need.clone(), need];
    wrong.worker_yearly_cost = Some(minus);
    wrong.caseload = Some(0);
    wrong.admin_percent = Some(Decimal::new(101, 1));
    let found = |input: &ForecastInput| {
        let faults = run(input).unwrap_err();
        assert!(faults.iter().all(|f| f.message().key.starts_with("f")));
        faults.iter().map(|f| format!("{} {}", f.code(), f.pointer())).collect::<Vec<_>>()
    };
    assert_eq!(
        found(&wrong),
        [
            "duplicate_code /groups/1/group",
            "duplicate_code /additional_needs/1/need",
            "missing_field /groups/0/yearly_amount",
            "percent_out_of_range /groups/0/uptake_percent",
            "invalid_amount /groups/1/yearly_amount",
            "invalid_amount /additional_needs/0/yearly_amount",
            "invalid_amount /additional_needs/1/yearly_amount",
            "invalid_amount /worker_yearly_cost",
            "count_out_of_range /caseload",
            "percent_out_of_range /admin_percent",
        ]
    );
    let mut early = input(vec![], None, ForecastRounding::Cents);
    early.date = "2022-12-31".parse().unwrap();
    assert_eq!(found(&early), ["no_version_for_date /date"]);
    let large = Some(Money::exact(LARGEST_AMOUNT));
    assert_eq!(
        found(&input(vec![group("a", u32::MAX, None, large)], None, ForecastRounding::Euros)),
        ["invalid_amount "]
    );
    let mut adults = input(vec![], None, ForecastRounding::Cents);
    adults.variant = FundingVariant::Shared454510;
    adults.funded_group = Some(FundedGroup::Adults);
    assert_eq!(found(&adults), ["variant_not_applicable /variant"]);
}

#[test]
fn a_broken_table_is_refused() {
    let figure = |name: &str, value: &str| format!("{name}: {{value: {value}, source: {{document: S2, section: x}}}}");
    let table = |caseload: &str, percent: &str| {
        let figures = [
            figure("caseload", caseload),
            figure("worker_yearly_cost", "\"1.00\""),
            figure("admin_percent", percent),
            figure("admin_percent_max", "10"),
        ];
        format!("- {{valid_from: 2023-01-01, {}}}", figures.join(", "))
    };
    assert!(ForecastTable::parse(&table("30", "10")).is_ok());
    assert_eq!(ForecastTable::parse(&table("0", "11")).unwrap_err().list().len(), 2);
    assert!(ForecastTable::parse(&table("-1", "11")).is_err());
}

proptest! {
    #[test]
    fn the_total_is_its_parts_and_the_payers_pay_it(
        people in prop::collection::vec((0_u32..100_000, 0_i64..5_000_000), 0..6),
        euros in any::<bool>(), percent in 0_i64..=1000,
        variant in prop::sample::select(FundingVariant::ALL.to_vec()),
    ) {
        let groups = people.iter().enumerate().map(|(i, &(people, cents))| {
            group(&i.to_string(), people, None, Some(Money::from_cents(cents)))
        });
        let rounding = if euros { ForecastRounding::Euros } else { ForecastRounding::Cents };
        let mut input = input(groups.collect(), None, rounding);
        input.admin_percent = Some(Decimal::new(percent, 2));
        input.variant = variant;
        let result = run(&input).unwrap();
        let year = result.yearly;
        prop_assert_eq!(year.services + year.operations + year.administration, year.total);
        prop_assert_eq!(result.yearly_shares.shares.iter().map(|s| s.amount).sum::<Money>(), year.total);
        prop_assert_eq!(result.monthly_shares.amount, result.monthly.total.rounded());
        if euros {
            prop_assert!(year.total.value().fract().is_zero());
        }
    }
}

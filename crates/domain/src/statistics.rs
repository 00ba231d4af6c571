//! Statistics by service group: what the services cost per time, per recipient and per month `[S2]`.

use std::collections::HashSet;

use rust_decimal::Decimal;

use crate::{
    bounds,
    money::{LARGEST_AMOUNT, Money},
    text::{Message, Refusal},
};

/// The months of a year, the usual length of the period.
pub const MONTHS_OF_A_YEAR: u32 = 12;

/// What the services of one group cost and who got them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceGroupUse {
    /// The service group, unique in the input.
    pub group: String,
    /// Cost of the period, EUR.
    pub cost: Money,
    /// Times that a service was given, where counted.
    pub times: Option<u32>,
    /// Different people that got a service of the group.
    pub recipients: u32,
}

/// The use of all service groups in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsInput {
    /// The service groups.
    pub groups: Vec<ServiceGroupUse>,
    /// Different people that got any service; one person may be in several groups.
    pub recipients: u32,
    /// Costs beside the services (assessment, municipal costs), EUR, where known.
    pub other_costs: Option<Money>,
    /// Months of the period.
    pub months: u32,
}

/// Cost and averages of a group or of all. Averages are exact; `None` where nothing divides them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostAverages {
    /// Cost, EUR.
    pub cost: Money,
    /// The cost in percent of the services of all groups, rounded half up to whole; `None` where they cost nothing.
    pub cost_percent: Option<u32>,
    /// Times, where counted.
    pub times: Option<u64>,
    /// Different recipients.
    pub recipients: u32,
    /// Average cost of one time, EUR.
    pub per_time: Option<Money>,
    /// Average cost of one recipient, EUR.
    pub per_recipient: Option<Money>,
    /// Average cost of one recipient in a month, EUR.
    pub per_recipient_month: Option<Money>,
}

/// The statistics of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceStatistics {
    /// Each service group, in the order of the input.
    pub groups: Vec<(String, CostAverages)>,
    /// All services together; times only where every group counted them.
    pub together: CostAverages,
    /// The same with the other costs, where they are known.
    pub with_other_costs: Option<CostAverages>,
}

/// Why no statistics can be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatisticsRefusal {
    /// A service group is there twice.
    DuplicateGroup {
        /// Position of the later entry.
        index: usize,
        /// The group.
        group: String,
    },
    /// A cost is negative or too large.
    CostInvalid {
        /// Position of the group; `None` for the other costs.
        index: Option<usize>,
    },
    /// All costs together are too large.
    TotalTooLarge,
    /// More or fewer people together than the groups can have.
    RecipientsInconsistent {
        /// The fewest that fit: those of the largest group.
        least: u32,
        /// The most that fit: those of all groups.
        most: u64,
    },
    /// A period of no month.
    NoMonths,
}

impl Refusal for StatisticsRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::DuplicateGroup { .. } => "duplicate_code",
            Self::CostInvalid { .. } | Self::TotalTooLarge => "invalid_amount",
            Self::RecipientsInconsistent { .. } | Self::NoMonths => "count_out_of_range",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::DuplicateGroup { index, .. } => format!("/groups/{index}/group"),
            Self::CostInvalid { index: Some(index) } => format!("/groups/{index}/cost"),
            Self::CostInvalid { index: None } => "/other_costs".to_owned(),
            Self::TotalTooLarge => "/groups".to_owned(),
            Self::RecipientsInconsistent { .. } => "/recipients".to_owned(),
            Self::NoMonths => "/months".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::DuplicateGroup { group, .. } => Message::new("statistics-duplicate-group").with("group", group),
            Self::CostInvalid { .. } => Message::new("statistics-cost-invalid"),
            Self::TotalTooLarge => Message::new("statistics-total-too-large"),
            Self::RecipientsInconsistent { least, most } => {
                Message::new("statistics-recipients-inconsistent").with("least", least).with("most", most)
            }
            Self::NoMonths => Message::new("statistics-no-months"),
        }
    }
}

/// Cost and averages of each service group, of all together, and with the other costs `[S2]`.
///
/// # Errors
/// Every fault of the input: a group that is there twice, costs out of bounds, recipients that can't be, no months.
pub fn service_statistics(input: &StatisticsInput) -> Result<ServiceStatistics, Vec<StatisticsRefusal>> {
    let services: Money = input.groups.iter().map(|group| group.cost).sum();
    let faults = faults(input, services);
    if !faults.is_empty() {
        return Err(faults);
    }

    let averages = |cost: Money, times: Option<u64>, recipients: u32| CostAverages {
        cost,
        cost_percent: percent_of(cost, services),
        times,
        recipients,
        per_time: times.and_then(|times| per(cost, times)),
        per_recipient: per(cost, recipients.into()),
        per_recipient_month: per(cost, u64::from(recipients).saturating_mul(input.months.into())),
    };
    let times = input.groups.iter().map(|group| group.times.map(u64::from)).sum::<Option<u64>>();
    let groups = input.groups.iter();
    Ok(ServiceStatistics {
        groups: groups.map(|g| (g.group.clone(), averages(g.cost, g.times.map(u64::from), g.recipients))).collect(),
        together: averages(services, times, input.recipients),
        with_other_costs: input.other_costs.map(|other| averages(services + other, times, input.recipients)),
    })
}

fn faults(input: &StatisticsInput, services: Money) -> Vec<StatisticsRefusal> {
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    for (index, group) in input.groups.iter().enumerate() {
        if !seen.insert(group.group.as_str()) {
            faults.push(StatisticsRefusal::DuplicateGroup { index, group: group.group.clone() });
        }
        if !bounds::accepted(group.cost) {
            faults.push(StatisticsRefusal::CostInvalid { index: Some(index) });
        }
    }
    if input.other_costs.is_some_and(|other| !bounds::accepted(other)) {
        faults.push(StatisticsRefusal::CostInvalid { index: None });
    }
    if faults.is_empty() && (services + input.other_costs.unwrap_or_default()).value() > LARGEST_AMOUNT {
        faults.push(StatisticsRefusal::TotalTooLarge);
    }
    let least = input.groups.iter().map(|group| group.recipients).max().unwrap_or_default();
    let most = input.groups.iter().map(|group| u64::from(group.recipients)).sum();
    if input.recipients < least || u64::from(input.recipients) > most {
        faults.push(StatisticsRefusal::RecipientsInconsistent { least, most });
    }
    if input.months == 0 {
        faults.push(StatisticsRefusal::NoMonths);
    }
    faults
}

/// The exact average; `None` among nobody.
fn per(cost: Money, count: u64) -> Option<Money> {
    cost.value().checked_div(Decimal::from(count)).map(Money::exact)
}

fn percent_of(cost: Money, whole: Money) -> Option<u32> {
    let percent = cost.value().saturating_mul(Decimal::ONE_HUNDRED).checked_div(whole.value())?;
    let rounded = percent.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    u32::try_from(rounded).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const GOLDEN: &str = include_str!("../../../tests/golden/tables.json");

    fn golden(table: &str) -> Vec<Value> {
        let golden: Value = serde_json::from_str(GOLDEN).unwrap();
        golden[table].as_array().unwrap().clone()
    }

    fn money(row: &Value) -> Money {
        Money::parse(row["cost"].as_str().unwrap()).unwrap()
    }

    fn number(value: &Value) -> u32 {
        u32::try_from(value.as_u64().unwrap()).unwrap()
    }

    fn input(rows: &[Value]) -> StatisticsInput {
        let (groups, sums) = rows.split_at(rows.len() - 2);
        StatisticsInput {
            groups: groups
                .iter()
                .map(|row| ServiceGroupUse {
                    group: row["group"].as_str().unwrap().to_owned(),
                    cost: money(row),
                    times: row.get("times").map(number),
                    recipients: number(&row["recipients"]),
                })
                .collect(),
            recipients: number(&sums[0]["recipients"]),
            other_costs: Some(money(&sums[1]) - money(&sums[0])),
            months: MONTHS_OF_A_YEAR,
        }
    }

    #[test]
    fn averages_are_those_of_the_golden_tables() {
        for table in ["statistics_children", "statistics_adults"] {
            let rows = golden(table);
            let result = service_statistics(&input(&rows)).unwrap();
            let mut averages: Vec<_> = result.groups.into_iter().map(|(_, averages)| averages).collect();
            averages.extend([Some(result.together), result.with_other_costs].into_iter().flatten());
            assert_eq!(averages.len(), rows.len());
            for (row, averages) in rows.iter().zip(averages) {
                assert_eq!(averages.cost, money(row), "{row}");
                assert_eq!(averages.times, row.get("times").and_then(Value::as_u64), "{row}");
                for (name, average) in [
                    ("per_time", averages.per_time),
                    ("per_recipient", averages.per_recipient),
                    ("per_recipient_month", averages.per_recipient_month),
                ] {
                    let expected = row.get(name).map(|text| text.as_str().unwrap().to_owned());
                    assert_eq!(average.map(|a| a.to_string()), expected, "{name} of {row}");
                }
            }
        }
    }

    #[test]
    fn the_adults_costs_are_shared_as_the_source_prints() {
        let result = service_statistics(&input(&golden("statistics_adults"))).unwrap();
        let percents: Vec<_> = result.groups.iter().map(|(_, averages)| averages.cost_percent).collect();
        assert_eq!(percents, [Some(76), Some(15), Some(8), Some(1)]);
    }

    #[test]
    fn nobody_has_no_average() {
        let group = ServiceGroupUse { group: "x".to_owned(), cost: Money::ZERO, times: Some(0), recipients: 0 };
        let input = StatisticsInput { groups: vec![group], recipients: 0, other_costs: None, months: 12 };
        let result = service_statistics(&input).unwrap();
        let together = &result.together;
        assert_eq!((together.per_time, together.per_recipient, together.per_recipient_month), (None, None, None));
        assert_eq!((together.cost_percent, result.with_other_costs), (None, None));
    }

    #[test]
    fn all_faults_come_at_once() {
        let group = ServiceGroupUse { group: "x".to_owned(), cost: Money::from_cents(-1), times: None, recipients: 3 };
        let input = StatisticsInput {
            groups: vec![group.clone(), group],
            recipients: 7,
            other_costs: Some(Money::from_cents(-1)),
            months: 0,
        };
        let faults = service_statistics(&input).unwrap_err();
        let found: Vec<_> = faults.iter().map(|f| format!("{} {}", f.code(), f.pointer())).collect();
        assert_eq!(
            found,
            [
                "invalid_amount /groups/0/cost",
                "duplicate_code /groups/1/group",
                "invalid_amount /groups/1/cost",
                "invalid_amount /other_costs",
                "count_out_of_range /recipients",
                "count_out_of_range /months",
            ]
        );
        assert!(faults.iter().all(|f| f.message().key.starts_with("statistics-")));
        let large =
            ServiceGroupUse { group: "y".to_owned(), cost: Money::exact(LARGEST_AMOUNT), times: None, recipients: 1 };
        let other_costs = Some(Money::from_cents(1));
        let input = StatisticsInput { groups: vec![large], recipients: 1, other_costs, months: 1 };
        assert_eq!(service_statistics(&input).unwrap_err(), [StatisticsRefusal::TotalTooLarge]);
    }

    proptest! {
        #[test]
        fn averages_times_counts_give_the_cost_back(
            rows in prop::collection::vec((0_i64..1_000_000_000, 1_u32..100_000, 1_u32..1_000), 1..6), months in 1_u32..24,
        ) {
            let groups: Vec<_> = rows
                .iter()
                .enumerate()
                .map(|(i, &(cents, times, recipients))| ServiceGroupUse {
                    group: i.to_string(), cost: Money::from_cents(cents), times: Some(times), recipients,
                })
                .collect();
            let recipients = groups.iter().map(|g| g.recipients).max().unwrap();
            let input = StatisticsInput { groups, recipients, other_costs: None, months };
            for (_, averages) in service_statistics(&input).unwrap().groups {
                let times = Decimal::from(averages.times.unwrap());
                let back = averages.per_time.unwrap().value().saturating_mul(times);
                prop_assert_eq!(Money::exact(back).rounded(), averages.cost);
                prop_assert!(averages.per_recipient_month <= averages.per_recipient);
            }
        }
    }
}

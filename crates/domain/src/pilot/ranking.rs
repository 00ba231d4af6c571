//! The order of the services of a plan: experts 70 %, parents 30 % [ranking: S0 table 6.3; weights: the pilot's public
//! process diagram of Bauska municipality].
//!
//! **Decision** (the diagram gives the weights, not the formula): `score = 0.7 x expert rank + 0.3 x parent rank`, lower
//! first, ranks 1..n over the whole plan. Experts who ranked inside support areas are first turned into one list: by
//! their own order of the areas (all of the first area, then all of the next), or, where they gave none, by interleaving
//! the areas by rank, equal ranks by area number. Ties: expert rank, then parent rank, then service code.
//!
//! **Decision**: from the top, services are financed until the budget is used; the service at which the money ends is
//! financed in part and marked so.

mod refusal;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use self::refusal::checked;
pub use self::refusal::{RankedBy, RankingRefusal};
use crate::{money::Money, parameters::catalogue::names, text::Message};

/// The weights of the two rankings, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankingWeights {
    /// Weight of the experts' rank, percent.
    pub expert_percent: u8,
    /// Weight of the parent's rank, percent.
    pub parent_percent: u8,
}

impl RankingWeights {
    /// 70 % and 30 % [public process diagram of Bauska municipality].
    #[must_use]
    pub const fn children_pilot_2018() -> Self {
        Self { expert_percent: 70, parent_percent: 30 }
    }

    fn score(self, expert_rank: u32, parent_rank: u32) -> Decimal {
        let expert = i64::from(self.expert_percent) * i64::from(expert_rank);
        let parent = i64::from(self.parent_percent) * i64::from(parent_rank);
        Decimal::new(expert + parent, 2).normalize()
    }
}

impl Default for RankingWeights {
    fn default() -> Self {
        Self::children_pilot_2018()
    }
}

/// How the experts ranked a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpertRank {
    /// Rank over the whole plan, 1..n.
    Overall(u32),
    /// Rank inside a support area, 1..k.
    InArea {
        /// Number of the support area.
        area: u32,
        /// Rank inside it.
        rank: u32,
    },
}

/// One service of the plan with its two ranks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRanks {
    /// Service code, unique in the plan.
    pub service: String,
    /// The experts' rank.
    pub expert: ExpertRank,
    /// The parent's rank over the whole plan, 1..n.
    pub parent_rank: u32,
    /// What the service costs in the period, EUR. Needed where a budget is given.
    pub cost: Option<Money>,
}

/// The two rankings of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankingInput {
    /// The services of the plan, in any order.
    pub lines: Vec<ServiceRanks>,
    /// The experts' own order of the support areas, where they gave one; only with ranks inside areas.
    pub area_order: Option<Vec<u32>>,
    /// The budget to be used from the top, EUR.
    pub budget: Option<Money>,
}

names! {
    /// How much of a service the budget covers.
    Financing {
        /// The whole cost.
        Full = "full",
        /// A part: here the money ends.
        Partial = "partial",
        /// Nothing: the money ended before.
        None = "none",
    }
}

/// What the budget gives one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFinancing {
    /// Cost of the service, EUR.
    pub cost: Money,
    /// What the budget pays of it, EUR.
    pub financed: Money,
    /// Whether that is all, a part or nothing.
    pub financing: Financing,
}

/// A service at its place in the combined order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedLine {
    /// Place in the combined order, from 1.
    pub position: u32,
    /// Service code.
    pub service: String,
    /// The experts' rank over the whole plan.
    pub expert_rank: u32,
    /// The parent's rank.
    pub parent_rank: u32,
    /// The weighted score, exact; lower is earlier.
    pub score: Decimal,
    /// What the budget gives; `None` where no budget was given.
    pub financing: Option<LineFinancing>,
    /// The weights used.
    pub weights: RankingWeights,
}

impl RankedLine {
    /// The sentence that explains the score.
    #[must_use]
    pub fn explanation(&self) -> Message {
        Message::new("ranking-score")
            .with_number("expert", self.expert_rank)
            .with_number("parent", self.parent_rank)
            .with_number("expertpercent", self.weights.expert_percent)
            .with_number("parentpercent", self.weights.parent_percent)
            .with("score", self.score)
    }

    /// The sentence that explains what the budget covers, where one was given.
    #[must_use]
    pub fn financing_explanation(&self) -> Option<Message> {
        let line = self.financing?;
        let key = match line.financing {
            Financing::Full => "ranking-financed-full",
            Financing::Partial => "ranking-financed-partial",
            Financing::None => "ranking-financed-none",
        };
        Some(Message::new(key).with("cost", line.cost).with("financed", line.financed))
    }
}

/// The combined order of a plan's services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// The services, first to last.
    pub lines: Vec<RankedLine>,
    /// What of the budget is not used, EUR; `None` where no budget was given.
    pub budget_left: Option<Money>,
}

/// The combined order of the services of a plan, and what the budget covers from the top.
///
/// # Errors
/// Every fault of the two rankings: ranks that are not 1..n, a service that is there twice, ranks over the whole plan
/// and inside areas together, an order of areas that does not fit, amounts out of bounds, costs missing for a budget.
pub fn rank_services(input: &RankingInput, weights: RankingWeights) -> Result<Ranking, Vec<RankingRefusal>> {
    checked(input)?;

    let mut lines: Vec<(Decimal, u32, &ServiceRanks)> = overall_expert_ranks(input)
        .into_iter()
        .map(|(expert_rank, line)| (weights.score(expert_rank, line.parent_rank), expert_rank, line))
        .collect();
    lines.sort_by(|(score, expert, line), (other_score, other_expert, other)| {
        (score, expert, line.parent_rank, &line.service).cmp(&(
            other_score,
            other_expert,
            other.parent_rank,
            &other.service,
        ))
    });

    let mut left = input.budget;
    let lines = (1_u32..)
        .zip(lines)
        .map(|(position, (score, expert_rank, line))| RankedLine {
            position,
            service: line.service.clone(),
            expert_rank,
            parent_rank: line.parent_rank,
            score,
            financing: left.as_mut().map(|left| finance(line.cost.unwrap_or_default(), left)),
            weights,
        })
        .collect();
    Ok(Ranking { lines, budget_left: left })
}

/// Pays a cost from what is left of the budget.
fn finance(cost: Money, left: &mut Money) -> LineFinancing {
    let financed = cost.min(*left);
    *left = *left - financed;
    let financing = if financed == cost {
        Financing::Full
    } else if financed.is_zero() {
        Financing::None
    } else {
        Financing::Partial
    };
    LineFinancing { cost, financed, financing }
}

/// Each service with the experts' rank over the whole plan.
fn overall_expert_ranks(input: &RankingInput) -> Vec<(u32, &ServiceRanks)> {
    let places: Option<BTreeMap<u32, usize>> =
        input.area_order.as_ref().map(|order| order.iter().enumerate().map(|(place, area)| (*area, place)).collect());
    let mut lines: Vec<(usize, u32, u32, &ServiceRanks)> = input
        .lines
        .iter()
        .map(|line| match line.expert {
            ExpertRank::Overall(rank) => (0, rank, 0, line),
            ExpertRank::InArea { area, rank } => {
                let place = places.as_ref().and_then(|places| places.get(&area)).copied().unwrap_or_default();
                (place, rank, area, line)
            }
        })
        .collect();
    lines.sort_by_key(|(place, rank, area, _)| (*place, *rank, *area));
    (1..).zip(lines.into_iter().map(|(_, _, _, line)| line)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const GOLDEN: &str = include_str!("../../../../tests/golden/pilot-rules.json");

    fn line(service: &str, expert: ExpertRank, parent_rank: u32) -> ServiceRanks {
        ServiceRanks { service: service.to_owned(), expert, parent_rank, cost: None }
    }

    fn overall(service: &str, expert: u32, parent_rank: u32) -> ServiceRanks {
        line(service, ExpertRank::Overall(expert), parent_rank)
    }

    fn in_area(service: &str, area: u32, rank: u32, parent_rank: u32) -> ServiceRanks {
        line(service, ExpertRank::InArea { area, rank }, parent_rank)
    }

    fn ranking(lines: Vec<ServiceRanks>, area_order: Option<Vec<u32>>) -> Ranking {
        rank_services(&RankingInput { lines, area_order, budget: None }, RankingWeights::default()).unwrap()
    }

    fn order(ranking: &Ranking) -> Vec<&str> {
        ranking.lines.iter().map(|l| l.service.as_str()).collect()
    }

    #[test]
    fn orders_are_those_of_the_golden_table() {
        let golden: Value = serde_json::from_str(GOLDEN).unwrap();
        for case in golden["rankings"].as_array().unwrap() {
            let rank = |value: &Value| u32::try_from(value.as_u64().unwrap()).unwrap();
            let lines = case["lines"].as_array().unwrap();
            let lines = lines.iter().map(|l| overall(l[0].as_str().unwrap(), rank(&l[1]), rank(&l[2]))).collect();
            let expected: Vec<&str> = case["order"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
            assert_eq!(order(&ranking(lines, None)), expected);
        }
    }

    #[test]
    fn the_score_is_exact_and_ties_go_by_the_experts() {
        let result = ranking(
            vec![overall("b", 4, 1), overall("a", 1, 8), overall("c", 2, 2)]
                .into_iter()
                .chain((3..=8).filter(|r| *r != 4).zip([3, 4, 5, 6, 7]).map(|(e, p)| overall(&format!("x{e}"), e, p)))
                .collect(),
            None,
        );
        let score = |service: &str| result.lines.iter().find(|l| l.service == service).unwrap().score.to_string();
        assert_eq!((score("a"), score("b"), score("c")), ("3.1".to_owned(), "3.1".to_owned(), "2".to_owned()));
        assert_eq!(order(&result)[..4], ["c", "x3", "a", "b"]);
        assert_eq!(result.lines[0].position, 1);
        assert_eq!(result.lines[0].explanation().key, "ranking-score");
    }

    #[test]
    fn ranks_inside_areas_become_one_list() {
        let lines = || {
            vec![
                in_area("p", 1, 1, 1),
                in_area("q", 1, 2, 2),
                in_area("r", 2, 1, 3),
                in_area("s", 3, 1, 4),
                in_area("t", 3, 2, 5),
            ]
        };
        let expert = |ranking: Ranking| {
            let mut ranks: Vec<_> = ranking.lines.iter().map(|l| (l.expert_rank, l.service.clone())).collect();
            ranks.sort();
            ranks.into_iter().map(|(_, service)| service).collect::<String>()
        };
        assert_eq!(expert(ranking(lines(), None)), "prsqt");
        assert_eq!(expert(ranking(lines(), Some(vec![3, 1, 2]))), "stpqr");
    }

    #[test]
    fn the_budget_is_used_from_the_top() {
        use Financing::{Full, None as Nothing, Partial};
        let lines = [("a", 1, 500), ("b", 2, 0), ("c", 3, 700), ("d", 4, 100), ("e", 5, 0)];
        let lines: Vec<_> = lines
            .into_iter()
            .map(|(s, rank, cost)| ServiceRanks { cost: Some(Money::from_cents(cost)), ..overall(s, rank, rank) })
            .collect();
        for (budget, expected, left) in [
            (900, [(500, Full), (0, Full), (400, Partial), (0, Nothing), (0, Full)], 0),
            (1200, [(500, Full), (0, Full), (700, Full), (0, Nothing), (0, Full)], 0),
            (2000, [(500, Full), (0, Full), (700, Full), (100, Full), (0, Full)], 700),
        ] {
            let input =
                RankingInput { lines: lines.clone(), area_order: None, budget: Some(Money::from_cents(budget)) };
            let result = rank_services(&input, RankingWeights::default()).unwrap();
            let financed: Vec<_> =
                result.lines.iter().map(|l| l.financing.unwrap()).map(|f| (f.financed, f.financing)).collect();
            assert_eq!(financed, expected.map(|(cents, financing)| (Money::from_cents(cents), financing)));
            assert_eq!(result.budget_left, Some(Money::from_cents(left)));
            assert!(result.lines.iter().all(|l| l.financing_explanation().is_some()));
        }
    }

    proptest! {
        #[test]
        fn the_order_does_not_depend_on_the_order_of_the_input_and_uses_no_more_than_the_budget(
            plan in (1_usize..12).prop_flat_map(|n| (
                Just((1..=n).collect::<Vec<_>>()).prop_shuffle(),
                Just((1..=n).collect::<Vec<_>>()).prop_shuffle(),
                prop::collection::vec(0_i64..100_000, n),
            )),
            budget in 0_i64..600_000,
        ) {
            let (expert, parent, costs) = plan;
            let rank = |r: usize| u32::try_from(r).unwrap();
            let lines: Vec<_> = (0..expert.len()).map(|i| ServiceRanks {
                cost: Some(Money::from_cents(costs[i])),
                ..overall(&format!("s{i:02}"), rank(expert[i]), rank(parent[i]))
            }).collect();
            let mut input = RankingInput { lines, area_order: None, budget: Some(Money::from_cents(budget)) };
            let result = rank_services(&input, RankingWeights::default()).unwrap();
            input.lines.reverse();
            prop_assert_eq!(&result, &rank_services(&input, RankingWeights::default()).unwrap());
            prop_assert!(result.lines.is_sorted_by(|a, b| a.score <= b.score));
            let financed: Money = result.lines.iter().map(|l| l.financing.unwrap().financed).sum();
            prop_assert_eq!(financed + result.budget_left.unwrap(), Money::from_cents(budget));
            let partial = result.lines.iter().filter(|l| l.financing.unwrap().financing == Financing::Partial).count();
            prop_assert!(partial <= 1);
        }
    }
}

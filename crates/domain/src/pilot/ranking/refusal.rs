//! What is wrong with two rankings of a plan.

use std::collections::{BTreeMap, HashSet};

use super::{ExpertRank, RankingInput};
use crate::{
    bounds,
    money::Money,
    text::{Message, Refusal},
};

/// Who ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankedBy {
    /// The experts of the assessment team, over the whole plan.
    Experts,
    /// The experts, inside a support area.
    ExpertsInArea,
    /// The parent.
    Parent,
}

impl RankedBy {
    const fn field(self) -> &'static str {
        match self {
            Self::Experts => "expert_rank",
            Self::ExpertsInArea => "expert_area_rank",
            Self::Parent => "parent_rank",
        }
    }
}

/// Why two rankings can't be combined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RankingRefusal {
    /// A service is in the plan twice.
    DuplicateService {
        /// Position of the later line.
        line: usize,
        /// The service code.
        service: String,
    },
    /// A rank is not between 1 and the number of services ranked.
    RankOutOfRange {
        /// Position of the line.
        line: usize,
        /// Who ranked.
        by: RankedBy,
        /// The largest rank there can be.
        last: u32,
    },
    /// A rank is there twice.
    DuplicateRank {
        /// Position of the later line.
        line: usize,
        /// Who ranked.
        by: RankedBy,
    },
    /// Some lines are ranked over the whole plan and some inside areas; this line differs from the first.
    MixedRanks {
        /// Position of the line.
        line: usize,
    },
    /// An order of areas beside ranks over the whole plan.
    AreaOrderNotApplicable,
    /// An area is in the experts' order twice.
    DuplicateArea {
        /// Position in the order.
        place: usize,
    },
    /// The area of a line is not in the experts' order.
    AreaNotInOrder {
        /// Position of the line.
        line: usize,
        /// The area.
        area: u32,
    },
    /// A budget is given, and a line has no cost.
    CostMissing {
        /// Position of the line.
        line: usize,
    },
    /// The cost of a line is negative or too large.
    CostInvalid {
        /// Position of the line.
        line: usize,
    },
    /// The budget is negative or too large.
    BudgetInvalid,
}

impl Refusal for RankingRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::DuplicateService { .. } => "duplicate_code",
            Self::RankOutOfRange { .. } => "rank_out_of_range",
            Self::DuplicateRank { .. } => "duplicate_rank",
            Self::MixedRanks { .. } => "mixed_ranks",
            Self::AreaOrderNotApplicable | Self::DuplicateArea { .. } | Self::AreaNotInOrder { .. } => {
                "invalid_area_order"
            }
            Self::CostMissing { .. } => "missing_field",
            Self::CostInvalid { .. } | Self::BudgetInvalid => "invalid_amount",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::DuplicateService { line, .. } => format!("/lines/{line}/service"),
            Self::RankOutOfRange { line, by, .. } | Self::DuplicateRank { line, by } => {
                format!("/lines/{line}/{}", by.field())
            }
            Self::MixedRanks { line } => format!("/lines/{line}"),
            Self::AreaOrderNotApplicable => "/area_order".to_owned(),
            Self::DuplicateArea { place } => format!("/area_order/{place}"),
            Self::AreaNotInOrder { line, .. } => format!("/lines/{line}/area"),
            Self::CostMissing { line } | Self::CostInvalid { line } => format!("/lines/{line}/cost"),
            Self::BudgetInvalid => "/budget".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::DuplicateService { service, .. } => {
                Message::new("ranking-duplicate-service").with("service", service)
            }
            Self::RankOutOfRange { by: RankedBy::Experts | RankedBy::ExpertsInArea, last, .. } => {
                Message::new("ranking-expert-rank-out-of-range").with_number("last", *last)
            }
            Self::RankOutOfRange { by: RankedBy::Parent, last, .. } => {
                Message::new("ranking-parent-rank-out-of-range").with_number("last", *last)
            }
            Self::DuplicateRank { by: RankedBy::Experts | RankedBy::ExpertsInArea, .. } => {
                Message::new("ranking-duplicate-expert-rank")
            }
            Self::DuplicateRank { by: RankedBy::Parent, .. } => Message::new("ranking-duplicate-parent-rank"),
            Self::MixedRanks { .. } => Message::new("ranking-mixed-ranks"),
            Self::AreaOrderNotApplicable => Message::new("ranking-area-order-not-applicable"),
            Self::DuplicateArea { .. } => Message::new("ranking-duplicate-area"),
            Self::AreaNotInOrder { area, .. } => Message::new("ranking-area-not-in-order").with_number("area", *area),
            Self::CostMissing { .. } => Message::new("ranking-cost-missing"),
            Self::CostInvalid { .. } => Message::new("ranking-cost-invalid"),
            Self::BudgetInvalid => Message::new("ranking-budget-invalid"),
        }
    }
}

/// Everything that is wrong with the rankings.
pub(super) fn checked(input: &RankingInput) -> Result<(), Vec<RankingRefusal>> {
    let mut faults = services(input);
    faults.extend(amounts(input));
    let mixed = mixed_ranks(input);
    if mixed.is_empty() {
        faults.extend(expert_ranks(input));
        faults.extend(area_order(input));
    } else {
        faults.extend(mixed);
    }
    let parent = input.lines.iter().map(|line| line.parent_rank).enumerate();
    faults.extend(ranks(parent, RankedBy::Parent, bounds::count(input.lines.len())));
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn services(input: &RankingInput) -> Vec<RankingRefusal> {
    let mut seen = HashSet::new();
    let lines = input.lines.iter().enumerate();
    lines
        .filter(|(_, line)| !seen.insert(line.service.as_str()))
        .map(|(index, line)| RankingRefusal::DuplicateService { line: index, service: line.service.clone() })
        .collect()
}

fn amounts(input: &RankingInput) -> Vec<RankingRefusal> {
    let budget = input.budget.is_some_and(|budget| !bounds::accepted(budget));
    let costs = input.lines.iter().enumerate().filter_map(|(line, ranks)| match ranks.cost {
        None => input.budget.map(|_: Money| RankingRefusal::CostMissing { line }),
        Some(cost) => (!bounds::accepted(cost)).then_some(RankingRefusal::CostInvalid { line }),
    });
    budget.then_some(RankingRefusal::BudgetInvalid).into_iter().chain(costs).collect()
}

fn mixed_ranks(input: &RankingInput) -> Vec<RankingRefusal> {
    let is_overall = |rank: ExpertRank| matches!(rank, ExpertRank::Overall(_));
    let Some(first) = input.lines.first().map(|line| is_overall(line.expert)) else { return Vec::new() };
    let lines = input.lines.iter().enumerate();
    lines
        .filter(|(_, line)| is_overall(line.expert) != first)
        .map(|(line, _)| RankingRefusal::MixedRanks { line })
        .collect()
}

/// The experts' ranks, over the whole plan or area by area.
fn expert_ranks(input: &RankingInput) -> Vec<RankingRefusal> {
    let mut by_area: BTreeMap<Option<u32>, Vec<(usize, u32)>> = BTreeMap::new();
    for (index, line) in input.lines.iter().enumerate() {
        let (area, rank) = match line.expert {
            ExpertRank::Overall(rank) => (None, rank),
            ExpertRank::InArea { area, rank } => (Some(area), rank),
        };
        by_area.entry(area).or_default().push((index, rank));
    }
    by_area
        .into_iter()
        .flat_map(|(area, lines)| {
            let last = bounds::count(lines.len());
            let by = if area.is_some() { RankedBy::ExpertsInArea } else { RankedBy::Experts };
            ranks(lines.into_iter(), by, last)
        })
        .collect()
}

/// Ranks that are not 1..last, each once.
fn ranks(ranks: impl Iterator<Item = (usize, u32)>, by: RankedBy, last: u32) -> Vec<RankingRefusal> {
    let mut seen = HashSet::new();
    ranks
        .filter_map(|(line, rank)| {
            if !(1..=last).contains(&rank) {
                Some(RankingRefusal::RankOutOfRange { line, by, last })
            } else if !seen.insert(rank) {
                Some(RankingRefusal::DuplicateRank { line, by })
            } else {
                None
            }
        })
        .collect()
}

fn area_order(input: &RankingInput) -> Vec<RankingRefusal> {
    let Some(order) = &input.area_order else { return Vec::new() };
    if input.lines.iter().any(|line| matches!(line.expert, ExpertRank::Overall(_))) {
        return vec![RankingRefusal::AreaOrderNotApplicable];
    }
    let mut seen = HashSet::new();
    let repeated = order.iter().enumerate().filter(|(_, area)| !seen.insert(**area));
    let mut faults: Vec<_> = repeated.map(|(place, _)| RankingRefusal::DuplicateArea { place }).collect();
    faults.extend(input.lines.iter().enumerate().filter_map(|(index, line)| match line.expert {
        ExpertRank::InArea { area, .. } if !seen.contains(&area) => {
            Some(RankingRefusal::AreaNotInOrder { line: index, area })
        }
        _ => None,
    }));
    faults
}

#[cfg(test)]
mod tests {
    use super::super::{RankingWeights, ServiceRanks, rank_services};
    use super::*;

    fn line(service: &str, expert: ExpertRank, parent_rank: u32) -> ServiceRanks {
        ServiceRanks { service: service.to_owned(), expert, parent_rank, cost: None }
    }

    fn found(lines: Vec<ServiceRanks>, area_order: Option<Vec<u32>>, budget: Option<Money>) -> Vec<String> {
        let input = RankingInput { lines, area_order, budget };
        let faults = rank_services(&input, RankingWeights::default()).err().unwrap_or_default();
        assert!(faults.iter().all(|f| f.message().key.starts_with("ranking-")));
        faults.iter().map(|f| format!("{} {}", f.code(), f.pointer())).collect()
    }

    #[test]
    fn faulty_rankings_are_refused_with_all_their_faults() {
        use ExpertRank::{InArea, Overall};
        let nothing: [&str; 0] = [];
        assert_eq!(found(vec![], None, None), nothing);
        assert_eq!(
            found(vec![line("a", Overall(0), 1), line("a", Overall(3), 1)], None, Some(Money::ZERO)),
            [
                "duplicate_code /lines/1/service",
                "missing_field /lines/0/cost",
                "missing_field /lines/1/cost",
                "rank_out_of_range /lines/0/expert_rank",
                "rank_out_of_range /lines/1/expert_rank",
                "duplicate_rank /lines/1/parent_rank",
            ]
        );
        assert_eq!(
            found(vec![line("a", Overall(1), 1), line("b", InArea { area: 1, rank: 1 }, 2)], None, None),
            ["mixed_ranks /lines/1"]
        );
        assert_eq!(
            found(vec![line("a", Overall(1), 1)], Some(vec![1]), Some(Money::from_cents(-1))),
            ["invalid_amount /budget", "missing_field /lines/0/cost", "invalid_area_order /area_order"]
        );
        let areas = vec![line("a", InArea { area: 1, rank: 1 }, 1), line("b", InArea { area: 2, rank: 2 }, 2)];
        assert_eq!(
            found(areas, Some(vec![1, 1]), None),
            [
                "rank_out_of_range /lines/1/expert_area_rank",
                "invalid_area_order /area_order/1",
                "invalid_area_order /lines/1/area",
            ]
        );
    }
}

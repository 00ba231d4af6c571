//! The pilot's combined order of the lines of a plan: experts 70 %, parent 30 %, and what the money covers from the top [domain 4.3].
//!
//! **Decision**: the support area of a line is that of its goal. Money of the budget is used by the lines that the budget pays; the
//! others stand in the order too. Worker and parent may agree otherwise than the order says.

use super::{FundingSource, PlanContent, PlanLine};
use crate::{
    money::Money,
    pilot::ranking::{ExpertRank, RankedLine, RankingInput, RankingWeights, ServiceRanks, rank_services},
};

/// A line at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedLine {
    /// Number of the line.
    pub line: u32,
    /// Its place, ranks, score, and what the money covers of it.
    pub place: RankedLine,
}

/// The support area of a line, where it has a goal.
#[must_use]
pub fn area_of(content: &PlanContent, line: &PlanLine) -> Option<u8> {
    let goal = line.goal?;
    content.goals.iter().find(|known| known.number == goal).map(|goal| goal.area)
}

/// The lines of a plan in their combined order; none where their ranks make none yet.
#[must_use]
pub fn order(content: &PlanContent, money: Money, weights: RankingWeights) -> Option<Vec<PlacedLine>> {
    let by_area = content.area_ranks.as_ref();
    // A plan may have a service twice: equal ranks are told apart by the code, then by the number.
    let key = |line: &PlanLine| format!("{}#{:05}", line.service, line.number);
    let ranks = |line: &PlanLine| {
        let rank = line.expert_rank?;
        let expert = match by_area {
            Some(_) => ExpertRank::InArea { area: area_of(content, line)?.into(), rank },
            None => ExpertRank::Overall(rank),
        };
        let by_budget = line.funding == FundingSource::IndividualBudget;
        let cost = if by_budget { line.needed() } else { Money::ZERO };
        Some(ServiceRanks { service: key(line), expert, parent_rank: line.parent_rank?, cost: Some(cost) })
    };
    let given = by_area.map(|ranks| ranks.order.iter().map(|area| u32::from(*area)).collect::<Vec<u32>>());
    let input = RankingInput {
        lines: content.lines.iter().map(ranks).collect::<Option<Vec<_>>>()?,
        area_order: given.filter(|order| !order.is_empty()),
        budget: Some(money),
    };
    let ranked = rank_services(&input, weights).ok()?;
    let placed = |place: RankedLine| {
        let of = content.lines.iter().find(|line| key(line) == place.service)?;
        Some(PlacedLine { line: of.number, place: RankedLine { service: of.service.clone(), ..place } })
    };
    ranked.lines.into_iter().map(placed).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::pilot::ranking::Financing;

    fn line(number: u32, service: &str, goal: u32, ranks: (u32, u32), price: &str) -> Value {
        json!({"number": number, "service": service, "recipient": "child", "goal": goal, "volume": "1", "schedule": [],
            "times": [], "unit_price": price, "funding": "individual_budget", "expert_rank": ranks.0,
            "parent_rank": ranks.1, "self_prepaid": false, "free_support": false, "provider_is_relative": false,
            "includes": []})
    }

    fn content(lines: &[Value], area_ranks: Value) -> PlanContent {
        let goal = |number: u32, area: u8| json!({"number": number, "term": "short", "area": area, "author": "team", "text": "g"});
        serde_json::from_value(json!({"from": "2018-09-01", "to": "2019-02-28", "goals": [goal(1, 1), goal(2, 2)],
            "lines": lines, "area_ranks": area_ranks}))
        .unwrap()
    }

    fn places(content: &PlanContent) -> Vec<(u32, String, Financing)> {
        let placed = order(content, Money::from_cents(15_000), RankingWeights::default()).unwrap();
        let shown = |placed: &PlacedLine| {
            (placed.line, placed.place.score.to_string(), placed.place.financing.unwrap().financing)
        };
        placed.iter().map(shown).collect()
    }

    #[test]
    fn lines_stand_in_the_combined_order_and_are_financed_from_the_top() {
        // A service twice; 0.7 x 2 + 0.3 x 1 = 1.7 comes after 0.7 x 1 + 0.3 x 3 = 1.6.
        let lines = [
            line(1, "escort", 1, (2, 1), "100.00"),
            line(2, "escort", 1, (1, 3), "100.00"),
            line(3, "home_care", 2, (3, 2), "100.00"),
        ];
        assert_eq!(
            places(&content(&lines, Value::Null)),
            [
                (2, "1.6".to_owned(), Financing::Full),
                (1, "1.7".to_owned(), Financing::Partial),
                (3, "2.7".to_owned(), Financing::None),
            ]
        );
    }

    #[test]
    fn ranks_inside_areas_become_one_order() {
        let lines = [
            line(1, "escort", 1, (1, 1), "100.00"),
            line(2, "assistant", 1, (2, 2), "100.00"),
            line(3, "home_care", 2, (1, 3), "100.00"),
        ];
        let numbers = |area_ranks: Value| -> Vec<u32> {
            places(&content(&lines, area_ranks)).iter().map(|(line, ..)| *line).collect()
        };
        // Interleaved the experts have 1, 3, 2; the second area first, 3, 1, 2.
        assert_eq!(numbers(json!({"order": []})), [1, 3, 2]);
        assert_eq!(numbers(json!({"order": [2, 1]})), [3, 1, 2]);
    }

    #[test]
    fn ranks_that_are_not_told_make_no_order() {
        let mut unranked = line(1, "escort", 1, (1, 1), "1.00");
        unranked["parent_rank"] = Value::Null;
        let content = content(&[unranked], Value::Null);
        assert_eq!(order(&content, Money::ZERO, RankingWeights::default()), None);
    }
}

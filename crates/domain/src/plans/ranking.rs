//! The ranking of a draft by the recipient, or who speaks for the recipient: kept beside the worker's, and compared with it
//! [domain 6.2].
//!
//! **Decision**: two rankings are compared by the order in which they put the lines that both know, so that a line that was added
//! or left out since does not make all others differ.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    PlanContent, PlanLine,
    findings::{Finding, What},
};
use crate::{
    parameters::catalogue::MethodologyId,
    text::{Message, Refusal},
};

/// A line in the order of the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankedLine {
    /// Number of the line.
    pub line: u32,
    /// Its place, 1 first.
    pub rank: u32,
}

/// The order in which the recipient puts the lines of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// The lines, the most important first.
    pub lines: Vec<RankedLine>,
    /// The day.
    pub ranked_on: NaiveDate,
    /// Subject of who recorded it.
    pub recorded_by: String,
}

/// Why a ranking is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankingRefusal {
    /// The draft has no such line.
    UnknownLine {
        /// Position in the ranking.
        position: usize,
    },
    /// The line stands twice.
    LineTwice {
        /// Position in the ranking.
        position: usize,
    },
    /// The place stands twice.
    RankTwice {
        /// Position in the ranking.
        position: usize,
    },
}

impl Refusal for RankingRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownLine { .. } => "unknown_line",
            Self::LineTwice { .. } => "line_twice",
            Self::RankTwice { .. } => "rank_twice",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::UnknownLine { position } | Self::LineTwice { position } => format!("/lines/{position}/line"),
            Self::RankTwice { position } => format!("/lines/{position}/rank"),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::UnknownLine { .. } => Message::new("order-unknown-line"),
            Self::LineTwice { .. } => Message::new("plan-number-twice"),
            Self::RankTwice { .. } => Message::new("plan-priority-twice"),
        }
    }
}

/// Checks a ranking of a draft. Lines may be left out: who ranks may not care for all.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(lines: &[RankedLine], draft: &PlanContent) -> Result<(), Vec<RankingRefusal>> {
    let (mut known, mut taken, mut refusals) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (position, ranked) in lines.iter().enumerate() {
        if draft.line(ranked.line).is_none() {
            refusals.push(RankingRefusal::UnknownLine { position });
        } else if !known.insert(ranked.line) {
            refusals.push(RankingRefusal::LineTwice { position });
        }
        if !taken.insert(ranked.rank) {
            refusals.push(RankingRefusal::RankTwice { position });
        }
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// Where the draft and the recipient's ranking put lines in another order: a warning at the member that holds the draft's. In 2023
/// that is the one priority, agreed together; in the pilot the parent's rank as the worker wrote it down.
#[must_use]
pub fn differences(content: &PlanContent, methodology: MethodologyId, ranking: &Ranking) -> Vec<Finding> {
    let is_pilot = methodology == MethodologyId::ChildrenPilot2018;
    let (member, place): (_, fn(&PlanLine) -> Option<u32>) =
        if is_pilot { ("parent_rank", |line| line.parent_rank) } else { ("priority", |line| line.priority) };
    let rank_of = |number| ranking.lines.iter().find(|ranked| ranked.line == number).map(|ranked| ranked.rank);
    let both = content.lines.iter().enumerate();
    let both: Vec<(usize, u32, u32)> =
        both.filter_map(|(position, line)| Some((position, place(line)?, rank_of(line.number)?))).collect();
    let order = |by: fn(&(usize, u32, u32)) -> u32, of: &(usize, u32, u32)| {
        both.iter().filter(|other| by(other) < by(of)).count()
    };
    let differs = |line: &(usize, u32, u32)| {
        let (in_draft, own) = (order(|line| line.1, line), order(|line| line.2, line));
        let pointer = format!("/lines/{}/{member}", line.0);
        (in_draft != own).then(|| Finding::warning(pointer, What::RankedOtherwise { rank: line.2 }))
    };
    both.iter().filter_map(differs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(priorities: &[Option<u32>]) -> PlanContent {
        let line = |(number, priority): (usize, &Option<u32>)| {
            serde_json::json!({"number": number + 1, "service": "home_care", "recipient": "child", "goal": 1, "volume": "10",
                "minimum_volume": null, "intensity": null, "schedule": [], "times": [], "offer": null,
                "unit_price": "6.63", "price_kind": null, "funding": "individual_budget", "priority": priority,
                "expert_rank": null, "parent_rank": priority, "self_prepaid": false, "free_support": false,
                "provider_is_relative": false, "includes": [], "reason": null})
        };
        let lines: Vec<_> = priorities.iter().enumerate().map(line).collect();
        serde_json::from_value(serde_json::json!({"from": "2023-04-01", "to": "2024-03-31", "goals": [], "notes": null,
            "lines": lines}))
        .unwrap()
    }

    fn ranked(ranks: &[(u32, u32)]) -> Vec<RankedLine> {
        ranks.iter().map(|&(line, rank)| RankedLine { line, rank }).collect()
    }

    #[test]
    fn a_ranking_names_lines_and_places_once() {
        let draft = draft(&[Some(1), Some(2)]);
        assert_eq!(check(&ranked(&[(2, 1), (1, 2)]), &draft), Ok(()));
        assert_eq!(check(&ranked(&[(2, 1)]), &draft), Ok(()));
        let refused = check(&ranked(&[(1, 1), (1, 2), (3, 2)]), &draft).unwrap_err();
        let codes: Vec<_> = refused.iter().map(|refusal| (refusal.code(), refusal.pointer())).collect();
        let expected =
            [("line_twice", "/lines/1/line"), ("unknown_line", "/lines/2/line"), ("rank_twice", "/lines/2/rank")];
        assert_eq!(codes, expected.map(|(code, pointer)| (code, pointer.to_owned())));
    }

    #[test]
    fn only_another_order_differs() {
        let pointers = |draft: &PlanContent, methodology, ranks: &[(u32, u32)]| -> Vec<String> {
            let day = "2023-03-01".parse().unwrap();
            let ranking = Ranking { lines: ranked(ranks), ranked_on: day, recorded_by: String::new() };
            differences(draft, methodology, &ranking).iter().map(|finding| finding.pointer.clone()).collect()
        };
        let (pilot, children) = (MethodologyId::ChildrenPilot2018, MethodologyId::Children2023);
        let three = draft(&[Some(1), Some(2), Some(5)]);
        assert_eq!(pointers(&three, children, &[(1, 1), (2, 2), (3, 3)]), [""; 0]);
        assert_eq!(pointers(&three, children, &[(1, 2), (2, 1), (3, 3)]), ["/lines/0/priority", "/lines/1/priority"]);
        assert_eq!(pointers(&three, pilot, &[(1, 2), (2, 1)]), ["/lines/0/parent_rank", "/lines/1/parent_rank"]);
        // What one of them does not rank is not compared.
        assert_eq!(pointers(&three, children, &[(3, 1)]), [""; 0]);
        assert_eq!(pointers(&draft(&[None, Some(1), Some(2)]), children, &[(1, 3), (2, 1), (3, 2)]), [""; 0]);
    }
}

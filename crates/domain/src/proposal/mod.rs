//! A correction for a support plan that does not fit: which lines to reduce or drop so that it does, losing the least
//! weighted priority [S2; the sum that must fit: `agreed`, `payable`].
//!
//! A line stays as planned, is reduced to whole steps of at least its minimum useful volume, or is dropped; what is
//! delivered or committed already always stays. The counted lines together stay within the indicative budget, those
//! that the state does not pay within the part of it that is not for state-paid services. Yearly maxima hold, and lines that exclude each
//! other don't stay together.
//!
//! **Decision** (the source says only: keep the highest priorities, prefer the plan that loses the least weighted
//! priority): among `n` lines the one of priority `p` weighs `n + 1 - p`, at least 1, and a line that keeps the volume
//! `v` of `V` keeps `v / V` of its weight. The loss is what is missing of all weights, counted in billionths.
//!
//! **Decision**: of plans that lose the same to half a billionth, the one stands that follows from going down the
//! priorities and giving each line as much as still fits, if it is among them; else the one that the search, whose
//! order is fixed, finds first. What then still fits goes to the highest priority. The same input always has the same
//! answer.

mod bound;
mod labels;
mod layout;
mod multipliers;
mod outline;
mod problem;
mod reasons;
mod refusal;
mod search;
mod tally;
#[cfg(test)]
mod tests;

use rust_decimal::Decimal;

pub use self::refusal::{NamedLine, ProposalRefusal};
use self::{
    problem::{Problem, SCALE},
    tally::{Tally, greedy},
};
use crate::{
    money::{Money, Volume},
    parameters::catalogue::names,
    text::Message,
};

/// The most lines that a plan may have.
pub const MOST_LINES: usize = 200;

/// A line that may be reduced or dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalLine {
    /// Number of the line in the plan: the sentences name it.
    pub number: u32,
    /// Priority, 1 the highest. Lines may share one.
    pub priority: u32,
    /// Volume as planned, in the service's unit.
    pub volume: Volume,
    /// EUR a unit.
    pub unit_price: Money,
    /// A reduced volume is a multiple of this: 1 for hours, days or sessions, 1.00 for euros. Not zero.
    pub step: Volume,
    /// The minimum useful volume: less than this is dropped.
    pub minimum: Volume,
    /// What is delivered or committed already: it stays, even if it is less than useful or no whole number of steps.
    pub floor: Volume,
    /// Whether the state pays: the line counts in the ceiling, not in the payable one.
    pub state_paid: bool,
    /// The yearly maximum that the line falls under.
    pub cap: Option<Cap>,
    /// What bounds the line by itself; what is committed stays all the same.
    pub limit: Option<Limit>,
}

/// What a line may have at most, whatever the others have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Volume, in the service's unit.
    pub most: Volume,
    /// The sentence that says why.
    pub why: Message,
}

/// A yearly maximum, shared by all lines that name the same group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    /// Number of the group.
    pub group: u32,
    /// What the lines of the group may have together.
    pub most: CapLimit,
    /// Published code of the rule that sets it.
    pub rule: &'static str,
}

/// What a yearly maximum limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapLimit {
    /// The sum of the volumes.
    Volume(Volume),
    /// The sum of the amounts, EUR.
    Amount(Money),
}

/// A plan and what it has to fit into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalInput {
    /// The lines that the indicative budget counts, in the order of the plan.
    pub lines: Vec<ProposalLine>,
    /// The indicative budget, EUR: for all lines together.
    pub ceiling: Money,
    /// The indicative budget without its state-paid part, EUR: for the lines that the state does not pay.
    pub payable_ceiling: Money,
    /// Pairs of positions of lines that can't both stay.
    pub exclusive: Vec<(usize, usize)>,
}

names! {
    /// What the proposal does to a line.
    Change {
        /// It stays as planned.
        Kept = "kept",
        /// It stays with a smaller volume.
        Reduced = "reduced",
        /// It goes.
        Dropped = "dropped",
    }
}

/// A line as proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedLine {
    /// Volume, in the service's unit.
    pub volume: Volume,
    /// Volume × unit price, rounded to cents, EUR.
    pub amount: Money,
    /// What changes.
    pub change: Change,
    /// Why; empty where nothing changes.
    pub reasons: Vec<Message>,
}

/// A plan that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The lines, in the order of the input.
    pub lines: Vec<ProposedLine>,
    /// All lines together, EUR.
    pub agreed: Money,
    /// The lines that the state does not pay, EUR.
    pub payable: Money,
    /// Weighted priority lost, in billionths of a weight: 1,000,000,000 for a line of weight 1 that is dropped.
    pub loss: u64,
    /// Whether no plan that fits loses less. Where the search would take too long, the best plan found stands.
    pub optimal: bool,
}

/// The plan that fits and loses the least weighted priority.
///
/// # Errors
/// A figure that is invalid, or commitments that together exceed a ceiling or a maximum or exclude each other: then
/// nothing fits.
pub fn propose(input: &ProposalInput) -> Result<Proposal, ProposalRefusal> {
    let problem = Problem::of(input)?;
    let best = search::best(&problem, greedy(&problem));
    let mut tally = Tally::with(&problem, &best.chosen);
    tally.fill(&problem.by_priority);
    Ok(proposal(input, &problem, &tally, best.optimal))
}

/// Puts a plan into words.
fn proposal(input: &ProposalInput, problem: &Problem, tally: &Tally<'_>, optimal: bool) -> Proposal {
    let (mut agreed, mut payable) = (Money::ZERO, Money::ZERO);
    let lines = input
        .lines
        .iter()
        .zip(tally.choices())
        .enumerate()
        .map(|(index, (line, choice))| {
            let volume = Volume::exact(Decimal::new(choice.volume, 3));
            let amount = Money::from_cents(choice.cents);
            agreed += amount;
            if !line.state_paid {
                payable += amount;
            }
            let change = if volume == line.volume {
                Change::Kept
            } else if choice.volume > 0 {
                Change::Reduced
            } else {
                Change::Dropped
            };
            ProposedLine { volume, amount, change, reasons: reasons::of(input, problem, tally, index) }
        })
        .collect();
    Proposal { lines, agreed, payable, loss: loss(problem, tally), optimal }
}

/// Weighted priority lost, in billionths.
fn loss(problem: &Problem, tally: &Tally<'_>) -> u64 {
    let planned: i64 = problem.items.iter().map(|item| item.planned.value).sum();
    let parts = SCALE / 1_000_000_000;
    u64::try_from((planned - tally.value() + parts / 2) / parts).unwrap_or_default()
}

//! Why nothing can be proposed.

use super::MOST_LINES;
use crate::{
    money::Money,
    text::{Message, Refusal},
};

/// A line of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedLine {
    /// Its position in the input.
    pub position: usize,
    /// Its number in the plan.
    pub number: u32,
}

/// Why no plan can be proposed: a figure is invalid, or what is committed does not fit by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProposalRefusal {
    /// More than [`MOST_LINES`] lines.
    TooManyLines,
    /// An amount is negative or too large.
    AmountInvalid {
        /// JSON Pointer of the amount.
        pointer: String,
    },
    /// A volume is negative, too large or too precise, or a step is zero.
    VolumeInvalid {
        /// JSON Pointer of the volume.
        pointer: String,
    },
    /// Less is planned than is committed.
    PlannedBelowCommitted {
        /// Position of the line.
        line: usize,
    },
    /// Lines of one group name different maxima.
    CapConflict {
        /// Position of the line that differs from the first.
        line: usize,
    },
    /// A pair names a line twice, or one that is not there.
    PairInvalid {
        /// Position of the pair.
        pair: usize,
    },
    /// What is committed costs more than the ceiling.
    CommittedAboveCeiling {
        /// The committed lines.
        lines: Vec<NamedLine>,
        /// The ceiling, EUR.
        ceiling: Money,
    },
    /// What is committed of lines that the state does not pay costs more than their ceiling.
    CommittedAbovePayable {
        /// The committed lines.
        lines: Vec<NamedLine>,
        /// The ceiling, EUR.
        ceiling: Money,
    },
    /// What is committed is more than a yearly maximum.
    CommittedAboveCap {
        /// The committed lines.
        lines: Vec<NamedLine>,
        /// Code of the rule.
        rule: &'static str,
    },
    /// Two lines that exclude each other are both committed.
    CommittedTogether {
        /// The two lines.
        lines: Vec<NamedLine>,
    },
}

impl Refusal for ProposalRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::TooManyLines => "too_many",
            Self::AmountInvalid { .. } => "invalid_amount",
            Self::VolumeInvalid { .. } => "invalid_volume",
            Self::PlannedBelowCommitted { .. } => "below_committed",
            Self::CapConflict { .. } => "conflicting_maximum",
            Self::PairInvalid { .. } => "invalid_pair",
            Self::CommittedAboveCeiling { .. } | Self::CommittedAbovePayable { .. } => "committed_above_ceiling",
            Self::CommittedAboveCap { .. } => "committed_above_maximum",
            Self::CommittedTogether { .. } => "committed_together",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::TooManyLines => "/lines".to_owned(),
            Self::AmountInvalid { pointer } | Self::VolumeInvalid { pointer } => pointer.clone(),
            Self::PlannedBelowCommitted { line } => format!("/lines/{line}/volume"),
            Self::CapConflict { line } => format!("/lines/{line}/cap"),
            Self::PairInvalid { pair } => format!("/exclusive/{pair}"),
            Self::CommittedAboveCeiling { .. } => "/ceiling".to_owned(),
            Self::CommittedAbovePayable { .. } => "/payable_ceiling".to_owned(),
            Self::CommittedAboveCap { lines, .. } | Self::CommittedTogether { lines } => {
                lines.first().map_or_else(|| "/lines".to_owned(), |line| format!("/lines/{}/floor", line.position))
            }
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::TooManyLines => Message::new("proposal-too-many-lines").with("limit", MOST_LINES),
            Self::AmountInvalid { .. } => Message::new("proposal-amount-invalid"),
            Self::VolumeInvalid { .. } => Message::new("proposal-volume-invalid"),
            Self::PlannedBelowCommitted { .. } => Message::new("proposal-planned-below-committed"),
            Self::CapConflict { .. } => Message::new("proposal-maximum-conflict"),
            Self::PairInvalid { .. } => Message::new("proposal-pair-invalid"),
            Self::CommittedAboveCeiling { lines, ceiling } => {
                Message::new("proposal-committed-above-ceiling").with("lines", listed(lines)).with("ceiling", ceiling)
            }
            Self::CommittedAbovePayable { lines, ceiling } => {
                Message::new("proposal-committed-above-payable").with("lines", listed(lines)).with("ceiling", ceiling)
            }
            Self::CommittedAboveCap { lines, rule } => {
                Message::new("proposal-committed-above-maximum").with("lines", listed(lines)).with("rule", rule)
            }
            Self::CommittedTogether { lines } => {
                Message::new("proposal-committed-together").with("lines", listed(lines))
            }
        }
    }
}

/// Lines by their numbers in the plan: 1, 3, 4.
fn listed(lines: &[NamedLine]) -> String {
    let numbers: Vec<String> = lines.iter().map(|line| line.number.to_string()).collect();
    numbers.join(", ")
}

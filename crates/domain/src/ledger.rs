//! The budget ledger: every euro is in one place, from planned to paid or released [domain 7.2].
//!
//! Entries are only appended; what is wrong is reversed by a new entry that names it. For each line
//! `paid <= invoiced <= delivered <= committed <= planned`, the same for volumes as far as they go, and the lines that the
//! budget counts never exceed the ceiling. Amounts are cents and volumes thousandths of the unit, both signed: a reversal is
//! negative.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    money::{Money, Volume},
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// Where an entry moves money to.
    EntryKind {
        /// The signed plan has a line of this amount; a later version adds or takes.
        Planned = "planned",
        /// A service was ordered.
        Committed = "committed",
        /// A commitment was given back.
        Released = "released",
        /// A service was delivered.
        Delivered = "delivered",
        /// A delivery was invoiced, or a claim approved.
        Invoiced = "invoiced",
        /// An invoice or claim was paid.
        Paid = "paid",
    }
}

/// An entry as it is to be appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewEntry {
    /// Number of the plan's line.
    pub line: u32,
    /// Where it moves money to.
    pub kind: EntryKind,
    /// Cents.
    pub cents: i64,
    /// Thousandths of the service's unit.
    pub thousandths: i64,
    /// The day that it counts for.
    pub on: NaiveDate,
    /// The order that it belongs to.
    pub order: Option<Uuid>,
    /// Number of the entry that it reverses.
    pub reverses: Option<u32>,
}

impl NewEntry {
    /// The order of which it delivers something more.
    #[must_use]
    pub fn delivers(&self) -> Option<Uuid> {
        self.order.filter(|_| self.kind == EntryKind::Delivered && (self.cents > 0 || self.thousandths > 0))
    }
}

/// An entry of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the budget, from 1.
    pub number: u32,
    /// What it says.
    pub new: NewEntry,
}

/// What stands where, of one line. Cents and thousandths of the unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LineBalance {
    /// Whether the indicative budget counts the line; others are kept beside, outside of the ceiling.
    pub counted: bool,
    /// In the signed plan.
    pub planned: i64,
    /// Ordered, less what was given back.
    pub committed: i64,
    /// Delivered.
    pub delivered: i64,
    /// Invoiced.
    pub invoiced: i64,
    /// Paid.
    pub paid: i64,
    /// Volume in the signed plan.
    pub planned_volume: i64,
    /// Volume ordered.
    pub committed_volume: i64,
    /// Volume delivered.
    pub delivered_volume: i64,
}

/// A rule of the ledger that an entry would break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerRefusal {
    /// The plan has no such line.
    UnknownLine {
        /// Its number.
        line: u32,
    },
    /// More than the ceiling would be planned.
    AboveCeiling {
        /// By so many cents.
        excess: i64,
    },
    /// More would be ordered than planned.
    AbovePlanned {
        /// What is left, cents.
        left: i64,
    },
    /// A larger volume would be ordered or delivered than planned.
    VolumeAbovePlanned {
        /// What is left, thousandths of the unit.
        left: i64,
    },
    /// More would be delivered than ordered, or less ordered than delivered.
    AboveCommitted {
        /// What is left, cents.
        left: i64,
    },
    /// More would be invoiced than delivered, or less delivered than invoiced.
    AboveDelivered {
        /// What is left, cents.
        left: i64,
    },
    /// More would be paid than invoiced, or less invoiced than paid.
    AboveInvoiced {
        /// What is left, cents.
        left: i64,
    },
    /// A sum would fall below zero.
    BelowZero,
}

impl Refusal for LedgerRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownLine { .. } => "unknown_line",
            Self::AboveCeiling { .. } => "above_ceiling",
            Self::AbovePlanned { .. } => "above_planned",
            Self::VolumeAbovePlanned { .. } => "volume_above_planned",
            Self::AboveCommitted { .. } => "above_committed",
            Self::AboveDelivered { .. } => "above_delivered",
            Self::AboveInvoiced { .. } => "above_invoiced",
            Self::BelowZero => "below_zero",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::UnknownLine { .. } => "/line".to_owned(),
            Self::VolumeAbovePlanned { .. } => "/volume".to_owned(),
            _ => String::new(),
        }
    }

    fn message(&self) -> Message {
        let euros = |key: &'static str, cents: i64| Message::new(key).with("left", Money::from_cents(cents));
        match *self {
            Self::UnknownLine { line } => Message::new("ledger-unknown-line").with("line", line),
            Self::AboveCeiling { excess } => {
                Message::new("ledger-above-ceiling").with("excess", Money::from_cents(excess))
            }
            Self::AbovePlanned { left } => euros("ledger-above-planned", left),
            Self::VolumeAbovePlanned { left } => {
                Message::new("ledger-volume-above-planned").with("left", Volume::from_thousandths(left))
            }
            Self::AboveCommitted { left } => euros("ledger-above-committed", left),
            Self::AboveDelivered { left } => euros("ledger-above-delivered", left),
            Self::AboveInvoiced { left } => euros("ledger-above-invoiced", left),
            Self::BelowZero => Message::new("ledger-below-zero"),
        }
    }
}

impl LineBalance {
    /// The balance with an entry, where the rules of a line allow it.
    ///
    /// # Errors
    /// The first rule that it would break.
    pub fn with(self, entry: &NewEntry) -> Result<Self, LedgerRefusal> {
        let after = self.moved(entry.kind, entry.cents, entry.thousandths);
        let all = [after.planned, after.committed, after.delivered, after.invoiced, after.paid];
        let volumes = [after.planned_volume, after.committed_volume, after.delivered_volume];
        if all.into_iter().chain(volumes).any(|sum| sum < 0) {
            return Err(LedgerRefusal::BelowZero);
        }
        if after.committed > after.planned {
            return Err(LedgerRefusal::AbovePlanned { left: self.planned - self.committed });
        }
        if after.committed_volume > after.planned_volume {
            return Err(LedgerRefusal::VolumeAbovePlanned { left: self.planned_volume - self.committed_volume });
        }
        if after.delivered_volume > after.committed_volume {
            return Err(LedgerRefusal::VolumeAbovePlanned { left: self.committed_volume - self.delivered_volume });
        }
        if after.delivered > after.committed {
            return Err(LedgerRefusal::AboveCommitted { left: self.committed - self.delivered });
        }
        if after.invoiced > after.delivered {
            return Err(LedgerRefusal::AboveDelivered { left: self.delivered - self.invoiced });
        }
        if after.paid > after.invoiced {
            return Err(LedgerRefusal::AboveInvoiced { left: self.invoiced - self.paid });
        }
        Ok(after)
    }

    /// The balance with a sum of entries of one kind, whatever the rules say: for sums that stand already.
    #[must_use]
    pub const fn moved(mut self, kind: EntryKind, cents: i64, thousandths: i64) -> Self {
        match kind {
            EntryKind::Planned => {
                self.planned = self.planned.saturating_add(cents);
                self.planned_volume = self.planned_volume.saturating_add(thousandths);
            }
            EntryKind::Committed => {
                self.committed = self.committed.saturating_add(cents);
                self.committed_volume = self.committed_volume.saturating_add(thousandths);
            }
            EntryKind::Released => {
                self.committed = self.committed.saturating_sub(cents);
                self.committed_volume = self.committed_volume.saturating_sub(thousandths);
            }
            EntryKind::Delivered => {
                self.delivered = self.delivered.saturating_add(cents);
                self.delivered_volume = self.delivered_volume.saturating_add(thousandths);
            }
            EntryKind::Invoiced => self.invoiced = self.invoiced.saturating_add(cents),
            EntryKind::Paid => self.paid = self.paid.saturating_add(cents),
        }
        self
    }

    /// Ordered and not yet delivered, cents: what a termination releases.
    #[must_use]
    pub const fn undelivered(&self) -> i64 {
        self.committed.saturating_sub(self.delivered)
    }
}

/// What stands where, of a whole budget.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balance {
    /// What the budget may plan at most, cents.
    pub ceiling: i64,
    /// By number of the line.
    pub lines: BTreeMap<u32, LineBalance>,
}

impl Balance {
    /// An empty ledger below a ceiling.
    #[must_use]
    pub fn below(ceiling: i64) -> Self {
        Self { ceiling, lines: BTreeMap::new() }
    }

    /// Appends entries together: all, or none where one breaks a rule. A version of a plan that gives one line what it takes
    /// from another is one such step, so the ceiling is compared at the end of it.
    ///
    /// # Errors
    /// The first rule that would be broken.
    pub fn append(&mut self, entries: &[NewEntry]) -> Result<(), LedgerRefusal> {
        let mut lines = self.lines.clone();
        for entry in entries {
            let line = lines.get_mut(&entry.line).ok_or(LedgerRefusal::UnknownLine { line: entry.line })?;
            *line = line.with(entry)?;
        }
        let excess = agreed(&lines).saturating_sub(self.ceiling);
        if excess > 0 {
            return Err(LedgerRefusal::AboveCeiling { excess });
        }
        self.lines = lines;
        Ok(())
    }

    /// The sums of the lines that the budget counts.
    #[must_use]
    pub fn total(&self) -> LineBalance {
        let counted = self.lines.values().filter(|line| line.counted);
        counted.fold(LineBalance { counted: true, ..LineBalance::default() }, |sum, line| LineBalance {
            counted: true,
            planned: sum.planned.saturating_add(line.planned),
            committed: sum.committed.saturating_add(line.committed),
            delivered: sum.delivered.saturating_add(line.delivered),
            invoiced: sum.invoiced.saturating_add(line.invoiced),
            paid: sum.paid.saturating_add(line.paid),
            ..LineBalance::default()
        })
    }
}

fn agreed(lines: &BTreeMap<u32, LineBalance>) -> i64 {
    lines.values().filter(|line| line.counted).map(|line| line.planned).fold(0, i64::saturating_add)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(line: u32, kind: EntryKind, cents: i64, thousandths: i64) -> NewEntry {
        NewEntry { line, kind, cents, thousandths, on: NaiveDate::MIN, order: None, reverses: None }
    }

    fn planned() -> Balance {
        let mut balance = Balance::below(100_000);
        balance.lines.insert(1, LineBalance { counted: true, ..LineBalance::default() });
        balance.lines.insert(2, LineBalance::default());
        balance
            .append(&[entry(1, EntryKind::Planned, 60_000, 10_000), entry(2, EntryKind::Planned, 900_000, 1_000)])
            .unwrap();
        balance
    }

    #[test]
    fn each_rule_refuses_with_its_own_code() {
        use EntryKind::{Committed, Delivered, Invoiced, Paid, Planned, Released};
        let before: &[NewEntry] = &[
            entry(1, Committed, 50_000, 8_000),
            entry(1, Delivered, 30_000, 5_000),
            entry(1, Invoiced, 20_000, 0),
            entry(1, Paid, 10_000, 0),
        ];
        for (refused, code) in [
            (entry(3, Committed, 1, 0), "unknown_line"),
            (entry(1, Planned, 40_001, 0), "above_ceiling"),
            (entry(1, Committed, 10_001, 0), "above_planned"),
            (entry(1, Planned, -10_001, 0), "above_planned"),
            (entry(1, Committed, 0, 2_001), "volume_above_planned"),
            (entry(1, Delivered, 0, 3_001), "volume_above_planned"),
            (entry(1, Delivered, 20_001, 0), "above_committed"),
            (entry(1, Released, 20_001, 0), "above_committed"),
            (entry(1, Invoiced, 10_001, 0), "above_delivered"),
            (entry(1, Delivered, -10_001, 0), "above_delivered"),
            (entry(1, Paid, 10_001, 0), "above_invoiced"),
            (entry(1, Invoiced, -10_001, 0), "above_invoiced"),
            (entry(1, Paid, -10_001, 0), "below_zero"),
        ] {
            let mut balance = planned();
            balance.append(before).unwrap();
            let untouched = balance.clone();
            assert_eq!(balance.append(&[entry(2, Planned, 1, 0), refused]).unwrap_err().code(), code, "{refused:?}");
            assert_eq!(balance, untouched, "all or none");
        }
    }

    #[test]
    fn lines_that_others_pay_stand_beside_the_ceiling() {
        let balance = planned();
        assert_eq!(balance.total().planned, 60_000);
        assert_eq!(balance.lines[&2].planned, 900_000);
    }

    proptest! {
        #[test]
        fn no_sequence_of_entries_breaks_a_rule(
            entries in prop::collection::vec((1_u32..4, 0_usize..6, -50_000_i64..80_000, -5_000_i64..8_000), 0..60),
        ) {
            let mut balance = planned();
            for (line, kind, cents, thousandths) in entries {
                let _ = balance.append(&[entry(line, EntryKind::ALL[kind], cents, thousandths)]);
                let total = balance.total();
                prop_assert!(total.planned <= balance.ceiling);
                for line in balance.lines.values().chain([&total]) {
                    prop_assert!(0 <= line.paid && line.paid <= line.invoiced && line.invoiced <= line.delivered);
                    prop_assert!(line.delivered <= line.committed && line.committed <= line.planned);
                    prop_assert!(0 <= line.delivered_volume && line.delivered_volume <= line.committed_volume);
                    prop_assert!(line.committed_volume <= line.planned_volume);
                }
            }
        }
    }
}

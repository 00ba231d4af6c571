//! The lines of a calculation: a service of the basket or of a criterion, priced once when the parameters are loaded.
//!
//! A calculation only picks [`Bundle`]s of such lines. Its total comes from their exact sums, its lines are listed and
//! explained when asked for: one rule serves the single answer and the run over a population.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    money::{Money, Volume},
    parameters::{
        catalogue::{Service, Unit, names},
        documents::Source,
    },
    text::{Message, Text},
};

names! {
    /// Who pays a line.
    Funding {
        /// The individual budget.
        IndividualBudget = "individual_budget",
        /// The state, beside the budget; counted in it nevertheless.
        State = "state",
    }
}

/// A rule that was chosen where the sources leave a gap or contradict each other, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Identifier, snake_case.
    pub id: String,
    /// What was chosen and why.
    pub text: Text,
}

/// How a line's volume comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// A volume in each month.
    Monthly {
        /// Volume a month.
        volume: Volume,
        /// Months counted.
        months: u32,
        /// Months taken off by respite in an institution.
        months_off: u32,
    },
    /// A volume for the whole period.
    Period,
    /// An amount of money for the period, up to a ceiling.
    Ceiling {
        /// The ceiling is lower because the state transport allowance is granted.
        allowance: bool,
    },
    /// An amount of money a month, up to a ceiling.
    MonthlyCeiling,
}

/// A line of the basket or of a criterion, priced with the tariff in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// Position among all lines of its rules: the key for whoever keeps renderings of lines.
    pub index: usize,
    /// The criterion that brings it, `base_basket` for the basket.
    pub criterion: &'static str,
    /// Name of the criterion.
    pub title: Text,
    /// Support area.
    pub area: Option<u8>,
    /// The service, where the methodology counts with one.
    pub service: Option<Arc<Service>>,
    /// Name of the service, or of the need.
    pub name: Text,
    /// What the volume is counted in.
    pub unit: Unit,
    /// EUR a unit.
    pub unit_price: Money,
    /// Volume for the period.
    pub volume: Volume,
    /// Volume × unit price, exact; the ceiling for a line with one.
    pub amount: Money,
    /// Who pays.
    pub funding: Funding,
    /// How the volume comes about.
    pub counting: Counting,
    /// Source of the price.
    pub source: Source,
    /// First day of the price.
    pub valid_from: NaiveDate,
    /// Legal basis of the volume.
    pub basis: Option<Source>,
    /// Decision that shaped the line.
    pub decision: Option<Arc<Decision>>,
}

/// Lines that a calculation takes or leaves together, with their exact sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    lines: Vec<PricedLine>,
    total: Money,
    state: Money,
}

impl Bundle {
    pub(crate) fn new(lines: Vec<PricedLine>) -> Self {
        let total = lines.iter().map(|line| line.amount).sum();
        let state = lines.iter().filter(|line| line.funding == Funding::State).map(|line| line.amount).sum();
        Self { lines, total, state }
    }

    /// The lines in order.
    #[must_use]
    pub fn lines(&self) -> &[PricedLine] {
        &self.lines
    }

    /// Exact sum of the lines.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.total
    }

    /// Exact sum of the lines that the state pays.
    #[must_use]
    pub const fn state(&self) -> Money {
        self.state
    }
}

/// A line of one calculation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'r> {
    /// The line of the rules.
    pub priced: &'r PricedLine,
    /// Volume counted here.
    pub volume: Volume,
    /// EUR a unit counted here.
    pub unit_price: Money,
    /// Amount counted here, exact.
    pub amount: Money,
}

impl<'r> From<&'r PricedLine> for Line<'r> {
    fn from(priced: &'r PricedLine) -> Self {
        Self { priced, volume: priced.volume, unit_price: priced.unit_price, amount: priced.amount }
    }
}

impl Line<'_> {
    /// Whether the line is just as the rules have it, with no amount of this calculation's own.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        self.amount == self.priced.amount
    }

    /// Why the line is there and how its amount comes about.
    #[must_use]
    pub fn explanation(&self) -> Message {
        let message = |key: &'static str| {
            Message::new(key)
                .with_text("why", self.priced.title.clone())
                .with("price", self.unit_price)
                .with("amount", self.amount)
                .with("ceiling", self.priced.amount)
        };
        match self.priced.counting {
            Counting::Monthly { volume, months, months_off: 0 } => message("line-monthly")
                .with_message("volume", volume_message(volume, self.priced.unit))
                .with_number("months", months),
            Counting::Monthly { volume, months, months_off } => message("line-monthly-less")
                .with_message("volume", volume_message(volume, self.priced.unit))
                .with_number("months", months)
                .with_number("off", months_off),
            Counting::Period => {
                message("line-period").with_message("volume", volume_message(self.volume, self.priced.unit))
            }
            Counting::Ceiling { .. } if !self.is_standard() => message("line-lower-amount"),
            Counting::Ceiling { allowance: true } => message("line-ceiling-with-allowance"),
            Counting::Ceiling { allowance: false } => message("line-ceiling"),
            Counting::MonthlyCeiling if !self.is_standard() => message("line-lower-monthly-amount"),
            Counting::MonthlyCeiling => message("line-monthly-ceiling"),
        }
    }
}

/// "80 h", "1 consultation": a volume with its unit.
#[must_use]
pub fn volume_message(volume: Volume, unit: Unit) -> Message {
    Message::new(format!("volume-{}", unit.as_str().replace('_', "-")))
        .with("volume", volume)
        .with_decimal("count", volume.value().normalize())
}

/// Something about a calculation that its user should know; it stands all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Published code, snake_case.
    pub code: &'static str,
    /// The sentence.
    pub message: Message,
}

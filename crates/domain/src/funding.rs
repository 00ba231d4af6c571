//! Who pays: the funding shares of state, municipality and parents [S2 "IBM finansēšanas varianti"].
//!
//! The variants and their percentages are dated data in `parameters/funding.yaml`.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    bounds,
    money::Money,
    parameters::{
        Faults,
        catalogue::{MethodologyId, names},
        documents::SourceEntry,
    },
    text::{Message, Refusal},
};

names! {
    /// A funding variant (finansējuma sadalījums).
    FundingVariant {
        /// The state pays everything.
        State100 = "state_100",
        /// State and municipality pay half each.
        Shared5050 = "shared_50_50",
        /// State and municipality pay 45 % each, parents 10 %; children only.
        Shared454510 = "shared_45_45_10",
    }
}

names! {
    /// Who pays a share.
    Payer {
        /// The municipality.
        Municipality = "municipality",
        /// The parents.
        Parents = "parents",
        /// The state.
        State = "state",
    }
}

names! {
    /// Whose budgets are paid.
    FundedGroup {
        /// Children.
        Children = "children",
        /// Adults with mental disorders.
        Adults = "adults",
    }
}

/// A payer's percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayerPercent {
    /// Who pays.
    pub payer: Payer,
    /// Percent of the amount.
    pub percent: u32,
}

/// A variant's percentages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantShares {
    /// The variant.
    pub variant: FundingVariant,
    /// Whether it is the one chosen for the country.
    pub chosen: bool,
    /// Whether it is for children's budgets only.
    pub children_only: bool,
    /// Percentages; they add up to 100 and name the state.
    pub shares: Vec<PayerPercent>,
}

/// A methodology whose budgets are not funded as the chosen variant says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodologyFunding {
    /// The methodology.
    pub methodology: MethodologyId,
    /// Its variant, one of the same stretch of time.
    pub variant: FundingVariant,
    /// Where that comes from.
    pub source: SourceEntry,
}

/// The variants of one stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundingPeriod {
    /// First day; the period ends where the next one begins.
    pub valid_from: NaiveDate,
    /// Where the variants come from.
    pub source: SourceEntry,
    /// The variants.
    pub variants: Vec<VariantShares>,
    /// Methodologies with a variant of their own.
    #[serde(default)]
    pub methodologies: Vec<MethodologyFunding>,
}

impl FundingPeriod {
    /// The shares of a variant.
    #[must_use]
    pub fn shares_of(&self, variant: FundingVariant) -> Option<&VariantShares> {
        self.variants.iter().find(|shares| shares.variant == variant)
    }

    /// The shares by which the budgets of a methodology are funded: those of its own variant, or of the chosen one.
    #[must_use]
    pub fn shares_for(&self, methodology: MethodologyId) -> Option<&VariantShares> {
        match self.methodologies.iter().find(|own| own.methodology == methodology) {
            Some(own) => self.shares_of(own.variant),
            None => self.variants.iter().find(|shares| shares.chosen),
        }
    }
}

/// All funding variants, in order of time, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundingTable(Vec<FundingPeriod>);

impl FundingTable {
    /// The table that is compiled in.
    ///
    /// # Errors
    /// [`Faults`] lists everything that is wrong with it; the tests see to it that nothing is.
    pub fn embedded() -> Result<Self, Faults> {
        Self::parse(include_str!("../parameters/funding.yaml"))
    }

    /// Parses and checks a table.
    ///
    /// # Errors
    /// [`Faults`] lists everything that is wrong with it.
    pub fn parse(yaml: &str) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let periods: Vec<FundingPeriod> = serde_saphyr::from_str(yaml)
            .inspect_err(|error| faults.add("funding.yaml", &error.to_string()))
            .unwrap_or_default();
        if !periods.is_sorted_by(|a, b| a.valid_from < b.valid_from) {
            faults.add("funding.yaml", "the periods are not in order of time");
        }
        for period in &periods {
            for own in period.methodologies.iter().filter(|own| period.shares_of(own.variant).is_none()) {
                let at = format!("funding.yaml, {}, {}", period.valid_from, own.methodology);
                faults.add(&at, "has a variant that is not there");
            }
            let mut variants = BTreeSet::new();
            for variant in &period.variants {
                let at = format!("funding.yaml, {}, {}", period.valid_from, variant.variant.as_str());
                if !variants.insert(variant.variant) {
                    faults.add(&at, "is there twice");
                }
                let payers: BTreeSet<Payer> = variant.shares.iter().map(|share| share.payer).collect();
                if payers.len() != variant.shares.len() {
                    faults.add(&at, "names a payer twice");
                }
                if !payers.contains(&Payer::State) {
                    faults.add(&at, "does not name the state, which takes what rounding leaves");
                }
                if variant.shares.iter().map(|share| u64::from(share.percent)).sum::<u64>() != 100 {
                    faults.add(&at, "does not add up to 100 percent");
                }
            }
        }
        if faults.list().is_empty() { Ok(Self(periods)) } else { Err(faults) }
    }

    /// The variants that hold on a day; `None` before the first.
    #[must_use]
    pub fn at(&self, date: NaiveDate) -> Option<&FundingPeriod> {
        self.0.iter().rev().find(|period| period.valid_from <= date)
    }
}

/// An amount to be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundingInput {
    /// The amount in EUR; fractions of a cent are rounded half up first.
    pub amount: Money,
    /// The variant.
    pub variant: FundingVariant,
    /// The day whose percentages hold.
    pub date: NaiveDate,
    /// Whose budgets are paid, where known: some variants are for children only.
    pub group: Option<FundedGroup>,
}

/// What one payer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayerShare {
    /// Who pays.
    pub payer: Payer,
    /// Percent of the amount.
    pub percent: u32,
    /// The share in EUR, whole cents.
    pub amount: Money,
}

/// A split amount; the shares add up to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundingShares {
    /// The amount, in whole cents.
    pub amount: Money,
    /// The variant.
    pub variant: FundingVariant,
    /// First day of the percentages used.
    pub valid_from: NaiveDate,
    /// Where the percentages come from.
    pub source: SourceEntry,
    /// The shares, in the order of the data.
    pub shares: Vec<PayerShare>,
}

impl FundingShares {
    /// What one payer pays, EUR; nothing where the variant does not name it.
    #[must_use]
    pub fn of(&self, payer: Payer) -> Money {
        self.shares.iter().find(|share| share.payer == payer).map_or(Money::ZERO, |share| share.amount)
    }

    /// The sentence that explains the rounding.
    #[must_use]
    pub fn explanation(&self) -> Message {
        Message::new("funding-shares-rounding").with("amount", self.amount).with("state", self.of(Payer::State))
    }
}

/// Why an amount can't be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FundingRefusal {
    /// The amount is negative or too large.
    AmountInvalid,
    /// No percentages hold on the day.
    NoVersionForDate {
        /// The day.
        date: NaiveDate,
    },
    /// The variant does not exist on the day.
    VariantUnknown {
        /// The variant.
        variant: FundingVariant,
        /// The day.
        date: NaiveDate,
    },
    /// The variant is for children only.
    ChildrenOnly {
        /// The variant.
        variant: FundingVariant,
    },
}

impl Refusal for FundingRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AmountInvalid => "invalid_amount",
            Self::NoVersionForDate { .. } => "no_version_for_date",
            Self::VariantUnknown { .. } | Self::ChildrenOnly { .. } => "variant_not_applicable",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::AmountInvalid => "/amount",
            Self::NoVersionForDate { .. } => "/date",
            Self::VariantUnknown { .. } | Self::ChildrenOnly { .. } => "/variant",
        }
        .to_owned()
    }

    fn message(&self) -> Message {
        match self {
            Self::AmountInvalid => Message::new("funding-amount-invalid"),
            Self::NoVersionForDate { date } => Message::new("funding-no-version-for-date").with("date", date),
            Self::VariantUnknown { variant, date } => {
                Message::new("funding-variant-unknown").with("variant", variant.as_str()).with("date", date)
            }
            Self::ChildrenOnly { variant } => Message::new("funding-children-only").with("variant", variant.as_str()),
        }
    }
}

/// Splits an amount by a funding variant: each share but the state's is rounded down to cents, the state takes the rest
/// `[S2]`.
///
/// # Errors
/// Every fault of the input: an amount out of bounds, a day without percentages, a variant that does not apply.
pub fn split(input: &FundingInput, table: &FundingTable) -> Result<FundingShares, Vec<FundingRefusal>> {
    let mut faults = Vec::new();
    let cents = bounds::whole_cents(input.amount.rounded());
    if cents.is_none() {
        faults.push(FundingRefusal::AmountInvalid);
    }
    let period = table.at(input.date);
    let variant = period.and_then(|period| period.variants.iter().find(|shares| shares.variant == input.variant));
    match (period, variant) {
        (None, _) => faults.push(FundingRefusal::NoVersionForDate { date: input.date }),
        (_, None) => faults.push(FundingRefusal::VariantUnknown { variant: input.variant, date: input.date }),
        (_, Some(shares)) if shares.children_only && input.group == Some(FundedGroup::Adults) => {
            faults.push(FundingRefusal::ChildrenOnly { variant: input.variant });
        }
        _ => {}
    }
    let (Some(cents), Some(period), Some(variant), true) = (cents, period, variant, faults.is_empty()) else {
        return Err(faults);
    };

    let part = |share: &PayerPercent| cents * u128::from(share.percent) / 100;
    let others: u128 = variant.shares.iter().filter(|share| share.payer != Payer::State).map(part).sum();
    let shares = variant
        .shares
        .iter()
        .map(|share| PayerShare {
            payer: share.payer,
            percent: share.percent,
            amount: bounds::from_cents(if share.payer == Payer::State { cents - others } else { part(share) }),
        })
        .collect();
    Ok(FundingShares {
        amount: bounds::from_cents(cents),
        variant: input.variant,
        valid_from: period.valid_from,
        source: period.source.clone(),
        shares,
    })
}

#[cfg(test)]
mod tests;

//! Why a child's calculation is refused.

use super::Criterion;
use crate::{
    money::Money,
    parameters::NoVersionForDate,
    text::{Message, Refusal},
};

/// Why a criterion does not apply to a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inapplicable {
    /// The child is too young.
    TooYoung {
        /// Completed months that are needed.
        from_months: u32,
    },
    /// It needs special care need (under 14) or a severe or very severe limitation (14-17).
    NotHeavy,
    /// A guide dog needs an age and the highest severity.
    NoGuideDog {
        /// Completed months that are needed.
        from_months: u32,
    },
    /// The amount is above its ceiling.
    AboveCeiling {
        /// The ceiling, EUR.
        ceiling: Money,
        /// The ceiling is lower because of the state transport allowance.
        allowance: bool,
    },
}

impl Inapplicable {
    pub(super) const fn at(self, position: usize, criterion: Criterion) -> ChildRefusal {
        ChildRefusal::NotApplicable { position, criterion, reason: self }
    }
}

/// Why a child's calculation is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChildRefusal {
    /// No parameters for the day.
    NoVersion(NoVersionForDate),
    /// The birth date lies after the day of the calculation.
    NotYetBorn,
    /// The child is 18 or older.
    TooOld,
    /// The group needs the opinion on special care need, or the benefit does.
    MissingSpecialCare,
    /// The group needs the severity.
    MissingSeverity {
        /// The group.
        group: String,
    },
    /// A criterion is named again.
    Duplicate {
        /// Position in the list of criteria.
        position: usize,
        /// The criterion.
        criterion: Criterion,
    },
    /// A criterion's condition does not hold.
    NotApplicable {
        /// Position in the list of criteria.
        position: usize,
        /// The criterion.
        criterion: Criterion,
        /// Why.
        reason: Inapplicable,
    },
    /// The special care benefit needs special care need.
    NoSpecialCareBenefit,
}

impl Refusal for ChildRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoVersion(_) => "no_version_for_date",
            Self::NotYetBorn | Self::TooOld => "age_out_of_range",
            Self::MissingSpecialCare | Self::MissingSeverity { .. } => "missing_field",
            Self::Duplicate { .. } => "duplicate_criterion",
            Self::NotApplicable { reason: Inapplicable::AboveCeiling { .. }, .. } => "above_ceiling",
            Self::NotApplicable { .. } | Self::NoSpecialCareBenefit => "criterion_not_applicable",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::NoVersion(_) => "/date".to_owned(),
            Self::NotYetBorn | Self::TooOld => "/birth_date".to_owned(),
            Self::MissingSpecialCare => "/special_care".to_owned(),
            Self::MissingSeverity { .. } => "/severity".to_owned(),
            Self::NotApplicable { position, reason: Inapplicable::NoGuideDog { .. }, .. } => {
                format!("/criteria/{position}/guide_dog")
            }
            Self::NotApplicable { position, reason: Inapplicable::AboveCeiling { .. }, .. } => {
                format!("/criteria/{position}/amount")
            }
            Self::Duplicate { position, .. } | Self::NotApplicable { position, .. } => format!("/criteria/{position}"),
            Self::NoSpecialCareBenefit => "/special_care_benefit".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NoVersion(missing) => missing.message(),
            Self::NotYetBorn => Message::new("child-not-yet-born"),
            Self::TooOld => Message::new("child-too-old"),
            Self::MissingSpecialCare => Message::new("child-missing-special-care"),
            Self::MissingSeverity { group } => Message::new("child-missing-severity").with("group", group),
            Self::Duplicate { criterion, .. } => Message::new("child-duplicate-criterion").with("criterion", criterion),
            Self::NotApplicable { criterion, reason, .. } => match reason {
                Inapplicable::TooYoung { from_months } => {
                    Message::new("child-too-young").with("criterion", criterion).with_number("months", *from_months)
                }
                Inapplicable::NotHeavy => Message::new("child-not-heavy").with("criterion", criterion),
                Inapplicable::NoGuideDog { from_months } => {
                    Message::new("child-no-guide-dog").with_number("years", from_months / 12)
                }
                Inapplicable::AboveCeiling { ceiling, allowance } => {
                    let key = if *allowance { "child-above-ceiling-with-allowance" } else { "child-above-ceiling" };
                    Message::new(key).with("criterion", criterion).with("ceiling", ceiling)
                }
            },
            Self::NoSpecialCareBenefit => Message::new("child-no-special-care-benefit"),
        }
    }
}

impl NoVersionForDate {
    /// The sentence that says so.
    #[must_use]
    pub fn message(&self) -> Message {
        Message::new("no-version-for-date").with("methodology", self.methodology).with("date", self.date)
    }
}

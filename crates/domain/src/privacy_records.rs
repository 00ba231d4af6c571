//! What was told of the use of a person's data, and what the parent or the person agreed to [domain 10].

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    day::{self, DayRefusal},
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// What is recorded.
    PrivacyRecordKind {
        /// The privacy notice was given: what is kept of the person, why, and how long.
        PrivacyNotice = "privacy_notice",
        /// The parent or the person agreed that institutions cooperate; the police and the orphans' court need no agreement.
        CooperationAgreement = "cooperation_agreement",
    }
}

/// Whom, and what; sealed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyRecordContent {
    /// Name of who was told or agreed.
    pub party: String,
    /// What was told, or with which institutions they may cooperate and about what.
    pub text: String,
}

/// Why a record is not made or changed so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivacyRecordRefusal {
    /// A day does not fit.
    Day(DayRefusal),
    /// What was told cannot be taken back.
    NotAnAgreement,
    /// It is withdrawn already.
    Withdrawn,
}

impl PrivacyRecordRefusal {
    /// Whether the state of the record is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::NotAnAgreement | Self::Withdrawn)
    }
}

impl Refusal for PrivacyRecordRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Day(refusal) => refusal.code(),
            Self::NotAnAgreement => "not_an_agreement",
            Self::Withdrawn => "agreement_withdrawn",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Day(refusal) => refusal.pointer(),
            Self::NotAnAgreement | Self::Withdrawn => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Day(refusal) => refusal.message(),
            Self::NotAnAgreement => Message::new("problem-not-an-agreement-detail"),
            Self::Withdrawn => Message::new("problem-agreement-withdrawn-detail"),
        }
    }
}

/// Checks the day of a record.
///
/// # Errors
/// [`PrivacyRecordRefusal::Day`] where it has not come yet.
pub fn check_recorded(on: NaiveDate, today: NaiveDate) -> Result<(), PrivacyRecordRefusal> {
    day::check("/on", NaiveDate::MIN, today, on).map_or(Ok(()), |refusal| Err(PrivacyRecordRefusal::Day(refusal)))
}

/// Checks that a record is an agreement that may be withdrawn on a day.
///
/// # Errors
/// [`PrivacyRecordRefusal`].
pub fn check_withdrawn(
    kind: PrivacyRecordKind,
    (given, withdrawn): (NaiveDate, Option<NaiveDate>),
    on: NaiveDate,
    today: NaiveDate,
) -> Result<(), PrivacyRecordRefusal> {
    if kind != PrivacyRecordKind::CooperationAgreement {
        return Err(PrivacyRecordRefusal::NotAnAgreement);
    }
    if withdrawn.is_some() {
        return Err(PrivacyRecordRefusal::Withdrawn);
    }
    day::check("/on", given, today, on).map_or(Ok(()), |refusal| Err(PrivacyRecordRefusal::Day(refusal)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn only_an_agreement_is_withdrawn_and_once() {
        use PrivacyRecordKind::{CooperationAgreement, PrivacyNotice};
        let (given, today) = (day("2023-03-01"), day("2023-11-15"));
        for (kind, withdrawn, on, code) in [
            (CooperationAgreement, None, "2023-03-01", None),
            (CooperationAgreement, None, "2023-11-15", None),
            (CooperationAgreement, None, "2023-02-28", Some("date_out_of_range")),
            (CooperationAgreement, None, "2023-11-16", Some("date_out_of_range")),
            (CooperationAgreement, Some(given), "2023-11-15", Some("agreement_withdrawn")),
            (PrivacyNotice, None, "2023-11-15", Some("not_an_agreement")),
        ] {
            let refusal = check_withdrawn(kind, (given, withdrawn), day(on), today).err();
            assert_eq!(refusal.as_ref().map(Refusal::code), code, "{kind} {on}");
        }
        assert!(check_recorded(today, today).is_ok() && check_recorded(day("2023-11-16"), today).is_err());
    }
}

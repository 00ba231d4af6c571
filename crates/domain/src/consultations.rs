//! Consultations of the rehabilitation physician and other specialists between the rounds of assessment [domain 6.1].
//!
//! **Decision**: what is recorded is not changed. An entry that is wrong is corrected by another that names it, once; that one may be
//! corrected in turn.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    day::{self, DayRefusal},
    text::{Message, Refusal},
};

/// What is recorded of a consultation; sealed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultationDetails {
    /// Name of the specialist.
    pub specialist: String,
    /// Post of the specialist.
    pub post: String,
    /// How long it took, in minutes.
    pub minutes: u32,
    /// What it was for.
    pub purpose: String,
    /// What was spoken about.
    pub content: String,
    /// What was decided.
    pub decision: String,
    /// How, and with whom, the decision was agreed.
    pub agreed: String,
}

/// An entry of the case that another wants to correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrected {
    /// The case that it is of.
    pub application_id: Uuid,
    /// Whether another entry corrects it already.
    pub is_corrected: bool,
}

/// Why a consultation is not recorded so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsultationRefusal {
    /// The day has not come.
    Day(DayRefusal),
    /// The case has no such entry to correct.
    UnknownConsultation,
    /// The entry is corrected already.
    Corrected,
}

impl Refusal for ConsultationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Day(refusal) => refusal.code(),
            Self::UnknownConsultation => "unknown_consultation",
            Self::Corrected => "consultation_corrected",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Day(refusal) => refusal.pointer(),
            Self::UnknownConsultation | Self::Corrected => "/corrects".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Day(refusal) => refusal.message(),
            Self::UnknownConsultation => Message::new("consultation-unknown"),
            Self::Corrected => Message::new("consultation-corrected"),
        }
    }
}

/// Checks a new entry of a case: its day, and the entry that it wants to correct, if any; `Some(None)` where that is not there.
///
/// # Errors
/// Everything that does not fit.
pub fn check(
    case: Uuid,
    held_on: NaiveDate,
    today: NaiveDate,
    corrects: Option<Option<Corrected>>,
) -> Result<(), Vec<ConsultationRefusal>> {
    let day = day::check("/held_on", NaiveDate::MIN, today, held_on).map(ConsultationRefusal::Day);
    let correction = corrects.and_then(|found| match found {
        Some(entry) if entry.application_id != case => Some(ConsultationRefusal::UnknownConsultation),
        Some(entry) => entry.is_corrected.then_some(ConsultationRefusal::Corrected),
        None => Some(ConsultationRefusal::UnknownConsultation),
    });
    let refusals: Vec<_> = day.into_iter().chain(correction).collect();
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_of_a_day_that_has_come_and_corrects_one_of_its_case_once() {
        let (case, another) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let entry = |application_id, is_corrected| Some(Some(Corrected { application_id, is_corrected }));
        for (day, corrects, expected) in [
            ("2023-11-15", None, &[][..]),
            ("2023-11-16", None, &["date_out_of_range /held_on"]),
            ("2023-11-14", entry(case, false), &[]),
            ("2023-11-14", entry(case, true), &["consultation_corrected /corrects"]),
            ("2023-11-14", entry(another, false), &["unknown_consultation /corrects"]),
            ("2023-11-14", entry(another, true), &["unknown_consultation /corrects"]),
            ("2023-11-16", Some(None), &["date_out_of_range /held_on", "unknown_consultation /corrects"]),
        ] {
            let refusals = check(case, day.parse().unwrap(), "2023-11-15".parse().unwrap(), corrects).err();
            let refusals = refusals.unwrap_or_default();
            let told: Vec<String> =
                refusals.iter().map(|refusal| format!("{} {}", refusal.code(), refusal.pointer())).collect();
            assert_eq!(told, expected, "{day} {corrects:?}");
        }
    }
}

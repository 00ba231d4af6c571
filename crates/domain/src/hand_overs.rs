//! Hand-overs of cases to the municipality that the person moves to: offered by the office that has the case, and in force only
//! with the acceptance of the other [domain 6.6].
//!
//! **Decision**: a hand-over takes effect on the day of the acceptance. Until then the office that offers keeps the case and all its
//! duties; the one that is asked is told who the person is, by personal code and names, the methodology, whether a budget is granted,
//! and the reason: what it needs to look up whether the person lives there. Of health, family, contact and money it learns with the
//! case, and once the offer has ended without a hand-over it is told nothing of the person any more.

use chrono::NaiveDate;

use crate::{
    access::MunicipalityCode,
    parameters::{catalogue::names, municipalities::Municipalities},
    text::{Message, Refusal},
};

names! {
    /// Where a hand-over stands.
    HandOverStatus {
        /// The other office has not answered yet.
        Offered = "offered",
        /// The other office has accepted: the case is there.
        Accepted = "accepted",
        /// The other office has refused, and told why.
        Refused = "refused",
        /// The office that offered took it back.
        Withdrawn = "withdrawn",
        /// The case was closed meanwhile, or its plan signed: it cannot be handed over any more.
        Lapsed = "lapsed",
    }
}

names! {
    /// Whose a hand-over is, as an office sees it.
    HandOverDirection {
        /// Another office offers a case to this one.
        In = "in",
        /// This office offers a case to another one.
        Out = "out",
    }
}

/// Why a case is not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOverRefusal {
    /// It cannot go there: the same municipality, one that is not known or does not exist on the day.
    NoSuchMunicipality,
    /// It is offered already.
    AlreadyOffered,
    /// The offer has ended.
    NotOffered,
    /// A plan was signed, whose accounts stay where they are.
    PlanSigned,
}

impl HandOverRefusal {
    /// Whether the state of what is stored is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(self) -> bool {
        !matches!(self, Self::NoSuchMunicipality)
    }
}

impl Refusal for HandOverRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchMunicipality => "unknown_municipality",
            Self::AlreadyOffered => "hand_over_offered",
            Self::NotOffered => "hand_over_not_offered",
            Self::PlanSigned => "plan_signed",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::NoSuchMunicipality => "/to".to_owned(),
            Self::AlreadyOffered | Self::NotOffered | Self::PlanSigned => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NoSuchMunicipality => Message::new("application-no-such-municipality"),
            Self::AlreadyOffered => Message::new("problem-hand-over-offered-detail"),
            Self::NotOffered => Message::new("problem-hand-over-not-offered-detail"),
            Self::PlanSigned => Message::new("problem-plan-signed-detail"),
        }
    }
}

impl HandOverStatus {
    /// Refuses an answer to an offer that has ended.
    ///
    /// # Errors
    /// [`HandOverRefusal::NotOffered`].
    pub const fn expect_offered(self) -> Result<(), HandOverRefusal> {
        if matches!(self, Self::Offered) { Ok(()) } else { Err(HandOverRefusal::NotOffered) }
    }
}

impl HandOverDirection {
    /// What a hand-over to a municipality is to an office.
    #[must_use]
    pub fn of(office: MunicipalityCode, to: MunicipalityCode) -> Self {
        if office == to { Self::In } else { Self::Out }
    }

    /// Whether the office sees what is written in a hand-over: the one that is asked while it is to answer, and once it has the case.
    #[must_use]
    pub const fn sees_words(self, status: HandOverStatus) -> bool {
        matches!(self, Self::Out) || matches!(status, HandOverStatus::Offered | HandOverStatus::Accepted)
    }
}

/// Checks that a case can go to a municipality: another one, which exists on the day.
///
/// # Errors
/// [`HandOverRefusal::NoSuchMunicipality`].
pub fn check_receiver(
    from: MunicipalityCode,
    to: MunicipalityCode,
    municipalities: &Municipalities,
    today: NaiveDate,
) -> Result<(), HandOverRefusal> {
    let exists = || municipalities.find(to).is_some_and(|municipality| municipality.exists_on(today));
    if to != from && exists() { Ok(()) } else { Err(HandOverRefusal::NoSuchMunicipality) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> MunicipalityCode {
        text.parse().unwrap()
    }

    #[test]
    fn a_case_goes_to_another_municipality_that_exists() {
        let municipalities = Municipalities::embedded().unwrap();
        let today = "2023-11-15".parse().unwrap();
        let check = |to: &str| check_receiver(code("0001000"), code(to), &municipalities, today);
        assert_eq!(check("0002000"), Ok(()));
        for nowhere in ["0001000", "9999999", "0000000"] {
            assert_eq!(check(nowhere), Err(HandOverRefusal::NoSuchMunicipality), "{nowhere}");
        }
    }

    #[test]
    fn only_an_offer_is_answered_and_only_words_of_the_own_case_are_seen() {
        use HandOverStatus::{Accepted, Offered};
        for &status in HandOverStatus::ALL {
            assert_eq!(status.expect_offered().is_ok(), status == Offered);
            assert!(HandOverDirection::Out.sees_words(status));
            assert_eq!(HandOverDirection::In.sees_words(status), [Offered, Accepted].contains(&status));
        }
        assert_eq!(HandOverDirection::of(code("0001000"), code("0001000")), HandOverDirection::In);
        assert_eq!(HandOverDirection::of(code("0001000"), code("0002000")), HandOverDirection::Out);
    }

    #[test]
    fn what_refuses_is_told_where_it_lies() {
        for refusal in [HandOverRefusal::AlreadyOffered, HandOverRefusal::NotOffered, HandOverRefusal::PlanSigned] {
            assert!(refusal.is_conflict() && refusal.message().key.starts_with("problem-"), "{refusal:?}");
        }
        assert!(!HandOverRefusal::NoSuchMunicipality.is_conflict());
        assert_eq!(HandOverRefusal::NoSuchMunicipality.pointer(), "/to");
    }
}

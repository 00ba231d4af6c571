//! Conflicts of interest: who has declared one does not work on the cases of the person [domain 10].

use crate::{
    access::Role,
    text::{Message, Refusal},
};

/// Why a conflict is not declared so, or a worker is not given a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictRefusal {
    /// Only the head of the office declares the conflict of another.
    Others,
    /// The worker has a conflict of interest in the case.
    Worker,
    /// Who registers the application has a conflict of interest in the person's cases.
    Person,
    /// A line of the invoice, counted from zero, is of a person in whose case the caller has a conflict of interest.
    Line(usize),
}

impl Refusal for ConflictRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Others => "conflict_of_another",
            Self::Worker | Self::Person | Self::Line(_) => "conflict_of_interest",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Others => "/subject".to_owned(),
            Self::Worker => "/worker".to_owned(),
            Self::Person => "/person".to_owned(),
            Self::Line(index) => format!("/lines/{index}"),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Others => Message::new("conflict-of-another"),
            Self::Worker => Message::new("conflict-of-worker"),
            Self::Person => Message::new("conflict-about-person"),
            Self::Line(_) => Message::new("conflict-in-line"),
        }
    }
}

/// Checks who declares whose conflict.
///
/// # Errors
/// [`ConflictRefusal::Others`].
pub fn check_declared((role, caller): (Role, &str), subject: &str) -> Result<(), ConflictRefusal> {
    if role == Role::OfficeHead || caller == subject { Ok(()) } else { Err(ConflictRefusal::Others) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_declares_the_own_conflict_and_the_head_that_of_others() {
        for (role, subject, may) in [
            (Role::SocialWorker, "a", true),
            (Role::SocialWorker, "b", false),
            (Role::Accountant, "b", false),
            (Role::OfficeHead, "a", true),
            (Role::OfficeHead, "b", true),
        ] {
            assert_eq!(check_declared((role, "a"), subject).is_ok(), may, "{role} {subject}");
        }
    }
}

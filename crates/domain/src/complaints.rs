//! The complaint register of an office [domain 10, Rules]: about a service or about ethics, also anonymous.
//!
//! **Decision**: only the head of the office and who complains see the informant; a worker sees no complaint about ethics, which goes to
//! the head and, without the informant, to the ministry. Of an anonymous complaint nothing tells who made it, the audit chain neither.

use serde::{Deserialize, Serialize};

use crate::{
    access::Role,
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// What a complaint is about.
    ComplaintAbout {
        /// A service: whether and how it is given.
        Service = "service",
        /// The conduct of somebody.
        Ethics = "ethics",
    }
}

names! {
    /// Where a complaint stands.
    ComplaintStatus {
        /// It is not answered yet.
        Open = "open",
        /// It is.
        Answered = "answered",
    }
}

/// Who made an anonymous complaint, as far as anything stored tells.
pub const ANONYMOUS: &str = "anonymous";

/// What a complaint says: sealed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintWords {
    /// What it is about, in a few words.
    pub subject: String,
    /// In words.
    pub text: String,
    /// Name and contacts of who complains; none where that is not told.
    pub informant: Option<String>,
    /// The answer.
    pub answer: Option<String>,
}

/// Why a complaint is not taken or answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplaintRefusal {
    /// Who complains must be told, or the complaint made anonymous.
    InformantRequired,
    /// An anonymous complaint names nobody.
    InformantOfAnonymous,
    /// It is answered.
    Answered,
}

impl Refusal for ComplaintRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::InformantRequired => "missing_field",
            Self::InformantOfAnonymous => "informant_of_anonymous",
            Self::Answered => "complaint_answered",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::InformantRequired | Self::InformantOfAnonymous => "/informant".to_owned(),
            Self::Answered => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::InformantRequired => Message::new("complaint-informant-required"),
            Self::InformantOfAnonymous => Message::new("complaint-informant-of-anonymous"),
            Self::Answered => Message::new("problem-complaint-answered-detail"),
        }
    }
}

/// Checks who complains.
///
/// # Errors
/// A named complaint without a name, or an anonymous one with one.
pub const fn check_informant(anonymous: bool, informant: Option<&String>) -> Result<(), ComplaintRefusal> {
    match (anonymous, informant) {
        (false, None) => Err(ComplaintRefusal::InformantRequired),
        (true, Some(_)) => Err(ComplaintRefusal::InformantOfAnonymous),
        _ => Ok(()),
    }
}

/// What a role sees of complaints.
#[must_use]
pub const fn seen_by(role: Role) -> &'static [ComplaintAbout] {
    match role {
        Role::OfficeHead | Role::Auditor | Role::Recipient => ComplaintAbout::ALL,
        Role::SocialWorker => &[ComplaintAbout::Service],
        Role::MinistryReviewer => &[ComplaintAbout::Ethics],
        _ => &[],
    }
}

/// Whether a role sees who complains: the head, and a recipient, who sees the own ones only.
#[must_use]
pub const fn sees_informant(role: Role) -> bool {
    matches!(role, Role::OfficeHead | Role::Recipient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_named_or_anonymous() {
        let name = "Izdomāts Vārds".to_owned();
        assert_eq!(check_informant(false, Some(&name)), Ok(()));
        assert_eq!(check_informant(true, None), Ok(()));
        assert_eq!(check_informant(false, None), Err(ComplaintRefusal::InformantRequired));
        assert_eq!(check_informant(true, Some(&name)), Err(ComplaintRefusal::InformantOfAnonymous));
    }

    #[test]
    fn ethics_go_to_the_head_and_the_ministry_and_names_to_the_head() {
        for &role in Role::ALL {
            let ethics = [Role::OfficeHead, Role::Auditor, Role::Recipient, Role::MinistryReviewer];
            assert_eq!(seen_by(role).contains(&ComplaintAbout::Ethics), ethics.contains(&role), "{role}");
            let services = [Role::OfficeHead, Role::Auditor, Role::Recipient, Role::SocialWorker];
            assert_eq!(seen_by(role).contains(&ComplaintAbout::Service), services.contains(&role), "{role}");
            assert_eq!(sees_informant(role), [Role::OfficeHead, Role::Recipient].contains(&role), "{role}");
        }
    }
}

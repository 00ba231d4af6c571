//! The contact sheet of a case: the parents, and the specialists with their institution, post and contacts [domain 7.7].

use serde::{Deserialize, Serialize};

use crate::{
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// What somebody on the contact sheet is to the case.
    ContactKind {
        /// A parent or another representative.
        Parent = "parent",
        /// A specialist.
        Specialist = "specialist",
        /// Anybody else.
        Other = "other",
    }
}

/// Somebody on the contact sheet, sealed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseContact {
    /// What they are to the case.
    pub kind: ContactKind,
    /// Name.
    pub name: String,
    /// Institution.
    pub institution: Option<String>,
    /// Post, or what a representative is to the person.
    pub post: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// Why a line of the contact sheet is refused: it tells no way to reach who stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreachable;

impl Refusal for Unreachable {
    fn code(&self) -> &'static str {
        "contact_required"
    }

    fn pointer(&self) -> String {
        "/phone".to_owned()
    }

    fn message(&self) -> Message {
        Message::new("case-contact-required")
    }
}

impl CaseContact {
    /// Checks that there is an address, telephone number or e-mail address.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub fn check(&self) -> Result<(), Unreachable> {
        let ways = [&self.address, &self.phone, &self.email];
        if ways.iter().any(|way| way.is_some()) { Ok(()) } else { Err(Unreachable) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stands_on_the_sheet_can_be_reached() {
        let mut contact = CaseContact {
            kind: ContactKind::Specialist,
            name: "Demo Logopēds".to_owned(),
            institution: Some("Demo klīnika".to_owned()),
            post: Some("audiologopēds".to_owned()),
            address: None,
            phone: None,
            email: None,
        };
        assert_eq!(contact.check(), Err(Unreachable));
        contact.email = Some("logopeds@example.lv".to_owned());
        assert_eq!(contact.check(), Ok(()));
    }
}

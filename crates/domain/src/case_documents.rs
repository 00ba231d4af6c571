//! Documents of a case (lietas dokumenti): what they are, and who sees them [domain 7.7].

use crate::{access::Role, parameters::catalogue::names};

names! {
    /// A section of the file of a case.
    CaseSection {
        /// The cover and the contact sheet.
        Cover = "cover",
        /// Section 1: schedules and monthly execution.
        Delivery = "delivery",
        /// Section 2: the plan, minutes of talks.
        Plan = "plan",
        /// Section 3: protocols and opinions.
        Assessment = "assessment",
        /// Section 4: surveys.
        Surveys = "surveys",
        /// Section 5: application, contract, selection.
        Participation = "participation",
    }
}

names! {
    /// What a document of a case is.
    CaseDocumentType {
        /// An application.
        Application = "application",
        /// An opinion of a specialist or doctor.
        Opinion = "opinion",
        /// A protocol of an assessment.
        Protocol = "protocol",
        /// Minutes of a talk.
        Minutes = "minutes",
        /// A plan.
        Plan = "plan",
        /// A schedule, or what was delivered by it.
        Schedule = "schedule",
        /// A contract.
        Contract = "contract",
        /// An invoice.
        Invoice = "invoice",
        /// A receipt.
        Receipt = "receipt",
        /// A survey.
        Survey = "survey",
        /// Of the selection of participants.
        Selection = "selection",
        /// Another one.
        Other = "other",
    }
}

names! {
    /// In what form a document exists.
    DocumentMedium {
        /// On paper.
        Paper = "paper",
        /// Electronically.
        Electronic = "electronic",
        /// Both.
        Both = "both",
    }
}

/// How many documents lie in a section; one that exists in both forms counts in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FiledDocuments {
    /// On paper.
    pub on_paper: u64,
    /// Electronically.
    pub electronic: u64,
}

impl FiledDocuments {
    /// Adds so many of a form.
    pub const fn add(&mut self, medium: DocumentMedium, documents: u64) {
        if !matches!(medium, DocumentMedium::Electronic) {
            self.on_paper = self.on_paper.saturating_add(documents);
        }
        if !matches!(medium, DocumentMedium::Paper) {
            self.electronic = self.electronic.saturating_add(documents);
        }
    }
}

/// The types of documents that a role sees: an accountant those by which something is paid.
#[must_use]
pub fn types_seen_by(role: Role) -> &'static [CaseDocumentType] {
    match role {
        Role::Accountant => &[CaseDocumentType::Contract, CaseDocumentType::Invoice, CaseDocumentType::Receipt],
        _ => CaseDocumentType::ALL,
    }
}

/// Whether a role sees documents that are for the office alone. The ministry's administrator, who deletes them, sees no content.
#[must_use]
pub const fn sees_office_only(role: Role) -> bool {
    matches!(role, Role::SocialWorker | Role::OfficeHead | Role::Auditor | Role::MinistryAdmin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sees_what() {
        for (role, all, office_only) in [
            (Role::SocialWorker, true, true),
            (Role::OfficeHead, true, true),
            (Role::Auditor, true, true),
            (Role::Accountant, false, false),
            (Role::Recipient, true, false),
            (Role::Integrator, true, false),
            (Role::ProgrammeTeam, true, false),
        ] {
            assert_eq!(types_seen_by(role) == CaseDocumentType::ALL, all, "{role}");
            assert_eq!(sees_office_only(role), office_only, "{role}");
        }
    }
}

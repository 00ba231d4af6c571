//! Roles that the system keeps, for those whose issuer tells none: who may grant which [domain 10, Roles].

use chrono::NaiveDate;

use crate::{
    access::Role,
    representatives::{self, EndsBeforeItBegins},
    text::{Message, Refusal},
};

/// The roles that an office head grants in the own municipality. Roles of the ministry are the issuer's to tell, and a
/// recipient is who speaks for a person.
pub const OF_OFFICE: [Role; 8] = [
    Role::SocialWorker,
    Role::OfficeHead,
    Role::BudgetManager,
    Role::Accountant,
    Role::AssessmentSpecialist,
    Role::Provider,
    Role::Auditor,
    Role::Integrator,
];

/// Why a role is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleGrantRefusal {
    /// Nobody grants to themselves.
    ToOneself,
    /// Who grants may not grant this role.
    NotGrantable {
        /// The role.
        role: Role,
    },
    /// The last day lies before the first.
    Validity(EndsBeforeItBegins),
}

impl Refusal for RoleGrantRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::ToOneself => "granted_to_oneself",
            Self::NotGrantable { .. } => "role_not_grantable",
            Self::Validity(refusal) => refusal.code(),
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::ToOneself => "/subject".to_owned(),
            Self::NotGrantable { .. } => "/role".to_owned(),
            Self::Validity(refusal) => refusal.pointer(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::ToOneself => Message::new("role-grant-to-oneself"),
            Self::NotGrantable { role } => Message::new("role-grant-not-grantable").with("role", role),
            Self::Validity(refusal) => refusal.message(),
        }
    }
}

/// Whether somebody in a role may grant another.
#[must_use]
pub fn may_grant(granter: Role, role: Role) -> bool {
    match granter {
        Role::OfficeHead => OF_OFFICE.contains(&role),
        // Whoever heads an office grants the rest.
        Role::MinistryAdmin => role == Role::OfficeHead,
        _ => false,
    }
}

/// Checks that a role may be granted so.
///
/// # Errors
/// Every reason why not.
pub fn check(
    (granter, granted_by): (Role, &str),
    (role, subject): (Role, &str),
    (valid_from, valid_to): (NaiveDate, Option<NaiveDate>),
) -> Result<(), Vec<RoleGrantRefusal>> {
    let mut refusals = Vec::new();
    if granted_by == subject {
        refusals.push(RoleGrantRefusal::ToOneself);
    }
    if !may_grant(granter, role) {
        refusals.push(RoleGrantRefusal::NotGrantable { role });
    }
    if let Err(refusal) = representatives::check_validity(valid_from, valid_to) {
        refusals.push(RoleGrantRefusal::Validity(refusal));
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_grants_its_own_roles_and_the_ministry_heads_of_offices() {
        for &role in Role::ALL {
            let national = [Role::ProgrammeTeam, Role::MinistryReviewer, Role::MinistryAdmin];
            let own = !national.contains(&role) && role != Role::Recipient;
            assert_eq!(may_grant(Role::OfficeHead, role), own, "{role}");
            assert_eq!(may_grant(Role::MinistryAdmin, role), role == Role::OfficeHead, "{role}");
            for &other in Role::ALL.iter().filter(|other| ![Role::OfficeHead, Role::MinistryAdmin].contains(other)) {
                assert!(!may_grant(other, role), "{other} {role}");
            }
        }
    }

    #[test]
    fn every_reason_is_told() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (from, before) = (day("2023-03-01"), Some(day("2023-02-28")));
        let refused = check((Role::OfficeHead, "a"), (Role::MinistryAdmin, "a"), (from, before)).unwrap_err();
        let codes: Vec<_> = refused.iter().map(|refusal| (refusal.code(), refusal.pointer())).collect();
        let expected =
            [("granted_to_oneself", "/subject"), ("role_not_grantable", "/role"), ("date_out_of_range", "/valid_to")];
        assert_eq!(codes, expected.map(|(code, pointer)| (code, pointer.to_owned())));
        assert_eq!(check((Role::OfficeHead, "a"), (Role::Accountant, "b"), (from, None)), Ok(()));
    }
}

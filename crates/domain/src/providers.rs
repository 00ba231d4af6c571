//! Providers (pakalpojuma sniedzēji): who gives services, for any office of the country, and who may see or change what of
//! them. A provider belongs to no municipality: an office registers it, and every other may choose it [domain 5.3].

use crate::{
    access::{MunicipalityCode, Role, Scope},
    account::AccountRefusal,
    parameters::{catalogue::names, municipalities::Municipalities},
    text::{Message, Refusal},
};

names! {
    /// What kind of person a provider is.
    ProviderKind {
        /// A legal person, by its registration number.
        Legal = "legal",
        /// A natural person, by the personal code.
        Natural = "natural",
    }
}

names! {
    /// What a qualification document is.
    QualificationKind {
        /// A diploma.
        Diploma = "diploma",
        /// A certificate.
        Certificate = "certificate",
        /// A licence.
        Licence = "licence",
        /// An entry of a register.
        Registration = "registration",
        /// Another one.
        Other = "other",
    }
}

/// Why a provider is not stored as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderRefusal {
    /// It is told as a legal and as a natural person, or as neither.
    KindUnclear,
    /// Nothing can be paid to the bank account.
    Account(AccountRefusal),
    /// There is no such municipality.
    UnknownMunicipality {
        /// Its place in the list.
        index: usize,
    },
    /// A municipality is there twice.
    DuplicateMunicipality {
        /// Place of the later one.
        index: usize,
    },
    /// There is no such service.
    UnknownService,
}

impl Refusal for ProviderRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::KindUnclear => "provider_kind_unclear",
            Self::Account(refusal) => refusal.code(),
            Self::UnknownMunicipality { .. } => "unknown_municipality",
            Self::DuplicateMunicipality { .. } => "duplicate_code",
            Self::UnknownService => "unknown_service",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::KindUnclear => "/legal".to_owned(),
            Self::Account(_) => "/bank_account".to_owned(),
            Self::UnknownMunicipality { index } | Self::DuplicateMunicipality { index } => {
                format!("/municipalities/{index}")
            }
            Self::UnknownService => "/service".to_owned(),
        }
    }

    fn message(&self) -> Message {
        Message::new(match self {
            Self::KindUnclear => "provider-kind-unclear",
            Self::Account(refusal) => return refusal.message(),
            Self::UnknownMunicipality { .. } => "provider-unknown-municipality",
            Self::DuplicateMunicipality { .. } => "provider-duplicate-municipality",
            Self::UnknownService => "provider-unknown-service",
        })
    }
}

/// Checks the municipalities that a provider serves: those of the country, each once. One that has ended may stay.
#[must_use]
pub fn check_municipalities(served: &[MunicipalityCode], known: &Municipalities) -> Vec<ProviderRefusal> {
    let refusal = |(index, code): (usize, &MunicipalityCode)| {
        if known.find(*code).is_none() {
            Some(ProviderRefusal::UnknownMunicipality { index })
        } else {
            let earlier = served.iter().take(index).any(|other| other == code);
            earlier.then_some(ProviderRefusal::DuplicateMunicipality { index })
        }
    };
    served.iter().enumerate().filter_map(refusal).collect()
}

/// What a caller is to a provider. The role `provider` reaches its own provider only, which the store sees to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// In what role the caller acts.
    pub role: Role,
    /// Whether in the municipality whose office registered the provider.
    pub registered_here: bool,
}

impl Standing {
    /// What the caller of a scope is to a provider that an office registered.
    #[must_use]
    pub fn of(scope: &Scope, registered_by: MunicipalityCode) -> Self {
        Self { role: scope.role, registered_here: scope.municipality == registered_by }
    }

    /// Whether the caller sees the bank account, who signs in, and the name and code of a natural person: who pays, who keeps
    /// it, and the provider itself.
    #[must_use]
    pub const fn sees_all(self) -> bool {
        match self.role {
            Role::Accountant | Role::Provider | Role::MinistryAdmin => true,
            Role::SocialWorker | Role::OfficeHead | Role::BudgetManager | Role::Auditor | Role::Integrator => {
                self.registered_here
            }
            Role::AssessmentSpecialist | Role::ProgrammeTeam | Role::MinistryReviewer | Role::Recipient => false,
        }
    }

    /// Whether the caller may change who the provider is, where it works and who signs in for it.
    #[must_use]
    pub const fn may_change(self) -> bool {
        match self.role {
            Role::MinistryAdmin => true,
            Role::SocialWorker | Role::OfficeHead | Role::Integrator => self.registered_here,
            _ => false,
        }
    }

    /// Whether the caller may add and end offers and add qualification documents.
    #[must_use]
    pub const fn may_offer(self) -> bool {
        matches!(self.role, Role::Provider) || self.may_change()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_pays_keeps_or_is_the_provider_sees_all_of_it() {
        for &role in Role::ALL {
            for registered_here in [false, true] {
                let standing = Standing { role, registered_here };
                let told = (standing.sees_all(), standing.may_change(), standing.may_offer());
                let expected = match (role, registered_here) {
                    (Role::MinistryAdmin, _) => (true, true, true),
                    (Role::Provider, _) => (true, false, true),
                    (Role::Accountant, _) | (Role::BudgetManager | Role::Auditor, true) => (true, false, false),
                    (Role::SocialWorker | Role::OfficeHead | Role::Integrator, true) => (true, true, true),
                    _ => (false, false, false),
                };
                assert_eq!(told, expected, "{role} {registered_here}");
            }
        }
    }

    #[test]
    fn a_provider_serves_municipalities_that_are_known_each_once() {
        let known = Municipalities::embedded().unwrap();
        let codes: Vec<MunicipalityCode> =
            ["0001000", "9999999", "0001000", "0002000"].map(|code| code.parse().unwrap()).to_vec();
        let expected =
            [ProviderRefusal::UnknownMunicipality { index: 1 }, ProviderRefusal::DuplicateMunicipality { index: 2 }];
        assert_eq!(check_municipalities(&codes, &known), expected);
    }
}

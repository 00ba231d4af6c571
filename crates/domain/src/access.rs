//! Who may do what: roles, municipalities, and the scope that every query of stored data takes. Deny by default.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::parameters::catalogue::names;

names! {
    /// A role of a signed-in person or machine.
    Role {
        /// Registers, assesses, makes plans and prepares decisions in one municipality.
        SocialWorker = "social_worker",
        /// Signs decisions and contracts, approves invoices, submits reports of one municipality.
        OfficeHead = "office_head",
        /// Orders and pays for the office that engaged its organisation.
        BudgetManager = "budget_manager",
        /// Invoices, payment runs and reports of one municipality; no assessments or health data.
        Accountant = "accountant",
        /// Writes an opinion on the cases assigned.
        AssessmentSpecialist = "assessment_specialist",
        /// Selects and redistributes in the pilot, in all municipalities.
        ProgrammeTeam = "programme_team",
        /// Reads reports and statistics of all municipalities, pseudonymous only.
        MinistryReviewer = "ministry_reviewer",
        /// Keeps catalogue, tariffs, methodologies and municipalities; no case content.
        MinistryAdmin = "ministry_admin",
        /// Sees its orders, records deliveries, sends invoices.
        Provider = "provider",
        /// The person with the budget, or a representative: the own case.
        Recipient = "recipient",
        /// Reads as granted, the access log included.
        Auditor = "auditor",
        /// A machine client of one municipality with the scopes granted.
        Integrator = "integrator",
    }
}

impl Role {
    /// Whether the role is held in all municipalities at once.
    #[must_use]
    pub const fn is_national(self) -> bool {
        matches!(self, Self::ProgrammeTeam | Self::MinistryReviewer | Self::MinistryAdmin)
    }
}

/// A municipality (pašvaldība) by its ATVK code: seven digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MunicipalityCode([u8; 7]);

/// The text is not an ATVK code of seven digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ATVK code has seven digits")]
pub struct NotAMunicipalityCode;

impl FromStr for MunicipalityCode {
    type Err = NotAMunicipalityCode;

    fn from_str(text: &str) -> Result<Self, NotAMunicipalityCode> {
        let digits = <[u8; 7]>::try_from(text.as_bytes()).map_err(|_| NotAMunicipalityCode)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(NotAMunicipalityCode) }
    }
}

impl MunicipalityCode {
    /// The country in the place of a municipality: the seat of the national roles, whose audit chain and keys of repeatable
    /// requests are rows of their own. No municipality has this code, so a scope of the country reaches no municipality's rows.
    pub const COUNTRY: Self = Self(*b"0000000");

    /// The seven digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl TryFrom<String> for MunicipalityCode {
    type Error = NotAMunicipalityCode;

    fn try_from(text: String) -> Result<Self, NotAMunicipalityCode> {
        text.parse()
    }
}

impl From<MunicipalityCode> for String {
    fn from(code: MunicipalityCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for MunicipalityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who sends a request, as a verified token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The issuer's identifier of the person or machine; never a personal code.
    pub subject: String,
    /// The roles granted.
    pub roles: Vec<Role>,
    /// The municipality that the municipal roles are held in.
    pub municipality: Option<MunicipalityCode>,
    /// The scopes granted to a machine client.
    pub scopes: Vec<String>,
}

/// What a role needs to reach an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// The roles that may, each in its own municipality.
    pub municipal: &'static [Role],
    /// The scope that a machine client needs.
    pub scope: &'static str,
}

/// The scope of what no machine client may do: no token has it.
pub const NO_MACHINE: &str = "";

impl Permission {
    /// Whether it changes nothing: its scope ends with `:read`. A municipality that has ended keeps such permissions.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        self.scope.ends_with(":read")
    }
}

/// The roles of the whole country that may use an operation. Machine clients act for one municipality, and never here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NationalPermission(pub &'static [Role]);

/// A caller in the one municipality whose data it may touch. Every query of tenant-owned data takes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The caller's subject.
    pub subject: String,
    /// The role in which the caller acts.
    pub role: Role,
    /// The day on which the caller acts, in Latvia.
    pub today: NaiveDate,
}

/// A caller who reaches what no municipality owns, such as the providers. Whoever acts for an office acts in its municipality;
/// a provider and the ministry act in none of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The municipality of an office's caller.
    pub municipality: Option<MunicipalityCode>,
    /// The caller's subject.
    pub subject: String,
    /// The role in which the caller acts.
    pub role: Role,
    /// The day on which the caller acts, in Latvia.
    pub today: NaiveDate,
}

impl Actor {
    /// The scope of what the caller does in a municipality: where the audit tells of it.
    #[must_use]
    pub fn within(&self, municipality: MunicipalityCode) -> Scope {
        Scope { municipality, subject: self.subject.clone(), role: self.role, today: self.today }
    }
}

impl Scope {
    /// Whether the caller acts for the whole country, and reaches no municipality's rows.
    #[must_use]
    pub fn is_national(&self) -> bool {
        self.municipality == MunicipalityCode::COUNTRY
    }
}

/// The caller may not do this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the caller has no role that may do this")]
pub struct Denied;

impl Caller {
    /// The caller with the roles that are granted here, each in its municipality. They add to the roles of a token that names
    /// their municipality. One that names none is of the municipality of its grants, where that is one only, and holds the
    /// municipal roles that are granted, not those that the token tells of no place.
    #[must_use]
    pub fn with_grants(mut self, grants: &[(MunicipalityCode, Role)]) -> Self {
        let Some((first, _)) = grants.first() else { return self };
        let here = match self.municipality {
            Some(named) => named,
            None if grants.iter().all(|(municipality, _)| municipality == first) => {
                self.roles.retain(|role| role.is_national());
                self.municipality = Some(*first);
                *first
            }
            None => return self,
        };
        for (_, role) in grants.iter().filter(|(municipality, _)| *municipality == here) {
            if !self.roles.contains(role) {
                self.roles.push(*role);
            }
        }
        self
    }

    /// The scope in which the caller may use a permission on a day. A role that sees its own cases only comes last.
    ///
    /// # Errors
    /// The caller has none of the roles, no municipality, or as a machine client not the scope [domain 10, Roles].
    pub fn scope(&self, permission: Permission, today: NaiveDate) -> Result<Scope, Denied> {
        let municipality = self.municipality.ok_or(Denied)?;
        let may = |role: &&Role| match role {
            Role::Integrator => self.scopes.iter().any(|scope| scope == permission.scope),
            role => permission.municipal.contains(role),
        };
        let order = |role: &&Role| match role {
            Role::Recipient => 2,
            Role::BudgetManager => 1,
            _ => 0,
        };
        let role = *self.roles.iter().filter(may).min_by_key(order).ok_or(Denied)?;
        Ok(Scope { municipality, subject: self.subject.clone(), role, today })
    }

    /// Who the caller is to what no municipality owns. Where several roles may, one of an office comes first, and one that
    /// sees its own only last.
    ///
    /// # Errors
    /// The caller has none of the roles, or for an office's role no municipality, or as a machine client not the scope.
    pub fn actor(&self, permission: Permission, today: NaiveDate) -> Result<Actor, Denied> {
        let is_of_country = |role: Role| {
            matches!(role, Role::Provider | Role::ProgrammeTeam | Role::MinistryReviewer | Role::MinistryAdmin)
        };
        let may = |role: &Role| match role {
            Role::Integrator => self.scopes.iter().any(|scope| scope == permission.scope),
            role => permission.municipal.contains(role),
        };
        let order = |role: &Role| match role {
            Role::Recipient => 4,
            Role::Provider => 3,
            Role::BudgetManager => 2,
            role if is_of_country(*role) => 1,
            _ => 0,
        };
        let reaches = |role: &Role| may(role) && (is_of_country(*role) || self.municipality.is_some());
        let role = self.roles.iter().copied().filter(reaches).min_by_key(order).ok_or(Denied)?;
        let municipality = self.municipality.filter(|_| !is_of_country(role));
        Ok(Actor { municipality, subject: self.subject.clone(), role, today })
    }

    /// The scope in which the caller may use a national permission on a day, wherever the caller's own municipality is.
    ///
    /// # Errors
    /// The caller has none of the roles.
    pub fn national(&self, permission: NationalPermission, today: NaiveDate) -> Result<Scope, Denied> {
        let may = |role: &&Role| **role != Role::Integrator && permission.0.contains(role);
        let role = *self.roles.iter().find(may).ok_or(Denied)?;
        Ok(Scope { municipality: MunicipalityCode::COUNTRY, subject: self.subject.clone(), role, today })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: NaiveDate = NaiveDate::MIN;
    const WRITE: Permission = Permission { municipal: &[Role::SocialWorker], scope: "applications:write" };

    fn caller(role: Role, municipality: Option<&str>, scopes: &[&str]) -> Caller {
        Caller {
            subject: "s".to_owned(),
            roles: vec![role],
            municipality: municipality.map(|code| code.parse().unwrap()),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        }
    }

    #[test]
    fn only_the_named_roles_may_and_only_in_their_municipality() {
        for &role in Role::ALL {
            let granted = caller(role, Some("0001000"), &[]).scope(WRITE, TODAY);
            assert_eq!(granted.is_ok(), role == Role::SocialWorker, "{role}");
            assert_eq!(caller(role, None, &["applications:write"]).scope(WRITE, TODAY), Err(Denied));
        }
    }

    #[test]
    fn a_worker_who_is_a_recipient_as_well_acts_as_a_worker_where_one_may() {
        let read = Permission { municipal: &[Role::Recipient, Role::SocialWorker], scope: "applications:read" };
        let both = Caller {
            roles: vec![Role::Recipient, Role::SocialWorker],
            ..caller(Role::Recipient, Some("0001000"), &[])
        };
        assert_eq!(both.scope(read, TODAY).unwrap().role, Role::SocialWorker);
        let own = Permission { municipal: &[Role::Recipient], scope: "applications:read" };
        assert_eq!(both.scope(own, TODAY).unwrap().role, Role::Recipient);
    }

    #[test]
    fn a_role_of_the_office_comes_before_one_that_sees_its_own_cases() {
        let read =
            Permission { municipal: &[Role::Recipient, Role::BudgetManager, Role::Accountant], scope: "plans:read" };
        let roles = vec![Role::Recipient, Role::BudgetManager, Role::Accountant];
        let caller = Caller { roles, ..caller(Role::Recipient, Some("0001000"), &[]) };
        assert_eq!(caller.scope(read, TODAY).unwrap().role, Role::Accountant);
        assert_eq!(caller.actor(read, TODAY).unwrap().role, Role::Accountant);
        let own = Permission { municipal: &[Role::Recipient, Role::BudgetManager], ..read };
        assert_eq!(caller.scope(own, TODAY).unwrap().role, Role::BudgetManager);
        assert_eq!(caller.actor(own, TODAY).unwrap().role, Role::BudgetManager);
    }

    #[test]
    fn a_machine_client_needs_the_scope() {
        let municipality = Some("0001000");
        assert!(caller(Role::Integrator, municipality, &["applications:write"]).scope(WRITE, TODAY).is_ok());
        assert_eq!(caller(Role::Integrator, municipality, &["applications:read"]).scope(WRITE, TODAY), Err(Denied));
        // A scope alone gives a person nothing.
        assert_eq!(caller(Role::Provider, municipality, &["applications:write"]).scope(WRITE, TODAY), Err(Denied));
    }

    #[test]
    fn an_office_acts_in_its_municipality_and_a_provider_in_none() {
        let read = Permission { municipal: Role::ALL, scope: "providers:read" };
        for &role in Role::ALL {
            let of_country =
                [Role::Provider, Role::ProgrammeTeam, Role::MinistryReviewer, Role::MinistryAdmin].contains(&role);
            let scopes = &["providers:read"];
            let acts = |municipality| caller(role, municipality, scopes).actor(read, TODAY);
            let own = acts(Some("0001000")).unwrap();
            assert_eq!((own.role, own.municipality.is_some()), (role, !of_country));
            assert_eq!(acts(None).is_ok(), of_country, "{role}");
            let other = Permission { municipal: &[], scope: "providers:write" };
            assert_eq!(caller(role, Some("0001000"), scopes).actor(other, TODAY), Err(Denied));
        }
        let both = Caller {
            roles: vec![Role::Recipient, Role::Provider, Role::OfficeHead],
            ..caller(Role::Provider, Some("0001000"), &[])
        };
        assert_eq!(both.actor(read, TODAY).unwrap().role, Role::OfficeHead);
        assert_eq!(Caller { municipality: None, ..both }.actor(read, TODAY).unwrap().role, Role::Provider);
    }

    #[test]
    fn granted_roles_add_to_those_of_the_token_in_their_municipality() {
        let [here, there] = ["0001000", "0002000"].map(|code| code.parse().unwrap());
        let with = |caller: Caller, grants: &[(MunicipalityCode, Role)]| {
            let caller = caller.with_grants(grants);
            (caller.municipality, caller.roles)
        };
        let worker = || caller(Role::SocialWorker, Some("0001000"), &[]);
        let grants = [(here, Role::Accountant), (there, Role::OfficeHead), (here, Role::SocialWorker)];
        assert_eq!(with(worker(), &grants), (Some(here), vec![Role::SocialWorker, Role::Accountant]));
        assert_eq!(with(worker(), &[]), (Some(here), vec![Role::SocialWorker]));
        // A token that names no municipality is of that of its grants; its own municipal roles are of no place.
        let nowhere = |role| caller(role, None, &[]);
        let head = [(there, Role::OfficeHead)];
        assert_eq!(with(nowhere(Role::SocialWorker), &head), (Some(there), vec![Role::OfficeHead]));
        let both = vec![Role::MinistryReviewer, Role::OfficeHead];
        assert_eq!(with(nowhere(Role::MinistryReviewer), &head), (Some(there), both));
        // Of two it is none.
        assert_eq!(with(nowhere(Role::SocialWorker), &grants), (None, vec![Role::SocialWorker]));
    }

    #[test]
    fn national_roles_act_for_the_country_and_machines_never() {
        let keep = NationalPermission(&[Role::MinistryAdmin, Role::Integrator]);
        for &role in Role::ALL {
            for municipality in [None, Some("0001000")] {
                let granted = caller(role, municipality, &["catalogue:write"]).national(keep, TODAY);
                assert_eq!(granted.is_ok(), role == Role::MinistryAdmin, "{role}");
                assert!(granted.is_ok_and(|scope| scope.is_national()) == (role == Role::MinistryAdmin));
            }
        }
        assert!(!caller(Role::SocialWorker, Some("0001000"), &[]).scope(WRITE, TODAY).unwrap().is_national());
    }

    #[test]
    fn no_municipality_has_the_code_of_the_country() {
        let municipalities = crate::parameters::municipalities::Municipalities::embedded().unwrap();
        assert!(municipalities.find(MunicipalityCode::COUNTRY).is_none());
    }

    #[test]
    fn municipality_codes_are_seven_digits() {
        assert_eq!("0001000".parse::<MunicipalityCode>().unwrap().to_string(), "0001000");
        for bad in ["", "001000", "00010000", "000100a", "０００１０００"] {
            assert_eq!(bad.parse::<MunicipalityCode>(), Err(NotAMunicipalityCode), "{bad}");
        }
    }
}

//! Who issues a document, whom it is about and who signs it.

use balsts_domain::{identifier::Identifier, personal_code::PersonalCode};
use chrono::NaiveDate;

use crate::{
    document::{Fact, Signature},
    latvian::{self, Case},
};

/// The office that issues a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Municipality, such as "Ogres novada pašvaldība".
    pub municipality: String,
    /// The office in it, such as "Sociālais dienests".
    pub office: String,
    /// Registration number of the office.
    pub registration_number: Option<String>,
    /// Postal address.
    pub address: String,
    /// Telephone, e-mail: how it is reached.
    pub contact: Option<String>,
    /// Where documents are issued, in the locative: "Ogrē".
    pub place: String,
}

impl Issuer {
    /// The lines below the name of the municipality.
    pub(crate) fn lines(&self) -> Vec<String> {
        let number = self.registration_number.as_ref().map(|number| format!("Reģ. Nr. {number}"));
        let below = [number, Some(self.address.clone()), self.contact.clone()];
        let below: Vec<_> = below.into_iter().flatten().collect();
        vec![self.office.clone(), below.join(", ")]
    }

    /// "Ogrē, 2023. gada 10. martā, Nr. 12".
    pub(crate) fn dateline(&self, date: NaiveDate, number: Option<&str>) -> String {
        let day = latvian::date(date, Case::Locative);
        let number = number.map(|number| format!(", Nr.\u{a0}{number}")).unwrap_or_default();
        format!("{}, {day}{number}", self.place)
    }
}

/// The child or adult that a document is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Personal code, or identification number of who has none.
    pub identifier: Option<Identifier>,
    /// Declared address.
    pub address: Option<String>,
}

impl Person {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// "Demo Bērns, personas kods 320000-00000".
    pub(crate) fn identified(&self) -> String {
        identified(self.name(), self.identifier.as_ref())
    }

    pub(crate) fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![Fact::new("Vārds, uzvārds", self.name())];
        facts.extend(self.identifier.as_ref().map(|identifier| Fact::new(label(identifier), shown(identifier))));
        facts.extend(self.address.as_ref().map(|address| Fact::new("Deklarētā dzīvesvieta", address)));
        facts
    }
}

/// Who acts for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representative {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Personal code, where it is known.
    pub personal_code: Option<PersonalCode>,
    /// In what capacity: `parent`, `guardian`, `foster_family`, or in words of one's own.
    pub relation: String,
}

impl Representative {
    /// "Demo Vecāks, personas kods 320000-00001 (vecāks)".
    pub(crate) fn identified(&self) -> String {
        format!("{} ({})", identified(self.name(), self.personal_code.map(Identifier::Code).as_ref()), self.relation())
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// The capacity in Latvian.
    #[must_use]
    pub fn relation(&self) -> &str {
        match self.relation.as_str() {
            "parent" => "vecāks",
            "guardian" => "aizbildnis",
            "foster_family" => "audžuģimene",
            other => other,
        }
    }
}

fn identified(name: String, identifier: Option<&Identifier>) -> String {
    match identifier {
        Some(Identifier::Code(code)) => format!("{name}, personas kods {}", code.reveal()),
        Some(Identifier::Number(number)) => format!("{name}, identifikācijas numurs {}", number.reveal()),
        None => name,
    }
}

/// What an identifier is called.
pub(crate) const fn label(identifier: &Identifier) -> &'static str {
    match identifier {
        Identifier::Code(_) => "Personas kods",
        Identifier::Number(_) => "Identifikācijas numurs",
    }
}

/// An identifier as a document shows it.
pub(crate) fn shown(identifier: &Identifier) -> String {
    match identifier {
        Identifier::Code(code) => code.reveal(),
        Identifier::Number(number) => number.reveal().to_owned(),
    }
}

/// Who provides a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Name of the company, or given and family name.
    pub name: String,
    /// Registration number of a company.
    pub registration_number: Option<String>,
    /// Number in the Register of Social Service Providers.
    pub register_number: Option<String>,
}

/// An official who signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Official {
    /// Given and family name.
    pub name: String,
    /// Position, such as "sociālais darbinieks".
    pub position: String,
}

impl Official {
    /// The line that the official signs: "Sagatavoja: sociālais darbinieks".
    pub(crate) fn signature(&self, what: &str) -> Signature {
        Signature { role: format!("{what}: {}", self.position), name: self.name.clone() }
    }
}

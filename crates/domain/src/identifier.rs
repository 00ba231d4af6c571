//! What a person is known by: the personal code, or an identification number where there is none [domain 1, Application].

use std::{fmt, str::FromStr};

use crate::{
    personal_code::PersonalCode,
    text::{Message, Refusal},
};

/// Fewest letters and digits of an identification number.
const FEWEST: usize = 4;
/// Most letters and digits of an identification number.
const MOST: usize = 30;

/// An identification number: 4 to 30 letters and digits. Written with small letters or with separators it is the same one.
/// `Debug` hides it, as it hides a personal code.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdentificationNumber(String);

/// A text is not an identification number. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an identification number has 4 to 30 letters and digits, with single separators between")]
pub struct NotAnIdentificationNumber;

impl FromStr for IdentificationNumber {
    type Err = NotAnIdentificationNumber;

    fn from_str(text: &str) -> Result<Self, NotAnIdentificationNumber> {
        let is_separator = |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'/');
        let parts = text.as_bytes().split(|&byte| is_separator(byte));
        if !parts.clone().all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_alphanumeric)) {
            return Err(NotAnIdentificationNumber);
        }
        let number: String = parts.flatten().map(|&byte| char::from(byte.to_ascii_uppercase())).collect();
        if (FEWEST..=MOST).contains(&number.len()) { Ok(Self(number)) } else { Err(NotAnIdentificationNumber) }
    }
}

impl IdentificationNumber {
    /// The number as it is shown to those who may see it: capital letters and digits.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdentificationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentificationNumber(hidden)")
    }
}

/// What a person is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identifier {
    /// By the personal code.
    Code(PersonalCode),
    /// By an identification number, as there is no personal code.
    Number(IdentificationNumber),
}

/// What stands before an identification number where it is kept in the place of a personal code. No code begins so.
const NUMBER: &str = "id:";

impl Identifier {
    /// The text that is kept: a code as it is shown, a number behind a mark.
    #[must_use]
    pub fn kept(&self) -> String {
        match self {
            Self::Code(code) => code.reveal(),
            Self::Number(number) => format!("{NUMBER}{}", number.reveal()),
        }
    }

    /// The identifier that is kept as a text; none where it is none.
    #[must_use]
    pub fn from_kept(text: &str) -> Option<Self> {
        match text.strip_prefix(NUMBER) {
            Some(number) => number.parse().ok().map(Self::Number),
            None => text.parse().ok().map(Self::Code),
        }
    }

    /// The personal code, where it is one.
    #[must_use]
    pub const fn code(&self) -> Option<PersonalCode> {
        match self {
            Self::Code(code) => Some(*code),
            Self::Number(_) => None,
        }
    }

    /// The identification number, where it is one.
    #[must_use]
    pub const fn number(&self) -> Option<&IdentificationNumber> {
        match self {
            Self::Code(_) => None,
            Self::Number(number) => Some(number),
        }
    }

    /// The one identifier that is given.
    ///
    /// # Errors
    /// [`IdentifierRefusal`].
    pub fn one(code: Option<PersonalCode>, number: Option<IdentificationNumber>) -> Result<Self, IdentifierRefusal> {
        match (code, number) {
            (Some(code), None) => Ok(Self::Code(code)),
            (None, Some(number)) => Ok(Self::Number(number)),
            (None, None) => Err(IdentifierRefusal::Missing),
            (Some(_), Some(_)) => Err(IdentifierRefusal::Both),
        }
    }
}

impl From<PersonalCode> for Identifier {
    fn from(code: PersonalCode) -> Self {
        Self::Code(code)
    }
}

/// A person is not known by just one identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierRefusal {
    /// There is neither a code nor a number.
    Missing,
    /// There are both.
    Both,
}

impl Refusal for IdentifierRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing_field",
            Self::Both => "two_identifiers",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Missing => "/personal_code".to_owned(),
            Self::Both => "/identification_number".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Missing => Message::new("identifier-missing"),
            Self::Both => Message::new("identifier-both"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        let number: IdentificationNumber = "LT38501011234".parse().unwrap();
        for text in ["lt38501011234", "LT-385010-11234", "lt 3850.1011/234"] {
            assert_eq!(text.parse(), Ok(number.clone()), "{text}");
        }
        assert_eq!(number.reveal(), "LT38501011234");
        assert_eq!(format!("{number:?}"), "IdentificationNumber(hidden)");
        assert_eq!(format!("{:?}", Identifier::Number(number)), "Number(IdentificationNumber(hidden))");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let long = "1".repeat(31);
        for text in ["", "123", "-1234", "1234-", "12--34", "1 2 3", "12_34", "1234ā", "id:1234", long.as_str()] {
            assert_eq!(text.parse::<IdentificationNumber>(), Err(NotAnIdentificationNumber), "{text}");
        }
        assert!("1".repeat(30).parse::<IdentificationNumber>().is_ok());
    }

    #[test]
    fn a_person_has_one_identifier() {
        let code = "320000-00001".parse().ok();
        let number = "AB12345".parse().ok();
        assert_eq!(Identifier::one(code, None).unwrap().code(), code);
        assert_eq!(Identifier::one(None, number.clone()).unwrap().number(), number.as_ref());
        assert_eq!(Identifier::one(None, None), Err(IdentifierRefusal::Missing));
        assert_eq!(Identifier::one(code, number), Err(IdentifierRefusal::Both));
    }

    /// The digits of an Estonian or Lithuanian code may be those of a Latvian one.
    #[test]
    fn a_number_is_never_taken_for_a_code() {
        let (code, number) = ("385010-11234".parse().unwrap(), "38501011234".parse().unwrap());
        let (code, number) = (Identifier::Code(code), Identifier::Number(number));
        assert_ne!(code.kept(), number.kept());
        assert_eq!(Identifier::from_kept("385010-11234"), Some(code));
        assert_eq!(Identifier::from_kept("id:38501011234"), Some(number));
        assert_eq!(Identifier::from_kept("id:"), None);
        assert_eq!(Identifier::from_kept("AB12345"), None);
    }

    proptest! {
        #[test]
        fn what_is_kept_is_read_again(text in "([0-9]{6}-[0-9]{5})|([A-Za-z0-9]{1,8}([-. /][A-Za-z0-9]{1,8}){0,4})") {
            for identifier in [
                text.parse().ok().map(Identifier::Code),
                text.parse().ok().map(Identifier::Number),
            ].into_iter().flatten() {
                prop_assert_eq!(Identifier::from_kept(&identifier.kept()), Some(identifier));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<IdentificationNumber>();
            let _ = Identifier::from_kept(&text);
        }
    }
}

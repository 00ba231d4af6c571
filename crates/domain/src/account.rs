//! Bank accounts: IBANs of any country, by the `iban_validate` crate, and those among them that can be paid to.

use std::str::FromStr;

use iban::IbanLike;

use crate::text::Message;

/// The countries of SEPA by the first two letters of their accounts: the payment files reach no other account.
/// Source: EPC409-09, EPC List of SEPA Scheme Countries, version 8.0 (24 December 2025).
pub const SEPA_COUNTRIES: [&str; 42] = [
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE",
    "SI", "SK", "SM", "VA",
];

/// A valid IBAN. `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Iban(iban::Iban);

/// The text is not a valid IBAN: a wrong country, length, character or check digit. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid IBAN")]
pub struct NotAnIban;

/// Why nothing can be paid to or from an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountRefusal {
    /// It is no IBAN.
    NotAnIban,
    /// It is in no country of SEPA.
    OutsideSepa,
}

impl AccountRefusal {
    /// Published code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAnIban => "invalid_iban",
            Self::OutsideSepa => "account_outside_sepa",
        }
    }

    /// In words.
    #[must_use]
    pub fn message(self) -> Message {
        Message::new(match self {
            Self::NotAnIban => "provider-not-an-iban",
            Self::OutsideSepa => "account-outside-sepa",
        })
    }
}

impl FromStr for Iban {
    type Err = NotAnIban;

    fn from_str(text: &str) -> Result<Self, NotAnIban> {
        text.parse().map(Self).map_err(|_| NotAnIban)
    }
}

impl Iban {
    /// Reads an account from or to which payments are made: those of SEPA.
    ///
    /// # Errors
    /// [`AccountRefusal`].
    pub fn to_pay(text: &str) -> Result<Self, AccountRefusal> {
        let account: Self = text.parse().map_err(|_| AccountRefusal::NotAnIban)?;
        if SEPA_COUNTRIES.contains(&account.0.country_code()) { Ok(account) } else { Err(AccountRefusal::OutsideSepa) }
    }

    /// The account without spaces, as payments carry it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.electronic_str()
    }

    /// The four letters of the bank in a Latvian account.
    #[must_use]
    pub fn latvian_bank(&self) -> Option<&str> {
        self.reveal().strip_prefix("LV").and_then(|rest| rest.get(2..6))
    }
}

impl std::fmt::Debug for Iban {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Iban(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latvian_and_foreign_accounts_are_valid() {
        let account: Iban = "LV80 BANK 0000 4351 9500 1".parse().unwrap();
        assert_eq!(account.reveal(), "LV80BANK0000435195001");
        assert_eq!(account.latvian_bank(), Some("BANK"));
        assert_eq!("EE382200221020145685".parse::<Iban>().unwrap().latvian_bank(), None);
        assert_eq!(format!("{account:?}"), "Iban(hidden)");
    }

    #[test]
    fn only_accounts_of_sepa_can_be_paid_to() {
        let paid = |text: &str| Iban::to_pay(text).map(|account| account.reveal().to_owned());
        assert_eq!(paid("EE38 2200 2210 2014 5685"), Ok("EE382200221020145685".to_owned()));
        assert!("UA213223130000026007233566001".parse::<Iban>().is_ok());
        assert_eq!(paid("UA213223130000026007233566001"), Err(AccountRefusal::OutsideSepa));
        assert_eq!(paid("UA223223130000026007233566001"), Err(AccountRefusal::NotAnIban));
    }

    #[test]
    fn wrong_check_digits_and_lengths_are_refused() {
        for bad in
            ["", "LV81BANK0000435195001", "LV80BANK000043519500", "LV80BANK00004351950011", "XX80BANK0000435195001"]
        {
            assert_eq!(bad.parse::<Iban>(), Err(NotAnIban), "{bad}");
        }
    }
}

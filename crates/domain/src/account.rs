//! Bank accounts: IBANs of any country, by the `iban_validate` crate.

use std::str::FromStr;

use iban::IbanLike;

/// A valid IBAN. `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Iban(iban::Iban);

/// The text is not a valid IBAN: a wrong country, length, character or check digit. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid IBAN")]
pub struct NotAnIban;

impl FromStr for Iban {
    type Err = NotAnIban;

    fn from_str(text: &str) -> Result<Self, NotAnIban> {
        text.parse().map(Self).map_err(|_| NotAnIban)
    }
}

impl Iban {
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
    fn wrong_check_digits_and_lengths_are_refused() {
        for bad in
            ["", "LV81BANK0000435195001", "LV80BANK000043519500", "LV80BANK00004351950011", "XX80BANK0000435195001"]
        {
            assert_eq!(bad.parse::<Iban>(), Err(NotAnIban), "{bad}");
        }
    }
}

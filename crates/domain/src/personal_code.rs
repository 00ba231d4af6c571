//! Latvian personal codes (personas kods) of the old and the new form.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;

/// A personal code. `Debug` hides it: it must never reach a log, an error or a URL.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonalCode([u8; 11]);

/// Why a text is not a personal code. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPersonalCode {
    /// Not eleven digits, with a hyphen after the sixth or without.
    #[error("a personal code has eleven digits, with a hyphen after the sixth or without")]
    Malformed,
    /// The digits of the old form give no real date.
    #[error("the first seven digits of the personal code are not a date")]
    ImpossibleDate,
}

/// The form of a personal code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonalCodeForm {
    /// DDMMYY-CNNNN; it tells the birth date.
    Old {
        /// The date in the code.
        birth_date: NaiveDate,
        /// Whether the checksum agrees. It is not confirmed by a public source: a mismatch is a warning only.
        checksum_agrees: bool,
    },
    /// Since 2017-07-01: begins with 32-39, the rest is random.
    New,
}

const WEIGHTS: [u32; 10] = [1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

impl FromStr for PersonalCode {
    type Err = NotAPersonalCode;

    fn from_str(text: &str) -> Result<Self, NotAPersonalCode> {
        let bytes = text.as_bytes();
        let plain: Vec<u8> = match bytes.len() {
            11 => bytes.to_vec(),
            12 if bytes.get(6) == Some(&b'-') => {
                bytes.iter().enumerate().filter(|(at, _)| *at != 6).map(|(_, byte)| *byte).collect()
            }
            _ => return Err(NotAPersonalCode::Malformed),
        };
        let digits = <[u8; 11]>::try_from(plain).map_err(|_| NotAPersonalCode::Malformed)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(NotAPersonalCode::Malformed);
        }
        let code = Self(digits.map(|digit| digit - b'0'));
        if code.is_new() || code.date().is_some() { Ok(code) } else { Err(NotAPersonalCode::ImpossibleDate) }
    }
}

impl PersonalCode {
    fn is_new(self) -> bool {
        matches!(self.0, [3, 2..=9, ..])
    }

    fn date(self) -> Option<NaiveDate> {
        let [d1, d2, m1, m2, y1, y2, century, ..] = self.0.map(u32::from);
        let century = match century {
            0 => 1800,
            1 => 1900,
            2 => 2000,
            _ => return None,
        };
        let year = i32::try_from(century + y1 * 10 + y2).ok()?;
        NaiveDate::from_ymd_opt(year, m1 * 10 + m2, d1 * 10 + d2)
    }

    /// The form of the code and what it tells.
    #[must_use]
    pub fn form(self) -> PersonalCodeForm {
        match self.date() {
            Some(birth_date) if !self.is_new() => {
                let digits = self.0.map(u32::from);
                let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
                let checksum_agrees = digits.last() == Some(&((1101 - sum) % 11 % 10));
                PersonalCodeForm::Old { birth_date, checksum_agrees }
            }
            _ => PersonalCodeForm::New,
        }
    }

    /// The code as it is shown to those who may see it, with the hyphen.
    #[must_use]
    pub fn reveal(self) -> String {
        let digits = |part: &[u8]| part.iter().map(|digit| char::from(b'0' + digit)).collect::<String>();
        let (date, serial) = self.0.split_at(6);
        format!("{}-{}", digits(date), digits(serial))
    }
}

impl fmt::Debug for PersonalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalCode(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn old_codes_tell_their_date() {
        let code: PersonalCode = "010203-20005".parse().unwrap();
        assert!(
            matches!(code.form(), PersonalCodeForm::Old { birth_date, .. } if birth_date.to_string() == "2003-02-01")
        );
        assert_eq!("01020320005".parse(), Ok(code));
        assert_eq!(code.reveal(), "010203-20005");
        assert_eq!(format!("{code:?}"), "PersonalCode(hidden)");
    }

    #[test]
    fn the_checksum_is_told_but_never_refuses() {
        // 1101 - (1*1 + 5*6 + 1*3 + 0*7 + 8*9 + 1*10 + 1*5 + 1*8 + 2*4 + 3*2) = 958; 958 mod 11 = 1.
        let agrees = |text: &str| match text.parse::<PersonalCode>().unwrap().form() {
            PersonalCodeForm::Old { checksum_agrees, .. } => checksum_agrees,
            PersonalCodeForm::New => panic!("an old code"),
        };
        assert!(agrees("151081-11231"));
        assert!(!agrees("151081-11232"));
    }

    #[test]
    fn new_codes_tell_nothing() {
        for code in ["320000-00000", "399999-99999"] {
            assert_eq!(code.parse::<PersonalCode>().unwrap().form(), PersonalCodeForm::New);
        }
    }

    #[test]
    fn bad_codes_are_refused() {
        for (text, fault) in [
            ("", NotAPersonalCode::Malformed),
            ("0102032000", NotAPersonalCode::Malformed),
            ("0102-0320005", NotAPersonalCode::Malformed),
            ("01020a-20005", NotAPersonalCode::Malformed),
            ("310203-20005", NotAPersonalCode::ImpossibleDate),
            ("010203-30005", NotAPersonalCode::ImpossibleDate),
            ("300203-10005", NotAPersonalCode::ImpossibleDate),
            ("290201-10005", NotAPersonalCode::ImpossibleDate),
        ] {
            assert_eq!(text.parse::<PersonalCode>(), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_parses_is_shown_with_a_hyphen_and_parses_again(text in "[0-9]{6}-?[0-9]{5}") {
            if let Ok(code) = text.parse::<PersonalCode>() {
                prop_assert_eq!(code.reveal().replace('-', ""), text.replace('-', ""));
                prop_assert_eq!(code.reveal().parse::<PersonalCode>(), Ok(code));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<PersonalCode>();
        }
    }
}

//! How numbers and days are written in either language.

use balsts_domain::{money::Money, text::Language};
use chrono::NaiveDate;

use crate::latvian;

/// A number as the rules write it (`1234.5`), with groups of thousands: `1 234,5` or `1,234.5`.
pub(crate) fn number(plain: &str, language: Language) -> String {
    let latvian = latvian::number(plain);
    match language {
        Language::Lv => latvian,
        Language::En => latvian
            .chars()
            .map(|character| match character {
                ',' => '.',
                '\u{a0}' => ',',
                other => other,
            })
            .collect(),
    }
}

/// `1 234,56 EUR` or `1,234.56 EUR`, rounded to cents.
pub(crate) fn money(money: Money, language: Language) -> String {
    format!("{}\u{a0}EUR", number(&money.to_string(), language))
}

/// `01.03.2023.` or `2023-03-01`.
pub(crate) fn day(day: NaiveDate, language: Language) -> String {
    match language {
        Language::Lv => latvian::short_date(day),
        Language::En => day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_does() {
        for (plain, lv, en) in [
            ("0", "0", "0"),
            ("-1234567.89", "\u{2212}1\u{a0}234\u{a0}567,89", "\u{2212}1,234,567.89"),
            ("83.23", "83,23", "83.23"),
        ] {
            assert_eq!((number(plain, Language::Lv).as_str(), number(plain, Language::En).as_str()), (lv, en));
        }
        let amount = Money::from_cents(123_456);
        assert_eq!(money(amount, Language::Lv), latvian::money(amount));
        assert_eq!(money(amount, Language::En), "1,234.56\u{a0}EUR");
    }
}

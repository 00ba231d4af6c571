//! What amounts the rules accept as input. Amounts that were parsed from outside are inside these bounds already;
//! amounts that other code computed may not be.

use rust_decimal::Decimal;

use crate::money::{LARGEST_AMOUNT, Money};

/// Whether an amount is not negative and not above [`LARGEST_AMOUNT`].
pub(crate) fn accepted(amount: Money) -> bool {
    (Decimal::ZERO..=LARGEST_AMOUNT).contains(&amount.value())
}

/// The cents of an accepted amount of whole cents.
pub(crate) fn whole_cents(amount: Money) -> Option<u128> {
    if !accepted(amount) || amount.rounded() != amount {
        return None;
    }
    amount.cents().and_then(|cents| u128::try_from(cents).ok())
}

/// So many cents as an amount; sums of accepted amounts stay far below the saturation.
pub(crate) fn from_cents(cents: u128) -> Money {
    let exact = i128::try_from(cents).ok().and_then(|c| Decimal::try_from_i128_with_scale(c, 2).ok());
    Money::exact(exact.unwrap_or(Decimal::MAX))
}

/// A length as a number of an answer.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_cents_from_nothing_to_the_largest_amount_have_cents() {
        let amount = |text: &str| Money::exact(text.parse().unwrap());
        for (text, cents) in [("0", Some(0)), ("12.34", Some(1234)), ("999999999999.99", Some(99_999_999_999_999))] {
            assert_eq!(whole_cents(amount(text)), cents);
        }
        for text in ["-0.01", "0.005", "1000000000000"] {
            assert_eq!(whole_cents(amount(text)), None);
        }
        assert_eq!(from_cents(1234), amount("12.34"));
        assert_eq!(from_cents(u128::MAX), Money::exact(Decimal::MAX));
    }
}

//! How amounts, dates, times and numbers are written in Latvian.

use balsts_domain::{
    lines::volume_message,
    money::{Money, Volume},
    month::Month,
    parameters::catalogue::Unit,
    text::{Argument, Message, Text},
};
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

use crate::Render;

/// Joins what must not be parted at the end of a line.
const NO_BREAK: char = '\u{a0}';

/// The grammatical case that a month stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// Kas? marts.
    Nominative,
    /// Kā? marta.
    Genitive,
    /// Kam? martam: after "līdz".
    Dative,
    /// Kur? martā: on that day.
    Locative,
}

const MONTHS: [[&str; 4]; 12] = [
    ["janvāris", "janvāra", "janvārim", "janvārī"],
    ["februāris", "februāra", "februārim", "februārī"],
    ["marts", "marta", "martam", "martā"],
    ["aprīlis", "aprīļa", "aprīlim", "aprīlī"],
    ["maijs", "maija", "maijam", "maijā"],
    ["jūnijs", "jūnija", "jūnijam", "jūnijā"],
    ["jūlijs", "jūlija", "jūlijam", "jūlijā"],
    ["augusts", "augusta", "augustam", "augustā"],
    ["septembris", "septembra", "septembrim", "septembrī"],
    ["oktobris", "oktobra", "oktobrim", "oktobrī"],
    ["novembris", "novembra", "novembrim", "novembrī"],
    ["decembris", "decembra", "decembrim", "decembrī"],
];

/// `2023. gada 1. marts`, the month in its case.
pub(crate) fn date(date: NaiveDate, case: Case) -> String {
    let month = MONTHS.iter().zip(1..).find(|(_, number)| *number == date.month()).map(
        |([nominative, genitive, dative, locative], _)| match case {
            Case::Nominative => nominative,
            Case::Genitive => genitive,
            Case::Dative => dative,
            Case::Locative => locative,
        },
    );
    format!("{}. gada {}.{NO_BREAK}{}", date.year(), date.day(), month.copied().unwrap_or_default())
}

/// `01.03.2023.`: for tables and inside sentences, where it needs no case.
pub(crate) fn short_date(date: NaiveDate) -> String {
    format!("{:02}.{:02}.{}.", date.day(), date.month(), date.year())
}

/// `04.2023.`: a month at the head of a column.
pub(crate) fn short_month(month: Month) -> String {
    let day = month.first_day();
    format!("{:02}.{}.", day.month(), day.year())
}

/// `no 01.04.2023. līdz 31.03.2024.`
pub(crate) fn period(from: NaiveDate, to: NaiveDate) -> String {
    format!("no {} līdz {}", short_date(from), short_date(to))
}

/// `plkst. 9.05`.
pub(crate) fn time(time: NaiveTime) -> String {
    format!("plkst.{NO_BREAK}{}.{:02}", time.hour(), time.minute())
}

/// `1 234,56 EUR`, rounded to cents.
pub(crate) fn money(money: Money) -> String {
    format!("{}{NO_BREAK}EUR", number(&money.to_string()))
}

/// `960 h`, the unit as the rules name it.
pub(crate) fn volume(volume: Volume, unit: Unit, render: Render<'_>) -> String {
    sentence(&volume_message(volume, unit), render).replace(' ', "\u{a0}")
}

/// A number as the rules write it (`1234.5`) with a comma and with groups of thousands.
pub(crate) fn number(plain: &str) -> String {
    let (whole, fraction) = plain.split_once('.').map_or((plain, None), |(whole, fraction)| (whole, Some(fraction)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("\u{2212}", digits));
    let mut grouped = String::from(sign);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            grouped.push(NO_BREAK);
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{grouped},{fraction}"),
        None => grouped,
    }
}

/// "Jā" or "Nē".
pub(crate) const fn yes(is: bool) -> &'static str {
    if is { "Jā" } else { "Nē" }
}

/// The text with a capital first letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

/// A message of the rules as a sentence, with the dates and numbers in it written in Latvian.
pub(crate) fn sentence(message: &Message, render: Render<'_>) -> String {
    let text = render(&localised(message)).replace(" EUR", "\u{a0}EUR");
    // A short date ends with the full stop of the sentence.
    match text.strip_suffix("..") {
        Some(start) => format!("{start}."),
        None => text,
    }
}

fn localised(message: &Message) -> Message {
    let arguments = message.arguments.iter().map(|(name, argument)| {
        let argument = match argument {
            Argument::Text(text) => Argument::Text(value(text).into()),
            Argument::Message(part) => Argument::Message(Box::new(localised(part))),
            other => other.clone(),
        };
        (*name, argument)
    });
    Message { key: message.key.clone(), arguments: arguments.collect() }
}

/// A day or a number with decimals as the rules write it, in Latvian; anything else as it is.
fn value(text: &str) -> String {
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, fraction)) if all_digits(whole) && all_digits(fraction) => number(text),
        _ => text.parse().map_or_else(|_| text.to_owned(), short_date),
    }
}

/// A published text in Latvian.
pub(crate) fn lv(text: &Text) -> &str {
    &text.lv
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_have_a_comma_and_thousands_that_stay_together() {
        for (cents, shown) in [
            (0, "0,00\u{a0}EUR"),
            (5, "0,05\u{a0}EUR"),
            (99_999, "999,99\u{a0}EUR"),
            (123_456, "1\u{a0}234,56\u{a0}EUR"),
            (2_183_832, "21\u{a0}838,32\u{a0}EUR"),
            (123_456_789_012, "1\u{a0}234\u{a0}567\u{a0}890,12\u{a0}EUR"),
        ] {
            assert_eq!(money(Money::from_cents(cents)), shown);
        }
        assert_eq!(money(Money::from_cents(100_000) - Money::from_cents(250_050)), "\u{2212}1\u{a0}500,50\u{a0}EUR");
        assert_eq!(number("37.5"), "37,5");
    }

    #[test]
    fn dates_are_declined() {
        for (case, shown) in [
            (Case::Nominative, "2023. gada 1.\u{a0}marts"),
            (Case::Genitive, "2023. gada 1.\u{a0}marta"),
            (Case::Dative, "2023. gada 1.\u{a0}martam"),
            (Case::Locative, "2023. gada 1.\u{a0}martā"),
        ] {
            assert_eq!(date(day("2023-03-01"), case), shown);
        }
        assert_eq!(date(day("2024-12-31"), Case::Dative), "2024. gada 31.\u{a0}decembrim");
        assert_eq!(short_date(day("2023-03-01")), "01.03.2023.");
        assert_eq!(time(NaiveTime::from_hms_opt(9, 5, 59).unwrap()), "plkst.\u{a0}9.05");
    }

    #[test]
    fn sentences_of_the_rules_are_written_in_latvian() {
        let message = Message::new("x")
            .with("date", "2023-03-01")
            .with("price", "1040.64")
            .with("text", "1.6-6")
            .with_message("volume", Message::new("y").with("volume", "37.5"));
        let render = |message: &Message| {
            fn told(message: &Message) -> String {
                let told = message.arguments.iter().map(|(_, argument)| match argument {
                    Argument::Text(text) => text.to_string(),
                    Argument::Message(part) => told(part),
                    other => panic!("{other:?}"),
                });
                told.collect::<Vec<_>>().join("|")
            }
            told(message)
        };
        assert_eq!(sentence(&message, &render), "01.03.2023.|1\u{a0}040,64|1.6-6|37,5");
        let ends = Message::new("x").with("date", "2023-03-01");
        assert_eq!(sentence(&ends, &|message| format!("pirms {}.", render(message))), "pirms 01.03.2023.");
    }
}

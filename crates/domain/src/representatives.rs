//! Who speaks for a recipient: the adult, or the parent (vecāks) or another representative of a child or adult, for a time.

use chrono::NaiveDate;

use crate::{
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// What somebody is to a recipient.
    Relation {
        /// The recipient, an adult.
        Own = "self",
        /// A parent.
        Parent = "parent",
        /// The guardian of a child (aizbildnis).
        Guardian = "guardian",
        /// The foster family of a child (audžuģimene).
        FosterFamily = "foster_family",
        /// The trustee of an adult (aizgādnis).
        Trustee = "trustee",
        /// Somebody whom the recipient has authorised (pilnvarotā persona).
        AuthorisedPerson = "authorised_person",
    }
}

/// The last day lies before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndsBeforeItBegins {
    /// The first day.
    pub valid_from: NaiveDate,
}

impl Refusal for EndsBeforeItBegins {
    fn code(&self) -> &'static str {
        "date_out_of_range"
    }

    fn pointer(&self) -> String {
        "/valid_to".to_owned()
    }

    fn message(&self) -> Message {
        Message::new("day-too-early").with("date", self.valid_from)
    }
}

/// Checks the last day, which is one of the days of validity.
///
/// # Errors
/// It lies before the first.
pub fn check_validity(valid_from: NaiveDate, valid_to: Option<NaiveDate>) -> Result<(), EndsBeforeItBegins> {
    match valid_to {
        Some(valid_to) if valid_to < valid_from => Err(EndsBeforeItBegins { valid_from }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_not_before_the_first() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let valid_from = day("2023-03-01");
        for valid_to in [None, Some(valid_from), Some(day("2023-03-02"))] {
            assert_eq!(check_validity(valid_from, valid_to), Ok(()));
        }
        assert_eq!(check_validity(valid_from, Some(day("2023-02-28"))), Err(EndsBeforeItBegins { valid_from }));
    }
}

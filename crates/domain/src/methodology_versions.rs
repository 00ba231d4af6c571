//! Versions of the catalogue and the methodologies that the ministry drafts and publishes. What is published is never changed.

use chrono::NaiveDate;

use crate::{
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// Where a version stands.
    MethodologyVersionStatus {
        /// Written at; nothing counts with it.
        Draft = "draft",
        /// In the rules from its first day on.
        Published = "published",
        /// A draft that was given up.
        Withdrawn = "withdrawn",
    }
}

/// Why a version cannot be changed or published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionRefusal {
    /// It is published or withdrawn.
    NotDraft,
    /// It would begin on a day that may have been calculated already.
    NotAfterToday {
        /// Today.
        today: NaiveDate,
    },
}

impl Refusal for VersionRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotDraft => "version_not_draft",
            Self::NotAfterToday { .. } => "date_out_of_range",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::NotDraft => String::new(),
            Self::NotAfterToday { .. } => "/valid_from".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NotDraft => Message::new("problem-version-not-draft-detail"),
            Self::NotAfterToday { today } => Message::new("version-not-after-today").with("today", today),
        }
    }
}

impl MethodologyVersionStatus {
    /// Drafts alone can be changed, tried and published.
    ///
    /// # Errors
    /// [`VersionRefusal::NotDraft`].
    pub fn expect_draft(self) -> Result<(), VersionRefusal> {
        if self == Self::Draft { Ok(()) } else { Err(VersionRefusal::NotDraft) }
    }
}

/// **Decision**: a version begins after the day of its publication. So no day that a stored calculation was made for counts
/// otherwise than it did, and every one of them comes out to the same bytes again.
///
/// # Errors
/// [`VersionRefusal::NotAfterToday`].
pub fn check_publication(valid_from: NaiveDate, today: NaiveDate) -> Result<(), VersionRefusal> {
    if valid_from > today { Ok(()) } else { Err(VersionRefusal::NotAfterToday { today }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_begins_after_the_day_of_its_publication() {
        let today: NaiveDate = "2023-11-15".parse().unwrap();
        assert_eq!(check_publication(today, today), Err(VersionRefusal::NotAfterToday { today }));
        assert_eq!(check_publication(today.succ_opt().unwrap(), today), Ok(()));
        let draft = |status: MethodologyVersionStatus| status.expect_draft().is_ok();
        assert_eq!(
            MethodologyVersionStatus::ALL.iter().map(|status| draft(*status)).collect::<Vec<_>>(),
            [true, false, false]
        );
    }
}

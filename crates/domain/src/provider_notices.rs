//! Notices of providers: what a provider tells the office beside its deliveries [domain 7.3]. At once a conflict of interest, a
//! service that became impossible, a recipient who cannot be reached; near the end of a plan the results and recommendations.
//!
//! **Decision**: a notice is not changed. The office acknowledges it once, with what it does about it.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// What a provider tells.
    ProviderNoticeKind {
        /// The provider, or who works for it, has an interest of its own in the case.
        ConflictOfInterest = "conflict_of_interest",
        /// The service cannot be given any more.
        DeliveryImpossible = "delivery_impossible",
        /// The recipient cannot be reached.
        RecipientUnreachable = "recipient_unreachable",
        /// What came of the service, and what is recommended next.
        PlanEndReport = "plan_end_report",
    }
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeContent {
    /// What happened; in a report, how the service went.
    pub text: String,
    /// What was achieved: of a report only.
    pub results: Option<String>,
    /// What is recommended for the next plan: of a report only.
    pub recommendations: Option<String>,
    /// What the office does about it, once it has acknowledged the notice.
    pub outcome: Option<String>,
}

/// Why a notice is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeRefusal {
    /// A report lacks a part of it.
    ReportIncomplete {
        /// Where.
        pointer: &'static str,
    },
    /// What only a report tells.
    NotOfReport {
        /// Where.
        pointer: &'static str,
    },
    /// The office has acknowledged it already.
    Acknowledged,
}

impl Refusal for NoticeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::ReportIncomplete { .. } => "missing_field",
            Self::NotOfReport { .. } => "unexpected_field",
            Self::Acknowledged => "notice_acknowledged",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::ReportIncomplete { pointer } | Self::NotOfReport { pointer } => (*pointer).to_owned(),
            Self::Acknowledged => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::ReportIncomplete { .. } => Message::new("notice-report-incomplete"),
            Self::NotOfReport { .. } => Message::new("notice-not-of-report"),
            Self::Acknowledged => Message::new("problem-notice-acknowledged-detail"),
        }
    }
}

/// Checks what a notice of a kind says.
///
/// # Errors
/// Everything that is missing, or that notices of the kind do not tell.
pub fn check(kind: ProviderNoticeKind, content: &NoticeContent) -> Result<(), Vec<NoticeRefusal>> {
    let is_report = kind == ProviderNoticeKind::PlanEndReport;
    let parts = [("/results", &content.results), ("/recommendations", &content.recommendations)];
    let refusals: Vec<NoticeRefusal> = parts
        .into_iter()
        .filter(|(_, part)| part.is_some() != is_report)
        .map(|(pointer, _)| match is_report {
            true => NoticeRefusal::ReportIncomplete { pointer },
            false => NoticeRefusal::NotOfReport { pointer },
        })
        .collect();
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// The day from which a provider is asked for its report: the first of the last two months of a plan, the 11th of 12 and, in the
/// pilot, the 5th of 6 [domain 6.1]; the first day of a plan that is shorter.
#[must_use]
pub fn reports_from(from: NaiveDate, to: NaiveDate) -> NaiveDate {
    let first = to.succ_opt().and_then(|end| end.checked_sub_months(Months::new(2)));
    first.map_or(from, |first| first.max(from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_asked_for_in_the_last_two_months_of_a_plan() {
        for (from, to, expected) in [
            ("2023-04-01", "2024-03-31", "2024-02-01"),
            ("2023-04-15", "2024-04-14", "2024-02-15"),
            ("2018-09-01", "2019-02-28", "2019-01-01"),
            ("2023-04-01", "2023-05-15", "2023-04-01"),
        ] {
            let day = |text: &str| text.parse().unwrap();
            assert_eq!(reports_from(day(from), day(to)), day(expected), "{from} {to}");
        }
    }

    #[test]
    fn only_a_report_tells_results_and_must() {
        let content = |results: Option<&str>, recommendations: Option<&str>| NoticeContent {
            text: "Izdomāts.".to_owned(),
            results: results.map(ToOwned::to_owned),
            recommendations: recommendations.map(ToOwned::to_owned),
            outcome: None,
        };
        let pointers = |kind, content| -> Vec<(&str, String)> {
            let refusals = check(kind, &content).err().unwrap_or_default();
            refusals.iter().map(|refusal| (refusal.code(), refusal.pointer())).collect()
        };
        let report = ProviderNoticeKind::PlanEndReport;
        assert_eq!(pointers(report, content(Some("a"), Some("b"))), []);
        assert_eq!(pointers(report, content(Some("a"), None)), [("missing_field", "/recommendations".to_owned())]);
        for kind in ProviderNoticeKind::ALL.iter().copied().filter(|kind| *kind != report) {
            assert_eq!(pointers(kind, content(None, None)), []);
            assert_eq!(pointers(kind, content(Some("a"), None)), [("unexpected_field", "/results".to_owned())]);
        }
    }
}

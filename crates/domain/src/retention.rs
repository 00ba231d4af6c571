//! How long records are kept, and what stays when they are erased [domain 10]. Nothing is erased here.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Deserialize;

use crate::{
    parameters::{
        Faults,
        catalogue::names,
        documents::{Documents, Source, SourceEntry},
    },
    text::{Message, Refusal, Text},
};

names! {
    /// A kind of record.
    RecordKind {
        /// A refused application, with the person and the act.
        ApplicationRefused = "application_refused",
        /// An application that was taken back, with the person.
        ApplicationWithdrawn = "application_withdrawn",
        /// A granted application with its person, act and budget.
        Case = "case",
        /// A person whose case was handed over to another municipality, in the one that handed it over.
        CaseHandedOver = "case_handed_over",
        /// A frozen calculation with its facts and form.
        Calculation = "calculation",
        /// A supporting document of accounting, such as an invoice (attaisnojuma dokuments).
        SupportingDocument = "supporting_document",
        /// An entry of the ledger.
        LedgerEntry = "ledger_entry",
        /// An entry of the audit chain.
        AuditEntry = "audit_entry",
        /// An event.
        Event = "event",
        /// The recorded answer to a request that may be repeated.
        IdempotencyRecord = "idempotency_record",
        /// An exception of an office's calendar.
        CalendarException = "calendar_exception",
    }
}

names! {
    /// The day that a period of keeping is counted from.
    CountsFrom {
        /// The day of the event.
        Event = "event",
        /// The last day of the year that the event is in.
        EndOfYear = "end_of_year",
    }
}

/// How long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeping {
    /// Years.
    Years(u16),
    /// Days.
    Days(u16),
}

/// A rule as the data file writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetentionEntry {
    record: RecordKind,
    event: Text,
    counts_from: CountsFrom,
    keep: Keeping,
    kept_after: Option<Text>,
    source: Option<SourceEntry>,
    decision: Option<Text>,
}

/// How long a kind of record is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionRule {
    /// The kind of record.
    pub record: RecordKind,
    /// What starts the period.
    pub event: Text,
    /// The day that the period is counted from.
    pub counts_from: CountsFrom,
    /// How long.
    pub keep: Keeping,
    /// What stays after the record is erased; `None` where nothing does.
    pub kept_after: Option<Text>,
    /// Legal source, where there is one.
    pub source: Option<Source>,
    /// What was chosen and why, where the sources leave a gap.
    pub decision: Option<Text>,
}

impl RetentionRule {
    /// The last day on which a record is kept whose period an event starts. `None` beyond the calendar.
    #[must_use]
    pub fn expires_on(&self, event: NaiveDate) -> Option<NaiveDate> {
        let from = match self.counts_from {
            CountsFrom::Event => event,
            CountsFrom::EndOfYear => NaiveDate::from_ymd_opt(event.year(), 12, 31)?,
        };
        match self.keep {
            Keeping::Years(years) => from.checked_add_months(Months::new(u32::from(years).checked_mul(12)?)),
            Keeping::Days(days) => from.checked_add_days(Days::new(days.into())),
        }
    }
}

impl RetentionRule {
    /// The latest day of an event whose period has ended before a day. `None` before the calendar.
    #[must_use]
    pub fn latest_event(&self, day: NaiveDate) -> Option<NaiveDate> {
        // Without the days to the end of the year, which are less than a year.
        let mut event = match self.keep {
            Keeping::Years(years) => day.checked_sub_months(Months::new(u32::from(years).checked_mul(12)?))?,
            Keeping::Days(days) => day.checked_sub_days(Days::new(days.into()))?,
        };
        while self.expires_on(event)? >= day {
            event = event.pred_opt()?;
        }
        Some(event)
    }
}

/// The kinds of record that a person is kept for.
const OF_PERSON: [RecordKind; 4] =
    [RecordKind::ApplicationRefused, RecordKind::ApplicationWithdrawn, RecordKind::Case, RecordKind::CaseHandedOver];

/// A record of a person that has ended, and the day that its retention counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// What kind of record it is.
    pub record: RecordKind,
    /// The day of the event that starts its period.
    pub on: NaiveDate,
}

/// How a record of a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonRecord {
    /// An open application, or a grant that nothing has ended.
    Live,
    /// It has ended.
    Ended(Ended),
}

/// Until when a person is kept: as long as the record that is kept longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The record.
    pub ended: Ended,
    /// The last day on which it is kept.
    pub until: NaiveDate,
}

/// Why a person cannot be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureRefusal {
    /// The person has an open application or a grant, or nothing that has ended.
    Live,
    /// The retention has not ended.
    Kept(Retention),
}

impl Refusal for ErasureRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Live => "person_has_live_case",
            Self::Kept(_) => "retention_not_ended",
        }
    }

    fn pointer(&self) -> String {
        String::new()
    }

    fn message(&self) -> Message {
        match self {
            Self::Live => Message::new("problem-person-has-live-case-detail"),
            Self::Kept(Retention { ended: Ended { record, on }, until }) => {
                Message::new("retention-not-ended").with("record", record).with("on", on).with("until", until)
            }
        }
    }
}

/// The rules, one for each kind of record, in the order of the kinds.
#[derive(Debug, Clone)]
pub struct RetentionRules(Vec<RetentionRule>);

impl RetentionRules {
    pub(crate) fn new(entries: Vec<RetentionEntry>, documents: &Documents, faults: &mut Faults) -> Self {
        let mut rules: Vec<RetentionRule> = Vec::new();
        for entry in entries {
            let at = format!("retention of {}", entry.record);
            let source = entry.source.as_ref().map(|source| documents.resolve(source));
            if source == Some(None) {
                faults.add(&at, "no such document");
            }
            if source.is_none() && entry.decision.is_none() {
                faults.add(&at, "has neither a source nor a decision");
            }
            if matches!(entry.keep, Keeping::Years(0) | Keeping::Days(0)) {
                faults.add(&at, "keeps nothing");
            }
            rules.push(RetentionRule {
                record: entry.record,
                event: entry.event,
                counts_from: entry.counts_from,
                keep: entry.keep,
                kept_after: entry.kept_after,
                source: source.flatten(),
                decision: entry.decision,
            });
        }
        rules.sort_by_key(|rule| rule.record);
        for kind in RecordKind::ALL {
            match rules.iter().filter(|rule| rule.record == *kind).count() {
                1 => {}
                0 => faults.add(&format!("retention of {kind}"), "is missing"),
                _ => faults.add(&format!("retention of {kind}"), "stands twice"),
            }
        }
        Self(rules)
    }

    /// The rules in the order of the kinds.
    #[must_use]
    pub fn all(&self) -> &[RetentionRule] {
        &self.0
    }

    /// The last day on which a record of a kind is kept whose period an event starts. `None` beyond the calendar.
    #[must_use]
    pub fn expires_on(&self, kind: RecordKind, event: NaiveDate) -> Option<NaiveDate> {
        self.0.iter().find(|rule| rule.record == kind)?.expires_on(event)
    }

    /// The first day whose records of a kind are still kept on a day. `None` before the calendar.
    #[must_use]
    pub fn kept_from(&self, kind: RecordKind, day: NaiveDate) -> Option<NaiveDate> {
        self.0.iter().find(|rule| rule.record == kind)?.latest_event(day)?.succ_opt()
    }

    /// For each kind of record that a person is kept for, the latest event whose period has ended before a day.
    #[must_use]
    pub fn latest_events(&self, day: NaiveDate) -> Vec<Ended> {
        let of_person = self.0.iter().filter(|rule| OF_PERSON.contains(&rule.record));
        of_person.filter_map(|rule| Some(Ended { record: rule.record, on: rule.latest_event(day)? })).collect()
    }

    /// Until when a person with these records is kept.
    ///
    /// # Errors
    /// [`ErasureRefusal::Live`] where there is no end yet.
    pub fn of_person(&self, records: &[PersonRecord]) -> Result<Retention, ErasureRefusal> {
        let mut longest: Option<Retention> = None;
        for record in records {
            let PersonRecord::Ended(ended) = *record else { return Err(ErasureRefusal::Live) };
            let until = self.expires_on(ended.record, ended.on).ok_or(ErasureRefusal::Live)?;
            if longest.is_none_or(|longest| longest.until < until) {
                longest = Some(Retention { ended, until });
            }
        }
        longest.ok_or(ErasureRefusal::Live)
    }

    /// Checks that a person with these records may be erased on a day: each was kept as long as its rule says.
    ///
    /// # Errors
    /// [`ErasureRefusal`].
    pub fn check_erasure(&self, records: &[PersonRecord], today: NaiveDate) -> Result<Retention, ErasureRefusal> {
        let retention = self.of_person(records)?;
        if retention.until < today { Ok(retention) } else { Err(ErasureRefusal::Kept(retention)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::{ParameterFiles, Parameters};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn each_record_is_kept_for_its_period() {
        let rules = Parameters::embedded().unwrap().retention;
        for (kind, event, last) in [
            (RecordKind::ApplicationRefused, "2024-02-29", "2029-02-28"),
            (RecordKind::ApplicationRefused, "2023-04-14", "2028-04-14"),
            (RecordKind::ApplicationWithdrawn, "2023-04-14", "2024-04-14"),
            (RecordKind::Case, "2023-01-01", "2028-12-31"),
            (RecordKind::Case, "2023-12-31", "2028-12-31"),
            (RecordKind::CaseHandedOver, "2023-04-14", "2024-04-14"),
            (RecordKind::Calculation, "2024-01-01", "2029-12-31"),
            (RecordKind::SupportingDocument, "2023-06-30", "2028-12-31"),
            (RecordKind::LedgerEntry, "2023-06-30", "2033-12-31"),
            (RecordKind::AuditEntry, "2023-06-30", "2033-06-30"),
            (RecordKind::Event, "2023-06-30", "2024-06-30"),
            (RecordKind::IdempotencyRecord, "2024-02-25", "2024-03-03"),
            (RecordKind::CalendarException, "2023-03-08", "2033-12-31"),
        ] {
            assert_eq!(rules.expires_on(kind, day(event)), Some(day(last)), "{kind} {event}");
            let first = rules.kept_from(kind, day(last)).unwrap();
            assert!(first <= day(event) && rules.expires_on(kind, first) == Some(day(last)), "{kind} {first}");
        }
        assert_eq!(rules.expires_on(RecordKind::Event, NaiveDate::MAX), None);
    }

    #[test]
    fn the_latest_event_is_the_last_whose_period_has_ended() {
        let rules = Parameters::embedded().unwrap().retention;
        for today in ["2024-02-29", "2024-03-01", "2025-02-28", "2025-03-01", "2025-12-31", "2026-01-01"].map(day) {
            for rule in rules.all() {
                let latest = rule.latest_event(today).unwrap();
                assert!(rule.expires_on(latest).unwrap() < today, "{} {today}", rule.record);
                assert!(rule.expires_on(latest.succ_opt().unwrap()).unwrap() >= today, "{} {today}", rule.record);
            }
        }
    }

    #[test]
    fn a_person_is_kept_as_long_as_the_record_that_is_kept_longest() {
        let rules = Parameters::embedded().unwrap().retention;
        let ended = |record, on: &str| PersonRecord::Ended(Ended { record, on: day(on) });
        let refused = ended(RecordKind::ApplicationRefused, "2018-01-10");
        let withdrawn = ended(RecordKind::ApplicationWithdrawn, "2019-06-01");
        let both = rules.of_person(&[withdrawn, refused]).unwrap();
        assert_eq!((both.ended.record, both.until), (RecordKind::ApplicationRefused, day("2023-01-10")));
        assert_eq!(rules.check_erasure(&[withdrawn, refused], day("2023-01-11")), Ok(both));
        let kept = rules.check_erasure(&[withdrawn, refused], day("2023-01-10"));
        assert_eq!(kept, Err(ErasureRefusal::Kept(both)), "the last day is a day of keeping");
        for live in [&[refused, PersonRecord::Live][..], &[]] {
            assert_eq!(rules.of_person(live), Err(ErasureRefusal::Live));
        }
    }

    #[test]
    fn accounting_outlives_the_identity() {
        let rules = Parameters::embedded().unwrap().retention;
        let closed = day("2023-06-30");
        assert!(rules.expires_on(RecordKind::LedgerEntry, closed) > rules.expires_on(RecordKind::Case, closed));
        assert!(rules.expires_on(RecordKind::AuditEntry, closed) > rules.expires_on(RecordKind::Case, closed));
        let case = rules.all().iter().find(|rule| rule.record == RecordKind::Case);
        assert!(case.is_some_and(|rule| rule.kept_after.is_some()));
    }

    #[test]
    fn a_broken_file_is_told_of() {
        for (from, to, faults) in [
            ("document: GL", "document: XX", &["retention of supporting_document: no such document"][..]),
            ("keep: {days: 7}", "keep: {days: 0}", &["retention of idempotency_record: keeps nothing"]),
            ("record: event", "record: case", &["retention of case: stands twice", "retention of event: is missing"]),
        ] {
            let retention = ParameterFiles::EMBEDDED.retention.replacen(from, to, 1);
            assert_ne!(retention, ParameterFiles::EMBEDDED.retention, "{from}");
            let files = ParameterFiles { retention: &retention, ..ParameterFiles::EMBEDDED };
            assert_eq!(Parameters::parse(&files).unwrap_err().list(), faults, "{from}");
        }
        let unfounded = "- {record: event, event: {lv: a, en: a}, counts_from: event, keep: {years: 1}}";
        let files = ParameterFiles { retention: unfounded, ..ParameterFiles::EMBEDDED };
        let faults = Parameters::parse(&files).unwrap_err();
        assert_eq!(faults.list()[0], "retention of event: has neither a source nor a decision");
    }
}

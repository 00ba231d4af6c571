//! Applications for a budget and the decision on them: an administrative act that grants or refuses [domain 1].

use chrono::NaiveDate;

use crate::{
    day::DayRefusal,
    eligibility::{self, Criterion, Eligibility, EligibilityFacts},
    parameters::catalogue::{MethodologyId, names},
    text::{Message, Refusal},
};

names! {
    /// Where an application stands.
    ApplicationStatus {
        /// Received and not yet decided: open.
        Registered = "registered",
        /// Decided: the person may receive a budget.
        Granted = "granted",
        /// Decided: a criterion fails.
        Refused = "refused",
        /// Taken back by the applicant before the decision.
        Withdrawn = "withdrawn",
        /// Granted, and ended by another act.
        Revoked = "revoked",
    }
}

names! {
    /// What an act decides.
    Outcome {
        /// The person may receive a budget.
        Grant = "grant",
        /// The person may not.
        Refuse = "refuse",
    }
}

/// Why an application cannot be changed or decided so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplicationRefusal {
    /// It is closed: decided or withdrawn.
    Closed {
        /// Where it stands.
        status: ApplicationStatus,
    },
    /// It is not granted, so that there is nothing to revoke.
    NotGranted,
    /// A day does not fit.
    Day(DayRefusal),
    /// Data is missing: neither a grant nor a refusal.
    CannotBeDecided {
        /// Names of the facts.
        missing: Vec<&'static str>,
    },
    /// A criterion fails, so that the act cannot grant.
    CriterionFails {
        /// The criterion.
        criterion: Criterion,
    },
    /// Every criterion is met, so that the act cannot refuse.
    EveryCriterionIsMet,
    /// The act is dated before the application was received.
    DecidedBeforeReceipt {
        /// Day of receipt.
        received: NaiveDate,
    },
    /// The calendar knows no deadline for the day.
    BeyondCalendar,
    /// Who signs the act has prepared it: it needs a second pair of eyes.
    SignedByPreparer,
}

impl Refusal for ApplicationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "application_closed",
            Self::NotGranted => "application_not_granted",
            Self::Day(refusal) => refusal.code(),
            Self::CannotBeDecided { .. } => "cannot_be_decided",
            Self::CriterionFails { .. } => "criterion_fails",
            Self::EveryCriterionIsMet => "every_criterion_is_met",
            Self::DecidedBeforeReceipt { .. } | Self::BeyondCalendar => "date_out_of_range",
            Self::SignedByPreparer => "signed_by_preparer",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Closed { .. } | Self::NotGranted => String::new(),
            Self::Day(refusal) => refusal.pointer(),
            Self::DecidedBeforeReceipt { .. } => "/decided_on".to_owned(),
            Self::BeyondCalendar => "/received_at".to_owned(),
            Self::SignedByPreparer => "/prepared_by".to_owned(),
            _ => "/outcome".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Closed { status } => Message::new("application-closed").with("status", status),
            Self::NotGranted => Message::new("problem-application-not-granted-detail"),
            Self::Day(refusal) => refusal.message(),
            Self::CannotBeDecided { missing } => {
                Message::new("application-cannot-be-decided").with("missing", missing.join(", "))
            }
            Self::CriterionFails { criterion } => {
                Message::new("application-criterion-fails").with("criterion", criterion)
            }
            Self::EveryCriterionIsMet => Message::new("application-every-criterion-is-met"),
            Self::DecidedBeforeReceipt { received } => {
                Message::new("application-decided-before-receipt").with("date", received)
            }
            Self::BeyondCalendar => Message::new("application-beyond-calendar"),
            Self::SignedByPreparer => Message::new("application-signed-by-preparer"),
        }
    }
}

impl ApplicationStatus {
    /// Whether the application waits for a decision.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Registered)
    }

    /// Refuses a change of a closed application.
    ///
    /// # Errors
    /// [`ApplicationRefusal::Closed`].
    pub const fn expect_open(self) -> Result<(), ApplicationRefusal> {
        if self.is_open() { Ok(()) } else { Err(ApplicationRefusal::Closed { status: self }) }
    }

    /// The status after an act.
    ///
    /// # Errors
    /// [`ApplicationRefusal::Closed`].
    pub fn decided(self, outcome: Outcome) -> Result<Self, ApplicationRefusal> {
        self.expect_open()?;
        Ok(match outcome {
            Outcome::Grant => Self::Granted,
            Outcome::Refuse => Self::Refused,
        })
    }
}

impl ApplicationStatus {
    /// The status after the applicant takes an open application back.
    ///
    /// # Errors
    /// [`ApplicationRefusal::Closed`].
    pub fn withdrawn(self) -> Result<Self, ApplicationRefusal> {
        self.expect_open().map(|()| Self::Withdrawn)
    }

    /// The status after the act that ends a grant.
    ///
    /// # Errors
    /// [`ApplicationRefusal::NotGranted`].
    pub const fn revoked(self) -> Result<Self, ApplicationRefusal> {
        if matches!(self, Self::Granted) { Ok(Self::Revoked) } else { Err(ApplicationRefusal::NotGranted) }
    }

    /// Checks that the case can be handed over: it is open or granted.
    ///
    /// # Errors
    /// [`ApplicationRefusal::Closed`].
    pub const fn expect_live(self) -> Result<(), ApplicationRefusal> {
        match self {
            Self::Registered | Self::Granted => Ok(()),
            Self::Refused | Self::Withdrawn | Self::Revoked => Err(ApplicationRefusal::Closed { status: self }),
        }
    }
}

/// Checks that two people made an act: the worker prepares it and the head signs [domain 1, Decision; domain 6.6].
///
/// # Errors
/// [`ApplicationRefusal::SignedByPreparer`].
pub fn expect_two(prepared_by: &str, signed_by: &str) -> Result<(), ApplicationRefusal> {
    if prepared_by == signed_by { Err(ApplicationRefusal::SignedByPreparer) } else { Ok(()) }
}

/// Checks that an act of that outcome agrees with the criteria on its day.
///
/// # Errors
/// Every reason why it does not: missing data is neither a grant nor a refusal, a grant needs every criterion met, a
/// refusal at least one that fails [S2 process stage 1].
pub fn decide(
    methodology: MethodologyId,
    received: NaiveDate,
    decided: NaiveDate,
    facts: &EligibilityFacts,
    outcome: Outcome,
) -> Result<Eligibility, Vec<ApplicationRefusal>> {
    let eligibility = eligibility::check(methodology, decided, facts);
    let mut refusals = Vec::new();
    if decided < received {
        refusals.push(ApplicationRefusal::DecidedBeforeReceipt { received });
    }
    match (eligibility.eligible, outcome) {
        (None, _) => refusals.push(ApplicationRefusal::CannotBeDecided { missing: eligibility.missing.clone() }),
        (Some(false), Outcome::Grant) => {
            let failed = eligibility.criteria.iter().filter(|outcome| outcome.met == Some(false));
            refusals.extend(failed.map(|outcome| ApplicationRefusal::CriterionFails { criterion: outcome.criterion }));
        }
        (Some(true), Outcome::Refuse) => refusals.push(ApplicationRefusal::EveryCriterionIsMet),
        (Some(true), Outcome::Grant) | (Some(false), Outcome::Refuse) => {}
    }
    if refusals.is_empty() { Ok(eligibility) } else { Err(refusals) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        eligibility::{Disability, DisabilityGroup},
        parameters::catalogue::Impairment,
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn child(birth_date: &str) -> EligibilityFacts {
        EligibilityFacts {
            birth_date: Some(day(birth_date)),
            disability: Some(Disability { group: DisabilityGroup::Child, valid_until: None }),
            impairment_types: Some(vec![Impairment::ALL[0]]),
            ..EligibilityFacts::default()
        }
    }

    fn act(facts: &EligibilityFacts, outcome: Outcome) -> Result<Eligibility, Vec<ApplicationRefusal>> {
        decide(MethodologyId::Children2023, day("2023-03-01"), day("2023-03-10"), facts, outcome)
    }

    #[test]
    fn an_act_agrees_with_the_criteria() {
        let (fits, adult) = (child("2013-01-01"), child("2004-01-01"));
        assert!(act(&fits, Outcome::Grant).is_ok());
        assert_eq!(act(&fits, Outcome::Refuse), Err(vec![ApplicationRefusal::EveryCriterionIsMet]));
        assert!(act(&adult, Outcome::Refuse).is_ok());
        let fails = ApplicationRefusal::CriterionFails { criterion: Criterion::Age };
        assert_eq!(act(&adult, Outcome::Grant), Err(vec![fails]));
    }

    #[test]
    fn missing_data_is_neither_a_grant_nor_a_refusal() {
        let unknown = EligibilityFacts { disability: None, ..child("2013-01-01") };
        for outcome in [Outcome::Grant, Outcome::Refuse] {
            let missing = ApplicationRefusal::CannotBeDecided { missing: vec!["disability"] };
            assert_eq!(act(&unknown, outcome), Err(vec![missing]));
        }
    }

    #[test]
    fn an_act_is_not_older_than_the_application() {
        let early = decide(
            MethodologyId::Children2023,
            day("2023-03-01"),
            day("2023-02-28"),
            &child("2013-01-01"),
            Outcome::Grant,
        );
        assert_eq!(early, Err(vec![ApplicationRefusal::DecidedBeforeReceipt { received: day("2023-03-01") }]));
    }

    #[test]
    fn an_act_is_of_two_people() {
        assert_eq!(expect_two("worker", "head"), Ok(()));
        assert_eq!(expect_two("head", "head"), Err(ApplicationRefusal::SignedByPreparer));
    }

    #[test]
    fn only_an_open_application_is_decided() {
        assert_eq!(ApplicationStatus::Registered.decided(Outcome::Grant), Ok(ApplicationStatus::Granted));
        assert_eq!(ApplicationStatus::Registered.decided(Outcome::Refuse), Ok(ApplicationStatus::Refused));
        for &closed in ApplicationStatus::ALL.iter().filter(|status| !status.is_open()) {
            let refused = ApplicationRefusal::Closed { status: closed };
            assert_eq!(closed.decided(Outcome::Grant), Err(refused.clone()));
            assert_eq!(closed.withdrawn(), Err(refused));
        }
        assert_eq!(ApplicationStatus::Registered.withdrawn(), Ok(ApplicationStatus::Withdrawn));
    }

    #[test]
    fn only_a_grant_is_revoked_and_only_a_live_case_handed_over() {
        use ApplicationStatus::{Granted, Registered, Revoked};
        for &status in ApplicationStatus::ALL {
            let expected = if status == Granted { Ok(Revoked) } else { Err(ApplicationRefusal::NotGranted) };
            assert_eq!(status.revoked(), expected);
            assert_eq!(status.expect_live().is_ok(), [Registered, Granted].contains(&status));
        }
    }
}

//! Applications for a budget and the decision on them: an administrative act that grants or refuses [domain 1].

use chrono::NaiveDate;

use crate::{
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
}

impl Refusal for ApplicationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "application_closed",
            Self::CannotBeDecided { .. } => "cannot_be_decided",
            Self::CriterionFails { .. } => "criterion_fails",
            Self::EveryCriterionIsMet => "every_criterion_is_met",
            Self::DecidedBeforeReceipt { .. } | Self::BeyondCalendar => "date_out_of_range",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Closed { .. } => String::new(),
            Self::DecidedBeforeReceipt { .. } => "/decided_on".to_owned(),
            Self::BeyondCalendar => "/received_at".to_owned(),
            _ => "/outcome".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Closed { status } => Message::new("application-closed").with("status", status),
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
    fn only_an_open_application_is_decided() {
        assert_eq!(ApplicationStatus::Registered.decided(Outcome::Grant), Ok(ApplicationStatus::Granted));
        assert_eq!(ApplicationStatus::Registered.decided(Outcome::Refuse), Ok(ApplicationStatus::Refused));
        for &closed in ApplicationStatus::ALL.iter().filter(|status| !status.is_open()) {
            assert_eq!(closed.decided(Outcome::Grant), Err(ApplicationRefusal::Closed { status: closed }));
        }
    }
}

//! Where a plan stands, and what may be done with it when [domain 6.2, 6.4, 6.6].

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    age,
    day::DayRefusal,
    parameters::catalogue::{MethodologyId, names},
    text::{Message, Refusal},
};

names! {
    /// Where a plan stands.
    PlanStatus {
        /// No version is signed yet.
        Draft = "draft",
        /// A version is signed and in force.
        InForce = "in_force",
        /// It rests, or is to rest from a day on: then nothing new is ordered or delivered; commitments stay.
        Suspended = "suspended",
        /// Ended, with its period or before; what was not delivered is released.
        Terminated = "terminated",
    }
}

names! {
    /// Why a signed plan is revised [domain 6.4].
    RevisionReason {
        /// Health or goals changed.
        HealthOrGoalsChanged = "health_or_goals_changed",
        /// A service does harm.
        Contraindication = "contraindication",
        /// A service cannot be had.
        ServiceUnavailable = "service_unavailable",
        /// A price changed.
        PriceChanged = "price_changed",
        /// Any other.
        Other = "other",
    }
}

names! {
    /// What a revision does [domain 6.4].
    RevisionOutcome {
        /// A new assessment comes first.
        Reassess = "reassess",
        /// The same assessment: an equal service, or one that was left out for lack of money.
        Adjust = "adjust",
    }
}

names! {
    /// Why a plan is suspended. **Decision** [domain 6.6]: the sources name suspension only.
    SuspensionCause {
        /// A long stay in hospital.
        Hospital = "hospital",
        /// The person is away.
        Absence = "absence",
        /// A dispute.
        Dispute = "dispute",
        /// An inquiry.
        Inquiry = "inquiry",
    }
}

names! {
    /// Why a plan is terminated [S0 §5].
    TerminationReason {
        /// The person gives up.
        GivenUp = "given_up",
        /// The contract is not kept; an invitation to talk comes first.
        ContractNotKept = "contract_not_kept",
        /// The child leaves the foster family.
        LeftFosterFamily = "left_foster_family",
        /// The person moves to another municipality.
        MovedAway = "moved_away",
        /// The child turns 18.
        Turned18 = "turned_18",
        /// The person died.
        Died = "died",
        /// The person is eligible no more.
        EligibilityLost = "eligibility_lost",
        /// The period is over; the next budget may follow.
        PeriodEnded = "period_ended",
    }
}

/// Code of the step that ends a plan when its period is over.
pub const PERIOD_ENDED: &str = TerminationReason::PeriodEnded.as_str();

names! {
    /// How something was signed [domain 6.5].
    SigningMethod {
        /// By hand.
        Paper = "paper",
        /// With a qualified electronic signature.
        Eparaksts = "eparaksts",
    }
}

names! {
    /// What is signed.
    PlanDocument {
        /// The plan.
        Plan = "plan",
        /// The contract with the person, which the plan is the annex of.
        Contract = "contract",
    }
}

names! {
    /// Who signs a plan or contract [domain 6.5].
    PlanParty {
        /// The social worker: the plan.
        Worker = "worker",
        /// The head of the office or a delegate: the contract.
        OfficeHead = "office_head",
        /// The adult, or the representative of a child or adult: both.
        Recipient = "recipient",
    }
}

names! {
    /// What happens to a signed plan.
    PlanStepKind {
        /// It rests.
        Suspension = "suspension",
        /// It goes on.
        Resumption = "resumption",
        /// It ends, with its period or before.
        Termination = "termination",
    }
}

/// Why a signed plan is revised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Reason.
    pub reason: RevisionReason,
    /// What it does.
    pub outcome: RevisionOutcome,
    /// Whether an equal service can take the place of one that is left out.
    pub equal_substitute: bool,
    /// In words.
    pub words: String,
    /// The day on which it was opened.
    pub opened_on: NaiveDate,
    /// How many assessments of the case were completed then: one that assesses anew waits for another.
    pub assessments: u32,
}

impl PlanDocument {
    /// Who signs it.
    #[must_use]
    pub const fn parties(self) -> &'static [PlanParty] {
        match self {
            Self::Plan => &[PlanParty::Worker, PlanParty::Recipient],
            Self::Contract => &[PlanParty::OfficeHead, PlanParty::Recipient],
        }
    }
}

/// Why something cannot be done with a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanRefusal {
    /// It does not stand where that could be done.
    WrongStatus {
        /// Where it stands.
        status: PlanStatus,
    },
    /// There is no draft to change or sign.
    NoDraft,
    /// A revision is open already.
    RevisionOpen,
    /// The party has signed.
    Signed,
    /// The calculation of the budget is not signed by both parties.
    CalculationNotSigned,
    /// A day does not fit.
    Day(DayRefusal),
    /// Changed health or goals, and a service without an equal substitute, need a new assessment.
    ReassessmentRequired,
    /// No assessment is completed that the plan could rest on: none of the last period, or, for a reassessing revision, none since
    /// it was opened.
    AssessmentRequired,
    /// The name of who signs for the recipient is missing.
    SignerRequired,
    /// A termination for a broken contract needs the talk that came first.
    TalkRequired,
    /// The party does not sign this document.
    OtherParty,
    /// The plan cannot end for the reason.
    ReasonNotApplicable,
    /// The last day of the plan is not past.
    PeriodNotOver {
        /// That day.
        last_day: NaiveDate,
    },
}

impl PlanRefusal {
    /// Whether the state of the plan is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(
            self,
            Self::WrongStatus { .. }
                | Self::NoDraft
                | Self::RevisionOpen
                | Self::Signed
                | Self::CalculationNotSigned
                | Self::AssessmentRequired
        )
    }
}

impl Refusal for PlanRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::WrongStatus { .. } => "plan_status",
            Self::NoDraft => "no_plan_draft",
            Self::RevisionOpen => "plan_revision_open",
            Self::Signed => "already_signed",
            Self::CalculationNotSigned => "calculation_not_signed",
            Self::Day(refusal) => refusal.code(),
            Self::ReassessmentRequired => "reassessment_required",
            Self::AssessmentRequired => "assessment_required",
            Self::SignerRequired | Self::TalkRequired => "missing_field",
            Self::OtherParty => "other_party",
            Self::ReasonNotApplicable => "reason_not_applicable",
            Self::PeriodNotOver { .. } => "period_not_over",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Day(refusal) => refusal.pointer(),
            Self::ReassessmentRequired => "/outcome".to_owned(),
            Self::SignerRequired => "/signer".to_owned(),
            Self::TalkRequired => "/talk".to_owned(),
            Self::OtherParty => "/party".to_owned(),
            Self::ReasonNotApplicable | Self::PeriodNotOver { .. } => "/reason".to_owned(),
            _ => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::WrongStatus { .. } => Message::new("problem-plan-status-detail"),
            Self::NoDraft => Message::new("problem-no-plan-draft-detail"),
            Self::RevisionOpen => Message::new("problem-plan-revision-open-detail"),
            Self::Signed => Message::new("problem-already-signed-detail"),
            Self::CalculationNotSigned => Message::new("problem-calculation-not-signed-detail"),
            Self::AssessmentRequired => Message::new("problem-assessment-required-detail"),
            Self::Day(refusal) => refusal.message(),
            Self::ReassessmentRequired => Message::new("plan-reassessment-required"),
            Self::SignerRequired => Message::new("budget-signer-required"),
            Self::TalkRequired => Message::new("plan-talk-required"),
            Self::OtherParty => Message::new("plan-other-party"),
            Self::ReasonNotApplicable => Message::new("plan-reason-not-applicable"),
            Self::PeriodNotOver { last_day } => Message::new("plan-period-not-over").with("day", *last_day),
        }
    }
}

impl PlanStatus {
    /// Whether a version is signed and not ended.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::InForce | Self::Suspended)
    }

    /// Where a plan stands once a version of it is signed: one that is to rest from a day on still is.
    #[must_use]
    pub fn signed(self) -> Self {
        if self == Self::Suspended { Self::Suspended } else { Self::InForce }
    }

    /// Checks that a plan does not rest on a day, and stands where something may be done.
    ///
    /// **Decision** [domain 6.6]: a suspension or resumption may be told ahead, and holds from its day on: until then the plan is
    /// revised, signed and ordered from as if it were not told.
    ///
    /// # Errors
    /// [`PlanRefusal::WrongStatus`].
    pub fn expect_active(self, allowed: &[Self], rests: bool) -> Result<(), PlanRefusal> {
        let told = if self == Self::Suspended { Self::InForce } else { self };
        told.expect(allowed)?;
        if rests { Err(PlanRefusal::WrongStatus { status: Self::Suspended }) } else { Ok(()) }
    }

    /// Checks that the plan stands where something may be done.
    ///
    /// # Errors
    /// [`PlanRefusal::WrongStatus`].
    pub fn expect(self, allowed: &[Self]) -> Result<(), PlanRefusal> {
        if allowed.contains(&self) { Ok(()) } else { Err(PlanRefusal::WrongStatus { status: self }) }
    }
}

/// Checks that the first version of a plan rests on an assessment.
///
/// **Decision** [domain 6.1, 6.2]: an assessment holds for as many months as the budget's period, after which it is repeated: 12, in
/// the pilot 6. A plan that begins later needs another. Months are none where no rules hold on the day; a plan of that day has
/// a finding for it.
///
/// # Errors
/// [`PlanRefusal::AssessmentRequired`].
pub fn expect_assessed(
    assessed_on: Option<NaiveDate>,
    from: NaiveDate,
    months: Option<u32>,
) -> Result<(), PlanRefusal> {
    let holds = |assessed_on: NaiveDate| {
        let until = months.and_then(|months| assessed_on.checked_add_months(Months::new(months)));
        until.is_none_or(|until| from <= until)
    };
    if assessed_on.is_some_and(holds) { Ok(()) } else { Err(PlanRefusal::AssessmentRequired) }
}

impl TerminationReason {
    /// Checks that a plan may end for this reason: in the pilot a lapsed disability ends nothing [domain 1, 6.6], and a child turns
    /// 18 within the plan or not. `last` is the last day of its period.
    ///
    /// # Errors
    /// [`PlanRefusal::ReasonNotApplicable`].
    pub fn expect_applicable(
        self,
        methodology: MethodologyId,
        child_born: Option<NaiveDate>,
        last: NaiveDate,
    ) -> Result<(), PlanRefusal> {
        let turns_18 = || child_born.and_then(|born| age::birthday(born, 18)).is_some_and(|birthday| birthday <= last);
        let applies = match self {
            Self::EligibilityLost => methodology != MethodologyId::ChildrenPilot2018,
            Self::Turned18 => turns_18(),
            _ => true,
        };
        if applies { Ok(()) } else { Err(PlanRefusal::ReasonNotApplicable) }
    }

    /// The days between which the last day of a plan lies that ends for this reason. What ends is decided in time; who turns 18 is
    /// known ahead, and a period that is over leaves nothing to decide.
    ///
    /// # Errors
    /// [`PlanRefusal::PeriodNotOver`].
    pub fn days(
        self,
        (first, last): (NaiveDate, NaiveDate),
        today: NaiveDate,
    ) -> Result<(NaiveDate, NaiveDate), PlanRefusal> {
        match self {
            Self::PeriodEnded if today <= last => Err(PlanRefusal::PeriodNotOver { last_day: last }),
            Self::PeriodEnded => Ok((last, last)),
            Self::Turned18 => Ok((first.min(last), last)),
            // One that has not begun yet ends before it does.
            _ => Ok((first.min(today), last.min(today))),
        }
    }
}

impl RevisionReason {
    /// Checks that a reason allows an outcome: changed health or goals force a new assessment [domain 6.4].
    ///
    /// # Errors
    /// [`PlanRefusal::ReassessmentRequired`].
    pub fn expect_outcome(self, outcome: RevisionOutcome, equal_substitute: bool) -> Result<(), PlanRefusal> {
        let forced = match self {
            Self::HealthOrGoalsChanged => true,
            Self::ServiceUnavailable | Self::Contraindication => !equal_substitute,
            Self::PriceChanged | Self::Other => false,
        };
        if forced && outcome == RevisionOutcome::Adjust { Err(PlanRefusal::ReassessmentRequired) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_plan_ends_for_reasons_that_can_be() {
        use MethodologyId::{Adults2023, Children2023, ChildrenPilot2018};
        use TerminationReason::{EligibilityLost, MovedAway, Turned18};
        let last = day("2024-03-31");
        for (reason, methodology, born, applies) in [
            (EligibilityLost, Children2023, None, true),
            (EligibilityLost, ChildrenPilot2018, None, false),
            (MovedAway, ChildrenPilot2018, None, true),
            (Turned18, Children2023, Some("2006-03-31"), true),
            (Turned18, Children2023, Some("2006-04-01"), false),
            (Turned18, Adults2023, None, false),
        ] {
            let found = reason.expect_applicable(methodology, born.map(day), last).is_ok();
            assert_eq!(found, applies, "{reason} {methodology} {born:?}");
        }
    }

    #[test]
    fn a_plan_rests_on_an_assessment_of_the_last_period() {
        for (assessed_on, from, months, holds) in [
            (None, "2023-04-01", Some(12), false),
            (Some("2023-03-17"), "2023-04-01", Some(12), true),
            (Some("2023-03-17"), "2024-03-17", Some(12), true),
            (Some("2023-03-17"), "2024-03-18", Some(12), false),
            (Some("2023-03-17"), "2023-09-18", Some(6), false),
            (Some("2023-04-20"), "2023-04-01", Some(6), true),
            (Some("2023-03-17"), "2030-01-01", None, true),
        ] {
            let checked = expect_assessed(assessed_on.map(day), day(from), months);
            let expected = if holds { Ok(()) } else { Err(PlanRefusal::AssessmentRequired) };
            assert_eq!(checked, expected, "{assessed_on:?} {from} {months:?}");
        }
    }

    #[test]
    fn a_plan_rests_on_the_days_of_its_rest_not_when_that_is_told() {
        use PlanStatus::{Draft, InForce, Suspended, Terminated};
        for (status, rests, signs, revises) in [
            (Draft, false, true, false),
            (InForce, false, true, true),
            (InForce, true, false, false),
            (Suspended, false, true, true),
            (Suspended, true, false, false),
            (Terminated, false, false, false),
        ] {
            assert_eq!(status.expect_active(&[Draft, InForce], rests).is_ok(), signs, "{status} {rests}");
            assert_eq!(status.expect_active(&[InForce], rests).is_ok(), revises, "{status} {rests}");
        }
        assert_eq!([Draft, InForce, Suspended].map(PlanStatus::signed), [InForce, InForce, Suspended]);
    }

    #[test]
    fn a_plan_ends_in_time_or_with_its_period() {
        let period = (day("2023-04-01"), day("2024-03-31"));
        for (reason, today, expected) in [
            (TerminationReason::MovedAway, "2023-11-15", Ok(("2023-04-01", "2023-11-15"))),
            (TerminationReason::MovedAway, "2023-03-20", Ok(("2023-03-20", "2023-03-20"))),
            (TerminationReason::MovedAway, "2024-05-01", Ok(("2023-04-01", "2024-03-31"))),
            (TerminationReason::Turned18, "2023-11-15", Ok(("2023-04-01", "2024-03-31"))),
            (TerminationReason::PeriodEnded, "2024-04-01", Ok(("2024-03-31", "2024-03-31"))),
            (TerminationReason::PeriodEnded, "2024-03-31", Err("period_not_over /reason")),
        ] {
            let days =
                reason.days(period, day(today)).map_err(|refusal| format!("{} {}", refusal.code(), refusal.pointer()));
            let expected = expected.map(|(first, last)| (day(first), day(last))).map_err(str::to_owned);
            assert_eq!(days, expected, "{reason} {today}");
        }
    }
}

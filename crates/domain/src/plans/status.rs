//! Where a plan stands, and what may be done with it when [domain 6.2, 6.4, 6.6].

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    day::DayRefusal,
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// Where a plan stands.
    PlanStatus {
        /// No version is signed yet.
        Draft = "draft",
        /// A version is signed and in force.
        InForce = "in_force",
        /// Nothing new is ordered or delivered; commitments stay.
        Suspended = "suspended",
        /// Ended before its period did; what was not delivered is released.
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
    }
}

/// Code of the step that ends a plan of the pilot when its period is over and the next budget is calculated.
pub const PERIOD_ENDED: &str = "period_ended";

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
        /// It ends before its period does.
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
    /// The assessment of a reassessing revision is not completed since it was opened.
    AssessmentRequired,
    /// The name of who signs for the recipient is missing.
    SignerRequired,
    /// A termination for a broken contract needs the talk that came first.
    TalkRequired,
    /// The party does not sign this document.
    OtherParty,
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
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Day(refusal) => refusal.pointer(),
            Self::ReassessmentRequired => "/outcome".to_owned(),
            Self::SignerRequired => "/signer".to_owned(),
            Self::TalkRequired => "/talk".to_owned(),
            Self::OtherParty => "/party".to_owned(),
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
        }
    }
}

impl PlanStatus {
    /// Whether a version is signed and not ended.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::InForce | Self::Suspended)
    }

    /// Checks that the plan stands where something may be done.
    ///
    /// # Errors
    /// [`PlanRefusal::WrongStatus`].
    pub fn expect(self, allowed: &[Self]) -> Result<(), PlanRefusal> {
        if allowed.contains(&self) { Ok(()) } else { Err(PlanRefusal::WrongStatus { status: self }) }
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

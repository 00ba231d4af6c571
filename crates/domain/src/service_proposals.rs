//! Proposals of services that the catalogue lacks: a worker proposes, the ministry decides, every office is told [S0 §6.2].

use crate::{
    parameters::catalogue::{Catalogue, names},
    text::{Message, Refusal},
};

names! {
    /// Where a proposal stands.
    ProposalStatus {
        /// Nothing is decided yet.
        Open = "open",
        /// A listed service is equal to it.
        Equal = "equal",
        /// It is added to the catalogue.
        Accepted = "accepted",
        /// It is not added.
        Rejected = "rejected",
    }
}

names! {
    /// What the ministry decides.
    ProposalOutcome {
        /// A listed service is equal to it.
        Equal = "equal",
        /// A version of the methodologies adds it to the catalogue.
        Accepted = "accepted",
        /// It is not added.
        Rejected = "rejected",
    }
}

impl From<ProposalOutcome> for ProposalStatus {
    fn from(outcome: ProposalOutcome) -> Self {
        match outcome {
            ProposalOutcome::Equal => Self::Equal,
            ProposalOutcome::Accepted => Self::Accepted,
            ProposalOutcome::Rejected => Self::Rejected,
        }
    }
}

/// Why a proposal cannot be decided so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalRefusal {
    /// It is decided.
    Decided,
    /// The outcome needs a member.
    Missing {
        /// The member.
        pointer: &'static str,
    },
    /// The outcome has no such member.
    NotOfOutcome {
        /// The member.
        pointer: &'static str,
    },
    /// The catalogue lists no such service.
    NotListed,
    /// The version does not exist, is withdrawn, or does not add the service.
    NotAdded {
        /// What is at fault.
        pointer: &'static str,
    },
}

const SERVICE: &str = "/service";
const VERSION: &str = "/methodology_version";
const REASON: &str = "/reason";

impl Refusal for ProposalRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Decided => "proposal_decided",
            Self::Missing { .. } => "missing_field",
            Self::NotOfOutcome { .. } => "not_of_outcome",
            Self::NotListed | Self::NotAdded { .. } => "unknown_code",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Decided => String::new(),
            Self::NotListed => SERVICE.to_owned(),
            Self::Missing { pointer } | Self::NotOfOutcome { pointer } | Self::NotAdded { pointer } => {
                (*pointer).to_owned()
            }
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Decided => Message::new("problem-proposal-decided-detail"),
            Self::Missing { .. } => Message::new("proposal-missing"),
            Self::NotOfOutcome { .. } => Message::new("proposal-not-of-outcome"),
            Self::NotListed => Message::new("proposal-not-listed"),
            Self::NotAdded { .. } => Message::new("proposal-not-added"),
        }
    }
}

/// What the ministry says of a proposal.
#[derive(Debug, Clone, Copy)]
pub struct ProposalDecision<'a> {
    /// The outcome.
    pub outcome: ProposalOutcome,
    /// Code of the equal service, or of the one that is added.
    pub service: Option<&'a str>,
    /// Codes of the services that the named version adds: outside none where none is named, inside where there is no such version.
    pub added: Option<Option<&'a [String]>>,
    /// Why.
    pub reason: Option<&'a str>,
}

/// Whether a decision says what its outcome needs, and nothing else.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check_decision(decision: ProposalDecision<'_>, catalogue: &Catalogue) -> Result<(), Vec<ProposalRefusal>> {
    let ProposalDecision { outcome, service, added, reason } = decision;
    let mut refusals = Vec::new();
    let needs_service = outcome != ProposalOutcome::Rejected;
    let needs_version = outcome == ProposalOutcome::Accepted;
    for (pointer, needed, given) in
        [(SERVICE, needs_service, service.is_some()), (VERSION, needs_version, added.is_some())]
    {
        match (needed, given) {
            (true, false) => refusals.push(ProposalRefusal::Missing { pointer }),
            (false, true) => refusals.push(ProposalRefusal::NotOfOutcome { pointer }),
            _ => {}
        }
    }
    match (outcome, service, added) {
        (ProposalOutcome::Equal, Some(service), _) if catalogue.find(service).is_none() => {
            refusals.push(ProposalRefusal::NotListed);
        }
        (ProposalOutcome::Accepted, _, Some(None)) => {
            refusals.push(ProposalRefusal::NotAdded { pointer: VERSION });
        }
        (ProposalOutcome::Accepted, Some(service), Some(Some(codes))) if !codes.iter().any(|code| code == service) => {
            refusals.push(ProposalRefusal::NotAdded { pointer: SERVICE });
        }
        (ProposalOutcome::Rejected, ..) if reason.is_none() => {
            refusals.push(ProposalRefusal::Missing { pointer: REASON });
        }
        _ => {}
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

impl ProposalStatus {
    /// Only an open proposal can be decided.
    ///
    /// # Errors
    /// [`ProposalRefusal::Decided`].
    pub fn expect_open(self) -> Result<(), ProposalRefusal> {
        if self == Self::Open { Ok(()) } else { Err(ProposalRefusal::Decided) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;

    #[test]
    fn a_decision_says_what_its_outcome_needs_and_nothing_else() {
        let catalogue = Parameters::embedded().unwrap().catalogue;
        let codes = ["portage".to_owned()];
        let adds: Option<Option<&[String]>> = Some(Some(&codes));
        let told = |outcome, service, added, reason| {
            let refusals = check_decision(ProposalDecision { outcome, service, added, reason }, &catalogue);
            let told = |refusal: &ProposalRefusal| format!("{} {}", refusal.code(), refusal.pointer());
            refusals.err().unwrap_or_default().iter().map(told).collect::<Vec<_>>()
        };
        use ProposalOutcome::{Accepted, Equal, Rejected};
        assert_eq!(told(Equal, Some("home_care"), None, None), [""; 0]);
        assert_eq!(told(Equal, Some("portage"), None, None), ["unknown_code /service"]);
        assert_eq!(told(Equal, None, adds, None), ["missing_field /service", "not_of_outcome /methodology_version"]);
        assert_eq!(told(Accepted, Some("portage"), adds, None), [""; 0]);
        assert_eq!(told(Accepted, Some("other"), adds, None), ["unknown_code /service"]);
        assert_eq!(told(Accepted, Some("portage"), Some(None), None), ["unknown_code /methodology_version"]);
        assert_eq!(told(Accepted, None, None, None), ["missing_field /service", "missing_field /methodology_version"]);
        assert_eq!(told(Rejected, None, None, Some("r")), [""; 0]);
        assert_eq!(told(Rejected, Some("home_care"), None, None), ["not_of_outcome /service", "missing_field /reason"]);
    }
}

//! What the recipient, or who speaks for the recipient, asks of the office: another provider, no more of a service, or that a
//! change be known [domain 10, Roles]. The office answers each.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    parameters::catalogue::names,
    plans::PlanContent,
    text::{Message, Refusal},
};

names! {
    /// What is asked.
    RequestKind {
        /// Another provider for a line of the plan: the choice is free [domain 5.3].
        ChangeProvider = "change_provider",
        /// No more of the service of a line.
        RefuseService = "refuse_service",
        /// Residence, family or health has changed.
        ReportChange = "report_change",
        /// The person gives up support: the office prepares the termination [domain 6.6].
        GiveUp = "give_up",
    }
}

names! {
    /// What has changed.
    ChangeSubject {
        /// Where the person lives.
        Residence = "residence",
        /// Who belongs to the family.
        Family = "family",
        /// Health.
        Health = "health",
    }
}

names! {
    /// Where a request stands.
    RequestStatus {
        /// The office has not answered yet.
        Open = "open",
        /// It has.
        Answered = "answered",
        /// Who asked took it back.
        Withdrawn = "withdrawn",
    }
}

names! {
    /// What the office answers.
    RequestOutcome {
        /// The plan is being revised, or was.
        Revised = "revised",
        /// It is refused, for the reason told.
        Refused = "refused",
        /// It is known, and what follows is told.
        Noted = "noted",
    }
}

impl RequestKind {
    /// Whether it is about a line of the plan.
    #[must_use]
    pub const fn is_of_line(self) -> bool {
        matches!(self, Self::ChangeProvider | Self::RefuseService)
    }

    /// What the office may answer. **Decision**: nobody refuses to know of a change, or to let a person go.
    #[must_use]
    pub const fn outcomes(self) -> &'static [RequestOutcome] {
        match self {
            Self::ChangeProvider | Self::RefuseService => &[RequestOutcome::Revised, RequestOutcome::Refused],
            Self::ReportChange => &[RequestOutcome::Revised, RequestOutcome::Noted],
            Self::GiveUp => &[RequestOutcome::Noted],
        }
    }
}

/// What is written in a request: sealed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestWords {
    /// What is asked, or what has changed.
    pub text: String,
    /// What the office answers.
    pub answer: Option<String>,
}

/// A request as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// What is asked.
    pub kind: RequestKind,
    /// What has changed, where a change is told.
    pub change: Option<ChangeSubject>,
    /// Number of the plan's line that it is about.
    pub line: Option<u32>,
    /// The offer that is wanted instead.
    pub offer: Option<Uuid>,
    /// In words.
    pub text: String,
}

/// Why a request is not taken, or not answered so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestRefusal {
    /// The request is not complete.
    Missing {
        /// What is missing.
        member: &'static str,
    },
    /// The kind of request has no such member.
    NotApplicable {
        /// The member.
        member: &'static str,
    },
    /// The case has no plan.
    NoPlan,
    /// The plan has no such line.
    UnknownLine,
    /// There is no such offer.
    UnknownOffer,
    /// The offer is of another service than the line.
    OfferOfOtherService,
    /// The line is of this offer already.
    SameOffer,
    /// The office has answered, or the request was taken back.
    NotOpen,
    /// This kind of request is not answered so.
    OtherOutcome,
    /// The plan was not revised since the request came in, and is not being revised.
    RevisionRequired,
}

impl RequestRefusal {
    /// Whether the state of what is stored is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(self) -> bool {
        matches!(self, Self::NoPlan | Self::NotOpen | Self::RevisionRequired)
    }
}

impl Refusal for RequestRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing_field",
            Self::NotApplicable { .. } => "not_applicable",
            Self::NoPlan => "no_plan",
            Self::UnknownLine => "unknown_line",
            Self::UnknownOffer => "unknown_offer",
            Self::OfferOfOtherService => "offer_of_other_service",
            Self::SameOffer => "same_offer",
            Self::NotOpen => "request_not_open",
            Self::OtherOutcome => "other_outcome",
            Self::RevisionRequired => "revision_required",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Missing { member } | Self::NotApplicable { member } => format!("/{member}"),
            Self::UnknownLine => "/line".to_owned(),
            Self::UnknownOffer | Self::OfferOfOtherService | Self::SameOffer => "/offer".to_owned(),
            Self::OtherOutcome => "/outcome".to_owned(),
            Self::NoPlan | Self::NotOpen | Self::RevisionRequired => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Missing { .. } => Message::new("request-missing"),
            Self::NotApplicable { .. } => Message::new("request-not-applicable"),
            Self::NoPlan => Message::new("problem-no-plan-detail"),
            Self::UnknownLine => Message::new("order-unknown-line"),
            Self::UnknownOffer => Message::new("plan-unknown-offer"),
            Self::OfferOfOtherService => Message::new("plan-offer-of-other-service"),
            Self::SameOffer => Message::new("request-same-offer"),
            Self::NotOpen => Message::new("problem-request-not-open-detail"),
            Self::OtherOutcome => Message::new("request-other-outcome"),
            Self::RevisionRequired => Message::new("problem-revision-required-detail"),
        }
    }
}

/// Whether an offer may be chosen for a service. `service` is the offer's; none where there is no such offer.
///
/// # Errors
/// Why it may not.
pub fn check_offer(service: Option<&str>, of_line: &str) -> Result<(), RequestRefusal> {
    match service {
        None => Err(RequestRefusal::UnknownOffer),
        Some(service) if service != of_line => Err(RequestRefusal::OfferOfOtherService),
        Some(_) => Ok(()),
    }
}

impl NewRequest {
    /// Everything that is wrong with a request. `plan` is the version in force, or the draft before the first; `service` is what the
    /// offer that is wanted offers.
    #[must_use]
    pub fn refusals(&self, plan: Option<&PlanContent>, service: Option<&str>) -> Vec<RequestRefusal> {
        let mut refusals = Vec::new();
        let tells = self.kind == RequestKind::ReportChange;
        let needed = [("change", tells, self.change.is_some()), ("line", self.kind.is_of_line(), self.line.is_some())];
        for (member, needed, given) in needed {
            match (needed, given) {
                (true, false) => refusals.push(RequestRefusal::Missing { member }),
                (false, true) => refusals.push(RequestRefusal::NotApplicable { member }),
                _ => {}
            }
        }
        if self.offer.is_some() && self.kind != RequestKind::ChangeProvider {
            refusals.push(RequestRefusal::NotApplicable { member: "offer" });
        }
        if refusals.is_empty()
            && let Some(number) = self.line
        {
            refusals.extend(self.refused_line(number, plan, service).err());
        }
        refusals
    }

    fn refused_line(
        &self,
        number: u32,
        plan: Option<&PlanContent>,
        service: Option<&str>,
    ) -> Result<(), RequestRefusal> {
        let line = plan.ok_or(RequestRefusal::NoPlan)?.line(number).ok_or(RequestRefusal::UnknownLine)?;
        if self.offer.is_none() {
            return Ok(());
        }
        check_offer(service, &line.service)?;
        if line.offer == self.offer { Err(RequestRefusal::SameOffer) } else { Ok(()) }
    }
}

/// How the plan stands to a request: what an answer must agree with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevisedSince {
    /// The version in force when the request came in; 0 before the first.
    pub version: u32,
    /// The version in force now.
    pub current: u32,
    /// Whether there is a draft.
    pub has_draft: bool,
}

/// Checks an answer to an open request.
///
/// # Errors
/// The kind is not answered so, or the plan is not revised.
pub fn check_answer(
    kind: RequestKind,
    outcome: RequestOutcome,
    plan: Option<RevisedSince>,
) -> Result<(), RequestRefusal> {
    if !kind.outcomes().contains(&outcome) {
        return Err(RequestRefusal::OtherOutcome);
    }
    let revised = plan.is_some_and(|plan| plan.has_draft || plan.current > plan.version);
    if outcome == RequestOutcome::Revised && !revised { Err(RequestRefusal::RevisionRequired) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(kind: RequestKind) -> NewRequest {
        NewRequest { kind, change: None, line: None, offer: None, text: "T.".to_owned() }
    }

    fn plan() -> PlanContent {
        serde_json::from_value(serde_json::json!({
            "from": "2023-04-01", "to": "2024-03-31", "goals": [], "notes": null,
            "lines": [{"number": 1, "service": "home_care", "recipient": "child", "goal": 1, "volume": "10",
                "minimum_volume": null, "intensity": null, "schedule": [], "times": [], "offer": Uuid::from_u128(1),
                "unit_price": "6.63", "price_kind": null, "funding": "individual_budget", "priority": 1,
                "expert_rank": null, "parent_rank": null, "self_prepaid": false, "free_support": false,
                "provider_is_relative": false, "includes": [], "reason": null}],
        }))
        .unwrap()
    }

    #[test]
    fn each_kind_has_its_own_members() {
        use RequestKind::{ChangeProvider, GiveUp, RefuseService, ReportChange};
        let plan = plan();
        let of_line = |kind, line| NewRequest { line: Some(line), ..new(kind) };
        let wanted = |offer: u128| NewRequest { offer: Some(Uuid::from_u128(offer)), ..of_line(ChangeProvider, 1) };
        let told = NewRequest { change: Some(ChangeSubject::Health), ..new(ReportChange) };
        for (request, service, codes) in [
            (new(GiveUp), None, vec![]),
            (told.clone(), None, vec![]),
            (new(ReportChange), None, vec!["missing_field /change"]),
            (new(RefuseService), None, vec!["missing_field /line"]),
            (of_line(RefuseService, 1), None, vec![]),
            (of_line(RefuseService, 2), None, vec!["unknown_line /line"]),
            (of_line(GiveUp, 1), None, vec!["not_applicable /line"]),
            (NewRequest { line: Some(1), ..told }, None, vec!["not_applicable /line"]),
            (NewRequest { offer: Some(Uuid::nil()), ..of_line(RefuseService, 1) }, None, vec!["not_applicable /offer"]),
            (of_line(ChangeProvider, 1), None, vec![]),
            (wanted(2), Some("home_care"), vec![]),
            (wanted(2), Some("escort"), vec!["offer_of_other_service /offer"]),
            (wanted(2), None, vec!["unknown_offer /offer"]),
            (wanted(1), Some("home_care"), vec!["same_offer /offer"]),
        ] {
            let found: Vec<_> = request
                .refusals(Some(&plan), service)
                .iter()
                .map(|refusal| format!("{} {}", refusal.code(), refusal.pointer()))
                .collect();
            assert_eq!(found, codes, "{request:?}");
        }
        assert_eq!(of_line(RefuseService, 1).refusals(None, None), [RequestRefusal::NoPlan]);
    }

    #[test]
    fn who_asks_for_another_provider_gets_a_revision_or_a_refusal() {
        use RequestOutcome::{Noted, Refused, Revised};
        let since = |version, current, has_draft| Some(RevisedSince { version, current, has_draft });
        for (kind, outcome, plan, expected) in [
            (RequestKind::ChangeProvider, Refused, since(1, 1, false), Ok(())),
            (RequestKind::ChangeProvider, Noted, since(1, 2, false), Err(RequestRefusal::OtherOutcome)),
            (RequestKind::ChangeProvider, Revised, since(1, 1, false), Err(RequestRefusal::RevisionRequired)),
            (RequestKind::ChangeProvider, Revised, since(1, 1, true), Ok(())),
            (RequestKind::RefuseService, Revised, since(1, 2, false), Ok(())),
            (RequestKind::ReportChange, Noted, None, Ok(())),
            (RequestKind::ReportChange, Refused, None, Err(RequestRefusal::OtherOutcome)),
            (RequestKind::ReportChange, Revised, None, Err(RequestRefusal::RevisionRequired)),
            (RequestKind::GiveUp, Noted, None, Ok(())),
            (RequestKind::GiveUp, Refused, None, Err(RequestRefusal::OtherOutcome)),
        ] {
            assert_eq!(check_answer(kind, outcome, plan), expected, "{kind} {outcome}");
        }
        for refusal in [RequestRefusal::NoPlan, RequestRefusal::NotOpen, RequestRefusal::RevisionRequired] {
            assert!(refusal.is_conflict() && refusal.message().key.starts_with("problem-"), "{refusal:?}");
        }
    }
}

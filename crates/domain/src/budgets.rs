//! The budget of a granted application: its signed calculation form `[S3]`, and what may be done with it when [domain 1].

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    applications::ApplicationStatus,
    calculation::CalculationFacts,
    day::{self, DayRefusal},
    eligibility::{self, EligibilityFacts},
    parameters::catalogue::{MethodologyId, names},
    text::{Message, Refusal},
};

names! {
    /// Where a budget stands.
    BudgetStatus {
        /// The methodology's amount is told; no plan is signed yet.
        Indicative = "indicative",
        /// A plan is signed.
        Agreed = "agreed",
        /// Ended; the person may get another.
        Closed = "closed",
    }
}

names! {
    /// Who signs a calculation form.
    Party {
        /// The social worker.
        Worker = "worker",
        /// The adult, or the representative of a child or adult.
        Recipient = "recipient",
    }
}

names! {
    /// What the form takes from a register.
    Register {
        /// Opinion on special care need.
        SpecialCareOpinion = "special_care_opinion",
        /// Opinion on car adaptation and the transport allowance.
        TransportAllowanceOpinion = "transport_allowance_opinion",
        /// Opinion on the need of an escort.
        EscortOpinion = "escort_opinion",
        /// Decision on the severity of the functional limitation.
        SeverityDecision = "severity_decision",
    }
}

names! {
    /// A kind of document that the form lists as received.
    DocumentKind {
        /// Extract of the general practitioner.
        GpExtract = "gp_extract",
        /// Referral of a specialist.
        SpecialistReferral = "specialist_referral",
        /// Any other.
        Other = "other",
    }
}

/// A document that was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// Its title or number.
    pub title: Option<String>,
    /// Its day.
    pub date: Option<NaiveDate>,
}

/// Where an identified criterion or need is known from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionEvidence {
    /// Published name of the criterion or need.
    pub criterion: String,
    /// The source of information, in words.
    pub source: String,
}

/// What the calculation form says beside the calculation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalculationForm {
    /// Registers that were consulted.
    pub registers: Vec<Register>,
    /// Documents that were received.
    pub documents: Vec<SeenDocument>,
    /// The source of each identified criterion or need.
    pub evidence: Vec<CriterionEvidence>,
    /// Why it is calculated again.
    pub reason: Option<String>,
}

/// Why a budget cannot be calculated, recalculated or signed so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BudgetRefusal {
    /// The application is not granted.
    NotGranted,
    /// A plan is signed, or the budget has ended: the calculation stands.
    NotIndicative,
    /// The party has signed this calculation.
    Signed,
    /// The application is of another methodology.
    OtherMethodology {
        /// That of the application.
        expected: MethodologyId,
    },
    /// The birth date is not the one that was decided on.
    OtherBirthDate,
    /// A day does not fit.
    Day(DayRefusal),
    /// A register that a fact is taken from is not among those consulted.
    RegisterRequired {
        /// The register.
        register: Register,
    },
    /// An identified criterion has no source of information.
    EvidenceRequired {
        /// The criterion or need.
        criterion: &'static str,
    },
    /// A source is given for what is not identified, or twice.
    NotIdentified {
        /// Position in the list of evidence.
        position: usize,
    },
    /// The name of the recipient who signs is missing.
    SignerRequired,
    /// The pilot has no such period.
    UnknownPeriod,
    /// The person has an active budget.
    ActiveExists,
    /// The budget before was ended: the person takes part no more.
    Ended,
    /// A criterion that was met on the day of the grant is not met any more.
    Lapsed,
}

impl BudgetRefusal {
    /// Whether the state of the budget or application is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(
            self,
            Self::NotGranted | Self::NotIndicative | Self::Signed | Self::ActiveExists | Self::Ended | Self::Lapsed
        )
    }
}

impl Refusal for BudgetRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotGranted => "application_not_granted",
            Self::NotIndicative => "budget_not_indicative",
            Self::Signed => "already_signed",
            Self::OtherMethodology { .. } => "other_methodology",
            Self::OtherBirthDate => "other_birth_date",
            Self::Day(refusal) => refusal.code(),
            Self::RegisterRequired { .. } | Self::EvidenceRequired { .. } => "evidence_required",
            Self::NotIdentified { .. } => "not_identified",
            Self::SignerRequired => "missing_field",
            Self::UnknownPeriod => "unknown_period",
            Self::ActiveExists => "active_budget_exists",
            Self::Ended => "budget_closed",
            Self::Lapsed => "eligibility_lapsed",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::NotGranted | Self::NotIndicative | Self::Signed | Self::ActiveExists | Self::Ended | Self::Lapsed => {
                String::new()
            }
            Self::OtherMethodology { .. } => "/calculation/methodology".to_owned(),
            Self::OtherBirthDate => "/calculation/birth_date".to_owned(),
            Self::Day(refusal) => refusal.pointer(),
            Self::RegisterRequired { .. } => "/form/registers".to_owned(),
            Self::EvidenceRequired { .. } => "/form/evidence".to_owned(),
            Self::NotIdentified { position } => format!("/form/evidence/{position}"),
            Self::SignerRequired => "/signer".to_owned(),
            Self::UnknownPeriod => "/calculation/period".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NotGranted => Message::new("problem-application-not-granted-detail"),
            Self::NotIndicative => Message::new("problem-budget-not-indicative-detail"),
            Self::Signed => Message::new("problem-already-signed-detail"),
            Self::OtherMethodology { expected } => Message::new("budget-other-methodology").with("expected", expected),
            Self::OtherBirthDate => Message::new("budget-other-birth-date"),
            Self::Day(refusal) => refusal.message(),
            Self::RegisterRequired { register } => Message::new("budget-register-required").with("register", register),
            Self::EvidenceRequired { criterion } => {
                Message::new("budget-evidence-required").with("criterion", criterion)
            }
            Self::NotIdentified { .. } => Message::new("budget-not-identified"),
            Self::SignerRequired => Message::new("budget-signer-required"),
            Self::UnknownPeriod => Message::new("budget-unknown-period"),
            Self::ActiveExists => Message::new("problem-active-budget-exists-detail"),
            Self::Ended => Message::new("problem-budget-closed-detail"),
            Self::Lapsed => Message::new("problem-eligibility-lapsed-detail"),
        }
    }
}

/// What a calculation form must agree with: the decision that it follows.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// Methodology of the application.
    pub methodology: MethodologyId,
    /// Day of the act.
    pub on: NaiveDate,
    /// The facts that it rests on.
    pub facts: &'a EligibilityFacts,
}

/// Checks that a budget may be calculated for an application.
///
/// # Errors
/// [`BudgetRefusal::NotGranted`].
pub fn expect_granted(status: ApplicationStatus) -> Result<(), BudgetRefusal> {
    if status == ApplicationStatus::Granted { Ok(()) } else { Err(BudgetRefusal::NotGranted) }
}

/// The budget that an application has already, when another is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// Where it stands.
    pub status: BudgetStatus,
    /// Its plan, once that is signed.
    pub plan: Option<EarlierPlan>,
    /// Its place in the pilot; none where it is not of the pilot.
    pub pilot: Option<EarlierPeriod>,
}

/// The signed plan of the budget before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlierPlan {
    /// The last day on which services are received.
    pub last_day: NaiveDate,
    /// Whether it was ended because that day is past, and for no other reason.
    pub is_over: bool,
}

/// The period of a budget of the pilot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlierPeriod {
    /// Its number.
    pub number: u32,
    /// Its last day.
    pub last_day: NaiveDate,
    /// Whether the final budget is set.
    pub is_final: bool,
}

/// Checks that an application gets another budget, in the pilot that of a period.
///
/// **Decision** [domain 1, 6.1, 6.4]: a granted case is assessed again and gets a new budget when the period of the plan before is
/// over; the sources ask for no new application. A person has one active budget, so the next one is calculated from the day after
/// the plan's last, and ends the one before. Whose plan was ended for another reason applies anew, and so does who does not meet
/// the criteria by the facts of the grant any more, such as a disability that has ended.
///
/// **Decision** (pilot): one granted application goes through all periods, each once the one before is past and redistributed.
/// Whose budget was ended otherwise takes part no more, and the place is another child's. Lost disability ends nothing [domain 1].
///
/// # Errors
/// [`BudgetRefusal::ActiveExists`], [`BudgetRefusal::Ended`], [`BudgetRefusal::Lapsed`].
pub fn expect_next(
    earlier: Earlier,
    period: Option<u32>,
    decided: &Decided<'_>,
    today: NaiveDate,
) -> Result<(), BudgetRefusal> {
    let Earlier { status, plan, pilot } = earlier;
    let is_over = plan.is_some_and(|plan| plan.is_over);
    if let Some(before) = pilot {
        let is_later = period.is_some_and(|period| period > before.number);
        let is_past = before.is_final && today > before.last_day;
        return match status {
            BudgetStatus::Closed if is_later && !is_over => Err(BudgetRefusal::Ended),
            _ if is_later && is_past => Ok(()),
            _ => Err(BudgetRefusal::ActiveExists),
        };
    }
    match (status, plan) {
        (BudgetStatus::Closed, _) if is_over => {}
        (BudgetStatus::Closed, _) => return Err(BudgetRefusal::Ended),
        (BudgetStatus::Agreed, Some(plan)) if plan.last_day < today => {}
        (BudgetStatus::Agreed | BudgetStatus::Indicative, _) => return Err(BudgetRefusal::ActiveExists),
    }
    match eligibility::check(decided.methodology, today, decided.facts).eligible {
        Some(false) => Err(BudgetRefusal::Lapsed),
        Some(true) | None => Ok(()),
    }
}

impl BudgetStatus {
    /// Checks that the budget may be calculated again: until the plan is signed `[S2]`, then only while a revision is open that
    /// assesses anew [domain 1].
    ///
    /// # Errors
    /// [`BudgetRefusal::NotIndicative`].
    pub fn expect_calculable(self, reassessed: bool) -> Result<(), BudgetRefusal> {
        let calculable = self == Self::Indicative || (self == Self::Agreed && reassessed);
        if calculable { Ok(()) } else { Err(BudgetRefusal::NotIndicative) }
    }
}

/// Every reason why a form is refused: it must agree with the decision, lie between it and today, and tell where each fact
/// and each identified criterion is known from.
#[must_use]
pub fn check_form(
    decided: Decided<'_>,
    today: NaiveDate,
    facts: &CalculationFacts,
    form: &CalculationForm,
) -> Vec<BudgetRefusal> {
    let mut refusals = Vec::new();
    if facts.methodology() != decided.methodology {
        return vec![BudgetRefusal::OtherMethodology { expected: decided.methodology }];
    }
    refusals.extend(day::check("/calculation/date", decided.on, today, facts.date()).map(BudgetRefusal::Day));
    if let CalculationFacts::Child(child) = facts {
        if decided.facts.birth_date.is_some_and(|birth_date| birth_date != child.birth_date) {
            refusals.push(BudgetRefusal::OtherBirthDate);
        }
        let taken = [
            (child.special_care.is_some(), Register::SpecialCareOpinion),
            (child.severity.is_some(), Register::SeverityDecision),
            (child.transport_allowance, Register::TransportAllowanceOpinion),
        ];
        let missing = taken.into_iter().filter(|(used, register)| *used && !form.registers.contains(register));
        refusals.extend(missing.map(|(_, register)| BudgetRefusal::RegisterRequired { register }));
    }
    if let CalculationFacts::Pilot(child) = facts {
        if decided.facts.birth_date.is_some_and(|birth_date| birth_date != child.birth_date) {
            refusals.push(BudgetRefusal::OtherBirthDate);
        }
        let register = Register::SpecialCareOpinion;
        if child.special_care && !form.registers.contains(&register) {
            refusals.push(BudgetRefusal::RegisterRequired { register });
        }
    }
    let known = |criterion: &str| form.evidence.iter().any(|evidence| evidence.criterion == criterion);
    let without = facts.identified().filter(|criterion| !known(criterion));
    refusals.extend(without.map(|criterion| BudgetRefusal::EvidenceRequired { criterion }));
    for (position, evidence) in form.evidence.iter().enumerate() {
        let again = form.evidence.iter().take(position).any(|earlier| earlier.criterion == evidence.criterion);
        if again || !facts.identified().any(|criterion| criterion == evidence.criterion) {
            refusals.push(BudgetRefusal::NotIdentified { position });
        }
    }
    refusals
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn check(facts: Value, form: Value) -> Vec<&'static str> {
        let facts: CalculationFacts = serde_json::from_value(facts).unwrap();
        let form: CalculationForm = serde_json::from_value(form).unwrap();
        let of_child = EligibilityFacts { birth_date: Some(day("2013-01-01")), ..EligibilityFacts::default() };
        let decided = Decided { methodology: MethodologyId::Children2023, on: day("2023-03-10"), facts: &of_child };
        check_form(decided, day("2023-11-14"), &facts, &form).iter().map(Refusal::code).collect()
    }

    fn facts(member: &str, value: Value) -> Value {
        let mut facts = json!({
            "methodology": "children-2023", "date": "2023-03-10", "birth_date": "2013-01-01", "special_care": true,
            "severity": null, "autism_spectrum": false, "transport_allowance": false, "special_care_benefit": "excluded",
            "criteria": [{"criterion": "parental_employment"}],
        });
        facts[member] = value;
        facts
    }

    fn form(member: &str, value: Value) -> Value {
        let evidence = json!([{"criterion": "parental_employment", "source": "certificate of the employer"}]);
        let mut form =
            json!({"registers": ["special_care_opinion"], "documents": [], "evidence": evidence, "reason": null});
        form[member] = value;
        form
    }

    #[test]
    fn a_form_agrees_with_the_decision_and_tells_its_sources() {
        let (same, whole) = (facts("severity", Value::Null), form("reason", Value::Null));
        assert!(check(same.clone(), whole.clone()).is_empty());
        for (member, value, code) in [
            ("date", json!("2023-03-09"), "date_out_of_range"),
            ("date", json!("2023-11-15"), "date_out_of_range"),
            ("birth_date", json!("2013-01-02"), "other_birth_date"),
            ("severity", json!("severe"), "evidence_required"),
            ("transport_allowance", json!(true), "evidence_required"),
            (
                "criteria",
                json!([{"criterion": "parental_employment"}, {"criterion": "child_psychology"}]),
                "evidence_required",
            ),
            ("criteria", json!([]), "not_identified"),
        ] {
            assert_eq!(check(facts(member, value.clone()), whole.clone()), [code], "{member} {value}");
        }
        let twice = json!([{"criterion": "parental_employment", "source": "a"}, {"criterion": "parental_employment", "source": "b"}]);
        for (member, value, code) in [
            ("registers", json!([]), "evidence_required"),
            ("evidence", json!([]), "evidence_required"),
            ("evidence", twice, "not_identified"),
        ] {
            assert_eq!(check(same.clone(), form(member, value.clone())), [code], "{member} {value}");
        }
        let adult = json!({"methodology": "adults-2023", "date": "2023-05-02", "care_level": 2, "living_arrangement": "lives_alone", "additional_needs": []});
        assert_eq!(check(adult, whole), ["other_methodology"]);
    }

    #[test]
    fn a_form_of_the_pilot_agrees_with_the_decision_and_tells_the_opinion() {
        let found = |birth_date: &str, special_care: bool, registers: &[Register]| -> Vec<&'static str> {
            let facts = json!({"methodology": "children-pilot-2018", "date": "2023-03-10", "birth_date": birth_date,
                "special_care": special_care, "period": 1, "first_month": "2023-11", "months": 6, "per_child_funding": "4800.00"});
            let of_child = EligibilityFacts { birth_date: Some(day("2013-01-01")), ..EligibilityFacts::default() };
            let methodology = MethodologyId::ChildrenPilot2018;
            let decided = Decided { methodology, on: day("2023-03-10"), facts: &of_child };
            let form = CalculationForm { registers: registers.to_vec(), ..CalculationForm::default() };
            let facts: CalculationFacts = serde_json::from_value(facts).unwrap();
            check_form(decided, day("2023-11-14"), &facts, &form).iter().map(Refusal::code).collect()
        };
        assert_eq!(found("2013-01-01", false, &[]), [""; 0]);
        assert_eq!(found("2013-01-01", true, &[Register::SpecialCareOpinion]), [""; 0]);
        assert_eq!(found("2013-01-01", true, &[]), ["evidence_required"]);
        assert_eq!(found("2013-01-02", false, &[]), ["other_birth_date"]);
    }

    #[test]
    fn the_next_budget_of_an_application_follows_a_plan_whose_period_is_over() {
        let plan = |is_over| Some(EarlierPlan { last_day: day("2024-03-31"), is_over });
        let facts = |until: Value| -> EligibilityFacts {
            serde_json::from_value(json!({"birth_date": "2013-01-01", "impairment_types": ["movement"],
                "disability": {"group": "child", "valid_until": until}}))
            .unwrap()
        };
        let (lasting, lapsed) = (facts(Value::Null), facts(json!("2024-03-31")));
        let (active, ended) = (Err(BudgetRefusal::ActiveExists), Err(BudgetRefusal::Ended));
        for (status, plan, facts, today, expected) in [
            (BudgetStatus::Agreed, plan(false), &lasting, "2024-04-01", Ok(())),
            (BudgetStatus::Agreed, plan(false), &lasting, "2024-03-31", active.clone()),
            (BudgetStatus::Agreed, plan(false), &lapsed, "2024-04-01", Err(BudgetRefusal::Lapsed)),
            (BudgetStatus::Agreed, None, &lasting, "2024-04-01", active.clone()),
            (BudgetStatus::Indicative, None, &lasting, "2024-04-01", active),
            (BudgetStatus::Closed, plan(true), &lasting, "2024-04-01", Ok(())),
            (BudgetStatus::Closed, plan(false), &lasting, "2024-04-01", ended.clone()),
            (BudgetStatus::Closed, None, &lasting, "2024-04-01", ended),
        ] {
            let decided = Decided { methodology: MethodologyId::Children2023, on: day("2023-03-10"), facts };
            let next = expect_next(Earlier { status, plan, pilot: None }, None, &decided, day(today));
            assert_eq!(next, expected, "{status} {plan:?} {today}");
        }
    }

    #[test]
    fn the_next_budget_of_an_application_is_of_a_later_period_of_the_pilot() {
        let period = EarlierPeriod { number: 1, last_day: day("2023-10-31"), is_final: true };
        let of = |status, pilot| Earlier { status, plan: None, pilot };
        let facts = EligibilityFacts::default();
        let decided = Decided { methodology: MethodologyId::ChildrenPilot2018, on: day("2023-03-10"), facts: &facts };
        let (agreed, closed) = (BudgetStatus::Agreed, BudgetStatus::Closed);
        let not_final = EarlierPeriod { is_final: false, ..period };
        for (earlier, next, today, expected) in [
            (of(agreed, Some(period)), Some(2), "2023-11-01", Ok(())),
            (of(agreed, Some(period)), Some(3), "2024-11-01", Ok(())),
            (of(agreed, Some(period)), Some(2), "2023-10-31", Err(BudgetRefusal::ActiveExists)),
            (of(agreed, Some(not_final)), Some(2), "2023-11-01", Err(BudgetRefusal::ActiveExists)),
            (of(agreed, Some(period)), Some(1), "2023-11-01", Err(BudgetRefusal::ActiveExists)),
            (of(closed, Some(period)), Some(1), "2023-11-01", Err(BudgetRefusal::ActiveExists)),
            (of(closed, Some(period)), Some(2), "2023-11-01", Err(BudgetRefusal::Ended)),
        ] {
            assert_eq!(expect_next(earlier, next, &decided, day(today)), expected, "{earlier:?} {next:?} {today}");
        }
    }

    #[test]
    fn only_an_indicative_budget_of_a_granted_application_is_calculated() {
        for &status in ApplicationStatus::ALL {
            assert_eq!(expect_granted(status).is_ok(), status == ApplicationStatus::Granted);
        }
        for &status in BudgetStatus::ALL {
            assert_eq!(status.expect_calculable(false).is_ok(), status == BudgetStatus::Indicative);
            assert_eq!(status.expect_calculable(true).is_ok(), status != BudgetStatus::Closed);
        }
    }
}

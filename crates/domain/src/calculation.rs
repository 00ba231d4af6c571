//! A calculation as it is kept: the facts it was made from, and a result that can be compared to the byte years later.
//!
//! Both have a JSON form of their own. That of the facts is the request of the published contract. That of the result is
//! canonical: members stand in one order and amounts are rounded as they are published, so that equal results have equal
//! bytes and an equal hash. A member that is added later is left out where it has no value.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    adults::{AdultBudget, AdultFacts, AdultRefusal, LivingArrangement},
    children::{ChildBudget, ChildFacts, ChildRefusal},
    lines::{Funding, Line, Warning},
    money::{Money, Volume},
    parameters::{
        Parameters,
        catalogue::{MethodologyId, Unit},
    },
    pilot::budget::{PilotFacts, PilotRefusal, ProvisionalBudget, ProvisionalResult},
    text::{Message, Refusal},
};

/// What a calculation is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "methodology")]
#[allow(clippy::large_enum_variant, reason = "one at a time, on the stack")]
pub enum CalculationFacts {
    /// A child's.
    #[serde(rename = "children-2023")]
    Child(ChildFacts),
    /// An adult's.
    #[serde(rename = "adults-2023")]
    Adult(AdultFacts),
    /// A child's in the pilot.
    #[serde(rename = "children-pilot-2018")]
    Pilot(PilotFacts),
}

/// An indicative budget with its lines; in the pilot the provisional one, which has none.
#[derive(Debug, Clone)]
pub enum Calculation<'r> {
    /// A child's.
    Child(ChildBudget<'r>),
    /// An adult's.
    Adult(AdultBudget<'r>),
    /// A child's in the pilot.
    Pilot(ProvisionalBudget<'r>),
}

/// Why the rules refuse a calculation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalculationRefusal {
    /// A child's.
    Child(ChildRefusal),
    /// An adult's.
    Adult(AdultRefusal),
    /// A child's in the pilot.
    Pilot(PilotRefusal),
}

impl Refusal for CalculationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Child(refusal) => refusal.code(),
            Self::Adult(refusal) => refusal.code(),
            Self::Pilot(refusal) => refusal.code(),
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Child(refusal) => refusal.pointer(),
            Self::Adult(refusal) => refusal.pointer(),
            Self::Pilot(refusal) => refusal.pointer(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Child(refusal) => refusal.message(),
            Self::Adult(refusal) => refusal.message(),
            Self::Pilot(refusal) => refusal.message(),
        }
    }
}

impl CalculationFacts {
    /// The methodology.
    #[must_use]
    pub const fn methodology(&self) -> MethodologyId {
        match self {
            Self::Child(_) => MethodologyId::Children2023,
            Self::Adult(_) => MethodologyId::Adults2023,
            Self::Pilot(_) => MethodologyId::ChildrenPilot2018,
        }
    }

    /// The day of the calculation.
    #[must_use]
    pub const fn date(&self) -> NaiveDate {
        match self {
            Self::Child(facts) => facts.date,
            Self::Adult(facts) => facts.date,
            Self::Pilot(facts) => facts.date,
        }
    }

    /// The child's birth date; none of an adult.
    #[must_use]
    pub const fn child_born(&self) -> Option<NaiveDate> {
        match self {
            Self::Child(facts) => Some(facts.birth_date),
            Self::Pilot(facts) => Some(facts.birth_date),
            Self::Adult(_) => None,
        }
    }

    /// The same facts on another day.
    #[must_use]
    pub fn on(mut self, date: NaiveDate) -> Self {
        match &mut self {
            Self::Child(facts) => facts.date = date,
            Self::Adult(facts) => facts.date = date,
            Self::Pilot(facts) => facts.date = date,
        }
        self
    }

    /// The criteria or needs that the social worker has identified, by their published names, as they were named.
    pub fn identified(&self) -> impl Iterator<Item = &'static str> + '_ {
        let (criteria, needs) = match self {
            Self::Child(facts) => (facts.criteria.as_slice(), [].as_slice()),
            Self::Adult(facts) => ([].as_slice(), facts.needs.as_slice()),
            Self::Pilot(_) => ([].as_slice(), [].as_slice()),
        };
        criteria.iter().map(|named| named.criterion().as_str()).chain(needs.iter().map(|named| named.need.as_str()))
    }

    /// Calculates with the rules of the day.
    ///
    /// # Errors
    /// Every reason why the rules refuse the facts.
    pub fn calculate<'r>(&self, parameters: &'r Parameters) -> Result<Calculation<'r>, Vec<CalculationRefusal>> {
        match self {
            Self::Child(facts) => match parameters.children.calculate(facts) {
                Ok(budget) => Ok(Calculation::Child(budget)),
                Err(refusals) => Err(refusals.into_iter().map(CalculationRefusal::Child).collect()),
            },
            Self::Adult(facts) => match parameters.adults.calculate(facts) {
                Ok(budget) => Ok(Calculation::Adult(budget)),
                Err(refusals) => Err(refusals.into_iter().map(CalculationRefusal::Adult).collect()),
            },
            Self::Pilot(facts) => match parameters.pilot.calculate(facts) {
                Ok(budget) => Ok(Calculation::Pilot(budget)),
                Err(refusals) => Err(refusals.into_iter().map(CalculationRefusal::Pilot).collect()),
            },
        }
    }
}

/// A line of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultLine {
    /// What brings it in.
    pub criterion: String,
    /// Support area.
    pub area: Option<u8>,
    /// Code of the service.
    pub service: Option<String>,
    /// What the volume is counted in.
    pub unit: Unit,
    /// EUR a unit.
    pub unit_price: Money,
    /// Volume for the period.
    pub volume: Volume,
    /// EUR for the period, rounded.
    pub amount: Money,
    /// Who pays.
    pub funding: Funding,
}

/// What came out of a calculation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalculationResult {
    /// The methodology.
    pub methodology: MethodologyId,
    /// Its version.
    pub version: String,
    /// The day of the calculation.
    pub date: NaiveDate,
    /// Months of the budget period.
    pub months: u32,
    /// A child's age group.
    pub group: Option<String>,
    /// A child's heavy limitation.
    pub heavy: Option<bool>,
    /// An adult's care level.
    pub care_level: Option<u8>,
    /// An adult's type of residence.
    pub living_arrangement: Option<LivingArrangement>,
    /// Why the provisional budget of the pilot is so much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisional: Option<ProvisionalResult>,
    /// The lines in order.
    pub lines: Vec<ResultLine>,
    /// Indicative budget for the period, EUR: the exact sum, rounded once; in the pilot the provisional budget.
    pub total: Money,
    /// Indicative budget a month, EUR.
    pub monthly: Money,
    /// The part of the total that the state pays, EUR.
    pub of_which_state: Money,
    /// Codes of what there is to know beside the sum.
    pub warnings: Vec<String>,
    /// Ids of the decisions that shaped it.
    pub decisions: Vec<String>,
}

impl<'r> Calculation<'r> {
    /// The lines in order.
    #[must_use]
    pub fn lines(&self) -> Vec<Line<'r>> {
        match self {
            Self::Child(budget) => budget.lines().collect(),
            Self::Adult(budget) => budget.lines().collect(),
            Self::Pilot(_) => Vec::new(),
        }
    }

    /// What there is to know beside the sum.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        match self {
            Self::Child(budget) => budget.warnings(),
            Self::Adult(budget) => budget.warnings(),
            Self::Pilot(_) => Vec::new(),
        }
    }

    /// Indicative budget for the period, exact.
    #[must_use]
    pub const fn total(&self) -> Money {
        match self {
            Self::Child(budget) => budget.total,
            Self::Adult(budget) => budget.total,
            Self::Pilot(budget) => budget.provisional.amount,
        }
    }

    /// The result as it is kept, for the day of the calculation.
    #[must_use]
    pub fn result(&self, date: NaiveDate) -> CalculationResult {
        let lines = self.lines().iter().map(ResultLine::from).collect();
        let warnings = self.warnings().iter().map(|warning| warning.code.to_owned()).collect();
        let decisions = match self {
            Self::Child(budget) => budget.decisions(),
            Self::Adult(budget) => budget.decisions(),
            Self::Pilot(_) => Vec::new(),
        };
        let decisions = decisions.into_iter().map(|decision| decision.id.clone()).collect();
        match self {
            Self::Child(budget) => CalculationResult {
                methodology: MethodologyId::Children2023,
                version: budget.rules.version.clone(),
                date,
                months: budget.rules.months,
                group: Some(budget.group.id.clone()),
                heavy: Some(budget.heavy),
                care_level: None,
                living_arrangement: None,
                provisional: None,
                lines,
                total: budget.total.rounded(),
                monthly: budget.monthly().rounded(),
                of_which_state: budget.of_which_state.rounded(),
                warnings,
                decisions,
            },
            Self::Adult(budget) => CalculationResult {
                methodology: MethodologyId::Adults2023,
                version: budget.rules.version.clone(),
                date,
                months: budget.rules.months,
                group: None,
                heavy: None,
                care_level: Some(budget.care_level),
                living_arrangement: Some(budget.living_arrangement),
                provisional: None,
                lines,
                total: budget.total.rounded(),
                monthly: budget.monthly().rounded(),
                of_which_state: Money::ZERO,
                warnings,
                decisions,
            },
            Self::Pilot(budget) => CalculationResult {
                methodology: MethodologyId::ChildrenPilot2018,
                version: budget.rules.version.clone(),
                date,
                months: budget.months,
                group: None,
                heavy: None,
                care_level: None,
                living_arrangement: None,
                provisional: Some(budget.result()),
                lines,
                total: budget.provisional.amount.rounded(),
                monthly: budget.monthly().rounded(),
                of_which_state: Money::ZERO,
                warnings,
                decisions,
            },
        }
    }
}

impl From<&Line<'_>> for ResultLine {
    fn from(line: &Line<'_>) -> Self {
        Self {
            criterion: line.priced.criterion.to_owned(),
            area: line.priced.area,
            service: line.priced.service.as_ref().map(|service| service.code.clone()),
            unit: line.priced.unit,
            unit_price: line.unit_price.rounded(),
            volume: line.volume,
            amount: line.amount.rounded(),
            funding: line.priced.funding,
        }
    }
}

impl CalculationResult {
    /// SHA-256 of the canonical JSON.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        // Numbers, texts and lists: nothing here fails to be written.
        Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn facts(request: Value) -> CalculationFacts {
        serde_json::from_value(request).unwrap()
    }

    fn child() -> Value {
        json!({
            "methodology": "children-2023", "date": "2023-03-01", "birth_date": "2013-01-01", "special_care": true,
            "severity": null, "autism_spectrum": false, "transport_allowance": true, "special_care_benefit": "excluded",
            "criteria": [{"criterion": "parental_employment"}, {"criterion": "respite", "form": "institution"},
                {"criterion": "mobility", "amount": "900.00"}, {"criterion": "vision_support", "guide_dog": false},
                {"criterion": "hearing_support", "services": ["sign_language_training"]}],
        })
    }

    fn adult() -> Value {
        json!({
            "methodology": "adults-2023", "date": "2023-05-02", "care_level": 2, "living_arrangement": "lives_with_family",
            "additional_needs": [{"need": "natural_support", "amount": "50.00", "reason": "r"}, {"need": "mobility"}],
        })
    }

    fn pilot() -> Value {
        json!({
            "methodology": "children-pilot-2018", "date": "2018-08-20", "birth_date": "2009-09-01", "special_care": false,
            "period": 1, "first_month": "2018-09", "months": 6, "per_child_funding": "4800.00",
        })
    }

    #[test]
    fn facts_are_written_as_the_contract_s_requests() {
        for request in [child(), adult(), pilot()] {
            assert_eq!(serde_json::to_value(facts(request.clone())).unwrap(), request);
        }
    }

    #[test]
    fn a_stored_result_reads_back_with_the_same_hash() {
        let parameters = Parameters::embedded().unwrap();
        for request in [child(), adult(), pilot()] {
            let facts = facts(request);
            let result = facts.calculate(&parameters).unwrap().result(facts.date());
            let read: CalculationResult = serde_json::from_slice(&serde_json::to_vec(&result).unwrap()).unwrap();
            assert_eq!((&read, read.hash()), (&result, result.hash()));
            let changed = CalculationResult { months: 11, ..read };
            assert_ne!(changed.hash(), result.hash());
        }
    }
}

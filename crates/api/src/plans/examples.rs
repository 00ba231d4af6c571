//! The examples of plans; their people are invented.

use std::collections::{BTreeMap, BTreeSet};

use balsts_app::{CheckedPlan, Plan, PlanCorrection, PlanSummary, PlanVersion};
use balsts_domain::{
    money::Money,
    parameters::{Parameters, catalogue::MethodologyId},
    plans::{
        PlanContent,
        amounts::{Amounts, Ceiling},
        check::{self, Before, PersonFacts, PlanContext},
        corrections,
        status::PlanStatus,
    },
    text::Language,
};
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    request::PlanDraft,
    response::{PlanCorrectionResponse, PlanResponse, Shown},
};

/// A draft of two lines.
pub(crate) fn request() -> Value {
    json!({
        "from": "2023-04-01", "to": "2024-03-31",
        "goals": [{"number": 1, "term": "short", "area": 2, "author": "parent", "text": "Bērns pats paņem karoti.",
            "measure": "Ēd ar karoti katru dienu."}],
        "lines": [
            {"number": 1, "service": "home_care", "recipient": "child", "goal": 1, "volume": "480", "minimum_volume": "120",
                "intensity": {"volume": "40", "per": "month"}, "unit_price": "6.63", "price_kind": "market",
                "funding": "individual_budget", "priority": 1, "self_prepaid": true},
            {"number": 2, "service": "transport_compensation", "recipient": "child", "goal": 1, "volume": "600",
                "unit_price": "1.00", "funding": "individual_budget", "priority": 2, "self_prepaid": true},
        ],
    })
}

fn checked(parameters: &Parameters) -> Option<CheckedPlan> {
    let draft: PlanDraft = serde_json::from_value(request()).ok()?;
    let content = PlanContent::from(draft);
    let ceiling = Ceiling { indicative: Money::from_cents(2_183_832), ..Ceiling::default() };
    let (person, recommended) = (PersonFacts::default(), BTreeSet::new());
    let (offers, committed) = (BTreeMap::new(), BTreeMap::new());
    let context = PlanContext {
        parameters,
        methodology: MethodologyId::Children2023,
        person: &person,
        ceiling: &ceiling,
        municipality: None,
        before: &Before::default(),
        recommended: &recommended,
        offers: &offers,
        committed: &committed,
        signed: None,
    };
    let id = Uuid::from_u128;
    let plan = Plan {
        summary: PlanSummary {
            id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0004),
            budget_id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0003),
            application_id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0002),
            person_id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0001),
            status: PlanStatus::Draft,
            current: 0,
            has_draft: true,
            agreed: Money::ZERO,
            version: 1,
        },
        draft: Some(content.clone()),
        revision: None,
        ranking: None,
        current: None,
        signatures: Vec::new(),
        steps: Vec::new(),
    };
    let (amounts, findings) = (Amounts::of(&content, &ceiling), check::findings(&content, &context));
    Some(CheckedPlan { plan, methodology: MethodologyId::Children2023, ceiling, pilot: None, amounts, findings })
}

/// The answer of the examples.
pub(crate) fn answer() -> Value {
    let Ok(parameters) = Parameters::embedded() else { return Value::Null };
    let answer = checked(&parameters).map(|checked| PlanResponse::new(&checked, &parameters, Language::Lv));
    serde_json::to_value(answer).unwrap_or_default()
}

/// A correction of the draft: it fits, and stays as it is.
pub(super) fn correction() -> Value {
    let Ok(parameters) = Parameters::embedded() else { return Value::Null };
    let Some(CheckedPlan { plan: Plan { draft: Some(content), .. }, ceiling, .. }) = checked(&parameters) else {
        return Value::Null;
    };
    let (person, recommended) = (PersonFacts::default(), BTreeSet::new());
    let (offers, committed) = (BTreeMap::new(), BTreeMap::new());
    let context = PlanContext {
        parameters: &parameters,
        methodology: MethodologyId::Children2023,
        person: &person,
        ceiling: &ceiling,
        municipality: None,
        before: &Before::default(),
        recommended: &recommended,
        offers: &offers,
        committed: &committed,
        signed: None,
    };
    let Ok(correction) = corrections::correct(&content, &context) else { return Value::Null };
    let proposed = PlanCorrection { correction, findings: Vec::new(), ceiling: ceiling.clone() };
    serde_json::to_value(PlanCorrectionResponse::new(proposed, Language::Lv)).unwrap_or_default()
}

/// A signed version.
pub(super) fn version() -> Value {
    let Ok(parameters) = Parameters::embedded() else { return Value::Null };
    let Some(CheckedPlan { plan: Plan { draft: Some(content), .. }, ceiling, amounts, .. }) = checked(&parameters)
    else {
        return Value::Null;
    };
    let version = PlanVersion {
        number: 1,
        content_hash: content.hash().to_vec(),
        content,
        revision: None,
        ceiling: ceiling.indicative,
        agreed: amounts.agreed,
        payable: amounts.payable,
        signed_on: NaiveDate::from_ymd_opt(2023, 3, 20).unwrap_or_default(),
    };
    let shown = Shown { parameters: &parameters, ceiling: None, language: Language::Lv };
    serde_json::to_value(shown.version(&version)).unwrap_or_default()
}

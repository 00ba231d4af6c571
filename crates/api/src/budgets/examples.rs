//! The examples of budgets; their people are invented.

use balsts_app::{Budget, BudgetSummary, Calculated, Contact, GivenFacts, NewCalculation, Person, Signature};
use balsts_domain::{
    budgets::{BudgetStatus, Party},
    identifier::Identifier,
    parameters::Parameters,
    text::Language,
};
use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{request::CreateBudget, response::BudgetResponse};

/// A request: a child of five with special care need, no criteria.
pub(super) fn request() -> Value {
    json!({
        "calculation": {
            "methodology": "children-2023", "date": "2023-03-15", "birth_date": "2018-01-15", "special_care": true,
        },
        "form": {
            "registers": ["special_care_opinion"],
            "documents": [{"kind": "gp_extract", "title": "Izraksts Nr. 1", "date": "2023-02-20"}],
            "evidence": [],
        },
    })
}

/// A request in the pilot: a child of ten without the opinion.
pub(super) fn provisional() -> Value {
    json!({
        "calculation": {
            "methodology": "children-pilot-2018", "date": "2018-08-20", "birth_date": "2008-01-15", "special_care": false,
            "period": 1,
        },
        "form": {"registers": [], "documents": [], "evidence": []},
    })
}

/// The answer of the examples.
pub(crate) fn answer() -> Value {
    let request: Option<CreateBudget> = serde_json::from_str(&request().to_string()).ok();
    let Some(NewCalculation { facts: GivenFacts::All(facts), form }) =
        request.and_then(|request| request.parsed().ok())
    else {
        return Value::Null;
    };
    let Ok(parameters) = Parameters::embedded() else { return Value::Null };
    let Ok(calculation) = facts.calculate(&parameters) else { return Value::Null };
    let result = calculation.result(facts.date());
    let id = Uuid::from_u128;
    let calculated = Calculated {
        number: 1,
        result_hash: result.hash().to_vec(),
        facts,
        form,
        calculated_by: "demo-social-worker".to_owned(),
        at: DateTime::UNIX_EPOCH,
        result,
    };
    let Ok(code) = "320000-00001".parse() else { return Value::Null };
    let budget = Budget {
        summary: BudgetSummary {
            id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0003),
            application_id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0002),
            person_id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0001),
            methodology: calculated.result.methodology,
            status: BudgetStatus::Indicative,
            calculation: 1,
            total: calculated.result.total,
            version: 2,
        },
        person: Person {
            id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0001),
            identifier: Identifier::Code(code),
            given_name: "Demo".to_owned(),
            family_name: "Paraugs".to_owned(),
            contact: Contact::default(),
        },
        signatures: vec![Signature {
            party: Party::Worker,
            signed_on: calculated.result.date,
            signer: "demo-social-worker".to_owned(),
            recorded_by: "demo-social-worker".to_owned(),
        }],
        history: vec![balsts_app::CalculationSummary {
            number: 1,
            calculated_on: calculated.result.date,
            methodology_version: calculated.result.version.clone(),
            total: calculated.result.total,
            result_hash: calculated.result_hash.clone(),
        }],
        calculated,
        pilot: None,
    };
    serde_json::to_value(BudgetResponse::new(&budget, &parameters, Language::Lv)).unwrap_or_default()
}

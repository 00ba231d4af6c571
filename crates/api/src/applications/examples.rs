//! The examples of `/v1/applications`; their people are invented.

use balsts_app::{Application, ApplicationSummary, Decision, Person};
use balsts_domain::{applications, calendar::Delivery, parameters::Parameters, text::Language};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{request::CreateApplication, response::ApplicationResponse};

/// A request.
pub(crate) fn request() -> Value {
    json!({
        "methodology": "children-2023", "received_at": "2023-03-01T09:30",
        "person": {"personal_code": "320000-00001", "given_name": "Demo", "family_name": "Paraugs", "language": "lv"},
        "applicant": {"given_name": "Demo", "family_name": "Vecāks", "relation": "parent"},
        "evidence": {"birth_date": "2013-01-01", "disability": {"group": "child"}, "impairment_types": ["movement"]},
        "circumstances": circumstances(),
    })
}

/// What it tells beside the criteria.
pub(crate) fn circumstances() -> Value {
    json!({
        "sex": "female", "home_schooled": false,
        "parent": {"birth_date": "1985-05-05", "sex": "female", "family_type": "biological", "disability": false,
            "complete_family": true, "children": 2, "disabled_children": 1, "employed": true},
        "technical_aids": [{"name": "ratiņkrēsls", "status": "received", "from_where": "VTPC"}],
    })
}

/// The answer of the examples, before or after the act.
pub(crate) fn answer(decided: bool) -> Value {
    let request: Option<CreateApplication> = serde_json::from_value(request()).ok();
    let Some(new) = request.and_then(|request| request.parsed().ok()) else { return Value::Null };
    let (id, received) = (Uuid::from_u128, new.received_at.date());
    let calendar = Parameters::embedded().ok().map(|parameters| parameters.calendar);
    let calendar = calendar.as_ref().map(|calendar| calendar.of_office([]));
    let due_on = calendar.as_ref().and_then(|calendar| calendar.decision_due(received));
    let day = due_on.unwrap_or(received);
    let decision = Decision {
        outcome: applications::Outcome::Grant,
        number: Some("IB-1/2023".to_owned()),
        delivery: Delivery::EAddress,
        decided_on: day,
        notified_on: day,
        appeal_until: calendar.as_ref().and_then(|calendar| calendar.appeal_until(day)).unwrap_or(day),
        facts: new.evidence.clone(),
        prepared_by: "demo-social-worker".to_owned(),
        signed_by: "demo-office-head".to_owned(),
    };
    let status =
        if decided { applications::ApplicationStatus::Granted } else { applications::ApplicationStatus::Registered };
    let application = Application {
        summary: ApplicationSummary {
            id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0002),
            person_id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0001),
            methodology: new.methodology,
            status,
            received_at: new.received_at,
            due_on,
            worker: Some("demo-social-worker".to_owned()),
            version: 1,
        },
        person: Person {
            id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0001),
            identifier: new.identifier,
            given_name: new.given_name,
            family_name: new.family_name,
            contact: new.contact,
        },
        applicant: new.applicant,
        evidence: new.evidence,
        circumstances: new.circumstances,
        withdrawn_on: None,
        decision: decided.then_some(decision),
        revocation: None,
    };
    let today = day;
    serde_json::to_value(ApplicationResponse::new(&application, today, Language::Lv)).unwrap_or_default()
}

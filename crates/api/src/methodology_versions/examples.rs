//! The examples of versions.

use balsts_app::{MethodologyVersion, Publication};
use balsts_domain::{
    calculation::CalculationFacts,
    methodology_versions::MethodologyVersionStatus,
    parameters::{Parameters, overlay::Overlay},
    text::Language,
    what_if::{Compared, Tally},
};
use chrono::{DateTime, NaiveDate};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::response::{MethodologyVersionResponse, MethodologyVersionSummary, WhatIfResponse};

fn content() -> Value {
    json!({
        "documents": [{"id": "TARIFFS-2024", "title": {"lv": "Paraugs: tarifi 2024. gadam", "en": "Example: tariffs for 2024"}}],
        "services": [{
            "code": "sensory_room", "name": {"lv": "Sensorā istaba", "en": "Sensory room"}, "unit": "consultation",
            "form": "individual", "targets": ["child"], "group": "education", "payable": true, "price_kind": "market",
            "methodologies": [{"methodology": "children-2023", "area": 2,
                "source": {"document": "TARIFFS-2024", "section": {"lv": "2. punkts", "en": "item 2"}}}],
            "description": {"definition": {"lv": "Nodarbības sensorajā istabā.", "en": "Sessions in a sensory room."}},
        }],
        "tariffs": [{
            "service": "home_care", "amount": "7.10", "unit": "hour", "price_kind": "calculated_average",
            "valid_from": "2024-01-01",
            "source": {"document": "TARIFFS-2024", "section": {"lv": "1. punkts", "en": "item 1"}},
        }],
        "specialist_confirmations": [{
            "service": "sensory_room", "required": true, "valid_from": "2024-01-01",
            "source": {"document": "TARIFFS-2024", "section": {"lv": "3. punkts", "en": "item 3"}},
        }],
    })
}

pub(super) fn request() -> Value {
    json!({"title": "Tarifi 2024", "valid_from": "2024-01-01", "content": content()})
}

/// The same content, to be tried.
pub(super) fn unstored() -> Value {
    json!({"date": "2024-01-01", "content": content()})
}

fn version(published: bool) -> MethodologyVersion {
    let content: Overlay = serde_json::from_value(content()).unwrap_or_default();
    let hash = Sha256::digest(serde_json::to_vec(&content).unwrap_or_default()).to_vec();
    let at = DateTime::UNIX_EPOCH;
    MethodologyVersion {
        id: Uuid::from_u128(0x018b_cfe5_6800_7000_8000_0000_0000_0007),
        status: if published { MethodologyVersionStatus::Published } else { MethodologyVersionStatus::Draft },
        title: "Tarifi 2024".to_owned(),
        valid_from: NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default(),
        content,
        content_hash: hash,
        version: if published { 2 } else { 1 },
        created_by: "ministry-1".to_owned(),
        created_at: at,
        updated_by: "ministry-1".to_owned(),
        updated_at: at,
        published: published.then(|| Publication { number: 1, by: "ministry-1".to_owned(), at }),
    }
}

pub(super) fn draft() -> Value {
    serde_json::to_value(MethodologyVersionResponse::from(&version(false))).unwrap_or_default()
}

pub(super) fn published() -> Value {
    serde_json::to_value(MethodologyVersionResponse::from(&version(true))).unwrap_or_default()
}

pub(super) fn list() -> Value {
    json!({"items": [MethodologyVersionSummary::from(&version(true))], "next": null})
}

/// The facts of a child and an adult.
pub(crate) fn two_people() -> [Value; 2] {
    [
        json!({"methodology": "children-2023", "date": "2023-03-15", "birth_date": "2018-01-15", "special_care": true,
            "severity": null, "autism_spectrum": false, "transport_allowance": false,
            "special_care_benefit": "excluded", "criteria": []}),
        json!({"methodology": "adults-2023", "date": "2023-05-02", "care_level": 2,
            "living_arrangement": "lives_with_family", "additional_needs": []}),
    ]
}

/// Six children and six adults.
pub(super) fn what_if() -> Value {
    let tried = || {
        let overlay: Overlay = serde_json::from_value(content()).ok()?;
        let (current, draft) = (Parameters::embedded().ok()?, Parameters::with(&[&overlay]).ok()?);
        let date = NaiveDate::from_ymd_opt(2024, 1, 1)?;
        let compared = Compared { current: &current, draft: &draft, date };
        let mut tally = Tally::default();
        for request in two_people() {
            let facts: CalculationFacts = serde_json::from_value(request).ok()?;
            for _ in 0..6 {
                tally.add("0001000".parse().ok()?, facts.clone(), compared);
            }
        }
        Some(WhatIfResponse::new(&tally, date, &current, Language::Lv))
    };
    serde_json::to_value(tried()).unwrap_or_default()
}

//! Each rule of plans by a table: what is found, and where. A file for each kind of rule; what they share is here.

mod corrected;
mod in_pilot;
mod maxima;
mod people;
mod periods;
mod sums;
mod together;
mod unit_prices;

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    access::MunicipalityCode, money::Money, month::Month, pilot::budget::PilotNeed, plans::corrections, text::Refusal,
};

static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| Parameters::embedded().unwrap());

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn line(number: u32, service: &str, changes: &[(&str, Value)]) -> Value {
    let mut line = json!({
        "number": number, "service": service, "recipient": "child", "goal": 1, "volume": "10", "minimum_volume": null,
        "intensity": null, "schedule": [], "times": [], "offer": null, "unit_price": "1.00", "price_kind": null,
        "funding": "individual_budget", "priority": number, "expert_rank": number, "parent_rank": number,
        "self_prepaid": true, "free_support": false, "provider_is_relative": false, "includes": [], "reason": null,
    });
    for (member, value) in changes {
        line[*member] = value.clone();
    }
    line
}

fn plan(lines: &[Value]) -> PlanContent {
    serde_json::from_value(json!({
        "from": "2023-04-01", "to": "2024-03-31",
        "goals": [{"number": 1, "term": "short", "area": 2, "author": "parent", "text": "t", "measure": null}],
        "lines": lines, "notes": null,
    }))
    .unwrap()
}

struct Checked {
    parameters: &'static Parameters,
    methodology: MethodologyId,
    person: PersonFacts,
    ceiling: Ceiling,
    municipality: Option<MunicipalityCode>,
    before: Before,
    recommended: BTreeSet<String>,
    offers: BTreeMap<Uuid, OfferFacts>,
    committed: BTreeMap<u32, Committed>,
    signed: Option<PlanContent>,
}

impl Default for Checked {
    fn default() -> Self {
        Self {
            parameters: &PARAMETERS,
            methodology: MethodologyId::Children2023,
            person: PersonFacts { birth_date: Some(day("2013-01-01")), ..PersonFacts::default() },
            ceiling: Ceiling {
                indicative: Money::from_cents(10_000_000),
                of_which_state: Money::from_cents(1_000_000),
                state_services: ["assistant".to_owned()].into(),
                home_care: None,
            },
            municipality: None,
            before: Before::default(),
            recommended: BTreeSet::new(),
            offers: BTreeMap::new(),
            committed: BTreeMap::new(),
            signed: None,
        }
    }
}

impl Checked {
    fn context(&self) -> PlanContext<'_> {
        PlanContext {
            parameters: self.parameters,
            methodology: self.methodology,
            person: &self.person,
            ceiling: &self.ceiling,
            municipality: self.municipality,
            before: &self.before,
            recommended: &self.recommended,
            offers: &self.offers,
            committed: &self.committed,
            signed: self.signed.as_ref(),
        }
    }

    fn all(&self, content: &PlanContent) -> Vec<Finding> {
        findings(content, &self.context())
    }

    fn found(&self, content: &PlanContent) -> Vec<String> {
        let shown = |finding: &Finding| format!("{} {} {}", finding.severity, finding.pointer, finding.code());
        self.all(content).iter().map(shown).collect()
    }
}

fn found(lines: &[Value]) -> Vec<String> {
    Checked::default().found(&plan(lines))
}

fn times(weekday: u8, from: &str, to: &str) -> Value {
    json!([{"weekday": weekday, "from": from, "to": to}])
}

fn of(service: &str, volume: &str) -> Value {
    let recipient = match service {
        "psychologist_parent" | "support_group_parent" | "family_assistant" => "parent",
        _ => "child",
    };
    line(1, service, &[("volume", json!(volume)), ("recipient", json!(recipient))])
}

#[test]
fn a_plan_that_fits_has_no_findings() {
    assert_eq!(found(&[line(1, "specialist", &[])]), [""; 0]);
}

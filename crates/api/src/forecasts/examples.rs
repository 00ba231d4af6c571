//! The examples of forecasts.

use balsts_domain::{forecast::ForecastTable, funding::FundingTable, parameters::Parameters};
use serde_json::{Value, json};

use super::{Rules, answer};
use crate::examples;

/// The golden forecast of children.
pub(super) fn children() -> Value {
    let services = examples::at(examples::TABLES, "/forecast/children/services");
    json!({"scenarios": [{
        "name": "2023", "date": "2023-03-01", "groups": [{"group": "children", "people": 2497}],
        "services_total": services, "variant": "shared_50_50", "funded_group": "children",
    }]})
}

/// The two golden forecasts of adults.
pub(super) fn compared() -> Value {
    let scenario = |name: &str| {
        let golden = examples::at(examples::TABLES, &format!("/forecast/{name}"));
        let need = |need: &str| {
            let counted = golden.get(need);
            let amount = counted.and_then(|counted| counted.get(1)).map(|amount| format!("{amount}.00"));
            json!({"need": need, "people": counted.and_then(|counted| counted.get(0)), "yearly_amount": amount})
        };
        let needs = ["natural_support", "minor_child_care", "mobility"].map(need);
        json!({
            "name": name, "date": "2023-05-02", "groups": [{"group": "adults", "people": golden.get("people")}],
            "services_total": golden.get("base"),
            "additional_needs": needs,
            "variant": "shared_50_50", "funded_group": "adults", "rounding": "euros",
        })
    };
    let scenarios = ["adults_1", "adults_2"].map(scenario);
    json!({ "scenarios": scenarios })
}

pub(super) fn answered(request: Value) -> Value {
    let (Ok(parameters), Ok(forecasts), Ok(funding)) =
        (Parameters::embedded(), ForecastTable::embedded(), FundingTable::embedded())
    else {
        return Value::Null;
    };
    let rules = Rules { parameters: &parameters, forecasts: &forecasts, funding: &funding };
    examples::answered(request, |request, language| answer(request, rules, language))
}

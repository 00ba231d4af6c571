//! The examples of forecasts of stored budgets.

use balsts_domain::{
    calculation::CalculationFacts,
    forecast::ForecastTable,
    funding::FundingTable,
    parameters::Parameters,
    population::{self, PopulationPlace},
    text::Language,
    what_if::Tally,
};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    request::{CreateStoredForecast, Options},
    response::StoredForecastResponse,
};
use crate::{
    forecasts::{self, Rules},
    methodology_versions::two_people,
};

pub(super) fn drafted() -> Value {
    json!({
        "date": "2024-01-01", "variant": "shared_50_50",
        "content": {"tariffs": [{"service": "home_care", "amount": "7.10", "unit": "hour",
            "price_kind": "calculated_average", "valid_from": "2024-01-01",
            "source": {"document": "S3", "section": {"lv": "paraugs", "en": "example"}}}]},
    })
}

pub(super) fn paid() -> Value {
    json!({
        "date": "2023-03-01", "amounts": "paid", "month": "2023-10", "region": "riga", "variant": "shared_50_50",
        "adjustments": [{"group": "children-2023", "growth_percent": "5", "uptake_percent": "90"}],
        "caseload": 30, "admin_percent": "10",
    })
}

/// The forecast of six children and six adults.
pub(super) fn answer() -> Value {
    let answered = || {
        let (parameters, forecasts, funding) =
            (Parameters::embedded().ok()?, ForecastTable::embedded().ok()?, FundingTable::embedded().ok()?);
        let today = NaiveDate::from_ymd_opt(2023, 11, 15)?;
        let request = json!({"date": "2023-05-02", "variant": "shared_50_50"}).to_string();
        let request: CreateStoredForecast = serde_json::from_str(&request).ok()?;
        let (asked, _): (Options, _) = request.parsed(&parameters.municipalities, today).ok()?;
        let mut tally = Tally::default();
        for request in two_people() {
            let facts: CalculationFacts = serde_json::from_value(request).ok()?;
            for _ in 0..6 {
                let date = NaiveDate::from_ymd_opt(2023, 5, 2)?;
                tally.add_in_force("0001000".parse().ok()?, facts.clone(), (&parameters, date), None);
            }
        }
        let country = (PopulationPlace::Country, None);
        let groups = population::groups(&tally, country, &parameters.municipalities, &[]).ok()?;
        let request = asked.forecast(&groups, Language::Lv);
        let rules = Rules { parameters: &parameters, forecasts: &forecasts, funding: &funding };
        let scenarios = forecasts::run(serde_json::from_str(&request.to_string()).ok()?, rules).ok()?;
        Some(StoredForecastResponse::new(&asked, (&tally, &groups, None), request, &scenarios, Language::Lv))
    };
    serde_json::to_value(answered()).unwrap_or_default()
}

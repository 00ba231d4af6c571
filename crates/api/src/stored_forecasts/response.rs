//! A forecast of stored budgets, and what it is made of.

use balsts_domain::{
    month::Month,
    population::{PopulationPlace, StoredGroup},
    suppression::FEWEST,
    text::Language,
    what_if::Tally,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::request::Options;
use crate::{
    forecasts::{ForecastRequest, ForecastResponse, Scenario},
    names::{Methodology, PlanningRegion, PopulationAmounts},
    types::{Atvk, Euros, YearMonth},
};

/// People whose budgets are alike, as they are stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoredGroupResponse {
    /// Its label: methodology and group, a municipality with or without a methodology, or `other` for those put together.
    #[schema(example = "children-2023/7-13/heavy")]
    group: String,
    /// Its methodology, where it has one.
    methodology: Option<Methodology>,
    /// How many, before any growth; five at least.
    people: u64,
    /// Their amounts of a year together, EUR.
    yearly_amounts: Euros,
    /// The same with the draft.
    yearly_amounts_with_draft: Option<Euros>,
}

/// The population of a forecast.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoredPopulation {
    /// Which amounts.
    amounts: PopulationAmounts,
    /// The month by whose end the budgets were calculated; null for all.
    month: Option<YearMonth>,
    /// The first month whose payments count.
    paid_from: Option<YearMonth>,
    /// The last month whose payments count.
    paid_to: Option<YearMonth>,
    /// The methodology; null for all.
    methodology: Option<Methodology>,
    /// The region; null for the country or a municipality.
    region: Option<PlanningRegion>,
    /// The municipality; null for the country or a region.
    municipality: Option<Atvk>,
    /// The groups.
    groups: Vec<StoredGroupResponse>,
    /// Budgets of the country that the parameters in force refuse, and that are in no group; null for a number between 0 and 5.
    refused: Option<u64>,
    /// Those that the draft refuses; null for a number between 0 and 5.
    refused_by_draft: Option<u64>,
    /// Budgets of the country without a signed plan, where that counts; null for a number between 0 and 5.
    without_plan: Option<u64>,
}

/// The forecast of stored budgets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoredForecastResponse {
    #[serde(flatten)]
    #[schema(inline)]
    forecast: ForecastResponse,
    /// Who is counted.
    population: StoredPopulation,
    /// What `POST /v1/forecasts` answers with the same figures.
    #[schema(value_type = ForecastRequest)]
    request: Value,
}

impl StoredForecastResponse {
    pub(super) fn new(
        options: &Options,
        (tally, groups, paid): (&Tally, &[StoredGroup], Option<(Month, Month)>),
        request: Value,
        scenarios: &[Scenario],
        language: Language,
    ) -> Self {
        let told = |count: u64| Some(count).filter(|count| *count == 0 || *count >= FEWEST);
        let group = |group: &StoredGroup| StoredGroupResponse {
            group: group.label.clone(),
            methodology: group.methodology.map(Methodology),
            people: group.sums.budgets,
            yearly_amounts: Euros(group.sums.current),
            yearly_amounts_with_draft: options.is_drafted.then_some(Euros(group.sums.draft)),
        };
        let (place, methodology) = options.of;
        let (region, municipality) = match place {
            PopulationPlace::Country => (None, None),
            PopulationPlace::Region(region) => (Some(PlanningRegion(region)), None),
            PopulationPlace::Municipality(code) => (None, Some(Atvk(code))),
        };
        let population = StoredPopulation {
            amounts: PopulationAmounts(options.amounts),
            month: options.month.map(YearMonth),
            paid_from: paid.map(|(from, _)| YearMonth(from)),
            paid_to: paid.map(|(_, to)| YearMonth(to)),
            methodology: methodology.map(Methodology),
            region,
            municipality,
            groups: groups.iter().map(group).collect(),
            refused: told(tally.refused.current),
            refused_by_draft: told(tally.refused.draft),
            without_plan: told(tally.without_amount),
        };
        Self { forecast: ForecastResponse::new(scenarios, language), population, request }
    }
}

//! The request of `/v1/forecasts`.

use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    bounds::{Count, Label, List},
    calculations::BudgetCalculationRequest,
    names::{ForecastRounding, FundedGroup, FundingVariant},
    types::{Amount, Date, Percent},
};

type PopulationGroups = List<PopulationGroupRequest, 1, 200>;
type ForecastNeeds = List<ForecastNeedRequest, 0, 200>;
type ForecastScenarios = List<ForecastScenarioRequest, 1, 2>;

/// People of one kind.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PopulationGroupRequest {
    /// Label of the group, unique in the scenario.
    pub(super) group: Label,
    /// People of the group.
    pub(super) people: Count,
    /// Percent of them that get a budget; all where left out.
    pub(super) uptake_percent: Option<Percent>,
    /// Average amount of a year for one of them, EUR. Give this or `calculation`, unless `services_total` is given.
    pub(super) yearly_amount: Option<Amount>,
    /// A calculation whose total is the yearly amount, in place of it.
    #[schema(value_type = Option<BudgetCalculationRequest>)]
    pub(super) calculation: Option<Box<RawValue>>,
}

/// A need that some people have beside the average of their group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForecastNeedRequest {
    /// Label of the need, unique in the scenario.
    pub(super) need: Label,
    /// People that have it.
    pub(super) people: Count,
    /// Amount of a year for one of them, EUR.
    pub(super) yearly_amount: Amount,
}

/// One scenario.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForecastScenarioRequest {
    /// Name of the scenario.
    pub(super) name: Label,
    /// The day whose parameters and funding percentages hold.
    pub(super) date: Date,
    /// Population groups.
    #[schema(inline)]
    pub(super) groups: PopulationGroups,
    /// Additional needs; they come on top of the groups or of `services_total`.
    #[schema(inline)]
    pub(super) additional_needs: Option<ForecastNeeds>,
    /// Services of all groups in a year, EUR, in place of people x average amount.
    pub(super) services_total: Option<Amount>,
    /// People for each worker; the parameter of the day (30) where left out.
    pub(super) caseload: Option<Count>,
    /// Yearly cost of a full-time worker, EUR; the parameter of the day (18,458.38) where left out.
    pub(super) worker_yearly_cost: Option<Amount>,
    /// Administration in percent of services and operations, at most 10; the parameter of the day (10) where left out.
    pub(super) admin_percent: Option<Percent>,
    /// Who pays.
    pub(super) variant: FundingVariant,
    /// Whose budgets are paid: `shared_45_45_10` is for children only.
    pub(super) funded_group: Option<FundedGroup>,
    /// What yearly figures are rounded to; cents where left out.
    pub(super) rounding: Option<ForecastRounding>,
}

/// One scenario, or two to be compared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForecastRequest {
    /// The scenarios.
    #[schema(inline)]
    pub(super) scenarios: ForecastScenarios,
}

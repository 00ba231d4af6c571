//! `/v1/cost-statistics`: what services cost per time, per recipient and per month. Stateless.

use actix_web::post;
use balsts_domain::{
    statistics::{CostAverages, MONTHS_OF_A_YEAR, ServiceGroupUse, StatisticsInput, service_statistics},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    body::Json,
    bounds::{Count, Label, List},
    examples,
    i18n::{Accepted, Localised},
    problem::{ApiError, BodyFailures, Failures},
    types::{Amount, Euros},
};

type ServiceGroupUses = List<ServiceGroupUseRequest, 1, 200>;

/// What the services of one group cost and who got them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceGroupUseRequest {
    /// The service group, unique in the request.
    group: Label,
    /// Cost of the period, EUR.
    cost: Amount,
    /// Times that a service was given, where counted.
    times: Option<Count>,
    /// Different people that got a service of the group.
    recipients: Count,
}

/// The use of all service groups in a period.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CostStatisticsRequest {
    /// The service groups.
    #[schema(inline)]
    groups: ServiceGroupUses,
    /// Different people that got any service; one person may be in several groups.
    recipients: Count,
    /// Costs beside the services (assessment, municipal costs), EUR.
    other_costs: Option<Amount>,
    /// Months of the period; 12 where left out.
    months: Option<Count>,
}

/// Cost and averages of one group or of all; an average is null where nothing divides the cost.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CostAveragesResponse {
    /// The service group; null for all together.
    group: Option<String>,
    /// Cost, EUR.
    cost: Euros,
    /// Percent of the services of all groups, rounded half up to whole.
    cost_percent: Option<u32>,
    /// Times; all together only where every group counted them.
    times: Option<u64>,
    /// Different recipients.
    recipients: u32,
    /// Average cost of one time, EUR.
    per_time: Option<Euros>,
    /// Average cost of one recipient, EUR.
    per_recipient: Option<Euros>,
    /// Average cost of one recipient in a month, EUR.
    per_recipient_month: Option<Euros>,
}

impl CostAveragesResponse {
    pub(crate) fn new(group: Option<String>, averages: &CostAverages) -> Self {
        Self {
            group,
            cost: Euros(averages.cost),
            cost_percent: averages.cost_percent,
            times: averages.times,
            recipients: averages.recipients,
            per_time: averages.per_time.map(Euros),
            per_recipient: averages.per_recipient.map(Euros),
            per_recipient_month: averages.per_recipient_month.map(Euros),
        }
    }
}

/// The cost statistics of a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CostStatisticsResponse {
    /// The service groups, in the order of the request.
    groups: Vec<CostAveragesResponse>,
    /// All services together.
    together: CostAveragesResponse,
    /// The same with the other costs; null where they are not given.
    with_other_costs: Option<CostAveragesResponse>,
}

/// Average the costs of services
///
/// Cost per time, per recipient and per recipient and month: of each service group, of all together, and with the costs
/// beside the services.
#[utoipa::path(
    tag = "statistics",
    request_body(content = CostStatisticsRequest, example = json!(example())),
    responses(
        (status = 200, description = "The averages", body = CostStatisticsResponse,
            example = json!(examples::answered(example(), answer))),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/cost-statistics")]
pub(crate) async fn calculate_cost_statistics(
    language: Accepted,
    request: Json<CostStatisticsRequest>,
) -> Result<Localised<CostStatisticsResponse>, ApiError> {
    Ok(Localised(answer(request.0, language.0)?, language.0))
}

fn answer(request: CostStatisticsRequest, _: Language) -> Result<CostStatisticsResponse, ApiError> {
    let groups = request.groups.into_iter().map(|group| ServiceGroupUse {
        group: group.group.0,
        cost: group.cost.0,
        times: group.times.map(|times| times.0),
        recipients: group.recipients.0,
    });
    let input = StatisticsInput {
        groups: groups.collect(),
        recipients: request.recipients.0,
        other_costs: request.other_costs.map(|costs| costs.0),
        months: request.months.map_or(MONTHS_OF_A_YEAR, |months| months.0),
    };
    let statistics = service_statistics(&input).map_err(|refusals| ApiError::refused(&refusals))?;
    let group = |(group, averages)| CostAveragesResponse::new(Some(group), &averages);
    Ok(CostStatisticsResponse {
        groups: statistics.groups.into_iter().map(group).collect(),
        together: CostAveragesResponse::new(None, &statistics.together),
        with_other_costs: statistics
            .with_other_costs
            .as_ref()
            .map(|averages| CostAveragesResponse::new(None, averages)),
    })
}

/// The adults' golden table.
fn example() -> Value {
    let rows = examples::at(examples::TABLES, "/statistics_adults");
    let group = |row: &Value| {
        let cell = |name: &str| row.get(name).cloned();
        json!({"group": cell("group"), "cost": cell("cost"), "recipients": cell("recipients")})
    };
    json!({
        "groups": rows.as_array().into_iter().flatten().take(4).map(group).collect::<Vec<_>>(),
        "recipients": rows.pointer("/4/recipients"),
        "other_costs": "289454.40",
    })
}

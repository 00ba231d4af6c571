//! `/v1/service-statistics`: what was delivered, to how many, at what cost; of few people nothing is told.

use actix_web::{get, web::Data};
use balsts_domain::{
    access::{NationalPermission, Permission, Role},
    service_statistics::StatisticsRow,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiState,
    body::Query,
    cost_statistics::CostAveragesResponse,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{ServiceGroup, StatisticsDimension},
    preconditions::RequestId,
    problem::{AccessFailures, ApiError, Failures, Refused},
    types::YearMonth,
};

const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor],
    scope: "statistics:read",
};
const READ_ALL: NationalPermission = NationalPermission(&[Role::MinistryReviewer, Role::MinistryAdmin]);

/// What to count, and by what to tell it apart.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ServiceStatisticsQuery {
    /// The first month.
    #[param(value_type = String, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2023-01")]
    from: YearMonth,
    /// The last month: for an office two years at most; for the ministry that of the calendar quarter which `from` begins.
    #[param(value_type = String, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2023-12")]
    to: YearMonth,
    /// What the statistics are told apart by.
    #[param(inline)]
    by: StatisticsDimension,
}

/// A service group of a row.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupStatistics {
    /// The group.
    group: ServiceGroup,
    /// Cost and averages; null where they are of fewer than five people, or would tell of so few by subtraction.
    averages: Option<CostAveragesResponse>,
}

/// A value of the dimension.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceStatisticsRow {
    /// The value, `unknown` where nothing is recorded; of an area of support with its methodology; null for all.
    of: Option<String>,
    /// Each service group that was delivered.
    groups: Vec<GroupStatistics>,
    /// All groups together; null like those of a group.
    together: Option<CostAveragesResponse>,
}

impl From<StatisticsRow> for ServiceStatisticsRow {
    fn from(row: StatisticsRow) -> Self {
        let group =
            |(group, averages): (balsts_domain::parameters::catalogue::ServiceGroup, Option<_>)| GroupStatistics {
                group: ServiceGroup(group),
                averages: averages
                    .as_ref()
                    .map(|averages| CostAveragesResponse::new(Some(group.to_string()), averages)),
            };
        Self {
            of: row.of,
            groups: row.groups.into_iter().map(group).collect(),
            together: row.together.as_ref().map(|averages| CostAveragesResponse::new(None, averages)),
        }
    }
}

/// The statistics of a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceStatisticsResponse {
    /// The first month.
    from: YearMonth,
    /// The last month.
    to: YearMonth,
    /// What they are told apart by.
    by: StatisticsDimension,
    /// Each value of the dimension, all together last; none where nothing was delivered.
    rows: Vec<ServiceStatisticsRow>,
}

fn example() -> Value {
    let averages = |group: Option<&str>| {
        json!({"group": group, "cost": "663.00", "cost_percent": 100, "times": 100, "recipients": 10, "per_time": "6.63",
            "per_recipient": "66.30", "per_recipient_month": "66.30"})
    };
    let row = |of: Option<&str>| json!({"of": of, "groups": [{"group": "social", "averages": averages(Some("social"))}], "together": averages(None)});
    json!({"from": "2023-10", "to": "2023-12", "by": "municipality", "rows": [row(Some("0001000")), row(None)]})
}

/// Get statistics of services
///
/// What was delivered in some months, or claimed back and approved, a line of a claim as one time: cost, times, different recipients and averages of each service group, told apart by one
/// dimension. The place is that of the offer that was ordered; age groups are by the last day; sex, type of family and employment
/// are those of the latest survey of the case. A municipality sees its own, the ministry the country's, one calendar quarter at a
/// time. Nothing is told of fewer than five people, nor what would tell of them by subtraction.
#[utoipa::path(
    tag = "statistics",
    params(ServiceStatisticsQuery),
    responses(
        (status = 200, description = "The statistics", body = ServiceStatisticsResponse, example = json!(example())),
        AccessFailures, Failures, Refused,
    ),
    security(("bearer" = ["statistics:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "ministry_admin", "social_worker", "office_head", "accountant", "auditor",
        "integrator"]))),
)]
#[get("/v1/service-statistics")]
pub(crate) async fn get_service_statistics(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Result<Query<ServiceStatisticsQuery>, ApiError>,
) -> Result<Localised<ServiceStatisticsResponse>, ApiError> {
    // Before the query, so that who may not ask is told no more.
    let call = state.call(caller.national_or_municipal(READ_ALL, READ)?, request_id);
    let ServiceStatisticsQuery { from, to, by } = query?.0;
    let rows = state.app.service_statistics(&call, &state.parameters, by.0, (from.0, to.0)).await?;
    let rows = rows.into_iter().map(ServiceStatisticsRow::from).collect();
    Ok(Localised(ServiceStatisticsResponse { from, to, by, rows }, language.0))
}

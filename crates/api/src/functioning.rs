//! `/v1/cases/{id}/functioning` and `/v1/functioning-statistics`: functioning before and after, as completed assessments measured it.

use actix_web::{
    get,
    web::{Data, Path},
};
use balsts_app::DomainCounts;
use balsts_domain::{
    access::{Permission, Role},
    dimensions::PlaceDimension as By,
    functioning::{ChangeCounts, DomainChange},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::Query,
    i18n::{Accepted, Localised},
    identity::Identified,
    measures::{OF_COUNTRY, OF_OFFICE, PlaceStatisticsQuery},
    names::{FunctioningChange, PlaceDimension},
    preconditions::{self, RequestId},
    problem::{AccessFailures, ApiError, Failures, Missing},
};

const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor, Role::Recipient],
    scope: "assessments:read",
};

/// A domain of activities and participation before and after.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DomainChangeResponse {
    /// Number of the domain: 1 for d1, to 9 for d9.
    domain: u32,
    /// The qualifier at first: 0 no difficulty to 4 complete.
    before: u32,
    /// The qualifier at last.
    after: u32,
    /// How it has changed.
    change: FunctioningChange,
}

/// The functioning of a person before and after.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FunctioningResponse {
    /// The domains that two completed assessments or more measured.
    domains: Vec<DomainChangeResponse>,
}

/// For how many people a domain changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeGroup {
    /// The group; null for all, and for several small groups that are told together.
    of: Option<String>,
    /// How many were measured before and after.
    people: u64,
    /// With less difficulty.
    improved: u64,
    /// With as much.
    same: u64,
    /// With more.
    worse: u64,
}

/// The people of a domain.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DomainCountsResponse {
    /// Number of the domain: 1 for d1, to 9 for d9.
    domain: u32,
    /// All together; null where they are too few.
    together: Option<ChangeGroup>,
    /// Each group that may be told.
    groups: Vec<ChangeGroup>,
}

/// For how many people each domain changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FunctioningStatisticsResponse {
    /// What the groups are.
    by: PlaceDimension,
    /// All nine domains.
    domains: Vec<DomainCountsResponse>,
}

impl From<DomainChange> for DomainChangeResponse {
    fn from(of: DomainChange) -> Self {
        let DomainChange { domain, before, after } = of;
        Self { domain, before, after, change: FunctioningChange(of.change()) }
    }
}

impl From<ChangeCounts> for ChangeGroup {
    fn from(counts: ChangeCounts) -> Self {
        let ChangeCounts { of, people, improved, same, worse } = counts;
        Self { of, people, improved, same, worse }
    }
}

impl From<DomainCounts> for DomainCountsResponse {
    fn from(counts: DomainCounts) -> Self {
        Self {
            domain: counts.domain,
            together: counts.together.map(ChangeGroup::from),
            groups: counts.groups.into_iter().map(ChangeGroup::from).collect(),
        }
    }
}

/// Get functioning before and after
///
/// The first and the last level that the completed assessments of a case measured of each domain. Levels 8 and 9 compare with
/// nothing. The read is recorded in the access log.
#[utoipa::path(
    tag = "results",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application")),
    responses(
        (status = 200, description = "Before and after", body = FunctioningResponse, example = json!({
            "domains": [{"domain": 4, "before": 3, "after": 2, "change": "improved"}],
        })),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["assessments:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/cases/{id}/functioning")]
pub(crate) async fn get_functioning(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<FunctioningResponse>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.get_functioning(&call, preconditions::id(&id)?).await?;
    let domains = found.into_iter().map(DomainChangeResponse::from).collect();
    Ok(Localised(FunctioningResponse { domains }, language.0))
}

/// Get functioning statistics
///
/// For how many people of a methodology each domain improved: of the whole country for the ministry, where a group of fewer than
/// five people is told with others only; of its municipality, whole, for an office.
#[utoipa::path(
    tag = "results",
    params(PlaceStatisticsQuery),
    responses(
        (status = 200, description = "The statistics", body = FunctioningStatisticsResponse, example = json!({
            "by": "region",
            "domains": [{"domain": 4, "together": {"of": null, "people": 60, "improved": 21, "same": 36, "worse": 3},
                "groups": [{"of": "riga", "people": 60, "improved": 21, "same": 36, "worse": 3}]}],
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["results:read"])),
    extensions(("x-roles" = json!(["ministry_reviewer", "programme_team", "social_worker", "office_head", "auditor",
        "integrator"]))),
)]
#[get("/v1/functioning-statistics")]
pub(crate) async fn get_functioning_statistics(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Result<Query<PlaceStatisticsQuery>, ApiError>,
) -> Result<Localised<FunctioningStatisticsResponse>, ApiError> {
    // Before the query, so that who may not ask is told no more.
    let call = state.call(caller.national_or_municipal(OF_COUNTRY, OF_OFFICE)?, request_id);
    let PlaceStatisticsQuery { methodology, by } = query?.0;
    let by = by.map_or(By::Municipality, |by| by.0);
    let of = (methodology.0, by);
    let found = state.app.functioning_statistics(&call, &state.parameters.municipalities, of).await?;
    let domains = found.into_iter().map(DomainCountsResponse::from).collect();
    Ok(Localised(FunctioningStatisticsResponse { by: PlaceDimension(by), domains }, language.0))
}

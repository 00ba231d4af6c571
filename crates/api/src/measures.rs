//! What statistics over answers tell, and who asks for statistics of results.

use balsts_domain::{
    access::{NationalPermission, Permission, Role},
    measures::{MeasuredTable, Measures, ToldMeasures},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    names::{Methodology, PlaceDimension},
    types::Number,
};

/// Statistics of the whole country: small groups are hidden.
pub(crate) const OF_COUNTRY: NationalPermission = NationalPermission(&[Role::MinistryReviewer, Role::ProgrammeTeam]);
/// Statistics of the own municipality.
pub(crate) const OF_OFFICE: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: "results:read" };

/// What to count, and by what.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlaceStatisticsQuery {
    /// The methodology of the cases.
    #[param(inline, example = "children-2023")]
    pub(crate) methodology: Methodology,
    /// What the groups are; the municipality where left out.
    #[param(inline)]
    pub(crate) by: Option<PlaceDimension>,
}

/// What is told of answers; decimals are rounded half away from zero.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeasuresResponse {
    /// How many.
    n: u64,
    /// Their sum.
    sum: Number,
    /// Arithmetic mean, two decimals.
    mean: Number,
    /// The value in the middle; between two, halfway; two decimals.
    median: Number,
    /// The most frequent value, the least of several.
    mode: Number,
    /// Standard deviation of the sample, two decimals; null of one.
    standard_deviation: Option<Number>,
    /// Standard deviation in percent of the mean, one decimal; null of one, and where the mean is zero.
    coefficient_of_variation: Option<Number>,
}

/// The answers of a group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeasuredGroup {
    /// The group; null for all, and for several small groups that are told together.
    of: Option<String>,
    /// How many people's cases they are of.
    people: u64,
    /// What is told of the answers; null where there are none.
    measures: Option<MeasuresResponse>,
}

/// The answers of all, and of each group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeasuredTableResponse {
    /// All together; null where they are of too few people.
    together: Option<MeasuredGroup>,
    /// Each group that may be told.
    groups: Vec<MeasuredGroup>,
}

impl From<Measures> for MeasuresResponse {
    fn from(measures: Measures) -> Self {
        Self {
            n: measures.n,
            sum: Number(measures.sum),
            mean: Number(measures.mean),
            median: Number(measures.median),
            mode: Number(measures.mode),
            standard_deviation: measures.standard_deviation.map(Number),
            coefficient_of_variation: measures.coefficient_of_variation.map(Number),
        }
    }
}

impl From<ToldMeasures> for MeasuredGroup {
    fn from(told: ToldMeasures) -> Self {
        Self { of: told.of, people: told.people, measures: told.measures.map(MeasuresResponse::from) }
    }
}

impl From<MeasuredTable> for MeasuredTableResponse {
    fn from(table: MeasuredTable) -> Self {
        Self {
            together: table.together.map(MeasuredGroup::from),
            groups: table.groups.into_iter().map(MeasuredGroup::from).collect(),
        }
    }
}

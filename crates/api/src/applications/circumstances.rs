//! What an application tells beside the criteria, as it is given and shown.

use balsts_domain::circumstances::{Circumstances, ParentCircumstances, TechnicalAid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    bounds::{Children, Label, List},
    names::{AidStatus, ParentFamily, Sex},
    types::Date,
};

/// A technical aid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TechnicalAidRequest {
    /// What it is.
    name: Label,
    /// Whether it is needed or was received.
    status: AidStatus,
    /// From where it is to come, or came.
    from_where: Option<Label>,
}

/// The parent of a child, or who is in the parent's place; what is left out is not known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParentRequest {
    /// Birth date.
    birth_date: Option<Date>,
    /// Sex.
    sex: Option<Sex>,
    /// Type of family.
    family_type: Option<ParentFamily>,
    /// The parent has a disability.
    disability: Option<bool>,
    /// Both parents live with the child.
    complete_family: Option<bool>,
    /// How many children the family has, this one among them.
    children: Option<Children>,
    /// How many of them have a disability.
    disabled_children: Option<Children>,
    /// The parent is employed.
    employed: Option<bool>,
}

type TechnicalAids = List<TechnicalAidRequest, 0, 50>;

/// What an application tells beside the criteria; what is left out is not known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CircumstancesRequest {
    /// Sex of the child or adult.
    sex: Option<Sex>,
    /// The child is taught at home (children).
    home_schooled: Option<bool>,
    /// The parent, or who is in the parent's place (children).
    parent: Option<ParentRequest>,
    /// Technical aids that are needed or were received.
    #[schema(inline)]
    technical_aids: Option<TechnicalAids>,
}

/// A technical aid.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TechnicalAidResponse {
    /// What it is.
    #[schema(example = "ratiņkrēsls")]
    name: String,
    /// Whether it is needed or was received.
    status: AidStatus,
    /// From where it is to come, or came.
    from_where: Option<String>,
}

/// The parent of a child, or who is in the parent's place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParentResponse {
    /// Birth date.
    birth_date: Option<Date>,
    /// Sex.
    sex: Option<Sex>,
    /// Type of family.
    family_type: Option<ParentFamily>,
    /// The parent has a disability.
    disability: Option<bool>,
    /// Both parents live with the child.
    complete_family: Option<bool>,
    /// How many children the family has.
    children: Option<u32>,
    /// How many of them have a disability.
    disabled_children: Option<u32>,
    /// The parent is employed.
    employed: Option<bool>,
}

/// What an application tells beside the criteria.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CircumstancesResponse {
    /// Sex of the child or adult.
    sex: Option<Sex>,
    /// The child is taught at home.
    home_schooled: Option<bool>,
    /// The parent, or who is in the parent's place.
    parent: Option<ParentResponse>,
    /// Technical aids that are needed or were received.
    technical_aids: Vec<TechnicalAidResponse>,
}

impl From<CircumstancesRequest> for Circumstances {
    fn from(request: CircumstancesRequest) -> Self {
        let parent = |parent: ParentRequest| ParentCircumstances {
            birth_date: parent.birth_date.map(|day| day.0),
            sex: parent.sex.map(|sex| sex.0),
            family_type: parent.family_type.map(|family| family.0),
            disability: parent.disability,
            complete_family: parent.complete_family,
            children: parent.children.map(|number| number.0),
            disabled_children: parent.disabled_children.map(|number| number.0),
            employed: parent.employed,
        };
        let aid = |aid: TechnicalAidRequest| TechnicalAid {
            name: aid.name.0,
            status: aid.status.0,
            from_where: aid.from_where.map(|place| place.0),
        };
        Self {
            sex: request.sex.map(|sex| sex.0),
            home_schooled: request.home_schooled,
            parent: request.parent.map(parent),
            technical_aids: request.technical_aids.into_iter().flatten().map(aid).collect(),
        }
    }
}

impl From<Circumstances> for CircumstancesResponse {
    fn from(circumstances: Circumstances) -> Self {
        let parent = |parent: ParentCircumstances| ParentResponse {
            birth_date: parent.birth_date.map(Date),
            sex: parent.sex.map(Sex),
            family_type: parent.family_type.map(ParentFamily),
            disability: parent.disability,
            complete_family: parent.complete_family,
            children: parent.children,
            disabled_children: parent.disabled_children,
            employed: parent.employed,
        };
        let aid = |TechnicalAid { name, status, from_where }| TechnicalAidResponse {
            name,
            status: AidStatus(status),
            from_where,
        };
        Self {
            sex: circumstances.sex.map(Sex),
            home_schooled: circumstances.home_schooled,
            parent: circumstances.parent.map(parent),
            technical_aids: circumstances.technical_aids.into_iter().map(aid).collect(),
        }
    }
}

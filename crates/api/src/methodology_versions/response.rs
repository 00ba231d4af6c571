//! The answers of `/v1/methodology-versions` and `/v1/what-ifs`.

use std::fmt::Write;

use balsts_app::MethodologyVersion;
use balsts_domain::{
    access::MunicipalityCode,
    money::Money,
    parameters::{Parameters, catalogue::MethodologyId, overlay::Overlay},
    suppression::FEWEST,
    text::Language,
    what_if::{RecipientGroup, Sums, Tally, Told},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::content::MethodologyContent;
use crate::{
    names::{LivingArrangement, Methodology, MethodologyVersionStatus},
    types::{Date, Euros},
};

/// A publication.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicationResponse {
    /// Its number among all, from 1, in the order of time.
    #[schema(minimum = 1)]
    number: i64,
    /// Subject of who did it.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: DateTime<Utc>,
}

/// A version in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MethodologyVersionSummary {
    /// Identifier.
    id: Uuid,
    /// Where it stands.
    status: MethodologyVersionStatus,
    /// What it is called.
    #[schema(example = "Tarifi 2024")]
    title: String,
    /// Nothing in it begins before this day.
    valid_from: Date,
    /// SHA-256 of the content, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    content_hash: String,
    /// Its publication; null for a draft.
    publication: Option<PublicationResponse>,
    /// Subject of who began it.
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// Subject of who changed it last.
    updated_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime<Utc>,
}

impl From<&MethodologyVersion> for MethodologyVersionSummary {
    fn from(version: &MethodologyVersion) -> Self {
        Self {
            id: version.id,
            status: MethodologyVersionStatus(version.status),
            title: version.title.clone(),
            valid_from: Date(version.valid_from),
            content_hash: hex(&version.content_hash),
            publication: version.published.as_ref().map(|of| PublicationResponse {
                number: of.number,
                by: of.by.clone(),
                at: of.at,
            }),
            created_by: version.created_by.clone(),
            created_at: version.created_at,
            updated_by: version.updated_by.clone(),
            updated_at: version.updated_at,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A page of versions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MethodologyVersionList {
    /// The versions.
    pub(super) items: Vec<MethodologyVersionSummary>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// A version of catalogue and methodologies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MethodologyVersionResponse {
    #[serde(flatten)]
    #[schema(inline)]
    summary: MethodologyVersionSummary,
    /// What it adds.
    #[schema(value_type = MethodologyContent)]
    content: Overlay,
}

impl From<&MethodologyVersion> for MethodologyVersionResponse {
    fn from(version: &MethodologyVersion) -> Self {
        Self { summary: version.into(), content: version.content.clone() }
    }
}

/// The cost of some budgets for their periods.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CostComparison {
    /// How many budgets.
    budgets: u64,
    /// EUR with the parameters in force.
    current: Euros,
    /// EUR with the draft.
    draft: Euros,
    /// EUR that the draft costs more; negative where it costs less.
    difference: Euros,
}

impl From<Sums> for CostComparison {
    fn from(sums: Sums) -> Self {
        let euros = |amount: Money| Euros(amount);
        Self {
            budgets: sums.budgets,
            current: euros(sums.current),
            draft: euros(sums.draft),
            difference: euros(sums.difference()),
        }
    }
}

/// The cost in a municipality.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MunicipalityCost {
    /// Its ATVK code; null for those together that have too few budgets to be told alone.
    #[schema(example = "0001000")]
    municipality: Option<String>,
    /// Its name.
    name: Option<String>,
    /// The cost.
    cost: CostComparison,
}

/// The cost of a group of people.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupCost {
    /// The methodology; null for the groups together that have too few budgets to be told alone.
    methodology: Option<Methodology>,
    /// Age group of children.
    #[schema(example = "7-13")]
    group: Option<String>,
    /// Heavy limitation of children.
    heavy: Option<bool>,
    /// Care level of adults.
    care_level: Option<u8>,
    /// Type of residence of adults.
    living_arrangement: Option<LivingArrangement>,
    /// The cost.
    cost: CostComparison,
}

/// How many budgets are refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefusedBudgets {
    /// Why, as the calculation tells it; null for all reasons together.
    #[schema(example = "age_out_of_range")]
    code: Option<String>,
    /// By the parameters in force; null for a number between 0 and 5.
    current: Option<u64>,
    /// By the draft; null for a number between 0 and 5.
    draft: Option<u64>,
}

impl RefusedBudgets {
    fn new(code: Option<&str>, refused: balsts_domain::what_if::RefusedBudgets) -> Self {
        let told = |count: u64| Some(count).filter(|count| *count == 0 || *count >= FEWEST);
        Self { code: code.map(ToOwned::to_owned), current: told(refused.current), draft: told(refused.draft) }
    }
}

/// What the budgets of the country would cost.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhatIfResponse {
    /// The day that was calculated.
    date: Date,
    /// Budgets that are not closed.
    budgets: u64,
    /// Those that are refused, first for any reason and then by reason.
    refused: Vec<RefusedBudgets>,
    /// The cost of those that both accept; null where these are too few.
    total: Option<CostComparison>,
    /// The same by municipality.
    municipalities: Vec<MunicipalityCost>,
    /// The same by group.
    groups: Vec<GroupCost>,
}

impl WhatIfResponse {
    pub(super) fn new(tally: &Tally, date: NaiveDate, parameters: &Parameters, language: Language) -> Self {
        let all = RefusedBudgets::new(None, tally.refused);
        let reasons = tally.reasons.iter().map(|(code, refused)| RefusedBudgets::new(Some(code), *refused));
        let name = |code: MunicipalityCode| {
            let known = parameters.municipalities.find(code);
            known.map(|municipality| municipality.name.in_language(language).to_owned())
        };
        let municipality = |told: Told<MunicipalityCode>| MunicipalityCost {
            municipality: told.of.map(|code| code.to_string()),
            name: told.of.and_then(name),
            cost: told.sums.into(),
        };
        Self {
            date: Date(date),
            budgets: tally.budgets,
            refused: std::iter::once(all).chain(reasons).collect(),
            total: tally.total().map(Into::into),
            municipalities: tally.municipalities().into_iter().map(municipality).collect(),
            groups: tally.groups().into_iter().map(group).collect(),
        }
    }
}

fn group(told: Told<RecipientGroup>) -> GroupCost {
    let cost = told.sums.into();
    let unnamed =
        GroupCost { methodology: None, group: None, heavy: None, care_level: None, living_arrangement: None, cost };
    match told.of {
        None => unnamed,
        Some(RecipientGroup::Children { group, heavy }) => GroupCost {
            methodology: Some(Methodology(MethodologyId::Children2023)),
            group: Some(group),
            heavy: Some(heavy),
            ..unnamed
        },
        Some(RecipientGroup::Adults { care_level, living_arrangement }) => GroupCost {
            methodology: Some(Methodology(MethodologyId::Adults2023)),
            care_level: Some(care_level),
            living_arrangement: Some(LivingArrangement(living_arrangement)),
            ..unnamed
        },
    }
}

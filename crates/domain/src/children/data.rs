//! The children methodology as its data file writes it.

use chrono::NaiveDate;
use serde::Deserialize;

use super::Severity;
use crate::{
    lines::Decision,
    money::{Money, Volume},
    parameters::documents::SourceEntry,
    text::Text,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MethodologyFile {
    pub(super) id: String,
    pub(super) title: Text,
    pub(crate) versions: Vec<VersionFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionFile {
    pub(crate) version: String,
    pub(crate) valid_from: NaiveDate,
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) months: u32,
    pub(super) source: SourceEntry,
    pub(super) decisions: Vec<Decision>,
    pub(super) groups: Vec<GroupFile>,
    pub(super) base_basket: BaseBasketFile,
    pub(super) state_paid: Vec<String>,
    pub(super) criteria: CriteriaFile,
    pub(super) special_care_benefit: PlainFile,
}

/// What splits an age group into heavy and light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitBy {
    /// The opinion on special care need.
    SpecialCare,
    /// The severity of the functional limitation.
    Severity,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupFile {
    pub(super) id: String,
    pub(super) to_months: u32,
    pub(super) split_by: SplitBy,
    #[serde(default)]
    pub(super) decisions: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BaseBasketFile {
    pub(super) title: Text,
    pub(super) baskets: Vec<BasketFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BasketFile {
    pub(super) groups: Vec<String>,
    /// For heavy or light limitation only; both where left out.
    pub(super) heavy: Option<bool>,
    pub(super) lines: Vec<LineFile>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineFile {
    pub(super) service: String,
    pub(super) area: u8,
    pub(super) a_month: Option<Volume>,
    pub(super) a_year: Option<Volume>,
    pub(super) basis: Option<SourceEntry>,
    pub(super) decision: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CriteriaFile {
    pub(super) parental_employment: EmploymentFile,
    pub(super) upbringing_support: PlainFile,
    pub(super) palliative_care: PlainFile,
    pub(super) parent_psychology: PlainFile,
    pub(super) respite: RespiteFile,
    pub(super) child_psychology: PlainFile,
    pub(super) specialist_support: SpecialistFile,
    pub(super) vision_support: VisionFile,
    pub(super) hearing_support: HearingFile,
    pub(super) mobility: MobilityFile,
}

/// A criterion with one set of lines and at most plain conditions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlainFile {
    pub(super) title: Text,
    #[serde(default)]
    pub(super) from_months: u32,
    #[serde(default)]
    pub(super) heavy_only: bool,
    pub(super) decision: Option<String>,
    pub(super) lines: Vec<LineFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EmploymentFile {
    pub(super) title: Text,
    pub(super) from_months: u32,
    pub(super) heavy_lines: Vec<LineFile>,
    pub(super) light_lines: Vec<LineFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RespiteFile {
    pub(super) title: Text,
    pub(super) heavy_only: bool,
    pub(super) institution: Vec<LineFile>,
    pub(super) home_medical: Vec<LineFile>,
    pub(super) home_non_medical: Vec<LineFile>,
    pub(super) months_off: u32,
    pub(super) months_off_services: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpecialistFile {
    pub(super) title: Text,
    pub(super) autism_lines: Vec<LineFile>,
    pub(super) lines: Vec<LineFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VisionFile {
    pub(super) title: Text,
    pub(super) lines: Vec<LineFile>,
    pub(super) guide_dog: GuideDogFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GuideDogFile {
    pub(super) from_months: u32,
    pub(super) severity: Severity,
    pub(super) lines: Vec<LineFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HearingFile {
    pub(super) title: Text,
    pub(super) sign_language_training: LineFile,
    pub(super) communication_skills: LineFile,
    pub(super) adaptation_training: LineFile,
    pub(super) social_problem_help: LineFile,
    pub(super) sign_interpreter_communication: LineFile,
    pub(super) sign_interpreter_education: LineFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MobilityFile {
    pub(super) title: Text,
    pub(super) service: String,
    pub(super) area: u8,
    pub(super) ceiling: Money,
    pub(super) allowance: AllowanceFile,
    pub(super) basis: SourceEntry,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AllowanceFile {
    pub(super) service: String,
    pub(super) half_years: u32,
}

//! The adults methodology as its data file writes it.

use chrono::NaiveDate;
use serde::Deserialize;

use super::LivingArrangement;
use crate::{lines::Decision, money::Money, parameters::documents::SourceEntry, text::Text};

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
    pub(super) living_arrangements: Vec<ArrangementFile>,
    pub(super) base_needs: BaseNeedsFile,
    pub(super) additional_needs: AdditionalNeedsFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ArrangementFile {
    pub(super) id: LivingArrangement,
    pub(super) column: String,
    pub(super) unconfirmed: bool,
    pub(super) title: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BaseNeedsFile {
    pub(super) title: Text,
    pub(super) care_levels: Vec<CareLevelFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CareLevelFile {
    pub(super) level: u8,
    pub(super) lives_alone: Money,
    pub(super) lives_with_family: Money,
    pub(super) group_home: Money,
    pub(super) decision: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdditionalNeedsFile {
    pub(super) natural_support: NeedFile,
    pub(super) minor_child_care: NeedFile,
    pub(super) mobility: NeedFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NeedFile {
    pub(super) title: Text,
    pub(super) ceiling: Money,
    pub(super) condition: Text,
}

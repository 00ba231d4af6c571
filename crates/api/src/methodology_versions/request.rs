//! The requests of `/v1/methodology-versions` and `/v1/what-ifs`.

use balsts_app::NewVersion;
use balsts_domain::parameters::overlay::Overlay;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::content::{self, MethodologyContent};
use crate::{bounds::Label, problem::ApiError, types::Date};

/// A version of catalogue and methodologies, as a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateMethodologyVersion {
    /// What it is called.
    title: Label,
    /// Nothing in it may begin before this day, which must lie after the day of the publication.
    valid_from: Date,
    /// What it adds.
    #[schema(value_type = MethodologyContent)]
    content: Box<RawValue>,
}

impl CreateMethodologyVersion {
    /// # Errors
    /// Where the content does not fit.
    pub(super) fn parsed(self) -> Result<NewVersion, ApiError> {
        let content = content::parsed(&self.content)?;
        Ok(NewVersion { title: self.title.0, valid_from: self.valid_from.0, content })
    }
}

/// On what day to try a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateWhatIf {
    /// The day for which every budget is calculated.
    pub(super) date: Date,
}

/// A content to try that is not stored.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateUnstoredWhatIf {
    /// The day for which every budget is calculated.
    date: Date,
    /// What is added to the parameters.
    #[schema(value_type = MethodologyContent)]
    content: Box<RawValue>,
}

impl CreateUnstoredWhatIf {
    /// # Errors
    /// Where the content does not fit.
    pub(super) fn parsed(self) -> Result<(Overlay, NaiveDate), ApiError> {
        Ok((content::parsed(&self.content)?, self.date.0))
    }
}

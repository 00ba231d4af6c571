//! The requests of `/v1/persons`.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::applications::PersonalCodeText;

/// Whom to search.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchPersons {
    /// Personal code.
    pub(super) personal_code: PersonalCodeText,
}

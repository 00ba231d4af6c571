//! The requests of `/v1/persons`.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::applications::{IdentificationNumberText, PersonalCodeText};

/// Whom to search.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchPersons {
    /// Personal code.
    pub(super) personal_code: Option<PersonalCodeText>,
    /// Identification number of who has no personal code: one of both is given.
    pub(super) identification_number: Option<IdentificationNumberText>,
}

/// Which part of the access log to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccessesQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    #[param(minimum = 1)]
    pub(super) cursor: Option<i64>,
}

/// For what a person is to be known by a pseudonym.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PseudonymsQuery {
    /// The purpose, in the caller's own words, such as `reports`. Pseudonyms of different purposes cannot be joined.
    #[param(required = true, value_type = String, min_length = 1, max_length = 50, pattern = "^[a-z0-9-]{1,50}$", example = "reports")]
    // Looked at after the caller's role.
    pub(super) purpose: Option<String>,
}

//! Where a caller acts: an office in its own municipality; a provider, who has none, in that of the office that the request is
//! about.

use balsts_domain::{
    access::{Permission, Scope},
    text::Message,
};
use serde::Deserialize;
use utoipa::{IntoParams, IntoResponses};

use crate::{
    ApiState,
    identity::Identified,
    problem::{ApiError, Problem},
    types::Atvk,
};

/// The office that a request is about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Office {
    /// The municipality whose office ordered, by its ATVK code: required of a provider, who has none; for everybody else their
    /// own.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    pub(crate) municipality: Option<Atvk>,
}

/// What a request without the office answers.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "only describes what a handler may answer")]
pub(crate) enum OfficeFailures {
    /// A provider does not say which office the request is about
    #[response(status = 422, content_type = "application/problem+json")]
    Missing(Problem),
}

/// The scope of a caller in an office.
///
/// # Errors
/// The caller may not, tells no office and has none, or tells one that is not there or not its own.
pub(crate) fn seat(
    caller: &Identified,
    state: &ApiState,
    permission: Permission,
    office: &Office,
) -> Result<Scope, ApiError> {
    let actor = caller.actor(permission)?;
    let asked = office.municipality.as_ref().map(|code| code.0);
    let municipality = match (actor.municipality, asked) {
        (Some(own), None) => own,
        (Some(own), Some(asked)) if own == asked => own,
        (Some(_), Some(_)) => return Err(ApiError::NotFound),
        (None, Some(asked)) => {
            state.parameters.municipalities.find(asked).ok_or(ApiError::NotFound)?;
            asked
        }
        (None, None) => {
            return Err(ApiError::refuse(
                "/municipality",
                "missing_field",
                Message::new("office-municipality-required"),
            ));
        }
    };
    Ok(actor.within(municipality))
}

//! Who calls: bearer tokens of an OpenID Connect issuer, and the extractor that gives a handler its caller.
//!
//! What a caller may do is not decided here but by [`balsts_domain::access`].

mod jwks;
#[cfg(test)]
mod tests;
mod token;

use std::ops::Deref;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    web::Data,
};
use balsts_domain::{
    access::{Actor, Caller, Denied, MunicipalityCode, NationalPermission, Permission, Role, Scope},
    parameters::municipalities::Municipalities,
};
use chrono::NaiveDate;
use futures_util::future::LocalBoxFuture;

pub use jwks::{Fetch, FetchError, KeySet, Keys, NotAKeySet, RemoteKeys};
pub use token::{InvalidToken, SigningAlgorithm, Verifier};

use crate::{ApiState, problem::ApiError};

/// The caller that a request's bearer token proves. A handler that takes one is never reached without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    caller: Caller,
    /// The caller's municipality exists no more.
    ended: bool,
    today: NaiveDate,
}

impl Identified {
    /// The caller on a day. A municipality that is not known, or not yet, is as good as none.
    fn on(today: NaiveDate, mut caller: Caller, municipalities: &Municipalities) -> Self {
        let known = caller.municipality.and_then(|code| municipalities.find(code));
        let known = known.filter(|municipality| municipality.valid_from <= today);
        if let (Some(code), None) = (caller.municipality, known) {
            tracing::warn!(%code, "a bearer token names a municipality that is not known");
            caller.municipality = None;
        }
        Self { caller, ended: known.is_some_and(|municipality| municipality.has_ended_on(today)), today }
    }

    /// The scope in which the caller may use a permission. A municipality that has ended may read what it has.
    ///
    /// # Errors
    /// 403: the caller may not.
    pub fn scope(&self, permission: Permission) -> Result<Scope, ApiError> {
        if self.ended && !permission.only_reads() {
            return Err(ApiError::Forbidden);
        }
        Ok(self.caller.scope(permission, self.today)?)
    }

    /// Who the caller is to what no municipality owns.
    ///
    /// # Errors
    /// 403: the caller may not.
    pub fn actor(&self, permission: Permission) -> Result<Actor, ApiError> {
        let actor = self.caller.actor(permission, self.today)?;
        let of_the_past = self.ended && actor.municipality.is_some() && !permission.only_reads();
        if of_the_past { Err(ApiError::Forbidden) } else { Ok(actor) }
    }

    /// The scope of the ministry's administrator, which the caller must be, in a municipality.
    pub(crate) fn of_the_ministry(&self, municipality: MunicipalityCode) -> Scope {
        let subject = self.caller.subject.clone();
        Scope { municipality, subject, role: Role::MinistryAdmin, today: self.today }
    }

    /// The scope of the whole country in which the caller may use a national permission.
    ///
    /// # Errors
    /// 403: the caller may not.
    pub fn national(&self, permission: NationalPermission) -> Result<Scope, ApiError> {
        Ok(self.caller.national(permission, self.today)?)
    }

    /// The scope of the country where the caller has a role of it that may, or else that of the caller's municipality.
    ///
    /// # Errors
    /// 403: the caller may not.
    pub fn national_or_municipal(
        &self,
        national: NationalPermission,
        municipal: Permission,
    ) -> Result<Scope, ApiError> {
        self.national(national).or_else(|_| self.scope(municipal))
    }

    /// The scope of the caller's municipality where the caller has a role of it that may, or else that of the country.
    ///
    /// # Errors
    /// 403: the caller may not.
    pub fn municipal_or_national(
        &self,
        municipal: Permission,
        national: NationalPermission,
    ) -> Result<Scope, ApiError> {
        self.scope(municipal).or_else(|_| self.national(national))
    }
}

impl Deref for Identified {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl From<Denied> for ApiError {
    fn from(_: Denied) -> Self {
        Self::Forbidden
    }
}

impl FromRequest for Identified {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<Data<ApiState>>().cloned();
        let token = bearer(request.headers());
        Box::pin(async move {
            let state = state.ok_or(ApiError::Internal)?;
            let (caller, today) = (identify(&state, token?).await?, state.today());
            // Asked for each request, so that a role that is ended is gone with the next.
            let grants = state.app.granted_roles(&caller.subject, today).await?;
            Ok(Self::on(today, caller.with_grants(&grants), &state.parameters.municipalities))
        })
    }
}

async fn identify(state: &ApiState, token: String) -> Result<Caller, ApiError> {
    let Some(verifier) = &state.identity else {
        return Err(ApiError::Unauthenticated { token_given: true });
    };
    verifier.verify(&token, (state.clock)()).await.map_err(|reason| {
        tracing::warn!(%reason, "a bearer token is refused");
        match reason {
            // Not the sender's fault: the same token may do in a moment.
            InvalidToken::KeysUnavailable => ApiError::Unavailable,
            _ => ApiError::Unauthenticated { token_given: true },
        }
    })
}

/// The token of the one header `Authorization: Bearer TOKEN`.
fn bearer(headers: &HeaderMap) -> Result<String, ApiError> {
    let mut given = headers.get_all(header::AUTHORIZATION);
    let value = given.next().ok_or(ApiError::Unauthenticated { token_given: false })?;
    let refused = ApiError::Unauthenticated { token_given: true };
    if given.next().is_some() {
        return Err(refused);
    }
    let (scheme, token) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or(refused)?;
    // Another way to log in is as good as none.
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ApiError::Unauthenticated { token_given: false });
    }
    Ok(token.trim().to_owned())
}

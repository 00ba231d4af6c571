//! Whose tokens are believed, as the section `[identity]` says.

use std::net::IpAddr;

use balsts_api::identity::SigningAlgorithm;
use reqwest::Url;

use super::{ConfigError, Identity, IdentityMode, Settings};

/// Whose tokens are believed.
#[derive(Debug, Clone)]
pub(crate) enum Trust {
    /// Nobody's: every operation that needs a caller answers 401.
    Nobody,
    /// Those of an issuer in this process, which prints them.
    Development { audience: String },
    /// Those of an OpenID Connect issuer.
    Oidc { issuer: String, audience: String, jwks_url: Url, algorithms: Vec<SigningAlgorithm> },
}

impl Settings {
    /// Whose tokens are believed. The development issuer signs in whoever can read the output of the program, so it is
    /// refused where other machines can connect, and asked for where the database is a server, which may be that of an office.
    pub(crate) fn trust(&self) -> Result<Trust, ConfigError> {
        let Identity { mode, issuer, audience, jwks_url, algorithms } = &self.identity;
        let local = self.listen.ip().is_loopback();
        if audience.is_empty() {
            return Err(refused("audience", "must not be empty"));
        }
        if algorithms.is_empty() {
            return Err(refused("algorithms", "must name at least one of RS256, ES256, EdDSA"));
        }
        if *mode != Some(IdentityMode::Oidc) && (issuer.is_some() || jwks_url.is_some()) {
            return Err(refused("mode", "must be \"oidc\" where identity.issuer or identity.jwks_url is given"));
        }
        match mode {
            None if local && self.database.url.file().is_some() => {
                Ok(Trust::Development { audience: audience.clone() })
            }
            None => Ok(Trust::Nobody),
            Some(IdentityMode::Development) if local => Ok(Trust::Development { audience: audience.clone() }),
            Some(IdentityMode::Development) => Err(refused(
                "mode",
                &format!(
                    "\"development\" is refused on {}, which other machines can reach; listen on 127.0.0.1 or set \"oidc\"",
                    self.listen
                ),
            )),
            Some(IdentityMode::Oidc) => {
                let issuer =
                    issuer.clone().ok_or_else(|| refused("issuer", "is needed where identity.mode is \"oidc\""))?;
                secure_url("issuer", &issuer)?;
                let jwks_url = jwks_url
                    .as_ref()
                    .ok_or_else(|| refused("jwks_url", "is needed where identity.mode is \"oidc\""))?;
                let jwks_url = secure_url("jwks_url", jwks_url)?;
                Ok(Trust::Oidc { issuer, audience: audience.clone(), jwks_url, algorithms: algorithms.clone() })
            }
        }
    }
}

/// Keys that come unprotected over a network could be anybody's.
fn secure_url(key: &str, text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).map_err(|_| refused(key, "is not a URL"))?;
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let local = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    if !(url.scheme() == "https" || url.scheme() == "http" && local) {
        return Err(refused(key, "must begin with https://; http:// is accepted on this machine only"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(key, "must not contain a user name or password"));
    }
    Ok(url)
}

fn refused(key: &str, why: &str) -> ConfigError {
    ConfigError(format!("identity.{key}: {why}"))
}

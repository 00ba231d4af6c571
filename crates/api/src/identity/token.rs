//! What a bearer token must be to be believed: signed by a known key with a pinned algorithm, by the configured issuer,
//! for this service, and valid now.

use balsts_domain::access::{Caller, MunicipalityCode, Role};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header, errors::ErrorKind};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::jwks::Keys;

/// The clocks of issuer and service may differ by as much, seconds.
const LEEWAY: i64 = 60;
/// A longer text is not looked at, bytes.
const LONGEST_TOKEN: usize = 8 * 1024;
/// The longest subject, characters.
const LONGEST_SUBJECT: usize = 200;

/// How a token may be signed. What is not here, such as `none` and the algorithms with a shared secret, cannot be
/// configured: with a shared secret, whoever knows the public key could sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub enum SigningAlgorithm {
    /// RSA with SHA-256, keys of 2048 bits and more.
    RS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl SigningAlgorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::RS256, Self::ES256, Self::EdDSA];

    pub(super) fn of(algorithm: Algorithm) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.algorithm() == algorithm)
    }

    pub(super) const fn algorithm(self) -> Algorithm {
        match self {
            Self::RS256 => Algorithm::RS256,
            Self::ES256 => Algorithm::ES256,
            Self::EdDSA => Algorithm::EdDSA,
        }
    }
}

impl TryFrom<String> for SigningAlgorithm {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        match name.as_str() {
            "RS256" => Ok(Self::RS256),
            "ES256" => Ok(Self::ES256),
            "EdDSA" => Ok(Self::EdDSA),
            _ => Err(format!("`{name}` is none of RS256, ES256, EdDSA")),
        }
    }
}

/// Why a token is not believed. For the log; the sender learns only that it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidToken {
    /// It is no signed JWT, is too long, or demands an extension of the format.
    #[error("not a JWT that can be read")]
    Malformed,
    /// It is not signed with one of the pinned algorithms.
    #[error("not signed with an accepted algorithm")]
    Algorithm,
    /// The issuer has no such key for this algorithm, or the token names none.
    #[error("signed with an unknown key")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("the signature is wrong")]
    Signature,
    /// It is of another issuer.
    #[error("of another issuer")]
    Issuer,
    /// It is for another service.
    #[error("for another audience")]
    Audience,
    /// It is no longer valid.
    #[error("expired")]
    Expired,
    /// It is not valid yet.
    #[error("not valid yet")]
    NotYetValid,
    /// A claim is missing or cannot be read.
    #[error("a claim is missing or wrong")]
    Claims,
    /// The issuer's keys could not be fetched, so nothing can be said of the token.
    #[error("the issuer's keys cannot be had")]
    KeysUnavailable,
}

/// The claims that matter. A role that is not known is refused rather than left out: the issuer means something by it.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    /// Left out by an issuer that keeps none: then those hold that are granted here.
    #[serde(default)]
    balsts_roles: Vec<Role>,
    balsts_municipality: Option<String>,
    #[serde(default)]
    scope: String,
}

/// Verifies bearer tokens of one issuer.
#[derive(Debug)]
pub struct Verifier {
    issuer: String,
    audience: String,
    algorithms: Vec<SigningAlgorithm>,
    keys: Keys,
}

impl Verifier {
    /// A verifier of the tokens that an issuer signs for an audience with one of the algorithms.
    #[must_use]
    pub const fn new(issuer: String, audience: String, algorithms: Vec<SigningAlgorithm>, keys: Keys) -> Self {
        Self { issuer, audience, algorithms, keys }
    }

    /// Who a token says that its sender is.
    ///
    /// # Errors
    /// The token is not to be believed.
    pub async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Caller, InvalidToken> {
        if token.len() > LONGEST_TOKEN {
            return Err(InvalidToken::Malformed);
        }
        // The header alone proves nothing; it only chooses among the keys and algorithms accepted here. `none` has no
        // place in the type of the header and ends as malformed.
        let header = decode_header(token).map_err(|_| InvalidToken::Malformed)?;
        if header.crit.is_some() {
            return Err(InvalidToken::Malformed);
        }
        let algorithm = SigningAlgorithm::of(header.alg)
            .filter(|algorithm| self.algorithms.contains(algorithm))
            .ok_or(InvalidToken::Algorithm)?;
        let kid = header.kid.ok_or(InvalidToken::UnknownKey)?;
        let key = self.keys.find(&kid, algorithm, now).await?;
        let verified =
            decode::<Claims>(token, &key, &self.validation(algorithm)).map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => InvalidToken::Signature,
                ErrorKind::InvalidIssuer => InvalidToken::Issuer,
                ErrorKind::InvalidAudience => InvalidToken::Audience,
                ErrorKind::MissingRequiredClaim(_) | ErrorKind::Json(_) => InvalidToken::Claims,
                _ => InvalidToken::Malformed,
            })?;
        verified.claims.caller(now)
    }

    /// Signature, issuer and audience. The times are compared here and not by the library, which would read the clock.
    fn validation(&self, algorithm: SigningAlgorithm) -> Validation {
        let mut validation = Validation::new(algorithm.algorithm());
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }
}

impl Claims {
    fn caller(self, now: DateTime<Utc>) -> Result<Caller, InvalidToken> {
        let now = now.timestamp();
        if self.exp.saturating_add(LEEWAY) <= now {
            return Err(InvalidToken::Expired);
        }
        if self.nbf.is_some_and(|not_before| not_before.saturating_sub(LEEWAY) > now) {
            return Err(InvalidToken::NotYetValid);
        }
        if self.sub.is_empty()
            || self.sub.chars().count() > LONGEST_SUBJECT
            // A subject goes into the audit and into logs, where a line break would make two entries of one.
            || self.sub.chars().any(char::is_control)
        {
            return Err(InvalidToken::Claims);
        }
        let municipality = self.balsts_municipality.map(|code| code.parse::<MunicipalityCode>()).transpose();
        Ok(Caller {
            subject: self.sub,
            roles: self.balsts_roles,
            municipality: municipality.map_err(|_| InvalidToken::Claims)?,
            scopes: self.scope.split_ascii_whitespace().map(ToOwned::to_owned).collect(),
        })
    }
}

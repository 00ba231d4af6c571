//! The issuer's public keys: fixed, or fetched and kept for a while.
//!
//! There is no task in the background: a request that finds the keys old fetches them. How they are fetched is given, so
//! that no HTTP client lives in this crate.

use std::{error::Error, fmt, sync::Arc};

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use jsonwebtoken::{
    DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use tokio::sync::Mutex;

use super::token::{InvalidToken, SigningAlgorithm};

/// Keys older than this are fetched again.
const FRESH: TimeDelta = TimeDelta::minutes(5);
/// Between two fetches, whatever their outcome: tokens with invented keys must not become a flood at the issuer.
const PAUSE: TimeDelta = TimeDelta::seconds(10);
/// Keys that cannot be fetched again are used as long as this: an outage is survived, a withdrawn key is not kept for ever.
const STALE: TimeDelta = TimeDelta::hours(24);

/// Fetches the text of a JSON Web Key Set. It must end by itself, and limit the size.
pub type Fetch = Arc<dyn Fn() -> BoxFuture<'static, Result<Vec<u8>, FetchError>> + Send + Sync>;
/// Why a key set could not be fetched; it is logged.
pub type FetchError = Box<dyn Error + Send + Sync>;

/// Public keys, each with its identifier and the one algorithm that it is for.
#[derive(Clone, Default)]
pub struct KeySet(Vec<(String, SigningAlgorithm, Arc<DecodingKey>)>);

/// The text is no key set, or there is no key in it that could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a JSON Web Key Set with a usable key")]
pub struct NotAKeySet;

impl KeySet {
    /// Reads a JSON Web Key Set. A key without an identifier, or of a kind that is not used here, is left out.
    ///
    /// # Errors
    /// It is none, or has no key for a signature of an accepted kind.
    pub fn parse(text: &[u8]) -> Result<Self, NotAKeySet> {
        #[derive(Deserialize)]
        struct Set {
            // One by one, because a key of an unknown kind must not hide the others.
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(text).map_err(|_| NotAKeySet)?;
        let keys: Vec<_> = set.keys.into_iter().filter_map(|key| usable(&serde_json::from_value(key).ok()?)).collect();
        if keys.is_empty() { Err(NotAKeySet) } else { Ok(Self(keys)) }
    }

    fn find(&self, kid: &str, algorithm: SigningAlgorithm) -> Option<Arc<DecodingKey>> {
        self.0.iter().find(|(name, is_for, _)| name == kid && *is_for == algorithm).map(|(.., key)| Arc::clone(key))
    }
}

/// The algorithm comes from the kind of the key, never from a token: a public RSA key is no secret for HMAC.
fn usable(jwk: &Jwk) -> Option<(String, SigningAlgorithm, Arc<DecodingKey>)> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => SigningAlgorithm::RS256,
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => SigningAlgorithm::ES256,
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => SigningAlgorithm::EdDSA,
        _ => return None,
    };
    let declared = jwk.common.key_algorithm.is_none_or(|name| name == algorithm.algorithm().into());
    let for_signatures = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let kid = jwk.common.key_id.clone()?;
    let key = DecodingKey::from_jwk(jwk).ok()?;
    (declared && for_signatures).then(|| (kid, algorithm, Arc::new(key)))
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(kid, algorithm, _)| (kid, algorithm))).finish()
    }
}

/// Where the keys come from.
#[derive(Debug)]
pub enum Keys {
    /// Always the same.
    Fixed(KeySet),
    /// The issuer's present ones.
    Remote(RemoteKeys),
}

impl Keys {
    pub(super) async fn find(
        &self,
        kid: &str,
        algorithm: SigningAlgorithm,
        now: DateTime<Utc>,
    ) -> Result<Arc<DecodingKey>, InvalidToken> {
        match self {
            Self::Fixed(keys) => keys.find(kid, algorithm).ok_or(InvalidToken::UnknownKey),
            Self::Remote(keys) => keys.find(kid, algorithm, now).await,
        }
    }
}

/// The issuer's keys as last fetched.
pub struct RemoteKeys {
    fetch: Fetch,
    cache: ArcSwap<Cached>,
    /// Held by the one request that fetches.
    fetching: Mutex<()>,
}

#[derive(Clone, Default)]
struct Cached {
    keys: Arc<KeySet>,
    fetched: Option<DateTime<Utc>>,
    tried: Option<DateTime<Utc>>,
}

impl Cached {
    /// Without the sign, so that a clock that was set back does not stop the fetching.
    fn is_within(time: Option<DateTime<Utc>>, span: TimeDelta, now: DateTime<Utc>) -> bool {
        time.is_some_and(|time| now.signed_duration_since(time).abs() < span)
    }

    fn keys(&self, now: DateTime<Utc>) -> Option<&KeySet> {
        Self::is_within(self.fetched, STALE, now).then_some(&*self.keys)
    }
}

impl RemoteKeys {
    /// Keys that the first token fetches.
    #[must_use]
    pub fn new(fetch: Fetch) -> Self {
        Self { fetch, cache: ArcSwap::default(), fetching: Mutex::new(()) }
    }

    async fn find(
        &self,
        kid: &str,
        algorithm: SigningAlgorithm,
        now: DateTime<Utc>,
    ) -> Result<Arc<DecodingKey>, InvalidToken> {
        let cached = self.cache.load_full();
        match cached.keys(now).and_then(|keys| keys.find(kid, algorithm)) {
            Some(key) if Cached::is_within(cached.fetched, FRESH, now) => return Ok(key),
            Some(key) => match self.fetching.try_lock() {
                Ok(_only_one) => self.refresh(now).await,
                // Another request is at it; meanwhile the old keys do.
                Err(_) => return Ok(key),
            },
            None => {
                let _only_one = self.fetching.lock().await;
                self.refresh(now).await;
            }
        }
        let cached = self.cache.load();
        let keys = cached.keys(now).ok_or(InvalidToken::KeysUnavailable)?;
        keys.find(kid, algorithm).ok_or(InvalidToken::UnknownKey)
    }

    /// Fetches the keys, unless that was tried just now: by the request that this one waited for, or in vain.
    async fn refresh(&self, now: DateTime<Utc>) {
        let mut cached = Cached::clone(&self.cache.load());
        if Cached::is_within(cached.tried, PAUSE, now) {
            return;
        }
        // Before the fetch: a request that is given up in the middle of it counts as well.
        cached.tried = Some(now);
        self.cache.store(Arc::new(cached.clone()));
        let fetched = (self.fetch)().await.and_then(|text| KeySet::parse(&text).map_err(Into::into));
        match fetched {
            Ok(keys) => self.cache.store(Arc::new(Cached { keys: Arc::new(keys), fetched: Some(now), ..cached })),
            Err(error) => tracing::warn!(%error, "the issuer's keys cannot be fetched"),
        }
    }
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeys").field("keys", &self.cache.load().keys).finish_non_exhaustive()
    }
}

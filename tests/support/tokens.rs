//! Bearer tokens of an issuer that [`TestApp`](crate::TestApp) trusts, and some that it must not.

use std::sync::OnceLock;

use aws_lc_rs::{rand::SystemRandom, signature::Ed25519KeyPair};
use balsts_api::identity::{KeySet, Keys, SigningAlgorithm, Verifier};
use balsts_domain::access::Role;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};

use crate::app::now;

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "balsts";
const KEY_ID: &str = "test";
/// `{"alg":"none","typ":"JWT","kid":"test"}`.
const UNSIGNED: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoidGVzdCJ9";

/// The key of the issuer, one for the process.
fn key() -> &'static EncodingKey {
    static KEY: OnceLock<EncodingKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let pair = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap();
        EncodingKey::from_ed_der(pair.as_ref())
    })
}

fn jwk() -> Value {
    let mut jwk = Jwk::from_encoding_key(key(), Algorithm::EdDSA).unwrap();
    jwk.common.key_id = Some(KEY_ID.to_owned());
    serde_json::to_value(jwk).unwrap()
}

/// The verifier that believes the issuer.
///
/// # Panics
/// Never.
#[must_use]
pub fn verifier() -> Verifier {
    let keys = KeySet::parse(json!({ "keys": [jwk()] }).to_string().as_bytes()).unwrap();
    Verifier::new(ISSUER.to_owned(), AUDIENCE.to_owned(), SigningAlgorithm::ALL.to_vec(), Keys::Fixed(keys))
}

/// The subject of the tokens of a role: `test-social-worker`.
#[must_use]
pub fn subject(role: Role) -> String {
    format!("test-{}", role.as_str().replace('_', "-"))
}

/// Claims of a good token in a role of a municipality, without scopes; good for ten years, as some tests are of a later day.
#[must_use]
pub fn claims(role: Role, municipality: &str) -> Value {
    json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject(role),
        "nbf": now().timestamp(),
        "exp": now().timestamp() + 3650 * 86_400,
        "balsts_roles": [role],
        "balsts_municipality": municipality,
    })
}

/// Signs claims with the issuer's key.
///
/// # Panics
/// Never.
#[must_use]
pub fn sign(claims: &Value) -> String {
    signed_with(claims, Algorithm::EdDSA, key())
}

fn signed_with(claims: &Value, algorithm: Algorithm, key: &EncodingKey) -> String {
    let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(algorithm) };
    encode(&header, claims, key).unwrap()
}

/// A good token.
#[must_use]
pub fn good(role: Role, municipality: &str) -> String {
    sign(&claims(role, municipality))
}

/// A good token of a machine client with scopes, which are separated by blanks.
#[must_use]
pub fn integrator(municipality: &str, scopes: &str) -> String {
    let mut claims = claims(Role::Integrator, municipality);
    claims["scope"] = scopes.into();
    sign(&claims)
}

/// A token that was good until an hour ago.
#[must_use]
pub fn expired(role: Role, municipality: &str) -> String {
    let mut claims = claims(role, municipality);
    claims["nbf"] = (now().timestamp() - 7200).into();
    claims["exp"] = (now().timestamp() - 3600).into();
    sign(&claims)
}

/// A token that is good for another service.
#[must_use]
pub fn for_another_audience(role: Role, municipality: &str) -> String {
    let mut claims = claims(role, municipality);
    claims["aud"] = "other".into();
    sign(&claims)
}

/// A token that says of itself that it is not signed.
///
/// # Panics
/// Never.
#[must_use]
pub fn unsigned(role: Role, municipality: &str) -> String {
    let signed = good(role, municipality);
    let payload = signed.split('.').nth(1).unwrap();
    format!("{UNSIGNED}.{payload}.")
}

/// A token signed with the public key as if that were a shared secret.
///
/// # Panics
/// Never.
#[must_use]
pub fn signed_with_the_public_key(role: Role, municipality: &str) -> String {
    let jwk = jwk();
    // The library wants the padding that a JWK leaves out: 32 bytes need one.
    let public = format!("{}=", jwk["x"].as_str().unwrap());
    let key = EncodingKey::from_urlsafe_base64_secret(&public).unwrap();
    signed_with(&claims(role, municipality), Algorithm::HS256, &key)
}

/// A token signed with a key that is not the issuer's.
///
/// # Panics
/// Never.
#[must_use]
pub fn of_another_key(role: Role, municipality: &str) -> String {
    let pair = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap();
    signed_with(&claims(role, municipality), Algorithm::EdDSA, &EncodingKey::from_ed_der(pair.as_ref()))
}

/// Every kind of token that must be answered by 401, with its name.
#[must_use]
pub fn refused(role: Role, municipality: &str) -> [(&'static str, String); 5] {
    [
        ("expired", expired(role, municipality)),
        ("another audience", for_another_audience(role, municipality)),
        ("unsigned", unsigned(role, municipality)),
        ("public key as secret", signed_with_the_public_key(role, municipality)),
        ("another key", of_another_key(role, municipality)),
    ]
}

#[cfg(test)]
mod tests {
    use balsts_api::identity::InvalidToken;

    use super::*;

    #[actix_web::test]
    async fn the_api_believes_the_good_tokens_only() {
        let verifier = verifier();
        for &role in Role::ALL {
            let caller = verifier.verify(&good(role, "0001000"), now()).await.unwrap();
            assert_eq!((caller.subject, caller.roles), (subject(role), vec![role]));
        }
        let machine = verifier.verify(&integrator("0001000", "a:read b:write"), now()).await.unwrap();
        assert_eq!(machine.scopes, ["a:read", "b:write"]);
        let mut reasons = Vec::new();
        for (name, token) in refused(Role::SocialWorker, "0001000") {
            reasons.push((name, verifier.verify(&token, now()).await.unwrap_err()));
        }
        let expected = [
            ("expired", InvalidToken::Expired),
            ("another audience", InvalidToken::Audience),
            ("unsigned", InvalidToken::Malformed),
            ("public key as secret", InvalidToken::Algorithm),
            ("another key", InvalidToken::Signature),
        ];
        assert_eq!(reasons, expected);
    }
}

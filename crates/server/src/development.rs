//! An issuer of tokens in this process, for development and demonstrations: a new key at every start, and a token for
//! every role. The configuration refuses it where other machines can connect.

use aws_lc_rs::{rand::SystemRandom, signature::Ed25519KeyPair};
use balsts_api::identity::{FetchError, KeySet, Keys, SigningAlgorithm, Verifier};
use balsts_domain::access::Role;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};

const ISSUER: &str = "urn:balsts:development";
const KEY_ID: &str = "development";
/// A working day with something to spare.
const VALIDITY: TimeDelta = TimeDelta::hours(12);
/// The municipality of the municipal roles.
pub(crate) const MUNICIPALITY: &str = "0054000";
/// What the demonstration's machine client may do.
const INTEGRATOR_SCOPES: &str = "applications:read applications:write imports:write";

/// A token for one role.
#[derive(Debug)]
pub(crate) struct DemoToken {
    pub(crate) role: Role,
    /// None for the roles of the whole country.
    pub(crate) municipality: Option<&'static str>,
    pub(crate) token: String,
}

/// The issuer.
pub(crate) struct Issuer {
    audience: String,
    key: EncodingKey,
    keys: KeySet,
}

impl Issuer {
    /// An issuer with a new key, which never leaves the process.
    pub(crate) fn new(audience: String) -> Result<Self, FetchError> {
        let pair = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new())?;
        let key = EncodingKey::from_ed_der(pair.as_ref());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA)?;
        jwk.common.key_id = Some(KEY_ID.to_owned());
        let keys = KeySet::parse(json!({ "keys": [jwk] }).to_string().as_bytes())?;
        Ok(Self { audience, key, keys })
    }

    /// A token for each role.
    pub(crate) fn demo_tokens(&self, now: DateTime<Utc>) -> jsonwebtoken::errors::Result<Vec<DemoToken>> {
        let sign = |&role: &Role| {
            let municipality = municipality(role);
            let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::EdDSA) };
            let token = encode(&header, &self.claims(role, municipality, now), &self.key)?;
            Ok(DemoToken { role, municipality, token })
        };
        Role::ALL.iter().map(sign).collect()
    }

    fn claims(&self, role: Role, municipality: Option<&str>, now: DateTime<Utc>) -> Value {
        json!({
            "iss": ISSUER,
            "aud": self.audience,
            "sub": format!("demo-{}", role.as_str().replace('_', "-")),
            "iat": now.timestamp(),
            "exp": (now + VALIDITY).timestamp(),
            "balsts_roles": [role],
            "balsts_municipality": municipality,
            "scope": if role == Role::Integrator { INTEGRATOR_SCOPES } else { "" },
        })
    }

    /// The verifier that believes this issuer and no other.
    pub(crate) fn into_verifier(self) -> Verifier {
        Verifier::new(ISSUER.to_owned(), self.audience, vec![SigningAlgorithm::EdDSA], Keys::Fixed(self.keys))
    }
}

const fn municipality(role: Role) -> Option<&'static str> {
    match role {
        Role::ProgrammeTeam | Role::MinistryReviewer | Role::MinistryAdmin => None,
        Role::SocialWorker
        | Role::OfficeHead
        | Role::BudgetManager
        | Role::Accountant
        | Role::AssessmentSpecialist
        | Role::Provider
        | Role::Recipient
        | Role::Auditor
        | Role::Integrator => Some(MUNICIPALITY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use balsts_api::identity::InvalidToken;

    #[actix_web::test]
    async fn each_role_has_a_token_for_half_a_day() {
        let now = clock();
        let issuer = Issuer::new("balsts".to_owned()).unwrap();
        let tokens = issuer.demo_tokens(now).unwrap();
        let verifier = issuer.into_verifier();
        assert_eq!(tokens.iter().map(|token| token.role).collect::<Vec<_>>(), Role::ALL);
        for DemoToken { role, municipality, token } in &tokens {
            let caller = verifier.verify(token, now).await.unwrap();
            assert_eq!(caller.roles, [*role]);
            assert_eq!(caller.subject, format!("demo-{}", role.as_str().replace('_', "-")));
            assert_eq!(caller.municipality.map(|code| code.to_string()).as_deref(), *municipality);
            assert_eq!(caller.scopes.is_empty(), *role != Role::Integrator);
            let later = now + VALIDITY + TimeDelta::minutes(1);
            assert_eq!(verifier.verify(token, later).await, Err(InvalidToken::Expired));
        }
    }

    #[actix_web::test]
    async fn another_start_has_another_key() {
        let tokens = Issuer::new("balsts".to_owned()).unwrap().demo_tokens(clock()).unwrap();
        let verifier = Issuer::new("balsts".to_owned()).unwrap().into_verifier();
        assert_eq!(verifier.verify(&tokens[0].token, clock()).await, Err(InvalidToken::Signature));
    }

    fn clock() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }
}

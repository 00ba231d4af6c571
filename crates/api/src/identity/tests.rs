//! Which tokens are believed, and how the issuer's keys are kept.

use std::sync::{
    Arc, Mutex, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::http::header::{HeaderName, HeaderValue};
use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use balsts_domain::{
    access::{Permission, Role},
    text::Language,
};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};

use super::*;
use crate::problem;

/// `{"alg":"none","typ":"JWT","kid":"ed"}`.
const UNSIGNED: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoiZWQifQ";

struct Signer {
    kid: &'static str,
    algorithm: Algorithm,
    key: EncodingKey,
}

impl Signer {
    fn ed(kid: &'static str) -> Self {
        let der = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap();
        Self { kid, algorithm: Algorithm::EdDSA, key: EncodingKey::from_ed_der(der.as_ref()) }
    }

    fn ec() -> Self {
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        Self { kid: "ec", algorithm: Algorithm::ES256, key: EncodingKey::from_ec_der(der.as_ref()) }
    }

    fn rsa() -> Self {
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        // The library wants the key without the 26 bytes of PKCS #8 around it.
        let der = pair.as_der().unwrap().as_ref()[26..].to_vec();
        Self { kid: "rsa", algorithm: Algorithm::RS256, key: EncodingKey::from_rsa_der(&der) }
    }

    fn jwk(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.key, self.algorithm).unwrap();
        jwk.common.key_id = Some(self.kid.to_owned());
        serde_json::to_value(jwk).unwrap()
    }

    fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.to_owned()), ..Header::new(self.algorithm) };
        encode(&header, claims, &self.key).unwrap()
    }
}

fn ed() -> &'static Signer {
    static ED: OnceLock<Signer> = OnceLock::new();
    ED.get_or_init(|| Signer::ed("ed"))
}

fn key_set(jwks: &[Value]) -> Vec<u8> {
    json!({ "keys": jwks }).to_string().into_bytes()
}

fn verifier(keys: Keys, algorithms: &[SigningAlgorithm]) -> Verifier {
    Verifier::new("https://issuer.example".to_owned(), "balsts".to_owned(), algorithms.to_vec(), keys)
}

/// A verifier that knows the keys of the signers.
fn knowing(signers: &[&Signer]) -> Verifier {
    let jwks: Vec<Value> = signers.iter().map(|signer| signer.jwk()).collect();
    verifier(Keys::Fixed(KeySet::parse(&key_set(&jwks)).unwrap()), &SigningAlgorithm::ALL)
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

fn after(seconds: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(seconds)
}

fn claims() -> Value {
    json!({
        "iss": "https://issuer.example", "aud": "balsts", "sub": "worker-7", "exp": 1_700_000_600,
        "balsts_roles": ["social_worker", "office_head"], "balsts_municipality": "0001000", "scope": "plans:read plans:write",
    })
}

/// Good claims with one other member; without it, if there is no value.
fn with(member: &str, value: impl Into<Option<Value>>) -> Value {
    let mut claims = claims();
    match value.into() {
        Some(value) => claims[member] = value,
        None => drop(claims.as_object_mut().unwrap().remove(member)),
    }
    claims
}

#[actix_web::test]
async fn a_good_token_is_believed_whatever_the_algorithm() {
    let (ec, rsa) = (Signer::ec(), Signer::rsa());
    let verifier = knowing(&[ed(), &ec, &rsa]);
    for signer in [ed(), &ec, &rsa] {
        let caller = verifier.verify(&signer.sign(&claims()), now()).await.unwrap();
        assert_eq!(caller.subject, "worker-7");
        assert_eq!(caller.roles, [Role::SocialWorker, Role::OfficeHead]);
        assert_eq!(caller.municipality.unwrap().as_str(), "0001000");
        assert_eq!(caller.scopes, ["plans:read", "plans:write"]);
    }
}

#[actix_web::test]
async fn what_is_optional_may_be_missing_and_an_audience_may_be_one_of_many() {
    let verifier = knowing(&[ed()]);
    let mut least = with("aud", json!(["other", "balsts"]));
    for optional in ["balsts_municipality", "scope"] {
        least.as_object_mut().unwrap().remove(optional);
    }
    let caller = verifier.verify(&ed().sign(&least), now()).await.unwrap();
    assert_eq!((caller.municipality, caller.scopes), (None, Vec::new()));
}

#[actix_web::test]
async fn a_token_is_valid_in_its_time_with_a_minute_of_leeway() {
    let verifier = knowing(&[ed()]);
    let token = ed().sign(&with("nbf", json!(1_700_000_000)));
    for (seconds, expected) in [
        (-61, Err(InvalidToken::NotYetValid)),
        (-60, Ok(())),
        (0, Ok(())),
        (659, Ok(())),
        (660, Err(InvalidToken::Expired)),
    ] {
        assert_eq!(verifier.verify(&token, after(seconds)).await.map(drop), expected, "{seconds}");
    }
}

#[actix_web::test]
async fn a_claim_that_is_wrong_or_missing_is_refused() {
    let verifier = knowing(&[ed()]);
    for (claims, expected) in [
        (with("iss", json!("https://other.example")), InvalidToken::Issuer),
        (with("iss", json!("https://issuer.example/")), InvalidToken::Issuer),
        (with("iss", None), InvalidToken::Claims),
        (with("aud", json!("other")), InvalidToken::Audience),
        (with("aud", json!(["other"])), InvalidToken::Audience),
        (with("aud", None), InvalidToken::Claims),
        (with("exp", None), InvalidToken::Claims),
        (with("exp", json!("1700000600")), InvalidToken::Claims),
        (with("exp", json!(0)), InvalidToken::Expired),
        (with("exp", json!(i64::MIN)), InvalidToken::Claims),
        (with("nbf", json!(i64::MAX)), InvalidToken::NotYetValid),
        (with("nbf", json!("soon")), InvalidToken::Claims),
        (with("sub", None), InvalidToken::Claims),
        (with("sub", json!("")), InvalidToken::Claims),
        (with("sub", json!("ā".repeat(201))), InvalidToken::Claims),
        (with("sub", json!("a\nb")), InvalidToken::Claims),
        (with("balsts_roles", json!("social_worker")), InvalidToken::Claims),
        (with("balsts_roles", json!(["social_worker", "emperor"])), InvalidToken::Claims),
        (with("balsts_municipality", json!("Rīga")), InvalidToken::Claims),
        (with("balsts_municipality", json!(1000)), InvalidToken::Claims),
    ] {
        assert_eq!(verifier.verify(&ed().sign(&claims), now()).await, Err(expected), "{claims}");
    }
    let longest = with("sub", json!("ā".repeat(200)));
    assert!(verifier.verify(&ed().sign(&longest), now()).await.is_ok());
}

#[actix_web::test]
async fn an_unsigned_token_is_refused() {
    let verifier = knowing(&[ed()]);
    let signed = ed().sign(&claims());
    let parts: Vec<&str> = signed.split('.').collect();
    for token in [
        format!("{UNSIGNED}.{}.", parts[1]),
        format!("{UNSIGNED}.{}", parts[1]),
        format!("{UNSIGNED}.{}.{}", parts[1], parts[2]),
        String::new(),
        "..".to_owned(),
        format!("{signed}.{signed}"),
        format!("{}{signed}", " ".repeat(9000)),
    ] {
        assert_eq!(verifier.verify(&token, now()).await, Err(InvalidToken::Malformed), "{token}");
    }
    let stripped = format!("{}.{}.", parts[0], parts[1]);
    assert_eq!(verifier.verify(&stripped, now()).await, Err(InvalidToken::Signature));
}

#[actix_web::test]
async fn the_public_key_is_no_shared_secret() {
    let rsa = Signer::rsa();
    let verifier = knowing(&[ed(), &rsa]);
    for signer in [ed(), &rsa] {
        let jwk = signer.jwk();
        let public = jwk["x"].as_str().or(jwk["n"].as_str()).unwrap();
        let padded = format!("{public}{}", "=".repeat(public.len().next_multiple_of(4) - public.len()));
        let keys = [
            EncodingKey::from_secret(public.as_bytes()),
            EncodingKey::from_urlsafe_base64_secret(&padded).unwrap(),
            EncodingKey::from_secret(jwk.to_string().as_bytes()),
        ];
        for (key, algorithm) in keys.iter().zip([Algorithm::HS256, Algorithm::HS384, Algorithm::HS512]) {
            let header = Header { kid: Some(signer.kid.to_owned()), ..Header::new(algorithm) };
            let token = encode(&header, &claims(), key).unwrap();
            assert_eq!(verifier.verify(&token, now()).await, Err(InvalidToken::Algorithm));
        }
    }
    // Nor does a set that says otherwise make it one.
    let secret = json!({"kty": "oct", "kid": "s", "alg": "HS256", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"});
    assert!(KeySet::parse(&key_set(&[secret])).is_err());
}

#[actix_web::test]
async fn only_pinned_algorithms_and_the_key_s_own_are_accepted() {
    let (ec, rsa) = (Signer::ec(), Signer::rsa());
    let keys = KeySet::parse(&key_set(&[ed().jwk(), ec.jwk(), rsa.jwk()])).unwrap();
    let only_ec = verifier(Keys::Fixed(keys), &[SigningAlgorithm::ES256]);
    assert!(only_ec.verify(&ec.sign(&claims()), now()).await.is_ok());
    for signer in [ed(), &rsa] {
        assert_eq!(only_ec.verify(&signer.sign(&claims()), now()).await, Err(InvalidToken::Algorithm));
    }
    // PS256 fits an RSA key, but is not among those that can be pinned.
    let pss = Signer { algorithm: Algorithm::PS256, kid: "rsa", key: rsa.key.clone() };
    assert_eq!(knowing(&[&rsa]).verify(&pss.sign(&claims()), now()).await, Err(InvalidToken::Algorithm));
    // The name of one key with the algorithm of another.
    let misnamed = Signer { algorithm: Algorithm::EdDSA, kid: "rsa", key: ed().key.clone() };
    assert_eq!(knowing(&[ed(), &rsa]).verify(&misnamed.sign(&claims()), now()).await, Err(InvalidToken::UnknownKey));
}

#[actix_web::test]
async fn a_token_of_another_or_no_key_is_refused() {
    let verifier = knowing(&[ed()]);
    assert_eq!(verifier.verify(&Signer::ed("new").sign(&claims()), now()).await, Err(InvalidToken::UnknownKey));
    assert_eq!(verifier.verify(&Signer::ed("ed").sign(&claims()), now()).await, Err(InvalidToken::Signature));
    let nameless = encode(&Header::new(Algorithm::EdDSA), &claims(), &ed().key).unwrap();
    assert_eq!(verifier.verify(&nameless, now()).await, Err(InvalidToken::UnknownKey));
    let critical =
        Header { kid: Some("ed".to_owned()), crit: Some(vec!["exp".to_owned()]), ..Header::new(Algorithm::EdDSA) };
    let critical = encode(&critical, &claims(), &ed().key).unwrap();
    assert_eq!(verifier.verify(&critical, now()).await, Err(InvalidToken::Malformed));
}

#[test]
fn a_key_set_needs_one_usable_key() {
    let mut encryption = ed().jwk();
    encryption["use"] = json!("enc");
    let mut other = ed().jwk();
    other["alg"] = json!("RS256");
    let mut nameless = ed().jwk();
    nameless.as_object_mut().unwrap().remove("kid");
    let useless = [json!({"kty": "new", "kid": "x"}), json!(1), encryption, other, nameless];
    for text in [&b""[..], b"{}", b"{\"keys\":[]}", &key_set(&useless)] {
        assert_eq!(KeySet::parse(text).map(drop), Err(NotAKeySet), "{}", String::from_utf8_lossy(text));
    }
    let mut undeclared = ed().jwk();
    undeclared.as_object_mut().unwrap().remove("alg");
    undeclared["use"] = json!("sig");
    assert!(KeySet::parse(&key_set(&[useless.as_slice(), &[undeclared]].concat())).is_ok());
}

/// An issuer whose keys a test can change, and that counts the fetches.
#[derive(Default)]
struct Remote {
    answer: Mutex<Option<Vec<u8>>>,
    fetches: AtomicUsize,
}

impl Remote {
    fn verifier(self: &Arc<Self>) -> Verifier {
        let remote = Arc::clone(self);
        let fetch: Fetch = Arc::new(move || {
            let remote = Arc::clone(&remote);
            Box::pin(async move {
                remote.fetches.fetch_add(1, Ordering::Relaxed);
                actix_web::rt::task::yield_now().await;
                remote.answer.lock().unwrap().clone().ok_or_else(|| "the issuer is away".into())
            })
        });
        verifier(Keys::Remote(RemoteKeys::new(fetch)), &SigningAlgorithm::ALL)
    }

    fn publish(&self, signers: &[&Signer]) {
        let jwks: Vec<Value> = signers.iter().map(|signer| signer.jwk()).collect();
        *self.answer.lock().unwrap() = Some(key_set(&jwks));
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }
}

/// A token of the signer that is valid for the whole test.
fn lasting(signer: &Signer) -> String {
    signer.sign(&with("exp", json!(1_800_000_000)))
}

#[actix_web::test]
async fn a_new_key_is_fetched_and_a_withdrawn_one_forgotten() {
    let remote = Arc::new(Remote::default());
    let verifier = remote.verifier();
    let (old, new) = (Signer::ed("old"), Signer::ed("new"));
    remote.publish(&[&old]);
    assert!(verifier.verify(&lasting(&old), now()).await.is_ok());
    assert!(verifier.verify(&lasting(&old), after(299)).await.is_ok());
    assert_eq!(remote.fetches(), 1);

    remote.publish(&[&old, &new]);
    assert!(verifier.verify(&lasting(&new), after(20)).await.is_ok());
    assert_eq!(remote.fetches(), 2);

    remote.publish(&[&new]);
    assert!(verifier.verify(&lasting(&old), after(319)).await.is_ok());
    assert_eq!(verifier.verify(&lasting(&old), after(320)).await, Err(InvalidToken::UnknownKey));
    assert_eq!(remote.fetches(), 3);
}

#[actix_web::test]
async fn invented_keys_cause_few_fetches() {
    let remote = Arc::new(Remote::default());
    let verifier = remote.verifier();
    remote.publish(&[ed()]);
    let invented = lasting(&Signer::ed("invented"));
    for second in 0..30 {
        assert_eq!(verifier.verify(&invented, after(second)).await, Err(InvalidToken::UnknownKey));
    }
    assert_eq!(remote.fetches(), 3);
}

#[actix_web::test]
async fn many_requests_at_once_fetch_once() {
    let remote = Arc::new(Remote::default());
    let verifier = remote.verifier();
    remote.publish(&[ed()]);
    let token = lasting(ed());
    for seconds in [0, 400] {
        let results = futures_util::future::join_all((0..20).map(|_| verifier.verify(&token, after(seconds)))).await;
        assert!(results.iter().all(Result::is_ok));
    }
    assert_eq!(remote.fetches(), 2);
}

#[actix_web::test]
async fn old_keys_outlive_an_outage_of_the_issuer_for_a_day() {
    let remote = Arc::new(Remote::default());
    let verifier = remote.verifier();
    let token = lasting(ed());
    // Before there were any, there is nothing to say, and the issuer is left alone for a moment.
    for second in [0, 5] {
        assert_eq!(verifier.verify(&token, after(second)).await, Err(InvalidToken::KeysUnavailable));
    }
    assert_eq!(remote.fetches(), 1);
    remote.publish(&[ed()]);
    assert!(verifier.verify(&token, after(10)).await.is_ok());

    for outage in [None, Some(b"<html>".to_vec()), Some(key_set(&[]))] {
        *remote.answer.lock().unwrap() = outage;
        assert!(verifier.verify(&token, after(3600)).await.is_ok());
        assert!(verifier.verify(&token, after(86_409)).await.is_ok());
    }
    assert_eq!(verifier.verify(&token, after(86_420)).await, Err(InvalidToken::KeysUnavailable));
    remote.publish(&[ed()]);
    assert!(verifier.verify(&token, after(86_430)).await.is_ok());
}

#[test]
fn a_token_stands_in_one_authorization_header() {
    let given = |values: &[&str]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HeaderName::from_static("authorization"), HeaderValue::from_str(value).unwrap());
        }
        bearer(&headers).map_err(|error| match error {
            ApiError::Unauthenticated { token_given } => token_given,
            other => panic!("{other}"),
        })
    };
    assert_eq!(given(&["Bearer a.b.c"]), Ok("a.b.c".to_owned()));
    assert_eq!(given(&["bearer  a.b.c "]), Ok("a.b.c".to_owned()));
    assert_eq!(given(&[]), Err(false));
    assert_eq!(given(&["Basic dTpw"]), Err(false));
    assert_eq!(given(&["Bearer"]), Err(true));
    assert_eq!(given(&["Bearer a", "Bearer b"]), Err(true));
}

#[test]
fn the_answer_tells_how_to_identify_oneself() {
    let challenge = |error: &ApiError| {
        let response = problem::respond(error, Language::En, uuid::Uuid::nil());
        let challenge =
            response.headers().get(header::WWW_AUTHENTICATE).map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), challenge)
    };
    let expect = |text: &str| Some(text.to_owned());
    assert_eq!(challenge(&ApiError::Unauthenticated { token_given: false }), (401, expect("Bearer")));
    let invalid = ApiError::Unauthenticated { token_given: true };
    assert_eq!(challenge(&invalid), (401, expect("Bearer error=\"invalid_token\"")));
    assert_eq!(challenge(&ApiError::Forbidden), (403, expect("Bearer error=\"insufficient_scope\"")));
    assert_eq!(challenge(&ApiError::NotFound), (404, None));
    for language in [Language::Lv, Language::En] {
        for error in [&invalid, &ApiError::Forbidden] {
            let problem = error.problem(language, uuid::Uuid::nil());
            assert!(!problem.title.contains("problem-") && !problem.detail.contains("problem-"), "{problem:?}");
        }
    }
}

const READ: Permission = Permission { municipal: &[Role::SocialWorker], scope: "plans:read" };
const WRITE: Permission = Permission { municipal: &[Role::SocialWorker], scope: "plans:write" };
const SIGN: Permission = Permission { municipal: &[Role::OfficeHead], scope: "plans:sign" };

fn worker(municipality: &str, date: &str) -> Identified {
    let caller = Caller {
        subject: "worker-7".to_owned(),
        roles: vec![Role::SocialWorker],
        municipality: Some(municipality.parse().unwrap()),
        scopes: Vec::new(),
    };
    Identified::on(date.parse().unwrap(), caller, &Municipalities::embedded().unwrap())
}

#[test]
fn a_caller_has_a_scope_where_a_role_permits() {
    let worker = worker("0001000", "2023-11-14");
    assert_eq!(worker.scope(WRITE).unwrap().role, Role::SocialWorker);
    assert!(matches!(worker.scope(SIGN), Err(ApiError::Forbidden)));
}

#[test]
fn a_municipality_reads_from_its_first_day_on_and_writes_to_its_last() {
    for (municipality, date, reads, writes) in [
        ("0038000", "2021-06-30", false, false),
        ("0038000", "2021-07-01", true, true),
        ("0038000", "2025-06-30", true, true),
        ("0038000", "2025-07-01", true, false),
        ("0038001", "2025-06-30", false, false),
        ("0038001", "2025-07-01", true, true),
        ("0055000", "2026-01-01", true, false),
        ("9999999", "2026-01-01", false, false),
    ] {
        let worker = worker(municipality, date);
        let may = (worker.scope(READ).is_ok(), worker.scope(WRITE).is_ok());
        assert_eq!(may, (reads, writes), "{municipality} on {date}");
    }
}

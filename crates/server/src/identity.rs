//! The verifier of bearer tokens, as configured.

use std::{sync::Arc, time::Duration};

use balsts_api::identity::{Fetch, FetchError, Keys, RemoteKeys, Verifier};
use reqwest::{Client, StatusCode, Url, redirect::Policy};

use crate::{
    clock,
    config::Trust,
    development::{DemoToken, Issuer},
    error::CommandError,
};

/// How long the issuer may take to send its keys.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// The largest key set, bytes; those of big issuers, with certificates, have some 30 KiB.
const LARGEST_KEY_SET: usize = 256 * 1024;

/// Makes the verifier, and in development the tokens that it believes.
pub(crate) fn verifier(trust: Trust) -> Result<(Option<Verifier>, Vec<DemoToken>), CommandError> {
    match trust {
        Trust::Nobody => {
            tracing::warn!("no issuer of tokens is configured: what needs a caller answers 401; see identity.mode");
            Ok((None, Vec::new()))
        }
        Trust::Development { audience } => {
            tracing::warn!("identity.mode is development: whoever reads the standard output can act in every role");
            let issuer =
                Issuer::new(audience).map_err(|error| CommandError::set_up("the development issuer", error))?;
            let tokens = issuer.demo_tokens(clock::now());
            let tokens = tokens.map_err(|error| CommandError::set_up("the development issuer", error))?;
            Ok((Some(issuer.into_verifier()), tokens))
        }
        Trust::Oidc { issuer, audience, jwks_url, algorithms } => {
            let fetch = fetch(jwks_url).map_err(|error| CommandError::set_up("the client of the issuer", error))?;
            let keys = Keys::Remote(RemoteKeys::new(fetch));
            Ok((Some(Verifier::new(issuer, audience, algorithms, keys)), Vec::new()))
        }
    }
}

fn fetch(url: Url) -> reqwest::Result<Fetch> {
    let client = Client::builder()
        .https_only(url.scheme() == "https")
        .timeout(FETCH_TIMEOUT)
        // The keys are believed because of where they come from.
        .redirect(Policy::none())
        // A kept connection belongs to the worker that opened it, and is of no use minutes later.
        .pool_max_idle_per_host(0)
        .user_agent(concat!("balsts/", env!("CARGO_PKG_VERSION")))
        .build()?;
    Ok(Arc::new(move || {
        let (client, url) = (client.clone(), url.clone());
        Box::pin(async move { key_set(client, url).await })
    }))
}

async fn key_set(client: Client, url: Url) -> Result<Vec<u8>, FetchError> {
    let mut response = client.get(url).send().await?;
    if response.status() != StatusCode::OK {
        return Err(format!("answered by {}", response.status()).into());
    }
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if text.len() + chunk.len() > LARGEST_KEY_SET {
            return Err("the key set is too large".into());
        }
        text.extend_from_slice(&chunk);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use super::*;

    /// Answers one request, and gives the address for it.
    fn answering(answer: String) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap()).parse().unwrap();
        thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let _ = connection.read(&mut [0; 4096]);
            // The client may have had enough before all is written.
            let _ = connection.write_all(answer.as_bytes());
        });
        url
    }

    async fn fetched(head: &str, body: &str) -> Result<Vec<u8>, String> {
        let url = answering(format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n{body}"));
        fetch(url).unwrap()().await.map_err(|error| error.to_string())
    }

    #[actix_web::test]
    async fn a_key_set_is_fetched_as_it_is() {
        assert_eq!(fetched("200 OK", "{\"keys\":[]}").await, Ok(b"{\"keys\":[]}".to_vec()));
    }

    #[actix_web::test]
    async fn failures_redirects_and_floods_are_errors() {
        assert!(fetched("500 Internal Server Error", "{}").await.unwrap_err().contains("500"));
        let redirected = fetched("302 Found\r\nLocation: http://127.0.0.1:1/", "").await;
        assert!(redirected.unwrap_err().contains("302"));
        let flood = " ".repeat(LARGEST_KEY_SET + 1);
        assert_eq!(fetched("200 OK", &flood).await, Err("the key set is too large".to_owned()));
    }

    #[actix_web::test]
    async fn a_client_for_https_can_be_made_and_answers_with_an_error_where_nobody_listens() {
        let fetch = fetch("https://127.0.0.1:1/keys".parse().unwrap()).unwrap();
        assert!(fetch().await.is_err());
    }
}

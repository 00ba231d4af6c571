//! A receiver of webhooks on this machine, which keeps what it gets and answers as it is told.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::ServerHandle,
    http::StatusCode,
    rt::System,
    web::{self, Bytes, Data},
};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use tokio::sync::oneshot;

/// A request that was received.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its headers, named in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Received {
    /// The event.
    ///
    /// # Panics
    /// If it is no JSON.
    #[must_use]
    pub fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// How many of its signatures a secret verifies, and how many there are.
    ///
    /// # Panics
    /// If headers are missing, or the secret is none.
    #[must_use]
    pub fn verified(&self, secret: &str) -> (usize, usize) {
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let key = Key::new(HMAC_SHA256, &key);
        let (id, timestamp) = (&self.headers["webhook-id"], &self.headers["webhook-timestamp"]);
        let signed = [format!("{id}.{timestamp}.").as_bytes(), &self.body].concat();
        let signatures: Vec<&str> = self.headers["webhook-signature"].split(' ').collect();
        let fits = |signature: &&&str| {
            let signature = BASE64_STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
            verify(&key, &signed, &signature).is_ok()
        };
        (signatures.iter().filter(fits).count(), signatures.len())
    }
}

#[derive(Debug, Default)]
struct State {
    received: Mutex<Vec<Received>>,
    answers: Mutex<VecDeque<u16>>,
}

/// The receiver. It stops when dropped.
pub struct Receiver {
    /// Its address.
    pub url: String,
    state: Arc<State>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    /// Starts it, on a free port.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start() -> Self {
        let state = Arc::new(State::default());
        let (sender, started) = oneshot::channel();
        let shared = Data::from(Arc::clone(&state));
        let server = move || {
            System::new().block_on(async move {
                let app = move || App::new().app_data(shared.clone()).default_service(web::to(receive));
                let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0)).unwrap();
                let address = server.addrs()[0];
                let server = server.disable_signals().run();
                if sender.send((address, server.handle())).is_ok() {
                    server.await.unwrap();
                }
            });
        };
        let thread = thread::spawn(server);
        let (address, handle) = started.await.expect("the receiver starts");
        Self { url: format!("http://{address}/hook?key=1"), state, handle, thread: Some(thread) }
    }

    /// Answers the next requests by these statuses, and all after them by 204.
    ///
    /// # Panics
    /// Never.
    pub fn answer(&self, statuses: &[u16]) {
        self.state.answers.lock().unwrap().extend(statuses);
    }

    /// What was received since the last time.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.state.received.lock().unwrap())
    }
}

async fn receive(state: Data<State>, request: HttpRequest, body: Bytes) -> HttpResponse {
    assert_eq!((request.method().as_str(), request.path(), request.query_string()), ("POST", "/hook", "key=1"));
    let header = |(name, value): (&_, &actix_web::http::header::HeaderValue)| {
        let name: &actix_web::http::header::HeaderName = name;
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    let headers = request.headers().iter().map(header).collect();
    state.received.lock().unwrap().push(Received { headers, body: body.to_vec() });
    let status = state.answers.lock().unwrap().pop_front().unwrap_or(204);
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).insert_header(("location", "/elsewhere")).finish()
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // The order to stop is given at once; the future would only wait for it.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the receiver panicked");
        }
    }
}

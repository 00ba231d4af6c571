//! The real API over a database of its own, started in this process, and a client whose every answer is checked.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    io::Read,
    net::{SocketAddr, TcpListener},
    num::NonZeroU32,
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use actix_web::{dev::ServerHandle, rt::System};
use balsts_api::{ApiConfig, ApiState, ServerOptions, WebhookOptions};
use balsts_app::{App, Targets};
use balsts_domain::access::Role;
use balsts_store::{DatabaseConfig, DatabaseUrl, KeyRing, Objects, Store, Vault};
use balsts_webhooks::{Deliverer, Sources};
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use reqwest::{
    Body, Client, Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::{OnceCell, oneshot};
use uuid::Uuid;

use crate::{
    cluster::{self, Cluster, cluster},
    contract::{self, contract},
    tokens,
};

/// The kinds of database that the product runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Database {
    /// Those that this machine has. What is left out is said once, on standard error.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut available = vec![Self::Sqlite];
        available.extend(cluster().map(|_| Self::Postgres));
        available
    }

    /// Makes an empty database.
    ///
    /// # Panics
    /// If there is no such database on this machine.
    #[must_use]
    pub fn create(self) -> TestDatabase {
        match self {
            Self::Sqlite => {
                let directory = tempfile::tempdir().unwrap();
                let url = DatabaseUrl::sqlite(directory.path().join("test.db"));
                TestDatabase { owner: url.clone(), url, name: None, _directory: Some(directory) }
            }
            Self::Postgres => {
                let cluster = cluster().expect("this machine has PostgreSQL");
                TestDatabase::on(cluster, &cluster.create_database(None))
            }
        }
    }

    /// Makes a database with the schema. On PostgreSQL the migrations run once, and each database is a copy.
    async fn create_migrated(self) -> TestDatabase {
        const TEMPLATE: &str = "migrated";
        static MIGRATED: OnceCell<()> = OnceCell::const_new();
        if self == Self::Sqlite {
            let database = self.create();
            database.migrate().await;
            return database;
        }
        let cluster = cluster().expect("this machine has PostgreSQL");
        let migrate = || async {
            cluster.create_named(TEMPLATE, None);
            TestDatabase::on(cluster, TEMPLATE).migrate().await;
        };
        MIGRATED.get_or_init(migrate).await;
        TestDatabase::on(cluster, &cluster.create_database(Some(TEMPLATE)))
    }
}

/// A database of one test.
#[derive(Debug)]
pub struct TestDatabase {
    /// Its address for the API, which row-level security binds on PostgreSQL.
    pub url: DatabaseUrl,
    /// Its address for who owns the tables.
    pub owner: DatabaseUrl,
    /// Its name in the cluster, on PostgreSQL.
    name: Option<String>,
    _directory: Option<TempDir>,
}

impl TestDatabase {
    /// The same database for another node. The files of an SQLite one go with the first.
    fn shared(&self) -> Self {
        Self { url: self.url.clone(), owner: self.owner.clone(), name: self.name.clone(), _directory: None }
    }

    /// A database with its schema that others have made, with the keys of [`ring`]`(&[1], 1)`.
    #[must_use]
    pub fn at(url: DatabaseUrl) -> Self {
        Self { owner: url.clone(), url, name: None, _directory: None }
    }

    fn on(cluster: &Cluster, name: &str) -> Self {
        let url = |role| cluster.url(name, role).parse().unwrap();
        Self { url: url(cluster::SERVER), owner: url(cluster::OWNER), name: Some(name.to_owned()), _directory: None }
    }

    /// Opens it as the API does.
    ///
    /// # Panics
    /// If that fails.
    pub async fn open(&self) -> Store {
        open(self.url.clone(), vault(&ring(&[1], 1)), None).await
    }

    /// Opens it as the API does, with other keys.
    ///
    /// # Panics
    /// If that fails.
    pub async fn open_with(&self, keys: &KeyRing) -> Store {
        open(self.url.clone(), vault(keys), None).await
    }

    /// Opens it as the owner of the tables.
    ///
    /// # Panics
    /// If that fails.
    pub async fn open_as_owner(&self) -> Store {
        open(self.owner.clone(), vault(&ring(&[1], 1)), None).await
    }

    /// What PostgreSQL itself answers to statements of a role: its output, or its error.
    ///
    /// # Errors
    /// What it says.
    ///
    /// # Panics
    /// On another database.
    pub fn psql(&self, role: &str, sql: &str) -> Result<String, String> {
        cluster().expect("this machine has PostgreSQL").psql(self.name.as_ref().unwrap(), role, sql)
    }

    /// Begins a transaction of the owner beside the test that takes rows, waits a while, and takes others: they are named by
    /// statements. It goes on once the first are taken; what the transaction answers comes at its end.
    ///
    /// # Panics
    /// On another database.
    #[must_use]
    pub fn take_in_turn(&self, first: &str, wait: f64, then: &str) -> JoinHandle<Result<String, String>> {
        let cluster = cluster().expect("this machine has PostgreSQL");
        let name = self.name.clone().unwrap();
        let sql = format!("BEGIN; {first}; SELECT pg_sleep({wait}); {then}; COMMIT");
        let transaction = thread::spawn(move || cluster.psql(&name, cluster::OWNER, &sql));
        let sleeps =
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
        while self.psql(cluster::OWNER, sleeps).unwrap() == "0" && !transaction.is_finished() {
            thread::sleep(Duration::from_millis(5));
        }
        transaction
    }

    /// Everything in it as bytes: the files of SQLite, or what `pg_dump` writes.
    ///
    /// # Panics
    /// If that fails.
    #[must_use]
    pub fn dump(&self) -> Vec<u8> {
        if let Some(name) = &self.name {
            return cluster().expect("this machine has PostgreSQL").dump(name);
        }
        let directory = self.url.file().unwrap().parent().unwrap();
        fs::read_dir(directory).unwrap().flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
    }

    /// The nonces of everything that is sealed in it, those of values included that are not used any more.
    ///
    /// # Panics
    /// If that fails.
    #[must_use]
    pub fn sealed(&self) -> BTreeSet<Vec<u8>> {
        // Layout and key 1, then the nonce: the tests count nonces, so that it begins and ends with zeros.
        let marked = |begin: &[u8], end: &[u8], dump: &[u8]| -> BTreeSet<Vec<u8>> {
            let windows = dump.windows(begin.len() + 2 * end.len());
            let sealed = windows.filter(|bytes| bytes.starts_with(begin) && bytes.ends_with(end));
            sealed.map(<[u8]>::to_vec).collect()
        };
        match self.name {
            Some(_) => marked(b"\\x010000000100000000", b"00000000", &self.dump()),
            None => marked(&[1, 0, 0, 0, 1, 0, 0, 0, 0], &[0; 4], &self.dump()),
        }
    }

    /// Brings its schema up to date, and closes it: a database with connections cannot be copied.
    ///
    /// # Panics
    /// If that fails.
    pub async fn migrate(&self) {
        let store = self.open_as_owner().await;
        store.migrate().await.unwrap();
        store.close().await.unwrap();
    }
}

async fn open(url: DatabaseUrl, vault: Vault, request_timeout: Option<Duration>) -> Store {
    let max_connections = NonZeroU32::new(4).unwrap();
    let store = Store::open(&DatabaseConfig { url, max_connections, request_timeout }).await.unwrap();
    store.with_vault(Arc::new(vault))
}

/// Keys of the tests.
#[must_use]
pub fn ring(ids: &[u8], current: u8) -> KeyRing {
    KeyRing { keys: ids.iter().map(|&id| (id.into(), [id; 32])).collect(), current: current.into() }
}

fn vault(keys: &KeyRing) -> Vault {
    fn draw_nonce() -> [u8; 12] {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        nonce
    }
    Vault::new(keys, [8; 32], draw_nonce).unwrap()
}

/// How to start the API.
#[derive(Debug)]
pub struct Options {
    /// On which database.
    pub database: Database,
    /// Whether the database has its schema.
    pub migrated: bool,
    /// Whether metrics are collected. They are the same for all tests of the process.
    pub metrics: bool,
    /// Whether webhooks can be set up.
    pub webhooks: bool,
    /// What the API can be configured with.
    pub config: ApiConfig,
    /// Its clock.
    pub clock: fn() -> DateTime<Utc>,
    /// The database of a node that runs already.
    pub beside: Option<TestDatabase>,
}

impl Default for Options {
    fn default() -> Self {
        let config = ApiConfig { access_log: false, ..ApiConfig::default() };
        Self {
            database: Database::Sqlite,
            migrated: true,
            metrics: true,
            webhooks: true,
            config,
            clock: now,
            beside: None,
        }
    }
}

/// The running API and a client of it. It stops when dropped.
pub struct TestApp {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its database.
    pub store: Store,
    /// Keys that are put here it takes over while it runs.
    pub keys: Arc<Mutex<Option<KeyRing>>>,
    objects: TempDir,
    client: Client,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    /// Where its data is.
    pub database: TestDatabase,
}

/// The present, in tests.
///
/// # Panics
/// Never.
#[must_use]
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

/// A present in which the retention of what ended in 2023 has ended: 8 January 2029.
///
/// # Panics
/// Never.
#[must_use]
pub fn later() -> DateTime<Utc> {
    DateTime::from_timestamp(1_862_560_800, 0).unwrap()
}

/// Ids are UUIDs of version 7 like the real ones, and count up.
#[must_use]
pub fn new_id() -> Uuid {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let milliseconds = now().timestamp_millis().try_into().unwrap();
    let mut random = [0; 10];
    random[2..].copy_from_slice(&count);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

/// Which receivers the tests call: those on this machine, as in development.
fn targets() -> Targets {
    Targets { loopback: true, ..Targets::default() }
}

/// Secrets of webhooks count up.
fn draw_secret() -> Option<[u8; 32]> {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut secret = [5; 32];
    secret[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Some(secret)
}

/// The recorder of the process: there can be one only.
fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().unwrap()).clone()
}

impl TestApp {
    /// Starts the API as it is by default, on SQLite.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// Starts the API on a kind of database.
    pub async fn start_on(database: Database) -> Self {
        Self::start_with(Options { database, ..Options::default() }).await
    }

    /// Starts the API on a kind of database in the present of [`later`].
    pub async fn start_later(database: Database) -> Self {
        Self::start_with(Options { database, clock: later, ..Options::default() }).await
    }

    /// Starts the API with another configuration, on SQLite.
    pub async fn configured(change: impl FnOnce(&mut ApiConfig)) -> Self {
        let mut options = Options::default();
        change(&mut options.config);
        Self::start_with(options).await
    }

    /// Starts the API.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_with(options: Options) -> Self {
        let (sender, receiver) = oneshot::channel();
        let keys = Arc::new(Mutex::new(None));
        let changed_keys = Arc::clone(&keys);
        // A thread with a runtime of its own, as in the program: the runtime of the test ends with the test.
        let server = move || {
            System::new().block_on(async move {
                let database = match options.beside {
                    Some(database) => database,
                    None if options.migrated => options.database.create_migrated().await,
                    None => options.database.create(),
                };
                let keys = vault(&ring(&[1], 1)).following(Box::new(move || changed_keys.lock().unwrap().take()));
                let objects = tempfile::tempdir().unwrap();
                let place = Objects::in_directory(objects.path()).unwrap();
                let patience = Some(options.config.request_timeout);
                let store = open(database.url.clone(), keys, patience).await.with_objects(place);
                let render: Option<balsts_api::RenderMetrics> =
                    options.metrics.then(|| -> balsts_api::RenderMetrics {
                        // At once: what comes before the recorder is not counted.
                        let handle = metrics();
                        Arc::new(move || handle.render())
                    });
                let app = App::new(store.clone());
                let state = ApiState::new(app, options.config, options.clock, new_id, render)
                    .expect("the parameters are sound");
                let mut state = state.with_identity(tokens::verifier());
                if options.migrated {
                    state.load_published().await.expect("what is published is sound");
                }
                if options.webhooks {
                    state = state.with_webhooks(WebhookOptions { targets: targets(), draw_secret });
                }
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let address = listener.local_addr().unwrap();
                let server = balsts_api::serve(listener, state, server_options()).unwrap();
                let started = (address, store.clone(), server.handle(), database, objects);
                if sender.send(started).is_ok() {
                    server.await.unwrap();
                }
                store.close().await.unwrap();
            });
        };
        let name = thread::current().name().unwrap_or("server").to_owned();
        let thread = thread::Builder::new().name(name).spawn(server).unwrap();
        let (address, store, handle, database, objects) = receiver.await.expect("the server starts");
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { address, store, keys, objects, client, handle, thread: Some(thread), database }
    }

    /// Starts another node on the database of this one, which looks for publications all the time. It stops before this one.
    pub async fn another_node(&self) -> Self {
        let mut options = Options { beside: Some(self.database.shared()), ..Options::default() };
        options.config.publications_poll = Duration::from_millis(50);
        Self::start_with(options).await
    }

    /// Starts another node on the database of this one, with a clock of its own.
    pub async fn another_node_at(&self, clock: fn() -> DateTime<Utc>) -> Self {
        Self::start_with(Options { beside: Some(self.database.shared()), clock, ..Options::default() }).await
    }

    /// The files of the SQLite database.
    ///
    /// # Panics
    /// On another database.
    #[must_use]
    pub fn database_files(&self) -> Vec<PathBuf> {
        let directory = self.database.url.file().unwrap().parent().unwrap();
        fs::read_dir(directory).unwrap().map(|file| file.unwrap().path()).collect()
    }

    /// The files with the contents of documents.
    ///
    /// # Panics
    /// If they cannot be read.
    #[must_use]
    pub fn object_files(&self) -> Vec<PathBuf> {
        fs::read_dir(self.objects.path()).unwrap().map(|file| file.unwrap().path()).collect()
    }

    /// Delivers at an instant what waits for webhooks, as the program does in the background.
    ///
    /// # Panics
    /// If the database fails.
    pub async fn deliver_webhooks(&self, at: DateTime<Utc>) {
        let deliverer = self.deliverer(move || at);
        while deliverer.deliver_next().await.unwrap() {}
    }

    /// What delivers, with a clock of its own.
    ///
    /// # Panics
    /// Without TLS.
    pub fn deliverer(&self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Deliverer {
        let sources = Sources { clock: Arc::new(clock), new_id, jitter: || 0 };
        Deliverer::new(App::new(self.store.clone()), targets(), sources).unwrap()
    }

    /// Begins a request.
    pub fn request(&self, method: Method, path: &str) -> Request<'_> {
        Request { app: self, method, path: path.to_owned(), headers: HeaderMap::new(), body: None, checked: true }
    }

    /// Begins a GET request.
    pub fn get(&self, path: &str) -> Request<'_> {
        self.request(Method::GET, path)
    }

    /// Begins a PUT request.
    pub fn put(&self, path: &str) -> Request<'_> {
        self.request(Method::PUT, path)
    }

    /// Begins a DELETE request.
    pub fn delete(&self, path: &str) -> Request<'_> {
        self.request(Method::DELETE, path)
    }

    /// Begins a POST request.
    pub fn post(&self, path: &str) -> Request<'_> {
        self.request(Method::POST, path)
    }
}

fn server_options() -> ServerOptions {
    ServerOptions {
        workers: 1,
        client_header_timeout: Duration::from_secs(10),
        keep_alive: Duration::from_secs(30),
        shutdown_timeout: Duration::from_secs(1),
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if thread::panicking() {
            contract::remember_failure();
        }
        // The order to stop is given at once; the future would only wait for it.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the server panicked");
        }
    }
}

/// A request to the API.
#[must_use]
pub struct Request<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Option<Body>,
    checked: bool,
}

impl Request<'_> {
    /// Adds a header.
    ///
    /// # Panics
    /// If it is none.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        self
    }

    /// With a bearer token.
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// As somebody in a role of a municipality.
    pub fn as_role(self, role: Role, municipality: &str) -> Self {
        self.token(&tokens::good(role, municipality))
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// With any body.
    pub fn body(self, content_type: &str, body: impl Into<Body>) -> Self {
        self.header("content-type", content_type).body_only(body)
    }

    /// With a body that does not say what it is.
    pub fn body_only(mut self, body: impl Into<Body>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Without a check of the answer: for pages that are not part of the document.
    pub fn unchecked(mut self) -> Self {
        self.checked = false;
        self
    }

    /// Sends the request and checks the answer against the document.
    ///
    /// # Panics
    /// If there is no answer, or one that the document does not allow.
    pub async fn send(self) -> Answer {
        let url = format!("http://{}{}", self.app.address, self.path);
        let mut request = self.app.client.request(self.method.clone(), &url).headers(self.headers);
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let asked = format!("{} {}", self.method, self.path);
        let response = request.send().await.unwrap_or_else(|error| panic!("{asked}: no answer: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let sent = response.bytes().await.unwrap_or_else(|error| panic!("{asked}: half an answer: {error:?}"));
        let body = decoded(&headers, &sent);
        let answer = Answer { asked, status, headers, sent: sent.len(), body };
        if self.checked {
            answer.check(&self.method, &self.path);
        }
        answer
    }
}

fn decoded(headers: &HeaderMap, sent: &[u8]) -> Vec<u8> {
    match headers.get("content-encoding").map(HeaderValue::as_bytes) {
        Some(b"gzip") => {
            let mut body = Vec::new();
            flate2::read::MultiGzDecoder::new(sent).read_to_end(&mut body).unwrap();
            body
        }
        None | Some(b"identity") => sent.to_vec(),
        Some(other) => panic!("the client did not ask for the encoding {:?}", String::from_utf8_lossy(other)),
    }
}

/// What the API answered.
pub struct Answer {
    asked: String,
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// How many bytes the body had on its way.
    pub sent: usize,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Answer {
    fn check(&self, method: &Method, path: &str) {
        let path = path.split('?').next().unwrap_or_default();
        if let Err(fault) = contract().check(method.as_str(), path, self.status, &self.headers, &self.body) {
            panic!("the answer does not fit the document: {fault}\n{}", self.shown());
        }
        for name in ["api-version", "x-request-id"] {
            assert!(self.headers.contains_key(name), "the header {name} is missing\n{}", self.shown());
        }
    }

    /// Expects a status.
    ///
    /// # Panics
    /// If it is another one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.shown());
        self
    }

    /// Expects a problem: its status and faults, each as code and pointer with a space between, in any order.
    ///
    /// # Panics
    /// If it is another one.
    #[track_caller]
    pub fn expect_faults(self, status: u16, expected: &[&str]) -> Self {
        let answer = self.expect(status);
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(answer.faults(), expected, "{}", answer.shown());
        answer
    }

    /// The faults of a problem, each as code and pointer, sorted.
    #[track_caller]
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let problem = self.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let fault = |fault: &Value| format!("{} {}", text(&fault["code"]), text(&fault["pointer"]));
        let mut faults: Vec<String> = problem["errors"].as_array().into_iter().flatten().map(fault).collect();
        faults.sort_unstable();
        faults
    }

    /// A header, if it is there.
    ///
    /// # Panics
    /// If it is not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The version that the entity tag tells, however it is shown.
    ///
    /// # Panics
    /// If the tag is none.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        let tag = self.header("etag")?.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).expect("a strong tag");
        tag.split('-').next()
    }

    /// The body as text.
    ///
    /// # Panics
    /// If it is none.
    #[track_caller]
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_else(|error| panic!("{error}\n{}", self.shown()))
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}\n{}", self.shown()))
    }

    /// The body as lines of JSON.
    ///
    /// # Panics
    /// If they are none.
    #[track_caller]
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.text().lines().map(parse).collect()
    }

    /// The answer in readable form, for messages of failed tests.
    #[must_use]
    pub fn shown(&self) -> String {
        const LONGEST: usize = 2000;
        let mut shown = format!("{} -> {}\n", self.asked, self.status);
        for (name, value) in &self.headers {
            let _ = writeln!(shown, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
        }
        let body = match serde_json::from_slice::<Value>(&self.body) {
            Ok(value) => format!("{value:#}"),
            Err(_) => String::from_utf8_lossy(&self.body).into_owned(),
        };
        shown.push('\n');
        shown.extend(body.chars().take(LONGEST));
        shown
    }
}

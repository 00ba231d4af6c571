//! The command `serve`: database, API and metrics put together, from start to orderly stop.

use std::{
    env,
    ffi::OsString,
    io::{self, Write},
    net::{SocketAddr, TcpListener},
    num::{NonZeroU16, NonZeroUsize},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

use actix_web::{
    dev::Server,
    rt::{self, time::timeout},
};
use balsts_api::{ApiConfig, ApiState, ServerOptions, WebhookOptions};
use balsts_app::{App, Targets};
use balsts_domain::{parameters::Parameters, retention::RetentionRules};
use balsts_store::{DatabaseConfig, Objects, Store, Vault};
use balsts_webhooks::{Deliverer, Sources};

use crate::{
    clock,
    config::{Documents, Http, Settings, Trust},
    development::DemoToken,
    error::{CommandError, one_line},
    identity,
    keys::{self, KeysError},
    metrics,
    signals::Signals,
};

/// How long connections to the database may take to close once no request runs any more.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// How often contents without a document, and old answers, are swept.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Serves until a signal says stop.
pub(crate) async fn run(settings: &Settings) -> Result<(), CommandError> {
    let mut signals = Signals::listen()?;
    let (server, store, deliverer) = tokio::select! {
        started = start(settings) => started?,
        signal = signals.next() => {
            tracing::info!(signal, "stopped while starting");
            return Ok(());
        }
    };
    let parameters =
        Parameters::embedded().map_err(|faults| CommandError::set_up("the parameters of the model", faults))?;
    // Before the first request that does not fit it needs what is read here.
    drop(rt::task::spawn_blocking(balsts_api::prepare));
    let sweeping = rt::spawn(sweep(App::new(store.clone()), parameters.retention));
    let pause = seconds(settings.webhooks.poll_seconds);
    let deliveries = deliverer.map(|deliverer| rt::spawn(async move { deliverer.run(pause).await }));
    let ended = until_stopped(server, &mut signals, seconds(settings.http.shutdown_seconds)).await;
    // What is on its way is sent again: only what was recorded counts as delivered.
    deliveries.inspect(|deliveries| deliveries.abort());
    sweeping.abort();

    match timeout(CLOSE_TIMEOUT, store.close()).await {
        Ok(Ok(())) => tracing::info!("stopped"),
        Ok(Err(error)) => tracing::warn!(error = one_line(&error), "closing the database failed"),
        Err(_) => tracing::warn!("closing the database took too long"),
    }
    ended
}

/// Opens the database with an up-to-date schema and the keys, where there are some.
pub(crate) async fn open(settings: &Settings) -> Result<Store, CommandError> {
    opened(settings, settings.database_config()).await
}

async fn opened(settings: &Settings, config: DatabaseConfig) -> Result<Store, CommandError> {
    let store = Store::open(&config).await?;
    store.migrate().await?;
    if store.is_bound_by_row_security().await? == Some(false) {
        tracing::warn!("the database role is not bound by row-level security; see PostgreSQL in the README");
    }
    Ok(match settings.vault()? {
        Some(vault) => store.with_vault(Arc::new(vault)),
        None => {
            tracing::warn!("database.key_file is not given: stored data is not available");
            store
        }
    })
}

/// Opens the port last: whoever can connect is served by a node with an up-to-date database.
async fn start(settings: &Settings) -> Result<(Server, Store, Option<Deliverer>), CommandError> {
    let request_timeout = Some(seconds(settings.http.request_timeout_seconds));
    let store = opened(settings, DatabaseConfig { request_timeout, ..settings.database_config() }).await?;
    let store = match settings.objects()? {
        Some(objects) => store.with_objects(objects),
        None => {
            tracing::warn!("neither documents.directory nor documents.bucket is given: documents are not available");
            store
        }
    };
    let delivers = settings.webhooks.enabled && store.has_keys();
    let render_metrics = if settings.metrics.enabled { Some(metrics::start()?) } else { None };
    let trust = settings.trust()?;
    let targets = settings.targets(&trust);
    let (verifier, tokens) = identity::verifier(trust)?;
    let app = App::new(store.clone());
    let deliverer = delivers.then(|| deliverer(app.clone(), targets.clone())).transpose()?;
    let mut state = ApiState::new(app, settings.api_config(), clock::now, clock::new_id, render_metrics)
        .map_err(|faults| CommandError::set_up("the parameters of the model", faults))?;
    if let Some(verifier) = verifier {
        state = state.with_identity(verifier);
    }
    if delivers {
        state = state.with_webhooks(WebhookOptions { targets, draw_secret: clock::draw_secret });
    }

    let loaded = state.load_published().await;
    loaded.map_err(|error| CommandError::set_up("what the ministry has published", error))?;

    let (listener, address) = listen(settings.listen)?;
    let server = balsts_api::serve(listener, state, settings.server_options())
        .map_err(|source| CommandError::Listen { address, source })?;
    announce(address, &tokens);
    Ok((server, store, deliverer))
}

/// Deletes once a day the contents that no document has, and the answers that are kept no longer.
async fn sweep(app: App, retention: RetentionRules) {
    loop {
        if app.stores_documents() {
            match app.sweep_contents(clock::now()).await {
                Ok(0) => {}
                Ok(swept) => tracing::info!(swept, "contents without a document are deleted"),
                Err(error) => {
                    tracing::warn!(error = one_line(&error), "contents without a document could not be deleted");
                }
            }
        }
        match app.sweep_answers(&retention, clock::now()).await {
            Ok(0) => {}
            Ok(swept) => tracing::info!(swept, "recorded answers whose retention has ended are deleted"),
            Err(error) => tracing::warn!(error = one_line(&error), "old recorded answers could not be deleted"),
        }
        rt::time::sleep(A_DAY).await;
    }
}

fn deliverer(app: App, targets: Targets) -> Result<Deliverer, CommandError> {
    let sources = Sources { clock: Arc::new(clock::now), new_id: clock::new_id, jitter: clock::jitter };
    Deliverer::new(app, targets, sources).map_err(|error| CommandError::set_up("the delivery of webhooks", error))
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), CommandError> {
    let failed = |source| CommandError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// The first line on standard output: whoever asked for port 0 reads the real one here. The tokens of the development
/// issuer follow, one line a role.
fn announce(address: SocketAddr, tokens: &[DemoToken]) {
    tracing::info!(%address, "listening");
    if let Err(error) = print(address, tokens) {
        tracing::warn!(%error, "cannot write to standard output");
    }
}

fn print(address: SocketAddr, tokens: &[DemoToken]) -> io::Result<()> {
    let mut stdout = io::stdout();
    writeln!(stdout, "listening on http://{address}")?;
    for DemoToken { role, municipality, token } in tokens {
        writeln!(stdout, "token {role} {} {token}", municipality.unwrap_or("-"))?;
    }
    stdout.flush()
}

/// Runs the server to the first signal, and then lets running requests finish, until the deadline or a second signal.
async fn until_stopped(server: Server, signals: &mut Signals, deadline: Duration) -> Result<(), CommandError> {
    let handle = server.handle();
    let mut running = rt::spawn(server);
    let signal = tokio::select! {
        ended = &mut running => {
            let error = ended.map_err(io::Error::other).and_then(|result| result).err();
            return Err(CommandError::Stopped(error.unwrap_or_else(|| io::Error::other("without an error"))));
        }
        signal = signals.next() => signal,
    };
    tracing::info!(signal, deadline_seconds = deadline.as_secs(), "stopping: no new requests, running ones may finish");
    tokio::select! {
        // The server itself cuts requests off at the deadline; the margin is for the case that it does not.
        stopped = timeout(deadline + CLOSE_TIMEOUT, handle.stop(true)) => stopped.map_err(|_| CommandError::CutOff),
        _ = signals.next() => Err(CommandError::CutOff),
    }
}

impl Settings {
    /// The keys; none where none are named and the database is a server, whose nodes need the same ones.
    fn vault(&self) -> Result<Option<Vault>, KeysError> {
        self.key_file().map(|path| keys::load(&path, self.database.key_file.is_none())).transpose()
    }

    /// The key file: as given, or beside an SQLite database.
    pub(crate) fn key_file(&self) -> Option<PathBuf> {
        self.database.key_file.clone().or_else(|| {
            let mut path = self.database.url.file()?.as_os_str().to_owned();
            path.push(".keys");
            Some(path.into())
        })
    }

    /// Where contents of documents are: as given, or beside an SQLite database. The settings of a bucket are those of the environment
    /// that its vendor's tools read, such as `AWS_REGION`.
    fn objects(&self) -> Result<Option<Objects>, CommandError> {
        let Documents { directory, bucket, .. } = &self.documents;
        let failed = |error| CommandError::set_up("documents.directory", error);
        match (directory, bucket) {
            (Some(_), Some(_)) => Err(CommandError::set_up("documents", "give a directory or a bucket, not both")),
            (Some(directory), None) => Objects::in_directory(directory).map(Some).map_err(failed),
            (None, Some(bucket)) => {
                let url = bucket.parse().map_err(|error| CommandError::set_up("documents.bucket", error))?;
                let text =
                    |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
                let settings = env::vars_os().filter_map(text).filter(|(name, _)| name.starts_with("AWS_"));
                let objects = Objects::in_bucket(&url, settings);
                objects.map(Some).map_err(|error| CommandError::set_up("documents.bucket", error))
            }
            (None, None) => {
                let Some(file) = self.database.url.file() else { return Ok(None) };
                let mut directory = file.as_os_str().to_owned();
                directory.push(".documents");
                Objects::in_directory(directory.as_ref()).map(Some).map_err(failed)
            }
        }
    }

    /// This machine is a receiver in development only, where nobody else can connect.
    fn targets(&self, trust: &Trust) -> Targets {
        let ports = self.webhooks.allowed_ports.iter().map(|port| port.get()).collect();
        Targets { ports, loopback: matches!(trust, Trust::Development { .. }) }
    }

    pub(crate) fn api_config(&self) -> ApiConfig {
        let limit = &self.rate_limit;
        ApiConfig {
            document_limit: bytes(self.documents.limit_bytes.get()),
            body_limit: bytes(self.http.body_limit_bytes.get()),
            bulk_line_limit: bytes(self.http.bulk_line_limit_bytes.get()),
            request_timeout: seconds(self.http.request_timeout_seconds),
            cors_allowed_origins: self.cors.allowed_origins.clone(),
            rate_limit: limit.requests_per_second.map(|requests_per_second| balsts_api::RateLimit {
                requests_per_second,
                burst: limit.burst.unwrap_or(requests_per_second),
            }),
            access_log: self.http.access_log,
            ..ApiConfig::default()
        }
    }

    fn server_options(&self) -> ServerOptions {
        let Http { client_header_timeout_seconds, keep_alive_seconds, shutdown_seconds, .. } = self.http;
        ServerOptions {
            workers: match self.workers {
                Some(workers) => workers.get().into(),
                None => thread::available_parallelism().map_or(1, NonZeroUsize::get),
            },
            client_header_timeout: seconds(client_header_timeout_seconds),
            keep_alive: seconds(keep_alive_seconds),
            shutdown_timeout: seconds(shutdown_seconds),
        }
    }
}

fn seconds(number: NonZeroU16) -> Duration {
    Duration::from_secs(number.get().into())
}

/// On a machine whose addresses are shorter than the number, the limit is what it can address.
fn bytes(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

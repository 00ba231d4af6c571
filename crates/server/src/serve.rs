//! The command `serve`: database, API and metrics put together, from start to orderly stop.

use std::{
    io::{self, Write},
    net::{SocketAddr, TcpListener},
    num::{NonZeroU16, NonZeroUsize},
    thread,
    time::Duration,
};

use actix_web::{
    dev::Server,
    rt::{self, time::timeout},
};
use balsts_api::{ApiConfig, ApiState, ServerOptions};
use balsts_app::App;
use balsts_store::Store;

use crate::{
    clock,
    config::{Http, Settings},
    error::{CommandError, one_line},
    metrics,
    signals::Signals,
};

/// How long connections to the database may take to close once no request runs any more.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves until a signal says stop.
pub(crate) async fn run(settings: &Settings) -> Result<(), CommandError> {
    let mut signals = Signals::listen()?;
    let (server, store) = tokio::select! {
        started = start(settings) => started?,
        signal = signals.next() => {
            tracing::info!(signal, "stopped while starting");
            return Ok(());
        }
    };
    let ended = until_stopped(server, &mut signals, seconds(settings.http.shutdown_seconds)).await;

    match timeout(CLOSE_TIMEOUT, store.close()).await {
        Ok(Ok(())) => tracing::info!("stopped"),
        Ok(Err(error)) => tracing::warn!(error = one_line(&error), "closing the database failed"),
        Err(_) => tracing::warn!("closing the database took too long"),
    }
    ended
}

/// Opens the port last: whoever can connect is served by a node with an up-to-date database.
async fn start(settings: &Settings) -> Result<(Server, Store), CommandError> {
    let store = Store::open(&settings.database_config()).await?;
    store.migrate().await?;
    let render_metrics = if settings.metrics.enabled { Some(metrics::start()?) } else { None };
    let app = App::new(store.clone());
    let state = ApiState::new(app, settings.api_config(), clock::now, clock::new_id, render_metrics)
        .map_err(|faults| CommandError::set_up("the parameters of the model", faults))?;

    let (listener, address) = listen(settings.listen)?;
    let server = balsts_api::serve(listener, state, settings.server_options())
        .map_err(|source| CommandError::Listen { address, source })?;
    announce(address);
    Ok((server, store))
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), CommandError> {
    let failed = |source| CommandError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// The one line on standard output: whoever asked for port 0 reads the real one here.
fn announce(address: SocketAddr) {
    tracing::info!(%address, "listening");
    let mut stdout = io::stdout();
    if let Err(error) = writeln!(stdout, "listening on http://{address}").and_then(|()| stdout.flush()) {
        tracing::warn!(%error, "cannot write to standard output");
    }
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
    fn api_config(&self) -> ApiConfig {
        let limit = &self.rate_limit;
        ApiConfig {
            body_limit: bytes(self.http.body_limit_bytes.get()),
            bulk_line_limit: bytes(self.http.bulk_line_limit_bytes.get()),
            request_timeout: seconds(self.http.request_timeout_seconds),
            cors_allowed_origins: self.cors.allowed_origins.clone(),
            rate_limit: limit.requests_per_second.map(|requests_per_second| balsts_api::RateLimit {
                requests_per_second,
                burst: limit.burst.unwrap_or(requests_per_second),
            }),
            access_log: self.http.access_log,
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

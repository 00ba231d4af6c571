//! Structured logs on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::{
    config::{Log, LogFormat},
    error::CommandError,
};

/// Starts logging for the whole process. Can be called once.
pub(crate) fn start(log: &Log) -> Result<(), CommandError> {
    let failed = |error| CommandError::set_up("the log", error);
    let terminal = io::stderr().is_terminal();
    let filter = EnvFilter::try_new(&log.level).map_err(|error| CommandError::set_up("the log", error))?;
    let subscriber = tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(terminal).with_env_filter(filter);
    match log.format.unwrap_or(if terminal { LogFormat::Text } else { LogFormat::Json }) {
        LogFormat::Json => subscriber.json().flatten_event(true).with_span_list(false).try_init().map_err(failed),
        LogFormat::Text => subscriber.try_init().map_err(failed),
    }
}

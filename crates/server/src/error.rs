//! Why a command fails, in one line for standard error.

use std::{error::Error, io, net::SocketAddr, path::PathBuf};

use balsts_domain::access::MunicipalityCode;
use balsts_store::StoreError;
use thiserror::Error;

use crate::{config::ConfigError, keys::KeysError};

/// A command did not succeed.
#[derive(Debug, Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("cannot set up {what}")]
    SetUp { what: &'static str, source: Box<dyn Error + Send + Sync> },
    #[error("the server stopped by itself")]
    Stopped(#[source] io::Error),
    #[error("running requests were cut off")]
    CutOff,
    #[error("{} differs from the code; mend it with: cargo run -- openapi --write --path {}", .0.display(), .0.display())]
    OpenapiDiffers(PathBuf),
    #[error("cannot read or write {}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{refused} of {answered} request(s) refused; each answer says why")]
    Refused { refused: u64, answered: u64 },
    #[error("a page or workbook is made of one request; there are more")]
    SeveralRequests,
    #[error("the audit log of {0} municipality(ies) is broken")]
    AuditBroken(usize),
    #[error("{0} row(s) hold a value that no key opens")]
    Unreadable(u64),
    #[error("there is no municipality {0}")]
    NoSuchMunicipality(MunicipalityCode),
    #[error("cannot write to standard output")]
    Output(#[source] io::Error),
}

impl CommandError {
    pub(crate) fn set_up(what: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::SetUp { what, source: source.into() }
    }

    /// Whether the reader of our output has simply had enough, as `head` has.
    pub(crate) fn is_closed_output(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// The error and its causes on one line.
pub(crate) fn one_line(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line.replace('\n', " ")
}

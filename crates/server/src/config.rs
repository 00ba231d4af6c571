//! The configuration: compiled-in defaults, then a TOML file, then the environment, then the command line.
//!
//! What is unknown or makes no sense is refused with the name of the key, so that a misspelt limit never runs unlimited.

mod load;
mod trust;

use std::{
    net::{Ipv4Addr, SocketAddr},
    num::{NonZeroU16, NonZeroU32},
    path::PathBuf,
};

use balsts_api::identity::SigningAlgorithm;
use balsts_store::DatabaseUrl;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub(crate) use load::{ConfigError, Overrides, load};
pub(crate) use trust::Trust;

/// Everything that can be configured. An environment variable is `BALSTS__` and the key in capitals, with `__` for the
/// dot: `BALSTS__HTTP__BODY_LIMIT_BYTES`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Address and port to listen on; port 0 takes a free one.
    pub(crate) listen: SocketAddr,
    /// Threads that serve requests; one per core if not given.
    pub(crate) workers: Option<NonZeroU16>,
    pub(crate) database: Database,
    pub(crate) http: Http,
    pub(crate) cors: Cors,
    pub(crate) identity: Identity,
    pub(crate) rate_limit: RateLimit,
    pub(crate) log: Log,
    pub(crate) metrics: Metrics,
    pub(crate) webhooks: Webhooks,
    pub(crate) documents: Documents,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Database {
    /// `sqlite:PATH` or `postgres://user:password@host/name`.
    #[serde(serialize_with = "show_url", deserialize_with = "parse_url")]
    pub(crate) url: DatabaseUrl,
    pub(crate) max_connections: NonZeroU32,
    /// The keys that personal data is sealed with; beside an SQLite file, `PATH.keys`, made at the first start.
    pub(crate) key_file: Option<PathBuf>,
}

/// Sizes and times that a client may take up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Http {
    pub(crate) body_limit_bytes: NonZeroU32,
    pub(crate) bulk_line_limit_bytes: NonZeroU32,
    pub(crate) request_timeout_seconds: NonZeroU16,
    pub(crate) client_header_timeout_seconds: NonZeroU16,
    pub(crate) keep_alive_seconds: NonZeroU16,
    /// How long running requests may take to finish when the server stops.
    pub(crate) shutdown_seconds: NonZeroU16,
    pub(crate) access_log: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Cors {
    /// Origins whose pages may call the API, such as `https://portal.example`; `*` is any.
    pub(crate) allowed_origins: Vec<String>,
}

/// Whose tokens tell who calls. [`Settings::trust`] makes sense of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Identity {
    /// If not given, `development` on a loopback address; on another one nobody is trusted.
    pub(crate) mode: Option<IdentityMode>,
    /// The claim `iss` of the tokens.
    pub(crate) issuer: Option<String>,
    /// What the claim `aud` of the tokens must contain.
    pub(crate) audience: String,
    /// Where the issuer publishes its keys.
    pub(crate) jwks_url: Option<String>,
    pub(crate) algorithms: Vec<SigningAlgorithm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub(crate) enum IdentityMode {
    Development,
    Oidc,
}

/// Limit per client; off unless `requests_per_second` is given.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RateLimit {
    pub(crate) requests_per_second: Option<NonZeroU32>,
    /// Requests that may come at once; as many as per second if not given.
    pub(crate) burst: Option<NonZeroU32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// Text on a terminal and JSON elsewhere, if not given.
    pub(crate) format: Option<LogFormat>,
    /// A level, or with exceptions a list: `info,sqlx=debug`.
    pub(crate) level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub(crate) enum LogFormat {
    Json,
    Text,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Metrics {
    pub(crate) enabled: bool,
}

/// Delivery of events. Off as well where there are no keys to seal the secrets with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Webhooks {
    pub(crate) enabled: bool,
    /// How long after an event its delivery begins at most.
    pub(crate) poll_seconds: NonZeroU16,
    /// The ports of receivers.
    pub(crate) allowed_ports: Vec<NonZeroU16>,
}

/// Where the contents of documents are kept. Documents are not available where there is no place, or no keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Documents {
    /// Of one database, the same for all nodes; beside an SQLite file, `PATH.documents`.
    pub(crate) directory: Option<PathBuf>,
    /// `s3://bucket/folder` instead, where the program is built with the cargo feature `s3`.
    pub(crate) bucket: Option<String>,
    /// The largest file.
    pub(crate) limit_bytes: NonZeroU32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            workers: None,
            database: Database::default(),
            http: Http::default(),
            cors: Cors::default(),
            identity: Identity::default(),
            rate_limit: RateLimit::default(),
            log: Log::default(),
            metrics: Metrics::default(),
            webhooks: Webhooks::default(),
            documents: Documents::default(),
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: DatabaseUrl::sqlite("balsts.db"),
            max_connections: const { NonZeroU32::new(8).unwrap() },
            key_file: None,
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            body_limit_bytes: const { NonZeroU32::new(1024 * 1024).unwrap() },
            bulk_line_limit_bytes: const { NonZeroU32::new(64 * 1024).unwrap() },
            request_timeout_seconds: const { NonZeroU16::new(30).unwrap() },
            client_header_timeout_seconds: const { NonZeroU16::new(10).unwrap() },
            keep_alive_seconds: const { NonZeroU16::new(75).unwrap() },
            shutdown_seconds: const { NonZeroU16::new(30).unwrap() },
            access_log: true,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        // These two report every start of a worker and every step of a migration that is already done.
        Self { format: None, level: "info,actix_server=warn,sqlx=warn".to_owned() }
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            mode: None,
            issuer: None,
            audience: "balsts".to_owned(),
            jwks_url: None,
            algorithms: SigningAlgorithm::ALL.to_vec(),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self { enabled: true }
    }
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            enabled: true,
            poll_seconds: const { NonZeroU16::new(5).unwrap() },
            allowed_ports: vec![const { NonZeroU16::new(443).unwrap() }],
        }
    }
}

impl Default for Documents {
    fn default() -> Self {
        Self { directory: None, bucket: None, limit_bytes: const { NonZeroU32::new(10 * 1024 * 1024).unwrap() } }
    }
}

impl TryFrom<String> for IdentityMode {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        match name.as_str() {
            "development" => Ok(Self::Development),
            "oidc" => Ok(Self::Oidc),
            _ => Err(format!("`{name}` is neither `development` nor `oidc`")),
        }
    }
}

impl TryFrom<String> for LogFormat {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        match name.as_str() {
            "json" => Ok(Self::Json),
            "text" => Ok(Self::Text),
            _ => Err(format!("`{name}` is neither `json` nor `text`")),
        }
    }
}

fn show_url<S: Serializer>(url: &DatabaseUrl, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(url)
}

fn parse_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DatabaseUrl, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}

//! Reading the layers of the configuration and refusing what is wrong in them.

use std::{collections::HashMap, ffi::OsString, path::Path};

use config::{Config, Environment, File, FileFormat};
use serde_json::Value;
use thiserror::Error;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

use super::{Cors, Log, RateLimit, Settings};

/// Two underscores: Kubernetes sets variables like `BALSTS_SERVICE_HOST` in every pod next to a service of that name.
const ENVIRONMENT_PREFIX: &str = "BALSTS__";

/// One line that says which key is wrong, where, and why. It repeats no address, because that may hold a password.
#[derive(Debug, Error)]
#[error("configuration: {0}")]
pub(crate) struct ConfigError(pub(super) String);

/// What the command line sets.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) listen: Option<String>,
    pub(crate) database: Option<String>,
}

/// Reads all layers. `environment` is the whole environment of the process; only our variables matter.
pub(crate) fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    overrides: Overrides,
) -> Result<Settings, ConfigError> {
    let mut builder = Config::builder();
    if let Some(path) = file {
        builder = builder.add_source(File::from(path).format(FileFormat::Toml));
    }
    let settings: Settings = builder
        .add_source(environment_source(environment)?)
        .set_override_option("listen", overrides.listen)
        .and_then(|builder| builder.set_override_option("database.url", overrides.database))
        .and_then(|builder| builder.build())
        .and_then(Config::try_deserialize)
        .map_err(|error| ConfigError(one_safe_line(&error.to_string())))?;
    check_level(&settings.log)?;
    check_origins(&settings.cors)?;
    check_rate_limit(&settings.rate_limit)?;
    settings.trust()?;
    Ok(settings)
}

fn environment_source(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Environment, ConfigError> {
    let known = environment_names()?;
    let mut ours = HashMap::new();
    for (name, value) in variables {
        let name = name.to_string_lossy().into_owned();
        if !name.to_uppercase().starts_with(ENVIRONMENT_PREFIX) {
            continue;
        }
        if !known.contains(&name) {
            return Err(ConfigError(format!("unknown environment variable {name}; known are {}", known.join(", "))));
        }
        match value.into_string() {
            Ok(value) => ours.insert(name, value),
            Err(_) => return Err(ConfigError(format!("the environment variable {name} is not UTF-8 text"))),
        };
    }
    Ok(Environment::with_prefix("BALSTS")
        .prefix_separator("__")
        .separator("__")
        // Container set-ups pass an unset value on as an empty one.
        .ignore_empty(true)
        .try_parsing(true)
        .list_separator(",")
        .with_list_parse_key("cors.allowed_origins")
        .with_list_parse_key("identity.algorithms")
        .with_list_parse_key("webhooks.allowed_ports")
        .source(Some(ours)))
}

/// The names of all variables, derived from the settings so that the two cannot differ.
fn environment_names() -> Result<Vec<String>, ConfigError> {
    fn collect(name: &str, value: &Value, names: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    collect(&format!("{name}__{}", key.to_uppercase()), value, names);
                }
            }
            _ => names.push(name.to_owned()),
        }
    }
    let defaults = serde_json::to_value(Settings::default()).map_err(|error| ConfigError(error.to_string()))?;
    let mut names = Vec::new();
    collect("BALSTS", &defaults, &mut names);
    Ok(names)
}

/// The message without the picture of the offending line that a TOML error draws, and without addresses.
fn one_safe_line(message: &str) -> String {
    let lines: Vec<&str> = message
        .lines()
        .map(str::trim)
        .filter(|line| {
            !line.is_empty() && !line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|')
        })
        .collect();
    hide_addresses(&lines.join(": "))
}

/// Everything behind `://` up to the last `@` and on to the next blank or quote: rather too much than a password.
fn hide_addresses(text: &str) -> String {
    let Some((before, behind)) = text.split_once("://") else { return text.to_owned() };
    let behind = behind.rsplit_once('@').map_or(behind, |(_, host)| host);
    let rest = behind.trim_start_matches(|c: char| !c.is_whitespace() && !"\"'`".contains(c));
    let hidden = if rest.len() == behind.len() { "" } else { "[hidden]" };
    format!("{before}://{hidden}{}", hide_addresses(rest))
}

/// A bare word that is no level would be taken as the name of a module, and silence everything else.
fn check_level(log: &Log) -> Result<(), ConfigError> {
    let bare_words = log.level.split(',').map(str::trim).filter(|directive| !directive.contains('='));
    for word in bare_words {
        if word.parse::<LevelFilter>().is_err() {
            return Err(ConfigError(format!("log.level: `{word}` is none of error, warn, info, debug, trace, off")));
        }
    }
    match EnvFilter::try_new(&log.level) {
        Ok(_) => Ok(()),
        Err(error) => Err(ConfigError(format!("log.level: {error}"))),
    }
}

fn check_origins(cors: &Cors) -> Result<(), ConfigError> {
    for origin in cors.allowed_origins.iter().filter(|origin| *origin != "*") {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
        if host.is_empty() || host.contains(|c: char| c == '/' || c == '*' || c.is_whitespace()) {
            return Err(ConfigError(format!(
                "cors.allowed_origins: `{origin}` is neither `*` nor an origin such as https://portal.example"
            )));
        }
    }
    Ok(())
}

fn check_rate_limit(limit: &RateLimit) -> Result<(), ConfigError> {
    if limit.burst.is_some() && limit.requests_per_second.is_none() {
        return Err(ConfigError("rate_limit.burst: needs rate_limit.requests_per_second".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests;

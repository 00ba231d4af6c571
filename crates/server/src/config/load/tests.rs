//! The layers of the configuration and the messages about what is wrong in them.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use balsts_api::identity::SigningAlgorithm;

use super::*;
use crate::config::{LogFormat, Trust};

fn file(text: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("balsts.toml");
    fs::write(&path, text).unwrap();
    (directory, path)
}

fn from_file(text: &str) -> Result<Settings, ConfigError> {
    let (_directory, path) = file(text);
    load(Some(&path), [], Overrides::default())
}

fn from_environment(variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    load(None, variables, Overrides::default())
}

#[test]
fn everything_has_a_default() {
    let settings = from_environment(&[("PATH", "/bin"), ("BALSTS_SERVICE_HOST", "10.0.0.1")]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.database.url.to_string(), "sqlite:balsts.db");
    assert!(settings.log.format.is_none());
    assert!(settings.rate_limit.requests_per_second.is_none());
    assert!(settings.metrics.enabled);
}

#[test]
fn the_command_line_beats_the_environment_which_beats_the_file() {
    let (_directory, path) = file(
        r#"
        listen = "[::1]:1000"
        workers = 3
        [database]
        url = "sqlite:file.db"
        max_connections = 5
        [cors]
        allowed_origins = ["https://portal.example"]
        [log]
        format = "text"
        "#,
    );
    let environment = [("BALSTS__LISTEN", "[::1]:2000"), ("BALSTS__DATABASE__URL", "sqlite:environment.db")];
    let environment = environment.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let overrides = Overrides { listen: Some("[::1]:3000".to_owned()), database: None };
    let settings = load(Some(&path), environment, overrides).unwrap();
    assert_eq!(settings.listen.to_string(), "[::1]:3000");
    assert_eq!(settings.database.url.to_string(), "sqlite:environment.db");
    assert_eq!(settings.database.max_connections.get(), 5);
    assert_eq!(settings.workers.unwrap().get(), 3);
    assert_eq!(settings.cors.allowed_origins, ["https://portal.example"]);
    assert_eq!(settings.log.format, Some(LogFormat::Text));
}

#[test]
fn every_type_can_be_set_from_the_environment() {
    let settings = from_environment(&[
        ("BALSTS__HTTP__ACCESS_LOG", "false"),
        ("BALSTS__HTTP__BODY_LIMIT_BYTES", "2048"),
        ("BALSTS__CORS__ALLOWED_ORIGINS", "https://a.example,http://localhost:5173"),
        ("BALSTS__RATE_LIMIT__REQUESTS_PER_SECOND", "20"),
        ("BALSTS__LOG__LEVEL", "warn,sqlx=debug"),
        ("BALSTS__LOG__FORMAT", "text"),
        ("BALSTS__IDENTITY__ALGORITHMS", "ES256,EdDSA"),
        ("BALSTS__WEBHOOKS__ALLOWED_PORTS", "443,8443"),
        ("BALSTS__WORKERS", ""),
    ])
    .unwrap();
    assert!(!settings.http.access_log);
    assert_eq!(settings.http.body_limit_bytes.get(), 2048);
    assert_eq!(settings.cors.allowed_origins, ["https://a.example", "http://localhost:5173"]);
    assert_eq!(settings.rate_limit.requests_per_second.unwrap().get(), 20);
    assert_eq!(settings.log.level, "warn,sqlx=debug");
    assert_eq!(settings.identity.algorithms, [SigningAlgorithm::ES256, SigningAlgorithm::EdDSA]);
    assert_eq!(settings.webhooks.allowed_ports.iter().map(|port| port.get()).collect::<Vec<_>>(), [443, 8443]);
    assert!(settings.workers.is_none());
}

#[test]
fn an_unknown_key_is_refused_by_name() {
    for (text, name) in [
        ("lisen = \"127.0.0.1:80\"", "lisen"),
        ("[http]\nbody_limit = 5", "body_limit"),
        ("[database]\nurl = \"sqlite:x.db\"\npool = 5", "pool"),
        ("[cors]\norigins = []", "origins"),
        ("[rate_limit]\nper_second = 1", "per_second"),
        ("[log]\nlevels = \"info\"", "levels"),
        ("[metrics]\non = true", "on"),
        ("[identity]\nclient = \"x\"", "client"),
        ("[webhooks]\nports = [443]", "ports"),
    ] {
        let error = from_file(text).unwrap_err().to_string();
        assert!(error.contains(&format!("unknown field `{name}`")), "{error}");
    }
    for name in
        ["BALSTS__HTTP__BODY_LIMIT", "BALSTS__DATABASE", "balsts__listen", "BALSTS__", "BALSTS__HTTP.ACCESS_LOG"]
    {
        let error = from_environment(&[(name, "postgres://u:s3cret@h/d")]).unwrap_err().to_string();
        assert!(error.contains(&format!("unknown environment variable {name};")), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}

#[test]
fn a_value_that_makes_no_sense_is_refused_with_its_key() {
    for (text, expected) in [
        ("listen = \"localhost\"", "listen"),
        ("workers = 0", "workers"),
        ("[http]\nrequest_timeout_seconds = 0", "http.request_timeout_seconds"),
        ("[http]\nshutdown_seconds = 100000", "http.shutdown_seconds"),
        ("[http]\nbody_limit_bytes = -1", "http.body_limit_bytes"),
        ("[database]\nmax_connections = \"many\"", "database.max_connections"),
        ("[database]\nurl = \"oracle:x\"", "database.url"),
        ("[rate_limit]\nburst = 5", "rate_limit.burst"),
        ("[rate_limit]\nrequests_per_second = 0", "rate_limit.requests_per_second"),
        ("[log]\nlevel = \"verbose\"", "log.level"),
        ("[log]\nlevel = \"info,sqlx=loud\"", "log.level"),
        ("[log]\nformat = \"xml\"", "log.format"),
        ("[cors]\nallowed_origins = [\"https://portal.example/\"]", "cors.allowed_origins"),
        ("[cors]\nallowed_origins = [\"https://*.example\"]", "cors.allowed_origins"),
    ] {
        let error = from_file(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn the_password_is_never_shown() {
    let url = "postgres://clerk:s3cret@db.example/balsts";
    let settings = from_environment(&[("BALSTS__DATABASE__URL", url)]).unwrap();
    let shown = format!("{settings:?}");
    assert!(shown.contains("postgres://db.example:5432/balsts"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");

    for text in [
        format!("[database]\nurl = \"{url}"),
        format!("[database]\nurl = {url}"),
        format!("database = \"{url}\""),
        format!("database = \"{}\"", url.replace("s3cret", "a 's3cret' b")),
        format!("[log]\nformat = \"{url}\""),
        format!("listen = \"{url}\""),
        format!("[database]\nurl = [\"{url}\"]"),
        format!("[database]\nurl = \"{}\"", url.replace("db.example", "db.example:port")),
        format!("[database]\nurl = \"{}\"", url.replace("postgres", "mysql")),
    ] {
        let error = from_file(&text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
}

#[test]
fn a_missing_file_is_an_error() {
    let error = load(Some(Path::new("/nowhere/balsts.toml")), [], Overrides::default()).unwrap_err();
    assert!(error.to_string().contains("/nowhere/balsts.toml"), "{error}");
}

const OIDC: &str = r#"
    [identity]
    mode = "oidc"
    issuer = "https://login.example"
    jwks_url = "https://login.example/keys"
"#;

#[test]
fn the_development_issuer_is_for_this_machine_only() {
    let trust = |text: &str| from_file(text).and_then(|settings| settings.trust());
    for listen in ["127.0.0.1:0", "[::1]:80", "127.9.9.9:8080"] {
        for mode in ["", "[identity]\nmode = \"development\""] {
            let trusted = trust(&format!("listen = \"{listen}\"\n{mode}")).unwrap();
            assert!(matches!(trusted, Trust::Development { audience } if audience == "balsts"));
        }
    }
    // The database of a server may be an office's: there it is asked for.
    let server = "listen = \"127.0.0.1:0\"\n[database]\nurl = \"postgres://clerk@db.example/balsts\"\n";
    assert!(matches!(trust(server).unwrap(), Trust::Nobody));
    let asked_for = trust(&format!("{server}[identity]\nmode = \"development\"")).unwrap();
    assert!(matches!(asked_for, Trust::Development { .. }));
    for listen in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:80"] {
        let address = format!("listen = \"{listen}\"\n");
        assert!(matches!(trust(&address).unwrap(), Trust::Nobody));
        let error = trust(&format!("{address}[identity]\nmode = \"development\"")).unwrap_err().to_string();
        assert!(error.contains("identity.mode: \"development\" is refused on") && error.contains(listen), "{error}");
        assert!(matches!(trust(&format!("{address}{OIDC}")).unwrap(), Trust::Oidc { .. }));
    }
}

#[test]
fn an_issuer_is_told_in_full_and_over_https() {
    let local = OIDC.replace("https://login.example", "http://localhost:8443");
    for text in [OIDC, &local, &local.replace("localhost", "127.0.0.1"), &local.replace("localhost", "[::1]")] {
        assert!(from_file(text).is_ok(), "{text}");
    }
    for (text, expected) in [
        (OIDC.replace("issuer =", "audience ="), "identity.issuer"),
        (OIDC.replace("jwks_url =", "audience ="), "identity.jwks_url"),
        (OIDC.replace("https://login.example\"", "http://login.example\""), "identity.issuer"),
        (OIDC.replace("https://login.example/", "http://login.example/"), "identity.jwks_url"),
        (OIDC.replace("https://login.example/", "http://localhost.example/"), "identity.jwks_url"),
        (OIDC.replace("https://login.example/", "file:///"), "identity.jwks_url"),
        (OIDC.replace("https://login.example/", "https://user:s3cret@login.example/"), "identity.jwks_url"),
        (OIDC.replace("mode = \"oidc\"", ""), "identity.mode"),
        (OIDC.replace("oidc", "development"), "identity.mode"),
        (OIDC.replace("oidc", "none"), "identity.mode"),
        (format!("{OIDC}audience = \"\""), "identity.audience"),
        (format!("{OIDC}algorithms = []"), "identity.algorithms"),
        (format!("{OIDC}algorithms = [\"none\"]"), "identity.algorithms"),
        (format!("{OIDC}algorithms = [\"HS256\"]"), "identity.algorithms"),
    ] {
        let error = from_file(&text).unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains("s3cret"), "{text}: {error}");
    }
}

#[test]
fn the_sample_file_holds_the_defaults() {
    let sample = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/balsts.toml"));
    let settings = load(Some(sample), [], Overrides::default()).unwrap();
    assert_eq!(serde_json::to_value(settings).unwrap(), serde_json::to_value(Settings::default()).unwrap());
}

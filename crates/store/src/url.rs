//! The address of the database, which never shows its password.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use sea_orm::sqlx::postgres::PgConnectOptions;
use thiserror::Error;

/// Address of the database: `sqlite:PATH` or `postgres://user:password@host:port/name`.
///
/// Its `Display` and `Debug` name the file, or host and database, and leave user, password and options out.
#[derive(Clone)]
pub struct DatabaseUrl(Target);

#[derive(Clone)]
pub(crate) enum Target {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// Why a text is not the address of a database. The text itself is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidDatabaseUrl {
    /// The scheme is of no supported database.
    #[error("a database address starts with `sqlite:` or `postgres://`")]
    UnknownScheme,
    /// `sqlite:` and nothing behind it.
    #[error("`sqlite:` needs the path of a file behind it")]
    MissingPath,
    /// `sqlite::memory:`.
    #[error(
        "an in-memory SQLite database is not supported, because readers and the writer would each see their own; use a file"
    )]
    InMemory,
    /// `sqlite:PATH?...`.
    #[error("`sqlite:PATH` takes no options behind a `?`")]
    SqliteOptions,
    /// `postgres://...` that does not parse.
    #[error("not a valid PostgreSQL address: {0}")]
    Postgres(String),
}

impl DatabaseUrl {
    /// The address of a SQLite file.
    #[must_use]
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self(Target::Sqlite(path.into()))
    }

    /// The SQLite file; none of a server.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Target::Sqlite(path) => Some(path),
            Target::Postgres(_) => None,
        }
    }

    pub(crate) fn target(&self) -> &Target {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return sqlite_path(path.strip_prefix("//").unwrap_or(path)).map(Target::Sqlite).map(Self);
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return match text.parse::<PgConnectOptions>() {
                Ok(options) => Ok(Self(Target::Postgres(Box::new(options)))),
                Err(error) => Err(InvalidDatabaseUrl::Postgres(error.to_string())),
            };
        }
        Err(InvalidDatabaseUrl::UnknownScheme)
    }
}

fn sqlite_path(path: &str) -> Result<PathBuf, InvalidDatabaseUrl> {
    match path {
        "" => Err(InvalidDatabaseUrl::MissingPath),
        ":memory:" => Err(InvalidDatabaseUrl::InMemory),
        // SQLite tools write `?mode=rwc` here. Taken as part of the name it would silently open another file.
        path if path.contains('?') => Err(InvalidDatabaseUrl::SqliteOptions),
        path => Ok(PathBuf::from(path)),
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Target::Postgres(options) => {
                match options.get_socket() {
                    Some(socket) => write!(f, "postgres://[{}]", socket.display())?,
                    None => write!(f, "postgres://{}:{}", options.get_host(), options.get_port())?,
                }
                write!(f, "/{}", options.get_database().unwrap_or(options.get_username()))
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_neither_user_nor_password() {
        let url: DatabaseUrl = "postgres://clerk:s3cret@db.example:5433/balsts?sslmode=require".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://db.example:5433/balsts");
        assert_eq!(format!("{url:?}"), "DatabaseUrl(postgres://db.example:5433/balsts)");
    }

    #[test]
    fn sqlite_paths_are_taken_literally() {
        for (text, shown) in [
            ("sqlite:balsts.db", "sqlite:balsts.db"),
            ("sqlite://data/balsts.db", "sqlite:data/balsts.db"),
            ("sqlite:///var/lib/a%20b.db", "sqlite:/var/lib/a%20b.db"),
        ] {
            assert_eq!(text.parse::<DatabaseUrl>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn unusable_addresses_are_refused_without_repeating_them() {
        for (text, error) in [
            ("", InvalidDatabaseUrl::UnknownScheme),
            ("mysql://root:s3cret@localhost/x", InvalidDatabaseUrl::UnknownScheme),
            ("sqlite:", InvalidDatabaseUrl::MissingPath),
            ("sqlite::memory:", InvalidDatabaseUrl::InMemory),
            ("sqlite://:memory:", InvalidDatabaseUrl::InMemory),
            ("sqlite:balsts.db?mode=rwc", InvalidDatabaseUrl::SqliteOptions),
        ] {
            assert_eq!(text.parse::<DatabaseUrl>().unwrap_err(), error, "{text}");
        }
        let error = "postgres://clerk:s3cret@host:port/x".parse::<DatabaseUrl>().unwrap_err();
        assert!(matches!(error, InvalidDatabaseUrl::Postgres(_)));
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}

//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::Overrides;

/// Latvia's Individual Budget Model as an HTTP API.
///
/// Without a command it serves. Every setting has a default; a configuration file overrides it, the environment
/// (BALSTS__SECTION__KEY) overrides the file, and the options here override all.
#[derive(Parser)]
#[command(name = "balsts", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: ServeOptions,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the API (the default).
    Serve(ServeOptions),
    /// Bring the database schema up to date and stop.
    Migrate(DatabaseOptions),
    /// Print the OpenAPI document.
    Openapi(OpenapiOptions),
}

#[derive(Args)]
pub(crate) struct ServeOptions {
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    #[command(flatten)]
    pub(crate) database: DatabaseOptions,
}

#[derive(Args)]
pub(crate) struct DatabaseOptions {
    /// `sqlite:PATH` or `postgres://...` [default: sqlite:balsts.db]. An address with a password is better given by
    /// BALSTS__DATABASE__URL, which other users of the machine cannot see
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE", env = "BALSTS_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct OpenapiOptions {
    /// Write the file instead of printing
    #[arg(long, conflicts_with = "check")]
    pub(crate) write: bool,
    /// Fail if the file differs from the code
    #[arg(long)]
    pub(crate) check: bool,
    /// The file
    #[arg(long, value_name = "FILE", default_value = "openapi/v1.json")]
    pub(crate) path: PathBuf,
}

impl ServeOptions {
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides { listen: self.listen.clone(), ..self.database.overrides() }
    }
}

impl DatabaseOptions {
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides { listen: None, database: self.database.clone() }
    }
}

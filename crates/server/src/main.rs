//! The program `balsts`: command line, configuration, and the wiring of database, rules and API. No rule and no
//! handler lives here.

mod appoint;
mod calculate;
mod cli;
mod clock;
mod config;
mod demo;
mod development;
mod error;
mod identity;
mod import;
mod keys;
mod logging;
mod metrics;
mod openapi;
mod requests;
mod rotation;
mod serve;
mod signals;

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

use balsts_store::{DatabaseConfig, Store};
use clap::Parser;

use crate::{
    cli::{
        AppointOptions, AuditCommand, Cli, Command, DatabaseOptions, DemoOptions, ImportOptions, KeysCommand,
        ServeOptions,
    },
    config::{Database, Overrides, Settings},
    error::CommandError,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(options) => serve(&options),
        Command::Migrate(options) => migrate(&options),
        Command::Demo(options) => demo(&options),
        Command::Import(options) => import(&options),
        Command::Appoint(options) => appoint(&options),
        Command::Audit(AuditCommand::Verify(options)) => verify_audit(&options),
        Command::Keys(command) => change_keys(&command),
        Command::Openapi(options) => openapi::run(&options),
        Command::Calculate(options) => calculate::calculate(&options),
        Command::Forecast(options) => calculate::forecast(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_closed_output() => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed as well, the exit code still tells.
            let _ = writeln!(io::stderr(), "balsts: {}", error::one_line(&error));
            ExitCode::FAILURE
        }
    }
}

fn serve(options: &ServeOptions) -> Result<(), CommandError> {
    let settings = start(&options.database, options.overrides())?;
    actix_web::rt::System::new().block_on(serve::run(&settings))
}

fn migrate(options: &DatabaseOptions) -> Result<(), CommandError> {
    let settings = start(options, options.overrides())?;
    let applied = actix_web::rt::System::new().block_on(async {
        let store = Store::open(&settings.database_config()).await?;
        let applied = store.migrate().await?;
        store.close().await?;
        Ok::<_, CommandError>(applied)
    })?;
    let mut stdout = io::stdout();
    if applied.is_empty() {
        return writeln!(stdout, "the database is up to date").map_err(CommandError::Output);
    }
    for migration in applied {
        writeln!(stdout, "applied {migration}").map_err(CommandError::Output)?;
    }
    Ok(())
}

fn demo(options: &DemoOptions) -> Result<(), CommandError> {
    let settings = start(&options.database, options.database.overrides())?;
    actix_web::rt::System::new().block_on(demo::run(&settings, options.cases, options.seed))
}

fn import(options: &ImportOptions) -> Result<(), CommandError> {
    let settings = start(&options.database, options.database.overrides())?;
    actix_web::rt::System::new().block_on(import::run(&settings, options))
}

fn appoint(options: &AppointOptions) -> Result<(), CommandError> {
    let settings = start(&options.database, options.database.overrides())?;
    actix_web::rt::System::new().block_on(appoint::run(&settings, options))
}

fn verify_audit(options: &DatabaseOptions) -> Result<(), CommandError> {
    let settings = start(options, options.overrides())?;
    let report = actix_web::rt::System::new().block_on(async {
        let store = Store::open(&settings.database_config()).await?;
        let report = store.verify_audit().await?;
        store.close().await?;
        Ok::<_, CommandError>(report)
    })?;
    let mut stdout = io::stdout();
    for (municipality, sequence) in &report.faults {
        writeln!(stdout, "municipality {municipality}: entry {sequence} was changed or is missing")
            .map_err(CommandError::Output)?;
    }
    writeln!(stdout, "{} entries read", report.entries).map_err(CommandError::Output)?;
    if report.faults.is_empty() { Ok(()) } else { Err(CommandError::AuditBroken(report.faults.len())) }
}

fn change_keys(command: &KeysCommand) -> Result<(), CommandError> {
    let (KeysCommand::Rotate(options) | KeysCommand::Reseal(options) | KeysCommand::Prune(options)) = command;
    let settings = start(options, options.overrides())?;
    actix_web::rt::System::new().block_on(rotation::run(command, &settings))
}

/// What every command that uses the database begins with: configuration, then logs.
fn start(options: &DatabaseOptions, overrides: Overrides) -> Result<Settings, CommandError> {
    let settings = config::load(options.config.as_deref(), env::vars_os(), overrides)?;
    logging::start(&settings.log)?;
    tracing::debug!(?settings, "configured");
    Ok(settings)
}

impl Settings {
    /// As commands use the database: what they ask for takes as long as it takes.
    fn database_config(&self) -> DatabaseConfig {
        let Database { url, max_connections, .. } = &self.database;
        DatabaseConfig { url: url.clone(), max_connections: *max_connections, request_timeout: None }
    }
}

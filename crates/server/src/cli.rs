//! The command line.

use std::path::PathBuf;

use balsts_api::command_line;
use balsts_domain::{access::MunicipalityCode, text};
use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// Fill an empty database with invented cases.
    ///
    /// Without a number: a child and an adult in every state in each of ten municipalities. The people are marked as
    /// invented, and the same for the same seed and day.
    Demo(DemoOptions),
    /// Import applications from a file: NDJSON, or CSV where its name ends with .csv; one line of report a row.
    ///
    /// The rows and the report are those of `POST /v1/imports`. A refused row makes the exit code 1 in the end.
    Import(ImportOptions),
    /// Appoint the head of an office: the first one, where the issuer of tokens tells no roles.
    Appoint(AppointOptions),
    /// Look after the audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Change the keys that personal data is sealed with.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Print the OpenAPI document.
    Openapi(OpenapiOptions),
    /// Calculate budgets without a server: one JSON request or NDJSON, one answer a line.
    ///
    /// The requests and answers are those of `POST /v1/budget-calculations/bulk`. A refused request is answered by a line
    /// with its problem, and makes the exit code 1 in the end.
    Calculate(CalculateOptions),
    /// Forecast the cost of the model without a server: one JSON request or NDJSON, one answer a line.
    ///
    /// The requests and answers are those of `POST /v1/forecasts`. A refused request is answered by its problem, and makes
    /// the exit code 1 in the end.
    Forecast(ForecastOptions),
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
pub(crate) struct DemoOptions {
    /// Load this many cases, drawn at random
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) cases: Option<u32>,
    /// What the people are drawn from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) database: DatabaseOptions,
}

#[derive(Args)]
pub(crate) struct ImportOptions {
    /// The applications
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The municipality that they are of, by its ATVK code
    #[arg(long, value_name = "CODE")]
    pub(crate) municipality: MunicipalityCode,
    /// Check every row and store nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Language of problems
    #[arg(long, value_enum, default_value_t = Language::Lv)]
    pub(crate) language: Language,
    #[command(flatten)]
    pub(crate) database: DatabaseOptions,
}

#[derive(Args)]
pub(crate) struct AppointOptions {
    /// The identifier that the issuer has for the head: the claim sub
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: String,
    /// The municipality, by its ATVK code
    #[arg(long, value_name = "CODE")]
    pub(crate) municipality: MunicipalityCode,
    #[command(flatten)]
    pub(crate) database: DatabaseOptions,
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Walk along the audit chain of every municipality; exit code 1 where an entry was changed or is missing.
    Verify(DatabaseOptions),
}

#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// Add a key to the key file, with which new values are sealed from now on. Running servers take it over by themselves;
    /// where nodes have copies of the file, copy it to each before `reseal`. The key of the blind index stays.
    Rotate(DatabaseOptions),
    /// Seal everything with the newest key that is sealed with an older one. Servers may run meanwhile; broken off, it is
    /// run again. Exit code 1 where no key opens a value.
    Reseal(DatabaseOptions),
    /// Remove the keys that nothing is sealed with any more. A backup of the database that is older than `reseal` needs
    /// them: keep the old key file with it.
    Prune(DatabaseOptions),
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

#[derive(Args)]
pub(crate) struct CalculateOptions {
    /// The requests; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,
    /// The sums only, or every line with its explanation
    #[arg(long, value_enum, default_value_t = Detail::Lines)]
    pub(crate) detail: Detail,
    /// Language of names, explanations and problems
    #[arg(long, value_enum, default_value_t = Language::Lv)]
    pub(crate) language: Language,
}

#[derive(Args)]
pub(crate) struct ForecastOptions {
    /// The requests; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,
    /// A line of JSON for each request, or the page or workbook of a single one
    #[arg(long, value_enum, default_value_t = ForecastFormat::Json)]
    pub(crate) format: ForecastFormat,
    /// Language of explanations and problems
    #[arg(long, value_enum, default_value_t = Language::Lv)]
    pub(crate) language: Language,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ForecastFormat {
    Json,
    Html,
    Xlsx,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Detail {
    Totals,
    Lines,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Language {
    Lv,
    En,
}

impl From<Detail> for command_line::Detail {
    fn from(detail: Detail) -> Self {
        match detail {
            Detail::Totals => Self::Totals,
            Detail::Lines => Self::Lines,
        }
    }
}

impl From<Language> for text::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Lv => Self::Lv,
            Language::En => Self::En,
        }
    }
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

//! The answers of the service without a server, for the commands `calculate`, `forecast` and `import`.

use std::{io, sync::Arc};

use actix_web::{error::PayloadError, web::Bytes};
use balsts_domain::{
    access::Scope,
    forecast::ForecastTable,
    funding::FundingTable,
    parameters::{Faults, Parameters},
    text::Language,
};
use futures_util::stream;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    ApiState, body,
    calculations::{Answering, Renderings, answer_line},
    forecasts::{self, ForecastRequest, Rules},
    imports::{Import, Rows},
    preconditions::RequestId,
    problem::ApiError,
};
pub use crate::{calculations::Detail, imports::Format};

/// The rules with their parameters.
#[derive(Debug)]
pub struct Calculator {
    parameters: Parameters,
    renderings: Renderings,
    forecasts: ForecastTable,
    funding: FundingTable,
}

impl Calculator {
    /// Loads and checks the parameters of the model.
    ///
    /// # Errors
    /// What is wrong with the parameters; never with the ones that are compiled in, which the tests check.
    pub fn new() -> Result<Self, Faults> {
        let parameters = Parameters::embedded()?;
        let renderings = Renderings::new(&parameters);
        Ok(Self { parameters, renderings, forecasts: ForecastTable::embedded()?, funding: FundingTable::embedded()? })
    }

    /// Answers a calculation as a line of `POST /v1/budget-calculations/bulk` is answered, with the newline. `number`, from
    /// 1, identifies the request in a problem.
    #[must_use]
    pub fn calculate_line(&self, number: u64, request: &[u8], detail: Detail, language: Language) -> Vec<u8> {
        let answering = Answering {
            parameters: &self.parameters,
            renderings: &self.renderings,
            line_limit: usize::MAX,
            detail,
            language,
        };
        let mut line = Vec::new();
        answer_line(&answering, number, request, &mut line);
        line
    }

    /// Answers a forecast as `POST /v1/forecasts` does.
    ///
    /// # Errors
    /// The problem, as JSON.
    pub fn forecast(&self, number: u64, request: &[u8], language: Language) -> Result<Vec<u8>, Vec<u8>> {
        let rules = Rules { parameters: &self.parameters, forecasts: &self.forecasts, funding: &self.funding };
        body::parse::<ForecastRequest>(request)
            .and_then(|request| forecasts::answer(request, rules, language))
            .map(|answer| json(&answer))
            .map_err(|error| json(&problem(&error, number, language)))
    }

    /// Answers a forecast as a page or workbook, as `POST /v1/forecasts` does.
    ///
    /// # Errors
    /// The problem, as JSON.
    pub fn forecast_file(&self, request: &[u8], form: ForecastFile, language: Language) -> Result<Vec<u8>, Vec<u8>> {
        let rules = Rules { parameters: &self.parameters, forecasts: &self.forecasts, funding: &self.funding };
        body::parse::<ForecastRequest>(request)
            .and_then(|request| forecasts::run(request, rules))
            .and_then(|scenarios| match form {
                ForecastFile::Html => Ok(balsts_documents::html(&forecasts::page(&scenarios, language)).into_bytes()),
                ForecastFile::Xlsx => forecasts::book(&scenarios, language).map_err(|_| ApiError::Internal),
            })
            .map_err(|error| json(&problem(&error, 1, language)))
    }
}

/// In what form a forecast is written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForecastFile {
    /// A page with charts.
    Html,
    /// A workbook.
    Xlsx,
}

/// Imports the applications of a file as `POST /v1/imports` does, and writes its report. Returns how many rows were refused.
///
/// # Errors
/// The header of a table is none: its problem as JSON; the file or the report breaks off.
pub async fn import(
    state: ApiState,
    scope: Scope,
    dry_run: bool,
    language: Language,
    (format, file): (Format, impl Iterator<Item = io::Result<Vec<u8>>>),
    mut write: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    let limit = state.config.bulk_line_limit;
    let request_id = RequestId((state.new_id)());
    let mut import = Import::new(Arc::new(state), scope, request_id, dry_run, language);
    let chunks = file.map(|chunk| chunk.map(Bytes::from).map_err(PayloadError::Io));
    let refused =
        |error: ApiError| io::Error::other(String::from_utf8_lossy(&json(&problem(&error, 1, language))).into_owned());
    let mut rows = Rows::of(stream::iter(chunks), format, limit).await.map_err(refused)?;
    while let Some(some) = rows.next().await {
        let some = some.map_err(|error| io::Error::other(error.to_string()))?;
        write(&import.report(some).await)?;
    }
    Ok(import.refused())
}

/// A problem with the number of the request in place of an id.
fn problem(error: &ApiError, number: u64, language: Language) -> impl Serialize {
    let mut problem = error.problem(language, Uuid::nil());
    problem.instance = format!("#line-{number}");
    problem
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

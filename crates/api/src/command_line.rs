//! The answers of the service without a server, for the commands `calculate` and `forecast`.

use balsts_domain::{
    forecast::ForecastTable,
    funding::FundingTable,
    parameters::{Faults, Parameters},
    text::Language,
};
use serde::Serialize;
use uuid::Uuid;

pub use crate::calculations::Detail;
use crate::{
    body,
    calculations::{Answering, Renderings, answer_line},
    forecasts::{self, ForecastRequest, Rules},
    problem::ApiError,
};

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

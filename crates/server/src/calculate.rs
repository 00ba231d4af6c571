//! The commands `calculate` and `forecast`: what the API answers, from a file and without a server.

use std::io::{self, BufWriter, Write};

use balsts_api::command_line::{Calculator, ForecastFile};
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    cli::{CalculateOptions, ForecastFormat, ForecastOptions},
    error::CommandError,
    requests::Requests,
};

pub(crate) fn calculate(options: &CalculateOptions) -> Result<(), CommandError> {
    let (detail, language) = (options.detail.into(), options.language.into());
    let calculator = calculator()?;
    answer(Requests::open(&options.file)?, |number, request| {
        let line = calculator.calculate_line(number, request, detail, language);
        if is_problem(&line) { Err(line) } else { Ok(line) }
    })
}

pub(crate) fn forecast(options: &ForecastOptions) -> Result<(), CommandError> {
    let language = options.language.into();
    let calculator = calculator()?;
    let requests = Requests::open(&options.file)?;
    let form = match options.format {
        ForecastFormat::Json => {
            return answer(requests, |number, request| calculator.forecast(number, request, language));
        }
        ForecastFormat::Html => ForecastFile::Html,
        ForecastFormat::Xlsx => ForecastFile::Xlsx,
    };
    answer_one(requests, |request| calculator.forecast_file(request, form, language))
}

/// Answers the only request with a file, or with its problem.
fn answer_one(requests: Requests, answer: impl Fn(&[u8]) -> Result<Vec<u8>, Vec<u8>>) -> Result<(), CommandError> {
    let mut answered = None;
    requests.for_each(|request| {
        if answered.replace(answer(request)).is_some() { Err(CommandError::SeveralRequests) } else { Ok(()) }
    })?;
    let refused = matches!(answered, Some(Err(_)));
    if let Some(Ok(bytes) | Err(bytes)) = answered {
        let mut output = io::stdout().lock();
        output.write_all(&bytes).and_then(|()| output.flush()).map_err(CommandError::Output)?;
    }
    if refused { Err(CommandError::Refused { refused: 1, answered: 1 }) } else { Ok(()) }
}

fn calculator() -> Result<Calculator, CommandError> {
    Calculator::new().map_err(|faults| CommandError::set_up("the parameters of the model", faults))
}

/// Answers every request with a line, in order. A refused one (`Err`) does not keep the others from theirs, and is told
/// by the exit code in the end.
fn answer(
    requests: Requests,
    mut answer: impl FnMut(u64, &[u8]) -> Result<Vec<u8>, Vec<u8>>,
) -> Result<(), CommandError> {
    let (mut answered, mut refused) = (0, 0);
    let mut output = BufWriter::new(io::stdout().lock());
    requests.for_each(|request| {
        answered += 1;
        let line = answer(answered, request).unwrap_or_else(|problem| {
            refused += 1;
            problem
        });
        output.write_all(line.trim_ascii_end()).and_then(|()| output.write_all(b"\n")).map_err(CommandError::Output)
    })?;
    output.flush().map_err(CommandError::Output)?;
    if refused == 0 { Ok(()) } else { Err(CommandError::Refused { refused, answered }) }
}

fn is_problem(line: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Line {
        problem: Option<IgnoredAny>,
    }
    serde_json::from_slice::<Line>(line).is_ok_and(|line| line.problem.is_some())
}

//! The command `import`: what `POST /v1/imports` does, from a file and without a server.

use std::{
    fs::File,
    io::{self, Read, Write},
};

use balsts_api::{
    ApiState,
    command_line::{self, Format},
};
use balsts_app::App;
use balsts_domain::{
    access::{Role, Scope},
    calendar::local_date,
    parameters::Parameters,
};

use crate::{cli::ImportOptions, clock, config::Settings, error::CommandError, serve};

/// Bytes read at a time.
const CHUNK: u64 = 64 * 1024;

pub(crate) async fn run(settings: &Settings, options: &ImportOptions) -> Result<(), CommandError> {
    let ImportOptions { file: path, municipality, dry_run, language, .. } = options;
    let failed = |source| CommandError::File { path: path.clone(), source };
    let file = File::open(path).map_err(failed)?;
    let store = serve::open(settings).await?;
    let app = App::new(store.clone());
    let parameters =
        Parameters::embedded().map_err(|faults| CommandError::set_up("the parameters of the model", faults))?;
    let today = local_date(clock::now());
    if !parameters.municipalities.find(*municipality).is_some_and(|municipality| municipality.exists_on(today)) {
        return Err(CommandError::NoSuchMunicipality(*municipality));
    }
    let state = ApiState::new(app, settings.api_config(), clock::now, clock::new_id, None)
        .map_err(|faults| CommandError::set_up("the parameters of the model", faults))?;
    // Whoever can open the database acts as a machine client would.
    let scope =
        Scope { municipality: *municipality, subject: "command-line".to_owned(), role: Role::Integrator, today };
    let is_table = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let format = if is_table { Format::Table } else { Format::Lines };
    let chunks = std::iter::from_fn(|| {
        let mut chunk = Vec::new();
        match (&file).take(CHUNK).read_to_end(&mut chunk) {
            Ok(0) => None,
            read => Some(read.map(|_| chunk)),
        }
    });
    let mut answered = 0;
    let mut stdout = io::stdout();
    let report = |lines: &[u8]| {
        answered += lines.iter().filter(|byte| **byte == b'\n').count();
        stdout.write_all(lines)
    };
    let refused = command_line::import(state, scope, *dry_run, (*language).into(), (format, chunks), report).await;
    let refused = refused.map_err(failed)?;
    store.close().await?;
    let answered = u64::try_from(answered).unwrap_or(u64::MAX);
    if refused == 0 { Ok(()) } else { Err(CommandError::Refused { refused, answered }) }
}

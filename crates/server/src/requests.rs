//! Requests read from a file or standard input, for the commands that calculate without a server.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::de::IgnoredAny;

use crate::error::CommandError;

/// Work that is done sooner shows no progress bar.
const SHOW_PROGRESS_AFTER: Duration = Duration::from_secs(1);

/// One JSON document, however it is laid out, or newline-delimited JSON with a request per line.
pub(crate) struct Requests {
    reader: Box<dyn BufRead>,
    path: PathBuf,
    progress: Progress,
}

impl Requests {
    /// Opens a file, or standard input for `-`.
    pub(crate) fn open(path: &Path) -> Result<Self, CommandError> {
        let failed = |source| CommandError::File { path: path.to_owned(), source };
        let (reader, size): (Box<dyn BufRead>, _) = if path.as_os_str() == "-" {
            (Box::new(io::stdin().lock()), None)
        } else {
            let file = File::open(path).map_err(failed)?;
            let size = file.metadata().map_err(failed)?.len();
            (Box::new(BufReader::new(file)), Some(size))
        };
        Ok(Self { reader, path: path.to_owned(), progress: Progress::new(size) })
    }

    /// Hands over one request after the other.
    pub(crate) fn for_each(
        mut self,
        mut handle: impl FnMut(&[u8]) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        let failed = |source| CommandError::File { path: self.path.clone(), source };
        let mut is_first = true;
        let mut request = Vec::new();
        while self.reader.read_until(b'\n', &mut request).map_err(failed)? > 0 {
            if !request.trim_ascii().is_empty() {
                if is_first && ends_too_early(&request) {
                    self.reader.read_to_end(&mut request).map_err(failed)?;
                }
                is_first = false;
                handle(request.trim_ascii())?;
            }
            self.progress.advance(request.len());
            request.clear();
        }
        Ok(())
    }
}

/// Whether a line is the beginning of a document that goes on in the next line.
fn ends_too_early(line: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(line).is_err_and(|error| error.is_eof())
}

/// A bar on standard error, if that is a terminal which the results do not go to as well.
struct Progress {
    bar: ProgressBar,
    hidden_since: Option<Instant>,
}

impl Progress {
    fn new(size: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::hidden());
        let template = match size {
            Some(_) => "{wide_bar} {bytes}/{total_bytes} {eta}",
            None => "{spinner} {bytes} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, hidden_since: (!io::stdout().is_terminal()).then(Instant::now) }
    }

    fn advance(&mut self, bytes: usize) {
        if self.hidden_since.is_some_and(|start| start.elapsed() > SHOW_PROGRESS_AFTER) {
            self.hidden_since = None;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests_in(text: &str) -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("requests");
        std::fs::write(&path, text).unwrap();
        let mut requests = Vec::new();
        let collect = |request: &[u8]| {
            requests.push(String::from_utf8(request.to_vec()).unwrap());
            Ok(())
        };
        Requests::open(&path).unwrap().for_each(collect).unwrap();
        requests
    }

    #[test]
    fn each_line_is_a_request_and_empty_lines_are_none() {
        assert_eq!(requests_in("{\"a\":1}\n\n  {\"a\":2} \r\n{\"a\":3}"), ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"]);
        assert!(requests_in("\n \n").is_empty());
    }

    #[test]
    fn one_document_may_span_lines() {
        assert_eq!(requests_in("\n{\n  \"a\": [\n1]\n}\n"), ["{\n  \"a\": [\n1]\n}"]);
    }

    #[test]
    fn a_broken_line_does_not_take_the_others_with_it() {
        assert_eq!(requests_in("nonsense\n{\"a\":\n{}\n"), ["nonsense", "{\"a\":", "{}"]);
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Requests::open(Path::new("/nowhere/requests")).err().unwrap();
        assert!(error.to_string().contains("/nowhere/requests"), "{error}");
    }
}

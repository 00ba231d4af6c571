//! Newline-delimited JSON, read and written in flat memory: bodies cut into batches of whole lines as they arrive.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    error::PayloadError,
    web::{Bytes, BytesMut},
};
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;

use crate::{body::expect_media_type, problem::ApiError};

/// The media type.
pub(crate) const NDJSON: &str = "application/x-ndjson";

/// Bytes of whole lines that are handed over together.
pub(crate) const BATCH: usize = 128 * 1024;

/// How long a bulk request may stay silent before it is given up.
const SILENCE: Duration = Duration::from_secs(60);

/// Whether a media type is that of lines.
pub(crate) fn is_lines(essence: &str) -> bool {
    matches!(essence, NDJSON | "application/jsonl" | "application/ndjson")
}

/// Refuses a body that is not declared as lines.
pub(crate) fn expect_lines(request: &HttpRequest) -> Result<(), ApiError> {
    if !request.headers().contains_key("content-type") {
        return Err(ApiError::UnsupportedMediaType { expected: NDJSON });
    }
    expect_media_type(request, NDJSON, is_lines)
}

/// A body as it arrives.
pub(crate) trait Chunks: Stream<Item = Result<Bytes, PayloadError>> + Unpin {}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Chunks for S {}

/// The next chunk of a body; none at its end.
///
/// # Errors
/// It does not come in time, or breaks off.
pub(crate) async fn next_chunk(body: &mut impl Chunks) -> Result<Option<Bytes>, actix_web::Error> {
    match actix_web::rt::time::timeout(SILENCE, body.next()).await {
        Err(_) => Err(ApiError::Timeout.into()),
        Ok(chunk) => Ok(chunk.transpose()?),
    }
}

/// Appends a value as JSON.
pub(crate) fn push_json(out: &mut Vec<u8>, value: &impl Serialize) {
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.extend_from_slice(b"null");
    }
}

/// Whole lines, with the number of the first.
pub(crate) struct Batch {
    pub(crate) first_line: u64,
    pub(crate) lines: Bytes,
}

impl Batch {
    /// The lines with their numbers.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u64, &[u8])> {
        (self.first_line..).zip(self.lines.split(|byte| *byte == b'\n'))
    }
}

/// Cuts the body into batches of whole lines. What is left of a line past the limit is dropped as it arrives, so that no
/// line can fill the memory; a mark of one byte more than the limit stands in its place.
pub(crate) fn batches(payload: impl Chunks, line_limit: usize) -> impl Stream<Item = Result<Batch, actix_web::Error>> {
    let cutter = Cutter::new(payload, line_limit);
    stream::unfold(cutter, |mut cutter| async move { cutter.next().await.map(|batch| (batch, cutter)) })
}

pub(crate) struct Cutter<C> {
    payload: C,
    buffer: BytesMut,
    line: u64,
    line_limit: usize,
    /// The rest of the current line is past the limit.
    dropping: bool,
    ended: bool,
}

impl<C: Chunks> Cutter<C> {
    pub(crate) fn new(payload: C, line_limit: usize) -> Self {
        Self { payload, buffer: BytesMut::new(), line: 1, line_limit, dropping: false, ended: false }
    }

    pub(crate) async fn next(&mut self) -> Option<Result<Batch, actix_web::Error>> {
        loop {
            if self.buffer.len() >= BATCH
                && let Some(end) = self.buffer.iter().rposition(|byte| *byte == b'\n')
            {
                return Some(Ok(self.cut(end + 1)));
            }
            if self.ended {
                let rest = self.buffer.len();
                return (rest > 0).then(|| Ok(self.cut(rest)));
            }
            match next_chunk(&mut self.payload).await {
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
                Ok(None) => self.ended = true,
                Ok(Some(chunk)) => self.take(&chunk),
            }
        }
    }

    fn take(&mut self, mut chunk: &[u8]) {
        if self.dropping {
            match chunk.iter().position(|byte| *byte == b'\n') {
                None => return,
                Some(end) => {
                    self.dropping = false;
                    chunk = chunk.get(end..).unwrap_or_default();
                }
            }
        }
        self.buffer.extend_from_slice(chunk);
        let tail = self.buffer.len() - self.buffer.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if tail > self.line_limit {
            self.buffer.truncate(self.buffer.len() - tail + self.line_limit + 1);
            self.dropping = true;
        }
    }

    fn cut(&mut self, bytes: usize) -> Batch {
        let lines = self.buffer.split_to(bytes).freeze();
        let first_line = self.line;
        self.line += u64::try_from(lines.iter().filter(|byte| **byte == b'\n').count()).unwrap_or_default();
        Batch { first_line, lines }
    }
}

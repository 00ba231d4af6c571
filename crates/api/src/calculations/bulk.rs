//! Bulk calculation: NDJSON in, NDJSON out, one answer a line in order, streamed both ways in flat memory.
//!
//! Whole lines are gathered into batches; a few batches at a time are calculated on the blocking pool, so that both cores
//! work, and written in their order. Backpressure is the stream itself: nothing is read while the answers wait.

use std::{num::NonZeroUsize, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{self, Bytes, BytesMut, Data, Payload},
};
use balsts_domain::{parameters::Parameters, text::Language};
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BULK_SILENCE, BulkQuery, Detail, Renderings,
    request::{self, Place},
    write,
};
use crate::{
    ApiState,
    body::{Query, expect_media_type},
    i18n::Accepted,
    problem::{ApiError, Failures, Problem, language_tag},
};

/// Bytes of whole lines that are calculated together.
const BATCH: usize = 128 * 1024;

const NDJSON: &str = "application/x-ndjson";

/// One line of a bulk answer: the result or the problem of the request line in the same place.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the schema of a line; it is written without the type")]
pub(crate) struct BulkLine {
    /// The request line's own `id`.
    id: Option<String>,
    /// The calculation; with `detail=totals` its sums.
    #[schema(value_type = Option<Object>)]
    result: Option<serde_json::Value>,
    /// Why there is none.
    problem: Option<Problem>,
}

/// Calculate many indicative budgets
///
/// NDJSON: one request of `POST /v1/budget-calculations` a line, each with an `id` of the caller's if wanted; one answer a
/// line in the same order, `{"id", "result"}` or `{"id", "problem"}`. An error is a line, never the whole file. The answer
/// streams while the request is read: a client must read while it sends.
#[utoipa::path(
    tag = "calculations",
    params(BulkQuery),
    request_body(content = String, content_type = "application/x-ndjson", description = "One request a line",
        example = json!(crate::examples::bulk_request())),
    responses(
        (status = 200, description = "One answer a line", body = String, content_type = "application/x-ndjson",
            example = json!(crate::examples::bulk_answer())),
        (status = 415, description = "The body is not declared as NDJSON", body = Problem, content_type = "application/problem+json"),
        Failures,
    ),
)]
#[post("/v1/budget-calculations/bulk")]
pub(crate) async fn calculate_budgets(
    state: Data<ApiState>,
    request: HttpRequest,
    query: Query<BulkQuery>,
    language: Accepted,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    if !request.headers().contains_key("content-type") {
        return Err(ApiError::UnsupportedMediaType { expected: NDJSON });
    }
    expect_media_type(&request, NDJSON, |essence| {
        matches!(essence, NDJSON | "application/jsonl" | "application/ndjson")
    })?;
    let run = Run { state: state.into_inner(), detail: query.0.detail.unwrap_or_default(), language: language.0 };
    let parallel = std::thread::available_parallelism().map_or(2, NonZeroUsize::get) + 1;
    let answers = batches(payload, run.state.config.bulk_line_limit)
        .map(move |batch| calculate(run.clone(), batch))
        .buffered(parallel);
    Ok(HttpResponse::Ok()
        .insert_header(("content-language", language_tag(language.0)))
        .content_type(NDJSON)
        .streaming(answers))
}

#[derive(Clone)]
struct Run {
    state: Arc<ApiState>,
    detail: Detail,
    language: Language,
}

impl Run {
    fn answering(&self) -> Answering<'_> {
        Answering {
            parameters: &self.state.parameters,
            renderings: &self.state.renderings,
            line_limit: self.state.config.bulk_line_limit,
            detail: self.detail,
            language: self.language,
        }
    }
}

/// How lines are answered.
pub(crate) struct Answering<'a> {
    pub(crate) parameters: &'a Parameters,
    pub(crate) renderings: &'a Renderings,
    pub(crate) line_limit: usize,
    pub(crate) detail: Detail,
    pub(crate) language: Language,
}

/// Whole lines, with the number of the first.
struct Batch {
    first_line: u64,
    lines: Bytes,
}

async fn calculate(run: Run, batch: Result<Batch, actix_web::Error>) -> Result<Bytes, actix_web::Error> {
    let batch = batch?;
    let answers = web::block(move || {
        let mut out = Vec::with_capacity(match run.detail {
            Detail::Lines => BATCH * 40,
            Detail::Totals => BATCH,
        });
        for (number, line) in (batch.first_line..).zip(batch.lines.split(|byte| *byte == b'\n')) {
            answer_line(&run.answering(), number, line, &mut out);
        }
        Bytes::from(out)
    });
    Ok(answers.await?)
}

/// Appends the answer to one line; a blank line has none.
pub(crate) fn answer_line(how: &Answering<'_>, number: u64, line: &[u8], out: &mut Vec<u8>) {
    if line.trim_ascii().is_empty() {
        return;
    }
    let (id, facts) = if line.len() > how.line_limit {
        (None, Err(ApiError::TooLarge { limit: how.line_limit }))
    } else {
        request::parse(line, Place::BulkLine)
    };
    let start = out.len();
    out.extend_from_slice(b"{\"id\":");
    push_json(out, &id);
    out.extend_from_slice(b",\"result\":");
    let written = facts.and_then(|facts| write(how.parameters, how.renderings, &facts, how.detail, how.language, out));
    if let Err(error) = written {
        out.truncate(start);
        out.extend_from_slice(b"{\"id\":");
        push_json(out, &id);
        out.extend_from_slice(b",\"problem\":");
        let mut problem = error.problem(how.language, Uuid::nil());
        problem.instance = format!("#line-{number}");
        push_json(out, &problem);
    }
    out.extend_from_slice(b"}\n");
}

fn push_json(out: &mut Vec<u8>, value: &impl Serialize) {
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.extend_from_slice(b"null");
    }
}

/// Cuts the body into batches of whole lines. What is left of a line past the limit is dropped as it arrives, so that no
/// line can fill the memory; a mark of one byte more than the limit stands in its place.
fn batches(payload: Payload, line_limit: usize) -> impl Stream<Item = Result<Batch, actix_web::Error>> {
    let cutter = Cutter { payload, buffer: BytesMut::new(), line: 1, line_limit, dropping: false, ended: false };
    stream::unfold(cutter, |mut cutter| async move { cutter.next().await.map(|batch| (batch, cutter)) })
}

struct Cutter {
    payload: Payload,
    buffer: BytesMut,
    line: u64,
    line_limit: usize,
    /// The rest of the current line is past the limit.
    dropping: bool,
    ended: bool,
}

impl Cutter {
    async fn next(&mut self) -> Option<Result<Batch, actix_web::Error>> {
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
            match actix_web::rt::time::timeout(BULK_SILENCE, self.payload.next()).await {
                Err(_) => {
                    self.ended = true;
                    return Some(Err(ApiError::Timeout.into()));
                }
                Ok(None) => self.ended = true,
                Ok(Some(Err(error))) => {
                    self.ended = true;
                    return Some(Err(error.into()));
                }
                Ok(Some(Ok(chunk))) => self.take(&chunk),
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

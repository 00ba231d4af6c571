//! Bulk calculation: NDJSON in, NDJSON out, one answer a line in order, streamed both ways in flat memory.
//!
//! Whole lines are gathered into batches; a few batches at a time are calculated on the blocking pool, so that both cores
//! work, and written in their order. Backpressure is the stream itself: nothing is read while the answers wait.

use std::{num::NonZeroUsize, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{self, Bytes, Data, Payload},
};
use balsts_domain::{parameters::Parameters, text::Language};
use futures_util::StreamExt;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BulkQuery, Detail, Renderings,
    request::{self, Place},
    write,
};
use crate::{
    ApiState,
    body::Query,
    i18n::Accepted,
    ndjson::{BATCH, Batch, NDJSON, batches, expect_lines, push_json},
    problem::{ApiError, Failures, Problem, language_tag},
};

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
    expect_lines(&request)?;
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
        let rules = self.state.parameters.latest();
        Answering {
            parameters: &rules.parameters,
            renderings: &rules.renderings,
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

async fn calculate(run: Run, batch: Result<Batch, actix_web::Error>) -> Result<Bytes, actix_web::Error> {
    let batch = batch?;
    let answers = web::block(move || {
        let mut out = Vec::with_capacity(match run.detail {
            Detail::Lines => BATCH * 40,
            Detail::Totals => BATCH,
        });
        for (number, line) in batch.numbered() {
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

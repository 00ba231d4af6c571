//! `/v1/imports`: many applications at once, from NDJSON or CSV, each row a transaction of its own, one line of report a row.

mod table;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_LANGUAGE, CONTENT_TYPE},
    post,
    web::{Bytes, Data, Payload},
};
use balsts_app::{Call, IdempotencyKey, NewApplication, RecordedAnswer};
use balsts_domain::{
    access::{Permission, Role, Scope},
    identifier::Identifier,
    text::{Language, Message},
};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiState,
    applications::{ApplicantRequest, CircumstancesRequest, CreateApplication, EvidenceRequest, PersonRequest},
    body::{self, Query, expect_media_type},
    contract,
    i18n::Accepted,
    identity::Identified,
    names::Methodology,
    ndjson::{Chunks, Cutter, NDJSON, is_lines, next_chunk, push_json},
    preconditions::{Created, RequestId},
    problem::{AccessFailures, ApiError, Failures, Fault, Problem, language_tag},
    types::Minute,
};
use table::Table;

const IMPORT: Permission = Permission { municipal: &[Role::OfficeHead], scope: "imports:write" };

const CSV: &str = "text/csv";
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// Longest `id` of a row.
const LONGEST_ID: usize = 200;

/// Whether to import.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// `true` checks every row and stores nothing; `false` imports.
    #[param(example = true)]
    dry_run: bool,
}

/// Import applications
///
/// NDJSON: the request of `POST /v1/applications` a line; or CSV: a header with the names of the members with dots between
/// (`person.personal_code`, `evidence.disability.group`), in any order, commas, semicolons or tabs between the cells, `|` between the
/// items of a list, and of a technical aid `=` between its name, status and where it is from. A row may carry an `id` of the caller's own, 1 to 200 visible characters: it is the row's
/// `Idempotency-Key`. Each row is a transaction of its own, checked like a single registration, and reported by a line in the same
/// order: `{"row", "id", "status", "application_id"}` with the status `imported` or in a dry run `valid`, or
/// `{"row", "id", "status": "refused", "problem"}`. `row` is the number of the line, of CSV that of the record after the header.
/// The same file sent again imports nothing twice. The report streams while the request is read: a client must read while
/// it sends.
#[utoipa::path(
    tag = "applications",
    params(ImportQuery),
    request_body(description = "The applications, one a row", content(
        (String = "application/x-ndjson", example = json!(example_lines())),
        (String = "text/csv", example = json!(example_table())),
    )),
    responses(
        (status = 200, description = "One line a row", body = String, content_type = "application/x-ndjson", example = json!(
            "{\"row\":1,\"id\":\"a-1\",\"status\":\"valid\",\"application_id\":null}\n"
        )),
        (status = 413, description = "The header of the table is larger than a row may be", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is declared neither as NDJSON nor as CSV", body = Problem,
            content_type = "application/problem+json"),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["imports:write"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/imports")]
pub(crate) async fn import_applications(
    caller: Identified,
    state: Data<ApiState>,
    request: HttpRequest,
    query: Result<Query<ImportQuery>, ApiError>,
    language: Accepted,
    request_id: RequestId,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    // Before the query, so that who may not import is told no more.
    let scope = caller.scope(IMPORT)?;
    let dry_run = query?.0.dry_run;
    let rows = Rows::of(payload, format(&request)?, state.config.bulk_line_limit).await?;
    let import = Import::new(state.into_inner(), scope, request_id, dry_run, language.0);
    let report = stream::unfold((rows, import), |(mut rows, mut import)| async move {
        let some = rows.next().await?;
        let lines = match some {
            Ok(some) => Ok(import.report(some).await),
            Err(error) => Err(error),
        };
        Some((lines, (rows, import)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .content_type(NDJSON)
        .streaming(report))
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line.
    Lines,
    /// Comma-separated values with a header.
    Table,
}

fn format(request: &HttpRequest) -> Result<Format, ApiError> {
    let expected = "application/x-ndjson, text/csv";
    if !request.headers().contains_key(CONTENT_TYPE) {
        return Err(ApiError::UnsupportedMediaType { expected });
    }
    let is_table = expect_media_type(request, expected, |essence| essence == CSV).is_ok();
    if is_table {
        return Ok(Format::Table);
    }
    expect_media_type(request, expected, is_lines).map(|()| Format::Lines)
}

/// A row as it was read: the JSON of a request, or why there is none.
pub(crate) struct Row {
    number: u64,
    line: Result<Vec<u8>, ApiError>,
}

/// The rows of a body, as they arrive.
pub(crate) enum Rows<C> {
    Lines { cutter: Cutter<C>, limit: usize },
    Table { body: C, table: Box<Table>, read: Vec<Row>, ended: bool },
}

impl<C: Chunks> Rows<C> {
    /// Of a table, the header is read at once: with a bad one no row is reported.
    pub(crate) async fn of(body: C, format: Format, limit: usize) -> Result<Self, ApiError> {
        match format {
            Format::Lines => Ok(Self::Lines { cutter: Cutter::new(body, limit), limit }),
            Format::Table => {
                let (mut body, mut table, mut read, mut ended) = (body, Box::new(Table::new(limit)), Vec::new(), false);
                while !ended && !table.has_header() {
                    match next_chunk(&mut body).await.map_err(|_| ApiError::Timeout)? {
                        Some(chunk) => table.take(&chunk, &mut read)?,
                        None => {
                            ended = true;
                            table.end(&mut read)?;
                        }
                    }
                }
                Ok(Self::Table { body, table, read, ended })
            }
        }
    }

    /// Some more rows.
    pub(crate) async fn next(&mut self) -> Option<Result<Vec<Row>, actix_web::Error>> {
        match self {
            Self::Lines { cutter, limit } => {
                let batch = match cutter.next().await? {
                    Ok(batch) => batch,
                    Err(error) => return Some(Err(error)),
                };
                let limit = *limit;
                let read = |(number, line): (u64, &[u8])| {
                    let line = if number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
                    let line = line.trim_ascii();
                    let line = if line.len() > limit { Err(ApiError::TooLarge { limit }) } else { Ok(line.to_vec()) };
                    Row { number, line }
                };
                let is_blank = |row: &Row| row.line.as_ref().is_ok_and(Vec::is_empty);
                Some(Ok(batch.numbered().map(read).filter(|row| !is_blank(row)).collect()))
            }
            Self::Table { body, table, read, ended } => {
                while read.is_empty() && !*ended {
                    let taken = match next_chunk(body).await {
                        Ok(Some(chunk)) => table.take(&chunk, read),
                        Ok(None) => {
                            *ended = true;
                            table.end(read)
                        }
                        Err(error) => {
                            *ended = true;
                            return Some(Err(error));
                        }
                    };
                    if let Err(error) = taken {
                        *ended = true;
                        return Some(Err(error.into()));
                    }
                }
                (!read.is_empty()).then(|| Ok(std::mem::take(read)))
            }
        }
    }
}

/// A row: an application with an `id`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportRow {
    #[serde(default)]
    id: Option<String>,
    methodology: Methodology,
    received_at: Minute,
    person: PersonRequest,
    applicant: ApplicantRequest,
    evidence: EvidenceRequest,
    #[serde(default)]
    circumstances: Option<CircumstancesRequest>,
}

/// The `id` of a row, read before all of it.
#[derive(Deserialize)]
struct Peek<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
}

/// One line of the report.
#[derive(Serialize)]
struct Line<'a> {
    row: u64,
    id: Option<&'a str>,
    status: &'static str,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    ApplicationId(Option<Uuid>),
    Problem(Box<Problem>),
}

/// A running import.
pub(crate) struct Import {
    state: Arc<ApiState>,
    scope: Scope,
    request_id: RequestId,
    language: Language,
    /// What a dry run has found valid so far; none where rows are stored.
    dry: Option<Seen>,
    refused: u64,
}

/// What earlier rows of a dry run would have stored.
#[derive(Default)]
struct Seen {
    persons: HashSet<Identifier>,
    ids: HashMap<String, Vec<u8>>,
}

impl Import {
    pub(crate) fn new(
        state: Arc<ApiState>,
        scope: Scope,
        request_id: RequestId,
        dry_run: bool,
        language: Language,
    ) -> Self {
        Self { state, scope, request_id, language, dry: dry_run.then(Seen::default), refused: 0 }
    }

    /// Rows that were refused so far.
    pub(crate) fn refused(&self) -> u64 {
        self.refused
    }

    /// Imports rows, one after the other, and reports each.
    pub(crate) async fn report(&mut self, rows: Vec<Row>) -> Bytes {
        let mut out = Vec::with_capacity(rows.len() * 128);
        for Row { number, line } in rows {
            let id = line.as_ref().ok().and_then(|line| peek_id(line));
            let (status, outcome) = match self.row(line).await {
                Ok(application) => {
                    let status = if self.dry.is_some() { "valid" } else { "imported" };
                    (status, Outcome::ApplicationId(application))
                }
                Err(error) => {
                    self.refused += 1;
                    let mut problem = error.problem(self.language, Uuid::nil());
                    problem.instance = format!("#row-{number}");
                    ("refused", Outcome::Problem(Box::new(problem)))
                }
            };
            push_json(&mut out, &Line { row: number, id: id.as_deref(), status, outcome });
            out.push(b'\n');
        }
        out.into()
    }

    /// The application that a row is imported as; none in a dry run.
    async fn row(&mut self, line: Result<Vec<u8>, ApiError>) -> Result<Option<Uuid>, ApiError> {
        let line = line?;
        let (id, new) = parse(&line)?;
        // Of its own kind: a key of another request is not the id of a row.
        let key = id.as_ref().map(|id| format!("import:{id}"));
        let hash = Sha256::new().chain_update("POST /v1/imports\0").chain_update(&line).finalize().to_vec();
        let key = key.as_deref().map(|key| IdempotencyKey { key, request_hash: &hash });
        let call = Call { key, ..self.state.call(self.scope.clone(), self.request_id) };
        let calendar = &self.state.parameters.calendar;
        let Some(seen) = &mut self.dry else {
            let answer = |application: &balsts_app::Application| RecordedAnswer {
                status: 201,
                body: json!({ "id": application.summary.id }).to_string().into_bytes(),
            };
            let answer = self.state.app.register_application(&call, calendar, new, answer).await?;
            let created: Created = serde_json::from_slice(&answer.body).map_err(|_| ApiError::Internal)?;
            return Ok(Some(created.id));
        };
        if let Some(earlier) = id.as_ref().and_then(|id| seen.ids.get(id)) {
            return if *earlier == hash { Ok(None) } else { Err(ApiError::KeyReused) };
        }
        let person = new.identifier.clone();
        let is_repeated = self.state.app.check_registration(&call, calendar, new).await?;
        if !is_repeated && !seen.persons.insert(person) {
            return Err(ApiError::Conflict { code: "open_application_exists" });
        }
        if let Some(id) = id {
            seen.ids.insert(id, hash);
        }
        Ok(None)
    }
}

fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The id of a row as far as it can be read, if it is one that may be repeated.
fn peek_id(line: &[u8]) -> Option<String> {
    let body::Members(Peek { id }) = serde_json::from_slice(line).ok()?;
    id.filter(|id| is_id(id)).map(Cow::into_owned)
}

/// Takes the id out of a row, and tells what is wrong with it.
fn id_faults(row: &mut Value) -> Vec<Fault> {
    let fault = |code, message| vec![Fault { pointer: "/id".to_owned(), code, message }];
    match row.as_object_mut().and_then(|members| members.remove("id")) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(id)) if is_id(&id) => Vec::new(),
        Some(Value::String(id)) if id.len() > LONGEST_ID => {
            fault("too_long", Message::new("fault-max-length").with("limit", LONGEST_ID))
        }
        Some(Value::String(_)) => fault("invalid_format", Message::new("fault-pattern")),
        Some(_) => fault("wrong_type", Message::new("fault-wrong-type")),
    }
}

/// Parses a row as `POST /v1/applications` parses its body.
fn parse(line: &[u8]) -> Result<(Option<String>, NewApplication), ApiError> {
    const SCHEMA: &str = "CreateApplication";
    let row: ImportRow =
        serde_json::from_slice(line).map_err(|_| body::explain::<ImportRow>(line, SCHEMA, id_faults))?;
    let mut value: Value = serde_json::from_slice(line).map_err(|_| ApiError::Internal)?;
    let mut faults = id_faults(&mut value);
    // The parser takes more than the schema.
    faults.extend(contract::faults(&value, SCHEMA));
    if !faults.is_empty() {
        return Err(ApiError::Unfit(faults));
    }
    let ImportRow { id, methodology, received_at, person, applicant, evidence, circumstances } = row;
    let new = CreateApplication { methodology, received_at, person, applicant, evidence, circumstances };
    Ok((id, new.parsed()?))
}

fn example_lines() -> Value {
    let mut row = crate::applications::example();
    if let Some(members) = row.as_object_mut() {
        members.insert("id".to_owned(), "a-1".into());
    }
    Value::String(format!("{row}\n"))
}

fn example_table() -> Value {
    Value::String(
        "id;methodology;received_at;person.personal_code;person.given_name;person.family_name;applicant.given_name;\
         applicant.family_name;applicant.relation;evidence.birth_date;evidence.disability.group;evidence.impairment_types\n\
         a-1;children-2023;2023-03-01T09:30;320000-00002;Demo;Paraugs;Demo;Vecāks;parent;2013-01-01;child;movement|mental\n"
            .to_owned(),
    )
}

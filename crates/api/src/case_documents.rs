//! `/v1/cases/{id}/documents` and `/v1/documents`: files of a case. They are added and read, never changed; the ministry deletes, with a
//! reason, and the trace stays.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path, Payload},
};
use balsts_app::{Call, CaseDocument, Deletion, DeletionRequest, NewCaseDocument, OfPilot};
use balsts_domain::{
    access::{NationalPermission, Permission, Role},
    text::Language,
};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{Json, Query},
    bounds::Sentences,
    files::{self, File},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{AttachmentKind, CaseDocumentType, CaseSection, DocumentMedium, FileType},
    pages::{cut, page_size},
    plans::TEAM,
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::Date,
};

const WRITE: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "documents:write" };
const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor, Role::Recipient],
    scope: "documents:read",
};
pub(crate) const DELETE: NationalPermission = NationalPermission(&[Role::MinistryAdmin]);

/// What is known of a document; nothing personal, because addresses are logged.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AddDocumentQuery {
    /// The section of the case's file.
    #[param(inline, example = "assessment")]
    section: CaseSection,
    /// What it is.
    #[param(inline, example = "opinion")]
    r#type: CaseDocumentType,
    /// In what form it exists.
    #[param(inline, example = "paper")]
    medium: DocumentMedium,
    /// Its day.
    #[param(value_type = String, format = Date, example = "2023-03-01")]
    date: Date,
    /// What the file is; its content must agree.
    #[param(inline, example = "application/pdf")]
    media_type: FileType,
    /// Whether nobody outside the office sees it.
    #[param(default = false)]
    office_only: Option<bool>,
}

/// Why a document is to be deleted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteDocument {
    /// The reason.
    pub(crate) reason: Sentences,
}

/// Who asks for a deletion or did it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletionResponse {
    /// Subject of who.
    by: String,
    /// The day.
    on: Date,
    /// Why.
    reason: String,
}

/// A document of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseDocumentResponse {
    /// Identifier.
    id: Uuid,
    /// The case: the identifier of its application.
    case_id: Uuid,
    /// The section of the case's file.
    section: CaseSection,
    /// What it is.
    r#type: CaseDocumentType,
    /// In what form it exists.
    medium: DocumentMedium,
    /// Its day.
    date: Date,
    /// Whether nobody outside the office sees it.
    office_only: bool,
    /// What the file is.
    media_type: FileType,
    /// Size of the file, bytes.
    size: u64,
    /// SHA-256 of the file, hexadecimal.
    sha256: String,
    /// Whether the file is still there.
    stored: bool,
    /// Subject of who added it.
    added_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2023-03-01T07:30:00Z")]
    added_at: DateTime<Utc>,
    /// Who asks that it be deleted; null where nobody does, or the person is erased.
    deletion_request: Option<DeletionResponse>,
    /// Who deleted the file; null while it is there, or where the person is erased.
    deletion: Option<DeletionResponse>,
}

/// Documents of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseDocumentList {
    /// The documents in the order in which they were added.
    items: Vec<CaseDocumentResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

/// A file whose deletion is asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletionRequestResponse {
    /// Identifier of the document, or of the attached file.
    id: Uuid,
    /// ATVK code of the municipality that has it.
    #[schema(example = "0001000")]
    municipality: String,
    /// What the document of a case is; null where the file is attached to an invoice or claim.
    r#type: Option<CaseDocumentType>,
    /// What is attached to an invoice or claim; null where it is a document of a case.
    attachment_kind: Option<AttachmentKind>,
    /// The `ETag` that its deletion needs.
    #[schema(example = "\"2\"")]
    etag: String,
    /// Who asks, and why.
    deletion_request: Option<DeletionResponse>,
}

/// Files whose deletion is asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletionRequestList {
    /// The files in the order in which they were added.
    items: Vec<DeletionRequestResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

impl From<&Deletion> for DeletionResponse {
    fn from(deletion: &Deletion) -> Self {
        Self { by: deletion.by.clone(), on: Date(deletion.on), reason: deletion.reason.clone() }
    }
}

impl From<&CaseDocument> for CaseDocumentResponse {
    fn from(document: &CaseDocument) -> Self {
        Self {
            id: document.id,
            case_id: document.application_id,
            section: CaseSection(document.section),
            r#type: CaseDocumentType(document.kind),
            medium: DocumentMedium(document.medium),
            date: Date(document.dated),
            office_only: document.office_only,
            media_type: FileType(document.file.media_type),
            size: document.file.size,
            sha256: HEXLOWER.encode(&document.file.content_hash),
            stored: document.file.content_key.is_some(),
            added_by: document.added_by.clone(),
            added_at: document.added_at,
            deletion_request: document.deletion_request.as_ref().map(DeletionResponse::from),
            deletion: document.deletion.as_ref().map(DeletionResponse::from),
        }
    }
}

impl From<&DeletionRequest> for DeletionRequestResponse {
    fn from(request: &DeletionRequest) -> Self {
        match request {
            DeletionRequest::Document(document) => Self {
                id: document.id,
                municipality: document.municipality.to_string(),
                r#type: Some(CaseDocumentType(document.kind)),
                attachment_kind: None,
                etag: etag(document.version),
                deletion_request: document.deletion_request.as_ref().map(DeletionResponse::from),
            },
            DeletionRequest::Attachment(attachment) => Self {
                id: attachment.id,
                municipality: attachment.municipality.to_string(),
                r#type: None,
                attachment_kind: Some(AttachmentKind(attachment.kind)),
                etag: etag(attachment.version),
                deletion_request: attachment.deletion_request.as_ref().map(DeletionResponse::from),
            },
        }
    }
}

/// A document of an invented case.
fn example(deletion_request: Value, deletion: Value) -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000031", "case_id": "018bcfe5-6800-7000-8000-000000000002",
        "section": "assessment", "type": "opinion", "medium": "paper", "date": "2023-03-01", "office_only": false,
        "media_type": "application/pdf", "size": 48213,
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "stored": deletion.is_null(),
        "added_by": "demo-social-worker", "added_at": "2023-03-01T07:30:00Z", "deletion_request": deletion_request,
        "deletion": deletion,
    })
}

pub(crate) fn deletion_example() -> Value {
    json!({"by": "demo-social-worker", "on": "2023-03-02", "reason": "Pievienots citai lietai."})
}

/// Add a document
///
/// Adds a file to a case: PDF, PNG, JPEG, DOCX, XLSX or ODS without macros, text, CSV, XML, or ASiC-E (eDoc), of 10 MB at most where
/// the server is not configured otherwise. It is kept encrypted. The programme team adds to cases of the pilot. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "case-documents",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), AddDocumentQuery, IdempotencyKey),
    request_body(content = File, content_type = "application/octet-stream", description = "The file",
        example = json!("%PDF-1.7 ...")),
    responses(
        (status = 201, description = "The document", body = CaseDocumentResponse,
            example = json!(example(Value::Null, Value::Null))),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["documents:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "programme_team", "integrator"]))),
)]
#[post("/v1/cases/{id}/documents")]
#[expect(clippy::too_many_arguments, reason = "each is an extractor of its own")]
pub(crate) async fn add_case_document(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    query: Result<Query<AddDocumentQuery>, ApiError>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    // Before the query, so that who may not add is told no more.
    let scope = caller.municipal_or_national(WRITE, TEAM)?;
    let query = query?.0;
    let case = preconditions::id(&id)?;
    let file = files::received(&request, payload, query.media_type.0, state.config.document_limit).await?;
    let operation = format!("POST /v1/cases/{case}/documents?{}", request.query_string());
    let hash = key.request_hash(&operation, &file.content_hash);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let call = state.app.within_pilot(call, OfPilot::Case(case)).await?;
    let new = NewCaseDocument {
        section: query.section.0,
        kind: query.r#type.0,
        medium: query.medium.0,
        dated: query.date.0,
        office_only: query.office_only.unwrap_or_default(),
        file,
    };
    let answer = |document: &CaseDocument| recorded(&CaseDocumentResponse::from(document));
    let answer = state.app.add_case_document(&call, case, new, answer).await?;
    created(answer, Some("/v1/documents"), Some(1), language.0)
}

/// Where a page begins.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DocumentsQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List documents
///
/// What is known of the documents of a case, deleted ones as well. An accountant sees contracts, invoices and receipts, the programme team
/// what is of the pilot and not for the office alone. The read is recorded in the access log.
#[utoipa::path(
    tag = "case-documents",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), DocumentsQuery),
    responses(
        (status = 200, description = "A page of documents", body = CaseDocumentList,
            example = json!({"items": [example(Value::Null, Value::Null)], "next": null})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["documents:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "programme_team", "accountant", "auditor", "recipient",
        "integrator"]))),
)]
#[get("/v1/cases/{id}/documents")]
pub(crate) async fn list_case_documents(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<DocumentsQuery>,
) -> Result<Localised<CaseDocumentList>, ApiError> {
    let call = state.call(caller.municipal_or_national(READ, TEAM)?, request_id);
    let limit = page_size(query.0.limit)?;
    let case = preconditions::id(&id)?;
    let call = state.app.within_pilot(call, OfPilot::Case(case)).await?;
    let found = state.app.list_case_documents(&call, case, query.0.cursor, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |document| document.id);
    let items = found.iter().map(CaseDocumentResponse::from).collect();
    Ok(Localised(CaseDocumentList { items, next }, language.0))
}

fn shown(document: &CaseDocument, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(document.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(CaseDocumentResponse::from(document))
}

/// Get a document
///
/// What is known of a document, with the `ETag` that a request for its deletion needs. The read is recorded in the access log.
#[utoipa::path(
    tag = "case-documents",
    params(("id" = Uuid, Path, description = "Identifier of the document")),
    responses(
        (status = 200, description = "The document", body = CaseDocumentResponse,
            example = json!(example(Value::Null, Value::Null))),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["documents:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "programme_team", "accountant", "auditor", "recipient",
        "integrator"]))),
)]
#[get("/v1/documents/{id}")]
pub(crate) async fn get_case_document(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.municipal_or_national(READ, TEAM)?, request_id);
    let id = preconditions::id(&id)?;
    let call = state.app.within_pilot(call, OfPilot::Document(id)).await?;
    let document = state.app.get_case_document(&call, id).await?;
    Ok(shown(&document, language.0, HttpResponse::Ok()))
}

/// Download a document
///
/// The file as it was added, always as bytes to be saved: no browser shows it by itself. The read is recorded in the access log.
#[utoipa::path(
    tag = "case-documents",
    params(("id" = Uuid, Path, description = "Identifier of the document")),
    responses(
        (status = 200, description = "The file", body = File, content_type = "application/octet-stream",
            example = json!("%PDF-1.7 ...")),
        AccessFailures, Conflict, Failures, Missing,
    ),
    security(("bearer" = ["documents:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "programme_team", "accountant", "auditor", "recipient",
        "integrator"]))),
)]
#[get("/v1/documents/{id}/content")]
pub(crate) async fn get_case_document_content(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.municipal_or_national(READ, TEAM)?, request_id);
    let id = preconditions::id(&id)?;
    let call = state.app.within_pilot(call, OfPilot::Document(id)).await?;
    let (document, content) = state.app.get_case_document_content(&call, id).await?;
    Ok(files::sent(id, document.file.media_type, content))
}

/// Ask for a deletion
///
/// Asks the ministry to delete a document, which the office itself cannot. The latest reason stands.
#[utoipa::path(
    tag = "case-documents",
    params(("id" = Uuid, Path, description = "Identifier of the document"), IfMatch),
    request_body(content = DeleteDocument, example = json!({"reason": "Pievienots citai lietai."})),
    responses(
        (status = 201, description = "The document", body = CaseDocumentResponse,
            example = json!(example(deletion_example(), Value::Null))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["documents:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/documents/{id}/deletion-request")]
pub(crate) async fn request_document_deletion(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<DeleteDocument>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let document = state.app.request_document_deletion(&call, of, body.0.reason.0).await?;
    Ok(shown(&document, language.0, HttpResponse::Created()))
}

/// List requests for deletion
///
/// The documents of cases and the files attached to invoices and claims whose deletion offices ask for, of the whole country, for the
/// ministry. The read is recorded in the audit log.
#[utoipa::path(
    tag = "case-documents",
    params(DocumentsQuery),
    responses(
        (status = 200, description = "A page of files", body = DeletionRequestList, example = json!({
            "items": [{"id": "018bcfe5-6800-7000-8000-000000000031", "municipality": "0001000", "type": "opinion",
                "attachment_kind": null, "etag": "\"2\"", "deletion_request": deletion_example()}],
            "next": null,
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin"]))),
)]
#[get("/v1/deletion-requests")]
pub(crate) async fn list_deletion_requests(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<DocumentsQuery>,
) -> Result<Localised<DeletionRequestList>, ApiError> {
    let call = state.call(caller.national(DELETE)?, request_id);
    let limit = page_size(query.0.limit)?;
    let found = state.app.list_deletion_requests(&call, query.0.cursor, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, DeletionRequest::id);
    let items = found.iter().map(DeletionRequestResponse::from).collect();
    Ok(Localised(DeletionRequestList { items, next }, language.0))
}

/// Delete a document
///
/// Deletes the file of a document for good, with a reason, whether its deletion was asked for or not. What is known of it stays, with
/// who deleted it and why. The ministry alone may; it does not see the file. The list of requests tells it the `ETag`, and so does the
/// office that has the document.
#[utoipa::path(
    tag = "case-documents",
    params(("id" = Uuid, Path, description = "Identifier of the document"), IfMatch),
    request_body(content = DeleteDocument, example = json!({"reason": "Pievienots citai lietai."})),
    responses(
        (status = 201, description = "The document", body = CaseDocumentResponse,
            example = json!(example(deletion_example(), deletion_example()))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin"]))),
)]
#[post("/v1/documents/{id}/deletion")]
pub(crate) async fn delete_case_document(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<DeleteDocument>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(DELETE)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let document = state.app.delete_case_document(call, of, body.0.reason.0).await?;
    Ok(shown(&document, language.0, HttpResponse::Created()))
}

//! `/v1/invoices/{id}/attachments` and `/v1/attachments`: files that are attached to invoices and claims. They are added and read, never
//! changed; the ministry deletes, with a reason, and the trace stays.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path, Payload},
};
use balsts_app::{Attachment, Call};
use balsts_domain::{
    access::{Permission, Role},
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
    case_documents::{DELETE, DeleteDocument, DeletionResponse, deletion_example},
    files::{self, File},
    i18n::{Accepted, Localised},
    identity::Identified,
    invoices::READ,
    names::{AttachmentKind, FileType},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    seat::{Office, OfficeFailures, Seat, seat},
    types::Atvk,
};

const ATTACH: Permission = Permission {
    municipal: &[
        Role::SocialWorker,
        Role::OfficeHead,
        Role::Accountant,
        Role::Provider,
        Role::Recipient,
        Role::Integrator,
    ],
    scope: "invoices:write",
};

/// Whoever in the office attaches asks also for a deletion.
const ASK: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant], scope: "invoices:write" };

/// What a file is, and to which office it goes; nothing personal, because addresses are logged.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AddAttachmentQuery {
    /// The municipality whose office ordered, by its ATVK code: required of a provider, who has none.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    municipality: Option<Atvk>,
    /// What it is.
    #[param(inline, example = "acceptance_act")]
    kind: AttachmentKind,
    /// What the file is; its content must agree.
    #[param(inline, example = "application/pdf")]
    media_type: FileType,
}

/// A file that is attached to an invoice or claim.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub(crate) struct AttachmentResponse {
    /// Identifier.
    id: Uuid,
    /// The invoice or claim.
    invoice_id: Uuid,
    /// What it is.
    kind: AttachmentKind,
    /// Whether it came inside an e-invoice.
    embedded: bool,
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
    #[schema(value_type = String, format = DateTime, example = "2023-07-03T08:00:00Z")]
    added_at: DateTime<Utc>,
    /// Who asks that it be deleted; null where nobody does, or the person is erased.
    deletion_request: Option<DeletionResponse>,
    /// Who deleted the file; null while it is there, or where the person is erased.
    deletion: Option<DeletionResponse>,
}

/// Files of an invoice or claim.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttachmentList {
    /// The files in the order in which they were added, 50 at most.
    items: Vec<AttachmentResponse>,
}

impl From<&Attachment> for AttachmentResponse {
    fn from(attachment: &Attachment) -> Self {
        let file = &attachment.file;
        Self {
            id: attachment.id,
            invoice_id: attachment.invoice_id,
            kind: AttachmentKind(attachment.kind),
            embedded: attachment.embedded,
            media_type: FileType(file.media_type),
            size: file.size,
            sha256: HEXLOWER.encode(&file.content_hash),
            stored: file.content_key.is_some(),
            added_by: attachment.added_by.clone(),
            added_at: attachment.added_at,
            deletion_request: attachment.deletion_request.as_ref().map(DeletionResponse::from),
            deletion: attachment.deletion.as_ref().map(DeletionResponse::from),
        }
    }
}

fn example(deletion_request: Value, deletion: Value) -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000032", "invoice_id": "018bcfe5-6800-7000-8000-00000000000a",
        "kind": "acceptance_act", "embedded": false, "media_type": "application/pdf", "size": 48213,
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "stored": deletion.is_null(),
        "added_by": "demo-provider", "added_at": "2023-07-03T08:00:00Z", "deletion_request": deletion_request,
        "deletion": deletion,
    })
}

fn shown(attachment: &Attachment, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(attachment.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(AttachmentResponse::from(attachment))
}

/// Attach a file
///
/// To an invoice or claim: an acceptance act, a report, the recipients' register with signatures, a receipt, a route sheet, and what
/// else proves it, as PDF, PNG, JPEG, DOCX, XLSX or ODS without macros, text, CSV, XML, or ASiC-E (eDoc), of 10 MB at most where the
/// server is not configured otherwise. Who sent the invoice or claim attaches until it is endorsed, the office until it is approved;
/// 50 files at most. It is kept encrypted, and never changed. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the invoice or claim"), AddAttachmentQuery, IdempotencyKey),
    request_body(content = File, content_type = "application/octet-stream", description = "The file",
        example = json!("%PDF-1.7 ...")),
    responses(
        (status = 201, description = "The file", body = AttachmentResponse, example = json!(example(Value::Null, Value::Null))),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["invoices:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "provider", "recipient", "integrator"]))),
)]
#[post("/v1/invoices/{id}/attachments")]
#[expect(clippy::too_many_arguments, reason = "each is an extractor of its own")]
pub(crate) async fn add_attachment(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    query: Result<Query<AddAttachmentQuery>, ApiError>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    // Before the query, so that who may not attach is told no more.
    caller.actor(ATTACH)?;
    let AddAttachmentQuery { municipality, kind, media_type } = query?.0;
    let scope = seat(&caller, &state, ATTACH, &Office { municipality })?;
    let invoice = preconditions::id(&id)?;
    let file = files::received(&request, payload, media_type.0, state.config.document_limit).await?;
    let operation = format!("POST /v1/invoices/{invoice}/attachments?{}", request.query_string());
    let hash = key.request_hash(&operation, &file.content_hash);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |attachment: &Attachment| recorded(&AttachmentResponse::from(attachment));
    let answer = state.app.add_attachment(&call, (invoice, kind.0), file, answer).await?;
    created(answer, Some("/v1/attachments"), Some(1), language.0)
}

/// List attached files
///
/// What is known of the files of an invoice or claim, deleted ones as well, for whoever sees the invoice. The read is recorded in the
/// access log.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the invoice or claim"), Office),
    responses(
        (status = 200, description = "The files", body = AttachmentList, example = json!({"items": [example(Value::Null, Value::Null)]})),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["invoices:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "provider", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/invoices/{id}/attachments")]
pub(crate) async fn list_attachments(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<AttachmentList>, ApiError> {
    let call = state.call(seat.scope(&state, READ)?, request_id);
    let found = state.app.list_attachments(&call, preconditions::id(&id)?).await?;
    Ok(Localised(AttachmentList { items: found.iter().map(AttachmentResponse::from).collect() }, language.0))
}

/// Get an attached file
///
/// What is known of it, with the `ETag` that a request for its deletion needs. The read is recorded in the access log.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the file"), Office),
    responses(
        (status = 200, description = "The file", body = AttachmentResponse, example = json!(example(Value::Null, Value::Null))),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["invoices:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "provider", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/attachments/{id}")]
pub(crate) async fn get_attachment(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(seat.scope(&state, READ)?, request_id);
    let attachment = state.app.get_attachment(&call, preconditions::id(&id)?).await?;
    Ok(shown(&attachment, language.0, HttpResponse::Ok()))
}

/// Download an attached file
///
/// The file as it was added, always as bytes to be saved: no browser shows it by itself. The read is recorded in the access log.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the file"), Office),
    responses(
        (status = 200, description = "The file", body = File, content_type = "application/octet-stream",
            example = json!("%PDF-1.7 ...")),
        OfficeFailures, AccessFailures, Conflict, Failures, Missing,
    ),
    security(("bearer" = ["invoices:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "provider", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/attachments/{id}/content")]
pub(crate) async fn get_attachment_content(
    seat: Seat,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(seat.scope(&state, READ)?, request_id);
    let id = preconditions::id(&id)?;
    let (attachment, content) = state.app.get_attachment_content(&call, id).await?;
    Ok(files::sent(id, attachment.file.media_type, content))
}

/// Ask for the deletion of an attached file
///
/// Asks the ministry to delete a file, which the office itself cannot. The latest reason stands.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the file"), IfMatch),
    request_body(content = DeleteDocument, example = json!({"reason": "Pievienots citam rēķinam."})),
    responses(
        (status = 201, description = "The file", body = AttachmentResponse,
            example = json!(example(deletion_example(), Value::Null))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["invoices:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "integrator"]))),
)]
#[post("/v1/attachments/{id}/deletion-request")]
pub(crate) async fn request_attachment_deletion(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<DeleteDocument>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(ASK)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let attachment = state.app.request_attachment_deletion(&call, of, body.0.reason.0).await?;
    Ok(shown(&attachment, language.0, HttpResponse::Created()))
}

/// Delete an attached file
///
/// For good, with a reason. What is known of it stays, with who deleted it and why. The ministry alone may; it does not see the file.
/// The list of requests for deletion tells it the `ETag`, and so does the office that has the file.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the file"), IfMatch),
    request_body(content = DeleteDocument, example = json!({"reason": "Pievienots citam rēķinam."})),
    responses(
        (status = 201, description = "The file", body = AttachmentResponse, example = json!(example(Value::Null, deletion_example()))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin"]))),
)]
#[post("/v1/attachments/{id}/deletion")]
pub(crate) async fn delete_attachment(
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
    let attachment = state.app.delete_attachment(call, of, body.0.reason.0).await?;
    Ok(shown(&attachment, language.0, HttpResponse::Created()))
}

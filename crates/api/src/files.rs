//! Files as they are sent and given: bytes to be kept and to be saved, never shown by a browser itself.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION},
    web::Payload,
};
use balsts_app::NewFile;
use balsts_domain::files::FileType;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    body::{expect_media_type, off_thread},
    problem::ApiError,
};

const BYTES: &str = "application/octet-stream";

/// A file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct File(#[allow(dead_code, reason = "only the schema is needed")] Vec<u8>);

/// A file that a request sends, of the type that it is said to be.
///
/// # Errors
/// The request says that it sends something else, or sends too much.
pub(crate) async fn received(
    request: &HttpRequest,
    payload: Payload,
    media_type: FileType,
    limit: usize,
) -> Result<NewFile, ApiError> {
    expect_media_type(request, BYTES, |essence| essence == BYTES)?;
    let content = collected(payload, limit).await?;
    off_thread(move || Ok(new(media_type, content))).await
}

/// A file with its hash.
pub(crate) fn new(media_type: FileType, content: Vec<u8>) -> NewFile {
    NewFile { media_type, content_hash: Sha256::digest(&content).to_vec(), content }
}

/// The whole body within a limit.
///
/// # Errors
/// It is larger, or does not come.
pub(crate) async fn collected(mut payload: Payload, limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| ApiError::Timeout)?;
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(ApiError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A file to be saved, under its identifier.
pub(crate) fn sent(id: Uuid, media_type: FileType, content: Vec<u8>) -> HttpResponse {
    let name = format!("attachment; filename=\"{id}.{}\"", media_type.extension());
    // Every answer says `nosniff`.
    HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(BYTES)
        .body(content)
}

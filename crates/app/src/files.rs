//! Files that are kept. The content goes to the object store before the row is written, and no transaction is open meanwhile: a crash
//! between leaves a content without a row, which is swept, and never a row without its content.

use balsts_domain::{
    access::Scope,
    files::{FileRefusal, FileType},
};
use balsts_store::{ContentKey, Deletion, StoredFile};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{App, AppError};

/// How old a content without a row is when it is swept: before, its row may still be on its way.
const ORPHANED_AFTER: TimeDelta = TimeDelta::days(1);
/// How many contents are looked up at a time.
const STEP: usize = 500;

/// A file as it is added.
#[derive(Debug)]
pub struct NewFile {
    /// What it is said to be.
    pub media_type: FileType,
    /// The content.
    pub content: Vec<u8>,
    /// Its SHA-256.
    pub content_hash: Vec<u8>,
}

impl NewFile {
    /// Whether it is what it is said to be.
    pub(crate) fn refusal(&self) -> Option<FileRefusal> {
        (!self.media_type.fits(&self.content)).then_some(FileRefusal::OtherContent)
    }
}

/// The key of a content that is there.
pub(crate) fn key_of(file: &StoredFile) -> Result<&ContentKey, AppError> {
    file.content_key.as_ref().ok_or_else(|| AppError::conflict(&FileRefusal::Deleted))
}

/// A deletion by the caller, today.
pub(crate) fn deletion(scope: &Scope, reason: String) -> Deletion {
    Deletion { by: scope.subject.clone(), on: scope.today, reason }
}

impl App {
    /// Stores a content. What is given up from here on leaves a content without a row. It is not deleted at once: where it is the
    /// commit that fails, the row may be there.
    pub(crate) async fn keep(&self, id: Uuid, new: NewFile) -> Result<StoredFile, AppError> {
        let NewFile { media_type, content, content_hash } = new;
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        let content_key = Some(self.store.put_content(id, content).await?);
        Ok(StoredFile { media_type, size, content_hash, content_key })
    }

    /// The content of a file.
    pub(crate) async fn content(&self, id: Uuid, file: &StoredFile) -> Result<Vec<u8>, AppError> {
        Ok(self.store.get_content(id, key_of(file)?).await?)
    }

    /// Deletes contents that no row has any more. Nothing opens them: what cannot be deleted now is swept later.
    pub(crate) async fn drop_contents(&self, ids: &[Uuid]) {
        self.store.overwrite_log().await;
        let _ = self.store.delete_contents(ids).await;
    }

    /// Deletes contents that no row has: of requests that were broken off, and of deleted files. Tells how many.
    ///
    /// # Errors
    /// The object store, or the database.
    pub async fn sweep_contents(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        let mut orphans = Vec::new();
        for some in self.store.list_contents(now - ORPHANED_AFTER).await?.chunks(STEP) {
            let kept = self.store.files_with_content(some).await?;
            orphans.extend(some.iter().filter(|id| !kept.contains(id)));
        }
        self.store.delete_contents(&orphans).await?;
        Ok(orphans.len())
    }

    /// Whether files can be stored: there is a place for them.
    #[must_use]
    pub fn stores_documents(&self) -> bool {
        self.store.has_objects()
    }
}

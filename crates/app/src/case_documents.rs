//! Documents of cases. The content goes to the object store before the row is written, and no transaction is open meanwhile: a crash
//! between leaves a content without a row, which is swept, and never a row without its content.

use balsts_domain::{
    access::Scope,
    case_documents::{CaseDocumentRefusal, CaseDocumentType, CaseSection, DocumentMedium, FileType},
    day,
    events::EventType,
    text::Fault,
};
use balsts_store::{CaseDocument, ContentKey, Deletion, Reach, RecordedAnswer};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// How old a content without a row is when it is swept: before, its row may still be on its way.
const ORPHANED_AFTER: TimeDelta = TimeDelta::days(1);
/// How many contents are looked up at a time.
const STEP: usize = 500;

/// A document as it is added.
#[derive(Debug)]
pub struct NewCaseDocument {
    /// The section of the case's file.
    pub section: CaseSection,
    /// What it is.
    pub kind: CaseDocumentType,
    /// In what form it exists.
    pub medium: DocumentMedium,
    /// Its day.
    pub dated: NaiveDate,
    /// Whether nobody outside the office sees it.
    pub office_only: bool,
    /// What the file is said to be.
    pub file: FileType,
    /// The file.
    pub content: Vec<u8>,
    /// Its SHA-256.
    pub content_hash: Vec<u8>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "case_document", id, event }
}

/// The key of a content that is there.
fn key_of(document: &CaseDocument) -> Result<&ContentKey, AppError> {
    document.content_key.as_ref().ok_or_else(|| AppError::conflict(&CaseDocumentRefusal::Deleted))
}

impl NewCaseDocument {
    fn check(&self, today: NaiveDate) -> Result<(), AppError> {
        let day = day::check("/date", NaiveDate::MIN, today, self.dated);
        let content = (!self.file.fits(&self.content)).then_some(CaseDocumentRefusal::OtherContent);
        let faults: Vec<Fault> = day.iter().map(Fault::from).chain(content.iter().map(Fault::from)).collect();
        if faults.is_empty() { Ok(()) } else { Err(AppError::Refused(faults)) }
    }
}

impl App {
    /// Adds a document to a case. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Refused`] where the day has not come or the file is of another type,
    /// [`AppError::KeyReused`], the object store, or the database.
    pub async fn add_case_document(
        &self,
        call: &Call<'_>,
        case: Uuid,
        new: NewCaseDocument,
        answer: impl FnOnce(&CaseDocument) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        match self.begin_once(call).await? {
            Begun::New(reading) => reading.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?,
            Begun::Answered(first) => return Ok(first),
        };
        new.check(call.scope.today)?;
        let NewCaseDocument { section, kind, medium, dated, office_only, file, content, content_hash } = new;
        let (id, size) = ((call.new_id)(), u64::try_from(content.len()).unwrap_or(u64::MAX));
        let content_key = Some(self.store.put_content(id, content).await?);

        // What is given up from here on leaves a content without a row. It is not deleted at once: where it is the commit that
        // fails, the row may be there.
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        // The case may have moved meanwhile.
        let application = transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        let document = CaseDocument {
            id,
            municipality: call.scope.municipality,
            application_id: case,
            person_id: application.summary.person_id,
            section,
            kind,
            medium,
            dated,
            office_only,
            file,
            size,
            content_hash,
            content_key,
            added_by: call.scope.subject.clone(),
            added_at: call.at,
            deletion_request: None,
            deletion: None,
            version: 1,
        };
        transaction.insert_case_document(&document).await?;
        let told = told("add_case_document", Some(EventType::CaseDocumentAdded), id);
        Ok(call.commit_once(transaction, told, answer(&document), Some(document.person_id)).await?)
    }

    /// Lists the documents of a case after one; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_case_documents(
        &self,
        call: &Call<'_>,
        case: Uuid,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<CaseDocument>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        transaction.find_kept_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        let documents = transaction.list_case_documents(&call.scope, case, after, limit).await?;
        let told = Told { action: "list_case_documents", resource: "application", id: case, event: None };
        call.commit(transaction, told).await?;
        Ok(documents)
    }

    /// Gets what is known of a document; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_case_document(&self, call: &Call<'_>, id: Uuid) -> Result<CaseDocument, AppError> {
        self.read_document(call, id, "get_case_document").await
    }

    /// Gets a document with its content; the read is audited before.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where it is deleted, the object store, or the database.
    pub async fn get_case_document_content(
        &self,
        call: &Call<'_>,
        id: Uuid,
    ) -> Result<(CaseDocument, Vec<u8>), AppError> {
        let document = self.read_document(call, id, "get_case_document_content").await?;
        let content = self.store.get_content(id, key_of(&document)?).await?;
        Ok((document, content))
    }

    async fn read_document(&self, call: &Call<'_>, id: Uuid, action: &'static str) -> Result<CaseDocument, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let document = transaction.find_case_document(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told(action, None, id)).await?;
        Ok(document)
    }

    /// Asks that a document be deleted. The latest reason stands.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is deleted, or the database.
    pub async fn request_document_deletion(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        reason: String,
    ) -> Result<CaseDocument, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut document = transaction.find_case_document(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if document.version != version {
            return Err(AppError::Stale);
        }
        key_of(&document)?;
        document.deletion_request = Some(deletion(&call.scope, reason));
        transaction.update_case_document(&call.scope, &mut document, call.at).await?;
        let told = told("request_document_deletion", Some(EventType::CaseDocumentDeletionRequested), id);
        call.commit(transaction, told).await?;
        Ok(document)
    }

    /// Lists the documents of the country whose deletion is asked for and not done; the read is audited.
    ///
    /// # Errors
    /// The database.
    pub async fn list_deletion_requests(
        &self,
        call: &Call<'_>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<CaseDocument>, AppError> {
        let transaction = self.store.begin_write(Reach::Country).await?;
        let documents = transaction.list_deletion_requests(after, limit).await?;
        call.commit(transaction, told("list_deletion_requests", None, Uuid::nil())).await?;
        Ok(documents)
    }

    /// Deletes the content of a document; what is known of it stays, with who deleted it and why. The caller acts for the country,
    /// and the audit tells of it in the municipality that has the document.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where it is deleted already, or the database.
    pub async fn delete_case_document(
        &self,
        mut call: Call<'_>,
        id: Uuid,
        reason: String,
    ) -> Result<CaseDocument, AppError> {
        call.scope.municipality = self.store.find_office_of_document(id).await?.ok_or(AppError::NotFound)?;
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut document = transaction.find_case_document(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        key_of(&document)?;
        (document.content_key, document.deletion) = (None, Some(deletion(&call.scope, reason)));
        transaction.update_case_document(&call.scope, &mut document, call.at).await?;
        call.commit(transaction, told("delete_case_document", Some(EventType::CaseDocumentDeleted), id)).await?;
        self.store.overwrite_log().await;
        // Nothing opens it any more. What cannot be deleted now is swept later.
        let _ = self.store.delete_contents(&[id]).await;
        Ok(document)
    }

    /// Deletes contents that no document has: of requests that were broken off, and of deleted documents. Tells how many.
    ///
    /// # Errors
    /// The object store, or the database.
    pub async fn sweep_contents(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        let mut orphans = Vec::new();
        for some in self.store.list_contents(now - ORPHANED_AFTER).await?.chunks(STEP) {
            let kept = self.store.documents_with_content(some).await?;
            orphans.extend(some.iter().filter(|id| !kept.contains(id)));
        }
        self.store.delete_contents(&orphans).await?;
        Ok(orphans.len())
    }

    /// Whether documents can be stored: there is a place for them.
    #[must_use]
    pub fn stores_documents(&self) -> bool {
        self.store.has_objects()
    }
}

fn deletion(scope: &Scope, reason: String) -> Deletion {
    Deletion { by: scope.subject.clone(), on: scope.today, reason }
}

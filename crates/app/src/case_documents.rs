//! Documents of cases.

use balsts_domain::{
    case_documents::{CaseDocumentType, CaseSection, DocumentMedium},
    day,
    events::EventType,
    text::Fault,
};
use balsts_store::{Attachment, CaseDocument, Reach, RecordedAnswer};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, NewFile, Told,
    files::{deletion, key_of},
};

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
    /// The file.
    pub file: NewFile,
}

/// A file whose deletion an office asks for.
#[derive(Debug)]
pub enum DeletionRequest {
    /// A document of a case.
    Document(CaseDocument),
    /// A file that is attached to an invoice or claim.
    Attachment(Attachment),
}

impl DeletionRequest {
    /// Identifier of the file.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        match self {
            Self::Document(document) => document.id,
            Self::Attachment(attachment) => attachment.id,
        }
    }
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "case_document", id, event }
}

impl NewCaseDocument {
    fn check(&self, today: NaiveDate) -> Result<(), AppError> {
        let day = day::check("/date", NaiveDate::MIN, today, self.dated);
        let content = self.file.refusal();
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
        let NewCaseDocument { section, kind, medium, dated, office_only, file } = new;
        let id = (call.new_id)();
        let file = self.keep(id, file).await?;

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
        let content = self.content(id, &document.file).await?;
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
        key_of(&document.file)?;
        document.deletion_request = Some(deletion(&call.scope, reason));
        transaction.update_case_document(&call.scope, &mut document, call.at).await?;
        let told = told("request_document_deletion", Some(EventType::CaseDocumentDeletionRequested), id);
        call.commit(transaction, told).await?;
        Ok(document)
    }

    /// Lists the documents and attached files of the country whose deletion is asked for and not done, in the order of their
    /// identifiers; the read is audited.
    ///
    /// # Errors
    /// The database.
    pub async fn list_deletion_requests(
        &self,
        call: &Call<'_>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<DeletionRequest>, AppError> {
        let transaction = self.store.begin_write(Reach::Country).await?;
        let documents = transaction.list_deletion_requests(after, limit).await?;
        let attachments = transaction.list_attachment_deletion_requests(after, limit).await?;
        call.commit(transaction, told("list_deletion_requests", None, Uuid::nil())).await?;
        let mut all: Vec<_> = documents.into_iter().map(DeletionRequest::Document).collect();
        all.extend(attachments.into_iter().map(DeletionRequest::Attachment));
        all.sort_by_key(DeletionRequest::id);
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// Deletes the content of a document; what is known of it stays, with who deleted it and why. The caller acts for the country,
    /// and the audit tells of it in the municipality that has the document.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is deleted already, or the database.
    pub async fn delete_case_document(
        &self,
        mut call: Call<'_>,
        (id, version): (Uuid, i64),
        reason: String,
    ) -> Result<CaseDocument, AppError> {
        call.scope.municipality = self.store.find_office_of_document(id).await?.ok_or(AppError::NotFound)?;
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut document = transaction.find_case_document(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if document.version != version {
            return Err(AppError::Stale);
        }
        key_of(&document.file)?;
        (document.file.content_key, document.deletion) = (None, Some(deletion(&call.scope, reason)));
        transaction.update_case_document(&call.scope, &mut document, call.at).await?;
        call.commit(transaction, told("delete_case_document", Some(EventType::CaseDocumentDeleted), id)).await?;
        self.drop_contents(&[id]).await;
        Ok(document)
    }
}

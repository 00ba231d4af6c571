//! Files that are attached to invoices and claims: who sees the invoice sees them [domain 7.4 to 7.6].

use balsts_domain::{
    attachments::{AttachmentKind, AttachmentRefusal, check_open},
    events::EventType,
    text::Fault,
};
use balsts_store::{Attachment, InvoiceSummary, PersonState, RecordedAnswer, StoredFile, WriteTransaction};
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, NewFile, Told,
    files::{deletion, key_of},
};

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "invoice_attachment", id, event }
}

fn refused(refusal: AttachmentRefusal) -> AppError {
    if refusal.is_conflict() { AppError::conflict(&refusal) } else { AppError::refused(&[refusal]) }
}

/// What is known of a file that the caller attaches.
pub(crate) fn attached(
    call: &Call<'_>,
    id: Uuid,
    of: (&InvoiceSummary, AttachmentKind, bool),
    file: StoredFile,
) -> Attachment {
    let (invoice, kind, embedded) = of;
    Attachment {
        id,
        municipality: call.scope.municipality,
        invoice_id: invoice.id,
        person_id: invoice.person_id,
        kind,
        embedded,
        file,
        added_by: call.scope.subject.clone(),
        added_at: call.at,
        deletion_request: None,
        deletion: None,
        version: 1,
    }
}

impl App {
    /// Attaches a file to an invoice or claim. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the caller does not see the invoice, [`AppError::Conflict`] where it is endorsed or settled,
    /// [`AppError::Refused`] where the file is of another type or one too many, [`AppError::KeyReused`], the object store, or the
    /// database.
    pub async fn add_attachment(
        &self,
        call: &Call<'_>,
        (invoice, kind): (Uuid, AttachmentKind),
        new: NewFile,
        answer: impl FnOnce(&Attachment) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let provider = self.own_provider(call).await?;
        match self.begin_once(call).await? {
            Begun::New(reading) => open_invoice(&reading, call, invoice, provider).await?,
            Begun::Answered(first) => return Ok(first),
        };
        if let Some(refusal) = new.refusal() {
            return Err(AppError::Refused(vec![Fault::from(&refusal)]));
        }
        let id = (call.new_id)();
        let file = self.keep(id, new).await?;

        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        // It may have been endorsed meanwhile.
        let invoice = open_invoice(&transaction, call, invoice, provider).await?;
        let attachment = attached(call, id, (&invoice, kind, false), file);
        transaction.insert_attachment(&call.scope, &attachment).await?;
        let told = told("add_attachment", Some(EventType::AttachmentAdded), id);
        Ok(call.commit_once(transaction, told, answer(&attachment), invoice.person_id).await?)
    }

    /// Lists the files of an invoice; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_attachments(&self, call: &Call<'_>, invoice: Uuid) -> Result<Vec<Attachment>, AppError> {
        let provider = self.own_provider(call).await?;
        let transaction = self.store.begin_write(&call.scope).await?;
        seen_invoice(&transaction, call, invoice, provider).await?;
        let attachments = transaction.list_attachments(&call.scope, invoice).await?;
        let told = Told { action: "list_attachments", resource: "invoice", id: invoice, event: None };
        call.commit(transaction, told).await?;
        Ok(attachments)
    }

    /// Gets what is known of a file; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_attachment(&self, call: &Call<'_>, id: Uuid) -> Result<Attachment, AppError> {
        self.read_attachment(call, id, "get_attachment").await
    }

    /// Gets a file with its content; the read is audited before.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where it is deleted, the object store, or the database.
    pub async fn get_attachment_content(&self, call: &Call<'_>, id: Uuid) -> Result<(Attachment, Vec<u8>), AppError> {
        let attachment = self.read_attachment(call, id, "get_attachment_content").await?;
        let content = self.content(id, &attachment.file).await?;
        Ok((attachment, content))
    }

    async fn read_attachment(&self, call: &Call<'_>, id: Uuid, action: &'static str) -> Result<Attachment, AppError> {
        let provider = self.own_provider(call).await?;
        let transaction = self.store.begin_write(&call.scope).await?;
        let attachment = transaction.find_attachment(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        seen_invoice(&transaction, call, attachment.invoice_id, provider).await?;
        call.commit(transaction, told(action, None, id)).await?;
        Ok(attachment)
    }

    /// Asks that a file be deleted. The latest reason stands.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is deleted, or the database.
    pub async fn request_attachment_deletion(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        reason: String,
    ) -> Result<Attachment, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut attachment = there(&transaction, call, of).await?;
        attachment.deletion_request = Some(deletion(&call.scope, reason));
        transaction.update_attachment(&call.scope, &mut attachment).await?;
        let told = told("request_attachment_deletion", Some(EventType::AttachmentDeletionRequested), of.0);
        call.commit(transaction, told).await?;
        Ok(attachment)
    }

    /// Deletes the content of a file; what is known of it stays, with who deleted it and why. The caller acts for the country, and
    /// the audit tells of it in the municipality that has the invoice.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is deleted already, or the database.
    pub async fn delete_attachment(
        &self,
        mut call: Call<'_>,
        (id, version): (Uuid, i64),
        reason: String,
    ) -> Result<Attachment, AppError> {
        call.scope.municipality = self.store.find_office_of_attachment(id).await?.ok_or(AppError::NotFound)?;
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut attachment = there(&transaction, &call, (id, version)).await?;
        (attachment.file.content_key, attachment.deletion) = (None, Some(deletion(&call.scope, reason)));
        transaction.update_attachment(&call.scope, &mut attachment).await?;
        call.commit(transaction, told("delete_attachment", Some(EventType::AttachmentDeleted), id)).await?;
        self.drop_contents(&[id]).await;
        Ok(attachment)
    }
}

/// A file as the caller read it, whose content is still there.
async fn there(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    (id, version): (Uuid, i64),
) -> Result<Attachment, AppError> {
    let attachment = transaction.find_attachment(&call.scope, id).await?.ok_or(AppError::NotFound)?;
    if attachment.version != version {
        return Err(AppError::Stale);
    }
    key_of(&attachment.file)?;
    Ok(attachment)
}

/// An invoice that the caller sees, and the caller's own where the caller is a provider.
async fn seen_invoice(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    id: Uuid,
    provider: Option<Uuid>,
) -> Result<InvoiceSummary, AppError> {
    let invoice = transaction.find_invoice_summary(&call.scope, id).await?;
    invoice.filter(|invoice| provider.is_none() || invoice.provider_id == provider).ok_or(AppError::NotFound)
}

/// The same, to which the caller may attach one more file.
async fn open_invoice(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    id: Uuid,
    provider: Option<Uuid>,
) -> Result<InvoiceSummary, AppError> {
    let invoice = seen_invoice(transaction, call, id, provider).await?;
    let attached = transaction.count_attachments(&call.scope, id).await?;
    let attached = usize::try_from(attached).unwrap_or(usize::MAX);
    check_open(call.scope.role, invoice.status, attached).map_err(refused)?;
    if let Some(person) = invoice.person_id
        && transaction.person_state(&call.scope, person).await? == Some(PersonState::Erased)
    {
        return Err(AppError::Conflict { code: "person_erased" });
    }
    Ok(invoice)
}

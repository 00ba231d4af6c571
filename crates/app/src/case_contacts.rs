//! Contact sheets of cases. What is done to a line is told of its case.

use balsts_domain::{case_contacts::CaseContact, events::EventType};
use balsts_store::{KeptContact, RecordedAnswer, WriteTransaction};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

fn told(action: &'static str, event: Option<EventType>, case: Uuid) -> Told {
    Told { action, resource: "application", id: case, event }
}

async fn known(transaction: &WriteTransaction, call: &Call<'_>, id: Uuid) -> Result<KeptContact, AppError> {
    transaction.find_case_contact(&call.scope, id).await?.ok_or(AppError::NotFound)
}

fn checked(contact: CaseContact) -> Result<CaseContact, AppError> {
    contact.check().map_err(|refusal| AppError::refused(&[refusal]))?;
    Ok(contact)
}

impl App {
    /// Adds a line to the contact sheet of a case. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::KeyReused`], or the database.
    pub async fn add_case_contact(
        &self,
        call: &Call<'_>,
        case: Uuid,
        contact: CaseContact,
        answer: impl FnOnce(&KeptContact) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let application = transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        let (id, person_id) = ((call.new_id)(), application.person.id);
        let new = KeptContact { id, application_id: case, person_id, contact: checked(contact)?, version: 1 };
        transaction.insert_case_contact(&call.scope, &new, call.at).await?;
        let told = told("add_case_contact", Some(EventType::ContactsChanged), case);
        Ok(call.commit_once(transaction, told, answer(&new), Some(person_id)).await?)
    }

    /// Lists the contact sheet of a case; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_case_contacts(&self, call: &Call<'_>, case: Uuid) -> Result<Vec<KeptContact>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        let contacts = transaction.list_case_contacts(&call.scope, case).await?;
        call.commit(transaction, told("list_case_contacts", None, case)).await?;
        Ok(contacts)
    }

    /// Gets a line; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_case_contact(&self, call: &Call<'_>, id: Uuid) -> Result<KeptContact, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let contact = known(&transaction, call, id).await?;
        call.commit(transaction, told("get_case_contact", None, contact.application_id)).await?;
        Ok(contact)
    }

    /// Replaces a line.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Refused`], or the database.
    pub async fn change_case_contact(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        contact: CaseContact,
    ) -> Result<KeptContact, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut changed = known(&transaction, call, id).await?;
        if changed.version != version {
            return Err(AppError::Stale);
        }
        changed.contact = checked(contact)?;
        transaction.update_case_contact(&call.scope, &mut changed, call.at).await?;
        let told = told("change_case_contact", Some(EventType::ContactsChanged), changed.application_id);
        call.commit(transaction, told).await?;
        Ok(changed)
    }

    /// Removes a line.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], or the database.
    pub async fn remove_case_contact(&self, call: &Call<'_>, (id, version): (Uuid, i64)) -> Result<(), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let contact = known(&transaction, call, id).await?;
        if contact.version != version {
            return Err(AppError::Stale);
        }
        transaction.delete_case_contact(&call.scope, &contact).await?;
        let told = told("remove_case_contact", Some(EventType::ContactsChanged), contact.application_id);
        Ok(call.commit(transaction, told).await?)
    }
}

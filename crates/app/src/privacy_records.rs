//! What was told of the use of a person's data, and agreed to.

use balsts_domain::{
    events::EventType,
    privacy_records::{self, PrivacyRecordContent, PrivacyRecordKind, PrivacyRecordRefusal},
};
use balsts_store::{PrivacyRecord, RecordedAnswer};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A record as it is made.
#[derive(Debug)]
pub struct NewPrivacyRecord {
    /// What it is.
    pub kind: PrivacyRecordKind,
    /// The day.
    pub on: NaiveDate,
    /// Whom and what.
    pub content: PrivacyRecordContent,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "privacy_record", id, event }
}

fn refused(refusal: PrivacyRecordRefusal) -> AppError {
    if refusal.is_conflict() { AppError::conflict(&refusal) } else { AppError::refused(&[refusal]) }
}

impl App {
    /// Records what was told or agreed to. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Refused`] where the day has not come, [`AppError::KeyReused`], or the database.
    pub async fn create_privacy_record(
        &self,
        call: &Call<'_>,
        person: Uuid,
        new: NewPrivacyRecord,
        answer: impl FnOnce(&PrivacyRecord) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let person = transaction.find_person(&call.scope, person).await?.ok_or(AppError::NotFound)?;
        privacy_records::check_recorded(new.on, call.scope.today).map_err(refused)?;
        let record = PrivacyRecord {
            id: (call.new_id)(),
            person_id: person.id,
            kind: new.kind,
            on: new.on,
            content: Some(new.content),
            withdrawn_on: None,
            recorded_by: call.scope.subject.clone(),
            version: 1,
        };
        transaction.insert_privacy_record(&call.scope, &record, call.at).await?;
        let told = told("create_privacy_record", Some(EventType::PrivacyRecorded), record.id);
        Ok(call.commit_once(transaction, told, answer(&record), Some(person.id)).await?)
    }

    /// Lists what was told and agreed to about a person; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_privacy_records(&self, call: &Call<'_>, person: Uuid) -> Result<Vec<PrivacyRecord>, AppError> {
        let transaction = self.with_person(call, person).await?;
        let records = transaction.list_privacy_records(&call.scope, person).await?;
        let told = Told { action: "list_privacy_records", resource: "person", id: person, event: None };
        call.commit(transaction, told).await?;
        Ok(records)
    }

    /// Gets a record; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_privacy_record(&self, call: &Call<'_>, id: Uuid) -> Result<PrivacyRecord, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let record = transaction.find_privacy_record(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_privacy_record", None, id)).await?;
        Ok(record)
    }

    /// Records that an agreement is withdrawn.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is no agreement or withdrawn,
    /// [`AppError::Refused`] where the day does not fit, or the database.
    pub async fn withdraw_agreement(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        on: NaiveDate,
    ) -> Result<PrivacyRecord, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut known = transaction.find_privacy_record(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if known.version != version {
            return Err(AppError::Stale);
        }
        let given = (known.on, known.withdrawn_on);
        privacy_records::check_withdrawn(known.kind, given, on, call.scope.today).map_err(refused)?;
        known.version = transaction.withdraw_agreement(&call.scope, &known, on, call.at).await?;
        known.withdrawn_on = Some(on);
        call.commit(transaction, told("withdraw_agreement", Some(EventType::AgreementWithdrawn), id)).await?;
        Ok(known)
    }
}

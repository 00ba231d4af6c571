//! Persons whose retention has ended, and their erasure: the accounting record stays, without identity [domain 10].

use balsts_domain::{
    calendar::{beginning_of, local_date},
    events::EventType,
    retention::{ErasureRefusal, RecordKind, Retention, RetentionRules},
};
use balsts_store::{Erasure, ExpiryFilter, PersonState, RecordedAnswer};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A person whose retention has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// The person.
    pub person_id: Uuid,
    /// The record that was kept longest.
    pub retention: Retention,
}

/// The place of a person in the list of those whose retention has ended.
pub type ExpiryPlace = (NaiveDate, Uuid);

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "person", id, event }
}

impl App {
    /// Lists persons whose retention has ended before a day, and where the next page begins. A page may be shorter than its
    /// limit: what is kept longer by another rule than that of the record that ended last is left out.
    ///
    /// # Errors
    /// The database.
    pub async fn list_expiries(
        &self,
        call: &Call<'_>,
        rules: &RetentionRules,
        day: NaiveDate,
        after: Option<ExpiryPlace>,
        limit: u64,
    ) -> Result<(Vec<Expiry>, Option<ExpiryPlace>), AppError> {
        let filter = ExpiryFilter { latest: rules.latest_events(day), after };
        let mut found = self.store.list_expired(&call.scope, &filter, limit.saturating_add(1)).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|(id, on, _)| (*on, *id));
        let expired = found.into_iter().filter_map(|(person_id, _, records)| {
            let retention = rules.check_erasure(&records, day).ok()?;
            Some(Expiry { person_id, retention })
        });
        Ok((expired.collect(), next))
    }

    /// Erases what tells of a person. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the person is erased or has a live case, [`AppError::Refused`] where
    /// the retention has not ended, [`AppError::KeyReused`], or the database.
    pub async fn erase_person(
        &self,
        call: &Call<'_>,
        rules: &RetentionRules,
        id: Uuid,
        reason: String,
        answer: impl FnOnce(&Erasure) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        match transaction.lock_person(&call.scope, id).await?.ok_or(AppError::NotFound)? {
            PersonState::Whole => {}
            PersonState::Erased => return Err(AppError::Conflict { code: "person_erased" }),
        }
        let records = transaction.list_records(&call.scope, id).await?;
        match rules.check_erasure(&records, call.scope.today) {
            Ok(_) => {}
            Err(refusal @ ErasureRefusal::Live) => return Err(AppError::conflict(&refusal)),
            Err(refusal @ ErasureRefusal::Kept(_)) => return Err(AppError::refused(&[refusal])),
        }
        let mut contents = transaction.list_contents_of(&call.scope, id).await?;
        contents.extend(transaction.list_attached_contents_of(&call.scope, id).await?);
        let erasure = Erasure { on: call.scope.today, by: call.scope.subject.clone(), reason };
        transaction.erase_person(&call.scope, id, &erasure, call.at).await?;
        let told = told("erase_person", Some(EventType::PersonErased), id);
        let answer = call.commit_once(transaction, told, answer(&erasure), None).await?;
        self.drop_contents(&contents).await;
        Ok(answer)
    }

    /// Deletes the recorded answers whose retention has ended: they hold personal data, also of those whom they are not recorded
    /// as being about. Tells how many.
    ///
    /// # Errors
    /// The database.
    pub async fn sweep_answers(&self, rules: &RetentionRules, now: DateTime<Utc>) -> Result<u64, AppError> {
        let kept = rules.kept_from(RecordKind::IdempotencyRecord, local_date(now));
        let Some(kept) = kept else { return Ok(0) };
        let swept = self.store.delete_answers(beginning_of(kept)).await?;
        if swept > 0 {
            self.store.overwrite_log().await;
        }
        Ok(swept)
    }

    /// Gets the erasure of a person; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the person is not erased, or the database.
    pub async fn get_erasure(&self, call: &Call<'_>, id: Uuid) -> Result<Erasure, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let erasure = transaction.find_erasure(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_erasure", None, id)).await?;
        Ok(erasure)
    }
}

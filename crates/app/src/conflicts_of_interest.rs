//! Conflicts of interest: who has one sees nothing of the person, and is given none of the cases.

use balsts_domain::{conflicts_of_interest::check_declared, events::EventType};
use balsts_store::{ConflictOfInterest, InsertError, RecordedAnswer};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "conflict_of_interest", id, event }
}

impl App {
    /// Declares a conflict of interest, the caller's own where no other is named. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Refused`] where the caller may not declare it, [`AppError::Conflict`] where it is declared
    /// already, [`AppError::KeyReused`], or the database.
    pub async fn declare_conflict_of_interest(
        &self,
        call: &Call<'_>,
        person: Uuid,
        (subject, reason): (Option<String>, String),
        answer: impl FnOnce(&ConflictOfInterest) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let person = transaction.find_person(&call.scope, person).await?.ok_or(AppError::NotFound)?;
        let subject = subject.unwrap_or_else(|| call.scope.subject.clone());
        check_declared((call.scope.role, &call.scope.subject), &subject)
            .map_err(|refusal| AppError::refused(&[refusal]))?;
        let declared = ConflictOfInterest {
            id: (call.new_id)(),
            person_id: person.id,
            subject,
            reason: Some(reason),
            declared_by: call.scope.subject.clone(),
            declared_on: call.scope.today,
            ended: None,
            version: 1,
        };
        let exists = |error| match error {
            InsertError::Exists => AppError::Conflict { code: "conflict_declared" },
            InsertError::Store(error) => error.into(),
        };
        transaction.insert_conflict_of_interest(&call.scope, &declared, call.at).await.map_err(exists)?;
        let told = told("declare_conflict_of_interest", Some(EventType::ConflictDeclared), declared.id);
        Ok(call.commit_once(transaction, told, answer(&declared), Some(person.id)).await?)
    }

    /// Lists the conflicts about a person, those that have ended as well; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_conflicts_of_interest(
        &self,
        call: &Call<'_>,
        person: Uuid,
    ) -> Result<Vec<ConflictOfInterest>, AppError> {
        let transaction = self.with_person(call, person).await?;
        let conflicts = transaction.list_conflicts_of_interest(&call.scope, person).await?;
        let told = Told { action: "list_conflicts_of_interest", resource: "person", id: person, event: None };
        call.commit(transaction, told).await?;
        Ok(conflicts)
    }

    /// Gets a conflict; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also where it is the caller's own, or the database.
    pub async fn get_conflict_of_interest(&self, call: &Call<'_>, id: Uuid) -> Result<ConflictOfInterest, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let conflict = transaction.find_conflict_of_interest(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_conflict_of_interest", None, id)).await?;
        Ok(conflict)
    }

    /// Ends a conflict: its subject works on the cases again from now on.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also where it is the caller's own, [`AppError::Stale`], [`AppError::Conflict`] where it has ended, or the
    /// database.
    pub async fn end_conflict_of_interest(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
    ) -> Result<ConflictOfInterest, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut known = transaction.find_conflict_of_interest(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if known.version != version {
            return Err(AppError::Stale);
        }
        if known.ended.is_some() {
            return Err(AppError::Conflict { code: "conflict_ended" });
        }
        transaction.end_conflict_of_interest(&call.scope, &known, call.at).await?;
        known.ended = Some((call.scope.today, call.scope.subject.clone()));
        known.version = known.version.saturating_add(1);
        call.commit(transaction, told("end_conflict_of_interest", Some(EventType::ConflictEnded), id)).await?;
        Ok(known)
    }
}

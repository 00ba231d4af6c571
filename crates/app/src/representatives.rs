//! Representatives: who speaks for a person, and sees as a recipient what the municipality has of that person.

use balsts_domain::{
    events::EventType,
    representatives::{self, Relation},
};
use balsts_store::{RecordedAnswer, Representative};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A representative as it is stored first.
#[derive(Debug)]
pub struct NewRepresentative {
    /// The issuer's identifier of who signs in, where it is known.
    pub subject: Option<String>,
    /// What the representative is to the person.
    pub relation: Relation,
    /// Name of the representative.
    pub name: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none while there is no end.
    pub valid_to: Option<NaiveDate>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "representative", id, event }
}

impl App {
    /// Stores a representative of a person. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Refused`] where the last day lies before the first, [`AppError::KeyReused`], or the
    /// database.
    pub async fn create_representative(
        &self,
        call: &Call<'_>,
        person: Uuid,
        new: NewRepresentative,
        answer: impl FnOnce(&Representative) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let person = transaction.find_person(&call.scope, person).await?.ok_or(AppError::NotFound)?;
        let NewRepresentative { subject, relation, name, valid_from, valid_to } = new;
        representatives::check_validity(valid_from, valid_to).map_err(|refusal| AppError::refused(&[refusal]))?;
        let (id, person_id, name) = ((call.new_id)(), person.id, Some(name));
        let stored = Representative { id, person_id, subject, relation, name, valid_from, valid_to, version: 1 };
        transaction.insert_representative(&call.scope, &stored, call.at).await?;
        let told = told("create_representative", Some(EventType::RepresentativeCreated), id);
        Ok(call.commit_once(transaction, told, answer(&stored), Some(person_id)).await?)
    }

    /// Lists the representatives of a person, those of old as well; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_representatives(&self, call: &Call<'_>, person: Uuid) -> Result<Vec<Representative>, AppError> {
        let transaction = self.with_person(call, person).await?;
        let representatives = transaction.list_representatives(&call.scope, person).await?;
        let told = Told { action: "list_representatives", resource: "person", id: person, event: None };
        call.commit(transaction, told).await?;
        Ok(representatives)
    }

    /// Gets a representative; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_representative(&self, call: &Call<'_>, id: Uuid) -> Result<Representative, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let representative = transaction.find_representative(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_representative", None, id)).await?;
        Ok(representative)
    }

    /// Sets the last day of a representative.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Refused`] where the last day lies before the first, or the database.
    pub async fn end_representative(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        valid_to: NaiveDate,
    ) -> Result<Representative, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut known = transaction.find_representative(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if known.version != version {
            return Err(AppError::Stale);
        }
        representatives::check_validity(known.valid_from, Some(valid_to))
            .map_err(|refusal| AppError::refused(&[refusal]))?;
        known.version = transaction.end_representative(&call.scope, &known, valid_to, call.at).await?;
        known.valid_to = Some(valid_to);
        call.commit(transaction, told("end_representative", Some(EventType::RepresentativeEnded), id)).await?;
        Ok(known)
    }
}

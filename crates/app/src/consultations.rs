//! Consultations of specialists between the rounds of assessment: recorded, and corrected by another entry.

use balsts_domain::{
    access::Role,
    consultations::{self, ConsultationDetails, Corrected},
    events::EventType,
};
use balsts_store::{Consultation, RecordedAnswer, WriteTransaction};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A consultation as it is recorded.
#[derive(Debug)]
pub struct NewConsultation {
    /// The day.
    pub held_on: NaiveDate,
    /// The entry that this one corrects.
    pub corrects: Option<Uuid>,
    /// What is recorded of it.
    pub details: ConsultationDetails,
}

impl App {
    /// Records a consultation of a case. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], also for a specialist to whom no assessment of the case is assigned, [`AppError::Refused`],
    /// [`AppError::KeyReused`], or the database.
    pub async fn record_consultation(
        &self,
        call: &Call<'_>,
        case: Uuid,
        new: NewConsultation,
        answer: impl FnOnce(&Consultation) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let person_id = person_of(call, &transaction, case).await?;
        let corrects = match new.corrects {
            Some(id) => {
                let found = transaction.find_consultation(&call.scope, id).await?;
                Some(found.map(|entry| Corrected {
                    application_id: entry.application_id,
                    is_corrected: entry.corrected_by.is_some(),
                }))
            }
            None => None,
        };
        consultations::check(case, new.held_on, call.scope.today, corrects)
            .map_err(|refusals| AppError::refused(&refusals))?;
        let consultation = Consultation {
            id: (call.new_id)(),
            application_id: case,
            person_id,
            held_on: new.held_on,
            corrects: new.corrects,
            corrected_by: None,
            details: Some(new.details),
            recorded_by: call.scope.subject.clone(),
            recorded_at: call.at,
        };
        transaction.insert_consultation(&call.scope, &consultation).await?;
        let told = Told {
            action: "record_consultation",
            resource: "consultation",
            id: consultation.id,
            event: Some(EventType::ConsultationRecorded),
        };
        Ok(call.commit_once(transaction, told, answer(&consultation), Some(person_id)).await?)
    }

    /// Lists the consultations of a case; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], also for a specialist to whom no assessment of the case is assigned, or the database.
    pub async fn list_consultations(&self, call: &Call<'_>, case: Uuid) -> Result<Vec<Consultation>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        person_of(call, &transaction, case).await?;
        let consultations = transaction.list_consultations(&call.scope, case).await?;
        let told = Told { action: "list_consultations", resource: "application", id: case, event: None };
        call.commit(transaction, told).await?;
        Ok(consultations)
    }

    /// Gets a consultation; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_consultation(&self, call: &Call<'_>, id: Uuid) -> Result<Consultation, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let consultation = transaction.find_consultation(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let told = Told { action: "get_consultation", resource: "consultation", id, event: None };
        call.commit(transaction, told).await?;
        Ok(consultation)
    }
}

/// The person of a case that the caller sees: to a specialist a case without an assignment is not there.
async fn person_of(call: &Call<'_>, transaction: &WriteTransaction, case: Uuid) -> Result<Uuid, AppError> {
    let application = transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
    if call.scope.role == Role::AssessmentSpecialist
        && transaction.list_assessments(&call.scope, case).await?.is_empty()
    {
        return Err(AppError::NotFound);
    }
    Ok(application.summary.person_id)
}

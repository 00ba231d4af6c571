//! The complaint register: taken, read by those whom it concerns, answered [domain 10, Rules].

use balsts_domain::{
    access::Scope,
    complaints::{
        ANONYMOUS, ComplaintAbout, ComplaintRefusal, ComplaintStatus, ComplaintWords, check_informant, sees_informant,
    },
    events::EventType,
};
use balsts_store::{
    Complaint, ComplaintFilter, ComplaintSummary, IdempotencyKey, Reach, RecordedAnswer, WriteTransaction,
};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A complaint as it comes in.
#[derive(Debug)]
pub struct NewComplaint {
    /// What it is about.
    pub about: ComplaintAbout,
    /// The case, where it is about one.
    pub case: Option<Uuid>,
    /// Whether nothing is to tell who makes it.
    pub anonymous: bool,
    /// What it says.
    pub words: ComplaintWords,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "complaint", id, event }
}

/// The complaint as the scope may see it.
fn shown(scope: &Scope, mut complaint: Complaint) -> Complaint {
    if !sees_informant(scope.role) {
        complaint.words.informant = None;
    }
    complaint
}

impl App {
    /// Takes a complaint. Of an anonymous one nothing stored tells the caller, whose keys are still the caller's own. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the caller has no such case, [`AppError::Refused`], [`AppError::KeyReused`], or the database.
    pub async fn take_complaint(
        &self,
        call: &Call<'_>,
        new: NewComplaint,
        answer: impl FnOnce(&Complaint) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let NewComplaint { about, case, anonymous, words } = new;
        check_informant(anonymous, words.informant.as_ref()).map_err(|refusal| AppError::refused(&[refusal]))?;
        let person = self.person_of_case(call, case).await?;
        let mut scope = call.scope.clone();
        let hidden =
            call.key.filter(|_| anonymous).map(|sent| self.store.anonymous_key(&scope, sent.key)).transpose()?;
        if anonymous {
            ANONYMOUS.clone_into(&mut scope.subject);
        }
        let key = call.key.map(|sent| IdempotencyKey { key: hidden.as_deref().unwrap_or(sent.key), ..sent });
        let call = Call { scope, request_id: call.request_id, at: call.at, new_id: call.new_id, key };
        let transaction = match self.begin_once(&call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let complaint = Complaint {
            summary: ComplaintSummary {
                id: (call.new_id)(),
                municipality: call.scope.municipality,
                about,
                application_id: case,
                anonymous,
                status: ComplaintStatus::Open,
                received_on: call.scope.today,
                answered_on: None,
                answered_by: None,
                recorded_by: call.scope.subject.clone(),
                version: 1,
            },
            words,
        };
        transaction.insert_complaint(&call.scope, &complaint, call.at).await?;
        let told = told("take_complaint", Some(EventType::ComplaintTaken), complaint.summary.id);
        Ok(call.commit_once(transaction, told, answer(&complaint), person).await?)
    }

    /// The person of a case that the caller sees.
    async fn person_of_case(&self, call: &Call<'_>, case: Option<Uuid>) -> Result<Option<Uuid>, AppError> {
        let Some(case) = case else { return Ok(None) };
        let transaction = self.store.begin_write(&call.scope).await?;
        let application = transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        Ok(Some(application.summary.person_id))
    }

    /// Gets a complaint that the caller sees; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_complaint(&self, call: &Call<'_>, id: Uuid) -> Result<Complaint, AppError> {
        let transaction = self.reaching(call).await?;
        let complaint = transaction.find_complaint(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_complaint", None, id)).await?;
        Ok(shown(&call.scope, complaint))
    }

    async fn reaching(&self, call: &Call<'_>) -> Result<WriteTransaction, AppError> {
        let reach = if call.scope.is_national() { Reach::Country } else { Reach::from(&call.scope) };
        Ok(self.store.begin_write(reach).await?)
    }

    /// Lists the complaints that the caller sees, without what is written in them.
    ///
    /// # Errors
    /// The database.
    pub async fn list_complaints(
        &self,
        call: &Call<'_>,
        filter: ComplaintFilter,
        limit: u64,
    ) -> Result<Vec<ComplaintSummary>, AppError> {
        Ok(self.store.list_complaints(&call.scope, filter, limit).await?)
    }

    /// Answers a complaint.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is answered, or the database.
    pub async fn answer_complaint(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        text: String,
    ) -> Result<Complaint, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut complaint = transaction.find_complaint(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if complaint.summary.version != version {
            return Err(AppError::Stale);
        }
        if complaint.summary.status == ComplaintStatus::Answered {
            return Err(AppError::conflict(&ComplaintRefusal::Answered));
        }
        complaint.words.answer = Some(text);
        complaint.summary.status = ComplaintStatus::Answered;
        complaint.summary.answered_on = Some(call.scope.today);
        complaint.summary.answered_by = Some(call.scope.subject.clone());
        transaction.update_complaint(&call.scope, &mut complaint, call.at).await?;
        call.commit(transaction, told("answer_complaint", Some(EventType::ComplaintAnswered), id)).await?;
        Ok(shown(&call.scope, complaint))
    }
}

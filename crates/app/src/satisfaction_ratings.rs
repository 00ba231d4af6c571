//! How worker, person or parent, specialists and providers rate the stages of a case, once a year.

use balsts_domain::{
    access::Role,
    day,
    dimensions::PlaceDimension,
    events::EventType,
    parameters::{catalogue::MethodologyId, municipalities::Municipalities},
    satisfaction::{self, Rated, RatedStage, SatisfactionRefusal, SatisfactionRespondent, StageRating},
};
use balsts_store::{InsertError, RecordedAnswer, SatisfactionRating};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told, off_thread};

/// Ratings read at a time.
const PAGE: u64 = 1_000;

/// Ratings as they are given.
#[derive(Debug)]
pub struct NewSatisfactionRating {
    /// Who rates.
    pub respondent: SatisfactionRespondent,
    /// Which of them.
    pub respondent_key: Option<String>,
    /// The day.
    pub rated_on: NaiveDate,
    /// The ratings.
    pub ratings: Vec<StageRating>,
    /// In words.
    pub comment: Option<String>,
}

impl App {
    /// Stores how somebody rates a case. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the respondent has rated the case in the year, [`AppError::Refused`],
    /// [`AppError::KeyReused`], or the database.
    pub async fn rate_satisfaction(
        &self,
        call: &Call<'_>,
        case: Uuid,
        new: NewSatisfactionRating,
        answer: impl FnOnce(&SatisfactionRating) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let application = transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        // To a specialist a case without an assignment is not there.
        let is_specialist = call.scope.role == Role::AssessmentSpecialist;
        if is_specialist && transaction.list_assessments(&call.scope, case).await?.is_empty() {
            return Err(AppError::NotFound);
        }
        let NewSatisfactionRating { respondent, respondent_key, rated_on, ratings, comment } = new;
        let key = satisfaction::respondent_key(&call.scope, respondent, respondent_key);
        let key = key.map_err(|refusal| AppError::refused(&[refusal]))?;
        let refusals = satisfaction::check(respondent, &ratings);
        if !refusals.is_empty() {
            return Err(AppError::refused(&refusals));
        }
        let received = application.summary.received_at.date();
        let refusal = day::check("/rated_on", received, call.scope.today, rated_on);
        refusal.map_or(Ok(()), |refusal| Err(AppError::refused(&[refusal])))?;
        let rating = SatisfactionRating {
            id: (call.new_id)(),
            application_id: case,
            person_id: application.summary.person_id,
            methodology: application.summary.methodology,
            respondent,
            respondent_key: Some(key),
            rated_on,
            ratings,
            comment,
            recorded_by: call.scope.subject.clone(),
        };
        match transaction.insert_satisfaction_rating(&call.scope, &rating, call.at).await {
            Ok(()) => {}
            Err(InsertError::Exists) => return Err(AppError::conflict(&SatisfactionRefusal::RatedThisYear)),
            Err(InsertError::Store(error)) => return Err(error.into()),
        }
        let told = Told {
            action: "rate_satisfaction",
            resource: "satisfaction_rating",
            id: rating.id,
            event: Some(EventType::SatisfactionRated),
        };
        Ok(call.commit_once(transaction, told, answer(&rating), Some(rating.person_id)).await?)
    }

    /// Lists the ratings of a case; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_satisfaction_ratings(
        &self,
        call: &Call<'_>,
        case: Uuid,
    ) -> Result<Vec<SatisfactionRating>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        transaction.find_kept_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        let ratings = transaction.list_satisfaction_ratings(&call.scope, case).await?;
        let told = Told { action: "list_satisfaction_ratings", resource: "application", id: case, event: None };
        call.commit(transaction, told).await?;
        Ok(ratings)
    }

    /// Counts the ratings of a methodology in the caller's municipality, or in the country: by respondent, stage, and place.
    ///
    /// # Errors
    /// The database.
    pub async fn satisfaction_statistics(
        &self,
        call: &Call<'_>,
        municipalities: &Municipalities,
        (methodology, by): (MethodologyId, PlaceDimension),
    ) -> Result<Vec<RatedStage>, AppError> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.list_counted_ratings(&call.scope, methodology, after, PAGE).await?;
            let Some(last) = page.last().map(|rated| rated.id) else { break };
            after = Some(last);
            all.extend(page.into_iter().map(|rated| Rated {
                person: rated.person,
                group: by.group(rated.municipality, municipalities),
                respondent: rated.respondent,
                ratings: rated.ratings,
            }));
        }
        let is_published = call.scope.is_national();
        off_thread(move || satisfaction::statistics(&all, is_published)).await
    }
}

//! Surveys of a case: recorded by the office, read by the country under the recipient's code, counted.

use balsts_domain::{
    applications::Outcome,
    day,
    events::EventType,
    parameters::{
        catalogue::{Impairment, MethodologyId},
        municipalities::Municipalities,
    },
    survey_statistics::{self, DimensionStatistics, Scored},
    surveys::{NewSurvey, SurveyDimension, SurveyInstrument, SurveyRefusal, SurveyWarning, Surveyed, Taken, warnings},
};
use balsts_store::{
    Application, CountedSurvey, InsertError, Purpose, Reach, RecordedAnswer, Store, StoreError, Survey, SurveyFilter,
    WriteTransaction,
};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told, off_thread};

/// What pseudonymous codes of surveys are for.
const PURPOSE: &str = "surveys";

/// Surveys read at a time.
const PAGE: u64 = 1_000;

/// A survey with what is unusual about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSurvey {
    /// The survey.
    pub survey: Survey,
    /// What is unusual.
    pub warnings: Vec<SurveyWarning>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "survey", id, event }
}

fn taken(survey: &Survey) -> Taken {
    let Survey { instrument, moment, taken_on, respondent, .. } = *survey;
    Taken { instrument, moment, taken_on, respondent }
}

/// Whose survey it is. A child's mental disorder is known as an impairment.
fn surveyed(application: &Application) -> Surveyed {
    let evidence = &application.evidence;
    let impaired = evidence.impairment_types.as_ref().is_some_and(|types| types.contains(&Impairment::Mental));
    Surveyed {
        methodology: application.summary.methodology,
        birth_date: evidence.birth_date,
        mental_disorder: evidence.mental_disorder.unwrap_or_default() || impaired,
    }
}

/// The day of the grant, which comes before any survey.
fn granted_on(application: &Application) -> Result<NaiveDate, AppError> {
    let granted = application.decision.as_ref().filter(|decision| decision.outcome == Outcome::Grant);
    granted.map(|decision| decision.decided_on).ok_or(AppError::Conflict { code: "application_not_granted" })
}

fn expect_days(new: &NewSurvey, granted_on: NaiveDate, today: NaiveDate) -> Result<(), AppError> {
    let contract_on = new.content.contract_on;
    let contract = contract_on.and_then(|day| day::check("/contract_on", granted_on, today, day));
    let taken = day::check("/taken_on", contract_on.unwrap_or(granted_on).max(granted_on), today, new.taken_on);
    let refusals: Vec<_> = contract.into_iter().chain(taken).collect();
    if refusals.is_empty() { Ok(()) } else { Err(AppError::refused(&refusals)) }
}

impl App {
    /// Records a survey of a case. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the case is not granted or has this survey, [`AppError::Refused`],
    /// [`AppError::KeyReused`], or the database.
    pub async fn record_survey(
        &self,
        call: &Call<'_>,
        case: Uuid,
        mut new: NewSurvey,
        answer: impl FnOnce(&KnownSurvey) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let application = transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        let granted_on = granted_on(&application)?;
        let refusals = new.check(surveyed(&application));
        if !refusals.is_empty() {
            return Err(AppError::refused(&refusals));
        }
        expect_days(&new, granted_on, call.scope.today)?;
        new.complete(&application.evidence);
        let purpose: Purpose = PURPOSE.parse().map_err(|_| AppError::Broken)?;
        let NewSurvey { instrument, moment, taken_on, respondent, content } = new;
        let survey = Survey {
            id: (call.new_id)(),
            municipality: call.scope.municipality,
            application_id: case,
            person_id: application.summary.person_id,
            methodology: application.summary.methodology,
            code: transaction.pseudonym(&application.person, &purpose)?,
            instrument,
            moment,
            taken_on,
            respondent,
            content,
            recorded_by: call.scope.subject.clone(),
        };
        match transaction.insert_survey(&call.scope, &survey, call.at).await {
            Ok(()) => {}
            Err(InsertError::Exists) => return Err(AppError::conflict(&SurveyRefusal::Exists)),
            Err(InsertError::Store(error)) => return Err(error.into()),
        }
        let (id, person) = (survey.id, survey.person_id);
        let known = with_warnings(call, &transaction, vec![survey]).await?;
        let known = known.first().ok_or(AppError::Broken)?;
        let told = told("record_survey", Some(EventType::SurveyRecorded), id);
        Ok(call.commit_once(transaction, told, answer(known), Some(person)).await?)
    }

    /// Lists the surveys of a case; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_case_surveys(&self, call: &Call<'_>, case: Uuid) -> Result<Vec<KnownSurvey>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        transaction.find_kept_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        let surveys = transaction.list_surveys_of(&call.scope, case).await?;
        let known = with_warnings(call, &transaction, surveys).await?;
        call.commit(transaction, Told { action: "list_case_surveys", resource: "application", id: case, event: None })
            .await?;
        Ok(known)
    }

    /// Lists surveys of the country by code; the read is audited in the country's chain.
    ///
    /// # Errors
    /// The database.
    pub async fn list_surveys(
        &self,
        call: &Call<'_>,
        filter: &SurveyFilter,
        limit: u64,
    ) -> Result<Vec<Survey>, AppError> {
        let transaction = self.store.begin_write(reach(call)).await?;
        let surveys = transaction.list_surveys(&call.scope, filter, limit).await?;
        call.commit(transaction, told("list_surveys", None, Uuid::nil())).await?;
        Ok(surveys)
    }

    /// Gets a survey; the read is audited. The country learns nothing of its case.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_survey(&self, call: &Call<'_>, id: Uuid) -> Result<KnownSurvey, AppError> {
        let transaction = self.store.begin_write(reach(call)).await?;
        let survey = transaction.find_survey(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let known = if call.scope.is_national() {
            KnownSurvey { survey, warnings: Vec::new() }
        } else {
            with_warnings(call, &transaction, vec![survey]).await?.pop().ok_or(AppError::Broken)?
        };
        call.commit(transaction, told("get_survey", None, id)).await?;
        Ok(known)
    }

    /// Counts the scores of an instrument in the caller's municipality, or in the country.
    ///
    /// # Errors
    /// The database.
    pub async fn survey_statistics(
        &self,
        call: &Call<'_>,
        municipalities: &Municipalities,
        (methodology, instrument): (MethodologyId, SurveyInstrument),
        by: SurveyDimension,
    ) -> Result<Vec<DimensionStatistics>, AppError> {
        let of = (methodology, instrument);
        let municipalities = std::sync::Arc::new(municipalities.clone());
        let mut scored = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.list_counted_surveys(&call.scope, of, after, PAGE).await?;
            let Some(last) = page.last().map(|row| row.id) else { break };
            after = Some(last);
            let (store, municipalities) = (self.store.clone(), municipalities.clone());
            scored.extend(off_thread(move || opened(&store, &page, &municipalities, by)).await??);
        }
        let is_published = call.scope.is_national();
        off_thread(move || survey_statistics::statistics(instrument, &scored, is_published)).await
    }
}

fn reach(call: &Call<'_>) -> Reach {
    if call.scope.is_national() { Reach::Country } else { Reach::from(&call.scope) }
}

fn opened(
    store: &Store,
    page: &[CountedSurvey],
    municipalities: &Municipalities,
    by: SurveyDimension,
) -> Result<Vec<Scored>, StoreError> {
    let scored = |row: &CountedSurvey| {
        let (code, moment, respondent, content) = store.open_counted_survey(row)?;
        let group = by.group(&content.characteristics, code, municipalities);
        let (case, person) = (row.application_id, row.person_id);
        Ok(Scored { case, person, group, moment, respondent, scores: content.scores })
    };
    page.iter().map(scored).collect()
}

/// Surveys of one case, each beside the others and the completed assessments of the case.
async fn with_warnings(
    call: &Call<'_>,
    transaction: &WriteTransaction,
    surveys: Vec<Survey>,
) -> Result<Vec<KnownSurvey>, AppError> {
    let Some(case) = surveys.first().map(|survey| survey.application_id) else { return Ok(Vec::new()) };
    let all: Vec<Taken> = transaction.list_surveys_of(&call.scope, case).await?.iter().map(taken).collect();
    let assessments = transaction.list_assessments(&call.scope, case).await?;
    let assessed_on: Vec<NaiveDate> = assessments
        .iter()
        .filter(|assessment| assessment.completed_on.is_some())
        .map(|assessment| assessment.assessed_on)
        .collect();
    let known = |survey: Survey| KnownSurvey { warnings: warnings(taken(&survey), &all, &assessed_on), survey };
    Ok(surveys.into_iter().map(known).collect())
}

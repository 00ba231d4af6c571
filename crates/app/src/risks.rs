//! The risk register of an office: registered, assessed, analysed, reviewed, reported, closed.

use balsts_domain::{
    day,
    dimensions::PlaceDimension,
    events::EventType,
    parameters::municipalities::Municipalities,
    risks::{RiskContent, RiskGrade, RiskKind, RiskState, RiskStatistics, RiskStep, RiskStepKind},
};
use balsts_store::{RecordedAnswer, Risk, RiskFilter, WriteTransaction};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A risk as the office writes it.
#[derive(Debug)]
pub struct NewRisk {
    /// What kind it is.
    pub kind: RiskKind,
    /// The day on which it was identified.
    pub identified_on: NaiveDate,
    /// What may happen.
    pub description: String,
    /// How probable it is.
    pub probability: Option<RiskGrade>,
    /// How large its impact is.
    pub impact: Option<RiskGrade>,
}

/// An analysis: what is done against a risk.
#[derive(Debug)]
pub struct NewRiskAnalysis {
    /// The day.
    pub analysed_on: NaiveDate,
    /// What is done.
    pub measures: String,
    /// Who is responsible.
    pub responsible: String,
    /// The next day to look at it.
    pub review_on: NaiveDate,
}

/// A review: how a risk is now.
#[derive(Debug)]
pub struct NewRiskReview {
    /// The day.
    pub reviewed_on: NaiveDate,
    /// How probable it is.
    pub probability: RiskGrade,
    /// How large its impact is.
    pub impact: RiskGrade,
    /// What was found.
    pub finding: String,
    /// The next day to look at it.
    pub review_on: NaiveDate,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "risk", id, event }
}

fn expect_day(call: &Call<'_>, pointer: &'static str, earliest: NaiveDate, on: NaiveDate) -> Result<(), AppError> {
    let refusal = day::check(pointer, earliest, call.scope.today, on);
    refusal.map_or(Ok(()), |refusal| Err(AppError::refused(&[refusal])))
}

/// The next review does not lie before the day of this one.
fn expect_later(review_on: NaiveDate, on: NaiveDate) -> Result<(), AppError> {
    let refusal = day::check_between("/review_on", on, NaiveDate::MAX, review_on);
    refusal.map_or(Ok(()), |refusal| Err(AppError::refused(&[refusal])))
}

fn note(call: &Call<'_>, risk: &mut Risk, kind: RiskStepKind, on: NaiveDate, text: String) {
    let (level, recorded_by) = (risk.state.level(), call.scope.subject.clone());
    risk.content.steps.push(RiskStep { kind, on, level, text, recorded_by });
}

impl App {
    /// Registers a risk. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::Refused`], [`AppError::KeyReused`], or the database.
    pub async fn register_risk(
        &self,
        call: &Call<'_>,
        new: NewRisk,
        answer: impl FnOnce(&Risk) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let NewRisk { kind, identified_on, description, probability, impact } = new;
        expect_day(call, "/identified_on", NaiveDate::MIN, identified_on)?;
        let risk = Risk {
            id: (call.new_id)(),
            municipality: call.scope.municipality,
            state: RiskState {
                kind,
                identified_on,
                probability,
                impact,
                analysed_level: None,
                review_on: None,
                reported_on: None,
                closed_on: None,
            },
            content: RiskContent { description, measures: None, responsible: None, steps: Vec::new() },
            created_by: call.scope.subject.clone(),
            version: 1,
        };
        transaction.insert_risk(&call.scope, &risk, call.at).await?;
        let told = told("register_risk", Some(EventType::RiskRegistered), risk.id);
        Ok(call.commit_once(transaction, told, answer(&risk), None).await?)
    }

    /// Gets a risk that the caller sees.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_risk(&self, call: &Call<'_>, id: Uuid) -> Result<Risk, AppError> {
        self.store.get_risk(&call.scope, id).await?.ok_or(AppError::NotFound)
    }

    /// Lists the risks that the caller sees.
    ///
    /// # Errors
    /// The database.
    pub async fn list_risks(&self, call: &Call<'_>, filter: RiskFilter, limit: u64) -> Result<Vec<Risk>, AppError> {
        Ok(self.store.list_risks(&call.scope, filter, limit).await?)
    }

    /// Counts the risks that the caller sees.
    ///
    /// # Errors
    /// The database.
    pub async fn risk_statistics(
        &self,
        call: &Call<'_>,
        municipalities: &Municipalities,
        by: PlaceDimension,
    ) -> Result<RiskStatistics, AppError> {
        let cells = self.store.count_risks(&call.scope).await?;
        Ok(RiskStatistics::of(&cells, |code| by.group(code, municipalities).name))
    }

    /// Changes what is known of a risk. A changed level asks for another analysis.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is closed, [`AppError::Refused`], or the
    /// database.
    pub async fn update_risk(&self, call: &Call<'_>, of: (Uuid, i64), new: NewRisk) -> Result<Risk, AppError> {
        let (transaction, mut risk) = self.open_risk(call, of).await?;
        let NewRisk { kind, identified_on, description, probability, impact } = new;
        expect_day(call, "/identified_on", NaiveDate::MIN, identified_on)?;
        risk.state = RiskState { kind, identified_on, probability, impact, ..risk.state };
        risk.content.description = description;
        self.save_risk(call, transaction, risk, ("update_risk", EventType::RiskChanged)).await
    }

    /// Records what is done against a risk.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is closed or not assessed,
    /// [`AppError::Refused`], or the database.
    pub async fn analyse_risk(&self, call: &Call<'_>, of: (Uuid, i64), new: NewRiskAnalysis) -> Result<Risk, AppError> {
        let (transaction, mut risk) = self.open_risk(call, of).await?;
        let NewRiskAnalysis { analysed_on, measures, responsible, review_on } = new;
        expect_day(call, "/analysed_on", risk.state.identified_on, analysed_on)?;
        expect_later(review_on, analysed_on)?;
        risk.state.analyse(review_on).map_err(|refusal| AppError::conflict(&refusal))?;
        note(call, &mut risk, RiskStepKind::Analysis, analysed_on, measures.clone());
        (risk.content.measures, risk.content.responsible) = (Some(measures), Some(responsible));
        self.save_risk(call, transaction, risk, ("analyse_risk", EventType::RiskChanged)).await
    }

    /// Records how a risk is now. A changed level asks for another analysis.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is closed, [`AppError::Refused`], or the
    /// database.
    pub async fn review_risk(&self, call: &Call<'_>, of: (Uuid, i64), new: NewRiskReview) -> Result<Risk, AppError> {
        let (transaction, mut risk) = self.open_risk(call, of).await?;
        let NewRiskReview { reviewed_on, probability, impact, finding, review_on } = new;
        expect_day(call, "/reviewed_on", risk.state.identified_on, reviewed_on)?;
        expect_later(review_on, reviewed_on)?;
        (risk.state.probability, risk.state.impact) = (Some(probability), Some(impact));
        risk.state.review_on = Some(review_on);
        note(call, &mut risk, RiskStepKind::Review, reviewed_on, finding);
        self.save_risk(call, transaction, risk, ("review_risk", EventType::RiskChanged)).await
    }

    /// Reports a risk to the ministry as a problem.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is closed, or the database.
    pub async fn report_risk(&self, call: &Call<'_>, of: (Uuid, i64), problem: String) -> Result<Risk, AppError> {
        let (transaction, mut risk) = self.open_risk(call, of).await?;
        risk.state.reported_on = Some(call.scope.today);
        note(call, &mut risk, RiskStepKind::Report, call.scope.today, problem);
        self.save_risk(call, transaction, risk, ("report_risk", EventType::RiskReported)).await
    }

    /// Closes a risk that is none any more.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is closed, [`AppError::Refused`], or the
    /// database.
    pub async fn close_risk(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        (closed_on, reason): (NaiveDate, String),
    ) -> Result<Risk, AppError> {
        let (transaction, mut risk) = self.open_risk(call, of).await?;
        expect_day(call, "/closed_on", risk.state.identified_on, closed_on)?;
        risk.state.closed_on = Some(closed_on);
        note(call, &mut risk, RiskStepKind::Closure, closed_on, reason);
        self.save_risk(call, transaction, risk, ("close_risk", EventType::RiskChanged)).await
    }

    async fn open_risk(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
    ) -> Result<(WriteTransaction, Risk), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let risk = transaction.find_risk(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if risk.version != version {
            return Err(AppError::Stale);
        }
        risk.state.expect_open().map_err(|refusal| AppError::conflict(&refusal))?;
        Ok((transaction, risk))
    }

    async fn save_risk(
        &self,
        call: &Call<'_>,
        transaction: WriteTransaction,
        mut risk: Risk,
        (action, event): (&'static str, EventType),
    ) -> Result<Risk, AppError> {
        transaction.update_risk(&call.scope, &mut risk, call.at).await?;
        call.commit(transaction, told(action, Some(event), risk.id)).await?;
        Ok(risk)
    }
}

//! Needs assessments of a case: begun, written by the worker and the specialists, agreed, completed.

use balsts_domain::{
    access::Role,
    assessments::{
        Agreement, AgreementForm, AssessmentKind, AssessmentRefusal, AssessmentStatus, Content, Findings, Opinion,
        ReportedTo, RightsReport, report_due, sees_reports,
    },
    calendar::Calendar,
    day,
    events::EventType,
    parameters::catalogue::Catalogue,
};
use balsts_store::{Assessment, RIGHTS_REPORT, RecordedAnswer, WriteTransaction};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told, providers::expect};

/// An assessment as the worker writes it.
#[derive(Debug)]
pub struct NewAssessment {
    /// Why it is made.
    pub kind: AssessmentKind,
    /// The day on which it takes or took place.
    pub assessed_on: NaiveDate,
    /// What the worker records.
    pub findings: Findings,
}

/// A report of breached rights as it is recorded.
#[derive(Debug)]
pub struct NewRightsReport {
    /// To whom.
    pub to: ReportedTo,
    /// The day on which the suspicion arose.
    pub noticed_on: NaiveDate,
    /// The day of the report.
    pub reported_on: NaiveDate,
    /// What is suspected.
    pub suspicion: String,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "assessment", id, event }
}

/// Who a record is about: a specialist speaks for itself only, and may leave that out.
fn speaker(call: &Call<'_>, named: Option<String>) -> Result<String, AppError> {
    let own = call.scope.subject.clone();
    let Some(named) = named else { return Ok(own) };
    expect(call.scope.role != Role::AssessmentSpecialist || named == own)?;
    Ok(named)
}

/// An assessment as a role sees it.
fn seen(call: &Call<'_>, mut assessment: Assessment) -> Assessment {
    if !sees_reports(call.scope.role) {
        assessment.reports.clear();
    }
    assessment
}

impl App {
    /// Begins an assessment of a case. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the case is closed or has its initial assessment,
    /// [`AppError::Refused`], [`AppError::KeyReused`], or the database.
    pub async fn create_assessment(
        &self,
        call: &Call<'_>,
        case: Uuid,
        new: NewAssessment,
        answer: impl FnOnce(&Assessment) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let application = transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        // What closes a case may follow its end.
        if new.kind != AssessmentKind::Closing {
            application.summary.status.expect_live().map_err(|refusal| AppError::conflict(&refusal))?;
        }
        expect_fit(&new.findings)?;
        let NewAssessment { kind, assessed_on, findings } = new;
        if kind == AssessmentKind::Initial {
            expect_no_initial(call, &transaction, case, None).await?;
        }
        let assessment = Assessment {
            id: (call.new_id)(),
            application_id: case,
            person_id: application.summary.person_id,
            kind,
            assessed_on,
            status: AssessmentStatus::Draft,
            completed_on: None,
            content: Content::new(findings),
            reports: Vec::new(),
            created_by: call.scope.subject.clone(),
            version: 1,
        };
        transaction.insert_assessment(&call.scope, &assessment, call.at).await?;
        let told = told("create_assessment", Some(EventType::AssessmentCreated), assessment.id);
        Ok(call.commit_once(transaction, told, answer(&assessment), Some(assessment.person_id)).await?)
    }

    /// Lists the assessments of a case; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_assessments(&self, call: &Call<'_>, case: Uuid) -> Result<Vec<Assessment>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        let assessments = assessments_of(call, &transaction, case).await?;
        // To a specialist a case without an assignment is not there.
        if call.scope.role == Role::AssessmentSpecialist && assessments.is_empty() {
            return Err(AppError::NotFound);
        }
        let told = Told { action: "list_assessments", resource: "application", id: case, event: None };
        call.commit(transaction, told).await?;
        Ok(assessments)
    }

    /// Gets an assessment; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_assessment(&self, call: &Call<'_>, id: Uuid) -> Result<Assessment, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let assessment = transaction.find_assessment(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_assessment", None, id)).await?;
        Ok(seen(call, assessment))
    }

    /// Replaces what the worker records in a draft. Agreements with what stood there before end.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is completed, [`AppError::Refused`], or the
    /// database.
    pub async fn update_assessment(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        new: NewAssessment,
    ) -> Result<Assessment, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        if new.kind == AssessmentKind::Initial {
            // The application first, as everywhere: nobody else makes one of its assessments the initial one meanwhile.
            let case =
                transaction.find_application_of_assessment(&call.scope, of.0).await?.ok_or(AppError::NotFound)?;
            transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        }
        let mut assessment = current(&transaction, call, of).await?;
        assessment.status.expect_draft().map_err(|refusal| AppError::conflict(&refusal))?;
        expect_fit(&new.findings)?;
        let NewAssessment { kind, assessed_on, findings } = new;
        if kind == AssessmentKind::Initial {
            expect_no_initial(call, &transaction, assessment.application_id, Some(assessment.id)).await?;
        }
        (assessment.kind, assessment.assessed_on) = (kind, assessed_on);
        assessment.content.replace_findings(findings);
        self.save(call, transaction, assessment, ("update_assessment", EventType::AssessmentChanged)).await
    }

    /// Writes the opinion of a member, in place of an earlier one. A specialist writes the own one only.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Denied`], [`AppError::Stale`], [`AppError::Conflict`] where it is completed,
    /// [`AppError::Refused`], or the database.
    pub async fn write_opinion(
        &self,
        call: &Call<'_>,
        catalogue: &Catalogue,
        of: (Uuid, i64),
        author: Option<String>,
        opinion: Opinion,
    ) -> Result<Assessment, AppError> {
        let (transaction, mut assessment) = self.draft(call, of).await?;
        let author = speaker(call, author)?;
        expect_past(call, "/written_on", opinion.written_on)?;
        let written = assessment.content.put_opinion(Opinion { author, ..opinion }, catalogue);
        written.map_err(|refusals| AppError::refused(&refusals))?;
        self.save(call, transaction, assessment, ("write_opinion", EventType::AssessmentChanged)).await
    }

    /// Records that a member agrees with the protocol. A specialist agrees for itself only.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Denied`], [`AppError::Stale`], [`AppError::Conflict`] where it is completed,
    /// [`AppError::Refused`], or the database.
    pub async fn agree_assessment(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        member: Option<String>,
        (form, agreed_on): (AgreementForm, NaiveDate),
    ) -> Result<Assessment, AppError> {
        let (transaction, mut assessment) = self.draft(call, of).await?;
        let member = speaker(call, member)?;
        expect_past(call, "/agreed_on", agreed_on)?;
        let agreement = Agreement { member, form, agreed_on, recorded_by: call.scope.subject.clone() };
        assessment.content.put_agreement(agreement).map_err(|refusal| AppError::refused(&[refusal]))?;
        self.save(call, transaction, assessment, ("agree_assessment", EventType::AssessmentChanged)).await
    }

    /// Completes an assessment, which never changes afterwards.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is completed already, [`AppError::Refused`]
    /// where something is missing, or the database.
    pub async fn complete_assessment(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<Assessment, AppError> {
        let (transaction, mut assessment) = self.draft(call, of).await?;
        let missing = assessment.content.missing();
        if !missing.is_empty() {
            return Err(AppError::refused(&missing));
        }
        expect_past(call, "/assessed_on", assessment.assessed_on)?;
        (assessment.status, assessment.completed_on) = (AssessmentStatus::Completed, Some(call.scope.today));
        self.save(call, transaction, assessment, ("complete_assessment", EventType::AssessmentCompleted)).await
    }

    /// Records that a suspicion of breached rights was reported; also of a completed assessment. No event tells of it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Denied`], [`AppError::Stale`], [`AppError::Refused`], or the database.
    pub async fn record_rights_report(
        &self,
        call: &Call<'_>,
        calendar: &Calendar,
        (id, version): (Uuid, i64),
        new: NewRightsReport,
    ) -> Result<Assessment, AppError> {
        expect(sees_reports(call.scope.role))?;
        let (transaction, mut assessment) = self.assessment(call, (id, version)).await?;
        let NewRightsReport { to, noticed_on, reported_on, suspicion } = new;
        let refusal = day::check("/reported_on", noticed_on, call.scope.today, reported_on);
        refusal.map_or(Ok(()), |refusal| Err(AppError::refused(&[refusal])))?;
        let calendar = transaction.office_calendar(&call.scope, calendar, noticed_on).await?;
        let due_on = report_due(&calendar, noticed_on).map_err(|refusal| AppError::refused(&[refusal]))?;
        let recorded_by = call.scope.subject.clone();
        assessment.reports.push(RightsReport { to, noticed_on, reported_on, due_on, suspicion, recorded_by });
        transaction.update_assessment(&call.scope, &mut assessment, call.at).await?;
        call.commit(transaction, told(RIGHTS_REPORT, None, id)).await?;
        Ok(assessment)
    }

    async fn assessment(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<(WriteTransaction, Assessment), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let assessment = current(&transaction, call, of).await?;
        Ok((transaction, assessment))
    }

    async fn draft(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<(WriteTransaction, Assessment), AppError> {
        let (transaction, assessment) = self.assessment(call, of).await?;
        assessment.status.expect_draft().map_err(|refusal| AppError::conflict(&refusal))?;
        Ok((transaction, assessment))
    }

    async fn save(
        &self,
        call: &Call<'_>,
        transaction: WriteTransaction,
        mut assessment: Assessment,
        (action, event): (&'static str, EventType),
    ) -> Result<Assessment, AppError> {
        transaction.update_assessment(&call.scope, &mut assessment, call.at).await?;
        call.commit(transaction, told(action, Some(event), assessment.id)).await?;
        Ok(seen(call, assessment))
    }
}

/// An assessment that is still of the version that the caller knows.
async fn current(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    (id, version): (Uuid, i64),
) -> Result<Assessment, AppError> {
    let assessment = transaction.find_assessment(&call.scope, id).await?.ok_or(AppError::NotFound)?;
    if assessment.version == version { Ok(assessment) } else { Err(AppError::Stale) }
}

/// The assessments of a case as the caller sees them.
pub(crate) async fn assessments_of(
    call: &Call<'_>,
    transaction: &WriteTransaction,
    case: Uuid,
) -> Result<Vec<Assessment>, AppError> {
    let found = transaction.list_assessments(&call.scope, case).await?;
    Ok(found.into_iter().map(|assessment| seen(call, assessment)).collect())
}

fn expect_fit(findings: &Findings) -> Result<(), AppError> {
    let refusals = findings.check();
    if refusals.is_empty() { Ok(()) } else { Err(AppError::refused(&refusals)) }
}

async fn expect_no_initial(
    call: &Call<'_>,
    transaction: &WriteTransaction,
    case: Uuid,
    itself: Option<Uuid>,
) -> Result<(), AppError> {
    let known = transaction.list_assessments(&call.scope, case).await?;
    let is_other = |known: &Assessment| known.kind == AssessmentKind::Initial && Some(known.id) != itself;
    if known.iter().any(is_other) { Err(AppError::conflict(&AssessmentRefusal::InitialExists)) } else { Ok(()) }
}

fn expect_past(call: &Call<'_>, pointer: &'static str, on: NaiveDate) -> Result<(), AppError> {
    let refusal = day::check(pointer, NaiveDate::MIN, call.scope.today, on);
    refusal.map_or(Ok(()), |refusal| Err(AppError::refused(&[refusal])))
}

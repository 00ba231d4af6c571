//! Reports of the pilot: generated, agreed with the ministry's team, submitted, returned, approved [domain 8.2, 4.6].

use std::collections::BTreeSet;

use balsts_domain::{
    access::Denied,
    calendar::beginning_of,
    events::EventType,
    money::Money,
    month::Month,
    parameters::Parameters,
    pilot_reports::{
        Figure, Generated, PilotReportContent, PilotReportKind, PilotReportRefusal, PilotReportStatus,
        PilotReportStepKind, PilotReportWarning, SupportingDocument, check_agreement, check_documents, figures,
        warnings,
    },
};
use balsts_store::{
    InsertError, NotAPurpose, PilotReport, PilotReportFilter, PilotReportStep, Purpose, RecordedAnswer, SummaryFigure,
    WriteTransaction,
};
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, LateReport, Told,
    monthly_reports::{PURPOSE, late},
};

/// What the office adds to a report.
#[derive(Debug, Clone, Default)]
pub struct NewPilotContent {
    /// Its words; they tell of no person.
    pub notes: Option<String>,
    /// The supporting documents of a cash flow.
    pub documents: Vec<SupportingDocument>,
}

/// A report with its figures, what is unusual about it and what was done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PilotReportFile {
    /// The report.
    pub report: PilotReport,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// What is unusual.
    pub warnings: Vec<PilotReportWarning>,
    /// Its steps, the first first.
    pub steps: Vec<PilotReportStep>,
}

/// A report with what it consists of.
#[derive(Debug, Clone)]
pub struct PilotReportDocument {
    /// The report.
    pub report: PilotReport,
    /// What it consists of.
    pub content: PilotReportContent,
    /// Its frozen JSON.
    pub frozen: String,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "pilot_report", id, event }
}

fn refused(refusal: PilotReportRefusal) -> AppError {
    if refusal.is_conflict() { AppError::conflict(&refusal) } else { AppError::refused(&[refusal]) }
}

fn step(call: &Call<'_>, report: &PilotReport, kind: PilotReportStepKind, words: Option<String>) -> PilotReportStep {
    let (content_hash, recorded_by) = (report.content_hash.clone(), call.scope.subject.clone());
    PilotReportStep { kind, words, content_hash, recorded_by, at: call.at }
}

/// The activity of a worker is told by the worker alone.
fn expect_own(call: &Call<'_>, report: &PilotReport) -> Result<(), AppError> {
    match &report.worker {
        Some(worker) if *worker != call.scope.subject => Err(Denied.into()),
        _ => Ok(()),
    }
}

impl App {
    /// Generates the report of the period that ends with a month. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::Refused`] where the period is none or is not over, [`AppError::Conflict`] where it has its report,
    /// [`AppError::KeyReused`], or the database.
    pub async fn create_pilot_report(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (kind, month): (PilotReportKind, Month),
        answer: impl FnOnce(&PilotReportFile) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        kind.check_period(month, call.scope.today).map_err(refused)?;
        let due_on = kind.due_on(month, &parameters.calendar);
        let mut new = PilotReport {
            id: (call.new_id)(),
            municipality: call.scope.municipality,
            kind,
            month,
            worker: (kind == PilotReportKind::Activity).then(|| call.scope.subject.clone()),
            status: PilotReportStatus::Draft,
            notes: None,
            documents: Vec::new(),
            content_hash: Vec::new(),
            total: Money::ZERO,
            due_on: due_on.ok_or_else(|| refused(PilotReportRefusal::PeriodNotOver))?,
            submitted_on: None,
            created_by: call.scope.subject.clone(),
            created_at: call.at,
            version: 0,
        };
        transaction.insert_pilot_report(&call.scope, &new).await.map_err(|error| match error {
            InsertError::Exists => refused(PilotReportRefusal::Exists),
            InsertError::Store(error) => error.into(),
        })?;
        let (figures, generated) = fill(&transaction, call, parameters, &mut new).await?;
        let id = new.id;
        let file = PilotReportFile { warnings: warned(parameters, &new), report: new, figures, steps: vec![generated] };
        let told = told("create_pilot_report", Some(EventType::PilotReportGenerated), id);
        Ok(call.commit_once(transaction, told, answer(&file), None).await?)
    }

    /// Replaces what the office adds to a report, and generates the rest again. What was agreed is a draft again.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Denied`] where it is another worker's activity,
    /// [`AppError::Conflict`] where it is submitted, [`AppError::Refused`], or the database.
    pub async fn update_pilot_report(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        of: (Uuid, i64),
        new: NewPilotContent,
    ) -> Result<PilotReportFile, AppError> {
        let (transaction, mut report) = self.begin_pilot_change(call, of).await?;
        expect_own(call, &report)?;
        report.status = report.status.after(PilotReportStepKind::Generated).map_err(refused)?;
        let of_cases: BTreeSet<Uuid> = new.documents.iter().filter_map(|document| document.case_document).collect();
        let known = transaction.known_documents(&call.scope, &of_cases).await?;
        let refusals = check_documents(report.kind, &new.documents, call.scope.today, |id| known.contains(&id));
        if !refusals.is_empty() {
            return Err(AppError::refused(&refusals));
        }
        (report.notes, report.documents) = (new.notes, new.documents);
        fill(&transaction, call, parameters, &mut report).await?;
        let event = Some(EventType::PilotReportGenerated);
        call.commit(transaction, told("update_pilot_report", event, report.id)).await?;
        self.pilot_file(call, parameters, report).await
    }

    /// Discards a report that was never submitted.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Denied`] where it is another worker's activity,
    /// [`AppError::Conflict`] where it is no draft or was submitted, or the database.
    pub async fn discard_pilot_report(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<(), AppError> {
        let (transaction, report) = self.begin_pilot_change(call, of).await?;
        expect_own(call, &report)?;
        if report.status != PilotReportStatus::Draft || report.submitted_on.is_some() {
            return Err(refused(PilotReportRefusal::StatusUnfit));
        }
        transaction.delete_pilot_report(&call.scope, report.id).await?;
        let event = Some(EventType::PilotReportDiscarded);
        Ok(call.commit(transaction, told("discard_pilot_report", event, report.id)).await?)
    }

    /// Takes a step of a report: the ministry's team agrees, the office submits, the ministry returns or approves.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where the step does not follow or the account statement
    /// is missing, or the database.
    pub async fn advance_pilot_report(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        of: (Uuid, i64),
        (kind, words): (PilotReportStepKind, Option<String>),
    ) -> Result<PilotReportFile, AppError> {
        let (transaction, mut report) = self.begin_pilot_change(call, of).await?;
        report.status = report.status.after(kind).map_err(refused)?;
        let (action, event) = match kind {
            PilotReportStepKind::Generated => ("update_pilot_report", EventType::PilotReportGenerated),
            PilotReportStepKind::PreAgreed => ("agree_pilot_report", EventType::PilotReportAgreed),
            PilotReportStepKind::Submitted => ("submit_pilot_report", EventType::PilotReportSubmitted),
            PilotReportStepKind::Returned => ("return_pilot_report", EventType::PilotReportReturned),
            PilotReportStepKind::Approved => ("approve_pilot_report", EventType::PilotReportApproved),
        };
        match kind {
            PilotReportStepKind::PreAgreed => check_agreement(report.kind, &report.documents).map_err(refused)?,
            PilotReportStepKind::Submitted => report.submitted_on = report.submitted_on.or(Some(call.scope.today)),
            _ => {}
        }
        transaction.update_pilot_report(&mut report, call.at).await?;
        transaction.insert_pilot_step(&report, &step(call, &report, kind, words)).await?;
        // The event is the municipality's, the act stands where the caller acts.
        call.tell_there(&transaction, report.municipality, event, report.id).await?;
        call.commit(transaction, told(action, None, report.id)).await?;
        self.pilot_file(call, parameters, report).await
    }

    /// Gets a report that the caller sees, with figures and steps.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_pilot_report(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        id: Uuid,
    ) -> Result<PilotReportFile, AppError> {
        let report = self.store.get_pilot_report(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        self.pilot_file(call, parameters, report).await
    }

    /// Gets a report that the caller sees with its content; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Broken`] where the content is not what was frozen, or the database.
    pub async fn get_pilot_report_document(&self, call: &Call<'_>, id: Uuid) -> Result<PilotReportDocument, AppError> {
        let report = self.store.get_pilot_report(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let frozen = self.store.get_pilot_report_content(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let content = serde_json::from_str(&frozen).map_err(|_| AppError::Broken)?;
        let transaction = self.store.begin_report_change(&call.scope).await?;
        call.commit(transaction, told("get_pilot_report_document", None, id)).await?;
        Ok(PilotReportDocument { report, content, frozen })
    }

    /// Lists the reports that the caller sees.
    ///
    /// # Errors
    /// The database.
    pub async fn list_pilot_reports(
        &self,
        call: &Call<'_>,
        filter: PilotReportFilter,
        limit: u64,
    ) -> Result<Vec<PilotReport>, AppError> {
        Ok(self.store.list_pilot_reports(&call.scope, filter, limit).await?)
    }

    /// The municipalities in the pilot whose report of a kind and period is late; of a worker's activity, those of which no worker
    /// told in time.
    ///
    /// # Errors
    /// [`AppError::Refused`] where the period is none, or the database.
    pub async fn list_late_pilot_reports(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (kind, month): (PilotReportKind, Month),
    ) -> Result<Vec<LateReport>, AppError> {
        expect_period(kind, month)?;
        let due_on = kind.due_on(month, &parameters.calendar).filter(|due_on| *due_on < call.scope.today);
        let Some(due_on) = due_on else { return Ok(Vec::new()) };
        let reports = self.store.pilot_reports_of(kind, month).await?.into_iter();
        let submitted = reports.filter_map(|report| Some((report.municipality, (report.id, report.submitted_on?))));
        Ok(late(self.store.municipalities_in_pilot(month).await?, submitted, due_on))
    }

    /// What the reports of a kind and period tell that are submitted or approved, by municipality.
    ///
    /// # Errors
    /// [`AppError::Refused`] where the period is none, or the database.
    pub async fn pilot_summary(&self, kind: PilotReportKind, month: Month) -> Result<Vec<SummaryFigure>, AppError> {
        expect_period(kind, month)?;
        Ok(self.store.pilot_summary(kind, month).await?)
    }

    async fn begin_pilot_change(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
    ) -> Result<(WriteTransaction, PilotReport), AppError> {
        let transaction = self.store.begin_report_change(&call.scope).await?;
        let report = transaction.find_pilot_report(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if report.version != version {
            return Err(AppError::Stale);
        }
        Ok((transaction, report))
    }

    async fn pilot_file(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        report: PilotReport,
    ) -> Result<PilotReportFile, AppError> {
        let figures = self.store.list_pilot_figures(&call.scope, report.id).await?;
        let steps = self.store.list_pilot_steps(&call.scope, report.id).await?;
        Ok(PilotReportFile { warnings: warned(parameters, &report), report, figures, steps })
    }
}

/// Of a period that has not ended there is nothing to tell yet; one that is none is refused.
fn expect_period(kind: PilotReportKind, month: Month) -> Result<(), AppError> {
    match kind.check_period(month, chrono::NaiveDate::MAX) {
        Err(refusal) => Err(refused(refusal)),
        Ok(()) => Ok(()),
    }
}

/// The pilot's share of indirect costs holds until another one does.
fn warned(parameters: &Parameters, report: &PilotReport) -> Vec<PilotReportWarning> {
    let last = report.month.last_day();
    let rules = parameters.pilot.periods.iter().rev().find(|rules| rules.valid_from <= last);
    warnings(report.kind, &report.documents, rules.map(|rules| rules.limits.indirect_cost_percent))
}

/// Generates what a report consists of, and freezes it.
async fn fill(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    filled: &mut PilotReport,
) -> Result<(Vec<Figure>, PilotReportStep), AppError> {
    let from = filled.kind.first_month(filled.month);
    let generated = generate(transaction, call, filled).await?;
    let figures = figures(&generated, &filled.documents, &parameters.catalogue);
    let payments = if let Generated::CashFlow(payments) = generated { payments } else { Vec::new() };
    let content = PilotReportContent {
        municipality: filled.municipality.to_string(),
        kind: filled.kind,
        from,
        to: filled.month,
        worker: filled.worker.clone(),
        notes: filled.notes.clone(),
        figures,
        payments,
        documents: filled.documents.clone(),
    };
    transaction.fill_pilot_report(&call.scope, filled, &content, call.at).await?;
    let step = step(call, filled, PilotReportStepKind::Generated, None);
    transaction.insert_pilot_step(filled, &step).await?;
    Ok((content.figures, step))
}

async fn generate(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    report: &PilotReport,
) -> Result<Generated, AppError> {
    let (scope, last_day) = (&call.scope, report.month.last_day());
    let days = (report.kind.first_month(report.month).first_day(), last_day);
    transaction.take_payments(scope, report).await?;
    Ok(match report.kind {
        PilotReportKind::CashFlow => {
            let purpose: Purpose = PURPOSE.parse().map_err(|_: NotAPurpose| AppError::Broken)?;
            Generated::CashFlow(transaction.payments_in_report(scope, report, &purpose).await?)
        }
        PilotReportKind::Quarterly => {
            let used = transaction.used_in_report(scope, report).await?;
            Generated::Quarterly(used, transaction.indicators_of_days(scope, days).await?)
        }
        PilotReportKind::Activity => {
            let worker = report.worker.as_deref().unwrap_or_default();
            let end = last_day.succ_opt().ok_or(AppError::Broken)?;
            let instants = (beginning_of(days.0), beginning_of(end));
            Generated::Activity(transaction.count_acts(scope, worker, instants).await?)
        }
    })
}

//! Monthly reports to the ministry: generated from what was approved and paid, submitted, returned, approved, funded [domain 8.2].

use std::collections::BTreeMap;

use balsts_domain::{
    access::MunicipalityCode,
    calendar::beginning_of,
    events::EventType,
    funding::FundingTable,
    month::Month,
    monthly_reports::{
        Percentages, ReportLine, ReportRefusal, ReportStatus, ReportStepKind, ReportTotals, check_month, check_period,
        due_on, report,
    },
    parameters::{Parameters, catalogue::MethodologyId},
};
use balsts_store::{
    InsertError, MonthlyReport, MonthlyReportFilter, MonthlyReportStep, NotAPurpose, Purpose, RecordedAnswer,
    ReportLineFilter, SummaryCell, WriteTransaction,
};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told, off_thread};

/// The purpose of the pseudonyms in reports: the head of an office can ask whose one is.
pub(crate) const PURPOSE: &str = "reports";

/// What reports are made with.
#[derive(Debug, Clone, Copy)]
pub struct ReportRules<'a> {
    /// The catalogue and the calendar.
    pub parameters: &'a Parameters,
    /// The funding shares.
    pub funding: &'a FundingTable,
}

/// A municipality whose report is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateReport {
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The last day to submit.
    pub due_on: NaiveDate,
    /// The report that was submitted late, and the day; none where none was.
    pub report: Option<(Uuid, NaiveDate)>,
}

/// Those of some municipalities that had submitted no report by a day; of several reports the first that was submitted counts.
pub(crate) fn late(
    municipalities: Vec<MunicipalityCode>,
    submitted: impl Iterator<Item = (MunicipalityCode, (Uuid, NaiveDate))>,
    due_on: NaiveDate,
) -> Vec<LateReport> {
    let mut first: BTreeMap<MunicipalityCode, (Uuid, NaiveDate)> = BTreeMap::new();
    for (municipality, report) in submitted {
        let known = first.entry(municipality).or_insert(report);
        if report.1 < known.1 {
            *known = report;
        }
    }
    let late = |municipality| {
        let report = first.remove(&municipality);
        let is_in_time = report.is_some_and(|(_, on)| on <= due_on);
        (!is_in_time).then_some(LateReport { municipality, due_on, report })
    };
    municipalities.into_iter().filter_map(late).collect()
}

/// A report with what was done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthlyReportFile {
    /// The report.
    pub report: MonthlyReport,
    /// Its steps, the first first.
    pub steps: Vec<MonthlyReportStep>,
}

/// A report with what it consists of.
#[derive(Debug, Clone)]
pub struct MonthlyReportDocument {
    /// The report.
    pub report: MonthlyReport,
    /// Its frozen JSON.
    pub content: String,
    /// Its lines.
    pub lines: Vec<ReportLine>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "monthly_report", id, event }
}

fn refused(refusal: ReportRefusal) -> AppError {
    if refusal.is_conflict() { AppError::conflict(&refusal) } else { AppError::refused(&[refusal]) }
}

fn step(call: &Call<'_>, report: &MonthlyReport, kind: ReportStepKind, words: Option<String>) -> MonthlyReportStep {
    let (content_hash, recorded_by) = (report.content_hash.clone(), call.scope.subject.clone());
    MonthlyReportStep { kind, words, content_hash, recorded_by, at: call.at }
}

impl App {
    /// Generates the report of a month. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::Refused`] where the month is not over, [`AppError::Conflict`] where it or a later one has a report,
    /// [`AppError::KeyReused`], or the database.
    pub async fn create_monthly_report(
        &self,
        call: &Call<'_>,
        rules: ReportRules<'_>,
        month: Month,
        answer: impl FnOnce(&MonthlyReportFile) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        check_month(month, call.scope.today).map_err(refused)?;
        let percentages = Percentages::on(month.last_day(), rules.funding).map_err(refused)?;
        if transaction.has_later_report(&call.scope, month).await? {
            return Err(refused(ReportRefusal::LaterExists));
        }
        let mut new = MonthlyReport {
            id: (call.new_id)(),
            municipality: call.scope.municipality,
            month,
            status: ReportStatus::Draft,
            variant: percentages.variant,
            notes: None,
            content_hash: Vec::new(),
            lines: 0,
            totals: ReportTotals::default(),
            due_on: due_on(month, &rules.parameters.calendar).ok_or_else(|| refused(ReportRefusal::MonthNotOver))?,
            submitted_on: None,
            created_by: call.scope.subject.clone(),
            created_at: call.at,
            version: 0,
        };
        transaction.insert_monthly_report(&call.scope, &new).await.map_err(|error| match error {
            InsertError::Exists => refused(ReportRefusal::Exists),
            InsertError::Store(error) => error.into(),
        })?;
        let generated = fill(&transaction, call, rules.parameters, percentages, &mut new).await?;
        let id = new.id;
        let file = MonthlyReportFile { report: new, steps: vec![generated] };
        let told = told("create_monthly_report", Some(EventType::MonthlyReportGenerated), id);
        Ok(call.commit_once(transaction, told, answer(&file), None).await?)
    }

    /// Generates a draft or returned report again: what it took is free, and taken anew.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is submitted, or the database.
    pub async fn regenerate_monthly_report(
        &self,
        call: &Call<'_>,
        rules: ReportRules<'_>,
        of: (Uuid, i64),
    ) -> Result<MonthlyReportFile, AppError> {
        let (transaction, mut report) = self.begin_change(call, of).await?;
        report.status = report.status.after(ReportStepKind::Generated).map_err(refused)?;
        let percentages = Percentages::on(report.month.last_day(), rules.funding).map_err(refused)?;
        transaction.empty_report(&call.scope, report.id, report.month).await?;
        fill(&transaction, call, rules.parameters, percentages, &mut report).await?;
        let event = Some(EventType::MonthlyReportGenerated);
        call.commit(transaction, told("regenerate_monthly_report", event, report.id)).await?;
        self.file(call, report).await
    }

    /// Discards a draft: what it took waits for another report.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it was submitted or a later month has a report, or
    /// the database.
    pub async fn discard_monthly_report(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<(), AppError> {
        let (transaction, report) = self.begin_change(call, of).await?;
        if report.status != ReportStatus::Draft {
            return Err(refused(ReportRefusal::StatusUnfit));
        }
        if transaction.has_later_report(&call.scope, report.month).await? {
            return Err(refused(ReportRefusal::LaterExists));
        }
        transaction.delete_monthly_report(&call.scope, report.id, report.month).await?;
        let event = Some(EventType::MonthlyReportDiscarded);
        Ok(call.commit(transaction, told("discard_monthly_report", event, report.id)).await?)
    }

    /// Replaces the notes of a draft or returned report.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is submitted, or the database.
    pub async fn annotate_monthly_report(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        notes: Option<String>,
    ) -> Result<MonthlyReportFile, AppError> {
        let (transaction, mut report) = self.begin_change(call, of).await?;
        report.status.after(ReportStepKind::Generated).map_err(refused)?;
        report.notes = notes;
        transaction.update_monthly_report(&mut report, call.at).await?;
        call.commit(transaction, told("annotate_monthly_report", None, report.id)).await?;
        self.file(call, report).await
    }

    /// Takes a step of a report: the office submits it, the ministry returns, approves or funds it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where the step does not follow, or the database.
    pub async fn advance_monthly_report(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        kind: ReportStepKind,
        words: Option<String>,
    ) -> Result<MonthlyReportFile, AppError> {
        let (transaction, mut report) = self.begin_change(call, of).await?;
        report.status = report.status.after(kind).map_err(refused)?;
        if kind == ReportStepKind::Submitted {
            report.submitted_on = report.submitted_on.or(Some(call.scope.today));
        }
        transaction.update_monthly_report(&mut report, call.at).await?;
        transaction.insert_report_step(&report, &step(call, &report, kind, words)).await?;
        let (action, event) = match kind {
            ReportStepKind::Generated => ("regenerate_monthly_report", EventType::MonthlyReportGenerated),
            ReportStepKind::Submitted => ("submit_monthly_report", EventType::MonthlyReportSubmitted),
            ReportStepKind::Returned => ("return_monthly_report", EventType::MonthlyReportReturned),
            ReportStepKind::Approved => ("approve_monthly_report", EventType::MonthlyReportApproved),
            ReportStepKind::Funded => ("fund_monthly_report", EventType::MonthlyReportFunded),
        };
        // The event is the municipality's, the act stands where the caller acts.
        call.tell_there(&transaction, report.municipality, event, report.id).await?;
        call.commit(transaction, told(action, None, report.id)).await?;
        self.file(call, report).await
    }

    /// Gets a report that the caller sees, with its steps.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_monthly_report(&self, call: &Call<'_>, id: Uuid) -> Result<MonthlyReportFile, AppError> {
        let report = self.store.get_monthly_report(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        self.file(call, report).await
    }

    /// Gets a report that the caller sees with its content; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_monthly_report_document(
        &self,
        call: &Call<'_>,
        id: Uuid,
    ) -> Result<MonthlyReportDocument, AppError> {
        let report = self.store.get_monthly_report(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let content = self.store.get_report_content(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let lines = self.store.list_report_lines(&call.scope, id, ReportLineFilter::default(), 0, None).await?;
        let transaction = self.store.begin_report_change(&call.scope).await?;
        call.commit(transaction, told("get_monthly_report_document", None, id)).await?;
        Ok(MonthlyReportDocument { report, content, lines })
    }

    /// Lists lines of a report that the caller sees, after a number; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_monthly_report_lines(
        &self,
        call: &Call<'_>,
        id: Uuid,
        after: u32,
        limit: u64,
    ) -> Result<Vec<ReportLine>, AppError> {
        let report = self.store.get_monthly_report(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let all = ReportLineFilter::default();
        let lines = self.store.list_report_lines(&call.scope, report.id, all, after, Some(limit)).await?;
        let transaction = self.store.begin_report_change(&call.scope).await?;
        call.commit(transaction, told("list_monthly_report_lines", None, report.id)).await?;
        Ok(lines)
    }

    /// Lists the reports that the caller sees.
    ///
    /// # Errors
    /// The database.
    pub async fn list_monthly_reports(
        &self,
        call: &Call<'_>,
        filter: MonthlyReportFilter,
        limit: u64,
    ) -> Result<Vec<MonthlyReport>, AppError> {
        Ok(self.store.list_monthly_reports(&call.scope, filter, limit).await?)
    }

    /// The municipalities whose report of a month is late: those that had a budget when the month ended, and had not submitted the
    /// report when the deadline ended.
    ///
    /// # Errors
    /// The database.
    pub async fn list_late_reports(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        month: Month,
    ) -> Result<Vec<LateReport>, AppError> {
        let due_on = due_on(month, &parameters.calendar).filter(|due_on| *due_on < call.scope.today);
        let Some(due_on) = due_on else { return Ok(Vec::new()) };
        let reports = self.store.reports_of_month(month).await?.into_iter();
        let submitted = reports.filter_map(|report| Some((report.municipality, (report.id, report.submitted_on?))));
        let end = month.last_day().succ_opt().ok_or(AppError::Broken)?;
        Ok(late(self.store.municipalities_with_budgets(beginning_of(end)).await?, submitted, due_on))
    }

    /// What the reports of the country claim, by municipality, month and methodology.
    ///
    /// # Errors
    /// [`AppError::Refused`] where the period does not fit, or the database.
    pub async fn national_summary(&self, from: Month, to: Month) -> Result<Vec<SummaryCell>, AppError> {
        check_period(from, to).map_err(refused)?;
        Ok(self.store.national_summary(from, to).await?)
    }

    /// The lines behind a cell of the national summary, those whose money is in it, after a number; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where no report counts, or the database.
    pub async fn list_summary_lines(
        &self,
        call: &Call<'_>,
        (municipality, month, methodology): (MunicipalityCode, Month, Option<MethodologyId>),
        after: u32,
        limit: u64,
    ) -> Result<Vec<ReportLine>, AppError> {
        let filter = MonthlyReportFilter {
            municipality: Some(municipality),
            month: Some(month),
            ..MonthlyReportFilter::default()
        };
        let found = self.store.list_monthly_reports(&call.scope, filter, 1).await?;
        let counted = found.into_iter().find(|report| ReportStatus::COUNTED.contains(&report.status));
        let report = counted.ok_or(AppError::NotFound)?;
        let claimed = ReportLineFilter { methodology, claimed: true };
        let lines = self.store.list_report_lines(&call.scope, report.id, claimed, after, Some(limit)).await?;
        let transaction = self.store.begin_report_change(&call.scope).await?;
        call.commit(transaction, told("list_summary_lines", None, report.id)).await?;
        Ok(lines)
    }

    async fn begin_change(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
    ) -> Result<(WriteTransaction, MonthlyReport), AppError> {
        let transaction = self.store.begin_report_change(&call.scope).await?;
        let report = transaction.find_monthly_report(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if report.version != version {
            return Err(AppError::Stale);
        }
        Ok((transaction, report))
    }

    async fn file(&self, call: &Call<'_>, report: MonthlyReport) -> Result<MonthlyReportFile, AppError> {
        let steps = self.store.list_report_steps(&call.scope, report.id).await?;
        Ok(MonthlyReportFile { report, steps })
    }
}

/// Takes what a report may take, and freezes it.
async fn fill(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    percentages: Percentages,
    filled: &mut MonthlyReport,
) -> Result<MonthlyReportStep, AppError> {
    let purpose: Purpose = PURPOSE.parse().map_err(|_: NotAPurpose| AppError::Broken)?;
    let (id, month) = (filled.id, filled.month);
    transaction.take_into_report(&call.scope, id, month).await?;
    let spent = transaction.spent_in_report(&call.scope, id, month, &purpose).await?;
    let municipality = filled.municipality.to_string();
    let catalogue = parameters.catalogue.clone();
    let content = off_thread(move || report(municipality, month, spent, &percentages, &catalogue)).await?;
    transaction.fill_report(&call.scope, filled, &content, call.at).await?;
    let step = step(call, filled, ReportStepKind::Generated, None);
    transaction.insert_report_step(filled, &step).await?;
    Ok(step)
}

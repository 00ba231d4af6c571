//! Reports of the pilot: what they are generated from; their frozen content, figures and steps.

use std::collections::BTreeMap;

use balsts_domain::{
    access::{MunicipalityCode, Role, Scope},
    goal_results::GoalAchievement,
    invoices::InvoiceKind,
    money::Money,
    month::Month,
    parameters::catalogue::MethodologyId,
    pilot_reports::{
        Figure, FigureTopic, Indicator, PaymentLine, PilotReportContent, PilotReportKind, PilotReportStatus,
        PilotReportStepKind, SupportingDocument, Used, total,
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Statement, Value, entity::prelude::*,
};
use sha2::{Digest, Sha256};

use crate::{
    InsertError, Purpose, Reach, Store, StoreError, WriteTransaction,
    applications::{application, known},
    goal_results::reach,
    invoices::invoice,
    monthly_reports::frozen,
    municipalities,
    received::received,
    report_steps::{ReportStep, StepTable},
};

mod report {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "pilot_report")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub kind: String,
        pub month: Date,
        pub worker: String,
        pub status: String,
        pub notes: Option<String>,
        pub documents: String,
        pub content: String,
        pub content_hash: Vec<u8>,
        pub cents: i64,
        pub due_on: Date,
        pub submitted_on: Option<Date>,
        pub created_by: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod figure {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "pilot_report_figure")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub report_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub municipality_code: String,
        pub topic: String,
        pub name: String,
        pub cents: Option<i64>,
        pub counted: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What was done with a report of the pilot.
pub type PilotReportStep = ReportStep<PilotReportStepKind>;

const STEPS: StepTable<PilotReportStepKind> =
    StepTable { table: "pilot_report_step", kinds: PilotReportStepKind::ALL, name: PilotReportStepKind::as_str };

/// A report of the pilot without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PilotReport {
    /// Identifier.
    pub id: Uuid,
    /// Whose it is.
    pub municipality: MunicipalityCode,
    /// The kind.
    pub kind: PilotReportKind,
    /// The last month of the period.
    pub month: Month,
    /// Subject of the worker whose activity it is.
    pub worker: Option<String>,
    /// Where it stands.
    pub status: PilotReportStatus,
    /// The office's words.
    pub notes: Option<String>,
    /// The supporting documents.
    pub documents: Vec<SupportingDocument>,
    /// SHA-256 of the content.
    pub content_hash: Vec<u8>,
    /// What it adds up to.
    pub total: Money,
    /// The last day to submit it.
    pub due_on: NaiveDate,
    /// The day on which it was submitted first.
    pub submitted_on: Option<NaiveDate>,
    /// Subject of who had it generated.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Counts up with every change.
    pub version: i64,
}

/// Which reports a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct PilotReportFilter {
    /// Of this kind.
    pub kind: Option<PilotReportKind>,
    /// Of this municipality.
    pub municipality: Option<MunicipalityCode>,
    /// Of the period that ends with this month.
    pub month: Option<Month>,
    /// With this status.
    pub status: Option<PilotReportStatus>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

/// A figure of a municipality in a summary: of all its reports of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryFigure {
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The figure.
    pub figure: Figure,
}

fn inconsistent(id: Uuid) -> StoreError {
    StoreError::Inconsistent { table: "pilot_report", id }
}

/// The reports that a scope sees: a municipality its own; the programme team those of the country, which it agrees to; others of
/// the country all but drafts.
fn visible(scope: &Scope) -> Condition {
    if !scope.is_national() {
        return Condition::all().add(report::Column::MunicipalityCode.eq(scope.municipality.as_str()));
    }
    let hides_drafts = scope.role != Role::ProgrammeTeam;
    let not_draft = hides_drafts.then(|| report::Column::Status.ne(PilotReportStatus::Draft.as_str()));
    Condition::all().add_option(not_draft)
}

/// The payments that a cash flow took, by invoice or claim. The number of a claim is the person's own.
const PAYMENTS: &str = "
    SELECT invoice.id, invoice.paid_on, invoice.kind AS document, invoice.number, invoice.provider_id, invoice.person_id,
        MIN(provider.name) AS provider_name, CAST(SUM(line.cents) AS BIGINT) AS cents,
        CASE WHEN invoice.paid_on < $3 THEN 1 ELSE 0 END AS correction
    FROM invoice
    JOIN invoice_line line ON line.invoice_id = invoice.id
    LEFT JOIN provider ON provider.id = invoice.provider_id
    WHERE invoice.municipality_code = $1 AND invoice.cash_flow_in = $2
    GROUP BY 1, 2, 3, 4, 5, 6, 9 ORDER BY 2, 1";

/// The payments that the report of a quarter took, by methodology and service.
const USED: &str = "
    SELECT budget.methodology, line.service, CASE WHEN invoice.paid_on < $3 THEN 1 ELSE 0 END AS correction,
        CAST(SUM(line.cents) AS BIGINT) AS cents
    FROM invoice
    JOIN invoice_line line ON line.invoice_id = invoice.id
    JOIN budget ON budget.id = line.budget_id
    WHERE invoice.municipality_code = $1 AND invoice.quarter_in = $2
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";

/// The indicators of some days; `{name}` stands for the name of each.
const INDICATORS: &str = "
    WITH received AS ({received})
    SELECT '{granted}' AS name, CAST(COUNT(*) AS BIGINT) AS counted FROM decision
    WHERE municipality_code = $1 AND outcome = 'grant' AND decided_on >= $2 AND decided_on <= $3
    UNION ALL SELECT '{assessed}', CAST(COUNT(*) AS BIGINT) FROM assessment
    WHERE municipality_code = $1 AND completed_on >= $2 AND completed_on <= $3
    UNION ALL SELECT '{planned}', CAST(COUNT(*) AS BIGINT) FROM plan_version
    WHERE municipality_code = $1 AND signed_on >= $2 AND signed_on <= $3
    UNION ALL SELECT '{recipients}', CAST(COUNT(DISTINCT person_id) AS BIGINT) FROM received WHERE times > 0
    UNION ALL SELECT '{deliveries}', CAST(COALESCE(SUM(times), 0) AS BIGINT) FROM received
    UNION ALL SELECT achievement, CAST(COUNT(*) AS BIGINT) FROM goal_result
    WHERE municipality_code = $1 AND on_day >= $2 AND on_day <= $3 GROUP BY achievement";

/// Sums of figures that count in a summary.
const SUMMARY: &str = "
    SELECT figure.municipality_code, figure.topic, figure.name, CAST(SUM(figure.cents) AS BIGINT) AS cents,
        CAST(SUM(figure.counted) AS BIGINT) AS counted
    FROM pilot_report report
    JOIN pilot_report_figure figure ON figure.report_id = report.id
    WHERE report.kind = $1 AND report.month = $2 AND report.status IN ('submitted', 'approved')
    GROUP BY 1, 2, 3 ORDER BY 1, MIN(figure.number), 2, 3";

#[derive(FromQueryResult)]
struct PaymentRow {
    paid_on: NaiveDate,
    document: String,
    number: String,
    provider_id: Option<Uuid>,
    provider_name: Option<String>,
    person_id: Option<Uuid>,
    cents: i64,
    correction: i32,
}

#[derive(FromQueryResult)]
struct UsedRow {
    methodology: String,
    service: String,
    correction: i32,
    cents: i64,
}

#[derive(FromQueryResult)]
struct CountRow {
    name: String,
    counted: i64,
}

#[derive(FromQueryResult)]
struct SummaryRow {
    municipality_code: String,
    topic: String,
    name: String,
    cents: Option<i64>,
    counted: Option<i64>,
}

impl WriteTransaction {
    /// Takes into a report what was paid in its period and is in no other report of its kind, and what was recorded for an
    /// earlier period after the report of that one had been submitted. Two reports never take the same: each waits for the rows
    /// of the other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_payments(&self, scope: &Scope, taker: &PilotReport) -> Result<(), StoreError> {
        let taken = match taker.kind {
            PilotReportKind::CashFlow => invoice::Column::CashFlowIn,
            PilotReportKind::Quarterly => invoice::Column::QuarterIn,
            PilotReportKind::Activity => return Ok(()),
        };
        let counted = PilotReportStatus::COUNTED.iter().copied().map(PilotReportStatus::as_str);
        let submitted: Vec<NaiveDate> = report::Entity::find()
            .select_only()
            .column(report::Column::Month)
            .filter(report::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(report::Column::Kind.eq(taker.kind.as_str()))
            .filter(report::Column::Status.is_in(counted))
            .filter(report::Column::Month.lt(taker.month.first_day()))
            .into_tuple()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let periods = submitted.into_iter().map(Month::of).chain([taker.month]);
        let in_periods = periods.fold(Condition::any(), |any, last| {
            any.add(invoice::Column::PaidOn.between(taker.kind.first_month(last).first_day(), last.last_day()))
        });
        let waiting =
            Condition::all().add(invoice::Column::Status.eq("paid")).add(taken.is_null()).add(in_periods.clone());
        self.take_invoices(scope, Condition::any().add(waiting).add(taken.eq(taker.id))).await?;
        self.give_back_payments(scope, taker.id).await?;
        invoice::Entity::update_many()
            .col_expr(taken, Expr::val(taker.id))
            .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(invoice::Column::Status.eq("paid"))
            .filter(taken.is_null())
            .filter(in_periods)
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gives back the payments that a report took.
    async fn give_back_payments(&self, scope: &Scope, id: Uuid) -> Result<(), StoreError> {
        let columns = [invoice::Column::CashFlowIn, invoice::Column::QuarterIn];
        let taken = columns.iter().fold(Condition::any(), |any, column| any.add(column.eq(id)));
        self.take_invoices(scope, taken).await?;
        for column in columns {
            invoice::Entity::update_many()
                .col_expr(column, Expr::val(None::<Uuid>))
                .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
                .filter(column.eq(id))
                .exec(&self.0)
                .await
                .map_err(StoreError::failed)?;
        }
        Ok(())
    }

    /// The payments that a cash flow took, each person who claimed under the pseudonym for a purpose.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn payments_in_report(
        &self,
        scope: &Scope,
        report: &PilotReport,
        purpose: &Purpose,
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let claimants = invoice::Entity::find()
            .select_only()
            .column(invoice::Column::PersonId)
            .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(invoice::Column::PersonId.is_not_null())
            .filter(invoice::Column::CashFlowIn.eq(report.id));
        let pseudonyms = self.pseudonyms_of(scope, claimants.into_query(), purpose).await?;
        let rows: Vec<PaymentRow> = self.in_report(scope, PAYMENTS, report).await?;
        let broken = || StoreError::Inconsistent { table: "invoice", id: Uuid::nil() };
        let line = |row: PaymentRow| {
            let recipient = row.person_id.map(|person| pseudonyms.get(&person).cloned().ok_or_else(broken));
            Ok(PaymentLine {
                paid_on: row.paid_on,
                document: known(InvoiceKind::ALL, &row.document, InvoiceKind::as_str).ok_or_else(broken)?,
                number: Some(row.number).filter(|_| row.provider_id.is_some()),
                provider: row.provider_id,
                provider_name: row.provider_name,
                recipient: recipient.transpose()?,
                amount: Money::from_cents(row.cents),
                correction: row.correction == 1,
            })
        };
        rows.into_iter().map(line).collect()
    }

    /// What the payments that the report of a quarter took were for, by methodology and service.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn used_in_report(&self, scope: &Scope, report: &PilotReport) -> Result<Vec<Used>, StoreError> {
        let rows: Vec<UsedRow> = self.in_report(scope, USED, report).await?;
        let used = |row: UsedRow| {
            let broken = || StoreError::Inconsistent { table: "budget", id: Uuid::nil() };
            let methodology = known(MethodologyId::ALL, &row.methodology, MethodologyId::as_str).ok_or_else(broken)?;
            Ok(Used { methodology, service: row.service, cents: row.cents, correction: row.correction == 1 })
        };
        rows.into_iter().map(used).collect()
    }

    /// The indicators of the days from one to another.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn indicators_of_days(
        &self,
        scope: &Scope,
        days: (NaiveDate, NaiveDate),
    ) -> Result<BTreeMap<Indicator, u64>, StoreError> {
        let values = [scope.municipality.as_str().into(), days.0.into(), days.1.into()];
        let rows: Vec<CountRow> = self.counted_rows(&indicators(), values).await?;
        let counted = |row: CountRow| {
            let broken = || StoreError::Inconsistent { table: "goal_result", id: Uuid::nil() };
            let of_goals =
                known(GoalAchievement::ALL, &row.name, GoalAchievement::as_str).map(|achieved| match achieved {
                    GoalAchievement::Achieved => Indicator::Achieved,
                    GoalAchievement::Partly => Indicator::PartlyAchieved,
                    GoalAchievement::NotAchieved => Indicator::NotAchieved,
                });
            let indicator = known(Indicator::ALL, &row.name, Indicator::as_str).or(of_goals).ok_or_else(broken)?;
            Ok((indicator, row.counted.unsigned_abs()))
        };
        rows.into_iter().map(counted).collect()
    }

    async fn in_report<R: FromQueryResult>(
        &self,
        scope: &Scope,
        sql: &str,
        report: &PilotReport,
    ) -> Result<Vec<R>, StoreError> {
        let from = report.kind.first_month(report.month).first_day();
        self.counted_rows(sql, [scope.municipality.as_str().into(), report.id.into(), from.into()]).await
    }

    async fn counted_rows<R: FromQueryResult>(&self, sql: &str, values: [Value; 3]) -> Result<Vec<R>, StoreError> {
        let statement = Statement::from_sql_and_values(self.0.get_database_backend(), sql, values);
        R::find_by_statement(statement).all(&self.0).await.map_err(StoreError::failed)
    }

    /// Stores a new report, still without content.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the period has one, or what the database says.
    pub async fn insert_pilot_report(&self, scope: &Scope, new: &PilotReport) -> Result<(), InsertError> {
        let row = report::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            kind: Set(new.kind.as_str().to_owned()),
            month: Set(new.month.first_day()),
            worker: Set(new.worker.clone().unwrap_or_default()),
            status: Set(new.status.as_str().to_owned()),
            notes: Set(new.notes.clone()),
            documents: Set("[]".to_owned()),
            content: Set(String::new()),
            content_hash: Set(Vec::new()),
            cents: Set(0),
            due_on: Set(new.due_on),
            submitted_on: Set(new.submitted_on),
            created_by: Set(new.created_by.clone()),
            version: Set(new.version),
            created_at: Set(new.created_at),
            updated_at: Set(new.created_at),
        };
        report::Entity::insert(row).exec_without_returning(&self.0).await.map_err(InsertError::failed)?;
        Ok(())
    }

    /// Stores what a report consists of in the place of what it did, with notes, documents and status, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first, or what the database says.
    pub async fn fill_pilot_report(
        &self,
        scope: &Scope,
        filled: &mut PilotReport,
        content: &PilotReportContent,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let id = filled.id;
        let broken = || inconsistent(id);
        self.delete_figures(scope, id).await?;
        let rows = (1..).zip(&content.figures).map(|(number, figure)| figure_row(scope, id, number, figure));
        match self.insert_all(rows).await {
            Ok(()) => {}
            Err(InsertError::Store(error)) => return Err(error),
            Err(InsertError::Exists) => return Err(StoreError::Stale),
        }
        let frozen = serde_json::to_string(content).map_err(|_| broken())?;
        let total = total(&content.figures);
        let hash = Sha256::digest(frozen.as_bytes()).to_vec();
        let change = report::ActiveModel {
            status: Set(filled.status.as_str().to_owned()),
            notes: Set(filled.notes.clone()),
            documents: Set(serde_json::to_string(&filled.documents).map_err(|_| broken())?),
            content: Set(frozen),
            content_hash: Set(hash.clone()),
            cents: Set(total.cents().ok_or_else(broken)?),
            ..Default::default()
        };
        self.change_pilot_report(filled, change, at).await?;
        (filled.total, filled.content_hash) = (total, hash);
        Ok(())
    }

    /// Stores status and the day of the submission of a report, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first, or what the database says.
    pub async fn update_pilot_report(&self, report: &mut PilotReport, at: DateTime<Utc>) -> Result<(), StoreError> {
        let change = report::ActiveModel {
            status: Set(report.status.as_str().to_owned()),
            submitted_on: Set(report.submitted_on),
            ..Default::default()
        };
        self.change_pilot_report(report, change, at).await
    }

    async fn change_pilot_report(
        &self,
        changed: &mut PilotReport,
        mut change: report::ActiveModel,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let version = changed.version.saturating_add(1);
        (change.version, change.updated_at) = (Set(version), Set(at));
        let updated = report::Entity::update_many()
            .set(change)
            .filter(report::Column::Id.eq(changed.id))
            .filter(report::Column::MunicipalityCode.eq(changed.municipality.as_str()))
            .filter(report::Column::Version.eq(changed.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        changed.version = version;
        Ok(())
    }

    /// Deletes a report, its figures and steps; what it took is in no report.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_pilot_report(&self, scope: &Scope, id: Uuid) -> Result<(), StoreError> {
        self.give_back_payments(scope, id).await?;
        self.delete_figures(scope, id).await?;
        STEPS.delete(&self.0, scope, id).await?;
        report::Entity::delete_many()
            .filter(report::Column::Id.eq(id))
            .filter(report::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    async fn delete_figures(&self, scope: &Scope, id: Uuid) -> Result<(), StoreError> {
        figure::Entity::delete_many()
            .filter(figure::Column::ReportId.eq(id))
            .filter(figure::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gets a report that the scope sees for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_pilot_report(&self, scope: &Scope, id: Uuid) -> Result<Option<PilotReport>, StoreError> {
        let mut query = heads().filter(report::Column::Id.eq(id)).filter(visible(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        query.into_model::<Head>().one(&self.0).await.map_err(StoreError::failed)?.map(opened).transpose()
    }

    /// Stores a step of a report.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_pilot_step(&self, report: &PilotReport, new: &PilotReportStep) -> Result<(), StoreError> {
        STEPS.insert(&self.0, (report.id, report.municipality), new).await
    }
}

impl Store {
    /// Gets a report that the scope sees.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn get_pilot_report(&self, scope: &Scope, id: Uuid) -> Result<Option<PilotReport>, StoreError> {
        let query = heads().filter(report::Column::Id.eq(id)).filter(visible(scope));
        let found = query.into_model::<Head>().one(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        found.map(opened).transpose()
    }

    /// Lists the reports that the scope sees in the order of their identifiers.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_pilot_reports(
        &self,
        scope: &Scope,
        filter: PilotReportFilter,
        limit: u64,
    ) -> Result<Vec<PilotReport>, StoreError> {
        use report::Column;
        let condition = visible(scope)
            .add_option(filter.kind.map(|kind| Column::Kind.eq(kind.as_str())))
            .add_option(filter.municipality.map(|municipality| Column::MunicipalityCode.eq(municipality.as_str())))
            .add_option(filter.month.map(|month| Column::Month.eq(month.first_day())))
            .add_option(filter.status.map(|status| Column::Status.eq(status.as_str())))
            .add_option(filter.after.map(|after| Column::Id.gt(after)));
        let query = heads().filter(condition).order_by_asc(Column::Id).limit(limit);
        let rows = query.into_model::<Head>().all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        rows.into_iter().map(opened).collect()
    }

    /// Lists the steps of a report, the first first.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_pilot_steps(&self, scope: &Scope, id: Uuid) -> Result<Vec<PilotReportStep>, StoreError> {
        STEPS.list(&self.read(reach(scope)), scope, id).await
    }

    /// The figures of a report that the caller sees, in their order.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_pilot_figures(&self, scope: &Scope, id: Uuid) -> Result<Vec<Figure>, StoreError> {
        let mut query =
            figure::Entity::find().filter(figure::Column::ReportId.eq(id)).order_by_asc(figure::Column::Number);
        if !scope.is_national() {
            query = query.filter(figure::Column::MunicipalityCode.eq(scope.municipality.as_str()));
        }
        let rows = query.all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        rows.into_iter().map(|row| opened_figure(id, &row.topic, row.name, (row.cents, row.counted))).collect()
    }

    /// The frozen content of a report that the scope sees, byte for byte.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] where its hash is another, or what the database says.
    pub async fn get_pilot_report_content(&self, scope: &Scope, id: Uuid) -> Result<Option<String>, StoreError> {
        let found: Option<(String, Vec<u8>)> = report::Entity::find_by_id(id)
            .filter(visible(scope))
            .select_only()
            .columns([report::Column::Content, report::Column::ContentHash])
            .into_tuple()
            .one(&self.read(reach(scope)))
            .await
            .map_err(StoreError::failed)?;
        found.map(|(content, hash)| frozen(content, &hash).ok_or_else(|| inconsistent(id))).transpose()
    }

    /// The figures of the reports of a kind and period that are submitted or approved, by municipality.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn pilot_summary(&self, kind: PilotReportKind, month: Month) -> Result<Vec<SummaryFigure>, StoreError> {
        let values = [kind.as_str().into(), month.first_day().into()];
        let statement = Statement::from_sql_and_values(self.backend(), SUMMARY, values);
        let rows = self.read(Reach::Country).query_all_raw(statement).await.map_err(StoreError::failed)?;
        let figure = |row| {
            let row = SummaryRow::from_query_result(row, "").map_err(StoreError::failed)?;
            let id = Uuid::nil();
            Ok(SummaryFigure {
                municipality: row.municipality_code.parse().map_err(|_| inconsistent(id))?,
                figure: opened_figure(id, &row.topic, row.name, (row.cents, row.counted))?,
            })
        };
        rows.iter().map(figure).collect()
    }

    /// The municipalities that take part in the pilot, in order of their codes: they have granted its applications, or made a
    /// report of it for this period or an earlier one.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn municipalities_in_pilot(&self, month: Month) -> Result<Vec<MunicipalityCode>, StoreError> {
        let granted = Condition::all()
            .add(application::Column::Methodology.eq(MethodologyId::ChildrenPilot2018.as_str()))
            .add(application::Column::Status.is_in(["granted", "revoked"]));
        let reported = Condition::all().add(report::Column::Month.lte(month.first_day()));
        let tables = [("application", granted), ("pilot_report", reported)];
        municipalities::with_rows(&self.read(Reach::Country), tables).await
    }

    /// The reports of a kind and period in the whole country, drafts included.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn pilot_reports_of(&self, kind: PilotReportKind, month: Month) -> Result<Vec<PilotReport>, StoreError> {
        let query = heads()
            .filter(report::Column::Kind.eq(kind.as_str()))
            .filter(report::Column::Month.eq(month.first_day()))
            .order_by_asc(report::Column::Id);
        let rows = query.into_model::<Head>().all(&self.read(Reach::Country)).await.map_err(StoreError::failed)?;
        rows.into_iter().map(opened).collect()
    }
}

fn indicators() -> String {
    [
        ("{granted}", Indicator::Granted),
        ("{assessed}", Indicator::Assessed),
        ("{planned}", Indicator::Planned),
        ("{recipients}", Indicator::Recipients),
        ("{deliveries}", Indicator::Deliveries),
    ]
    .iter()
    .fold(
        INDICATORS.replace("{received}", &received("$2", "$3", "received.municipality_code = $1")),
        |sql, (place, indicator)| sql.replace(place, indicator.as_str()),
    )
}

/// A report's row without its content, which may be megabytes.
#[derive(FromQueryResult)]
struct Head {
    id: Uuid,
    municipality_code: String,
    kind: String,
    month: NaiveDate,
    worker: String,
    status: String,
    notes: Option<String>,
    documents: String,
    content_hash: Vec<u8>,
    cents: i64,
    due_on: NaiveDate,
    submitted_on: Option<NaiveDate>,
    created_by: String,
    version: i64,
    created_at: DateTime<Utc>,
}

fn heads() -> sea_orm::Select<report::Entity> {
    report::Entity::find().select_only().columns([
        report::Column::Id,
        report::Column::MunicipalityCode,
        report::Column::Kind,
        report::Column::Month,
        report::Column::Worker,
        report::Column::Status,
        report::Column::Notes,
        report::Column::Documents,
        report::Column::ContentHash,
        report::Column::Cents,
        report::Column::DueOn,
        report::Column::SubmittedOn,
        report::Column::CreatedBy,
        report::Column::Version,
        report::Column::CreatedAt,
    ])
}

fn opened(row: Head) -> Result<PilotReport, StoreError> {
    let broken = || inconsistent(row.id);
    Ok(PilotReport {
        id: row.id,
        municipality: row.municipality_code.parse().map_err(|_| broken())?,
        kind: known(PilotReportKind::ALL, &row.kind, PilotReportKind::as_str).ok_or_else(broken)?,
        month: Month::of(row.month),
        status: known(PilotReportStatus::ALL, &row.status, PilotReportStatus::as_str).ok_or_else(broken)?,
        documents: serde_json::from_str(&row.documents).map_err(|_| broken())?,
        worker: Some(row.worker).filter(|worker| !worker.is_empty()),
        notes: row.notes,
        content_hash: row.content_hash,
        total: Money::from_cents(row.cents),
        due_on: row.due_on,
        submitted_on: row.submitted_on,
        created_by: row.created_by,
        created_at: row.created_at,
        version: row.version,
    })
}

fn figure_row(scope: &Scope, id: Uuid, number: i32, figure: &Figure) -> Result<figure::ActiveModel, StoreError> {
    let broken = || inconsistent(id);
    Ok(figure::ActiveModel {
        report_id: Set(id),
        number: Set(number),
        municipality_code: Set(scope.municipality.to_string()),
        topic: Set(figure.topic.as_str().to_owned()),
        name: Set(figure.of.clone()),
        cents: Set(figure.amount.map(|amount| amount.cents().ok_or_else(broken)).transpose()?),
        counted: Set(figure.count.map(|count| i64::try_from(count).map_err(|_| broken())).transpose()?),
    })
}

fn opened_figure(
    report: Uuid,
    topic: &str,
    of: String,
    (cents, counted): (Option<i64>, Option<i64>),
) -> Result<Figure, StoreError> {
    Ok(Figure {
        topic: known(FigureTopic::ALL, topic, FigureTopic::as_str).ok_or_else(|| inconsistent(report))?,
        of,
        amount: cents.map(Money::from_cents),
        count: counted.map(i64::unsigned_abs),
    })
}

//! Monthly reports: what they take of invoices and payments, once; their frozen content, lines and steps.

use std::collections::BTreeMap;

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    funding::FundingVariant,
    identifier::Identifier,
    invoices::InvoiceKind,
    money::{Money, Volume},
    month::Month,
    monthly_reports::{
        ReportContent, ReportLine, ReportLineKind, ReportStatus, ReportStepKind, ReportTotals, Spent, thousandths,
        timely_from,
    },
    parameters::catalogue::{MethodologyId, ServiceGroup, Unit},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, QueryTrait, Statement, entity::prelude::*, sea_query::SelectStatement,
};
use sha2::{Digest, Sha256};

use crate::{
    InsertError, Purpose, Reach, Store, StoreError, WriteTransaction,
    applications::known,
    budgets::budget,
    goal_results::reach,
    invoices::{invoice, line as invoice_line},
    municipalities,
    persons::{person, person_place},
    report_steps::{ReportStep, StepTable},
};

mod report {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "monthly_report")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub month: Date,
        pub status: String,
        pub variant: String,
        pub notes: Option<String>,
        pub content: String,
        pub content_hash: Vec<u8>,
        pub lines: i32,
        pub recipients: i32,
        pub paid_cents: i64,
        pub awaiting_cents: i64,
        pub earlier_cents: i64,
        pub correction_cents: i64,
        pub state_cents: i64,
        pub municipality_cents: i64,
        pub parents_cents: i64,
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

mod line {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "monthly_report_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub report_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub municipality_code: String,
        pub kind: String,
        pub recipient: String,
        pub methodology: String,
        pub service: String,
        pub service_group: String,
        pub unit: Option<String>,
        pub document: String,
        pub provider_id: Option<Uuid>,
        pub provider_name: Option<String>,
        pub correction: bool,
        pub correction_of: Option<Date>,
        pub thousandths: i64,
        pub unit_price_cents: i64,
        pub cents: i64,
        pub state_cents: i64,
        pub municipality_cents: i64,
        pub parents_cents: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A report without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthlyReport {
    /// Identifier.
    pub id: Uuid,
    /// Whose it is.
    pub municipality: MunicipalityCode,
    /// The month.
    pub month: Month,
    /// Where it stands.
    pub status: ReportStatus,
    /// How state, municipality and parents share.
    pub variant: FundingVariant,
    /// The worker's words.
    pub notes: Option<String>,
    /// SHA-256 of the content.
    pub content_hash: Vec<u8>,
    /// How many lines it has.
    pub lines: u32,
    /// What it adds up to.
    pub totals: ReportTotals,
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

/// What was done with a monthly report.
pub type MonthlyReportStep = ReportStep<ReportStepKind>;

const STEPS: StepTable<ReportStepKind> =
    StepTable { table: "monthly_report_step", kinds: ReportStepKind::ALL, name: ReportStepKind::as_str };

/// Which reports a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct MonthlyReportFilter {
    /// Of this municipality.
    pub municipality: Option<MunicipalityCode>,
    /// Of this month.
    pub month: Option<Month>,
    /// With this status.
    pub status: Option<ReportStatus>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

/// Which lines of a report a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportLineFilter {
    /// Of this methodology.
    pub methodology: Option<MethodologyId>,
    /// Only what this report claims, not what is paid by now of an earlier claim.
    pub claimed: bool,
}

/// What the reports of a municipality and month claim for a methodology, cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SummaryCell {
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The month.
    pub month: Month,
    /// The methodology.
    pub methodology: MethodologyId,
    /// Different recipients of what is claimed.
    pub recipients: u32,
    /// Paid, and claimed.
    pub paid: i64,
    /// Waiting for the funding, and claimed.
    pub awaiting: i64,
    /// What the state pays.
    pub state: i64,
    /// What the municipality pays.
    pub municipal: i64,
    /// What the parents pay.
    pub parents: i64,
}

fn inconsistent(id: Uuid) -> StoreError {
    StoreError::Inconsistent { table: "monthly_report", id }
}

/// The reports that a scope sees: a municipality its own; the country all but drafts.
fn visible(scope: &Scope) -> Condition {
    if scope.is_national() {
        return Condition::all().add(report::Column::Status.ne(ReportStatus::Draft.as_str()));
    }
    Condition::all().add(report::Column::MunicipalityCode.eq(scope.municipality.as_str()))
}

/// What was spent of the invoices and payments of a report, added up by the database.
const SPENT: &str = "
    SELECT line.person_id, budget.methodology, line.service, invoice.kind AS document, invoice.provider_id,
        line.unit_price_cents,
        CASE WHEN invoice.paid_reported_in = $2 THEN
            CASE WHEN invoice.reported_in = $2 THEN 'paid' ELSE 'paid_of_earlier_claim' END
        ELSE 'awaiting_funding' END AS list,
        CASE WHEN invoice.reported_in = $2
                AND (invoice.approved_on < $3 OR line.to_day < $4 OR corrected.reported_in <> $2)
            THEN SUBSTR(CAST(line.to_day AS TEXT), 1, 7) END AS correction_of,
        MIN(provider.name) AS provider_name,
        CAST(SUM(CASE WHEN invoice.kind = 'credit_note' THEN -line.thousandths ELSE line.thousandths END) AS BIGINT)
            AS thousandths,
        CAST(SUM(line.cents) AS BIGINT) AS cents
    FROM invoice
    JOIN invoice_line line ON line.invoice_id = invoice.id
    JOIN budget ON budget.id = line.budget_id
    LEFT JOIN provider ON provider.id = invoice.provider_id
    LEFT JOIN invoice corrected ON corrected.id = invoice.corrects
    WHERE invoice.municipality_code = $1 AND (invoice.reported_in = $2 OR invoice.paid_reported_in = $2)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8";

/// Sums of lines that count in the national summary: what an earlier report claimed is counted where that claimed it.
const SUMMARY: &str = "
    SELECT line.municipality_code, report.month, line.methodology,
        CAST(COUNT(DISTINCT line.recipient) AS BIGINT) AS recipients,
        CAST(SUM(CASE WHEN line.kind = 'paid' THEN line.cents ELSE 0 END) AS BIGINT) AS paid,
        CAST(SUM(CASE WHEN line.kind = 'awaiting_funding' THEN line.cents ELSE 0 END) AS BIGINT) AS awaiting,
        CAST(SUM(line.state_cents) AS BIGINT) AS state,
        CAST(SUM(line.municipality_cents) AS BIGINT) AS municipal,
        CAST(SUM(line.parents_cents) AS BIGINT) AS parents
    FROM monthly_report report
    JOIN monthly_report_line line ON line.report_id = report.id
    WHERE report.month >= $1 AND report.month <= $2 AND report.status IN ('submitted', 'approved', 'funded')
        AND line.kind <> 'paid_of_earlier_claim'
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";

#[derive(FromQueryResult)]
struct SpentRow {
    person_id: Uuid,
    methodology: String,
    service: String,
    document: String,
    provider_id: Option<Uuid>,
    unit_price_cents: i64,
    list: String,
    correction_of: Option<String>,
    provider_name: Option<String>,
    thousandths: i64,
    cents: i64,
}

/// What waits to be told to the end of a month: its approval, or its payment.
fn waiting(month: Month) -> Condition {
    let approved = Condition::all()
        .add(invoice::Column::Status.is_in(["approved", "paid"]))
        .add(invoice::Column::ApprovedOn.lte(month.last_day()))
        .add(invoice::Column::ReportedIn.is_null());
    let paid = Condition::all()
        .add(invoice::Column::Status.eq("paid"))
        .add(invoice::Column::PaidOn.lte(month.last_day()))
        .add(invoice::Column::PaidReportedIn.is_null());
    Condition::any().add(approved).add(paid)
}

impl WriteTransaction {
    /// Stores a new report, still without content.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the month has one, or what the database says.
    pub async fn insert_monthly_report(&self, scope: &Scope, new: &MonthlyReport) -> Result<(), InsertError> {
        let row = report::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            month: Set(new.month.first_day()),
            status: Set(new.status.as_str().to_owned()),
            variant: Set(new.variant.as_str().to_owned()),
            notes: Set(new.notes.clone()),
            content: Set(String::new()),
            content_hash: Set(Vec::new()),
            lines: Set(0),
            recipients: Set(0),
            paid_cents: Set(0),
            awaiting_cents: Set(0),
            earlier_cents: Set(0),
            correction_cents: Set(0),
            state_cents: Set(0),
            municipality_cents: Set(0),
            parents_cents: Set(0),
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

    /// Whether a later month of the municipality has a report.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_later_report(&self, scope: &Scope, month: Month) -> Result<bool, StoreError> {
        let later = report::Entity::find()
            .select_only()
            .column(report::Column::Id)
            .filter(report::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(report::Column::Month.gt(month.first_day()))
            .into_tuple::<Uuid>()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(later.is_some())
    }

    /// Takes into a report what was approved, and what was paid, to the end of its month and is in no report yet. Two reports
    /// never take the same: each waits for the rows of the other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_into_report(&self, scope: &Scope, id: Uuid, month: Month) -> Result<(), StoreError> {
        let municipality = scope.municipality.as_str();
        self.take_invoices(scope, waiting(month)).await?;
        invoice::Entity::update_many()
            .col_expr(invoice::Column::ReportedIn, Expr::val(id))
            .filter(invoice::Column::MunicipalityCode.eq(municipality))
            .filter(invoice::Column::Status.is_in(["approved", "paid"]))
            .filter(invoice::Column::ApprovedOn.lte(month.last_day()))
            .filter(invoice::Column::ReportedIn.is_null())
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        invoice::Entity::update_many()
            .col_expr(invoice::Column::PaidReportedIn, Expr::val(id))
            .filter(invoice::Column::MunicipalityCode.eq(municipality))
            .filter(invoice::Column::Status.eq("paid"))
            .filter(invoice::Column::PaidOn.lte(month.last_day()))
            .filter(invoice::Column::ReportedIn.is_not_null())
            .filter(invoice::Column::PaidReportedIn.is_null())
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gives back what the report of a month took, and its lines. What it may take anew is taken with it, in one order.
    ///
    /// # Errors
    /// What the database says.
    pub async fn empty_report(&self, scope: &Scope, id: Uuid, month: Month) -> Result<(), StoreError> {
        let municipality = scope.municipality.as_str();
        let took = [invoice::Column::ReportedIn, invoice::Column::PaidReportedIn].map(|column| column.eq(id));
        let taken = took.into_iter().fold(Condition::any().add(waiting(month)), Condition::add);
        self.take_invoices(scope, taken).await?;
        for column in [invoice::Column::ReportedIn, invoice::Column::PaidReportedIn] {
            invoice::Entity::update_many()
                .col_expr(column, Expr::val(None::<Uuid>))
                .filter(invoice::Column::MunicipalityCode.eq(municipality))
                .filter(column.eq(id))
                .exec(&self.0)
                .await
                .map_err(StoreError::failed)?;
        }
        line::Entity::delete_many()
            .filter(line::Column::ReportId.eq(id))
            .filter(line::Column::MunicipalityCode.eq(municipality))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// What a report took, added up, each person under the pseudonym for a purpose.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn spent_in_report(
        &self,
        scope: &Scope,
        id: Uuid,
        month: Month,
        purpose: &Purpose,
    ) -> Result<Vec<Spent>, StoreError> {
        let pseudonyms = self.pseudonyms_in_report(scope, id, purpose).await?;
        let backend = self.0.get_database_backend();
        let days = [month.first_day(), timely_from(month)].map(Into::into);
        let values = [scope.municipality.as_str().into(), id.into()].into_iter().chain(days);
        let statement = Statement::from_sql_and_values(backend, SPENT, values);
        let rows = SpentRow::find_by_statement(statement).all(&self.0).await.map_err(StoreError::failed)?;
        let spent = |row: SpentRow| {
            let broken = || inconsistent(id);
            Ok(Spent {
                kind: known(ReportLineKind::ALL, &row.list, ReportLineKind::as_str).ok_or_else(broken)?,
                recipient: pseudonyms.get(&row.person_id).cloned().ok_or_else(broken)?,
                methodology: known(MethodologyId::ALL, &row.methodology, MethodologyId::as_str).ok_or_else(broken)?,
                service: row.service,
                document: known(InvoiceKind::ALL, &row.document, InvoiceKind::as_str).ok_or_else(broken)?,
                provider: row.provider_id,
                provider_name: row.provider_name,
                unit_price: row.unit_price_cents,
                correction_of: row.correction_of.map(|of| of.parse().map_err(|_| broken())).transpose()?,
                thousandths: row.thousandths,
                cents: row.cents,
            })
        };
        rows.into_iter().map(spent).collect()
    }

    /// The pseudonyms of the persons of whom a report tells.
    async fn pseudonyms_in_report(
        &self,
        scope: &Scope,
        id: Uuid,
        purpose: &Purpose,
    ) -> Result<BTreeMap<Uuid, String>, StoreError> {
        let taken = invoice::Entity::find()
            .select_only()
            .column(invoice::Column::Id)
            .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(invoice::Column::ReportedIn.eq(id).or(invoice::Column::PaidReportedIn.eq(id)));
        let of_lines = invoice_line::Entity::find()
            .select_only()
            .column(invoice_line::Column::PersonId)
            .filter(invoice_line::Column::InvoiceId.in_subquery(taken.into_query()));
        self.pseudonyms_of(scope, of_lines.into_query(), purpose).await
    }

    /// The pseudonyms of persons. One who was erased is known by another, which no code leads to.
    pub(crate) async fn pseudonyms_of(
        &self,
        scope: &Scope,
        persons: SelectStatement,
        purpose: &Purpose,
    ) -> Result<BTreeMap<Uuid, String>, StoreError> {
        let persons: Vec<(Uuid, Vec<u8>, Option<NaiveDate>)> = person::Entity::find()
            .select_only()
            .columns([person::Column::Id, person::Column::PersonalCode, person::Column::ErasedOn])
            .filter(person::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(person::Column::Id.in_subquery(persons))
            .into_tuple()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let vault = self.vault()?;
        let pseudonym = |(person, sealed, erased_on): (Uuid, Vec<u8>, Option<NaiveDate>)| {
            if erased_on.is_some() {
                return Ok((person, vault.pseudonym_of_erased(purpose, person)));
            }
            let broken = || StoreError::Inconsistent { table: "person", id: person };
            let kept = vault.open(person_place("personal_code", person), &sealed)?;
            let identifier = String::from_utf8(kept).ok().and_then(|kept| Identifier::from_kept(&kept));
            Ok((person, vault.pseudonym(purpose, &identifier.ok_or_else(broken)?)))
        };
        persons.into_iter().map(pseudonym).collect()
    }

    /// Stores what a report consists of, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first, or what the database says.
    pub async fn fill_report(
        &self,
        scope: &Scope,
        report: &mut MonthlyReport,
        content: &ReportContent,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let broken = || inconsistent(report.id);
        let rows = content.lines.iter().map(|line| line_row(scope, report.id, line));
        match self.insert_all(rows).await {
            Ok(()) => {}
            Err(InsertError::Store(error)) => return Err(error),
            Err(InsertError::Exists) => return Err(StoreError::Stale),
        }
        let frozen = serde_json::to_string(content).map_err(|_| broken())?;
        let totals = content.totals;
        let cents = |amount: Money| amount.cents().ok_or_else(broken);
        let hash = Sha256::digest(frozen.as_bytes()).to_vec();
        let change = report::ActiveModel {
            content: Set(frozen),
            content_hash: Set(hash.clone()),
            variant: Set(content.variant.as_str().to_owned()),
            lines: Set(i32::try_from(content.lines.len()).map_err(|_| broken())?),
            recipients: Set(i32::try_from(totals.recipients).map_err(|_| broken())?),
            paid_cents: Set(cents(totals.paid)?),
            awaiting_cents: Set(cents(totals.awaiting_funding)?),
            earlier_cents: Set(cents(totals.paid_of_earlier_claims)?),
            correction_cents: Set(cents(totals.corrections)?),
            state_cents: Set(cents(totals.state)?),
            municipality_cents: Set(cents(totals.municipality)?),
            parents_cents: Set(cents(totals.parents)?),
            ..Default::default()
        };
        self.change_report(report, change, at).await?;
        report.variant = content.variant;
        report.lines = u32::try_from(content.lines.len()).unwrap_or(u32::MAX);
        report.totals = totals;
        report.content_hash = hash;
        Ok(())
    }

    /// Stores status, notes and the day of the submission of a report, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first, or what the database says.
    pub async fn update_monthly_report(&self, report: &mut MonthlyReport, at: DateTime<Utc>) -> Result<(), StoreError> {
        let change = report::ActiveModel {
            status: Set(report.status.as_str().to_owned()),
            notes: Set(report.notes.clone()),
            submitted_on: Set(report.submitted_on),
            ..Default::default()
        };
        self.change_report(report, change, at).await
    }

    async fn change_report(
        &self,
        report: &mut MonthlyReport,
        mut change: report::ActiveModel,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let version = report.version.saturating_add(1);
        (change.version, change.updated_at) = (Set(version), Set(at));
        let updated = report::Entity::update_many()
            .set(change)
            .filter(report::Column::Id.eq(report.id))
            .filter(report::Column::MunicipalityCode.eq(report.municipality.as_str()))
            .filter(report::Column::Version.eq(report.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        report.version = version;
        Ok(())
    }

    /// Deletes a report, its lines and steps.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_monthly_report(&self, scope: &Scope, id: Uuid, month: Month) -> Result<(), StoreError> {
        self.empty_report(scope, id, month).await?;
        STEPS.delete(&self.0, scope, id).await?;
        report::Entity::delete_many()
            .filter(report::Column::Id.eq(id))
            .filter(report::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gets a report that the scope sees for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_monthly_report(&self, scope: &Scope, id: Uuid) -> Result<Option<MonthlyReport>, StoreError> {
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
    pub async fn insert_report_step(&self, report: &MonthlyReport, new: &MonthlyReportStep) -> Result<(), StoreError> {
        STEPS.insert(&self.0, (report.id, report.municipality), new).await
    }
}

impl Store {
    /// Begins a transaction that may change reports that a scope sees.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn begin_report_change(&self, scope: &Scope) -> Result<WriteTransaction, StoreError> {
        self.begin_write(reach(scope)).await
    }

    /// Gets a report that the scope sees.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn get_monthly_report(&self, scope: &Scope, id: Uuid) -> Result<Option<MonthlyReport>, StoreError> {
        let query = heads().filter(report::Column::Id.eq(id)).filter(visible(scope));
        let found = query.into_model::<Head>().one(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        found.map(opened).transpose()
    }

    /// Lists the steps of a report, the first first.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_report_steps(&self, scope: &Scope, id: Uuid) -> Result<Vec<MonthlyReportStep>, StoreError> {
        STEPS.list(&self.read(reach(scope)), scope, id).await
    }

    /// Lists the reports that the scope sees in the order of their identifiers.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_monthly_reports(
        &self,
        scope: &Scope,
        filter: MonthlyReportFilter,
        limit: u64,
    ) -> Result<Vec<MonthlyReport>, StoreError> {
        let mut query = heads().filter(visible(scope)).order_by_asc(report::Column::Id).limit(limit);
        if let Some(municipality) = filter.municipality {
            query = query.filter(report::Column::MunicipalityCode.eq(municipality.as_str()));
        }
        if let Some(month) = filter.month {
            query = query.filter(report::Column::Month.eq(month.first_day()));
        }
        if let Some(status) = filter.status {
            query = query.filter(report::Column::Status.eq(status.as_str()));
        }
        if let Some(after) = filter.after {
            query = query.filter(report::Column::Id.gt(after));
        }
        let rows = query.into_model::<Head>().all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        rows.into_iter().map(opened).collect()
    }

    /// The frozen content of a report that the scope sees, byte for byte.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] where its hash is another, or what the database says.
    pub async fn get_report_content(&self, scope: &Scope, id: Uuid) -> Result<Option<String>, StoreError> {
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

    /// Lists lines of a report that the caller sees, in their order.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_report_lines(
        &self,
        scope: &Scope,
        id: Uuid,
        filter: ReportLineFilter,
        after: u32,
        limit: Option<u64>,
    ) -> Result<Vec<ReportLine>, StoreError> {
        let after = i32::try_from(after).unwrap_or(i32::MAX);
        let mut query = line::Entity::find()
            .filter(line::Column::ReportId.eq(id))
            .filter(line::Column::Number.gt(after))
            .order_by_asc(line::Column::Number)
            .limit(limit);
        if !scope.is_national() {
            query = query.filter(line::Column::MunicipalityCode.eq(scope.municipality.as_str()));
        }
        if let Some(methodology) = filter.methodology {
            query = query.filter(line::Column::Methodology.eq(methodology.as_str()));
        }
        if filter.claimed {
            query = query.filter(line::Column::Kind.ne(ReportLineKind::PaidEarlier.as_str()));
        }
        let rows = query.all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        rows.into_iter().map(opened_line).collect()
    }

    /// What the reports of the country claim that are submitted, approved or funded, by municipality, month and methodology.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn national_summary(&self, from: Month, to: Month) -> Result<Vec<SummaryCell>, StoreError> {
        let values = [from.first_day().into(), to.first_day().into()];
        let statement = Statement::from_sql_and_values(self.backend(), SUMMARY, values);
        let rows = self.read(Reach::Country).query_all_raw(statement).await.map_err(StoreError::failed)?;
        rows.iter().map(cell).collect()
    }

    /// The municipalities that made a budget before an instant, in order of their codes.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn municipalities_with_budgets(
        &self,
        before: DateTime<Utc>,
    ) -> Result<Vec<MunicipalityCode>, StoreError> {
        let made = Condition::all().add(budget::Column::CreatedAt.lt(before));
        municipalities::with_rows(&self.read(Reach::Country), [("budget", made)]).await
    }

    /// The reports of a month in the whole country, drafts included.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn reports_of_month(&self, month: Month) -> Result<Vec<MonthlyReport>, StoreError> {
        let query = heads().filter(report::Column::Month.eq(month.first_day()));
        let rows = query.into_model::<Head>().all(&self.read(Reach::Country)).await.map_err(StoreError::failed)?;
        rows.into_iter().map(opened).collect()
    }
}

/// A report's row without its content, which may be megabytes.
#[derive(FromQueryResult)]
struct Head {
    id: Uuid,
    municipality_code: String,
    month: NaiveDate,
    status: String,
    variant: String,
    notes: Option<String>,
    content_hash: Vec<u8>,
    lines: i32,
    recipients: i32,
    paid_cents: i64,
    awaiting_cents: i64,
    earlier_cents: i64,
    correction_cents: i64,
    state_cents: i64,
    municipality_cents: i64,
    parents_cents: i64,
    due_on: NaiveDate,
    submitted_on: Option<NaiveDate>,
    created_by: String,
    version: i64,
    created_at: DateTime<Utc>,
}

/// A content, where its hash is the one that was stored.
pub(crate) fn frozen(content: String, hash: &[u8]) -> Option<String> {
    (Sha256::digest(content.as_bytes()).as_slice() == hash).then_some(content)
}

fn heads() -> sea_orm::Select<report::Entity> {
    report::Entity::find().select_only().columns([
        report::Column::Id,
        report::Column::MunicipalityCode,
        report::Column::Month,
        report::Column::Status,
        report::Column::Variant,
        report::Column::Notes,
        report::Column::ContentHash,
        report::Column::Lines,
        report::Column::Recipients,
        report::Column::PaidCents,
        report::Column::AwaitingCents,
        report::Column::EarlierCents,
        report::Column::CorrectionCents,
        report::Column::StateCents,
        report::Column::MunicipalityCents,
        report::Column::ParentsCents,
        report::Column::DueOn,
        report::Column::SubmittedOn,
        report::Column::CreatedBy,
        report::Column::Version,
        report::Column::CreatedAt,
    ])
}

fn opened(row: Head) -> Result<MonthlyReport, StoreError> {
    let broken = || inconsistent(row.id);
    let count = |number: i32| u32::try_from(number).map_err(|_| broken());
    Ok(MonthlyReport {
        id: row.id,
        municipality: row.municipality_code.parse().map_err(|_| broken())?,
        month: Month::of(row.month),
        status: known(ReportStatus::ALL, &row.status, ReportStatus::as_str).ok_or_else(broken)?,
        variant: known(FundingVariant::ALL, &row.variant, FundingVariant::as_str).ok_or_else(broken)?,
        lines: count(row.lines)?,
        totals: ReportTotals {
            recipients: count(row.recipients)?,
            paid: Money::from_cents(row.paid_cents),
            awaiting_funding: Money::from_cents(row.awaiting_cents),
            claimed: Money::from_cents(row.paid_cents.saturating_add(row.awaiting_cents)),
            corrections: Money::from_cents(row.correction_cents),
            paid_of_earlier_claims: Money::from_cents(row.earlier_cents),
            state: Money::from_cents(row.state_cents),
            municipality: Money::from_cents(row.municipality_cents),
            parents: Money::from_cents(row.parents_cents),
        },
        notes: row.notes,
        content_hash: row.content_hash,
        due_on: row.due_on,
        submitted_on: row.submitted_on,
        created_by: row.created_by,
        created_at: row.created_at,
        version: row.version,
    })
}

fn line_row(scope: &Scope, id: Uuid, line: &ReportLine) -> Result<line::ActiveModel, StoreError> {
    let broken = || inconsistent(id);
    let cents = |amount: Money| amount.cents().ok_or_else(broken);
    Ok(line::ActiveModel {
        report_id: Set(id),
        number: Set(i32::try_from(line.number).map_err(|_| broken())?),
        municipality_code: Set(scope.municipality.to_string()),
        kind: Set(line.kind.as_str().to_owned()),
        recipient: Set(line.recipient.clone()),
        methodology: Set(line.methodology.as_str().to_owned()),
        service: Set(line.service.clone()),
        service_group: Set(line.service_group.as_str().to_owned()),
        unit: Set(line.unit.map(|unit| unit.as_str().to_owned())),
        document: Set(line.document.as_str().to_owned()),
        provider_id: Set(line.provider),
        provider_name: Set(line.provider_name.clone()),
        correction: Set(line.correction),
        correction_of: Set(line.correction_of.map(Month::first_day)),
        thousandths: Set(thousandths(line.units).ok_or_else(broken)?),
        unit_price_cents: Set(cents(line.unit_price)?),
        cents: Set(cents(line.amount)?),
        state_cents: Set(cents(line.state)?),
        municipality_cents: Set(cents(line.municipality)?),
        parents_cents: Set(cents(line.parents)?),
    })
}

fn opened_line(row: line::Model) -> Result<ReportLine, StoreError> {
    let broken = || inconsistent(row.report_id);
    let unit = row.unit.as_deref().map(|unit| known(Unit::ALL, unit, Unit::as_str).ok_or_else(broken));
    Ok(ReportLine {
        number: u32::try_from(row.number).map_err(|_| broken())?,
        kind: known(ReportLineKind::ALL, &row.kind, ReportLineKind::as_str).ok_or_else(broken)?,
        methodology: known(MethodologyId::ALL, &row.methodology, MethodologyId::as_str).ok_or_else(broken)?,
        service_group: known(ServiceGroup::ALL, &row.service_group, ServiceGroup::as_str).ok_or_else(broken)?,
        unit: unit.transpose()?,
        document: known(InvoiceKind::ALL, &row.document, InvoiceKind::as_str).ok_or_else(broken)?,
        recipient: row.recipient,
        service: row.service,
        provider: row.provider_id,
        provider_name: row.provider_name,
        correction: row.correction,
        correction_of: row.correction_of.map(Month::of),
        units: Volume::from_thousandths(row.thousandths),
        unit_price: Money::from_cents(row.unit_price_cents),
        amount: Money::from_cents(row.cents),
        state: Money::from_cents(row.state_cents),
        municipality: Money::from_cents(row.municipality_cents),
        parents: Money::from_cents(row.parents_cents),
    })
}

fn cell(row: &QueryResult) -> Result<SummaryCell, StoreError> {
    let broken = || inconsistent(Uuid::nil());
    let cents = |name: &str| row.try_get::<i64>("", name).map_err(StoreError::failed);
    let code: String = row.try_get("", "municipality_code").map_err(StoreError::failed)?;
    let methodology: String = row.try_get("", "methodology").map_err(StoreError::failed)?;
    let month: NaiveDate = row.try_get("", "month").map_err(StoreError::failed)?;
    Ok(SummaryCell {
        municipality: code.parse().map_err(|_| broken())?,
        month: Month::of(month),
        methodology: known(MethodologyId::ALL, &methodology, MethodologyId::as_str).ok_or_else(broken)?,
        recipients: u32::try_from(cents("recipients")?).map_err(|_| broken())?,
        paid: cents("paid")?,
        awaiting: cents("awaiting")?,
        state: cents("state")?,
        municipal: cents("municipal")?,
        parents: cents("parents")?,
    })
}

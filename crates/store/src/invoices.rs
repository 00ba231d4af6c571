//! Invoices and claims with their lines, and what was done with them. What is approved is not changed any more.

use std::collections::BTreeMap;

use balsts_domain::{
    access::{Role, Scope},
    invoices::{InvoiceKind, InvoiceStatus, InvoiceStepKind, PaidBefore},
    money::{Money, Volume},
    text::Text,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, RelationTrait,
    entity::prelude::*,
    sea_query::{Alias, CaseStatement, SimpleExpr},
};
use serde::{Deserialize, Serialize};

use crate::{
    InsertError, Store, StoreError, WriteTransaction,
    applications::known,
    budgets,
    pages::by_day,
    representatives::visible,
    vault::{ERASED, Place, Vault},
};

/// Rows of one statement: a database takes so many parameters.
const STEP: usize = 400;

pub(crate) mod invoice {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub kind: String,
        pub status: String,
        pub provider_id: Option<Uuid>,
        pub person_id: Option<Uuid>,
        pub number: String,
        pub issued_on: Date,
        pub period_from: Date,
        pub period_to: Date,
        pub cents: i64,
        pub content: Vec<u8>,
        pub findings: Option<String>,
        pub corrects: Option<Uuid>,
        pub entered_by: String,
        pub checked_by: Option<String>,
        pub approved_by: Option<String>,
        pub approved_on: Option<Date>,
        pub payment_id: Option<Uuid>,
        pub paid_on: Option<Date>,
        pub reported_in: Option<Uuid>,
        pub paid_reported_in: Option<Uuid>,
        pub cash_flow_in: Option<Uuid>,
        pub quarter_in: Option<Uuid>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod line {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub invoice_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub municipality_code: String,
        pub order_id: Uuid,
        pub budget_id: Uuid,
        pub person_id: Uuid,
        pub line: i32,
        pub service: String,
        pub from_day: Date,
        pub to_day: Date,
        pub thousandths: i64,
        pub unit_price_cents: i64,
        pub cents: i64,
        pub delivered_cents: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::invoice::Entity", from = "Column::InvoiceId", to = "super::invoice::Column::Id")]
        Invoice,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod step {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice_step")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub invoice_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub municipality_code: String,
        pub kind: String,
        pub words: Option<Vec<u8>>,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What sent an invoice back, as it was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFinding {
    /// JSON Pointer into what was sent.
    pub pointer: String,
    /// Published code.
    pub code: String,
    /// In words.
    pub detail: Text,
}

/// A line as it was sent. Cents and thousandths of the unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedLine {
    /// The order.
    pub order: Uuid,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Volume.
    pub thousandths: i64,
    /// Price of a unit.
    pub unit_price: i64,
    /// What it asks for.
    pub cents: i64,
}

/// What is sealed of an invoice: whom to pay, and what was sent. Of the claim of a person who is erased, nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceContent {
    /// Name of the payee.
    pub payee: String,
    /// Account of the payee.
    pub account: Option<String>,
    /// Number of the invoice that a credit note corrects.
    pub corrects: Option<String>,
    /// The lines as they were sent.
    pub submitted: Vec<SubmittedLine>,
    /// In words.
    pub note: Option<String>,
    /// The e-invoice as it was received.
    pub xml: Option<String>,
    /// Receipts and trips of a claim.
    pub claim: Option<serde_json::Value>,
}

/// An invoice without its content: what a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceSummary {
    /// Identifier.
    pub id: Uuid,
    /// What it is.
    pub kind: InvoiceKind,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// Whose invoice it is.
    pub provider_id: Option<Uuid>,
    /// Whose claim it is.
    pub person_id: Option<Uuid>,
    /// The sender's number.
    pub number: String,
    /// The day on which it was issued.
    pub issued_on: NaiveDate,
    /// First and last day of what it is for.
    pub period: (NaiveDate, NaiveDate),
    /// What it asks for, EUR; negative for a credit note.
    pub amount: Money,
    /// What sent it back.
    pub findings: Vec<StoredFinding>,
    /// The invoice that a credit note corrects.
    pub corrects: Option<Uuid>,
    /// Subject of who entered it.
    pub entered_by: String,
    /// Subject of who endorsed it.
    pub checked_by: Option<String>,
    /// Subject of who approved it.
    pub approved_by: Option<String>,
    /// The day on which it was approved.
    pub approved_on: Option<NaiveDate>,
    /// The payment that it is part of.
    pub payment_id: Option<Uuid>,
    /// The day on which it was paid.
    pub paid_on: Option<NaiveDate>,
    /// Counts up with every change.
    pub version: i64,
}

/// A line that agrees with what was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// Its number, from 1.
    pub number: u32,
    /// The order.
    pub order_id: Uuid,
    /// The budget.
    pub budget_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Number of the plan's line.
    pub line: u32,
    /// Code of the service.
    pub service: String,
    /// First and last day.
    pub days: (NaiveDate, NaiveDate),
    /// Volume, in the service's unit.
    pub volume: Volume,
    /// EUR a unit.
    pub unit_price: Money,
    /// EUR; negative for a credit note.
    pub amount: Money,
    /// What its deliveries are worth in the ledger, cents.
    pub delivered: i64,
}

/// What was done with an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceStep {
    /// Its number, from 1.
    pub number: u32,
    /// What.
    pub kind: InvoiceStepKind,
    /// Reasons in words.
    pub words: Option<String>,
    /// Subject of who did it.
    pub recorded_by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// An invoice or claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// What a list shows.
    pub summary: InvoiceSummary,
    /// Whom to pay, and what was sent.
    pub content: InvoiceContent,
    /// Its lines; none where it came back at once.
    pub lines: Vec<InvoiceLine>,
    /// What was done with it, the first first.
    pub steps: Vec<InvoiceStep>,
}

/// Which invoices a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct InvoiceFilter {
    /// Of this kind.
    pub kind: Option<InvoiceKind>,
    /// With this status.
    pub status: Option<InvoiceStatus>,
    /// Of this provider.
    pub provider: Option<Uuid>,
    /// With a period that ends on this day or later.
    pub from: Option<NaiveDate>,
    /// With a period that begins on this day or earlier.
    pub to: Option<NaiveDate>,
    /// After the one whose period ends on this day, with this identifier.
    pub after: Option<(NaiveDate, Uuid)>,
}

fn inconsistent(id: Uuid) -> StoreError {
    StoreError::Inconsistent { table: "invoice", id }
}

pub(crate) const fn place(row: Uuid) -> Place {
    Place { table: "invoice", column: "content", row }
}

fn words_place(row: Uuid) -> Place {
    Place { table: "invoice_step", column: "words", row }
}

/// The rows that a scope sees: a recipient sees the claims of the persons for whom the caller speaks.
fn seen(scope: &Scope) -> Condition {
    let own = visible(scope, invoice::Column::MunicipalityCode, invoice::Column::PersonId);
    if scope.role == Role::Recipient { own.add(invoice::Column::PersonId.is_not_null()) } else { own }
}

impl WriteTransaction {
    /// Stores a new invoice with its lines and first steps.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the sender's number is another one's, or what the database says.
    pub async fn insert_invoice(&self, scope: &Scope, new: &Invoice, at: DateTime<Utc>) -> Result<(), InsertError> {
        let summary = &new.summary;
        let findings = (!summary.findings.is_empty()).then(|| serde_json::to_string(&summary.findings));
        let row = invoice::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            kind: Set(summary.kind.as_str().to_owned()),
            status: Set(summary.status.as_str().to_owned()),
            provider_id: Set(summary.provider_id),
            person_id: Set(summary.person_id),
            number: Set(summary.number.clone()),
            issued_on: Set(summary.issued_on),
            period_from: Set(summary.period.0),
            period_to: Set(summary.period.1),
            cents: Set(summary.amount.cents().ok_or_else(|| inconsistent(summary.id))?),
            content: Set(self.vault()?.seal_json(place(summary.id), &new.content).map_err(StoreError::from)?),
            findings: Set(findings.transpose().map_err(|_| inconsistent(summary.id))?),
            corrects: Set(summary.corrects),
            entered_by: Set(summary.entered_by.clone()),
            checked_by: Set(None),
            approved_by: Set(None),
            approved_on: Set(None),
            payment_id: Set(None),
            paid_on: Set(None),
            reported_in: Set(None),
            paid_reported_in: Set(None),
            cash_flow_in: Set(None),
            quarter_in: Set(None),
            version: Set(summary.version),
            created_at: Set(at),
            updated_at: Set(at),
        };
        invoice::Entity::insert(row).exec_without_returning(&self.0).await.map_err(InsertError::failed)?;
        // A database takes so many parameters in a statement.
        for lines in new.lines.chunks(1000) {
            let rows = lines.iter().map(|line| line_row(scope, summary.id, line)).collect::<Result<Vec<_>, _>>()?;
            line::Entity::insert_many(rows).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        }
        for step in &new.steps {
            self.insert_invoice_step(scope, summary.id, step, at).await?;
        }
        Ok(())
    }

    /// Stores a step of an invoice.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_invoice_step(
        &self,
        scope: &Scope,
        invoice: Uuid,
        new: &InvoiceStep,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let number = i32::try_from(new.number).map_err(|_| inconsistent(invoice))?;
        let place = words_place(budgets::row(invoice, new.number, ""));
        let words =
            new.words.as_ref().map(|words| self.vault()?.seal(place, words.as_bytes()).map_err(StoreError::from));
        let row = step::ActiveModel {
            invoice_id: Set(invoice),
            number: Set(number),
            municipality_code: Set(scope.municipality.to_string()),
            kind: Set(new.kind.as_str().to_owned()),
            words: Set(words.transpose()?),
            recorded_by: Set(new.recorded_by.clone()),
            created_at: Set(at),
        };
        step::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gets an invoice for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_invoice(&self, scope: &Scope, id: Uuid) -> Result<Option<Invoice>, StoreError> {
        let mut query = invoice::Entity::find_by_id(id).filter(seen(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let lines = line::Entity::find()
            .filter(line::Column::InvoiceId.eq(id))
            .filter(line::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_asc(line::Column::Number)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let steps = step::Entity::find()
            .filter(step::Column::InvoiceId.eq(id))
            .filter(step::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_asc(step::Column::Number)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let vault = self.vault()?;
        let content = match row.content.as_slice() {
            ERASED => InvoiceContent::default(),
            sealed => vault.open_json(place(id), sealed)?,
        };
        Ok(Some(Invoice {
            summary: summary(row)?,
            content,
            lines: lines.into_iter().map(opened_line).collect::<Result<_, _>>()?,
            steps: steps.into_iter().map(|step| opened_step(vault, step)).collect::<Result<_, _>>()?,
        }))
    }

    /// Takes invoices in the order of their identifiers, as whoever takes several does first: on PostgreSQL their rows are locked to
    /// the end of the transaction. A statement that changes them would lock them as it finds them.
    pub(crate) async fn take_invoices(&self, scope: &Scope, which: Condition) -> Result<(), StoreError> {
        if self.0.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let query = invoice::Entity::find()
            .select_only()
            .column(invoice::Column::Id)
            .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(which)
            .order_by_asc(invoice::Column::Id)
            .lock_exclusive();
        query.into_tuple::<Uuid>().all(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gets what a list shows of an invoice, for what hangs on it: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_invoice_summary(&self, scope: &Scope, id: Uuid) -> Result<Option<InvoiceSummary>, StoreError> {
        let mut query = invoice::Entity::find_by_id(id).filter(seen(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        query.one(&self.0).await.map_err(StoreError::failed)?.map(summary).transpose()
    }

    /// Takes what is written in words out of the providers' invoices that have lines of a person: the note, the e-invoice as it was
    /// sent and the reasons of steps. Payee, account and sums stay.
    pub(crate) async fn blank_invoices(&self, scope: &Scope, person: Uuid) -> Result<(), StoreError> {
        let municipality = scope.municipality.as_str();
        let invoices = line::Entity::find()
            .select_only()
            .column(line::Column::InvoiceId)
            .filter(line::Column::PersonId.eq(person))
            .filter(line::Column::MunicipalityCode.eq(municipality))
            .into_query();
        self.take_invoices(scope, Condition::all().add(invoice::Column::Id.in_subquery(invoices.clone()))).await?;
        let found: Vec<(Uuid, Vec<u8>)> = invoice::Entity::find()
            .select_only()
            .columns([invoice::Column::Id, invoice::Column::Content])
            .filter(invoice::Column::Id.in_subquery(invoices.clone()))
            .filter(invoice::Column::MunicipalityCode.eq(municipality))
            .filter(invoice::Column::PersonId.is_null())
            .into_tuple()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        for some in found.chunks(STEP) {
            let mut blank = CaseStatement::new();
            for (id, sealed) in some {
                let content: InvoiceContent = self.vault()?.open_json(place(*id), sealed)?;
                let content = InvoiceContent { note: None, xml: None, ..content };
                let sealed = self.vault()?.seal_json(place(*id), &content)?;
                blank = blank.case(invoice::Column::Id.eq(*id), SimpleExpr::from(sealed));
            }
            invoice::Entity::update_many()
                .col_expr(invoice::Column::Content, blank.into())
                .filter(invoice::Column::Id.is_in(some.iter().map(|(id, _)| *id)))
                .filter(invoice::Column::MunicipalityCode.eq(municipality))
                .exec(&self.0)
                .await
                .map_err(StoreError::failed)?;
        }
        step::Entity::update_many()
            .col_expr(step::Column::Words, Expr::val(ERASED))
            .filter(step::Column::InvoiceId.in_subquery(invoices))
            .filter(step::Column::MunicipalityCode.eq(municipality))
            .filter(step::Column::Words.is_not_null())
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Finds the paid invoice of a provider by its number, and what was paid with it by order less what credit notes took back
    /// or wait to take back, cents.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_paid_invoice(
        &self,
        scope: &Scope,
        provider: Uuid,
        number: &str,
    ) -> Result<Option<(Uuid, BTreeMap<Uuid, PaidBefore>)>, StoreError> {
        let found = invoice::Entity::find()
            .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(invoice::Column::ProviderId.eq(provider))
            .filter(invoice::Column::Kind.eq(InvoiceKind::Invoice.as_str()))
            .filter(invoice::Column::Status.eq(InvoiceStatus::Paid.as_str()))
            .filter(invoice::Column::Number.eq(number));
        let mut found = found.select_only().column(invoice::Column::Id);
        if self.0.get_database_backend() == DbBackend::Postgres {
            found = found.lock_exclusive();
        }
        let Some(id) = found.into_tuple::<Uuid>().one(&self.0).await.map_err(StoreError::failed)? else {
            return Ok(None);
        };
        let live = [InvoiceStatus::Received, InvoiceStatus::Checked, InvoiceStatus::Approved, InvoiceStatus::Paid];
        let of_it = Condition::any().add(invoice::Column::Id.eq(id)).add(invoice::Column::Corrects.eq(id));
        let sum = |column: line::Column| column.sum().cast_as(Alias::new("bigint"));
        let sums = line::Entity::find()
            .select_only()
            .column(line::Column::OrderId)
            .column(line::Column::UnitPriceCents)
            .column(invoice::Column::Kind)
            .column_as(sum(line::Column::Cents), "cents")
            .column_as(sum(line::Column::Thousandths), "thousandths")
            .join(JoinType::InnerJoin, line::Relation::Invoice.def())
            .filter(line::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(of_it)
            .filter(invoice::Column::Status.is_in(live.map(InvoiceStatus::as_str)))
            .group_by(line::Column::OrderId)
            .group_by(line::Column::UnitPriceCents)
            .group_by(invoice::Column::Kind)
            .into_tuple::<(Uuid, i64, String, i64, i64)>()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let (paid, taken): (Vec<_>, Vec<_>) =
            sums.into_iter().partition(|(.., kind, _, _)| kind == InvoiceKind::Invoice.as_str());
        let mut left: BTreeMap<Uuid, PaidBefore> = BTreeMap::new();
        for (order, unit_price, _, cents, thousandths) in paid {
            let first = PaidBefore { lowest_price: unit_price, ..PaidBefore::default() };
            let of_order = left.entry(order).or_insert(first);
            of_order.lowest_price = Ord::min(of_order.lowest_price, unit_price);
            of_order.cents = of_order.cents.saturating_add(cents);
            of_order.thousandths = of_order.thousandths.saturating_add(thousandths);
        }
        for (order, unit_price, _, cents, thousandths) in taken {
            let of_order = left.entry(order).or_default();
            // Credit notes are stored below zero.
            of_order.cents = of_order.cents.saturating_add(cents);
            let taken = of_order.taken(unit_price, thousandths);
            of_order.thousandths = of_order.thousandths.saturating_sub(taken);
        }
        Ok(Some((id, left)))
    }

    /// Stores another account to which a claim is paid, beside what else it says.
    ///
    /// # Errors
    /// What the database says.
    pub async fn update_payee_account(&self, scope: &Scope, claim: &Invoice) -> Result<(), StoreError> {
        let id = claim.summary.id;
        invoice::Entity::update_many()
            .set(invoice::ActiveModel {
                content: Set(self.vault()?.seal_json(place(id), &claim.content)?),
                ..Default::default()
            })
            .filter(invoice::Column::Id.eq(id))
            .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Stores where an invoice stands, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_invoice(
        &self,
        scope: &Scope,
        changed: &InvoiceSummary,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = changed.version.saturating_add(1);
        let updated = invoice::Entity::update_many()
            .set(invoice::ActiveModel {
                status: Set(changed.status.as_str().to_owned()),
                checked_by: Set(changed.checked_by.clone()),
                approved_by: Set(changed.approved_by.clone()),
                approved_on: Set(changed.approved_on),
                payment_id: Set(changed.payment_id),
                paid_on: Set(changed.paid_on),
                version: Set(version),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(invoice::Column::Id.eq(changed.id))
            .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(invoice::Column::Version.eq(changed.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
    }
}

impl Store {
    /// Lists invoices of the municipality in the order of their identifiers, or by the last day of their periods where days are
    /// asked for.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_invoices(
        &self,
        scope: &Scope,
        filter: InvoiceFilter,
        limit: u64,
    ) -> Result<Vec<InvoiceSummary>, StoreError> {
        let mut query = invoice::Entity::find().filter(seen(scope)).limit(limit);
        let day = filter.from.or(filter.to).map(|_| invoice::Column::PeriodTo);
        query = by_day(query, day, invoice::Column::Id, filter.after);
        if let Some(kind) = filter.kind {
            query = query.filter(invoice::Column::Kind.eq(kind.as_str()));
        }
        if let Some(status) = filter.status {
            query = query.filter(invoice::Column::Status.eq(status.as_str()));
        }
        if let Some(provider) = filter.provider {
            query = query.filter(invoice::Column::ProviderId.eq(provider));
        }
        if let Some(from) = filter.from {
            query = query.filter(invoice::Column::PeriodTo.gte(from));
        }
        if let Some(to) = filter.to {
            query = query.filter(invoice::Column::PeriodFrom.lte(to));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.into_iter().map(summary).collect()
    }
}

fn line_row(scope: &Scope, invoice: Uuid, line: &InvoiceLine) -> Result<line::ActiveModel, StoreError> {
    let broken = || inconsistent(invoice);
    Ok(line::ActiveModel {
        invoice_id: Set(invoice),
        number: Set(i32::try_from(line.number).map_err(|_| broken())?),
        municipality_code: Set(scope.municipality.to_string()),
        order_id: Set(line.order_id),
        budget_id: Set(line.budget_id),
        person_id: Set(line.person_id),
        line: Set(i32::try_from(line.line).map_err(|_| broken())?),
        service: Set(line.service.clone()),
        from_day: Set(line.days.0),
        to_day: Set(line.days.1),
        thousandths: Set(line.volume.thousandths().ok_or_else(broken)?),
        unit_price_cents: Set(line.unit_price.cents().ok_or_else(broken)?),
        cents: Set(line.amount.cents().ok_or_else(broken)?),
        delivered_cents: Set(line.delivered),
    })
}

fn summary(row: invoice::Model) -> Result<InvoiceSummary, StoreError> {
    let broken = || inconsistent(row.id);
    let findings = row.findings.as_deref().map(serde_json::from_str).transpose().map_err(|_| broken())?;
    Ok(InvoiceSummary {
        id: row.id,
        kind: known(InvoiceKind::ALL, &row.kind, InvoiceKind::as_str).ok_or_else(broken)?,
        status: known(InvoiceStatus::ALL, &row.status, InvoiceStatus::as_str).ok_or_else(broken)?,
        provider_id: row.provider_id,
        person_id: row.person_id,
        number: row.number,
        issued_on: row.issued_on,
        period: (row.period_from, row.period_to),
        amount: Money::from_cents(row.cents),
        findings: findings.unwrap_or_default(),
        corrects: row.corrects,
        entered_by: row.entered_by,
        checked_by: row.checked_by,
        approved_by: row.approved_by,
        approved_on: row.approved_on,
        payment_id: row.payment_id,
        paid_on: row.paid_on,
        version: row.version,
    })
}

fn opened_line(row: line::Model) -> Result<InvoiceLine, StoreError> {
    let broken = |_| inconsistent(row.invoice_id);
    Ok(InvoiceLine {
        number: u32::try_from(row.number).map_err(broken)?,
        order_id: row.order_id,
        budget_id: row.budget_id,
        person_id: row.person_id,
        line: u32::try_from(row.line).map_err(broken)?,
        service: row.service,
        days: (row.from_day, row.to_day),
        volume: Volume::from_thousandths(row.thousandths),
        unit_price: Money::from_cents(row.unit_price_cents),
        amount: Money::from_cents(row.cents),
        delivered: row.delivered_cents,
    })
}

fn opened_step(vault: &Vault, row: step::Model) -> Result<InvoiceStep, StoreError> {
    let broken = || inconsistent(row.invoice_id);
    let number = u32::try_from(row.number).map_err(|_| broken())?;
    let place = words_place(budgets::row(row.invoice_id, number, ""));
    let words = row.words.as_deref().filter(|sealed| *sealed != ERASED);
    let words = words.map(|sealed| vault.open(place, sealed)).transpose()?;
    let words = words.map(String::from_utf8).transpose().map_err(|_| broken())?;
    Ok(InvoiceStep {
        number,
        kind: known(InvoiceStepKind::ALL, &row.kind, InvoiceStepKind::as_str).ok_or_else(broken)?,
        words,
        recorded_by: row.recorded_by,
        at: row.created_at,
    })
}

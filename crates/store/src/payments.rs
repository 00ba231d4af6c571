//! Payment runs: what they pay and what became of it. The invoices of a payment name it, each in one payment at a time.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    access::Scope,
    invoices::{InvoiceKind, InvoiceStatus, InvoiceStepKind},
    money::Money,
    payments::{MOST_INVOICES, PaymentFormat, PaymentRunStatus, PaymentStatus},
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
    InvoiceContent, Store, StoreError, WriteTransaction,
    applications::known,
    invoices::{self, invoice, line, step},
    vault::{ERASED, Place, Vault},
};

mod payment_run {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "payment_run")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub status: String,
        pub format: String,
        pub execution_date: Date,
        pub debtor: Vec<u8>,
        pub payments: i32,
        pub cents: i64,
        pub created_by: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod payment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "payment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub run_id: Uuid,
        pub payee: Vec<u8>,
        pub person_id: Option<Uuid>,
        pub cents: i64,
        pub status: String,
        pub paid_on: Option<Date>,
        pub failure: Option<Vec<u8>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who pays: sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debtor {
    /// Name.
    pub name: String,
    /// Account.
    pub account: String,
    /// Bank.
    pub bic: Option<String>,
}

/// Whom a payment goes to: sealed. Of a person who is erased, nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// Name.
    pub name: String,
    /// Account.
    pub account: String,
    /// What they are told.
    pub text: String,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Identifier; the bank tells of the payment by it.
    pub id: Uuid,
    /// Whom.
    pub payee: Payee,
    /// The person whom a claim's payment goes to.
    pub person_id: Option<Uuid>,
    /// EUR.
    pub amount: Money,
    /// What became of it.
    pub status: PaymentStatus,
    /// The day on which it was made.
    pub paid_on: Option<NaiveDate>,
    /// Why it was refused.
    pub reason: Option<String>,
}

/// A run without its payments: what a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRunSummary {
    /// Identifier; the bank tells of the run by it.
    pub id: Uuid,
    /// Where it stands.
    pub status: PaymentRunStatus,
    /// The file that it is written as.
    pub format: PaymentFormat,
    /// The day on which it is to be executed.
    pub execution_date: NaiveDate,
    /// Number of payments.
    pub payments: u32,
    /// Their sum, EUR.
    pub amount: Money,
    /// Subject of who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Counts up with every change.
    pub version: i64,
}

/// A payment run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRun {
    /// What a list shows.
    pub summary: PaymentRunSummary,
    /// Who pays.
    pub debtor: Debtor,
    /// The payments, in the order of their identifiers.
    pub payments: Vec<Payment>,
}

/// What waits to be paid, and to whom: a provider to the account by which it is registered now, a person to that of the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The invoice, claim or credit note.
    pub id: Uuid,
    /// The provider.
    pub provider_id: Option<Uuid>,
    /// The person who claims.
    pub person_id: Option<Uuid>,
    /// The sender's number.
    pub number: String,
    /// Cents; below zero for a credit note.
    pub cents: i64,
    /// Name of the payee.
    pub payee: String,
    /// Account of the payee.
    pub account: String,
}

/// A line that was paid, as the ledger needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidLine {
    /// The budget.
    pub budget_id: Uuid,
    /// Number of the plan's line.
    pub line: u32,
    /// The order.
    pub order_id: Uuid,
    /// Cents.
    pub cents: i64,
}

/// Rows of one statement: a database takes so many parameters.
const STEP: usize = 400;

fn inconsistent(id: Uuid) -> StoreError {
    StoreError::Inconsistent { table: "payment_run", id }
}

const fn debtor_place(row: Uuid) -> Place {
    Place { table: "payment_run", column: "debtor", row }
}

const fn payee_place(row: Uuid) -> Place {
    Place { table: "payment", column: "payee", row }
}

const fn failure_place(row: Uuid) -> Place {
    Place { table: "payment", column: "failure", row }
}

impl WriteTransaction {
    /// Takes what waits to be paid and is part of no payment: approved invoices and claims, and credit notes that are not set
    /// against a payment yet; none of a provider that has no account now. On PostgreSQL the rows are locked to the end of the
    /// transaction.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_waiting(&self, scope: &Scope) -> Result<Vec<Waiting>, StoreError> {
        let credit_notes = Condition::all()
            .add(invoice::Column::Kind.eq(InvoiceKind::CreditNote.as_str()))
            .add(invoice::Column::Status.eq(InvoiceStatus::Paid.as_str()));
        let due = Condition::any().add(invoice::Column::Status.eq(InvoiceStatus::Approved.as_str())).add(credit_notes);
        let mut query = invoice::Entity::find()
            .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(due)
            .filter(invoice::Column::PaymentId.is_null())
            .order_by_asc(invoice::Column::Id)
            .limit(MOST_INVOICES);
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let vault = self.vault()?;
        let providers: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.provider_id).collect();
        let registered = self.find_payees(&providers).await?;
        let waiting = |row: invoice::Model| {
            let payee = match row.provider_id {
                Some(provider) => registered.get(&provider).cloned(),
                None => {
                    let claim: InvoiceContent = vault.open_json(invoices::place(row.id), &row.content)?;
                    claim.account.map(|account| (claim.payee, account))
                }
            };
            Ok(payee.map(|(payee, account)| Waiting {
                id: row.id,
                provider_id: row.provider_id,
                person_id: row.person_id,
                number: row.number,
                cents: row.cents,
                payee,
                account,
            }))
        };
        rows.into_iter().filter_map(|row| waiting(row).transpose()).collect()
    }

    /// Stores a run with its payments, and makes the invoices part of them: `of_payment` tells the payment of each.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where an invoice is part of another payment, or what the database says.
    pub async fn insert_payment_run(
        &self,
        scope: &Scope,
        new: &PaymentRun,
        of_payment: &[(Uuid, Uuid)],
    ) -> Result<(), StoreError> {
        let (summary, vault) = (&new.summary, self.vault()?);
        let broken = || inconsistent(summary.id);
        let row = payment_run::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            status: Set(summary.status.as_str().to_owned()),
            format: Set(summary.format.as_str().to_owned()),
            execution_date: Set(summary.execution_date),
            debtor: Set(vault.seal_json(debtor_place(summary.id), &new.debtor)?),
            payments: Set(i32::try_from(summary.payments).map_err(|_| broken())?),
            cents: Set(summary.amount.cents().ok_or_else(broken)?),
            created_by: Set(summary.created_by.clone()),
            version: Set(summary.version),
            created_at: Set(summary.created_at),
            updated_at: Set(summary.created_at),
        };
        payment_run::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        let payment = |payment: &Payment| {
            Ok(payment::ActiveModel {
                id: Set(payment.id),
                municipality_code: Set(scope.municipality.to_string()),
                run_id: Set(summary.id),
                payee: Set(vault.seal_json(payee_place(payment.id), &payment.payee)?),
                person_id: Set(payment.person_id),
                cents: Set(payment.amount.cents().ok_or_else(broken)?),
                status: Set(payment.status.as_str().to_owned()),
                paid_on: Set(None),
                failure: Set(None),
            })
        };
        for payments in new.payments.chunks(STEP) {
            let rows = payments.iter().map(payment).collect::<Result<Vec<_>, StoreError>>()?;
            payment::Entity::insert_many(rows).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        }
        for some in of_payment.chunks(STEP) {
            let mut named = CaseStatement::new();
            for (invoice, payment) in some {
                named = named.case(invoice::Column::Id.eq(*invoice), SimpleExpr::from(*payment));
            }
            let taken = invoice::Entity::update_many()
                .col_expr(invoice::Column::PaymentId, named.into())
                .col_expr(invoice::Column::Version, Expr::col(invoice::Column::Version).add(1))
                .filter(invoice::Column::Id.is_in(some.iter().map(|(invoice, _)| *invoice)))
                .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
                .filter(invoice::Column::PaymentId.is_null())
                .exec(&self.0)
                .await
                .map_err(StoreError::failed)?;
            if usize::try_from(taken.rows_affected) != Ok(some.len()) {
                return Err(StoreError::Stale);
            }
        }
        Ok(())
    }

    /// Gets a run for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_payment_run(&self, scope: &Scope, id: Uuid) -> Result<Option<PaymentRun>, StoreError> {
        let municipality = scope.municipality.as_str();
        let mut query =
            payment_run::Entity::find_by_id(id).filter(payment_run::Column::MunicipalityCode.eq(municipality));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let payments = payment::Entity::find()
            .filter(payment::Column::RunId.eq(id))
            .filter(payment::Column::MunicipalityCode.eq(municipality))
            .order_by_asc(payment::Column::Id)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let vault = self.vault()?;
        Ok(Some(PaymentRun {
            debtor: vault.open_json(debtor_place(id), &row.debtor)?,
            summary: summary(row)?,
            payments: payments.into_iter().map(|row| opened(vault, row)).collect::<Result<_, _>>()?,
        }))
    }

    /// The lines of the invoices and claims of payments, as the ledger needs them. Credit notes were settled when they were
    /// approved.
    ///
    /// # Errors
    /// What the database says.
    pub async fn lines_of_payments(&self, scope: &Scope, payments: &[Uuid]) -> Result<Vec<PaidLine>, StoreError> {
        let sum = line::Column::Cents.sum().cast_as(Alias::new("bigint"));
        let rows = line::Entity::find()
            .select_only()
            .columns([line::Column::BudgetId, line::Column::Line, line::Column::OrderId])
            .column_as(sum, "cents")
            .join(JoinType::InnerJoin, line::Relation::Invoice.def())
            .filter(line::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(invoice::Column::PaymentId.is_in(payments.iter().copied()))
            .filter(invoice::Column::Status.eq(InvoiceStatus::Approved.as_str()))
            .group_by(line::Column::BudgetId)
            .group_by(line::Column::Line)
            .group_by(line::Column::OrderId)
            .order_by_asc(line::Column::BudgetId)
            .order_by_asc(line::Column::Line)
            .order_by_asc(line::Column::OrderId)
            .into_tuple::<(Uuid, i32, Uuid, i64)>()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let paid = |(budget_id, line, order_id, cents)| {
            let line = u32::try_from(line).map_err(|_| inconsistent(budget_id))?;
            Ok(PaidLine { budget_id, line, order_id, cents })
        };
        rows.into_iter().map(paid).collect()
    }

    /// Stores what became of payments and of their invoices: those that were paid on a day, and those that were refused, whose
    /// invoices and credit notes are part of no payment any more.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settle_payments(
        &self,
        scope: &Scope,
        paid: &[Uuid],
        paid_on: NaiveDate,
        failed: &[(Uuid, Option<String>)],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let municipality = scope.municipality.as_str();
        let refused: Vec<Uuid> = failed.iter().map(|(payment, _)| *payment).collect();
        let settled = invoice::Column::PaymentId.is_in(paid.iter().chain(&refused).copied());
        self.take_invoices(scope, Condition::all().add(settled)).await?;
        self.insert_steps_of_payments(scope, paid, InvoiceStepKind::Paid, at).await?;
        self.insert_steps_of_payments(scope, &refused, InvoiceStepKind::PaymentFailed, at).await?;
        for some in paid.chunks(STEP) {
            payment::Entity::update_many()
                .set(payment::ActiveModel {
                    status: Set(PaymentStatus::Paid.as_str().to_owned()),
                    paid_on: Set(Some(paid_on)),
                    ..Default::default()
                })
                .filter(payment::Column::Id.is_in(some.iter().copied()))
                .filter(payment::Column::MunicipalityCode.eq(municipality))
                .exec(&self.0)
                .await
                .map_err(StoreError::failed)?;
            invoice::Entity::update_many()
                .set(invoice::ActiveModel {
                    status: Set(InvoiceStatus::Paid.as_str().to_owned()),
                    paid_on: Set(Some(paid_on)),
                    updated_at: Set(at),
                    ..Default::default()
                })
                .col_expr(invoice::Column::Version, Expr::col(invoice::Column::Version).add(1))
                .filter(invoice::Column::PaymentId.is_in(some.iter().copied()))
                .filter(invoice::Column::MunicipalityCode.eq(municipality))
                .filter(invoice::Column::Status.eq(InvoiceStatus::Approved.as_str()))
                .exec(&self.0)
                .await
                .map_err(StoreError::failed)?;
        }
        for some in failed.chunks(STEP) {
            let mut reasons = CaseStatement::new();
            for (payment, reason) in some {
                let seal = |reason: &String| {
                    self.vault()?.seal(failure_place(*payment), reason.as_bytes()).map_err(StoreError::from)
                };
                let sealed = reason.as_ref().map(seal).transpose()?;
                reasons = reasons.case(payment::Column::Id.eq(*payment), SimpleExpr::from(sealed));
            }
            payment::Entity::update_many()
                .set(payment::ActiveModel {
                    status: Set(PaymentStatus::Failed.as_str().to_owned()),
                    ..Default::default()
                })
                .col_expr(payment::Column::Failure, reasons.into())
                .filter(payment::Column::Id.is_in(some.iter().map(|(payment, _)| *payment)))
                .filter(payment::Column::MunicipalityCode.eq(municipality))
                .exec(&self.0)
                .await
                .map_err(StoreError::failed)?;
            invoice::Entity::update_many()
                .set(invoice::ActiveModel { payment_id: Set(None), updated_at: Set(at), ..Default::default() })
                .col_expr(invoice::Column::Version, Expr::col(invoice::Column::Version).add(1))
                .filter(invoice::Column::PaymentId.is_in(some.iter().map(|(payment, _)| *payment)))
                .filter(invoice::Column::MunicipalityCode.eq(municipality))
                .exec(&self.0)
                .await
                .map_err(StoreError::failed)?;
        }
        Ok(())
    }

    /// Stores a step of every invoice of payments that is approved, each under its next number.
    async fn insert_steps_of_payments(
        &self,
        scope: &Scope,
        payments: &[Uuid],
        kind: InvoiceStepKind,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let municipality = scope.municipality.as_str();
        for some in payments.chunks(STEP) {
            let invoices = invoice::Entity::find()
                .select_only()
                .column(invoice::Column::Id)
                .filter(invoice::Column::PaymentId.is_in(some.iter().copied()))
                .filter(invoice::Column::MunicipalityCode.eq(municipality))
                .filter(invoice::Column::Status.eq(InvoiceStatus::Approved.as_str()));
            let last: Vec<(Uuid, i32)> = step::Entity::find()
                .select_only()
                .column(step::Column::InvoiceId)
                .column_as(step::Column::Number.max(), "last")
                .filter(step::Column::MunicipalityCode.eq(municipality))
                .filter(step::Column::InvoiceId.in_subquery(invoices.into_query()))
                .group_by(step::Column::InvoiceId)
                .into_tuple()
                .all(&self.0)
                .await
                .map_err(StoreError::failed)?;
            let rows = last.into_iter().map(|(invoice, last)| step::ActiveModel {
                invoice_id: Set(invoice),
                number: Set(last.saturating_add(1)),
                municipality_code: Set(municipality.to_owned()),
                kind: Set(kind.as_str().to_owned()),
                words: Set(None),
                recorded_by: Set(scope.subject.clone()),
                created_at: Set(at),
            });
            let rows: Vec<_> = rows.collect();
            for rows in rows.chunks(STEP) {
                let insert = step::Entity::insert_many(rows.iter().cloned());
                insert.exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
            }
        }
        Ok(())
    }

    /// Stores where a run stands, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_payment_run(
        &self,
        scope: &Scope,
        run: &PaymentRunSummary,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = run.version.saturating_add(1);
        let updated = payment_run::Entity::update_many()
            .set(payment_run::ActiveModel {
                status: Set(run.status.as_str().to_owned()),
                version: Set(version),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(payment_run::Column::Id.eq(run.id))
            .filter(payment_run::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(payment_run::Column::Version.eq(run.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
    }
}

impl Store {
    /// Lists payment runs of the municipality in the order of their identifiers.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_payment_runs(
        &self,
        scope: &Scope,
        status: Option<PaymentRunStatus>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<PaymentRunSummary>, StoreError> {
        let mut query = payment_run::Entity::find()
            .filter(payment_run::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_asc(payment_run::Column::Id)
            .limit(limit);
        if let Some(status) = status {
            query = query.filter(payment_run::Column::Status.eq(status.as_str()));
        }
        if let Some(after) = after {
            query = query.filter(payment_run::Column::Id.gt(after));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.into_iter().map(summary).collect()
    }
}

impl PaymentRun {
    /// What is known of each payment.
    #[must_use]
    pub fn outcomes(&self) -> BTreeMap<Uuid, PaymentStatus> {
        self.payments.iter().map(|payment| (payment.id, payment.status)).collect()
    }
}

fn summary(row: payment_run::Model) -> Result<PaymentRunSummary, StoreError> {
    let broken = || inconsistent(row.id);
    Ok(PaymentRunSummary {
        id: row.id,
        status: known(PaymentRunStatus::ALL, &row.status, PaymentRunStatus::as_str).ok_or_else(broken)?,
        format: known(PaymentFormat::ALL, &row.format, PaymentFormat::as_str).ok_or_else(broken)?,
        execution_date: row.execution_date,
        payments: u32::try_from(row.payments).map_err(|_| broken())?,
        amount: Money::from_cents(row.cents),
        created_by: row.created_by,
        created_at: row.created_at,
        version: row.version,
    })
}

fn opened(vault: &Vault, row: payment::Model) -> Result<Payment, StoreError> {
    let broken = || StoreError::Inconsistent { table: "payment", id: row.id };
    let failure = row.failure.as_deref().filter(|sealed| *sealed != ERASED);
    let failure = failure.map(|sealed| vault.open(failure_place(row.id), sealed)).transpose()?;
    Ok(Payment {
        id: row.id,
        payee: match row.payee.as_slice() {
            ERASED => Payee::default(),
            sealed => vault.open_json(payee_place(row.id), sealed)?,
        },
        person_id: row.person_id,
        amount: Money::from_cents(row.cents),
        status: known(PaymentStatus::ALL, &row.status, PaymentStatus::as_str).ok_or_else(broken)?,
        paid_on: row.paid_on,
        reason: failure.map(String::from_utf8).transpose().map_err(|_| broken())?,
    })
}

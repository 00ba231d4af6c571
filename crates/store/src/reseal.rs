//! Every sealed column in one list, and what is done with all of them: sealing anew with the current key, telling which
//! keys are in use, and erasing what belongs to a person. The key of the blind index is another one: it stays as it is.

use std::collections::BTreeSet;

use balsts_domain::access::Scope;
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, DbErr, Order, QueryResult, Value,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    Reach, Store, StoreError, WriteTransaction, budgets, idempotency, offices,
    vault::{ERASED, HEADER, Place, Vault, key_id},
};

/// A column of a primary key.
#[derive(Debug, Clone, Copy)]
enum Key {
    Id(&'static str),
    Number(&'static str),
    Text(&'static str),
}

/// A table with sealed columns.
pub(crate) struct SealedTable {
    pub(crate) table: &'static str,
    key: &'static [Key],
    pub(crate) columns: &'static [&'static str],
    /// The row that a value is bound to, told by the primary key.
    row: fn(&[Value]) -> Option<Uuid>,
    /// Whose the rows are: how the erasure of a person reaches them.
    pub(crate) belongs: Belongs,
}

/// Whose the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Belongs {
    /// The person's whom the column names.
    To(&'static str),
    /// Whose the row is, by its `id`, of another table, that the column names.
    Through(&'static str, &'static str, &'static Self),
    /// The person's whose case the column names, whether it is still here or was handed over.
    Case(&'static str),
    /// The person's whom the column names, and erased with it: nothing of the row stays.
    Whole(&'static str),
    /// They tell of no person whose data the office keeps, for this reason.
    ToNobody(&'static str),
}

/// Whose an application's rows are.
const OF_APPLICATION: Belongs = Belongs::Through("application_id", "application", &Belongs::To("person_id"));
/// Whose a budget's rows are.
const OF_BUDGET: Belongs = Belongs::Through("budget_id", "budget", &Belongs::To("person_id"));

/// Whose a plan's rows are.
const OF_PLAN: Belongs = Belongs::Through("plan_id", "plan", &Belongs::To("person_id"));

impl Belongs {
    /// The rows that belong to a person.
    fn condition(self, person: Uuid) -> Option<SimpleExpr> {
        match self {
            Self::To(column) | Self::Whole(column) => Some(Expr::col(column).eq(person)),
            Self::Through(column, table, belongs) => {
                let mut rows = Query::select();
                rows.column("id").from(table).and_where(belongs.condition(person)?);
                Some(Expr::col(column).in_subquery(rows))
            }
            Self::Case(column) => {
                let mut here = Query::select();
                here.column("id").from("application").and_where(Expr::col("person_id").eq(person));
                let mut gone = Query::select();
                gone.column("application_id").from("hand_over").and_where(Expr::col("person_id").eq(person));
                Some(Expr::col(column).in_subquery(here).or(Expr::col(column).in_subquery(gone)))
            }
            Self::ToNobody(_) => None,
        }
    }
}

/// All of them.
pub(crate) const SEALED: &[SealedTable] = &[
    SealedTable {
        table: "person",
        key: &[Key::Id("id")],
        columns: &["personal_code", "given_name", "family_name", "contact", "erasure_reason"],
        row: by_id,
        belongs: Belongs::To("id"),
    },
    SealedTable {
        table: "application",
        key: &[Key::Id("id")],
        columns: &["applicant", "evidence", "circumstances"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "representative",
        key: &[Key::Id("id")],
        columns: &["name"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "decision",
        key: &[Key::Id("application_id")],
        columns: &["facts"],
        row: by_id,
        belongs: OF_APPLICATION,
    },
    SealedTable {
        table: "revocation",
        key: &[Key::Id("application_id")],
        columns: &["grounds"],
        row: by_id,
        belongs: OF_APPLICATION,
    },
    SealedTable {
        table: "webhook",
        key: &[Key::Id("id")],
        columns: &["secret", "previous_secret"],
        row: by_id,
        belongs: Belongs::ToNobody("keys of signatures"),
    },
    SealedTable {
        table: "hand_over",
        key: &[Key::Id("id")],
        columns: &["reason", "offered", "refusal"],
        row: by_id,
        // Its words are about the person of the office that offers. The other office has no copy.
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "provider",
        key: &[Key::Id("id")],
        columns: &["person", "bank_account"],
        row: by_id,
        belongs: Belongs::ToNobody("a provider of the country"),
    },
    SealedTable {
        table: "qualification",
        key: &[Key::Id("id")],
        columns: &["details"],
        row: by_id,
        belongs: Belongs::ToNobody("a provider's document"),
    },
    SealedTable {
        table: "assessment",
        key: &[Key::Id("id")],
        columns: &["content", "reports"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "case_document",
        key: &[Key::Id("id")],
        columns: &["content_key", "deletion_request", "deletion"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "office",
        key: &[Key::Text("municipality_code")],
        columns: &["settings"],
        row: |key| match key {
            [Value::String(Some(municipality))] => Some(offices::row_of(municipality)),
            _ => None,
        },
        belongs: Belongs::ToNobody("the officials, as long as the office has them"),
    },
    SealedTable {
        table: "calculation",
        key: &[Key::Id("budget_id"), Key::Number("number")],
        columns: &["facts", "form", "result"],
        row: of_numbered,
        belongs: OF_BUDGET,
    },
    SealedTable {
        table: "calculation_signature",
        key: &[Key::Id("budget_id"), Key::Number("number"), Key::Text("party")],
        columns: &["signer"],
        row: of_numbered,
        belongs: OF_BUDGET,
    },
    SealedTable {
        table: "plan",
        key: &[Key::Id("id")],
        columns: &["draft", "revision"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "plan_version",
        key: &[Key::Id("plan_id"), Key::Number("number")],
        columns: &["content", "revision"],
        row: of_numbered,
        belongs: OF_PLAN,
    },
    SealedTable {
        table: "plan_signature",
        key: &[Key::Id("plan_id"), Key::Number("number"), Key::Text("document"), Key::Text("party")],
        columns: &["signer"],
        row: of_numbered,
        belongs: OF_PLAN,
    },
    SealedTable {
        table: "plan_ranking",
        key: &[Key::Id("plan_id")],
        columns: &["lines"],
        row: by_id,
        belongs: OF_PLAN,
    },
    SealedTable {
        table: "plan_schedule",
        key: &[Key::Id("id")],
        columns: &["content"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "manager_report",
        key: &[Key::Id("id")],
        columns: &["content"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "complaint",
        key: &[Key::Id("id")],
        columns: &["words"],
        row: by_id,
        // It stays where it was made. One that is about no case is nobody's.
        belongs: Belongs::Case("application_id"),
    },
    SealedTable {
        table: "person_request",
        key: &[Key::Id("id")],
        columns: &["words"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "plan_step",
        key: &[Key::Id("plan_id"), Key::Number("number")],
        columns: &["words"],
        row: of_numbered,
        belongs: OF_PLAN,
    },
    SealedTable {
        table: "delivery",
        key: &[Key::Id("id")],
        columns: &["details"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "provider_notice",
        key: &[Key::Id("id")],
        columns: &["content"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "invoice",
        key: &[Key::Id("id")],
        columns: &["content"],
        row: by_id,
        // A provider's invoice names orders, and no person.
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "invoice_step",
        key: &[Key::Id("invoice_id"), Key::Number("number")],
        columns: &["words"],
        row: of_numbered,
        belongs: Belongs::Through("invoice_id", "invoice", &Belongs::To("person_id")),
    },
    SealedTable {
        table: "invoice_attachment",
        key: &[Key::Id("id")],
        columns: &["content_key", "deletion_request", "deletion"],
        row: by_id,
        // Of a provider's invoice the last person whom it is for takes it along: `erase_attachments`.
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "payment_run",
        key: &[Key::Id("id")],
        columns: &["debtor"],
        row: by_id,
        belongs: Belongs::ToNobody("the office's account"),
    },
    SealedTable {
        table: "payment",
        key: &[Key::Id("id")],
        columns: &["payee", "failure"],
        row: by_id,
        // A provider's payment names no person.
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "service_order",
        key: &[Key::Id("id")],
        columns: &["terms"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "goal_result",
        key: &[Key::Id("id")],
        columns: &["note"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "risk",
        key: &[Key::Id("id")],
        columns: &["content"],
        row: by_id,
        belongs: Belongs::ToNobody("what the office may meet"),
    },
    SealedTable {
        table: "case_contact",
        key: &[Key::Id("id")],
        columns: &["content"],
        row: by_id,
        belongs: Belongs::Whole("person_id"),
    },
    SealedTable {
        table: "privacy_record",
        key: &[Key::Id("id")],
        columns: &["content"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "consultation",
        key: &[Key::Id("id")],
        columns: &["details"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "conflict_of_interest",
        key: &[Key::Id("id")],
        columns: &["reason"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "satisfaction_rating",
        key: &[Key::Id("id")],
        columns: &["comment"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "survey",
        key: &[Key::Id("id")],
        columns: &["content"],
        row: by_id,
        belongs: Belongs::To("person_id"),
    },
    SealedTable {
        table: "idempotency_record",
        key: &[Key::Text("municipality_code"), Key::Text("subject"), Key::Text("key")],
        columns: &["answer"],
        row: |key| match key {
            [Value::String(Some(municipality)), Value::String(Some(subject)), Value::String(Some(key))] => {
                Some(idempotency::row_of([municipality, subject, key]))
            }
            _ => None,
        },
        belongs: Belongs::Whole("about_person"),
    },
];

/// What stands instead of the subject of who spoke for a person that is erased.
pub(crate) const ERASED_SUBJECT: &str = "erased";

/// The columns of these tables that tell who recorded a row, where that may be somebody who speaks for the person.
const RECORDERS: [(&str, &str); 7] = [
    ("complaint", "recorded_by"),
    ("invoice", "entered_by"),
    ("invoice_step", "recorded_by"),
    ("person_request", "recorded_by"),
    ("plan_ranking", "recorded_by"),
    ("plan_schedule", "recorded_by"),
    ("satisfaction_rating", "recorded_by"),
];

fn by_id(key: &[Value]) -> Option<Uuid> {
    match key {
        [Value::Uuid(Some(id))] => Some(*id),
        _ => None,
    }
}

fn of_numbered(key: &[Value]) -> Option<Uuid> {
    let (owner, number, rest) = match key {
        [Value::Uuid(Some(owner)), Value::Int(Some(number)), rest @ ..] => (owner, number, rest),
        _ => return None,
    };
    let texts = rest.iter().map(|part| match part {
        Value::String(Some(text)) => Some(text.as_str()),
        _ => None,
    });
    let texts: Vec<&str> = texts.collect::<Option<_>>()?;
    Some(budgets::row(*owner, u32::try_from(*number).ok()?, &texts.join("/")))
}

impl Key {
    const fn column(self) -> &'static str {
        match self {
            Self::Id(column) | Self::Number(column) | Self::Text(column) => column,
        }
    }

    fn value(self, row: &QueryResult) -> Result<Value, DbErr> {
        Ok(match self {
            Self::Id(column) => row.try_get::<Uuid>("", column)?.into(),
            Self::Number(column) => row.try_get::<i32>("", column)?.into(),
            Self::Text(column) => row.try_get::<String>("", column)?.into(),
        })
    }
}

/// What became of the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resealed {
    /// The table.
    pub table: &'static str,
    /// Rows that were sealed anew.
    pub rows: u64,
    /// Rows with a value that no key opens; they stay as they are.
    pub unreadable: u64,
}

/// Rows read at a time.
const STEP: u64 = 200;

/// A row with what is not sealed with the current key.
struct OldRow {
    key: Vec<Value>,
    /// Each column with its value as it is.
    sealed: Vec<(&'static str, Vec<u8>)>,
}

/// The first bytes of a sealed column.
fn beginning(column: &'static str) -> SimpleExpr {
    Func::cust("substr").arg(Expr::col(column)).arg(Expr::cust("1")).arg(Expr::cust(HEADER.to_string())).into()
}

impl SealedTable {
    /// The rows after a key with a value that does not begin with the header, in the order of their keys.
    fn old_rows(&self, header: &[u8], after: Option<&[Value]>) -> SelectStatement {
        let keys = || self.key.iter().map(|key| key.column());
        // What was erased is sealed with no key.
        let is_old = |column: &&'static str| beginning(column).ne(header.to_vec()).and(Expr::col(*column).ne(ERASED));
        let old = self.columns.iter().map(is_old);
        let mut query = Query::select();
        query.from(self.table).columns(keys()).columns(self.columns.iter().copied()).limit(STEP);
        query.cond_where(old.fold(Condition::any(), Condition::add));
        for key in keys() {
            query.order_by(key, Order::Asc);
        }
        if let Some(after) = after {
            let after = Expr::tuple(after.iter().cloned().map(Expr::val));
            query.and_where(Expr::tuple(keys().map(Expr::col)).gt(after));
        }
        query
    }

    fn read(&self, row: &QueryResult, header: &[u8]) -> Result<OldRow, DbErr> {
        let key = self.key.iter().map(|key| key.value(row)).collect::<Result<_, _>>()?;
        let sealed = self.columns.iter().map(|column| Ok((*column, row.try_get::<Option<Vec<u8>>>("", column)?)));
        let sealed = sealed.collect::<Result<Vec<_>, DbErr>>()?;
        let is_old = |(column, sealed): (_, Option<Vec<u8>>)| {
            let old = sealed.filter(|sealed| sealed != ERASED && !sealed.starts_with(header));
            old.map(|sealed| (column, sealed))
        };
        Ok(OldRow { key, sealed: sealed.into_iter().filter_map(is_old).collect() })
    }

    /// The statement that replaces what is old in a row, where it is still what was read.
    fn update(&self, vault: &Vault, old: &OldRow) -> Option<sea_orm::sea_query::UpdateStatement> {
        let row = (self.row)(&old.key)?;
        let mut update = Query::update();
        update.table(self.table);
        for (key, value) in self.key.iter().zip(&old.key) {
            update.and_where(Expr::col(key.column()).eq(Expr::val(value.clone())));
        }
        for (column, sealed) in &old.sealed {
            let resealed = vault.reseal(Place { table: self.table, column, row }, sealed).ok()?;
            update.value(*column, resealed).and_where(Expr::col(*column).eq(sealed.clone()));
        }
        Some(update)
    }
}

impl WriteTransaction {
    /// Overwrites every sealed value that belongs to a person of the municipality, so that no key opens it.
    pub(crate) async fn erase_sealed(&self, scope: &Scope, person: Uuid) -> Result<(), StoreError> {
        for table in SEALED {
            let Some(rows) = table.belongs.condition(person) else { continue };
            let own = Expr::col("municipality_code").eq(scope.municipality.as_str());
            let erased = if let Belongs::Whole(_) = table.belongs {
                self.0.execute(Query::delete().from_table(table.table).and_where(own).and_where(rows)).await
            } else {
                let mut update = Query::update();
                update.table(table.table).and_where(own).and_where(rows);
                for column in table.columns {
                    update.value(*column, ERASED);
                }
                self.0.execute(&update).await
            };
            erased.map_err(StoreError::failed)?;
        }
        Ok(())
    }
}

impl WriteTransaction {
    /// Overwrites who recorded what belongs to a person, where that is somebody who speaks for the person and leads to them.
    pub(crate) async fn erase_recorders(&self, scope: &Scope, person: Uuid) -> Result<(), StoreError> {
        let speakers = Query::select()
            .column("subject")
            .from("representative")
            .and_where(Expr::col("person_id").eq(person))
            .and_where(Expr::col("subject").is_not_null())
            .to_owned();
        for (table, column) in RECORDERS {
            let sealed = SEALED.iter().find(|sealed| sealed.table == table);
            let Some(rows) = sealed.and_then(|sealed| sealed.belongs.condition(person)) else { continue };
            let update = Query::update()
                .table(table)
                .value(column, ERASED_SUBJECT)
                .and_where(Expr::col("municipality_code").eq(scope.municipality.as_str()))
                .and_where(rows)
                .and_where(Expr::col(column).in_subquery(speakers.clone()))
                .to_owned();
            self.0.execute(&update).await.map_err(StoreError::failed)?;
        }
        Ok(())
    }
}

impl Store {
    /// Seals everything with the current key that is sealed with another. It may be broken off and run again, and runs beside
    /// servers: each row is a transaction of its own, which changes the row only where it is still what was read.
    ///
    /// # Errors
    /// What the database says; what was sealed until then stays so.
    pub async fn reseal(&self) -> Result<Vec<Resealed>, StoreError> {
        let vault = self.vault()?;
        let mut report = Vec::new();
        for table in SEALED {
            let mut resealed = Resealed { table: table.table, rows: 0, unreadable: 0 };
            // Until nothing was changed by others meanwhile.
            while self.reseal_table(table, vault, &mut resealed).await? {}
            report.push(resealed);
        }
        Ok(report)
    }

    /// Goes through a table once; tells whether a row was changed by others meanwhile.
    async fn reseal_table(&self, table: &SealedTable, vault: &Vault, told: &mut Resealed) -> Result<bool, StoreError> {
        let header = vault.current_header();
        let mut last: Option<Vec<Value>> = None;
        let mut missed = false;
        told.unreadable = 0;
        loop {
            let query = table.old_rows(&header, last.as_deref());
            let page = self.read(Reach::Country).query_all(&query).await.map_err(StoreError::failed)?;
            let rows = page.iter().map(|row| table.read(row, &header)).collect::<Result<Vec<_>, _>>();
            for row in rows.map_err(StoreError::failed)? {
                if let Some(update) = table.update(vault, &row) {
                    let transaction = self.begin_write(Reach::Country).await?;
                    let updated = transaction.0.execute(&update).await.map_err(StoreError::failed)?.rows_affected();
                    transaction.commit().await?;
                    told.rows = told.rows.saturating_add(updated);
                    missed |= updated == 0;
                } else {
                    told.unreadable = told.unreadable.saturating_add(1);
                }
                last = Some(row.key);
            }
            if page.is_empty() {
                return Ok(missed);
            }
        }
    }
}

impl WriteTransaction {
    /// The ids of the keys that anything is sealed with. Until the transaction ends, nobody seals anything.
    ///
    /// # Errors
    /// What the database says.
    pub async fn keys_in_use(&self) -> Result<BTreeSet<u32>, StoreError> {
        if self.0.get_database_backend() == DbBackend::Postgres {
            // Waits for what is being written. On SQLite, whose writers take turns, that has been done.
            let tables: Vec<&str> = SEALED.iter().map(|table| table.table).collect();
            let lock = format!("LOCK TABLE {} IN SHARE MODE", tables.join(", "));
            self.0.execute_unprepared(&lock).await.map_err(StoreError::failed)?;
        }
        let mut in_use = BTreeSet::new();
        for (table, column) in SEALED.iter().flat_map(|table| table.columns.iter().map(|column| (table.table, *column)))
        {
            let mut query = Query::select();
            query
                .distinct()
                .expr_as(beginning(column), "beginning")
                .from(table)
                .and_where(Expr::col(column).is_not_null())
                .and_where(Expr::col(column).ne(ERASED));
            for row in self.0.query_all(&query).await.map_err(StoreError::failed)? {
                let beginning: Vec<u8> = row.try_get("", "beginning").map_err(StoreError::failed)?;
                in_use.extend(key_id(&beginning));
            }
        }
        Ok(in_use)
    }
}

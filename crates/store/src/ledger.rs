//! Budget ledgers. Entries are only added; what stands where is kept beside them for each line, where the schema's checks
//! hold it to the rules whatever the code does.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    access::Scope,
    ledger::{Balance, Entry, EntryKind, LineBalance, NewEntry},
    money::{Money, Volume},
    orders::OrderSums,
    plans::check::Received,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QueryResult,
    QuerySelect,
    entity::prelude::*,
    sea_query::{Alias, OnConflict, Query},
};

use crate::{Store, StoreError, WriteTransaction, applications::known};

mod budget_balance {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "budget_balance")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub budget_id: Uuid,
        pub municipality_code: String,
        pub ceiling_cents: i64,
        pub agreed_cents: i64,
        pub entries: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod line_balance {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "line_balance")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub budget_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub line: i32,
        pub municipality_code: String,
        pub counted: bool,
        pub planned: i64,
        pub committed: i64,
        pub delivered: i64,
        pub invoiced: i64,
        pub paid: i64,
        pub planned_volume: i64,
        pub committed_volume: i64,
        pub delivered_volume: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod ledger_entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub budget_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub municipality_code: String,
        pub line: i32,
        pub kind: String,
        pub cents: i64,
        pub thousandths: i64,
        pub on_day: Date,
        pub order_id: Option<Uuid>,
        pub reverses: Option<i32>,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An entry with who recorded it and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEntry {
    /// The entry.
    pub entry: Entry,
    /// Subject of who recorded it.
    pub recorded_by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What entries of a line and kind on a day add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerDay {
    /// Number of the plan's line.
    pub line: u32,
    /// What kind of entries.
    pub kind: EntryKind,
    /// The day.
    pub on: NaiveDate,
    /// Cents.
    pub cents: i64,
    /// Thousandths of the unit.
    pub thousandths: i64,
}

/// When an order was made, and what it commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered {
    /// The day of its first entry.
    pub on: NaiveDate,
    /// Committed less what was released, cents.
    pub committed: i64,
}

/// A ledger that a transaction has taken: others who would write to it wait for its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// The budget.
    pub budget_id: Uuid,
    /// What stands where.
    pub balance: Balance,
    /// Number of the last entry.
    pub entries: u32,
}

/// Entries for a ledger that a transaction has taken.
#[derive(Debug)]
pub struct Posting<'a> {
    /// The ledger, its balance with the entries already.
    pub ledger: &'a mut Ledger,
    /// The entries.
    pub entries: &'a [NewEntry],
}

fn stored(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn read(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

impl WriteTransaction {
    /// Takes the ledger of a budget: on PostgreSQL its row is locked to the end of the transaction. None before the first plan
    /// is signed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_ledger(&self, scope: &Scope, budget: Uuid) -> Result<Option<Ledger>, StoreError> {
        let municipality = scope.municipality.as_str();
        let mut query = budget_balance::Entity::find_by_id(budget)
            .filter(budget_balance::Column::MunicipalityCode.eq(municipality));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let lines = line_balance::Entity::find()
            .filter(line_balance::Column::BudgetId.eq(budget))
            .filter(line_balance::Column::MunicipalityCode.eq(municipality))
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let balance = Balance { ceiling: row.ceiling_cents, lines: lines.iter().map(balance_of).collect() };
        Ok(Some(Ledger { budget_id: budget, balance, entries: read(row.entries) }))
    }

    /// Opens the ledger of a budget, empty, or gives it another ceiling.
    ///
    /// # Errors
    /// What the database says; the ceiling is never below what is agreed.
    pub async fn open_ledger(&self, scope: &Scope, budget: Uuid, ceiling: i64) -> Result<(), StoreError> {
        let row = budget_balance::ActiveModel {
            budget_id: Set(budget),
            municipality_code: Set(scope.municipality.to_string()),
            ceiling_cents: Set(ceiling),
            agreed_cents: Set(0),
            entries: Set(0),
        };
        budget_balance::Entity::insert(row)
            .on_conflict(
                OnConflict::column(budget_balance::Column::BudgetId)
                    .update_column(budget_balance::Column::CeilingCents)
                    .to_owned(),
            )
            .exec_without_returning(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Takes the ledgers of budgets, in the order of their identifiers: on PostgreSQL their rows are locked to the end of the
    /// transaction.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_ledgers(&self, scope: &Scope, budgets: &BTreeSet<Uuid>) -> Result<Vec<Ledger>, StoreError> {
        let municipality = scope.municipality.as_str();
        let ids = || budgets.iter().copied();
        let mut query = budget_balance::Entity::find()
            .filter(budget_balance::Column::BudgetId.is_in(ids()))
            .filter(budget_balance::Column::MunicipalityCode.eq(municipality))
            .order_by_asc(budget_balance::Column::BudgetId);
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let lines = line_balance::Entity::find()
            .filter(line_balance::Column::BudgetId.is_in(ids()))
            .filter(line_balance::Column::MunicipalityCode.eq(municipality))
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let mut balances: BTreeMap<Uuid, BTreeMap<u32, LineBalance>> = BTreeMap::new();
        for line in &lines {
            let (number, balance) = balance_of(line);
            balances.entry(line.budget_id).or_default().insert(number, balance);
        }
        let ledger = |row: budget_balance::Model| Ledger {
            budget_id: row.budget_id,
            balance: Balance { ceiling: row.ceiling_cents, lines: balances.remove(&row.budget_id).unwrap_or_default() },
            entries: read(row.entries),
        };
        Ok(rows.into_iter().map(ledger).collect())
    }

    /// Adds entries to ledgers that this transaction has taken, in a few statements for all of them; each has its balance with
    /// them already.
    ///
    /// # Errors
    /// What the database says; the schema refuses what breaks a rule of the ledger.
    pub async fn append_entries(
        &self,
        scope: &Scope,
        postings: &mut [Posting<'_>],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        // A database takes so many parameters in a statement.
        const STEP: usize = 1000;
        let municipality = scope.municipality.to_string();
        let (mut balances, mut lines, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        for Posting { ledger, entries: new } in postings.iter_mut().filter(|posting| !posting.entries.is_empty()) {
            let touched = ledger.balance.lines.iter().filter(|(line, _)| new.iter().any(|entry| entry.line == **line));
            lines.extend(touched.map(|(line, balance)| line_balance::ActiveModel {
                budget_id: Set(ledger.budget_id),
                line: Set(stored(*line)),
                municipality_code: Set(municipality.clone()),
                counted: Set(balance.counted),
                planned: Set(balance.planned),
                committed: Set(balance.committed),
                delivered: Set(balance.delivered),
                invoiced: Set(balance.invoiced),
                paid: Set(balance.paid),
                planned_volume: Set(balance.planned_volume),
                committed_volume: Set(balance.committed_volume),
                delivered_volume: Set(balance.delivered_volume),
            }));
            let numbered = new.iter().zip(ledger.entries.saturating_add(1)..);
            entries.extend(numbered.map(|(entry, number)| ledger_entry::ActiveModel {
                budget_id: Set(ledger.budget_id),
                number: Set(stored(number)),
                municipality_code: Set(municipality.clone()),
                line: Set(stored(entry.line)),
                kind: Set(entry.kind.as_str().to_owned()),
                cents: Set(entry.cents),
                thousandths: Set(entry.thousandths),
                on_day: Set(entry.on),
                order_id: Set(entry.order),
                reverses: Set(entry.reverses.map(stored)),
                recorded_by: Set(scope.subject.clone()),
                created_at: Set(at),
            }));
            ledger.entries = ledger.entries.saturating_add(u32::try_from(new.len()).unwrap_or(u32::MAX));
            balances.push(budget_balance::ActiveModel {
                budget_id: Set(ledger.budget_id),
                municipality_code: Set(municipality.clone()),
                ceiling_cents: Set(ledger.balance.ceiling),
                agreed_cents: Set(ledger.balance.total().planned),
                entries: Set(stored(ledger.entries)),
            });
        }
        let changed = [
            line_balance::Column::Counted,
            line_balance::Column::Planned,
            line_balance::Column::Committed,
            line_balance::Column::Delivered,
            line_balance::Column::Invoiced,
            line_balance::Column::Paid,
            line_balance::Column::PlannedVolume,
            line_balance::Column::CommittedVolume,
            line_balance::Column::DeliveredVolume,
        ];
        let key = [line_balance::Column::BudgetId, line_balance::Column::Line];
        for rows in lines.chunks(STEP) {
            line_balance::Entity::insert_many(rows.iter().cloned())
                .on_conflict(OnConflict::columns(key).update_columns(changed).to_owned())
                .exec_without_returning(&self.0)
                .await
                .map_err(StoreError::failed)?;
        }
        for rows in entries.chunks(STEP) {
            let insert = ledger_entry::Entity::insert_many(rows.iter().cloned());
            insert.exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        }
        let sums = [budget_balance::Column::AgreedCents, budget_balance::Column::Entries];
        for rows in balances.chunks(STEP) {
            budget_balance::Entity::insert_many(rows.iter().cloned())
                .on_conflict(OnConflict::column(budget_balance::Column::BudgetId).update_columns(sums).to_owned())
                .exec_without_returning(&self.0)
                .await
                .map_err(StoreError::failed)?;
        }
        Ok(())
    }

    /// Gets the balance of a ledger at the end of a day, from its entries.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn balance_on(&self, scope: &Scope, ledger: &Ledger, day: NaiveDate) -> Result<Balance, StoreError> {
        let sum = |column: ledger_entry::Column| column.sum().cast_as(Alias::new("bigint"));
        let sums = ledger_entry::Entity::find()
            .select_only()
            .column(ledger_entry::Column::Line)
            .column(ledger_entry::Column::Kind)
            .column_as(sum(ledger_entry::Column::Cents), "cents")
            .column_as(sum(ledger_entry::Column::Thousandths), "thousandths")
            .filter(ledger_entry::Column::BudgetId.eq(ledger.budget_id))
            .filter(ledger_entry::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(ledger_entry::Column::OnDay.lte(day))
            .group_by(ledger_entry::Column::Line)
            .group_by(ledger_entry::Column::Kind)
            .into_tuple::<(i32, String, i64, i64)>()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let mut balance = Balance::below(ledger.balance.ceiling);
        for (line, known) in &ledger.balance.lines {
            balance.lines.insert(*line, LineBalance { counted: known.counted, ..LineBalance::default() });
        }
        for (line, kind, cents, thousandths) in sums {
            let kind = kind_of(&kind, ledger.budget_id)?;
            let of_line = balance.lines.entry(read(line)).or_default();
            *of_line = of_line.moved(kind, cents, thousandths);
        }
        Ok(balance)
    }

    /// Tells what the ledger of a budget says of each order.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn order_sums(&self, scope: &Scope, budget: Uuid) -> Result<BTreeMap<Uuid, OrderSums>, StoreError> {
        self.sums_where(scope, Condition::all().add(ledger_entry::Column::BudgetId.eq(budget))).await
    }

    /// Tells what the ledgers of budgets say of orders, in one query.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn sums_of_orders(
        &self,
        scope: &Scope,
        budgets: &BTreeSet<Uuid>,
        orders: &BTreeSet<Uuid>,
    ) -> Result<BTreeMap<Uuid, OrderSums>, StoreError> {
        if orders.is_empty() {
            return Ok(BTreeMap::new());
        }
        let of_budgets = ledger_entry::Column::BudgetId.is_in(budgets.iter().copied());
        let of_orders = ledger_entry::Column::OrderId.is_in(orders.iter().copied());
        self.sums_where(scope, Condition::all().add(of_budgets).add(of_orders)).await
    }

    async fn sums_where(&self, scope: &Scope, of: Condition) -> Result<BTreeMap<Uuid, OrderSums>, StoreError> {
        let sum = |column: ledger_entry::Column| column.sum().cast_as(Alias::new("bigint"));
        let rows = ledger_entry::Entity::find()
            .select_only()
            .column(ledger_entry::Column::OrderId)
            .column(ledger_entry::Column::Line)
            .column(ledger_entry::Column::Kind)
            .column_as(sum(ledger_entry::Column::Cents), "cents")
            .column_as(sum(ledger_entry::Column::Thousandths), "thousandths")
            .filter(of)
            .filter(ledger_entry::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(ledger_entry::Column::OrderId.is_not_null())
            .group_by(ledger_entry::Column::OrderId)
            .group_by(ledger_entry::Column::Line)
            .group_by(ledger_entry::Column::Kind)
            .into_tuple::<(Uuid, i32, String, i64, i64)>()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let mut orders: BTreeMap<Uuid, OrderSums> = BTreeMap::new();
        for (order, line, kind, cents, thousandths) in rows {
            let sums = orders.entry(order).or_insert(OrderSums { order, line: read(line), ..OrderSums::default() });
            sums.add(kind_of(&kind, order)?, cents, thousandths);
        }
        Ok(orders)
    }

    /// Sums the entries of a ledger by line, kind and day, days in order.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn ledger_days(&self, scope: &Scope, budget: Uuid) -> Result<Vec<LedgerDay>, StoreError> {
        self.days_where(scope, budget, ledger_entry::Column::BudgetId.eq(budget)).await
    }

    /// Sums what was delivered of each service to a person from a day on, under other budgets than one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn received_of_others(
        &self,
        scope: &Scope,
        (person, budget): (Uuid, Uuid),
        since: NaiveDate,
    ) -> Result<BTreeMap<String, Received>, StoreError> {
        let of = |table: &'static str, column: &'static str| Expr::col((table, column));
        let sum = |column| of("ledger_entry", column).sum().cast_as(Alias::new("bigint"));
        let query = Query::select()
            .column(("service_order", "service"))
            .column(("line_balance", "counted"))
            .expr_as(sum("cents"), "cents")
            .expr_as(sum("thousandths"), "thousandths")
            .from("service_order")
            .inner_join(
                "ledger_entry",
                of("ledger_entry", "budget_id")
                    .equals(("service_order", "budget_id"))
                    .and(of("ledger_entry", "order_id").equals(("service_order", "id"))),
            )
            .inner_join(
                "line_balance",
                of("line_balance", "budget_id")
                    .equals(("ledger_entry", "budget_id"))
                    .and(of("line_balance", "line").equals(("ledger_entry", "line"))),
            )
            .and_where(of("service_order", "municipality_code").eq(scope.municipality.as_str()))
            .and_where(of("service_order", "person_id").eq(person))
            .and_where(of("service_order", "budget_id").ne(budget))
            .and_where(of("ledger_entry", "kind").eq(EntryKind::Delivered.as_str()))
            .and_where(of("ledger_entry", "on_day").gte(since))
            // A claim enters on the day of its approval: what was ordered until then was received before.
            .and_where(of("service_order", "valid_to").gte(since))
            .and_where(of("service_order", "closed_on").is_null().or(of("service_order", "closed_on").gte(since)))
            .group_by_columns([("service_order", "service"), ("line_balance", "counted")])
            .to_owned();
        let mut received = BTreeMap::<String, Received>::new();
        for row in self.0.query_all(&query).await.map_err(StoreError::failed)? {
            let value = |row: &QueryResult| -> Result<(String, bool, i64, i64), DbErr> {
                Ok((
                    row.try_get("", "service")?,
                    row.try_get("", "counted")?,
                    row.try_get("", "cents")?,
                    row.try_get("", "thousandths")?,
                ))
            };
            let (service, counted, cents, thousandths) = value(&row).map_err(StoreError::failed)?;
            let of_service = received.entry(service).or_default();
            of_service.volume += Volume::from_thousandths(thousandths);
            if counted {
                of_service.amount += Money::from_cents(cents);
            }
        }
        Ok(received)
    }

    /// Tells when an order was made, and what it commits; none where the ledger has nothing of it.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_ordered(&self, scope: &Scope, budget: Uuid, order: Uuid) -> Result<Option<Ordered>, StoreError> {
        let days = self.days_where(scope, budget, ledger_entry::Column::OrderId.eq(order)).await?;
        let committed = days.iter().fold(0_i64, |sum, day| match day.kind {
            EntryKind::Committed => sum.saturating_add(day.cents),
            EntryKind::Released => sum.saturating_sub(day.cents),
            _ => sum,
        });
        Ok(days.first().map(|first| Ordered { on: first.on, committed }))
    }

    async fn days_where(&self, scope: &Scope, budget: Uuid, condition: Expr) -> Result<Vec<LedgerDay>, StoreError> {
        let sum = |column: ledger_entry::Column| column.sum().cast_as(Alias::new("bigint"));
        let rows = ledger_entry::Entity::find()
            .select_only()
            .column(ledger_entry::Column::Line)
            .column(ledger_entry::Column::Kind)
            .column(ledger_entry::Column::OnDay)
            .column_as(sum(ledger_entry::Column::Cents), "cents")
            .column_as(sum(ledger_entry::Column::Thousandths), "thousandths")
            .filter(ledger_entry::Column::BudgetId.eq(budget))
            .filter(ledger_entry::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(condition)
            .group_by(ledger_entry::Column::Line)
            .group_by(ledger_entry::Column::Kind)
            .group_by(ledger_entry::Column::OnDay)
            .order_by_asc(ledger_entry::Column::OnDay)
            .order_by_asc(ledger_entry::Column::Line)
            .into_tuple::<(i32, String, NaiveDate, i64, i64)>()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let day = |(line, kind, on, cents, thousandths): (i32, String, NaiveDate, i64, i64)| {
            Ok(LedgerDay { line: read(line), kind: kind_of(&kind, budget)?, on, cents, thousandths })
        };
        rows.into_iter().map(day).collect()
    }

    /// Gets an entry.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_entry(&self, scope: &Scope, budget: Uuid, number: u32) -> Result<Option<Entry>, StoreError> {
        let row = ledger_entry::Entity::find_by_id((budget, stored(number)))
            .filter(ledger_entry::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        row.map(|row| recorded(row).map(|recorded| recorded.entry)).transpose()
    }
}

impl Store {
    /// What stands where of budgets, by budget, without taking their rows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_balances(
        &self,
        scope: &Scope,
        budgets: &BTreeSet<Uuid>,
    ) -> Result<BTreeMap<Uuid, Balance>, StoreError> {
        let (municipality, ids) = (scope.municipality.as_str(), || budgets.iter().copied());
        let rows = budget_balance::Entity::find()
            .filter(budget_balance::Column::BudgetId.is_in(ids()))
            .filter(budget_balance::Column::MunicipalityCode.eq(municipality))
            .all(&self.read(scope))
            .await
            .map_err(StoreError::failed)?;
        let lines = line_balance::Entity::find()
            .filter(line_balance::Column::BudgetId.is_in(ids()))
            .filter(line_balance::Column::MunicipalityCode.eq(municipality))
            .all(&self.read(scope))
            .await
            .map_err(StoreError::failed)?;
        let mut balances: BTreeMap<Uuid, Balance> =
            rows.into_iter().map(|row| (row.budget_id, Balance::below(row.ceiling_cents))).collect();
        for line in &lines {
            let (number, balance) = balance_of(line);
            if let Some(of_budget) = balances.get_mut(&line.budget_id) {
                of_budget.lines.insert(number, balance);
            }
        }
        Ok(balances)
    }

    /// Lists the entries of a ledger in order.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_entries(
        &self,
        scope: &Scope,
        budget: Uuid,
        after: Option<u32>,
        limit: u64,
    ) -> Result<Vec<RecordedEntry>, StoreError> {
        let mut query = ledger_entry::Entity::find()
            .filter(ledger_entry::Column::BudgetId.eq(budget))
            .filter(ledger_entry::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_asc(ledger_entry::Column::Number)
            .limit(limit);
        if let Some(after) = after {
            query = query.filter(ledger_entry::Column::Number.gt(stored(after)));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.into_iter().map(recorded).collect()
    }
}

fn balance_of(row: &line_balance::Model) -> (u32, LineBalance) {
    let balance = LineBalance {
        counted: row.counted,
        planned: row.planned,
        committed: row.committed,
        delivered: row.delivered,
        invoiced: row.invoiced,
        paid: row.paid,
        planned_volume: row.planned_volume,
        committed_volume: row.committed_volume,
        delivered_volume: row.delivered_volume,
    };
    (read(row.line), balance)
}

fn kind_of(text: &str, budget: Uuid) -> Result<EntryKind, StoreError> {
    known(EntryKind::ALL, text, EntryKind::as_str).ok_or(StoreError::Inconsistent { table: "ledger_entry", id: budget })
}

fn recorded(row: ledger_entry::Model) -> Result<RecordedEntry, StoreError> {
    let new = NewEntry {
        line: read(row.line),
        kind: kind_of(&row.kind, row.budget_id)?,
        cents: row.cents,
        thousandths: row.thousandths,
        on: row.on_day,
        order: row.order_id,
        reverses: row.reverses.map(read),
    };
    Ok(RecordedEntry {
        entry: Entry { number: read(row.number), new },
        recorded_by: row.recorded_by,
        at: row.created_at,
    })
}

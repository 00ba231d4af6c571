//! Periods of the pilot and their redistributions, rows of the whole country; and what each budget of a period gets, which is its
//! municipality's.
//!
//! A redistribution takes the period, then the budgets, then their ledgers. A budget enters a period with that row taken too, so
//! that none comes between.

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    money::Money,
    month::Month,
    parameters::catalogue::MethodologyId,
    pilot::{
        budget::{PilotAmounts, PilotNeed},
        periods::{PeriodBudget, PeriodLedgers, PeriodTerms, PilotPeriodStatus},
    },
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Statement, entity::prelude::*, sea_query::OnConflict,
};
use sha2::{Digest, Sha256};

use crate::{InsertError, Reach, Store, StoreError, WriteTransaction, applications::known, providers::code};

mod period {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "pilot_period")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: i32,
        pub first_month: Date,
        pub months: i32,
        pub short_reason: Option<String>,
        pub per_child_cents: i64,
        pub unspent_cents: i64,
        pub unspent_reason: Option<String>,
        pub status: String,
        pub version: i64,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub updated_by: String,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod redistribution {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "pilot_redistribution")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub period_id: Uuid,
        pub content: String,
        pub content_hash: Vec<u8>,
        pub run_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod of_budget {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "pilot_budget")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub budget_id: Uuid,
        pub municipality_code: String,
        pub period_id: Uuid,
        pub code: String,
        pub provisional_cents: i64,
        pub needed_cents: Option<i64>,
        pub services_cents: Option<i64>,
        pub benefits_cents: Option<i64>,
        pub other_cents: Option<i64>,
        pub final_cents: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A period of the pilot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PilotPeriod {
    /// Identifier.
    pub id: Uuid,
    /// Its number among all, from 1.
    pub number: u32,
    /// What it says.
    pub terms: PeriodTerms,
    /// Where it stands.
    pub status: PilotPeriodStatus,
    /// Counts up with every change.
    pub version: i64,
    /// Subject of who drafted it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Subject of who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: DateTime<Utc>,
}

/// A redistribution as it was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRedistribution {
    /// The period.
    pub period_id: Uuid,
    /// JSON of what was run and what came out.
    pub content: String,
    /// Its SHA-256.
    pub content_hash: Vec<u8>,
    /// Subject of who ran it.
    pub run_by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a budget gets in its period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InPeriod {
    /// The period.
    pub period_id: Uuid,
    /// Its number.
    pub period: u32,
    /// What the ministry knows the child by.
    pub code: String,
    /// The amounts.
    pub amounts: PilotAmounts,
}

/// A budget of a period in the country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetOfPeriod {
    /// The budget.
    pub id: Uuid,
    /// Whose it is.
    pub municipality: MunicipalityCode,
    /// What is redistributed.
    pub budget: PeriodBudget,
}

/// What belongs to a case of the pilot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfPilot {
    /// The case: its application.
    Case(Uuid),
    /// A budget.
    Budget(Uuid),
    /// A plan.
    Plan(Uuid),
    /// A document of the case.
    Document(Uuid),
}

fn inconsistent(id: Uuid) -> StoreError {
    StoreError::Inconsistent { table: "pilot_period", id }
}

fn cents(amount: Money, id: Uuid) -> Result<i64, StoreError> {
    amount.cents().ok_or_else(|| inconsistent(id))
}

fn stored(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn read(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

fn opened(row: period::Model) -> Result<PilotPeriod, StoreError> {
    let status = known(PilotPeriodStatus::ALL, &row.status, PilotPeriodStatus::as_str);
    Ok(PilotPeriod {
        id: row.id,
        number: read(row.number),
        terms: PeriodTerms {
            first_month: Month::of(row.first_month),
            months: read(row.months),
            short_reason: row.short_reason,
            per_child_funding: Money::from_cents(row.per_child_cents),
            // Nothing without a reason: the ledgers tell.
            unspent: (row.unspent_cents > 0 || row.unspent_reason.is_some())
                .then(|| Money::from_cents(row.unspent_cents)),
            unspent_reason: row.unspent_reason,
        },
        status: status.ok_or_else(|| inconsistent(row.id))?,
        version: row.version,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_by: row.updated_by,
        updated_at: row.updated_at,
    })
}

fn change(period: &PilotPeriod) -> Result<period::ActiveModel, StoreError> {
    let terms = &period.terms;
    Ok(period::ActiveModel {
        first_month: Set(terms.first_month.first_day()),
        months: Set(stored(terms.months)),
        short_reason: Set(terms.short_reason.clone()),
        per_child_cents: Set(cents(terms.per_child_funding, period.id)?),
        unspent_cents: Set(cents(terms.unspent.unwrap_or_default(), period.id)?),
        unspent_reason: Set(terms.unspent_reason.clone()),
        status: Set(period.status.as_str().to_owned()),
        version: Set(period.version),
        updated_by: Set(period.updated_by.clone()),
        updated_at: Set(period.updated_at),
        ..Default::default()
    })
}

#[derive(FromQueryResult)]
struct InPeriodRow {
    period_id: Uuid,
    number: i32,
    code: String,
    provisional_cents: i64,
    needed_cents: Option<i64>,
    services_cents: Option<i64>,
    benefits_cents: Option<i64>,
    other_cents: Option<i64>,
    final_cents: Option<i64>,
}

impl From<InPeriodRow> for InPeriod {
    fn from(row: InPeriodRow) -> Self {
        let euros = |cents: Option<i64>| Money::from_cents(cents.unwrap_or_default());
        let need = row.needed_cents.map(|needed| PilotNeed {
            needed: Money::from_cents(needed),
            existing_services: euros(row.services_cents),
            existing_benefits: euros(row.benefits_cents),
            other: euros(row.other_cents),
        });
        Self {
            period_id: row.period_id,
            period: read(row.number),
            code: row.code,
            amounts: PilotAmounts {
                provisional: Money::from_cents(row.provisional_cents),
                need,
                final_budget: row.final_cents.map(Money::from_cents),
            },
        }
    }
}

/// What a budget gets in its period.
const OF_BUDGET: &str = "
    SELECT pilot_budget.period_id AS period_id, pilot_period.number AS number, pilot_budget.code AS code,
        pilot_budget.provisional_cents AS provisional_cents, pilot_budget.needed_cents AS needed_cents,
        pilot_budget.services_cents AS services_cents, pilot_budget.benefits_cents AS benefits_cents,
        pilot_budget.other_cents AS other_cents, pilot_budget.final_cents AS final_cents
    FROM pilot_budget JOIN pilot_period ON pilot_period.id = pilot_budget.period_id
    WHERE pilot_budget.budget_id = $1 AND pilot_budget.municipality_code = $2";

#[derive(FromQueryResult)]
struct OfPeriodRow {
    budget_id: Uuid,
    municipality_code: String,
    code: String,
    provisional_cents: i64,
    needed_cents: Option<i64>,
}

/// The budgets of a period that have not ended, by their codes: in an order that tells nothing of them.
const OF_PERIOD: &str = "
    SELECT pilot_budget.budget_id AS budget_id, pilot_budget.municipality_code AS municipality_code,
        pilot_budget.code AS code, pilot_budget.provisional_cents AS provisional_cents,
        pilot_budget.needed_cents AS needed_cents
    FROM pilot_budget JOIN budget ON budget.id = pilot_budget.budget_id
    WHERE pilot_budget.period_id = $1 AND budget.status <> 'closed'
    ORDER BY pilot_budget.code";

#[derive(FromQueryResult)]
struct LedgersRow {
    paid: i64,
    committed: i64,
    open: i64,
    open_budgets: i64,
}

/// What the budgets of a period have used: of the lines that they count.
const LEDGERS: &str = "
    SELECT CAST(COALESCE(SUM(used.paid), 0) AS BIGINT) AS paid,
        CAST(COALESCE(SUM(CASE WHEN budget.status = 'closed' THEN used.committed END), 0) AS BIGINT) AS committed,
        CAST(COALESCE(SUM(CASE WHEN budget.status <> 'closed'
            THEN COALESCE(entered.final_cents, entered.provisional_cents) END), 0) AS BIGINT) AS open,
        CAST(COUNT(CASE WHEN budget.status <> 'closed' THEN 1 END) AS BIGINT) AS open_budgets
    FROM pilot_budget entered JOIN budget ON budget.id = entered.budget_id
        LEFT JOIN (SELECT budget_id, SUM(paid) AS paid, SUM(committed) AS committed FROM line_balance WHERE counted
            GROUP BY budget_id) used ON used.budget_id = entered.budget_id
    WHERE entered.period_id = $1";

async fn ledgers_of(
    connection: &impl ConnectionTrait,
    backend: DbBackend,
    period: Uuid,
) -> Result<PeriodLedgers, StoreError> {
    let statement = Statement::from_sql_and_values(backend, LEDGERS, [period.into()]);
    let row = LedgersRow::find_by_statement(statement).one(connection).await.map_err(StoreError::failed)?;
    let LedgersRow { paid, committed, open, open_budgets } = row.ok_or_else(|| inconsistent(period))?;
    Ok(PeriodLedgers {
        paid: Money::from_cents(paid),
        claimed: Money::from_cents(committed) + Money::from_cents(open),
        open_budgets: u32::try_from(open_budgets).unwrap_or(u32::MAX),
    })
}

async fn redistribution_of(
    connection: &impl ConnectionTrait,
    period: Uuid,
) -> Result<Option<StoredRedistribution>, StoreError> {
    let found = redistribution::Entity::find_by_id(period).one(connection).await.map_err(StoreError::failed)?;
    let Some(row) = found else { return Ok(None) };
    if Sha256::digest(&row.content).as_slice() != row.content_hash {
        return Err(StoreError::Inconsistent { table: "pilot_redistribution", id: period });
    }
    Ok(Some(StoredRedistribution {
        period_id: row.period_id,
        content: row.content,
        content_hash: row.content_hash,
        run_by: row.run_by,
        at: row.created_at,
    }))
}

/// The rows that a redistribution changes, each in the order in which all take them.
const TAKE: [&str; 2] = [
    "SELECT budget.id FROM budget JOIN pilot_budget ON pilot_budget.budget_id = budget.id
     WHERE pilot_budget.period_id = $1 AND budget.status <> 'closed' ORDER BY budget.id FOR UPDATE OF budget",
    "SELECT budget_id FROM budget_balance
     WHERE budget_id IN (SELECT budget_id FROM pilot_budget WHERE period_id = $1) ORDER BY budget_id FOR UPDATE",
];

/// Where the final budgets are set, they are the ceilings of the ledgers.
const CEILINGS: &str = "
    UPDATE budget_balance SET ceiling_cents =
        (SELECT final_cents FROM pilot_budget WHERE pilot_budget.budget_id = budget_balance.budget_id)
    WHERE budget_id IN (SELECT budget_id FROM pilot_budget WHERE period_id = $1 AND final_cents IS NOT NULL)";

const VERSIONS: &str = "
    UPDATE budget SET version = version + 1, updated_at = $2
    WHERE id IN (SELECT budget_id FROM pilot_budget WHERE period_id = $1 AND final_cents IS NOT NULL)";

async fn budgets_of(
    connection: &impl ConnectionTrait,
    backend: DbBackend,
    period: Uuid,
) -> Result<Vec<BudgetOfPeriod>, StoreError> {
    let statement = Statement::from_sql_and_values(backend, OF_PERIOD, [period.into()]);
    let rows = connection.query_all_raw(statement).await.map_err(StoreError::failed)?;
    let budget = |row| {
        let row = OfPeriodRow::from_query_result(row, "").map_err(StoreError::failed)?;
        Ok(BudgetOfPeriod {
            id: row.budget_id,
            municipality: row.municipality_code.parse().map_err(|_| inconsistent(period))?,
            budget: PeriodBudget {
                code: row.code,
                provisional: Money::from_cents(row.provisional_cents),
                needed: row.needed_cents.map(Money::from_cents),
            },
        })
    };
    rows.iter().map(budget).collect()
}

impl WriteTransaction {
    /// The terms of all periods by their numbers. Others that draft or change one wait from here to the end.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn pilot_terms(&self, scope: &Scope) -> Result<Vec<(u32, PeriodTerms)>, StoreError> {
        self.take_turn(scope).await?;
        let rows = period::Entity::find().order_by_asc(period::Column::Number).all(&self.0).await;
        let terms = |row| opened(row).map(|period| (period.number, period.terms));
        rows.map_err(StoreError::failed)?.into_iter().map(terms).collect()
    }

    /// Stores a new period.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where there is one with its number, or what the database says.
    pub async fn insert_pilot_period(&self, new: &PilotPeriod) -> Result<(), InsertError> {
        let row = period::ActiveModel {
            id: Set(new.id),
            number: Set(stored(new.number)),
            created_by: Set(new.created_by.clone()),
            created_at: Set(new.created_at),
            ..change(new)?
        };
        period::Entity::insert(row).exec_without_returning(&self.0).await.map_err(InsertError::failed)?;
        Ok(())
    }

    /// Gets a period for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_pilot_period(&self, id: Uuid) -> Result<Option<PilotPeriod>, StoreError> {
        if self.0.get_database_backend() == DbBackend::Postgres {
            let locked = period::Entity::find_by_id(id).lock_exclusive().one(&self.0).await;
            if let Some(row) = locked.map_err(StoreError::failed)? {
                return opened(row).map(Some);
            }
        }
        // Row-level security hides a closed one from a locked read: nothing changes it any more.
        let row = period::Entity::find_by_id(id).one(&self.0).await.map_err(StoreError::failed)?;
        row.map(opened).transpose()
    }

    /// Gets a period by its number, for a budget that enters it: on PostgreSQL it is not redistributed before the end of the
    /// transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_pilot_period_numbered(&self, number: u32) -> Result<Option<PilotPeriod>, StoreError> {
        let find = || period::Entity::find().filter(period::Column::Number.eq(stored(number)));
        if self.0.get_database_backend() == DbBackend::Postgres {
            let locked = find().lock_shared().one(&self.0).await.map_err(StoreError::failed)?;
            if let Some(row) = locked {
                return opened(row).map(Some);
            }
        }
        find().one(&self.0).await.map_err(StoreError::failed)?.map(opened).transpose()
    }

    /// Stores a changed period under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_pilot_period(&self, changed: &mut PilotPeriod) -> Result<(), StoreError> {
        let before = changed.version;
        changed.version = before.saturating_add(1);
        let updated = period::Entity::update_many()
            .set(change(changed)?)
            .filter(period::Column::Id.eq(changed.id))
            .filter(period::Column::Version.eq(before))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Puts a budget into a period with its provisional amount, or into another one with another. Tells what the ministry knows
    /// the child by: a keyed hash, which without the key nobody can compute.
    ///
    /// # Errors
    /// What the database says.
    pub async fn enter_period(
        &self,
        scope: &Scope,
        budget: Uuid,
        period: &PilotPeriod,
        provisional: Money,
    ) -> Result<InPeriod, StoreError> {
        let hash = self.vault()?.index("pilot_budget", &budget.to_string());
        let code: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let row = of_budget::ActiveModel {
            budget_id: Set(budget),
            municipality_code: Set(scope.municipality.to_string()),
            period_id: Set(period.id),
            code: Set(code.clone()),
            provisional_cents: Set(cents(provisional, budget)?),
            needed_cents: Set(None),
            services_cents: Set(None),
            benefits_cents: Set(None),
            other_cents: Set(None),
            final_cents: Set(None),
        };
        // The plan that was signed under another provisional budget is signed anew.
        let changed = [
            of_budget::Column::PeriodId,
            of_budget::Column::ProvisionalCents,
            of_budget::Column::NeededCents,
            of_budget::Column::ServicesCents,
            of_budget::Column::BenefitsCents,
            of_budget::Column::OtherCents,
        ];
        of_budget::Entity::insert(row)
            .on_conflict(OnConflict::column(of_budget::Column::BudgetId).update_columns(changed).to_owned())
            .exec_without_returning(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let amounts = PilotAmounts { provisional, need: None, final_budget: None };
        Ok(InPeriod { period_id: period.id, period: period.number, code, amounts })
    }

    /// What a budget gets in its period; none where it is not of the pilot.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn find_in_period(&self, scope: &Scope, budget: Uuid) -> Result<Option<InPeriod>, StoreError> {
        let values = [budget.into(), scope.municipality.as_str().into()];
        let statement = Statement::from_sql_and_values(self.0.get_database_backend(), OF_BUDGET, values);
        let row = InPeriodRow::find_by_statement(statement).one(&self.0).await.map_err(StoreError::failed)?;
        Ok(row.map(InPeriod::from))
    }

    /// Stores what the signed plan of a budget needs. The budget's row is taken.
    ///
    /// # Errors
    /// What the database says.
    pub async fn update_need(&self, scope: &Scope, budget: Uuid, need: PilotNeed) -> Result<(), StoreError> {
        let change = of_budget::ActiveModel {
            needed_cents: Set(Some(cents(need.needed, budget)?)),
            services_cents: Set(Some(cents(need.existing_services, budget)?)),
            benefits_cents: Set(Some(cents(need.existing_benefits, budget)?)),
            other_cents: Set(Some(cents(need.other, budget)?)),
            ..Default::default()
        };
        of_budget::Entity::update_many()
            .set(change)
            .filter(of_budget::Column::BudgetId.eq(budget))
            .filter(of_budget::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// The budgets of a period in the country, in the order of their codes: on PostgreSQL they and their ledgers are taken to the
    /// end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn take_budgets_of_period(&self, period: Uuid) -> Result<Vec<BudgetOfPeriod>, StoreError> {
        let backend = self.0.get_database_backend();
        if backend == DbBackend::Postgres {
            let [budgets, ledgers] = TAKE;
            let budgets = Statement::from_sql_and_values(backend, budgets, [period.into()]);
            self.0.query_all_raw(budgets).await.map_err(StoreError::failed)?;
            let ledgers = Statement::from_sql_and_values(backend, ledgers, [period.into()]);
            self.0.query_all_raw(ledgers).await.map_err(StoreError::failed)?;
        }
        budgets_of(&self.0, backend, period).await
    }

    /// Sets the final budgets of a period that this transaction has taken: they are the ceilings of their ledgers from now on.
    ///
    /// # Errors
    /// What the database says; no ceiling is below what is agreed.
    pub async fn set_finals(
        &self,
        period: Uuid,
        finals: &[(BudgetOfPeriod, Money)],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        // A database takes so many parameters in a statement.
        const STEP: usize = 1000;
        let row = |(of, amount): &(BudgetOfPeriod, Money)| {
            Ok(of_budget::ActiveModel {
                budget_id: Set(of.id),
                municipality_code: Set(of.municipality.to_string()),
                period_id: Set(period),
                code: Set(of.budget.code.clone()),
                provisional_cents: Set(cents(of.budget.provisional, of.id)?),
                needed_cents: Set(None),
                services_cents: Set(None),
                benefits_cents: Set(None),
                other_cents: Set(None),
                final_cents: Set(Some(cents(*amount, of.id)?)),
            })
        };
        let rows = finals.iter().map(row).collect::<Result<Vec<_>, StoreError>>()?;
        let set =
            OnConflict::column(of_budget::Column::BudgetId).update_column(of_budget::Column::FinalCents).to_owned();
        for rows in rows.chunks(STEP) {
            let upsert = of_budget::Entity::insert_many(rows.iter().cloned()).on_conflict(set.clone());
            upsert.exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        }
        let backend = self.0.get_database_backend();
        for (sql, values) in [(CEILINGS, vec![period.into()]), (VERSIONS, vec![period.into(), at.into()])] {
            let statement = Statement::from_sql_and_values(backend, sql, values);
            self.0.execute_raw(statement).await.map_err(StoreError::failed)?;
        }
        Ok(())
    }

    /// Gets the redistribution of a period as it was run, by a transaction of the whole country.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] where it is not what was stored, or what the database says.
    pub async fn find_redistribution(&self, period: Uuid) -> Result<Option<StoredRedistribution>, StoreError> {
        redistribution_of(&self.0, period).await
    }

    /// What the budgets of a period have used, as a transaction of the whole country sees it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ledgers_of_period(&self, period: Uuid) -> Result<PeriodLedgers, StoreError> {
        ledgers_of(&self.0, self.0.get_database_backend(), period).await
    }

    /// Stores a redistribution as it was run.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the period has one, or what the database says.
    pub async fn insert_redistribution(
        &self,
        period: Uuid,
        content: String,
        run_by: &str,
        at: DateTime<Utc>,
    ) -> Result<StoredRedistribution, InsertError> {
        let content_hash = Sha256::digest(&content).to_vec();
        let row = redistribution::ActiveModel {
            period_id: Set(period),
            content: Set(content.clone()),
            content_hash: Set(content_hash.clone()),
            run_by: Set(run_by.to_owned()),
            created_at: Set(at),
        };
        redistribution::Entity::insert(row).exec_without_returning(&self.0).await.map_err(InsertError::failed)?;
        Ok(StoredRedistribution { period_id: period, content, content_hash, run_by: run_by.to_owned(), at })
    }
}

impl Store {
    /// The municipality that has something of the pilot; none where it is of another methodology, or not there.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_office_of_pilot(&self, of: OfPilot) -> Result<Option<MunicipalityCode>, StoreError> {
        let (table, key, id) = match of {
            OfPilot::Case(id) => ("application", "id", id),
            OfPilot::Budget(id) => ("budget", "application_id", id),
            OfPilot::Plan(id) => ("plan", "application_id", id),
            OfPilot::Document(id) => ("case_document", "application_id", id),
        };
        let sql = format!(
            "SELECT found.municipality_code AS municipality_code FROM {table} found
             JOIN application of_case ON of_case.id = found.{key} WHERE found.id = $1 AND of_case.methodology = $2"
        );
        let values = [id.into(), MethodologyId::ChildrenPilot2018.as_str().into()];
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let row = self.read(Reach::Country).query_one_raw(statement).await.map_err(StoreError::failed)?;
        let Some(row) = row else { return Ok(None) };
        let municipality: String = row.try_get("", "municipality_code").map_err(StoreError::failed)?;
        code(&municipality, table, id).map(Some)
    }

    /// Gets a period.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn get_pilot_period(&self, id: Uuid) -> Result<Option<PilotPeriod>, StoreError> {
        let row = period::Entity::find_by_id(id).one(self.reader()).await.map_err(StoreError::failed)?;
        row.map(opened).transpose()
    }

    /// Lists periods in the order of their numbers, which is that of their identifiers: all, or those that are no drafts.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_pilot_periods(
        &self,
        without_drafts: bool,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<PilotPeriod>, StoreError> {
        let mut query = period::Entity::find().order_by_asc(period::Column::Id).limit(limit);
        if without_drafts {
            query = query.filter(period::Column::Status.ne(PilotPeriodStatus::Draft.as_str()));
        }
        if let Some(after) = after {
            query = query.filter(period::Column::Id.gt(after));
        }
        query.all(self.reader()).await.map_err(StoreError::failed)?.into_iter().map(opened).collect()
    }

    /// The budgets of a period in the country, in the order of their codes.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_budgets_of_period(&self, period: Uuid) -> Result<Vec<BudgetOfPeriod>, StoreError> {
        budgets_of(&self.read(Reach::Country), self.backend(), period).await
    }

    /// Gets the redistribution of a period as it was run.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] where it is not what was stored, or what the database says.
    pub async fn get_redistribution(&self, period: Uuid) -> Result<Option<StoredRedistribution>, StoreError> {
        redistribution_of(&self.read(Reach::Country), period).await
    }
}

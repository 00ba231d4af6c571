//! The facts of all budgets of the country, for sums over them: read in pages, each by a statement of its own, and opened where
//! the caller wants. They name no person.

use std::collections::HashMap;

use balsts_domain::{access::MunicipalityCode, budgets::BudgetStatus, calculation::CalculationFacts, money::Money};
use chrono::NaiveDate;
use sea_orm::{
    ConnectionTrait, FromQueryResult, Statement, Value,
    entity::prelude::*,
    sea_query::{ExprTrait as _, Query},
};

use crate::{
    Reach, Store, StoreError,
    budgets::{budget, calculation, facts_place},
};

/// The facts of a budget's calculation that holds, as they are stored.
#[derive(Debug, Clone, FromQueryResult)]
pub struct SealedFacts {
    /// The budget.
    pub id: Uuid,
    /// The day of the calculation.
    pub calculated_on: NaiveDate,
    municipality_code: String,
    number: i32,
    facts: Vec<u8>,
}

/// Which stored amounts of budgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredAmounts {
    /// What their plans agree.
    Agreed,
    /// What was paid of them from a day to another.
    Paid {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        to: NaiveDate,
    },
}

#[derive(FromQueryResult)]
struct StoredAmount {
    budget_id: Uuid,
    cents: i64,
}

/// What the lines that the budgets count agree.
const AGREED: &str =
    "SELECT budget_id, agreed_cents AS cents FROM budget_balance WHERE budget_id > $1 AND budget_id <= $2";

/// What was paid of these lines; nothing is an amount too.
const PAID: &str = "
    SELECT budget_balance.budget_id AS budget_id, CAST(COALESCE(SUM(paid.cents), 0) AS BIGINT) AS cents
    FROM budget_balance
    LEFT JOIN (
        SELECT ledger_entry.budget_id AS budget_id, ledger_entry.cents AS cents
        FROM ledger_entry
        JOIN line_balance ON line_balance.budget_id = ledger_entry.budget_id AND line_balance.line = ledger_entry.line
        WHERE ledger_entry.budget_id > $1 AND ledger_entry.budget_id <= $2 AND ledger_entry.kind = 'paid'
            AND ledger_entry.on_day >= $3 AND ledger_entry.on_day <= $4 AND line_balance.counted
    ) AS paid ON paid.budget_id = budget_balance.budget_id
    WHERE budget_balance.budget_id > $1 AND budget_balance.budget_id <= $2
    GROUP BY budget_balance.budget_id";

impl Store {
    /// Lists the facts of budgets that are not closed, in every municipality, in the order of the budgets after one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_sealed_facts(&self, after: Option<Uuid>, limit: u64) -> Result<Vec<SealedFacts>, StoreError> {
        // The budgets of the page come first, by their key; then the calculation of each, by its own.
        let holding = Query::select()
            .columns([budget::Column::Id, budget::Column::Calculation, budget::Column::MunicipalityCode])
            .from(budget::Entity)
            .and_where(budget::Column::Status.ne(BudgetStatus::Closed.as_str()))
            .and_where(budget::Column::Id.gt(after.unwrap_or_default()))
            .order_by(budget::Column::Id, sea_orm::Order::Asc)
            .limit(limit)
            .to_owned();
        let page = Query::select()
            .column(("holding", budget::Column::Id))
            .column(("holding", budget::Column::MunicipalityCode))
            .column((calculation::Entity, calculation::Column::Number))
            .column((calculation::Entity, calculation::Column::CalculatedOn))
            .column((calculation::Entity, calculation::Column::Facts))
            .from_subquery(holding, "holding")
            .inner_join(
                calculation::Entity,
                Expr::col((calculation::Entity, calculation::Column::BudgetId))
                    .equals(("holding", budget::Column::Id))
                    .and(
                        Expr::col((calculation::Entity, calculation::Column::Number))
                            .equals(("holding", budget::Column::Calculation)),
                    ),
            )
            .order_by(("holding", budget::Column::Id), sea_orm::Order::Asc)
            .to_owned();
        let country = self.read(Reach::Country);
        let statement = country.get_database_backend().build(&page);
        SealedFacts::find_by_statement(statement).all(&country).await.map_err(StoreError::failed)
    }

    /// Amounts of the budgets after one up to another, in every municipality: of those that have a ledger.
    ///
    /// # Errors
    /// What the database says.
    pub async fn stored_amounts(
        &self,
        of: StoredAmounts,
        (after, last): (Option<Uuid>, Uuid),
    ) -> Result<HashMap<Uuid, Money>, StoreError> {
        let budgets = [after.unwrap_or_default(), last].map(Value::from);
        let (sql, values) = match of {
            StoredAmounts::Agreed => (AGREED, budgets.to_vec()),
            StoredAmounts::Paid { from, to } => {
                (PAID, budgets.into_iter().chain([from, to].map(Value::from)).collect())
            }
        };
        let country = self.read(Reach::Country);
        let statement = Statement::from_sql_and_values(country.get_database_backend(), sql, values);
        let amounts = StoredAmount::find_by_statement(statement).all(&country).await.map_err(StoreError::failed)?;
        Ok(amounts.into_iter().map(|amount| (amount.budget_id, Money::from_cents(amount.cents))).collect())
    }

    /// Opens facts.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or the keys do not fit.
    pub fn open_facts(&self, sealed: &SealedFacts) -> Result<(MunicipalityCode, CalculationFacts), StoreError> {
        let inconsistent = || StoreError::Inconsistent { table: "calculation", id: sealed.id };
        let number = u32::try_from(sealed.number).map_err(|_| inconsistent())?;
        let facts = self.vault()?.open_json(facts_place(sealed.id, number), &sealed.facts)?;
        Ok((sealed.municipality_code.parse().map_err(|_| inconsistent())?, facts))
    }
}

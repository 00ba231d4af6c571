//! The facts of all budgets of the country, for sums over them: read in pages, each by a statement of its own, and opened where
//! the caller wants. They name no person.

use balsts_domain::{access::MunicipalityCode, budgets::BudgetStatus, calculation::CalculationFacts};
use sea_orm::{
    ConnectionTrait, FromQueryResult,
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
    municipality_code: String,
    number: i32,
    facts: Vec<u8>,
}

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

//! Orders of services: each is a commitment on the budget, with prices that hold from a day on.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    access::Scope,
    money::{Money, Volume},
    orders::{OrderForm, OrderStatus, OrderTerms},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, entity::prelude::*,
};

use crate::{
    Store, StoreError, WriteTransaction,
    applications::known,
    representatives::visible,
    vault::{Place, Vault},
};

pub(crate) mod service_order {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "service_order")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub plan_id: Uuid,
        pub budget_id: Uuid,
        pub person_id: Uuid,
        pub line: i32,
        pub service: String,
        pub form: String,
        pub offer_id: Option<Uuid>,
        pub provider_id: Option<Uuid>,
        pub thousandths: i64,
        pub cents: i64,
        pub valid_from: Date,
        pub valid_to: Date,
        pub status: String,
        pub closed_on: Option<Date>,
        pub terms: Vec<u8>,
        pub version: i64,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod order_price {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "order_price")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub valid_from: Date,
        pub municipality_code: String,
        pub unit_price_cents: i64,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An order without its terms: what a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSummary {
    /// Identifier.
    pub id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// The budget.
    pub budget_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Number of the plan's line.
    pub line: u32,
    /// Code of the service.
    pub service: String,
    /// How it is ordered.
    pub form: OrderForm,
    /// The offer that was chosen.
    pub offer_id: Option<Uuid>,
    /// The provider.
    pub provider_id: Option<Uuid>,
    /// Volume, in the service's unit.
    pub volume: Volume,
    /// Committed when it was ordered, EUR.
    pub amount: Money,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: NaiveDate,
    /// Where it stands.
    pub status: OrderStatus,
    /// The last day for which something may be told of it, once it is closed.
    pub closed_on: Option<NaiveDate>,
    /// Counts up with every change.
    pub version: i64,
}

/// A price of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderPrice {
    /// First day.
    pub valid_from: NaiveDate,
    /// EUR a unit.
    pub unit_price: Money,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What a list shows.
    pub summary: OrderSummary,
    /// Its terms.
    pub terms: OrderTerms,
    /// Its prices, the first first.
    pub prices: Vec<OrderPrice>,
}

/// Which orders a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct OrderFilter {
    /// Of this plan.
    pub plan: Option<Uuid>,
    /// Of this provider.
    pub provider: Option<Uuid>,
    /// With this status.
    pub status: Option<OrderStatus>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

fn inconsistent(id: Uuid) -> StoreError {
    StoreError::Inconsistent { table: "service_order", id }
}

fn place(row: Uuid) -> Place {
    Place { table: "service_order", column: "terms", row }
}

/// The rows that a scope sees.
fn seen(scope: &Scope) -> Condition {
    visible(scope, service_order::Column::MunicipalityCode, service_order::Column::PersonId)
}

impl WriteTransaction {
    /// Stores a new order with its first price.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_order(&self, scope: &Scope, new: &Order, at: DateTime<Utc>) -> Result<(), StoreError> {
        let summary = &new.summary;
        let row = service_order::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            plan_id: Set(summary.plan_id),
            budget_id: Set(summary.budget_id),
            person_id: Set(summary.person_id),
            line: Set(i32::try_from(summary.line).map_err(|_| inconsistent(summary.id))?),
            service: Set(summary.service.clone()),
            form: Set(summary.form.as_str().to_owned()),
            offer_id: Set(summary.offer_id),
            provider_id: Set(summary.provider_id),
            thousandths: Set(summary.volume.thousandths().ok_or_else(|| inconsistent(summary.id))?),
            cents: Set(summary.amount.cents().ok_or_else(|| inconsistent(summary.id))?),
            valid_from: Set(summary.valid_from),
            valid_to: Set(summary.valid_to),
            status: Set(summary.status.as_str().to_owned()),
            closed_on: Set(summary.closed_on),
            terms: Set(self.vault()?.seal_json(place(summary.id), &new.terms)?),
            version: Set(summary.version),
            created_by: Set(scope.subject.clone()),
            created_at: Set(at),
            updated_at: Set(at),
        };
        service_order::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        for price in &new.prices {
            self.insert_price(scope, summary.id, price, at).await?;
        }
        Ok(())
    }

    async fn insert_price(
        &self,
        scope: &Scope,
        order: Uuid,
        price: &OrderPrice,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = order_price::ActiveModel {
            order_id: Set(order),
            valid_from: Set(price.valid_from),
            municipality_code: Set(scope.municipality.to_string()),
            unit_price_cents: Set(price.unit_price.cents().ok_or_else(|| inconsistent(order))?),
            recorded_by: Set(scope.subject.clone()),
            created_at: Set(at),
        };
        order_price::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Stores another price of an order, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn insert_order_price(
        &self,
        scope: &Scope,
        order: &OrderSummary,
        price: &OrderPrice,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = self.update_order(scope, order, at).await?;
        self.insert_price(scope, order.id, price, at).await?;
        Ok(version)
    }

    /// Tells which plan an order is of, without taking its row: the plan's comes before it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_plan_of_order(&self, scope: &Scope, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        service_order::Entity::find_by_id(id)
            .filter(seen(scope))
            .select_only()
            .column(service_order::Column::PlanId)
            .into_tuple()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)
    }

    /// Gets an order for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_order(&self, scope: &Scope, id: Uuid) -> Result<Option<Order>, StoreError> {
        let municipality = scope.municipality.as_str();
        let mut query = service_order::Entity::find_by_id(id).filter(seen(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let prices = order_price::Entity::find()
            .filter(order_price::Column::OrderId.eq(id))
            .filter(order_price::Column::MunicipalityCode.eq(municipality))
            .order_by_asc(order_price::Column::ValidFrom)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let prices = prices
            .into_iter()
            .map(|row| OrderPrice { valid_from: row.valid_from, unit_price: Money::from_cents(row.unit_price_cents) })
            .collect();
        Ok(Some(Order { summary: summary(&row)?, terms: opened(self.vault()?, &row)?, prices }))
    }

    /// Finds orders without their terms, in one query. What is not there is left out.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_orders(&self, scope: &Scope, ids: &BTreeSet<Uuid>) -> Result<Vec<OrderSummary>, StoreError> {
        let rows = service_order::Entity::find()
            .filter(service_order::Column::Id.is_in(ids.iter().copied()))
            .filter(service_order::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        rows.iter().map(summary).collect()
    }

    /// The prices of orders, in one query, the first first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_order_prices(
        &self,
        scope: &Scope,
        ids: &BTreeSet<Uuid>,
    ) -> Result<BTreeMap<Uuid, Vec<OrderPrice>>, StoreError> {
        let rows = order_price::Entity::find()
            .filter(order_price::Column::OrderId.is_in(ids.iter().copied()))
            .filter(order_price::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_asc(order_price::Column::ValidFrom)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let mut prices: BTreeMap<Uuid, Vec<OrderPrice>> = BTreeMap::new();
        for row in rows {
            let price = OrderPrice { valid_from: row.valid_from, unit_price: Money::from_cents(row.unit_price_cents) };
            prices.entry(row.order_id).or_default().push(price);
        }
        Ok(prices)
    }

    /// Lists the open orders of a plan.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_open_orders(&self, scope: &Scope, plan: Uuid) -> Result<Vec<OrderSummary>, StoreError> {
        let rows = service_order::Entity::find()
            .filter(service_order::Column::PlanId.eq(plan))
            .filter(service_order::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(service_order::Column::Status.eq(OrderStatus::Open.as_str()))
            .order_by_asc(service_order::Column::Id)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        rows.iter().map(summary).collect()
    }

    /// Closes every open order of a plan: until the last day something may be told of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close_orders_of(
        &self,
        scope: &Scope,
        plan: Uuid,
        last: NaiveDate,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        service_order::Entity::update_many()
            .set(service_order::ActiveModel {
                status: Set(OrderStatus::Closed.as_str().to_owned()),
                closed_on: Set(Some(last)),
                updated_at: Set(at),
                ..Default::default()
            })
            .col_expr(service_order::Column::Version, Expr::col(service_order::Column::Version).add(1))
            .filter(service_order::Column::PlanId.eq(plan))
            .filter(service_order::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(service_order::Column::Status.eq(OrderStatus::Open.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Stores where an order stands, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_order(
        &self,
        scope: &Scope,
        order: &OrderSummary,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = order.version.saturating_add(1);
        let updated = service_order::Entity::update_many()
            .set(service_order::ActiveModel {
                status: Set(order.status.as_str().to_owned()),
                closed_on: Set(order.closed_on),
                version: Set(version),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(service_order::Column::Id.eq(order.id))
            .filter(service_order::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(service_order::Column::Version.eq(order.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
    }
}

impl Store {
    /// Lists orders of the municipality in the order of their identifiers.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_orders(
        &self,
        scope: &Scope,
        filter: OrderFilter,
        limit: u64,
    ) -> Result<Vec<OrderSummary>, StoreError> {
        let mut query =
            service_order::Entity::find().filter(seen(scope)).order_by_asc(service_order::Column::Id).limit(limit);
        if let Some(plan) = filter.plan {
            query = query.filter(service_order::Column::PlanId.eq(plan));
        }
        if let Some(provider) = filter.provider {
            query = query.filter(service_order::Column::ProviderId.eq(provider));
        }
        if let Some(status) = filter.status {
            query = query.filter(service_order::Column::Status.eq(status.as_str()));
        }
        if let Some(after) = filter.after {
            query = query.filter(service_order::Column::Id.gt(after));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.iter().map(summary).collect()
    }
}

fn summary(row: &service_order::Model) -> Result<OrderSummary, StoreError> {
    Ok(OrderSummary {
        id: row.id,
        plan_id: row.plan_id,
        budget_id: row.budget_id,
        person_id: row.person_id,
        line: u32::try_from(row.line).map_err(|_| inconsistent(row.id))?,
        service: row.service.clone(),
        form: known(OrderForm::ALL, &row.form, OrderForm::as_str).ok_or_else(|| inconsistent(row.id))?,
        offer_id: row.offer_id,
        provider_id: row.provider_id,
        volume: Volume::from_thousandths(row.thousandths),
        amount: Money::from_cents(row.cents),
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        status: known(OrderStatus::ALL, &row.status, OrderStatus::as_str).ok_or_else(|| inconsistent(row.id))?,
        closed_on: row.closed_on,
        version: row.version,
    })
}

fn opened(vault: &Vault, row: &service_order::Model) -> Result<OrderTerms, StoreError> {
    Ok(vault.open_json(place(row.id), &row.terms)?)
}

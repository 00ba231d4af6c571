//! Deliveries of orders. What is part of an invoice is not changed any more.

use std::collections::BTreeSet;

use balsts_domain::{
    access::Scope,
    deliveries::{Confirmer, DeliveredSoFar, DeliveryDetails, DeliveryStatus, Hours, NonDelivery},
    invoices::Delivered,
    money::{Money, Volume},
    plans::times::TimeOfDay,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Alias, CaseStatement, SimpleExpr},
};

use crate::{
    Store, StoreError, WriteTransaction,
    applications::known,
    pages::by_day,
    representatives::visible,
    vault::{Place, Vault},
};

pub(crate) mod delivery {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "delivery")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub order_id: Uuid,
        pub plan_id: Uuid,
        pub budget_id: Uuid,
        pub person_id: Uuid,
        pub provider_id: Option<Uuid>,
        pub line: i32,
        pub service: String,
        pub on_day: Date,
        pub from_minute: Option<i32>,
        pub to_minute: Option<i32>,
        pub thousandths: i64,
        pub unit_price_cents: i64,
        pub cents: i64,
        pub status: String,
        pub reason: Option<String>,
        pub confirmer: Option<String>,
        pub entry: Option<i32>,
        pub details: Vec<u8>,
        pub invoice_id: Option<Uuid>,
        pub invoice_line: Option<i32>,
        pub recorded_by: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A delivery without its details: what a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliverySummary {
    /// Identifier.
    pub id: Uuid,
    /// The order.
    pub order_id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// The budget.
    pub budget_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The provider.
    pub provider_id: Option<Uuid>,
    /// Number of the plan's line.
    pub line: u32,
    /// Code of the service.
    pub service: String,
    /// The day.
    pub on: NaiveDate,
    /// When in the day.
    pub hours: Option<Hours>,
    /// Volume, in the service's unit.
    pub volume: Volume,
    /// EUR a unit.
    pub unit_price: Money,
    /// Its value, EUR.
    pub amount: Money,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Why nothing was delivered.
    pub not_delivered: Option<NonDelivery>,
    /// Who confirmed it.
    pub confirmer: Option<Confirmer>,
    /// Number of the ledger's entry.
    pub entry: Option<u32>,
    /// The invoice that it is part of.
    pub invoice_id: Option<Uuid>,
    /// Subject of who recorded it.
    pub recorded_by: String,
    /// Counts up with every change.
    pub version: i64,
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What a list shows.
    pub summary: DeliverySummary,
    /// People and places.
    pub details: DeliveryDetails,
}

/// Which deliveries a list shows.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Of this order.
    pub order: Option<Uuid>,
    /// Of this provider.
    pub provider: Option<Uuid>,
    /// Of this invoice.
    pub invoice: Option<Uuid>,
    /// With this status.
    pub status: Option<DeliveryStatus>,
    /// Those that are part of no invoice, or those that are.
    pub invoiced: Option<bool>,
    /// From this day on.
    pub from: Option<NaiveDate>,
    /// To this day.
    pub to: Option<NaiveDate>,
    /// After the one of this day and identifier.
    pub after: Option<(NaiveDate, Uuid)>,
}

/// A delivery of the same budget at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// The delivery.
    pub id: Uuid,
    /// Code of its service.
    pub service: String,
}

const LIVE: [&str; 2] = [DeliveryStatus::Recorded.as_str(), DeliveryStatus::Confirmed.as_str()];

fn inconsistent(id: Uuid) -> StoreError {
    StoreError::Inconsistent { table: "delivery", id }
}

const fn place(row: Uuid) -> Place {
    Place { table: "delivery", column: "details", row }
}

/// The rows that a scope sees.
fn seen(scope: &Scope) -> Condition {
    visible(scope, delivery::Column::MunicipalityCode, delivery::Column::PersonId)
}

fn minute(time: TimeOfDay) -> i32 {
    i32::from(time.minutes())
}

impl WriteTransaction {
    /// Stores a new delivery.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_delivery(&self, scope: &Scope, new: &Delivery, at: DateTime<Utc>) -> Result<(), StoreError> {
        let summary = &new.summary;
        let out_of_range = |_| inconsistent(summary.id);
        let row = delivery::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            order_id: Set(summary.order_id),
            plan_id: Set(summary.plan_id),
            budget_id: Set(summary.budget_id),
            person_id: Set(summary.person_id),
            provider_id: Set(summary.provider_id),
            line: Set(i32::try_from(summary.line).map_err(out_of_range)?),
            service: Set(summary.service.clone()),
            on_day: Set(summary.on),
            from_minute: Set(summary.hours.map(|hours| minute(hours.from))),
            to_minute: Set(summary.hours.map(|hours| minute(hours.to))),
            thousandths: Set(summary.volume.thousandths().ok_or_else(|| inconsistent(summary.id))?),
            unit_price_cents: Set(summary.unit_price.cents().ok_or_else(|| inconsistent(summary.id))?),
            cents: Set(summary.amount.cents().ok_or_else(|| inconsistent(summary.id))?),
            status: Set(summary.status.as_str().to_owned()),
            reason: Set(summary.not_delivered.map(|reason| reason.as_str().to_owned())),
            confirmer: Set(summary.confirmer.map(|confirmer| confirmer.as_str().to_owned())),
            entry: Set(summary.entry.map(i32::try_from).transpose().map_err(out_of_range)?),
            details: Set(self.vault()?.seal_json(place(summary.id), &new.details)?),
            invoice_id: Set(None),
            invoice_line: Set(None),
            recorded_by: Set(scope.subject.clone()),
            version: Set(summary.version),
            created_at: Set(at),
            updated_at: Set(at),
        };
        delivery::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Tells which order a delivery is of, without taking its row: plan and order come before it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_order_of_delivery(&self, scope: &Scope, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        delivery::Entity::find_by_id(id)
            .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .select_only()
            .column(delivery::Column::OrderId)
            .into_tuple()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)
    }

    /// Gets a delivery for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_delivery(&self, scope: &Scope, id: Uuid) -> Result<Option<Delivery>, StoreError> {
        let mut query = delivery::Entity::find_by_id(id).filter(seen(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let row = query.one(&self.0).await.map_err(StoreError::failed)?;
        row.map(|row| Ok(Delivery { summary: summary(&row)?, details: opened(self.vault()?, &row)? })).transpose()
    }

    /// Stores what was changed of a delivery, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_delivery(
        &self,
        scope: &Scope,
        changed: &Delivery,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let summary = &changed.summary;
        let version = summary.version.saturating_add(1);
        let out_of_range = |_| inconsistent(summary.id);
        let updated = delivery::Entity::update_many()
            .set(delivery::ActiveModel {
                on_day: Set(summary.on),
                from_minute: Set(summary.hours.map(|hours| minute(hours.from))),
                to_minute: Set(summary.hours.map(|hours| minute(hours.to))),
                thousandths: Set(summary.volume.thousandths().ok_or_else(|| inconsistent(summary.id))?),
                unit_price_cents: Set(summary.unit_price.cents().ok_or_else(|| inconsistent(summary.id))?),
                cents: Set(summary.amount.cents().ok_or_else(|| inconsistent(summary.id))?),
                reason: Set(summary.not_delivered.map(|reason| reason.as_str().to_owned())),
                entry: Set(summary.entry.map(i32::try_from).transpose().map_err(out_of_range)?),
                status: Set(summary.status.as_str().to_owned()),
                confirmer: Set(summary.confirmer.map(|confirmer| confirmer.as_str().to_owned())),
                details: Set(self.vault()?.seal_json(place(summary.id), &changed.details)?),
                version: Set(version),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(delivery::Column::Id.eq(summary.id))
            .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(delivery::Column::Version.eq(summary.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
    }

    /// Sums what was delivered of an order at a price.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delivered_so_far(
        &self,
        scope: &Scope,
        order: Uuid,
        unit_price: Money,
    ) -> Result<DeliveredSoFar, StoreError> {
        let sum = |column: delivery::Column| column.sum().cast_as(Alias::new("bigint"));
        let sums = delivery::Entity::find()
            .select_only()
            .column_as(sum(delivery::Column::Cents), "cents")
            .column_as(sum(delivery::Column::Thousandths), "thousandths")
            .filter(delivery::Column::OrderId.eq(order))
            .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(delivery::Column::UnitPriceCents.eq(unit_price.cents().ok_or_else(|| inconsistent(order))?))
            .filter(delivery::Column::Status.is_in(LIVE))
            .into_tuple::<(Option<i64>, Option<i64>)>()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let (cents, thousandths) = sums.unwrap_or_default();
        Ok(DeliveredSoFar { cents: cents.unwrap_or_default(), thousandths: thousandths.unwrap_or_default() })
    }

    /// The last day on which something was delivered of an order.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_delivered(&self, scope: &Scope, order: Uuid) -> Result<Option<NaiveDate>, StoreError> {
        let last = delivery::Entity::find()
            .select_only()
            .column_as(delivery::Column::OnDay.max(), "last")
            .filter(delivery::Column::OrderId.eq(order))
            .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(delivery::Column::Status.is_in(LIVE))
            .into_tuple::<Option<NaiveDate>>();
        Ok(last.one(&self.0).await.map_err(StoreError::failed)?.flatten())
    }

    /// The deliveries from a budget that share a minute with hours of a day.
    ///
    /// # Errors
    /// What the database says.
    pub async fn meetings(
        &self,
        scope: &Scope,
        budget: Uuid,
        on: NaiveDate,
        hours: Hours,
    ) -> Result<Vec<Meeting>, StoreError> {
        let rows = delivery::Entity::find()
            .select_only()
            .column(delivery::Column::Id)
            .column(delivery::Column::Service)
            .filter(delivery::Column::BudgetId.eq(budget))
            .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(delivery::Column::OnDay.eq(on))
            .filter(delivery::Column::Status.is_in(LIVE))
            .filter(delivery::Column::FromMinute.lt(minute(hours.to)))
            .filter(delivery::Column::ToMinute.gt(minute(hours.from)))
            .order_by_asc(delivery::Column::Id)
            .into_tuple::<(Uuid, String)>()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(rows.into_iter().map(|(id, service)| Meeting { id, service }).collect())
    }

    /// Sums what was delivered of services under a budget between two days, without one delivery.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delivered_between(
        &self,
        scope: &Scope,
        budget: Uuid,
        services: &[&str],
        (from, to): (NaiveDate, NaiveDate),
        without: Option<Uuid>,
    ) -> Result<Volume, StoreError> {
        let mut query = delivery::Entity::find()
            .select_only()
            .column_as(delivery::Column::Thousandths.sum().cast_as(Alias::new("bigint")), "thousandths")
            .filter(delivery::Column::BudgetId.eq(budget))
            .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(delivery::Column::OnDay.between(from, to))
            .filter(delivery::Column::Service.is_in(services.iter().copied()))
            .filter(delivery::Column::Status.is_in(LIVE));
        if let Some(without) = without {
            query = query.filter(delivery::Column::Id.ne(without));
        }
        let sum = query.into_tuple::<Option<i64>>().one(&self.0).await.map_err(StoreError::failed)?;
        Ok(Volume::from_thousandths(sum.flatten().unwrap_or_default()))
    }

    /// On which days lines of a plan, whose budget is named too, were delivered, between two.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delivery_days(
        &self,
        scope: &Scope,
        (plan, budget): (Uuid, Uuid),
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<BTreeSet<(u32, NaiveDate)>, StoreError> {
        let rows = delivery::Entity::find()
            .select_only()
            .columns([delivery::Column::Line, delivery::Column::OnDay])
            .distinct()
            .filter(delivery::Column::PlanId.eq(plan))
            .filter(delivery::Column::BudgetId.eq(budget))
            .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(delivery::Column::OnDay.between(from, to))
            .filter(delivery::Column::Status.is_in(LIVE))
            .into_tuple::<(i32, NaiveDate)>()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(rows.into_iter().map(|(line, on)| (u32::try_from(line).unwrap_or_default(), on)).collect())
    }

    /// The deliveries of orders between two days that are part of no invoice, by order and day.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_delivered(
        &self,
        scope: &Scope,
        orders: &[Uuid],
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Delivered>, StoreError> {
        use delivery::Column::{Cents, Id, OnDay, OrderId, Thousandths, UnitPriceCents};
        let query = delivery::Entity::find()
            .select_only()
            .columns([Id, OrderId, OnDay, Thousandths, UnitPriceCents, Cents])
            .filter(OrderId.is_in(orders.iter().copied()))
            .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(OnDay.between(from, to))
            .filter(delivery::Column::Status.is_in(LIVE))
            .filter(delivery::Column::InvoiceId.is_null())
            .order_by_asc(OrderId)
            .order_by_asc(OnDay)
            .order_by_asc(Id);
        // Else one that is corrected before it is claimed would be part of an invoice for what it was before.
        let query = if self.0.get_database_backend() == DbBackend::Postgres { query.lock_exclusive() } else { query };
        let rows = query
            .into_tuple::<(Uuid, Uuid, NaiveDate, i64, i64, i64)>()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let delivered = |(id, order, on, thousandths, unit_price, cents)| Delivered {
            id,
            order,
            on,
            thousandths,
            unit_price,
            cents,
        };
        Ok(rows.into_iter().map(delivered).collect())
    }

    /// Makes deliveries part of the lines of an invoice: all of them, each part of none before.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where one was invoiced, corrected or withdrawn meanwhile.
    pub async fn claim_deliveries(
        &self,
        scope: &Scope,
        invoice: Uuid,
        of_lines: &[(Uuid, u32)],
    ) -> Result<(), StoreError> {
        // A database takes so many parameters in a statement, and a statement so deep a choice.
        const STEP: usize = 400;
        for step in of_lines.chunks(STEP) {
            let mut lines = CaseStatement::new();
            for (delivery, line) in step {
                let line = i32::try_from(*line).map_err(|_| inconsistent(invoice))?;
                lines = lines.case(delivery::Column::Id.eq(*delivery), SimpleExpr::from(line));
            }
            let claimed = delivery::Entity::update_many()
                .set(delivery::ActiveModel { invoice_id: Set(Some(invoice)), ..Default::default() })
                .col_expr(delivery::Column::InvoiceLine, lines.into())
                .col_expr(delivery::Column::Version, Expr::col(delivery::Column::Version).add(1))
                .filter(delivery::Column::Id.is_in(step.iter().map(|(delivery, _)| *delivery)))
                .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
                .filter(delivery::Column::Status.is_in(LIVE))
                .filter(delivery::Column::InvoiceId.is_null())
                .exec(&self.0)
                .await
                .map_err(StoreError::failed)?;
            if usize::try_from(claimed.rows_affected) != Ok(step.len()) {
                return Err(StoreError::Stale);
            }
        }
        Ok(())
    }

    /// Makes the deliveries of an invoice part of none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn release_deliveries(&self, scope: &Scope, invoice: Uuid) -> Result<(), StoreError> {
        delivery::Entity::update_many()
            .set(delivery::ActiveModel { invoice_id: Set(None), invoice_line: Set(None), ..Default::default() })
            .col_expr(delivery::Column::Version, Expr::col(delivery::Column::Version).add(1))
            .filter(delivery::Column::InvoiceId.eq(invoice))
            .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }
}

impl Store {
    /// Lists deliveries of the municipality in the order of their identifiers, or by day where days are asked for.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_deliveries(
        &self,
        scope: &Scope,
        filter: &DeliveryFilter,
        limit: u64,
    ) -> Result<Vec<DeliverySummary>, StoreError> {
        let mut query = delivery::Entity::find().filter(seen(scope)).limit(limit);
        let day = filter.from.or(filter.to).map(|_| delivery::Column::OnDay);
        query = by_day(query, day, delivery::Column::Id, filter.after);
        if let Some(order) = filter.order {
            query = query.filter(delivery::Column::OrderId.eq(order));
        }
        if let Some(provider) = filter.provider {
            query = query.filter(delivery::Column::ProviderId.eq(provider));
        }
        if let Some(invoice) = filter.invoice {
            query = query.filter(delivery::Column::InvoiceId.eq(invoice));
        }
        if let Some(status) = filter.status {
            query = query.filter(delivery::Column::Status.eq(status.as_str()));
        }
        if let Some(invoiced) = filter.invoiced {
            let column = delivery::Column::InvoiceId;
            query = query.filter(if invoiced { column.is_not_null() } else { column.is_null() });
        }
        if let Some(from) = filter.from {
            query = query.filter(delivery::Column::OnDay.gte(from));
        }
        if let Some(to) = filter.to {
            query = query.filter(delivery::Column::OnDay.lte(to));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.iter().map(summary).collect()
    }
}

fn summary(row: &delivery::Model) -> Result<DeliverySummary, StoreError> {
    let broken = || inconsistent(row.id);
    let time = |minute: Option<i32>| -> Result<Option<TimeOfDay>, StoreError> {
        let Some(minute) = minute else { return Ok(None) };
        u16::try_from(minute).ok().and_then(TimeOfDay::of_minutes).ok_or_else(broken).map(Some)
    };
    let hours = time(row.from_minute)?.zip(time(row.to_minute)?).map(|(from, to)| Hours { from, to });
    let reason = row.reason.as_deref();
    let reason =
        reason.map(|text| known(NonDelivery::ALL, text, NonDelivery::as_str).ok_or_else(broken)).transpose()?;
    let confirmer = row.confirmer.as_deref();
    let confirmer =
        confirmer.map(|text| known(Confirmer::ALL, text, Confirmer::as_str).ok_or_else(broken)).transpose()?;
    Ok(DeliverySummary {
        id: row.id,
        order_id: row.order_id,
        plan_id: row.plan_id,
        budget_id: row.budget_id,
        person_id: row.person_id,
        provider_id: row.provider_id,
        line: u32::try_from(row.line).map_err(|_| broken())?,
        service: row.service.clone(),
        on: row.on_day,
        hours,
        volume: Volume::from_thousandths(row.thousandths),
        unit_price: Money::from_cents(row.unit_price_cents),
        amount: Money::from_cents(row.cents),
        status: known(DeliveryStatus::ALL, &row.status, DeliveryStatus::as_str).ok_or_else(broken)?,
        not_delivered: reason,
        confirmer,
        entry: row.entry.map(u32::try_from).transpose().map_err(|_| broken())?,
        invoice_id: row.invoice_id,
        recorded_by: row.recorded_by.clone(),
        version: row.version,
    })
}

fn opened(vault: &Vault, row: &delivery::Model) -> Result<DeliveryDetails, StoreError> {
    Ok(vault.open_json(place(row.id), &row.details)?)
}

//! Deliveries: recorded by the provider or the worker, confirmed, corrected until they are invoiced [domain 7.3].

use std::collections::BTreeSet;

use balsts_domain::{
    access::Role,
    deliveries::{self, Confirmer, DeliveryRefusal, DeliveryStatus, NewDelivery, Ordered, Rest, exclude_each_other},
    events::EventType,
    ledger::{LedgerRefusal, NewEntry},
    money::{Money, Volume},
    orders::{self, OrderStatus},
    parameters::{Parameters, catalogue::Unit},
    plans::{PlanContent, check::WORKING_DAY_SERVICES, status::PlanStepKind},
    prices::PriceBounds,
};
use balsts_store::{
    Delivery, DeliveryFilter, DeliverySummary, Ledger, Order, OrderSummary, Plan, RecordedAnswer, WriteTransaction,
};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, Told,
    orders::{closed_sums, parties, release_rest},
};

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "delivery", id, event }
}

fn refused(refusals: Vec<DeliveryRefusal>) -> AppError {
    match refusals.iter().find(|refusal| refusal.is_conflict()) {
        Some(conflict) => AppError::conflict(conflict),
        None => AppError::refused(&refusals),
    }
}

/// What a delivery is recorded against, taken in the one order of rows.
struct Against {
    plan: Plan,
    order: Order,
    ledger: Ledger,
    /// Birth date of a child.
    child_born: Option<NaiveDate>,
}

/// What a delivery comes to.
struct Worth {
    volume: Volume,
    unit_price: Money,
    cents: i64,
    entry: Option<NewEntry>,
}

impl App {
    /// The provider that a caller signs in for, where it calls as a provider: every use case that a provider reaches asks, and
    /// shows nothing but its own.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the caller signs in for none, or the database.
    pub(crate) async fn own_provider(&self, call: &Call<'_>) -> Result<Option<Uuid>, AppError> {
        if call.scope.role != Role::Provider {
            return Ok(None);
        }
        self.store.find_provider_of(&call.scope.subject).await?.ok_or(AppError::NotFound).map(Some)
    }

    /// Records what was delivered of an order, or why nothing was. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the plan is not in force or the order closed, [`AppError::Refused`]
    /// where the delivery does not fit the order, its time or the ledger, [`AppError::KeyReused`], or the database.
    pub async fn create_delivery(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        order: Uuid,
        new: NewDelivery,
        answer: impl FnOnce(&Delivery) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let provider = self.own_provider(call).await?;
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let mut against = against(&transaction, call, order, provider).await?;
        let worth = worth(&transaction, call, parameters, &against, &new, None).await?;
        let entry = append(&transaction, call, &mut against, worth.entry).await?;
        let summary = against.order.summary;
        let delivery = Delivery {
            summary: DeliverySummary {
                id: (call.new_id)(),
                order_id: summary.id,
                plan_id: summary.plan_id,
                budget_id: summary.budget_id,
                person_id: summary.person_id,
                provider_id: summary.provider_id,
                line: summary.line,
                service: summary.service,
                on: new.on,
                hours: new.hours,
                volume: worth.volume,
                unit_price: worth.unit_price,
                amount: Money::from_cents(worth.cents),
                status: standing(&new),
                not_delivered: new.not_delivered,
                confirmer: None,
                entry,
                invoice_id: None,
                recorded_by: call.scope.subject.clone(),
                version: 1,
            },
            details: new.details,
        };
        transaction.insert_delivery(&call.scope, &delivery, call.at).await?;
        let told = told("create_delivery", Some(EventType::DeliveryRecorded), delivery.summary.id);
        Ok(call.commit_once(transaction, told, answer(&delivery), Some(summary.person_id)).await?)
    }

    /// Gets a delivery; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_delivery(&self, call: &Call<'_>, id: Uuid) -> Result<Delivery, AppError> {
        let provider = self.own_provider(call).await?;
        let transaction = self.store.begin_write(&call.scope).await?;
        let delivery = own(transaction.find_delivery(&call.scope, id).await?, provider)?;
        call.commit(transaction, told("get_delivery", None, id)).await?;
        Ok(delivery)
    }

    /// Lists deliveries without people and places: as a provider or recipient, the own ones. Those of an order tell of one person:
    /// the read is audited.
    ///
    /// # Errors
    /// The database.
    pub async fn list_deliveries(
        &self,
        call: &Call<'_>,
        mut filter: DeliveryFilter,
        limit: u64,
    ) -> Result<Vec<DeliverySummary>, AppError> {
        if let Some(own) = self.own_provider(call).await? {
            if filter.provider.is_some_and(|asked| asked != own) {
                return Ok(Vec::new());
            }
            filter.provider = Some(own);
        }
        let of = filter.order.map(|order| Told::listed("list_deliveries", "order", order));
        let found = self.store.list_deliveries(&call.scope, &filter, limit).await?;
        self.read_of(call, of, found).await
    }

    /// Corrects a delivery that is part of no invoice: its entry in the ledger is reversed, and another one made.
    ///
    /// # Errors
    /// As [`Self::create_delivery`], and [`AppError::Stale`].
    pub async fn correct_delivery(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, i64),
        new: NewDelivery,
    ) -> Result<Delivery, AppError> {
        let (transaction, mut against, mut delivery) = self.delivery_for_change(call, id, version).await?;
        reverse(&transaction, call, &mut against.ledger, &delivery.summary).await?;
        let worth = worth(&transaction, call, parameters, &against, &new, Some(&delivery.summary)).await?;
        let summary = &mut delivery.summary;
        summary.entry = append(&transaction, call, &mut against, worth.entry).await?;
        release(&transaction, call, &mut against).await?;
        (summary.on, summary.hours, summary.status) = (new.on, new.hours, standing(&new));
        (summary.volume, summary.unit_price) = (worth.volume, worth.unit_price);
        summary.amount = Money::from_cents(worth.cents);
        (summary.not_delivered, summary.confirmer) = (new.not_delivered, None);
        delivery.details = new.details;
        delivery.summary.version = transaction.update_delivery(&call.scope, &delivery, call.at).await?;
        call.commit(transaction, told("correct_delivery", Some(EventType::DeliveryCorrected), id)).await?;
        Ok(delivery)
    }

    /// Withdraws a delivery that is part of no invoice: its entry in the ledger is reversed.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is invoiced or withdrawn, or the database.
    pub async fn withdraw_delivery(&self, call: &Call<'_>, (id, version): (Uuid, i64)) -> Result<Delivery, AppError> {
        let (transaction, mut against, mut delivery) = self.delivery_for_change(call, id, version).await?;
        reverse(&transaction, call, &mut against.ledger, &delivery.summary).await?;
        release(&transaction, call, &mut against).await?;
        delivery.summary.status = DeliveryStatus::Withdrawn;
        delivery.summary.version = transaction.update_delivery(&call.scope, &delivery, call.at).await?;
        call.commit(transaction, told("withdraw_delivery", Some(EventType::DeliveryWithdrawn), id)).await?;
        Ok(delivery)
    }

    /// Records who confirmed a delivery.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where nothing was delivered, or the database.
    pub async fn confirm_delivery(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        confirmer: Confirmer,
        name: Option<String>,
    ) -> Result<Delivery, AppError> {
        let provider = self.own_provider(call).await?;
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut delivery = own(transaction.find_delivery(&call.scope, id).await?, provider)?;
        if delivery.summary.version != version {
            return Err(AppError::Stale);
        }
        match delivery.summary.status {
            DeliveryStatus::Withdrawn => return Err(refused(vec![DeliveryRefusal::Withdrawn])),
            DeliveryStatus::NotDelivered => return Err(refused(vec![DeliveryRefusal::NothingDelivered])),
            DeliveryStatus::Recorded | DeliveryStatus::Confirmed => {}
        }
        delivery.summary.status = DeliveryStatus::Confirmed;
        delivery.summary.confirmer = Some(confirmer);
        delivery.details.confirmed_by = name;
        delivery.summary.version = transaction.update_delivery(&call.scope, &delivery, call.at).await?;
        call.commit(transaction, told("confirm_delivery", Some(EventType::DeliveryConfirmed), id)).await?;
        Ok(delivery)
    }

    async fn delivery_for_change(
        &self,
        call: &Call<'_>,
        id: Uuid,
        version: i64,
    ) -> Result<(WriteTransaction, Against, Delivery), AppError> {
        let provider = self.own_provider(call).await?;
        let transaction = self.store.begin_write(&call.scope).await?;
        let order = transaction.find_order_of_delivery(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let against = against(&transaction, call, order, provider).await?;
        let delivery = own(transaction.find_delivery(&call.scope, id).await?, provider)?;
        if delivery.summary.version != version {
            return Err(AppError::Stale);
        }
        if delivery.summary.status == DeliveryStatus::Withdrawn {
            return Err(refused(vec![DeliveryRefusal::Withdrawn]));
        }
        if delivery.summary.invoice_id.is_some() {
            return Err(refused(vec![DeliveryRefusal::Invoiced]));
        }
        Ok((transaction, against, delivery))
    }
}

/// A delivery that is there, and the caller's own where the caller is a provider.
fn own(delivery: Option<Delivery>, provider: Option<Uuid>) -> Result<Delivery, AppError> {
    let seen = |delivery: &Delivery| provider.is_none() || delivery.summary.provider_id == provider;
    delivery.filter(seen).ok_or(AppError::NotFound)
}

const fn standing(new: &NewDelivery) -> DeliveryStatus {
    if new.not_delivered.is_some() { DeliveryStatus::NotDelivered } else { DeliveryStatus::Recorded }
}

fn unit_of(parameters: &Parameters, order: &Order) -> Result<Unit, AppError> {
    parameters.catalogue.find(&order.summary.service).map(|service| service.unit).ok_or(AppError::Broken)
}

/// Takes plan, order and ledger, in this order, as every transaction does.
async fn against(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    order: Uuid,
    provider: Option<Uuid>,
) -> Result<Against, AppError> {
    let plan = transaction.find_plan_of_order(&call.scope, order).await?.ok_or(AppError::NotFound)?;
    let plan = transaction.find_plan(&call.scope, plan).await?.ok_or(AppError::NotFound)?;
    let order = transaction.find_order(&call.scope, order).await?.ok_or(AppError::NotFound)?;
    if provider.is_some() && order.summary.provider_id != provider {
        return Err(AppError::NotFound);
    }
    let ledger = transaction.find_ledger(&call.scope, order.summary.budget_id).await?.ok_or(AppError::NotFound)?;
    let child_born = transaction.find_child_born(&call.scope, order.summary.budget_id).await?;
    Ok(Against { plan, order, ledger, child_born })
}

/// Checks a delivery, and tells what it comes to. `instead_of` is the delivery that it corrects.
async fn worth(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    against: &Against,
    new: &NewDelivery,
    instead_of: Option<&DeliverySummary>,
) -> Result<Worth, AppError> {
    let order = &against.order.summary;
    let ordered = Ordered {
        plan: against.plan.summary.status,
        rests: &rests(&against.plan),
        order: order.status,
        ended_on: order.closed_on,
        form: order.form,
        days: days(&against.plan, order, against.child_born),
        unit: unit_of(parameters, &against.order)?,
        today: call.scope.today,
    };
    let volume = deliveries::check(new, &ordered).map_err(refused)?;
    // Never above the tariff of the day [domain 5.2].
    let parties = parties(transaction, call, order).await?;
    let bounds = PriceBounds::of_tariffs(&parameters.tariffs, &order.service, new.on, parties);
    let unit_price = bounds.cap(price_on(&against.order, new.on));
    let Some(volume) = volume else {
        return Ok(Worth { volume: Volume::default(), unit_price, cents: 0, entry: None });
    };
    let mut refusals = Vec::new();
    if let Some(hours) = new.hours {
        let met = transaction.meetings(&call.scope, order.budget_id, new.on, hours).await?;
        let other = |id: Uuid| instead_of.is_none_or(|corrected| corrected.id != id);
        let excluded = met.into_iter().find(|met| other(met.id) && exclude_each_other(&order.service, &met.service));
        refusals.extend(excluded.map(|with| DeliveryRefusal::Overlaps { with: with.id }));
    }
    if let Some(week) = deliveries::counted_week(&order.service, ordered.unit, new.on) {
        let without = instead_of.map(|corrected| corrected.id);
        let before =
            transaction.delivered_between(&call.scope, order.budget_id, &WORKING_DAY_SERVICES, week, without).await?;
        refusals.extend(deliveries::check_week(volume, before).err());
    }
    if !is_qualified(transaction, call, &against.order, new.on).await? {
        refusals.push(DeliveryRefusal::NotQualified);
    }
    if !refusals.is_empty() {
        return Err(refused(refusals));
    }
    let mut so_far = transaction.delivered_so_far(&call.scope, order.id, unit_price).await?;
    if let Some(corrected) =
        instead_of.filter(|corrected| corrected.unit_price == unit_price && corrected.entry.is_some())
    {
        so_far.cents = so_far.cents.saturating_sub(corrected.amount.cents().unwrap_or_default());
        so_far.thousandths = so_far.thousandths.saturating_sub(corrected.volume.thousandths().unwrap_or_default());
    }
    let cents = so_far.value_of(volume, unit_price).ok_or(AppError::Broken)?;
    let entry = deliveries::entry(order.line, order.id, new.on, volume, cents);
    Ok(Worth { volume, unit_price, cents, entry })
}

/// When a plan rests.
pub(crate) fn rests(plan: &Plan) -> Vec<Rest> {
    let mut rests: Vec<Rest> = Vec::new();
    for step in &plan.steps {
        match (step.kind, rests.last_mut()) {
            (PlanStepKind::Suspension, _) => rests.push((step.on, None)),
            (PlanStepKind::Resumption, Some((_, until))) => *until = Some(step.on),
            // What was delivered before the end does not rest for it.
            (PlanStepKind::Resumption | PlanStepKind::Termination, _) => {}
        }
    }
    rests
}

/// The days of an order within the period of its plan, which a revision may have shortened, and a child keeps until it is 18.
pub(crate) fn days(plan: &Plan, order: &OrderSummary, child_born: Option<NaiveDate>) -> (NaiveDate, NaiveDate) {
    let (from, to) = (order.valid_from, order.valid_to);
    let within = |content: &PlanContent| (from.max(content.from), to.min(content.last_day(child_born)));
    plan.current.as_ref().map_or((from, to), |current| within(&current.content))
}

/// The price of an order on a day: the last that holds from then or before.
fn price_on(order: &Order, day: NaiveDate) -> Money {
    let held = order.prices.iter().rev().find(|price| price.valid_from <= day).or(order.prices.first());
    held.map(|price| price.unit_price).unwrap_or_default()
}

/// Whether the provider of an order has a document for the service that is valid on a day.
async fn is_qualified(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    order: &Order,
    on: NaiveDate,
) -> Result<bool, AppError> {
    let Some(offer) = order.summary.offer_id else { return Ok(true) };
    let offers = transaction.find_offers(&[offer]).await?;
    Ok(offers.iter().all(|offer| offer.offered.is_qualified_on(on, Some(call.scope.municipality))))
}

/// Adds the entry of a delivery, where there is one, and tells its number.
async fn append(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    against: &mut Against,
    entry: Option<NewEntry>,
) -> Result<Option<u32>, AppError> {
    let Some(entry) = entry else { return Ok(None) };
    let Against { order, ledger, .. } = against;
    if order.summary.status == OrderStatus::Open {
        // What is ordered beside it, also from others, is not its own to deliver.
        let (budget, own) = (BTreeSet::from([order.summary.budget_id]), BTreeSet::from([order.summary.id]));
        let sums = transaction.sums_of_orders(&call.scope, &budget, &own).await?;
        let sums = sums.get(&order.summary.id).copied().unwrap_or_default();
        let left = sums.committed_volume.saturating_sub(sums.delivered_volume);
        if entry.thousandths > left {
            return Err(AppError::refused(&[LedgerRefusal::VolumeAbovePlanned { left }]));
        }
    }
    let mut closed = closed_sums(transaction, call, [&order.summary]).await?;
    let entries = orders::recommitted(&ledger.balance, &[entry], &mut closed, call.scope.today);
    crate::plans::append(transaction, call, ledger, &entries).await?;
    Ok(Some(ledger.entries))
}

/// Gives back what of a closed order is neither delivered nor claimed.
async fn release(transaction: &WriteTransaction, call: &Call<'_>, against: &mut Against) -> Result<(), AppError> {
    let sums = closed_sums(transaction, call, [&against.order.summary]).await?;
    release_rest(transaction, call, &mut against.ledger, sums).await
}

/// Reverses the entry of a delivery, where it has one.
async fn reverse(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    ledger: &mut Ledger,
    delivery: &DeliverySummary,
) -> Result<(), AppError> {
    let Some(number) = delivery.entry else { return Ok(()) };
    let entry = transaction.find_entry(&call.scope, ledger.budget_id, number).await?.ok_or(AppError::Broken)?;
    let reversal = NewEntry {
        cents: entry.new.cents.saturating_neg(),
        thousandths: entry.new.thousandths.saturating_neg(),
        reverses: Some(number),
        ..entry.new
    };
    crate::plans::append(transaction, call, ledger, &[reversal]).await
}

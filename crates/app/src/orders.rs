//! Orders of services, and the ledger of a budget [domain 7.1, 7.2].

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    calendar::local_date,
    day,
    events::EventType,
    ledger::Balance,
    money::Money,
    orders::{self, NewOrder, OrderForm, OrderRefusal, OrderStatus, OrderSums, Planned},
    parameters::{Parameters, tariffs::Parties},
    pilot::budget::PilotAmounts,
    plans::amounts::Ceiling,
    prices::{self, PriceBounds},
};
use balsts_store::{
    Budget, BudgetSummary, InPeriod, Kept, Ledger, Order, OrderFilter, OrderPrice, OrderSummary, Plan, PlanVersion,
    RecordedAnswer, RecordedEntry, WriteTransaction,
};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, Told,
    deliveries::rests,
    plans::{append, offers_of},
};

/// The ledger of a budget as it stands at the end of a day.
#[derive(Debug)]
pub struct LedgerOnDay {
    /// The budget.
    pub budget_id: Uuid,
    /// The day; none where it is the present.
    pub on: Option<NaiveDate>,
    /// What stands where.
    pub balance: Balance,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "order", id, event }
}

fn refused(refusals: Vec<OrderRefusal>) -> AppError {
    match refusals.iter().find(|refusal| refusal.is_conflict()) {
        Some(conflict) => AppError::conflict(conflict),
        None => AppError::refused(&refusals),
    }
}

impl App {
    /// Orders a service of a plan: commits its volume at the line's price. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the plan is not in force or has no contract, [`AppError::Refused`] where
    /// the order does not fit the plan or the ledger, [`AppError::KeyReused`], or the database.
    pub async fn create_order(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        plan: Uuid,
        new: NewOrder,
        answer: impl FnOnce(&Order) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let plan = transaction.find_plan(&call.scope, plan).await?.ok_or(AppError::NotFound)?;
        let status = plan.summary.status;
        let not_in_force = || refused(vec![OrderRefusal::PlanNotInForce { status }]);
        let current = plan.current.as_ref().ok_or_else(not_in_force)?;
        let child_born = transaction.find_child_born(&call.scope, plan.summary.budget_id).await?;
        let has_contract = transaction.has_contract(&call.scope, plan.summary.id).await?;
        let (rests, today) = (rests(&plan), call.scope.today);
        let planned = Planned { status, rests: &rests, today, content: &current.content, child_born, has_contract };
        let line = orders::check(&new, &planned).map_err(refused)?;
        let offer = match line.offer {
            Some(offer) => transaction.find_offers(&[offer]).await?.into_iter().next(),
            None => None,
        };
        // A revision may have an offer that begins within the plan: nothing is ordered at its price before.
        let from = offer.as_ref().map(|offer| offer.offered.validity.from);
        if let Some(refusal) =
            from.and_then(|from| day::check_between("/valid_from", from, new.valid_to, new.valid_from))
        {
            return Err(refused(vec![OrderRefusal::Day(refusal)]));
        }
        let parties = Parties {
            municipality: Some(call.scope.municipality),
            provider: offer.as_ref().map(|offer| offer.provider_id),
        };
        let provider = offer.filter(|_| new.form != OrderForm::SelfPrepaid).map(|offer| offer.provider_id);
        let mut ledger = taken(&transaction, call, plan.summary.budget_id).await?;
        let id = (call.new_id)();
        let beyond = || refused(vec![OrderRefusal::NoVolume]);
        // A tariff that fell since the plan was signed bounds what is ordered [domain 5.2].
        let bounds = PriceBounds::of_tariffs(&parameters.tariffs, &line.service, new.valid_from, parties);
        let unit_price = bounds.cap(line.unit_price);
        let entry = orders::commitment(line.number, new.volume, unit_price, call.scope.today, id);
        append(&transaction, call, &mut ledger, &[entry.ok_or_else(beyond)?]).await?;
        let order = Order {
            summary: OrderSummary {
                id,
                plan_id: plan.summary.id,
                budget_id: plan.summary.budget_id,
                person_id: plan.summary.person_id,
                line: line.number,
                service: line.service.clone(),
                form: new.form,
                offer_id: line.offer,
                provider_id: provider,
                volume: new.volume,
                amount: new.volume.at(unit_price).rounded(),
                valid_from: new.valid_from,
                valid_to: new.valid_to,
                status: OrderStatus::Open,
                closed_on: None,
                version: 1,
            },
            terms: new.terms,
            prices: vec![OrderPrice { valid_from: new.valid_from, unit_price }],
        };
        transaction.insert_order(&call.scope, &order, call.at).await?;
        let told = told("create_order", Some(EventType::OrderCreated), id);
        Ok(call.commit_once(transaction, told, answer(&order), Some(plan.summary.person_id)).await?)
    }

    /// Gets an order; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_order(&self, call: &Call<'_>, id: Uuid) -> Result<Order, AppError> {
        let provider = self.own_provider(call).await?;
        let transaction = self.store.begin_write(&call.scope).await?;
        let seen = |order: &Order| provider.is_none() || order.summary.provider_id == provider;
        let order = transaction.find_order(&call.scope, id).await?.filter(seen).ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_order", None, id)).await?;
        Ok(order)
    }

    /// Lists orders without personal data: as a provider, the own ones. Those of a plan tell of one person: the read is audited.
    ///
    /// # Errors
    /// The database.
    pub async fn list_orders(
        &self,
        call: &Call<'_>,
        mut filter: OrderFilter,
        limit: u64,
    ) -> Result<Vec<OrderSummary>, AppError> {
        if let Some(own) = self.own_provider(call).await? {
            if filter.provider.is_some_and(|asked| asked != own) {
                return Ok(Vec::new());
            }
            filter.provider = Some(own);
        }
        let of = filter.plan.map(|plan| Told::listed("list_orders", "plan", plan));
        let found = self.store.list_orders(&call.scope, filter, limit).await?;
        self.read_of(call, of, found).await
    }

    /// Gives an order another price from a day on: the undelivered volume is committed at it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where the order is closed, [`AppError::Refused`] where
    /// the day or price does not fit, or the plan's line has no money for it (it is revised first), or the database.
    pub async fn reprice_order(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, i64),
        price: OrderPrice,
    ) -> Result<Order, AppError> {
        let (transaction, plan, mut order, mut ledger) = self.order_for_change(call, id, version).await?;
        let (first, last) = (order.summary.valid_from, order.summary.valid_to);
        if let Some(refusal) = day::check_between("/valid_from", first, last, price.valid_from) {
            return Err(refused(vec![OrderRefusal::Day(refusal)]));
        }
        if order.prices.last().is_some_and(|known| known.valid_from >= price.valid_from) {
            return Err(refused(vec![OrderRefusal::PriceNotLater]));
        }
        let last = transaction.last_delivered(&call.scope, id).await?.filter(|last| *last >= price.valid_from);
        if let Some(last) = last {
            return Err(refused(vec![OrderRefusal::AlreadyDelivered { last }]));
        }
        let broken = broken_bounds(&transaction, call, parameters, &plan, &order, price).await?;
        if !broken.is_empty() {
            return Err(refused(broken));
        }
        let today = call.scope.today;
        let budget = BTreeSet::from([order.summary.budget_id]);
        let sums = transaction.sums_of_orders(&call.scope, &budget, &BTreeSet::from([id])).await?;
        let change = sums.get(&id).and_then(|sums| sums.repriced(price.unit_price, price.valid_from, today));
        append(&transaction, call, &mut ledger, change.as_slice()).await?;
        order.summary.version = transaction.insert_order_price(&call.scope, &order.summary, &price, call.at).await?;
        order.prices.push(price);
        call.commit(transaction, told("reprice_order", Some(EventType::OrderRepriced), id)).await?;
        Ok(order)
    }

    /// Closes an order: what was neither delivered nor claimed is released. What was delivered until today may still be told.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is closed, or the database.
    pub async fn close_order(&self, call: &Call<'_>, (id, version): (Uuid, i64)) -> Result<Order, AppError> {
        let (transaction, _, mut order, mut ledger) = self.order_for_change(call, id, version).await?;
        (order.summary.status, order.summary.closed_on) = (OrderStatus::Closed, Some(call.scope.today));
        let sums = closed_sums(&transaction, call, [&order.summary]).await?;
        release_rest(&transaction, call, &mut ledger, sums).await?;
        order.summary.version = transaction.update_order(&call.scope, &order.summary, call.at).await?;
        call.commit(transaction, told("close_order", Some(EventType::OrderClosed), id)).await?;
        Ok(order)
    }

    /// Tells where the money of a budget is, now or at the end of a day; the read is audited. The ceiling and the lines that it counts
    /// are those of the day: of the version that was signed until then, in the pilot the final budget from the day on which it was
    /// set. Where the person is erased, what versions said is not known any more: lines are counted as they were last.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also before the first plan is signed, or the database.
    pub async fn get_ledger(
        &self,
        call: &Call<'_>,
        budget: Uuid,
        on: Option<NaiveDate>,
    ) -> Result<LedgerOnDay, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let kept = transaction.find_kept_budget(&call.scope, budget).await?.ok_or(AppError::NotFound)?;
        let (summary, pilot) = match &kept {
            Kept::Whole(budget) => (&budget.summary, budget.pilot.as_ref()),
            Kept::Erased(budget) => (&budget.summary, budget.pilot.as_ref()),
        };
        let mut ledger = ledger_of(&transaction, call, summary, on).await?;
        if let (Some(day), Kept::Whole(budget)) = (on, &kept) {
            planned_on(&transaction, call, budget, &mut ledger.balance, day).await?;
        }
        let told = Told { action: "get_ledger", resource: "budget", id: summary.id, event: None };
        call.commit(transaction, told).await?;
        if let (Some(day), Some(pilot)) = (on, pilot) {
            ledger.balance.ceiling = self.pilot_ceiling_on(pilot, day).await?.cents().ok_or(AppError::Broken)?;
        }
        Ok(ledger)
    }

    /// What a plan of the pilot had to fit on a day, EUR.
    async fn pilot_ceiling_on(&self, pilot: &InPeriod, day: NaiveDate) -> Result<Money, AppError> {
        let PilotAmounts { provisional, final_budget, .. } = pilot.amounts;
        let Some(final_budget) = final_budget else { return Ok(provisional) };
        let run = self.store.get_redistribution(pilot.period_id).await?;
        let is_set = run.is_none_or(|run| local_date(run.at) <= day);
        Ok(if is_set { final_budget } else { provisional })
    }

    /// Lists the entries of a ledger; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_ledger_entries(
        &self,
        call: &Call<'_>,
        budget: Uuid,
        after: Option<u32>,
        limit: u64,
    ) -> Result<Vec<RecordedEntry>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let id = summary_of(&transaction, call, budget).await?.id;
        let told = Told { action: "list_ledger_entries", resource: "budget", id, event: None };
        call.commit(transaction, told).await?;
        Ok(self.store.list_entries(&call.scope, id, after, limit).await?)
    }

    async fn order_for_change(
        &self,
        call: &Call<'_>,
        id: Uuid,
        version: i64,
    ) -> Result<(WriteTransaction, Plan, Order, Ledger), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        // Rows are taken in one order everywhere: plan, order, ledger.
        let plan = transaction.find_plan_of_order(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let plan = transaction.find_plan(&call.scope, plan).await?.ok_or(AppError::NotFound)?;
        let order = transaction.find_order(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if order.summary.version != version {
            return Err(AppError::Stale);
        }
        if order.summary.status == OrderStatus::Closed {
            return Err(refused(vec![OrderRefusal::Closed]));
        }
        let ledger = taken(&transaction, call, order.summary.budget_id).await?;
        Ok((transaction, plan, order, ledger))
    }
}

/// What a list shows of a budget: its accounts stay when its person is erased.
async fn summary_of(transaction: &WriteTransaction, call: &Call<'_>, budget: Uuid) -> Result<BudgetSummary, AppError> {
    match transaction.find_kept_budget(&call.scope, budget).await?.ok_or(AppError::NotFound)? {
        Kept::Whole(budget) => Ok(budget.summary),
        Kept::Erased(budget) => Ok(budget.summary),
    }
}

/// The ledger of a budget now or at the end of a day; empty before the first plan is signed.
pub(crate) async fn ledger_of(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    budget: &BudgetSummary,
    on: Option<NaiveDate>,
) -> Result<LedgerOnDay, AppError> {
    let ledger = transaction.find_ledger(&call.scope, budget.id).await?;
    let balance = match (ledger, on) {
        (Some(ledger), Some(day)) => transaction.balance_on(&call.scope, &ledger, day).await?,
        (Some(ledger), None) => ledger.balance,
        (None, _) => Balance::below(budget.total.cents().unwrap_or_default()),
    };
    Ok(LedgerOnDay { budget_id: budget.id, on, balance })
}

/// Puts the ceiling and the lines that it counts as the version said that held at the end of a day.
async fn planned_on(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    budget: &Budget,
    balance: &mut Balance,
    day: NaiveDate,
) -> Result<(), AppError> {
    let version = transaction.find_plan_version_on(&call.scope, budget.summary.id, day).await?;
    let Some(PlanVersion { content, ceiling, .. }) = version else { return Ok(()) };
    balance.ceiling = ceiling.cents().ok_or(AppError::Broken)?;
    let counts = Ceiling::from(&budget.calculated.result);
    for line in &content.lines {
        if let Some(of_line) = balance.lines.get_mut(&line.number) {
            of_line.counted = counts.counts(line);
        }
    }
    Ok(())
}

/// What the ledger says of those of orders that are closed.
pub(crate) async fn closed_sums(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    orders: impl IntoIterator<Item = &OrderSummary>,
) -> Result<BTreeMap<Uuid, OrderSums>, AppError> {
    let closed = orders.into_iter().filter(|order| order.status == OrderStatus::Closed);
    let (budgets, orders) = closed.map(|order| (order.budget_id, order.id)).unzip();
    Ok(transaction.sums_of_orders(&call.scope, &budgets, &orders).await?)
}

/// Gives back what of orders, of which the ledger says these sums, is neither delivered nor claimed.
pub(crate) async fn release_rest(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    ledger: &mut Ledger,
    sums: BTreeMap<Uuid, OrderSums>,
) -> Result<(), AppError> {
    if sums.is_empty() {
        return Ok(());
    }
    let waiting = transaction.waiting_claims(&call.scope, ledger.budget_id).await?;
    let waits = |order: &Uuid| waiting.get(order).map(|claim| (claim.cents, claim.thousandths)).unwrap_or_default();
    let rest = sums.iter().filter_map(|(order, sums)| sums.release(waits(order), call.scope.today));
    let released = orders::released(&ledger.balance, rest);
    append(transaction, call, ledger, &released).await
}

async fn taken(transaction: &WriteTransaction, call: &Call<'_>, budget: Uuid) -> Result<Ledger, AppError> {
    transaction.find_ledger(&call.scope, budget).await?.ok_or(AppError::NotFound)
}

/// Between whom the price of an order is. Who pays first has an offer of the provider, or knows none.
pub(crate) async fn parties(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    order: &OrderSummary,
) -> Result<Parties, AppError> {
    let mut provider = order.provider_id;
    if let (None, Some(offer)) = (provider, order.offer_id) {
        provider = transaction.find_offers(&[offer]).await?.pop().map(|offer| offer.provider_id);
    }
    Ok(Parties { municipality: Some(call.scope.municipality), provider })
}

/// The bounds that a new price breaks, of the tariff and of the provider's offer that is valid then.
async fn broken_bounds(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    plan: &Plan,
    order: &Order,
    price: OrderPrice,
) -> Result<Vec<OrderRefusal>, AppError> {
    let parties = parties(transaction, call, &order.summary).await?;
    let bounds = PriceBounds::of_tariffs(&parameters.tariffs, &order.summary.service, price.valid_from, parties);
    let (mut broken, mut above_plan) = (prices::check(price.unit_price, bounds), false);
    if let Some(current) = &plan.current
        && let Some(line) = current.content.line(order.summary.line)
    {
        let offers = offers_of(transaction, call, parameters, &current.content, None).await?;
        let offer = line.offer.and_then(|offer| offers.get(&offer));
        let dearer = order.prices.last().is_some_and(|known| price.unit_price > known.unit_price);
        if let Some(offer) = offer.filter(|offer| dearer && price.valid_from < offer.valid_from) {
            let (first, last) = (offer.valid_from, order.summary.valid_to);
            let early = day::check_between("/valid_from", first, last, price.valid_from);
            return Ok(early.into_iter().map(OrderRefusal::Day).collect());
        }
        let bounds = offer.map(|offer| offer.bounds).unwrap_or_default();
        broken.extend(prices::check(price.unit_price, bounds));
        above_plan = price.unit_price > line.unit_price;
    }
    broken.dedup();
    let above_plan = above_plan.then_some(OrderRefusal::AbovePlan);
    Ok(broken.into_iter().map(OrderRefusal::Price).chain(above_plan).collect())
}

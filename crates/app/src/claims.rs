//! Claims of people who paid first: checked when they come in, and then an invoice like others, which the worker endorses and
//! the head approves [domain 7.5, 7.6].

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    claims::{
        ClaimFacts, ClaimFinding, ClaimLine, ClaimPayee, ClaimedOrder,
        reimbursement::{self, NewReimbursement},
        transport::{self, AllowanceUse, NewTransportClaim, TransportFacts},
    },
    deliveries::Rest,
    events::EventType,
    invoices::{InvoiceKind, InvoiceStatus, InvoiceStepKind},
    ledger::LineBalance,
    money::Money,
    month::Month,
    orders::{OrderForm, OrderStatus, OrderSums},
    parameters::{
        Parameters,
        catalogue::{MethodologyId, Unit},
        tariffs::Parties,
    },
    plans::{FundingSource, PlanContent, check::is_transport},
    prices::PriceBounds,
    text::{Fault, Message},
};
use balsts_store::{
    InsertError, Invoice, InvoiceContent, InvoiceLine, InvoiceStep, InvoiceSummary, Ledger, OrderPrice, OrderSummary,
    Plan, RecordedAnswer, SubmittedLine, WaitingClaim, WriteTransaction,
};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, Told,
    deliveries::{days, rests},
    invoices::told,
    orders::parties,
    plans::{basis, before, empty},
};

/// The service of the catalogue whose tariff is the state's transport allowance of a half-year.
const ALLOWANCE: &str = "transport_allowance";

/// What a claim is checked against, taken in the one order of rows: plan, orders, ledger.
struct Against {
    plan: Plan,
    rests: Vec<Rest>,
    orders: BTreeMap<Uuid, OrderSummary>,
    facts: BTreeMap<Uuid, ClaimedOrder>,
    claimed: BTreeSet<String>,
    ledger: Ledger,
    waiting: BTreeMap<Uuid, WaitingClaim>,
}

/// A claim, and what the rules say of it.
struct Judged {
    against: Against,
    identities: BTreeSet<String>,
    outcome: Result<Vec<ClaimLine>, Vec<ClaimFinding>>,
}

/// What a claim would come to, without being stored.
#[derive(Debug)]
pub struct CheckedClaim {
    /// Everything that is wrong with it.
    pub findings: Vec<Fault>,
    /// Its lines; none where something is wrong.
    pub lines: Vec<ClaimLine>,
}

/// What is stored of a claim that fits.
struct Fitting<'a> {
    kind: InvoiceKind,
    month: Month,
    payee: &'a ClaimPayee,
    note: Option<&'a String>,
    total: Money,
    lines: Vec<ClaimLine>,
    identities: BTreeSet<String>,
    parts: serde_json::Value,
}

impl App {
    /// Takes in a claim for services that the person prepaid. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Refused`] with everything that is wrong, [`AppError::KeyReused`], or the database.
    pub async fn create_reimbursement_claim(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        plan: Uuid,
        new: &NewReimbursement,
        answer: impl FnOnce(&Invoice) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let judged = judge_reimbursement(&transaction, call, parameters, plan, new).await?;
        let lines = judged.outcome.map_err(refused)?;
        let fitting = Fitting {
            kind: InvoiceKind::Reimbursement,
            month: new.month,
            payee: &new.payee,
            note: new.note.as_ref(),
            total: new.total,
            lines,
            identities: judged.identities,
            parts: serde_json::to_value(&new.lines).map_err(broken)?,
        };
        store(transaction, call, &judged.against, fitting, answer).await
    }

    /// Takes in a claim for the cost of transport. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Refused`] with everything that is wrong, [`AppError::KeyReused`], or the database.
    pub async fn create_transport_claim(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        plan: Uuid,
        new: &NewTransportClaim,
        answer: impl FnOnce(&Invoice) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let judged = judge_transport(&transaction, call, parameters, plan, new).await?;
        let lines = judged.outcome.map_err(refused)?;
        let fitting = Fitting {
            kind: InvoiceKind::TransportClaim,
            month: new.month,
            payee: &new.payee,
            note: new.note.as_ref(),
            total: new.total,
            lines,
            identities: judged.identities,
            parts: serde_json::to_value((&new.allowance, &new.items)).map_err(broken)?,
        };
        store(transaction, call, &judged.against, fitting, answer).await
    }

    /// Tells what would become of a claim for prepaid services, and stores nothing but that it was asked.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn check_reimbursement_claim(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        plan: Uuid,
        new: &NewReimbursement,
    ) -> Result<CheckedClaim, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let judged = judge_reimbursement(&transaction, call, parameters, plan, new).await?;
        call.commit(transaction, asked(plan)).await?;
        Ok(CheckedClaim::of(judged.outcome))
    }

    /// Tells what would become of a claim for the cost of transport, and stores nothing but that it was asked.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn check_transport_claim(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        plan: Uuid,
        new: &NewTransportClaim,
    ) -> Result<CheckedClaim, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let judged = judge_transport(&transaction, call, parameters, plan, new).await?;
        call.commit(transaction, asked(plan)).await?;
        Ok(CheckedClaim::of(judged.outcome))
    }
}

/// A claim shows what is left of a person's orders: that is a read.
const fn asked(plan: Uuid) -> Told {
    Told { action: "check_claim", resource: "plan", id: plan, event: None }
}

impl CheckedClaim {
    fn of(outcome: Result<Vec<ClaimLine>, Vec<ClaimFinding>>) -> Self {
        match outcome {
            Ok(lines) => Self { findings: Vec::new(), lines },
            Err(found) => Self { findings: found.iter().map(Fault::from).collect(), lines: Vec::new() },
        }
    }
}

async fn judge_reimbursement(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    plan: Uuid,
    new: &NewReimbursement,
) -> Result<Judged, AppError> {
    let orders = new.lines.iter().map(|line| line.order).collect();
    let identities = reimbursement::identities(new);
    let against = against(transaction, call, parameters, plan, &orders, &identities).await?;
    let outcome = reimbursement::check(new, &against.facts(call));
    Ok(Judged { against, identities, outcome })
}

async fn judge_transport(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    plan: Uuid,
    new: &NewTransportClaim,
) -> Result<Judged, AppError> {
    let orders = new.items.iter().map(|item| item.order).collect();
    let identities = transport::identities(new, plan);
    let against = against(transaction, call, parameters, plan, &orders, &identities).await?;
    let nothing = empty(call.scope.today);
    let content = against.plan.current.as_ref().map_or(&nothing, |current| &current.content);
    let budget = against.plan.summary.budget_id;
    let basis = basis(transaction, call, budget).await?;
    let days = (new.month.first_day(), new.month.last_day());
    let before = before(transaction, call, &basis, &against.plan.summary, content).await?;
    let ceiling = basis.claimable_transport(parameters, content, before);
    let tariff = parameters.tariffs.on(ALLOWANCE, new.month.first_day()).map(|tariff| tariff.amount);
    let facts = TransportFacts {
        claim: against.facts(call),
        plan_id: plan,
        plan: content,
        delivered: &transaction.delivery_days(&call.scope, (plan, budget), days).await?,
        child: basis.budget.summary.methodology != MethodologyId::Adults2023,
        allowance: basis.has_allowance().then(|| tariff.unwrap_or_default()),
        allowance_used: allowance_used(transaction, call, against.plan.summary.person_id, new.month).await?,
        ceiling_left: ceiling.map(|ceiling| against.left_below(ceiling, content)),
    };
    let outcome = transport::check(new, &facts);
    Ok(Judged { against, identities, outcome })
}

impl Against {
    fn facts(&self, call: &Call<'_>) -> ClaimFacts<'_> {
        ClaimFacts { today: call.scope.today, rests: &self.rests, orders: &self.facts, claimed: &self.claimed }
    }

    /// What the budget may still pay for transport: the ceiling without what was delivered and what waits.
    fn left_below(&self, ceiling: Money, content: &PlanContent) -> Money {
        let of_budget = content.lines.iter().filter(|line| line.funding == FundingSource::IndividualBudget);
        let lines: BTreeSet<u32> =
            of_budget.filter(|line| is_transport(&line.service)).map(|line| line.number).collect();
        let delivered = self.ledger.balance.lines.iter().filter(|(line, _)| lines.contains(line));
        let waiting = self.waiting.values().filter(|claim| lines.contains(&claim.line)).map(|claim| claim.cents);
        let taken = delivered.map(|(_, line)| line.delivered).chain(waiting).fold(0, i64::saturating_add);
        let taken = Money::from_cents(taken);
        if ceiling > taken { ceiling - taken } else { Money::ZERO }
    }
}

/// The state allowance that a person's claims used for months of the same half of a year.
async fn allowance_used(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    person: Uuid,
    month: Month,
) -> Result<Money, AppError> {
    let days = transport::half_year(month).ok_or(AppError::Broken)?;
    let claims = transaction.transport_claims(&call.scope, person, days).await?;
    let used = |claim: InvoiceContent| {
        let parts: (Option<AllowanceUse>, serde_json::Value) =
            serde_json::from_value(claim.claim.unwrap_or_default()).map_err(broken)?;
        Ok(parts.0.map(|allowance| allowance.used).unwrap_or_default())
    };
    claims.into_iter().map(used).sum()
}

fn refused(found: Vec<ClaimFinding>) -> AppError {
    AppError::refused(&found)
}

fn broken(_: serde_json::Error) -> AppError {
    AppError::Broken
}

/// Takes the plan, which a recipient sees only for those for whom the caller speaks, its orders among those that are named, and
/// the ledger.
async fn against(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    plan: Uuid,
    named: &BTreeSet<Uuid>,
    identities: &BTreeSet<String>,
) -> Result<Against, AppError> {
    let plan = transaction.find_plan(&call.scope, plan).await?.ok_or(AppError::NotFound)?;
    let budget = plan.summary.budget_id;
    let found = transaction.find_orders(&call.scope, named).await?;
    let own = found.into_iter().filter(|order| order.plan_id == plan.summary.id);
    let orders: BTreeMap<Uuid, OrderSummary> = own.map(|order| (order.id, order)).collect();
    let mut prices = transaction.find_order_prices(&call.scope, &orders.keys().copied().collect()).await?;
    // Without a signed plan there is no order, and no ledger: nothing can be claimed.
    let ledger = transaction.find_ledger(&call.scope, budget).await?.ok_or(AppError::NotFound)?;
    let sums = transaction.order_sums(&call.scope, budget).await?;
    let waiting = transaction.waiting_claims(&call.scope, budget).await?;
    let child_born = transaction.find_child_born(&call.scope, budget).await?;
    let mut facts = BTreeMap::new();
    for (id, order) in &orders {
        let sums = sums.get(id).copied().unwrap_or_default();
        let waits = waiting.get(id).copied().unwrap_or_default();
        let prices = prices.remove(id).unwrap_or_default();
        let parties = parties(transaction, call, order).await?;
        let prices = capped(parameters, &order.service, &prices, parties);
        let line = ledger.balance.lines.get(&order.line).copied().unwrap_or_default();
        let bounds = (days(&plan, order, child_born), &line);
        facts.insert(*id, fact(parameters, order, bounds, (&sums, waits), prices)?);
    }
    let claimed = transaction.find_claimed(&call.scope, identities).await?;
    Ok(Against { rests: rests(&plan), plan, orders, facts, claimed, ledger, waiting })
}

/// The prices of an order with the day from which each holds, never above the tariff of the day [domain 5.2].
fn capped(parameters: &Parameters, service: &str, prices: &[OrderPrice], parties: Parties) -> Vec<(NaiveDate, Money)> {
    let Some(first) = prices.first() else { return Vec::new() };
    let tariffs = parameters.tariffs.changes(service, parties).into_iter();
    let days: BTreeSet<NaiveDate> =
        tariffs.filter(|day| *day > first.valid_from).chain(prices.iter().map(|price| price.valid_from)).collect();
    let held = |day: NaiveDate| {
        let price = prices.iter().rev().find(|price| price.valid_from <= day).unwrap_or(first);
        (day, PriceBounds::of_tariffs(&parameters.tariffs, service, day, parties).cap(price.unit_price))
    };
    days.into_iter().map(held).collect()
}

fn fact(
    parameters: &Parameters,
    order: &OrderSummary,
    ((from, to), line): ((NaiveDate, NaiveDate), &LineBalance),
    (sums, waits): (&OrderSums, WaitingClaim),
    prices: Vec<(NaiveDate, Money)>,
) -> Result<ClaimedOrder, AppError> {
    let service = parameters.catalogue.find(&order.service).ok_or(AppError::Broken)?;
    // What was received until an order was closed is still claimed, out of what the line has.
    let (free, free_volume) = match order.status {
        OrderStatus::Open => (0, 0),
        OrderStatus::Closed => {
            (line.planned.saturating_sub(line.committed), line.planned_volume.saturating_sub(line.committed_volume))
        }
    };
    let left = |committed: i64, delivered: i64, waits: i64, free: i64| {
        committed.saturating_sub(delivered).saturating_sub(waits).saturating_add(free)
    };
    Ok(ClaimedOrder {
        line: order.line,
        self_prepaid: order.form == OrderForm::SelfPrepaid,
        compensation: service.unit == Unit::Euro && is_transport(&order.service),
        days: (from, order.closed_on.map_or(to, |last| to.min(last))),
        prices,
        left: left(sums.committed, sums.delivered, waits.cents, free),
        left_volume: left(sums.committed_volume, sums.delivered_volume, waits.thousandths, free_volume),
    })
}

async fn store(
    transaction: WriteTransaction,
    call: &Call<'_>,
    against: &Against,
    fitting: Fitting<'_>,
    answer: impl FnOnce(&Invoice) -> RecordedAnswer,
) -> Result<RecordedAnswer, AppError> {
    let id = (call.new_id)();
    let invoice = invoice(call, id, against, &fitting)?;
    transaction.insert_invoice(&call.scope, &invoice, call.at).await.map_err(exists)?;
    transaction.claim_receipts(&call.scope, id, &fitting.identities).await.map_err(exists)?;
    let told = told("create_claim", Some(EventType::InvoiceReceived), id);
    Ok(call.commit_once(transaction, told, answer(&invoice), Some(against.plan.summary.person_id)).await?)
}

/// Another claim took a document between the check and now.
fn exists(error: InsertError) -> AppError {
    match error {
        InsertError::Exists => AppError::Refused(vec![Fault {
            pointer: String::new(),
            code: "already_claimed",
            message: Message::new("claim-claimed"),
        }]),
        InsertError::Store(error) => error.into(),
    }
}

fn invoice(call: &Call<'_>, id: Uuid, against: &Against, fitting: &Fitting<'_>) -> Result<Invoice, AppError> {
    let subject = &call.scope.subject;
    let step = InvoiceStep {
        number: 1,
        kind: InvoiceStepKind::Received,
        words: None,
        recorded_by: subject.clone(),
        at: call.at,
    };
    let submitted = fitting.lines.iter().map(|line| {
        Some(SubmittedLine {
            order: line.order,
            from: line.days.0,
            to: line.days.1,
            thousandths: line.volume.thousandths()?,
            unit_price: line.unit_price.cents()?,
            cents: line.amount.cents()?,
        })
    });
    let lines = (1_u32..).zip(&fitting.lines).map(|(number, line)| {
        let order = against.orders.get(&line.order).ok_or(AppError::Broken)?;
        Ok(InvoiceLine {
            number,
            order_id: line.order,
            budget_id: order.budget_id,
            person_id: order.person_id,
            line: order.line,
            service: order.service.clone(),
            days: line.days,
            volume: line.volume,
            unit_price: line.unit_price,
            amount: line.amount,
            delivered: 0,
        })
    });
    Ok(Invoice {
        summary: InvoiceSummary {
            id,
            kind: fitting.kind,
            status: InvoiceStatus::Received,
            provider_id: None,
            person_id: Some(against.plan.summary.person_id),
            number: number(fitting.month, id),
            issued_on: call.scope.today,
            period: (fitting.month.first_day(), fitting.month.last_day()),
            amount: fitting.total,
            findings: Vec::new(),
            corrects: None,
            entered_by: subject.clone(),
            checked_by: None,
            approved_by: None,
            approved_on: None,
            payment_id: None,
            paid_on: None,
            version: 1,
        },
        content: InvoiceContent {
            payee: fitting.payee.name.clone(),
            account: Some(fitting.payee.account.reveal().to_owned()),
            corrects: None,
            submitted: submitted.collect::<Option<_>>().ok_or(AppError::Broken)?,
            note: fitting.note.cloned(),
            xml: None,
            claim: Some(fitting.parts.clone()),
        },
        lines: lines.collect::<Result<_, AppError>>()?,
        steps: vec![step],
    })
}

/// The number of a claim: its month and the end of its identifier, which a payment repeats.
fn number(month: Month, id: Uuid) -> String {
    let digits = id.simple().to_string();
    format!("{month}/{}", digits.get(24..).unwrap_or(&digits))
}

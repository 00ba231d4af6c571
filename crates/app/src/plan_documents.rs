//! What the documents and the workbook of a plan are made of [domain 6.5, 7.1, 8.2].
//!
//! Rows are taken in the order of every use case of plans: application, plan, budget, order, ledger.

use std::collections::BTreeMap;

use balsts_domain::{
    ledger::Balance,
    money::Money,
    orders::OrderForm,
    parameters::Parameters,
    plans::{
        PlanContent, PlanLine,
        amounts::Amounts,
        status::{PlanDocument, PlanParty},
    },
};
use balsts_store::{Assessment, LedgerDay, NamedProvider, Order, Plan, WriteTransaction};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Call, Issued, Told, assessments::assessments_of, offices::issued, orders::ledger_of};

/// A version of a plan, or its draft, with everything that a document of it names.
#[derive(Debug)]
pub struct IssuedPlan {
    /// Application, budget and office.
    pub issued: Issued,
    /// The plan.
    pub plan: Plan,
    /// Number of the version, or that the draft would have.
    pub number: u32,
    /// What it says.
    pub content: PlanContent,
    /// SHA-256 of the canonical content.
    pub content_hash: Vec<u8>,
    /// What it must fit, EUR.
    pub indicative: Money,
    /// Agreed, EUR.
    pub agreed: Money,
    /// Its part that the individual budget pays, EUR.
    pub payable: Money,
    /// Whether it is signed, or nothing in the draft stands in the way.
    pub can_be_signed: bool,
    /// Providers by the identifiers of the chosen offers.
    pub providers: BTreeMap<Uuid, NamedProvider>,
}

/// A plan with its execution.
#[derive(Debug)]
pub struct PlanExecution {
    /// The plan.
    pub plan: IssuedPlan,
    /// What stands where.
    pub balance: Balance,
    /// What the ledger holds of each line and day.
    pub days: Vec<LedgerDay>,
    /// The completed assessment that is the latest.
    pub assessment: Option<Assessment>,
}

/// A guarantee letter with everything that it names.
#[derive(Debug)]
pub struct IssuedLetter {
    /// Application, budget and office.
    pub issued: Issued,
    /// The order.
    pub order: Order,
    /// The line of the version in force that it is of.
    pub line: PlanLine,
    /// Whom it is addressed to.
    pub provider: NamedProvider,
    /// The day on which it was made.
    pub ordered_on: NaiveDate,
    /// What it commits, EUR.
    pub total: Money,
}

impl IssuedPlan {
    /// Subject or name of who signed a document of this version as a party.
    #[must_use]
    pub fn signer(&self, document: PlanDocument, party: PlanParty) -> Option<&str> {
        let of_version = self.plan.signatures.iter().filter(|known| known.number == self.number);
        let mut signed = of_version.filter(|known| known.document == document && known.party == party);
        signed.next().map(|known| known.signer.as_str())
    }
}

impl App {
    /// Gets what a document of a plan is made of: of a version, or by the number that comes next of the draft; where no number
    /// is told of the version in force, or of the draft before the first. The read is audited under the name of the operation.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the office is not described, or the database.
    pub async fn issue_of_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, Option<u32>),
        action: &'static str,
    ) -> Result<IssuedPlan, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = self.issued_plan(&transaction, call, parameters, id, version).await?;
        call.commit(transaction, Told { action, resource: "plan", id, event: None }).await?;
        Ok(plan)
    }

    /// The same with what was ordered, delivered and paid.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the office is not described, or the database.
    pub async fn issue_of_execution(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, Option<u32>),
        action: &'static str,
    ) -> Result<PlanExecution, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = self.issued_plan(&transaction, call, parameters, id, version).await?;
        let budget = plan.issued.budget.as_ref().ok_or(AppError::NotFound)?;
        let balance = ledger_of(&transaction, call, &budget.summary, None).await?.balance;
        let days = transaction.ledger_days(&call.scope, budget.summary.id).await?;
        let assessments = assessments_of(call, &transaction, plan.plan.summary.application_id).await?;
        let assessment =
            assessments.into_iter().filter(|one| one.completed_on.is_some()).max_by_key(|one| one.completed_on);
        call.commit(transaction, Told { action, resource: "plan", id, event: None }).await?;
        Ok(PlanExecution { plan, balance, days, assessment })
    }

    async fn issued_plan(
        &self,
        transaction: &WriteTransaction,
        call: &Call<'_>,
        parameters: &Parameters,
        id: Uuid,
        version: Option<u32>,
    ) -> Result<IssuedPlan, AppError> {
        let plan = taken(transaction, call, id).await?;
        let current = plan.summary.current;
        let next = current.saturating_add(1);
        let number = version.unwrap_or(if current == 0 { next } else { current });
        if number == next {
            return self.issued_draft(transaction, call, parameters, plan, number).await;
        }
        let found = transaction.find_plan_version(&call.scope, id, number).await?.ok_or(AppError::NotFound)?;
        Ok(IssuedPlan {
            issued: issued(transaction, call, plan.summary.budget_id).await?,
            providers: providers(transaction, &found.content).await?,
            plan,
            number,
            content: found.content,
            content_hash: found.content_hash,
            indicative: found.ceiling,
            agreed: found.agreed,
            payable: found.payable,
            can_be_signed: true,
        })
    }

    async fn issued_draft(
        &self,
        transaction: &WriteTransaction,
        call: &Call<'_>,
        parameters: &Parameters,
        plan: Plan,
        number: u32,
    ) -> Result<IssuedPlan, AppError> {
        let content = plan.draft.clone().ok_or(AppError::NotFound)?;
        let checked = self.checked_now(transaction, call, parameters, plan).await?;
        let Amounts { agreed, payable, .. } = checked.amounts;
        Ok(IssuedPlan {
            issued: issued(transaction, call, checked.plan.summary.budget_id).await?,
            providers: providers(transaction, &content).await?,
            can_be_signed: balsts_domain::plans::check::can_be_signed(&checked.findings),
            plan: checked.plan,
            number,
            content_hash: content.hash().to_vec(),
            content,
            indicative: checked.ceiling.indicative,
            agreed,
            payable,
        })
    }

    /// Gets what a guarantee letter is made of; the read is audited under the name of the operation.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also where the service was ordered in another way, [`AppError::Conflict`] where the office is not
    /// described, or the database.
    pub async fn issue_of_letter(
        &self,
        call: &Call<'_>,
        id: Uuid,
        action: &'static str,
    ) -> Result<IssuedLetter, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = transaction.find_plan_of_order(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let plan = taken(&transaction, call, plan).await?;
        let order = transaction.find_order(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let letter = order.summary.form == OrderForm::GuaranteeLetter;
        let provider = order.summary.provider_id.filter(|_| letter).ok_or(AppError::NotFound)?;
        let provider = transaction.find_named_providers(&[provider]).await?.pop().ok_or(AppError::NotFound)?;
        let current = plan.current.as_ref().ok_or(AppError::NotFound)?;
        let line = current.content.line(order.summary.line).cloned().ok_or(AppError::NotFound)?;
        let budget = order.summary.budget_id;
        let issued = issued(&transaction, call, budget).await?;
        let of_order = transaction.find_ordered(&call.scope, budget, id).await?.ok_or(AppError::NotFound)?;
        // A closed order has given back what was not delivered: at one price the letter tells what was promised all the same.
        let total = if order.prices.len() == 1 { order.summary.amount } else { Money::from_cents(of_order.committed) };
        call.commit(transaction, Told { action, resource: "order", id, event: None }).await?;
        Ok(IssuedLetter { issued, order, line, provider, ordered_on: of_order.on, total })
    }
}

/// A plan, whose application is taken before it.
async fn taken(transaction: &WriteTransaction, call: &Call<'_>, id: Uuid) -> Result<Plan, AppError> {
    let application = transaction.find_application_of_plan(&call.scope, id).await?.ok_or(AppError::NotFound)?;
    transaction.find_application(&call.scope, application).await?;
    transaction.find_plan(&call.scope, id).await?.ok_or(AppError::NotFound)
}

/// The providers of the offers that a plan's lines name, in two queries.
async fn providers(
    transaction: &WriteTransaction,
    content: &PlanContent,
) -> Result<BTreeMap<Uuid, NamedProvider>, AppError> {
    let offers: Vec<Uuid> = content.lines.iter().filter_map(|line| line.offer).collect();
    if offers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let offers = transaction.find_offers(&offers).await?;
    let ids: Vec<Uuid> = offers.iter().map(|offer| offer.provider_id).collect();
    let named = transaction.find_named_providers(&ids).await?;
    let by_id: BTreeMap<Uuid, NamedProvider> = named.into_iter().map(|provider| (provider.id, provider)).collect();
    let of_offer = offers.into_iter().filter_map(|offer| Some((offer.id, by_id.get(&offer.provider_id)?.clone())));
    Ok(of_offer.collect())
}

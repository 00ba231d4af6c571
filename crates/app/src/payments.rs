//! Payment runs: each approved invoice and claim is paid once; what the bank says enters the ledgers [domain 7.4].

use std::collections::BTreeMap;

use balsts_domain::{
    account::Iban,
    calendar::local_date,
    day::DayRefusal,
    events::EventType,
    invoices,
    ledger::NewEntry,
    money::Money,
    payments::{
        self, Payable, PaymentFormat, PaymentRefusal, PaymentResult, PaymentRunStatus, PaymentStatus, check_execution,
        new_results,
    },
};
use balsts_store::{Debtor, Payee, Payment, PaymentRun, PaymentRunSummary, RecordedAnswer, Waiting};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told, invoices::post_entries};

/// A payment run as it is asked for.
#[derive(Debug)]
pub struct NewPaymentRun {
    /// The file that it is written as.
    pub format: PaymentFormat,
    /// The day on which it is to be executed.
    pub execution_date: NaiveDate,
    /// Name of who pays.
    pub debtor_name: String,
    /// Account of who pays, as text.
    pub debtor_account: String,
    /// Bank of who pays.
    pub debtor_bic: Option<String>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "payment_run", id, event }
}

fn refused(refusals: Vec<PaymentRefusal>) -> AppError {
    match refusals.iter().find(|refusal| refusal.is_conflict()) {
        Some(conflict) => AppError::conflict(conflict),
        None => AppError::refused(&refusals),
    }
}

impl App {
    /// Makes a run of everything that waits to be paid: one payment to each payee. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::Refused`] where the day or account does not fit, [`AppError::Conflict`] where nothing waits,
    /// [`AppError::Stale`] where another run came first, [`AppError::KeyReused`], or the database.
    pub async fn create_payment_run(
        &self,
        call: &Call<'_>,
        new: NewPaymentRun,
        answer: impl FnOnce(&PaymentRun) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let mut refusals: Vec<_> = check_execution(call.scope.today, new.execution_date).into_iter().collect();
        let account = Iban::to_pay(&new.debtor_account).map_err(PaymentRefusal::Account);
        refusals.extend(account.as_ref().err().cloned());
        let (Ok(account), []) = (account, refusals.as_slice()) else { return Err(refused(refusals)) };
        let waiting = transaction.list_waiting(&call.scope).await?;
        let payables: Vec<Payable> = waiting.iter().map(payable).collect();
        let groups = payments::group(&payables);
        if groups.is_empty() {
            return Err(refused(vec![PaymentRefusal::NothingToPay]));
        }
        let (mut payments, mut of_payment) = (Vec::with_capacity(groups.len()), Vec::new());
        for group in groups {
            let id = (call.new_id)();
            let first = group.positions.first().and_then(|position| waiting.get(*position)).ok_or(AppError::Broken)?;
            payments.push(Payment {
                id,
                payee: Payee { name: first.payee.clone(), account: first.account.clone(), text: group.text },
                person_id: first.person_id,
                amount: Money::from_cents(group.cents),
                status: PaymentStatus::Pending,
                paid_on: None,
                reason: None,
            });
            let invoices = group.positions.iter().filter_map(|position| waiting.get(*position));
            of_payment.extend(invoices.map(|invoice| (invoice.id, id)));
        }
        let run = PaymentRun {
            summary: PaymentRunSummary {
                id: (call.new_id)(),
                status: PaymentRunStatus::Open,
                format: new.format,
                execution_date: new.execution_date,
                payments: u32::try_from(payments.len()).unwrap_or(u32::MAX),
                amount: payments.iter().map(|payment| payment.amount).sum(),
                created_by: call.scope.subject.clone(),
                created_at: call.at,
                version: 1,
            },
            debtor: Debtor { name: new.debtor_name, account: account.reveal().to_owned(), bic: new.debtor_bic },
            payments,
        };
        transaction.insert_payment_run(&call.scope, &run, &of_payment).await?;
        let told = told("create_payment_run", Some(EventType::PaymentRunCreated), run.summary.id);
        Ok(call.commit_once(transaction, told, answer(&run), None).await?)
    }

    /// Gets a run with its payments; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_payment_run(&self, call: &Call<'_>, id: Uuid) -> Result<PaymentRun, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let run = transaction.find_payment_run(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_payment_run", None, id)).await?;
        Ok(run)
    }

    /// Lists runs.
    ///
    /// # Errors
    /// The database.
    pub async fn list_payment_runs(
        &self,
        call: &Call<'_>,
        status: Option<PaymentRunStatus>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<PaymentRunSummary>, AppError> {
        Ok(self.store.list_payment_runs(&call.scope, status, after, limit).await?)
    }

    /// Records what the bank says of payments, or what somebody has seen on the account: what was paid enters the ledgers; what
    /// was refused waits for the next run. What is told again changes nothing. Without a day it is that of the execution. `results`
    /// tells what became of the run's payments. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Refused`] where the run has no such payment, another outcome is known or the day does
    /// not fit, [`AppError::KeyReused`], or the database.
    pub async fn record_payment_results(
        &self,
        call: &Call<'_>,
        id: Uuid,
        paid_on: Option<NaiveDate>,
        results: impl FnOnce(&PaymentRun) -> Vec<PaymentResult>,
        answer: impl FnOnce(&PaymentRun) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let mut run = transaction.find_payment_run(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let paid_on = paid_on.unwrap_or_else(|| run.summary.execution_date.min(call.scope.today));
        // A run that was made for a day in the past, as demonstrations do, was not made later than that.
        let made_on = local_date(run.summary.created_at).min(run.summary.execution_date);
        if paid_on < made_on {
            let earliest = DayRefusal::TooEarly { pointer: "/paid_on", earliest: made_on };
            return Err(refused(vec![PaymentRefusal::Day(earliest)]));
        }
        if paid_on > call.scope.today {
            return Err(refused(vec![PaymentRefusal::Day(DayRefusal::InFuture { pointer: "/paid_on" })]));
        }
        let results = results(&run);
        let new = new_results(&results, &run.outcomes()).map_err(refused)?;
        if new.is_empty() {
            let told = told("record_payment_results", None, id);
            return Ok(call.commit_once(transaction, told, answer(&run), None).await?);
        }
        let paid: Vec<Uuid> = new.values().filter(|result| result.paid).map(|result| result.payment).collect();
        let failed: Vec<(Uuid, Option<String>)> =
            new.values().filter(|result| !result.paid).map(|result| (result.payment, result.reason.clone())).collect();
        let mut entries: BTreeMap<Uuid, Vec<NewEntry>> = BTreeMap::new();
        for line in transaction.lines_of_payments(&call.scope, &paid).await? {
            let entry = invoices::paid(line.line, line.order_id, line.cents, paid_on);
            entries.entry(line.budget_id).or_default().push(entry);
        }
        transaction.settle_payments(&call.scope, &paid, paid_on, &failed, call.at).await?;
        post_entries(&transaction, call, &entries).await?;
        for payment in &mut run.payments {
            if let Some(result) = new.get(&payment.id) {
                payment.status = if result.paid { PaymentStatus::Paid } else { PaymentStatus::Failed };
                payment.paid_on = result.paid.then_some(paid_on);
                payment.reason = result.reason.clone().filter(|_| !result.paid);
            }
        }
        let open = run.payments.iter().any(|payment| payment.status == PaymentStatus::Pending);
        run.summary.status = if open { PaymentRunStatus::Open } else { PaymentRunStatus::Closed };
        run.summary.version = transaction.update_payment_run(&call.scope, &run.summary, call.at).await?;
        let told = told("record_payment_results", Some(EventType::PaymentResultsRecorded), id);
        Ok(call.commit_once(transaction, told, answer(&run), None).await?)
    }
}

fn payable(waiting: &Waiting) -> Payable {
    Payable { invoice: waiting.id, provider: waiting.provider_id, number: waiting.number.clone(), cents: waiting.cents }
}

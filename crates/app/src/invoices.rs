//! Invoices of providers: checked against what was delivered when they come in, endorsed by one person and approved by
//! another, who makes the ledger's entries [domain 7.4].

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    account::Iban,
    attachments::AttachmentKind,
    conflicts_of_interest::ConflictRefusal,
    events::EventType,
    invoices::{
        self, ApprovedLine, EInvoiceTerms, InvoiceFacts, InvoiceFinding, InvoiceKind, InvoiceRefusal, InvoiceStatus,
        InvoiceStepKind, Matched, NewInvoice, PaidBefore, entries_of,
    },
    ledger::NewEntry,
    money::Money,
    orders,
    text::{Fault, Text},
};
use balsts_store::{
    InsertError, Invoice, InvoiceContent, InvoiceFilter, InvoiceLine, InvoiceStep, InvoiceSummary, Ledger,
    OrderSummary, Posting, Provider, ProviderIdentity, RecordedAnswer, StoredFinding, SubmittedLine, WriteTransaction,
};
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, NewFile, Told,
    attachments::attached,
    orders::{closed_sums, release_rest},
};

/// Puts a finding into words, in both languages: a returned invoice keeps them.
pub type Explain = fn(&Fault) -> Text;

/// An e-invoice as it was received.
#[derive(Debug)]
pub struct ReceivedXml {
    /// What it tells beyond the invoice.
    pub terms: EInvoiceTerms,
    /// Its text, without the files that it carries.
    pub text: String,
    /// Those files.
    pub files: Vec<NewFile>,
}

/// What an invoice would come to, without being stored.
#[derive(Debug)]
pub struct CheckedInvoice {
    /// What is wrong with it.
    pub findings: Vec<Fault>,
    /// What each line is for; none where something is wrong.
    pub matched: Vec<Matched>,
}

pub(crate) fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "invoice", id, event }
}

pub(crate) fn refused(refusal: InvoiceRefusal) -> AppError {
    if refusal.is_conflict() { AppError::conflict(&refusal) } else { AppError::refused(&[refusal]) }
}

/// An invoice as it was judged.
struct Judged {
    provider: Provider,
    corrects: Option<Uuid>,
    /// What each line is for, and the line as it is stored.
    outcome: Result<Vec<(Matched, InvoiceLine)>, Vec<InvoiceFinding>>,
}

impl App {
    /// Takes in an invoice or credit note. Where it does not agree with what was delivered it goes back at once, with every
    /// finding, and none of its lines is accepted. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such provider, [`AppError::Refused`] where an e-invoice names another seller,
    /// [`AppError::Conflict`] where the provider's number is another invoice's, [`AppError::Stale`] where a delivery was changed
    /// meanwhile, [`AppError::KeyReused`], the object store, or the database.
    pub async fn create_invoice(
        &self,
        call: &Call<'_>,
        provider: Option<Uuid>,
        (new, xml): (NewInvoice, Option<ReceivedXml>),
        explain: Explain,
        answer: impl FnOnce(&Invoice) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let provider = self.sender(call, provider).await?;
        let (terms, text, files) =
            xml.map_or((None, None, Vec::new()), |xml| (Some(xml.terms), Some(xml.text), xml.files));
        if !files.is_empty()
            && let Begun::Answered(first) = self.begin_once(call).await?
        {
            return Ok(first);
        }
        let mut kept = Vec::with_capacity(files.len());
        for file in files {
            let id = (call.new_id)();
            kept.push((id, self.keep(id, file).await?));
        }
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let judged = judged(&transaction, call, provider, (&new, terms.as_ref())).await?;
        let (id, kind) = ((call.new_id)(), kind_of(&new));
        let (findings, (claimed, lines)): (_, (Vec<Matched>, Vec<_>)) = match judged.outcome {
            Ok(lines) => (Vec::new(), lines.into_iter().unzip()),
            Err(found) => (stored(&found, explain), (Vec::new(), Vec::new())),
        };
        let returned = !findings.is_empty();
        let step = |number, kind| InvoiceStep {
            number,
            kind,
            words: None,
            recorded_by: call.scope.subject.clone(),
            at: call.at,
        };
        let mut steps = vec![step(1, InvoiceStepKind::Received)];
        steps.extend(returned.then(|| step(2, InvoiceStepKind::Returned)));
        let invoice = Invoice {
            summary: InvoiceSummary {
                id,
                kind,
                status: if returned { InvoiceStatus::Returned } else { InvoiceStatus::Received },
                provider_id: Some(provider),
                person_id: None,
                number: new.number.clone(),
                issued_on: new.issued_on,
                period: new.period,
                amount: signed(kind, new.total),
                findings,
                corrects: judged.corrects,
                entered_by: call.scope.subject.clone(),
                checked_by: None,
                approved_by: None,
                approved_on: None,
                payment_id: None,
                paid_on: None,
                version: 1,
            },
            content: content_of(&judged.provider, &new, text)?,
            lines,
            steps,
        };
        let exists = |error| match error {
            InsertError::Exists => AppError::Conflict { code: "invoice_exists" },
            InsertError::Store(error) => error.into(),
        };
        transaction.insert_invoice(&call.scope, &invoice, call.at).await.map_err(exists)?;
        let matched = invoice.lines.iter().zip(&claimed);
        let of_line = matched.flat_map(|(line, matched)| matched.deliveries.iter().map(|of| (*of, line.number)));
        transaction.claim_deliveries(&call.scope, id, &of_line.collect::<Vec<_>>()).await?;
        // What goes back at once has no files: they come again with what is right.
        for (id, file) in kept.into_iter().filter(|_| !returned) {
            let attachment = attached(call, id, (&invoice.summary, AttachmentKind::Other, true), file);
            transaction.insert_attachment(&call.scope, &attachment).await?;
        }
        let event = if returned { EventType::InvoiceReturned } else { EventType::InvoiceReceived };
        Ok(call.commit_once(transaction, told("create_invoice", Some(event), id), answer(&invoice), None).await?)
    }

    /// Tells what would become of an invoice, and stores nothing.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such provider, [`AppError::Refused`] where an e-invoice names another seller, or the
    /// database.
    pub async fn check_invoice(
        &self,
        call: &Call<'_>,
        provider: Option<Uuid>,
        (new, terms): (NewInvoice, Option<EInvoiceTerms>),
    ) -> Result<CheckedInvoice, AppError> {
        let provider = self.sender(call, provider).await?;
        let transaction = self.store.begin_write(&call.scope).await?;
        Ok(match judged(&transaction, call, provider, (&new, terms.as_ref())).await?.outcome {
            Ok(lines) => CheckedInvoice {
                findings: Vec::new(),
                matched: lines.into_iter().map(|(matched, _)| matched).collect(),
            },
            Err(found) => CheckedInvoice { findings: found.iter().map(Fault::from).collect(), matched: Vec::new() },
        })
    }

    /// Gets an invoice with its lines and steps; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_invoice(&self, call: &Call<'_>, id: Uuid) -> Result<Invoice, AppError> {
        let provider = self.own_provider(call).await?;
        let transaction = self.store.begin_write(&call.scope).await?;
        let invoice = own(transaction.find_invoice(&call.scope, id).await?, provider)?;
        call.commit(transaction, told("get_invoice", None, id)).await?;
        Ok(invoice)
    }

    /// Lists invoices: as a provider or recipient, the own ones.
    ///
    /// # Errors
    /// The database.
    pub async fn list_invoices(
        &self,
        call: &Call<'_>,
        mut filter: InvoiceFilter,
        limit: u64,
    ) -> Result<Vec<InvoiceSummary>, AppError> {
        if let Some(own) = self.own_provider(call).await? {
            if filter.provider.is_some_and(|asked| asked != own) {
                return Ok(Vec::new());
            }
            filter.provider = Some(own);
        }
        Ok(self.store.list_invoices(&call.scope, filter, limit).await?)
    }

    /// Endorses an invoice.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it does not wait for that, [`AppError::Refused`]
    /// where the caller has a conflict of interest in one of its lines, or the database.
    pub async fn endorse_invoice(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<Invoice, AppError> {
        let (transaction, mut invoice) = self.invoice_for_change(call, of).await?;
        invoice.summary.checked_by = Some(call.scope.subject.clone());
        take_step(&transaction, call, &mut invoice, InvoiceStepKind::Checked, None).await?;
        call.commit(transaction, told("endorse_invoice", Some(EventType::InvoiceChecked), of.0)).await?;
        Ok(invoice)
    }

    /// Approves an invoice or claim: its sums enter the ledgers. A credit note is settled at once: what it takes back is set
    /// against the provider's next payment.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is not endorsed, [`AppError::Refused`] where
    /// the caller entered or endorsed it or has a conflict of interest in one of its lines, or the ledger refuses, or the database.
    pub async fn approve_invoice(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<Invoice, AppError> {
        let (transaction, mut invoice) = self.invoice_for_change(call, of).await?;
        let summary = &mut invoice.summary;
        summary.status.after(InvoiceStepKind::Approved).map_err(refused)?;
        let (approver, checked_by) = (&call.scope.subject, summary.checked_by.as_deref());
        invoices::check_approver(approver, &summary.entered_by, checked_by).map_err(refused)?;
        summary.approved_by = Some(approver.clone());
        summary.approved_on = Some(call.scope.today);
        let provider = summary.provider_id.filter(|_| summary.kind == InvoiceKind::CreditNote);
        let corrected = match (provider, invoice.content.corrects.as_deref()) {
            (Some(provider), Some(number)) => transaction.find_paid_invoice(&call.scope, provider, number).await?,
            _ => None,
        };
        let corrected = corrected.map(|(_, paid)| paid).unwrap_or_default();
        post(&transaction, call, summary.kind, &invoice.lines, &corrected).await?;
        if summary.kind == InvoiceKind::CreditNote {
            invoice.summary.paid_on = Some(call.scope.today);
            take_step(&transaction, call, &mut invoice, InvoiceStepKind::Approved, None).await?;
            take_step(&transaction, call, &mut invoice, InvoiceStepKind::Paid, None).await?;
        } else {
            take_step(&transaction, call, &mut invoice, InvoiceStepKind::Approved, None).await?;
        }
        call.commit(transaction, told("approve_invoice", Some(EventType::InvoiceApproved), of.0)).await?;
        Ok(invoice)
    }

    /// Sends an invoice back with reasons: its deliveries may be corrected and invoiced again.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is approved or gone, [`AppError::Refused`]
    /// where the caller has a conflict of interest in one of its lines, or the database.
    pub async fn return_invoice(&self, call: &Call<'_>, of: (Uuid, i64), reasons: String) -> Result<Invoice, AppError> {
        let event = EventType::InvoiceReturned;
        self.send_back(call, of, InvoiceStepKind::Returned, reasons, told("return_invoice", Some(event), of.0)).await
    }

    /// Refuses an invoice for good.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is approved or gone, [`AppError::Refused`]
    /// where the caller has a conflict of interest in one of its lines, or the database.
    pub async fn reject_invoice(&self, call: &Call<'_>, of: (Uuid, i64), reasons: String) -> Result<Invoice, AppError> {
        let event = EventType::InvoiceRejected;
        self.send_back(call, of, InvoiceStepKind::Rejected, reasons, told("reject_invoice", Some(event), of.0)).await
    }

    /// Corrects the account of a claim whose payment the bank refused: the next run pays to it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where no payment of it was refused or another payment has
    /// it, [`AppError::Refused`] where the caller endorsed or approved it, or the database.
    pub async fn correct_claim_account(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        account: &Iban,
    ) -> Result<Invoice, AppError> {
        let (transaction, mut claim) = self.invoice_for_change(call, of).await?;
        let (summary, last) = (&claim.summary, claim.steps.last().map(|step| step.kind));
        let (in_payment, corrector) = (summary.payment_id.is_some(), call.scope.subject.as_str());
        let decided = [summary.checked_by.as_deref(), summary.approved_by.as_deref()];
        invoices::check_account_correction(summary.kind, last, in_payment, corrector, decided).map_err(refused)?;
        claim.content.account = Some(account.reveal().to_owned());
        transaction.update_payee_account(&call.scope, &claim).await?;
        take_step(&transaction, call, &mut claim, InvoiceStepKind::AccountCorrected, None).await?;
        let event = Some(EventType::InvoiceAccountCorrected);
        call.commit(transaction, told("correct_claim_account", event, of.0)).await?;
        Ok(claim)
    }

    async fn send_back(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        kind: InvoiceStepKind,
        reasons: String,
        told: Told,
    ) -> Result<Invoice, AppError> {
        let (transaction, mut invoice) = self.invoice_for_change(call, of).await?;
        take_step(&transaction, call, &mut invoice, kind, Some(reasons)).await?;
        transaction.release_deliveries(&call.scope, of.0).await?;
        transaction.release_receipts(&call.scope, of.0).await?;
        if matches!(invoice.summary.kind, InvoiceKind::Reimbursement | InvoiceKind::TransportClaim) {
            release_claimed(&transaction, call, &invoice).await?;
        }
        call.commit(transaction, told).await?;
        Ok(invoice)
    }

    /// Takes an invoice that the caller may decide on: none with a line of a person in whose case the caller has a conflict of
    /// interest.
    async fn invoice_for_change(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
    ) -> Result<(WriteTransaction, Invoice), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let invoice = transaction.find_invoice(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if invoice.summary.version != version {
            return Err(AppError::Stale);
        }
        let persons = invoice.lines.iter().map(|line| line.person_id).collect();
        let blocked = transaction.persons_in_conflict(&call.scope, &persons).await?;
        let lines = invoice.lines.iter().enumerate().filter(|(_, line)| blocked.contains(&line.person_id));
        let refusals: Vec<_> = lines.map(|(index, _)| ConflictRefusal::Line(index)).collect();
        if !refusals.is_empty() {
            return Err(AppError::refused(&refusals));
        }
        Ok((transaction, invoice))
    }

    /// Whose invoice it is: the caller's own as a provider, or the one that the office names.
    async fn sender(&self, call: &Call<'_>, named: Option<Uuid>) -> Result<Uuid, AppError> {
        match (self.own_provider(call).await?, named) {
            (Some(own), None) => Ok(own),
            (Some(own), Some(named)) if own == named => Ok(own),
            (None, Some(named)) => Ok(named),
            _ => Err(AppError::NotFound),
        }
    }
}

/// An invoice that is there, and the caller's own where the caller is a provider.
fn own(invoice: Option<Invoice>, provider: Option<Uuid>) -> Result<Invoice, AppError> {
    let seen = |invoice: &Invoice| provider.is_none() || invoice.summary.provider_id == provider;
    invoice.filter(seen).ok_or(AppError::NotFound)
}

async fn judged(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    provider: Uuid,
    (new, terms): (&NewInvoice, Option<&EInvoiceTerms>),
) -> Result<Judged, AppError> {
    let provider = transaction.find_provider(provider).await?.ok_or(AppError::NotFound)?;
    if let Some(terms) = terms {
        terms.check_seller(&number_of(&provider.identity)).map_err(refused)?;
    }
    let named: BTreeSet<Uuid> = new.lines.iter().map(|line| line.order).collect();
    let found = transaction.find_orders(&call.scope, &named).await?;
    let own = found.into_iter().filter(|order| order.provider_id == Some(provider.id));
    let orders: BTreeMap<Uuid, OrderSummary> = own.map(|order| (order.id, order)).collect();
    let ids: BTreeSet<Uuid> = orders.keys().copied().collect();
    let listed: Vec<Uuid> = ids.iter().copied().collect();
    let (mut ledgers, mut delivered) = (Vec::new(), Vec::new());
    if !new.credit_note {
        // Rows are taken in one order everywhere: ledgers before deliveries.
        let budgets = orders.values().map(|order| order.budget_id).collect();
        ledgers = transaction.find_ledgers(&call.scope, &budgets).await?;
        delivered = transaction.list_delivered(&call.scope, &listed, new.period).await?;
    }
    let paid = match new.corrects.as_deref().filter(|_| new.credit_note) {
        Some(number) => transaction.find_paid_invoice(&call.scope, provider.id, number).await?,
        None => None,
    };
    let facts = InvoiceFacts {
        today: call.scope.today,
        account: provider.bank_account.as_ref(),
        orders: &ids,
        delivered: &delivered,
        paid: paid.as_ref().map(|(_, left)| left),
        with_vat: terms.map(|terms| &terms.with_vat),
    };
    let outcome = match invoices::check(new, &facts) {
        Ok(matched) => {
            let lines = lines_of(new, &orders, &matched)?;
            let fits = if new.credit_note { Ok(()) } else { fits(transaction, call, ledgers, &orders, &lines).await? };
            fits.map(|()| matched.into_iter().zip(lines).collect())
        }
        Err(found) => Err(found),
    };
    Ok(Judged { provider, corrects: paid.map(|(id, _)| id), outcome })
}

/// The number by which registers know a provider.
fn number_of(identity: &ProviderIdentity) -> String {
    match identity {
        ProviderIdentity::Legal { registration_number, .. } => registration_number.clone(),
        ProviderIdentity::Natural { personal_code, .. } => personal_code.reveal(),
    }
}

/// Whether the ledgers will take the lines of an invoice.
async fn fits(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    ledgers: Vec<Ledger>,
    orders: &BTreeMap<Uuid, OrderSummary>,
    lines: &[InvoiceLine],
) -> Result<Result<(), Vec<InvoiceFinding>>, AppError> {
    let closed = closed_sums(transaction, call, orders.values()).await?;
    let ledgers = ledgers.into_iter().map(|ledger| (ledger.budget_id, ledger.balance)).collect();
    let approved = lines.iter().map(|line| Ok((line.budget_id, approved(line)?)));
    let approved = approved.collect::<Result<Vec<_>, AppError>>()?;
    Ok(invoices::check_ledgers(&approved, ledgers, closed, call.scope.today))
}

fn signed(kind: InvoiceKind, amount: Money) -> Money {
    if kind == InvoiceKind::CreditNote { Money::exact(-amount.value()) } else { amount }
}

const fn kind_of(new: &NewInvoice) -> InvoiceKind {
    if new.credit_note { InvoiceKind::CreditNote } else { InvoiceKind::Invoice }
}

fn lines_of(
    new: &NewInvoice,
    orders: &BTreeMap<Uuid, OrderSummary>,
    matched: &[Matched],
) -> Result<Vec<InvoiceLine>, AppError> {
    let lines = (1_u32..).zip(&new.lines).zip(matched).map(|((number, line), matched)| {
        let order = orders.get(&line.order).ok_or(AppError::Broken)?;
        Ok(InvoiceLine {
            number,
            order_id: line.order,
            budget_id: order.budget_id,
            person_id: order.person_id,
            line: order.line,
            service: order.service.clone(),
            days: (line.from, line.to),
            volume: line.volume,
            unit_price: line.unit_price,
            amount: signed(kind_of(new), line.amount),
            delivered: matched.delivered,
        })
    });
    lines.collect()
}

fn content_of(provider: &Provider, new: &NewInvoice, xml: Option<String>) -> Result<InvoiceContent, AppError> {
    let submitted = new.lines.iter().map(|line| {
        Some(SubmittedLine {
            order: line.order,
            from: line.from,
            to: line.to,
            thousandths: line.volume.thousandths()?,
            unit_price: line.unit_price.cents()?,
            cents: line.amount.cents()?,
        })
    });
    Ok(InvoiceContent {
        payee: provider.identity.name(),
        account: provider.bank_account.as_ref().map(|account| account.reveal().to_owned()),
        corrects: new.corrects.clone(),
        submitted: submitted.collect::<Option<_>>().ok_or(AppError::Broken)?,
        note: new.note.clone(),
        xml,
        claim: None,
    })
}

fn stored(found: &[InvoiceFinding], explain: Explain) -> Vec<StoredFinding> {
    let finding = |finding: &InvoiceFinding| {
        let fault = Fault::from(finding);
        StoredFinding { detail: explain(&fault), pointer: fault.pointer, code: fault.code.to_owned() }
    };
    found.iter().map(finding).collect()
}

/// Stores a step and where the invoice stands after it.
pub(crate) async fn take_step(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    invoice: &mut Invoice,
    kind: InvoiceStepKind,
    words: Option<String>,
) -> Result<(), AppError> {
    invoice.summary.status = invoice.summary.status.after(kind).map_err(refused)?;
    // A credit note is paid in the moment in which it is approved: only the last status is stored.
    let settled = invoice.summary.kind == InvoiceKind::CreditNote && kind == InvoiceStepKind::Approved;
    if !settled {
        invoice.summary.version = transaction.update_invoice(&call.scope, &invoice.summary, call.at).await?;
    }
    let number = u32::try_from(invoice.steps.len()).unwrap_or(u32::MAX).saturating_add(1);
    let step = InvoiceStep { number, kind, words, recorded_by: call.scope.subject.clone(), at: call.at };
    transaction.insert_invoice_step(&call.scope, invoice.summary.id, &step, call.at).await?;
    invoice.steps.push(step);
    Ok(())
}

/// Makes the ledger's entries of approved lines, in the ledgers of all budgets that they touch.
async fn post(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    kind: InvoiceKind,
    lines: &[InvoiceLine],
    corrected: &BTreeMap<Uuid, PaidBefore>,
) -> Result<(), AppError> {
    let mut entries: BTreeMap<Uuid, Vec<NewEntry>> = BTreeMap::new();
    for line in lines {
        let mut approved = approved(line)?;
        if let Some(paid) = corrected.get(&line.order_id) {
            let unit_price = line.unit_price.cents().ok_or(AppError::Broken)?;
            approved.thousandths = paid.taken(unit_price, approved.thousandths);
        }
        entries.entry(line.budget_id).or_default().extend(entries_of(kind, &approved, call.scope.today));
    }
    post_entries(transaction, call, &entries).await
}

/// A line as the ledger needs it.
fn approved(line: &InvoiceLine) -> Result<ApprovedLine, AppError> {
    Ok(ApprovedLine {
        line: line.line,
        order: line.order_id,
        cents: line.amount.cents().ok_or(AppError::Broken)?.saturating_abs(),
        thousandths: line.volume.thousandths().ok_or(AppError::Broken)?,
        delivered: line.delivered,
    })
}

/// Adds entries to the ledgers of budgets, which it takes. What they deliver beyond what is committed is committed first.
pub(crate) async fn post_entries(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    entries: &BTreeMap<Uuid, Vec<NewEntry>>,
) -> Result<(), AppError> {
    let budgets: BTreeSet<Uuid> = entries.keys().copied().collect();
    let mut ledgers: Vec<Ledger> = transaction.find_ledgers(&call.scope, &budgets).await?;
    let delivering = entries.values().flatten().filter_map(NewEntry::delivers).collect();
    let delivering = transaction.find_orders(&call.scope, &delivering).await?;
    let mut closed = closed_sums(transaction, call, &delivering).await?;
    let new = |ledger: &Ledger| {
        let entries = entries.get(&ledger.budget_id).map(Vec::as_slice).unwrap_or_default();
        orders::recommitted(&ledger.balance, entries, &mut closed, call.scope.today)
    };
    let all: Vec<Vec<NewEntry>> = ledgers.iter().map(new).collect();
    let mut postings = Vec::with_capacity(ledgers.len());
    for (ledger, new) in ledgers.iter_mut().zip(&all) {
        ledger.balance.append(new).map_err(|refusal| refused(InvoiceRefusal::Ledger(refusal)))?;
        postings.push(Posting { ledger, entries: new });
    }
    if postings.len() != budgets.len() {
        return Err(AppError::Broken);
    }
    Ok(transaction.append_entries(&call.scope, &mut postings, call.at).await?)
}

/// Gives back what a claim kept of orders that were closed meanwhile.
async fn release_claimed(transaction: &WriteTransaction, call: &Call<'_>, claim: &Invoice) -> Result<(), AppError> {
    // A claim is of one plan, and so of one budget.
    let Some(budget) = claim.lines.first().map(|line| line.budget_id) else { return Ok(()) };
    let orders = claim.lines.iter().map(|line| line.order_id).collect();
    let orders = transaction.find_orders(&call.scope, &orders).await?;
    let mut ledger = transaction.find_ledger(&call.scope, budget).await?.ok_or(AppError::Broken)?;
    let sums = closed_sums(transaction, call, &orders).await?;
    release_rest(transaction, call, &mut ledger, sums).await
}

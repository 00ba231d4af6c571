//! Support plans: draft, correct, sign, revise, rest, end [domain 6].
//!
//! Rows are taken in one order everywhere: application, plan, budget, ledger.

use std::collections::BTreeMap;

use balsts_domain::{
    budgets::{BudgetStatus, Party},
    calculation::CalculationFacts,
    day,
    eligibility::EligibilityFacts,
    events::EventType,
    ledger::{EntryKind, NewEntry},
    money::{Money, Volume},
    parameters::{Parameters, catalogue::MethodologyId},
    plans::{
        PlanContent,
        amounts::{Amounts, Ceiling},
        check::{self, Committed, OfferFacts, PersonFacts, PlanContext},
        corrections::{self, Correction},
        findings::{Finding, Severity},
        status::{
            PlanDocument, PlanParty, PlanRefusal, PlanStatus, PlanStepKind, Revision, RevisionOutcome, RevisionReason,
            SigningMethod, SuspensionCause, TerminationReason,
        },
    },
    proposal::ProposalRefusal,
    text::Fault,
};
use balsts_store::{
    Budget, InsertError, Ledger, Plan, PlanFilter, PlanSignature, PlanStep, PlanSummary, PlanVersion, RecordedAnswer,
    StepWords, WriteTransaction,
};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A plan with what the rules say of its draft.
#[derive(Debug)]
pub struct CheckedPlan {
    /// The plan.
    pub plan: Plan,
    /// Methodology of the budget.
    pub methodology: MethodologyId,
    /// What it must fit.
    pub ceiling: Ceiling,
    /// Sums of the draft, or of the version in force where there is no draft.
    pub amounts: Amounts,
    /// What is found in the draft; empty where there is none.
    pub findings: Vec<Finding>,
}

/// A signature as it is recorded.
#[derive(Debug)]
pub struct NewPlanSignature {
    /// What is signed.
    pub document: PlanDocument,
    /// Who signs.
    pub party: PlanParty,
    /// Its day.
    pub signed_on: NaiveDate,
    /// How.
    pub method: SigningMethod,
    /// Name of the recipient who signs; officials sign as the caller.
    pub signer: Option<String>,
    /// SHA-256 of the file that was signed; that of the content where left out.
    pub document_hash: Option<Vec<u8>>,
}

/// A revision as it is opened.
#[derive(Debug)]
pub struct NewPlanRevision {
    /// Reason.
    pub reason: RevisionReason,
    /// What it does.
    pub outcome: RevisionOutcome,
    /// Whether an equal service can take the place of one that is left out.
    pub equal_substitute: bool,
    /// In words.
    pub words: String,
}

/// A suspension as it is recorded.
#[derive(Debug)]
pub struct NewSuspension {
    /// Why.
    pub cause: SuspensionCause,
    /// First day.
    pub from: NaiveDate,
    /// The day until which it is expected to last.
    pub until: Option<NaiveDate>,
    /// In words.
    pub words: String,
}

/// A termination as it is signed.
#[derive(Debug)]
pub struct NewTermination {
    /// Why.
    pub reason: TerminationReason,
    /// The last day.
    pub on: NaiveDate,
    /// In words.
    pub words: String,
    /// Who prepared the decision.
    pub prepared_by: String,
    /// The talk that came before, with its day and outcome, where the contract was not kept.
    pub talk: Option<String>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "plan", id, event }
}

fn refused(refusal: PlanRefusal) -> AppError {
    if refusal.is_conflict() { AppError::conflict(&refusal) } else { AppError::refused(&[refusal]) }
}

/// Everything of a budget that a plan is checked against.
pub(crate) struct Basis {
    pub(crate) budget: Budget,
    person: PersonFacts,
    pub(crate) ceiling: Ceiling,
}

impl Basis {
    fn new(budget: Budget, decided: Option<&EligibilityFacts>) -> Self {
        let mut person = PersonFacts {
            birth_date: decided.and_then(|facts| facts.birth_date),
            impairments: decided.and_then(|facts| facts.impairment_types.clone()).unwrap_or_default(),
            ..PersonFacts::default()
        };
        if let CalculationFacts::Child(facts) = &budget.calculated.facts {
            person.birth_date = Some(facts.birth_date);
            person.autism_spectrum = facts.autism_spectrum;
            person.transport_allowance = facts.transport_allowance;
        }
        let ceiling = Ceiling::from(&budget.calculated.result);
        Self { budget, person, ceiling }
    }

    /// What the rules say of a plan; a correction of it, where one is asked for.
    fn check<T>(&self, against: &Against<'_>, rules: impl FnOnce(&PlanContext<'_>) -> T) -> T {
        let committed = committed(against.ledger);
        rules(&PlanContext {
            parameters: against.parameters,
            methodology: self.budget.summary.methodology,
            person: &self.person,
            ceiling: &self.ceiling,
            offers: &against.offers,
            committed: &committed,
            signed: against.signed,
        })
    }
}

/// What a plan is checked against beside its budget.
struct Against<'a> {
    parameters: &'a Parameters,
    offers: BTreeMap<Uuid, OfferFacts>,
    ledger: Option<&'a Ledger>,
    signed: Option<&'a PlanContent>,
}

/// A plan that fits, proposed for a draft.
#[derive(Debug)]
pub struct PlanCorrection {
    /// What is proposed.
    pub correction: Correction,
    /// What it must fit.
    pub ceiling: Ceiling,
    /// What is found in it still: what no smaller volume mends.
    pub findings: Vec<Finding>,
}

fn committed(ledger: Option<&Ledger>) -> BTreeMap<u32, Committed> {
    let lines = ledger.into_iter().flat_map(|ledger| &ledger.balance.lines);
    let ordered = lines.filter(|(_, line)| line.committed > 0 || line.committed_volume > 0);
    ordered.map(|(line, of)| (*line, Committed { volume: Volume::from_thousandths(of.committed_volume) })).collect()
}

impl App {
    /// Drafts the plan of a budget. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the budget is closed or has a plan, [`AppError::KeyReused`], or the
    /// database.
    pub async fn create_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        budget: Uuid,
        content: PlanContent,
        answer: impl FnOnce(&CheckedPlan) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let basis = basis(&transaction, call, budget).await?;
        if basis.budget.summary.status == BudgetStatus::Closed {
            return Err(AppError::Conflict { code: "budget_closed" });
        }
        let summary = PlanSummary {
            id: (call.new_id)(),
            budget_id: budget,
            application_id: basis.budget.summary.application_id,
            person_id: basis.budget.summary.person_id,
            status: PlanStatus::Draft,
            current: 0,
            has_draft: true,
            agreed: Money::ZERO,
            version: 1,
        };
        match transaction.insert_plan(&call.scope, &summary, &content, call.at).await {
            Ok(()) => {}
            Err(InsertError::Exists) => return Err(AppError::Conflict { code: "plan_exists" }),
            Err(InsertError::Store(error)) => return Err(error.into()),
        }
        let told = told("create_plan", Some(EventType::PlanDrafted), summary.id);
        let plan = Plan {
            summary,
            draft: Some(content),
            revision: None,
            current: None,
            signatures: Vec::new(),
            steps: Vec::new(),
        };
        let checked = checked(&transaction, call, parameters, plan, basis, None).await?;
        Ok(call.commit_once(transaction, told, answer(&checked), Some(checked.plan.summary.person_id)).await?)
    }

    /// Replaces the draft. Signatures under the draft before are gone.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where there is no draft, or the database.
    pub async fn update_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, i64),
        content: PlanContent,
    ) -> Result<CheckedPlan, AppError> {
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        plan.summary.status.expect(&[PlanStatus::Draft, PlanStatus::InForce]).map_err(refused)?;
        if plan.draft.is_none() {
            return Err(refused(PlanRefusal::NoDraft));
        }
        let (draft, revision) = (Some(&content), plan.revision.as_ref());
        plan.summary.version = transaction.replace_draft(&call.scope, &plan.summary, draft, revision, call.at).await?;
        plan.signatures.retain(|signature| signature.number <= plan.summary.current);
        plan.draft = Some(content);
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        call.commit(transaction, told("update_plan", Some(EventType::PlanDrafted), id)).await?;
        Ok(checked)
    }

    /// Gets a plan with what the rules say of its draft; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_plan(&self, call: &Call<'_>, parameters: &Parameters, id: Uuid) -> Result<CheckedPlan, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = transaction.find_plan(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        call.commit(transaction, told("get_plan", None, id)).await?;
        Ok(checked)
    }

    /// Gets a signed version of a plan; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_plan_version(
        &self,
        call: &Call<'_>,
        id: Uuid,
        number: u32,
    ) -> Result<(PlanSummary, PlanVersion), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = transaction.find_plan(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let version = transaction.find_plan_version(&call.scope, id, number).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_plan_version", None, id)).await?;
        Ok((plan.summary, version))
    }

    /// Lists plans without personal data.
    ///
    /// # Errors
    /// The database.
    pub async fn list_plans(
        &self,
        call: &Call<'_>,
        filter: PlanFilter,
        limit: u64,
    ) -> Result<Vec<PlanSummary>, AppError> {
        Ok(self.store.list_plans(&call.scope, filter, limit).await?)
    }

    /// Proposes a correction of the draft that fits and loses the least weighted priority. Nothing is changed; the read is
    /// audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where there is no draft, [`AppError::Refused`] where what is committed fits
    /// no more, or the database.
    pub async fn propose_plan_correction(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        id: Uuid,
    ) -> Result<PlanCorrection, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = transaction.find_plan(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let draft = plan.draft.as_ref().ok_or_else(|| refused(PlanRefusal::NoDraft))?;
        let basis = basis(&transaction, call, plan.summary.budget_id).await?;
        let ledger = transaction.find_ledger(&call.scope, plan.summary.budget_id).await?;
        let offers = offers_of(&transaction, call, parameters, draft).await?;
        call.commit(transaction, told("propose_plan_correction", None, id)).await?;
        let signed = plan.current.as_ref().map(|current| &current.content);
        let against = Against { parameters, offers, ledger: ledger.as_ref(), signed };
        // Positions of the rule's input are not those of the plan: the sentence tells the lines.
        let under_lines = |refusal: ProposalRefusal| {
            AppError::Refused(vec![Fault { pointer: "/lines".to_owned(), ..Fault::from(&refusal) }])
        };
        let correction = basis.check(&against, |context| corrections::correct(draft, context)).map_err(under_lines)?;
        let findings = basis.check(&against, |context| check::findings(&correction.content, context));
        Ok(PlanCorrection { correction, ceiling: basis.ceiling, findings })
    }

    /// Records a signature under the draft, or under the contract of the version in force. When worker and recipient have
    /// both signed a draft, it becomes the version in force: its sum is agreed, and its lines stand in the ledger.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where there is nothing to sign or the party has
    /// signed, [`AppError::Refused`] with everything that is wrong with the draft, or the database.
    pub async fn sign_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        today: NaiveDate,
        (id, version): (Uuid, i64),
        new: NewPlanSignature,
    ) -> Result<CheckedPlan, AppError> {
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        plan.summary.status.expect(&[PlanStatus::Draft, PlanStatus::InForce]).map_err(refused)?;
        let basis = basis(&transaction, call, plan.summary.budget_id).await?;
        let mut ledger = transaction.find_ledger(&call.scope, plan.summary.budget_id).await?;
        let document = new.document;
        let (number, hash) = match document {
            PlanDocument::Plan => {
                let draft = plan.draft.as_ref().ok_or_else(|| refused(PlanRefusal::NoDraft))?;
                expect_calculation_signed(&basis.budget)?;
                expect_fit(&transaction, call, parameters, &plan, draft, &basis, ledger.as_ref()).await?;
                (plan.summary.current.saturating_add(1), draft.hash().to_vec())
            }
            PlanDocument::Contract => {
                let current = plan.current.as_ref().ok_or_else(|| refused(PlanRefusal::NoDraft))?;
                (current.number, current.content_hash.clone())
            }
        };
        let signature = signed(new, call, today, &plan, number, hash, basis.budget.calculated.result.date)?;
        plan.summary.version =
            transaction.insert_plan_signature(&call.scope, &plan.summary, &signature, call.at).await?;
        plan.signatures.push(signature);
        let complete = |party: &PlanParty| {
            plan.signatures
                .iter()
                .any(|known| known.number == number && known.document == PlanDocument::Plan && known.party == *party)
        };
        if document == PlanDocument::Plan && PlanDocument::Plan.parties().iter().all(complete) {
            put_in_force(&transaction, call, &mut plan, &basis, number).await?;
            ledger = transaction.find_ledger(&call.scope, plan.summary.budget_id).await?;
            call.tell(&transaction, &call.scope, EventType::PlanAgreed, id).await?;
        }
        let checked = checked(&transaction, call, parameters, plan, basis, ledger.as_ref()).await?;
        call.commit(transaction, told("sign_plan", Some(EventType::PlanSigned), id)).await?;
        Ok(checked)
    }

    /// Opens a revision of the version in force: a draft that begins with its content.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where the plan is not in force or a revision is open,
    /// [`AppError::Refused`] where the reason forces a new assessment, or the database.
    pub async fn revise_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        today: NaiveDate,
        (id, version): (Uuid, i64),
        new: NewPlanRevision,
    ) -> Result<CheckedPlan, AppError> {
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        plan.summary.status.expect(&[PlanStatus::InForce]).map_err(refused)?;
        if plan.draft.is_some() {
            return Err(refused(PlanRefusal::RevisionOpen));
        }
        let NewPlanRevision { reason, outcome, equal_substitute, words } = new;
        reason.expect_outcome(outcome, equal_substitute).map_err(refused)?;
        let revision = Revision { reason, outcome, equal_substitute, words, opened_on: today };
        let draft = plan.current.as_ref().map(|current| current.content.clone());
        let replaced = (draft.as_ref(), Some(&revision));
        plan.summary.version =
            transaction.replace_draft(&call.scope, &plan.summary, replaced.0, replaced.1, call.at).await?;
        (plan.draft, plan.revision) = (draft, Some(revision));
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        call.commit(transaction, told("revise_plan", Some(EventType::PlanRevisionOpened), id)).await?;
        Ok(checked)
    }

    /// Gives a revision up: the version in force stays as it is.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where no revision is open, or the database.
    pub async fn discard_plan_revision(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, i64),
    ) -> Result<CheckedPlan, AppError> {
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        if plan.revision.is_none() {
            return Err(refused(PlanRefusal::NoDraft));
        }
        plan.summary.version = transaction.replace_draft(&call.scope, &plan.summary, None, None, call.at).await?;
        (plan.draft, plan.revision) = (None, None);
        plan.signatures.retain(|signature| signature.number <= plan.summary.current);
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        call.commit(transaction, told("discard_plan_revision", Some(EventType::PlanRevisionDiscarded), id)).await?;
        Ok(checked)
    }

    /// Lets a plan rest: nothing new is ordered; commitments stay.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is not in force, [`AppError::Refused`] where
    /// a day does not fit, or the database.
    pub async fn suspend_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, i64),
        new: NewSuspension,
    ) -> Result<CheckedPlan, AppError> {
        let NewSuspension { cause, from, until, words } = new;
        let step = NewStep {
            kind: PlanStepKind::Suspension,
            code: cause.as_str(),
            on: from,
            until,
            words: StepWords { text: words, ..StepWords::default() },
        };
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        plan.summary.status.expect(&[PlanStatus::InForce]).map_err(refused)?;
        if let Some((first, last)) = period(&plan) {
            expect_within("/from", first, last, from)?;
            if let Some(until) = until {
                expect_within("/until", from, last, until)?;
            }
        }
        take_step(&transaction, call, &mut plan, step, PlanStatus::Suspended).await?;
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        call.commit(transaction, told("suspend_plan", Some(EventType::PlanSuspended), id)).await?;
        Ok(checked)
    }

    /// Lets a plan go on. Its period is not longer for the rest [domain 6.6].
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it does not rest, [`AppError::Refused`] where
    /// the day does not fit, or the database.
    pub async fn resume_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, i64),
        on: NaiveDate,
        words: String,
    ) -> Result<CheckedPlan, AppError> {
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        plan.summary.status.expect(&[PlanStatus::Suspended]).map_err(refused)?;
        let since = plan.steps.last().map_or(NaiveDate::MIN, |step| step.on);
        if let Some((_, last)) = period(&plan) {
            expect_within("/on", since, last, on)?;
        }
        let words = StepWords { text: words, ..StepWords::default() };
        let step = NewStep { kind: PlanStepKind::Resumption, code: "resumed", on, until: None, words };
        take_step(&transaction, call, &mut plan, step, PlanStatus::InForce).await?;
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        call.commit(transaction, told("resume_plan", Some(EventType::PlanResumed), id)).await?;
        Ok(checked)
    }

    /// Signs the decision that ends a plan before its period does, and closes the budget: orders are closed, what was not
    /// delivered is released.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is not signed or has ended,
    /// [`AppError::Refused`] where the day does not fit or the talk is missing, or the database.
    pub async fn terminate_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        today: NaiveDate,
        (id, version): (Uuid, i64),
        new: NewTermination,
    ) -> Result<CheckedPlan, AppError> {
        let NewTermination { reason, on, words, prepared_by, talk } = new;
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        plan.summary.status.expect(&[PlanStatus::InForce, PlanStatus::Suspended]).map_err(refused)?;
        if let Some((first, last)) = period(&plan) {
            expect_within("/on", first, last.min(today), on)?;
        }
        if reason == TerminationReason::ContractNotKept && talk.as_ref().is_none_or(|talk| talk.trim().is_empty()) {
            return Err(refused(PlanRefusal::TalkRequired));
        }
        let words = StepWords { text: words, prepared_by: Some(prepared_by), talk };
        let step = NewStep { kind: PlanStepKind::Termination, code: reason.as_str(), on, until: None, words };
        end_plan(&transaction, call, &mut plan, step).await?;
        let budget = transaction.find_budget(&call.scope, plan.summary.budget_id).await?.ok_or(AppError::NotFound)?;
        if budget.summary.status != BudgetStatus::Closed {
            transaction.update_budget_status(&call.scope, &budget.summary, BudgetStatus::Closed, call.at).await?;
            call.tell(&transaction, &call.scope, EventType::BudgetClosed, budget.summary.id).await?;
        }
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        call.commit(transaction, told("terminate_plan", Some(EventType::PlanTerminated), id)).await?;
        Ok(checked)
    }

    async fn plan_for_change(
        &self,
        call: &Call<'_>,
        id: Uuid,
        version: i64,
    ) -> Result<(WriteTransaction, Plan), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = transaction.find_plan(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if plan.summary.version != version {
            return Err(AppError::Stale);
        }
        Ok((transaction, plan))
    }

    pub(crate) async fn checked_now(
        &self,
        transaction: &WriteTransaction,
        call: &Call<'_>,
        parameters: &Parameters,
        plan: Plan,
    ) -> Result<CheckedPlan, AppError> {
        let basis = basis(transaction, call, plan.summary.budget_id).await?;
        let ledger = transaction.find_ledger(&call.scope, plan.summary.budget_id).await?;
        checked(transaction, call, parameters, plan, basis, ledger.as_ref()).await
    }
}

/// A step as it is to be stored.
pub(crate) struct NewStep {
    pub(crate) kind: PlanStepKind,
    pub(crate) code: &'static str,
    pub(crate) on: NaiveDate,
    pub(crate) until: Option<NaiveDate>,
    pub(crate) words: StepWords,
}

async fn take_step(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    plan: &mut Plan,
    new: NewStep,
    status: PlanStatus,
) -> Result<(), AppError> {
    let NewStep { kind, code, on, until, words } = new;
    let number = u32::try_from(plan.steps.len()).unwrap_or(u32::MAX).saturating_add(1);
    let recorded_by = call.scope.subject.clone();
    let step = PlanStep { number, kind, code: code.to_owned(), on, until, words, recorded_by };
    plan.summary.version = transaction.insert_plan_step(&call.scope, &plan.summary, &step, status, call.at).await?;
    plan.summary.status = status;
    plan.steps.push(step);
    Ok(())
}

/// Ends a plan: its orders are closed, and what was not delivered of them is released.
pub(crate) async fn end_plan(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    plan: &mut Plan,
    step: NewStep,
) -> Result<(), AppError> {
    take_step(transaction, call, plan, step, PlanStatus::Terminated).await?;
    if plan.draft.is_some() {
        plan.summary.version = transaction.replace_draft(&call.scope, &plan.summary, None, None, call.at).await?;
        (plan.draft, plan.revision) = (None, None);
        plan.signatures.retain(|signature| signature.number <= plan.summary.current);
    }
    let Some(mut ledger) = transaction.find_ledger(&call.scope, plan.summary.budget_id).await? else { return Ok(()) };
    let sums = transaction.order_sums(&call.scope, plan.summary.budget_id, None).await?;
    let entries: Vec<NewEntry> = sums.iter().filter_map(|sums| sums.release(call.scope.today)).collect();
    append(transaction, call, &mut ledger, &entries).await?;
    transaction.close_orders_of(&call.scope, plan.summary.id, call.at).await?;
    Ok(())
}

/// Adds entries to a ledger, where its rules allow it.
pub(crate) async fn append(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    ledger: &mut Ledger,
    entries: &[NewEntry],
) -> Result<(), AppError> {
    ledger.balance.append(entries).map_err(|refusal| AppError::refused(&[refusal]))?;
    Ok(transaction.append_entries(&call.scope, ledger, entries, call.at).await?)
}

fn period(plan: &Plan) -> Option<(NaiveDate, NaiveDate)> {
    plan.current.as_ref().map(|current| (current.content.from, current.content.to))
}

fn expect_within(pointer: &'static str, first: NaiveDate, last: NaiveDate, day: NaiveDate) -> Result<(), AppError> {
    match day::check_between(pointer, first, last, day) {
        Some(refusal) => Err(refused(PlanRefusal::Day(refusal))),
        None => Ok(()),
    }
}

fn expect_calculation_signed(budget: &Budget) -> Result<(), AppError> {
    let signed = |party: &Party| budget.signatures.iter().any(|signature| signature.party == *party);
    if Party::ALL.iter().all(signed) { Ok(()) } else { Err(refused(PlanRefusal::CalculationNotSigned)) }
}

/// Everything that is wrong with a draft, as the faults of a request.
async fn expect_fit(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    plan: &Plan,
    draft: &PlanContent,
    basis: &Basis,
    ledger: Option<&Ledger>,
) -> Result<(), AppError> {
    let offers = offers_of(transaction, call, parameters, draft).await?;
    let signed = plan.current.as_ref().map(|current| &current.content);
    let against = Against { parameters, offers, ledger, signed };
    let findings = basis.check(&against, |context| check::findings(draft, context));
    let errors: Vec<Fault> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).map(Fault::from).collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::Refused(errors)) }
}

fn signed(
    new: NewPlanSignature,
    call: &Call<'_>,
    today: NaiveDate,
    plan: &Plan,
    number: u32,
    content_hash: Vec<u8>,
    earliest: NaiveDate,
) -> Result<PlanSignature, AppError> {
    let NewPlanSignature { document, party, signed_on, method, signer, document_hash } = new;
    if !document.parties().contains(&party) {
        return Err(refused(PlanRefusal::OtherParty));
    }
    let known = |known: &PlanSignature| known.number == number && known.document == document && known.party == party;
    if plan.signatures.iter().any(known) {
        return Err(refused(PlanRefusal::Signed));
    }
    if let Some(refusal) = day::check("/signed_on", earliest, today, signed_on) {
        return Err(refused(PlanRefusal::Day(refusal)));
    }
    let signer = match party {
        PlanParty::Recipient => signer.filter(|signer| !signer.trim().is_empty()),
        PlanParty::Worker | PlanParty::OfficeHead => Some(call.scope.subject.clone()),
    };
    Ok(PlanSignature {
        number,
        document,
        party,
        signed_on,
        method,
        document_hash: document_hash.unwrap_or(content_hash),
        signer: signer.ok_or_else(|| refused(PlanRefusal::SignerRequired))?,
        recorded_by: call.scope.subject.clone(),
    })
}

/// Makes the draft the version in force: the budget is agreed, and the ledger has its lines.
async fn put_in_force(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    plan: &mut Plan,
    basis: &Basis,
    number: u32,
) -> Result<(), AppError> {
    let Some(content) = plan.draft.take() else { return Err(refused(PlanRefusal::NoDraft)) };
    let amounts = Amounts::of(&content, &basis.ceiling);
    let of_version = |known: &&PlanSignature| known.number == number && known.document == PlanDocument::Plan;
    let signed_on = plan.signatures.iter().filter(of_version).map(|known| known.signed_on).max();
    let version = PlanVersion {
        number,
        content_hash: content.hash().to_vec(),
        content,
        revision: plan.revision.take(),
        ceiling: basis.ceiling.indicative,
        agreed: amounts.agreed,
        payable: amounts.payable,
        signed_on: signed_on.unwrap_or(call.scope.today),
    };
    plan.summary.version = transaction.insert_plan_version(&call.scope, &plan.summary, &version, call.at).await?;
    plan.summary.current = number;
    plan.summary.status = PlanStatus::InForce;
    plan.summary.agreed = amounts.agreed;
    plan.summary.has_draft = false;
    let budget = &basis.budget.summary;
    if budget.status == BudgetStatus::Indicative {
        transaction.update_budget_status(&call.scope, budget, BudgetStatus::Agreed, call.at).await?;
    }
    let ceiling = basis.ceiling.indicative.cents().ok_or(AppError::NotFound)?;
    transaction.open_ledger(&call.scope, budget.id, ceiling).await?;
    let mut ledger = transaction.find_ledger(&call.scope, budget.id).await?.ok_or(AppError::NotFound)?;
    ledger.balance.ceiling = ceiling;
    let entries = planned_entries(&mut ledger, &version.content, &basis.ceiling, version.signed_on);
    append(transaction, call, &mut ledger, &entries).await?;
    plan.current = Some(version);
    Ok(())
}

/// What a version adds to each line of the ledger, or takes from it.
fn planned_entries(ledger: &mut Ledger, content: &PlanContent, ceiling: &Ceiling, on: NaiveDate) -> Vec<NewEntry> {
    let mut target: BTreeMap<u32, (i64, i64)> = ledger.balance.lines.keys().map(|line| (*line, (0, 0))).collect();
    for line in &content.lines {
        let cents = line.amount().cents().unwrap_or(i64::MAX);
        target.insert(line.number, (cents, line.volume.thousandths().unwrap_or(i64::MAX)));
        let of_line = ledger.balance.lines.entry(line.number).or_default();
        of_line.counted = ceiling.counts(line);
    }
    let moved = |(line, (cents, thousandths)): (u32, (i64, i64))| {
        let before = ledger.balance.lines.get(&line).copied().unwrap_or_default();
        let (cents, thousandths) =
            (cents.saturating_sub(before.planned), thousandths.saturating_sub(before.planned_volume));
        let entry = NewEntry { line, kind: EntryKind::Planned, cents, thousandths, on, order: None, reverses: None };
        (cents != 0 || thousandths != 0).then_some(entry)
    };
    target.into_iter().filter_map(moved).collect()
}

async fn basis(transaction: &WriteTransaction, call: &Call<'_>, budget: Uuid) -> Result<Basis, AppError> {
    let budget = transaction.find_budget(&call.scope, budget).await?.ok_or(AppError::NotFound)?;
    let application = transaction.find_application(&call.scope, budget.summary.application_id).await?;
    let decided = application.and_then(|application| application.decision).map(|decision| decision.facts);
    Ok(Basis::new(budget, decided.as_ref()))
}

async fn checked(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    plan: Plan,
    basis: Basis,
    ledger: Option<&Ledger>,
) -> Result<CheckedPlan, AppError> {
    let signed = plan.current.as_ref().map(|current| &current.content);
    let findings = match &plan.draft {
        Some(draft) => {
            let offers = offers_of(transaction, call, parameters, draft).await?;
            let against = Against { parameters, offers, ledger, signed };
            basis.check(&against, |context| check::findings(draft, context))
        }
        None => Vec::new(),
    };
    let amounts = match plan.draft.as_ref().or(signed) {
        Some(content) => Amounts::of(content, &basis.ceiling),
        None => Amounts::of(&empty(call.scope.today), &basis.ceiling),
    };
    Ok(CheckedPlan { methodology: basis.budget.summary.methodology, ceiling: basis.ceiling, amounts, findings, plan })
}

fn empty(day: NaiveDate) -> PlanContent {
    PlanContent { from: day, to: day, goals: Vec::new(), lines: Vec::new(), notes: None }
}

/// The offers that the lines of a plan name, as they hold on its first day.
pub(crate) async fn offers_of(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    content: &PlanContent,
) -> Result<BTreeMap<Uuid, OfferFacts>, AppError> {
    let ids: Vec<Uuid> = content.lines.iter().filter_map(|line| line.offer).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let office = call.scope.municipality;
    let found = transaction.find_offers(&ids).await?;
    let facts = |offer: balsts_store::Offer| {
        let offered = offer.offered;
        let day = content.from.max(offered.validity.from);
        let facts = OfferFacts {
            bounds: offered.bounds(&parameters.tariffs, day),
            qualified: offered.is_accepted_on(day, office),
            price_kind: offered.terms.kind,
            valid_from: offered.validity.from,
            valid_to: offered.validity.to,
            service: offered.service,
        };
        (offer.id, facts)
    };
    Ok(found.into_iter().map(facts).collect())
}

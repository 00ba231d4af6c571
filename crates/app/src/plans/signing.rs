//! Signing a draft, or the contract of the version in force: with the second signature a draft is in force.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    budgets::{BudgetStatus, Party},
    day,
    events::EventType,
    ledger::{EntryKind, NewEntry},
    parameters::Parameters,
    pilot::budget::PilotNeed,
    plans::{
        PlanContent,
        amounts::{Amounts, Ceiling},
        findings::Severity,
        status::{PlanDocument, PlanParty, PlanRefusal, PlanStatus, Revision, RevisionOutcome, SigningMethod},
    },
    text::Fault,
};
use balsts_store::{Budget, Ledger, Plan, PlanSignature, PlanVersion, WriteTransaction};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Against, Basis, CheckedPlan, append, basis, checked, refused, told};
use crate::{App, AppError, Call};

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

impl App {
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
                expect_assessed(&transaction, call, &plan).await?;
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
}

fn expect_calculation_signed(budget: &Budget) -> Result<(), AppError> {
    let signed = |party: &Party| budget.signatures.iter().any(|signature| signature.party == *party);
    if Party::ALL.iter().all(signed) { Ok(()) } else { Err(refused(PlanRefusal::CalculationNotSigned)) }
}

/// A revision that assesses anew is signed after that assessment is complete [domain 6.4].
async fn expect_assessed(transaction: &WriteTransaction, call: &Call<'_>, plan: &Plan) -> Result<(), AppError> {
    let reassess = plan.revision.as_ref().filter(|revision| revision.outcome == RevisionOutcome::Reassess);
    let Some(Revision { assessments, .. }) = reassess else { return Ok(()) };
    let application = plan.summary.application_id;
    if transaction.count_completed_assessments(&call.scope, application).await? > *assessments {
        Ok(())
    } else {
        Err(refused(PlanRefusal::AssessmentRequired))
    }
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
    let against = Against::stored(transaction, call, parameters, (plan, draft), ledger).await?;
    let findings = basis.findings(&against, draft);
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
    } else if basis.budget.pilot.is_some() {
        transaction.touch_budget(&call.scope, budget, call.at).await?;
    }
    if basis.budget.pilot.is_some() {
        transaction.update_need(&call.scope, budget.id, PilotNeed::of(&version.content)).await?;
    }
    let ceiling = basis.ceiling.indicative.cents().ok_or(AppError::NotFound)?;
    let before =
        transaction.find_ledger(&call.scope, budget.id).await?.map_or(ceiling, |ledger| ledger.balance.ceiling);
    // A lower ceiling holds when the lines of the version before are gone.
    transaction.open_ledger(&call.scope, budget.id, ceiling.max(before)).await?;
    let mut ledger = transaction.find_ledger(&call.scope, budget.id).await?.ok_or(AppError::NotFound)?;
    ledger.balance.ceiling = ceiling;
    let entries = planned_entries(&mut ledger, &version.content, &basis.ceiling, version.signed_on);
    append(transaction, call, &mut ledger, &entries).await?;
    if ceiling < before {
        transaction.open_ledger(&call.scope, budget.id, ceiling).await?;
    }
    plan.current = Some(version);
    Ok(())
}

/// What a version adds to each line of the ledger, or takes from it.
fn planned_entries(ledger: &mut Ledger, content: &PlanContent, ceiling: &Ceiling, on: NaiveDate) -> Vec<NewEntry> {
    let mut target: BTreeMap<u32, (i64, i64)> = ledger.balance.lines.keys().map(|line| (*line, (0, 0))).collect();
    let mut recounted = BTreeSet::new();
    for line in &content.lines {
        let cents = line.amount().cents().unwrap_or(i64::MAX);
        target.insert(line.number, (cents, line.volume.thousandths().unwrap_or(i64::MAX)));
        let of_line = ledger.balance.lines.entry(line.number).or_default();
        let counted = ceiling.counts(line);
        if of_line.counted != counted {
            of_line.counted = counted;
            recounted.insert(line.number);
        }
    }
    let moved = |(line, (cents, thousandths)): (u32, (i64, i64))| {
        let before = ledger.balance.lines.get(&line).copied().unwrap_or_default();
        let (cents, thousandths) =
            (cents.saturating_sub(before.planned), thousandths.saturating_sub(before.planned_volume));
        let entry = NewEntry { line, kind: EntryKind::Planned, cents, thousandths, on, order: None, reverses: None };
        // An entry of nothing stores that the line counts otherwise.
        (cents != 0 || thousandths != 0 || recounted.contains(&line)).then_some(entry)
    };
    target.into_iter().filter_map(moved).collect()
}

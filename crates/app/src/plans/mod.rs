//! Support plans: draft, correct, sign, revise, rest, end [domain 6].
//!
//! Rows are taken in one order everywhere: application, plan, period, budget, order, ledger.

mod signing;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    access::{MunicipalityCode, Role, Scope},
    budgets::{BudgetStatus, Register},
    calculation::CalculationFacts,
    deliveries::rest_on,
    eligibility::EligibilityFacts,
    events::EventType,
    ledger::{LineBalance, NewEntry},
    money::{Money, Volume},
    parameters::{Parameters, catalogue::MethodologyId, tariffs::Parties},
    pilot::{budget::PilotAmounts, periods},
    plans::{
        PlanContent,
        amounts::{Amounts, Ceiling},
        check::{self, Before, Committed, OfferFacts, PersonFacts, PlanContext},
        corrections::{self, Correction},
        findings::Finding,
        ranking,
        status::{PlanParty, PlanRefusal, PlanStatus, Revision, RevisionOutcome, RevisionReason},
    },
    proposal::ProposalRefusal,
    text::Fault,
};
use balsts_store::{
    Budget, InsertError, Ledger, Plan, PlanFilter, PlanSignature, PlanSummary, PlanVersion, Posting, RecordedAnswer,
    WriteTransaction,
};
use chrono::NaiveDate;
use uuid::Uuid;

pub use signing::NewPlanSignature;
pub(crate) use steps::{NewStep, end_plan};
pub use steps::{NewSuspension, NewTermination};

use crate::{App, AppError, Begun, Call, Told, deliveries::rests};

/// A plan with what the rules say of its draft.
#[derive(Debug)]
pub struct CheckedPlan {
    /// The plan.
    pub plan: Plan,
    /// Methodology of the budget.
    pub methodology: MethodologyId,
    /// What it must fit.
    pub ceiling: Ceiling,
    /// The amounts of the budget in the pilot.
    pub pilot: Option<PilotAmounts>,
    /// Sums of the draft, or of the version in force where there is no draft.
    pub amounts: Amounts,
    /// What is found in the draft; empty where there is none.
    pub findings: Vec<Finding>,
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

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "plan", id, event }
}

fn refused(refusal: PlanRefusal) -> AppError {
    if refusal.is_conflict() { AppError::conflict(&refusal) } else { AppError::refused(&[refusal]) }
}

/// Checks that a plan does not rest today, and stands where something may be done.
fn expect_active(plan: &Plan, call: &Call<'_>, allowed: &[PlanStatus]) -> Result<(), AppError> {
    let rests = rest_on(&rests(plan), call.scope.today).is_some();
    plan.summary.status.expect_active(allowed, rests).map_err(refused)
}

/// Everything of a budget that a plan is checked against.
pub(crate) struct Basis {
    pub(crate) budget: Budget,
    municipality: MunicipalityCode,
    person: PersonFacts,
    granted_on: Option<NaiveDate>,
    pub(crate) ceiling: Ceiling,
}

impl Basis {
    fn new(scope: &Scope, budget: Budget, decided: Option<(NaiveDate, EligibilityFacts)>) -> Self {
        let (granted_on, decided) = decided.unzip();
        let decided = decided.as_ref();
        let mut person = PersonFacts {
            birth_date: decided.and_then(|facts| facts.birth_date),
            impairments: decided.and_then(|facts| facts.impairment_types.clone()).unwrap_or_default(),
            escort_opinion: Some(budget.calculated.form.registers.contains(&Register::EscortOpinion)),
            ..PersonFacts::default()
        };
        match &budget.calculated.facts {
            CalculationFacts::Child(facts) => {
                person.birth_date = Some(facts.birth_date);
                person.autism_spectrum = facts.autism_spectrum;
                person.transport_allowance = facts.transport_allowance;
            }
            CalculationFacts::Pilot(facts) => person.birth_date = Some(facts.birth_date),
            CalculationFacts::Adult(_) => {}
        }
        let mut ceiling = Ceiling::from(&budget.calculated.result);
        if let Some(pilot) = &budget.pilot {
            ceiling.indicative = pilot.amounts.ceiling();
        }
        Self { budget, municipality: scope.municipality, person, granted_on, ceiling }
    }

    /// What claims for transport may come to in the period of a plan, EUR.
    pub(crate) fn claimable_transport(
        &self,
        parameters: &Parameters,
        content: &PlanContent,
        before: Before,
    ) -> Option<Money> {
        self.check(&Against { before, ..Against::rules(parameters) }, |context| {
            check::claimable_transport(content, context)
        })
    }

    /// Whether the state's transport allowance is granted.
    pub(crate) const fn has_allowance(&self) -> bool {
        self.person.transport_allowance
    }

    /// Everything that is found in a plan; in the pilot also that it lies in its period.
    fn findings(&self, against: &Against<'_>, content: &PlanContent) -> Vec<Finding> {
        let mut found = self.check(against, |context| check::findings(content, context));
        if let CalculationFacts::Pilot(facts) = &self.budget.calculated.facts {
            found.extend(periods::outside(content, facts.first_month, facts.months));
        }
        found
    }

    /// What the rules say of a plan; a correction of it, where one is asked for.
    fn check<T>(&self, against: &Against<'_>, rules: impl FnOnce(&PlanContext<'_>) -> T) -> T {
        let committed = committed(against.ledger);
        rules(&PlanContext {
            parameters: against.parameters,
            methodology: self.budget.summary.methodology,
            person: &self.person,
            ceiling: &self.ceiling,
            municipality: Some(self.municipality),
            before: &against.before,
            recommended: &against.recommended,
            offers: &against.offers,
            committed: &committed,
            signed: against.signed,
        })
    }
}

/// What a plan is checked against beside its budget.
struct Against<'a> {
    parameters: &'a Parameters,
    before: Before,
    recommended: BTreeSet<String>,
    offers: BTreeMap<Uuid, OfferFacts>,
    ledger: Option<&'a Ledger>,
    signed: Option<&'a PlanContent>,
}

impl<'a> Against<'a> {
    fn rules(parameters: &'a Parameters) -> Self {
        Self {
            parameters,
            before: Before::default(),
            recommended: BTreeSet::new(),
            offers: BTreeMap::new(),
            ledger: None,
            signed: None,
        }
    }

    /// With what is stored beside a draft: what came before, the offers that it names, and what specialists recommend.
    async fn stored(
        transaction: &WriteTransaction,
        call: &Call<'_>,
        parameters: &'a Parameters,
        (basis, plan, draft): (&Basis, &'a Plan, &PlanContent),
        ledger: Option<&'a Ledger>,
    ) -> Result<Self, AppError> {
        let before = before(transaction, call, basis, &plan.summary, draft).await?;
        let recommended = if check::needs_specialist(draft, parameters) {
            transaction.find_recommended_services(&call.scope, plan.summary.application_id).await?
        } else {
            BTreeSet::new()
        };
        let signed = plan.current.as_ref().map(|current| &current.content);
        let offers = offers_of(transaction, call, parameters, draft, signed).await?;
        Ok(Self { parameters, before, recommended, offers, ledger, signed })
    }
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

/// A draft with everything that a correction of it is found with.
pub struct PlanToCorrect {
    draft: PlanContent,
    basis: Basis,
    before: Before,
    recommended: BTreeSet<String>,
    offers: BTreeMap<Uuid, OfferFacts>,
    ledger: Option<Ledger>,
    signed: Option<PlanContent>,
}

impl PlanToCorrect {
    /// Proposes a correction of the draft that fits and loses the least weighted priority. It may take tens of milliseconds.
    ///
    /// # Errors
    /// [`AppError::Refused`] where what is committed fits no more.
    pub fn correct(self, parameters: &Parameters) -> Result<PlanCorrection, AppError> {
        let Self { draft, basis, before, recommended, offers, ledger, signed } = self;
        let (ledger, signed) = (ledger.as_ref(), signed.as_ref());
        let against = Against { parameters, before, recommended, offers, ledger, signed };
        // Positions of the rule's input are not those of the plan: the sentence tells the lines.
        let under_lines = |refusal: ProposalRefusal| {
            AppError::Refused(vec![Fault { pointer: "/lines".to_owned(), ..Fault::from(&refusal) }])
        };
        let correction = basis.check(&against, |context| corrections::correct(&draft, context)).map_err(under_lines)?;
        let findings = basis.findings(&against, &correction.content);
        Ok(PlanCorrection { correction, ceiling: basis.ceiling, findings })
    }
}

fn committed(ledger: Option<&Ledger>) -> BTreeMap<u32, Committed> {
    let lines = ledger.into_iter().flat_map(|ledger| &ledger.balance.lines);
    let ordered = lines.filter(|(_, line)| line.committed > 0 || line.committed_volume > 0);
    let known = |of: &LineBalance| Committed {
        volume: Volume::from_thousandths(of.committed_volume),
        amount: Money::from_cents(of.committed),
    };
    ordered.map(|(line, of)| (*line, known(of))).collect()
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
        // The application first, as everywhere: a case that is handed over meanwhile goes with the plan, or before it.
        let application =
            transaction.find_application_of_budget(&call.scope, budget).await?.ok_or(AppError::NotFound)?;
        transaction.find_application(&call.scope, application).await?.ok_or(AppError::NotFound)?;
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
            ranking: None,
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
        expect_active(&plan, call, &[PlanStatus::Draft, PlanStatus::InForce])?;
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

    /// Gets a plan with what the rules say of its draft; the read is audited. The programme team is not told who signed for the
    /// recipient.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_plan(&self, call: &Call<'_>, parameters: &Parameters, id: Uuid) -> Result<CheckedPlan, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = transaction.find_plan(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let mut checked = self.checked_now(&transaction, call, parameters, plan).await?;
        if call.scope.role == Role::ProgrammeTeam {
            let of_recipient = |signature: &&mut PlanSignature| signature.party == PlanParty::Recipient;
            checked.plan.signatures.iter_mut().filter(of_recipient).for_each(|signature| signature.signer.clear());
        }
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

    /// Reads what a correction of the draft is found with. The read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where there is no draft, or the database.
    pub async fn plan_to_correct(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        id: Uuid,
    ) -> Result<PlanToCorrect, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = transaction.find_plan(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let draft = plan.draft.clone().ok_or_else(|| refused(PlanRefusal::NoDraft))?;
        let basis = basis(&transaction, call, plan.summary.budget_id).await?;
        let ledger = transaction.find_ledger(&call.scope, plan.summary.budget_id).await?;
        let stored = Against::stored(&transaction, call, parameters, (&basis, &plan, &draft), ledger.as_ref()).await?;
        let Against { before, recommended, offers, .. } = stored;
        call.commit(transaction, told("propose_plan_correction", None, id)).await?;
        let signed = plan.current.map(|current| current.content);
        Ok(PlanToCorrect { draft, basis, before, recommended, offers, ledger, signed })
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
        expect_active(&plan, call, &[PlanStatus::InForce])?;
        if plan.draft.is_some() {
            return Err(refused(PlanRefusal::RevisionOpen));
        }
        let NewPlanRevision { reason, outcome, equal_substitute, words } = new;
        reason.expect_outcome(outcome, equal_substitute).map_err(refused)?;
        let assessments = transaction.count_completed_assessments(&call.scope, plan.summary.application_id).await?;
        let revision = Revision { reason, outcome, equal_substitute, words, opened_on: today, assessments };
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

    pub(crate) async fn plan_for_change(
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

/// Adds entries to a ledger, where its rules allow it.
pub(crate) async fn append(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    ledger: &mut Ledger,
    entries: &[NewEntry],
) -> Result<(), AppError> {
    ledger.balance.append(entries).map_err(|refusal| AppError::refused(&[refusal]))?;
    Ok(transaction.append_entries(&call.scope, &mut [Posting { ledger, entries }], call.at).await?)
}

/// What came before a plan: the grant, the plan before, and what other plans gave in its year.
pub(crate) async fn before(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    basis: &Basis,
    plan: &PlanSummary,
    content: &PlanContent,
) -> Result<Before, AppError> {
    let last_day = transaction.last_day_before(&call.scope, plan).await?;
    let of = (plan.person_id, plan.budget_id);
    let received = transaction.received_of_others(&call.scope, of, check::year_of(content)).await?;
    Ok(Before { granted_on: basis.granted_on, last_day, received })
}

pub(crate) async fn basis(transaction: &WriteTransaction, call: &Call<'_>, budget: Uuid) -> Result<Basis, AppError> {
    let budget = transaction.find_budget(&call.scope, budget).await?.ok_or(AppError::NotFound)?;
    let decided = transaction.find_decided_facts(&call.scope, budget.summary.application_id).await?;
    Ok(Basis::new(&call.scope, budget, decided))
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
    let methodology = basis.budget.summary.methodology;
    let findings = match &plan.draft {
        Some(draft) => {
            let against = Against::stored(transaction, call, parameters, (&basis, &plan, draft), ledger).await?;
            let mut findings = basis.findings(&against, draft);
            let ranking = plan.ranking.iter();
            findings.extend(ranking.flat_map(|ranking| ranking::differences(draft, methodology, ranking)));
            findings
        }
        None => Vec::new(),
    };
    let amounts = match plan.draft.as_ref().or(signed) {
        Some(content) => Amounts::of(content, &basis.ceiling),
        None => Amounts::of(&empty(call.scope.today), &basis.ceiling),
    };
    let pilot = basis.budget.pilot.map(|pilot| pilot.amounts);
    Ok(CheckedPlan { methodology, ceiling: basis.ceiling, pilot, amounts, findings, plan })
}

pub(crate) fn empty(day: NaiveDate) -> PlanContent {
    PlanContent { from: day, to: day, goals: Vec::new(), lines: Vec::new(), notes: None, area_ranks: None }
}

/// The offers that the lines of a plan name, and those of the version before a revision, as they hold on its first day.
pub(crate) async fn offers_of(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    parameters: &Parameters,
    content: &PlanContent,
    signed: Option<&PlanContent>,
) -> Result<BTreeMap<Uuid, OfferFacts>, AppError> {
    let lines = content.lines.iter().chain(signed.into_iter().flat_map(|signed| &signed.lines));
    let ids: BTreeSet<Uuid> = lines.filter_map(|line| line.offer).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let office = call.scope.municipality;
    let found = transaction.find_offers(&ids).await?;
    let facts = |offer: balsts_store::Offer| {
        let offered = offer.offered;
        let day = content.from.max(offered.validity.from);
        let parties = Parties { municipality: Some(office), provider: Some(offer.provider_id) };
        let facts = OfferFacts {
            provider: Some(offer.provider_id),
            bounds: offered.bounds(&parameters.tariffs, day, parties),
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

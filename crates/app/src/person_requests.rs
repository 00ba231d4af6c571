//! What recipients ask of the office: made, answered, taken back. And what they do themselves with a draft: rank its lines, choose
//! the provider of one.

use balsts_domain::{
    events::EventType,
    parameters::Parameters,
    person_requests::{self, NewRequest, RequestOutcome, RequestRefusal, RequestStatus, RequestWords, RevisedSince},
    plans::{
        PlanLine,
        ranking::{self, RankedLine, Ranking},
        status::{PlanRefusal, PlanStatus},
    },
};
use balsts_store::{
    Offer, PersonRequest, PersonRequestFilter, PersonRequestSummary, Plan, RecordedAnswer, WriteTransaction,
};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, CheckedPlan, Told};

/// Which provider the recipient chooses for a line of a draft.
#[derive(Debug, Clone, Copy)]
pub struct ChosenOffer {
    /// The offer.
    pub offer: Uuid,
    /// The provider is a relative of the person.
    pub provider_is_relative: bool,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "person_request", id, event }
}

fn refused(refusals: &[RequestRefusal]) -> AppError {
    match refusals.iter().find(|refusal| refusal.is_conflict()) {
        Some(conflict) => AppError::conflict(conflict),
        None => AppError::refused(refusals),
    }
}

fn no_draft() -> AppError {
    AppError::conflict(&PlanRefusal::NoDraft)
}

async fn offer_of(transaction: &WriteTransaction, offer: Option<Uuid>) -> Result<Option<Offer>, AppError> {
    let Some(offer) = offer else { return Ok(None) };
    Ok(transaction.find_offers(&[offer]).await?.pop())
}

impl App {
    /// Takes a request about a case. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where it is about a plan and there is none, [`AppError::Refused`],
    /// [`AppError::KeyReused`], or the database.
    pub async fn make_person_request(
        &self,
        call: &Call<'_>,
        case: Uuid,
        new: NewRequest,
        answer: impl FnOnce(&PersonRequest) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let application = transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        application.summary.status.expect_live().map_err(|refusal| AppError::conflict(&refusal))?;
        let plan = transaction.find_plan_of(&call.scope, case).await?;
        let plan = plan.filter(|plan| plan.summary.status != PlanStatus::Terminated);
        let offer = offer_of(&transaction, new.offer).await?;
        let service = offer.as_ref().map(|offer| offer.offered.service.as_str());
        let content = plan.as_ref().and_then(|plan| plan.current.as_ref().map(|current| &current.content));
        let content = content.or_else(|| plan.as_ref().and_then(|plan| plan.draft.as_ref()));
        let refusals = new.refusals(content, service);
        if !refusals.is_empty() {
            return Err(refused(&refusals));
        }
        let NewRequest { kind, change, line, offer, text } = new;
        let request = PersonRequest {
            summary: PersonRequestSummary {
                id: (call.new_id)(),
                application_id: case,
                person_id: application.summary.person_id,
                plan_id: plan.as_ref().map(|plan| plan.summary.id),
                plan_version: plan.as_ref().map(|plan| plan.summary.current).unwrap_or_default(),
                kind,
                change,
                line,
                offer_id: offer,
                status: RequestStatus::Open,
                outcome: None,
                received_on: call.scope.today,
                answered_on: None,
                answered_by: None,
                recorded_by: call.scope.subject.clone(),
                version: 1,
            },
            words: RequestWords { text, answer: None },
        };
        transaction.insert_person_request(&call.scope, &request, call.at).await?;
        let told = told("make_person_request", Some(EventType::PersonRequestMade), request.summary.id);
        Ok(call.commit_once(transaction, told, answer(&request), Some(request.summary.person_id)).await?)
    }

    /// Gets a request; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_person_request(&self, call: &Call<'_>, id: Uuid) -> Result<PersonRequest, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let request = transaction.find_person_request(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_person_request", None, id)).await?;
        Ok(request)
    }

    /// Lists requests without what is written in them; the read of those of a case is audited.
    ///
    /// # Errors
    /// The database.
    pub async fn list_person_requests(
        &self,
        call: &Call<'_>,
        filter: PersonRequestFilter,
        limit: u64,
    ) -> Result<Vec<PersonRequestSummary>, AppError> {
        let of = filter.application.map(|case| Told::listed("list_person_requests", "application", case));
        let found = self.store.list_person_requests(&call.scope, filter, limit).await?;
        self.read_of(call, of, found).await
    }

    /// Answers an open request.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is not open or the plan was not revised,
    /// [`AppError::Refused`] where the kind is not answered so, or the database.
    pub async fn answer_person_request(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        (outcome, text): (RequestOutcome, String),
    ) -> Result<PersonRequest, AppError> {
        let (transaction, plan, mut request) = self.open_request(call, of).await?;
        let since = plan.map(|plan| RevisedSince {
            version: request.summary.plan_version,
            current: plan.summary.current,
            has_draft: plan.draft.is_some(),
        });
        person_requests::check_answer(request.summary.kind, outcome, since).map_err(|refusal| refused(&[refusal]))?;
        request.summary.outcome = Some(outcome);
        request.words.answer = Some(text);
        let event = ("answer_person_request", EventType::PersonRequestAnswered);
        self.close_request(call, transaction, request, RequestStatus::Answered, event).await
    }

    /// Takes an open request back.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is not open, or the database.
    pub async fn withdraw_person_request(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<PersonRequest, AppError> {
        let (transaction, _, request) = self.open_request(call, of).await?;
        let event = ("withdraw_person_request", EventType::PersonRequestWithdrawn);
        self.close_request(call, transaction, request, RequestStatus::Withdrawn, event).await
    }

    async fn open_request(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
    ) -> Result<(WriteTransaction, Option<Plan>, PersonRequest), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let plan = match transaction.find_plan_of_request(&call.scope, id).await?.ok_or(AppError::NotFound)? {
            Some(plan) => transaction.find_plan(&call.scope, plan).await?,
            None => None,
        };
        let request = transaction.find_person_request(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if request.summary.version != version {
            return Err(AppError::Stale);
        }
        if request.summary.status != RequestStatus::Open {
            return Err(refused(&[RequestRefusal::NotOpen]));
        }
        Ok((transaction, plan, request))
    }

    async fn close_request(
        &self,
        call: &Call<'_>,
        transaction: WriteTransaction,
        mut request: PersonRequest,
        status: RequestStatus,
        (action, event): (&'static str, EventType),
    ) -> Result<PersonRequest, AppError> {
        request.summary.status = status;
        request.summary.answered_on = Some(call.scope.today);
        request.summary.answered_by = Some(call.scope.subject.clone());
        transaction.update_person_request(&call.scope, &mut request, call.at).await?;
        call.commit(transaction, told(action, Some(event), request.summary.id)).await?;
        Ok(request)
    }

    /// Keeps how the recipient ranks the lines of a draft, in place of the ranking before. The draft stays as it is, and so do
    /// signatures under it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where there is no draft, [`AppError::Refused`], or the
    /// database.
    pub async fn rank_plan(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        of: (Uuid, i64),
        mut lines: Vec<RankedLine>,
    ) -> Result<CheckedPlan, AppError> {
        let (transaction, mut plan) = self.plan_for_change(call, of.0, of.1).await?;
        let draft = plan.draft.as_ref().ok_or_else(no_draft)?;
        ranking::check(&lines, draft).map_err(|refusals| AppError::refused(&refusals))?;
        lines.sort_by_key(|ranked| ranked.rank);
        let ranking = Ranking { lines, ranked_on: call.scope.today, recorded_by: call.scope.subject.clone() };
        plan.summary.version = transaction.replace_ranking(&call.scope, &plan.summary, &ranking, call.at).await?;
        plan.ranking = Some(ranking);
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        let told = Told { action: "rank_plan", resource: "plan", id: of.0, event: Some(EventType::PlanRanked) };
        call.commit(transaction, told).await?;
        Ok(checked)
    }

    /// Chooses the provider of a line of a draft: its price is that of the offer. What is wrong with it then, the draft tells, as
    /// with every other change. Signatures under the draft before are gone.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also where the draft has no such line, [`AppError::Stale`], [`AppError::Conflict`] where there is no
    /// draft, [`AppError::Refused`] where the offer is not there or of another service, or the database.
    pub async fn choose_plan_offer(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, i64),
        (number, chosen): (u32, ChosenOffer),
    ) -> Result<CheckedPlan, AppError> {
        let (transaction, mut plan) = self.plan_for_change(call, id, version).await?;
        let draft = plan.draft.as_mut().ok_or_else(no_draft)?;
        let line = draft.lines.iter_mut().find(|line| line.number == number).ok_or(AppError::NotFound)?;
        let offer = offer_of(&transaction, Some(chosen.offer)).await?;
        choose(line, offer.as_ref(), chosen).map_err(|refusal| refused(&[refusal]))?;
        let (draft, revision) = (plan.draft.as_ref(), plan.revision.as_ref());
        plan.summary.version = transaction.replace_draft(&call.scope, &plan.summary, draft, revision, call.at).await?;
        plan.signatures.retain(|signature| signature.number <= plan.summary.current);
        let checked = self.checked_now(&transaction, call, parameters, plan).await?;
        let event = Some(EventType::PlanDrafted);
        call.commit(transaction, Told { action: "choose_plan_offer", resource: "plan", id, event }).await?;
        Ok(checked)
    }
}

fn choose(line: &mut PlanLine, offer: Option<&Offer>, chosen: ChosenOffer) -> Result<(), RequestRefusal> {
    person_requests::check_offer(offer.map(|offer| offer.offered.service.as_str()), &line.service)?;
    let Some(offer) = offer else { return Err(RequestRefusal::UnknownOffer) };
    line.offer = Some(offer.id);
    line.unit_price = offer.offered.terms.price;
    line.price_kind = Some(offer.offered.terms.kind);
    line.provider_is_relative = chosen.provider_is_relative;
    Ok(())
}

//! Hand-overs of cases: offered by the office that has the case, and in force once the other office accepts [domain 6.6].

use balsts_domain::{
    access::{Denied, MunicipalityCode, Scope},
    events::EventType,
    hand_overs::{self, HandOverDirection, HandOverRefusal, HandOverStatus},
    parameters::municipalities::Municipalities,
};
use balsts_store::{
    Act, HandOver, HandOverFilter, HandOverSummary, InsertError, OfferedCase, Person, PersonState, Reach,
    RecordedAnswer, WriteTransaction,
};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told, applications::before};

/// A case that is to be handed over.
#[derive(Debug)]
pub struct NewHandOver {
    /// The municipality that is asked.
    pub to: MunicipalityCode,
    /// Why.
    pub reason: String,
}

/// The caller in each of the two municipalities of a hand-over.
struct Sides {
    from: Scope,
    to: Scope,
}

/// What both chains are told of: the name of the operation, and what it was done to.
type Done = (&'static str, &'static str, Uuid);

fn refused(refusal: HandOverRefusal) -> AppError {
    if refusal.is_conflict() { AppError::conflict(&refusal) } else { AppError::refused(&[refusal]) }
}

impl Sides {
    fn of(scope: &Scope, from: MunicipalityCode, to: MunicipalityCode) -> Self {
        let within = |municipality| Scope { municipality, ..scope.clone() };
        Self { from: within(from), to: within(to) }
    }

    fn reach(&self) -> Reach {
        Reach::HandOver { from: self.from.municipality, to: self.to.municipality }
    }

    /// Writes the entry and the event of a step into the chains of both, always in the same order: two that meet would otherwise wait
    /// for each other.
    async fn tell(
        &self,
        transaction: &WriteTransaction,
        call: &Call<'_>,
        (action, resource, resource_id): Done,
        [of_from, of_to]: [Option<EventType>; 2],
    ) -> Result<(), AppError> {
        let mut told = [(&self.from, of_from), (&self.to, of_to)];
        told.sort_by_key(|(scope, _)| scope.municipality);
        let act = Act { action, resource, resource_id, request_id: call.request_id, at: call.at };
        for (scope, event) in told {
            transaction.audit(scope, act, event.map(|event| call.event(event, resource_id))).await?;
        }
        Ok(())
    }
}

/// A case whose plan was signed stays with its accounts.
async fn expect_unsigned(transaction: &WriteTransaction, scope: &Scope, case: Uuid) -> Result<(), AppError> {
    let signed = transaction.has_signed_plan(scope, case).await?;
    if signed { Err(refused(HandOverRefusal::PlanSigned)) } else { Ok(()) }
}

/// Ends the offer of a case that cannot be handed over any more, and tells both offices. It comes after all rows of the case are
/// taken, and before the chains are.
pub(crate) async fn lapse_offer(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    case: Uuid,
    action: &'static str,
) -> Result<(), AppError> {
    let Some(mut offer) = transaction.lock_offer_of(&call.scope, case).await? else { return Ok(()) };
    end(&mut offer, call, HandOverStatus::Lapsed);
    offer.summary.answered_by = None;
    transaction.update_hand_over(&mut offer, call.at).await?;
    let HandOverSummary { id, from, to, .. } = offer.summary;
    transaction.reach_both(from, to).await?;
    let lapsed = Some(EventType::HandOverLapsed);
    Sides::of(&call.scope, from, to).tell(transaction, call, (action, "hand_over", id), [lapsed, lapsed]).await
}

/// The offer waits no more, and the office that was asked is told nothing of the person any more.
fn end(offer: &mut HandOver, call: &Call<'_>, status: HandOverStatus) {
    offer.offered = None;
    offer.summary.status = status;
    offer.summary.answered_on = Some(call.scope.today);
    offer.summary.answered_by = Some(call.scope.subject.clone());
}

impl App {
    /// Offers a case to the municipality that the person moves to. Until that accepts, it stays as it is. A repeated request gets the
    /// first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where the case is closed, its plan signed or the case offered already,
    /// [`AppError::Refused`] where there is no such municipality, [`AppError::KeyReused`], or the database.
    pub async fn offer_hand_over(
        &self,
        call: &Call<'_>,
        municipalities: &Municipalities,
        case: Uuid,
        new: NewHandOver,
        answer: impl FnOnce(&HandOver) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let NewHandOver { to, reason } = new;
        let (from, today) = (call.scope.municipality, call.scope.today);
        hand_overs::check_receiver(from, to, municipalities, today).map_err(refused)?;
        let sides = Sides::of(&call.scope, from, to);
        let transaction = match self.begin_once_within(call, sides.reach()).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let application = transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        application.summary.status.expect_live().map_err(|refusal| AppError::conflict(&refusal))?;
        expect_unsigned(&transaction, &call.scope, case).await?;
        let person = application.summary.person_id;
        let offer = HandOver {
            summary: HandOverSummary {
                id: (call.new_id)(),
                application_id: case,
                from,
                to,
                person_id: Some(person),
                received_person_id: None,
                status: HandOverStatus::Offered,
                offered_on: today,
                offered_by: call.scope.subject.clone(),
                answered_on: None,
                answered_by: None,
                version: 1,
            },
            reason: Some(reason),
            offered: Some(OfferedCase::of(&application)),
            refusal: None,
        };
        match transaction.insert_hand_over(&call.scope, &offer, call.at).await {
            Ok(()) => {}
            Err(InsertError::Exists) => return Err(refused(HandOverRefusal::AlreadyOffered)),
            Err(InsertError::Store(error)) => return Err(error.into()),
        }
        let answer = answer(&offer);
        if let Some(key) = call.key {
            transaction.record_answer(&call.scope, key.key, &answer, Some(person)).await?;
        }
        let offered = Some(EventType::HandOverOffered);
        sides.tell(&transaction, call, ("offer_hand_over", "hand_over", offer.summary.id), [offered, offered]).await?;
        transaction.commit().await?;
        Ok(answer)
    }

    /// Lists hand-overs without personal data. The read of those of a case is audited.
    ///
    /// # Errors
    /// The database.
    pub async fn list_hand_overs(
        &self,
        call: &Call<'_>,
        filter: HandOverFilter,
        limit: u64,
    ) -> Result<Vec<HandOverSummary>, AppError> {
        let of = filter.application.map(|case| Told::listed("list_hand_overs", "application", case));
        let found = self.store.list_hand_overs(&call.scope, filter, limit).await?;
        self.read_of(call, of, found).await
    }

    /// Gets a hand-over with the words that the office sees; the read is audited, and where the office that is asked reads who the
    /// person is, in both municipalities: the person is told of it where the case is.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_hand_over(&self, call: &Call<'_>, id: Uuid) -> Result<HandOver, AppError> {
        let known = self.store.get_hand_over_summary(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let direction = HandOverDirection::of(call.scope.municipality, known.to);
        let sides = Sides::of(&call.scope, known.from, known.to);
        let asked = direction == HandOverDirection::In && known.status == HandOverStatus::Offered;
        let reach = if asked { sides.reach() } else { Reach::from(&call.scope) };
        let transaction = self.store.begin_write(reach).await?;
        let mut found = transaction.find_hand_over(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let erased = match found.summary.received_person_id {
            Some(person) if direction == HandOverDirection::In => {
                transaction.person_state(&call.scope, person).await? != Some(PersonState::Whole)
            }
            _ => false,
        };
        if erased || !direction.sees_words(found.summary.status) {
            (found.reason, found.offered, found.refusal) = (None, None, None);
        }
        if asked {
            sides.tell(&transaction, call, ("get_hand_over", "hand_over", id), [None, None]).await?;
            transaction.commit().await?;
        } else {
            let told = Told { action: "get_hand_over", resource: "hand_over", id, event: None };
            call.commit(transaction, told).await?;
        }
        Ok(found)
    }

    /// Accepts a case that is offered: it goes over with its budget, and afterwards it is here, and there no more. What the offer
    /// needed must still hold.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Denied`] where it is offered by this municipality, [`AppError::Stale`],
    /// [`AppError::Conflict`] where the offer has ended, the case is closed or its plan signed, or the database.
    pub async fn accept_hand_over(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<HandOver, AppError> {
        let known = self.known_hand_over(call, of.0, HandOverDirection::In).await?;
        let sides = Sides::of(&call.scope, known.from, known.to);
        let transaction = self.store.begin_write(sides.reach()).await?;
        // Rows are taken in one order everywhere: application, plan, and the offer after them.
        let case = known.application_id;
        let application = transaction.find_application(&sides.from, case).await?;
        let unsigned = expect_unsigned(&transaction, &sides.from, case).await;
        let mut offer = locked(&transaction, call, of).await?;
        let application = application.ok_or(AppError::NotFound)?;
        application.summary.status.expect_live().map_err(|refusal| AppError::conflict(&refusal))?;
        unsigned?;
        // What is sealed opens in its own row only, and this municipality may know the person already.
        let person = Person { id: (call.new_id)(), ..application.person.clone() };
        let person = transaction.receive_person(&sides.to, &person, call.at).await?;
        end(&mut offer, call, HandOverStatus::Accepted);
        offer.summary.received_person_id = Some(person);
        transaction.update_hand_over(&mut offer, call.at).await?;
        transaction.end_engagements(&sides.from, case, before(call.scope.today), call.at).await?;
        let to = sides.to.municipality;
        transaction.hand_over(&sides.from, &application.summary, (to, person), call.at).await?;
        let events = [Some(EventType::ApplicationHandedOver), Some(EventType::ApplicationReceived)];
        sides.tell(&transaction, call, ("accept_hand_over", "application", case), events).await?;
        transaction.commit().await?;
        Ok(offer)
    }

    /// Refuses a case that is offered. The office that offered it is told why; this one is told nothing of the person any more.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Denied`] where it is offered by this municipality, [`AppError::Stale`],
    /// [`AppError::Conflict`] where the offer has ended, or the database.
    pub async fn refuse_hand_over(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        refusal: String,
    ) -> Result<HandOver, AppError> {
        let refused = |offer: &mut HandOver| {
            end(offer, call, HandOverStatus::Refused);
            offer.refusal = Some(refusal);
        };
        let done = ("refuse_hand_over", EventType::HandOverRefused);
        let mut offer = self.end_hand_over(call, of, HandOverDirection::In, done, refused).await?;
        (offer.reason, offer.refusal) = (None, None);
        Ok(offer)
    }

    /// Takes an offer back that waits for an answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Denied`] where it is offered by the other municipality, [`AppError::Stale`],
    /// [`AppError::Conflict`] where the offer has ended, or the database.
    pub async fn withdraw_hand_over(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<HandOver, AppError> {
        let done = ("withdraw_hand_over", EventType::HandOverWithdrawn);
        let withdrawn = |offer: &mut HandOver| end(offer, call, HandOverStatus::Withdrawn);
        self.end_hand_over(call, of, HandOverDirection::Out, done, withdrawn).await
    }

    /// A hand-over that the caller sees from the side that may do something with it.
    async fn known_hand_over(
        &self,
        call: &Call<'_>,
        id: Uuid,
        direction: HandOverDirection,
    ) -> Result<HandOverSummary, AppError> {
        let known = self.store.get_hand_over_summary(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        let side = HandOverDirection::of(call.scope.municipality, known.to);
        if side == direction { Ok(known) } else { Err(Denied.into()) }
    }

    /// Ends an offer without a hand-over.
    async fn end_hand_over(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        direction: HandOverDirection,
        (action, event): (&'static str, EventType),
        change: impl FnOnce(&mut HandOver),
    ) -> Result<HandOver, AppError> {
        let known = self.known_hand_over(call, of.0, direction).await?;
        let sides = Sides::of(&call.scope, known.from, known.to);
        let transaction = self.store.begin_write(sides.reach()).await?;
        let mut offer = locked(&transaction, call, of).await?;
        change(&mut offer);
        transaction.update_hand_over(&mut offer, call.at).await?;
        sides.tell(&transaction, call, (action, "hand_over", of.0), [Some(event), Some(event)]).await?;
        transaction.commit().await?;
        Ok(offer)
    }
}

/// The offer as the caller read it, which still waits for an answer.
async fn locked(
    transaction: &WriteTransaction,
    call: &Call<'_>,
    (id, version): (Uuid, i64),
) -> Result<HandOver, AppError> {
    let offer = transaction.lock_hand_over(&call.scope, id).await?.ok_or(AppError::NotFound)?;
    if offer.summary.version != version {
        return Err(AppError::Stale);
    }
    offer.summary.status.expect_offered().map_err(refused)?;
    Ok(offer)
}

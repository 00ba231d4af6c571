//! Offers of providers: added at a price, ended, searched, and counted to statistics of the market.

use balsts_domain::{
    access::Actor,
    events::EventType,
    offers::{self, OfferRefusal, OfferedService},
    parameters::{Parameters, municipalities::PlanningRegion},
    prices::PriceStatistics,
};
use balsts_store::{OfProvider, Offer, OfferFilter, RecordedAnswer};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, Told,
    providers::{expect, expect_service},
};

fn told(action: &'static str, event: EventType, id: Uuid) -> Told {
    Told { action, resource: "offer", id, event: Some(event) }
}

impl App {
    /// Adds an offer. The one of the same service at the same place that has no end ends on the day before. A repeated request
    /// gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Denied`], [`AppError::Refused`], [`AppError::KeyReused`], or the database.
    pub async fn create_offer(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        provider: Uuid,
        offered: OfferedService,
        answer: impl FnOnce(&Offer) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        // Locks the provider: two of its offers come one after the other.
        let (provider, standing) = self.provider(call, &transaction, provider).await?;
        expect(standing.may_offer())?;
        expect_service(&parameters.catalogue, &offered.service)?;
        let mut refusals = offers::check(&offered, &parameters.tariffs, provider.id);
        let lies_in = offered.place.municipality;
        let unknown = lies_in.is_some_and(|code| parameters.municipalities.find(code).is_none());
        refusals.extend(unknown.then_some(OfferRefusal::UnknownMunicipality));
        if !refusals.is_empty() {
            return Err(AppError::refused(&refusals));
        }
        let mut known = transaction.list_offers(provider.id).await?;
        let followed = offers::followed(&offered, known.iter().enumerate().map(|(at, known)| (at, &known.offered)));
        let followed = followed.map_err(|refusal| AppError::refused(&[refusal]))?;
        if let Some((before, last)) = followed.and_then(|(at, last)| Some((known.get_mut(at)?, last))) {
            transaction.end_offer(before, last, call.at).await?;
            call.tell(&transaction, &call.scope, EventType::OfferEnded, before.id).await?;
        }
        let provider_name = balsts_store::ProviderSummary::from(&provider).name;
        let offer = Offer { id: (call.new_id)(), provider_id: provider.id, provider_name, offered, version: 1 };
        transaction.insert_offer(&call.scope, &offer, call.at).await?;
        let told = told("create_offer", EventType::OfferCreated, offer.id);
        Ok(call.commit_once(transaction, told, answer(&offer), None).await?)
    }

    /// Sets the last day of an offer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Denied`], [`AppError::Stale`], [`AppError::Refused`], or the database.
    pub async fn end_offer(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        last: NaiveDate,
    ) -> Result<Offer, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut offer = transaction.find_offers(&[id]).await?.pop().ok_or(AppError::NotFound)?;
        let (_, standing) = self.provider(call, &transaction, offer.provider_id).await?;
        expect(standing.may_offer())?;
        if offer.version != version {
            return Err(AppError::Stale);
        }
        offers::check_end(&offer.offered, last).map_err(|refusal| AppError::refused(&[refusal]))?;
        transaction.end_offer(&mut offer, last, call.at).await?;
        call.commit(transaction, told("end_offer", EventType::OfferEnded, id)).await?;
        Ok(offer)
    }

    /// Gets an offer. Who signs in as a provider sees the own ones.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_offer(&self, actor: &Actor, id: Uuid) -> Result<Offer, AppError> {
        self.expect_provider(actor, OfProvider::Offer(id)).await?;
        self.store.get_offer(id).await?.ok_or(AppError::NotFound)
    }

    /// Lists the offers of a provider after one, those of old as well.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_offers(
        &self,
        actor: &Actor,
        provider: Uuid,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Offer>, AppError> {
        self.expect_provider(actor, OfProvider::Provider(provider)).await?;
        Ok(self.store.list_offers(provider, after, limit).await?)
    }

    /// Searches offers, the cheapest first.
    ///
    /// # Errors
    /// The database.
    pub async fn search_offers(&self, filter: &OfferFilter, limit: u64) -> Result<Vec<Offer>, AppError> {
        Ok(self.store.search_offers(filter, limit).await?)
    }

    /// What the market asks for a service on a day: in the whole country (no region), and in each planning region with an offer.
    ///
    /// # Errors
    /// The database.
    pub async fn price_statistics(
        &self,
        service: &str,
        on: NaiveDate,
    ) -> Result<Vec<(Option<PlanningRegion>, PriceStatistics)>, AppError> {
        Ok(self.store.price_statistics(service, on).await?)
    }
}

//! Signed plans whose prices changed since: what asks the worker for a revision [domain 5.2, 6.4].

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    ledger::Balance,
    money::Money,
    parameters::Parameters,
    price_changes::{self, KnownOffer, PriceChange, PriceEffect, PriceFacts},
};
use balsts_store::{PlanSummary, PlanVersion};
use uuid::Uuid;

use crate::{App, AppError, Call};

/// A signed plan whose prices changed.
#[derive(Debug)]
pub struct ChangedPlan {
    /// The plan.
    pub plan: PlanSummary,
    /// Number of the version in force.
    pub number: u32,
    /// The lines whose prices changed.
    pub changes: Vec<PriceChange>,
    /// The indicative budget, EUR.
    pub indicative: Money,
    /// The agreed budget and what it leaves, with the new prices.
    pub effect: PriceEffect,
}

/// The plans with changed prices among those that were looked at.
#[derive(Debug)]
pub struct ChangedPlans {
    /// In the order of their identifiers.
    pub plans: Vec<ChangedPlan>,
    /// The last plan that was looked at, where more follow.
    pub next: Option<Uuid>,
}

impl App {
    /// Looks at so many signed plans after one, and lists those whose prices changed.
    ///
    /// # Errors
    /// The database.
    pub async fn list_price_changes(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<ChangedPlans, AppError> {
        let mut signed = self.store.list_signed_plans(&call.scope, after, limit.saturating_add(1)).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = signed.len() > most;
        signed.truncate(most);
        let next = signed.last().filter(|_| more).map(|(plan, _)| plan.id);
        // A plan whose period is over asks for nothing any more.
        signed.retain(|(_, version)| version.content.to >= call.scope.today);
        let offers = self.offers_beside(&signed).await?;
        let budgets: BTreeSet<Uuid> = signed.iter().map(|(plan, _)| plan.budget_id).collect();
        let balances = self.store.list_balances(&call.scope, &budgets).await?;
        let facts = PriceFacts { tariffs: &parameters.tariffs, municipality: call.scope.municipality, offers: &offers };
        let changed = signed.into_iter().filter_map(|signed| changed(&facts, &balances, signed));
        Ok(ChangedPlans { plans: changed.collect(), next })
    }

    async fn offers_beside(
        &self,
        signed: &[(PlanSummary, PlanVersion)],
    ) -> Result<BTreeMap<Uuid, KnownOffer>, AppError> {
        let chosen: BTreeSet<Uuid> =
            signed.iter().flat_map(|(_, version)| &version.content.lines).filter_map(|line| line.offer).collect();
        if chosen.is_empty() {
            return Ok(BTreeMap::new());
        }
        let chosen: Vec<Uuid> = chosen.into_iter().collect();
        let found = self.store.list_offers_beside(&chosen).await?;
        let known =
            |offer: balsts_store::Offer| (offer.id, KnownOffer { provider: offer.provider_id, offered: offer.offered });
        Ok(found.into_iter().map(known).collect())
    }
}

fn changed(
    facts: &PriceFacts<'_>,
    balances: &BTreeMap<Uuid, Balance>,
    (plan, version): (PlanSummary, PlanVersion),
) -> Option<ChangedPlan> {
    let balance = balances.get(&plan.budget_id)?;
    let changes = facts.changes(&version.content, balance);
    let effect = price_changes::effect(&changes, version.agreed, version.ceiling);
    let (number, indicative) = (version.number, version.ceiling);
    (!changes.is_empty()).then_some(ChangedPlan { plan, number, changes, indicative, effect })
}

//! Dated unit prices of services.

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    Faults,
    documents::{Documents, Source, SourceEntry},
};
use crate::{
    money::Money,
    parameters::catalogue::{Catalogue, Unit, names},
};

names! {
    /// How a price comes about `[S2]`.
    PriceKind {
        /// Set by law.
        Regulated = "regulated",
        /// In a state delegation contract with the provider.
        Delegated = "delegated",
        /// What the market asks.
        Market = "market",
        /// Calculated where there is no other price.
        CalculatedAverage = "calculated_average",
    }
}

names! {
    /// Where a price holds.
    Scope {
        /// In all of Latvia.
        National = "national",
        /// In one municipality.
        Municipality = "municipality",
        /// At one provider.
        Provider = "provider",
    }
}

/// A tariff as the data file writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TariffEntry {
    pub(super) service: String,
    pub(super) amount: Money,
    pub(super) unit: Unit,
    pub(super) price_kind: PriceKind,
    pub(super) scope: Scope,
    pub(super) valid_from: NaiveDate,
    pub(super) valid_to: Option<NaiveDate>,
    pub(super) source: SourceEntry,
}

/// The price of one unit of a service, EUR, over a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tariff {
    /// Code of the service.
    pub service: String,
    /// EUR a unit.
    pub amount: Money,
    /// What the price is for.
    pub unit: Unit,
    /// How the price comes about.
    pub price_kind: PriceKind,
    /// Where it holds.
    pub scope: Scope,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; `None` while nothing later is known.
    pub valid_to: Option<NaiveDate>,
    /// Legal source.
    pub source: Source,
}

/// All tariffs, by service, in order of time.
#[derive(Debug, Clone, Default)]
pub struct Tariffs(BTreeMap<String, Vec<Arc<Tariff>>>);

impl Tariffs {
    pub(super) fn new(
        entries: Vec<TariffEntry>,
        catalogue: &Catalogue,
        documents: &Documents,
        faults: &mut Faults,
    ) -> Self {
        let mut by_service: BTreeMap<String, Vec<Tariff>> = BTreeMap::new();
        for entry in entries {
            let at = format!("tariff of {} from {}", entry.service, entry.valid_from);
            match catalogue.find(&entry.service) {
                None => faults.add(&at, "no such service"),
                Some(service) if service.unit != entry.unit => faults.add(&at, "the unit is not the service's"),
                Some(_) => {}
            }
            if entry.valid_to.is_some_and(|to| to < entry.valid_from) {
                faults.add(&at, "ends before it begins");
            }
            let Some(source) = documents.resolve(&entry.source) else {
                faults.add(&at, "no such document");
                continue;
            };
            by_service.entry(entry.service.clone()).or_default().push(Tariff {
                service: entry.service,
                amount: entry.amount,
                unit: entry.unit,
                price_kind: entry.price_kind,
                scope: entry.scope,
                valid_from: entry.valid_from,
                valid_to: entry.valid_to,
                source,
            });
        }
        Self(by_service.into_iter().map(|(service, tariffs)| (service, in_order(tariffs, faults))).collect())
    }

    /// The history of a service's tariffs, the earliest first.
    #[must_use]
    pub fn history(&self, service: &str) -> &[Arc<Tariff>] {
        self.0.get(service).map_or(&[], Vec::as_slice)
    }

    /// The tariff of a service in force on a day.
    #[must_use]
    pub fn on(&self, service: &str, date: NaiveDate) -> Option<&Arc<Tariff>> {
        let history = self.history(service);
        let started = history.partition_point(|tariff| tariff.valid_from <= date);
        history.get(started.checked_sub(1)?).filter(|tariff| tariff.valid_to.is_none_or(|to| date <= to))
    }

    /// Every tariff, by service and time.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Tariff>> {
        self.0.values().flatten()
    }
}

/// Sorts one service's tariffs by time, ends each where the next begins, and refuses two with the same first day.
fn in_order(mut tariffs: Vec<Tariff>, faults: &mut Faults) -> Vec<Arc<Tariff>> {
    tariffs.sort_by_key(|tariff| tariff.valid_from);
    let starts: Vec<NaiveDate> = tariffs.iter().map(|tariff| tariff.valid_from).collect();
    for (tariff, next) in tariffs.iter_mut().zip(starts.into_iter().skip(1)) {
        if tariff.valid_from == next {
            faults.add(&format!("tariff of {} from {next}", tariff.service), "stands twice");
        }
        if tariff.valid_to.is_none_or(|to| to >= next) {
            tariff.valid_to = next.pred_opt();
        }
    }
    tariffs.into_iter().map(Arc::new).collect()
}

//! Dated unit prices of services: of the whole country, of one municipality, or of one provider [domain 5.2].
//!
//! The methodologies count with those of the country alone, of which one service has one on a day, whatever its kind. Those of a
//! municipality or a provider stand beside it, each kind by itself, and bound what is paid there: [`crate::prices::PriceBounds`].

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Faults,
    documents::{Documents, Source, SourceEntry},
};
use crate::{
    access::MunicipalityCode,
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

/// Where a tariff holds: its scope with the one whom it is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// In all of Latvia.
    #[default]
    National,
    /// In this municipality.
    Municipality(MunicipalityCode),
    /// At this provider, wherever it serves.
    Provider(Uuid),
}

impl Target {
    /// None where what is named does not go with the scope.
    pub(super) const fn of(
        scope: Scope,
        municipality: Option<MunicipalityCode>,
        provider: Option<Uuid>,
    ) -> Option<Self> {
        match (scope, municipality, provider) {
            (Scope::National, None, None) => Some(Self::National),
            (Scope::Municipality, Some(code), None) => Some(Self::Municipality(code)),
            (Scope::Provider, None, Some(id)) => Some(Self::Provider(id)),
            _ => None,
        }
    }

    /// Its scope.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::National => Scope::National,
            Self::Municipality(_) => Scope::Municipality,
            Self::Provider(_) => Scope::Provider,
        }
    }

    /// The municipality that it is of.
    #[must_use]
    pub const fn municipality(self) -> Option<MunicipalityCode> {
        if let Self::Municipality(code) = self { Some(code) } else { None }
    }

    /// The provider that it is of.
    #[must_use]
    pub const fn provider(self) -> Option<Uuid> {
        if let Self::Provider(id) = self { Some(id) } else { None }
    }
}

/// Between whom a price is, as far as that is known: of what is not known no tariff binds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parties {
    /// The municipality whose office pays; of an offer, for which none pays yet, the one that its place lies in.
    pub municipality: Option<MunicipalityCode>,
    /// The provider.
    pub provider: Option<Uuid>,
}

impl Parties {
    /// Nobody is known: the tariffs of the country alone bind.
    pub const UNKNOWN: Self = Self { municipality: None, provider: None };

    /// Whose tariffs concern them beside those of the country, the nearest first.
    fn targets(self) -> impl Iterator<Item = Target> {
        let municipality = self.municipality.map(Target::Municipality);
        self.provider.map(Target::Provider).into_iter().chain(municipality)
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
    #[serde(default)]
    pub(super) municipality: Option<MunicipalityCode>,
    #[serde(default)]
    pub(super) provider: Option<Uuid>,
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
    pub target: Target,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; `None` while nothing later is known.
    pub valid_to: Option<NaiveDate>,
    /// Legal source.
    pub source: Source,
}

impl Tariff {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// All tariffs, by service.
#[derive(Debug, Clone, Default)]
pub struct Tariffs {
    /// In order of time.
    national: BTreeMap<String, Vec<Arc<Tariff>>>,
    /// Those of each municipality and provider, by kind and time.
    scoped: BTreeMap<String, BTreeMap<Target, Vec<Arc<Tariff>>>>,
}

impl Tariffs {
    pub(super) fn new(
        entries: Vec<TariffEntry>,
        catalogue: &Catalogue,
        documents: &Documents,
        faults: &mut Faults,
    ) -> Self {
        let mut by_place: BTreeMap<(String, Target), Vec<Tariff>> = BTreeMap::new();
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
            let Some(target) = Target::of(entry.scope, entry.municipality, entry.provider) else {
                faults.add(&at, "what it is of does not go with its scope");
                continue;
            };
            by_place.entry((entry.service.clone(), target)).or_default().push(Tariff {
                service: entry.service,
                amount: entry.amount,
                unit: entry.unit,
                price_kind: entry.price_kind,
                target,
                valid_from: entry.valid_from,
                valid_to: entry.valid_to,
                source,
            });
        }
        let mut all = Self::default();
        for ((service, target), tariffs) in by_place {
            if target == Target::National {
                all.national.insert(service, in_order(tariffs, faults));
            } else {
                all.scoped.entry(service).or_default().insert(target, by_kind(tariffs, faults));
            }
        }
        all
    }

    /// The history of a service's tariffs in the country, the earliest first.
    #[must_use]
    pub fn history(&self, service: &str) -> &[Arc<Tariff>] {
        self.national.get(service).map_or(&[], Vec::as_slice)
    }

    /// The tariff of a service in the country that is in force on a day: what the methodologies count with.
    #[must_use]
    pub fn on(&self, service: &str, date: NaiveDate) -> Option<&Arc<Tariff>> {
        let history = self.history(service);
        let started = history.partition_point(|tariff| tariff.valid_from <= date);
        history.get(started.checked_sub(1)?).filter(|tariff| tariff.valid_to.is_none_or(|to| date <= to))
    }

    /// Every tariff of the country, by service and time.
    pub fn national(&self) -> impl Iterator<Item = &Arc<Tariff>> {
        self.national.values().flatten()
    }

    /// The tariffs of a service in municipalities, then those at providers, by kind and time.
    pub fn scoped(&self, service: &str) -> impl Iterator<Item = &Arc<Tariff>> {
        self.scoped.get(service).into_iter().flat_map(BTreeMap::values).flatten()
    }

    /// Every tariff of a service that concerns somebody, of whatever day: those of the provider, of the municipality, of the country.
    pub fn concerning(&self, service: &str, parties: Parties) -> impl Iterator<Item = &Arc<Tariff>> {
        let scoped = self.scoped.get(service);
        let near = parties.targets().filter_map(move |target| scoped?.get(&target)).flatten();
        near.chain(self.history(service))
    }

    /// The days on which a tariff of a service that concerns somebody begins, or has ended.
    #[must_use]
    pub fn changes(&self, service: &str, parties: Parties) -> BTreeSet<NaiveDate> {
        let days = |tariff: &Arc<Tariff>| [Some(tariff.valid_from), tariff.valid_to.and_then(|to| to.succ_opt())];
        self.concerning(service, parties).flat_map(days).flatten().collect()
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

/// Sorts the tariffs of one service and place by kind and time. One without an end ends where the next of its kind begins; one that
/// says its end, and reaches into the next, is refused.
fn by_kind(mut tariffs: Vec<Tariff>, faults: &mut Faults) -> Vec<Arc<Tariff>> {
    tariffs.sort_by_key(|tariff| (tariff.price_kind, tariff.valid_from));
    let next: Vec<(PriceKind, NaiveDate)> =
        tariffs.iter().skip(1).map(|tariff| (tariff.price_kind, tariff.valid_from)).collect();
    for (tariff, (kind, next)) in tariffs.iter_mut().zip(next) {
        if tariff.price_kind != kind {
            continue;
        }
        if tariff.valid_from == next || tariff.valid_to.is_some_and(|to| to >= next) {
            faults.add(
                &format!("tariff of {} from {next}", tariff.service),
                "overlaps another of the same kind and place",
            );
        }
        tariff.valid_to = tariff.valid_to.or_else(|| next.pred_opt());
    }
    tariffs.into_iter().map(Arc::new).collect()
}

//! Prices that changed after a plan was signed: a tariff or an offer of the same provider at another price. Neither alters the plan; each
//! is a reason to revise it [domain 5.2, 6.4].
//!
//! **Decision**: a tariff of the country, of the plan's municipality or of the line's provider concerns a line whose price is that of
//! the tariff before it on the first day of the plan, or is above a regulated or delegated one that begins within the plan and binds
//! the line ([`PriceBounds::of_tariffs`]). An offer concerns a line where another of the same provider, service and place begins
//! after the chosen one within the plan at another price. Of several the last is told.
//! **Decision**: the effect is that on the volume that is not delivered yet; what was delivered keeps its price.

use std::{cmp::Reverse, collections::BTreeMap};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    access::MunicipalityCode,
    ledger::{Balance, LineBalance},
    money::{Money, Volume},
    offers::OfferedService,
    parameters::{
        catalogue::names,
        tariffs::{Parties, PriceKind, Target, Tariff, Tariffs},
    },
    plans::{PlanContent, PlanLine},
    prices::PriceBounds,
};

names! {
    /// What changed a price.
    PriceChangeCause {
        /// A tariff that the ministry published.
        Tariff = "tariff",
        /// Another price of the provider.
        Offer = "offer",
    }
}

/// An offer with its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownOffer {
    /// The provider.
    pub provider: Uuid,
    /// What it offers.
    pub offered: OfferedService,
}

/// A line of a signed plan whose price changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceChange {
    /// Number of the line.
    pub line: u32,
    /// Code of the service.
    pub service: String,
    /// What changed it.
    pub cause: PriceChangeCause,
    /// The price in the plan, EUR a unit.
    pub old: Money,
    /// The price that holds instead, EUR a unit.
    pub new: Money,
    /// From this day on.
    pub from: NaiveDate,
    /// The offer at the new price.
    pub offer: Option<Uuid>,
    /// The volume that is not delivered yet.
    pub remaining: Volume,
    /// What that costs more, EUR; less than nothing where it costs less.
    pub effect: Money,
    /// Whether the indicative budget counts the line.
    pub counted: bool,
}

/// What the prices of signed plans are compared with.
#[derive(Debug, Clone, Copy)]
pub struct PriceFacts<'a> {
    /// The tariffs.
    pub tariffs: &'a Tariffs,
    /// The municipality whose plans they are.
    pub municipality: MunicipalityCode,
    /// The chosen offers and those of the same providers and services.
    pub offers: &'a BTreeMap<Uuid, KnownOffer>,
}

/// What changed prices do to the sums of a plan, EUR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceEffect {
    /// The agreed budget as it would be.
    pub agreed: Money,
    /// What it would leave of the indicative budget; less than nothing where it would be above.
    pub free: Money,
}

impl PriceFacts<'_> {
    /// The lines of a signed plan whose price changed, where something is left to deliver.
    #[must_use]
    pub fn changes(&self, plan: &PlanContent, ledger: &Balance) -> Vec<PriceChange> {
        let paid = plan.lines.iter().filter(|line| !line.free_support);
        paid.filter_map(|line| self.change(plan, line, ledger.lines.get(&line.number))).collect()
    }

    fn change(&self, plan: &PlanContent, line: &PlanLine, ledger: Option<&LineBalance>) -> Option<PriceChange> {
        let delivered = Volume::from_thousandths(ledger.map(|line| line.delivered_volume).unwrap_or_default());
        let remaining = line.volume.less(delivered);
        let (cause, new, from, offer) = self.offered(plan, line).or_else(|| self.set(plan, line))?;
        let differs = new != line.unit_price && remaining > Volume::default();
        differs.then(|| PriceChange {
            line: line.number,
            service: line.service.clone(),
            cause,
            old: line.unit_price,
            new,
            from,
            offer,
            effect: remaining.at(new).rounded() - remaining.at(line.unit_price).rounded(),
            remaining,
            counted: ledger.is_some_and(|line| line.counted),
        })
    }

    /// The last offer that follows the chosen one within the plan.
    fn offered(
        &self,
        plan: &PlanContent,
        line: &PlanLine,
    ) -> Option<(PriceChangeCause, Money, NaiveDate, Option<Uuid>)> {
        let chosen = self.offers.get(&line.offer?)?;
        let follows = |offer: &KnownOffer| {
            let (next, before) = (&offer.offered, &chosen.offered);
            offer.provider == chosen.provider
                && (next.service.as_str(), &next.place) == (before.service.as_str(), &before.place)
                && next.validity.from > before.validity.from
                && next.validity.from <= plan.to
        };
        let following = self.offers.iter().filter(|(_, offer)| follows(offer));
        let (id, last) = following.max_by_key(|(_, offer)| offer.offered.validity.from)?;
        let price = last.offered.terms.price;
        let changed = price != chosen.offered.terms.price;
        changed.then_some((PriceChangeCause::Offer, price, last.offered.validity.from, Some(*id)))
    }

    /// The last tariff that begins within the plan, where the line follows the one before it or breaks it.
    fn set(&self, plan: &PlanContent, line: &PlanLine) -> Option<(PriceChangeCause, Money, NaiveDate, Option<Uuid>)> {
        let offer = line.offer.and_then(|offer| self.offers.get(&offer));
        let parties = Parties { municipality: Some(self.municipality), provider: offer.map(|offer| offer.provider) };
        let all = || self.tariffs.concerning(&line.service, parties);
        // In the country one tariff follows the other, whatever its kind; elsewhere those of a kind do.
        let same = |one: &Tariff, other: &Tariff| {
            let national = one.target == Target::National;
            one.target == other.target && (national || one.price_kind == other.price_kind)
        };
        let begins = |tariff: &Tariff| plan.from < tariff.valid_from && tariff.valid_from <= plan.to;
        let is_last = |tariff: &Tariff| {
            !all().any(|other| same(tariff, other) && begins(other) && other.valid_from > tariff.valid_from)
        };
        let follows = |tariff: &Tariff| {
            all()
                .any(|before| same(tariff, before) && before.is_in_force(plan.from) && before.amount == line.unit_price)
        };
        let bounds = |day| PriceBounds::of_tariffs(self.tariffs, &line.service, day, parties);
        let binds = |tariff: &Tariff| {
            let bounds = bounds(tariff.valid_from);
            let bound = match tariff.price_kind {
                PriceKind::Regulated => bounds.regulated,
                PriceKind::Delegated => bounds.delegated,
                PriceKind::Market | PriceKind::CalculatedAverage => None,
            };
            bound == Some(tariff.amount)
        };
        let concerns = |tariff: &Tariff| {
            begins(tariff) && is_last(tariff) && (follows(tariff) || (line.unit_price > tariff.amount && binds(tariff)))
        };
        let told = all().filter(|tariff| concerns(tariff));
        let last = told.max_by_key(|tariff| (tariff.valid_from, Reverse(tariff.amount)))?;
        let new = bounds(last.valid_from).cap(last.amount);
        Some((PriceChangeCause::Tariff, new, last.valid_from, None))
    }
}

/// What changes do to the agreed budget and to what it leaves.
#[must_use]
pub fn effect(changes: &[PriceChange], agreed: Money, indicative: Money) -> PriceEffect {
    let counted = changes.iter().filter(|change| change.counted).map(|change| change.effect).sum::<Money>();
    let mut after = agreed;
    after += counted;
    PriceEffect { agreed: after, free: indicative - after }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        offers::{DeliveryPlace, Place, Terms, Validity},
        parameters::Parameters,
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn plan(price: &str, offer: Option<u128>) -> PlanContent {
        serde_json::from_value(serde_json::json!({"from": "2023-04-01", "to": "2024-03-31", "goals": [], "notes": null,
            "lines": [{"number": 1, "service": "home_care", "recipient": "child", "goal": 1, "volume": "100",
                "minimum_volume": null, "intensity": null, "schedule": [], "times": [], "offer": offer.map(Uuid::from_u128),
                "unit_price": price, "price_kind": null, "funding": "individual_budget", "priority": 1,
                "expert_rank": null, "parent_rank": null, "self_prepaid": true, "free_support": false,
                "provider_is_relative": false, "includes": [], "reason": null}]}))
        .unwrap()
    }

    fn offer(provider: u128, price: i64, from: &str, place: DeliveryPlace) -> KnownOffer {
        KnownOffer {
            provider: Uuid::from_u128(provider),
            offered: OfferedService {
                service: "home_care".to_owned(),
                place: Place { kind: place, address: None, municipality: None },
                terms: Terms {
                    price: Money::from_cents(price),
                    kind: PriceKind::Market,
                    free_market: None,
                    delegation: None,
                },
                validity: Validity { from: day(from), to: None },
                qualifications: Vec::new(),
            },
        }
    }

    fn delivered(volume: i64) -> Balance {
        let line = LineBalance { counted: true, delivered_volume: volume * 1000, ..LineBalance::default() };
        Balance { ceiling: 0, lines: BTreeMap::from([(1, line)]) }
    }

    #[test]
    fn another_price_of_the_same_provider_changes_what_is_not_delivered() {
        let tariffs = Parameters::embedded().unwrap().tariffs;
        let home = DeliveryPlace::Home;
        let offers: BTreeMap<_, _> = [
            (1, offer(1, 1200, "2023-01-01", home)),
            (2, offer(1, 1300, "2023-06-01", home)),
            (3, offer(1, 1350, "2023-09-01", home)),
            (4, offer(1, 9900, "2024-04-01", home)),
            (5, offer(1, 9900, "2023-09-01", DeliveryPlace::Remote)),
            (6, offer(2, 9900, "2023-09-01", home)),
        ]
        .into_iter()
        .map(|(id, offer)| (Uuid::from_u128(id), offer))
        .collect();
        let facts = PriceFacts { tariffs: &tariffs, municipality: "0001000".parse().unwrap(), offers: &offers };
        let changes = facts.changes(&plan("12.00", Some(1)), &delivered(40));
        let told: Vec<_> = changes.iter().map(|change| (change.cause, change.new, change.from, change.offer)).collect();
        let expected = (PriceChangeCause::Offer, Money::from_cents(1350), day("2023-09-01"), Some(Uuid::from_u128(3)));
        assert_eq!(told, [expected]);
        assert_eq!(changes[0].effect, Money::from_cents(60 * 150));
        let after = effect(&changes, Money::from_cents(120_000), Money::from_cents(125_000));
        assert_eq!((after.agreed, after.free), (Money::from_cents(129_000), Money::from_cents(-4_000)));
        // A revision that chose the last offer, and what is delivered in full, have no change.
        assert_eq!(facts.changes(&plan("13.50", Some(3)), &delivered(40)), []);
        assert_eq!(facts.changes(&plan("12.00", Some(1)), &delivered(100)), []);
        assert_eq!(facts.changes(&plan("12.00", Some(6)), &delivered(0)), []);
    }

    #[test]
    fn without_another_tariff_nothing_changes() {
        let tariffs = Parameters::embedded().unwrap().tariffs;
        let offers = BTreeMap::new();
        let facts = PriceFacts { tariffs: &tariffs, municipality: "0001000".parse().unwrap(), offers: &offers };
        for price in ["6.63", "12.00"] {
            assert_eq!(facts.changes(&plan(price, None), &delivered(0)), []);
        }
    }

    #[test]
    fn a_tariff_of_a_place_changes_the_prices_there_alone() {
        let (here, there, own) = ("0001000", "0002000", Uuid::from_u128(1));
        let tariff = |kind: &str, amount: &str, from: &str, place: serde_json::Value| {
            let mut tariff = serde_json::json!({"service": "home_care", "amount": amount, "unit": "hour",
                "price_kind": kind, "valid_from": from, "source": {"document": "S3", "section": "x"}});
            for (member, value) in place.as_object().unwrap() {
                tariff[member] = value.clone();
            }
            tariff
        };
        let overlay = serde_json::json!({"tariffs": [
            tariff("delegated", "11.00", "2023-06-01", serde_json::json!({"municipality": here})),
            tariff("delegated", "11.50", "2023-08-01", serde_json::json!({"provider": own})),
            tariff("market", "9.00", "2023-09-01", serde_json::json!({"municipality": here})),
        ]});
        let tariffs = Parameters::with(&[&serde_json::from_value(overlay).unwrap()]).unwrap().tariffs;
        let offers = [
            (1, offer(1, 1200, "2023-01-01", DeliveryPlace::Home)),
            (2, offer(2, 1200, "2023-01-01", DeliveryPlace::Home)),
        ];
        let offers = offers.into_iter().map(|(id, offer)| (Uuid::from_u128(id), offer)).collect();
        // The nearest contract counts: at the provider, which has one of its own, that of the municipality does not from then on.
        for (municipality, offer, expected) in [
            (here, None, Some((1100, "2023-06-01"))),
            (there, None, None),
            (here, Some(2), Some((1100, "2023-06-01"))),
            (there, Some(2), None),
            (here, Some(1), Some((1150, "2023-08-01"))),
            (there, Some(1), Some((1150, "2023-08-01"))),
        ] {
            let facts = PriceFacts { tariffs: &tariffs, municipality: municipality.parse().unwrap(), offers: &offers };
            let told = facts.changes(&plan("12.00", offer), &delivered(0)).into_iter().next();
            let told = told.map(|change| (change.new, change.from));
            let expected = expected.map(|(cents, from)| (Money::from_cents(cents), day(from)));
            assert_eq!(told, expected, "{municipality} {offer:?}");
        }
    }
}

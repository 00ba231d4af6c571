//! How many places each municipality has, and how many of them each age group and impairment should get.

use std::collections::BTreeMap;

use super::{AgeGroup, Candidate, SelectionParameters};
use crate::{
    parameters::catalogue::Impairment,
    proportion::{Part, share},
};

/// What a municipality has to give and who asks for it.
struct Demand<'a> {
    region: Option<&'a str>,
    applicants: u128,
    places: u128,
}

impl Demand<'_> {
    fn waiting(&self) -> u128 {
        self.applicants - self.places
    }
}

/// The places of each municipality that has candidates.
pub(super) fn places<'a>(candidates: &'a [Candidate], parameters: &SelectionParameters) -> BTreeMap<&'a str, u128> {
    let target = u128::from(parameters.per_municipality);
    let mut municipalities: BTreeMap<&str, Demand> = BTreeMap::new();
    for candidate in candidates {
        let demand = municipalities.entry(&candidate.municipality).or_insert(Demand {
            region: candidate.region.as_deref(),
            applicants: 0,
            places: 0,
        });
        demand.applicants += 1;
        demand.places = demand.applicants.min(target);
    }
    if parameters.move_unfilled_places {
        move_unfilled(&mut municipalities, target, u128::from(parameters.minimum_per_region));
    }
    municipalities.into_iter().map(|(name, demand)| (name, demand.places)).collect()
}

/// Gives the places that municipalities can't fill to others: first to regions below the minimum, in proportion to what
/// they lack, then to all, in proportion to the children waiting. Worth only what it can use, no municipality gets more
/// places than it has candidates.
fn move_unfilled(municipalities: &mut BTreeMap<&str, Demand>, target: u128, minimum: u128) {
    let mut free: u128 = municipalities.values().map(|demand| target - demand.places.min(target)).sum();

    let mut regions: BTreeMap<&str, (u128, u128)> = BTreeMap::new();
    for demand in municipalities.values() {
        if let Some(region) = demand.region {
            let (places, waiting) = regions.entry(region).or_default();
            *places += demand.places;
            *waiting += demand.waiting();
        }
    }
    let lacks: Vec<Part> = regions
        .values()
        .map(|(places, waiting)| minimum.saturating_sub(*places).min(*waiting))
        .map(|lack| Part { weight: lack, cap: lack })
        .collect();
    for (region, extra) in regions.keys().zip(share(free, &lacks)) {
        free -= hand_out(municipalities, extra, |demand| demand.region == Some(region));
    }
    hand_out(municipalities, free, |_| true);
}

/// Shares extra places among some municipalities, in proportion to the children waiting; gives the number handed out.
fn hand_out(municipalities: &mut BTreeMap<&str, Demand>, extra: u128, receives: impl Fn(&Demand) -> bool) -> u128 {
    let parts: Vec<Part> = municipalities
        .values()
        .map(|demand| if receives(demand) { demand.waiting() } else { 0 })
        .map(|waiting| Part { weight: waiting, cap: waiting })
        .collect();
    let shares = share(extra, &parts);
    for (demand, places) in municipalities.values_mut().zip(&shares) {
        demand.places += places;
    }
    shares.iter().sum()
}

/// How many children each age group should get, out of so many places: in proportion to the targets, none more than it
/// has candidates [S0 §2.2].
pub(super) fn age_aims(
    candidates: &[Candidate],
    places: u128,
    parameters: &SelectionParameters,
) -> BTreeMap<AgeGroup, u128> {
    let applicants = counted(candidates.iter().map(|candidate| candidate.age_group));
    let weights = parameters.age_groups.iter().map(|target| (target.group, u128::from(target.target)));
    aims(weights.collect(), &applicants, places)
}

/// How many children with each impairment should get a place, out of so many: in proportion to the quotas, none more
/// than there are candidates [S0 §2.2].
pub(super) fn impairment_aims(
    candidates: &[Candidate],
    places: u128,
    parameters: &SelectionParameters,
) -> BTreeMap<Impairment, u128> {
    let applicants = counted(candidates.iter().map(|candidate| candidate.impairment));
    let quota = |impairment| {
        let quota = parameters.impairments.iter().find(|quota| quota.impairment == impairment);
        u128::from(quota.map_or(0, |quota| quota.percent))
    };
    aims(Impairment::ALL.iter().map(|&impairment| (impairment, quota(impairment))).collect(), &applicants, places)
}

fn counted<K: Ord>(groups: impl Iterator<Item = K>) -> BTreeMap<K, u128> {
    let mut counts = BTreeMap::new();
    for group in groups {
        *counts.entry(group).or_default() += 1;
    }
    counts
}

/// Places by weight up to the applicants of each group; what the groups with a weight can't take goes to the others.
fn aims<K: Ord + Copy>(weights: Vec<(K, u128)>, applicants: &BTreeMap<K, u128>, places: u128) -> BTreeMap<K, u128> {
    let count = |group: &K| applicants.get(group).copied().unwrap_or_default();
    let weighted: Vec<Part> =
        weights.iter().map(|(group, weight)| Part { weight: *weight, cap: count(group) }).collect();
    let shares = share(places, &weighted);
    let others: Vec<Part> = weights
        .iter()
        .map(|(group, weight)| if *weight == 0 { count(group) } else { 0 })
        .map(|waiting| Part { weight: waiting, cap: waiting })
        .collect();
    let rest = share(places - shares.iter().sum::<u128>(), &others);
    weights
        .into_iter()
        .zip(shares.into_iter().zip(rest))
        .map(|((group, _), (by_weight, rest))| (group, by_weight + rest))
        .collect()
}

/// How many children with each impairment the quotas alone ask for, out of so many places.
pub(super) fn wanted_by_quota(places: u128, parameters: &SelectionParameters) -> Vec<(Impairment, u128)> {
    let percents: u128 = parameters.impairments.iter().map(|quota| u128::from(quota.percent)).sum();
    let parts: Vec<Part> =
        parameters.impairments.iter().map(|quota| Part { weight: u128::from(quota.percent), cap: places }).collect();
    let shares = share(places * percents / 100, &parts);
    parameters.impairments.iter().map(|quota| quota.impairment).zip(shares).collect()
}

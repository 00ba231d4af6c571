//! The places of a selection while they are being filled and exchanged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    AgeGroup, Candidate, SelectionParameters,
    places::{age_aims, impairment_aims},
};
use crate::parameters::catalogue::Impairment;

/// What the quotas tell children of one municipality apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    pub(super) age_group: AgeGroup,
    pub(super) impairment: Impairment,
}

impl Kind {
    pub(super) const fn of(candidate: &Candidate) -> Self {
        Self { age_group: candidate.age_group, impairment: candidate.impairment }
    }
}

/// The children of one kind in one municipality. The first `taken` of them have places.
#[derive(Debug, Default)]
struct Queue {
    /// Positions in the tie order of all candidates, ascending.
    children: Vec<usize>,
    taken: usize,
}

impl Queue {
    fn last_taken(&self) -> Option<usize> {
        self.children.get(self.taken.checked_sub(1)?).copied()
    }

    fn first_waiting(&self) -> Option<usize> {
        self.children.get(self.taken).copied()
    }
}

#[derive(Debug)]
struct Municipality<'a> {
    name: &'a str,
    open: u128,
    queues: BTreeMap<Kind, Queue>,
}

/// How many children of a group should have places, and how many have.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    aim: u128,
    got: u128,
}

#[derive(Debug)]
struct Tallies<K>(BTreeMap<K, Tally>);

impl<K: Ord + Copy> Tallies<K> {
    fn new(aims: BTreeMap<K, u128>) -> Self {
        Self(aims.into_iter().map(|(group, aim)| (group, Tally { aim, got: 0 })).collect())
    }

    fn get(&self, group: K) -> Tally {
        self.0.get(&group).copied().unwrap_or_default()
    }

    fn below(&self, group: K) -> bool {
        self.get(group).got < self.get(group).aim
    }

    fn above(&self, group: K) -> bool {
        self.get(group).got > self.get(group).aim
    }

    fn groups_above(&self) -> Vec<K> {
        self.0.keys().copied().filter(|group| self.above(*group)).collect()
    }

    fn add(&mut self, group: K) {
        self.0.entry(group).or_default().got += 1;
    }

    fn exchange(&mut self, gives: K, takes: K) {
        self.add(takes);
        if let Some(tally) = self.0.get_mut(&gives) {
            tally.got = tally.got.saturating_sub(1);
        }
    }

    /// How an exchange changes the sum of the distances from the aims: -2, 0 or 2.
    fn worse_by(&self, gives: K, takes: K) -> i32 {
        if gives == takes {
            return 0;
        }
        let gives = if self.above(gives) { -1 } else { 1 };
        gives + if self.below(takes) { -1 } else { 1 }
    }
}

/// In one municipality, the last child taken of one kind gives its place to the first one waiting of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Exchange {
    municipality: usize,
    gives: Kind,
    takes: Kind,
}

/// Which of three times the children are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    AllQuotas,
    AgeQuota,
    AnyPlace,
}

#[derive(Debug)]
pub(super) struct Board<'a> {
    municipalities: Vec<Municipality<'a>>,
    ages: Tallies<AgeGroup>,
    impairments: Tallies<Impairment>,
}

impl<'a> Board<'a> {
    /// The empty board; the candidates are in tie order.
    pub(super) fn new(
        candidates: &'a [Candidate],
        places: &BTreeMap<&'a str, u128>,
        parameters: &SelectionParameters,
    ) -> Self {
        let mut queues: BTreeMap<&str, BTreeMap<Kind, Queue>> = BTreeMap::new();
        for (position, candidate) in candidates.iter().enumerate() {
            let queue = queues.entry(&candidate.municipality).or_default().entry(Kind::of(candidate)).or_default();
            queue.children.push(position);
        }
        let municipalities = queues.into_iter().map(|(name, queues)| Municipality {
            name,
            open: places.get(name).copied().unwrap_or_default(),
            queues,
        });
        let all = places.values().sum();
        Self {
            municipalities: municipalities.collect(),
            ages: Tallies::new(age_aims(candidates, all, parameters)),
            impairments: Tallies::new(impairment_aims(candidates, all, parameters)),
        }
    }

    /// Step 3: fills every place, in tie order.
    pub(super) fn fill(&mut self, candidates: &[Candidate]) {
        let index: BTreeMap<&str, usize> =
            self.municipalities.iter().enumerate().map(|(index, municipality)| (municipality.name, index)).collect();
        for round in [Round::AllQuotas, Round::AgeQuota, Round::AnyPlace] {
            for (position, candidate) in candidates.iter().enumerate() {
                let Some(municipality) =
                    index.get(candidate.municipality.as_str()).and_then(|index| self.municipalities.get_mut(*index))
                else {
                    continue;
                };
                let room = municipality.open > 0
                    && (round == Round::AnyPlace || self.ages.below(candidate.age_group))
                    && (round != Round::AllQuotas || self.impairments.below(candidate.impairment));
                let queue = municipality.queues.get_mut(&Kind::of(candidate));
                // A child that waited in an earlier round is the first one waiting of its kind, since room only shrinks.
                if let Some(queue) = queue.filter(|queue| room && queue.first_waiting() == Some(position)) {
                    queue.taken += 1;
                    municipality.open -= 1;
                    self.ages.add(candidate.age_group);
                    self.impairments.add(candidate.impairment);
                }
            }
        }
    }

    /// Step 4: hands places from age groups above their number to groups below it, until no chain of exchanges is left.
    pub(super) fn exchange_ages(&mut self) {
        loop {
            let mut links: BTreeMap<(AgeGroup, AgeGroup), (i32, Exchange)> = BTreeMap::new();
            for exchange in self.exchanges() {
                let cost = self.impairments.worse_by(exchange.gives.impairment, exchange.takes.impairment);
                let ages = (exchange.gives.age_group, exchange.takes.age_group);
                let best = links.entry(ages).or_insert((cost, exchange));
                *best = (*best).min((cost, exchange));
            }
            let links = links.into_iter().map(|(ages, (_, exchange))| (ages, exchange)).collect();
            let Some(chain) = chain(&links, &self.ages.groups_above(), |group| self.ages.below(group)) else { return };
            chain.into_iter().for_each(|exchange| self.apply(exchange));
        }
    }

    /// Step 5: the same between impairments. A link from one to another is a chain of exchanges between kinds that
    /// begins and ends in one age group, so that no age group's number changes.
    pub(super) fn exchange_impairments(&mut self) {
        while !self.impairments.groups_above().is_empty() {
            let kinds = self.links_of_kinds();
            let mut links: BTreeMap<(Impairment, Impairment), (Kind, Kind)> = BTreeMap::new();
            let givers: BTreeSet<Kind> = kinds.keys().map(|(gives, _)| *gives).collect();
            for gives in givers {
                for takes in reachable(&kinds, gives) {
                    if takes.age_group == gives.age_group && takes.impairment != gives.impairment {
                        links.entry((gives.impairment, takes.impairment)).or_insert((gives, takes));
                    }
                }
            }
            let above = self.impairments.groups_above();
            let Some(steps) = chain(&links, &above, |impairment| self.impairments.below(impairment)) else { return };
            for (gives, takes) in steps {
                // A step may use up what a later one counted on. The board is no worse then, and the search ends.
                let Some(chain) = chain(&self.links_of_kinds(), &[gives], |kind| kind == takes) else { return };
                chain.into_iter().for_each(|exchange| self.apply(exchange));
            }
        }
    }

    /// Step 6: a waiting child takes the place of a later one of its municipality where no quota is worse for it.
    pub(super) fn prefer_earlier(&mut self) {
        loop {
            let mut changed = false;
            for index in 0..self.municipalities.len() {
                while let Some(exchange) = self.earlier(index) {
                    self.apply(exchange);
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn earlier(&self, index: usize) -> Option<Exchange> {
        let municipality = self.municipalities.get(index)?;
        exchanges_of(index, municipality)
            .filter(|exchange| {
                let (gives, takes) = (exchange.gives, exchange.takes);
                self.ages.worse_by(gives.age_group, takes.age_group) <= 0
                    && self.impairments.worse_by(gives.impairment, takes.impairment) <= 0
            })
            .filter_map(|exchange| {
                let leaves = municipality.queues.get(&exchange.gives)?.last_taken()?;
                let comes = municipality.queues.get(&exchange.takes)?.first_waiting()?;
                (comes < leaves).then_some((comes, usize::MAX - leaves, exchange))
            })
            .min()
            .map(|(_, _, exchange)| exchange)
    }

    /// Whether the candidate at a position of the tie order has a place.
    pub(super) fn chosen(&self) -> BTreeSet<usize> {
        let queues = self.municipalities.iter().flat_map(|municipality| municipality.queues.values());
        queues.flat_map(|queue| queue.children.iter().take(queue.taken)).copied().collect()
    }

    fn exchanges(&self) -> impl Iterator<Item = Exchange> + '_ {
        self.municipalities.iter().enumerate().flat_map(|(index, municipality)| exchanges_of(index, municipality))
    }

    fn links_of_kinds(&self) -> BTreeMap<(Kind, Kind), Exchange> {
        let mut links = BTreeMap::new();
        for exchange in self.exchanges() {
            links.entry((exchange.gives, exchange.takes)).or_insert(exchange);
        }
        links
    }

    fn apply(&mut self, exchange: Exchange) {
        let Some(municipality) = self.municipalities.get_mut(exchange.municipality) else { return };
        if let Some(queue) = municipality.queues.get_mut(&exchange.gives) {
            queue.taken = queue.taken.saturating_sub(1);
        }
        if let Some(queue) = municipality.queues.get_mut(&exchange.takes) {
            queue.taken += 1;
        }
        self.ages.exchange(exchange.gives.age_group, exchange.takes.age_group);
        self.impairments.exchange(exchange.gives.impairment, exchange.takes.impairment);
    }
}

/// Every exchange that is possible in a municipality, by kinds.
fn exchanges_of(index: usize, municipality: &Municipality) -> impl Iterator<Item = Exchange> {
    let can_take: Vec<Kind> = municipality
        .queues
        .iter()
        .filter(|(_, queue)| queue.first_waiting().is_some())
        .map(|(kind, _)| *kind)
        .collect();
    municipality.queues.iter().filter(|(_, queue)| queue.taken > 0).flat_map(move |(gives, _)| {
        let gives = *gives;
        let takes = can_take.clone().into_iter().filter(move |takes| *takes != gives);
        takes.map(move |takes| Exchange { municipality: index, gives, takes })
    })
}

/// The shortest chain of links from one of the starts to a group that is a goal.
///
/// Every link of a chain is possible at once: a chain passes each group once, so no queue gives or takes a second child.
fn chain<K: Ord + Copy, L: Copy>(
    links: &BTreeMap<(K, K), L>,
    starts: &[K],
    is_goal: impl Fn(K) -> bool,
) -> Option<Vec<L>> {
    let mut came_by: BTreeMap<K, Option<(K, L)>> = starts.iter().map(|start| (*start, None)).collect();
    let mut next: VecDeque<K> = starts.iter().copied().collect();
    while let Some(group) = next.pop_front() {
        if is_goal(group) {
            let mut chain = Vec::new();
            let mut at = group;
            while let Some((before, link)) = came_by.get(&at).copied().flatten() {
                chain.push(link);
                at = before;
            }
            chain.reverse();
            return Some(chain);
        }
        for ((_, to), link) in links.iter().filter(|((from, _), _)| *from == group) {
            if !came_by.contains_key(to) {
                came_by.insert(*to, Some((group, *link)));
                next.push_back(*to);
            }
        }
    }
    None
}

/// Every group that a chain of links leads to.
fn reachable<K: Ord + Copy, L>(links: &BTreeMap<(K, K), L>, start: K) -> BTreeSet<K> {
    let mut reached = BTreeSet::from([start]);
    let mut next = vec![start];
    while let Some(group) = next.pop() {
        for (_, to) in links.keys().filter(|(from, _)| *from == group) {
            if reached.insert(*to) {
                next.push(*to);
            }
        }
    }
    reached
}

//! The order in which the search goes through the lines, and what it needs to know of each.

use std::cmp::Reverse;

use super::{
    bound::{Bound, Segment, one_of},
    multipliers::{Linear, Worth, worths},
    problem::{Item, Problem},
};

/// A choice, beyond the least one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub(super) cents: i64,
    pub(super) value: i64,
    /// What it takes of the group's maximum.
    pub(super) measure: i64,
}

/// A line in the order of the search.
#[derive(Debug)]
pub(super) struct Level {
    pub(super) line: usize,
    /// The choices, ascending.
    pub(super) moves: Vec<Move>,
    /// A maximum that can be reached.
    pub(super) group: Option<usize>,
    /// What the later lines of the group can take of the maximum at most.
    pub(super) rest: i64,
    /// Places of later lines that can't stay beside this one.
    pub(super) rivals: Vec<usize>,
    /// The most money that counts after this line.
    pub(super) money: i64,
    /// What every choice of the later lines costs a multiple of; 0 after the last.
    pub(super) grid: i64,
    /// Value per cent when a volume is weighed against money for other lines.
    pub(super) rate: u64,
    /// Segment of the bound, what maxima are worth taken off.
    segment: Segment,
    /// Of the lines with the same number one stays at most.
    clique: usize,
}

/// The whole order.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) levels: Vec<Level>,
    /// What is left of each maximum that can be reached.
    pub(super) caps: Vec<i64>,
    pub(super) worths: Vec<Worth>,
    /// Money for all lines.
    pub(super) ceiling: i64,
    /// Value of the least choices.
    pub(super) least_value: i64,
    /// All lines by value per cent.
    pub(super) by_rate: Vec<usize>,
    payable: i64,
}

/// A line before it has its place.
struct Draft {
    line: usize,
    moves: Vec<Move>,
    linear: Linear,
    priority: usize,
    clique: usize,
    /// Lines tied together by maxima or exclusions have the same number; lines on their own have none.
    bundle: Option<usize>,
}

impl Layout {
    pub(super) fn of(problem: &Problem) -> Self {
        let least = problem.items.iter().map(Item::least);
        let ceiling = problem.ceiling - least.clone().map(|choice| choice.cents).sum::<i64>();
        let paid = problem.items.iter().filter(|item| !item.state_paid).map(|item| item.least().cents);
        let payable = problem.payable - paid.sum::<i64>();
        let (group_of, caps) = reachable(problem);
        let mut drafts = drafts(problem, &group_of);
        let linear: Vec<Linear> = drafts.iter().map(|draft| draft.linear).collect();
        let worths = worths(&linear, &caps, ceiling, payable);

        let mut by_rate: Vec<&Draft> = drafts.iter().collect();
        by_rate.sort_by_key(|draft| (Reverse(draft.linear.segment.slope()), draft.priority));
        let by_rate = by_rate.into_iter().map(|draft| draft.line).collect();
        bundle(problem, &mut drafts);
        arrange(&mut drafts);

        let state_paid = drafts.iter().filter(|draft| !draft.linear.segment.payable).count();
        let mut levels = levels(problem, drafts, &worths);
        finish(&mut levels, problem, state_paid, payable);
        Self {
            levels,
            caps,
            worths,
            ceiling: if state_paid == 0 { ceiling.min(payable) } else { ceiling },
            least_value: least.map(|choice| choice.value).sum(),
            by_rate,
            payable,
        }
    }

    /// The most that the lines from a place on can buy beside excluded ones.
    pub(super) fn bound(&self, place: usize, excluded: &[usize]) -> Bound {
        let later = self.levels.get(place..).unwrap_or_default();
        let mut segments = Vec::with_capacity(later.len());
        let mut clique = Vec::new();
        let mut place = place;
        for members in later.chunk_by(|one, other| one.clique == other.clique) {
            clique.clear();
            for level in members {
                if level.segment.value > 0 && (excluded.is_empty() || !excluded.contains(&place)) {
                    clique.push(level.segment);
                }
                place += 1;
            }
            one_of(&clique, &mut segments);
        }
        let state_paid_left = later.first().is_some_and(|level| !level.segment.payable);
        Bound::of(segments, state_paid_left.then_some(self.payable))
    }

    /// The most that any plan keeps beyond the least.
    pub(super) fn root(&self) -> i64 {
        let worth: i64 = self.caps.iter().zip(&self.worths).map(|(cap, worth)| worth.of(*cap)).sum();
        worth + self.bound(0, &[]).at(self.ceiling)
    }
}

/// The maxima that the choices of their lines together can exceed: for each line its number, and what is left of each
/// beside the least choices.
fn reachable(problem: &Problem) -> (Vec<Option<usize>>, Vec<i64>) {
    let mut caps = Vec::new();
    let mut group_of = vec![None; problem.items.len()];
    for (place, group) in problem.groups.iter().enumerate() {
        let lines = || problem.items.iter().enumerate().filter(|(_, item)| item.group == Some(place));
        let least: i64 = lines().map(|(_, item)| group.measure(item.least())).sum();
        let most: i64 = lines().map(|(_, item)| group.measure(item.most())).sum();
        if most <= group.most {
            continue;
        }
        for (line, _) in lines() {
            if let Some(of) = group_of.get_mut(line) {
                *of = Some(caps.len());
            }
        }
        caps.push(group.most - least);
    }
    (group_of, caps)
}

/// The lines that have a choice.
fn drafts(problem: &Problem, group_of: &[Option<usize>]) -> Vec<Draft> {
    let mut priorities = vec![0; problem.items.len()];
    for (priority, line) in problem.by_priority.iter().enumerate() {
        if let Some(of) = priorities.get_mut(*line) {
            *of = priority;
        }
    }
    let open = problem.items.iter().enumerate().filter(|(_, item)| item.choices.len() > 1);
    open.map(|(line, item)| {
        let least = item.least();
        let measure = |choice| {
            let group = item.group.and_then(|group| problem.groups.get(group));
            group.map_or(0, |group| group.measure(choice) - group.measure(least))
        };
        let group = group_of.get(line).copied().flatten();
        let moves: Vec<Move> = item
            .choices
            .iter()
            .map(|choice| Move {
                cents: choice.cents - least.cents,
                value: choice.value - least.value,
                measure: if group.is_some() { measure(*choice) } else { 0 },
            })
            .collect();
        let segment = segment(&moves, !item.state_paid, |step| step.value);
        let measure = moves.last().map_or(0, |step| step.measure);
        let priority = priorities.get(line).copied().unwrap_or_default();
        Draft { line, moves, linear: Linear { segment, group, measure }, priority, clique: line, bundle: None }
    })
    .collect()
}

/// The least straight rise that no choice is above, up to the most that any is worth.
fn segment(moves: &[Move], payable: bool, worth: impl Fn(&Move) -> i64) -> Segment {
    let rate = |step: &Move| Segment { cents: step.cents, value: worth(step), payable };
    let none = Segment { cents: 0, value: 0, payable };
    let steepest =
        moves.iter().map(rate).filter(|step| step.value > 0).max_by(|one, other| super::bound::steeper(*one, *other));
    let value = moves.iter().map(worth).max().unwrap_or_default();
    let Some(steepest) = steepest else { return none };
    let cents = i128::from(value) * i128::from(steepest.cents) / i128::from(steepest.value.max(1));
    Segment { cents: i64::try_from(cents).unwrap_or(i64::MAX), value, payable }
}

/// Finds which lines are tied together, and among them those of which one stays at most.
fn bundle(problem: &Problem, drafts: &mut [Draft]) {
    let rivals = |line: usize| problem.item(line).map(|item| item.rivals.as_slice()).unwrap_or_default();
    let facts: Vec<(usize, Option<usize>, bool)> =
        drafts.iter().map(|draft| (draft.line, draft.linear.group, draft.linear.segment.payable)).collect();
    let tied = |one: &(usize, Option<usize>, bool), other: &(usize, Option<usize>, bool)| {
        rivals(one.0).contains(&other.0) || (one.1.is_some() && one.1 == other.1)
    };
    let mut cliques: Vec<Vec<(usize, bool)>> = Vec::new();
    let mut bundles: Vec<Vec<usize>> = Vec::new();
    for (place, fact) in facts.iter().enumerate() {
        let joins = |clique: &&mut Vec<(usize, bool)>| {
            clique.iter().all(|(line, payable)| *payable == fact.2 && rivals(fact.0).contains(line))
        };
        match cliques.iter_mut().find(joins) {
            Some(clique) => clique.push((fact.0, fact.2)),
            None => cliques.push(vec![(fact.0, fact.2)]),
        }
        let touches =
            |bundle: &Vec<usize>| bundle.iter().filter_map(|other| facts.get(*other)).any(|other| tied(fact, other));
        let (mut joined, others): (Vec<_>, Vec<_>) = bundles.into_iter().partition(touches);
        bundles = others;
        let mut whole: Vec<usize> = joined.drain(..).flatten().collect();
        whole.push(place);
        bundles.push(whole);
    }
    for (number, clique) in cliques.iter().enumerate() {
        for draft in drafts.iter_mut().filter(|draft| clique.iter().any(|(line, _)| *line == draft.line)) {
            draft.clique = number;
        }
    }
    // Those that state-paid lines are part of come first: they are open already.
    let state_paid = |place: &usize| facts.get(*place).is_some_and(|fact| !fact.2);
    bundles.sort_by_key(|bundle| (!bundle.iter().any(state_paid), bundle.iter().min().copied()));
    for (number, bundle) in bundles.iter().filter(|bundle| bundle.len() > 1).enumerate() {
        for place in bundle {
            if let Some(draft) = drafts.get_mut(*place) {
                draft.bundle = Some(number);
            }
        }
    }
}

/// Puts the lines in the order of the search.
fn arrange(drafts: &mut [Draft]) {
    let mut firsts: Vec<(usize, u64)> = Vec::new();
    for draft in drafts.iter() {
        let slope = draft.linear.segment.slope();
        match firsts.iter_mut().find(|(clique, _)| *clique == draft.clique) {
            Some((_, best)) => *best = slope.max(*best),
            None => firsts.push((draft.clique, slope)),
        }
    }
    let best = |clique: usize| firsts.iter().find(|(other, _)| *other == clique).map(|(_, slope)| *slope);
    drafts.sort_by_key(|draft| {
        (
            draft.linear.segment.payable,
            draft.bundle.is_none(),
            draft.bundle,
            Reverse(best(draft.clique)),
            draft.clique,
            Reverse(draft.linear.segment.slope()),
            draft.priority,
        )
    });
}

/// The lines at their places; what depends on the later ones is still missing.
fn levels(problem: &Problem, drafts: Vec<Draft>, worths: &[Worth]) -> Vec<Level> {
    let order: Vec<usize> = drafts.iter().map(|draft| draft.line).collect();
    let level = |(place, draft): (usize, Draft)| {
        let worth = draft.linear.group.and_then(|group| worths.get(group)).copied();
        let payable = draft.linear.segment.payable;
        let segment = match worth {
            // What the measure is worth is rounded up, so one is given back.
            Some(worth) => segment(&draft.moves, payable, |step| step.value + 1 - worth.of(step.measure)),
            None => draft.linear.segment,
        };
        let excluded = problem.item(draft.line).map(|item| item.rivals.as_slice()).unwrap_or_default();
        let later = order.iter().enumerate().skip(place + 1);
        Level {
            line: draft.line,
            moves: draft.moves,
            group: draft.linear.group,
            rest: 0,
            rivals: later.filter(|(_, line)| excluded.contains(line)).map(|(place, _)| place).collect(),
            money: i64::MAX,
            grid: 0,
            rate: segment.slope(),
            segment,
            clique: draft.clique,
        }
    };
    drafts.into_iter().enumerate().map(level).collect()
}

/// What each level has to know of the later ones.
fn finish(levels: &mut [Level], problem: &Problem, state_paid: usize, payable: i64) {
    let mut rests = vec![0; problem.groups.len()];
    let mut grid = 0;
    for (place, level) in levels.iter_mut().enumerate().rev() {
        if let Some(rest) = level.group.and_then(|group| rests.get_mut(group)) {
            level.rest = *rest;
            *rest += level.moves.last().map_or(0, |step| step.measure);
        }
        level.grid = grid;
        for step in &level.moves {
            grid = greatest_common_divisor(grid, step.cents);
        }
        if place + 1 == state_paid {
            level.money = payable;
        }
    }
}

fn greatest_common_divisor(mut one: i64, mut other: i64) -> i64 {
    while let Some(rest) = other.checked_rem(one) {
        (other, one) = (one, rest);
    }
    other
}

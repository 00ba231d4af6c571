//! The order in which the search goes through the lines, and what it needs to know of each.

use std::{cmp::Reverse, collections::HashMap};

use super::{
    bound::{Bound, Segment, one_of},
    multipliers::{Linear, Worth, worths},
    outline::outline,
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

/// A line in the order of the search, or several that are tied together and taken as one.
#[derive(Debug)]
pub(super) struct Level {
    /// The line; none for several.
    pub(super) line: Option<usize>,
    /// The choices, ascending.
    pub(super) moves: Vec<Move>,
    /// Of several lines, what each choice means: lines with their choices.
    pub(super) parts: Vec<Vec<(usize, usize)>>,
    /// A maximum that can be reached.
    pub(super) group: Option<usize>,
    /// What the later lines of the group can take of the maximum at most.
    pub(super) rest: i64,
    /// Later lines that can't stay beside this one.
    pub(super) rivals: Vec<usize>,
    /// The most money that counts after this line.
    pub(super) money: i64,
    /// What every choice of the later lines costs a multiple of; 0 after the last.
    pub(super) grid: i64,
    /// Value per cent when a volume is weighed against money for other lines.
    pub(super) rate: u64,
    /// Whether the state does not pay.
    pub(super) payable: bool,
    /// What the bound says of it: concave, what maxima are worth taken off.
    hull: Vec<Segment>,
    /// Whether equal steps differ by a cent: then the bound is not quite concave in the volume.
    pub(super) uneven: bool,
    /// Of the lines with the same number one stays at most.
    clique: usize,
}

impl Level {
    /// Several lines taken as one: their choices together, ascending.
    pub(super) fn joined(moves: Vec<Move>, parts: Vec<Vec<(usize, usize)>>, last: &Level) -> Self {
        let points: Vec<Segment> =
            moves.iter().map(|step| Segment { cents: step.cents, value: step.value, payable: true }).collect();
        let mut hull = Vec::new();
        one_of(&points, &mut hull);
        Self {
            line: None,
            moves,
            parts,
            group: None,
            rest: 0,
            rivals: Vec::new(),
            money: i64::MAX,
            grid: last.grid,
            rate: 0,
            payable: true,
            hull,
            uneven: false,
            clique: last.clique,
        }
    }

    /// Several lines of which only is known what they keep at most.
    fn outlined(hull: Vec<Segment>, last: &Level) -> Self {
        Self { hull, ..Self::joined(Vec::new(), Vec::new(), last) }
    }

    /// The largest choice that so much money pays, if any: of several lines taken as one only what may be of use is
    /// known.
    pub(super) fn fitting(&self, left: i64) -> Option<usize> {
        self.moves.partition_point(|step| step.cents <= left).checked_sub(1)
    }

    /// The lines with their choices.
    pub(super) fn meant(&self, choice: usize) -> Vec<(usize, usize)> {
        match self.line {
            Some(line) => vec![(line, choice)],
            None => self.parts.get(choice).cloned().unwrap_or_default(),
        }
    }
}

/// The whole order.
#[derive(Debug)]
pub(super) struct Layout {
    /// The lines that the state pays, and those that are tied to them.
    pub(super) first: Vec<Level>,
    /// Other lines that are tied together.
    pub(super) bundles: Vec<Vec<Level>>,
    /// What each of the bundles keeps at most.
    pub(super) outlines: Vec<Level>,
    /// Lines on their own.
    pub(super) single: Vec<Level>,
    /// What is left of each maximum that can be reached.
    pub(super) caps: Vec<i64>,
    pub(super) worths: Vec<Worth>,
    /// Money for all lines.
    pub(super) ceiling: i64,
    /// Money for lines that the state does not pay.
    pub(super) payable: i64,
    /// Value of the least choices.
    pub(super) least_value: i64,
    /// The likely price of money, as value per cent.
    pub(super) price: u64,
    /// The same for lines that the state pays.
    pub(super) state_price: u64,
    /// What it took to outline the bundles.
    pub(super) work: u64,
    /// All lines by value per cent.
    pub(super) by_rate: Vec<usize>,
}

/// What later lines can keep at most.
#[derive(Debug)]
pub(super) struct Rest {
    all: Bound,
    /// Money for all lines beyond that for lines that the state does not pay, where only the latter is counted; and
    /// what such lines can keep when all that the state pays stays.
    beside: Option<(i64, i64, Bound)>,
}

impl Rest {
    /// Of these lines but the excluded ones. `beside` is how much more money there is for all lines than is counted.
    pub(super) fn of(later: &[&Level], excluded: &[usize], payable: i64, beside: Option<i64>) -> Self {
        let mut segments = Vec::with_capacity(later.len());
        let mut clique: Vec<Segment> = Vec::new();
        for members in later.chunk_by(|one, other| one.clique == other.clique) {
            let stays = |level: &&&Level| level.line.is_none_or(|line| !excluded.contains(&line));
            if let [only] = members {
                if stays(&only) {
                    segments.extend(only.hull.iter().filter(|segment| segment.value > 0));
                }
                continue;
            }
            clique.clear();
            let hulls = members.iter().filter(stays).flat_map(|level| &level.hull);
            clique.extend(hulls.filter(|segment| segment.value > 0));
            one_of(&clique, &mut segments);
        }
        let state_paid = later.iter().any(|level| !level.payable);
        let beside = beside.map(|more| {
            let (paid, others): (Vec<Segment>, Vec<Segment>) = segments.iter().partition(|segment| !segment.payable);
            (more, paid.iter().map(|segment| segment.value).sum(), Bound::of(others, None))
        });
        Self { all: Bound::of(segments, state_paid.then_some(payable)), beside }
    }

    /// The most value for the money left.
    pub(super) fn at(&self, left: i64) -> i64 {
        match &self.beside {
            None => self.all.at(left),
            Some((more, state_paid, others)) => self.all.at(left + more).min(state_paid + others.at(left)),
        }
    }

    /// The most that is kept beyond the price, where every amount of the money counted can be had at this price.
    pub(super) fn beyond(&self, price: u64) -> i64 {
        match &self.beside {
            None => self.all.beyond(price),
            Some((_, state_paid, others)) => state_paid + others.beyond(price),
        }
    }

    /// The money that buys at a better rate than this.
    pub(super) fn better_than(&self, rate: u64) -> i64 {
        match &self.beside {
            None => self.all.better_than(rate),
            Some((_, _, others)) => others.better_than(rate),
        }
    }
}

/// How state-paid lines count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinds {
    /// As all others: the money beside the state-paid part is enough for everything that fits.
    Alike,
    /// Without cost: the state-paid part is enough for all of them.
    StateFree,
    /// In one of two ceilings.
    Apart,
}

impl Kinds {
    /// Where one of the two ceilings can't be reached, there is one kind of money only.
    pub(super) fn of(problem: &Problem) -> Self {
        let state_paid = problem.items.iter().filter(|item| item.state_paid);
        let of_state: i64 = state_paid.map(|item| item.most().cents - item.least().cents).sum();
        let (ceiling, payable) = money(problem);
        if payable >= ceiling {
            Self::Alike
        } else if ceiling - payable >= of_state {
            Self::StateFree
        } else {
            Self::Apart
        }
    }
}

/// What is left beside the least choices: for all lines, and for those that the state does not pay.
fn money(problem: &Problem) -> (i64, i64) {
    let ceiling = problem.ceiling - problem.items.iter().map(|item| item.least().cents).sum::<i64>();
    let paid = problem.items.iter().filter(|item| !item.state_paid).map(|item| item.least().cents);
    (ceiling, problem.payable - paid.sum::<i64>())
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
    pub(super) fn of(problem: &Problem, kinds: Kinds) -> Self {
        let least = problem.items.iter().map(Item::least);
        let (ceiling, payable) = money(problem);
        let (ceiling, payable) = match kinds {
            Kinds::Alike => (ceiling, ceiling),
            Kinds::StateFree => (payable, payable),
            Kinds::Apart => (ceiling, payable),
        };
        let (group_of, caps) = reachable(problem);
        let mut drafts = drafts(problem, &group_of, kinds);
        let linear: Vec<Linear> = drafts.iter().map(|draft| draft.linear).collect();
        let (worths, [state_price, price]) = worths(&linear, &caps, ceiling, payable);

        let mut by_rate: Vec<&Draft> = drafts.iter().collect();
        by_rate.sort_by_key(|draft| (Reverse(draft.linear.segment.slope()), draft.priority));
        let by_rate = by_rate.into_iter().map(|draft| draft.line).collect();
        bundle(problem, &mut drafts);
        arrange(&mut drafts);

        let state_paid = drafts.iter().filter(|draft| !draft.linear.segment.payable).count();
        let tied: Vec<Option<usize>> = drafts.iter().map(|draft| draft.bundle).collect();
        let of_state: Vec<usize> =
            drafts.iter().filter(|draft| !draft.linear.segment.payable).filter_map(|draft| draft.bundle).collect();
        let mut levels = levels(problem, drafts, &worths);
        finish(&mut levels, problem, state_paid, payable);
        let (mut first, mut bundles, mut single) = (Vec::new(), Vec::<Vec<Level>>::new(), Vec::new());
        let mut open = None;
        for (level, bundle) in levels.into_iter().zip(tied) {
            match bundle {
                _ if !level.payable => first.push(level),
                None => single.push(level),
                Some(number) if of_state.contains(&number) => first.push(level),
                Some(_) => match bundles.last_mut().filter(|_| open == bundle) {
                    Some(last) => last.push(level),
                    None => bundles.push(vec![level]),
                },
            }
            open = bundle;
        }
        let mut work = 0;
        let outlined = |bundle: &Vec<Level>| {
            let bundle: Vec<&Level> = bundle.iter().collect();
            let (hull, tried) = outline(&bundle, &caps, price);
            work += tried;
            bundle.last().map(|last| Level::outlined(hull, last))
        };
        let outlines = bundles.iter().filter_map(outlined).collect();
        Self {
            first,
            bundles,
            outlines,
            price,
            state_price,
            work,
            single,
            caps,
            worths,
            ceiling: if state_paid == 0 { ceiling.min(payable) } else { ceiling },
            payable,
            least_value: least.map(|choice| choice.value).sum(),
            by_rate,
        }
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
fn drafts(problem: &Problem, group_of: &[Option<usize>], kinds: Kinds) -> Vec<Draft> {
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
                cents: if item.state_paid && kinds == Kinds::StateFree { 0 } else { choice.cents - least.cents },
                value: choice.value - least.value,
                measure: if group.is_some() { measure(*choice) } else { 0 },
            })
            .collect();
        let segment = segment(&moves, !item.state_paid || kinds != Kinds::Apart, |step| step.value);
        let measure = moves.last().map_or(0, |step| step.measure);
        let priority = priorities.get(line).copied().unwrap_or_default();
        Draft { line, moves, linear: Linear { segment, group, measure }, priority, clique: line, bundle: None }
    })
    .collect()
}

/// The least straight rise that no choice is above, up to the most that any is worth.
pub(super) fn segment(moves: &[Move], payable: bool, worth: impl Fn(&Move) -> i64) -> Segment {
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

/// Puts the lines in the order of the search. In a bundle, those with many choices come last: they are extended least
/// often.
fn arrange(drafts: &mut [Draft]) {
    // The best slope and the most choices of each clique.
    let mut cliques: HashMap<usize, (u64, usize)> = HashMap::new();
    for draft in drafts.iter() {
        let (slope, choices) = cliques.entry(draft.clique).or_default();
        *slope = draft.linear.segment.slope().max(*slope);
        *choices = draft.moves.len().max(*choices);
    }
    drafts.sort_by_key(|draft| {
        let (slope, choices) = cliques.get(&draft.clique).copied().unwrap_or_default();
        (
            draft.linear.segment.payable,
            draft.bundle.is_none(),
            draft.bundle,
            draft.bundle.map(|_| choices),
            Reverse(slope),
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
            Some(worth) => segment(&draft.moves, payable, |step| step.value - worth.at_least(step.measure)),
            None => draft.linear.segment,
        };
        let excluded = problem.item(draft.line).map(|item| item.rivals.as_slice()).unwrap_or_default();
        let later = order.iter().skip(place + 1);
        Level {
            line: Some(draft.line),
            uneven: uneven(&draft.moves),
            moves: draft.moves,
            parts: Vec::new(),
            group: draft.linear.group,
            rest: 0,
            rivals: later.copied().filter(|line| excluded.contains(line)).collect(),
            money: i64::MAX,
            grid: 0,
            rate: segment.slope(),
            payable,
            hull: vec![segment],
            clique: draft.clique,
        }
    };
    drafts.into_iter().enumerate().map(level).collect()
}

/// Whether amounts of equal steps are rounded to different cents. The last step may be a part of one.
fn uneven(moves: &[Move]) -> bool {
    let whole = moves.get(1..moves.len().saturating_sub(1)).unwrap_or_default();
    let mut steps = whole.array_windows().map(|[one, next]| next.cents - one.cents);
    let first = steps.next();
    steps.any(|step| Some(step) != first)
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

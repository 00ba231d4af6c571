//! The search for the plan that keeps the most weighted priority.
//!
//! Line after line, every choice extends every *label*: a beginning of a plan, of which only what matters for the rest
//! is kept (the money left, what open maxima have used, which lines are excluded by now). Of two labels that agree in
//! the latter, one with no more money and no more value is dropped, and so is every label whose bound does not beat the
//! best plan known. State-paid lines come first, so that afterwards one number is all the money left; then
//! the lines that maxima or exclusions tie together; then the rest by value per cent.
//!
//! The search looks first for a plan that keeps nearly as much as the bound says, which is short, and then for one that
//! keeps less and less, until one is found or the best plan known is reached: then the plan is optimal. Where the two
//! ceilings both count, it leaves out one of them first, if the bound says that this makes no difference: the best plan
//! of this kind that obeys the other as well is the best of all. Work is counted, not timed, so that the same plan
//! always has the same answer.

use std::{cmp::Reverse, collections::HashMap, rc::Rc};

use super::{
    bound::bought,
    labels::{Frontier, Label, Memory},
    layout::{Kinds, Layout, Level, Move, Rest},
    outline::Priced,
    problem::{Problem, SCALE},
    tally::Tally,
};

/// A plan counts as better from half a billionth of a weight on: far above the rounding of values, far below what is
/// published.
pub(super) const TOLERANCE: i64 = 500;

/// The first run looks for a plan that keeps less than the bound by such a part of what the known plan keeps less, or
/// by the smallest gap if that is more; each further run goes so many times as far.
const FIRST_PART: i64 = 1_024;
const SMALLEST_GAP: i64 = SCALE / 5_000;
const GROWTH: i64 = 3;

/// This part of the work is kept for runs with few labels, for a good plan where none is proved.
const RESERVED: u64 = 4;

/// Labels kept for each line in such runs.
const WIDTHS: [usize; 2] = [8, 128];

/// Labels for each line that are tried with as much of every later line as fits.
const COMPLETED: usize = 64;

/// Choices looked at before the search gives up.
const MOST_WORK: u64 = 2_400_000;

/// What it costs to extend a label, to do so with something new to remember, and to turn to the next memory, in
/// choices looked at.
const EXTENDED: u64 = 6;
const REMEMBERED: u64 = 40;
const TURNED: u64 = 200;

/// What it costs to compare a label with others that used less or more of a maximum.
const COMPARED: u64 = 4;

/// The best choices found, and whether no plan is better.
#[derive(Debug)]
pub(super) struct Best {
    pub(super) chosen: Vec<usize>,
    pub(super) optimal: bool,
    #[cfg_attr(not(test), expect(dead_code, reason = "tests see how far the search is from giving up"))]
    pub(super) work: u64,
}

/// The plan that keeps the most, starting from one that fits.
pub(super) fn best(problem: &Problem, known: Tally<'_>) -> Best {
    let kinds = Kinds::of(problem);
    let layout = Layout::of(problem, kinds);
    let mut by_rate = Tally::least(problem);
    by_rate.fill(&layout.by_rate);
    let mut best = if by_rate.value() > known.value() + TOLERANCE { by_rate } else { known };
    let mut search = Search::new(&layout, 0);
    let mut upper = search.upper();
    if kinds == Kinds::Apart {
        let bound = upper + SCALE / 1_000;
        for kinds in [Kinds::Alike, Kinds::StateFree] {
            let relaxed = Layout::of(problem, kinds);
            let mut freer = Search::new(&relaxed, search.work);
            if freer.upper() > bound {
                continue;
            }
            let most_work = search.work.midpoint(MOST_WORK);
            let (found, optimal) = freer.deepen(problem, best.clone(), freer.upper(), most_work);
            search.work = freer.work;
            if found.affordable() {
                best = found;
                if optimal {
                    return Best { chosen: best.into_chosen(), optimal: !problem.coarse, work: search.work };
                }
            } else if optimal {
                upper = upper.min(found.value() - layout.least_value + TOLERANCE);
            }
        }
    }
    let (best, optimal) = search.deepen(problem, best, upper, MOST_WORK);
    Best { chosen: best.into_chosen(), optimal: optimal && !problem.coarse, work: search.work }
}

/// The plan of these lines with their choices, all others at their least.
fn plan(problem: &Problem, chosen: Vec<(usize, usize)>) -> Tally<'_> {
    let mut tally = Tally::least(problem);
    for (line, choice) in chosen {
        tally.choose(line, choice);
    }
    tally
}

/// How one run ended.
struct Run {
    /// Lines with their choices, where they are better than what was known.
    found: Option<Vec<(usize, usize)>>,
    /// No label was left out that could have been better.
    complete: bool,
}

struct Search<'l> {
    layout: &'l Layout,
    work: u64,
    /// Only more value than this is of interest.
    threshold: i64,
    /// Work at which it gives up.
    most_work: u64,
}

/// Levels in order, and how money is counted on the way.
struct Sweep<'l> {
    layout: &'l Layout,
    levels: &'l [&'l Level],
    /// See [`Rest::of`].
    beside: Option<i64>,
    /// How many of the first levels are to be joined: then money is kept to the cent.
    joined: Option<usize>,
}

/// The bounds of what the levels from a place on keep, by the excluded lines.
struct Bounds<'l> {
    sweep: &'l Sweep<'l>,
    place: usize,
    known: HashMap<Vec<usize>, Rc<Rest>>,
}

impl Bounds<'_> {
    fn beside(&mut self, excluded: &[usize]) -> Rc<Rest> {
        if let Some(rest) = self.known.get(excluded) {
            return Rc::clone(rest);
        }
        let later = self.sweep.levels.get(self.place..).unwrap_or_default();
        let rest = Rc::new(Rest::of(later, excluded, self.sweep.layout.payable, self.sweep.beside));
        self.known.insert(excluded.to_vec(), Rc::clone(&rest));
        rest
    }
}

/// What the rest of a bundle and everything else keeps at most, where money has a price but maxima hold.
struct Ahead {
    priced: Priced,
    others: i64,
    /// Of the money left.
    price: u64,
}

impl Ahead {
    fn of(sweep: &Sweep<'_>, place: usize, end: usize, worth: i64) -> Self {
        let layout = sweep.layout;
        let lines = sweep.levels.get(place..end).unwrap_or_default();
        let others = Rest::of(sweep.levels.get(end..).unwrap_or_default(), &[], layout.payable, sweep.beside);
        let priced = Priced::of(lines, &layout.caps, [layout.state_price, layout.price]);
        let others = worth + others.beyond(layout.price);
        // As long as state-paid lines are to come, the money left is that for all lines.
        let apart = sweep.joined.is_none() && lines.iter().any(|level| !level.payable);
        if apart {
            let others = others + bought(layout.price.saturating_sub(layout.state_price), layout.payable) + 1;
            Self { priced, others, price: layout.state_price }
        } else {
            Self { priced, others, price: layout.price }
        }
    }

    fn most(&mut self, layout: &Layout, memory: &Memory) -> (i64, u64) {
        let left = layout.caps.iter().zip(&memory.used).map(|(cap, used)| cap - used).collect();
        (self.others + self.priced.beside(left, &memory.excluded), self.price)
    }
}

/// The labels that one label is extended to, as far as they have in common.
struct Turn<'l> {
    layout: &'l Layout,
    level: &'l Level,
    memory: Memory,
    /// What all later choices cost a multiple of.
    grid: i64,
    /// Bounds of what comes after, without and with the line.
    without: Rc<Rest>,
    with: Rc<Rest>,
    /// Worth of what is left of the other maxima.
    other_worth: i64,
    /// Known places of the memories that choices lead to.
    targets: HashMap<(Option<(usize, i64)>, bool), usize>,
}

impl<'l> Turn<'l> {
    fn new(layout: &'l Layout, level: &'l Level, memory: Memory, grid: i64, bounds: &mut Bounds<'_>) -> Self {
        let without = bounds.beside(&memory.excluded);
        let with = bounds.beside(&with_rivals(&memory, level).excluded);
        let other_worth = worth(layout, &memory.used, level.group);
        Self { layout, level, memory, grid, without, with, other_worth, targets: HashMap::new() }
    }

    /// Used of the line's own maximum after a choice. What the later lines can't reach counts as used.
    fn used(&self, measure: i64) -> Option<(usize, i64)> {
        let group = self.level.group?;
        let (cap, used) = (self.layout.caps.get(group)?, self.memory.used.get(group)?);
        Some((group, (used + measure).max(cap - self.level.rest)))
    }

    fn room(&self) -> i64 {
        let left = |group: usize| Some(self.layout.caps.get(group)? - self.memory.used.get(group)?);
        self.level.group.and_then(left).unwrap_or(i64::MAX)
    }

    /// Worth of what is left of all maxima after a choice.
    fn worth(&self, measure: i64) -> i64 {
        let own = self
            .used(measure)
            .and_then(|(group, used)| Some(self.layout.worths.get(group)?.of(self.layout.caps.get(group)? - used)));
        self.other_worth + own.unwrap_or_default()
    }

    /// The place of the memory after a choice, and what it took to find.
    fn target(&mut self, next: &mut Frontier, choice: usize, measure: i64) -> (usize, u64) {
        let kind = (self.used(measure), choice > 0 && !self.level.rivals.is_empty());
        if let Some(place) = self.targets.get(&kind) {
            return (*place, EXTENDED);
        }
        let mut memory = if choice == 0 { self.memory.clone() } else { with_rivals(&self.memory, self.level) };
        if let Some((group, used)) = self.used(measure)
            && let Some(slot) = memory.used.get_mut(group)
        {
            *slot = used;
        }
        let place = next.place(memory);
        self.targets.insert(kind, place);
        (place, REMEMBERED)
    }
}

/// Worth of what is left of all maxima but one.
fn worth(layout: &Layout, used: &[i64], but: Option<usize>) -> i64 {
    let left = layout.caps.iter().zip(used).map(|(cap, used)| cap - used).zip(&layout.worths).enumerate();
    left.filter(|(group, _)| but != Some(*group)).map(|(_, (left, worth))| worth.of(left)).sum()
}

/// The memory when a line stays.
fn with_rivals(memory: &Memory, level: &Level) -> Memory {
    let mut memory = memory.clone();
    memory.excluded.extend(&level.rivals);
    memory.excluded.sort_unstable();
    memory.excluded.dedup();
    memory
}

/// Labels after some levels, with the choices that led to them.
struct Reached {
    labels: Vec<Label>,
    history: Vec<Vec<(usize, usize)>>,
    complete: bool,
    /// The best plan that was completed on the way, where it is better than what was known.
    found: Option<Vec<(usize, usize)>>,
}

impl<'l> Search<'l> {
    fn new(layout: &'l Layout, work: u64) -> Self {
        Self { layout, work: work + layout.work, threshold: 0, most_work: MOST_WORK }
    }

    /// The best plan, starting from a known one, and whether it is proved. No plan keeps more than `upper`.
    fn deepen<'p>(&mut self, problem: &'p Problem, known: Tally<'p>, upper: i64, most_work: u64) -> (Tally<'p>, bool) {
        let least = self.layout.least_value;
        let mut best = known;
        let mut gap = (upper - (best.value() - least)).div_euclid(FIRST_PART).max(SMALLEST_GAP);
        self.most_work = most_work - most_work.saturating_sub(self.work) / RESERVED;
        while self.work < self.most_work {
            let enough = best.value() - least + TOLERANCE;
            self.threshold = enough.max(upper - gap);
            let last = self.threshold == enough;
            let run = self.run(usize::MAX);
            let found = run.found.is_some();
            best = run.found.map_or(best, |found| plan(problem, found));
            if run.complete && (last || found) {
                return (best, true);
            }
            gap = gap.saturating_mul(GROWTH);
        }
        self.most_work = most_work;
        for width in WIDTHS {
            self.threshold = best.value() - least + TOLERANCE;
            let run = self.run(width);
            best = run.found.map_or(best, |found| plan(problem, found));
            if run.complete {
                return (best, true);
            }
        }
        (best, false)
    }

    /// No plan keeps more.
    fn upper(&self) -> i64 {
        let layout = self.layout;
        let levels: Vec<&Level> = layout.first.iter().chain(&layout.outlines).chain(&layout.single).collect();
        let rest = Rest::of(&levels, &[], layout.payable, None);
        rest.at(layout.ceiling) + worth(layout, &self.used(&[]), None)
    }

    /// Used of each maximum as long as the lines of this bundle and the first lines are open.
    fn used(&self, bundle: &[Level]) -> Vec<i64> {
        let open = |group| self.layout.first.iter().chain(bundle).any(|level| level.group == Some(group));
        self.layout.caps.iter().enumerate().map(|(group, cap)| if open(group) { 0 } else { *cap }).collect()
    }

    fn run(&mut self, width: usize) -> Run {
        let nothing = |complete| Run { found: None, complete };
        let layout = self.layout;
        let mut joined: Vec<Level> = Vec::with_capacity(layout.bundles.len());
        let mut complete = true;
        for (number, bundle) in layout.bundles.iter().enumerate() {
            let later = layout.outlines.iter().skip(number + 1);
            let levels: Vec<&Level> =
                bundle.iter().chain(&layout.first).chain(&joined).chain(later).chain(&layout.single).collect();
            let money = layout.payable.min(layout.ceiling);
            let beside = (!layout.first.is_empty()).then_some(layout.ceiling - money);
            let sweep = Sweep { layout, levels: &levels, beside, joined: Some(bundle.len()) };
            let Some(reached) = self.sweep(&sweep, bundle.len(), &self.used(bundle), money, width) else {
                return nothing(false);
            };
            complete &= reached.complete;
            let Some(last) = bundle.last().filter(|_| !reached.labels.is_empty()) else { return nothing(complete) };
            let moves =
                reached.labels.iter().map(|label| Move { cents: money - label.left, value: label.value, measure: 0 });
            let moves = moves.collect();
            let parts = (0..reached.labels.len()).map(|place| traced(&levels, &reached.history, place)).collect();
            joined.push(Level::joined(moves, parts, last));
        }
        let levels: Vec<&Level> = layout.first.iter().chain(&joined).chain(&layout.single).collect();
        let sweep = Sweep { layout, levels: &levels, beside: None, joined: None };
        let Some(reached) = self.sweep(&sweep, levels.len(), &self.used(&[]), layout.ceiling, width) else {
            return nothing(false);
        };
        let best = reached.labels.iter().enumerate().max_by_key(|(place, label)| (label.value, Reverse(*place)));
        let found = best.filter(|(_, label)| label.value > self.threshold);
        let found = found.map(|(place, _)| traced(&levels, &reached.history, place)).or(reached.found);
        Run { found, complete: complete && reached.complete }
    }

    /// The labels after the first levels; nothing, once too much was tried.
    fn sweep(&mut self, sweep: &Sweep<'_>, count: usize, used: &[i64], left: i64, width: usize) -> Option<Reached> {
        let mut frontier = Frontier::default();
        let memory = frontier.place(Memory { used: used.to_vec(), excluded: Vec::new() });
        let bound =
            Rest::of(sweep.levels, &[], sweep.layout.payable, sweep.beside).at(left) + worth(sweep.layout, used, None);
        if bound > self.threshold {
            frontier.labels.push(Label { memory, left, value: 0, bound, parent: 0, choice: 0 });
        }
        let mut complete = true;
        let mut found = None;
        let mut history = Vec::with_capacity(count);
        for (place, level) in sweep.levels.iter().enumerate().take(count) {
            let Some(mut next) = self.extend(sweep, place, level, frontier) else {
                // What was completed before is of use all the same.
                return found.map(|found| Reached { labels: Vec::new(), history, complete: false, found: Some(found) });
            };
            if level.group.is_some() {
                self.work += COMPARED * u64::try_from(next.labels.len()).unwrap_or(u64::MAX / COMPARED);
            }
            complete &= !next.thin_out(width, level.group.filter(|_| level.rest > 0));
            history.push(next.labels.iter().map(|label| (label.parent, label.choice)).collect());
            frontier = next;
            if sweep.joined.is_none() && place + 1 >= sweep.layout.first.len() {
                let later = sweep.levels.get(place + 1..).unwrap_or_default();
                if let Some((label, rest)) = self.completed(&frontier.labels, later) {
                    let mut plan = traced(sweep.levels, &history, label);
                    plan.extend(rest);
                    found = Some(plan);
                }
            }
        }
        Some(Reached { labels: frontier.labels, history, complete, found })
    }

    /// Completes some labels with as much of every later line as fits: the place of the best that is better than what
    /// was known, and what the later lines have. From then on, only better plans are of interest.
    fn completed(&mut self, labels: &[Label], later: &[&Level]) -> Option<(usize, Vec<(usize, usize)>)> {
        let mut best = None;
        for (place, label) in labels.iter().enumerate().step_by(labels.len() / COMPLETED + 1) {
            self.work += 1;
            if let Some((value, rest)) = filled(label, later).filter(|(value, _)| *value > self.threshold) {
                self.threshold = value + TOLERANCE;
                best = Some((place, rest));
            }
        }
        let (place, rest) = best?;
        let meant = later.iter().zip(rest).flat_map(|(level, choice)| level.meant(choice)).collect();
        Some((place, meant))
    }

    /// Every label with every choice of a line that may lead to a better plan; nothing, once too much was tried.
    fn extend(&mut self, sweep: &Sweep<'_>, place: usize, level: &Level, frontier: Frontier) -> Option<Frontier> {
        let mut next = Frontier::default();
        let mut bounds = Bounds { sweep, place: place + 1, known: HashMap::new() };
        let grid = if sweep.joined.is_some() { 1 } else { level.grid };
        let mut ahead = match sweep.joined {
            Some(end) => Some(Ahead::of(sweep, place, end, worth(self.layout, &self.used(&[]), None))),
            None if place < self.layout.first.len() => Some(Ahead::of(sweep, place, self.layout.first.len(), 0)),
            None => None,
        };
        let mut parent = 0;
        for labels in frontier.labels.chunk_by(|one, other| one.memory == other.memory) {
            self.work += TURNED;
            let mut memory = frontier.memories.get(labels.first()?.memory)?.clone();
            let most = ahead.as_mut().map(|ahead| ahead.most(self.layout, &memory));
            let hopeless = |label: &Label| {
                most.is_some_and(|(most, price)| label.value + most + bought(price, label.left) < self.threshold)
            };
            let hopeful = labels.iter().map(|label| !hopeless(label)).collect::<Vec<_>>();
            if !hopeful.contains(&true) {
                parent += labels.len();
                continue;
            }
            let excluded = level.line.is_some_and(|line| memory.excluded.contains(&line));
            memory.excluded.retain(|other| level.line != Some(*other));
            let mut turn = Turn::new(self.layout, level, memory, grid, &mut bounds);
            let allowed = level.moves.partition_point(|step| step.measure <= turn.room());
            let allowed = if excluded { 1 } else { allowed };
            for (label, hopeful) in labels.iter().zip(hopeful) {
                if hopeful {
                    self.extend_one(&mut turn, &mut next, label, parent, allowed);
                }
                parent += 1;
                if self.work > self.most_work {
                    return None;
                }
            }
        }
        Some(next)
    }

    fn extend_one(&mut self, turn: &mut Turn<'_>, next: &mut Frontier, label: &Label, parent: usize, allowed: usize) {
        let level = turn.level;
        let moves = level.moves.get(..allowed).unwrap_or_default();
        let end = moves.partition_point(|step| step.cents <= label.left);
        if level.line.is_none() || level.uneven {
            for choice in 0..end {
                self.attempt(turn, next, label, parent, choice);
            }
            return;
        }
        self.attempt(turn, next, label, parent, 0);
        if end < 2 {
            return;
        }
        // The bound is concave in the volume, so what beats the best known plan is one stretch around its top.
        let spendable = label.left - turn.with.better_than(level.rate);
        let mut top = moves.partition_point(|step| step.cents <= spendable).clamp(2, end) - 1;
        let mut height = self.divided(turn, label, top);
        while top + 1 < end && self.divided(turn, label, top + 1) > height {
            top += 1;
            height = self.divided(turn, label, top);
        }
        while top > 1 && self.divided(turn, label, top - 1) > height {
            top -= 1;
            height = self.divided(turn, label, top);
        }
        let mut choice = top;
        while choice >= 1 && self.attempt(turn, next, label, parent, choice) {
            choice -= 1;
        }
        choice = top + 1;
        while choice < end && self.attempt(turn, next, label, parent, choice) {
            choice += 1;
        }
    }

    /// The bound after a choice, where the rest of the money may be divided at will.
    fn divided(&mut self, turn: &Turn<'_>, label: &Label, choice: usize) -> i64 {
        self.work += 1;
        let Some(step) = turn.level.moves.get(choice) else { return 0 };
        let bound = if choice == 0 { &turn.without } else { &turn.with };
        let left = (label.left - step.cents).min(turn.level.money);
        label.value + step.value + turn.worth(step.measure) + bound.at(left)
    }

    /// Extends a label by a choice, if that may lead to a better plan. Tells whether its neighbours may.
    fn attempt(
        &mut self,
        turn: &mut Turn<'_>,
        next: &mut Frontier,
        label: &Label,
        parent: usize,
        choice: usize,
    ) -> bool {
        if self.divided(turn, label, choice) <= self.threshold {
            return false;
        }
        let Some(step) = turn.level.moves.get(choice).copied() else { return false };
        let left = (label.left - step.cents).min(turn.level.money);
        // The rest costs multiples of the grid only.
        let left = left - left.checked_rem(turn.grid).unwrap_or(left);
        let value = label.value + step.value;
        let bound = if choice == 0 { &turn.without } else { &turn.with };
        let bound = value + turn.worth(step.measure) + bound.at(left);
        if bound > self.threshold {
            let (memory, work) = turn.target(next, choice, step.measure);
            self.work += work;
            next.labels.push(Label { memory, left, value, bound, parent, choice });
        }
        true
    }
}

/// A label with as much of every later line as still fits: the value, and the choices.
fn filled(label: &Label, later: &[&Level]) -> Option<(i64, Vec<usize>)> {
    let (mut left, mut value) = (label.left, label.value);
    let mut rest = Vec::with_capacity(later.len());
    for level in later {
        let choice = level.fitting(left)?;
        let step = level.moves.get(choice)?;
        left -= step.cents;
        value += step.value;
        rest.push(choice);
    }
    Some((value, rest))
}

/// The lines with their choices that led to a label.
fn traced(levels: &[&Level], history: &[Vec<(usize, usize)>], mut place: usize) -> Vec<(usize, usize)> {
    let mut meant = Vec::with_capacity(history.len());
    for (level, labels) in levels.iter().zip(history).rev() {
        let (parent, choice) = labels.get(place).copied().unwrap_or_default();
        meant.extend(level.meant(choice));
        place = parent;
    }
    meant
}

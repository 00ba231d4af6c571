//! The search for the plan that keeps the most weighted priority.
//!
//! Line after line, every choice extends every *label*: a beginning of a plan, of which only what matters for the rest
//! is kept (the money left, what open maxima have used, which lines are excluded by now). Of two labels that agree in
//! the latter, one with no more money and no more value is dropped, and so is every label whose bound does not beat the
//! best plan known. State-paid lines come first, so that afterwards one number is all the money left; then
//! the lines that maxima or exclusions tie together; then the rest by value per cent.
//!
//! The search runs with few labels first, for a good plan early, and again with more until none had to be left out:
//! then the plan is optimal. Work is counted, not timed, so that the same plan always has the same answer.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use super::{
    layout::{Layout, Level, Move, Rest},
    problem::Problem,
    tally::Tally,
};

/// A plan counts as better from half a billionth of a weight on: far above the rounding of values, far below what is
/// published.
pub(super) const TOLERANCE: i64 = 500;

/// Labels kept for each line, in one run after the other.
const WIDTHS: [usize; 4] = [8, 128, 2_048, 32_768];

/// Labels for each line that are tried with as much of every later line as fits.
const COMPLETED: usize = 64;

/// Choices looked at before the search gives up.
const MOST_WORK: u64 = 2_400_000;

/// What it costs to extend a label, to do so with a maximum to remember, and to turn to the next memory, in choices
/// looked at.
const EXTENDED: u64 = 6;
const REMEMBERED: u64 = 30;
const TURNED: u64 = 200;

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
    let layout = Layout::of(problem);
    let mut value = known.value();
    let mut chosen = known.into_chosen();
    let mut by_rate = Tally::least(problem);
    by_rate.fill(&layout.by_rate);
    if by_rate.value() > value + TOLERANCE {
        value = by_rate.value();
        chosen = by_rate.into_chosen();
    }
    let mut search = Search { layout: &layout, work: 0, threshold: 0 };
    for width in WIDTHS {
        search.threshold = value - layout.least_value + TOLERANCE;
        let run = search.run(width);
        if let Some(found) = run.found {
            let mut better = Tally::least(problem);
            for (line, choice) in found {
                better.choose(line, choice);
            }
            value = better.value();
            chosen = better.into_chosen();
        }
        if run.complete {
            return Best { chosen, optimal: !problem.coarse, work: search.work };
        }
        if search.work >= MOST_WORK {
            break;
        }
    }
    Best { chosen, optimal: false, work: search.work }
}

/// What the beginning of a plan leaves to remember beside money.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Memory {
    /// Used of each maximum; all of it, once no line is left that shares it.
    used: Vec<i64>,
    /// Later lines that can't stay, in order.
    excluded: Vec<usize>,
}

/// The beginning of a plan.
#[derive(Debug, Clone, Copy)]
struct Label {
    memory: usize,
    /// Money left for the rest.
    left: i64,
    /// Value of the choices so far.
    value: i64,
    /// The most that any plan with this beginning keeps.
    bound: i64,
    /// Place among the labels before.
    parent: usize,
    choice: usize,
}

/// All labels before one level.
#[derive(Debug, Default)]
struct Frontier {
    labels: Vec<Label>,
    memories: Vec<Memory>,
    places: HashMap<Memory, usize>,
}

impl Frontier {
    fn place(&mut self, memory: Memory) -> usize {
        *self.places.entry(memory).or_insert_with_key(|memory| {
            self.memories.push(memory.clone());
            self.memories.len() - 1
        })
    }

    /// Keeps of labels with the same memory only those that have more money or more value than any other, and of these
    /// the most promising. Tells whether some had to go for lack of room.
    fn thin_out(&mut self, width: usize, open: Option<usize>) -> bool {
        let order =
            |label: &Label| (label.memory, Reverse(label.left), Reverse(label.value), label.parent, label.choice);
        self.labels.sort_unstable_by_key(order);
        let mut last = None;
        self.labels.retain(|label| {
            let keeps = last.is_none_or(|(memory, value)| memory != label.memory || label.value > value);
            if keeps {
                last = Some((label.memory, label.value));
            }
            keeps
        });
        if let Some(group) = open {
            self.compare_used(group);
            self.labels.sort_unstable_by_key(order);
        }
        if self.labels.len() <= width {
            return false;
        }
        self.labels.select_nth_unstable_by_key(width, |label| (Reverse(label.bound), order(label)));
        self.labels.truncate(width);
        self.labels.sort_unstable_by_key(order);
        true
    }
}

impl Frontier {
    /// Drops labels that differ from another only in that they used more of a maximum, for no more money or value.
    fn compare_used(&mut self, group: usize) {
        let mut kinds: HashMap<Memory, usize> = HashMap::new();
        let kin: Vec<(usize, i64)> = self
            .memories
            .iter()
            .map(|memory| {
                let mut kind = memory.clone();
                let used = kind.used.get_mut(group).map(std::mem::take).unwrap_or_default();
                let next = kinds.len();
                (*kinds.entry(kind).or_insert(next), used)
            })
            .collect();
        let kin = |label: &Label| kin.get(label.memory).copied().unwrap_or_default();
        self.labels.sort_unstable_by_key(|label| {
            let (kind, used) = kin(label);
            (kind, Reverse(label.left), used, Reverse(label.value), label.parent, label.choice)
        });
        // What was kept with at least as much money: the best value by what is used, rising.
        let mut stairs: BTreeMap<i64, i64> = BTreeMap::new();
        let mut open = None;
        self.labels.retain(|label| {
            let (kind, used) = kin(label);
            if open != Some(kind) {
                stairs.clear();
                open = Some(kind);
            }
            let keeps = stairs.range(..=used).next_back().is_none_or(|(_, value)| label.value > *value);
            if keeps {
                let beaten: Vec<i64> = stairs
                    .range(used..)
                    .take_while(|(_, value)| **value <= label.value)
                    .map(|(used, _)| *used)
                    .collect();
                for used in beaten {
                    stairs.remove(&used);
                }
                stairs.insert(used, label.value);
            }
            keeps
        });
    }
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
}

/// Levels in order, and how money is counted on the way.
struct Sweep<'l> {
    layout: &'l Layout,
    levels: &'l [&'l Level],
    /// See [`Rest::of`].
    beside: Option<i64>,
    /// Whether the first levels are to be joined: then money is kept to the cent.
    joins: bool,
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
    targets: HashMap<usize, usize>,
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

    fn target(&mut self, next: &mut Frontier, choice: usize, measure: i64) -> usize {
        let kind = match (self.level.group, self.level.rivals.is_empty()) {
            (Some(_), _) => choice,
            (None, false) => choice.min(1),
            (None, true) => 0,
        };
        if let Some(place) = self.targets.get(&kind) {
            return *place;
        }
        let mut memory = if choice == 0 { self.memory.clone() } else { with_rivals(&self.memory, self.level) };
        if let Some((group, used)) = self.used(measure)
            && let Some(slot) = memory.used.get_mut(group)
        {
            *slot = used;
        }
        let place = next.place(memory);
        self.targets.insert(kind, place);
        place
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

impl Search<'_> {
    fn run(&mut self, width: usize) -> Run {
        let nothing = |complete| Run { found: None, complete };
        let layout = self.layout;
        let mut used = vec![0; layout.caps.len()];
        let mut joined: Vec<Level> = Vec::with_capacity(layout.bundles.len());
        let mut complete = true;
        for (number, bundle) in layout.bundles.iter().enumerate() {
            let later = layout.bundles.iter().skip(number + 1).flatten();
            let levels: Vec<&Level> =
                bundle.iter().chain(&layout.first).chain(&joined).chain(later).chain(&layout.single).collect();
            let money = layout.payable.min(layout.ceiling);
            let beside = (!layout.first.is_empty()).then_some(layout.ceiling - money);
            let sweep = Sweep { layout, levels: &levels, beside, joins: true };
            let Some(reached) = self.sweep(&sweep, bundle.len(), &used, money, width) else { return nothing(false) };
            complete &= reached.complete;
            let Some(last) = bundle.last().filter(|_| !reached.labels.is_empty()) else { return nothing(complete) };
            let moves =
                reached.labels.iter().map(|label| Move { cents: money - label.left, value: label.value, measure: 0 });
            let moves = moves.collect();
            let parts = (0..reached.labels.len()).map(|place| traced(&levels, &reached.history, place)).collect();
            joined.push(Level::joined(moves, parts, last));
            for group in bundle.iter().filter_map(|level| level.group) {
                if let (Some(used), Some(cap)) = (used.get_mut(group), layout.caps.get(group)) {
                    *used = *cap;
                }
            }
        }
        let levels: Vec<&Level> = layout.first.iter().chain(&joined).chain(&layout.single).collect();
        let sweep = Sweep { layout, levels: &levels, beside: None, joins: false };
        let Some(reached) = self.sweep(&sweep, levels.len(), &used, layout.ceiling, width) else {
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
            let mut next = self.extend(sweep, place, level, frontier)?;
            complete &= !next.thin_out(width, level.group.filter(|_| level.rest > 0));
            history.push(next.labels.iter().map(|label| (label.parent, label.choice)).collect());
            frontier = next;
            if !sweep.joins && place + 1 >= sweep.layout.first.len() {
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
            let mut left = label.left;
            let mut value = label.value;
            self.work += 1;
            for level in later {
                if let Some(step) = level.moves.get(level.fitting(left)) {
                    left -= step.cents;
                    value += step.value;
                }
            }
            if value > self.threshold {
                self.threshold = value + TOLERANCE;
                best = Some(place);
            }
        }
        let place = best?;
        let mut left = labels.get(place)?.left;
        let mut rest = Vec::with_capacity(later.len());
        for level in later {
            let choice = level.fitting(left);
            left -= level.moves.get(choice)?.cents;
            rest.extend(level.meant(choice));
        }
        Some((place, rest))
    }

    /// Every label with every choice of a line that may lead to a better plan; nothing, once too much was tried.
    fn extend(&mut self, sweep: &Sweep<'_>, place: usize, level: &Level, frontier: Frontier) -> Option<Frontier> {
        let mut next = Frontier::default();
        let mut bounds = Bounds { sweep, place: place + 1, known: HashMap::new() };
        let grid = if sweep.joins { 1 } else { level.grid };
        let mut parent = 0;
        for labels in frontier.labels.chunk_by(|one, other| one.memory == other.memory) {
            self.work += TURNED;
            let mut memory = frontier.memories.get(labels.first()?.memory)?.clone();
            let excluded = level.line.is_some_and(|line| memory.excluded.contains(&line));
            memory.excluded.retain(|other| level.line != Some(*other));
            let mut turn = Turn::new(self.layout, level, memory, grid, &mut bounds);
            let allowed = level.moves.partition_point(|step| step.measure <= turn.room());
            let allowed = if excluded { 1 } else { allowed };
            for label in labels {
                self.extend_one(&mut turn, &mut next, label, parent, allowed);
                parent += 1;
                if self.work > MOST_WORK {
                    return None;
                }
            }
        }
        Some(next)
    }

    fn extend_one(&mut self, turn: &mut Turn<'_>, next: &mut Frontier, label: &Label, parent: usize, allowed: usize) {
        let level = turn.level;
        self.attempt(turn, next, label, parent, 0);
        let moves = level.moves.get(..allowed).unwrap_or_default();
        let end = moves.partition_point(|step| step.cents <= label.left);
        if end < 2 {
            return;
        }
        if level.line.is_none() {
            for choice in 1..end {
                self.attempt(turn, next, label, parent, choice);
            }
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
            self.work += if turn.level.group.is_some() { REMEMBERED } else { EXTENDED };
            let memory = turn.target(next, choice, step.measure);
            next.labels.push(Label { memory, left, value, bound, parent, choice });
        }
        true
    }
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

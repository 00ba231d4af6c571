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

use std::{cmp::Reverse, collections::HashMap, rc::Rc};

use super::{
    bound::Bound,
    layout::{Layout, Level},
    problem::Problem,
    tally::Tally,
};

/// A plan counts as better from half a billionth of a weight on: far above the rounding of values, far below what is
/// published.
pub(super) const TOLERANCE: i64 = 500;

/// Labels kept for each line, in one run after the other.
const WIDTHS: [usize; 3] = [128, 2_048, 32_768];

/// Choices looked at before the search gives up.
const MOST_WORK: u64 = 6_000_000;

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
        if let Some(moves) = run.moves {
            let mut better = Tally::least(problem);
            for (level, choice) in layout.levels.iter().zip(moves) {
                better.choose(level.line, choice);
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
    /// Places of later lines that can't stay, in order.
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
    fn thin_out(&mut self, width: usize) -> bool {
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
        if self.labels.len() <= width {
            return false;
        }
        self.labels.select_nth_unstable_by_key(width, |label| (Reverse(label.bound), order(label)));
        self.labels.truncate(width);
        self.labels.sort_unstable_by_key(order);
        true
    }
}

/// How one run ended.
struct Run {
    /// The choice of each level, where they are better than what was known.
    moves: Option<Vec<usize>>,
    /// No label was left out that could have been better.
    complete: bool,
}

struct Search<'l> {
    layout: &'l Layout,
    work: u64,
    /// Only more value than this is of interest.
    threshold: i64,
}

/// The bounds of what the lines from a place on buy, by the excluded ones.
struct Bounds<'l> {
    layout: &'l Layout,
    place: usize,
    known: HashMap<Vec<usize>, Rc<Bound>>,
}

impl Bounds<'_> {
    fn beside(&mut self, excluded: &[usize]) -> Rc<Bound> {
        if let Some(bound) = self.known.get(excluded) {
            return Rc::clone(bound);
        }
        let bound = Rc::new(self.layout.bound(self.place, excluded));
        self.known.insert(excluded.to_vec(), Rc::clone(&bound));
        bound
    }
}

/// The labels that one label is extended to, as far as they have in common.
struct Turn<'l> {
    layout: &'l Layout,
    level: &'l Level,
    memory: Memory,
    /// Bounds of what comes after, without and with the line.
    without: Rc<Bound>,
    with: Rc<Bound>,
    /// Worth of what is left of the other maxima.
    other_worth: i64,
    /// Known places of the memories that choices lead to.
    targets: HashMap<usize, usize>,
}

impl<'l> Turn<'l> {
    fn new(layout: &'l Layout, level: &'l Level, memory: Memory, bounds: &mut Bounds<'_>) -> Self {
        let without = bounds.beside(&memory.excluded);
        let with = bounds.beside(&with_rivals(&memory, level).excluded);
        let left = layout.caps.iter().zip(&memory.used).map(|(cap, used)| cap - used);
        let other_worth = left
            .zip(&layout.worths)
            .enumerate()
            .filter(|(group, _)| level.group != Some(*group))
            .map(|(_, (left, worth))| worth.of(left))
            .sum();
        Self { layout, level, memory, without, with, other_worth, targets: HashMap::new() }
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

/// The memory when a line stays.
fn with_rivals(memory: &Memory, level: &Level) -> Memory {
    let mut memory = memory.clone();
    memory.excluded.extend(&level.rivals);
    memory.excluded.sort_unstable();
    memory.excluded.dedup();
    memory
}

impl Search<'_> {
    fn run(&mut self, width: usize) -> Run {
        let layout = self.layout;
        let mut frontier = Frontier::default();
        let memory = frontier.place(Memory { used: vec![0; layout.caps.len()], excluded: Vec::new() });
        let (left, bound) = (layout.ceiling, layout.root());
        if bound <= self.threshold {
            return Run { moves: None, complete: true };
        }
        frontier.labels.push(Label { memory, left, value: 0, bound, parent: 0, choice: 0 });
        let mut complete = true;
        let mut history: Vec<Vec<(usize, usize)>> = Vec::with_capacity(layout.levels.len());
        for (place, level) in layout.levels.iter().enumerate() {
            let Some(mut next) = self.extend(place, level, frontier) else {
                return Run { moves: None, complete: false };
            };
            complete &= !next.thin_out(width);
            history.push(next.labels.iter().map(|label| (label.parent, label.choice)).collect());
            frontier = next;
        }
        let best = frontier.labels.iter().enumerate().max_by_key(|(place, label)| (label.value, Reverse(*place)));
        let moves = best.filter(|(_, label)| label.value > self.threshold).map(|(place, _)| traced(&history, place));
        Run { moves, complete }
    }

    /// Every label with every choice of a line that may lead to a better plan; nothing, once too much was tried.
    fn extend(&mut self, place: usize, level: &Level, frontier: Frontier) -> Option<Frontier> {
        let mut next = Frontier::default();
        let mut bounds = Bounds { layout: self.layout, place: place + 1, known: HashMap::new() };
        let mut parent = 0;
        for labels in frontier.labels.chunk_by(|one, other| one.memory == other.memory) {
            let mut memory = frontier.memories.get(labels.first()?.memory)?.clone();
            let excluded = memory.excluded.contains(&place);
            memory.excluded.retain(|other| *other != place);
            let mut turn = Turn::new(self.layout, level, memory, &mut bounds);
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
        let left = left - left.checked_rem(turn.level.grid).unwrap_or(left);
        let value = label.value + step.value;
        let bound = if choice == 0 { &turn.without } else { &turn.with };
        let bound = value + turn.worth(step.measure) + bound.at(left);
        if bound > self.threshold {
            let memory = turn.target(next, choice, step.measure);
            next.labels.push(Label { memory, left, value, bound, parent, choice });
        }
        true
    }
}

/// The choices that led to a label.
fn traced(history: &[Vec<(usize, usize)>], mut place: usize) -> Vec<usize> {
    let mut moves = Vec::with_capacity(history.len());
    for labels in history.iter().rev() {
        let (parent, choice) = labels.get(place).copied().unwrap_or_default();
        moves.push(choice);
        place = parent;
    }
    moves.reverse();
    moves
}

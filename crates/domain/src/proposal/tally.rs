//! A plan in the making: what is chosen for each line, what it takes, and what stands against more.

use super::problem::{Choice, Problem};

/// What stands against a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// A line that stays and excludes this one.
    Rival(usize),
    /// What bounds the line by itself.
    Limit,
    /// The maximum of a group of lines.
    Cap(usize),
    /// The money for lines that the state does not pay.
    Payable,
    /// The money for all lines.
    Ceiling,
}

/// A choice for each line and the sums of them all.
#[derive(Debug, Clone)]
pub(super) struct Tally<'p> {
    problem: &'p Problem,
    chosen: Vec<usize>,
    ceiling_left: i64,
    payable_left: i64,
    groups_left: Vec<i64>,
    value: i64,
}

impl<'p> Tally<'p> {
    /// Every line at its least: nothing, or what is committed.
    pub(super) fn least(problem: &'p Problem) -> Self {
        let mut tally = Self {
            problem,
            chosen: vec![0; problem.items.len()],
            ceiling_left: problem.ceiling,
            payable_left: problem.payable,
            groups_left: problem.groups.iter().map(|group| group.most).collect(),
            value: 0,
        };
        for (line, item) in problem.items.iter().enumerate() {
            tally.take(line, item.least(), 1);
        }
        tally
    }

    /// A plan by its choices.
    pub(super) fn with(problem: &'p Problem, chosen: &[usize]) -> Self {
        let mut tally = Self::least(problem);
        for (line, choice) in chosen.iter().enumerate() {
            tally.choose(line, *choice);
        }
        tally
    }

    fn take(&mut self, line: usize, choice: Choice, times: i64) {
        let Some(item) = self.problem.item(line) else { return };
        self.ceiling_left -= times * choice.cents;
        if !item.state_paid {
            self.payable_left -= times * choice.cents;
        }
        if let Some(group) = item.group
            && let (Some(left), Some(group)) = (self.groups_left.get_mut(group), self.problem.groups.get(group))
        {
            *left -= times * group.measure(choice);
        }
        self.value += times * choice.value;
    }

    /// What is chosen for a line.
    pub(super) fn choice(&self, line: usize) -> Option<Choice> {
        Some(self.problem.item(line)?.choice(*self.chosen.get(line)?))
    }

    /// What is chosen for each line.
    pub(super) fn choices(&self) -> impl Iterator<Item = Choice> {
        self.problem.items.iter().zip(&self.chosen).map(|(item, chosen)| item.choice(*chosen))
    }

    /// Position of what is chosen for a line.
    pub(super) fn chosen(&self, line: usize) -> usize {
        self.chosen.get(line).copied().unwrap_or_default()
    }

    /// Chooses for a line.
    pub(super) fn choose(&mut self, line: usize, choice: usize) {
        let (Some(before), Some(item)) = (self.choice(line), self.problem.item(line)) else { return };
        self.take(line, before, -1);
        self.take(line, item.choice(choice), 1);
        if let Some(chosen) = self.chosen.get_mut(line) {
            *chosen = choice;
        }
    }

    /// The weighted priority kept.
    pub(super) fn value(&self) -> i64 {
        self.value
    }

    /// Whether both ceilings hold.
    pub(super) fn affordable(&self) -> bool {
        self.ceiling_left >= 0 && self.payable_left >= 0
    }

    /// Why a line can't have a volume in place of what is chosen, where it can't.
    pub(super) fn obstacle(&self, line: usize, choice: Choice) -> Option<Obstacle> {
        let (item, now) = (self.problem.item(line)?, self.choice(line)?);
        if choice.volume > 0 {
            let stays = |rival: &&usize| self.choice(**rival).is_some_and(|choice| choice.volume > 0);
            if let Some(rival) = item.rivals.iter().find(stays) {
                return Some(Obstacle::Rival(*rival));
            }
        }
        if choice.volume > item.limit {
            return Some(Obstacle::Limit);
        }
        if let Some(place) = item.group
            && let (Some(left), Some(group)) = (self.groups_left.get(place), self.problem.groups.get(place))
            && group.measure(choice) - group.measure(now) > *left
        {
            return Some(Obstacle::Cap(place));
        }
        let more = choice.cents - now.cents;
        if more > self.ceiling_left {
            return Some(Obstacle::Ceiling);
        }
        if !item.state_paid && more > self.payable_left {
            return Some(Obstacle::Payable);
        }
        None
    }

    /// Gives each line, in this order, the largest volume that still fits.
    pub(super) fn fill(&mut self, order: &[usize]) {
        for &line in order {
            let Some(item) = self.problem.item(line) else { continue };
            let now = self.chosen(line);
            // A larger volume is never less of an obstacle.
            let above = item.choices.get(now + 1..).unwrap_or_default();
            let more = above.partition_point(|choice| self.obstacle(line, *choice).is_none());
            if more > 0 {
                self.choose(line, now + more);
            }
        }
    }

    /// The choices alone.
    pub(super) fn into_chosen(self) -> Vec<usize> {
        self.chosen
    }
}

/// The plan that a worker would make by hand: from the highest priority down, each line as much as still fits beside
/// what is committed.
pub(super) fn greedy(problem: &Problem) -> Tally<'_> {
    let mut tally = Tally::least(problem);
    tally.fill(&problem.by_priority);
    tally
}

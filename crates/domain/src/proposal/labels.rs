//! Labels, the beginnings of plans, and which of them can be dropped for others.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// What the beginning of a plan leaves to remember beside money.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Memory {
    /// Used of each maximum; all of it, once no line is left that shares it.
    pub(super) used: Vec<i64>,
    /// Later lines that can't stay, in order.
    pub(super) excluded: Vec<usize>,
}

/// The beginning of a plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label {
    pub(super) memory: usize,
    /// Money left for the rest.
    pub(super) left: i64,
    /// Value of the choices so far.
    pub(super) value: i64,
    /// The most that any plan with this beginning keeps.
    pub(super) bound: i64,
    /// Place among the labels before.
    pub(super) parent: usize,
    pub(super) choice: usize,
}

/// All labels before one level.
#[derive(Debug, Default)]
pub(super) struct Frontier {
    pub(super) labels: Vec<Label>,
    pub(super) memories: Vec<Memory>,
    places: HashMap<Memory, usize>,
}

impl Frontier {
    /// The place of a memory, new or known.
    pub(super) fn place(&mut self, memory: Memory) -> usize {
        *self.places.entry(memory).or_insert_with_key(|memory| {
            self.memories.push(memory.clone());
            self.memories.len() - 1
        })
    }

    /// Keeps of labels with the same memory only those that have more money or more value than any other, and of these
    /// the most promising. Tells whether some had to go for lack of room.
    pub(super) fn thin_out(&mut self, width: usize, open: Option<usize>) -> bool {
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

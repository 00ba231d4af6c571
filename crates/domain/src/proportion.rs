//! Sharing a number of whole units (cents, places) in proportion, with a cap for each part: largest remainder.

use std::cmp::Reverse;

/// One part of a proportional sharing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// How much the part weighs against the others.
    pub(crate) weight: u128,
    /// What the part may get at most.
    pub(crate) cap: u128,
}

/// Shares `total` units in proportion to the weights, no part above its cap. What a cap frees is shared again among
/// the rest, until nothing is left or every part is full; parts without weight get nothing. Fractions of a unit go to
/// the largest remainders, among equal remainders to the earlier part.
///
/// Sharing round by round gives the rest, together, what the capped parts leave, in proportion to the weights. So the
/// parts that end up capped are the first ones by `cap / weight`, and one pass over them in that order is the same as
/// all rounds. The exact shares are rounded once, at the end. Runs in `n log n`.
///
/// The caller keeps `total x weight` and `cap x sum of weights` below 2^128: cents of bounded amounts are far below.
pub(crate) fn share(total: u128, parts: &[Part]) -> Vec<u128> {
    let mut open: Vec<(usize, Part)> = parts.iter().copied().enumerate().filter(|(_, part)| part.weight > 0).collect();
    open.sort_by(|(_, a), (_, b)| (a.cap * b.weight).cmp(&(b.cap * a.weight)));

    let mut shares = vec![0; parts.len()];
    let mut give = |index: usize, units: u128| {
        if let Some(share) = shares.get_mut(index) {
            *share = units;
        }
    };
    let mut left = total;
    let mut weight: u128 = open.iter().map(|(_, part)| part.weight).sum();
    let mut uncapped = Vec::new();
    for (index, part) in open {
        if uncapped.is_empty() && left * part.weight >= part.cap * weight {
            give(index, part.cap);
            left -= part.cap;
            weight -= part.weight;
        } else {
            uncapped.push((index, part.weight));
        }
    }

    // The exact share of each of these is below its cap, so one unit more for a remainder still fits.
    let mut remainders: Vec<(Reverse<u128>, usize, u128)> = uncapped
        .into_iter()
        .map(|(index, part_weight)| {
            let exact = left * part_weight;
            (Reverse(exact % weight), index, exact / weight)
        })
        .collect();
    remainders.sort_unstable();
    let mut spare = left - remainders.iter().map(|(_, _, units)| units).sum::<u128>();
    if remainders.is_empty() {
        spare = 0;
    }
    for (_, index, units) in remainders {
        let extra = spare.min(1);
        spare -= extra;
        give(index, units + extra);
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(pairs: &[(u128, u128)]) -> Vec<Part> {
        pairs.iter().map(|&(weight, cap)| Part { weight, cap }).collect()
    }

    /// The rule as it reads, round by round, in exact fractions over the least common denominator: slow and plain.
    fn round_by_round(total: u128, parts: &[Part]) -> (Vec<bool>, u128) {
        let mut capped = vec![false; parts.len()];
        loop {
            let left = total.saturating_sub(parts.iter().zip(&capped).filter(|(_, c)| **c).map(|(p, _)| p.cap).sum());
            let weight: u128 = parts.iter().zip(&capped).filter(|(_, c)| !**c).map(|(p, _)| p.weight).sum();
            let newly: Vec<usize> = (0..parts.len())
                .filter(|&i| !capped[i] && parts[i].weight > 0 && left * parts[i].weight >= parts[i].cap * weight)
                .collect();
            if newly.is_empty() {
                return (capped, left);
            }
            newly.into_iter().for_each(|i| capped[i] = true);
        }
    }

    #[test]
    fn whole_units_go_to_the_largest_remainders_and_then_to_the_earlier_part() {
        for (total, input, expected) in [
            (100, vec![(1, 100), (1, 100), (1, 100)], vec![34, 33, 33]),
            (100, vec![(20, 10), (20, 99), (20, 99), (20, 99), (20, 99)], vec![10, 23, 23, 22, 22]),
            (10, vec![(1, 3), (1, 3)], vec![3, 3]),
            (7, vec![(0, 9), (3, 9)], vec![0, 7]),
            (7, vec![], vec![]),
            (5, vec![(0, 9)], vec![0]),
            (0, vec![(1, 1)], vec![0]),
        ] {
            assert_eq!(share(total, &parts(&input)), expected);
        }
    }

    proptest! {
        #[test]
        fn the_one_pass_equals_all_rounds(
            total in 0_u128..5_000,
            pairs in prop::collection::vec((0_u128..50, 0_u128..200), 0..12),
        ) {
            let parts = parts(&pairs);
            let shares = share(total, &parts);
            let (capped, _) = round_by_round(total, &parts);
            let room: u128 = parts.iter().filter(|p| p.weight > 0).map(|p| p.cap).sum();
            prop_assert_eq!(shares.iter().sum::<u128>(), total.min(room));
            let left = total.saturating_sub(parts.iter().zip(&capped).filter(|(_, c)| **c).map(|(p, _)| p.cap).sum());
            let weight: u128 = parts.iter().zip(&capped).filter(|(_, c)| !**c).map(|(p, _)| p.weight).sum();
            for ((part, share), capped) in parts.iter().zip(&shares).zip(&capped) {
                prop_assert!(*share <= part.cap);
                if *capped {
                    prop_assert_eq!(*share, part.cap);
                } else if part.weight > 0 {
                    let exact = left * part.weight;
                    prop_assert!(*share == exact / weight || *share == exact / weight + 1);
                }
            }
        }
    }
}

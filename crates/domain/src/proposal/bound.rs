//! What lines can keep at most with so much money, where volumes may be divided at will: concave, in whole numbers,
//! never too low.

use std::cmp::Ordering;

/// Slopes are value per cent, times two to this.
pub(super) const SLOPE_BITS: u32 = 16;

/// Value that money buys at a constant rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) cents: i64,
    pub(super) value: i64,
    /// For lines that the state does not pay.
    pub(super) payable: bool,
}

impl Segment {
    /// Value per cent, rounded up. Value without cost has the largest.
    pub(super) fn slope(self) -> u64 {
        let Ok(value) = u128::try_from(self.value) else { return 0 };
        match u128::try_from(self.cents) {
            Ok(cents) if cents > 0 => u64::try_from((value << SLOPE_BITS).div_ceil(cents)).unwrap_or(u64::MAX),
            _ => u64::MAX,
        }
    }

    /// The first part of it.
    pub(super) fn up_to(self, cents: i64) -> Self {
        if cents >= self.cents {
            return self;
        }
        Self { cents, value: bought(self.slope(), cents), payable: self.payable }
    }
}

/// What so much money buys at a rate, rounded down.
pub(super) fn bought(slope: u64, cents: i64) -> i64 {
    let value = (u128::from(slope) * u128::try_from(cents).unwrap_or_default()) >> SLOPE_BITS;
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[derive(Debug, Clone, Copy)]
struct Step {
    from: i64,
    value: i64,
    slope: u64,
}

/// The most value for an amount of money.
#[derive(Debug, Default)]
pub(super) struct Bound {
    steps: Vec<Step>,
}

impl Bound {
    /// From what each line buys; lines that the state does not pay buy together for `payable` cents at most, where that
    /// is given.
    pub(super) fn of(mut segments: Vec<Segment>, payable: Option<i64>) -> Self {
        segments.sort_by_key(|segment| std::cmp::Reverse(segment.slope()));
        let mut payable_left = payable.unwrap_or(i64::MAX);
        let (mut from, mut value) = (0, 0);
        let mut steps = Vec::with_capacity(segments.len() + 1);
        for segment in segments {
            let segment = if segment.payable { segment.up_to(payable_left) } else { segment };
            if segment.payable {
                payable_left -= segment.cents;
            }
            if segment.cents > 0 {
                steps.push(Step { from, value, slope: segment.slope() });
            }
            from += segment.cents;
            value += segment.value;
        }
        steps.push(Step { from, value, slope: 0 });
        Self { steps }
    }

    /// The most value that so much money buys.
    pub(super) fn at(&self, cents: i64) -> i64 {
        let place = self.steps.partition_point(|step| step.from <= cents);
        self.steps
            .get(place.saturating_sub(1))
            .map_or(0, |step| step.value.saturating_add(bought(step.slope, cents - step.from)))
    }

    /// The most that is kept beyond the price, where every amount of money can be had at this price.
    pub(super) fn beyond(&self, price: u64) -> i64 {
        let cents = self.better_than(price);
        self.at(cents).saturating_sub(bought(price, cents)).saturating_add(1)
    }

    /// The money that buys at a better rate than this.
    pub(super) fn better_than(&self, slope: u64) -> i64 {
        let place = self.steps.partition_point(|step| step.slope > slope);
        self.steps.get(place).map_or(0, |step| step.from)
    }
}

/// What the best of some lines buys, where at most one of them stays: the concave hull over them.
pub(super) fn one_of(lines: &[Segment], into: &mut Vec<Segment>) {
    if let [only] = lines {
        into.push(*only);
        return;
    }
    let mut lines: Vec<Segment> = lines.to_vec();
    lines.sort_by_key(|line| (line.cents, std::cmp::Reverse(line.value)));
    let mut hull: Vec<Segment> = Vec::with_capacity(lines.len());
    let (mut cents, mut value) = (0, 0);
    for line in lines {
        if line.value <= value {
            continue;
        }
        let mut piece = Segment { cents: line.cents - cents, value: line.value - value, payable: line.payable };
        while let Some(last) = hull.pop_if(|last| steeper(piece, *last) != Ordering::Less) {
            piece.cents += last.cents;
            piece.value += last.value;
        }
        hull.push(piece);
        (cents, value) = (line.cents, line.value);
    }
    into.append(&mut hull);
}

/// Compares two rates exactly.
pub(super) fn steeper(one: Segment, other: Segment) -> Ordering {
    (i128::from(one.value) * i128::from(other.cents)).cmp(&(i128::from(other.value) * i128::from(one.cents)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(cents: i64, value: i64) -> Segment {
        Segment { cents, value, payable: true }
    }

    #[test]
    fn money_buys_the_best_rate_first() {
        let bound = Bound::of(vec![segment(10, 10), segment(0, 5), segment(10, 40)], None);
        let bought: Vec<_> = [0, 5, 10, 15, 20, 30].into_iter().map(|cents| bound.at(cents)).collect();
        assert_eq!(bought, [5, 25, 45, 50, 55, 55]);
        assert_eq!(bound.better_than(segment(1, 2).slope()), 10);
        let state = Segment { payable: false, ..segment(10, 20) };
        let bound = Bound::of(vec![segment(10, 10), state, segment(10, 40)], Some(12));
        let bought: Vec<_> = [10, 20, 22, 30].into_iter().map(|cents| bound.at(cents)).collect();
        assert_eq!(bought, [40, 60, 62, 62]);
    }

    #[test]
    fn of_lines_that_exclude_each_other_the_better_counts_at_each_amount() {
        let mut pieces = Vec::new();
        one_of(&[segment(20, 30), segment(10, 20), segment(15, 20), segment(40, 31)], &mut pieces);
        assert_eq!(pieces, [segment(10, 20), segment(10, 10), segment(20, 1)]);
    }
}

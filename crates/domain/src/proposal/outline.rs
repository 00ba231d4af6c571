//! What lines that are tied together keep at most with so much money, closer than where volumes may be divided at will:
//! they are solved by themselves at some prices of money, with their maxima and exclusions.

use std::cmp::Reverse;

use super::{
    bound::{SLOPE_BITS, Segment},
    layout::{Level, Move, segment},
};

/// Prices at which the lines are solved, in hundredths of the likely one.
const PRICES: [u64; 11] = [0, 50, 75, 88, 96, 100, 104, 112, 130, 200, 800];

/// What is found is counted as so much more, in trillionths of a weight: what is worth less is not searched for.
const MARGIN: i64 = 1_000_000_000;

/// Beginnings tried at one price before volumes are divided at will after all.
const MOST_TRIED: u64 = 2_000;

/// A line with what its choices keep beyond their price, as value, and what they take of the maximum, as cents.
struct Net {
    line: Option<usize>,
    group: Option<usize>,
    moves: Vec<Move>,
    /// Whether volumes may be divided at will.
    divided: Segment,
    /// Places of the lines that can't stay beside this one.
    rivals: Vec<usize>,
}

/// Lines at a price, beside a beginning of a plan.
pub(super) struct Priced {
    lines: Vec<Net>,
    /// Left of each maximum.
    left: Vec<i64>,
    /// How many lines that stay exclude each line.
    excluded: Vec<u32>,
    best: i64,
    margin: i64,
    tried: u64,
}

impl Priced {
    pub(super) fn of(bundle: &[&Level], caps: &[i64], [state_price, price]: [u64; 2]) -> Self {
        let net = |step: &Move, payable: bool| {
            let price = if payable { price } else { state_price };
            let cost = (i128::from(price) * i128::from(step.cents)) >> SLOPE_BITS;
            let value = i64::try_from(i128::from(step.value) - cost).unwrap_or(i64::MIN / 2);
            Move { cents: step.measure, value, measure: 0 }
        };
        let mut lines: Vec<Net> = bundle
            .iter()
            .map(|level| {
                let mut moves: Vec<Move> = level.moves.iter().map(|step| net(step, level.payable)).collect();
                if level.group.is_none() {
                    let best = moves.iter().copied().max_by_key(|step| step.value);
                    moves.truncate(1);
                    moves.extend(best.filter(|step| step.value > 0));
                }
                let divided = segment(&moves, true, |step| step.value);
                Net { line: level.line, group: level.group, moves, divided, rivals: Vec::new() }
            })
            .collect();
        lines.sort_by_key(|net| (net.group, Reverse(net.divided.slope()), net.line));
        let order: Vec<Option<usize>> = lines.iter().map(|net| net.line).collect();
        let excludes = |one: Option<usize>, other: Option<usize>| {
            let later = bundle.iter().find(|level| level.line == one).map(|level| level.rivals.as_slice());
            other.is_some_and(|other| later.unwrap_or_default().contains(&other))
        };
        let lines: Vec<Net> = lines
            .into_iter()
            .map(|net| {
                let line = net.line;
                let rival = |place: &usize| {
                    order.get(*place).is_some_and(|other| excludes(line, *other) || excludes(*other, line))
                };
                Net { rivals: (0..order.len()).filter(rival).collect(), ..net }
            })
            .collect();
        // Amounts are rounded to cents, so that what a line keeps is straight up to the price of one.
        let cent = i64::try_from(price >> SLOPE_BITS).unwrap_or(i64::MAX / 16);
        let margin = MARGIN + cent.saturating_mul(4).min(i64::MAX / 4);
        Self { excluded: vec![0; lines.len()], lines, left: caps.to_vec(), best: 0, margin, tried: 0 }
    }

    /// What the lines from a place on keep at most.
    /// `fitting` leaves out those whose least choice is too much for what is left.
    fn divided(&self, from: usize, fitting: bool) -> i64 {
        let mut kept = 0;
        let (mut group, mut whole, mut left) = (None, i64::MAX, i64::MAX);
        for (line, excluded) in self.lines.iter().zip(&self.excluded).skip(from) {
            if line.group != group {
                group = line.group;
                whole = group.and_then(|group| self.left.get(group)).copied().unwrap_or(i64::MAX);
                left = whole;
            }
            if *excluded == 0 && line.moves.get(1).is_some_and(|least| !fitting || least.cents <= whole) {
                let part = line.divided.up_to(left);
                kept += part.value;
                left -= part.cents;
            }
        }
        kept
    }

    /// What they keep at most beside a beginning that has used so much of the maxima and excludes these lines.
    pub(super) fn beside(&mut self, left: Vec<i64>, excluded: &[usize]) -> i64 {
        self.left = left;
        let stays = |line: &Net| line.line.is_none_or(|line| !excluded.contains(&line));
        self.excluded = self.lines.iter().map(|line| u32::from(!stays(line))).collect();
        self.divided(0, true)
    }

    fn mark(&mut self, place: usize, measure: i64, stays: bool) {
        let Some(line) = self.lines.get(place) else { return };
        if let Some(left) = line.group.and_then(|group| self.left.get_mut(group)) {
            *left -= measure;
        }
        for rival in &line.rivals {
            if let Some(excluded) = self.excluded.get_mut(*rival) {
                *excluded = if stays { *excluded + 1 } else { *excluded - 1 };
            }
        }
    }

    /// Tries what may become of the lines from a place on.
    fn visit(&mut self, place: usize, kept: i64) {
        self.tried += 1;
        self.best = self.best.max(kept);
        let Some(line) = self.lines.get(place).filter(|_| self.tried <= MOST_TRIED) else { return };
        if self.excluded.get(place).is_some_and(|excluded| *excluded == 0) {
            let left = line.group.and_then(|group| self.left.get(group)).copied().unwrap_or(i64::MAX);
            let fitting = line.moves.partition_point(|step| step.cents <= left);
            // Of a maximum the line makes the most of all that follow, so that less of it never keeps more.
            for choice in (1..fitting).rev() {
                let Some(step) = self.lines.get(place).and_then(|line| line.moves.get(choice)).copied() else { break };
                self.mark(place, step.cents, true);
                let enough = self.best + self.margin / 2 - kept - step.value;
                let hopeful = self.divided(place + 1, false) > enough;
                if hopeful && self.divided(place + 1, true) > enough {
                    self.visit(place + 1, kept + step.value);
                }
                self.mark(place, -step.cents, false);
                if !hopeful {
                    break;
                }
            }
        }
        if kept + self.divided(place + 1, true) > self.best + self.margin / 2 {
            self.visit(place + 1, kept);
        }
    }

    /// What the lines keep at most beyond the price of what they cost.
    fn most(&mut self) -> i64 {
        let divided = self.divided(0, true);
        self.visit(0, 0);
        if self.tried > MOST_TRIED { divided } else { divided.min(self.best + self.margin) }
    }
}

/// The most that a bundle keeps, concave, and how many beginnings were tried to find it.
pub(super) fn outline(bundle: &[&Level], caps: &[i64], likely: u64) -> (Vec<Segment>, u64) {
    let mut tried = 0;
    let mut tangents: Vec<(u64, i64)> = Vec::with_capacity(PRICES.len());
    for percent in PRICES {
        let price = likely / 100 * percent;
        let mut priced = Priced::of(bundle, caps, [price; 2]);
        tangents.push((price, priced.most()));
        tried += priced.tried;
    }
    tangents.dedup_by_key(|(price, _)| *price);
    (envelope(&tangents), tried)
}

/// The least of straight lines with these rises and beginnings, from nothing up.
fn envelope(tangents: &[(u64, i64)]) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(tangents.len() + 1);
    let Some((mut slope, start)) = tangents.iter().min_by_key(|(price, most)| (*most, *price)).copied() else {
        return segments;
    };
    segments.push(Segment { cents: 0, value: start, payable: true });
    let (mut cents, mut value) = (0, start);
    while slope > 0 {
        // The flatter line that is met first; rounded so that nothing is cut off.
        let met = tangents.iter().filter(|(price, _)| *price < slope).filter_map(|(price, most)| {
            let above =
                i128::from(*most) + ((i128::from(*price) * i128::from(cents)) >> SLOPE_BITS) - i128::from(value);
            let steps = (above.max(0) << SLOPE_BITS).checked_div(i128::from(slope - price))?;
            Some((i64::try_from(steps).unwrap_or(i64::MAX / 4) + 1, *price))
        });
        let Some((length, next)) = met.min_by_key(|(length, price)| (*length, *price)) else { break };
        let rise = ((i128::from(slope) * i128::from(length)) >> SLOPE_BITS) + 1;
        let rise = i64::try_from(rise).unwrap_or(i64::MAX / 4);
        segments.push(Segment { cents: length, value: rise, payable: true });
        cents += length;
        value += rise;
        slope = next;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_the_least_of_its_lines_and_never_too_low() {
        let slope = |value: u64| value << SLOPE_BITS;
        let segments = envelope(&[(slope(0), 100), (slope(2), 40), (slope(10), 5)]);
        let lengths: Vec<i64> = segments.iter().map(|segment| segment.cents).collect();
        assert_eq!(lengths, [0, 5, 23]);
        let (mut cents, mut value) = (0, 0);
        for segment in segments {
            cents += segment.cents;
            value += segment.value;
            let exact = (5 + 10 * cents).min(40 + 2 * cents).min(100);
            assert!(value >= exact && value <= exact + 12, "{value} for {cents}");
        }
    }
}

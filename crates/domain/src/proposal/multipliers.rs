//! What a unit of each shared maximum is worth when volumes may be divided at will. Any worth gives a valid bound; the
//! best gives a close one.

use super::bound::Segment;

/// Worths are value per unit of the measure, times two to this.
const WORTH_BITS: u32 = 16;
/// Halvings of the range of a price.
const HALVINGS: u32 = 44;

/// A line in the relaxed plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Linear {
    pub(super) segment: Segment,
    pub(super) group: Option<usize>,
    /// What the whole line takes of its group's maximum.
    pub(super) measure: i64,
}

/// The worth of a unit of a maximum.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Worth(i128);

impl Worth {
    /// What so much of the maximum is worth, rounded up.
    pub(super) fn of(self, measure: i64) -> i64 {
        let exact = self.0 * i128::from(measure) + (1_i128 << WORTH_BITS) - 1;
        i64::try_from(exact >> WORTH_BITS).unwrap_or(i64::MAX)
    }

    /// The same, rounded down.
    pub(super) fn at_least(self, measure: i64) -> i64 {
        i64::try_from((self.0 * i128::from(measure)) >> WORTH_BITS).unwrap_or(i64::MAX)
    }
}

/// The relaxed plan at prices for money.
struct Relaxed<'a> {
    lines: &'a [Linear],
    limits: &'a [i64],
}

/// What is bought at a price.
struct Bought {
    payable: i128,
    all: i128,
    worths: Vec<Worth>,
}

impl Relaxed<'_> {
    /// Everything that is worth its price, for state-paid lines and for the others.
    fn bought(&self, state_price: i128, price: i128) -> Bought {
        let mut bought = Bought { payable: 0, all: 0, worths: vec![Worth::default(); self.limits.len()] };
        let mut add = |line: &Linear, cents: i128| {
            bought.all += cents;
            if line.segment.payable {
                bought.payable += cents;
            }
        };
        let mut shared: Vec<(usize, i128, &Linear)> = Vec::new();
        for line in self.lines {
            let cost = if line.segment.payable { price } else { state_price } * i128::from(line.segment.cents);
            let net = (i128::from(line.segment.value) << WORTH_BITS) - cost;
            match line.group {
                _ if net <= 0 => {}
                Some(group) if line.measure > 0 => shared.push((group, net, line)),
                _ => add(line, i128::from(line.segment.cents)),
            }
        }
        shared.sort_by(|(group, net, line), (other_group, other_net, other)| {
            let rate = net * i128::from(other.measure);
            group.cmp(other_group).then((other_net * i128::from(line.measure)).cmp(&rate))
        });
        let mut left: Vec<i64> = self.limits.to_vec();
        for (group, net, line) in shared {
            let Some(left) = left.get_mut(group) else { continue };
            let measure = line.measure.min(*left);
            *left -= measure;
            let cents = i128::from(line.segment.cents) * i128::from(measure);
            add(line, cents.checked_div(i128::from(line.measure)).unwrap_or_default());
            if measure < line.measure
                && let Some(worth) = bought.worths.get_mut(group)
                && worth.0 == 0
            {
                worth.0 = net.checked_div(i128::from(line.measure)).unwrap_or_default();
            }
        }
        bought
    }
}

/// The smallest price at which not too much is bought.
fn lowest(highest: i128, fits: impl Fn(i128) -> bool) -> i128 {
    if fits(0) {
        return 0;
    }
    let (mut low, mut high) = (0, highest);
    for _ in 0..HALVINGS {
        let middle = i128::midpoint(low, high);
        if fits(middle) { high = middle } else { low = middle }
    }
    high
}

/// The worth of each maximum at the best prices of money, and the prices for state-paid lines and for the others, value
/// per cent, times two to [`WORTH_BITS`].
pub(super) fn worths(lines: &[Linear], limits: &[i64], ceiling: i64, payable: i64) -> (Vec<Worth>, [u64; 2]) {
    let relaxed = Relaxed { lines, limits };
    let rates = lines.iter().map(|line| i128::from(line.segment.slope()));
    let highest = rates.filter(|rate| *rate < i128::from(u64::MAX)).max().unwrap_or_default() + 1;
    let surcharge = |state_price: i128| {
        lowest(highest, |more| relaxed.bought(state_price, state_price + more).payable <= i128::from(payable))
    };
    let both = lines.iter().any(|line| !line.segment.payable);
    let state_price = if both {
        lowest(highest, |price| relaxed.bought(price, price + surcharge(price)).all <= i128::from(ceiling))
    } else {
        lowest(highest, |price| relaxed.bought(price, price).all <= i128::from(ceiling.min(payable)))
    };
    let price = if both { state_price + surcharge(state_price) } else { state_price };
    let prices = [state_price, price].map(|price| u64::try_from(price).unwrap_or_default());
    (relaxed.bought(state_price, price).worths, prices)
}

//! Why a line is reduced or dropped: what stands against more of it.

use rust_decimal::Decimal;

use super::{
    CapLimit, ProposalInput,
    problem::{Choice, Item, Problem},
    tally::{Obstacle, Tally},
};
use crate::{money::Volume, text::Message};

/// The sentences for a line; none where it stays as planned.
pub(super) fn of(input: &ProposalInput, problem: &Problem, tally: &Tally<'_>, line: usize) -> Vec<Message> {
    let (Some(item), Some(now)) = (problem.item(line), tally.choice(line)) else { return Vec::new() };
    if now.volume == item.planned.volume {
        return Vec::new();
    }
    let (next, useful) = next(item, now);
    // A line may be too large by itself, so that the smallest larger volume is no choice; the obstacle is the same.
    let Some(obstacle) = tally.obstacle(line, next).or_else(|| tally.obstacle(line, item.planned)) else {
        return Vec::new();
    };
    let mut reasons = vec![sentence(input, problem, line, obstacle)];
    if !matches!(obstacle, Obstacle::Rival(_)) && item.limit > 0 {
        reasons.extend(useful.then(|| below_minimum(item, tally, line)).flatten());
    }
    if matches!(obstacle, Obstacle::Ceiling | Obstacle::Payable) && lower_stays(problem, tally, line) {
        reasons.push(Message::new("proposal-keeps-more-elsewhere"));
    }
    if now.volume > 0 && now == item.least() {
        reasons.push(Message::new("proposal-committed").with("floor", volume(now.volume)));
    }
    reasons
}

/// The smallest larger volume, and whether it is the smallest useful one.
fn next(item: &Item, now: Choice) -> (Choice, bool) {
    let at = |volume| Choice { volume, cents: item.price.cents(volume), value: 0 };
    if now.volume < item.least_useful {
        (at(item.least_useful), true)
    } else {
        let steps = now.volume.checked_div(item.step).unwrap_or_default().saturating_add(1);
        (at(steps.saturating_mul(item.step).min(item.planned.volume)), false)
    }
}

fn sentence(input: &ProposalInput, problem: &Problem, line: usize, obstacle: Obstacle) -> Message {
    let ceiling = || Message::new("proposal-ceiling-reached").with("ceiling", input.ceiling);
    match obstacle {
        Obstacle::Rival(rival) => Message::new("proposal-excluded")
            .with_number("line", input.lines.get(rival).map_or(0, |line| line.number))
            .with_number("priority", input.lines.get(rival).map_or(0, |line| line.priority)),
        Obstacle::Cap(place) => match problem.groups.get(place).map(|group| &group.cap) {
            Some(cap) => {
                let message = |key: &'static str| Message::new(key).with("rule", cap.rule);
                match cap.most {
                    CapLimit::Volume(most) => message("proposal-maximum-volume").with("most", most),
                    CapLimit::Amount(most) => message("proposal-maximum-amount").with("most", most),
                }
            }
            None => ceiling(),
        },
        Obstacle::Limit => {
            let limit = input.lines.get(line).and_then(|line| line.limit.as_ref());
            limit.map_or_else(ceiling, |limit| limit.why.clone())
        }
        Obstacle::Payable => Message::new("proposal-payable-reached").with("ceiling", input.payable_ceiling),
        Obstacle::Ceiling => ceiling(),
    }
}

/// Where less than the minimum useful volume would fit, that this is why nothing is left.
fn below_minimum(item: &Item, tally: &Tally<'_>, line: usize) -> Option<Message> {
    let now = tally.choice(line)?;
    let fits = |steps: i64| {
        let more = steps.saturating_mul(item.step);
        let choice = Choice { volume: more, cents: item.price.cents(more), value: 0 };
        more < item.least_useful && tally.obstacle(line, choice).is_none()
    };
    // What fits has no gap: the number of steps is found by halving.
    let (mut low, mut high) = (now.volume.checked_div(item.step)?, item.least_useful.checked_div(item.step)? + 1);
    while high - low > 1 {
        let middle = i64::midpoint(low, high);
        if fits(middle) { low = middle } else { high = middle }
    }
    let most = low.saturating_mul(item.step);
    (most > now.volume).then(|| {
        Message::new("proposal-below-minimum").with("fits", volume(most)).with("minimum", volume(item.least_useful))
    })
}

/// Whether a line of lower priority has more than it must.
fn lower_stays(problem: &Problem, tally: &Tally<'_>, line: usize) -> bool {
    let below = problem.by_priority.iter().skip_while(|other| **other != line).skip(1);
    below.copied().any(|other| {
        let least = problem.item(other).map(Item::least);
        tally.choice(other).zip(least).is_some_and(|(choice, least)| choice.volume > least.volume)
    })
}

fn volume(thousandths: i64) -> Volume {
    Volume::exact(Decimal::new(thousandths, 3))
}

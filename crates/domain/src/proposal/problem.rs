//! The plan in whole numbers: volumes in thousandths, money in cents, kept priority in trillionths of a weight.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::{Cap, CapLimit, MOST_LINES, NamedLine, ProposalInput, ProposalLine, ProposalRefusal};
use crate::{
    bounds,
    money::{LARGEST_AMOUNT, Money, Volume},
};

/// How finely kept priority is counted: parts of a weight of one.
pub(super) const SCALE: i64 = 1_000_000_000_000;

/// The most volumes that are considered for one line. A line with more steps than that is reduced in multiples of its
/// step, and the proposal is not called optimal.
const MOST_CHOICES: i64 = 10_000;

/// More cents than any accepted ceiling has; dearer choices are counted as this.
const BEYOND: i64 = 200_000_000_000_000;

/// A volume that a line may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// Thousandths of the service's unit.
    pub(super) volume: i64,
    /// What it costs.
    pub(super) cents: i64,
    /// The weighted priority that it keeps.
    pub(super) value: i64,
}

/// A line and what may become of it.
#[derive(Debug)]
pub(super) struct Item {
    /// From the least volume (nothing, or what is committed) up. Choices that fit in no plan are left out; the first
    /// always fits.
    pub(super) choices: Vec<Choice>,
    pub(super) planned: Choice,
    /// Smallest volume that is neither nothing nor a mere commitment, thousandths.
    pub(super) least_useful: i64,
    pub(super) step: i64,
    pub(super) price: UnitPrice,
    pub(super) state_paid: bool,
    pub(super) group: Option<usize>,
    /// The largest volume that the line may have by itself, thousandths.
    pub(super) limit: i64,
    /// Lines that can't stay beside this one.
    pub(super) rivals: Vec<usize>,
}

impl Item {
    pub(super) fn least(&self) -> Choice {
        self.choices.first().copied().unwrap_or(self.planned)
    }

    pub(super) fn choice(&self, index: usize) -> Choice {
        self.choices.get(index).copied().unwrap_or(self.planned)
    }

    pub(super) fn most(&self) -> Choice {
        self.choices.last().copied().unwrap_or(self.planned)
    }
}

/// A maximum that lines share.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) cap: Cap,
    /// Thousandths or cents.
    pub(super) most: i64,
}

impl Group {
    /// What a choice takes of the maximum.
    pub(super) fn measure(&self, choice: Choice) -> i64 {
        match self.cap.most {
            CapLimit::Volume(_) => choice.volume,
            CapLimit::Amount(_) => choice.cents,
        }
    }
}

/// The whole plan.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) items: Vec<Item>,
    pub(super) groups: Vec<Group>,
    /// Cents of all lines together.
    pub(super) ceiling: i64,
    /// Cents of the lines that the state does not pay.
    pub(super) payable: i64,
    /// Lines from the highest priority down, equal priorities in the order of the plan.
    pub(super) by_priority: Vec<usize>,
    /// Some line has more steps than are considered.
    pub(super) coarse: bool,
}

/// A price per unit as a fraction of whole numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnitPrice {
    mantissa: i128,
    /// What the product of mantissa and thousandths is divided by to give cents; even.
    divisor: i128,
}

impl UnitPrice {
    fn of(price: Money) -> Option<Self> {
        if !bounds::accepted(price) {
            return None;
        }
        let divisor = 10_i128.checked_pow(price.value().scale() + 1)?;
        Some(Self { mantissa: price.value().mantissa(), divisor })
    }

    /// What a volume costs, rounded half up to cents.
    pub(super) fn cents(self, thousandths: i64) -> i64 {
        let exact = self.mantissa.checked_mul(i128::from(thousandths));
        let cents = exact.map_or(i128::MAX, |exact| exact.saturating_add(self.divisor / 2) / self.divisor);
        i64::try_from(cents).map_or(BEYOND, |cents| cents.min(BEYOND))
    }
}

/// A line's figures before it is known what fits.
struct Figures {
    planned: i64,
    step: i64,
    minimum: i64,
    floor: i64,
    price: UnitPrice,
    weight: i64,
    limit: i64,
}

impl Figures {
    fn choice(&self, volume: i64) -> Choice {
        let kept = i128::from(self.weight) * i128::from(SCALE) * i128::from(volume);
        let value = kept.checked_div(i128::from(self.planned)).unwrap_or_default();
        Choice { volume, cents: self.price.cents(volume), value: i64::try_from(value).unwrap_or_default() }
    }

    /// The smallest multiple of the step that is useful and keeps what is committed.
    fn least_useful(&self) -> i64 {
        let least = self.minimum.max(self.floor).max(1);
        let steps = least.saturating_add(self.step - 1).checked_div(self.step).unwrap_or(1);
        steps.saturating_mul(self.step)
    }

    /// Every volume between the least and the planned one that is allowed by itself, as long as it fits; and whether
    /// some were passed over because there are too many.
    fn choices(&self, fits: impl Fn(Choice) -> bool) -> (Vec<Choice>, bool) {
        let mut choices = vec![self.choice(self.floor)];
        let first = self.least_useful();
        let steps = (self.planned - first).checked_div(self.step).unwrap_or_default().max(0);
        let stride = self.step.saturating_mul(steps / MOST_CHOICES + 1);
        let mut volume = first;
        while volume < self.planned {
            let choice = self.choice(volume);
            if !fits(choice) {
                return (choices, stride > self.step);
            }
            if volume > self.floor {
                choices.push(choice);
            }
            volume = volume.saturating_add(stride);
        }
        let planned = self.choice(self.planned);
        if self.planned > self.floor && fits(planned) {
            choices.push(planned);
        }
        (choices, stride > self.step)
    }
}

/// Whole thousandths of an accepted volume.
fn thousandths(volume: Volume) -> Option<i64> {
    let mut value = volume.value().normalize();
    if !(Decimal::ZERO..=LARGEST_AMOUNT).contains(&value) || value.scale() > 3 {
        return None;
    }
    value.rescale(3);
    i64::try_from(value.mantissa()).ok()
}

/// Whole cents of an accepted amount, rounded half up.
fn cents(amount: Money) -> Option<i64> {
    if bounds::accepted(amount) { amount.cents() } else { None }
}

fn amount_invalid(pointer: String) -> ProposalRefusal {
    ProposalRefusal::AmountInvalid { pointer }
}

impl Problem {
    /// The plan in whole numbers, or why nothing can be proposed.
    pub(super) fn of(input: &ProposalInput) -> Result<Self, ProposalRefusal> {
        if input.lines.len() > MOST_LINES {
            return Err(ProposalRefusal::TooManyLines);
        }
        let ceiling = cents(input.ceiling).ok_or_else(|| amount_invalid("/ceiling".to_owned()))?;
        let payable = cents(input.payable_ceiling).ok_or_else(|| amount_invalid("/payable_ceiling".to_owned()))?;
        let figures = figures(input)?;
        let (groups, group_of) = groups(input)?;
        let rivals = rivals(input)?;
        let least: Vec<Choice> = figures.iter().map(|line| line.choice(line.floor)).collect();
        let room = Room::of(input, &least, &groups, &group_of, [ceiling, payable])?;

        let mut coarse = false;
        let mut items = Vec::with_capacity(figures.len());
        for (index, ((line, figures), (rivals, group))) in
            input.lines.iter().zip(&figures).zip(rivals.into_iter().zip(&group_of)).enumerate()
        {
            if figures.floor > 0 && rivals.iter().any(|rival| least.get(*rival).is_some_and(|least| least.volume > 0)) {
                return Err(ProposalRefusal::CommittedTogether {
                    lines: named(input, &committed_pair(input, &least, index)),
                });
            }
            let outdone = rivals.iter().any(|rival| least.get(*rival).is_some_and(|least| least.volume > 0));
            let least = figures.choice(figures.floor);
            let money = if line.state_paid { room.ceiling } else { room.ceiling.min(room.payable) };
            let fits = |choice: Choice| {
                !outdone
                    && choice.volume <= figures.limit
                    && choice.cents - least.cents <= money
                    && group
                        .and_then(|g| Some((groups.get(g)?, room.groups.get(g)?)))
                        .is_none_or(|(group, room)| group.measure(choice) - group.measure(least) <= *room)
            };
            let (choices, passed_over) = figures.choices(fits);
            coarse |= passed_over;
            items.push(Item {
                choices,
                planned: figures.choice(figures.planned),
                least_useful: figures.least_useful().min(figures.planned),
                step: figures.step,
                price: figures.price,
                state_paid: line.state_paid,
                group: *group,
                limit: figures.limit,
                rivals,
            });
        }
        let mut by_priority: Vec<usize> = (0..items.len()).collect();
        by_priority.sort_by_key(|index| input.lines.get(*index).map(|line| line.priority));
        Ok(Self { items, groups, ceiling, payable, by_priority, coarse })
    }

    pub(super) fn item(&self, line: usize) -> Option<&Item> {
        self.items.get(line)
    }
}

/// Every line's figures, or the first that is invalid.
fn figures(input: &ProposalInput) -> Result<Vec<Figures>, ProposalRefusal> {
    let lines = i64::try_from(input.lines.len()).unwrap_or(i64::MAX);
    let read = |(index, line): (usize, &ProposalLine)| {
        let volume = |volume, field| {
            thousandths(volume)
                .ok_or_else(|| ProposalRefusal::VolumeInvalid { pointer: format!("/lines/{index}/{field}") })
        };
        let figures = Figures {
            planned: volume(line.volume, "volume")?,
            step: volume(line.step, "step")?,
            minimum: volume(line.minimum, "minimum")?,
            floor: volume(line.floor, "floor")?,
            price: UnitPrice::of(line.unit_price)
                .ok_or_else(|| amount_invalid(format!("/lines/{index}/unit_price")))?,
            weight: (lines + 1 - i64::from(line.priority)).max(1),
            limit: line.limit.as_ref().map_or(Ok(i64::MAX), |limit| volume(limit.most, "limit/most"))?,
        };
        if figures.step == 0 {
            return Err(ProposalRefusal::VolumeInvalid { pointer: format!("/lines/{index}/step") });
        }
        if figures.floor > figures.planned {
            return Err(ProposalRefusal::PlannedBelowCommitted { line: index });
        }
        Ok(figures)
    };
    input.lines.iter().enumerate().map(read).collect()
}

/// The maxima, and which of them each line shares.
fn groups(input: &ProposalInput) -> Result<(Vec<Group>, Vec<Option<usize>>), ProposalRefusal> {
    let mut places = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut group_of = Vec::with_capacity(input.lines.len());
    for (index, line) in input.lines.iter().enumerate() {
        let Some(cap) = &line.cap else {
            group_of.push(None);
            continue;
        };
        let place = *places.entry(cap.group).or_insert(groups.len());
        group_of.push(Some(place));
        match groups.get(place) {
            Some(group) if group.cap != *cap => return Err(ProposalRefusal::CapConflict { line: index }),
            Some(_) => {}
            None => {
                let pointer = || format!("/lines/{index}/cap/most");
                let most = match cap.most {
                    CapLimit::Volume(most) => {
                        thousandths(most).ok_or_else(|| ProposalRefusal::VolumeInvalid { pointer: pointer() })?
                    }
                    CapLimit::Amount(most) => cents(most).ok_or_else(|| amount_invalid(pointer()))?,
                };
                groups.push(Group { cap: cap.clone(), most });
            }
        }
    }
    Ok((groups, group_of))
}

/// For each line those that can't stay beside it, in order.
fn rivals(input: &ProposalInput) -> Result<Vec<Vec<usize>>, ProposalRefusal> {
    let mut rivals = vec![Vec::new(); input.lines.len()];
    for (pair, (one, other)) in input.exclusive.iter().copied().enumerate() {
        if one == other || one.max(other) >= rivals.len() {
            return Err(ProposalRefusal::PairInvalid { pair });
        }
        for (line, rival) in [(one, other), (other, one)] {
            if let Some(rivals) = rivals.get_mut(line) {
                rivals.push(rival);
            }
        }
    }
    for rivals in &mut rivals {
        rivals.sort_unstable();
        rivals.dedup();
    }
    Ok(rivals)
}

/// A committed line and its first committed rival.
fn committed_pair(input: &ProposalInput, least: &[Choice], line: usize) -> Vec<usize> {
    let committed = |line: usize| least.get(line).is_some_and(|least| least.volume > 0);
    let pairs = input.exclusive.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]);
    let rival = pairs.filter(|(one, other)| *one == line && committed(*other)).map(|(_, other)| other).min();
    [line].into_iter().chain(rival).collect()
}

/// Lines with their numbers in the plan.
fn named(input: &ProposalInput, lines: &[usize]) -> Vec<NamedLine> {
    let known = lines.iter().filter_map(|position| Some((*position, input.lines.get(*position)?.number)));
    known.map(|(position, number)| NamedLine { position, number }).collect()
}

/// What is left beside all commitments.
struct Room {
    ceiling: i64,
    payable: i64,
    groups: Vec<i64>,
}

impl Room {
    fn of(
        input: &ProposalInput,
        least: &[Choice],
        groups: &[Group],
        group_of: &[Option<usize>],
        [ceiling, payable]: [i64; 2],
    ) -> Result<Self, ProposalRefusal> {
        let committed = |counts: &dyn Fn(usize) -> bool, measure: &dyn Fn(Choice) -> i64| {
            let lines: Vec<usize> = (0_usize..)
                .zip(least)
                .filter(|(line, c)| c.volume > 0 && counts(*line))
                .map(|(line, _)| line)
                .collect();
            let sum: i64 = lines.iter().filter_map(|line| least.get(*line)).map(|choice| measure(*choice)).sum();
            (lines, sum)
        };
        let by_cents = |choice: Choice| choice.cents;
        let (lines, all) = committed(&|_| true, &by_cents);
        if all > ceiling {
            let lines = named(input, &lines);
            return Err(ProposalRefusal::CommittedAboveCeiling { lines, ceiling: input.ceiling });
        }
        let (lines, paid) = committed(&|line| input.lines.get(line).is_some_and(|line| !line.state_paid), &by_cents);
        if paid > payable {
            let lines = named(input, &lines);
            return Err(ProposalRefusal::CommittedAbovePayable { lines, ceiling: input.payable_ceiling });
        }
        let mut rooms = Vec::with_capacity(groups.len());
        for (place, group) in groups.iter().enumerate() {
            let shares = |line: usize| group_of.get(line).is_some_and(|of| *of == Some(place));
            let (lines, taken) = committed(&shares, &|choice| group.measure(choice));
            if taken > group.most {
                let lines = named(input, &lines);
                return Err(ProposalRefusal::CommittedAboveCap { lines, rule: group.cap.rule });
            }
            rooms.push(group.most - taken);
        }
        Ok(Self { ceiling: ceiling - all, payable: payable - paid, groups: rooms })
    }
}

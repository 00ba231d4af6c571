//! A correction of a plan that does not fit: proposed, never made by itself [domain 6.3].

mod limits;

use std::collections::BTreeMap;

use rust_decimal::RoundingStrategy;

use super::{
    FundingSource, PlanContent, PlanLine,
    amounts::Amounts,
    check::{self, Committed, PlanContext},
    order,
};
use crate::{
    money::{Money, Volume},
    month::Month,
    parameters::catalogue::{MethodologyId, YearlyRule},
    proposal::{self, Cap, CapLimit, Change, Proposal, ProposalInput, ProposalLine, ProposalRefusal},
    text::Message,
};

use limits::{Limits, Open};

/// Numbers of the groups beside those of the yearly rules.
const TRANSPORT: u32 = 1_000;
const DAYS: u32 = 1_001;

/// What is proposed for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectedLine {
    /// Number of the line.
    pub number: u32,
    /// Code of the service.
    pub service: String,
    /// Volume as drafted, in the service's unit.
    pub drafted: Volume,
    /// Volume as proposed.
    pub proposed: Volume,
    /// What it costs then, EUR.
    pub amount: Money,
    /// What changes.
    pub change: Change,
    /// Why.
    pub reasons: Vec<Message>,
}

/// A plan that fits, and how it differs from the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The draft with what is proposed: to be stored as the draft where the worker accepts it.
    pub content: PlanContent,
    /// The lines that the budget counts, in the order of the plan; all others stay as they are.
    pub lines: Vec<CorrectedLine>,
    /// The sums of the proposed plan.
    pub amounts: Amounts,
    /// Weighted priority lost, in billionths of a weight.
    pub loss: u64,
    /// Whether no plan that fits loses less.
    pub optimal: bool,
}

/// Corrects a draft so that it fits the budget, the yearly maxima and averages, the transport ceiling, the working days and the
/// combination rules, losing the least weighted priority. In the pilot the priorities are the combined order of the two ranks.
///
/// # Errors
/// What is committed alone fits no more, or there are too many lines.
pub fn correct(content: &PlanContent, context: &PlanContext<'_>) -> Result<Correction, ProposalRefusal> {
    let lines: Vec<&PlanLine> = content.lines.iter().filter(|line| is_open(line, context)).collect();
    let caps = Caps::new(content, context);
    let placed = lines.iter().copied().zip(priorities(&lines, content, context));
    let floor_of = |line: &PlanLine| floor(line, context.committed.get(&line.number));
    let open: Vec<Open<'_>> = placed.map(|(line, priority)| Open { line, priority, floor: floor_of(line) }).collect();
    let limits = Limits::new(&open, content, context);
    let input = ProposalInput {
        lines: open
            .iter()
            .map(|Open { line, priority, floor }| {
                let step = Volume::from_thousandths(1_000);
                ProposalLine {
                    number: line.number,
                    priority: *priority,
                    volume: line.volume,
                    unit_price: line.unit_price,
                    step,
                    minimum: line.minimum_volume.map_or(step, |minimum| minimum.max(step)),
                    floor: *floor,
                    state_paid: line.funding == FundingSource::State,
                    cap: caps.of(line),
                    limit: limits.of(line),
                }
            })
            .collect(),
        ceiling: context.ceiling.indicative,
        payable_ceiling: context.ceiling.payable(),
        exclusive: check::exclusive(&lines),
    };
    let proposal = proposal::propose(&input)?;
    Ok(corrected(content, context, (&lines, &limits), proposal))
}

/// Whether a correction may reduce a line: one that the budget counts; of one that was cut already there is nothing to correct.
fn is_open(line: &PlanLine, context: &PlanContext<'_>) -> bool {
    context.ceiling.counts(line) && !line.free_support && line.volume > Volume::default()
}

/// The least volume of a line: what is committed, and at another price as much as costs that.
fn floor(line: &PlanLine, committed: Option<&Committed>) -> Volume {
    let Some(committed) = committed else { return Volume::default() };
    let at_price = committed.amount.value().checked_div(line.unit_price.value()).unwrap_or_default();
    let at_price = Volume::exact(at_price.round_dp_with_strategy(3, RoundingStrategy::AwayFromZero));
    committed.volume.max(at_price.min(line.volume))
}

fn corrected(
    content: &PlanContent,
    context: &PlanContext<'_>,
    (lines, limits): (&[&PlanLine], &Limits),
    proposal: Proposal,
) -> Correction {
    let proposed: Vec<CorrectedLine> = lines
        .iter()
        .zip(proposal.lines)
        .map(|(line, proposed)| CorrectedLine {
            number: line.number,
            service: line.service.clone(),
            drafted: line.volume,
            proposed: proposed.volume,
            amount: proposed.amount,
            change: proposed.change,
            reasons: proposed.reasons,
        })
        .collect();
    let changed: BTreeMap<u32, Volume> =
        proposed.iter().filter(|line| line.change != Change::Kept).map(|line| (line.number, line.proposed)).collect();
    let mut corrected = content.clone();
    // In the pilot what is cut stays needed: the redistribution counts it.
    let pilot = context.methodology == MethodologyId::ChildrenPilot2018;
    corrected.lines.retain(|line| pilot || changed.get(&line.number) != Some(&Volume::default()));
    for line in &mut corrected.lines {
        if let Some(volume) = changed.get(&line.number) {
            if pilot {
                line.needed_volume = Some(line.needed_volume.unwrap_or(line.volume).max(line.volume));
            }
            line.reduce_to(*volume, limits.months(line.number));
        }
    }
    let amounts = Amounts::of(&corrected, context.ceiling);
    let optimal = proposal.optimal && !limits.shared;
    Correction { content: corrected, lines: proposed, amounts, loss: proposal.loss, optimal }
}

impl PlanLine {
    /// Reduces the volume, and the schedule from its last month on, where months have less by themselves after that.
    fn reduce_to(&mut self, volume: Volume, months: Option<&BTreeMap<Month, Volume>>) {
        self.volume = volume;
        let mut left = volume;
        for planned in &mut self.schedule {
            let most = months.and_then(|months| months.get(&planned.month)).copied();
            planned.volume = planned.volume.min(most.unwrap_or(left)).min(left);
            left = left.less(planned.volume);
        }
        self.schedule.retain(|planned| planned.volume > Volume::default());
    }
}

/// The place of each line in one order: as agreed, or in the pilot by 70 % of the experts' and 30 % of the parent's rank.
fn priorities(lines: &[&PlanLine], content: &PlanContent, context: &PlanContext<'_>) -> Vec<u32> {
    let last = u32::MAX;
    if context.methodology != MethodologyId::ChildrenPilot2018 {
        return lines.iter().map(|line| line.priority.unwrap_or(last)).collect();
    }
    let rules = context.parameters.pilot.rules_on(content.from);
    let order = rules.and_then(|rules| order::order(content, context.ceiling.indicative, rules.weights));
    let position = |line: &PlanLine| {
        let placed = order.iter().flatten().find(|placed| placed.line == line.number);
        placed.map_or(0, |placed| placed.place.position)
    };
    // Where the ranks make no order yet, by what they say.
    let score = |line: &PlanLine| {
        let (expert, parent) = (line.expert_rank.unwrap_or(last), line.parent_rank.unwrap_or(last));
        (position(line), u64::from(expert) * 70 + u64::from(parent) * 30, expert, parent, line.service.clone())
    };
    let mut order: Vec<_> = lines.iter().map(|line| score(line)).collect();
    order.sort();
    let place = |line: &&PlanLine| order.partition_point(|known| *known < score(line));
    lines.iter().map(|line| u32::try_from(place(line)).unwrap_or(last).saturating_add(1)).collect()
}

/// What the yearly rules leave for the lines that the budget counts: lines that others pay have used their part. An average binds
/// like a maximum where the worker tells no reason.
struct Caps<'a> {
    context: &'a PlanContext<'a>,
    /// By rule, and the service where it is one's own.
    left: BTreeMap<(YearlyRule, &'a str), Shared>,
    transport: Option<Money>,
    days: Cap,
}

/// What is left of a rule.
#[derive(Debug)]
struct Shared {
    group: u32,
    left: Volume,
    reasoned: bool,
}

impl<'a> Caps<'a> {
    fn new(content: &'a PlanContent, context: &'a PlanContext<'a>) -> Self {
        let mut left: BTreeMap<(YearlyRule, &'a str), Shared> = BTreeMap::new();
        for line in content.lines.iter().filter(|line| !line.free_support) {
            let Some(yearly) = check::yearly_rule(line, context) else { continue };
            let group = u32::try_from(left.len()).unwrap_or(u32::MAX);
            let received = || check::received(yearly.rule, &line.service, context);
            let of_rule = left.entry(key(yearly.rule, line)).or_insert_with(|| Shared {
                group,
                left: yearly.volume.less(received()),
                reasoned: false,
            });
            of_rule.reasoned |= check::is_reasoned(line) && !yearly.rule.binds();
            if !is_open(line, context) {
                of_rule.left = of_rule.left.less(line.volume);
            }
        }
        let takes_days = |line: &&PlanLine| check::takes_working_days(&line.service);
        let days: Vec<&PlanLine> = content.lines.iter().filter(takes_days).collect();
        let by_others: Volume = days.iter().filter(|line| !is_open(line, context)).map(|line| line.volume).sum();
        let [centre, _] = check::WORKING_DAY_SERVICES;
        let alone = days.iter().all(|line| line.service == centre);
        let days = Cap {
            group: DAYS,
            most: CapLimit::Volume(Volume::exact(check::working_days(content, context).into()).less(by_others)),
            rule: if alone { "day_care_above_working_days" } else { "day_care_and_workshop" },
        };
        let pilot = context.methodology == MethodologyId::ChildrenPilot2018;
        let transport = check::transport_ceiling(content, context).filter(|_| !pilot);
        Self { context, left, transport, days }
    }

    fn of(&self, line: &PlanLine) -> Option<Cap> {
        if check::is_transport(&line.service) && line.funding == FundingSource::IndividualBudget {
            let most = CapLimit::Amount(self.transport?);
            return Some(Cap { group: TRANSPORT, most, rule: "above_transport_ceiling" });
        }
        if check::takes_working_days(&line.service) {
            return Some(self.days.clone());
        }
        let rule = check::yearly_rule(line, self.context)?.rule;
        let Shared { group, left, reasoned } = self.left.get(&key(rule, line))?;
        (!reasoned).then(|| Cap { group: *group, most: CapLimit::Volume(*left), rule: rule.as_str() })
    }
}

fn key(rule: YearlyRule, line: &PlanLine) -> (YearlyRule, &str) {
    (rule, if rule == YearlyRule::Own { line.service.as_str() } else { "" })
}

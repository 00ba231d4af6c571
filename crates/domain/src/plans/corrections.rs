//! A correction of a plan that does not fit: proposed, never made by itself [domain 6.3].

use std::collections::BTreeMap;

use super::{
    FundingSource, PlanContent, PlanLine,
    amounts::Amounts,
    check::{self, PlanContext},
    order,
};
use crate::{
    money::{Money, Volume},
    parameters::catalogue::{MethodologyId, YearlyRule},
    proposal::{self, Cap, CapLimit, Change, Proposal, ProposalInput, ProposalLine, ProposalRefusal},
    text::Message,
};

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

/// Corrects a draft so that it fits the budget, the yearly maxima, the transport ceiling and the combination rules, losing the
/// least weighted priority. In the pilot the priorities are the combined order of the two ranks.
///
/// # Errors
/// What is committed alone fits no more, or there are too many lines.
pub fn correct(content: &PlanContent, context: &PlanContext<'_>) -> Result<Correction, ProposalRefusal> {
    // Of a line that was cut already there is nothing to correct.
    let counted =
        |line: &&PlanLine| context.ceiling.counts(line) && !line.free_support && line.volume > Volume::default();
    let lines: Vec<&PlanLine> = content.lines.iter().filter(counted).collect();
    let priorities = priorities(&lines, content, context);
    let caps = Caps::new(content, context);
    let input = ProposalInput {
        lines: lines
            .iter()
            .zip(priorities)
            .map(|(line, priority)| {
                let step = Volume::from_thousandths(1_000);
                ProposalLine {
                    priority,
                    volume: line.volume,
                    unit_price: line.unit_price,
                    step,
                    minimum: line.minimum_volume.map_or(step, |minimum| minimum.max(step)),
                    floor: context.committed.get(&line.number).map(|known| known.volume).unwrap_or_default(),
                    state_paid: line.funding == FundingSource::State,
                    cap: caps.of(line),
                }
            })
            .collect(),
        ceiling: context.ceiling.indicative,
        payable_ceiling: context.ceiling.payable(),
        exclusive: check::exclusive(&lines),
    };
    let proposal = proposal::propose(&input)?;
    Ok(corrected(content, context, &lines, proposal))
}

fn corrected(content: &PlanContent, context: &PlanContext<'_>, lines: &[&PlanLine], proposal: Proposal) -> Correction {
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
            line.reduce_to(*volume);
        }
    }
    let amounts = Amounts::of(&corrected, context.ceiling);
    Correction { content: corrected, lines: proposed, amounts, loss: proposal.loss, optimal: proposal.optimal }
}

impl PlanLine {
    /// Reduces the volume, and the schedule from its last month on.
    fn reduce_to(&mut self, volume: Volume) {
        self.volume = volume;
        let mut left = volume;
        for planned in &mut self.schedule {
            planned.volume = planned.volume.min(left);
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

/// What the yearly rules leave for the lines that the budget counts: lines that others pay have used their part.
struct Caps<'a> {
    context: &'a PlanContext<'a>,
    left: BTreeMap<YearlyRule, Volume>,
    transport: Option<Money>,
    days: Volume,
}

impl<'a> Caps<'a> {
    fn new(content: &PlanContent, context: &'a PlanContext<'a>) -> Self {
        let mut left: BTreeMap<YearlyRule, Volume> = BTreeMap::new();
        let mut days = Volume::exact(check::working_days(content, context).into());
        for line in content.lines.iter().filter(|line| !line.free_support) {
            let counted = context.ceiling.counts(line);
            if let Some(yearly) = check::yearly_rule(line, context).filter(|yearly| yearly.rule.binds()) {
                let received = || check::received(yearly.rule, &line.service, context);
                let of_rule = left.entry(yearly.rule).or_insert_with(|| yearly.volume.less(received()));
                *of_rule = if counted { *of_rule } else { of_rule.less(line.volume) };
            }
            if check::takes_working_days(&line.service) && !counted {
                days = days.less(line.volume);
            }
        }
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
            let most = CapLimit::Volume(self.days);
            return Some(Cap { group: DAYS, most, rule: "day_care_above_working_days" });
        }
        let rule = check::yearly_rule(line, self.context)?.rule;
        let group = YearlyRule::ALL.iter().position(|known| *known == rule)?;
        let most = CapLimit::Volume(*self.left.get(&rule)?);
        Some(Cap { group: u32::try_from(group).ok()?, most, rule: rule.as_str() })
    }
}

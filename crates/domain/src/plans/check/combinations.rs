//! Services that do not go together [domain 5.4 rules 1 to 6].

use chrono::{Months, NaiveDate};

use super::{Placed, PlanContext, by_budget, is_reasoned};
use crate::{
    money::{Money, Volume},
    month::Month,
    parameters::catalogue::MethodologyId,
    plans::{
        PlanContent, PlanLine,
        findings::{Finding, What},
        times,
    },
};

const ASSISTANTS: &[&str] = &["assistant", "universal_assistant"];
const TRANSPORT: &[&str] =
    &["transport", "specialised_transport", "transport_compensation", "specialised_transport_compensation"];
/// Days of respite in an institution from which it takes a month off.
const MONTH_OF_RESPITE: u32 = 30;

pub(super) fn check(placed: &[Placed<'_>], content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    home_care(placed, found);
    assistant(placed, context, found);
    day_care_includes(placed, found);
    respite(placed, content, context, found);
    transport(placed, content, context, found);
}

/// Every pair of a line with one of the codes and another with one of the other codes.
fn pairs<'a, 'p>(
    placed: &'a [Placed<'p>],
    codes: &'a [&'a str],
    others: &'a [&'a str],
) -> impl Iterator<Item = (&'a Placed<'p>, &'a Placed<'p>)> {
    let used = || placed.iter().filter(|line| line.is_used());
    let with = move |line: &'a Placed<'p>| used().filter(|other| other.is(others)).map(move |other| (line, other));
    used().filter(|line| line.is(codes)).flat_map(with)
}

/// Rule 1.
fn home_care(placed: &[Placed<'_>], found: &mut Vec<Finding>) {
    for (line, with) in pairs(placed, &["home_care"], &["babysitter", "assistant", "universal_assistant"]) {
        let other = with.line.number;
        match times::meet(&line.line.times, &with.line.times) {
            Some(true) => found.push(Finding::error(line.at("times"), What::HomeCareAtSameTime { other })),
            Some(false) => {}
            None => found.push(Finding::warning(line.at("times"), What::HomeCareTimesUnknown { other })),
        }
    }
}

/// Rule 2.
fn assistant(placed: &[Placed<'_>], context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    for (line, with) in pairs(placed, ASSISTANTS, &["escort", "babysitter"]) {
        let other = with.line.number;
        match times::meet(&line.line.times, &with.line.times) {
            Some(true) => found.push(Finding::error(line.at("times"), What::AssistantAtSameTime { other })),
            Some(false) => {}
            None => {
                let strict = context.methodology == MethodologyId::Children2023 && with.is(&["escort"]);
                let finding = if strict { Finding::error } else { Finding::warning };
                found.push(finding(line.at("times"), What::AssistantTimesRequired { other }));
            }
        }
    }
}

/// Rule 4.
fn day_care_includes(placed: &[Placed<'_>], found: &mut Vec<Finding>) {
    for centre in placed.iter().filter(|line| line.is(&["day_care_centre"]) && line.is_used()) {
        let twice = placed
            .iter()
            .filter(|line| line.is_paid() && line.is_used() && centre.line.includes.contains(&line.line.service));
        let what = |_: &Placed<'_>| What::PaidTwiceWithDayCare { other: centre.line.number };
        found.extend(twice.map(|line| Finding::error(line.at("service"), what(line))));
    }
}

/// Rule 5, which the pilot does not have [domain 4.6].
fn respite(placed: &[Placed<'_>], content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    let in_institution: Volume =
        placed.iter().filter(|line| is_respite_in_institution(line.line)).map(|line| line.line.volume).sum();
    let takes_month = in_institution >= Volume::exact(MONTH_OF_RESPITE.into());
    let Some(months) = months(content.from, content.to).filter(|_| takes_month && has_rule_5(context.methodology))
    else {
        return;
    };
    let most = months.saturating_sub(1);
    let broken = placed.iter().filter(|line| leaves_no_month(line.line, content, months));
    found.extend(broken.map(|line| Finding::error(line.at("schedule"), What::RespiteTakesMonthOff { most })));
}

const fn has_rule_5(methodology: MethodologyId) -> bool {
    !matches!(methodology, MethodologyId::ChildrenPilot2018)
}

/// Whether a line is home care or day care that leaves none of a period's months free. What is not spread yet may fall into any
/// month; where a period begins within a month, the parts of its first and last calendar month are one month.
fn leaves_no_month(line: &PlanLine, content: &PlanContent, months: u32) -> bool {
    if !["home_care", "day_care_centre"].contains(&line.service.as_str()) || line.volume == Volume::default() {
        return false;
    }
    let (first, last) = (Month::of(content.from), Month::of(content.to));
    let is_used =
        |month: Month| line.schedule.iter().any(|planned| planned.month == month && planned.volume > Volume::default());
    let used = u32::try_from(first.to(last).filter(|month| is_used(*month)).count()).unwrap_or(u32::MAX);
    let touched = u32::try_from(first.to(last).count()).unwrap_or(u32::MAX);
    let halves = touched > months && is_used(first) && is_used(last);
    line.schedule.is_empty() || used.saturating_sub(u32::from(halves)) >= months
}

/// Whether a service is respite in an institution, a month of which takes a month off others.
pub(crate) fn is_respite_in_institution(line: &PlanLine) -> bool {
    line.service == "respite_institution"
}

/// The most days of respite in an institution where some home care or day care leaves no month free; none where rule 5 asks for
/// nothing.
pub(crate) fn most_respite(content: &PlanContent, context: &PlanContext<'_>) -> Option<Volume> {
    let months = months(content.from, content.to).filter(|_| has_rule_5(context.methodology))?;
    let broken = content.lines.iter().any(|line| leaves_no_month(line, content, months));
    broken.then(|| Volume::exact((MONTH_OF_RESPITE - 1).into()))
}

/// Rule 6.
fn transport(placed: &[Placed<'_>], content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    let paid: Vec<&Placed<'_>> = placed.iter().filter(|line| line.is(TRANSPORT) && by_budget(line.line)).collect();
    let amount: Money = paid.iter().map(|line| line.line.amount()).sum();
    let (Some(ceiling), Some(last)) = (transport_ceiling(content, context), paid.last()) else { return };
    if amount > ceiling {
        let what = What::Transport { amount, ceiling };
        let pilot = context.methodology == MethodologyId::ChildrenPilot2018;
        let allowed = pilot && paid.iter().any(|line| line.has_reason());
        let finding = if allowed { Finding::warning } else { Finding::error };
        found.push(finding(last.at("unit_price"), what));
    }
}

/// What the budget may pay for transport in the plan's period, EUR.
#[must_use]
pub fn transport_ceiling(content: &PlanContent, context: &PlanContext<'_>) -> Option<Money> {
    let parameters = context.parameters;
    match context.methodology {
        MethodologyId::Children2023 => {
            let rules = parameters.children.rules_on(content.from)?;
            let received = context.before.received.iter().filter(|(service, _)| is_transport(service));
            let received: Money = received.map(|(_, received)| received.amount).sum();
            let ceiling = rules.mobility_ceiling(context.person.transport_allowance);
            // It is a year's, and other plans may have had a part of it.
            Some((ceiling - received).max(Money::ZERO))
        }
        MethodologyId::Adults2023 => {
            let months = months(content.from, content.to)?;
            Some(Volume::exact(months.into()).at(parameters.adults.rules_on(content.from)?.mobility_ceiling()))
        }
        MethodologyId::ChildrenPilot2018 => {
            let percent = parameters.pilot.rules_on(content.from)?.limits.transport_percent;
            Some(Volume::exact(percent.into()).at(context.ceiling.indicative).divided_by(100).rounded())
        }
    }
}

/// What claims for transport may come to in the plan's period, EUR: the ceiling, or what was signed above it in the pilot for the
/// worker's written reason, which any of the lines may have.
#[must_use]
pub fn claimable_transport(content: &PlanContent, context: &PlanContext<'_>) -> Option<Money> {
    let ceiling = transport_ceiling(content, context)?;
    let paid: Vec<&PlanLine> =
        content.lines.iter().filter(|line| is_transport(&line.service) && by_budget(line)).collect();
    let reasoned = paid.iter().any(|line| is_reasoned(line));
    let signed: Money = paid.iter().map(|line| line.amount()).sum();
    let pilot = context.methodology == MethodologyId::ChildrenPilot2018;
    Some(if pilot && reasoned { ceiling.max(signed) } else { ceiling })
}

/// The months from a day to another, each begun one as a whole: 15 April to 14 April are twelve.
fn months(from: NaiveDate, to: NaiveDate) -> Option<u32> {
    let touched = u32::try_from(Month::of(from).to(Month::of(to)).count()).ok()?;
    let before = touched.saturating_sub(1);
    let last_begins = from.checked_add_months(Months::new(before))?;
    Some(if last_begins > to { before } else { touched })
}

/// Whether a service is transport, whose amounts share a ceiling.
#[must_use]
pub fn is_transport(service: &str) -> bool {
    TRANSPORT.contains(&service)
}

/// The pairs of positions of lines of which only one may stay in a correction: they meet in time, or are paid twice.
pub(crate) fn exclusive(lines: &[&PlanLine]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (position, line) in lines.iter().enumerate() {
        for (other, with) in lines.iter().enumerate().skip(position + 1) {
            if cannot_both_stay(line, with) || cannot_both_stay(with, line) {
                pairs.push((position, other));
            }
        }
    }
    pairs
}

/// Whether a service is never given at the same time as another: rules 1 and 2.
pub(crate) fn kept_apart(service: &str, other: &str) -> bool {
    (service == "home_care" && (other == "babysitter" || ASSISTANTS.contains(&other)))
        || (ASSISTANTS.contains(&service) && ["escort", "babysitter"].contains(&other))
}

/// Whether a line of the budget has to go beside one that a correction does not touch, because others pay it or nobody does: they
/// meet in time, or the other is a day care centre that gives the service already.
pub(crate) fn gives_way(line: &PlanLine, to: &PlanLine) -> bool {
    to.volume > Volume::default() && (meet(line, to) || meet(to, line) || gives_already(to, line))
}

fn cannot_both_stay(line: &PlanLine, with: &PlanLine) -> bool {
    meet(line, with) || gives_already(line, with)
}

fn meet(line: &PlanLine, with: &PlanLine) -> bool {
    kept_apart(&line.service, &with.service) && times::meet(&line.times, &with.times) == Some(true)
}

fn gives_already(centre: &PlanLine, line: &PlanLine) -> bool {
    centre.service == "day_care_centre" && !line.free_support && centre.includes.contains(&line.service)
}

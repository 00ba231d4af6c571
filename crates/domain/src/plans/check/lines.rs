//! What is wrong with a line by itself.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Placed, PlanContext, by_budget};
use crate::{
    age,
    money::{Money, Volume},
    month::Month,
    parameters::{
        catalogue::{AgeLimit, Form, MethodologyId, Unit},
        tariffs::Parties,
    },
    plans::{
        PlanContent, PlanLine,
        findings::{Finding, What},
        order,
    },
    prices::{self, PriceBounds},
};

pub(super) fn check(placed: &Placed<'_>, content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    service(placed, content, context, found);
    price(placed, content, context, found);
    schedule(placed, content, found);
    let line = placed.line;
    match line.goal {
        None => found.push(Finding::error(placed.at("goal"), What::GoalRequired)),
        Some(goal) if content.goals.iter().all(|known| known.number != goal) => {
            found.push(Finding::error(placed.at("goal"), What::UnknownGoal));
        }
        Some(_) => {}
    }
    let before = context.signed.and_then(|signed| signed.line(line.number));
    if before.is_some_and(|before| before.service != line.service) {
        found.push(Finding::error(placed.at("service"), What::OtherService));
    }
    if let Some(committed) = context.committed.get(&line.number).filter(|committed| line.volume < committed.volume) {
        found.push(Finding::error(placed.at("volume"), What::BelowCommitted { committed: committed.volume }));
    } else if let Some(committed) =
        context.committed.get(&line.number).filter(|committed| line.amount() < committed.amount)
    {
        let what = What::BelowCommittedAmount { committed: committed.amount };
        found.push(Finding::error(placed.at("unit_price"), what));
    }
    // What is ordered stays with who pays it: the sums of the plan would lose what the ledger has.
    let is_ordered = context.committed.get(&line.number).is_some_and(|committed| committed.volume > Volume::default());
    if let Some(before) = before.filter(|_| is_ordered) {
        if before.funding != line.funding {
            found.push(Finding::error(placed.at("funding"), What::Ordered));
        }
        if before.self_prepaid != line.self_prepaid {
            found.push(Finding::error(placed.at("self_prepaid"), What::Ordered));
        }
    }
    let pilot = context.methodology == MethodologyId::ChildrenPilot2018;
    if line.needed_volume.is_some_and(|needed| !pilot || needed < line.volume) {
        found.push(Finding::error(placed.at("needed_volume"), What::NeededVolume));
    }
    if line.provider_is_relative {
        found.push(Finding::warning(placed.at("provider_is_relative"), What::Relative));
    }
}

/// Whether the budget may pay for the service, and whether the person may receive it.
fn service(placed: &Placed<'_>, content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    let Placed { line, service, .. } = placed;
    if !service.payable && by_budget(line) {
        found.push(Finding::error(placed.at("service"), What::NotPayable));
    } else if by_budget(line) && !service.listings.iter().any(|listing| listing.methodology == context.methodology) {
        found.push(placed.unless_reasoned("service", What::NotListed));
    }
    if !service.targets.contains(&line.recipient) {
        found.push(Finding::error(placed.at("recipient"), What::NotForRecipient));
    }
    let impairments = &context.person.impairments;
    let bound = !service.impairments.is_empty() && !impairments.is_empty();
    if bound && !service.impairments.iter().any(|impairment| impairments.contains(impairment)) {
        let impairments = service.impairments.clone();
        found.push(Finding::error(placed.at("service"), What::NotForImpairment { impairments }));
    }
    let of_2023 = context.methodology == MethodologyId::Children2023;
    let no_opinion = context.person.escort_opinion == Some(false);
    if placed.is(&["escort"]) && of_2023 && no_opinion && line.is_ordered() {
        found.push(Finding::error(placed.at("service"), What::EscortOpinionRequired));
    }
    let of_child = context.methodology != MethodologyId::Adults2023;
    let on = placed.first_day(content);
    let months = context.person.birth_date.filter(|_| of_child).and_then(|birth| age::completed_months(birth, on));
    if let (Some(AgeLimit { from_months, to_months, usual }), Some(months)) = (service.age, months)
        && (from_months.is_some_and(|from| months < from) || to_months.is_some_and(|to| months >= to))
    {
        let what = What::Age { from_months, to_months, binding: !usual };
        let finding = if usual { Finding::warning } else { Finding::error };
        found.push(finding(placed.at("service"), what));
    }
    if service.needs_specialist(on) && !context.recommended.contains(&service.code) {
        found.push(Finding::error(placed.at("service"), What::NotConfirmed));
    }
}

/// Whether the price is one that may be asked.
fn price(placed: &Placed<'_>, content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    let Placed { line, service, .. } = placed;
    if line.free_support && line.unit_price > Money::ZERO {
        found.push(Finding::error(placed.at("unit_price"), What::FreeSupportHasPrice));
    }
    let group_limit = context.parameters.pilot.rules_on(content.from).map(|rules| rules.limits.group_session);
    if context.methodology == MethodologyId::ChildrenPilot2018
        && service.form == Form::Group
        && service.unit == Unit::Session
        && let Some(most) = group_limit.filter(|most| line.unit_price > *most)
    {
        found.push(Finding::error(placed.at("unit_price"), What::GroupSession { most }));
    }
    let Some(id) = line.offer else {
        // An amount of money has no provider, and who pays first brings the receipt of any.
        if by_budget(line) && placed.is_paid() && !line.self_prepaid && service.unit != Unit::Euro {
            found.push(Finding::error(placed.at("offer"), What::ProviderRequired));
        }
        return tariff(placed, content, context, found);
    };
    let Some(offer) = context.offers.get(&id) else {
        found.push(Finding::error(placed.at("offer"), What::UnknownOffer));
        return;
    };
    if offer.service != line.service {
        found.push(Finding::error(placed.at("offer"), What::OfferOfOtherService));
        return;
    }
    let (first, last) = used_between(line, content);
    let begins_too_late = if follows(placed, offer.provider, context) { last } else { first } < offer.valid_from;
    if begins_too_late || offer.valid_to.is_some_and(|to| to < first) {
        let what = What::OfferNotValid { from: offer.valid_from, to: offer.valid_to };
        found.push(Finding::error(placed.at("offer"), what));
    } else if let Some(to) = offer.valid_to.filter(|to| *to < last) {
        let what = What::OfferNotValid { from: offer.valid_from, to: Some(to) };
        found.push(Finding::warning(placed.at("offer"), what));
    }
    if !offer.qualified {
        found.push(Finding::error(placed.at("offer"), What::NotQualified));
    }
    let broken = prices::check(line.unit_price, offer.bounds);
    found.extend(broken.into_iter().map(|refusal| Finding::error(placed.at("unit_price"), What::Price(refusal))));
}

/// A regulated price binds a line without an offer too: that of the first day of its use, in a revision also a later one.
fn tariff(placed: &Placed<'_>, content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    let (tariffs, line) = (&context.parameters.tariffs, placed.line);
    let parties = Parties { municipality: context.municipality, provider: None };
    let broken_on = |day| prices::check(line.unit_price, PriceBounds::of_tariffs(tariffs, &line.service, day, parties));
    let (first, last) = used_between(line, content);
    let within = |day: &NaiveDate| first < *day && *day <= last;
    let mut later = tariffs.changes(&line.service, parties).into_iter().filter(within);
    if kept(placed, context).is_some() && later.any(|day| broken_on(day).is_empty()) {
        return;
    }
    let broken = broken_on(first).into_iter();
    found.extend(broken.map(|refusal| Finding::error(placed.at("unit_price"), What::Price(refusal))));
}

/// The line in the version in force, where this is a revision that keeps its service.
fn kept<'a>(placed: &Placed<'_>, context: &PlanContext<'a>) -> Option<&'a PlanLine> {
    let before = context.signed?.line(placed.line.number)?;
    (before.service == placed.line.service).then_some(before)
}

/// Whether the version in force has the line from the same provider.
fn follows(placed: &Placed<'_>, provider: Option<Uuid>, context: &PlanContext<'_>) -> bool {
    let before = kept(placed, context).and_then(|before| context.offers.get(&before.offer?));
    provider.is_some() && before.is_some_and(|before| before.provider == provider)
}

fn used_between(line: &PlanLine, content: &PlanContent) -> (NaiveDate, NaiveDate) {
    let used = || line.schedule.iter().filter(|month| month.volume > Volume::default()).map(|month| month.month);
    let first = used().min().map_or(content.from, |month| month.first_day().max(content.from));
    let last = used().max().map_or(content.to, |month| month.last_day().min(content.to));
    (first, last)
}

/// Whether the months are in the period and add up.
fn schedule(placed: &Placed<'_>, content: &PlanContent, found: &mut Vec<Finding>) {
    let line = placed.line;
    let (first, last) = (Month::of(content.from), Month::of(content.to));
    let mut known = BTreeSet::new();
    for (position, planned) in line.schedule.iter().enumerate() {
        let at = || placed.at(&format!("schedule/{position}/month"));
        if planned.month < first || planned.month > last {
            found.push(Finding::error(at(), What::OutsidePeriod));
        }
        if !known.insert(planned.month) {
            found.push(Finding::error(at(), What::MonthTwice { month: planned.month }));
        }
    }
    let sum: Volume = line.schedule.iter().map(|month| month.volume).sum();
    if !line.schedule.is_empty() && sum != line.volume {
        found.push(Finding::error(placed.at("schedule"), What::ScheduleMismatch { sum }));
    }
    for (position, time) in line.times.iter().enumerate() {
        if !time.is_valid() {
            found.push(Finding::error(placed.at(&format!("times/{position}")), What::NotATime));
        }
    }
}

/// A place of a line in an order.
type Rank = fn(&PlanLine) -> Option<u32>;

/// Every line needs its place in the order: one in 2023, the two ranks in the pilot.
pub(super) fn priorities(content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    let pilot = context.methodology == MethodologyId::ChildrenPilot2018;
    let ranks: &[(&str, Rank)] = if pilot {
        &[("expert_rank", |line| line.expert_rank), ("parent_rank", |line| line.parent_rank)]
    } else {
        &[("priority", |line| line.priority)]
    };
    for (member, rank) in ranks {
        let mut known = BTreeSet::new();
        let by_area = *member == "expert_rank" && content.area_ranks.is_some();
        for (position, line) in content.lines.iter().enumerate() {
            let at = format!("/lines/{position}/{member}");
            let area = by_area.then(|| order::area_of(content, line)).flatten();
            match rank(line) {
                None => found.push(Finding::error(at, What::PriorityRequired)),
                Some(rank) if !known.insert((area, rank)) => found.push(Finding::error(at, What::PriorityTwice)),
                Some(_) => {}
            }
        }
    }
}

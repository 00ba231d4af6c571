//! Yearly maxima and averages, and the days of a week [domain 5.4 rules 3 and 7].

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Placed, PlanContext};
use crate::{
    calendar::CalendarOptions,
    money::Volume,
    parameters::catalogue::{YearlyCondition, YearlyRule, YearlyVolume},
    plans::{
        PlanContent, PlanLine,
        findings::{Finding, What},
    },
};

pub(super) fn check(placed: &[Placed<'_>], content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    yearly(placed, context, found);
    days_of_the_week(placed, content, context, found);
}

/// The services that take working days, five a week together.
pub const WORKING_DAY_SERVICES: [&str; 2] = ["day_care_centre", "specialised_workshop"];

/// Whether a service takes working days.
pub(crate) fn takes_working_days(service: &str) -> bool {
    WORKING_DAY_SERVICES.contains(&service)
}

/// Working days of the plan's period.
pub(crate) fn working_days(content: &PlanContent, context: &PlanContext<'_>) -> u32 {
    working_days_between(content.from, content.to, context)
}

fn working_days_between(from: NaiveDate, to: NaiveDate, context: &PlanContext<'_>) -> u32 {
    let days = context.parameters.calendar.working_days_between(from, to, CalendarOptions::default()).len();
    u32::try_from(days).unwrap_or(u32::MAX)
}

/// The yearly volume that holds for a line.
pub(crate) fn yearly_rule<'a>(line: &PlanLine, context: &PlanContext<'a>) -> Option<&'a YearlyVolume> {
    rule_of(&line.service, context)
}

fn rule_of<'a>(service: &str, context: &PlanContext<'a>) -> Option<&'a YearlyVolume> {
    let service = context.parameters.catalogue.find(service)?;
    service.yearly.iter().find(|yearly| {
        yearly.methodology == context.methodology
            && match yearly.condition {
                None => true,
                Some(YearlyCondition::AutismSpectrum) => context.person.autism_spectrum,
                Some(YearlyCondition::NoAutismSpectrum) => !context.person.autism_spectrum,
            }
    })
}

/// What other plans gave in the year of the services of a rule; of a service that is counted by itself, of that.
pub(crate) fn received(rule: YearlyRule, service: &str, context: &PlanContext<'_>) -> Volume {
    let counts = |other: &str| match rule {
        YearlyRule::Own => other == service,
        _ => rule_of(other, context).is_some_and(|yearly| yearly.rule == rule),
    };
    context.before.received.iter().filter(|(other, _)| counts(other)).map(|(_, received)| received.volume).sum()
}

/// Rule 7, whoever pays: the lines of one rule together. It is found at the last of them.
fn yearly(placed: &[Placed<'_>], context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    let mut together: BTreeMap<(YearlyRule, &str), (Volume, Volume, &Placed<'_>, bool)> = BTreeMap::new();
    for line in placed.iter().filter(|line| line.is_paid()) {
        let Some(yearly) = yearly_rule(line.line, context) else { continue };
        let own = if yearly.rule == YearlyRule::Own { line.service.code.as_str() } else { "" };
        let of_rule = together.entry((yearly.rule, own)).or_insert((Volume::default(), yearly.volume, line, false));
        of_rule.0 += line.line.volume;
        of_rule.2 = line;
        of_rule.3 |= line.has_reason();
    }
    for ((rule, own), (volume, most, line, reasoned)) in together {
        let received = received(rule, own, context);
        let volume = volume + received;
        if volume > most {
            let what = What::Yearly { rule, volume, most, received };
            let allowed = !rule.binds() && reasoned;
            let finding = if allowed { Finding::warning } else { Finding::error };
            found.push(finding(line.at("volume"), what));
        }
    }
}

/// Rules 3 and 7: five working days a week at most, in each month and in the whole period, day care centre and specialised
/// workshop together.
fn days_of_the_week(placed: &[Placed<'_>], content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    let [centre, workshop] = WORKING_DAY_SERVICES;
    let days = |code: &str| placed.iter().filter(|line| line.is(&[code])).collect::<Vec<_>>();
    let (centres, workshops) = (days(centre), days(workshop));
    let Some(last) = centres.last().copied() else { return };
    let working = |from, to| working_days_between(from, to, context);
    let mut tell = |together: Volume, most: u32, member: &str| {
        if together > Volume::exact(most.into()) {
            let (days, both) = (together, !workshops.is_empty());
            let what = if both { What::DayCareAndWorkshop { days, most } } else { What::DayCareDays { days, most } };
            found.push(Finding::error(last.at(member), what));
            return true;
        }
        false
    };
    let lines = || centres.iter().chain(&workshops);
    let whole: Volume = lines().map(|line| line.line.volume).sum();
    if tell(whole, working(content.from, content.to), "volume") {
        return;
    }
    let mut months: BTreeMap<_, Volume> = BTreeMap::new();
    for planned in lines().flat_map(|line| &line.line.schedule) {
        *months.entry(planned.month).or_default() += planned.volume;
    }
    for (month, together) in months {
        let (from, to) = (month.first_day().max(content.from), month.last_day().min(content.to));
        if tell(together, working(from, to), "schedule") {
            return;
        }
    }
}

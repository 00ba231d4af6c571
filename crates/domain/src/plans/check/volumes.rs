//! Yearly maxima and averages, and the days of a week [domain 5.4 rules 3 and 7].

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Placed, PlanContext};
use crate::{
    calendar::CalendarOptions,
    money::Volume,
    month::Month,
    parameters::catalogue::{MethodologyId, YearlyCondition, YearlyRule},
    plans::{
        Intensity, IntensityPeriod, PlanContent, PlanLine,
        amounts::HOME_CARE,
        findings::{Finding, What},
    },
};

pub(super) fn check(placed: &[Placed<'_>], content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    yearly(placed, context, found);
    days_of_the_week(placed, content, context, found);
}

/// The services that take working days, five a week together.
pub const WORKING_DAY_SERVICES: [&str; 2] = ["day_care_centre", "specialised_workshop"];

const WORKING_DAYS_A_WEEK: u32 = 5;

/// Whether a service takes working days.
pub(crate) fn takes_working_days(service: &str) -> bool {
    WORKING_DAY_SERVICES.contains(&service)
}

/// Working days of the plan's period.
pub(crate) fn working_days(content: &PlanContent, context: &PlanContext<'_>) -> u32 {
    working_days_between(content.from, content.to, context)
}

/// Working days of a month within the plan's period.
pub(crate) fn working_days_of(month: Month, content: &PlanContent, context: &PlanContext<'_>) -> u32 {
    working_days_between(month.first_day().max(content.from), month.last_day().min(content.to), context)
}

fn working_days_between(from: NaiveDate, to: NaiveDate, context: &PlanContext<'_>) -> u32 {
    let days = context.parameters.calendar.working_days_between(from, to, CalendarOptions::default()).len();
    u32::try_from(days).unwrap_or(u32::MAX)
}

/// A volume of a year that holds for a line.
pub(crate) struct Yearly {
    pub(crate) rule: YearlyRule,
    pub(crate) volume: Volume,
}

/// The yearly volume that holds for a line.
pub(crate) fn yearly_rule(line: &PlanLine, context: &PlanContext<'_>) -> Option<Yearly> {
    rule_of(&line.service, context)
}

/// **Decision** (home care): its average is what the calculation of the budget counts, none where it counts none; the catalogue has
/// no figure of it.
fn rule_of(service: &str, context: &PlanContext<'_>) -> Option<Yearly> {
    if service == HOME_CARE && context.methodology == MethodologyId::Children2023 {
        return context.ceiling.home_care.map(|volume| Yearly { rule: YearlyRule::HomeCare, volume });
    }
    let service = context.parameters.catalogue.find(service)?;
    let yearly = service.yearly.iter().find(|yearly| {
        yearly.methodology == context.methodology
            && match yearly.condition {
                None => true,
                Some(YearlyCondition::AutismSpectrum) => context.person.autism_spectrum,
                Some(YearlyCondition::NoAutismSpectrum) => !context.person.autism_spectrum,
            }
    })?;
    Some(Yearly { rule: yearly.rule, volume: yearly.volume })
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

/// Rules 3 and 7: five working days a week at most, day care centre and specialised workshop together, in the whole period, in each
/// month and in each week.
fn days_of_the_week(placed: &[Placed<'_>], content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    let [centre, workshop] = WORKING_DAY_SERVICES;
    let lines: Vec<&Placed<'_>> = placed.iter().filter(|line| takes_working_days(&line.service.code)).collect();
    let last_centre = lines.iter().rev().find(|line| line.is(&[centre]));
    let Some(last) = last_centre.or(lines.last()) else { return };
    let has_workshop = lines.iter().any(|line| line.is(&[workshop]));
    let mut tell = |days: Volume, most: u32, member: &str| {
        let above = days > Volume::exact(most.into());
        if above {
            let what =
                if has_workshop { What::DayCareAndWorkshop { days, most } } else { What::DayCareDays { days, most } };
            found.push(Finding::error(last.at(member), what));
        }
        above
    };
    let whole: Volume = lines.iter().map(|line| line.line.volume).sum();
    if tell(whole, working_days(content, context), "volume") {
        return;
    }
    let mut months: BTreeMap<_, Volume> = BTreeMap::new();
    for planned in lines.iter().flat_map(|line| &line.line.schedule) {
        *months.entry(planned.month).or_default() += planned.volume;
    }
    for (month, together) in months {
        if tell(together, working_days_of(month, content, context), "schedule") {
            return;
        }
    }
    let member = if last.line.intensity.is_some() || last.line.times.is_empty() { "intensity" } else { "times" };
    for month in Month::of(content.from).to(Month::of(content.to)) {
        let in_month = lines.iter().filter(|line| is_used_in(line.line, month));
        if tell(in_month.filter_map(|line| days_a_week(line.line)).sum(), WORKING_DAYS_A_WEEK, member) {
            return;
        }
    }
}

/// The days that a line takes of a week, where its intensity or its weekly times tell it.
fn days_a_week(line: &PlanLine) -> Option<Volume> {
    let weekdays: BTreeSet<u8> = line.times.iter().map(|time| time.weekday).collect();
    match line.intensity {
        Some(Intensity { volume, per: IntensityPeriod::Week }) => Some(volume),
        _ => (!weekdays.is_empty()).then(|| weekdays.len().into()).map(Volume::exact),
    }
}

/// Whether a line is used in a month: in any where it is not spread yet.
fn is_used_in(line: &PlanLine, month: Month) -> bool {
    let planned = line.schedule.iter().any(|of| of.month == month && of.volume > Volume::default());
    line.volume > Volume::default() && (line.schedule.is_empty() || planned)
}

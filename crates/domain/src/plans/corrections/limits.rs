//! What bounds a line of a correction by itself, whatever the money allows: lines that the correction does not touch, and rules that a
//! smaller volume keeps [domain 5.4].
//!
//! **Decision**: what one of these rules leaves to several lines goes to the highest priority first, and respite in an institution is
//! held below the month that it would take off others: one day of it is less than a month of theirs. Where several lines share so,
//! another plan may lose less, so the correction is not called optimal.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    money::Volume,
    month::Month,
    plans::{
        MonthVolume, PlanContent, PlanLine,
        check::{self, PlanContext},
    },
    proposal::Limit,
    text::Message,
};

/// A line that may be reduced or dropped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open<'a> {
    pub(super) line: &'a PlanLine,
    /// Its place in the order, 1 the highest.
    pub(super) priority: u32,
    /// What is committed of it already.
    pub(super) floor: Volume,
}

/// The bounds of lines, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Limits {
    lines: BTreeMap<u32, Limit>,
    months: BTreeMap<u32, BTreeMap<Month, Volume>>,
    /// Whether lines shared what a rule leaves, so that another plan may lose less.
    pub(super) shared: bool,
}

impl Limits {
    pub(super) fn new(open: &[Open<'_>], content: &PlanContent, context: &PlanContext<'_>) -> Self {
        let mut limits = Self::default();
        let numbers: BTreeSet<u32> = open.iter().map(|open| open.line.number).collect();
        let untouched: Vec<&PlanLine> = content.lines.iter().filter(|line| !numbers.contains(&line.number)).collect();
        let mut ordered = open.to_vec();
        ordered.sort_by_key(|open| open.priority);
        limits.beside(&ordered, &untouched);
        limits.respite(&ordered, &untouched, content, context);
        for service in check::WORKING_DAY_SERVICES {
            limits.average_of_days(service, &ordered, &untouched, context);
        }
        limits.days_of_months(&ordered, &untouched, content, context);
        limits
    }

    /// What bounds a line.
    pub(super) fn of(&self, line: &PlanLine) -> Option<Limit> {
        self.lines.get(&line.number).cloned()
    }

    /// What a line may have in each month, where that is less than planned.
    pub(super) fn months(&self, line: u32) -> Option<&BTreeMap<Month, Volume>> {
        self.months.get(&line)
    }

    /// Bounds a line, where it has or may have more; whether it does.
    fn bound(&mut self, open: &Open<'_>, most: Volume, why: &Message) -> bool {
        let known = self.lines.get(&open.line.number).map_or(open.line.volume, |limit| limit.most);
        if most < known {
            self.lines.insert(open.line.number, Limit { most, why: why.clone() });
        }
        most < known
    }

    /// Gives lines of one rule what it leaves, from the highest priority down; what is committed stays.
    fn share(&mut self, lines: &[&Open<'_>], most: Volume, why: &Message) {
        let committed: Volume = lines.iter().map(|open| open.floor).sum();
        let mut left = most.less(committed);
        for open in lines {
            let most = open.floor + left;
            self.shared |= self.bound(open, most, why) && lines.len() > 1;
            left = left.less(open.line.volume.min(most).less(open.floor));
        }
    }

    /// Lines that meet one that the correction does not touch.
    fn beside(&mut self, ordered: &[Open<'_>], untouched: &[&PlanLine]) {
        for open in ordered.iter().filter(|open| open.floor == Volume::default()) {
            if let Some(other) = untouched.iter().find(|other| check::gives_way(open.line, other)) {
                let why = Message::new("proposal-excluded-by-other").with("line", other.number);
                self.bound(open, Volume::default(), &why);
            }
        }
    }

    /// Rule 5.
    fn respite(
        &mut self,
        ordered: &[Open<'_>],
        untouched: &[&PlanLine],
        content: &PlanContent,
        context: &PlanContext<'_>,
    ) {
        let Some(most) = check::most_respite(content, context) else { return };
        let by_others = volume_of(untouched, check::is_respite_in_institution);
        let lines: Vec<&Open<'_>> = ordered.iter().filter(|open| check::is_respite_in_institution(open.line)).collect();
        let committed: Volume = lines.iter().map(|open| open.floor).sum();
        let planned: Volume = lines.iter().map(|open| open.line.volume).sum();
        // A part of a day may be planned between: as long as it is no month, nothing is asked for.
        let takes_month = by_others + planned >= most + Volume::from_thousandths(1_000);
        if takes_month && by_others + committed <= most {
            self.share(&lines, most.less(by_others), &Message::new("proposal-respite-month").with("most", most));
            self.shared = true;
        }
    }

    /// The average of days of a service, where no reason is told: its days have a maximum of the period besides.
    fn average_of_days(
        &mut self,
        service: &str,
        ordered: &[Open<'_>],
        untouched: &[&PlanLine],
        context: &PlanContext<'_>,
    ) {
        let counts = |line: &PlanLine| line.service == service && !line.free_support;
        let lines: Vec<&Open<'_>> = ordered.iter().filter(|open| counts(open.line)).collect();
        let Some(yearly) = lines.first().and_then(|open| check::yearly_rule(open.line, context)) else { return };
        let mut all = lines.iter().map(|open| open.line).chain(untouched.iter().copied());
        if !yearly.rule.binds() && all.any(|line| counts(line) && check::is_reasoned(line)) {
            return;
        }
        let received = check::received(yearly.rule, service, context);
        let by_others = volume_of(untouched, counts);
        let why = Message::new("proposal-maximum-volume");
        let why = why.with("rule", yearly.rule.as_str()).with("most", yearly.volume);
        self.share(&lines, yearly.volume.less(received).less(by_others), &why);
    }

    /// Rule 3 in each month of the schedules.
    fn days_of_months(
        &mut self,
        ordered: &[Open<'_>],
        untouched: &[&PlanLine],
        content: &PlanContent,
        context: &PlanContext<'_>,
    ) {
        let takes_days = |line: &PlanLine| check::takes_working_days(&line.service);
        let mut left: BTreeMap<Month, Volume> = BTreeMap::new();
        for month in Month::of(content.from).to(Month::of(content.to)) {
            left.insert(month, Volume::exact(check::working_days_of(month, content, context).into()));
        }
        for planned in untouched.iter().filter(|line| takes_days(line)).flat_map(|line| &line.schedule) {
            left.entry(planned.month).and_modify(|left| *left = left.less(planned.volume));
        }
        let why = Message::new("proposal-working-days");
        let lines: Vec<&Open<'_>> = ordered.iter().filter(|open| takes_days(open.line)).collect();
        for open in &lines {
            let planned = &open.line.schedule;
            let fits = |planned: &MonthVolume| {
                let most = left.get(&planned.month).copied().unwrap_or_default();
                (planned.month, planned.volume.min(most))
            };
            let months: BTreeMap<Month, Volume> = planned.iter().map(fits).collect();
            let (sum, all): (Volume, Volume) =
                (months.values().copied().sum(), planned.iter().map(|month| month.volume).sum());
            for (month, volume) in &months {
                left.entry(*month).and_modify(|left| *left = left.less(*volume));
            }
            // What does not add up, and what is committed, is not for a smaller volume to mend.
            if sum < all && all == open.line.volume && sum >= open.floor {
                self.shared |= self.bound(open, sum, &why) && lines.len() > 1;
                self.months.insert(open.line.number, months);
            }
        }
    }
}

fn volume_of(lines: &[&PlanLine], counts: impl Fn(&PlanLine) -> bool) -> Volume {
    lines.iter().filter(|line| counts(line)).map(|line| line.volume).sum()
}

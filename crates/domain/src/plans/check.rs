//! Everything that is wrong with a plan, found at once [domain 5.2, 5.4, 6.2, 6.3].
//!
//! **Decision** (rules 1 and 2): services meet only in times; where a line has no times the rule cannot be checked, which is
//! told as a warning, except for an assistant and an escort in one plan of children-2023, which need times.
//! **Decision** (rule 5): respite in an institution of 30 days takes the month off; a shorter one takes none. Beside it home care and
//! day care need a schedule that leaves a month free: without one they are taken to be spread over the whole period. The rule is not
//! the pilot's.
//! **Decision** (rule 3): the five working days are counted in each week where intensities or weekly times tell it, in each month by
//! the schedules, and in the whole period; a workshop or a day care centre alone has no more of them than both together.
//! **Decision** (a price that changed within the period): in a revision a line that keeps its number and service may have an offer of
//! its provider that begins before the line's last day, or the tariff of any day of its use. The price is then bound by that day,
//! and the whole volume is counted at it, also what was delivered at the price before: the sum is never told too small. What is
//! ordered begins with the offer, and is worth no more than the tariff of its day.
//! **Decision** (period): a plan begins on the day of the grant or later, also before it is signed, and after the last day of the
//! person's plan before.
//! **Decision** (confirmation by a specialist): the rule of the first day on which a line is used holds, whoever pays the line.
//! **Decision** (rule 7): yearly volumes are not divided for a shorter period, and days of respite count together in every form.
//! **Decision** (rules 6 and 7): a year is the twelve months that end with the plan: what other plans of the person gave in them counts
//! too, as far as the office knows it.

pub(crate) mod combinations;
mod lines;
mod volumes;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use uuid::Uuid;

pub(super) use combinations::exclusive;
pub use combinations::{claimable_transport, is_transport, transport_ceiling};
pub(super) use combinations::{gives_way, is_respite_in_institution, most_respite};
pub use volumes::WORKING_DAY_SERVICES;
pub(crate) use volumes::takes_working_days;
pub(super) use volumes::{received, working_days, working_days_of, yearly_rule};

use super::{
    FundingSource, PlanContent, PlanLine,
    amounts::{Amounts, Ceiling},
    findings::{Finding, Severity, What},
    last_day_of_childhood,
};
use crate::{
    access::MunicipalityCode,
    money::{Money, Volume},
    parameters::{
        Parameters,
        catalogue::{Impairment, MethodologyId, Service},
        tariffs::PriceKind,
    },
    prices::PriceBounds,
};

/// What a plan's rules need to know of the person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonFacts {
    /// Birth date; ages are not checked without it.
    pub birth_date: Option<NaiveDate>,
    /// Impairments; not checked where none is known.
    pub impairments: Vec<Impairment>,
    /// Autism spectrum disorder.
    pub autism_spectrum: bool,
    /// The state transport allowance is granted: it is used first.
    pub transport_allowance: bool,
    /// Whether the disability commission's opinion on the need of an escort was seen; not checked where that is not known.
    pub escort_opinion: Option<bool>,
}

/// What a chosen offer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferFacts {
    /// Who offers; none where that is not known.
    pub provider: Option<Uuid>,
    /// Code of the service.
    pub service: String,
    /// How its price comes about.
    pub price_kind: PriceKind,
    /// What bounds the price, on the first day of the plan or of the offer, whichever is later.
    pub bounds: PriceBounds,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none while it holds.
    pub valid_to: Option<NaiveDate>,
    /// Whether the provider's qualification is proven on the first day of the plan.
    pub qualified: bool,
}

/// What is committed of a line already: a revision never goes below [domain 6.4].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Committed {
    /// Volume, in the service's unit.
    pub volume: Volume,
    /// EUR.
    pub amount: Money,
}

/// What came before a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Before {
    /// Day of the act that grants; not checked where it is not known.
    pub granted_on: Option<NaiveDate>,
    /// Last day of the person's plan before; none where there was none.
    pub last_day: Option<NaiveDate>,
    /// What other plans of the person gave in the year, by the code of the service.
    pub received: BTreeMap<String, Received>,
}

/// What was received of a service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// Volume, whoever paid, in the service's unit.
    pub volume: Volume,
    /// What budgets paid for it, EUR.
    pub amount: Money,
}

/// The first day of the year of which yearly volumes are counted: of the twelve months that end with a plan.
#[must_use]
pub fn year_of(content: &PlanContent) -> NaiveDate {
    let before = content.to.checked_sub_months(Months::new(12));
    before.and_then(|day| day.succ_opt()).map_or(content.from, |first| first.min(content.from))
}

/// What a plan is checked against.
#[derive(Debug, Clone, Copy)]
pub struct PlanContext<'a> {
    /// Services, tariffs and rules.
    pub parameters: &'a Parameters,
    /// Methodology of the budget.
    pub methodology: MethodologyId,
    /// The person.
    pub person: &'a PersonFacts,
    /// The budget.
    pub ceiling: &'a Ceiling,
    /// The municipality whose office pays; without it the tariffs of the country alone bind.
    pub municipality: Option<MunicipalityCode>,
    /// What came before.
    pub before: &'a Before,
    /// Codes of the services that a specialist recommends: an opinion of the last completed assessment.
    pub recommended: &'a BTreeSet<String>,
    /// The offers that lines name, and those of the version in force.
    pub offers: &'a BTreeMap<Uuid, OfferFacts>,
    /// What is committed, by number of the line.
    pub committed: &'a BTreeMap<u32, Committed>,
    /// The version in force, where this is a revision.
    pub signed: Option<&'a PlanContent>,
}

/// Length of the budget period that begins on a day, in months; none where the methodology has no rules for it.
#[must_use]
pub fn period_months(parameters: &Parameters, methodology: MethodologyId, from: NaiveDate) -> Option<u32> {
    match methodology {
        MethodologyId::Children2023 => parameters.children.rules_on(from).map(|rules| rules.months),
        MethodologyId::Adults2023 => parameters.adults.rules_on(from).map(|rules| rules.months),
        MethodologyId::ChildrenPilot2018 => parameters.pilot.rules_on(from).map(|rules| rules.months),
    }
}

/// Whether the worker gave a reason for a line.
pub(super) fn is_reasoned(line: &PlanLine) -> bool {
    line.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty())
}

/// A line with its place and its service.
#[derive(Debug, Clone, Copy)]
struct Placed<'a> {
    position: usize,
    line: &'a PlanLine,
    service: &'a Service,
}

impl Placed<'_> {
    fn at(&self, member: &str) -> String {
        format!("/lines/{}/{member}", self.position)
    }

    fn has_reason(&self) -> bool {
        is_reasoned(self.line)
    }

    /// A finding that the worker's reason turns from an error into a warning.
    fn unless_reasoned(&self, member: &str, what: What) -> Finding {
        let severity = if self.has_reason() { Severity::Warning } else { Severity::Error };
        Finding { severity, pointer: self.at(member), what }
    }

    fn is(&self, codes: &[&str]) -> bool {
        codes.contains(&self.service.code.as_str())
    }

    /// Whether the plan has anything of the line: in the pilot one that is cut to nothing stays as needed.
    fn is_used(&self) -> bool {
        self.line.volume > Volume::default()
    }

    /// Whether somebody pays for the line.
    fn is_paid(&self) -> bool {
        !self.line.free_support
    }

    fn first_day(&self, content: &PlanContent) -> NaiveDate {
        first_day(self.line, content)
    }
}

/// Whether a specialist has to confirm that a service of the plan fits, so that what the opinions recommend is asked for.
#[must_use]
pub fn needs_specialist(content: &PlanContent, parameters: &Parameters) -> bool {
    let needs = |line: &PlanLine| {
        let service = parameters.catalogue.find(&line.service);
        service.is_some_and(|service| service.needs_specialist(first_day(line, content)))
    };
    content.lines.iter().any(needs)
}

/// The first day of a line's use: of the first scheduled month, or of the period.
fn first_day(line: &PlanLine, content: &PlanContent) -> NaiveDate {
    let used = line.schedule.iter().filter(|month| month.volume > Volume::default());
    used.map(|month| month.month.first_day()).min().map_or(content.from, |first| first.max(content.from))
}

/// Everything that is found, in the order of the plan: errors and warnings.
#[must_use]
pub fn findings(content: &PlanContent, context: &PlanContext<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    whole(content, context, &mut found);
    for (position, line) in content.lines.iter().enumerate() {
        if context.parameters.catalogue.find(&line.service).is_none() {
            found.push(Finding::error(format!("/lines/{position}/service"), What::UnknownService));
        }
    }
    let placed: Vec<Placed<'_>> = content
        .lines
        .iter()
        .enumerate()
        .filter_map(|(position, line)| {
            let service = context.parameters.catalogue.find(&line.service)?;
            Some(Placed { position, line, service })
        })
        .collect();
    for line in &placed {
        lines::check(line, content, context, &mut found);
    }
    lines::priorities(content, context, &mut found);
    combinations::check(&placed, content, context, &mut found);
    volumes::check(&placed, content, context, &mut found);
    money(content, context, &mut found);
    found
}

/// Whether a plan with these findings can be signed.
#[must_use]
pub fn can_be_signed(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity == Severity::Warning)
}

/// What is wrong with the plan as a whole.
fn whole(content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    if content.to < content.from {
        found.push(Finding::error("/to", What::PeriodBackwards));
    }
    match period_months(context.parameters, context.methodology, content.from) {
        Some(months) => {
            let end = content.from.checked_add_months(Months::new(months));
            if end.is_some_and(|end| content.to >= end) {
                found.push(Finding::error("/to", What::PeriodTooLong { months }));
            }
        }
        None => found.push(Finding::error("/from", What::OutsidePeriod)),
    }
    let Before { granted_on, last_day, .. } = *context.before;
    if let Some(granted_on) = granted_on.filter(|day| content.from < *day) {
        found.push(Finding::error("/from", What::BeforeGrant { granted_on }));
    }
    if let Some(last_day) = last_day.filter(|day| content.from <= *day) {
        found.push(Finding::error("/from", What::WithinPlanBefore { last_day }));
    }
    if content.lines.is_empty() {
        found.push(Finding::error("/lines", What::NoLines));
    }
    if content.goals.is_empty() {
        found.push(Finding::error("/goals", What::NoGoals));
    }
    let goals = content.goals.iter().map(|goal| goal.number);
    let lines = content.lines.iter().map(|line| line.number);
    for (list, numbers) in [("goals", goals.collect::<Vec<_>>()), ("lines", lines.collect())] {
        let mut known = BTreeSet::new();
        for (position, number) in numbers.into_iter().enumerate() {
            if !known.insert(number) {
                found.push(Finding::error(format!("/{list}/{position}/number"), What::NumberTwice));
            }
        }
    }
    for number in context.committed.keys() {
        if content.line(*number).is_none() {
            found.push(Finding::error("/lines", What::CommittedLineRemoved { number: *number }));
        }
    }
    let children = context.methodology != MethodologyId::Adults2023;
    let last_day = context.person.birth_date.filter(|_| children).and_then(last_day_of_childhood);
    match last_day {
        Some(last_day) if last_day < content.from => {
            found.push(Finding::error("/from", What::TurnedEighteen { last_day }));
        }
        Some(last_day) if last_day < content.to => {
            found.push(Finding::warning("/to", What::TurnsEighteen { last_day }))
        }
        _ => {}
    }
}

/// Whether the sum fits [domain 6.3].
fn money(content: &PlanContent, context: &PlanContext<'_>, found: &mut Vec<Finding>) {
    let amounts = Amounts::of(content, context.ceiling);
    if let Some(excess) = amounts.excess {
        found.push(Finding::error("/lines", What::AboveIndicative { excess }));
    }
    let state_pays = context.ceiling.of_which_state > Money::ZERO;
    if let Some(excess) = amounts.payable_excess.filter(|_| state_pays) {
        found.push(Finding::error("/lines", What::StatePartNotSpendable { excess }));
    }
}

/// Whether the budget pays the line.
fn by_budget(line: &PlanLine) -> bool {
    line.funding == FundingSource::IndividualBudget
}

#[cfg(test)]
mod tests;

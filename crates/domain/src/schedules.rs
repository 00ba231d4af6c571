//! Monthly schedules: what of a plan is to be received in a month and when, which the recipient, or who speaks for the recipient, signs
//! and hands in at its start, drafted alone or with the worker [domain 6.2].
//!
//! **Decision**: a schedule is signed from the first day of the month before to the last day of its own, and replaced until then.
//! **Decision**: the volume of a month is what the plan's months say, or its intensity where that is of a month; where the plan says
//! neither, the line's total alone bounds the month. What was not received is the volume of the months before less what was delivered.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    day::{self, DayRefusal},
    money::Volume,
    month::Month,
    plans::{IntensityPeriod, PlanContent, PlanLine, times::TimeOfDay},
    text::{Message, Refusal},
};

/// A day on which a service is to be received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occasion {
    /// The day.
    pub on: NaiveDate,
    /// Its beginning, where that is agreed.
    pub from: Option<TimeOfDay>,
    /// How much, in the service's unit.
    pub volume: Volume,
}

/// What was not received in earlier months, and is used in this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedOver {
    /// So much, in the service's unit.
    pub volume: Volume,
    /// The objective reason for which it was not received.
    pub reason: String,
}

/// A line of a monthly schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledLine {
    /// Number of the plan's line.
    pub line: u32,
    /// On which days; empty where they are not agreed.
    pub occasions: Vec<Occasion>,
    /// How much in the month, where the days are not agreed.
    pub volume: Option<Volume>,
    /// Who gives it, where the plan's line names no offer.
    pub provider: Option<String>,
    /// What is used of earlier months.
    pub carried_over: Option<CarriedOver>,
}

/// What a schedule says: sealed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleContent {
    /// The lines.
    pub lines: Vec<ScheduledLine>,
    /// Whether it was drafted with the worker.
    pub with_worker: bool,
    /// Name of who signed.
    pub signer: String,
    /// What else is to be said.
    pub note: Option<String>,
}

/// What was delivered of a line on a day, thousandths of the unit; less than nothing where a mistake was reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveredOn {
    /// Number of the plan's line.
    pub line: u32,
    /// The day.
    pub on: NaiveDate,
    /// Thousandths of the unit.
    pub thousandths: i64,
}

/// What a schedule must agree with.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleFacts<'a> {
    /// The version of the plan that is in force.
    pub plan: &'a PlanContent,
    /// What was delivered of it so far.
    pub delivered: &'a [DeliveredOn],
    /// The day on which it comes in.
    pub today: NaiveDate,
}

/// Why a schedule is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduleRefusal {
    /// The month is not in the plan's period.
    OutsidePeriod,
    /// The day of the signature does not fit.
    Day(DayRefusal),
    /// Something about a line.
    Line {
        /// Position of the line in the schedule.
        position: usize,
        /// What.
        what: LineRefusal,
    },
}

/// Why a line of a schedule is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineRefusal {
    /// The plan has no such line.
    UnknownLine,
    /// The line stands twice.
    LineTwice,
    /// Neither days nor a volume are told.
    VolumeRequired,
    /// The days tell the volume already.
    VolumeAndOccasions,
    /// A day is not in the month, or not in the plan's period.
    OutsideMonth {
        /// Position of the day.
        occasion: usize,
    },
    /// More than the volume of the month and what is carried over.
    AboveMonth {
        /// So much may be scheduled.
        most: Volume,
    },
    /// More is carried over than was not received.
    AboveNotReceived {
        /// So much was not received.
        most: Volume,
    },
    /// With what was delivered before the month it is more than the line's total.
    AboveTotal {
        /// So much is left.
        left: Volume,
    },
}

impl Refusal for ScheduleRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OutsidePeriod => "outside_period",
            Self::Day(refusal) => refusal.code(),
            Self::Line { what, .. } => match what {
                LineRefusal::UnknownLine => "unknown_line",
                LineRefusal::LineTwice => "line_twice",
                LineRefusal::VolumeRequired => "missing_field",
                LineRefusal::VolumeAndOccasions => "volume_and_occasions",
                LineRefusal::OutsideMonth { .. } => "outside_month",
                LineRefusal::AboveMonth { .. } => "above_month_volume",
                LineRefusal::AboveNotReceived { .. } => "above_not_received",
                LineRefusal::AboveTotal { .. } => "above_line_total",
            },
        }
    }

    fn pointer(&self) -> String {
        let (position, what) = match self {
            Self::OutsidePeriod => return "/month".to_owned(),
            Self::Day(refusal) => return refusal.pointer(),
            Self::Line { position, what } => (position, what),
        };
        let member = match what {
            LineRefusal::UnknownLine | LineRefusal::LineTwice => "line".to_owned(),
            LineRefusal::OutsideMonth { occasion } => format!("occasions/{occasion}/on"),
            LineRefusal::AboveNotReceived { .. } => "carried_over/volume".to_owned(),
            _ => "volume".to_owned(),
        };
        format!("/lines/{position}/{member}")
    }

    fn message(&self) -> Message {
        match self {
            Self::OutsidePeriod => Message::new("plan-outside-period"),
            Self::Day(refusal) => refusal.message(),
            Self::Line { what, .. } => match what {
                LineRefusal::UnknownLine => Message::new("order-unknown-line"),
                LineRefusal::LineTwice => Message::new("plan-number-twice"),
                LineRefusal::VolumeRequired => Message::new("schedule-volume-required"),
                LineRefusal::VolumeAndOccasions => Message::new("schedule-volume-and-occasions"),
                LineRefusal::OutsideMonth { .. } => Message::new("schedule-outside-month"),
                LineRefusal::AboveMonth { most } => Message::new("schedule-above-month").with("most", most),
                LineRefusal::AboveNotReceived { most } => {
                    Message::new("schedule-above-not-received").with("most", most)
                }
                LineRefusal::AboveTotal { left } => Message::new("schedule-above-total").with("left", left),
            },
        }
    }
}

impl ScheduledLine {
    /// How much is scheduled, in the service's unit.
    #[must_use]
    pub fn scheduled(&self) -> Volume {
        self.volume.unwrap_or_else(|| self.occasions.iter().map(|occasion| occasion.volume).sum())
    }

    fn carried(&self) -> Volume {
        self.carried_over.as_ref().map(|carried| carried.volume).unwrap_or_default()
    }
}

fn thousandths(volume: Volume) -> i64 {
    volume.thousandths().unwrap_or(i64::MAX)
}

fn at_least_nothing(thousandths: i64) -> Volume {
    Volume::from_thousandths(thousandths.max(0))
}

/// The volume of a line in a month, where the plan says it.
fn of_month(line: &PlanLine, month: Month) -> Option<Volume> {
    if line.schedule.is_empty() {
        let monthly = line.intensity.filter(|intensity| intensity.per == IntensityPeriod::Month);
        return monthly.map(|intensity| intensity.volume);
    }
    let planned = line.schedule.iter().filter(|planned| planned.month == month);
    Some(planned.map(|planned| planned.volume).sum())
}

impl ScheduleFacts<'_> {
    /// What was delivered of a line on days, thousandths.
    fn delivered(&self, line: u32, on: impl Fn(NaiveDate) -> bool) -> i64 {
        let of_line = self.delivered.iter().filter(|delivered| delivered.line == line && on(delivered.on));
        of_line.fold(0, |sum, delivered| sum.saturating_add(delivered.thousandths))
    }

    /// What of the months before was not received; none where the plan does not say the volume of a month.
    fn not_received(&self, line: &PlanLine, month: Month) -> Option<Volume> {
        let before = Month::of(self.plan.from).to(month).filter(|earlier| *earlier < month);
        let planned = before.map(|month| of_month(line, month)).sum::<Option<Volume>>()?;
        let delivered = self.delivered(line.number, |on| on < month.first_day());
        Some(at_least_nothing(thousandths(planned).saturating_sub(delivered)))
    }

    fn line(&self, month: Month, scheduled: &ScheduledLine, refuse: &mut impl FnMut(LineRefusal)) {
        let Some(line) = self.plan.line(scheduled.line) else { return refuse(LineRefusal::UnknownLine) };
        let volume = scheduled.scheduled();
        if scheduled.volume.is_some() && !scheduled.occasions.is_empty() {
            refuse(LineRefusal::VolumeAndOccasions);
        } else if volume == Volume::default() {
            refuse(LineRefusal::VolumeRequired);
        }
        let in_month = |on: NaiveDate| Month::of(on) == month && self.plan.from <= on && on <= self.plan.to;
        for (occasion, planned) in scheduled.occasions.iter().enumerate() {
            if !in_month(planned.on) {
                refuse(LineRefusal::OutsideMonth { occasion });
            }
        }
        if let (Some(planned), Some(most)) = (of_month(line, month), self.not_received(line, month)) {
            if scheduled.carried() > most {
                refuse(LineRefusal::AboveNotReceived { most });
            }
            let most = planned + scheduled.carried();
            if volume > most {
                refuse(LineRefusal::AboveMonth { most });
            }
        }
        let delivered = self.delivered(line.number, |on| on < month.first_day());
        let left = at_least_nothing(thousandths(line.volume).saturating_sub(delivered));
        if volume > left {
            refuse(LineRefusal::AboveTotal { left });
        }
    }
}

/// Checks a schedule of a month.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(
    (month, signed_on): (Month, NaiveDate),
    lines: &[ScheduledLine],
    facts: &ScheduleFacts<'_>,
) -> Result<(), Vec<ScheduleRefusal>> {
    let mut refusals = Vec::new();
    if month < Month::of(facts.plan.from) || month > Month::of(facts.plan.to) {
        refusals.push(ScheduleRefusal::OutsidePeriod);
    }
    let first = month.first_day().checked_sub_months(Months::new(1)).unwrap_or_else(|| month.first_day());
    let refused = day::check("/signed_on", first, facts.today, signed_on)
        .or_else(|| day::check_between("/signed_on", first, month.last_day(), signed_on));
    refusals.extend(refused.map(ScheduleRefusal::Day));
    let mut known = BTreeSet::new();
    for (position, line) in lines.iter().enumerate() {
        if !known.insert(line.line) {
            refusals.push(ScheduleRefusal::Line { position, what: LineRefusal::LineTwice });
        }
        facts.line(month, line, &mut |what| refusals.push(ScheduleRefusal::Line { position, what }));
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// A line of a plan in a month: planned, scheduled, delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthOfLine {
    /// Number of the line.
    pub line: u32,
    /// Code of the service; none where the version in force has the line no more.
    pub service: Option<String>,
    /// What the plan says of the month, where it says it.
    pub planned: Option<Volume>,
    /// What is used of earlier months.
    pub carried_over: Volume,
    /// What is scheduled.
    pub scheduled: Volume,
    /// What was delivered in the month so far.
    pub delivered: Volume,
}

/// What is planned, scheduled and delivered in a month, of every line that has any of it.
#[must_use]
pub fn month_of(month: Month, lines: &[ScheduledLine], facts: &ScheduleFacts<'_>) -> Vec<MonthOfLine> {
    let of_plan = facts.plan.lines.iter().map(|line| line.number);
    let numbers: BTreeSet<u32> = of_plan.chain(lines.iter().map(|line| line.line)).collect();
    let scheduled: BTreeMap<u32, &ScheduledLine> = lines.iter().map(|line| (line.line, line)).collect();
    let of_line = |number: u32| {
        let (line, scheduled) = (facts.plan.line(number), scheduled.get(&number));
        MonthOfLine {
            line: number,
            service: line.map(|line| line.service.clone()),
            planned: line.and_then(|line| of_month(line, month)),
            carried_over: scheduled.map(|line| line.carried()).unwrap_or_default(),
            scheduled: scheduled.map(|line| line.scheduled()).unwrap_or_default(),
            delivered: at_least_nothing(facts.delivered(number, |on| Month::of(on) == month)),
        }
    };
    let has_any = |line: &MonthOfLine| {
        [line.planned.unwrap_or_default(), line.scheduled, line.delivered].iter().any(|of| *of > Volume::default())
    };
    numbers.into_iter().map(of_line).filter(has_any).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> PlanContent {
        let line = |number: u32, schedule: serde_json::Value, intensity: serde_json::Value| {
            serde_json::json!({"number": number, "service": "home_care", "recipient": "child", "goal": 1, "volume": "100",
                "minimum_volume": null, "intensity": intensity, "schedule": schedule, "times": [], "offer": null,
                "unit_price": "6.63", "price_kind": null, "funding": "individual_budget", "priority": number,
                "expert_rank": null, "parent_rank": null, "self_prepaid": false, "free_support": false,
                "provider_is_relative": false, "includes": [], "reason": null})
        };
        let months = serde_json::json!([{"month": "2023-04", "volume": "40"}, {"month": "2023-05", "volume": "30"}]);
        let monthly = serde_json::json!({"volume": "10", "per": "month"});
        let (nothing, null) = (serde_json::json!([]), serde_json::Value::Null);
        let lines = [line(1, months, null.clone()), line(2, nothing.clone(), monthly), line(3, nothing, null)];
        serde_json::from_value(serde_json::json!({"from": "2023-04-10", "to": "2024-04-09", "goals": [], "notes": null,
            "lines": lines}))
        .unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn volume(of: i64) -> Volume {
        Volume::from_thousandths(of * 1000)
    }

    fn line(number: u32, of: i64, carried: i64) -> ScheduledLine {
        let reason = "Slimība.".to_owned();
        let carried_over = (carried > 0).then(|| CarriedOver { volume: volume(carried), reason });
        ScheduledLine { line: number, occasions: Vec::new(), volume: Some(volume(of)), provider: None, carried_over }
    }

    fn delivered(number: u32, on: &str, of: i64) -> DeliveredOn {
        DeliveredOn { line: number, on: day(on), thousandths: of * 1000 }
    }

    fn told(month: &str, signed_on: &str, lines: &[ScheduledLine], delivered: &[DeliveredOn]) -> Vec<String> {
        let plan = plan();
        let facts = ScheduleFacts { plan: &plan, delivered, today: day("2023-06-15") };
        let refused = check((month.parse().unwrap(), day(signed_on)), lines, &facts).err().unwrap_or_default();
        refused.iter().map(|refusal| format!("{} {}", refusal.code(), refusal.pointer())).collect()
    }

    #[test]
    fn a_month_has_its_volume_and_what_was_not_received_before() {
        let may = |lines: &[ScheduledLine], delivered: &[DeliveredOn]| told("2023-05", "2023-05-02", lines, delivered);
        let ten = [delivered(1, "2023-04-20", 10)];
        assert_eq!(may(&[line(1, 30, 0)], &ten), [""; 0]);
        assert_eq!(may(&[line(1, 31, 0)], &ten), ["above_month_volume /lines/0/volume"]);
        assert_eq!(may(&[line(1, 60, 30)], &ten), [""; 0]);
        assert_eq!(may(&[line(1, 61, 31)], &ten), ["above_not_received /lines/0/carried_over/volume"]);
        // What is delivered in the month itself takes nothing from what is carried over to it.
        assert_eq!(may(&[line(1, 60, 30)], &[ten[0], delivered(1, "2023-05-01", 20)]), [""; 0]);
        // The intensity of a month, and nothing but the total.
        assert_eq!(may(&[line(2, 11, 0)], &[]), ["above_month_volume /lines/0/volume"]);
        assert_eq!(may(&[line(2, 20, 10)], &[]), [""; 0]);
        assert_eq!(may(&[line(3, 100, 0)], &[]), [""; 0]);
        assert_eq!(may(&[line(3, 91, 0)], &[delivered(3, "2023-04-20", 10)]), ["above_line_total /lines/0/volume"]);
    }

    #[test]
    fn days_lie_in_the_month_and_lines_stand_once() {
        let occasion = |on: &str| Occasion { on: day(on), from: None, volume: volume(1) };
        let days = ScheduledLine {
            occasions: vec![occasion("2023-04-09"), occasion("2023-04-10"), occasion("2023-05-01")],
            volume: None,
            ..line(3, 0, 0)
        };
        let both = ScheduledLine { volume: Some(volume(3)), occasions: vec![occasion("2023-04-10")], ..line(2, 0, 0) };
        assert_eq!(
            told("2023-04", "2023-03-31", &[days, both, line(2, 0, 0), line(9, 1, 0)], &[]),
            [
                "outside_month /lines/0/occasions/0/on",
                "outside_month /lines/0/occasions/2/on",
                "volume_and_occasions /lines/1/volume",
                "line_twice /lines/2/line",
                "missing_field /lines/2/volume",
                "unknown_line /lines/3/line",
            ]
        );
        for (month, signed_on, expected) in [
            ("2023-03", "2023-03-01", vec!["outside_period /month"]),
            ("2023-04", "2023-02-28", vec!["date_out_of_range /signed_on"]),
            ("2023-04", "2023-03-01", vec![]),
            ("2023-04", "2023-04-30", vec![]),
            ("2023-04", "2023-05-01", vec!["date_out_of_range /signed_on"]),
            ("2023-07", "2023-06-16", vec!["date_out_of_range /signed_on"]),
            ("2024-05", "2023-06-01", vec!["outside_period /month", "date_out_of_range /signed_on"]),
        ] {
            assert_eq!(told(month, signed_on, &[], &[]), expected, "{month} {signed_on}");
        }
    }

    #[test]
    fn a_month_is_told_beside_its_deliveries() {
        let plan = plan();
        let delivered = [delivered(3, "2023-04-20", 5), delivered(1, "2023-04-21", 4), delivered(1, "2023-04-21", -1)];
        let facts = ScheduleFacts { plan: &plan, delivered: &delivered, today: day("2023-06-15") };
        let told = month_of("2023-04".parse().unwrap(), &[line(1, 40, 0)], &facts);
        let told: Vec<_> = told.iter().map(|of| (of.line, of.planned, of.scheduled, of.delivered)).collect();
        let none = volume(0);
        let expected = [
            (1, Some(volume(40)), volume(40), volume(3)),
            (2, Some(volume(10)), none, none),
            (3, None, none, volume(5)),
        ];
        assert_eq!(told, expected);
    }
}

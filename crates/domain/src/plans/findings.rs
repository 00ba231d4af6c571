//! What is wrong with a plan, or worth knowing: each finding with a code and a place of its own.

use chrono::NaiveDate;

use crate::{
    money::{Money, Volume},
    month::Month,
    parameters::catalogue::{Impairment, YearlyRule, names},
    prices::PriceRefusal,
    text::{Message, Refusal},
};

names! {
    /// How much a finding weighs.
    Severity {
        /// The plan cannot be signed so.
        Error = "error",
        /// It can; the worker should know.
        Warning = "warning",
    }
}

/// Something about a plan, at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// JSON Pointer in the plan.
    pub pointer: String,
    /// What it is.
    pub what: What,
}

/// What is found. The comments name the rule; the codes are published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The period is longer than the budget's.
    PeriodTooLong {
        /// Months of the budget period.
        months: u32,
    },
    /// The period ends before it begins.
    PeriodBackwards,
    /// The period begins before the grant [domain 1].
    BeforeGrant {
        /// Its day.
        granted_on: NaiveDate,
    },
    /// The period begins before the plan before has ended.
    WithinPlanBefore {
        /// Its last day.
        last_day: NaiveDate,
    },
    /// There is no line.
    NoLines,
    /// There is no goal.
    NoGoals,
    /// A number stands twice among goals or lines.
    NumberTwice,
    /// The catalogue has no such service.
    UnknownService,
    /// The individual budget may not pay for the service [domain 5.1].
    NotPayable,
    /// The methodology does not list the service [domain 5.1].
    NotListed,
    /// The service is not for this recipient.
    NotForRecipient,
    /// The service is bound to an impairment that the person does not have.
    NotForImpairment {
        /// The impairments that it is bound to.
        impairments: Vec<Impairment>,
    },
    /// The person is too young or too old for the service [domain 5.4 rule 8].
    Age {
        /// From so many completed months.
        from_months: Option<u32>,
        /// Below so many completed months.
        to_months: Option<u32>,
        /// Whether the service is refused at other ages, or just unusual.
        binding: bool,
    },
    /// An escort needs the commission's opinion, which the calculation form does not list [domain 2].
    EscortOpinionRequired,
    /// A specialist has to confirm that the service fits, and none has [domain 6.1].
    NotConfirmed,
    /// The line serves no goal.
    GoalRequired,
    /// The plan has no goal with the number.
    UnknownGoal,
    /// The line is of another service than in the signed version.
    OtherService,
    /// A place in the order of priorities is missing, or the ranks of the pilot.
    PriorityRequired,
    /// A place in the order stands twice.
    PriorityTwice,
    /// The recipient puts the line elsewhere in the order.
    RankedOtherwise {
        /// The place that the recipient gives it.
        rank: u32,
    },
    /// The months do not add up to the line's volume.
    ScheduleMismatch {
        /// What they add up to.
        sum: Volume,
    },
    /// A month or an offer lies outside the period.
    OutsidePeriod,
    /// A month stands twice.
    MonthTwice {
        /// The month.
        month: Month,
    },
    /// A weekly time ends before it begins.
    NotATime,
    /// No provider is chosen.
    ProviderRequired,
    /// There is no such offer.
    UnknownOffer,
    /// The offer is of another service.
    OfferOfOtherService,
    /// The offer does not hold for the whole use.
    OfferNotValid {
        /// Its first day.
        from: NaiveDate,
        /// Its last day.
        to: Option<NaiveDate>,
    },
    /// The provider's qualification is not proven for the period [domain 5.3].
    NotQualified,
    /// The price breaks a bound [domain 5.2].
    Price(PriceRefusal),
    /// Support at no cost has a price.
    FreeSupportHasPrice,
    /// The provider is a relative of the person [domain 5.3].
    Relative,
    /// Rule 1: home care at the same time as babysitter or assistant.
    HomeCareAtSameTime {
        /// Number of the other line.
        other: u32,
    },
    /// Rule 1 cannot be checked: a line has no times.
    HomeCareTimesUnknown {
        /// Number of the other line.
        other: u32,
    },
    /// Rule 2: an assistant at the same time as an escort or babysitter.
    AssistantAtSameTime {
        /// Number of the other line.
        other: u32,
    },
    /// Rule 2: an assistant and an escort in one plan need times that do not meet.
    AssistantTimesRequired {
        /// Number of the other line.
        other: u32,
    },
    /// Rule 3: day care centre and specialised workshop together are more than the working days.
    DayCareAndWorkshop {
        /// Days together.
        days: Volume,
        /// Working days.
        most: u32,
    },
    /// Rule 4: the day care centre gives the same service.
    PaidTwiceWithDayCare {
        /// Number of the line of the day care centre.
        other: u32,
    },
    /// Rule 5: respite in an institution takes a month off day care and home care.
    RespiteTakesMonthOff {
        /// Months that may be used.
        most: u32,
    },
    /// Rule 6: transport costs more than the ceiling.
    Transport {
        /// Together, EUR.
        amount: Money,
        /// The ceiling, EUR.
        ceiling: Money,
    },
    /// Rule 7: day care above five working days a week.
    DayCareDays {
        /// Days.
        days: Volume,
        /// Working days.
        most: u32,
    },
    /// Rule 7: more than a yearly maximum or average.
    Yearly {
        /// The rule.
        rule: YearlyRule,
        /// Volume of its services together.
        volume: Volume,
        /// The maximum or average.
        most: Volume,
        /// What of it other plans gave in the year.
        received: Volume,
    },
    /// Pilot: a group session costs more than its limit.
    GroupSession {
        /// The limit, EUR.
        most: Money,
    },
    /// The volume that is needed is below the line's, or is told outside the pilot.
    NeededVolume,
    /// Less than is already committed [domain 6.4].
    BelowCommitted {
        /// Committed volume.
        committed: Volume,
    },
    /// The line costs less than is already committed [domain 7.2].
    BelowCommittedAmount {
        /// Committed, EUR.
        committed: Money,
    },
    /// The line is ordered: who pays it, and whether the person pays first, stay as they are [domain 6.4].
    Ordered,
    /// A line with commitments is left out [domain 6.4].
    CommittedLineRemoved {
        /// Number of the line.
        number: u32,
    },
    /// The person turns 18 in the period [domain 1].
    TurnsEighteen {
        /// The day before the birthday.
        last_day: NaiveDate,
    },
    /// The person is 18 when the plan of a child begins [domain 1].
    TurnedEighteen {
        /// The day before the birthday.
        last_day: NaiveDate,
    },
    /// The agreed budget is above the indicative [domain 6.3].
    AboveIndicative {
        /// By so much, EUR.
        excess: Money,
    },
    /// The budget pays more than the indicative without the part that the state pays [domain 6.3].
    StatePartNotSpendable {
        /// By so much, EUR.
        excess: Money,
    },
}

impl Finding {
    /// An error.
    #[must_use]
    pub fn error(pointer: impl Into<String>, what: What) -> Self {
        Self { severity: Severity::Error, pointer: pointer.into(), what }
    }

    /// A warning.
    #[must_use]
    pub fn warning(pointer: impl Into<String>, what: What) -> Self {
        Self { severity: Severity::Warning, pointer: pointer.into(), what }
    }
}

impl Refusal for Finding {
    fn code(&self) -> &'static str {
        match &self.what {
            What::PeriodTooLong { .. } => "period_too_long",
            What::PeriodBackwards => "period_backwards",
            What::BeforeGrant { .. } => "before_grant",
            What::WithinPlanBefore { .. } => "within_plan_before",
            What::NoLines => "no_lines",
            What::NoGoals => "no_goals",
            What::NumberTwice => "number_twice",
            What::UnknownService => "unknown_service",
            What::NotPayable => "service_not_payable",
            What::NotListed => "service_not_listed",
            What::NotForRecipient => "recipient_not_served",
            What::NotForImpairment { .. } => "impairment_required",
            What::Age { binding: true, .. } => "age_out_of_range",
            What::Age { binding: false, .. } => "age_unusual",
            What::EscortOpinionRequired => "escort_opinion_required",
            What::NotConfirmed => "specialist_confirmation_required",
            What::GoalRequired => "goal_required",
            What::UnknownGoal => "unknown_goal",
            What::OtherService => "other_service",
            What::PriorityRequired => "priority_required",
            What::PriorityTwice => "priority_twice",
            What::RankedOtherwise { .. } => "ranked_otherwise",
            What::ScheduleMismatch { .. } => "schedule_mismatch",
            What::OutsidePeriod => "outside_period",
            What::MonthTwice { .. } => "month_twice",
            What::NotATime => "not_a_time",
            What::ProviderRequired => "provider_required",
            What::UnknownOffer => "unknown_offer",
            What::OfferOfOtherService => "offer_of_other_service",
            What::OfferNotValid { .. } => "offer_not_valid",
            What::NotQualified => "provider_not_qualified",
            What::Price(refusal) => refusal.code(),
            What::FreeSupportHasPrice => "free_support_has_price",
            What::Relative => "provider_is_relative",
            What::HomeCareAtSameTime { .. } => "home_care_at_same_time",
            What::HomeCareTimesUnknown { .. } => "home_care_times_unknown",
            What::AssistantAtSameTime { .. } => "assistant_at_same_time",
            What::AssistantTimesRequired { .. } => "assistant_times_required",
            What::DayCareAndWorkshop { .. } => "day_care_and_workshop",
            What::PaidTwiceWithDayCare { .. } => "paid_twice_with_day_care",
            What::RespiteTakesMonthOff { .. } => "respite_takes_month_off",
            What::Transport { .. } => "above_transport_ceiling",
            What::DayCareDays { .. } => "day_care_above_working_days",
            What::Yearly { rule, .. } => rule.as_str(),
            What::GroupSession { .. } => "above_group_session_limit",
            What::NeededVolume => "needed_volume_unfit",
            What::BelowCommitted { .. } => "below_committed",
            What::BelowCommittedAmount { .. } => "below_committed_amount",
            What::Ordered => "line_ordered",
            What::CommittedLineRemoved { .. } => "committed_line_removed",
            What::TurnsEighteen { .. } => "turns_18",
            What::TurnedEighteen { .. } => "turned_18",
            What::AboveIndicative { .. } => "above_indicative",
            What::StatePartNotSpendable { .. } => "state_part_not_spendable",
        }
    }

    fn pointer(&self) -> String {
        self.pointer.clone()
    }

    fn message(&self) -> Message {
        let message = |key: &'static str| Message::new(key);
        match &self.what {
            What::PeriodTooLong { months } => message("plan-period-too-long").with_number("months", *months),
            What::PeriodBackwards => message("plan-period-backwards"),
            What::BeforeGrant { granted_on } => message("plan-before-grant").with("day", granted_on),
            What::WithinPlanBefore { last_day } => message("plan-within-plan-before").with("day", last_day),
            What::NoLines => message("plan-no-lines"),
            What::NoGoals => message("plan-no-goals"),
            What::NumberTwice => message("plan-number-twice"),
            What::UnknownService => message("plan-unknown-service"),
            What::NotPayable => message("plan-service-not-payable"),
            What::NotListed => message("plan-service-not-listed"),
            What::NotForRecipient => message("plan-recipient-not-served"),
            What::NotForImpairment { impairments } => {
                let names: Vec<&str> = impairments.iter().map(|impairment| impairment.as_str()).collect();
                message("plan-impairment-required").with("impairments", names.join(", "))
            }
            What::Age { from_months, to_months, binding } => {
                let shown = |months: &Option<u32>| months.map_or_else(|| "-".to_owned(), |months| months.to_string());
                message(if *binding { "plan-age-out-of-range" } else { "plan-age-unusual" })
                    .with("from", shown(from_months))
                    .with("to", shown(to_months))
            }
            What::EscortOpinionRequired => message("plan-escort-opinion-required"),
            What::NotConfirmed => message("plan-specialist-confirmation-required"),
            What::GoalRequired => message("plan-goal-required"),
            What::UnknownGoal => message("plan-unknown-goal"),
            What::OtherService => message("plan-other-service"),
            What::PriorityRequired => message("plan-priority-required"),
            What::PriorityTwice => message("plan-priority-twice"),
            What::RankedOtherwise { rank } => message("plan-ranked-otherwise").with("rank", rank),
            What::ScheduleMismatch { sum } => message("plan-schedule-mismatch").with("sum", sum),
            What::OutsidePeriod => message("plan-outside-period"),
            What::MonthTwice { month } => message("plan-month-twice").with("month", month),
            What::NotATime => message("plan-not-a-time"),
            What::ProviderRequired => message("plan-provider-required"),
            What::UnknownOffer => message("plan-unknown-offer"),
            What::OfferOfOtherService => message("plan-offer-of-other-service"),
            What::OfferNotValid { from, to } => message("plan-offer-not-valid")
                .with("from", from)
                .with("to", to.map_or_else(|| "...".to_owned(), |to| to.to_string())),
            What::NotQualified => message("plan-provider-not-qualified"),
            What::Price(refusal) => refusal.message(),
            What::FreeSupportHasPrice => message("plan-free-support-has-price"),
            What::Relative => message("plan-provider-is-relative"),
            What::HomeCareAtSameTime { other } => message("plan-home-care-at-same-time").with("other", other),
            What::HomeCareTimesUnknown { other } => message("plan-home-care-times-unknown").with("other", other),
            What::AssistantAtSameTime { other } => message("plan-assistant-at-same-time").with("other", other),
            What::AssistantTimesRequired { other } => message("plan-assistant-times-required").with("other", other),
            What::DayCareAndWorkshop { days, most } => {
                message("plan-day-care-and-workshop").with("days", days).with("most", most)
            }
            What::PaidTwiceWithDayCare { other } => message("plan-paid-twice-with-day-care").with("other", other),
            What::RespiteTakesMonthOff { most } => message("plan-respite-takes-month-off").with("most", most),
            What::Transport { amount, ceiling } => {
                message("plan-above-transport-ceiling").with("amount", amount).with("ceiling", ceiling)
            }
            What::DayCareDays { days, most } => {
                message("plan-day-care-above-working-days").with("days", days).with("most", most)
            }
            What::Yearly { rule, volume, most, received } => {
                let key = match (rule.binds(), *received > Volume::default()) {
                    (true, false) => "plan-above-maximum",
                    (false, false) => "plan-above-average",
                    (true, true) => "plan-above-maximum-with-received",
                    (false, true) => "plan-above-average-with-received",
                };
                message(key).with("volume", volume).with("most", most).with("received", received)
            }
            What::GroupSession { most } => message("plan-above-group-session-limit").with("most", most),
            What::Ordered => message("plan-line-ordered"),
            What::NeededVolume => message("plan-needed-volume-unfit"),
            What::BelowCommitted { committed } => message("plan-below-committed").with("committed", committed),
            What::BelowCommittedAmount { committed } => {
                message("plan-below-committed-amount").with("committed", committed)
            }
            What::CommittedLineRemoved { number } => message("plan-committed-line-removed").with("number", number),
            What::TurnsEighteen { last_day } => message("plan-turns-18").with("day", last_day),
            What::TurnedEighteen { last_day } => message("plan-turned-18").with("day", last_day),
            What::AboveIndicative { excess } => message("plan-above-indicative").with("excess", excess),
            What::StatePartNotSpendable { excess } => message("plan-state-part-not-spendable").with("excess", excess),
        }
    }
}

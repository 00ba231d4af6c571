//! Deliveries: what was given of an order, when, to whom, who confirms it, or why it was not [domain 7.3].
//!
//! **Decision** [domain 5.4]: of the rules of combinations, those of times (1 and 2) are checked where both have hours, and that of five
//! days a week (3 and 7) by the calendar week; the month that respite takes off and yearly volumes bind through the plan's lines.

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    day::{self, DayRefusal},
    ledger::{EntryKind, LedgerRefusal, NewEntry},
    money::{Money, Volume},
    orders::{OrderForm, OrderStatus},
    parameters::catalogue::{Unit, names},
    plans::{
        check::{combinations::kept_apart, takes_working_days},
        status::PlanStatus,
        times::TimeOfDay,
    },
    text::{Message, Refusal},
};

names! {
    /// Where a delivery stands.
    DeliveryStatus {
        /// Recorded by the provider or the worker.
        Recorded = "recorded",
        /// Somebody who was there has confirmed it.
        Confirmed = "confirmed",
        /// Nothing was delivered.
        NotDelivered = "not_delivered",
        /// It was recorded by mistake, or corrected by another.
        Withdrawn = "withdrawn",
    }
}

names! {
    /// Why nothing was delivered [domain 7.3].
    NonDelivery {
        /// The person was ill.
        Illness = "illness",
        /// The person refused.
        Refusal = "refusal",
        /// The provider could not.
        ProviderReason = "provider_reason",
        /// The person could not be reached: the office is told at once.
        Unreachable = "unreachable",
        /// It became impossible: the office is told at once.
        Impossible = "impossible",
    }
}

names! {
    /// Who confirms an occasion [domain 7.3].
    Confirmer {
        /// The parent or another representative.
        Parent = "parent",
        /// Who came along with the person.
        AccompanyingPerson = "accompanying_person",
        /// The child or adult.
        Recipient = "recipient",
    }
}

/// What a delivery says of people and places: sealed together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryDetails {
    /// Where.
    pub place: Option<String>,
    /// Who received it, where that is not the person.
    pub received_by: Option<String>,
    /// What else is to be said.
    pub note: Option<String>,
    /// Name of who confirmed it.
    pub confirmed_by: Option<String>,
}

/// When in the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// Beginning.
    pub from: TimeOfDay,
    /// End, later on the same day.
    pub to: TimeOfDay,
}

impl Hours {
    /// Whether two share a minute.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// How long it is, in thousandths of an hour, rounded half up.
    fn thousandths(self) -> i64 {
        let minutes = i64::from(self.to.minutes()) - i64::from(self.from.minutes());
        minutes.saturating_mul(1000).saturating_add(30) / 60
    }
}

/// A delivery as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// The day.
    pub on: NaiveDate,
    /// When in the day.
    pub hours: Option<Hours>,
    /// How much, in the service's unit; left out where the hours tell it, or where nothing was delivered.
    pub volume: Option<Volume>,
    /// Why nothing was delivered.
    pub not_delivered: Option<NonDelivery>,
    /// People and places.
    pub details: DeliveryDetails,
}

/// Why a delivery is not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryRefusal {
    /// The plan is not in force on the day.
    PlanNotInForce,
    /// The order is closed.
    OrderClosed,
    /// The person pays this service and claims it back.
    SelfPrepaid,
    /// The day does not fit.
    Day(DayRefusal),
    /// The plan rests on the day.
    PlanRests {
        /// Since this day.
        since: NaiveDate,
    },
    /// The end is not after the beginning.
    HoursInverted,
    /// How much was delivered must be told.
    VolumeRequired,
    /// A volume and a reason why nothing was delivered exclude each other.
    VolumeAndReason,
    /// The hours tell another volume.
    HoursDiffer {
        /// What they tell.
        told: Volume,
    },
    /// The provider has no document for the service that is valid on the day.
    NotQualified,
    /// At the same time the same service, or one that does not go together with it, was delivered.
    Overlaps {
        /// That delivery.
        with: Uuid,
    },
    /// With what was delivered in the week it is more than five days of day care and workshop [domain 5.4 rule 3].
    DaysOfWeek {
        /// Days in the week together.
        days: Volume,
    },
    /// It is part of an invoice.
    Invoiced,
    /// It was withdrawn.
    Withdrawn,
    /// Nothing was delivered that could be confirmed.
    NothingDelivered,
    /// The ledger refuses.
    Ledger(LedgerRefusal),
}

impl DeliveryRefusal {
    /// Whether the state of what is stored is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(
            self,
            Self::PlanNotInForce | Self::OrderClosed | Self::Invoiced | Self::Withdrawn | Self::NothingDelivered
        )
    }
}

impl Refusal for DeliveryRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::PlanNotInForce => "plan_not_in_force",
            Self::OrderClosed => "order_closed",
            Self::SelfPrepaid => "self_prepaid",
            Self::Day(refusal) => refusal.code(),
            Self::PlanRests { .. } => "plan_rests",
            Self::HoursInverted => "hours_inverted",
            Self::VolumeRequired => "missing_field",
            Self::VolumeAndReason => "volume_and_reason",
            Self::HoursDiffer { .. } => "hours_differ",
            Self::NotQualified => "not_qualified",
            Self::Overlaps { .. } => "delivery_overlaps",
            Self::DaysOfWeek { .. } => "above_days_of_week",
            Self::Invoiced => "delivery_invoiced",
            Self::Withdrawn => "delivery_withdrawn",
            Self::NothingDelivered => "nothing_delivered",
            Self::Ledger(refusal) => refusal.code(),
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::PlanNotInForce
            | Self::OrderClosed
            | Self::Invoiced
            | Self::Withdrawn
            | Self::NothingDelivered
            | Self::SelfPrepaid => String::new(),
            Self::Day(refusal) => refusal.pointer(),
            Self::PlanRests { .. } | Self::NotQualified => "/on".to_owned(),
            Self::HoursInverted | Self::Overlaps { .. } => "/hours".to_owned(),
            Self::VolumeRequired | Self::VolumeAndReason | Self::HoursDiffer { .. } | Self::DaysOfWeek { .. } => {
                "/volume".to_owned()
            }
            Self::Ledger(refusal) => refusal.pointer(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::PlanNotInForce => Message::new("problem-plan-not-in-force-detail"),
            Self::OrderClosed => Message::new("problem-order-closed-detail"),
            Self::Invoiced => Message::new("problem-delivery-invoiced-detail"),
            Self::Withdrawn => Message::new("problem-delivery-withdrawn-detail"),
            Self::NothingDelivered => Message::new("problem-nothing-delivered-detail"),
            Self::SelfPrepaid => Message::new("delivery-self-prepaid"),
            Self::Day(refusal) => refusal.message(),
            Self::PlanRests { since } => Message::new("delivery-plan-rests").with("date", since),
            Self::HoursInverted => Message::new("delivery-hours-inverted"),
            Self::VolumeRequired => Message::new("delivery-volume-required"),
            Self::VolumeAndReason => Message::new("delivery-volume-and-reason"),
            Self::HoursDiffer { told } => Message::new("delivery-hours-differ").with("volume", told),
            Self::NotQualified => Message::new("delivery-not-qualified"),
            Self::Overlaps { with } => Message::new("delivery-overlaps").with("delivery", with),
            Self::DaysOfWeek { days } => {
                Message::new("delivery-above-days-of-week").with("days", days).with_number("most", DAYS_A_WEEK)
            }
            Self::Ledger(refusal) => refusal.message(),
        }
    }
}

/// Days on which a plan rests: from the first to before the day on which it goes on; none while it has not.
pub type Rest = (NaiveDate, Option<NaiveDate>);

/// The first day of the rest that a day lies in.
#[must_use]
pub fn rest_on(rests: &[Rest], day: NaiveDate) -> Option<NaiveDate> {
    rest_between(rests, day, day)
}

/// The first day of the rest that two days, both included, or one between them lie in.
#[must_use]
pub fn rest_between(rests: &[Rest], from: NaiveDate, to: NaiveDate) -> Option<NaiveDate> {
    let rest = rests.iter().find(|(since, until)| *since <= to && until.is_none_or(|until| from < until));
    rest.map(|(since, _)| *since)
}

/// What a delivery must agree with.
#[derive(Debug, Clone, Copy)]
pub struct Ordered<'a> {
    /// Where the plan stands.
    pub plan: PlanStatus,
    /// When it rests.
    pub rests: &'a [Rest],
    /// Where the order stands.
    pub order: OrderStatus,
    /// The last day for which something may still be told, where plan or order have ended.
    pub ended_on: Option<NaiveDate>,
    /// How it was ordered.
    pub form: OrderForm,
    /// Its first and last day.
    pub days: (NaiveDate, NaiveDate),
    /// What the service is counted in.
    pub unit: Unit,
    /// The day on which it is recorded.
    pub today: NaiveDate,
}

/// Checks what is told of a delivery, and tells its volume; none where nothing was delivered.
///
/// # Errors
/// Every reason why it is not recorded.
pub fn check(new: &NewDelivery, ordered: &Ordered<'_>) -> Result<Option<Volume>, Vec<DeliveryRefusal>> {
    let in_time = ordered.ended_on.is_some_and(|last| new.on <= last);
    match (ordered.plan, ordered.order) {
        (PlanStatus::Draft, _) => return Err(vec![DeliveryRefusal::PlanNotInForce]),
        (PlanStatus::Terminated, _) if !in_time => return Err(vec![DeliveryRefusal::PlanNotInForce]),
        (_, OrderStatus::Closed) if !in_time => return Err(vec![DeliveryRefusal::OrderClosed]),
        _ => {}
    }
    let mut refusals = Vec::new();
    if ordered.form == OrderForm::SelfPrepaid {
        refusals.push(DeliveryRefusal::SelfPrepaid);
    }
    let (first, last) = ordered.days;
    let day =
        day::check("/on", first, ordered.today, new.on).or_else(|| day::check_between("/on", first, last, new.on));
    refusals.extend(day.map(DeliveryRefusal::Day));
    refusals.extend(rest_on(ordered.rests, new.on).map(|since| DeliveryRefusal::PlanRests { since }));
    let volume = volume(new, ordered.unit).unwrap_or_else(|refusal| {
        refusals.push(refusal);
        None
    });
    if refusals.is_empty() { Ok(volume) } else { Err(refusals) }
}

fn volume(new: &NewDelivery, unit: Unit) -> Result<Option<Volume>, DeliveryRefusal> {
    if new.hours.is_some_and(|hours| hours.to <= hours.from) {
        return Err(DeliveryRefusal::HoursInverted);
    }
    let told = new.hours.filter(|_| unit == Unit::Hour).map(|hours| Volume::from_thousandths(hours.thousandths()));
    match (new.not_delivered, new.volume.or(told)) {
        (Some(_), _) if new.volume.is_some() => Err(DeliveryRefusal::VolumeAndReason),
        (Some(_), _) => Ok(None),
        (None, None) => Err(DeliveryRefusal::VolumeRequired),
        (None, Some(volume)) if volume == Volume::default() => Err(DeliveryRefusal::VolumeRequired),
        (None, Some(volume)) => match told {
            Some(told) if told != volume => Err(DeliveryRefusal::HoursDiffer { told }),
            _ => Ok(Some(volume)),
        },
    }
}

/// Whether a service given at the same time as another must be refused: the same one, or one that it does not go together
/// with [domain 5.4 rules 1 and 2].
#[must_use]
pub fn exclude_each_other(service: &str, other: &str) -> bool {
    service == other || kept_apart(service, other) || kept_apart(other, service)
}

/// Days of day care and workshop in a week [domain 5.4 rule 3].
const DAYS_A_WEEK: u32 = 5;

/// Monday and Sunday of the week in which days of a service are counted; none of a service that takes no working days.
#[must_use]
pub fn counted_week(service: &str, unit: Unit, on: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let week = on.week(Weekday::Mon);
    let days = week.checked_first_day().zip(week.checked_last_day());
    days.filter(|_| unit == Unit::Day && takes_working_days(service))
}

/// Whether days in a week, with those that were delivered in it before, are too many.
///
/// # Errors
/// [`DeliveryRefusal::DaysOfWeek`].
pub fn check_week(volume: Volume, before: Volume) -> Result<(), DeliveryRefusal> {
    let mut days = before;
    days += volume;
    if days > Volume::exact(DAYS_A_WEEK.into()) { Err(DeliveryRefusal::DaysOfWeek { days }) } else { Ok(()) }
}

/// What was delivered of an order at one price so far. Cents and thousandths of the unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveredSoFar {
    /// Value.
    pub cents: i64,
    /// Volume.
    pub thousandths: i64,
}

impl DeliveredSoFar {
    /// The value of one more delivery, cents: all of them together are worth their volume at the price, rounded once, so that
    /// no cent is made or lost by rounding each occasion.
    #[must_use]
    pub fn value_of(self, volume: Volume, unit_price: Money) -> Option<i64> {
        let together = Volume::from_thousandths(self.thousandths.checked_add(volume.thousandths()?)?);
        Some(together.at(unit_price).rounded().cents()?.saturating_sub(self.cents).max(0))
    }
}

/// The ledger's entry of a delivery.
#[must_use]
pub fn entry(line: u32, order: Uuid, on: NaiveDate, volume: Volume, cents: i64) -> Option<NewEntry> {
    let thousandths = volume.thousandths()?;
    Some(NewEntry { line, kind: EntryKind::Delivered, cents, thousandths, on, order: Some(order), reverses: None })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn hours(from: &str, to: &str) -> Option<Hours> {
        Some(Hours { from: from.parse().unwrap(), to: to.parse().unwrap() })
    }

    fn ordered() -> Ordered<'static> {
        Ordered {
            plan: PlanStatus::InForce,
            rests: &[],
            order: OrderStatus::Open,
            ended_on: None,
            form: OrderForm::Contract,
            days: (day("2023-04-01"), day("2023-09-30")),
            unit: Unit::Hour,
            today: day("2023-06-15"),
        }
    }

    fn new() -> NewDelivery {
        NewDelivery {
            on: day("2023-06-01"),
            hours: None,
            volume: Some(Volume::exact(2.into())),
            not_delivered: None,
            details: DeliveryDetails::default(),
        }
    }

    #[test]
    fn every_reason_not_to_record_has_its_code() {
        let rests = [(day("2023-05-01"), Some(day("2023-05-11"))), (day("2023-06-02"), None)];
        let suspended = || Ordered { plan: PlanStatus::Suspended, rests: &rests, ..ordered() };
        let ended = |on: &str| Some(day(on));
        let terminated = |on: &str| Ordered { plan: PlanStatus::Terminated, ended_on: ended(on), ..ordered() };
        let closed = |on: &str| Ordered { order: OrderStatus::Closed, ended_on: ended(on), ..ordered() };
        let two = Some(Volume::exact(2.into()));
        for (new, ordered, codes) in [
            (new(), ordered(), vec![]),
            (new(), suspended(), vec![]),
            (NewDelivery { on: day("2023-06-02"), ..new() }, suspended(), vec!["plan_rests"]),
            (NewDelivery { on: day("2023-05-10"), ..new() }, suspended(), vec!["plan_rests"]),
            (NewDelivery { on: day("2023-05-11"), ..new() }, suspended(), vec![]),
            // What was delivered until the last day is told afterwards.
            (new(), terminated("2023-06-01"), vec![]),
            (new(), terminated("2023-05-31"), vec!["plan_not_in_force"]),
            (new(), closed("2023-06-01"), vec![]),
            (new(), closed("2023-05-31"), vec!["order_closed"]),
            (new(), Ordered { plan: PlanStatus::Terminated, ..ordered() }, vec!["plan_not_in_force"]),
            (new(), Ordered { plan: PlanStatus::Draft, ..ordered() }, vec!["plan_not_in_force"]),
            (new(), Ordered { order: OrderStatus::Closed, ..ordered() }, vec!["order_closed"]),
            (new(), Ordered { form: OrderForm::SelfPrepaid, ..ordered() }, vec!["self_prepaid"]),
            (NewDelivery { on: day("2023-03-31"), ..new() }, ordered(), vec!["date_out_of_range"]),
            (NewDelivery { on: day("2023-06-16"), ..new() }, ordered(), vec!["date_out_of_range"]),
            (
                NewDelivery { on: day("2023-10-01"), ..new() },
                Ordered { today: day("2024-01-01"), ..ordered() },
                vec!["date_out_of_range"],
            ),
            (NewDelivery { hours: hours("10:00", "10:00"), ..new() }, ordered(), vec!["hours_inverted"]),
            (NewDelivery { volume: None, ..new() }, ordered(), vec!["missing_field"]),
            (NewDelivery { volume: Some(Volume::default()), ..new() }, ordered(), vec!["missing_field"]),
            (NewDelivery { hours: hours("10:00", "12:30"), ..new() }, ordered(), vec!["hours_differ"]),
            (
                NewDelivery { not_delivered: Some(NonDelivery::Illness), volume: two, ..new() },
                ordered(),
                vec!["volume_and_reason"],
            ),
            (
                NewDelivery { on: day("2023-03-31"), volume: None, ..new() },
                ordered(),
                vec!["date_out_of_range", "missing_field"],
            ),
        ] {
            let found: Vec<_> = check(&new, &ordered).err().unwrap_or_default().iter().map(Refusal::code).collect();
            assert_eq!(found, codes, "{new:?}");
        }
    }

    #[test]
    fn hours_tell_the_volume_of_what_is_counted_in_hours() {
        let told = NewDelivery { volume: None, hours: hours("09:10", "10:00"), ..new() };
        assert_eq!(check(&told, &ordered()), Ok(Some(Volume::from_thousandths(833))));
        let times = Ordered { unit: Unit::Session, ..ordered() };
        assert_eq!(check(&told, &times).unwrap_err()[0].code(), "missing_field");
        let ill = NewDelivery { not_delivered: Some(NonDelivery::Illness), volume: None, ..new() };
        assert_eq!(check(&ill, &ordered()), Ok(None));
    }

    #[test]
    fn services_that_do_not_go_together_exclude_each_other() {
        for (one, other, apart) in [
            ("home_care", "home_care", true),
            ("home_care", "assistant", true),
            ("babysitter", "home_care", true),
            ("escort", "assistant", true),
            ("home_care", "physiotherapist", false),
        ] {
            assert_eq!(exclude_each_other(one, other), apart, "{one} {other}");
            assert_eq!(exclude_each_other(other, one), apart, "{other} {one}");
        }
    }

    #[test]
    fn day_care_and_workshop_are_five_days_a_week_together() {
        let days = |text: &str| text.parse::<rust_decimal::Decimal>().map(Volume::exact).unwrap();
        for (service, unit, on, expected) in [
            ("day_care_centre", Unit::Day, "2023-10-02", Some(("2023-10-02", "2023-10-08"))),
            ("specialised_workshop", Unit::Day, "2023-10-08", Some(("2023-10-02", "2023-10-08"))),
            ("specialised_workshop", Unit::Hour, "2023-10-08", None),
            ("home_care", Unit::Day, "2023-10-02", None),
        ] {
            let week = expected.map(|(first, last)| (day(first), day(last)));
            assert_eq!(counted_week(service, unit, day(on)), week, "{service} {on}");
        }
        for (volume, before, expected) in
            [("1", "4", None), ("5", "0", None), ("1", "4.5", Some("5.5")), ("6", "0", Some("6"))]
        {
            let refused = check_week(days(volume), days(before)).err();
            assert_eq!(refused, expected.map(|together| DeliveryRefusal::DaysOfWeek { days: days(together) }));
        }
        let refused = DeliveryRefusal::DaysOfWeek { days: days("6") };
        assert_eq!((refused.code(), refused.pointer().as_str()), ("above_days_of_week", "/volume"));
    }

    proptest! {
        #[test]
        fn the_values_of_occasions_add_up_to_the_value_of_their_volume(
            volumes in prop::collection::vec(1_i64..5_000, 1..60), price in 1_i64..10_000,
        ) {
            let unit_price = Money::from_cents(price);
            let mut so_far = DeliveredSoFar::default();
            for thousandths in volumes {
                let cents = so_far.value_of(Volume::from_thousandths(thousandths), unit_price).unwrap();
                so_far.cents += cents;
                so_far.thousandths += thousandths;
                let whole = Volume::from_thousandths(so_far.thousandths).at(unit_price).rounded().cents().unwrap();
                prop_assert_eq!(so_far.cents, whole);
            }
        }
    }
}

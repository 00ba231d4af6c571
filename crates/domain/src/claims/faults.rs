//! What may be wrong with a claim, and where.

use chrono::NaiveDate;

use super::transport::Requirement;
use crate::{
    money::{Money, Volume},
    month::Month,
    text::{Message, Refusal},
};

/// What is wrong at one place of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFinding {
    /// JSON Pointer into the claim.
    pub pointer: String,
    /// What.
    pub fault: ClaimFault,
}

/// What may be wrong with a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimFault {
    /// The month is not over.
    MonthNotOver,
    /// The month is too long ago.
    MonthTooEarly {
        /// The first that may be claimed.
        earliest: Month,
    },
    /// The plan has no such order.
    UnknownOrder,
    /// The office pays the provider of this order.
    NotSelfPrepaid,
    /// The order compensates transport: that is claimed with trips and documents.
    TransportClaimNeeded,
    /// The order compensates no transport.
    NotCompensation,
    /// The day is not in the month.
    OutsideMonth,
    /// The day is not one of the order.
    OutsideOrder {
        /// The order's first day.
        from: NaiveDate,
        /// Its last.
        to: NaiveDate,
    },
    /// The payment is too early for the month of the service, or has not been made yet.
    PaidOutside {
        /// The first day that fits.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
    },
    /// The end comes before the beginning.
    DaysInverted,
    /// The day has not come yet.
    InFuture,
    /// The plan rests on the day.
    PlanRests {
        /// Since this day.
        since: NaiveDate,
    },
    /// The order's price is lower on a day.
    PriceAboveOrder {
        /// That price.
        price: Money,
    },
    /// Less volume is left.
    VolumeAboveLeft {
        /// So much.
        left: Volume,
    },
    /// Less money is left.
    AmountAboveLeft {
        /// So much.
        left: Money,
    },
    /// Nothing would be paid.
    NothingClaimed,
    /// Another amount follows from what is told.
    AmountDiffers {
        /// That amount.
        expected: Money,
    },
    /// The parts add up to another total.
    TotalDiffers {
        /// What they add up to.
        expected: Money,
    },
    /// The receipt does not tell the recipient's name and personal code.
    RecipientNotNamed,
    /// The claim has the same already.
    Twice,
    /// Another claim has the same document or trip.
    Claimed,
    /// A required document is missing.
    DocumentMissing(Requirement),
    /// The document does not show route and purpose.
    RouteNotShown,
    /// Who gave the proof of payment must be told.
    IssuerRequired,
    /// The mode of transport needs it.
    Required,
    /// The mode of transport does not have it.
    NotOfMode,
    /// The purpose is no service of the plan.
    UnknownPurpose,
    /// The service is neither delivered nor planned on the day.
    NoServiceOnDay,
    /// The car comes back empty only where the person stays: day care, workshop, respite.
    EmptyLeg,
    /// The vehicle takes another fuel.
    OtherFuel,
    /// The norm gives another consumption.
    LitresDiffer {
        /// That one.
        expected: Volume,
    },
    /// There is no trip on the day of hire.
    HiredWithoutTrip,
    /// An escorted child travels free.
    ChildTravelsFree,
    /// The office pays for its worker's travel, not a person's budget.
    WorkerTravel,
    /// The budget pays no more for transport.
    AboveCeiling {
        /// So much is left.
        left: Money,
    },
    /// The person has the state allowance, which is used first.
    AllowanceRequired,
    /// The state allowance of a half-year is higher.
    AllowanceBelowTariff {
        /// So high.
        least: Money,
    },
    /// Other claims used another part of the state allowance.
    AllowanceUsedBefore {
        /// That part.
        expected: Money,
    },
    /// Another part of the state allowance is used first.
    AllowanceFirst {
        /// That part.
        expected: Money,
    },
}

impl Refusal for ClaimFinding {
    fn code(&self) -> &'static str {
        match self.fault {
            ClaimFault::MonthNotOver => "month_not_over",
            ClaimFault::MonthTooEarly { .. } => "month_too_early",
            ClaimFault::UnknownOrder => "unknown_order",
            ClaimFault::NotSelfPrepaid => "not_self_prepaid",
            ClaimFault::TransportClaimNeeded => "transport_claim_needed",
            ClaimFault::NotCompensation => "not_compensation",
            ClaimFault::OutsideMonth => "outside_month",
            ClaimFault::OutsideOrder { .. } => "outside_order",
            ClaimFault::DaysInverted => "days_inverted",
            ClaimFault::InFuture | ClaimFault::PaidOutside { .. } => "date_out_of_range",
            ClaimFault::PlanRests { .. } => "plan_rests",
            ClaimFault::PriceAboveOrder { .. } => "price_above_order",
            ClaimFault::VolumeAboveLeft { .. } => "volume_above_left",
            ClaimFault::AmountAboveLeft { .. } => "amount_above_left",
            ClaimFault::NothingClaimed => "nothing_claimed",
            ClaimFault::AmountDiffers { .. } => "amount_differs",
            ClaimFault::TotalDiffers { .. } => "total_differs",
            ClaimFault::RecipientNotNamed => "recipient_not_named",
            ClaimFault::Twice => "claimed_twice",
            ClaimFault::Claimed => "already_claimed",
            ClaimFault::DocumentMissing(_) => "missing_document",
            ClaimFault::RouteNotShown => "route_not_shown",
            ClaimFault::IssuerRequired | ClaimFault::Required | ClaimFault::AllowanceRequired => "missing_field",
            ClaimFault::NotOfMode => "not_of_mode",
            ClaimFault::UnknownPurpose => "unknown_purpose",
            ClaimFault::NoServiceOnDay => "no_service_on_day",
            ClaimFault::EmptyLeg => "empty_leg_not_paid",
            ClaimFault::OtherFuel => "other_fuel",
            ClaimFault::LitresDiffer { .. } => "litres_differ",
            ClaimFault::HiredWithoutTrip => "hired_without_trip",
            ClaimFault::ChildTravelsFree => "child_travels_free",
            ClaimFault::WorkerTravel => "worker_travel",
            ClaimFault::AboveCeiling { .. } => "above_transport_ceiling",
            ClaimFault::AllowanceBelowTariff { .. } => "allowance_below_tariff",
            ClaimFault::AllowanceUsedBefore { .. } => "allowance_used_before",
            ClaimFault::AllowanceFirst { .. } => "allowance_used_first",
        }
    }

    fn pointer(&self) -> String {
        self.pointer.clone()
    }

    fn message(&self) -> Message {
        let new = |key: &'static str| Message::new(key);
        match self.fault {
            ClaimFault::MonthNotOver => new("claim-month-not-over"),
            ClaimFault::MonthTooEarly { earliest } => new("claim-month-too-early").with("month", earliest),
            ClaimFault::UnknownOrder => new("claim-unknown-order"),
            ClaimFault::NotSelfPrepaid => new("claim-not-self-prepaid"),
            ClaimFault::TransportClaimNeeded => new("claim-transport-claim-needed"),
            ClaimFault::NotCompensation => new("claim-not-compensation"),
            ClaimFault::OutsideMonth => new("claim-outside-month"),
            ClaimFault::OutsideOrder { from, to } | ClaimFault::PaidOutside { from, to } => {
                new("claim-outside-order").with("from", from).with("to", to)
            }
            ClaimFault::DaysInverted => new("claim-days-inverted"),
            ClaimFault::InFuture => new("day-in-future"),
            ClaimFault::PlanRests { since } => new("delivery-plan-rests").with("date", since),
            ClaimFault::PriceAboveOrder { price } => new("invoice-price-above-order").with("price", price),
            ClaimFault::VolumeAboveLeft { left } => new("claim-volume-above-left").with("left", left),
            ClaimFault::AmountAboveLeft { left } => new("claim-amount-above-left").with("left", left),
            ClaimFault::NothingClaimed => new("claim-nothing-claimed"),
            ClaimFault::AmountDiffers { expected } => new("claim-amount-differs").with("expected", expected),
            ClaimFault::TotalDiffers { expected } => new("claim-total-differs").with("expected", expected),
            ClaimFault::RecipientNotNamed => new("claim-recipient-not-named"),
            ClaimFault::Twice => new("claim-twice"),
            ClaimFault::Claimed => new("claim-claimed"),
            ClaimFault::DocumentMissing(required) => {
                new("claim-document-missing").with_message("document", Message::new(required.key()))
            }
            ClaimFault::RouteNotShown => new("claim-route-not-shown"),
            ClaimFault::IssuerRequired => new("claim-issuer-required"),
            ClaimFault::Required => new("claim-required"),
            ClaimFault::NotOfMode => new("claim-not-of-mode"),
            ClaimFault::UnknownPurpose => new("claim-unknown-purpose"),
            ClaimFault::NoServiceOnDay => new("claim-no-service-on-day"),
            ClaimFault::EmptyLeg => new("claim-empty-leg"),
            ClaimFault::OtherFuel => new("claim-other-fuel"),
            ClaimFault::LitresDiffer { expected } => new("claim-litres-differ").with("expected", expected),
            ClaimFault::HiredWithoutTrip => new("claim-hired-without-trip"),
            ClaimFault::ChildTravelsFree => new("claim-child-travels-free"),
            ClaimFault::WorkerTravel => new("claim-worker-travel"),
            ClaimFault::AboveCeiling { left } => new("claim-above-ceiling").with("left", left),
            ClaimFault::AllowanceRequired => new("claim-allowance-required"),
            ClaimFault::AllowanceBelowTariff { least } => new("claim-allowance-below-tariff").with("least", least),
            ClaimFault::AllowanceUsedBefore { expected } => {
                new("claim-allowance-used-before").with("expected", expected)
            }
            ClaimFault::AllowanceFirst { expected } => new("claim-allowance-first").with("expected", expected),
        }
    }
}

//! What transport to the services of a plan cost in a month: cars, bought rides, public transport, parking [domain 7.6].
//!
//! **Decision**: the cost of a car is rounded once for each car of a claim, from all its kilometres; a car that takes two fuels or
//! was filled at two prices stands in the claim twice.
//! **Decision**: an order in trips has a price for each trip and is claimed as a reimbursement; a transport claim is for orders in
//! euros, whose volume is the amount.
//! **Decision**: the worker's own travel is the office's cost, not the budget's of a person: it is refused here.
//! **Decision**: the part of the state allowance that is used first is told with what was granted and used before; it pays the
//! first items of the claim. Where the budget knows of the allowance, what was granted is the tariff of a half-year at least; used
//! before is what the person's other live claims used for months of the same half of the year: nothing else is known here.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ClaimFacts, ClaimFault, ClaimFinding, ClaimLine, ClaimPayee, Left, at, day, proof, same, window};
use crate::{
    money::{Money, Volume},
    month::Month,
    parameters::catalogue::names,
    plans::{PlanContent, PlanLine, check::is_transport},
};

names! {
    /// How the person travelled.
    TransportMode {
        /// A private car.
        PrivateCar = "private_car",
        /// A hired car.
        HiredCar = "hired_car",
        /// A bought ride, also specialised transport.
        Bought = "bought",
        /// Public transport.
        PublicTransport = "public_transport",
        /// Transport of the municipality.
        Municipal = "municipal",
        /// Parking.
        Parking = "parking",
    }
}

names! {
    /// A document of a transport claim.
    TransportDocumentKind {
        /// A loan-for-use agreement of the car (patapinājuma līgums).
        LoanAgreement = "loan_agreement",
        /// A service memo about the car.
        ServiceMemo = "service_memo",
        /// A route sheet (maršruta lapa), of municipal transport an extract.
        RouteSheet = "route_sheet",
        /// A receipt for fuel.
        FuelReceipt = "fuel_receipt",
        /// A contract.
        Contract = "contract",
        /// A printed price list.
        PriceList = "price_list",
        /// A receipt.
        Receipt = "receipt",
        /// A monthly report.
        MonthlyReport = "monthly_report",
        /// A ticket.
        Ticket = "ticket",
        /// A receipt for the purchase of an e-ticket.
        PurchaseReceipt = "purchase_receipt",
        /// The trips with an e-ticket.
        TripList = "trip_list",
        /// A printout of a ticket that was bought online.
        Printout = "printout",
        /// A proof of payment.
        Payment = "payment",
        /// Rules and prices of municipal transport.
        RulesAndPrices = "rules_and_prices",
        /// The worker's confirmation that it was needed.
        WorkerConfirmation = "worker_confirmation",
    }
}

names! {
    /// How public transport was paid.
    Ticketing {
        /// With a ticket of paper.
        Paper = "paper",
        /// With an e-ticket.
        ETicket = "e_ticket",
        /// Online.
        Online = "online",
    }
}

names! {
    /// A fuel.
    FuelKind {
        /// Petrol.
        Petrol = "petrol",
        /// Diesel.
        Diesel = "diesel",
        /// Gas.
        Gas = "gas",
        /// Electricity: a litre is a kilowatt-hour.
        Electricity = "electricity",
    }
}

names! {
    /// Where a consumption norm is from, the first that there is.
    NormSource {
        /// The manufacturer.
        Manufacturer = "manufacturer",
        /// The vehicle register.
        Register = "register",
        /// A similar model.
        SimilarModel = "similar_model",
        /// A recorded test drive.
        TestDrive = "test_drive",
    }
}

names! {
    /// Who travelled.
    Passenger {
        /// The person.
        Person = "person",
        /// Who accompanies the person.
        Accompanying = "accompanying",
        /// The office's worker.
        Worker = "worker",
    }
}

/// A document as it is attested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransportDocument {
    /// What it is.
    pub kind: TransportDocumentKind,
    /// Its number.
    pub number: String,
    /// Its day.
    pub on: NaiveDate,
    /// Who gave it; a proof of payment needs it.
    pub issuer: Option<String>,
    /// Registration number of who gave it, where it tells one.
    pub issuer_number: Option<String>,
    /// Whether it shows route and purpose. A city ticket may lack the purpose.
    pub shows_route: bool,
}

impl TransportDocument {
    /// What no other live claim may have, where it proves a payment. A receipt for fuel proves a price only: the
    /// trips are what is paid.
    #[must_use]
    pub fn identities(&self) -> BTreeSet<String> {
        let issuer = self.issuer.as_deref().filter(|_| self.proves_payment());
        let proof = |issuer| proof(self.issuer_number.as_deref(), issuer, &self.number, self.on);
        issuer.map(proof).unwrap_or_default()
    }

    const fn proves_payment(&self) -> bool {
        use TransportDocumentKind::{Payment, PurchaseReceipt, Receipt, Ticket};
        matches!(self.kind, Receipt | Ticket | PurchaseReceipt | Payment)
    }
}

/// A car.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vehicle {
    /// Make and model.
    pub make: String,
    /// Registration number.
    pub registration_number: String,
    /// Who drives it.
    pub user: String,
    /// What it takes.
    pub fuel: FuelKind,
    /// Litres in 100 km.
    pub norm: Volume,
    /// Where the norm is from.
    pub norm_source: NormSource,
    /// EUR a litre, as it was paid.
    pub fuel_price: Volume,
    /// First and last day of the agreement, memo or contract.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
}

/// The hire of a car.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hire {
    /// The days.
    pub days: Vec<NaiveDate>,
    /// EUR a day.
    pub day_price: Money,
}

/// A trip: a row of the route sheet or report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trip {
    /// The day.
    pub on: NaiveDate,
    /// Number of the plan's line whose service is the purpose.
    pub purpose: u32,
    /// From where to where; two of a day are told apart by it.
    pub route: String,
    /// Who travelled.
    pub passenger: Passenger,
    /// Whether somebody escorted the person.
    pub escorted: bool,
    /// Whether the car drove without the person.
    pub empty: bool,
    /// Kilometres of a car.
    pub km: Option<Volume>,
    /// Litres of fuel that a car used.
    pub litres: Option<Volume>,
    /// The fuel of a car.
    pub fuel: Option<FuelKind>,
    /// EUR for a ride with public transport.
    pub fare: Option<Money>,
}

impl Trip {
    /// What no other live claim for the plan may have.
    #[must_use]
    pub fn identity(&self, plan: Uuid) -> String {
        let (plan, on, purpose) = (plan.to_string(), self.on.to_string(), self.purpose.to_string());
        let empty = if self.empty { "empty" } else { "carrying" };
        same(&["trip", &plan, &on, &purpose, &self.route, self.passenger.as_str(), empty])
    }
}

/// What one way of travelling cost in the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransportItem {
    /// The order.
    pub order: Uuid,
    /// How.
    pub mode: TransportMode,
    /// How public transport was paid.
    pub ticketing: Option<Ticketing>,
    /// Documents.
    pub documents: Vec<TransportDocument>,
    /// The car.
    pub vehicle: Option<Vehicle>,
    /// Its hire.
    pub hire: Option<Hire>,
    /// The trips.
    pub trips: Vec<Trip>,
    /// EUR that was paid for bought or municipal transport or parking.
    pub paid: Option<Money>,
    /// EUR of what was paid that is a fee for booking, which nobody repays.
    pub booking_fee: Money,
    /// What it cost, EUR.
    pub cost: Money,
}

/// How much of the state's transport allowance is used first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowanceUse {
    /// Granted for the half-year, EUR.
    pub granted: Money,
    /// Used before this claim, EUR.
    pub used_before: Money,
    /// Used for this claim, EUR.
    pub used: Money,
}

/// A claim as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransportClaim {
    /// The month.
    pub month: Month,
    /// Whom to pay.
    pub payee: ClaimPayee,
    /// The state allowance, where the person has it.
    pub allowance: Option<AllowanceUse>,
    /// What the transport cost.
    pub items: Vec<TransportItem>,
    /// What is asked for, EUR: the cost without the allowance.
    pub total: Money,
    /// In words.
    pub note: Option<String>,
}

/// What a transport claim must agree with beside its orders.
#[derive(Debug, Clone, Copy)]
pub struct TransportFacts<'a> {
    /// Orders, days and documents.
    pub claim: ClaimFacts<'a>,
    /// The plan.
    pub plan_id: Uuid,
    /// The signed plan.
    pub plan: &'a PlanContent,
    /// On which days lines of the plan were delivered.
    pub delivered: &'a BTreeSet<(u32, NaiveDate)>,
    /// Whether the person is a child.
    pub child: bool,
    /// The state allowance of a half-year, EUR, where the budget knows that it is granted.
    pub allowance: Option<Money>,
    /// How much of it the person's other live claims used for months of the same half of the year, EUR.
    pub allowance_used: Money,
    /// What the budget may still pay for transport, EUR; none where nothing bounds it.
    pub ceiling_left: Option<Money>,
}

/// A document that a mode needs: one of some kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    any_of: &'static [TransportDocumentKind],
    key: &'static str,
}

impl Requirement {
    /// Key of its name.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// The kinds, one of which is enough.
    #[must_use]
    pub const fn any_of(&self) -> &'static [TransportDocumentKind] {
        self.any_of
    }
}

macro_rules! needs {
    ($($key:literal: $($kind:ident)|+),+) => {
        &[$(Requirement { key: $key, any_of: &[$(TransportDocumentKind::$kind),+] }),+]
    };
}

/// The documents that a mode needs [domain 7.6].
#[must_use]
pub const fn required(mode: TransportMode, ticketing: Option<Ticketing>) -> &'static [Requirement] {
    match (mode, ticketing) {
        (TransportMode::PrivateCar, _) => needs!(
            "claim-document-agreement": LoanAgreement | ServiceMemo,
            "claim-document-route-sheet": RouteSheet,
            "claim-document-fuel-receipt": FuelReceipt
        ),
        (TransportMode::HiredCar, _) => needs!(
            "claim-document-contract": Contract,
            "claim-document-receipt": Receipt,
            "claim-document-route-sheet": RouteSheet,
            "claim-document-fuel-receipt": FuelReceipt
        ),
        (TransportMode::Bought, _) => needs!(
            "claim-document-contract-or-prices": Contract | PriceList,
            "claim-document-route-sheet": RouteSheet,
            "claim-document-receipt": Receipt
        ),
        (TransportMode::PublicTransport, Some(Ticketing::ETicket)) => needs!(
            "claim-document-monthly-report": MonthlyReport,
            "claim-document-purchase-receipt": PurchaseReceipt,
            "claim-document-trip-list": TripList
        ),
        (TransportMode::PublicTransport, Some(Ticketing::Online)) => needs!(
            "claim-document-monthly-report": MonthlyReport,
            "claim-document-printout": Printout,
            "claim-document-payment": Payment
        ),
        (TransportMode::PublicTransport, Some(Ticketing::Paper) | None) => needs!(
            "claim-document-monthly-report": MonthlyReport,
            "claim-document-ticket": Ticket
        ),
        (TransportMode::Municipal, _) => needs!(
            "claim-document-rules-and-prices": RulesAndPrices,
            "claim-document-route-sheet": RouteSheet,
            "claim-document-receipt": Receipt
        ),
        (TransportMode::Parking, _) => needs!(
            "claim-document-worker-confirmation": WorkerConfirmation,
            "claim-document-receipt": Receipt,
            "claim-document-monthly-report": MonthlyReport
        ),
    }
}

/// The documents that an item lacks.
pub fn missing(item: &TransportItem) -> impl Iterator<Item = &'static Requirement> {
    let has = |need: &Requirement| item.documents.iter().any(|document| need.any_of.contains(&document.kind));
    required(item.mode, item.ticketing).iter().filter(move |need| !has(need))
}

/// Litres that a car uses by its norm, exact.
#[must_use]
pub fn consumption(km: Volume, norm: Volume) -> Volume {
    Volume::exact(km.value().saturating_mul(norm.value()).saturating_mul(Decimal::new(1, 2)))
}

/// What the fuel of a car cost: km / 100 x norm x price paid, exact.
#[must_use]
pub fn fuel_cost(km: Volume, norm: Volume, fuel_price: Volume) -> Money {
    consumption(km, norm).at(Money::exact(fuel_price.value()))
}

/// What a car cost: fuel and hire, rounded once.
#[must_use]
pub fn car_cost(km: Volume, norm: Volume, fuel_price: Volume, hire: Option<(u32, Money)>) -> Money {
    let hired = hire.map(|(days, price)| Volume::exact(days.into()).at(price)).unwrap_or_default();
    (fuel_cost(km, norm, fuel_price) + hired).rounded()
}

/// What an item cost, EUR, rounded once.
#[must_use]
pub fn cost(item: &TransportItem) -> Money {
    let paid = match item.mode {
        TransportMode::PrivateCar | TransportMode::HiredCar => {
            let Some(car) = &item.vehicle else { return Money::ZERO };
            let km = item.trips.iter().filter_map(|trip| trip.km).sum();
            let hire = item.hire.as_ref().filter(|_| item.mode == TransportMode::HiredCar);
            let hire = hire.map(|hire| (u32::try_from(hire.days.len()).unwrap_or(u32::MAX), hire.day_price));
            return car_cost(km, car.norm, car.fuel_price, hire);
        }
        TransportMode::PublicTransport => item.trips.iter().filter_map(|trip| trip.fare).sum(),
        TransportMode::Bought | TransportMode::Municipal | TransportMode::Parking => item.paid.unwrap_or_default(),
    };
    if paid > item.booking_fee { paid - item.booking_fee } else { Money::ZERO }
}

/// Everything that is wrong with a claim at once, or its lines.
///
/// # Errors
/// Every finding.
pub fn check(new: &NewTransportClaim, facts: &TransportFacts<'_>) -> Result<Vec<ClaimLine>, Vec<ClaimFinding>> {
    let mut found: Vec<ClaimFinding> = window(new.month, facts.claim.today).into_iter().collect();
    let mut seen = BTreeSet::new();
    for (position, item) in new.items.iter().enumerate() {
        let here = format!("/items/{position}");
        documents(&here, item, facts, &mut seen, &mut found);
        members(&here, item, &mut found);
        trips(&here, new.month, item, facts, &mut seen, &mut found);
        let expected = cost(item);
        if item.cost != expected {
            found.push(at(format!("{here}/cost"), ClaimFault::AmountDiffers { expected }));
        }
    }
    let costs: Vec<Money> = new.items.iter().map(|item| item.cost).collect();
    let whole: Money = costs.iter().copied().sum();
    let used = allowance(new, facts, whole, &mut found);
    let asked = without(&costs, used);
    let expected: Money = asked.iter().copied().sum();
    if new.total != expected {
        found.push(at("/total", ClaimFault::TotalDiffers { expected }));
    }
    if expected.is_zero() {
        found.push(at("/total", ClaimFault::NothingClaimed));
    }
    if let Some(left) = facts.ceiling_left.filter(|left| expected > *left) {
        found.push(at("/total", ClaimFault::AboveCeiling { left }));
    }
    let lines = lines(new, facts, &asked, &mut found);
    if found.is_empty() { Ok(lines) } else { Err(found) }
}

/// The documents of an item: all that the mode needs, each with route and purpose, each proof of payment in one claim only.
fn documents(
    here: &str,
    item: &TransportItem,
    facts: &TransportFacts<'_>,
    seen: &mut BTreeSet<String>,
    found: &mut Vec<ClaimFinding>,
) {
    found.extend(missing(item).map(|need| at(format!("{here}/documents"), ClaimFault::DocumentMissing(*need))));
    for (position, document) in item.documents.iter().enumerate() {
        let there = format!("{here}/documents/{position}");
        if !document.shows_route {
            found.push(at(format!("{there}/shows_route"), ClaimFault::RouteNotShown));
        }
        if document.on > facts.claim.today {
            found.push(at(format!("{there}/on"), ClaimFault::InFuture));
        }
        if document.proves_payment() && document.issuer.is_none() {
            found.push(at(format!("{there}/issuer"), ClaimFault::IssuerRequired));
        } else {
            found.extend(once(format!("{there}/number"), document.identities(), facts, seen));
        }
    }
}

fn once(
    pointer: String,
    identities: BTreeSet<String>,
    facts: &TransportFacts<'_>,
    seen: &mut BTreeSet<String>,
) -> Option<ClaimFinding> {
    let claimed = !facts.claim.claimed.is_disjoint(&identities);
    let new = seen.is_disjoint(&identities);
    seen.extend(identities);
    (claimed || !new).then(|| at(pointer, if claimed { ClaimFault::Claimed } else { ClaimFault::Twice }))
}

/// What a mode has and has not.
fn members(here: &str, item: &TransportItem, found: &mut Vec<ClaimFinding>) {
    use TransportMode::{Bought, HiredCar, Municipal, Parking, PrivateCar, PublicTransport};
    for (member, told, of) in [
        ("vehicle", item.vehicle.is_some(), &[PrivateCar, HiredCar][..]),
        ("hire", item.hire.is_some(), &[HiredCar]),
        ("ticketing", item.ticketing.is_some(), &[PublicTransport]),
        ("paid", item.paid.is_some(), &[Bought, Municipal, Parking]),
    ] {
        match (told, of.contains(&item.mode)) {
            (false, true) => found.push(at(format!("{here}/{member}"), ClaimFault::Required)),
            (true, false) => found.push(at(format!("{here}/{member}"), ClaimFault::NotOfMode)),
            _ => {}
        }
    }
    let trips: BTreeSet<_> = item.trips.iter().map(|trip| trip.on).collect();
    let mut hired = BTreeSet::new();
    for (position, on) in item.hire.iter().flat_map(|hire| &hire.days).enumerate() {
        let pointer = || format!("{here}/hire/days/{position}");
        if !hired.insert(*on) {
            found.push(at(pointer(), ClaimFault::Twice));
        } else if !trips.contains(on) {
            found.push(at(pointer(), ClaimFault::HiredWithoutTrip));
        }
    }
}

fn trips(
    here: &str,
    month: Month,
    item: &TransportItem,
    facts: &TransportFacts<'_>,
    seen: &mut BTreeSet<String>,
    found: &mut Vec<ClaimFinding>,
) {
    let order = facts.claim.orders.get(&item.order);
    for (position, trip) in item.trips.iter().enumerate() {
        let there = format!("{here}/trips/{position}");
        if let Some(order) = order {
            found.extend(day(&format!("{there}/on"), month, order, &facts.claim, trip.on));
        }
        if trip.passenger == Passenger::Worker {
            found.push(at(format!("{there}/passenger"), ClaimFault::WorkerTravel));
        }
        found.extend(once(format!("{there}/route"), BTreeSet::from([trip.identity(facts.plan_id)]), facts, seen));
        purpose(&there, trip, facts, found);
        if matches!(item.mode, TransportMode::PrivateCar | TransportMode::HiredCar) {
            row(&there, trip, item.vehicle.as_ref(), found);
        } else if trip.empty {
            found.push(at(format!("{there}/empty"), ClaimFault::NotOfMode));
        }
        if item.mode == TransportMode::PublicTransport {
            if trip.fare.is_none() {
                found.push(at(format!("{there}/fare"), ClaimFault::Required));
            }
            let paid = trip.fare.is_some_and(|fare| !fare.is_zero());
            if facts.child && trip.escorted && paid {
                found.push(at(format!("{there}/fare"), ClaimFault::ChildTravelsFree));
            }
        }
    }
}

/// The purpose of a trip: a service of the plan that is given on the day.
fn purpose(there: &str, trip: &Trip, facts: &TransportFacts<'_>, found: &mut Vec<ClaimFinding>) {
    let Some(line) = facts.plan.line(trip.purpose).filter(|line| !is_transport(&line.service)) else {
        found.push(at(format!("{there}/purpose"), ClaimFault::UnknownPurpose));
        return;
    };
    if !facts.delivered.contains(&(line.number, trip.on)) && !planned(line, trip.on) {
        found.push(at(format!("{there}/on"), ClaimFault::NoServiceOnDay));
    }
    if trip.empty && !stays_there(&line.service) {
        found.push(at(format!("{there}/empty"), ClaimFault::EmptyLeg));
    }
}

/// Whether a plan has a service on a day: by its weekly times, else by its volume in the month, else on any day.
fn planned(line: &PlanLine, on: NaiveDate) -> bool {
    let weekday = on.weekday().number_from_monday();
    if !line.times.is_empty() {
        return line.times.iter().any(|time| u32::from(time.weekday) == weekday);
    }
    let month = Month::of(on);
    let in_month = |volume: &crate::plans::MonthVolume| volume.month == month && volume.volume > Volume::default();
    line.schedule.is_empty() || line.schedule.iter().any(in_month)
}

/// Whether the person stays at a service, so that the car drives back empty [domain 7.6].
fn stays_there(service: &str) -> bool {
    ["day_care_centre", "specialised_workshop"].contains(&service) || service.starts_with("respite_")
}

/// A row of the route sheet of a car.
fn row(there: &str, trip: &Trip, car: Option<&Vehicle>, found: &mut Vec<ClaimFinding>) {
    let told = [("km", trip.km.is_some()), ("litres", trip.litres.is_some()), ("fuel", trip.fuel.is_some())];
    for (member, _) in told.into_iter().filter(|(_, told)| !told) {
        found.push(at(format!("{there}/{member}"), ClaimFault::Required));
    }
    let Some(car) = car else { return };
    if trip.fuel.is_some_and(|fuel| fuel != car.fuel) {
        found.push(at(format!("{there}/fuel"), ClaimFault::OtherFuel));
    }
    if trip.on < car.from || trip.on > car.to {
        found.push(at(format!("{there}/on"), ClaimFault::OutsideOrder { from: car.from, to: car.to }));
    }
    if let (Some(km), Some(litres)) = (trip.km, trip.litres) {
        // A route sheet is written with two decimals.
        let expected = consumption(km, car.norm);
        if (litres.value() - expected.value()).abs() > Decimal::new(1, 2) {
            let expected = Volume::exact(expected.value().round_dp(2).normalize());
            found.push(at(format!("{there}/litres"), ClaimFault::LitresDiffer { expected }));
        }
    }
}

/// The part of the cost that the state allowance pays: all that is left of it, and at most the cost.
fn allowance(new: &NewTransportClaim, facts: &TransportFacts<'_>, cost: Money, found: &mut Vec<ClaimFinding>) -> Money {
    let Some(told) = new.allowance else {
        if facts.allowance.is_some() {
            found.push(at("/allowance", ClaimFault::AllowanceRequired));
        }
        return Money::ZERO;
    };
    if let Some(least) = facts.allowance.filter(|least| told.granted < *least) {
        found.push(at("/allowance/granted", ClaimFault::AllowanceBelowTariff { least }));
    }
    if told.used_before != facts.allowance_used {
        let expected = facts.allowance_used;
        found.push(at("/allowance/used_before", ClaimFault::AllowanceUsedBefore { expected }));
    }
    let left = if told.granted > told.used_before { told.granted - told.used_before } else { Money::ZERO };
    let expected = left.min(cost);
    if told.used != expected {
        found.push(at("/allowance/used", ClaimFault::AllowanceFirst { expected }));
    }
    expected
}

/// The costs without what something else pays of them, the first first.
fn without(costs: &[Money], used: Money) -> Vec<Money> {
    let mut used = used;
    let rest = |cost: &Money| {
        let taken = used.min(*cost);
        used = used - taken;
        *cost - taken
    };
    costs.iter().map(rest).collect()
}

fn lines(
    new: &NewTransportClaim,
    facts: &TransportFacts<'_>,
    asked: &[Money],
    found: &mut Vec<ClaimFinding>,
) -> Vec<ClaimLine> {
    let mut left = Left::of(facts.claim.orders);
    let mut lines: Vec<ClaimLine> = Vec::with_capacity(asked.len());
    for ((position, item), amount) in new.items.iter().enumerate().zip(asked) {
        let pointer = format!("/items/{position}/order");
        let fault = match facts.claim.orders.get(&item.order) {
            None => Some(ClaimFault::UnknownOrder),
            Some(order) if !order.self_prepaid => Some(ClaimFault::NotSelfPrepaid),
            Some(order) if !order.compensation => Some(ClaimFault::NotCompensation),
            Some(_) => left.take(item.order, Volume::exact(amount.value()), *amount).err(),
        };
        found.extend(fault.map(|fault| at(pointer, fault)));
        let days = item.trips.iter().map(|trip| trip.on);
        let days = days.clone().min().zip(days.max()).unwrap_or((new.month.first_day(), new.month.last_day()));
        let (volume, unit_price) = (Volume::exact(amount.value()), Money::from_cents(100));
        if !amount.is_zero() {
            lines.push(ClaimLine { order: item.order, days, volume, unit_price, amount: *amount });
        }
    }
    lines
}

/// First and last day of the half of the year of a month, in which an allowance is used.
#[must_use]
pub fn half_year(month: Month) -> Option<(NaiveDate, NaiveDate)> {
    let year = month.first_day().year();
    let (from, to) = if month.first_day().month() <= 6 { ((1, 1), (6, 30)) } else { ((7, 1), (12, 31)) };
    NaiveDate::from_ymd_opt(year, from.0, from.1).zip(NaiveDate::from_ymd_opt(year, to.0, to.1))
}

/// Every name under which a part of a claim must not be part of another one.
#[must_use]
pub fn identities(new: &NewTransportClaim, plan: Uuid) -> BTreeSet<String> {
    let of_item = |item: &TransportItem| {
        let documents = item.documents.iter().flat_map(TransportDocument::identities);
        documents.chain(item.trips.iter().map(|trip| trip.identity(plan))).collect::<Vec<_>>()
    };
    new.items.iter().flat_map(of_item).collect()
}

#[cfg(test)]
mod tests;

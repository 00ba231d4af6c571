use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{claims::ClaimedOrder, parameters::catalogue::Target, plans::FundingSource, text::Refusal};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn money(text: &str) -> Money {
    Money::parse(text).unwrap()
}

fn volume(text: &str) -> Volume {
    Volume::parse(text).unwrap()
}

fn line(number: u32, service: &str) -> PlanLine {
    PlanLine {
        number,
        service: service.to_owned(),
        recipient: Target::Child,
        goal: None,
        volume: volume("10"),
        needed_volume: None,
        minimum_volume: None,
        intensity: None,
        schedule: Vec::new(),
        times: Vec::new(),
        offer: None,
        unit_price: money("1"),
        price_kind: None,
        funding: FundingSource::IndividualBudget,
        priority: None,
        expert_rank: None,
        parent_rank: None,
        self_prepaid: true,
        free_support: false,
        provider_is_relative: false,
        includes: Vec::new(),
        reason: None,
    }
}

fn plan() -> PlanContent {
    let mut specialist = line(2, "specialist");
    specialist.schedule = vec![crate::plans::MonthVolume { month: Month::of(date("2023-09-01")), volume: volume("4") }];
    PlanContent {
        from: date("2023-04-01"),
        to: date("2024-03-31"),
        goals: Vec::new(),
        lines: vec![line(1, "day_care_centre"), specialist, line(3, "transport_compensation")],
        notes: None,
        area_ranks: None,
    }
}

fn document(kind: TransportDocumentKind) -> TransportDocument {
    TransportDocument {
        kind,
        number: format!("{kind}-1"),
        on: date("2023-10-05"),
        issuer: Some("Izdomāts SIA".to_owned()),
        issuer_number: None,
        shows_route: true,
    }
}

fn trip(on: &str, purpose: u32) -> Trip {
    Trip {
        on: date(on),
        purpose,
        route: "Mājas - centrs".to_owned(),
        passenger: Passenger::Person,
        escorted: false,
        empty: false,
        km: None,
        litres: None,
        fuel: None,
        fare: None,
    }
}

fn drive(on: &str, route: &str) -> Trip {
    Trip {
        route: route.to_owned(),
        km: Some(volume("25")),
        litres: Some(volume("1.63")),
        fuel: Some(FuelKind::Petrol),
        ..trip(on, 1)
    }
}

fn car() -> Vehicle {
    Vehicle {
        make: "Izdomāta".to_owned(),
        registration_number: "AA-1".to_owned(),
        user: "P".to_owned(),
        fuel: FuelKind::Petrol,
        norm: volume("6.5"),
        norm_source: NormSource::Manufacturer,
        fuel_price: volume("1.654"),
        from: date("2023-01-01"),
        to: date("2023-12-31"),
    }
}

fn item(mode: TransportMode, kinds: &[TransportDocumentKind], trips: Vec<Trip>, cost: &str) -> TransportItem {
    TransportItem {
        order: Uuid::from_u128(1),
        mode,
        ticketing: None,
        documents: kinds.iter().copied().map(document).collect(),
        vehicle: None,
        hire: None,
        trips,
        paid: None,
        booking_fee: Money::ZERO,
        cost: money(cost),
    }
}

fn private() -> TransportItem {
    use TransportDocumentKind::{FuelReceipt, LoanAgreement, RouteSheet};
    let trips = vec![drive("2023-10-02", "A"), drive("2023-10-02", "B")];
    let item = item(TransportMode::PrivateCar, &[LoanAgreement, RouteSheet, FuelReceipt], trips, "5.38");
    TransportItem { vehicle: Some(car()), ..item }
}

fn public(fare: &str) -> TransportItem {
    use TransportDocumentKind::{MonthlyReport, Ticket};
    let trips = vec![Trip { fare: Some(money(fare)), ..trip("2023-10-02", 1) }];
    let item = item(TransportMode::PublicTransport, &[MonthlyReport, Ticket], trips, fare);
    TransportItem { ticketing: Some(Ticketing::Paper), ..item }
}

fn claim(items: Vec<TransportItem>) -> NewTransportClaim {
    let payee = ClaimPayee { name: "P".to_owned(), account: "LV80BANK0000435195001".parse().unwrap() };
    let total = items.iter().map(|item| item.cost).sum();
    NewTransportClaim { month: Month::of(date("2023-10-01")), payee, allowance: None, items, total, note: None }
}

fn judge(new: &NewTransportClaim, has_allowance: bool, ceiling: &str) -> Result<Vec<ClaimLine>, Vec<String>> {
    judge_after(new, (has_allowance, "0"), ceiling)
}

/// The same, where other claims used a part of the allowance.
fn judge_after(
    new: &NewTransportClaim,
    (has_allowance, used): (bool, &str),
    ceiling: &str,
) -> Result<Vec<ClaimLine>, Vec<String>> {
    let order = |self_prepaid, compensation| ClaimedOrder {
        line: 3,
        self_prepaid,
        compensation,
        days: (date("2023-04-01"), date("2024-03-31")),
        prices: vec![(date("2023-04-01"), money("1"))],
        left: 60_000,
        left_volume: 600_000,
    };
    let orders = BTreeMap::from([
        (Uuid::from_u128(1), order(true, true)),
        (Uuid::from_u128(2), order(true, false)),
        (Uuid::from_u128(3), order(false, true)),
    ]);
    let plan = plan();
    let claimed = crate::claims::proof(None, "SIA Izdomāts", "old", date("2023-10-05"));
    let facts = TransportFacts {
        claim: ClaimFacts { today: date("2023-11-15"), rests: &[], orders: &orders, claimed: &claimed },
        plan_id: Uuid::nil(),
        plan: &plan,
        delivered: &BTreeSet::from([(2, date("2023-10-09"))]),
        child: true,
        allowance: has_allowance.then(|| money("79.68")),
        allowance_used: money(used),
        ceiling_left: Some(money(ceiling)),
    };
    let told = |found: Vec<ClaimFinding>| {
        found.iter().map(|finding| format!("{} {}", finding.code(), finding.pointer())).collect()
    };
    check(new, &facts).map_err(told)
}

fn faults(new: &NewTransportClaim) -> Vec<String> {
    judge(new, false, "600").err().unwrap_or_default()
}

#[test]
fn the_cost_of_a_car_is_exact_and_rounded_once() {
    for (km, norm, price, hire, expected) in [
        ("100", "6.5", "1.654", None, "10.75"),
        ("50", "6.5", "1.654", None, "5.38"),
        ("0.001", "0.001", "0.001", None, "0.00"),
        ("123.4", "7.8", "1.599", None, "15.39"),
        // Half a cent is rounded up: 1 km of 5 l at 0.10 is 0.005.
        ("1", "5", "0.1", None, "0.01"),
        ("100", "6.5", "1.654", Some((2, "30.00")), "70.75"),
        ("0", "6.5", "1.654", Some((1, "0.01")), "0.01"),
    ] {
        let hire = hire.map(|(days, price)| (days, money(price)));
        assert_eq!(car_cost(volume(km), volume(norm), volume(price), hire), money(expected), "{km} {norm} {price}");
    }
    // Each of two trips of 50 km would be 5.38.
    assert_eq!(cost(&private()), money("5.38"));
}

#[test]
fn each_mode_names_every_document_that_is_missing() {
    for &mode in TransportMode::ALL {
        for ticketing in [None, Some(Ticketing::Paper), Some(Ticketing::ETicket), Some(Ticketing::Online)] {
            let needs = required(mode, ticketing);
            let bare = TransportItem { ticketing, ..item(mode, &[], vec![trip("2023-10-02", 1)], "0") };
            let missing = |item: TransportItem| {
                let found = faults(&claim(vec![item]));
                found.iter().filter(|fault| *fault == "missing_document /items/0/documents").count()
            };
            assert_eq!(missing(bare.clone()), needs.len(), "{mode}");
            for need in needs {
                for kind in need.any_of {
                    let with = TransportItem { documents: vec![document(*kind)], ..bare.clone() };
                    assert_eq!(missing(with), needs.len() - 1, "{mode} {kind}");
                }
            }
        }
    }
}

#[test]
fn every_finding_has_its_code_and_place() {
    let with = |change: &dyn Fn(&mut TransportItem)| {
        let mut changed = private();
        change(&mut changed);
        claim(vec![changed])
    };
    let rides = |change: &dyn Fn(&mut TransportItem)| {
        let mut changed = public("1.50");
        change(&mut changed);
        claim(vec![changed])
    };
    for (sent, expected) in [
        (claim(vec![private(), public("1.50")]), vec![]),
        (with(&|item| item.order = Uuid::from_u128(9)), vec!["unknown_order /items/0/order"]),
        (with(&|item| item.order = Uuid::from_u128(2)), vec!["not_compensation /items/0/order"]),
        (with(&|item| item.order = Uuid::from_u128(3)), vec!["not_self_prepaid /items/0/order"]),
        (with(&|item| item.trips[0].purpose = 9), vec!["unknown_purpose /items/0/trips/0/purpose"]),
        (with(&|item| item.trips[0].purpose = 3), vec!["unknown_purpose /items/0/trips/0/purpose"]),
        (with(&|item| item.trips[0].purpose = 2), vec!["no_service_on_day /items/0/trips/0/on"]),
        (
            with(&|item| {
                item.trips[0].purpose = 2;
                item.trips[0].on = date("2023-10-09");
            }),
            vec![],
        ),
        (with(&|item| item.trips[1].empty = true), vec![]),
        (
            with(&|item| {
                item.trips[1] = Trip { empty: true, purpose: 2, on: date("2023-10-09"), ..item.trips[1].clone() };
            }),
            vec!["empty_leg_not_paid /items/0/trips/1/empty"],
        ),
        (with(&|item| item.trips[1].route = "a".to_owned()), vec!["claimed_twice /items/0/trips/1/route"]),
        (with(&|item| item.trips[1].on = date("2023-11-01")), vec!["outside_month /items/0/trips/1/on"]),
        (with(&|item| item.trips[1].fuel = Some(FuelKind::Gas)), vec!["other_fuel /items/0/trips/1/fuel"]),
        (with(&|item| item.trips[1].litres = Some(volume("1.7"))), vec!["litres_differ /items/0/trips/1/litres"]),
        (with(&|item| item.trips[1].litres = None), vec!["missing_field /items/0/trips/1/litres"]),
        (with(&|item| item.trips[1].passenger = Passenger::Worker), vec!["worker_travel /items/0/trips/1/passenger"]),
        (with(&|item| item.paid = Some(money("1"))), vec!["not_of_mode /items/0/paid"]),
        (with(&|item| item.cost = money("5.37")), vec!["amount_differs /items/0/cost"]),
        (with(&|item| item.documents[2].shows_route = false), vec!["route_not_shown /items/0/documents/2/shows_route"]),
        (rides(&|item| item.trips[0].escorted = true), vec!["child_travels_free /items/0/trips/0/fare"]),
        (
            rides(&|item| {
                item.trips[0].escorted = true;
                item.trips[0].passenger = Passenger::Accompanying;
            }),
            vec!["child_travels_free /items/0/trips/0/fare"],
        ),
        (rides(&|item| item.booking_fee = money("0.50")), vec!["amount_differs /items/0/cost"]),
        (
            rides(&|item| {
                item.booking_fee = money("0.50");
                item.cost = money("1.00");
            }),
            vec![],
        ),
        (
            rides(&|item| item.documents[1].number = "OLD".to_owned()),
            vec!["already_claimed /items/0/documents/1/number"],
        ),
        (rides(&|item| item.documents[1].issuer = None), vec!["missing_field /items/0/documents/1/issuer"]),
        (rides(&|item| item.documents[1].on = date("2023-11-16")), vec!["date_out_of_range /items/0/documents/1/on"]),
    ] {
        assert_eq!(faults(&sent), expected, "{sent:?}");
    }
}

#[test]
fn a_car_is_hired_for_days_with_trips() {
    use TransportDocumentKind::{Contract, FuelReceipt, Receipt, RouteSheet};
    let hired = |days: &[&str], cost: &str| {
        let mut item = private();
        item.mode = TransportMode::HiredCar;
        item.documents = [Contract, Receipt, RouteSheet, FuelReceipt].map(document).to_vec();
        item.hire = Some(Hire { days: days.iter().map(|day| date(day)).collect(), day_price: money("30") });
        item.cost = money(cost);
        faults(&claim(vec![item]))
    };
    assert_eq!(hired(&["2023-10-02"], "35.38"), Vec::<String>::new());
    assert_eq!(hired(&["2023-10-02", "2023-10-03"], "65.38"), ["hired_without_trip /items/0/hire/days/1"]);
}

#[test]
fn the_allowance_is_used_first_and_the_ceiling_holds() {
    let allowance = |used_before: &str, used: &str| {
        Some(AllowanceUse { granted: money("79.68"), used_before: money(used_before), used: money(used) })
    };
    let with = |allowance, total: &str| {
        let new = claim(vec![private(), public("1.50")]);
        NewTransportClaim { allowance, total: money(total), ..new }
    };
    assert_eq!(judge(&with(None, "6.88"), true, "600").unwrap_err(), ["missing_field /allowance"]);
    assert_eq!(
        judge_after(&with(allowance("73.68", "5"), "1.88"), (true, "73.68"), "600").unwrap_err(),
        ["allowance_used_first /allowance/used", "total_differs /total"]
    );
    let lines = judge_after(&with(allowance("73.68", "6.00"), "0.88"), (true, "73.68"), "600").unwrap();
    assert_eq!(lines.iter().map(|line| line.amount).collect::<Vec<_>>(), [money("0.88")]);
    assert_eq!(judge(&with(allowance("0", "6.88"), "0"), true, "600").unwrap_err(), ["nothing_claimed /total"]);
    let nothing = |granted: &str| {
        let told = AllowanceUse { granted: money(granted), used_before: Money::ZERO, used: Money::ZERO };
        with(Some(told), "6.88")
    };
    assert_eq!(judge(&nothing("0"), true, "600").unwrap_err(), ["allowance_below_tariff /allowance/granted"]);
    assert!(judge(&nothing("0"), false, "600").is_ok(), "nobody knows of an allowance");
    assert_eq!(
        judge(&with(allowance("79.68", "0"), "6.88"), true, "600").unwrap_err(),
        ["allowance_used_before /allowance/used_before"]
    );
    assert_eq!(
        judge_after(&with(allowance("0", "6.88"), "0"), (true, "5"), "600").unwrap_err(),
        ["allowance_used_before /allowance/used_before", "nothing_claimed /total"]
    );
    assert_eq!(judge(&with(None, "6.88"), false, "6.87").unwrap_err(), ["above_transport_ceiling /total"]);
}

proptest! {
    #[test]
    fn fuel_is_exact_and_never_falls_with_distance(
        km in 0_i64..9_999_999, more in 0_i64..9_999_999, norm in 1_i64..99_999, price in 1_i64..9_999,
    ) {
        let [km, more, norm, price] = [km, more, norm, price].map(Volume::from_thousandths);
        let one = fuel_cost(km, norm, price);
        prop_assert_eq!(fuel_cost(km + more, norm, price), one + fuel_cost(more, norm, price));
        let product = one.value() * Decimal::ONE_HUNDRED;
        prop_assert_eq!(product, km.value() * norm.value() * price.value());
        prop_assert!(car_cost(km + more, norm, price, None) >= car_cost(km, norm, price, None));
    }

    #[test]
    fn the_allowance_pays_no_cent_twice(costs in prop::collection::vec(0_i64..100_000, 0..6), used in 0_i64..300_000) {
        let costs: Vec<Money> = costs.into_iter().map(Money::from_cents).collect();
        let whole: Money = costs.iter().copied().sum();
        let used = Money::from_cents(used).min(whole);
        let rest = without(&costs, used);
        prop_assert_eq!(rest.iter().copied().sum::<Money>(), whole - used);
        prop_assert!(rest.iter().zip(&costs).all(|(rest, cost)| rest <= cost && *rest >= Money::ZERO));
    }
}

//! Prices: what bounds them, and when one begins.

use super::*;

type Change = fn(&mut OfferFacts);

fn offer(changes: Change) -> Checked {
    let mut facts = OfferFacts {
        provider: Some(Uuid::nil()),
        service: "specialist".to_owned(),
        price_kind: PriceKind::Market,
        bounds: PriceBounds::default(),
        valid_from: day("2023-01-01"),
        valid_to: None,
        qualified: true,
    };
    changes(&mut facts);
    Checked { offers: [(Uuid::nil(), facts)].into(), ..Checked::default() }
}

#[test]
fn each_price_rule_has_its_own_code() {
    let chosen = line(1, "specialist", &[("offer", json!(Uuid::nil())), ("unit_price", json!("40.00"))]);
    let content = plan(std::slice::from_ref(&chosen));
    fn below() -> Option<Money> {
        Some(Money::from_cents(3_999))
    }
    assert_eq!(offer(|facts| facts.bounds.offered = Some(Money::from_cents(4_000))).found(&content), [""; 0]);
    let bounds: [(Change, &str); 4] = [
        (|facts| facts.bounds.regulated = below(), "above_regulated_price"),
        (|facts| facts.bounds.delegated = below(), "above_delegated_price"),
        (|facts| facts.bounds.free_market = below(), "above_free_market_price"),
        (|facts| facts.bounds.offered = below(), "above_offered_price"),
    ];
    for (changes, code) in bounds {
        assert_eq!(offer(changes).found(&content), [format!("error /lines/0/unit_price {code}")]);
    }
    let unfit: [(Change, &str); 5] = [
        (|facts| facts.service = "home_care".to_owned(), "error /lines/0/offer offer_of_other_service"),
        (|facts| facts.qualified = false, "error /lines/0/offer provider_not_qualified"),
        (|facts| facts.valid_from = day("2023-04-02"), "error /lines/0/offer offer_not_valid"),
        (|facts| facts.valid_to = Some(day("2023-03-31")), "error /lines/0/offer offer_not_valid"),
        (|facts| facts.valid_to = Some(day("2023-12-31")), "warning /lines/0/offer offer_not_valid"),
    ];
    for (changes, found) in unfit {
        assert_eq!(offer(changes).found(&content), [found]);
    }
    assert_eq!(Checked::default().found(&content), ["error /lines/0/offer unknown_offer"]);
    // A price that the law sets binds without an offer too.
    let regulated = line(1, "assistant", &[("unit_price", json!("5.03")), ("funding", json!("state"))]);
    assert_eq!(found(&[regulated]), ["error /lines/0/unit_price above_regulated_price"]);
    let no_offer = line(1, "specialist", &[("self_prepaid", json!(false))]);
    assert_eq!(found(&[no_offer]), ["error /lines/0/offer provider_required"]);
    let free = line(1, "specialist", &[("free_support", json!(true))]);
    assert_eq!(found(&[free]), ["error /lines/0/unit_price free_support_has_price"]);
}

#[test]
fn a_revision_may_have_the_price_that_begins_within_it() {
    let (chosen, later, foreign) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
    let facts = |provider: u128, from: &str, price: i64| OfferFacts {
        provider: Some(Uuid::from_u128(provider)),
        service: "specialist".to_owned(),
        price_kind: PriceKind::Market,
        bounds: PriceBounds { offered: Some(Money::from_cents(price)), ..PriceBounds::default() },
        valid_from: day(from),
        valid_to: None,
        qualified: true,
    };
    let offers = [
        (chosen, facts(10, "2023-01-01", 6_000)),
        (later, facts(10, "2023-12-01", 6_200)),
        (foreign, facts(11, "2023-12-01", 6_200)),
    ];
    let of = |offer: Uuid, price: &str, changes: &[(&str, Value)]| {
        let mut line = line(1, "specialist", &[("offer", json!(offer)), ("unit_price", json!(price))]);
        for (member, value) in changes {
            line[*member] = value.clone();
        }
        plan(&[line])
    };
    let first = Checked { offers: offers.into(), ..Checked::default() };
    let not_valid = ["error /lines/0/offer offer_not_valid"];
    assert_eq!(first.found(&of(later, "62.00", &[])), not_valid, "the first version begins with its offer");
    let revision = Checked { signed: Some(of(chosen, "60.00", &[])), ..first };
    assert_eq!(revision.found(&of(later, "62.00", &[])), [""; 0]);
    assert_eq!(revision.found(&of(later, "62.01", &[])), ["error /lines/0/unit_price above_offered_price"]);
    assert_eq!(revision.found(&of(foreign, "62.00", &[])), not_valid, "of another provider");
    assert_eq!(revision.found(&of(later, "62.00", &[("number", json!(2))])), not_valid, "another line");
    let before = ("schedule", json!([{"month": "2023-11", "volume": "10"}]));
    assert_eq!(revision.found(&of(later, "62.00", &[before])), not_valid, "begins after the last use");
    let from_then = ("schedule", json!([{"month": "2023-11", "volume": "5"}, {"month": "2023-12", "volume": "5"}]));
    assert_eq!(revision.found(&of(later, "62.00", &[from_then])), [""; 0]);

    // A price that the law sets, of a line without an offer.
    static RAISED: LazyLock<Parameters> = LazyLock::new(|| {
        let raised = json!({"tariffs": [{"service": "assistant", "amount": "5.50", "unit": "hour",
            "price_kind": "regulated", "valid_from": "2024-01-01", "source": {"document": "S3", "section": "x"}}]});
        Parameters::with(&[&serde_json::from_value(raised).unwrap()]).unwrap()
    });
    let assistant = |price: &str, schedule: Value| {
        plan(&[line(1, "assistant", &[("unit_price", json!(price)), ("schedule", schedule)])])
    };
    let above = ["error /lines/0/unit_price above_regulated_price"];
    let drafted = Checked { parameters: &RAISED, ..Checked::default() };
    assert_eq!(drafted.found(&assistant("5.50", json!([]))), above);
    let revision = Checked { signed: Some(assistant("5.02", json!([]))), ..drafted };
    assert_eq!(revision.found(&assistant("5.50", json!([]))), [""; 0]);
    assert_eq!(revision.found(&assistant("5.51", json!([]))), above);
    assert_eq!(revision.found(&assistant("5.50", json!([{"month": "2023-12", "volume": "10"}]))), above);
}

#[test]
fn any_transport_line_may_tell_the_reason() {
    let mut pilot = Checked { methodology: MethodologyId::ChildrenPilot2018, ..Checked::default() };
    pilot.ceiling = Ceiling { indicative: Money::from_cents(100_000), ..Ceiling::default() };
    pilot.person.birth_date = Some(day("2010-01-01"));
    for reasoned in [1, 2] {
        let of = |number, service| {
            let reason = if number == reasoned { json!("r") } else { Value::Null };
            line(number, service, &[("unit_price", json!("6.00")), ("reason", reason)])
        };
        let lines = [of(1, "transport"), of(2, "specialised_transport")];
        let content = PlanContent { from: day("2018-11-01"), to: day("2019-04-30"), ..plan(&lines) };
        assert_eq!(pilot.found(&content), ["warning /lines/1/unit_price above_transport_ceiling"], "{reasoned}");
        assert_eq!(claimable_transport(&content, &pilot.context()), Some(Money::from_cents(12_000)), "{reasoned}");
    }
}

#[test]
fn a_line_without_an_offer_is_bound_by_the_tariffs_of_its_own_municipality() {
    static PUBLISHED: LazyLock<Parameters> = LazyLock::new(|| {
        let said = json!({"tariffs": [{"service": "home_care", "amount": "6.00", "unit": "hour", "price_kind": "delegated",
            "municipality": "0001000", "valid_from": "2023-04-01", "valid_to": "2023-09-30",
            "source": {"document": "S3", "section": "x"}}]});
        Parameters::with(&[&serde_json::from_value(said).unwrap()]).unwrap()
    });
    for (municipality, price, expected) in [
        (Some("0001000"), "6.00", &[][..]),
        (Some("0001000"), "6.01", &["error /lines/0/unit_price above_delegated_price"]),
        (Some("0002000"), "6.01", &[]),
        (None, "6.01", &[]),
    ] {
        let municipality = municipality.map(|code| code.parse().unwrap());
        let checked = Checked { parameters: &PUBLISHED, municipality, ..Checked::default() };
        let found = checked.found(&plan(&[line(1, "home_care", &[("unit_price", json!(price))])]));
        assert_eq!(found, expected, "{municipality:?} {price}");
    }
}

//! Properties of the running service that hold for every request, however odd.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use balsts_tests::{TestApp, contract};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

/// How long each property is tried.
const TIME: Duration = Duration::from_secs(4);

/// Tries a property with random values until the time is up.
fn try_for<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases: 2000, max_shrink_time: 5000, failure_persistence: None, ..Config::default() };
    let began = Instant::now();
    let outcome =
        TestRunner::new(config).run(strategy, |value| if began.elapsed() > TIME { Ok(()) } else { property(value) });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..4).prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

/// Words that mean something to the service, and some that do not.
fn word() -> impl Strategy<Value = String> {
    let known = [
        "methodology",
        "children-2023",
        "adults-2023",
        "date",
        "birth_date",
        "2023-03-01",
        "2015-02-28",
        "special_care",
        "severity",
        "severe",
        "criteria",
        "criterion",
        "mobility",
        "amount",
        "900.00",
        "respite",
        "form",
        "institution",
        "hearing_support",
        "services",
        "care_level",
        "living_arrangement",
        "group_home",
        "additional_needs",
        "need",
        "reason",
        "id",
    ];
    prop_oneof![4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,8}"]
}

fn date() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => (2021..2026, 1..13, 1..32).prop_map(|(year, month, day)| json!(format!("{year}-{month:02}-{day:02}"))),
        1 => "[0-9]{4}-[0-9]{2}-[0-9]{2}".prop_map(Value::from),
        1 => any_json(),
    ]
}

fn birth_date() -> impl Strategy<Value = Value> {
    prop_oneof![
        9 => (2003..2024, 1..13, 1..32).prop_map(|(year, month, day)| json!(format!("{year}-{month:02}-{day:02}"))),
        1 => any_json(),
    ]
}

fn amount() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => (0_u32..200_000).prop_map(|cents| json!(format!("{}.{:02}", cents / 100, cents % 100))),
        1 => "[-+0-9.eE]{0,20}".prop_map(Value::from),
        1 => any_json(),
    ]
}

fn criterion() -> impl Strategy<Value = Value> {
    let plain = prop::sample::select(vec![
        "parental_employment",
        "upbringing_support",
        "palliative_care",
        "parent_psychology",
        "child_psychology",
        "specialist_support",
    ]);
    let form = prop::sample::select(vec!["institution", "home_medical", "home_non_medical", "elsewhere"]);
    let service =
        prop::sample::select(vec!["sign_language_training", "social_problem_help", "sign_interpreter_education"]);
    prop_oneof![
        6 => plain.prop_map(|name| json!({"criterion": name})),
        2 => form.prop_map(|form| json!({"criterion": "respite", "form": form})),
        2 => amount().prop_map(|amount| json!({"criterion": "mobility", "amount": amount})),
        1 => any::<bool>().prop_map(|guide_dog| json!({"criterion": "vision_support", "guide_dog": guide_dog})),
        1 => prop::collection::vec(service, 0..4).prop_map(|list| json!({"criterion": "hearing_support", "services": list})),
        1 => any_json(),
    ]
}

fn need() -> impl Strategy<Value = Value> {
    let need = prop::sample::select(vec!["natural_support", "minor_child_care", "mobility"]);
    prop_oneof![
        4 => (need, amount()).prop_map(|(need, amount)| json!({"need": need, "amount": amount})),
        1 => any_json(),
    ]
}

fn maybe(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Option<Value>> {
    prop::option::of(prop_oneof![8 => value, 1 => Just(Value::Null), 1 => any_json()])
}

/// Requests that are nearly right, or right.
fn calculation() -> impl Strategy<Value = Value> {
    let flag = || maybe(any::<bool>().prop_map(Value::from));
    let word = |words: &[&'static str]| maybe(prop::sample::select(words.to_vec()).prop_map(Value::from));
    let child = (
        (date(), birth_date(), flag(), word(&["moderate", "severe", "very_severe"])),
        (flag(), flag(), word(&["excluded", "included"])),
        maybe(prop::collection::vec(criterion(), 0..6).prop_map(Value::from)),
        prop::option::weighted(0.05, (self::word(), any_json())),
    );
    let child = child.prop_map(|((date, birth_date, care, severity), (autism, transport, benefit), criteria, odd)| {
        let optional = [
            ("special_care", care),
            ("severity", severity),
            ("autism_spectrum", autism),
            ("transport_allowance", transport),
            ("special_care_benefit", benefit),
            ("criteria", criteria),
        ];
        request(json!({"methodology": "children-2023", "date": date, "birth_date": birth_date}), optional, odd)
    });
    let adult = (
        date(),
        maybe((0..6).prop_map(Value::from)),
        word(&["lives_alone", "lives_with_family", "group_home"]),
        maybe(prop::collection::vec(need(), 0..4).prop_map(Value::from)),
        prop::option::weighted(0.05, (self::word(), any_json())),
    );
    let adult = adult.prop_map(|(date, level, arrangement, needs, odd)| {
        let optional = [("care_level", level), ("living_arrangement", arrangement), ("additional_needs", needs)];
        request(json!({"methodology": "adults-2023", "date": date}), optional, odd)
    });
    prop_oneof![5 => child, 3 => adult, 1 => any_json()]
}

fn request<const N: usize>(
    mut required: Value,
    optional: [(&str, Option<Value>); N],
    odd: Option<(String, Value)>,
) -> Value {
    let members = required.as_object_mut().unwrap();
    members.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    members.extend(odd);
    required
}

fn decimal(value: &Value) -> Decimal {
    Decimal::from_str(value.as_str().unwrap()).unwrap()
}

/// What the document's schema refuses is refused as a misfit, and nothing else is. The client checks every answer against
/// the document as well; a panic there fails the property.
#[test]
fn a_calculation_is_answered_or_refused_and_adds_up() {
    let runtime = Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::start());
    let schema = "/paths/~1v1~1budget-calculations/post/requestBody/content/application~1json/schema";
    try_for(&calculation(), |request| {
        let answer = runtime.block_on(app.post("/v1/budget-calculations").json(&request).send());
        prop_assert!([200, 400, 422].contains(&answer.status), "{request}: {}", answer.shown());
        let fits = contract().check_value(schema, &request);
        prop_assert_eq!(answer.status != 400, fits.is_ok(), "{:?}: {} answered with {}", fits, request, answer.shown());
        let body = answer.json();
        if answer.status != 200 {
            prop_assert!(body["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{}", answer.shown());
            return Ok(());
        }
        let lines = body["lines"].as_array().unwrap();
        let sum: Decimal = lines.iter().map(|line| decimal(&line["amount"])).sum();
        let total = decimal(&body["total"]);
        // Each line is rounded for itself.
        let tolerance = Decimal::new(1, 2) * Decimal::from(lines.len());
        prop_assert!((sum - total).abs() <= tolerance, "the lines make {sum}: {}", answer.shown());
        prop_assert!((decimal(&body["monthly"]) * Decimal::from(12) - total).abs() <= Decimal::new(6, 2));
        prop_assert!(decimal(&body["of_which_state"]) <= total);
        Ok(())
    });
    drop(app);
}

#[test]
fn any_bytes_are_answered() {
    let runtime = Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::start());
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "[\\[\\]{}\":,0-9a-z\\\\ ]{0,60}".prop_map(String::into_bytes),
        (calculation(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(request, at, byte)| {
            let mut bytes = request.to_string().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes
        }),
    ];
    try_for(&bytes, |bytes| {
        let single = app.post("/v1/budget-calculations").body("application/json", bytes.clone()).send();
        let answer = runtime.block_on(single);
        prop_assert!([200, 400, 422].contains(&answer.status), "{}", answer.shown());

        let bulk = app.post("/v1/budget-calculations/bulk").body("application/x-ndjson", bytes.clone()).send();
        let answer = runtime.block_on(bulk);
        prop_assert_eq!(answer.status, 200);
        let asked = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        prop_assert_eq!(answer.lines().len(), asked);
        Ok(())
    });
    drop(app);
}

#[test]
fn any_path_and_query_is_answered() {
    let runtime = Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::start());
    let segment = prop_oneof![
        prop::sample::select(vec![
            "v1",
            "budget-calculations",
            "bulk",
            "health",
            "ready",
            "services",
            "methodologies",
            "metrics",
            ".."
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9._~%-]{0,8}",
    ];
    let target = (prop::collection::vec(segment, 0..4), prop::option::of("[a-z_=&%0-9+-]{0,12}"));
    try_for(&target, |(segments, query)| {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let answer = runtime.block_on(app.get(&format!("/{}{query}", segments.join("/"))).unchecked().send());
        prop_assert!(answer.status < 500, "{}", answer.shown());
        Ok(())
    });
    drop(app);
}

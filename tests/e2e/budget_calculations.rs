//! `POST /v1/budget-calculations`.

use balsts_tests::{Answer, TestApp, golden::golden};
use serde_json::{Value, json};

const PATH: &str = "/v1/budget-calculations";

fn child() -> Value {
    json!({"methodology": "children-2023", "date": "2023-03-01", "birth_date": "2018-01-15", "special_care": true})
}

fn adult() -> Value {
    json!({"methodology": "adults-2023", "date": "2023-05-02", "care_level": 1, "living_arrangement": "group_home"})
}

/// A request with some members replaced.
fn with(mut request: Value, members: Value) -> Value {
    let Value::Object(members) = members else { panic!("members are an object") };
    request.as_object_mut().unwrap().extend(members);
    request
}

fn with_criteria(criteria: Value) -> Value {
    with(child(), json!({"criteria": criteria}))
}

fn without(mut request: Value, member: &str) -> Value {
    request.as_object_mut().unwrap().remove(member).unwrap();
    request
}

async fn ask(app: &TestApp, request: &Value) -> Answer {
    app.post(PATH).json(request).send().await
}

async fn meets_golden_file(file: &str) {
    let app = TestApp::start().await;
    for case in golden(file).as_array().unwrap() {
        let (name, expect) = (&case["name"], &case["expect"]);
        let answer = ask(&app, &case["request"]).await;
        assert_eq!(answer.status, expect["status"], "{name}: {}", answer.shown());
        let body = answer.json();
        if answer.status != 200 {
            let about = expect["about"].as_str().unwrap().replace(' ', "_");
            let told = body["errors"].to_string().replace(' ', "_");
            assert!(told.contains(&about), "{name}: nothing about {about} in {}", answer.shown());
            continue;
        }
        for member in ["total", "monthly", "group", "of_which_state"] {
            if let Some(expected) = expect.get(member) {
                assert_eq!(body[member], *expected, "{name}: {member}");
            }
        }
        if expect.get("lines").is_some() {
            let compared =
                |line: &Value| ["criterion", "service", "volume", "amount"].map(|member| line[member].clone());
            let lines = |lines: &Value| lines.as_array().unwrap().iter().map(compared).collect::<Vec<_>>();
            assert_eq!(lines(&body["lines"]), lines(&expect["lines"]), "{name}");
        }
        let sum: rust_decimal::Decimal =
            body["lines"].as_array().unwrap().iter().map(|line| decimal(&line["amount"])).sum();
        let rounding = decimal(&body["total"]) - sum;
        assert!(rounding.abs() < rust_decimal::Decimal::new(10, 2), "{name}: the lines are {rounding} off the total");
    }
}

fn decimal(value: &Value) -> rust_decimal::Decimal {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_golden_calculation_of_children_is_met() {
    meets_golden_file("children-2023.json").await;
}

#[tokio::test]
async fn every_golden_calculation_of_adults_is_met() {
    meets_golden_file("adults-2023.json").await;
}

/// The example that integrators have.
#[tokio::test]
async fn the_published_example_is_answered_in_full() {
    let app = TestApp::start().await;
    let request = json!({
        "methodology": "children-2023", "date": "2023-03-01", "birth_date": "2013-01-01", "special_care": true,
        "severity": null, "autism_spectrum": false, "transport_allowance": true, "special_care_benefit": "excluded",
        "criteria": [{"criterion": "parental_employment"}, {"criterion": "respite", "form": "institution"},
            {"criterion": "mobility", "amount": "900.00"}, {"criterion": "vision_support", "guide_dog": false},
            {"criterion": "hearing_support", "services": ["sign_language_training"]}]
    });
    let answer = app.post(PATH).header("accept-language", "en").json(&request).send().await.expect(200).json();
    assert_eq!(answer["methodology"], "children-2023");
    assert_eq!(answer["version"], "1");
    assert_eq!(answer["date"], "2023-03-01");
    assert_eq!(answer["months"], 12);
    assert_eq!(answer["group"], "7-13");
    assert_eq!(answer["heavy"], true);

    let lines = answer["lines"].as_array().unwrap();
    let home_care = lines.iter().find(|line| line["service"] == "home_care").unwrap();
    assert_eq!(home_care["unit"], "hour");
    assert_eq!(home_care["unit_price"], "6.63");
    assert_eq!(home_care["volume"], "880");
    assert_eq!(home_care["amount"], "5834.40");
    assert_eq!(home_care["funding"], "individual_budget");
    assert_eq!(home_care["source"]["valid_from"], "2023-01-01");
    for text in [&home_care["explanation"], &home_care["source"]["document"], &home_care["source"]["section"]] {
        assert!(!text.as_str().unwrap().is_empty());
    }
    let transport = lines.iter().find(|line| line["service"] == "transport_compensation").unwrap();
    let transport = ["unit", "unit_price", "volume", "amount"].map(|member| transport[member].as_str().unwrap());
    assert_eq!(transport, ["euro", "1.00", "900", "900.00"]);
    assert!(lines.iter().any(|line| line["service"] == "sign_language_training"));
    assert!(!lines.iter().any(|line| line["service"] == "guide_dog"));
}

#[tokio::test]
async fn an_adults_amount_may_be_lower_and_have_a_reason() {
    let app = TestApp::start().await;
    let needs = json!([{"need": "natural_support", "amount": "50.00", "reason": "half of the visits"}]);
    let request = with(adult(), json!({"additional_needs": needs}));
    let answer = ask(&app, &request).await.expect(200).json();
    let line = answer["lines"].as_array().unwrap().last().unwrap();
    assert_eq!(line["criterion"], "natural_support");
    assert_eq!(line["amount"], "600.00");
}

#[tokio::test]
async fn what_is_optional_may_be_null_or_left_out() {
    let app = TestApp::start().await;
    let nulls = json!({"severity": null, "autism_spectrum": null, "transport_allowance": null,
        "special_care_benefit": null, "criteria": null});
    let with_nulls = ask(&app, &with(child(), nulls)).await.expect(200).json();
    assert_eq!(with_nulls, ask(&app, &child()).await.expect(200).json());
}

#[tokio::test]
async fn what_the_user_should_know_is_a_warning() {
    let app = TestApp::start().await;
    let nearly_grown = with(child(), json!({"birth_date": "2005-09-01", "severity": "severe"}));
    let answer = ask(&app, &nearly_grown).await.expect(200).json();
    assert_eq!(answer["warnings"][0]["code"], "turns_18_in_period");
    let ignored = ask(&app, &with(child(), json!({"severity": "severe"}))).await.expect(200).json();
    assert_eq!(ignored["warnings"][0]["code"], "severity_ignored");
}

#[tokio::test]
async fn every_refusal_names_its_member() {
    let app = TestApp::start().await;
    let fifteen = |members: Value| with(with(child(), json!({"birth_date": "2008-01-15"})), members);
    for (request, faults) in [
        (without(child(), "special_care"), vec!["missing_field /special_care"]),
        (fifteen(json!({})), vec!["missing_field /severity"]),
        (with(child(), json!({"date": "2022-12-31"})), vec!["no_version_for_date /date"]),
        (with(child(), json!({"birth_date": "2005-03-01"})), vec!["age_out_of_range /birth_date"]),
        (with(child(), json!({"birth_date": "2023-03-02"})), vec!["age_out_of_range /birth_date"]),
        (with(child(), json!({"birth_date": "0001-01-01"})), vec!["age_out_of_range /birth_date"]),
        (
            with_criteria(json!([{"criterion": "mobility", "amount": "1200.01"}])),
            vec!["above_ceiling /criteria/0/amount"],
        ),
        (
            with_criteria(json!([{"criterion": "mobility", "amount": "999999999999.99"}])),
            vec!["above_ceiling /criteria/0/amount"],
        ),
        (
            with_criteria(json!([{"criterion": "mobility"}, {"criterion": "mobility"}])),
            vec!["duplicate_criterion /criteria/1"],
        ),
        (
            with_criteria(json!([{"criterion": "vision_support", "guide_dog": true}])),
            vec!["criterion_not_applicable /criteria/0/guide_dog"],
        ),
        (
            with(
                child(),
                json!({"special_care": false, "criteria": [{"criterion": "respite", "form": "institution"}]}),
            ),
            vec!["criterion_not_applicable /criteria/0"],
        ),
        (
            with(child(), json!({"special_care": false, "special_care_benefit": "included"})),
            vec!["criterion_not_applicable /special_care_benefit"],
        ),
        (without(adult(), "care_level"), vec!["missing_field /care_level"]),
        (without(adult(), "living_arrangement"), vec!["missing_field /living_arrangement"]),
        (with(adult(), json!({"care_level": 5})), vec!["not_in_table /care_level"]),
        (with(adult(), json!({"date": "2022-12-31"})), vec!["no_version_for_date /date"]),
        (
            with(adult(), json!({"additional_needs": [{"need": "mobility"}, {"need": "mobility"}]})),
            vec!["duplicate_criterion /additional_needs/1"],
        ),
        (
            with(adult(), json!({"additional_needs": [{"need": "mobility", "amount": "100.01"}]})),
            vec!["above_ceiling /additional_needs/0/amount"],
        ),
        // All at once.
        (
            with(
                without(child(), "special_care"),
                json!({"criteria": [{"criterion": "parent_psychology"}, {"criterion": "parent_psychology"},
                    {"criterion": "mobility", "amount": "5000.00"}]}),
            ),
            vec!["above_ceiling /criteria/2/amount", "duplicate_criterion /criteria/1", "missing_field /special_care"],
        ),
        (
            with(
                without(without(adult(), "care_level"), "living_arrangement"),
                json!({"additional_needs": [{"need": "mobility", "amount": "5000.00"}]}),
            ),
            vec![
                "above_ceiling /additional_needs/0/amount",
                "missing_field /care_level",
                "missing_field /living_arrangement",
            ],
        ),
    ] {
        let answer = ask(&app, &request).await.expect_faults(422, &faults);
        assert_eq!(answer.json()["code"], "refused");
    }
}

#[tokio::test]
async fn every_misfit_names_its_member() {
    let app = TestApp::start().await;
    let need = |need: Value| with(adult(), json!({"additional_needs": [need]}));
    for (request, faults) in [
        // Members that are unknown, missing or null.
        (with(child(), json!({"colour": "red"})), vec!["unknown_field /colour"]),
        (with(child(), json!({"a/b~c": 1})), vec!["unknown_field /a~1b~0c"]),
        (with(child(), json!({"id": "1"})), vec!["unknown_field /id"]),
        (with(child(), json!({"care_level": 1})), vec!["unknown_field /care_level"]),
        (with(adult(), json!({"birth_date": "2000-01-01"})), vec!["unknown_field /birth_date"]),
        (without(child(), "methodology"), vec!["required /methodology"]),
        (without(child(), "date"), vec!["required /date"]),
        (without(child(), "birth_date"), vec!["required /birth_date"]),
        (without(adult(), "date"), vec!["required /date"]),
        (with(child(), json!({"date": null})), vec!["wrong_type /date"]),
        (with(child(), json!({"birth_date": null})), vec!["wrong_type /birth_date"]),
        // Wrong types and closed lists.
        (with(child(), json!({"methodology": "children-1991"})), vec!["not_in_list /methodology"]),
        (with(child(), json!({"methodology": "children-pilot-2018"})), vec!["not_in_list /methodology"]),
        (with(child(), json!({"special_care": "yes"})), vec!["wrong_type /special_care"]),
        (with(child(), json!({"special_care": 1})), vec!["wrong_type /special_care"]),
        (with(child(), json!({"transport_allowance": {}})), vec!["wrong_type /transport_allowance"]),
        (with(child(), json!({"severity": "mild"})), vec!["not_in_list /severity"]),
        (with(child(), json!({"special_care_benefit": "maybe"})), vec!["not_in_list /special_care_benefit"]),
        (with(adult(), json!({"care_level": "1"})), vec!["wrong_type /care_level"]),
        (with(adult(), json!({"care_level": 1.5})), vec!["wrong_type /care_level"]),
        (with(adult(), json!({"care_level": 0})), vec!["too_small /care_level"]),
        (with(adult(), json!({"care_level": -1})), vec!["too_small /care_level"]),
        (with(adult(), json!({"care_level": 10})), vec!["too_large /care_level"]),
        (with(adult(), json!({"care_level": 4_294_967_297_u64})), vec!["too_large /care_level"]),
        (with(adult(), json!({"living_arrangement": "castle"})), vec!["not_in_list /living_arrangement"]),
        // Dates.
        (with(child(), json!({"date": "2023-02-30"})), vec!["invalid_format /date"]),
        (with(child(), json!({"date": "2023-13-01"})), vec!["invalid_format /date"]),
        (with(child(), json!({"date": "0000-00-00"})), vec!["invalid_format /date"]),
        (with(child(), json!({"date": "10000-01-01"})), vec!["invalid_format /date"]),
        (with(child(), json!({"date": "-2023-01-01"})), vec!["invalid_format /date"]),
        (with(child(), json!({"date": "2023-3-1"})), vec!["invalid_format /date"]),
        (with(child(), json!({"date": "01.03.2023"})), vec!["invalid_format /date"]),
        (with(child(), json!({"date": "2023-03-01T00:00:00Z"})), vec!["invalid_format /date"]),
        (with(child(), json!({"date": ""})), vec!["invalid_format /date"]),
        (with(child(), json!({"date": 20_230_301})), vec!["wrong_type /date"]),
        (with(child(), json!({"birth_date": "2023-02-29"})), vec!["invalid_format /birth_date"]),
        // Criteria.
        (with_criteria(json!({})), vec!["wrong_type /criteria"]),
        (with_criteria(json!("mobility")), vec!["wrong_type /criteria"]),
        (with_criteria(json!(["mobility"])), vec!["wrong_type /criteria/0"]),
        (with_criteria(json!([null])), vec!["wrong_type /criteria/0"]),
        (with_criteria(json!([["mobility"]])), vec!["wrong_type /criteria/0"]),
        (with_criteria(json!([["respite", "institution"]])), vec!["wrong_type /criteria/0"]),
        (with_criteria(json!([{}])), vec!["required /criteria/0/criterion"]),
        (with_criteria(json!([{"criterion": null}])), vec!["not_in_list /criteria/0/criterion"]),
        (with_criteria(json!([{"criterion": "flying"}])), vec!["not_in_list /criteria/0/criterion"]),
        (
            with_criteria(json!([{"criterion": "mobility", "speed": 3}, {"criterion": "respite", "form": "hotel"}])),
            vec!["not_in_list /criteria/1/form", "unknown_field /criteria/0/speed"],
        ),
        (
            with_criteria(json!([{"criterion": "parental_employment", "amount": "1.00"}])),
            vec!["unknown_field /criteria/0/amount"],
        ),
        (with_criteria(json!([{"criterion": "respite"}])), vec!["required /criteria/0/form"]),
        (
            with_criteria(json!([{"criterion": "vision_support", "guide_dog": "yes"}])),
            vec!["wrong_type /criteria/0/guide_dog"],
        ),
        (
            with_criteria(json!([{"criterion": "hearing_support", "services": []}])),
            vec!["too_few /criteria/0/services"],
        ),
        (
            with_criteria(json!([{"criterion": "hearing_support", "services": ["singing"]}])),
            vec!["not_in_list /criteria/0/services/0"],
        ),
        (
            with_criteria(json!([{"criterion": "hearing_support", "services": vec!["sign_language_training"; 7]}])),
            vec!["too_many /criteria/0/services"],
        ),
        (with_criteria(json!(vec![json!({"criterion": "mobility"}); 11])), vec!["too_many /criteria"]),
        // Needs.
        (need(json!({})), vec!["required /additional_needs/0/need"]),
        (need(json!(["mobility", "10.00", null])), vec!["wrong_type /additional_needs/0"]),
        (need(json!({"need": "company"})), vec!["not_in_list /additional_needs/0/need"]),
        (need(json!({"need": "mobility", "reason": 5})), vec!["wrong_type /additional_needs/0/reason"]),
        (need(json!({"need": "mobility", "reason": "x".repeat(2001)})), vec!["too_long /additional_needs/0/reason"]),
        // All at once.
        (
            with(
                without(child(), "birth_date"),
                json!({"date": "2023-02-30", "colour": 1, "special_care": 1, "criteria": [{"criterion": "mobility", "amount": 9}]}),
            ),
            vec![
                "invalid_format /date",
                "required /birth_date",
                "unknown_field /colour",
                "wrong_type /criteria/0/amount",
                "wrong_type /special_care",
            ],
        ),
    ] {
        let answer = ask(&app, &request).await.expect_faults(400, &faults);
        assert_eq!(answer.json()["code"], "unfit");
    }
}

#[tokio::test]
async fn amounts_are_plain_decimal_strings() {
    let app = TestApp::start().await;
    let digits = "9".repeat(40);
    for amount in [
        digits.as_str(),
        "1234567890123",
        "-1.00",
        "+1.00",
        "1.005",
        "1e3",
        "1E3",
        "1e308",
        "NaN",
        "inf",
        "0x10",
        "",
        " ",
        "1.00 ",
        "1.",
        ".5",
        "1,50",
        "1 000",
        "1_000",
        "١٢",
        "1.00\u{0}",
    ] {
        let request = with_criteria(json!([{"criterion": "mobility", "amount": amount}]));
        ask(&app, &request).await.expect_faults(400, &["invalid_format /criteria/0/amount"]);
    }
    for amount in ["900", "900.0", "900.00", "0900.00"] {
        let request = with_criteria(json!([{"criterion": "mobility", "amount": amount}]));
        let answer = ask(&app, &request).await.expect(200).json();
        assert_eq!(answer["lines"].as_array().unwrap().last().unwrap()["amount"], "900.00", "{amount}");
    }
    for amount in ["0", "0.00", "0.01"] {
        let request = with_criteria(json!([{"criterion": "mobility", "amount": amount}]));
        ask(&app, &request).await.expect(200);
    }
    for number in ["900", "900.00", "1e308", "-0.0"] {
        let body =
            with_criteria(json!([{"criterion": "mobility", "amount": "?"}])).to_string().replace("\"?\"", number);
        let answer = app.post(PATH).body("application/json", body).send().await;
        answer.expect_faults(400, &["wrong_type /criteria/0/amount"]);
    }
}

#[tokio::test]
async fn what_is_not_json_is_told_where() {
    let app = TestApp::start().await;
    let nested = |open: &str, close: &str| open.repeat(100_000) + &close.repeat(100_000);
    let in_member = |value: String| format!("{{\"methodology\":\"children-2023\",\"criteria\":{value}}}");
    let mut invalid_utf8 = child().to_string().into_bytes();
    let quote = invalid_utf8.iter().position(|byte| *byte == b':').unwrap() + 2;
    invalid_utf8.insert(quote, 0xff);
    for (name, body) in [
        ("empty", Vec::new()),
        ("blank", b" \n".to_vec()),
        ("cut off", child().to_string().into_bytes()[..40].to_vec()),
        ("two values", [child().to_string(), child().to_string()].concat().into_bytes()),
        ("comma at the end", b"{\"methodology\":\"children-2023\",}".to_vec()),
        ("single quotes", b"{'methodology':'children-2023'}".to_vec()),
        ("no JSON at all", b"methodology=children-2023".to_vec()),
        ("NaN", b"{\"methodology\":NaN}".to_vec()),
        ("too large a number", in_member("1e400".to_owned()).into_bytes()),
        ("half a surrogate", b"{\"methodology\":\"\\ud800\"}".to_vec()),
        ("invalid UTF-8", invalid_utf8),
        ("UTF-16", child().to_string().encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("byte order mark", ["\u{feff}".to_owned(), child().to_string()].concat().into_bytes()),
        ("deep arrays", nested("[", "]").into_bytes()),
        ("deep arrays, open", "[".repeat(100_000).into_bytes()),
        ("deep objects", nested("{\"a\":", "}").into_bytes()),
        ("deep arrays in a member", in_member(nested("[", "]")).into_bytes()),
        ("deep objects in a member", in_member("{\"a\":".repeat(100_000) + "1" + &"}".repeat(100_000)).into_bytes()),
    ] {
        let answer = app.post(PATH).body("application/json", body).send().await;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str().unwrap()),
            (400, "malformed_json"),
            "{name}: {}",
            answer.shown()
        );
    }
    let answer = app.post(PATH).body("application/json", "{\n \"methodology\": ?}").send().await.expect(400).json();
    let detail = answer["detail"].as_str().unwrap();
    assert!(detail.contains('2') && detail.contains("17"), "line 2, column 17: {detail}");
}

#[tokio::test]
async fn the_body_is_an_object() {
    let app = TestApp::start().await;
    for body in [
        "[]",
        "null",
        "true",
        "1",
        "\"children-2023\"",
        "[1,2,3]",
        "[\"children-2023\",null]",
        "[\"children-2023\",\"1\",\"x\"]",
    ] {
        let answer = app.post(PATH).body("application/json", body).send().await;
        answer.expect_faults(400, &["wrong_type "]);
    }
    let list = Value::Array(vec![child()]);
    ask(&app, &list).await.expect_faults(400, &["wrong_type "]);
}

#[tokio::test]
async fn a_member_stands_once() {
    let app = TestApp::start().await;
    let child = child().to_string();
    for (member, pointer) in [
        ("\"methodology\":\"children-2023\"", "/methodology"),
        ("\"date\":\"2023-03-01\"", "/date"),
        ("\"special_care\":true", "/special_care"),
        ("\"severity\":null,\"severity\":null", "/severity"),
    ] {
        let body = format!("{{{member},{}", &child[1..]);
        let answer = app.post(PATH).body("application/json", body).send().await.expect(400);
        let faults = answer.faults();
        assert!(faults.len() == 1 && faults[0].ends_with(pointer), "{faults:?}, expected {pointer}");
    }
    let twice = "[{\"criterion\":\"mobility\",\"amount\":\"1.00\",\"amount\":\"2.00\"}]";
    let body = with_criteria(json!("?")).to_string().replace("\"?\"", twice);
    app.post(PATH).body("application/json", body).send().await.expect(400);
}

#[tokio::test]
async fn a_body_past_the_limit_is_refused() {
    let app = TestApp::start().await;
    let large = with(child(), json!({"colour": "x".repeat(10 * 1024 * 1024)}));
    let answer = ask(&app, &large).await.expect(413);
    assert_eq!(answer.json()["code"], "too_large");
    ask(&app, &child()).await.expect(200);
}

#[tokio::test]
async fn the_body_is_declared_as_json() {
    let app = TestApp::start().await;
    for content_type in
        ["text/plain", "application/xml", "application/x-www-form-urlencoded", "text/json", "nonsense", ""]
    {
        let answer = app.post(PATH).body(content_type, child().to_string()).send().await;
        assert_eq!(answer.status, 415, "{content_type:?}: {}", answer.shown());
    }
    for content_type in ["application/json; charset=utf-8", "Application/JSON", "application/vnd.balsts+json"] {
        app.post(PATH).body(content_type, child().to_string()).send().await.expect(200);
    }
    app.post(PATH).body_only(child().to_string()).send().await.expect(200);
}

#[tokio::test]
async fn the_far_future_and_past_are_calculated_or_refused() {
    let app = TestApp::start().await;
    let far = with(child(), json!({"date": "9999-12-31", "birth_date": "9994-01-01"}));
    assert_eq!(ask(&app, &far).await.expect(200).json()["date"], "9999-12-31");
    let nearly_grown = json!({"date": "9999-12-31", "birth_date": "9982-01-01", "severity": "severe"});
    ask(&app, &with(child(), nearly_grown)).await.expect(200);
    for request in [
        with(child(), json!({"date": "9999-12-31"})),
        with(child(), json!({"date": "0000-01-01", "birth_date": "0000-01-01"})),
        with(child(), json!({"date": "0001-01-01", "birth_date": "9999-12-31"})),
        with(adult(), json!({"date": "0000-01-01"})),
    ] {
        ask(&app, &request).await.expect(422);
    }
    ask(&app, &with(adult(), json!({"date": "9999-12-31"}))).await.expect(200);
}

#[tokio::test]
async fn texts_are_latvian_or_english() {
    let app = TestApp::start().await;
    let request = with_criteria(json!([{"criterion": "parental_employment"}]));
    let ask = async |accept: Option<&str>| {
        let call = app.post(PATH).json(&request);
        let call = accept.into_iter().fold(call, |call, accept| call.header("accept-language", accept));
        let answer = call.send().await.expect(200);
        (answer.header("content-language").unwrap_or("none").to_owned(), answer.json())
    };
    let (language, latvian) = ask(None).await;
    assert_eq!(language, "lv");
    let (language, english) = ask(Some("en")).await;
    assert_eq!(language, "en");

    for (lv, en) in latvian["lines"].as_array().unwrap().iter().zip(english["lines"].as_array().unwrap()) {
        for member in ["name", "explanation"] {
            assert_ne!(lv[member], en[member], "{member} of {}", lv["service"]);
        }
        for member in ["criterion", "service", "amount", "unit", "funding"] {
            assert_eq!(lv[member], en[member]);
        }
    }
    for (accept, expected) in [
        ("lv", &latvian),
        ("lv-LV", &latvian),
        ("de, fr", &latvian),
        ("*", &latvian),
        ("en;q=0", &latvian),
        ("lv;q=0.5, en;q=0.4", &latvian),
        ("ru, lv;q=0.2, de;q=0.9", &latvian),
        ("nonsense;;q=,", &latvian),
        ("en-GB", &english),
        ("EN", &english),
        ("lv;q=0.4, en;q=0.5", &english),
        ("de, en;q=0.1", &english),
        ("en, lv", &english),
    ] {
        assert_eq!(ask(Some(accept)).await.1, *expected, "{accept}");
    }
}

#[tokio::test]
async fn problems_are_latvian_or_english() {
    let app = TestApp::start().await;
    let refused = without(child(), "special_care");
    let misfit = with(child(), json!({"colour": 1}));
    for request in [refused, misfit] {
        let latvian = ask(&app, &request).await.json();
        let english = app.post(PATH).header("accept-language", "en").json(&request).send().await.json();
        for pointer in ["/title", "/detail", "/errors/0/detail"] {
            assert_ne!(latvian.pointer(pointer), english.pointer(pointer), "{pointer}");
        }
        for pointer in ["/type", "/code", "/status", "/errors/0/code", "/errors/0/pointer"] {
            assert_eq!(latvian.pointer(pointer), english.pointer(pointer), "{pointer}");
        }
    }
}

/// What a person may have typed into a member must not come back in an answer or end up in a log.
#[tokio::test]
async fn a_problem_does_not_repeat_what_was_sent() {
    let app = TestApp::start().await;
    let secret = "120105-23456";
    for request in [
        with(child(), json!({"date": secret})),
        with(child(), json!({"severity": secret})),
        with(child(), json!({"methodology": secret})),
        with(child(), json!({"special_care": secret})),
        with_criteria(json!([{"criterion": secret}])),
        with_criteria(json!([{"criterion": "mobility", "amount": secret}])),
        with(adult(), json!({"living_arrangement": secret})),
    ] {
        let answer = ask(&app, &request).await.expect(400);
        assert!(!answer.text().contains(secret), "{}", answer.shown());
    }
}

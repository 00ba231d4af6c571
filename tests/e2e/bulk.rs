//! `POST /v1/budget-calculations/bulk`: newline-delimited JSON in and out.

use std::convert::Infallible;

use balsts_tests::{Answer, TestApp, contract};
use reqwest::Body;
use serde_json::{Value, json};

const PATH: &str = "/v1/budget-calculations/bulk";
const NDJSON: &str = "application/x-ndjson";

fn child(id: &str) -> Value {
    json!({"id": id, "methodology": "children-2023", "date": "2023-03-01", "birth_date": "2018-01-15", "special_care": true})
}

fn adult(id: &str) -> Value {
    json!({"id": id, "methodology": "adults-2023", "date": "2023-05-02", "care_level": 1, "living_arrangement": "group_home"})
}

fn lines(requests: &[Value]) -> String {
    requests.iter().map(|request| format!("{request}\n")).collect()
}

/// A body that arrives in these pieces.
fn in_pieces(pieces: Vec<Vec<u8>>) -> Body {
    Body::wrap_stream(futures_util::stream::iter(pieces.into_iter().map(Ok::<_, Infallible>)))
}

async fn ask(app: &TestApp, body: impl Into<Body>) -> Answer {
    let answer = app.post(PATH).body(NDJSON, body).send().await.expect(200);
    assert_eq!(answer.header("content-type"), Some(NDJSON));
    answer
}

/// Checks each line against the schemas of what it holds.
#[track_caller]
fn checked(answer: &Answer) -> Vec<Value> {
    let lines = answer.lines();
    for line in &lines {
        let members: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        let (schema, value) = match members[..] {
            ["id", "result"] => ("/components/schemas/BudgetCalculationResponse", &line["result"]),
            ["id", "problem"] => ("/components/schemas/Problem", &line["problem"]),
            _ => panic!("neither a result nor a problem: {line}"),
        };
        contract().check_value(schema, value).unwrap();
    }
    lines
}

fn ids(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["id"].as_str().unwrap_or("none")).collect()
}

/// Code and pointer of each fault in a line, sorted.
fn faults(line: &Value) -> Vec<String> {
    let text = |fault: &Value, member: &str| fault[member].as_str().unwrap().to_owned();
    let errors = line["problem"]["errors"].as_array().unwrap();
    let mut faults: Vec<String> =
        errors.iter().map(|fault| text(fault, "code") + " " + &text(fault, "pointer")).collect();
    faults.sort_unstable();
    faults
}

#[tokio::test]
async fn each_line_gets_the_answer_of_a_single_request_in_its_order() {
    let app = TestApp::start().await;
    let answer = ask(&app, lines(&[child("b"), adult("a"), child("b")])).await;
    let lines = checked(&answer);
    assert_eq!(ids(&lines), ["b", "a", "b"]);
    for (line, mut request) in lines.iter().zip([child("b"), adult("a"), child("b")]) {
        request.as_object_mut().unwrap().remove("id");
        let single = app.post("/v1/budget-calculations").json(&request).send().await.expect(200).json();
        assert_eq!(line["result"], single);
    }
}

#[tokio::test]
async fn every_golden_calculation_is_met() {
    let app = TestApp::start().await;
    let mut cases = Vec::new();
    for file in ["children-2023.json", "adults-2023.json"] {
        cases.extend(balsts_tests::golden::golden(file).as_array().unwrap().clone());
    }
    let requests: Vec<Value> = cases.iter().map(|case| case["request"].clone()).collect();
    let answers = checked(&ask(&app, lines(&requests)).await);
    assert_eq!(answers.len(), cases.len());
    for (answer, case) in answers.iter().zip(&cases) {
        match case["expect"]["status"].as_u64() {
            Some(200) => assert_eq!(answer["result"]["total"], case["expect"]["total"], "{}", case["name"]),
            _ => assert_eq!(answer["problem"]["status"], 422, "{}", case["name"]),
        }
    }
}

#[tokio::test]
async fn an_error_is_a_line() {
    let app = TestApp::start().await;
    let mut refused = child("refused");
    refused.as_object_mut().unwrap().remove("special_care");
    let mut misfit = child("misfit");
    misfit["colour"] = json!(1);
    let mut long_id = child("?");
    long_id["id"] = json!("x".repeat(201));
    let body = [
        refused.to_string(),
        "nonsense".to_owned(),
        misfit.to_string(),
        "[]".to_owned(),
        "{\"id\":\"cut off\",".to_owned(),
        long_id.to_string(),
        json!({"id": 7, "methodology": "children-2023"}).to_string(),
        child("good").to_string(),
    ]
    .join("\n");
    let lines = checked(&ask(&app, body).await);
    let told: Vec<(u64, &str)> = lines
        .iter()
        .map(|line| (line["problem"]["status"].as_u64().unwrap_or(200), line["problem"]["code"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(
        told,
        [
            (422, "refused"),
            (400, "malformed_json"),
            (400, "unfit"),
            (400, "unfit"),
            (400, "malformed_json"),
            (400, "unfit"),
            (400, "unfit"),
            (200, ""),
        ]
    );
    assert_eq!(lines[0]["id"], "refused");
    assert_eq!(lines[0]["problem"]["errors"][0]["pointer"], "/special_care");
    assert_eq!(lines[2]["id"], "misfit");
    for (line, expected) in [
        (2, vec!["unknown_field /colour"]),
        (3, vec!["wrong_type "]),
        (5, vec!["too_long /id"]),
        (6, vec!["required /birth_date", "required /date", "wrong_type /id"]),
    ] {
        assert_eq!(faults(&lines[line]), expected, "{}", lines[line]);
    }
    for (number, line) in (1..).zip(&lines).take(7) {
        assert_eq!(line["problem"]["instance"], format!("#line-{number}"), "the line is told");
    }
    assert_eq!(lines[7]["id"], "good");
}

#[tokio::test]
async fn blank_lines_have_no_answer_and_are_counted() {
    let app = TestApp::start().await;
    let body = format!("\n\n{}\r\n  \n\t\nnonsense\n{}", child("1"), adult("2"));
    let lines = checked(&ask(&app, body).await);
    assert_eq!(ids(&lines), ["1", "none", "2"]);
    assert_eq!(lines[1]["problem"]["instance"], "#line-6");
    for body in ["", "\n", "\n \r\n"] {
        assert!(ask(&app, body).await.body.is_empty());
    }
}

#[tokio::test]
async fn a_line_past_the_limit_is_refused_and_the_next_is_not() {
    let app = TestApp::configured(|config| config.bulk_line_limit = 1000).await;
    let long = |length: usize| {
        let request = child("long").to_string();
        format!("{}{}{}", &request[..request.len() - 1], " ".repeat(length - request.len()), "}")
    };
    let body =
        [child("1").to_string(), long(1000), long(1001), child("2").to_string(), long(500_000), child("3").to_string()];
    let body = body.join("\n");
    for pieces in [vec![body.clone().into_bytes()], body.as_bytes().chunks(700).map(<[u8]>::to_vec).collect()] {
        let lines = checked(&ask(&app, in_pieces(pieces)).await);
        assert_eq!(ids(&lines), ["1", "long", "none", "2", "none", "3"]);
        for (index, line) in [(2, 3), (4, 5)] {
            assert_eq!(lines[index]["problem"]["status"], 413);
            assert_eq!(lines[index]["problem"]["instance"], format!("#line-{line}"));
        }
    }
}

#[tokio::test]
async fn the_last_line_needs_no_line_end() {
    let app = TestApp::start().await;
    let body = lines(&[child("1"), child("2")]);
    let with_end = ask(&app, body.clone()).await;
    let without_end = ask(&app, body.trim_end().to_owned()).await;
    assert_eq!(with_end.text(), without_end.text());
    assert!(with_end.text().ends_with("}\n"));
}

#[tokio::test]
async fn pieces_may_be_cut_anywhere() {
    let app = TestApp::start().await;
    let mut names = child("āžš");
    names["colour"] = json!("ķirsis");
    let body = lines(&[child("1"), names, adult("3")]);
    let whole = ask(&app, body.clone()).await;
    for size in [1, 7, 100] {
        let pieces = body.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
        assert_eq!(ask(&app, in_pieces(pieces)).await.text(), whole.text(), "pieces of {size}");
    }
}

#[tokio::test]
async fn totals_leave_the_lines_out() {
    let app = TestApp::start().await;
    let totals = |query: &str| app.post(&format!("{PATH}{query}")).body(NDJSON, lines(&[child("1"), adult("2")]));
    let all = totals("?detail=lines").send().await.expect(200).lines();
    assert_eq!(totals("").send().await.expect(200).lines(), all);
    let totals_only = totals("?detail=totals").send().await.expect(200).lines();
    for (short, long) in totals_only.iter().zip(&all) {
        assert_eq!(short["id"], long["id"]);
        let short = short["result"].as_object().unwrap();
        assert!(!short.contains_key("lines"));
        for member in ["methodology", "version", "date", "total", "monthly", "of_which_state"] {
            assert_eq!(short[member], long["result"][member], "{member}");
        }
    }
}

#[tokio::test]
async fn unknown_queries_and_media_types_are_refused() {
    let app = TestApp::start().await;
    let body = || lines(&[child("1")]);
    for (query, status) in
        [("?detail=all", 400), ("?details=totals", 400), ("?detail=totals&detail=lines", 400), ("?x", 400)]
    {
        app.post(&format!("{PATH}{query}")).body(NDJSON, body()).send().await.expect(status);
    }
    for content_type in ["application/json", "text/plain"] {
        app.post(PATH).body(content_type, body()).send().await.expect(415);
    }
}

#[tokio::test]
async fn lines_are_latvian_or_english() {
    let app = TestApp::start().await;
    let ask = async |language: &str| {
        let call = app.post(PATH).header("accept-language", language).body(NDJSON, lines(&[child("1"), json!({})]));
        call.send().await.expect(200).lines()
    };
    let (latvian, english) = (ask("lv").await, ask("en").await);
    assert_ne!(latvian[0]["result"]["lines"][0]["name"], english[0]["result"]["lines"][0]["name"]);
    assert_ne!(latvian[1]["problem"]["title"], english[1]["problem"]["title"]);
}

/// The file of a whole country: the answer streams while the request is still being sent.
#[tokio::test]
async fn a_hundred_thousand_lines_are_answered_in_order() {
    const LINES: usize = 100_000;
    let app = TestApp::start().await;
    let pieces = (0..LINES / 1000).map(|piece| {
        let request = |number: usize| {
            if number.is_multiple_of(2) { child(&number.to_string()) } else { adult(&number.to_string()) }
        };
        let numbers = piece * 1000..(piece + 1) * 1000;
        Ok::<_, Infallible>(lines(&numbers.map(request).collect::<Vec<_>>()))
    });
    let body = Body::wrap_stream(futures_util::stream::iter(pieces));
    let answer = app.post(&format!("{PATH}?detail=totals")).body(NDJSON, body).send().await.expect(200);
    let mut count = 0;
    for (number, line) in answer.text().lines().enumerate() {
        assert!(line.starts_with(&format!("{{\"id\":\"{number}\",\"result\":{{")), "line {number}: {line}");
        count += 1;
    }
    assert_eq!(count, LINES);
}

#[tokio::test]
async fn the_answer_is_compressed_on_request() {
    let app = TestApp::start().await;
    let requests: Vec<Value> = (0..200).map(|number| child(&number.to_string())).collect();
    let plain = ask(&app, lines(&requests)).await;
    let answer =
        app.post(PATH).header("accept-encoding", "gzip").body(NDJSON, lines(&requests)).send().await.expect(200);
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.text(), plain.text());
    assert!(answer.sent * 5 < plain.sent, "{} bytes instead of {}", answer.sent, plain.sent);
}

/// A client that goes away in the middle leaves nothing behind that would disturb the next one.
#[tokio::test]
async fn a_client_that_goes_away_disturbs_nobody() {
    use std::{io::Write, net::TcpStream};

    let app = TestApp::start().await;
    for _ in 0..3 {
        let mut connection = TcpStream::connect(app.address).unwrap();
        let line = child("1").to_string();
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: {NDJSON}\r\ncontent-length: 1000000\r\n\r\n{line}\n"
        );
        connection.write_all(head.as_bytes()).unwrap();
        drop(connection);
    }
    assert_eq!(ask(&app, lines(&[child("1")])).await.lines().len(), 1);
}

#[tokio::test]
async fn a_body_that_does_not_say_that_it_is_ndjson_is_refused() {
    let app = TestApp::start().await;
    app.post(PATH).send().await.expect(415);
    app.post(PATH).body("application/json", "{}").send().await.expect(415);
    app.post(PATH).body("application/x-ndjson", "").send().await.expect(200);
}

//! What surrounds every operation: health, metrics, headers, problems, CORS, limits, compression and the documentation page.

use std::{num::NonZeroU32, time::Duration};

use balsts_api::RateLimit;
use balsts_tests::{Answer, Database, TestApp, app::Options, contract};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const CALCULATIONS: &str = "/v1/budget-calculations";

fn adult() -> Value {
    json!({"methodology": "adults-2023", "date": "2023-05-02", "care_level": 1, "living_arrangement": "group_home"})
}

fn rate_limit(requests_per_second: u32, burst: u32) -> Option<RateLimit> {
    let number = |number| NonZeroU32::new(number).unwrap();
    Some(RateLimit { requests_per_second: number(requests_per_second), burst: number(burst) })
}

fn request_id(answer: &Answer) -> Uuid {
    answer.header("x-request-id").unwrap().parse().unwrap()
}

fn varies_by(answer: &Answer, header: &str) -> bool {
    let lines = answer.headers.get_all("vary").iter().map(|line| line.to_str().unwrap().to_lowercase());
    lines.into_iter().any(|line| line.split(',').any(|name| name.trim() == header))
}

#[tokio::test]
async fn a_healthy_service_is_alive_and_ready_on_either_database() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        for path in ["/health/live", "/health/ready"] {
            let answer = app.get(path).send().await.expect(200).json();
            assert_eq!(answer["status"], "ok");
            assert_eq!(answer["version"], env!("CARGO_PKG_VERSION"));
        }
    }
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own_and_the_version() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for answer in [
        app.get("/health/live").send().await.expect(200),
        app.get("/nowhere").send().await.expect(404),
        app.post(CALCULATIONS).json(&adult()).send().await.expect(200),
        app.post(CALCULATIONS).json(&json!({})).send().await.expect(400),
        app.get("/").unchecked().send().await.expect(200),
        app.post(CALCULATIONS).header("x-request-id", "chosen by the caller").json(&adult()).send().await.expect(200),
    ] {
        let parts: Vec<_> = answer.header("api-version").unwrap().split('.').map(str::parse::<u32>).collect();
        assert!(parts.len() == 3 && parts.iter().all(Result::is_ok), "a semantic version");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        ids.push(request_id(&answer));
    }
    assert!(ids.iter().all(|id| id.get_version_num() == 7));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 6);
}

#[tokio::test]
async fn a_problem_names_its_occurrence_by_the_request_id() {
    let app = TestApp::start().await;
    let answer = app.post(CALCULATIONS).json(&json!({})).send().await.expect(400);
    let problem = answer.json();
    assert_eq!(problem["instance"], request_id(&answer).urn().to_string());
    assert_eq!(problem["status"], 400);
    assert_eq!(problem["type"], "urn:balsts:problem:unfit");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.header("content-language"), Some("lv"));
}

#[tokio::test]
async fn unknown_paths_are_problems() {
    let app = TestApp::start().await;
    for path in [
        "/nowhere",
        "/v1",
        "/v1/",
        "/v2/budget-calculations",
        "/v1/budget-calculations/",
        "/v1//budget-calculations",
        "/v1/budget-calculations/7",
        "/v1/Budget-Calculations",
        "/v1/budget-calculations%00",
        "/%ff%fe",
        "/..%2f..%2fetc/passwd",
        "/health",
        "/health/other",
        "/swagger-ui/none.js",
    ] {
        for method in [Method::GET, Method::POST] {
            let answer = app.request(method, path).send().await.expect(404);
            assert_eq!(answer.json()["code"], "not_found", "{path}");
        }
    }
}

#[tokio::test]
async fn unusual_methods_are_refused() {
    let app = TestApp::start().await;
    for method in ["PROPFIND", "BREW", "TRACE"] {
        let answer = app.request(Method::from_bytes(method.as_bytes()).unwrap(), CALCULATIONS).send().await;
        assert_eq!(answer.status, 405, "{}", answer.shown());
    }
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_never_by_what_the_caller_chose() {
    let app = TestApp::start().await;
    app.post(CALCULATIONS).json(&adult()).send().await.expect(200);
    app.get("/a-path-of-the-callers-own").send().await.expect(404);
    let _ = app.request(Method::from_bytes(b"ACALLERSMETHOD").unwrap(), CALCULATIONS).unchecked().send().await;

    let answer = app.get("/metrics").send().await.expect(200);
    assert!(answer.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    let metrics = answer.text();
    let counted = metrics.lines().find(|line| {
        line.starts_with("http_requests_total{")
            && line.contains(CALCULATIONS)
            && line.contains("POST")
            && line.contains("200")
    });
    assert!(counted.is_some(), "{metrics}");
    assert!(metrics.contains("http_request_duration_seconds"));
    for chosen in ["a-path-of-the-callers-own", "ACALLERSMETHOD"] {
        assert!(!metrics.contains(chosen), "the caller's own {chosen} became a label");
    }
}

#[tokio::test]
async fn metrics_can_be_switched_off() {
    let app = TestApp::start_with(Options { metrics: false, ..Options::default() }).await;
    app.get("/metrics").send().await.expect(404);
}

#[tokio::test]
async fn the_documentation_page_works_without_internet() {
    let app = TestApp::start().await;
    let page = app.get("/").unchecked().send().await.expect(200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    let mut files = Vec::new();
    for part in page.text().split(['"', '\'']) {
        assert!(!(part.starts_with("http:") || part.starts_with("https:") || part.starts_with("//")), "{part}");
        if [".js", ".css", ".png"].iter().any(|end| part.ends_with(end)) {
            files.push(part.trim_start_matches("./").to_owned());
        }
    }
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let answer = app.get(&format!("/{file}")).unchecked().send().await.expect(200);
        let kind = answer.header("content-type").unwrap().to_owned();
        let expected = match file.rsplit('.').next().unwrap() {
            "js" => "javascript",
            "css" => "text/css",
            _ => "image/png",
        };
        assert!(kind.contains(expected), "{file}: {kind}");
        assert!(!answer.body.is_empty(), "{file}");
    }
    let settings = app.get("/swagger-initializer.js").unchecked().send().await.expect(200);
    assert!(settings.text().contains("/openapi.json"));
    assert!(!settings.text().contains("https://"), "{}", settings.text());
}

#[tokio::test]
async fn browsers_may_call_from_configured_origins_only() {
    let closed = TestApp::start().await;
    let open =
        TestApp::configured(|config| config.cors_allowed_origins = vec!["https://portal.example".to_owned()]).await;
    let ask = async |app: &TestApp, origin: &str| {
        let call = app.post(CALCULATIONS).header("origin", origin).json(&adult());
        call.send().await.expect(200).header("access-control-allow-origin").map(str::to_owned)
    };
    assert_eq!(ask(&closed, "https://portal.example").await, None);
    assert_eq!(ask(&open, "https://portal.example").await.as_deref(), Some("https://portal.example"));
    assert_eq!(ask(&open, "https://elsewhere.example").await, None);

    let preflight = async |app: &TestApp, origin: &str| {
        let call = app.request(Method::OPTIONS, CALCULATIONS).header("origin", origin).unchecked();
        let call = call
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type");
        call.send().await
    };
    let allowed = preflight(&open, "https://portal.example").await;
    assert!((200..300).contains(&allowed.status), "{}", allowed.shown());
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://portal.example"));
    assert!(allowed.header("access-control-allow-methods").unwrap().contains("POST"));
    assert!(allowed.header("access-control-allow-headers").unwrap().to_lowercase().contains("content-type"));
    assert!(allowed.header("access-control-allow-credentials").is_none());
    let refused = preflight(&open, "https://elsewhere.example").await;
    assert!(refused.status < 500 && refused.header("access-control-allow-origin").is_none(), "{}", refused.shown());
    assert!(preflight(&closed, "https://portal.example").await.header("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn browsers_can_read_problems_and_the_request_id() {
    let change = |config: &mut balsts_api::ApiConfig| {
        config.cors_allowed_origins = vec!["https://portal.example".to_owned()];
        config.rate_limit = rate_limit(1, 2);
    };
    let app = TestApp::configured(change).await;
    let ask = async || app.post(CALCULATIONS).header("origin", "https://portal.example").json(&json!({})).send().await;
    let refused = ask().await.expect(400);
    ask().await.expect(400);
    let limited = ask().await.expect(429);
    for answer in [refused, limited] {
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://portal.example"), "{}", answer.shown());
        let exposed = answer.header("access-control-expose-headers").unwrap_or_default().to_lowercase();
        assert!(exposed.contains("x-request-id"), "{}", answer.shown());
    }
}

#[tokio::test]
async fn any_origin_can_be_allowed() {
    let app = TestApp::configured(|config| config.cors_allowed_origins = vec!["*".to_owned()]).await;
    let answer = app.post(CALCULATIONS).header("origin", "https://any.example").json(&adult()).send().await.expect(200);
    let allowed = answer.header("access-control-allow-origin").unwrap();
    assert!(["*", "https://any.example"].contains(&allowed));
    assert!(answer.header("access-control-allow-credentials").is_none());
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let app = TestApp::configured(|config| config.rate_limit = rate_limit(1, 3)).await;
    for _ in 0..3 {
        app.post(CALCULATIONS).json(&adult()).send().await.expect(200);
    }
    let answer = app.post(CALCULATIONS).json(&adult()).send().await.expect(429);
    assert_eq!(answer.json()["code"], "rate_limited");
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&seconds), "{seconds}");
    app.post("/v1/budget-calculations/bulk").body("application/x-ndjson", "").send().await.expect(429);
    for path in ["/health/live", "/health/ready", "/metrics"] {
        app.get(path).send().await.expect(200);
    }
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    app.post(CALCULATIONS).json(&adult()).send().await.expect(200);
}

#[tokio::test]
async fn the_limit_holds_for_every_operation_but_the_probes() {
    let app = TestApp::configured(|config| config.rate_limit = rate_limit(1, 1)).await;
    app.get("/v1/methodologies").send().await;
    for (method, template, _) in contract().operations() {
        if template.starts_with("/v1/") {
            // On a slow machine a second goes by, and one request is let through; not two in a row.
            let path = template.replace(['{', '}'], "");
            let limited = async || app.request(method.parse().unwrap(), &path).send().await.status == 429;
            assert!(limited().await || limited().await, "{method} {template}");
        }
    }
}

#[tokio::test]
async fn there_is_no_limit_unless_configured() {
    let app = TestApp::start().await;
    for _ in 0..200 {
        app.get("/health/live").send().await.expect(200);
        app.post(CALCULATIONS).json(&adult()).send().await.expect(200);
    }
}

#[tokio::test]
async fn answers_are_compressed_on_request() {
    let app = TestApp::start().await;
    let plain = app.post(CALCULATIONS).json(&adult()).send().await.expect(200);
    assert_eq!(plain.header("content-encoding"), None);
    let small = app.post(CALCULATIONS).header("accept-encoding", "gzip").json(&adult()).send().await.expect(200);
    assert_eq!(small.header("content-encoding"), Some("gzip"));
    assert_eq!(small.text(), plain.text());
    assert!(small.sent < plain.sent);
    assert!(varies_by(&small, "accept-encoding"), "{}", small.shown());
}

/// A cache in between must not hand a Latvian answer to whoever asks for an English one.
#[tokio::test]
async fn answers_vary_by_language() {
    let app = TestApp::start().await;
    let answer = app.post(CALCULATIONS).json(&adult()).send().await.expect(200);
    assert!(varies_by(&answer, "accept-language"), "{}", answer.shown());
}

#[tokio::test]
async fn the_body_limit_is_configurable() {
    let exact = adult().to_string().len();
    let app = TestApp::configured(|config| config.body_limit = exact).await;
    app.post(CALCULATIONS).json(&adult()).send().await.expect(200);
    let answer = app.post(CALCULATIONS).body("application/json", adult().to_string() + " ").send().await.expect(413);
    assert!(answer.json()["detail"].as_str().unwrap().contains(&exact.to_string()), "{}", answer.shown());
    // One that does not say how long it is.
    let pieces =
        futures_util::stream::iter([adult().to_string(), " ".to_owned()].map(Ok::<_, std::convert::Infallible>));
    let call = app.post(CALCULATIONS).body("application/json", reqwest::Body::wrap_stream(pieces));
    call.send().await.expect(413);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };

    let app = TestApp::configured(|config| config.request_timeout = Duration::from_millis(200)).await;
    let address = app.address;
    let answer = tokio::task::spawn_blocking(move || {
        let mut connection = TcpStream::connect(address).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let head = format!(
            "POST {CALCULATIONS} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
        );
        connection.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let length = connection.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    });
    let answer = answer.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") || answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
}

#[tokio::test]
async fn many_clients_at_once_are_served() {
    let app = TestApp::start().await;
    let calls = (0..64).map(|_| app.post(CALCULATIONS).json(&adult()).send());
    for answer in futures_util::future::join_all(calls).await {
        assert_eq!(answer.status, 200);
    }
}

//! The program from outside: start, announce, serve, stop, and the exit codes.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

fn balsts(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_balsts"));
    command.current_dir(directory).args(arguments).env_clear().stdin(Stdio::null());
    command
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    balsts(directory, arguments).output().unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// Starts the server and waits for the line that tells its address.
fn serve(directory: &Path, arguments: &[&str]) -> (Child, String) {
    let mut command = balsts(directory, arguments);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.strip_prefix("listening on http://").expect("the address on standard output");
    (server, address.trim_end().to_owned())
}

fn status_of(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer.split_whitespace().nth(1).unwrap().to_owned()
}

#[test]
#[cfg(unix)]
fn without_a_command_it_serves_a_new_database_until_a_signal() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, signal) in
        [(&["--listen", "127.0.0.1:0"][..], "-TERM"), (&["serve", "--listen", "127.0.0.1:0"], "-INT")]
    {
        let (server, address) = serve(directory.path(), arguments);
        assert_eq!(status_of(&address, "/health/ready"), "200");
        assert!(directory.path().join("balsts.db").is_file());
        assert!(Command::new("kill").args([signal, &server.id().to_string()]).status().unwrap().success());
        let output = server.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        for line in stderr(&output).lines() {
            serde_json::from_str::<serde_json::Value>(line).expect("a log line that is JSON");
        }
    }
}

#[test]
fn in_development_it_prints_a_token_for_each_role() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = balsts(directory.path(), &["--listen", "127.0.0.1:0"]);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines: Vec<String> =
        BufReader::new(server.stdout.take().unwrap()).lines().take(13).collect::<Result<_, _>>().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(lines[0].starts_with("listening on http://127.0.0.1:"), "{}", lines[0]);
    for (line, expected) in [(&lines[1], "token social_worker 0054000 ey"), (&lines[6], "token programme_team - ey")] {
        assert!(line.starts_with(expected), "{line}");
    }
    assert!(lines[1..].iter().all(|line| line.split(' ').count() == 4), "{lines:?}");
}

#[test]
fn a_second_server_on_the_same_port_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let (mut server, address) = serve(directory.path(), &["--listen", "127.0.0.1:0"]);
    let output = run(directory.path(), &["serve", "--listen", &address]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let last = stderr(&output).lines().last().unwrap();
    assert!(last.starts_with(&format!("balsts: cannot listen on {address}: ")), "{last}");
}

#[test]
fn migrate_says_what_it_did() {
    let directory = tempfile::tempdir().unwrap();
    let first = run(directory.path(), &["migrate", "--database", "sqlite:x.db"]);
    assert!(first.status.success() && stdout(&first).starts_with("applied m"), "{}", stdout(&first));
    let second = run(directory.path(), &["migrate", "--database", "sqlite:x.db"]);
    assert!(second.status.success(), "{}", stderr(&second));
    assert_eq!(stdout(&second), "the database is up to date\n");
}

#[test]
fn the_committed_document_is_compared_and_written() {
    let directory = tempfile::tempdir().unwrap();
    let check = ["openapi", "--check", "--path", "v1.json"];
    let missing = run(directory.path(), &check);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("cargo run -- openapi --write --path v1.json"), "{}", stderr(&missing));

    assert!(run(directory.path(), &["openapi", "--write", "--path", "v1.json"]).status.success());
    assert!(run(directory.path(), &check).status.success());
    let written = std::fs::read_to_string(directory.path().join("v1.json")).unwrap();
    assert_eq!(stdout(&run(directory.path(), &["openapi"])), written);

    std::fs::write(directory.path().join("v1.json"), written.replace('\n', "\r\n")).unwrap();
    assert_eq!(run(directory.path(), &check).status.code(), Some(1));
}

const CHILD: &str = r#"{"id":"a","methodology":"children-2023","date":"2023-03-01","birth_date":"2013-01-01","special_care":true,"criteria":[]}"#;

#[test]
fn calculate_answers_every_line_and_tells_of_refusals_in_the_exit_code() {
    let directory = tempfile::tempdir().unwrap();
    let calculate = |requests: &str| {
        std::fs::write(directory.path().join("requests"), requests).unwrap();
        run(directory.path(), &["calculate", "requests", "--detail", "totals", "--language", "en"])
    };
    let good = calculate(&format!("{CHILD}\n{CHILD}\n"));
    assert!(good.status.success(), "{}", stderr(&good));
    assert_eq!(stdout(&good).lines().filter(|line| line.contains("\"result\"")).count(), 2);

    let spread = calculate(&CHILD.replace(',', ",\n"));
    assert!(spread.status.success(), "{}", stdout(&spread));
    assert_eq!(stdout(&spread).lines().count(), 1);

    let mixed = calculate(&format!("{CHILD}\nnonsense\n{CHILD}"));
    assert_eq!(mixed.status.code(), Some(1));
    let lines: Vec<_> = stdout(&mixed).lines().collect();
    assert!(lines.len() == 3 && lines[1].contains("\"problem\""), "{lines:?}");
    assert!(stderr(&mixed).contains("1 of 3 request(s) refused"), "{}", stderr(&mixed));
}

#[test]
fn mistakes_are_one_line_and_exit_code_1_and_misuse_is_2() {
    let directory = tempfile::tempdir().unwrap();
    let url = "postgres://clerk:s3cret@localhost/x?host=/nowhere";
    for (arguments, expected) in [
        (&["serve", "--listen", "everywhere"][..], "listen"),
        (&["serve", "--config", "missing.toml"], "missing.toml"),
        (&["migrate", "--database", "sqlite:missing/x.db"], "`missing`"),
        (&["migrate", "--database", "mysql://clerk:s3cret@localhost/x"], "postgres://"),
        (&["calculate", "missing.json"], "missing.json"),
        (&["migrate", "--database", url], "postgres://[/nowhere]/x"),
    ] {
        let output = run(directory.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        assert!(!stderr(&output).contains("s3cret"), "{}", stderr(&output));
    }
    for arguments in [&["--nonsense"][..], &["openapi", "--check", "--write"], &["--listen", "127.0.0.1:0", "migrate"]]
    {
        assert_eq!(run(directory.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn the_environment_configures_it() {
    let directory = tempfile::tempdir().unwrap();
    let unknown = balsts(directory.path(), &["migrate"]).env("BALSTS__HTTP__TIMEOUT", "5").output().unwrap();
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("BALSTS__HTTP__TIMEOUT"), "{}", stderr(&unknown));

    let mut open = balsts(directory.path(), &["serve", "--listen", "0.0.0.0:0"]);
    let development = open.env("BALSTS__IDENTITY__MODE", "development").output().unwrap();
    assert_eq!(development.status.code(), Some(1));
    assert_eq!(stderr(&development).lines().count(), 1, "{}", stderr(&development));
    assert!(stderr(&development).contains("identity.mode: \"development\" is refused on 0.0.0.0:0"));

    std::fs::write(directory.path().join("here.toml"), "[database]\nurl = \"sqlite:from-file.db\"\n").unwrap();
    let output = balsts(directory.path(), &["migrate"]).env("BALSTS_CONFIG", "here.toml").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(directory.path().join("from-file.db").is_file());
}

/// Sends a request on a connection of its own; the status and the body, or nothing where the server is gone.
fn ask(address: &str, token: &str, head: &str, body: &str) -> Option<(String, String)> {
    let mut connection = TcpStream::connect(address).ok()?;
    let length = body.len();
    write!(
        connection,
        "{head} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split_whitespace().nth(1)?.to_owned(), body.to_owned()))
}

/// Starts the server, and waits for its address and the tokens of the roles.
fn serve_with_tokens(directory: &Path) -> (Child, String, impl Fn(&str) -> String) {
    let mut command = balsts(directory, &["--listen", "127.0.0.1:0"]);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines: Vec<String> =
        BufReader::new(server.stdout.take().unwrap()).lines().take(13).collect::<Result<_, _>>().unwrap();
    let address = lines.iter().find_map(|line| line.strip_prefix("listening on http://")).unwrap().to_owned();
    let token = move |role: &str| {
        let line = lines.iter().find(|line| line.starts_with(&format!("token {role} "))).unwrap();
        line.rsplit(' ').next().unwrap().to_owned()
    };
    (server, address, token)
}

#[test]
#[cfg(unix)]
fn what_was_acknowledged_survives_a_kill_and_nothing_is_there_twice() {
    use std::{
        collections::BTreeSet,
        sync::Mutex,
        thread,
        time::{Duration, Instant},
    };

    let directory = tempfile::tempdir().unwrap();
    let acknowledged = Mutex::new(BTreeSet::new());
    let (mut server, address, token) = serve_with_tokens(directory.path());
    let worker = token("social_worker");
    thread::scope(|scope| {
        for writer in 0..4 {
            let (acknowledged, address, worker) = (&acknowledged, &address, &worker);
            scope.spawn(move || {
                for number in 0..100_000 {
                    let body = format!(
                        r#"{{"methodology":"children-2023","received_at":"2023-03-01T09:30","person":{{"personal_code":"32{writer:04}-{number:05}","given_name":"A","family_name":"B"}},"applicant":{{"given_name":"C","family_name":"D","relation":"parent"}},"evidence":{{}}}}"#
                    );
                    let Some((status, body)) = ask(address, worker, "POST /v1/applications", &body) else { return };
                    assert_eq!(status, "201", "{body}");
                    let id = serde_json::from_str::<serde_json::Value>(&body).unwrap()["id"].to_string();
                    acknowledged.lock().unwrap().insert(id);
                }
            });
        }
        let started = Instant::now();
        while acknowledged.lock().unwrap().len() < 300 && started.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(5));
        }
        // SIGKILL, in the middle of the writing.
        server.kill().unwrap();
        server.wait().unwrap();
    });
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= 300);

    let (mut server, address, token) = serve_with_tokens(directory.path());
    let all = |path: &str, role: &str, member: &str| {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let head = format!("GET {path}?limit=200{cursor}");
            let (status, body) = ask(&address, &token(role), &head, "").unwrap();
            assert_eq!(status, "200", "{body}");
            let page: serde_json::Value = serde_json::from_str(&body).unwrap();
            found.extend(page["items"].as_array().unwrap().iter().map(|item| item[member].to_string()));
            let Some(next) = page["next"].as_str() else { return found };
            cursor = format!("&cursor={next}");
        }
    };
    let stored = all("/v1/applications", "social_worker", "id");
    let events = all("/v1/events", "office_head", "subject");
    server.kill().unwrap();
    server.wait().unwrap();

    let unique: BTreeSet<String> = stored.iter().cloned().collect();
    assert_eq!(unique.len(), stored.len(), "none twice");
    assert!(acknowledged.is_subset(&unique), "every acknowledged one is there");
    assert_eq!(events.iter().cloned().collect::<BTreeSet<_>>(), unique, "each with its event");
    assert_eq!(events.len(), stored.len(), "and one event only");
    let verified = run(directory.path(), &["audit", "verify"]);
    assert!(verified.status.success(), "{}", stdout(&verified));
    assert!(stdout(&verified).contains(&format!("{} entries read", stored.len())), "{}", stdout(&verified));
}

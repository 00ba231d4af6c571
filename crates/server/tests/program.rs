//! The program from outside: start, announce, serve, stop, and the exit codes.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may fail")]

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
fn demo_fills_an_empty_database_once_with_a_whole_audit_chain() {
    let directory = tempfile::tempdir().unwrap();
    for (database, cases, done) in [
        ("sqlite:each.db", &[][..], "300 cases in 10 municipalities\n"),
        ("sqlite:drawn.db", &["--cases", "333", "--seed", "7"], "333 cases, "),
    ] {
        let demo = || run(directory.path(), &[&["demo", "--database", database], cases].concat());
        let first = demo();
        assert!(first.status.success() && stdout(&first).starts_with(done), "{}{}", stdout(&first), stderr(&first));
        let verified = run(directory.path(), &["audit", "verify", "--database", database]);
        assert!(verified.status.success() && !stdout(&verified).starts_with("0 "), "{}", stdout(&verified));
        let second = demo();
        assert_eq!(second.status.code(), Some(1));
        assert!(stderr(&second).ends_with("an empty one only\n"), "{}", stderr(&second));
    }
}

/// In the municipality of the tokens: a child and an adult of every end.
#[test]
fn demo_tells_of_cases_that_were_withdrawn_revoked_and_handed_over() {
    let directory = tempfile::tempdir().unwrap();
    let filled = run(directory.path(), &["demo", "--database", "sqlite:balsts.db"]);
    assert!(filled.status.success(), "{}", stderr(&filled));
    let server = Running::start(directory.path(), None);
    let applications = server.all("office_head", "/v1/applications");
    let with_status = |status: &str| applications.iter().filter(|found| found["status"] == status).collect::<Vec<_>>();
    for (status, member) in [("withdrawn", "withdrawn_on"), ("revoked", "revocation")] {
        let ended = with_status(status);
        assert_eq!(ended.len(), 2, "{status}");
        for application in ended {
            let path = format!("GET /v1/applications/{}", application["id"].as_str().unwrap());
            let (_, shown) = server.ask("office_head", &path, "").unwrap();
            assert!(!shown[member].is_null(), "{shown}");
        }
    }
    let budgets = server.all("office_head", "/v1/budgets");
    assert_eq!(budgets.iter().filter(|budget| budget["status"] == "closed").count(), 2);
    let events = server.all("office_head", "/v1/events");
    let count = |kind: &str| events.iter().filter(|event| event["type"] == kind).count();
    assert_eq!(
        (count("application.handed_over"), count("application.withdrawn"), count("application.revoked")),
        (2, 2, 2)
    );
    // Granted, calculated, signed by one and by both, calculated again, in service, offered; what was handed over is elsewhere.
    assert_eq!(with_status("granted").len(), 14);
    let hand_overs = server.all("office_head", "/v1/hand-overs");
    let mut known: Vec<_> =
        hand_overs.iter().map(|found| format!("{} {}", found["direction"], found["status"])).collect();
    known.sort_unstable();
    let expected = [("in", "offered"), ("out", "accepted"), ("out", "offered")];
    let expected = expected.map(|(direction, status)| format!("\"{direction}\" \"{status}\""));
    assert_eq!(known, expected.iter().flat_map(|found| [found.clone(), found.clone()]).collect::<Vec<_>>());

    // Of the two in service a month is paid and reported, and one waits.
    let invoices = server.all("accountant", "/v1/invoices");
    let mut statuses: Vec<&str> = invoices.iter().map(|invoice| invoice["status"].as_str().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["paid", "paid", "received", "received"]);
    let in_service = budgets.iter().filter(|budget| budget["status"] == "agreed").collect::<Vec<_>>();
    assert_eq!(in_service.len(), 2);
    for budget in in_service {
        let path = format!("GET /v1/budgets/{}/ledger", budget["id"].as_str().unwrap());
        let total = server.ask("accountant", &path, "").unwrap().1["total"].clone();
        let sums = ["agreed", "committed", "delivered", "invoiced", "paid"].map(|sum| total[sum].as_str().unwrap());
        assert_eq!(sums, ["1440.00", "1440.00", "480.00", "240.00", "240.00"]);
    }
    let reports = server.all("accountant", "/v1/monthly-reports");
    assert_eq!((reports.len(), &reports[0]["status"]), (1, &serde_json::json!("submitted")));
    assert_eq!(reports[0]["totals"]["paid"], "480.00");
    // The parent of both sees what was delivered.
    assert_eq!(server.all("recipient", "/v1/deliveries").len(), 16);
    server.kill();
}

#[test]
fn appoint_grants_the_head_of_an_office_once() {
    let directory = tempfile::tempdir().unwrap();
    let appoint = |code: &str| run(directory.path(), &["appoint", "h-1", "--municipality", code]);
    let first = appoint("0001000");
    assert!(first.status.success(), "{}", stderr(&first));
    assert_eq!(stdout(&first), "h-1 heads the office of 0001000 from now on\n");
    for (code, told) in [("0001000", "role_granted_already"), ("9999999", "9999999")] {
        let again = appoint(code);
        assert!(again.status.code() == Some(1) && stderr(&again).contains(told), "{}", stderr(&again));
    }
    assert!(stdout(&run(directory.path(), &["audit", "verify"])).starts_with("1 entries"));
}

#[test]
fn import_reports_every_row_and_tells_of_refusals_in_the_exit_code() {
    let directory = tempfile::tempdir().unwrap();
    let table = "id;methodology;received_at;person.personal_code;person.given_name;person.family_name;applicant.given_name;\
        applicant.family_name;applicant.relation\n\
        a;children-2023;2023-03-01T09:30;320000-00001;Demo;Paraugs;Demo;Paraugs;parent\n\
        b;children-2023;2023-03-01T09:30;320000-00001;Demo;Paraugs;Demo;Paraugs;parent\n";
    std::fs::write(directory.path().join("rows.csv"), table).unwrap();
    std::fs::write(directory.path().join("good.csv"), table.rsplit_once("b;").unwrap().0).unwrap();
    std::fs::write(directory.path().join("bad.csv"), "name\nDemo\n").unwrap();
    let import = |arguments: &[&str]| {
        let all = [&["import", "--municipality", "0001000", "--language", "en"], arguments].concat();
        run(directory.path(), &all)
    };
    for dry_run in [true, true, false, false] {
        let output = if dry_run { import(&["rows.csv", "--dry-run"]) } else { import(&["rows.csv"]) };
        assert_eq!(output.status.code(), Some(1));
        let lines: Vec<_> = stdout(&output).lines().collect();
        let status = if dry_run { "\"valid\"" } else { "\"imported\"" };
        assert!(
            lines.len() == 2 && lines[0].contains(status) && lines[1].contains("open_application_exists"),
            "{lines:?}"
        );
        assert!(stderr(&output).contains("1 of 2 request(s) refused"), "{}", stderr(&output));
    }
    assert!(import(&["good.csv"]).status.success());
    let bad = import(&["bad.csv"]);
    assert!(bad.status.code() == Some(1) && stderr(&bad).contains("unknown_field"), "{}", stderr(&bad));
    let elsewhere = |code| run(directory.path(), &["import", "good.csv", "--municipality", code]);
    assert_eq!((elsewhere("1").status.code(), elsewhere("9999999").status.code()), (Some(2), Some(1)));
    let verified = run(directory.path(), &["audit", "verify"]);
    assert!(stdout(&verified).starts_with("1 entries read"), "{}", stdout(&verified));
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
fn forecast_writes_a_page_or_workbook_of_one_request() {
    let directory = tempfile::tempdir().unwrap();
    let request = r#"{"scenarios":[{"name":"a","date":"2023-03-01","variant":"shared_50_50",
        "groups":[{"group":"b","people":10,"yearly_amount":"100.00"}]}]}"#;
    let forecast = |requests: &str, format: &str| {
        std::fs::write(directory.path().join("requests"), requests).unwrap();
        run(directory.path(), &["forecast", "requests", "--format", format, "--language", "en"])
    };
    let page = forecast(request, "html");
    assert!(
        page.status.success() && stdout(&page).starts_with("<!DOCTYPE html>\n<html lang=\"en\">"),
        "{}",
        stderr(&page)
    );
    let book = forecast(request, "xlsx");
    assert!(book.status.success() && book.stdout.starts_with(b"PK\x03\x04"), "{}", stderr(&book));
    let refused = forecast(&request.replace("2023", "1990"), "xlsx");
    assert_eq!(refused.status.code(), Some(1));
    assert!(stdout(&refused).contains("no_version_for_date"), "{}", stdout(&refused));
    let one = request.replace('\n', "");
    let several = forecast(&format!("{one}\n{one}\n"), "html");
    assert!(several.status.code() == Some(1) && several.stdout.is_empty(), "{}", stdout(&several));
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

/// A running server with its address and the tokens of the roles.
struct Running {
    process: Child,
    address: String,
    lines: Vec<String>,
}

impl Running {
    /// Starts a server on the SQLite file of the directory, or on a PostgreSQL database.
    fn start(directory: &Path, postgres: Option<&str>) -> Self {
        Self::logging(directory, postgres, Stdio::null(), "error")
    }

    fn logging(directory: &Path, postgres: Option<&str>, log: Stdio, level: &str) -> Self {
        let mut command = balsts(directory, &["--listen", "127.0.0.1:0"]);
        if let Some(url) = postgres {
            command.env("BALSTS__DATABASE__URL", url).env("BALSTS__DATABASE__KEY_FILE", directory.join("keys.json"));
            command.env("BALSTS__DOCUMENTS__DIRECTORY", directory.join("documents"));
        }
        command.env("BALSTS__LOG__LEVEL", level);
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines: Vec<String> =
            BufReader::new(process.stdout.take().unwrap()).lines().take(13).collect::<Result<_, _>>().unwrap();
        let address = lines.iter().find_map(|line| line.strip_prefix("listening on http://")).unwrap().to_owned();
        Self { process, address, lines }
    }

    fn token(&self, role: &str) -> &str {
        let line = self.lines.iter().find(|line| line.starts_with(&format!("token {role} "))).unwrap();
        line.rsplit(' ').next().unwrap()
    }

    fn ask(&self, role: &str, head: &str, body: &str) -> Option<(String, serde_json::Value)> {
        let (status, body) = ask(&self.address, self.token(role), head, body)?;
        Some((status, serde_json::from_str(&body).ok()?))
    }

    /// Asks again where the server has said that it is not ready, as a client does.
    fn ask_until_ready(&self, role: &str, head: &str, body: &str) -> Option<(String, serde_json::Value)> {
        loop {
            let (status, answer) = self.ask(role, head, body)?;
            if status != "503" {
                return Some((status, answer));
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }

    /// Every item of a list, page by page.
    fn all(&self, role: &str, path: &str) -> Vec<serde_json::Value> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let (status, page) = self.ask_until_ready(role, &format!("GET {path}?limit=200{cursor}"), "").unwrap();
            assert_eq!(status, "200", "{page}");
            found.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next"].as_str() else { return found };
            cursor = format!("&cursor={next}");
        }
    }

    /// SIGKILL.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// An empty PostgreSQL database with its schema, made by its owner: its name, and the address for a server. None where
/// there is none.
fn postgres(directory: &Path) -> Option<(String, String)> {
    let cluster = balsts_tests::cluster::cluster()?;
    let name = cluster.create_database(None);
    let owner = cluster.url(&name, balsts_tests::cluster::OWNER);
    let migrated = run(directory, &["migrate", "--database", &owner]);
    assert!(migrated.status.success(), "{}", stderr(&migrated));
    let keys = format!(r#"{{"current":1,"keys":{{"1":"{:064}"}},"index_key":"{:064}"}}"#, 1, 2);
    std::fs::write(directory.join("keys.json"), keys).unwrap();
    let url = cluster.url(&name, balsts_tests::cluster::SERVER);
    Some((name, url))
}

/// The kinds of database that this machine has, each with the address for the servers.
fn databases(directory: &Path) -> Vec<Option<String>> {
    let mut databases = vec![None];
    databases.extend(postgres(directory).map(|(_, url)| Some(url)));
    databases
}

fn application(code: &str) -> String {
    serde_json::json!({
        "methodology": "children-2023", "received_at": "2023-03-01T09:30",
        "person": {"personal_code": code, "given_name": "Demo", "family_name": "Paraugs"},
        "applicant": {"given_name": "Demo", "family_name": "Vecāks", "relation": "parent"},
        "evidence": {"birth_date": "2018-01-15", "disability": {"group": "child"}, "impairment_types": ["movement"]},
    })
    .to_string()
}

const GRANT: &str = r#"{"outcome":"grant","decided_on":"2023-03-10","delivery":"e_address","prepared_by":"demo"}"#;

#[test]
#[cfg(unix)]
fn two_servers_on_one_database_give_a_person_one_application_and_one_budget() {
    let directory = tempfile::tempdir().unwrap();
    let Some((_, url)) = postgres(directory.path()) else { return };
    let servers = [(); 2].map(|()| Running::start(directory.path(), Some(&url)));
    // Sixteen clients, each at one of the two servers, send the same request at once.
    let race = |path: &str, body: &str| {
        let go = std::sync::Barrier::new(16);
        let answers: Vec<_> = std::thread::scope(|scope| {
            let client = |number: usize| {
                let (go, server) = (&go, &servers[number % 2]);
                scope.spawn(move || {
                    go.wait();
                    server.ask("social_worker", &format!("POST {path}"), body).unwrap()
                })
            };
            let clients: Vec<_> = (0..16).map(client).collect();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|(status, _)| ["201", "409"].contains(&status.as_str())), "{answers:?}");
        let mut won = answers.into_iter().filter(|(status, _)| status == "201");
        let (winner, second) = (won.next().unwrap().1, won.next());
        assert!(second.is_none(), "{second:?}");
        winner["id"].as_str().unwrap().to_owned()
    };
    for round in 0..5 {
        let id = race("/v1/applications", &application(&format!("320000-0000{round}")));
        let head = format!("POST /v1/applications/{id}/decision HTTP/1.1\r\nIf-Match: \"1\"\r\nX-Ignored: ");
        assert_eq!(servers[1].ask("office_head", &head, GRANT).unwrap().0, "201");
        let budget = r#"{"calculation":{"methodology":"children-2023","date":"2023-03-15","birth_date":"2018-01-15","special_care":true},"form":{"registers":["special_care_opinion"],"documents":[],"evidence":[]}}"#;
        race(&format!("/v1/applications/{id}/budget"), budget);
    }
    for server in &servers {
        assert_eq!(server.all("social_worker", "/v1/applications").len(), 5);
        assert_eq!(server.all("social_worker", "/v1/budgets").len(), 5);
    }
    servers.into_iter().for_each(Running::kill);
}

#[test]
fn a_key_takes_over_from_another_beside_running_servers() {
    let directory = tempfile::tempdir().unwrap();
    for url in databases(directory.path()) {
        let url = url.as_deref();
        let servers = [(); 2].map(|()| Running::start(directory.path(), url));
        let register = |number: usize| {
            let body = application(&format!("320000-0000{number}"));
            let server = &servers[number % 2];
            let (status, answer) = server.ask("social_worker", "POST /v1/applications", &body).unwrap();
            assert_eq!(status, "201", "{answer}");
            answer["id"].as_str().unwrap().to_owned()
        };
        let key_file = directory.path().join(if url.is_some() { "keys.json" } else { "balsts.db.keys" });
        let keys = |command: &str| {
            let mut command = balsts(directory.path(), &["keys", command]);
            if let Some(url) = url {
                command.env("BALSTS__DATABASE__URL", url).env("BALSTS__DATABASE__KEY_FILE", &key_file);
            }
            command.output().unwrap()
        };
        let told = |command: &str| {
            let output = keys(command);
            assert!(output.status.success(), "{}", stderr(&output));
            stdout(&output).to_owned()
        };
        let mut known = vec![register(1)];
        assert_eq!(told("prune"), "every key is in use\n");
        assert_eq!(told("rotate"), "key 2 seals from now on\n");
        assert_eq!(told("prune"), "every key is in use\n");
        known.extend([register(2), register(3)]);
        let resealed = told("reseal");
        assert!(
            resealed.starts_with("person: 1 row(s) sealed anew\napplication: 1 row(s) sealed anew\n"),
            "{resealed}"
        );
        assert_eq!(told("prune"), "key 1 is removed\n");
        known.extend([register(4), register(5)]);
        for (id, server) in known.iter().flat_map(|id| servers.iter().map(move |server| (id, server))) {
            let (status, answer) = server.ask("social_worker", &format!("GET /v1/applications/{id}"), "").unwrap();
            assert_eq!(status, "200", "{answer}");
        }
        servers.into_iter().for_each(Running::kill);
        // Lost with the key is what it sealed: that is told.
        let mut file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&key_file).unwrap()).unwrap();
        file["keys"] = serde_json::json!({"3": "0".repeat(64)});
        file["current"] = 3.into();
        std::fs::write(&key_file, file.to_string()).unwrap();
        let output = keys("reseal");
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("10 row(s) hold a value that no key opens"), "{}", stderr(&output));
    }
    let url = "postgres://clerk@localhost/x?host=/nowhere";
    let output = run(directory.path(), &["keys", "rotate", "--database", url]);
    assert!(stderr(&output).contains("database.key_file is not given"), "{}", stderr(&output));
}

#[test]
#[cfg(unix)]
fn a_kill_amid_two_thousand_decisions_loses_and_doubles_none() {
    use std::{
        collections::{BTreeMap, BTreeSet},
        sync::Mutex,
        thread,
        time::{Duration, Instant},
    };

    const DECISIONS: usize = 2000;
    const WRITERS: usize = 4;
    let directory = tempfile::tempdir().unwrap();
    for url in databases(directory.path()) {
        let url = url.as_deref();
        let server = Running::start(directory.path(), url);
        let ids: Vec<String> = thread::scope(|scope| {
            let register = |writer: usize| {
                let server = &server;
                let one = move |number: usize| {
                    let body = application(&format!("32{writer:04}-{number:05}"));
                    let (status, answer) = server.ask("social_worker", "POST /v1/applications", &body).unwrap();
                    assert_eq!(status, "201", "{answer}");
                    answer["id"].as_str().unwrap().to_owned()
                };
                scope.spawn(move || (0..DECISIONS / WRITERS).map(one).collect::<Vec<_>>())
            };
            let writers: Vec<_> = (0..WRITERS).map(register).collect();
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        });
        let decide = |server: &Running, id: &str| {
            let head = format!("POST /v1/applications/{id}/decision HTTP/1.1\r\nIf-Match: \"1\"\r\nX-Ignored: ");
            server.ask("office_head", &head, GRANT)
        };

        let acknowledged = Mutex::new(BTreeSet::new());
        thread::scope(|scope| {
            for share in ids.chunks(DECISIONS / WRITERS) {
                let (acknowledged, server) = (&acknowledged, &server);
                scope.spawn(move || {
                    for id in share {
                        // Nothing comes from a server that is gone.
                        let Some((status, answer)) = decide(server, id) else { return };
                        assert_eq!(status, "201", "{answer}");
                        acknowledged.lock().unwrap().insert(id.clone());
                    }
                });
            }
            let started = Instant::now();
            while acknowledged.lock().unwrap().len() < DECISIONS / 2 && started.elapsed() < Duration::from_secs(120) {
                thread::sleep(Duration::from_millis(2));
            }
            // In the middle of the writing.
            let pid = server.process.id().to_string();
            assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
        });
        server.kill();
        let acknowledged = acknowledged.into_inner().unwrap();
        assert!((DECISIONS / 2..DECISIONS).contains(&acknowledged.len()), "{} before the kill", acknowledged.len());

        let server = Running::start(directory.path(), url);
        let list = server.all("social_worker", "/v1/applications");
        let status: BTreeMap<&str, &str> =
            list.iter().map(|item| (item["id"].as_str().unwrap(), item["status"].as_str().unwrap())).collect();
        assert_eq!((list.len(), status.len()), (DECISIONS, DECISIONS), "none twice");
        let granted = |id: &str| status[id] == "granted";
        assert!(acknowledged.iter().all(|id| granted(id)), "every acknowledged decision is there");
        let before = ids.iter().filter(|id| granted(id)).count();
        // Who had no answer asks again: what was decided is not decided twice.
        for id in ids.iter().filter(|id| !acknowledged.contains(*id)) {
            let expected = if granted(id) { "412" } else { "201" };
            assert_eq!(decide(&server, id).unwrap().0, expected);
        }
        let events = server.all("office_head", "/v1/events");
        let of_kind = |kind: &str| -> Vec<&str> {
            let of_kind = events.iter().filter(|event| event["type"] == kind);
            of_kind.map(|event| event["subject"].as_str().unwrap()).collect()
        };
        for kind in ["application.registered", "application.granted"] {
            let told = of_kind(kind);
            assert_eq!(told.len(), DECISIONS, "{kind}");
            assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), ids.iter().map(String::as_str).collect(), "{kind}");
        }
        server.kill();
        let mut verify = balsts(directory.path(), &["audit", "verify"]);
        if let Some(url) = url {
            verify.env("BALSTS__DATABASE__URL", url);
        }
        let verified = verify.output().unwrap();
        assert!(verified.status.success(), "{}", stdout(&verified));
        assert!(stdout(&verified).contains(&format!("{} entries read", 2 * DECISIONS)), "{}", stdout(&verified));
        eprintln!("{} acknowledged, {before} stored when killed", acknowledged.len());
    }
}

/// Every document that is listed has its file, whatever the moment of the kill; what has a file and no row was on its way.
#[test]
#[cfg(unix)]
fn a_kill_amid_uploads_leaves_no_document_without_its_file() {
    use std::{collections::BTreeSet, sync::Mutex, thread};

    const WRITERS: usize = 4;
    const UPLOADS: usize = 60;
    let directory = tempfile::tempdir().unwrap();
    for url in databases(directory.path()) {
        let url = url.as_deref();
        let files = directory.path().join(if url.is_some() { "documents" } else { "balsts.db.documents" });
        let server = Running::start(directory.path(), url);
        let case = server.ask("social_worker", "POST /v1/applications", &application("320000-55501")).unwrap().1;
        let path = format!("/v1/cases/{}/documents", case["id"].as_str().unwrap());
        let content = "Izdomāts teksts.\n".repeat(500);
        let head = format!(
            "POST {path}?section=plan&type=minutes&medium=electronic&date=2023-03-01&media_type=text/plain HTTP/1.1\r\n\
             Content-Type: application/octet-stream\r\nX-Ignored: "
        );
        let acknowledged = Mutex::new(BTreeSet::new());
        thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    // Nothing comes from a server that is gone.
                    while let Some((status, answer)) = server.ask("social_worker", &head, &content) {
                        assert_eq!(status, "201", "{answer}");
                        acknowledged.lock().unwrap().insert(answer["id"].as_str().unwrap().to_owned());
                    }
                });
            }
            while acknowledged.lock().unwrap().len() < UPLOADS {
                thread::sleep(std::time::Duration::from_millis(2));
            }
            let pid = server.process.id().to_string();
            assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
        });
        server.kill();

        let server = Running::start(directory.path(), url);
        let listed = server.all("social_worker", &path);
        let listed: BTreeSet<String> = listed.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        assert!(acknowledged.into_inner().unwrap().is_subset(&listed), "every acknowledged document is there");
        for id in &listed {
            let head = format!("GET /v1/documents/{id}/content");
            let (status, file) = ask(&server.address, server.token("auditor"), &head, "").unwrap();
            assert!(status == "200" && file == content, "{id}: {status}");
        }
        let kept = std::fs::read_dir(&files).unwrap().count();
        assert!((listed.len()..=listed.len() + WRITERS).contains(&kept), "{kept} files of {} documents", listed.len());
        server.kill();
    }
}

/// One round of a worker's: a consultation is delivered, invoiced, endorsed by one and approved by another, and whatever waits is
/// paid or refused by the bank. Each worker has a day of its own. None where the server is gone.
fn settle(server: &Running, order: &str, day: &str, lot: &mut fastrand::Rng, approved: &mut Vec<String>) -> Option<()> {
    let on_tag = |path: &str, tag: u32| format!("POST {path} HTTP/1.1\r\nIf-Match: \"{tag}\"\r\nX-Ignored: ");
    let delivery = serde_json::json!({"on": day, "volume": "0.02"}).to_string();
    let (status, answer) =
        server.ask_until_ready("social_worker", &format!("POST /v1/orders/{order}/deliveries"), &delivery)?;
    assert!(["201", "422"].contains(&status.as_str()), "{answer}");
    // What an interrupted round has left is invoiced with it.
    let path = format!("GET /v1/deliveries?order={order}&invoiced=false&from={day}&to={day}&limit=200");
    let (_, free) = server.ask_until_ready("accountant", &path, "")?;
    let hundredths: u32 = 2 * u32::try_from(free["items"].as_array()?.len()).unwrap();
    if hundredths > 0 {
        let amount = format!("{}.{:02}", hundredths * 60 / 100, hundredths * 60 % 100);
        let invoice = serde_json::json!({
            "number": format!("N-{}", lot.u64(..)), "issued_on": day, "period_from": day, "period_to": day,
            "lines": [{"order": order, "from": day, "to": day, "volume": format!("0.{hundredths:02}"),
                "unit_price": "60.00", "amount": amount}],
            "total": amount,
        });
        let path = format!("POST /v1/invoices?provider={}", free["items"][0]["provider_id"].as_str()?);
        let (status, sent) = server.ask_until_ready("accountant", &path, &invoice.to_string())?;
        assert_eq!((status.as_str(), &sent["status"]), ("201", &serde_json::json!("received")), "{sent}");
        let path = format!("/v1/invoices/{}", sent["id"].as_str()?);
        let (status, answer) =
            server.ask_until_ready("social_worker", &on_tag(&format!("{path}/endorsement"), 1), "")?;
        assert_eq!(status, "201", "{answer}");
        let (status, answer) = server.ask_until_ready("office_head", &on_tag(&format!("{path}/approval"), 2), "")?;
        assert_eq!(status, "201", "{answer}");
        approved.push(sent["id"].as_str()?.to_owned());
    }
    let run = serde_json::json!({"format": "pain.001.001.03", "execution_date": "2099-12-31",
        "debtor": {"name": "Demo novada Sociālais dienests", "bank_account": "LV80BANK0000435195001"}});
    let (status, answer) = server.ask_until_ready("accountant", "POST /v1/payment-runs", &run.to_string())?;
    assert!(["201", "409", "412"].contains(&status.as_str()), "{answer}");
    let (_, open) = server.ask_until_ready("accountant", "GET /v1/payment-runs?status=open&limit=200", "")?;
    for run in open["items"].as_array()? {
        let path = format!("/v1/payment-runs/{}", run["id"].as_str()?);
        let (_, shown) = server.ask_until_ready("accountant", &format!("GET {path}"), "")?;
        let paid = lot.u8(0..4) > 0;
        let result = |payment: &serde_json::Value| serde_json::json!({"payment": payment["id"], "paid": paid});
        let results: Vec<_> = shown["payments"].as_array()?.iter().map(result).collect();
        let paid_on = balsts_domain::calendar::local_date(run["created_at"].as_str()?.parse().ok()?);
        let results = serde_json::json!({"paid_on": paid_on, "payments": results}).to_string();
        let (status, answer) = server.ask_until_ready("accountant", &format!("POST {path}/results"), &results)?;
        assert!(["201", "409", "412", "422"].contains(&status.as_str()), "{answer}");
    }
    Some(())
}

fn in_cents(amount: &serde_json::Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// Killed again and again between approval and payment: what was approved stays so, each invoice is paid by one payment, and
/// ledger, invoices and payments are equal to the cent.
#[test]
#[cfg(unix)]
fn kills_amid_payments_pay_each_euro_once() {
    use std::{
        collections::BTreeMap,
        sync::atomic::{AtomicUsize, Ordering},
        thread,
        time::Duration,
    };

    const WORKERS: usize = 4;
    const KILLS: u64 = 6;
    let directory = tempfile::tempdir().unwrap();
    for url in databases(directory.path()) {
        let url = url.as_deref();
        let mut demo = balsts(directory.path(), &["demo"]);
        if let Some(url) = url {
            demo.env("BALSTS__DATABASE__URL", url);
            demo.env("BALSTS__DATABASE__KEY_FILE", directory.path().join("keys.json"));
        }
        let filled = demo.output().unwrap();
        assert!(filled.status.success(), "{}", stderr(&filled));

        let mut server = Running::start(directory.path(), url);
        let orders = server.all("social_worker", "/v1/orders");
        assert_eq!(orders.len(), 2);
        let begin = orders[0]["valid_from"].as_str().unwrap().to_owned();
        let mut acknowledged: Vec<String> = Vec::new();
        for kill in 0..KILLS {
            let rounds = AtomicUsize::new(0);
            thread::scope(|scope| {
                let work = |worker: usize| {
                    let (server, rounds, orders, begin) = (&server, &rounds, &orders, &begin);
                    scope.spawn(move || {
                        let mut lot = fastrand::Rng::with_seed(kill * 10 + u64::try_from(worker).unwrap());
                        let order = orders[worker % 2]["id"].as_str().unwrap();
                        let day = format!("{}{:02}", &begin[..8], worker + 1);
                        let mut approved = Vec::new();
                        while settle(server, order, &day, &mut lot, &mut approved).is_some() {
                            rounds.fetch_add(1, Ordering::Relaxed);
                        }
                        approved
                    })
                };
                let workers: Vec<_> = (0..WORKERS).map(work).collect();
                let ready = || workers.iter().any(thread::ScopedJoinHandle::is_finished);
                while rounds.load(Ordering::Relaxed) < 10 && !ready() {
                    thread::sleep(Duration::from_millis(1));
                }
                // At another moment each time.
                thread::sleep(Duration::from_millis(kill * 7));
                let pid = server.process.id().to_string();
                assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
                acknowledged.extend(workers.into_iter().flat_map(|worker| worker.join().unwrap()));
            });
            server.kill();
            server = Running::start(directory.path(), url);
        }

        let invoices = server.all("accountant", "/v1/invoices");
        let by_id: BTreeMap<&str, &serde_json::Value> =
            invoices.iter().map(|invoice| (invoice["id"].as_str().unwrap(), invoice)).collect();
        let settled = |status: &str| ["approved", "paid"].contains(&status);
        assert!(acknowledged.len() >= 10 * usize::try_from(KILLS).unwrap(), "{} approved", acknowledged.len());
        for id in &acknowledged {
            assert!(settled(by_id[id.as_str()]["status"].as_str().unwrap()), "{}", by_id[id.as_str()]);
        }
        let mut paid_by_payments = 0;
        for run in server.all("accountant", "/v1/payment-runs") {
            let path = format!("GET /v1/payment-runs/{}", run["id"].as_str().unwrap());
            for payment in server.ask("accountant", &path, "").unwrap().1["payments"].as_array().unwrap() {
                let of_payment = invoices.iter().filter(|invoice| invoice["payment_id"] == payment["id"]);
                let amount: i64 = of_payment.map(|invoice| in_cents(&invoice["amount"])).sum();
                let expected = if payment["status"] == "failed" { 0 } else { in_cents(&payment["amount"]) };
                assert_eq!(amount, expected, "{payment}");
                paid_by_payments += if payment["status"] == "paid" { in_cents(&payment["amount"]) } else { 0 };
            }
        }
        let sum = |statuses: &[&str]| -> i64 {
            let counted = invoices.iter().filter(|invoice| statuses.contains(&invoice["status"].as_str().unwrap()));
            counted.map(|invoice| in_cents(&invoice["amount"])).sum()
        };
        let deliveries = server.all("accountant", "/v1/deliveries");
        let delivered: i64 = deliveries.iter().map(|delivery| in_cents(&delivery["amount"])).sum();
        let mut ledgers = [0; 3];
        for order in &orders {
            let path = format!("GET /v1/budgets/{}/ledger", order["budget_id"].as_str().unwrap());
            let total = server.ask("accountant", &path, "").unwrap().1["total"].clone();
            for (sum, name) in ledgers.iter_mut().zip(["delivered", "invoiced", "paid"]) {
                *sum += in_cents(&total[name]);
            }
        }
        assert_eq!(ledgers, [delivered, sum(&["approved", "paid"]), sum(&["paid"])]);
        assert_eq!(paid_by_payments, sum(&["paid"]));
        assert!(paid_by_payments > 48_000, "more was paid than the demonstration begins with");
        server.kill();
        let mut verify = balsts(directory.path(), &["audit", "verify"]);
        if let Some(url) = url {
            verify.env("BALSTS__DATABASE__URL", url);
        }
        let verified = verify.output().unwrap();
        assert!(verified.status.success(), "{}", stdout(&verified));
        eprintln!("{} approved and acknowledged, {} cents paid, {KILLS} kills", acknowledged.len(), paid_by_payments);
    }
}

/// A whole case, with mistakes, logged as much as can be: what tells of a person stands neither there nor in the database.
#[test]
#[cfg(unix)]
fn neither_the_database_nor_the_log_tells_of_a_person() {
    let of_postgres = tempfile::tempdir().unwrap();
    let mut databases = vec![None];
    databases.extend(postgres(of_postgres.path()).map(Some));
    for database in databases {
        let of_sqlite = tempfile::tempdir().unwrap();
        let directory = if database.is_some() { of_postgres.path() } else { of_sqlite.path() };
        let log = directory.join("server.log");
        let file = std::fs::File::create(&log).unwrap();
        let url = database.as_ref().map(|(_, url)| url.as_str());
        let server = Running::logging(directory, url, file.into(), "trace");
        let ask = |role: &str, head: &str, body: &serde_json::Value| server.ask(role, head, &body.to_string()).unwrap();
        let new = serde_json::json!({
            "methodology": "children-2023", "received_at": "2023-03-01T09:30",
            "person": {"personal_code": "320000-77701", "given_name": "Zvaigznīte", "family_name": "Neesoša",
                "address": "Nekurienes iela 7", "phone": "+371 27770001", "email": "zvaigznite@example.org"},
            "applicant": {"given_name": "Mākonis", "family_name": "Neesošs", "relation": "parent", "personal_code": "320000-77702"},
            "evidence": {"birth_date": "2018-01-17", "disability": {"group": "child"}, "impairment_types": ["movement"]},
        });
        let (status, registered) = ask("social_worker", "POST /v1/applications", &new);
        assert_eq!(status, "201");
        assert_eq!(ask("social_worker", "POST /v1/applications", &new).0, "409");
        let mut bad = new.clone();
        bad["person"]["personal_code"] = "327770-1234567".into();
        bad["Neesoša"] = "palliative_care".into();
        assert_eq!(ask("social_worker", "POST /v1/applications", &bad).0, "400");
        assert_eq!(ask("provider", "POST /v1/applications", &new).0, "403");
        let id = registered["id"].as_str().unwrap();
        let change = |tag: &str| format!(" HTTP/1.1\r\nIf-Match: \"{tag}\"\r\nX-Ignored: ");
        let act: serde_json::Value = serde_json::from_str(GRANT).unwrap();
        assert_eq!(ask("office_head", &format!("POST /v1/applications/{id}/decision{}", change("1")), &act).0, "201");
        let budget = serde_json::json!({
            "calculation": {"methodology": "children-2023", "date": "2023-03-15", "birth_date": "2018-01-17",
                "special_care": true, "criteria": [{"criterion": "palliative_care"}]},
            "form": {"registers": ["special_care_opinion"],
                "documents": [{"kind": "gp_extract", "title": "Izraksts par Zvaigznīti"}],
                "evidence": [{"criterion": "palliative_care", "source": "Slimnīcas epikrīze"}]},
        });
        let (status, budget) = ask("social_worker", &format!("POST /v1/applications/{id}/budget"), &budget);
        assert_eq!(status, "201", "{budget}");
        let signature =
            serde_json::json!({"party": "recipient", "signed_on": "2023-03-16", "signer": "Mākonis Neesošs"});
        let head = format!("POST /v1/budgets/{}/signatures{}", budget["id"].as_str().unwrap(), change("1"));
        assert_eq!(ask("social_worker", &head, &signature).0, "201");
        let revocation = serde_json::json!({
            "decided_on": "2023-09-01", "effective_from": "2023-10-01", "delivery": "e_address", "prepared_by": "w",
            "reason": "Neesoša ir pārcēlusies uz Nekurienes ielu", "legal_basis": ["APL 85"],
        });
        let head = format!("POST /v1/applications/{id}/revocation{}", change("2"));
        assert_eq!(ask("office_head", &head, &revocation).0, "201");
        assert_eq!(
            ask("social_worker", &format!("GET /v1/cases/{id}?include=budget"), &serde_json::Value::Null).0,
            "200"
        );
        server.kill();

        let mut held: Vec<(String, Vec<u8>)> = std::fs::read_dir(directory)
            .unwrap()
            .map(|file| file.unwrap().path())
            // The directory for the files of cases, of which there are none here.
            .filter(|path| path.is_file())
            .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
            .collect();
        if let Some((name, _)) = &database {
            held.push(("dump".to_owned(), balsts_tests::cluster::cluster().unwrap().dump(name)));
        }
        let holds = |text: &str| {
            let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            held.iter().find(|(_, bytes)| holds(bytes)).map(|(name, _)| name.clone())
        };
        assert!(
            holds("children-2023").is_some() && holds("register_application").is_some(),
            "the files are the right ones"
        );
        assert!(std::fs::metadata(&log).unwrap().len() > 10_000, "the log is one");
        for secret in [
            "320000-77701",
            "32000077701",
            "320000-77702",
            "32000077702",
            "327770-1234567",
            "Zvaigzn",
            "Neeso",
            "Mākonis",
            "Nekurienes",
            "+371 27770001",
            "zvaigznite@",
            "2018-01-17",
            "movement",
            "palliative_care",
            "epikr",
        ] {
            assert_eq!(holds(secret), None, "{secret} is told");
        }
    }
}

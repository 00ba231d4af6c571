//! Start, announce, serve, stop, and the exit codes of commands.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use crate::running::{Running, balsts, run, serve, status_of, stderr, stdout};

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
    // The registration, and two reads of its answer by rows that were sent again.
    assert!(stdout(&verified).starts_with("3 entries read"), "{}", stdout(&verified));
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

//! The program that is started, and what it is asked.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

pub(crate) fn balsts(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_balsts"));
    command.current_dir(directory).args(arguments).env_clear().stdin(Stdio::null());
    command
}

pub(crate) fn run(directory: &Path, arguments: &[&str]) -> Output {
    balsts(directory, arguments).output().unwrap()
}

pub(crate) fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

pub(crate) fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// Starts the server and waits for the line that tells its address.
pub(crate) fn serve(directory: &Path, arguments: &[&str]) -> (Child, String) {
    let mut command = balsts(directory, arguments);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.strip_prefix("listening on http://").expect("the address on standard output");
    (server, address.trim_end().to_owned())
}

pub(crate) fn status_of(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer.split_whitespace().nth(1).unwrap().to_owned()
}

/// Sends a request on a connection of its own; the status and the body, or nothing where the server is gone.
pub(crate) fn ask(address: &str, token: &str, head: &str, body: &str) -> Option<(String, String)> {
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
pub(crate) struct Running {
    pub(crate) process: Child,
    pub(crate) address: String,
    pub(crate) lines: Vec<String>,
}

impl Running {
    /// Starts a server on the SQLite file of the directory, or on a PostgreSQL database.
    pub(crate) fn start(directory: &Path, postgres: Option<&str>) -> Self {
        Self::logging(directory, postgres, Stdio::null(), "error")
    }

    pub(crate) fn logging(directory: &Path, postgres: Option<&str>, log: Stdio, level: &str) -> Self {
        let mut command = balsts(directory, &["--listen", "127.0.0.1:0"]);
        if let Some(url) = postgres {
            command.env("BALSTS__DATABASE__URL", url).env("BALSTS__DATABASE__KEY_FILE", directory.join("keys.json"));
            command.env("BALSTS__DOCUMENTS__DIRECTORY", directory.join("documents"));
            command.env("BALSTS__IDENTITY__MODE", "development");
        }
        command.env("BALSTS__LOG__LEVEL", level);
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines: Vec<String> =
            BufReader::new(process.stdout.take().unwrap()).lines().take(13).collect::<Result<_, _>>().unwrap();
        let address = lines.iter().find_map(|line| line.strip_prefix("listening on http://")).unwrap().to_owned();
        Self { process, address, lines }
    }

    pub(crate) fn token(&self, role: &str) -> &str {
        let line = self.lines.iter().find(|line| line.starts_with(&format!("token {role} "))).unwrap();
        line.rsplit(' ').next().unwrap()
    }

    pub(crate) fn ask(&self, role: &str, head: &str, body: &str) -> Option<(String, serde_json::Value)> {
        let (status, body) = ask(&self.address, self.token(role), head, body)?;
        Some((status, serde_json::from_str(&body).ok()?))
    }

    /// Asks again where the server has said that it is not ready, as a client does.
    pub(crate) fn ask_until_ready(&self, role: &str, head: &str, body: &str) -> Option<(String, serde_json::Value)> {
        loop {
            let (status, answer) = self.ask(role, head, body)?;
            if status != "503" {
                return Some((status, answer));
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }

    /// Every item of a list, page by page.
    pub(crate) fn all(&self, role: &str, path: &str) -> Vec<serde_json::Value> {
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
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Municipality of the printed tokens.
pub(crate) const MUNICIPALITY: &str = "0054000";

/// The keys of the tests' own nodes, as a file.
pub(crate) fn key_file() -> String {
    format!(r#"{{"current":1,"keys":{{"1":"{}"}},"index_key":"{}"}}"#, "01".repeat(32), "08".repeat(32))
}

/// An empty PostgreSQL database with its schema, made by its owner: its name, and the address for a server. None where
/// there is none.
pub(crate) fn postgres(directory: &Path) -> Option<(String, String)> {
    let cluster = balsts_tests::cluster::cluster()?;
    let name = cluster.create_database(None);
    let owner = cluster.url(&name, balsts_tests::cluster::OWNER);
    let migrated = run(directory, &["migrate", "--database", &owner]);
    assert!(migrated.status.success(), "{}", stderr(&migrated));
    std::fs::write(directory.join("keys.json"), key_file()).unwrap();
    let url = cluster.url(&name, balsts_tests::cluster::SERVER);
    Some((name, url))
}

/// The kinds of database that this machine has, each with the address for the servers.
pub(crate) fn databases(directory: &Path) -> Vec<Option<String>> {
    let mut databases = vec![None];
    databases.extend(postgres(directory).map(|(_, url)| Some(url)));
    databases
}

pub(crate) fn application(code: &str) -> String {
    serde_json::json!({
        "methodology": "children-2023", "received_at": "2023-03-01T09:30",
        "person": {"personal_code": code, "given_name": "Demo", "family_name": "Paraugs"},
        "applicant": {"given_name": "Demo", "family_name": "Vecāks", "relation": "parent"},
        "evidence": {"birth_date": "2018-01-15", "disability": {"group": "child"}, "impairment_types": ["movement"]},
    })
    .to_string()
}

pub(crate) const GRANT: &str =
    r#"{"outcome":"grant","decided_on":"2023-03-10","delivery":"e_address","prepared_by":"demo"}"#;

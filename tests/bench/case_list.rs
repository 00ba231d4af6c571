//! Pages of applications over HTTP, in a database of a hundredth of the cases and in one of all: the first page, and pages deep
//! inside, with and without a status. A deep page may cost 1.5 times the first, and a page among all 3 times one among few.
//!
//! `BALSTS_BENCH_CASES` (1,000,000) and `BALSTS_BENCH_DATABASE` (`sqlite`, `postgres` or `both`) choose what is measured.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use balsts_bench::product::{self, Server};
use balsts_tests::cluster::{self, Cluster};
use serde_json::Value;

const ROUNDS: usize = 201;
const STATUSES: [&str; 3] = ["", "&status=registered", "&status=granted"];
const DEEP_TO_FIRST: f64 = 1.5;
const ALL_TO_FEW: f64 = 3.0;
/// One load has this long; both together end within the time that a benchmark may take.
const LOAD_TIMEOUT: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    let cases: u32 =
        env::var("BALSTS_BENCH_CASES").map_or(1_000_000, |cases| cases.parse().expect("a number of cases"));
    let databases = env::var("BALSTS_BENCH_DATABASE").unwrap_or_else(|_| "sqlite".to_owned());
    let program = product::build();
    let mut kept = true;
    for database in ["sqlite", "postgres"] {
        if databases == database || databases == "both" {
            let [few, all] = [cases.div_ceil(100), cases].map(|cases| measure(&program, database, cases));
            for ((place, few), (_, all)) in few.pages.iter().zip(&all.pages) {
                kept &= told(&format!("{database}, {place}: all / few"), all / few, ALL_TO_FEW);
            }
            kept &= few.kept && all.kept;
        }
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints a ratio, and tells whether it is within its bound.
fn told(what: &str, ratio: f64, most: f64) -> bool {
    let kept = ratio <= most;
    println!("{what}: {ratio:.2}, at most {most}{}", if kept { "" } else { ": FAILED" });
    kept
}

struct Measured {
    /// Median milliseconds of each page.
    pages: Vec<(String, f64)>,
    kept: bool,
}

fn measure(program: &Path, database: &str, cases: u32) -> Measured {
    let directory = tempfile::tempdir().expect("a directory");
    let at = |role| Place::of(database, directory.path(), role);
    load(&mut at(cluster::OWNER).command(program, "demo"), cases);
    at(cluster::OWNER).analyze();

    let mut serve = at(cluster::SERVER).command(program, "serve");
    serve.args(["--listen", "127.0.0.1:0"]).env("BALSTS__HTTP__ACCESS_LOG", "false");
    let server = Server::start(serve, 12);
    let mut client = Client::new(&server);
    let (rows, cursors) = client.walk();
    let cursor =
        |percent: usize| cursors.get(cursors.len() * percent / 100).map_or(String::new(), |id| format!("&cursor={id}"));
    let places = [("first page", String::new()), ("in the middle", cursor(50)), ("near the end", cursor(95))];

    let mut pages = Vec::new();
    let mut kept = true;
    println!("{database}, {cases} cases, {rows} of them in the municipality:");
    for status in STATUSES {
        let mut times = places.each_ref().map(|_| Vec::with_capacity(ROUNDS));
        // In turn, so that a busy moment of the machine falls on all alike.
        for round in 0..ROUNDS + 20 {
            for ((_, cursor), times) in places.iter().zip(&mut times) {
                let started = Instant::now();
                client.get(&format!("/v1/applications?limit=50{status}{cursor}"));
                if round >= 20 {
                    times.push(started.elapsed().as_secs_f64() * 1000.0);
                }
            }
        }
        let medians = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[ROUNDS / 2]
        });
        for ((place, _), median) in places.iter().zip(medians) {
            let name = format!("{place}{}", status.replace('&', ", "));
            println!("  {name}: {median:.2} ms");
            if median > medians[0] {
                kept &= told(&format!("  {name} / first page"), median / medians[0], DEEP_TO_FIRST);
            }
            pages.push((name, median));
        }
    }
    Measured { pages, kept }
}

/// Where a database is, and who comes to it.
struct Place {
    url: String,
    keys: PathBuf,
    cluster: Option<(&'static Cluster, String)>,
}

impl Place {
    fn of(database: &str, directory: &Path, role: &str) -> Self {
        let keys = directory.join("keys");
        let key = "07".repeat(32);
        fs::write(&keys, format!("{{\"current\":1,\"keys\":{{\"1\":\"{key}\"}},\"index_key\":\"{key}\"}}"))
            .expect("a file");
        if database == "sqlite" {
            let url = format!("sqlite:{}", directory.join("balsts.db").display());
            return Self { url, keys, cluster: None };
        }
        let cluster = cluster::cluster().expect("this machine has PostgreSQL");
        let name = format!(
            "bench_{}",
            directory.file_name().expect("a name").to_string_lossy().replace('.', "").to_lowercase()
        );
        if role == cluster::OWNER && !directory.join("made").exists() {
            cluster.create_named(&name, None);
            fs::write(directory.join("made"), "").expect("a file");
        }
        Self { url: cluster.url(&name, role), keys, cluster: Some((cluster, name)) }
    }

    fn command(&self, program: &Path, name: &str) -> Command {
        let mut command = Command::new(program);
        command.arg(name).env("BALSTS__DATABASE__URL", &self.url).env("BALSTS__DATABASE__KEY_FILE", &self.keys);
        command.env("BALSTS__IDENTITY__MODE", "development");
        command
    }

    /// What autovacuum does in an installation, soon after a load.
    fn analyze(&self) {
        if let Some((cluster, name)) = &self.cluster {
            cluster.psql(name, cluster::OWNER, "VACUUM ANALYZE").expect("analyzed");
        }
    }
}

fn load(command: &mut Command, cases: u32) {
    command.args(["--cases", &cases.to_string()]).stdout(Stdio::piped()).stderr(Stdio::null());
    let started = Instant::now();
    let mut process = command.spawn().expect("the load starts");
    let mut most = 0.0;
    let status = loop {
        if let Some(memory) = product::memory(process.id(), "VmHWM") {
            most = memory;
        }
        if let Some(status) = process.try_wait().expect("its status") {
            break status;
        }
        if started.elapsed() > LOAD_TIMEOUT {
            let _ = process.kill();
            let _ = process.wait();
            panic!("the load takes longer than {} s", LOAD_TIMEOUT.as_secs());
        }
        thread::sleep(Duration::from_millis(100));
    };
    assert!(status.success(), "the load failed");
    let mut told = String::new();
    process.stdout.take().expect("its output").read_to_string(&mut told).expect("text");
    println!("loaded {}; memory {most:.0} MB at most", told.trim());
}

/// One kept connection.
struct Client {
    stream: BufReader<TcpStream>,
    token: String,
    address: String,
}

impl Client {
    fn new(server: &Server) -> Self {
        let stream = TcpStream::connect(&server.address).expect("a connection");
        stream.set_nodelay(true).expect("set");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        let token = server.token("social_worker").to_owned();
        Self { stream: BufReader::new(stream), token, address: server.address.clone() }
    }

    fn get(&mut self, path: &str) -> Vec<u8> {
        let Self { stream, token, address } = self;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n");
        stream.get_mut().write_all(request.as_bytes()).expect("sent");
        let (mut length, mut line) = (0, String::new());
        stream.read_line(&mut line).expect("an answer");
        assert!(line.starts_with("HTTP/1.1 200"), "{path}: {line}");
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).expect("a header");
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).expect("a body");
        body
    }

    /// All pages: the number of rows, and the cursor of each page.
    fn walk(&mut self) -> (usize, Vec<String>) {
        let (mut rows, mut cursors, mut path) = (0, Vec::new(), "/v1/applications?limit=200".to_owned());
        loop {
            let page: Value = serde_json::from_slice(&self.get(&path)).expect("JSON");
            rows += page["items"].as_array().map_or(0, Vec::len);
            let Some(next) = page["next"].as_str() else { return (rows, cursors) };
            cursors.push(next.to_owned());
            path = format!("/v1/applications?limit=200&cursor={next}");
        }
    }
}

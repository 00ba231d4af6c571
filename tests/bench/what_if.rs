//! A what-if over the budgets of ten thousand people and of a hundred thousand, over HTTP: time and memory of each, and the time
//! per budget of the many against the few. Twice as dear would mean that the run does not grow with its input alone.
//!
//! `BALSTS_BENCH_BUDGETS` (100,000) and `BALSTS_BENCH_DATABASE` (`sqlite`, `postgres` or `both`) choose what is measured.

use std::{
    env, fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use balsts_bench::product::{self, Server};
use balsts_tests::cluster::{self, Cluster};
use serde_json::{Value, json};

const ROUNDS: usize = 5;
const MANY_TO_FEW: f64 = 1.5;
/// Memory of the many beside that of the few, MB.
const MORE_MEMORY: f64 = 32.0;

fn main() -> ExitCode {
    let budgets: u32 = env::var("BALSTS_BENCH_BUDGETS").map_or(100_000, |budgets| budgets.parse().expect("a number"));
    let databases = env::var("BALSTS_BENCH_DATABASE").unwrap_or_else(|_| "sqlite".to_owned());
    let program = product::build();
    let mut kept = true;
    for database in ["sqlite", "postgres"] {
        if databases == database || databases == "both" {
            let [few, many] = [budgets.div_ceil(10), budgets].map(|budgets| measure(&program, database, budgets));
            let (ratio, more) = (many.per_budget / few.per_budget, many.memory - few.memory);
            let fits = ratio <= MANY_TO_FEW && more <= MORE_MEMORY;
            println!(
                "{database}: per budget, many / few: {ratio:.2}, at most {MANY_TO_FEW}; memory {more:+.1} MB, at most \
                 {MORE_MEMORY:+.0}{}",
                if fits { "" } else { ": FAILED" }
            );
            kept &= fits;
        }
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Measured {
    /// Median microseconds.
    per_budget: f64,
    /// The most that the server has had in memory, MB.
    memory: f64,
}

fn measure(program: &Path, database: &str, wanted: u32) -> Measured {
    let directory = tempfile::tempdir().expect("a directory");
    let place = Place::make(database, directory.path());
    // A part of the loaded cases has a budget: so many more are loaded that there are as many budgets as wanted, or some more.
    let cases = u64::from(wanted) * place.cases_for_a_hundred_budgets(program) / 100;
    let mut load = place.command(program, "demo", cluster::OWNER);
    load.args(["--cases", &cases.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(load.status().expect("the load runs").success(), "the load failed");
    place.analyze();

    let mut serve = place.command(program, "serve", cluster::SERVER);
    serve.args(["--listen", "127.0.0.1:0"]).env("BALSTS__HTTP__ACCESS_LOG", "false");
    let server = Server::start(serve, 12);
    let idle = server.memory("VmRSS");
    let mut times = Vec::new();
    let mut budgets = 0.0;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let answer = what_if(&server);
        times.push(started.elapsed().as_secs_f64());
        budgets = answer["budgets"].as_f64().expect("a number");
        assert_ne!(answer["total"]["difference"], "0.00", "{answer}");
    }
    times.sort_by(f64::total_cmp);
    let (time, memory) = (times[ROUNDS / 2], server.memory("VmHWM"));
    let per_budget = time * 1e6 / budgets;
    println!(
        "{database}, {budgets} budgets: {:.0} ms, {per_budget:.1} us each; memory {idle:.1} MB idle, at most {memory:.1} MB",
        time * 1e3
    );
    Measured { per_budget, memory }
}

/// A dearer hour of home care, and adults as they are.
fn what_if(server: &Server) -> Value {
    let text = json!({"lv": "x", "en": "x"});
    let body = json!({"date": "2027-01-01", "content": {"tariffs": [{
        "service": "home_care", "amount": "9.00", "unit": "hour", "price_kind": "market", "valid_from": "2027-01-01",
        "source": {"document": "S3", "section": text},
    }]}})
    .to_string();
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    write!(
        stream,
        "POST /v1/what-ifs HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        server.address,
        server.token("ministry_reviewer"),
        body.len()
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).expect("JSON")
}

/// Where a database is.
struct Place {
    database: String,
    directory: PathBuf,
    cluster: Option<(&'static Cluster, String)>,
}

impl Place {
    fn make(database: &str, directory: &Path) -> Self {
        let key = "07".repeat(32);
        let keys = format!("{{\"current\":1,\"keys\":{{\"1\":\"{key}\"}},\"index_key\":\"{key}\"}}");
        fs::write(directory.join("keys"), keys).expect("a file");
        let cluster = (database == "postgres").then(|| {
            let cluster = cluster::cluster().expect("this machine has PostgreSQL");
            (cluster, cluster.create_database(None))
        });
        Self { database: database.to_owned(), directory: directory.to_owned(), cluster }
    }

    fn command(&self, program: &Path, name: &str, role: &str) -> Command {
        let url = match &self.cluster {
            Some((cluster, name)) => cluster.url(name, role),
            None => format!("sqlite:{}", self.directory.join("balsts.db").display()),
        };
        let mut command = Command::new(program);
        command.arg(name).env("BALSTS__DATABASE__URL", url).env("BALSTS__IDENTITY__MODE", "development");
        command.env("BALSTS__DATABASE__KEY_FILE", self.directory.join("keys"));
        command
    }

    /// How many cases of a load have a hundred budgets, found out with a small one.
    fn cases_for_a_hundred_budgets(&self, program: &Path) -> u64 {
        const CASES: u64 = 2_000;
        let directory = tempfile::tempdir().expect("a directory");
        let small = Self::make("sqlite", directory.path());
        let mut load = small.command(program, "demo", cluster::OWNER);
        load.args(["--cases", &CASES.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(load.status().expect("the load runs").success(), "the load failed");
        let mut serve = small.command(program, "serve", cluster::SERVER);
        serve.args(["--listen", "127.0.0.1:0"]);
        let budgets = what_if(&Server::start(serve, 12))["budgets"].as_u64().expect("a number");
        (CASES * 100).div_ceil(budgets) + 1
    }

    /// What autovacuum does in an installation, soon after a load.
    fn analyze(&self) {
        if let Some((cluster, name)) = &self.cluster {
            println!("{}: VACUUM ANALYZE", self.database);
            cluster.psql(name, cluster::OWNER, "VACUUM ANALYZE").expect("analyzed");
        }
    }
}

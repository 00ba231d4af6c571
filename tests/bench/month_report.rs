//! A monthly report over a million deliveries of one municipality, over HTTP, against what the database takes to add up the same
//! rows: the lines of the invoices, and the deliveries behind them. The rows are written by SQL; only persons and budgets are loaded
//! as the program does it, because their codes are sealed.
//!
//! `BALSTS_BENCH_DELIVERIES` (1,000,000) and `BALSTS_BENCH_DATABASE` (`sqlite`, `postgres` or `both`) choose what is measured.

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
use chrono::{Datelike, Months, Utc};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use serde_json::Value;

const ROUNDS: usize = 3;
/// Cases of all municipalities, of whose budgets one municipality's are used.
const CASES: &str = "20000";
const DELIVERIES_OF_LINE: u32 = 20;
const LINES_OF_INVOICE: u32 = 500;
/// A report adds up, draws pseudonyms, freezes and stores: so much longer than adding the deliveries up it may take.
const REPORT_TO_SQL: f64 = 3.0;

fn main() -> ExitCode {
    let deliveries: u32 =
        env::var("BALSTS_BENCH_DELIVERIES").map_or(1_000_000, |deliveries| deliveries.parse().expect("a number"));
    let databases = env::var("BALSTS_BENCH_DATABASE").unwrap_or_else(|_| "sqlite".to_owned());
    let program = product::build();
    let mut kept = true;
    for database in ["sqlite", "postgres"] {
        if databases == database || databases == "both" {
            kept &= measure(&program, database, deliveries);
        }
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn measure(program: &Path, database: &str, deliveries: u32) -> bool {
    let directory = tempfile::tempdir().expect("a directory");
    let place = Place::make(database, directory.path());
    let mut load = place.command(program, "demo", cluster::OWNER);
    load.args(["--cases", CASES]).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(load.status().expect("the load runs").success(), "the load failed");

    let mut serve = place.command(program, "serve", cluster::SERVER);
    serve.args(["--listen", "127.0.0.1:0"]).env("BALSTS__HTTP__ACCESS_LOG", "false");
    let server = Server::start(serve, 12);
    let line = server.tokens.iter().find(|line| line.contains(" accountant ")).expect("a token");
    let is_code = |word: &&str| word.len() == 7 && word.bytes().all(|byte| byte.is_ascii_digit());
    let municipality = line.split(' ').find(is_code).expect("a municipality").to_owned();

    #[expect(clippy::disallowed_methods, reason = "the product that is measured has the real clock")]
    let first = Utc::now().date_naive().with_day(1).expect("a day") - Months::new(1);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // One connection, whose temporary tables stay.
    let mut options = ConnectOptions::new(place.url(cluster::OWNER));
    options.max_connections(1).min_connections(1).sqlx_logging(false);
    let connection = runtime.block_on(Database::connect(options)).expect("a connection");
    let filled = Filled { connection, runtime, is_sqlite: database == "sqlite", municipality };
    filled.fill(deliveries, &first.to_string());
    place.analyze();

    let month = format!("{:04}-{:02}", first.year(), first.month());
    let token = server.token("accountant").to_owned();
    let (mut reports, mut floors, mut lines_floors) = (Vec::new(), Vec::new(), Vec::new());
    let mut made = Value::Null;
    for _ in 0..ROUNDS {
        floors.push(filled.seconds(DELIVERED_SUM));
        lines_floors.push(filled.seconds(LINES_SUM));
        let started = Instant::now();
        made = call(&server, "POST", "/v1/monthly-reports", &token, &format!("{{\"month\":\"{month}\"}}"));
        reports.push(started.elapsed().as_secs_f64());
        let path = format!("/v1/monthly-reports/{}", made["id"].as_str().expect("an identifier"));
        call(&server, "DELETE", &path, &token, "");
    }
    let (report, floor, lines_floor) = (median(reports), median(floors), median(lines_floors));
    let ratio = report / floor;
    let kept = ratio <= REPORT_TO_SQL;
    println!(
        "{database}, {deliveries} deliveries: report of {} lines and {} recipients {:.0} ms; SQL over the deliveries {:.0} ms, over \
         the lines {:.0} ms; report / deliveries {ratio:.2}, at most {REPORT_TO_SQL}; report / lines {:.1}; memory {:.1} MB{}",
        made["lines"],
        made["totals"]["recipients"],
        report * 1e3,
        floor * 1e3,
        lines_floor * 1e3,
        report / lines_floor,
        server.memory("VmHWM"),
        if kept { "" } else { ": FAILED" }
    );
    kept
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// What the report tells, added up of the deliveries themselves.
const DELIVERED_SUM: &str = "
    SELECT COUNT(*) AS n FROM (SELECT delivery.person_id, delivery.service, delivery.unit_price_cents, delivery.provider_id,
        SUM(delivery.thousandths) AS volume, SUM(delivery.cents) AS cents
    FROM delivery JOIN invoice ON invoice.id = delivery.invoice_id
    WHERE delivery.municipality_code = '{municipality}' AND invoice.status IN ('approved', 'paid')
    GROUP BY 1, 2, 3, 4) AS summed";

/// The same of the lines of the invoices.
const LINES_SUM: &str = "
    SELECT COUNT(*) AS n FROM (SELECT line.person_id, line.service, line.unit_price_cents, invoice.provider_id,
        SUM(line.thousandths) AS volume, SUM(line.cents) AS cents
    FROM invoice_line line JOIN invoice ON invoice.id = line.invoice_id
    WHERE line.municipality_code = '{municipality}' AND invoice.status IN ('approved', 'paid')
    GROUP BY 1, 2, 3, 4) AS summed";

/// A database that is filled by SQL.
struct Filled {
    connection: DatabaseConnection,
    runtime: tokio::runtime::Runtime,
    is_sqlite: bool,
    municipality: String,
}

impl Filled {
    fn run(&self, sql: &str) {
        let sql = self.written(sql);
        self.runtime
            .block_on(self.connection.execute_unprepared(&sql))
            .unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    fn seconds(&self, sql: &str) -> f64 {
        let sql = self.written(sql);
        let started = Instant::now();
        let backend = self.connection.get_database_backend();
        let statement = sea_orm::Statement::from_string(backend, sql);
        self.runtime.block_on(self.connection.query_all_raw(statement)).expect("an answer");
        started.elapsed().as_secs_f64()
    }

    fn written(&self, sql: &str) -> String {
        let id = if self.is_sqlite { "randomblob(16)" } else { "gen_random_uuid()" };
        let bytes = if self.is_sqlite { "x''" } else { "''::bytea" };
        sql.replace("{id}", id).replace("{bytes}", bytes).replace("{municipality}", &self.municipality)
    }

    /// A table of numbers from 0 to one below another.
    fn numbers(&self, below: u32) -> String {
        if self.is_sqlite {
            format!(
                "(WITH RECURSIVE up(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM up WHERE n + 1 < {below}) SELECT n FROM up)"
            )
        } else {
            format!("(SELECT generate_series AS n FROM generate_series(0, {} - 1))", below)
        }
    }

    /// Invoices that are approved on a day, half of them paid, with lines and deliveries, which have no orders.
    fn fill(&self, deliveries: u32, day: &str) {
        let lines = deliveries.div_ceil(DELIVERIES_OF_LINE);
        let invoices = lines.div_ceil(LINES_OF_INVOICE);
        if self.is_sqlite {
            self.run("PRAGMA foreign_keys = OFF");
        } else {
            self.run("SELECT set_config('app.municipality', '*', false)");
            self.run("ALTER TABLE delivery DROP CONSTRAINT delivery_order");
        }
        let now = "CURRENT_TIMESTAMP";
        self.run(
            "CREATE TEMPORARY TABLE some_budget AS SELECT id, person_id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS n FROM budget
             WHERE municipality_code = '{municipality}'",
        );
        self.run(&format!(
            "CREATE TEMPORARY TABLE some_invoice AS SELECT {{id}} AS id, {{id}} AS provider_id, n FROM {} numbers",
            self.numbers(invoices)
        ));
        self.run(&format!(
            "CREATE TEMPORARY TABLE some_line AS SELECT numbers.n, some_invoice.id AS invoice_id,
                numbers.n - some_invoice.n * {LINES_OF_INVOICE} + 1 AS number, {{id}} AS order_id, some_invoice.provider_id,
                some_budget.id AS budget_id, some_budget.person_id, 1000 + (numbers.n / 7) % 5 * 50 AS price,
                CASE numbers.n % 3 WHEN 0 THEN 'home_care' WHEN 1 THEN 'specialist' ELSE 'day_care_centre' END AS service
             FROM {} numbers JOIN some_invoice ON some_invoice.n = numbers.n / {LINES_OF_INVOICE}
             JOIN some_budget ON some_budget.n = numbers.n % (SELECT COUNT(*) FROM some_budget)",
            self.numbers(lines)
        ));
        self.run(&format!(
            "INSERT INTO invoice (id, municipality_code, kind, status, provider_id, number, issued_on, period_from, period_to,
                cents, content, entered_by, checked_by, approved_by, approved_on, paid_on, version, created_at, updated_at)
             SELECT id, '{{municipality}}', 'invoice', CASE WHEN n % 2 = 0 THEN 'paid' ELSE 'approved' END, provider_id,
                'R-' || n, {day}, {day}, {day}, 1, {{bytes}}, 'a', 'b', 'c', {day},
                CASE WHEN n % 2 = 0 THEN {day} END, 1, {now}, {now} FROM some_invoice",
            day = self.day(day)
        ));
        self.run(&format!(
            "INSERT INTO invoice_line (invoice_id, number, municipality_code, order_id, budget_id, person_id, line, service,
                from_day, to_day, thousandths, unit_price_cents, cents, delivered_cents)
             SELECT invoice_id, number, '{{municipality}}', order_id, budget_id, person_id, 1, service, {day}, {day},
                {DELIVERIES_OF_LINE} * 1000, price, {DELIVERIES_OF_LINE} * price, {DELIVERIES_OF_LINE} * price FROM some_line",
            day = self.day(day)
        ));
        self.run(&format!(
            "INSERT INTO delivery (id, municipality_code, order_id, plan_id, budget_id, person_id, provider_id, line, service,
                on_day, thousandths, unit_price_cents, cents, status, entry, details, invoice_id, invoice_line, recorded_by,
                version, created_at, updated_at)
             SELECT {{id}}, '{{municipality}}', order_id, order_id, budget_id, person_id, provider_id, 1, service, {day}, 1000,
                price, price, 'recorded', numbers.n + 1, {{bytes}}, invoice_id, number, 'a', 1, {now}, {now}
             FROM some_line CROSS JOIN {} numbers",
            self.numbers(DELIVERIES_OF_LINE),
            day = self.day(day)
        ));
        if self.is_sqlite {
            self.run("ANALYZE");
        }
    }

    fn day(&self, day: &str) -> String {
        if self.is_sqlite { format!("'{day}'") } else { format!("DATE '{day}'") }
    }
}

fn call(server: &Server, method: &str, path: &str, token: &str, body: &str) -> Value {
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(120))).expect("a timeout");
    let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nauthorization: Bearer {token}\r\nif-match: \"1\"\r\n{kind}\
         content-length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).unwrap_or_default()
}

/// Where a database is.
struct Place {
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
        Self { directory: directory.to_owned(), cluster }
    }

    fn url(&self, role: &str) -> String {
        match &self.cluster {
            Some((cluster, name)) => cluster.url(name, role),
            None => format!("sqlite:{}", self.directory.join("balsts.db").display()),
        }
    }

    fn command(&self, program: &Path, name: &str, role: &str) -> Command {
        let mut command = Command::new(program);
        command.arg(name).env("BALSTS__DATABASE__URL", self.url(role));
        command.env("BALSTS__DATABASE__KEY_FILE", self.directory.join("keys"));
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

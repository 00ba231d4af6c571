//! A PostgreSQL of this test process alone: started on first use, stopped with the process, kept in memory where it fits.
//!
//! Programs are looked for in `$PG_BIN`, then where `pg_config --bindir` says, then in `/usr/lib/postgresql/*/bin`, the
//! newest first. Where there are none, tests leave PostgreSQL out and say so; with `BALSTS_REQUIRE_POSTGRES=1` they fail.

use std::{
    env,
    ffi::OsStr,
    fs,
    os::unix::{fs::chown, net::UnixStream, process::CommandExt},
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use balsts_migrations::SERVER_ROLE;

use crate::{end, system};

/// Who owns the tables: a superuser, whom row-level security does not bind.
pub const OWNER: &str = "postgres";
/// Whom the API logs in as, bound by row-level security.
pub const SERVER: &str = "balsts_app";

/// Directories of clusters begin with this, and end with the number of their test process.
const PREFIX: &str = "balsts-postgres-";
/// A cluster with a hundred databases takes about this much.
const SPACE_NEEDED: u64 = 1 << 30;
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// The running server.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    directory: PathBuf,
    databases: AtomicU32,
}

/// Where the programs are, and whom they run as.
#[derive(Debug, Clone)]
struct Programs {
    directory: PathBuf,
    /// PostgreSQL refuses to run as root: then its own account is taken.
    account: Option<system::Account>,
}

/// The cluster, started if it is not running; `None` if this machine has no PostgreSQL.
///
/// # Panics
/// If it is required and missing, or does not start.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| match Programs::find() {
            Ok(programs) => Some(Cluster::start(programs)),
            Err(reason) => {
                let required = env::var_os("BALSTS_REQUIRE_POSTGRES").is_some_and(|value| value == "1");
                assert!(!required, "BALSTS_REQUIRE_POSTGRES=1, but {reason}");
                end::tell(&format!("PostgreSQL is left out: {reason}"));
                None
            }
        })
        .as_ref()
}

impl Programs {
    fn find() -> Result<Self, String> {
        let account = if system::is_root() {
            Some(
                system::postgres_account()
                    .ok_or("as root the tests run it under the account `postgres`, which is missing")?,
            )
        } else {
            None
        };
        let has_programs = |directory: &PathBuf| {
            ["initdb", "postgres", "createdb", "psql", "pg_dump"].iter().all(|p| directory.join(p).is_file())
        };
        let directory = Self::candidates().find(has_programs);
        let directory = directory.ok_or(
            "no initdb, postgres, createdb, psql and pg_dump are in $PG_BIN, `pg_config --bindir` or /usr/lib/postgresql",
        )?;
        Ok(Self { directory, account })
    }

    fn candidates() -> impl Iterator<Item = PathBuf> {
        let given = env::var_os("PG_BIN").map(PathBuf::from);
        let configured = Command::new("pg_config").arg("--bindir").output().ok();
        let configured = configured.and_then(|output| String::from_utf8(output.stdout).ok());
        let mut packaged: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .collect();
        packaged.sort_unstable_by(|a, b| b.cmp(a));
        let packaged = packaged.into_iter().map(|(_, directory)| directory);
        given.into_iter().chain(configured.map(|directory| PathBuf::from(directory.trim()))).chain(packaged)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.directory.join(program));
        command.env_clear().env("LC_ALL", "C.UTF-8").current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
        if let Some(account) = self.account {
            command.gid(account.group).uid(account.user);
        }
        command
    }

    fn run<S: AsRef<OsStr>>(&self, program: &str, arguments: impl IntoIterator<Item = S>) {
        let output = self.command(program).args(arguments).stderr(Stdio::piped()).output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Cluster {
    fn start(programs: Programs) -> Self {
        let parent = place();
        sweep(&parent);
        let directory = parent.join(format!("{PREFIX}{}", process::id()));
        fs::create_dir(&directory).unwrap();
        if let Some(account) = programs.account {
            chown(&directory, Some(account.user), Some(account.group)).unwrap();
        }
        let cluster = Self { programs, directory, databases: AtomicU32::new(0) };
        let data = cluster.data();
        let arguments =
            ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"];
        cluster
            .programs
            .run("initdb", [OsStr::new("-D"), data.as_os_str()].into_iter().chain(arguments.map(OsStr::new)));

        let process = cluster.spawn();
        let directory = cluster.directory.clone();
        end::at_end(move || {
            stop(process, &directory);
            Ok(())
        });
        cluster.wait_until_ready();
        let roles = format!("CREATE ROLE {SERVER_ROLE} NOLOGIN; CREATE ROLE {SERVER} LOGIN IN ROLE {SERVER_ROLE}");
        let socket = cluster.directory.to_str().unwrap();
        cluster.programs.run("psql", ["-h", socket, "-U", OWNER, "-v", "ON_ERROR_STOP=1", "-c", &roles, "postgres"]);
        cluster
    }

    /// Starts the server from a thread that never ends: on Linux it ends with the thread that started it.
    fn spawn(&self) -> i32 {
        let log = fs::File::create(self.directory.join("log")).unwrap();
        let mut command = self.programs.command("postgres");
        command.arg("-D").arg(self.data()).arg("-k").arg(&self.directory).stderr(log);
        // Nothing here outlives a crash, so nothing needs to reach a disk.
        for setting in [
            "listen_addresses=",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "wal_level=minimal",
            "max_wal_senders=0",
            "max_connections=300",
            "shared_buffers=64MB",
            "autovacuum=off",
        ] {
            command.args(["-c", setting]);
        }
        system::end_with_parent(&mut command);
        let (sender, receiver) = mpsc::channel();
        let keeper = thread::Builder::new().name("postgres".to_owned());
        keeper
            .spawn(move || {
                let mut server = command.spawn().unwrap();
                sender.send(server.id()).unwrap();
                let _ = server.wait();
            })
            .unwrap();
        receiver.recv().unwrap().try_into().unwrap()
    }

    fn wait_until_ready(&self) {
        let began = Instant::now();
        let status = self.data().join("postmaster.pid");
        while !fs::read_to_string(&status).is_ok_and(|status| status.contains("ready"))
            || UnixStream::connect(self.directory.join(".s.PGSQL.5432")).is_err()
        {
            let log = self.directory.join("log");
            assert!(began.elapsed() < START_TIMEOUT, "{}", fs::read_to_string(log).unwrap_or_default());
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// Creates a database, empty or as a copy of another, and returns its name.
    pub fn create_database(&self, template: Option<&str>) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.create_named(&name, template);
        name
    }

    /// Creates a database of a certain name, to be copied later.
    pub fn create_named(&self, name: &str, template: Option<&str>) {
        let mut arguments = vec!["-h", self.directory.to_str().unwrap(), "-U", OWNER, name];
        arguments.extend(template.into_iter().flat_map(|template| ["-T", template]));
        self.programs.run("createdb", arguments);
    }

    /// What the server answers to statements of a role.
    ///
    /// # Errors
    /// What it says.
    ///
    /// # Panics
    /// If `psql` does not start.
    pub fn psql(&self, database: &str, role: &str, sql: &str) -> Result<String, String> {
        let mut command = self.programs.command("psql");
        command.args([
            "-h",
            self.directory.to_str().unwrap(),
            "-U",
            role,
            "-v",
            "ON_ERROR_STOP=1",
            "-qAtc",
            sql,
            database,
        ]);
        let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// Everything in a database, as `pg_dump` writes it.
    ///
    /// # Panics
    /// If it fails.
    #[must_use]
    pub fn dump(&self, database: &str) -> Vec<u8> {
        let mut command = self.programs.command("pg_dump");
        command.args(["-h", self.directory.to_str().unwrap(), "-U", OWNER, "--inserts", database]);
        let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut dump = output.stdout;
        let bytes = bytes_of(&dump);
        dump.extend(bytes);
        dump
    }

    /// Has the server log every statement of a database with its parameters, for what connects from now on.
    ///
    /// # Panics
    /// If it refuses.
    pub fn log_everything(&self, database: &str) {
        self.psql(database, OWNER, &format!("ALTER DATABASE {database} SET log_statement = 'all'")).unwrap();
    }

    /// The server's own log, as it is and with the bytes that it writes in hexadecimal.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn log(&self) -> Vec<u8> {
        let mut log = fs::read(self.directory.join("log")).unwrap();
        let bytes = bytes_of(&log);
        log.extend(bytes);
        log
    }

    /// Transactions a second that `pgbench` makes of a script with prepared statements.
    ///
    /// # Errors
    /// What it says.
    ///
    /// # Panics
    /// If it does not start or tells no rate.
    pub fn pgbench(
        &self,
        database: &str,
        role: &str,
        script: &Path,
        clients: usize,
        transactions: usize,
    ) -> Result<f64, String> {
        let script = fs::read_to_string(script).unwrap();
        // Where its account can read it.
        let path = self.directory.join("pgbench.sql");
        fs::write(&path, script).unwrap();
        let mut command = self.programs.command("pgbench");
        command.args(["-h", self.directory.to_str().unwrap(), "-U", role, "-n", "-M", "prepared", "-j", "2"]);
        command.args([
            "-c",
            &clients.to_string(),
            "-t",
            &transactions.to_string(),
            "-f",
            path.to_str().unwrap(),
            database,
        ]);
        let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let rate = told.lines().find_map(|line| line.strip_prefix("tps = ")).unwrap();
        Ok(rate.split_whitespace().next().unwrap().parse().unwrap())
    }

    /// The address of a database for a role.
    #[must_use]
    pub fn url(&self, database: &str, role: &str) -> String {
        let socket = self.directory.to_str().unwrap().replace('/', "%2F");
        format!("postgres://{role}@localhost/{database}?host={socket}")
    }
}

/// In memory, where creating a database is ten times as fast; on disk where memory is short, as in a container.
fn place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let fits = system::free_space(memory).is_some_and(|free| free >= SPACE_NEEDED);
    if fits { memory.to_owned() } else { env::temp_dir() }
}

/// Removes what killed test processes have left behind.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).unwrap().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)).and_then(|number| number.parse().ok());
        if owner.is_some_and(|process| !system::is_alive(process)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn stop(process: i32, directory: &Path) {
    system::quit(process);
    let began = Instant::now();
    while directory.join("data/postmaster.pid").exists() && began.elapsed() < Duration::from_secs(2) {
        thread::sleep(Duration::from_millis(5));
    }
    let _ = fs::remove_dir_all(directory);
}

/// The bytes that a dump or log writes as `'\\x…'` in hexadecimal, each value on a line.
fn bytes_of(dump: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in String::from_utf8_lossy(dump).split("'\\x").skip(1) {
        let digits: Vec<u32> = value.chars().map_while(|digit| digit.to_digit(16)).collect();
        let pairs = digits.as_chunks().0.iter().map(|[high, low]| u8::try_from(high * 16 + low).unwrap());
        bytes.extend(pairs.chain([b'\n']));
    }
    bytes
}

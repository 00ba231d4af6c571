//! The product as a program: built in the profile of the benchmark, started, and looked at from outside.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// Builds the program, and tells where it is.
///
/// # Panics
/// If it does not build.
#[must_use]
pub fn build() -> PathBuf {
    let this = env::current_exe().expect("this program");
    let directory = this.ancestors().nth(2).expect("target/PROFILE");
    let profile = directory.file_name().expect("a profile");
    let mut cargo = Command::new(env!("CARGO"));
    // What the outer cargo tells this program would have the build scripts of dependencies run again, each time.
    let told = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in told.filter(|name| name.starts_with("CARGO_PKG") || name.starts_with("CARGO_MANIFEST")) {
        cargo.env_remove(name);
    }
    let status = cargo.args(["build", "--package", "balsts", "--profile"]).arg(profile).status();
    assert!(status.expect("cargo runs").success(), "the program does not build");
    directory.join("balsts")
}

/// Memory of a process in MB by its name in `/proc/PID/status`; none where it has ended.
#[must_use]
pub fn memory(process: u32, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0)
}

/// A running server; it ends when dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    /// Where it listens.
    pub address: String,
    /// The tokens that it prints, each line as role, municipality and token.
    pub tokens: Vec<String>,
}

impl Server {
    /// Starts a server that tells its address, and then so many tokens.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(mut command: Command, tokens: usize) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the server starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let address = lines.find_map(|line| Some(line.split_once("http://")?.1.to_owned()));
        let address = address.expect("the server tells its address");
        Self { process, address, tokens: lines.take(tokens).collect() }
    }

    /// The token of a role.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn token(&self, role: &str) -> &str {
        let line = self.tokens.iter().find(|line| line.split(' ').nth(1) == Some(role));
        line.and_then(|line| line.rsplit(' ').next()).expect("a token of the role")
    }

    /// Memory in MB by its name in `/proc/PID/status`.
    ///
    /// # Panics
    /// If the server has ended.
    #[must_use]
    pub fn memory(&self, name: &str) -> f64 {
        memory(self.process.id(), name).expect("the server runs")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

//! `waymark-collector land` as a process of its own, to be killed.

use crate::harness::process::ask;
use crate::harness::running::{ACCOUNT, Home};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

pub struct Lander {
    child: Child,
    metrics: SocketAddr,
}

/// A configuration file for these engines. `kafka` are lines of `[kafka]`.
pub fn written(home: &Home, kafka: &str, clickhouse: &str) -> std::path::PathBuf {
    let mut config =
        format!("[[sites]]\nkey = \"demo\"\naccount = \"{ACCOUNT}\"\nretention_days = 0\n[kafka]\n{kafka}\n");
    write!(config, "[clickhouse]\nurl = \"{clickhouse}\"\nbatch_rows = 500\nbatch_ms = 200\n").unwrap();
    let file = home.file("land.toml");
    std::fs::write(&file, config).unwrap();
    file
}

impl Lander {
    /// Starts it, and waits until it reads.
    pub fn start(config: &std::path::Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark-collector"));
        command.args(["land", "--listen", "127.0.0.1:0", "--config"]).arg(config).env("WAYMARK_LOG", "error");
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("landing; metrics are at http://");
        let address = address.and_then(|address| address.strip_suffix("/metrics")).expect("it says where");
        Lander { child, metrics: address.parse().unwrap() }
    }

    /// The value of a metric, with its labels as they are written.
    pub fn metric(&self, name: &str) -> u64 {
        let said = ask(self.metrics, "GET", "/metrics", "").unwrap().body;
        let value = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("there is {name} in {said}")).parse().unwrap()
    }

    /// Ends it without warning.
    pub fn kill(self) {
        drop(self);
    }

    /// Ends it in order.
    pub fn stop(mut self) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Lander {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `check --apply`.
pub fn apply(config: &std::path::Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waymark-collector"));
    let done = command.args(["check", "--apply", "--config"]).arg(config).output().unwrap();
    let said = [done.stdout, done.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    assert!(done.status.success(), "{said}");
    said
}

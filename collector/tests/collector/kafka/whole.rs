//! The whole path on engines: from a fresh cluster to the first answer, by the commands that docs/kafka.md names.

use super::door::Door;
use super::lander::{self, Lander};
use crate::harness::process::ask;
use crate::harness::running::*;
use crate::sinks::kafka::tansu::Tansu;
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// A collector as a process, which ends with the value.
struct Serving {
    child: Child,
    address: SocketAddr,
}

impl Serving {
    fn start(config: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark-collector"));
        command.arg("--config").arg(config).env("WAYMARK_LISTEN", "127.0.0.1:0").env("WAYMARK_ADMIN_TOKEN", TOKEN);
        command.current_dir(config.parent().unwrap()).env("WAYMARK_LOG", "error").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().split_once("://").expect("it starts").1.parse().unwrap();
        Serving { child, address }
    }

    fn post(&self, batch: &serde_json::Value) -> serde_json::Value {
        let said = ask(self.address, "POST", "/v1/events", &batch.to_string()).unwrap();
        assert_eq!(said.status, 200, "{}", said.body);
        said.json()
    }

    fn get(&self, path: &str) -> String {
        ask(self.address, "GET", path, "").unwrap().body
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until a query of ClickHouse gives this number.
#[track_caller]
fn until(door: &Door, query: &str, number: usize) {
    let begun = Instant::now();
    while door.count(query) != number {
        assert!(begun.elapsed() < DEADLINE, "{query} gives {number} in time, and not {}", door.count(query));
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

const EVENTS: &str = "SELECT count() FROM events FINAL";

#[test]
#[ignore = "cargo xtask test cluster installs tansu and ClickHouse"]
fn a_fresh_cluster_gets_from_check_apply_to_the_first_answer() {
    let (tansu, door, home) = (Tansu::empty(), Door::start(), Home::in_memory());
    // Before it gives out partitions, tansu waits for half of a session.
    let kafka = format!(
        "bootstrap_servers = \"{}\"\npartitions = 3\nreplication_factor = 1\n[kafka.librdkafka]\n\
         \"session.timeout.ms\" = 4000\n\"heartbeat.interval.ms\" = 500",
        tansu.address
    );
    let file = lander::written(&home, &kafka, &door.url());
    let said = lander::apply(&file);
    for line in ["made the topic waymark.events ", "made the topic waymark.region ", "belong to the region `none`"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(lander::apply(&file).contains("the topic waymark.events is there"));

    let (first, second, lander) = (Serving::start(&file), Serving::start(&file), Lander::start(&file));
    let batch = |tab: u32| views(tab, 1_795_600_000_000, 5);
    assert_eq!(first.post(&batch(1))["stored"], 5);
    // The same batch at another collector: it cannot know.
    assert_eq!(second.post(&batch(1))["stored"], 5);
    assert_eq!(second.post(&batch(2))["duplicate"], 0);
    until(&door, EVENTS, 10);
    until(&door, "SELECT count() FROM deliveries FINAL", 3);
    let export = first.get("/v1/events");
    let lines: BTreeSet<_> = export.lines().filter(|line| line.starts_with('{')).collect();
    assert_eq!(lines.len(), 10, "{export}");
    let audit: serde_json::Value = {
        let audited = first.get("/v1/audit");
        serde_json::from_str(audited.lines().find(|line| line.starts_with('[')).unwrap_or(&audited)).unwrap()
    };
    assert_eq!((&audit[0]["stored"], &audit[0]["duplicate"]), (&json!(10), &json!(5)), "{audit}");

    // One lander ends in order, another one goes on.
    lander.stop();
    assert_eq!(first.post(&batch(3))["stored"], 5);
    let lander = Lander::start(&file);
    until(&door, EVENTS, 15);
    lander.kill();
}

#[test]
#[ignore = "cargo xtask test cluster installs tansu and ClickHouse"]
fn brokers_of_another_region_stop_both_programs() {
    let (tansu, door, home) = (Tansu::empty(), Door::start(), Home::in_memory());
    let kafka = format!("bootstrap_servers = \"{}\"\npartitions = 1\nreplication_factor = 1", tansu.address);
    let file = lander::written(&home, &kafka, &door.url());
    lander::apply(&file);
    for arguments in [&[][..], &["land"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark-collector"));
        command.args(arguments).arg("--config").arg(&file).env("WAYMARK_LISTEN", "127.0.0.1:0");
        let done = command.env("WAYMARK_REGION", "eu").output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(!done.status.success() && said.contains("keep the data of `none`"), "{said}");
    }
}

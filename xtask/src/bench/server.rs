//! How many durable events a second does the collector take on this machine? Beside two bounds in the same run: nginx,
//! which reads the same bodies and keeps nothing, and SQLite, which is given the same rows and nothing else to do. The
//! rounds are interleaved, and the medians are told.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::load::{Load, SECONDS, Sent};
use super::subject::{Counted, Subject};
use super::table::{self, Flood, Measured, Row, Who};
use crate::engine::Program;
use crate::packages;
use crate::project::Project;
use crate::{cargo, marks, process};

/// What has to be here. Installing nginx may start a web server, so the owner of the machine does it.
pub const PROGRAMS: [Program; 2] = [
    Program { names: &["wrk"], package: "wrk" },
    Program { names: &["nginx", "/usr/sbin/nginx"], package: "nginx-light" },
];

const ROUNDS: usize = 3;
const SIZES: [usize; 3] = [1, 10, 50];
const CONNECTIONS: usize = 64;

/// More than the queue has room for.
const FLOOD_CONNECTIONS: usize = 2_000;
const FLOOD_SECONDS: u32 = 20;

pub fn run(project: &Project, is_written: bool) -> Result<()> {
    let missing = packages::missing(&PROGRAMS);
    if !missing.is_empty() {
        bail!("missing to measure the server: {}; get them by `{}`", missing.join(", "), packages::by_hand(&missing));
    }
    let bench = Bench::new(project)?;
    let mut rows = Vec::new();
    for round in 1..=ROUNDS {
        for events in SIZES {
            println!("round {round} of {ROUNDS}, batches of {events}");
            for who in Who::ALL {
                let measured = match who {
                    Who::Collector => bench.collector(events),
                    Who::Sqlite => bench.sqlite(events),
                    Who::Nginx => bench.nginx(events),
                };
                rows.push(Row { events, who, measured: measured.with_context(|| who.name())? });
            }
        }
    }
    println!("a flood");
    let table = table::text(&rows, CONNECTIONS, &bench.flood()?)?;
    std::fs::remove_dir_all(&bench.folder)?;
    println!("\n{table}");
    if is_written {
        marks::write(project, "docs/operate.md", "bench server", &table)?;
    }
    Ok(())
}

struct Bench<'p> {
    project: &'p Project,
    folder: PathBuf,
    load: Load,
    rows: PathBuf,
    nginx: PathBuf,
}

impl<'p> Bench<'p> {
    fn new(project: &'p Project) -> Result<Self> {
        println!("building the collector (some minutes the first time)");
        let rows = build(project)?;
        let folder = project.target().join("bench");
        std::fs::create_dir_all(&folder)?;
        let nginx = process::find(PROGRAMS[1].names).context("nginx is gone")?;
        Ok(Self { project, load: Load::new(project, &folder)?, folder, rows, nginx })
    }

    fn at(&self, who: Who) -> PathBuf {
        self.folder.join(who.name())
    }

    fn collector(&self, events: usize) -> Result<Measured> {
        let subject = Subject::collector(self.project, &self.at(Who::Collector))?;
        let sent = self.load.send(subject.address, events, CONNECTIONS, SECONDS)?;
        let Counted { stored, duplicate, commits } = subject.counted()?;
        let (least, open) = (sent.requests * events as u64, (CONNECTIONS * events) as u64);
        if duplicate > 0 || sent.refused + sent.broken > 0 || !(least..=least + open).contains(&stored) {
            let Sent { requests, refused, broken, .. } = sent;
            bail!(
                "{requests} batches of {events} were answered, {refused} refused, {broken} broken; {stored} events stored, \
                 {duplicate} again"
            );
        }
        let grouped = stored as f64 / events as f64 / commits.max(1) as f64;
        Ok(Measured { grouped: Some(grouped), ..seen(&subject, events, &sent)? })
    }

    fn nginx(&self, events: usize) -> Result<Measured> {
        let subject = Subject::nginx(&self.nginx, &self.at(Who::Nginx))?;
        let sent = self.load.send(subject.address, events, CONNECTIONS, SECONDS)?;
        if sent.refused + sent.broken > 0 {
            bail!("{} refused, {} broken", sent.refused, sent.broken);
        }
        seen(&subject, events, &sent)
    }

    /// The rows that the collector has just stored, a transaction for what all connections send at once.
    fn sqlite(&self, events: usize) -> Result<Measured> {
        let to = self.at(Who::Sqlite);
        let _ = std::fs::remove_dir_all(&to);
        std::fs::create_dir_all(&to)?;
        let mut rows = Command::new(&self.rows);
        rows.arg(self.at(Who::Collector).join("events.db")).arg(to.join("events.db"));
        rows.args([(CONNECTIONS * events).to_string(), SECONDS.to_string()]);
        let said: Value = serde_json::from_str(&process::output(&mut rows)?)?;
        let number = |name: &str| said[name].as_f64().with_context(|| format!("rows did not say {name}"));
        let (rows, seconds, cpu) = (number("rows")?, number("seconds")?, number("cpu")?);
        Ok(Measured {
            rate: rows / seconds,
            cpu: cpu / rows * 1e6,
            cores: cpu / seconds,
            peak: number("peak")? / 1e6,
            answers: None,
            grouped: Some(CONNECTIONS as f64),
        })
    }

    fn flood(&self) -> Result<Flood> {
        let subject = Subject::collector(self.project, &self.at(Who::Collector))?;
        let events = SIZES[SIZES.len() - 1];
        let mut peaks = Vec::new();
        let sent = std::thread::scope(|scope| {
            let sending = scope.spawn(|| self.load.send(subject.address, events, FLOOD_CONNECTIONS, FLOOD_SECONDS));
            while !sending.is_finished() {
                std::thread::sleep(Duration::from_secs(1));
                peaks.push(subject.memory("VmHWM")?);
            }
            sending.join().unwrap_or_else(|_| bail!("wrk's thread panicked"))
        })?;
        let Counted { stored, duplicate, .. } = subject.counted()?;
        let taken = sent.requests - sent.refused;
        if duplicate > 0 || stored < taken * events as u64 {
            bail!(
                "of a flood {taken} batches of {events} were acknowledged, {stored} events stored, {duplicate} again"
            );
        }
        Ok(Flood { connections: FLOOD_CONNECTIONS, seconds: FLOOD_SECONDS, events, sent, peaks })
    }
}

fn seen(subject: &Subject, events: usize, sent: &Sent) -> Result<Measured> {
    let (count, cpu) = ((sent.requests * events as u64) as f64, subject.cpu()?);
    Ok(Measured {
        rate: count / sent.seconds,
        cpu: cpu / count * 1e6,
        cores: cpu / sent.seconds,
        peak: subject.memory("VmHWM")?,
        answers: Some((sent.p50, sent.p99)),
        grouped: None,
    })
}

/// The collector, and the program that asks SQLite alone; gives where the latter is.
fn build(project: &Project) -> Result<PathBuf> {
    const BUILD: [&str; 9] = [
        "build",
        "--release",
        "--package",
        "waymark-collector",
        "--bin",
        "waymark-collector",
        "--bench",
        "rows",
        "--message-format=json-render-diagnostics",
    ];
    let said = process::output(&mut cargo::cargo(project, &BUILD))?;
    let mut built = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let rows = built.find(|artifact| artifact["target"]["name"] == "rows" && artifact["executable"].is_string());
    let rows = rows.and_then(|artifact| artifact["executable"].as_str().map(PathBuf::from));
    rows.filter(|path| Path::is_file(path)).context("cargo did not say where it put `rows`")
}

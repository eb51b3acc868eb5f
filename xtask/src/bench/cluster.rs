//! `cargo xtask bench cluster`: what it costs to forward stored events to Kafka; and what a collector without a store
//! takes, beside one with SQLite in the same rounds, and what landing its events in ClickHouse takes. Kafka is tansu and
//! ClickHouse its library, as processes of their own on the same cores.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::load::{Load, SECONDS};
use super::server;
use super::subject::{self, Subject};
use crate::project::Project;
use crate::{brokers, cargo, clickhouse, packages, process};

/// Enough for some seconds.
const EVENTS: &str = "200000";

const ROUNDS: usize = 3;
const SIZES: [usize; 2] = [10, 50];
const CONNECTIONS: usize = 64;

/// Longest wait until all is landed.
const LANDED: Duration = Duration::from_secs(300);

/// What a subject took in a round.
struct Measured {
    rate: f64,
    cpu: f64,
    p50: f64,
    p99: f64,
}

pub fn run(project: &Project) -> Result<()> {
    packages::ensure(&brokers::PROGRAMS)?;
    brokers::ensure(project)?;
    clickhouse::ensure(project)?;
    let words = ["bench", "--package", "waymark-collector", "--features", "kafka", "--bench", "forward", "--"];
    let mut bench = cargo::cargo(project, &words);
    bench.arg(brokers::tansu(project)).arg(EVENTS);
    process::live(&mut bench)?;
    collectors(project)
}

fn collectors(project: &Project) -> Result<()> {
    let missing = packages::missing(&server::PROGRAMS[..1]);
    if !missing.is_empty() {
        bail!("missing to measure collectors: {}; get it by `{}`", missing.join(", "), packages::by_hand(&missing));
    }
    println!("building the collector with Kafka (some minutes the first time)");
    let packages = ["--package", "waymark-collector", "--package", "waymark-clickhouse-door"];
    let build = [["build", "--release", "--features", "waymark-collector/kafka"].as_slice(), &packages].concat();
    process::quiet(&mut cargo::cargo(project, &build))?;
    let folder = project.target().join("bench");
    fs::create_dir_all(&folder)?;
    let load = Load::new(project, &folder)?;
    let engines = Engines::start(project, &folder.join("engines"))?;
    let mut table = Vec::new();
    let mut sent = 0;
    for events in SIZES {
        for round in 1..=ROUNDS {
            println!("round {round} of {ROUNDS}, batches of {events}");
            let sqlite = measured(&load, &Subject::collector(project, &folder.join("sqlite"))?, events)?;
            let kafka = Subject::with(project, &folder.join("kafka"), &engines.config())?;
            table.push((events, "SQLite", sqlite.0));
            let (kafka, events_sent) = measured(&load, &kafka, events)?;
            sent += events_sent;
            table.push((events, "Kafka", kafka));
        }
    }
    println!(
        "\n| events of a batch | store | events/s | CPU an event | answered in, p50 / p99 |\n|---|---|---|---|---|"
    );
    for events in SIZES {
        for store in ["SQLite", "Kafka"] {
            let of = |value: fn(&Measured) -> f64| {
                let rounds = table.iter().filter(|(size, name, _)| (*size, *name) == (events, store));
                median(rounds.map(|(.., measured)| value(measured)).collect())
            };
            let (rate, cpu) = (of(|round| round.rate), of(|round| round.cpu));
            println!(
                "| {events} | {store} | {rate:.0} | {cpu:.1} µs | {:.1} / {:.1} ms |",
                of(|r| r.p50),
                of(|r| r.p99)
            );
        }
    }
    landing(project, &folder, &load, &engines, sent)
}

fn measured(load: &Load, subject: &Subject, events: usize) -> Result<(Measured, u64)> {
    let sent = load.send(subject.address, events, CONNECTIONS, SECONDS)?;
    if sent.refused + sent.broken > 0 {
        bail!("{} batches were refused, {} connections broke", sent.refused, sent.broken);
    }
    let count = sent.requests * events as u64;
    let (rate, cpu) = (count as f64 / sent.seconds, subject.cpu()? / count as f64 * 1e6);
    Ok((Measured { rate, cpu, p50: sent.p50, p99: sent.p99 }, count))
}

/// Lands all that was sent, then looks at how late events are that come one batch after the other.
fn landing(project: &Project, folder: &Path, load: &Load, engines: &Engines, sent: u64) -> Result<()> {
    let lander = engines.lander(project, &folder.join("lander"))?;
    let (begun, landed) = (Instant::now(), "waymark_land_events_total");
    let mut all = 0;
    while all < sent {
        if begun.elapsed() > LANDED {
            bail!("{all} of {sent} events were landed");
        }
        std::thread::sleep(Duration::from_millis(50));
        all = lander.value(landed)? as u64;
    }
    let (took, cpu) = (begun.elapsed().as_secs_f64(), lander.cpu()? / all as f64 * 1e6);
    println!("\na lander behind by {all} events: {:.0} events/s, {cpu:.1} µs of CPU an event", all as f64 / took);
    let delay = |lander: &Subject| -> Result<[f64; 2]> {
        Ok([lander.value("waymark_land_delay_seconds_sum")?, lander.value("waymark_land_delay_seconds_count")?])
    };
    let kafka = Subject::with(project, &folder.join("kafka"), &engines.config())?;
    let [sum, count] = delay(&lander)?;
    let sent = load.send(kafka.address, 10, 1, SECONDS)?;
    std::thread::sleep(Duration::from_secs(3));
    let [sum_after, count_after] = delay(&lander)?;
    let rate = sent.requests as f64 * 10.0 / sent.seconds;
    let late = (sum_after - sum) / (count_after - count).max(1.0);
    println!("one sender, {rate:.0} events/s: the newest event of a block is landed after {:.0} ms (mean)", late * 1e3);
    drop((lander, kafka));
    fs::remove_dir_all(folder).context("what the bench wrote cannot be removed")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Kafka and ClickHouse, with what a collector needs there.
struct Engines {
    kafka: String,
    clickhouse: String,
    _children: [Ending; 2],
}

/// A process that ends with the value.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Engines {
    fn start(project: &Project, folder: &Path) -> Result<Self> {
        subject::afresh(folder)?;
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let url = format!("tcp://{address}");
        let mut tansu = Command::new(brokers::tansu(project));
        tansu.args(["broker", "--listener-url", &url, "--advertised-listener-url", &url]);
        tansu.args(["--storage-engine", "memory://tansu/"]).stdout(Stdio::null()).stderr(Stdio::null());
        let tansu = Ending(tansu.spawn().context("tansu does not start")?);
        let mut door = Command::new(project.target().join("release/clickhouse-door"));
        door.arg(folder).env("CHDB_LIBRARY", clickhouse::library(project)).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut door = Ending(door.stderr(Stdio::null()).spawn().context("ClickHouse does not start")?);
        let mut line = String::new();
        if let Some(said) = &mut door.0.stdout {
            BufReader::new(said).read_line(&mut line)?;
        }
        let engines = Engines {
            kafka: address.to_string(),
            clickhouse: format!("http://{}", line.trim()),
            _children: [tansu, door],
        };
        let config = folder.join("waymark.toml");
        fs::write(&config, engines.config())?;
        let mut apply = Command::new(program(project));
        process::quiet(apply.args(["check", "--apply", "--config"]).arg(config))?;
        Ok(engines)
    }

    fn config(&self) -> String {
        let Engines { kafka, clickhouse, .. } = self;
        format!(
            "{}\n[kafka]\nbootstrap_servers = \"{kafka}\"\nreplication_factor = 1\n[clickhouse]\nurl = \"{clickhouse}\"\n",
            subject::COLLECTOR
        )
    }

    /// A lander, whose address is that of its metrics.
    fn lander(&self, project: &Project, folder: &Path) -> Result<Subject> {
        subject::afresh(folder)?;
        fs::write(folder.join("waymark.toml"), self.config())?;
        let mut command = Command::new(program(project));
        command.args(["land", "--listen", "127.0.0.1:0", "--config", "waymark.toml"]).current_dir(folder);
        Subject::started(command, folder)
    }
}

fn program(project: &Project) -> PathBuf {
    project.target().join("release/waymark-collector")
}

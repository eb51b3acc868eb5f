//! `cargo xtask bench cluster`: what it costs to forward stored events to Kafka; and what a collector without a store
//! takes, beside one with SQLite in the same rounds, and what landing its events in ClickHouse takes; and how long
//! questions take in ClickHouse beside SQLite. Kafka is tansu and ClickHouse its library, as processes of their own on
//! the same cores.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::engines::{Door, Engines};
use super::load::{Load, SECONDS};
use super::server;
use super::subject::{self, Subject};
use crate::project::Project;
use crate::{brokers, cargo, clickhouse, packages, process};

/// Enough for some seconds.
const EVENTS: &str = "200000";

/// Where one machine with SQLite begins to be too small.
pub const INSIGHTS: &str = "10000000";

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
    collectors(project)?;
    insights(project, INSIGHTS)
}

/// How long questions about so many events take.
pub fn insights(project: &Project, events: &str) -> Result<()> {
    clickhouse::ensure(project)?;
    build(project, &["--package", "waymark-clickhouse-door"])?;
    let folder = project.target().join("bench/insights");
    subject::afresh(&folder)?;
    let door = Door::start(project, &folder)?;
    let words = ["bench", "--package", "waymark-collector", "--features", "kafka", "--bench", "engines", "--", events];
    let mut bench = cargo::cargo(project, &words);
    bench.env("WAYMARK_CLICKHOUSE_URL", &door.url).env("CLICKHOUSE_PID", door.process().to_string());
    process::live(&mut bench)?;
    drop(door);
    fs::remove_dir_all(folder).context("what the bench wrote cannot be removed")
}

fn build(project: &Project, packages: &[&str]) -> Result<()> {
    println!("building what is measured (some minutes the first time)");
    process::quiet(&mut cargo::cargo(project, &[&["build", "--release"], packages].concat()))
}

fn collectors(project: &Project) -> Result<()> {
    let missing = packages::missing(&server::PROGRAMS[..1]);
    if !missing.is_empty() {
        bail!("missing to measure collectors: {}; get it by `{}`", missing.join(", "), packages::by_hand(&missing));
    }
    let packages = ["--package", "waymark-collector", "--package", "waymark-clickhouse-door"];
    build(project, &[["--features", "waymark-collector/kafka"].as_slice(), &packages].concat())?;
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

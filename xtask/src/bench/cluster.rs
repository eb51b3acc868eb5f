//! `cargo xtask bench cluster`: what it costs to forward stored events to Kafka.

use anyhow::Result;

use crate::project::Project;
use crate::{brokers, cargo, packages, process};

/// Enough for some seconds.
const EVENTS: &str = "200000";

pub fn run(project: &Project) -> Result<()> {
    packages::ensure(&brokers::PROGRAMS)?;
    brokers::ensure(project)?;
    let words = ["bench", "--package", "waymark-collector", "--features", "kafka", "--bench", "forward", "--"];
    let mut bench = cargo::cargo(project, &words);
    bench.arg(brokers::tansu(project)).arg(EVENTS);
    process::live(&mut bench)
}

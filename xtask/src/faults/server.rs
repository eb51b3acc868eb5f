//! What fails at the collector alone: killed fifty times under load, a disk that is full, a log that was cut. The tests
//! are the collector's own; each says in a line what became of the events.

use std::process::Command;

use anyhow::{Result, bail};

use crate::project::Project;
use crate::{cargo, marks, process};

const TESTS: [&str; 11] = [
    "test",
    "--package",
    "waymark-collector",
    "--test",
    "collector",
    "faults::",
    "--",
    "--include-ignored",
    "--nocapture",
    "--test-threads=1",
    "--color=never",
];

pub fn run(project: &Project, is_written: bool) -> Result<()> {
    let mut rows = Vec::new();
    let is_good = process::watched(&mut cargo::cargo(project, &TESTS), |line| {
        println!("{line}");
        if line.starts_with("| ") {
            rows.push(line.to_owned());
        }
    })?;
    if !is_good || rows.is_empty() {
        bail!("not all is as it must be at the collector");
    }
    let date = process::output(Command::new("date").arg("+%F"))?;
    let cores = std::thread::available_parallelism()?;
    let mut table = format!(
        "Of {date}, on {cores} cores.\n\n| what happens at the collector | what becomes of the events |\n|---|---|\n"
    );
    rows.iter().for_each(|row| table.extend([row, "\n"]));
    println!("\n{table}");
    if is_written {
        marks::write(project, "docs/delivery.md", "faults server", &table)?;
    }
    Ok(())
}

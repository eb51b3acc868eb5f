//! `cargo xtask faults`: everything that can fail on the way of an event, in every engine, and the table of what became
//! of the events.

mod server;
mod table;

use anyhow::{Result, bail};

use crate::engine::Engine;
use crate::project::Project;
use crate::session::Session;
use crate::{build, cargo, marks, packages, process, tools};

pub fn run(project: &Project, words: &[&str]) -> Result<()> {
    match words {
        ["server"] => return server::run(project, false),
        ["server", "--write"] => return server::run(project, true),
        _ => {}
    }
    let (mut engines, mut scenarios, mut is_written) = (Vec::new(), Vec::new(), false);
    for word in words {
        match (*word, Engine::named(word)) {
            ("--write", _) => is_written = true,
            (_, Some(engine)) => engines.push(engine),
            (word, None) if word.starts_with('-') => bail!("`{word}` is no option; there is --write"),
            (word, None) => scenarios.push(word),
        }
    }
    if engines.is_empty() {
        engines = Engine::ALL.to_vec();
    }
    packages::ensure(engines.iter().flat_map(|engine| engine.programs()))?;
    if engines.contains(&Engine::Firefox) && Engine::Firefox.driver(project).is_none() {
        tools::geckodriver().ensure(project)?;
    }
    build::run(project)?;
    process::live(&mut cargo::cargo(project, &BUILD))?;
    table::forget(project, &engines, &scenarios)?;
    let mut failed = Vec::new();
    for engine in engines {
        let filters = filters(engine, &scenarios);
        let arguments: Vec<&str> = TESTS.into_iter().chain(filters.iter().map(String::as_str)).collect();
        let mut session = Session::open(project, engine, &arguments)?;
        if process::live(&mut session.command).is_err() {
            failed.push(engine.name());
        }
    }
    let table = table::read(project)?;
    println!("\n{table}");
    if is_written {
        marks::write(project, "docs/delivery.md", "faults", &table)?;
    }
    if !failed.is_empty() {
        bail!("not all is as it must be in {}", failed.join(", "));
    }
    Ok(())
}

/// The whole workspace, so that cargo builds the dependencies as the native tests did. The collector is a program of
/// its own here.
pub const BUILD: [&str; 2] = ["build", "--workspace"];

/// One after the other: they measure.
const TESTS: [&str; 7] = ["test", "--workspace", "--test", "faults", "--", "--ignored", "--test-threads=1"];

/// The short form, for every run of the tests.
pub fn quick(engine: Engine) -> Vec<String> {
    TESTS.into_iter().map(str::to_owned).chain([format!("{}::quick::", engine.name())]).collect()
}

/// What the test runner is given to find the scenarios: part of a name will do.
fn filters(engine: Engine, scenarios: &[&str]) -> Vec<String> {
    let groups = ["quick", "long", "alone"].map(|group| format!("{}::{group}::", engine.name()));
    match scenarios {
        [] => groups.to_vec(),
        _ => scenarios.iter().flat_map(|name| groups.each_ref().map(|group| format!("{group}{name}"))).collect(),
    }
}

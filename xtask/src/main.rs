//! Every chore of the project: `cargo xtask <command>`. One file per command; beside them the things that several
//! commands need, each in a file named for it.

mod adapters;
mod archive;
mod bench;
mod brokers;
mod build;
mod cargo;
mod clickhouse;
mod compat;
mod compiled;
mod compress;
mod declarations;
mod demo;
mod dist;
mod docs;
mod doctor;
mod engine;
mod examples;
mod faults;
mod foreground;
mod fuzz;
mod harden;
mod integrity;
mod marks;
mod npm;
mod pack;
mod packages;
mod process;
mod project;
mod reproduce;
mod screenshots;
mod session;
mod size;
mod split;
mod stamp;
mod stub;
mod tarball;
mod test;
mod tools;
mod trim;
mod xvfb;

use std::process::ExitCode;

use anyhow::{Result, bail};

use project::Project;

const USAGE: &str = "\
usage: cargo xtask <command>

  build                        the snippet and the recorder, as host pages load them, into target/dist
  size                         what a page transfers, in a table; fails above the ceiling
  reproduce                    builds once more, in another folder, and compares the files: some minutes
  dist [check]                 an archive to install from without building, into target/archive; `check` unpacks one with a
                               debug collector in an empty folder and gets to a first event
  demo                         builds all, starts a collector and a demo site, and prints their addresses
  test [part] [engine] [-v]    everything, or one part: lint, native, cluster, size, browser, pages, faults;
                               the last three may name an engine: chromium, firefox, webkit
  faults [engine] [scenario]   what becomes of events where something fails, in a table; the test part of this name
                               runs a short form; --write puts the table into docs/delivery.md
  faults server                the same at the collector alone: killed fifty times under load, a full disk, a cut log
  bench [page | server]        what the recorder costs a page's main thread, beside plain JavaScript; how many durable events
                               a second the collector takes, beside nginx and SQLite: `server --write` puts that into
                               docs/operate.md
  bench cluster                what it costs to forward stored events to Kafka,
                               to take events without a store, beside SQLite, and to land them in ClickHouse
  fuzz [target] [seconds]      makes up what strangers can send, a minute for each target; needs a nightly compiler
  pack                         the npm package as a tarball, into target/npm
  examples                     packs it, checks it, and builds the examples with it
  docs                         docs/data-dictionary.md, from the table of levels; docs/outcomes.md, from that of outcomes
  screenshots                  docs/images/: demo, inspector and insights in Chromium, for the README
  doctor                       what is here, what is missing, and how to get it
";

fn main() -> ExitCode {
    match command() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let project = Project::here();
    match words.as_slice() {
        ["build"] => build::run(&project),
        ["size"] => size::run(&project),
        ["reproduce"] => reproduce::run(&project),
        ["demo"] => demo::run(&project),
        ["dist"] => dist::run(&project),
        ["dist", "check"] => build::run(&project).and_then(|()| dist::check(&project)),
        // Its last line is the count of tests, passed or failed.
        ["test", rest @ ..] => return test::run(&project, rest),
        ["faults", rest @ ..] => faults::run(&project, rest),
        ["bench", rest @ ..] => bench::run(&project, rest),
        ["fuzz", rest @ ..] => fuzz::run(&project, rest),
        ["pack"] => tarball::run(&project),
        ["examples"] => examples::run(&project),
        ["screenshots"] => screenshots::run(&project),
        ["docs"] => docs::run(&project),
        ["doctor"] => doctor::run(&project),
        [] | ["help" | "-h" | "--help"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => bail!("there is no `{}`\n\n{USAGE}", words.join(" ")),
    }?;
    Ok(ExitCode::SUCCESS)
}

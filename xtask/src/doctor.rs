//! `cargo xtask doctor`: what is here, what is missing, and how to get it.

use std::process::Command;

use anyhow::{Result, bail};

use crate::engine::Engine;
use crate::project::Project;
use crate::{bench, brokers, cargo, clickhouse, npm, packages, process, tools};

pub fn run(project: &Project) -> Result<()> {
    let mut is_fit = true;
    let mut look = |name: &str, found: Option<String>, remedy: &str| match found {
        Some(found) => println!("  here     {name}: {found}"),
        None => {
            is_fit = false;
            println!("  missing  {name}: {remedy}");
        }
    };
    let here = |is_here: bool| is_here.then(|| "installed".to_string());
    let itself = "`cargo xtask test` installs it";

    println!("to build and to try (cargo xtask build, size, demo):");
    look("Rust", version("rustc"), "https://rustup.rs");
    look("Rust's wasm target", here(cargo::has_wasm_target()), "`cargo xtask build` adds it by rustup");
    look("Node.js", version("node"), "https://nodejs.org, 20 or later");
    look("npm packages", here(npm::is_current(project)), "`cargo xtask build` installs them");

    println!("to test in browsers (cargo xtask test):");
    let runner = tools::test_runner(project)?;
    look("wasm-bindgen-test-runner", here(runner.is_here(project)), itself);
    let geckodriver = Engine::Firefox.driver(project).map(|path| project.short(&path));
    look("geckodriver", geckodriver, itself);
    for engine in Engine::ALL {
        for program in engine.programs() {
            let found = process::find(program.names).map(|path| path.display().to_string());
            look(program.names[0], found, &format!("`{}`", packages::by_hand(&[program.package])));
        }
    }

    println!("to test with Kafka (cargo xtask test cluster):");
    for program in &brokers::PROGRAMS {
        let found = process::find(program.names).map(|path| path.display().to_string());
        look(program.names[0], found, &format!("`{}`", packages::by_hand(&[program.package])));
    }
    look("tansu and Kafka 0.9", here(brokers::are_here(project)), itself);
    look("ClickHouse for tests", here(clickhouse::are_here(project)), itself);

    println!("for special occasions (cargo xtask bench server):");
    for program in &bench::PROGRAMS {
        match process::find(program.names) {
            Some(path) => println!("  here     {}: {}", program.names[0], path.display()),
            None => println!("  missing  {}: `{}`", program.names[0], packages::by_hand(&[program.package])),
        }
    }
    if !is_fit {
        bail!("something is missing; a bare machine needs only rustup, Node.js and, for the tests, apt");
    }
    Ok(())
}

fn version(program: &str) -> Option<String> {
    process::output(Command::new(program).arg("--version")).ok()
}

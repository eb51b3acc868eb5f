//! `cargo xtask fuzz`: libFuzzer makes up what strangers can send (fuzz/), for some time each, and what it found is
//! counted. It needs a nightly compiler; what it learned stays in target/fuzz/corpus for the next time.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::project::Project;
use crate::{process, tools};

/// What each has where nothing is said.
const SECONDS: u32 = 60;

pub fn run(project: &Project, words: &[&str]) -> Result<()> {
    let mut targets = targets(project)?;
    let mut seconds = SECONDS;
    for word in words {
        match word.parse() {
            Ok(number) => seconds = number,
            Err(_) if targets.iter().any(|target| target == word) => targets.retain(|target| target == word),
            Err(_) => bail!("`{word}` is neither a number of seconds nor one of {}", targets.join(", ")),
        }
    }
    let toolchains = process::output(Command::new("rustup").args(["toolchain", "list"])).unwrap_or_default();
    if !toolchains.lines().any(|line| line.starts_with("nightly")) {
        bail!("fuzzing needs a nightly compiler: `rustup toolchain install nightly --profile minimal`");
    }
    tools::cargo_fuzz().ensure(project)?;
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for target in targets {
        println!("{target}, for {seconds} s");
        let (row, is_good) = fuzz(project, &target, seconds)?;
        rows.push(row);
        if !is_good {
            broken.push(target);
        }
    }
    println!("\n| target | inputs | edges covered | kept inputs |\n|---|---|---|---|\n{}", rows.join("\n"));
    if !broken.is_empty() {
        bail!("something was found in {}: fuzz/artifacts has it", broken.join(", "));
    }
    Ok(())
}

fn targets(project: &Project) -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for entry in fs::read_dir(project.root().join("fuzz/targets"))? {
        let path = entry?.path();
        targets.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    targets.sort();
    Ok(targets)
}

fn fuzz(project: &Project, target: &str, seconds: u32) -> Result<(String, bool)> {
    let corpus = format!("target/fuzz/corpus/{target}");
    fs::create_dir_all(project.root().join(&corpus))?;
    let mut path = OsString::from(project.tools().join("bin"));
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo", "fuzz", "run", "--fuzz-dir", "fuzz", "--target-dir", "target/fuzz"]);
    command.args([target, &*corpus]);
    // A target with typed inputs has no seeds: nobody writes its bytes by hand.
    let seeds = format!("fuzz/seeds/{target}");
    if project.root().join(&seeds).exists() {
        command.arg(seeds);
    }
    command.arg("--");
    command.args([&format!("-max_total_time={seconds}"), "-timeout=10", "-print_final_stats=1"]);
    let words = format!("fuzz/words/{target}.dict");
    if project.root().join(&words).exists() {
        command.arg(format!("-dict={words}"));
    }
    // This very program was started by another compiler's cargo.
    command.env("PATH", path).env_remove("CARGO").env_remove("CARGO_TARGET_DIR").current_dir(project.root());
    let (mut last, mut inputs, mut said) = (String::new(), String::new(), String::new());
    let is_good = process::watched(&mut command, |line| {
        if let Some(count) = line.strip_prefix("stat::number_of_executed_units: ") {
            inputs = count.to_owned();
        } else if line.contains(" cov: ") {
            last = line.to_owned();
        } else if !line.starts_with('#') {
            said.extend([line, "\n"]);
        }
    })?;
    if !is_good {
        println!("{said}");
    }
    if last.is_empty() {
        bail!("{target} did not run");
    }
    let word =
        |after: &str| last.split_whitespace().skip_while(|word| *word != after).nth(1).context("libFuzzer says less");
    let (edges, kept) = (word("cov:")?, word("corp:")?.split('/').next().unwrap_or_default());
    Ok((format!("| {target} | {inputs} | {edges} | {kept} |"), is_good))
}

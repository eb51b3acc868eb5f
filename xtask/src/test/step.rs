//! One step after the other: its name, a sign of life while it takes long, how it ended, and the table at the end.

use std::process::Command;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::results::Results;
use crate::project::Project;
use crate::{cargo, process};

/// After so much silence people wonder.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

pub struct Steps<'a> {
    project: &'a Project,
    is_verbose: bool,
    started: Instant,
    done: Vec<Done>,
}

struct Done {
    name: String,
    is_ok: bool,
    took: Duration,
    results: Results,
}

impl<'a> Steps<'a> {
    pub fn new(project: &'a Project, is_verbose: bool) -> Self {
        Self { project, is_verbose, started: Instant::now(), done: Vec::new() }
    }

    pub fn cargo(&mut self, name: &str, arguments: &[&str]) {
        let mut command = cargo::cargo(self.project, arguments);
        self.command(name, &mut command);
    }

    /// A step that is another program: its output is shown when it fails, else only its results.
    pub fn command(&mut self, name: &str, command: &mut Command) {
        println!("{name} …");
        let started = Instant::now();
        let mut lines: Vec<String> = Vec::new();
        let mut results = Results::default();
        let is_ok = follow(command, |line| {
            if let Some(counted) = Results::read(line) {
                results += counted;
                if !self.is_verbose && !counted.is_empty() {
                    println!("  {line}");
                }
            }
            match self.is_verbose {
                true => println!("  {line}"),
                false => lines.push(line.to_string()),
            }
        });
        if let Err(error) = &is_ok {
            lines.push(format!("{error:#}"));
        }
        let is_ok = is_ok.unwrap_or(false);
        if !is_ok {
            println!("{}\n`{}` failed", lines.join("\n"), process::line(command));
        }
        self.ended(name, is_ok, started.elapsed(), results);
    }

    /// A step that is xtask's own work.
    pub fn own(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        println!("{name} …");
        let started = Instant::now();
        let ended = work();
        if let Err(error) = &ended {
            println!("error: {error:#}");
        }
        self.ended(name, ended.is_ok(), started.elapsed(), Results::default());
    }

    fn ended(&mut self, name: &str, is_ok: bool, took: Duration, results: Results) {
        println!("{name}: {} ({})", word(is_ok), seconds(took));
        self.done.push(Done { name: name.into(), is_ok, took, results });
    }

    /// Prints the table and the closing line; true when all is well.
    pub fn summary(&self) -> bool {
        println!("\n| {:<28} | {:<6} | {:>6} | {:>6} | {:>8} |", "step", "", "passed", "failed", "time");
        println!("|{:-<30}|{:-<8}|{:->7}:|{:->7}:|{:->9}:|", "", "", "", "", "");
        let mut total = Results::default();
        for step in &self.done {
            let Results { passed, failed } = step.results;
            let (name, ended, took) = (&step.name, word(step.is_ok), seconds(step.took));
            println!("| {name:<28} | {ended:<6} | {passed:>6} | {failed:>6} | {took:>8} |");
            total += step.results;
        }
        let is_ok = self.done.iter().all(|step| step.is_ok);
        println!(
            "| {:<28} | {:<6} | {:>6} | {:>6} | {:>8} |\n",
            "all",
            word(is_ok),
            total.passed,
            total.failed,
            seconds(self.started.elapsed())
        );
        // A step that failed without a failed test, a build for one, must not read as none failed.
        let without_tests = self.done.iter().filter(|step| !step.is_ok && step.results.failed == 0).count();
        println!("{} passed, {} failed", total.passed, total.failed + without_tests);
        is_ok
    }
}

/// Runs and hands over the lines; when nothing was printed for long, says what the last line was.
fn follow(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<bool> {
    let started = Instant::now();
    std::thread::scope(|scope| {
        let (sender, lines) = mpsc::channel::<String>();
        let runner = scope.spawn(move || {
            process::watched(command, |line| {
                // The receiver goes last.
                let _ = sender.send(line.to_string());
            })
        });
        let mut last = String::new();
        let mut said = Instant::now();
        loop {
            match lines.recv_timeout(SIGN_OF_LIFE) {
                Ok(line) => {
                    on_line(&line);
                    last = line;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if said.elapsed() >= SIGN_OF_LIFE {
                println!("  … {}: {}", seconds(started.elapsed()), last.trim());
                said = Instant::now();
            }
        }
        runner.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the reader of its output gave up")))
    })
}

fn word(is_ok: bool) -> &'static str {
    if is_ok { "ok" } else { "FAILED" }
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match duration.as_secs() {
        whole @ 100.. => format!("{}:{:02} min", whole / 60, whole % 60),
        _ => format!("{seconds:.1} s"),
    }
}

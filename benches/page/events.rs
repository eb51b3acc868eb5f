//! Runs that record events, and their table.

use support::browser::Browser;
use support::http;
use support::world::World;

use crate::figures::{median, spread};
use crate::run::{Mode, measured, open};

/// The figures of a run.
#[derive(Debug)]
pub struct Run {
    mode: Mode,
    round: usize,
    events: f64,
    /// Time of the main thread in tasks of any kind, in ms.
    task_ms: f64,
    /// Time in the loops that record, in ms.
    script_ms: f64,
    bytes: f64,
}

/// Records for `frames` frames on a page of its own, and measures for `ms`.
pub async fn record(
    browser: &Browser,
    world: &World,
    part: &str,
    round: usize,
    mode: Mode,
    frames: u32,
    ms: u32,
) -> Run {
    let kind = format!("bench.{part}.{round}.{}", mode.name());
    open(browser, world, &mode.name(), &kind).await;
    let (went, task_ms) = measured(browser, &format!("go({frames}, {ms})")).await;

    let number = |key: &str| went[key].as_f64().unwrap();
    let events = number("events");
    if mode != Mode::Idle {
        let stored = http::get(&format!("{}/v1/events?type={kind}", world.collector())).await.unwrap();
        assert_eq!(stored.body.lines().count() as f64, events, "stored events of {kind}");
    }
    eprintln!("{part}, round {round}, {mode:?}: {task_ms:.0} ms of tasks");
    Run { mode, round, events, task_ms, script_ms: number("script"), bytes: number("bytes") }
}

/// Prints the table of the runs, what an event costs beyond the idle page of its round.
pub fn report(title: &str, runs: &[Run]) {
    let of = |mode: Mode| {
        let mut of: Vec<&Run> = runs.iter().filter(|run| run.mode == mode).collect();
        of.sort_by_key(|run| run.round);
        of
    };
    let (idle, floor, waymark) = (of(Mode::Idle), of(Mode::Floor), of(Mode::Waymark));
    let main_thread = |runs: &[&Run]| -> Vec<f64> {
        runs.iter().zip(&idle).map(|(run, idle)| (run.task_ms - idle.task_ms) * 1000.0 / run.events).collect()
    };
    let script = |runs: &[&Run]| -> Vec<f64> { runs.iter().map(|run| run.script_ms * 1000.0 / run.events).collect() };
    let bytes = |runs: &[&Run]| -> Vec<f64> { runs.iter().map(|run| run.bytes / run.events).collect() };

    println!("\n| {title} | main thread, µs an event | in the call, µs an event | bytes an event |");
    println!("|---|---:|---:|---:|");
    for runs in [&floor, &waymark] {
        let (name, bytes) = (runs[0].mode.title(), median(bytes(runs)));
        println!("| {name} | {} | {} | {bytes:.0} |", spread(main_thread(runs)), spread(script(runs)));
    }
    let ratio = |of: &dyn Fn(&[&Run]) -> Vec<f64>| {
        spread(of(&waymark).into_iter().zip(of(&floor)).map(|(waymark, floor)| waymark / floor).collect())
    };
    println!("| ratio | {} | {} | {} |", ratio(&main_thread), ratio(&script), ratio(&bytes));
}

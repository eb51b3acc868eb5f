//! The rounds, and the table of what came out.

use std::hash::{BuildHasher as _, RandomState};

use serde_json::json;

use support::browser::Browser;
use support::engine::Engine;
use support::world::World;
use support::{http, runtime};

const ROUNDS: usize = 9;
const FRAMES: u32 = 120;
/// Long enough for the frames and for the last answer.
const LASTS_MS: u32 = 7_000;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    Idle,
    Floor,
    Waymark,
}

#[derive(Debug)]
struct Run {
    mode: Mode,
    round: usize,
    events: f64,
    /// Time of the main thread in tasks of any kind, in ms.
    task_ms: f64,
    /// Time in the loops that record.
    script_ms: f64,
    bytes: f64,
}

pub fn run() {
    runtime().block_on(async {
        let world = World::start().await;
        world.add_page("bench.html", include_str!("../page.html"));
        let browser = Browser::open(Engine::Chromium).await;
        browser.devtools("Performance.enable", json!({ "timeDomain": "threadTicks" })).await;
        let mut runs = Vec::new();
        // The first round warms up.
        for round in 0..=ROUNDS {
            for mode in shuffled([Mode::Idle, Mode::Floor, Mode::Waymark]) {
                let run = one(&browser, &world, round, mode).await;
                eprintln!("round {round}, {mode:?}: {:.0} ms of tasks", run.task_ms);
                if round > 0 {
                    runs.push(run);
                }
            }
        }
        report(&runs);
    });
}

async fn one(browser: &Browser, world: &World, round: usize, mode: Mode) -> Run {
    let name = format!("{mode:?}").to_lowercase();
    let kind = format!("bench.{round}.{name}");
    browser.goto(&world.page(&format!("pages/bench.html?{name},{kind}"))).await;
    browser.wait_for("document.readyState === 'complete'").await;
    browser.promised("settled()").await;
    browser.promised("new Promise((done) => setTimeout(done, 300))").await;

    let before = task_ms(browser).await;
    let went = browser.promised(&format!("go({FRAMES}, {LASTS_MS})")).await;
    let task_ms = task_ms(browser).await - before;

    let number = |key: &str| went[key].as_f64().unwrap();
    let events = number("events");
    if mode != Mode::Idle {
        let stored = http::get(&format!("{}/v1/events?type={kind}", world.collector())).await.unwrap();
        assert_eq!(stored.body.lines().count() as f64, events, "of {kind}, so many arrived");
    }
    Run { mode, round, events, task_ms, script_ms: number("script"), bytes: number("bytes") }
}

async fn task_ms(browser: &Browser) -> f64 {
    let metrics = browser.devtools("Performance.getMetrics", json!({})).await;
    let metrics = metrics["metrics"].as_array().unwrap();
    let duration = metrics.iter().find(|metric| metric["name"] == "TaskDuration").unwrap();
    duration["value"].as_f64().unwrap() * 1000.0
}

fn report(runs: &[Run]) {
    let of = |mode: Mode| {
        let mut of: Vec<&Run> = runs.iter().filter(|run| run.mode == mode).collect();
        of.sort_by_key(|run| run.round);
        of
    };
    let (idle, floor, waymark) = (of(Mode::Idle), of(Mode::Floor), of(Mode::Waymark));
    // Each round's own idle page is what its others are compared with.
    let main_thread = |runs: &[&Run]| -> Vec<f64> {
        runs.iter().zip(&idle).map(|(run, idle)| (run.task_ms - idle.task_ms) * 1000.0 / run.events).collect()
    };
    let script = |runs: &[&Run]| -> Vec<f64> { runs.iter().map(|run| run.script_ms * 1000.0 / run.events).collect() };
    let bytes = |runs: &[&Run]| -> Vec<f64> { runs.iter().map(|run| run.bytes / run.events).collect() };

    println!(
        "{ROUNDS} rounds of {FRAMES} frames with {} events each; median (quartiles)\n",
        floor[0].events / f64::from(FRAMES)
    );
    println!("| | main thread, µs an event | in the call, µs an event | bytes an event |");
    println!("|---|---:|---:|---:|");
    for (name, runs) in [("plain JavaScript", &floor), ("Waymark", &waymark)] {
        println!("| {name} | {} | {} | {:.0} |", spread(main_thread(runs)), spread(script(runs)), median(bytes(runs)));
    }
    let ratio = |of: &dyn Fn(&[&Run]) -> Vec<f64>| {
        spread(of(&waymark).into_iter().zip(of(&floor)).map(|(waymark, floor)| waymark / floor).collect())
    };
    println!("| ratio | {} | {} | {} |", ratio(&main_thread), ratio(&script), ratio(&bytes));
}

fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let at = |quarter: usize| values[quarter * (values.len() - 1) / 4];
    format!("{:.2} ({:.2} to {:.2})", at(2), at(1), at(3))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn shuffled<const N: usize>(mut modes: [Mode; N]) -> [Mode; N] {
    for last in (1..N).rev() {
        let random = RandomState::new().hash_one(last) as usize;
        modes.swap(last, random % (last + 1));
    }
    modes
}

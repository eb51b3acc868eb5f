//! What do facts cost beside the storing of events, and how long do questions take?
//!
//! `insights EVENTS [FILE [VIEW]]` stores a month of made-up events in batches of 50, makes and packs their facts, and
//! asks every question, or that of one view, within the memory that the collector gives it. It prints the CPU of storing
//! and of facts, their ratio, and the time of each question, the better of two, with the CPU of its thread. The answer
//! must have counted all page views. With a file, the events stay there, and the next run asks the questions only.
//! Then events arrive while it asks ([`live`]), and what storing costs with and without facts is compared in turns
//! ([`ingestion`]).
//!
//! Over two million events have no more in their bodies than facts read, because it is about them and the disk is small.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "insights/ingestion.rs"]
mod ingestion;
#[path = "insights/live.rs"]
mod live;
#[path = "insights/month.rs"]
mod month;
#[path = "insights/questions.rs"]
mod questions;

use month::{DAYS, LEAN, Month, START};
use questions::{question, views_of};
use std::time::{Duration, Instant};
use waymark_collector::insights::{Cell, Limits, Question, View, answer};
use waymark_collector::store::{AppendEvents, BatchLimit, KeepFacts, Packing, Selection, Sqlite};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const STEP: BatchLimit = BatchLimit { events: 2_000, bytes: 8 << 20 };

/// Batches in a commit, as the collector has them under load.
const COMMIT: usize = 32;

fn main() {
    // Cargo says `--bench` after the arguments.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(events) = arguments.first().and_then(|events| events.parse().ok()) else {
        // What `cargo test --benches` asks for.
        return println!("usage: insights EVENTS [FILE [VIEW]]");
    };
    let dir = tempfile::tempdir().unwrap();
    let file = arguments.get(1).map_or_else(|| dir.path().join("events.db"), Into::into);
    let is_there = file.exists();
    let store = Sqlite::open(&file).unwrap();
    let mut month = Month::of(events, events > LEAN);
    if is_there {
        while store.follow(STEP).unwrap() > 0 {}
        while month.made < events as u64 {
            (0..COMMIT).for_each(|_| drop(month.batch()));
        }
    } else {
        fill(&store, &mut month, events as u64);
        let bytes = std::fs::metadata(&file).unwrap().len() / month.made;
        println!("{} events, {bytes} bytes each in the store with their facts", month.made);
    }
    pack(&store, month.made);
    let only = arguments.get(2);
    for view in views_of(month.session(77)) {
        let name = view.name();
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let limits = Limits { time: Duration::from_secs(600), ..Limits::DEFAULT };
        let ask = || {
            let (begun, before) = (Instant::now(), cpu());
            let answered = answer(&store, &question(view.clone()), limits);
            (answered, begun.elapsed().as_millis(), ((cpu() - before) * 1e3) as u64)
        };
        let (answered, took, cpu) = [ask(), ask()].into_iter().min_by_key(|(_, took, _)| *took).unwrap();
        let report = match answered {
            Ok(answer) => answer.report,
            Err(refused) => {
                println!("{name:>10} {took:>6} ms, refused: {refused}");
                continue;
            }
        };
        if ["overview", "pages"].contains(&name) {
            assert_eq!(report.value("page_views"), Some(&Cell::Whole(month.views as i64)));
        }
        println!("{name:>10} {took:>6} ms, {cpu:>6} ms of CPU");
    }
    if only.is_none() {
        halves(&store);
    }
    drop(store);
    if only.is_none() {
        live::run(&file);
        ingestion::run();
    }
}

fn fill(store: &Sqlite, month: &mut Month, events: u64) {
    let (mut appending, mut following) = (0.0, 0.0);
    while month.made < events {
        let batches: Vec<_> = (0..COMMIT).map(|_| month.batch()).collect();
        let begun = cpu();
        store.append(&batches).unwrap();
        let appended = cpu();
        store.follow(STEP).unwrap();
        appending += appended - begun;
        following += cpu() - appended;
    }
    while store.follow(STEP).unwrap() > 0 {}
    let each = |seconds: f64| seconds * 1e6 / month.made as f64;
    let (storing, facts) = (each(appending), each(following));
    println!("storing {storing:.1} µs, facts {facts:.1} µs an event of CPU: {:.2} times", facts / storing);
}

/// An overview of the second half of the month, whose period before is as full.
fn halves(store: &Sqlite) {
    let whole = question(View::Overview);
    let selection = Selection { from: START + DAYS / 2 * 86_400_000, ..whole.selection.clone() };
    let half = Question { selection, ..whole };
    let ask = || {
        let begun = Instant::now();
        answer(store, &half, Limits::DEFAULT).unwrap();
        begun.elapsed().as_millis()
    };
    println!("overview of half a month beside the half before it {} ms", ask().min(ask()));
}

fn pack(store: &Sqlite, events: u64) {
    let (begun, mut steps) = (cpu(), 0_u64);
    while store.pack(Packing { rows: Packing::ROWS, before: i64::MAX }).unwrap() {
        steps += 1;
    }
    if steps > 0 {
        println!("packing {:.1} µs an event of CPU", (cpu() - begun) * 1e6 / events as f64);
    }
}

/// The CPU time of this thread so far, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

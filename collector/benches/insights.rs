//! What do facts cost beside the storing of events, and how long do questions take?
//!
//! `insights [EVENTS]` stores a month of made-up events in batches of 50, makes their facts, and asks every question. It
//! prints the CPU of both, their ratio, and the time of each question. Each answer must have counted all page views.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "insights/month.rs"]
mod month;

use month::{BATCH, DAYS, Month, SITE, START};
use std::time::{Duration, Instant};
use waymark_collector::insights::{
    Bucket, Cell, Funnel, FunnelStep, Limits, Order, Question, Unit, View, Zone, answer,
};
use waymark_collector::store::{AppendEvents, BatchLimit, KeepFacts, Selection, Sqlite};

const STEP: BatchLimit = BatchLimit { events: 2_000, bytes: 8 << 20 };

/// Batches in a commit, as the collector has them under load.
const COMMIT: usize = 32;

fn main() {
    let events = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let Some(events) = events else {
        // What `cargo test --benches` asks for.
        return println!("usage: insights EVENTS");
    };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("events.db");
    let store = Sqlite::open(&file).unwrap();
    let mut month = Month::of(events);
    let (mut appending, mut following, mut views, mut stored) = (0.0, 0.0, 0, 0);
    while stored < events {
        let batches: Vec<_> = (0..COMMIT).map(|_| month.batch()).collect();
        stored += COMMIT * BATCH;
        views += batches.iter().flat_map(|batch| &batch.records).filter(|record| record.kind == "pageView").count();
        let begun = cpu();
        store.append(&batches).unwrap();
        let appended = cpu();
        store.follow(STEP).unwrap();
        appending += appended - begun;
        following += cpu() - appended;
    }
    while store.follow(STEP).unwrap() > 0 {}
    let each = |seconds: f64| seconds * 1e6 / stored as f64;
    let bytes = std::fs::metadata(&file).unwrap().len() / stored as u64;
    println!("{stored} events, {bytes} bytes each in the store with their facts");
    println!(
        "storing {:.1} µs, facts {:.1} µs an event of CPU: {:.2} times",
        each(appending),
        each(following),
        following / appending
    );
    for view in views_of() {
        let name = view.name();
        let begun = Instant::now();
        let answered = answer(&store, &question(view), Limits { time: Duration::from_secs(600), bytes: 4 << 30 });
        let took = begun.elapsed().as_millis();
        let report = answered.unwrap().report;
        if ["overview", "pages"].contains(&name) {
            assert_eq!(report.value("page_views"), Some(&Cell::Whole(views as i64)));
        }
        println!("{name:>10} {took:>6} ms");
    }
}

fn views_of() -> Vec<View> {
    let step = |kind: &str| FunnelStep { text: kind.into(), kind: kind.into(), filters: Vec::new(), step: None };
    let steps = ["pageView", "play", "complete", "goal"].map(step).into();
    let window = Duration::from_secs(86_400);
    vec![
        View::Overview,
        View::Contents,
        View::Steps { content: "3".to_owned() },
        View::Funnel(Funnel { steps, unit: Unit::User, order: Order::InOrder, window }),
        View::Sessions,
        View::Session { id: Month::session(77) },
        View::Users,
        View::Retention,
        View::Pages,
        View::Health,
    ]
}

fn question(view: View) -> Question {
    let (from, to) = (START, START + DAYS * 86_400_000);
    let selection = Selection { site: SITE.to_owned(), from, to, ..Selection::default() };
    Question { selection, zone: Zone::utc(), now: to, bucket: Bucket::Day, limit: 100, view }
}

/// The CPU time of this thread so far, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

//! How long do questions take in ClickHouse, beside SQLite with the same events?
//!
//! `engines EVENTS [SQLITE]` stores the month of events of the bench `insights` in both, and asks each question of one
//! and of the other, in turns. `WAYMARK_CLICKHOUSE_URL` is an empty ClickHouse with nothing else to do. Both must give
//! the same answers, with all page views. It prints a table of medians, and what an event takes. With a file that is
//! there, the events of both are those of an earlier run.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "insights/month.rs"]
mod month;
#[path = "insights/questions.rs"]
mod questions;

use month::{LEAN, Month};
use questions::{question, views_of};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use waymark_collector::insights::{Answer, Cell, InsightError, Limits, Report, View, answer};
use waymark_collector::store::{
    self, AppendEvents, BatchLimit, ClickHouse, Cluster, IngestBatch, KeepFacts, LandedEvent, Memory, Packing, Receipt,
    Sqlite, Store, StoreError,
};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 3;
const STEP: BatchLimit = BatchLimit { events: 2_000, bytes: 8 << 20 };

/// Batches in a commit of SQLite, as the collector has them under load.
const COMMIT: usize = 32;

/// Events in an insert, as `clickhouse.batch_rows` has them.
const INSERT: usize = 50_000;

fn main() {
    // Cargo says `--bench` after the arguments.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (Some(events), Ok(url)) =
        (arguments.first().and_then(|events| events.parse().ok()), std::env::var("WAYMARK_CLICKHOUSE_URL"))
    else {
        // What `cargo test --benches` asks for.
        return println!("usage: WAYMARK_CLICKHOUSE_URL=URL engines EVENTS [SQLITE]");
    };
    let dir = tempfile::tempdir().unwrap();
    let file = arguments.get(1).map_or_else(|| dir.path().join("events.db"), Into::into);
    let is_there = file.exists();
    let sqlite = Sqlite::open(&file).unwrap();
    let config = waymark_collector::ClickHouse { url, ..waymark_collector::ClickHouse::default() };
    store::apply(&config).unwrap();
    let clickhouse = Arc::new(ClickHouse::open(&config).unwrap());
    let month = Month::of(events, events > LEAN);
    let views = if is_there {
        None
    } else {
        std::thread::scope(|scope| {
            let landing = scope.spawn(|| land(&clickhouse, events));
            let views = fill(&sqlite, &file, events);
            landing.join().unwrap();
            Some(views)
        })
    };
    let cluster = Cluster::new(Arc::new(Nowhere), Arc::clone(&clickhouse), Arc::new(Memory::default()));
    let stores: [&dyn Store; 2] = [&sqlite, &cluster];
    println!(
        "\n| question | SQLite | its CPU | ClickHouse | CPU of the collector | of ClickHouse |\n|---|---|---|---|---|---|"
    );
    let mut sums = Vec::new();
    for view in views_of(month.session(77)) {
        let mut taken = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            let answers = [0, 1].map(|engine| {
                let (begun, before) = (Instant::now(), cpu());
                let answered = ask(stores[engine], &view).unwrap();
                let (took, [own, server]) = (begun.elapsed().as_secs_f64(), cpu());
                taken[engine].push([took, own - before[0], server - before[1]]);
                answered
            });
            let [expected, found] = answers.map(|answer| sorted(answer.report));
            assert!(expected == found, "{}: the answers differ", view.name());
            if let (Some(views), "overview" | "pages") = (views, view.name()) {
                assert_eq!(found.value("page_views"), Some(&Cell::Whole(views)));
            }
        }
        let [sqlite, clickhouse] = taken.map(|taken| [0, 1, 2].map(|of| median(taken.iter().map(|taken| taken[of]))));
        let ([sqlite, its, _], [clickhouse, own, server]) = (sqlite, clickhouse);
        println!("| `{}` | {sqlite:.2} s | {its:.2} s | {clickhouse:.2} s | {own:.2} s | {server:.2} s |", view.name());
        sums.push((view.name(), own * 1e6 / events as f64, server * 1e6 / events as f64));
    }
    println!("\nµs of CPU an event, in the collector and in ClickHouse:");
    for (name, own, server) in sums {
        println!("  {name}: {own:.2} + {server:.2} = {:.2}", own + server);
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load at the end: {}", load.trim());
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The CPU time in seconds so far: of this program, and of ClickHouse if `CLICKHOUSE_PID` says which process that is.
fn cpu() -> [f64; 2] {
    [Some("self".to_owned()), std::env::var("CLICKHOUSE_PID").ok()].map(|process| {
        let Some(process) = process else { return 0.0 };
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
        // Behind the name of the program, in parentheses: the 14th and the 15th of all, in hundredths of a second.
        let (_, stat) = stat.rsplit_once(')').unwrap();
        stat.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
    })
}

fn ask(store: &dyn Store, view: &View) -> Result<Answer, InsightError> {
    // An answer that takes longer than the program's limit is shown, not refused.
    let limits = Limits { time: Duration::from_secs(600), ..Limits::DEFAULT };
    answer(store, &question(view.clone()), limits)
}

/// The numbers of the audit, for which ClickHouse would need reports about tabs.
const AUDITED: [&str; 7] = ["tabs", "created", "stored", "lost", "missing", "surplus", "duplicate"];

/// Without the audit, and with the rows of each table in one order: each engine has its own for rows with equal counts.
fn sorted(mut report: Report) -> Report {
    report.numbers.retain(|number| !AUDITED.contains(&number.name));
    for table in &mut report.tables {
        table.rows.sort_by_cached_key(|row| format!("{row:?}"));
    }
    report
}

/// Stores the events, and makes and packs their facts. Returns the number of page views.
fn fill(sqlite: &Sqlite, file: &Path, events: usize) -> i64 {
    let (begun, mut month) = (Instant::now(), Month::of(events, events > LEAN));
    while month.made < events as u64 {
        let batches: Vec<_> = (0..COMMIT).map(|_| month.batch()).collect();
        sqlite.append(&batches).unwrap();
        sqlite.follow(STEP).unwrap();
    }
    while sqlite.follow(STEP).unwrap() > 0 {}
    while sqlite.pack(Packing { rows: Packing::ROWS, before: i64::MAX }).unwrap() {}
    let bytes = std::fs::metadata(file).unwrap().len() / month.made;
    println!("SQLite: {} events in {:.0} s, {bytes} bytes each", month.made, begun.elapsed().as_secs_f64());
    month.views as i64
}

/// Inserts the same events.
fn land(clickhouse: &ClickHouse, events: usize) {
    let (begun, mut month) = (Instant::now(), Month::of(events, events > LEAN));
    let mut block = Vec::with_capacity(INSERT);
    while month.made < events as u64 {
        // As many commits as SQLite has.
        for _ in 0..COMMIT {
            block.extend(month.batch().records.into_iter().map(|event| LandedEvent::of(event, 0)));
        }
        if block.len() >= INSERT || month.made >= events as u64 {
            clickhouse.insert(&block, &month.made.to_string()).unwrap();
            block.clear();
        }
    }
    println!("ClickHouse: {} events in {:.0} s", month.made, begun.elapsed().as_secs_f64());
}

/// Nothing is appended while questions are asked.
struct Nowhere;

impl AppendEvents for Nowhere {
    fn append(&self, _: &[IngestBatch]) -> Result<Vec<Receipt>, StoreError> {
        Err(StoreError::Interrupted)
    }

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

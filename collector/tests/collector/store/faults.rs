//! What goes wrong below the collector: no room on the disk, a log that was cut short, an end without warning. What was
//! acknowledged is there afterwards, once.

use crate::harness::process::{Process, post};
use crate::harness::running::*;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use waymark_collector::store::verify;

const START: i64 = 1_700_000_000_000;

/// The batch of a tab that begins with its event number `seq`.
fn batch(tab: u32, seq: usize, count: usize) -> Value {
    let mut batch = views(tab, START + 1_000 * seq as i64, count);
    (batch["seq"], batch["last"]) = (json!(seq), json!(seq + count - 1));
    batch["lost"] = json!({});
    batch
}

/// What became of it, for the table of `cargo xtask faults server`.
fn tell(what: &str, became: String) {
    println!("\n| {what} | {became} |");
}

#[track_caller]
fn sound(store: &Path) -> u64 {
    let verdict = verify(store).unwrap();
    assert_eq!(verdict.wrong, [""; 0]);
    verdict.events
}

#[test]
fn a_full_disk_is_503_until_there_is_room_and_what_was_acknowledged_stays() {
    let home = Home::in_sqlite();
    let process = Process::start(&home);
    assert_eq!(process.post(&batch(0, 0, 100)).status, 200);
    process.limit("1000000");
    let mut stored = 100;
    let (tab, refused) = (1..1_000)
        .map(|tab| (tab, process.post(&batch(tab, 0, 100))))
        .find(|(_, said)| {
            stored += if said.status == 200 { 100 } else { 0 };
            said.status != 200
        })
        .unwrap();
    assert_eq!(refused.status, 503);
    assert!(refused.head.contains("retry-after: 10"), "{}", refused.head);
    assert_eq!(refused.json(), json!({"error": "the store failed; come back later", "code": "store-failed"}));
    assert_eq!(process.get("/healthz").status, 200);
    // What is there can be read.
    assert_eq!(process.get("/v1/events?last=1").status, 200);
    assert_eq!(process.post(&batch(tab, 0, 100)).status, 503);

    process.limit("unlimited");
    assert_eq!(process.get("/readyz").status, 200);
    let said = process.post(&batch(tab, 0, 100));
    assert_eq!((said.status, &said.json()["stored"]), (200, &json!(100)));
    process.stop();
    let all = stored + 100;
    assert_eq!(sound(home.store()), all);
    tell(
        "the disk is full, then has room",
        format!("{all}/{all}; 503 and `Retry-After` until there is room; what is stored can be read"),
    );
}

#[test]
fn where_nothing_can_be_written_it_is_not_ready_and_takes_nothing() {
    let home = Home::in_sqlite();
    let process = Process::start(&home);
    assert_eq!(process.post(&batch(0, 0, 10)).status, 200);
    process.limit("0");
    for path in ["/readyz", "/readyz"] {
        let said = process.get(path);
        assert_eq!(said.status, 503, "{}", said.body);
    }
    assert_eq!(process.post(&batch(1, 0, 10)).status, 503);
    process.limit("unlimited");
    assert_eq!(process.get("/readyz").status, 200);
    assert_eq!(process.post(&batch(1, 0, 10)).status, 200);
    process.stop();
    assert_eq!(sound(home.store()), 20);
    tell("the file cannot be written, then can", "20/20; 503 and not ready until it can".to_owned());
}

#[test]
fn a_disk_with_less_room_than_asked_for_is_not_ready() {
    let home = Home::in_sqlite();
    let mut config = home.config();
    config.limits.disk_bytes = u64::MAX;
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let collector = Running::start(config).await;
        let answer = collector.get_with("/readyz", &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (503, "the disk is nearly full; come back later")
        );
        assert_eq!(collector.post(BATCH).await.status, 200);
        collector.stop().await;
    });
}

#[test]
fn of_a_log_that_was_cut_or_garbled_all_that_is_whole_is_kept() {
    let home = Home::in_sqlite();
    let process = Process::start(&home);
    for tab in 0..20 {
        assert_eq!(process.post(&batch(tab, 0, 10)).status, 200);
    }
    process.kill();
    let (store, log) = (std::fs::read(home.store()).unwrap(), std::fs::read(home.file("events.db-wal")).unwrap());
    assert!(log.len() > 100_000);
    let mut last = 0;
    for (at, tail) in (0..=16).flat_map(|part| [(log.len() * part / 16, None), (log.len() * part / 16, Some(0xa5))]) {
        let home = Home::in_sqlite();
        let mut damaged = log[..at].to_vec();
        if let Some(byte) = tail {
            damaged.resize(log.len(), byte);
        }
        std::fs::write(home.store(), &store).unwrap();
        std::fs::write(home.file("events.db-wal"), damaged).unwrap();
        let process = Process::start(&home);
        // The sender of what was lost would send it again: all of it is there then, once.
        assert_eq!(process.get("/readyz").status, 200);
        let kept = process.get("/v1/events").body.lines().filter(|line| line.starts_with('{')).count();
        assert!(kept >= last && kept % 10 == 0, "{kept} {last}");
        last = kept;
        for tab in 0..20 {
            assert_eq!(process.post(&batch(tab, 0, 10)).status, 200);
        }
        process.stop();
        assert_eq!(sound(home.store()), 200);
    }
    assert_eq!(last, 200);
    tell(
        "the end of the log is cut or garbled, at 17 places each",
        "200/200 once all is sent again; until then whole transactions up to there, none after it".to_owned(),
    );
}

/// Fifty times over: senders as recorders are, which send a batch until it is acknowledged, and a collector that is
/// killed under them.
#[test]
#[ignore = "takes a minute: run it by hand"]
fn killed_fifty_times_under_load_it_loses_nothing_acknowledged_and_stores_nothing_twice() {
    const SENDERS: u32 = 8;
    const EVENTS: usize = 10;
    let home = Home::in_sqlite();
    let acknowledged = Arc::new(Mutex::new(HashSet::<(u32, usize)>::new()));
    let next: Vec<_> = (0..SENDERS).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let (mut cut, mut duplicates, mut checked) = (0, 0, 0);
    let begun = Instant::now();
    for round in 0..50_u64 {
        let process = Process::start(&home);
        let end = Arc::new(AtomicBool::new(false));
        let senders: Vec<_> = (0..SENDERS)
            .map(|tab| {
                let (address, end, next) = (process.address, end.clone(), next[tab as usize].clone());
                let acknowledged = acknowledged.clone();
                std::thread::spawn(move || {
                    let (mut cut, mut duplicates) = (0, 0);
                    while !end.load(Ordering::Relaxed) {
                        let seq = next.load(Ordering::Relaxed);
                        match post(address, &batch(tab, seq, EVENTS)) {
                            Some(said) if said.status == 200 => {
                                duplicates += said.json()["duplicate"].as_u64().unwrap();
                                acknowledged.lock().unwrap().extend((seq..seq + EVENTS).map(|seq| (tab, seq)));
                                next.store(seq + EVENTS, Ordering::Relaxed);
                            }
                            Some(said) => panic!("{} {}", said.status, said.body),
                            None => cut += 1,
                        }
                    }
                    (cut, duplicates)
                })
            })
            .collect();
        // From the middle of the first commits to the middle of the log's clearing.
        std::thread::sleep(Duration::from_millis(30 + round * 37 % 400));
        process.kill();
        end.store(true, Ordering::Relaxed);
        for sender in senders {
            let (of_cut, of_duplicates) = sender.join().unwrap();
            (cut, duplicates) = (cut + of_cut, duplicates + of_duplicates);
        }
        let stored = stored(home.store());
        let missing = acknowledged.lock().unwrap().iter().filter(|event| !stored.contains(event)).count();
        assert_eq!(missing, 0, "round {round}");
        checked = stored.len();
    }
    let process = Process::start(&home);
    for (tab, next) in next.iter().enumerate() {
        let said = process.post(&batch(tab as u32, next.load(Ordering::Relaxed), EVENTS));
        assert_eq!(said.status, 200);
    }
    process.stop();
    let all: usize = next.iter().map(|next| next.load(Ordering::Relaxed) + EVENTS).sum();
    assert_eq!(sound(home.store()), all as u64);
    let (acknowledged, seconds) = (acknowledged.lock().unwrap().len(), begun.elapsed().as_secs());
    tell(
        "it is killed (`kill -9`) fifty times under eight senders",
        format!(
            "{all}/{all}; {acknowledged} acknowledged before the kills, none lost; {checked} stored, none twice; \
             {cut} requests cut off; {duplicates} events came again that were stored already; {seconds} s"
        ),
    );
}

/// The tab and the number of every event; none is there twice.
fn stored(store: &Path) -> HashSet<(u32, usize)> {
    let file = rusqlite::Connection::open(store).unwrap();
    let mut all = file.prepare("SELECT body ->> '$.server.tab', body ->> '$.server.seq' FROM events").unwrap();
    let rows = all.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).unwrap();
    let rows: Vec<_> = rows.map(Result::unwrap).collect();
    let number = |tab: &str| u32::from_str_radix(&tab[tab.len() - 8..], 16).unwrap();
    let different: HashSet<_> = rows.iter().map(|(tab, seq)| (number(tab), *seq as usize)).collect();
    assert_eq!(different.len(), rows.len());
    different
}

//! What does it cost to forward stored events to Kafka? `cargo xtask bench cluster`.
//!
//! `forward TANSU EVENTS` stores events in an SQLite file, starts the broker TANSU as a process of its own, forwards all
//! of them to it, and says how many a second, and the CPU of this process for each.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use uuid::Uuid;
use waymark_collector::Kafka;
use waymark_collector::sinks::{Forwarder, KafkaSink, Progress};
use waymark_collector::store::{AppendEvents, Day, IngestBatch, Losses, Sqlite, StoredEvent, UserIds};

/// A real event.
const EXAMPLE: &str = include_str!("../../wire/fixtures/example-event.json");

/// Events of a commit, and tabs.
const COMMIT: usize = 1_000;
const TABS: u128 = 500;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [tansu, events] = arguments.as_slice() else {
        // What `cargo test --benches` asks for.
        return println!("usage: forward TANSU EVENTS");
    };
    let events: usize = events.parse().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Sqlite::open(&dir.path().join("events.db")).unwrap());
    let mut example: serde_json::Value = serde_json::from_str(EXAMPLE).unwrap();
    let mut bytes = 0;
    for first in (0..events).step_by(COMMIT) {
        let records: Vec<_> = (first..events.min(first + COMMIT)).map(|n| event(&mut example, n as u128)).collect();
        bytes += records.iter().map(|record| record.body.len()).sum::<usize>();
        store.append(&[batch(records)]).unwrap();
    }
    let broker = Broker::start(tansu);
    let kafka = Kafka { bootstrap_servers: broker.address.clone(), ..Kafka::default() };
    let mut forwarder = Forwarder::new(store, KafkaSink::open(&kafka).unwrap());
    let counts = forwarder.counts();
    let (cpu, begun) = (cpu(), Instant::now());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async { while forwarder.step().await.unwrap() != Progress::Idle {} });
    let (took, cpu) = (begun.elapsed().as_secs_f64(), self::cpu() - cpu);
    assert_eq!(counts.published.load(Ordering::Relaxed), events as u64);
    let (all, size) = (events as f64, bytes / events);
    println!("{events} events of {size} bytes, forwarded from SQLite to Kafka, lz4, idempotent, acks=all:");
    println!("{:.0} events/s, {:.1} µs of CPU an event", all / took, cpu / all * 1e6);
}

fn event(example: &mut serde_json::Value, n: u128) -> StoredEvent {
    let id = Uuid::from_u128((1_800_000_000_000 + n / 1_000) << 80 | n.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 4);
    let tab = Uuid::from_u128(n % TABS);
    example["id"] = id.to_string().into();
    example["server"]["tab"] = tab.to_string().into();
    let who = UserIds { anonymous: Some(tab.to_string()), ..UserIds::default() };
    let (site, kind) = ("demo".to_owned(), "play".to_owned());
    StoredEvent { id, site, kind, time: 0, received: 0, who, body: example.to_string().into() }
}

fn batch(records: Vec<StoredEvent>) -> IngestBatch {
    let (site, events) = ("demo".to_owned(), records.len() as u64);
    IngestBatch { site, tab: Uuid::nil(), day: Day::of(0), seq: 0, events, last: 0, lost: Losses::default(), records }
}

/// A broker that ends with the value.
struct Broker {
    child: Child,
    address: String,
}

impl Broker {
    fn start(tansu: &str) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let (address, url) = (format!("127.0.0.1:{port}"), format!("tcp://127.0.0.1:{port}"));
        let mut broker = Command::new(tansu);
        broker.args(["broker", "--listener-url", &url, "--advertised-listener-url", &url]);
        broker.args(["--storage-engine", "memory://tansu/"]).stdout(Stdio::null()).stderr(Stdio::null());
        let broker = Broker { child: broker.spawn().unwrap(), address };
        let begun = Instant::now();
        while TcpStream::connect(&broker.address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the broker listens");
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut create = Command::new(tansu);
        create.args(["topic", "create", "--broker", &url, "waymark.events", "--partitions", "12"]);
        assert!(create.stdout(Stdio::null()).status().unwrap().success());
        broker
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The CPU time of this process so far, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

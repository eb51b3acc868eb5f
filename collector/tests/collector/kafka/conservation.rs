//! Real brokers that replicate, a collector, two landers and ClickHouse: each of them is killed, and what was
//! acknowledged is in ClickHouse, once under `FINAL`.

use super::door::Door;
use super::lander::{self, Lander};
use super::marked::publish_with;
use crate::harness::running::*;
use crate::sinks::kafka::brokers::{Brokers, PROPERTIES};
use crate::sinks::kafka::kafka;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;
use waymark_collector::kafka::KafkaLog;
use waymark_collector::store::{self, Memory};
use waymark_collector::{ClickHouse, Collector, Config, Kafka};

/// A fail-over takes until ZooKeeper's session of six seconds has ended, and a broker that comes back reads its log.
const PATIENCE: Duration = Duration::from_secs(90);

/// Events of a batch.
const BATCH_EVENTS: usize = 20;

/// Senders that send each batch until it is acknowledged, as recorders do.
struct Senders {
    acknowledged: AtomicUsize,
    refused: AtomicUsize,
    next_tab: AtomicU32,
    is_over: AtomicBool,
}

impl Senders {
    async fn send(&self, collector: &Running) {
        while !self.is_over.load(Ordering::Relaxed) {
            let tab = self.next_tab.fetch_add(1, Ordering::Relaxed);
            let batch = views(tab, 1_795_600_000_000, BATCH_EVENTS).to_string();
            while collector.post(batch.clone()).await.status != 200 {
                self.refused.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until so many more batches are acknowledged.
    async fn more(&self, what: &str, batches: usize) {
        let enough = self.acknowledged.load(Ordering::Relaxed) + batches;
        until(what, || self.acknowledged.load(Ordering::Relaxed) >= enough).await;
    }
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("in time: {what}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "cargo xtask test cluster installs Kafka and ClickHouse"]
async fn whatever_is_killed_what_was_acknowledged_is_landed_once() {
    let mut brokers = Brokers::start_making_topics();
    let mut door = Door::start();
    let home = Home::in_memory();
    let kafka = Kafka { idempotence: false, ..kafka(&brokers.servers(), &PROPERTIES) };
    brokers.make_topics(&kafka.log_topics().into_iter().map(|topic| topic.name).collect::<Vec<_>>());
    publish_with(&brokers.servers(), "waymark.region", &[("region", "none")], &PROPERTIES).await;
    let lines = format!(
        "bootstrap_servers = \"{}\"\nidempotence = false\n[kafka.librdkafka]\n\"api.version.request\" = false\n\
         \"broker.version.fallback\" = \"0.9.0.1\"\n\"session.timeout.ms\" = 6000",
        brokers.servers()
    );
    let file = lander::written(&home, &lines, &door.url());
    // These brokers make no topics for a client, so that `check --apply` cannot be used.
    store::apply(&ClickHouse { url: door.url(), ..ClickHouse::default() }).unwrap();
    let (first, second) = (Lander::start(&file), Lander::start(&file));
    let config = Config { kafka: Some(kafka.clone()), ..home.config() };
    let log = Arc::new(KafkaLog::open(&kafka).unwrap());
    let collector = Running::serve(Collector::with_log(config, log, Arc::new(Memory::default())).unwrap()).await;
    let senders = Senders {
        acknowledged: AtomicUsize::new(0),
        refused: AtomicUsize::new(0),
        next_tab: AtomicU32::new(0),
        is_over: AtomicBool::new(false),
    };
    let faults = async {
        senders.more("batches are acknowledged", 100).await;

        brokers.kill(0);
        senders.more("batches are acknowledged again after a broker was killed", 100).await;

        first.kill();
        door.kill();
        senders.more("batches are acknowledged while ClickHouse is away", 100).await;
        door.start_again();

        // One of three is left, below the minimum of two: nothing is acknowledged.
        brokers.kill(1);
        // What was under way may still have been acknowledged before.
        let refused = senders.refused.load(Ordering::Relaxed);
        until("all senders are refused", || senders.refused.load(Ordering::Relaxed) >= refused + 8).await;
        let acknowledged = senders.acknowledged.load(Ordering::Relaxed);
        until("all senders are refused again", || senders.refused.load(Ordering::Relaxed) >= refused + 16).await;
        assert_eq!(senders.acknowledged.load(Ordering::Relaxed), acknowledged);

        brokers.run(0);
        brokers.run(1);
        senders.more("batches are acknowledged again after the brokers are back", 100).await;
        senders.is_over.store(true, Ordering::Relaxed);
    };
    let sending = futures_util::future::join4(
        senders.send(&collector),
        senders.send(&collector),
        senders.send(&collector),
        senders.send(&collector),
    );
    futures_util::future::join(faults, sending).await;
    collector.stop().await;

    let acknowledged = senders.acknowledged.load(Ordering::Relaxed) * BATCH_EVENTS;
    until("all are landed", || door.count("SELECT count() FROM events FINAL") >= acknowledged).await;
    assert_eq!(door.count("SELECT count() FROM events FINAL"), acknowledged);
    assert_eq!(door.count("SELECT uniqExact(id) FROM events"), acknowledged);
    second.stop();
}

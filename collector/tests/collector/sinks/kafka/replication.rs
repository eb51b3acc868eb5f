//! Real brokers that replicate, and that are killed: nothing that counts as forwarded is lost, and nothing counts as
//! forwarded below the minimum of replicas.

use super::brokers::{Brokers, PROPERTIES};
use super::reading::{Read, Reader};
use super::{event, kafka};
use crate::sinks::append;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use waymark_collector::Kafka;
use waymark_collector::sinks::{Forwarder, KafkaSink, Progress};
use waymark_collector::store::{BatchLimit, FollowCommits, Memory};

const TOPIC: &str = "waymark.events";

/// A fail-over takes until ZooKeeper's session of six seconds has ended, and a broker that comes back reads its log.
const PATIENCE: Duration = Duration::from_secs(90);

/// Steps until nothing is left.
async fn forward(forwarder: &mut Forwarder<KafkaSink>) {
    let all = async {
        loop {
            match forwarder.step().await.unwrap() {
                Progress::Idle => return,
                Progress::Complete | Progress::Partial => {}
                Progress::Stalled => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("the brokers take all in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "cargo xtask test cluster installs Kafka"]
async fn whichever_brokers_are_killed_what_was_forwarded_is_there() {
    let mut brokers = Brokers::start();
    let leader = brokers.create_topic(TOPIC);
    let others = [(leader + 1) % 3, (leader + 2) % 3];
    let properties = [&PROPERTIES[..], &[("message.timeout.ms", "5000")]].concat();
    let kafka = Kafka { idempotence: false, ..kafka(&brokers.servers(), &properties) };
    let store = Arc::new(Memory::default());
    let mut numbers = 0..;
    let mut more = |events: usize| {
        let numbers: Vec<u64> = numbers.by_ref().take(events).collect();
        append(&*store, numbers.into_iter().map(|number| event(number, "tab", 1_000)).collect());
    };
    let sink = KafkaSink::open(&kafka).unwrap();
    let small = BatchLimit { events: 100, bytes: usize::MAX };
    let mut forwarder = Forwarder::new(store.clone(), sink).limit(small);
    let counts = forwarder.counts();

    more(2_000);
    forward(&mut forwarder).await;

    // The leader goes while events are on their way.
    more(2_000);
    for _ in 0..5 {
        assert_eq!(forwarder.step().await.unwrap(), Progress::Complete);
    }
    brokers.kill(leader);
    forward(&mut forwarder).await;
    assert_eq!(store.cursor("kafka").unwrap(), store.last_position().unwrap());

    // One of three is left, below the minimum of two: nothing more counts as forwarded.
    brokers.kill(others[0]);
    more(500);
    let (cursor, published) = (store.cursor("kafka").unwrap(), counts.published.load(Ordering::Relaxed));
    for _ in 0..2 {
        assert_eq!(forwarder.step().await.unwrap(), Progress::Stalled);
    }
    assert_eq!(store.cursor("kafka").unwrap(), cursor);
    assert_eq!(counts.published.load(Ordering::Relaxed), published);

    // All are back.
    brokers.run(leader);
    brokers.run(others[0]);
    forward(&mut forwarder).await;
    assert_eq!([&counts.published, &counts.rejected].map(|count| count.load(Ordering::Relaxed)), [4_500, 0]);
    let all: BTreeSet<u64> = (0..4_500).collect();
    let distinct = |read: &[Read]| -> BTreeSet<u64> {
        let number = |payload: &str| payload.strip_prefix("{\"number\":")?.split(',').next()?.parse().ok();
        read.iter().map(|message| number(&message.payload).unwrap()).collect()
    };
    let read = Reader::with(&brokers.servers(), TOPIC, &PROPERTIES).until(|read| distinct(read).len() == all.len());
    assert_eq!(distinct(&read), all);
}

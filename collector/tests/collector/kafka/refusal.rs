//! What a store refuses for what is in it does not stop the rest: it goes to the topic of rejected messages.

use super::door::Door;
use super::lander::{self, Lander};
use super::landing::{Landing, event, until};
use super::marked::{cluster, publish_all, with_kafka};
use crate::harness::running::*;
use crate::sinks::kafka::reading::Reader;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use uuid::Uuid;
use waymark_collector::ClickHouse;
use waymark_collector::land::MemoryLanding;
use waymark_collector::store;

/// The user whose events the store refuses.
const REFUSED: &str = "mallory";

/// Events that are published at once, and what happens meanwhile.
#[derive(Clone, Debug)]
struct Round {
    /// Whether the store refuses each of them.
    events: Vec<bool>,
    /// The store is away when they come.
    is_away: bool,
    /// The lander is restarted after them.
    is_restarted: bool,
}

fn round() -> impl Strategy<Value = Round> {
    let share = prop_oneof![Just(0.0), Just(0.02), Just(0.5), Just(1.0)];
    let events = share.prop_flat_map(|share| prop::collection::vec(prop::bool::weighted(share), 1..60));
    (events, prop::bool::weighted(0.2), prop::bool::weighted(0.1)).prop_map(|(events, is_away, is_restarted)| Round {
        events,
        is_away,
        is_restarted,
    })
}

/// Publishes the rounds, and looks at what becomes of them. Blocks have at most so many rows.
async fn land(rounds: Vec<Round>, rows: usize) {
    let (_cluster, servers) = cluster().await;
    let config = with_kafka(Home::in_memory().config(), &servers, &[]);
    let landing = MemoryLanding::default();
    landing.refuse(REFUSED);
    let mut lander = Landing::start(&config, rows, &landing).await;
    let (mut taken, mut refused) = (Vec::new(), BTreeMap::new());
    let mut refused_before = 0;
    for Round { events, is_away, is_restarted } in rounds {
        landing.set_away(is_away);
        let failures = lander.counts.failures.load(Ordering::Relaxed);
        let mut messages = Vec::new();
        for is_refused in events {
            let number = (taken.len() + refused.len()) as u64;
            let text = event(number, if is_refused { REFUSED } else { "adam" }, 1_000);
            let id = Uuid::from_u128(u128::from(number));
            if is_refused {
                refused.insert(id, text.clone());
            } else {
                taken.push(id);
            }
            messages.push((Uuid::from_u128(u128::from(number % 10)).to_string(), text));
        }
        let messages: Vec<_> = messages.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
        publish_all(&servers, "waymark.events", &messages).await;
        if is_away {
            until("it fails", || lander.counts.failures.load(Ordering::Relaxed) > failures).await;
            landing.set_away(false);
        }
        let rejected = || refused_before + lander.counts.refused.load(Ordering::Relaxed);
        until("all are landed or rejected", || {
            landing.events().len() >= taken.len() && rejected() >= refused.len() as u64
        })
        .await;
        assert_eq!(rejected(), refused.len() as u64);
        if is_restarted {
            refused_before = rejected();
            lander.stop().await;
            lander = Landing::start(&config, rows, &landing).await;
        }
    }
    lander.stop().await;

    let mut landed: Vec<_> = landing.events().iter().map(|event| event.id).collect();
    landed.sort_unstable();
    assert_eq!(landed, taken);
    let topic = Reader::open(&servers, "waymark.events");
    let published: Vec<_> = if refused.is_empty() { Vec::new() } else { topic.take(taken.len() + refused.len()) };
    let rejected = match refused.len() {
        0 => Vec::new(),
        many => Reader::open(&servers, "waymark.events.rejected").take(many),
    };
    assert_eq!(rejected.len(), refused.len());
    for message in rejected {
        let read = value(&message.payload);
        let event = read["message"].as_str().unwrap();
        let id: Uuid = serde_json::from_value(value(event)["id"].clone()).unwrap();
        assert_eq!(refused.remove(&id).as_deref(), Some(event), "once each: {read}");
        assert_eq!((&read["topic"], &read["reason"]), (&"waymark.events".into(), &"it has mallory in it".into()));
        let (partition, offset) = (read["partition"].as_i64().unwrap(), read["offset"].as_u64().unwrap());
        let of_partition = published.iter().filter(|message| i64::from(message.partition) == partition);
        let original = of_partition.into_iter().nth(offset as usize).unwrap();
        assert_eq!((original.payload.as_str(), &original.key), (event, &message.key));
    }
}

#[test]
fn whatever_the_store_refuses_the_rest_is_landed_once_and_each_refused_message_is_kept_once() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut cases =
        TestRunner::new(Cases { cases: 2, max_shrink_iters: 0, failure_persistence: None, ..Cases::default() });
    let rounds = (prop::collection::vec(round(), 4..10), 1_usize..50);
    cases
        .run(&rounds, |(rounds, rows)| {
            runtime.block_on(land(rounds, rows));
            Ok(())
        })
        .unwrap();
}

/// Publishes events of these numbers. Those of every fiftieth are refused.
async fn publish_marked(servers: &str, numbers: std::ops::Range<u64>) {
    let user = |number| if number % 50 == 7 { REFUSED } else { "adam" };
    let texts: Vec<_> = numbers.map(|number| event(number, user(number), 1_795_600_000_000)).collect();
    let messages: Vec<_> = texts.iter().map(|text| ("tab", text.as_str())).collect();
    publish_all(servers, "waymark.events", &messages).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "cargo xtask test cluster installs ClickHouse"]
async fn what_a_constraint_of_clickhouse_refuses_is_rejected_and_a_table_that_is_wrong_is_waited_for() {
    let ((_cluster, servers), door, home) = (cluster().await, Door::start(), Home::in_memory());
    let file = lander::written(&home, &format!("bootstrap_servers = \"{servers}\""), &door.url());
    store::apply(&ClickHouse { url: door.url(), ..ClickHouse::default() }).unwrap();
    door.run("ALTER TABLE events ADD CONSTRAINT no_mallory CHECK position(body, 'mallory') = 0");
    publish_marked(&servers, 0..300).await;
    let lander = Lander::start(&file);
    let landed = || door.count("SELECT count() FROM events FINAL");
    let refused = || lander.metric("waymark_land_rejected_total{reason=\"refused\"}");
    until("all are landed or rejected", || landed() == 294 && refused() == 6).await;
    let rejected = Reader::open(&servers, "waymark.events.rejected").take(6);
    let read: Vec<_> = rejected.iter().map(|message| value(&message.payload)).collect();
    let mut offsets: Vec<_> = read.iter().map(|read| read["offset"].as_u64().unwrap()).collect();
    offsets.sort_unstable();
    assert_eq!(offsets, [7, 57, 107, 157, 207, 257]);
    for read in read {
        let reason = read["reason"].as_str().unwrap();
        assert!(reason.starts_with("Code: 469. ") && reason.contains("no_mallory"), "{reason}");
    }
    // The numbers of refused events are missing: they do not count as stored.
    assert_eq!(door.count("SELECT count() FROM stored FINAL"), 294);

    // What no row can mend is nobody's fault but that of the table.
    let failures = lander.metric("waymark_land_failures_total");
    door.run("ALTER TABLE events DROP COLUMN recorder");
    publish_marked(&servers, 300..310).await;
    until("it fails", || lander.metric("waymark_land_failures_total") > failures).await;
    door.run("ALTER TABLE events ADD COLUMN recorder LowCardinality(Nullable(String)) AFTER os");
    until("they are landed or rejected", || landed() == 303 && refused() == 7).await;
    lander.stop();
}

//! A lander brings everything to the store, also when something fails meanwhile.

use super::marked::{Cluster, PARTITIONS, cluster, publish, publish_all, with_kafka};
use crate::harness::running::*;
use crate::sinks::kafka::reading::Reader;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;
use waymark_collector::land::{LandCounts, LandError, Lander, MemoryLanding, run};
use waymark_collector::store::UserHash;

/// A lander that runs.
pub struct Landing {
    end: watch::Sender<bool>,
    running: JoinHandle<Result<(), LandError>>,
    pub counts: Arc<LandCounts>,
}

impl Landing {
    /// Starts it, and waits until it reads.
    pub async fn start(config: &waymark_collector::Config, rows: usize, landing: &MemoryLanding) -> Self {
        let (end, ending) = watch::channel(false);
        let lander = Lander { rows, wait: Duration::from_millis(50), listen: None };
        let (config, landing, counts) = (config.clone(), Arc::new(landing.clone()), Arc::<LandCounts>::default());
        let (of, (started, reads)) = (Arc::clone(&counts), oneshot::channel());
        let running =
            tokio::spawn(async move { run(&config, lander, landing, of, ending, |_| started.send(()).unwrap()).await });
        if in_time(reads).await.is_err() {
            panic!("{}", running.await.unwrap().unwrap_err());
        }
        Landing { end, running, counts }
    }

    pub async fn stop(self) {
        self.end.send_replace(true);
        in_time(self.running).await.unwrap().unwrap();
    }
}

/// Waits until something holds.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(3 * DEADLINE, waiting).await.unwrap_or_else(|_| panic!("in time: {what}"));
}

/// An event of a user, as a collector publishes it.
pub fn event(number: u64, user: &str, received: i64) -> String {
    let tab = Uuid::from_u128(u128::from(number % 10));
    json!({
        "id": Uuid::from_u128(u128::from(number)), "time": 1_795_600_000_000_i64, "type": "pageView", "data": {"n": number},
        "sId": "s", "wm": {"uId": "u", "euId": user, "euIdSource": "Cache", "env": 0},
        "server": {"site": "demo", "tab": tab, "seq": number / 10, "sent": received, "received": received},
    })
    .to_string()
}

/// The tab of an event.
fn key(number: u64) -> String {
    Uuid::from_u128(u128::from(number % 10)).to_string()
}

async fn publish_events(servers: &str, numbers: std::ops::Range<u64>) {
    let texts: Vec<_> = numbers.map(|number| (key(number), event(number, "adam", 1_000))).collect();
    let messages: Vec<_> = texts.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
    publish_all(servers, "waymark.events", &messages).await;
}

fn numbers(landing: &MemoryLanding) -> BTreeSet<u64> {
    landing.events().iter().map(|event| event.id.as_u128() as u64).collect()
}

async fn config() -> (Cluster, String, waymark_collector::Config) {
    let (cluster, servers) = cluster().await;
    let config = with_kafka(Home::in_memory().config(), &servers, &[]);
    (cluster, servers, config)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_landed_once_and_a_restart_lands_nothing_again() {
    let (_cluster, servers, config) = config().await;
    let landing = MemoryLanding::default();
    publish_events(&servers, 0..500).await;
    let report = json!({
        "site": "demo", "tab": Uuid::nil(), "seq": 0, "events": 2, "accepted": 2, "last": 1, "lost": {"overflow": 1}, "received": 7,
    });
    publish(&servers, "waymark.deliveries", "tab", &report.to_string()).await;
    let lander = Landing::start(&config, 100, &landing).await;
    until("all are landed", || landing.events().len() == 500 && landing.deliveries().len() == 1).await;
    assert_eq!(numbers(&landing), (0..500).collect());
    assert_eq!(serde_json::to_value(&landing.deliveries()[0]).unwrap(), report);
    lander.stop().await;

    let lander = Landing::start(&config, 100, &landing).await;
    publish_events(&servers, 500..520).await;
    until("the new ones are landed", || landing.events().len() == 520).await;
    assert_eq!(lander.counts.events.load(Ordering::Relaxed), 20);
    lander.stop().await;
    assert_eq!(landing.events().len(), 520);
    // Blocks end at fixed offsets.
    let ends = landing.tokens().into_iter().filter(|token| token.ends_with("99")).count();
    assert!(ends >= 1, "{:?}", landing.tokens());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_cannot_be_landed_is_kept_with_its_reason() {
    let (_cluster, servers, config) = config().await;
    let landing = MemoryLanding::default();
    publish(&servers, "waymark.events", "tab", "{\"no\":\"event\"}").await;
    publish(&servers, "waymark.deliveries", "tab", "[]").await;
    publish(&servers, "waymark.erasures", "tab", "{}").await;
    publish_events(&servers, 0..10).await;
    let lander = Landing::start(&config, 100, &landing).await;
    let rejected = || lander.counts.unreadable.load(Ordering::Relaxed);
    until("all are landed or rejected", || landing.events().len() == 10 && rejected() == 3).await;
    let kept = Reader::open(&servers, "waymark.events.rejected").take(3);
    let kept: Vec<_> = kept.iter().map(|message| value(&message.payload)).collect();
    let of_events = kept.iter().find(|kept| kept["topic"] == "waymark.events").unwrap();
    assert_eq!((&of_events["message"], &of_events["offset"]), (&json!("{\"no\":\"event\"}"), &json!(0)));
    assert!(of_events["reason"].as_str().unwrap().starts_with("it is no stored event: "), "{of_events}");
    lander.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_store_is_away_nothing_is_skipped() {
    let (_cluster, servers, config) = config().await;
    let landing = MemoryLanding::default();
    landing.set_away(true);
    publish_events(&servers, 0..100).await;
    let lander = Landing::start(&config, 10, &landing).await;
    until("it fails", || lander.counts.failures.load(Ordering::Relaxed) >= 2).await;
    // One that ends meanwhile commits nothing.
    lander.stop().await;
    let lander = Landing::start(&config, 10, &landing).await;
    publish_events(&servers, 100..200).await;
    until("it fails", || lander.counts.failures.load(Ordering::Relaxed) >= 1).await;
    landing.set_away(false);
    until("all are landed", || numbers(&landing).len() == 200).await;
    lander.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_from_before_an_erasure_are_dropped_replays_included() {
    let (_cluster, servers, config) = config().await;
    let landing = MemoryLanding::default();
    let eve = |number, received| event(number, "eve", received);
    publish(&servers, "waymark.events", &key(1), &eve(1, 1_000)).await;
    publish(&servers, "waymark.events", &key(2), &eve(2, 3_000)).await;
    publish_events(&servers, 10..20).await;
    let erasure =
        json!({"site": "demo", "userSha256": UserHash::of("eve"), "ids": "all", "time": 2_000, "source": "api"});
    publish(&servers, "waymark.erasures", "key", &erasure.to_string()).await;
    let lander = Landing::start(&config, 100, &landing).await;
    until("all are landed", || landing.events().len() == 11 && landing.erasures().len() == 1).await;
    assert_eq!(numbers(&landing), (10..20).chain([2]).collect());
    assert_eq!(landing.erasures()[0].user, UserHash::of("eve"));
    // A copy comes later.
    publish(&servers, "waymark.events", &key(1), &eve(1, 1_000)).await;
    until("it is dropped", || lander.counts.erased.load(Ordering::Relaxed) == 2).await;
    lander.stop().await;
    assert_eq!(landing.events().len(), 11);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lander_outlives_offsets_that_cannot_be_committed() {
    let (cluster, servers, config) = config().await;
    let landing = MemoryLanding::default();
    let lander = Landing::start(&config, 10, &landing).await;
    let refused = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED; 3];
    cluster.request_errors(RDKafkaApiKey::OffsetCommit, &refused);
    publish_events(&servers, 0..100).await;
    until("a commit fails", || lander.counts.commit_failures.load(Ordering::Relaxed) >= 1).await;
    cluster.clear_request_errors(RDKafkaApiKey::OffsetCommit);
    publish_events(&servers, 100..200).await;
    until("all are landed", || numbers(&landing).len() == 200).await;
    lander.stop().await;
    let lander = Landing::start(&config, 10, &landing).await;
    publish_events(&servers, 200..210).await;
    until("the new ones are landed", || numbers(&landing).len() == 210).await;
    assert_eq!(lander.counts.events.load(Ordering::Relaxed), 10);
    lander.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn landers_share_the_partitions_and_one_takes_over_from_the_other() {
    let (_cluster, servers, config) = config().await;
    let landing = MemoryLanding::default();
    let (first, second) = (Landing::start(&config, 10, &landing).await, Landing::start(&config, 10, &landing).await);
    let mut round = 0..;
    // The group may take a while to share.
    let shared = async {
        loop {
            let first_event = round.next().unwrap() * 100;
            publish_events(&servers, first_event..first_event + 100).await;
            until("all are landed", || numbers(&landing).len() as u64 == first_event + 100).await;
            if [&first, &second].iter().all(|lander| lander.counts.events.load(Ordering::Relaxed) > 0) {
                return first_event + 100;
            }
        }
    };
    let so_far = tokio::time::timeout(3 * DEADLINE, shared).await.unwrap();
    first.stop().await;
    publish_events(&servers, so_far..so_far + 100).await;
    until("all are landed", || numbers(&landing).len() as u64 == so_far + 100).await;
    let lag = second.counts.lag();
    assert!(lag.keys().filter(|(topic, _)| topic == "waymark.events").count() <= PARTITIONS as usize, "{lag:?}");
    second.stop().await;
}

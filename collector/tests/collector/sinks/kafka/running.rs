//! A collector that forwards: what it has stored arrives, once it restarts nothing comes again, and erasures are told.

use super::kafka;
use super::reading::{Read, Reader};
use crate::harness::process::{Process, post};
use crate::harness::running::*;
use crate::kafka::marked::publish;
use rdkafka::mocking::MockCluster;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use waymark_collector::store::UserHash;
use waymark_collector::{Collector, Config, Kafka, KafkaTls, Region};

/// The value of a sample, if it is there.
fn sample(text: &str, sample: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '))?.parse().ok()
}

/// Waits until a metric has this value.
async fn until(collector: &Running, name: &str, value: f64) {
    in_time(async {
        while sample(collector.get("/metrics").await.text(), name) != Some(value) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

const PUBLISHED: &str = r#"waymark_sink_events_total{sink="kafka",outcome="published"}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_stored_is_published_once_and_what_is_erased_is_told() {
    let cluster = MockCluster::new(3).unwrap();
    let servers = cluster.bootstrap_servers();
    cluster.create_topic("shop.events", 3, 3).unwrap();
    cluster.create_topic("shop.erasures", 1, 3).unwrap();
    let home = Home::in_sqlite();
    let config = || {
        let kafka = Kafka { topic_prefix: "shop".to_owned(), ..kafka(&servers, &[]) };
        Config { kafka: Some(kafka), ..home.config() }
    };
    let collector = Running::start(config()).await;
    assert_eq!(collector.post(BATCH).await.status, 200);
    until(&collector, PUBLISHED, 2.0).await;
    until(&collector, r#"waymark_sink_waiting_events{sink="kafka"}"#, 0.0).await;
    let events = collector.events("").await;
    let published = Reader::open(&servers, "shop.events").take(2);
    for message in &published {
        let event = value(&message.payload);
        assert!(events.contains(&event), "{event}");
        assert_eq!(event["server"]["tab"], message.key);
    }
    collector.stop().await;

    // The cursor is where it was: only the new events are published.
    let collector = Running::start(config()).await;
    assert_eq!(collector.post(views(7, 1_795_600_000_000, 3).to_string()).await.status, 200);
    until(&collector, PUBLISHED, 3.0).await;
    let user = events[0]["wm"]["euId"].as_str().unwrap().to_owned();
    let answer = collector.ask(collector.request(
        "DELETE",
        &format!("/v1/users/{user}"),
        &[("authorization", &format!("Bearer {TOKEN}"))],
        Bytes::new(),
    ));
    // The notice has no ID, so the bytes of the ID are gone whether or not it was published.
    assert_eq!(answer.await.json()["gone"], json!(true));
    until(&collector, r#"waymark_sink_erasures_total{sink="kafka"}"#, 1.0).await;
    until(&collector, r#"waymark_sink_waiting_erasures{sink="kafka"}"#, 0.0).await;
    let told = Reader::open(&servers, "shop.erasures").take(1);
    let hash = UserHash::of(&user).to_string();
    assert_eq!(told[0].key, format!("*/all/{hash}"));
    let mut notice = value(&told[0].payload);
    assert!(notice["time"].take().as_i64().unwrap() > 1_795_000_000_000);
    assert_eq!(notice, json!({"site": null, "userSha256": hash, "ids": "all", "time": null, "source": "api"}));
    assert_eq!(Reader::open(&servers, "shop.events").take(5).len(), 5);
    collector.stop().await;
}

/// Waits until a metric of a process is as `enough` wants it.
fn wait(process: &Process, name: &str, enough: impl Fn(f64) -> bool) {
    let begun = Instant::now();
    while !sample(&process.get("/metrics").body, name).is_some_and(&enough) {
        assert!(begun.elapsed() < DEADLINE, "{name}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_a_collector_acknowledged_is_published_however_often_it_is_killed() {
    const EVENTS: usize = 20;
    let cluster = MockCluster::new(3).unwrap();
    let servers = cluster.bootstrap_servers();
    cluster.create_topic("waymark.events", 3, 3).unwrap();
    let home = Home::in_sqlite();
    let start = || Process::start_with(&home, &[("WAYMARK_KAFKA_BOOTSTRAP_SERVERS", &servers)]);
    let acknowledged = (0..4).map(|round: u32| {
        let process = start();
        let address = process.address;
        std::thread::scope(|scope| {
            let is_stored = |tab: &u32| {
                let batch = views(1_000 * round + tab, 1_795_600_000_000, EVENTS);
                post(address, &batch).is_some_and(|said| said.status == 200)
            };
            let load = scope.spawn(move || (0..1_000).take_while(is_stored).count());
            // In the middle of publishing and storing.
            wait(&process, PUBLISHED, |published| published >= 100.0);
            process.kill();
            load.join().unwrap() * EVENTS
        })
    });
    let acknowledged: usize = acknowledged.sum();
    let process = start();
    wait(&process, r#"waymark_sink_waiting_events{sink="kafka"}"#, |waiting| waiting == 0.0);
    let id = |event: &str| value(event)["id"].as_str().unwrap().to_owned();
    // The rest are the sizes of chunks.
    let export = process.get("/v1/events").body;
    let stored: BTreeSet<String> = export.lines().filter(|line| line.starts_with('{')).map(id).collect();
    assert!(stored.len() >= acknowledged && acknowledged > 0, "{acknowledged} of {}", stored.len());
    let ids = |read: &[Read]| read.iter().map(|message| id(&message.payload)).collect::<BTreeSet<_>>();
    let read = Reader::open(&servers, "waymark.events").until(|read| read.len() >= stored.len());
    assert_eq!(ids(&read), stored);
}

#[tokio::test]
async fn a_collector_stores_while_no_broker_answers() {
    let home = Home::in_sqlite();
    // Nobody listens there.
    let config = Config { kafka: Some(kafka("127.0.0.1:1", &[("message.timeout.ms", "300")])), ..home.config() };
    let collector = Running::start(config).await;
    assert_eq!(collector.post(BATCH).await.status, 200);
    assert_eq!(collector.get_with("/readyz", &[]).await.status, 200);
    until(&collector, r#"waymark_sink_waiting_events{sink="kafka"}"#, 2.0).await;
    collector.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_forwarded_to_brokers_of_another_region_or_of_none_that_is_known() {
    let cluster = MockCluster::new(3).unwrap();
    let servers = cluster.bootstrap_servers();
    cluster.create_topic("waymark.events", 1, 3).unwrap();
    cluster.create_topic("waymark.erasures", 1, 3).unwrap();
    let home = Home::in_sqlite();
    let config = |region| Config { region, kafka: Some(kafka(&servers, &[])), ..home.config() };
    let collector = Running::start(config(Some(Region::Eu))).await;
    assert_eq!(collector.post(BATCH).await.status, 200);
    until(&collector, r#"waymark_sink_waiting_events{sink="kafka"}"#, 2.0).await;
    assert_eq!(sample(collector.get("/metrics").await.text(), PUBLISHED), Some(0.0));
    cluster.create_topic("waymark.region", 1, 3).unwrap();
    publish(&servers, "waymark.region", "region", "eu").await;
    until(&collector, PUBLISHED, 2.0).await;
    collector.stop().await;

    publish(&servers, "waymark.region", "region", "us").await;
    for (region, here) in [(Some(Region::Eu), "eu"), (None, "none")] {
        let error = Collector::open(config(region)).err().unwrap().to_string();
        let expected = format!(
            "the brokers at {servers} keep the data of `us`, and this collector is in `{here}`: \
             name the brokers of `{here}` in kafka.bootstrap_servers"
        );
        assert_eq!(error, expected);
    }
}

#[test]
fn files_that_are_not_there_are_told_at_the_start() {
    let home = Home::in_memory();
    let tls = KafkaTls { ca_file: Some(home.file("ca.pem")), ..KafkaTls::default() };
    let kafka = Kafka { tls: Some(tls), ..kafka("127.0.0.1:1", &[]) };
    let error = Collector::open(Config { kafka: Some(kafka), ..home.config() }).err().unwrap().to_string();
    assert!(error.starts_with("[kafka] cannot be used: ") && error.contains("ssl.ca.location"), "{error}");
}

//! librdkafka's cluster in memory, with the topics that are needed and the region that is noted there.

use crate::sinks::kafka::kafka;
use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{DefaultProducerContext, FutureProducer, FutureRecord};
use std::time::Duration;
use waymark_collector::Config;

pub type Cluster = MockCluster<'static, DefaultProducerContext>;

pub const PARTITIONS: i32 = 4;

/// The cluster and its addresses.
pub async fn cluster() -> (Cluster, String) {
    let cluster = MockCluster::new(3).unwrap();
    for (topic, partitions) in [
        ("waymark.events", PARTITIONS),
        ("waymark.deliveries", PARTITIONS),
        ("waymark.erasures", 1),
        ("waymark.events.rejected", 1),
        ("waymark.region", 1),
    ] {
        cluster.create_topic(topic, partitions, 3).unwrap();
    }
    let servers = cluster.bootstrap_servers();
    publish(&servers, "waymark.region", "region", "none").await;
    (cluster, servers)
}

/// Publishes a message, as another program would.
pub async fn publish(servers: &str, topic: &str, key: &str, payload: &str) {
    publish_all(servers, topic, &[(key, payload)]).await;
}

/// The same for more of them, in order.
pub async fn publish_all(servers: &str, topic: &str, messages: &[(&str, &str)]) {
    publish_with(servers, topic, messages, &[]).await;
}

/// The same with properties of librdkafka.
pub async fn publish_with(servers: &str, topic: &str, messages: &[(&str, &str)], properties: &[(&str, &str)]) {
    let mut config: ClientConfig =
        properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let producer: FutureProducer = config.set("bootstrap.servers", servers).create().unwrap();
    let sent: Vec<_> = messages
        .iter()
        .map(|(key, payload)| producer.send_result(FutureRecord::to(topic).key(*key).payload(*payload)).unwrap())
        .collect();
    for sent in sent {
        tokio::time::timeout(Duration::from_secs(20), sent).await.unwrap().unwrap().unwrap();
    }
}

/// `config` with these brokers.
pub fn with_kafka(config: Config, servers: &str, properties: &[(&str, &str)]) -> Config {
    // A group notices soon that a member came or went.
    let quick = [("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "200")];
    let properties = [&quick, properties].concat();
    Config { kafka: Some(kafka(servers, &properties)), ..config }
}

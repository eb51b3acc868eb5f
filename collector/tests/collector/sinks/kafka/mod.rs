//! The Kafka sink, on librdkafka's cluster in memory, and on brokers of their own.

pub mod brokers;
mod faults;
pub mod reading;
mod replication;
mod running;
pub mod tansu;

use std::sync::Arc;
use waymark_collector::sinks::KafkaSink;
use waymark_collector::store::StoredEvent;
use waymark_collector::{Kafka, SecretText};

/// What a collector needs to reach these brokers, with properties of librdkafka.
pub fn kafka(servers: &str, properties: &[(&str, &str)]) -> Kafka {
    let librdkafka = properties.iter().map(|(name, value)| ((*name).to_owned(), SecretText::from((*value).to_owned())));
    Kafka { bootstrap_servers: servers.to_owned(), librdkafka: librdkafka.collect(), ..Kafka::default() }
}

fn sink(servers: &str, properties: &[(&str, &str)]) -> KafkaSink {
    KafkaSink::open(&kafka(servers, properties)).unwrap()
}

/// An event of a tab, with so many more bytes.
fn event(number: u64, tab: &str, more: usize) -> StoredEvent {
    let body = format!("{{\"number\":{number},\"more\":\"{}\",\"server\":{{\"tab\":\"{tab}\"}}}}", "x".repeat(more));
    StoredEvent { body: Arc::from(body), ..super::event(number, "demo", tab, "play") }
}

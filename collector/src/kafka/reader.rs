//! A client that reads topics and belongs to no group.

use super::{BrokersError, Logger, Role, options};
use crate::config::Kafka;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Longest wait for the brokers.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// After so long it is looked at why there is no answer.
const STEP: Duration = Duration::from_secs(1);

/// Opens the client.
pub(crate) fn reader(kafka: &Kafka) -> Result<BaseConsumer<Logger>, BrokersError> {
    let mut options = options(kafka, Role::Reader)?;
    // It commits nothing, so that the group is never made.
    options.set("group.id", format!("{}.reader", kafka.topic_prefix)).set("enable.partition.eof", "true");
    Ok(options.create_with_context(Logger::default())?)
}

/// The names of all topics. It blocks until a broker answers.
///
/// # Errors
/// No broker answers in time, or they refuse this client.
pub(super) fn topics(
    reader: &BaseConsumer<Logger>,
    kafka: &Kafka,
    patience: Duration,
) -> Result<BTreeSet<String>, BrokersError> {
    let begun = Instant::now();
    loop {
        match reader.fetch_metadata(None, STEP) {
            Ok(metadata) => {
                let there = metadata.topics().iter().filter(|topic| topic.error().is_none());
                return Ok(there.map(|topic| topic.name().to_owned()).collect());
            }
            Err(error) => tracing::debug!(%error, "no broker answers yet"),
        }
        let servers = kafka.bootstrap_servers.clone();
        // What the client has to tell is told in here. Messages cannot come: nothing is assigned.
        while reader.poll(Duration::from_millis(10)).is_some() {}
        if let Some(code) = reader.context().refused() {
            return Err(BrokersError::Refused { servers, reason: code.to_string(), keys: keys(code) });
        }
        if begun.elapsed() >= patience {
            return Err(BrokersError::Away { servers, seconds: patience.as_secs() });
        }
    }
}

/// Reads all partitions of a topic from their start. Returns their numbers.
pub(crate) fn read_all(reader: &BaseConsumer<Logger>, topic: &str) -> Result<BTreeSet<i32>, BrokersError> {
    let metadata = reader.fetch_metadata(Some(topic), PATIENCE)?;
    let of_topic = metadata.topics().iter().flat_map(|topic| topic.partitions());
    let numbers: BTreeSet<i32> = of_topic.map(|partition| partition.id()).collect();
    let mut partitions = TopicPartitionList::new();
    for number in &numbers {
        partitions.add_partition_offset(topic, *number, Offset::Beginning)?;
    }
    reader.assign(&partitions)?;
    Ok(numbers)
}

/// The tables of the configuration that a refusal depends on.
fn keys(code: RDKafkaErrorCode) -> &'static str {
    match code {
        RDKafkaErrorCode::SSL => "[kafka.tls]",
        _ => "[kafka.sasl] and [kafka.tls]",
    }
}

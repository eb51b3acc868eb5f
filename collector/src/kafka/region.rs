//! The region marker: a message in the compacted topic `<prefix>.region` that says whose data the brokers keep.
//! `check --apply` writes it, and each start reads it.

use super::reader::{PATIENCE, read_all, reader};
use super::{BrokersError, Logger, Message, Producer, Role, options};
use crate::config::{Kafka, Region};
use rdkafka::consumer::BaseConsumer;
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use std::time::{Duration, Instant};

/// The key of the marker.
const KEY: &str = "region";

/// What the marker says where the collector has no region.
const NONE: &str = "none";

/// Checks that the brokers keep the data of this region.
pub(super) fn check(
    reader: &BaseConsumer<Logger>,
    region: Option<Region>,
    kafka: &Kafka,
    patience: Duration,
) -> Result<(), BrokersError> {
    let here = name(region);
    match read(reader, kafka, patience)? {
        Some(found) if found == here => Ok(()),
        Some(found) => {
            Err(BrokersError::OtherRegion { servers: kafka.bootstrap_servers.clone(), found, here: here.to_owned() })
        }
        None => Err(none(region, kafka)),
    }
}

/// What there is to say of brokers whose region nobody noted.
pub(super) fn none(region: Option<Region>, kafka: &Kafka) -> BrokersError {
    BrokersError::NoRegion { topic: kafka.region_topic(), here: name(region).to_owned() }
}

/// Writes the marker, if there is none. Returns what was done.
pub(super) async fn write(region: Option<Region>, kafka: &Kafka) -> Result<String, BrokersError> {
    let here = name(region);
    // It blocks, and nothing else runs in the command.
    match check(&reader(kafka)?, region, kafka, PATIENCE) {
        Ok(()) => Ok(format!("the brokers belong to the region `{here}`")),
        Err(BrokersError::NoRegion { topic, .. }) => {
            let producer = Producer::new(options(kafka, Role::Forwarder)?)?;
            let marker = Message { topic: &topic, key: Some(KEY), payload: here };
            match producer.send(&[marker]).await.into_iter().collect::<Result<Vec<()>, _>>() {
                Ok(_) => Ok(format!("noted in the topic {topic}: the brokers belong to the region `{here}`")),
                Err(error) => Err(BrokersError::Kafka(error.to_string())),
            }
        }
        Err(error) => Err(error),
    }
}

fn name(region: Option<Region>) -> &'static str {
    region.map_or(NONE, Region::as_str)
}

/// The newest marker.
fn read(reader: &BaseConsumer<Logger>, kafka: &Kafka, patience: Duration) -> Result<Option<String>, BrokersError> {
    let mut unread = read_all(reader, &kafka.region_topic())?;
    let (begun, mut newest) = (Instant::now(), None);
    while begun.elapsed() < patience {
        match reader.poll(Duration::from_millis(100)) {
            Some(Ok(message)) if message.key() == Some(KEY.as_bytes()) => {
                newest = message.payload().map(|text| String::from_utf8_lossy(text).into_owned());
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                unread.remove(&partition);
                if unread.is_empty() {
                    return Ok(newest);
                }
            }
            // A broker that was not reached is tried again.
            Some(_) | None => {}
        }
    }
    Err(BrokersError::Away { servers: kafka.bootstrap_servers.clone(), seconds: patience.as_secs() })
}

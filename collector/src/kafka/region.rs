//! The region marker: a message in the compacted topic `<prefix>.region` that says whose data the brokers keep.
//! `check --apply` writes it, and each start reads it.

use super::reader::{PATIENCE, read_all, reader};
use super::{BrokersError, Logger, Message, Producer, Role, options};
use crate::config::{Config, Kafka, Region};
use rdkafka::consumer::BaseConsumer;
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use std::time::{Duration, Instant};

/// The key of the marker.
const KEY: &str = "region";

/// What the marker says where the collector has no region.
const NONE: &str = "none";

/// Checks that the brokers keep the data of this region.
pub(super) fn check(reader: &BaseConsumer<Logger>, config: &Config, kafka: &Kafka) -> Result<(), BrokersError> {
    let here = name(config.region);
    match read(reader, kafka)? {
        Some(found) if found == here => Ok(()),
        Some(found) => {
            Err(BrokersError::OtherRegion { servers: kafka.bootstrap_servers.clone(), found, here: here.to_owned() })
        }
        None => Err(BrokersError::NoRegion { topic: kafka.region_topic(), here: here.to_owned() }),
    }
}

/// Writes the marker, if there is none. Returns what was done.
pub(super) async fn write(config: &Config, kafka: &Kafka) -> Result<String, BrokersError> {
    let here = name(config.region);
    // It blocks, and nothing else runs in the command.
    match check(&reader(kafka)?, config, kafka) {
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
fn read(reader: &BaseConsumer<Logger>, kafka: &Kafka) -> Result<Option<String>, BrokersError> {
    let mut unread = read_all(reader, &kafka.region_topic())?;
    let (begun, mut newest) = (Instant::now(), None);
    while begun.elapsed() < PATIENCE {
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
    Err(BrokersError::Away { servers: kafka.bootstrap_servers.clone(), seconds: PATIENCE.as_secs() })
}

//! What must hold before a collector takes events for Kafka, lands them, or forwards what it has stored: brokers answer
//! and take this client, the topics are there, and they belong to this region.

use super::reader::{PATIENCE, reader, topics};
use super::{BrokersError, region};
use crate::config::{Kafka, Region};
use std::time::Duration;

/// Checks the brokers of a configuration that keeps its events in Kafka. It blocks.
///
/// # Errors
/// [`BrokersError`] with what mends it.
pub(crate) fn check(region: Option<Region>, kafka: &Kafka) -> Result<(), BrokersError> {
    let reader = reader(kafka)?;
    let found = topics(&reader, kafka, PATIENCE)?;
    let missing: Vec<_> =
        kafka.log_topics().into_iter().map(|topic| topic.name).filter(|name| !found.contains(name)).collect();
    if !missing.is_empty() {
        return Err(BrokersError::NoTopics { servers: kafka.bootstrap_servers.clone(), topics: missing });
    }
    region::check(&reader, region, kafka, PATIENCE)
}

/// Checks the brokers of a collector that forwards what it has stored: they keep the data of its region. Nobody needs to
/// have said so to a collector without a region. It blocks, for each question as long as `patience`.
///
/// # Errors
/// [`BrokersError`] with what mends it.
pub(crate) fn check_region(region: Option<Region>, kafka: &Kafka, patience: Duration) -> Result<(), BrokersError> {
    let reader = reader(kafka)?;
    let has_marker = topics(&reader, kafka, patience)?.contains(&kafka.region_topic());
    let checked =
        if has_marker { region::check(&reader, region, kafka, patience) } else { Err(region::none(region, kafka)) };
    match checked {
        Err(BrokersError::NoRegion { .. }) if region.is_none() => Ok(()),
        checked => checked,
    }
}

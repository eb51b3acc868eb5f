//! What must hold before a collector takes events for Kafka, or lands them: brokers answer and take this client, the
//! topics are there, and they belong to this region.

use super::reader::{reader, topics};
use super::{BrokersError, region};
use crate::config::{Config, Kafka};

/// Checks the brokers of a configuration that keeps its events in Kafka. It blocks.
///
/// # Errors
/// [`BrokersError`] with what mends it.
pub(crate) fn check(config: &Config, kafka: &Kafka) -> Result<(), BrokersError> {
    let reader = reader(kafka)?;
    let found = topics(&reader, kafka)?;
    let missing: Vec<_> =
        kafka.log_topics().into_iter().map(|topic| topic.name).filter(|name| !found.contains(name)).collect();
    if !missing.is_empty() {
        return Err(BrokersError::NoTopics { servers: kafka.bootstrap_servers.clone(), topics: missing });
    }
    region::check(&reader, config, kafka)
}

//! Makes the topics that are needed.

use super::{BrokersError, Logger, Role, options, region};
use crate::config::{Config, Topic};
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::error::RDKafkaErrorCode;
use std::time::Duration;

/// Longest wait for the brokers.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes the topics that are missing, and notes the region of the brokers. Returns a line for each topic that is
/// needed, and one for the region.
///
/// # Errors
/// [`BrokersError`]: what comes after it was not made.
pub(crate) async fn apply(config: &Config) -> Result<Vec<String>, BrokersError> {
    let Some(kafka) = &config.kafka else { return Ok(Vec::new()) };
    let admin: AdminClient<Logger> = options(kafka, Role::Forwarder)?.create_with_context(Logger::default())?;
    let mut lines = Vec::new();
    for topic in config.topics() {
        lines.push(match create(&admin, &topic).await? {
            true => format!("made the topic {topic}"),
            false => format!("the topic {} is there", topic.name),
        });
    }
    if config.is_clustered() || config.region.is_some() {
        lines.push(region::write(config.region, kafka).await?);
    }
    Ok(lines)
}

/// Returns whether the topic was missing.
async fn create(admin: &AdminClient<Logger>, topic: &Topic) -> Result<bool, BrokersError> {
    let settings = topic.settings();
    let replication = TopicReplication::Fixed(topic.replication_factor.into());
    let mut new = NewTopic::new(&topic.name, topic.partitions.into(), replication);
    for (name, value) in &settings {
        new = new.set(name, value);
    }
    let patience = AdminOptions::new().request_timeout(Some(PATIENCE)).operation_timeout(Some(PATIENCE));
    let results = admin.create_topics([&new], &patience).await.map_err(|error| refused(topic, &error.to_string()))?;
    match results.into_iter().next() {
        Some(Ok(_)) => Ok(true),
        Some(Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => Ok(false),
        Some(Err((_, RDKafkaErrorCode::InvalidReplicationFactor))) => {
            let factor = topic.replication_factor;
            Err(refused(topic, &format!("there are fewer than {factor} brokers; lower kafka.replication_factor")))
        }
        Some(Err((_, error))) => Err(refused(topic, &error.to_string())),
        None => Err(refused(topic, "the brokers said nothing")),
    }
}

fn refused(topic: &Topic, reason: &str) -> BrokersError {
    BrokersError::Kafka(format!("the topic {} cannot be made: {reason}", topic.name))
}

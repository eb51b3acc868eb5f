//! The log of events of collectors without a store of their own: topics of Kafka. What is acknowledged is on all
//! in-sync replicas.

use super::{BrokersError, Message, Producer, Role, Undelivered, check, erasure_key, erasure_text, options};
use crate::config::{Config, Kafka};
use crate::store::{Delivery, ErasureNotice, EventLog, IngestBatch, LogError, Logged};
use crate::time::clock::now;
use rdkafka::producer::Producer as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a failure says that the next event would not be taken either.
const RECENT: Duration = Duration::from_secs(5);

/// Longest wait for the brokers of a collector that is ready.
const CHECK: Duration = Duration::from_secs(3);

/// Publishes events, reports about tabs and erasures, each to its topic.
pub struct KafkaLog {
    producer: Producer,
    events: String,
    deliveries: String,
    erasures: String,
    /// When the brokers last failed to acknowledge, and why. `None` once they did again.
    failed: Mutex<Option<(Instant, LogError)>>,
}

impl KafkaLog {
    /// Reads the password and prepares the connections.
    ///
    /// # Errors
    /// [`BrokersError`].
    pub fn open(kafka: &Kafka) -> Result<Self, BrokersError> {
        Ok(KafkaLog {
            producer: Producer::new(options(kafka, Role::Collector)?)?,
            events: kafka.events_topic(),
            deliveries: kafka.deliveries_topic(),
            erasures: kafka.erasures_topic(),
            failed: Mutex::default(),
        })
    }

    async fn publish(&self, messages: &[Message<'_>]) -> Result<(), LogError> {
        let sent = self.producer.send(messages).await.into_iter().collect::<Result<(), Undelivered>>();
        let sent = sent.map_err(|error| LogError(error.to_string()));
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        match (&sent, failed.is_some()) {
            (Ok(()), false) => {}
            (Ok(()), true) => tracing::info!("the brokers acknowledge again"),
            (Err(_), true) => {}
            // Once for all batches that fail in a row.
            (Err(error), false) => tracing::error!(%error, "the brokers do not acknowledge; senders come again"),
        }
        *failed = sent.clone().err().map(|error| (Instant::now(), error));
        sent
    }
}

/// The log of a configuration, once the brokers were checked: they answer, and have the topics and the region that are
/// needed. It blocks.
///
/// # Errors
/// [`BrokersError`] with what mends it.
pub(crate) fn open_log(config: &Config, kafka: &Kafka) -> Result<Arc<dyn EventLog>, BrokersError> {
    check(config.region, kafka)?;
    Ok(Arc::new(KafkaLog::open(kafka)?))
}

impl EventLog for KafkaLog {
    fn append<'a>(&'a self, batch: &'a IngestBatch) -> Logged<'a> {
        Box::pin(async move {
            let tab = batch.tab.to_string();
            let key = Some(tab.as_str());
            let events = batch.records.iter().map(|record| Message { topic: &self.events, key, payload: &record.body });
            self.publish(&events.collect::<Vec<_>>()).await?;
            // Only now: a report about events that were not taken would count them as missing.
            let received = batch.records.first().map_or_else(now, |record| record.received);
            let report = serde_json::to_string(&Delivery::of(batch, received))
                .map_err(|error| LogError(format!("a report cannot be written: {error}")))?;
            self.publish(&[Message { topic: &self.deliveries, key, payload: &report }]).await
        })
    }

    fn erase<'a>(&'a self, notices: &'a [ErasureNotice]) -> Logged<'a> {
        Box::pin(async move {
            let texts: Vec<_> = notices.iter().map(|notice| (erasure_key(notice), erasure_text(notice))).collect();
            let messages =
                texts.iter().map(|(key, text)| Message { topic: &self.erasures, key: Some(key), payload: text });
            self.publish(&messages.collect::<Vec<_>>()).await
        })
    }

    fn check(&self) -> Logged<'_> {
        Box::pin(async move {
            let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some((_, error)) = failed.filter(|(at, _)| at.elapsed() < RECENT) {
                return Err(error);
            }
            let (producer, topic) = (self.producer.client(), self.events.clone());
            let asked = move || producer.client().fetch_metadata(Some(&topic), CHECK);
            let metadata = tokio::task::spawn_blocking(asked).await.map_err(|error| LogError(error.to_string()))?;
            let metadata = metadata.map_err(|error| LogError(error.to_string()))?;
            let mut partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
            match partitions.any(|partition| partition.leader() >= 0) {
                true => Ok(()),
                false => Err(LogError(format!("no partition of {} has a leader", self.events))),
            }
        })
    }
}

//! Kafka: a message for each event, keyed by its tab, and one for each notice of an erasure, keyed by whom it is about.
//! A message counts as taken once all in-sync replicas have it (`acks=all`).

mod logger;
mod message;
mod options;
mod producer;
mod topics;

use self::message::{Message, erasure_key, tab};
use self::producer::Producer;
pub(crate) use self::topics::apply;
use super::job::{SinkJob, SinkOpenError, SinkStatus};
use super::{ErasureForwarder, ErasureSink, EventSink, FlushError, Forwarder, SinkCounts, SinkError};
use crate::config::Kafka;
use crate::store::{ErasureNotice, Store, StoredEvent};
use futures_util::future::join;
use std::sync::Arc;

/// The name of the sink's cursor.
const NAME: &str = "kafka";

/// Publishes events and erasures to Kafka. Its clones share the connections.
#[derive(Clone)]
pub struct KafkaSink {
    producer: Arc<Producer>,
    events: Arc<str>,
    erasures: Arc<str>,
}

impl KafkaSink {
    /// Reads the password and prepares the connections. Whether a broker answers is not known yet.
    ///
    /// # Errors
    /// [`SinkOpenError`] saying what cannot be used.
    pub fn open(kafka: &Kafka) -> Result<Self, SinkOpenError> {
        let producer = Producer::new(options::of(kafka)?).map_err(|error| SinkOpenError::Kafka(error.to_string()))?;
        let (events, erasures) = (kafka.events_topic().into(), kafka.erasures_topic().into());
        Ok(KafkaSink { producer: Arc::new(producer), events, erasures })
    }
}

impl EventSink for KafkaSink {
    fn name(&self) -> &str {
        NAME
    }

    async fn publish(&self, events: &[StoredEvent]) -> Vec<Result<(), SinkError>> {
        let tabs: Vec<_> = events.iter().map(|event| tab(&event.body)).collect();
        let messages = events.iter().zip(&tabs).map(|(event, tab)| Message {
            topic: &self.events,
            key: tab.as_deref(),
            payload: &event.body,
        });
        self.producer.send(&messages.collect::<Vec<_>>()).await
    }

    async fn flush(&self) -> Result<(), FlushError> {
        // What was published is acknowledged.
        Ok(())
    }
}

impl ErasureSink for KafkaSink {
    fn name(&self) -> &str {
        NAME
    }

    async fn publish_erasures(&self, notices: &[ErasureNotice]) -> Result<(), SinkError> {
        let texts: Vec<_> = notices.iter().map(|notice| (erasure_key(notice), message::erasure(notice))).collect();
        let messages = texts.iter().map(|(key, payload)| Message { topic: &self.erasures, key: Some(key), payload });
        self.producer.send(&messages.collect::<Vec<_>>()).await.into_iter().collect()
    }
}

/// The sink of the configuration, between `store` and its brokers.
pub(crate) fn open(kafka: Option<&Kafka>, store: &Arc<dyn Store>) -> Result<Vec<SinkJob>, SinkOpenError> {
    let Some(kafka) = kafka else { return Ok(Vec::new()) };
    let sink = KafkaSink::open(kafka)?;
    let events = Forwarder::new(store.clone(), sink.clone());
    let counts: Arc<SinkCounts> = events.counts();
    let erasures = ErasureForwarder::new(store.clone(), sink, Arc::clone(&counts))?;
    Ok(vec![SinkJob {
        status: SinkStatus { name: NAME.to_owned(), counts },
        run: Box::new(|ending| {
            Box::pin(async move {
                join(events.run(ending.clone()), erasures.run(ending)).await;
            })
        }),
    }])
}

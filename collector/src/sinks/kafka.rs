//! Kafka: a message for each event, keyed by its tab, and one for each notice of an erasure, keyed by whom it is about.
//! A message counts as taken once all in-sync replicas have it (`acks=all`).

use super::backoff::Backoff;
use super::job::{SinkJob, SinkOpenError, SinkStatus};
use super::{ErasureForwarder, ErasureSink, EventSink, FlushError, Forwarder, SinkCounts, SinkError};
use crate::config::{Kafka, Region};
use crate::kafka::{
    BrokersError, Message, Producer, Role, Undelivered, check_region, erasure_key, erasure_text, options, tab,
};
use crate::store::{ErasureNotice, Store, StoredEvent};
use futures_util::future::join;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The name of the sink's cursor.
const NAME: &str = "kafka";

/// Longest wait for each question to the brokers before the first event is forwarded.
const PATIENCE: Duration = Duration::from_secs(2);

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
        let producer = Producer::new(options(kafka, Role::Forwarder)?)?;
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
        self.producer
            .send(&messages.collect::<Vec<_>>())
            .await
            .into_iter()
            .map(|sent| sent.map_err(SinkError::from))
            .collect()
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
        let texts: Vec<_> = notices.iter().map(|notice| (erasure_key(notice), erasure_text(notice))).collect();
        let messages = texts.iter().map(|(key, payload)| Message { topic: &self.erasures, key: Some(key), payload });
        Ok(self.producer.send(&messages.collect::<Vec<_>>()).await.into_iter().collect::<Result<(), Undelivered>>()?)
    }
}

/// The sink of the configuration, between `store` and its brokers, which must keep the data of `region`. It blocks for a
/// moment: brokers that say that they do not are refused. If they say nothing yet, nothing is forwarded until they do.
pub(crate) fn open(
    kafka: Option<&Kafka>,
    region: Option<Region>,
    store: &Arc<dyn Store>,
) -> Result<Vec<SinkJob>, SinkOpenError> {
    let Some(kafka) = kafka.cloned() else { return Ok(Vec::new()) };
    let sink = KafkaSink::open(&kafka)?;
    let is_checked = match check_region(region, &kafka, PATIENCE) {
        Ok(()) => true,
        Err(error @ BrokersError::OtherRegion { .. }) => return Err(error.into()),
        Err(_) => false,
    };
    let events = Forwarder::new(store.clone(), sink.clone());
    let counts: Arc<SinkCounts> = events.counts();
    let erasures = ErasureForwarder::new(store.clone(), sink, Arc::clone(&counts))?;
    Ok(vec![SinkJob {
        status: SinkStatus { name: NAME.to_owned(), counts },
        run: Box::new(move |ending| {
            Box::pin(async move {
                if is_checked || checked(&kafka, region, ending.clone()).await {
                    join(events.run(ending.clone()), erasures.run(ending)).await;
                }
            })
        }),
    }])
}

/// Waits until the brokers have said that they keep the data of this region. False: the program ends before.
async fn checked(kafka: &Kafka, region: Option<Region>, mut ending: watch::Receiver<bool>) -> bool {
    let mut backoff = Backoff::default();
    loop {
        let kafka = kafka.clone();
        match tokio::task::spawn_blocking(move || check_region(region, &kafka, PATIENCE)).await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => tracing::warn!(%error, "nothing is forwarded to Kafka yet"),
            Err(error) => tracing::error!(%error, "the check of the brokers ended"),
        }
        tokio::select! {
            _ = ending.wait_for(|ending| *ending) => return false,
            () = tokio::time::sleep(backoff.next()) => {}
        }
    }
}

impl From<Undelivered> for SinkError {
    fn from(error: Undelivered) -> Self {
        match error {
            Undelivered::Retryable(reason) => SinkError::Retryable(reason),
            Undelivered::Rejected(reason) => SinkError::Rejected(reason),
        }
    }
}

//! Sends messages and waits for the brokers. In: messages in their order. Out: one result for each.

use super::logger::Logger;
use super::message::Message;
use crate::sinks::SinkError;
use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A producer of librdkafka, which is made anew once it has failed for good.
pub(super) struct Producer {
    options: ClientConfig,
    current: Mutex<FutureProducer<Logger>>,
}

impl Producer {
    pub(super) fn new(options: ClientConfig) -> KafkaResult<Self> {
        let current = Mutex::new(options.create_with_context(Logger)?);
        Ok(Producer { options, current })
    }

    /// Sends messages, and returns once each is acknowledged, refused, or overdue.
    pub(super) async fn send(&self, messages: &[Message<'_>]) -> Vec<Result<(), SinkError>> {
        let producer = self.lock().clone();
        let sent: Vec<_> = messages.iter().map(|message| enqueue(&producer, *message)).collect();
        let mut results = Vec::with_capacity(messages.len());
        for (message, sent) in messages.iter().zip(sent) {
            let result = match delivered(sent).await {
                // Brokers refuse all that came in one request with it.
                Err(error) if is_too_large(&error) => delivered(enqueue(&producer, *message)).await,
                result => result,
            };
            results.push(result.map_err(|error| judged(&error, message.topic)));
        }
        if producer.client().fatal_error().is_some() {
            self.replace(producer);
        }
        results
    }

    /// An idempotent producer ends for good where it no longer knows what the brokers have. What it had not delivered
    /// comes again from the store.
    fn replace(&self, failed: FutureProducer<Logger>) {
        let replaced = match self.options.create_with_context(Logger) {
            Ok(producer) => std::mem::replace(&mut *self.lock(), producer),
            Err(error) => {
                tracing::error!(%error, "cannot make another Kafka producer; it is tried again later");
                return;
            }
        };
        tracing::warn!("the Kafka producer failed for good, and another one takes over");
        // Its last owner waits for its threads.
        drop(tokio::task::spawn_blocking(move || drop((replaced, failed))));
    }

    fn lock(&self) -> MutexGuard<'_, FutureProducer<Logger>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn enqueue(producer: &FutureProducer<Logger>, message: Message<'_>) -> KafkaResult<DeliveryFuture> {
    let Message { topic, key, payload } = message;
    let record = FutureRecord { key, ..FutureRecord::<str, str>::to(topic).payload(payload) };
    producer.send_result(record).map_err(|(error, _)| error)
}

async fn delivered(sent: KafkaResult<DeliveryFuture>) -> KafkaResult<()> {
    match sent?.await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err((error, _))) => Err(error),
        // The producer ended before.
        Err(_) => Err(KafkaError::Canceled),
    }
}

fn is_too_large(error: &KafkaError) -> bool {
    matches!(error.rdkafka_error_code(), Some(RDKafkaErrorCode::MessageSizeTooLarge))
}

/// Whether the message can ever be taken, and what to do about it.
fn judged(error: &KafkaError, topic: &str) -> SinkError {
    use RDKafkaErrorCode as Code;
    let hint = match error.rdkafka_error_code() {
        Some(Code::MessageSizeTooLarge) => {
            return SinkError::Rejected(format!(
                "it is larger than a message of {topic} may be: raise max.message.bytes of the topic and \
                 message.max.bytes in [kafka.librdkafka], or lower limits.event_bytes"
            ));
        }
        Some(Code::UnknownTopic | Code::UnknownTopicOrPartition) => {
            format!(": make the topic {topic}, such as by waymark-collector check --apply --config FILE")
        }
        Some(Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed) => {
            format!(": give the collector's user the right to write to {topic}")
        }
        Some(Code::SaslAuthenticationFailed | Code::Authentication) => ": see [kafka.sasl] and [kafka.tls]".to_owned(),
        Some(Code::MessageTimedOut) => ": no broker acknowledged it in time".to_owned(),
        _ => String::new(),
    };
    SinkError::Retryable(format!("{error}{hint}"))
}

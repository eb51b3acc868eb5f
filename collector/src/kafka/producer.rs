//! Sends messages and waits for the brokers. In: messages in their order. Out: one result for each.

use super::{BrokersError, Logger, Message, Undelivered};
use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A producer of librdkafka, which is made anew once it has failed for good.
pub(crate) struct Producer {
    options: ClientConfig,
    current: Mutex<FutureProducer<Logger>>,
}

impl Producer {
    pub(crate) fn new(options: ClientConfig) -> Result<Self, BrokersError> {
        let current = Mutex::new(options.create_with_context(Logger::default())?);
        Ok(Producer { options, current })
    }

    /// Sends messages, and returns once each is acknowledged, refused, or overdue.
    pub(crate) async fn send(&self, messages: &[Message<'_>]) -> Vec<Result<(), Undelivered>> {
        let producer = self.lock().clone();
        let sent: Vec<_> = messages.iter().map(|message| enqueue(&producer, *message)).collect();
        let mut results = Vec::with_capacity(messages.len());
        for (message, sent) in messages.iter().zip(sent) {
            let result = match delivered(sent).await {
                // Brokers refuse all that came in one request with it.
                Err(error) if is_too_large(&error) => delivered(enqueue(&producer, *message)).await,
                result => result,
            };
            results.push(result.map_err(|error| Undelivered::of(&error, message.topic)));
        }
        if producer.client().fatal_error().is_some() {
            self.replace(producer);
        }
        results
    }

    /// The client, for what it knows of the brokers.
    pub(crate) fn client(&self) -> FutureProducer<Logger> {
        self.lock().clone()
    }

    /// An idempotent producer ends for good where it no longer knows what the brokers have. What it had not delivered
    /// comes again.
    fn replace(&self, failed: FutureProducer<Logger>) {
        let replaced = match self.options.create_with_context(Logger::default()) {
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

//! What librdkafka logs goes to the collector's log. Whether brokers refused this client is kept.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use std::sync::{Mutex, PoisonError};

/// The context of a client.
#[derive(Default)]
pub(crate) struct Logger {
    refused: Mutex<Option<RDKafkaErrorCode>>,
}

impl Logger {
    /// Why brokers refused this client last. `None` if they did not.
    pub(super) fn refused(&self) -> Option<RDKafkaErrorCode> {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Logger {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => {
                tracing::debug!(target: "librdkafka", facility, "{message}");
            }
            _ => tracing::warn!(target: "librdkafka", facility, "{message}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // The end of what there is to read is no fault.
        if matches!(error.rdkafka_error_code(), Some(RDKafkaErrorCode::PartitionEOF)) {
            return;
        }
        tracing::warn!(target: "librdkafka", %error, "{reason}");
        if let Some(code) = error.rdkafka_error_code()
            && [RDKafkaErrorCode::Authentication, RDKafkaErrorCode::SSL].contains(&code)
        {
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
        }
    }
}

impl ConsumerContext for Logger {}

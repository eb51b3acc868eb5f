//! Why a message was not acknowledged, and what mends it.

use super::BrokersError;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

/// Why a message was not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Undelivered {
    /// The brokers may take it later.
    #[error("not taken now: {0}")]
    Retryable(String),
    /// The brokers can never take it.
    #[error("rejected: {0}")]
    Rejected(String),
}

impl Undelivered {
    /// Whether a message of `topic` can ever be taken, and what to do about it.
    pub(super) fn of(error: &KafkaError, topic: &str) -> Self {
        let hint = match error.rdkafka_error_code() {
            Some(Code::MessageSizeTooLarge) => {
                return Undelivered::Rejected(format!(
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
            Some(Code::SaslAuthenticationFailed | Code::Authentication) => {
                ": see [kafka.sasl] and [kafka.tls]".to_owned()
            }
            Some(Code::MessageTimedOut) => ": no broker acknowledged it in time".to_owned(),
            _ => String::new(),
        };
        Undelivered::Retryable(format!("{error}{hint}"))
    }
}

impl From<KafkaError> for BrokersError {
    fn from(error: KafkaError) -> Self {
        BrokersError::Kafka(error.to_string())
    }
}

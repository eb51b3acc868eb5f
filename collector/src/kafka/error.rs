//! Why brokers cannot be used, with what mends it.

use std::path::PathBuf;

/// Why the brokers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BrokersError {
    /// The password cannot be read.
    #[error("cannot read kafka.sasl.password_file, {}: {error}", file.display())]
    Password {
        /// The configured file.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// librdkafka cannot work with the configuration, or the brokers refuse.
    #[error("[kafka] cannot be used: {0}")]
    Kafka(String),
    /// No broker answers.
    #[error("no broker answers at kafka.bootstrap_servers, {servers}, within {seconds} s")]
    Away {
        /// The configured addresses.
        servers: String,
        /// How long it was tried.
        seconds: u64,
    },
    /// The brokers do not take this client.
    #[error("the brokers at {servers} refuse the collector: {reason}; see {keys}")]
    Refused {
        /// The configured addresses.
        servers: String,
        /// What librdkafka says.
        reason: String,
        /// The tables of the configuration that it depends on.
        keys: &'static str,
    },
    /// Topics are missing.
    #[error(
        "the brokers at {servers} have no topic {}; make what is missing: \
         waymark-collector check --apply --config FILE", topics.join(", ")
    )]
    NoTopics {
        /// The configured addresses.
        servers: String,
        /// Their names.
        topics: Vec<String>,
    },
    /// The brokers belong to another data centre.
    #[error(
        "the brokers at {servers} keep the data of `{found}`, and this collector is in `{here}`: \
         name the brokers of `{here}` in kafka.bootstrap_servers"
    )]
    OtherRegion {
        /// The configured addresses.
        servers: String,
        /// Region of the brokers.
        found: String,
        /// Region of the collector.
        here: String,
    },
    /// Nobody said which data centre the brokers belong to.
    #[error(
        "the topic {topic} does not say which region the brokers belong to; if they belong to `{here}`: \
         waymark-collector check --apply --config FILE"
    )]
    NoRegion {
        /// The topic that would say it.
        topic: String,
        /// Region of the collector.
        here: String,
    },
}

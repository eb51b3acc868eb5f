//! Asks librdkafka whether it knows the properties, one by one, so that all mistakes are told at once.

use super::properties::key;
use super::secret_text::SecretText;
use crate::config::findings::Findings;
use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaConfRes;
use std::collections::BTreeMap;

/// librdkafka's own words would repeat the value, which may be a secret.
pub(super) fn check_properties(properties: &BTreeMap<String, SecretText>, findings: &mut Findings) {
    for (name, value) in properties {
        let asked = ClientConfig::new().set(name, value.reveal()).create_native_config();
        let reason = match asked {
            Ok(_) => continue,
            Err(KafkaError::ClientConfig(RDKafkaConfRes::RD_KAFKA_CONF_UNKNOWN, ..)) => {
                "unknown property; librdkafka's CONFIGURATION.md lists them"
            }
            Err(_) => "librdkafka refuses this value; its CONFIGURATION.md says what is allowed",
        };
        findings.add(&key(name), reason);
    }
}

//! librdkafka's properties for a configuration.

use super::BrokersError;
use crate::config::{Kafka, Sasl, SecretText};
use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use std::path::Path;

/// How long a browser waits for the brokers, before it is told to come back.
const ANSWER_MS: &str = "4000";

/// How long the forwarder waits, before the message comes again.
const FORWARD_MS: &str = "30000";

/// What a client is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Publishes what is stored, in its order. Nobody waits.
    Forwarder,
    /// Publishes what a browser waits for.
    Collector,
    /// Reads topics.
    Reader,
    /// Reads topics, and shares their partitions with others.
    Lander,
}

/// librdkafka's properties. What the configuration has under `[kafka.librdkafka]` comes last.
pub(crate) fn options(kafka: &Kafka, role: Role) -> Result<ClientConfig, BrokersError> {
    let mut options = ClientConfig::new();
    let mut set = |name: &str, value: &str| {
        options.set(name, value);
    };
    set("bootstrap.servers", &kafka.bootstrap_servers);
    set("client.id", "waymark-collector");
    if [Role::Forwarder, Role::Collector].contains(&role) {
        set("acks", "all");
        set("compression.type", kafka.compression.name());
        set("linger.ms", "5");
        // Until then librdkafka itself tries the other brokers.
        let timeout = if role == Role::Collector { ANSWER_MS } else { FORWARD_MS };
        set("message.timeout.ms", timeout);
        // As Java's clients place keys, so that streams can be joined with theirs.
        set("partitioner", "murmur2_random");
        if kafka.idempotence {
            set("enable.idempotence", "true");
        } else if role == Role::Forwarder {
            // A message that is sent again must not come after the next one.
            set("max.in.flight.requests.per.connection", "1");
        }
    }
    if role == Role::Collector {
        // `limits.queue_bytes` is the limit.
        set("queue.buffering.max.messages", "2147483647");
        set("queue.buffering.max.kbytes", "2147483647");
    }
    if [Role::Reader, Role::Lander].contains(&role) {
        set("enable.auto.commit", "false");
        set("enable.auto.offset.store", "false");
        set("auto.offset.reset", "earliest");
        set("fetch.wait.max.ms", "100");
    }
    if role == Role::Lander {
        // After that others take over from a lander that was killed.
        set("session.timeout.ms", "10000");
        set("statistics.interval.ms", "2000");
        // Of each partition: memory for what is read ahead.
        set("queued.max.messages.kbytes", "16384");
    }
    set("security.protocol", protocol(kafka));
    if let Some(tls) = &kafka.tls {
        for (name, file) in [
            ("ssl.ca.location", &tls.ca_file),
            ("ssl.certificate.location", &tls.crt_file),
            ("ssl.key.location", &tls.key_file),
        ] {
            file.iter().for_each(|file| set(name, &file.to_string_lossy()));
        }
    }
    if let Some(sasl) = &kafka.sasl {
        set("sasl.mechanism", sasl.mechanism.name());
        set("sasl.username", &sasl.username);
        set("sasl.password", password(sasl)?.reveal());
    }
    for (name, value) in &kafka.librdkafka {
        // librdkafka warns of a producer's property on a consumer, and takes no notice of it.
        set(name, value.reveal());
    }
    options.set_log_level(RDKafkaLogLevel::Info);
    Ok(options)
}

fn protocol(kafka: &Kafka) -> &'static str {
    match (&kafka.tls, &kafka.sasl) {
        (None, None) => "plaintext",
        (Some(_), None) => "ssl",
        (None, Some(_)) => "sasl_plaintext",
        (Some(_), Some(_)) => "sasl_ssl",
    }
}

fn password(sasl: &Sasl) -> Result<SecretText, BrokersError> {
    if let Some(password) = &sasl.password {
        return Ok(password.clone());
    }
    let file = sasl.password_file.as_deref().unwrap_or(Path::new(""));
    let text =
        std::fs::read_to_string(file).map_err(|error| BrokersError::Password { file: file.to_owned(), error })?;
    Ok(SecretText::from(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{KafkaTls, Mechanism};

    fn kafka() -> Kafka {
        Kafka { bootstrap_servers: "kafka-1:9092".to_owned(), ..Kafka::default() }
    }

    #[test]
    fn what_is_said_of_librdkafka_goes_before_the_defaults() {
        let librdkafka = [("linger.ms", "50"), ("client.id", "me")];
        let librdkafka = librdkafka.map(|(name, value)| (name.to_owned(), SecretText::from(value.to_owned())));
        let set = options(&Kafka { librdkafka: librdkafka.into(), ..kafka() }, Role::Forwarder).unwrap();
        assert_eq!(set.get("linger.ms"), Some("50"));
        assert_eq!(set.get("client.id"), Some("me"));
        assert_eq!(set.get("acks"), Some("all"));
        assert_eq!(set.get("enable.idempotence"), Some("true"));
        assert_eq!(set.get("security.protocol"), Some("plaintext"));
    }

    #[test]
    fn the_password_is_that_of_the_environment_or_of_the_file_without_its_line_break() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("password");
        std::fs::write(&file, "hush hush\n").unwrap();
        let sasl = Sasl {
            mechanism: Mechanism::ScramSha256,
            username: "waymark".to_owned(),
            password_file: Some(file.clone()),
            password: None,
        };
        let with = |sasl: &Sasl| Kafka { tls: Some(KafkaTls::default()), sasl: Some(sasl.clone()), ..kafka() };
        let set = options(&with(&sasl), Role::Forwarder).unwrap();
        assert_eq!(set.get("sasl.password"), Some("hush hush"));
        assert_eq!(set.get("sasl.mechanism"), Some("SCRAM-SHA-256"));
        assert_eq!(set.get("security.protocol"), Some("sasl_ssl"));
        let other = Sasl { password: Some(SecretText::from("other".to_owned())), ..sasl.clone() };
        assert_eq!(options(&with(&other), Role::Forwarder).unwrap().get("sasl.password"), Some("other"));

        std::fs::remove_file(&file).unwrap();
        let error = options(&with(&sasl), Role::Forwarder).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot read kafka.sasl.password_file, {}", file.display())), "{error}");
    }
}

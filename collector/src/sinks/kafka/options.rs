//! librdkafka's properties for a configuration.

use crate::config::{Kafka, Sasl, SecretText};
use crate::sinks::SinkOpenError;
use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use std::path::Path;

/// Properties of a producer. What the configuration has under `[kafka.librdkafka]` comes last.
pub(super) fn of(kafka: &Kafka) -> Result<ClientConfig, SinkOpenError> {
    let mut options = ClientConfig::new();
    let mut set = |name: &str, value: &str| {
        options.set(name, value);
    };
    set("bootstrap.servers", &kafka.bootstrap_servers);
    set("client.id", "waymark-collector");
    set("acks", "all");
    set("compression.type", kafka.compression.name());
    set("linger.ms", "5");
    // Then the message comes again. Until then librdkafka itself tries the other brokers.
    set("message.timeout.ms", "30000");
    // As Java's clients place keys, so that streams can be joined with theirs.
    set("partitioner", "murmur2_random");
    match kafka.idempotence {
        true => set("enable.idempotence", "true"),
        // A message that is sent again must not come after the next one.
        false => set("max.in.flight.requests.per.connection", "1"),
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

fn password(sasl: &Sasl) -> Result<SecretText, SinkOpenError> {
    if let Some(password) = &sasl.password {
        return Ok(password.clone());
    }
    let file = sasl.password_file.as_deref().unwrap_or(Path::new(""));
    let text =
        std::fs::read_to_string(file).map_err(|error| SinkOpenError::Password { file: file.to_owned(), error })?;
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
        let options = of(&Kafka { librdkafka: librdkafka.into(), ..kafka() }).unwrap();
        assert_eq!(options.get("linger.ms"), Some("50"));
        assert_eq!(options.get("client.id"), Some("me"));
        assert_eq!(options.get("acks"), Some("all"));
        assert_eq!(options.get("enable.idempotence"), Some("true"));
        assert_eq!(options.get("security.protocol"), Some("plaintext"));
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
        let options = of(&with(&sasl)).unwrap();
        assert_eq!(options.get("sasl.password"), Some("hush hush"));
        assert_eq!(options.get("sasl.mechanism"), Some("SCRAM-SHA-256"));
        assert_eq!(options.get("security.protocol"), Some("sasl_ssl"));
        let other = Sasl { password: Some(SecretText::from("other".to_owned())), ..sasl.clone() };
        assert_eq!(of(&with(&other)).unwrap().get("sasl.password"), Some("other"));

        std::fs::remove_file(&file).unwrap();
        let error = of(&with(&sasl)).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot read kafka.sasl.password_file, {}", file.display())), "{error}");
    }
}

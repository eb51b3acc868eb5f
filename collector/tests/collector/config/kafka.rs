//! `[kafka]`. A collector that was built without Kafka reads it like any other table, and then says what it lacks.

use super::reading::{load, mistakes};
#[cfg(feature = "kafka")]
use waymark_collector::{Compression, Config, ConfigSummary, Mechanism};

/// What is said where the build has no Kafka.
const LEFT_OUT: &str = "kafka: this collector was built without Kafka: build it with `--features kafka`";

/// The mistakes of a file, without that of the build.
fn told(text: &str) -> Vec<String> {
    mistakes(text).into_iter().filter(|told| !told.ends_with(LEFT_OUT)).collect()
}

#[test]
fn all_mistakes_are_told_at_once_with_their_lines() {
    let text = r#"[kafka]
bootstrap_servers = "kafka 1, b:0"
topic_prefix = "a/b"
compression = "brotli"
acks = 1
[kafka.tls]
crt_file = "me.pem"
[kafka.sasl]
mechanism = "GSSAPI"
username = ""
[kafka.librdkafka]
acks = 1
enable.idempotence = false
linger.ms = [5]
"#;
    let mut expected = vec![
        "2 kafka.bootstrap_servers: must be addresses of brokers in quotes, separated by commas, such as \
         \"kafka-1.example:9092,kafka-2.example:9092\"",
        "3 kafka.topic_prefix: must be 1 to 200 of A-Z a-z 0-9 . _ - in quotes",
        "4 kafka.compression: must be one of \"none\", \"gzip\", \"snappy\", \"lz4\", \"zstd\"",
        "5 kafka.acks: is always `all`: leave it out",
        "6 kafka.tls.key_file: is missing; it belongs to kafka.tls.crt_file",
        "8 kafka.sasl.password_file: is missing; it must be a path in quotes; the password can also be in \
         WAYMARK_KAFKA_SASL_PASSWORD",
        "9 kafka.sasl.mechanism: must be one of \"PLAIN\", \"SCRAM-SHA-256\", \"SCRAM-SHA-512\"",
        "10 kafka.sasl.username: must not be empty",
        "12 kafka.librdkafka.acks: cannot be set: it is always `all`",
        "13 kafka.librdkafka.enable.idempotence: has a key of its own: kafka.idempotence",
        "14 kafka.librdkafka.linger.ms: must be a text in quotes, a whole number, or true or false",
    ];
    let mut found = told(text);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let keys = "bootstrap_servers, topic_prefix, partitions, replication_factor, compression, idempotence, tls, sasl, librdkafka";
    let unknown = format!("2 kafka.broker: unknown key; the keys here are {keys}");
    let missing = "1 kafka.bootstrap_servers: is missing; it must be addresses of brokers in quotes, separated by \
                   commas, such as \"kafka-1.example:9092,kafka-2.example:9092\"";
    assert_eq!(told("[kafka]\nbroker = \"a\"\n"), [missing, &unknown]);
}

#[test]
fn addresses_of_brokers_are_told_from_other_texts() {
    for (servers, is_right) in [
        ("kafka", true),
        ("kafka:9092", true),
        ("a:1,b:2", true),
        ("a:1, b:2", true),
        ("[::1]:9092,10.0.0.1", true),
        ("", false),
        ("a,,b", false),
        ("a:x", false),
        ("a:0", false),
        ("a:70000", false),
        ("http://a", false),
        ("a b", false),
    ] {
        let found = told(&format!("[kafka]\nbootstrap_servers = \"{servers}\"\n"));
        assert_eq!(found.is_empty(), is_right, "{servers}: {found:?}");
    }
}

#[test]
fn no_mistake_shows_a_password() {
    let text = "[kafka]\nbootstrap_servers = \"a\"\nlibrdkafka.\"sasl.password\" = \"hush\"\n\
                [kafka.sasl]\nusername = \"me\"\npassword = \"hush\"\n";
    let error = load(text, &[]).unwrap_err();
    assert!(error.contains("unknown key") && error.contains("has keys of its own: kafka.sasl"), "{error}");
    assert!(!error.contains("hush"), "{error}");
}

#[cfg(not(feature = "kafka"))]
#[test]
fn a_build_without_kafka_refuses_the_table_by_name() {
    assert_eq!(mistakes("[kafka]\nbootstrap_servers = \"a:1\"\n"), [format!("1 {LEFT_OUT}")]);
    let by_variable = load("", &[("WAYMARK_KAFKA_BOOTSTRAP_SERVERS", "a:1")]).unwrap_err();
    assert!(by_variable.ends_with(LEFT_OUT), "{by_variable}");
}

#[cfg(feature = "kafka")]
#[test]
fn each_property_is_shown_to_librdkafka() {
    let text = "[kafka]\nbootstrap_servers = \"a\"\n[kafka.librdkafka]\nlingers = 5\nlinger.ms = 7\n\
                \"batch.size\" = \"hush\"\nsocket.keepalive.enable = true\n";
    let unknown = "unknown property; librdkafka's CONFIGURATION.md lists them";
    let refused = "librdkafka refuses this value; its CONFIGURATION.md says what is allowed";
    let expected =
        [format!("4 kafka.librdkafka.lingers: {unknown}"), format!("6 kafka.librdkafka.batch.size: {refused}")];
    assert_eq!(mistakes(text), expected);
}

#[cfg(feature = "kafka")]
#[test]
fn a_whole_table_is_read_and_described() {
    let text = r#"
[kafka]
bootstrap_servers = "kafka-1:9092,kafka-2:9092"
topic_prefix = "shop"
partitions = 6
compression = "zstd"
idempotence = false
[kafka.tls]
ca_file = "ca.pem"
[kafka.sasl]
mechanism = "PLAIN"
username = "waymark"
password_file = "password"
[kafka.librdkafka]
linger.ms = 20
"#;
    let config: Config = load(text, &[("WAYMARK_KAFKA_SASL_PASSWORD", "hush")]).unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("hush"), "{shown}");
    let described = ConfigSummary(&config).to_string();
    assert!(described.contains("to Kafka at kafka-1:9092,kafka-2:9092"), "{described}");
    assert!(
        described.contains("shop.events (partitions=6, replication.factor=3, min.insync.replicas=2)"),
        "{described}"
    );
    let kafka = config.kafka.unwrap();
    assert_eq!((kafka.compression, kafka.idempotence), (Compression::Zstd, false));
    assert_eq!(kafka.sasl.unwrap().mechanism, Mechanism::Plain);
    assert!(kafka.librdkafka.contains_key("linger.ms"));

    let other = load("", &[("WAYMARK_KAFKA_BOOTSTRAP_SERVERS", "other:1")]).unwrap().kafka.unwrap();
    assert_eq!((other.bootstrap_servers.as_str(), other.topic_prefix.as_str()), ("other:1", "waymark"));
    let wrong = load("", &[("WAYMARK_KAFKA_BOOTSTRAP_SERVERS", "other:x")]).unwrap_err();
    assert!(wrong.contains("WAYMARK_KAFKA_BOOTSTRAP_SERVERS: must be addresses"), "{wrong}");
}

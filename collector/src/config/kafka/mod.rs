//! `[kafka]`: the brokers that keep events, or to which stored events are forwarded, and how they are reached.

#[cfg(not(feature = "kafka"))]
mod left_out;
#[cfg(feature = "kafka")]
mod librdkafka;
mod properties;
mod sasl;
mod secret_text;
mod topic;

#[cfg(not(feature = "kafka"))]
use left_out::check_properties;
#[cfg(feature = "kafka")]
use librdkafka::check_properties;
pub use sasl::{Mechanism, Sasl};
pub use secret_text::SecretText;
pub use topic::Topic;

use super::findings::Findings;
use super::table::{BOOLEAN, PATH, Table};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Kafka, to which stored events are forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kafka {
    /// Addresses of some of the brokers, separated by commas. The others are found through them.
    pub bootstrap_servers: String,
    /// What the names of the topics begin with. Default: `waymark`.
    pub topic_prefix: String,
    /// Partitions of the topic of events, when `check --apply` makes it. Default: 12.
    pub partitions: u16,
    /// Copies of each message, when `check --apply` makes the topics. Default: 3.
    pub replication_factor: u16,
    /// How batches of messages are compressed. Default: lz4.
    pub compression: Compression,
    /// Whether the brokers recognise a message that is sent again. Default: true. Brokers before 0.11 cannot.
    pub idempotence: bool,
    /// TLS to the brokers. Without it connections are not encrypted.
    pub tls: Option<KafkaTls>,
    /// How the collector proves who it is. Default: not at all, or by the certificate in `tls`.
    pub sasl: Option<Sasl>,
    /// Properties of librdkafka by name. They override what the collector sets.
    pub librdkafka: BTreeMap<String, SecretText>,
}

/// Compression of a batch of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not compressed.
    None,
    /// gzip.
    Gzip,
    /// Snappy.
    Snappy,
    /// LZ4.
    #[default]
    Lz4,
    /// Zstandard, of brokers from 2.1 on.
    Zstd,
}

/// TLS to the brokers, with PEM files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KafkaTls {
    /// Certificates of the authorities that are trusted. Default: those of the system.
    pub ca_file: Option<PathBuf>,
    /// The collector's own certificate chain, where the brokers want one.
    pub crt_file: Option<PathBuf>,
    /// Its private key.
    pub key_file: Option<PathBuf>,
}

const SERVERS: &str = "must be addresses of brokers in quotes, separated by commas, such as \"kafka-1.example:9092,kafka-2.example:9092\"";
const PREFIX: &str = "must be 1 to 200 of A-Z a-z 0-9 . _ - in quotes";
const NUMBER: &str = "must be a whole number from 1 to 65535";
const COMPRESSION: &str = "must be one of \"none\", \"gzip\", \"snappy\", \"lz4\", \"zstd\"";

/// Longest prefix: a topic's name may have 249 characters.
const PREFIX_LENGTH: usize = 200;

impl Default for Kafka {
    fn default() -> Self {
        Kafka {
            bootstrap_servers: String::new(),
            topic_prefix: "waymark".to_owned(),
            partitions: 12,
            replication_factor: 3,
            compression: Compression::default(),
            idempotence: true,
            tls: None,
            sasl: None,
            librdkafka: BTreeMap::new(),
        }
    }
}

impl Kafka {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        table.misplaced("acks", "is always `all`: leave it out");
        let default = Kafka::default();
        Kafka {
            bootstrap_servers: table.value("bootstrap_servers", SERVERS).unwrap_or_default(),
            topic_prefix: table.value("topic_prefix", PREFIX).unwrap_or(default.topic_prefix),
            partitions: table.value("partitions", NUMBER).unwrap_or(default.partitions),
            replication_factor: table.value("replication_factor", NUMBER).unwrap_or(default.replication_factor),
            compression: table.value("compression", COMPRESSION).unwrap_or_default(),
            idempotence: table.value("idempotence", BOOLEAN).unwrap_or(default.idempotence),
            tls: table.table("tls", KafkaTls::read),
            sasl: table.table("sasl", Sasl::read),
            librdkafka: properties::read(table, "librdkafka"),
        }
    }

    /// The topic of events.
    pub fn events_topic(&self) -> String {
        format!("{}.events", self.topic_prefix)
    }

    /// The topic of erasures.
    pub fn erasures_topic(&self) -> String {
        format!("{}.erasures", self.topic_prefix)
    }

    /// The topic of batches: what a tab has reported with each.
    pub fn deliveries_topic(&self) -> String {
        format!("{}.deliveries", self.topic_prefix)
    }

    /// The topic of messages that cannot be landed.
    pub fn rejected_topic(&self) -> String {
        format!("{}.events.rejected", self.topic_prefix)
    }

    /// The topic that says which region the brokers belong to.
    pub fn region_topic(&self) -> String {
        format!("{}.region", self.topic_prefix)
    }

    /// The topics of a sink.
    pub fn sink_topics(&self) -> Vec<Topic> {
        vec![self.topic(self.events_topic(), self.partitions), self.compacted(self.erasures_topic())]
    }

    /// The topics of collectors that keep their events in Kafka.
    pub fn log_topics(&self) -> Vec<Topic> {
        let more = [
            self.topic(self.deliveries_topic(), self.partitions),
            self.topic(self.rejected_topic(), 1),
            self.compacted(self.region_topic()),
        ];
        self.sink_topics().into_iter().chain(more).collect()
    }

    fn topic(&self, name: String, partitions: u16) -> Topic {
        Topic { name, partitions, replication_factor: self.replication_factor, is_compacted: false }
    }

    pub(super) fn compacted(&self, name: String) -> Topic {
        Topic { is_compacted: true, ..self.topic(name, 1) }
    }

    pub(super) fn check(&self, findings: &mut Findings) {
        for (key, number) in
            [("kafka.partitions", self.partitions), ("kafka.replication_factor", self.replication_factor)]
        {
            if number == 0 {
                findings.add(key, NUMBER);
            }
        }
        if self.bootstrap_servers.is_empty() {
            findings.add_missing("kafka.bootstrap_servers", SERVERS);
        } else if !self.bootstrap_servers.split(',').all(|server| is_server(server.trim())) {
            findings.add("kafka.bootstrap_servers", SERVERS);
        }
        let is_of_a_topic = |char: char| char.is_ascii_alphanumeric() || "._-".contains(char);
        if !(1..=PREFIX_LENGTH).contains(&self.topic_prefix.len()) || !self.topic_prefix.chars().all(is_of_a_topic) {
            findings.add("kafka.topic_prefix", PREFIX);
        }
        self.tls.iter().for_each(|tls| tls.check(findings));
        self.sasl.iter().for_each(|sasl| sasl.check(findings));
        properties::check_owned(&self.librdkafka, findings);
        check_properties(&self.librdkafka, findings);
    }
}

impl Compression {
    /// Its name in the configuration, and for librdkafka.
    pub fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Snappy => "snappy",
            Compression::Lz4 => "lz4",
            Compression::Zstd => "zstd",
        }
    }
}

impl KafkaTls {
    fn read(table: &mut Table<'_>) -> Self {
        KafkaTls {
            ca_file: table.value("ca_file", PATH),
            crt_file: table.value("crt_file", PATH),
            key_file: table.value("key_file", PATH),
        }
    }

    fn check(&self, findings: &mut Findings) {
        match (&self.crt_file, &self.key_file) {
            (Some(_), None) => findings.add_missing("kafka.tls.key_file", "belongs to kafka.tls.crt_file"),
            (None, Some(_)) => findings.add_missing("kafka.tls.crt_file", "belongs to kafka.tls.key_file"),
            _ => {}
        }
    }
}

/// Whether this is a host, or a host and port.
fn is_server(server: &str) -> bool {
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (server, None),
    };
    let is_plain = host.bytes().all(|byte| byte.is_ascii_graphic() && !b"/@\"'".contains(&byte));
    !host.is_empty() && is_plain && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

//! `[kafka.librdkafka]`: properties of librdkafka, for what has no key of its own. A dotted name, such as `linger.ms`,
//! can be written with or without quotes.

use super::secret_text::SecretText;
use crate::config::document::join;
use crate::config::findings::Findings;
use crate::config::table::Table;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue, ValueDeserializer};

const VALUE: &str = "must be a text in quotes, a whole number, or true or false";

/// Properties that cannot be set, and why. What the collector promises depends on them.
const OWNED: [(&str, &str); 11] = [
    ("acks", ALL),
    ("request.required.acks", ALL),
    ("bootstrap.servers", "has a key of its own: kafka.bootstrap_servers"),
    ("metadata.broker.list", "has a key of its own: kafka.bootstrap_servers"),
    ("enable.idempotence", "has a key of its own: kafka.idempotence"),
    ("compression.codec", "has a key of its own: kafka.compression"),
    ("compression.type", "has a key of its own: kafka.compression"),
    ("sasl.password", "has keys of its own: kafka.sasl"),
    ("enable.auto.commit", "cannot be set: offsets are committed after what they stand for is stored"),
    ("transactional.id", "cannot be set: events are not sent in transactions"),
    ("log.queue", "cannot be set: what librdkafka logs is in the collector's log"),
];

const ALL: &str = "cannot be set: it is always `all`";

pub(super) fn read(table: &mut Table<'_>, key: &'static str) -> BTreeMap<String, SecretText> {
    let mut properties = BTreeMap::new();
    let Some((path, value)) = table.entry(key) else { return properties };
    match value.get_ref().as_table() {
        Some(entries) => flatten("", entries, &path, table.findings(), &mut properties),
        None => table.findings().add(&path, "must be a table"),
    }
    properties
}

fn flatten(
    prefix: &str,
    entries: &DeTable<'_>,
    path: &str,
    findings: &mut Findings,
    into: &mut BTreeMap<String, SecretText>,
) {
    for (key, value) in entries.iter() {
        let name = join(prefix, key.get_ref());
        if let DeValue::Table(entries) = value.get_ref() {
            flatten(&name, entries, path, findings, into);
            continue;
        }
        match SecretText::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(value) => drop(into.insert(name, value)),
            Err(_) => findings.add(&join(path, &name), VALUE),
        }
    }
}

pub(super) fn check_owned(properties: &BTreeMap<String, SecretText>, findings: &mut Findings) {
    for (name, reason) in OWNED {
        if properties.contains_key(name) {
            findings.add(&key(name), reason);
        }
    }
}

/// The full name of a property's key.
pub(super) fn key(name: &str) -> String {
    join("kafka.librdkafka", name)
}

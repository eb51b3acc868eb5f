//! The topics that the collector needs, and how `check --apply` makes them.

use std::fmt;

/// A topic to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Number of partitions.
    pub partitions: u16,
    /// Copies of each message.
    pub replication_factor: u16,
    /// Whether only the newest message of each key has to be kept.
    pub is_compacted: bool,
}

impl Topic {
    /// Copies of a message at its acknowledgement: one broker may be away.
    pub fn min_insync_replicas(&self) -> u16 {
        self.replication_factor.saturating_sub(1).max(1)
    }

    /// What is set beside partitions and replicas, by Kafka's names.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let insync = ("min.insync.replicas", self.min_insync_replicas().to_string());
        let compact = self.is_compacted.then(|| ("cleanup.policy", "compact".to_owned()));
        [insync].into_iter().chain(compact).collect()
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Topic { name, partitions, replication_factor, .. } = self;
        write!(f, "{name} (partitions={partitions}, replication.factor={replication_factor}")?;
        self.settings().iter().try_for_each(|(name, value)| write!(f, ", {name}={value}"))?;
        f.write_str(")")
    }
}

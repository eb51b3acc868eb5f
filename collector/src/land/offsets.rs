//! The offsets of what was landed, and their commits.

use super::counts::LandCounts;
use super::group::Context;
use rdkafka::consumer::{CommitMode, Consumer as _, StreamConsumer};
use rdkafka::error::KafkaResult;
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeMap;

/// The last offset that was landed of each partition.
#[derive(Default)]
pub(super) struct Offsets(BTreeMap<(String, i32), i64>);

impl Offsets {
    pub(super) fn set(&mut self, topic: &str, partition: i32, last: i64) {
        self.0.insert((topic.to_owned(), partition), last);
    }

    /// Others read the partitions now.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Commits all of them, also those of an earlier commit, which may have failed. Nothing waits for it.
    pub(super) fn commit(&self, consumer: &StreamConsumer<Context>, counts: &LandCounts) {
        if let Err(error) = self.send(consumer, CommitMode::Async) {
            LandCounts::add(&counts.commit_failures, 1);
            tracing::warn!(%error, "offsets were not committed; the next commit covers them");
        }
    }

    /// The last commit. It blocks until the brokers have it, or cannot be reached.
    pub(super) fn end(&self, consumer: &StreamConsumer<Context>) {
        if let Err(error) = self.send(consumer, CommitMode::Sync) {
            tracing::warn!(%error, "the last offsets were not committed; what they stand for is landed again");
        }
    }

    fn send(&self, consumer: &StreamConsumer<Context>, mode: CommitMode) -> KafkaResult<()> {
        // To commit none would commit what is assigned.
        if self.0.is_empty() {
            return Ok(());
        }
        let mut offsets = TopicPartitionList::new();
        for ((topic, partition), last) in &self.0 {
            offsets.add_partition_offset(topic, *partition, Offset::Offset(last + 1))?;
        }
        consumer.commit(&offsets, mode)
    }
}

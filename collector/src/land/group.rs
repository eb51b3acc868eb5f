//! The group of landers: a consumer that notes when its partitions are given to others, and how far behind it is.

use super::counts::LandCounts;
use crate::config::Kafka;
use crate::kafka::{BrokersError, Logger, Role, options};
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext, Rebalance, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::statistics::Statistics;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What the consumer tells beside messages.
pub(super) struct Context {
    logger: Logger,
    counts: Arc<LandCounts>,
    /// Grows each time that partitions are taken away.
    generation: AtomicU64,
    /// The topic of events.
    events: String,
    /// Whether its first partition is this lander's.
    is_first: AtomicBool,
}

impl Context {
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Whether the first partition of events is this lander's. Of all landers it is one's.
    pub(super) fn is_first(&self) -> bool {
        self.is_first.load(Ordering::Relaxed)
    }
}

/// A member of the group, which gets messages of some partitions of these topics.
pub(super) fn join(
    kafka: &Kafka,
    topics: &[&str],
    counts: Arc<LandCounts>,
) -> Result<StreamConsumer<Context>, BrokersError> {
    let mut options = options(kafka, Role::Lander)?;
    options.set("group.id", format!("{}.land", kafka.topic_prefix));
    let (generation, is_first) = (AtomicU64::new(0), AtomicBool::new(false));
    let context = Context { logger: Logger::default(), counts, generation, events: kafka.events_topic(), is_first };
    let consumer: StreamConsumer<Context> = options.create_with_context(context)?;
    consumer.subscribe(topics)?;
    Ok(consumer)
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        // Nothing else tells of an asynchronous commit.
        if facility == "COMMITFAIL" {
            LandCounts::add(&self.counts.commit_failures, 1);
        }
        self.logger.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.logger.error(error, reason);
    }

    fn stats(&self, statistics: Statistics) {
        let of_topic = |(name, topic): (String, rdkafka::statistics::Topic)| {
            let partitions = topic.partitions.into_iter().filter(|(number, of)| *number >= 0 && of.consumer_lag >= 0);
            partitions.map(move |(number, of)| ((name.clone(), number), of.consumer_lag)).collect::<Vec<_>>()
        };
        self.counts.set_lag(statistics.topics.into_iter().flat_map(of_topic).collect());
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(partitions) => {
                tracing::info!(partitions = partitions.count(), "partitions are assigned");
                self.is_first.store(partitions.find_partition(&self.events, 0).is_some(), Ordering::Relaxed);
            }
            Rebalance::Revoke(_) | Rebalance::Error(_) => {
                self.is_first.store(false, Ordering::Relaxed);
                self.generation.fetch_add(1, Ordering::Release);
            }
        }
    }
}

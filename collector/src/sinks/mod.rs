//! Sinks: systems to which stored events are forwarded. A sink transports events and decides nothing about them.
//!
//! - **At least once.** A [`Forwarder`] publishes each stored event until the sink takes it or rejects it for good.
//!   After a crash, events can arrive a second time; the event ID is the same. Events that were erased or expired
//!   before their publication are not sent. A sink that keeps events must erase the published ones itself: an
//!   [`ErasureForwarder`] tells it which.
//! - **After the commit.** An event is published once its commit is durable. A failing sink never delays an
//!   acknowledgement.
//! - **In commit order.** A batch is in commit order. If an event must be published again, so are the later ones of the
//!   same site and user in its batch. Of the events that are still stored, the last copies of each user's therefore
//!   arrive in commit order. The first copies do as well with a sink that takes no event after a retryable one of the
//!   same site and user.

mod backoff;
mod counts;
mod erasures;
mod follower;
mod forwarder;
mod job;
#[cfg(feature = "kafka")]
mod kafka;
mod memory;
#[cfg(not(feature = "kafka"))]
mod without_kafka;

#[cfg(feature = "kafka")]
pub(crate) use backoff::Backoff;
pub use counts::SinkCounts;
pub use erasures::ErasureForwarder;
pub use follower::Progress;
pub use forwarder::Forwarder;
pub use job::SinkOpenError;
pub(crate) use job::{SinkJob, SinkStatus};
#[cfg(feature = "kafka")]
pub use kafka::KafkaSink;
#[cfg(feature = "kafka")]
pub(crate) use kafka::open;
pub use memory::MemorySink;
#[cfg(not(feature = "kafka"))]
pub(crate) use without_kafka::open;

use crate::store::{ErasureNotice, StoredEvent};

/// A system that takes events.
pub trait EventSink: Send + Sync + 'static {
    /// Name of the sink's cursor in the store. Unique among the sinks of a store, and the same after a restart.
    fn name(&self) -> &str;

    /// Publishes a batch in commit order. Returns one result for each event, in the same order. An event without a
    /// result counts as [`SinkError::Retryable`]; a sink that cannot be reached answers that for all.
    ///
    /// The call can be cancelled at any `await`: the batch is then published again.
    fn publish(&self, events: &[StoredEvent]) -> impl Future<Output = Vec<Result<(), SinkError>>> + Send;

    /// Returns once the sink holds durably what `publish` took. The cursor moves only after that.
    ///
    /// # Errors
    /// [`FlushError`]: what was published since the last flush is published again.
    fn flush(&self) -> impl Future<Output = Result<(), FlushError>> + Send;
}

/// A system that is told of erasures, so that it erases what it keeps.
pub trait ErasureSink: Send + Sync + 'static {
    /// The sink's name: that of its cursor.
    fn name(&self) -> &str;

    /// Publishes notices, and returns once the sink holds all of them durably.
    ///
    /// # Errors
    /// [`SinkError`]: all of them are published again.
    fn publish_erasures(&self, notices: &[ErasureNotice]) -> impl Future<Output = Result<(), SinkError>> + Send;
}

/// Why a sink did not take an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SinkError {
    /// The sink may take the event later: it is unreachable, overloaded or being restarted. The event is published
    /// again, without limit, with growing pauses.
    #[error("not taken now: {0}")]
    Retryable(String),
    /// The sink can never take the event, such as one that is too large for it. The rejection is logged and counted,
    /// and the event is skipped.
    #[error("rejected: {0}")]
    Rejected(String),
}

/// The sink could not make events durable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not flushed: {0}")]
pub struct FlushError(pub String);

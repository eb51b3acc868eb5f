//! What became of the events and erasures for a sink.

use crate::telemetry::metrics::histogram::Histogram;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the start.
#[derive(Debug, Default)]
pub struct SinkCounts {
    /// Events taken by the sink.
    pub published: AtomicU64,
    /// Events rejected by the sink for good.
    pub rejected: AtomicU64,
    /// Events published without success, each attempt.
    pub retried: AtomicU64,
    /// Notices of erasures taken by the sink.
    pub erasures: AtomicU64,
    /// How long the sink took for each batch of events.
    pub(crate) publishes: Histogram,
}

impl SinkCounts {
    pub(super) fn add(&self, published: usize, rejected: usize, retried: usize) {
        let counts = [(&self.published, published), (&self.rejected, rejected), (&self.retried, retried)];
        for (count, more) in counts {
            count.fetch_add(more as u64, Ordering::Relaxed);
        }
    }

    pub(super) fn add_erasures(&self, erasures: usize) {
        self.erasures.fetch_add(erasures as u64, Ordering::Relaxed);
    }
}

//! What a lander has done since its start, and what it has before it.

use crate::telemetry::metrics::histogram::Histogram;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counts since the start.
#[derive(Debug, Default)]
pub struct LandCounts {
    /// Events that were inserted, with those that came again.
    pub events: AtomicU64,
    /// Reports about tabs that were inserted.
    pub deliveries: AtomicU64,
    /// Erasures that were noted.
    pub erasures: AtomicU64,
    /// Rejected messages that cannot be read.
    pub unreadable: AtomicU64,
    /// Rejected messages that the store refuses for what is in them.
    pub refused: AtomicU64,
    /// Events that were dropped, because their user was erased after they arrived.
    pub erased: AtomicU64,
    /// Attempts to land a block that failed.
    pub failures: AtomicU64,
    /// Commits of offsets that failed.
    pub commit_failures: AtomicU64,
    /// How long the store took for each block.
    pub(super) inserts: Histogram,
    /// How old the newest event of each block was when it was landed.
    pub(super) delays: Histogram,
    lag: Mutex<BTreeMap<(String, i32), i64>>,
}

impl LandCounts {
    pub(super) fn add(counter: &AtomicU64, more: usize) {
        counter.fetch_add(more as u64, Ordering::Relaxed);
    }

    /// Notes how many messages of a partition are not landed yet.
    pub(super) fn set_lag(&self, lag: BTreeMap<(String, i32), i64>) {
        *self.lock() = lag;
    }

    /// Messages that are not landed yet, by topic and partition. Only partitions of this lander.
    pub fn lag(&self) -> BTreeMap<(String, i32), i64> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, i32), i64>> {
        self.lag.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

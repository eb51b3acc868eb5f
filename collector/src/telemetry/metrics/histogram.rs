//! A histogram of durations.

use super::exposition::Text;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper ends of the buckets, in µs: from an idle disk's commit to one that makes senders wait.
const ENDS_US: [u64; 13] =
    [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000];

#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// One more than there are ends: the last has no end.
    buckets: [AtomicU64; ENDS_US.len() + 1],
    sum_us: AtomicU64,
}

impl Histogram {
    pub(crate) fn observe(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let at = ENDS_US.partition_point(|end| *end < us);
        self.buckets[at].fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    /// Cumulative buckets, as Prometheus expects.
    pub(crate) fn write(&self, labels: &[(&str, &str)], text: &mut Text) {
        let mut all = 0;
        for (at, bucket) in self.buckets.iter().enumerate() {
            all += bucket.load(Ordering::Relaxed);
            let end = ENDS_US.get(at).map_or("+Inf".to_owned(), |us| (*us as f64 / 1e6).to_string());
            text.part("_bucket", &[labels, &[("le", &*end)]].concat(), all as f64);
        }
        text.part("_sum", labels, self.sum_us.load(Ordering::Relaxed) as f64 / 1e6);
        text.part("_count", labels, all as f64);
    }
}

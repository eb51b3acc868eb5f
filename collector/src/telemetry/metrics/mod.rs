//! Counters of the collector's own work.

pub(crate) mod exposition;
pub(crate) mod histogram;

use self::exposition::Text;
use self::histogram::Histogram;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use waymark_wire::{RefusalCode, RejectReason};

/// Counters since the start.
#[derive(Default)]
pub(crate) struct Metrics {
    /// By route and status.
    requests: Mutex<BTreeMap<String, BTreeMap<u16, u64>>>,
    request_bytes: AtomicU64,
    /// Rejected requests by code.
    refused: Mutex<BTreeMap<RefusalCode, u64>>,
    stored: AtomicU64,
    duplicate: AtomicU64,
    /// Of the stored ones.
    of_bots: AtomicU64,
    /// Rejected events by reason.
    rejected: Mutex<BTreeMap<RejectReason, u64>>,
    stripped: AtomicU64,
    commits: Histogram,
    failures: AtomicU64,
    expiry_seen: AtomicU64,
    expiry_erased: AtomicU64,
    /// When the last pass ended, epoch ms; 0 where none has.
    expiry_ended: AtomicI64,
}

impl Metrics {
    pub(crate) fn request(&self, route: &str, status: u16, bytes: u64) {
        self.request_bytes.fetch_add(bytes, Ordering::Relaxed);
        let mut requests = lock(&self.requests);
        match requests.get_mut(route) {
            Some(statuses) => *statuses.entry(status).or_default() += 1,
            None => drop(requests.insert(route.to_owned(), BTreeMap::from([(status, 1)]))),
        }
    }

    pub(crate) fn refused(&self, code: RefusalCode) {
        *lock(&self.refused).entry(code).or_default() += 1;
    }

    pub(crate) fn batch(
        &self,
        stored: usize,
        duplicate: usize,
        stripped: u64,
        rejected: impl Iterator<Item = RejectReason>,
    ) {
        self.stored.fetch_add(stored as u64, Ordering::Relaxed);
        self.duplicate.fetch_add(duplicate as u64, Ordering::Relaxed);
        self.stripped.fetch_add(stripped, Ordering::Relaxed);
        for reason in rejected {
            *lock(&self.rejected).entry(reason).or_default() += 1;
        }
    }

    pub(crate) fn stored_of_bots(&self, stored: usize) {
        self.of_bots.fetch_add(stored as u64, Ordering::Relaxed);
    }

    pub(crate) fn commit(&self, took: Duration, good: bool) {
        self.commits.observe(took);
        self.failures.fetch_add(u64::from(!good), Ordering::Relaxed);
    }

    pub(crate) fn expired(&self, seen: usize, erased: usize) {
        self.expiry_seen.fetch_add(seen as u64, Ordering::Relaxed);
        self.expiry_erased.fetch_add(erased as u64, Ordering::Relaxed);
    }

    pub(crate) fn expiry_ended(&self, time: i64) {
        self.expiry_ended.store(time, Ordering::Relaxed);
    }

    pub(crate) fn write(&self, text: &mut Text) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
        text.counter("waymark_requests_total", "Requests answered, by route and status.");
        for (route, statuses) in lock(&self.requests).iter() {
            for (status, requests) in statuses {
                text.sample(&[("route", route), ("status", &status.to_string())], *requests as f64);
            }
        }
        text.counter("waymark_request_bytes_total", "Bytes of requests' bodies, as they declared them.");
        text.sample(&[], count(&self.request_bytes));
        text.counter("waymark_refusals_total", "Rejected requests by the code of the answer.");
        for (code, refused) in lock(&self.refused).iter() {
            text.sample(&[("reason", code.as_str())], *refused as f64);
        }
        text.counter("waymark_events_total", "Events of batches that were answered, by what became of them.");
        text.sample(&[("outcome", "stored"), ("reason", "")], count(&self.stored));
        text.sample(&[("outcome", "duplicate"), ("reason", "")], count(&self.duplicate));
        for (reason, rejected) in lock(&self.rejected).iter() {
            text.sample(&[("outcome", "rejected"), ("reason", reason.as_str())], *rejected as f64);
        }
        text.counter(
            "waymark_bot_events_total",
            "Stored events that have server.bot; waymark_events_total counts them too.",
        );
        text.sample(&[], count(&self.of_bots));
        text.counter(
            "waymark_stripped_total",
            "Fields and events that were left out because a site does not collect them.",
        );
        text.sample(&[], count(&self.stripped));
        text.histogram("waymark_commit_seconds", "How long the store took for each commit of events.");
        self.commits.write(&[], text);
        text.counter("waymark_commit_failures_total", "Commits of events that failed.");
        text.sample(&[], count(&self.failures));
        text.counter("waymark_retention_seen_total", "Events that were looked at for whether they are too old.");
        text.sample(&[], count(&self.expiry_seen));
        text.counter("waymark_retention_erased_total", "Events that were erased because they were too old.");
        text.sample(&[], count(&self.expiry_erased));
        text.gauge(
            "waymark_retention_last_pass_seconds",
            "When all that was too old was last erased, epoch seconds; 0 if never.",
        );
        text.sample(&[], self.expiry_ended.load(Ordering::Relaxed) as f64 / 1_000.0);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

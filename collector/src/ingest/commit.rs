//! The writer thread: collects waiting jobs into commits. An erasure keeps its place among the other writes.

use super::job::{Job, Waiting};
use super::live_feed::LiveFeed;
use crate::store::{AppendEvents, Change, ErasureSource, IngestBatch, Merged, Outcome, Receipt, Store, StoreError};
use crate::telemetry::metrics::Metrics;
use crate::time::clock::now;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use waymark_wire::Forget;

/// Largest commit in batches, events, changes and entries: a longer transaction saves nothing more.
const GROUP: usize = 4_000;

/// How long jobs gather before a commit, if the last commit had more than one batch. A commit has a cost of its own, and
/// senders that wait for their answers send the more at once.
const GATHER: Duration = Duration::from_millis(1);

/// Does the jobs in order, until [`Job::Stop`].
pub(super) fn run(store: &dyn Store, mut waiting: mpsc::UnboundedReceiver<Job>, live: &LiveFeed, metrics: &Metrics) {
    let (mut stopping, mut last) = (false, 0);
    while !stopping {
        let Some(first) = waiting.blocking_recv() else { return };
        if last > 1 {
            std::thread::sleep(GATHER);
        }
        let (mut group, mut checks, mut erasure) = (Group::default(), Vec::new(), None);
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Append(delivery, waiting) => group.add(delivery, waiting),
                Job::MergeState(change, waiting) => group.change(change, waiting),
                erase @ (Job::Forget(..) | Job::Erase(..)) => erasure = Some(erase),
                Job::Check(done) => checks.push(done),
                Job::Stop => stopping = true,
            }
            // An erasure keeps its place between the writes before and after it.
            let full = stopping || erasure.is_some() || group.size >= GROUP;
            next = if full { None } else { waiting.try_recv().ok() };
        }
        last = group.batches.len();
        group.commit(store, live, metrics);
        match erasure {
            Some(Job::Forget(Forget { site, eu_id }, waiting)) => {
                waiting.finish(logged(store.forget(&site, &eu_id, now())));
            }
            Some(Job::Erase(subject, waiting)) => {
                waiting.finish(logged(store.erase(&subject, ErasureSource::Api, now())));
            }
            _ => {}
        }
        if !checks.is_empty() {
            let good = logged(store.check()).is_some();
            for done in checks {
                let _ = done.send(good);
            }
        }
    }
}

/// The jobs of one commit.
#[derive(Default)]
struct Group {
    batches: Vec<IngestBatch>,
    /// The callers of `batches`, in the same order.
    waiting: Vec<Waiting<Receipt>>,
    changes: Vec<Change>,
    /// The callers of `changes`, in the same order.
    merging: Vec<Waiting<Merged>>,
    /// Number of batches, events, changes and entries.
    size: usize,
}

impl Group {
    fn add(&mut self, delivery: IngestBatch, waiting: Waiting<Receipt>) {
        self.size += 1 + delivery.records.len();
        self.batches.push(delivery);
        self.waiting.push(waiting);
    }

    fn change(&mut self, change: Change, waiting: Waiting<Merged>) {
        self.size += 1 + change.entries.len();
        self.changes.push(change);
        self.merging.push(waiting);
    }

    fn commit(mut self, store: &dyn Store, live: &LiveFeed, metrics: &Metrics) {
        let (changes, merging) = (std::mem::take(&mut self.changes), std::mem::take(&mut self.merging));
        self.append(store, live, metrics);
        if changes.is_empty() {
            return;
        }
        let mut merged = logged(store.merge_state(&changes, now())).map(Vec::into_iter);
        for waiting in merging {
            waiting.finish(merged.as_mut().and_then(Iterator::next));
        }
    }

    fn append(self, store: &dyn AppendEvents, live: &LiveFeed, metrics: &Metrics) {
        if self.batches.is_empty() {
            return;
        }
        let started = Instant::now();
        let mut receipts = logged(store.append(&self.batches)).map(Vec::into_iter);
        metrics.commit(started.elapsed(), receipts.is_some());
        for (delivery, waiting) in self.batches.into_iter().zip(self.waiting) {
            let receipt = receipts.as_mut().and_then(Iterator::next);
            let outcomes = receipt.iter().flat_map(|receipt| &receipt.outcomes);
            for (record, outcome) in delivery.records.into_iter().zip(outcomes) {
                if *outcome == Outcome::Stored {
                    live.publish(record.body);
                }
            }
            waiting.finish(receipt);
        }
    }
}

fn logged<T>(result: Result<T, StoreError>) -> Option<T> {
    result.inspect_err(|error| tracing::error!(%error, "the store failed")).ok()
}

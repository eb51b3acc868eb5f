//! The jobs of the writer thread, and the callers that wait for their outcomes.

use crate::store::{Change, Erasure, IngestBatch, Merged, Receipt, Subject};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use waymark_wire::Forget;

/// A job of the writer thread.
pub(super) enum Job {
    Append(IngestBatch, Waiting<Receipt>),
    MergeState(Change, Waiting<Merged>),
    Forget(Forget, Waiting<usize>),
    Erase(Subject, Waiting<Erasure>),
    Check(oneshot::Sender<bool>),
    Stop,
}

/// A caller that waits for the outcome of a job.
pub(super) struct Waiting<T> {
    /// Gets `None` if the store failed.
    pub(super) done: oneshot::Sender<Option<T>>,
    /// Its bytes of the queue, until the job is done.
    pub(super) room: OwnedSemaphorePermit,
    pub(super) depth: Depth,
}

impl<T> Waiting<T> {
    /// Frees the room first: the caller may need it for its next job.
    pub(super) fn finish(self, outcome: Option<T>) {
        let Waiting { done, room, depth } = self;
        drop((room, depth));
        // The caller may be gone. The job stays done.
        let _ = done.send(outcome);
    }
}

/// Counts a waiting job until it is dropped.
pub(super) struct Depth(Arc<AtomicUsize>);

impl Depth {
    pub(super) fn count(depth: &Arc<AtomicUsize>) -> Self {
        depth.fetch_add(1, Ordering::Relaxed);
        Depth(Arc::clone(depth))
    }
}

impl Drop for Depth {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

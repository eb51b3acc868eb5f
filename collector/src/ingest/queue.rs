//! The bounded queue of what waits to be written. Beyond its bytes, requests get a 503.

use super::job::Depth;
use crate::error::Rejection;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

/// The room of the queue. Its clones share it.
#[derive(Clone)]
pub(super) struct Queue {
    room: Arc<Semaphore>,
    bytes: usize,
    /// Number of waiting jobs.
    depth: Arc<AtomicUsize>,
}

impl Queue {
    /// At most `bytes` may wait.
    pub(super) fn new(bytes: usize) -> Self {
        Queue { room: Arc::new(Semaphore::new(bytes)), bytes, depth: Arc::default() }
    }

    /// Room for a job of so many bytes, until both are dropped.
    pub(super) fn enter(&self, bytes: usize) -> Result<(OwnedSemaphorePermit, Depth), Rejection> {
        Ok((self.room(bytes)?, Depth::count(&self.depth)))
    }

    /// Room that is not counted as a waiting job.
    pub(super) fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Rejection> {
        // A job larger than the queue must fit once the queue is empty, or it would be retried for ever.
        let permits = u32::try_from(bytes.min(self.bytes)).unwrap_or(u32::MAX);
        Arc::clone(&self.room).try_acquire_many_owned(permits).map_err(|error| match error {
            TryAcquireError::NoPermits => Rejection::Busy,
            TryAcquireError::Closed => Rejection::ShuttingDown,
        })
    }

    /// Number and bytes of the waiting jobs.
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.depth.load(Ordering::Relaxed), self.bytes.saturating_sub(self.room.available_permits()))
    }

    /// From now on nothing enters.
    pub(super) fn close(&self) {
        self.room.close();
    }
}

//! Counts open connections and rejects those above the configured limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts open connections.
#[derive(Clone, Default)]
pub(crate) struct ConnectionLimit(Arc<AtomicUsize>);

/// One open connection, counted until the permit is dropped.
pub(crate) struct Permit(Arc<AtomicUsize>);

impl ConnectionLimit {
    /// A permit, if fewer than `limit` are held.
    pub(crate) fn acquire(&self, limit: usize) -> Option<Permit> {
        let permit = Permit(Arc::clone(&self.0));
        (self.0.fetch_add(1, Ordering::Relaxed) < limit).then_some(permit)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_that_is_left_can_be_taken() {
        let limit = ConnectionLimit::default();
        let (first, second) = (limit.acquire(2), limit.acquire(2));
        assert!(first.is_some() && second.is_some() && limit.acquire(2).is_none());
        drop(first);
        assert!(limit.acquire(2).is_some());
    }
}

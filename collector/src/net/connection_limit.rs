//! Counts open connections. A connection above the configured number is turned away, so that the others keep what they need.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what is taken.
#[derive(Clone, Default)]
pub(crate) struct Seats(Arc<AtomicUsize>);

/// One that is taken, until it is dropped.
pub(crate) struct Seat(Arc<AtomicUsize>);

impl Seats {
    /// One of `most`, if one is left.
    pub(crate) fn take(&self, most: usize) -> Option<Seat> {
        let seat = Seat(Arc::clone(&self.0));
        (self.0.fetch_add(1, Ordering::Relaxed) < most).then_some(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_that_is_left_can_be_taken() {
        let seats = Seats::default();
        let (first, second) = (seats.take(2), seats.take(2));
        assert!(first.is_some() && second.is_some() && seats.take(2).is_none());
        drop(first);
        assert!(seats.take(2).is_some());
    }
}

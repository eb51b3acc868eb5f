//! Reading events in commit order, behind a cursor.

use super::StoredEvent;

/// Place of an event in commit order: an event that was committed later has a larger position. A store never gives a
/// position a second time, not even after the erasure of its event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub(super) i64);

impl Position {
    /// The position before the first event.
    pub const START: Position = Position(0);

    /// How many positions are between an earlier one and this.
    pub fn since(self, earlier: Position) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or_default()
    }

    /// The next position.
    pub(super) fn next(self) -> Self {
        Position(self.0 + 1)
    }
}

/// A stored event with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedEvent {
    /// Position in commit order.
    pub position: Position,
    /// The event.
    pub event: StoredEvent,
}

/// Largest size of one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimit {
    /// Number of events.
    pub events: usize,
    /// Bytes of the events' JSON. The first event is read even if it is larger.
    pub bytes: usize,
}

impl BatchLimit {
    /// The first of `events` that fit. Reads no further.
    pub(super) fn take<E>(
        self,
        events: impl Iterator<Item = Result<CommittedEvent, E>>,
    ) -> Result<Vec<CommittedEvent>, E> {
        let (mut taken, mut bytes) = (Vec::new(), 0_usize);
        for event in events.take(self.events) {
            let event = event?;
            bytes = bytes.saturating_add(event.event.body.len());
            if bytes > self.bytes && !taken.is_empty() {
                break;
            }
            taken.push(event);
        }
        Ok(taken)
    }
}

//! What a store does with events.

use crate::store::{
    AuditRow, BatchLimit, CommittedEvent, Days, Filter, Found, IngestBatch, Packing, Position, Receipt, StoreError,
    Subject, WithFacts,
};
use uuid::Uuid;

/// Stores events.
pub trait AppendEvents: Send + Sync + 'static {
    /// Stores events with a new ID, and the reports about tabs. All of it is durable once this returns, or nothing is
    /// stored. Returns one receipt for each batch.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was stored.
    fn append(&self, deliveries: &[IngestBatch]) -> Result<Vec<Receipt>, StoreError>;

    /// Checks by a real write that events can be stored now.
    ///
    /// # Errors
    /// [`StoreError`].
    fn check(&self) -> Result<(), StoreError>;
}

/// Reads stored events.
pub trait ReadEvents: Send + Sync + 'static {
    /// The first `limit` events that match `filter` and have an ID above `after`, by ID.
    ///
    /// # Errors
    /// [`StoreError`].
    fn page(&self, filter: &Filter, after: Option<Uuid>, limit: usize) -> Result<Vec<Found>, StoreError>;

    /// The last `limit` events that match `filter`, by arrival.
    ///
    /// # Errors
    /// [`StoreError`].
    fn newest(&self, filter: &Filter, limit: usize) -> Result<Vec<Found>, StoreError>;

    /// The events with these IDs, without those that do not exist.
    ///
    /// # Errors
    /// [`StoreError`].
    fn get(&self, ids: &[Uuid]) -> Result<Vec<Found>, StoreError>;

    /// IDs of all events of a user, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn events_about(&self, subject: &Subject) -> Result<Vec<Uuid>, StoreError>;

    /// Keys of all sites that have or had stored data, sorted.
    ///
    /// # Errors
    /// [`StoreError`].
    fn sites(&self) -> Result<Vec<String>, StoreError>;
}

/// Reads events in commit order, and keeps a cursor for each reader.
///
/// A reader that continues after its cursor gets each event, unless the event was erased before: positions grow with
/// each commit and are never reused, and an event can be read once it is committed, not before.
pub trait FollowCommits: Send + Sync + 'static {
    /// The next events after `after` in commit order, as many as fit in `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn committed(&self, after: Position, limit: BatchLimit) -> Result<Vec<CommittedEvent>, StoreError>;

    /// The cursor of the reader `name`: it has processed all events up to this position. [`Position::START`] for a
    /// name without a cursor.
    ///
    /// # Errors
    /// [`StoreError`].
    fn cursor(&self, name: &str) -> Result<Position, StoreError>;

    /// Moves the cursor of the reader `name` forward to `position`, durably. A cursor never moves back.
    ///
    /// # Errors
    /// [`StoreError`]: the cursor stays where it was.
    fn save_cursor(&self, name: &str, position: Position) -> Result<(), StoreError>;

    /// The position of the event that was committed last, even if it was erased. [`Position::START`] without one.
    ///
    /// # Errors
    /// [`StoreError`].
    fn last_position(&self) -> Result<Position, StoreError>;
}

/// Makes the facts that insights read. An event that is erased loses its fact in the same commit. A store that reads
/// facts from the events themselves has nothing to make, which is the default.
pub trait KeepFacts: Send + Sync + 'static {
    /// Makes the facts of the next events in commit order, as many as fit in `limit`, durably. Returns how many events
    /// it looked at; 0 if all events have their facts.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was made.
    fn follow(&self, _limit: BatchLimit) -> Result<usize, StoreError> {
        Ok(0)
    }

    /// Packs the next facts, durably, so that questions about many events are fast. Returns whether there were any to
    /// pack; there may be more. It changes no answer: a fact that is added to packed ones, or removed from them, unpacks
    /// them in the same commit.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was packed.
    fn pack(&self, _packing: Packing) -> Result<bool, StoreError> {
        Ok(false)
    }

    /// Drops all facts. The next [`Self::follow`] begins with the first event.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was dropped.
    fn drop_facts(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Reads facts.
pub trait ReadFacts: Send + Sync + 'static {
    /// Calls `with` with one state of the facts.
    ///
    /// # Errors
    /// [`StoreError`], also that of `with`.
    fn with_facts(&self, with: WithFacts<'_>) -> Result<(), StoreError>;
}

/// Accounts for the events of each site and day.
pub trait AuditEvents: Send + Sync + 'static {
    /// The audit of the sites and days in `days`, the oldest day first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn audit(&self, days: &Days) -> Result<Vec<AuditRow>, StoreError>;
}

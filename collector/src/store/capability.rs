//! What a store can do, one trait for each capability. All methods block.

use super::{
    AuditRow, BatchLimit, Change, CommittedEvent, Days, Erasure, ErasureNotice, ErasureSource, Expired, Expiry,
    ExportedState, Filter, Found, IngestBatch, Merged, Packing, Position, Receipt, Saved, SavedKind, Share, States,
    StoreError, Subject, TokenHash, WithFacts,
};
use uuid::Uuid;

/// The store of the program: all capabilities in one.
pub trait Store:
    AppendEvents
    + ReadEvents
    + FollowCommits
    + AuditEvents
    + EraseUsers
    + FollowErasures
    + ExpireData
    + KeepState
    + KeepFacts
    + ReadFacts
    + KeepShares
    + KeepSaved
{
}

impl<T> Store for T where
    T: AppendEvents
        + ReadEvents
        + FollowCommits
        + AuditEvents
        + EraseUsers
        + FollowErasures
        + ExpireData
        + KeepState
        + KeepFacts
        + ReadFacts
        + KeepShares
        + KeepSaved
{
}

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

/// Erases the data of users.
pub trait EraseUsers: Send + Sync + 'static {
    /// Erases the events of `site` with the anonymous ID `user`, durably, and records the erasure at `time` (epoch ms).
    /// Returns the number of events.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn forget(&self, site: &str, user: &str, time: i64) -> Result<usize, StoreError>;

    /// Erases all events and the state of a user, durably, and records the erasure at `time` (epoch ms).
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn erase(&self, subject: &Subject, asked: ErasureSource, time: i64) -> Result<Erasure, StoreError>;

    /// Removes these texts from unused parts of the store's files, where erased data may remain. Returns whether they
    /// are gone. They remain if other events contain them, or while another process reads the file.
    ///
    /// # Errors
    /// [`StoreError`].
    fn scrub(&self, texts: &[String]) -> Result<bool, StoreError>;
}

/// Keeps notices of erasures for sinks, until each sink has them.
///
/// A notice is in the same commit as its erasure. Retention makes none: how long a sink keeps events is its own matter.
pub trait FollowErasures: Send + Sync + 'static {
    /// From now on keeps a notice of each erasure for the sink `name`, durably.
    ///
    /// # Errors
    /// [`StoreError`]: no notice is kept.
    fn keep_notices(&self, name: &str) -> Result<(), StoreError>;

    /// The first `limit` notices for the sink `name`, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn notices(&self, name: &str, limit: usize) -> Result<Vec<ErasureNotice>, StoreError>;

    /// Removes the notices for the sink `name` up to the one with this number. It has them.
    ///
    /// # Errors
    /// [`StoreError`]: all of them are still there.
    fn remove_notices(&self, name: &str, last: i64) -> Result<(), StoreError>;

    /// Number of the notices for the sink `name`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn count_notices(&self, name: &str) -> Result<u64, StoreError>;
}

/// Erases data past its retention.
pub trait ExpireData: Send + Sync + 'static {
    /// One step of an expiry: examines the next `limit` events after `after` by arrival, and erases those past their
    /// retention.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn expire(&self, expiry: &Expiry, after: i64, limit: usize) -> Result<Expired, StoreError>;

    /// Erases at most `limit` entries that have expired at `time` (epoch ms). Returns their number.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn expire_state(&self, time: i64, limit: usize) -> Result<usize, StoreError>;
}

/// Keeps the state of users.
pub trait KeepState: Send + Sync + 'static {
    /// Merges changes into the stored user state. All of it is durable once this returns, or nothing is stored.
    /// Returns one result for each change. State that has expired at `time` (epoch ms) is ignored.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was stored.
    fn merge_state(&self, changes: &[Change], time: i64) -> Result<Vec<Merged>, StoreError>;

    /// The state of a user that has not expired at `time` (epoch ms).
    ///
    /// # Errors
    /// [`StoreError`].
    fn states(&self, site: &str, user: &str, time: i64) -> Result<States, StoreError>;

    /// All state of a user, including what has expired.
    ///
    /// # Errors
    /// [`StoreError`].
    fn export_state(&self, subject: &Subject) -> Result<Vec<ExportedState>, StoreError>;
}

/// Keeps shared links.
pub trait KeepShares: Send + Sync + 'static {
    /// Keeps a new link, durably, and drops those that ended before it was made. Returns false, and keeps nothing, if
    /// the site has [`super::SHARES`] links.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was kept.
    fn add_share(&self, share: &Share) -> Result<bool, StoreError>;

    /// The links of a site, or of all sites, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn shares(&self, site: Option<&str>) -> Result<Vec<Share>, StoreError>;

    /// The link whose token has this hash, if it has not ended at `time` (epoch ms).
    ///
    /// # Errors
    /// [`StoreError`].
    fn share(&self, hash: &TokenHash, time: i64) -> Result<Option<Share>, StoreError>;

    /// Notes that a link was opened at `time` (epoch ms).
    ///
    /// # Errors
    /// [`StoreError`].
    fn use_share(&self, id: &str, time: i64) -> Result<(), StoreError>;

    /// Ends a link, durably. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`]: the link is still there.
    fn revoke_share(&self, id: &str) -> Result<bool, StoreError>;
}

/// Keeps saved segments and goals.
pub trait KeepSaved: Send + Sync + 'static {
    /// Saves one, durably, in place of the one of its site, kind and name. Returns false, and saves nothing, if the site
    /// has [`super::SAVED`] others.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was saved.
    fn save(&self, saved: &Saved) -> Result<bool, StoreError>;

    /// Those of a site, by kind and name.
    ///
    /// # Errors
    /// [`StoreError`].
    fn saved(&self, site: &str) -> Result<Vec<Saved>, StoreError>;

    /// Drops one, durably. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`]: it is still there.
    fn drop_saved(&self, site: &str, kind: SavedKind, name: &str) -> Result<bool, StoreError>;
}

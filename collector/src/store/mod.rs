//! Persistent storage for events and user state. A store makes no policy decisions.

mod audit;
pub(crate) mod blocking;
pub(crate) mod disk;
mod erasure;
mod filter;
mod losses;
mod memory;
mod open;
mod record;
mod sqlite;
mod states;
mod tab;

pub use crate::time::day::{Day, NotADay};
pub use audit::{AuditCounts, AuditRow, Days};
pub(crate) use erasure::texts;
pub use erasure::{Erasure, ErasureSource, Expired, Expiry, Subject};
pub use filter::{Filter, Found};
pub use losses::Losses;
pub use memory::Memory;
pub use open::open;
pub use record::{IngestBatch, Outcome, Receipt, StoredEvent, UserIds};
pub use sqlite::{Sqlite, Verdict, backup, verify};
pub use states::{Change, ExportedState, MergeOutcome, Merged, Name, States};

use uuid::Uuid;

/// A store. All methods block.
pub trait Store: Send + Sync + 'static {
    /// Stores events with a new ID, and the reports about tabs. All of it is durable once this returns, or nothing is
    /// stored. Returns one receipt for each batch.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was stored.
    fn append(&self, deliveries: &[IngestBatch]) -> Result<Vec<Receipt>, StoreError>;

    /// The audit of the sites and days in `days`, the oldest day first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn audit(&self, days: &Days) -> Result<Vec<AuditRow>, StoreError>;

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

    /// Erases the events of `site` with the anonymous ID `user`, durably, and records the erasure at `time` (epoch ms).
    /// Returns the number of events.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn forget(&self, site: &str, user: &str, time: i64) -> Result<usize, StoreError>;

    /// IDs of all events of a user, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn events_about(&self, subject: &Subject) -> Result<Vec<Uuid>, StoreError>;

    /// The events with these IDs, without those that do not exist.
    ///
    /// # Errors
    /// [`StoreError`].
    fn get(&self, ids: &[Uuid]) -> Result<Vec<Found>, StoreError>;

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

    /// One step of an expiry: examines the next `limit` events after `after` by arrival, and erases those past their
    /// retention.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn expire(&self, expiry: &Expiry, after: i64, limit: usize) -> Result<Expired, StoreError>;

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

    /// Erases at most `limit` entries that have expired at `time` (epoch ms). Returns their number.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn expire_state(&self, time: i64, limit: usize) -> Result<usize, StoreError>;

    /// Keys of all sites that have or had stored data, sorted.
    ///
    /// # Errors
    /// [`StoreError`].
    fn sites(&self) -> Result<Vec<String>, StoreError>;

    /// Checks by a real write that events can be stored now.
    ///
    /// # Errors
    /// [`StoreError`].
    fn check(&self) -> Result<(), StoreError>;
}

/// A failure of a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// The program ended during the read.
    #[error("interrupted")]
    Interrupted,
    /// The file is another program's database.
    #[error("it is a database of something else")]
    Foreign,
    /// An older collector wrote the file, and it is opened to read only.
    #[error(
        "its schema is version {found}, and this collector knows {known}: start the collector once, which brings it there"
    )]
    Older {
        /// The file's version.
        found: i64,
        /// The newest version of this collector.
        known: i64,
    },
    /// A newer collector wrote the file.
    #[error("its schema is version {found}, and this collector knows {known}: a newer collector wrote it")]
    Newer {
        /// The file's version.
        found: i64,
        /// The newest version of this collector.
        known: i64,
    },
}

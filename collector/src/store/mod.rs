//! Where events stay, and what is remembered of users. A store appends and reads back; what is stored, and for whom, was
//! decided before.

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
pub use audit::{Audited, Days, Figures};
pub(crate) use erasure::texts;
pub use erasure::{Asked, Erasure, Expired, Expiry, Whom};
pub use filter::{Filter, Found};
pub use losses::Losses;
pub use memory::Memory;
pub use open::open;
pub use record::{Delivery, Outcome, Receipt, Record, Who};
pub use sqlite::{Sqlite, Verdict, backup, verify};
pub use states::{Change, Fate, Merged, Name, Remembered, States};

use uuid::Uuid;

/// What a store does. All of it blocks.
pub trait Store: Send + Sync + 'static {
    /// Keeps those records whose id is new, and what the deliveries say of their tabs, all of it durably once this
    /// returns, or nothing. One receipt per delivery.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was kept.
    fn append(&self, deliveries: &[Delivery]) -> Result<Vec<Receipt>, StoreError>;

    /// What became of the events of each site and day that `days` asks for, the oldest day first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn audit(&self, days: &Days) -> Result<Vec<Audited>, StoreError>;

    /// The oldest `most` events that `filter` lets through and whose id is above `after`, by id.
    ///
    /// # Errors
    /// [`StoreError`].
    fn page(&self, filter: &Filter, after: Option<Uuid>, most: usize) -> Result<Vec<Found>, StoreError>;

    /// The `most` events that arrived last of those that `filter` lets through, in the order of arrival.
    ///
    /// # Errors
    /// [`StoreError`].
    fn newest(&self, filter: &Filter, most: usize) -> Result<Vec<Found>, StoreError>;

    /// Erases the events of `site` whose user has the anonymous ID `user`, durably once this returns. Gives how many
    /// there were, and notes it with the time, epoch ms.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn forget(&self, site: &str, user: &str, time: i64) -> Result<usize, StoreError>;

    /// The ids of all events about somebody, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn about(&self, whom: &Whom) -> Result<Vec<Uuid>, StoreError>;

    /// Those of these events that are there.
    ///
    /// # Errors
    /// [`StoreError`].
    fn get(&self, ids: &[Uuid]) -> Result<Vec<Found>, StoreError>;

    /// Erases all events about somebody, and what is remembered of them, durably once this returns, and notes that it did so at `time`, epoch ms.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn erase(&self, whom: &Whom, asked: Asked, time: i64) -> Result<Erasure, StoreError>;

    /// Sees to it that none of these texts is in the store's files any more: what was erased may still stand in a part of
    /// a file that is not in use. Says whether they are gone; else they stand in events that were not erased, or somebody
    /// else has the file open and is reading.
    ///
    /// # Errors
    /// [`StoreError`].
    fn sweep(&self, texts: &[String]) -> Result<bool, StoreError>;

    /// Takes one step of an expiry: looks at the next `most` events after `after` in the order of arrival, and erases those
    /// that are too old.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn expire(&self, expiry: &Expiry, after: i64, most: usize) -> Result<Expired, StoreError>;

    /// Merges what browsers have of users into what is remembered of them, and keeps it durably once this returns, or
    /// nothing. One answer per change. What has expired at `time`, epoch ms, is not there.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was kept.
    fn remember(&self, changes: &[Change], time: i64) -> Result<Vec<Merged>, StoreError>;

    /// What is remembered of a user, but for what has expired at `time`, epoch ms.
    ///
    /// # Errors
    /// [`StoreError`].
    fn states(&self, site: &str, user: &str, time: i64) -> Result<States, StoreError>;

    /// All that is remembered of somebody, whether or not it has expired.
    ///
    /// # Errors
    /// [`StoreError`].
    fn remembered(&self, whom: &Whom) -> Result<Vec<Remembered>, StoreError>;

    /// Erases at most `most` entries that have expired at `time`, epoch ms. Gives how many.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn lapse(&self, time: i64, most: usize) -> Result<usize, StoreError>;

    /// The keys of the sites of which something is kept or was, in their order.
    ///
    /// # Errors
    /// [`StoreError`].
    fn sites(&self) -> Result<Vec<String>, StoreError>;

    /// Whether it could keep something now: really tries.
    ///
    /// # Errors
    /// [`StoreError`].
    fn check(&self) -> Result<(), StoreError>;
}

/// Why a store cannot do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite says why.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The file cannot be read beside SQLite.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// The program ended while it was read.
    #[error("interrupted")]
    Interrupted,
    /// The file is not one of ours.
    #[error("it is a database of something else")]
    Foreign,
    /// The file is of an older collector, and is only looked at.
    #[error(
        "its schema is version {found}, and this collector knows {known}: start the collector once, which brings it there"
    )]
    Older {
        /// The file's version.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// The file is of a newer collector.
    #[error("its schema is version {found}, and this collector knows {known}: a newer collector wrote it")]
    Newer {
        /// The file's version.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
}

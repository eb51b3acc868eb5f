//! Where events stay, and what is remembered of users. A store appends and reads back; what is stored, and for whom, was
//! decided before.

mod audit;
mod day;
mod erasure;
mod filter;
mod losses;
mod memory;
mod sqlite;
mod states;
mod tab;

pub use audit::{Audited, Days, Figures};
pub use day::{Day, NotADay};
pub use erasure::{Asked, Erasure, Expired, Expiry, Whom};
pub use filter::Filter;
pub use losses::Losses;
pub use memory::Memory;
pub use sqlite::{Sqlite, Verdict, backup, verify};
pub use states::{Change, Fate, Merged, Name, Remembered, States};

use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id, which begins with its time: a store keeps each id once.
    pub id: Uuid,
    /// The key of its site.
    pub site: String,
    /// Its verb.
    pub kind: String,
    /// When it happened, epoch ms.
    pub time: i64,
    /// When it arrived, epoch ms.
    pub received: i64,
    /// Whom it is about.
    pub who: Who,
    /// The canonical event as JSON, one line.
    pub body: Arc<str>,
}

/// By which IDs an event can be found. The user is an anonymous or a known one; both are missing where users are not
/// told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The anonymous ID of its user. It is what the browser can have its events erased by.
    pub anonymous: Option<String>,
    /// The ID that the site gave its user.
    pub known: Option<String>,
    /// The anonymous ID that an event of the type `identify` says the user had before.
    pub linked: Option<String>,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is on disk now.
    Stored,
    /// Its id was there already.
    Duplicate,
}

/// A batch: what of it is to be stored, and what it says of its tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The key of the tab's site.
    pub site: String,
    /// The tab.
    pub tab: Uuid,
    /// The day on which it came.
    pub day: Day,
    /// The number of its first event among the tab's events.
    pub seq: u64,
    /// How many events it had, those that can never be stored included.
    pub events: u64,
    /// The number of the tab's newest event.
    pub last: u64,
    /// What the tab had lost by then.
    pub lost: Losses,
    /// Those of its events that can be stored.
    pub records: Vec<Record>,
}

/// What became of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// One outcome per record.
    pub outcomes: Vec<Outcome>,
    /// Every event of the tab whose number is below this was in a delivery.
    pub upto: u64,
}

/// An event that was read back: its id and its body.
pub type Found = (Uuid, Arc<str>);

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

/// Opens the store at `path`; `:memory:` is a [`Memory`], anything else a [`Sqlite`] file.
///
/// # Errors
/// [`StoreError`] where the file cannot be used.
pub fn open(path: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(if path == Path::new(":memory:") { Arc::new(Memory::default()) } else { Arc::new(Sqlite::open(path)?) })
}

impl Who {
    /// What its texts take.
    pub(crate) fn bytes(&self) -> usize {
        let Who { anonymous, known, linked } = self;
        [anonymous, known, linked].into_iter().flatten().map(String::len).sum()
    }
}

/// By which somebody's IDs would be found in the bytes of a file: those that are long enough to be nothing else, and short
/// ones as they stand in an event.
pub(crate) fn texts(ids: &[String]) -> Vec<String> {
    const SHORT: usize = 12;
    let mut texts = Vec::new();
    for id in ids {
        let quoted = serde_json::to_string(id).unwrap_or_default();
        if id.len() >= SHORT {
            texts.push(id.clone());
            texts.push(quoted.trim_matches('"').to_owned());
        } else {
            texts.extend(["euId", "anonymousId"].map(|name| format!("\"{name}\":{quoted}")));
        }
    }
    texts
}

//! Events and batches as they are stored, and what became of them.

use super::Losses;
use crate::time::day::Day;
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

impl Who {
    /// What its texts take.
    pub(crate) fn bytes(&self) -> usize {
        let Who { anonymous, known, linked } = self;
        [anonymous, known, linked].into_iter().flatten().map(String::len).sum()
    }
}

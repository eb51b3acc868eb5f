//! Stored events, batches to store, and their outcomes.

use super::Losses;
use crate::time::day::Day;
use std::sync::Arc;
use uuid::Uuid;

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Event ID. It begins with the time. A store keeps each ID once.
    pub id: Uuid,
    /// Site key.
    pub site: String,
    /// Event type.
    pub kind: String,
    /// Event time by the client's clock, epoch ms.
    pub time: i64,
    /// Arrival time, epoch ms.
    pub received: i64,
    /// IDs of its user.
    pub who: UserIds,
    /// The canonical event as JSON, one line.
    pub body: Arc<str>,
}

/// The IDs by which an event is found. A user has an anonymous or an identified ID, or none where the site does not
/// distinguish users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserIds {
    /// Anonymous ID. A browser may erase its events by this ID.
    pub anonymous: Option<String>,
    /// The site's own ID of the user.
    pub known: Option<String>,
    /// The user's previous anonymous ID, from an `identify` event.
    pub linked: Option<String>,
}

/// Outcome of storing an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Stored durably.
    Stored,
    /// The ID was stored before.
    Duplicate,
}

/// A batch to store, with the report about its tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestBatch {
    /// Site key.
    pub site: String,
    /// Tab ID.
    pub tab: Uuid,
    /// Day of arrival.
    pub day: Day,
    /// Number of the first event in the tab's sequence.
    pub seq: u64,
    /// Number of events, including the rejected ones.
    pub events: u64,
    /// Number of the tab's newest event.
    pub last: u64,
    /// Losses that the tab has reported so far.
    pub lost: Losses,
    /// Events to store.
    pub records: Vec<StoredEvent>,
}

/// Outcome of storing a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// One outcome for each event.
    pub outcomes: Vec<Outcome>,
    /// All events of the tab with a number below this are acknowledged.
    pub acknowledged_below: u64,
}

impl UserIds {
    /// Bytes of the IDs.
    pub(crate) fn bytes(&self) -> usize {
        let UserIds { anonymous, known, linked } = self;
        [anonymous, known, linked].into_iter().flatten().map(String::len).sum()
    }
}

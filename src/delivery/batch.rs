//! A batch of events that the collector has not acknowledged.

use uuid::Uuid;
use waymark_wire::{Contents, Envelope, Lost};

/// The age in ms (a week) from which a batch is dropped when an attempt to send it fails.
pub const MAX_AGE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// A batch that is not acknowledged yet.
#[derive(Debug, Default, PartialEq)]
pub struct Batch {
    /// The batch's number within the page's outbox.
    pub number: u32,
    /// The tab that recorded the events. A page also sends the batches of closed tabs.
    pub tab: Uuid,
    /// The number of the first event among the tab's events.
    pub seq: u64,
    /// The number of events; 0 if the batch only reports losses.
    pub events: u32,
    /// The number of the newest event that the tab is known to have recorded.
    pub last: u64,
    /// The losses that the tab is known to have.
    pub lost: Lost,
    /// When the batch was closed, epoch ms.
    pub made: i64,
    /// Contexts and events. `None`: the stored entry could not be read, or the batch was withdrawn.
    pub contents: Option<Contents>,
    /// The number of attempts to send the batch.
    pub attempts: u32,
    /// The GUID of the attempt in flight.
    pub request: Uuid,
    /// The number of events that the stored copy has; `None` if the batch is not stored.
    pub(crate) kept: Option<u32>,
    /// The earliest time to send the batch, epoch ms.
    pub(crate) rest_until: i64,
    /// Whether a request with the batch is in flight.
    pub(crate) in_flight: bool,
    /// Whether the batch must not be sent again after any reply.
    pub(crate) withdrawn: bool,
}

impl Batch {
    /// The request body of an attempt made at `sent`, epoch ms.
    pub fn body(&self, site: &str, sent: i64) -> String {
        let Batch { tab, seq, last, lost, attempts, request, .. } = *self;
        let envelope = Envelope { site, tab, seq, last, sent, attempt: attempts, request, lost };
        match &self.contents {
            Some(contents) => envelope.body(contents),
            None => envelope.body(&Contents::default()),
        }
    }

    /// An upper bound of the size of contexts and events, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.contents.as_ref().map_or(0, Contents::bytes)
    }

    /// Whether the browser has stored the batch in its current form.
    pub(super) fn is_kept(&self) -> bool {
        self.kept == Some(self.events)
    }

    /// The number that follows the last event's number.
    pub(super) fn end(&self) -> u64 {
        self.seq + u64::from(self.events)
    }
}

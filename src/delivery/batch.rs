//! A batch on its way.

use uuid::Uuid;
use waymark_wire::{Contents, Envelope, Lost};

/// A batch that is older, and fails once more, is given up, in ms: a week.
pub const MAX_AGE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// A batch that was not acknowledged yet.
#[derive(Debug, Default, PartialEq)]
pub struct Batch {
    /// Which batch, among the page's.
    pub number: u32,
    /// The tab that recorded it: a page sends what dead tabs left, too.
    pub tab: Uuid,
    /// The number of its first event among the tab's.
    pub seq: u64,
    /// How many events it has; none where it only declares losses.
    pub events: u32,
    /// The number of the newest event that the tab is known to have recorded.
    pub last: u64,
    /// What the tab is known to have lost.
    pub lost: Lost,
    /// When it was closed, epoch ms.
    pub made: i64,
    /// What is in it. `None`: its entry in the browser could not be read, or it was withdrawn.
    pub contents: Option<Contents>,
    /// How often it was sent.
    pub attempts: u32,
    /// The GUID of the attempt that is on its way.
    pub request: Uuid,
    /// How many events it had when it was kept in the browser, if it is.
    pub(crate) kept: Option<u32>,
    /// It is not sent before this, epoch ms.
    pub(crate) rest_until: i64,
    /// Whether it is on its way.
    pub(crate) in_flight: bool,
    /// Whether it is not to be sent again, whatever the answer.
    pub(crate) withdrawn: bool,
}

impl Batch {
    /// The body that is sent at `sent`, epoch ms.
    pub fn body(&self, site: &str, sent: i64) -> String {
        let Batch { tab, seq, last, lost, attempts, request, .. } = *self;
        let envelope = Envelope { site, tab, seq, last, sent, attempt: attempts, request, lost };
        match &self.contents {
            Some(contents) => envelope.body(contents),
            None => envelope.body(&Contents::default()),
        }
    }

    /// An upper bound of what its events take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.contents.as_ref().map_or(0, Contents::bytes)
    }

    /// Whether the browser keeps it as it is.
    pub(super) fn is_kept(&self) -> bool {
        self.kept == Some(self.events)
    }

    /// The number after its last event's.
    pub(super) fn end(&self) -> u64 {
        self.seq + u64::from(self.events)
    }
}

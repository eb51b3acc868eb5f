//! The batch that is being filled, and when it is full.

use serde_json::value::RawValue;
use waymark_wire::batch::ENVELOPE_BYTES;
use waymark_wire::settings::BatchSettings;
use waymark_wire::{Contents, Context, limits};

/// A batch leaves when it reaches one of these, whichever is first.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// So many events. A request costs the page as much as a hundred events do.
    pub events: u32,
    /// So many bytes of JSON. What a page's last requests may have in flight together has room for one.
    pub bytes: u32,
    /// So long after its first event, in ms.
    pub age_ms: u32,
}

impl From<&BatchSettings> for Limits {
    fn from(batch: &BatchSettings) -> Self {
        Limits {
            events: batch.events.unwrap_or_default().0,
            bytes: batch.bytes.unwrap_or_default().0,
            age_ms: batch.age_ms.unwrap_or_default().0,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::from(&BatchSettings::default())
    }
}

/// An upper bound of the context that an event may bring along: address, title and user ID at their longest, every
/// character of the title escaped.
const CONTEXT_BYTES: usize = 12_000;

/// The batch that is being filled.
#[derive(Debug, Default)]
pub struct Queue {
    contents: Contents,
    /// When its first event was added, epoch ms.
    since: Option<i64>,
}

impl Queue {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.contents.is_empty()
    }

    /// When its age makes it leave, epoch ms; never while there is nothing in it.
    pub fn due_at(&self, limits: &Limits) -> Option<i64> {
        self.since.map(|since| since + i64::from(limits.age_ms))
    }

    /// Whether an event with so many bytes of data must wait for the next batch.
    pub fn is_too_full_for(&self, data_bytes: usize) -> bool {
        let with = self.contents.bytes() + data_bytes + CONTEXT_BYTES + ENVELOPE_BYTES;
        !self.is_empty() && (with > limits::BATCH_BYTES || self.len() as usize >= limits::BATCH_EVENTS)
    }

    /// What the events pushed from now on share.
    pub fn set_context(&mut self, context: &Context) {
        self.contents.set_context(context);
    }

    /// Who the user is, and in which session, is known now: that holds for the events so far.
    pub fn backfill(&mut self, context: &Context) {
        self.contents.backfill(context);
    }

    /// How many events are in it.
    pub fn len(&self) -> u32 {
        self.contents.len()
    }

    /// Adds an event that happened at `at` and is recorded `now`, both epoch ms.
    pub fn push(&mut self, now: i64, at: i64, kind: &str, data: Box<RawValue>) {
        self.since.get_or_insert(now);
        self.contents.push(at, kind, data);
    }

    /// Whether it must leave now, at any age.
    pub fn is_full(&self, limits: &Limits) -> bool {
        self.len() >= limits.events || self.contents.bytes() >= limits.bytes as usize
    }

    /// What is in it now.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Takes what is in it.
    pub fn take(&mut self) -> Contents {
        self.since = None;
        std::mem::take(&mut self.contents)
    }
}

//! The batch that is being filled, and when it is full.

use serde::Deserialize;
use waymark_wire::encode::ENVELOPE_BYTES;
use waymark_wire::{Encoder, Shared, limits};

/// A batch leaves when it reaches one of these, whichever is first.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Limits {
    /// So many events: 50.
    pub events: u32,
    /// So many bytes of JSON: 30,000, half of what a page's closing requests may have in flight together.
    pub bytes: u32,
    /// So long after its first event, in ms: 5,000.
    pub age_ms: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { events: 50, bytes: 30_000, age_ms: 5_000 }
    }
}

/// The batch that is being filled.
#[derive(Debug, Default)]
pub struct Queue {
    encoder: Encoder,
    /// When its first event was added.
    since: Option<i64>,
    /// Whether the context changed since the encoder heard of it.
    stale: bool,
}

impl Queue {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.since.is_none()
    }

    /// When its age makes it leave.
    pub fn due_at(&self, limits: &Limits) -> Option<i64> {
        self.since.map(|since| since + i64::from(limits.age_ms))
    }

    /// Whether an event with so many bytes of data must wait for the next batch.
    pub fn is_too_full_for(&self, data_bytes: usize) -> bool {
        const EVENT_BYTES: usize = 128;
        let with = self.encoder.bytes() + data_bytes + EVENT_BYTES + ENVELOPE_BYTES;
        !self.is_empty() && with > limits::BATCH_BYTES
    }

    /// What events share has changed.
    pub fn context_changed(&mut self) {
        self.stale = true;
    }

    /// Adds an event that was recorded at `now`.
    pub fn push(&mut self, now: i64, at: i64, kind: &str, data: &str, shared: &Shared) {
        if self.is_empty() || self.stale {
            self.encoder.share(shared);
            self.stale = false;
        }
        self.since.get_or_insert(now);
        self.encoder.push(at, kind, data);
    }

    /// Whether it must leave now, whatever its age.
    pub fn is_full(&self, limits: &Limits) -> bool {
        self.encoder.count() >= limits.events || self.encoder.bytes() >= limits.bytes as usize
    }

    /// Takes what is in it, leaving it empty.
    pub fn take(&mut self) -> Option<Encoder> {
        self.since.take().map(|_| std::mem::take(&mut self.encoder))
    }
}

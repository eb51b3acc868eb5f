//! The batch that is being filled, and when it is full.

use crate::host::NEVER;
use waymark_wire::encode::ENVELOPE_BYTES;
use waymark_wire::{Encoder, Shared, limits};

/// A batch leaves when it reaches one of these, whichever is first.
#[derive(Clone, Debug)]
pub struct Limits {
    /// So many events: 250. A request costs the page as much as a hundred events do.
    pub events: u32,
    /// So many bytes of JSON: 45,000, of which what a page's closing requests may have in flight together has room for one.
    pub bytes: u32,
    /// So long after its first event, in ms: 5,000.
    pub age_ms: u32,
}

impl Limits {
    /// Where a site sets nothing else.
    pub const DEFAULT: Limits = Limits { events: 250, bytes: 45_000, age_ms: 5_000 };
}

/// More than an event takes beside its data, with the context that it may bring along: its page's address and title and
/// its user's ID, each bounded where it is read, at their longest and every character of the title escaped.
const CONTEXT_BYTES: usize = 12_000;

/// The batch that is being filled.
#[derive(Debug)]
pub struct Queue {
    encoder: Encoder,
    /// When its first event was added, else [`NEVER`].
    since: i64,
}

impl Queue {
    /// With nothing in it.
    pub const fn new() -> Self {
        Queue { encoder: Encoder::new(), since: NEVER }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.since == NEVER
    }

    /// When its age makes it leave.
    pub fn due_at(&self, limits: &Limits) -> i64 {
        self.since.saturating_add(limits.age_ms.into())
    }

    /// Whether an event with so many bytes of data must wait for the next batch.
    pub fn is_too_full_for(&self, data_bytes: usize) -> bool {
        let with = self.encoder.bytes() + data_bytes + CONTEXT_BYTES + ENVELOPE_BYTES;
        let is_full = with > limits::BATCH_BYTES || self.count() as usize >= limits::BATCH_EVENTS;
        !self.is_empty() && is_full
    }

    /// What the events pushed from now on share.
    pub fn share(&mut self, shared: &Shared) {
        self.encoder.share(shared);
    }

    /// Who the user is and in which session is known now: that holds for the events so far.
    pub fn complete(&mut self, shared: &Shared) {
        self.encoder.complete(shared);
    }

    /// How many events are in it.
    pub fn count(&self) -> u32 {
        self.encoder.count()
    }

    /// Adds an event that happened at `at` and is recorded `now`.
    pub fn push(&mut self, now: i64, at: i64, kind: &str, data: &str) {
        self.since = self.since.min(now);
        self.encoder.push(at, kind, data);
    }

    /// Whether it must leave now, whatever its age.
    pub fn is_full(&self, limits: &Limits) -> bool {
        self.encoder.count() >= limits.events || self.encoder.bytes() >= limits.bytes as usize
    }

    /// What is in it now.
    pub fn sealed(&self) -> String {
        self.encoder.sealed()
    }

    /// Takes what is in it, and how many events that is.
    pub fn take(&mut self) -> (String, u32) {
        self.since = NEVER;
        let events = self.encoder.count();
        (self.encoder.seal(), events)
    }
}

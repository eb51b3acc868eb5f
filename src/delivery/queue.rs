//! The batch that is being filled, and when it is full.

use crate::settings::batch_limits::BatchLimits;
use serde_json::value::RawValue;
use waymark_wire::batch::ENVELOPE_BYTES;
use waymark_wire::{BatchBuilder, Contents, Context, limits};

/// An upper bound of the context that an event may bring along: address, title and user ID at their longest, every
/// character of the title escaped.
const CONTEXT_BYTES: usize = 12_000;

/// The batch that is being filled.
#[derive(Debug, Default)]
pub struct Queue {
    batch: BatchBuilder,
    /// When its first event was added, epoch ms.
    since: Option<i64>,
    /// How many batches were closed.
    number: u32,
}

impl Queue {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// When its age closes it, epoch ms; `None` while it is empty.
    pub fn due_at(&self, limits: &BatchLimits) -> Option<i64> {
        self.since.map(|since| since + i64::from(limits.age_ms))
    }

    /// Whether an event with so many bytes of data must wait for the next batch.
    pub fn is_too_full_for(&self, data_bytes: usize) -> bool {
        let with = self.batch.bytes() + data_bytes + CONTEXT_BYTES + ENVELOPE_BYTES;
        !self.is_empty() && (with > limits::BATCH_BYTES || self.len() as usize >= limits::BATCH_EVENTS)
    }

    /// What the events pushed from now on share.
    pub fn set_context(&mut self, context: &Context) {
        self.batch.set_context(context);
    }

    /// Who the user is, and in which session, is known now: that holds for the events so far.
    pub fn backfill(&mut self, context: &Context) {
        self.batch.backfill(context);
    }

    /// How many events are in it.
    pub fn len(&self) -> u32 {
        self.batch.len()
    }

    /// Adds an event that happened at `at` and is recorded `now`, both epoch ms.
    pub fn push(&mut self, now: i64, at: i64, kind: &str, data: Box<RawValue>) {
        self.since.get_or_insert(now);
        self.batch.push(at, kind, data);
    }

    /// Whether it must be closed now, at any age.
    pub fn is_full(&self, limits: &BatchLimits) -> bool {
        self.len() >= limits.events || self.batch.bytes() >= limits.bytes as usize
    }

    /// The number of the batch among the page's.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What is in it now.
    pub fn contents(&self) -> Contents {
        self.batch.contents()
    }

    /// Takes what is in it.
    pub fn take(&mut self) -> Contents {
        self.since = None;
        self.number += 1;
        std::mem::take(&mut self.batch).contents()
    }
}

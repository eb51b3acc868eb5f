//! The open batch: collects events until it is full or old enough to be sent.

use crate::host::Host;
use crate::settings::batch_limits::BatchLimits;
use serde_json::value::RawValue;
use waymark_wire::batch::ENVELOPE_BYTES;
use waymark_wire::{BatchBuilder, Contents, Context, limits};

/// An upper bound of the context that an event can add, in bytes: address, title and user ID at maximum length, with
/// every character of the title escaped.
const CONTEXT_BYTES: usize = 12_000;

/// The open batch.
#[derive(Debug, Default)]
pub struct Queue {
    batch: BatchBuilder,
    /// When the first event was added, epoch ms.
    since: Option<i64>,
    /// The number of batches closed so far.
    number: u32,
}

impl Queue {
    /// Whether the batch has no events.
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// When the batch must be closed because of its age, epoch ms; `None` while the batch is empty.
    pub fn due_at(&self, limits: &BatchLimits) -> Option<i64> {
        self.since.map(|since| since + i64::from(limits.age_ms))
    }

    /// Whether an event with `data_bytes` bytes of data does not fit into this batch.
    pub fn is_too_full_for(&self, data_bytes: usize) -> bool {
        let with = self.batch.bytes() + data_bytes + CONTEXT_BYTES + ENVELOPE_BYTES;
        !self.is_empty() && (with > limits::BATCH_BYTES || self.len() as usize >= limits::BATCH_EVENTS)
    }

    /// Sets the context of all events pushed from now on.
    pub fn set_context(&mut self, context: &Context) {
        self.batch.set_context(context);
    }

    /// Adds user and session, which became known late, to the context of all events so far.
    pub fn backfill(&mut self, context: &Context) {
        self.batch.backfill(context);
    }

    /// The number of events in the batch.
    pub fn len(&self) -> u32 {
        self.batch.len()
    }

    /// Adds an event that happened at `at`, epoch ms.
    pub fn push(&mut self, at: i64, kind: &str, data: Box<RawValue>, host: &impl Host) {
        self.since.get_or_insert_with(|| host.now());
        self.batch.push(at, kind, data);
    }

    /// Whether the batch has reached the maximum of events or bytes.
    pub fn is_full(&self, limits: &BatchLimits) -> bool {
        self.len() >= limits.events || self.batch.bytes() >= limits.bytes as usize
    }

    /// The number of the batch within the page.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// A copy of the batch's contexts and events.
    pub fn contents(&self) -> Contents {
        self.batch.contents()
    }

    /// Closes the batch: returns its contexts and events and begins the next batch.
    pub fn take(&mut self) -> Contents {
        self.since = None;
        self.number += 1;
        std::mem::take(&mut self.batch).contents()
    }
}

//! Unacknowledged batches, in the page's memory and in the browser's storage so that they outlive the page. Batches are
//! sent one at a time and in order. A failed batch is retried after a wait if a retry can succeed. Every dropped event
//! is counted. In: closed batches, replies, batches that other pages left. Out: the batch to send.

pub mod reply;

use super::batch::Batch;
use super::retry::Retry;
use super::stored_batch;
use crate::host::Host;
use crate::scope::Scope;
use uuid::Uuid;
use waymark_wire::level::Key;
use waymark_wire::{Contents, Lost, Reason};

/// The maximum size of all unacknowledged batches of a page, in bytes. Above this size the oldest batches are dropped.
pub const MAX_BYTES: usize = 512 * 1024;

/// The maximum number of unacknowledged batches of a page. Above this number the oldest batches are dropped.
pub const MAX_BATCHES: usize = 500;

/// How long batches of an earlier page of this tab wait before they are sent again, in ms. The earlier page sent these
/// batches as it closed, and the next reply of the collector says whether they arrived.
pub const REST_MS: i64 = 10_000;

/// The maximum size of all requests in flight while the page closes, in bytes. Browsers allow 64 KiB for all such
/// requests together, including the requests of the page itself.
pub const LEAVING_BYTES: usize = 60_000;

/// All batches that are not acknowledged yet. The batches of each tab are in order.
#[derive(Debug, Default)]
pub struct Outbox {
    batches: Vec<Batch>,
    /// The number of the next batch.
    next_number: u32,
    retry: Retry,
    /// The number of events in the stored copy of the open batch; `None` if the open batch is not stored.
    draft: Option<u32>,
    /// Whether the browser did not store the last batch that was saved.
    pub is_memory_only: bool,
}

/// The page's own tab and its losses. The losses of another tab are counted in a batch of that tab.
pub struct Own<'a> {
    /// The site and its collector.
    pub scope: &'a Scope,
    /// The page's tab.
    pub tab: Uuid,
    /// All losses of the page's tab.
    pub lost: &'a mut Lost,
    /// The losses that neither a flush nor another call of the page has returned yet.
    pub unreturned: &'a mut Lost,
}

impl Own<'_> {
    fn lose(&mut self, reason: Reason, events: u32) {
        self.lost.add(reason, events);
        self.unreturned.add(reason, events);
    }
}

impl Outbox {
    /// Whether every batch is acknowledged or dropped.
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// The number of batches that are not acknowledged yet.
    pub fn len(&self) -> usize {
        self.batches.len()
    }

    /// Adds a closed batch, or a batch that only reports losses. Drops and counts the oldest batches if there is no
    /// room.
    pub fn enqueue(&mut self, mut batch: Batch, mut own: Own<'_>, host: &mut impl Host) {
        if batch.events > 0 {
            batch.kept = self.draft.take();
        }
        self.insert(batch, self.batches.len(), &mut own, host);
    }

    /// Drops the batch at index `at` and counts `count` events as lost; `None`: all events of the batch. The losses of
    /// the page's own tab are reported by the tab's next batch. The losses of another tab are reported by the batch
    /// itself, without its events; the stored entry stays unchanged until the emptied batch is stored.
    fn drop_batch(&mut self, at: usize, reason: Reason, count: Option<u32>, own: &mut Own<'_>, host: &mut impl Host) {
        let mut batch = self.batches.remove(at);
        let count = count.unwrap_or(batch.events);
        if batch.tab == own.tab || count == 0 {
            own.lose(reason, count);
            return stored_batch::forget(&batch, own.scope, host);
        }
        for other in &self.batches {
            if other.tab == batch.tab {
                batch.lost.merge(&other.lost);
            }
        }
        batch.lost.add(reason, count);
        batch.contents = Some(Contents::default());
        batch.events = 0;
        self.batches.insert(at, batch);
    }

    fn insert(&mut self, mut batch: Batch, at: usize, own: &mut Own<'_>, host: &mut impl Host) {
        batch.number = self.next_number;
        self.next_number += 1;
        self.batches.insert(at, batch);
        loop {
            let bytes: usize = self.batches.iter().map(|batch| batch.bytes()).sum();
            let idle = self.batches.iter().position(|batch| !batch.in_flight && batch.events > 0);
            match idle {
                Some(oldest) if bytes > MAX_BYTES || self.batches.len() > MAX_BATCHES => {
                    self.drop_batch(oldest, Reason::Overflow, None, own, host);
                }
                _ => return,
            }
        }
    }

    /// Stores all batches in the browser, including the open batch (`filled`).
    pub fn keep(&mut self, filled: Option<Batch>, scope: &Scope, host: &mut impl Host) {
        for batch in &mut self.batches {
            if !batch.is_kept() && !batch.withdrawn {
                self.is_memory_only = !stored_batch::keep(batch, scope, host);
            }
        }
        if let Some(mut batch) = filled {
            batch.kept = self.draft;
            if !batch.is_kept() {
                self.is_memory_only = !stored_batch::keep(&mut batch, scope, host);
                self.draft = batch.kept;
            }
        }
    }

    /// Gives up the stored batches: the page closes, and another page sends them from now on. Returns whether these
    /// batches have events.
    pub fn release(&mut self) -> bool {
        let has_events = self.batches.iter().any(|batch| batch.is_kept() && batch.events > 0);
        self.batches.retain(|batch| !batch.is_kept());
        has_events
    }

    /// Takes over the stored batches that pages of `tab` left. `filled` is the number of the first event in the page's
    /// own open batch: batches of the page's own tab from that number on are skipped.
    pub fn take_over(&mut self, tab: Uuid, filled: u64, mut own: Own<'_>, host: &mut impl Host) {
        let prefix = own.scope.prefix(Key::OUTBOX, &[tab.hyphenated().encode_lower(&mut Uuid::encode_buffer())]);
        for name in host.names(&prefix) {
            let value = host.load(&name, Key::OUTBOX.area, 0).unwrap_or_default();
            let Some(mut batch) = stored_batch::read(&name, own.scope, &value) else { continue };
            let is_own = batch.tab == own.tab;
            let is_here = |other: &Batch| {
                other.tab == batch.tab && other.seq == batch.seq && (other.events > 0) == (batch.events > 0)
            };
            if is_own && batch.seq >= filled || self.batches.iter().any(is_here) {
                continue;
            }
            if is_own {
                batch.rest_until = host.now() + REST_MS;
                own.lost.merge(&batch.lost);
            }
            let is_later = |other: &Batch| other.tab == batch.tab && other.seq > batch.seq;
            let at = self.batches.iter().position(is_later).unwrap_or(self.batches.len());
            let number = self.next_number;
            self.insert(batch, at, &mut own, host);
            let is_unreadable = |batch: &Batch| batch.number == number && batch.contents.is_none();
            if let Some(at) = self.batches.iter().position(is_unreadable) {
                self.drop_batch(at, Reason::Unreadable, None, &mut own, host);
            }
        }
    }

    /// The batch to send now. Usually one batch at a time is in flight, and none is sent before the retry wait is over.
    /// A page that is `leaving` sends the batches that are not in flight yet, up to [`LEAVING_BYTES`].
    pub fn next(&mut self, now: i64, leaving: bool) -> Option<&mut Batch> {
        let on_way: usize = self.batches.iter().filter(|batch| batch.in_flight).map(|batch| batch.bytes()).sum();
        if on_way > 0 && !leaving {
            return None;
        }
        let waits = self.retry.waits(now);
        let is_mandatory = self.retry.is_mandatory();
        let may = |batch: &Batch| {
            // A batch that is not stored is lost with the page, so it is sent even if the collector asked for a wait.
            let is_in_time = !waits || leaving && (!is_mandatory || batch.kept.is_none());
            let fits = on_way == 0 || on_way + batch.bytes() <= LEAVING_BYTES;
            !batch.in_flight && batch.rest_until <= now && is_in_time && fits
        };
        let batch = self.batches.iter_mut().find(|batch| may(batch))?;
        batch.in_flight = true;
        batch.attempts += 1;
        Some(batch)
    }

    /// Drops and counts all batches. A batch in flight is not sent again. The stored copies are not removed here but by
    /// [`Host::set_allowed_keys`].
    pub fn withdraw(&mut self, mut own: Own<'_>) {
        self.draft = None;
        self.batches.retain_mut(|batch| {
            if batch.in_flight {
                batch.withdrawn = true;
                batch.contents = None;
            } else {
                own.lose(Reason::Withdrawn, batch.events);
            }
            batch.in_flight
        });
    }

    /// Ends the retry wait unless the wait is mandatory.
    pub fn retry_now(&mut self) {
        self.retry.retry_now();
        self.wake();
    }

    /// Forgets earlier failures: the network is back.
    pub fn is_online(&mut self) {
        self.retry.is_online();
    }

    /// Whether nothing can be sent now, not even by a flush.
    pub fn is_shut(&self, now: i64) -> bool {
        self.retry.waits(now) && self.retry.is_mandatory()
    }

    fn wake(&mut self) {
        for batch in &mut self.batches {
            batch.rest_until = 0;
        }
    }

    /// When to send the next batch, epoch ms. `None` while a batch is in flight: its reply decides.
    pub fn due_at(&self) -> Option<i64> {
        if self.batches.iter().any(|batch| batch.in_flight) {
            return None;
        }
        let due = self.batches.iter().map(|batch| batch.rest_until).min()?;
        match self.retry.at() {
            Some(at) => Some(due.max(at)),
            // A batch without a rest time has been sent already.
            None => (due > 0).then_some(due),
        }
    }
}

#[cfg(test)]
mod tests;

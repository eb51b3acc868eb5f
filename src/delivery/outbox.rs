//! Batches on their way: kept until an answer of the collector names them, in the browser too so that they outlive the
//! page; sent one at a time and in order; again after a while when that may help, never when it cannot.
//! Whatever is given up is counted. In: sealed batches, answers, what other pages left. Out: the batch to send.

pub mod reply;

use super::batch::Batch;
use super::retry::Retry;
use super::stored_batch;
use crate::host::Host;
use crate::scope::Scope;
use uuid::Uuid;
use waymark_wire::level::Key;
use waymark_wire::{Contents, Lost, Reason};

/// The most bytes of unacknowledged batches that a page keeps; the oldest make room.
pub const MOST_BYTES: usize = 512 * 1024;

/// The most of them.
pub const MOST_BATCHES: usize = 500;

/// What is left by an earlier page of this tab was sent as it went: the next answer tells whether it arrived. Without one
/// it is sent again after this.
pub const REST_MS: i64 = 10_000;

/// A page that leaves has so many bytes on their way at the most: browsers allow 64 KiB of such requests together, the
/// page's own among them.
pub const LEAVING_BYTES: usize = 60_000;

/// All batches that were not acknowledged yet, each tab's in order.
#[derive(Debug, Default)]
pub struct Outbox {
    batches: Vec<Batch>,
    /// How many were ever put in.
    put: u32,
    retry: Retry,
    /// How many events the batch that is being filled had when it was kept, if it is.
    draft: Option<u32>,
    /// Whether the browser did not store what it was last given.
    pub is_memory_only: bool,
}

/// The page's own tab and its losses. The losses of other tabs are counted in their batches.
pub struct Own<'a> {
    /// The site and its collector.
    pub scope: &'a Scope,
    /// The page's tab.
    pub tab: Uuid,
    /// What it has lost.
    pub lost: &'a mut Lost,
    /// What of it no call of the page has answered for.
    pub unreported: &'a mut Lost,
}

impl Own<'_> {
    fn lose(&mut self, reason: Reason, events: u32) {
        self.lost.add(reason, events);
        self.unreported.add(reason, events);
    }
}

impl Outbox {
    /// Whether everything was acknowledged.
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// How many batches were not acknowledged yet.
    pub fn len(&self) -> usize {
        self.batches.len()
    }

    /// Takes a batch, the one that was being filled or one that only declares losses; counts what has to make room for it.
    pub fn put(&mut self, mut batch: Batch, mut own: Own<'_>, host: &mut impl Host) {
        if batch.events > 0 {
            batch.kept = self.draft.take();
        }
        self.insert(batch, self.batches.len(), &mut own, host);
    }

    /// Takes a batch out, with so many events lost, all where it says nothing. They are declared: by the tab's next batch,
    /// or, where the tab was another, by the batch itself, emptied. Until that is kept its entry stays what it was.
    fn lose(&mut self, at: usize, reason: Reason, count: Option<u32>, own: &mut Own<'_>, host: &mut impl Host) {
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
        batch.number = self.put;
        self.put += 1;
        self.batches.insert(at, batch);
        loop {
            let bytes: usize = self.batches.iter().map(|batch| batch.bytes()).sum();
            let idle = self.batches.iter().position(|batch| !batch.in_flight && batch.events > 0);
            match idle {
                Some(oldest) if bytes > MOST_BYTES || self.batches.len() > MOST_BATCHES => {
                    self.lose(oldest, Reason::Overflow, None, own, host);
                }
                _ => return,
            }
        }
    }

    /// Keeps in the browser what is here, the batch that is being `filled` too.
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

    /// The page goes, and what the browser keeps is another page's from here on. Returns whether there were events among it.
    pub fn release(&mut self) -> bool {
        let has_events = self.batches.iter().any(|batch| batch.is_kept() && batch.events > 0);
        self.batches.retain(|batch| !batch.is_kept());
        has_events
    }

    /// Takes over what pages of `tab` left, but for what is being filled from number `filled` on.
    pub fn take_over(&mut self, tab: Uuid, filled: u64, mut own: Own<'_>, host: &mut impl Host) {
        let prefix = own.scope.prefix(Key::OUTBOX, &[tab.hyphenated().encode_lower(&mut Uuid::encode_buffer())]);
        for name in host.names(&prefix) {
            let value = host.load(&name, Key::OUTBOX.place, 0).unwrap_or_default();
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
            let number = self.put;
            self.insert(batch, at, &mut own, host);
            let is_unreadable = |batch: &Batch| batch.number == number && batch.contents.is_none();
            if let Some(at) = self.batches.iter().position(is_unreadable) {
                self.lose(at, Reason::Unreadable, None, &mut own, host);
            }
        }
    }

    /// The batch to send now. While the page lives that is one at a time, and none before the wait is over; when it is
    /// leaving, what browsers allow of those that are not on their way already.
    pub fn next(&mut self, now: i64, leaving: bool) -> Option<&mut Batch> {
        let on_way: usize = self.batches.iter().filter(|batch| batch.in_flight).map(|batch| batch.bytes()).sum();
        if on_way > 0 && !leaving {
            return None;
        }
        let waits = self.retry.waits(now);
        let insists = self.retry.insists();
        let may = |batch: &Batch| {
            // What nobody keeps is gone with the page, whatever was asked for.
            let is_in_time = !waits || leaving && (!insists || batch.kept.is_none());
            let fits = on_way == 0 || on_way + batch.bytes() <= LEAVING_BYTES;
            !batch.in_flight && batch.rest_until <= now && is_in_time && fits
        };
        let batch = self.batches.iter_mut().find(|batch| may(batch))?;
        batch.in_flight = true;
        batch.attempts += 1;
        Some(batch)
    }

    /// Gives up everything, and counts it; what is on its way is not sent again. The browser keeps none of it any more.
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

    /// Ends the wait, where nobody insists on it: somebody wants it sent now.
    pub fn hurry(&mut self) {
        self.retry.hurry();
        self.wake();
    }

    /// The network is back.
    pub fn is_online(&mut self) {
        self.retry.is_online();
    }

    /// Whether nothing can be sent now, even by a flush.
    pub fn is_shut(&self, now: i64) -> bool {
        self.retry.waits(now) && self.retry.insists()
    }

    fn wake(&mut self) {
        for batch in &mut self.batches {
            batch.rest_until = 0;
        }
    }

    /// When to try again, epoch ms. While a batch is on its way, its answer decides.
    pub fn due_at(&self) -> Option<i64> {
        if self.batches.iter().any(|batch| batch.in_flight) {
            return None;
        }
        let due = self.batches.iter().map(|batch| batch.rest_until).min()?;
        match self.retry.at() {
            Some(at) => Some(due.max(at)),
            // What does not rest has been sent.
            None => (due > 0).then_some(due),
        }
    }
}

#[cfg(test)]
mod tests;
